"""The four distributions: what is in them, and that each pack works installed alone.

Needs the package registry (for Django and the other dependencies), like the installation it tries.
"""

import json
import os
import subprocess
import sys
import tarfile
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest

from powercrud_core import __version__

ROOT = Path(__file__).resolve().parents[2]
PACKS = ("plain", "bootstrap5", "daisyui")
FOLDERS = {"core": ROOT, **{pack: ROOT / "packs" / pack for pack in PACKS}}
# Nothing of the checkout may be found by accident.
CLEAN = {
    name: value
    for name, value in os.environ.items()
    if not name.startswith(("PYTHON", "DJANGO", "COV_", "PYTEST"))
}

# One process builds, whatever their number: the distributions are made once.
pytestmark = [pytest.mark.packaging, pytest.mark.xdist_group("packaging")]


def run(*command: str | Path, cwd: Path) -> str:
    """Return what a command printed; fail with all of it when the command failed."""
    finished = subprocess.run(
        list(map(str, command)), cwd=cwd, env=CLEAN, capture_output=True, text=True
    )
    assert 0 == finished.returncode, finished.stdout + finished.stderr
    return finished.stdout


@pytest.fixture(scope="session")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdists, and the wheels made from them."""
    folder = tmp_path_factory.mktemp("dist")
    for source in FOLDERS.values():
        # Without isolation: hatchling is here already. The wheel is made from the sdist, so a
        # file that the sdist lacks is missed.
        run(sys.executable, "-m", "build", "--no-isolation", "-o", folder, source, cwd=folder)
    return folder


def wheel_of(dist: Path, name: str) -> Path:
    return dist / f"powercrud_{name}-{__version__}-py3-none-any.whl"


def shipped(name: str) -> set[str]:
    """Return the files of a package that its wheel must hold, as the checkout has them."""
    folder = FOLDERS[name]
    return {
        path.relative_to(folder).as_posix()
        for path in (folder / f"powercrud_{name}").rglob("*")
        if path.is_file() and path.suffix not in {".pyc", ".pyo"}
    }


@pytest.mark.parametrize("name", FOLDERS)
class TestContents:
    def test_a_wheel_holds_its_package_and_nothing_else(self, dist, name):
        """
        Templates, static files, translations and py.typed included; no tests, docs or demo.
        """
        names = zipfile.ZipFile(wheel_of(dist, name)).namelist()
        meta = f"powercrud_{name}-{__version__}.dist-info/"

        assert shipped(name) == {entry for entry in names if not entry.startswith(meta)}

    def test_a_wheel_holds_templates_and_static_files(self, dist, name):
        names = zipfile.ZipFile(wheel_of(dist, name)).namelist()
        package = f"powercrud_{name}"
        static = ".js" if name == "core" else ".css"

        assert [e for e in names if e.startswith(f"{package}/templates/") and e.endswith(".html")]
        assert [e for e in names if e.startswith(f"{package}/static/") and e.endswith(static)]

    def test_an_sdist_holds_what_the_wheel_needs_and_little_else(self, dist, name):
        base = f"powercrud_{name}-{__version__}"
        with tarfile.open(dist / f"{base}.tar.gz") as archive:
            names = {entry.name.removeprefix(f"{base}/") for entry in archive if entry.isfile()}
        others = names - shipped(name)

        assert shipped(name) <= names
        assert others <= {
            *("CHANGELOG.md", "LICENSE", "PKG-INFO", "README.md", "pyproject.toml", ".gitignore")
        }


class TestVersions:
    @pytest.mark.parametrize("pack", PACKS)
    def test_a_pack_asks_for_the_core_of_its_own_version(self, pack):
        """
        The four are released together.
        """
        project = tomllib.loads((FOLDERS[pack] / "pyproject.toml").read_text())["project"]

        assert __version__ == project["version"]
        assert [f"powercrud-core=={__version__}"] == project["dependencies"]


@pytest.fixture(scope="module", params=PACKS)
def page(request, dist, tmp_path_factory) -> dict[str, object]:
    """What a project gets that has installed the core and one pack, and knows no checkout."""
    pack = request.param
    folder = tmp_path_factory.mktemp(pack)
    venv.create(folder / "venv", with_pip=False, symlinks=True)
    python = folder / "venv/bin/python"
    install = (sys.executable, "-m", "pip", "--python", python, "install", "-q")
    run(*install, "--no-compile", wheel_of(dist, "core"), wheel_of(dist, pack), cwd=folder)
    program = folder / "project.py"
    program.write_text((Path(__file__).parent / "project.py").read_text())
    answer = json.loads(run(python, program.name, pack, cwd=folder))
    return {**answer, "pack": pack, "venv": str(folder / "venv")}


class TestInstalledAlone:
    def test_the_core_is_the_installed_one(self, page):
        assert page["core"].startswith(page["venv"])

    def test_the_list_shows_the_data_escaped(self, page):
        assert "Fictions &amp; &lt;Labyrinths&gt;" in page["html"]
        assert "12.50" in page["html"]

    def test_the_page_links_the_stylesheet_of_its_pack(self, page):
        assert [name for name in page["styles"] if name.startswith(f"powercrud_{page['pack']}/")]

    def test_the_page_loads_the_script(self, page):
        assert ["powercrud_core/powercrud.js"] == page["scripts"]

    def test_every_file_that_the_page_asks_for_is_there(self, page):
        assert [] == page["missing"]

    def test_the_other_pages_answer(self, page):
        assert [200, 200] == [page["status"], page["form"]]
