"""What people are told of jobs, and what they may do with them."""

import signal
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.utils import timezone

from powercrud_core.bulk import BulkDelete
from powercrud_core.jobs import (
    Deferral,
    JobError,
    cancel,
    deferral,
    deliver,
    get_job,
    mark_seen,
    outcomes,
    progress,
    prune,
    retry,
    submit,
    sweep,
)
from powercrud_core.jobs.models import Claim, Job, JobRow
from tests.jobs.work import Bump, BumpAll, count


@pytest.fixture
def stranger(permissions):
    return permissions("view_item")


class TestProgress:
    def test_it_tells_what_is_committed(self, items, plan, editor, settings):
        settings.POWERCRUD_JOB_SLICE = 0
        items(10)
        job = submit(plan("bump"))
        Job.objects.update(step=4)
        deliver(job.pk)
        (found,) = progress(editor)

        assert (str(job.pk), "Bump", "editor") == (found.id, found.label, found.owner)
        assert ("queued", 10, 4, 40) == (found.state, found.total, found.processed, found.percent)
        assert (None, None, True, 1) == (found.rate, found.left, found.active, found.delay)
        assert "waiting" == found.state_label

    def test_it_costs_one_query(self, items, plan, editor, queries):
        items(2)
        submit(plan("bump"))
        Job.objects.update(rung=timezone.now())

        assert 1 == queries(lambda: progress(editor))

    def test_a_rate_needs_three_commits(self, items, plan, editor):
        items(10)
        job = submit(plan("bump"))
        Job.objects.filter(pk=job.pk).update(state="running", commits=3, rate=2.5, done=5)
        Job.objects.update(lease_until=timezone.now() + timedelta(minutes=1))
        (found,) = progress(editor)

        assert (2.5, 2.0, "") == (found.rate, found.left, found.notice)

    def test_nobody_comes(self, items, plan, editor):
        items(1)
        submit(plan("bump"))
        Job.objects.update(created=timezone.now() - timedelta(seconds=50), rung=timezone.now())
        (found,) = progress(editor)

        assert "No worker has picked this up for 50 seconds." == found.notice

    def test_nobody_comes_for_the_rest(self, items, plan, editor, settings):
        settings.POWERCRUD_JOB_SLICE = 0
        items(2)
        job = submit(plan("bump"))
        Job.objects.update(step=1)
        deliver(job.pk)
        sweep()  # being rung again is no worker
        Job.objects.update(due=timezone.now() - timedelta(seconds=50), rung=timezone.now())
        (found,) = progress(editor)

        assert "No worker has picked this up for 50 seconds." == found.notice

    def test_who_worked_on_it_is_gone(self, items, plan, editor):
        items(1)
        submit(plan("bump"))
        late = timezone.now() - timedelta(seconds=5)
        Job.objects.update(state="running", lease_until=late, rung=timezone.now())
        (found,) = progress(editor)

        assert "The worker has stopped. Another one will go on." == found.notice
        assert 5 == found.waited

    def test_an_end_is_told_once(self, items, plan, editor, finish):
        items(1)
        job = finish(submit(plan("bump")))
        (found,) = progress(editor)

        assert ("done", 0, False) == (found.state, found.delay, found.active)
        assert found.news
        assert 1 == mark_seen(editor, [job.pk])
        assert 0 == mark_seen(editor, [job.pk])
        assert [] == progress(editor)
        assert [(str(job.pk), False)] == [(one.id, one.news) for one in progress(editor, [job.pk])]

    def test_it_is_news_to_its_owner_only(self, items, plan, editor, permissions, finish):
        items(1)
        job = finish(submit(plan("bump")))
        (found,) = progress(permissions("view_job"), [job.pk])

        assert ("done", False) == (found.state, found.news)

    def test_others_see_nothing(self, items, plan, stranger):
        items(1)
        job = submit(plan("bump"))

        assert [] == progress(stranger) == progress(stranger, [job.pk])
        assert None is get_job(stranger, job.pk) is get_job(AnonymousUser(), job.pk)
        assert [] == progress(AnonymousUser())

    def test_a_stranger_sees_not_even_what_is_nobodys(self, items, editor):
        job = submit(count, items(1))

        assert [] == progress(AnonymousUser()) == progress(AnonymousUser(), [job.pk])
        assert 0 == mark_seen(AnonymousUser(), [job.pk])
        assert [] == progress(editor, ["nonsense"])

    def test_unless_they_may(self, items, plan, permissions):
        items(1)
        job = submit(plan("bump"))
        viewer = permissions("view_job")

        assert job == get_job(viewer, str(job.pk))
        assert None is get_job(viewer, "nonsense")
        assert [] == progress(viewer)

    def test_who_asks_calls_a_worker(self, items, plan, editor, settings):
        settings.POWERCRUD_JOB_RUNNER = "inline"
        items(1)
        submit(plan("bump"))  # nobody is told: the test's transaction never ends
        progress(editor)

        assert "done" == Job.objects.get().state


