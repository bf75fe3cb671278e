"""Fields that are not visible: out of sight, out of reach, and what becomes of their value."""

from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.core.exceptions import FieldDoesNotExist
from django.db import models

from powercrud_core.dependencies.declared import Depends
from powercrud_core.dependencies.source import Source, empty

__all__ = [
    "deactivate",
    "emptied",
]


class Fixed(forms.HiddenInput):
    """Stands for a field that is not there: what is sent for it does not count."""

    def __init__(self, value: Any) -> None:
        super().__init__()
        self.value = value

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return self.value

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return False


def deactivate(form: Any, source: Source, one: Depends) -> tuple[tuple[str, str], ...]:
    """Take a field out of sight and out of reach; return what travels along for its return."""
    own = form.fields[one.field]
    travelling = () if one.inactive == "clear_now" else tuple(pairs(form, source, one.field))
    value = source.stored(one.field) if one.inactive == "keep" else empty_value(form, one.field)
    is_file = isinstance(own, forms.FileField)
    sent = (False if empty(value) else None) if is_file else own.prepare_value(value)
    own.widget, own.required, own.disabled = Fixed(sent), False, False
    own.clean = lambda *args: False if is_file and empty(value) else value
    source.known[one.field] = None if empty(value) else value
    return travelling


def empty_value(form: Any, name: str) -> Any:
    """Return what a field holds when it holds nothing."""
    try:
        own: Any = form._meta.model._meta.get_field(name)
    except (AttributeError, FieldDoesNotExist):
        return form.fields[name].to_python("")
    return emptied(own)


def emptied(own: Any) -> Any:
    """Return what stands in a model field for no value; None too where there is no such thing."""
    if own.many_to_many:
        return []
    if own.null or not (own.has_default() or own.empty_strings_allowed):
        return False if isinstance(own, models.BooleanField) and not own.null else None
    if own.has_default() and not (own.blank and own.empty_strings_allowed):
        return own.get_default()
    return ""


def pairs(form: Any, source: Source, name: str) -> Iterator[tuple[str, str]]:
    """Yield the names and values of the hidden inputs that stand for a field's value."""
    widget: Any = form.fields[name].widget
    value, full = source.raw(name), form.add_prefix(name)
    if isinstance(widget, forms.FileInput) or empty(value) or value is False:
        return
    if hasattr(widget, "widgets_names"):
        parts = value if isinstance(value, list | tuple) else widget.decompress(value) or []
        names = [full + suffix for suffix in widget.widgets_names]
        several: Iterable[tuple[str, Any]] = zip(names, parts, strict=False)
    else:
        several = [(full, v) for v in (value if isinstance(value, list | tuple) else [value])]
    for key, one in several:
        if not empty(one):
            yield key, written(widget, one)


def written(widget: Any, value: Any) -> str:
    """Return a value as a browser sends it from a widget."""
    if value is True:
        return "on"
    picked = isinstance(widget, forms.Select | forms.MultiWidget)
    return str(value if picked else widget.format_value(value))
