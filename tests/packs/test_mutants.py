"""The generator of mutants; `python3 tests/run.py --mutants` lets the kit hunt them."""

from collections import Counter
from pathlib import Path

import pytest

from powercrud_core.packs import get_pack
from tests.packs.mutants import BREAKS, Mutant, mutants
from tests.packs.survivors import SURVIVORS, miscounted, survivor
from tests.settings import PACKS


@pytest.mark.parametrize("name", PACKS)
def test_there_are_enough_mutants_of_every_pack(name: str) -> None:
    """
    One thing is broken in each, and the file on the disk stays as it is.
    """
    found = list(mutants(Path(get_pack(name).path) / "templates"))

    assert 200 <= len(found)
    assert all(m.text != m.path.read_text() for m in found)


def test_every_kind_breaks_something() -> None:
    kinds = Counter(
        m.kind for name in PACKS for m in mutants(Path(get_pack(name).path) / "templates")
    )

    assert {kind for kind, _, _ in BREAKS} == set(kinds)


def made(name: str) -> list[Mutant]:
    """Return the mutants of a pack."""
    return list(mutants(Path(get_pack(name).path) / "templates"))


@pytest.mark.parametrize("name", PACKS)
def test_every_listed_survivor_is_a_mutant_of_its_packs(name: str) -> None:
    """
    Whether it survives is known after the hunt; that there is such a mutant is known before.
    """
    found = Counter(survivor(name, mutant) for mutant in made(name))

    assert [] == [s for s in SURVIVORS if found[s] < s.times.get(name, 0)]
    assert all(s.reason.endswith(".") for s in SURVIVORS)


def test_a_listed_survivor_that_was_killed_is_told() -> None:
    """
    A reason that covers nothing hides the next hole, and so does one that covers more.
    """
    alive: list[Mutant] = []
    for listed in SURVIVORS:
        covered = [m for m in made("plain") if listed is survivor("plain", m)]
        alive += covered[: listed.times.get("plain", 0)]
    one = survivor("plain", alive[0])
    assert one is not None

    assert {} == miscounted("plain", alive)
    assert {one: one.times["plain"] - 1} == miscounted("plain", alive[1:])
    assert {one: one.times["plain"] + 1} == miscounted("plain", [*alive, alive[0]])
