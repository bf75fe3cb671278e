"""What every page and every answer owes to the web: CSRF, CSP, caching, whole pages."""

import re

import pytest

from tests.library.models import Author, Book, Copy
from tests.views.pages import Page, seen, text_of

pytestmark = pytest.mark.django_db

PAGES = {
    "list": "/books/",
    "filtered": "/books/?author=1&q=book&sort=-title&page=2&price_min=0",
    "invalid": "/books/?price_min=x&nonsense=1",
    "unmatched": "/books/?q=nobody",
    "detail": "/books/1/",
    "create": "/books/new/",
    "update": "/books/1/edit/",
    "delete": "/books/1/delete/",
    "collateral": "/authors/1/delete/",
    "protected": "/books/2/delete/",
    "choices": "/books/choices/author/",
    "missing": "/books/999/",
    "two lists": "/both/?a-q=b",
    "keys of two columns": "/loans/",
}


@pytest.fixture
def site(db, settings):
    """Fill the site so that every kind of page has something to show."""
    author = Author.objects.create(pk=1, name="Ursula")
    Author.objects.bulk_create(Author(name=f"A{n}") for n in range(120))
    Book.objects.bulk_create(
        Book(pk=n, title=f"Book {n}", author=author, price=n) for n in range(1, 60)
    )
    Copy.objects.create(book_id=2, shelf="here")


class TestPages:
    @pytest.mark.parametrize("name", PAGES)
    def test_nothing_in_it_runs_or_styles_inline(self, client, site, name, pack):
        """
        A page must be served with `default-src 'self'`.
        """
        html = client.get(PAGES[name]).content.decode()

        assert [] == re.findall(r"<script(?![^>]*\ssrc=)[^>]*>", html)
        assert [] == re.findall(r"<style|\sstyle\s*=|javascript:|<iframe|<object|<base", html)
        assert [] == re.findall(r"<[^>]*\son[a-z]+\s*=", html)
        sources = re.findall(r"<(?:script|link|img|use)[^>]*(?:src|href)=\"([^\"]*)\"", html)
        assert [] == [s for s in sources if not s.startswith(("/static/", "#"))]

    @pytest.mark.parametrize("name", PAGES)
    def test_it_is_whole_and_its_ids_are_unique(self, client, site, name, pack):
        page = Page(client.get(PAGES[name]))
        ids = [e.get("id") for e in page.root.iter() if e.get("id")]

        assert sorted(set(ids)) == sorted(ids)
        assert 1 == len(list(page.root.iter("main")))
        assert name == "two lists" or 1 == len(list(page.root.iter("h1")))
        assert text_of(page.root.find(".//title"))
        for attribute in ("for", "form", "aria-describedby", "aria-labelledby", "aria-controls"):
            wanted = {
                id
                for e in page.root.iter()
                for id in (e.get(attribute) or "").split()
                if isinstance(e.tag, str)
            }
            assert wanted <= set(ids), attribute

    @pytest.mark.parametrize("name", PAGES)
    def test_every_link_of_it_leads_somewhere(self, client, site, name):
        page = Page(client.get(PAGES[name]))
        urls = {link.get("href").split("#")[0] for link in page.links()}
        for url in sorted(urls)[:40]:
            if url.startswith("/") and not url.startswith("/static/"):
                assert client.get(url).status_code in (200, 302)

    @pytest.mark.parametrize("name", PAGES)
    def test_it_is_html_without_errors(self, client, site, name, pack):
        import html5lib

        parser = html5lib.HTMLParser(strict=False)
        parser.parse(client.get(PAGES[name]).content.decode())
        errors = [code for _, code, _ in parser.errors]

        assert [] == errors


class TestForgery:
    @pytest.mark.parametrize(
        "url", ["/books/new/", "/books/1/edit/", "/books/1/delete/", "/books/choices/author/"]
    )
    def test_a_form_of_another_site_is_refused(self, client_for, editor, site, url):
        client = client_for(editor, enforce_csrf_checks=True)
        data = {"title": "Forged", "author": 1, "status": "draft", "pages": 1}

        assert 403 == client.post(url, {**data, "_origin": "/books/new/"}).status_code
        assert 59 == Book.objects.count() and not Book.objects.filter(title="Forged").exists()

    @pytest.mark.parametrize("form", ["form", "delete-form", "choice-form"])
    def test_our_own_forms_carry_the_token(self, client_for, editor, site, form, pack):
        client = client_for(editor, enforce_csrf_checks=True)
        page = Page(client.get("/books/1/edit/"))
        if form == "delete-form":
            page = Page(client.get("/books/1/delete/"))
        if form == "choice-form":
            button = page.one("choose")
            data = {**page.sent("form"), "_origin": button.get("value")}
            page = Page(client.post(button.get("formaction"), data))
        action = page.one(form).get("action")

        assert client.post(action, page.sent(form)).status_code in (200, 302)

    def test_a_filter_form_carries_no_token(self, client, site):
        assert "csrfmiddlewaretoken" not in Page(client.get("/books/")).sent("filter-form")


class TestRequests:
    @pytest.mark.parametrize("url", ["/books", "/books/1", "/books/new"])
    def test_a_missing_slash_is_added(self, client, site, url):
        assert f"{url}/" == client.get(url)["Location"]

    @pytest.mark.parametrize("body", ["{", '{"title": 1}', "\x00", "a=" + "x" * 1000])
    @pytest.mark.parametrize("kind", ["application/json", "text/plain", "multipart/form-data"])
    def test_a_body_of_another_kind_never_fails(self, client, site, body, kind):
        client.raise_request_exception = False
        for url in ("/books/new/", "/books/1/edit/"):
            response = client.post(url, body, content_type=kind)
            assert response.status_code in (400, 409, 422)

    def test_repeated_values_take_the_last(self, client, site):
        client.post("/books/1/edit/", {"title": ["One", "Two"], "author": 1, "status": "draft"})

        assert client.get("/books/1/").status_code == 200

    def test_more_fields_than_allowed_are_a_bad_request(self, client, site):
        client.raise_request_exception = False

        assert 400 == client.post("/books/new/", {f"f{n}": "x" for n in range(1001)}).status_code

    def test_a_list_in_a_namespace_stays_there(self, client, site, settings, route):
        from django.urls import include, path

        from tests.library.views import BookView

        route([path("", include((BookView.get_urls(), "shop"), namespace="shop"))], at="shop/")
        page = Page(client.get("/shop/"))

        assert "/shop/new/" == page.one("action-create").get("href")
        assert page.all("action-update")[0].get("href").startswith("/shop/")
        assert "/shop/" == Page(client.get("/shop/1/")).href("Books")
        response = client.post("/shop/1/delete/", seen(client, "/shop/1/delete/"))
        assert "/shop/" == response["Location"]
        choices = client.post("/shop/choices/author/", {"_origin": "/shop/new/"})
        assert 200 == choices.status_code
        assert 404 == client.post("/shop/choices/author/", {"_origin": "/books/new/"}).status_code
