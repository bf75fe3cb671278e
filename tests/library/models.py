"""The models of the documentation's examples."""

import uuid

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.validators import validate_slug
from django.db import models


class Author(models.Model):
    name = models.CharField(max_length=100)
    born = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Genre(models.Model):
    """Has a text for a key, with whatever people type."""

    code = models.CharField(max_length=40, primary_key=True)
    name = models.CharField(max_length=100)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Book(models.Model):
    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        PUBLISHED = "published", "Published"

    title = models.CharField(max_length=200)
    author = models.ForeignKey(Author, on_delete=models.CASCADE, related_name="books")
    genres = models.ManyToManyField(Genre, blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    price = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
    pages = models.PositiveIntegerField(default=100, help_text="Without the cover.")
    published = models.DateField(null=True, blank=True)
    in_print = models.BooleanField(default=True)
    homepage = models.URLField(blank=True)
    notes = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.title

    @property
    def shouted(self) -> str:
        return self.title.upper()

    def author_initial(self) -> str:
        return self.author.name[:1]


class Copy(models.Model):
    """A copy on a shelf; its key is a UUID, and a book that has been lent cannot be deleted."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    book = models.ForeignKey(Book, on_delete=models.PROTECT, related_name="copies")
    shelf = models.SlugField()

    class Meta:
        verbose_name_plural = "copies"

    def __str__(self) -> str:
        return f"{self.book_id} on {self.shelf}"


class Shelf(models.Model):
    """Has a slug for a key."""

    slug = models.SlugField(primary_key=True)
    room = models.CharField(max_length=50)

    class Meta:
        verbose_name_plural = "shelves"

    def __str__(self) -> str:
        return self.room


class Loan(models.Model):
    """Has a key of two columns."""

    pk = models.CompositePrimaryKey("reader", "number")
    reader = models.CharField(max_length=50)
    number = models.PositiveIntegerField()
    returned = models.BooleanField(null=True)

    def __str__(self) -> str:
        return f"{self.reader} {self.number}"


class Jacket(models.Model):
    """The cover of one book: a relation that a book sees from behind."""

    book = models.OneToOneField(Book, on_delete=models.CASCADE, related_name="jacket")
    colour = models.CharField(max_length=30)

    def __str__(self) -> str:
        return self.colour


class Anthology(models.Model):
    """Has relations with a limit, a number that stands for `page`, and a hidden half of a key."""

    title = models.CharField(max_length=100)
    page = models.PositiveIntegerField(default=1)
    year = models.PositiveIntegerField(default=2000, editable=False)
    editor = models.ForeignKey(
        Author,
        on_delete=models.CASCADE,
        related_name="edited",
        limit_choices_to={"name__startswith": "A"},
    )
    contributors = models.ManyToManyField(Author, blank=True, related_name="contributed")
    scan = models.FileField(upload_to="scans", blank=True)
    read_at = models.TimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "anthologies"
        constraints = [models.UniqueConstraint(fields=["title", "year"], name="one_title_a_year")]

    def __str__(self) -> str:
        return self.title


class Remark(models.Model):
    """Stands at anything."""

    text = models.CharField(max_length=200)
    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE)
    object_id = models.PositiveIntegerField()
    target = GenericForeignKey("content_type", "object_id")

    def __str__(self) -> str:
        return self.text


class Label(models.Model):
    """Sticks to a shelf, and only the database knows that the shelf cannot go."""

    shelf = models.ForeignKey(Shelf, on_delete=models.DO_NOTHING)

    def __str__(self) -> str:
        return f"Label {self.pk}"


class Member(models.Model):
    """Has what makes bulk edits hard: unique and checked values, members that hang together."""

    name = models.CharField(max_length=50, validators=[validate_slug])
    card = models.CharField(max_length=20, unique=True, null=True, blank=True)
    active = models.BooleanField(null=True, blank=True)
    joined = models.DateField(null=True, blank=True)
    left = models.DateField(null=True, blank=True)
    called_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField(auto_now=True)
    sponsor = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="+")
    mentor = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    friends = models.ManyToManyField("self", blank=True)

    class Meta:
        unique_together = [("left", "joined")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(left__isnull=True) | models.Q(left__gte=models.F("joined")),
                name="nobody_leaves_before_joining",
            ),
            models.UniqueConstraint(
                fields=["name"], condition=models.Q(active=True), name="one_active_member_a_name"
            ),
        ]

    def __str__(self) -> str:
        return self.name
