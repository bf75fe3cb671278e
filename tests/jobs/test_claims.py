"""Claims and the running job, for code without any view."""

import asyncio
import threading
import uuid

import pytest
from asgiref.sync import async_to_sync, sync_to_async

from powercrud_core import jobs
from powercrud_core.exceptions import ConfigError
from powercrud_core.jobs import (
    ClaimConflict,
    ClaimLost,
    claim,
    claimed,
    current_job,
    submit,
)
from powercrud_core.jobs.claims import acquire, key_text, scope_of, wanted
from powercrud_core.jobs.models import Claim, Guard, Job
from tests.jobs import work
from tests.jobs.models import Item, ItemProxy, Shared, Special
from tests.library.models import Copy, Genre, Loan


def refused(*objects):
    try:
        with claim(*objects):
            return False
    except ClaimConflict:
        return True


@pytest.fixture
def report(monkeypatch):
    """Let jobs call a function of the test's: `report(function)` returns what to submit."""

    def set_up(function):
        monkeypatch.setattr(work, "nothing", function)
        function.__module__, function.__qualname__ = "tests.jobs.work", "nothing"
        return function

    return set_up


class TestClaim:
    def test_it_ends_with_its_block(self, items):
        (item,) = items(1)
        with claim(item, reason="Binding", user="Ann"):
            held = claimed([item])[item.pk]
            assert ("Ann", "Binding", "", None) == (held.who, held.what, held.job, held.percent)
            assert refused(item)

        assert {} == claimed([item])
        assert not Job.objects.exists()

    def test_it_ends_with_an_exception(self, items):
        rows = items(1)
        with pytest.raises(ZeroDivisionError), claim(rows):
            raise ZeroDivisionError

        assert not refused(rows)

    def test_all_or_none(self, items):
        rows = items(3)
        with claim(rows[1]):
            assert refused(rows)
            assert 1 == Claim.objects.count()

    def test_what_is_free(self, items):
        rows = items(3)
        with claim(rows[1]), claim(rows, policy="free") as second:
            assert {"jobtests.item": {str(rows[1].pk)}} == second.refused
            assert 3 == Claim.objects.count()

        assert 0 == Claim.objects.count()

    def test_one_that_ran_out_is_anybodys(self, items):
        rows = items(2)
        with claim(rows, lease=-1) as first:
            with claim(rows):
                with pytest.raises(ClaimLost):
                    first.renew()
                assert 2 == Claim.objects.count()
            assert not Claim.objects.exists()

    def test_one_that_is_renewed_is_not(self, items):
        rows = items(1)
        with claim(rows, lease=5) as first:
            first.renew()
            assert refused(rows)

    def test_async(self, items):
        rows = items(1)

        async def use():
            async with claim(rows):
                return await sync_to_async(Claim.objects.count)()

        assert 1 == async_to_sync(use)()
        assert not Claim.objects.exists()

    def test_without_the_app_it_says_what_is_missing(self, monkeypatch):
        monkeypatch.setattr("powercrud_core.jobs.claims.installed", lambda: False)

        with pytest.raises(ConfigError, match="INSTALLED_APPS"):
            claim(1)


class TestScopes:
    """One table, one family, one scope; every kind of key."""

    def test_a_child_and_a_proxy_are_their_parent(self, db):
        special = Special.objects.create(name="S")

        assert {"jobtests.item"} == {scope_of(m) for m in (Item, Special, ItemProxy)}
        with claim(special):
            assert refused(Item.objects.get()) and refused(ItemProxy.objects.get())

    def test_another_database_is_another_scope(self):
        assert "other:jobtests.item" == scope_of(Item, "other")

    @pytest.mark.parametrize(
        ("obj", "other"),
        [
            (Copy(pk=uuid.uuid4()), Copy(pk=uuid.uuid4())),
            (Genre(pk="*"), Genre(pk="**")),
            (Genre(pk="a,b\\c ü’"), Genre(pk="a")),
            (Genre(pk="x" * 300), Genre(pk="x" * 301)),
            (Loan(reader="a,b", number=3), Loan(reader="a", number=3)),
        ],
    )
    def test_every_key(self, db, obj, other):
        with claim(obj):
            assert refused(obj)
            assert 1 == len(claimed([obj]))
            assert not refused(other)

    def test_a_key_is_never_the_sign_for_all(self):
        assert "**" == key_text("*")
        assert 200 >= len(key_text("*" * 300))
        assert key_text("y" * 300) != key_text("y" * 301)

    def test_whole_models(self, items):
        rows = items(2)

        assert {"jobtests.item": None} == wanted([Item]) == wanted([Item.objects.all()])
        assert {"jobtests.item": [str(rows[0].pk)]} == wanted(Item.objects.filter(pk=rows[0].pk))
        with claim(Item):
            assert refused(rows[0])
        with claim(rows[0]):
            assert refused(Item)

    def test_many_are_claimed_as_all(self, db, monkeypatch):
        monkeypatch.setattr("powercrud_core.jobs.claims.ESCALATE", 2)
        rows = [Item(pk=number) for number in (1, 2, 3)]

        assert {"jobtests.item": None} == wanted(rows)

    def test_what_is_not_saved_cannot_be_claimed(self):
        with pytest.raises(ValueError, match="not saved"):
            wanted([Item()])


