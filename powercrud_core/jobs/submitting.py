"""Submitting: a plan or a function becomes a job, its chunks and its claims, in one transaction."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Any, Literal

from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, router, transaction
from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from powercrud_core.bulk import BulkOperation, Chunk, Plan, PlanError, start
from powercrud_core.bulk.running import parts
from powercrud_core.jobs import claims, installed
from powercrud_core.jobs.context import current_job, path_of
from powercrud_core.jobs.faults import fault
from powercrud_core.jobs.functions import Background
from powercrud_core.jobs.models import Job, JobChunk
from powercrud_core.jobs.runners import ring_later
from powercrud_core.jobs.runs import PlanRun
from powercrud_core.jobs.signals import announce, job_submitted
from powercrud_core.selection import Selection, key_of

__all__ = ["Deferral", "JobError", "deferral", "submit"]

STORED = 500
FIRST = 100


class JobError(Exception):
    """A job that cannot be submitted, cancelled or retried; the text says why."""


@dataclass(frozen=True, slots=True)
class Deferral:
    """Whether an operation on so many rows may be left to the background, and whether it must."""

    may: bool
    must: bool


def deferral(operation: BulkOperation, count: int) -> Deferral:
    """Say whether an operation on so many rows may, or must, be left to a background job."""
    fits = not operation.atomic or count <= operation.atomic_rows
    may = installed() and fits and not operation.downloads
    return Deferral(may=may, must=may and operation.defers(count))


def submit(
    work: Plan | Callable[..., Any],
    objects: "Iterable[Model] | QuerySet[Any] | Model | None" = None,
    *,
    user: Any = None,
    label: str = "",
    once: str = "",
    dry: bool = False,
    policy: Literal["all", "free"] = "all",
    **arguments: Any,
) -> Job:
    """Leave a plan, or a function of a module, to the background; return the Job.

    objects: what the function is called for, one by one; None: it is called once.
    user: whose doing it is; for a plan it is the plan's.
    once: of the same owner and work, what has the same text is the same job.
    dry: do everything, keep nothing: to learn which rows would fail.
    policy: "all" raises ClaimConflict when others hold one of the rows; "free" puts those off.
    arguments: go to the function, as JSON.

    Raises PlanError and SelectionChangedError as `execute` does. Inside a job it becomes a part of
    that one, which is not over before it.
    """
    if isinstance(work, Plan):
        job, chunks = _plan(work, user)
    else:
        job, chunks = _call(work, objects, user, arguments)
    job.label, job.dry = (str(label) or job.label)[:255], dry
    if user is not None and getattr(user, "pk", None) is not None:
        job.owner, job.owner_name = user, str(user)[:255]
    job.total = sum(map(len, chunks))
    job.once = _once(job, once) if once else None
    return _save(job, chunks, policy)


def _plan(plan: Plan, user: Any) -> tuple[Job, list[Chunk]]:
    run = start(plan)
    host = run.host.user
    if user is not None and str(user.pk) != plan.user_id:
        raise PlanError("user", _("This is not valid any more. Please choose again."))
    operation, rest = run.operation, replace(plan, selection=_predicate(plan.selection), seen={})
    wrapped = PlanRun(run)
    whole = operation.atomic and plan.place != "list"
    if plan.place == "list":
        chunks = [Chunk(("",))]
    elif whole:
        chunks = run.resolve(operation.max_rows)
    else:
        chunks = run.resolve(max(STORED, run.batch_size))
    count = sum(map(len, chunks))
    if whole and count > operation.atomic_rows:
        text = _("At most %(limit)s rows can be changed all or none.")
        raise PlanError("limit", text % {"limit": operation.atomic_rows})
    if not count:
        raise PlanError("state", _("Nothing is selected. Tick some rows first."))
    job = Job(
        kind=Job.Kind.PLAN,
        operation=operation.name,
        label=str(operation.label or operation.name),
        params=rest.to_json(),
        scope=claims.scope_of(run.model, run.using) if wrapped.model else "",
        atomic=whole,
        step=min(wrapped.fixed_size or max(FIRST, run.batch_size), count),
    )
    if host.is_authenticated:
        job.owner, job.owner_name = host, str(host)[:255]
    return job, chunks


def _predicate(selection: Selection) -> Selection:
    """Return what the list's state was; the rows themselves are in the chunks."""
    return Selection(state=selection.state) if selection.matching else Selection()


