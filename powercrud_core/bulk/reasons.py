"""Why rows have to be saved one by one: found out, and told in the preview."""

from collections.abc import Collection
from typing import Any

from django.db import models
from django.db.models import Model, signals
from django.forms import ModelForm
from django.utils.translation import gettext as _

from powercrud_core.bulk.checking import checked_one_by_one

__all__ = ["both_ways", "following", "is_ours", "now_fields", "reason_for_loop"]

MODEL_METHODS = (
    *("save", "save_base", "full_clean", "clean", "clean_fields"),
    *("validate_unique", "validate_constraints", "_perform_unique_checks"),
)
FORM_METHODS = (
    *("__init__", "clean", "full_clean", "_post_clean", "save", "_save_m2m"),
    *("validate_unique", "validate_constraints"),
)


def is_ours(function: Any, *packages: str) -> bool:
    """Say whether a function is the framework's own: nobody has overridden it."""
    module = str(getattr(function, "__module__", ""))
    return module.startswith(packages or ("powercrud_core.", "django."))


def reason_for_loop(host: Any, form_class: type[Any], names: Collection[str]) -> str:
    """Return a sentence that says why each row is saved by itself; "" where it need not be.

    host: the view; form_class: its edit form; names: the fields that change.
    """
    model: type[Model] = host.get_model()
    if not is_ours(type(host).perform_save):
        return _("%(view)s has its own perform_save().") % {"view": type(host).__name__}
    for name in MODEL_METHODS:
        if getattr(model, name) is not getattr(Model, name):
            words = {"model": model.__name__, "method": name}
            return _("%(model)s has its own %(method)s().") % words
    for name in (*FORM_METHODS, *(f"clean_{field}" for field in names)):
        if not is_ours(getattr(form_class, name, ModelForm.clean), "django."):
            words = {"model": form_class.__name__, "method": name}
            return _("%(model)s has its own %(method)s().") % words
    return (
        following(host, names)
        or both_ways(model, names)
        or _signals(model, names)
        or _fields(model, names)
    )


def following(host: Any, names: Collection[str]) -> str:
    """Return the reason of a field that follows others: what fits it differs from row to row."""
    for one in host.get_dependencies():
        if {one.field, *one.parents} & {*names}:
            return _("“%(field)s” depends on other fields of its row.") % {"field": one.field}
    return ""


def both_ways(model: type[Model], names: Collection[str]) -> str:
    """Return the reason of a relation of a model to itself: changing one row changes others."""
    for field in model._meta.many_to_many:
        if field.name in names and field.remote_field.symmetrical:
            return _("The relation “%(field)s” goes both ways.") % {"field": field.name}
    return ""


def _signals(model: type[Model], names: Collection[str]) -> str:
    for name, signal in (("pre_save", signals.pre_save), ("post_save", signals.post_save)):
        if signal.has_listeners(model):
            words = {"signal": name, "model": model.__name__}
            return _("Something listens to %(signal)s of %(model)s.") % words
    for field in model._meta.many_to_many:
        listened = signals.m2m_changed.has_listeners(field.remote_field.through)
        if field.name in names and listened:
            words = {"signal": "m2m_changed", "model": field.name}
            return _("Something listens to %(signal)s of %(model)s.") % words
    return ""


def _fields(model: type[Model], names: Collection[str]) -> str:
    for field in model._meta.concrete_fields:
        own = type(field).pre_save
        if not is_ours(own, "django.db.models.fields"):
            return _("The field “%(field)s” works out its value on saving.") % {"field": field.name}
        dated = [getattr(field, f"unique_for_{part}", None) for part in ("date", "month", "year")]
        if any(dated) and {field.name, *dated} & set(names):
            return _("The field “%(field)s” is unique by date.") % {"field": field.name}
    constraint = checked_one_by_one(model, names)
    if constraint is not None:
        return _("The constraint “%(name)s” is checked for each row.") % {"name": constraint.name}
    return ""


def now_fields(model: type[Model], names: Collection[str]) -> list[Any]:
    """Return the fields that take the time of saving, as far as they are not set anyway."""
    kinds = (models.DateField, models.TimeField)
    return [
        f
        for f in model._meta.concrete_fields
        if isinstance(f, kinds) and f.auto_now and f.name not in names
    ]
