"""A visitor without eyes or scripts: asks the store for pages and uses them by their parts."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from django.db import transaction
from django.test import Client, override_settings

from powercrud_core.testing.scenes import SETTINGS, fill_store
from powercrud_core.testing.tree import parse

__all__ = ["Page", "Unmet", "Visitor", "visiting"]

PART = "data-pc-part"
FIELDS = ("input", "select", "textarea")
BLOCKS = ("br", "dd", "div", "dt", "h2", "h3", "li", "p", "td", "th", "tr", "ul")
REDIRECTS = (301, 302, 303)


class Unmet(AssertionError):  # noqa: N818 - it is no error of the program
    """What a scenario expected of a page, and what was there."""

    def __init__(self, expected: str, found: str) -> None:
        super().__init__(f"expected {expected}, found {found}")
        self.expected, self.found = expected, found


@dataclass(frozen=True)
class Page:
    """One answer, read through its parts."""

    visitor: "Visitor"
    url: str
    status: int
    html: str

    @cached_property
    def root(self) -> Any:
        return parse(self.html)[0]

    @cached_property
    def parents(self) -> dict[Any, Any]:
        return {child: parent for parent in self.root.iter() for child in parent}

    # ---- finding

    def elements(self, within: Any = None) -> Iterator[Any]:
        """Yield the elements of the page or of one of its elements."""
        around = self.root if within is None else within
        return (e for e in around.iter() if isinstance(e.tag, str))

    def all(self, part: str, within: Any = None) -> list[Any]:
        """Return the elements of a part."""
        return [e for e in self.elements(within) if e.get(PART) == part]

    def one(self, part: str, text: str = "", within: Any = None) -> Any:
        """Return the one element of a part, among several the one with a text."""
        found = [e for e in self.all(part, within) if text in words(e)]
        if len(found) != 1:
            named = f" that says {text!r}" if text else ""
            raise Unmet(f"one element with {PART}={part!r}{named}", f"{len(found)} on {self.url}")
        return found[0]

    def none(self, part: str) -> None:
        """Expect that a part is not there."""
        if found := self.all(part):
            raise Unmet(f"no element with {PART}={part!r}", f"{len(found)} on {self.url}")

    def by_id(self, end: str, within: Any = None) -> Any:
        """Return the one element whose id, which the core gives, ends like this."""
        found = [e for e in self.elements(within) if (e.get("id") or "").endswith(end)]
        if len(found) != 1:
            raise Unmet(f"one element whose id ends with {end!r}", f"{len(found)} on {self.url}")
        return found[0]

    def control(self, name: str, within: Any = None) -> Any:
        """Return the first control of a name."""
        found = [e for e in self.elements(within) if e.get("name") == name and e.tag in FIELDS]
        if not found:
            raise Unmet(f"a control named {name!r}", f"none on {self.url}")
        return found[0]

    def text(self, part: str) -> str:
        """Return what the one element of a part says."""
        return words(self.one(part))

    # ---- using

    def follow(self, link: Any) -> "Page":
        """Return the page that a link leads to."""
        if link.tag != "a" or not link.get("href"):
            raise Unmet("a link with an address", f"<{link.tag}> {words(link)}")
        return self.visitor.get(urljoin(self.url, link.get("href")))

    def send(self, part: str, button: Any = None, **values: Any) -> "Page":
        """Send the form of a part as a browser does, with the button and changed values."""
        form = self.one(part)
        if form.tag != "form":
            raise Unmet(f"{PART}={part!r} on a <form>", f"<{form.tag}>")
        if button is not None and self.form_of(button) is not form:
            raise Unmet(f"the button {words(button)!r} in the form {part}", "outside of it")
        pairs = dict(self.typed(form))
        for name in values:
            if name not in {c.get("name") for c in self.elements()}:
                raise Unmet(f"a control named {name!r} in {part}", f"none on {self.url}")
        pairs |= {n: v if isinstance(v, list) else [v] for n, v in values.items() if v is not None}
        pairs = {n: v for n, v in pairs.items() if n not in values or values[n] is not None}
        told = button.attrib if button is not None else {}
        if told.get("name"):
            pairs.setdefault(told["name"], [])
            pairs[told["name"]] = [*pairs[told["name"]], told.get("value", "")]
        target = urljoin(self.url, told.get("formaction") or form.get("action") or "")
        if (told.get("formmethod") or form.get("method") or "get").lower() == "post":
            return self.visitor.post(target, pairs)
        return self.visitor.get(f"{urlsplit(target).path}?{urlencode(pairs, doseq=True)}")

    def pick(self, text: str) -> "Page":
        """Press a choice of a choice page."""
        return self.send("choice-form", self.one("choice", text))

    def buttons(self, part: str) -> list[Any]:
        """Return what sends the form of a part; Enter presses the first."""
        form = self.one(part)
        sending = (e for e in self.elements() if is_button(e))
        return [e for e in sending if self.form_of(e) is form]

    def form_of(self, control: Any) -> Any:
        """Return the form that a control belongs to."""
        if id := control.get("form"):
            return next((e for e in self.elements() if e.get("id") == id), None)
        while control is not None and control.tag != "form":
            control = self.parents.get(control)
        return control

    def typed(self, form: Any) -> Iterator[tuple[str, list[str]]]:
        """Yield the names and values that a form would send."""
        found: dict[str, list[str]] = {}
        for control in self.elements():
            name = control.get("name")
            if control.tag in FIELDS and name and self.form_of(control) is form:
                found.setdefault(name, []).extend(held(control))
        yield from ((name, values) for name, values in found.items() if values)

    # ---- saying

    def expect(self, what: str, expected: Any, found: Any) -> None:
        """Compare, and say what was compared."""
        if expected != found:
            raise Unmet(f"{what}: {expected!r}", f"{found!r} on {self.url}")

    def answers(self, status: int) -> "Page":
        """Expect a status."""
        self.expect("the status", status, self.status)
        return self

    def says(self, part: str, *texts: str) -> None:
        """Expect the one element of a part to contain texts."""
        found = self.text(part)
        for text in texts:
            if text not in found:
                raise Unmet(f"{text!r} in {PART}={part!r}", f"{found!r} on {self.url}")

    def names(self) -> list[str]:
        """Return the first value of every row: what the row is called."""
        return [words(cells[0]) for row in self.all("row") if (cells := self.all("cell", row))]


class Visitor:
    """Asks for pages drawn by one pack."""

    def __init__(self, pack: str) -> None:
        self.pack = pack
        self.client = Client(enforce_csrf_checks=True, headers={"X-Powercrud-Pack": pack})

    def get(self, url: str) -> Page:
        """Return the page of an address, after redirects."""
        return self._page(url, self.client.get(url))

    def post(self, url: str, data: Mapping[str, Any]) -> Page:
        """Send something and return the page, after redirects."""
        return self._page(url, self.client.post(url, dict(data)))

    def _page(self, url: str, answer: Any) -> Page:
        for _ in range(5):
            if answer.status_code not in REDIRECTS:
                break
            url = urljoin(url, answer["Location"])
            answer = self.client.get(url)
        return Page(self, url, answer.status_code, answer.getvalue().decode())


@contextmanager
def visiting(pack: str) -> Iterator[Visitor]:
    """Give a visitor of the store; nothing stays in the database."""
    with override_settings(**SETTINGS), transaction.atomic():
        fill_store()
        try:
            yield Visitor(pack)
        finally:
            transaction.set_rollback(True)


def is_button(element: Any) -> bool:
    """Say whether an element sends a form."""
    kind = element.get("type", "submit" if element.tag == "button" else "text")
    return element.tag in ("button", "input") and kind in ("submit", "image")


def held(control: Any) -> list[str]:
    """Return what a control would send."""
    if control.tag == "textarea":
        return [control.text or ""]
    if control.tag == "select":
        options = list(control.iter("option"))
        chosen = [o for o in options if "selected" in o.attrib]
        if not chosen and "multiple" not in control.attrib:
            chosen = options[:1]
        return [o.get("value", words(o)) for o in chosen]
    kind = control.get("type", "text")
    if kind in ("submit", "button", "reset", "image", "file"):
        return []
    if kind in ("checkbox", "radio"):
        return [control.get("value", "on")] if "checked" in control.attrib else []
    return [control.get("value", "")]


def words(element: Any) -> str:
    """Return an element's text, spaced singly; an aria-label says more than the text."""
    if element is None:
        return ""
    label = element.get("aria-label") if element.tag in ("a", "button") else None
    return " ".join((label or "".join(said(element))).split())


def said(element: Any) -> Iterator[str]:
    """Yield the texts of an element; blocks and line breaks part words."""
    gap = " " if element.tag in BLOCKS else ""
    yield gap + (element.text or "")
    for child in element:
        if isinstance(child.tag, str):
            yield from said(child)
        yield child.tail or ""
    yield gap
