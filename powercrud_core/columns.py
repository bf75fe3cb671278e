"""Column: one value of every row: its label, where it comes from, how it reads and sorts."""

from collections.abc import Callable, Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Any, Literal

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import F, Field, Model
from django.db.models.expressions import Combinable, OrderBy
from django.utils.functional import Promise, keep_lazy_text
from django.utils.text import capfirst

from powercrud_core.formats import kind_of, own_link
from powercrud_core.paths import FieldPath, follow
from powercrud_core.roles import Role

__all__ = ["BoundColumn", "Column", "bind", "default_columns", "ordering_of"]

Text = str | Promise
capitalised: Callable[[Any], Text] = keep_lazy_text(capfirst)
Align = Literal["start", "center", "end"]
SortSpec = str | Combinable | OrderBy


@dataclass(frozen=True, slots=True)
class Column:
    """A column as a project declares it; a plain string stands for `Column(name)`.

    name: also the default accessor and the word for `sort=` in the URL.
    label: heading; default is the field's verbose name.
    accessor: a field path (`"album.artist"` follows relations to any depth), the name of a
        property, method or annotation, or a function that takes the object.
    sort: what the database sorts by: a path, an expression, or several; False for not at all.
        True (default) derives it from the field; properties and methods cannot be sorted.
    nulls: where missing values go when sorted; None leaves it to the database.
    align: "start", "center" or "end"; default is "end" for numbers.
    format: a function from the value to its text.
    link: a role's name (`"detail"`), a Role, or a function from the object to a URL; False for no
        link. By default the first column leads to the object and addresses lead to themselves.
    kind: printed as `data-kind` for a pack or project to style; default by field type.
    help_text: explains the column in its heading.
    empty: stands for a missing or empty value.
    """

    name: str
    _: KW_ONLY
    label: Text | None = None
    accessor: str | Callable[[Any], Any] | None = None
    sort: SortSpec | Sequence[SortSpec] | bool = True
    nulls: Literal["first", "last"] | None = None
    align: Align | None = None
    format: Callable[[Any], str] | None = None
    link: str | Role | Callable[[Any], str | None] | Literal[False] | None = None
    kind: str = ""
    help_text: Text = ""
    empty: str = "—"


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundColumn:
    """A column that knows its model: everything that is the same for every row and request."""

    column: Column
    label: Text
    path: FieldPath | None
    get: Callable[[Any], Any]
    order: tuple[SortSpec, ...]
    kind: str
    align: Align
    own_link: Callable[[Any], str | None] | None
    several: bool = False
    """True for a field behind a relation to many: the value is a list."""

    @property
    def name(self) -> str:
        """Return the declared name."""
        return self.column.name

    @property
    def field(self) -> Any:
        """Return the model field that holds the value, if one does."""
        return self.path.field if self.path else None

    @property
    def source(self) -> str:
        """Return the name the permission policy knows this column by."""
        if self.path and self.path.fields:
            return str(self.path.fields[0].name)
        return self.path.rest[0] if self.path and self.path.rest else self.name

    def order_by(self, *, descending: bool) -> list[Any]:
        """Return the ORM's ordering for this column."""
        return [_ordered(term, descending, self.column.nulls) for term in self.order]


def bind(column: Column, model: type[Model], annotations: frozenset[str]) -> BoundColumn:
    """Return the column resolved against its model and the queryset's annotations."""
    accessor = column.name if column.accessor is None else column.accessor
    path = None if callable(accessor) else follow(model, accessor)
    field = path.field if path else None
    several = bool(path and path.to_many and field is not None) and kind_of(field) != "many"
    kind = column.kind or ("many" if several else kind_of(field))
    return BoundColumn(
        column=column,
        label=_label(column, path) if column.label is None else column.label,
        path=path,
        get=accessor
        if callable(accessor)
        else _reader(_attributes(accessor, path), path.fields if path else ()),
        order=_order(column, model, path, annotations),
        kind=kind,
        align=column.align or ("end" if kind == "number" else "start"),
        own_link=own_link(field) if column.link is None and not several else None,
        several=several,
    )


def _attributes(accessor: str, path: FieldPath | None) -> list[str]:
    """Return the attribute names that lead to a value; a reverse relation has one of its own."""
    if path is None or not path.fields:
        return [accessor] if accessor.startswith("__") else accessor.replace("__", ".").split(".")
    names = [
        f.get_accessor_name() if hasattr(f, "get_accessor_name") else f.name for f in path.fields
    ]
    return [*names, *path.rest]


