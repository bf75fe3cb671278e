"""A window and its screens: pages in a browser, found by their parts, asked until they answer."""

import re
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from powercrud_core.testing.browser.machine import playwright
from powercrud_core.testing.visitor import PART, Unmet

__all__ = ["HEIGHT", "NARROW", "WIDE", "Screen", "Window", "script"]

WIDE, NARROW, HEIGHT = 1280, 390, 800
PATIENCE, PAGES = 8.0, 20  # wait so many seconds, or as long as so many pages take to load
VISIBLE = 20  # pixels
# A browser tells a policy's violations to the page; a report to a server would come too late.
WATCH_POLICY = """
document.addEventListener("securitypolicyviolation", event => console.error(
  `Content-Security-Policy: ${event.violatedDirective} forbids ${event.blockedURI}`
  + ` ${event.sourceFile ?? ""} ${event.sample ?? ""}`));
"""
# A form with errors answers 422 and a page that is not there 404: no fault of the pack.
REFUSED = re.compile(r"the server responded with a status of (400|403|404|409|422)\b")
NAMES = """rows => rows.map(row =>
  row.querySelector('[data-pc-part="cell"]')?.textContent.match(/Product (\\d+)/)?.[1] ?? "?")"""


@cache
def script(name: str) -> str:
    """Return a script that runs in a page."""
    return Path(__file__).with_name(f"{name}.js").read_text(encoding="utf-8")


class Screen:
    """One page of the store in one tab. `page` is Playwright's."""

    def __init__(self, window: "Window", page: Any) -> None:
        self.window = window
        self.page = page

    # Finding

    def part(self, name: str, text: str = "", within: Any = None) -> Any:
        """Return the locator of a part, among several those with a text."""
        found = (within or self.page).locator(f'[{PART}="{name}"]')
        return found.filter(has_text=text) if text else found

    def id(self, end: str, within: Any = None) -> Any:
        """Return the locator of the element whose id, which the core gives, ends like this."""
        return (within or self.page).locator(f'[id$="{end}"]')

    def control(self, name: str, within: Any = None) -> Any:
        """Return the locator of the controls of a name."""
        return (within or self.page).locator(f'[name="{name}"]:not([type="hidden"])')

    def combobox(self, name: str, within: Any = None) -> Any:
        """Return the locator of the input in which the choices of a field are searched."""
        field = (within or self.page).locator(f'[data-pc-field="{name}"]')
        return field.locator("[role=combobox]")

    @property
    def numbers(self) -> list[str]:
        """Return the numbers of the products that the list shows."""
        return [str(n) for n in self.part("row").evaluate_all(NAMES)]

    @property
    def path(self) -> str:
        """Return the address without the server."""
        parts = urlsplit(self.page.url)
        return f"{parts.path}?{parts.query}" if parts.query else parts.path

    @property
    def focused(self) -> str:
        """Return the id of the element that has the focus, or what stands for it."""
        return str(
            self.page.evaluate(
                "() => { const e = document.activeElement;"
                " return e.id || e.getAttribute('data-pc-part') || e.name || e.localName; }"
            )
        )

    # Using

    def send(self, press: Callable[[], Any]) -> None:
        """Press what sends a form, and wait for the answer, whoever takes it: script or browser."""
        with self.page.expect_response(lambda answer: answer.request.method == "POST"):
            press()
        self.quiet()

    def open_panel(self, end: str) -> Any:
        """Open a panel that its summary opens, where it is closed; return its locator."""
        panel = self.id(end)
        if panel.get_attribute("open") is None:
            panel.locator("summary").first.click()
        return panel

    def pick(self, name: str, text: str, within: Any = None) -> None:
        """Search the choices of a field and take the only one that is found."""
        self.combobox(name, within).press_sequentially(text, delay=10)
        options = self.page.locator("[role=option]:not([aria-disabled]):visible")
        found = lambda: [text in choice for choice in options.all_inner_texts()]  # noqa: E731
        self.until(f"one choice, with {text}", [True], found)
        self.seen("the choice", options)
        options.click()

    def mark(self) -> None:
        """Mark the document, to see later whether it is still the same."""
        self.page.evaluate("window.powercrudKit = true")

    # Saying

    def until(self, what: str, expected: Any, ask: Callable[[], Any]) -> None:
        """Ask until the answer is the expected one. Raises Unmet when it never is."""
        end = time.monotonic() + self.window.patience
        while (found := self._asked(ask)) != expected:
            if time.monotonic() > end:
                raise Unmet(f"{what}: {expected!r}", f"{found!r} on {self.path}")
            self.page.wait_for_timeout(25)

    def _asked(self, ask: Callable[[], Any]) -> Any:
        """Return an answer; a document that is just being left gives none yet."""
        try:
            return ask()
        except playwright().Error as error:
            if "context was destroyed" not in str(error):
                raise
            return "a document that is being left"

    def shows(self, *expected: int) -> None:
        """Expect the products of the list, in their order, and that nothing more comes."""
        self.until("the products", [str(n) for n in expected], lambda: self.numbers)
        self.quiet()

    def quiet(self) -> None:
        """Expect that nothing waits for an answer."""
        self.until("what still waits", 0, self.page.locator("[aria-busy]").count)

    def at(self, path: str) -> None:
        """Expect an address, without empty parameters, in any order."""
        self.until("the address", _state(path), lambda: _state(self.path))

    def focus_at(self, end: str) -> None:
        """Expect the focus on the element whose id ends like this, or on an option in it."""
        held = "end => !!document.activeElement.closest(`[id$='${end}']`)"
        ask = lambda: True if self.page.evaluate(held, end) else self.focused  # noqa: E731
        self.until(f"focus on an id that ends with {end!r}", True, ask)

    def stays(self) -> None:
        """Expect that the document that was marked is still the same one."""
        same = self.page.evaluate("window.powercrudKit === true")
        self.expect("the same document, changed in place", True, same)

    def seen(self, what: str, locator: Any) -> None:
        """Expect that exactly one element is there, visible, and inside the window."""
        self.until(f"{what}, once", 1, locator.count)
        inside = """e => { const b = e.getBoundingClientRect(); return b.bottom > 0 && b.right > 0
          && b.width > 1 && b.height > 1 && b.top < innerHeight && b.left < innerWidth; }"""
        look = lambda: locator.is_visible() and locator.evaluate(inside)  # noqa: E731
        self.until(f"{what} in sight", True, look)

    def expect(self, what: str, expected: Any, found: Any) -> None:
        """Compare, and say what was compared."""
        if expected != found:
            raise Unmet(f"{what}: {expected!r}", f"{found!r} on {self.path}")

    def nothing(self, what: str, found: list[str]) -> None:
        """Expect that a look finds nothing; the first five are told."""
        if found:
            told = "\n".join([*found[:5], *([f"and {len(found) - 5} more"] if found[5:] else [])])
            raise Unmet(f"{what} on {self.path}", told)

    def picture(self, locator: Any) -> bytes:
        """Return how an element looks."""
        self.page.wait_for_timeout(400)  # a pack may wait a moment before it shows that it waits
        return bytes(locator.screenshot(animations="disabled"))


