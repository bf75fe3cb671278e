"""Sessions for those who like nox; each runs what tests/run.py runs, in the environment it makes.

nox is optional: `python3 tests/run.py` needs nothing but Python.
"""

import nox

nox.options.default_venv_backend = "none"
nox.options.sessions = ["lint", "types", "imports", "docs", "tests"]

RUN = ("python3", "tests/run.py")


@nox.session
def tests(session: nox.Session) -> None:
    """Run the tests without the browser; arguments go to pytest."""
    session.run(*RUN, "--fast", *(session.posargs or ["tests", "packs"]))


@nox.session
def newest(session: nox.Session) -> None:
    """Run the same tests on the newest Python and Django."""
    session.run(*RUN, "--newest", "--fast", *session.posargs)


@nox.session
def browser(session: nox.Session) -> None:
    """Run the browser tests."""
    session.run(*RUN, "-m", "browser", *session.posargs)


@nox.session
def wheels(session: nox.Session) -> None:
    """Build the four distributions and try each in a clean environment."""
    session.run(*RUN, "--fast", "tests/packaging", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Check style, formatting, spelling and templates."""
    session.run(
        *RUN, "--gate", "ruff", "--gate", "format", "--gate", "spelling", "--gate", "templates"
    )


@nox.session
def types(session: nox.Session) -> None:
    """Check types."""
    session.run(*RUN, "--gate", "types")


@nox.session
def imports(session: nox.Session) -> None:
    """Check the floors."""
    session.run(*RUN, "--gate", "imports")


@nox.session
def docs(session: nox.Session) -> None:
    """Build the documentation, warnings being errors."""
    session.run(*RUN, "--gate", "docs")
