"""How many queries a list makes: as many for 500 rows as for 25."""

import warnings

import pytest
from django.db.models import Count, F

from powercrud_core import Column, CRUDView
from powercrud_core.permissions import AllowAny
from tests.library.models import Author, Book, Copy, Genre, Jacket, Remark
from tests.views.pages import Page

# With the app of jobs there is one more on each page of rows: tests/jobs/test_screens.py.
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("without_jobs")]

MANY = 500


@pytest.fixture
def library(books):
    """Return a function that fills the library with rows that differ in all they point to."""

    def fill(number):
        authors = Author.objects.bulk_create(Author(name=f"A{n}") for n in range(number))
        made = books(number)
        for book, author in zip(made, authors, strict=True):
            book.author = author
        Book.objects.bulk_update(made, ["author"])
        genres = [Genre.objects.get_or_create(code=c, name=c)[0] for c in "abc"]
        through = Book.genres.through.objects
        through.bulk_create(
            Book.genres.through(book=book, genre=genre) for book in made for genre in genres
        )
        Jacket.objects.bulk_create(Jacket(book=book, colour="red") for book in made)
        Copy.objects.bulk_create(Copy(book=book, shelf="here") for book in made)

    return fill


class Annotated(CRUDView):
    model = Book
    url_base = "annotated"
    columns = ["title", "number", "who", "author"]
    filterset_fields = []
    page_sizes = [MANY]
    permission_policy = AllowAny

    def get_queryset(self):
        return super().get_queryset().annotate(number=Count("copies"), who=F("author__name"))


COLUMNS = {
    "fields": (["title", "price", "status"], 0),
    "relation": (["title", "author"], 0),
    "deep": (["title", "author.name", "author.born"], 0),
    "relation and deeper": (["title", "author", "author.born"], 0),
    "deeper and relation": (["title", "author.born", "author"], 0),
    "one to one": (["title", "jacket", "jacket.colour"], 0),
    "many": (["title", "genres"], 1),
    "reverse": (["title", "copies"], 1),
    "behind many": (["title", "genres.name", "copies.shelf"], 2),
    "far behind many": (["title", "copies.book.author"], 2),
    "many of one": (["title", "author.books", "author.books.pages"], 2),
    "many of many": (["title", "author.books.genres"], 3),
    "two many": (["title", "genres", "copies", "author"], 2),
    "property": (["title", "shouted"], 0),
    "method": (["title", "author_initial", "author"], 0),
    "text": (["__str__", "author"], 0),
    "function": (["title", Column("x", accessor=lambda b: b.notes)], 0),
    "link": (["pages", Column("title", link=lambda b: b.homepage or "/"), "author"], 0),
    "role": (["pages", Column("title", link="update")], 0),
}


