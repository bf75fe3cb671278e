"""The engine: what a job does with its rows, in one process."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from powercrud_core.bulk import Plan, PlanError
from powercrud_core.jobs import ClaimConflict, JobError, deliver, retry, submit
from powercrud_core.jobs.models import Claim, Job, JobRow
from powercrud_core.selection import Selection
from tests.jobs.models import Effect, Item, Shared
from tests.jobs.work import count, nothing, tell, tell_badly


def counts():
    return list(Item.objects.order_by("pk").values_list("n", flat=True))


def codes(job):
    return list(JobRow.objects.filter(job=job).values_list("code", flat=True))


class TestPlan:
    def test_every_row_is_changed_once(self, items, plan, finish):
        items(7)
        job = finish(submit(plan("bump")))

        assert ("done", 7, 7, 100) == (job.state, job.total, job.done, job.percent)
        assert [1] * 7 == counts()
        assert not Claim.objects.exists()

    def test_rows_that_fail_are_told_with_a_reason(self, items, plan, finish):
        items("", "invalid", "integrity", "error", "unspeakable", "")
        job = finish(submit(plan("bump")))

        assert ("partial", 2, 4) == (job.state, job.done, job.failed)
        assert ["invalid", "conflict", "error", "error"] == codes(job)
        assert [1, 0, 0, 0, 0, 1] == counts()
        assert "secret" not in " ".join(JobRow.objects.values_list("reason", flat=True))

    def test_a_job_of_which_no_row_succeeds_has_failed(self, items, plan, finish):
        items("error", "invalid")

        assert "failed" == finish(submit(plan("bump"))).state

    def test_all_or_none(self, items, plan, finish):
        items(*["", "", "error", ""])
        job = finish(submit(plan("bump_all")))

        assert ("failed", 0, 1) == (job.state, job.done, job.failed)
        assert [0] * 4 == counts()

    def test_more_than_an_atomic_job_takes_is_refused(self, items, plan):
        items(201)

        with pytest.raises(PlanError, match="At most 200 rows"):
            submit(plan("bump_all"))
        assert not Job.objects.exists() and not Claim.objects.exists()

    def test_the_form_is_asked_again(self, items, plan, finish):
        items(2)
        job = submit(plan("add", amount=3))
        Job.objects.update(params={**job.params, "data": {"amount": ["999"]}})
        job = finish(job)

        assert ("failed", [0, 0]) == (job.state, counts())
        assert "Please correct" in job.reason

    def test_its_last_word_is_the_operations(self, items, plan, finish):
        items(3)
        job = finish(submit(plan("add", amount=3)))

        assert ("3 added.", [3, 3, 3]) == (job.note, counts())

    def test_one_without_rows(self, db, plan, finish):
        job = finish(submit(plan("rebuild")))

        assert ("done", "Rebuilt.") == (job.state, job.note)
        assert 1 == Shared.objects.count()

    def test_a_simulation_keeps_nothing(self, items, plan, finish):
        items("", "error", "")
        job = finish(submit(plan("bump"), dry=True))

        assert ("partial", 2, ["error"]) == (job.state, job.done, codes(job))
        assert [0, 0, 0] == counts()

    def test_an_operation_that_is_gone_is_no_crash(self, items, plan, finish):
        items(1)
        job = submit(plan("bump"))
        Job.objects.update(params={**job.params, "operation": "renamed"})
        job = finish(job)

        assert "failed" == job.state
        assert "has no operation" in job.reason
        assert not Claim.objects.exists()


class TestPermission:
    @pytest.fixture
    def user(self, permissions):
        return permissions("view_item", "change_item")

    def test_who_lost_the_right_stops_the_job(self, items, plan, finish, user):
        items(3)
        job = submit(plan("bump", user=user))
        user.user_permissions.clear()
        job = finish(job)

        assert ("cancelled", [0, 0, 0]) == (job.state, counts())
        assert job.reason

    def test_who_has_no_account_any_more_too(self, items, plan, finish, user):
        items(1)
        job = submit(plan("bump", user=user))
        User.objects.filter(pk=user.pk).update(is_active=False)

        assert "cancelled" == finish(job).state

    def test_rows_out_of_sight_are_not_touched(self, items, finish, permissions):
        user = User.objects.create_superuser("only-mine")
        items("", tag="only-mine")
        (other,) = items("", tag="theirs")
        job = submit(
            Plan(
                view="/items/",
                operation="bump",
                selection=Selection(state=""),
                user_id=str(user.pk),
            )
        )
        assert 1 == job.total
        Item.objects.exclude(pk=other.pk).update(tag="theirs")
        job = finish(job)

        assert ([0, 0], ["gone"]) == (counts(), codes(job))

    def test_nobody_submits_in_another_ones_name(self, items, plan, user):
        items(1)

        with pytest.raises(PlanError):
            submit(plan("bump"), user=user)


class TestCalls:
    def test_a_function_is_called_for_each_object(self, items, finish):
        job = finish(submit(count, items(3), by=5))

        assert ("done", [5, 5, 5], "Item 3 counted") == (job.state, counts(), job.note)

    def test_or_once(self, db, finish):
        assert ("done", 1) == (lambda job: (job.state, job.done))(finish(submit(nothing)))

    def test_what_no_other_process_finds_is_refused(self, db):
        with pytest.raises(TypeError, match="at the top of a module"):
            submit(lambda item: None)

    def test_so_is_what_is_no_json(self, items):
        with pytest.raises(TypeError, match="not JSON serializable"):
            submit(count, items(1), by=object())

    def test_a_function_that_is_gone_is_no_crash(self, items, finish):
        job = submit(count, items(1))
        Job.objects.update(operation="tests.jobs.work.renamed")
        job = finish(job)

        assert "failed" == job.state
        assert "tests.jobs.work.renamed" in job.reason

    def test_effects_come_after_the_commit(self, items, finish):
        rows = items("", "error", "")
        job = finish(submit(tell, rows))

        keys = [f"{job.pk}:jobtests.item:{rows[i].pk}" for i in (0, 2)]
        assert keys == list(Effect.objects.order_by("pk").values_list("key", flat=True))

    def test_an_effect_that_fails_harms_nobody(self, items, finish, caplog):
        job = finish(submit(tell_badly, items(2)))

        assert "done" == job.state
        assert "fail failed after the commit" in caplog.text


class TestSubmitting:
    def test_twice_is_once(self, items, plan):
        items(2)
        first = submit(plan("bump"), once="form-1")

        assert first == submit(plan("bump"), once="form-1")
        assert 1 == Job.objects.count()

    def test_others_rows_are_not_to_be_had(self, items, plan):
        rows = items(4)
        submit(plan("bump", rows[:1]))

        with pytest.raises(ClaimConflict, match="Being changed by “Bump”"):
            submit(plan("bump"))
        assert (1, 1) == (Job.objects.count(), Claim.objects.count())

    def test_or_are_put_off(self, items, plan, finish):
        rows = items(4)
        first = submit(plan("bump", rows[:1]))
        second = submit(plan("bump"), policy="free")
        finish(first)
        second = finish(second)

        assert ("done", [2, 1, 1, 1]) == (second.state, counts())

    def test_nothing_is_no_job(self, db, plan):
        with pytest.raises(PlanError):
            submit(plan("bump"))

    @pytest.mark.django_db(transaction=True)
    def test_a_request_that_is_rolled_back_leaves_nothing(self, items, plan, settings):
        from django.db import transaction

        settings.POWERCRUD_JOB_RUNNER = "inline"
        items(2)
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            submit(plan("bump"))
            raise ZeroDivisionError

        assert not Job.objects.exists() and not Claim.objects.exists()
        assert [0, 0] == counts()

    @pytest.mark.django_db(transaction=True)
    def test_inline_it_is_done_at_once(self, items, plan, settings):
        settings.POWERCRUD_JOB_RUNNER = "inline"
        items(2)
        job = submit(plan("bump"))
        job.refresh_from_db()

        assert ("done", "inline", [1, 1]) == (job.state, job.runner, counts())


class TestRetry:
    def test_only_what_failed(self, items, plan, finish):
        items("", "error", "")
        job = finish(submit(plan("bump")))
        Item.objects.update(kind="")
        again = retry(job)

        assert (again, 1, job) == (retry(job), again.total, again.retry_of)
        assert "done" == finish(again).state
        assert [1, 1, 1] == counts()

    def test_and_what_was_not_reached(self, items, plan, finish, settings):
        settings.POWERCRUD_JOB_SLICE = 0
        items(5)
        job = submit(plan("bump"))
        Job.objects.update(step=2)
        deliver(job.pk)
        from powercrud_core.jobs import cancel

        cancel(job)
        job.refresh_from_db()
        assert ("cancelled", 2) == (job.state, job.done)
        settings.POWERCRUD_JOB_SLICE = 30
        finish(retry(job))

        assert [1] * 5 == counts()

    def test_again_and_again(self, items, plan, finish):
        rows = items("", "error", "error")
        job = finish(submit(plan("bump")))
        for row in rows[1:]:
            Item.objects.filter(pk=row.pk).update(kind="")
            job = finish(retry(job))

        assert ("done", 1, [1, 1, 1]) == (job.state, job.total, counts())

    def test_not_while_somebody_may_go_on(self, items, plan):
        items("error")
        job = submit(plan("bump"))
        Job.objects.update(state="running", lease_until=timezone.now() - timedelta(hours=1))

        with pytest.raises(JobError, match="not over yet"):
            retry(job)
