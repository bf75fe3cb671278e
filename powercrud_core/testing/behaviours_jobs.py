"""What a visitor is told of background jobs, and can do with them, without a script."""

from collections.abc import Callable
from functools import partial
from typing import Any

from powercrud_core.testing.behaviour import Walk, behaviour
from powercrud_core.testing.behaviours_bulk import PRICE, chosen, confirmed, facts, prices, row
from powercrud_core.testing.behaviours_forms import product, saved
from powercrud_core.testing.visitor import Page, Visitor, words
from powercrud_core.testing.work import HELD, JOB, JOBS, LABEL, NAME, PAGE, begin, model

__all__: list[str] = []

WORK = "/at-work/"
HERE = f"{WORK}{HELD[0]}/"
RELOAD = '<meta http-equiv="refresh"'
job: Callable[[str, str, str], Callable[[Walk], Walk]] = partial(behaviour, needs=JOBS)


def told(v: Visitor, state: str, path: str = WORK) -> Page:
    """Bring the job into a state and return a page that tells of it."""
    begin(state)
    return v.get(path).answers(200)


def jobs() -> Any:
    """Return all jobs that are there."""
    return model("Job").objects.all()


def bar(page: Page) -> Any:
    """Return the bar of the job that a page tells of."""
    found = page.one("job-bar", within=page.one("job"))
    page.expect("the element of the bar", "progress", found.tag)
    return found


def checked(v: Visitor, *numbers: int) -> Page:
    """Return the question before some products are checked."""
    return chosen(v.get(WORK), "check", *numbers).answers(200)


def edited(v: Visitor, *numbers: int) -> Page:
    """Return the form for some products."""
    return chosen(v.get(WORK), "update", *numbers).answers(200)


# Leaving work to the background


@job("job.offer", "bulk_page", "What can be done at once can be left to the background.")
def _(v: Visitor) -> None:
    page = checked(v, 1, 10)
    found = [words(button) for button in page.buttons("operation-form")]
    page.expect("the buttons", ["Check: 2 products", "In the background"], found)


@job("job.offer.preview", "bulk_page", "So can what was previewed.")
def _(v: Visitor) -> None:
    page = confirmed(edited(v, 1, 10), "preview", **PRICE).answers(200)
    confirmed(page, "defer").answers(200)
    page.expect("jobs, and the prices", (1, [1, 10]), (jobs().count(), prices(1, 10)))


@job("job.leave", "bulk_page", "It becomes a job: nothing has changed yet, and that is said.")
def _(v: Visitor) -> None:
    page = confirmed(checked(v, 1, 10), "defer").answers(200)
    page.expect("the address", WORK, page.url)
    page.says("message", "Check: 2 products, in the background.")
    page.says("jobs", "Check: 2 products", "waiting")
    page.expect("what is checked", [True, True], [p.checked for p in product(pk__in=(1, 10))])
    page.expect("jobs", [("queued", 2)], list(jobs().values_list("state", "total")))


@job("job.leave.once", "bulk_page", "The same confirmation makes one job.")
def _(v: Visitor) -> None:
    page = checked(v, 1, 10)
    confirmed(page, "defer").answers(200)
    confirmed(page, "defer").answers(409)
    page.expect("jobs", 1, jobs().count())


@job("job.leave.held", "notice_page", "What another job has is not left to one: 409, and why.")
def _(v: Visitor) -> None:
    begin("running")
    page = confirmed(checked(v, 1, HELD[0]), "defer").answers(409)
    page.says("notice-page", f"Being changed by “{LABEL}” of {NAME}")
    page.expect("jobs", 1, jobs().count())


# The region


@job("job.region", "jobs", "Every page has the region, with a name, before there is any job.")
def _(v: Visitor) -> None:
    for path in (WORK, "/products/1/", "/products/new/", "/products/1/delete/", "/jobs/"):
        page = v.get(path)
        region = page.one("jobs")
        name = (region.get("role"), region.get("aria-label"))
        page.expect("role and name", ("region", "Background jobs"), name)
        page.none("job")


@job("job.region.status", "jobs", "In it is a status, empty until a script says something.")
def _(v: Visitor) -> None:
    for state, text in (("running", None), ("done", f"{LABEL}: done")):
        page = told(v, state)
        status = page.one("jobs-status", within=page.one("jobs"))
        found = (status.get("role"), words(status), status.get("data-pc-text") or None)
        page.expect("role, text, and what is to be said", ("status", "", text), found)


