"""What a visitor can do with the store's list."""

from typing import Any

from powercrud_core.testing.behaviour import behaviour
from powercrud_core.testing.visitor import Page, Unmet, Visitor, words

__all__ = ["LIST", "link_in", "numbers", "shows"]

LIST = "/products/"
FIRST = [1, 10, 11, 12, 2]


def numbers(page: Page) -> list[int]:
    """Return the numbers of the products that a list shows."""
    try:
        return [int(name.split()[1]) for name in page.names()]
    except (IndexError, ValueError) as error:
        raise Unmet("rows that begin with the product's name", f"{page.names()}") from error


def shows(page: Page, *expected: int) -> None:
    """Expect the products of a list, in their order."""
    page.answers(200).expect("the products", list(expected), numbers(page))


def sorted_by(v: Visitor, key: str, page: Page | None = None) -> Page:
    page = page or v.get(LIST)
    return page.follow(page.by_id(f"-sort-{key}", page.one("table")))


def panel(page: Page, what: str, key: str) -> Page:
    """Follow a link of the sort panel."""
    return page.follow(page.by_id(f"-sort-{what}-{key}", page.one("sort-panel")))


def keys(page: Page) -> list[str]:
    """Return the sort keys of the panel, label and direction."""
    found = []
    for key in page.all("sort-key"):
        links = [e for e in page.elements(key) if e.tag == "a"]
        text = words(key)
        for link in links:
            text = text.replace(" ".join("".join(link.itertext()).split()), "")
        found.append(" ".join(text.split()).lower())
    return found


def filtered(v: Visitor, query: str = "", **values: Any) -> Page:
    page = v.get(LIST + query)
    return page.send("filter-form", page.one("filter-apply"), **values)


def link_in(page: Page, element: Any) -> Any:
    """Return the one link in an element."""
    links = [e for e in page.elements(element) if e.tag == "a"]
    if len(links) != 1:
        raise Unmet(f"one link in {words(element)!r}", f"{len(links)} on {page.url}")
    return links[0]


# ---- rows


@behaviour("list.open", "list_page", "The list shows its first page and how many there are.")
def _(v: Visitor) -> None:
    page = v.get(LIST)
    shows(page, *FIRST)
    page.says("status", "1–5 of 12")


@behaviour("list.row.open", "row", "The value that names a row leads to the object.")
def _(v: Visitor) -> None:
    page = v.get(LIST)
    cell = page.all("cell", page.all("row")[0])[0]
    page.follow(link_in(page, cell)).answers(200).says("detail-page", "Product 1")


@behaviour("list.row.header", "row", "The value that names a row is the row's header.")
def _(v: Visitor) -> None:
    page = v.get(LIST)
    cell = page.all("cell", page.all("row")[0])[0]
    if page.one("table").tag == "table":
        page.expect("the scope of the first cell", "row", cell.get("scope"))


@behaviour("list.row.update", "action_menu", "A row's action leads to the form of its object.")
def _(v: Visitor) -> None:
    page = v.get(LIST)
    target = page.follow(page.one("action-update", within=page.all("row")[1])).answers(200)
    target.expect("the name", 'Product 10 "><i>', target.control("name").get("value"))


@behaviour("list.row.delete", "action_menu", "A row's action asks before it deletes its object.")
def _(v: Visitor) -> None:
    page = v.get(LIST)
    page.follow(page.one("action-delete", within=page.all("row")[1])).says(
        "delete-page", "Product 10"
    )


@behaviour("list.row.actions-named", "action_menu", "Each action says which object it is about.")
def _(v: Visitor) -> None:
    page = v.get(LIST)
    for row, name in zip(page.all("row"), page.names(), strict=True):
        for part in ("action-update", "action-delete"):
            if name not in words(page.one(part, within=row)):
                raise Unmet(f"{part} naming {name!r}", words(page.one(part, within=row)))


@behaviour("list.create", "action_menu", "The list's action leads to an empty form.")
def _(v: Visitor) -> None:
    page = v.get(LIST)
    page.follow(page.one("action-create")).answers(200).one("form-page")


