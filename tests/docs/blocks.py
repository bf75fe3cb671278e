"""The code blocks of the documentation's pages."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
DOCS = ROOT / "docs"
FENCE = re.compile(r"^(?P<indent> *)(?P<fence>`{3,})(?P<info>.*)$")


@dataclass(frozen=True, slots=True)
class Block:
    """One fenced block: its language, the file it stands for, and its text."""

    page: Path
    line: int
    language: str
    caption: str
    text: str

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def pages() -> list[Path]:
    """Return the pages of the documentation and the README."""
    built = DOCS / "_build"
    return [ROOT / "README.md", *sorted(p for p in DOCS.rglob("*.md") if built not in p.parents)]


def blocks(page: Path) -> Iterator[Block]:
    """Yield the fenced blocks of a page in order."""
    lines = iter(enumerate(page.read_text().splitlines(), start=1))
    for number, line in lines:
        opened = FENCE.match(line)
        if opened is None:
            continue
        body = []
        for _, inner in lines:
            if inner.strip() == opened["fence"]:
                break
            body.append(inner[len(opened["indent"]) :])
        info = opened["info"].strip()
        options, text = _options(body) if info.startswith("{") else ({}, body)
        yield Block(
            page=page,
            line=number,
            language=info.removeprefix("{code-block}").strip(),
            caption=options.get("caption", ""),
            text="\n".join(text) + "\n",
        )


def _options(body: list[str]) -> tuple[dict[str, str], list[str]]:
    """Return a directive's options and the lines after them."""
    options = {}
    for index, line in enumerate(body):
        found = re.fullmatch(r":(\w+):\s*(.*)", line)
        if found is None:
            return options, body[index + 1 :] if not line else body[index:]
        options[found[1]] = found[2]
    return options, []
