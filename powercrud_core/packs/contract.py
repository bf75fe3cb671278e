"""The contract: every component a pack draws, as data.

The fields are what a template may print. `attrs` is the bundle of the component's own element,
printed once and first in the tag; so is every other bundle (`Attrs`). Texts are plain, translated,
and escape themselves. A component inside another draws itself: `{{ results.table }}`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from django.utils.safestring import SafeString

from powercrud_core.attrs import Attrs
from powercrud_core.components import Component

__all__ = [
    "ActionMenu",
    "Button",
    "Cell",
    "Chip",
    "ChoicePage",
    "DeletePage",
    "DetailField",
    "DetailPage",
    "EmptyState",
    "ErrorSummary",
    "FieldGroup",
    "FilterChips",
    "FilterForm",
    "FormBody",
    "FormPage",
    "Header",
    "Link",
    "ListPage",
    "Message",
    "Messages",
    "NoticePage",
    "Pagination",
    "RelatedGroup",
    "Results",
    "Row",
    "Search",
    "SortKey",
    "SortPanel",
    "Status",
    "Table",
    "Toolbar",
]

Tone = Literal["neutral", "primary", "danger"]
MessageTone = Literal["info", "success", "warning", "error"]


# ---- pieces: plain data inside components, drawn by the component that holds them


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Link:
    """An `<a>`. `icon` is a key of the pack's icon set."""

    attrs: Attrs
    label: str
    icon: str = ""
    tone: Tone = "neutral"


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Button:
    """A `<button>`."""

    attrs: Attrs
    label: str
    icon: str = ""
    tone: Tone = "neutral"


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Status:
    """A line of text that is announced when it changes."""

    attrs: Attrs
    text: str


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Search:
    """A search field: `<label>`, `<input>` and its `<button>`; they need not stand in the form."""

    label: str
    label_attrs: Attrs
    attrs: Attrs
    submit: Button


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Chip:
    """One applied condition in words, with the link that removes it."""

    attrs: Attrs
    label: str
    value: str
    remove: Link


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class SortKey:
    """One active sort key: its direction and the links that change its place."""

    attrs: Attrs
    label: str
    direction: str
    toggle: Link
    earlier: Link | None
    later: Link | None
    remove: Link


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Header:
    """A column's `<th>`. `sort` is missing where the column cannot be sorted."""

    attrs: Attrs
    label: str
    help_text: str = ""
    sort: Link | None = None
    index: str = ""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Cell:
    """One value of a row. `heading` marks the cell that names the row; `mark` is an empty element
    that shows a yes, no or unknown value as a sign beside its text."""

    attrs: Attrs
    value: str
    link: Attrs | None = None
    mark: Attrs | None = None
    heading: bool = False


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class DetailField:
    """One labelled value of a detail page."""

    attrs: Attrs
    label: str
    value: str
    link: Attrs | None = None
    mark: Attrs | None = None
    help_text: str = ""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class RelatedGroup:
    """Objects of one model that a deletion takes along or that forbid it."""

    attrs: Attrs
    label: str
    names: tuple[str, ...]
    more: str = ""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class ErrorSummary:
    """All errors of a form at its top: plain texts, and links to the fields."""

    attrs: Attrs
    title: str
    errors: tuple[str, ...]
    links: tuple[Link, ...]


# ---- components: one template each


