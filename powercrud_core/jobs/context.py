"""current_job(): how code deep in a save() knows that it runs inside a job."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.module_loading import import_string

from powercrud_core.jobs import claims
from powercrud_core.jobs.models import Job

__all__ = ["Current", "current_job", "inside", "path_of"]


class Current:
    """The job that the running code is a part of.

    job: its record, as it was when this slice began; id: its key.
    """

    def __init__(self, job: Job, using: str) -> None:
        self.job, self.id, self.using = job, job.pk, using
        self.text = job.note
        self.effects: list[list[Any]] = []

    def claim(self, *objects: Any) -> None:
        """Claim more objects until this step is committed; raises ClaimConflict.

        A row whose work is refused them is put off. To have them claimed beforehand, which is
        cheaper, write `affected()`.
        """
        claims.acquire(self.job, claims.wanted(objects), passing=True)

    def note(self, text: str) -> None:
        """Say what is being done: the last line shows with the job's progress."""
        self.text = str(text)[:500]

    def after_commit(self, function: Callable[..., Any] | str, **arguments: Any) -> None:
        """Call a function of a module, with JSON arguments, once these rows are committed.

        For what cannot be rolled back: mail, HTTP, files. It is written down with the rows, so it
        is done at least once, and twice where a worker dies just then.
        """
        path = function if isinstance(function, str) else path_of(function)
        DjangoJSONEncoder().encode(arguments)
        self.effects.append([path, arguments])

    def key(self, obj: Any) -> str:
        """Return a text that is the same whenever this job works on this object."""
        scope = claims.scope_of(type(obj), self.using)
        return f"{self.id}:{scope}:{claims.key_text(obj.pk)}"


def current_job() -> Current | None:
    """Return the job that the running code is a part of, None outside of one."""
    current: Current | None = claims.HERE.get()
    return current


@contextmanager
def inside(current: Current) -> Iterator[Current]:
    """Let code run as a part of a job."""
    token = claims.HERE.set(current)
    try:
        yield current
    finally:
        claims.HERE.reset(token)


def path_of(function: Callable[..., Any]) -> str:
    """Return the dotted path of a function; raises TypeError where another process has none."""
    path = f"{getattr(function, '__module__', '')}.{getattr(function, '__qualname__', '')}"
    try:
        found = import_string(path)
    except ImportError:
        found = None
    if found is not function:
        raise TypeError(
            f"{function!r} cannot be found in another process: it needs to be a function at the "
            "top of a module."
        )
    return path
