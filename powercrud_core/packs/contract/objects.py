"""The components of the pages about one object."""

from dataclasses import dataclass

from powercrud_core.attrs import Attrs
from powercrud_core.components import Component
from powercrud_core.packs.contract.lists import ActionMenu
from powercrud_core.packs.pieces import Button, DetailField, Link, RelatedGroup

__all__ = ["DeletePage", "DetailPage"]


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
