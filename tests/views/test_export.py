"""Exporting a list: the page that asks, the file, and who gets what."""

import csv
import io
import json

import pytest

from powercrud_core import Column
from powercrud_core.exports import Export
from powercrud_core.permissions import AllowAny, ModelPermissions
from powercrud_core.selection import Selection
from tests.library.models import Author, Book
from tests.views.pages import Page

pytestmark = pytest.mark.django_db

COLUMNS = ["title", "author", "price"]


@pytest.fixture
def url(screen, books):
    """Return the address of a list of three books that can be exported."""
    books("Anna", "Bob", "Cid", price=5)
    Book.objects.filter(title="Bob").update(price=1)
    return screen(Book, columns=COLUMNS, export=Export(), ordering=["title"])


def text_of_file(response):
    return b"".join(response.streaming_content).decode("utf-8-sig")


def table_of(response):
    return list(csv.reader(io.StringIO(text_of_file(response))))


def titles(response):
    return [row[0] for row in table_of(response)[1:]]


class TestPage:
    def test_the_list_leads_to_it_in_its_state(self, client, url, pack):
        page = Page(client.get(f"{url}?price_min=2&sort=-title"))

        assert f"{url}export/?price_min=2&sort=-title" == page.one("action-export").get("href")

    def test_it_asks_for_rows_columns_and_format(self, client, url, pack):
        page = Page(client.get(f"{url}export/"))

        assert 200 == page.status
        names = {e.get("name") for e in page.root.iter("input")}
        assert {"_format", "_scope", "_values", "_column_title", "_column_price"} <= names
        assert "csrfmiddlewaretoken" not in names

    def test_its_form_keeps_the_state(self, client, url):
        page = Page(client.get(f"{url}export/?price_min=2&sort=-title"))
        sent = {e.get("name"): e.get("value") for e in page.root.iter("input")}

        assert ("2", "-title") == (sent["price_min"], sent["sort"])

    def test_chosen_rows_are_sent_there(self, client, url):
        """
        The bar's button sends what was ticked; the page then offers the chosen rows first.
        """
        page = Page(client.get(f"{url}?price_min=2&sort=-title"))
        button = page.one("bulk-export")
        assert f"{url}export/?price_min=2" == button.get("formaction")
        keys = [box.get("value") for box in page.all("row-select")]

        asked = Page(client.post(button.get("formaction"), {"pk": keys[:1]}))
        assert "The chosen rows" in asked.text("export-form")

    def test_all_that_match_can_be_chosen(self, client, url):
        page = Page(client.post(f"{url}export/?price_min=2", {"all": "1"}))
        (token,) = page.sent("export-form")["_selection"]
        address = f"{url}export/?_format=csv&_scope=chosen&_selection={token}"

        assert titles(client.get(f"{url}export/?_format=csv&price_min=2")) == titles(
            client.get(f"{address}&price_min=2")
        )

    def test_without_an_export_there_is_none(self, client, screen, book):
        url = screen(Book)

        assert 404 == client.get(f"{url}export/").status_code
        assert not Page(client.get(url)).has("action-export")


class TestFile:
    def test_an_address_alone_gives_all_that_match(self, client, url):
        response = client.get(f"{url}export/?_format=csv&price_min=2&sort=-title")

        assert [
            ["Title", "Author", "Price"],
            ["Cid", "Ursula", "5.00"],
            ["Anna", "Ursula", "5.00"],
        ] == (table_of(response))
        assert response["Content-Disposition"].startswith('attachment; filename="books-')
        assert "private" in response["Cache-Control"]

    def test_columns_come_by_their_numbers(self, client, url):
        asked = "_column_title=2&_column_price=1&_column_author="
        response = client.get(f"{url}export/?_format=csv&{asked}")

        assert ["Price", "Title"] == table_of(response)[0]

    def test_values_may_be_what_is_stored(self, client, url, author):
        response = client.get(f"{url}export/?_format=json&_values=raw")

        assert {"title": "Anna", "author": author.pk, "price": "5.00"} == (
            json.loads(text_of_file(response))[0]
        )

    def test_one_page_can_be_taken(self, client, screen, books):
        books(30)
        url = screen(Book, export=Export(), ordering=["title"])
        response = client.get(f"{url}export/?_format=csv&_scope=page&page=2")

        assert [f"Book {n:03}" for n in range(26, 31)] == titles(response)

    def test_a_search_narrows(self, client, url):
        assert ["Bob"] == titles(client.get(f"{url}export/?_format=csv&q=bob"))

    def test_it_streams_with_a_constant_number_of_queries(self, client, url, books, queries):
        def ask():
            titles(client.get(f"{url}export/?_format=csv"))

        before = queries(ask)
        books(200)

        assert before == queries(ask)

    @pytest.mark.parametrize("name", ["csv", "xlsx", "json"])
    def test_head_asks_for_nothing_more(self, client, url, name):
        assert 200 == client.head(f"{url}export/?_format={name}").status_code


