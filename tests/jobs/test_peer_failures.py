"""What was seen to go wrong elsewhere, each in a small test of its own.

docs/explanation/jobs-that-can-be-trusted.md lists all, with the tests of what needs processes.
"""

import logging
import uuid

import pytest
from django.contrib.auth.models import User
from django.core.cache.backends.base import BaseCache
from django.db import OperationalError

from powercrud_core import CRUDView
from powercrud_core.bulk import BulkDelete
from powercrud_core.jobs import (
    ClaimConflict,
    cancel,
    claim,
    current_job,
    deliver,
    progress,
    prune,
    submit,
    sweep,
)
from powercrud_core.jobs.models import Claim, Job, JobRow
from powercrud_core.jobs.runners import chosen
from tests.jobs import work
from tests.jobs.models import Item, Shared
from tests.jobs.test_screens import begin, go_on, routed  # noqa: F401 - the screen of jobs
from tests.library.models import Copy
from tests.views.pages import Page


class NoCache(BaseCache):
    """A cache that nobody may ask anything."""

    def __init__(self, *arguments):
        super().__init__({})

    def get(self, *arguments, **options):
        raise AssertionError("Somebody asked the cache.")

    add = set = delete = clear = touch = get


@pytest.fixture
def one_by_one(settings, monkeypatch):
    """Let a slice do a single row: `deliver` once is one row."""
    settings.POWERCRUD_JOB_SLICE = 0
    monkeypatch.setattr("powercrud_core.jobs.submitting.FIRST", 1)
    monkeypatch.setattr("powercrud_core.jobs.engine.Worker.next_step", lambda *_: 1)
    monkeypatch.setattr(work.Bump, "batch_size", 1)


@pytest.fixture
def one(permissions):
    """Return somebody who may change items."""
    return permissions("view_item", "change_item")


def fail(error):
    raise error


def counts():
    return list(Item.objects.order_by("pk").values_list("n", flat=True))


class TestSubmitting:
    def test_from_the_list_by_the_form_to_a_finished_job(self, client, items, finish):
        """
        A1: once a page was drawn, an update could not be queued: it took the form along.
        """
        items(3)
        client.get("/items/")
        asked = begin(client, "update")
        sent = Page(asked).sent("operation-form")
        asked = client.post("/items/bulk/update/", {**sent, "mode-tag": "set", "tag": "new"})
        go_on(client, asked, "defer")

        assert "done" == finish(Job.objects.get()).state
        assert {"new"} == set(Item.objects.values_list("tag", flat=True))

    def test_django_q_without_a_cluster_is_not_chosen(self, settings, monkeypatch):
        """
        A29: its default is a Redis server, which nobody has told it of.
        """
        settings.POWERCRUD_JOB_RUNNER = "auto"
        monkeypatch.setattr("powercrud_core.jobs.runners.apps.is_installed", lambda name: True)

        assert "inline" == chosen()[0]

    @pytest.mark.parametrize("name", ["bump", "delete"])
    def test_others_rows_are_neither_changed_nor_queued(self, client_for, items, finish, name):
        """
        A24: ids were taken from the request without asking whose rows they are.
        """
        (mine,), (other,) = items("", tag="only-mine"), items("", tag="theirs")
        client = client_for(User.objects.create_superuser("only-mine"))
        go_on(client, client.post(f"/items/bulk/{name}/", {"pk": [mine.pk, other.pk]}), "defer")
        job = finish(Job.objects.get())

        assert (1, 1) == (job.total, job.done)
        assert [(other.pk, 0)] == list(Item.objects.filter(tag="theirs").values_list("pk", "n"))

    def test_strangers_queue_nothing(self, client_for, items):
        """
        A24: without signing in one could have rows deleted in the background.
        """
        rows = items(2)
        answer = client_for().post("/items/bulk/delete/", {"pk": rows[0].pk, "_step": "defer"})

        assert (302, 2, 0) == (answer.status_code, Item.objects.count(), Job.objects.count())

    def test_keys_need_not_be_numbers(self, client, books, route, finish):
        """
        A23: a model with UUID keys was an error of the server.
        """
        (book,) = books(1)
        Copy.objects.bulk_create([Copy(book=book, shelf=f"a-{n}") for n in range(3)])
        bulk = [BulkDelete(atomic=False)]
        url = route(type("CopyView", (CRUDView,), {"model": Copy, "bulk": bulk, "url_base": "x"}))
        ids = [str(copy.pk) for copy in Copy.objects.all()[:2]]
        answer = client.post(f"{url}bulk/delete/", {"pk": ids})
        go_on(client, answer, "defer")

        assert "done" == finish(Job.objects.get()).state
        assert 1 == Copy.objects.count()


