"""What opens on top of a page, and how the script hears what became of it."""

import json

import pytest
from django.http import HttpResponseRedirect
from django.test import Client
from django.urls import include, path

from powercrud_core import Column, CRUDView
from powercrud_core.permissions import AllowAny
from tests.library.models import Author, Book
from tests.views.pages import Page, seen, text_of

pytestmark = pytest.mark.django_db

PART = {"X-PC-Part": "page"}
FORM = {"name": "Čapek", "born": ""}


class Open(CRUDView):
    permission_policy = AllowAny


class Books(Open):
    model = Book
    columns = ["title", Column("author", link="update"), "status"]
    open_in = {"create": "dialog", "update": "drawer", "detail": "dialog"}


class Authors(Open):
    model = Author


class Pages(Open):
    model = Author
    url_base = "paged"
    open_in = {"delete": "page"}


class Elsewhere(Authors):
    url_base = "elsewhere"

    def form_valid(self, form):
        return HttpResponseRedirect("/elsewhere/?saved")


urlpatterns = [
    path("books/", include(Books.get_urls())),
    path("authors/", include(Authors.get_urls())),
    path("paged/", include(Pages.get_urls())),
    path("elsewhere/", include(Elsewhere.get_urls())),
]


@pytest.fixture(autouse=True)
def site(settings):
    settings.ROOT_URLCONF = __name__


@pytest.fixture
def ask(client):
    """Return a page as the script asks for it."""
    return lambda url, method="get", data=None: getattr(client, method)(url, data, headers=PART)


def opening(page, part):
    return {e.get("data-pc-open") for e in page.all(part)}


class TestLinks:
    def test_they_open_as_the_view_says(self, client):
        book = Book.objects.create(title="T", author=Author.objects.create(name="A"))
        page = Page(client.get("/books/"))
        title, author, status = (page.cell(label) for label in ("Title", "Author", "Status"))

        assert {"dialog"} == opening(page, "action-create")
        assert {"drawer"} == opening(page, "action-update")
        assert {"dialog"} == opening(page, "action-delete")
        assert ["dialog"] == [e.get("data-pc-open") for e in title.iter("a")]
        assert ["drawer"] == [e.get("data-pc-open") for e in author.iter("a")]
        assert [] == list(status.iter("a"))
        detail = Page(client.get(f"/books/{book.pk}/"))
        assert {"drawer"} == opening(detail, "action-update")
        assert [""] == [e.get("data-pc-leave") for e in detail.all("action-delete")]

    def test_an_empty_list_offers_the_same(self, client):
        page = Page(client.get("/books/"))

        assert ["dialog", "dialog"] == [e.get("data-pc-open") for e in page.all("action-create")]

    def test_only_a_deletion_does_by_default(self, client):
        Author.objects.create(name="A")
        page, paged = Page(client.get("/authors/")), Page(client.get("/paged/"))

        assert {None} == opening(page, "action-create") | opening(page, "action-update")
        assert {"dialog"} == opening(page, "action-delete")
        assert {None} == opening(paged, "action-delete")


