"""The app: connects its checks, and tells the rest of PowerCRUD who holds what."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from powercrud_core import contention


class JobsConfig(AppConfig):
    """Background work: put `powercrud_core.jobs` into INSTALLED_APPS to have it."""

    name = "powercrud_core.jobs"
    label = "powercrud_jobs"
    verbose_name = _("Background jobs")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect the checks and the claims."""
        import_module("powercrud_core.jobs.checks")
        contention.provide(import_module("powercrud_core.jobs.claims").holdings)
        screens = import_module("powercrud_core.jobs.screens").Screens()
        import_module("powercrud_core.background").provide(screens)
