"""What can be done in the store beside editing and deleting."""

import csv
import hashlib
import io
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from powercrud_core.bulk import Action, Done, File, Outcome
from store.models import Album, Invoice, Play, Track

CENT = Decimal("0.01")
MIN_KILOBITS = 100
MIN_SECONDS = 10
FREE_SECONDS = 30
ROYALTY = Decimal("0.0001")  # dollars a second


class DiscountForm(forms.Form):
    """How much cheaper."""

    percent = forms.IntegerField(label=gettext_lazy("Discount in %"), min_value=1, max_value=90)


class Discount(Action):
    """Makes tracks cheaper, with a preview of the new prices."""

    name = "discount"
    label = gettext_lazy("Discount")
    form_class = DiscountForm
    previews = True
    atomic = False

    def apply(self, obj: Track, run: Any) -> bool | None:
        """Lower the price of one track; what is free stays so."""
        if not obj.unit_price:
            raise ValidationError(_("It is free already."))
        left = Decimal(100 - run.form.cleaned_data["percent"]) / 100
        price = max(CENT, (obj.unit_price * left).quantize(CENT))
        if price == obj.unit_price:
            return False
        obj.unit_price = price
        obj.save(update_fields=["unit_price"])
        return True


class PriceList(Action):
    """Hands the prices of all genres out as a file: an action of the list, without rows."""

    name = "price_list"
    label = gettext_lazy("Price list")
    icon = "export"
    permission = "view"
    places = ("list",)
    downloads = True
    question = gettext_lazy("Make a list of the cheapest and the dearest track of each genre?")

    def perform(self, run: Any) -> Done:
        """Return the file."""
        return Done(file=File("prices.csv", self._lines(run), "text/csv; charset=utf-8"))

    def _lines(self, run: Any) -> Iterator[str]:
        prices: dict[str, list[Decimal]] = {}
        rows = run.permitted.values_list("genre__name", "unit_price").order_by("genre__name")
        for genre, price in rows:
            prices.setdefault(genre or "", []).append(price)
        for genre, some in prices.items():
            line = io.StringIO()
            csv.writer(line).writerow([genre, min(some), max(some)])
            yield line.getvalue()


class MarkPaid(Action):
    """Notes that invoices were paid today: with one, or with many at once."""

    name = "mark_paid"
    label = gettext_lazy("Mark as paid")
    icon = "save"
    disabled_reason = gettext_lazy("Only open and overdue invoices can be paid.")

    def enabled(self, rows: QuerySet[Invoice]) -> QuerySet[Invoice]:
        """Return the invoices that are open or overdue."""
        return rows.filter(status__in=[Invoice.Status.OPEN, Invoice.Status.OVERDUE])

    def apply(self, obj: Invoice, run: Any) -> None:
        """Note the payment of one invoice."""
        obj.status, obj.paid_at = Invoice.Status.PAID, timezone.now()
        obj.save(update_fields=["status", "paid_at"])

    def finish(self, run: Any, outcome: Outcome) -> Done:
        """Say how many were paid."""
        return Done(message=_("%(count)s paid today.") % {"count": outcome.done})


class CheckRecordings(Action):
    """Looks at each recording, which takes a while: many are checked in the background.

    A few are too small to be whole, or too short: each is told with its reason, the others are
    done with.
    """

    name = "check"
    label = gettext_lazy("Check recordings")
    icon = "search"
    places = ("bulk",)
    atomic = False
    defer_above = 200

    def apply(self, obj: Track, run: Any) -> bool:
        """Compute what a real store would read from the file; nothing is changed."""
        hashlib.pbkdf2_hmac("sha256", obj.name.encode(), b"store", 10_000)
        seconds = obj.milliseconds // 1000
        if seconds < MIN_SECONDS:
            raise ValidationError(_("It is %(seconds)s seconds long only.") % {"seconds": seconds})
        kilobits = (obj.size or 0) // 125 // seconds
        if kilobits < MIN_KILOBITS:
            raise ValidationError(_("It has %(rate)s kbit/s only.") % {"rate": kilobits})
        return False


class ComputeRoyalty(Action):
    """Computes what each play brings its artist: 20,000 rows, a job that one can watch.

    Who stopped listening too soon brings nothing: such a play is told, the others are done.
    """

    name = "royalty"
    label = gettext_lazy("Compute the royalty")
    icon = "save"
    places = ("bulk",)
    atomic = False
    defer_above = 500

    def apply(self, obj: Play, run: Any) -> bool:
        """Save the royalty of one play."""
        if obj.seconds < FREE_SECONDS:
            text = _("Less than %(seconds)s seconds are free.")
            raise ValidationError(text % {"seconds": FREE_SECONDS})
        royalty = (ROYALTY * obj.seconds).quantize(ROYALTY)
        if royalty == obj.royalty:
            return False
        obj.royalty = royalty
        obj.save(update_fields=["royalty"])
        return True


class PriceForm(forms.Form):
    """What each track costs."""

    price = forms.DecimalField(
        label=gettext_lazy("Price of each track"), min_value=0, max_digits=6, decimal_places=2
    )


class PriceAlbum(Action):
    """Gives all tracks of albums one price: what is done to an album is done to its tracks."""

    name = "price"
    label = gettext_lazy("Set the price")
    form_class = PriceForm
    atomic = False
    defer_above = 100

    def affected(self, rows: Sequence[Album], run: Any) -> QuerySet[Track]:
        """Return the tracks: while a job changes an album, nobody else changes them."""
        return Track.objects.filter(album__in=rows)

    def apply(self, obj: Album, run: Any) -> bool:
        """Give the tracks of one album their price."""
        price = run.form.cleaned_data["price"]
        return bool(obj.tracks.exclude(unit_price=price).update(unit_price=price))
