"""What a visitor can do with chosen rows: without a script, by forms alone."""

from typing import Any

from powercrud_core.testing.behaviour import behaviour
from powercrud_core.testing.behaviours_forms import described, product
from powercrud_core.testing.visitor import FIELDS, Page, Unmet, Visitor, words

__all__ = ["GOODS", "asked", "chosen", "confirmed", "facts", "named", "row"]

GOODS = "/goods/"
STATE = f"{GOODS}?kind=tool"
PRICE = {"mode-price": "set", "price": "7"}


def row(page: Page, number: int) -> Any:
    """Return the row of a product."""
    found = [
        r for r in page.all("row") if words(page.all("cell", r)[0]).split()[1:2] == [str(number)]
    ]
    if len(found) != 1:
        raise Unmet(f"one row of Product {number}", f"{len(found)} on {page.url}")
    return found[0]


def box(page: Page, number: int) -> Any:
    """Return the box of a product's row, which belongs to the form of the bar."""
    found = page.one("row-select", within=row(page, number))
    if page.form_of(found) is not page.one("selection-form"):
        raise Unmet("the box of a row in the selection-form", f"outside of it on {page.url}")
    return found


def chosen(page: Page, operation: str, *numbers: int, **more: Any) -> Page:
    """Tick rows and press a button of the bar."""
    keys = [str(box(page, number).get("value")) for number in numbers]
    return page.send("selection-form", page.one(f"bulk-{operation}"), pk=keys or None, **more)


def asked(v: Visitor, operation: str, *numbers: int, query: str = "?page_size=50") -> Page:
    """Return the first page of an operation on some products."""
    return chosen(v.get(GOODS + query), operation, *numbers).answers(200)


def every(page: Page, operation: str) -> Page:
    """Choose all that match."""
    page.one("select-matching")
    return page.send("selection-form", page.one(f"bulk-{operation}"), all="1")


def confirmed(page: Page, part: str = "confirm", **values: Any) -> Page:
    """Press a button of an operation's page."""
    return page.send("operation-form", page.one(part), **values)


def previewed(v: Visitor, *numbers: int, **values: Any) -> Page:
    """Return the preview of an edit of some products."""
    return confirmed(asked(v, "update", *numbers), "preview", **values).answers(200)


def facts(page: Page) -> dict[str, str]:
    """Return the numbers of an operation's page by their kind."""
    told = {e.get("data-pc-fact"): words(e).split()[-1] for e in page.all("fact")}
    return {str(kind): number for kind, number in told.items()}


def prices(*numbers: int) -> list[int]:
    """Return what products cost."""
    return [int(product(pk=number).get().price) for number in numbers]


def named(page: Page) -> None:
    """Expect a label, or a group with a name, for each control of an operation's form."""
    form = page.one("operation-form")
    labels = {e.get("for") for e in page.elements(form) if e.tag == "label"}
    for control in page.elements(form):
        if control.tag not in FIELDS or control.get("type") in ("hidden", "submit"):
            continue
        around, name = control, control.get("aria-label") or control.get("aria-labelledby")
        while around is not None and not name:
            name = around.tag == "label" or (around.get("role") or around.tag) in GROUPS
            around = page.parents.get(around)
        if not name and control.get("id") not in labels:
            raise Unmet(f"a label for {control.get('name')!r}", f"none on {page.url}")


GROUPS = ("group", "radiogroup", "fieldset")


# ---- choosing


@behaviour("list.select.row", "row", "Every row has a box of its own, in the form of the bar.")
def _(v: Visitor) -> None:
    page = v.get(GOODS)
    values = [page.one("row-select", within=r).get("value") for r in page.all("row")]
    page.expect("the boxes", ["1", "10", "11", "12", "2"], values)
    for number in (1, 10, 11, 12, 2):
        page.expect("the name", "pk", box(page, number).get("name"))


@behaviour("list.select.row.named", "row", "A box says which row it chooses.")
def _(v: Visitor) -> None:
    page = v.get(GOODS)
    page.expect("the name of a box", "Select Product 1", box(page, 1).get("aria-label"))


@behaviour("list.select.barred", "row", "A row that cannot be chosen says why; its box is off.")
def _(v: Visitor) -> None:
    page = v.get(f"{GOODS}?page_size=50")
    off = [e for e in page.all("row-select") if "disabled" in e.attrib]
    page.expect("the boxes that are off", [box(page, 4)], off)
    for name in ("aria-label", "title"):
        if "It is on its way." not in off[0].get(name, ""):
            raise Unmet(f"the reason in {name}", f"{off[0].get(name)!r} on {page.url}")


