"""Jobs in pages: what a list tells of them, their list and page, and how work is left to them."""

import csv
import io
import uuid

import pytest
from django.urls import clear_url_caches, include, path
from django.utils import timezone

from powercrud_core.jobs import deliver, submit
from powercrud_core.jobs.models import Job
from powercrud_core.jobs.views import JobView
from tests.jobs import work
from tests.jobs.models import Item
from tests.views.pages import Page

PACKS = ("plain", "bootstrap5", "daisyui")
urlpatterns = [*work.urlpatterns, path("jobs/", include(JobView.get_urls()))]


@pytest.fixture(autouse=True)
def routed(settings, address):
    """The screen of jobs is a part of the site."""
    settings.ROOT_URLCONF = __name__
    clear_url_caches()


@pytest.fixture(params=PACKS)
def pack(settings, request):
    settings.POWERCRUD_TEMPLATE_PACK = request.param


@pytest.fixture
def stranger(permissions, client_for):
    return client_for(permissions("view_item", "change_item"))


def begin(client, name, **data):
    """Return the page that asks before an operation on all items."""
    return client.post(f"/items/bulk/{name}/", {"all": "1", **data})


def go_on(client, answer, step):
    """Confirm what a page asked."""
    page = Page(answer)
    sent = page.sent(page.one("bulk-page").find(".//form").get("data-pc-part"))
    return client.post(answer.request["PATH_INFO"], {**sent, "_step": step})


class TestLeaving:
    def test_the_user_may_leave_it_to_a_job(self, client, items, pack, finish):
        items(3)
        page = Page(asked := begin(client, "bump"))
        assert "In the background" == page.text("defer")
        assert page.has("confirm")

        assert 302 == go_on(client, asked, "defer").status_code
        job = Job.objects.get()
        assert ("queued", 3, "Bump: 3 items") == (job.state, job.total, job.label)
        assert "done" == finish(job).state
        assert {1} == set(Item.objects.values_list("n", flat=True))

    def test_of_many_rows_it_must_be(self, client, items, monkeypatch):
        items(3)
        monkeypatch.setattr(work.Bump, "defer_above", 2)
        page = Page(asked := begin(client, "bump"))
        assert "In the background: Bump, 3 items" == page.text("defer")
        assert not page.has("confirm")

        assert 302 == go_on(client, asked, "apply").status_code
        assert {0} == set(Item.objects.values_list("n", flat=True))
        assert 1 == Job.objects.count()

    def test_what_others_hold_is_not_left_to_a_job(self, client, items, plan):
        rows = items(3)
        submit(plan("bump", rows[:1]))
        answer = go_on(client, begin(client, "bump"), "defer")

        assert (409, 1) == (answer.status_code, Job.objects.count())

    def test_a_double_click_makes_one_job(self, client, items):
        items(2)
        asked = begin(client, "bump")
        go_on(client, asked, "defer")

        assert 409 == go_on(client, asked, "defer").status_code
        assert 1 == Job.objects.count()


class TestRegion:
    def test_without_jobs_it_is_empty(self, client, items, pack):
        items(1)
        region = Page(client.get("/items/")).one("jobs")

        assert ("/jobs/progress/", None) == (
            region.get("data-pc-poll"),
            region.get("data-pc-delay"),
        )

    def test_a_running_job_is_told_on_every_page(self, client, items, plan, pack, editor):
        rows = items(4)
        job = submit(plan("bump"), user=editor)
        page = Page(client.get(f"/items/{rows[0].pk}/"))

        assert f"/jobs/progress/?id={job.pk}" == page.one("jobs").get("data-pc-poll")
        assert "1" == page.one("jobs").get("data-pc-delay")
        assert f"/jobs/{job.pk}/" == page.one("job-link").get("href")
        assert f"/jobs/{job.pk}/do/cancel/" == page.one("action-cancel").get("href")

    def test_its_end_is_told_once(self, client, items, plan, editor, finish):
        items(2)
        finish(submit(plan("bump"), user=editor))
        page = Page(client.get("/items/"))
        assert "Bump: done" == page.one("jobs-status").get("data-pc-text")
        assert page.has("job")

        assert not Page(client.get("/items/")).has("job")

    def test_asking_again_keeps_what_is_shown(self, client, items, plan, editor, finish):
        items(2)
        job = finish(submit(plan("bump"), user=editor))
        client.get("/items/")
        shown = Page(client.get(f"/jobs/progress/?id={job.pk}"))

        assert ["done"] == [one.get("data-pc-state") for one in shown.all("job")]

    def test_asking_again_writes_nothing(self, client, items, plan, editor, finish, queries):
        items(2)
        job = finish(submit(plan("bump"), user=editor))
        client.get("/items/")

        assert 3 == queries(lambda: client.get(f"/jobs/progress/?id={job.pk}"))

    def test_it_costs_one_query(self, client, items, plan, editor, queries):
        items(2)
        submit(plan("bump"), user=editor)
        Job.objects.update(rung=timezone.now())

        assert 3 == queries(lambda: client.get("/jobs/progress/"))  # session, user, jobs

    def test_others_see_nothing_of_it(self, stranger, items, plan, editor):
        items(2)
        job = submit(plan("bump"), user=editor)

        assert not Page(stranger.get("/items/")).has("job")
        assert not Page(stranger.get(f"/jobs/progress/?id={job.pk}&only=1")).has("job")

    @pytest.mark.parametrize("id", ["x", "", "1", "\x00", "a" * 5000])
    def test_keys_that_are_none(self, client, id):
        assert 200 == client.get("/jobs/progress/", {"id": id}).status_code

    def test_strangers_are_sent_to_sign_in(self, client_for):
        assert 302 == client_for().get("/jobs/progress/").status_code