@job("job.region.running", "job_progress", "A job that runs is told on every page, with numbers.")
def _(v: Visitor) -> None:
    for path in (WORK, "/products/1/", "/products/new/"):
        page = told(v, "running", path)
        page.says("jobs", LABEL, "running", "1200 of 20000", "47 seconds left")
        page.expect("the state", "running", page.one("job").get("data-pc-state"))


@job("job.region.bar", "job_progress", "Its bar says how far it is, and of what.")
def _(v: Visitor) -> None:
    for state, value in (("running", "1200"), ("further", "5000")):
        found = bar(page := told(v, state))
        numbers = (found.get("value"), found.get("max"), found.get("aria-label"))
        page.expect("the bar", (value, "20000", LABEL), numbers)


@job("job.region.bar.unknown", "job_progress", "Before it began its bar claims nothing.")
def _(v: Visitor) -> None:
    found = bar(page := told(v, "queued"))
    page.expect("the bar", (None, None), (found.get("value"), found.get("max")))


@job("job.region.notice", "job_progress", "That nobody works on it is said plainly.")
def _(v: Visitor) -> None:
    told(v, "queued").says("job", "No worker has picked this up for")


@job("job.region.link", "job_progress", "Its name leads to its page.")
def _(v: Visitor) -> None:
    page = told(v, "running")
    page = page.follow(page.one("job-link", LABEL)).answers(200)
    page.expect("the address", PAGE, page.url)


@job("job.region.over", "job_progress", "That it is over is told, without a bar or a button.")
def _(v: Visitor) -> None:
    page = told(v, "partial")
    page.says("job", LABEL, "done in part", "3 of 3", "Two <b> are left.")
    page.none("job-bar")
    page.none("action-cancel")


@job("job.region.once", "jobs", "It is told once.")
def _(v: Visitor) -> None:
    told(v, "done").one("job")
    v.get("/products/").none("job")


@job("job.region.ask", "jobs", "The address of the region keeps what is shown, over or not.")
def _(v: Visitor) -> None:
    page = told(v, "running")
    begin("done")
    address = page.one("jobs").get("data-pc-poll") or ""
    for _again in range(2):
        page = v.get(address).answers(200)
        page.expect("the state", "done", page.one("job").get("data-pc-state"))
    page.expect("when to ask again", None, page.one("jobs").get("data-pc-delay"))


# The page of a job, and the list of them


@job("job.page", "job_page", "The page of a job tells all of it: whose, since when, its last note.")
def _(v: Visitor) -> None:
    page = told(v, "running", PAGE)
    found = {e.get("data-pc-fact"): words(e) for e in page.all("detail-field")}
    for name, text in (("owner", NAME), ("created", "2024"), ("note", "Shelf <b> 7")):
        page.expect(f"{text!r} in {found.get(name)!r}", True, text in found.get(name, ""))
    bar(page)


@job("job.page.facts", "job_progress", "It tells how many rows have changed, and how many not.")
def _(v: Visitor) -> None:
    page = told(v, "further", PAGE)
    page.expect("the numbers", {"done": "4990", "failed": "10"}, facts(page))


@job("job.page.reasons", "job_page", "Of what did not change it tells the reasons and the rows.")
def _(v: Visitor) -> None:
    page = told(v, "partial", PAGE)
    page.says("bulk-groups", "It is <b> on its way.", "Product 4", "Product 5")
    page.says("job-page", "Two <b> are left.")


@job("job.page.download", "job_page", "All reasons come as a file.")
def _(v: Visitor) -> None:
    page = told(v, "partial", PAGE)
    page = page.follow(page.one("download")).answers(200)
    page.expect("the file", True, "Nobody knows when it was made." in page.html)


@job("job.page.download.none", "job_page", "Where all went well there is no such file.")
def _(v: Visitor) -> None:
    page = told(v, "done", PAGE)
    page.none("download")
    page.none("bulk-groups")


@job("job.page.reload", "base", "While the job runs its page loads itself again without a script.")
def _(v: Visitor) -> None:
    for state, wanted in (("running", True), ("done", False)):
        page = told(v, state, PAGE)
        page.expect(f"{RELOAD} while {state}", wanted, RELOAD in page.html)


@job("job.page.back", "job_page", "A link leads back to the list of jobs.")
def _(v: Visitor) -> None:
    page = told(v, "running", PAGE)
    links = [e for e in page.elements(page.one("job-page")) if e.tag == "a"]
    page = page.follow(next((e for e in links if words(e) == "Jobs"), page.one("job-page")))
    page.expect("the jobs", [LABEL], page.names())


