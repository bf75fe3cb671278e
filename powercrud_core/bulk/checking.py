"""Validation of many rows that get the same values: what can be asked once is asked once."""

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import connections
from django.db.models import CheckConstraint, Model, UniqueConstraint
from django.utils.text import capfirst

__all__ = ["Checker", "checked_one_by_one", "constraints_on", "sentences", "unique_sets"]

REMEMBERED = 10_000

Checked = tuple[type[Model], tuple[str, ...], Callable[[Model], ValidationError]]


def sentences(error: ValidationError, model: type[Model]) -> str:
    """Return a validation error as one line of text; a field's messages begin with its label."""
    if not hasattr(error, "error_dict"):
        return " ".join(error.messages)
    found = []
    for name, messages in error.message_dict.items():
        text = " ".join(messages)
        if name != NON_FIELD_ERRORS:
            field = next((f for f in model._meta.get_fields() if f.name == name), None)
            text = f"{capfirst(getattr(field, 'verbose_name', name))}: {text}"
        found.append(text)
    return " ".join(found)


def constraints_on(model: type[Model], names: Collection[str]) -> Iterator[tuple[type[Model], Any]]:
    """Yield the constraints of a model and its parents that may concern some fields."""
    for owner in (model, *model._meta.all_parents):
        for constraint in owner._meta.constraints:
            fields = fields_of(constraint)
            if fields is None or fields & set(names):
                yield owner, constraint


def fields_of(constraint: Any) -> set[str] | None:
    """Return the fields a constraint is about, None where that cannot be told."""
    if isinstance(constraint, CheckConstraint):
        condition: Any = constraint.condition
        return getattr(condition, "referenced_base_fields", None)
    if isinstance(constraint, UniqueConstraint) and not constraint.expressions:
        condition = constraint.condition
        return {*constraint.fields, *(condition.referenced_base_fields if condition else ())}
    return None


def checked_one_by_one(model: type[Model], names: Collection[str]) -> Any:
    """Return a constraint on the fields that only a query for each row can check, or None."""
    for _owner, constraint in constraints_on(model, names):
        known = fields_of(constraint)
        plain = isinstance(constraint, CheckConstraint) or (
            isinstance(constraint, UniqueConstraint)
            and constraint.condition is None
            and constraint.nulls_distinct is not False
        )
        if known is None or not plain:
            return constraint
    return None


def unique_sets(model: type[Model], names: Collection[str]) -> Iterator[Checked]:
    """Yield what must be unique and involves some fields: the owner, the fields, the error."""
    for owner in (model, *model._meta.all_parents):
        single = [(f.name,) for f in owner._meta.local_fields if f.unique and not f.primary_key]
        for fields in (*single, *owner._meta.unique_together):
            if set(fields) & set(names):
                yield owner, tuple(fields), _unique_error(owner, tuple(fields))
    for owner, constraint in constraints_on(model, names):
        if isinstance(constraint, UniqueConstraint) and constraint.fields:
            fields = tuple(constraint.fields)
            yield owner, fields, _unique_error(owner, fields, constraint)


def _unique_error(
    owner: type[Model], fields: tuple[str, ...], constraint: Any = None
) -> Callable[[Model], ValidationError]:
    def make(obj: Model) -> ValidationError:
        if constraint and constraint.violation_error_message != (
            constraint.default_violation_error_message
        ):
            return ValidationError(constraint.get_violation_error_message())
        return obj.unique_error_message(owner, fields)

    return make


