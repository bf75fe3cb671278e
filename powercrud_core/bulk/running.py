"""Run: a plan being carried out. execute() and preview() are its two ways."""

from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import replace
from hashlib import blake2b
from itertools import islice
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.db import DataError, IntegrityError, connections, router, transaction
from django.db.models import Model, QuerySet
from django.http import QueryDict
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from powercrud_core.bulk.forms import related_keys
from powercrud_core.bulk.operations import FOR_LOOP, FOR_SETS, Batch, BulkOperation, RedoError
from powercrud_core.bulk.plans import (
    HASH_LENGTH,
    Chunk,
    Code,
    Outcome,
    Plan,
    PlanError,
    Preview,
    RowNote,
    Sample,
)
from powercrud_core.contention import Holding, holdings
from powercrud_core.exceptions import ConfigError
from powercrud_core.selection import key_of, to_keys

GONE = "." * HASH_LENGTH

__all__ = ["Run", "carry_out", "execute", "preview", "run_chunk", "start"]


class _LeftError(Exception):
    """Rows would leave what the user may change."""

    def __init__(self, keys: set[Any]) -> None:
        self.keys = keys


def start(plan: Plan) -> "Run":
    """Return a run of a plan, after asking everything again: user, permission, form.

    Raises PlanError. A worker calls this at the start of every slice of its work.
    """
    with plan.locale():
        host = _view(plan, _user(plan.user_id))
        operation = host.get_operation(plan.operation)
        if operation is None:
            text = _("%(view)s has no operation “%(name)s”.")
            words = {"view": type(host).__name__, "name": plan.operation}
            raise PlanError("view", text % words)
        if plan.place not in operation.places:
            raise PlanError(
                "view", _("“%(name)s” cannot be begun here.") % {"name": plan.operation}
            )
        for action in ("view", operation.permission):
            if not host.policy.allows(host.user, action):
                raise PlanError("permission", host.policy.reason(host.user, action))
        form = operation.get_form(host, _posted(plan))
        if form is not None and not form.is_valid():
            raise PlanError("form", _("Please correct the following."), form)
        return Run(plan, host, operation, form)


def _posted(plan: Plan) -> QueryDict:
    data = QueryDict(mutable=True)
    for name, values in plan.data.items():
        data.setlist(name, list(values))
    return data


def _user(key: str | None) -> Any:
    if key is None:
        return AnonymousUser()
    model = get_user_model()
    user = model._default_manager.filter(pk__in=to_keys(model, [key])).first()
    if user is None or not user.is_active:
        raise PlanError("user", _("Whoever wanted this has no account any more."))
    return user


def _view(plan: Plan, user: Any) -> Any:
    """Return the view at the plan's address, as for a request of the user."""
    try:
        match = resolve(plan.view)
    except Resolver404 as error:
        raise PlanError("view", _("Nothing is found at %(at)s.") % {"at": plan.view}) from error
    view_class = getattr(match.func, "view_class", None)
    if not hasattr(view_class, "offline"):
        raise PlanError("view", _("No list is found at %(at)s.") % {"at": plan.view})
    state = plan.selection.state or ""
    return view_class.offline(user, match, plan.view, state, plan.context)  # type: ignore[union-attr]


