"""Every check of background jobs is seen to fire; without a queue, or the app, none does."""

import os
import subprocess
import sys

import pytest

from powercrud_core.jobs.checks import check_choice, check_jobs
from powercrud_core.jobs.runners import chosen
from tests.architecture.source import SOURCE_FOLDERS

Q2 = {"orm": "default", "timeout": 90, "retry": 120}


def found():
    return [(message.id.removeprefix("powercrud."), message.msg) for message in check_jobs()]


@pytest.fixture
def q2(settings, monkeypatch):
    """Have django-q2 installed, as far as anybody can see."""
    settings.POWERCRUD_JOB_RUNNER = "q2"
    settings.Q_CLUSTER = Q2
    for place in ("checks.apps", "runners.apps"):
        monkeypatch.setattr(f"powercrud_core.jobs.{place}.is_installed", lambda name: True)


def test_moments_without_a_time_zone(settings):
    settings.USE_TZ = False
    text = "Background jobs compare the clocks of workers and database, but USE_TZ is False."

    assert [("E309", text)] == found()


class TestRunner:
    @pytest.mark.parametrize("name", ["auto", "inline", "worker", "tests.jobs.work.nothing"])
    def test_these_are_fine(self, settings, name):
        settings.POWERCRUD_JOB_RUNNER = name

        assert [] == found()

    @pytest.mark.parametrize("name", ["celery", "tests.jobs.work.renamed", "tests.jobs.work.os"])
    def test_these_are_not(self, settings, name):
        settings.POWERCRUD_JOB_RUNNER = name
        text = f"POWERCRUD_JOB_RUNNER is {name!r}, which is no runner and no function."

        assert [("E301", text)] == found()

    def test_q2_without_django_q2(self, settings):
        settings.POWERCRUD_JOB_RUNNER = "q2"
        text = "POWERCRUD_JOB_RUNNER is 'q2', but django-q2 is not set up."

        assert [("E302", text)] == found()

    def test_q2_as_it_should_be(self, q2):
        assert [] == found()

    def test_q2_with_a_broker_that_loses(self, q2, settings):
        settings.Q_CLUSTER = {**Q2, "orm": None}

        assert ["W303"] == [id for id, _ in found()]

    @pytest.mark.parametrize("wrong", [{"timeout": None}, {"timeout": 30}, {"retry": 90}])
    def test_q2_with_wrong_times(self, q2, settings, wrong):
        settings.Q_CLUSTER = {**Q2, **wrong}
        expected = {**Q2, **wrong}
        text = f"Q_CLUSTER has timeout {expected['timeout']} and retry {expected['retry']}: "

        assert [("W304", text + "jobs would be rung too often.")] == found()

    def test_tasks_that_nobody_does(self, settings):
        settings.POWERCRUD_JOB_RUNNER = "tasks"

        assert ["W306"] == [id for id, _ in found()]

    def test_tasks_that_do_not_exist(self, settings, monkeypatch):
        settings.POWERCRUD_JOB_RUNNER = "tasks"
        monkeypatch.setattr("powercrud_core.jobs.runners.tasks_module", lambda: "")
        text = "POWERCRUD_JOB_RUNNER is 'tasks', but there are no tasks in this Django."

        assert [("E305", text)] == found()

    @pytest.mark.parametrize("name", ["slice", "lease", "notice"])
    def test_times(self, settings, name):
        setattr(settings, f"POWERCRUD_JOB_{name.upper()}", "soon")

        assert [("E300", f"POWERCRUD_JOB_{name.upper()} is 'soon'.")] == found()


class TestAuto:
    def test_it_says_what_it_chose(self, settings):
        settings.POWERCRUD_JOB_RUNNER = "auto"
        text = "Background jobs are run by 'inline'. Neither django-q2 nor a backend of "

        assert [text + "django.tasks is set up."] == [one.msg for one in check_choice()]

    def test_q2_before_tasks(self, q2, settings):
        settings.POWERCRUD_JOB_RUNNER = "auto"
        assert "q2" == chosen()[0]

        del settings.Q_CLUSTER
        settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
        assert "tasks" == chosen()[0]


MINIMAL = """
import sys
import django
from django.conf import settings

settings.configure(
    SECRET_KEY="x",
    USE_TZ=True,
    ROOT_URLCONF="tests.urls_minimal",
    POWERCRUD_TEMPLATE_PACK="plain",
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
        }
    ],
    INSTALLED_APPS=[
        "django.contrib.contenttypes", "django.contrib.auth", "django.forms", "django_filters",
        "django_cotton", "powercrud_core", "powercrud_plain", *sys.argv[1:],
    ],
)
sys.modules["tests.urls_minimal"] = type(sys)("tests.urls_minimal")
sys.modules["tests.urls_minimal"].urlpatterns = []
django.setup()
from django.core.management import call_command
call_command("check")
from powercrud_core.jobs import background, installed
queues = {"django_q", "django_tasks", "celery"} & set(sys.modules)
print(installed(), background(lambda by: by * 2)(by=4) if not sys.argv[1:] else "", queues)
"""


@pytest.mark.parametrize(
    ("apps", "expected"),
    [((), "False 8 set()"), (("powercrud_core.jobs",), "True  set()")],
)
def test_a_project_without_a_queue_starts_and_is_clean(apps, expected):
    finished = subprocess.run(
        [sys.executable, "-c", MINIMAL, *apps],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, SOURCE_FOLDERS))},
        capture_output=True,
        text=True,
    )

    assert "" == finished.stderr
    assert expected == finished.stdout.splitlines()[-1]
    assert "no issues" in finished.stdout
