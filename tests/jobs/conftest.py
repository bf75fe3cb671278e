"""What the tests of jobs share."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.urls import clear_url_caches

from powercrud_core.bulk import Plan
from powercrud_core.jobs import deliver
from powercrud_core.jobs.models import Job
from powercrud_core.selection import Selection
from tests.jobs.models import Item


@pytest.fixture(autouse=True)
def address(settings: Any) -> Iterator[None]:
    """Let the view of items be the site, and let nobody work unless a test says so."""
    settings.ROOT_URLCONF = "tests.jobs.work"
    settings.POWERCRUD_JOB_RUNNER = "worker"
    clear_url_caches()
    yield
    clear_url_caches()


@pytest.fixture
def items(db: None) -> Callable[..., list[Item]]:
    """Return a function that makes items: `items(5)`, `items("", "error", "")` by kind."""

    def make(*kinds: Any, **values: Any) -> list[Item]:
        if kinds and isinstance(kinds[0], int):
            kinds = ("",) * kinds[0]
        made = [Item(name=f"Item {i}", kind=k, **values) for i, k in enumerate(kinds, 1)]
        return Item.objects.bulk_create(made)

    return make


@pytest.fixture
def plan(editor: Any) -> Callable[..., Plan]:
    """Return a function that makes a plan: `plan("bump", items)`, `plan("bump")` for all."""

    def make(operation: str, rows: Any = None, user: Any = None, **data: Any) -> Plan:
        keys = Selection(state="") if rows is None else Selection(tuple(str(r.pk) for r in rows))
        return Plan(
            view="/items/",
            operation=operation,
            selection=keys,
            data={name: [str(value)] for name, value in data.items()},
            user_id=str((user or editor).pk),
            place="list" if operation == "rebuild" else "bulk",
        )

    return make


@pytest.fixture
def finish() -> Callable[[Job], Job]:
    """Return a function that lets a worker do a job to its end."""

    def work(job: Job, slices: int = 50) -> Job:
        for _ in range(slices):
            deliver(job.pk)
            job.refresh_from_db()
            if not job.active:
                break
        return job

    return work
