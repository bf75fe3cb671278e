"""The tutorial, followed from an empty folder as a new user would."""

import ast
import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.docs.blocks import DOCS, ROOT, Block, blocks

PAGE = DOCS / "tutorial/first-list.md"
HERE = Path(__file__).parent
DISTRIBUTIONS = (".", "packs/plain", "packs/bootstrap5", "packs/daisyui")
# The fixture follows the whole tutorial: one process of a parallel run does it.
pytestmark = pytest.mark.xdist_group("tutorial")
MISTAKE = ("library/views.py", '"price"', '"pirce"')


@dataclass
class Reader:
    """Somebody who does what a page says, in a folder of their own."""

    folder: Path
    visits: list[dict[str, object]] = field(default_factory=list)

    def follow(self, block: Block) -> None:
        """Write the file or run the commands of a block."""
        if block.language == "console" and block.caption:
            self.err(block)
        elif block.language == "console":
            self.type(block)
        elif block.caption:
            self.write(self.folder / block.caption, block.text)

    def write(self, path: Path, text: str) -> None:
        """Replace a file; of settings only the names that the text assigns."""
        assert path.parent.is_dir(), f"{path} is in a folder that no command has made"
        path.write_text(changed(path.read_text(), text) if path.name == "settings.py" else text)

    def err(self, block: Block) -> None:
        """Run the commands of a block while a mistake is in a file."""
        name, right, wrong = MISTAKE
        path = self.folder / name
        text = path.read_text()
        assert text.count(right) == 1
        path.write_text(text.replace(right, wrong))
        self.type(block)
        path.write_text(text)

    def type(self, block: Block) -> None:
        """Run the commands of a block and compare what they print, where that is shown."""
        for command, expected in commands(block):
            printed = self.run(shlex.split(command))
            assert expected in printed, f"{block}: {command!r} printed {printed}"

    def run(self, command: list[str]) -> str:
        """Run one command and return what it printed."""
        match command:
            case ["mkdir", name]:
                (self.folder / name).mkdir()
            case ["cd", name]:
                self.folder /= name
            case ["python3", "-m", "venv", _] | ["source", _]:
                pass  # the tests run in an environment already; tests/packaging makes clean ones
            case ["python", "-m", "pip", "install", *names]:
                assert set(names) <= set(distributions())
            case ["python", "manage.py", "runserver"]:
                self.visit()
            case ["python", "manage.py", "createsuperuser", *_]:
                return self.python([*command[1:], "--noinput"])
            case ["django-admin", *rest]:
                return self.python(["-m", "django", *rest])
            case ["python", *rest]:
                return self.python(rest)
            case _:
                pytest.fail(f"The tutorial has a command that the test does not know: {command}")
        return ""

    def environment(self) -> dict[str, str]:
        """Return what the reader's programs find around them: the checkout to import from."""
        places = [ROOT, *(ROOT / d for d in DISTRIBUTIONS[1:])]
        return {
            name: value for name, value in os.environ.items() if not name.startswith("DJANGO_")
        } | {
            "PYTHONPATH": os.pathsep.join(map(str, places)),
            "DJANGO_SUPERUSER_PASSWORD": "secret",
            "DJANGO_SUPERUSER_EMAIL": "librarian@example.org",
        }

    def python(self, arguments: list[str]) -> str:
        """Run Python in the project's folder."""
        finished = subprocess.run(
            [sys.executable, *arguments],
            cwd=self.folder,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        if finished.returncode and "check" not in arguments:
            pytest.fail(f"{arguments} failed:\n{finished.stdout}")
        return finished.stdout

    def visit(self) -> None:
        """Do in the project what the tutorial tells the reader to do in the browser."""
        step = ("first", "second")[len(self.visits)]
        self.visits.append(json.loads(self.python([str(HERE / "visit.py"), step]).splitlines()[-1]))


def commands(block: Block) -> list[tuple[str, str]]:
    """Return each command of a console block with the output that the page shows."""
    found: list[tuple[str, str]] = []
    for line in block.text.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], ""))
        else:
            command, output = found[-1]
            found[-1] = (command, f"{output}\n{line}" if output else line)
    return found


def distributions() -> list[str]:
    """Return the names under which this checkout's distributions are installed."""
    files = [ROOT / d / "pyproject.toml" for d in DISTRIBUTIONS]
    return [tomllib.loads(f.read_text())["project"]["name"] for f in files]


def changed(settings: str, assignments: str) -> str:
    """Return a settings module with some names assigned anew, in place where they are there."""
    for new in ast.parse(assignments).body:
        assert isinstance(new, ast.Assign)
        text = ast.get_source_segment(assignments, new) or ""
        for old in ast.parse(settings).body:
            if isinstance(old, ast.Assign) and ast.dump(old.targets[0]) == ast.dump(new.targets[0]):
                settings = settings.replace(ast.get_source_segment(settings, old) or "", text)
                break
        else:
            settings += f"\n{text}\n"
    return settings


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    """Somebody who has followed the whole tutorial."""
    reader = Reader(tmp_path_factory.mktemp("tutorial"))
    for block in blocks(PAGE):
        reader.follow(block)
    reader.visit()
    return reader


class TestFirstList:
    def test_a_stranger_is_asked_to_sign_in(self, reader: Reader) -> None:
        """
        Model permissions are the default, so nothing is shown to a visitor without a name.
        """
        assert "/admin/login/?next=/authors/" == reader.visits[0]["stranger"]

    def test_the_inferred_screens_work(self, reader: Reader) -> None:
        """
        After `runserver` the reader makes an author and a book with nothing but models and URLs.
        """
        first = reader.visits[0]

        assert "No authors yet" in first["empty"]
        assert 302 == first["created"]
        assert "Ursula K. Le Guin" in first["authors"]
        assert 422 == first["without title"]
        for label in ("Title", "Author", "Status", "Price", "Published"):
            assert label in first["books"]

    def test_the_declared_view_works(self, reader: Reader) -> None:
        """
        Search finds the author's books, two keys sort, a filter shows its chip.
        """
        second = reader.visits[1]

        assert "Author born" in second["books"]
        assert ["The Dispossessed", "The Lathe of Heaven"] == second["found"]
        assert ["The Lathe of Heaven", "The Dispossessed", "Fictions"] == second["sorted"]
        assert "Published" in second["chips"]
        assert ["The Lathe of Heaven"] == second["filtered"]

    def test_every_file_that_a_page_asks_for_exists(self, reader: Reader) -> None:
        """
        The stylesheets and the script come with the packages: there is nothing else to install.
        """
        assert [] == reader.visits[1]["missing files"]

    def test_what_it_says_about_its_own_size_is_true(self) -> None:
        """
        "Two are about twenty lines together" counts what the reader wrote for PowerCRUD.
        """
        latest = {b.caption: b.text for b in blocks(PAGE) if b.caption.endswith(".py")}
        lines = [
            line
            for name in ("library/views.py", "config/urls.py")
            for line in latest[name].splitlines()
            if re.search(r"\w", line) and not re.match(r"from|import", line)
        ]

        assert 15 <= len(lines) <= 25
