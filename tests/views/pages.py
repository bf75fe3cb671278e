"""Reading a page as a user does: by its parts, texts, links and forms."""

from typing import Any
from urllib.parse import urljoin
from xml.etree.ElementTree import Element

import html5lib

__all__ = ["Page", "seen", "text_of"]

FIELDS = {"input", "select", "textarea", "button"}


def text_of(element: Element | None) -> str:
    """Return the text of an element, its spaces as the eye sees them."""
    return " ".join("".join(element.itertext()).split()) if element is not None else ""


class Page:
    """The HTML of an answer."""

    def __init__(self, response: Any) -> None:
        self.response = response
        self.status = response.status_code
        self.url = response.request["PATH_INFO"]
        self.html = response.content.decode()
        self.root = html5lib.parse(self.html, namespaceHTMLElements=False)

    def all(self, part: str, within: Element | None = None) -> list[Element]:
        """Return the elements with this `data-pc-part`."""
        root = self.root if within is None else within
        return [e for e in root.iter() if e.get("data-pc-part") == part]

    def one(self, part: str) -> Element:
        """Return the only element with this `data-pc-part`."""
        (found,) = self.all(part)
        return found

    def has(self, part: str) -> bool:
        """Say whether there is such an element."""
        return bool(self.all(part))

    def text(self, part: str) -> str:
        """Return the text of the only element with this part."""
        return text_of(self.one(part))

    def by_id(self, id: str) -> Element:
        """Return the element with this id."""
        (found,) = [e for e in self.root.iter() if e.get("id") == id]
        return found

    # ---- the list

    def rows(self) -> list[list[str]]:
        """Return the texts of the cells, row by row, without the actions."""
        return [[text_of(c) for c in self.all("cell", row)] for row in self.all("row")]

    def column(self, index: int = 0) -> list[str]:
        """Return the texts of one column."""
        return [row[index] for row in self.rows()]

    def cell(self, label: str, row: int = 0) -> Element:
        """Return the cell of a row below a heading."""
        cells = self.all("cell", self.all("row")[row])
        return next(c for c in cells if c.get("data-label") == label)

    def header(self, label: str) -> Element:
        """Return the heading that begins with a label."""
        return next(h for h in self.all("header") if text_of(h).startswith(label))

    def chips(self) -> list[str]:
        """Return the texts of the chips, without that of their links."""
        return [text_of(next(c.iter("span"))) for c in self.all("chip")]

    def state(self) -> str:
        """Return which empty state is shown."""
        found = self.all("empty-state")
        return (found[0].get("data-pc-state") or "") if found else ""

    # ---- links and forms

    def links(self, within: Element | None = None) -> list[Element]:
        """Return all links that lead somewhere."""
        root = self.root if within is None else within
        return [e for e in root.iter("a") if e.get("href") is not None]

    def href(self, text: str, within: Element | None = None) -> str:
        """Return where the first link with this text or accessible name leads."""
        for link in self.links(within):
            if text in (text_of(link), link.get("aria-label")):
                return urljoin(self.url, link.get("href") or "")
        raise AssertionError(f"no link {text!r} among {[text_of(e) for e in self.links(within)]}")

    def sent(self, part: str) -> dict[str, list[str]]:
        """Return what a form sends as it stands, without any button."""
        form = self.one(part)
        id = form.get("id")
        inside = set(map(id_of, form.iter()))
        sent: dict[str, list[str]] = {}
        for field in self.root.iter():
            mine = field.get("form") == id if field.get("form") else id_of(field) in inside
            if field.tag in FIELDS - {"button"} and mine and (name := field.get("name")):
                for value in values_of(field):
                    sent.setdefault(name, []).append(value)
        return sent


def seen(client: Any, url: str) -> dict[str, str]:
    """Return the token of what a page shows of an object, as its form sends it."""
    page = Page(client.get(url))
    return {e.get("name"): e.get("value") for e in page.root.iter("input") if is_token(e)}


def is_token(element: Element) -> bool:
    return element.get("name") == "_seen"


def id_of(element: Element) -> int:
    return id(element)


def values_of(field: Element) -> list[str]:
    """Return the values with which a control takes part in a form."""
    if field.get("disabled") is not None or field.get("type") in ("submit", "file"):
        return []
    if field.get("type") in ("checkbox", "radio"):
        return [field.get("value") or "on"] if field.get("checked") is not None else []
    if field.tag == "textarea":
        return ["".join(field.itertext())]
    if field.tag == "select":
        options = list(field.iter("option"))
        chosen = [o for o in options if o.get("selected") is not None]
        if not chosen and options and field.get("multiple") is None:
            chosen = options[:1]
        return [o.get("value", text_of(o)) or "" for o in chosen]
    return [field.get("value") or ""]