@behaviour(
    "list.select.barred.sent", "bulk_page", "What cannot be chosen is left out all the same."
)
def _(v: Visitor) -> None:
    page = v.get(f"{GOODS}?page_size=50")
    page = page.send("selection-form", page.one("bulk-sell"), pk=["2", "4"]).answers(200)
    page = confirmed(page)
    page.says("bulk-page", "It is on its way.")
    page.expect("what is sold", [True, False], [p.sold for p in product(pk__in=(2, 4))])


@behaviour(
    "list.select.page-box", "table", "The box of the page waits for the script, with a name."
)
def _(v: Visitor) -> None:
    page = v.get(GOODS)
    tick = page.one("page-select", within=page.one("table"))
    page.expect("hidden", True, "hidden" in tick.attrib)
    page.expect("its name", "Select all rows of this page", tick.get("aria-label"))
    page.expect("what it would send", None, tick.get("name"))


@behaviour("list.select.bar", "selection_bar", "The bar is a group with a name and a status.")
def _(v: Visitor) -> None:
    page = v.get(GOODS)
    bar = page.one("selection-bar")
    page.expect("role and name", ("group", "Selected products"), named_group(bar))
    status = page.one("selection-status", within=bar)
    page.expect("the status", ("status", ""), (status.get("role"), words(status)))


def named_group(element: Any) -> tuple[str | None, str | None]:
    return element.get("role"), element.get("aria-label")


@behaviour("list.select.operations", "selection_bar", "Each operation has a button in the bar.")
def _(v: Visitor) -> None:
    page = v.get(GOODS)
    form = page.one("selection-form")
    wanted = ["bulk-update", "bulk-delete", "bulk-sell", "bulk-check", "bulk-note"]
    page.expect(
        "the buttons", wanted, [b.get("data-pc-part") for b in page.buttons("selection-form")]
    )
    for part in wanted:
        page.expect("its form", form, page.form_of(page.one(part)))


@behaviour("list.select.none", "selection_bar", "A button clears the choice.")
def _(v: Visitor) -> None:
    page = v.get(GOODS)
    clear = page.one("selection-clear")
    page.expect("its type", "reset", clear.get("type"))
    page.expect("its form", page.one("selection-form"), page.form_of(clear))


@behaviour("list.select.nothing", "notice_page", "Who chose nothing is told so.")
def _(v: Visitor) -> None:
    page = chosen(v.get(GOODS), "update").answers(400)
    page.says("notice-page", "Nothing is selected. Tick some rows first.")


@behaviour(
    "list.select.matching", "selection_bar", "All that match can be chosen, and are counted."
)
def _(v: Visitor) -> None:
    page = v.get(STATE)
    page.says("selection-bar", "All 5 that match")
    every(page, "update").answers(200).says("form-page", "Edit: 5 products")


@behaviour("list.select.matching.search", "selection_bar", "Search and filters say which match.")
def _(v: Visitor) -> None:
    page = v.get(f"{GOODS}?kind=toy&q=maker+2")
    page.says("selection-bar", "All 2 that match")
    every(page, "update").says("form-page", "Edit: 2 products")


# ---- editing


@behaviour("bulk.edit.open", "form_page", "The form says how many rows; it keeps everything.")
def _(v: Visitor) -> None:
    page = asked(v, "update", 1, 2)
    page.says("form-page", "Edit: 2 products", "What is kept stays as it is in every row.")
    sent = dict(page.typed(page.one("operation-form")))
    modes = {name: values for name, values in sent.items() if name.startswith("mode-")}
    page.expect("the modes", {f"mode-{n}": ["keep"] for n in FIELDS_OF_EDIT}, modes)


FIELDS_OF_EDIT = ("maker", "tags", "kind", "price", "sold")


@behaviour("bulk.edit.named", "field_group", "Every control of a bulk form has a name.")
def _(v: Visitor) -> None:
    named(asked(v, "update", 1, 2))


@behaviour("bulk.edit.now", "field_group", "Each field tells what the rows have now.")
def _(v: Visitor) -> None:
    page = asked(v, "update", 1, 3)
    for name, text in (("kind", "Now: Toy."), ("price", "Now: different values.")):
        told = described(page, page.control(name, page.one("operation-form")))
        page.expect(f"what {name} tells", True, text in told)


