"""Breaks conforming packs, one thing at a time, and asks whether the kit sees it.

    python -m tests.packs.mutants [--thorough] [--only=PATTERN,…] [PACK …]

Default is plain; patterns are of the names of templates: --only="bulk_*,row" after a change.

What is broken is a copy of the pack, one for each processor. Prints killed and survived, with the
reasons for the survivors (survivors.py), and fails below 95 %, with a survivor that has no reason
and with a reason that has more survivors or fewer than are listed.

Each mutant goes through the cases that draw the broken file, the nearest and cheapest first, until
one objects. Those that are listed as survivors would go through all of them: they are only drawn
(static, render, parity), unless the run is thorough.
"""

import atexit
import os
import re
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cache
from itertools import repeat
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import django
from django.conf import settings

from tests.packs.survivors import miscounted, survivor

ROOT = Path(__file__).parents[2]
SHARE = 0.95
DRAWN = ("static:", "render:", "parity:")
THOROUGH, ONLY = "--thorough", "--only="
# The store's tables, for the life of a process.
KEPT = ExitStack()
CRISPY = ("crispy_forms", "crispy_bootstrap5", "crispy_daisyui")

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


@dataclass(frozen=True)
class Mutant:
    """One broken template."""

    kind: str
    path: Path
    text: str
    was: str
    line: int

    @property
    def name(self) -> str:
        return self.path.stem

    def __str__(self) -> str:
        return f"{self.kind}: {self.path.name}:{self.line} {self.was!r}"


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

    def __init__(self, pack: str, templates: Path) -> None:
        from powercrud_core.packs import get_pack, installed_packs
        from powercrud_core.testing import kit

        self.module, self.config = kit, get_pack(pack)
        self.reference = installed_packs()[kit.REFERENCE]
        self.mutants = list(mutants(templates))
        self.cost: dict[str, float] = {}
        self.remember()
        self.readers = dict(self.read())

    def remember(self) -> None:
        """Draw what is expected while nothing is broken; afterwards it is not drawn again."""
        from powercrud_core.testing.scenes import SCENES

        for level, _, subject in (case.partition(":") for case in self.module.case_names()):
            if level in ("parity", "http"):
                if level == "http":
                    html = SCENES[subject].html(self.reference.pack.name)
                else:
                    html = self.module.drawn(self.reference, subject, self.config)
                key = self.module.memory_of(level, subject, self.config)
                for cards in (False, True):
                    self.module.expected(key, cards, lambda html=html: html)

    def read(self) -> Iterator[tuple[str, set[str]]]:
        """Yield every case with the files that it draws: no other file can change its verdict."""
        kit = self.module.Kit(self.config, self.reference)
        for case in self.module.case_names():
            started = time.process_time()
            with drawn_files() as files:
                if found := kit.findings(case):
                    raise SystemExit(f"{self.config.pack.name} does not conform: {found[0].key}")
            self.cost[case] = time.process_time() - started
            yield case, files

    def cases(self, path: Path) -> list[str]:
        """Return the cases that read a file, those nearest to it first."""
        static = {f"static:{path.stem}", f"static:{self.module.OTHER}"}
        # An icon is drawn once and remembered: later cases show it and draw no file.
        anywhere = path.stem == "icon"
        found = [
            case
            for case, files in self.readers.items()
            if anywhere or case in static or str(path) in files
        ]
        return sorted(found, key=lambda case: (distance(case, path.stem), self.cost[case]))

    def forget(self, path: Path) -> None:
        """Read one template anew."""
        from django.template import engines

        for engine in engines.all():
            for loader in engine.engine.template_loaders:
                for inner in loader.loaders:
                    inner.reset()
                for key, kept in [*loader.get_template_cache.items()]:
                    if getattr(getattr(kept, "origin", None), "name", "") == str(path):
                        del loader.get_template_cache[key]
        for name in ("_templates", "form_renderer"):
            vars(self.config).pop(name, None)

    def verdict(self, mutant: Mutant, thorough: bool) -> str:
        """Return the first finding, or nothing."""
        cases = self.cases(mutant.path)
        if survivor(self.config.pack.name, mutant) and not thorough:
            cases = [case for case in cases if case.startswith(DRAWN)]
        whole = mutant.path.read_text()
        mutant.path.write_text(mutant.text)
        self.forget(mutant.path)
        try:
            kit = self.module.Kit(self.config, self.reference)
            found = (f for case in cases for f in kit.findings(case))
            return next((f.key for f in found), "")
        finally:
            mutant.path.write_text(whole)
            self.forget(mutant.path)


