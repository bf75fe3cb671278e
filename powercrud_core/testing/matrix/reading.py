"""Reading an answer: its parts, controls and rows, whatever pack drew it."""

import re
from functools import cached_property
from html.parser import HTMLParser
from typing import Any

from django.conf import settings
from django.shortcuts import resolve_url

__all__ = ["MISSING", "OK", "REFUSED", "Answer"]

OK, REFUSED, MISSING = "an answer", "a refusal", "not found"
WORDS = {405: "method not allowed"}
VOID = {"input", "br", "hr", "img", "link", "meta", "area", "base", "col", "source", "wbr"}


class Reader(HTMLParser):
    """Takes the elements that carry a `data-pc-part`, and the controls, out of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[dict[str, str]] = []
        self.controls: list[dict[str, str]] = []
        self.data: list[tuple[str, str]] = []
        self.row = ""
        self._select: dict[str, str] | None = None
        self._options: list[tuple[str, bool]] = []
        self._area: str | None = None

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        found = {name: value or "" for name, value in attrs}
        if "data-pc-part" in found:
            if found["data-pc-part"] == "row":
                self.row = found.get("id", "")
            self.parts.append({**found, "row": self.row})
        if tag in ("input", "select", "textarea", "button") and found.get("name"):
            self.controls.append({**found, "tag": tag})
        if tag == "input":
            self._input(found)
        elif tag == "select":
            self._select, self._options = found, []
        elif tag == "option" and self._select is not None:
            self._options.append((found.get("value", ""), "selected" in found))
        elif tag == "textarea":
            self._area = found.get("name")
            self.data.append((found.get("name", ""), ""))

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            name, text = self.data.pop()
            self.data.append((name, text + data))

    def handle_endtag(self, tag: str) -> None:
        if tag == "tr":
            self.row = ""
        elif tag == "textarea":
            self._area = None
        elif tag == "select" and self._select is not None:
            chosen = [value for value, selected in self._options if selected]
            if not chosen and self._options and "multiple" not in self._select:
                chosen = [self._options[0][0]]
            if self._select.get("name") and "disabled" not in self._select:
                self.data += [(self._select["name"], value) for value in chosen]
            self._select = None

    def _input(self, found: dict[str, str]) -> None:
        kind = found.get("type", "text")
        if "disabled" in found or kind in ("submit", "button", "file", "reset", "image"):
            return
        if kind in ("checkbox", "radio") and "checked" not in found:
            return
        if found.get("name"):
            default = "on" if kind == "checkbox" else ""
            self.data.append((found["name"], found.get("value", default)))


class Answer:
    """One answer and what it did to the database.

    writes: statements that wrote to the tables of the view's model and what hangs on it.
    before, after: the rows of the model by key, as names to values.
    """

    def __init__(
        self,
        response: Any,
        stranger: bool,
        writes: list[str],
        before: Any = None,
        after: Any = None,
    ) -> None:
        self.response, self.stranger, self.writes = response, stranger, writes
        self.before: dict[Any, dict[str, Any]] = before or {}
        self.after: dict[Any, dict[str, Any]] = after or {}
        self.status: int = response.status_code
        streaming = getattr(response, "streaming", False)
        self.body: bytes = (
            b"".join(response.streaming_content) if streaming else bytes(response.content)
        )

    @property
    def text(self) -> str:
        """Return the body as a text."""
        return self.body.decode("utf-8", "replace")

    @property
    def verdict(self) -> str:
        """Return whether it is an answer, a refusal or not found; else the status in words."""
        if self.status in (401, 403) or (self.stranger and self._asks_to_sign_in()):
            return REFUSED
        if self.status == 404:
            return MISSING
        if self.status >= 500:
            return f"an error ({self.status}{self._reason()})"
        return WORDS.get(self.status, OK)

    def _reason(self) -> str:
        raised = getattr(self.response, "exc_info", None)
        return f", {raised[0].__name__}: {raised[1]}" if raised else ""

    def _asks_to_sign_in(self) -> bool:
        there = self.response.headers.get("Location", "").split("?")[0]
        return self.status == 302 and there == str(resolve_url(settings.LOGIN_URL)).split("?")[0]

    @property
    def page(self) -> Any:
        """Return the component that was drawn; None where it is no page of a view."""
        return (getattr(self.response, "context_data", None) or {}).get("page")

    @cached_property
    def reader(self) -> Reader:
        """Return the page as it was read."""
        reader = Reader()
        if "html" in self.response.headers.get("Content-Type", ""):
            reader.feed(self.text)
        return reader

    def parts(self, name: str) -> list[dict[str, str]]:
        """Return the attributes of the elements with a `data-pc-part`."""
        return [p for p in self.reader.parts if re.fullmatch(name, p["data-pc-part"])]

    @property
    def fields(self) -> set[str]:
        """Return the names of the fields that have a control."""
        named = {p["data-pc-field"] for p in self.parts("field|field-hidden|cell-editor")}
        return named | {c["name"] for c in self.reader.controls}

    @property
    def data(self) -> dict[str, list[str]]:
        """Return what the controls would send as they stand."""
        found: dict[str, list[str]] = {}
        for name, value in self.reader.data:
            found.setdefault(name, []).append(value)
        return found

    @property
    def changed(self) -> dict[Any, set[str]]:
        """Return the names of the fields that changed, by the key of the row."""
        return {
            key: names
            for key, row in self.after.items()
            if key in self.before
            and (names := {n for n, value in row.items() if self.before[key][n] != value})
        }

    @property
    def created(self) -> list[dict[str, Any]]:
        """Return the rows that are new."""
        return [row for key, row in self.after.items() if key not in self.before]

    @property
    def deleted(self) -> set[Any]:
        """Return the keys of the rows that are gone."""
        return self.before.keys() - self.after.keys()
