"""Faults on purpose, with real processes: python -m tests.jobs.scenarios [name …]

Each part returns what is wrong afterwards: nothing. The database is that of
POWERCRUD_TEST_DATABASE; prints the findings by name as JSON.
"""

import os
import resource
import signal
import sys
import time
from datetime import timedelta
from typing import Any

from tests.jobs.processes import (
    Workers,
    at,
    clean,
    fork,
    plan,
    problems,
    program,
    until,
)

# isort: split
from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.test import override_settings
from django.utils import timezone

from powercrud_core.jobs import cancel, deliver, progress, prune, submit, sweep
from powercrud_core.jobs.faults import faults
from powercrud_core.jobs.models import Claim, Job, JobRow
from powercrud_core.selection import MAX_KEYS
from tests.jobs import outages, rivals
from tests.jobs.models import Effect, Item
from tests.jobs.work import tell

PLACES = ("taken", "locked", "applied", "committing", "committed", "finishing")


def single() -> Job:
    return Job.objects.exclude(kind="claim").get()


def killed_at_each_place() -> list[str]:
    """R1: a worker dies at a place of the engine; another one goes on where it was."""
    found = []
    for place in PLACES:
        for times in (1, 2) if place == "committed" else (1,):
            clean(150, i7="error", i120="invalid")
            submit(plan())
            workers = Workers(1, at(place, times))
            over = workers.run(20, deaths=1)
            found += [f"{place} {times}: {p}" for p in problems("partial")]
            if not over or workers.deaths != 1:
                found.append(f"{place} {times}: over {over}, {workers.deaths} died")
    return found


def killed_while_submitting() -> list[str]:
    """R1, R8: dead before the commit there is no job; dead before the ring there is one."""
    found = []
    for place, jobs in (("submitting", 0), ("ringing", 1)):
        clean(20)

        def work(place: str = place) -> None:
            faults.append(at(place))
            submit(plan())

        os.waitpid(fork(work), 0)
        if Job.objects.count() != jobs or Claim.objects.count() != 20 * jobs:
            found.append(f"{place}: {Job.objects.count()} jobs, {Claim.objects.count()} claims")
        Workers().run(20)
        found += [f"{place}: {p}" for p in problems(changed=jobs)]
    return found


def delivered_five_times() -> list[str]:
    """R3: one of five works, the others return at once; what is over stays as it is."""
    clean(300)
    job = submit(plan())
    pids = [fork(lambda: deliver(job.pk)) for _ in range(5)]
    for pid in pids:
        os.waitpid(pid, 0)
    Workers().run(20)
    before = Job.objects.values().get()
    for _ in range(3):
        deliver(job.pk)
    found = problems("done")
    return found + ["it changed after its end"] * (before != Job.objects.values().get())


def frozen_and_thawed() -> list[str]:
    """R4: who slept longer than its lease commits nothing when it wakes."""
    clean(100)
    Item.objects.filter(pk=3).update(kind="slow0.4")
    job = submit(plan())

    def work() -> None:
        faults.append(lambda where: where == "taken" and Effect.objects.create(key="taken"))
        deliver(job.pk)

    pid = fork(work)
    until(Effect.objects.exists)
    time.sleep(0.1)
    os.kill(pid, signal.SIGSTOP)
    # On SQLite the frozen one may hold the only write lock: nobody can go on then.
    rival = fork(lambda: Workers().work())
    time.sleep(1.5)
    os.kill(pid, signal.SIGCONT)
    os.waitpid(pid, 0)
    os.waitpid(rival, 0)
    Workers().run(20)
    return problems("done")


def connection_lost() -> list[str]:
    """R5: the server ends the worker's connection in the middle of a chunk."""
    if connection.vendor == "sqlite":
        return []
    clean(60)
    Item.objects.filter(pk=30).update(kind="slow0.5")
    job = submit(plan())

    def work() -> None:
        deliver(job.pk)

    pid = fork(work)
    time.sleep(0.35)
    found = ["nobody was connected"] * (not cut_others())
    os.waitpid(pid, 0)
    Item.objects.update(kind="")
    over = Workers().run(20)
    return found + problems("done") + ["not over"] * (not over)


