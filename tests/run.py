"""Run every check of the project in an environment of its own: python3 tests/run.py

The environment is made in .venv-tests/ on the first run and again when a requirement changes.
Chromium is taken from the system, or installed where that is possible. First the gates run (style,
types, floors, templates, spelling, documentation), one line each; then pytest, whose summary is
the last line. What the command does not know goes to pytest:

    python3 tests/run.py --fast                      without the browser
    python3 tests/run.py --fast tests/core -k sort   some tests, and no gates
    python3 tests/run.py --gates                     the gates, and no tests
    python3 tests/run.py --gate types                one gate
    python3 tests/run.py --newest                    newest Python found, newest Django we support;
                                                     with --fast what depends on these
    python3 tests/run.py --mutants [plain …]         break packs and see whether the kit notices
"""

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DISTRIBUTIONS = (".", "packs/plain", "packs/bootstrap5", "packs/daisyui")
SOURCES = ("powercrud_core", "packs/plain", "packs/bootstrap5", "packs/daisyui")
NEWEST_DJANGO = "Django>=6.1,<6.2"
OLDEST_PYTHON = (3, 11)
OLDEST_PYTHON_FOR_NEWEST_DJANGO = (3, 12)
# What runs through Django; the rest is about files, documents and tools, or other packs.
ON_NEWEST = ["tests/core", "tests/views", "tests/checks", "tests/jobs", "packs/plain"]
# The headless shell starts three times faster than the full browser.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "chrome")
GATES = ("ruff", "format", "spelling", "imports", "templates", "types", "docs")
SELECTING = ("-k", "-m", "--lf", "--last-failed", "--collect-only", "--co")
BROWSER_VARIABLE = "PLAYWRIGHT_CHROMIUM_EXECUTABLE_PATH"


@dataclass(frozen=True)
class Gate:
    """A command that must succeed before the tests are worth reading."""

    name: str
    command: Sequence[str]


@dataclass(frozen=True)
class Environment:
    """A virtual environment and what is to be installed in it."""

    folder: Path
    python: str
    requirements: tuple[str, ...]

    @property
    def bin(self) -> Path:
        return self.folder / ("Scripts" if os.name == "nt" else "bin")

    @property
    def executable(self) -> str:
        return str(self.bin / "python")

    def fingerprint(self) -> str:
        """Return a hash of everything that decides what is installed."""
        version = subprocess.run(
            [self.python, "-VV"], capture_output=True, text=True, check=True
        ).stdout
        parts = [version, *self.requirements]
        parts += [path.read_text() for path in self.requirement_files()]
        for distribution in DISTRIBUTIONS:
            declared = tomllib.loads((ROOT / distribution / "pyproject.toml").read_text())
            parts.append(json.dumps([declared["build-system"], declared["project"]]))
        parts.append(str(self.folder))
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

    def requirement_files(self) -> list[Path]:
        return sorted((ROOT / "tests").glob("requirements*.txt"))

    def prepare(self) -> None:
        """Make the environment unless it is there and current."""
        stamp = self.folder / "stamp"
        wanted = self.fingerprint()
        if stamp.is_file() and stamp.read_text() == wanted:
            return
        started = time.monotonic()
        print(f"Making {self.folder.name}/ …", flush=True)
        shutil.rmtree(self.folder, ignore_errors=True)
        call([self.python, "-m", "venv", str(self.folder)])
        files = [part for path in self.requirement_files() for part in ("-r", str(path))]
        self.pip("install", *files, *self.requirements)
        # hatchling is there by now, so the editable builds need no isolated environments.
        editable = [part for name in DISTRIBUTIONS for part in ("-e", f"./{name}")]
        self.pip("install", "--no-build-isolation", *editable, *self.requirements)
        stamp.write_text(wanted)
        print(f"Made {self.folder.name}/ in {time.monotonic() - started:.0f} s", flush=True)

    def pip(self, *arguments: str) -> None:
        call([self.executable, "-m", "pip", "--disable-pip-version-check", "-q", *arguments])


def call(command: Sequence[str]) -> None:
    """Run a command in the checkout and stop, with its own output, when it fails."""
    finished = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL)
    if finished.returncode:
        sys.exit(f"Failed with exit code {finished.returncode}: {' '.join(command)}")


# --- the interpreter ---