@behaviour("list.value.empty", "row", "A value that is not there is shown as absent.")
def _(v: Visitor) -> None:
    page = v.get(LIST + "?sort=price")
    page.expect("empty cells", True, any("data-empty" in c.attrib for c in page.all("cell")))


@behaviour("list.value.escaped", "row", "A value that looks like HTML is shown as text.")
def _(v: Visitor) -> None:
    page = v.get(LIST)
    page.expect("the second name", 'Product 10 "><i>', page.names()[1])


# ---- sorting


@behaviour("list.sort.on", "table", "A heading sorts by its column.")
def _(v: Visitor) -> None:
    shows(sorted_by(v, "price"), 1, 2, 3, 4, 5)


@behaviour("list.sort.turn", "table", "The same heading again turns the order round.")
def _(v: Visitor) -> None:
    shows(sorted_by(v, "price", sorted_by(v, "price")), 12, 11, 10, 9, 8)


@behaviour("list.sort.off", "table", "The third time, the list has its own order again.")
def _(v: Visitor) -> None:
    page = sorted_by(v, "price", sorted_by(v, "price", sorted_by(v, "price")))
    shows(page, *FIRST)
    page.expect("the address", LIST, page.url)


@behaviour("list.sort.alone", "table", "Another heading sorts by that column alone.")
def _(v: Visitor) -> None:
    page = sorted_by(v, "made", sorted_by(v, "price"))
    page.expect("the address", f"{LIST}?sort=made", page.url)


@behaviour("list.sort.aria", "table", "The heading says how its column is sorted, no other does.")
def _(v: Visitor) -> None:
    told = {words(h): h.get("aria-sort") for h in sorted_by(v, "made").all("header")}
    found = {name: sort for name, sort in told.items() if sort}
    if list(found.values()) != ["ascending"] or not next(iter(found)).startswith("Made"):
        raise Unmet("aria-sort=ascending on Made alone", f"{found}")


@behaviour("list.sort.default-told", "table", "The list's own order is told by its heading.")
def _(v: Visitor) -> None:
    page = v.get(LIST)
    page.expect("aria-sort", "ascending", page.one("header", "Name").get("aria-sort"))


@behaviour("list.sort.page-one", "table", "A new order begins with the first page.")
def _(v: Visitor) -> None:
    page = sorted_by(v, "price", v.get(LIST + "?page=2"))
    page.expect("the address", f"{LIST}?sort=price", page.url)


@behaviour("list.sort.keeps-filter", "table", "Sorting keeps the filters and the search.")
def _(v: Visitor) -> None:
    shows(sorted_by(v, "price", v.get(LIST + "?kind=toy&q=product")), 1, 3, 5, 7, 9)


@behaviour("list.sort.multi.shift", "table", "A heading knows the address that adds its column.")
def _(v: Visitor) -> None:
    page = v.get(LIST + "?sort=kind")
    link = page.by_id("-sort-price", page.one("table"))
    page.expect("data-pc-shift", f"{LIST}?sort=kind,price", link.get("data-pc-shift"))


@behaviour("list.sort.multi.add", "sort_panel", "The panel adds a column to the order.")
def _(v: Visitor) -> None:
    page = panel(v.get(LIST + "?sort=kind"), "add", "price")
    shows(page, 2, 4, 6, 8, 10)
    page.expect("the keys", ["kind ascending", "price ascending"], keys(page))


@behaviour("list.sort.multi.turn", "sort_panel", "The panel turns one column's direction round.")
def _(v: Visitor) -> None:
    shows(panel(v.get(LIST + "?sort=kind,price"), "turn", "price"), 12, 10, 8, 6, 4)


@behaviour("list.sort.multi.remove", "sort_panel", "The panel takes one column out of the order.")
def _(v: Visitor) -> None:
    page = panel(v.get(LIST + "?sort=kind,-price"), "remove", "kind")
    shows(page, 12, 11, 10, 9, 8)
    page.expect("the keys", ["price descending"], keys(page))


