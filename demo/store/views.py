"""The screens of the store: each shows another side of what a CRUDView can do."""

from decimal import Decimal

from django.db.models import Count, QuerySet, Sum
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from powercrud_core import Column, CRUDView, InlineEdit
from powercrud_core.bulk import BulkDelete, BulkUpdate
from powercrud_core.dependencies import Depends
from powercrud_core.exports import Export
from powercrud_core.jobs.views import JobView
from powercrud_core.layouts import Section
from store.actions import (
    CheckRecordings,
    ComputeRoyalty,
    Discount,
    MarkPaid,
    PriceAlbum,
    PriceList,
)
from store.filters import InvoiceFilterSet
from store.forms import CustomerForm
from store.looks import chosen_pack
from store.models import Album, Artist, Customer, Employee, Invoice, Play, Playlist, Track
from store.places import STATES, states_of


class StoreView(CRUDView):
    """What all screens of the store share: the demo's page, in the pack the visitor chose."""

    base_template = "demo/base.html"

    def get_template_pack(self) -> str:
        """Return the pack the visitor chose."""
        return chosen_pack(self.request)


class BackgroundView(StoreView, JobView):
    """What is being done in the background: everybody's own jobs."""


def dollars(amount: Decimal) -> str:
    """Return an amount of money, written as the reader's language does."""
    return f"${number_format(amount, 2, use_l10n=True, force_grouping=True)}"


def hours_and_minutes(milliseconds: int) -> str:
    """Return a long duration, for example "3 h 07 min"."""
    hours, minutes = divmod(round(milliseconds / 60_000), 60)
    return gettext("%(hours)s h %(minutes)02d min") % {"hours": hours, "minutes": minutes}


def file_size(track: Track) -> str | None:
    """Return the size of a track's file in words, None where it is unknown."""
    return None if track.size is None else filesizeformat(track.size)


def artist_url(track: Track) -> str:
    """Return the page of the artist of a track."""
    return reverse("artist-detail", kwargs={"pk": track.album.artist_id})


def album_url(track: Track) -> str:
    """Return the page of the album of a track."""
    return reverse("album-detail", kwargs={"pk": track.album_id})


def customer_url(invoice: Invoice) -> str:
    """Return the page of the customer of an invoice."""
    return reverse("customer-detail", kwargs={"pk": invoice.customer_id})


ARTIST = Column("album.artist", label=_("Artist"), sort="album__artist__name", link=artist_url)
ALBUM = Column("album", link=album_url)
DURATION = Column(
    "duration",
    label=_("Duration"),
    sort="milliseconds",
    align="end",
    help_text=_("Minutes and seconds"),
)
SIZE = Column("size", label=_("Size"), accessor=file_size, sort="size", align="end")
PRICE = Column("unit_price", align="end", format=dollars)


class TrackView(StoreView):
    """Columns through two relations, a property, a function; relations too big for a select."""

    model = Track
    fields = [
        "name",
        "album",
        "genre",
        "media_type",
        "composer",
        "milliseconds",
        "size",
        "unit_price",
    ]
    related_views = ["album", "genre", "media_type"]
    columns = ["name", ARTIST, ALBUM, "genre", DURATION, SIZE, PRICE]
    detail_fields = [
        "name",
        ARTIST,
        ALBUM,
        "genre",
        "media_type",
        "composer",
        DURATION,
        SIZE,
        PRICE,
        "playlists",
    ]
    filterset_fields = ["genre", "media_type", "album", "composer", "unit_price", "size"]
    search_fields = ["name", "composer", "album__title", "album__artist__name"]
    ordering = ["name"]
    paginate_by = 25
    inline = InlineEdit(fields=["name", "genre", "unit_price"])
    export = Export(formats=["csv", "xlsx", "json", "ods"])
    bulk = [
        BulkUpdate(
            fields=["album", "genre", "media_type", "composer", "unit_price"],
            atomic=False,
            defer_above=1000,
        ),
        BulkDelete(atomic=False),
    ]
    actions = [Discount(), CheckRecordings(), PriceList()]


class AlbumView(StoreView):
    """Annotations of the queryset as columns that the database sorts by."""

    model = Album
    open_in = {"update": "dialog", "create": "dialog"}
    fields = ["title", "artist", "in_print"]
    related_views = ["artist"]
    columns = [
        "title",
        "artist",
        Column("track_count", label=_("Tracks"), align="end"),
        Column("price", label=_("All tracks cost"), align="end", format=dollars),
        "in_print",
    ]
    detail_fields = ["title", "artist", "in_print", "track_count", "tracks"]
    filterset_fields = ["artist", "in_print"]
    search_fields = ["title", "artist__name", "tracks__name"]
    actions = [PriceAlbum()]

    def get_queryset(self) -> QuerySet[Album]:
        """Return the albums with the number and the price of their tracks."""
        return (
            super()
            .get_queryset()
            .annotate(track_count=Count("tracks"), price=Sum("tracks__unit_price"))
        )


class ArtistView(StoreView):
    """Links out of the site; deleting shows what goes with it, or what protects it."""

    model = Artist
    fields = ["name", "website"]
    columns = [
        "name",
        Column("album_count", label=_("Albums"), align="end"),
        Column("website", sort=False),
    ]
    detail_fields = ["name", "website", "albums"]
    filterset_fields = ["name"]
    search_fields = ["name", "albums__title"]
    paginate_by = 50

    def get_queryset(self) -> QuerySet[Artist]:
        """Return the artists with the number of their albums."""
        return super().get_queryset().annotate(album_count=Count("albums"))


