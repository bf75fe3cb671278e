"""The same without a script: real links and real forms, and panels that the browser opens."""

from powercrud_core.testing.browser.bulk import picked
from powercrud_core.testing.browser.forms import EDIT, LIST, NEW, filled, sent
from powercrud_core.testing.browser.lists import FIRST, SECOND, heading
from powercrud_core.testing.browser.scenario import scenario
from powercrud_core.testing.browser.screen import NARROW, Screen, Window

__all__: list[str] = []


def listed(window: Window, query: str = "", width: int = 1280) -> Screen:
    """Open the list without a script."""
    return window.open(LIST + query, js=False, width=width)


@scenario("nojs.list.page", "pagination", "Page links and sizes lead on.")
def _(w: Window) -> None:
    screen = listed(w)
    screen.shows(*FIRST)
    screen.id("-next", screen.part("pagination")).click()
    screen.shows(*SECOND)
    screen.id("-size-50", screen.part("pagination")).click()
    screen.until("rows", 12, lambda: len(screen.numbers))


@scenario("nojs.list.sort", "table", "Headings sort.")
def _(w: Window) -> None:
    screen = listed(w)
    heading(screen, "price").click()  # type: ignore[attr-defined]
    screen.shows(1, 2, 3, 4, 5)


@scenario("nojs.list.sort.panel", "sort_panel", "The panel opens and sorts by several columns.")
def _(w: Window) -> None:
    screen = listed(w, "?sort=kind", NARROW)
    screen.id("-sort-add-price", screen.open_panel("-sort")).click()
    screen.shows(2, 4, 6, 8, 10)


@scenario("nojs.filter", "filter_form", "The filters open, and a button applies them.")
def _(w: Window) -> None:
    screen = listed(w, "?sort=price")
    panel = screen.open_panel("-filter-details")
    screen.control("kind", panel).select_option("toy")
    screen.control("price_min", panel).fill("3")
    screen.part("filter-apply").click()
    screen.shows(3, 5, 7, 9, 11)


@scenario("nojs.filter.narrow", "filter_form", "They do on a phone.")
def _(w: Window) -> None:
    screen = listed(w, width=NARROW)
    screen.control("kind", screen.open_panel("-filter-details")).select_option("toy")
    screen.part("filter-apply").click()
    screen.shows(1, 11, 3, 5, 7)


@scenario("nojs.filter.reset", "filter_form", "A link clears the filters.")
def _(w: Window) -> None:
    screen = listed(w, "?kind=toy")
    screen.open_panel("-filter-details")
    screen.part("filter-reset").click()
    screen.shows(*FIRST)


@scenario("nojs.filter.chip", "filter_chips", "A chip takes its filter away.")
def _(w: Window) -> None:
    screen = listed(w, "?kind=toy&price_max=4")
    screen.part("chip", "Price").locator("a").click()
    screen.shows(1, 11, 3, 5, 7)


@scenario("nojs.search", "toolbar", "The search has a button.")
def _(w: Window) -> None:
    screen = listed(w)
    screen.part("search-input").fill("maker 2")
    screen.part("search-submit").click()
    screen.shows(1, 12, 2, 7)


@scenario("nojs.notice.dismiss", "message", "A notice can be dismissed.")
def _(w: Window) -> None:
    screen = listed(w, "?nonsense=1")
    screen.id("-dismiss", screen.part("notice")).click()
    screen.until("notices", 0, screen.part("notice").count)


@scenario("nojs.form.save", "form_page", "A form is corrected and saved.")
def _(w: Window) -> None:
    screen = w.open(f"{EDIT}?next={LIST}", js=False)
    sent(filled(screen, name=""))
    screen.seen("the summary of errors", screen.part("error-summary"))
    screen.part("error-summary").locator("a").first.click()
    sent(filled(screen, name="Saw"))
    screen.seen("the message", screen.part("message", "Saw"))


