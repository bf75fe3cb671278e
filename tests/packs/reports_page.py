"""Writes what the kit's reports say into the docs and the packs' READMEs.

    python -m tests.packs.reports_page                 from the reports that are stored
    python -m tests.packs.reports_page plain [PACK …]  run the kit first, the browser included

The reports lie in tests/packs/reports, as `powercrud conform PACK --json` prints them.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
FOLDER = Path(__file__).parent / "reports"
PAGE = ROOT / "docs/reference/pack-matrix.md"
BEGIN, END = "<!-- conformance -->\n", "<!-- /conformance -->\n"
HEAD = """# Pack matrix

What the [conformance kit](testing.md) said of each pack of this repository.
Made by `python -m tests.packs.reports_page` from the reports of `powercrud conform --json` alone.
A test holds this page and the packs' READMEs against them.

"""


def stored() -> dict[str, dict[str, Any]]:
    """Return the stored reports by pack, the reference pack first."""
    found = {path.stem: json.loads(path.read_text()) for path in sorted(FOLDER.glob("*.json"))}
    return dict(sorted(found.items(), key=lambda item: item[0] != "plain"))


def files() -> dict[Path, str]:
    """Return what is made of the stored reports, by file."""
    from powercrud_core.testing.badge import badge, matrix

    made = {PAGE: HEAD + matrix(stored())}
    for name, report in stored().items():
        readme = ROOT / f"packs/{name}/README.md"
        before, begin, rest = readme.read_text().partition(BEGIN)
        _old, end, after = rest.partition(END)
        made[readme] = f"{before}{begin}{badge(report)}\n{end}{after}"
    return made


def run(pack: str) -> None:
    """Run every level of the kit and store its report."""
    from powercrud_core.testing import LEVELS, conform

    report = conform(pack, levels=[*LEVELS, "browser"]).as_json()
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f"{pack}.json").write_text(json.dumps(report, indent=1) + "\n")
    print(f"{pack}: {'conforms' if report['ok'] else 'does not conform'}")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()
    for name in sys.argv[1:]:
        run(name)
    for path, text in files().items():
        path.write_text(text)