class Run:
    """A plan with everything that carries it out: the view, the operation, the valid form.

    It lives as long as one request, or one slice of a worker's time.
    memory: what an operation wants to keep from batch to batch.
    explain: makes a row's failure of an unexpected exception, as a code and a sentence; None: such
        an exception is raised. holds: whether the rows are claimed, so that nobody else is asked.
    """

    def __init__(self, plan: Plan, host: Any, operation: BulkOperation, form: Any) -> None:
        self.plan, self.host, self.operation, self.form = plan, host, operation, form
        self.policy, self.user = host.policy, host.user
        self.model: type[Model] = host.get_model()
        self.memory: dict[str, Any] = {}
        self.explain: Callable[[Exception], tuple[Code, str]] | None = None
        self.holds = False
        self.permitted: Any = self._permitted()
        self.using: str = self.permitted._db or router.db_for_write(self.model)
        query = self.permitted.query
        self.bounded = bool(query.where) or query.distinct or query.is_sliced or query.combinator
        self.reason = operation.get_reason(self)
        self.watched = operation.get_watched(self)

    def _permitted(self) -> Any:
        try:
            return self.host.get_permitted(self.operation.permission)
        except AttributeError as error:
            if error.obj is not self.host.request:
                raise
            name = type(self.host).__name__
            raise ConfigError(
                f"{name} asks the request for '{error.name}', which a bulk operation does not "
                f"have: it may run later. Hand it on with {name}.get_plan_context() and restore()."
            ) from error

    def _choosable(self, rows: Any) -> Any:
        """Return the rows that may be chosen: of several the view may leave some out."""
        return self.host.get_selectable(rows) if self.plan.place == "bulk" else rows

    def matching(self) -> "QuerySet[Any]":
        """Return the selected rows on which the user may do this."""
        selection = self.plan.selection
        rows = self.permitted
        if selection.matching:
            rows = self._choosable(self.host.get_matching(self.operation.permission))
        return selection.apply(rows).using(self.using)

    @property
    def batch_size(self) -> int:
        """Return how many rows are changed in one step."""
        return self.operation.batch_size or (FOR_LOOP if self.reason else FOR_SETS)

    def resolve(self, size: int = 0) -> list[Chunk]:
        """Return the selected rows as chunks: their keys, and hashes of what is there now.

        size: how many rows in a chunk, if not `batch_size`.

        Called once, when the user has confirmed. Raises SelectionChangedError when other rows match
        than were confirmed, PlanError when there are more than the operation loads.
        """
        limit = self.operation.max_rows
        found = self.matching().order_by("pk").values_list("pk", flat=True)[: limit + 1]
        keys = list(dict.fromkeys(found.iterator(chunk_size=FOR_SETS)))
        if len(keys) > limit:
            text = _("At most %(limit)s rows can be changed at once.")
            raise PlanError("limit", text % {"limit": limit})
        self.plan.selection.check(len(keys))
        watch = self._watches(len(keys))
        return [self.chunk(part, watch) for part in parts(keys, size or self.batch_size)]

    def _watches(self, count: int) -> bool:
        few = self.operation.watch_limit
        return bool(self.watched) and (few is None or count <= few)

    def chunk(self, keys: Sequence[Any], watch: bool) -> Chunk:
        """Return rows as a chunk: what a preview saw of them, or else what is there now."""
        texts = tuple(map(key_of if isinstance(keys[0], tuple) else str, keys))
        if not watch:
            return Chunk(texts)
        now, seen = self._fingerprints(keys), self.plan.seen
        pairs = zip(texts, keys, strict=True)
        return Chunk(texts, "".join(seen.get(t) or now.get(key, GONE) for t, key in pairs))

    def _fingerprints(self, keys: Sequence[Any]) -> dict[Any, str]:
        """Return a hash of the watched fields of rows, by key."""
        fields: list[Any] = [self.model._meta.get_field(name) for name in self.watched]
        plain = [f.attname for f in fields if not f.many_to_many]
        sets = [related_keys(f, keys, self.using) for f in fields if f.many_to_many]
        rows = self.model._base_manager.using(self.using).filter(pk__in=keys)
        return {
            pk: _hash([*values, *(sorted(map(str, s.get(pk, ()))) for s in sets)])
            for pk, *values in rows.values_list("pk", *plain)
        }

    def step(self, chunk: Chunk, *, tracing: list[Sample] | None = None) -> Outcome:
        """Change the rows of a chunk in one transaction and say what became of each.

        In a transaction of the caller's it is a part of that, so a worker can commit its own
        records together with the rows. Called twice for one chunk it finds the rows changed.
        tracing: a list that takes samples; for previews.
        """
        with self.plan.locale(), transaction.atomic(self.using, savepoint=False):
            keys = to_keys(self.model, chunk.keys)
            if tracing is None and not chunk.seen and self._fast(keys):
                return Outcome(done=len(keys))
            return self._slow(chunk, dict(zip(chunk.keys, keys, strict=True)), tracing)

    def _fast(self, keys: list[Any]) -> bool:
        """Let the operation change all rows at once; take that back unless it was all of them."""
        if self.policy.object_level or not keys or self._held(keys) or self._hindered(keys):
            return False
        if self.bounded:
            self._lock(keys)
        try:
            with transaction.atomic(self.using):
                all_mine = not self.bounded or self._count(keys) == len(keys)
                done = all_mine and self.operation.fast(self, keys)
                kept = not self.operation.keeps_rows or not self.bounded
                if done and (kept or self._count(keys) == len(keys)):
                    return True
                transaction.set_rollback(True, self.using)
        except (IntegrityError, DataError):
            pass  # the slow way finds out which row it was
        return False

    def _held(self, keys: list[Any]) -> dict[Any, Holding]:
        """Return by key which rows somebody else is at work on."""
        return {} if self.holds else holdings(self.model, keys, self.using)

    def _count(self, keys: list[Any]) -> int:
        return int(self.permitted.using(self.using).filter(pk__in=keys).count())

    def _lock(self, keys: list[Any]) -> None:
        """Lock rows in key order, so that two operations never wait for each other."""
        if connections[self.using].features.has_select_for_update:
            rows = self.model._base_manager.using(self.using).filter(pk__in=keys)
            list(rows.order_by("pk").select_for_update().values_list("pk"))

    def _slow(self, chunk: Chunk, keys: dict[str, Any], tracing: list[Sample] | None) -> Outcome:
        left: set[Any] = set()
        careful = False
        if tracing is None:
            self._lock(list(keys.values()))
        while True:
            notes: list[RowNote] = []
            rows = list(self._take(chunk, keys, left, notes))
            batch = Batch(self, rows, careful=careful, tracing=tracing is not None)
            try:
                with transaction.atomic(self.using):
                    self.operation.write(batch)
                    if gone := self._left(batch.done):
                        raise _LeftError(gone)
            except RedoError:
                if careful:
                    raise
                careful = True
            except _LeftError as error:
                left |= error.keys
            else:
                if tracing is not None:
                    failed = {note.key for note in batch.notes}
                    tracing += [s for key, s in batch.samples.items() if key not in failed]
                return Outcome(
                    done=len(batch.done),
                    unchanged=batch.unchanged,
                    notes=(*notes, *batch.notes),
                    extra=batch.extra,
                )

    def _hindered(self, keys: list[Any]) -> dict[Any, str]:
        """Return the rows with which this cannot be done now, with the reason: up to two queries.

        A state that the operation itself ends is no reason afterwards, so this is asked before.
        """
        rows = self.permitted.using(self.using)
        found: dict[Any, str] = {}
        for some, reason in (
            (self.operation.enabled(rows), self.operation.disabled_reason),
            (self._choosable(rows), self.host.unselectable_reason),
        ):
            if some is not rows:
                able = set(some.filter(pk__in=keys).values_list("pk", flat=True))
                found |= dict.fromkeys((key for key in keys if key not in able), str(reason))
        return found

    def _left(self, done: list[Any]) -> set[Any]:
        """Return which changed rows are no longer among those the user may change."""
        if not (self.bounded and self.operation.keeps_rows and done):
            return set()
        rows = self.permitted.using(self.using).filter(pk__in=done)
        return set(done) - set(rows.values_list("pk", flat=True))

    def _take(
        self, chunk: Chunk, keys: dict[str, Any], left: set[Any], notes: list[RowNote]
    ) -> Iterator[Any]:
        """Yield the rows that are still there, permitted and as they were seen."""
        rows = self.permitted.using(self.using).filter(pk__in=list(keys.values()))
        found = {obj.pk: obj for obj in rows.order_by("pk")}
        seen = chunk.hashes() if chunk.seen else {}
        now = self._fingerprints(list(found)) if seen else {}
        each = self.policy.object_level
        hindered, held = self._hindered(list(found)), self._held(list(found))
        for text, key in keys.items():
            obj = found.get(key)
            if obj is None:
                gone = _("This row is no longer among those you may change.")
                notes.append(RowNote(text, "skipped", "gone", gone))
            elif key in held:
                notes.append(RowNote(text, "skipped", "claimed", str(held[key]), str(obj)))
            elif seen and now.get(key) != seen[text]:
                changed = _("Somebody has changed this row meanwhile.")
                notes.append(RowNote(text, "skipped", "changed", changed, str(obj)))
            elif each and not self.policy.allows(self.user, self.operation.permission, obj):
                reason = self.policy.reason(self.user, self.operation.permission, obj)
                notes.append(RowNote(text, "skipped", "forbidden", reason, str(obj)))
            elif reason := hindered.get(key, ""):
                notes.append(RowNote(text, "skipped", "disabled", reason, str(obj)))
            elif reason := self.operation.refuses(self, obj):
                notes.append(RowNote(text, "skipped", "forbidden", reason, str(obj)))
            elif key in left:
                reason = _("With this change the row would no longer be among those you may see.")
                notes.append(RowNote(text, "failed", "left", reason, str(obj)))
            else:
                yield obj


