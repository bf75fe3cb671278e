"""The components of a conflict: two people changed the same thing."""

from dataclasses import dataclass

from powercrud_core.attrs import Attrs
from powercrud_core.components import Component
from powercrud_core.packs.contract.forms import FieldGroup
from powercrud_core.packs.pieces import Button, ConflictSide, ErrorSummary, Link

__all__ = ["ConflictPage", "FieldConflict"]


@dataclass(frozen=True, kw_only=True, eq=False)
class FieldConflict(Component):
    """One field that two people changed: their value and the user's, of which one is picked.

    It stands in any form: on the page of conflicts, or in a cell that was edited in place.

    attrs: the `<fieldset>`.
    label: the field's name, its legend.
    hidden: inputs that must come before the sides.
    sides: the values; one of them is picked.
    """

    attrs: Attrs
    label: str
    hidden: tuple[Attrs, ...]
    sides: tuple[ConflictSide, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class ConflictPage(Component):
    """Asks which values to keep after two people changed the same fields of an object.

    attrs: the page's own element.
    title: its heading.
    back: leads to where the user came from.
    form: the `<form>`.
    hidden: inputs that must come first, with everything else that was typed.
    summary: what has happened, with links to the fields.
    conflicts: the fields.
    files: fields whose files have to be chosen again.
    buttons: the ways on.
    cancel: leaves without saving.
    """

    attrs: Attrs
    title: str
    back: Link | None
    form: Attrs
    hidden: tuple[Attrs, ...]
    summary: ErrorSummary
    conflicts: tuple[FieldConflict, ...]
    files: tuple[FieldGroup, ...] = ()
    buttons: tuple[Button, ...]
    cancel: Link
