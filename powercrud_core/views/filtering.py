"""Filtering: the filterset of a request, and its form as a component."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar, cast
from urllib.parse import urlencode, urlsplit

from django.db.models import QuerySet
from django.forms import ModelMultipleChoiceField, MultipleChoiceField
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django_filters import FilterSet

from powercrud_core import hooks
from powercrud_core.attrs import Attrs
from powercrud_core.dependencies import apply_to_filters
from powercrud_core.filters import names_of_filters, offer_values
from powercrud_core.forms import field_group
from powercrud_core.packs.contract import Button, FilterForm, Link
from powercrud_core.params import ListParams, Spec
from powercrud_core.paths import follow
from powercrud_core.views.dependent import DependentView

__all__ = ["HOST", "PREFIX", "FilterHandlers"]

# Where a list stands, when that is not its own page: for the page that picks a filter's value.
HOST, PREFIX = "_host", "_prefix"

# What a page of choices is searched for; no state of the list.
CHOICE_SEARCH = "_q"


class FilterHandlers(DependentView):
    """The filters of a list.

    filterset_fields: names (a filter by field type) or django-filter's mapping of lookups.
    filterset_class: a django-filter FilterSet; wins over `filterset_fields`.
    param_prefix: beginning of this list's parameters, where two lists share a page.
    """

    filterset_fields: ClassVar[Sequence[str] | Mapping[str, Sequence[str]] | None] = None
    filterset_class: ClassVar[type[FilterSet] | None] = None
    param_prefix: ClassVar[str] = ""

    def get_filterset_class(self) -> type[FilterSet] | None:
        """Return the FilterSet class for this request."""
        return self.config.filterset_class

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
            several=[parameter for parameter, name in names.items() if self._many(name)],
            page_sizes=self.config.page_sizes,
            default_size=self.config.page_size,
            searchable=bool(self.config.search_fields),
            prefix=self.param_prefix,
        )
        return ListParams.parse(*self.list_state, spec)

    @cached_property
    def list_state(self) -> tuple[str, QueryDict]:
        """Return the path and the query string of the list: on a row's own page, those it has in
        the address to go back to."""
        if self.role is None or not self.role.on_object:
            return self.request.path, self.request.GET
        list_ = urlsplit(self.get_list_url())
        return list_.path, QueryDict(list_.query)

    @cached_property
    def filter_names(self) -> dict[str, list[str]]:
        """Return the parameters of the filters this user may use, by filter."""
        filterset_class = self.get_filterset_class()
        if filterset_class is None:
            return {}
        fields = {name: f.field_name for name, f in filterset_class.base_filters.items()}
        names = names_of_filters(cast(Any, filterset_class), cast(Any, self.get_model()))
        return {n: p for n, p in names.items() if self.may_see(fields.get(n) or n)}

    def get_filterset(self, queryset: "QuerySet[Any]") -> FilterSet | None:
        """Return the filters bound to the list's state, fit for the size of their relations.

        A value that does not fit that of the filter it depends on is an error.
        """
        filterset = self._limited_filterset(queryset)
        if filterset is not None:
            apply_to_filters(filterset.form, self.get_dependencies())
            self.fit(filterset.form, compact=True)
        return filterset

    def drop_stale_filters(self) -> bool:
        """Take out of a list's state what does not fit its parents; say whether there was any.

        For a page that says so only: what acts on rows must not find more of them for it.
        """
        dependencies = self.get_dependencies()
        filterset = self._limited_filterset(self.get_queryset()) if dependencies else None
        stale = apply_to_filters(filterset.form, dependencies) if filterset else []
        names = [p for name in stale for p in self.filter_names[name] if self._applied([p])]
        if names:
            dropped = (*self.params.dropped, *names)
            self.params = replace(self.params.without(*names), dropped=dropped)
        return bool(names)

    def _limited_filterset(self, queryset: "QuerySet[Any]") -> FilterSet | None:
        filterset = self.bind_filterset(queryset)
        if filterset is not None:
            form = filterset.form
            form.renderer = self.pack.form_renderer
            form.auto_id = f"{self.list_id}-filter-%s"
            self.limit(form)
        return filterset

    def bind_filterset(self, queryset: "QuerySet[Any]") -> FilterSet | None:
        """Return the filters bound to the list's state, those the user may use."""
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
        for one in filterset.filters.values():
            if one.field_name and follow(self.get_model(), one.field_name).to_many:
                one.distinct = True  # the join to several objects would double the row
        offer_values(filterset)
        return filterset

    def get_filter_form(self, filterset: FilterSet | None) -> FilterForm:
        """Return the filter form; without filters it still carries search and order."""
        form = filterset.form if filterset else None
        large = getattr(form, "large", ())
        applied = len({n for n, p in self.filter_names.items() if self._applied(p)})
        return FilterForm(
            renderer=self.renderer,
            attrs=hooks.bundle(
                "filter-form",
                id=f"{self.list_id}-filter",
                method="get",
                action=self.params.path,
                **hooks.swap_form(),
                **hooks.auto(350),
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
                attrs=hooks.bundle("filter-apply", type="submit"),
                label=_("Apply filters"),
                tone="primary",
            ),
            reset=self.link(
                self.params.cleared().url(), _("Reset"), part="filter-reset", **hooks.nav()
            ),
        )

    def _many(self, name: str) -> bool:
        filterset_class = cast(Any, self.get_filterset_class())
        kind = filterset_class.base_filters[name].field_class
        return issubclass(kind, MultipleChoiceField | ModelMultipleChoiceField)

    def _applied(self, names: Sequence[str]) -> bool:
        return any(name in names for name, values in self.params.filters)

    def get_choose_link(self, bound: Any, large: Iterable[str]) -> Link | None:
        """Return the link to the page that picks a value for a filter on a large relation."""
        if bound.name not in large or not self.may_choose(bound.field.queryset.model):
            return None
        url = self.url_for("choices", field=bound.name)
        if url is None:
            return None
        place = {HOST: self.params.path} if self.params.path != self.url_for("list") else {}
        if self.param_prefix:
            place[PREFIX] = self.param_prefix
        state = "&".join(filter(None, [self.params.query_string(), urlencode(place, safe="/")]))
        label = _("Choose %(label)s") % {"label": bound.label}
        address = f"{url}?{state}" if state else url
        return self.link(address, label, "search", id=f"{bound.auto_id}_choose", part="choose")
