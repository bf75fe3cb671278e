"""Render probes: a component drawn in its sample states, and what must hold of the HTML."""

import random
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from django.template import Context
from django.test import override_settings
from django.utils.html import escape
from django.utils.safestring import SafeString

from powercrud_core.attrs import Attrs
from powercrud_core.components import Component
from powercrud_core.packs import PackConfig
from powercrud_core.stencils import marker
from powercrud_core.tables import KEY, NAME, RowAction, RowPlan, plan_cell
from powercrud_core.testing.elements import flaws
from powercrud_core.testing.forms import own_class
from powercrud_core.testing.report import Finding
from powercrud_core.testing.samples import OPTIONAL, columns, rebuilt
from powercrud_core.testing.sight import hiding_classes, seen_words
from powercrud_core.testing.tree import parse

__all__ = ["Pen", "Probe", "drawing_pack"]

PROBE = "data-pc-probe"
OVERRIDES = "cotton/powercrud/"  # a project's own are not the pack's
HOSTILE = (
    '"><script>pwn()</script>',
    "' onmouseover='pwn()",
    '"x" onmouseover="pwn()"',
    "{{ 7|add:7 }}{% now 'Y' %}",
    "</textarea></title><b>&amp;&lt;",
    "\u202eleft\u200f of \u0660",
    "long " * 60,
    "0",
)


@dataclass(frozen=True, slots=True)
class Pen:
    """Draws samples with a pack, in clean or in dirty surroundings.

    dirt: names that a surrounding template may have; a component must not look at them.
    """

    pack: PackConfig
    dirt: frozenset[str] = frozenset()

    def need(self, media: object) -> None:
        """Take no note of what a widget needs: there is no page."""

    def render(self, component: Component, depth: int = 0) -> SafeString:
        """Return a component's HTML, as Renderer does."""
        found = self.pack.component_templates(component.name)
        template = [t for t in found if not t.origin.template_name.startswith(OVERRIDES)][depth]
        context = Context({name: f"dirt-{name}" for name in self.dirt})
        with context.push(**{component.name: component, "request": None, "csrf_token": "token"}):
            return SafeString(template.render(context).strip())

    def draw(
        self, sample: Component, change: Callable[[str, Any], Any] = lambda path, leaf: leaf
    ) -> str:
        """Return a sample's HTML with some leaves changed."""
        return str(rebuilt(sample, change, self))


@dataclass
class Marks:
    """Puts a probe in every bundle and a text of its own in every text field, and remembers both.

    payload: stands before the text; only: the number of the one field that gets it.
    """

    payload: str = ""
    only: int | None = None
    bundles: list[str] = field(default_factory=list)
    texts: list[tuple[str, str]] = field(default_factory=list)

    def __call__(self, path: str, leaf: Any) -> Any:
        if not leaf:
            return leaf  # an empty one means absence
        if isinstance(leaf, Attrs):
            self.bundles.append(path)
            return leaf | {PROBE: str(len(self.bundles))}
        number = len(self.texts)
        text = f"q{number}q"
        if self.only in (None, number):
            # First and last: a value that begins and ends with a quote is a case of its own.
            text = f"{self.payload}{text}{self.payload}"
        self.texts.append((path, text))
        return text


