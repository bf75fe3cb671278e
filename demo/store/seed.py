"""Fill the store from the Chinook JSON file."""

import json
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.db import transaction
from django.utils.text import slugify

from store.models import (
    Album,
    Artist,
    Customer,
    Employee,
    Genre,
    Invoice,
    InvoiceLine,
    MediaType,
    Play,
    Playlist,
    Track,
)

DATA = Path(__file__).parent / "data" / "chinook.json"

# One address of Chinook has letters that Django's email validation does not allow.
TO_ASCII = str.maketrans("łó", "lo")

PLAYS = 20_000

Record = dict[str, Any]
Status = Invoice.Status
Tier = Customer.Tier

# A model comes after those it refers to, so deleting goes through the list backwards.
MODELS = (
    Genre,
    MediaType,
    Artist,
    Album,
    Track,
    Play,
    Playlist,
    Employee,
    Customer,
    Invoice,
    InvoiceLine,
)


@transaction.atomic
def seed() -> None:
    """Create every row of Chinook."""
    rows: dict[str, list[Record]] = json.loads(DATA.read_text(encoding="utf-8"))
    genres = seed_catalogue(rows)
    seed_playlists(rows)
    seed_people(rows)
    seed_sales(rows)
    seed_favourites(rows, genres)
    seed_plays()


@transaction.atomic
def clear() -> None:
    """Delete every row of the store."""
    for model in reversed(MODELS):
        model.objects.all().delete()


def is_empty() -> bool:
    """Return whether the store has no data yet."""
    return not Track.objects.exists()


def seed_catalogue(rows: dict[str, list[Record]]) -> dict[int, str]:
    """Create genres, media types, artists, albums and tracks; return the genres' slugs."""
    genres = {row["id"]: slugify(row["name"]) for row in rows["genre"]}
    with_albums = {row["artist"] for row in rows["album"]}
    sold = {row["track"] for row in rows["invoiceline"]}
    in_print = {row["album"] for row in rows["track"] if row["id"] in sold}
    Genre.objects.bulk_create(Genre(slug=genres[r["id"]], name=r["name"]) for r in rows["genre"])
    MediaType.objects.bulk_create(MediaType(id=r["id"], name=r["name"]) for r in rows["mediatype"])
    Artist.objects.bulk_create(
        Artist(
            id=row["id"],
            name=row["name"],
            website=wikipedia_search(row["name"]) if row["id"] in with_albums else "",
        )
        for row in rows["artist"]
    )
    Album.objects.bulk_create(
        Album(
            id=row["id"],
            title=row["title"],
            artist_id=row["artist"],
            in_print=row["id"] in in_print,
        )
        for row in rows["album"]
    )
    Track.objects.bulk_create(
        Track(
            id=row["id"],
            name=row["name"],
            album_id=row["album"],
            genre_id=genres[row["genre"]],
            media_type_id=row["mediatype"],
            composer=row["composer"] or "",
            milliseconds=row["milliseconds"],
            size=row["bytes"],
            unit_price=money(row["unit_price"]),
        )
        for row in rows["track"]
    )
    return genres


def seed_playlists(rows: dict[str, list[Record]]) -> None:
    """Create playlists and put the tracks on them."""
    keys = {row["id"]: playlist_key(row["id"]) for row in rows["playlist"]}
    Playlist.objects.bulk_create(
        Playlist(id=keys[row["id"]], name=row["name"]) for row in rows["playlist"]
    )
    through = Playlist.tracks.through
    through.objects.bulk_create(
        through(playlist_id=keys[row["playlist"]], track_id=row["track"])
        for row in rows["playlisttrack"]
    )


def seed_people(rows: dict[str, list[Record]]) -> None:
    """Create employees and customers."""
    spent: Counter[int] = Counter()
    for row in rows["invoice"]:
        spent[row["customer"]] += money(row["total"])
    Employee.objects.bulk_create(
        Employee(
            **contact(row),
            title=row["title"],
            reports_to_id=row["reports_to"],
            birth_date=day(row["birthdate"]),
            hire_date=day(row["hiredate"]),
        )
        for row in rows["employee"]
    )
    Customer.objects.bulk_create(
        Customer(
            **contact(row),
            company=row["company"] or "",
            tier=tier(spent[row["id"]]),
            newsletter=(True, False, None)[row["id"] % 3],
            support_rep_id=row["support_rep"],
        )
        for row in rows["customer"]
    )


def seed_sales(rows: dict[str, list[Record]]) -> None:
    """Create invoices and their lines."""
    last_day = max(day(row["invoicedate"]) for row in rows["invoice"])
    Invoice.objects.bulk_create(invoice(row, last_day) for row in rows["invoice"])
    InvoiceLine.objects.bulk_create(
        InvoiceLine(
            id=row["id"],
            invoice_id=row["invoice"],
            track_id=row["track"],
            unit_price=money(row["unit_price"]),
            quantity=row["quantity"],
        )
        for row in rows["invoiceline"]
    )


