"""Breaks conforming packs, one thing at a time, and asks whether the kit sees it.

    python -m tests.packs.mutants [PACK …]      default is plain

Each pack is copied first; what is broken is the copy. Prints killed and survived, with reasons
for the survivors (SURVIVORS: they mean the same, or are a known hole), and fails below 95 % or
with a survivor that has no reason.
"""

import os
import re
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import django

ROOT = Path(__file__).parents[2]
SHARE = 0.95

# Kind of mutant to what is looked for and what stands in its place, in a template of a pack.
BREAKS: tuple[tuple[str, str, str], ...] = (
    ("bundle dropped", r"(?<=<)(\w+) \{\{ [\w.]+ \}\}", r"\1"),
    ("slot dropped", r"(?<=[>\s}])\{\{ [\w.]+(\|default:\"\")? \}\}(?![\w\"]*\"[ >])", ""),
    ("piece dropped", r"<c-(?!vars)[^<>]*/>", ""),
    ("escape lost", r"\{\{ ([\w.]+) \}\}(?=\s*<)", r"{{ \1|safe }}"),
    ("quotes lost", r"=\"(\{\{ [\w.]+ \}\})\"", r"=\1"),
    ("always", r"\{% if (?!1 )[^%]+ %\}", "{% if 1 %}"),
    ("never", r"\{% if (?!0 )[^%]+ %\}", "{% if 0 %}"),
    ("first only", r"\{% for (\w+) in ([\w.]+) %\}", r'{% for \1 in \2|slice:":1" %}'),
    ("attribute dropped", r" (?:role|scope|for|aria-\w+|tabindex|id|lang|dir|href)=\"[^\"]*\"", ""),
    ("label unbound", r"<label(?=[ >])(.*?)</label>", r"<span\1</span>"),
    ("heading lost", r"<(h[1-6])\b(.*?)</\1>", r"<p\2</p>"),
    ("caption lost", r"<(caption|legend)\b.*?</\1>", ""),
    ("element changed", r"<(button|a|nav|form|details|table|th|summary)(?=[ >])", "<div"),
    ("name changed", r"(?<= name=\")\{\{ [\w.]+ \}\}", "other"),
    ("value dropped", r" value=\"\{\{ [\w.]+ \}\}\"", ""),
    ("text untranslated", r"\{% translate (\"[^\"]+\") %\}", "Words"),
    ("block dropped", r"\{% block \w+ %\}\{% endblock %\}", ""),
    ("attributes dropped", r"\{% include \"django/forms/widgets/attrs.html\" %\}", ""),
)

ANY = r".*"
UNSEEN = "A hole: only a browser sees that CSS hides the words, and nothing is left to see."
ICON = "An icon is decoration: its words stand beside it."
# Survivors, mostly because they mean the same: kind, file and what was there, as expressions.
SURVIVORS: dict[tuple[str, str, str], str] = {
    ("slot dropped", "icon_link|toolbar", r"\w\.icon\b"): UNSEEN,
    ("slot dropped", ANY, r"\w\.icon\b"): ICON,
    ("piece dropped", ANY, r"ui\.icon\b"): ICON,
    ("never|always", ANY, r"if [\w.]+\.icon "): ICON,
    ("never", "action_menu", "compact and link.icon"): "An icon or its words: both name the link.",
    ("quotes lost|name changed", ANY, r"icon\.key|message\.tone"): "Another drawing.",
    ("never", "clearable_file_input", r"attrs\."): "A hole: no sample has a disabled file field.",
    ("attribute dropped", "clearable_file_input", "for="): "The label stands around its box.",
    (ANY, "picked", r"widget\.rest|widget\.picked"): "A hole: no page picks that many values.",
    (ANY, "select", r"\bvalue\b"): "A hole: no sample has options with attributes of their own.",
    ("never|always", "select", "group_name"): "An end tag that a browser adds or ignores.",
    ("never|always", "field_group", r"if field_group\.inline"): "A class: looks.",
    ("never", "table", r"if header\.help_text"): "A tooltip: the help stands in the heading too.",
    ("always", "pagination|results", ANY): "A wrapper with nothing in it.",
    (
        "always",
        "sort_panel|related_group",
        r"keys|names",
    ): "A list of nothing: no words, nothing to see.",
    ("always", "sort_panel", r"sort_panel\.clear"): "The core gives it wherever there are keys.",
}


@dataclass(frozen=True)
class Mutant:
    """One broken template."""

    kind: str
    path: Path
    text: str
    was: str
    line: int

    def __str__(self) -> str:
        return f"{self.kind}: {self.path.name}:{self.line} {self.was!r}"

    @property
    def reason(self) -> str:
        """Return why this mutant means the same, or nothing."""
        for (kind, name, was), reason in SURVIVORS.items():
            named = re.fullmatch(kind, self.kind) and re.fullmatch(name, self.path.stem)
            if named and re.search(was, self.was):
                return reason
        return ""


