"""What others are told of a job's course, and that their mistakes are not the job's."""

import logging

import pytest

from powercrud_core.jobs import (
    deliver,
    job_finished,
    job_paused,
    job_progressed,
    job_started,
    job_submitted,
    submit,
)
from powercrud_core.jobs.models import Job
from tests.jobs.models import Item

SIGNALS = {
    "submitted": job_submitted,
    "started": job_started,
    "progressed": job_progressed,
    "paused": job_paused,
    "finished": job_finished,
}


@pytest.fixture
def told():
    """Return what was sent, in order, with the state that was committed by then."""
    seen, receivers = [], []
    for name, signal in SIGNALS.items():

        def receive(job, name=name, **more):
            seen.append((name, Job.objects.get(pk=job.pk).state))

        signal.connect(receive, weak=False)
        receivers.append((signal, receive))
    yield seen
    for signal, receive in receivers:
        signal.disconnect(receive)


@pytest.mark.django_db(transaction=True)
class TestSignals:
    def test_every_transition_is_told_once_it_is_committed(self, items, plan, told, settings):
        settings.POWERCRUD_JOB_SLICE = 0
        items(2)
        job = submit(plan("bump"))
        deliver(job.pk)
        deliver(job.pk)

        assert [
            ("submitted", "queued"),
            ("started", "running"),
            ("progressed", "running"),
            ("paused", "queued"),
            ("started", "running"),
            ("finished", "done"),
        ] == told

    def test_a_receiver_that_fails_harms_nobody(self, items, plan, caplog):
        def fail(job, **more):
            raise ZeroDivisionError

        items(2)
        for signal in SIGNALS.values():
            signal.connect(fail)
        try:
            job = submit(plan("bump"))
            deliver(job.pk)
        finally:
            for signal in SIGNALS.values():
                signal.disconnect(fail)

        assert "done" == Job.objects.get().state
        assert "fail" in caplog.text

    def test_the_log_has_facts_and_no_rows(self, items, plan, caplog):
        caplog.set_level(logging.INFO, "powercrud.jobs")
        items(2)
        job = submit(plan("bump"))
        deliver(job.pk)

        (record,) = [r for r in caplog.records if r.powercrud["event"] == "finished"]
        assert (str(job.pk), "done", 2, 2) == tuple(
            record.powercrud[name] for name in ("job", "state", "done", "total")
        )
        assert "Item" not in caplog.text

    def test_a_queue_that_is_down_loses_nothing(self, items, plan, settings, caplog):
        settings.POWERCRUD_JOB_RUNNER = "tests.jobs.work.fail"
        items(2)
        job = submit(plan("bump"))
        job.refresh_from_db()

        assert "queued" == job.state
        assert "The queue cannot be reached; it will be tried again." == job.reason
        deliver(job.pk)
        job.refresh_from_db()
        assert ("done", "") == (job.state, job.reason)
        assert [1, 1] == list(Item.objects.values_list("n", flat=True))
