"""What must hold of every element, whatever is drawn: ids, references, labels, things to see."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from string import whitespace
from typing import Any

from powercrud_core.packs import PackConfig
from powercrud_core.testing.sight import hiding_classes, is_visible, kind, lost_drawings, picture
from powercrud_core.testing.tree import EDGES, parse

__all__ = ["Flaw", "flaws"]

NAMES = {"aria-label", "title", "placeholder"}
REFERENCES = ("aria-labelledby", "aria-describedby", "for")
LABELABLE = {"button", "input", "meter", "output", "progress", "select", "textarea"}
# Without content these are there for nothing, and may still have a border or a margin.
HOLDERS = frozenset(
    (
        *("a", "abbr", "b", "dd", "div", "dt", "em", "footer", "h1", "h2", "h3", "h4", "header"),
        *("li", "p", "section", "small", "span", "strong"),
    )
)
DECORATION = 'Print only what is there; decoration is aria-hidden="true".'


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something wrong with an element."""

    check: str
    expected: str
    found: str
    hint: str = ""


def flaws(html: str, pack: PackConfig) -> Iterator[Flaw]:
    """Yield what is wrong with the elements of some HTML of a pack."""
    root, complaints = parse(html)
    elements = [e for e in root.iter() if isinstance(e.tag, str)]
    ids = {e.get("id"): e for e in reversed(elements) if e.get("id")}
    for id, times in Counter(e.get("id") for e in elements if e.get("id")).items():
        if times > 1:
            yield Flaw("ids", f"the id {id!r} once", f"{times} times")
    for element in elements:
        yield from references(element, ids)
        yield from lacks(element)
    yield from unseen(elements, hiding_classes(pack))
    for href in lost_drawings(root):
        yield Flaw("drawing", "a drawing that exists", f'<use href="{href}"> leads nowhere')
    for complaint in complaints:
        yield Flaw("html", "HTML that needs no repair", complaint)


def references(element: Any, ids: Mapping[str, Any]) -> Iterator[Flaw]:
    """Yield references to nothing, and labels of nothing that one can fill in."""
    for name in REFERENCES:
        for id in element.get(name, "").split():
            if id not in ids:
                yield Flaw("refs", f"an element with the id {id!r}", f'{name}="{id}" leads nowhere')
    address = element.get("href", "") if element.tag == "a" else ""
    if address.startswith("#") and address != "#" and address[1:] not in ids:
        yield Flaw("refs", f"an element with the id {address[1:]!r}", "a link that leads nowhere")
    if element.tag == "label":
        target = ids.get(element.get("for"))
        bound = element.iter() if "for" not in element.attrib else [element, target][1:]
        if not any(e is None or e.tag in LABELABLE for e in bound):
            text = " ".join("".join(element.itertext()).split())
            yield Flaw(
                "label",
                "a control for every <label>",
                f"<label> {text}",
                hint="The words that name a group stand in a <span> or <legend>.",
            )


def lacks(element: Any) -> Iterator[Flaw]:
    """Yield what an element of its kind must have and this one has not."""
    for name in NAMES & element.attrib.keys():
        if not element.get(name):
            yield Flaw("empty", f"{name} with a text, or none", f"<{element.tag} {name}>")
    if element.tag == "a" and not {"href", "data-pc-follow"} & element.attrib.keys():
        yield Flaw("empty", "an address in every <a>", f"<a> {element.text or ''}")
    if element.tag == "th" and "scope" not in element.attrib:
        yield Flaw("empty", "a scope on every <th>", f"<th> {element.text or ''}")
    if kind(element) == "svg" and not {"aria-hidden", "aria-label", "role"} & element.attrib.keys():
        hint = 'Decoration is aria-hidden="true".'
        yield Flaw("empty", "a drawing that is hidden or named", "<svg>", hint=hint)
    if is_empty(element):
        found = f'<{element.tag} class="{element.get("class", "")}">'
        yield Flaw("empty", "no element without content", found, hint=DECORATION)


def is_empty(element: Any) -> bool:
    """Say whether an element is there for nothing: no content, no hook, no reason."""
    told = {"aria-hidden", "role", "id"} & element.attrib.keys() or any(
        "data-pc" in a for a in element.attrib
    )
    bare = not len(element) and not (element.text or "").strip(EDGES + whitespace)
    return bare and not told and element.tag in HOLDERS


def unseen(elements: Collection[Any], hiding: Collection[str]) -> Iterator[Flaw]:
    """Yield links and buttons that show nothing, and different ones that show the same."""
    told: dict[str, str] = {}
    for element in elements:
        if element.tag not in ("a", "button", "summary") or "hidden" in element.attrib:
            continue
        part = element.get("data-pc-part") or element.get("aria-label") or ""
        if not is_visible(element, hiding):
            found = f"<{element.tag}> {part}"
            yield Flaw("empty", "something to see in every link and button", found)
        elif shape := picture(element, hiding):
            other = told.setdefault(shape, part)
            if other != part:
                yield Flaw("drawing", f"drawings that tell {other} from {part}", "the same one")
