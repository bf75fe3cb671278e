"""Sample states of what a form is arranged with."""

from collections.abc import Iterator, Mapping
from typing import Any, cast

from powercrud_core import hooks
from powercrud_core.attrs import Attrs
from powercrud_core.dependencies import Settled
from powercrud_core.forms import form_fields
from powercrud_core.layouts import Section, Tab, laid_out, mentioned
from powercrud_core.packs import contract as c
from powercrud_core.testing.forms import WidgetForm

__all__ = ["arranged"]


def _readonly(name: str, bare: dict[str, Any], **more: Any) -> c.ReadonlyField:
    group = {"role": "group", "aria_labelledby": f"{name}-label", "data_pc_field": name}
    described = {"aria_describedby": f"{name}-help"} if more.get("help_text") else {}
    return c.ReadonlyField(
        attrs=hooks.bundle("readonly", **group, **described), label=f"Name of {name}",
        label_attrs=hooks.bundle("readonly-label", id=f"{name}-label"), value=f"Value of {name}",
        help_attrs=hooks.bundle("help", id=f"{name}-help"), **more, **bare,
    )  # fmt: skip


def arranged(bare: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield what a form is arranged with, by state.

    bare: what every sample begins with, the renderer that is bound later.
    """
    form = WidgetForm({"text": ""}, auto_id="pc-a-%s")
    settled = Settled(inactive={"several": (("several", "a"), ("several", "b")), "email": ()})
    known = form_fields(form, bare["renderer"], settled, {})
    mark = Attrs({"data-pc-mark": "no", "aria-hidden": "true"})
    known |= {"seen": cast(Any, _readonly("seen", bare, help_text="Help.", mark=mark))}
    sections = (
        Section("The first", [("text", "number"), "seen"], help_text="What it is for."),
        Section("The second", ["flag", "radio"]),
    )
    tabs = (
        Tab("All", [*sections]),
        Tab("More", ["one", ("several", "maybe")]),
        Tab("Off", ["email"]),
    )
    first, second = (
        section for section in laid_out(sections, _only(known, sections), bare["renderer"], "s")
    )
    (made,) = laid_out(tabs, _only(known, tabs), bare["renderer"], "t")
    yield "values", known["several"]
    yield "empty", known["email"]
    yield "plain", _readonly("plain", bare)
    yield "full", _readonly("whole", bare, help_text="Help.", link=Attrs({"href": "/x/"}))
    yield "mark", known["seen"]
    yield (
        "two",
        laid_out([("text", "number")], _only(known, [("text", "number")]), bare["renderer"], "r")[
            0
        ],
    )
    yield "help", first
    yield "plain", second
    yield "errors", made.tabs[0]
    yield "plain", made.tabs[1]
    yield "hidden", made.tabs[2]
    yield "three", made


def _only(known: Mapping[str, Any], layout: Any) -> dict[str, Any]:
    names = {name for item in layout for name in mentioned(item)}
    return {name: field for name, field in known.items() if name in names}
