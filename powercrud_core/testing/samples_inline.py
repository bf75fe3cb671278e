"""Sample states of rows that are edited in their list."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from django.utils.safestring import SafeString

from powercrud_core import hooks
from powercrud_core.attrs import Attrs
from powercrud_core.packs import contract as c
from powercrud_core.packs.icons import Icon

__all__ = ["inline_states"]

UNBOUND: Any = None
CONTROL = SafeString('<input name="{0}" id="pc-i-{0}" aria-label="{0}" aria-describedby="{1}">')


def inline_states(
    row: c.Row, table: c.Table, rows_of: Callable[[tuple[c.Row, ...]], Any]
) -> Iterator[tuple[str, Any]]:
    """Yield the states of rows and of the page with one row.

    row: a row with four cells and actions; table: one around rows; rows_of: makes its rows.
    """
    name, price, *others = row.cells
    edit = c.Link(
        attrs=hooks.bundle("cell-edit", href="/store/1/row/edit/?_field=price"),
        label="Edit Price of Product 1",
    )
    lock = hooks.bundle("row-lock", role="img", aria_label="It is sold.", title="It is sold.")
    open_ = replace(row, cells=(name, replace(price, link=None, edit=edit), *others))
    yield "editable", open_
    yield "locked", replace(row, cells=(replace(name, lock=lock), price, *others))
    moved = replace(name, note="No longer matches", edit=edit)
    yield "moved", replace(row, cells=(moved, price, *others))

    form = row_form(("Both are wrong.", "So is the day."))
    bare = replace(price, link=None)
    cell = replace(bare, editor=editor("price", form))
    in_cell = replace(row, cells=(name, cell), actions=None)
    yield "cell-editor", in_cell
    plain = replace(
        editor("price", row_form(icons=False)), errors=(), help_text="", choose_button=None,
        control=SafeString('<input name="price" aria-label="price">'),
    )  # fmt: skip
    yield "cell-editor-plain", replace(in_cell, cells=(name, replace(bare, editor=plain)))
    whole_editors = {n: replace(editor(n, form), form=None) for n in ("price", "sold")}
    cells = name, replace(bare, editor=whole_editors["price"]), others[0]
    sold = replace(others[-1], editor=whole_editors["sold"])
    whole = replace(row, cells=(*cells, sold), actions=None)
    yield "row-editor", replace(whole, form=form)

    page = c.RowPage(
        renderer=UNBOUND, attrs=hooks.bundle("row-page"), title="The title of row-page",
        back=c.Link(attrs=Attrs({"href": "/store/"}), label="Products", icon=icon("back")),
        table=replace(table, rows=rows_of((in_cell,)), actions_label=""),
    )  # fmt: skip
    yield "editor", page
    live = {**hooks.live("pc-list-status"), "role": "status"}
    status = c.Status(attrs=Attrs({**live, **hooks.part("status")}), text="Saved. 1–2 of 2")
    yield "saved", replace(page, status=status, table=replace(table, rows=rows_of((open_,))))
    yield "gone", replace(page, status=status, table=None, back=None)


def icon(key: str) -> Icon:
    return Icon(renderer=UNBOUND, key=key)


def row_form(errors: tuple[str, ...] = (), *, icons: bool = True) -> c.RowForm:
    """Return the form of a row."""
    id = "pc-i-form"
    return c.RowForm(
        attrs=hooks.bundle(
            "row-form", id=id, method="post", action="/store/1/row/edit/", novalidate=True
        ),
        hidden=(Attrs({"type": "hidden", "name": "_field", "value": "price"}),),
        errors=errors,
        error_attrs=hooks.bundle("row-errors", id=f"{id}_errors", role="alert"),
        save=c.Button(
            attrs=hooks.bundle("row-save", type="submit", title="Save"),
            label="Save",
            icon=icon("save") if icons else None,
            tone="primary",
        ),
        cancel=c.Link(
            attrs=hooks.bundle("row-cancel", href="/store/", title="Cancel"),
            label="Cancel",
            icon=icon("remove") if icons else None,
        ),
    )


def editor(name: str, form: c.RowForm) -> c.CellEditor:
    """Return an editor with everything."""
    help_id, error_id = f"pc-i-{name}_help", f"pc-i-{name}_error"
    choose = {"type": "submit", "formaction": "/store/choices/maker/", "form": "pc-i-form"}
    return c.CellEditor(
        attrs=hooks.bundle("cell-editor", data_pc_field=name),
        control=SafeString(CONTROL.format(name, f"{help_id} {error_id}")),
        help_text="Without tax.",
        help_attrs=hooks.bundle("help", id=help_id),
        errors=("Too long.", "Too wide."),
        error_attrs=hooks.bundle("errors", id=error_id),
        choose_button=c.Button(
            attrs=hooks.bundle("choose", **choose), label="Choose a price", icon=icon("search")
        ),
        form=form,
    )