@dataclass(frozen=True, kw_only=True, eq=False)
class Message(Component):
    """One message to the user. `tone` is info, success, warning or error."""

    attrs: Attrs
    text: str
    tone: MessageTone = "info"
    dismiss: Link | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Messages(Component):
    """The messages of Django's messages framework; the element stays, its content is replaced."""

    attrs: Attrs
    messages: tuple[Message, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class ActionMenu(Component):
    """What can be done with a list or a row."""

    attrs: Attrs
    links: tuple[Link, ...]
    compact: bool = False
    """True in a table row: the icon stands alone where the pack has one."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Toolbar(Component):
    """The head of a list: search and what can be done with the list."""

    attrs: Attrs
    search: Search | None
    actions: ActionMenu | None


@dataclass(frozen=True, kw_only=True, eq=False)
class FieldGroup(Component):
    """One form field: label, control, help and errors.

    `control` is the widget, drawn by the pack's form renderer. A field of several controls
    (`grouped`: radios, a range) is a fieldset, its label the legend and without `label_attrs`.
    `inline` is a single checkbox, whose label follows the control. `choose_button` (in a form) or
    `choose_link` (in a filter) leads to the page that picks a value of a large relation.
    """

    attrs: Attrs
    label: str
    label_attrs: Attrs
    control: SafeString
    help_text: str = ""
    help_attrs: Attrs
    errors: tuple[str, ...] = ()
    error_attrs: Attrs
    required: str = ""
    grouped: bool = False
    inline: bool = False
    choose_button: Button | None = None
    choose_link: Link | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class FilterForm(Component):
    """The filters of a list, a GET form. `region` goes on an element around the form's content,
    `details` on the element that opens and closes it. Without fields only the form is drawn: the
    search field belongs to it."""

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
    """The applied conditions."""

    attrs: Attrs
    label: str
    chips: tuple[Chip, ...]
    clear: Link


@dataclass(frozen=True, kw_only=True, eq=False)
class SortPanel(Component):
    """The sort keys in their order, and the columns that can be added; links only."""

    attrs: Attrs
    label: str
    active: str
    keys: tuple[SortKey, ...]
    add_label: str
    add: tuple[Link, ...]
    clear: Link | None


@dataclass(frozen=True, kw_only=True, eq=False)
class Row(Component):
    """One object in a table. Its template may branch on presence, never on a value."""

    attrs: Attrs
    cells: tuple[Cell, ...]
    actions: ActionMenu | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Table(Component):
    """The rows of a page. `{{ table.rows }}` prints them all; iterating gives each one's HTML."""

    attrs: Attrs
    scroller: Attrs
    caption: str
    headers: tuple[Header, ...]
    actions_label: str
    rows: Iterable[SafeString]


@dataclass(frozen=True, kw_only=True, eq=False)
class Pagination(Component):
    """Links to the other pages and to the other page sizes. A page without attributes is a gap."""

    attrs: Attrs
    previous: Link | None
    next: Link | None
    pages: tuple[Link, ...]
    size_label: str
    size_attrs: Attrs
    sizes: tuple[Link, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class EmptyState(Component):
    """Why there are no rows: nothing yet, nothing matches, not allowed, or failed."""

    attrs: Attrs
    title: str
    text: str
    icon: str
    action: Link | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Results(Component):
    """Everything of a list that changes with its state. `hidden` are inputs of the filter form."""

    attrs: Attrs
    notices: tuple[Message, ...]
    chips: FilterChips | None
    sort_panel: SortPanel | None
    table: Table | None
    empty: EmptyState | None
    pagination: Pagination | None
    hidden: tuple[Attrs, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class ListPage(Component):
    """A list with its head, filters, state and rows."""

    attrs: Attrs
    title: str
    toolbar: Toolbar
    filter_form: FilterForm
    status: Status
    results: Results


@dataclass(frozen=True, kw_only=True, eq=False)
class DetailPage(Component):
    """One object, field by field."""

    attrs: Attrs
    title: str
    back: Link | None
    actions: ActionMenu | None
    fields: tuple[DetailField, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class FormBody(Component):
    """The inside of a form: errors, fields, hidden inputs. `layout` replaces the fields where the
    form brings its own layout (crispy-forms)."""

    attrs: Attrs
    summary: ErrorSummary | None
    fields: tuple[FieldGroup, ...]
    hidden: tuple[Attrs, ...]
    layout: SafeString = field(default_factory=SafeString)


@dataclass(frozen=True, kw_only=True, eq=False)
class FormPage(Component):
    """A page to create or edit one object."""

    attrs: Attrs
    title: str
    back: Link | None
    form: Attrs
    body: FormBody
    note: str
    buttons: tuple[Button, ...]
    cancel: Link


@dataclass(frozen=True, kw_only=True, eq=False)
class DeletePage(Component):
    """Asks before one object is deleted. Without `confirm` it cannot be: `protected` says why."""

    attrs: Attrs
    title: str
    back: Link | None
    question: str
    form: Attrs
    hidden: tuple[Attrs, ...]
    collateral_title: str
    collateral: tuple[RelatedGroup, ...]
    protected_title: str
    protected: tuple[RelatedGroup, ...]
    confirm: Button | None
    cancel: Link


@dataclass(frozen=True, kw_only=True, eq=False)
class ChoicePage(Component):
    """Picks one of many related objects for a form or a filter; every choice is a button."""

    attrs: Attrs
    title: str
    form: Attrs
    hidden: tuple[Attrs, ...]
    search: Search
    status: Status
    choices: tuple[Button, ...]
    previous: Button | None
    next: Button | None
    cancel: Button


@dataclass(frozen=True, kw_only=True, eq=False)
class NoticePage(Component):
    """A page that only says something: not allowed, not found."""

    attrs: Attrs
    title: str
    state: EmptyState
