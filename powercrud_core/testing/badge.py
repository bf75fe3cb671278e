"""What a report of the kit says in one line: for a README, and for a table of packs."""

from collections.abc import Mapping
from typing import Any

from powercrud_core.testing.kit import BROWSER, LEVELS

__all__ = ["badge", "matrix"]


def badge(report: Mapping[str, Any]) -> str:
    """Return one line of Markdown about a pack.

    report: what `powercrud conform PACK --json` prints.
    """
    if not report["ok"]:
        number = len(report["findings"]) + len(report["unneeded"])
        return f"**Does not conform** to contract {report['contract']}: {number} to do."
    own = sum(one["own"] for one in report["components"].values())
    parts = [
        f"**Conforms** to contract {report['contract']} at level *{report['level']}*: "
        f"{report['cases']} cases ({', '.join(report['levels'])})",
        f"{own} of {len(report['components'])} components its own",
    ]
    if report["excepted"]:
        parts.append(f"{len(report['excepted'])} reviewed exceptions")
    if report["absent"]:
        parts.append(f"without {', '.join(sorted(report['absent']))}")
    return "; ".join(parts) + "."


def matrix(reports: Mapping[str, Mapping[str, Any]]) -> str:
    """Return a Markdown table of several packs' reports, by name."""
    names = list(reports)
    lines = [f"| | {' | '.join(names)} |", f"| --- |{' --- |' * len(names)}"]

    def row(title: str, cell: Any) -> None:
        lines.append(f"| {title} | {' | '.join(str(cell(reports[name])) for name in names)} |")

    row("Conforms", lambda r: "yes" if r["ok"] else "no")
    row("Level", lambda r: r["level"])
    row("Contract", lambda r: r["contract"])
    for level in (*LEVELS, BROWSER):
        row(f"Level `{level}`", lambda r, level=level: "run" if level in r["levels"] else "not run")
    row("Cases", lambda r: r["cases"])
    row("Cases that only a higher level promises", lambda r: r["beyond"])
    row("Reviewed exceptions", lambda r: len(r["excepted"]))
    row("Capabilities absent", lambda r: ", ".join(sorted(r["absent"])) or "none")
    row("Findings", lambda r: len(r["findings"]) + len(r["unneeded"]))
    components = dict.fromkeys(name for r in reports.values() for name in r["components"])
    for component in components:
        row(f"`{component}`", lambda r, component=component: _drawn(r, component))
    return "\n".join(lines) + "\n"


def _drawn(report: Mapping[str, Any], component: str) -> str:
    if component not in report["components"]:
        return "—"
    one = report["components"][component]
    where = "own" if one["own"] else f"from {one['from']}"
    return f"{where}, {one['findings']} to do" if one["findings"] else where