@behaviour("list.sort.multi.earlier", "sort_panel", "The panel moves a column up.")
def _(v: Visitor) -> None:
    page = panel(v.get(LIST + "?sort=kind,-price"), "earlier", "price")
    page.expect("the keys", ["price descending", "kind ascending"], keys(page))


@behaviour("list.sort.multi.later", "sort_panel", "The panel moves a column down.")
def _(v: Visitor) -> None:
    page = panel(v.get(LIST + "?sort=kind,-price"), "later", "kind")
    page.expect("the keys", ["price descending", "kind ascending"], keys(page))


@behaviour("list.sort.multi.ends", "sort_panel", "The first moves only down, the last only up.")
def _(v: Visitor) -> None:
    page = v.get(LIST + "?sort=kind,price")
    ids = [e.get("id", "") for e in page.elements(page.one("sort-panel"))]
    moves = [i.partition("-sort-")[2] for i in ids if "-sort-earlier" in i or "-sort-later" in i]
    page.expect("the moves", ["later-kind", "earlier-price"], moves)


@behaviour("list.sort.multi.clear", "sort_panel", "The panel leads back to the list's own order.")
def _(v: Visitor) -> None:
    page = v.get(LIST + "?sort=kind,price")
    shows(page.follow(page.by_id("-sort-clear", page.one("sort-panel"))), *FIRST)


@behaviour("list.sort.multi.index", "table", "Headings tell their place among several.")
def _(v: Visitor) -> None:
    page = v.get(LIST + "?sort=kind,price")
    for name, place in (("Kind", "1"), ("Price", "2")):
        if place not in words(page.one("header", name)):
            raise Unmet(f"{place} in the heading {name}", words(page.one("header", name)))


# ---- filters


@behaviour("list.filter.apply", "filter_form", "The filters narrow the list.")
def _(v: Visitor) -> None:
    shows(filtered(v, kind="toy"), 1, 11, 3, 5, 7)


@behaviour("list.filter.range", "filter_form", "A range has two ends.")
def _(v: Visitor) -> None:
    shows(filtered(v, price_min="3", price_max="5"), 3, 4, 5)


@behaviour("list.filter.several", "filter_form", "A filter may have several values.")
def _(v: Visitor) -> None:
    shows(filtered(v, tags=["1", "2"]), 1)


@behaviour("list.filter.yes-no", "filter_form", "A filter of yes and no.")
def _(v: Visitor) -> None:
    shows(filtered(v, sold="false"), 10, 12, 2, 4, 6)


@behaviour("list.filter.is-empty", "filter_form", "A filter for values that are not there.")
def _(v: Visitor) -> None:
    shows(filtered(v, made__isnull="true"), 12, 3, 6, 9)


@behaviour("list.filter.shown", "filter_form", "What is applied is shown in the controls again.")
def _(v: Visitor) -> None:
    page = filtered(v, kind="toy", price_min="3", tags=["2"])
    sent = dict(page.typed(page.one("filter-form")))
    found = {name: sent.get(name) for name in ("kind", "price_min", "tags")}
    page.expect("the controls", {"kind": ["toy"], "price_min": ["3"], "tags": ["2"]}, found)


@behaviour("list.filter.count", "filter_form", "The closed filters tell how many are applied.")
def _(v: Visitor) -> None:
    page = filtered(v, kind="toy", sold="true")
    page.says("filter-form", "Filters 2")


@behaviour("list.filter.keeps-sort", "results", "Filtering keeps the order.")
def _(v: Visitor) -> None:
    shows(filtered(v, "?sort=-price", kind="toy"), 11, 9, 7, 5, 3)


@behaviour("list.filter.keeps-size", "results", "Filtering keeps the size of the page.")
def _(v: Visitor) -> None:
    shows(filtered(v, "?page_size=50&sort=price", kind="toy"), 1, 3, 5, 7, 9, 11)


