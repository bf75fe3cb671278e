"""Background work in the kit's store: who it belongs to, and jobs in one state or another.

The app of jobs is optional: nothing here loads its models before a scenario needs them.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from django.apps import apps
from django.contrib.auth import get_user_model
from django.utils import timezone

from powercrud_core.jobs import installed

__all__ = ["HELD", "JOB", "JOBS", "NAME", "PAGE", "STATES", "begin", "visitor"]

JOBS = "powercrud_core.jobs"
NAME = "Ada <b>@example.com"
LABEL = 'Check "><i>: 3 products'
JOB = UUID(int=7)
PAGE = f"/jobs/{JOB}/"
HELD = (2, 11)
# Two packs are asked one after the other and have to show the same.
LONG_AGO = datetime(2024, 1, 2, 3, 4, tzinfo=UTC)
FAR_AWAY = datetime(2100, 1, 1, tzinfo=UTC)

BLANK: Mapping[str, Any] = {
    **{"kind": "plan", "operation": "check", "label": LABEL, "scope": "powercrud_store.product"},
    **{"done": 0, "failed": 0, "note": "", "reason": "", "started": LONG_AGO, "finished": None},
}
RUNNING: Mapping[str, Any] = {
    "state": "running",
    "commits": 5,
    "rate": 400,
    "lease_until": FAR_AWAY,
}
OVER: Mapping[str, Any] = {"state": "done", "total": 3, "done": 3, "finished": LONG_AGO}
# What a job can be like, beside BLANK.
STATES: Mapping[str, Mapping[str, Any]] = {
    "queued": {"state": "queued", "total": 20_000, "started": None},
    "running": {**RUNNING, "total": 20_000, "done": 1_200, "note": "Shelf <b> 7"},
    "further": {**RUNNING, "total": 20_000, "done": 4_990, "failed": 10},
    "done": OVER,
    "partial": {**OVER, "state": "partial", "done": 1, "failed": 2, "reason": "Two <b> are left."},
}
REASONS = ((4, "It is <b> on its way."), (5, "Nobody knows when it was made."))


def model(name: str) -> Any:
    """Return a model of the app of jobs."""
    return apps.get_model("powercrud_jobs", name)


def visitor() -> Any:
    """Return who visits the store: with background jobs somebody who has an account."""
    if not installed():
        return SimpleNamespace(is_authenticated=True)
    users: Any = get_user_model()
    known = {users.USERNAME_FIELD: NAME}
    found = users._default_manager.filter(**known).first()
    return found if found is not None else users._default_manager.create(**known)


def begin(name: str, *, live: bool = False) -> Any:
    """Bring the visitor's job into a state of STATES; return it.

    live: it began just now, so that a page asks again soon.
    """
    job, user = model("Job"), visitor()
    known = {**BLANK, **STATES[name], "owner": user, "owner_name": str(user)}
    known["rung"] = timezone.now()
    if live and known["started"]:
        known["started"] = timezone.now() - timedelta(seconds=1)
    made, _new = job.objects.update_or_create(pk=JOB, defaults=known)
    job.objects.filter(pk=JOB).update(created=timezone.now() if live else LONG_AGO)
    held = HELD if made.active else ()
    model("Claim").objects.all().delete()
    model("Claim").objects.bulk_create(
        model("Claim")(holder=made, scope=made.scope, key=str(key)) for key in held
    )
    if name == "partial":
        model("JobRow").objects.bulk_create(
            model("JobRow")(
                job=made, key=str(key), label=f"Product {key}", state="failed", reason=reason
            )
            for key, reason in REASONS
        )
    return made
