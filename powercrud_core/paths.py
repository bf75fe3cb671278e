"""Field paths: what a dotted or double-underscored name leads to in a model."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Field, Model

__all__ = ["FieldPath", "field_names", "follow"]


@dataclass(frozen=True, slots=True)
class FieldPath:
    """A name followed through a model.

    fields: the model fields it passes through, in order.
    rest: what remains when the next part is not a field (a property, method, annotation, lookup).
    model: the model whose attribute the first part of `rest` would be.
    """

    fields: tuple[Any, ...]
    rest: tuple[str, ...]
    model: type[Model]

    @property
    def field(self) -> "Field[Any, Any] | None":
        """Return the last field of a path that consists of fields only."""
        return self.fields[-1] if self.fields and not self.rest else None

    @property
    def relations(self) -> tuple[Any, ...]:
        """Return the fields of the path that lead to another model."""
        return tuple(f for f in self.fields if f.is_relation)

    @property
    def to_many(self) -> bool:
        """Say whether one object may have several values here."""
        return any(f.many_to_many or f.one_to_many for f in self.fields)

    @property
    def lookup(self) -> str:
        """Return the fields of the path as the ORM writes them."""
        return "__".join(f.name for f in self.fields)


def follow(model: type[Model], name: str) -> FieldPath:
    """Return where a name leads: as far as there are fields, then the rest."""
    parts = [name] if name.startswith("__") else name.replace(".", "__").split("__")
    fields: list[Any] = []
    while parts:
        try:
            found: Any = model._meta.pk if parts[0] == "pk" else model._meta.get_field(parts[0])
        except FieldDoesNotExist:
            break
        fields.append(found)
        parts.pop(0)
        related = found.related_model if found.is_relation else None
        if related is None or isinstance(related, str):
            break
        model = related
    return FieldPath(tuple(fields), tuple(parts), model)


def field_names(model: type[Model]) -> list[str]:
    """Return the names of a model's own fields, in order, for did-you-mean."""
    return [f.name for f in model._meta.get_fields()]
