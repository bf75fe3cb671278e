"""The database to test on, and databases that a test makes for itself.

The database to test on has an address: POWERCRUD_TEST_DATABASE=postgres://user@host:port/name,
mysql://user@host:port/name or sqlite:///a/file.sqlite3?transaction_mode=IMMEDIATE. Without it each
process has a file of its own: in memory there would be one connection, which the threads of a live
server and the test share.

A program of the tests that is run with such an address has threads and connections of its own,
which no test's transaction holds: `scratch()` makes the database, `run_program()` runs it there.
"""

import importlib
import json
import os
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

__all__ = ["DATABASE", "KINDS", "VARIABLE", "Unavailable", "database", "run_program", "scratch"]

ROOT = Path(__file__).resolve().parent.parent
VARIABLE = "POWERCRUD_TEST_DATABASE"
ENGINES = {"postgres": "postgresql", "mysql": "mysql", "sqlite": "sqlite3"}
KINDS = ("sqlite", "sqlite-immediate", "postgres", "mariadb")
# Where servers are expected, and a user who may make databases there.
SERVERS = {
    "postgres": os.environ.get(
        "POWERCRUD_TEST_POSTGRES", "postgres://postgres@127.0.0.1:5432/postgres"
    ),
    "mariadb": os.environ.get("POWERCRUD_TEST_MARIADB", "mysql://root@127.0.0.1:3306/mysql"),
}
CREATE = {
    "postgres": 'CREATE DATABASE "{}"',
    "mariadb": "CREATE DATABASE `{}` CHARACTER SET utf8mb4",
}
DROP = {"postgres": 'DROP DATABASE "{}" WITH (FORCE)', "mariadb": "DROP DATABASE `{}`"}


def database(address: str) -> dict[str, Any] | None:
    """Return an entry of DATABASES for an address, None for an empty one."""
    if not address:
        return None
    parts = urlsplit(address)
    if parts.scheme == "mysql":
        take_pymysql()
    return {
        "ENGINE": f"django.db.backends.{ENGINES[parts.scheme]}",
        "NAME": parts.path if parts.scheme == "sqlite" else parts.path.strip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "OPTIONS": dict(parse_qsl(parts.query)),
    }


def take_pymysql() -> None:
    """Let Django find PyMySQL where it looks for mysqlclient, which takes a compiler to install."""
    try:
        importlib.import_module("MySQLdb")
    except ImportError:
        importlib.import_module("pymysql").install_as_MySQLdb()


def own_file() -> dict[str, Any]:
    """Return an entry of DATABASES for SQLite in a file that is gone after the tests."""
    file = Path(tempfile.gettempdir()) / f"powercrud-tests-{os.getpid()}.sqlite3"
    commands = "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF"
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": file,
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "init_command": commands, "timeout": 20},
        "TEST": {"NAME": file},
    }


DATABASE = database(os.environ.get(VARIABLE, "")) or own_file()


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
    on_server(kind, CREATE[kind].format(name))
    try:
        yield urlsplit(SERVERS[kind])._replace(path=f"/{name}").geturl()
    finally:
        on_server(kind, DROP[kind].format(name))


def on_server(kind: str, statement: str) -> None:
    """Run one statement on the server of a kind. Raises Unavailable."""
    driver = {"postgres": "psycopg", "mariadb": "pymysql"}[kind]
    try:
        module = importlib.import_module(driver)
    except ImportError as error:
        raise Unavailable(f"{driver} is not installed") from error
    try:
        connection = connect(module, SERVERS[kind])
    except module.OperationalError as error:
        raise Unavailable(f"no server answers at {SERVERS[kind]}: {error}") from error
    with closing(connection), connection.cursor() as cursor:
        cursor.execute(statement)


def connect(module: Any, address: str) -> Any:
    """Return a connection to a server that commits each statement."""
    parts, options = urlsplit(address), {"autocommit": True, "connect_timeout": 3}
    if parts.scheme == "postgres":
        return module.connect(address.replace("postgres://", "postgresql://"), **options)
    names = {"user": parts.username, "password": unquote(parts.password or "")}
    return module.connect(host=parts.hostname, port=parts.port or 3306, **names, **options)


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
