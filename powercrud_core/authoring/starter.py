"""The starter: an installable template pack that passes conformance as it is generated."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from string import Template

from django.core.exceptions import ImproperlyConfigured

from powercrud_core import __version__
from powercrud_core.authoring.overrides import pack_file
from powercrud_core.packs import installed_packs
from powercrud_core.packs.app import CONTRACT, PackConfig

__all__ = ["FIRST", "REFERENCE", "folder_for", "start_pack"]

REFERENCE = "plain"
FIRST = "message"
"""The component that a pack which extends another begins with."""

PYPROJECT = Template("""[build-system]
requires = ["hatchling>=1.27"]
build-backend = "hatchling.build"

[project]
name = "$distribution"
version = "0.1.0"
description = "A template pack for PowerCRUD."
readme = "README.md"
requires-python = ">=3.11"
dependencies = [$dependencies]

[project.optional-dependencies]
tests = ["powercrud-core[testing]", "pytest>=8", "pytest-django>=4.9"$reference]

[tool.hatch.build.targets.wheel]
packages = ["powercrud_$name"]

[tool.pytest.ini_options]
DJANGO_SETTINGS_MODULE = "tests.settings"
pythonpath = ["."]
testpaths = ["tests"]
""")

APPS = Template('''"""The $name pack's declaration."""

from powercrud_core.packs import PackConfig, TemplatePack


class ${title}Config(PackConfig):
    """Draws PowerCRUD's components."""

    name = "powercrud_$name"
    verbose_name = "PowerCRUD $name pack"
    pack = TemplatePack(name="$name", contract=$contract$extends$css)
''')

CONFORMANCE = Template('''"""Does the $name pack draw what the contract says?"""

from powercrud_core.testing import PackConformance


class Test$title(PackConformance):
    pack = "$name"
    # True tries it in a browser, too: pip install "powercrud-core[testing-browser]" and a Chromium.
    browser = False
''')

SETTINGS = Template('''"""The project that the conformance kit runs in."""

SECRET_KEY = "tests"
USE_TZ = True
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "django_cotton",
    "powercrud_core",
    "powercrud_core.jobs",
    "powercrud_core.testing.store",
    $apps
]
POWERCRUD_TEMPLATE_PACK = "$name"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ROOT_URLCONF = "powercrud_core.testing.urls"
STATIC_URL = "/static/"
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]
''')

README = Template("""# $distribution

A template pack for PowerCRUD.

    pip install $distribution

Add `"powercrud_$name"` to `INSTALLED_APPS` and set `POWERCRUD_TEMPLATE_PACK = "$name"`.

The templates are in `powercrud_$name/templates/cotton/powercrud_$name/`, one a component.
Check them with `pip install -e ".[tests]"` and `pytest`.
""")

WORKFLOW = """name: tests
on: [push, pull_request]
jobs:
  conformance:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with:
          python-version: "3.12"
      - run: pip install -e ".[tests]"
      - run: pytest
"""


IGNORED = "__pycache__/\n*.egg-info/\n.venv/\ndist/\n"
NAME = re.compile(r"[a-z](?:_?[a-z0-9])*")
TEXT = {".css", ".html", ".po", ".svg"}


def folder_for(name: str) -> Path:
    """Return the folder that a pack of this name is made in."""
    return Path(_distribution(f"powercrud_{name}"))


def start_pack(
    name: str, folder: Path, *, parent: PackConfig | None, reference: PackConfig | None
) -> list[Path]:
    """Write an installable pack and return its files.

    parent: the pack it extends; without one every template is copied from `reference`.
    Raises ImproperlyConfigured for a name that the pack cannot have, FileExistsError for a folder
    that holds something.
    """
    _check_name(name)
    if folder.exists() and not folder.is_dir():
        raise FileExistsError(f"{folder} is a file.")
    if folder.exists() and any(folder.iterdir()):
        raise FileExistsError(f"{folder} is not empty.")
    package = folder / f"powercrud_{name}"
    package.mkdir(parents=True)
    if parent is not None:
        _copy_one(parent, package)
    elif reference is not None:
        _copy_whole(reference, package, name)
    for path, text in _files(name, parent):
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    return sorted(p for p in folder.rglob("*") if p.is_file())


def _check_name(name: str) -> None:
    if not NAME.fullmatch(name):
        raise ImproperlyConfigured(
            f"{name!r} cannot name a pack: use small letters, digits and single underscores."
        )
    if name == "core" or name in installed_packs():
        raise ImproperlyConfigured(f"The name {name!r} is taken: choose another.")


def _distribution(package: str) -> str:
    return package.replace("_", "-")


def _files(name: str, parent: PackConfig | None) -> Iterator[tuple[str, str]]:
    """Yield what is written besides the copied templates."""
    package = f"powercrud_{name}"
    line = [config.name for config in parent.chain()] if parent else []
    reference = f"powercrud_{REFERENCE}"
    dependencies = [f"powercrud-core>={__version__}"]
    if parent is not None:
        dependencies.append(_distribution(parent.name))
    words = {
        "name": name,
        "distribution": _distribution(package),
        "title": name.title().replace("_", ""),
        "contract": CONTRACT,
        "extends": f', extends="{parent.pack.name}"' if parent else "",
        "css": "" if parent else f', css=("{package}/{name}.css",)',
        "dependencies": ", ".join(f'"{d}"' for d in dependencies),
        "reference": "" if reference in line else f', "{_distribution(reference)}"',
        "apps": "\n    ".join(f'"{app}",' for app in dict.fromkeys([*line, reference, package])),
    }
    yield "pyproject.toml", PYPROJECT.substitute(words)
    yield "README.md", README.substitute(words)
    yield ".gitignore", IGNORED
    yield ".github/workflows/tests.yml", WORKFLOW
    yield f"{package}/__init__.py", f'"""The {name} template pack."""\n\n__version__ = "0.1.0"\n'
    yield f"{package}/apps.py", APPS.substitute(words)
    yield "tests/__init__.py", ""
    yield "tests/settings.py", SETTINGS.substitute(words)
    yield "tests/test_conformance.py", CONFORMANCE.substitute(words)


def _copy_one(parent: PackConfig, package: Path) -> None:
    """Copy one component, to begin with; the parent draws the others."""
    target = package / "templates" / "cotton" / package.name / f"{FIRST}.html"
    target.parent.mkdir(parents=True)
    shutil.copyfile(pack_file(parent, FIRST), target)


def _copy_whole(reference: PackConfig, package: Path, name: str) -> None:
    """Copy every template and static file of a pack under the new name."""
    root = Path(reference.path)
    for part in ("templates", "static", "locale"):
        for source in (p for p in (root / part).rglob("*") if p.is_file()):
            renamed = _renamed(source.relative_to(root).as_posix(), reference, name)
            target = package / renamed
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.suffix in TEXT:
                text = source.read_text(encoding="utf-8")
                target.write_text(_renamed(text, reference, name), encoding="utf-8")
            else:
                shutil.copyfile(source, target)


def _renamed(text: str, old: PackConfig, name: str) -> str:
    """Return a text or a path in which the old pack's name stands nowhere."""
    text = text.replace(old.name, f"powercrud_{name}")
    text = text.replace(_distribution(old.name), _distribution(f"powercrud_{name}"))
    return text.replace(f"{old.pack.name}.css", f"{name}.css")