def execute(plan: Plan, *, on_progress: Callable[[int], None] | None = None) -> Outcome:
    """Carry out a plan here and now; return what became of its rows.

    on_progress: called with the number of rows done with, after each chunk. Raises PlanError
    and SelectionChangedError. An atomic operation of which a row failed is taken back as a whole.
    """
    return carry_out(start(plan), on_progress)


def carry_out(run: Run, on_progress: Callable[[int], None] | None = None) -> Outcome:
    """Carry out a plan that was started; return what became of its rows."""
    chunks, atomic = run.resolve(), run.operation.atomic
    with run.plan.locale(), transaction.atomic(run.using) if atomic else nullcontext():
        outcome = Outcome.sum(_steps(run, chunks, on_progress))
        if run.operation.atomic and outcome.failed:
            transaction.set_rollback(True, run.using)
            outcome = replace(outcome, undone=True)
    return outcome


def _steps(
    run: Run, chunks: Iterable[Chunk], on_progress: Callable[[int], None] | None
) -> Iterator[Outcome]:
    finished = 0
    for chunk in chunks:
        yield run.step(chunk)
        finished += len(chunk)
        if on_progress is not None:
            on_progress(finished)


def run_chunk(plan: Plan, chunk: Chunk) -> Outcome:
    """Carry out one chunk of a plan: `start()` and `step()`, for a worker that keeps no run."""
    return start(plan).step(chunk)


