"""Icon: a sign of the pack's icon set, drawn once per process."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString

from powercrud_core.components import Component, Renderer

__all__ = ["ICONS", "Icon", "icon"]

ICONS: Mapping[str, str] = {
    "add": "Make something new.",
    "back": "Return; it turns round where one writes from right to left.",
    "delete": "Delete something.",
    "earlier": "Move something up.",
    "edit": "Change something.",
    "export": "Take a list along as a file.",
    "inbox": "Nothing there yet.",
    "later": "Move something down.",
    "lock": "Not allowed.",
    "more": "Show further actions.",
    "remove": "Take something away, or dismiss it.",
    "save": "Keep what was typed.",
    "search": "Search, or choose from many.",
    "turn": "Turn the order round.",
    "warning": "Something is in the way.",
}
"""The keys that the core asks for, each with its meaning. A project's actions may have others."""

REMEMBERED = 1000
_drawn: dict[tuple[Any, str], SafeString] = {}


@dataclass(frozen=True, kw_only=True, eq=False)
class Icon(Component):
    """A small picture beside or in the place of a text; never the only name of anything.

    Its template sees nothing but the key, so its HTML is kept: a page has dozens of icons, and a
    component costs more than all else in a link. A project changes the icon set with one override.

    key: add, back, delete, earlier, edit, export, inbox, later, lock, more, remove, save, search,
        turn or warning.
    """

    key: str

    def render(self) -> SafeString:
        """Return the HTML that the pack draws for this key."""
        template = self.renderer.pack.component_templates(self.name)[self.depth]
        html = _drawn.get((template, self.key))
        if html is None:
            if len(_drawn) >= REMEMBERED:
                _drawn.clear()
            html = _drawn[template, self.key] = self.renderer.render(self, self.depth)
        return html

    __str__ = render
    __html__ = render


def icon(renderer: Renderer, key: str) -> Icon | None:
    """Return the icon for a key, or None for an empty one."""
    return Icon(renderer=renderer, key=key) if key else None
