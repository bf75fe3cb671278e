"""The Chinook sample database, written as one would write it for a Django project today."""

import uuid
from decimal import Decimal

from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.forms import Field as FormField
from django.utils.formats import number_format
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

validate_phone = RegexValidator(
    r"^\+?[\d(][\d ()./-]*$", _("Enter a phone number: digits, spaces, brackets and dashes.")
)


class WebAddressField(models.URLField):
    """A URL whose form field takes https for an address typed without a scheme."""

    def formfield(self, **kwargs: object) -> FormField:
        """Return the form field, with the scheme that Django 6 assumes on its own."""
        return super().formfield(**{"assume_scheme": "https", **kwargs})

    def deconstruct(self) -> tuple[str, str, list[object], dict[str, object]]:
        """Return a plain URLField to migrations: the database knows no difference."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.URLField", args, kwargs


class Genre(models.Model):
    """A kind of music; its slug is its key and outlives a change of name."""

    slug = models.SlugField(_("slug"), primary_key=True, max_length=60, editable=False)
    name = models.CharField(_("name"), max_length=50, unique=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("genre")
        verbose_name_plural = _("genres")

    def __str__(self) -> str:
        return self.name

    def save(self, **kwargs: object) -> None:
        """Save, after giving a new genre its slug."""
        if not self.slug:
            self.slug = self.free_slug()
        super().save(**kwargs)

    def free_slug(self) -> str:
        """Return the slug of the name, numbered when another genre has it already."""
        stem = slugify(self.name) or "genre"
        taken = set(Genre.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
        candidates = (f"{stem}-{n}" if n else stem for n in [0, *range(2, len(taken) + 3)])
        return next(slug for slug in candidates if slug not in taken)


class MediaType(models.Model):
    """A file format that tracks are sold in."""

    name = models.CharField(_("name"), max_length=50, unique=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("media type")
        verbose_name_plural = _("media types")

    def __str__(self) -> str:
        return self.name


class Artist(models.Model):
    """A person or band that albums are by."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    website = WebAddressField(_("website"), blank=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("artist")
        verbose_name_plural = _("artists")

    def __str__(self) -> str:
        return self.name


class Album(models.Model):
    """A collection of tracks by one artist."""

    title = models.CharField(_("title"), max_length=160)
    artist = models.ForeignKey(
        Artist, models.CASCADE, related_name="albums", verbose_name=_("artist")
    )
    in_print = models.BooleanField(
        _("in print"), default=True, help_text=_("Whether the album can still be ordered.")
    )

    class Meta:
        ordering = ["title"]
        verbose_name = _("album")
        verbose_name_plural = _("albums")
        constraints = [
            models.UniqueConstraint(
                fields=["artist", "title"],
                name="album_once_per_artist",
                violation_error_message=_("This artist has an album with this title already."),
            )
        ]

    def __str__(self) -> str:
        return self.title


class Track(models.Model):
    """A piece of music or video that the store sells."""

    name = models.CharField(_("name"), max_length=200)
    album = models.ForeignKey(Album, models.CASCADE, related_name="tracks", verbose_name=_("album"))
    genre = models.ForeignKey(Genre, models.PROTECT, related_name="tracks", verbose_name=_("genre"))
    media_type = models.ForeignKey(
        MediaType, models.PROTECT, related_name="tracks", verbose_name=_("media type")
    )
    composer = models.CharField(_("composer"), max_length=220, blank=True)
    milliseconds = models.PositiveIntegerField(
        _("length in milliseconds"), validators=[MinValueValidator(1)]
    )
    size = models.PositiveBigIntegerField(_("size in bytes"), null=True, blank=True)
    unit_price = models.DecimalField(
        _("price"),
        max_digits=6,
        decimal_places=2,
        default=Decimal("0.99"),
        validators=[MinValueValidator(Decimal("0.01"))],
    )

    class Meta:
        ordering = ["name"]
        verbose_name = _("track")
        verbose_name_plural = _("tracks")

    def __str__(self) -> str:
        return self.name

    @property
    def duration(self) -> str:
        """Return the length as minutes and seconds, for example 5:43."""
        minutes, seconds = divmod(round(self.milliseconds / 1000), 60)
        return f"{minutes}:{seconds:02d}"


class Play(models.Model):
    """One time that somebody listened to a track; there are many of them."""

    track = models.ForeignKey(Track, models.CASCADE, related_name="plays", verbose_name=_("track"))
    played_at = models.DateTimeField(_("played at"))
    seconds = models.PositiveIntegerField(_("seconds heard"))
    royalty = models.DecimalField(
        _("royalty"),
        max_digits=8,
        decimal_places=4,
        null=True,
        blank=True,
        help_text=_("What its artist gets; empty until it was computed."),
    )

    class Meta:
        ordering = ["-played_at"]
        verbose_name = _("play")
        verbose_name_plural = _("plays")

    def __str__(self) -> str:
        return gettext("Play %(number)s") % {"number": self.pk or 0}


