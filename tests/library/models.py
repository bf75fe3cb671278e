"""The models of the documentation's examples."""

import uuid

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
