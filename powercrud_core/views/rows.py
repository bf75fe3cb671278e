"""How the rows of one list page are drawn: their links and what each may offer."""

import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from html import escape
from typing import Any
from urllib.parse import quote

from django.db import connections
from django.urls.converters import get_converters
from django.utils.translation import gettext as _

from powercrud_core.columns import BoundColumn
from powercrud_core.contention import Holding, holdings
from powercrud_core.formats import safe_url
from powercrud_core.inline import InlineEdit, edited_field
from powercrud_core.roles import Role
from powercrud_core.stencils import StampedRows, marker
from powercrud_core.tables import (
    KEY,
    NAME,
    CellEdit,
    CellPlan,
    RowAction,
    RowPlan,
    RowSelect,
    plan_cell,
)
from powercrud_core.views.filtering import PREFIX

__all__ = ["FIELD", "RowBuilder", "cell_link"]

# The field that is edited, where a row's editor is asked for.
FIELD = "_field"

Link = Callable[[Any, Any], str | None]
ROW_ROLES = (("update", "change"), ("delete", "delete"))


@dataclass(frozen=True, slots=True)
class RowBuilder:
    """Prepares the drawing of some objects of a view.

    back: what is added to a link so that the user comes back to this very list.
    """

    view: Any
    objects: Sequence[Any]
    columns: Sequence[BoundColumn]
    id: str
    back: str

    def rows(self, plan: RowPlan) -> StampedRows:
        """Return the rows; in development, name the columns that query for each of them."""
        held = self._held()
        if held:
            return plan.rows(self.objects, {key: holding.short for key, holding in held.items()})
        if not self.view.watches_queries():
            return plan.rows(self.objects)
        with watched(plan, type(self.view).__name__) as counted:
            return counted.rows(self.objects)

    def _held(self) -> Mapping[Any, Holding]:
        """Return by key which rows a job is changing; no query without jobs."""
        keys = [obj.pk for obj in self.objects]
        return holdings(self.view.get_model(), keys, self.view.get_queryset().db)

    def plan(self) -> RowPlan:
        """Return what is the same for all rows."""
        edits, locked = self._edits()
        return RowPlan(
            renderer=self.view.renderer,
            id=self.id,
            cells=tuple(self._cell(c, i == 0) for i, c in enumerate(self.columns)),
            actions=tuple(self._actions()),
            key=self.key(),
            stencil=self.view.pack.pack.stencil,
            edits=edits,
            by_row=bool(edits) and self.view.config.inline.mode == "row",
            locked=locked,
            reason=self.view.get_lock_reason() if locked else "",
            beside=self.view.visible_actions,
            select=self._select(),
        )

    def key(self) -> Callable[[Any], str]:
        """Return the function that gives an object's key as it stands in URLs."""
        name = self.view.get_path_converter()
        get_lookup = self.view.get_lookup
        if name in ("int", "uuid"):
            return lambda obj: str(get_lookup(obj))
        converter = get_converters()[name]
        safe = "!$&'()*+,;=/~:@"  # as `reverse()` quotes, whose URL is taken apart below
        return lambda obj: escape(quote(converter.to_url(get_lookup(obj)), safe=safe))

    def _cell(self, column: BoundColumn, first: bool) -> CellPlan:
        """Return the plan of a column; the first one leads to the object by default."""
        inline = self.view.config.inline
        edited = edited_field(column, inline.fields) if inline else ""
        parts = self._parts("detail") if first and column.column.link is None else None
        if parts is not None:
            url = f"{parts[0]}{marker(KEY)}{parts[1]}"
            opens = self._opens("detail")
            return plan_cell(column, heading=first, link=None, url=url, edited=edited, opens=opens)
        link, opens = cell_link(self.view, column), self._opens(column.column.link)
        return plan_cell(column, heading=first, link=link, edited=edited, opens=opens)

    def _opens(self, link: Any) -> Mapping[str, Any]:
        """Return the hooks of a link to a role of this view."""
        name = getattr(link, "name", link)
        return self.view.opens(name) if isinstance(name, str) else {}

    def _parts(self, name: str, **kwargs: str) -> tuple[str, str] | None:
        """Return what stands before and after the key in a role's URL: one `reverse` a page."""
        role: Role | None = self.view.get_role(name)
        url = self.view.url_for(name, self.objects[0], **kwargs) if role and self.objects else None
        if role is None or url is None:
            return None
        tail = role.pattern.split("{lookup}")[1]
        for part, value in kwargs.items():
            tail = tail.replace(f"<str:{part}>", value)
        head = url.removesuffix(self.key()(self.objects[0]) + tail)
        return head, tail + self.back

    def _actions(self) -> Iterator[RowAction]:
        words = {
            "update": (_("Edit"), _("Edit %(name)s"), "edit"),
            "delete": (_("Delete"), _("Delete %(name)s"), "delete"),
        }
        for name, action in ROW_ROLES:
            parts = self._parts(name)
            allowed = self.view.allowed_keys(action, self.objects) if parts else frozenset()
            if parts is None or allowed == frozenset():
                continue
            label, accessible, icon = words[name]
            yield RowAction(
                role=name,
                url=f"{parts[0]}{marker(KEY)}{parts[1]}",
                label=label,
                name=accessible % {"name": marker(NAME)},
                icon=icon,
                tone="danger" if name == "delete" else "neutral",
                allowed=allowed,
                opens=self.view.opens(name),
            )
        yield from self._operations()

    def _operations(self) -> Iterator[RowAction]:
        """Yield the operations that are offered with each row: at most two queries for each."""
        for operation in self.view.get_operations("row"):
            parts = self._parts("action", operation=operation.name)
            if parts is None:
                continue
            label = str(operation.label)
            yield RowAction(
                role=operation.name,
                url=f"{parts[0]}{marker(KEY)}{parts[1]}",
                label=label,
                name=_("%(action)s: %(name)s") % {"action": label, "name": marker(NAME)},
                icon=operation.icon,
                tone=operation.tone,
                allowed=common(
                    self.view.allowed_keys(operation.permission, self.objects),
                    self._keys(operation.enabled),
                ),
                opens=self.view.opens("action"),
            )

    def _keys(self, narrow: Callable[[Any], Any]) -> frozenset[Any] | None:
        """Return the keys of the rows that a predicate leaves in, None for all; one query."""
        rows = self.view.get_queryset()
        some = narrow(rows)
        if some is rows:
            return None
        keys = [obj.pk for obj in self.objects]
        return frozenset(some.filter(pk__in=keys).values_list("pk", flat=True))

    def _select(self) -> RowSelect | None:
        """Return how the rows are chosen, where there is anything to do with them."""
        if not self.view.can_select():
            return None
        able = self._keys(self.view.get_selectable)
        return RowSelect(
            form=self.view.selection_form,
            name=_("Select %(name)s") % {"name": marker(NAME)},
            barred=frozenset() if able is None else self._all(None) - able,
            reason=str(self.view.unselectable_reason),
        )

    def _edits(self) -> tuple[tuple[CellEdit, ...], frozenset[Any]]:
        """Return how the columns of the inline fields are edited, and the keys of the rows whose
        own state forbids it: at most two queries a page."""
        inline: InlineEdit | None = self.view.config.inline
        parts = self._parts("row-edit") if inline else None
        allowed = self.view.allowed_keys("change", self.objects) if parts else frozenset()
        if inline is None or parts is None or allowed == frozenset():
            return (), frozenset()
        unlocked = self.view.unlocked_keys(self.objects)
        edits = []
        for place, column in enumerate(self.columns):
            name = edited_field(column, inline.fields)
            writable = self.view.writable_keys(name, self.objects) if name else frozenset()
            if writable == frozenset():
                continue
            label = _("Edit %(label)s of %(name)s") % {"label": column.label, "name": marker(NAME)}
            edits.append(
                CellEdit(
                    column=place,
                    url=self._editor_url(parts, name),
                    name=label,
                    allowed=common(allowed, unlocked, writable),
                )
            )
        locked = self._all(allowed) - unlocked if edits and unlocked is not None else frozenset()
        return tuple(edits), locked

    def _editor_url(self, parts: tuple[str, str], field: str) -> str:
        """Return the address of a field's editor, the object's key a marker."""
        head, tail = parts[0], parts[1].removesuffix(self.back)
        state = self.back.replace("?", "&", 1)
        if self.view.param_prefix:
            state += f"&{PREFIX}={self.view.param_prefix}"
        return f"{head}{marker(KEY)}{tail}?{FIELD}={field}{state}"

    def _all(self, keys: frozenset[Any] | None) -> frozenset[Any]:
        return frozenset(obj.pk for obj in self.objects) if keys is None else keys