def interpreters() -> Iterator[tuple[tuple[int, int], str]]:
    """Yield (version, path) of every CPython found on PATH, in pyenv and in uv."""
    home = Path.home()
    pyenv = Path(os.environ.get("PYENV_ROOT", home / ".pyenv"))
    uv = Path(os.environ.get("UV_PYTHON_INSTALL_DIR", home / ".local/share/uv/python"))
    named = [shutil.which(f"python3.{minor}") for minor in range(11, 20)]
    kept = [str(path) for place in (pyenv / "versions", uv) for path in place.glob("*/bin/python3")]
    for candidate in [sys.executable, *filter(None, named), *kept]:
        version = version_of(candidate)
        if version:
            yield version, candidate


def version_of(python: str) -> tuple[int, int] | None:
    """Return the version of an interpreter that works and can make environments, else None."""
    # pyenv's python3.x on PATH exists even when it refuses to run; Debian's may lack ensurepip.
    code = "import sys, ensurepip; print(*sys.version_info[:2], sys.version_info[3])"
    try:
        found = subprocess.run([python, "-c", code], capture_output=True, text=True, timeout=60)
    except OSError:
        return None
    words = found.stdout.split()
    if found.returncode or len(words) != 3 or words[2] != "final":
        return None
    return int(words[0]), int(words[1])


def newest_python() -> str | None:
    """Return the newest interpreter here that the newest Django runs on, or None."""
    found = [pair for pair in interpreters() if pair[0] >= OLDEST_PYTHON_FOR_NEWEST_DJANGO]
    if not found:
        return None
    return max(found, key=lambda pair: pair[0])[1]


def choose_environment(options: argparse.Namespace) -> Environment:
    """Return the environment that the options ask for."""
    if options.newest:
        newest = newest_python()
        if newest is None:
            wanted = ".".join(map(str, OLDEST_PYTHON_FOR_NEWEST_DJANGO))
            sys.exit(f"No Python {wanted} or newer was found, which {NEWEST_DJANGO} needs.")
        return Environment(ROOT / ".venv-tests-newest", newest, (NEWEST_DJANGO,))
    if not options.python:
        return Environment(ROOT / ".venv-tests", sys.executable, ())
    version = version_of(options.python)
    if not version or version < OLDEST_PYTHON:
        sys.exit(f"{options.python} is not a working Python 3.11 or newer with ensurepip.")
    return Environment(ROOT / f".venv-tests-{version[0]}.{version[1]}", options.python, ())


# --- the browser ---


