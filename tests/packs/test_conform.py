"""The command `conform`, its JSON report, and the catalogue of scenarios."""

import json
import os
import re
import subprocess
import sys
from argparse import ArgumentParser
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings

from powercrud_core.packs import get_pack
from powercrud_core.testing import LEVELS, conform
from powercrud_core.testing.behaviours import BEHAVIOURS
from powercrud_core.testing.catalogue import STATES, catalogue, page
from powercrud_core.testing.command import add_arguments
from powercrud_core.testing.kit import BROWSER, case_names, drawn_components, kit_for
from powercrud_core.testing.samples import samples
from tests.packs import reports_page
from tests.packs.schema import violations
from tests.settings import INSTALLED_APPS, PACKS

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs/reference"
SCENARIOS_PAGE = REFERENCE / "conformance-scenarios.md"
SCHEMA = json.loads((REFERENCE / "conformance-report.json").read_text())


def told(*arguments: str) -> str:
    """Return what the command prints about a pack that conforms."""
    out = StringIO()
    call_command("powercrud", "conform", *arguments, stdout=out)
    return out.getvalue()


def refused(*arguments: str) -> str:
    """Return what the command prints about a pack that does not conform."""
    out = StringIO()
    with pytest.raises(CommandError) as error:
        call_command("powercrud", "conform", *arguments, stdout=out)
    assert 1 == error.value.returncode
    return out.getvalue()


@pytest.mark.usefixtures("wrong_packs")
class TestCommand:
    @pytest.mark.django_db
    def test_a_pack_that_conforms(self) -> None:
        cases = len(case_names(("static", "http")))

        assert f"plain: conforms in {cases} cases." in told("plain", "--level", "static,http")

    def test_without_a_level_it_asks_for_all_but_the_browser(self) -> None:
        parser = ArgumentParser()
        add_arguments(parser)

        assert LEVELS == parser.parse_args(["plain"]).level

    def test_a_pack_that_does_not(self) -> None:
        """
        Component, scenario, both sides, the file with its line, and what to do.
        """
        text = refused("broken_onclick", "--level", "static")

        assert "filter_form     own                 1 to do" in text
        assert "table           from plain\n" in text
        assert "filter_form/static.inline\n  expected: no script, style or handler" in text
        assert "powercrud_broken_onclick/filter_form.html:" in text
        assert "Looks go to the stylesheet" in text

    def test_parity_shows_trees_and_the_reference_pack_s_way(self) -> None:
        text = refused("broken_caption_dropped", "--level", "parity")

        assert "expected: " in text
        assert "table “Products” data-pc-part='table'" in text
        assert "Compare with " in text
        assert "<table" not in text

    def test_reviewed_exceptions_come_from_a_file(self, tmp_path: Path) -> None:
        file = tmp_path / "reviewed.json"
        file.write_text(json.dumps({"filter_form/static.inline": "Ours alone."}))
        text = told("broken_onclick", "--level", "static", "--exceptions", str(file))

        assert "Excepted:\n  filter_form/static.inline: Ours alone." in text

    def test_an_exception_that_is_not_needed_fails(self, tmp_path: Path) -> None:
        file = tmp_path / "reviewed.json"
        file.write_text(json.dumps({"row/static.safe": "Once."}))
        text = refused("plain", "--level", "static", "--exceptions", str(file))

        assert "not needed any more:\n  row/static.safe" in text

    def test_what_a_pack_declares_absent_is_listed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        config = kit_for("plain").pack
        declared = replace(config.pack, absent={"inline": "Rows are cards."})
        monkeypatch.setattr(config, "pack", declared, raising=False)

        assert "Absent:\n  inline: Rows are cards." in told("plain", "--level", "static")

    def test_the_line_for_a_readme(self) -> None:
        """
        It is as honest as the report: what was run, what is the pack's own, what is wrong.
        """
        components = len(drawn_components())

        assert (
            f"**Conforms** to contract 1 at level *accessible*: {components + 1} cases (static); "
            f"{components} of {components} components its own.\n"
        ) == told("plain", "--level", "static", "--badge")
        assert "**Does not conform** to contract 1: 1 to do.\n" == refused(
            "broken_onclick", "--level", "static", "--badge"
        )

    @pytest.mark.parametrize("level", ["statics", "static,browsers", ","])
    def test_a_wrong_level_names_the_right_ones(self, level: str) -> None:
        with pytest.raises(CommandError, match="static, render, parity, http, behaviour, browser"):
            told("plain", "--level", level)

    def test_without_the_store_it_says_so_once(self) -> None:
        apps = [app for app in INSTALLED_APPS if not app.endswith("testing.store")]
        with override_settings(INSTALLED_APPS=apps):
            found = conform("plain", levels=["http", "behaviour"]).findings

        assert ["kit/http.store", "kit/behaviour.store"] == [f.key for f in found]

    @pytest.mark.parametrize("name", ["plain", "broken_onclick"])
    def test_json_is_what_the_schema_says(self, name: str) -> None:
        printed = (told if name == "plain" else refused)(name, "--level", "static,render", "--json")
        report = json.loads(printed)

        assert [] == list(violations(report, SCHEMA))
        assert (name == "plain") == report["ok"]
        assert {"from": "plain", "own": name == "plain", "findings": 0} == report["components"][
            "row"
        ]