class TestSelection:
    def chosen(self, *books):
        return Selection(tuple(str(book.pk) for book in books)).dumps("/here/")

    def test_chosen_rows_come_by_their_signed_text(self, client, url):
        token = self.chosen(*Book.objects.filter(title__in=["Cid", "Anna"]))
        response = client.get(f"{url}export/?_format=csv&_scope=chosen&_selection={token}")

        assert ["Anna", "Cid"] == titles(response)

    def test_ticked_boxes_lead_to_the_page_with_them(self, client, url):
        book = Book.objects.get(title="Bob")
        page = Page(client.post(f"{url}export/", {"pk": book.pk}))
        sent = {e.get("name"): e.get("value") for e in page.root.iter("input")}

        assert 200 == page.status
        address = f"{url}export/?_format=csv&_scope=chosen&_selection={sent['_selection']}"
        assert ["Bob"] == titles(client.get(address))

    def test_a_long_selection_is_posted(self, client, url, books):
        many = books(2000)
        page = Page(client.post(f"{url}export/", {"selected": ",".join(str(b.pk) for b in many)}))
        form = page.one("export-form")
        sent = {e.get("name"): e.get("value") for e in form.iter("input")}

        assert "post" == form.get("method")
        data = {"_format": "csv", "_scope": "chosen", "_selection": sent["_selection"]}
        assert 2000 == len(titles(client.post(form.get("action"), data)))

    @pytest.mark.parametrize("token", ["nonsense", "a:b:c", ""])
    def test_a_forged_one_is_refused_or_nothing(self, client, url, token):
        response = client.get(f"{url}export/?_format=csv&_scope=chosen&_selection={token}")

        assert response.status_code in (400, 422)

    def test_one_of_another_list_is_refused(self, client, url):
        token = Selection(("1",)).dumps("/elsewhere/")

        assert 400 == client.get(f"{url}export/?_format=csv&_selection={token}").status_code


class TestRefusals:
    @pytest.mark.parametrize(
        "query",
        [
            "_format=exe", "_format=csv&_scope=all", "_format=csv&_values=x",
            "_format=csv&_column_title=x", "_format=csv&_column_title=-1",
            "_format=csv&_column_title=&_column_author=&_column_price=",
            "_format=csv&price_min=abc", "_format=csv&nonsense=1",
        ],
    )  # fmt: skip
    def test_what_makes_no_sense_is_said(self, client, url, query):
        page = Page(client.get(f"{url}export/?{query}"))

        assert 422 == page.status
        assert page.has("error-summary")

    def test_too_many_rows_are_refused(self, client, screen, books):
        books(3)
        url = screen(Book, export=Export(max_rows=2))
        page = Page(client.get(f"{url}export/?_format=csv"))

        assert 422 == page.status
        assert "at most 2 rows" in page.text("error-summary")
        assert 200 == client.get(f"{url}export/?_format=csv&q=Book 001").status_code


class TestPermissions:
    def test_who_may_not_see_the_list_gets_nothing(self, client_for, permissions, url):
        stranger = client_for().get(f"{url}export/?_format=csv")
        other = client_for(permissions("add_book")).get(f"{url}export/?_format=csv")

        assert (302, 403) == (stranger.status_code, other.status_code)

    def test_rows_and_columns_are_those_of_the_policy(self, client_for, permissions, screen, books):
        class Narrow(ModelPermissions):
            def rows(self, user, action, queryset):
                return queryset.filter(title__lt="C")

            def fields(self, user, action, obj=None):
                return ["title"]

        books("Anna", "Bob", "Cid")
        url = screen(
            Book,
            columns=["title", "price"],
            permission_policy=Narrow,
            export=Export(columns=["title", "author__name", Column("p", accessor="price")]),
        )
        client = client_for(permissions("view_book"))
        everybody = Selection(tuple(str(b.pk) for b in Book.objects.all())).dumps(url)

        assert [["Title"], ["Anna"], ["Bob"]] == table_of(client.get(f"{url}export/?_format=csv"))
        assert [["Title"], ["Anna"], ["Bob"]] == table_of(
            client.get(f"{url}export/?_format=csv&_scope=chosen&_selection={everybody}")
        )
        assert ["Title"] == table_of(
            client.get(f"{url}export/?_format=csv&_column_p=1&_column_title=2")
        )[0]

    def test_the_queryset_of_the_view_is_the_boundary(self, client, screen, books):
        books("Anna", "Bob")
        url = screen(Book, queryset=Book.objects.filter(title="Bob"), export=Export())

        assert ["Bob"] == titles(client.get(f"{url}export/?_format=csv"))

    def test_what_is_open_is_open(self, client_for, screen, books):
        books("Anna")
        url = screen(Author, permission_policy=AllowAny, export=Export())

        assert ["Ursula"] == titles(client_for().get(f"{url}export/?_format=csv"))


def test_formulas_are_neutralised_unless_declared(client, screen, books):
    books("=HYPERLINK(1)")
    safe = screen(Book, at="safe/", export=Export())
    bare = screen(Book, at="bare/", export=Export(escape_formulas=False))

    assert ["'=HYPERLINK(1)"] == titles(client.get(f"{safe}export/?_format=csv"))
    assert ["=HYPERLINK(1)"] == titles(client.get(f"{bare}export/?_format=csv"))
