"""The components of a list."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.safestring import SafeString

from powercrud_core.attrs import Attrs
from powercrud_core.components import Component
from powercrud_core.packs.contract.bulk import SelectionBar
from powercrud_core.packs.contract.forms import FieldGroup
from powercrud_core.packs.contract.messages import EmptyState, Message
from powercrud_core.packs.pieces import (
    Button,
    Cell,
    Chip,
    Header,
    Link,
    MoreActions,
    RowForm,
    Search,
    SortKey,
    Status,
    Tick,
)

__all__ = [
    "ActionMenu",
    "FilterChips",
    "FilterForm",
    "ListPage",
    "Pagination",
    "Results",
    "Row",
    "SortPanel",
    "Table",
    "Toolbar",
]


@dataclass(frozen=True, kw_only=True, eq=False)
class ActionMenu(Component):
    """What can be done with a list or a row.

    attrs: the element around the links.
    links: what can be done, in order.
    compact: in a table row: the icon stands alone where the pack has one.
    more: further actions behind a button.
    """

    attrs: Attrs
    links: tuple[Link, ...]
    compact: bool = False
    more: MoreActions | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Toolbar(Component):
    """The head of a list: search and what can be done with the list.

    attrs: the toolbar's own element.
    search: the search field, where the list can be searched.
    actions: what can be done with the list.
    """

    attrs: Attrs
    search: Search | None
    actions: ActionMenu | None


@dataclass(frozen=True, kw_only=True, eq=False)
class FilterForm(Component):
    """The filters of a list, a GET form. `region` goes on an element around the form's content,
    `details` on the element that opens and closes it. Without fields only the form is drawn: the
    search field belongs to it.

    attrs: the `<form>`.
    region: an element around the form's content.
    details: the element that opens and closes the filters.
    title: its name.
    active: how many filters are applied, or nothing.
    fields: the filters.
    apply: sends the form.
    reset: clears the filters.
    """

    attrs: Attrs
    region: Attrs
    details: Attrs
    title: str
    active: str
    fields: tuple[FieldGroup, ...]
    apply: Button
    reset: Link


@dataclass(frozen=True, kw_only=True, eq=False)
class FilterChips(Component):
    """The applied conditions.

    attrs: the element around the chips.
    label: its name.
    chips: the conditions.
    clear: clears them all.
    """

    attrs: Attrs
    label: str
    chips: tuple[Chip, ...]
    clear: Link


@dataclass(frozen=True, kw_only=True, eq=False)
class SortPanel(Component):
    """The sort keys in their order, and the columns that can be added; links only.

    attrs: the element that opens and closes the panel.
    label: its name.
    active: how many keys are chosen, or nothing.
    keys: the chosen keys in their order.
    add_label: name of the list of further columns.
    add: columns that can be added.
    clear: back to the default order, where keys are chosen.
    """

    attrs: Attrs
    label: str
    active: str
    keys: tuple[SortKey, ...]
    add_label: str
    add: tuple[Link, ...]
    clear: Link | None


@dataclass(frozen=True, kw_only=True, eq=False)
class Row(Component):
    """One object in a table. Its template may branch on presence, never on a value.

    attrs: the row's own element.
    cells: the values.
    actions: what can be done with the object.
    form: saves the row that is being edited, in the place of the actions.
    select: the checkbox that chooses the row, an `<input>` in a cell before the others.
    """

    attrs: Attrs
    cells: tuple[Cell, ...]
    actions: ActionMenu | None = None
    form: RowForm | None = None
    select: Attrs | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Table(Component):
    """The rows of a page. `{{ table.rows }}` prints them all; iterating gives each one's HTML.

    attrs: the `<table>`.
    scroller: a focusable region around it that may scroll.
    caption: the table's name.
    headers: the columns.
    actions_label: heading of the column of actions, or nothing without one.
    rows: all rows' HTML.
    select: chooses all rows of the page: a checkbox that only a script shows, and the heading of
        the column of checkboxes, for readers.
    """

    attrs: Attrs
    scroller: Attrs
    caption: str
    headers: tuple[Header, ...]
    actions_label: str
    rows: Iterable[SafeString]
    select: Tick | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Pagination(Component):
    """Links to the other pages and to the other page sizes. A page without attributes is a gap.

    attrs: the `<nav>`.
    previous: the page before.
    next: the page after.
    pages: links to pages; one without attributes is a gap.
    size_label: name of the page sizes.
    size_attrs: the element around the page sizes.
    sizes: links to the page sizes.
    """

    attrs: Attrs
    previous: Link | None
    next: Link | None
    pages: tuple[Link, ...]
    size_label: str
    size_attrs: Attrs
    sizes: tuple[Link, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class Results(Component):
    """Everything of a list that changes with its state. `hidden` are inputs of the filter form.

    attrs: the region that the script replaces.
    notices: what has to be said about the address.
    chips: the applied conditions.
    sort_panel: the panel of sort keys.
    table: the rows.
    empty: why there are none.
    pagination: the other pages.
    hidden: inputs that belong to the filter form.
    selection: what can be done with the chosen rows; stands before the table.
    """

    attrs: Attrs
    notices: tuple[Message, ...]
    chips: FilterChips | None
    sort_panel: SortPanel | None
    table: Table | None
    empty: EmptyState | None
    pagination: Pagination | None
    hidden: tuple[Attrs, ...]
    selection: SelectionBar | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class ListPage(Component):
    """A list with its head, filters, state and rows.

    attrs: the list with everything that belongs to it.
    title: its heading.
    toolbar: search and actions.
    filter_form: the filters.
    status: how many rows there are.
    results: what changes with the state.
    """

    attrs: Attrs
    title: str
    toolbar: Toolbar
    filter_form: FilterForm
    status: Status
    results: Results
