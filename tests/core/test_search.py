import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from powercrud_core.search import search, words
from tests.library.models import Author, Book, Genre


class TestWords:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("  the   dune ", ["the", "dune"]),
            ('"left hand" of', ["left hand", "of"]),
            ('an "open quote', ["an", "open", "quote"]),
            ("rock'n'roll", ["rock'n'roll"]),
            ("a\\b #c", ["a\\b", "#c"]),
            ('""', []),
        ],
    )
    def test_a_quoted_phrase_is_one_word(self, text, expected):
        assert expected == words(text)


@pytest.mark.django_db
class TestSearch:
    @pytest.fixture
    def dune(self):
        author = Author.objects.create(name="Frank Herbert")
        dune = Book.objects.create(title="Dune", author=author)
        dune.genres.set(Genre.objects.create(code=c, name=f"Desert {c}") for c in "ab")
        Book.objects.create(title="Dubliners", author=Author.objects.create(name="James Joyce"))
        return dune

    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("dune herbert", ["Dune"]),
            ("du", ["Dubliners", "Dune"]),
            ("dune joyce", []),
            ("desert", ["Dune"]),
            ("100%", []),
            ("_", []),
        ],
    )
    def test_every_word_occurs_in_some_field(self, dune, text, found):
        rows = search(
            Book.objects.order_by("title"), text, ["title", "author__name", "genres__name"]
        )

        assert found == [book.title for book in rows]

    def test_a_relation_with_many_hits_does_not_double_the_row(self, dune):
        """
        Both genres of the book match; a join would show it twice.
        """
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert search(Book.objects.all(), "desert", ["genres__name"]).count() == 1
        assert "EXISTS" in queries[0]["sql"]
