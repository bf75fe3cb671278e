"""Faults on purpose, with worker processes that are really killed: scenarios.py, chaos.py."""

import pytest

from tests.database import KINDS, Unavailable, run_program, scratch

pytestmark = pytest.mark.long

# What the transaction mode of SQLite makes a difference to.
LOCKING = (
    *("killed_at_each_place", "frozen_and_thawed", "racing_for_claims", "shared_descendants"),
    *("web_writes_meanwhile", "cancelled_while_running", "submitted_at_once", "locked_out"),
    *("opposite_orders", "racing_for_what_lapsed", "submitted_by_many"),
)
# What each database decides by itself; the other parts are about processes.
PARTS = {
    "sqlite-immediate": LOCKING,
    "mariadb": (
        *LOCKING,
        *("delivered_five_times", "connection_lost", "deadlocks", "lost_lease_keeps_claims"),
        *("claims_stay_until_the_end", "row_gone_or_edited", "clock_of_the_worker"),
        *("commit_unheard", "database_restarts", "disk_full", "asked_while_full", "schema_changed"),
    ),
}
KILLS = {"mariadb": 30}


def run(module, kind, folder, *arguments):
    """Run a program on a database of that kind; skip where there is none."""
    try:
        with scratch(kind, folder) as address:
            return run_program(module, address, *arguments)
    except Unavailable as error:
        pytest.skip(str(error))


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_lost_or_done_twice(kind, tmp_path):
    """
    Every part makes one kind of fault and returns what is wrong afterwards.
    """
    parts = PARTS.get(kind, ())
    found = run("tests.jobs.scenarios", kind, tmp_path, *parts)

    assert {} == {name: wrong for name, wrong in found.items() if wrong}
    assert len(found) == len(parts) or 15 < len(found)


def test_many_rows_are_no_trouble(tmp_path):
    """
    On SQLite, which takes the fewest values in one statement.
    """
    assert {"many_rows": []} == run("tests.jobs.scenarios", "sqlite", tmp_path, "many_rows")


@pytest.mark.parametrize("kind", KINDS)
def test_wherever_workers_die(kind, tmp_path):
    """
    Three workers at once on one job, which die anywhere, by themselves and from outside.
    """
    kills = KILLS.get(kind, 60)
    found = run("tests.jobs.chaos", kind, tmp_path, "--kills", str(kills))["chaos"]

    assert [] == found["bad"]
    assert kills <= found["kills"]
