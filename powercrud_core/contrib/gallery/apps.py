"""The gallery's app."""

from django.apps import AppConfig


class GalleryConfig(AppConfig):
    """Pages for people who write packs and overrides; shown in DEBUG or to staff."""

    name = "powercrud_core.contrib.gallery"
    label = "powercrud_gallery"
    verbose_name = "PowerCRUD gallery"
