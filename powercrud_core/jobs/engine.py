"""The engine: takes a job and works through its chunks, each committed with all that it proves."""

import logging
import math
import random
import time
import uuid
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, OperationalError, connections, transaction
from django.db.models import Value
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from powercrud_core.bulk import Chunk, Outcome, PlanError, RowNote
from powercrud_core.conf import get_conf
from powercrud_core.contention import UNREACHED, is_busy
from powercrud_core.exceptions import ConfigError
from powercrud_core.jobs import claims, runners
from powercrud_core.jobs.context import Current, inside
from powercrud_core.jobs.faults import fault
from powercrud_core.jobs.leases import (
    LeaseLostError,
    chunks_left,
    end,
    lease,
    narrow,
    result,
    take,
)
from powercrud_core.jobs.models import ACTIVE, Clock, Job, JobChunk, JobRow
from powercrud_core.jobs.runs import make_run
from powercrud_core.jobs.signals import announce, job_progressed
from powercrud_core.selection import key_of

__all__ = ["deliver"]

logger = logging.getLogger("powercrud.jobs")

SECONDS = 2.0  # what one commit should take
LOOP_ROWS = 500
BUSY_TRIES = 3
PUT_OFF = 12
SQLITE_LOOKS = 0.11  # seconds: whoever waits for its lock looks for it every tenth of a second
CRASHED = 10
BLAMED = 3
State = Job.State


def deliver(job_id: Any, *, stop: Callable[[], bool] = lambda: False) -> str | None:
    """Work on a job for one slice; return its state, None where it is not to be had now.

    May be called any number of times at any time, by any number of processes at once.
    """
    try:
        job = take(job_id)
    except OperationalError as error:
        if not is_busy(error):
            raise
        logger.info("The database was too busy to take job %s.", job_id)
        return None
    if job is None:
        return None
    claims.release(job, passing=True)  # of who had it before, outside of the transaction that took
    fault("taken")
    worker = Worker(job, stop)
    try:
        worker.work()
    except LeaseLostError:
        logger.warning("Job %s was taken over: nothing of this step is committed.", job.pk)
        return None
    except (PlanError, ConfigError) as error:
        code = getattr(error, "code", "")
        over = State.CANCELLED if code in ("user", "permission") else State.FAILED
        end(job, over, str(error))
    except BaseException as error:
        worker.died(error)
        if not isinstance(error, Exception):
            raise
    if job.state == State.QUEUED:
        runners.ring(job)
    elif job.parent_id and not job.active:
        parent = Job.objects.filter(pk=job.parent_id, state=State.WAITING).first()
        if parent is not None:
            runners.ring(parent)
    return job.state


