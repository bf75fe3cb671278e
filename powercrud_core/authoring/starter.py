"""The starter: an installable template pack that passes conformance as it is generated."""

import keyword
import shutil
from collections.abc import Iterator
from pathlib import Path
from string import Template

from django.core.exceptions import ImproperlyConfigured

from powercrud_core.authoring.overrides import candidates
from powercrud_core.packs.app import CONTRACT, PackConfig

__all__ = ["FIRST", "start_pack"]

REFERENCE = "plain"
FIRST = "message"
"""The component that a pack which extends another begins with."""

PYPROJECT = Template("""[build-system]
requires = ["hatchling>=1.27"]
build-backend = "hatchling.build"

[project]
name = "powercrud-$name"
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

README = Template("""# powercrud-$name

A template pack for PowerCRUD.

    pip install powercrud-$name

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


def start_pack(
    name: str, folder: Path, *, parent: PackConfig | None, reference: PackConfig
) -> list[Path]:
    """Write an installable pack and return its files.

    parent: the pack it extends; without one every template is copied from `reference`.
    Raises ImproperlyConfigured for a name that no package can have, FileExistsError for a folder
    that holds something.
    """
    if not name.isidentifier() or keyword.iskeyword(name) or name != name.lower():
        raise ImproperlyConfigured(
            f"{name!r} cannot name a pack: use small letters, digits and underscores."
        )
    if folder.exists() and any(folder.iterdir()):
        raise FileExistsError(f"{folder} is not empty.")
    package = folder / f"powercrud_{name}"
    package.mkdir(parents=True)
    if parent is None:
        _copy_whole(reference, package, name)
    else:
        _copy_one(parent, package, name)
    for path, text in _files(name, parent):
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    return sorted(p for p in folder.rglob("*") if p.is_file())


def _files(name: str, parent: PackConfig | None) -> Iterator[tuple[str, str]]:
    """Yield what is written besides the copied templates."""
    base = parent.pack.name if parent else ""
    apps = dict.fromkeys([base or name, REFERENCE, name])
    dependencies = ["powercrud-core", *([f"powercrud-{base}"] if base else [])]
    words = {
        "name": name,
        "title": name.title().replace("_", ""),
        "contract": CONTRACT,
        "extends": f', extends="{base}"' if base else "",
        "css": "" if base else f', css=("powercrud_{name}/{name}.css",)',
        "dependencies": ", ".join(f'"{d}"' for d in dependencies),
        "reference": "" if base == REFERENCE else f', "powercrud-{REFERENCE}"',
        "apps": "\n    ".join(f'"powercrud_{app}",' for app in apps),
    }
    package = f"powercrud_{name}"
    yield "pyproject.toml", PYPROJECT.substitute(words)
    yield "README.md", README.substitute(words)
    yield ".github/workflows/tests.yml", WORKFLOW
    yield f"{package}/__init__.py", f'"""The {name} template pack."""\n\n__version__ = "0.1.0"\n'
    yield f"{package}/apps.py", APPS.substitute(words)
    yield "tests/__init__.py", ""
    yield "tests/settings.py", SETTINGS.substitute(words)
    yield "tests/test_conformance.py", CONFORMANCE.substitute(words)


def _copy_one(parent: PackConfig, package: Path, name: str) -> None:
    """Copy one component, to begin with; the parent draws the others."""
    source = next(c.path for c in candidates(parent, FIRST) if c.path)
    target = package / "templates" / "cotton" / f"powercrud_{name}" / f"{FIRST}.html"
    target.parent.mkdir(parents=True)
    target.write_text(source.read_text())


def _copy_whole(reference: PackConfig, package: Path, name: str) -> None:
    """Copy every template and static file of a pack under the new name."""
    old = reference.name
    for part in ("templates", "static", "locale"):
        for source in (Path(reference.path) / part).rglob("*"):
            if source.is_dir():
                continue
            renamed = _renamed(str(source.relative_to(reference.path)), old, name)
            target = package / renamed.replace(f"{reference.pack.name}.css", f"{name}.css")
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.suffix in (".html", ".css", ".svg", ".po"):
                target.write_text(_renamed(source.read_text(), old, name))
            else:
                shutil.copy(source, target)


def _renamed(text: str, old: str, name: str) -> str:
    text = text.replace(old, f"powercrud_{name}")
    return text.replace(old.replace("_", "-"), f"powercrud-{name.replace('_', '-')}")
