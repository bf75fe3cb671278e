"""The tutorial "your own pack", followed from `startpack` to an installed wheel."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.docs.blocks import DOCS, ROOT, Block, blocks
from tests.docs.test_tutorial import DISTRIBUTIONS, Reader, distributions

PAGE = DOCS / "tutorial/your-own-pack.md"
# The fixture follows the whole tutorial: one process of a parallel run does it.
pytestmark = [pytest.mark.xdist_group("pack-tutorial"), pytest.mark.long]
VISIT = """
import json, os, sys
sys.path.insert(0, "")
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
import django
django.setup()
from django.contrib.auth import get_user_model
from django.contrib.staticfiles import finders
from django.test import Client
import powercrud_chocolate
client = Client(SERVER_NAME="localhost")
client.force_login(get_user_model().objects.get(username="teamaster"))
page = client.post("/teas/new/", {"name": "Assam"}, follow=True)
print(json.dumps({
    "package": powercrud_chocolate.__file__,
    "html": page.content.decode(),
    "css": finders.find("powercrud_chocolate/chocolate.css"),
}))
"""


@dataclass
class PackReader(Reader):
    """Somebody who follows this tutorial; a wheel is really installed, into a folder."""

    places: list[Path] = field(default_factory=list)
    runs: list[str] = field(default_factory=list)

    def err(self, block: Block) -> None:
        """Run the tests, which have to fail."""
        self.type(block)
        assert " failed" in self.runs[-1]

    def run(self, command: list[str]) -> str:
        """Run one command and return what it printed."""
        match command:
            case ["mkdir", "-p", name]:
                (self.folder / name).mkdir(parents=True)
            case ["cd", name]:
                self.folder = (self.folder / name).resolve()
            case ["python", "-m", "pip", "install", wheel] if wheel.endswith(".whl"):
                self.places = [self.folder.parent / "site"]
                here = ("--no-deps", "--no-index", "--target", str(self.places[0]))
                return self.python(["-m", "pip", "install", "-q", *here, wheel])
            case ["python", "-m", "pip", "install", "-e", ".[tests]"]:
                assert (self.folder / "pyproject.toml").is_file()
            case ["python", "-m", "pip", "install", *names]:
                assert set(names) <= {*distributions(), "build"}
            case ["python", "-m", "build"]:
                return self.python(["-m", "build", "--no-isolation"])
            case _:
                return super().run(command)
        return ""

    def python(self, arguments: list[str]) -> str:
        """Run Python in the folder, with the checkout and what was installed to import from."""
        kept = {n: v for n, v in os.environ.items() if not n.startswith(("DJANGO_", "PYTEST"))}
        places = [*self.places, ROOT, *(ROOT / d for d in DISTRIBUTIONS[1:])]
        finished = subprocess.run(
            [sys.executable, *arguments],
            cwd=self.folder,
            env=kept
            | {
                "PYTHONPATH": os.pathsep.join(map(str, places)),
                "DJANGO_SUPERUSER_PASSWORD": "secret",
                "DJANGO_SUPERUSER_EMAIL": "teamaster@example.org",
                # The reader has not what puts this project's own tests in any order.
                "PYTEST_ADDOPTS": "-p no:randomly",
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.runs.append(finished.stdout)
        if finished.returncode and "pytest" not in arguments:
            pytest.fail(f"{arguments} failed:\n{finished.stdout}")
        return finished.stdout

    def visit(self) -> None:
        """Add a tea, as the tutorial says."""
        self.visits.append(json.loads(self.python(["-c", VISIT]).splitlines()[-1]))


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> PackReader:
    """Somebody who has followed the whole tutorial, from the project of the first one."""
    folder = tmp_path_factory.mktemp("pack-tutorial")
    reader = PackReader(folder)
    for command in (["mkdir", "bookshop"], ["cd", "bookshop"]):
        reader.run(command)
    reader.run(["django-admin", "startproject", "config", "."])
    reader.run(["python", "manage.py", "startapp", "library"])
    for block in blocks(PAGE):
        reader.follow(block)
    return reader


class TestYourOwnPack:
    def test_its_tests_pass_fail_and_pass(self, reader: PackReader) -> None:
        """
        As generated; with the text of a message left out; with the message drawn anew.
        """
        runs = [run for run in reader.runs if " passed" in run]

        assert [False, True, False] == [" failed" in run for run in runs]

    def test_the_installed_wheel_is_what_is_used(self, reader: PackReader) -> None:
        """
        The new project has the wheel's files only.
        """
        (visit,) = reader.visits

        assert str(visit["package"]).startswith(str(reader.places[0]))
        assert str(visit["css"]).startswith(str(reader.places[0]))

    def test_the_message_is_its_own_and_the_rest_inherited(self, reader: PackReader) -> None:
        """
        One component is drawn anew; page and table are Bootstrap's, with both stylesheets.
        """
        html = str(reader.visits[0]["html"])

        assert '<p class="chocolate-text">' in html
        assert "Assam" in html
        assert html.index("bootstrap.min.css") < html.index("chocolate.css")

    def test_which_names_the_file(self, reader: PackReader) -> None:
        """
        The last command of the tutorial shows the file in the installed package.
        """
        file = "templates/cotton/powercrud_chocolate/message.html"

        assert f"message  {reader.places[0]}/powercrud_chocolate/{file}" in reader.runs[-1]
