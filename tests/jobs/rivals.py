"""Jobs and other code that want the same objects: parts of tests.jobs.scenarios."""

import os
import random
import signal
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.jobs.processes import Workers, at, clean, fork, plan, problems, until

# isort: split
from django.db import connections
from django.test import override_settings

from powercrud_core.jobs import ClaimConflict, claim, deliver, submit
from powercrud_core.jobs.claims import WHOLE
from powercrud_core.jobs.faults import faults
from powercrud_core.jobs.models import Claim, Guard, Job, JobRow
from tests.jobs.models import Effect, Item, Shared
from tests.jobs.work import nothing, share


def lost_lease_keeps_claims() -> list[str]:
    """R12, R13: claims of a block die with its process; what others got stays theirs."""
    clean(5)
    rows = list(Item.objects.all())

    def hold() -> None:
        with claim(rows[:3], reason="A", lease=0.4):
            Effect.objects.create(key="held")
            time.sleep(1.2)

    found = []
    pid = fork(hold)
    until(Effect.objects.exists)
    try:
        with claim(rows[0]):
            found.append("two had the same object")
    except ClaimConflict:
        pass
    with claim(rows[0], wait=10, reason="B"):
        os.waitpid(pid, 0)
        left = set(Claim.objects.values_list("key", flat=True))
        if left != {str(rows[0].pk)}:
            found.append(f"after A left, {left} is claimed")
    Effect.objects.all().delete()
    pid = fork(hold)
    until(Effect.objects.exists)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    with claim(rows, wait=10):
        pass
    return found + problems(changed=0)


def claims_stay_until_the_end() -> list[str]:
    """R12: a job that will go on keeps its claims while its worker is dead."""
    clean(50)
    job = submit(plan())

    def work() -> None:
        faults.append(at("committed"))
        deliver(job.pk)

    os.waitpid(fork(work), 0)
    time.sleep(0.6)
    found = ["claims are gone"] * (Claim.objects.count() != 50)
    try:
        submit(plan(keys=[1]))
        found.append("a second job has its rows")
    except ClaimConflict as error:
        if "Bump" not in str(error):
            found.append(str(error))
    Workers().run(20)
    return found + problems("done")


def racing_for_claims(seconds: float = 2.0, threads: int = 50) -> list[str]:
    """R11: threads that want overlapping objects; whole models among them."""
    clean(200)
    rows = list(Item.objects.all())
    holding: dict[int, int] = {}
    lock = threading.Lock()
    counts: Counter[str] = Counter()
    errors: Counter[str] = Counter()
    end = time.monotonic() + seconds

    def want(number: int) -> None:
        chance = random.Random(number)
        while time.monotonic() < end:
            whole = chance.random() < 0.01
            some = rows if whole else chance.sample(rows, 8)
            try:
                with claim(Item if whole else some):
                    with lock:
                        mine = [one.pk for one in some]
                        errors["violation"] += sum(holding.get(key, 0) for key in mine)
                        holding.update({key: holding.get(key, 0) + 1 for key in mine})
                    time.sleep(0.001)
                    with lock:
                        for key in mine:
                            holding[key] -= 1
                counts["taken"] += 1
            except ClaimConflict:
                counts["refused"] += 1
            except Exception as error:
                errors[f"{type(error).__name__}: {error}"[:200]] += 1
        connections.close_all()

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(want, range(threads)))
    print(f"  claims: {dict(counts)}", file=sys.stderr)
    found = [f"{name}: {number}" for name, number in errors.items() if number]
    if counts["taken"] < 2 * seconds:
        found.append(f"only {counts['taken']} were taken")
    return found + ["claims are left"] * Claim.objects.exists()


