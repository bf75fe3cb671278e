"""The static level: what can be seen in a pack's files without drawing them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from powercrud_core.components import Component
from powercrud_core.exceptions import ComponentNotFound
from powercrud_core.packs import PackConfig
from powercrud_core.testing.fields import ANY, slips
from powercrud_core.testing.probes import drawing_pack
from powercrud_core.testing.report import Finding

__all__ = ["OTHER", "lint_component", "lint_others"]

OTHER = "files"
TOKEN = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.S)
COMMENT = re.compile(r"\{#.*?#\}|\{%\s*comment.*?endcomment\s*%\}|/\*.*?\*/", re.S)
QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
SIDES = r"left|right"
RULES: tuple[tuple[str, str, str, str], ...] = (
    ("safe", r"\|\s*safe(seq)?\b|autoescape\s+off", "escaped values", "Print values as they are."),
    (
        "inline",
        r"<script\b|<style\b|javascript:"
        r"|\s(?:on[a-z]+|style|@[\w.]+|x-[\w:.-]+|hx-[\w-]+)\s*=",
        "no script, style or handler in a template",
        "Looks go to the stylesheet, behaviour to the core.",
    ),
    (
        "quotes",
        r"<[^<>]*\s[\w:-]+=\{\{",
        "quotes around values",
        "A value with a space becomes attributes.",
    ),
    (
        "orm",
        r"\{[{%][^}]*\.(?:all|filter|exclude|objects|count|exists|values|_meta|get_\w+|\w+_set)\b",
        "values that the contract gives",
        "A pack reads nothing but its component.",
    ),
    (
        "physical",
        r'class="[^"]*(?<![\w-])'
        rf"(?:-?[mp][lr]-|(?:text|float|border|rounded)-(?:{SIDES})\b"
        rf"|(?:border|rounded)-[lr]\b|-?(?:{SIDES})-\d)",
        "logical directions (start, end)",
        "Right-to-left pages are mirrored.",
    ),
    (
        "cotton",
        r'<c-[^>]*\s:[\w-]+="[^"{]*\|',
        "call sites that Cotton understands",
        "Cotton drops :x with a filter silently.",
    ),
    (
        "cotton",
        r'<c-[^>]*\s:[\w-]+="\{\{',
        "an expression after :x, without braces",
        "Cotton evaluates the text: never with a user's data.",
    ),
    (
        "cotton",
        r'<c-vars[^>]*="[^">]*>[^"]*"',
        "no '>' inside a <c-vars> value",
        "Cotton loses the whole declaration.",
    ),
    (
        "cotton",
        r"(?s)<c-vars\b.*<c-vars\b",
        "one <c-vars>",
        "Put all variables into one declaration.",
    ),
    (
        "cotton",
        r"(?s)<!--(?:(?!-->).)*<c-",
        "no component inside an HTML comment",
        "Use a template comment.",
    ),
    (
        "cotton",
        r"(?s)\{%\s*extends\b.*<c-vars\b",
        "<c-vars> without {% extends %}",
        "Wrap a component; do not extend it.",
    ),
)
CSS = re.compile(
    rf"(?<![\w-])(?:(?:margin|padding|border)-(?:{SIDES})(?:-\w+)?|(?:{SIDES})"
    rf"|border-(?:top|bottom)-(?:{SIDES})-radius)\s*:"
    rf"|(?:text-align|float|clear)\s*:\s*(?:{SIDES})\b"
)


@dataclass(frozen=True)
class Source:
    """A template of a pack, and what its findings are called after."""

    component: str
    path: Path
    text: str

    def finding(
        self, check: str, position: int, expected: str, found: str, hint: str = ""
    ) -> Finding:
        line = self.text.count("\n", 0, position) + 1
        return Finding(
            component=self.component,
            scenario=f"static.{check}",
            expected=expected,
            found=found,
            file=f"{self.path}:{line}",
            hint=hint,
        )


def lint_component(pack: PackConfig, component: str) -> Iterator[Finding]:
    """Yield what is wrong with a component's template; another pack's is that pack's affair."""
    config, file = drawing_pack(pack, component)
    if config is pack:
        yield from lint(read(component, Path(file)), Component.registry[component])
    try:
        pack.component_templates(component)
    except ComponentNotFound as error:
        yield Finding(
            component=component,
            scenario="static.resolves",
            expected="a template",
            found=str(error),
            hint=f"Add templates/cotton/{pack.name}/{component}.html, or extend a pack.",
        )
    except Exception as error:  # whatever Cotton and Django say of a template
        yield Finding(
            component=component,
            scenario="static.draws",
            expected="a template",
            found=str(error),
            file=file,
        )


