"""Start the demo: make its environment, load the data, serve it. Needs Python 3.11 and PyPI.

python3 demo/run.py [--port 8000] [--reset] [--no-serve]
"""

import argparse
import hashlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import venv
from collections.abc import Sequence
from pathlib import Path

DEMO = Path(__file__).resolve().parent
ROOT = DEMO.parent
ENVIRONMENT = DEMO / ".venv"
STAMP = ENVIRONMENT / "installed"
PYTHON = ENVIRONMENT / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
PACKS = ("plain", "bootstrap5", "daisyui")
HOST = "127.0.0.1"
OLDEST = (3, 11)

SIGN_INS = """\
  Viewer    looks at everything
  Editor    adds and changes
  Manager   deletes, too
  Nobody    has no permission at all"""


def main(arguments: Sequence[str] | None = None) -> None:
    """Prepare the demo and serve it."""
    if sys.version_info < OLDEST:
        sys.exit(f"The demo needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
    options = read_options(arguments)
    if options.serve:
        require_free_port(options.port)
    if STAMP.is_file() and STAMP.read_text() == fingerprint():
        say("The environment is ready.")
    else:
        install()
    if options.reset:
        delete_database()
    manage("migrate", "--verbosity=0")
    manage("seed_store")
    if options.serve:
        serve(options.port)


def read_options(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Return what the command line asks for."""
    parser = argparse.ArgumentParser(description="Run the PowerCRUD demo.")
    parser.add_argument("--port", type=int, default=8000, help="port to serve on (8000)")
    parser.add_argument("--reset", action="store_true", help="load the data anew")
    parser.add_argument(
        "--no-serve", dest="serve", action="store_false", help="prepare everything, then stop"
    )
    return parser.parse_args(arguments)


def require_free_port(port: int) -> None:
    """Stop with a clear message when something else listens on the port."""
    with socket.socket() as probe:
        # A server that has just stopped leaves the port waiting; that is no reason to refuse.
        if os.name != "nt":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except (OSError, OverflowError) as error:
            sys.exit(
                f"Port {port} cannot be used ({error}).\n"
                f"Choose another one: python3 demo/run.py --port {8001 if port == 8000 else 8000}"
            )


def distributions() -> list[Path]:
    """Return the folders of the packages that the demo installs from this checkout."""
    packs = (ROOT / "packs" / name for name in PACKS)
    return [ROOT, *(pack for pack in packs if (pack / "pyproject.toml").is_file())]


def fingerprint() -> str:
    """Return a hash that changes when the environment must be made again."""
    digest = hashlib.sha256(f"{sys.version}\n{ENVIRONMENT}\n".encode())
    for folder in distributions():
        digest.update((folder / "pyproject.toml").read_bytes())
    return digest.hexdigest()


def install() -> None:
    """Make the environment and install the checkout into it, editable."""
    say("Making the demo's environment; the first time this takes a minute ...")
    STAMP.unlink(missing_ok=True)
    try:
        venv.create(ENVIRONMENT, clear=True, with_pip=True)
    except (OSError, subprocess.CalledProcessError) as error:
        shutil.rmtree(ENVIRONMENT, ignore_errors=True)
        sys.exit(
            f"The virtual environment {ENVIRONMENT} could not be made: {error}\n"
            "Some systems ship the venv module apart: on Debian and Ubuntu, "
            "install the package python3-venv and try again."
        )
    core, *packs = map(str, distributions())
    wanted = (f"{core}[export]", *packs)
    editable = [option for name in wanted for option in ("--editable", name)]
    command = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    result = subprocess.run([*command, *editable], check=False)
    if result.returncode:
        sys.exit(
            "\npip could not install the demo's packages; its own message is above.\n"
            "It needs the Python Package Index (or the mirror that your pip is configured for). "
            "Nothing is lost: start the demo again when the cause is gone."
        )
    STAMP.write_text(fingerprint())


def delete_database() -> None:
    """Delete the demo's database file and what SQLite keeps beside it."""
    database = os.environ.get("DEMO_DB") or str(DEMO / "db.sqlite3")
    for suffix in ("", "-journal", "-wal", "-shm"):
        Path(database + suffix).unlink(missing_ok=True)


def manage(*arguments: str) -> None:
    """Run a command of the demo's manage.py."""
    result = subprocess.run([PYTHON, DEMO / "manage.py", *arguments], check=False)
    if result.returncode:
        sys.exit(
            f"manage.py {arguments[0]} failed; its message is above. "
            "If the database is from an older version, try: python3 demo/run.py --reset"
        )


def serve(port: int) -> None:
    """Serve the demo, and work on its jobs, until the visitor presses Ctrl+C."""
    say(
        f"\nThe Chinook store: http://{HOST}:{port}/\n\n"
        f"Sign in with one click, on the home page:\n{SIGN_INS}\n\nCtrl+C stops the server.\n"
    )
    environment = {**os.environ, "DJANGO_RUNSERVER_HIDE_WARNING": "true"}
    commands = (("runserver", f"{HOST}:{port}"), ("powercrud_jobs", "run"))
    processes = [
        subprocess.Popen([PYTHON, DEMO / "manage.py", *command], env=environment)
        for command in commands
    ]
    # Whoever stops this program stops the others, too: without a handler they would live on.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        sys.exit(processes[0].wait())
    except KeyboardInterrupt:
        say("\nStopped.")
    finally:
        for process in processes:
            if process.poll() is None:
                process.terminate()
                process.wait()


def say(text: str) -> None:
    """Print at once, also into a pipe."""
    print(text, flush=True)


if __name__ == "__main__":
    main()
