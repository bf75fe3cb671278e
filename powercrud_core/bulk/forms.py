"""The form of a bulk edit: for each field keep, set or clear; for several values add or remove."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import Model, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from powercrud_core.bulk.checking import sentences

__all__ = ["MIXED", "BulkForm", "Change", "RowErrors", "common_values", "mode_name"]

KEEP, SET, CLEAR, ADD, REMOVE, REPLACE = "keep", "set", "clear", "add", "remove", "replace"
LABELS = {
    KEEP: _("Keep"),
    SET: _("Set to"),
    CLEAR: _("Clear"),
    ADD: _("Add"),
    REMOVE: _("Remove"),
    REPLACE: _("Replace with"),
}
MODE = "mode-"

MIXED = object()
"""Stands for values that differ from row to row, or could not all be looked at."""


def mode_name(name: str) -> str:
    """Return the name of the control that says what happens to a field."""
    return MODE + name


@dataclass(frozen=True, slots=True)
class Change:
    """What happens to one field: `mode` with `value` (for several values a list of objects)."""

    field: Any
    mode: str
    value: Any

    @property
    def name(self) -> str:
        """Return the field's name."""
        return str(self.field.name)

    def merged(self, present: Collection[Any]) -> set[Any]:
        """Return the keys that a row's related objects have afterwards."""
        mine = {obj.pk for obj in self.value}
        if self.mode == ADD:
            return mine | set(present)
        return set(present) - mine if self.mode == REMOVE else mine


class BulkForm(forms.Form):
    """What to do with each of some fields of many rows.

    A field that is kept is not looked at; one that is set needs a value: to empty it there is
    "clear", where the model allows that. The value is cleaned by the edit form's own field and the
    model field's validators.

    edit: the edit form whose fields are offered; names: which of them.
    common: the values that all rows share, by field name; MIXED where they differ.
    """

    def __init__(
        self,
        edit: "forms.BaseModelForm[Any]",
        names: Sequence[str],
        data: Any = None,
        common: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data, **kwargs)
        self.edit = edit
        self.model: type[Model] = edit._meta.model
        self.common = dict(common or {})
        self.names = [name for name in names if name in edit.fields]
        for name in self.names:
            self._offer(name, edit.fields[name])

    def _offer(self, name: str, field: Any) -> None:
        modes = self._modes(name, field)
        self.fields[mode_name(name)] = forms.ChoiceField(
            choices=[(mode, LABELS[mode]) for mode in modes],
            initial=KEEP,
            required=False,
            label=field.label,
        )
        shared = None if self.common.get(name) is MIXED else self.common.get(name)
        if type(field) is forms.BooleanField:
            field, shared = yes_or_no(field), shared if shared is None else str(shared).lower()
        field.initial = shared
        # An empty value is refused below, and only where a value is wanted.
        field.required = False
        if self.mode(name) not in {*modes} - {KEEP, CLEAR}:
            # What stands in the control of a field that is kept or cleared means nothing.
            field.clean = lambda value: None
        self.fields[name] = field

    def _modes(self, name: str, field: Any) -> list[str]:
        model_field: Any = self.model._meta.get_field(name)
        modes = [KEEP, ADD, REMOVE, REPLACE] if model_field.many_to_many else [KEEP, SET]
        emptiable = model_field.null or model_field.many_to_many
        if model_field.blank and not model_field.is_relation:
            emptiable = emptiable or model_field.empty_strings_allowed
        boolean = type(field) is forms.BooleanField
        return [*modes, CLEAR] if emptiable and not (field.required or boolean) else modes

    def mode(self, name: str) -> str:
        """Return what was asked for a field, as it was posted."""
        return str(self.data.get(self.add_prefix(mode_name(name))) or KEEP)

    def clean(self) -> dict[str, Any]:
        """Refuse fields that are not offered, a form that changes nothing, and invalid values."""
        offered = {self.add_prefix(mode_name(name)) for name in self.names}
        prefix = self.add_prefix(MODE)
        for name in self.data:
            if name.startswith(prefix) and name not in offered and self.data[name] != KEEP:
                text = _("The field “%(name)s” cannot be changed here.")
                raise ValidationError(text, params={"name": name.removeprefix(prefix)})
        for change in self.changes():
            if change.mode != CLEAR and (change.value is None or change.value in ("", [])):
                self.add_error(change.name, self.fields[change.name].error_messages["required"])
        if not self.errors and not self.changes():
            raise ValidationError(_("Choose at least one field to change."), code="nothing")
        self._check_model()
        return self.cleaned_data

    def _check_model(self) -> None:
        """Let the model's fields say what they think of the values: once, not for each row."""
        changes = [c for c in self.changes() if not c.field.many_to_many]
        scratch = self.model()
        for change in changes:
            change.field.save_form_data(scratch, change.value)
        names = {change.name for change in changes}
        try:
            scratch.clean_fields(exclude={f.name for f in self.model._meta.fields} - names)
        except ValidationError as error:
            self.add_error(None, error)

    def changes(self) -> list[Change]:
        """Return what a valid form changes."""
        return list(self._changes())

    def _changes(self) -> Iterator[Change]:
        for name in self.names:
            mode = self.cleaned_data.get(mode_name(name)) or KEEP
            if mode == KEEP or name in self.errors:
                continue
            field: Any = self.model._meta.get_field(name)
            value: Any = self.cleaned_data.get(name)
            if mode == CLEAR:
                value = [] if field.many_to_many else (None if field.null else "")
            yield Change(field, mode, list(value) if field.many_to_many else value)

    def row_data(self, change: Change, present: Collection[Any] = ()) -> Iterator[tuple[str, Any]]:
        """Yield the names and values that a row's own edit form is to be sent for a change.

        present: the keys of the row's related objects, for a change of several values.
        """
        field = self.fields[change.name]
        if change.field.many_to_many:
            yield change.name, [str(key) for key in change.merged(present)]
            return
        if change.mode == CLEAR:
            parts = getattr(field.widget, "widgets_names", [""])
            yield from ((change.name + part, [""]) for part in parts)
            return
        mine = self.add_prefix(change.name)
        for name in self.data:
            if name == mine or name.startswith((f"{mine}_", f"{mine}-")):
                values = self.data.getlist(name) if isinstance(self.data, QueryDict) else None
                yield change.name + name.removeprefix(mine), values or [self.data[name]]


