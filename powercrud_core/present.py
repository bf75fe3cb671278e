"""Present values: what a relation of an object holds can stay, though it is no longer offered."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import ForeignKey, ManyToManyField, Model, QuerySet

from powercrud_core.widgets import possible_keys

__all__ = ["Present", "keep_present"]


@dataclass(frozen=True)
class Present:
    """What one relation of a saved object holds, offered by the form's field or not.

    field: the form's field.
    objects: the related objects; a queryset that nobody has narrowed.
    key: the value of a foreign key when the form was made; None for several values.
    """

    field: Any
    objects: "QuerySet[Any]"
    key: str | None = None

    def keys(self) -> list[str]:
        """Return the values in the form's own spelling; those of several cost a query."""
        if self.key is not None:
            return [self.key]
        return [str(self.field.prepare_value(obj)) for obj in self.objects]

    def everything(self) -> "QuerySet[Any]":
        """Return all objects of the related model."""
        model: Any = self.objects.model
        return model._base_manager.all()  # type: ignore[no-any-return]

    def find(self, values: Iterable[Any]) -> dict[str, Any]:
        """Return those of some values that are present, with their objects; one query at most."""
        named = [v for v in map(str, values) if self.key in (None, v)]
        wanted = list(possible_keys(self.field, named))
        name = f"{self.field.to_field_name or 'pk'}__in"
        found = self.objects.filter(**{name: wanted}) if wanted else ()
        return {str(self.field.prepare_value(obj)): obj for obj in found}


def keep_present(
    form: Any, obj: Model | None, *, without: Collection[str] = ()
) -> dict[str, Present]:
    """Let a form save the present values of a saved object's relations; return them by field.

    A value that is no longer offered can stay or be replaced. No other value from outside is
    taken, so nobody chooses what was not offered; one that was deleted is gone.

    without: the fields that follow a change, whose present value belonged to what was before.
    """
    if obj is None or obj._state.adding:
        return {}
    kept = {}
    for name, field in form.fields.items():
        if name in without or not isinstance(field, forms.ModelChoiceField):
            continue
        if found := _present(obj, name, field):
            kept[name] = found
            setattr(field, "clean", _keeping(field, found))  # noqa: B010
    _skip_unchanged(form, obj, kept)
    return kept


def _present(obj: Model, name: str, field: Any) -> Present | None:
    """Return what a relation holds, None where the form's field is none of the model's."""
    try:
        relation: Any = obj._meta.get_field(name)
    except FieldDoesNotExist:
        return None
    related: Any = relation.related_model
    if related is None or not issubclass(field.queryset.model, related):
        return None
    everything = related._base_manager.all()
    if isinstance(relation, ForeignKey):
        value = getattr(obj, relation.attname)
        if value is None:
            return None
        return Present(field, everything.filter(**{relation.target_field.name: value}), str(value))
    if isinstance(relation, ManyToManyField):
        source, target = relation.m2m_field_name(), relation.m2m_reverse_field_name()
        through: Any = relation.remote_field.through
        held = through._base_manager.filter(**{source: obj.pk})
        return Present(field, everything.filter(pk__in=held.values(target)))
    return None


def _keeping(field: Any, present: Present) -> Callable[[Any], Any]:
    """Return a field's `clean` that takes what is present besides what is offered."""
    clean: Callable[[Any], Any] = field.clean

    def one(value: Any) -> Any:
        try:
            return clean(value)
        except ValidationError as error:
            found = present.find([value]) if _not_offered(error) else {}
            if not found:
                raise
            return found[str(value)]

    def several(values: Any) -> Any:
        try:
            return clean(values)
        except ValidationError as error:
            found = present.find(values) if _not_offered(error) else {}
            if not found:
                raise
            others = [v for v in values if str(v) not in found]
            keys = [obj.pk for obj in (*found.values(), *(clean(others) if others else ()))]
            return present.everything().filter(pk__in=keys)

    return several if isinstance(field, forms.ModelMultipleChoiceField) else one


def _not_offered(error: ValidationError) -> bool:
    return any(e.code == "invalid_choice" for e in error.error_list)


def _skip_unchanged(form: Any, obj: Model, kept: Mapping[str, Present]) -> None:
    """Let the model not ask again whether an unchanged foreign key may be chosen.

    `limit_choices_to` is about choosing; unique values and the model's own `clean` are still asked.
    """
    single = {n: p.key for n, p in kept.items() if p.key is not None}
    names = {name: obj._meta.get_field(name).attname for name in single}  # type: ignore[union-attr]
    full_clean: Callable[[], None] = form.full_clean

    def clean_all() -> None:
        instance = form.instance
        clean_fields = instance.clean_fields

        def clean_changed(exclude: Iterable[str] | None = None) -> None:
            same = {
                n for n, attname in names.items() if str(getattr(instance, attname)) == single[n]
            }
            clean_fields(exclude={*(exclude or ()), *same})

        # On the object only while it is validated: it may be pickled when it is saved.
        instance.clean_fields = clean_changed
        try:
            full_clean()
        finally:
            del instance.clean_fields

    if single:
        form.full_clean = clean_all