def common(*sets: frozenset[Any] | None) -> frozenset[Any] | None:
    """Return the keys that are in all sets; None stands for all keys."""
    known = [keys for keys in sets if keys is not None]
    return frozenset.intersection(*known) if known else None


def cell_link(view: Any, column: BoundColumn) -> Link | None:
    """Return where a column's values lead: as declared, else to themselves."""
    declared = column.column.link
    if declared is False:
        return None
    if declared is None:
        own = column.own_link
        return (lambda obj, raw: safe_url(own(raw)) if raw else None) if own else None
    if isinstance(declared, str | Role):
        name = declared if isinstance(declared, str) else declared.name
        return lambda obj, raw: view.url_for(name, obj)
    return lambda obj, raw: safe_url(declared(obj))


@contextmanager
def watched(plan: RowPlan, view_name: str) -> Iterator[RowPlan]:
    """Give a plan whose columns are watched; warn of those that query the database row by row."""
    counts: Counter[str] = Counter()
    current = [""]

    def count(execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        counts[current[0]] += 1
        return execute(sql, params, many, context)

    def told(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any) -> Any:
            current[0] = name
            return function(*args)

        return call

    cells = tuple(
        replace(
            cell,
            column=replace(cell.column, get=told(cell.column.name, cell.column.get)),
            text=told(cell.column.name, cell.text),
            link=told(cell.column.name, cell.link) if cell.link else None,
        )
        for cell in plan.cells
    )
    wrappers = [c.execute_wrapper(count) for c in connections.all(initialized_only=True)]
    for wrapper in wrappers:
        wrapper.__enter__()
    try:
        yield replace(plan, cells=cells)
    finally:
        for wrapper in wrappers:
            wrapper.__exit__(None, None, None)
    for name, number in counts.items():
        if number > 1:
            warnings.warn(
                f"{view_name}: the column {name!r} made {number} queries for one page of rows. "
                "Load what it needs in get_queryset() (select_related, prefetch_related or an "
                "annotation), or declare its accessor as a field path.",
                RuntimeWarning,
                stacklevel=2,
            )
