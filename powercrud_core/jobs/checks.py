"""The checks of background jobs: settings that cannot work, or lose what was promised."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Info, Tags, Warning, register
from django.utils.module_loading import import_string

from powercrud_core.conf import get_conf

__all__ = ["check_choice", "check_jobs"]


def _message(id: str, text: str, hint: str) -> CheckMessage:
    kind = Warning if id.startswith("W") else Error
    return kind(text, hint=hint, id=f"powercrud.{id}")


@register
def check_jobs(**kwargs: Any) -> list[CheckMessage]:
    """Report a runner that cannot run, and times that make no sense."""
    return [*_clock(), *_times(), *_runner()]


@register(Tags.compatibility, deploy=True)
def check_choice(**kwargs: Any) -> list[CheckMessage]:
    """Say which runner was chosen, with `check --deploy`."""
    name, why = _chosen()
    return [Info(f"Background jobs are run by '{name}'. {why}", id="powercrud.I300")]


def _chosen() -> tuple[str, str]:
    chosen: tuple[str, str] = import_string("powercrud_core.jobs.runners.chosen")()
    return chosen


def _clock() -> Iterator[CheckMessage]:
    if not settings.USE_TZ:
        text = "Background jobs compare the clocks of workers and database, but USE_TZ is False."
        yield _message("E309", text, "Set USE_TZ to True: then both mean the same moment.")


def _times() -> Iterator[CheckMessage]:
    conf = get_conf()
    for name in ("job_slice", "job_lease", "job_notice"):
        value = getattr(conf, name)
        if not isinstance(value, int | float) or isinstance(value, bool) or value <= 0:
            text = f"POWERCRUD_{name.upper()} is {value!r}."
            yield _message("E300", text, "Set it to a number of seconds above zero.")


def _runner() -> Iterator[CheckMessage]:
    name = get_conf().job_runner
    built_in = import_string("powercrud_core.jobs.runners.BUILT_IN")
    if name in built_in or name == "auto":
        chosen = _chosen()[0]
        yield from {"q2": _q2, "tasks": _tasks}.get(chosen, _nothing)()
        return
    try:
        works = callable(import_string(name))
    except ImportError:
        works = False
    if not works:
        known = ", ".join(["auto", *built_in])
        text = f"POWERCRUD_JOB_RUNNER is {name!r}, which is no runner and no function."
        yield _message("E301", text, f"Set it to one of {known}, or a dotted path.")


def _nothing() -> Iterator[CheckMessage]:
    yield from ()


def _q2() -> Iterator[CheckMessage]:
    cluster: Any = getattr(settings, "Q_CLUSTER", None)
    if not apps.is_installed("django_q") or not cluster:
        text = "POWERCRUD_JOB_RUNNER is 'q2', but django-q2 is not set up."
        hint = 'Add "django_q" to INSTALLED_APPS and set Q_CLUSTER with "orm": "default".'
        yield _message("E302", text, hint)
        return
    if not cluster.get("orm"):
        text = "Q_CLUSTER does not use the ORM broker: others lose what a killed worker had."
        yield _message("W303", text, 'Set "orm": "default" in it.')
    needed = int(get_conf().job_slice) + 30
    timeout, retry = cluster.get("timeout"), cluster.get("retry") or 60
    if not timeout or timeout < needed or retry <= timeout:
        text = f"Q_CLUSTER has timeout {timeout} and retry {retry}: jobs would be rung too often."
        hint = f'Set "timeout" to {needed} or more, and "retry" to more than that.'
        yield _message("W304", text, hint)


def _tasks() -> Iterator[CheckMessage]:
    if not import_string("powercrud_core.jobs.runners.tasks_module")():
        text = "POWERCRUD_JOB_RUNNER is 'tasks', but there are no tasks in this Django."
        yield _message("E305", text, "Install django-tasks, or use Django 6.0 or newer.")
        return
    backend = import_string("powercrud_core.jobs.runners.tasks_backend")()
    if backend.endswith(("ImmediateBackend", "DummyBackend")):
        text = f"The default backend of TASKS is {backend}: no worker gets anything."
        yield _message("W306", text, "Set TASKS to a backend with workers.")