def cut_others() -> int:
    """End every other connection to this database, by the server; return how many."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            return len(cursor.fetchall())
        cursor.execute(
            "SELECT id FROM information_schema.processlist"
            " WHERE db = database() AND id <> connection_id()"
        )
        others = cursor.fetchall()
        for (number,) in others:
            cursor.execute(f"KILL {number}")
    return len(others)


def deadlocks() -> list[str]:
    """R6: rows that others lock in the opposite order; the chunk is done again."""
    if connection.vendor == "sqlite":
        return []
    clean(40)
    submit(plan())
    worker = fork(lambda: Workers().work())
    end = time.monotonic() + 1.5
    while time.monotonic() < end:
        try:
            with transaction.atomic():
                for key in range(40, 0, -4):
                    Item.objects.filter(pk=key).update(tag="x")
        except Exception as error:
            if "deadlock" not in str(error).lower():
                raise
    os.waitpid(worker, 0)
    Workers().run(20)
    return problems("done")


def poison_kills() -> list[str]:
    """R15: a row that kills its worker is found; the others are changed."""
    clean(60, i20="kill", i50="exit")
    submit(plan())
    workers = Workers()
    over = workers.run(60)
    found = problems("partial")
    codes = dict(JobRow.objects.values_list("key", "code"))
    if set(codes) != {"20", "50"} or codes["20"] != "crashed" or not over:
        found.append(f"{codes}, over {over}")
    if workers.deaths > 40:
        found.append(f"{workers.deaths} workers died")
    return found


def slow_row() -> list[str]:
    """R16: a row that takes longer than the lease gets more time; nobody changes it twice."""
    clean(3, i2="slow0.9")
    submit(plan())
    over = Workers(2).run(40)
    return problems() + ["not over"] * (not over)


def row_gone_or_edited() -> list[str]:
    """R18: a row deleted meanwhile stays deleted, an edit of another field stays."""
    clean(30, i1="slow0.6")
    job = submit(plan())
    Job.objects.update(step=1)

    def work() -> None:
        with override_settings(POWERCRUD_JOB_SLICE=0):
            deliver(job.pk)

    pid = fork(work)
    time.sleep(0.2)
    Item.objects.filter(pk=20).delete()
    Item.objects.filter(pk=21).update(name="Edited")
    os.waitpid(pid, 0)
    if single().state != "queued" or single().done != 1:
        return [f"the first row was not done by itself: {single().state} {single().done}"]
    Workers().run(20)
    found = []
    if Item.objects.filter(pk=20).exists():
        found.append("a deleted row is back")
    if "Edited" != Item.objects.get(pk=21).name:
        found.append("an edit is lost")
    codes = list(JobRow.objects.values_list("key", "code"))
    if codes != [("20", "gone")]:
        found.append(f"told: {codes}")
    return found + problems("partial")


def terminated_politely() -> list[str]:
    """R20: SIGTERM lets the command finish its step, and another one goes on."""
    clean(2000)
    submit(plan())
    from django.core.management import call_command

    def work() -> None:
        with override_settings(POWERCRUD_JOB_SLICE=600):
            call_command("powercrud_jobs", "run")

    pid = fork(work)
    until(lambda: single().commits > 0)
    os.kill(pid, signal.SIGTERM)
    _, status = os.waitpid(pid, 0)
    job = single()
    found = [f"it left with {status}"] * bool(status)
    if job.state not in ("queued", "done"):
        found.append(f"it left the job {job.state}")
    Workers().run(30)
    return found + problems("done")


def web_writes_meanwhile() -> list[str]:
    """R33: writing another row waits for one step at most, also on SQLite."""
    clean(800)
    Item.objects.create(pk=5000, name="Other")
    submit(plan(keys=range(1, 801)))
    pid = fork(lambda: Workers().work())
    until(lambda: single().commits > 0)
    slowest = 0.0
    while single().active:
        began = time.monotonic()
        Item.objects.filter(pk=5000).update(tag="x")
        slowest = max(slowest, time.monotonic() - began)
        time.sleep(0.02)
    os.waitpid(pid, 0)
    Item.objects.filter(pk=5000).delete()
    return problems("done") + [f"a write waited {slowest:.1f} s"] * (slowest > 4)


def looked_after_meanwhile() -> list[str]:
    """R29, R32: prune and sweep do nothing to a live job; what is told never goes back."""
    clean(1500)
    submit(plan())
    pid = fork(lambda: Workers().work())
    seen = []
    while (job := Job.objects.first()) and job.active:
        prune(days=0, keep_failed=0)
        sweep()
        seen.append(job.processed)
        if job.processed > Item.objects.filter(n=1).count():
            return ["more was told than committed"]
    os.waitpid(pid, 0)
    return problems() + ["progress went back"] * (seen != sorted(seen))


def effects_survive() -> list[str]:
    """What is to be done after the commit is done, although the worker died before it."""
    clean(150)
    submit(tell, Item.objects.order_by("pk"))
    workers = Workers(1, at("committed"))
    workers.run(30, deaths=2)
    told = set(Effect.objects.values_list("key", flat=True))
    return problems("done") + [f"{150 - len(told)} effects are lost"] * (len(told) != 150)


def cancelled_while_running() -> list[str]:
    """R22: a running job stops after its step, a stalled one at once; its claims are gone."""
    clean(8000)  # many seconds of work, however late this process gets a look
    Item.objects.update(kind="slow0.002")
    job = submit(plan())
    pid = fork(lambda: Workers().work())
    until(lambda: single().commits > 0)
    asked = cancel(job)
    os.waitpid(pid, 0)
    found = [f"it says {asked}"] * (not asked or cancel(job))
    job = single()
    if job.state != "cancelled" or job.done != Item.objects.filter(n=1).count():
        found.append(f"{job.state}, {job.done} done, {Item.objects.filter(n=1).count()} changed")
    clean(100)
    job = submit(plan())

    def die() -> None:
        faults.append(at("committing"))
        deliver(job.pk)

    os.waitpid(fork(die), 0)
    time.sleep(0.6)
    cancel(job)
    deliver(job.pk)
    return found + ["stalled"] * (single().state != "cancelled" or Claim.objects.exists())


def clock_of_the_worker() -> list[str]:
    """R7: a worker whose clock is wrong by ten minutes takes nothing too early or too late."""
    found = []
    for minutes in (-10, 10):
        clean(40)
        job = submit(plan())
        wrong, real, now = minutes * 60, time.time, timezone.now

        def work(job: Job = job, wrong: int = wrong, real: Any = real, now: Any = now) -> None:
            time.time = lambda: real() + wrong
            timezone.now = lambda: now() + timedelta(seconds=wrong)
            faults.append(at("committed"))
            deliver(job.pk)

        os.waitpid(fork(work), 0)
        if deliver(job.pk) is not None:
            found.append(f"{minutes} minutes: taken before its lease ran out")
        time.sleep(0.6)
        Workers().run(20)
        found += [f"{minutes} minutes: {p}" for p in problems("done")]
    return found


def many_rows() -> list[str]:
    """R17: 100,000 rows are submitted quickly and told at once: by what they match, and by name."""
    clean(100_000)
    boss = User.objects.get(username="boss")
    ways: dict[str, Any] = {
        "matching": lambda: submit(plan()),
        "chosen": lambda: submit(plan(keys=range(1, MAX_KEYS + 1))),
        "called": lambda: submit(tell, Item.objects.all(), user=boss),
    }
    found = []
    for name, way in ways.items():
        before, began = memory(), time.monotonic()
        job = way()
        took, grown = time.monotonic() - began, memory() - before
        with override_settings(POWERCRUD_JOB_SLICE=0):
            deliver(job.pk)
        began = time.monotonic()
        (told,) = progress(boss, watch=False)
        asked = time.monotonic() - began
        print(f"  {name}: {took:.1f} s, {grown} MB, asked {asked:.3f} s", file=sys.stderr)
        if took > 10 or grown > 150 or asked > 0.3:
            found.append(f"{name}: {took:.1f} s, {grown} MB, asked in {asked:.3f} s")
        if told.total != (MAX_KEYS if name == "chosen" else 100_000) or not told.done:
            found.append(f"{name}: {told.done} of {told.total}")
        cancel(job)
        Job.objects.all().delete()
    return found


def memory() -> int:
    """Return the most that this process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


PARTS = {
    part.__name__: part
    for part in (
        *rivals.PARTS,
        *outages.PARTS,
        killed_at_each_place,
        killed_while_submitting,
        delivered_five_times,
        frozen_and_thawed,
        connection_lost,
        deadlocks,
        poison_kills,
        slow_row,
        row_gone_or_edited,
        terminated_politely,
        web_writes_meanwhile,
        looked_after_meanwhile,
        effects_survive,
        cancelled_while_running,
        clock_of_the_worker,
    )
}

if __name__ == "__main__":
    assert settings.POWERCRUD_JOB_LEASE < 1
    # One takes long for what it says, and is done when it is asked for.
    program(PARTS | {"many_rows": many_rows}, sys.argv[1:] or list(PARTS))
