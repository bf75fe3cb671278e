"""Many writers on one row, each with a connection of its own: python -m tests.races --rounds 1000

In every round all of them have seen the same version of a book. First each one adds a mark of its
own to the same text: one must win, all others be told, and no mark that was saved be lost. Then
each changes another field: all must be saved. The database is that of POWERCRUD_TEST_DATABASE.
Prints what was answered, as JSON.
"""

import argparse
import json
import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connections  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import include, path  # noqa: E402

from powercrud_core import crud_urls  # noqa: E402
from powercrud_core.permissions import AllowAny  # noqa: E402
from tests.library.models import Author, Book  # noqa: E402
from tests.views.pages import Page  # noqa: E402

FIELDS = ["title", "status", "price", "pages", "published", "in_print", "homepage", "notes"]
BOOKS = crud_urls(Book, permission_policy=AllowAny, fields=FIELDS, url_base="race")
urlpatterns = [path("books/", include(BOOKS))]
# What the second kind of race changes, by field: what is sent and what is stored.
OTHERS: dict[str, Callable[[int], tuple[Any, Any]]] = {
    "title": lambda n: (f"Title {n}", f"Title {n}"),
    "price": lambda n: (f"{n}.50", Decimal(f"{n}.50")),
    "pages": lambda n: (str(n), n),
    "published": lambda n: (date.fromordinal(730_000 + n).isoformat(),) * 2,
    "homepage": lambda n: (f"https://example.com/{n}",) * 2,
    "notes": lambda n: (f"Note {n}", f"Note {n}"),
}


def shown() -> dict[str, Any]:
    """Return what the form of the book sends as it stands."""
    return Page(Client().get("/books/1/edit/")).sent("form")


def at_once(pool: ThreadPoolExecutor, forms: Iterable[dict[str, Any]]) -> list[str]:
    """Send forms at the same moment; return the answers' status codes, or what went wrong."""
    sent = list(forms)
    barrier = threading.Barrier(len(sent))

    def send(form: dict[str, Any]) -> str:
        client = Client()
        barrier.wait()
        try:
            return str(client.post("/books/1/edit/", form).status_code)
        except Exception as error:
            return f"{type(error).__name__}: {error}"

    return list(pool.map(send, sent))


def same_field(pool: ThreadPoolExecutor, writers: int, rounds: int) -> dict[str, Any]:
    """Let everybody add a mark to the same text; return answers, and what became of the marks."""
    answers: Counter[str] = Counter()
    won: list[str] = []
    for number in range(rounds):
        form = shown()
        marks = [f"{number}.{writer}" for writer in range(writers)]
        notes = form["notes"][0].strip()
        got = at_once(pool, [{**form, "notes": f"{notes} {mark}".strip()} for mark in marks])
        winners = [mark for mark, status in zip(marks, got, strict=True) if status == "302"]
        answers.update(got)
        answers["rounds with one winner"] += len(winners) == 1
        won += winners
    stored = Book.objects.get().notes.split()
    return {"answers": dict(answers), "lost": sorted(set(won) ^ set(stored))}


def other_fields(pool: ThreadPoolExecutor, rounds: int) -> dict[str, Any]:
    """Let everybody change another field; return the answers, and the values that were lost."""
    answers: Counter[str] = Counter()
    lost: list[str] = []
    for number in range(1, rounds + 1):
        form = shown()
        change = {name: value(number) for name, value in OTHERS.items()}
        got = at_once(pool, [{**form, name: sent} for name, (sent, _) in change.items()])
        answers.update(got)
        book = Book.objects.get()
        lost += [
            f"{number} {n}" for n, (_, kept) in change.items() if str(getattr(book, n)) != str(kept)
        ]
    return {"answers": dict(answers), "lost": lost}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--writers", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=10)
    options = parser.parse_args()
    settings.ROOT_URLCONF = "tests.races"
    call_command("migrate", run_syncdb=True, verbosity=0)
    Book.objects.create(pk=1, title="T", author=Author.objects.create(name="A"))
    started = time.monotonic()
    with ThreadPoolExecutor(options.writers) as pool:
        same = same_field(pool, options.writers, options.rounds)
        other = other_fields(pool, options.rounds)
        # Each thread has opened a connection of its own, and is the only one that can close it.
        list(pool.map(lambda _: connections.close_all(), range(options.writers)))
    seconds = round(time.monotonic() - started, 1)
    print(json.dumps({"same": same, "other": other, "seconds": seconds}))


if __name__ == "__main__":
    main()
