"""What a user may see of a model: the configuration and the columns, for list and detail."""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from powercrud_core.columns import BoundColumn, Column
from powercrud_core.config import ViewConfig, bind_columns, get_config
from powercrud_core.formats import format_for
from powercrud_core.views.base import BaseCRUDView

__all__ = ["SeeingView", "blank_of", "text_of"]


class SeeingView(BaseCRUDView):
    """Gives the reading roles their columns and keeps hidden fields hidden.

    columns: names and Columns of the list; default is the model's first fields.
    """

    columns: ClassVar[Sequence[str | Column] | None] = None

    def get_columns(self) -> Iterable[str | Column]:
        """Return the list's columns for this request."""
        return [c.column for c in self.config.columns]

    @cached_property
    def config(self) -> ViewConfig:
        """Return the facts of this view class."""
        return get_config(type(self), frozenset(self.get_queryset().query.annotations))

    @cached_property
    def list_columns(self) -> tuple[BoundColumn, ...]:
        """Return the columns that this user may see."""
        bound = self.bind(self.get_columns(), self.config.columns)
        return tuple(c for c in bound if self.may_see(c.source) and self.may_see(c.name))

    def bind(
        self, columns: Iterable[str | Column], ready: Sequence[BoundColumn] = ()
    ) -> Iterable[BoundColumn]:
        """Return columns resolved against the model, reusing those of the class."""
        known = {id(c.column): c for c in ready}
        annotations = frozenset(self.get_queryset().query.annotations)
        for column in columns:
            found = known.get(id(column))
            yield found or bind_columns([column], self.get_model(), annotations)[0]

    @cached_property
    def visible_fields(self) -> frozenset[str] | None:
        """Return the names of the fields this user may see; None for all."""
        fields = self.policy.fields(self.request.user, "view")
        return None if fields is None else frozenset(fields)

    def may_see(self, name: str) -> bool:
        """Say whether the user may see a field; a path counts by its first part."""
        allowed = self.visible_fields
        return allowed is None or name.replace(".", "__").split("__")[0] in allowed


def text_of(column: BoundColumn, raw: Any) -> str:
    """Return the whole text of a value, as an object's own page shows it; "" for nothing."""
    if raw is None:
        return ""
    format_ = column.column.format or format_for(column.field, short=False, several=column.several)
    return format_(raw)


def blank_of(column: BoundColumn) -> str:
    """Return what stands for a missing value."""
    return _("Unknown") if column.kind == "boolean" else column.column.empty
