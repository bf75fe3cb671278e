"""What a job does, found again in any process: a plan's Run, or a function's."""

from collections.abc import Iterable, Sequence
from typing import Any

from powercrud_core.bulk import BulkOperation, Chunk, Outcome, Plan, Run, start
from powercrud_core.jobs.calls import CallRun
from powercrud_core.jobs.models import Job
from powercrud_core.selection import to_keys

__all__ = ["PlanRun", "make_run"]


def make_run(job: Job) -> Any:
    """Return what carries out a job, after asking everything again; raises PlanError."""
    if job.kind == Job.Kind.CALL:
        return CallRun(job)
    return PlanRun(start(Plan.from_json(job.params)))


class PlanRun:
    """A plan's run, as the engine wants it."""

    def __init__(self, run: Run) -> None:
        self.run, self.operation = run, run.operation
        self.run.holds = True
        self.model: Any = None if run.plan.place == "list" else run.model
        self.using, self.reason, self.batch_size = run.using, run.reason, run.batch_size
        self.fixed_size = run.operation.batch_size
        self.affects = type(run.operation).affected is not BulkOperation.affected
        self.said = ""

    @property
    def explain(self) -> Any:
        """Return what makes a row's failure of an exception."""
        return self.run.explain

    @explain.setter
    def explain(self, value: Any) -> None:
        self.run.explain = value

    def load(self, keys: Sequence[str]) -> list[Any]:
        """Return the objects that are still there and that the user may change."""
        rows = self.run.permitted.using(self.using)
        return list(rows.filter(pk__in=to_keys(self.run.model, keys)).order_by("pk"))

    def affected(self, rows: Sequence[Any]) -> Iterable[Any]:
        """Return the other objects that these change."""
        return self.operation.affected(rows, self.run)

    def step(self, chunk: Chunk) -> Outcome:
        """Do what the request would do with these rows."""
        if self.model is not None:
            return self.run.step(chunk)
        with self.run.plan.locale():
            done = self.operation.perform(self.run)
        self.said = done.message if done else ""
        return Outcome(done=1)

    def finish(self, outcome: Outcome) -> str:
        """Return what the operation says at the end."""
        if self.model is None:
            return self.said
        with self.run.plan.locale():
            done = self.operation.finish(self.run, outcome)
        return done.message if done else ""
