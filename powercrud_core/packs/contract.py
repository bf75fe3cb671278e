"""The contract: every component a pack draws, as data.

The fields are what a template may print. `attrs` is the bundle of the component's own element,
printed once and first in the tag; so is every other bundle (`Attrs`). Texts are plain, translated,
and escape themselves. A component inside another draws itself: `{{ results.table }}`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.safestring import SafeString

from powercrud_core.attrs import Attrs
from powercrud_core.components import Component
from powercrud_core.packs.icons import Icon
from powercrud_core.packs.pieces import (
    Button,
    Cell,
    Chip,
    DetailField,
    ErrorSummary,
    Header,
    Link,
    MessageTone,
    RelatedGroup,
    Search,
    SortKey,
    Status,
)

__all__ = [
    "ActionMenu", "Button", "Cell", "Chip", "ChoicePage", "DeletePage", "DetailField",
    "DetailPage", "EmptyState", "ErrorSummary", "FieldGroup", "FilterChips", "FilterForm",
    "FormBody", "FormPage", "Header", "Link", "ListPage", "Message", "Messages", "NoticePage",
    "Pagination", "RelatedGroup", "Results", "Row", "Search", "SortKey", "SortPanel",
    "Status", "Table", "Toolbar",
]  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False)
class Message(Component):
    """One message to the user. `tone` is info, success, warning or error.

    attrs: role and `data-pc-tone`.
    text: the message.
    tone: info, success, warning or error.
    dismiss: a link that makes it go away.
    """

    attrs: Attrs
    text: str
    tone: MessageTone = "info"
    dismiss: Link | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Messages(Component):
    """The messages of Django's messages framework; the element stays, its content is replaced.

    attrs: makes the element stay in the page.
    messages: the waiting messages; may be none.
    """

    attrs: Attrs
    messages: tuple[Message, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class ActionMenu(Component):
    """What can be done with a list or a row.

    attrs: the element around the links.
    links: what can be done, in order.
    compact: in a table row: the icon stands alone where the pack has one.
    """

    attrs: Attrs
    links: tuple[Link, ...]
    compact: bool = False


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
class FieldGroup(Component):
    """One form field: label, control, help and errors.

    `control` is the widget, drawn by the pack's form renderer. A field of several controls
    (`grouped`: radios, a range) is a fieldset, its label the legend and without `label_attrs`.
    `inline` is a single checkbox, whose label follows the control. `choose_button` (in a form) or
    `choose_link` (in a filter) leads to the page that picks a value of a large relation.

    attrs: the element around the field.
    label: the field's name.
    label_attrs: the label's id, and the control it is for.
    control: the widget's HTML.
    help_text: explains the field; may be empty.
    help_attrs: id that the control refers to.
    errors: what is wrong, one text each.
    error_attrs: id that the control refers to.
    required: the word for a required field, or nothing.
    grouped: several controls: the label is no `<label>`.
    inline: a single checkbox: the label follows the control.
    choose_button: leads from a form to the page that picks a value.
    choose_link: leads from a filter to the page that picks a value.
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
    """

    attrs: Attrs
    cells: tuple[Cell, ...]
    actions: ActionMenu | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Table(Component):
    """The rows of a page. `{{ table.rows }}` prints them all; iterating gives each one's HTML.

    attrs: the `<table>`.
    scroller: a focusable region around it that may scroll.
    caption: the table's name.
    headers: the columns.
    actions_label: heading of the column of actions, or nothing without one.
    rows: all rows' HTML.
    """

    attrs: Attrs
    scroller: Attrs
    caption: str
    headers: tuple[Header, ...]
    actions_label: str
    rows: Iterable[SafeString]


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
class EmptyState(Component):
    """Why there are no rows: nothing yet, nothing matches, not allowed, or failed.

    attrs: `data-pc-state` says which.
    title: what there is not.
    text: what to do about it.
    icon: stands above the title.
    action: a way out.
    """

    attrs: Attrs
    title: str
    text: str
    icon: Icon | None
    action: Link | None = None


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
    """

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


@dataclass(frozen=True, kw_only=True, eq=False)
class DetailPage(Component):
    """One object, field by field.

    attrs: the page's own element.
    title: the object.
    back: leads to where the user came from.
    actions: what can be done with the object.
    fields: the values.
    """

    attrs: Attrs
    title: str
    back: Link | None
    actions: ActionMenu | None
    fields: tuple[DetailField, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class FormBody(Component):
    """The inside of a form: errors, fields, hidden inputs. `layout` replaces the fields where the
    form brings its own layout (crispy-forms).

    attrs: the element around the form's inside.
    summary: all errors.
    fields: the fields.
    hidden: inputs that must come first.
    layout: fields drawn by a layout of the form's own, instead of `fields`.
    """

    attrs: Attrs
    summary: ErrorSummary | None
    fields: tuple[FieldGroup, ...]
    hidden: tuple[Attrs, ...]
    layout: SafeString = field(default_factory=SafeString)


@dataclass(frozen=True, kw_only=True, eq=False)
class FormPage(Component):
    """A page to create or edit one object.

    attrs: the page's own element.
    title: its heading.
    back: leads to where the user came from.
    form: the `<form>`.
    body: its inside.
    note: a remark under the fields, or nothing.
    buttons: the ways to save.
    cancel: leaves without saving.
    """

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
    """Asks before one object is deleted. Without `confirm` it cannot be: `protected` says why.

    attrs: the page's own element.
    title: its heading.
    back: leads to where the user came from.
    question: what is asked, or why it cannot be done.
    form: the `<form>`.
    hidden: inputs that must come first.
    collateral_title: heading of what is deleted along.
    collateral: what is deleted along.
    protected_title: heading of what is in the way.
    protected: what is in the way.
    confirm: deletes; missing where it cannot be done.
    cancel: leaves without deleting.
    """

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
    """Picks one of many related objects for a form or a filter; every choice is a button.

    attrs: the page's own element.
    title: its heading.
    form: the `<form>`.
    hidden: inputs that must come first.
    search: searches; its button comes first in the form, so that Enter presses it.
    status: how many were found.
    choices: each picks one.
    previous: the page before.
    next: the page after.
    cancel: goes back with what there was.
    """

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
    """A page that only says something: not allowed, not found.

    attrs: the page's own element.
    title: its heading.
    state: what is said.
    """

    attrs: Attrs
    title: str
    state: EmptyState
