"""What somebody with a browser and the script can do in rows, in dialogs, and beside others."""

from typing import Any

from powercrud_core.testing.browser.forms import EDIT, filled, sent
from powercrud_core.testing.browser.scenario import scenario
from powercrud_core.testing.browser.screen import Screen, Window

__all__: list[str] = []

STOCK, SHELF, GOODS, LOT = "/stock/", "/shelf/", "/goods/", "/lots/2/edit/"
FOCUSED = "() => document.activeElement.name || document.activeElement.dataset.pcPart"


def cell(screen: Screen, label: str, row: str = "Product 1") -> Any:
    """Return the locator of a cell of the first row with a text."""
    return screen.part("row", row).first.locator(f'[data-label="{label}"]')


def opened(window: Window, label: str = "Price", path: str = STOCK) -> Screen:
    """Open the editor of a cell of the first row, by keyboard."""
    screen = window.open(path)
    screen.mark()
    screen.part("cell-edit", within=cell(screen, label)).focus()
    screen.page.keyboard.press("Enter")
    screen.until("the focus", label.lower(), lambda: screen.page.evaluate(FOCUSED))
    return screen


def dialog(screen: Screen) -> Any:
    """Return the locator of the dialog that is open."""
    found = screen.page.locator("dialog:modal[data-pc-kind]")
    screen.seen("the dialog", found)
    return found


# In the list


@scenario("inline.save", "row_page", "A cell is edited in place; Enter saves, focus is back.")
def _(w: Window) -> None:
    screen = opened(w)
    screen.page.keyboard.type("7")
    screen.send(lambda: screen.page.keyboard.press("Enter"))
    screen.until("the price", True, lambda: "7.00" in cell(screen, "Price").inner_text())
    screen.until("the focus", "cell-edit", lambda: screen.page.evaluate(FOCUSED))
    screen.stays()


@scenario("inline.leave", "row_page", "Escape leaves an editor; nothing changes, focus is back.")
def _(w: Window) -> None:
    screen = opened(w)
    screen.page.keyboard.type("7")
    screen.page.keyboard.press("Escape")
    screen.until("the focus", "cell-edit", lambda: screen.page.evaluate(FOCUSED))
    screen.until("the price", True, lambda: "1.00" in cell(screen, "Price").inner_text())
    screen.stays()


@scenario("inline.error", "row_page", "A mistake is seen in its cell; what was typed stays.")
def _(w: Window) -> None:
    screen = opened(w)
    screen.page.keyboard.type("123456789")
    screen.send(lambda: screen.page.keyboard.press("Enter"))
    wrong = screen.page.locator('[name="price"][aria-invalid="true"]')
    screen.seen("the wrong control", wrong)
    screen.expect("what was typed", "123456789", wrong.input_value())
    screen.seen("the error", screen.part("errors", within=screen.part("row").first))
    wrong.fill("8")
    screen.send(lambda: screen.page.keyboard.press("Enter"))
    screen.until("the price", True, lambda: "8.00" in cell(screen, "Price").inner_text())


@scenario("inline.tab", "row_page", "Tab saves a cell and opens the next one.")
def _(w: Window) -> None:
    screen = opened(w)
    screen.page.keyboard.type("7")
    screen.send(lambda: screen.page.keyboard.press("Tab"))
    screen.until("the focus", "made", lambda: screen.page.evaluate(FOCUSED))
    screen.page.keyboard.press("Escape")
    screen.until("the price", True, lambda: "7.00" in cell(screen, "Price").inner_text())


@scenario("inline.row", "row_page", "A row is edited as a whole, and saved by its button.")
def _(w: Window) -> None:
    screen = opened(w, "Price", SHELF)
    row = screen.part("row").first
    screen.control("price", row).fill("7")
    screen.control("kind", row).select_option("tool")
    screen.seen("the button", screen.part("row-save", within=row))
    screen.send(screen.part("row-save", within=row).click)
    screen.until("the price", True, lambda: "7.00" in cell(screen, "Price").inner_text())
    screen.until("the kind", True, lambda: "Tool" in cell(screen, "Kind").inner_text())


# In dialogs


