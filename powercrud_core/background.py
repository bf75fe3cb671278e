"""Background: what views ask of background work; without the app of jobs nobody answers."""

from typing import Any, Protocol

from powercrud_core.bulk import BulkOperation, Plan
from powercrud_core.components import Component

__all__ = ["Background", "NotNowError", "background", "provide"]


class NotNowError(Exception):
    """Something cannot be left to the background now; the text says why."""


class Background(Protocol):
    """Who takes work over."""

    def may(self, operation: BulkOperation, count: int) -> bool:
        """Say whether an operation on so many rows may be left to a job."""
        ...

    def must(self, operation: BulkOperation, count: int) -> bool:
        """Say whether it must be."""
        ...

    def submit(self, plan: Plan, user: Any, once: str, label: str) -> None:
        """Leave a plan to a job of this name; raises NotNowError and what `start` raises."""
        ...

    def region(self, view: Any) -> Component | None:
        """Return what a page tells of the user's jobs."""
        ...


_found: list[Background] = []


def provide(found: Background) -> None:
    """Let somebody take work over, from now on."""
    _found[:] = [found]


def background() -> Background | None:
    """Return who takes work over, None where nobody does."""
    return _found[0] if _found else None
