"""`startpack` writes a pack that conforms, builds and works as it is."""

import json
import os
import subprocess
import sys
import tomllib
import venv
import zipfile
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from powercrud_core import __version__

ROOT = Path(__file__).resolve().parents[2]
PLACES = (ROOT, *(ROOT / "packs" / name for name in ("plain", "bootstrap5", "daisyui")))
ENVIRONMENT = {
    name: value
    for name, value in os.environ.items()
    if not name.startswith(("PYTHON", "DJANGO", "COV_", "PYTEST"))
} | {"PYTHONDONTWRITEBYTECODE": "1"}
REPORT = """
import json, django
django.setup()
from powercrud_core.testing import conform
report = conform("brand", levels=["static", "render", "parity"])
print(json.dumps({"ok": report.ok, "drawn_by": report.drawn_by}))
"""


def start(*arguments: str) -> str:
    """Return what `manage.py powercrud startpack` prints."""
    printed = StringIO()
    call_command("powercrud", "startpack", *arguments, stdout=printed)
    return printed.getvalue()


def run(*command: str | Path, cwd: Path, **variables: str) -> str:
    """Return what a command printed; fail with all of it when the command failed."""
    finished = subprocess.run(
        list(map(str, command)),
        cwd=cwd,
        env=ENVIRONMENT | variables,
        capture_output=True,
        text=True,
    )
    assert 0 == finished.returncode, finished.stdout + finished.stderr
    return finished.stdout


def in_checkout(folder: Path, *command: str) -> str:
    """Run Python in a pack's folder, with the checkout to import from."""
    return run(
        sys.executable,
        *command,
        cwd=folder,
        PYTHONPATH=os.pathsep.join(map(str, (folder, *PLACES))),
        DJANGO_SETTINGS_MODULE="tests.settings",
    )


def project(folder: Path) -> dict:
    """Return the `[project]` of a pack."""
    return tomllib.loads((folder / "pyproject.toml").read_text())["project"]


class TestName:
    def test_the_folder_and_the_distribution_bear_it(self, tmp_path, monkeypatch):
        """
        Underscores of the package are dashes of the distribution.
        """
        monkeypatch.chdir(tmp_path)

        printed = start("two_words")

        folder = tmp_path / "powercrud-two-words"
        assert "into powercrud-two-words. Next:" in printed
        assert "powercrud-two-words" == project(folder)["name"]
        assert (folder / "powercrud_two_words/static/powercrud_two_words/two_words.css").is_file()
        assert 'name="two_words"' in (folder / "powercrud_two_words/apps.py").read_text()

    def test_nothing_of_the_reference_is_left(self, tmp_path):
        """
        The copy bears the new name in its files' names and in its files.
        """
        start("chocolate", str(tmp_path))
        package = tmp_path / "powercrud_chocolate"

        files = [p for p in package.rglob("*") if p.is_file()]
        assert [] == [p for p in files if "plain" in str(p.relative_to(tmp_path))]
        assert [] == [p for p in files if b"powercrud_plain" in p.read_bytes()]

    @pytest.mark.parametrize(
        "name", ["Choco", "my-pack", "1st", "_x", "x_", "a__b", "größe", "a b", "../x", ""]
    )
    def test_one_that_no_package_can_have(self, name, tmp_path):
        with pytest.raises(CommandError, match="cannot name a pack: use small letters"):
            start(name, str(tmp_path))

        assert [] == list(tmp_path.iterdir())

    @pytest.mark.parametrize("name", ["core", "plain", "bootstrap5"])
    def test_one_that_is_taken(self, name, tmp_path):
        """
        A second `powercrud_core` would hide the first.
        """
        with pytest.raises(CommandError, match=f"The name '{name}' is taken"):
            start(name, str(tmp_path))


class TestFolder:
    def test_one_that_holds_something_is_left_alone(self, tmp_path):
        (tmp_path / "notes.txt").write_text("mine")

        with pytest.raises(CommandError, match="is not empty"):
            start("chocolate", str(tmp_path))

        assert ["notes.txt"] == [p.name for p in tmp_path.iterdir()]

    def test_a_file_is_left_alone(self, tmp_path):
        (tmp_path / "notes").write_text("mine")

        with pytest.raises(CommandError, match="is a file"):
            start("chocolate", str(tmp_path / "notes"))

    def test_missing_folders_are_made(self, tmp_path):
        start("chocolate", str(tmp_path / "a/b"))

        assert (tmp_path / "a/b/pyproject.toml").is_file()


