"""Who else is at work: what others hold, and whether a database gave up because of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import DatabaseError, InterfaceError, OperationalError
from django.db.models import Model
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

__all__ = ["UNREACHED", "Holding", "holdings", "is_busy", "provide"]

# What PostgreSQL and MySQL call a serialization failure, a deadlock, and a lock not to be had.
RACES = {"40001", "40P01", "55P03", 1205, 1213, 3572}
# What a lost connection raises, at first and when it is used again: it says nothing about a row.
UNREACHED = (OperationalError, InterfaceError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """Somebody's work on an object, which others have to wait for.

    job: its key as text; who: whose it is, "" for nobody's; what: its name; since: when it began.
    percent: how much of it is done, None where that is not known.
    """

    job: str
    who: str
    what: str
    since: datetime
    percent: int | None = None

    def __str__(self) -> str:
        """Return it in words, for people."""
        words = {"what": self.what, "who": self.who, "since": self._begun()}
        if self.who:
            text = _("Being changed by “%(what)s” of %(who)s since %(since)s")
        else:
            text = _("Being changed by “%(what)s” since %(since)s")
        return text % words + self._so_far()

    @property
    def short(self) -> str:
        """Return it in fewer words, for a row of a list: without the name of the work."""
        words = {
            "who": self.who,
            "since": date_format(localtime(self.since), "TIME_FORMAT"),
        }
        if self.who:
            text = _("Being changed by %(who)s since %(since)s")
        else:
            text = _("Being changed since %(since)s")
        return text % words + self._so_far()

    def _begun(self) -> str:
        return date_format(localtime(self.since), "TIME_FORMAT")

    def _so_far(self) -> str:
        if self.percent is None:
            return ""
        return ", " + _("%(percent)s%% done") % {"percent": self.percent}


Provider = Callable[[type[Model], Sequence[Any], str], Mapping[Any, Holding]]
_providers: list[Provider] = []


def provide(provider: Provider) -> None:
    """Let a function tell who holds which objects: model, keys, alias → a Holding by key."""
    if provider not in _providers:
        _providers.append(provider)


def holdings(model: type[Model], keys: Sequence[Any], using: str) -> dict[Any, Holding]:
    """Return by key which of the objects others are at work on; no query without jobs."""
    found: dict[Any, Holding] = {}
    for provider in _providers if keys else ():
        found |= provider(model, keys, using)
    return found


def is_busy(error: DatabaseError) -> bool:
    """Say whether a database gave up because of what others do: a lock, a deadlock, a race."""
    cause: Any = error.__cause__
    name = getattr(cause, "sqlite_errorname", None) or ""
    state = getattr(cause, "sqlstate", None)
    number = cause.args[0] if cause is not None and cause.args else None
    return name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")) or state in RACES or number in RACES
