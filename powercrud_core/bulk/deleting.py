"""BulkDelete: deletes what can be deleted, and tells what goes along and what is in the way."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, connections
from django.db.models import ProtectedError, RestrictedError
from django.db.models.deletion import Collector, get_candidate_relations_to_delete
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from powercrud_core.bulk.operations import Batch, BulkOperation, RedoError
from powercrud_core.bulk.reasons import is_ours

__all__ = ["BulkDelete", "Collateral", "Group"]

DEPTH = 4
BATCH = 200
GOES, STAYS = {"CASCADE", "DB_CASCADE"}, {"PROTECT", "RESTRICT"}


@dataclass(frozen=True, slots=True)
class Group:
    """Objects of one model that a deletion concerns.

    more: True when there are more than were counted; allowed: whether the user may delete them.
    """

    model: str
    label: str
    count: int
    more: bool
    allowed: bool


@dataclass(frozen=True, slots=True)
class Collateral:
    """What else a deletion concerns: what goes along, what forbids it, what loses its value."""

    deleted: tuple[Group, ...] = ()
    protected: tuple[Group, ...] = ()
    cleared: tuple[Group, ...] = ()


class BulkDelete(BulkOperation):
    """Deletes many rows, and with them what the models say; each row that cannot go is told.

    The user needs the permission to delete whatever goes along, row by row.
    count_limit: of each related model no more objects than this are counted; where more would go
        along, a preview counts and tries nothing.
    """

    name = "delete"
    label = gettext_lazy("Delete")
    icon = "delete"
    tone = "danger"
    success = gettext_lazy("%(rows)s deleted.")
    permission = "delete"
    confirm_above = 20
    keeps_rows = False
    batch_size = BATCH
    count_limit: int = 10_000

    def get_reason(self, run: Any) -> str:
        """Return why rows are deleted one by one."""
        if is_ours(type(run.host).perform_delete):
            return ""
        return _("%(view)s has its own perform_delete().") % {"view": type(run.host).__name__}

    def get_watched(self, run: Any) -> list[str]:
        """Return every field: a row is deleted as it was seen, or not at all."""
        return [f.name for f in run.model._meta.concrete_fields if not f.primary_key]

    def write(self, batch: Batch) -> None:
        """Delete the rows of a batch at once, or one by one where something is in the way."""
        if not batch.run.reason and not batch.careful:
            self._together(batch)
            return
        todo, stuck = list(batch.rows), 0
        while todo:
            # A row may be in the way of another one: as long as some go, the rest is tried again.
            refused = [(obj, why) for obj in todo if (why := self._one(batch, obj))]
            if len(refused) == stuck or len(refused) == len(todo):
                for obj, (code, reason) in refused:
                    batch.fail(obj, code, reason)
                return
            todo, stuck = [obj for obj, _why in refused], len(refused)

    def _together(self, batch: Batch) -> None:
        keys = [obj.pk for obj in batch.rows]
        try:
            collector = self._collect(batch.run, batch.rows)
            if _Rights(batch.run).missing(collector, keys):
                raise RedoError
            self._tell(batch, collector.delete()[1], len(keys))
            self._settle(batch.run)
        except IntegrityError as error:
            raise RedoError from error
        batch.done += keys

    def _one(self, batch: Batch, obj: Any) -> Any:
        """Delete one row and return None, or return a code and the reason why not."""
        key = obj.pk
        try:
            collector = self._collect(batch.run, [obj])
        except (ProtectedError, RestrictedError) as error:
            _message, objects = error.args
            text = _("It is still needed by %(objects)s.")
            return "protected", text % {"objects": named(objects)}
        if missing := _Rights(batch.run).missing(collector, [key]):
            text = _("You may not delete the %(objects)s that would go along.")
            return "forbidden", text % {"objects": missing._meta.verbose_name_plural}
        with batch.row(obj):
            if batch.run.reason:
                batch.run.host.perform_delete(obj)
            else:
                self._tell(batch, collector.delete()[1], 1)
            self._settle(batch.run)
            batch.done.append(key)
        return None

    def _collect(self, run: Any, rows: Sequence[Any]) -> Collector:
        collector = Collector(using=run.using, origin=run.model)
        collector.collect(rows)
        return collector

    def _settle(self, run: Any) -> None:
        """Let the database say now what it would say at the end: where nobody else looks."""
        relations: Any = get_candidate_relations_to_delete(run.model._meta)
        blind = [r for r in relations if rule_of(r) == "DO_NOTHING"]
        if blind:
            tables = [r.related_model._meta.db_table for r in blind]
            connections[run.using].check_constraints(table_names=tables)

    def _tell(self, batch: Batch, counts: dict[str, int], mine: int) -> None:
        own = batch.run.model._meta.label
        for label, count in counts.items():
            if along := count - (mine if label == own else 0):
                batch.extra[label] = batch.extra.get(label, 0) + along

    def get_detail(self, run: Any, keys: Sequence[Any]) -> Collateral:
        """Return what all selected rows take along and what protects them, counted in SQL."""
        found: dict[str, list[Group]] = {"deleted": [], "protected": [], "cleared": []}
        for kind, group in _related(run, run.model, run.matching(), self.count_limit):
            found[kind].append(group)
        return Collateral(**{kind: tuple(groups) for kind, groups in found.items()})

    def can_try(self, run: Any, detail: Any) -> bool:
        """Say whether a preview may delete and roll back: not what takes very much along."""
        return not any(group.more for group in detail.deleted)


class _Rights:
    """Whether a user may delete everything that a collector holds."""

    def __init__(self, run: Any) -> None:
        self.run = run
        self.own = {run.model, run.model._meta.concrete_model, *run.model._meta.all_parents}

    def missing(self, collector: Collector, keys: Sequence[Any]) -> Any:
        """Return a model of which something would go along that the user may not delete."""
        for model, instances in collector.data.items():
            along = {obj.pk for obj in instances}
            if model in self.own:
                if model is not self.run.model._meta.concrete_model or self._mine(along, keys):
                    continue
                return model
            if not self._may(model, model._base_manager.filter(pk__in=along), len(along)):
                return model
        for queryset in collector.fast_deletes:
            model = queryset.model
            if model not in self.own and not self._may(model, queryset, None):
                return model
        return None

    def _mine(self, along: set[Any], keys: Sequence[Any]) -> bool:
        rest = along - set(keys)
        rows = self.run.permitted.using(self.run.using)
        return not rest or rows.filter(pk__in=rest).count() == len(rest)

    def _may(self, model: Any, rows: Any, count: int | None) -> bool:
        if model._meta.auto_created:
            return True
        policy = self.run.policy.related(model)
        if not policy.allows(self.run.user, "delete"):
            return not (rows.exists() if count is None else count)
        allowed = policy.rows(self.run.user, "delete", rows)
        if allowed is rows:
            return True
        return bool(allowed.count() == (rows.count() if count is None else count))


def _related(
    run: Any, model: Any, rows: Any, limit: int, depth: int = 0
) -> Iterator[tuple[str, Group]]:
    """Yield what a deletion concerns, by what happens to it; no more than `limit` are counted."""
    relations: Any = get_candidate_relations_to_delete(model._meta)
    for relation in relations:
        child, field = relation.related_model, relation.field
        if child._meta.auto_created:
            continue
        rule = rule_of(relation)
        keys = rows.order_by().values(field.target_field.attname)
        objects = child._base_manager.using(run.using).filter(**{f"{field.name}__in": keys})
        group = _group(run, child, objects, limit)
        if not group.count or rule == "DO_NOTHING":
            continue
        yield "deleted" if rule in GOES else "protected" if rule in STAYS else "cleared", group
        if rule in GOES and depth < DEPTH and not group.more:
            yield from _related(run, child, objects, limit, depth + 1)
    for field in model._meta.private_fields:
        if hasattr(field, "bulk_related_objects"):
            objects = field.bulk_related_objects(rows.only("pk")[:limit], run.using)
            group = _group(run, objects.model, objects, limit)
            if group.count:
                yield "deleted", group


def rule_of(relation: Any) -> str:
    """Return the name of what a relation does on deletion: "CASCADE", "PROTECT", …."""
    return str(getattr(relation.on_delete, "__name__", relation.on_delete))


def _group(run: Any, model: Any, objects: Any, limit: int) -> Group:
    options = model._meta
    count = objects.order_by()[: limit + 1].count()
    noun = options.verbose_name if count == 1 else options.verbose_name_plural
    allowed = run.policy.related(model).allows(run.user, "delete")
    return Group(options.label, str(noun), min(count, limit), count > limit, allowed)


def named(objects: Iterable[Any]) -> str:
    """Return how many objects of which models there are: "3 copies, 1 label"."""
    counts: dict[Any, int] = {}
    for obj in objects:
        counts[type(obj)] = counts.get(type(obj), 0) + 1
    return ", ".join(
        f"{n} {m._meta.verbose_name if n == 1 else m._meta.verbose_name_plural}"
        for m, n in counts.items()
    )
