"""The only Python that spells the attributes which our scripts listen to."""

from collections.abc import Mapping
from typing import Any

from powercrud_core.attrs import Attrs

__all__ = [
    "auto",
    "bundle",
    "dismiss",
    "go_on",
    "live",
    "nav",
    "opens",
    "page",
    "part",
    "picked",
    "region",
    "select",
    "send",
    "swap_form",
    "validate",
    "view",
]

Hook = dict[str, Any]


def part(name: str) -> Hook:
    """Name an element for tests, scripts and the conformance kit."""
    return {"data-pc-part": name}


def bundle(part_: str, **attributes: Any) -> Attrs:
    """Return the attributes of a named part; `aria_label` is written `aria-label`."""
    named = {name.replace("_", "-"): value for name, value in attributes.items()}
    return Attrs({**named, **part(part_)})


def view(id: str) -> Hook:
    """Mark an element as one list with everything that belongs to it."""
    return {"id": id, "data-pc-view": True}


def region(id: str) -> Hook:
    """Mark a part of a view that is replaced by its namesake from the answer."""
    return {"id": id, "data-pc-region": True, "tabindex": "-1"}


def live(id: str, *, before: bool = False) -> Hook:
    """Mark an element that stays in the page and takes its new text from any answer.

    before: the new text comes before what the element says, until that is said anew.
    """
    return {"id": id, "data-pc-live": "before" if before else True}


def nav(*, replace: bool = False, alternative: str = "") -> Hook:
    """Let a link swap the regions of its view; `alternative` is where a shift-click leads."""
    return {
        "data-pc-swap": "replace" if replace else True,
        "data-pc-shift": alternative or None,
    }


def swap_form() -> Hook:
    """Let a form swap the regions of its view when it is sent."""
    return {"data-pc-swap": True}


def auto(milliseconds: int) -> Hook:
    """Let a form send itself that long after the last change."""
    return {"data-pc-auto": str(milliseconds)}


def page() -> Hook:
    """Mark what a page shows: a dialog that opens the page's address shows it too."""
    return {"data-pc-page": True}


def opens(kind: str, *, accept: str = "", leave: bool = False) -> Hook:
    """Let a link open its page on top of this one, as a "dialog" or a "drawer".

    accept: selector of the control that takes what is created there.
    leave: what the link stands on is gone when the dialog is done.
    """
    return {
        "data-pc-open": kind,
        "data-pc-accept": accept or None,
        "data-pc-leave": leave,
    }


def dismiss() -> Hook:
    """Let a link or button close the dialog it is in; elsewhere a link stays a link."""
    return {"data-pc-dismiss": True}


def send(*, guard: bool = False, unsaved: bool = False) -> Hook:
    """Let a POST form be sent without leaving the page, so that nothing typed is lost.

    guard: ask before what was typed is given up; unsaved: all that the form holds counts as typed.
    """
    return {
        "data-pc-send": True,
        "data-pc-guard": ("unsaved" if unsaved else True) if guard else None,
    }


def go_on() -> Hook:
    """Let a dialog stay open after a button has saved, at the address that comes next."""
    return {"data-pc-go-on": True}


def select(*, compact: bool, texts: Mapping[str, str]) -> Hook:
    """Let `powercrud-select.js` make a searched list of a control.

    compact: keep the height of one row.
    texts: what it says, by the names in the head comment of the script.
    """
    spoken = {f"data-pc-text-{name}": text for name, text in texts.items()}
    return {"data-pc-select": "compact" if compact else True, **spoken}


def picked(name: str, *, several: bool, required: bool) -> Hook:
    """Tell how what was picked from a large relation is sent."""
    return {"data-pc-name": name, "data-pc-several": several, "data-pc-required": required}


def validate(on: str) -> Hook:
    """Let a form ask whether a changed field is valid when it is left ("blur"), or not."""
    return {"data-pc-validate": True} if on == "blur" else {}
