"""What a project pays for having PowerCRUD installed: counted, not timed."""

import json
import os
import subprocess
import sys

import pytest

from tests.architecture.source import SOURCE_FOLDERS

PROGRAM = """
import json, sys
import django
from django.conf import settings

settings.configure(
    SECRET_KEY="x",
    USE_TZ=True,
    POWERCRUD_TEMPLATE_PACK="plain",
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    INSTALLED_APPS=[
        "django.contrib.contenttypes", "django.contrib.auth", "django.contrib.sessions",
        "django.contrib.messages", "django.forms", "django_cotton", *sys.argv[1:],
    ],
)
django.setup()
if sys.argv[1:]:
    import powercrud_core
    powercrud_core.CRUDView, powercrud_core.Column, powercrud_core.crud_urls
print(json.dumps(sorted(sys.modules)))
"""
UNWANTED = {
    "celery",
    "crispy_forms",
    "django.contrib.admin",
    "django.contrib.gis",
    "django.tasks",
    "django.test",
    "django_q",
    "html5lib",
    "openpyxl",
    "playwright",
    "powercrud_core.testing",
    "psycopg",
    "pydantic",
    "pytest",
    "rest_framework",
    "tablib",
}
# Ours, the pack and django-filter.
MODULES = 116


def modules_of(*apps: str) -> set[str]:
    """Return the modules that are loaded once a project with these apps has started."""
    finished = subprocess.run(
        [sys.executable, "-c", PROGRAM, *apps],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, SOURCE_FOLDERS))},
        capture_output=True,
        text=True,
    )
    assert 0 == finished.returncode, finished.stderr
    return set(json.loads(finished.stdout))


@pytest.fixture(scope="module")
def added() -> set[str]:
    """What the core and one pack load beyond Django with Cotton."""
    return modules_of("django_filters", "powercrud_core", "powercrud_plain") - modules_of()


def test_the_core_is_among_what_is_added(added):
    assert {"powercrud_core.views", "powercrud_plain"} <= added


def test_nothing_optional_is_loaded(added):
    assert set() == added & UNWANTED


def test_starting_loads_a_bounded_number_of_modules(added):
    assert MODULES >= len(added), sorted(added)
