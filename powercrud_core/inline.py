"""InlineEdit: the fields that are edited in the list itself, and the form that edits them."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, replace
from difflib import get_close_matches
from functools import partial
from html import escape
from typing import Any, Literal, get_args

from django import forms
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import Model, Q, QuerySet
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.safestring import SafeString

from powercrud_core import hooks
from powercrud_core.attrs import Attrs
from powercrud_core.columns import BoundColumn, Column
from powercrud_core.components import Renderer
from powercrud_core.forms import field_group
from powercrud_core.packs.contract import Button, CellEditor, Row, RowForm
from powercrud_core.paths import field_names, follow
from powercrud_core.stencils import StampedRows
from powercrud_core.tables import RowPlan

__all__ = [
    "InlineEdit",
    "edited_field",
    "editing_rows",
    "editor",
    "keep_only",
    "normalised",
    "problems_of",
]

Mode = Literal["cell", "row"]
# The end of a check's id, what is wrong, and what to do.
Problem = tuple[str, str, str]
# The beginning of whatever a widget may draw that belongs to a form: it stands outside of its own.
CONTROL = re.compile(r"<(?:input|select|textarea|button|output|fieldset)\b(?![^>]*\sform=)")
Predicate = Q | Callable[["QuerySet[Any]"], "QuerySet[Any]"]


@dataclass(frozen=True, slots=True)
class InlineEdit:
    """What can be edited in the list itself; a plain list of names stands for `InlineEdit(names)`.

    fields: names of form fields that the list shows as columns.
    mode: "cell" opens the one cell, "row" all of the row's fields at once.
    rows: which rows are editable: a Q, or a function from a queryset to a narrower one. The
        database decides, in one query a page. Default is every row that the user may change.
    reason: said at the rows that `rows` leaves out.
    """

    fields: Sequence[str]
    _: KW_ONLY
    mode: Mode = "cell"
    rows: Predicate | None = None
    reason: str | Promise = ""

    def editable(self, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        """Return the rows of a queryset that are editable."""
        if self.rows is None:
            return queryset
        return queryset.filter(self.rows) if isinstance(self.rows, Q) else self.rows(queryset)


def normalised(declared: InlineEdit | Sequence[str] | None) -> InlineEdit | None:
    """Return what a view declares as an InlineEdit; None where it declares nothing."""
    if declared is None or isinstance(declared, InlineEdit):
        return declared
    return InlineEdit(tuple(declared))


def edited_field(column: BoundColumn, names: Collection[str]) -> str:
    """Return the field among some that a column shows as it is, or nothing."""
    path = column.path
    name = path.lookup if path is not None and not path.rest else ""
    return name if name in names else ""


def keep_only(form: Any, names: Collection[str]) -> None:
    """Leave a form only some of its fields; its `clean` still finds the values of the others.

    What `clean` says about a field that is not there is said about the form.
    """
    absent = [name for name in form.fields if name not in names]
    for name in absent:
        del form.fields[name]
    if not absent:
        return
    clean, add_error = form._clean_form, form.add_error

    def clean_all() -> None:
        form.cleaned_data.update(_present(form.instance, absent))
        clean()
        for name in absent:
            form.cleaned_data.pop(name, None)

    def add(field: str | None, error: Any) -> None:
        problem = error if isinstance(error, ValidationError) else ValidationError(error)
        told = problem.error_dict if hasattr(problem, "error_dict") else {field: [problem]}
        for name, errors in told.items():
            here = name if name in form.fields else None
            add_error(here, ValidationError(errors))

    form._clean_form, form.add_error = clean_all, add


def _present(instance: Any, names: Collection[str]) -> Iterator[tuple[str, Any]]:
    """Yield the values of an object's fields; a related object is loaded when it is looked at."""
    for name in names:
        try:
            field = instance._meta.get_field(name)
        except FieldDoesNotExist:
            continue
        if field.many_to_many:
            yield name, getattr(instance, name).all()
        elif field.is_relation and getattr(instance, field.attname) is not None:
            yield name, SimpleLazyObject(partial(getattr, instance, name))
        else:
            yield name, getattr(instance, name)