class Window:
    """Opens pages drawn by one pack, and hears what the browser complains about."""

    def __init__(self, browser: Any, address: str, pack: str) -> None:
        self.browser, self.address, self.pack = browser, address, pack
        self.contexts: list[Any] = []
        self.complaints: list[str] = []
        self.offline = False
        self.patience = PATIENCE
        self.screen: Screen | None = None
        self.loupe: Any = None

    def open(
        self, path: str, *, js: bool = True, width: int = WIDE, language: str = "en-US"
    ) -> Screen:
        """Open an address of the store, in a tab without a past."""
        context = self._context(
            base_url=self.address,
            extra_http_headers={"X-Powercrud-Pack": self.pack},
            java_script_enabled=js,
            locale=language,
            reduced_motion="reduce",
            viewport={"width": width, "height": HEIGHT},
        )
        if js:
            context.add_init_script(WATCH_POLICY)
        context.on("console", self._hear)
        context.on("weberror", lambda error: self._complain(f"exception: {error.error}"))
        self.screen = screen = Screen(self, context.new_page())
        begun = time.monotonic()
        screen.page.goto(path)
        # A machine that is busy with something else is no fault of the pack.
        self.patience = max(self.patience, PAGES * (time.monotonic() - begun))
        context.set_default_timeout(self.patience * 1000)
        return screen

    def looks_alike(self, first: bytes, second: bytes) -> bool:
        """Say whether one could not tell two pictures apart."""
        if first == second:
            return True
        if self.loupe is None:
            self.loupe = self._context().new_page()
        pictures = [b64encode(picture).decode() for picture in (first, second)]
        return bool(self.loupe.evaluate(script("compare"), pictures) < VISIBLE)

    @contextmanager
    def without_network(self, screen: Screen) -> Iterator[None]:
        """Let no request through for a while."""
        self.offline = True
        screen.page.context.set_offline(True)
        try:
            yield
        finally:
            screen.page.context.set_offline(False)

    def _context(self, **options: Any) -> Any:
        context = self.browser.new_context(**options)
        self.contexts.append(context)
        return context

    def close(self) -> None:
        """Close everything that was opened."""
        for context in self.contexts:
            context.close()

    def _hear(self, message: Any) -> None:
        place = str(message.location.get("url", ""))
        expected = REFUSED.search(message.text) and "/static/" not in place
        lost = self.offline and "ERR_INTERNET_DISCONNECTED" in message.text
        if message.type == "error" and not (expected or lost):
            self._complain(f"{message.text} ({urlsplit(place).path})")

    def _complain(self, text: str) -> None:
        text = text.replace(self.address, "")
        if text not in self.complaints:
            self.complaints.append(text)


def _state(path: str) -> tuple[str, tuple[str, ...]]:
    parts = urlsplit(path)
    given = (p for p in parts.query.split("&") if p and not p.endswith("="))
    return parts.path, tuple(sorted(p.replace("%2C", ",") for p in given))
