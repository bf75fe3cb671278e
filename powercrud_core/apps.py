"""The app: connects the system checks."""

from django.apps import AppConfig


class PowercrudConfig(AppConfig):
    """PowerCRUD's core."""

    name = "powercrud_core"
    verbose_name = "PowerCRUD"
