"""What a worker does with a function: it calls it for each object, or once."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import connections, router, transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from powercrud_core.bulk import Batch, Chunk, Outcome, PlanError, RowNote
from powercrud_core.jobs.functions import load
from powercrud_core.jobs.models import Job
from powercrud_core.selection import to_keys

__all__ = ["CallRun"]


class CallRun:
    """A function being called for the rows of a job: what a Run is to a Plan."""

    holds = True
    batch_size = 100
    fixed_size = None
    reason = "calls"

    def __init__(self, job: Job) -> None:
        self.work = load(job.operation)
        self.arguments = job.params["arguments"]
        self.model: type[Model] | None = None
        if job.params["model"]:
            self.model = apps.get_model(job.params["model"])
        default = router.db_for_write(self.model or Job)
        self.using: str = job.params["using"] or default
        self.user = self._user(job)
        self.affects = self.work.affected is not None
        self.explain: Any = None

    def _user(self, job: Job) -> Any:
        if job.params["user"] is None:
            return None
        model = get_user_model()
        user = model._default_manager.filter(pk__in=to_keys(model, [job.params["user"]])).first()
        if user is None or not user.is_active:
            raise PlanError("user", _("Whoever wanted this has no account any more."))
        if self.work.permission and not user.has_perm(self.work.permission):
            raise PlanError("permission", _("Whoever wanted this may not do it any more."))
        return user

    def load(self, keys: Sequence[str]) -> list[Any]:
        """Return the objects that are still there and within what the user may see."""
        if self.model is None:
            return []
        rows = self.work.rows(self.user) if self.work.rows else self.model._base_manager.all()
        found = rows.using(self.using).filter(pk__in=to_keys(self.model, keys)).order_by("pk")
        return list(found)

    def affected(self, rows: Sequence[Any]) -> Iterable[Any]:
        """Return the other objects that these change."""
        return self.work.affected(rows) if self.work.affected else ()

    def step(self, chunk: Chunk) -> Outcome:
        """Call the function for the objects of a chunk, each in a savepoint."""
        batch = Batch(self, [], careful=True, tracing=False)
        if self.model is None:
            with transaction.atomic(self.using):
                self.work.now(**self.arguments)
            return Outcome(done=len(chunk))
        if connections[self.using].features.has_select_for_update:
            keys = to_keys(self.model, chunk.keys)
            rows = self.model._base_manager.using(self.using).filter(pk__in=keys).order_by("pk")
            list(rows.select_for_update().values_list("pk"))
        texts = dict(zip(to_keys(self.model, chunk.keys), chunk.keys, strict=True))
        for obj in self.load(chunk.keys):
            texts.pop(obj.pk, None)
            with batch.row(obj):
                self.work.now(obj, **self.arguments)
                batch.done.append(obj.pk)
        gone = _("This row is no longer among those you may change.")
        notes = [RowNote(text, "skipped", "gone", gone) for text in texts.values()]
        return Outcome(done=len(batch.done), notes=(*notes, *batch.notes))

    def finish(self, outcome: Outcome) -> None:
        """Do nothing: a function says what it has to say with `note()`."""
