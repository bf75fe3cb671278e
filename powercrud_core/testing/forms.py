"""Sample forms: every widget that a form of a view may have, in the states that differ."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms

from powercrud_core import hooks
from powercrud_core.attrs import Attrs
from powercrud_core.forms import form_body
from powercrud_core.packs import contract as c
from powercrud_core.widgets import CheckboxPopover, PickedMultiple, PickedSingle

__all__ = ["WidgetForm", "own_class", "widget_body"]


PICKED = "picked_"
POPOVER = "popover"
NOTES = {"data-pc-note": 'a "b', "data-pc-new": True}


class Stored:
    """A file that was uploaded before."""

    url = "/files/plan.txt"
    name = "plan.txt"
    size = 7

    def __str__(self) -> str:
        return "plan <b>.txt"


class WidgetForm(forms.Form):
    """Every widget of Django that a model form may have."""

    text = forms.CharField(help_text="Short.", initial='"><b>x</b> {{ 7|add:7 }}')
    long = forms.CharField(widget=forms.Textarea, required=False, initial="</textarea><b>x")
    number = forms.DecimalField(min_value=0)
    email = forms.EmailField(required=False)
    secret = forms.CharField(widget=forms.PasswordInput, required=False)
    day = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}), required=False)
    moment = forms.SplitDateTimeField(required=False)
    flag = forms.BooleanField(help_text="One box.", required=False, initial=True)
    maybe = forms.NullBooleanField(required=False)
    one = forms.ChoiceField(
        choices=[("a", "A <b>"), ("Group", [("b", "B"), ("c", "C")])], initial="b"
    )
    several = forms.MultipleChoiceField(choices=[("a", "A"), ("b", "B")], initial=["a", "b"])
    radio = forms.ChoiceField(choices=[("a", "A <i>"), ("b", "B")], widget=forms.RadioSelect)
    boxes = forms.MultipleChoiceField(
        choices=[("a", "A"), ("b", "B")], widget=forms.CheckboxSelectMultiple, initial=["a"]
    )
    file = forms.FileField(required=False, widget=forms.ClearableFileInput)
    kept = forms.FileField(required=False, widget=forms.ClearableFileInput, initial=Stored())
    needed = forms.FileField(widget=forms.ClearableFileInput, initial=Stored())
    unseen = forms.CharField(widget=forms.HiddenInput, initial="1")


def own_class(name: str) -> str:
    """Return the class that a field's widget brings along; those of our own have none."""
    return "" if name.startswith((PICKED, POPOVER)) else f"own-{name}"


def label_of(value: Any) -> str:
    """Return the label of a value that was picked."""
    return f"Choice {value} <b>"


class OnePicked(PickedSingle):
    """The value of a large relation, without a database."""

    def labels(self, values: Iterable[Any]) -> list[tuple[Any, str]]:
        return [(value, label_of(value)) for value in values if value]


class ManyPicked(PickedMultiple):
    """Several of them, the third one no longer shown."""

    shown = 2

    def labels(self, values: Iterable[Any]) -> list[tuple[Any, str]]:
        return [(value, label_of(value)) for value in values]


class MarkedSelect(forms.Select):
    """A select whose options have attributes of their own, as a project's widget may give them."""

    def create_option(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(*args, **kwargs)
        option["attrs"] |= NOTES
        return option


class PackForm(WidgetForm):
    """The same with the widgets and states that only a pack's own form renderer draws."""

    GROUPED: ClassVar = [
        ("a", "A"),
        ("Group <b>", [("b", "B"), ("c", "C")]),
        ("z", "Z <i>"),
    ]

    mixed = forms.ChoiceField(choices=GROUPED, initial="z")
    marked = forms.ChoiceField(choices=GROUPED, widget=MarkedSelect(attrs=NOTES))
    split = forms.ChoiceField(choices=GROUPED, widget=forms.RadioSelect, initial="b")
    nameless = forms.ChoiceField(
        choices=GROUPED, widget=forms.RadioSelect(attrs={"id": False}), initial="b"
    )
    unnamed = forms.MultipleChoiceField(
        choices=GROUPED, widget=forms.CheckboxSelectMultiple(attrs={"id": False}), required=False
    )
    fixed = forms.FileField(
        required=False, disabled=True, widget=forms.ClearableFileInput, initial=Stored()
    )
    day_parts = forms.DateField(widget=forms.SelectDateWidget(years=(2024,)), required=False)
    popover = forms.MultipleChoiceField(
        choices=GROUPED, widget=CheckboxPopover, initial=["a", "z"], help_text="Some."
    )
    popover_none = forms.MultipleChoiceField(
        choices=[("a", 'A "<b>')], widget=CheckboxPopover(empty="Any <b>"), required=False
    )
    picked_none = forms.CharField(required=False)
    picked_free = forms.CharField(required=False, initial="7")
    picked_needed = forms.CharField(initial="8")
    picked_two = forms.Field(required=False, initial=["1", '"2'])
    picked_many = forms.Field(required=False, initial=["1", "2", '"3', "4"])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if name.startswith(PICKED):
                many = isinstance(field.initial, list)
                field.widget = (ManyPicked if many else OnePicked)(field)
                field.widget.is_required = field.required
            elif own := own_class(name):
                field.widget.attrs["class"] = own


def widget_body(renderer: Any, form_renderer: Any, *, failed: bool = False) -> c.FormBody:
    """Return a form with every widget, as a pack's form renderer or, without one, Django draws it.

    failed: as it is after an attempt with errors.
    """
    data = {"text": "", "number": "x", "radio": "z", "boxes": ["z"], "kept-clear": "on"}
    data |= {"nameless": "b"}  # an error would lead to an id that is not there
    kind = WidgetForm if form_renderer is None else PackForm
    form = kind(data if failed else None, auto_id="pc-w-%s")
    form.renderer = form_renderer or form.renderer
    choose = {name: choosing(name) for name in form.fields if name.startswith(PICKED)}
    return form_body(form, renderer, choose=choose)


def choosing(name: str) -> c.Button:
    """Return the button that leads to the choices for a field."""
    attrs = {"type": "submit", "formaction": "/store/choices/", "id": f"pc-w-{name}_choose"}
    label = f"Choose {name}"
    return c.Button(
        attrs=Attrs({**attrs, **hooks.part("choose")}), label=label, icon=None, tone="neutral"
    )
