"""Claims: objects that somebody has for himself, until a job ends or a block is left."""

import logging
import random
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextvars import ContextVar
from datetime import timedelta
from hashlib import blake2b
from typing import Any, Literal, Self, TypeVar

from asgiref.sync import sync_to_async
from django.db import DEFAULT_DB_ALIAS, OperationalError, connections, router, transaction
from django.db.models import F, Manager, Model, Q, QuerySet, Value
from django.utils.translation import gettext as _

from powercrud_core import contention
from powercrud_core.contention import Holding, is_busy
from powercrud_core.exceptions import ConfigError
from powercrud_core.jobs import installed
from powercrud_core.jobs.models import Claim, Clock, Guard, Job
from powercrud_core.selection import key_of

__all__ = [
    "ClaimConflict",
    "ClaimLost",
    "acquire",
    "claim",
    "claimed",
    "holdings",
    "key_text",
    "release",
    "scope_of",
    "wanted",
]

logger = logging.getLogger("powercrud.jobs")

WHOLE = "*"
ESCALATE = 50_000
PART = 500
KEY_LENGTH = 200
TRIES = 6

# The job that the running code is a part of; `current_job()` returns it.
HERE: ContextVar[Any] = ContextVar("powercrud_job", default=None)

# What of a holder is told: its parameters may be long.
TOLD = tuple(
    f"holder__{name}"
    for name in (
        *("kind", "label", "operation", "owner_name", "started", "created"),
        *("total", "done", "unchanged", "skipped", "failed"),
    )
)

Policy = Literal["all", "free"]
Wanted = dict[str, list[str] | None]
Found = TypeVar("Found")


class ClaimConflict(Exception):  # noqa: N818 - it is no error of anybody's
    """Others hold some of the objects.

    holdings: their work, each once; keys: the objects in the way, by scope.
    """

    def __init__(self, holdings: Sequence[Holding], keys: Mapping[str, set[str]]) -> None:
        self.holdings, self.keys = tuple(holdings), keys
        super().__init__(" ".join(map(str, holdings)) or _("Others are changing this."))


class ClaimLost(Exception):  # noqa: N818
    """A claim ran out before its block was left; somebody else may hold the objects by now."""


def scope_of(model: type[Model], using: str | None = None) -> str:
    """Return what claims of a model's objects are filed under: the root of its table's family."""
    model = model._meta.concrete_model or model
    while (parent := model._meta.pk.remote_field) is not None and parent.parent_link:
        model = parent.model
    alias = using or router.db_for_write(model)
    return model._meta.label_lower if alias == "default" else f"{alias}:{model._meta.label_lower}"


def key_text(pk: Any) -> str:
    """Return a key as a claim stores it: never the `*`, never too long."""
    text = key_of(pk)
    if text.startswith(WHOLE):
        text = WHOLE + text
    if len(text) <= KEY_LENGTH:
        return text
    return text[:160] + blake2b(text.encode(), digest_size=16).hexdigest()


def wanted(objects: Iterable[Any]) -> Wanted:
    """Return what is to be claimed: keys by scope, None for all objects of a scope.

    objects: model instances, querysets, classes of models (all of their objects), and iterables
        of these.
    """
    found: dict[str, dict[str, None] | None] = {}

    def add(scope: str, keys: Iterable[str]) -> None:
        known = found.setdefault(scope, {})
        if known is not None:
            known.update(dict.fromkeys(keys))

    def visit(one: Any) -> None:
        if isinstance(one, Model):
            if one.pk is None:
                raise ValueError(f"{one!r} is not saved: there is nothing to claim.")
            add(scope_of(type(one), one._state.db), [key_text(one.pk)])
        elif isinstance(one, type) and issubclass(one, Model):
            found[scope_of(one)] = None
        elif isinstance(one, QuerySet | Manager):
            rows = one.all()
            scope = scope_of(rows.model, getattr(rows, "_db", None))
            if rows.query.where or rows.query.is_sliced or rows.query.combinator:
                add(scope, map(key_text, rows.values_list("pk", flat=True)))
            else:
                found[scope] = None
        else:
            for part in one:
                visit(part)

    visit(objects)
    return {
        scope: None if keys is None or len(keys) > ESCALATE else list(keys)
        for scope, keys in found.items()
    }


def acquire(
    holder: Job, wish: Wanted, *, policy: Policy = "all", passing: bool = False
) -> dict[str, set[str]]:
    """Claim objects for a holder; return, by scope, the keys that were not to be had.

    policy: "all" raises ClaimConflict and claims nothing when others hold one of them; "free"
    takes what is free. What the holder, or a job it is a part of, has already is its own.
    """
    alias = router.db_for_write(Claim)
    new = holder._state.adding
    return _patiently(alias, lambda: _acquire(alias, holder, new, wish, policy, passing))