def _reader(attributes: Sequence[str], fields: Sequence[Any]) -> Callable[[Any], Any]:
    """Return a function that gives an object's value, a list for what lies behind many objects."""
    many = (i for i, f in enumerate(fields) if f.many_to_many or f.one_to_many)
    first = next(many, len(attributes)) + 1
    if first >= len(attributes):
        return _getter(attributes)
    manager = _getter(attributes[:first])
    read = _reader(attributes[first:], fields[first:])

    def gather(obj: Any) -> list[Any] | None:
        found = manager(obj)
        values = [] if found is None else [read(each) for each in found.all()]
        return [value for value in values if value is not None] or None

    return gather


def _getter(attributes: Sequence[str]) -> Callable[[Any], Any]:
    """Return a function that follows attribute names and calls what can be called."""
    *path, last = attributes

    def get(obj: Any) -> Any:
        try:
            for name in path:
                obj = getattr(obj, name)
                if obj is None:
                    return None
            value = getattr(obj, last)
        except ObjectDoesNotExist:
            return None
        return value() if callable(value) and not hasattr(value, "all") else value

    return get


def _label(column: Column, path: FieldPath | None) -> Text:
    field: Any = path.field if path else None
    if path and path.rest == ("__str__",):
        return capitalised(path.model._meta.verbose_name)
    if field is not None and hasattr(field, "verbose_name"):
        return capitalised(field.verbose_name)
    if field is not None:
        return capitalised(field.related_model._meta.verbose_name_plural)
    target = getattr(path.model, path.rest[-1], None) if path and path.rest else None
    target = getattr(target, "fget", target)
    described = getattr(target, "short_description", None)
    words = column.name.replace("__", ".").rsplit(".", 1)[-1].replace("_", " ")
    return described or words.capitalize()


def _order(
    column: Column, model: type[Model], path: FieldPath | None, annotations: frozenset[str]
) -> tuple[SortSpec, ...]:
    if column.sort is False:
        return ()
    if column.sort is not True:
        terms = column.sort
        return (terms,) if isinstance(terms, str | Combinable | OrderBy) else tuple(terms)
    if path is None:
        return ()
    if not path.fields and path.rest and path.rest[0] in annotations:
        return (path.rest[0],)
    field: Any = path.field
    if field is None or path.to_many or not getattr(field, "concrete", False):
        return ()
    return ordering_of(field, path.lookup)


def ordering_of(field: Any, lookup: str) -> tuple[str, ...]:
    """Return what a field sorts by; a relation by its model's ordering, else its first text."""
    if not field.is_relation:
        return (lookup,)
    related = field.related_model
    names = [o for o in related._meta.ordering if isinstance(o, str) and "?" not in o]
    if names:
        return tuple(_prefixed(lookup, name) for name in names)
    texts = (f.name for f in related._meta.fields if f.get_internal_type() == "CharField")
    return (f"{lookup}__{next(texts, 'pk')}",)


def _prefixed(lookup: str, name: str) -> str:
    bare = name.removeprefix("-")
    return f"{'-' if name != bare else ''}{lookup}__{bare}"


def _ordered(term: Any, descending: bool, nulls: str | None) -> Any:
    if isinstance(term, str):
        bare = term.removeprefix("-")
        down = descending != (bare != term)
        if nulls is None:
            return f"-{bare}" if down else bare
        term, descending = F(bare), down
    if isinstance(term, OrderBy):
        term = term.copy()
        if descending:
            term.reverse_ordering()
        return term
    placed: dict[str, Any] = {f"nulls_{nulls}": True} if nulls else {}
    return term.desc(**placed) if descending else term.asc(**placed)


def _made_by_machine(field: Any) -> bool:
    return bool(field.has_default() or field.get_internal_type().endswith("AutoField"))


def default_columns(model: type[Model]) -> list[str]:
    """Return the names of the columns that a model shows when none are declared."""
    fields: list[Field[Any, Any]] = [
        f
        for f in model._meta.fields
        if not (f.auto_created or (f.primary_key and _made_by_machine(f)))
        and kind_of(f) not in ("text", "json", "binary")
        and not f.name.startswith("password")
    ]
    return [f.name for f in fields[:8]] or ["__str__"]