@job("job.stop", "job_progress", "A job is stopped from any page, after a question.")
def _(v: Visitor) -> None:
    page = told(v, "running")
    page = page.follow(page.one("action-cancel", within=page.one("job"))).answers(200)
    page.expect("asked to stop", None, jobs().get(pk=JOB).cancel_requested)
    page.says("bulk-page", "What has been changed stays changed.")
    page = confirmed(page).answers(200)
    page.expect("asked to stop", True, jobs().get(pk=JOB).cancel_requested is not None)
    v.get(WORK).says("job", "It stops after the current step.")


@job("job.stop.page", "action_menu", "It is stopped from its own page, too.")
def _(v: Visitor) -> None:
    page = told(v, "running", PAGE)
    page = confirmed(page.follow(page.one("action-cancel")).answers(200)).answers(200)
    page.expect("asked to stop", True, jobs().get(pk=JOB).cancel_requested is not None)


@job("job.retry", "action_menu", "What failed is tried again, as a job of its own.")
def _(v: Visitor) -> None:
    page = told(v, "partial", PAGE)
    page.none("action-cancel")
    page = confirmed(page.follow(page.one("action-retry")).answers(200)).answers(200)
    again = jobs().get(retry_of=JOB)
    page.expect("rows, and the address", (2, f"/jobs/{again.pk}/"), (again.total, page.url))
    page.says("message", "It is tried again.")


@job("job.retry.nothing", "action_menu", "Where nothing failed there is nothing to try again.")
def _(v: Visitor) -> None:
    told(v, "done", PAGE).none("action-retry")


# Rows that a job is changing


@job("job.held.note", "row", "A row that a job is changing says so, and whose job it is.")
def _(v: Visitor) -> None:
    page = told(v, "running")
    for number in (*HELD, 1):
        found = f"Being changed by {NAME} since" in words(row(page, number))
        page.expect(f"a note in the row of Product {number}", number in HELD, found)


@job("job.held.controls", "row", "Nothing in it can be edited until the job is over.")
def _(v: Visitor) -> None:
    for state, left in (("running", 0), ("done", 3)):
        page = told(v, state)
        found = len(page.all("cell-edit", row(page, HELD[0])))
        page.expect(
            "links to editors", (left, 3), (found, len(page.all("cell-edit", row(page, 1))))
        )


@job("job.held.save", "form_page", "Saving it answers 409 with who changes it; nothing is lost.")
def _(v: Visitor) -> None:
    page = v.get(f"{HERE}edit/")
    begin("running")
    page = saved(page, name="Mine").answers(409)
    page.says("error-summary", f"Being changed by “{LABEL}” of {NAME}", "6% done")
    page.expect("what was typed", "Mine", page.control("name", page.one("form")).get("value"))
    begin("done")
    saved(page).answers(200)
    page.expect("the name", "Mine", product(pk=HELD[0]).get().name)


@job("job.held.cell", "row_page", "So does saving one of its cells.")
def _(v: Visitor) -> None:
    page = v.get(WORK)
    page = page.follow(page.all("cell-edit", row(page, HELD[0]))[2]).answers(200)
    begin("running")
    page = page.send("row-form", page.one("row-save"), price="7").answers(409)
    control = page.control("price", page.one("row"))
    page.expect("what was typed", "7", control.get("value"))
    page.says("row-errors", f"Being changed by “{LABEL}” of {NAME}")
    page.expect("the price", [HELD[0]], prices(HELD[0]))


@job("job.held.delete", "delete_page", "So does deleting it.")
def _(v: Visitor) -> None:
    page = v.get(f"{HERE}delete/")
    begin("running")
    page = page.send("delete-form", page.one("confirm")).answers(409)
    page.says("delete-page", f"Being changed by “{LABEL}” of {NAME}")
    page.expect("products left", 1, product(pk=HELD[0]).count())


@job("job.held.bulk", "bulk_groups", "An operation leaves it out and says why.")
def _(v: Visitor) -> None:
    begin("running")
    page = confirmed(edited(v, 1, HELD[0]), "preview", **PRICE).answers(200)
    page.expect("the numbers", {"done": "1", "skipped": "1"}, facts(page))
    page.says("bulk-groups", f"Being changed by “{LABEL}” of {NAME}", f"Product {HELD[0]}")
    confirmed(page).answers(200)
    page.expect("the prices", [7, HELD[0]], prices(1, HELD[0]))
