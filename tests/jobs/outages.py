"""What databases do to jobs, on purpose: parts of tests.jobs.scenarios."""

import os
import resource
import signal
import socket
import threading
import time
from contextlib import suppress
from io import StringIO

from tests.jobs.processes import Workers, clean, fork, plan, problems, until

# isort: split
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection, connections
from django.test import override_settings

from powercrud_core.jobs import deliver, progress, retry, submit
from powercrud_core.jobs.faults import faults
from powercrud_core.jobs.models import Claim, Job
from tests.jobs.models import Item

HERE = "127.0.0.1"


class Proxy:
    """Stands between a worker and the database server; cuts connections when it is told to.

    down: nobody gets through. lost: the COMMIT, counted from 1, of which nobody hears; passing:
    whether the server hears of it.
    """

    def __init__(self, lost: int = 0, passing: bool = False) -> None:
        self.down, self.lost, self.passing = False, lost, passing
        self.commits, self.sockets = 0, []
        self.server = connection.settings_dict["HOST"], int(connection.settings_dict["PORT"])
        self.listener = socket.create_server((HERE, 0))
        threading.Thread(target=self.listen, daemon=True).start()

    def use(self) -> None:
        """Let this process connect through here."""
        settings = connections["default"].settings_dict
        settings["PORT"] = str(self.listener.getsockname()[1])
        if connection.vendor == "postgresql":
            settings["OPTIONS"]["sslmode"] = "disable"

    def listen(self) -> None:
        while True:
            near, _ = self.listener.accept()
            if self.down:
                self.cut(near)
                continue
            far = socket.create_connection(self.server)
            self.sockets += [near, far]
            answered = threading.Event()
            threading.Thread(target=self.ask, args=(near, far, answered), daemon=True).start()
            threading.Thread(target=self.answer, args=(far, near, answered), daemon=True).start()

    def ask(self, near: socket.socket, far: socket.socket, answered: threading.Event) -> None:
        """Pass on what the worker says, but for the COMMIT that is lost."""
        with suppress(OSError):
            while data := near.recv(1 << 16):
                self.commits += b"COMMIT" in data
                if b"COMMIT" in data and self.commits == self.lost:
                    self.cut(near)
                    answered.clear()
                    if self.passing:
                        far.sendall(data)
                        answered.wait(5)
                    break
                far.sendall(data)
        self.cut(near, far)

    def answer(self, far: socket.socket, near: socket.socket, answered: threading.Event) -> None:
        """Pass on what the server says."""
        with suppress(OSError):
            while data := far.recv(1 << 16):
                answered.set()
                near.sendall(data)
        self.cut(near, far)

    def cut(self, *sockets: socket.socket) -> None:
        """End connections, whichever process has them open besides; all without any."""
        for one in sockets or tuple(self.sockets):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)


class Distant(Workers):
    """Workers whose database is behind a proxy."""

    def __init__(self, proxy: Proxy) -> None:
        super().__init__()
        self.proxy = proxy

    def work(self) -> None:
        self.proxy.use()
        super().work()


def commit_unheard() -> list[str]:
    """R5: nobody hears whether a COMMIT was done, as in a failover: the checkpoint tells."""
    if connection.vendor == "sqlite":
        return []
    found = []
    for lost in (1, 2, 3, 4):
        for passing in (False, True):
            clean(120, i7="error")
            submit(plan())
            proxy = Proxy(lost, passing)
            over = Distant(proxy).run(20)
            name = f"commit {lost}, {'done' if passing else 'not done'}"
            found += [f"{name}: {p}" for p in problems("partial")]
            if not over or proxy.commits <= lost:
                found.append(f"{name}: over {over}, {proxy.commits} commits")
    return found


def database_restarts() -> list[str]:
    """R5: every connection ends, and for a while there is no other; the worker lives on."""
    if connection.vendor == "sqlite":
        return []
    clean(400)
    Item.objects.update(kind="slow0.002")
    submit(plan())
    proxy = Proxy()

    def work() -> None:
        proxy.use()
        call_command("powercrud_jobs", "run", "--sleep", "0.05", stderr=StringIO())

    pid = fork(work)
    until(lambda: Job.objects.get().commits > 0)
    proxy.down = True
    proxy.cut()
    time.sleep(0.8)
    before = Job.objects.get().done
    proxy.down = False
    until(lambda: not Job.objects.get().active)
    os.kill(pid, signal.SIGTERM)
    _, status = os.waitpid(pid, 0)
    found = [f"the worker left with {status}"] * bool(status)
    return found + problems("done") + [f"{before} rows were done before"] * (before in (0, 400))


