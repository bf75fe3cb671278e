"""The views of the tests: the documentation's BookView, and plain screens."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from powercrud_core import Column, CRUDView
from powercrud_core.packs import get_pack
from tests.library.models import Author, Book


class BookView(CRUDView):
    model = Book
    fields = ["title", "author", "genres", "status", "price", "pages", "published", "in_print"]
    columns = [
        "title",
        "author",
        Column("author.born", label="Author born"),
        "genres",
        "status",
        Column("price", align="end"),
        "published",
        "in_print",
    ]
    filterset_fields = ["author", "genres", "status", "price", "published", "in_print"]
    search_fields = ["title", "author__name", "genres__name"]
    ordering = ["title"]


class AuthorView(CRUDView):
    model = Author


class ShortBookView(BookView):
    """The same screen with less in its list, for a page of the host."""

    columns = ["title", "author"]
    filterset_fields = ["title", "author", "price"]


def both(request: HttpRequest) -> HttpResponse:
    """A page of the host that shows two lists side by side."""
    pack = get_pack()
    lists = {
        "books": ShortBookView.embed(request, param_prefix="a"),
        "authors": AuthorView.embed(request, param_prefix="b"),
    }
    media = sum((page.media for page in lists.values() if page), pack.media)
    context = {"base": pack.base_template, "media": media, **lists}
    return render(request, "library/both.html", context)
