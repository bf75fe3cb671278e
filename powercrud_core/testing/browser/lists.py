"""What somebody with a browser and the script can do with the store's list."""

from powercrud_core.testing.browser.scenario import scenario
from powercrud_core.testing.browser.screen import NARROW, Screen, Window
from powercrud_core.testing.visitor import Unmet

__all__: list[str] = []

LIST = "/products/"
FIRST, SECOND = (1, 10, 11, 12, 2), (3, 4, 5, 6, 7)


def listed(window: Window, query: str = "", width: int = 1280) -> Screen:
    """Open the list and mark its document."""
    screen = window.open(LIST + query, width=width)
    screen.mark()
    return screen


def heading(screen: Screen, key: str) -> object:
    return screen.id(f"-sort-{key}", screen.part("table"))


def pressed(screen: Screen, locator: object, key: str = "Enter") -> None:
    """Focus an element and press it with the keyboard."""
    locator.focus()  # type: ignore[attr-defined]
    screen.page.keyboard.press(key)


# Rows and pages


@scenario("list.page.swap", "pagination", "The next page comes without a new document.")
def _(w: Window) -> None:
    screen = listed(w)
    screen.id("-next", screen.part("pagination")).click()
    screen.shows(*SECOND)
    screen.at(f"{LIST}?page=2")
    screen.until("the status", True, lambda: "6–10 of 12" in screen.part("status").inner_text())
    screen.stays()


@scenario("list.page.history", "list_page", "Back and Forward lead through what was shown.")
def _(w: Window) -> None:
    screen = listed(w)
    screen.id("-next", screen.part("pagination")).click()
    screen.shows(*SECOND)
    screen.page.go_back()
    screen.shows(*FIRST)
    screen.page.go_forward()
    screen.shows(*SECOND)
    screen.stays()


@scenario("list.page.reload", "list_page", "The address holds what is shown: it can be reloaded.")
def _(w: Window) -> None:
    screen = listed(w)
    heading(screen, "price").click()  # type: ignore[attr-defined]
    screen.shows(1, 2, 3, 4, 5)
    screen.page.reload()
    screen.shows(1, 2, 3, 4, 5)


@scenario("list.page.in-sight", "pagination", "A new page begins in sight, on a phone too.")
def _(w: Window) -> None:
    screen = listed(w, width=NARROW)
    screen.id("-next", screen.part("pagination")).click()
    screen.shows(*SECOND)
    top = "e => e.getBoundingClientRect().top >= -1"
    screen.until("its top in sight", True, lambda: screen.part("list-page").evaluate(top))


@scenario("list.page.focus", "pagination", "Where a page link goes away, focus stays at the list.")
def _(w: Window) -> None:
    screen = listed(w, "?page=2")
    pressed(screen, screen.id("-next", screen.part("pagination")))
    screen.shows(8, 9)
    held = "() => document.activeElement.closest('[data-pc-part=\"results\"]') !== null"
    screen.until("focus in the results", True, lambda: screen.page.evaluate(held))


@scenario("list.page.announced", "list_page", "The status keeps its element, and so is read out.")
def _(w: Window) -> None:
    screen = listed(w)
    status = screen.part("status").element_handle()
    screen.id("-next", screen.part("pagination")).click()
    screen.shows(*SECOND)
    told = status.evaluate("e => [e.isConnected, e.role || e.getAttribute('role')]")
    screen.expect("the same element, and its role", [True, "status"], told)


@scenario("list.page.tab", "pagination", "A click with Control still opens a tab.")
def _(w: Window) -> None:
    screen = listed(w)
    with screen.page.context.expect_page() as tab:
        screen.id("-next", screen.part("pagination")).click(modifiers=["Control"])
    Screen(w, tab.value).shows(*SECOND)
    screen.shows(*FIRST)


@scenario("list.row.open", "row", "A press on the value that names a row opens the object.")
def _(w: Window) -> None:
    screen = listed(w)
    row = screen.part("row").first
    screen.part("cell", within=row).first.locator("a").click()
    screen.seen("the object's page", screen.part("detail-page"))


