"""The tutorial "background jobs", followed from the project of the first one."""

import json
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.docs.blocks import DOCS, blocks
from tests.docs.test_tutorial import HERE, Reader
from tests.docs.test_tutorial import PAGE as FIRST

PAGE = DOCS / "tutorial/background-jobs.md"
# The fixture follows the whole tutorial: one process of a parallel run does it.
pytestmark = [pytest.mark.xdist_group("jobs-tutorial"), pytest.mark.long]
WORKER = ["manage.py", "powercrud_jobs", "run"]


@dataclass
class JobsReader(Reader):
    """Somebody who follows this tutorial, and stops the first worker in the middle."""

    seen: dict[str, Any] = field(default_factory=dict)

    def run(self, command: list[str]) -> str:
        """Run one command and return what it printed."""
        if command != ["python", *WORKER]:
            return super().run(command)
        if "leave" in self.seen and "watch" not in self.seen:
            self.stop_one()
            return ""
        return self.python([*WORKER, "--once", "--sleep", "0.1"])

    def stop_one(self) -> None:
        """Start a worker, look at the page, and press Ctrl+C."""
        worker = subprocess.Popen(
            [sys.executable, *WORKER], cwd=self.folder, env=self.environment()
        )
        self.look("watch")
        worker.send_signal(signal.SIGINT)
        assert 0 == worker.wait(20)
        self.look("stopped")

    def visit(self) -> None:
        """Leave the books to the background."""
        self.look("leave")

    def look(self, step: str) -> None:
        """Do in the project what the reader does in the browser."""
        self.seen[step] = json.loads(self.python([str(HERE / "visit_jobs.py"), step]))


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What somebody sees who follows the whole tutorial."""
    reader = JobsReader(tmp_path_factory.mktemp("jobs-tutorial"))
    begun = ("django-admin", "startapp", "makemigrations", "migrate", "createsuperuser")
    for block in blocks(FIRST):
        if block.language != "console":
            reader.follow(block)
        elif not block.caption:
            for line in block.text.splitlines():
                words = line.removeprefix("$ ").split()
                if line.startswith("$ ") and ({words[0], words[-1], *words} & {*begun}):
                    reader.run(words)
    for block in blocks(PAGE):
        reader.follow(block)
    reader.look("over")
    return reader.seen


class TestBackgroundJobs:
    def test_the_work_goes_to_the_background(self, seen: dict[str, Any]) -> None:
        """
        The button says so, the job waits above the list, its books are claimed.
        """
        assert "In the background: Raise the price, 1000 books" == seen["leave"]["button"]
        assert "queued" == seen["leave"]["state"]
        assert "Being changed by librarian since" in seen["leave"]["row"]

    def test_a_bar_grows(self, seen: dict[str, Any]) -> None:
        """
        While a worker is at it.
        """
        first, later = seen["watch"]["bars"]

        assert 0 < first < later < 1000 == seen["watch"]["max"]

    def test_a_worker_that_is_stopped_leaves_what_it_has_done(self, seen: dict[str, Any]) -> None:
        """
        The job waits, and the page tells what is in the table; every fiftieth book fails.
        """
        stopped = seen["stopped"]

        assert "queued" == stopped["state"]
        assert stopped["told"] - stopped["told"] // 50 == stopped["raised"]

    def test_the_next_one_does_the_rest_once(self, seen: dict[str, Any]) -> None:
        """
        Every price is raised by one; what has none is told.
        """
        assert ["6.00", "None"] == seen["over"]["prices"]
        assert ["Done980", "Not possible20"] == seen["over"]["facts"]
        assert "20 × It has no price." in seen["over"]["reasons"]
        assert seen["over"]["retry"]
