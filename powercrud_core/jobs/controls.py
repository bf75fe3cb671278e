"""What people and programs do with jobs: find, cancel, retry, ring again, clean up."""

import json
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import router, transaction
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from powercrud_core.bulk import Chunk
from powercrud_core.bulk.running import parts
from powercrud_core.conf import get_conf
from powercrud_core.jobs import claims, runners
from powercrud_core.jobs.models import ACTIVE, Claim, Clock, Job, JobChunk, JobRow
from powercrud_core.jobs.signals import announce, job_finished, job_submitted
from powercrud_core.jobs.submitting import STORED, JobError

__all__ = [
    "cancel",
    "drop_lapsed",
    "get_job",
    "pending",
    "prune",
    "ready",
    "retry",
    "sweep",
    "visible",
]

State = Job.State
BATCH = 500
SWEPT = 50


def visible(user: Any) -> "QuerySet[Job]":
    """Return the jobs that a user may see: the own ones; all with the permission to view jobs."""
    jobs = Job.objects.exclude(kind=Job.Kind.CLAIM)
    if user.is_authenticated and user.is_active and user.has_perm("powercrud_jobs.view_job"):
        return jobs
    return jobs.filter(owner=user.pk) if user.is_authenticated else jobs.none()


def get_job(user: Any, job_id: Any) -> Job | None:
    """Return a job that the user may see, None where there is none: a 404, never a 403."""
    try:
        return visible(user).filter(pk=job_id).first()
    except (ValidationError, ValueError):
        return None


def _may(user: Any, job: Job) -> None:
    own = user.is_authenticated and user.is_active and job.owner_id == user.pk
    if not own and not user.has_perm("powercrud_jobs.change_job"):
        raise PermissionDenied(_("This is somebody else's job."))


def cancel(job: Job, user: Any = None) -> bool:
    """Let a job stop: at once if it waits, after the current step if it runs; say if it will.

    user: who wants it; PermissionDenied for somebody else's job without the permission to change
    jobs. None asks nobody. Rows that are committed stay as they are.
    """
    if user is not None:
        _may(user, job)
    who = str(user or "")[:255]
    alias = router.db_for_write(Job)
    rows = Job.objects.using(alias).filter(pk=job.pk)
    idle = Q(state__in=[State.QUEUED, State.WAITING]) | Q(
        state=State.RUNNING, lease_until__lt=Clock()
    )
    with transaction.atomic(using=alias):
        # The mark is made first: it locks the row, and whoever takes the job next sees it.
        unasked = rows.filter(state__in=ACTIVE, cancel_requested=None)
        asked = unasked.update(cancel_requested=Clock(), cancelled_by=who)
        stopped = rows.filter(idle).update(
            state=State.CANCELLED,
            token=F("token") + 1,
            finished=timezone.now(),
            lease_until=None,
            once=None,
        )
        if stopped:
            job.refresh_from_db(using=alias)
            claims.release(job)
            announce(job_finished, job, "cancelled")
    for child in Job.objects.using(alias).filter(parent=job, state__in=ACTIVE):
        cancel(child)
    if stopped and job.parent_id:
        parent = Job.objects.using(alias).filter(pk=job.parent_id, state=State.WAITING).first()
        if parent is not None:
            runners.ring_later(parent)
    return bool(asked or stopped)


def retry(job: Job, user: Any = None) -> Job:
    """Return a new job for the rows of a job that is over which failed or were not reached.

    Asked twice it returns the same job. Raises JobError where there is nothing to retry, and what
    `submit` raises; user: as in `cancel`, and who will have done it.
    """
    if user is not None:
        _may(user, job)
    alias = router.db_for_write(Job)
    job = Job.objects.using(alias).get(pk=job.pk)
    if job.active:
        raise JobError(_("It is not over yet."))
    known = job.retries.exclude(state=State.CANCELLED).first()
    if known is not None:
        return known
    keys = list(_unfinished(job))
    if not keys:
        raise JobError(_("There is nothing left to do."))
    params = dict(job.params)
    owner, name = job.owner_id, job.owner_name
    if user is not None and user.pk != job.owner_id:
        params["user" if job.kind == Job.Kind.CALL else "user_id"] = str(user.pk)
        owner, name = user.pk, str(user)[:255]
    fields = ("kind", "operation", "label", "scope", "atomic", "dry", "step")
    new = Job(
        **{name: getattr(job, name) for name in fields},
        params=params,
        owner_id=owner,
        owner_name=name,
        retry_of=job,
        total=len(keys),
    )
    new.step = max(1, new.step)
    new.once = f"retry:{job.pk.hex}"
    with transaction.atomic(using=alias):
        size = len(keys) if job.atomic else STORED
        if new.scope and not new.dry:
            claims.acquire(new, {new.scope: [claims.key_text(key) for key in keys]})
        else:
            new.save(using=alias, force_insert=True)
        chunks = [
            JobChunk(job=new, seq=number, rows=Chunk(tuple(part)).to_json(), size=len(part))
            for number, part in enumerate(parts(keys, size))
        ]
        JobChunk.objects.using(alias).bulk_create(chunks, batch_size=200)
        announce(job_submitted, new, "submitted")
        runners.ring_later(new)
    return new


