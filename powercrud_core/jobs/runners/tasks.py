"""tasks: django.tasks, or its backport, and through it every queue that has a backend."""

from importlib import import_module
from typing import Any

from powercrud_core.jobs.engine import deliver
from powercrud_core.jobs.runners import tasks_module

task: Any = import_module(tasks_module()).task

__all__ = ["ring", "work"]


@task()  # type: ignore[untyped-decorator]
def work(job_id: str) -> str | None:
    """Do one slice; called by a worker of the backend."""
    return deliver(job_id)


def ring(job_id: str) -> None:
    """Queue one slice."""
    work.enqueue(job_id)
