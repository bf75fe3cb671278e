"""Sample states of what is done to several rows, and of actions behind a button; see samples.py."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from django import forms

from powercrud_core import hooks
from powercrud_core.attrs import Attrs
from powercrud_core.forms import field_group, hidden
from powercrud_core.packs import contract as c
from powercrud_core.packs.icons import icon
from powercrud_core.selection import EXCEPT, KEYS
from powercrud_core.tables import action_menu

__all__ = ["bulk_samples", "reasons", "selecting_states"]

UNBOUND: Any = None
FORM = "pc-list-selection"
FACTS = (
    ("done", "Will change", "12"),
    ("unchanged", "Have the values already", "3"),
    ("skipped", "Left out", "1"),
    ("failed", "Not possible", "8"),
)
CHANGES = (
    ("Saw", "Price", "5", "6"),
    ("Saw", "Maker", "—", "Red <b>& Blue</b>"),
    ("Axe", "Price", "7", "—"),
)


def bulk_samples() -> Iterator[tuple[str, Any]]:
    """Yield menus with more, the bar of the chosen rows, and the pages of an operation."""
    names = "Update", "Lend", "Copy", "Delete"
    yield "more", menu("detail-actions", *names)
    yield "compact-more", menu("row-actions", *names, compact=True)
    bar = selection_bar()
    yield "plain", bar
    chosen = replace(bar.status, text="Selected: 2")
    yield "without-matching", replace(bar, matching=None, status=chosen)
    yield "deleted", groups("deleted", "Deleted along with them", related("9 copies"))
    yield "reasons", reasons()
    yield from pages()


def selecting_states(
    row: c.Row,
    table: c.Table,
    results: c.Results,
    rows_of: Callable[[tuple[c.Row, ...]], Any],
) -> Iterator[tuple[str, Any]]:
    """Yield rows that can be chosen, and the list around them.

    row, table, results: without any choice; rows_of: makes the rows of a table.
    """
    box = {"type": "checkbox", "name": "pk", "value": "1", "form": FORM, "autocomplete": "off"}
    free = replace(row, select=hooks.bundle("row-select", **box, aria_label="Select Product 1"))
    why = {"aria_label": "Select Product 1 (It is sold.)", "title": "It is sold.", "disabled": True}
    barred = replace(row, select=hooks.bundle("row-select", **box, **why))
    page = hooks.bundle(
        "page-select", type="checkbox", hidden=True, aria_label="Select all", autocomplete="off"
    )
    tick = c.Tick(attrs=page, label="Selection")
    chosen = replace(table, select=tick, rows=rows_of((free,)))
    many = menu("row-actions", "Update", "Lend", "Copy", "Delete", compact=True)
    yield "select", free
    yield "barred", barred
    yield "more", replace(row, actions=many)
    yield "select", chosen
    # A page of its own draws the boxes outside of their form, which stands in the bar.
    yield "selection", replace(results, selection=selection_bar(), table=chosen)


def menu(part: str, *labels: str, compact: bool = False) -> c.ActionMenu:
    """Return a menu with one link beside the button, and the others behind it."""
    named = {"title", "aria-label"} if compact else ()
    links = [
        c.Link(
            attrs=Attrs({"href": f"/store/{label}/", **dict.fromkeys(named, f"{label} it")}),
            label=label,
            icon=icon(UNBOUND, "edit" if label == "Update" else ""),
            tone="danger" if label == "Delete" else "neutral",
        )
        for label in labels
    ]
    made = action_menu(UNBOUND, part, links, f"pc-{part}-more", "More of it", 1, compact=compact)
    more: Any = made.more
    return replace(made, more=replace(more, icon=icon(UNBOUND, "more")))


def selection_bar() -> c.SelectionBar:
    """Return the bar as the server sends it: the script writes how many are chosen."""
    texts = {name: f"Selected: {name}" for name in ("none", "some", "all", "dropped")}
    every = hooks.bundle("select-matching", type="checkbox", name="all", value="1")
    return c.SelectionBar(
        renderer=UNBOUND,
        attrs=hooks.bundle(
            "selection-bar",
            role="group",
            aria_label="Selected products",
            **hooks.selection("q=blue", 90, texts),
        ),
        form=hooks.bundle("selection-form", id=FORM, method="post"),
        hidden=hidden([(KEYS, ""), (EXCEPT, "")], autocomplete="off"),
        status=c.Status(attrs=hooks.bundle("selection-status", role="status"), text=""),
        matching=c.Tick(attrs=every, label="All 90 that match"),
        clear=c.Button(
            attrs=hooks.bundle("selection-clear", type="reset"),
            label="Select none",
            icon=icon(UNBOUND, "remove"),
        ),
        buttons=(
            button("Edit", "bulk-update", formaction="/store/bulk/update/"),
            button("Delete", "bulk-delete", "danger", formaction="/store/bulk/delete/"),
        ),
    )


def related(label: str, *names: str, more: str = "") -> c.RelatedGroup:
    attrs = hooks.bundle("related-group")
    return c.RelatedGroup(attrs=attrs, label=label, names=names, more=more)


def groups(kind: str, title: str, *related: c.RelatedGroup) -> c.BulkGroups:
    attrs = hooks.bundle("bulk-groups", data_pc_groups=kind)
    return c.BulkGroups(renderer=UNBOUND, attrs=attrs, title=title, groups=related)


def reasons() -> c.BulkGroups:
    """Return why some rows cannot be changed."""
    lent = related("7 × It is lent.", "Saw", "Axe", more="and 5 more")
    return groups("failed", "Not possible", lent, related("1 × It was changed since.", "Adze"))


def facts(*kinds: str) -> tuple[c.Fact, ...]:
    """Return some of the numbers."""
    return tuple(
        c.Fact(attrs=hooks.bundle("fact", data_pc_fact=kind), label=label, value=value)
        for kind, label, value in FACTS
        if kind in kinds
    )


def pages() -> Iterator[tuple[str, Any]]:
    """Yield what an operation asks, foretells and reports."""
    preview = c.BulkPage(
        renderer=UNBOUND,
        attrs=hooks.bundle("bulk-page"),
        title="Edit: 24 products",
        back=c.Link(attrs=Attrs({"href": "/store/"}), label="Products"),
        notices=(notice("Other rows match now."), notice("Some are locked.")),
        text="This is what will happen.",
        facts=facts("done", "unchanged", "skipped", "failed"),
        groups=(groups("skipped", "Left out", related("1 × It is sold.", "Hammer")), reasons()),
        changes_title="Some of the changes",
        row_label="Product",
        before_label="Before",
        after_label="Afterwards",
        changes=tuple(
            c.RowChange(
                attrs=hooks.bundle("row-change"), row=row, field=field, before=before, after=after
            )
            for row, field, before, after in CHANGES
        ),
        note="Saved one by one.",
        form=hooks.bundle("operation-form", method="post", action="/store/bulk/update/"),
        hidden=hidden([("_plan", "abc"), ("next", "/store/")]),
        confirm=None,
        buttons=(
            button("Edit: 12 products", "confirm", "primary", name="_step", value="apply"),
            button("Change", "change", name="_step", value="change"),
        ),
        cancel=c.Link(attrs=Attrs({"href": "/store/", **hooks.part("cancel")}), label="Cancel"),
    )
    yield "preview", preview
    delete = button("Delete: 2 products", "confirm", "danger", name="_step", value="apply")
    question: Any = {"back": None, "notices": (), "facts": (), "groups": (), "changes": ()}
    question |= {"title": "Delete: 2 products", "text": "Delete them?", "note": ""}
    asked = replace(preview, **question, buttons=(delete,))
    yield "question", asked
    yield "typed", replace(asked, confirm=number_field())
    again = button("Try 8 rows again", "retry", name="_step", value="again")
    result: Any = {"notices": (), "changes": (), "note": ""}
    result |= {"text": "Not all rows could be changed.", "facts": facts("done", "failed")}
    buttons = again, button("Download the reasons", "download", name="_step", value="download")
    yield "result", replace(preview, **result, groups=(reasons(),), buttons=buttons)


def notice(text: str) -> c.Message:
    attrs = hooks.bundle("message", role="status", data_pc_tone="warning")
    return c.Message(renderer=UNBOUND, attrs=attrs, text=text, tone="warning")


def number_field() -> c.FieldGroup:
    """Return the field that takes the number of rows, and has been left empty."""
    form = forms.Form({"_typed": ""}, auto_id="pc-b-%s")
    form.fields["_typed"] = forms.CharField(label="Type 24 to confirm")
    return field_group(form["_typed"], UNBOUND)


def button(label: str, part: str, tone: Any = "neutral", **more: Any) -> c.Button:
    return c.Button(attrs=hooks.bundle(part, type="submit", **more), label=label, tone=tone)