def _patiently(alias: str, work: Callable[[], Found]) -> Found:
    """Do something in a transaction, again where the database had no time for it."""
    tries = 1 if connections[alias].in_atomic_block else TRIES
    for attempt in range(1, tries + 1):
        try:
            return work()
        except OperationalError as error:
            if attempt == tries or not is_busy(error):
                raise
            time.sleep(random.uniform(0.01, 0.05) * 2**attempt)  # noqa: S311
    raise AssertionError  # pragma: no cover


def _acquire(
    alias: str, holder: Job, new: bool, wish: Wanted, policy: Policy, passing: bool
) -> dict[str, set[str]]:
    refused: dict[str, set[str]] = {}
    family = {str(holder.pk), *holder.meta.get("ancestors", ())}
    with transaction.atomic(using=alias):
        for scope in sorted(wish):
            _guard(alias, scope)
        if new:
            holder.save(using=alias, force_insert=True)
        for scope, keys in wish.items():
            held = _held(alias, scope, keys)
            others = {k: who for k, who in held.items() if str(who) not in family}
            if others and _drop_lapsed(alias, set(others.values())):
                held = _held(alias, scope, keys)
                others = {k: who for k, who in held.items() if str(who) not in family}
            everything = keys is None or WHOLE in others
            if others:
                refused[scope] = {*(keys or [WHOLE])} if everything else set(others)
                if policy == "all":
                    raise _conflict(alias, {scope: set(others)}, set(others.values()))
            if (others and everything) or WHOLE in held:
                continue
            free = [WHOLE] if keys is None else [key for key in keys if key not in held]
            Claim.objects.using(alias).bulk_create(
                [Claim(holder=holder, scope=scope, key=key, passing=passing) for key in free],
                batch_size=5000,
            )
    return refused


def _leave(holder: Job) -> int:
    """Let a holder that is no job be over; say whether it held its claims until now."""
    alias = holder._state.db
    with transaction.atomic(using=alias):
        rows = Job.objects.using(alias).filter(pk=holder.pk)
        kept = rows.filter(lease_until__gte=Clock()).update(lease_until=None)
        release(holder)
        rows.delete()
    return kept


def _guard(alias: str, scope: str) -> None:
    """Have the scope to ourselves until the transaction ends. It begins by writing, or SQLite
    would refuse to let a reader become a writer.
    """
    rows = Guard.objects.using(alias)
    row = rows.filter(scope=scope)
    if not row.update(seq=F("seq") + 1):
        rows.bulk_create([Guard(scope=scope)], ignore_conflicts=True)
        row.update(seq=F("seq") + 1)


def _held(alias: str, scope: str, keys: Sequence[str] | None) -> dict[str, Any]:
    """Return who holds which of the keys, whoever it is; for None, of the whole scope."""
    rows = Claim.objects.using(alias).filter(scope=scope)
    if not rows.exists():
        return {}
    if keys is None:
        return dict(rows.values_list("key", "holder_id")[: ESCALATE * 4])
    found: dict[str, Any] = {}
    for start in range(0, len(keys) + 1, PART):
        part = [*keys[start : start + PART], WHOLE]
        found.update(rows.filter(key__in=part).values_list("key", "holder_id"))
    return found


def _drop_lapsed(alias: str, holders: set[Any]) -> int:
    """Remove holders whose lease has run out and who are no jobs that go on; return how many."""
    rows = Job.objects.using(alias).filter(pk__in=holders, kind=Job.Kind.CLAIM)
    lapsed = list(rows.filter(lease_until__lt=Clock()).values_list("pk", flat=True))
    for pk in lapsed:
        Claim.objects.using(alias).filter(holder=pk).delete()
    return Job.objects.using(alias).filter(pk__in=lapsed).delete()[0] if lapsed else 0


def _conflict(alias: str, keys: dict[str, set[str]], holders: set[Any]) -> ClaimConflict:
    jobs = Job.objects.using(alias).filter(pk__in=list(holders)[:20])
    return ClaimConflict([holding_of(job) for job in jobs], keys)


def clash(wish: Wanted, refused: Mapping[str, set[str]]) -> bool:
    """Say whether something that is wanted was refused."""
    return any(
        (keys is None or WHOLE in found or not found.isdisjoint(keys))
        for scope, keys in wish.items()
        if (found := refused.get(scope, set()))
    )


def told(refused: Mapping[str, set[str]]) -> str:
    """Return who has what was refused, for people."""
    alias = router.db_for_write(Claim)
    holders: dict[Any, None] = {}
    for scope, keys in refused.items():
        held = _held(alias, scope, [] if WHOLE in keys else sorted(keys)[:PART])
        holders.update(dict.fromkeys(held.values()))
    return str(_conflict(alias, {}, set(holders)))


def release(holder: Job, *, passing: bool = False) -> None:
    """Give back what a holder has; only its own, and only what it had for a step if `passing`."""
    rows = Claim.objects.using(router.db_for_write(Claim)).filter(holder=holder)
    (rows.filter(passing=True) if passing else rows).delete()


