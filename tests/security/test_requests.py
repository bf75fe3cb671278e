"""Requests that no page of ours sends: forged, redirected, huge, odd; none of them an error."""

import pytest

from powercrud_core.permissions import AllowAny
from tests.library.models import Book
from tests.security.conftest import state
from tests.views.pages import Page, seen

pytestmark = pytest.mark.django_db

POSTS = [
    "new/",
    "{pk}/edit/",
    "{pk}/delete/",
    "{pk}/row/edit/",
    "{pk}/do/lend/",
    "{pk}/do/rename/",
    "bulk/update/",
    "bulk/delete/",
    "bulk/lend/",
    "choices/author/",
    "export/",
]
GETS = [*POSTS, "", "{pk}/", "{pk}/row/"]
EVIL = [
    "//evil.example/",
    "https://evil.example/",
    "/\\evil.example",
    "\\\\evil.example",
    "javascript:alert(1)",
    "/%09/evil.example",
    "\t//evil.example",
    "/\t/evil.example",
    "///evil.example",
    "http:evil.example",
    "//[",
    "evil.example",
    "",
]
ODD = [
    "\x00",
    "9" * 5000,
    "-1",
    "٣",
    "1.5",
    "1e999",
    "nan",
    "[]",
    "null",
    "é" * 3000,
    "%",
    "''",
    "\\",
]


class TestForgery:
    @pytest.mark.parametrize("tail", POSTS)
    def test_a_post_without_a_token_is_refused(self, client_for, editor, url, draft, tail):
        client, before = client_for(editor, enforce_csrf_checks=True), state()
        data = {"title": "Forged", "pk": draft.pk, "all": "1", "_step": "apply"}

        assert 403 == client.post(url + tail.format(pk=draft.pk), data).status_code
        assert before == state()

    @pytest.mark.parametrize("tail", GETS)
    @pytest.mark.parametrize("method", ["get", "head", "options"])
    def test_looking_changes_nothing(self, client, url, draft, tail, method):
        before = state()
        data = {
            "title": "Forged",
            "author": draft.author_id,
            "pk": draft.pk,
            "all": "1",
            "_step": "apply",
            "_field": "title",
            "mode-title": "set",
            **seen(client, f"{url}{draft.pk}/edit/"),
        }
        answer = getattr(client, method)(url + tail.format(pk=draft.pk), data)

        assert answer.status_code < 500
        assert before == state()

    @pytest.mark.parametrize("tail", GETS)
    @pytest.mark.parametrize("method", ["put", "patch", "delete", "trace"])
    def test_a_method_that_is_not_known_is_not_allowed(self, client, url, draft, tail, method):
        before = state()
        answer = getattr(client, method)(url + tail.format(pk=draft.pk))

        assert 405 == answer.status_code
        assert before == state()

    def test_a_method_cannot_be_smuggled(self, client, url, draft):
        headers = {"x-http-method-override": "DELETE"}
        client.post(f"{url}{draft.pk}/", {"_method": "DELETE"}, headers=headers)

        assert Book.objects.filter(pk=draft.pk).exists()


class TestRedirects:
    @pytest.mark.parametrize("next_", EVIL)
    @pytest.mark.parametrize("tail", ["{pk}/edit/", "{pk}/row/edit/", "{pk}/delete/"])
    def test_no_way_back_leads_out_of_the_site(self, client, url, draft, next_, tail):
        at = url + tail.format(pk=draft.pk)
        sent = {"title": "Draft", "author": draft.author_id, "price": "5", "notes": ""}
        answer = client.post(at, {**sent, **seen(client, at), "next": next_})

        assert 302 == answer.status_code
        assert url == answer["Location"] or answer["Location"].startswith("/%09")
        assert not answer["Location"].startswith(("//", "/\\"))

    @pytest.mark.parametrize("next_", EVIL)
    @pytest.mark.parametrize("tail", GETS)
    def test_no_link_leads_out_of_the_site(self, client, url, draft, next_, tail):
        page = client.get(url + tail.format(pk=draft.pk), {"next": next_, "_host": next_})
        if page.status_code in (200, 404):
            bad = [
                link.get("href")
                for link in Page(page).links()
                if not link.get("href").startswith(("/", "?", "#"))
                or link.get("href").startswith(("//", "/\\"))
            ]
            assert [] == bad

    @pytest.mark.parametrize("next_", EVIL)
    def test_an_operation_leads_back_to_the_list(self, client, url, draft, next_):
        page = Page(client.post(f"{url}bulk/delete/", {"pk": draft.pk, "next": next_}))
        sent = {**page.sent("operation-form"), "_step": "apply", "next": next_}
        there = client.post(f"{url}bulk/delete/", sent)["Location"]

        assert there.startswith("/") and not there.startswith(("//", "/\\"))

    def test_signing_in_leads_back_to_a_path(self, client_for, url, draft):
        answer = client_for().get(f"{url}?next=//evil.example/")

        assert answer["Location"].startswith("/login/?next=/drafts/")


