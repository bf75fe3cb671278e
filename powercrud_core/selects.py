"""Selects: every choice of a form gets a control of its size."""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from django import forms
from django.forms.models import ModelChoiceIteratorValue
from django.utils.translation import gettext as _

from powercrud_core import hooks
from powercrud_core.widgets import (
    BooleanChoice,
    CheckboxPopover,
    Holder,
    PickedMultiple,
    PickedSingle,
    limited,
    not_offered,
)

__all__ = ["PLAIN_SELECTS", "fit_relations", "is_relation", "select_texts"]

# The widgets whose HTML depends on nothing but their choices, their value and their attributes.
PLAIN_SELECTS = {forms.Select, forms.SelectMultiple, BooleanChoice}
SEARCHED = 10


class Held(Holder, Protocol):
    """Knows and lists the values that a relation holds already."""

    def keys(self) -> list[str]: ...


def fit_relations(
    form: forms.BaseForm,
    limit: int,
    *,
    search: int = SEARCHED,
    compact: bool = False,
    present: Mapping[str, Held] | None = None,
) -> set[str]:
    """Give every select of a form a control of its size; return the names of the large relations.

    A relation with up to `limit` possible values keeps its select, whose options are loaded here
    with one query; a larger one is picked on a page of its own, or searched where scripts run.

    search: a select with more options than this can be searched.
    compact: one row's height, as in filters and in rows: several of a few are boxes in a popover.
    present: what relations hold already; shown even where it is no longer offered.
    """
    large = set()
    fields: dict[str, Any] = form.fields
    for name, field in fields.items():
        if not isinstance(field.widget, forms.Select):
            continue
        held = (present or {}).get(name)
        objects = limited(field.queryset, limit) if is_relation(field) else ()
        if objects is None:
            large.add(name)
            _pick(field, held, compact)
            continue
        if is_relation(field):
            field.widget.choices = [*_choices(field, objects), *_kept(form, name, objects, held)]
        if type(field.widget) in PLAIN_SELECTS:
            _fit(field, search, compact)
    return large


def select_texts() -> dict[str, str]:
    """Return what searched lists say, by the names in the head comment of their script."""
    return {
        "none": _("No results"),
        "loading": _("Loading …"),
        "found": _("Results: {count}"),
        "chosen": _("Selected: {names}"),
        "empty": _("Nothing selected"),
        "remove": _("Remove {name}"),
        "failed": _("The choices could not be loaded."),
    }


def is_relation(field: Any) -> bool:
    """Say whether a form field picks among the objects of a queryset."""
    return isinstance(field, forms.ModelChoiceField)


def _pick(field: Any, held: Held | None, compact: bool) -> None:
    several = isinstance(field, forms.ModelMultipleChoiceField)
    attrs = {**field.widget.attrs, **hooks.select(compact=compact and several)}
    field.widget = (PickedMultiple if several else PickedSingle)(field, attrs, held)
    field.widget.is_required = field.required


def _fit(field: Any, search: int, compact: bool) -> None:
    """Let many options be searched, and put several of a few into a popover."""
    widget = field.widget
    compact = compact and widget.allow_multiple_selected
    if len(list(_flat(widget.choices))) > search:
        widget.attrs = {**widget.attrs, **hooks.select(compact=compact)}
    elif compact:
        field.widget = CheckboxPopover(widget.attrs, widget.choices, empty=_("Any"))
        field.widget.is_required = field.required


def _flat(choices: Iterable[Any]) -> Iterable[Any]:
    """Yield the values that can be chosen, those of named groups too."""
    for value, label in choices:
        if isinstance(label, list | tuple):
            yield from _flat(label)
        elif value not in (None, ""):
            yield value


def _choices(field: Any, objects: Iterable[Any]) -> list[tuple[Any, str]]:
    options = [
        (ModelChoiceIteratorValue(field.prepare_value(obj), obj), field.label_from_instance(obj))
        for obj in objects
    ]
    return [*_leading(field), *options]


def _kept(
    form: forms.BaseForm, name: str, objects: Iterable[Any], held: Held | None
) -> list[tuple[Any, str]]:
    """Return options for what a relation holds and does not offer; a query only if there is any."""
    if held is None:
        return []
    field: Any = form.fields[name]
    offered = {str(field.prepare_value(obj)) for obj in objects}
    missing = [key for key in _keys(form, name, held) if key not in offered]
    found = held.find(missing) if missing else {}
    return [
        (ModelChoiceIteratorValue(key, obj), not_offered(field.label_from_instance(obj)))
        for key, obj in found.items()
    ]


def _keys(form: forms.BaseForm, name: str, held: Held) -> list[str]:
    """Return what a relation holds; a model form has loaded the objects of several already."""
    initial = form.initial.get(name)
    if isinstance(initial, list) and all(hasattr(obj, "_meta") for obj in initial):
        field: Any = form.fields[name]
        return [str(field.prepare_value(obj)) for obj in initial]
    return held.keys()


def _leading(field: Any) -> list[tuple[Any, str]]:
    """Return the options before the objects: the empty one and those a filter adds (null)."""
    leading = []
    if getattr(field, "empty_label", None) is not None:
        leading.append(("", field.empty_label))
    if getattr(field, "null_label", None) is not None:
        leading.append((field.null_value, field.null_label))
    return leading