class TestPages:
    @pytest.mark.parametrize("path", ["", "new/", "{pk}/", "{pk}/edit/", "{pk}/delete/"])
    def test_each_says_what_it_shows_and_brings_the_moulds(self, client, ask, path):
        """
        The script gets the same page, without the site around it and without the moulds.
        """
        url = f"/authors/{path}".format(pk=Author.objects.create(name="A").pk)
        whole, bare = Page(client.get(url)), Page(ask(url))

        for page in (whole, bare):
            (shown,) = [e for e in page.root.iter() if e.get("data-pc-page") is not None]
            assert (shown.get("data-pc-part") or "").endswith("-page")
        for part in ("dialog", "dialog-close", "dialog-messages", "dialog-content", "confirmation"):
            assert whole.has(part) and not bare.has(part)
        assert whole.one("dialog").get("open") is None
        assert "" == text_of(whole.one("dialog-content")) + text_of(whole.one("dialog-messages"))
        assert "pc-skip" in whole.html and "pc-skip" not in bare.html

    def test_leaving_links_close_a_dialog(self, client):
        url = f"/authors/{Author.objects.create(name='A').pk}"
        pages = [Page(client.get(url + end)) for end in ("/edit/", "/delete/")]

        assert ["", ""] == [page.one("cancel").get("data-pc-dismiss") for page in pages]

    def test_a_form_is_guarded_and_one_with_errors_is_unsaved(self, client):
        fresh, failed = Page(client.get("/authors/new/")), Page(client.post("/authors/new/"))

        assert ["", "unsaved"] == [p.one("form").get("data-pc-guard") for p in (fresh, failed)]
        assert ["", ""] == [p.one("form").get("data-pc-send") for p in (fresh, failed)]

    def test_a_question_is_sent_but_not_guarded(self, client):
        page = Page(client.get(f"/authors/{Author.objects.create(name='A').pk}/delete/"))

        assert "" == page.one("delete-form").get("data-pc-send")
        assert page.one("delete-form").get("data-pc-guard") is None

    def test_a_refusal_says_why_in_one_place(self, client):
        page = Page(client.get("/authors/0/"))

        reason = page.one("notice-page").get("data-pc-reason")
        assert "It may have been deleted, or you may not see it." == reason

    def test_the_sign_in_page_leads_back(self, client, settings):
        settings.LOGIN_URL = "/in/?from=here"
        mould = Page(client.get("/authors/new/")).one("dialog")
        assert "/in/?from=here&next=%2Fauthors%2F" == mould.get("data-pc-sign-in")
        settings.LOGIN_URL = "no-such-name"
        mould = Page(client.get("/authors/new/")).one("dialog")

        assert "/authors/" == mould.get("data-pc-sign-in")


class TestOutcomes:
    def test_a_redirect_is_spelled_out_for_the_script(self, client, ask):
        """
        Followed by the browser it would use up the message that the list is to show.
        """
        answer = ask("/authors/new/", "post", {**FORM, "next": "/authors/?q=a"})

        assert (204, "/authors/?q=a") == (answer.status_code, answer["X-PC-Location"])
        assert "Location" not in answer and b"" == answer.content
        assert "Created author “Čapek”." in Page(client.get("/authors/")).text("messages")

    def test_for_everybody_else_it_is_a_redirect(self, client):
        answer = client.post("/authors/new/", FORM)

        assert (302, "/authors/") == (answer.status_code, answer["Location"])
        assert "X-PC-Location" not in answer

    def test_a_project_s_own_answer_is_spelled_out_too(self, ask):
        answer = ask("/elsewhere/new/", "post", FORM)

        assert "/elsewhere/?saved" == answer["X-PC-Location"]
        assert "X-PC-Events" not in answer

    def test_a_sign_in_page_stays_a_redirect(self, settings):
        settings.ROOT_URLCONF = "tests.urls"
        answer = Client().post("/authors/new/", FORM, headers=PART)

        assert (302, "/login/?next=/authors/new/") == (answer.status_code, answer["Location"])

    @pytest.mark.parametrize("path", ["new/", "{pk}/edit/"])
    def test_what_was_saved_is_named(self, ask, client, path):
        pk = Author.objects.create(name="A").pk
        url = f"/authors/{path}".format(pk=pk)
        answer = ask(url, "post", {**FORM, **seen(client, url)})
        saved = Author.objects.get(name="Čapek")

        told = {"pc:accept": {"value": str(saved.pk), "label": "Čapek"}}
        assert told == json.loads(answer["X-PC-Events"])
        assert answer["X-PC-Events"].isascii()

    def test_a_long_name_fits_into_a_header(self, ask):
        answer = ask("/authors/new/", "post", {"name": "Ł" * 100})

        assert 100 >= len(json.loads(answer["X-PC-Events"])["pc:accept"]["label"])
        assert 1000 > len(answer["X-PC-Events"])

    def test_errors_and_deletions(self, ask, client):
        url = f"/authors/{Author.objects.create(name='A').pk}/delete/"
        invalid = ask("/authors/new/", "post", {})
        deleted = ask(url, "post", seen(client, url))

        assert (422, False) == (invalid.status_code, "X-PC-Events" in invalid)
        assert (204, "/authors/") == (deleted.status_code, deleted["X-PC-Location"])
