"""Choosing rows: what the script remembers, says and sends; the packs' part is the kit's affair."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import include, path
from playwright.sync_api import Locator, Page, expect

from powercrud_core import CRUDView
from powercrud_core.bulk import Action, BulkDelete, BulkUpdate
from tests.browser.site import urlpatterns as site_urls
from tests.library.models import Book, Genre

LIST, GENRES = "/chosen/books/", "/chosen/genres/"
HEAR = """() => {
  window.heard = [];
  document.addEventListener("pc:selection", ({ detail }) => heard.push(detail));
}"""


class Print(Action):
    """Prints what is in print."""

    name = "print"
    label = "Print"

    def enabled(self, rows: Any) -> Any:
        return rows.filter(in_print=True)

    def apply(self, obj: Any, run: Any) -> None:
        obj.notes = "Printed"
        obj.save(update_fields=["notes"])


class BookView(CRUDView):
    model = Book
    url_base = "chosen-book"
    columns = ("title", "status", "price")
    filterset_fields = ("status",)
    ordering = ("title",)
    paginate_by = 10
    page_sizes = (10, 100)
    bulk = (BulkUpdate(fields=["status", "price"]), BulkDelete())
    actions = (Print(),)
    unselectable_reason = "It is lent."

    def get_selectable(self, rows: Any) -> Any:
        return rows.exclude(title="Beloved")


class GenreView(CRUDView):
    """Its keys are texts, with whatever stands in them."""

    model = Genre
    url_base = "chosen-genre"
    columns = ("name",)
    ordering = ("name",)
    paginate_by = 3
    bulk = (BulkDelete(),)


urlpatterns = [
    path("chosen/books/", include(BookView.get_urls())),
    path("chosen/genres/", include(GenreView.get_urls())),
    *site_urls,
]


@pytest.fixture(autouse=True)
def routes(site: None, settings: Any) -> None:
    settings.ROOT_URLCONF = __name__


@pytest.fixture
def books(open_page: Callable[..., Page]) -> Page:
    return open_page(LIST)


def part(page: Page | Locator, name: str) -> Locator:
    return page.locator(f'[data-pc-part="{name}"]')


def box(page: Page, title: str) -> Locator:
    return page.get_by_role("checkbox", name=f"Select {title}", exact=False)


def status(page: Page) -> Locator:
    return part(page, "selection-status")


def follow(page: Page, name: str) -> None:
    """Follow a page link and wait for the rows."""
    page.get_by_role("link", name=name, exact=True).click()
    expect(page.locator("[aria-busy]")).to_have_count(0)


def pressed(page: Page, name: str) -> Locator:
    """Press an operation's button and return the dialog that opens."""
    part(page, "selection-bar").get_by_role("button", name=name).click()
    dialog = page.locator("dialog:modal")
    expect(dialog).to_be_visible()
    return dialog


class TestEvent:
    def test_it_tells_count_and_keys(self, books: Page) -> None:
        first, second = Book.objects.order_by("title")[:2]
        books.evaluate(HEAR)
        box(books, first.title).check()
        box(books, second.title).check()
        box(books, first.title).uncheck()
        keys = [str(first.pk), str(second.pk)]

        assert [
            {"count": 1, "keys": keys[:1], "all": False},
            {"count": 2, "keys": keys, "all": False},
            {"count": 1, "keys": keys[1:], "all": False},
        ] == books.evaluate("heard")

    def test_all_that_match_have_no_keys(self, books: Page) -> None:
        books.evaluate(HEAR)
        part(books, "select-matching").check()
        box(books, "Austerlitz").uncheck()

        assert [
            {"count": 59, "keys": [], "all": True},
            {"count": 58, "keys": [], "all": True},
        ] == books.evaluate("heard")

    def test_paging_is_no_change(self, books: Page) -> None:
        box(books, "Austerlitz").check()
        books.evaluate(HEAR)
        follow(books, "Next")

        assert [] == books.evaluate("heard")


