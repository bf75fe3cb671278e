"""The rows that the tests of jobs change."""

from django.apps import AppConfig


class JobTestsConfig(AppConfig):
    name = "tests.jobs"
    label = "jobtests"
    default_auto_field = "django.db.models.BigAutoField"