def editor(
    bound: forms.BoundField,
    renderer: Renderer,
    *,
    form_id: str,
    choose: Button | None,
    form: RowForm | None,
    focus: bool,
    control: SafeString | None = None,
) -> CellEditor:
    """Return the editor of one field.

    form_id: the form it belongs to; form: the same as a component, where it has one of its own.
    focus: whether the control gets the focus.
    control: stands in the place of the field's own: the two sides of a conflict.
    """
    if control is not None:
        return CellEditor(
            attrs=hooks.bundle("cell-editor", data_pc_field=bound.html_name),
            control=belonging(control, form_id),
            help_attrs=Attrs(),
            error_attrs=Attrs(),
            form=form,
        )
    widget = bound.field.widget
    first = widget.widgets[0] if isinstance(widget, forms.MultiWidget) else widget
    if focus and not bound.form.errors:
        first.attrs["autofocus"] = True
    if not isinstance(widget, forms.MultiWidget):
        widget.attrs["aria-label"] = str(bound.label)
    group = field_group(bound, renderer, choose=choose)
    named = {"aria-labelledby": None, "aria-label": str(bound.label)} if group.grouped else {}
    attrs = {**group.attrs, **named, **hooks.part("cell-editor")}
    return CellEditor(
        attrs=Attrs(attrs),
        control=belonging(group.control, form_id),
        help_text=group.help_text,
        help_attrs=group.help_attrs,
        errors=group.errors,
        error_attrs=group.error_attrs,
        choose_button=choose and replace(choose, attrs=choose.attrs | {"form": form_id}),
        form=form,
    )


def belonging(html: SafeString, form_id: str) -> SafeString:
    """Return controls that say which form they belong to."""
    return SafeString(CONTROL.sub(rf'\g<0> form="{escape(form_id)}"', html))


def editing_rows(
    plan: RowPlan, obj: Any, editors: Mapping[str, CellEditor], form: RowForm | None, note: str
) -> StampedRows:
    """Return an object's row with editors in the place of values.

    editors: by the name of the column.
    form: saves the row, where it is edited as a whole.
    note: a remark on the row.
    """

    def draw(shape: int, values: Sequence[str]) -> str:
        row: Row = plan.filled(shape, values)
        names = [cell.column.name for cell in plan.cells]
        cells = [
            replace(cell, link=None, edit=None, editor=editors[name])
            if name in editors
            else replace(cell, edit=None if editors else cell.edit)
            for name, cell in zip(names, row.cells, strict=True)
        ]
        cells[0] = replace(cells[0], note=note)
        actions = None if editors else row.actions
        return str(replace(row, cells=tuple(cells), actions=actions, form=form))

    return StampedRows([plan.reader()(obj)], plan.draw, draw)


def problems_of(
    declared: Any, model: type[Model], columns: Iterable[str | Column], form_fields: Iterable[str]
) -> Iterator[Problem]:
    """Yield what is wrong with a view's `inline`: the end of a check's id, what, and what to do.

    columns: those of the list; form_fields: the names of the form's fields.
    """
    inline = declared if isinstance(declared, InlineEdit) else None
    names = declared if inline is None else inline.fields
    if not isinstance(names, list | tuple) or not all(isinstance(n, str) for n in names):
        text = f"'inline' is {declared!r}; it must be an InlineEdit or a list of names."
        yield "E230", text, 'Write InlineEdit(["price"]), or ["price"].'
        return
    if inline is not None:
        yield from _options(inline)
    shown = [_shown(column, model) for column in columns]
    offered = list(form_fields)
    for index, name in enumerate(names):
        found = next(_wrong(f"inline.fields[{index}]", name, model, shown, offered), None)
        if found is not None:
            yield found


def _options(inline: InlineEdit) -> Iterator[Problem]:
    modes = get_args(Mode)
    if inline.mode not in modes:
        text = f"'inline.mode' is {inline.mode!r}."
        yield "E231", text, f"Use one of: {', '.join(modes)}."
    if inline.rows is not None and not isinstance(inline.rows, Q) and not callable(inline.rows):
        text = f"'inline.rows' is {inline.rows!r}."
        hint = "Set it to a Q, or to a function from a queryset to a narrower one."
        yield "E232", text, hint


def _shown(column: str | Column, model: type[Model]) -> str:
    """Return the field that a declared column shows as it is, or nothing."""
    accessor = column if isinstance(column, str) else column.accessor or column.name
    path = follow(model, accessor) if isinstance(accessor, str) else None
    return path.lookup if path is not None and not path.rest else ""


def _wrong(
    place: str, name: str, model: type[Model], shown: list[str], offered: list[str]
) -> Iterator[Problem]:
    """Yield what is wrong with one of the fields, the deepest cause first."""
    try:
        field: Any = model._meta.get_field(name)
    except FieldDoesNotExist:
        close = get_close_matches(name, field_names(model), n=1)
        label = model._meta.label
        text = f"The value of '{place}' refers to '{name}', which is not a field of '{label}'."
        otherwise = "Only model fields are edited in the list."
        yield "E233", text, f"Did you mean '{close[0]}'? {otherwise}" if close else otherwise
        return
    if not getattr(field, "editable", False) or field.primary_key:
        text = f"'{place}' is the field '{name}', which cannot be edited."
        yield "E234", text, "Take it out."
    if name not in offered:
        text = f"'{place}' is the field '{name}', which the view's form does not have."
        yield "E235", text, "Add it to 'fields' or to the form_class, or take it out."
    if name not in shown:
        text = f"'{place}' is the field '{name}', which no column of the list shows as it is."
        yield "E236", text, f"Add '{name}' to 'columns', or take it out."
