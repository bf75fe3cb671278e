"""The demo's own tests, in the demo's own project."""

import subprocess
import sys

import pytest

from tests.database import ROOT


@pytest.mark.long
class TestStore:
    def test_its_own_tests_pass(self):
        command = [
            sys.executable,
            "-m",
            "pytest",
            "demo",
            "--ds=demo.settings",
            "-q",
            "--no-header",
        ]
        done = subprocess.run(
            [*command, "-p", "no:cacheprovider"], cwd=ROOT, capture_output=True, text=True
        )

        assert 0 == done.returncode, f"{done.stdout}{done.stderr}"
        assert " passed" in done.stdout
