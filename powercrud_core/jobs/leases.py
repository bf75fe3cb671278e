"""Who has a job: taken, held on a lease, given back or ended, each by one compare-and-set."""

from datetime import timedelta
from typing import Any

from django.db import router, transaction
from django.db.models import F, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from powercrud_core.conf import get_conf
from powercrud_core.jobs import claims
from powercrud_core.jobs.faults import fault
from powercrud_core.jobs.models import ACTIVE, Clock, Job, JobChunk
from powercrud_core.jobs.signals import announce, job_finished, job_paused, job_started

__all__ = ["LeaseLostError", "chunks_left", "end", "lease", "narrow", "result", "take"]

State = Job.State


class LeaseLostError(Exception):
    """Somebody else has taken the job: whatever this one did is not committed."""


def lease(deaths: int = 0) -> Any:
    """Return until when a worker has time to commit: longer where others had too little."""
    seconds = get_conf().job_lease * 2 ** min(max(deaths - 1, 0), 4)
    return Clock() + Value(timedelta(seconds=seconds))


def take(job_id: Any) -> Job | None:
    """Take a job that waits, or whose worker has not been heard of; return None for others."""
    alias = router.db_for_write(Job)
    rows = Job.objects.using(alias).filter(pk=job_id).exclude(kind=Job.Kind.CLAIM)
    running = {"state": State.RUNNING, "token": F("token") + 1, "lease_until": lease()}
    first = {"started": Coalesce(F("started"), Value(timezone.now()))}
    with transaction.atomic(using=alias):
        late = 0
        got = rows.filter(state=State.QUEUED, due=None).update(**running, **first)
        got = got or rows.filter(state=State.QUEUED, due__lte=Clock()).update(**running, **first)
        if not got:
            overdue = rows.filter(state=State.RUNNING, lease_until__lt=Clock())
            got = late = overdue.update(**running, deaths=F("deaths") + 1)
        if not got and not Job.objects.using(alias).filter(parent=job_id, state__in=ACTIVE):
            got = rows.filter(state=State.WAITING).update(**running)
        if not got:
            return None
        job = rows.get()
        if late:
            narrow(job)
        if job.deaths:
            rows.update(lease_until=lease(job.deaths), step=job.step, suspects=job.suspects)
        announce(job_started, job, "resumed" if late else "started")
    return job


def chunks_left(job: Job) -> Any:
    """Return the chunks that are not done with, in order."""
    rows = JobChunk.objects.using(job._state.db).filter(job=job, at__lt=F("size"))
    return rows.order_by("seq")


def narrow(job: Job) -> None:
    """Take fewer rows at a time after workers died over them: one of them may be why."""
    if job.atomic or (job.deaths < 2 and not job.suspects):
        return
    chunk = chunks_left(job).first()
    if chunk is not None:
        job.suspects = min(job.step, chunk.size - chunk.at)
        job.step = max(1, job.suspects // 2)


def end(job: Job, state: str, reason: str = "") -> bool:
    """Let a job that this worker has be over, its claims with it; say whether it still had it."""
    alias = job._state.db
    with transaction.atomic(using=alias):
        rows = Job.objects.using(alias).filter(pk=job.pk, token=job.token, state=State.RUNNING)
        values: dict[str, Any] = {"state": state, "lease_until": None, "reason": reason}
        if state == State.QUEUED:
            values["due"] = Clock()
        if state not in ACTIVE:
            values |= {
                "finished": timezone.now(),
                "once": None if state != State.DONE else F("once"),
            }
        if not rows.update(**values):
            return False
        job.state, job.reason = state, reason
        if state not in ACTIVE:
            claims.release(job)
        fault("finishing")
        paused = state in ACTIVE
        announce(job_paused if paused else job_finished, job, "paused" if paused else "finished")
    return True


def result(job: Job, whole: bool) -> str:
    """Return how a job ended of which every row is done with."""
    good = job.done + job.unchanged
    if job.meta.get("undone") or (job.failed and not good):
        return State.FAILED
    return State.PARTIAL if job.failed or job.skipped or not whole else State.DONE
