"""Tables: objects and columns become rows of text, each value computed and escaped once."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from html import escape
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from powercrud_core import hooks
from powercrud_core.attrs import Attrs, PrintedAttrs
from powercrud_core.columns import BoundColumn
from powercrud_core.components import Renderer
from powercrud_core.formats import Format, format_for
from powercrud_core.packs.contract import ActionMenu, Cell, Link, MoreActions, Row
from powercrud_core.packs.icons import icon
from powercrud_core.roles import join_key
from powercrud_core.stencils import StampedRows, marker, stamp

__all__ = [
    "KEY",
    "NAME",
    "CellEdit",
    "CellPlan",
    "RowAction",
    "RowPlan",
    "RowSelect",
    "action_menu",
    "mark_of",
    "plan_cell",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class RowAction:
    """What can be done with a row, for all rows at once.

    url: the address with `marker(KEY)` in the place of the object's key.
    label: visible text; name: the accessible name, with `marker(NAME)` for the row's name.
    allowed: the keys of the rows that may have it; None for all.
    opens: hooks of a link that opens on top of the page.
    """

    role: str
    url: str
    label: str
    name: str
    icon: str
    tone: str = "neutral"
    allowed: frozenset[Any] | None = None
    opens: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CellEdit:
    """How the cells of one column are edited in the list, for all rows at once.

    column: the column's place among the cells.
    url: the address of the editor with `marker(KEY)` in the place of the object's key.
    name: what the link to it is called, with `marker(NAME)` for the row's name.
    allowed: the keys of the rows whose cell is editable; None for all.
    """

    column: int
    url: str
    name: str
    allowed: frozenset[Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RowSelect:
    """How rows are chosen: a checkbox of a form that stands elsewhere.

    form: the form's id; name: what a checkbox is called, with `marker(NAME)` for the row's name.
    barred: the keys of the rows that cannot be chosen; reason: why.
    """

    form: str
    name: str
    barred: frozenset[Any] = frozenset()
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CellPlan:
    """How one column turns an object into escaped text; made once per page.

    link: from the object and its value to a URL.
    url: the same for every row but for the key, with `marker(KEY)` in its place.
    opens: hooks of a link that opens on top of the page.
    """

    column: BoundColumn
    label: str
    text: Format
    link: Callable[[Any, Any], str | None] | None
    url: str
    heading: bool
    full: str
    vacant: str
    opens: Mapping[str, Any]

    @property
    def marked(self) -> bool:
        """Say whether a yes-or-no sign stands beside the text."""
        return self.column.kind == "boolean"

    def blank(self) -> str:
        """Return what stands for a missing value, escaped."""
        return _escaped(_("Unknown") if self.marked else self.column.column.empty)


# The values of a row: the key as it stands in URLs, the row's name, then for each cell its
# bundle and its text; for some cells a link; for some a mark.
KEY, NAME, FIRST = 0, 1, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class RowPlan:
    """Everything that is the same for all rows of a page.

    edits: the columns whose cells are edited in the list.
    by_row: a row is edited as a whole: its form stands in the column of the actions.
    locked: the keys of the rows whose own state forbids to edit them; `reason` says so.
    beside: how many of the actions stand beside the row; the others are behind a button.
    select: how rows are chosen, if they are.
    """

    renderer: Renderer
    id: str
    cells: tuple[CellPlan, ...]
    actions: tuple[RowAction, ...]
    key: Callable[[Any], str]
    stencil: bool = True
    edits: tuple[CellEdit, ...] = ()
    by_row: bool = False
    locked: frozenset[Any] = frozenset()
    reason: str = ""
    beside: int = 3
    select: RowSelect | None = None

    @property
    def acts(self) -> bool:
        """Say whether there is a column of actions."""
        return bool(self.actions or self.by_row)

    def rows(self, objects: Iterable[Model], notes: Mapping[Any, str] | None = None) -> StampedRows:
        """Return the rows of some objects; every value is read here, nothing is queried later.

        notes: by primary key why a row cannot be edited now; rows with one note share a stencil.
        """
        read = self.reader()
        if notes:
            return self._noted((read(obj), notes.get(obj.pk, "")) for obj in objects)
        values = (read(obj) for obj in objects)
        return StampedRows(values, self.draw, None if self.stencil else self.draw_directly)

    def _noted(self, found: Iterable[tuple[tuple[int, list[str]], str]]) -> StampedRows:
        def with_note(row: Row, note: str) -> str:
            cells = [replace(cell, edit=None) if note else cell for cell in row.cells]
            cells[0] = replace(cells[0], note=note)
            return str(replace(row, cells=tuple(cells)))

        def draw(shape: tuple[int, str]) -> str:
            return with_note(self.row(shape[0]), shape[1])

        def direct(shape: Any, values: Sequence[str]) -> str:
            return with_note(self.filled(shape[0], values), shape[1])

        values = (((shape, note), texts) for (shape, texts), note in found)
        return StampedRows(values, draw, None if self.stencil else direct)

    def reader(self) -> Callable[[Any], tuple[int, list[str]]]:
        """Return the function that gives an object's shape and its escaped values.

        The loop over the cells is the hot one of a list: what does not change is looked up here.
        """
        cells = [(c.column.get, c.text, c.full, c.vacant, c.blank()) for c in self.cells]
        linked = [(i, c.link, c.column.get) for i, c in enumerate(self.cells) if c.link]
        marked = [c.column.get for c in self.cells if c.marked]
        name = next((FIRST + 2 * i + 1 for i, c in enumerate(self.cells) if c.heading), None)
        key, always, sometimes = self.key, *self._bits()
        chosen = self.select is not None

        def read(obj: Any) -> tuple[int, list[str]]:
            values = [key(obj), ""]
            add = values.append
            for get, format_, full, vacant, blank in cells:
                raw = get(obj)
                text = "" if raw is None else format_(raw)
                if text == "":
                    add(vacant)
                    add(blank)
                else:
                    add(full)
                    add(escape(text) if type(text) is str else _escaped(text))
            if name is not None:
                values[NAME] = values[name]
            shape = always
            for i, link, get in linked:
                url = link(obj, get(obj))
                add("" if url is None else escape(url))
                shape |= (url is not None) << i
            for get in marked:
                add(mark_of(get(obj)))
            if chosen:
                add(escape(str(join_key(obj.pk))))
            for bit, keys in sometimes:
                if obj.pk in keys:
                    shape |= bit
            return shape, values

        return read

    def _bits(self) -> tuple[int, list[tuple[int, frozenset[Any]]]]:
        """Return the part of a shape that all rows share, and the bits that only some rows have.

        The bits: one for each cell (its link), one for each action and each edit, one for the lock
        and one for a checkbox that cannot be ticked.
        """
        offered = [*(a.allowed for a in self.actions), *(e.allowed for e in self.edits)]
        offered += [self.locked, self.select.barred if self.select else frozenset()]
        bits = [(1 << len(self.cells) + i, keys) for i, keys in enumerate(offered)]
        always = sum(bit for bit, keys in bits if keys is None)
        return always, [(bit, keys) for bit, keys in bits if keys]

    def draw(self, shape: int) -> str:
        """Return the HTML of a row of this shape, with markers in place of the values."""
        return str(self.row(shape))

    def draw_directly(self, shape: int, values: Sequence[str]) -> str:
        """Return the HTML of one row whose template sees the values themselves."""
        return str(self.filled(shape, values))

    def filled(self, shape: int, values: Sequence[str]) -> Row:
        """Return the row component of a shape with its values."""
        row = self.row(shape)
        cells = tuple(
            replace(
                cell,
                attrs=_filled(cell.attrs, values),
                value=stamp(cell.value, values),
                link=_filled(cell.link, values) if cell.link else None,
                mark=_filled(cell.mark, values) if cell.mark else None,
                edit=_filled_link(cell.edit, values) if cell.edit else None,
            )
            for cell in row.cells
        )
        menu = row.actions
        if menu is not None:
            menu = replace(menu, links=tuple(_filled_link(n, values) for n in menu.links))
            menu = replace(menu, more=_filled_more(menu.more, values) if menu.more else None)
        return replace(
            row,
            attrs=_filled(row.attrs, values),
            cells=cells,
            actions=menu,
            select=_filled(row.select, values) if row.select else None,
        )

    def row(self, shape: int) -> Row:
        """Return the row component of a shape, its values markers."""
        width = len(self.cells)
        after = width + len(self.actions)
        edits = {
            edit.column: _edit_link(edit)
            for i, edit in enumerate(self.edits)
            if shape >> (after + i) & 1
        }
        locked = shape >> (after + len(self.edits)) & 1
        cells = tuple(
            replace(self._cell(i, bool(shape >> i & 1)), edit=edits.get(i)) for i in range(width)
        )
        if locked:
            cells = (replace(cells[0], lock=_lock(self.reason)), *cells[1:])
        links = tuple(
            _action_link(self.renderer, action)
            for i, action in enumerate(self.actions)
            if shape >> (width + i) & 1
        )
        id = f"{self.id}-{marker(KEY)}"
        named = _("More actions for %(name)s") % {"name": marker(NAME)}
        menu = action_menu(
            self.renderer, "row-actions", links, f"{id}-more", named, self.beside, compact=True
        )
        return Row(
            renderer=self.renderer,
            attrs=hooks.bundle("row", id=id),
            cells=cells,
            actions=menu if self.acts else None,
            select=self._box(bool(shape >> (after + len(self.edits) + 1) & 1)),
        )

    def _box(self, barred: bool) -> Attrs | None:
        """Return the checkbox of a row."""
        if self.select is None:
            return None
        further = sum(bool(cell.link) + cell.marked for cell in self.cells)
        place = FIRST + 2 * len(self.cells) + further
        reason = self.select.reason if barred else ""
        return hooks.bundle(
            "row-select",
            type="checkbox",
            name="pk",
            value=marker(place),
            form=self.select.form,
            aria_label=f"{self.select.name} ({reason})" if reason else self.select.name,
            title=reason or None,
            disabled=barred,
            autocomplete="off",
        )

    def _cell(self, index: int, linked: bool) -> Cell:
        plan = self.cells[index]
        links = [i for i, cell in enumerate(self.cells) if cell.link]
        marks = [i for i, cell in enumerate(self.cells) if cell.marked]
        after = FIRST + 2 * len(self.cells)
        href, mark = plan.url, None
        if linked:
            href = marker(after + links.index(index))
        if plan.marked:
            mark = _mark(marker(after + len(links) + marks.index(index)))
        return Cell(
            attrs=PrintedAttrs(marker(FIRST + 2 * index)),
            value=marker(FIRST + 2 * index + 1),
            link=Attrs({"href": href, **plan.opens}) if href else None,
            mark=mark,
            heading=plan.heading,
        )


def action_menu(
    renderer: Renderer,
    part: str,
    links: Sequence[Link],
    id: str,
    label: str,
    beside: int,
    *,
    compact: bool = False,
) -> ActionMenu:
    """Return a menu of links; where there are more than fit beside, the rest is behind a button.

    id: of the popover with the rest; label: the name of the button.
    """
    few = len(links) <= beside + 1  # a button for one link would take its place
    shown, rest = (tuple(links), ()) if few else (tuple(links[:beside]), tuple(links[beside:]))
    more = MoreActions(
        attrs=hooks.bundle("more", type="button", popovertarget=id, aria_label=label, title=label),
        label=_("More"),
        icon=icon(renderer, "more"),
        panel=hooks.bundle("more-actions", id=id, popover="auto"),
        links=rest,
    )
    attrs = hooks.bundle(part)
    return ActionMenu(
        renderer=renderer, attrs=attrs, links=shown, compact=compact, more=more if rest else None
    )


def _filled_more(more: MoreActions, values: Sequence[str]) -> MoreActions:
    return replace(
        more,
        attrs=_filled(more.attrs, values),
        panel=_filled(more.panel, values),
        links=tuple(_filled_link(link, values) for link in more.links),
    )


def _filled(attrs: Attrs, values: Sequence[str]) -> Attrs:
    return PrintedAttrs(stamp(str(attrs), values))


def _filled_link(link: Link, values: Sequence[str]) -> Link:
    return replace(link, attrs=_filled(link.attrs, values), label=stamp(link.label, values))


def _edit_link(edit: CellEdit) -> Link:
    return Link(attrs=hooks.bundle("cell-edit", href=edit.url), label=edit.name)


def _lock(reason: str) -> Attrs:
    return hooks.bundle("row-lock", role="img", aria_label=reason, title=reason)


def _mark(state: str) -> Attrs:
    return Attrs({"data-pc-mark": state, "aria-hidden": "true"})


def mark_of(value: Any) -> str:
    """Return "yes", "no" or "unknown"."""
    return "unknown" if value is None else "yes" if value else "no"


def _action_link(renderer: Renderer, action: RowAction) -> Link:
    return Link(
        attrs=hooks.bundle(
            f"action-{action.role}",
            href=action.url,
            aria_label=action.name,
            title=action.label,
            **action.opens,
        ),
        label=action.label,
        icon=icon(renderer, action.icon),
        tone="danger" if action.tone == "danger" else "neutral",
    )


def _escaped(text: Any) -> str:
    """Return text for stamping: what was marked safe stays as it is."""
    return str(text.__html__()) if hasattr(text, "__html__") else escape(str(text))


def plan_cell(
    column: BoundColumn,
    *,
    heading: bool,
    link: Callable[[Any, Any], str | None] | None,
    url: str = "",
    opens: Mapping[str, Any] | None = None,
    edited: str = "",
) -> CellPlan:
    """Return how a column becomes cells, in the active language.

    edited: the field that is edited in these cells, if any.
    """
    label = str(column.label)
    shown = {
        "data-label": label,
        "data-pc-cell": edited or None,
        "data-kind": column.kind or None,
        "data-align": column.align if column.align != "start" else None,
    }
    return CellPlan(
        column=column,
        label=label,
        text=column.column.format or format_for(column.field, short=True, several=column.several),
        link=link,
        url=url,
        heading=heading,
        full=str(hooks.bundle("cell", **shown)),
        vacant=str(hooks.bundle("cell", **shown, data_empty=True)),
        opens=opens or {},
    )
