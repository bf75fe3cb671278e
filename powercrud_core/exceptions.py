"""What PowerCRUD raises when a project or a pack is put together wrongly."""

from django.core.exceptions import ImproperlyConfigured

__all__ = ["ComponentNotFound", "ConfigError", "PackNotFound"]


class ConfigError(ImproperlyConfigured):
    """A view is declared in a way that cannot work; the text is that of `manage.py check`."""


class PackNotFound(ImproperlyConfigured):
    """A template pack was asked for that no installed app provides."""


class ComponentNotFound(ImproperlyConfigured):
    """Neither the project, the pack nor a pack it extends has a template for a component."""
