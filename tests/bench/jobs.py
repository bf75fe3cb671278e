"""Measures background jobs: `python -m tests.bench.jobs [--rows 100000] [--rounds 3]`.

On the database of POWERCRUD_TEST_DATABASE, which must be empty. Prints ratios taken in one run.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from typing import Any

from tests.jobs.processes import clean, plan, program

# isort: split
from django.db import connection, transaction
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from powercrud_core.bulk import execute
from powercrud_core.contention import holdings
from powercrud_core.jobs import deliver, progress, submit
from powercrud_core.jobs.claims import acquire, release
from powercrud_core.jobs.models import Claim, Job
from tests.jobs.models import Item


def seconds(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


class Bench:
    """The rows and the contenders."""

    def __init__(self, rows: int, rounds: int) -> None:
        self.rows, self.rounds = rows, rounds

    def fresh(self) -> None:
        Job.objects.all().delete()
        Item.objects.update(n=0)

    def job(self) -> dict[str, float]:
        """A job against the same work by execute(plan)."""
        clean(self.rows)
        found: dict[str, list[float]] = {"execute": [], "submit": [], "job": []}
        with override_settings(POWERCRUD_JOB_SLICE=3600, POWERCRUD_JOB_LEASE=60):
            for _ in range(self.rounds):
                self.fresh()
                found["execute"].append(seconds(lambda: execute(plan())))
                self.fresh()
                found["submit"].append(seconds(lambda: submit(plan())))
                key = Job.objects.get().pk
                found["job"].append(seconds(lambda key=key: deliver(key)))
                assert Job.objects.get().done == self.rows
        best = {name: round(statistics.median(times), 2) for name, times in found.items()}
        return {**best, "ratio": round(best["job"] / best["execute"], 2)}

    def records(self) -> dict[str, float]:
        """What share of a job its progress and its lease take: the statements on its own row."""
        clean(self.rows)
        spent = [0.0, 0]

        def watch(execute: Any, sql: str, *rest: Any) -> Any:
            began = time.perf_counter()
            try:
                return execute(sql, *rest)
            finally:
                if sql.startswith(f"UPDATE {connection.ops.quote_name(Job._meta.db_table)}"):
                    spent[0] += time.perf_counter() - began
                    spent[1] += 1

        self.fresh()
        submit(plan())
        key = Job.objects.get().pk
        patient = override_settings(POWERCRUD_JOB_SLICE=3600, POWERCRUD_JOB_LEASE=60)
        with patient, connection.execute_wrapper(watch):
            whole = seconds(lambda: deliver(key))
        return {"percent": round(100 * spent[0] / whole, 2), "statements": spent[1]}

    def claims(self) -> dict[str, float]:
        """Claims for many keys against a bare bulk_create of as many rows."""
        clean(0)
        keys = [str(number) for number in range(self.rows)]
        holder = Job.objects.create(kind="plan")
        bare, ours = [], []
        for _ in range(self.rounds):
            rows = [Claim(holder=holder, scope="bare", key=key) for key in keys]

            def create(rows: list[Claim] = rows) -> None:
                with transaction.atomic():
                    Claim.objects.bulk_create(rows, batch_size=5000)

            bare.append(seconds(create))
            release(holder)
            ours.append(seconds(lambda: acquire(holder, {"bench": keys})))
            release(holder)
        one, two = statistics.median(bare), statistics.median(ours)
        return {"bare": round(one, 2), "claims": round(two, 2), "ratio": round(two / one, 2)}

    def queries(self) -> dict[str, Any]:
        """What a page of rows and a poll cost."""
        clean(1000)
        submit(plan(keys=range(1, 501)))
        user = Job.objects.get().owner
        found = {}
        for name, work in (
            ("page of 100 rows", lambda: holdings(Item, list(range(1, 101)), "default")),
            ("poll", lambda: progress(user)),
        ):
            with CaptureQueriesContext(connection) as captured:
                took = min(seconds(work) for _ in range(20))
            found[name] = {"queries": len(captured) / 20, "ms": round(took * 1000, 2)}
        return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    bench = Bench(options.rows, options.rounds)

    def measure() -> dict[str, Any]:
        found = {name: getattr(bench, name)() for name in ("job", "records", "claims", "queries")}
        return {"database": connection.vendor, **found}

    program({"bench": measure}, [])


if __name__ == "__main__":
    main()