@behaviour("list.filter.page-one", "results", "Filtering begins with the first page.")
def _(v: Visitor) -> None:
    shows(filtered(v, "?page=2", kind="toy"), 1, 11, 3, 5, 7)


@behaviour("list.filter.reset", "filter_form", "The filters can be cleared; the order stays.")
def _(v: Visitor) -> None:
    page = v.get(LIST + "?kind=toy&sort=-price")
    shows(page.follow(page.one("filter-reset")), 12, 11, 10, 9, 8)


@behaviour("list.filter.chip", "filter_chips", "Each applied filter is told in words.")
def _(v: Visitor) -> None:
    page = v.get(LIST + "?kind=toy&sold=true")
    for label, value in (("Kind", "Toy"), ("Sold", "Yes")):
        if value not in words(page.one("chip", label)):
            raise Unmet(f"{label} {value}", words(page.one("chip", label)))


@behaviour("list.filter.chip.remove", "filter_chips", "A chip takes its filter away.")
def _(v: Visitor) -> None:
    page = v.get(LIST + "?kind=toy&sold=true&price_max=4")
    page = page.follow(link_in(page, page.one("chip", "Price")))
    shows(page, 1, 11, 3, 5, 7)
    page.expect("the chips", 2, len(page.all("chip")))


@behaviour("list.filter.chips.clear", "filter_chips", "All filters can be cleared at once.")
def _(v: Visitor) -> None:
    page = v.get(LIST + "?kind=toy&q=product")
    page = page.follow(page.one("clear-filters"))
    shows(page, *FIRST)
    page.none("chip")


@behaviour("list.filter.invalid", "filter_form", "A wrong filter shows no rows, and says why.")
def _(v: Visitor) -> None:
    page = filtered(v, price_min="x").answers(200)
    page.none("row")
    page.expect("the state", "invalid", page.one("empty-state").get("data-pc-state"))
    page.one("errors", within=page.one("filter-form"))


@behaviour("list.filter.invalid.aria", "field_group", "A wrong filter is marked and described.")
def _(v: Visitor) -> None:
    page = filtered(v, price_min="x")
    control = page.control("price_min", page.one("filter-form"))
    page.expect("aria-invalid", "true", control.get("aria-invalid"))
    page.expect("what was typed", "x", control.get("value"))


@behaviour("list.filter.invalid.open", "filter_form", "A wrong filter opens the filters.")
def _(v: Visitor) -> None:
    page = filtered(v, price_min="x")
    page.expect("open", True, "open" in page.by_id("-filter-details").attrib)


# ---- search


@behaviour("list.search.apply", "toolbar", "The search narrows the list.")
def _(v: Visitor) -> None:
    page = v.get(LIST)
    shows(page.send("filter-form", page.one("search-submit"), q="maker 2"), 1, 12, 2, 7)


@behaviour("list.search.shown", "toolbar", "What was searched stands in the field again.")
def _(v: Visitor) -> None:
    page = v.get(LIST + "?q=maker+2")
    page.expect("the field", "maker 2", page.one("search-input").get("value"))


@behaviour("list.search.named", "toolbar", "The search field has a label.")
def _(v: Visitor) -> None:
    page = v.get(LIST)
    id = page.one("search-input").get("id")
    labels = [words(e) for e in page.elements() if e.tag == "label" and e.get("for") == id]
    page.expect("the label", ["Search products"], labels)


@behaviour("list.search.keeps-filter", "toolbar", "Searching keeps filters and order.")
def _(v: Visitor) -> None:
    page = v.get(LIST + "?kind=toy&sort=-price")
    shows(page.send("filter-form", page.one("search-submit"), q="maker 2"), 7, 1)


@behaviour("list.search.chip.remove", "filter_chips", "The search is a chip that can be removed.")
def _(v: Visitor) -> None:
    page = v.get(LIST + "?q=maker+2&kind=toy")
    shows(page.follow(page.by_id("-chip-q", page.one("filter-chips"))), 1, 11, 3, 5, 7)
