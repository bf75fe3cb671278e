"""The only Python that spells the attributes which our scripts listen to."""

from collections.abc import Collection, Mapping
from typing import Any

from powercrud_core.attrs import Attrs

__all__ = [
    "auto",
    "bundle",
    "dismiss",
    "follow",
    "go_on",
    "implies",
    "live",
    "nav",
    "opens",
    "page",
    "part",
    "picked",
    "poll",
    "region",
    "select",
    "selection",
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


def follow(url: str, name: str, *, only: str = "") -> Hook:
    """Let a link beside a control lead to what is selected there; without that it is hidden.

    url, name: its address and its accessible name, `{}` for the key and the label of the object.
    only: the one value that it knows: it is hidden while there is another.
    """
    return {
        "data-pc-follow": url,
        "data-pc-follow-name": name,
        "data-pc-follow-only": only or None,
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


def select(*, compact: bool) -> Hook:
    """Let `powercrud-select.js` make a searched list of a control, of one row's height or not."""
    return {"data-pc-select": "compact" if compact else True}


def texts(said: Mapping[str, str]) -> Hook:
    """Give a script what it says, by the names in its head comment."""
    return {f"data-pc-text-{name}": text for name, text in said.items()}


def selection(state: str, total: int, said: Mapping[str, str]) -> Hook:
    """Let `powercrud-selection.js` keep the chosen rows while pages and order change.

    state: says which rows match; with another one the chosen rows are dropped.
    total: how many rows match.
    said: what it says, by the names in the head comment of the script.
    """
    return {"data-pc-state": state, "data-pc-total": str(total), **texts(said)}


def implies(select: str) -> Hook:
    """Let what is written into a field pick the second option of a select: `select` finds it."""
    return {"data-pc-implies": select}


def poll(id: str, url: str, delays: Collection[int]) -> Hook:
    """Let `powercrud-jobs.js` ask an address again and again, after the shortest of some delays.

    delays: seconds, of each job that runs; none: there is nothing to ask for now.
    """
    wait = str(min(delays)) if delays else None
    return {"id": id, "data-pc-poll": url, "data-pc-delay": wait, "tabindex": "-1"}


def picked(name: str, *, several: bool, required: bool) -> Hook:
    """Tell how what was picked from a large relation is sent."""
    return {"data-pc-name": name, "data-pc-several": several, "data-pc-required": required}


def validate(on: str) -> Hook:
    """Let a form ask whether a changed field is valid when it is left ("blur"), or not."""
    return {"data-pc-validate": True} if on == "blur" else {}
