"""Reading: a queryset and columns become rows of values, without a model instance where possible.

Making model instances costs eight times as much as reading tuples, so rows come from
`values_list()`; what lies behind a relation is fetched once for a batch of rows and each related
object is asked for its name once. Columns that only Python can compute (properties, functions) make
the whole file be read from instances.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db.models import Model, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from powercrud_core.columns import BoundColumn
from powercrud_core.formats import format_for

__all__ = ["Reader"]

BATCH = 2000
REMEMBERED = 50_000

Values = dict[Any, Any]


@dataclass(slots=True)
class Plain:
    """A column that stands in the row itself: its place among the values, and its text."""

    index: int
    text: Callable[[Any], Any]

    def fill(self, rows: Sequence[tuple[Any, ...]], out: Sequence[list[Any]]) -> None:
        """Append this column's value to each row of the file."""
        index, text = self.index, self.text
        for row, line in zip(rows, out, strict=True):
            value = row[index]
            line.append(None if value is None else text(value))


@dataclass(slots=True)
class Related:
    """A column of one related object: its key stands in the row, its name is fetched."""

    index: int
    names: "Names"

    def fill(self, rows: Sequence[tuple[Any, ...]], out: Sequence[list[Any]]) -> None:
        """Append the related object's name to each row of the file."""
        index = self.index
        name = self.names.of({row[index] for row in rows})
        for row, line in zip(rows, out, strict=True):
            line.append(name.get(row[index]))


@dataclass(slots=True)
class Many:
    """A column of several related objects: keys or names, joined by the writer."""

    field: Any
    names: "Names | None"
    using: str

    def fill(self, rows: Sequence[tuple[Any, ...]], out: Sequence[list[Any]]) -> None:
        """Append the list of related keys or names to each row of the file."""
        found: dict[Any, list[Any]] = {}
        for mine, theirs in self._pairs([row[0] for row in rows]):
            found.setdefault(mine, []).append(theirs)
        name = self.names.of({k for keys in found.values() for k in keys}) if self.names else None
        for row, line in zip(rows, out, strict=True):
            keys = found.get(row[0], ())
            line.append([name[k] for k in keys if k in name] if name is not None else list(keys))

    def _pairs(self, keys: list[Any]) -> "QuerySet[Any, tuple[Any, Any]]":
        field, through = self.field, self.field.remote_field.through
        mine, theirs = field.m2m_field_name(), field.m2m_reverse_field_name()
        order = [
            f"{'-' if name.startswith('-') else ''}{theirs}__{name.lstrip('-')}"
            for name in field.related_model._meta.ordering
            if isinstance(name, str)
        ]
        links = through._base_manager.using(self.using).filter(**{f"{mine}__in": keys})
        target = through._meta.get_field(theirs).attname
        return links.order_by(*order).values_list(through._meta.get_field(mine).attname, target)  # type: ignore[no-any-return]


class Names:
    """The names of related objects, each asked for once."""

    def __init__(self, model: type[Model], key: str, using: str) -> None:
        self.rows, self.key = model._base_manager.using(using), key
        self.known: Values = {None: None}

    def of(self, keys: set[Any]) -> Values:
        """Return names by key; at most one query."""
        if len(self.known) > REMEMBERED:
            self.known = {None: None}
        if new := keys - self.known.keys():
            objects = self.rows.filter(**{f"{self.key}__in": new})
            self.known.update((getattr(obj, self.key), str(obj)) for obj in objects)
        return self.known


