"""What a visitor can do with the pages of the list, and with those that only say something."""

from typing import Any

from django.apps import apps
from django.template import engines
from django.utils import translation

from powercrud_core.packs import get_pack
from powercrud_core.testing.behaviour import behaviour
from powercrud_core.testing.behaviours_lists import LIST, link_in, numbers, shows
from powercrud_core.testing.visitor import Page, Unmet, Visitor, words

__all__: list[str] = []


def turned(page: Page, to: str) -> Page:
    """Follow a link of the pagination."""
    return page.follow(page.by_id(f"-{to}", page.one("pagination")))


BLOCKS = ("html_attributes", "title", "powercrud_head", "nav", "content", "footer")


def framed(v: Visitor) -> Page:
    """Return the pack's page with a mark of its own in every block."""
    base = get_pack(v.pack).base_template
    filled = "".join(f"{{% block {b} %}}{mark(b)}{{% endblock %}}" for b in BLOCKS)
    template = engines["django"].from_string(f"{{% extends '{base}' %}}{filled}")
    return Page(v, base, 200, template.render({}))


def mark(block: str) -> str:
    """Return what stands in a block."""
    marks = {"html_attributes": 'data-in="html"', "powercrud_head": '<meta name="in-head">'}
    return marks.get(block, f"in {block}")


def tags(page: Page, tag: str) -> Any:
    """Return the first element of a tag."""
    found = next((e for e in page.elements() if e.tag == tag), None)
    if found is None:
        raise Unmet(f"a <{tag}>", f"none on {page.url}")
    return found


# ---- the frame


@behaviour("page.blocks", "base", "A project's template can fill every block of the page.")
def _(v: Visitor) -> None:
    page = framed(v)
    for block in BLOCKS:
        if mark(block) not in page.html:
            raise Unmet(f"the block {block}", "nothing of it on the page")


@behaviour("page.title", "base", "The page has the title of what it shows.")
def _(v: Visitor) -> None:
    page = v.get(LIST)
    page.expect("the title", True, "Products" in words(tags(page, "title")))


@behaviour("page.files", "base", "The page loads the script and the pack's stylesheets.")
def _(v: Visitor) -> None:
    page = v.get(LIST)
    head = tags(page, "head")
    found = [e.get("src") or e.get("href") or "" for e in page.elements(head)]
    chain = get_pack(v.pack).chain()
    wanted = [
        "powercrud_core/powercrud.js",
        *(sheet for config in chain for sheet in config.pack.css),
    ]
    for file in wanted:
        if not any(file.rpartition("/")[2].partition(".")[0] in name for name in found):
            raise Unmet(f"{file} in the head", f"{[name for name in found if name]}")


@behaviour("page.language", "base", "The page says its language and its direction.")
def _(v: Visitor) -> None:
    for language, direction in (("en", "ltr"), ("ar", "rtl")):
        with translation.override(language):
            html = tags(v.get(LIST), "html")
        v.get(LIST).expect("lang, dir", (language, direction), (html.get("lang"), html.get("dir")))


@behaviour("page.skip", "base", "The first link skips to the content, which takes the focus.")
def _(v: Visitor) -> None:
    page = v.get(LIST)
    link = tags(page, "a")
    target = page.by_id((link.get("href") or "#nothing")[1:])
    page.expect("tabindex", "-1", target.get("tabindex"))
    page.expect("the list in it", 1, len(page.all("list-page", target)))


# ---- pages and sizes


@behaviour("list.page.next", "pagination", "Next leads to the next page.")
def _(v: Visitor) -> None:
    shows(turned(v.get(LIST), "next"), 3, 4, 5, 6, 7)


@behaviour("list.page.previous", "pagination", "Previous leads back.")
def _(v: Visitor) -> None:
    shows(turned(v.get(LIST + "?page=2"), "previous"), 1, 10, 11, 12, 2)


@behaviour("list.page.number", "pagination", "A number leads to its page.")
def _(v: Visitor) -> None:
    shows(turned(v.get(LIST), "page-3"), 8, 9)


@behaviour("list.page.current", "pagination", "The page that is shown is marked, no other is.")
def _(v: Visitor) -> None:
    page = v.get(LIST + "?page=2")
    marked = [words(e) for e in page.all("page-link") if e.get("aria-current") == "page"]
    page.expect("the marked pages", ["Page 2"], marked)


@behaviour("list.page.ends", "pagination", "No way back from the first page or on from the last.")
def _(v: Visitor) -> None:
    for address, rels in ((LIST, ["next"]), (LIST + "?page=3", ["prev"])):
        page = v.get(address)
        found = [e.get("rel") for e in page.all("page-link") if e.get("rel")]
        page.expect("the ways", rels, found)


@behaviour("list.page.status", "list_page", "The status tells which rows are shown.")
def _(v: Visitor) -> None:
    v.get(LIST + "?page=3").says("status", "11–12 of 12")


@behaviour("list.page.past-the-end", "pagination", "A page past the end shows the last one.")
def _(v: Visitor) -> None:
    shows(v.get(LIST + "?page=99"), 8, 9)


@behaviour("list.page.keeps-state", "pagination", "Turning pages keeps filters, search and order.")
def _(v: Visitor) -> None:
    shows(turned(v.get(LIST + "?kind=toy&q=product&sort=-price"), "next"), 1)


@behaviour("list.page.size", "pagination", "Another size shows more rows, from the first page.")
def _(v: Visitor) -> None:
    page = turned(v.get(LIST + "?page=2"), "size-50")
    page.expect("the number of rows", 12, len(numbers(page)))


