"""What every runner must do, with its own workers: python -m tests.jobs.contract

POWERCRUD_TEST_RUNNER names the runner, POWERCRUD_TEST_DATABASE the database. Prints what is wrong,
by part, as JSON.
"""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from tests.jobs.processes import clean, problems, program, until

# isort: split
import django
from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import override_settings

from powercrud_core.jobs import Progress, progress, submit
from powercrud_core.jobs.models import ACTIVE, Job
from powercrud_core.jobs.runners import chosen, ring, tasks_module
from tests.jobs.models import Effect, Item
from tests.jobs.work import slowly

COMMANDS = {
    "worker": ["-m", "django", "powercrud_jobs", "run", "--sleep", "0.1"],
    "q2": ["-m", "django", "qcluster"],
    "tasks": ["-m", "django", "db_worker", "--interval", "0.1"],
    "celery": ["-m", "celery", "-A", "tests.jobs.celery_app", "worker", "-l", "ERROR", "-c", "2"],
}


class Cluster:
    """The runner's own workers, as one would start them."""

    def __enter__(self) -> "Cluster":
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.jobs.settings",
            "PYTHONPATH": os.pathsep.join(p for p in sys.path if p),
        }
        self.process = subprocess.Popen(
            [sys.executable, "-W", "ignore", *COMMANDS[settings.RUNNER]],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        return self

    def __exit__(self, *error: object) -> None:
        self.process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(3)
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def boss() -> User:
    return User.objects.get(username="boss")


def over(seconds: float = 120) -> list[str]:
    """Wait for the end of every job, asking for it as the page of its user does."""

    def ended() -> bool:
        progress(boss())
        time.sleep(0.1)
        return not Job.objects.filter(state__in=ACTIVE).exists()

    return [] if until(ended, seconds) else ["it took too long"]


def done_by_others() -> list[str]:
    """Without a worker, and with the ring lost, a job waits; then others do it, in slices.

    Rung five times it is one job. What fails is told.
    """
    clean(200, i50="error")
    with override_settings(POWERCRUD_JOB_RUNNER="worker"):
        job = submit(slowly, Item.objects.order_by("pk"), user=boss())
    found = [f"it is {one.state}" for one in Job.objects.exclude(state="queued")]
    with Cluster():
        for _ in range(5):
            ring(job)
        found += over()
    workers = set(Effect.objects.values_list("key", flat=True))
    found += problems("partial")
    if not workers or str(os.getpid()) in workers:
        found.append(f"done by {workers}")
    return found + ["in one slice"] * (Job.objects.get().token < 2)


def killed() -> list[str]:
    """A worker is killed; who watches calls another one."""
    clean(800)
    submit(slowly, Item.objects.order_by("pk"), user=boss())
    with Cluster():
        until(Effect.objects.exists, 20)
        workers = set(Effect.objects.values_list("key", flat=True))
        for key in workers:
            os.kill(int(key), signal.SIGKILL)
        alive = Job.objects.get().state
    with Cluster():
        found = over()
    found += problems("done") + ["nobody died"] * (not workers)
    return found + [f"it was {alive} when its worker died"] * (alive not in ACTIVE)


def hung() -> list[str]:
    """R9: workers that are there and do nothing, for one died with the lock of their queue.

    The user is told, and a worker of our own does what they do not.
    """
    if settings.RUNNER != "q2":
        return []
    clean(40)
    with Cluster() as cluster:
        submit(slowly, Item.objects.order_by("pk"), user=boss())
        found = over()
        time.sleep(0.5)
        for pid in children(cluster.process.pid):
            for idle in children(pid):
                os.kill(idle, signal.SIGKILL)
        time.sleep(2)  # until others are there in their place
        Item.objects.update(n=0)
        job = submit(slowly, Item.objects.order_by("pk"), user=boss())
        with override_settings(POWERCRUD_JOB_NOTICE=2):
            until(lambda: bool(told(job).notice), 8)
            found += [f"the user is told {told(job).notice!r}"] * (
                "No worker" not in told(job).notice
            )
        call_command("powercrud_jobs", "run", "--once", "--sleep", "0.1")
    return found + problems("done")


def children(pid: int) -> list[int]:
    """Return the processes that a process has begun."""
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def told(job: Job) -> Progress:
    """Return what the job's user is told of it."""
    (found,) = [one for one in progress(boss()) if one.id == str(job.pk)]
    return found


def is_chosen() -> list[str]:
    """`auto` finds it; tasks are Django's own where it has them."""
    name = chosen()[0]
    if name == "tasks" and (tasks_module() == "django.tasks") != (django.VERSION >= (6,)):
        return [f"{tasks_module()} on Django {django.__version__}"]
    wanted = {"celery": "tests.jobs.celery_app.ring"}.get(settings.RUNNER, settings.RUNNER)
    return [] if name == wanted else [f"{name} was chosen"]


if __name__ == "__main__":
    parts = (is_chosen, done_by_others, killed, hung)
    program({part.__name__: part for part in parts}, sys.argv[1:])
