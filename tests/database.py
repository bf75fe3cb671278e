"""The database to test on, and databases that a test makes for itself.

The database to test on has an address: POWERCRUD_TEST_DATABASE=postgres://user@host:port/name, or
sqlite:///a/file.sqlite3?transaction_mode=IMMEDIATE. Without it the tests use SQLite in memory.

A program of the tests that is run with such an address has threads and connections of its own,
which no test's transaction holds: `scratch()` makes the database, `run_program()` runs it there.
"""

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

__all__ = ["DATABASE", "KINDS", "VARIABLE", "Unavailable", "database", "run_program", "scratch"]

ROOT = Path(__file__).resolve().parent.parent
VARIABLE = "POWERCRUD_TEST_DATABASE"
ENGINES = {"postgres": "postgresql", "mysql": "mysql", "sqlite": "sqlite3"}
KINDS = ("sqlite", "sqlite-immediate", "postgres")
# Where a server is expected, and a user who may make databases there.
SERVER = os.environ.get("POWERCRUD_TEST_POSTGRES", "postgres://postgres@127.0.0.1:5432/postgres")


def database(address: str) -> dict[str, Any] | None:
    """Return an entry of DATABASES for an address, None for an empty one."""
    if not address:
        return None
    parts = urlsplit(address)
    return {
        "ENGINE": f"django.db.backends.{ENGINES[parts.scheme]}",
        "NAME": parts.path if parts.scheme == "sqlite" else parts.path.strip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "OPTIONS": dict(parse_qsl(parts.query)),
    }


DATABASE = database(os.environ.get(VARIABLE, ""))


class Unavailable(Exception):  # noqa: N818 - the reason why a test is skipped
    """No such database can be made here."""


@contextmanager
def scratch(kind: str, folder: Path) -> Iterator[str]:
    """Give the address of an empty database, which is gone afterwards. Raises Unavailable.

    kind: one of KINDS; `sqlite-immediate` has the transaction mode of that name.
    folder: where a file may be made.
    """
    if kind.startswith("sqlite"):
        mode = "?transaction_mode=IMMEDIATE" if kind.endswith("immediate") else ""
        yield f"sqlite://{folder / 'scratch.sqlite3'}{mode}"
        return
    name = f"powercrud_{uuid.uuid4().hex[:12]}"
    on_server(f'CREATE DATABASE "{name}"')
    try:
        yield urlsplit(SERVER)._replace(path=f"/{name}").geturl()
    finally:
        on_server(f'DROP DATABASE "{name}" WITH (FORCE)')


def on_server(statement: str) -> None:
    """Run one statement on the PostgreSQL server."""
    try:
        import psycopg
    except ImportError as error:
        raise Unavailable("psycopg is not installed") from error
    try:
        address = SERVER.replace("postgres://", "postgresql://")
        with psycopg.connect(address, autocommit=True, connect_timeout=3) as connection:
            connection.execute(statement)
    except psycopg.OperationalError as error:
        raise Unavailable(f"no PostgreSQL server answers at {SERVER}: {error}") from error


def run_program(module: str, address: str, *arguments: str) -> Any:
    """Run a module of the tests on a database; return what it prints, read as JSON."""
    finished = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        env={**os.environ, VARIABLE: address, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
    )
    if finished.returncode:
        raise RuntimeError(f"{module} failed:\n{finished.stdout}{finished.stderr}")
    return json.loads(finished.stdout)
