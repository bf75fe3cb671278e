"""Forms: a Django form becomes the components that a pack draws."""

import datetime
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import django
from django import forms
from django.core.validators import DecimalValidator
from django.db import models
from django.forms import Media
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django_filters.fields import DateRangeField

from powercrud_core import hooks
from powercrud_core.attrs import Attrs
from powercrud_core.components import Renderer
from powercrud_core.dependencies import Settled
from powercrud_core.layouts import Item, laid_out
from powercrud_core.packs.contract import (
    Affix,
    Button,
    ErrorSummary,
    FieldGroup,
    FormBody,
    HiddenField,
    Link,
    ReadonlyField,
    Status,
)
from powercrud_core.selects import PLAIN_SELECTS
from powercrud_core.widgets import (
    SELECT_MEDIA,
    DateTimeInput,
    PickedSingle,
    TimeInput,
    can_be_key,
)

__all__ = [
    "editable_fields",
    "field_group",
    "form_body",
    "form_field",
    "hidden",
    "limit_values",
]

INPUT_TYPES = {
    forms.DateField: (forms.DateInput, "date", "%Y-%m-%d"),
    forms.DateTimeField: (DateTimeInput, "datetime-local", "%Y-%m-%dT%H:%M:%S"),
    forms.TimeField: (TimeInput, "time", "%H:%M:%S"),
}

MAX_DIGITS = 50

REMEMBERED = 200
_drawn: dict[Any, SafeString] = {}


def editable_fields(model: type[models.Model]) -> list[str]:
    """Return the names of the fields that a form for the model offers when none are declared."""
    options: Any = model._meta
    many = [f for f in options.many_to_many if f.remote_field.through._meta.auto_created]
    return [
        f.name
        for f in [*options.fields, *many]
        if f.editable and not f.auto_created and not (f.primary_key and f.has_default())
    ]


def native_input(field: Any, **kwargs: Any) -> Any:
    """Return a model field's form field, with the browser's own date and time inputs."""
    if isinstance(field, models.URLField) and django.VERSION < (6,):
        kwargs.setdefault("assume_scheme", "https")  # what later versions assume unasked
    form_field = field.formfield(**kwargs)
    for kind, (widget, type_, format_) in INPUT_TYPES.items():
        if type(form_field) is kind and type(form_field.widget) is kind.widget:
            form_field.widget = widget(format=format_, attrs={"type": type_})
            if type_ != "date":
                form_field.widget.attrs["step"] = "any"
    return form_field


def limit_values(form: forms.BaseForm) -> None:
    """Refuse what a form would take and the database could not hold, which ends in an error.

    `1e99999999` would be written out digit by digit; the first and the last year of the calendar
    have moments that do not exist in every time zone.
    """
    for field in form.fields.values():
        if isinstance(field, forms.ModelMultipleChoiceField):
            setattr(field, "clean", checking_keys(field))  # noqa: B010
        for part in (field, *getattr(field, "fields", ())):
            if isinstance(part, forms.DecimalField) and part.max_digits is None:
                part.validators = [*part.validators, DecimalValidator(MAX_DIGITS, None)]
            moment = isinstance(part, forms.DateTimeField)
            if moment or (isinstance(field, DateRangeField) and part is not field):
                part.validators = [*part.validators, within_time]


def checking_keys(field: Any) -> Callable[[Any], Any]:
    """Return a field's `clean` that refuses keys which no database can look for."""
    clean: Callable[[Any], Any] = field.clean

    def checked(value: Any) -> Any:
        for one in value if isinstance(value, list | tuple) else ():
            if not can_be_key(field, one):
                text = field.error_messages["invalid_choice"]
                raise forms.ValidationError(text, code="invalid_choice", params={"value": one})
        return clean(value)

    return checked


def within_time(value: datetime.date) -> None:
    """Raise ValidationError for a date or time at the ends of the calendar."""
    if not datetime.MINYEAR < value.year < datetime.MAXYEAR:
        raise forms.ValidationError(_("Enter a valid date."), code="invalid")


def hidden(pairs: Iterable[tuple[str, Any]], **attrs: Any) -> tuple[Attrs, ...]:
    """Return hidden inputs."""
    return tuple(
        Attrs({"type": "hidden", "name": name, "value": value, **attrs}) for name, value in pairs
    )


