"""What a dependency does to its field: choices, help, a value."""

from collections.abc import Collection, Mapping
from typing import Any

from django import forms

from powercrud_core.dependencies.declared import Depends
from powercrud_core.dependencies.source import Source, empty, fits
from powercrud_core.paths import follow

__all__ = [
    "drop_stale",
    "keep_present",
    "offer",
    "shape",
    "suggest",
]


def shape(form: Any, one: Depends, values: Mapping[str, Any]) -> None:
    """Give a field its choices and its help, and say whether it is required."""
    offer(form, one, values)
    own = form.fields[one.field]
    if one.help_text is not None and (text := one.help_text(**values)) is not None:
        own.help_text = text
    if one.required is not None:
        own.required = own.widget.is_required = bool(one.required(**values))


def offer(form: Any, one: Depends, values: Mapping[str, Any]) -> None:
    """Give a field what can be picked for its parents' values."""
    own = form.fields[one.field]
    if one.filter is not None and hasattr(own, "queryset"):
        own.queryset = narrowed(own.queryset, one.filter, values)
    if one.choices is not None and (options := one.choices(**values)) is not None:
        form.fields[one.field] = choosing(own, list(options))


def narrowed(queryset: Any, condition: Any, values: Mapping[str, Any]) -> Any:
    """Return the objects of a queryset that fit the parents' values."""
    if not isinstance(condition, Mapping):
        wanted = condition(**values)
        return queryset.none() if wanted is None else queryset.filter(wanted).distinct()
    lookups = {lookup: values[name] for lookup, name in condition.items()}
    if any(map(empty, lookups.values())):
        return queryset.none()
    several = any(follow(queryset.model, lookup).to_many for lookup in lookups)
    found = queryset.filter(**lookups)
    return found.distinct() if several else found


def choosing(own: Any, options: list[tuple[Any, Any]]) -> Any:
    """Return the field with other choices; one that is typed becomes one that is picked."""
    if isinstance(own, forms.ChoiceField):
        present: Any = own.choices
        own.choices = [*(c for c in present if c[0] in ("", None, "null")), *options]
        return own
    made = forms.TypedChoiceField(
        choices=[("", "---------"), *options],
        coerce=own.to_python,
        empty_value=own.to_python(""),
        required=own.required,
        label=own.label,
        help_text=own.help_text,
        initial=own.initial,
        disabled=own.disabled,
    )
    made.widget.is_required = own.required
    return made


def keep_present(form: Any, one: Depends) -> None:
    """Leave the present value among the choices, so that it is seen and not lost by saving."""
    own = form.fields[one.field]
    present = form.get_initial_for_field(own, one.field)
    picked = isinstance(own, forms.ChoiceField) and not isinstance(present, list)
    if one.choices is not None and picked and not empty(present) and not own.valid_value(present):
        own.choices = [*list(own.choices), (present, present)]


def suggest(
    form: Any, one: Depends, values: Mapping[str, Any], moved: Collection[str], *, fresh: bool
) -> bool:
    """Set a field's value to what its parents suggest, and say whether that was done.

    It is when one of them changed, and where the field has none; but what an object has not is left
    alone until the user changes something (`fresh`).
    """
    if one.value is None:
        return False
    instance = getattr(form, "instance", None)
    fresh = fresh or instance is None or instance._state.adding
    present = form.get_initial_for_field(form.fields[one.field], one.field)
    if not ({*one.parents} & {*moved} or (fresh and not moved and empty(present))):
        return False
    value = one.value(**values)
    if value is not None:
        form.initial[one.field] = value
    return value is not None


def drop_stale(form: Any, source: Source, one: Depends) -> bool:
    """Take away what no longer fits, and say whether there was anything."""
    own, raw = form.fields[one.field], source.raw(one.field)
    if empty(raw) or (one.filter is None and one.choices is None) or fits(own, raw):
        return False
    if not form.is_bound:
        several = raw if isinstance(raw, list) else []
        form.initial[one.field] = [value for value in several if fits(own, [value])] or None
    return True
