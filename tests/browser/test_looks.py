"""What neither the markup nor the journeys show: can it be read, reached and pressed."""

from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import Page, expect

from powercrud_core.testing.browser.screen import script
from tests.browser.conftest import NARROW, WIDE, Complaints
from tests.library.models import Book, Copy

pytestmark = pytest.mark.usefixtures("pack")

AXE = AXE_FILE_PATH.read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN_AXE = """async ([rules, within]) => {
  const { violations } = await axe.run(within, { runOnly: rules, resultTypes: ["violations"] });
  return violations.flatMap(({ id, nodes }) => nodes.map(
    ({ html, any }) => `${id}: ${html.slice(0, 120)} ${any[0]?.message ?? ""}`));
}"""
PROBE = script("geometry")


def problems(page: Page) -> Iterator[str]:
    """Yield what is wrong with a page, wide in the light and narrow in the dark.

    The kit's level browser looks at its pages in every combination.
    """
    page.evaluate(AXE)
    expect(page.locator("[aria-busy=true]")).to_have_count(0)  # what waits is dimmed
    # What lies under an open panel or dialog cannot be pressed, and need not be.
    panels = ["[data-pc-part=confirmation][open]", "dialog:modal", "#pc-book-sort[open]", "html"]
    within = next(panel for panel in panels if page.locator(panel).count())
    for width, scheme in ((WIDE, "light"), (NARROW, "dark")):
        page.set_viewport_size({"width": width, "height": 800})
        yield from (f"{width}: {problem}" for problem in page.evaluate(PROBE))
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        yield from (f"{width} {scheme}: {p}" for p in page.evaluate(RUN_AXE, [RULES, within]))


def book() -> Book:
    return Book.objects.order_by("title")[4]


def open_filters(page: Page) -> None:
    page.locator("#pc-book-filter-details summary").click()


def open_sort(page: Page) -> None:
    page.locator("#pc-book-sort summary").click()


def save(page: Page) -> None:
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("alert").wait_for()


def lose_network(page: Page) -> None:
    page.context.set_offline(True)
    page.get_by_role("link", name="Next", exact=True).click()
    page.get_by_role("alert").wait_for()
    page.context.set_offline(False)


def open_delete(page: Page) -> None:
    page.locator("[data-pc-part=action-delete]").first.click()
    page.locator("dialog:modal").wait_for()


def open_edit(page: Page) -> None:
    page.locator("[data-pc-part=action-update]").first.click()
    page.locator("dialog:modal").get_by_label("Name").fill("")


def save_edit(page: Page) -> None:
    open_edit(page)
    save(page)


def give_up_edit(page: Page) -> None:
    open_edit(page)
    page.keyboard.press("Escape")
    page.locator("[data-pc-part=confirmation]").wait_for()


def be_signed_out(page: Page) -> None:
    open_edit(page)
    page.context.clear_cookies()
    page.route("**/edit/", lambda r: r.fulfill(status=302, headers={"Location": "/login/"}))
    save(page)


def nothing(page: Page) -> None:
    pass


def lend(page: Page) -> None:
    Copy.objects.create(book=book(), shelf="a-1")
    page.reload()


def overtake(page: Page) -> None:
    """Let somebody else change what the form changes, and save."""
    page.get_by_label("Title").fill("The same title, typed by me and rather long")
    page.get_by_label("Genres").select_option([])
    page.get_by_label("Price").fill("3")
    Book.objects.filter(pk=book().pk).update(title="Another title", price="12.50")
    save(page)


SCENES: dict[str, tuple[str, Callable[[Page], None]]] = {
    "list": ("/books/?page=2", nothing),
    "filters": ("/books/?q=e&status=draft&author={author}", open_filters),
    "bad filter": ("/books/?price_min=x", nothing),
    "sort": ("/books/?sort=price,-title&unknown=1", open_sort),
    "detail": ("/books/{pk}/", nothing),
    "errors": ("/books/new/", save),
    "conflict": ("/books/{pk}/edit/", overtake),
    "delete": ("/books/{pk}/delete/", nothing),
    "protected": ("/books/{pk}/delete/", lend),
    "choice": ("/books/choices/author/?_q=a", nothing),
    "forbidden": ("/books/new/", nothing),
    "missing": ("/books/0/", nothing),
    "empty": ("/shelves/", nothing),
    "unmatched": ("/books/?q=zzz", nothing),
    "no network": ("/books/", lose_network),
    "dialog": ("/layers/books/", open_delete),
    "drawer with errors": ("/layers/authors/", save_edit),
    "question": ("/layers/authors/", give_up_edit),
    "signed out": ("/layers/authors/", be_signed_out),
}


@pytest.mark.parametrize("scene", SCENES)
def test_it_is_accessible_and_well_laid_out(
    open_page: Callable[..., Page], complaints: Complaints, scene: str
) -> None:
    complaints.expect(
        "status of 403", "status of 404", "status of 409", "ERR_INTERNET_DISCONNECTED"
    )
    path, prepare = SCENES[scene]
    user = "reader" if scene == "forbidden" else "librarian"
    page = open_page("/login/", user=user)
    page.goto(path.format(pk=book().pk, author=book().author_id))
    prepare(page)

    assert list(problems(page)) == []


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_it_reads_from_right_to_left(open_page: Callable[..., Page], width: int) -> None:
    """
    The same pages in Arabic: nothing overlaps or leaves the page, and all starts at the right.
    """
    page = open_page("/books/?q=e", width=width, locale="ar")
    found = page.evaluate(PROBE)
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    heading = page.get_by_role("heading", level=1).bounding_box() or {}
    page.locator("#pc-book-filter-details summary").click()
    found += page.evaluate(PROBE)
    page.goto("/books/new/")
    found += page.evaluate(PROBE)

    assert found == []
    assert heading["x"] + heading["width"] > width * 0.9


def test_waiting_and_trouble_can_be_seen(
    open_page: Callable[..., Page], complaints: Complaints
) -> None:
    """
    The script only sets attributes; that a pack shows them is seen when the picture changes.
    """
    complaints.expect("ERR_INTERNET_DISCONNECTED")
    page = open_page()
    view = page.locator("#pc-book")

    def picture() -> bytes:
        page.wait_for_timeout(400)  # a pack may wait a moment before it shows that it waits
        return view.screenshot(animations="disabled")

    usual = picture()
    view.evaluate("view => view.setAttribute('aria-busy', 'true')")
    assert picture() != usual
    view.evaluate("view => view.removeAttribute('aria-busy')")
    view.evaluate("view => view.setAttribute('data-pc-stale', '')")
    assert picture() != usual
    lose_network(page)
    look = """e => { const s = getComputedStyle(e);
      return s.backgroundColor !== "rgba(0, 0, 0, 0)" || s.borderBlockStartStyle !== "none"; }"""
    assert page.locator("[data-pc-problem]").evaluate(look)
    assert page.locator("[data-pc-part=retry]").evaluate(look)
