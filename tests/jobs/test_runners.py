"""One contract for every runner, each with its own workers as separate processes."""

import socket
import uuid
from importlib.util import find_spec
from urllib.parse import urlsplit

import pytest

from tests.jobs.test_faults import run

NEEDED = {"worker": "django", "q2": "django_q", "tasks": "django_tasks_db", "celery": "celery"}
REDIS, RABBITMQ = "redis://127.0.0.1:6379/7", "amqp://guest:guest@127.0.0.1:5672"
CASES = [
    *(pytest.param(name, "", id=name) for name in NEEDED if name != "celery"),
    pytest.param("celery", REDIS, id="celery-redis", marks=pytest.mark.long),
    pytest.param("celery", RABBITMQ, id="celery-rabbitmq", marks=pytest.mark.long),
]


def answers(address: str) -> bool:
    """Say whether something listens at an address."""
    with socket.socket() as one:
        one.settimeout(1)
        return one.connect_ex((urlsplit(address).hostname, urlsplit(address).port)) == 0


@pytest.mark.parametrize(("runner", "broker"), CASES)
def test_jobs_are_done_once(runner, broker, tmp_path, monkeypatch):
    if find_spec(NEEDED[runner]) is None:
        pytest.skip(f"{NEEDED[runner]} is not installed")
    if broker and not answers(broker):
        pytest.skip(f"no broker answers at {broker}")
    monkeypatch.setenv("POWERCRUD_TEST_RUNNER", runner)
    monkeypatch.setenv("POWERCRUD_TEST_BROKER", broker)
    monkeypatch.setenv("POWERCRUD_TEST_QUEUE", uuid.uuid4().hex[:8])
    found = run("tests.jobs.contract", "sqlite-immediate", tmp_path)

    assert {"is_chosen": [], "done_by_others": [], "killed": [], "hung": []} == found