@dataclass(frozen=True, slots=True)
class Probe:
    """Looks at one sample: every method yields what is wrong.

    names: all names of the contract, as dirt for the surroundings.
    """

    pack: PackConfig
    name: str
    sample: Component
    names: frozenset[str] = frozenset()

    def findings(self) -> Iterator[Finding]:
        """Yield everything that is wrong."""
        for look in (self.printed, self.escaped, self.referenced, self.alone):
            yield from look()
        if self.sample.name == "row" and self.pack.pack.stencil:
            yield from self.stamped()

    def printed(self) -> Iterator[Finding]:
        """Yield bundles that are not printed exactly once, and texts that are not there."""
        marks = Marks()
        html = self.drawn(marks)
        counts = Counter(re.findall(rf'{PROBE}="(\d+)"', html))
        times = [(path, counts[str(number)]) for number, path in enumerate(marks.bundles, 1)]
        # Without its own bundle a component inside another one is not printed at all.
        dropped = {
            p.removesuffix("attrs") for p, n in times if not n and re.search(r">\w+\.attrs$", p)
        }
        for path in dropped:
            holder = path.rpartition(">")[0]
            yield self.finding(
                "attrs", f"{holder} printed", "not printed", holder, "Print the component."
            )
        for path, number in times:
            if number > 1 or (not number and self.needs(path, dropped)):
                yield self.finding(
                    "attrs",
                    f"{path} printed once",
                    f"printed {number or 'no'} times",
                    path,
                    "Print every bundle first in the tag of its element.",
                )
        seen = seen_words(parse(html)[0], hiding_classes(self.pack))
        for path, text in marks.texts:
            if not self.needs(path, dropped):
                continue
            if text not in html:
                yield self.finding(
                    "text", f"the text of {path}", "not there", path, "Print it, visibly."
                )
            elif path.endswith(".help_text") and text not in seen:
                hint = "Help that a screen reader has stands in a title at least."
                yield self.finding("text", f"the text of {path}", "not to be seen", path, hint)

    def needs(self, path: str, dropped: Collection[str]) -> bool:
        """Say whether a pack has to print this; OPTIONAL asks the sample if it is its component."""
        own = path.rpartition(">")[2]
        for rule, asks in OPTIONAL.items():
            if own == rule or own.startswith(f"{rule}."):
                return own == path and bool(asks(self.sample))
        return not path.startswith(tuple(dropped))

    def escaped(self) -> Iterator[Finding]:
        """Yield texts that become markup or other texts."""
        calm = self.drawn(Marks())
        for payload in HOSTILE:
            if self.attacked(payload, None) == calm:
                continue
            marks = Marks()
            self.drawn(marks)
            for number, (path, _) in enumerate(marks.texts):
                if self.attacked(payload, number) != calm:
                    yield self.finding(
                        "escape",
                        f"{path} printed as it is, escaped",
                        f"{payload[:40]!r} comes out changed",
                        path,
                        "Print texts without |safe or other filters, in double quotes inside tags.",
                    )

    def attacked(self, payload: str, only: int | None) -> str:
        """Return the HTML with hostile texts, these taken out again where they are well escaped."""
        marks = Marks(payload, only)
        html = self.drawn(marks)
        for number, (_, text) in enumerate(marks.texts):
            html = html.replace(escape(text), f"q{number}q")
        return html

    def referenced(self) -> Iterator[Finding]:
        """Yield ids that are there twice, references to none, and what cannot be seen or used."""
        for flaw in flaws(self.drawn(), self.pack):
            yield self.finding(flaw.check, flaw.expected, flaw.found, hint=flaw.hint)

    def dressed(self) -> Iterator[Finding]:
        """Yield what is wrong in a form with every widget: flaws, and classes of theirs lost."""
        html = self.drawn()
        for flaw in flaws(html, self.pack):
            if flaw.check != "label":  # Django's own templates name a group with one
                yield self.finding(flaw.check, flaw.expected, flaw.found, hint=flaw.hint)
        elements = [e for e in parse(html)[0].iter() if isinstance(e.tag, str)]
        for group in cast(Any, self.sample).fields:
            name = str(group.attrs["data-pc-field"])
            id = str(group.label_attrs["id"]).removesuffix("_label")
            # A widget of several controls may have no element of its own.
            own = [e for e in elements if e.get("id") == id] or elements
            wanted = own_class(name)
            if wanted and not any(wanted in e.get("class", "").split() for e in own):
                hint = "Print widget.attrs.class beside the pack's own classes."
                yield self.finding("class", f"the class {wanted!r} of a widget", "lost", hint=hint)

    def alone(self) -> Iterator[Finding]:
        """Yield what the surroundings change."""
        clean = self.drawn()
        if Pen(self.pack, self.names - {self.sample.name}).draw(self.sample) != clean:
            yield self.finding(
                "context",
                "the same HTML in any surroundings",
                "names of a surrounding template show through",
                hint='Give every variable of a private piece a default: <c-vars name="" />.',
            )
        for isolated in (True, False):
            with override_settings(COTTON_ISOLATE_BY_DEFAULT=isolated):
                if self.drawn() != clean:
                    yield self.finding(
                        "isolation",
                        "the same HTML",
                        f"other HTML with COTTON_ISOLATE_BY_DEFAULT={isolated}",
                    )

    def stamped(self) -> Iterator[Finding]:
        """Yield a stamped row that differs from the same row drawn directly."""
        chance = random.Random(7)  # noqa: S311
        texts = [*HOSTILE, "", None, "yes", "1", *(str(chance.random()) for _ in range(4))]
        objects: list[Any] = [
            SimpleNamespace(
                pk=i,
                name=chance.choice(texts),
                price=chance.choice(texts),
                made=chance.choice(texts),
                sold=chance.choice((True, False, None)),
                url=chance.choice((None, f"/x/?a={i}&b=<")),
            )
            for i in range(60)
        ]
        allowed = frozenset(o.pk for o in objects if o.pk % 3)
        plan = RowPlan(
            renderer=cast(Any, Pen(self.pack)),
            id="r",
            cells=tuple(
                plan_cell(c, heading=not i, link=lambda obj, raw: obj.url)
                for i, c in enumerate(columns())
            ),
            actions=tuple(
                RowAction(
                    role=r,
                    url=f"/{r}/{marker(KEY)}/",
                    label=r,
                    name=marker(NAME),
                    icon="edit",
                    allowed=allowed,
                )
                for r in ("update", "delete")
            ),
            key=lambda obj: str(obj.pk),
        )
        directly = replace(plan, stencil=False).rows(objects)
        for obj, stamped, direct in zip(objects, plan.rows(objects), directly, strict=True):
            if stamped != direct:
                yield self.finding(
                    "stencil",
                    f"the row {vars(obj)} drawn directly\n{direct}",
                    f"stamped\n{stamped}",
                    hint="A row template asks only whether something is there and filters nothing; "
                    "or the pack declares stencil=False and pays.",
                )
                return

    def drawn(self, change: Callable[[str, Any], Any] = lambda path, leaf: leaf) -> str:
        """Return the sample's HTML."""
        return Pen(self.pack).draw(self.sample, change)

    def finding(
        self, check: str, expected: str, found: str, path: str = "", hint: str = ""
    ) -> Finding:
        """Return a finding about the component that a path begins with."""
        component = path.rpartition(">")[2].split(".")[0] or self.sample.name
        return Finding(
            component=component,
            scenario=f"{check}.{self.name}",
            expected=expected,
            found=found,
            file=drawing_pack(self.pack, component)[1],
            hint=hint,
        )


def drawing_pack(pack: PackConfig, component: str) -> tuple[PackConfig | None, str]:
    """Return the pack of the chain that has a component's template, or "base", and the file."""
    for config in pack.chain():
        home = Path(config.path) / "templates" / ("" if component == "base" else "cotton")
        file = home / config.name / f"{component}.html"
        if file.is_file():
            return config, str(file)
    return None, ""