@scenario("list.row.actions", "action_menu", "A row's actions can be seen and pressed.")
def _(w: Window) -> None:
    for part, page in (("action-update", "form-page"), ("action-delete", "delete-page")):
        screen = listed(w)
        screen.part(part, within=screen.part("row").nth(1)).click()
        screen.seen(f"the page of {part}", screen.part(page))


@scenario("list.row.actions.narrow", "action_menu", "They can be on a phone, too.")
def _(w: Window) -> None:
    screen = listed(w, width=NARROW)
    screen.part("action-update", within=screen.part("row").nth(1)).click()
    screen.seen("the form", screen.part("form-page"))


@scenario("list.create", "action_menu", "The list's action can be seen and pressed.")
def _(w: Window) -> None:
    screen = listed(w)
    screen.seen("the action", screen.part("action-create"))
    screen.part("action-create").click()
    screen.seen("the form", screen.part("form-page"))


@scenario(
    "list.table.scrolls", "table", "A wide table keeps its sideways scroll when it is sorted."
)
def _(w: Window) -> None:
    screen = listed(w, width=500)
    scroller = screen.part("table-scroller")
    left = scroller.evaluate("e => (e.scrollLeft = 40, e.scrollLeft)")
    heading(screen, "price").evaluate("link => link.click()")  # type: ignore[attr-defined]
    screen.shows(1, 2, 3, 4, 5)
    screen.expect("the scroll", left, scroller.evaluate("e => e.scrollLeft"))


# Sorting


@scenario("list.sort.swap-keeps-focus", "table", "After sorting, focus is on the same heading.")
def _(w: Window) -> None:
    screen = listed(w)
    pressed(screen, heading(screen, "price"))
    screen.shows(1, 2, 3, 4, 5)
    screen.focus_at("-sort-price")
    screen.stays()


@scenario("list.sort.shift", "table", "A click with Shift adds a column to the order.")
def _(w: Window) -> None:
    screen = listed(w)
    heading(screen, "kind").click()  # type: ignore[attr-defined]
    screen.at(f"{LIST}?sort=kind")
    screen.quiet()
    heading(screen, "price").click(modifiers=["Shift"])  # type: ignore[attr-defined]
    screen.shows(2, 4, 6, 8, 10)
    screen.at(f"{LIST}?sort=kind,price")


@scenario("list.sort.panel", "sort_panel", "The panel opens, sorts, and stays open.")
def _(w: Window) -> None:
    screen = listed(w)
    panel = screen.open_panel("-sort")
    link = screen.id("-sort-add-price", panel)
    screen.seen("the link to add Price", link)
    link.click()
    screen.shows(1, 2, 3, 4, 5)
    screen.seen("the link to turn Price", screen.id("-sort-turn-price", screen.part("sort-panel")))
    screen.stays()


@scenario("list.sort.panel.narrow", "sort_panel", "The panel opens and sorts on a phone.")
def _(w: Window) -> None:
    screen = listed(w, width=NARROW)
    screen.id("-sort-add-price", screen.open_panel("-sort")).click()
    screen.shows(1, 2, 3, 4, 5)


# Search and filters


@scenario("list.search.as-typed", "toolbar", "What is typed is searched; the field keeps it.")
def _(w: Window) -> None:
    screen = listed(w)
    box = screen.part("search-input")
    box.press_sequentially("maker 2", delay=10)
    screen.shows(1, 12, 2, 7)
    screen.expect("the field", "maker 2", box.input_value())
    screen.focus_at(str(box.get_attribute("id")))
    screen.stays()


@scenario("list.search.button", "toolbar", "The button searches, too.")
def _(w: Window) -> None:
    screen = listed(w)
    screen.part("search-input").evaluate("e => { e.value = 'maker 2'; }")
    screen.part("search-submit").click()
    screen.shows(1, 12, 2, 7)


