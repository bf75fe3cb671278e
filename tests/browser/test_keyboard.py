"""Everything by keyboard alone, from the first Tab on the page to the focus that comes back."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any, ClassVar

import pytest
from django.urls import include, path
from playwright.sync_api import Locator, Page, expect

from powercrud_core import CRUDView, InlineEdit
from tests.browser.site import urlpatterns as site_urls
from tests.browser.test_looks import AXE, RULES, RUN_AXE
from tests.library.models import Author, Book
from tests.library.views import AuthorView

pytestmark = pytest.mark.usefixtures("pack")

LIST = "/keys/books/"
TITLE, OTHER = "Bleak House", "Cloud Cuckoo Land"
MORE = f"More actions for {TITLE}"
# What has the focus: as a reader of the screen is told.
NAME = """() => {
  const at = document.activeElement, label = at.labels?.[0] ?? at;
  const by = document.getElementById(at.getAttribute("aria-labelledby"));
  return (at.getAttribute("aria-label") ?? (by ?? label).textContent).replace("*", "")
    .replace(/\\s+/g, " ").trim();
}"""
SEEN = """() => {
  const style = getComputedStyle(document.activeElement), box = getComputedStyle(
    document.activeElement.closest(".ts-control, label, summary") ?? document.activeElement);
  return [style, box].some(s => s.outlineStyle !== "none" || s.boxShadow !== "none");
}"""


class KeyBooks(CRUDView):
    """All that can be opened, on one list."""

    model = Book
    url_base = "key-book"
    fields: ClassVar[list[str]] = ["title", "author", "status", "price"]
    columns: ClassVar[list[str]] = ["title", "author", "status", "price"]
    search_fields: ClassVar[list[str]] = ["title"]
    filterset_fields: ClassVar[list[str]] = ["author", "status"]
    ordering: ClassVar[list[str]] = ["title"]
    open_in: ClassVar[dict[str, str]] = dict.fromkeys(("create", "update"), "dialog")
    related_views: ClassVar[Any] = {"author": AuthorView}
    inline = InlineEdit(["title", "status", "price"])
    visible_actions = 0


urlpatterns = [path("keys/books/", include(KeyBooks.get_urls())), *site_urls]


@pytest.fixture(autouse=True)
def routes(site: None, settings: Any) -> None:
    settings.ROOT_URLCONF = __name__


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    return open_page(LIST)


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def reach(page: Page, name: str, key: str = "Tab") -> None:
    """Go on with Tab until something of this name has the focus, and can be seen to have it."""
    for _ in range(150):
        page.keyboard.press(key)
        if page.evaluate(NAME) == name:
            assert page.evaluate(SEEN), f"{name!r} does not show that it has the focus"
            return
    raise AssertionError(f"{name!r} cannot be reached; the focus is on {page.evaluate(NAME)!r}")


def open_edit(page: Page) -> None:
    """Open the form of a book out of the menu of its row."""
    reach(page, MORE)
    press(page, "Enter", "Tab")
    focused(page, f"Edit {TITLE}")
    press(page, "Enter")


def focused(page: Page, name: str) -> None:
    page.wait_for_function(f"name => ({NAME})() === name", arg=name)


def dialog(page: Page, name: str) -> Locator:
    found = page.get_by_role("dialog", name=name, exact=True)
    expect(found).to_be_visible()
    return found


def clean(page: Page) -> None:
    """Hold against axe what is open, light and dark."""
    page.evaluate(AXE)
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        assert [] == page.evaluate(RUN_AXE, [RULES, "html"])


def book(title: str = TITLE) -> Book:
    return Book.objects.get(title=title)


class TestDialog:
    def test_open_fail_mend_save_and_go_on(self, page: Page) -> None:
        open_edit(page)
        dialog(page, f"Edit {TITLE}")
        focused(page, "Title")
        press(page, "ControlOrMeta+A", "Delete")
        reach(page, "Save")
        press(page, "Enter")
        expect(page.get_by_label("Title")).to_have_attribute("aria-invalid", "true")
        focused(page, "Title")
        clean(page)
        page.keyboard.type("Bleak House, mended")
        reach(page, "Save")
        press(page, "Space")

        expect(page.locator("dialog:modal")).to_have_count(0)
        focused(page, "More actions for Bleak House, mended")
        assert book("Bleak House, mended").author_id

    def test_escape_asks_and_leads_back(self, page: Page) -> None:
        open_edit(page)
        focused(page, "Title")
        page.keyboard.type("x")
        press(page, "Escape")
        focused(page, "Go on editing")
        clean(page)
        press(page, "Enter")
        focused(page, "Title")
        press(page, "Escape")
        reach(page, "Discard")
        press(page, "Enter")

        expect(page.locator("dialog:modal")).to_have_count(0)
        focused(page, MORE)


class TestSelect:
    def test_search_pick_and_take_back(self, page: Page) -> None:
        reach(page, "New book")
        press(page, "Enter")
        focused(page, "Title")
        page.keyboard.type("By keys")
        reach(page, "Author")
        page.keyboard.type("ada")
        options = page.locator(".ts-dropdown:popover-open [role=option]:not([aria-disabled])")
        expect(options.first).to_contain_text("Ada")
        clean(page)
        press(page, "ArrowDown", "Escape")
        expect(options).to_have_count(0)
        dialog(page, "New book")
        press(page, "ControlOrMeta+A", "Delete")
        page.keyboard.type("hardy elif")
        expect(options).to_have_count(1)
        press(page, "Enter")
        reach(page, "Save")
        press(page, "Enter")

        expect(page.locator("dialog:modal")).to_have_count(0)
        assert "Elif Hardy" == book("By keys").author.name

    def test_create_on_the_way_in_a_dialog_on_the_dialog(self, page: Page) -> None:
        reach(page, "New book")
        press(page, "Enter")
        focused(page, "Title")
        page.keyboard.type("By keys")
        reach(page, "New author")
        press(page, "Enter")
        dialog(page, "New author")
        focused(page, "Name")
        clean(page)
        page.keyboard.type("Ariel")
        press(page, "Enter")
        expect(page.locator("dialog:modal")).to_have_count(1)
        focused(page, "Author")
        reach(page, "Save")
        press(page, "Enter")

        expect(page.locator("dialog:modal")).to_have_count(0)
        focused(page, "New book")
        assert Author.objects.get(name="Ariel") == book("By keys").author


class TestCell:
    def test_enter_escape_and_tab(self, page: Page) -> None:
        before = book().price
        reach(page, f"Edit Price of {TITLE}")
        press(page, "Enter")
        focused(page, "Price")
        page.keyboard.type("99")
        press(page, "Escape")
        focused(page, f"Edit Price of {TITLE}")
        assert before == book().price
        press(page, "Enter")
        focused(page, "Price")
        page.keyboard.type("x1234567")
        press(page, "Enter")
        expect(page.locator("[data-pc-part=cell-editor] [aria-invalid=true]")).to_be_focused()
        clean(page)
        press(page, "ControlOrMeta+A")
        page.keyboard.type("12.5")
        press(page, "Tab")
        focused(page, "Title")

        expect(page.locator("[data-pc-part=cell-editor] input[name=title]")).to_have_value(OTHER)
        expect(page.locator("[data-pc-part=status]")).to_contain_text(f"Saved “{TITLE}”.")
        assert Decimal("12.5") == book().price


class TestWhatLiesOnTheList:
    def test_escape_closes_the_sort_panel(self, page: Page) -> None:
        """
        Choosing an order in it leaves it open; the focus goes back to what opens it.
        """
        panel = page.locator("[data-pc-part=sort-panel]")
        reach(page, "Sort")
        press(page, "Enter")
        expect(panel).to_have_attribute("open", "")
        clean(page)
        reach(page, "Price")
        press(page, "Enter")
        expect(page.get_by_role("columnheader", name="Price")).to_have_attribute(
            "aria-sort", "ascending"
        )
        expect(panel).to_have_attribute("open", "")
        press(page, "Escape")

        expect(panel).not_to_have_attribute("open", "")
        expect(panel.locator("summary")).to_be_focused()

    def test_a_click_elsewhere_closes_it_too(self, page: Page) -> None:
        panel = page.locator("[data-pc-part=sort-panel]")
        panel.locator("summary").click()
        expect(panel).to_have_attribute("open", "")
        panel.locator("summary + *").click(position={"x": 3, "y": 3})
        expect(panel).to_have_attribute("open", "")
        page.get_by_role("heading", level=1).click()

        expect(panel).not_to_have_attribute("open", "")

    def test_escape_closes_the_menu_of_a_row(self, page: Page) -> None:
        reach(page, MORE)
        press(page, "Enter")
        expect(page.locator(":popover-open")).to_have_count(1)
        clean(page)
        press(page, "Tab")
        assert page.evaluate("document.activeElement.matches(':popover-open a')")
        press(page, "Escape")

        expect(page.locator(":popover-open")).to_have_count(0)
        focused(page, MORE)
