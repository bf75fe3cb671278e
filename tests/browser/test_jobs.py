"""Jobs in the browser: left to the background in a dialog, watched, told when they are over."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import include, path
from playwright.sync_api import Page, Route, expect

from powercrud_core import CRUDView
from powercrud_core.bulk import Action
from powercrud_core.jobs import deliver
from powercrud_core.jobs.models import Job
from powercrud_core.jobs.views import JobView
from tests.browser.site import Doorkeeper
from tests.browser.site import urlpatterns as site_urls
from tests.browser.test_looks import problems
from tests.library.models import Book

LIST = "/worked/books/?q=north"


class Print(Action):
    """Prints books."""

    name = "print"
    label = "Print"
    atomic = False

    def apply(self, obj: Any, run: Any) -> None:
        obj.notes = "Printed"
        obj.save(update_fields=["notes"])


class BookView(CRUDView):
    model = Book
    url_base = "worked-book"
    columns = ("title", "notes")
    search_fields = ("title",)
    ordering = ("title",)
    actions = (Print(),)


urlpatterns = [
    path("worked/books/", include(BookView.get_urls())),
    path("jobs/", include(JobView.get_urls())),
    *site_urls,
]


@pytest.fixture(autouse=True)
def routes(site: None, settings: Any) -> None:
    settings.ROOT_URLCONF = __name__
    settings.POWERCRUD_JOB_RUNNER = "worker"


class Gate:
    """Lets a page ask how far its jobs are only while it is open: the database has one user."""

    def __init__(self, page: Page) -> None:
        self.open = True
        self.asked = 0
        page.route("**/jobs/progress/**", self.answer)

    def answer(self, route: Route) -> None:
        self.asked += 1
        if self.open:
            route.continue_()
        else:
            route.fulfill(status=503)


def leave(page: Page) -> Job:
    """Leave the printing of all books to a job."""
    page.locator('[data-pc-part="select-matching"]').check()
    page.locator('[data-pc-part="bulk-print"]').click()
    page.get_by_role("dialog").get_by_role("button", name="In the background").click()
    expect(page.locator('[data-pc-part="job"] progress')).to_have_count(1)
    return Job.objects.get()


@pytest.mark.usefixtures("pack")
class TestEveryPack:
    def test_a_job_is_watched_to_its_end(self, open_page: Callable[..., Page]) -> None:
        page = open_page(LIST)
        gate = Gate(page)
        job = leave(page)
        region = page.get_by_role("region", name="Background jobs")
        expect(region.get_by_role("link", name="Print: 2 books")).to_be_visible()
        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(page.get_by_role("row").nth(1)).to_contain_text("Being changed by ")

        gate.open = False
        deliver(job.pk)
        gate.open = True
        expect(region.get_by_role("status")).to_have_text("Print: 2 books: done", timeout=15_000)
        expect(region.get_by_role("progressbar")).to_have_count(0)
        expect(page.get_by_role("row").nth(1)).to_contain_text("Printed")
        expect(page.get_by_role("row").nth(1)).not_to_contain_text("Being changed by")
        asked = gate.asked
        page.wait_for_timeout(1500)
        assert asked == gate.asked

    def test_it_can_be_stopped(self, open_page: Callable[..., Page]) -> None:
        page = open_page(LIST)
        job = leave(page)
        page.locator('[data-pc-part="action-cancel"]').click()
        page.get_by_role("dialog").locator('[data-pc-part="confirm"]').click()
        expect(page.locator('[data-pc-part="job"]')).to_have_attribute("data-pc-state", "cancelled")
        job.refresh_from_db()
        assert "cancelled" == job.state

    def test_pages_with_jobs_are_accessible(self, open_page: Callable[..., Page]) -> None:
        page = open_page(LIST)
        job = leave(page)
        assert [] == list(problems(page))

        page.goto(f"/jobs/{job.pk}/")
        assert [] == list(problems(page))


def test_the_message_is_not_lost_when_the_job_brings_the_list_up_to_date(
    open_page: Callable[..., Page], monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    The answer that bears the message takes longer than the region's: nobody may give it up.
    """
    page = open_page(LIST)
    page.locator('[data-pc-part="select-matching"]').check()
    page.locator('[data-pc-part="bulk-print"]').click()
    button = page.get_by_role("dialog").get_by_role("button", name="In the background")
    expect(button).to_be_visible()
    monkeypatch.setattr(Doorkeeper, "slow", {LIST: 1.0})
    button.click()
    expect(page.locator('[data-pc-part="job"]')).to_have_count(1)

    expect(page.get_by_text("Print: 2 books, in the background.")).to_be_visible()
    expect(page.get_by_role("row").nth(1)).to_contain_text("Being changed by")
    page.wait_for_timeout(1500)
    expect(page.get_by_text("Print: 2 books, in the background.")).to_be_visible()


def test_it_is_told_once_without_a_script(open_page: Callable[..., Page]) -> None:
    page = open_page(LIST, js=False)
    page.locator('[data-pc-part="select-matching"]').check()
    page.locator('[data-pc-part="bulk-print"]').click()
    page.get_by_role("button", name="In the background").click()
    page.get_by_role("link", name="Print: 2 books").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Print: 2 books")
    deliver(Job.objects.get().pk)
    page.goto(LIST)
    expect(page.locator('[data-pc-part="job"]')).to_have_attribute("data-pc-state", "done")

    page.goto(LIST)
    expect(page.locator('[data-pc-part="job"]')).to_have_count(0)


def test_nothing_is_asked_where_no_job_runs(open_page: Callable[..., Page]) -> None:
    page = open_page(LIST)
    gate = Gate(page)
    page.wait_for_timeout(1500)

    assert 0 == gate.asked
