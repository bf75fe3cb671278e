"""What `manage.py powercrud conform` reads and prints; the engine is `conform`."""

import json
from argparse import ArgumentParser, ArgumentTypeError
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from powercrud_core.testing.badge import badge
from powercrud_core.testing.kit import BROWSER, LEVELS, conform
from powercrud_core.testing.report import Report

__all__ = ["add_arguments", "run", "text"]


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the arguments of the tool."""
    parser.add_argument("pack", help="the pack's name")
    known = ",".join((*LEVELS, BROWSER))
    parser.add_argument("--level", type=levels, default=LEVELS, help=f"some of {known}")
    parser.add_argument("--browser", action="store_true", help="the level browser, too")
    parser.add_argument("--browser-path", default="", help="its Chromium; default is the one found")
    parser.add_argument("--pictures", type=Path, help="a folder for pictures of what fails in it")
    parser.add_argument("--only", default="*", help='some scenarios, as in "list.*"')
    parser.add_argument("--exceptions", type=exceptions, help="JSON: finding to reviewed reason")
    told = parser.add_mutually_exclusive_group()
    told.add_argument("--json", action="store_true", help="the report as one JSON document")
    told.add_argument("--badge", action="store_true", help="the report in a line, for a README")


def levels(words: str) -> tuple[str, ...]:
    """Return the levels that are named, in the order in which they run."""
    named = [word.strip() for word in words.split(",") if word.strip()]
    every = (*LEVELS, BROWSER)
    if unknown := [word for word in named if word not in every]:
        raise ArgumentTypeError(
            f"Unknown level {unknown[0]!r}, must be one of: {', '.join(every)}."
        )
    if not named:
        raise ArgumentTypeError(f"Name at least one of: {', '.join(every)}.")
    return tuple(level for level in every if level in named)


def exceptions(name: str) -> Mapping[str, str]:
    """Return the reviewed exceptions of a file, each with its reason."""
    try:
        found = json.loads(Path(name).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ArgumentTypeError(f"{name}: {error}") from error
    if not isinstance(found, dict) or not all(isinstance(v, str) and v for v in found.values()):
        raise ArgumentTypeError(f"{name}: must be one object, <component>/<scenario> to a reason.")
    return found


def run(options: Mapping[str, Any]) -> tuple[str, Report]:
    """Return what is to be printed, and the report itself."""
    levels = dict.fromkeys([*options["level"], *([BROWSER] if options["browser"] else [])])
    report = conform(
        options["pack"],
        levels=levels,
        exceptions=options["exceptions"],
        only=options["only"],
        browser_path=options["browser_path"],
        pictures=options["pictures"],
    )
    if options["badge"]:
        return badge(report.as_json()), report
    whole = json.dumps(report.as_json(), indent=2) if options["json"] else text(report)
    return whole, report


def text(report: Report) -> str:
    """Return a report as a person reads it: what is wrong last, where the eyes are."""
    return "\n".join(_lines(report))


def _lines(report: Report) -> Iterator[str]:
    wrong = Counter(f.component for f in report.findings)
    yield f"{report.pack}, contract {report.contract}, level {report.level}"
    yield f"Levels: {', '.join(report.levels)}\n"
    for name, pack in report.drawn_by.items():
        origin = "own" if pack == report.pack else f"from {pack}"
        told = f"  {wrong[name]} to do" if wrong[name] else ""
        yield f"  {name:<16}{origin:<18}{told}".rstrip()
    for title, reasons in (("Absent", report.absent), ("Excepted", report.excepted)):
        if reasons:
            yield f"\n{title}:"
            yield from (f"  {name}: {reason}" for name, reason in reasons.items())
    if report.unneeded:
        yield "\nExceptions that are not needed any more:"
        yield from (f"  {key}" for key in report.unneeded)
    if report.beyond:
        yield f"\nNot asked: {report.beyond} cases that only a level above {report.level} promises."
    for app, count in report.unasked.items():
        yield f"\nNot asked: {count} cases that need {app} in INSTALLED_APPS."
    yield from (f"\n{finding}" for finding in report.findings)
    verdict = "conforms" if report.ok else f"{len(report.findings)} findings"
    yield f"\n{report.pack}: {verdict} in {report.cases} cases."
