"""What is known of background work: the tables that are the truth, whatever a queue says."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

__all__ = ["ACTIVE", "Claim", "Clock", "Guard", "Job", "JobChunk", "JobRow"]


class Clock(Now):
    """The database's own time, in UTC: whether a lease has run out is asked of nobody else."""

    def as_mysql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Return the expression for MySQL, whose usual one tells the session's local time."""
        return self.as_sql(compiler, connection, template="UTC_TIMESTAMP(6)", **context)


class Job(models.Model):
    """One piece of work, or (`kind="claim"`) merely somebody who holds objects for a while.

    A state is only ever changed by an UPDATE that names the state, or the token, it was in.
    token: counts who took it; whoever has an older one commits nothing any more.
    due: from when on it may be taken again, once a worker gave it back.
    deaths: how often its worker vanished since rows were last committed.
    step: how many rows the next commit takes; suspects: how many rows further on one of them
        kills its workers (0: none is suspected).
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        RUNNING = "running", _("running")
        WAITING = "waiting", _("waiting for further jobs")
        DONE = "done", _("done")
        PARTIAL = "partial", _("done in part")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")
        DEAD = "dead", _("given up")

    class Kind(models.TextChoices):
        PLAN = "plan"
        CALL = "call"
        CLAIM = "claim"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=8, choices=Kind)
    operation = models.CharField(max_length=255)
    label = models.CharField(max_length=255, blank=True)
    params = models.JSONField(default=dict)
    scope = models.CharField(max_length=255, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        db_constraint=False,
        related_name="+",
    )
    owner_name = models.CharField(max_length=255, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    commits = models.PositiveIntegerField(default=0)
    rate = models.FloatField(default=0)
    atomic = models.BooleanField(default=False)
    dry = models.BooleanField(default=False)
    token = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    due = models.DateTimeField(null=True, blank=True)
    rung = models.DateTimeField(null=True, blank=True)
    rings = models.PositiveIntegerField(default=0)
    deaths = models.PositiveIntegerField(default=0)
    step = models.PositiveIntegerField(default=0)
    suspects = models.PositiveIntegerField(default=0)
    cancel_requested = models.DateTimeField(null=True, blank=True)
    cancelled_by = models.CharField(max_length=255, blank=True)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="children"
    )
    retry_of = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="retries"
    )
    once = models.CharField(max_length=64, null=True, blank=True, unique=True)
    runner = models.CharField(max_length=255, blank=True)
    note = models.TextField(blank=True)
    reason = models.TextField(blank=True)
    created = models.DateTimeField(auto_now_add=True)
    started = models.DateTimeField(null=True, blank=True)
    finished = models.DateTimeField(null=True, blank=True)
    seen = models.DateTimeField(null=True, blank=True)
    meta = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering = ["-created"]
        indexes = [
            models.Index(fields=["state", "lease_until"], name="powercrud_job_state"),
            models.Index(fields=["owner", "state", "seen"], name="powercrud_job_owner"),
            models.Index(fields=["finished"], name="powercrud_job_finished"),
        ]

    def __str__(self) -> str:
        return self.label or self.operation

    @property
    def processed(self) -> int:
        """Return how many rows are done with, one way or another."""
        return self.done + self.unchanged + self.skipped + self.failed

    @property
    def percent(self) -> int:
        """Return how much of it is done with; 100 only when it all is."""
        return min(100, self.processed * 100 // self.total) if self.total else 0

    @property
    def active(self) -> bool:
        """Say whether it is not over yet."""
        return self.state in ACTIVE


ACTIVE = (Job.State.QUEUED, Job.State.RUNNING, Job.State.WAITING)


class JobChunk(models.Model):
    """Some of a job's rows, in order. `at` says how many of them are done with.

    claimed: whether the job holds these rows; if not they are claimed for one step at a time.
    effects: what is to be done outside the database and has been committed but not yet done.
    tries: how often its rows were put off because others held them.
    """

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="chunks")
    seq = models.PositiveIntegerField()
    rows = models.JSONField()
    size = models.PositiveIntegerField()
    at = models.PositiveIntegerField(default=0)
    claimed = models.BooleanField(default=True)
    tries = models.PositiveIntegerField(default=0)
    effects = models.JSONField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["job", "seq"], name="powercrud_jobchunk_once")
        ]

    def __str__(self) -> str:
        return f"{self.job_id} {self.seq}"


class JobRow(models.Model):
    """A row that a job did not change, and why."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="rows")
    key = models.TextField()
    state = models.CharField(max_length=8)
    code = models.CharField(max_length=12)
    reason = models.TextField()
    label = models.TextField(blank=True)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["job", "state"], name="powercrud_jobrow_state")]

    def __str__(self) -> str:
        return f"{self.label or self.key}: {self.reason}"


class Guard(models.Model):
    """One row for each kind of object: whoever claims some of them updates it first."""

    scope = models.CharField(max_length=255, primary_key=True)
    seq = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return self.scope


class Claim(models.Model):
    """One object that a holder has for itself; the key `*` stands for all objects of the scope.

    passing: held for one step only.
    """

    holder = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="claims")
    scope = models.CharField(max_length=255)
    key = models.CharField(max_length=200)
    passing = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["scope", "key"], name="powercrud_claim_once")
        ]

    def __str__(self) -> str:
        return f"{self.scope} {self.key}"
