"""What the conformance kit found, as data that a test, a command and a README badge can use."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

__all__ = ["SCHEMA", "Finding", "Report"]

SCHEMA = 1  # of the JSON report


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is wrong in a pack.

    component: what is drawn wrongly; for a file that draws no component, its path.
    scenario: `<check>.<sample or scene>`; with the component it is the key of an exception.
    file: the template that drew it, with a line where one is known.
    hint: what to do, or the reference pack's file.
    """

    component: str
    scenario: str
    expected: str
    found: str
    file: str = ""
    hint: str = ""

    @property
    def key(self) -> str:
        """Return the words for an exception."""
        return f"{self.component}/{self.scenario}"

    def __str__(self) -> str:
        lines = [
            self.key,
            f"  expected: {_indented(self.expected)}",
            f"  found:    {_indented(self.found)}",
        ]
        lines += [f"  file:     {self.file}"] if self.file else []
        lines += [f"  hint:     {_indented(self.hint)}"] if self.hint else []
        return "\n".join(lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The outcome of a run of the kit over one pack.

    levels: the levels that were run.
    drawn_by: for each component the pack that draws it: its own, or one that it extends.
    absent: the capabilities that the pack declares absent, with their reasons.
    beyond: how many cases were left out because only a higher conformance level promises them.
    unasked: how many cases were left out because an optional app is not installed, by app.
    excepted: findings that a reviewed exception covers, with its reason.
    unneeded: exceptions that covered nothing: to be removed.
    """

    pack: str
    level: str
    contract: int
    cases: int
    levels: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    excepted: Mapping[str, str] = field(default_factory=dict)
    unneeded: tuple[str, ...] = ()
    drawn_by: Mapping[str, str] = field(default_factory=dict)
    absent: Mapping[str, str] = field(default_factory=dict)
    beyond: int = 0
    unasked: Mapping[str, int] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Say whether the pack conforms."""
        return not self.findings and not self.unneeded

    def as_json(self) -> dict[str, Any]:
        """Return the report as plain values; docs/reference/conformance-report.json says which."""
        wrong = Counter(f.component for f in self.findings)
        components = {
            name: {"from": pack, "own": pack == self.pack, "findings": wrong[name]}
            for name, pack in self.drawn_by.items()
        }
        facts = {name: value for name, value in asdict(self).items() if name != "drawn_by"}
        findings = [{"key": f.key, **asdict(f)} for f in self.findings]
        lists = {"levels": list(self.levels), "unneeded": list(self.unneeded)}
        return {
            "schema": SCHEMA,
            "ok": self.ok,
            **facts,
            **lists,
            "findings": findings,
            "components": components,
            "excepted": dict(self.excepted),
            "absent": dict(self.absent),
            "unasked": dict(self.unasked),
        }

    def __str__(self) -> str:
        own = sum(pack == self.pack for pack in self.drawn_by.values())
        head = (
            f"{self.pack}: {len(self.findings)} findings in {self.cases} cases; "
            f"{own} components of its own, {len(self.drawn_by) - own} inherited"
        )
        unneeded = [f"{key}\n  This exception is not needed any more." for key in self.unneeded]
        absent = [f"{name}: absent, {reason}" for name, reason in self.absent.items()]
        unasked = [
            f"{count} cases not asked: they need {app}" for app, count in self.unasked.items()
        ]
        return "\n".join([head, *absent, *unasked, *map(str, self.findings), *unneeded])


def _indented(text: str) -> str:
    return text.replace("\n", "\n            ")