@scenario("list.filter.change", "filter_form", "What is picked filters at once; the panel stays.")
def _(w: Window) -> None:
    screen = listed(w)
    panel = screen.open_panel("-filter-details")
    kind = screen.control("kind", panel)
    kind.focus()
    kind.select_option("toy")
    screen.shows(1, 11, 3, 5, 7)
    panel = screen.id("-filter-details")
    screen.expect("the panel open", "", panel.get_attribute("open"))
    screen.until("the count", True, lambda: "1" in panel.locator("summary").inner_text())
    screen.focus_at("-filter-kind")
    screen.stays()


@scenario("list.filter.typed", "filter_form", "What is typed filters; focus stays in the field.")
def _(w: Window) -> None:
    screen = listed(w, "?sort=price")
    panel = screen.open_panel("-filter-details")
    screen.control("price_min", panel).press_sequentially("11")
    screen.shows(11, 12)
    name = "document.activeElement.name"
    screen.until("the field in use", "price_min", lambda: screen.page.evaluate(name))


@scenario("list.filter.invalid", "filter_form", "A wrong value is told beside its field.")
def _(w: Window) -> None:
    screen = listed(w)
    panel = screen.open_panel("-filter-details")
    field = screen.control("price_min", panel)
    field.fill("x")
    field.press("Enter")
    screen.shows()
    screen.seen("the error", screen.part("errors", within=screen.part("filter-form")))


@scenario("list.filter.narrow", "filter_form", "The filters open and work on a phone.")
def _(w: Window) -> None:
    screen = listed(w, width=NARROW)
    screen.control("kind", screen.open_panel("-filter-details")).select_option("toy")
    screen.shows(1, 11, 3, 5, 7)


@scenario("list.filter.chip", "filter_chips", "A chip takes its filter away, in place.")
def _(w: Window) -> None:
    screen = listed(w, "?kind=toy&price_max=4")
    pressed(screen, screen.part("chip", "Price").locator("a"))
    screen.shows(1, 11, 3, 5, 7)
    screen.stays()
    lost = "() => document.activeElement === document.body"
    screen.until("focus that is lost", False, lambda: screen.page.evaluate(lost))


@scenario("list.notice.dismiss", "message", "A notice can be dismissed, in place.")
def _(w: Window) -> None:
    screen = listed(w, "?nonsense=1")
    screen.seen("the notice", screen.part("notice"))
    screen.id("-dismiss", screen.part("notice")).click()
    screen.until("notices", 0, screen.part("notice").count)
    screen.stays()


# Waiting and trouble


@scenario(
    "list.waiting", "list_page", "A list that waits for an answer looks different.", level="full"
)
def _(w: Window) -> None:
    screen = listed(w)
    view = screen.part("list-page")
    usual = screen.picture(view)
    view.evaluate("view => view.setAttribute('aria-busy', 'true')")
    if w.looks_alike(usual, screen.picture(view)):
        raise Unmet("another look of [aria-busy=true]", "the same picture as without")


@scenario(
    "list.stale", "list_page", "A list whose last request failed looks different.", level="full"
)
def _(w: Window) -> None:
    screen = listed(w)
    view = screen.part("list-page")
    usual = screen.picture(view)
    view.evaluate("view => view.setAttribute('data-pc-stale', '')")
    if w.looks_alike(usual, screen.picture(view)):
        raise Unmet("another look of [data-pc-stale]", "the same picture as without")


@scenario("list.offline", "messages", "A lost network is told in sight, with a way to try again.")
def _(w: Window) -> None:
    screen = listed(w)
    alert = screen.page.locator("[data-pc-problem]")
    with w.without_network(screen):
        screen.id("-next", screen.part("pagination")).click()
        screen.seen("the message", alert)
        screen.seen("its button", screen.part("retry", within=alert))
        screen.shows(*FIRST)
    screen.part("retry", within=alert).click()
    screen.shows(*SECOND)
    screen.until("messages of trouble", 0, alert.count)
