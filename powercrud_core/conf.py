"""The POWERCRUD_* settings as one frozen object."""

from dataclasses import dataclass, fields
from functools import cache
from typing import Any

from django.conf import settings
from django.core.signals import setting_changed

__all__ = ["PREFIX", "Conf", "get_conf"]

PREFIX = "POWERCRUD_"


@dataclass(frozen=True, slots=True)
class Conf:
    """Every setting with its default; a project writes them in capitals after `POWERCRUD_`.

    template_pack: name of the pack that draws the views which name none. With exactly one pack
        installed it may be left out.
    page_sizes: row counts offered on a list; the largest is the cap for `page_size`.
    choices_limit: a relation with more possible values than this is never printed as a select.
    choices_search: a select with more options than this can be searched, where scripts run.
    warn_queries: in DEBUG, name the columns that query the database row by row.
    template_comments: in DEBUG, name in an HTML comment the file that drew each component.
    job_runner: who carries out background jobs: "auto", "inline", "worker", "q2", "tasks", or the
        dotted path of a function or class of your own.
    job_slice: seconds after which a worker lets others have a turn.
    job_lease: seconds without a commit after which a worker is taken for dead.
    job_notice: seconds after which the user is told that no worker has begun.
    """

    template_pack: str = ""
    page_sizes: tuple[int, ...] = (25, 50, 100)
    choices_limit: int = 100
    choices_search: int = 10
    warn_queries: bool = True
    template_comments: bool = False
    job_runner: str = "auto"
    job_slice: float = 30
    job_lease: float = 60
    job_notice: float = 40


@cache
def get_conf() -> Conf:
    """Return the project's settings, read once."""
    return Conf(**{f.name: _read(f.name, f.default) for f in fields(Conf)})


def _read(name: str, default: Any) -> Any:
    value = getattr(settings, PREFIX + name.upper(), default)
    return tuple(value) if isinstance(default, tuple) else value


def _forget(*, setting: str, **kwargs: object) -> None:
    if setting.startswith(PREFIX) or setting == "DEBUG":
        get_conf.cache_clear()


setting_changed.connect(_forget)
