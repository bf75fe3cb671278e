"""The site of these tests: that of all tests, plus hosts with a life of their own."""

import threading
import time
from collections.abc import Callable
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import include, path

from tests.library.views import AuthorView, BookView
from tests.urls import urlpatterns as common


class Doorkeeper:
    """Sends the policy, makes slow what a test wants slow, and lets one request in at a time.

    An in-memory database has one connection, which the server's threads share.
    """

    policy: ClassVar[str] = "default-src 'self'"
    slow: ClassVar[dict[str, float]] = {}
    lock: ClassVar[threading.Lock] = threading.Lock()

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with self.lock:
            response = self.get_response(request)
        response["Content-Security-Policy"] = self.policy
        for part, seconds in self.slow.items():
            if part in request.get_full_path():
                time.sleep(seconds)
        return response


class DeskBooks(BookView):
    param_prefix = "b"


class DeskAuthors(AuthorView):
    param_prefix = "a"
    paginate_by = 25


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
        "media": view.pack.media,
        "base_template": view.pack.base_template,
    }
    return TemplateResponse(request, "browser/desk.html", context)


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


urlpatterns = [
    path("desk/", desk),
    path("note/", note),
    path("htmx2/", include(HtmxBookView.get_urls())),
    path("htmx4/", include(Htmx4BookView.get_urls())),
    *common,
]
