"""The level `browser`: what only a real browser shows, on the kit's store, script or no script."""

from powercrud_core.testing.browser import bulk, forms, jobs, lists, looks, nojs, rows
from powercrud_core.testing.browser.machine import BrowserMissing
from powercrud_core.testing.browser.scenario import RANKS, SCENARIOS, BrowserScenario, asked_of
from powercrud_core.testing.browser.session import Session

__all__ = [
    "MODULES",
    "RANKS",
    "SCENARIOS",
    "BrowserMissing",
    "BrowserScenario",
    "Session",
    "asked_of",
]

MODULES = (lists, forms, bulk, jobs, rows, nojs, looks)
