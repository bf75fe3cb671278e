"""Filters: a django-filter FilterSet by field type, and its conditions in words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import django_filters
from django import forms
from django.db import models
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters.filterset import filterset_factory
from django_filters.utils import get_model_field

from powercrud_core.columns import capitalised
from powercrud_core.formats import any_value, kind_of
from powercrud_core.widgets import BooleanChoice

__all__ = [
    "Condition",
    "build_filterset",
    "conditions",
    "default_filters",
    "names_of_filters",
    "offer_values",
    "parameter_names",
]

NULL_SUFFIX = "__isnull"
MAX_DEFAULT = 6


class DateRange(django_filters.DateFromToRangeFilter):  # type: ignore[misc]
    """A range of dates with the browser's own date inputs."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("widget", django_filters.widgets.DateRangeWidget(attrs={"type": "date"}))
        super().__init__(*args, **kwargs)


class DayRange(django_filters.RangeFilter):  # type: ignore[misc]
    """The same for a field without time: a day stays that day in every time zone."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("fields", (forms.DateField(), forms.DateField()))
        kwargs.setdefault("widget", django_filters.widgets.DateRangeWidget(attrs={"type": "date"}))
        super().__init__(*args, **kwargs)


class YesNo(django_filters.BooleanFilter):  # type: ignore[misc]
    """Yes, no, or not asked."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        choices = [
            ("", gettext_lazy("Any")),
            ("true", gettext_lazy("Yes")),
            ("false", gettext_lazy("No")),
        ]
        kwargs.setdefault("widget", BooleanChoice(choices))
        super().__init__(*args, **kwargs)


def build_filterset(
    model: type[models.Model], fields: Sequence[str] | Mapping[str, Sequence[str]]
) -> type[django_filters.FilterSet]:
    """Return a FilterSet for some fields: names get a filter by type, a mapping is django-filter's.

    Text: contains. Choice, relation, boolean: one of. Number, date: a range. A field that may be
    null gets a second filter, `<name>__isnull`.
    """
    if isinstance(fields, Mapping):
        made: type[django_filters.FilterSet] = filterset_factory(model, fields=dict(fields))
        return made
    declared: dict[str, django_filters.Filter] = {}
    for name in fields:
        declared[name] = _filter(model, name)
        field = get_model_field(model, name)
        if getattr(field, "null", False) and not getattr(field, "many_to_many", False):
            declared[f"{name}{NULL_SUFFIX}"] = YesNo(
                field_name=name,
                lookup_expr="isnull",
                label=format_lazy(gettext_lazy("{field} is empty"), field=declared[name].label),
            )
    meta = type("Meta", (), {"model": model, "fields": []})
    return type(
        f"{model.__name__}FilterSet", (django_filters.FilterSet,), {**declared, "Meta": meta}
    )


def _filter(model: type[models.Model], name: str) -> django_filters.Filter:
    field: Any = get_model_field(model, name)
    label = field.verbose_name if hasattr(field, "verbose_name") else name
    made: dict[str, Any] = {"field_name": name, "label": capitalised(label)}
    kind = kind_of(field)
    if kind == "choice":
        return django_filters.ChoiceFilter(
            choices=field.flatchoices, empty_label=gettext_lazy("Any"), **made
        )
    if kind == "relation":
        return django_filters.ModelChoiceFilter(
            queryset=_related(field), empty_label=gettext_lazy("Any"), **made
        )
    if kind == "many":
        return django_filters.ModelMultipleChoiceFilter(queryset=_related(field), **made)
    if kind == "boolean":
        return YesNo(**made)
    if kind == "number":
        return django_filters.RangeFilter(**made)
    if kind == "date":
        return DayRange(**made)
    if kind == "datetime":
        return DateRange(**made)
    return django_filters.CharFilter(lookup_expr="icontains", **made)


def _related(field: Any) -> "models.QuerySet[Any]":
    queryset: models.QuerySet[Any] = django_filters.filterset.remote_queryset(field)
    return queryset


def default_filters(model: type[models.Model]) -> list[str]:
    """Return the fields that a model's list is filtered by when none are declared."""
    kinds = {"choice", "relation", "boolean", "date", "datetime", "number"}
    found = [
        f.name
        for f in model._meta.fields
        if kind_of(f) in kinds and not f.primary_key and not f.auto_created
    ]
    return found[:MAX_DEFAULT]


def offer_values(filterset: django_filters.FilterSet) -> None:
    """Let the filters that offer all values of a field offer those of their own rows only.

    django-filter takes them from the whole table: a choice would tell what rows there are that
    somebody must not see.
    """
    every = django_filters.AllValuesFilter, django_filters.AllValuesMultipleFilter
    for name, one in filterset.filters.items():
        if isinstance(one, every):
            path = one.field_name
            values = filterset.queryset.order_by(path).values_list(path, flat=True).distinct()
            filterset.form.fields[name].choices = [(value, value) for value in values]


def parameter_names(form: forms.BaseForm, name: str) -> list[str]:
    """Return the names under which a filter's values stand in the query string."""
    widget = form.fields[name].widget
    if not isinstance(widget, forms.MultiWidget):
        return [name]
    if suffixes := getattr(widget, "suffixes", None):
        return [f"{name}_{suffix}" if suffix else name for suffix in suffixes]
    return [name + suffix for suffix in getattr(widget, "widgets_names", ())]


@cache
def names_of_filters(
    filterset_class: type[django_filters.FilterSet], model: type[models.Model]
) -> dict[str, list[str]]:
    """Return the query string's names of every filter of a FilterSet class for a model."""
    form = filterset_class(queryset=model._default_manager.none()).form
    return {name: parameter_names(form, name) for name in form.fields}


@dataclass(frozen=True, slots=True)
class Condition:
    """One applied filter in words, and the parameters that make it."""

    label: str
    value: str
    names: tuple[str, ...]


def conditions(form: forms.BaseForm) -> Iterator[Condition]:
    """Yield the applied conditions of a valid filter form."""
    for name, field in form.fields.items():
        value = form.cleaned_data.get(name)
        if value is None or value == "" or (hasattr(value, "__len__") and not len(value)):
            continue
        label = str(field.label or name)
        yield Condition(label, _words(field, value), tuple(parameter_names(form, name)))


def _words(field: forms.Field, value: Any) -> str:
    if isinstance(value, slice):
        return _range(value.start, value.stop)
    if isinstance(field, forms.ModelChoiceField):
        objects = value if hasattr(value, "__iter__") and not isinstance(value, str) else [value]
        return ", ".join(o if isinstance(o, str) else field.label_from_instance(o) for o in objects)
    choices = dict(getattr(field.widget, "choices", ()) or ())
    if isinstance(value, bool):
        return str(choices.get(str(value).lower(), any_value(value)))
    if isinstance(value, list | tuple):
        return ", ".join(str(choices.get(v, any_value(v))) for v in value)
    return str(choices.get(value, any_value(value)))


def _range(start: Any, stop: Any) -> str:
    """Return "from … to …"; a day's last moment is that day."""
    first, last = (any_value(v.date() if hasattr(v, "date") else v) for v in (start, stop))
    if stop is None:
        return _("from %(start)s") % {"start": first}
    if start is None:
        return _("up to %(stop)s") % {"stop": last}
    return _("%(start)s to %(stop)s") % {"start": first, "stop": last}