class Checker:
    """Validates rows as `full_clean()` would, once they hold the new values.

    changed: the names of the fields that get the same value in every row, which are valid already.
    others: the names of the further fields to validate; those not on the edit form are not.
    lax: the fields that may be empty, beside those that the model says so of.
    It remembers over the chunks of a run which values were found good.
    """

    def __init__(
        self,
        model: type[Model],
        changed: Collection[str],
        others: Collection[str],
        using: str,
        lax: Collection[Any] = (),
    ) -> None:
        self.model, self.using, self.lax = model, using, lax
        options = model._meta
        fields = [f for f in options.fields if f.name in others and f.name not in changed]
        self.plain = [(f, f.attname, _remembers(f, set())) for f in fields if not f.remote_field]
        self.relations: list[tuple[Any, set[Any]]] = [(f, set()) for f in fields if f.remote_field]
        self.enforced = connections[using].features.supports_foreign_keys
        self.unique = list(unique_sets(model, changed))
        self.checks: list[tuple[Any, list[str], set[Any]]] = []
        self.constrained = False
        for _owner, constraint in constraints_on(model, changed):
            self.constrained = True
            if isinstance(constraint, CheckConstraint):
                names = sorted(fields_of(constraint) or ())
                known: set[Any] = set()
                attnames = [getattr(options.get_field(n), "attname", n) for n in names]
                self.checks.append((constraint, attnames, known))

    def others(self, rows: Sequence[Any]) -> dict[Any, ValidationError]:
        """Return what is wrong with the fields that do not change, by key."""
        for field, good in self.relations:
            self._relation(field, good, rows)
        found = ((obj.pk, self._row(obj)) for obj in rows)
        return {key: ValidationError(errors) for key, errors in found if errors}

    def errors(self, rows: Sequence[Any]) -> dict[Any, ValidationError]:
        """Return what is wrong with rows that hold the new values, by key."""
        found = self.others(rows)
        for obj in rows if self.checks else ():
            try:
                self._constraints(obj)
            except ValidationError as error:
                found.setdefault(obj.pk, error)
        for owner, fields, make in self.unique:
            self._unique(owner, fields, make, [r for r in rows if r.pk not in found], found)
        return found

    def _constraints(self, obj: Any) -> None:
        for constraint, attnames, good in self.checks:
            key = tuple(getattr(obj, name) for name in attnames)
            if key not in good:
                constraint.validate(self.model, obj, using=self.using)
                if len(good) < REMEMBERED:
                    good.add(key)

    def _row(self, obj: Any) -> dict[str, Any]:
        errors: dict[str, Any] = {}
        values = obj.__dict__
        for field, attname, good in self.plain:
            value = values.get(attname)
            if good is not None and value in good:
                continue
            self._field(field, obj, value, errors)
            if good is not None and len(good) < REMEMBERED:
                good.add(value)
        for field, good in self.relations:
            value = values.get(field.attname)
            if value not in good:
                self._field(field, obj, value, errors)
        return errors

    def _field(self, field: Any, obj: Any, value: Any, errors: dict[str, Any]) -> None:
        if (field.blank or field in self.lax) and value in field.empty_values:
            return
        try:
            field.clean(value, obj)
        except ValidationError as error:
            errors[field.name] = error.error_list

    def _relation(self, field: Any, good: set[Any], rows: Sequence[Any]) -> None:
        """Look up all related keys that were not seen before with one query.

        Where the database itself keeps the relation whole and nothing else limits it, with none.
        """
        if len(good) > REMEMBERED:
            good.clear()
        new = {getattr(row, field.attname) for row in rows} - good - {None}
        if not new:
            return
        limit = field.get_limit_choices_to()
        if field.db_constraint and self.enforced and not limit:
            good.update(new)
            return
        target = field.target_field.attname
        objects = field.remote_field.model._base_manager.using(self.using).order_by()
        found = objects.complex_filter(limit).filter(**{f"{target}__in": new})
        good.update(found.values_list(target, flat=True))

    def _unique(
        self,
        owner: type[Model],
        names: tuple[str, ...],
        make: Callable[[Model], ValidationError],
        rows: Sequence[Any],
        found: dict[Any, ValidationError],
    ) -> None:
        """Find rows that would have the same values as another: with one query."""
        fields: list[Any] = [owner._meta.get_field(name) for name in names]
        attnames = [f.attname for f in fields]
        wanted = {row.pk: tuple(getattr(row, a) for a in attnames) for row in rows}
        if not wanted:
            return
        lookups = {
            f"{f.attname}__in": {values[i] for values in wanted.values()} - {None}
            for i, f in enumerate(fields)
        }
        stored = owner._base_manager.using(self.using).order_by().filter(**lookups)
        taken = {tuple(v): pk for pk, *v in stored.values_list("pk", *attnames)}
        for row in rows:
            values = wanted[row.pk]
            if None not in values and taken.setdefault(values, row.pk) != row.pk:
                found[row.pk] = make(row)


def _remembers(field: Any, good: set[Any]) -> set[Any] | None:
    """Return a memory of good values where a field's validation looks at nothing but the value."""
    own = ("clean", "validate", "run_validators", "to_python")
    known = all(getattr(type(field), n).__module__.startswith("django.") for n in own)
    hashable = field.get_internal_type() not in ("JSONField", "ArrayField", "BinaryField")
    return good if known and hashable else None
