"""A behaviour: a walk through the store under a stable name."""

from collections.abc import Callable
from dataclasses import dataclass

from powercrud_core.testing.visitor import Visitor

__all__ = ["BEHAVIOURS", "Behaviour", "Walk", "behaviour"]

Walk = Callable[[Visitor], None]


@dataclass(frozen=True, slots=True)
class Behaviour:
    """One thing that a visitor can do, or see, with any pack.

    name: stable; exceptions and reports use it.
    component: what is looked at first when it fails.
    meaning: what is promised, in one line.
    walk: raises Unmet where the promise is broken.
    needs: an optional app of ours; it is asked only where that is installed.
    """

    name: str
    component: str
    meaning: str
    walk: Walk
    needs: str = ""


BEHAVIOURS: dict[str, Behaviour] = {}


def behaviour(
    name: str, component: str, meaning: str, *, needs: str = ""
) -> Callable[[Walk], Walk]:
    """Register a walk."""

    def register(walk: Walk) -> Walk:
        if name in BEHAVIOURS:
            raise ValueError(f"Two behaviours are called {name!r}.")
        BEHAVIOURS[name] = Behaviour(name, component, meaning, walk, needs)
        return walk

    return register
