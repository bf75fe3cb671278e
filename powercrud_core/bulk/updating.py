"""BulkUpdate: gives fields of many rows the same values, together where nothing forbids it."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from decimal import Decimal
from typing import Any, Literal

from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError
from django.db.models import DecimalField, Model
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from powercrud_core.bulk.checking import Checker, sentences
from powercrud_core.bulk.forms import CLEAR, REMOVE, REPLACE, BulkForm, Change, related_keys
from powercrud_core.bulk.operations import Batch, BulkOperation, RedoError
from powercrud_core.bulk.plans import Sample
from powercrud_core.bulk.reasons import (
    both_ways,
    following,
    is_ours,
    now_fields,
    reason_for_loop,
)
from powercrud_core.formats import format_for
from powercrud_core.selection import key_of

__all__ = ["BulkUpdate"]

SAMPLES = 5


class BulkUpdate(BulkOperation):
    """Gives fields of many rows the same values.

    fields: names of fields of the edit form.
    validate: "full" validates every row as the edit form would; "fields" only the new values, and
        writes with one UPDATE for each batch; of more than 1,000 rows nobody then looks whether
        they were changed since the confirmation.
    """

    name = "update"
    label = gettext_lazy("Edit")
    icon = "edit"
    success = gettext_lazy("%(rows)s changed.")
    fields: Sequence[str] = ()
    validate: Literal["full", "fields"] = "full"

    def __init__(
        self,
        fields: Sequence[str] = (),
        *,
        validate: Literal["full", "fields"] = "full",
        **options: Any,
    ) -> None:
        if validate not in ("full", "fields"):
            raise TypeError(f"BulkUpdate: validate must be 'full' or 'fields', not {validate!r}.")
        if validate == "fields":
            options.setdefault("watch_limit", 1000)
        super().__init__(fields=tuple(fields), validate=validate, **options)

    def get_form(
        self, host: Any, data: QueryDict | None = None, common: Mapping[str, Any] | None = None
    ) -> BulkForm:
        """Return the form with keep, set and clear for each field the user may write."""
        return BulkForm(host.get_blank_form(), self.fields, data, common)

    def get_reason(self, run: Any) -> str:
        """Return why the rows must be saved one by one."""
        names = [change.name for change in run.form.changes()]
        if self.validate == "fields":
            return following(run.host, names) or both_ways(run.model, names)
        return reason_for_loop(run.host, type(run.form.edit), names)

    def get_watched(self, run: Any) -> list[str]:
        """Return the fields that change; adding and removing does not mind what others add."""
        single = [c for c in run.form.changes() if not c.field.many_to_many]
        whole = [c for c in run.form.changes() if c.mode in (REPLACE, CLEAR)]
        return list(dict.fromkeys(c.name for c in (*single, *whole)))

    def refuses(self, run: Any, obj: Any) -> str:
        """Return why this user may not write one of the fields of this row."""
        if is_ours(type(run.policy).fields):
            return ""
        allowed = run.policy.fields(run.user, "change", obj)
        for change in run.form.changes():
            if allowed is not None and change.name not in allowed:
                words = {"field": change.field.verbose_name}
                return _("You may not change “%(field)s” of this row.") % words
        return ""

    def fast(self, run: Any, keys: Sequence[Any]) -> bool:
        """Write with one UPDATE where that was declared and no row has to be asked about."""
        if self.validate != "fields" or run.reason or not is_ours(type(run.policy).fields):
            return False
        return bool(Writer.of(run).write(keys) == len(keys))

    def write(self, batch: Batch) -> None:
        """Validate and write the rows that do not have the values yet."""
        writer = Writer.of(batch.run)
        present = writer.present([obj.pk for obj in batch.rows])
        rows = [obj for obj in batch.rows if writer.differs(obj, present)]
        batch.unchanged += len(batch.rows) - len(rows)
        batch.label = writer.remember(rows)
        if batch.tracing:
            batch.samples = {key_of(o.pk): writer.sample(o, present) for o in rows[:SAMPLES]}
        if batch.run.reason:
            errors = writer.others(rows)
            for obj in rows:
                with batch.row(obj):
                    self._save(batch, writer, obj, present, errors.get(obj.pk))
            return
        good = self._valid(batch, writer, rows, present)
        for some in [[obj] for obj in good] if batch.careful else [good]:
            with batch.row(some[0]) if batch.careful else nullcontext():
                self._write(batch, writer, [obj.pk for obj in some], present)

    def _write(self, batch: Batch, writer: "Writer", keys: list[Any], present: Any) -> None:
        try:
            writer.write(keys, present)
        except (IntegrityError, DataError) as error:
            if batch.careful:
                raise
            raise RedoError from error
        batch.done += keys

    def _valid(
        self, batch: Batch, writer: "Writer", rows: Sequence[Any], present: Any
    ) -> list[Any]:
        """Return the rows that are valid with the new values; note the others."""
        for obj in rows:
            writer.fill(obj)
        errors = {} if self.validate == "fields" else writer.checker.errors(rows)
        good = []
        for obj in rows:
            error = errors.get(obj.pk) or writer.emptied(obj, present)
            if error is None:
                good.append(obj)
            else:
                batch.fail(obj, "invalid", sentences(error, batch.run.model))
        return good

    def _save(
        self, batch: Batch, writer: "Writer", obj: Any, present: Any, error: Any = None
    ) -> None:
        """Validate and save one row through the view's own form and hook."""
        form = writer.form(obj, present)
        if not form.is_valid():
            error = ValidationError(form.errors.as_data())
        error = error or writer.rest(obj) or writer.emptied(obj, present)
        if error is not None:
            batch.fail(obj, "invalid", sentences(error, batch.run.model))
            return
        batch.run.host.perform_save(form)
        batch.done.append(obj.pk)


