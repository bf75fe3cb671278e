"""What the tests share: people, books, packs, and a way to put a view on the site."""

from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import clear_url_caches, include, path
from django.utils import translation

from powercrud_core import CRUDView
from powercrud_core.conf import get_conf
from tests import urls
from tests.library.models import Author, Book
from tests.settings import PACKS

ACTIONS = ("view", "add", "change", "delete")


@pytest.fixture(autouse=True)
def language() -> Iterator[None]:
    """Begin and end in the project's language: a request in another one leaves it behind."""
    translation.deactivate()
    yield
    translation.deactivate()


@pytest.fixture(autouse=True)
def conf() -> Iterator[None]:
    """Read the settings anew: Django tells nobody when a deleted one comes back."""
    yield
    get_conf.cache_clear()


@pytest.fixture
def permissions(db: None) -> Callable[..., User]:
    """Return a function that makes a user with some permissions: `permissions("view_book")`."""

    def make(*codenames: str) -> User:
        user = User.objects.create_user(username="-".join(codenames)[:150] or "nobody")
        user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
        return user

    return make


@pytest.fixture
def editor(db: None) -> User:
    """Return somebody who may do everything."""
    return User.objects.create_superuser(username="editor")


@pytest.fixture
def client_for() -> Callable[..., Client]:
    """Return a function that makes a client for a user; for a stranger without one."""

    def make(user: Any = None, **options: Any) -> Client:
        client = Client(**options)
        if user is not None and not isinstance(user, AnonymousUser):
            client.force_login(user)
        return client

    return make


@pytest.fixture
def client(editor: User, client_for: Callable[..., Client]) -> Client:
    """Return the client of somebody who may do everything."""
    return client_for(editor)


@pytest.fixture
def author(db: None) -> Author:
    """Return one author."""
    return Author.objects.create(name="Ursula")


@pytest.fixture
def book(author: Author) -> Book:
    """Return one book."""
    return Book.objects.create(title="The Dispossessed", author=author)


@pytest.fixture
def books(author: Author) -> Callable[..., list[Book]]:
    """Return a function that makes books: `books(3)`, `books("A", "B")`, `books(2, price=1)`."""

    def make(*titles: Any, **values: Any) -> list[Book]:
        if titles and isinstance(titles[0], int):
            titles = tuple(f"Book {number:03}" for number in range(1, titles[0] + 1))
        made = [Book(**{"author": author, **values, "title": title}) for title in titles]
        return Book.objects.bulk_create(made)

    return make


@pytest.fixture(params=PACKS)
def pack(request: pytest.FixtureRequest, settings: Any) -> str:
    """Draw everything with each installed pack in turn."""
    settings.POWERCRUD_TEMPLATE_PACK = request.param
    return str(request.param)


@pytest.fixture
def route(settings: Any) -> Iterator[Callable[..., str]]:
    """Return a function that puts a view, or URL patterns, on the site and returns its address."""
    module = ModuleType("tests.routed")
    module.urlpatterns = list(urls.urlpatterns)  # type: ignore[attr-defined]

    def add(view: Any, at: str = "here/") -> str:
        patterns = view.get_urls() if isinstance(view, type) else view
        module.urlpatterns.insert(0, path(at, include(patterns)))  # type: ignore[attr-defined]
        settings.ROOT_URLCONF = module
        clear_url_caches()
        return f"/{at}"

    yield add
    clear_url_caches()


@pytest.fixture
def screen(route: Callable[..., str]) -> Callable[..., str]:
    """Return a function that makes a screen from attributes: `screen(Book, columns=["title"])`."""

    def make(model: Any, *, at: str = "here/", **attributes: Any) -> str:
        declared = {"model": model, "url_base": at.strip("/").replace("/", "-"), **attributes}
        return route(type(f"{model.__name__}Screen", (CRUDView,), declared), at)

    return make


@pytest.fixture
def without_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask nobody who holds which rows, as where the app of jobs is not installed."""
    monkeypatch.setattr("powercrud_core.contention._providers", [])


@pytest.fixture
def queries() -> Callable[[Callable[[], Any]], int]:
    """Return a function that counts the queries of a call."""

    def count(call: Callable[[], Any]) -> int:
        with CaptureQueriesContext(connection) as captured:
            call()
        return len(captured)

    return count
