"""Widgets for relations of any size: never a select with thousands of options."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol, cast

from django import forms
from django.db.models import IntegerField, QuerySet
from django.forms.widgets import DateTimeBaseInput
from django.utils.translation import gettext as _
from django_filters.widgets import BooleanWidget

from powercrud_core import hooks
from powercrud_core.attrs import Attrs

REST = "-rest"

__all__ = [
    "SELECT_MEDIA",
    "BooleanChoice",
    "CheckboxPopover",
    "DateTimeInput",
    "PickedMultiple",
    "PickedSingle",
    "TimeInput",
    "can_be_key",
    "limited",
    "not_offered",
    "possible_keys",
]

HOME = "powercrud_core"
SELECT_MEDIA = forms.Media(
    css={"all": [f"{HOME}/powercrud-select.css"]},
    js=[
        cast(Any, forms.Script(path, defer=True))
        for path in (f"{HOME}/vendor/tom-select/tom-select.js", f"{HOME}/powercrud-select.js")
    ],
)


class Holder(Protocol):
    """Knows the values that a relation holds already."""

    def find(self, values: Iterable[Any]) -> dict[str, Any]: ...


def not_offered(label: str) -> str:
    """Return the label of a present value that nobody may choose any more."""
    return _("%(label)s (no longer offered)") % {"label": label}


class PickedSingle(forms.Widget):
    """Shows the present value of a large relation; another one is picked on the choices page.

    A value that may be left out is a ticked box, any other a hidden input beside its label.
    """

    template_name = "powercrud/widgets/picked.html"
    shown = 100
    allow_multiple_selected = False

    def __init__(
        self, field: Any, attrs: Mapping[str, Any] | None = None, present: Holder | None = None
    ):
        super().__init__(dict(attrs or {}))
        self.field = field
        self.present = present

    @property
    def media(self) -> forms.Media:
        """Return what turns the widget into a searched list."""
        return SELECT_MEDIA

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """Return the template's context: `picked` holds attributes of an input and a label each."""
        context: dict[str, Any] = super().get_context(name, value, attrs)
        values = list(value) if isinstance(value, list | tuple | QuerySet) else [value]
        widget = context["widget"]
        several = self.allow_multiple_selected
        removable = widget["removable"] = several or not self.is_required
        kind = {"type": "checkbox" if removable else "hidden", "checked": removable}
        widget["picked"] = [
            {
                "attrs": Attrs({**kind, "name": name, "value": v, "data-pc-label": label}),
                "label": label,
            }
            for v, label in self.labels(values[: self.shown])
        ]
        # What takes the focus and can be disabled is the button beside it.
        for own in ("autofocus", "disabled", "required"):
            widget["attrs"].pop(own, None)
        widget["attrs"] |= hooks.picked(name, several=several, required=self.is_required)
        return context

    def labels(self, values: Iterable[Any]) -> list[tuple[Any, str]]:
        """Return the present values with their labels; one query, two if one is not offered."""
        wanted = [v for v in values if v not in (None, "")]
        possible = list(possible_keys(self.field, wanted))
        key = f"{self.field.to_field_name or 'pk'}__in"
        objects = self.field.queryset.filter(**{key: possible}) if possible else ()
        found = {str(self.field.prepare_value(obj)): obj for obj in objects}
        missing = [v for v in wanted if str(v) not in found]
        kept = self.present.find(missing) if self.present and missing else {}
        texts = {
            **{v: self.field.label_from_instance(obj) for v, obj in found.items()},
            **{v: not_offered(self.field.label_from_instance(obj)) for v, obj in kept.items()},
        }
        return [(v, texts.get(str(v), str(v))) for v in wanted]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """Say that a missing name means an empty choice, as for any checkbox."""
        return False

    def id_for_label(self, id_: str) -> str:
        """Return the id of the button that picks another value: what a label can point to."""
        return f"{id_}_choose" if id_ else id_


class PickedMultiple(PickedSingle):
    """The same for several values: each present one is a ticked box.

    Beyond the first hundred they travel together, as JSON in one input: a form may not have
    thousands of fields (DATA_UPLOAD_MAX_NUMBER_FIELDS).
    """

    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Sequence[Any]:
        """Return the values that were sent."""
        values = data.getlist(name) if hasattr(data, "getlist") else data.get(name) or []
        try:
            rest = json.loads(data.get(f"{name}{REST}") or "[]")
        except (ValueError, RecursionError):
            rest = []
        return [*values, *map(str, rest)] if isinstance(rest, list) else list(values)

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """Return the template's context: `widget.rest` holds the values that are not shown."""
        context = super().get_context(name, value, attrs)
        rest = [getattr(v, "pk", v) for v in value[self.shown :]] if value else []
        if rest:
            context["widget"]["rest_name"] = f"{name}{REST}"
            context["widget"]["rest"] = json.dumps(rest, default=str)
            context["widget"]["rest_text"] = _("and %(count)s more") % {"count": len(rest)}
        return context


