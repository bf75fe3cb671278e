"""Widgets for relations of any size: never a select with thousands of options."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.db.models import IntegerField, QuerySet
from django.forms.widgets import DateTimeBaseInput
from django.utils.translation import gettext as _
from django_filters.widgets import BooleanWidget

SHOWN = 100
REST = "-rest"

__all__ = [
    "BooleanChoice",
    "DateTimeInput",
    "PickedMultiple",
    "PickedSingle",
    "TimeInput",
    "can_be_key",
    "limited",
]


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
        possible = [v for v in wanted if can_be_key(self.field, v)]
        if not wanted:
            return []
        key = self.field.to_field_name or "pk"
        try:
            found = {
                str(self.field.prepare_value(obj)): obj
                for obj in self.field.queryset.filter(**{f"{key}__in": possible})
            }
        except (ValueError, TypeError, forms.ValidationError):
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
        except (ValueError, RecursionError):
            rest = []
        return [*values, *map(str, rest)] if isinstance(rest, list) else list(values)

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


class Seconds(DateTimeBaseInput):
    """Shows seconds where there are any: a form that is sent as it stands must not lose them."""

    def format_value(self, value: Any) -> str | None:
        text = super().format_value(value)
        return text.removesuffix(":00") if text and text.count(":") > 1 else text


class DateTimeInput(Seconds, forms.DateTimeInput):
    """A date and time."""


class TimeInput(Seconds, forms.TimeInput):
    """A time without a date."""


class BooleanChoice(BooleanWidget):  # type: ignore[misc]
    """A select of yes, no and any with texts of its own."""

    def __init__(self, choices: Sequence[tuple[str, Any]], attrs: Any = None) -> None:
        forms.Select.__init__(self, attrs, choices)


def limited(queryset: "QuerySet[Any]", limit: int) -> list[Any] | None:
    """Return all objects of a queryset when there are at most `limit`; one query either way."""
    objects = list(queryset[: limit + 1])
    return None if len(objects) > limit else objects


def can_be_key(field: Any, value: Any) -> bool:
    """Say whether the database can look for a value among the keys of a relation's objects."""
    options = field.queryset.model._meta
    key: Any = options.get_field(field.to_field_name) if field.to_field_name else options.pk
    while key.remote_field is not None:
        key = key.target_field
    try:
        return not isinstance(key, IntegerField) or abs(int(value)) < 2**63
    except (ValueError, TypeError):
        return True  # the field says what is wrong with it
