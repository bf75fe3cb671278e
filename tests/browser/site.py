"""The site of these tests: that of all tests, plus hosts with a life of their own."""

import time
from collections.abc import Callable
from typing import Any, ClassVar

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import include, path

from powercrud_core import CRUDView, InlineEdit
from powercrud_core.dependencies import Depends
from powercrud_core.layouts import Section, Tab
from tests.library.models import Anthology
from tests.library.views import AuthorView, BookView
from tests.urls import urlpatterns as common


class Doorkeeper:
    """Sends the policy, and makes slow what a test wants slow."""

    policy: ClassVar[str] = "default-src 'self'"
    slow: ClassVar[dict[str, float]] = {}

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response["Content-Security-Policy"] = self.policy
        for part, seconds in self.slow.items():
            if part in request.get_full_path():
                time.sleep(seconds)
        return response


OPEN_IN = {"create": "dialog", "update": "drawer", "detail": "dialog"}


class LayerBooks(BookView):
    """Books whose pages open on top of the list."""

    url_base = "layer-book"
    open_in = OPEN_IN


class LayerAuthors(AuthorView):
    url_base = "layer-author"
    open_in = OPEN_IN


class LayerAnthologies(CRUDView):
    """Forms with a file."""

    model = Anthology
    url_base = "layer-anthology"
    fields = ["title", "editor", "scan"]
    open_in = OPEN_IN


class DeskBooks(BookView):
    param_prefix = "b"


class DeskAuthors(AuthorView):
    param_prefix = "a"
    paginate_by = 25


class EditionView(BookView):
    """Books whose fields follow others, in sections, validated when a field is left."""

    url_base = "edition"
    fields: ClassVar[list[str]] = [
        "title", "author", "genres", "status", "price", "pages", "published", "notes", "in_print",
    ]  # fmt: skip
    open_in: ClassVar[dict[str, str]] = {"update": "dialog"}
    validate_on = "blur"
    layout: ClassVar[list[Any]] = [
        ("title", "author"),
        Section("Where it stands", [("status", "price"), "notes"], help_text="What it is sold as."),
    ]
    dependencies: ClassVar[list[Depends]] = [
        Depends("genres", on="author", filter={"book__author": "author"}),
        Depends("price", on="status", visible=lambda status: status == "published"),
        Depends(
            "notes",
            on="status",
            choices=lambda status: [("new", "New"), ("old", "Old")] if status == "draft" else None,
            help_text=lambda status: f"About what is {status}.",
        ),
        Depends("pages", on="notes", value=lambda notes: 7 if notes == "old" else None),
    ]
    filterset_fields: ClassVar[list[str]] = ["author", "genres", "status"]


class TabbedView(BookView):
    """Books in tabs, with values that are only shown or cannot be changed."""

    url_base = "tabbed"
    readonly_fields: ClassVar[list[str]] = ["shouted", "in_print"]
    disabled_fields: ClassVar[list[str]] = ["pages"]
    layout: ClassVar[list[Any]] = [
        Tab("The book", [("title", "author"), "shouted", Section("Kind", ["genres", "status"])]),
        Tab("Selling it", [("price", "pages"), "in_print"]),
        Tab("Dates", ["published"]),
    ]


def desk(request: HttpRequest) -> HttpResponse:
    """Show two lists on one page, as a project's own view may do."""
    lists = []
    for view_class in (DeskBooks, DeskAuthors):
        view: Any = view_class()
        view.setup(request)
        lists.append(view.get_list_page())
    context = {
        "lists": lists,
        "messages_region": view.get_messages(),
        "media": sum((page.media for page in lists), view.pack.media),
        "base_template": view.pack.base_template,
    }
    return TemplateResponse(request, "browser/desk.html", context)


class InlineBooks(BookView):
    """A list whose cells are edited; what is out of print stays as it is."""

    url_base = "inline"
    inline = InlineEdit(
        ["title", "genres", "status", "price", "published", "in_print"],
        rows=Q(in_print=True),
        reason="Out of print.",
    )


class RowBooks(BookView):
    """A list whose rows are edited."""

    url_base = "rows"
    inline = InlineEdit(["title", "status", "price", "published", "in_print"], mode="row")


class HtmxBookView(BookView):
    """A list in a page that loads htmx, with an element of htmx in its own region."""

    base_template = "browser/htmx.html"
    htmx = "htmx-2.0.11.min.js"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(htmx=f"vendor/{self.htmx}", **kwargs)

    def show_list(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response: Any = super().show_list(request, *args, **kwargs)
        inside = (
            '<p><button type="button" hx-get="/note/" hx-target="#inside">Inside</button>'
            '<span id="inside"></span></p><div role="region" aria-label="Table'
        )
        response.render()
        response.content = response.content.replace(
            b'<div role="region" aria-label="Table', inside.encode()
        )
        return response


class Htmx4BookView(HtmxBookView):
    htmx = "htmx-4.0.1.min.js"


def note(request: HttpRequest) -> HttpResponse:
    return HttpResponse("<b>fetched by htmx</b>")


class AnthologyView(CRUDView):
    """Relations of all sizes: one of a few, several of many."""

    model = Anthology
    fields = ("title", "page", "editor", "contributors")
    columns = ("title", "editor")
    filterset_fields = ("editor", "contributors")
    choice_details: ClassVar[Any] = {"contributors": "born"}


urlpatterns = [
    path("layers/books/", include(LayerBooks.get_urls())),
    path("layers/authors/", include(LayerAuthors.get_urls())),
    path("layers/anthologies/", include(LayerAnthologies.get_urls())),
    path("desk/", desk),
    path("anthologies/", include(AnthologyView.get_urls())),
    path("note/", note),
    path("inline/", include(InlineBooks.get_urls())),
    path("rows/", include(RowBooks.get_urls())),
    path("editions/", include(EditionView.get_urls())),
    path("tabbed/", include(TabbedView.get_urls())),
    path("htmx2/", include(HtmxBookView.get_urls())),
    path("htmx4/", include(Htmx4BookView.get_urls())),
    *common,
]
