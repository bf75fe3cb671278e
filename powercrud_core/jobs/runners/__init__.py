"""Runners: how somebody is told that a job waits. A ring may be lost or doubled; jobs are not."""

import logging
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from powercrud_core.conf import get_conf
from powercrud_core.jobs.faults import fault
from powercrud_core.jobs.models import Clock, Job

__all__ = ["BUILT_IN", "chosen", "ring", "ring_later", "tasks_module"]

logger = logging.getLogger("powercrud.jobs")

BUILT_IN = ("inline", "worker", "q2", "tasks")
IMMEDIATE = ("ImmediateBackend", "DummyBackend")


def chosen() -> tuple[str, str]:
    """Return the runner's name, and why it is this one."""
    named = get_conf().job_runner
    if named != "auto":
        return named, "POWERCRUD_JOB_RUNNER names it."
    if apps.is_installed("django_q") and getattr(settings, "Q_CLUSTER", None):
        return "q2", "django_q is installed and Q_CLUSTER is set."
    if tasks_module() and not tasks_backend().endswith(IMMEDIATE):
        return "tasks", f"TASKS has the backend {tasks_backend()}."
    return "inline", "Neither django-q2 nor a backend of django.tasks is set up."


def tasks_module() -> str:
    """Return the module of Django's tasks, or of its backport; "" without either."""
    for name in ("django.tasks", "django_tasks"):
        if find_spec(name):
            return name
    return ""


def tasks_backend() -> str:
    """Return the dotted path of the default backend of TASKS."""
    declared: Any = getattr(settings, "TASKS", None) or {}
    return str(declared.get("default", {}).get("BACKEND", "ImmediateBackend"))


def function_of(name: str) -> Callable[[str], Any]:
    """Return what rings: a function of the job's key."""
    path = f"powercrud_core.jobs.runners.{name}.ring" if name in BUILT_IN else name
    found: Callable[[str], Any] = import_string(path)
    return found


def ring(job: Job) -> None:
    """Tell the runner that a job waits. What goes wrong is logged and shown, and tried again."""
    fault("ringing")
    name = chosen()[0]
    rows = Job.objects.using(job._state.db).filter(pk=job.pk)
    rows.update(rung=Clock(), rings=F("rings") + 1, runner=name[:255])
    try:
        function_of(name)(str(job.pk))
    except Exception:
        logger.exception("Nobody could be told that job %s waits; it will be tried again.", job.pk)
        rows.filter(state=Job.State.QUEUED).update(
            reason=_("The queue cannot be reached; it will be tried again.")
        )


def ring_later(job: Job) -> None:
    """Ring once the current transaction is committed; not at all if it is rolled back."""
    transaction.on_commit(lambda: ring(job), using=job._state.db, robust=True)