def shared_descendants() -> list[str]:
    """R28: four jobs whose rows change the same others: no increment is lost."""
    clean(200)
    Shared.objects.bulk_create([Shared(pk=key) for key in range(1, 31)])
    for number in range(4):
        keys = range(number * 50 + 1, number * 50 + 51)
        if number % 2:
            submit(plan("bump_shared", keys))
        else:
            submit(share, Item.objects.filter(pk__in=list(keys)))
    with override_settings(POWERCRUD_JOB_LEASE=5):
        over = Workers(4).run(60)
    found = problems() + ["not over"] * (not over)
    told = set(JobRow.objects.values_list("key", flat=True))
    expected: Counter[int] = Counter()
    for item in Item.objects.all():
        if str(item.pk) not in told:
            expected.update({item.pk % 30 + 1, (item.pk * 7) % 30 + 1})
    wrong = {s.pk: (s.n, expected[s.pk]) for s in Shared.objects.all() if s.n != expected[s.pk]}
    if len(told) > 20:
        found.append(f"{len(told)} rows were given up")
    return found + [f"shared {key}: {n}" for key, n in wrong.items()]


def whole_model() -> list[str]:
    """A claim of all objects keeps out every other, and waits for every other."""
    clean(5)
    rows = list(Item.objects.all())
    found = []
    with claim(Item):
        found += ["one beside all"] * (not refused(rows[0]))
        found += [] if set(Claim.objects.values_list("key", flat=True)) == {WHOLE} else ["keys"]
    with claim(rows[0]):
        found += ["all beside one"] * (not refused(Item))
    return found + ["guards"] * (Guard.objects.count() != 1)


def refused(*objects: Any) -> bool:
    try:
        with claim(*objects):
            return False
    except ClaimConflict:
        return True


def submitted_at_once() -> list[str]:
    """R25: the same form sent several times at the same moment is one job, told to all."""
    clean(30)

    def send() -> None:
        Effect.objects.create(key=str(submit(plan(), once="form-1").pk))

    pids = [fork(send) for _ in range(5)]
    statuses = [os.waitpid(pid, 0)[1] for pid in pids]
    found = [f"it left with {status}" for status in statuses if status]
    Workers().run(20)
    jobs = set(Effect.objects.values_list("key", flat=True))
    return found + problems("done") + [f"jobs {jobs}"] * (len(jobs) != 1)


def opposite_orders() -> list[str]:
    """Two jobs for the same rows, in opposite order, at the same moment: one of them gets all."""
    found = []
    for trial in range(6):
        clean(60)

        def send(order: int) -> None:
            try:
                submit(share, list(Item.objects.order_by("pk"))[::order])
            except ClaimConflict:
                raise SystemExit(7) from None

        pids = [fork(lambda order=order: send(order)) for order in (1, -1)]
        codes = sorted(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in pids)
        if codes != [0, 7] or Claim.objects.count() != 60:
            found.append(f"trial {trial}: {codes}, {Claim.objects.count()} claims")
    return found


def racing_for_what_lapsed() -> list[str]:
    """Threads that want what somebody had whose lease ran out: one of them gets all of it."""
    found = []
    for trial in range(3):
        clean(50)
        rows = list(Item.objects.all())
        dead = claim(rows, lease=-1)
        dead.__enter__()
        winners: list[int] = []
        ready = threading.Barrier(20)

        def want(number: int, ready: Any = ready, rows: Any = rows, won: Any = winners) -> None:
            ready.wait()
            try:
                claim(rows, lease=60).__enter__()
                won.append(number)
            except ClaimConflict:
                pass
            connections.close_all()

        with ThreadPoolExecutor(20) as pool:
            list(pool.map(want, range(20)))
        holders = Claim.objects.values_list("holder", flat=True)
        if len(winners) != 1 or len(holders) != 50 or len(set(holders)) != 1:
            found.append(f"trial {trial}: {len(winners)} got them, {len(holders)} claims")
    return found


def submitted_by_many() -> list[str]:
    """Twenty processes that submit at the same moment: each job is known."""
    clean()
    pids = [fork(lambda: submit(nothing)) for _ in range(20)]
    codes = [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in pids]
    return [f"{Job.objects.count()} jobs, left with {codes}"] * (Job.objects.count() != 20)


PARTS = (
    opposite_orders,
    racing_for_what_lapsed,
    submitted_by_many,
    lost_lease_keeps_claims,
    claims_stay_until_the_end,
    racing_for_claims,
    shared_descendants,
    whole_model,
    submitted_at_once,
)