def locked_out() -> list[str]:
    """R6: a lock that is not to be had in time; the step is done again."""
    clean(40)
    job = submit(plan())
    impatient = {
        "sqlite": "PRAGMA busy_timeout = 20",
        "postgresql": "SET lock_timeout = '20ms'",
        "mysql": "SET SESSION innodb_lock_wait_timeout = 0",
    }

    def work() -> None:
        places: list[str] = []
        faults.append(places.append)
        faults.append(lambda where: hold_rows(0.4) if where == "taken" else None)
        with connection.cursor() as cursor:
            cursor.execute(impatient[connection.vendor])
        began = time.monotonic()
        deliver(job.pk)
        # On SQLite the step does not come as far as to its first place.
        again = places.count("locked") > 1 or connection.vendor == "sqlite"
        raise SystemExit(not again or time.monotonic() - began < 0.3)

    _, status = os.waitpid(fork(work), 0)
    Workers().run(20)
    return problems("done") + [f"it was not locked out: {status}"] * bool(status)


def hold_rows(seconds: float) -> None:
    """Lock every item for a while, as somebody else."""
    other = connections.create_connection("default")
    other.set_autocommit(False)
    with other.cursor() as cursor:
        cursor.execute("UPDATE jobtests_item SET tag = 'x'")

    def let_go() -> None:
        other.connection.rollback()
        other.connection.close()

    threading.Timer(seconds, let_go).start()


def serialization_failure() -> list[str]:
    """R6: a row that others changed since the snapshot; the step is done again."""
    if connection.vendor != "postgresql":
        return []
    from psycopg import IsolationLevel

    clean(40)
    job = submit(plan())

    def work() -> None:
        places: list[str] = []

        def come_between(where: str) -> None:
            places.append(where)
            if places.count("locked") == 1 and where == "locked":
                other = connections.create_connection("default")
                with other.cursor() as cursor:
                    cursor.execute("UPDATE jobtests_item SET tag = 'x' WHERE id = 5")
                other.close()

        faults.append(come_between)
        options = connections["default"].settings_dict["OPTIONS"]
        options["isolation_level"] = IsolationLevel.REPEATABLE_READ
        deliver(job.pk)
        raise SystemExit(places.count("locked") != 2)

    _, status = os.waitpid(fork(work), 0)
    return problems("done") + [f"nobody came between: {status}"] * bool(status)


def disk_full() -> list[str]:
    """R35: nothing more can be written: nothing is told that is not so; it goes on afterwards."""
    clean(120)
    job = submit(plan())

    def work() -> None:
        faults.append(lambda where: forbid_writing() if where == "committed" else None)
        deliver(job.pk)

    os.waitpid(fork(work), 0)
    job.refresh_from_db()
    changed = Item.objects.filter(n=1).count()
    found = [f"{job.done} are told, {changed} changed"] * (not 0 < job.done == changed < 120)
    time.sleep(1.6)
    (told,) = progress(User.objects.get(username="boss"), watch=False)
    found += [f"the user is told {told.notice!r}"] * ("has stopped" not in told.notice)
    Workers().run(20)
    return found + problems("done")


def asked_while_full() -> list[str]:
    """R35: who asks how far a job is gets an answer, although nobody can be called to it."""
    clean(20)
    submit(plan())

    def ask() -> None:
        forbid_writing()
        with override_settings(POWERCRUD_JOB_LEASE=0.001, POWERCRUD_JOB_NOTICE=0):
            (told,) = progress(User.objects.get(username="boss"))
        raise SystemExit("No worker" not in told.notice)

    time.sleep(0.1)
    _, status = os.waitpid(fork(ask), 0)
    Workers().run(20)
    return problems("done") + [f"nobody was told: {status}"] * bool(status)


def schema_changed() -> list[str]:
    """R20: a deployment renames a column under a job: it fails with a reason, and soon."""
    clean(300)
    job = submit(plan())
    deliver(job.pk, stop=lambda: True)
    rename("n", "m")
    try:
        over = Workers().run(30)
    finally:
        rename("m", "n")
    job.refresh_from_db()
    changed = Item.objects.filter(n=1).count()
    found = [f"{job.state}, over {over}: {job.reason!r}"] * (job.state != "failed" or not over)
    found += ["no reason is told"] * (not job.reason)
    found += [f"{job.done} are told, {changed} changed"] * (not 0 < job.done == changed < 300)
    found += ["claims are left"] * Claim.objects.exists()
    again = retry(job)
    Workers().run(20)
    again.refresh_from_db()
    if again.state != "done" or Item.objects.filter(n=1).count() != 300:
        found.append(f"the rest is {again.state}")
    return found


def rename(old: str, new: str) -> None:
    """Give a column of the items another name."""
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE jobtests_item RENAME COLUMN {old} TO {new}")


def forbid_writing() -> None:
    """Let the database refuse what this process writes: a full disk, or a read-only server."""
    if connection.vendor == "sqlite":
        hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
        return
    with connection.cursor() as cursor:
        cursor.execute(
            {
                "postgresql": "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
                "mysql": "SET SESSION TRANSACTION READ ONLY",
            }[connection.vendor]
        )


PARTS = (
    commit_unheard,
    database_restarts,
    locked_out,
    serialization_failure,
    disk_full,
    asked_while_full,
    schema_changed,
)
