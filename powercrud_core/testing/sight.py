"""What there is to see in HTML: words that the stylesheet leaves, and drawings that exist."""

import re
from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import HashedFilesMixin, staticfiles_storage

from powercrud_core.packs import PackConfig
from powercrud_core.testing.tree import parse

__all__ = ["hiding_classes", "is_visible", "kind", "lost_drawings", "picture", "seen_words"]

COMMENT = re.compile(r"/\*.*?\*/", re.S)
RULE = re.compile(r"([^{};]+)\{([^{}]*)\}")
# What hides words from the eye and leaves them to a screen reader.
CLIPPED = re.compile(r"clip\s*:\s*rect\(\s*0|clip-path\s*:\s*inset\(\s*(?:50|100)%")
CLASS = re.compile(r"\.((?:[\w-]|\\.)+)(?::not\([^)]*\))*")
DRAWN = ("svg", "img", "i", "input")
XLINK = "{http://www.w3.org/1999/xlink}href"


def kind(element: Any) -> str:
    """Return the name of an element's tag; a drawing's come with their namespace."""
    return str(element.tag).rpartition("}")[2]


@cache
def hiding_classes(pack: PackConfig) -> frozenset[str]:
    """Return the classes that a pack's stylesheets give to words for screen readers alone."""
    return frozenset(name for sheet in _stylesheets(pack) for name in _hiding(sheet))


def _stylesheets(pack: PackConfig) -> Iterator[str]:
    for config in pack.chain():
        for name in config.pack.css:
            path = Path(config.path) / "static" / name
            if path.is_file():
                yield COMMENT.sub("", path.read_text(encoding="utf-8"))


def _hiding(css: str) -> Iterator[str]:
    for selectors, declarations in RULE.findall(css):
        if CLIPPED.search(declarations):
            for selector in selectors.split(","):
                if found := CLASS.fullmatch(selector.strip()):
                    yield found[1]


def is_visible(element: Any, hiding: Collection[str]) -> bool:
    """Say whether an element shows words or a drawing."""
    if "hidden" in element.attrib or set(element.get("class", "").split()) & set(hiding):
        return False
    if kind(element) in DRAWN or (element.get("aria-hidden") == "true" and not len(element)):
        return True
    inside = [c for c in element if isinstance(c.tag, str)]
    texts = (element.text, *(c.tail for c in element))
    return any((t or "").strip() for t in texts) or any(is_visible(c, hiding) for c in inside)


def picture(element: Any, hiding: Collection[str]) -> str:
    """Return what an element draws in the place of words, "" where it shows words as well."""
    if not is_visible(element, hiding):
        return ""
    drawn: list[str] = []
    words: list[str] = []
    _see(element, hiding, drawn, words)
    return "" if "".join(words).strip() else "".join(drawn)


def _see(element: Any, hiding: Collection[str], drawn: list[str], words: list[str]) -> None:
    words.append(element.text or "")
    for child in element:
        if isinstance(child.tag, str) and is_visible(child, hiding):
            if kind(child) in DRAWN or child.get("aria-hidden") == "true":
                drawn.append(_shape(child))
            else:
                _see(child, hiding, drawn, words)
        words.append(child.tail or "")


def _shape(element: Any) -> str:
    """Return everything in a drawing that may tell it from another."""
    parts = [e for e in element.iter() if isinstance(e.tag, str)]
    return " ".join(f"{kind(e)}{sorted(e.attrib.items())}{e.text or ''}" for e in parts)


def seen_words(element: Any, hiding: Collection[str]) -> str:
    """Return the words that an element shows, with its tooltips and placeholders."""
    if "hidden" in element.attrib or set(element.get("class", "").split()) & set(hiding):
        return ""
    found = [element.get("title", ""), element.get("placeholder", ""), element.text or ""]
    for child in element:
        found += [seen_words(child, hiding) if isinstance(child.tag, str) else "", child.tail or ""]
    return " ".join(found)


def lost_drawings(root: Any) -> Iterator[str]:
    """Yield the places in a sprite that a drawing refers to and that are not there."""
    elements = [e for e in root.iter() if isinstance(e.tag, str)]
    ids = {e.get("id") for e in elements}
    for element in elements:
        if kind(element) == "use":
            href = element.get("href") or element.get(XLINK) or ""
            if not _exists(href, ids):
                yield href


def _exists(href: str, here: Collection[str]) -> bool:
    url = urlsplit(href)
    if not url.path:
        return unquote(url.fragment) in here
    foreign = url.netloc or not url.path.startswith(str(settings.STATIC_URL))
    if foreign or isinstance(staticfiles_storage, HashedFilesMixin):
        return True  # no file that is here under this name
    found = finders.find(unquote(url.path.removeprefix(str(settings.STATIC_URL))))
    if not isinstance(found, str):
        return False
    return unquote(url.fragment) in _ids(found, Path(found).stat().st_mtime)


@cache
def _ids(file: str, changed: float) -> frozenset[str]:
    root = parse(Path(file).read_text(encoding="utf-8"))[0]
    return frozenset(e.get("id") for e in root.iter() if isinstance(e.tag, str) and e.get("id"))
