"""A form whose fields a crispy-forms layout arranges, drawn with the templates of a pack.

Only objects that the pack, or one that it extends, draws itself: crispy's own template packs are
no pack's affair. Nothing is drawn where crispy-forms is not installed.
"""

from collections.abc import Iterator
from importlib import import_module
from typing import Any

from django import forms
from django.apps import apps

from powercrud_core.crispy import draw_crispy, name_of, pattern_of
from powercrud_core.forms import field_group
from powercrud_core.packs import PackConfig

__all__ = ["LAYOUTS", "arranged_by_crispy", "wanted_of_crispy"]

LAYOUTS = ("form_body.crispy", "form_body.crispy-bare")


def layout(bare: bool) -> Iterator[Any]:
    """Yield every object of a layout that a pack may draw, each with an id, a class and a hook."""
    b: Any = import_module("crispy_forms.bootstrap")
    own: Any = import_module("crispy_forms.layout")

    def more(name: str) -> dict[str, str]:
        if bare:
            return {}
        return {"css_id": f"own-{name}", "css_class": f"look-{name}", "data_own": name}

    legend = "" if bare else "The legend"
    yield own.Div("one", **more("div"))
    yield own.Row("two", **more("row"))
    yield own.Column("three", **more("column"))
    yield own.Fieldset(legend, "four", **more("fieldset"))
    yield b.TabHolder(b.Tab("First tab", "five"), b.Tab("Second", "six"), **more("tabs"))
    groups = [b.AccordionGroup(f"Group {n}", n, **more(n)) for n in ("seven", "eight")]
    yield b.Accordion(*groups, **more("accordion"))
    yield b.Alert("Mind this.", **more("alert"))
    yield own.ButtonHolder(own.HTML("<i>Held</i>"), **held(bare))
    yield b.FormActions(own.HTML("<i>Acted</i>"), **actions(bare))
    yield own.Submit("sent", "Send it", **more("submit"))
    yield own.Hidden("unseen", "7")
    yield b.StrictButton("Press <em>me</em>", **more("button"))
    yield own.Field("nine") if bare else own.Field("nine", wrapper_class="own-wrapper")


def held(bare: bool) -> dict[str, str]:
    return {} if bare else {"css_id": "own-holder"}


def actions(bare: bool) -> dict[str, str]:
    return {} if bare else {"css_id": "own-actions", "data_own": "actions"}


# What must be there of each object, by the end of its template's name: as often as it is named.
WANTED = {
    "div": ('id="own-div"', "look-div", 'data-own="div"'),
    "row": ('id="own-row"', "look-row", 'data-own="row"'),
    "column": ('id="own-column"', "look-column", 'data-own="column"'),
    "fieldset": ('id="own-fieldset"', "look-fieldset", 'data-own="fieldset"', "The legend"),
    "tab": ('id="own-tabs"', 'data-own="tabs"'),
    "accordion": ('id="own-accordion"', 'data-own="accordion"'),
    "alert": ('id="own-alert"', 'data-own="alert"', "Mind this."),
    "buttonholder": ('id="own-holder"', "<i>Held</i>"),
    "formactions": ('id="own-actions"', 'data-own="actions"', "<i>Acted</i>"),
    "baseinput": ('id="own-submit"', 'data-own="submit"', 'name="sent"', 'value="Send it"'),
    "button": ('id="own-button"', 'data-own="button"', "Press <em>me</em>"),
    "accordion-group": ('id="own-seven"', 'id="own-eight"', "Group seven", "Group eight"),
    "field": ("own-wrapper",),
}
NEVER = ('id=""', 'class=""', "None", "></legend>", '<div class="">')


def template_of(item: Any) -> str:
    return pattern_of(item).rpartition("/")[2].removesuffix(".html")


def drawn_itself(item: Any, pack: PackConfig) -> bool:
    """Say whether an object's template is the pack's own, or that of one that it extends."""
    pattern = pattern_of(item)
    found = name_of(pack, pattern) if pattern else ""
    return any(f"{found}".startswith(f"{config.name}/crispy/") for config in pack.chain())


class ArrangedForm(forms.Form):
    """Fields to arrange."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        names = "one two three four five six seven eight nine"
        self.fields |= {name: forms.CharField(required=False) for name in names.split()}


def chosen(pack: PackConfig, subject: str) -> list[Any]:
    """Return the objects of a layout that a pack draws itself."""
    items = layout(subject.endswith("bare"))
    return [item for item in items if drawn_itself(item, pack)]


def arranged_by_crispy(
    pack: PackConfig, subject: str, pen: Any, by: PackConfig | None = None
) -> str:
    """Return a form's fields as a layout arranges them; nothing without crispy-forms.

    by: whose objects are drawn; default is the pack's own.
    """
    if not apps.is_installed("crispy_forms"):
        return ""
    form: Any = ArrangedForm(auto_id="pc-c-%s")
    form.helper = import_module("crispy_forms.helper").FormHelper()
    items = chosen(by or pack, subject)
    form.helper.layout = import_module("crispy_forms.layout").Layout(*items)
    drawn = draw_crispy(form, pack, None, lambda name, place: field_group(form[name], pen))
    return f"<form>{drawn}</form>"


def wanted_of_crispy(pack: PackConfig, subject: str) -> tuple[list[str], list[str]]:
    """Return what must be there once, and what must never be there."""
    if not apps.is_installed("crispy_forms"):
        return [], []
    if subject.endswith("bare"):
        return [], [*NEVER]
    names = [template_of(item) for item in chosen(pack, subject)]
    names += [kind for kind in ("accordion-group",) if "accordion" in names]
    return [text for name in names for text in WANTED.get(name, ())], []
