"""ViewConfig: what a view class says, resolved once and frozen."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from django.db.models import Model, QuerySet, signals
from django_filters import FilterSet

from powercrud_core.columns import BoundColumn, Column, bind, default_columns
from powercrud_core.conf import get_conf
from powercrud_core.exceptions import ConfigError
from powercrud_core.filters import build_filterset, default_filters
from powercrud_core.inline import InlineEdit, normalised
from powercrud_core.paths import FieldPath
from powercrud_core.problems import find_problems
from powercrud_core.search import default_search_fields

__all__ = ["Joins", "ViewConfig", "bind_columns", "get_config", "joins_for"]


@dataclass(frozen=True, slots=True)
class Joins:
    """What a list page loads with its rows, so that no column asks for more."""

    select: tuple[str, ...] = ()
    prefetch: tuple[str, ...] = ()
    only: tuple[str, ...] = ()

    def whole(self) -> "Joins":
        """Return the same joins, every field loaded."""
        return replace(self, only=())

    def apply(self, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        """Return the queryset with the joins, unless it chooses its own fields."""
        query = queryset.query
        if self.select and query.select_related is not True:
            queryset = queryset.select_related(*self.select)
        if self.prefetch:
            queryset = queryset.prefetch_related(*self.prefetch)
        if self.only and query.deferred_loading == (frozenset(), True):
            queryset = queryset.only(*self.only)
        return queryset


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewConfig:
    """The facts of one view class."""

    model: type[Model]
    columns: tuple[BoundColumn, ...]
    joins: Joins
    search_fields: tuple[str, ...]
    filterset_class: type[FilterSet] | None
    ordering: tuple[Any, ...]
    default_sort: tuple[str, ...]
    page_sizes: tuple[int, ...]
    page_size: int
    inline: InlineEdit | None = None


def get_config(view_class: Any, annotations: frozenset[str]) -> ViewConfig:
    """Return a view class's configuration, built on first use.

    annotations: the names that the view's queryset adds to the model's own.
    Raises ConfigError with the text that `manage.py check` prints.
    """
    return _build(view_class, annotations)


@cache
def _build(view_class: Any, annotations: frozenset[str]) -> ViewConfig:
    model = view_class.get_model()
    problems = [p for p in find_problems(view_class, annotations) if p.is_serious()]
    if problems:
        raise ConfigError("\n".join(str(problem) for problem in problems))
    columns = bind_columns(
        default_columns(model) if view_class.columns is None else view_class.columns,
        model,
        annotations,
    )
    ordering = tuple(view_class.ordering or model._meta.ordering)
    sizes = tuple(view_class.page_sizes or get_conf().page_sizes)
    size = view_class.paginate_by or sizes[0]
    return ViewConfig(
        model=model,
        columns=columns,
        joins=joins_for(model, columns, keep=view_class.lookup_field),
        search_fields=tuple(
            default_search_fields(model)
            if view_class.search_fields is None
            else view_class.search_fields
        ),
        filterset_class=_filterset(view_class, model),
        ordering=ordering,
        default_sort=_default_sort(ordering, columns),
        page_sizes=tuple(sorted({*sizes, size})),
        page_size=size,
        inline=normalised(view_class.inline),
    )


def bind_columns(
    columns: Iterable[str | Column], model: type[Model], annotations: frozenset[str]
) -> tuple[BoundColumn, ...]:
    """Return declared columns resolved against a model; plain names become columns."""
    declared = [Column(c) if isinstance(c, str) else c for c in columns]
    return tuple(bind(column, model, annotations) for column in declared)


def _filterset(view_class: Any, model: type[Model]) -> type[FilterSet] | None:
    if view_class.filterset_class is not None:
        return view_class.filterset_class  # type: ignore[no-any-return]
    fields = view_class.filterset_fields
    if fields is None:
        fields = default_filters(model)
    return build_filterset(model, fields) if fields else None


def _default_sort(ordering: Sequence[Any], columns: Sequence[BoundColumn]) -> tuple[str, ...]:
    """Return the column keys that the default ordering amounts to, as far as columns show it."""
    by_order = {column.order: column.name for column in reversed(columns) if column.order}
    keys = []
    for term in ordering:
        bare = term.removeprefix("-") if isinstance(term, str) else None
        name = by_order.get((bare,)) if bare else None
        if name is None:
            break
        keys.append(name if term == bare else f"-{name}")
    return tuple(keys)


def joins_for(model: type[Model], columns: Sequence[BoundColumn], *, keep: str = "pk") -> Joins:
    """Return the joins, prefetches and loaded fields that some columns need.

    keep: a field that is loaded in any case, because it stands in the rows' URLs.
    """
    select: dict[str, None] = {}
    prefetch: dict[str, None] = {}
    only: dict[str, None] = {keep: None}
    narrow = _loads_fields(model)
    for column in columns:
        path = column.path
        if path is None or not path.fields:
            narrow = narrow and path is not None and path.rest[0] in _annotated(column)
            continue
        relations: list[str] = []
        for field in path.fields:
            if not field.is_relation:
                break
            relations.append(field.name)
        generic = any(field.related_model is None for field in path.relations)
        many = path.to_many or generic
        if relations:
            (prefetch if many else select)[_joined(path.fields[: len(relations)], many)] = None
        if not many:
            only.update(dict.fromkeys(_loaded(path)))
        # A prefetch that goes on starts from keys, which must have been loaded with the rows.
        if generic or (many and len(relations) > 1) or (path.rest and not path.relations):
            narrow = False
    return Joins(tuple(select), tuple(prefetch), tuple(only) if narrow else ())


def _loaded(path: FieldPath) -> list[str]:
    """Return what `only()` must name for a path: a related object is loaded with all its fields.

    Naming the relation alone would not do: a second column that goes deeper would narrow it.
    """
    last = path.fields[-1]
    if not last.is_relation:
        return [path.lookup]
    concrete = last.related_model._meta.concrete_fields
    return [path.lookup, *(f"{path.lookup}__{f.name}" for f in concrete)]


def _annotated(column: BoundColumn) -> tuple[str, ...]:
    """Return the annotation a column shows: what it sorts by without being a field."""
    return tuple(term for term in column.order if isinstance(term, str))


def _joined(fields: Sequence[Any], many: bool) -> str:
    names = [
        f.get_accessor_name() if many and hasattr(f, "get_accessor_name") else f.name
        for f in fields
    ]
    return "__".join(names)


def _loads_fields(model: type[Model]) -> bool:
    """Say whether rows of a model can be loaded with some of their fields only."""
    plain = model.__init__ is Model.__init__ and model.from_db.__func__ is Model.from_db.__func__  # type: ignore[attr-defined]
    return plain and not signals.post_init.has_listeners(model)
