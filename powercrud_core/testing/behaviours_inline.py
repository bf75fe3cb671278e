"""What a visitor can do with a row in its list."""

from powercrud_core.testing.behaviour import behaviour
from powercrud_core.testing.behaviours_forms import product
from powercrud_core.testing.visitor import Page, Unmet, Visitor, words

__all__: list[str] = []

LIST, ROWS = "/stock/", "/shelf/"
STATE = f"{LIST}?kind=tool&page=2"


def editor(page: Page, label: str, row: int = 0) -> Page:
    """Follow the link from a cell to its editor."""
    found = page.all("row")[row]
    cells = [c for c in page.all("cell", found) if c.get("data-label") == label]
    if len(cells) != 1:
        raise Unmet(f"one cell with data-label={label!r}", f"{len(cells)} on {page.url}")
    return page.follow(page.one("cell-edit", within=cells[0])).answers(200)


def sent(page: Page) -> dict[str, list[str]]:
    """Return what the form of a row would send, without what no user sees."""
    typed = dict(page.typed(page.one("row-form")))
    return {
        n: v
        for n, v in typed.items()
        if n not in ("csrfmiddlewaretoken", "next", "_field", "_seen")
    }


def stored(key: int) -> object:
    return product(pk=key).values_list("name", "kind", "price", "sold")[0]


@behaviour("inline.link", "row", "The link to an editor says which field of which row it edits.")
def _(v: Visitor) -> None:
    page = v.get(LIST)
    label = words(page.all("cell-edit", page.all("row")[0])[0])
    page.expect("the link", "Edit Name of Product 1", label)


@behaviour("inline.open", "row_page", "An editor holds the value of one field, in a form.")
def _(v: Visitor) -> None:
    page = editor(v.get(LIST), "Price")
    page.expect("what is sent", {"price": ["1.00"]}, sent(page))


@behaviour("inline.name", "row", "The control of an editor has the field's name.")
def _(v: Visitor) -> None:
    page = editor(v.get(LIST), "Price")
    page.expect("the name", "Price", page.control("price").get("aria-label"))


@behaviour("inline.save", "row_page", "An editor saves its field and nothing else.")
def _(v: Visitor) -> None:
    before = stored(1)
    page = editor(v.get(LIST), "Price")
    page.send("row-form", page.one("row-save"), price="7").answers(200).says("message", "Product 1")
    page.expect("the object", (*before[:2], 7, before[3]), stored(1))  # type: ignore[index]


@behaviour("inline.save.box", "row_page", "An editor with a box can take the tick away.")
def _(v: Visitor) -> None:
    page = editor(v.get(LIST), "Sold")
    page.send("row-form", page.one("row-save"), sold=None)
    page.expect("sold", False, product(pk=1).get().sold)


@behaviour("inline.returns", "row_page", "After saving, the list is as it was.")
def _(v: Visitor) -> None:
    page = editor(v.get(STATE), "Price")
    page = page.send("row-form", page.one("row-save"), price="7")
    page.expect("the address", STATE, page.url)


@behaviour("inline.cancel", "row_page", "Cancel leads back to the list as it was.")
def _(v: Visitor) -> None:
    page = editor(v.get(STATE), "Price")
    page.expect("the address", STATE, page.follow(page.one("row-cancel")).url)


@behaviour("inline.back", "row_page", "The link above the row leads back to the list as it was.")
def _(v: Visitor) -> None:
    page = editor(v.get(STATE), "Price")
    inside = set(page.elements(page.one("table")))
    links = [e for e in page.elements(page.one("row-page")) if e.tag == "a" and e not in inside]
    page.expect("the number of links", 1, len(links))
    page.expect("the address", STATE, page.follow(links[0]).url)


@behaviour("inline.error", "row_page", "A wrong value is said at its control, and not saved.")
def _(v: Visitor) -> None:
    page = editor(v.get(LIST), "Price")
    page = page.send("row-form", page.one("row-save"), price="x").answers(422)
    control = page.control("price")
    page.expect("the value", ("x", "true"), (control.get("value"), control.get("aria-invalid")))
    ids = {e.get("id"): e for e in page.elements() if e.get("id")}
    tied = " ".join(words(ids.get(id)) for id in control.get("aria-describedby", "").split())
    page.expect("the error", True, "Enter a number." in tied)
    page.expect("the focus", True, "autofocus" in control.attrib)
    page.expect("the price", 1, product(pk=1).get().price)


@behaviour("inline.error.corrected", "row_page", "A corrected value is saved.")
def _(v: Visitor) -> None:
    page = editor(v.get(STATE), "Price")
    page = page.send("row-form", page.one("row-save"), price="x").answers(422)
    page = page.send("row-form", page.one("row-save"), price="8").answers(200)
    page.expect("the address", STATE, page.url)


@behaviour("inline.enter", "row_page", "Enter saves: the form has one button.")
def _(v: Visitor) -> None:
    page = editor(v.get(LIST), "Price")
    page.expect(
        "the buttons", ["row-save"], [e.get("data-pc-part") for e in page.buttons("row-form")]
    )


@behaviour("inline.locked", "row", "A row that cannot be edited says why and leads nowhere.")
def _(v: Visitor) -> None:
    page = v.get(f"{LIST}?page_size=50")
    locked = [row for row in page.all("row") if page.all("row-lock", row)]
    page.expect("the locked rows", 1, len(locked))
    lock = page.one("row-lock", within=locked[0])
    page.expect("the reason", "It is on its way.", lock.get("aria-label"))
    page.expect("its links", [], page.all("cell-edit", locked[0]))


@behaviour(
    "inline.row", "row_page", "A row is edited as a whole, its form in place of the actions."
)
def _(v: Visitor) -> None:
    page = editor(v.get(ROWS), "Price")
    page.none("row-actions")
    page.expect("the forms", 1, len(page.all("row-form")))
    page = page.send("row-form", page.one("row-save"), kind="tool", price="7").answers(200)
    page.says("message", "Product 1")
    page.expect("the object", ("Product 1", "tool", 7, True), stored(1))


@behaviour("inline.answer", "row_page", "To a script that asks for it, the answer is the row.")
def _(v: Visitor) -> None:
    page = editor(v.get(LIST), "Price")
    fields = {**dict(page.typed(page.one("row-form"))), "price": ["7"], "_row": ["1"]}
    page = v.post(page.url.partition("?")[0], fields).answers(200)
    page.expect("the rows", 1, len(page.all("row")))
    page.says("row", "7.00")
    page.says("status", "Saved “Product 1”.")
    page.expect("the status", "status", page.one("status").get("role"))


@behaviour("inline.answer.moved", "row", "A row that no longer matches the filters says so.")
def _(v: Visitor) -> None:
    page = editor(v.get(f"{LIST}?kind=tool"), "Kind")
    fields = {**dict(page.typed(page.one("row-form"))), "kind": ["toy"], "_row": ["1"]}
    v.post(page.url.partition("?")[0], fields).says("row", "No longer matches the filters")
