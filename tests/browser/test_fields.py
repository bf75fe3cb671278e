"""Fields that follow others, validation while one is left, sections and tabs: in a browser."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, Request, expect

from tests.browser.conftest import NARROW
from tests.browser.site import Doorkeeper
from tests.browser.test_looks import problems
from tests.library.models import Author, Book, Genre

pytestmark = pytest.mark.usefixtures("pack")

NEW, TABBED = "/editions/new/", "/tabbed/new/"


def field(page: Page | Locator, name: str) -> Locator:
    return page.locator(f'[data-pc-field="{name}"]')


def posts(page: Page) -> list[str]:
    """Return what is posted from now on, as it is posted."""
    sent: list[str] = []

    def note(request: Request) -> None:
        if request.method == "POST":
            sent.append(request.post_data or "")

    page.on("request", note)
    return sent


@pytest.fixture
def bookish(library: None) -> Author:
    """An author with a genre of her own."""
    author = Author.objects.order_by("pk")[3]
    book = Book.objects.filter(author=author).first()
    assert book is not None
    book.genres.set([Genre.objects.get(code="travel")])
    return author


def test_a_field_follows_and_the_others_stay(
    open_page: Callable[..., Page], bookish: Author
) -> None:
    """
    One request for a change; what is typed elsewhere, the focus and the caret stay.
    """
    page = open_page(NEW)
    sent = posts(page)
    page.get_by_label("Title").fill("Typed")
    page.get_by_label("Published").evaluate("field => { window.untouched = field; }")
    expect(field(page, "price")).to_be_hidden()
    page.get_by_label("Status").focus()
    page.keyboard.press("p")

    expect(field(page, "price")).to_be_visible()
    expect(page.get_by_label("Notes")).to_have_js_property("tagName", "TEXTAREA")
    expect(field(page, "notes")).to_contain_text("About what is published.")
    expect(page.get_by_label("Title")).to_have_value("Typed")
    expect(page.get_by_label("Status")).to_be_focused()
    assert page.evaluate("document.contains(window.untouched)")
    assert 1 == sum("_refresh=status" in body for body in sent)
    expect(page.locator("[data-pc-part=form-status]")).to_have_text(re.compile("Updated: .*Price"))


def test_a_chain_settles_in_one_request(open_page: Callable[..., Page]) -> None:
    page = open_page(NEW)
    sent = posts(page)
    page.get_by_label("Notes").select_option("old")

    expect(page.get_by_label("Pages")).to_have_value("7")
    assert 1 == len(sent)


def test_the_last_change_wins_and_none_is_forgotten(open_page: Callable[..., Page]) -> None:
    """
    A change while the answer to another is on its way: both are followed, the old answer is not.
    """
    page = open_page(NEW)
    Doorkeeper.slow = {"/editions/new/": 0.4}
    try:
        page.get_by_label("Status").select_option("published")
        page.get_by_label("Status").select_option("draft")
        page.get_by_label("Notes").select_option("old")
        expect(page.get_by_label("Pages")).to_have_value("7")
        expect(field(page, "price")).to_be_hidden()
        expect(page.get_by_label("Notes")).to_have_value("old")
    finally:
        Doorkeeper.slow = {}


def test_what_is_typed_into_a_following_field_meanwhile_stays(
    open_page: Callable[..., Page],
) -> None:
    page = open_page(NEW)
    Doorkeeper.slow = {"/editions/new/": 0.5}
    try:
        page.get_by_label("Notes").select_option("old")
        page.get_by_label("Pages").fill("")
        page.get_by_label("Pages").press_sequentially("123", delay=5)
        expect(page.locator("[data-pc-part=form-status]")).to_have_text(re.compile("Pages"))
    finally:
        Doorkeeper.slow = {}

    expect(page.get_by_label("Pages")).to_have_value("123")
    expect(page.get_by_label("Pages")).to_be_focused()


def test_without_the_server_nothing_is_lost(
    open_page: Callable[..., Page], complaints: list[str]
) -> None:
    """
    The button that asks again appears, as it stands there without a script.
    """
    page = open_page(NEW)
    button = page.get_by_role("button", name="Update choices")
    expect(button).to_be_hidden()
    page.get_by_label("Title").fill("Typed")
    complaints.expect("ERR_INTERNET_DISCONNECTED")  # type: ignore[attr-defined]
    page.context.set_offline(True)
    page.get_by_label("Status").select_option("published")
    expect(button).to_be_visible()
    page.context.set_offline(False)
    button.click()

    expect(field(page, "price")).to_be_visible()
    expect(page.get_by_label("Title")).to_have_value("Typed")


def test_without_a_script_the_button_updates(
    open_page: Callable[..., Page], bookish: Author
) -> None:
    page = open_page(NEW, js=False, width=NARROW)
    page.get_by_label("Title").fill("Typed")
    page.get_by_label("Status").select_option("published")
    page.get_by_role("button", name="Update choices").click()

    expect(field(page, "price")).to_be_visible()
    expect(page.get_by_label("Title")).to_have_value("Typed")
    assert not Book.objects.filter(title="Typed").exists()


def test_in_a_dialog_it_is_the_same(open_page: Callable[..., Page]) -> None:
    page = open_page("/editions/?sort=title")
    page.get_by_role("link", name=re.compile("^Edit ")).first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Status").select_option("draft")
    expect(field(dialog, "price")).to_be_hidden()
    dialog.get_by_label("Status").select_option("published")
    expect(field(dialog, "price")).to_be_visible()
    dialog.get_by_label("Price").fill("9")
    dialog.get_by_role("button", name="Save", exact=True).click()

    expect(dialog).to_have_count(0)
    assert "9.00" == str(Book.objects.order_by("title").first().price)  # type: ignore[union-attr]


class TestValidation:
    def test_a_changed_field_is_judged_when_it_is_left(
        self, open_page: Callable[..., Page]
    ) -> None:
        """
        Its error is tied to it and announced; untouched fields say nothing; nothing is saved.
        """
        page = open_page(NEW)
        page.get_by_label("Pages").fill("-3")
        page.get_by_label("Pages").press("Tab")

        expect(field(page, "pages")).to_contain_text("greater than or equal to 0")
        expect(page.get_by_label("Pages")).to_have_attribute("aria-invalid", "true")
        described = page.get_by_label("Pages").get_attribute("aria-describedby") or ""
        assert "0" in page.locator(f"#{described.split()[-1]}").inner_text()
        expect(page.locator("[data-pc-part=form-status]")).to_have_text(re.compile("^Pages: "))
        assert 1 == page.locator("[data-pc-part=errors]").count()
        expect(page.locator("[data-pc-part=error-summary]")).to_have_count(0)

        page.get_by_label("Pages").fill("3")
        page.get_by_label("Pages").press("Tab")
        expect(page.locator("[data-pc-part=errors]")).to_have_count(0)
        assert not page.get_by_label("Pages").get_attribute("aria-invalid")
        assert 60 == Book.objects.count()

    def test_only_passing_through_asks_nothing(self, open_page: Callable[..., Page]) -> None:
        page = open_page(NEW)
        sent = posts(page)
        page.get_by_label("Title").focus()
        for _ in range(6):
            page.keyboard.press("Tab")
        page.wait_for_timeout(300)

        assert [] == sent
        expect(page.locator("[data-pc-part=errors]")).to_have_count(0)

    def test_the_summary_follows_only_where_it_is_shown(
        self, open_page: Callable[..., Page]
    ) -> None:
        page = open_page(NEW)
        page.get_by_label("Pages").fill("-3")
        page.get_by_role("button", name="Save", exact=True).click()
        summary = page.locator("[data-pc-part=error-summary]")
        expect(summary).to_contain_text("Title: This field is required.")
        page.get_by_label("Title").fill("There")
        page.get_by_label("Title").press("Tab")

        expect(summary).not_to_contain_text("Title:")
        expect(summary).to_contain_text("Pages:")


class TestTabs:
    @pytest.mark.parametrize("js", [True, False])
    def test_one_is_open_and_any_opens(self, open_page: Callable[..., Page], js: bool) -> None:
        page = open_page(TABBED, js=js)
        expect(page.get_by_label("Title")).to_be_visible()
        expect(page.get_by_label("Published")).to_be_hidden()
        dates = page.locator("summary", has_text="Dates")
        dates.focus()
        page.keyboard.press("Enter")

        expect(page.get_by_label("Published")).to_be_visible()
        expect(page.get_by_label("Title")).to_be_hidden()

    @pytest.mark.parametrize("js", [True, False])
    def test_the_first_tab_with_an_error_is_open_and_counts_them(
        self, open_page: Callable[..., Page], js: bool
    ) -> None:
        page = open_page(TABBED, js=js)
        page.locator("summary", has_text="Selling it").click()
        page.get_by_label("Price").fill("-5")
        page.get_by_role("button", name="Save", exact=True).click()

        expect(page.locator("summary", has_text="The book")).to_contain_text("2 errors")
        expect(page.get_by_label("Title")).to_be_visible()

    def test_a_link_of_the_summary_opens_the_tab_of_its_field(
        self, open_page: Callable[..., Page]
    ) -> None:
        page = open_page(TABBED)
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.locator('[data-pc-part="error-summary"]')).to_be_visible()
        page.locator("summary", has_text="Dates").click()
        expect(page.get_by_label("Title")).to_be_hidden()
        page.get_by_role("link", name=re.compile("Title: ")).click()

        expect(page.get_by_label("Title")).to_be_visible()

    def test_what_is_shown_and_disabled_is_not_sent(self, open_page: Callable[..., Page]) -> None:
        book = Book.objects.order_by("pk")[0]
        page = open_page(f"/tabbed/{book.pk}/edit/")
        expect(field(page, "shouted")).to_contain_text(book.title.upper())
        page.locator("summary", has_text="Selling it").click()
        expect(page.get_by_label("Pages")).to_be_disabled()
        page.get_by_label("Pages").evaluate("field => { field.disabled = false; field.value = 1 }")
        page.get_by_role("button", name="Save", exact=True).click()
        page.wait_for_url("**/tabbed/")

        assert book.pages == Book.objects.get(pk=book.pk).pages


@pytest.mark.parametrize("path", [NEW, TABBED])
def test_nobody_is_shut_out(open_page: Callable[..., Page], path: str) -> None:
    """
    Light and dark, wide and narrow, before and after a field has followed and errors have come.
    """
    page = open_page(path)
    found = list(problems(page))
    if path == NEW:
        page.get_by_label("Status").select_option("published")
        expect(field(page, "price")).to_be_visible()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("[data-pc-part=error-summary]")).to_be_visible()

    assert [] == [*found, *problems(page)]