def find_browser() -> str | None:
    """Return the path of a Chromium, or None."""
    chosen = os.environ.get(BROWSER_VARIABLE)
    if chosen:
        return chosen
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def install_browser() -> str:
    """Install Debian's Chromium where that is possible, and return its path."""
    if not (hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get")):
        sys.exit(
            "The browser tests need Chromium and none was found on PATH. Install the package "
            f"chromium (or chromium-headless-shell), set {BROWSER_VARIABLE} to one, or run with "
            "--fast."
        )
    print("Installing Chromium …", flush=True)
    quiet: Mapping[str, str] = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-qq"], env=quiet, stdin=subprocess.DEVNULL)
    for package in BROWSERS[:2]:
        command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", package]
        subprocess.run(
            command, env=quiet, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False
        )
        found = find_browser()
        if found:
            return found
    sys.exit("apt-get could not install Chromium. Install it by hand or run with --fast.")


# --- gates and tests ---


def gates(environment: Environment) -> Iterator[Gate]:
    """Yield the gates in the order of their speed."""
    tool = {
        name: str(environment.bin / name)
        for name in ("ruff", "mypy", "lint-imports", "djlint", "codespell", "sphinx-build")
    }
    yield Gate("ruff", [tool["ruff"], "check", "."])
    yield Gate("format", [tool["ruff"], "format", "--check", "."])
    yield Gate("spelling", [tool["codespell"], *written_places()])
    yield Gate("imports", [tool["lint-imports"], "--no-cache"])
    templates = [name for name in (*SOURCES, "demo") if any((ROOT / name).rglob("*.html"))]
    if templates:
        yield Gate("templates", [tool["djlint"], "--lint", "--quiet", *templates])
    yield Gate("types", [tool["mypy"]])
    if (ROOT / "docs/conf.py").is_file():
        build = ["-q", "-W", "--keep-going", "-b", "html", "docs", "docs/_build/html"]
        yield Gate("docs", [tool["sphinx-build"], *build])


def written_places() -> list[str]:
    """Return the folders and files whose spelling counts; tests misspell names on purpose."""
    names = [
        *("powercrud_core", "packs", "docs", "demo", "changelog.d"),
        *("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "pyproject.toml", "noxfile.py"),
    ]
    return [name for name in names if (ROOT / name).exists()]


def passes(gate: Gate) -> bool:
    """Run a gate, print its line, and its output when it fails."""
    started = time.monotonic()
    finished = subprocess.run(
        gate.command,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    verdict = "FAILED" if finished.returncode else "ok"
    print(f"{gate.name:<14} {verdict:<6} {time.monotonic() - started:5.1f} s", flush=True)
    if finished.returncode:
        print(finished.stdout.rstrip() or f"(exit code {finished.returncode}, no output)")
        print(flush=True)
    return finished.returncode == 0


def pytest_command(options: argparse.Namespace, environment: Environment) -> list[str]:
    """Return the pytest command for the options."""
    command = [environment.executable, "-m", "pytest"]
    if options.fast:
        command += ["-m", "not browser and not long" if options.newest else "not browser"]
    if options.fast and options.newest and options.all_tests:
        command += ON_NEWEST
    if options.all_tests:
        # Two processes halve a whole run and only slow down a small one. A test that shares a
        # costly fixture names its xdist_group.
        command += ["-n", "2", "--dist", "loadgroup"]
    return command + options.pytest


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Return the options; `pytest` holds what is meant for pytest."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--fast", action="store_true", help="leave the browser tests out")
    parser.add_argument("--gates", action="store_true", help="run the gates and no test")
    parser.add_argument(
        "--gate", action="append", choices=GATES, default=[], help="run this gate and no test"
    )
    parser.add_argument(
        "--has-newest",
        action="store_true",
        help="only say by the exit code whether --newest has a Python to run on",
    )
    parser.add_argument(
        "--mutants", nargs="*", metavar="PACK", help="run the kit over broken packs, and no test"
    )
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--python", metavar="PATH", help="make the environment with this Python")
    which.add_argument("--newest", action="store_true", help=f"newest Python, {NEWEST_DJANGO}")
    options, options.pytest = parser.parse_known_args(arguments)
    options.all_tests = not any(map(selects, options.pytest))
    return options


def selects(argument: str) -> bool:
    """Say whether an argument for pytest makes it run some of the tests only."""
    path = argument.partition("::")[0]
    return argument in SELECTING or (ROOT / path).exists()


def run_gates(environment: Environment, names: Sequence[str]) -> bool:
    """Run the gates of these names, all of them if there is no name; say whether they passed."""
    chosen = [gate for gate in gates(environment) if not names or gate.name in names]
    failed = [gate.name for gate in chosen if not passes(gate)]
    if failed:
        print(f"Gates that failed: {', '.join(failed)}\n", flush=True)
    return not failed


def run_tests(options: argparse.Namespace, environment: Environment) -> bool:
    """Run pytest, with a browser unless it is left out; say whether it passed."""
    variables = dict(os.environ)
    if not options.fast:
        variables[BROWSER_VARIABLE] = find_browser() or install_browser()
    command = pytest_command(options, environment)
    return not subprocess.run(command, cwd=ROOT, env=variables, stdin=subprocess.DEVNULL).returncode


def main(arguments: Sequence[str]) -> int:
    if sys.version_info < OLDEST_PYTHON:
        sys.exit("PowerCRUD needs Python 3.11 or newer: python3.11 tests/run.py")
    options = parse(arguments)
    if options.has_newest:
        return int(not newest_python())
    environment = choose_environment(options)
    environment.prepare()
    if options.mutants is not None:
        command = [environment.executable, "-m", "tests.packs.mutants", *options.mutants]
        return subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL).returncode
    only_gates = options.gates or options.gate
    # The gates look at the source, not at the interpreter or at one test: once is enough.
    with_gates = options.all_tests and not (options.newest or options.python)
    passed = run_gates(environment, options.gate) if only_gates or with_gates else True
    if not only_gates:
        passed = run_tests(options, environment) and passed
    return int(not passed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