class Worker:
    """One slice of a job. It holds the lease, and every commit proves that it does."""

    def __init__(self, job: Job, stop: Callable[[], bool]) -> None:
        self.job, self.stop, self.alias = job, stop, job._state.db or DEFAULT_DB_ALIAS
        self.until = time.monotonic() + get_conf().job_slice
        self.before = time.monotonic()
        self.current = Current(job, self.alias)
        self.after: dict[str, Any] = {}
        self.sqlite = connections[self.alias].vendor == "sqlite"
        self.target = SECONDS / 2 if self.sqlite else SECONDS
        self.turn = min(self.until, time.monotonic() + self.target)

    @property
    def mine(self) -> Any:
        """Return the job's row, as long as nobody else has taken it."""
        rows = Job.objects.using(self.alias).filter(pk=self.job.pk)
        return rows.filter(token=self.job.token, state=State.RUNNING)

    def work(self) -> None:
        """Work until the job or the slice is over."""
        self.effects()
        if self.job.deaths and self.hopeless():
            return
        try:
            self.run = make_run(self.job)
        except (PlanError, ConfigError, *UNREACHED):
            raise
        except Exception as error:
            raise PlanError("view", self.explain(error)[1]) from error
        self.run.explain = self.explain
        self.current.using = self.run.using
        while True:
            if self.asked_to_stop():
                return
            chunk = self.next_chunk()
            if chunk is None:
                self.finish()
                return
            if chunk.tries and not chunk.at:
                self.wait(chunk.tries)
            self.step(chunk)
            self.let_others_write()
            if time.monotonic() > self.until or self.stop():
                end(self.job, State.QUEUED)
                return

    def hopeless(self) -> bool:
        """End a job over which workers keep dying, or leave out the row that kills them."""
        job = self.job
        blamed = job.meta.get("blamed", 0)
        if blamed >= CRASHED or (job.atomic and job.deaths >= CRASHED):
            state = State.FAILED if job.reason else State.DEAD
            end(job, state, job.reason or _("Its workers keep dying."))
            return True
        chunk = self.next_chunk()
        if chunk is None or job.atomic or job.deaths < BLAMED or not job.step == job.suspects == 1:
            return False
        key = chunk.rows[0][chunk.at]
        crash = _("The worker died over this row.")
        note = RowNote(key, "failed", "error" if job.reason else "crashed", job.reason or crash)
        job.meta = {**job.meta, "blamed": blamed + 1}
        with transaction.atomic(using=self.alias):
            self.advance(chunk, 1)
            self.record(Outcome(notes=(note,)), 1, 0)
            self.mine.update(meta=job.meta)
        self.recorded()
        return False

    def asked_to_stop(self) -> bool:
        """End the job where somebody wants that; say so. Raises LeaseLostError."""
        row = self.mine.values_list("cancel_requested", flat=True)
        found = list(row)
        if not found:
            raise LeaseLostError
        if found[0] is None:
            return False
        end(self.job, State.CANCELLED)
        return True

    def next_chunk(self) -> JobChunk | None:
        """Return the first chunk that is not done with."""
        chunk: JobChunk | None = chunks_left(self.job).first()
        return chunk

    def wait(self, tries: int) -> None:
        """Give others time to let go of the rows that were put off."""
        time.sleep(0.05 * 1.5**tries * random.uniform(0.5, 1.5))  # noqa: S311
        if not self.mine.update(lease_until=lease(self.job.deaths)):
            raise LeaseLostError

    def let_others_write(self) -> None:
        """On SQLite, leave a gap now and then, in short slices too: others look for the lock."""
        if self.sqlite and time.monotonic() > self.turn:
            time.sleep(SQLITE_LOOKS)
            self.turn = time.monotonic() + self.target

    def step(self, chunk: JobChunk) -> None:
        """Do some rows and commit them; once more where the database was too busy."""
        size = chunk.size if self.job.atomic else self.job.step or self.cap()
        part = Chunk.from_json(chunk.rows).part(chunk.at, chunk.at + size)
        for attempt in range(BUSY_TRIES + 1):
            try:
                todo, later = self.claimed(chunk, part)
                self.commit(chunk, part, todo, later)
            except OperationalError as error:
                if attempt == BUSY_TRIES or not is_busy(error):
                    raise
                time.sleep(random.uniform(0.05, 0.2) * 2**attempt)  # noqa: S311
            else:
                break
        self.recorded()
        if self.current.effects:
            self.effects()

    def claimed(self, chunk: JobChunk, part: Chunk) -> tuple[Chunk, dict[str, str]]:
        """Claim what this step needs for itself; return what can be done now, and what cannot."""
        model = self.run.model
        if model is None or self.job.dry or not any(part.keys):
            return part, {}
        rows = () if chunk.claimed and not self.run.affects else self.run.load(part.keys)
        if not rows:
            return part, {}

        def wish(some: Sequence[Any]) -> claims.Wanted:
            return claims.wanted([[] if chunk.claimed else some, self.run.affected(some)])

        refused = claims.acquire(self.job, wish(rows), policy="free", passing=True)
        if not refused:
            return part, {}
        text = claims.told(refused)
        if self.job.atomic:
            raise PlanError("state", text)
        later = {key_of(one.pk): text for one in rows if claims.clash(wish([one]), refused)}
        return part.only(set(part.keys) - set(later)), later

    def commit(self, chunk: JobChunk, part: Chunk, todo: Chunk, later: dict[str, str]) -> None:
        """Do rows in one transaction with all that tells about them; the fence is its last word."""
        self.current.effects = []
        before = time.monotonic()
        with transaction.atomic(using=self.alias):
            self.advance(chunk, len(part))
            fault("locked")
            with inside(self.current):
                outcome = self.do(todo)
            fault("applied")
            notes, busy = [], dict(later)
            for note in outcome.notes:
                if note.code == "claimed" and note.state == "failed" and not self.job.dry:
                    busy[note.key] = note.reason
                else:
                    notes.append(note)
            notes += self.put_off(chunk, part, busy)
            if self.current.effects and not self.job.dry:
                chunk.effects = self.current.effects
                JobChunk.objects.using(self.alias).filter(pk=chunk.pk).update(effects=chunk.effects)
            claims.release(self.job, passing=True)
            done = Outcome(
                done=outcome.done,
                unchanged=outcome.unchanged,
                notes=tuple(notes),
                undone=outcome.undone,
                extra=outcome.extra,
            )
            self.record(done, len(part), time.monotonic() - before)
            fault("committing")
        fault("committed")

    def advance(self, chunk: JobChunk, count: int) -> None:
        """Lock a chunk and say that rows of it are done with. Raises LeaseLostError."""
        rows = JobChunk.objects.using(self.alias).filter(pk=chunk.pk, at=chunk.at)
        if not rows.update(at=chunk.at + count):
            raise LeaseLostError

    def do(self, todo: Chunk) -> Outcome:
        """Change the rows; take that back where nothing is meant, or where all was asked for."""
        with transaction.atomic(using=self.run.using):
            if not todo.keys:
                return Outcome()
            outcome: Outcome = self.run.step(todo)
            undone = self.job.atomic and bool(outcome.failed)
            if undone or self.job.dry:
                transaction.set_rollback(True, using=self.run.using)
        if undone:
            self.current.effects = []
            return Outcome(notes=outcome.notes, undone=True)
        return outcome

    def put_off(self, chunk: JobChunk, part: Chunk, busy: dict[str, str]) -> list[RowNote]:
        """Leave rows that others hold for the end of the job; at last, say so instead."""
        if not busy:
            return []
        if chunk.tries >= PUT_OFF or self.job.atomic:
            return [RowNote(key, "failed", "claimed", why) for key, why in busy.items()]
        again = part.only(busy)
        rows = JobChunk.objects.using(self.alias).filter(job=self.job)
        last = rows.order_by("-seq").first() or chunk
        if last.pk != chunk.pk and not last.at and last.tries == chunk.tries + 1:
            joined = Chunk.from_json(last.rows).joined(again)
            rows.filter(pk=last.pk).update(rows=joined.to_json(), size=len(joined))
        else:
            JobChunk.objects.using(self.alias).create(
                job=self.job,
                seq=last.seq + 1,
                rows=again.to_json(),
                size=len(again),
                claimed=False,
                tries=chunk.tries + 1,
            )
        return []

    def record(self, outcome: Outcome, count: int, seconds: float) -> None:
        """Write down what became of rows; raises LeaseLostError where that is not ours to tell."""
        job = self.job
        JobRow.objects.using(self.alias).bulk_create(
            [
                JobRow(
                    job=job, key=n.key, state=n.state, code=n.code, reason=n.reason, label=n.label
                )
                for n in outcome.notes
            ],
            batch_size=1000,
        )
        now = time.monotonic()
        rate = (outcome.total or count) / max(now - self.before, 1e-6)
        after: dict[str, Any] = {
            "done": job.done + outcome.done,
            "unchanged": job.unchanged + outcome.unchanged,
            "skipped": job.skipped + len(outcome.skipped),
            "failed": job.failed + len(outcome.failed),
            "commits": job.commits + 1,
            "rate": rate if not job.commits else 0.7 * job.rate + 0.3 * rate,
            "note": self.current.text,
            "reason": "",
            "deaths": 0,
            "suspects": max(0, job.suspects - count),
        }
        after["step"] = self.next_step(count, seconds, after["suspects"])
        if outcome.extra or outcome.undone:
            extra = dict(job.meta.get("extra", {}))
            for name, number in outcome.extra.items():
                extra[name] = extra.get(name, 0) + number
            after["meta"] = {**job.meta, "extra": extra, "undone": outcome.undone}
        if not self.mine.update(**after, lease_until=lease()):
            raise LeaseLostError
        self.after = after

    def recorded(self) -> None:
        """Go on from what is committed now."""
        self.before = time.monotonic()
        vars(self.job).update(self.after)
        announce(job_progressed, self.job, "progressed")

    def cap(self) -> int:
        """Return how many rows one commit may have at most."""
        run = self.run
        return int(run.fixed_size or max(run.batch_size, LOOP_ROWS if run.reason else 0))

    def next_step(self, count: int, seconds: float, suspects: int) -> int:
        """Return how many rows the next commit takes, so that it lasts about two seconds."""
        if suspects or not hasattr(self, "run"):
            return max(1, min(self.job.step, math.ceil(suspects / 2)))
        fitting = int(count * self.target / max(seconds, 0.001))
        return max(1, min(fitting, max(count, self.job.step) * 2, self.cap()))

    def explain(self, error: Exception) -> tuple[Any, str]:
        """Return what people are told of an unexpected exception; the log has the rest."""
        if isinstance(error, claims.ClaimConflict):
            return "claimed", str(error)
        reference = uuid.uuid4().hex[:8]
        logger.error("Job %s, reference %s", self.job.pk, reference, exc_info=error)
        shown = f" {type(error).__name__}" if settings.DEBUG else ""
        text = _("Something went wrong (reference %(reference)s).") % {"reference": reference}
        return "error", text + shown

    def effects(self) -> None:
        """Do what was committed to be done outside the database, and cross it off."""
        rows = JobChunk.objects.using(self.alias).filter(job=self.job, effects__isnull=False)
        for chunk in list(rows):
            for path, arguments in chunk.effects or ():
                self.effect(path, arguments)
            rows.filter(pk=chunk.pk).update(effects=None)
        self.current.effects = []

    def effect(self, path: str, arguments: dict[str, Any]) -> None:
        try:
            with inside(self.current):
                import_string(path)(**arguments)
        except Exception:
            logger.exception("Job %s: %s failed after the commit.", self.job.pk, path)
        if not self.mine.update(lease_until=lease()):
            raise LeaseLostError

    def finish(self) -> None:
        """End a job of which every row is done with; with children, wait for them."""
        job = self.job
        children = Job.objects.using(self.alias).filter(parent=job)
        if children.filter(state__in=ACTIVE).exists():
            end(job, State.WAITING)
            return
        whole = not children.exclude(state=State.DONE).exists()
        with transaction.atomic(using=self.alias):
            if not end(job, result(job, whole)):
                raise LeaseLostError
            if not job.dry and job.state in (State.DONE, State.PARTIAL):
                self.say_finished()

    def say_finished(self) -> None:
        """Let the operation have the last word; what goes wrong there changes nothing."""
        notes = [
            RowNote(row.key, row.state, row.code, row.reason, row.label)  # type: ignore[arg-type]
            for row in JobRow.objects.using(self.alias).filter(job=self.job)[:1000]
        ]
        outcome = Outcome(
            done=self.job.done,
            unchanged=self.job.unchanged,
            notes=tuple(notes),
            extra=self.job.meta.get("extra", {}),
        )
        try:
            with transaction.atomic(using=self.run.using), inside(self.current):
                text = self.run.finish(outcome)
        except UNREACHED:
            raise
        except Exception as error:
            text = self.explain(error)[1]
        if text or self.current.text != self.job.note:
            self.job.note = str(text or self.current.text)
            Job.objects.using(self.alias).filter(pk=self.job.pk).update(note=self.job.note)

    def died(self, error: BaseException) -> None:
        """Give the job back after an exception that no row explains, as if the worker had died."""
        job = self.job
        text = self.explain(error)[1] if isinstance(error, Exception) else ""
        job.state = State.RUNNING
        job.deaths += 1
        narrow(job)
        pause = Value(timedelta(seconds=get_conf().job_lease / 60 * (2 ** min(job.deaths, 6) - 1)))
        values: dict[str, Any] = {"deaths": job.deaths, "reason": text}
        values |= {"step": job.step, "suspects": job.suspects}
        try:
            given_back = self.mine.update(
                state=State.QUEUED, lease_until=None, due=Clock() + pause, **values
            )
        except Exception:
            logger.exception("Job %s cannot be given back: its lease will run out.", job.pk)
        else:
            if given_back:
                job.state = State.QUEUED
                logger.error("Job %s stopped with an exception.", job.pk, exc_info=error)