class TestOutcome:
    def test_one_bad_row_takes_nobody_along(self, items, plan, finish, editor):
        """
        A2: nothing was saved, and "Completed successfully!" was told.
        """
        items(*[""] * 199, "error", *[""] * 100)
        job = finish(submit(plan("bump")))

        assert (299, 299) == (job.done, Item.objects.filter(n=1).count())
        assert ["done in part"] == [one.state_label for one in progress(editor)]

    def test_a_lost_connection_is_no_success(self, items, plan, finish, monkeypatch):
        """
        A3: an exception of the database was told as success.
        """
        items(3)
        job = submit(plan("bump"))
        with monkeypatch.context() as patch:
            patch.setattr(work, "change", lambda item: fail(OperationalError("gone")))
            deliver(job.pk)
        job.refresh_from_db()
        assert ("queued", [0, 0, 0]) == (job.state, counts())

        Job.objects.update(due=None)
        assert ("done", [1, 1, 1]) == (finish(job).state, counts())

    def test_a_row_that_is_deleted_meanwhile_stays_deleted(self, items, plan, finish, one_by_one):
        """
        A17: it was saved again.
        """
        rows = items(3)
        job = submit(plan("bump"))
        deliver(job.pk)
        Item.objects.filter(pk=rows[2].pk).delete()
        job = finish(job)

        assert ("partial", [1, 1]) == (job.state, counts())
        assert ["gone"] == list(JobRow.objects.values_list("code", flat=True))

    def test_what_is_edited_meanwhile_stays_edited(self, items, plan, finish, one_by_one):
        """
        A18: rows were loaded at the start and saved with all their fields at the end.
        """
        rows = items(3)
        job = submit(plan("bump"))
        deliver(job.pk)
        Item.objects.filter(pk=rows[2].pk).update(name="Edited", n=10)
        finish(job)

        assert ("Edited", 11) == tuple(Item.objects.values_list("name", "n").get(pk=rows[2].pk))

    def test_a_form_from_before_the_job_reverts_nothing(self, client, items, plan, finish):
        """
        A19: what the job had done was overwritten in silence.
        """
        (item,) = items(1)
        url = f"/items/{item.pk}/edit/"
        sent = Page(client.get(url)).sent("form")
        finish(submit(plan("update", **{"mode-tag": "set", "tag": "by the job"})))
        client.post(url, {**sent, "name": "By me"})
        item.refresh_from_db()

        assert ("By me", "by the job") == (item.name, item.tag)

    def test_it_is_not_begun_again_for_ever(self, items, plan):
        """
        A25: a worker that dies was replaced without end.
        """
        items(2)
        job = submit(plan("bump_all"))
        Job.objects.update(deaths=10)
        deliver(job.pk)
        job.refresh_from_db()

        assert ("dead", "Its workers keep dying.") == (job.state, job.reason)
        assert not Claim.objects.exists()

    def test_who_loses_the_right_meanwhile_stops_it(self, items, plan, finish, one, one_by_one):
        """
        A30: neither account nor permission was looked at again.
        """
        items(3)
        job = submit(plan("bump", user=one))
        deliver(job.pk)
        one.user_permissions.clear()

        assert ("cancelled", [1, 0, 0]) == (finish(job).state, counts())


class TestClaims:
    def test_cleaning_up_takes_nothing_from_a_live_job(self, items, plan, one_by_one):
        """
        A4: the locks of a running job were deleted, for its queue had not told of it yet.
        """
        rows = items(3)
        job = submit(plan("bump"))
        deliver(job.pk)
        Job.objects.update(state="running")
        found = prune(days=0, keep_failed=0), sweep(), Claim.objects.count()

        assert (0, 0, 3) == found
        with pytest.raises(ClaimConflict):
            submit(plan("bump", rows[:1]))

    def test_they_last_as_long_as_their_job(self, items, plan, settings):
        """
        A5: they ran out while the job was at work, and another one began.
        """
        settings.POWERCRUD_JOB_LEASE = 0.001
        rows = items(2)
        submit(plan("bump"))
        sweep()

        with pytest.raises(ClaimConflict):
            submit(plan("bump", rows))

    def test_a_thousand_are_a_thousand(self, items, plan):
        """
        A6: of more than 300 the cache forgot some, and others got them.
        """
        rows = items(1000)
        submit(plan("bump"))

        assert 1000 == Claim.objects.count()
        with pytest.raises(ClaimConflict):
            submit(plan("bump", rows[-1:]))

    def test_what_a_job_has_it_may_claim_again(self, items, plan, finish, monkeypatch):
        """
        A9: a job was in conflict with itself when it named its rows and those below them.
        """
        rows, shared = items(2), Shared.objects.create()
        monkeypatch.setattr(work, "change", lambda item: current_job().claim(rows, shared))

        assert ("done", 2) == (lambda job: (job.state, job.done))(finish(submit(plan("bump"))))

    def test_who_comes_late_gives_back_only_its_own(self, items):
        """
        A10: whoever had overslept deleted the lock of who had it next.
        """
        rows = items(1)
        late = claim(rows, lease=-1)
        with late, claim(rows, reason="B"):
            late.__exit__()

            assert ["B"] == [str(one.holder) for one in Claim.objects.all()]

    def test_a_look_that_fails_is_no_yes(self, items, plan, client, monkeypatch):
        """
        A31: where the conflicts could not be looked up, there were none.
        """
        (item,) = items(1)
        sent = Page(client.get(f"/items/{item.pk}/edit/")).sent("form")
        monkeypatch.setattr(
            "powercrud_core.contention._providers", [lambda *_: fail(OperationalError("no"))]
        )
        monkeypatch.setattr(
            "powercrud_core.jobs.claims._held", lambda *_: fail(OperationalError("no"))
        )
        with pytest.raises(OperationalError):
            submit(plan("bump"))
        with pytest.raises(OperationalError):
            client.post(f"/items/{item.pk}/edit/", {**sent, "name": "Mine"})

        assert (0, "Item 1") == (Job.objects.count(), Item.objects.get().name)


