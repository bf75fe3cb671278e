"""What people do with a list, in every pack, with and without script, on a desk and on a phone."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import NARROW, WIDE
from tests.library.models import Book

pytestmark = pytest.mark.usefixtures("pack")

SAME_DOCUMENT = "window.sameDocument === true"


@dataclass
class Visitor:
    """A person at a list of books, with a script or without."""

    page: Page
    js: bool

    @property
    def titles(self) -> Locator:
        return self.page.get_by_role("rowheader")

    @property
    def wide(self) -> bool:
        return (self.page.viewport_size or {})["width"] == WIDE

    def sees(self, status: str) -> None:
        expect(self.page.locator("#pc-book-status")).to_have_text(status)

    def is_at(self, **state: str) -> None:
        """Without a script, a browser also sends the empty fields of a form: they do not count."""
        self.page.wait_for_url(lambda url: dict(parse_qsl(urlsplit(url).query)) == state)
        expect(self.page.locator("[data-pc-view][aria-busy]")).to_have_count(0)

    def stays(self) -> None:
        """With a script, the document that was marked is still the same one."""
        assert not self.js or self.page.evaluate(SAME_DOCUMENT)

    def search(self, text: str) -> None:
        box = self.page.get_by_role("searchbox", name="Search books")
        if self.js:
            box.press_sequentially(text, delay=20)
        else:
            box.fill(text)
            self.page.get_by_role("button", name="Search", exact=True).click()

    def open_filters(self) -> None:
        self.toggle(self.page.locator("#pc-book-filter-details"), open=True)

    def toggle(self, details: Locator, *, open: bool) -> None:
        if (details.get_attribute("open") is not None) != open:
            details.locator("summary").click()

    def apply(self) -> None:
        if not self.js:
            self.page.get_by_role("button", name="Apply filters").click()

    def choose(self, field: str, text: str, label: str) -> None:
        """Search for a value of a large relation and take it."""
        if self.js:
            self.page.get_by_role("combobox", name=field).fill(text)
            return self.page.get_by_role("option", name=label).click()
        self.page.get_by_text(f"Choose {field}").click()
        self.page.get_by_role("searchbox").fill(text)
        self.page.get_by_role("button", name="Search", exact=True).click()
        self.page.get_by_role("button", name=label).click()

    def add_to_sort(self, column: str, *, first: bool = False) -> None:
        """Sort by the headings on a desk, by the panel on a phone and where a script is missing."""
        if self.wide and (self.js or first):
            header = self.page.get_by_role("columnheader", name=column).get_by_role("link")
            return header.click(modifiers=[] if first else ["Shift"])
        panel = self.page.locator("#pc-book-sort")
        self.toggle(panel, open=True)
        panel.get_by_role("link", name=column, exact=True).click()


every_way = pytest.mark.parametrize(
    ("js", "width"), [(True, WIDE), (True, NARROW), (False, WIDE), (False, NARROW)]
)
two_ways = pytest.mark.parametrize(("js", "width"), [(True, WIDE), (False, NARROW)])


@pytest.fixture
def visit(open_page: Callable[..., Page], js: bool, width: int) -> Callable[[str], Visitor]:
    def visit(path: str = "/books/") -> Visitor:
        page = open_page(path, js=js, width=width)
        if js:
            page.evaluate("window.sameDocument = true")
        return Visitor(page, js)

    return visit


@every_way
def test_finding_books(visit: Callable[[], Visitor]) -> None:
    """
    Search, sort by two columns, filter, take conditions away, turn pages, and go Back.
    """
    visitor = visit()
    page = visitor.page
    dear = Book.objects.filter(status="published", price__gte=30).count()
    visitor.sees("1–25 of 60 books")

    visitor.search("north")
    visitor.sees("1–2 of 2 books")
    expect(visitor.titles).to_have_text(["North and South", "Season of Migration to the North"])
    visitor.is_at(q="north")
    page.get_by_role("link", name="Remove filter: Search north").click()
    visitor.sees("1–25 of 60 books")
    expect(page.get_by_role("searchbox", name="Search books")).to_have_value("")

    visitor.add_to_sort("Status", first=True)
    visitor.is_at(sort="status")
    visitor.add_to_sort("In print")
    visitor.is_at(sort="status,in_print")
    visitor.toggle(page.locator("#pc-book-sort"), open=False)
    if visitor.wide:
        header = page.get_by_role("columnheader", name="Status")
        expect(header).to_have_attribute("aria-sort", "ascending")
    expect(page.get_by_role("row").nth(1)).to_contain_text("Draft")

    visitor.open_filters()
    page.get_by_label("Status", exact=True).select_option("Published")
    visitor.apply()
    visitor.sees("1–25 of 45 books")
    visitor.open_filters()
    page.get_by_role("group", name="Price", exact=True).locator("input").first.fill("30")
    visitor.apply()
    visitor.sees(f"1–{dear} of {dear} books")
    visitor.is_at(price_min="30", sort="status,in_print", status="published")

    page.get_by_role("link", name=re.compile("Remove filter: Price")).click()
    visitor.sees("1–25 of 45 books")
    page.get_by_role("link", name="Clear all", exact=True).click()
    visitor.sees("1–25 of 60 books")
    visitor.is_at(sort="status,in_print")

    page.get_by_role("link", name="Next", exact=True).click()
    visitor.sees("26–50 of 60 books")
    page.get_by_role("link", name="50 rows per page").click()
    visitor.sees("1–50 of 60 books")
    page.go_back()
    visitor.sees("26–50 of 60 books")
    visitor.is_at(page="2", sort="status,in_print")
    page.go_forward()
    visitor.sees("1–50 of 60 books")
    visitor.stays()


@two_ways
def test_changing_books(visit: Callable[[str], Visitor]) -> None:
    """
    Read, edit with a mistake, create two, delete one; the list is as it was after each of them.
    """
    visitor = visit("/books/?q=north")
    page = visitor.page
    state = page.url

    page.get_by_role("link", name="North and South", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("North and South")
    page.get_by_role("link", name="Edit", exact=True).click()
    page.get_by_label("Title").fill("")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_label("Title")).to_have_attribute("aria-invalid", "true")
    page.get_by_role("alert").get_by_role("link").click()
    expect(page.get_by_label("Title")).to_be_focused()
    page.get_by_label("Title").fill("North and South, again")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page).to_have_url(state)
    expect(page.locator("#pc-messages")).to_contain_text("North and South, again")
    expect(visitor.titles.first).to_have_text("North and South, again")

    page.get_by_role("link", name="New book").click()
    for title, button in (("North by day", "Save and add another"), ("North by night", "Save")):
        expect(page.get_by_label("Title")).to_have_value("")
        page.get_by_label("Title").fill(title)
        visitor.choose("Author", "hardy elif", "Elif Hardy")
        expect(page.get_by_label("Title")).to_have_value(title)
        page.get_by_role("button", name=button, exact=True).click()
    expect(page).to_have_url(state)
    visitor.sees("1–4 of 4 books")

    page.get_by_role("link", name="Delete North by day").click()
    expect(page.get_by_role("heading", name="Delete North by day")).to_be_visible()
    page.get_by_role("button", name=re.compile("Delete")).click()
    expect(page).to_have_url(state)
    visitor.sees("1–3 of 3 books")
    assert Book.objects.get(title="North by night").author.name == "Elif Hardy"


@two_ways
def test_filtering_by_one_of_many(visit: Callable[[str], Visitor]) -> None:
    """
    A relation too large for a select is searched: in a list, or on a page that picks one. What
    was picked can be taken away.
    """
    visitor = visit("/books/?sort=-title")
    page = visitor.page

    visitor.open_filters()
    visitor.choose("Author", "kaoru abe", "Kaoru Abell")
    visitor.sees("1–1 of 1 book")
    expect(visitor.titles).to_have_text(["East of Eden"])
    visitor.open_filters()
    if visitor.js:
        page.get_by_role("button", name="Remove Kaoru Abell").click()
    else:
        page.get_by_role("checkbox", name="Kaoru Abell").click()
    visitor.apply()
    visitor.sees("1–25 of 60 books")
    visitor.is_at(sort="-title")
