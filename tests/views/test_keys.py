"""Objects whose keys are numbers, UUIDs, slugs, any text, or made of two columns."""

import uuid

import pytest

from tests.library.models import Author, Book, Copy, Genre, Loan, Shelf
from tests.views.pages import Page, seen, text_of

pytestmark = pytest.mark.django_db

TEXTS = [
    "plain",
    "with space",
    "a/b",
    "/",
    "//",
    "new",
    "choices",
    "bulk",
    "jobs",
    ".",
    "..",
    "../..",
    "%2F",
    "100%",
    "a%20b",
    "_",
    "__",
    "_2F",
    "a_b",
    "a?b=c&d#e",
    "a@b+c",
    "~tilde",
    "Ünï©ødé ✓",
    "日本",
    "<b>",
    "\"'",
    "a,b",
    "a\\b",
    "(x);y:z!*$",
    "a\nb",
    " ",
    "",
    "edit",
    "0",
]


def make_text(key):
    return "/genres/", Genre.objects.create(code=key, name="The one")


def make_number(key):
    return "/authors/", Author.objects.create(pk=key, name="The one")


def make_uuid(key):
    book = Book.objects.create(title="T", author=Author.objects.create(name="A"))
    return "/copies/", Copy.objects.create(pk=key, book=book, shelf="here")


def make_slug(key):
    return "/shelves/", Shelf.objects.create(slug=key, room="The one")


def make_pair(key):
    return "/loans/", Loan.objects.create(reader=key[0], number=key[1])


KEYS = [
    *((make_text, key) for key in TEXTS),
    (make_number, 1),
    (make_number, 2**62),
    (make_uuid, uuid.UUID("12345678-1234-4678-9234-567812345678")),
    (make_slug, "first-floor"),
    (make_slug, "new"),
    *((make_pair, (reader, 3)) for reader in ("Ada", "a,b", "a\\,b", "a\\", "x/y z", "new", "")),
]


class TestRoundTrip:
    @pytest.mark.parametrize(("make", "key"), KEYS)
    def test_the_lists_links_lead_to_the_object_and_its_forms(self, client, make, key):
        """
        Whatever the key is, what the list links to shows, edits and deletes that very object.
        """
        url, obj = make(key)
        page = Page(client.get(url))
        (row,) = page.all("row")
        detail = page.links(page.all("cell", row)[0])[0].get("href")
        edit = page.all("action-update", row)[0].get("href")
        delete = page.all("action-delete", row)[0].get("href")

        shown = Page(client.get(detail))
        assert (200, str(obj)) == (shown.status, "".join(shown.root.find(".//h1").itertext()))
        assert 200 == client.get(edit).status_code
        form = Page(client.get(edit))
        assert 302 == client.post(edit, form.sent("form")).status_code
        assert 1 == type(obj).objects.count()
        assert 302 == client.post(delete, seen(client, delete)).status_code
        assert not type(obj).objects.exists()

    def test_every_row_of_a_page_has_its_own_links(self, client):
        """
        The links of all rows are made from those of the first: its key must not leak into others.
        """
        for text in TEXTS:
            Genre.objects.create(code=text, name=f"n{text}")
        page = Page(client.get("/genres/?page_size=100"))

        for row in page.all("row"):
            code, _ = page.all("cell", row)
            shown = Page(client.get(page.links(code)[0].get("href")))
            assert page.links(code) and 200 == shown.status
            written = text_of(shown.all("detail-field")[0].find("dd"))
            assert text_of(code).replace(" ", "") == written.replace(" ", "")

    def test_the_tail_of_one_key_does_not_hide_in_another(self, client):
        """
        Keys that look like our own URL's end.
        """
        for code in ("edit", "delete", "a/edit/", "1/edit"):
            Genre.objects.create(code=code, name=code)
        page = Page(client.get("/genres/"))

        for link in page.all("action-update"):
            assert 200 == client.get(link.get("href")).status_code


class TestKeysThatAreNobodys:
    @pytest.mark.parametrize(
        "url",
        [
            "/books/0/",
            "/books/99/",
            "/books/-1/",
            "/books/abc/",
            "/books/1.0/",
            "/books/%31%00/",
            f"/books/{10**30}/",
            f"/books/{10**30}/edit/",
            f"/books/{10**30}/delete/",
            f"/books/{2**63}/",
            f"/books/{'9' * 5000}/",
            "/copies/nonsense/",
            "/copies/12345678-1234-4678-9234-567812345678/",
            "/genres/nobody/",
            "/genres/_/",
            "/genres/_zz/",
            "/genres/_FF/",
            "/genres/_4/",
            "/genres/_00/",
            "/genres/" + "x" * 5000 + "/",
            "/loans/Ada/",
            "/loans/Ada_2Cx/",
            "/loans/Ada_2C1_2C2/",
            f"/loans/Ada_2C{10**30}/",
            "/loans/_2C/",
            "/loans/_5C/",
        ],
    )
    def test_a_key_that_cannot_exist_is_not_found(self, client, url):
        assert 404 == client.get(url).status_code

    def test_what_is_not_found_says_so_on_a_page_of_the_site(self, client):
        page = Page(client.get("/books/99/"))

        assert "missing" == page.state()
        assert "/books/" == page.href("Back to the list")

    @pytest.mark.parametrize("tail", ["", "edit/", "delete/"])
    @pytest.mark.parametrize("method", ["get", "post"])
    def test_an_object_that_is_gone_meanwhile_is_not_found(self, client, book, tail, method):
        url = f"/books/{book.pk}/{tail}"
        book.delete()
        status = getattr(client, method)(url).status_code

        assert (405 if method == "post" and not tail else 404) == status


class TestTheKeyItself:
    @pytest.mark.parametrize(
        ("make", "key", "name"),
        [(make_text, "old", "code"), (make_slug, "old", "slug"), (make_pair, ("old", 1), "reader")],
    )
    def test_editing_never_makes_a_second_object(self, client, make, key, name):
        """
        A form that changes the primary key would save a copy and leave the old object.
        """
        url, obj = make(key)
        edit = Page(client.get(url)).one("action-update").get("href")
        form = Page(client.get(edit)).sent("form")
        client.post(edit, {**form, name: "changed"})

        assert [key] == list(type(obj).objects.values_list("pk", flat=True))

    def test_a_key_can_be_typed_for_a_new_object(self, client, db):
        client.post("/genres/new/", {"code": "a/b c", "name": "Slashed"})

        assert ["a/b c"] == list(Genre.objects.values_list("pk", flat=True))
