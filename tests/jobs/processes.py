"""Real worker processes that can be killed, and what must be true when all is over.

A process is forked from one that has Django set up but no connection open, so that hundreds can be
killed in the time in which a few would start.
"""

import json
import os
import random
import signal
import sys
import time
import traceback
from collections.abc import Callable
from typing import Any

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.jobs.settings"

import django

django.setup()

from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connections

from powercrud_core.bulk import Plan
from powercrud_core.jobs import deliver
from powercrud_core.jobs.faults import faults
from powercrud_core.jobs.models import ACTIVE, Claim, Guard, Job, JobRow
from powercrud_core.selection import Selection
from tests.jobs.models import Effect, Item, Shared

__all__ = ["Workers", "at", "by_chance", "clean", "fork", "plan", "problems", "program", "until"]

POISON = ("invalid", "error", "integrity")


def fork(work: Callable[[], Any]) -> int:
    """Run a function in a process of its own; return its number."""
    connections.close_all()
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        random.seed()
        work()
        code = 0
    except SystemExit as error:
        code = int(error.code or 0)
    except BaseException:
        traceback.print_exc(file=sys.stderr)
    finally:
        connections.close_all()
        sys.stderr.flush()
        os._exit(code)


def at(place: str, times: int = 1) -> Callable[[str], None]:
    """Die the first time (or times) a worker comes to a place."""
    passed = []

    def die(where: str) -> None:
        if where == place:
            passed.append(where)
            if len(passed) == times:
                os.kill(os.getpid(), signal.SIGKILL)

    return die


def by_chance(chance: float) -> Callable[[str], None]:
    """Die anywhere, now and then."""

    def die(where: str) -> None:
        if random.random() < chance:
            os.kill(os.getpid(), signal.SIGKILL)

    return die


class Workers:
    """Processes that work on what there is; those that die are replaced."""

    def __init__(self, count: int = 1, fault: Callable[[str], None] | None = None) -> None:
        self.count, self.fault = count, fault
        self.pids: set[int] = set()
        self.deaths = self.kills = 0

    def work(self) -> None:
        if self.fault is not None:
            faults.append(self.fault)
        while True:
            keys = Job.objects.filter(state__in=ACTIVE).exclude(kind="claim")
            for key in list(keys.values_list("pk", flat=True)):
                deliver(key)
            if not keys.exists():
                return
            time.sleep(0.02)

    def run(self, seconds: float = 60, kill_every: float = 0, deaths: int = 10**9) -> bool:
        """Let them work until nothing is left; say whether that was in time.

        kill_every: kill one of them from outside about so often, in seconds.
        deaths: after so many nobody is killed any more.
        """
        end = time.monotonic() + seconds
        next_kill = time.monotonic() + random.uniform(0, 2 * kill_every)
        over = False
        while time.monotonic() < end and not over:
            while len(self.pids) < self.count:
                if self.deaths >= deaths:
                    self.fault = None
                self.pids.add(fork(self.work))
            time.sleep(0.01)
            if kill_every and self.deaths < deaths and time.monotonic() > next_kill:
                os.kill(random.choice(list(self.pids)), signal.SIGKILL)
                self.kills += 1
                next_kill = time.monotonic() + random.uniform(0, 2 * kill_every)
            over = self.reap()
        for pid in self.pids:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        return over

    def reap(self) -> bool:
        """Bury the dead; say whether one of them found nothing left to do."""
        over = False
        for pid in list(self.pids):
            done, status = os.waitpid(pid, os.WNOHANG)
            if done:
                self.pids.discard(pid)
                self.deaths += 1
                if os.WIFEXITED(status) and os.WEXITSTATUS(status) == 0:
                    self.deaths -= 1
                    over = True
        return over


def until(true: Callable[[], bool], seconds: float = 20) -> bool:
    """Wait until something is true; say whether it came to be."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.01)
    return False


def clean(count: int = 0, **kinds: str) -> None:
    """Begin with so many items, some of them of a kind: `clean(10, i3="error")`."""
    faults.clear()
    for model in (JobRow, Claim, Guard, Effect, Shared):
        model.objects.all().delete()
    Job.objects.all().delete()
    Item.objects.all().delete()
    Item.objects.bulk_create(
        [
            Item(pk=number, name=f"Item {number}", kind=kinds.get(f"i{number}", ""))
            for number in range(1, count + 1)
        ]
    )


def plan(operation: str = "bump", keys: Any = None, user: Any = None, **data: Any) -> Plan:
    """Return a plan for some items, for all of them without keys."""
    user = user or User.objects.get(username="boss")
    chosen = Selection(state="") if keys is None else Selection(tuple(map(str, keys)))
    return Plan(
        view="/items/",
        operation=operation,
        selection=chosen,
        data={name: [str(value)] for name, value in data.items()},
        user_id=str(user.pk),
    )


def problems(state: str | None = None, changed: int = 1) -> list[str]:
    """Return what is not as it must be when every job is over; by the rows, not by what jobs say.

    changed: how often each item must have been changed that is not listed with a reason.
    """
    found = []
    for job in Job.objects.all():
        if job.active:
            found.append(f"{job} is still {job.state}: {job.reason}")
        if state and job.state != state:
            found.append(f"{job} is {job.state}, not {state}: {job.reason}")
        if job.state in ("done", "partial") and job.processed != job.total:
            found.append(f"{job} counts {job.processed} of {job.total} rows")
        told = JobRow.objects.filter(job=job)
        if told.count() != job.failed + job.skipped:
            found.append(f"{job} tells {told.count()}, counts {job.failed + job.skipped}")
    told = set(JobRow.objects.values_list("key", flat=True))
    for key, n in Item.objects.values_list("pk", "n"):
        if n != (0 if str(key) in told else changed):
            found.append(f"item {key} was changed {n} times" + " and is told" * (str(key) in told))
    if Claim.objects.exists():
        found.append(f"{Claim.objects.count()} claims are left")
    return found


def program(parts: dict[str, Callable[[], Any]], names: list[str]) -> None:
    """Run some parts on an empty database; print what each returns, as JSON."""
    call_command("migrate", run_syncdb=True, verbosity=0)
    User.objects.create_superuser("boss")
    found: dict[str, Any] = {}
    for name in names or list(parts):
        began = time.monotonic()
        try:
            found[name] = parts[name]()
        except Exception:
            found[name] = traceback.format_exc()
        print(f"{name}: {time.monotonic() - began:.1f} s", file=sys.stderr, flush=True)
    print(json.dumps(found, default=str))
