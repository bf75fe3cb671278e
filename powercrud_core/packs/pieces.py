"""The pieces of the contract: plain data, drawn by the component that holds it."""

from dataclasses import dataclass
from typing import Literal

from django.utils.safestring import SafeString

from powercrud_core.attrs import Attrs
from powercrud_core.packs.icons import Icon

__all__ = [
    "Affix",
    "Button",
    "Cell",
    "CellEditor",
    "Chip",
    "ConflictSide",
    "DetailField",
    "ErrorSummary",
    "Fact",
    "Header",
    "Link",
    "MessageTone",
    "MoreActions",
    "RelatedGroup",
    "RowChange",
    "RowForm",
    "Search",
    "SortKey",
    "Status",
    "Tick",
    "Tone",
]

Tone = Literal["neutral", "primary", "danger"]
MessageTone = Literal["info", "success", "warning", "error"]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Link:
    """An `<a>`.

    attrs: href, name and hooks of the `<a>`.
    label: its text.
    icon: stands before the text; may be missing.
    tone: neutral, primary or danger.
    """

    attrs: Attrs
    label: str
    icon: Icon | None = None
    tone: Tone = "neutral"


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Button:
    """A `<button>`.

    attrs: type, name, value and hooks of the `<button>`.
    label: its text.
    icon: stands before the text; may be missing.
    tone: neutral, primary or danger.
    """

    attrs: Attrs
    label: str
    icon: Icon | None = None
    tone: Tone = "neutral"


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class MoreActions:
    """Actions that stand behind a button: a `<button>` and the popover that it opens.

    attrs: the `<button>`; it names the popover.
    label: its text.
    icon: stands before the text; may be missing.
    panel: the popover, around a list of the links.
    links: what can be done, in order.
    """

    attrs: Attrs
    label: str
    icon: Icon | None = None
    panel: Attrs
    links: tuple[Link, ...]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Tick:
    """A checkbox with its label.

    attrs: the `<input>`.
    label: text of the `<label>` around it.
    """

    attrs: Attrs
    label: str


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Affix:
    """A text at the edge of a control.

    attrs: id that the control refers to.
    label: the text.
    """

    attrs: Attrs
    label: str


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Status:
    """A line of text that is announced when it changes.

    attrs: makes the element a live region that stays in the page.
    text: what is announced.
    """

    attrs: Attrs
    text: str


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Search:
    """A search field: `<label>`, `<input>` and its `<button>`; they need not stand in the form.

    label: text of the `<label>`.
    label_attrs: ties the label to the input.
    attrs: the `<input>`.
    submit: sends the search.
    """

    label: str
    label_attrs: Attrs
    attrs: Attrs
    submit: Button


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Chip:
    """One applied condition in words, with the link that removes it.

    attrs: the chip's own element.
    label: name of the condition.
    value: what it asks for.
    remove: takes the condition away.
    """

    attrs: Attrs
    label: str
    value: str
    remove: Link


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class SortKey:
    """One active sort key: its direction and the links that change its place.

    attrs: the key's own element.
    label: the column.
    direction: ascending or descending, in words.
    toggle: turns the direction round.
    earlier: moves the key up; missing at the top.
    later: moves the key down; missing at the end.
    remove: takes the key away.
    """

    attrs: Attrs
    label: str
    direction: str
    toggle: Link
    earlier: Link | None
    later: Link | None
    remove: Link


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Header:
    """A column's `<th>`. `sort` is missing where the column cannot be sorted.

    attrs: the `<th>`: scope, `aria-sort`, `data-sort`, kind and alignment.
    label: the column's name.
    help_text: explains the column; may be empty.
    sort: sorts by the column; missing where it cannot be sorted.
    index: place among several sort keys, or nothing.
    """

    attrs: Attrs
    label: str
    help_text: str = ""
    sort: Link | None = None
    index: str = ""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class RowForm:
    """The `<form>` of a row that is edited in its list; its controls stand elsewhere and name it.

    attrs: the `<form>`.
    hidden: inputs that must come first.
    errors: what is wrong with the row as a whole.
    error_attrs: makes the errors an alert.
    save: saves.
    cancel: leaves without saving.
    """

    attrs: Attrs
    hidden: tuple[Attrs, ...]
    errors: tuple[str, ...] = ()
    error_attrs: Attrs
    save: Button
    cancel: Link


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class CellEditor:
    """The control of one field in the place of a cell's value.

    `control` is the widget, drawn by the pack's form renderer and named by its `aria-label`.

    attrs: the element around the editor.
    control: the widget's HTML.
    help_text: explains the field; may be empty.
    help_attrs: id that the control refers to.
    errors: what is wrong, one text each.
    error_attrs: id that the control refers to.
    choose_button: leads to the page that picks a value of a large relation.
    form: saves this cell; missing where the whole row is edited.
    """

    attrs: Attrs
    control: SafeString
    help_text: str = ""
    help_attrs: Attrs
    errors: tuple[str, ...] = ()
    error_attrs: Attrs
    choose_button: Button | None = None
    form: RowForm | None = None


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Cell:
    """One value of a row. `heading` marks the cell that names the row; `mark` is an empty element
    that shows a yes, no or unknown value as a sign beside its text; `lock` is one that says why the
    row cannot be edited here. Beside an `editor` the value is printed as well, hidden from eyes
    and readers: it keeps the cell's size.

    attrs: the cell: label, kind, alignment, emptiness.
    value: the formatted text.
    link: href of an `<a>` around the value.
    mark: an empty element that shows yes, no or unknown beside the text.
    heading: the cell names the row: a row header.
    edit: an `<a>` over the whole cell that leads to its editor.
    lock: an empty element that says why the row cannot be edited, in the cell that names it.
    note: a remark on the row, in the cell that names it.
    editor: stands in the place of the value.
    """

    attrs: Attrs
    value: str
    link: Attrs | None = None
    mark: Attrs | None = None
    heading: bool = False
    edit: Link | None = None
    lock: Attrs | None = None
    note: str = ""
    editor: CellEditor | None = None


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class DetailField:
    """One labelled value of a detail page.

    attrs: the element around label and value.
    label: the field's name.
    value: the formatted text.
    link: href of an `<a>` around the value.
    mark: an empty element that shows yes, no or unknown.
    help_text: explains the field; may be empty.
    """

    attrs: Attrs
    label: str
    value: str
    link: Attrs | None = None
    mark: Attrs | None = None
    help_text: str = ""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class RelatedGroup:
    """Objects of one model that a deletion takes along or that forbid it.

    attrs: the group's own element.
    label: how many of which kind.
    names: some of them.
    more: how many are not named, or nothing.
    """

    attrs: Attrs
    label: str
    names: tuple[str, ...]
    more: str = ""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Fact:
    """A number and what it counts.

    attrs: the element around both; `data-pc-fact` says which it is.
    label: what is counted.
    value: how many.
    """

    attrs: Attrs
    label: str
    value: str


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class RowChange:
    """What would become of one value of one row.

    attrs: the change's own element.
    row: the row's name.
    field: the field's name.
    before: the present value.
    after: the value afterwards.
    """

    attrs: Attrs
    row: str
    field: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class ErrorSummary:
    """All errors of a form at its top: plain texts, and links to the fields.

    attrs: makes the element an alert that can take the focus.
    title: its heading.
    errors: errors of the form as a whole.
    links: errors of fields, each leading to its control.
    """

    attrs: Attrs
    title: str
    errors: tuple[str, ...]
    links: tuple[Link, ...]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class ConflictSide:
    """One of the values between which the user decides, with the radio that picks it.

    attrs: the side's own element.
    control: the radio.
    label: whose value it is.
    label_attrs: ties the label to the radio.
    value: the formatted text; may have several lines.
    value_attrs: id that the radio refers to.
    """

    attrs: Attrs
    control: Attrs
    label: str
    label_attrs: Attrs
    value: str
    value_attrs: Attrs
