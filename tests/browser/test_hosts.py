"""Pages with a life of their own: two lists side by side, and a site that uses htmx."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.conftest import Complaints

BOOKS, AUTHORS = "#pc-b-book", "#pc-a-author"


@contextmanager
def undisturbed(page: Page, view: str) -> Iterator[None]:
    """Fail when anything at all changes in a view: an element, an attribute, a text."""
    page.evaluate(
        """selector => {
          window.changes = [];
          const view = document.querySelector(selector);
          const watch = { subtree: true, childList: true, attributes: true, characterData: true };
          window.watcher = new MutationObserver(found => window.changes.push(
            ...found.map(m => `${m.type} ${m.attributeName} ${m.target.outerHTML?.slice(0, 90)}`)));
          window.watcher.observe(view, watch);
        }""",
        view,
    )
    yield
    expect(page.locator("[aria-busy]")).to_have_count(0)
    assert page.evaluate("window.watcher.disconnect(), window.changes") == []


def status(page: Page, view: str, text: str) -> None:
    expect(page.locator(f"{view}-status")).to_have_text(text)


def next_page(page: Page, view: str) -> Locator:
    return page.locator(f"{view}-next")


class TestTwoLists:
    @pytest.fixture
    def desk(self, open_page: Callable[..., Page]) -> Page:
        return open_page("/desk/")

    def test_one_works_and_the_other_is_not_touched(self, desk: Page) -> None:
        with undisturbed(desk, AUTHORS):
            next_page(desk, BOOKS).click()
            status(desk, BOOKS, "26–50 of 60 books")
            desk.locator(f"{BOOKS}-q").press_sequentially("north")
            status(desk, BOOKS, "1–2 of 2 books")
            desk.locator(f"{BOOKS}-clear").click()
            status(desk, BOOKS, "1–25 of 60 books")

    def test_the_address_has_the_state_of_both(self, desk: Page) -> None:
        """
        The second list's links were made before the first list turned its page.
        """
        next_page(desk, BOOKS).click()
        status(desk, BOOKS, "26–50 of 60 books")
        with undisturbed(desk, BOOKS):
            next_page(desk, AUTHORS).click()
            status(desk, AUTHORS, "26–50 of 130 authors")
            desk.locator(f"{AUTHORS}-q").press_sequentially("ito")
            status(desk, AUTHORS, "1–13 of 13 authors")
        desk.reload()
        status(desk, BOOKS, "26–50 of 60 books")
        status(desk, AUTHORS, "1–13 of 13 authors")
        desk.go_back()
        status(desk, AUTHORS, "26–50 of 130 authors")
        status(desk, BOOKS, "26–50 of 60 books")
        desk.go_back()
        status(desk, AUTHORS, "1–25 of 130 authors")
        desk.go_back()
        status(desk, BOOKS, "1–25 of 60 books")
        expect(desk).to_have_url(re.compile("/desk/$"))

    def test_both_can_wait_at_once(self, desk: Page) -> None:
        """
        The answer to the first list comes after somebody has searched in the second.
        """
        held: list[Route] = []
        desk.route(re.compile("b-page=2$"), lambda route: held.append(route))
        next_page(desk, BOOKS).click()
        box = desk.locator(f"{AUTHORS}-q")
        box.press_sequentially("ito")
        status(desk, AUTHORS, "1–13 of 13 authors")
        status(desk, BOOKS, "1–25 of 60 books")
        with undisturbed(desk, AUTHORS):
            held[0].continue_()
            status(desk, BOOKS, "26–50 of 60 books")

        expect(box).to_be_focused()
        expect(box).to_have_value("ito")
        expect(desk).to_have_url(re.compile(r"\?b-page=2&a-q=ito$"))

    def test_one_fails_and_keeps_its_message(self, desk: Page, complaints: Complaints) -> None:
        complaints.expect("status of 500")
        desk.route(re.compile("b-page=2$"), lambda r: r.fulfill(status=500, body="no"))
        next_page(desk, BOOKS).click()
        alert = desk.get_by_role("alert")
        expect(alert).to_be_visible()
        desk.unroute_all()
        with undisturbed(desk, BOOKS):
            next_page(desk, AUTHORS).click()
            status(desk, AUTHORS, "26–50 of 130 authors")
        expect(desk.locator(AUTHORS)).not_to_have_attribute("data-pc-stale", "")
        expect(desk.locator(BOOKS)).to_have_attribute("data-pc-stale", "")
        alert.get_by_role("button").click()
        status(desk, BOOKS, "26–50 of 60 books")
        status(desk, AUTHORS, "26–50 of 130 authors")
        expect(alert).to_have_count(0)


@pytest.mark.parametrize("version", [2, 4])
class TestHtmx:
    @pytest.fixture
    def page(self, open_page: Callable[..., Page], version: int) -> Page:
        page = open_page(f"/htmx{version}/")
        assert page.evaluate("htmx.version").startswith(str(version))
        return page

    def test_it_works_beside_and_inside_what_we_swap(self, page: Page) -> None:
        for where, rows in (("Next", "26–50 of 60 books"), ("Page 1", "1–25 of 60 books")):
            for place in ("Beside", "Inside"):
                page.get_by_role("button", name=place).click()
                expect(page.locator(f"#{place.lower()}")).to_have_text("fetched by htmx")
            page.get_by_role("link", name=where, exact=True).click()
            status(page, "#pc-book", rows)
            expect(page.locator("#inside")).to_have_text("")
        expect(page.locator("#beside")).to_have_text("fetched by htmx")

    def test_what_it_swaps_in_still_works(self, page: Page) -> None:
        page.get_by_role("button", name="Page two by htmx").click()
        expect(page.get_by_role("link", name="Page 2")).to_have_attribute("aria-current", "page")
        page.evaluate("window.sameDocument = true")
        page.get_by_role("link", name="Next", exact=True).click()

        status(page, "#pc-book", "51–60 of 60 books")
        assert page.evaluate("window.sameDocument")