def form_body(
    form: forms.BaseForm,
    renderer: Renderer,
    *,
    choose: Mapping[str, Button],
    related: Mapping[str, tuple[Link, ...]] = MappingProxyType({}),
    extra: Iterable[tuple[str, Any]] = (),
    layout: Sequence[Item] = (),
    drawn: SafeString | None = None,
    readonly: Mapping[str, ReadonlyField] = MappingProxyType({}),
    settled: Settled = Settled(),  # noqa: B008
    status: Status | None = None,
    refresh: Button | None = None,
) -> FormBody:
    """Return the inside of a form.

    choose: the buttons that lead to the choices page, by field name.
    related: the links beside relations, by field name.
    extra: further hidden inputs (the CSRF token, the return address).
    layout: arranges the fields.
    drawn: the fields, where the form draws them itself (crispy-forms).
    readonly: values that stand among the fields, by name.
    settled: what the dependencies of its fields made of it.
    status: announces what changes while it is filled in.
    refresh: brings dependent fields up to date.
    """
    base = str(form.auto_id) % "form"
    fields: dict[str, Any] = {} if drawn else form_fields(form, renderer, settled, choose, related)
    arranged = laid_out(layout, {**fields, **readonly}, renderer, base)
    return FormBody(
        renderer=renderer,
        attrs=hooks.bundle("form-body", id=f"{base}-body"),
        summary=error_summary(form),
        fields=arranged,
        hidden=(
            *_default_button(bool(choose) or refresh is not None),
            *hidden(extra),
            *_hidden_fields(form, settled),
        ),
        layout=drawn or SafeString(),
        status=status,
        refresh=refresh,
    )


def form_fields(
    form: forms.BaseForm,
    renderer: Renderer,
    settled: Settled,
    choose: Mapping[str, Button],
    related: Mapping[str, tuple[Link, ...]] = MappingProxyType({}),
) -> dict[str, FieldGroup | HiddenField]:
    """Return the components of a form's fields by name, without those that are always hidden."""
    return {
        bound.name: form_field(
            bound, renderer, settled, choose.get(bound.name), related=related.get(bound.name, ())
        )
        for bound in form
        if not bound.is_hidden or bound.name in settled.inactive
    }


def form_field(
    bound: forms.BoundField,
    renderer: Renderer,
    settled: Settled,
    choose: Button | None = None,
    **options: Any,
) -> FieldGroup | HiddenField:
    """Return a field as a component; one that is not visible keeps its place for its return.

    options: further arguments of `field_group`.
    """
    marks = {**options.pop("marks", {}), **settled.hooks.get(bound.name, {})}
    if bound.name not in settled.inactive:
        return field_group(bound, renderer, choose=choose, marks=marks, **options)
    return HiddenField(
        renderer=renderer,
        attrs=Attrs(
            {
                "hidden": True,
                "data-pc-field": bound.html_name,
                **marks,
                **hooks.part("field-hidden"),
            }
        ),
        inputs=hidden(settled.inactive[bound.name]),
    )


def _default_button(needed: bool) -> tuple[Attrs, ...]:
    """Return the button that Enter presses: without it that would be the first "Choose …"."""
    attrs = {"type": "submit", "name": "_save", "value": "1", "hidden": True, "tabindex": "-1"}
    return (Attrs(attrs),) if needed else ()


def _hidden_fields(form: forms.BaseForm, settled: Settled) -> Iterator[Attrs]:
    for bound in form.hidden_fields():
        if bound.name in settled.inactive:
            continue
        values = bound.value()
        for value in values if isinstance(values, list | tuple) else [values]:
            yield from hidden(
                [(bound.html_name, "" if value is None else value)], id=bound.id_for_label
            )


def field_group(
    bound: forms.BoundField,
    renderer: Renderer,
    *,
    choose: Button | Link | None = None,
    related: tuple[Link, ...] = (),
    marks: Mapping[str, Any] = MappingProxyType({}),
    before: str = "",
    after: str = "",
) -> FieldGroup:
    """Return one field with its label, help and errors tied to its control.

    related: the links beside a relation.
    marks: further attributes of the element around it.
    before, after: texts at the edges of its control.
    """
    widget = bound.field.widget
    errors = tuple(str(e) for e in bound.errors)
    base = bound.auto_id
    if renderer is not None:
        renderer.need(widget.media)
        follows = any("data-pc-follow" in link.attrs for link in related)
        renderer.need(SELECT_MEDIA if follows or "data-pc-select" in widget.attrs else Media())
    grouped = bool(widget.use_fieldset) or isinstance(widget, PickedSingle)
    described = [f"{base}_before"] * bool(before) + [f"{base}_after"] * bool(after)
    described += [f"{base}_help"] if bound.help_text else []
    described += [f"{base}_error"] if errors else []
    aria = {
        "aria-describedby": " ".join(described) or None,
        "aria-invalid": "true" if errors else None,
    }
    wrapper = {"data-pc-field": bound.html_name, **marks, **hooks.part("field")}
    return FieldGroup(
        renderer=renderer,
        attrs=Attrs({**wrapper, **(aria if grouped else {}), **_group_role(grouped, base)}),
        label=str(bound.label or ""),
        label_attrs=Attrs(
            {"id": f"{base}_label", **({} if grouped else {"for": bound.id_for_label or None})}
        ),
        control=_control(bound, {} if grouped else aria),
        help_text=str(bound.help_text),
        help_attrs=hooks.bundle("help", id=f"{base}_help"),
        errors=errors,
        error_attrs=hooks.bundle("errors", id=f"{base}_error"),
        required=_("required")
        if bound.field.required and widget.use_required_attribute("")
        else "",
        grouped=grouped,
        inline=isinstance(widget, forms.CheckboxInput),
        before=_affix(f"{base}_before", before),
        after=_affix(f"{base}_after", after),
        choose_button=_focused(choose, bound) if isinstance(choose, Button) else None,
        choose_link=choose if isinstance(choose, Link) else None,
        related=related,
    )


