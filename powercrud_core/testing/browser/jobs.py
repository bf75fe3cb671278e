"""What somebody with a browser is told of background jobs, as they begin, go on and end."""

from collections.abc import Callable
from functools import partial
from typing import Any

from powercrud_core.testing.browser.bulk import closed, picked, pressed
from powercrud_core.testing.browser.scenario import BrowserWalk, scenario
from powercrud_core.testing.browser.screen import Screen, Window
from powercrud_core.testing.work import HELD, JOBS, LABEL, PAGE

__all__ = ["WORK", "put"]

WORK = "/at-work/"
CHANGED = "() => document.dispatchEvent(new CustomEvent('pc:changed', {bubbles: true}))"
REMEMBER = "e => { window.powercrudStatus = e; }"
SAME = "e => window.powercrudStatus === e"
LEFT = "Check: 2 products"
job: Callable[[str, str, str], Callable[[BrowserWalk], BrowserWalk]] = partial(scenario, needs=JOBS)


def put(screen: Screen, state: str) -> Screen:
    """Bring the job into a state while a page is open."""
    answer = screen.page.request.post(f"/put/{state}/", max_redirects=0)
    screen.expect("the status", 204, answer.status)
    return screen


def told(window: Window, state: str, path: str = WORK, **options: Any) -> Screen:
    """Open a page while the job is in a state, and mark its document."""
    screen = put(window.open("/tags/", **options), state)
    screen.page.goto(path)
    if options.get("js", True):
        screen.mark()
    screen.seen("the job", screen.part("job"))
    return screen


def value(screen: Screen) -> Callable[[], Any]:
    """Return what asks how far the bar is."""
    return lambda: screen.part("job-bar").evaluate_all("bars => bars.map(b => b.value)")


def state(screen: Screen, expected: str) -> None:
    """Expect that the job comes into a state."""
    ask = lambda: screen.part("job").first.get_attribute("data-pc-state")  # noqa: E731
    screen.until("the job", expected, ask)


def notes(screen: Screen) -> int:
    """Return how many rows say that a job is changing them."""
    return int(screen.part("row", "Being changed by").count())


def announced(screen: Screen, text: str) -> None:
    """Expect a text in the status of the region, where somebody hears it."""
    region = screen.page.get_by_role("region", name="Background jobs")
    status = region.get_by_role("status")
    screen.until("statuses in the region", 1, status.count)
    screen.until("what is announced", text, lambda: status.inner_text().strip())


@job("job.leave", "bulk_page", "Left in a dialog, the job is seen at once; focus and list stay.")
def _(w: Window) -> None:
    screen = w.open(WORK)
    screen.mark()
    dialog = pressed(picked(screen, 1, 10), "check")
    screen.send(screen.part("defer", within=dialog).click)
    closed(screen)
    screen.seen("the job", screen.part("job", LEFT))
    screen.seen("the message", screen.part("message", "in the background"))
    screen.until("rows that say so", 2, lambda: notes(screen))
    screen.until("the focus", "bulk-check", lambda: screen.focused)
    screen.stays()


@job("job.progress", "job_progress", "The bar goes on by itself, in the same page.")
def _(w: Window) -> None:
    screen = told(w, "running")
    screen.seen("the bar", screen.part("job-bar"))
    screen.until("the bar", [1200], value(screen))
    put(screen, "further")
    screen.until("the bar", [5000], value(screen))
    screen.until("the numbers", 1, screen.part("job", "5000 of 20000").count)
    screen.stays()


@job("job.progress.focus", "job_progress", "Whoever is on its link or button stays there.")
def _(w: Window) -> None:
    screen = told(w, "running")
    for part, then, number in (("job-link", "further", 5000), ("action-cancel", "running", 1200)):
        screen.part(part, within=screen.part("job")).focus()
        put(screen, then)
        screen.until("the bar", [number], value(screen))
        screen.expect("the focus", part, screen.focused)