class TestRows:
    def test_they_say_who_changes_them(self, client, items, plan, editor, pack):
        rows = items(3)
        submit(plan("bump", rows[:2]), user=editor)
        texts = [" ".join(row) for row in Page(client.get("/items/")).rows()]

        held = ["Being changed by editor since" in text for text in sorted(texts)]
        assert [True, True, False] == held

    def test_it_costs_one_query_and_two_while_rows_are_held(
        self, client, items, plan, editor, queries, monkeypatch
    ):
        rows = items(3)
        free = queries(lambda: client.get("/items/"))
        submit(plan("bump", rows[:2]), user=editor)
        Job.objects.update(rung=timezone.now())
        held = queries(lambda: client.get("/items/"))
        monkeypatch.setattr("powercrud_core.contention._providers", [])
        with_job = queries(lambda: client.get("/items/"))
        Job.objects.all().delete()

        assert (1, 2) == (free - queries(lambda: client.get("/items/")), held - with_job)


class TestPage:
    def test_it_tells_what_became_of_the_rows(self, client, items, plan, editor, finish, pack):
        items("", "", "invalid")
        job = finish(submit(plan("bump"), user=editor))
        page = Page(client.get(f"/jobs/{job.pk}/"))

        assert ["done", "failed"] == [fact.get("data-pc-fact") for fact in page.all("fact")]
        assert "This one is bad." in page.text("bulk-groups")
        assert not page.has("job-bar")

    def test_reasons_are_a_file(self, client, items, plan, editor, finish):
        items("", "invalid")
        job = finish(submit(plan("bump"), user=editor))
        url = Page(client.get(f"/jobs/{job.pk}/")).one("download").get("href")
        text = b"".join(client.get(url).streaming_content).decode("utf-8-sig")

        assert ["Item 2", "failed", "This one is bad."] == list(csv.reader(io.StringIO(text)))[1][
            1:
        ]

    def test_it_shows_itself_again_without_a_script(self, client, items, plan, editor, finish):
        items(1)
        job = submit(plan("bump"), user=editor)
        line = '<noscript><meta http-equiv="refresh" content="5"></noscript>'
        assert line in client.get(f"/jobs/{job.pk}/").content.decode()

        finish(job)
        assert line not in client.get(f"/jobs/{job.pk}/").content.decode()

    @pytest.mark.parametrize("page", ["", "reasons/", "do/cancel/", "do/retry/"])
    def test_of_others_there_is_none(self, stranger, items, plan, editor, page):
        items(1)
        job = submit(plan("bump"), user=editor)

        assert 404 == stranger.get(f"/jobs/{job.pk}/{page}").status_code
        assert 404 == stranger.get(f"/jobs/{uuid.uuid4()}/{page}").status_code

    def test_the_list_is_of_the_own_ones(self, client, stranger, items, plan, editor, pack):
        items(1)
        submit(plan("bump"), user=editor)

        assert ["Bump"] == Page(client.get("/jobs/")).column()
        assert not Page(stranger.get("/jobs/")).has("row")

    def test_a_permission_opens_all(self, permissions, client_for, items, plan, editor):
        items(1)
        job = submit(plan("bump"), user=editor)
        other = client_for(permissions("view_job"))

        assert ["Bump"] == Page(other.get("/jobs/")).column()
        assert 200 == other.get(f"/jobs/{job.pk}/").status_code
        assert 403 == other.get(f"/jobs/{job.pk}/do/cancel/").status_code


class TestControls:
    def confirm(self, client, url):
        asked = client.get(url)
        return client.post(url, Page(asked).sent("operation-form") | {"_step": "apply"})

    def test_a_waiting_job_is_stopped(self, client, items, plan, editor):
        items(2)
        job = submit(plan("bump"), user=editor)

        assert 302 == self.confirm(client, f"/jobs/{job.pk}/do/cancel/").status_code
        job.refresh_from_db()
        assert ("cancelled", "editor") == (job.state, job.cancelled_by)

    def test_getting_the_question_stops_nothing(self, client, items, plan, editor):
        items(2)
        job = submit(plan("bump"), user=editor)
        client.get(f"/jobs/{job.pk}/do/cancel/")
        job.refresh_from_db()

        assert "queued" == job.state

    def test_what_failed_is_tried_again(self, client, items, plan, editor, finish):
        rows = items("", "invalid")
        job = finish(submit(plan("bump"), user=editor))
        Item.objects.filter(pk=rows[1].pk).update(kind="")
        answer = self.confirm(client, f"/jobs/{job.pk}/do/retry/")
        again = Job.objects.get(retry_of=job)

        assert f"/jobs/{again.pk}/" == answer.url
        assert ("done", 1) == (finish(again).state, again.total)

    def test_what_is_over_cannot_be_stopped(self, client, items, plan, editor):
        items(1)
        job = submit(plan("bump"), user=editor)
        deliver(job.pk)

        assert 422 == client.get(f"/jobs/{job.pk}/do/cancel/").status_code