def seed_favourites(rows: dict[str, list[Record]], genres: dict[int, str]) -> None:
    """Give each customer the three genres bought most, by name where the number is equal."""
    genre_of = {row["id"]: genres[row["genre"]] for row in rows["track"]}
    customer_of = {row["id"]: row["customer"] for row in rows["invoice"]}
    bought: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for row in rows["invoiceline"]:
        bought[customer_of[row["invoice"]]][genre_of[row["track"]]] += row["quantity"]
    through = Customer.favourite_genres.through
    through.objects.bulk_create(
        through(customer_id=customer, genre_id=slug)
        for customer, counts in bought.items()
        for slug in most_bought(counts, 3)
    )


def seed_plays() -> None:
    """Create plays of all tracks, the same on every machine: Chinook knows sales only."""
    tracks = list(Track.objects.order_by("pk").values_list("pk", "milliseconds"))
    last = datetime.combine(
        Invoice.objects.latest("issued_on").issued_on, time(hour=23, tzinfo=UTC)
    )
    plays = []
    for number in range(PLAYS):
        track, milliseconds = tracks[number * 7919 % len(tracks)]
        # One in fifty stops listening at once; the others hear half of it or more.
        part = number * 31 % 101 / 200 + 0.5
        seconds = number % 25 if number % 50 == 7 else int(milliseconds / 1000 * part)
        at = last - timedelta(minutes=number * 26)
        plays.append(Play(track_id=track, played_at=at, seconds=seconds))
    Play.objects.bulk_create(plays, batch_size=2000)


def contact(row: Record) -> Record:
    """Return the fields that customers and employees share."""
    same = ("phone", "fax", "address", "city", "state", "country")
    return {
        "id": row["id"],
        "first_name": row["firstname"],
        "last_name": row["lastname"],
        "email": row["email"].translate(TO_ASCII),
        "postal_code": row["postalcode"] or "",
    } | {name: row[name] or "" for name in same}


def invoice(row: Record, last_day: date) -> Invoice:
    """Return one invoice, with a state that its age and number decide."""
    issued_on = day(row["invoicedate"])
    status = invoice_status(row["id"], last_day - issued_on)
    paid = status in {Status.PAID, Status.REFUNDED}
    return Invoice(
        id=row["id"],
        customer_id=row["customer"],
        issued_on=issued_on,
        status=status,
        paid_at=payment_time(row["id"], issued_on) if paid else None,
        billing_address=row["billingaddress"] or "",
        billing_city=row["billingcity"] or "",
        billing_state=row["billingstate"] or "",
        billing_country=row["billingcountry"] or "",
        billing_postal_code=row["billingpostalcode"] or "",
        total=money(row["total"]),
    )


def invoice_status(number: int, age: timedelta) -> Status:
    """Return the state of an invoice of this age."""
    if number % 41 == 0:
        return Status.REFUNDED
    if age <= timedelta(days=30):
        return Status.OPEN
    if age <= timedelta(days=120) and number % 3 == 0:
        return Status.OVERDUE
    return Status.PAID


def payment_time(number: int, issued_on: date) -> datetime:
    """Return a moment in the two weeks after the invoice, during the day."""
    moment = time(hour=7 + number % 12, minute=number * 7 % 60, tzinfo=UTC)
    return datetime.combine(issued_on + timedelta(days=number % 14), moment)


def tier(spent: Decimal) -> Tier:
    """Return the tier of a customer who has spent this much."""
    if spent >= 45:
        return Tier.GOLD
    return Tier.SILVER if spent >= 40 else Tier.STANDARD


def most_bought(counts: Counter[str], number: int) -> Iterable[str]:
    """Return the most frequent names, in the order of the alphabet where equally frequent."""
    return sorted(counts, key=lambda name: (-counts[name], name))[:number]


def playlist_key(number: int) -> uuid.UUID:
    """Return the same key for the same Chinook playlist on every machine."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"https://chinook.example/playlist/{number}")


def wikipedia_search(name: str) -> str:
    """Return the address of a Wikipedia search for the name."""
    return f"https://en.wikipedia.org/w/index.php?{urlencode({'search': name})}"


def day(text: str) -> date:
    """Return the day of a Chinook time stamp; all of them are at midnight."""
    return datetime.fromisoformat(text.removesuffix("Z")).date()


def money(number: float) -> Decimal:
    """Return the exact amount that JSON holds as a float."""
    return Decimal(str(number)).quantize(Decimal("0.01"))
