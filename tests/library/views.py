"""The views of the tests: the documentation's BookView, and plain screens."""

from powercrud_core import Column, CRUDView
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
