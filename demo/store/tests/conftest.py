"""The store with all its data, made once, and people who visit it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings as project
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from store.people import create_people
from store.seed import seed


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Load Chinook; each test takes back what it does to it."""
    with django_db_blocker.unblock():
        create_people()
        seed()


@pytest.fixture(params=project.INSTALLED_PACKS)
def pack(request: pytest.FixtureRequest) -> str:
    """Visit the store with each pack."""
    return str(request.param)


@pytest.fixture
def visit(db: None, pack: str) -> Callable[[str], Client]:
    """Return a function that signs somebody in, by name, who has chosen the pack."""

    def visit(name: str) -> Client:
        client = Client()
        client.force_login(User.objects.get(username=name))
        client.cookies["demo_pack"] = pack
        return client

    return visit


@pytest.fixture
def editor(visit: Callable[[str], Client]) -> Client:
    """Return the client of somebody who may add and change."""
    return visit("editor")


@pytest.fixture
def queries() -> Callable[[Callable[[], Any]], tuple[Any, int]]:
    """Return a function that calls another; it returns the answer and the number of queries."""

    def count(call: Callable[[], Any]) -> tuple[Any, int]:
        with CaptureQueriesContext(connection) as captured:
            answer = call()
        # The transaction of the test makes savepoints of what begins and ends one otherwise.
        asked = [query["sql"] for query in captured if "SAVEPOINT" not in query["sql"]]
        return answer, len(asked)

    return count
