"""Places at which the tests let a worker die; elsewhere they do nothing."""

from collections.abc import Callable

__all__ = ["fault", "faults"]

faults: list[Callable[[str], None]] = []


def fault(where: str) -> None:
    """Tell who wants to know that a worker is at this place."""
    for one in faults:
        one(where)
