from django.apps import AppConfig


class StoreConfig(AppConfig):
    """The kit's store; without migrations, because only a test database has its tables."""

    name = "powercrud_core.testing.store"
    label = "powercrud_store"
    default_auto_field = "django.db.models.BigAutoField"
