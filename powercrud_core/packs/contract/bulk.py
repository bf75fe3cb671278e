"""The components of what is done to several rows at once."""

from dataclasses import dataclass

from powercrud_core.attrs import Attrs
from powercrud_core.components import Component
from powercrud_core.packs.contract.forms import FieldGroup
from powercrud_core.packs.contract.messages import Message
from powercrud_core.packs.pieces import (
    Button,
    Fact,
    Link,
    RelatedGroup,
    RowChange,
    Status,
    Tick,
)

__all__ = ["BulkGroups", "BulkPage", "SelectionBar"]


@dataclass(frozen=True, kw_only=True, eq=False)
class SelectionBar(Component):
    """What can be done with the chosen rows. The boxes of the rows belong to its form.

    attrs: the element around the form: a group with a name.
    form: the `<form>`.
    hidden: inputs that must come first.
    status: how many rows are chosen; written by the script, so without it there is no text.
    matching: chooses every row that matches, on all pages; missing where the list shows fewer.
    clear: chooses none.
    buttons: what can be done with the rows.
    """

    attrs: Attrs
    form: Attrs
    hidden: tuple[Attrs, ...]
    status: Status
    matching: Tick | None
    clear: Button
    buttons: tuple[Button, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class BulkGroups(Component):
    """Rows or objects under a title: what goes along, what is in the way, why rows are left out.

    attrs: the element around the groups.
    title: the heading.
    groups: how many of what, and some of their names.
    """

    attrs: Attrs
    title: str
    groups: tuple[RelatedGroup, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class BulkPage(Component):
    """Tells what would be done to the chosen rows, or what became of them.

    attrs: the page's own element.
    title: its heading.
    back: leads to where the user came from.
    notices: what has to be said first.
    text: what is asked or told.
    facts: how many rows change, and how many do not.
    groups: why rows are left out, what goes along, what is in the way.
    changes_title: name of the table of changes.
    row_label: heading of its column of rows.
    before_label: heading of its column of present values.
    after_label: heading of its column of values afterwards.
    changes: some of the values that change.
    note: a remark, or nothing.
    form: the `<form>`.
    hidden: inputs that must come first.
    confirm: a field that has to be filled in.
    buttons: the ways to go on.
    cancel: leaves.
    """

    attrs: Attrs
    title: str
    back: Link | None
    notices: tuple[Message, ...]
    text: str
    facts: tuple[Fact, ...]
    groups: tuple[BulkGroups, ...]
    changes_title: str
    row_label: str
    before_label: str
    after_label: str
    changes: tuple[RowChange, ...]
    note: str
    form: Attrs
    hidden: tuple[Attrs, ...]
    confirm: FieldGroup | None
    buttons: tuple[Button, ...]
    cancel: Link
