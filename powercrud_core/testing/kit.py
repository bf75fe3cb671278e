"""The kit: cases, the run over a pack, and its pytest base class."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass, fields
from fnmatch import fnmatchcase
from functools import cache, cached_property
from pathlib import Path
from typing import Any, ClassVar

from django.apps import apps

from powercrud_core.components import Component
from powercrud_core.exceptions import ComponentNotFound
from powercrud_core.packs import PackConfig, contract, get_pack, installed_packs
from powercrud_core.packs.contract import FormBody
from powercrud_core.testing.behaviours import BEHAVIOURS
from powercrud_core.testing.browser import RANKS, SCENARIOS, Session, asked_of
from powercrud_core.testing.crispy import LAYOUTS, arranged_by_crispy, wanted_of_crispy
from powercrud_core.testing.forms import widget_body
from powercrud_core.testing.lint import OTHER, lint_component, lint_others
from powercrud_core.testing.probes import Pen, Probe, drawing_pack
from powercrud_core.testing.report import Finding, Report
from powercrud_core.testing.samples import own_parts, samples
from powercrud_core.testing.scenes import SCENES, STORE, store_database
from powercrud_core.testing.tree import Line, differences, is_tabular, outline, parse
from powercrud_core.testing.visitor import Unmet, visiting

__all__ = [
    "BROWSER",
    "LEVELS",
    "REFERENCE",
    "Kit",
    "PackConformance",
    "case_names",
    "conform",
    "kit_for",
]

LEVELS = ("static", "render", "parity", "http", "behaviour")
BROWSER = "browser"
"""The level that is run only where it is asked for: it needs a browser and takes minutes."""

ICON = "the component 'icon'"
ICONLESS = "Add icon.html, or print no icons."
STORED = ("http", "behaviour", BROWSER)
REFERENCE = "plain"
ASKED: Mapping[str, Mapping[str, Any]] = {
    "http": SCENES,
    "behaviour": BEHAVIOURS,
    BROWSER: SCENARIOS,
}
WIDGETS = ("form_body.widgets", "form_body.widgets-errors")


def drawn_components() -> list[str]:
    """Return the names of the components of the contract."""
    return [
        name
        for name, kind in Component.registry.items()
        if kind.__module__.startswith(contract.__name__)
    ]


def case_names(levels: tuple[str, ...] = LEVELS, promised: str = RANKS[-1]) -> tuple[str, ...]:
    """Return the names of all cases, `<level>:<subject>`, without those that need a missing app.

    promised: the conformance level of a pack, which decides what a browser is asked.
    """
    return tuple(c for c in every_case(levels, promised) if not missing(c))


def missing(case: str) -> str:
    """Return the optional app that a case needs and that is not installed, "" where all is well."""
    level, _, subject = case.partition(":")
    app = ASKED[level][subject].needs if level in ASKED else ""
    return app if app and not apps.is_installed(app) else ""


@cache
def every_case(levels: tuple[str, ...], promised: str) -> tuple[str, ...]:
    """Return the names of all cases, whatever is installed."""
    subjects: dict[str, Iterable[str]] = {
        "static": (*drawn_components(), OTHER),
        "render": (*samples(), *WIDGETS, *LAYOUTS),
        "parity": (*samples(), *WIDGETS, *LAYOUTS),
        "http": SCENES,
        "behaviour": BEHAVIOURS,
        BROWSER: asked_of(promised),
    }
    return tuple(f"{level}:{subject}" for level in levels for subject in subjects[level])


@dataclass(frozen=True)
class Kit:
    """Runs cases over one pack and remembers what it found."""

    pack: PackConfig
    reference: PackConfig | None
    session: Session | None = None

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
                BROWSER: self.browser,
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
        yield from self.guarded(subject, lambda: self.probe(subject))

    def probe(self, subject: str) -> Iterator[Finding]:
        """Yield what is wrong in a sample; a form with the pack's widgets takes no probes."""
        if subject in LAYOUTS:
            return self.laid_out(subject)
        if subject in WIDGETS:
            return Probe(self.pack, subject, widgets(self.pack, subject)).dressed()
        return Probe(self.pack, subject, samples()[subject], every_name()).findings()

    def laid_out(self, subject: str) -> Iterator[Finding]:
        """Yield what is missing, or too much, in a form that crispy-forms arranges."""
        html = drawn(self.pack, subject)
        wanted, unwanted = wanted_of_crispy(self.pack, subject)
        for text, times in (*((t, 1) for t in wanted), *((t, 0) for t in unwanted)):
            if html.count(text) != times:
                yield Finding(
                    component="form_body",
                    scenario=f"layout.{subject}",
                    expected=f"{text} {'once' if times else 'nowhere'}",
                    found=f"{html.count(text)} times",
                    hint="Look at the templates of the pack in crispy/.",
                )

    def parity(self, subject: str) -> Iterator[Finding]:
        """Yield where a sample means something else than the reference pack's."""
        yield from self.guarded(
            subject,
            lambda: self.compared("parity", subject, lambda pack: drawn(pack, subject, self.pack)),
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
            yield self.unmet(unmet, behaviour, f"behaviour.{subject}")

    def browser(self, subject: str) -> Iterator[Finding]:
        """Yield where somebody with a browser does not get what is promised."""
        if not apps.is_installed(STORE):
            yield self.without_store(BROWSER)
            return
        if self.session is None:
            raise RuntimeError("The level 'browser' needs a session.")
        scenario = SCENARIOS[subject]
        for unmet in self.session.run(self.pack.pack.name, scenario):
            yield self.unmet(unmet, scenario, f"{BROWSER}.{subject}")

    def unmet(self, unmet: Unmet, promise: Any, scenario: str) -> Finding:
        """Return a broken promise as a finding."""
        hint = f"{promise.meaning} {self.compare(promise.component)}"
        return Finding(
            component=promise.component,
            scenario=scenario,
            expected=unmet.expected,
            found=unmet.found,
            file=drawing_pack(self.pack, promise.component)[1],
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
        key = memory_of(check, subject, self.pack)
        reference = expected(key, cards, lambda: draw(self.reference))  # type: ignore[arg-type]
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
        except ComponentNotFound as error:
            # Of the components, the static level says so; icons are needed only where printed.
            if ICON in str(error):
                yield self.broken(f"draws.{subject}", "a template for icons", str(error), ICONLESS)
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


def memory_of(check: str, subject: str, pack: PackConfig) -> str:
    """Return the key under which the reference's outline is kept."""
    return f"{check}.{subject}" + (f" of {pack.name}" if subject in LAYOUTS else "")


def expected(key: str, cards: bool, draw: Callable[[], str]) -> list[Line]:
    """Return the reference's outline, made once."""
    found = _outlines().get((key, cards))
    if found is None:
        found = _outlines()[key, cards] = outline(draw(), cards=cards)
    return found


def drawn(pack: PackConfig, subject: str, by: PackConfig | None = None) -> str:
    """Return a sample's HTML; the forms with every widget use the pack's form renderer.

    by: whose objects of a layout are drawn; default is the pack's own.
    """
    if subject in LAYOUTS:
        return arranged_by_crispy(pack, subject, Pen(pack), by)
    if subject in WIDGETS:
        return str(widgets(pack, subject))
    return Pen(pack).draw(samples()[subject])


def widgets(pack: PackConfig, subject: str) -> FormBody:
    """Return a form with every widget, drawn by the pack's form renderer."""
    return widget_body(Pen(pack), pack.form_renderer, failed=subject.endswith("errors"))


def kit_for(name: str, session: Session | None = None) -> Kit:
    """Return the kit for a pack; the level browser needs a session. Raises PackNotFound."""
    return Kit(get_pack(name), installed_packs().get(REFERENCE), session)


def judged(key: str, levels: Iterable[str]) -> bool:
    """Say whether a run could have found what an exception is about."""
    return BROWSER in levels or f"/{BROWSER}." not in key


def conform(
    pack: str,
    *,
    levels: Iterable[str] = LEVELS,
    exceptions: Mapping[str, str] | None = None,
    only: str = "*",
    browser_path: str = "",
    pictures: Path | None = None,
) -> Report:
    """Return what the kit says about an installed pack; needs no pytest.

    levels: some of LEVELS, and BROWSER; the last three of them need a test database, which is made
    where there is none.
    exceptions: `<component>/<scenario>` to the reviewed reason why that finding is right.
    only: the scenarios to run, with the wildcards of a shell: "list.*".
    browser_path: the Chromium of the level browser; default is the one that is found.
    pictures: a folder for a picture of every page that fails in the browser.
    Raises PackNotFound and BrowserMissing.
    """
    known, chosen = dict(exceptions or {}), tuple(levels)
    declared = get_pack(pack).pack
    cases = [
        case
        for case in case_names(chosen, declared.level)
        if fnmatchcase(case.partition(":")[2], only)
    ]
    with ExitStack() as stack:
        if set(STORED) & set(chosen) and apps.is_installed(STORE):
            stack.enter_context(store_database())
        session = None
        if BROWSER in chosen:
            session = stack.enter_context(closing(Session(browser_path, pictures)))
        kit = kit_for(pack, session)
        found = {f.key: f for case in cases for f in kit.findings(case)}
    return Report(
        pack=pack,
        level=declared.level,
        contract=declared.contract,
        levels=chosen,
        cases=len(cases),
        findings=tuple(f for key, f in found.items() if key not in known),
        excepted={key: why for key, why in known.items() if key in found},
        unneeded=tuple(
            key for key in known if key not in found and judged(key, chosen) and only == "*"
        ),
        drawn_by=kit.drawn_by(),
        absent=declared.absent,
        beyond=len(case_names(chosen)) - len(case_names(chosen, declared.level)),
        unasked=Counter(filter(None, map(missing, every_case(chosen, declared.level)))),
    )


class PackConformance:
    """The kit as pytest tests; a pack's test file subclasses it and names the pack.

    Needs pytest-django, and `powercrud_core.testing.store` in the INSTALLED_APPS of the tests.

    pack: the pack's name.
    exceptions: `<component>/<scenario>` to the reviewed reason; one not needed fails.
    levels: some of LEVELS.
    browser: whether the level browser is run as well; needs Playwright and a Chromium.
    browser_path: that Chromium; default is the one that is found.
    """

    pack: ClassVar[str]
    exceptions: ClassVar[Mapping[str, str]] = {}
    levels: ClassVar[tuple[str, ...]] = LEVELS
    browser: ClassVar[bool] = False
    browser_path: ClassVar[str] = ""

    def pytest_generate_tests(self, metafunc: Any) -> None:
        """Make a test of every case; pytest calls this on the class, without a plugin."""
        if "case" in metafunc.fixturenames:
            metafunc.parametrize("case", self.cases())

    @classmethod
    def cases(cls) -> tuple[str, ...]:
        """Return the names of the cases that are run."""
        levels = (*cls.levels, *([BROWSER] if cls.browser else []))
        return case_names(levels, get_pack(cls.pack).pack.level)

    @classmethod
    def kit(cls) -> Kit:
        """Return the kit for this pack, the same for all tests of the class."""
        if "_kit" not in vars(cls):
            cls._kit = kit_for(cls.pack, Session(cls.browser_path) if cls.browser else None)
        return cls._kit

    @classmethod
    def teardown_class(cls) -> None:
        """End the browser, where one was started; pytest calls this after the last test."""
        if "_kit" in vars(cls) and cls._kit.session is not None:
            cls._kit.session.close()

    _kit: ClassVar[Kit]

    def test_conforms(self, case: str, db: None) -> None:
        """The pack draws what the contract says."""
        __tracebackhide__ = True  # the kit's own lines say nothing about the pack
        wrong = [f for f in self.kit().findings(case) if f.key not in self.exceptions]
        if wrong:
            raise AssertionError("\n\n".join(map(str, wrong)))

    def test_every_exception_is_needed(self, db: None) -> None:
        """An exception that covers nothing hides the next mistake."""
        cases = self.cases() if self.exceptions else ()
        found = {f.key for case in cases for f in self.kit().findings(case)}
        known = {key for key in self.exceptions if self.browser or judged(key, self.levels)}
        if unneeded := sorted(known - found):
            raise AssertionError(
                f"Not needed any more, remove from exceptions: {', '.join(unneeded)}"
            )
