"""A scenario: a walk through the store in a browser, under a stable name."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from powercrud_core.testing.browser.screen import Window

__all__ = ["RANKS", "SCENARIOS", "BrowserScenario", "BrowserWalk", "asked_of", "scenario"]

BrowserWalk = Callable[["Window"], None]


@dataclass(frozen=True, slots=True)
class BrowserScenario:
    """One thing that somebody with a browser can do, or see, with any pack.

    name: stable; exceptions and reports use it.
    component: what is looked at first when it fails.
    meaning: what is promised, in one line.
    walk: raises Unmet where the promise is broken.
    level: the lowest conformance level that promises it, of RANKS.
    needs: an optional app of ours; it is asked only where that is installed.
    """

    name: str
    component: str
    meaning: str
    walk: BrowserWalk
    level: str = "core"
    needs: str = ""


RANKS = ("core", "full", "accessible")
SCENARIOS: dict[str, BrowserScenario] = {}


def asked_of(level: str) -> tuple[str, ...]:
    """Return the names of the scenarios that a pack of this level has to keep."""
    highest = RANKS.index(level)
    return tuple(n for n, s in SCENARIOS.items() if RANKS.index(s.level) <= highest)


def scenario(
    name: str, component: str, meaning: str, *, level: str = "core", needs: str = ""
) -> Callable[[BrowserWalk], BrowserWalk]:
    """Register a walk."""

    def register(walk: BrowserWalk) -> BrowserWalk:
        if name in SCENARIOS:
            raise ValueError(f"Two scenarios are called {name!r}.")
        SCENARIOS[name] = BrowserScenario(name, component, meaning, walk, level, needs)
        return walk

    return register