def lint_others(pack: PackConfig) -> Iterator[Finding]:
    """Yield what is wrong with the files of a pack that draw no component."""
    root = Path(pack.path)
    for path in sorted((root / "templates").rglob("*.html")):
        name = path.relative_to(root).with_suffix("").as_posix().removeprefix("templates/")
        known = path.stem if path.stem != "index" else path.parent.name
        if known not in Component.registry or "/ui/" in name:
            yield from lint(read(name, path), None)
    for path in sorted((root / "static").rglob("*.css")):
        source = read(path.relative_to(root).as_posix(), path)
        if "vendor" in path.parts or ".min." in path.name or is_built(source.text):
            continue
        for found in CSS.finditer(source.text):
            yield source.finding(
                "physical", found.start(), "logical properties", found[0], "inline-start, not left."
            )


def is_built(css: str) -> bool:
    """Say whether a stylesheet is the output of a tool: minified, or made by Tailwind."""
    return "tailwindcss v" in css[:200] or len(css) > 500 * (css.count("\n") + 1)


def read(component: str, path: Path) -> Source:
    """Return a file with its comments blanked, so that positions stay."""
    return Source(component, path, COMMENT.sub(_blank, path.read_text(encoding="utf-8")))


def _blank(found: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", found[0])


def lint(source: Source, component: type[Component] | None) -> Iterator[Finding]:
    """Yield what is wrong with one template."""
    for check, pattern, expected, hint in RULES:
        for found in re.finditer(pattern, source.text):
            yield source.finding(
                check, found.start(), expected, " ".join(found[0].split())[:120], hint
            )
    yield from literals(source)
    declared = re.search(r"<c-vars\b((?:\"[^\"]*\"|[^>])*)>", source.text)
    names = re.findall(r"(?:^|\s):?([\w-]+)", QUOTED.sub("", declared[1])) if declared else []
    if component is not None and names[:1] != [component.name]:
        yield source.finding(
            "cotton", 0, f"<c-vars {component.name} /> first", f"<c-vars {' '.join(names)}>"
        )
    if component is None and declared:
        for name in re.findall(
            r"\s([\w-]+)(?=[\s/>]|$)(?!=)", QUOTED.sub('""', f" {declared[1]} ")
        ):
            hint = f'<c-vars {name}="" />, or an outer variable of that name shows through.'
            yield source.finding(
                "cotton", declared.start(), "a default for every variable", name, hint
            )
    if component is not None or "/ui/" in source.component:
        scope: dict[str, Any] = dict.fromkeys((n.replace("-", "_") for n in names), ANY)
        scope |= {component.name: component} if component else {}
        row = component is not None and component.name == "row"
        for slip in slips(source.text, scope, row=row):
            yield source.finding(slip.check, slip.position, slip.expected, slip.found, slip.hint)


def literals(source: Source) -> Iterator[Finding]:
    """Yield texts that stand in a template untranslated."""
    text = TOKEN.sub(_blank, source.text)
    outside = re.sub(r"<(?:\"[^\"]*\"|'[^']*'|[^>\"'])*>", _blank, text)
    found = [*re.finditer(r"(?<![\w&#])[^\W\d_]{2,}[^<\n]*", outside)]
    found += re.finditer(
        r'(?<=\s)(?:title|aria-label|alt|placeholder|label)="[^"]*[^\W\d_]{2,}[^"]*"', text
    )
    for match in found:
        yield source.finding(
            "literal",
            match.start(),
            "texts of the contract, or {% translate %}",
            match[0].strip()[:60],
            "Print a field of the component.",
        )
