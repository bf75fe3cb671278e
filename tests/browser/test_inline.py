"""Editing in the list, with the keyboard and the mouse, with and without a script."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.conftest import NARROW, WIDE, Complaints
from tests.browser.site import Doorkeeper
from tests.browser.test_looks import AXE, PROBE, RULES, RUN_AXE
from tests.library.models import Book

pytestmark = pytest.mark.usefixtures("pack")

TITLE = "Bleak House"
NEXT = "Cloud Cuckoo Land"
TOO_LONG = "Ensure that there are no more than 8 digits in total."
EDITOR = '[data-pc-part="cell-editor"]'
# Where the focus is: the name of the control, or what a link is called.
FOCUSED = "(document.activeElement.name || document.activeElement.textContent).trim()"
SIZES = """title => {
  const held = row => [row.innerText, ...[...row.querySelectorAll("input")].map(i => i.value)];
  const all = part => [...document.querySelectorAll(`[data-pc-part="${part}"]`)];
  const row = all("row").find(row => held(row).join().includes(title));
  const width = head => head.getBoundingClientRect().width;
  return [row.getBoundingClientRect().height, ...all("header").map(width)];
}"""


def book(title: str = TITLE) -> Book:
    return Book.objects.get(title=title)


def link(page: Page, label: str, title: str = TITLE) -> Locator:
    return page.get_by_role("link", name=f"Edit {label} of {title}", exact=True)


def cell(page: Page, label: str, title: str = TITLE) -> Locator:
    row = page.locator('[data-pc-part="row"]').filter(has_text=title)
    return row.locator(f'[data-label="{label}"]')


def control(page: Page, name: str) -> Locator:
    return page.locator(f'{EDITOR} [name="{name}"]')


def focused(page: Page, name: str) -> None:
    page.wait_for_function(f"name => {FOCUSED} === name", arg=name)


def saved(page: Page, title: str = TITLE) -> None:
    expect(page.locator('[data-pc-part="status"]')).to_contain_text(f"Saved “{title}”.")


@pytest.fixture
def cells(open_page: Callable[..., Page]) -> Page:
    return open_page("/inline/")


@pytest.fixture
def rows(open_page: Callable[..., Page]) -> Page:
    return open_page("/rows/")


class TestKeyboard:
    def test_a_cell_from_link_to_link(self, cells: Page) -> None:
        """
        Enter opens, what is there is selected, Enter saves, the focus is where it was.
        """
        link(cells, "Price").focus()
        cells.keyboard.press("Enter")
        focused(cells, "price")
        cells.keyboard.type("12.50")
        cells.keyboard.press("Enter")

        saved(cells)
        expect(cell(cells, "Price")).to_contain_text("12.50")
        focused(cells, f"Edit Price of {TITLE}")
        assert Decimal("12.5") == book().price

    def test_f2_opens_and_escape_leaves(self, cells: Page) -> None:
        before = book().price
        link(cells, "Price").focus()
        cells.keyboard.press("F2")
        focused(cells, "price")
        cells.keyboard.type("99")
        cells.keyboard.press("Escape")

        focused(cells, f"Edit Price of {TITLE}")
        expect(cells.locator(EDITOR)).to_have_count(0)
        assert before == book().price

    def test_tab_saves_and_goes_on(self, cells: Page) -> None:
        """
        Through the row, over its end and, with Shift, back again.
        """
        link(cells, "Status").focus()
        cells.keyboard.press("Enter")
        focused(cells, "status")
        cells.keyboard.type("Pub")
        cells.keyboard.press("Tab")
        focused(cells, "price")
        cells.keyboard.type("1.25")
        cells.keyboard.press("Shift+Tab")
        focused(cells, "status")
        cells.keyboard.press("Escape")

        saved(cells)
        expect(cells.locator(EDITOR)).to_have_count(0)
        expect(cell(cells, "Price")).to_contain_text("1.25")
        assert ("published", Decimal("1.25")) == (book().status, book().price)

    def test_tab_goes_over_the_end_of_a_row(self, cells: Page) -> None:
        link(cells, "In print").focus()
        cells.keyboard.press("Enter")
        focused(cells, "in_print")
        cells.keyboard.press("Space")
        cells.keyboard.press("Tab")
        focused(cells, "title")

        expect(control(cells, "title")).to_have_value(NEXT)
        saved(cells)
        assert not book().in_print

    def test_enter_saves_what_is_picked(self, cells: Page) -> None:
        link(cells, "Status").focus()
        cells.keyboard.press("Enter")
        focused(cells, "status")
        cells.keyboard.type("Pub")
        cells.keyboard.press("Enter")

        saved(cells)
        assert "published" == book().status

    def test_a_row(self, rows: Page) -> None:
        """
        One link opens all fields, its own has the focus; Tab walks through them to Save.
        """
        link(rows, "Price").focus()
        rows.keyboard.press("Enter")
        focused(rows, "price")
        rows.keyboard.type("3.75")
        rows.keyboard.press("Shift+Tab")
        focused(rows, "status")
        rows.keyboard.type("Pub")
        rows.keyboard.press("Enter")

        saved(rows)
        focused(rows, f"Edit Status of {TITLE}")
        assert ("published", Decimal("3.75")) == (book().status, book().price)

    def test_a_row_is_left(self, rows: Page) -> None:
        link(rows, "Price").press("Enter")
        focused(rows, "price")
        rows.keyboard.press("Escape")

        focused(rows, f"Edit Price of {TITLE}")


class TestErrors:
    def test_the_error_stays_in_the_cell(self, cells: Page) -> None:
        link(cells, "Price").click()
        control(cells, "price").fill("123456789")
        cells.keyboard.press("Enter")
        wrong = cells.locator(f'{EDITOR} [aria-invalid="true"]')

        expect(wrong).to_be_focused()
        expect(wrong).to_have_accessible_description(TOO_LONG)
        expect(cells.get_by_text(TOO_LONG)).to_be_visible()
        cells.keyboard.press("Escape")
        expect(cell(cells, "Price")).to_contain_text("33.90")

    def test_it_can_be_corrected(self, rows: Page) -> None:
        link(rows, "Title").press("Enter")
        control(rows, "title").fill("")
        rows.get_by_role("button", name="Save").click()
        expect(rows.locator('[aria-invalid="true"]')).to_be_focused()
        rows.keyboard.type("Bleaker House")
        rows.keyboard.press("Enter")

        saved(rows, "Bleaker House")
        focused(rows, "Edit Title of Bleaker House")

    def test_no_network(self, cells: Page, complaints: Complaints) -> None:
        complaints.expect("ERR_INTERNET_DISCONNECTED")
        link(cells, "Price").click()
        control(cells, "price").fill("7")
        cells.context.set_offline(True)
        cells.keyboard.press("Enter")
        retry = cells.get_by_role("button", name="Try again")
        retry.wait_for()
        expect(control(cells, "price")).to_have_value("7")
        cells.context.set_offline(False)
        retry.click()

        saved(cells)
        assert Decimal(7) == book().price

    def test_a_row_that_was_deleted(self, cells: Page, complaints: Complaints) -> None:
        complaints.expect("status of 404")
        link(cells, "Price").click()
        control(cells, "price").fill("7")
        book().delete()
        cells.keyboard.press("Enter")

        expect(cells.get_by_role("alert")).to_contain_text("It may have been deleted")
        expect(control(cells, "price")).to_have_value("7")

    def test_what_was_typed_is_not_lost_unasked(self, cells: Page) -> None:
        link(cells, "Price").click()
        control(cells, "price").fill("7")
        cells.get_by_role("link", name="Next", exact=True).click()
        question = cells.get_by_role("alertdialog").or_(cells.get_by_role("dialog"))
        question.get_by_role("button", name="Go on editing").click()
        expect(control(cells, "price")).to_have_value("7")
        cells.get_by_role("link", name="Next", exact=True).click()
        question.get_by_role("button", name="Discard").click()

        expect(cells.locator('[data-pc-part="status"]')).to_have_text("26–50 of 60 books")


class TestQueue:
    def test_saves_of_one_row_wait_for_each_other(
        self, cells: Page, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(Doorkeeper, "slow", {"/row/edit/": 0.3})
        sent: list[str] = []
        cells.on("request", lambda r: sent.append(r.method) if "/row/edit/" in r.url else None)
        cells.on("requestfinished", lambda r: sent.append("done") if r.method == "POST" else None)
        link(cells, "Status").click()
        control(cells, "status").select_option("published")
        cells.keyboard.press("Tab")
        focused(cells, "price")
        cells.keyboard.type("2")
        cells.keyboard.press("Tab")
        focused(cells, "published")
        cells.keyboard.press("Escape")
        saved(cells)
        expect(cell(cells, "Price")).to_contain_text("2.00")

        writes = [what for what in sent if what != "GET"]
        assert ["POST", "done", "POST", "done"] == writes
        assert ("published", Decimal(2)) == (book().status, book().price)

    def test_what_is_typed_beside_a_cell_that_is_still_being_saved_is_saved_too(
        self, cells: Page
    ) -> None:
        waiting: list[Route] = []

        def hold_the_first(route: Route) -> None:
            if waiting or route.request.method != "POST":
                route.continue_()
            else:
                waiting.append(route)

        cells.route("**/row/edit/", hold_the_first)
        link(cells, "Status").click()
        control(cells, "status").select_option("published")
        cells.keyboard.press("Tab")
        focused(cells, "price")
        cells.keyboard.type("2")
        cells.keyboard.press("Tab")
        focused(cells, "published")
        waiting[0].continue_()

        expect(cell(cells, "Price")).to_contain_text("2.00")
        expect(cell(cells, "Status")).to_contain_text("Published")
        assert ("published", Decimal(2)) == (book().status, book().price)


class TestLooks:
    @pytest.mark.parametrize("label", ["Title", "Status", "Price", "Published", "In print"])
    def test_nothing_jumps(self, cells: Page, label: str) -> None:
        """
        A row is as high, and a column as wide, with an editor as without.
        """
        before = cells.evaluate(SIZES, TITLE)
        link(cells, label).press("Enter")
        cells.locator(EDITOR).wait_for()
        after = cells.evaluate(SIZES, TITLE)

        assert 1 >= abs(before[0] - after[0])
        assert 1 >= max(abs(a - b) for a, b in zip(before, after, strict=True))

    def test_nothing_jumps_where_a_row_is_edited(self, rows: Page) -> None:
        before = rows.evaluate(SIZES, TITLE)
        link(rows, "Price").click()
        rows.locator(EDITOR).first.wait_for()
        after = rows.evaluate(SIZES, TITLE)

        assert 1 >= abs(before[0] - after[0])
        assert 3 >= max(abs(a - b) for a, b in zip(before, after, strict=True))

    @pytest.mark.parametrize("url", ["/inline/", "/rows/"])
    @pytest.mark.parametrize("scheme", ["light", "dark"])
    @pytest.mark.parametrize("width", [WIDE, NARROW])
    def test_open_editors_are_accessible(
        self, open_page: Callable[..., Page], url: str, scheme: str, width: int
    ) -> None:
        page = open_page(url, width=width, color_scheme=scheme)
        link(page, "Price").click()
        control(page, "price").fill("123456789012")
        page.keyboard.press("Enter")
        page.locator(f'{EDITOR} [aria-invalid="true"]').wait_for()
        page.evaluate(AXE)

        assert [] == page.evaluate(RUN_AXE, [RULES, "html"])

    def test_from_right_to_left(self, cells: Page) -> None:
        cells.evaluate("document.documentElement.dir = 'rtl'")
        link(cells, "Price").click()
        control(cells, "price").wait_for()
        box, around = (
            control(cells, "price").bounding_box(),
            cells.locator(f"td:has({EDITOR})").bounding_box(),
        )

        assert box and around
        assert around["x"] <= box["x"] and box["x"] + box["width"] <= around["x"] + around["width"]
        assert [] == [p for p in cells.evaluate(PROBE) if "overlap" not in p]

    def test_a_locked_row_says_why(self, cells: Page) -> None:
        lock = cell(cells, "Title", "Beloved").get_by_role("img")

        expect(lock).to_have_accessible_name("Out of print.")
        expect(link(cells, "Price", "Beloved")).to_have_count(0)


class TestNarrow:
    def test_cards_are_edited_too(self, open_page: Callable[..., Page]) -> None:
        page = open_page("/inline/", width=NARROW)
        link(page, "Price").click()
        control(page, "price").fill("4.5")
        page.get_by_role("button", name="Save").click()

        saved(page)
        expect(cell(page, "Price")).to_contain_text("4.50")


@pytest.mark.parametrize("width", [WIDE, NARROW])
class TestWithoutScript:
    def test_a_cell_has_a_page(self, open_page: Callable[..., Page], width: int) -> None:
        page = open_page("/inline/?sort=title&status=draft", js=False, width=width)
        link(page, "Price").click()
        control(page, "price").fill("123456789")
        page.get_by_role("button", name="Save").click()
        page.get_by_text(TOO_LONG).wait_for()
        control(page, "price").fill("6.5")
        page.get_by_role("button", name="Save").click()
        page.wait_for_url("**/inline/?**status=draft**")

        expect(page.get_by_role("status").filter(has_text="Saved")).to_be_visible()
        assert Decimal("6.5") == book().price

    def test_a_row_has_a_page(self, open_page: Callable[..., Page], width: int) -> None:
        page = open_page("/rows/?page_size=50", js=False, width=width)
        link(page, "Price").click()
        control(page, "title").fill("Bleaker House")
        page.get_by_role("button", name="Save").click()
        page.wait_for_url("**/rows/?page_size=50")

        assert Book.objects.filter(title="Bleaker House").exists()

    def test_cancel_leads_back(self, open_page: Callable[..., Page], width: int) -> None:
        page = open_page("/inline/?page=2", js=False, width=width)
        page.locator('[data-pc-part="cell-edit"]').first.press("Enter")
        page.get_by_role("link", name="Cancel").click()

        page.wait_for_url("**/inline/?page=2")


def test_without_an_icon_a_button_of_a_row_shows_its_word(open_page: Callable[..., Page]) -> None:
    page = open_page("/rows/")
    page.locator('[data-pc-part="cell-edit"]').first.click()
    for part in ("row-save", "row-cancel"):
        button = page.locator(f'[data-pc-part="{part}"]')
        button.locator("svg").evaluate("drawing => drawing.remove()")
        box = button.locator("span").bounding_box()

        assert box is not None
        assert 20 < box["width"]