class CheckboxPopover(forms.CheckboxSelectMultiple):
    """Several of a few choices in the height of one row: a button that opens their checkboxes.

    The browser opens and closes it, without a script. The button tells what is ticked: with the
    script at any time, without it when the page is made.

    empty: what the button says when nothing is ticked.
    """

    template_name = "powercrud/widgets/checkbox_popover.html"
    use_fieldset = False

    def __init__(self, attrs: Any = None, choices: Any = (), *, empty: str | None = None) -> None:
        super().__init__(attrs, choices)
        self.empty = empty

    @property
    def media(self) -> forms.Media:
        """Return what keeps the button's text up to date."""
        return SELECT_MEDIA

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """Return the template's context: attributes of button and popover, and the button's text.

        Where no label with the id `<id>_label` stands beside the control, `aria-labelledby` or
        `aria-label` in the widget's attributes name it.
        """
        context: dict[str, Any] = super().get_context(name, value, attrs)
        widget = context["widget"]
        given = widget["attrs"]
        id_ = given.get("id") or f"pc-{name}"
        by = None if "aria-label" in given else given.get("aria-labelledby", f"{id_}_label")
        empty = str(_("None") if self.empty is None else self.empty)
        widget["summary"] = self.summary(widget["optgroups"]) or empty
        widget["summary_attrs"] = hooks.bundle("popover-summary", data_pc_empty=empty)
        widget["button"] = hooks.bundle(
            "popover-button",
            id=id_,
            type="button",
            popovertarget=f"{id_}_list",
            disabled=given.get("disabled"),
            autofocus=given.get("autofocus"),
            aria_label=given.get("aria-label"),
            aria_labelledby=by and f"{by} {id_}",
            aria_describedby=given.get("aria-describedby", None if by else id_),
            aria_invalid=given.get("aria-invalid"),
        )
        widget["popover"] = hooks.bundle(
            "popover",
            id=f"{id_}_list",
            popover=True,
            role="group",
            aria_label=given.get("aria-label"),
            aria_labelledby=by,
        )
        return context

    def summary(self, groups: Any) -> str:
        """Return what is ticked, counted where it is more than one."""
        options = [option for _name, members, _index in groups for option in members]
        names = [str(option["label"]) for option in options if option["selected"]]
        return f"{len(names)} · {', '.join(names)}" if len(names) > 1 else "".join(names)

    def create_option(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Return one option; what names and describes the control is the button's."""
        option: dict[str, Any] = super().create_option(*args, **kwargs)
        own = [n for n in option["attrs"] if n.startswith("aria-") or n == "autofocus"]
        for name in own:
            del option["attrs"][name]
        return option

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        """Return the id of the button, or that of one of the checkboxes."""
        return id_ if index is None else super().id_for_label(id_, index)


class Seconds(DateTimeBaseInput):
    """Shows seconds where there are any: a form that is sent as it stands must not lose them."""

    def format_value(self, value: Any) -> str | None:
        text = super().format_value(value)
        return text.removesuffix(":00") if text and text.count(":") > 1 else text


class DateTimeInput(Seconds, forms.DateTimeInput):
    """A date and time."""


class TimeInput(Seconds, forms.TimeInput):
    """A time without a date."""


class BooleanChoice(BooleanWidget):  # type: ignore[misc]
    """A select of yes, no and any with texts of its own."""

    def __init__(self, choices: Sequence[tuple[str, Any]], attrs: Any = None) -> None:
        forms.Select.__init__(self, attrs, choices)


def limited(queryset: "QuerySet[Any]", limit: int) -> list[Any] | None:
    """Return all objects of a queryset when there are at most `limit`; one query either way."""
    objects = list(queryset[: limit + 1])
    return None if len(objects) > limit else objects


def possible_keys(field: Any, values: Iterable[Any]) -> Iterator[Any]:
    """Yield those of some values that can stand for an object of a relation."""
    for value in values:
        try:
            if can_be_key(field, value) and "\x00" not in str(value):
                yield key_of(field).to_python(value)
        except (ValueError, TypeError, forms.ValidationError):
            continue


def key_of(field: Any) -> Any:
    """Return the model field whose values stand for the objects of a relation."""
    options = field.queryset.model._meta
    key: Any = options.get_field(field.to_field_name) if field.to_field_name else options.pk
    while key.remote_field is not None:
        key = key.target_field
    return key


def can_be_key(field: Any, value: Any) -> bool:
    """Say whether the database can look for a value among the keys of a relation's objects."""
    key = key_of(field)
    try:
        return not isinstance(key, IntegerField) or abs(int(value)) < 2**63
    except (ValueError, TypeError):
        return True  # the field says what is wrong with it