@contextmanager
def drawn_files() -> Iterator[set[str]]:
    """Note the files of the templates that are drawn meanwhile."""
    from django.test.signals import template_rendered
    from django.test.utils import setup_test_environment, teardown_test_environment

    files: set[str] = set()

    def note(template: Any, **kwargs: Any) -> None:
        files.add(str(template.origin.name))

    setup_test_environment()
    template_rendered.connect(note)
    try:
        yield files
    finally:
        template_rendered.disconnect(note)
        teardown_test_environment()


def distance(case: str, component: str) -> int:
    """Return how late a case is to be looked at when a component was changed."""
    level, _, subject = case.partition(":")
    near = subject.partition(".")[0] == component
    order = ("parity", "static", "http", "render", "behaviour").index(level)
    return order - 10 * near


def prepare(folder: str, packs: list[str]) -> None:
    """Give a process its own copy of the packs, and tables for the store."""
    from powercrud_core.testing.scenes import store_database

    home = tempfile.mkdtemp(dir=folder)
    for pack in packs:
        shutil.copytree(ROOT / "packs" / pack / f"powercrud_{pack}", f"{home}/powercrud_{pack}")
    sys.path.insert(0, home)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    settings.INSTALLED_APPS = [*settings.INSTALLED_APPS, *CRISPY]
    django.setup()
    atexit.register(KEPT.close)
    KEPT.enter_context(store_database())


@cache
def bench(pack: str) -> Bench:
    """Return this process's bench for a pack."""
    from powercrud_core.packs import get_pack

    return Bench(pack, Path(get_pack(pack).path) / "templates")


def verdict(pack: str, number: int, thorough: bool) -> str:
    """Return the first finding about one mutant of a pack, or nothing."""
    at = bench(pack)
    return at.verdict(at.mutants[number], thorough)


def hunt(pack: str, pool: ProcessPoolExecutor, thorough: bool, only: str) -> bool:
    """Print what became of every mutant of a pack; say whether it is enough."""
    started = time.monotonic()
    killed: Counter[str] = Counter()
    survivors = []
    made = list(mutants(ROOT / "packs" / pack / f"powercrud_{pack}" / "templates"))
    numbers = [i for i, m in enumerate(made) if any(fnmatch(m.name, o) for o in only.split(","))]
    found_by = pool.map(verdict, repeat(pack), numbers, repeat(thorough))
    made = [made[i] for i in numbers]
    for mutant, found in zip(made, found_by, strict=True):
        if found:
            killed[mutant.kind] += 1
        else:
            survivors.append(mutant)
            print(f"alive: {mutant}", flush=True)
    alive: Counter[str] = Counter(m.kind for m in survivors)
    print(f"\n{pack}: {len(made)} mutants in {time.monotonic() - started:.0f} s")
    for kind, _, _ in BREAKS:
        print(f"  {kind:<20}{killed[kind]:>4} killed{alive[kind]:>4} survived")
    for mutant in survivors:
        listed = survivor(pack, mutant)
        print(f"  {mutant}\n      {listed.reason if listed else 'NOT EXPLAINED'}")
    wrong = miscounted(pack, survivors) if only == "*" else {}
    for listed, times in wrong.items():
        print(f"  NOT AS LISTED, {times} instead of {listed.times[pack]}: {listed}")
    share = killed.total() / len(made)
    print(f"{pack}: {killed.total()} of {len(made)} killed, {share:.1%}", flush=True)
    return share >= SHARE and not wrong and all(survivor(pack, m) for m in survivors)


def main(arguments: list[str]) -> int:
    """Hunt the mutants of the packs; return the exit code."""
    thorough = THOROUGH in arguments
    only = next((a.removeprefix(ONLY) for a in arguments if a.startswith(ONLY)), "*")
    packs = [name for name in arguments if not name.startswith("--")] or ["plain"]
    with tempfile.TemporaryDirectory() as folder:
        context, processes = get_context("spawn"), os.cpu_count()
        with ProcessPoolExecutor(processes, context, prepare, (folder, packs)) as pool:
            good = [hunt(pack, pool, thorough, only) for pack in packs]
    return int(not all(good))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