@behaviour("bulk.edit.several", "form_body", "Several values can be added, removed or replaced.")
def _(v: Visitor) -> None:
    page = previewed(v, 1, 2, **{"mode-tags": "add", "tags": ["3"]})
    confirmed(page).answers(200)
    tags = [sorted(p.tags.values_list("pk", flat=True)) for p in product(pk__in=(1, 2))]
    page.expect("the tags", [[1, 2, 3], [3]], tags)


@behaviour("bulk.edit.choose", "choice_page", "A large relation is picked; the form is kept.")
def _(v: Visitor) -> None:
    page = asked(v, "update", 1, 2)
    page = page.send("operation-form", page.one("choose"), **PRICE, **{"mode-maker": "set"})
    page = page.answers(200).pick("Maker 4").answers(200)
    page = confirmed(confirmed(page, "preview"))
    found = [(p.maker_id, p.price) for p in product(pk__in=(1, 2))]
    page.expect("makers and prices", [(4, 7), (4, 7)], found)


@behaviour("bulk.edit.error", "form_page", "A wrong value is told at its control; the rest stays.")
def _(v: Visitor) -> None:
    page = asked(v, "update", 1, 2)
    values = {"mode-price": "set", "price": "x", "mode-kind": "set", "kind": "tool"}
    page = confirmed(page, "preview", **values).answers(422)
    page.one("error-summary")
    control = page.control("price", page.one("operation-form"))
    page.expect(
        "what was typed", ("x", "true"), (control.get("value"), control.get("aria-invalid"))
    )
    page.expect("the error", True, "Enter a number." in described(page, control))
    sent = dict(page.typed(page.one("operation-form")))
    page.expect("the rest", (["set"], ["tool"]), (sent["mode-kind"], sent["kind"]))


@behaviour("bulk.edit.cancel", "form_page", "Cancel leads back to the list as it was.")
def _(v: Visitor) -> None:
    page = chosen(v.get(STATE), "update", 2)
    page.expect("the address", STATE, page.follow(page.one("cancel")).url)


@behaviour("bulk.preview", "bulk_page", "What would happen is told in numbers; nothing happens.")
def _(v: Visitor) -> None:
    page = previewed(v, 1, 2, 7, **PRICE)
    page.says("bulk-page", "Edit: 3 products", "Nothing has been changed yet.")
    page.expect("the numbers", {"done": "2", "unchanged": "1"}, facts(page))
    page.expect("the prices", [1, 2, 7], prices(1, 2, 7))


@behaviour("bulk.preview.changes", "bulk_page", "Some changes are shown: before and afterwards.")
def _(v: Visitor) -> None:
    page = previewed(v, 1, 2, **PRICE)
    shown = [words(change) for change in page.all("row-change")]
    for change, number in zip(shown, (1, 2), strict=True):
        order = [change.find(t) for t in (f"Product {number}", "Price", f"{number}.00", "7.00")]
        page.expect(f"the places of name, field and values in {change!r}", True, rising(order))


def rising(places: list[int]) -> bool:
    return places == sorted(places) and places[0] >= 0


@behaviour("bulk.preview.change", "bulk_page", "From the preview back to what was typed.")
def _(v: Visitor) -> None:
    page = confirmed(previewed(v, 1, 2, **PRICE), "change").answers(200)
    sent = dict(page.typed(page.one("operation-form")))
    page.expect("what was typed", (["set"], ["7"]), (sent["mode-price"], sent["price"]))


@behaviour("bulk.preview.named", "bulk_page", "The button says what it does to how many rows.")
def _(v: Visitor) -> None:
    page = previewed(v, 1, 2, **PRICE)
    page.expect("the button", "Edit: 2 products", words(page.one("confirm")))


@behaviour("bulk.edit.save", "bulk_page", "Confirmed, the rows change, and nothing else does.")
def _(v: Visitor) -> None:
    before = product(pk=1).values("name", "kind", "sold", "maker_id")[0]
    page = confirmed(previewed(v, 1, 2, **PRICE)).answers(200)
    page.says("message", "2 products changed.")
    page.expect("the prices", [7, 7, 3], prices(1, 2, 3))
    page.expect("the rest", before, product(pk=1).values(*before)[0])


@behaviour("bulk.edit.returns", "bulk_page", "Afterwards the list is as it was.")
def _(v: Visitor) -> None:
    page = confirmed(chosen(v.get(STATE), "update", 2), "preview", **PRICE)
    page.expect("the address", STATE, confirmed(page).url)