def _unfinished(job: Job) -> Iterable[str]:
    alias = job._state.db
    found: dict[str, None] = {}
    failed = JobRow.objects.using(alias).filter(job=job, state="failed")
    found.update(dict.fromkeys(failed.values_list("key", flat=True)))
    chunks = JobChunk.objects.using(alias).filter(job=job).order_by("seq")
    undone = bool(job.meta.get("undone"))
    for rows, at in chunks.values_list("rows", "at"):
        found.update(dict.fromkeys(rows[0][0 if undone else at :]))
    return found


def ready(jobs: "QuerySet[Job] | None" = None) -> "QuerySet[Job]":
    """Return the jobs that nobody works on although somebody could."""
    alias = router.db_for_write(Job)
    rows = (Job.objects.using(alias) if jobs is None else jobs).exclude(kind=Job.Kind.CLAIM)
    alive = Job.objects.using(alias).filter(parent=OuterRef("pk"), state__in=ACTIVE)
    return rows.filter(
        Q(state=State.QUEUED, due=None)
        | Q(state=State.QUEUED, due__lte=Clock())
        | Q(state=State.RUNNING, lease_until__lt=Clock())
        | Q(~Exists(alive), state=State.WAITING)
    )


def pending() -> bool:
    """Say whether any job is not over."""
    jobs = Job.objects.using(router.db_for_write(Job)).exclude(kind=Job.Kind.CLAIM)
    return jobs.filter(state__in=ACTIVE).exists()


def sweep(jobs: "QuerySet[Job] | None" = None) -> int:
    """Ring again for jobs that nobody works on, and drop claims that ran out; return how many.

    Not for one that was rung a moment ago, nor twice when several sweep at once.
    """
    alias = router.db_for_write(Job)
    patience = Clock() - Value(timedelta(seconds=get_conf().job_lease / 4))
    quiet = ready(jobs).filter(Q(rung=None) | Q(rung__lt=patience)).order_by("created")
    found = 0
    for job in quiet[:SWEPT]:
        if Job.objects.using(alias).filter(pk=job.pk, rings=job.rings).update(rings=F("rings") + 1):
            runners.ring(job)
            found += 1
    if jobs is None:
        drop_lapsed()
    return found


def drop_lapsed() -> int:
    """Delete claims whose lease has run out, of holders that are no jobs; return how many."""
    alias = router.db_for_write(Job)
    rows = Job.objects.using(alias).filter(kind=Job.Kind.CLAIM, lease_until__lt=Clock())
    return rows.delete()[0] if rows.exists() else 0


def prune(days: float = 30, keep_failed: float = 90) -> int:
    """Delete jobs that have been over for so many days, those that failed later; return how many.

    In small transactions, the rows' details first.
    """
    alias = router.db_for_write(Job)
    now = timezone.now()
    over = Job.objects.using(alias).exclude(state__in=ACTIVE).exclude(kind=Job.Kind.CLAIM)
    good = Q(state__in=[State.DONE, State.CANCELLED], finished__lt=now - timedelta(days=days))
    bad = Q(finished__lt=now - timedelta(days=max(days, keep_failed)))
    count = 0
    while keys := list(over.filter(good | bad).values_list("pk", flat=True)[:BATCH]):
        for model in (JobRow, JobChunk):
            for part in parts(keys, 20):
                model._default_manager.using(alias).filter(job__in=part).delete()
        with transaction.atomic(using=alias):
            Job.objects.using(alias).filter(pk__in=keys).delete()
        count += len(keys)
    return count


def status() -> dict[str, Any]:
    """Return how many jobs are in which state, and the longest wait for a worker, as JSON."""
    alias = router.db_for_write(Job)
    jobs = Job.objects.using(alias).exclude(kind=Job.Kind.CLAIM)
    counts: dict[str, int] = {str(state): jobs.filter(state=state).count() for state in State}
    stalled = jobs.filter(state=State.RUNNING, lease_until__lt=Clock())
    since = Case(When(started=None, then="created"), default=Coalesce("due", "created"))
    queued = jobs.filter(state=State.QUEUED).annotate(since=since, clock=Clock())
    oldest = queued.order_by("since").values_list("clock", "since").first()
    waited = max(0.0, (oldest[0] - oldest[1]).total_seconds()) if oldest else 0.0
    name, why = runners.chosen()
    found = {
        "runner": name,
        "why": why,
        "states": counts,
        "stalled": stalled.count(),
        "waited": round(waited, 1),
        "claims": Claim.objects.using(alias).count(),
    }
    return json.loads(json.dumps(found))  # type: ignore[no-any-return]