@scenario("form.dialog.save", "dialog", "A form in a dialog is corrected and saved, in place.")
def _(w: Window) -> None:
    screen = w.open(f"{GOODS}?sort=price")
    screen.mark()
    screen.part("action-update", within=screen.part("row").first).click()
    found = dialog(screen)
    screen.control("name", found).fill("")
    screen.send(screen.part("save", within=found).click)
    screen.seen("the errors", screen.part("error-summary", within=found))
    screen.control("name", found).fill("Saw")
    screen.send(screen.part("save", within=found).click)
    screen.until("dialogs", 0, found.count)
    screen.seen("the message", screen.part("message", "Saw"))
    screen.until("the name", True, lambda: "Saw" in screen.part("row").first.inner_text())
    screen.until("the focus", "action-update", lambda: screen.page.evaluate(FOCUSED))
    screen.stays()


@scenario("form.dialog.guard", "confirmation", "What was typed is not given up without a question.")
def _(w: Window) -> None:
    screen = w.open(GOODS)
    screen.part("action-update", within=screen.part("row").first).click()
    found = dialog(screen)
    screen.control("name", found).fill("Saw")
    screen.page.keyboard.press("Escape")
    screen.seen("the question", screen.part("confirmation"))
    screen.part("stay").click()
    screen.expect("the name", "Saw", screen.control("name", found).input_value())
    screen.page.keyboard.press("Escape")
    screen.part("leave").click()
    screen.until("dialogs", 0, screen.page.locator("dialog:modal").count)
    screen.until("the focus", "action-update", lambda: screen.page.evaluate(FOCUSED))


@scenario("form.dialog.close", "dialog", "A dialog has a button to close it, which can be seen.")
def _(w: Window) -> None:
    screen = w.open(GOODS)
    screen.part("action-delete", within=screen.part("row").first).click()
    found = dialog(screen)
    close = screen.part("dialog-close", within=found)
    screen.seen("the button", close)
    close.click()
    screen.until("dialogs", 0, found.count)
    screen.until("the focus", "action-delete", lambda: screen.page.evaluate(FOCUSED))


# Beside others


@scenario("form.conflict", "conflict_page", "Two who change one field: the second decides.")
def _(w: Window) -> None:
    mine, theirs = w.open(EDIT), w.open(EDIT)
    sent(filled(theirs, name="Theirs"))
    sent(filled(mine, name="Mine"))
    mine.seen("the conflict", mine.part("field-conflict"))
    choices = mine.part("field-conflict").locator("input[type=radio]")
    mine.expect("the choices", 2, choices.count())
    for number in range(2):
        mine.seen("a choice", choices.nth(number))
    choices.nth(1).check()
    sent(mine, "save")
    mine.seen("the message", mine.part("message", "Mine"))


# Fields that follow others


@scenario(
    "form.follows", "form_body", "A field that follows another comes in place, with its value."
)
def _(w: Window) -> None:
    screen = filled(w.open(LOT), name="Saw")
    screen.mark()
    form = screen.part("form")
    price = screen.control("price", form)
    screen.expect("the price in sight before", 0, price.count())
    screen.control("kind", form).focus()
    screen.control("kind", form).select_option("toy")
    screen.seen("the price", price)
    screen.until("the weight", "7", screen.control("weight", form).input_value)
    screen.expect("the name", "Saw", screen.control("name", form).input_value())
    screen.until("the focus", "kind", lambda: screen.page.evaluate(FOCUSED))
    screen.control("kind", form).select_option("tool")
    screen.until("prices in sight", 0, price.count)
    screen.stays()


@scenario("filter.boxes", "filter_form", "Several values are ticked behind a button; each filters.")
def _(w: Window) -> None:
    screen = w.open("/products/")
    panel = screen.open_panel("-filter-details")
    screen.part("popover-button", within=panel).click()
    boxes = screen.part("popover", within=panel)
    screen.seen("the boxes", boxes)
    boxes.locator("input").first.check()
    screen.shows(1)
    summary = screen.part("popover-summary")
    screen.until("the summary", True, lambda: "Tag 1" in summary.inner_text())
