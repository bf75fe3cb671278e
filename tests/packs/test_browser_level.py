"""The level `browser` without a browser: what it asks of whom, and what it says without one."""

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from powercrud_core.testing import PackConformance, conform
from powercrud_core.testing.browser import RANKS, SCENARIOS, BrowserMissing, asked_of, machine
from powercrud_core.testing.kit import BROWSER, LEVELS, case_names

CSP = "base/browser.csp"


def program(folder: Path, text: str) -> Path:
    """Write a program that is no browser."""
    path = folder / "browser"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


@pytest.fixture(autouse=True)
def variable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget the browser that these tests may have been given."""
    monkeypatch.delenv(machine.VARIABLE, raising=False)


class TestWhatIsAsked:
    def test_only_where_it_is_asked_for(self) -> None:
        assert not [case for case in case_names() if case.startswith("browser:")]
        assert [f"browser:{name}" for name in SCENARIOS] == list(case_names((BROWSER,)))

    def test_a_higher_level_promises_all_that_a_lower_one_does(self) -> None:
        core, full, accessible = (set(asked_of(level)) for level in RANKS)

        assert core < full < accessible == set(SCENARIOS)
        assert {"csp", "console", "nojs.filter", "list.sort.swap-keeps-focus"} <= core
        assert {"axe.list.light", "axe.list.dark", "geometry.list.narrow"} <= full - core
        assert {"axe.list.practice", "geometry.list.reflow"} <= accessible - full

    def test_every_page_is_looked_at_in_both_schemes_and_sizes(self) -> None:
        found = {
            kind: {n.removeprefix(f"{kind}.").rpartition(".")[0] for n in SCENARIOS if kind in n}
            for kind in ("axe", "geometry")
        }

        assert found["axe"] == found["geometry"]
        assert 15 <= len(found["axe"])

    def test_exceptions_of_the_browser_wait_for_it(self) -> None:
        """
        Without a browser nobody can say whether they are needed.
        """
        known = {CSP: "Our own frame."}

        class TestQuick(PackConformance):
            pack = "plain"
            levels = ("static",)
            exceptions = known

        assert conform("plain", levels=["static"], exceptions=known).ok
        TestQuick().test_every_exception_is_needed(None)

    def test_some_scenarios(self) -> None:
        report = conform("plain", levels=["render"], only="message.*", exceptions={"x/y": "z"})

        assert (5, ()) == (report.cases, report.unneeded)

    def test_levels_by_default_have_no_browser(self) -> None:
        assert BROWSER not in LEVELS
        assert not PackConformance.browser


@pytest.mark.django_db
class TestWhatIsMissing:
    def tell(self, *arguments: str) -> str:
        with pytest.raises(CommandError) as error:
            call_command("powercrud", "conform", "plain", "--level", "browser", *arguments)
        return str(error.value)

    @pytest.mark.parametrize(
        ("module", "name"),
        [("playwright.sync_api", "Playwright"), ("axe_playwright_python.base", "axe")],
    )
    def test_a_package(self, monkeypatch: pytest.MonkeyPatch, module: str, name: str) -> None:
        def missing(wanted: str) -> Any:
            if wanted == module:
                raise ImportError(wanted)
            return import_module(wanted)

        monkeypatch.setattr(machine, "import_module", missing)
        machine.axe.cache_clear()
        with pytest.raises(BrowserMissing) as error:
            machine.playwright() if name == "Playwright" else machine.axe()

        text = f"The level 'browser' needs {name}, which is not installed. "
        assert f'{text}Run pip install "powercrud-core[testing-browser]".' == str(error.value)

    def test_playwright_stops_the_command_with_one_line(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def missing(wanted: str) -> Any:
            raise ImportError(wanted)

        monkeypatch.setattr(machine, "import_module", missing)

        assert "needs Playwright, which is not installed" in self.tell()

    def test_a_path_that_leads_nowhere(self) -> None:
        assert "There is no browser at /nowhere/chromium." == self.tell(
            "--browser-path", "/nowhere/chromium"
        )

    def test_a_program_that_is_no_browser(self, tmp_path: Path) -> None:
        """
        What it said, what to install, and how to name another.
        """
        path = program(tmp_path, "exit 1")
        text = self.tell("--browser-path", str(path))

        assert text.startswith(f"{path} did not start: ")
        assert "Install the package chromium-headless-shell or chromium" in text
        assert "python -m playwright install chromium-headless-shell" in text
        assert "--browser-path or PLAYWRIGHT_CHROMIUM_EXECUTABLE_PATH" in text


class TestWhichBrowser:
    def test_the_one_that_is_named(self, tmp_path: Path) -> None:
        path = str(program(tmp_path, ""))

        assert path == machine.find_browser(path)

    def test_that_of_the_variable(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        path = str(program(tmp_path, ""))
        monkeypatch.setenv(machine.VARIABLE, path)

        assert path == machine.find_browser()

    def test_the_first_of_the_system(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("google-chrome", "chromium"):
            program(tmp_path, "").rename(tmp_path / name)
        monkeypatch.setenv("PATH", str(tmp_path))

        assert str(tmp_path / "chromium") == machine.find_browser()

    def test_else_playwright_s(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PATH", str(tmp_path))

        assert machine.find_browser() is None
