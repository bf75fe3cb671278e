"""One screen with every way in, and two people who may use it differently."""

import pytest

from powercrud_core import CRUDView
from powercrud_core.bulk import BulkDelete, BulkUpdate
from powercrud_core.exports import Export
from powercrud_core.permissions import ModelPermissions
from tests.library.models import Author, Book
from tests.views.test_acting import Lend, Rename


class Drafts(CRUDView):
    """Shows drafts only, written by authors whose names begin with U, V, … Z."""

    model = Book
    url_base = "drafts"
    fields = ["title", "author", "price", "notes"]
    columns = ["title", "author", "price", "notes"]
    filterset_fields = ["author", "price", "status"]
    search_fields = ["title"]
    ordering = ["title"]
    inline = ["title", "price", "author"]
    bulk = [BulkUpdate(fields=["title", "author", "price"]), BulkDelete()]
    actions = [Lend(), Rename()]
    export = Export(formats=["csv", "json"])

    class permission_policy(ModelPermissions):  # noqa: N801
        def related(self, model):
            return Visible(model)

    def get_queryset(self):
        return super().get_queryset().filter(status="draft")


class Visible(ModelPermissions):
    """Shows only the authors from U on."""

    def rows(self, user, action, queryset):
        return queryset.filter(name__gte="U") if self.model is Author else queryset


@pytest.fixture
def url(route):
    """Return the address of the drafts."""
    return route(Drafts, "drafts/")


@pytest.fixture
def draft(author):
    """Return a book that the list shows."""
    return Book.objects.create(title="Draft", author=author, price=5)


@pytest.fixture
def secret(author):
    """Return a book that the list does not show."""
    return Book.objects.create(pk=7777, title="Secret", author=author, price=7, status="published")


@pytest.fixture
def hidden_author(db):
    """Return an author whom nobody may choose."""
    return Author.objects.create(name="Anonymous")


@pytest.fixture
def staff(permissions, client_for):
    """Return a function that makes a client by what its user may do to books."""

    def make(*actions, **options):
        return client_for(permissions("view_author", *(f"{a}_book" for a in actions)), **options)

    return make


def state():
    """Return all books as they are in the database."""
    return list(Book.objects.order_by("pk").values())
