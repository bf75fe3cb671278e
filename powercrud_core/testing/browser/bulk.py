"""What somebody with a browser and the script can do with chosen rows and with actions."""

from typing import Any

from powercrud_core.testing.browser.scenario import scenario
from powercrud_core.testing.browser.screen import NARROW, WIDE, Screen, Window

__all__ = ["GOODS", "boxes", "closed", "picked", "pressed", "says"]

GOODS = "/goods/"
TICKED = "boxes => boxes.filter(box => box.checked).map(box => box.value)"


def listed(window: Window, query: str = "", **options: Any) -> Screen:
    """Open the list of which rows can be chosen, and mark its document."""
    screen = window.open(GOODS + query, **options)
    if options.get("js", True):
        screen.mark()
    return screen


def boxes(screen: Screen) -> Any:
    """Return the locator of the boxes of the rows."""
    return screen.part("row-select")


def box(screen: Screen, number: int) -> Any:
    """Return the locator of a product's box."""
    return boxes(screen).and_(screen.page.locator(f'[value="{number}"]'))


def picked(screen: Screen, *numbers: int) -> Screen:
    """Tick the boxes of some products."""
    for number in numbers:
        box(screen, number).check()
    return screen


def ticked(screen: Screen, *expected: int) -> None:
    """Expect that these rows of the page are chosen, and no others."""
    found = lambda: sorted(map(int, boxes(screen).evaluate_all(TICKED)))  # noqa: E731
    screen.until("the chosen rows", sorted(expected), found)


def says(screen: Screen, text: str) -> None:
    """Expect what the bar says of the choice."""
    status = screen.part("selection-status")
    screen.until("the status of the choice", text, lambda: status.inner_text().strip())


def pressed(screen: Screen, operation: str) -> Any:
    """Press a button of the bar; return the dialog that opens."""
    screen.part(f"bulk-{operation}").click()
    dialog = screen.page.locator("dialog:modal")
    screen.seen("the dialog", dialog)
    return dialog


def asked(screen: Screen) -> list[str]:
    """Return a list that grows with every request for a page."""
    found: list[str] = []

    def note(request: Any) -> None:
        if request.resource_type in ("document", "fetch"):
            found.append(f"{request.method} {request.url}")

    screen.page.on("request", note)
    return found


def closed(screen: Screen) -> None:
    """Expect that no dialog is open any more."""
    screen.until("dialogs", 0, screen.page.locator("dialog:modal").count)
    screen.quiet()


def mixed(screen: Screen) -> tuple[bool, bool]:
    """Return whether the box of the page is ticked, and whether it is mixed."""
    look = "tick => [tick.checked, tick.indeterminate]"
    checked, half = screen.part("page-select").evaluate(look)
    return checked, half


# Choosing


@scenario("list.select.tick", "selection_bar", "A tick is counted, and costs no request.")
def _(w: Window) -> None:
    screen = listed(w)
    requests = asked(screen)
    says(screen, "Nothing selected")
    picked(screen, 1, 11)
    says(screen, "Selected: 2")
    screen.expect("the count", True, screen.part("selection-status").is_visible())
    screen.expect("requests", [], requests)
    box(screen, 1).uncheck()
    says(screen, "Selected: 1")


@scenario("list.select.keyboard", "row", "A box is reached and ticked by keyboard.")
def _(w: Window) -> None:
    screen = listed(w)
    box(screen, 10).focus()
    screen.page.keyboard.press("Space")
    ticked(screen, 10)
    says(screen, "Selected: 1")


@scenario("list.select.page-box", "table", "The box of the page chooses its rows, and leaves them.")
def _(w: Window) -> None:
    screen = listed(w)
    screen.seen("the box of the page", screen.part("page-select"))
    screen.part("page-select").check()
    ticked(screen, 1, 2, 10, 11, 12)
    says(screen, "Selected: 5")
    screen.part("page-select").uncheck()
    ticked(screen)
    says(screen, "Nothing selected")


@scenario("list.select.page-box.mixed", "table", "It is mixed where some of its rows are chosen.")
def _(w: Window) -> None:
    screen = picked(listed(w), 1)
    screen.until("the box of the page", (False, True), lambda: mixed(screen))
    picked(screen, 2, 10, 11, 12)
    screen.until("the box of the page", (True, False), lambda: mixed(screen))
    box(screen, 12).uncheck()
    screen.until("the box of the page", (False, True), lambda: mixed(screen))


@scenario(
    "list.select.page-box.barred", "row", "What cannot be chosen is left out; it can be seen."
)
def _(w: Window) -> None:
    screen = listed(w, "?page=2")
    screen.expect("the box of the row", True, box(screen, 4).is_disabled())
    screen.seen("the box of the row", box(screen, 4))
    screen.part("page-select").check()
    ticked(screen, 3, 5, 6, 7)


@scenario("list.select.shift", "row", "A click with Shift chooses all between.")
def _(w: Window) -> None:
    screen = listed(w)
    box(screen, 10).click()
    box(screen, 12).click(modifiers=["Shift"])
    ticked(screen, 10, 11, 12)
    box(screen, 11).click(modifiers=["Shift"])
    ticked(screen, 10)