class Playlist(models.Model):
    """A list of tracks, shared by its link: hence a key that nobody can guess."""

    id = models.UUIDField(_("id"), primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=120)
    tracks = models.ManyToManyField(
        Track, related_name="playlists", verbose_name=_("tracks"), blank=True
    )

    class Meta:
        ordering = ["name"]
        verbose_name = _("playlist")
        verbose_name_plural = _("playlists")

    def __str__(self) -> str:
        return self.name


class Contact(models.Model):
    """Name and address, the same for customers and employees."""

    first_name = models.CharField(_("first name"), max_length=40)
    last_name = models.CharField(_("last name"), max_length=40)
    email = models.EmailField(_("email"), unique=True)
    phone = models.CharField(_("phone"), max_length=24, blank=True, validators=[validate_phone])
    fax = models.CharField(_("fax"), max_length=24, blank=True, validators=[validate_phone])
    address = models.CharField(_("address"), max_length=70, blank=True)
    city = models.CharField(_("city"), max_length=40, blank=True)
    state = models.CharField(_("state"), max_length=40, blank=True)
    country = models.CharField(_("country"), max_length=40, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=10, blank=True)

    class Meta:
        abstract = True
        ordering = ["last_name", "first_name"]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        """Return first and last name."""
        return f"{self.first_name} {self.last_name}"


class Employee(Contact):
    """Somebody who works for the store."""

    title = models.CharField(_("job title"), max_length=30, blank=True)
    reports_to = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="reports",
        verbose_name=_("reports to"),
    )
    birth_date = models.DateField(_("birth date"), null=True, blank=True)
    hire_date = models.DateField(_("hire date"), null=True, blank=True)

    class Meta(Contact.Meta):
        verbose_name = _("employee")
        verbose_name_plural = _("employees")


class Customer(Contact):
    """Somebody who buys tracks."""

    class Tier(models.TextChoices):
        STANDARD = "standard", _("Standard")
        SILVER = "silver", _("Silver")
        GOLD = "gold", _("Gold")

    company = models.CharField(_("company"), max_length=80, blank=True)
    tier = models.CharField(
        _("tier"),
        max_length=10,
        choices=Tier,
        default=Tier.STANDARD,
        help_text=_("Gold and silver customers are called first when an album comes back."),
    )
    newsletter = models.BooleanField(
        _("newsletter"), null=True, blank=True, help_text=_("Unknown until the customer was asked.")
    )
    favourite_genres = models.ManyToManyField(
        Genre, blank=True, related_name="fans", verbose_name=_("favourite genres")
    )
    support_rep = models.ForeignKey(
        Employee,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="customers",
        verbose_name=_("support representative"),
    )

    class Meta(Contact.Meta):
        verbose_name = _("customer")
        verbose_name_plural = _("customers")


class Invoice(models.Model):
    """What one customer bought at one time."""

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        PAID = "paid", _("Paid")
        OVERDUE = "overdue", _("Overdue")
        REFUNDED = "refunded", _("Refunded")

    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="invoices", verbose_name=_("customer")
    )
    issued_on = models.DateField(_("issued on"))
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.OPEN)
    paid_at = models.DateTimeField(_("paid at"), null=True, blank=True)
    billing_address = models.CharField(_("billing address"), max_length=70, blank=True)
    billing_city = models.CharField(_("billing city"), max_length=40, blank=True)
    billing_state = models.CharField(_("billing state"), max_length=40, blank=True)
    billing_country = models.CharField(_("billing country"), max_length=40, blank=True)
    billing_postal_code = models.CharField(_("billing postal code"), max_length=10, blank=True)
    total = models.DecimalField(
        _("total"), max_digits=10, decimal_places=2, validators=[MinValueValidator(Decimal(0))]
    )

    class Meta:
        ordering = ["-issued_on", "-id"]
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")

    def __str__(self) -> str:
        return gettext("Invoice %(number)s") % {"number": self.number}

    @property
    def number(self) -> str:
        """Return the number printed on the invoice, for example CH-0042."""
        return f"CH-{self.pk or 0:04d}"


class InvoiceLine(models.Model):
    """One track on an invoice."""

    invoice = models.ForeignKey(
        Invoice, models.CASCADE, related_name="lines", verbose_name=_("invoice")
    )
    track = models.ForeignKey(
        Track, models.PROTECT, related_name="invoice_lines", verbose_name=_("track")
    )
    unit_price = models.DecimalField(
        _("price"),
        max_digits=6,
        decimal_places=2,
        validators=[MinValueValidator(Decimal("0.01"))],
    )
    quantity = models.PositiveSmallIntegerField(
        _("quantity"), default=1, validators=[MinValueValidator(1)]
    )

    class Meta:
        ordering = ["id"]
        verbose_name = _("invoice line")
        verbose_name_plural = _("invoice lines")

    def __str__(self) -> str:
        return str(self.track)

    @property
    def amount(self) -> str:
        """Return price times quantity, written as the reader's language does."""
        return number_format(self.unit_price * self.quantity, 2)