def mutants(templates: Path) -> Iterator[Mutant]:
    """Yield every mutant of a pack's templates."""
    for path in sorted(templates.rglob("*.html")):
        text = path.read_text()
        for kind, old, new in BREAKS:
            for found in re.finditer(old, text, re.S):
                if inside_drawing(text, found.start()):
                    continue
                changed = text[: found.start()] + found.expand(new) + text[found.end() :]
                line = text.count("\n", 0, found.start()) + 1
                if changed != text:
                    yield Mutant(kind, path, changed, " ".join(found[0].split())[:70], line)


def inside_drawing(text: str, position: int) -> bool:
    """Say whether a place is in the choice of an icon's drawing, which means nothing."""
    return "<svg" in text[:position] and "<path" in text


class Bench:
    """Looks at one pack again and again."""

    def __init__(self, pack: str) -> None:
        from powercrud_core.packs import get_pack, installed_packs
        from powercrud_core.testing import kit

        self.module, self.config = kit, get_pack(pack)
        self.reference = installed_packs()[kit.REFERENCE]
        self.cases = kit.case_names()
        self.remember()
        if found := self.verdict(Path()):
            raise SystemExit(f"The pack {pack} does not conform: {found}")

    def remember(self) -> None:
        """Draw what is expected while nothing is broken; afterwards it is not drawn again."""
        from powercrud_core.testing.scenes import SCENES

        self.forget()
        for level, _, subject in (case.partition(":") for case in self.cases):
            if level in ("parity", "http"):
                if level == "http":
                    html = SCENES[subject].html(self.reference.pack.name)
                else:
                    html = self.module.drawn(self.reference, subject)
                for cards in (False, True):
                    self.module.expected(f"{level}.{subject}", cards, lambda html=html: html)

    def forget(self) -> None:
        """Read all templates anew."""
        from django.template.autoreload import reset_loaders

        reset_loaders()
        for config in {self.config, self.reference}:
            for name in ("_templates", "form_renderer"):
                vars(config).pop(name, None)

    def verdict(self, path: Path) -> str:
        """Return the first finding, or nothing; the cases nearest to a file come first."""
        self.forget()
        kit = self.module.Kit(self.config, self.reference)
        for case in sorted(self.cases, key=lambda case: distance(case, path.stem)):
            if found := kit.findings(case):
                return found[0].key
        return ""


def distance(case: str, component: str) -> int:
    """Return how late a case is to be looked at when a component was changed."""
    level, _, subject = case.partition(":")
    near = subject.partition(".")[0] == component
    order = ("parity", "static", "http", "render", "behaviour").index(level)
    return order - 10 * near


def hunt(pack: str, templates: Path) -> bool:
    """Print what became of every mutant of a pack; say whether it is enough."""
    bench, started = Bench(pack), time.monotonic()
    killed: Counter[str] = Counter()
    survivors = []
    for mutant in mutants(templates):
        whole = mutant.path.read_text()
        mutant.path.write_text(mutant.text)
        try:
            found = bench.verdict(mutant.path)
        finally:
            mutant.path.write_text(whole)
        if found:
            killed[mutant.kind] += 1
        else:
            survivors.append(mutant)
            print(f"alive: {mutant}", flush=True)
    total = killed.total() + len(survivors)
    alive: Counter[str] = Counter(m.kind for m in survivors)
    print(f"\n{pack}: {total} mutants in {time.monotonic() - started:.0f} s")
    for kind, _, _ in BREAKS:
        print(f"  {kind:<20}{killed[kind]:>4} killed{alive[kind]:>4} survived")
    for mutant in survivors:
        print(f"  {mutant}\n      {mutant.reason or 'NOT EXPLAINED'}")
    share = killed.total() / total
    print(f"{pack}: {killed.total()} of {total} killed, {share:.1%}")
    return share >= SHARE and all(m.reason for m in survivors)


def main(packs: list[str]) -> int:
    with tempfile.TemporaryDirectory() as folder:
        sys.path.insert(0, folder)
        for pack in packs:
            name = f"powercrud_{pack}"
            shutil.copytree(ROOT / "packs" / pack / name, Path(folder) / name)
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
        django.setup()
        from powercrud_core.testing.scenes import store_database

        with store_database():
            good = [hunt(p, Path(folder) / f"powercrud_{p}" / "templates") for p in packs]
    return int(not all(good))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or ["plain"]))
