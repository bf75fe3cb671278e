"""List: the rows a user may see, in the state that the query string asks for."""

import logging
from collections.abc import Sequence
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.db import DatabaseError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django_filters import FilterSet

from powercrud_core import hooks
from powercrud_core.columns import BoundColumn
from powercrud_core.conf import get_conf
from powercrud_core.config import joins_for
from powercrud_core.filters import conditions
from powercrud_core.lists import ListFrame
from powercrud_core.packs.contract import (
    EmptyState,
    Header,
    Link,
    ListPage,
    Results,
    Table,
    Toolbar,
)
from powercrud_core.search import search
from powercrud_core.stencils import StampedRows
from powercrud_core.tables import RowPlan, action_menu
from powercrud_core.views.base import NEXT
from powercrud_core.views.filtering import CHOICE_SEARCH
from powercrud_core.views.rows import RowBuilder
from powercrud_core.views.selecting import SelectingView

__all__ = ["ListHandlers"]

logger = logging.getLogger("powercrud")

OF_THE_CLASS = {
    *("model", "columns", "filterset_fields", "filterset_class", "search_fields", "ordering"),
    *("paginate_by", "page_sizes", "lookup_field"),
}


class ListHandlers(SelectingView):
    """The list page.

    search_fields: field paths; all words of a search must occur among them. [] for no search.
    ordering: as in `Meta.ordering`, which it replaces.
    paginate_by: rows on a page; page_sizes: what the user may choose.
    """

    search_fields: ClassVar[Sequence[str] | None] = None
    ordering: ClassVar[Sequence[Any]] = ()
    paginate_by: ClassVar[int | None] = None
    page_sizes: ClassVar[Sequence[int]] = ()

    @classmethod
    def embed(cls, request: HttpRequest, **attributes: Any) -> ListPage | None:
        """Return the list as a component for another page, or None where the user may not see it.

        attributes: what this use changes; `param_prefix` where several lists share the page,
        `queryset` to narrow the rows, `namespace` where the view is routed in one. For other
        columns, filters or page sizes embed a subclass: they are resolved once for each class.
        """
        for name in attributes:
            if name in OF_THE_CLASS or not hasattr(cls, name):
                raise TypeError(
                    f"{cls.__name__}.embed() cannot change {name!r}: subclass the view for that."
                )
        view = cls(role=cls.roles[0], **attributes)
        view.setup(request)
        allowed = view.policy.allows(request.user, "view")
        return view.get_list_page() if allowed else None

    def show_list(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the list in the state that the query string asks for."""
        if CHOICE_SEARCH in request.GET:
            # What a page of choices was searched for came along; it is no state of the list.
            return HttpResponseRedirect(self.params.url())
        page = self.get_list_page()
        empty = page.results.empty
        failed = empty is not None and empty.attrs["data-pc-state"] == "failed"
        return self.respond(page, 503 if failed else 200)

    def get_search_results(self, queryset: "QuerySet[Any]", text: str) -> "QuerySet[Any]":
        """Return the rows that a search finds."""
        allowed = [f for f in self.config.search_fields if self.may_see(f)]
        return search(queryset, text, allowed) if allowed else queryset.none()

    def watches_queries(self) -> bool:
        """Say whether columns are watched for queries: in development only."""
        return settings.DEBUG and get_conf().warn_queries

    def allowed_keys(self, action: str, objects: Sequence[Any]) -> frozenset[Any] | None:
        """Return the keys of the rows that may have an action, None for all; at most one query."""
        user = self.request.user
        if not self.policy.allows(user, action):
            return frozenset()
        base = self.get_queryset()
        rows = self.policy.rows(user, action, base)
        keys = [obj.pk for obj in objects]
        if rows is not base:
            keys = list(rows.filter(pk__in=keys).values_list("pk", flat=True))
        elif not self.policy.object_level:
            return None
        if self.policy.object_level:
            may = {obj.pk for obj in objects if self.policy.allows(user, action, obj)}
            keys = [key for key in keys if key in may]
        return frozenset(keys)

    def get_order(self) -> list[Any]:
        """Return the ordering of the rows; the primary key makes it total."""
        columns = {c.name: c for c in self.list_columns}
        order: list[Any] = []
        for key in self.params.sort:
            column = columns[key.removeprefix("-")]
            order += column.order_by(descending=key.startswith("-"))
        order = order or list(self.config.ordering)
        return order if {"pk", "-pk"} & {o for o in order if isinstance(o, str)} else [*order, "pk"]

    def get_list_page(self) -> ListPage:
        """Return the list as a component: the same on its own page and inside another."""
        frame = self.get_frame()
        try:
            rows = self.get_rows()
            if self.drop_stale_filters():
                frame = self.get_frame()
            filterset = self.get_filterset(rows)
            valid = filterset is None or filterset.is_valid()
            page = self.get_page(filterset.qs if filterset else rows) if valid else None
            results = self.get_results(frame, page, filterset, valid)
            filter_form = self.get_filter_form(filterset)
        except DatabaseError:
            logger.exception("The list of %s failed.", type(self).__name__)
            page, valid = None, False
            results = self.assemble(frame, None, None, frame.empty("failed"), None)
            filter_form = self.get_filter_form(None)
        return ListPage(
            renderer=self.renderer,
            attrs=hooks.bundle("list-page", **hooks.view(self.list_id)),
            title=self.get_page_title(),
            toolbar=self.get_toolbar(frame),
            filter_form=filter_form,
            status=frame.status(page, ready=valid),
            results=results,
        )

    def get_frame(self) -> ListFrame:
        """Return the builder of everything around the rows."""
        return ListFrame(
            renderer=self.renderer,
            params=self.params,
            id=self.list_id,
            singular=str(self.get_model()._meta.verbose_name),
            plural=str(self.get_model()._meta.verbose_name_plural),
            columns=self.list_columns,
            default_sort=self.config.default_sort,
        )

    def get_page(self, queryset: "QuerySet[Any]") -> Page[Any]:
        """Return the page of rows that the state asks for, loaded with all it needs."""
        if self.params.search:
            queryset = self.get_search_results(queryset, self.params.search)
        queryset = self.get_joins().apply(queryset.order_by(*self.get_order()))
        return Paginator(queryset, self.params.page_size).get_page(self.params.page)

    def get_joins(self) -> Any:
        """Return the joins for the columns this user sees."""
        if self.list_columns == self.config.columns:
            joins = self.config.joins
        else:
            joins = joins_for(self.get_model(), self.list_columns, keep=self.lookup_field)
        whole = self.policy.object_level or any(callable(c.column.link) for c in self.list_columns)
        return joins.whole() if whole else joins

    def get_results(
        self, frame: ListFrame, page: Page[Any] | None, filterset: FilterSet | None, valid: bool
    ) -> Results:
        """Return everything that changes with the state: the rows, or why there are none."""
        if page is None:
            return self.assemble(frame, None, filterset, frame.empty("invalid"), None)
        if page.paginator.count:
            frame = frame.on_page(page.number)
            return self.assemble(frame, page, filterset, None, self.get_table(frame, page))
        narrowed = bool(self.params.search or self.params.filters)
        if narrowed and self.get_rows().exists():
            return self.assemble(frame, None, filterset, frame.empty("unmatched"), None)
        return self.assemble(
            frame, None, filterset, frame.empty("none", self.get_create_link()), None
        )

    def assemble(
        self,
        frame: ListFrame,
        page: Page[Any] | None,
        filterset: FilterSet | None,
        empty: EmptyState | None,
        table: Table | None,
    ) -> Results:
        """Return the results region from its parts."""
        applied = conditions(filterset.form) if filterset and filterset.is_valid() else ()
        return Results(
            renderer=self.renderer,
            attrs=hooks.bundle("results", **hooks.region(f"{self.list_id}-results")),
            notices=frame.notices(),
            chips=frame.chips(applied),
            sort_panel=frame.sort_panel() if table else None,
            table=table,
            empty=empty,
            pagination=frame.pagination(page) if page else None,
            hidden=frame.hidden(),
            selection=self.get_selection_bar(frame, page) if table and page else None,
        )

    def get_table(self, frame: ListFrame, page: Page[Any]) -> Table:
        """Return the rows of a page with their headings."""
        builder = self.get_row_builder(frame, list(page.object_list))
        plan = builder.plan()
        return self._drawn_table(frame, frame.headers(), builder.rows(plan), plan)

    def _drawn_table(
        self, frame: ListFrame, headers: tuple[Header, ...], rows: StampedRows, plan: RowPlan
    ) -> Table:
        """Return the table around rows, as it stands in the list and on the page of one row."""
        return Table(
            renderer=self.renderer,
            attrs=hooks.bundle("table", id=f"{self.list_id}-table"),
            scroller=hooks.bundle(
                "table-scroller",
                role="region",
                aria_label=_("Table of %(plural)s") % {"plural": frame.plural},
                tabindex="0",
            ),
            caption=self.get_page_title(),
            headers=headers,
            actions_label=_("Actions") if plan.acts else "",
            rows=rows,
            select=self.get_page_tick() if plan.select else None,
        )

    def get_row_builder(
        self,
        frame: ListFrame,
        objects: Sequence[Any],
        columns: Sequence[BoundColumn] | None = None,
    ) -> RowBuilder:
        """Return what draws the rows; their links lead back to this very list.

        columns: some of the list's columns, where not all are drawn.
        """
        url = frame.params.url()
        back = "" if url == self.url_for("list") else f"?{urlencode({NEXT: url}, safe='/,')}"
        shown = self.list_columns if columns is None else columns
        return RowBuilder(self, objects, shown, f"{self.list_id}-row", back)

    def get_create_link(self) -> Link | None:
        """Return the link to the create page, where the user may create."""
        url = self.url_for("create")
        if url is None or not self.policy.allows(self.request.user, "add"):
            return None
        state = self.params.url()
        if state != self.url_for("list"):
            url = f"{url}?{urlencode({NEXT: state}, safe='/,')}"
        name = str(self.get_model()._meta.verbose_name)
        label = _("New %(name)s") % {"name": name}
        more = self.opens("create")
        return self.link(url, label, "add", part="action-create", tone="primary", **more)

    def get_list_links(self) -> list[Link]:
        """Return what can be done with the list."""
        create = self.get_create_link()
        return [create] if create else []

    def get_toolbar(self, frame: ListFrame) -> Toolbar:
        """Return the head of the list: search and what can be done with the list."""
        links = self.get_list_links()
        more = f"{self.list_id}-more", _("More actions")
        menu = action_menu(self.renderer, "list-actions", links, *more, self.visible_actions)
        searchable = any(self.may_see(f) for f in self.config.search_fields)
        return Toolbar(
            renderer=self.renderer,
            attrs=hooks.bundle("toolbar"),
            search=frame.search_box() if searchable else None,
            actions=menu if links else None,
        )
