"""Rows that count how often they were changed, and rows that make trouble."""

from django.core.exceptions import ValidationError
from django.db import models


class Item(models.Model):
    """kind: what goes wrong when it is changed: see `tests.jobs.work`."""

    name = models.CharField(max_length=50)
    n = models.IntegerField(default=0)
    kind = models.CharField(max_length=20, blank=True)
    tag = models.CharField(max_length=20, blank=True)
    unique = models.CharField(max_length=20, null=True, unique=True)

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if self.kind == "invalid":
            raise ValidationError("This one is bad.")


class Shared(models.Model):
    """What several items change."""

    n = models.IntegerField(default=0)

    def __str__(self) -> str:
        return f"Shared {self.pk}"


class Special(Item):
    """A child of Item, with a table of its own."""

    extra = models.IntegerField(default=0)


class ItemProxy(Item):
    """The same table by another name."""

    class Meta:
        proxy = True


class Effect(models.Model):
    """What was done outside, as far as a test can see."""

    key = models.CharField(max_length=200)

    def __str__(self) -> str:
        return self.key
