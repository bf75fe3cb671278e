"""Measures what it costs that nobody's work is overwritten: `python -m tests.bench.versions`.

CPU time of this thread, in a database in memory: the token of a book's eleven fields when the page
is made, the comparison when it comes back, and a whole save through Django's handler with and
without them. Takes the least of many rounds, so that a busy machine counts for little.
"""

import argparse
import os
import time
from collections.abc import Callable
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django

django.setup()

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import include, path

from powercrud_core import crud_urls
from powercrud_core.permissions import AllowAny
from powercrud_core.versions import compare, load_many, seen
from tests.library.models import Author, Book, Genre
from tests.views.pages import Page

FIELDS = [f.name for f in (*Book._meta.fields, *Book._meta.many_to_many)]
OPEN: dict[str, Any] = {"permission_policy": AllowAny}
urlpatterns = [
    path("with/", include(crud_urls(Book, url_base="with", **OPEN))),
    path("without/", include(crud_urls(Book, url_base="without", check_versions=False, **OPEN))),
]


def least(call: Callable[[], Any], rounds: int, times: int = 1) -> float:
    """Return the least time of a call in microseconds."""
    found = []
    for _ in range(rounds):
        started = time.thread_time()
        for _ in range(times):
            call()
        found.append((time.thread_time() - started) / times * 1e6)
    return min(found)


def saving(kind: str, rounds: int) -> tuple[float, int]:
    """Return the time and the number of queries of one save."""
    client, url = Client(), f"/{kind}/1/edit/"
    form = Page(client.get(url)).sent("form")

    def save() -> None:
        if client.post(url, form).status_code != 302:
            raise RuntimeError(f"{url} did not save.")

    with CaptureQueriesContext(connection) as captured:
        save()
    queries = len(captured)  # before the next request forgets them
    return least(save, rounds), queries


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    rounds = parser.parse_args().rounds
    settings.ROOT_URLCONF = "tests.bench.versions"
    call_command("migrate", run_syncdb=True, verbosity=0)
    book = Book.objects.create(pk=1, title="T", author=Author.objects.create(name="A"), price=9)
    book.genres.set(Genre.objects.create(code=c, name=c) for c in "abc")
    load_many(book, FIELDS)
    token = seen(book, FIELDS)
    print(f"fields: {len(FIELDS)}, characters: {len(token)}")
    print(f"token: {least(lambda: seen(book, FIELDS), rounds, 50):.0f} µs")
    print(f"comparison: {least(lambda: compare(token, book, FIELDS), rounds, 50):.0f} µs")
    plain = FIELDS[:-1]
    print(
        f"token without the relation to many: {least(lambda: seen(book, plain), rounds, 50):.0f} µs"
    )
    for kind in ("without", "with"):
        spent, queries = saving(kind, rounds)
        print(f"save {kind} them: {spent / 1000:.2f} ms, {queries} queries")


if __name__ == "__main__":
    main()