class TestQueue:
    def test_a_second_delivery_finds_it_at_work(self, items, plan, finish, monkeypatch):
        """
        A13: a job that took longer than the queue waits was done several times at once.
        """
        items(3)
        job = submit(plan("bump"))
        again = []

        def change(item):
            again.append(deliver(job.pk))
            item.n += 1
            item.save(update_fields=["n"])

        monkeypatch.setattr(work, "change", change)
        assert ("done", [1, 1, 1]) == (finish(job).state, counts())
        assert [None] * 3 == again

    def test_it_may_take_longer_than_a_delivery(self, items, plan, one_by_one):
        """
        A14: what took longer than a minute was rolled back, however far it was.
        """
        items(4)
        job = submit(plan("bump"))
        states = []
        while not states or states[-1] == "queued":
            states.append(deliver(job.pk))

        assert (["queued"] * 4 + ["done"], [1] * 4) == (states, counts())

    def test_nothing_is_to_be_done_when_the_queue_is_done(self, items, plan):
        """
        A15: locks were given back by a hook that not every queue calls.
        """
        items(2)
        deliver(submit(plan("bump")).pk)

        assert ("done", 0) == (Job.objects.get().state, Claim.objects.count())

    def test_no_cache_is_asked(self, settings, client, items, plan, editor, finish):
        """
        Flushed, too small or absent, a cache changes nothing: neither claims nor progress use it.
        """
        settings.CACHES = {"default": {"BACKEND": f"{__name__}.NoCache"}}
        items(5)
        job = submit(plan("bump"), user=editor)
        with pytest.raises(ClaimConflict), claim(Item):
            pass
        client.get("/items/")
        finish(job)

        assert "Bump: done" == Page(client.get("/items/")).one("jobs-status").get("data-pc-text")


class TestTelling:
    def test_of_what_does_not_exist_nobody_hears_success(self, client, client_for, db):
        """
        A16: any name of a task was answered with "Completed successfully!", to anyone.
        """
        unknown = uuid.uuid4()

        assert 404 == client.get(f"/jobs/{unknown}/").status_code
        assert not Page(client.get(f"/jobs/progress/?id={unknown}")).has("job")
        assert 302 == client_for().get(f"/jobs/progress/?id={unknown}").status_code

    def test_what_is_told_is_committed(self, items, plan, editor, one_by_one):
        """
        A16: it said "starting" until the end, and then 100 %.
        """
        items(4)
        job = submit(plan("bump"))
        told = []
        for _ in range(3):
            deliver(job.pk)
            (found,) = progress(editor)
            told.append((found.processed, found.percent, sum(counts())))

        assert [(1, 25, 1), (2, 50, 2), (3, 75, 3)] == told

    def test_work_knows_its_job(self, items, plan, finish, monkeypatch):
        """
        A21: the context that was to tell so was never entered.
        """
        seen = []
        items(2)
        monkeypatch.setattr(work, "change", lambda item: seen.append(current_job().id))
        job = finish(submit(plan("bump")))

        assert [job.pk] * 2 == seen

    def test_it_can_be_stopped(self, items, plan, editor, finish, one_by_one, monkeypatch):
        """
        A26: there was no way to.
        """
        items(3)
        job = submit(plan("bump"))

        def change(item):
            cancel(job, editor)
            Item.objects.filter(pk=item.pk).update(n=1)

        monkeypatch.setattr(work, "change", change)
        job = finish(job)
        assert ("cancelled", "editor", [1, 0, 0]) == (job.state, job.cancelled_by, counts())

    def test_the_page_asks_where_somebody_answers(self, client, items, plan, editor):
        """
        A32: the address that was documented was not the one that answered.
        """
        items(1)
        submit(plan("bump"), user=editor)
        url = Page(client.get("/items/")).one("jobs").get("data-pc-poll")

        assert url.startswith("/jobs/progress/?id=")
        assert 200 == client.get(url).status_code

    def test_its_log_is_as_loud_as_the_project_wants(self):
        """
        A32: importing it set the level.
        """
        assert logging.NOTSET == logging.getLogger("powercrud.jobs").level
