"""What a visitor can do with actions: of a row, of chosen rows, of an object, of the list."""

from typing import Any

from powercrud_core.testing.behaviour import behaviour
from powercrud_core.testing.behaviours_bulk import GOODS, asked, confirmed, facts, named, row
from powercrud_core.testing.behaviours_forms import described, product
from powercrud_core.testing.visitor import Page, Unmet, Visitor, words

__all__: list[str] = []

STATE = f"{GOODS}?kind=tool"


def more(page: Page, within: Any) -> tuple[Any, Any]:
    """Return the button that shows more actions, and what it shows."""
    button = page.one("more", within=within)
    panel = page.one("more-actions", within=within)
    page.expect("what the button shows", panel.get("id"), button.get("popovertarget"))
    return button, panel


def ran(page: Page, part: str, number: int) -> Page:
    """Follow a row's action."""
    return page.follow(page.one(part, within=row(page, number))).answers(200)


@behaviour("action.row", "bulk_page", "A row's action asks, and does it.")
def _(v: Visitor) -> None:
    page = ran(v.get(STATE), "action-sell", 2)
    page.says("bulk-page", "Sell “Product 2", "now?")
    page.expect("sold before", False, product(pk=2).get().sold)
    page = confirmed(page).answers(200)
    page.says("message", "Sell: done with 1 product.")
    page.expect("sold", True, product(pk=2).get().sold)
    page.expect("the address", STATE, page.url)


@behaviour("action.row.named", "action_menu", "A row's action says what it is about.")
def _(v: Visitor) -> None:
    page = v.get(STATE)
    found = words(page.one("action-sell", within=row(page, 2)))
    page.expect("the action", 'Sell: Product 2 "><i>', found)


@behaviour("action.row.absent", "row", "What cannot be done with a row is not offered there.")
def _(v: Visitor) -> None:
    page = v.get(GOODS)
    page.expect("the actions of what is sold", [], page.all("action-sell", row(page, 1)))


@behaviour("action.refused", "notice_page", "What cannot be done now says why, with a way back.")
def _(v: Visitor) -> None:
    page = v.get(f"{GOODS}1/do/sell/").answers(422)
    page.says("notice-page", "It is sold already.")
    page.expect(
        "data-pc-reason", "It is sold already.", page.one("notice-page").get("data-pc-reason")
    )
    links = [e for e in page.elements(page.one("notice-page")) if e.tag == "a"]
    page.expect("the links", 1, len(links))
    page.expect("the address", GOODS, page.follow(links[0]).url)


@behaviour("action.more", "action_menu", "More actions than fit are behind a button.")
def _(v: Visitor) -> None:
    page = v.get(STATE)
    _, panel = more(page, row(page, 2))
    page.expect("the button", "button", more(page, row(page, 2))[0].get("type"))
    found = [e.get("data-pc-part") for e in page.elements(panel) if e.tag == "a"]
    page.expect("what is behind it", ["action-check", "action-note"], found)


@behaviour("action.more.named", "action_menu", "The button says of which row it shows more.")
def _(v: Visitor) -> None:
    page = v.get(STATE)
    button, _ = more(page, row(page, 2))
    page.expect("its name", 'More actions for Product 2 "><i>', words(button))


@behaviour("action.more.follow", "action_menu", "What is behind the button leads on.")
def _(v: Visitor) -> None:
    page = v.get(STATE)
    _, panel = more(page, row(page, 2))
    page = page.follow(page.one("action-note", within=panel)).answers(200)
    page.says("form-page", "Add a note: “Product 2")


@behaviour("action.detail", "action_menu", "An object's page offers what can be done with it.")
def _(v: Visitor) -> None:
    page = v.get(f"{GOODS}2/?next=/goods/%3Fkind%3Dtool")
    page = page.follow(page.one("action-sell")).answers(200)
    confirmed(page).answers(200).says("message", "Sell: done with 1 product.")
    page.expect("sold", True, product(pk=2).get().sold)


