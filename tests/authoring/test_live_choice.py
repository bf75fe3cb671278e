"""The pack is chosen per view and per request, under load: no page has another pack's markup."""

import asyncio
import gc
import re
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.handlers.base import BaseHandler
from django.http import HttpResponse
from django.test import AsyncRequestFactory, RequestFactory
from django.urls import include, path

from powercrud_core import CRUDView
from powercrud_core.permissions import AllowAny
from tests.library.models import Author
from tests.settings import INSTALLED_APPS
from tests.settings import PACKS as INSTALLED

ODD = Path(__file__).parents[1] / "packs/odd"
PACKS = (*INSTALLED, "odd")
STATES = (
    "list_page.full",
    "detail_page.full",
    "form_body.widgets-errors",
    "delete_page.collateral",
)
THREADS, REQUESTS, TOGETHER = 8, 400, 200
MEASURED, GROWTH = 128, 200_000
"""So many more requests may leave behind so many bytes: less than 2 kB each."""


def staff(get_response):
    """Let everybody see the gallery, as if in production."""

    def middleware(request):
        request.user = SimpleNamespace(is_authenticated=True, is_active=True, is_staff=True)
        return get_response(request)

    return middleware


class Open(CRUDView):
    """Answers everybody, without a database: what is drawn is what is tried."""

    model = Author
    permission_policy = AllowAny
    columns = ("name", "born")
    filterset_fields = ()
    roles = tuple(role for role in CRUDView.roles if role.name in ("list", "create"))

    def get_queryset(self):
        return Author.objects.none()


class PerRequest(Open):
    url_base = "per-request"

    def get_template_pack(self):
        return self.request.GET.get("pack")


@pytest.fixture
def addresses(route, settings, monkeypatch) -> list[tuple[str, str]]:
    """Each pack's name with a list and a form, chosen by the view and by the request."""
    monkeypatch.syspath_prepend(str(ODD))
    settings.INSTALLED_APPS = [*INSTALLED_APPS, "powercrud_core.contrib.gallery", "powercrud_odd"]
    settings.MIDDLEWARE = [f"{staff.__module__}.staff"]
    found = []
    gallery = path("", include("powercrud_core.contrib.gallery.urls"))
    patterns = [*prefixed("asked/", PerRequest), gallery]
    for pack in PACKS:
        fixed = type("Fixed", (Open,), {"url_base": f"fixed-{pack}", "template_pack": pack})
        patterns += prefixed(f"{pack}/", fixed)
        for page in ("", "new/"):
            found.append((pack, f"/live/{pack}/{page}"))
            found.append((pack, f"/live/asked/{page}?pack={pack}"))
        # Without a database a list has no rows: those of the samples are drawn as well.
        found += [(pack, f"/live/frame/?state={state}&pack={pack}") for state in STATES]
    route(patterns, "live/")
    return found


def prefixed(prefix, view):
    return [path(prefix, include(view.get_urls()))]


def foreign(pack: str, html: str) -> list[str]:
    """Return what a page has of other packs: their stylesheets and the words only they use."""
    named = set(re.findall(r"powercrud_(\w+?)/", html)) & set(PACKS)
    marks = {name for name, mark in MARKS.items() if re.search(mark, html)}
    return sorted((named | marks) ^ {pack})


# A class of the page that the other packs' pages never have.
MARKS = {
    "plain": r'<body class="pc-body"',
    "bootstrap5": r"visually-hidden-focusable",
    "daisyui": r"text-base-content",
    "odd": r'<div role="main"',
}


def answer(url: str) -> HttpResponse:
    """Return a page; the test client would keep the contexts of all threads' templates."""
    handler = BaseHandler()
    handler.load_middleware()
    return handler.get_response(RequestFactory().get(url))


def told(html: str) -> str:
    """Return a page without what is new in every answer."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", html)


@pytest.fixture
def alone(addresses) -> dict[str, str]:
    """Every page as it is when nobody else asks."""
    answers = {url: answer(url) for _pack, url in addresses}
    assert {200} == {page.status_code for page in answers.values()}
    return {url: told(page.content.decode()) for url, page in answers.items()}


def spread(addresses: list, count: int) -> list:
    """Return so many addresses, neighbours of different packs."""
    mixed = [addresses[n::4] for n in range(4)]
    mixed = [address for group in mixed for address in group]
    return [mixed[n % len(mixed)] for n in range(count)]


def load(alone: dict[str, str], addresses: list, count: int = REQUESTS) -> set[str]:
    """Ask in eight threads; return the packs that were seen, having compared every page."""

    def ask(item):
        pack, url = item
        response = answer(url)
        assert 200 == response.status_code
        assert alone[url] == told(response.content.decode()), url
        return pack

    with ThreadPoolExecutor(THREADS) as pool:
        return set(pool.map(ask, spread(addresses, count)))


def load_at_once(alone: dict[str, str], addresses: list, count: int = TOGETHER) -> set[str]:
    """Ask in one event loop, all at once; the rest is as in `load`."""
    handler = BaseHandler()

    async def ask(pack, url):
        response = await handler.get_response_async(AsyncRequestFactory().get(url))
        assert alone[url] == told(response.content.decode()), url
        return pack

    async def ask_all():
        handler.load_middleware(is_async=True)
        return await asyncio.gather(*(ask(*item) for item in spread(addresses, count)))

    # In a thread of its own: a browser test may have left a running loop in this one.
    with ThreadPoolExecutor(1) as pool:
        return set(pool.submit(asyncio.run, ask_all()).result())


class TestUnderLoad:
    def test_the_marks_are_the_packs_own(self, addresses):
        """
        Each page has its own pack's mark: without one the tests below would see nothing.
        """
        for pack, url in addresses:
            html = answer(url).content.decode()
            assert re.search(MARKS[pack], html), url
            assert foreign("none", html) == sorted({pack, "none"})

    def test_threads(self, alone, addresses):
        """
        400 requests in eight threads, for every pack, by view and by request.
        """
        assert set(PACKS) == load(alone, addresses)

    def test_together(self, alone, addresses):
        """
        200 requests at once in one event loop.
        """
        assert set(PACKS) == load_at_once(alone, addresses)

    @pytest.mark.parametrize("asked", [load, load_at_once])
    def test_memory_does_not_grow(self, alone, addresses, asked):
        """
        What a pack remembers is bounded by its templates, not by the requests.
        """
        asked(alone, addresses, MEASURED)
        gc.collect()
        tracemalloc.start()
        try:
            asked(alone, addresses, MEASURED)
            gc.collect()
            before, _peak = tracemalloc.get_traced_memory()
            asked(alone, addresses, MEASURED)
            gc.collect()
            after, _peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()

        assert GROWTH > after - before
