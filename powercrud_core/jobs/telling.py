"""What a user is told of jobs: how far they are, and what became of each row."""

import logging
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db import DatabaseError, connections, router, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from powercrud_core.conf import get_conf
from powercrud_core.contention import is_busy
from powercrud_core.jobs import controls
from powercrud_core.jobs.models import ACTIVE, Clock, Job, JobRow

__all__ = ["Progress", "mark_seen", "outcomes", "progress"]

logger = logging.getLogger("powercrud.jobs")

STEPS = 3
DELAYS = (1, 1, 2, 3, 5, 10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a job is: facts that are committed, and what follows from them.

    id: its key as text; label: what it is; owner: whose; state: a `Job.State`.
    total, done, unchanged, skipped, failed: numbers of rows; processed: all but the total.
    percent: of the rows, 100 only when all are done with.
    rate: rows a second, left: seconds to go; None before three commits and when it is over.
    note: the last line of the work itself; reason: why it ended.
    notice: a sentence where nobody works on it, "" where somebody does; waited: for how many
        seconds nobody has.
    active: whether it is not over; cancelling: whether it was asked to stop; dry: a simulation.
    news: whether it is over and its owner, who asks, was not told yet.
    delay: seconds until it is worth asking again, 0 when it is over.
    """

    id: str
    label: str
    owner: str
    state: str
    total: int
    done: int
    unchanged: int
    skipped: int
    failed: int
    processed: int
    percent: int
    rate: float | None
    left: float | None
    note: str
    reason: str
    notice: str
    waited: int
    active: bool
    cancelling: bool
    dry: bool
    news: bool
    delay: int
    created: datetime
    started: datetime | None
    finished: datetime | None

    @property
    def state_label(self) -> str:
        """Return the state for people."""
        return str(Job.State(self.state).label)


def progress(
    user: Any,
    ids: Iterable[Any] = (),
    *,
    rows: QuerySet[Job] | None = None,
    watch: bool = True,
    limit: int = 50,
) -> list[Progress]:
    """Return how far a user's jobs are: those that run, those whose end was not told, and `ids`.

    One query. rows: the jobs among which to look, default is all that the user may see.
    watch: ring again for those that nobody works on; one query more where there are.
    """
    if not user.is_authenticated:
        return []
    ids = [key for key in ids if is_key(key)]
    if rows is None:
        rows = controls.visible(user) if ids else Job.objects.filter(owner=user.pk)
    active = Q(state__in=ACTIVE, owner=user.pk)
    untold = Q(seen=None, owner=user.pk, parent=None)
    rows = rows.exclude(kind=Job.Kind.CLAIM).filter(active | untold | Q(pk__in=ids))
    found = list(rows.annotate(clock=Clock()).order_by("created")[:limit])
    if watch:
        idle = [job.pk for job in found if job.active and _idle_for(job) > get_conf().job_lease / 4]
        if idle:
            with if_writable():
                controls.sweep(Job.objects.filter(pk__in=idle))
    return [progress_of(job, user) for job in found]


@contextmanager
def if_writable() -> Iterator[None]:
    """Leave something out where the database refuses to be written to: what is known is told."""
    alias = router.db_for_write(Job)
    try:
        # A savepoint only where there is a transaction: what is rung may need its own.
        with transaction.atomic(alias) if connections[alias].in_atomic_block else nullcontext():
            yield
    except DatabaseError as error:
        level = logging.INFO if is_busy(error) else logging.ERROR
        logger.log(level, "The database refuses to be written to.", exc_info=error)


def _idle_for(job: Any) -> float:
    """Return for how many seconds nobody has worked on a job, by the database's clock."""
    if job.state == Job.State.QUEUED:
        since = max(filter(None, (job.due, job.rung)), default=None)
    elif job.state == Job.State.RUNNING:
        since = job.lease_until
    else:
        since = None
    if since is None:
        return 0.0 if job.state != Job.State.QUEUED else 1e9
    return max(0.0, float((job.clock - since).total_seconds()))


def progress_of(job: Job, user: Any) -> Progress:
    """Return how far one job is, for a user."""
    clock = getattr(job, "clock", None) or timezone.now()
    going = job.state == Job.State.RUNNING and job.commits >= STEPS and job.rate > 0
    rest = max(0, job.total - job.processed)
    age = (clock - (job.started or job.created)).total_seconds()
    waited = _waited(job, clock)
    return Progress(
        id=str(job.pk),
        label=str(job),
        owner=job.owner_name,
        state=job.state,
        total=job.total,
        done=job.done,
        unchanged=job.unchanged,
        skipped=job.skipped,
        failed=job.failed,
        processed=job.processed,
        percent=job.percent,
        rate=round(job.rate, 1) if going else None,
        left=round(rest / job.rate, 1) if going else None,
        note=job.note,
        reason=job.reason,
        notice=_notice(job, waited),
        waited=waited,
        active=job.active,
        cancelling=job.cancel_requested is not None and job.active,
        dry=job.dry,
        news=not job.active and job.seen is None and job.owner_id == user.pk,
        delay=_delay(age) if job.active else 0,
        created=job.created,
        started=job.started,
        finished=job.finished,
    )


def _waited(job: Job, clock: datetime) -> int:
    if job.state == Job.State.QUEUED and job.started is None:
        return max(0, int((clock - job.created).total_seconds()))
    if job.state == Job.State.QUEUED and job.due is not None:
        return max(0, int((clock - job.due).total_seconds()))
    if job.state == Job.State.RUNNING and job.lease_until is not None:
        return max(0, int((clock - job.lease_until).total_seconds()))
    return 0


def _notice(job: Job, waited: int) -> str:
    if job.state == Job.State.RUNNING and waited > 0:
        return _("The worker has stopped. Another one will go on.")
    if job.state == Job.State.QUEUED and waited >= get_conf().job_notice:
        text = _("No worker has picked this up for %(seconds)s seconds.")
        return text % {"seconds": waited}
    return ""


def _delay(age: float) -> int:
    """Return after how many seconds to ask again: the longer it takes, the less often."""
    passed = 0
    for delay in DELAYS:
        passed += delay
        if age < passed:
            return delay
    return DELAYS[-1]


def is_key(text: Any) -> bool:
    """Say whether a text can be the key of a job."""
    try:
        uuid.UUID(str(text))
    except ValueError:
        return False
    return True


def mark_seen(user: Any, ids: Iterable[Any]) -> int:
    """Note that a user was told of the end of jobs; return of how many it was news."""
    if not user.is_authenticated:
        return 0
    keys = [key for key in ids if is_key(key)]
    rows = Job.objects.filter(owner=user.pk, pk__in=keys, seen=None).exclude(state__in=ACTIVE)
    news = 0
    with if_writable():
        news = rows.update(seen=timezone.now())
    return news


def outcomes(job: Job, *, state: str = "", page: int = 1, size: int = 50) -> "Page[JobRow]":
    """Return a page of the rows that a job did not change, with the reasons.

    state: "failed" or "skipped", "" for both.
    """
    rows: QuerySet[JobRow] = JobRow.objects.filter(job=job).order_by("pk")
    if state:
        rows = rows.filter(state=state)
    return Paginator(rows, size).get_page(page)
