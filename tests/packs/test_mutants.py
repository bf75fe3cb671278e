"""The generator of mutants; `python3 tests/run.py --mutants` lets the kit hunt them."""

from collections import Counter
from pathlib import Path

import pytest

from powercrud_core.packs import get_pack
from tests.packs.mutants import BREAKS, SURVIVORS, mutants
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


def test_every_survivor_has_a_reason() -> None:
    assert all(reason.endswith(".") for reason in SURVIVORS.values())
