"""The settings of the tests' worker processes: short leases, so that recovery takes no time."""

import os

import django

from tests.settings import *  # noqa: F403

ROOT_URLCONF = "tests.jobs.work"
POWERCRUD_JOB_RUNNER = "worker"
POWERCRUD_JOB_LEASE = 0.4
POWERCRUD_JOB_SLICE = 0.5
LOGGING = {"version": 1, "loggers": {"powercrud.jobs": {"level": "CRITICAL"}}}

# Who carries the jobs out: the tests of the runners start real workers of each.
RUNNER = os.environ.get("POWERCRUD_TEST_RUNNER", "worker")
if RUNNER == "q2":
    INSTALLED_APPS += ["django_q"]  # noqa: F405
    Q_CLUSTER = {
        "name": "jobs",
        "orm": "default",
        "workers": 2,
        "timeout": 32,
        "retry": 33,
        "ack_failures": True,
        "max_attempts": 1,
        "poll": 0.1,
        "queue_limit": 4,
        "save_limit": -1,  # nothing is told to anybody when a task is done
        "catch_up": False,
        "log_level": "CRITICAL",
    }
    POWERCRUD_JOB_RUNNER = "auto"
elif RUNNER == "tasks":
    BACKPORT = [] if django.VERSION >= (6,) else ["django_tasks"]
    INSTALLED_APPS += [*BACKPORT, "django_tasks_db"]
    TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    POWERCRUD_JOB_RUNNER = "auto"
elif RUNNER == "celery":
    POWERCRUD_JOB_RUNNER = "tests.jobs.celery_app.ring"
