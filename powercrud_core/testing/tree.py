"""Semantic trees: what an HTML page means, without how it looks.

A node is an element that has a role, a name of its own, a state, a value, a target or a hook of the
contract. Classes, wrappers, decoration, tooltips, the order of attributes, heading levels, the
place of actions and punctuation around texts are no part of it. Two packs that mean the same give
equal outlines.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any

__all__ = ["ALTERNATIVES", "Hunk", "Line", "differences", "outline", "parse"]

# Part to the roles a pack may choose from: the contract says what it is, not which of these.
ALTERNATIVES: Mapping[str, frozenset[str]] = {
    part: frozenset(roles.split())
    for part, roles in {
        "errors": "generic list",
        "row-errors": "generic list",
        "chip": "generic listitem",
        "sort-key": "generic listitem",
        "detail-page": "generic article region",
        "detail-field": "generic listitem row",
        "related-group": "generic listitem region",
    }.items()
}
# The same for a pack whose table is not a table: cards in a list.
CARDS: Mapping[str, frozenset[str]] = {
    "table": frozenset({"table", "list", "generic"}),
    "header": frozenset({"columnheader", "listitem", "generic"}),
    "row": frozenset({"row", "listitem", "article", "generic"}),
    "cell": frozenset({"cell", "rowheader", "generic", "heading", "definition"}),
}
# A pack may put what can be done before or after what it is done with.
MOVABLE = {"list-actions", "detail-actions", "row-actions", "row-form", "selection-bar"}

ROLES = {
    "nav": "navigation",
    "main": "main",
    "form": "form",
    "aside": "complementary",
    "search": "search",
    "article": "article",
    "ul": "list",
    "ol": "list",
    "li": "listitem",
    "table": "table",
    "tr": "row",
    "td": "cell",
    "fieldset": "group",
    "details": "disclosure",
    "summary": "summary",
    "dialog": "dialog",
    "button": "button",
    "textarea": "textbox",
    "option": "option",
    "optgroup": "group",
    "progress": "progressbar",
    "meter": "meter",
    "output": "status",
    **{f"h{i}": "heading" for i in range(1, 7)},
}
INPUTS = {
    **dict.fromkeys(("submit", "button", "reset", "image"), "button"),
    "checkbox": "checkbox",
    "radio": "radio",
    "hidden": "hidden",
    "search": "searchbox",
    "number": "spinbutton",
    "range": "slider",
    "file": "file",
}
# These say something only where the contract put a part, or the pack a name, on them.
STRUCTURE = {
    "row",
    "cell",
    "columnheader",
    "rowheader",
    "list",
    "listitem",
    "article",
    "region",
    "rowgroup",
    "term",
    "definition",
}
FROM_CONTENT = {"link", "button", "heading", "option", "summary"}
CONTROLS = {"input", "select", "textarea", "button"}
STATES = {
    "autofocus",
    "checked",
    "disabled",
    "formnovalidate",
    "hidden",
    "inert",
    "multiple",
    "novalidate",
    "open",
    "readonly",
    "required",
    "selected",
}
VALUES = {
    "accept",
    "action",
    "enctype",
    "form",
    "formaction",
    "formmethod",
    "href",
    "lang",
    "max",
    "maxlength",
    "method",
    "min",
    "minlength",
    "name",
    "pattern",
    "rel",
    "step",
    "tabindex",
    "target",
    "type",
    "value",
}
# What the core makes anew for every page: words used once, and signed texts with their time.
SIGNED = {"csrfmiddlewaretoken", "selection", "_notes", "_once", "_plan", "_rest"}
NAMING = {"aria-label", "aria-labelledby", "aria-hidden"}
SILENT = {"script", "style", "template", "head"}
EDGES = "()[]:,;·•|="


@dataclass(slots=True)
class Node:
    """One node of a semantic tree."""

    text: str
    part: str = ""
    children: list["Node"] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Line:
    """A node as a line of an outline."""

    depth: int
    text: str
    part: str

    def __str__(self) -> str:
        return "  " * self.depth + self.text


@dataclass(frozen=True, slots=True)
class Hunk:
    """One place where two outlines differ; `parts` are the parts around it, nearest first."""

    expected: str
    found: str
    parts: tuple[str, ...]


def parse(html: str) -> tuple[Any, list[str]]:
    """Return the elements of a page or fragment, and the parser's complaints.

    Raises ModuleNotFoundError, saying what to install, where html5lib is missing.
    """
    try:
        import html5lib
    except ModuleNotFoundError as error:
        message = (
            "The conformance kit reads HTML with html5lib: pip install powercrud-core[testing]"
        )
        raise ModuleNotFoundError(message) from error
    parser = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("etree"), namespaceHTMLElements=False)
    if html.lstrip()[:9].lower() == "<!doctype":
        root = parser.parse(html)
    else:
        container = "tbody" if html.lstrip().startswith("<tr") else "div"
        root = parser.parseFragment(html, container=container)
    return root, [f"{code} {data}" for _, code, data in parser.errors]


def outline(html: str, *, cards: bool | None = None) -> list[Line]:
    """Return the semantic tree of some HTML as lines; with `cards` a table may be any list."""
    root = parse(html)[0]
    if cards is None:
        cards = not is_tabular(root)
    tree = Node("")
    Reader(root, {**ALTERNATIVES, **(CARDS if cards else {})}).read(root, tree, muted=False)
    return list(_lines(settled(tree), -1))[1:]


def is_tabular(root: Any) -> bool:
    """Say whether the parts of a table are those of an HTML table."""
    parts = {e.get("data-pc-part"): e for e in root.iter() if isinstance(e.tag, str)}
    table, row = parts.get("table"), parts.get("row")
    return (table is None or table.tag == "table") and (row is None or row.tag == "tr")


def differences(expected: list[Line], found: list[Line]) -> Iterator[Hunk]:
    """Yield the places where two outlines differ."""
    matcher = SequenceMatcher(
        None, [str(x) for x in expected], [str(x) for x in found], autojunk=False
    )
    for kind, i1, i2, j1, j2 in matcher.get_opcodes():
        if kind != "equal":
            lines, at = (expected, i1) if i1 < i2 else (found, j1)
            # What is missing altogether is the fault of what is around it.
            parts = tuple(_around(lines, at, inside=kind != "delete"))
            yield Hunk(_shown(expected[i1:i2]), _shown(found[j1:j2]), parts)


def settled(node: Node) -> Node:
    """Return a node with its movable children last, and the texts that they parted joined."""
    kept = Node(node.text, node.part)
    for child in sorted(map(settled, node.children), key=lambda c: c.part in MOVABLE):
        last = kept.children[-1] if kept.children else None
        if last is not None and last.text.startswith("text ") and child.text.startswith("text "):
            last.text += child.text.removeprefix("text")
        else:
            kept.children.append(child)
    return kept


def _shown(lines: list[Line]) -> str:
    shown = [str(line) for line in lines[:8]]
    return "\n".join([*shown, f"… {len(lines) - 8} more"] if len(lines) > 8 else shown) or "nothing"


def _around(lines: list[Line], at: int, *, inside: bool) -> Iterator[str]:
    depth = lines[at].depth + inside
    for line in reversed(lines[: at + 1]):
        if line.depth < depth:
            depth = line.depth
            if line.part:
                yield line.part


def _lines(node: Node, depth: int) -> Iterator[Line]:
    yield Line(depth, node.text, node.part)
    for child in node.children:
        yield from _lines(child, depth + 1)


class Reader:
    """Reads the elements of one document."""

    def __init__(self, root: Any, alternatives: Mapping[str, frozenset[str]]) -> None:
        self.alternatives = alternatives
        elements = [e for e in root.iter() if isinstance(e.tag, str)]
        self.by_id = {e.get("id"): e for e in reversed(elements) if e.get("id")}
        self.labels = {e.get("for"): e for e in elements if e.tag == "label" and e.get("for")}
        self.around = {
            c: e for e in elements if e.tag == "label" for c in e.iter() if c.tag in CONTROLS
        }
        named = " ".join(e.get("aria-labelledby", "") for e in elements).split()
        self.naming = {e for e in elements if e.tag in ("legend", "caption")}
        # A label of nothing names nothing: its words are words.
        self.naming |= {e for id, e in self.labels.items() if id in self.by_id}
        self.naming |= set(self.around.values())
        self.naming |= {self.by_id[id] for id in named if id in self.by_id}

    def read(self, element: Any, parent: Node, *, muted: bool) -> None:
        """Add what an element's content means to a node."""
        words(parent, "" if muted else element.text)
        for child in element:
            if isinstance(child.tag, str):
                self.read_element(child, parent, muted)
            words(parent, "" if muted else child.tail)

    def read_element(self, element: Any, parent: Node, muted: bool) -> None:
        """Add what one element means to a node."""
        hooked = any(name.startswith("data-pc-") for name in element.keys())  # noqa: SIM118
        if element.tag in SILENT or (element.get("aria-hidden") == "true" and not hooked):
            return
        role = self.role(element)
        part = element.get("data-pc-part") or ""
        allowed = self.alternatives.get(part, ())
        shown = role or "generic"
        if shown in allowed:
            shown, role = "/".join(sorted(allowed)), ""
        name = clean(self.name(element, role))
        facts = list(self.facts(element, role))
        quiet = muted or role in FROM_CONTENT or element in self.naming or element.tag == "select"
        if not (role or facts or name):
            self.read(element, parent, muted=quiet)
            return
        node = Node(" ".join([shown, *([f"“{name}”"] if name else []), *facts]), part)
        if role == "hidden":
            # Where a hidden input stands in its form means nothing.
            place = sum(c.text.startswith("hidden ") for c in parent.children)
            parent.children.insert(place, node)
        else:
            parent.children.append(node)
        self.read(element, node, muted=quiet)

    def role(self, element: Any) -> str:
        """Return the role of an element, "" where it only groups."""
        role = element.get("role", "").split(" ")[0] or self.implied(element)
        bare = not element.get("data-pc-part") and not element.get("aria-label")
        return (
            ""
            if role in ("none", "presentation")
            or (role in STRUCTURE and bare and not element.get("aria-labelledby"))
            else role
        )

    def implied(self, element: Any) -> str:
        tag = element.tag
        if tag == "input":
            return INPUTS.get(element.get("type", "text").lower(), "textbox")
        if tag == "select":
            return "listbox" if "multiple" in element.attrib else "combobox"
        if tag == "a":
            return "link" if "href" in element.attrib else ""
        if tag == "img":
            return "img" if element.get("alt") else ""
        if tag == "th":
            return "rowheader" if element.get("scope") == "row" else "columnheader"
        if tag == "section":
            named = element.get("aria-label") or element.get("aria-labelledby")
            return "region" if named else ""
        return ROLES.get(tag, "")

    def facts(self, element: Any, role: str) -> Iterator[str]:
        """Yield states, values, targets and hooks, in a fixed order."""
        attrs = dict(element.attrib)
        if element.tag in ("button", "input"):
            attrs.setdefault("type", "submit" if element.tag == "button" else "text")
        if attrs.get("name") in SIGNED and attrs.get("value"):
            attrs["value"] = "…"
        if element.tag == "label":
            attrs = {}
        if role == "file":
            attrs.pop("value", None)  # a browser takes none
        hooked = any(name.startswith("data-pc-") for name in attrs)
        for name in sorted(attrs):
            if name in STATES:
                yield name
            elif (
                name in VALUES
                or (name == "id" and (hooked or role))
                or name.startswith("data-pc-")
                or (name.startswith("aria-") and name not in NAMING)
            ):
                yield f"{name}={attrs[name]!r}" if attrs[name] else name

    def name(self, element: Any, role: str) -> str:
        """Return the accessible name of an element."""
        if ids := element.get("aria-labelledby", "").split():
            return " ".join(self.text(self.by_id[id]) for id in ids if id in self.by_id)
        if label := element.get("aria-label"):
            return str(label)
        if element.tag in CONTROLS and role not in ("button", "hidden"):
            label = self.labels.get(element.get("id"), self.around.get(element))
            if label is not None:
                return self.text(label)
            return element.get("title") or element.get("placeholder") or ""
        naming = {"fieldset": "legend", "table": "caption"}.get(element.tag)
        if naming and (found := element.find(naming)) is not None:
            return self.text(found)
        if element.tag in ("img", "optgroup"):
            return element.get("alt") or element.get("label") or ""
        if role in FROM_CONTENT:
            return self.text(element) or element.get("title") or ""
        return ""

    def text(self, element: Any) -> str:
        """Return the text of an element as a screen reader says it."""
        found = [element.text or ""]
        for child in element:
            if (
                isinstance(child.tag, str)
                and child.tag not in SILENT | {"select", "textarea"}
                and child.get("aria-hidden") != "true"
            ):
                found.append(child.get("alt") or "" if child.tag == "img" else self.text(child))
            found.append(child.tail or "")
        return " ".join(found)


def clean(text: str) -> str:
    """Return a text with single spaces and without punctuation at the edges of words."""
    return " ".join(filter(None, (word.strip(EDGES) for word in re.split(r"\s+", text))))


def words(parent: Node, text: str | None) -> None:
    """Add a text to a node, joined with the one before: wrappers do not divide texts."""
    if cleaned := clean(text or ""):
        last = parent.children[-1] if parent.children else None
        if last is not None and last.text.startswith("text "):
            last.text = f"{last.text} {cleaned}"
        else:
            parent.children.append(Node(f"text {cleaned}"))