class TestOutcomes:
    def test_they_come_in_pages(self, items, plan, finish):
        items(*["error"] * 5, "")
        job = finish(submit(plan("bump")))

        assert [2, 2, 1] == [len(outcomes(job, page=n, size=2)) for n in (1, 2, 3)]
        assert 5 == outcomes(job, state="failed").paginator.count
        assert 0 == outcomes(job, state="skipped").paginator.count


class TestControls:
    def test_a_waiting_job_stops_at_once(self, items, plan, editor):
        items(2)
        job = submit(plan("bump"))

        assert (True, False) == (cancel(job, editor), cancel(job, editor))
        job.refresh_from_db()
        assert ("cancelled", "editor") == (job.state, job.cancelled_by)
        assert not Claim.objects.exists()

    def test_not_by_anybody(self, items, plan, stranger, finish):
        items("error")
        job = submit(plan("bump"))
        with pytest.raises(PermissionDenied):
            cancel(job, stranger)
        job = finish(job)
        with pytest.raises(PermissionDenied):
            retry(job, stranger)

    def test_a_job_that_runs_cannot_be_retried(self, items, plan):
        items(1)

        with pytest.raises(JobError):
            retry(submit(plan("bump")))

    def test_nor_one_that_left_nothing(self, items, plan, finish):
        items(1)

        with pytest.raises(JobError):
            retry(finish(submit(plan("bump"))))

    def test_live_jobs_are_never_pruned(self, items, plan, finish):
        rows = items("", "error", "")
        finish(submit(plan("bump", rows[:1])))
        partial = finish(submit(plan("bump", rows[:2])))
        live = submit(plan("bump", rows[2:]))
        Job.objects.update(finished=timezone.now() - timedelta(days=31))
        Job.objects.filter(pk=live.pk).update(finished=None)

        assert 1 == prune()
        assert {partial, live} == set(Job.objects.all())
        assert 1 == prune(days=30, keep_failed=30)
        assert [live] == list(Job.objects.all())
        assert not JobRow.objects.exists()

    def test_a_ring_is_not_repeated_at_once(self, items, plan):
        items(1)
        submit(plan("bump"))

        assert (1, 0) == (sweep(), sweep())


class TestDeferral:
    def test_it_follows_the_operation(self):
        assert Deferral(may=True, must=False) == deferral(Bump(defer_above=10), 10)
        assert Deferral(may=True, must=True) == deferral(Bump(defer_above=10), 11)
        assert Deferral(may=False, must=False) == deferral(BumpAll(defer_above=10), 201)
        assert Deferral(may=True, must=False) == deferral(BulkDelete(), 5)


class TestCommand:
    @pytest.mark.django_db(transaction=True)
    def test_run_once_leaves_nothing(self, items, plan):
        """
        Neither a job, nor its own answer to signals.
        """
        before = signal.getsignal(signal.SIGINT)
        items(3)
        submit(plan("bump"))
        call_command("powercrud_jobs", "run", "--once", "--sleep", "0")

        assert "done" == Job.objects.get().state
        assert before == signal.getsignal(signal.SIGINT)

    def test_status(self, items, plan, capsys):
        items(1)
        submit(plan("bump"))
        call_command("powercrud_jobs", "status", "--format", "json")
        assert '"queued": 1' in capsys.readouterr().out

        Job.objects.update(created=timezone.now() - timedelta(hours=1))
        with pytest.raises(CommandError, match="has waited for 36"):
            call_command("powercrud_jobs", "status")

    def test_a_long_job_between_two_slices_has_not_waited(self, items, plan, settings, capsys):
        settings.POWERCRUD_JOB_SLICE = 0
        items(2)
        job = submit(plan("bump"))
        Job.objects.update(step=1, created=timezone.now() - timedelta(hours=1))
        deliver(job.pk)
        call_command("powercrud_jobs", "status", "--max-wait", "60")

        assert "queued: 1" in capsys.readouterr().out

    def test_cancel_sweep_and_prune(self, items, capsys):
        job = submit(count, items(1))
        call_command("powercrud_jobs", "sweep")
        call_command("powercrud_jobs", "cancel", str(job.pk))
        call_command("powercrud_jobs", "prune", "--days", "0")

        assert ["1 rung by worker", "It stops.", "1 deleted"] == capsys.readouterr().out.split(
            "\n"
        )[:3]
        with pytest.raises(CommandError, match="There is no job"):
            call_command("powercrud_jobs", "cancel", str(job.pk))
        with pytest.raises(CommandError, match="not the key"):
            call_command("powercrud_jobs", "cancel", "7")