class Reader:
    """Reads the rows of a queryset as lists of values, in the order of the columns.

    columns: bound columns, in the order wanted.
    raw: values as they are stored (keys of related objects, ISO dates); False for texts as the
        list shows them.
    load: what prepares a queryset of instances for its columns (joins and prefetches).
    """

    def __init__(
        self,
        model: type[Model],
        columns: Sequence[BoundColumn],
        *,
        raw: bool,
        load: Callable[["QuerySet[Any]"], "QuerySet[Any]"],
    ) -> None:
        self.model, self.columns, self.raw, self.load = model, tuple(columns), raw, load

    def header(self) -> list[str]:
        """Return the columns' labels; those of points in time name the time zone."""
        zone = timezone.get_current_timezone_name()
        return [
            _("%(label)s (%(zone)s)") % {"label": c.label, "zone": zone}
            if c.kind == "datetime"
            else str(c.label)
            for c in self.columns
        ]

    def names(self) -> list[str]:
        """Return the columns' names."""
        return [c.name for c in self.columns]

    def rows(self, queryset: "QuerySet[Any]") -> Iterator[list[Any]]:
        """Yield the rows; a value is None, a text, a number, a date, or a list of such."""
        lookups = [_lookup(c, queryset.query.annotations) for c in self.columns]
        if all(lookup is not None for lookup in lookups):
            yield from self._from_tuples(queryset, [lookup or "" for lookup in lookups])
        else:
            yield from self._from_instances(queryset)

    def _from_tuples(self, queryset: "QuerySet[Any]", lookups: list[str]) -> Iterator[list[Any]]:
        asked = ["pk", *(lookup for lookup in lookups if lookup != MANY)]
        places = {lookup: i for i, lookup in enumerate(asked)}
        parts = [
            self._part(column, places.get(lookup, 0), queryset.db)
            for column, lookup in zip(self.columns, lookups, strict=True)
        ]
        found = queryset.select_related(None).prefetch_related(None).values_list(*asked)
        for batch in batches(found.iterator(chunk_size=BATCH)):
            out: list[list[Any]] = [[] for _row in batch]
            for part in parts:
                part.fill(batch, out)
            yield from out

    def _part(self, column: BoundColumn, place: int, using: str) -> Plain | Related | Many:
        field = column.field
        custom = column.column.format
        if field is not None and field.many_to_many:
            names = None if self.raw else Names(field.related_model, "pk", using)
            return Many(field, names, using)
        if self.raw or field is None or not field.is_relation or custom:
            return Plain(place, stored if self.raw else self._text(column))
        return Related(place, Names(field.related_model, field.target_field.attname, using))

    def _text(self, column: BoundColumn) -> Callable[[Any], Any]:
        return column.column.format or format_for(column.field, short=False, several=column.several)

    def _from_instances(self, queryset: "QuerySet[Any]") -> Iterator[list[Any]]:
        convert = stored if self.raw else None
        read = [(c.get, convert or self._text(c)) for c in self.columns]
        for obj in self.load(queryset).iterator(chunk_size=BATCH):
            values = ((get(obj), text) for get, text in read)
            yield [None if value is None else text(value) for value, text in values]


# What stands for a many-to-many field among the lookups: it is no part of the row.
MANY = "*"


def _lookup(column: BoundColumn, annotations: Iterable[str]) -> str | None:
    """Return what `values_list()` reads for a column, None where only Python can tell."""
    path = column.path
    if path is None or (column.column.format and column.field is None):
        return None
    if not path.fields:
        return path.rest[0] if path.rest[0] in annotations and len(path.rest) == 1 else None
    field: Any = column.field
    if field is None or (path.to_many and len(path.fields) > 1) or field.one_to_many:
        return None
    if field.many_to_many:
        return None if field.auto_created or column.column.format else MANY
    relation = field.is_relation
    if not field.concrete or (relation and (column.column.format or _composite(field))):
        return None
    if column.kind == "file" or getattr(field, "choices", None):
        return path.lookup
    return f"{path.lookup.removesuffix(field.name)}{field.attname}" if relation else path.lookup


def _composite(field: Any) -> bool:
    return len(getattr(field.related_model._meta, "pk_fields", ())) > 1


def stored(value: Any) -> Any:
    """Return a value as it is kept, objects as their keys; points in time in the current zone."""
    if isinstance(value, Model):
        return stored(value.pk)
    if hasattr(value, "all"):
        return [stored(obj) for obj in value.all()]
    if hasattr(value, "tzinfo") and hasattr(value, "date") and timezone.is_aware(value):
        return timezone.localtime(value)
    return value


def batches(rows: Iterable[Any]) -> Iterator[list[Any]]:
    """Yield lists of so many rows."""
    iterator = iter(rows)
    while batch := list(islice(iterator, BATCH)):
        yield batch
