"""Fifty writers at once on one row, with threads and connections of their own."""

import os

import pytest

from tests.database import KINDS, Unavailable, run_program, scratch

WRITERS, FIELDS = 50, 6
# The whole proof takes half an hour for each database: POWERCRUD_RACE_ROUNDS=1000.
ROUNDS = int(os.environ.get("POWERCRUD_RACE_ROUNDS", "5"))


@pytest.fixture(params=KINDS, scope="module")
def outcome(request, tmp_path_factory):
    """Return what became of the races on one database."""
    try:
        with scratch(request.param, tmp_path_factory.mktemp("race")) as address:
            return run_program(
                "tests.races", address, "--writers", str(WRITERS), "--rounds", str(ROUNDS)
            )
    except Unavailable as reason:
        pytest.skip(str(reason))


@pytest.mark.xdist_group("races")
class TestRaces:
    def test_of_all_who_change_the_same_field_one_wins_and_the_others_are_told(self, outcome):
        assert {
            "302": ROUNDS,
            "409": ROUNDS * (WRITERS - 1),
            "rounds with one winner": ROUNDS,
        } == outcome["same"]["answers"]

    def test_what_was_saved_is_there(self, outcome):
        assert [] == outcome["same"]["lost"]

    def test_of_all_who_change_different_fields_everybody_wins(self, outcome):
        assert {"302": ROUNDS * FIELDS} == outcome["other"]["answers"]
        assert [] == outcome["other"]["lost"]
