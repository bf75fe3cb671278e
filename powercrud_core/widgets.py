"""Widgets for relations of any size: never a select with thousands of options."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django_filters.widgets import BooleanWidget

SHOWN = 100
REST = "-rest"

__all__ = ["BooleanChoice", "PickedMultiple", "PickedSingle", "limited"]


class PickedSingle(forms.Widget):
    """Shows the present value of a large relation; another one is picked on the choices page.

    A value that may be left out is a ticked box, any other a hidden input beside its label.
    """

    template_name = "powercrud/widgets/picked.html"
    allow_multiple_selected = False

    def __init__(self, field: Any, attrs: Mapping[str, Any] | None = None):
        super().__init__(dict(attrs or {}))
        self.field = field

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """Return the template's context: `widget.picked` is a list of value and label."""
        context: dict[str, Any] = super().get_context(name, value, attrs)
        values = list(value) if isinstance(value, list | tuple | QuerySet) else [value]
        context["widget"]["picked"] = [
            {"value": v, "label": label} for v, label in self.labels(values[:SHOWN])
        ]
        context["widget"]["removable"] = self.allow_multiple_selected or not self.is_required
        return context

    def labels(self, values: Iterable[Any]) -> list[tuple[Any, str]]:
        """Return the present values with their labels; one query."""
        wanted = [v for v in values if v not in (None, "")]
        if not wanted:
            return []
        key = self.field.to_field_name or "pk"
        try:
            found = {
                str(self.field.prepare_value(obj)): obj
                for obj in self.field.queryset.filter(**{f"{key}__in": wanted})
            }
        except (ValueError, TypeError, OverflowError, forms.ValidationError):
            found = {}
        return [
            (v, self.field.label_from_instance(found[str(v)]) if str(v) in found else str(v))
            for v in wanted
        ]

    def id_for_label(self, id_: str) -> str:
        """Return the id of the button that picks another value: what a label can point to."""
        return f"{id_}_choose" if id_ else id_


class PickedMultiple(PickedSingle):
    """The same for several values: each present one is a ticked box.

    Beyond the first hundred they travel together, as JSON in one input: a form may not have
    thousands of fields (DATA_UPLOAD_MAX_NUMBER_FIELDS).
    """

    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Sequence[Any]:
        """Return the values that were sent."""
        values = data.getlist(name) if hasattr(data, "getlist") else data.get(name) or []
        try:
            rest = json.loads(data.get(f"{name}{REST}") or "[]")
        except ValueError:
            rest = []
        return [*values, *rest] if isinstance(rest, list) else list(values)

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """Return the template's context: `widget.rest` holds the values that are not shown."""
        context = super().get_context(name, value, attrs)
        rest = [getattr(v, "pk", v) for v in value[SHOWN:]] if value else []
        if rest:
            context["widget"]["rest_name"] = f"{name}{REST}"
            context["widget"]["rest"] = json.dumps(rest, default=str)
            context["widget"]["rest_text"] = _("and %(count)s more") % {"count": len(rest)}
        return context

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """Say that a missing name means an empty choice, as for any checkbox."""
        return False


class BooleanChoice(BooleanWidget):  # type: ignore[misc]
    """A select of yes, no and any with texts of its own."""

    def __init__(self, choices: Sequence[tuple[str, Any]], attrs: Any = None) -> None:
        forms.Select.__init__(self, attrs, choices)


def limited(queryset: "QuerySet[Any]", limit: int) -> list[Any] | None:
    """Return all objects of a queryset when there are at most `limit`; one query either way."""
    objects = list(queryset[: limit + 1])
    return None if len(objects) > limit else objects