@scenario("nojs.form.choose", "choice_page", "A relation is picked and the form is kept.")
def _(w: Window) -> None:
    screen = sent(filled(w.open(NEW, js=False), name="Saw", weight="5"), "choose")
    screen.send(screen.part("choice", "Maker 2").click)
    sent(screen)
    screen.seen("the message", screen.part("message", "Saw"))


@scenario("nojs.filter.choose", "choice_page", "A filter's pick returns to the list, filtered.")
def _(w: Window) -> None:
    screen = listed(w, "?kind=toy")
    screen.part("choose", within=screen.open_panel("-filter-details")).click()
    screen.part("choice", "Maker 2").click()
    screen.shows(1, 7)


@scenario("nojs.delete", "delete_page", "An object is deleted, after a question.")
def _(w: Window) -> None:
    screen = listed(w, "?kind=tool")
    screen.part("action-delete", within=screen.part("row", "Product 2").first).click()
    sent(screen, "confirm")
    screen.seen("the message", screen.part("message", "Product 2"))


@scenario("nojs.bulk.edit", "bulk_page", "Ticked rows are changed, page by page of a journey.")
def _(w: Window) -> None:
    screen = picked(w.open("/goods/", js=False), 1, 2)
    screen.send(screen.part("bulk-update").click)
    screen.control("mode-price", screen.part("operation-form")).select_option("set")
    screen.control("price", screen.part("operation-form")).fill("7")
    screen.send(screen.part("preview").click)
    screen.until("changes", 2, screen.part("row-change").count)
    screen.send(screen.part("confirm").click)
    screen.at("/goods/")
    screen.seen("the message", screen.part("message", "2 products changed."))


@scenario("nojs.bulk.matching", "selection_bar", "All that match are chosen by one box.")
def _(w: Window) -> None:
    screen = w.open("/goods/?kind=tool", js=False)
    screen.part("select-matching").check()
    screen.send(screen.part("bulk-sell").click)
    screen.send(screen.part("confirm").click)
    screen.seen("the message", screen.part("message", "5 products"))


@scenario("nojs.bulk.page-box", "table", "A box that would do nothing is not shown.")
def _(w: Window) -> None:
    screen = w.open("/goods/", js=False)
    screen.expect("the box of the page", False, screen.part("page-select").is_visible())


@scenario("nojs.bulk.nothing", "notice_page", "Who chose nothing is told so, with a way back.")
def _(w: Window) -> None:
    screen = w.open("/goods/", js=False)
    screen.send(screen.part("bulk-update").click)
    screen.seen("the page", screen.part("notice-page"))
    screen.part("notice-page").locator("a").first.click()
    screen.shows(*FIRST)


@scenario("nojs.action.more", "action_menu", "More actions open, and one is done.")
def _(w: Window) -> None:
    screen = w.open("/goods/", js=False)
    row = screen.part("row", "Product 2")
    screen.part("more", within=row).click()
    screen.seen("the action", screen.part("action-note", within=row))
    screen.part("action-note", within=row).click()
    screen.control("note", screen.part("operation-form")).fill("Fragile")
    screen.send(screen.part("confirm").click)
    screen.seen("the message", screen.part("message", "1 note written."))


@scenario("nojs.inline", "row_page", "A cell is edited on a page of its own.")
def _(w: Window) -> None:
    screen = w.open("/stock/", js=False)
    price = screen.part("row").first.locator('[data-label="Price"]')
    screen.part("cell-edit", within=price).click()
    screen.control("price", screen.part("row")).fill("7")
    screen.send(screen.part("row-save").click)
    screen.seen("the message", screen.part("message", "Product 1"))


@scenario("nojs.form.follows", "form_body", "A button brings a form up to date.")
def _(w: Window) -> None:
    screen = w.open("/lots/2/edit/", js=False)
    form = screen.part("form")
    screen.control("kind", form).select_option("toy")
    screen.send(screen.part("refresh").click)
    screen.until("the price", 1, screen.control("price", form).count)