def _focused(button: Button, bound: forms.BoundField) -> Button:
    """Return the button of a failed field with the focus that the field's control cannot take."""
    return replace(button, attrs=button.attrs | {"autofocus": _is_first_error(bound)})


def _is_first_error(bound: forms.BoundField) -> bool:
    return bound.name == next((n for n in bound.form.fields if n in bound.form.errors), None)


def _affix(id: str, text: str) -> Affix | None:
    return Affix(attrs=hooks.bundle("affix", id=id), label=text) if text else None


def _group_role(grouped: bool, base: str) -> dict[str, str]:
    return {"role": "group", "aria-labelledby": f"{base}_label"} if grouped else {}


def _control(bound: forms.BoundField, aria: Mapping[str, Any]) -> SafeString:
    """Return the widget's HTML; a failed field gets the focus by `autofocus`, script or not."""
    attrs = {name: value for name, value in aria.items() if value}
    if _is_first_error(bound):
        attrs["autofocus"] = True
    widget = bound.field.widget
    if isinstance(widget, forms.MultiWidget):
        _name_parts(widget, str(bound.label))
        if attrs.pop("autofocus", False):
            widget.widgets[0].attrs["autofocus"] = True
    if type(widget) in PLAIN_SELECTS and isinstance(widget.choices, list):
        return _select(bound, attrs)
    if isinstance(widget, forms.SelectDateWidget):
        widget = _named_selects(widget, str(bound.label))
    return SafeString(bound.as_widget(widget, attrs=attrs))


def _name_parts(widget: Any, label: str) -> None:
    """Give each control of a field of several (a range, date and time) a name of its own."""
    words = {"min": _("from"), "after": _("from"), "max": _("to"), "before": _("to")}
    count = len(widget.widgets)
    suffixes = getattr(widget, "suffixes", None) or [str(i + 1) for i in range(count)]
    for part, suffix in zip(widget.widgets, suffixes, strict=True):
        part.attrs.setdefault("aria-label", f"{label} {words.get(suffix, suffix)}")
        if suffix in words:
            part.attrs.setdefault("placeholder", words[suffix])


def _named_selects(widget: Any, label: str) -> Any:
    """Return a date's widget that gives each select a name, and the id that links lead to."""
    named = copy(widget)
    words = {"year": _("year"), "month": _("month"), "day": _("day")}

    def get_context(name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context: dict[str, Any] = widget.get_context(name, value, attrs)
        base = context["widget"]["attrs"].get("id")
        for i, select in enumerate(context["widget"]["subwidgets"]):
            part = select["name"].rpartition("_")[2]
            select["attrs"].setdefault("aria-label", f"{label} {words[part]}")
            if base:
                select["attrs"]["id"] = f"{base}_{part}"
            if i:
                select["attrs"].pop("autofocus", None)
        return context

    named.get_context = get_context
    return named


def _select(bound: Any, attrs: Mapping[str, Any]) -> SafeString:
    """Return a select's HTML, remembered: its options cost more than all else in a filter form."""
    options = tuple((str(value), str(label)) for value, label in _flat(bound.field.widget.choices))
    value = bound.value()
    chosen = tuple(map(str, value)) if isinstance(value, list | tuple) else str(value)
    state = (bound.html_name, bound.id_for_label, bound.field.required, bound.field.disabled)
    key = (bound.form.renderer, type(bound.field.widget), state, chosen, options)
    made = (*key, tuple(attrs.items()), tuple(map(str, bound.field.widget.attrs.items())))
    html = _drawn.get(made)
    if html is None:
        if len(_drawn) >= REMEMBERED:
            _drawn.clear()
        html = _drawn[made] = SafeString(bound.as_widget(attrs=attrs))
    return html


def _flat(choices: Iterable[Any]) -> Iterator[tuple[Any, Any]]:
    """Yield values and labels; a named group yields its name before its members."""
    for value, label in choices:
        yield value, "" if isinstance(label, list | tuple) else label
        if isinstance(label, list | tuple):
            yield from label


def error_summary(form: forms.BaseForm) -> ErrorSummary | None:
    """Return all errors of a form, those of fields as links to their controls."""
    if not form.errors:
        return None
    plain = [str(e) for e in form.non_field_errors()]
    links = []
    for bound in form:
        for error in bound.errors:
            text = f"{bound.label}: {error}"
            if bound.is_hidden:
                plain.append(text)
            else:
                several = isinstance(bound.field.widget, forms.MultiWidget)
                target = bound.id_for_label or f"{bound.auto_id}{'_0' if several else ''}"
                links.append(Link(attrs=Attrs({"href": f"#{target}"}), label=text))
    return ErrorSummary(
        attrs=hooks.bundle("error-summary", role="alert", tabindex="-1"),
        title=_("Please correct the following."),
        errors=tuple(plain),
        links=tuple(links),
    )