class TestConstant:
    @pytest.mark.parametrize("kind", COLUMNS)
    def test_more_rows_make_no_more_queries(self, client_for, screen, library, queries, kind):
        """
        One query counts, one loads the rows with all they point to, one loads each relation to
        many; whatever the columns are.
        """
        columns, prefetched = COLUMNS[kind]
        url = screen(
            Book,
            columns=columns,
            filterset_fields=[],
            page_sizes=[25, MANY],
            permission_policy=AllowAny,
        )
        client = client_for()
        library(MANY)
        few = queries(lambda: client.get(url, {"page_size": 25}))
        many = queries(lambda: client.get(url, {"page_size": MANY}))

        assert (2 + prefetched, 2 + prefetched) == (few, many)

    def test_annotations_cost_nothing_more(self, client_for, route, library, queries):
        library(50)
        url = route(Annotated)
        page = Page(client_for().get(url))

        assert 2 == queries(lambda: client_for().get(url))
        assert ["Book 001", "1", "A0", "A0"] == page.rows()[0]

    def test_the_depth_of_a_relation_costs_nothing_more(self, client_for, screen, library, queries):
        library(50)
        columns = ["shelf", "book", "book.author", "book.author.name", "book.jacket.colour"]
        url = screen(
            Copy, columns=[*columns, "book.genres"], filterset_fields=[], permission_policy=AllowAny
        )

        assert 3 == queries(lambda: client_for().get(url))
        row = Page(client_for().get(url)).rows()[0]
        assert ["here", "red", "a, b, c"] == [row[0], *row[4:]]

    def test_a_generic_relation_is_one_query_more(self, client_for, screen, books, queries):
        for book in books(30):
            Remark.objects.create(text="x", target=book)
        url = screen(
            Remark, columns=["text", "target"], filterset_fields=[], permission_policy=AllowAny
        )
        client_for().get(url)

        assert 3 == queries(lambda: client_for().get(url))

    def test_filters_and_chips_cost_one_query_for_each_relation(
        self, client_for, screen, library, queries
    ):
        library(30)
        url = screen(
            Book,
            columns=["title"],
            filterset_fields=["author", "genres", "status", "price"],
            permission_policy=AllowAny,
        )
        author = Author.objects.first().pk

        assert 4 == queries(lambda: client_for().get(url))
        assert 7 >= queries(lambda: client_for().get(url, {"author": author, "genres": "a"}))

    def test_a_signed_in_user_costs_no_query_a_row(self, client, library, queries):
        library(60)
        few = queries(lambda: client.get("/books/?page_size=25"))

        assert few == queries(lambda: client.get("/books/?page_size=50"))

    def test_only_the_columns_fields_are_loaded(
        self, client_for, screen, library, django_assert_num_queries
    ):
        library(1)
        url = screen(
            Book, columns=["title", "author.name"], filterset_fields=[], permission_policy=AllowAny
        )
        with django_assert_num_queries(2) as captured:
            client_for().get(url)
        sql = captured[-1]["sql"]

        assert "notes" not in sql and "born" not in sql and "title" in sql

    def test_a_row_that_is_looked_at_by_the_policy_is_loaded_whole(
        self, client_for, screen, library, queries
    ):
        class Dear(AllowAny):
            object_level = True

            def allows(self, user, action, obj=None):
                return obj is None or obj.pages > 10

        library(30)
        url = screen(Book, columns=["title"], filterset_fields=[], permission_policy=Dear)

        assert 2 == queries(lambda: client_for().get(url))


class TestWarning:
    @pytest.fixture
    def slow(self, screen, library, settings):
        library(25)
        columns = ["title", "author_initial", Column("c", accessor=lambda b: b.copies.count())]
        return screen(Book, columns=columns, filterset_fields=[], permission_policy=AllowAny)

    def test_in_development_a_column_that_queries_for_each_row_is_named(
        self, client_for, slow, settings
    ):
        settings.DEBUG = True
        with pytest.warns(RuntimeWarning) as caught:
            client_for().get(slow)
        texts = [str(w.message) for w in caught]

        assert 2 == len(texts)
        assert "BookScreen: the column 'author_initial' made 25 queries" in texts[0]
        assert "BookScreen: the column 'c' made 25 queries" in texts[1]

    @pytest.mark.parametrize(("debug", "warn"), [(False, True), (True, False)])
    def test_nothing_is_said_in_production_or_when_it_is_switched_off(
        self, client_for, slow, settings, debug, warn
    ):
        settings.DEBUG, settings.POWERCRUD_WARN_QUERIES = debug, warn
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            client_for().get(slow)

    def test_a_list_in_order_says_nothing(self, client_for, screen, library, settings):
        settings.DEBUG = True
        library(25)
        url = screen(
            Book,
            columns=["title", "author", "author.born", "genres", "shouted", "jacket"],
            permission_policy=AllowAny,
        )
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert 25 == len(Page(client_for().get(url)).rows())

    def test_a_text_that_looks_further_is_named(self, client_for, screen, library, settings):
        """
        Copy's text is cheap, but a project's may look at what was not loaded.
        """
        settings.DEBUG = True
        library(25)

        class Wordy(Copy):
            class Meta:
                proxy = True
                app_label = "library"

            def __str__(self):
                return f"{self.book.title}"

        url = screen(
            Wordy, columns=["__str__", "shelf"], filterset_fields=[], permission_policy=AllowAny
        )
        with pytest.warns(RuntimeWarning, match="'__str__' made 25 queries"):
            client_for().get(url)