class TestOddities:
    @pytest.mark.parametrize("value", ODD)
    @pytest.mark.parametrize(
        "name", ["page", "page_size", "sort", "q", "author", "price_min", "status", "next", "_q"]
    )
    def test_a_list_with_an_odd_parameter_is_a_page(self, client, url, draft, name, value):
        assert client.get(url, {name: value}).status_code in (200, 302)
        assert client.get(url, {name: [value, value]}).status_code in (200, 302)

    @pytest.mark.parametrize("value", ODD)
    def test_a_form_with_odd_values_is_a_form(self, client, url, draft, value):
        names = (
            "title",
            "author",
            "price",
            "notes",
            "_seen",
            "_field",
            "_refresh",
            "_refill",
            "_validate",
            "next",
            "_take_price",
            "_prefix",
        )
        data = dict.fromkeys(names, value)
        for tail in ("new/", "{pk}/edit/", "{pk}/row/edit/", "{pk}/delete/"):
            answer = client.post(url + tail.format(pk=draft.pk), data)
            assert answer.status_code in (200, 302, 404, 409, 422), tail

    @pytest.mark.parametrize("value", ODD)
    def test_an_operation_with_odd_values_is_a_page(self, client, url, draft, value):
        names = ("mode-price", "price", "mode-author", "author", "_typed", "_notes", "next")
        data = {"pk": draft.pk, "_step": "preview", **dict.fromkeys(names, value)}
        for operation in ("update", "delete", "lend", "rename", value.strip("%\x00\\[]'") or "x"):
            answer = client.post(f"{url}bulk/{operation}/", {**data, "prefix": value})
            assert answer.status_code in (200, 302, 404, 409, 422), operation

    @pytest.mark.parametrize("value", ODD)
    @pytest.mark.parametrize("name", ["_q", "_page", "_selected", "_prefix", "_host", "author"])
    def test_choices_with_odd_parameters_are_a_page(self, client, url, draft, name, value):
        for accept in ("text/html", "application/json", value.replace("\x00", "")[:20]):
            headers = {"accept": accept.encode("ascii", "replace").decode()}
            at = f"{url}choices/author/"
            assert 200 == client.get(at, {name: value}, headers=headers).status_code
            data = {name: value, "_origin": f"{url}{draft.pk}/edit/"}
            assert 200 == client.post(at, data, headers=headers).status_code

    def test_too_large_a_request_is_refused(self, client, url, draft):
        before = state()
        body = "title=" + "x" * 3_000_000
        kind = "application/x-www-form-urlencoded"
        for tail in POSTS:
            answer = client.post(url + tail.format(pk=draft.pk), body, content_type=kind)
            assert 400 == answer.status_code, tail
        assert before == state()

    @pytest.mark.parametrize("kind", ["application/json", "text/plain", "multipart/form-data", "x"])
    def test_a_body_of_another_kind_is_no_form(self, client, url, draft, kind):
        before = state()
        for tail in POSTS:
            at = url + tail.format(pk=draft.pk)
            answer = client.generic("POST", at, b'{"title": "Forged"}', content_type=kind)
            assert answer.status_code < 500, tail
        assert before == state()

    def test_a_text_that_is_too_long_is_refused(self, client, url, draft):
        answer = client.post(f"{url}new/", {"title": "x" * 201, "author": draft.author_id})

        assert 422 == answer.status_code

    @pytest.mark.parametrize("size", ["1000000", "0", "-5", "all", "9" * 30])
    def test_a_page_is_never_larger_than_offered(self, client, url, books, size):
        books(300)

        assert 100 >= len(Page(client.get(url, {"page_size": size})).rows())

    @pytest.mark.parametrize(
        "name",
        [
            "author__name",
            "author__born",
            "id",
            "pk",
            "genres__name",
            "copies__shelf",
            "author__books__title__startswith",
        ],
    )
    def test_no_relation_can_be_asked_for(self, client, url, draft, name):
        for parameter in (name, f"{name}__startswith", f"{name}__regex"):
            page = Page(client.get(url, {parameter: "Z"}))
            assert 1 == len(page.rows())
        assert 1 == len(Page(client.get(url, {"sort": name})).rows())


class TestText:
    SCRIPT = "<script>alert(1)</script>"

    def test_no_message_or_reason_runs_anything(self, client, screen, draft, pack):
        class Rude(AllowAny):
            def allows(self, user, action, obj=None):
                return action != "delete"

            def reason(self, user, action, obj=None):
                return f"R{TestText.SCRIPT}"

        Book.objects.update(title=f"T{self.SCRIPT}")
        url = screen(Book, permission_policy=Rude, fields=["title"], columns=["title"])
        at = f"{url}{draft.pk}/edit/"
        refused = client.get(f"{url}{draft.pk}/delete/").content.decode()
        client.post(at, Page(client.get(at)).sent("form"))
        told = client.get(url).content.decode()

        assert "R&lt;script" in refused and "Saved book" in told
        assert self.SCRIPT not in refused + told

    @pytest.mark.parametrize("tail", ["", "new/", "export/", "choices/author/", "bulk/update/"])
    def test_nothing_of_an_address_runs(self, client, url, draft, tail, pack):
        names = ("q", "sort", "author", "price_min", "next", "_host", "_q", "x", "selection")
        page = client.get(url + tail, dict.fromkeys(names, f'"{self.SCRIPT}'), follow=True)

        assert self.SCRIPT not in page.content.decode()

    def test_headers_hold_one_line(self, client, url, draft):
        Book.objects.update(title="a\r\nSet-Cookie: x=1")
        at = f"{url}{draft.pk}/edit/"
        answer = client.post(at, {**Page(client.get(at)).sent("form"), "title": "b\r\nX: 1"})

        assert all("\n" not in value for value in answer.headers.values())
