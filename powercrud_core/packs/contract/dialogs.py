"""The components of what lies on top of a page."""

from dataclasses import dataclass

from powercrud_core.attrs import Attrs
from powercrud_core.components import Component
from powercrud_core.packs.pieces import Button

__all__ = ["Confirmation", "Dialog"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Dialog(Component):
    """The mould of dialogs and drawers, a closed `<dialog>`: the script opens copies as modal.

    `data-pc-kind` on a copy is "dialog" or "drawer". The page that it shows has a heading, which
    names it.

    attrs: the `<dialog>`.
    close: closes it; its text is read out where an icon is seen.
    messages: an empty element for messages to whoever is in the dialog.
    content: an empty element for the page that is shown.
    """

    attrs: Attrs
    close: Button
    messages: Attrs
    content: Attrs


@dataclass(frozen=True, kw_only=True, eq=False)
class Confirmation(Component):
    """Asks before what was typed is given up: a closed `<dialog>` around a form of method "dialog".

    attrs: the `<dialog>`.
    title: the question.
    title_attrs: id that the dialog is named by.
    text: what would be lost.
    text_attrs: id that the dialog is described by.
    form: the `<form>` around the buttons.
    stay: goes back to what was typed; comes first and has the focus.
    leave: gives it up.
    """

    attrs: Attrs
    title: str
    title_attrs: Attrs
    text: str
    text_attrs: Attrs
    form: Attrs
    stay: Button
    leave: Button
