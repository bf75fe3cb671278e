"""background: a function that is a job of its own, or a part of the one that is running."""

import functools
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Generic, ParamSpec, TypeVar

from django.db.models import QuerySet
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from powercrud_core import jobs
from powercrud_core.bulk import PlanError

__all__ = ["Background", "background", "load"]

P = ParamSpec("P")
R = TypeVar("R")


class Background(Generic[P, R]):
    """A function that runs in line inside a job, and as a job of its own outside of one.

    function: called with one object and the arguments, or, without objects, with the arguments.
    permission: what its user must be allowed, asked again at every slice.
    rows: returns, for the user, the queryset that the objects must be in.
    affected: returns, for some objects, the others that they change: these are claimed first.
    """

    def __init__(
        self,
        function: Callable[P, R],
        *,
        permission: str = "",
        rows: "Callable[[Any], QuerySet[Any]] | None" = None,
        affected: Callable[[Sequence[Any]], Iterable[Any]] | None = None,
    ) -> None:
        functools.update_wrapper(self, function)
        self.now, self.permission, self.rows, self.affected = function, permission, rows, affected

    def __call__(self, *args: Any, **arguments: Any) -> Any:
        """Run it here inside a job, and where there are no jobs; else submit it, return the Job."""
        if not jobs.installed() or jobs.current_job() is not None:
            return self.now(*args, **arguments)
        return jobs.submit(self, *args, **arguments)


def background(function: Any = None, **options: Any) -> Any:
    """Make a `Background` of a function; a decorator, with or without options."""
    if function is None:
        return functools.partial(Background, **options)
    return Background(function, **options)


def load(path: str) -> Background[..., Any]:
    """Return the function at a path, as a `Background`; raises PlanError."""
    try:
        found = import_string(path)
    except ImportError as error:
        text = _("There is no function %(path)s any more.") % {"path": path}
        raise PlanError("view", text) from error
    return found if isinstance(found, Background) else Background(found)
