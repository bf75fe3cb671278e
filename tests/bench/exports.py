"""Measures exports: `python -m tests.bench.exports [--rows N] [--rounds N] [--only NAME …]`.

On SQLite, or on the database that POWERCRUD_TEST_DATABASE names (postgres://user@host/name), which
is emptied first. A file of N books with a relation and a many-to-many column, against the least
that one could write by hand: `values_list()` read piece by piece, the genres of each fetched with
one query, `csv`. Ratios of CPU time in one run, each contender in turn; memory is what a process
of its own needs above its idle state.
"""

import argparse
import csv
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

from tests.database import VARIABLE

ROOT = Path(__file__).resolve().parents[2]
COLUMNS = ["title", "author", "genres", "status", "price", "pages", "published", "in_print"]


def main() -> None:
    """Fill a database, measure each contender, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--one", help="run one contender and print its figures as JSON")
    parser.add_argument("--only", nargs="*", help="contenders beside the one written by hand")
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measure(options.one)))
        return
    with tempfile.TemporaryDirectory() as folder:
        os.environ["BENCH_DB"] = f"{folder}/bench.sqlite3"
        set_up()
        fill(options.rows)
        results: dict[str, list[dict[str, float]]] = {
            name: []
            for name in contenders()
            if options.only is None or name in ("by hand: csv", *options.only)
        }
        for _round in range(options.rounds):
            for name in results:
                command = [sys.executable, "-m", "tests.bench.exports", "--one", name]
                done = subprocess.run(command, check=True, capture_output=True, cwd=ROOT)
                results[name].append(json.loads(done.stdout))
    floor = [one["cpu"] for one in results["by hand: csv"]]
    for name, found in results.items():
        ratio = statistics.median(one["cpu"] / base for one, base in zip(found, floor, strict=True))
        best = {key: min(one[key] for one in found) for key in found[0]}
        print(
            f"{name:<22} {ratio:5.2f} x by hand   {best['cpu']:6.2f} s CPU   first byte "
            f"{best['first']:.2f} s   {best['memory']:.0f} MB above idle   "
            f"{best['bytes'] / 1e6:.1f} MB"
        )


def set_up() -> None:
    """Make Django ready, with a database of its own."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    from django.conf import settings

    if not os.environ.get(VARIABLE):
        settings.DATABASES["default"]["NAME"] = os.environ["BENCH_DB"]
    settings.DEBUG = False
    import django

    django.setup()


def fill(count: int) -> None:
    """Create the books."""
    from django.core.management import call_command
    from django.db import connection

    from tests.library.models import Author, Book, Genre

    if connection.vendor != "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    call_command("migrate", verbosity=0, run_syncdb=True)
    authors = Author.objects.bulk_create(Author(name=f"Author {i}") for i in range(2000))
    genres = Genre.objects.bulk_create(Genre(code=f"g{i}", name=f"Genre {i}") for i in range(40))
    books = Book.objects.bulk_create(
        Book(title=f"Book {i}", author=authors[i % 2000], price=i % 90, published="2020-02-03")
        for i in range(count)
    )
    link = Book.genres.through
    link.objects.bulk_create(
        link(book_id=book.pk, genre_id=genres[(book.pk + n * 7) % 40].pk)
        for book in books
        for n in range(book.pk % 4)
    )


def contenders() -> dict[str, Callable[[], Iterator[bytes]]]:
    """Return what is compared."""
    return {
        "by hand: csv": by_hand,
        "csv": lambda: ours("csv", raw=False),
        "csv, raw values": lambda: ours("csv", raw=True),
        "xlsx": lambda: ours("xlsx", raw=False),
        "json": lambda: ours("json", raw=True),
        "csv from instances": lambda: ours("csv", raw=False, extra=("shouted",)),
    }


def measure(name: str) -> dict[str, float]:
    """Return CPU seconds, seconds to the first byte, bytes, and MB above idle of one contender."""
    set_up()
    from django.urls import get_resolver

    get_resolver().url_patterns  # noqa: B018  (what an idle server has loaded)
    idle = peak()
    started, cpu, first, size = time.perf_counter(), time.process_time(), 0.0, 0
    for block in contenders()[name]():
        first = first or time.perf_counter() - started
        size += len(block)
    cpu = time.process_time() - cpu
    return {"cpu": cpu, "first": first, "bytes": size, "memory": peak() - idle}


def peak() -> float:
    """Return the most memory this process has had, in MB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def by_hand() -> Iterator[bytes]:
    """Yield the file as somebody would write it who knows what is slow."""
    from powercrud_core.exports.writing import Pieces
    from tests.library.models import Book

    fields = ("pk", "title", "author__name", "status", "price", "pages", "published", "in_print")
    rows = Book.objects.order_by("pk").values_list(*fields).iterator(chunk_size=2000)
    pieces = Pieces()
    writer = csv.writer(pieces)
    writer.writerow(COLUMNS)
    while batch := list(islice(rows, 2000)):
        links = Book.genres.through.objects.filter(book__in=[row[0] for row in batch])
        genres: dict[int, list[str]] = {}
        for book, genre in links.order_by("genre__name").values_list("book_id", "genre__name"):
            genres.setdefault(book, []).append(genre)
        for key, title, author, *rest in batch:
            writer.writerow([title, author, ", ".join(genres.get(key, ())), *rest])
        yield pieces.take()


def ours(name: str, *, raw: bool, extra: tuple[str, ...] = ()) -> Iterator[bytes]:
    """Return the bytes of an export."""
    from powercrud_core.config import bind_columns, joins_for
    from powercrud_core.exports import FORMATS, Reader
    from tests.library.models import Book

    columns = bind_columns([*COLUMNS, *extra], Book, frozenset())
    reader = Reader(Book, columns, raw=raw, load=joins_for(Book, columns).apply)
    rows = reader.rows(Book.objects.order_by("pk"))
    return FORMATS[name].write(rows, names=reader.names(), header=reader.header(), escape=True)


if __name__ == "__main__":
    main()