@behaviour("action.detail.absent", "action_menu", "What cannot be done with it is not offered.")
def _(v: Visitor) -> None:
    page = v.get(f"{GOODS}1/")
    page.one("action-note")
    page.none("action-sell")


@behaviour("action.list", "action_menu", "An action of the list needs no rows.")
def _(v: Visitor) -> None:
    page = v.get(GOODS)
    page = page.follow(page.one("action-count")).answers(200)
    page.says("bulk-page", "Count?")
    confirmed(page).answers(200).says("message", "There are 12.")


@behaviour("action.form", "form_page", "An action's form is what asks.")
def _(v: Visitor) -> None:
    page = v.get(f"{GOODS}2/do/note/")
    named(page)
    page.expect("the help", True, "It stands on the box." in described(page, page.control("note")))
    confirmed(page, note="Fragile").answers(200).says("message", "1 note written.")
    page.expect("the note", "Fragile", product(pk=2).get().notes)


@behaviour("action.form.error", "form_page", "A mistake is told at its control; nothing is done.")
def _(v: Visitor) -> None:
    page = confirmed(v.get(f"{GOODS}2/do/note/"), note="x" * 21).answers(422)
    control = page.control("note")
    page.expect(
        "what was typed", ("x" * 21, "true"), (control.get("value"), control.get("aria-invalid"))
    )
    page.one("errors")
    confirmed(page, note="Short").answers(200)
    page.expect("the note", "Short", product(pk=2).get().notes)


@behaviour("action.bulk", "bulk_page", "An action on chosen rows asks, and does it.")
def _(v: Visitor) -> None:
    page = asked(v, "sell", 2, 6)
    page.says("bulk-page", "Sell 2 products now?")
    confirmed(page).answers(200).says("message", "Sell: done with 2 products.")
    page.expect("sold", 2, product(pk__in=(2, 6), sold=True).count())


@behaviour("action.bulk.form", "form_page", "An action's form is filled in once for all rows.")
def _(v: Visitor) -> None:
    page = asked(v, "note", 2, 6)
    page.says("form-page", "Add a note: 2 products")
    confirmed(page, note="Fragile").says("message", "2 notes written.")
    page.expect("the notes", 2, product(pk__in=(2, 6), notes="Fragile").count())


@behaviour("action.bulk.left-out", "bulk_groups", "What cannot be done now is left out, and why.")
def _(v: Visitor) -> None:
    page = confirmed(asked(v, "sell", 1, 2))
    page.says("bulk-groups", "It is sold already.", "Product 1")


@behaviour("action.result", "bulk_page", "What became of the rows is told in numbers and reasons.")
def _(v: Visitor) -> None:
    page = confirmed(asked(v, "check", 1, 2, 3)).answers(200)
    page.expect("the numbers", {"done": "1", "unchanged": "1", "failed": "1"}, facts(page))
    page.says("bulk-groups", "Not possible", "1 × Nobody knows when it was made.", "Product 3")


@behaviour("action.result.close", "bulk_page", "From the result back to the list.")
def _(v: Visitor) -> None:
    page = failed(v)
    page.expect("the address", f"{GOODS}?page_size=50", page.follow(page.one("cancel")).url)


def failed(v: Visitor) -> Page:
    """Return the result of an action of which one row failed."""
    return confirmed(asked(v, "check", 2, 3)).answers(200)


@behaviour("action.result.retry", "bulk_page", "What failed can be tried again, alone.")
def _(v: Visitor) -> None:
    page = failed(v)
    page.expect("the button", "Try 1 row again", words(page.one("retry")))
    product(pk=3).update(made="2024-01-03")
    page = confirmed(page, "retry").answers(200)
    page.says("bulk-page", "Check: 1 product?")
    confirmed(page).answers(200).says("message", "Check: done with 1 product.")


@behaviour("action.result.download", "bulk_page", "The reasons can be downloaded.")
def _(v: Visitor) -> None:
    file = confirmed(failed(v), "download").answers(200).html
    for text in ("Product 3", "Nobody knows when it was made."):
        if text not in file:
            raise Unmet(f"{text!r} in the file", file[:200])
