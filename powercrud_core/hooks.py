"""The only Python that spells the attributes which `powercrud.js` listens to."""

from typing import Any

from powercrud_core.attrs import Attrs

__all__ = ["auto", "bundle", "live", "nav", "part", "region", "swap_form", "view"]

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


def live(id: str) -> Hook:
    """Mark an element that stays in the page and takes its new text from any answer."""
    return {"id": id, "data-pc-live": True}


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