@job("job.appears", "jobs", "A job appears and ends without moving the focus.")
def _(w: Window) -> None:
    screen = w.open(WORK)
    screen.part("search-input").focus()
    before = screen.focused
    put(screen, "running").page.evaluate(CHANGED)
    screen.seen("the job", screen.part("job"))
    screen.expect("the focus", before, screen.focused)
    put(screen, "done")
    screen.until("bars", 0, screen.part("job-bar").count)
    screen.expect("the focus", before, screen.focused)


@job("job.announced", "jobs", "That it is over is announced, by a status that was there before.")
def _(w: Window) -> None:
    screen = told(w, "running")
    screen.part("jobs-status").evaluate(REMEMBER)
    announced(screen, "")
    put(screen, "done")
    announced(screen, f"{LABEL}: done")
    screen.expect("the same element", True, screen.part("jobs-status").evaluate(SAME))


@job("job.announced.once", "jobs", "The next page tells it no more.")
def _(w: Window) -> None:
    screen = told(w, "done")
    announced(screen, f"{LABEL}: done")
    screen.page.goto(WORK)
    screen.shows(1, 10, 11, 12, 2)
    screen.expect("jobs", 0, screen.part("job").count())
    announced(screen, "")


@job("job.rows", "row", "Rows are held and let go while one looks at them.")
def _(w: Window) -> None:
    screen = told(w, "running")
    screen.expect("rows that say so", len(HELD), notes(screen))
    row = screen.part("row", f"Product {HELD[0]}").last
    screen.expect("editors", 0, screen.part("cell-edit", within=row).count())
    put(screen, "done")
    screen.until("rows that say so", 0, lambda: notes(screen))
    screen.until("editors", 3, screen.part("cell-edit", within=row).count)
    screen.stays()


@job("job.rows.editing", "row", "Whoever edits a row meanwhile is not disturbed.")
def _(w: Window) -> None:
    screen = told(w, "running")
    screen.part("cell-edit", within=screen.part("row", "Product 1").first).last.click()
    price = screen.control("price", screen.part("row"))
    price.fill("7")
    put(screen, "done")
    announced(screen, f"{LABEL}: done")
    screen.page.wait_for_timeout(300)
    screen.expect("dialogs", 0, screen.page.locator("dialog:modal").count())
    screen.expect("what was typed", ["7"], price.evaluate_all("all => all.map(e => e.value)"))
    screen.expect("the focus", "price", screen.page.evaluate("document.activeElement.name"))


@job("job.page.live", "job_page", "Its page goes on, and tells at the end what became of the rows.")
def _(w: Window) -> None:
    screen = told(w, "running", PAGE)
    screen.expect("reasons", 0, screen.part("bulk-groups").count())
    put(screen, "partial")
    screen.until("the reasons", True, screen.part("bulk-groups").is_visible)
    screen.expect("bars", 0, screen.part("job-bar").count())
    screen.expect("the file", True, screen.part("download").is_visible())


@job("job.stop", "job_progress", "It is stopped in a dialog, from any page.")
def _(w: Window) -> None:
    screen = told(w, "running", "/products/")
    screen.part("action-cancel", within=screen.part("job")).click()
    dialog = screen.page.locator("dialog:modal")
    screen.seen("the question", screen.part("bulk-page", within=dialog))
    screen.send(screen.part("confirm", within=dialog).click)
    closed(screen)
    screen.seen("what comes of it", screen.part("job", "It stops after the current step."))
    screen.stays()


@job("nojs.job.leave", "bulk_page", "Work is left to the background, and looked after.")
def _(w: Window) -> None:
    screen = picked(w.open(WORK, js=False), 1, 10)
    screen.send(screen.part("bulk-check").click)
    screen.send(screen.part("defer").click)
    screen.seen("the message", screen.part("message", "in the background"))
    screen.part("job-link", LEFT).click()
    screen.seen("the page", screen.part("job-page"))
    state(screen, "queued")


@job("nojs.job.reload", "base", "The page of a job that runs loads itself again until it is over.")
def _(w: Window) -> None:
    screen = told(w, "running", PAGE, js=False)
    put(screen, "done")
    state(screen, "done")
    screen.expect("bars", 0, screen.part("job-bar").count())
