"""Sample states of conflicts; see samples.py."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from django import forms

from powercrud_core import hooks
from powercrud_core.attrs import Attrs
from powercrud_core.conflicts import conflict_summary, field_conflict
from powercrud_core.forms import field_group, hidden
from powercrud_core.packs import contract as c

__all__ = ["conflict_samples"]

UNBOUND: Any = None
LONG = "\n".join(f"Line {i} of a <b>long</b> text." for i in range(1, 9))


class ScanForm(forms.Form):
    """Files that have to be chosen again."""

    scan = forms.FileField(required=False)
    cover = forms.FileField(required=False)


def conflict_samples() -> Iterator[tuple[str, Any]]:
    """Yield what asks whose values to keep."""
    name = field_conflict(UNBOUND, "pc-c-name", "name", "Name", ("Theirs", "Yours"), focus=True)
    notes = field_conflict(UNBOUND, "pc-c-notes", "notes", "Notes", (LONG, "—"))
    notes = replace(notes, hidden=(*notes.hidden, *hidden([("_also", "1")])))
    again = ScanForm(auto_id="pc-c-%s")
    yield "plain", name
    yield "long", notes
    page = c.ConflictPage(
        renderer=UNBOUND,
        attrs=hooks.bundle("conflict-page"),
        title="The title of conflict-page",
        back=c.Link(attrs=Attrs({"href": "/store/"}), label="Products"),
        form=hooks.bundle("conflict-form", id="pc-c", method="post", action="/store/1/edit/"),
        hidden=hidden([("_seen", "abc")]),
        summary=conflict_summary([name, notes], ["Nothing has been saved yet.", "Choose."]),
        conflicts=(name, notes),
        files=tuple(field_group(bound, UNBOUND) for bound in again),
        buttons=(
            button("Save", "save", "primary"),
            button("Back to the form", "refill", name="_refill"),
        ),
        cancel=c.Link(attrs=Attrs({"href": "/store/", **hooks.part("cancel")}), label="Cancel"),
    )
    yield "full", page
    few = conflict_summary([name], ["Nothing has been saved yet."])
    yield "bare", replace(page, back=None, conflicts=(name,), files=(), summary=few)


def button(label: str, part: str, tone: Any = "neutral", **more: Any) -> c.Button:
    return c.Button(attrs=hooks.bundle(part, type="submit", **more), label=label, tone=tone)
