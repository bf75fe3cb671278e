"""URLs of the demo: the store and, for comparison, Django's admin."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("store.urls")),
    path("admin/", admin.site.urls),
    path("powercrud/gallery/", include("powercrud_core.contrib.gallery.urls")),
]
