"""The app: connects the system checks, and in development those of components."""

import sys
from importlib import import_module

from django.apps import AppConfig
from django.conf import settings


class PowercrudConfig(AppConfig):
    """PowerCRUD's core."""

    name = "powercrud_core"
    verbose_name = "PowerCRUD"

    def ready(self) -> None:
        """Connect the system checks; where mistakes are looked at, watch over components."""
        import_module("powercrud_core.checks")
        if "pytest" in sys.modules or sys.argv[1:2] == ["test"] or settings.DEBUG:
            import_module("powercrud_core.authoring.strict").be_strict()