class TestHolders:
    def test_a_part_of_a_job_has_what_the_job_has(self, items):
        rows = items(2)
        parent = Job.objects.create(kind="call")
        acquire(parent, wanted(rows))
        child = Job(kind="call", parent=parent, meta={"ancestors": [str(parent.pk)]})
        child.save()

        assert {} == acquire(child, wanted(rows)) == acquire(parent, wanted(rows))
        assert {parent} == {c.holder for c in Claim.objects.all()}

    def test_what_a_part_has_its_job_has_not(self, items):
        rows = items(1)
        parent = Job.objects.create(kind="call")
        child = Job.objects.create(kind="call", meta={"ancestors": [str(parent.pk)]})
        acquire(child, wanted(rows))

        with pytest.raises(ClaimConflict):
            acquire(parent, wanted(rows))

    def test_every_claim_counts_up(self, items):
        rows = items(1)
        for _ in range(3):
            refused(rows)

        assert 3 == Guard.objects.get().seq


class TestCurrentJob:
    def test_outside_there_is_none(self):
        assert None is current_job()

    def test_it_goes_along_with_async_code_but_not_with_threads(self, db, report, finish):
        seen = []

        async def look():
            await asyncio.sleep(0)
            seen.append(current_job().id)

        def main():
            async_to_sync(look)()
            thread = threading.Thread(target=lambda: seen.append(current_job()))
            thread.start()
            thread.join()

        job = finish(submit(report(main)))
        assert ("done", [job.pk, None]) == (job.state, seen)

    def test_what_would_be_a_job_is_a_part_of_it(self, items, report, finish):
        (item,) = items(1)
        job = finish(submit(report(lambda: work.count_later(item, by=4))))

        assert (1, "done") == (Job.objects.count(), job.state)
        assert 4 == Item.objects.get().n

    def test_three_levels_down_it_is_still_one_job(self, items, finish, monkeypatch):
        rows = items("", "error", "")
        shared = Shared.objects.create()

        @jobs.background
        def lower(item):
            work.count_later(item, by=4)

        def change(item):
            current_job().claim(shared)
            lower(item)
            if item.kind:
                raise ZeroDivisionError

        monkeypatch.setattr(work, "change", change)
        job = finish(submit(work.tell, rows))

        assert (1, 2, 1) == (Job.objects.count(), job.done, job.failed)
        assert [4, 0, 4] == list(Item.objects.order_by("pk").values_list("n", flat=True))
        assert not Claim.objects.exists()

    def test_what_a_row_claimed_is_undone_with_it(self, items, finish, monkeypatch):
        rows = items("error", "")
        seen = []

        def change(item):
            seen.append(Claim.objects.filter(scope="jobtests.shared").count())
            current_job().claim(Shared.objects.create())
            if item.kind:
                raise ZeroDivisionError

        monkeypatch.setattr(work, "change", change)
        finish(submit(work.tell, rows))

        assert [0, 0] == seen

    def test_outside_it_is_a_job(self, items, finish):
        (item,) = items(1)
        job = work.count_later(item, by=4)
        assert 0 == Item.objects.get().n

        assert ("Count later", "done") == (job.label, finish(job).state)
        assert 4 == Item.objects.get().n

    def test_without_the_app_it_is_done_here(self, items, monkeypatch):
        monkeypatch.setattr(jobs, "installed", lambda: False)

        assert 4 == work.count_later(items(1)[0], by=4)

    def test_a_job_is_not_over_before_its_parts(self, items, report, finish):
        rows = items(2)
        job = submit(report(lambda: submit(work.count, rows, by=2)))
        jobs.deliver(job.pk)
        job.refresh_from_db()
        part = job.children.get()
        assert ("waiting", "queued") == (job.state, part.state)
        assert None is jobs.deliver(job.pk)

        assert "done" == finish(part).state == finish(job).state
        assert [2, 2] == list(Item.objects.values_list("n", flat=True))

    def test_claims_inside_end_with_the_step(self, items, report, finish, db):
        shared = Shared.objects.create()
        seen = []

        def main():
            with claim(shared, reason="ignored"):
                current_job().claim(shared)
            seen.append(Claim.objects.count())

        finish(submit(report(main)))
        assert [1] == seen
        assert not Claim.objects.exists()

    def test_a_row_whose_claim_is_refused_is_put_off_and_undone(self, items, finish, monkeypatch):
        shared = Shared.objects.create()
        monkeypatch.setattr("powercrud_core.jobs.engine.PUT_OFF", 1)
        monkeypatch.setattr(work, "change", lambda item: current_job().claim(shared))
        with claim(shared, reason="Inventory"):
            job = finish(submit(work.tell, items(2)))

        assert ("failed", 2) == (job.state, job.failed)
        assert {"claimed"} == set(job.rows.values_list("code", flat=True))
        assert "Inventory" in job.rows.first().reason

    @pytest.mark.parametrize("kind", ["uuid", "text", "composite"])
    def test_rows_with_every_kind_of_key_are_found_again(self, books, report, finish, kind):
        if kind == "uuid":
            (book,) = books(1)
            rows = Copy.objects.bulk_create([Copy(book=book, shelf=f"s{n}") for n in range(3)])
        elif kind == "text":
            rows = Genre.objects.bulk_create([Genre(code=c, name="x") for c in ("*", "a,b", "\\")])
        else:
            rows = Loan.objects.bulk_create([Loan(reader="a,b", number=n) for n in range(3)])
        seen = []
        job = finish(submit(report(lambda obj: seen.append(obj.pk)), rows))

        assert ("done", 3) == (job.state, job.done)
        assert {one.pk for one in rows} == set(seen)
        assert not Claim.objects.exists()
