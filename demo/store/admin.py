"""The same models in Django's admin, to compare."""

from django.contrib import admin

from store import models

admin.site.register(
    [
        models.Album,
        models.Artist,
        models.Customer,
        models.Employee,
        models.Genre,
        models.Invoice,
        models.InvoiceLine,
        models.MediaType,
        models.Play,
        models.Playlist,
        models.Track,
    ]
)