class TestMemory:
    def test_what_is_sent_are_the_rows_of_all_pages(self, books: Page) -> None:
        """
        Two of the first page, one of the second, sent from the third.
        """
        titles = ["Austerlitz", "Bleak House"]
        for title in titles:
            box(books, title).check()
        follow(books, "Next")
        third = part(books, "row").first.locator('[data-pc-part="cell"]').first.inner_text().strip()
        part(books, "row-select").first.check()
        follow(books, "Next")
        expect(status(books)).to_have_text("Selected: 3")
        dialog = pressed(books, "Print")
        Book.objects.update(in_print=True)
        dialog.get_by_role("button", name="Print").click()
        expect(books.locator("dialog:modal")).to_have_count(0)

        printed = Book.objects.filter(notes="Printed").values_list("title", flat=True)
        assert {*titles, third} == set(printed)
        expect(status(books)).to_have_text("Nothing selected")

    def test_it_survives_leaving_a_page_for_another(self, books: Page) -> None:
        box(books, "Austerlitz").check()
        follow(books, "Next")
        expect(box(books, "Austerlitz")).to_have_count(0)
        books.go_back()

        expect(box(books, "Austerlitz")).to_be_checked()

    def test_a_row_that_cannot_be_chosen_stays_out(self, books: Page) -> None:
        part(books, "page-select").check()

        expect(box(books, "Beloved")).to_be_disabled()
        expect(box(books, "Beloved")).not_to_be_checked()
        expect(status(books)).to_have_text("Selected: 9")

    def test_keys_with_commas_and_backslashes(self, open_page: Callable[..., Page]) -> None:
        """
        They travel in one field when their rows are on another page.
        """
        Genre.objects.all().delete()
        keys = ["a,b", "c\\d", "e\\,f"]
        Genre.objects.bulk_create(Genre(code=key, name=f"A {key}") for key in keys)
        Genre.objects.create(code="z", name="Zeta")
        page = open_page(GENRES)
        part(page, "page-select").check()
        follow(page, "Next")
        dialog = pressed(page, "Delete")
        dialog.get_by_role("button", name="Delete: 3").click()
        expect(page.locator("dialog:modal")).to_have_count(0)

        assert ["z"] == [genre.pk for genre in Genre.objects.all()]

    def test_all_but_one_of_another_page(self, books: Page) -> None:
        part(books, "select-matching").check()
        box(books, "Austerlitz").uncheck()
        follow(books, "Next")
        expect(part(books, "select-matching")).to_be_checked()
        dialog = pressed(books, "Edit")

        expect(dialog.get_by_role("heading", name="Edit: 58 books")).to_be_visible()


class TestDropped:
    def test_a_filter_drops_the_choice_until_another_is_made(self, books: Page) -> None:
        box(books, "Austerlitz").check()
        books.get_by_text("Filters", exact=True).click()
        books.get_by_label("Status").select_option("draft")
        expect(status(books)).to_have_text("Nothing selected: other rows match now.")
        follow(books, "Next")
        expect(status(books)).to_have_text("Nothing selected: other rows match now.")
        part(books, "row-select").first.check()

        expect(status(books)).to_have_text("Selected: 1")

    def test_the_same_rows_again_are_still_chosen(self, books: Page) -> None:
        """
        A search that found nothing in between showed no bar: nothing was dropped.
        """
        part(books, "select-matching").check()
        part(books, "search-input").fill("nothing at all")
        expect(part(books, "row")).to_have_count(0)
        part(books, "search-input").fill("")
        expect(part(books, "row")).to_have_count(10)

        expect(status(books)).to_have_text("Selected: 59, all that match")

    def test_without_a_choice_nothing_is_said(self, books: Page) -> None:
        books.get_by_text("Filters", exact=True).click()
        books.get_by_label("Status").select_option("draft")
        expect(part(books, "chip")).to_have_count(1)

        expect(status(books)).to_have_text("Nothing selected")


class TestRange:
    def test_it_ends_at_the_box_that_was_clicked_last(self, books: Page) -> None:
        boxes = part(books, "row-select")
        boxes.nth(1).click()
        boxes.nth(4).click()
        boxes.nth(6).click(modifiers=["Shift"])
        ticked = boxes.evaluate_all(
            "all => all.map((b, i) => b.checked ? i : -1).filter(i => i >= 0)"
        )

        assert [1, 4, 5, 6] == ticked

    def test_it_takes_away_what_the_last_click_took_away(self, books: Page) -> None:
        boxes = part(books, "row-select")
        part(books, "page-select").check()
        boxes.nth(0).click()
        boxes.nth(2).click(modifiers=["Shift"])

        expect(status(books)).to_have_text("Selected: 6")

    def test_a_box_of_another_page_begins_none(self, books: Page) -> None:
        part(books, "row-select").first.click()
        follow(books, "Next")
        part(books, "row-select").nth(3).click(modifiers=["Shift"])

        expect(status(books)).to_have_text("Selected: 2")


class TestWithoutScript:
    def test_the_ticks_of_one_page_are_sent(self, open_page: Callable[..., Page]) -> None:
        page = open_page(LIST, js=False)
        box(page, "Austerlitz").check()
        box(page, "Bleak House").check()
        part(page, "bulk-update").click()

        expect(page.get_by_role("heading", name="Edit: 2 books")).to_be_visible()

    def test_the_status_says_nothing(self, open_page: Callable[..., Page]) -> None:
        page = open_page(LIST, js=False)

        expect(status(page)).to_have_text("")
        expect(part(page, "page-select")).to_be_hidden()
