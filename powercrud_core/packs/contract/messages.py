"""The components that tell the user something."""

from dataclasses import dataclass

from powercrud_core.attrs import Attrs
from powercrud_core.components import Component
from powercrud_core.packs.icons import Icon
from powercrud_core.packs.pieces import Link, MessageTone

__all__ = ["EmptyState", "Message", "Messages", "NoticePage"]


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
class NoticePage(Component):
    """A page that only says something: not allowed, not found.

    attrs: the page's own element.
    title: its heading.
    state: what is said.
    """

    attrs: Attrs
    title: str
    state: EmptyState
