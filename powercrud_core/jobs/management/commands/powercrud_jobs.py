"""manage.py powercrud_jobs: work on jobs, and look after them."""

import json
import signal
import time
from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from powercrud_core.contention import UNREACHED
from powercrud_core.jobs import controls, runners
from powercrud_core.jobs.engine import deliver
from powercrud_core.jobs.models import Job


class Command(BaseCommand):
    """Works on background jobs, or tells about them."""

    help = "Work on background jobs, ring again for those nobody works on, tell about them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the five things it can do."""
        actions = parser.add_subparsers(dest="action", required=True)
        run = actions.add_parser("run", help="work on jobs until stopped")
        run.add_argument("--once", action="store_true", help="stop when nothing waits")
        run.add_argument("--sleep", type=float, default=1, help="seconds between two looks")
        actions.add_parser("sweep", help="ring again for jobs nobody works on")
        status = actions.add_parser("status", help="tell how many jobs there are")
        status.add_argument("--format", choices=["text", "json"], default="text")
        status.add_argument(
            "--max-wait", type=float, default=300, help="fail if one waited so many seconds"
        )
        cancel = actions.add_parser("cancel", help="stop a job")
        cancel.add_argument("job")
        prune = actions.add_parser("prune", help="delete jobs that are long over")
        prune.add_argument("--days", type=float, default=30)
        prune.add_argument("--keep-failed", type=float, default=90)

    def handle(self, *args: Any, action: str, **options: Any) -> None:
        """Do one of the five."""
        getattr(self, f"do_{action}")(**options)

    def do_run(self, *, once: bool, sleep: float, **options: Any) -> None:
        """Work on whatever waits; after SIGTERM or SIGINT only to the next commit."""
        stopped: list[int] = []

        def stop(number: int, frame: Any) -> None:
            stopped.append(number)

        before = {n: signal.signal(n, stop) for n in (signal.SIGTERM, signal.SIGINT)}
        try:
            self.work(stopped, once, sleep)
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def work(self, stopped: list[int], once: bool, sleep: float) -> None:
        """Work on one job after the other until `stopped` holds a signal."""
        while not stopped:
            self.drop_old_connections()
            try:
                found = [deliver(key, stop=lambda: bool(stopped)) for key in self.next_keys()]
                controls.drop_lapsed()
            except UNREACHED as error:
                self.stderr.write(f"{error}")
                found = []
            if not any(found) and not stopped:
                if once and not controls.pending():
                    break
                time.sleep(sleep)

    def drop_old_connections(self) -> None:
        """Close what the server may have forgotten, and no connection in a transaction."""
        for connection in connections.all(initialized_only=True):
            if not connection.in_atomic_block:
                connection.close_if_unusable_or_obsolete()

    def next_keys(self) -> list[Any]:
        """Return the job that waits the longest."""
        rows = controls.ready().order_by("rung", "created")
        return list(rows.values_list("pk", flat=True)[:1])

    def do_sweep(self, **options: Any) -> None:
        """Ring again for jobs nobody works on."""
        self.stdout.write(f"{controls.sweep()} rung by {runners.chosen()[0]}")

    def do_status(self, *, format: str, max_wait: float, **options: Any) -> None:
        """Tell how many jobs there are; fail where one waits too long."""
        found = controls.status()
        if format == "json":
            self.stdout.write(json.dumps(found))
        else:
            self.stdout.write(f"runner: {found['runner']} ({found['why']})")
            for state, count in found["states"].items():
                self.stdout.write(f"{state}: {count}")
            for name in ("stalled", "waited", "claims"):
                self.stdout.write(f"{name}: {found[name]}")
        if found["waited"] > max_wait:
            raise CommandError(f"A job has waited for {found['waited']} seconds.")

    def do_cancel(self, *, job: str, **options: Any) -> None:
        """Stop a job."""
        try:
            found = Job.objects.exclude(kind=Job.Kind.CLAIM).filter(pk=job).first()
        except ValidationError as error:
            raise CommandError(f"{job!r} is not the key of a job.") from error
        if found is None:
            raise CommandError(f"There is no job {job}.")
        asked = controls.cancel(found)
        self.stdout.write("It stops." if asked else "It is over, or was asked before.")

    def do_prune(self, *, days: float, keep_failed: float, **options: Any) -> None:
        """Delete jobs that are long over."""
        self.stdout.write(f"{controls.prune(days, keep_failed)} deleted")
