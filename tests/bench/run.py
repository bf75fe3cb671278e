"""Measures the Track list: `python -m tests.bench.run [--json FILE] [--rounds N] [--packs a,b]`.

Prints ratios taken in one run: every round asks each contender once, in turn, and the ratio of a
round is between neighbours, so that a machine which slows down slows all of them. CPU time of the
whole request through Django's handler (middleware, session, permissions), no network.
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
from pathlib import Path

from tests.bench.rows import grow

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "demo"), *(str(p) for p in (ROOT / "packs").iterdir())]


def main() -> None:
    """Set up the store, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--packs", default="")
    parser.add_argument("--sizes", default="25,100,500,1000")
    parser.add_argument("--rows", type=int, default=0, help="tracks in all, more than there are")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DEMO_DB"] = f"{folder}/bench.sqlite3"
        os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.settings"
        import django

        django.setup()
        bench = Bench(options.rounds)
        grow(options.rows)
        packs = options.packs.split(",") if options.packs else list(bench.packs())
        sizes = [int(s) for s in options.sizes.split(",")]
        results = [bench.compare(pack, size) for pack in packs for size in sizes]
        results += [bench.body(pack) for pack in packs]
        # Last: until then nothing has loaded what is strict, as in production.
        results += [bench.strict(pack, size) for pack in packs for size in sizes[:2]]
    report(results)
    if options.json:
        options.json.write_text(json.dumps(results, indent=1))


