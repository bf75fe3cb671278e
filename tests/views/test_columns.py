"""The columns of a list: where a value comes from and how it reads."""

import datetime
from decimal import Decimal

import pytest
from django.db.models import Count, F, Value
from django.db.models.functions import Concat, Length

from powercrud_core import Column, CRUDView
from tests.library.models import Anthology, Author, Book, Genre, Jacket, Remark
from tests.views.pages import Page, text_of

pytestmark = pytest.mark.django_db


class TestWhereAValueComesFrom:
    @pytest.mark.parametrize(
        ("column", "shown"),
        [
            ("title", "The Dispossessed"),
            ("author", "Ursula"),
            ("author__name", "Ursula"),
            ("author.born", "Oct. 21, 1929"),
            ("shouted", "THE DISPOSSESSED"),
            ("author_initial", "U"),
            ("__str__", "The Dispossessed"),
            ("jacket", "red"),
            ("jacket.colour", "red"),
            ("copies", "—"),
            ("genres", "Fiction, Utopia"),
            ("genres.name", "Fiction, Utopia"),
            ("author.books", "The Dispossessed"),
            ("author.books.genres", "Fiction, Utopia"),
            ("author.books.pages", "100"),
            ("author.books.status", "Draft"),
            ("author.books.in_print", "Yes"),
            ("author.books.published", "—"),
            ("author.books.author.born", "Oct. 21, 1929"),
            ("author.books.shouted", "THE DISPOSSESSED"),
            ("copies.shelf", "—"),
            ("pk", "7"),
            (Column("initial", accessor=lambda book: book.title[:1]), "T"),
            (Column("x", accessor="author.name", label="Name"), "Ursula"),
            (Column("price", format=lambda price: f"€ {price}"), "€ 9.50"),
        ],
    )
    def test_every_kind_of_source_has_its_value(self, client, screen, author, column, shown):
        """
        Fields, relations forward and backward, properties, methods, functions, a format.
        """
        Author.objects.filter(pk=author.pk).update(born=datetime.date(1929, 10, 21))
        book = Book.objects.create(pk=7, title="The Dispossessed", author=author, price="9.50")
        book.genres.set(Genre.objects.create(code=c, name=c) for c in ("Utopia", "Fiction"))
        Jacket.objects.create(book=book, colour="red")
        url = screen(Book, columns=["id", column])

        assert [shown] == Page(client.get(url)).column(1)

    def test_a_relation_is_followed_to_any_depth(self, client, screen, book):
        Jacket.objects.create(book=book, colour="red")
        url = screen(Jacket, columns=["colour", "book.author.name", "book.author"])

        assert [["red", "Ursula", "Ursula"]] == Page(client.get(url)).rows()

    def test_an_annotation_of_the_queryset_is_a_column_and_sorts(self, client, route, books):
        class Counted(CRUDView):
            model = Author
            url_base = "counted"
            columns = ["name", "number"]

            def get_queryset(self):
                return super().get_queryset().annotate(number=Count("books"))

        books(2)
        Author.objects.create(name="Nobody")
        page = Page(client.get(route(Counted), {"sort": "number"}))

        assert [["Nobody", "0"], ["Ursula", "2"]] == page.rows()

    def test_a_generic_relation_can_be_shown(self, client, screen, book):
        Remark.objects.create(text="Good", target=book)

        assert [["Good", "The Dispossessed"]] == Page(
            client.get(screen(Remark, columns=["text", "target"]))
        ).rows()

    def test_a_relation_that_is_missing_is_empty(self, client, screen, book):
        page = Page(client.get(screen(Book, columns=["title", "jacket", "jacket.colour"])))

        assert [["The Dispossessed", "—", "—"]] == page.rows()

    def test_very_many_related_objects_are_counted(self, client, screen, author):
        anthology = Anthology.objects.create(title="All", editor=author)
        anthology.contributors.set(
            Author.objects.bulk_create(Author(name=f"A{n:02}") for n in range(60))
        )
        page = Page(client.get(screen(Anthology, columns=["title", "contributors"])))

        assert page.rows()[0][1].endswith("A49 and 10 more")


class TestHowAValueReads:
    @pytest.mark.parametrize(
        ("language", "shown"),
        [
            ("en", ["1234.5", "May 4, 1974", "Published", "Yes"]),
            ("de", ["1234,50", "4. Mai 1974", "Published", "Ja"]),
        ],
    )
    def test_numbers_dates_and_booleans_speak_the_language(
        self, client, screen, books, language, shown
    ):
        books(
            "A", price=Decimal("1234.50"), published=datetime.date(1974, 5, 4), status="published"
        )
        url = screen(Book, columns=["title", "price", "published", "status", "in_print"])
        page = Page(client.get(url, headers={"accept-language": language}))
        number, *others = page.rows()[0][1:]

        assert shown[0].rstrip("0") == number.rstrip("0")
        assert shown[1:3] == others[:2]

    def test_a_choice_shows_its_label(self, client, screen, book):
        assert ["Draft"] == Page(client.get(screen(Book, columns=["title", "status"]))).column(1)

    @pytest.mark.parametrize(
        ("value", "shown", "mark"),
        [(True, "Yes", "yes"), (False, "No", "no"), (None, "Unknown", "unknown")],
    )
    def test_a_boolean_is_text_and_a_mark(self, client, value, shown, mark):
        from tests.library.models import Loan

        Loan.objects.create(reader="Ada", number=1, returned=value)
        cell = Page(client.get("/loans/")).cell("Returned")

        assert shown == text_of(cell)
        assert [mark] == [e.get("data-pc-mark") for e in cell.iter() if e.get("data-pc-mark")]

    def test_a_missing_value_is_the_columns_own_sign(self, client, screen, book):
        url = screen(Book, columns=["title", "price", Column("published", empty="not yet")])
        page = Page(client.get(url))

        assert ["—", "not yet"] == page.rows()[0][1:]
        assert page.cell("Price").get("data-empty") is not None

    def test_zero_and_false_are_not_empty(self, client, screen, books):
        books("A", price=0, in_print=False, pages=0)
        page = Page(client.get(screen(Book, columns=["title", "price", "pages", "in_print"])))

        assert ["0.00", "0", "No"] == page.rows()[0][1:]

    def test_a_number_stands_at_the_end_and_says_so(self, client, screen, book):
        page = Page(client.get(screen(Book, columns=["title", "pages"])))

        assert (
            "end" == page.header("Pages").get("data-align") == page.cell("Pages").get("data-align")
        )

    def test_labels_and_help_come_from_the_column_or_the_field(self, client, screen, book):
        columns = ["title", Column("pages", label="Leaves", help_text="Counted twice")]
        page = Page(client.get(screen(Book, columns=columns)))

        assert ["Title", "Leaves (Counted twice)"] == [text_of(h) for h in page.all("header")]


