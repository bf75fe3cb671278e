"""The kit's level `browser`: the packs conform, and packs that only a browser can tell do not."""

import json
import sys
from collections.abc import Iterator
from contextlib import closing
from fnmatch import fnmatchcase
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings

from powercrud_core.packs import get_pack
from powercrud_core.testing import PackConformance, conform
from powercrud_core.testing.browser import Session
from powercrud_core.testing.kit import case_names, kit_for
from tests.browser.broken import FLAWS, Flaw, write_flawed
from tests.packs.schema import violations
from tests.settings import INSTALLED_APPS, PACKS

SCHEMA = json.loads(
    (Path(__file__).parents[2] / "docs/reference/conformance-report.json").read_text()
)
ODD = Path(__file__).parents[1] / "packs/odd"


@pytest.fixture(autouse=True)
def site(settings: object) -> None:
    """Run the kit in a project as a pack's author has it, without the site of these tests."""


@pytest.fixture(scope="module")
def flawed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Install the packs that cannot be used."""
    folder = tmp_path_factory.mktemp("packs")
    apps = write_flawed(folder)
    sys.path.insert(0, str(folder))
    with override_settings(INSTALLED_APPS=[*INSTALLED_APPS, *apps]):
        yield
    sys.path.remove(str(folder))
    for app in apps:
        sys.modules.pop(f"{app}.apps", None)
        sys.modules.pop(app, None)


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    """A browser for all packs that cannot be used."""
    with closing(Session()) as session:
        yield session


@pytest.mark.django_db
@pytest.mark.parametrize("name", PACKS)
def test_an_installed_pack_conforms(name: str) -> None:
    report = conform(name, levels=["browser"])

    assert report.ok, str(report)
    assert ("accessible", 0) == (report.level, report.beyond)


@pytest.mark.django_db
def test_an_odd_pack_keeps_what_it_promises(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    It looks like nothing, so it promises the level core: everything works, script or no script.
    """
    monkeypatch.syspath_prepend(str(ODD))
    with override_settings(INSTALLED_APPS=[*INSTALLED_APPS, "powercrud_odd"]):
        report = conform("odd", levels=["browser"])

    assert report.ok, str(report)
    assert {} == report.excepted
    assert 0 < report.beyond


@pytest.mark.django_db
@pytest.mark.usefixtures("flawed")
class TestFlawedPacks:
    @pytest.fixture(autouse=True)
    def impatience(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Do not wait long for what will not come; a slow machine is still waited for."""
        monkeypatch.setattr("powercrud_core.testing.browser.screen.PATIENCE", 2.0)

    @pytest.mark.parametrize("flaw", FLAWS, ids=lambda flaw: flaw.name)
    def test_a_flaw_is_found_and_its_cause_told(self, flaw: Flaw, session: Session) -> None:
        """
        Other levels see nothing: the meaning is right, or at least its markup is.
        """
        kit = kit_for(flaw.pack, session)
        asked = case_names(("browser",), get_pack(flaw.pack).pack.level)
        cases = [case for case in asked if fnmatchcase(case.partition(":")[2], flaw.only)]
        found = {f.key: f for case in cases for f in kit.findings(case)}

        assert flaw.finds in found, "\n".join(map(str, found.values()))
        assert flaw.words in f"{found[flaw.finds].expected}\n{found[flaw.finds].found}"
        assert not flaw.spares or not any(key.endswith(flaw.spares) for key in found)

    def test_the_command_tells_it_with_a_picture(self, tmp_path: Path) -> None:
        out = StringIO()
        arguments = ["flawed_silent", "--level", "browser", "--only", "delete.confirm", "--json"]
        with pytest.raises(CommandError):
            call_command(
                "powercrud", "conform", *arguments, "--pictures", str(tmp_path), stdout=out
            )
        report = json.loads(out.getvalue())

        assert [] == list(violations(report, SCHEMA))
        assert ["delete_page/browser.delete.confirm"] == [f["key"] for f in report["findings"]]
        assert ["browser"] == report["levels"]
        assert "flawed_silent-delete.confirm.png" in report["findings"][0]["found"]
        assert (tmp_path / "flawed_silent-delete.confirm.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.django_db
class TestInPytest:
    def test_it_is_a_pack_s_choice(self) -> None:
        class TestQuick(PackConformance):
            pack = "plain"

        class TestWhole(PackConformance):
            pack = "plain"
            browser = True

        asked = [case for case in TestWhole.cases() if case.startswith("browser:")]
        assert not set(asked) & set(TestQuick.cases())
        assert {"browser:csp", "browser:nojs.filter", "browser:axe.list.dark"} <= set(asked)
        try:
            TestWhole().test_conforms("browser:skip", None)
        finally:
            TestWhole.teardown_class()

    @pytest.mark.usefixtures("flawed")
    def test_a_finding_fails_its_test(self) -> None:
        class TestFlawed(PackConformance):
            pack = "flawed_no_skipping"
            browser = True

        try:
            with pytest.raises(AssertionError, match=r"base/browser\.skip"):
                TestFlawed().test_conforms("browser:skip", None)
        finally:
            TestFlawed.teardown_class()