class PlayView(StoreView):
    """Many rows, and an action that is left to the background."""

    model = Play
    fields = ["track", "played_at", "seconds"]
    related_views = ["track"]
    columns = ["track", "played_at", "seconds", Column("royalty", align="end", nulls="last")]
    filterset_fields = ["track", "played_at", "seconds"]
    search_fields = ["track__name"]
    actions = [ComputeRoyalty()]


class PlaylistView(StoreView):
    """A UUID key, and totals over thousands of related rows in one query."""

    model = Playlist
    fields = ["name"]
    columns = [
        "name",
        Column("track_count", label=_("Tracks"), align="end"),
        Column(
            "playing_time",
            label=_("Playing time"),
            format=hours_and_minutes,
            align="end",
            nulls="last",
        ),
    ]
    detail_fields = ["name", columns[1], columns[2], "id"]
    filterset_fields = ["name"]
    search_fields = ["name", "tracks__name"]

    def get_queryset(self) -> QuerySet[Playlist]:
        """Return the playlists with the number and the length of their tracks."""
        return (
            super()
            .get_queryset()
            .annotate(track_count=Count("tracks"), playing_time=Sum("tracks__milliseconds"))
        )


class CustomerView(StoreView):
    """A form whose states follow the country; several values in a cell; a boolean maybe unknown."""

    model = Customer
    form_class = CustomerForm
    open_in = {"update": "drawer", "create": "drawer"}
    layout = [
        Section(_("Person"), [("first_name", "last_name"), "company", "email", ("phone", "fax")]),
        Section(
            _("Address"),
            ["address", ("postal_code", "city"), ("country", "state")],
            help_text=_("Choose a country first: its states follow."),
        ),
        Section(_("In the store"), [("tier", "newsletter"), "favourite_genres", "support_rep"]),
    ]
    dependencies = [
        Depends(
            "state",
            on="country",
            visible=lambda country: bool(country),
            choices=states_of,
            required=lambda country: country in STATES,
        )
    ]
    related_views = ["favourite_genres", "support_rep"]
    columns = [
        Column("full_name", label=_("Name"), sort=["last_name", "first_name"]),
        "email",
        "company",
        "country",
        "tier",
        "favourite_genres",
        Column("newsletter", help_text=_("Unknown until the customer was asked"), nulls="last"),
        "support_rep",
    ]
    filterset_fields = ["tier", "favourite_genres", "support_rep", "newsletter", "country"]
    search_fields = ["first_name", "last_name", "email", "company", "city", "country"]


class InvoiceView(StoreView):
    """A filter set of its own; money, dates and times; missing values sorted last."""

    model = Invoice
    open_in = {"update": "dialog", "create": "dialog"}
    fields = [
        "customer",
        "issued_on",
        "status",
        "paid_at",
        "total",
        "billing_address",
        "billing_postal_code",
        "billing_city",
        "billing_state",
        "billing_country",
    ]
    related_views = ["customer"]
    columns = [
        Column("number", label=_("Number"), sort="id"),
        "issued_on",
        Column("customer", link=customer_url),
        "billing_country",
        "status",
        Column("paid_at", nulls="last"),
        Column("total", align="end", format=dollars),
    ]
    detail_fields = [
        *columns[:3],
        "status",
        columns[5],
        columns[6],
        Column("lines", label=_("Tracks")),
        "billing_address",
        "billing_postal_code",
        "billing_city",
        "billing_state",
        "billing_country",
    ]
    filterset_class = InvoiceFilterSet
    bulk = [BulkUpdate(fields=["status", "paid_at", "billing_country"])]
    actions = [MarkPaid()]
    unselectable_reason = _("Refunded invoices stay as they are.")
    search_fields = [
        "customer__first_name",
        "customer__last_name",
        "customer__company",
        "billing_city",
        "lines__track__name",
    ]

    def get_selectable(self, rows: QuerySet[Invoice]) -> QuerySet[Invoice]:
        """Return the invoices that can be chosen: all but the refunded ones."""
        return rows.exclude(status=Invoice.Status.REFUNDED)


class EmployeeView(StoreView):
    """A relation to the model itself, and how many rows point back."""

    model = Employee
    fields = [
        "first_name",
        "last_name",
        "title",
        "reports_to",
        "birth_date",
        "hire_date",
        "email",
        "phone",
        "fax",
        "address",
        "postal_code",
        "city",
        "state",
        "country",
    ]
    related_views = ["reports_to"]
    columns = [
        Column("full_name", label=_("Name"), sort=["last_name", "first_name"]),
        "title",
        Column("reports_to", nulls="first", empty=_("nobody")),
        Column("report_count", label=_("Reports"), align="end"),
        "hire_date",
        "email",
    ]
    filterset_fields = ["title", "reports_to", "hire_date"]
    search_fields = ["first_name", "last_name", "title", "city"]

    def get_queryset(self) -> QuerySet[Employee]:
        """Return the employees with the number of people who report to them."""
        return super().get_queryset().annotate(report_count=Count("reports"))
