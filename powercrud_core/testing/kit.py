"""The kit: cases, the run over a pack, and its pytest base class."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, fields
from functools import cache, cached_property
from typing import Any, ClassVar

from django.apps import apps

from powercrud_core.components import Component
from powercrud_core.exceptions import ComponentNotFound
from powercrud_core.packs import PackConfig, contract, get_pack, installed_packs
from powercrud_core.testing.behaviours import BEHAVIOURS
from powercrud_core.testing.lint import OTHER, lint_component, lint_others
from powercrud_core.testing.probes import Pen, Probe, drawing_pack
from powercrud_core.testing.report import Finding, Report
from powercrud_core.testing.samples import own_parts, samples, widget_body
from powercrud_core.testing.scenes import SCENES, STORE, store_database
from powercrud_core.testing.tree import Line, differences, is_tabular, outline, parse
from powercrud_core.testing.visitor import Unmet, visiting

__all__ = ["LEVELS", "REFERENCE", "Kit", "PackConformance", "case_names", "conform"]

LEVELS = ("static", "render", "parity", "http", "behaviour")
REFERENCE = "plain"
WIDGETS = ("form_body.widgets", "form_body.widgets-errors")


def drawn_components() -> list[str]:
    """Return the names of the components of the contract."""
    return [
        name for name, kind in Component.registry.items() if kind.__module__ == contract.__name__
    ]


@cache
def case_names(levels: tuple[str, ...] = LEVELS) -> tuple[str, ...]:
    """Return the names of all cases, `<level>:<subject>`: the same for every pack."""
    subjects: dict[str, Iterable[str]] = {
        "static": (*drawn_components(), OTHER),
        "render": samples(),
        "parity": (*samples(), *WIDGETS),
        "http": SCENES,
        "behaviour": BEHAVIOURS,
    }
    return tuple(f"{level}:{subject}" for level in levels for subject in subjects[level])


@dataclass(frozen=True)
class Kit:
    """Runs cases over one pack and remembers what it found."""

    pack: PackConfig
    reference: PackConfig | None

    def findings(self, case: str) -> tuple[Finding, ...]:
        """Return what is wrong in one case."""
        if case not in self._seen:
            level, _, subject = case.partition(":")
            looks: Mapping[str, Callable[[str], Iterator[Finding]]] = {
                "static": self.static,
                "render": self.render,
                "parity": self.parity,
                "http": self.http,
                "behaviour": self.behaviour,
            }
            self._seen[case] = tuple(
                {f.key: f for f in reversed([*looks[level](subject)])}.values()
            )
        return self._seen[case]

    @cached_property
    def _seen(self) -> dict[str, tuple[Finding, ...]]:
        return {}

    def static(self, subject: str) -> Iterator[Finding]:
        """Yield what is wrong in the files."""
        return lint_others(self.pack) if subject == OTHER else lint_component(self.pack, subject)

    def render(self, subject: str) -> Iterator[Finding]:
        """Yield what is wrong in the HTML of a sample."""
        yield from self.guarded(
            subject, lambda: Probe(self.pack, subject, samples()[subject], every_name()).findings()
        )

    def parity(self, subject: str) -> Iterator[Finding]:
        """Yield where a sample means something else than the reference pack's."""
        yield from self.guarded(
            subject, lambda: self.compared("parity", subject, lambda pack: drawn(pack, subject))
        )

    def http(self, subject: str) -> Iterator[Finding]:
        """Yield where a page of the store means something else."""
        if not apps.is_installed(STORE):
            yield self.without_store("http")
            return
        scene = SCENES[subject]
        compare = lambda: self.compared("http", subject, lambda pack: scene.html(pack.pack.name))  # noqa: E731
        yield from self.guarded(f"{scene.component}.{subject}", compare)

    def behaviour(self, subject: str) -> Iterator[Finding]:
        """Yield where a visitor of the store does not get what is promised."""
        if not apps.is_installed(STORE):
            yield self.without_store("behaviour")
            return
        component = BEHAVIOURS[subject].component
        yield from self.guarded(f"{component}.{subject}", lambda: self.walked(subject))

    def walked(self, subject: str) -> Iterator[Finding]:
        """Yield where a walk through the store ends."""
        behaviour = BEHAVIOURS[subject]
        try:
            with visiting(self.pack.pack.name) as visitor:
                behaviour.walk(visitor)
        except Unmet as unmet:
            hint = f"{behaviour.meaning} {self.compare(behaviour.component)}"
            yield Finding(
                component=behaviour.component,
                scenario=f"behaviour.{subject}",
                expected=unmet.expected,
                found=unmet.found,
                file=drawing_pack(self.pack, behaviour.component)[1],
                hint=hint.strip(),
            )

    def compare(self, component: str) -> str:
        """Return the words that lead to the reference pack's way."""
        if self.reference is None:
            return ""
        return f"Compare with {drawing_pack(self.reference, component)[1]}"

    def compared(
        self, check: str, subject: str, draw: Callable[[PackConfig], str]
    ) -> Iterator[Finding]:
        """Yield where the pack's tree differs from the reference's."""
        if self.reference is None:
            hint = (
                "Install powercrud-plain for your tests and add powercrud_plain to INSTALLED_APPS."
            )
            yield self.broken(f"{check}.reference", "the reference pack", "not installed", hint)
            return
        html = draw(self.pack)
        cards = not is_tabular(parse(html)[0])
        reference = expected(f"{check}.{subject}", cards, lambda: draw(self.reference))  # type: ignore[arg-type]
        for hunk in differences(reference, outline(html, cards=cards)):
            component = next(
                (own_parts()[p] for p in hunk.parts if p in own_parts()), self.home(check, subject)
            )
            yield Finding(
                component=component,
                scenario=f"{check}.{subject}",
                expected=hunk.expected,
                found=hunk.found,
                file=drawing_pack(self.pack, component)[1],
                hint=self.compare(component),
            )

    def home(self, check: str, subject: str) -> str:
        return SCENES[subject].component if check == "http" else subject.partition(".")[0]

    def guarded(self, subject: str, look: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
        """Yield what a look finds, and a template that fails as a finding."""
        try:
            yield from look()
        except ComponentNotFound:
            return  # the static level says so
        except ModuleNotFoundError:
            raise  # html5lib is missing: no fault of the pack
        except Exception as error:  # whatever a template of a pack may raise
            component = subject.partition(".")[0]
            found = f"{type(error).__name__}: {error}"
            file = drawing_pack(self.pack, component)[1]
            yield Finding(
                component=component,
                scenario=f"draws.{subject}",
                expected="HTML",
                found=found,
                file=file,
            )

    def without_store(self, level: str) -> Finding:
        hint = f'Add "{STORE}" to INSTALLED_APPS of the settings of your tests.'
        return self.broken(f"{level}.store", f"the app {STORE}", "not installed", hint)

    def broken(self, scenario: str, expected: str, found: str, hint: str) -> Finding:
        return Finding(
            component="kit", scenario=scenario, expected=expected, found=found, hint=hint
        )

    def drawn_by(self) -> dict[str, str]:
        """Return for each component the pack of the chain that draws it."""
        found = {c: drawing_pack(self.pack, c)[0] for c in drawn_components()}
        return {component: config.pack.name for component, config in found.items() if config}


@cache
def every_name() -> frozenset[str]:
    """Return the names that a page around a component may have."""
    own = {f.name for kind in map(vars(contract).get, contract.__all__) for f in fields(kind)}  # type: ignore[arg-type]
    return frozenset(
        {*own, *Component.registry, "slot", "class", "field", "group", "item", "id", "href", "type"}
    )


@cache
def _outlines() -> dict[tuple[str, bool], list[Line]]:
    return {}


def expected(key: str, cards: bool, draw: Callable[[], str]) -> list[Line]:
    """Return the reference's outline, made once."""
    found = _outlines().get((key, cards))
    if found is None:
        found = _outlines()[key, cards] = outline(draw(), cards=cards)
    return found


def drawn(pack: PackConfig, subject: str) -> str:
    """Return a sample's HTML; the forms with every widget use the pack's form renderer."""
    if subject in WIDGETS:
        return str(widget_body(Pen(pack), pack.form_renderer, failed=subject.endswith("errors")))
    return Pen(pack).draw(samples()[subject])


def kit_for(name: str) -> Kit:
    """Return the kit for a pack. Raises PackNotFound."""
    return Kit(get_pack(name), installed_packs().get(REFERENCE))


def conform(
    pack: str, *, levels: Iterable[str] = LEVELS, exceptions: Mapping[str, str] | None = None
) -> Report:
    """Return what the kit says about an installed pack; needs no pytest.

    levels: some of LEVELS; "http" and "behaviour" need a test database, made where there is none.
    exceptions: `<component>/<scenario>` to the reviewed reason why that finding is right.
    """
    kit, known, chosen = kit_for(pack), dict(exceptions or {}), tuple(levels)
    cases = case_names(chosen)
    with ExitStack() as stack:
        if {"http", "behaviour"} & set(chosen) and apps.is_installed(STORE):
            stack.enter_context(store_database())
        found = {f.key: f for case in cases for f in kit.findings(case)}
    declared = kit.pack.pack
    return Report(
        pack=pack,
        level=declared.level,
        contract=declared.contract,
        levels=chosen,
        cases=len(cases),
        findings=tuple(f for key, f in found.items() if key not in known),
        excepted={key: why for key, why in known.items() if key in found},
        unneeded=tuple(key for key in known if key not in found),
        drawn_by=kit.drawn_by(),
        absent=declared.absent,
    )


class PackConformance:
    """The kit as pytest tests; a pack's test file subclasses it and names the pack.

    Needs pytest-django, and `powercrud_core.testing.store` in the INSTALLED_APPS of the tests.

    pack: the pack's name.
    exceptions: `<component>/<scenario>` to the reviewed reason; one not needed fails.
    levels: some of LEVELS.
    """

    pack: ClassVar[str]
    exceptions: ClassVar[Mapping[str, str]] = {}
    levels: ClassVar[tuple[str, ...]] = LEVELS

    def pytest_generate_tests(self, metafunc: Any) -> None:
        """Make a test of every case; pytest calls this on the class, without a plugin."""
        if "case" in metafunc.fixturenames:
            metafunc.parametrize("case", case_names(self.levels))

    @classmethod
    def kit(cls) -> Kit:
        """Return the kit for this pack, the same for all tests of the class."""
        if "_kit" not in vars(cls):
            cls._kit = kit_for(cls.pack)
        return cls._kit

    _kit: ClassVar[Kit]

    def test_conforms(self, case: str, db: None) -> None:
        """The pack draws what the contract says."""
        wrong = [f for f in self.kit().findings(case) if f.key not in self.exceptions]
        if wrong:
            raise AssertionError("\n\n".join(map(str, wrong)))

    def test_every_exception_is_needed(self, db: None) -> None:
        """An exception that covers nothing hides the next mistake."""
        cases = case_names(self.levels) if self.exceptions else ()
        found = {f.key for case in cases for f in self.kit().findings(case)}
        if unneeded := sorted(self.exceptions.keys() - found):
            raise AssertionError(
                f"Not needed any more, remove from exceptions: {', '.join(unneeded)}"
            )
