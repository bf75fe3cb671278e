"""The component of a row by itself: what is asked for when a row is edited in its list."""

from dataclasses import dataclass

from powercrud_core.attrs import Attrs
from powercrud_core.components import Component
from powercrud_core.packs.contract.lists import Table
from powercrud_core.packs.pieces import Link, Status

__all__ = ["RowPage"]


@dataclass(frozen=True, kw_only=True, eq=False)
class RowPage(Component):
    """One row of a list, with its headings: to be edited, or as it is after that.

    attrs: the page's own element.
    title: its heading.
    back: leads to the list.
    status: the list's own line, with what has been done; missing where nothing was.
    table: the row; missing where it is no longer in the list.
    """

    attrs: Attrs
    title: str
    back: Link | None
    status: Status | None = None
    table: Table | None = None