def _call(
    work: Callable[..., Any], objects: Any, user: Any, arguments: dict[str, Any]
) -> tuple[Job, list[Chunk]]:
    DjangoJSONEncoder().encode(arguments)
    function = work.now if isinstance(work, Background) else work
    path = path_of(work)
    rows = [objects] if isinstance(objects, Model) else objects
    model: Any = None
    using = ""
    keys: list[str] = [""]
    if rows is not None:
        found = list(rows)
        if isinstance(rows, QuerySet):
            model = rows.model
            using = getattr(rows, "_db", None) or router.db_for_write(model)
        elif found:
            model, using = type(found[0]), found[0]._state.db or ""
        if any(type(obj) is not model for obj in found):
            raise TypeError("The objects of one job must be of one model.")
        keys = [key_of(obj.pk) for obj in found]
        if not keys:
            raise JobError(_("There is nothing to do."))
    job = Job(
        kind=Job.Kind.CALL,
        operation=path,
        label=function.__name__.replace("_", " ").capitalize(),
        params={
            "arguments": arguments,
            "model": model._meta.label if model else "",
            "using": using,
            "user": None if user is None else str(user.pk),
        },
        scope=claims.scope_of(model, using or None) if model else "",
        step=min(FIRST, len(keys)),
    )
    return job, [Chunk(tuple(part)) for part in parts(keys, STORED)]


def _once(job: Job, text: str) -> str:
    parts_ = (str(job.owner_id), job.kind, job.operation, text)
    return blake2b("\x1f".join(parts_).encode(), digest_size=20).hexdigest()


def _save(job: Job, chunks: Sequence[Chunk], policy: Literal["all", "free"]) -> Job:
    alias = router.db_for_write(Job)
    parent = current_job()
    if parent is not None:
        job.parent_id = parent.id
        job.meta["ancestors"] = [str(parent.id), *parent.job.meta.get("ancestors", ())]
    try:
        with transaction.atomic(using=alias):
            refused = _claim(job, chunks, policy, claims_now=parent is None)
            rows = [
                JobChunk(
                    job=job,
                    seq=number,
                    rows=part.to_json(),
                    size=len(part),
                    claimed=claimed,
                )
                for number, (part, claimed) in enumerate(_sorted(chunks, refused, parent is None))
            ]
            JobChunk.objects.using(alias).bulk_create(rows, batch_size=200)
            announce(job_submitted, job, "submitted")
            ring_later(job)
            fault("submitting")
    except IntegrityError:
        known = Job.objects.using(alias).filter(once=job.once).first() if job.once else None
        if known is None:
            raise
        return known
    return job


def _claim(
    job: Job, chunks: Sequence[Chunk], policy: Literal["all", "free"], *, claims_now: bool
) -> set[str]:
    """Save the job with its claims; return the rows that others hold. Part of a job claims later:
    its claims would keep others waiting until the step of that job is committed.
    """
    if not (job.scope and claims_now) or job.dry:
        job.save(using=router.db_for_write(Job), force_insert=True)
        return set()
    texts = {claims.key_text(key): key for chunk in chunks for key in chunk.keys}
    many = len(texts) > claims.ESCALATE
    refused = claims.acquire(job, {job.scope: None if many else list(texts)}, policy=policy)
    found = refused.get(job.scope, set())
    return set(texts.values()) if claims.WHOLE in found else {texts[key] for key in found}


def _sorted(
    chunks: Sequence[Chunk], refused: set[str], claims_now: bool
) -> Iterable[tuple[Chunk, bool]]:
    """Yield the chunks with whether their rows are claimed; those that are not, at the end."""
    for chunk in chunks:
        free = chunk.only(set(chunk.keys) - refused) if refused else chunk
        if free.keys:
            yield free, claims_now
    for chunk in chunks if refused else ():
        if (busy := chunk.only(refused)).keys:
            yield busy, False
