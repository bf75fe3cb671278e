"""Writes reference/components.md from the contract: python -m tests.docs.contract_page

The tests compare the page with what this makes; what stands above "## Components" is free text.
"""

import ast
import inspect
import re
from collections.abc import Iterator
from typing import Any

from powercrud_core.components import Component
from powercrud_core.packs import contract
from tests.docs.blocks import DOCS

PAGE = DOCS / "reference/components.md"
START = "## Components\n"
INTRODUCTIONS = (
    "One template each, `cotton/powercrud_<pack>/<component>.html`.",
    "Plain data inside components, drawn by the component that holds them.",
)


def reference() -> str:
    """Return the generated part of the page."""
    classes = [getattr(contract, name) for name in contract.__all__]
    drawn = [c for c in classes if issubclass(c, Component)]
    pieces = [c for c in classes if not issubclass(c, Component)]
    parts = [START, INTRODUCTIONS[0], ""]
    parts += [line for cls in drawn for line in entry(f"`{cls.name}`", cls)]
    parts += ["## Pieces\n", INTRODUCTIONS[1], ""]
    parts += [line for cls in pieces for line in entry(cls.__name__, cls)]
    return "\n".join(parts).rstrip() + "\n"


def entry(title: str, cls: Any) -> Iterator[str]:
    """Yield the lines about one class: its purpose, then a table of its fields."""
    purpose, meanings = described(cls)
    yield f"### {title}\n"
    yield purpose.replace(". ", ".\n") + "\n"
    yield "| Field | Type | Default | Meaning |\n| --- | --- | --- | --- |"
    for name, type_, default in declared(cls):
        cells = [
            f"`{name}`",
            f"`{type_}`",
            f"`{default}`" if default else "",
            meanings.get(name, ""),
        ]
        yield f"| {' | '.join(c.replace('|', chr(92) + '|') for c in cells)} |"
    yield ""


def described(cls: type) -> tuple[str, dict[str, str]]:
    """Return a docstring's text, and what it says about each field."""
    purpose, _, listed = re.sub(
        r"\n\n(?=\w+: )", "\0", inspect.getdoc(cls) or "", count=1
    ).partition("\0")
    entries = re.split(r"\n(?=\w+: )", listed) if listed else []
    pairs = (" ".join(entry.split()).split(": ", 1) for entry in entries)
    return " ".join(purpose.split()), {name: f"{text[0].upper()}{text[1:]}" for name, text in pairs}


def declared(cls: type) -> Iterator[tuple[str, str, str]]:
    """Yield name, type and default of a dataclass's own fields, as they stand in the source."""
    (body,) = ast.parse(inspect.getsource(cls)).body
    assert isinstance(body, ast.ClassDef)
    for node in body.body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            default = ast.unparse(node.value).replace("'", '"') if node.value else ""
            default = '""' if "default_factory" in default else default
            yield node.target.id, ast.unparse(node.annotation), default


if __name__ == "__main__":
    above = PAGE.read_text().split(START)[0]
    PAGE.write_text(above + reference())
