"""List and detail: the reading half of a view."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.db import DatabaseError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django_filters import FilterSet

from powercrud_core import hooks
from powercrud_core.attrs import Attrs
from powercrud_core.columns import BoundColumn, Column
from powercrud_core.conf import get_conf
from powercrud_core.config import ViewConfig, bind_columns, get_config, joins_for
from powercrud_core.filters import conditions, names_of_filters
from powercrud_core.formats import format_for
from powercrud_core.forms import field_group, fit_relations
from powercrud_core.lists import ListFrame
from powercrud_core.packs.contract import (
    ActionMenu,
    Button,
    DetailField,
    DetailPage,
    EmptyState,
    FilterForm,
    Link,
    ListPage,
    Results,
    Table,
    Toolbar,
)
from powercrud_core.params import ListParams, Spec
from powercrud_core.search import search
from powercrud_core.tables import mark_of
from powercrud_core.views.base import NEXT, BaseCRUDView
from powercrud_core.views.rows import RowBuilder, cell_link

__all__ = ["ListHandlers"]

logger = logging.getLogger("powercrud")


class ListHandlers(BaseCRUDView):
    """The list and the detail page.

    columns: names and Columns; default is the model's first fields.
    detail_fields: the same for the detail page; default is every field.
    filterset_fields: names (a filter by field type) or django-filter's mapping of lookups.
    filterset_class: a django-filter FilterSet; wins over `filterset_fields`.
    search_fields: field paths; all words of a search must occur among them. [] for no search.
    ordering: as in `Meta.ordering`, which it replaces.
    paginate_by: rows on a page; page_sizes: what the user may choose.
    param_prefix: beginning of this list's parameters, where two lists share a page.
    """

    columns: ClassVar[Sequence[str | Column] | None] = None
    detail_fields: ClassVar[Sequence[str | Column] | None] = None
    filterset_fields: ClassVar[Sequence[str] | Mapping[str, Sequence[str]] | None] = None
    filterset_class: ClassVar[type[FilterSet] | None] = None
    search_fields: ClassVar[Sequence[str] | None] = None
    ordering: ClassVar[Sequence[Any]] = ()
    paginate_by: ClassVar[int | None] = None
    page_sizes: ClassVar[Sequence[int]] = ()
    param_prefix: ClassVar[str] = ""

    # ---- handlers

    def show_list(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the list in the state that the query string asks for."""
        page = self.get_list_page()
        failed = page.results.empty is not None and page.results.table is None
        status = 503 if failed and "failed" in page.results.empty.attrs.values() else 200  # type: ignore[union-attr]
        return self.respond(page, status)

    def show_detail(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show one object."""
        return self.respond(self.get_detail_page(self.get_object()))

    # ---- what a project may override

    def get_columns(self) -> Iterable[str | Column]:
        """Return the list's columns for this request."""
        return [c.column for c in self.config.columns]

    def get_filterset_class(self) -> type[FilterSet] | None:
        """Return the FilterSet class for this request."""
        return self.config.filterset_class

    def get_search_results(self, queryset: "QuerySet[Any]", text: str) -> "QuerySet[Any]":
        """Return the rows that a search finds."""
        allowed = [f for f in self.config.search_fields if self.may_see(f)]
        return search(queryset, text, allowed) if allowed else queryset.none()

    def get_page_title(self) -> str:
        """Return the heading of the list."""
        plural = str(self.get_model()._meta.verbose_name_plural)
        return plural[:1].upper() + plural[1:]

    def get_detail_fields(self) -> Iterable[str | Column]:
        """Return the fields of the detail page for this request."""
        if self.detail_fields is not None:
            return self.detail_fields
        options = self.get_model()._meta
        return [f.name for f in [*options.fields, *options.many_to_many]]

    # ---- what a page knows

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

    @cached_property
    def list_id(self) -> str:
        """Return the id of the list's element."""
        prefix = f"{self.param_prefix}-" if self.param_prefix else ""
        return f"pc-{prefix}{self.get_url_base()}"

    @cached_property
    def params(self) -> ListParams:
        """Return the list's state."""
        names = {
            parameter: name
            for name, parameters in self.filter_names.items()
            for parameter in parameters
        }
        spec = Spec(
            sort_keys=[c.name for c in self.list_columns if c.order],
            filters=names,
            page_sizes=self.config.page_sizes,
            default_size=self.config.page_size,
            searchable=bool(self.config.search_fields),
            prefix=self.param_prefix,
        )
        return ListParams.parse(self.request.path, self.request.GET, spec)

    @cached_property
    def filter_names(self) -> dict[str, list[str]]:
        """Return the parameters of the filters this user may use, by filter."""
        filterset_class = self.get_filterset_class()
        if filterset_class is None:
            return {}
        fields = {name: f.field_name for name, f in filterset_class.base_filters.items()}
        names = names_of_filters(filterset_class)
        return {n: p for n, p in names.items() if self.may_see(fields.get(n) or n)}

    def get_filterset(self, queryset: "QuerySet[Any]") -> FilterSet | None:
        """Return the filters bound to the list's state, fit for the size of their relations."""
        filterset_class = self.get_filterset_class()
        if filterset_class is None:
            return None
        filterset = filterset_class(
            data=self.params.filter_data(),
            queryset=queryset,
            request=self.request,
            prefix=self.param_prefix or None,
        )
        for name in set(filterset.filters) - self.filter_names.keys():
            del filterset.filters[name]
        form = filterset.form
        form.renderer = self.pack.form_renderer
        form.auto_id = f"{self.list_id}-filter-%s"
        form.large = fit_relations(form, get_conf().choices_limit)
        return filterset

    def get_order(self) -> list[Any]:
        """Return the ordering of the rows; the primary key makes it total."""
        columns = {c.name: c for c in self.list_columns}
        order: list[Any] = []
        for key in self.params.sort:
            column = columns[key.removeprefix("-")]
            order += column.order_by(descending=key.startswith("-"))
        order = order or list(self.config.ordering)
        return order if {"pk", "-pk"} & {o for o in order if isinstance(o, str)} else [*order, "pk"]

    # ---- the list page

    def get_list_page(self) -> ListPage:
        """Return the list as a component: the same on its own page and inside another."""
        frame = self.get_frame()
        rows = self.get_rows()
        filterset = self.get_filterset(rows)
        valid = filterset is None or filterset.is_valid()
        page = failure = None
        try:
            page = self.get_page(filterset.qs if filterset else rows) if valid else None
            results = self.get_results(frame, page, filterset, valid)
        except DatabaseError as error:
            logger.exception("The list of %s failed.", type(self).__name__, exc_info=error)
            failure = frame.empty("failed")
            results = self.assemble(frame, None, None, failure, None)
        return ListPage(
            renderer=self.renderer,
            attrs=Attrs({**hooks.view(self.list_id), **hooks.part("list-page")}),
            title=self.get_page_title(),
            toolbar=self.get_toolbar(frame),
            filter_form=self.get_filter_form(filterset),
            status=frame.status(page, ready=valid and failure is None),
            results=results,
        )

    def get_frame(self) -> ListFrame:
        """Return the builder of everything around the rows."""
        return ListFrame(
            renderer=self.renderer,
            params=self.params,
            id=self.list_id,
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
            attrs=Attrs({**hooks.region(f"{self.list_id}-results"), **hooks.part("results")}),
            notices=frame.notices(),
            chips=frame.chips(applied),
            sort_panel=frame.sort_panel() if table else None,
            table=table,
            empty=empty,
            pagination=frame.pagination(page) if page else None,
            hidden=frame.hidden(),
        )

    def get_table(self, frame: ListFrame, page: Page[Any]) -> Table:
        """Return the rows of a page with their headings."""
        url = frame.params.url()
        back = "" if url == self.url_for("list") else f"?{urlencode({NEXT: url}, safe='/,')}"
        builder = RowBuilder(
            self, list(page.object_list), self.list_columns, f"{self.list_id}-row", back
        )
        rows = builder.rows()
        named = self.get_page_title()
        return Table(
            renderer=self.renderer,
            attrs=Attrs({"id": f"{self.list_id}-table", **hooks.part("table")}),
            scroller=Attrs(
                {
                    "role": "region",
                    "aria-label": _("Table of %(plural)s") % {"plural": frame.plural},
                    "tabindex": "0",
                    **hooks.part("table-scroller"),
                }
            ),
            caption=named,
            headers=frame.headers(),
            actions_label=_("Actions") if builder.has_actions else "",
            rows=rows,
        )

    def get_create_link(self) -> Link | None:
        """Return the link to the create page, where the user may create."""
        url = self.url_for("create")
        if url is None or not self.policy.allows(self.request.user, "add"):
            return None
        state = self.params.url()
        if state != self.url_for("list"):
            url = f"{url}?{urlencode({NEXT: state}, safe='/,')}"
        name = str(self.get_model()._meta.verbose_name)
        return Link(
            attrs=Attrs({"href": url, **hooks.part("action-create")}),
            label=_("New %(name)s") % {"name": name},
            icon="add",
            tone="primary",
        )

    def get_toolbar(self, frame: ListFrame) -> Toolbar:
        """Return the head of the list: search and what can be done with the list."""
        create = self.get_create_link()
        menu = ActionMenu(
            renderer=self.renderer, attrs=Attrs(hooks.part("list-actions")), links=(create,)
        ) if create else None
        searchable = any(self.may_see(f) for f in self.config.search_fields)
        return Toolbar(
            renderer=self.renderer,
            attrs=Attrs({**hooks.part("toolbar")}),
            search=frame.search_box() if searchable else None,
            actions=menu,
        )

    def get_filter_form(self, filterset: FilterSet | None) -> FilterForm:
        """Return the filter form; without filters it still carries search and order."""
        form = filterset.form if filterset else None
        large = getattr(form, "large", ())
        applied = len({n for n, p in self.filter_names.items() if self._applied(p)})
        return FilterForm(
            renderer=self.renderer,
            attrs=Attrs(
                {
                    "id": f"{self.list_id}-filter",
                    "method": "get",
                    "action": self.params.path,
                    **hooks.swap_form(),
                    **hooks.auto(350),
                    **hooks.part("filter-form"),
                }
            ),
            region=Attrs(hooks.region(f"{self.list_id}-filters")),
            details=Attrs(
                {"id": f"{self.list_id}-filter-details", "open": bool(form and form.errors)}
            ),
            title=_("Filters"),
            active=str(applied) if applied else "",
            fields=tuple(
                field_group(bound, self.renderer, choose=self.get_choose_link(bound, large))
                for bound in (form.visible_fields() if form else ())
            ),
            apply=Button(
                attrs=Attrs({"type": "submit", **hooks.part("filter-apply")}),
                label=_("Apply filters"),
                tone="primary",
            ),
            reset=Link(
                attrs=Attrs(
                    {
                        "href": self.params.cleared().url(),
                        **hooks.nav(),
                        **hooks.part("filter-reset"),
                    }
                ),
                label=_("Reset"),
            ),
        )

    def _applied(self, names: Sequence[str]) -> bool:
        return any(name in names for name, values in self.params.filters)

    def get_choose_link(self, bound: Any, large: Iterable[str]) -> Link | None:
        """Return the link to the page that picks a value for a filter on a large relation."""
        if bound.name not in large or not self.may_choose(bound.field.queryset.model):
            return None
        url = self.url_for("choices", field=bound.name)
        if url is None:
            return None
        state = self.params.query_string()
        return Link(
            attrs=Attrs(
                {
                    "id": f"{bound.auto_id}_choose",
                    "href": f"{url}?{state}" if state else url,
                    **hooks.part("choose"),
                }
            ),
            label=_("Choose %(label)s") % {"label": bound.label},
            icon="search",
        )

    def may_choose(self, model: Any) -> bool:
        """Say whether the user may pick among the objects of a related model."""
        return self.policy.related(model).allows(self.request.user, "view")

    # ---- the detail page

    def get_detail_page(self, obj: Any) -> DetailPage:
        """Return one object field by field."""
        columns = [c for c in self.bind(self.get_detail_fields()) if self.may_see(c.source)]
        back = self.get_list_url()
        return DetailPage(
            renderer=self.renderer,
            attrs=Attrs(hooks.part("detail-page")),
            title=str(obj),
            back=Link(attrs=Attrs({"href": back}), label=self.get_page_title(), icon="back"),
            actions=self.get_detail_actions(obj),
            fields=tuple(self.get_detail_field(obj, column) for column in columns),
        )

    def get_detail_field(self, obj: Any, column: BoundColumn) -> DetailField:
        """Return one labelled value."""
        raw = column.get(obj)
        text = "" if raw is None else (column.column.format or format_for(column.field, short=False))(raw)
        link = cell_link(self, column, None)
        url = link(obj, raw) if link else None
        marked = column.kind == "boolean"
        unknown = _("Unknown") if marked else column.column.empty
        return DetailField(
            attrs=Attrs(
                {
                    "data-kind": column.kind or None,
                    "data-empty": text == "",
                    **hooks.part("detail-field"),
                }
            ),
            label=str(column.label),
            value=text if text != "" else unknown,
            link=Attrs({"href": url}) if url else None,
            mark=Attrs({"data-pc-mark": mark_of(raw), "aria-hidden": "true"}) if marked else None,
            help_text=str(column.column.help_text),
        )

    def get_detail_actions(self, obj: Any) -> ActionMenu | None:
        """Return what the user may do with one object."""
        words = (("update", "change", _("Edit"), "edit"), ("delete", "delete", _("Delete"), "delete"))
        back = self.get_return_url()
        query = f"?{urlencode({NEXT: back}, safe='/,')}" if back else ""
        links = tuple(
            Link(
                attrs=Attrs({"href": f"{url}{query}", **hooks.part(f"action-{name}")}),
                label=label,
                icon=icon,
                tone="danger" if name == "delete" else "primary",
            )
            for name, action, label, icon in words
            if (url := self.url_for(name, obj)) and self.may(action, obj)
        )
        if not links:
            return None
        attrs = Attrs(hooks.part("detail-actions"))
        return ActionMenu(renderer=self.renderer, attrs=attrs, links=links)
