"""HTML comments that name the file which drew each component: POWERCRUD_TEMPLATE_COMMENTS."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.template import Context
from django.utils.safestring import SafeString

from powercrud_core.conf import get_conf

__all__ = ["UNNAMED", "Named", "names_files"]

UNNAMED = frozenset({"icon"})
"""Too small and too many: a comment in each link would hide what it is meant to show."""


def names_files() -> bool:
    """Say whether comments are wanted; asked when a template is looked for, not when it draws."""
    return settings.DEBUG and get_conf().template_comments


@dataclass(frozen=True, slots=True)
class Named:
    """A component's template that says in a comment before its HTML which file it is."""

    component: str
    template: Any

    def render(self, context: Context) -> SafeString:
        """Return the template's HTML after the comment."""
        file = str(self.template.origin.name).replace("--", "- -")
        html = self.template.render(context)
        return SafeString(f"<!-- {self.component}: {file} -->{html.strip()}")

    def __getattr__(self, name: str) -> Any:
        return getattr(self.template, name)