class Writer:
    """What a BulkUpdate knows for a whole run: the values, and how to compare and write them."""

    def __init__(self, run: Any) -> None:
        self.run, self.model, self.using = run, run.model, run.using
        self.changes: list[Change] = run.form.changes()
        self.single = [c for c in self.changes if not c.field.many_to_many]
        self.many = [c for c in self.changes if c.field.many_to_many]
        scratch = self.model()
        for change in self.single:
            change.field.save_form_data(scratch, change.value)
        self.values = {c.field.attname: getattr(scratch, c.field.attname) for c in self.single}
        names = {c.name for c in self.changes}
        self.now = now_fields(self.model, names)
        # The fields of the edit form; what is not on it, nobody could correct.
        edit = run.form.edit.fields
        shown = set(edit)
        options = self.model._meta
        # A form that lets a field empty does not ask the model whether it may be.
        self.lax = {f for f in options.fields if f.name in shown and not edit[f.name].required}
        single = [c.name for c in self.single]
        self.checker = Checker(self.model, single, shown, self.using, self.lax)
        self.hidden = {f.name for f in options.fields if f.name not in shown or f.name in names}
        self.together = self.model.clean_fields is Model.clean_fields
        self.row_form = run.host.get_row_form_class(list(names))

    @classmethod
    def of(cls, run: Any) -> "Writer":
        """Return the run's writer, made on first use."""
        if "writer" not in run.memory:
            run.memory["writer"] = cls(run)
        return run.memory["writer"]  # type: ignore[no-any-return]

    def present(self, keys: Sequence[Any]) -> dict[str, dict[Any, set[Any]]]:
        """Return the keys of the related objects that rows have now, by field and row."""
        return {c.name: related_keys(c.field, keys, self.using) for c in self.many}

    def differs(self, obj: Any, present: Mapping[str, Mapping[Any, set[Any]]]) -> bool:
        """Say whether the changes would change this row."""
        if any(getattr(obj, name) != value for name, value in self.values.items()):
            return True
        for change in self.many:
            has = present[change.name].get(obj.pk, set())
            if change.merged(has) != has:
                return True
        return False

    def remember(self, rows: Sequence[Any]) -> Callable[[Any], str]:
        """Return a function that tells what a row was called before it was given new values."""
        names = list(self.values)
        before = {obj.pk: [obj.__dict__.get(name) for name in names] for obj in rows}

        def label(obj: Any) -> str:
            for name, value in zip(names, before[obj.pk], strict=True):
                setattr(obj, name, value)
            return str(obj)

        return label

    def fill(self, obj: Any) -> None:
        """Give an object the new values."""
        for name, value in self.values.items():
            setattr(obj, name, value)

    def emptied(self, obj: Any, present: Mapping[str, Any]) -> ValidationError | None:
        """Return the error of a row that would lose its last value where it needs one."""
        for change in self.many:
            needed = change.mode == REMOVE and not change.field.blank
            if needed and not change.merged(present[change.name].get(obj.pk, ())):
                return ValidationError({change.name: _("This field is required.")})
        return None

    def others(self, rows: Sequence[Any]) -> dict[Any, ValidationError]:
        """Return what is wrong with fields that do not change; a model may have its own way."""
        return self.checker.others(rows) if self.together else {}

    def rest(self, obj: Any) -> ValidationError | None:
        """Return what is wrong with a changed row beside the fields on its form."""
        try:
            if not self.together:
                empty = {f.name for f in self.lax if getattr(obj, f.attname) in f.empty_values}
                obj.clean_fields(exclude=self.hidden | empty)
            if self.checker.unique:
                obj.validate_unique()
            if self.checker.constrained:
                obj.validate_constraints()
        except ValidationError as error:
            return error
        return None

    def form(self, obj: Any, present: Mapping[str, Any]) -> Any:
        """Return the edit form of one row, narrowed to the changed fields and filled in."""
        if both_ways(self.model, present):
            present = self.present([obj.pk])  # the rows before this one may have changed it
        data = QueryDict(mutable=True)
        for change in self.changes:
            has = present[change.name].get(obj.pk, ()) if change.field.many_to_many else ()
            for name, values in self.run.form.row_data(change, has):
                data.setlist(name, values)
        cleaned = {c.name: self.value(c, obj, present) for c in self.changes}
        return self.run.host.get_row_form(self.row_form, obj, data, cleaned)

    def value(self, change: Change, obj: Any, present: Mapping[str, Any]) -> Any:
        """Return the value that a row's field is to have, as a form cleans it."""
        if not change.field.many_to_many:
            return change.value
        keys = change.merged(present[change.name].get(obj.pk, ()))
        objects = change.field.remote_field.model._base_manager.using(self.using)
        return objects.filter(pk__in=keys)

    def write(self, keys: Sequence[Any], present: Mapping[str, Any] | None = None) -> int:
        """Write the values to rows, with one UPDATE; return how many there were."""
        count = len(keys)
        rows = self.model._base_manager.using(self.using).filter(pk__in=keys)
        if self.values or self.now:
            scratch = self.model()
            now = {f.attname: f.pre_save(scratch, False) for f in self.now}
            count = rows.update(**self.values, **now)
        for change in self.many:
            self._relate(change, keys, (present or self.present(keys))[change.name])
        return count

    def _relate(self, change: Change, keys: Sequence[Any], has: Mapping[Any, set[Any]]) -> None:
        field = change.field
        through = field.remote_field.through
        mine = through._meta.get_field(field.m2m_field_name()).attname
        theirs = through._meta.get_field(field.m2m_reverse_field_name()).attname
        pairs = through._base_manager.using(self.using)
        wanted = {key: change.merged(has.get(key, ())) for key in keys}
        gone: dict[Any, list[Any]] = {}
        for key in keys:
            for other in has.get(key, set()) - wanted[key]:
                gone.setdefault(other, []).append(key)
        for other, rows in gone.items():
            pairs.filter(**{theirs: other, f"{mine}__in": rows}).delete()
        new = [
            through(**{mine: key, theirs: other})
            for key in keys
            for other in wanted[key] - has.get(key, set())
        ]
        pairs.bulk_create(new, ignore_conflicts=True)

    def sample(self, obj: Any, present: Mapping[str, Any]) -> Sample:
        """Return one row as it is and as it will be, in words."""
        before, after = {}, {}
        for change in self.changes:
            field = change.field
            label, text = str(field.verbose_name), format_for(field, short=True)
            if field.many_to_many:
                has = present[change.name].get(obj.pk, set())
                if change.merged(has) == has:
                    continue
                objects = field.remote_field.model._base_manager.using(self.using)
                by_key = objects.in_bulk([*has, *change.merged(has)])
                before[label] = text([by_key[k] for k in by_key if k in has])
                after[label] = text([by_key[k] for k in by_key if k in change.merged(has)])
                continue
            if getattr(obj, field.attname) == self.values[field.attname]:
                continue
            old = getattr(obj, change.name)
            before[label] = "" if old is None else text(old)
            after[label] = "" if change.value is None else text(as_stored(field, change.value))
        return Sample(str(obj), before, after)


def as_stored(field: Any, value: Any) -> Any:
    """Return a value as the database gives it back: a number with all its decimal places."""
    if isinstance(value, Decimal) and isinstance(field, DecimalField):
        return value.quantize(Decimal(1).scaleb(-field.decimal_places))
    return value