def preview(plan: Plan) -> Preview:
    """Return what a plan would do, by doing it in a transaction that is rolled back.

    All rows are counted; up to `preview_rows` all are tried, of more only `preview_sample`.
    """
    run = start(plan)
    operation = run.operation
    with plan.locale():
        rows = run.matching()
        total = rows.count()
        size = total if total <= operation.preview_rows else operation.preview_sample
        keys = list(dict.fromkeys(rows.order_by("pk").values_list("pk", flat=True)[:size]))
        detail = operation.get_detail(run, keys)
        if not operation.can_try(run, detail):
            keys = []
        watch = len(keys) == total and run._watches(total)
        chunks = [run.chunk(part, watch) for part in parts(keys, run.batch_size)]
        samples: list[Sample] = []
        with transaction.atomic(run.using):
            outcome = Outcome.sum(run.step(chunk, tracing=samples) for chunk in chunks)
            transaction.set_rollback(True, run.using)
    seen = {key: text for chunk in chunks if watch for key, text in chunk.hashes().items()}
    return Preview(
        plan=replace(plan, selection=plan.selection.confirmed(total), seen=seen),
        total=total,
        examined=len(keys),
        outcome=outcome,
        samples=tuple(samples[:5]),
        reason=run.reason,
        detail=detail,
    )


def parts(items: Sequence[Any], size: int) -> Iterator[list[Any]]:
    """Yield the items in lists of a size."""
    rest = iter(items)
    while part := list(islice(rest, size)):
        yield part


def _hash(values: Iterable[Any]) -> str:
    """Return eight characters that differ when the values do."""
    text = "\x1f".join("" if value is None else str(value) for value in values)
    return urlsafe_b64encode(blake2b(text.encode(), digest_size=6).digest()).decode()
