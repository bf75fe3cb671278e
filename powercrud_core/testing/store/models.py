"""A few models with one field of each kind."""

from django.db import models


class Maker(models.Model):
    name = models.CharField(max_length=50)

    def __str__(self) -> str:
        return self.name


class Tag(models.Model):
    name = models.CharField(max_length=50)

    def __str__(self) -> str:
        return self.name


class Product(models.Model):
    class Kind(models.TextChoices):
        TOOL = "tool", "Tool"
        TOY = "toy", "Toy"

    name = models.CharField(max_length=50)
    maker = models.ForeignKey(Maker, on_delete=models.CASCADE)
    tags = models.ManyToManyField(Tag, blank=True)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.TOOL)
    price = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
    weight = models.PositiveIntegerField(default=100, help_text="Without the box.")
    made = models.DateField(null=True, blank=True)
    sold = models.BooleanField(default=False)
    checked = models.BooleanField(null=True)
    homepage = models.URLField(blank=True)
    notes = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.name


class Order(models.Model):
    product = models.ForeignKey(Product, on_delete=models.PROTECT)

    def __str__(self) -> str:
        return f"Order {self.pk}"