class TestLinks:
    def test_the_first_column_leads_to_the_object(self, client, book):
        assert f"/books/{book.pk}/" == Page(client.get("/books/")).href(book.title)

    def test_the_first_column_stays_plain_when_asked(self, client, screen, book):
        page = Page(client.get(screen(Book, columns=[Column("title", link=False)])))

        assert [] == page.links(page.cell("Title"))

    @pytest.mark.parametrize("role", ["detail", "update"])
    def test_a_column_leads_to_a_role(self, client, screen, book, role):
        page = Page(client.get(screen(Book, columns=["title", Column("pages", link=role)])))
        tail = {"detail": "", "update": "edit/"}[role]

        assert f"/here/{book.pk}/{tail}" == page.href("100")

    def test_addresses_lead_to_themselves(self, client, screen, books):
        books("A", homepage="https://example.org/a?b=1&c=2")
        page = Page(client.get(screen(Book, columns=["title", "homepage"])))

        assert "https://example.org/a?b=1&c=2" == page.href("https://example.org/a?b=1&c=2")

    @pytest.mark.parametrize(
        "address",
        [
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            " javascript:alert(1)",
            "java\nscript:alert(1)",
            "\x01javascript:alert(1)",
            "data:text/html,<script>alert(1)</script>",
            "vbscript:x",
        ],
    )
    def test_an_address_that_would_run_code_is_text_only(self, client, screen, books, address):
        books("A", homepage=address)
        columns = [
            "title",
            "homepage",
            Column("x", accessor="title", label="X", link=lambda book: book.homepage),
        ]
        page = Page(client.get(screen(Book, columns=columns)))

        assert [] == page.links(page.cell("Homepage")) + page.links(page.cell("X"))


class TestSortingOfColumns:
    @pytest.mark.parametrize(
        ("column", "expected"),
        [
            ("title", ["A", "B", "C"]),
            ("author", ["C", "B", "A"]),
            ("author.name", ["C", "B", "A"]),
            (Column("shouted", sort="-title"), ["C", "B", "A"]),
            (Column("shouted", sort=Length("title")), ["A", "B", "C"]),
            (Column("shouted", sort=["pages", "-title"]), ["B", "C", "A"]),
            (Column("shouted", sort=F("author__name").asc()), ["C", "B", "A"]),
            (Column("shouted", sort=Concat("author__name", Value("!"))), ["C", "B", "A"]),
        ],
    )
    def test_a_column_sorts_as_declared_and_the_other_way_round(
        self, client, screen, column, expected
    ):
        for title, name, pages in (("A", "Zoe", 9), ("B", "Mia", 1), ("C", "Ada", 9)):
            Book.objects.create(title=title, author=Author.objects.create(name=name), pages=pages)
        url = screen(Book, columns=["id", "title", column] if column != "title" else ["id", column])
        name = column if isinstance(column, str) else column.name

        assert expected == Page(client.get(url, {"sort": name})).column(1)
        if not (isinstance(column, Column) and isinstance(column.sort, Length)):
            down = Page(client.get(url, {"sort": f"-{name}"})).column(1)
            assert expected[::-1] == down

    @pytest.mark.parametrize(
        ("nulls", "sort", "expected"),
        [
            ("first", "price", ["none", "cheap", "dear"]),
            ("last", "price", ["cheap", "dear", "none"]),
            ("first", "-price", ["none", "dear", "cheap"]),
            ("last", "-price", ["dear", "cheap", "none"]),
        ],
    )
    def test_missing_values_stand_where_they_are_placed(
        self, client, screen, books, nulls, sort, expected
    ):
        books("cheap", price=1)
        books("dear", price=9)
        books("none")
        url = screen(Book, columns=["title", Column("price", nulls=nulls)])

        assert expected == Page(client.get(url, {"sort": sort})).column()

    @pytest.mark.parametrize("name", ["shouted", "author_initial", "genres", "copies"])
    def test_what_the_database_cannot_sort_has_a_plain_heading(self, client, screen, book, name):
        page = Page(client.get(screen(Book, columns=["title", name]), {"sort": name}))

        assert [] == page.links(page.all("header")[1])
        assert "sort" in page.text("notice")

    def test_a_column_that_shall_not_be_sorted_has_a_plain_heading(self, client, screen, book):
        page = Page(client.get(screen(Book, columns=["title", Column("pages", sort=False)])))

        assert [] == page.links(page.header("Pages"))
