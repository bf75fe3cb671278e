"""What the tests' jobs do, and the view they do it in."""

import os
import signal
import time

from django import forms
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.urls import include, path

from powercrud_core import CRUDView
from powercrud_core.bulk import BulkDelete, BulkOperation, BulkUpdate, Done
from powercrud_core.jobs import background, current_job
from tests.jobs.models import Effect, Item, Shared


class UnspeakableError(Exception):
    """Cannot even be printed."""

    def __str__(self) -> str:
        raise RuntimeError("no words")


def change(item: Item) -> None:
    """Count a change, or fail in the item's own way."""
    if item.kind == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if item.kind == "exit":
        raise SystemExit(3)
    if item.kind == "invalid":
        raise ValidationError("This one is bad.")
    if item.kind == "integrity":
        raise IntegrityError("refused")
    if item.kind == "unspeakable":
        raise UnspeakableError
    if item.kind == "error":
        raise ZeroDivisionError("secret detail")
    if item.kind.startswith("slow"):
        time.sleep(float(item.kind.removeprefix("slow")))
    item.n += 1
    item.save(update_fields=["n"])


class Bump(BulkOperation):
    """Adds one to each row."""

    name = "bump"
    label = "Bump"
    atomic = False
    keeps_rows = False

    def apply(self, obj, run):
        change(obj)


class BumpAll(Bump):
    """All rows or none."""

    name = "bump_all"
    label = "Bump all"
    atomic = True
    atomic_rows = 200


class BumpShared(Bump):
    """Each row changes two shared ones, read first and written later."""

    name = "bump_shared"
    label = "Bump shared"

    def affected(self, rows, run):
        return shared_of(rows)

    def apply(self, obj, run):
        for one in shared_of([obj]):
            now = Shared.objects.get(pk=one.pk)
            time.sleep(0.001)
            now.n += 1
            now.save(update_fields=["n"])
        change(obj)


def shared_of(rows):
    """Return the two shared rows of each item."""
    keys = {k for obj in rows for k in (obj.pk % 30 + 1, (obj.pk * 7) % 30 + 1)}
    return list(Shared.objects.filter(pk__in=keys).order_by("pk"))


class AmountForm(forms.Form):
    amount = forms.IntegerField(max_value=10)


class Add(BulkOperation):
    """Adds an amount that the user types."""

    name = "add"
    label = "Add"
    atomic = False
    form_class = AmountForm

    def apply(self, obj, run):
        obj.n += run.form.cleaned_data["amount"]
        obj.save(update_fields=["n"])

    def finish(self, run, outcome):
        return Done(message=f"{outcome.done} added.")


class Rebuild(BulkOperation):
    """Needs no rows."""

    name = "rebuild"
    label = "Rebuild"
    places = ("list",)

    def perform(self, run):
        Shared.objects.create(n=1)
        return Done(message="Rebuilt.")


class ItemView(CRUDView):
    model = Item
    fields = ["name", "tag", "kind"]
    filterset_fields = ["tag"]
    url_base = "item"
    bulk = [
        Bump(),
        BumpAll(),
        BumpShared(),
        Add(),
        Rebuild(),
        BulkUpdate(fields=["tag"], atomic=False),
        BulkDelete(atomic=False),
    ]

    def get_queryset(self):
        rows = super().get_queryset()
        name = self.request.user.username
        return rows.filter(tag=name) if name.startswith("only-") else rows


urlpatterns = [path("items/", include(ItemView.get_urls()))]


def count(item, *, by=1):
    """Add to a row, and mention it."""
    item.n += by
    item.save(update_fields=["n"])
    current_job().note(f"{item} counted")


@background
def count_later(item, *, by=1):
    item.n += by
    item.save(update_fields=["n"])
    return item.n


def tell(item):
    """Change a row and tell the world."""
    change(item)
    current_job().after_commit(remember, key=current_job().key(item))


def tell_badly(item):
    change(item)
    current_job().after_commit(fail, key="x")


def remember(key):
    Effect.objects.create(key=key)


def fail(key):
    raise RuntimeError("the mail server is gone")


def nothing():
    """Do nothing at all."""


@background(affected=shared_of)
def share(item):
    """Do what BumpShared does."""
    for one in shared_of([item]):
        now = Shared.objects.get(pk=one.pk)
        time.sleep(0.001)
        now.n += 1
        now.save(update_fields=["n"])
    change(item)


def slowly(item):
    """Take a little time, and leave behind who did it."""
    time.sleep(0.004)
    Effect.objects.get_or_create(key=str(os.getpid()))
    change(item)
