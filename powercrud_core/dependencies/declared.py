"""What a view says of fields that follow others, and in which order they do."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Any, Literal

from django.db import models

from powercrud_core.exceptions import ConfigError

__all__ = [
    "Depends",
    "Inactive",
    "ancestors",
    "dependants",
    "ordered",
]


Inactive = Literal["keep", "clear", "clear_now"]


@dataclass(frozen=True, slots=True)
class Depends:
    """Says what a field takes from others of its form.

    The functions are called with the values of `on` as keyword arguments: Python values, None for
    what is empty or wrong. Several for one field add up.

    field: the field that changes.
    on: the field or fields it depends on.
    filter: for a relation, which objects it offers: a lookup to the field that gives its value
        (`{"artist": "artist"}`; without a value nothing is offered), or a function that returns a Q
        (None: nothing).
    choices: the values and labels on offer, from a function; None leaves the field as it is, so
        that a text may be free for one value and picked for another.
    visible: whether the field is there at all, from a function.
    required: whether it must be filled in, from a function.
    value: what it becomes when one of `on` is changed, from a function; None leaves it.
    help_text: its help, from a function; None leaves it.
    inactive: what becomes of its value while it is not visible. "keep": the object keeps what it
        has. "clear": emptied on saving, and what was typed is back when the field is. "clear_now":
        emptied, and forgotten at once.
    """

    field: str
    __: KW_ONLY
    on: str | Sequence[str]
    filter: Mapping[str, str] | Callable[..., models.Q | None] | None = None
    choices: Callable[..., Iterable[tuple[Any, Any]] | None] | None = None
    visible: Callable[..., bool] | None = None
    required: Callable[..., bool] | None = None
    value: Callable[..., Any] | None = None
    help_text: Callable[..., Any] | None = None
    inactive: Inactive = "clear"

    @property
    def parents(self) -> tuple[str, ...]:
        """Return the names of the fields it depends on."""
        return (self.on,) if isinstance(self.on, str) else tuple(self.on)


def ordered(dependencies: Sequence[Depends]) -> list[Depends]:
    """Return dependencies so that each follows those it depends on.

    Raises ConfigError where fields depend on each other in a circle, naming them.
    """
    graph: dict[str, set[str]] = {}
    for one in dependencies:
        graph.setdefault(one.field, set()).update(one.parents)
    try:
        places = {name: i for i, name in enumerate(TopologicalSorter(graph).static_order())}
    except CycleError as error:
        circle = " -> ".join(reversed(error.args[1]))
        raise ConfigError(f"Fields depend on each other in a circle: {circle}.") from error
    return sorted(dependencies, key=lambda one: places[one.field])


def ancestors(dependencies: Sequence[Depends]) -> dict[str, set[str]]:
    """Return for each field that depends on others all of those, however remote."""
    found: dict[str, set[str]] = {}
    for one in ordered(dependencies):
        above = (found.get(name, set()) for name in one.parents)
        found.setdefault(one.field, set()).update(one.parents, *above)
    return found


def dependants(dependencies: Sequence[Depends], names: Collection[str]) -> set[str]:
    """Return the names of the fields that depend on one of some fields, however remotely."""
    return {name for name, above in ancestors(dependencies).items() if above & {*names}}
