"""The form renderer of a pack: its widget templates shadow Django's own."""

from typing import Any

from django.forms.renderers import TemplatesSetting
from django.http import HttpRequest
from django.template.loader import get_template, select_template

__all__ = ["PackFormRenderer"]


HOMES = ("django/forms/", "django_filters/", "powercrud/")


class PackFormRenderer(TemplatesSetting):
    """Finds `powercrud_<pack>/widgets/select.html` before `django/forms/widgets/select.html`."""

    def __init__(self, apps: list[str]) -> None:
        super().__init__()
        self.apps = apps
        self._found: dict[str, Any] = {}

    def get_template(self, template_name: str) -> Any:
        """Return the pack's template for a widget, else the one that Django has."""
        found = self._found.get(template_name)
        if found is None:
            found = self._find(template_name)
            self._found[template_name] = found
        return found

    def _find(self, template_name: str) -> Any:
        for home in HOMES:
            if template_name.startswith(home):
                tail = template_name.removeprefix(home)
                own = [f"{app}/{tail}" for app in self.apps]
                # django-filter's widgets look like Django's, whose templates are always there.
                return select_template([*own, template_name, f"django/forms/{tail}"])
        return get_template(template_name)

    def render(
        self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None
    ) -> str:
        """Return the widget's HTML."""
        return str(self.get_template(template_name).render(context, request=request)).strip()