class Bench:
    """The client, the contenders, and the clock."""

    def __init__(self, rounds: int) -> None:
        from django.contrib.auth import get_user_model
        from django.core.management import call_command
        from django.test import Client

        from tests.bench.strictness import Switch

        call_command("migrate", verbosity=0)
        call_command("seed_store", verbosity=0)
        user = get_user_model().objects.create_superuser("bench", "b@example.org", "bench")
        self.client = Client()
        self.client.force_login(user)
        self.rounds = rounds
        self.switch = Switch()

    def packs(self) -> list[str]:
        """Return the names of the installed packs."""
        from powercrud_core.packs import installed_packs

        return list(installed_packs())

    def compare(self, pack: str, size: int) -> dict:
        """Return the three lists' figures at one page size, as ratios of one run."""
        from tests.bench.by_hand import write
        from tests.bench.views import HandView, TrackView

        TrackView.template_pack = pack
        ours = f"/tracks/?page_size={size}" if size != 25 else "/tracks/"
        HandView.source = write(self.get("/tracks/").content.decode())
        if "compiled" in HandView.__dict__:
            del HandView.compiled
        urls = {
            "powercrud": ours,
            "hand": f"/hand/?page_size={size}",
            "admin": f"/admin{size}/store/track/",
        }
        facts = {name: self.facts(url) for name, url in urls.items()}
        same_rows(self.get(urls["powercrud"]), self.get(urls["hand"]), size)
        times = self.race({name: lambda url=url: self.get(url) for name, url in urls.items()})
        return {
            "what": f"list, {size} rows",
            "pack": pack,
            "to_hand": ratio(times["powercrud"], times["hand"]),
            "to_admin": ratio(times["powercrud"], times["admin"]),
            "milliseconds": {n: round(1000 * statistics.median(t), 1) for n, t in times.items()},
            "queries": {n: f["queries"] for n, f in facts.items()},
            "kilobytes": {n: f["kilobytes"] for n, f in facts.items()},
            "peak_megabytes": {n: f["peak"] for n, f in facts.items()},
        }

    def body(self, pack: str) -> dict:
        """Return the cost of 100 rows' HTML beside the same rows in a plain Django template."""
        from django.template import Context, Template
        from django.test import RequestFactory

        from tests.bench import by_hand
        from tests.bench.views import TrackView

        TrackView.template_pack = pack
        page = self.get("/tracks/").content.decode()
        body = by_hand.re.search(r"<tbody[^>]*>(.*?)</tbody>", page, by_hand.re.S)[1]
        row = by_hand._row(by_hand.re.match(r"\s*(<tr\b.*?</tr>)", body, by_hand.re.S)[1])
        template = Template("{% for track in tracks %}" + row + "{% endfor %}")
        request = RequestFactory().get("/tracks/?page_size=100")
        request.user = self.user()
        from django.urls import resolve

        request.resolver_match = resolve("/tracks/")
        view = TrackView(role=TrackView.roles[0])
        view.setup(request)
        page_obj = view.get_page(view.get_rows())
        objects = list(page_obj.object_list)

        def ours() -> str:
            builder = view.get_row_builder(view.get_frame(), objects)
            return str(builder.rows(builder.plan()))

        times = self.race(
            {
                "powercrud": ours,
                "template": lambda: template.render(Context({"tracks": objects})),
            },
            rounds=self.rounds * 2,
        )
        return {
            "what": "table body, 100 rows",
            "pack": pack,
            "to_template": ratio(times["powercrud"], times["template"]),
            "milliseconds": {n: round(1000 * statistics.median(t), 2) for n, t in times.items()},
        }

    def strict(self, pack: str, size: int) -> dict:
        """Return what strict props cost where they are on, as they are in DEBUG."""
        from tests.bench.views import TrackView

        TrackView.template_pack = pack
        url = f"/tracks/?page_size={size}" if size != 25 else "/tracks/"

        def production():
            self.switch.off()
            self.get(url)

        def strict():
            self.switch.on()
            self.get(url)

        calls = {f.__name__: self.switch.calls(f) for f in (production, strict)}
        if calls["production"] or not calls["strict"]:
            raise SystemExit(f"Strict props run where they should not, or do not run: {calls}.")
        times = self.race({"production": production, "strict": strict})
        self.switch.off()
        return {
            "what": f"strict props, {size} rows",
            "pack": pack,
            "to_production": ratio(times["strict"], times["production"]),
            "milliseconds": {n: round(1000 * statistics.median(t), 1) for n, t in times.items()},
            "strict_calls": calls,
        }

    def user(self):
        from django.contrib.auth import get_user_model

        return get_user_model().objects.get(username="bench")

    def get(self, url: str):
        """Return a page, drawn whole."""
        response = self.client.get(url)
        assert response.status_code == 200, (url, response.status_code)
        return response

    def race(self, contenders: dict, rounds: int = 0) -> dict[str, list[float]]:
        """Return CPU seconds of each contender, asked in turn."""
        times: dict[str, list[float]] = {name: [] for name in contenders}
        for contender in contenders.values():
            contender()
        for _ in range(rounds or self.rounds):
            for name, contender in contenders.items():
                gc.collect()
                start = time.process_time()
                contender()
                times[name].append(time.process_time() - start)
        return times

    def facts(self, url: str) -> dict:
        """Return queries, size and peak allocation of one page."""
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        self.get(url)
        with CaptureQueriesContext(connection) as queries:
            self.get(url)
            count = len(queries)
        gc.collect()
        tracemalloc.start()
        response = self.get(url)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return {
            "queries": count,
            "kilobytes": round(len(response.content) / 1024, 1),
            "peak": round(peak / 1024**2, 2),
        }


def same_rows(ours, hand, size: int) -> None:
    """Fail when the two pages do not show the same number of rows and nearly the same markup."""
    counts = [r.content.count(b'data-pc-part="row"') for r in (ours, hand)]
    if counts != [size, size]:
        raise SystemExit(f"The pages differ: {counts} rows instead of {size}.")
    lengths = [len(r.content) for r in (ours, hand)]
    if not 0.9 < lengths[0] / lengths[1] < 1.1:
        raise SystemExit(f"The pages differ: {lengths} bytes.")


def ratio(mine: list[float], theirs: list[float]) -> float:
    """Return the median of the rounds' ratios."""
    return round(statistics.median(a / b for a, b in zip(mine, theirs, strict=True)), 3)


def report(results: list[dict]) -> None:
    """Print the results as a table."""
    for result in results:
        ratios = "  ".join(f"{k} {v:.2f}" for k, v in result.items() if k.startswith("to_"))
        print(f"{result['pack']:<11} {result['what']:<22} {ratios}")
        for name in ("milliseconds", "queries", "kilobytes", "peak_megabytes", "strict_calls"):
            if name in result:
                figures = "  ".join(f"{k} {v}" for k, v in result[name].items())
                print(f"{'':<11} {name:<22} {figures}")


if __name__ == "__main__":
    main()