@scenario("list.select.shift.barred", "row", "What cannot be chosen stays out of what is between.")
def _(w: Window) -> None:
    screen = listed(w, "?page=2")
    box(screen, 3).click()
    box(screen, 6).click(modifiers=["Shift"])
    ticked(screen, 3, 5, 6)


@scenario("list.select.paging", "selection_bar", "The choice is kept over pages and order.")
def _(w: Window) -> None:
    screen = picked(listed(w), 1, 11)
    screen.id("-next", screen.part("pagination")).click()
    screen.shows(3, 4, 5, 6, 7)
    says(screen, "Selected: 2")
    ticked(screen)
    picked(screen, 5)
    says(screen, "Selected: 3")
    screen.id("-sort-price", screen.part("table")).click()
    screen.shows(1, 2, 3, 4, 5)
    ticked(screen, 1, 5)
    screen.stays()
    dialog = pressed(screen, "sell")
    told = "Sell 3 products now?"
    screen.until("the question", True, lambda: told in dialog.inner_text())


@scenario("list.select.filter", "selection_bar", "Other filters drop the choice, and that is said.")
def _(w: Window) -> None:
    screen = picked(listed(w), 1, 2)
    panel = screen.open_panel("-filter-details")
    screen.control("kind", panel).select_option("toy")
    screen.shows(1, 11, 3, 5, 7)
    says(screen, "Nothing selected: other rows match now.")
    ticked(screen)
    picked(screen, 3)
    says(screen, "Selected: 1")


@scenario("list.select.matching", "selection_bar", "All that match are chosen, on every page.")
def _(w: Window) -> None:
    screen = listed(w)
    screen.part("select-matching").check()
    ticked(screen, 1, 2, 10, 11, 12)
    says(screen, "Selected: 11, all that match")
    screen.id("-next", screen.part("pagination")).click()
    screen.shows(3, 4, 5, 6, 7)
    ticked(screen, 3, 5, 6, 7)


@scenario("list.select.matching.but", "selection_bar", "All that match but some can be chosen.")
def _(w: Window) -> None:
    screen = listed(w)
    screen.part("select-matching").check()
    box(screen, 10).uncheck()
    says(screen, "Selected: 10")
    dialog = pressed(screen, "update")
    screen.until("the form", True, lambda: "Edit: 10 products" in dialog.inner_text())


@scenario(
    *("list.select.in-sight", "selection_bar", "Beside the rows, the bar stays in sight."),
    level="accessible",
)
def _(w: Window) -> None:
    for width in (WIDE, NARROW):
        screen = picked(listed(w, width=width), 1, 2)
        screen.seen("the count", screen.part("selection-status"))
        screen.seen("the button", screen.part("bulk-update"))


@scenario("list.select.none", "selection_bar", "A button clears the choice; focus is not lost.")
def _(w: Window) -> None:
    screen = picked(listed(w), 1, 2)
    clear = screen.part("selection-clear")
    screen.expect("the button", True, clear.is_visible())
    clear.focus()
    screen.page.keyboard.press("Enter")
    ticked(screen)
    says(screen, "Nothing selected")
    held = "() => document.activeElement.dataset.pcPart"
    screen.until("the focus", "row-select", lambda: screen.page.evaluate(held))


@scenario("list.select.nothing", "selection_bar", "Without a choice a button says so, and no more.")
def _(w: Window) -> None:
    screen = listed(w)
    requests = asked(screen)
    screen.part("bulk-update").click()
    says(screen, "Nothing selected")
    screen.page.wait_for_timeout(200)
    screen.expect("dialogs", 0, screen.page.locator("dialog:modal").count())
    screen.expect("requests", [], requests)


@scenario("list.select.narrow", "selection_bar", "Rows are chosen and changed on a phone.")
def _(w: Window) -> None:
    screen = picked(listed(w, width=NARROW), 1, 2)
    says(screen, "Selected: 2")
    screen.expect("the button", True, screen.part("bulk-update").is_visible())
    dialog = pressed(screen, "update")
    screen.seen("the form", screen.part("form-page", within=dialog))


# Changing


@scenario("bulk.edit.dialog", "form_page", "A mistake, a preview, a change: all in a dialog.")
def _(w: Window) -> None:
    screen = picked(listed(w), 1, 2)
    dialog = pressed(screen, "update")
    price = screen.control("price", dialog)
    screen.control("mode-price", dialog).select_option("set")
    screen.control("kind", dialog).select_option("tool")
    price.evaluate("e => { e.type = 'text'; e.value = 'x'; }")
    screen.send(screen.part("preview", within=dialog).click)
    screen.seen("the errors", screen.part("error-summary", within=dialog))
    kept = [screen.control(name, dialog).input_value() for name in ("mode-kind", "kind")]
    screen.expect("what was picked", ["set", "tool"], kept)
    screen.control("price", dialog).fill("7")
    screen.send(screen.part("preview", within=dialog).click)
    screen.until("changes", 3, screen.part("row-change", within=dialog).count)
    screen.send(screen.part("confirm", within=dialog).click)
    closed(screen)
    screen.seen("the message", screen.part("message", "2 products changed."))
    prices = screen.page.locator('[data-label="Price"]')
    screen.until("the prices", 2, lambda: prices.get_by_text("7.00").count())
    says(screen, "Nothing selected")
    ticked(screen)
    screen.stays()


