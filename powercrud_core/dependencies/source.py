"""The values of a form that others depend on: sent, stored or initial."""

from typing import Any

from django import forms
from django.core.exceptions import FieldDoesNotExist, ObjectDoesNotExist
from django.db import models

from powercrud_core.widgets import can_be_key

__all__ = [
    "Source",
    "empty",
    "fits",
    "form_field",
]


class Source:
    """Reads the values of a form: what was sent, else its instance, else what it begins with."""

    def __init__(self, form: Any) -> None:
        self.form = form
        self.known: dict[str, Any] = {}

    def raw(self, name: str) -> Any:
        """Return a field's value as it was sent or begins."""
        form, one = self.form, self.form.fields[name]
        if form.is_bound and not one.disabled:
            return one.widget.value_from_datadict(form.data, form.files, form.add_prefix(name))
        return one.prepare_value(form.get_initial_for_field(one, name))

    def value(self, name: str) -> Any:
        """Return a field's value in Python; None for an empty or wrong one."""
        if name not in self.known:
            self.known[name] = self._clean(name) if name in self.form.fields else self.stored(name)
        return self.known[name]

    def _clean(self, name: str) -> Any:
        one = self.form.fields[name]
        try:
            if isinstance(one, forms.FileField):
                initial = self.form.get_initial_for_field(one, name)
                return one.clean(self.raw(name) if self.form.is_bound else None, initial)
            if not can_find(one, self.raw(name)):
                return None
            value = one.clean(self.raw(name))
        except forms.ValidationError:
            return None
        return None if empty(value) else value

    def moved(self, name: str) -> bool:
        """Say whether what was sent for a field differs from what the object has."""
        own = self.form.fields.get(name)
        if own is None or not self.form.is_bound:
            return False
        return bool(own.has_changed(self.form.get_initial_for_field(own, name), self.raw(name)))

    def stored(self, name: str) -> Any:
        """Return what the form's object has, else what the form begins with."""
        instance = getattr(self.form, "instance", None)
        if instance is None or (instance._state.adding and name in self.form.initial):
            return self._begins(name)
        try:
            value = getattr(instance, name, None)
        except (ObjectDoesNotExist, ValueError):  # ValueError: many-to-many of a new object
            return None
        value = list(value.all()) if isinstance(value, models.Manager) else value
        return None if empty(value) else value

    def _begins(self, name: str) -> Any:
        """Return the initial value of a field in Python."""
        own = self.form.fields.get(name) or form_field(self.form, name)
        raw = self.form.initial.get(name)
        if own is None or empty(raw):
            return raw
        try:
            return own.clean(own.prepare_value(raw() if callable(raw) else raw))
        except forms.ValidationError:
            return None


def form_field(form: Any, name: str) -> Any:
    """Return a new form field for a field of the form's model, or None."""
    try:
        own: Any = form._meta.model._meta.get_field(name)
    except (AttributeError, FieldDoesNotExist):
        return None
    return own.formfield() if hasattr(own, "formfield") else None


def can_find(one: forms.Field, value: Any) -> bool:
    """Say whether the database can look for what was sent for a field."""
    values = value if isinstance(value, list | tuple) else [value]
    return not hasattr(one, "queryset") or all(can_be_key(one, v) for v in values if v)


def fits(own: Any, value: Any) -> bool:
    """Say whether a field takes a value."""
    try:
        if can_find(own, value):
            own.clean(value)
            return True
    except forms.ValidationError:
        pass
    return False


def empty(value: Any) -> bool:
    """Say whether a value is none at all; False and 0 are values."""
    if isinstance(value, models.QuerySet):
        return not value
    return value is None or (isinstance(value, str | list | tuple | dict | set) and not value)