@behaviour("bulk.edit.matching", "bulk_page", "All that match are changed, on all pages.")
def _(v: Visitor) -> None:
    page = confirmed(every(v.get(f"{GOODS}?kind=toy"), "update"), "preview", **PRICE)
    confirmed(page).says("message", "5 products changed. 1 product had the values already.")
    page.expect("the toys", 6, product(kind="toy", price=7).count())
    page.expect("the tools", 0, product(kind="tool", price=7).count())


@behaviour("bulk.matching.changed", "bulk_page", "Other rows match now: it asks again.")
def _(v: Visitor) -> None:
    page = confirmed(every(v.get(f"{GOODS}?kind=toy"), "update"), "preview", **PRICE)
    product(pk=2).update(kind="toy")
    page = confirmed(page).answers(409)
    page.says("message", "6 rows were confirmed, 7 match now.")
    page.expect("the prices", 1, product(price=7).count())
    confirmed(page).answers(200)
    page.expect("the prices then", 7, product(kind="toy", price=7).count())


@behaviour("bulk.edit.changed", "bulk_groups", "What somebody changed meanwhile is left out.")
def _(v: Visitor) -> None:
    page = previewed(v, 1, 2, **PRICE)
    product(pk=2).update(price=5)
    page = confirmed(page).answers(200)
    page.says("bulk-groups", "Somebody has changed this row meanwhile", "Product 2")
    page.expect("the prices", [7, 5], prices(1, 2))


@behaviour("bulk.once", "bulk_page", "The same confirmation works once.")
def _(v: Visitor) -> None:
    page = asked(v, "sell", 2)
    confirmed(page).answers(200)
    product(pk=2).update(sold=False)
    confirmed(page).answers(409).says(
        "notice-page", "This was sent before: it is done, or still under way."
    )
    page.expect("sold", False, product(pk=2).get().sold)


# ---- deleting


@behaviour("bulk.delete.confirm", "bulk_page", "Several are deleted, after a question.")
def _(v: Visitor) -> None:
    page = asked(v, "delete", 2, 3)
    page.expect("before", 12, product().count())
    confirmed(page).answers(200).says("message", "2 products deleted.")
    page.expect("what is left", 0, product(pk__in=(2, 3)).count())


@behaviour("bulk.delete.protected", "bulk_groups", "What is in the way is counted and named.")
def _(v: Visitor) -> None:
    page = asked(v, "delete", 1, 2)
    groups = {e.get("data-pc-groups"): words(e) for e in page.all("bulk-groups")}
    page.expect("the groups", ["protected", "failed"], list(groups))
    for kind, texts in (
        ("protected", ("They are still needed by", "8 orders")),
        ("failed", ("Not possible", "1 × It is still needed by 8 orders.", "Product 1")),
    ):
        for text in texts:
            page.expect(f"{text!r} in {groups[kind]!r}", True, text in groups[kind])


@behaviour("bulk.delete.rest", "bulk_page", "What can be deleted can be, without the others.")
def _(v: Visitor) -> None:
    page = asked(v, "delete", 1, 2)
    page.expect("the button", "Delete: 1 product", words(page.one("confirm")))
    confirmed(page).answers(200)
    page.expect("what is left", [1], [p.pk for p in product(pk__in=(1, 2))])


@behaviour("bulk.delete.typed", "bulk_page", "Of many rows the number is to be typed.")
def _(v: Visitor) -> None:
    page = asked(v, "delete", 2, 3, 5, 6)
    page.says("bulk-page", "Type 4 to confirm")
    confirmed(page, _typed="4").answers(200)
    page.expect("what is left", 8, product().count())


@behaviour("bulk.delete.typed.wrong", "bulk_page", "Another number is refused, at its field.")
def _(v: Visitor) -> None:
    page = confirmed(asked(v, "delete", 2, 3, 5, 6), _typed="").answers(422)
    control = page.control("_typed")
    page.expect("aria-invalid", "true", control.get("aria-invalid"))
    page.expect("the error", True, "This is not 4." in described(page, control))
    page.expect("what is left", 12, product().count())


@behaviour("bulk.delete.cancel", "bulk_page", "Cancel leads back and deletes nothing.")
def _(v: Visitor) -> None:
    page = chosen(v.get(STATE), "delete", 2)
    page.expect("the address", STATE, page.follow(page.one("cancel")).url)
    page.expect("what is left", 12, product().count())
