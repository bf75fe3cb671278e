"""Measures bulk operations: `python -m tests.bench.bulk [--json FILE] [--rounds N] [--rows N]`.

On SQLite, or on the database that POWERCRUD_TEST_DATABASE names (postgres://user@host/name), which
is emptied first. Prints ratios taken in one run, each round asking the contenders in turn: CPU time
on SQLite, which works in this process, wall time elsewhere.
"""

import argparse
import gc
import json
import os
import statistics
import sys
import tempfile
import time
import tracemalloc
from decimal import Decimal
from itertools import cycle
from pathlib import Path

from tests.bench.rows import grow

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "demo"), *(str(p) for p in (ROOT / "packs").iterdir())]
CHUNK = 2000


def main() -> None:
    """Set up the store, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--million", type=int, default=1_000_000)
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DEMO_DB"] = f"{folder}/bench.sqlite3"
        os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.settings"
        import django

        django.setup()
        bench = Bench(options.rounds, options.rows, options.million)
        names = options.only.split(",") if options.only else list(bench.measures())
        results = [bench.measure(name) for name in names]
    if options.json:
        options.json.write_text(json.dumps(results, indent=1))


class Bench:
    """The rows, the contenders, and the clock."""

    def __init__(self, rounds: int, rows: int, million: int) -> None:
        from django.contrib.auth import get_user_model
        from django.core.management import call_command
        from django.db import connection

        if connection.vendor != "sqlite":
            with connection.cursor() as cursor:
                cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        call_command("migrate", verbosity=0)
        call_command("seed_store", verbosity=0)
        self.user = get_user_model().objects.create_superuser("bench", "b@example.org", "bench")
        self.rounds, self.rows, self.million = rounds, rows, million
        self.prices = (Decimal(n) / 100 for n in cycle(range(100, 900)))
        grow(rows)

    def measures(self) -> dict:
        return {
            "loop": self.loop,
            "relation": self.relation,
            "default": self.default,
            "fast": self.fast,
            "memory": self.memory,
            "preview": self.preview,
        }

    def measure(self, name: str) -> dict:
        from django.db import connection

        result = {"what": name, "database": connection.vendor, **self.measures()[name]()}
        print(json.dumps(result), flush=True)
        return result

    def plan(self, at: str, rows: int | None, **data: str):
        """Return a plan for the first so many rows, for all without a number."""
        from powercrud_core.bulk import Plan
        from powercrud_core.selection import Selection

        state = "" if rows is None else f"first={rows}"
        posted = {f"mode-{name}": ["set"] for name in data}
        posted.update({name: [value] for name, value in data.items()})
        return Plan(
            view=f"/{at}/",
            operation="update",
            selection=Selection(state=state),
            data=posted,
            user_id=str(self.user.pk),
        )

    def run(self, at: str, rows: int, **data: str) -> None:
        from powercrud_core.bulk import execute

        outcome = execute(self.plan(at, rows, **data))
        assert outcome.done + outcome.unchanged == rows, outcome.reasons

    def by_hand(self, rows: int, **values) -> None:
        """The bare loop: validate and save each row, in transactions of a hundred."""
        from django.db import transaction

        from store.models import Track

        keys = list(Track.objects.order_by("pk").values_list("pk", flat=True)[:rows])
        for start in range(0, len(keys), 100):
            with transaction.atomic():
                for track in Track.objects.filter(pk__in=keys[start : start + 100]):
                    for name, value in values.items():
                        setattr(track, name, value)
                    track.full_clean()
                    track.save(update_fields=list(values))

    def loop(self) -> dict:
        """perform_save row by row beside the bare loop."""
        rows = self.rows // 10
        return self.race(
            rows,
            powercrud=lambda price: self.run("hooked", rows, unit_price=price),
            hand=lambda price: self.by_hand(rows, unit_price=Decimal(price)),
        )

    def relation(self) -> dict:
        """The same with a foreign key."""
        from store.models import MediaType

        rows = self.rows // 10
        kinds = cycle(MediaType.objects.values_list("pk", flat=True))
        return self.race(
            rows,
            powercrud=lambda _: self.run("hooked", rows, media_type=str(next(kinds))),
            hand=lambda _: self.by_hand(rows, media_type_id=next(kinds)),
        )

    def default(self) -> dict:
        """The default strategy beside the bare loop, both validating every row."""
        rows = self.rows // 10
        return self.race(
            rows,
            powercrud=lambda price: self.run("bulk", rows, unit_price=price),
            hand=lambda price: self.by_hand(rows, unit_price=Decimal(price)),
        )

    def fast(self) -> dict:
        """The declared fast path beside bare updates by ids."""
        from django.db import transaction

        from store.models import Track

        def bare(price: str) -> None:
            keys = list(Track.objects.order_by("pk").values_list("pk", flat=True)[: self.rows])
            with transaction.atomic():
                for start in range(0, len(keys), CHUNK):
                    rows = Track.objects.filter(pk__in=keys[start : start + CHUNK])
                    rows.update(unit_price=Decimal(price))

        return self.race(
            self.rows,
            powercrud=lambda price: self.run("fast", self.rows, unit_price=price),
            bounded=lambda price: self.run("fast-bounded", self.rows, unit_price=price),
            hand=bare,
        )

    def memory(self) -> dict:
        """The peak of what is allocated, over the start."""
        found = {}
        for at in ("bulk", "fast"):
            self.run(at, 2000, unit_price=str(next(self.prices)))
            gc.collect()
            tracemalloc.start()
            self.run(at, self.rows, unit_price=str(next(self.prices)))
            found[at] = round(tracemalloc.get_traced_memory()[1] / 1024**2, 1)
            tracemalloc.stop()
        return {"rows": self.rows, "peak_megabytes": found}

    def preview(self) -> dict:
        """Preview and select-all on a million rows beside the count they need."""
        from powercrud_core.bulk import preview
        from powercrud_core.selection import Selection
        from store.models import Track

        grow(self.million)
        found = {}
        for name, state, rows in (
            ("all", "", Track.objects.all()),
            ("filtered", "composer=a", Track.objects.filter(composer__icontains="a")),
        ):
            plan = self.plan("bulk", None, unit_price="3.33")
            plan = type(plan)(
                **{
                    **{n: getattr(plan, n) for n in plan.__dataclass_fields__},
                    "selection": Selection(state=state),
                }
            )
            view = self.view("/bulk/", state)
            found[name] = self.race(
                self.million,
                preview=lambda _, plan=plan: preview(plan),
                select_all=lambda _, view=view, state=state: Selection(state=state).counted(
                    view.get_matching("change")
                ),
                hand=lambda _, rows=rows: rows.count(),
            )
        return found

    def view(self, path: str, state: str):
        from django.urls import resolve

        match = resolve(path)
        return match.func.view_class.offline(self.user, match, path, state)

    def race(self, rows: int, **contenders) -> dict:
        """Return the contenders' times, and their ratios to `hand`."""
        from django.db import connection

        clock = time.process_time if connection.vendor == "sqlite" else time.perf_counter
        times: dict[str, list[float]] = {name: [] for name in contenders}
        for contender in contenders.values():
            contender(str(next(self.prices)))
        for _ in range(self.rounds):
            for name, contender in contenders.items():
                price = str(next(self.prices))
                gc.collect()
                start = clock()
                contender(price)
                times[name].append(clock() - start)
        middle = {name: statistics.median(t) for name, t in times.items()}
        pairs = {
            name: [a / b for a, b in zip(t, times["hand"], strict=True)]
            for name, t in times.items()
            if name != "hand"
        }
        return {
            "rows": rows,
            "to_hand": {name: round(statistics.median(r), 3) for name, r in pairs.items()},
            "milliseconds": {name: round(1000 * m, 1) for name, m in middle.items()},
            "rows_per_second": {name: round(rows / m) for name, m in middle.items()},
        }


if __name__ == "__main__":
    main()