@scenario("bulk.edit.implied", "form_body", "To write a value is to want it.")
def _(w: Window) -> None:
    screen = picked(listed(w), 1)
    dialog = pressed(screen, "update")
    screen.control("price", dialog).fill("7")
    mode = screen.control("mode-price", dialog)
    screen.until("the mode", "set", mode.input_value)
    mode.select_option("keep")
    screen.expect("the mode", "keep", mode.input_value())


@scenario("bulk.cancel", "selection_bar", "Who leaves the dialog finds the choice and the focus.")
def _(w: Window) -> None:
    screen = picked(listed(w), 1, 2)
    dialog = pressed(screen, "delete")
    screen.part("cancel", within=dialog).click()
    closed(screen)
    ticked(screen, 1, 2)
    says(screen, "Selected: 2")
    focus = lambda: screen.focused  # noqa: E731
    screen.until("the focus", "bulk-delete", focus)


@scenario("bulk.delete.typed", "bulk_page", "Of many rows the number is typed before they go.")
def _(w: Window) -> None:
    screen = listed(w, "?page_size=50")
    picked(screen, 2, 3, 5, 6)
    dialog = pressed(screen, "delete")
    number = screen.control("_typed", dialog)
    number.fill("3")
    screen.send(screen.part("confirm", within=dialog).click)
    screen.seen("the error", screen.part("errors", within=dialog))
    screen.control("_typed", dialog).fill("4")
    screen.send(screen.part("confirm", within=dialog).click)
    closed(screen)
    screen.shows(1, 10, 11, 12, 4, 7, 8, 9)
    screen.seen("the message", screen.part("message", "4 products deleted."))


# Actions


@scenario("action.row", "action_menu", "A row's action asks in a dialog; the row changes in place.")
def _(w: Window) -> None:
    screen = listed(w)
    row = screen.part("row", "Product 2")
    screen.part("action-sell", within=row).click()
    dialog = screen.page.locator("dialog:modal")
    screen.until("the question", True, lambda: "now?" in dialog.inner_text())
    screen.send(screen.part("confirm", within=dialog).click)
    closed(screen)
    screen.until("what can be sold", 0, screen.part("action-sell", within=row).count)
    screen.seen("the message", screen.part("message", "Sell: done"))
    lost = "() => document.activeElement === document.body"
    screen.until("focus that is lost", False, lambda: screen.page.evaluate(lost))
    screen.stays()


@scenario("action.more", "action_menu", "More actions open, are reached and left by keyboard.")
def _(w: Window) -> None:
    screen = listed(w)
    row = screen.part("row", "Product 2")
    button, panel = screen.part("more", within=row), screen.part("more-actions", within=row)
    screen.expect("the menu in sight before", False, panel.is_visible())
    button.focus()
    screen.page.keyboard.press("Enter")
    screen.seen("the menu", panel)
    screen.page.keyboard.press("Tab")
    screen.until("the focus", "action-check", lambda: screen.focused)
    screen.page.keyboard.press("Escape")
    screen.until("the menu in sight", False, panel.is_visible)
    screen.until("the focus", "more", lambda: screen.focused)


@scenario("action.more.dialog", "action_menu", "An action behind the button opens its dialog.")
def _(w: Window) -> None:
    screen = listed(w)
    row = screen.part("row", "Product 2")
    screen.part("more", within=row).click()
    screen.part("action-note", within=row).click()
    dialog = screen.page.locator("dialog:modal")
    screen.seen("the form", screen.part("form-page", within=dialog))
    screen.control("note", dialog).fill("Fragile")
    screen.send(screen.part("confirm", within=dialog).click)
    closed(screen)
    screen.seen("the message", screen.part("message", "1 note written."))


@scenario("action.more.narrow", "action_menu", "More actions are in sight on a phone.")
def _(w: Window) -> None:
    screen = listed(w, width=NARROW)
    row = screen.part("row", "Product 2")
    screen.part("more", within=row).click()
    for part in ("action-check", "action-note"):
        screen.seen(part, screen.part(part, within=row))


@scenario("action.result", "bulk_page", "What failed is told in the dialog, and can be left.")
def _(w: Window) -> None:
    screen = listed(w, "?page_size=50")
    dialog = pressed(picked(screen, 2, 3), "check")
    screen.send(screen.part("confirm", within=dialog).click)
    screen.seen("the reasons", screen.part("bulk-groups", within=dialog))
    told = "Nobody knows when it was made."
    screen.until("the reason", True, lambda: told in dialog.inner_text())
    screen.part("cancel", within=dialog).click()
    closed(screen)
    says(screen, "Nothing selected")