@behaviour("list.page.size.current", "pagination", "The size that is used is marked.")
def _(v: Visitor) -> None:
    page = v.get(LIST + "?page_size=50")
    marked = [words(e) for e in page.all("page-size") if e.get("aria-current")]
    page.expect("the marked sizes", ["50 rows per page"], marked)


@behaviour("list.page.size.keeps-state", "pagination", "Another size keeps filters and order.")
def _(v: Visitor) -> None:
    shows(turned(v.get(LIST + "?kind=toy&sort=price"), "size-50"), 1, 3, 5, 7, 9, 11)


@behaviour("list.page.none", "results", "One short page has no pagination.")
def _(v: Visitor) -> None:
    v.get(LIST + "?price_min=11").answers(200).none("pagination")


# ---- nothing to show


@behaviour("list.empty.none", "empty_state", "An empty list says so and offers the first step.")
def _(v: Visitor) -> None:
    for name in ("Order", "Product"):
        apps.get_model("powercrud_store", name).objects.all().delete()
    page = v.get(LIST).answers(200)
    page.expect("the state", "none", page.one("empty-state").get("data-pc-state"))
    page.none("table")


@behaviour("list.empty.unmatched", "empty_state", "A list without matches says so.")
def _(v: Visitor) -> None:
    page = v.get(LIST + "?q=nothing").answers(200)
    page.expect("the state", "unmatched", page.one("empty-state").get("data-pc-state"))
    page.says("status", "No products found")
    page.none("table")


@behaviour("list.empty.unmatched.clear", "empty_state", "It offers to clear search and filters.")
def _(v: Visitor) -> None:
    page = v.get(LIST + "?q=nothing&kind=toy")
    shows(page.follow(page.by_id("-clear-empty", page.one("empty-state"))), 1, 10, 11, 12, 2)


# ---- notices and messages


@behaviour("list.notice.dropped", "message", "Parts of an address that mean nothing are named.")
def _(v: Visitor) -> None:
    page = v.get(LIST + "?nonsense=1&sort=price")
    page.says("notice", "nonsense")
    page.expect("the role", "status", page.one("notice").get("role"))
    shows(page, 1, 2, 3, 4, 5)


@behaviour("list.notice.dismiss", "message", "A notice can be dismissed; the rest stays.")
def _(v: Visitor) -> None:
    page = v.get(LIST + "?nonsense=1&sort=price")
    page = page.follow(page.by_id("-dismiss", page.one("notice")))
    page.none("notice")
    page.expect("the address", f"{LIST}?sort=price", page.url)


@behaviour("notice.forbidden", "notice_page", "What is forbidden answers 403 and says so.")
def _(v: Visitor) -> None:
    page = v.get("/tags/").answers(403)
    page.expect("the state", "forbidden", page.one("empty-state").get("data-pc-state"))


@behaviour("notice.missing", "notice_page", "What is not there answers 404 and says so.")
def _(v: Visitor) -> None:
    page = v.get(LIST + "999/").answers(404)
    page.expect("the state", "missing", page.one("empty-state").get("data-pc-state"))


@behaviour("notice.missing.back", "empty_state", "From there a link leads back to the list.")
def _(v: Visitor) -> None:
    page = v.get(LIST + "999/edit/").answers(404)
    page.follow(link_in(page, page.one("empty-state"))).answers(200).one("list-page")


@behaviour("feedback.once", "messages", "A message is shown once.")
def _(v: Visitor) -> None:
    page = v.get(LIST + "2/delete/")
    page = page.send("delete-form", page.one("confirm"))
    page.says("message", "Product 2")
    v.get(LIST).none("message")


@behaviour("feedback.tone", "message", "A message tells its tone and its role.")
def _(v: Visitor) -> None:
    page = v.get(LIST + "2/delete/")
    message = page.send("delete-form", page.one("confirm")).one("message")
    told = (message.get("role"), message.get("data-pc-tone"))
    page.expect("role and tone", ("status", "success"), told)


# ---- one object


@behaviour("detail.open", "detail_page", "The page of an object shows its values with labels.")
def _(v: Visitor) -> None:
    page = v.get(LIST + "1/").answers(200)
    for label, value in (("Name", "Product 1"), ("Kind", "Toy"), ("Notes", "Two lines")):
        found = [words(f) for f in page.all("detail-field") if words(f).startswith(label)]
        if not found or value not in found[0]:
            raise Unmet(f"{label} with {value}", f"{found}")


@behaviour("detail.link", "detail_page", "A value that is an address is a link.")
def _(v: Visitor) -> None:
    page = v.get(LIST + "1/")
    field = page.one("detail-field", "Homepage")
    targets = [e.get("href") for e in page.elements(field) if e.tag == "a"]
    page.expect("the targets", ["https://example.com/"], targets)


@behaviour("detail.update", "action_menu", "From the object to its form.")
def _(v: Visitor) -> None:
    page = v.get(LIST + "1/")
    page.follow(page.one("action-update")).answers(200).one("form-page")


@behaviour("detail.delete", "action_menu", "From the object to the question before deletion.")
def _(v: Visitor) -> None:
    page = v.get(LIST + "2/")
    page.follow(page.one("action-delete")).answers(200).one("delete-page")


@behaviour("detail.back", "detail_page", "Back leads to the list as it was.")
def _(v: Visitor) -> None:
    page = v.get(LIST + "?kind=toy&page=2")
    cell = page.all("cell", page.all("row")[0])[0]
    target = page.follow(link_in(page, cell))
    hrefs = [e.get("href") for e in target.elements(target.one("detail-page")) if e.tag == "a"]
    if f"{LIST}?kind=toy&page=2" not in hrefs:
        raise Unmet(f"a link to {LIST}?kind=toy&page=2", f"{hrefs}")