def holding_of(job: Job) -> Holding:
    """Return what people are told of a holder."""
    return Holding(
        job="" if job.kind == Job.Kind.CLAIM else str(job.pk),
        who=job.owner_name,
        what=str(job),
        since=job.started or job.created,
        percent=None if job.kind == Job.Kind.CLAIM or not job.total else job.percent,
    )


def holdings(model: type[Model], keys: Sequence[Any], using: str) -> dict[Any, Holding]:
    """Return by key what others are doing with objects of a model.

    One short query while nobody has any of that model, as nearly always; else a second one for a
    page of keys, which costs four times as much.
    """
    rows = Claim.objects.filter(scope=scope_of(model, using))
    if not rows.exists():
        return {}
    rows = rows.filter(~Q(holder__kind=Job.Kind.CLAIM) | Q(holder__lease_until__gte=Clock()))
    if own := _own_family():
        rows = rows.exclude(holder__in=own)
    texts = {key_text(key): key for key in keys}
    found: dict[Any, Holding] = {}
    known: dict[Any, Holding] = {}
    names = list(texts)
    for start in range(0, len(names), PART):
        part = [*names[start : start + PART], WHOLE]
        for one in rows.filter(key__in=part).select_related("holder").only("key", *TOLD):
            there = names if one.key == WHOLE else [one.key]
            if one.holder_id not in known:
                known[one.holder_id] = holding_of(one.holder)
            found.update((texts[key], known[one.holder_id]) for key in there)
    return found


def _own_family() -> list[Any]:
    current = HERE.get()
    return [current.id, *current.job.meta.get("ancestors", ())] if current else []


def claimed(objects: "Iterable[Model] | QuerySet[Any]") -> dict[Any, Holding]:
    """Return by key which of some objects of one model others are changing."""
    rows = list(objects)
    if not rows:
        return {}
    model = type(rows[0])
    return contention.holdings(model, [obj.pk for obj in rows], rows[0]._state.db or "default")


class claim:  # noqa: N801 - used as a function
    """Have objects for oneself inside a `with` block: `with claim(book, reason="Binding"):`.

    objects: model instances, querysets, classes of models, iterables of these.
    reason: what others are told; user: whose doing it is.
    policy: "all" or none (ClaimConflict), or what is "free"; `refused` then has the keys of the
        others, by scope.
    wait: seconds to try for.
    lease: seconds after which it ends by itself, should this process die; `renew()` begins anew.

    Inside a job the objects belong to the job until its step is committed. Enter it outside of a
    transaction: others see it when it is committed.
    """

    def __init__(
        self,
        *objects: Any,
        reason: str = "",
        user: Any = None,
        policy: Policy = "all",
        wait: float = 0,
        lease: float = 300,
    ) -> None:
        if not installed():
            raise ConfigError('claim() needs "powercrud_core.jobs" in INSTALLED_APPS.')
        self.objects, self.policy, self.wait, self.lease = objects, policy, wait, lease
        name = str(user) if user is not None else ""
        self.about = {"label": str(reason)[:255], "owner_name": name[:255]}
        self.refused: dict[str, set[str]] = {}
        self.holder: Job | None = None

    def __enter__(self) -> Self:
        wish, deadline = wanted(self.objects), time.monotonic() + self.wait
        while True:
            try:
                self.refused = self._take(wish)
            except ClaimConflict:
                if time.monotonic() >= deadline:
                    raise
                time.sleep(random.uniform(0.02, 0.2))  # noqa: S311
            else:
                return self

    def _take(self, wish: Wanted) -> dict[str, set[str]]:
        if current := HERE.get():
            return acquire(current.job, wish, policy=self.policy, passing=True)
        until: Any = Clock() + Value(timedelta(seconds=self.lease))
        holder = Job(kind=Job.Kind.CLAIM, state=Job.State.RUNNING, lease_until=until, **self.about)
        refused = acquire(holder, wish, policy=self.policy)
        self.holder = holder
        return refused

    def renew(self) -> None:
        """Let the lease begin anew; raises ClaimLost where it has run out."""
        if self.holder is None:
            return
        until = Clock() + Value(timedelta(seconds=self.lease))
        rows = Job.objects.using(self.holder._state.db).filter(pk=self.holder.pk)
        if not rows.filter(lease_until__gte=Clock()).update(lease_until=until):
            raise ClaimLost(_("The claim ran out."))

    def __exit__(self, *error: object) -> None:
        holder, self.holder = self.holder, None
        if holder is None:
            return
        if not _patiently(holder._state.db or DEFAULT_DB_ALIAS, lambda: _leave(holder)):
            logger.warning("The claim %s ran out before it was left.", holder)

    async def __aenter__(self) -> Self:
        return await sync_to_async(self.__enter__)()

    async def __aexit__(self, *error: object) -> None:
        await sync_to_async(self.__exit__)(*error)
