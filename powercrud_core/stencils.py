"""Stencils: a pack's row template is drawn once per shape, then stamped for every row.

A template per row costs more than all other work on a list. The row template is therefore drawn
with markers in place of the values; what it printed around them is the stencil. A *shape* is what a
row template may branch on: which optional parts are there. (Precomputed fragments with holes are an
old idea; the nearest in Django land is the "cells in Python" of table libraries.)
"""

import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import Any

from django.utils.safestring import SafeString

__all__ = ["Stamp", "StampedRows", "marker", "stamp", "stencil"]

Stamp = Callable[[Sequence[str]], str]

# Private-use characters: no value can take part in a stencil, because values come after it.
OPEN, CLOSE = "\ue0f0", "\ue0f1"
MARKER = re.compile(f"{OPEN}(\\d+){CLOSE}")


def marker(index: int) -> str:
    """Return the text that stands for the value with this index."""
    return f"{OPEN}{index}{CLOSE}"


def stencil(html: str) -> Stamp:
    """Return a function that puts escaped values in the place of the markers in `html`."""
    pieces = MARKER.split(html)
    pattern = "%s".join(piece.replace("%", "%%") for piece in pieces[::2])
    order = [int(index) for index in pieces[1::2]]
    return lambda values: pattern % tuple([values[i] for i in order])


def stamp(html: str, values: Sequence[str]) -> SafeString:
    """Return one text with its markers replaced: the slow way, for single pieces."""
    return SafeString(MARKER.sub(lambda found: values[int(found[1])], html))


class StampedRows:
    """The rows of a table: prints them all; iterating gives each row's HTML.

    values: for each row its shape and its escaped values; read at once, row by row.
    draw: makes the HTML of a shape with markers for values; called once per shape.
    direct: makes the HTML of one row without a stencil, for packs that declare `stencil=False`.
    """

    def __init__(
        self,
        values: Iterable[tuple[Hashable, Sequence[str]]],
        draw: Callable[[Any], str],
        direct: Callable[[Any, Sequence[str]], str] | None = None,
    ) -> None:
        stamps: dict[Hashable, Stamp] = {}
        self._rows: list[str] = []
        for shape, row in values:
            if direct is not None:
                self._rows.append(direct(shape, row))
                continue
            if shape not in stamps:
                stamps[shape] = stencil(draw(shape))
            self._rows.append(stamps[shape](row))

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[SafeString]:
        return map(SafeString, self._rows)

    def __html__(self) -> SafeString:
        return SafeString("".join(self._rows))

    __str__ = __html__
