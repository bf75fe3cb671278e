"""Attrs: the attributes that the core decides and a pack prints."""

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from django.utils.safestring import SafeString

__all__ = ["Attrs", "PrintedAttrs"]

Value = str | bool


class Attrs(Mapping[str, Value]):
    """An immutable bundle of HTML attributes that escapes itself when printed.

    `True` prints the bare name; `False` and `None` leave the attribute out; everything else is
    turned into text once. It never holds `class` or `style`: looks belong to the pack.
    The pattern is the "prop getter" of headless user-interface libraries.
    """

    __slots__ = ("_items", "_text")

    def __init__(self, items: Mapping[str, Any] | None = None, /) -> None:
        self._text: SafeString | None = None
        self._items: dict[str, Value] = {
            name: value if value is True else _text(value)
            for name, value in (items or {}).items()
            if value is not False and value is not None
        }
        if banned := {"class", "style"} & self._items.keys():
            raise ValueError(
                f"Attrs never hold {', '.join(sorted(banned))}: looks belong to the pack."
            )

    def __getitem__(self, name: str) -> Value:
        return self._items[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __or__(self, other: Mapping[str, Any]) -> "Attrs":
        return Attrs({**self._items, **other})

    def __repr__(self) -> str:
        return f"Attrs({self._items!r})"

    def __hash__(self) -> int:
        return hash(tuple(self._items.items()))

    def __str__(self) -> SafeString:
        if self._text is None:
            self._text = SafeString(
                " ".join(
                    name if value is True else f'{name}="{escape(str(value))}"'
                    for name, value in self._items.items()
                )
            )
        return self._text

    __html__ = __str__


class PrintedAttrs(Attrs):
    """A bundle that is printed already: its whole text is known, its single attributes are not."""

    __slots__ = ()

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = SafeString(text)

    def __bool__(self) -> bool:
        return True


def _text(value: Any) -> str:
    """Return the plain text of a value: text marked safe is escaped like any other."""
    text = value if isinstance(value, str) else str(value)
    return "".join(text) if isinstance(text, SafeString) else text
