"""The app: connects the system checks."""

from importlib import import_module

from django.apps import AppConfig


class PowercrudConfig(AppConfig):
    """PowerCRUD's core."""

    name = "powercrud_core"
    verbose_name = "PowerCRUD"

    def ready(self) -> None:
        """Connect the system checks."""
        import_module("powercrud_core.checks")