class RowErrors:
    """Makes a form take errors of fields that it does not have: a model's `clean()` names any."""

    def add_error(self: Any, field: str | None, error: Any) -> None:
        """Add an error; one of another field becomes one of the form, with the field's label."""
        errors = {field: error} if field is not None else getattr(error, "error_dict", {})
        if not errors:
            super().add_error(field, error)  # type: ignore[misc]
        for name, found in errors.items():
            if name in self.fields or name == NON_FIELD_ERRORS:
                super().add_error(name, found)  # type: ignore[misc]
            else:
                text = sentences(ValidationError({name: found}), self._meta.model)
                super().add_error(None, text)  # type: ignore[misc]


def yes_or_no(field: forms.Field) -> forms.Field:
    """Return a field that asks for yes or no: a box without a tick would say no unasked."""
    return forms.TypedChoiceField(
        choices=[("true", _("Yes")), ("false", _("No"))],
        coerce=lambda value: value == "true",
        label=field.label,
        help_text=field.help_text,
    )


def common_values(
    queryset: "QuerySet[Any]", names: Sequence[str], *, limit: int = 1000
) -> dict[str, Any]:
    """Return the value that all rows have in each field, MIXED where they differ.

    One query, and one more for each many-to-many field, over the first `limit` rows; of more rows
    nothing can be said but that they are mixed, so they are.
    """
    model = queryset.model
    fields: dict[str, Any] = {name: model._meta.get_field(name) for name in names}
    plain = [f for f in fields.values() if not f.many_to_many]
    rows = list(queryset.order_by("pk").values_list("pk", *(f.attname for f in plain))[: limit + 1])
    if len(rows) > limit or not rows:
        return dict.fromkeys(names, MIXED)
    found: dict[str, Any] = {}
    for index, field in enumerate(plain, start=1):
        first = rows[0][index]
        found[field.name] = first if all(row[index] == first for row in rows) else MIXED
    keys = [row[0] for row in rows]
    for field in fields.values():
        if field.many_to_many:
            sets = list(related_keys(field, keys).values())
            same = len(sets) == len(keys) and all(s == sets[0] for s in sets)
            found[field.name] = sorted(sets[0]) if same else MIXED if sets else []
    return found


def related_keys(field: Any, keys: Sequence[Any], using: str | None = None) -> dict[Any, set[Any]]:
    """Return the keys of the related objects of some rows, by row; one query."""
    through = field.remote_field.through
    mine, theirs = field.m2m_field_name(), field.m2m_reverse_field_name()
    pairs = through._base_manager.using(using).filter(**{f"{mine}__in": keys})
    found: dict[Any, set[Any]] = {}
    for key, other in pairs.values_list(
        through._meta.get_field(mine).attname, through._meta.get_field(theirs).attname
    ):
        found.setdefault(key, set()).add(other)
    return found
