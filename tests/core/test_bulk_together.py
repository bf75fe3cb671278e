"""Two operations at the same time, on databases that lock rows."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from django.db import connection, transaction

from powercrud_core.bulk import BulkDelete, BulkUpdate, start
from tests.library.models import Author, Book

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        "not __import__('django.db').db.connection.features.has_select_for_update",
        reason="this database locks itself as a whole",
    ),
]


@pytest.fixture
def rows():
    author = Author.objects.create(name="Ursula")
    return [Book.objects.create(title=t, author=author, price=1) for t in "ABC"]


def beside(step, chunk, *, while_open):
    """Run a step in another thread while this one's transaction is open; return its outcome."""
    begun = Event()

    def work():
        begun.set()
        try:
            return step(chunk)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            while_open()
            future = pool.submit(work)
            begun.wait()
            with pytest.raises(TimeoutError):
                future.result(timeout=0.5)
        return future.result(timeout=10)


class TestTwoAtOnce:
    def test_the_second_waits_and_sees_what_the_first_did(self, planned, rows):
        """
        Neither overwrites the other unseen.
        """
        run = start(planned(rows, BulkUpdate(fields=["price"]), price=("set", 5)))
        (chunk,) = run.resolve()

        outcome = beside(
            run.step, chunk, while_open=lambda: Book.objects.filter(title="B").update(price=9)
        )

        assert (2, ["changed"]) == (outcome.done, [n.code for n in outcome.skipped])
        assert [5, 9, 5] == list(Book.objects.order_by("title").values_list("price", flat=True))

    def test_a_row_that_is_deleted_at_that_moment_is_skipped(self, planned, rows):
        run = start(planned(rows, BulkUpdate(fields=["price"]), price=("set", 5)))
        (chunk,) = run.resolve()

        outcome = beside(run.step, chunk, while_open=rows[1].delete)

        assert (2, ["gone"]) == (outcome.done, [n.code for n in outcome.skipped])
        assert 2 == Book.objects.filter(price=5).count()

    def test_a_row_that_is_edited_at_that_moment_is_not_deleted(self, planned, rows):
        run = start(planned(rows, BulkDelete()))
        (chunk,) = run.resolve()

        outcome = beside(
            run.step, chunk, while_open=lambda: Book.objects.filter(title="B").update(pages=3)
        )

        assert (2, ["changed"]) == (outcome.done, [n.code for n in outcome.skipped])
        assert ["B"] == [book.title for book in Book.objects.all()]

    def test_a_row_that_leaves_the_boundary_at_that_moment_is_skipped(self, planned, rows):
        from powercrud_core import CRUDView

        class Drafts(CRUDView):
            def get_queryset(self):
                return super().get_queryset().filter(status="draft")

        fast = BulkUpdate(fields=["price"], validate="fields", watch_limit=0)
        run = start(planned(rows, fast, view=Drafts, price=("set", 5)))
        (chunk,) = run.resolve()

        outcome = beside(
            run.step,
            chunk,
            while_open=lambda: Book.objects.filter(title="B").update(status="published"),
        )

        assert (2, ["gone"]) == (outcome.done, [n.code for n in outcome.skipped])