JOBLESS = """
from tests import settings
settings.INSTALLED_APPS = [a for a in settings.INSTALLED_APPS if not a.endswith("jobs")]
import django
django.setup()
from powercrud_core.testing import conform
from powercrud_core.testing.command import text
report = conform("plain", only="*list.page*")
print(text(report))
"""


class TestWithoutJobs:
    def test_what_needs_them_is_counted_and_the_rest_is_asked(self) -> None:
        """
        In a process of its own: an app that was loaded once is not gone again.
        """
        env = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
        command = [sys.executable, "-c", JOBLESS]
        done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
        needy = sum(bool(s.needs) for s in catalogue() if s.level != BROWSER)

        assert 40 < needy
        assert f"Not asked: {needy} cases that need powercrud_core.jobs" in done.stdout, done.stderr
        assert re.search(r"plain: conforms in \d+ cases\.", done.stdout)

    def test_only_they_need_an_app(self) -> None:
        """
        Their names say so: other scenarios are asked of everybody.
        """
        needy = {s.name for s in catalogue() if s.needs}
        named = {s.name for s in catalogue() if re.search(r"\bjobs?\b", s.name)}

        assert needy == {name for name in named if name not in STATES}


class TestSchema:
    @pytest.mark.parametrize(
        "change",
        [{"ok": "yes"}, {"cases": -1}, {"levels": ["best"]}, {"more": 1}, {"schema": 2}],
        ids=str,
    )
    def test_another_document_is_refused(self, change: dict[str, Any]) -> None:
        report = conform("plain", levels=["static"]).as_json()

        assert list(violations({**report, **change}, SCHEMA))

    def test_it_names_every_level(self) -> None:
        assert [*LEVELS, BROWSER] == SCHEMA["properties"]["levels"]["items"]["enum"]


class TestReports:
    """The stored reports; `python -m tests.packs.reports_page PACK` makes one anew."""

    def test_the_pages_are_made_of_them(self) -> None:
        made = reports_page.files()

        assert made == {path: path.read_text() for path in made}

    @pytest.mark.parametrize("name", PACKS)
    def test_one_is_what_the_kit_asks_today(self, name: str) -> None:
        report, pack = reports_page.stored()[name], get_pack(name).pack
        every = (*LEVELS, BROWSER)

        assert [] == list(violations(report, SCHEMA))
        assert (True, list(every)) == (report["ok"], report["levels"])
        assert (pack.level, pack.contract) == (report["level"], report["contract"])
        assert len(case_names(every, pack.level)) == report["cases"]
        assert list(drawn_components()) == list(report["components"])


class TestCatalogue:
    def test_the_page_is_the_catalogue(self) -> None:
        """
        Made by `python -m tests.packs.scenarios_page`.
        """
        assert page() == SCENARIOS_PAGE.read_text()

    def test_there_are_enough(self) -> None:
        assert 80 <= len(BEHAVIOURS)

    def test_every_sample_state_is_told(self) -> None:
        assert list(samples()) == list(STATES)

    def test_names_are_unique_and_look_alike(self) -> None:
        names = [(s.level, s.name) for s in catalogue()]

        assert len(names) == len(set(names))
        assert [] == [s for s in catalogue() if s.name != s.name.lower() or " " in s.name]
        assert [] == [s.name for s in catalogue() if not s.meaning.endswith(".")]
