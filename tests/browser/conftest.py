"""A real browser on a live server; a page that makes the browser complain fails its test."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.test.utils import override_settings
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from tests.browser.library import fill_library

HERE = Path(__file__).parent
# The headless shell starts three times faster than the full browser.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "chrome")
BROWSER_VARIABLE = "PLAYWRIGHT_CHROMIUM_EXECUTABLE_PATH"
WIDE, NARROW = 1280, 390
PATIENCE = 15_000  # milliseconds; only a failing test waits so long

expect.set_options(timeout=PATIENCE)

WATCH_POLICY = """
document.addEventListener("securitypolicyviolation", event => console.error(
  `CSP: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile} ${event.sample}`));
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker("browser")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The machine's Chromium, one for all tests."""
    path = os.environ.get(BROWSER_VARIABLE) or next(filter(None, map(shutil.which, BROWSERS)), None)
    # Playwright keeps an event loop in this thread, which Django would take for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        browser = playwright.chromium.launch(executable_path=path, args=options)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def server(django_db_setup: None) -> Iterator[LiveServer]:
    """The site of these tests, served under a strict Content-Security-Policy."""
    middleware = ["tests.browser.site.Doorkeeper", *project.MIDDLEWARE]
    with override_settings(MIDDLEWARE=middleware):
        server = LiveServer("localhost")
    yield server
    server.stop()


@pytest.fixture(autouse=True)
def site(settings: Any) -> None:
    """Add the hosts of these tests to the project of all tests."""
    settings.ROOT_URLCONF = "tests.browser.site"
    settings.STATICFILES_DIRS = [HERE / "static"]
    settings.TEMPLATES = [
        {**project.TEMPLATES[0], "DIRS": [*project.TEMPLATES[0]["DIRS"], HERE / "templates"]}
    ]


@pytest.fixture
def library(transactional_db: None) -> None:
    """Sixty books, 130 authors, five genres."""
    fill_library()


@pytest.fixture
def sign_in(library: None) -> Callable[[str], str]:
    """Return the session key of a person: "librarian" may all, "reader" may only look."""

    def sign_in(name: str) -> str:
        user = User.objects.filter(username=name).first()
        if user is None:
            user = User.objects.create_user(name, is_superuser=name == "librarian")
            user.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
        client = Client()
        client.force_login(user)
        return str(client.cookies[project.SESSION_COOKIE_NAME].value)

    return sign_in


class Complaints(list[str]):
    """What the browser complained about, without what a test expects."""

    def __init__(self) -> None:
        super().__init__()
        self.expected: list[str] = ["status of 422"]

    def expect(self, *texts: str) -> None:
        """Do not count complaints that contain one of these texts."""
        self.expected += texts
        self[:] = [text for text in self if not any(e in text for e in self.expected)]

    def hear(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.add(f"{message.text} ({message.location.get('url', '')})")

    def add(self, text: str) -> None:
        if not any(expected in text for expected in self.expected):
            self.append(text)


@pytest.fixture
def complaints() -> Complaints:
    return Complaints()


@pytest.fixture
def open_page(
    browser: Browser, server: LiveServer, sign_in: Callable[[str], str], complaints: Complaints
) -> Iterator[Callable[..., Page]]:
    """Open a page as somebody; fail on console errors, exceptions and policy violations."""
    contexts = []

    def open_page(
        path: str = "/books/",
        *,
        js: bool = True,
        width: int = WIDE,
        user: str = "librarian",
        **options: Any,
    ) -> Page:
        context = browser.new_context(
            base_url=server.url,
            java_script_enabled=js,
            viewport={"width": width, "height": 800},
            reduced_motion="reduce",
            **options,
        )
        contexts.append(context)
        if user:
            name = project.SESSION_COOKIE_NAME
            context.add_cookies([{"name": name, "value": sign_in(user), "url": server.url}])
        if js:
            context.add_init_script(WATCH_POLICY)
        context.on("console", complaints.hear)
        context.on("weberror", lambda error: complaints.add(f"exception: {error.error}"))
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not complaints, "The browser complained:\n" + "\n".join(complaints)


@pytest.fixture(params=project.PACKS)
def pack(request: pytest.FixtureRequest, settings: Any) -> str:
    """Draw the pages of a test with each installed pack."""
    settings.POWERCRUD_TEMPLATE_PACK = request.param
    return str(request.param)
