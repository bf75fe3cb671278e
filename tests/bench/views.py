"""One list three ways: PowerCRUD, a ListView with a template written out, Django's admin."""

import django_filters
from django.contrib import admin
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.db.models import Q
from django.template import engines
from django.template.response import TemplateResponse
from django.views.generic import ListView

from powercrud_core import Column, CRUDView
from powercrud_core.bulk import BulkUpdate
from store.models import Track

COLUMNS = ["name", "composer", "album.artist", "album", "genre", "media_type", "milliseconds"]
SEARCH = ["name", "composer", "album__title"]
SIZES = (25, 100, 500, 1000)


class TrackView(CRUDView):
    """The list that is measured."""

    model = Track
    columns = [
        "name",
        "composer",
        Column("album.artist", label="Artist", sort="album__artist__name"),
        "album",
        "genre",
        "media_type",
        "milliseconds",
        "unit_price",
    ]
    filterset_fields = ["genre", "media_type", "unit_price"]
    search_fields = SEARCH
    ordering = ["name"]
    page_sizes = SIZES
    paginate_by = 25


class FirstFilter(django_filters.FilterSet):
    """The first so many rows, and a text."""

    first = django_filters.NumberFilter(method="cut")
    composer = django_filters.CharFilter(lookup_expr="icontains")

    def cut(self, queryset, name, value):
        keys = Track.objects.order_by("pk").values_list("pk", flat=True)
        return queryset.filter(pk__lte=keys[int(value) - 1])


class BulkTrackView(CRUDView):
    """Bulk edits that nothing makes go row by row."""

    model = Track
    url_base = "bulk"
    fields = ("name", "album", "genre", "media_type", "composer", "milliseconds", "unit_price")
    filterset_class = FirstFilter
    bulk = (BulkUpdate(fields=["unit_price", "media_type"]),)


class HookedView(BulkTrackView):
    """Bulk edits through a hook."""

    url_base = "hooked"

    def perform_save(self, form):
        return super().perform_save(form)


class FastView(BulkTrackView):
    """Bulk edits by the declared fast path."""

    url_base = "fast"
    bulk = (BulkUpdate(fields=["unit_price"], validate="fields"),)


class FastBoundedView(FastView):
    """The same where the view shows some rows only."""

    url_base = "fast-bounded"

    def get_queryset(self):
        return super().get_queryset().filter(milliseconds__gt=0)


BULK_VIEWS = (BulkTrackView, HookedView, FastView, FastBoundedView)


class TrackFilter(django_filters.FilterSet):
    """What somebody who writes the list by hand writes for its filters."""

    unit_price = django_filters.RangeFilter()

    class Meta:
        model = Track
        fields = ("genre", "media_type")


class HandView(PermissionRequiredMixin, ListView):
    """The same screen by hand: joins declared, filters of django-filter, one template."""

    permission_required = "store.view_track"
    model = Track
    source = ""
    orders = (
        "name",
        "composer",
        "album__artist__name",
        "album__title",
        "genre__name",
        "unit_price",
    )

    def get_queryset(self):
        self.filterset = TrackFilter(self.request.GET, queryset=Track.objects.all())
        rows = self.filterset.qs.select_related("album__artist", "genre", "media_type")
        if text := self.request.GET.get("q"):
            found = Q(name__icontains=text) | Q(composer__icontains=text)
            rows = rows.filter(found | Q(album__title__icontains=text))
        sort = self.request.GET.get("sort", "name")
        return rows.order_by(sort if sort.lstrip("-") in self.orders else "name", "pk")

    def get_paginate_by(self, queryset):
        return int(self.request.GET.get("page_size", 25))

    def render_to_response(self, context, **kwargs):
        context["filter"] = self.filterset
        context["page_range"] = context["paginator"].get_elided_page_range(
            context["page_obj"].number, on_each_side=2, on_ends=1
        )
        return TemplateResponse(self.request, self.template(), context)

    @classmethod
    def template(cls):
        """Return the template, compiled once as the cached loader would."""
        if "compiled" not in cls.__dict__:
            cls.compiled = engines["django"].from_string(cls.source)
        return cls.compiled


class TrackAdmin(admin.ModelAdmin):
    """The admin's best: joins declared, no full count, the same columns, filters and search."""

    list_display = (
        "name",
        "composer",
        "artist",
        "album",
        "genre",
        "media_type",
        "milliseconds",
        "unit_price",
    )
    list_filter = ("genre", "media_type")
    search_fields = SEARCH
    list_select_related = ("album__artist", "genre", "media_type")
    show_full_result_count = False
    ordering = ("name",)
    actions = None

    @admin.display(ordering="album__artist__name")
    def artist(self, obj):
        return obj.album.artist


def admin_site(size):
    """Return an admin site whose list has so many rows a page."""
    site = admin.AdminSite(name=f"admin{size}")
    limits = {"list_per_page": size, "list_max_show_all": 0}
    site.register(Track, type("Sized", (TrackAdmin,), limits))
    return site
