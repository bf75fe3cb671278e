"""Tables: objects and columns become rows of text, each value computed and escaped once."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from powercrud_core import hooks
from powercrud_core.attrs import Attrs, PrintedAttrs
from powercrud_core.columns import BoundColumn
from powercrud_core.components import Renderer
from powercrud_core.formats import Format, format_for
from powercrud_core.packs.contract import ActionMenu, Cell, Link, Row
from powercrud_core.packs.icons import icon
from powercrud_core.stencils import StampedRows, marker, stamp

__all__ = ["KEY", "NAME", "CellPlan", "RowAction", "RowPlan", "mark_of", "plan_cell"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RowAction:
    """What can be done with a row, for all rows at once.

    url: the address with `marker(KEY)` in the place of the object's key.
    label: visible text; name: the accessible name, with `marker(NAME)` for the row's name.
    allowed: the keys of the rows that may have it; None for all.
    """

    role: str
    url: str
    label: str
    name: str
    icon: str
    tone: str = "neutral"
    allowed: frozenset[Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CellPlan:
    """How one column turns an object into escaped text; made once per page.

    link: from the object and its value to a URL.
    url: the same for every row but for the key, with `marker(KEY)` in its place.
    """

    column: BoundColumn
    label: str
    text: Format
    link: Callable[[Any, Any], str | None] | None
    url: str
    heading: bool
    full: str
    vacant: str

    @property
    def marked(self) -> bool:
        """Say whether a yes-or-no sign stands beside the text."""
        return self.column.kind == "boolean"


# The values of a row, in order: the key as it stands in URLs, the row's name, then four a cell.
KEY, NAME, FIRST, WIDTH = 0, 1, 2, 4
ATTRS, VALUE, LINK, MARK = range(WIDTH)


@dataclass(frozen=True, slots=True, kw_only=True)
class RowPlan:
    """Everything that is the same for all rows of a page."""

    renderer: Renderer
    id: str
    cells: tuple[CellPlan, ...]
    actions: tuple[RowAction, ...]
    key: Callable[[Any], str]
    stencil: bool = True

    def rows(self, objects: Iterable[Model]) -> StampedRows:
        """Return the rows of some objects; every value is read here, nothing is queried later."""
        values = [self.values(obj) for obj in objects]
        return StampedRows(values, self.draw, None if self.stencil else self.draw_directly)

    def values(self, obj: Any) -> tuple[Any, list[str]]:
        """Return a row's shape and its escaped values."""
        shape = 0
        values = [self.key(obj), ""]
        bit = 1
        for cell in self.cells:
            raw = cell.column.get(obj)
            text = "" if raw is None else cell.text(raw)
            url = cell.link(obj, raw) if cell.link is not None else None
            if url is not None:
                shape |= bit
            bit <<= 1
            vacant = text == ""
            if vacant:
                text = _("Unknown") if cell.marked else cell.column.column.empty
            safe = escape(text) if type(text) is str else _escaped(text)
            if cell.heading:
                values[NAME] = safe
            values += (
                cell.vacant if vacant else cell.full,
                safe,
                "" if url is None else escape(url),
                mark_of(raw) if cell.marked else "",
            )
        for action in self.actions:
            if action.allowed is None or obj.pk in action.allowed:
                shape |= bit
            bit <<= 1
        return shape, values

    def draw(self, shape: int) -> str:
        """Return the HTML of a row of this shape, with markers in place of the values."""
        return str(self.row(shape))

    def draw_directly(self, shape: int, values: Sequence[str]) -> str:
        """Return the HTML of one row whose template sees the values themselves."""
        row = self.row(shape)
        cells = tuple(
            replace(
                cell,
                attrs=_filled(cell.attrs, values),
                value=stamp(cell.value, values),
                link=_filled(cell.link, values) if cell.link else None,
                mark=_filled(cell.mark, values) if cell.mark else None,
            )
            for cell in row.cells
        )
        menu = row.actions
        if menu is not None:
            links = tuple(replace(n, attrs=_filled(n.attrs, values)) for n in menu.links)
            menu = replace(menu, links=links)
        return str(replace(row, attrs=_filled(row.attrs, values), cells=cells, actions=menu))

    def row(self, shape: int) -> Row:
        """Return the row component of a shape, its values markers."""
        width = len(self.cells)
        cells = tuple(self._cell(i, bool(shape >> i & 1)) for i in range(width))
        links = tuple(
            _action_link(self.renderer, action)
            for i, action in enumerate(self.actions)
            if shape >> (width + i) & 1
        )
        menu = ActionMenu(
            renderer=self.renderer,
            attrs=Attrs({**hooks.part("row-actions")}),
            links=links,
            compact=True,
        )
        return Row(
            renderer=self.renderer,
            attrs=Attrs({"id": f"{self.id}-{marker(KEY)}", **hooks.part("row")}),
            cells=cells,
            actions=menu if self.actions else None,
        )

    def _cell(self, index: int, linked: bool) -> Cell:
        start = FIRST + index * WIDTH
        plan = self.cells[index]
        return Cell(
            attrs=PrintedAttrs(marker(start + ATTRS)),
            value=marker(start + VALUE),
            link=Attrs({"href": plan.url or marker(start + LINK)}) if linked or plan.url else None,
            mark=_mark(marker(start + MARK)) if plan.marked else None,
            heading=plan.heading,
        )


def _filled(attrs: Attrs, values: Sequence[str]) -> Attrs:
    return PrintedAttrs(stamp(str(attrs), values))


def _mark(state: str) -> Attrs:
    return Attrs({"data-pc-mark": state, "aria-hidden": "true"})


def mark_of(value: Any) -> str:
    """Return "yes", "no" or "unknown"."""
    return "unknown" if value is None else "yes" if value else "no"


def _action_link(renderer: Renderer, action: RowAction) -> Link:
    return Link(
        attrs=Attrs(
            {
                "href": action.url,
                "aria-label": action.name,
                "title": action.label,
                **hooks.part(f"action-{action.role}"),
            }
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
) -> CellPlan:
    """Return how a column becomes cells, in the active language."""
    label = str(column.label)
    shown = {
        "data-label": label,
        "data-kind": column.kind or None,
        "data-align": column.align if column.align != "start" else None,
    }
    return CellPlan(
        column=column,
        label=label,
        text=column.column.format or format_for(column.field, short=True),
        link=link,
        url=url,
        heading=heading,
        full=str(Attrs({**hooks.part("cell"), **shown})),
        vacant=str(Attrs({**hooks.part("cell"), **shown, "data-empty": True})),
    )