class TestExtends:
    def test_it_begins_as_one_component(self, tmp_path):
        start("brand", str(tmp_path), "--extends", "bootstrap5")

        templates = [p.name for p in (tmp_path / "powercrud_brand").rglob("*.html")]
        assert ["message.html"] == templates
        assert [f"powercrud-core>={__version__}", "powercrud-bootstrap5"] == project(tmp_path)[
            "dependencies"
        ]

    def test_the_reference_is_asked_for_once(self, tmp_path):
        """
        The kit compares with plain: a pack that extends plain has it already.
        """
        start("mine", str(tmp_path), "--extends", "plain")

        tests = project(tmp_path)["optional-dependencies"]["tests"]
        assert [] == [name for name in tests if "plain" in name]
        assert 1 == (tmp_path / "tests/settings.py").read_text().count('"powercrud_plain"')

    def test_an_unknown_pack(self, tmp_path):
        with pytest.raises(CommandError, match="Did you mean 'bootstrap5'"):
            start("brand", str(tmp_path), "--extends", "bootstrap")


@pytest.mark.long
@pytest.mark.xdist_group("starter")
class TestConformance:
    def test_it_passes_its_own_tests(self, tmp_path):
        """
        As generated, with nothing changed: `pytest` in its folder. The tutorial that a test follows
        does the same for a pack that extends another.
        """
        start("chocolate", str(tmp_path))

        printed = in_checkout(tmp_path, "-m", "pytest", "-q", "-p", "no:cacheprovider")

        assert "failed" not in printed
        assert int(printed.rsplit("passed", 1)[0].split()[-1]) > 100

    def test_a_name_of_two_words_is_a_name(self, tmp_path):
        """
        The same tests, without those that ask for pages: a name does not matter to them.
        """
        start("two_words", str(tmp_path))

        quick = ("-k", "static or render")
        printed = in_checkout(tmp_path, "-m", "pytest", "-q", "-p", "no:cacheprovider", *quick)

        assert "failed" not in printed
        assert int(printed.rsplit("passed", 1)[0].split()[-1]) > 100

    def test_a_mistake_is_found(self, tmp_path):
        """
        The generated tests are not empty: a text that is not printed fails them by name.
        """
        start("chocolate", str(tmp_path))
        file = tmp_path / "powercrud_chocolate/templates/cotton/powercrud_chocolate/message.html"
        file.write_text(file.read_text().replace("{{ message.text }}", ""))

        with pytest.raises(AssertionError, match=r"(?s)message.*failed"):
            in_checkout(tmp_path, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider")

    def test_the_report_says_who_draws_what(self, tmp_path):
        """
        One component is the pack's own, all others are inherited.
        """
        start("brand", str(tmp_path), "--extends", "bootstrap5")

        report = json.loads(in_checkout(tmp_path, "-c", REPORT).splitlines()[-1])

        drawn_by = report["drawn_by"]
        assert report["ok"]
        assert "brand" == drawn_by.pop("message")
        assert {"bootstrap5"} == set(drawn_by.values())


@pytest.mark.long
@pytest.mark.packaging
@pytest.mark.xdist_group("packaging")
class TestInstalled:
    @pytest.mark.parametrize(
        "arguments",
        [["two_words"], ["brand", "--extends", "bootstrap5"]],
        ids=lambda arguments: arguments[0],
    )
    def test_its_wheel_works_in_another_project(self, tmp_path, arguments):
        """
        Built from its sdist, installed into a new environment, where it draws a list.
        """
        name, source = arguments[0], tmp_path / "source"
        start(name, str(source), *arguments[1:])
        parents = [ROOT / "packs/bootstrap5"] if name == "brand" else []
        for folder in (source, ROOT, *parents):
            run(
                *(sys.executable, "-m", "build", "--no-isolation", "-o", tmp_path / "dist", folder),
                cwd=tmp_path,
            )
        wheels = sorted((tmp_path / "dist").glob("*.whl"))
        own = next(w for w in wheels if w.name.startswith(f"powercrud_{name}-0.1.0-"))
        venv.create(tmp_path / "venv", with_pip=False, symlinks=True)
        python = tmp_path / "venv/bin/python"
        run(
            *(sys.executable, "-m", "pip", "--python", python, "install", "-q", "--no-compile"),
            *wheels,
            cwd=tmp_path,
        )
        program = tmp_path / "project.py"
        text = (ROOT / "tests/packaging/project.py").read_text()
        if name == "brand":
            text = text.replace(
                'f"powercrud_{pack}"', '"powercrud_bootstrap5", f"powercrud_{pack}"'
            )
        program.write_text(text)

        page = json.loads(run(python, program.name, name, cwd=tmp_path))

        assert shipped(source, name) <= set(zipfile.ZipFile(own).namelist())
        assert page["core"].startswith(str(tmp_path / "venv"))
        assert "Fictions &amp; &lt;Labyrinths&gt;" in page["html"]
        assert [[], 200, 200] == [page["missing"], page["status"], page["form"]]
        assert page["styles"]


def shipped(source: Path, name: str) -> set[str]:
    """Return the files of a pack's package."""
    return {
        path.relative_to(source).as_posix()
        for path in (source / f"powercrud_{name}").rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
