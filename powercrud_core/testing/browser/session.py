"""A browser for as long as a kit needs it, in a thread of its own."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from powercrud_core.testing.browser.machine import launch, playwright
from powercrud_core.testing.browser.scenario import BrowserScenario
from powercrud_core.testing.browser.screen import Window
from powercrud_core.testing.browser.server import live_store
from powercrud_core.testing.visitor import Unmet

__all__ = ["Session"]


class Session:
    """Runs scenarios in a browser that is started once; `close` ends it.

    Playwright keeps an event loop in its thread, where Django refuses to ask the database: so the
    browser has a thread, and the store is filled in that of the caller.
    """

    def __init__(self, path: str = "", pictures: Path | None = None) -> None:
        self.path, self.pictures = path, pictures
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="powercrud-browser")
        self._driver: Any = None
        self._browser: Any = None

    def run(self, pack: str, scenario: BrowserScenario) -> list[Unmet]:
        """Return what a pack does not keep of a scenario. Raises BrowserMissing."""
        self._thread.submit(self._start).result()
        with live_store() as address:
            return self._thread.submit(self._walk, address, pack, scenario).result()

    def close(self) -> None:
        """End the browser, where one was started."""
        self._thread.submit(self._stop).result()
        self._thread.shutdown()

    def _start(self) -> None:
        if self._browser is None:
            manager = playwright().sync_playwright()
            self._driver = manager.start()
            try:
                self._browser = launch(self._driver, self.path)
            except BaseException:
                self._stop()
                raise

    def _stop(self) -> None:
        if self._browser is not None:
            self._browser.close()
        if self._driver is not None:
            self._driver.stop()
        self._browser = self._driver = None

    def _walk(self, address: str, pack: str, scenario: BrowserScenario) -> list[Unmet]:
        window = Window(self._browser, address, pack)
        unmet: list[Unmet] = []
        try:
            scenario.walk(window)
        except Unmet as found:
            unmet.append(self._pictured(found, window, pack, scenario))
        except playwright().Error as error:
            told = Unmet(scenario.meaning, _told(str(error)))
            unmet.append(self._pictured(told, window, pack, scenario))
        finally:
            window.close()
        heard = "\n".join(window.complaints)
        if heard and unmet:
            return [Unmet(unmet[0].expected, f"{unmet[0].found}\nthe browser complains: {heard}")]
        return [Unmet("a browser without complaints", heard)] if heard else unmet

    def _pictured(
        self, unmet: Unmet, window: Window, pack: str, scenario: BrowserScenario
    ) -> Unmet:
        """Return what was found, with the name of a picture where pictures are wanted."""
        if self.pictures is None or window.screen is None:
            return unmet
        path = self.pictures / f"{pack}-{scenario.name}.png"
        window.screen.page.screenshot(path=path, animations="disabled")
        return Unmet(unmet.expected, f"{unmet.found}\npicture: {path}")


def _told(error: str) -> str:
    """Return what matters of Playwright's long messages: what was tried, what was in the way."""
    lines = [line.strip(" -\n") for line in error.splitlines()]
    reasons = ("intercepts pointer", "not visible", "outside of the viewport", "not enabled")
    causes = [line for line in lines if any(reason in line for reason in reasons)]
    waited = [line for line in lines if line.startswith("waiting for ")]
    return "\n".join(dict.fromkeys([*lines[:1], *waited[:1], *causes[:2]]))
