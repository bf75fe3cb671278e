"""What the level needs of the machine: Playwright, axe and a Chromium, or what to do about it."""

import os
import shutil
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

__all__ = ["VARIABLE", "BrowserMissing", "axe", "find_browser", "launch", "playwright"]

EXTRA = 'pip install "powercrud-core[testing-browser]"'
VARIABLE = "PLAYWRIGHT_CHROMIUM_EXECUTABLE_PATH"
# The headless shell starts three times faster than the full browser.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "chrome")
OPTIONS = ("--disable-gpu", "--disable-dev-shm-usage", "--font-render-hinting=none")


class BrowserMissing(ImproperlyConfigured):
    """Something that the level `browser` needs is not on this machine; the text says what to do."""


def playwright() -> Any:
    """Return Playwright's module. Raises BrowserMissing."""
    return _needed("playwright.sync_api", "Playwright")


@cache
def axe() -> str:
    """Return the source of axe-core. Raises BrowserMissing."""
    return str(_needed("axe_playwright_python.base", "axe").AXE_FILE_PATH.read_text())


def find_browser(path: str = "") -> str | None:
    """Return the Chromium to start: the given, the variable's, the system's; None: Playwright's.

    Raises BrowserMissing for a path that leads nowhere.
    """
    named = path or os.environ.get(VARIABLE, "")
    if named and not Path(named).is_file():
        raise BrowserMissing(f"There is no browser at {named}.")
    return named or next(filter(None, map(shutil.which, NAMES)), None)


def launch(driver: Any, path: str = "") -> Any:
    """Return a browser that was started by a driver of Playwright. Raises BrowserMissing."""
    found = find_browser(path)
    try:
        return driver.chromium.launch(executable_path=found, args=list(OPTIONS))
    except playwright().Error as error:
        reason = f"{found} did not start" if found else "No Chromium was found on PATH"
        told = next(iter(str(error).strip().splitlines()), "")
        raise BrowserMissing(
            f"{reason}: {told} Install the package chromium-headless-shell or chromium of your "
            "system, or run `python -m playwright install chromium-headless-shell`; or name one "
            f"with --browser-path or {VARIABLE}."
        ) from error


def _needed(module: str, name: str) -> Any:
    try:
        return import_module(module)
    except ImportError as error:
        raise BrowserMissing(
            f"The level 'browser' needs {name}, which is not installed. Run {EXTRA}."
        ) from error
