"""The token of what was seen."""

import datetime
from decimal import Decimal

import pytest
from django.db import models
from django.test.utils import isolate_apps

from powercrud_core.versions import compare, is_genuine, matches, seen, was_shown
from tests.library.models import Anthology, Author, Book, Genre, Loan

NAMES = ["title", "author", "status", "price", "pages", "published", "in_print", "notes"]


@pytest.fixture
def token(book):
    """Return the token of one book."""
    return seen(book, NAMES)


def fresh(book):
    """Return a book as the database has it."""
    return Book.objects.get(pk=book.pk)


class TestWhatHasChanged:
    def test_nothing(self, book, token):
        assert () == compare(token, fresh(book), NAMES)

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("title", "Another"),
            ("price", Decimal("1.5")),
            ("pages", 101),
            ("published", datetime.date(1974, 5, 4)),
            ("in_print", False),
            ("notes", " . "),
        ],
    )
    def test_one_field(self, book, token, name, value):
        Book.objects.update(**{name: value})

        assert (name,) == compare(token, fresh(book), NAMES)

    def test_several_in_the_order_asked_for(self, book, token):
        Book.objects.update(title="Another", pages=1, author=Author.objects.create(name="B"))

        assert ("pages", "author") == compare(token, fresh(book), ["pages", "author", "notes"])

    def test_a_field_that_was_not_shown_does_not_matter(self, book):
        token = seen(book, ["title"])
        Book.objects.update(pages=1)

        assert () == compare(token, fresh(book), ["title"])

    def test_a_field_that_was_not_shown_counts_as_changed_when_it_is_asked_for(self, book):
        assert ("pages",) == compare(seen(book, ["title"]), book, ["title", "pages"])

    def test_a_part_of_what_was_shown_can_be_asked_for(self, book, token):
        Book.objects.update(pages=1)

        assert () == compare(token, fresh(book), ["title"])

    def test_a_field_that_changed_back_has_not_changed(self, book, token):
        for title in ("Another", book.title):
            Book.objects.update(title=title)

        assert () == compare(token, fresh(book), NAMES)

    def test_relations_to_many_count_by_their_keys_in_any_order(self, book):
        one, two, three = (Genre.objects.create(code=c, name=c) for c in "abc")
        book.genres.set([one, two])
        token = seen(book, ["genres"])
        same = fresh(book)
        same.genres.clear()
        same.genres.add(two, one)

        assert () == compare(token, fresh(book), ["genres"])
        book.genres.set([one, three])
        assert ("genres",) == compare(token, fresh(book), ["genres"])

    def test_files_count_by_their_names(self, author):
        anthology = Anthology.objects.create(title="T", editor=author, scan="scans/a.txt")
        token = seen(anthology, ["scan"])
        Anthology.objects.update(scan="scans/b.txt")

        assert ("scan",) == compare(token, Anthology.objects.get(), ["scan"])

    def test_names_that_are_no_fields_are_passed_over(self, book):
        names = ["title", "confirmed", "shouted", "copies", "jacket"]

        assert () == compare(seen(book, names), book, names)

    @isolate_apps("tests.library")
    def test_fields_of_a_parent_model_count(self, author):
        class Child(Book):
            extra = models.CharField(max_length=10)

            class Meta:
                app_label = "library"

        child = Child(pk=1, book_ptr_id=1, title="T", author=author, extra="x")
        token = seen(child, ["title", "extra"])
        child.title, child.extra = "U", "y"

        assert ("title", "extra") == compare(token, child, ["title", "extra"])


class TestForgery:
    @pytest.mark.parametrize(
        "forge",
        [
            lambda token: "",
            lambda token: "x",
            lambda token: "\x00" * 72,
            lambda token: token[:-8],
            lambda token: token[8:],
            lambda token: token + token[8:16],
            lambda token: token[:8] + token[16:24] + token[8:16] + token[24:],
            lambda token: token[:8] + token[:0:-1][: len(token) - 8],
            lambda token: "A" * len(token),
            lambda token: "é" * len(token),
            lambda token: "\ud800" * len(token),
        ],
        ids=range(11),
    )
    def test_a_token_that_was_not_made_here_has_seen_nothing(self, book, token, forge):
        assert tuple(NAMES) == compare(forge(token), book, NAMES)
        assert not was_shown(forge(token), book, "title", book.title)
        assert not is_genuine(forge(token), Book, book.pk)

    def test_neither_has_that_of_another_object(self, book, books):
        (twin,) = books(book.title)

        assert tuple(NAMES) == compare(seen(twin, NAMES), book, NAMES)

    def test_neither_has_that_of_another_model(self, author, book):
        other = Author(pk=book.pk, name=book.title)

        assert ("title",) == compare(seen(other, ["name"]), book, ["title"])
        assert not is_genuine(seen(other, ["name"]), Book, book.pk)

    def test_a_value_of_one_field_says_nothing_about_another(self, author):
        book = Book.objects.create(title="Same", notes="Same", author=author)

        assert ("notes",) == compare(seen(book, ["title"]), book, ["notes"])

    def test_another_secret_makes_another_token(self, book, token, settings):
        settings.SECRET_KEY = "another"

        assert tuple(NAMES) == compare(token, book, NAMES)

    def test_an_older_secret_still_counts(self, book, token, settings):
        settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
        settings.SECRET_KEY = "another"
        Book.objects.update(pages=1)

        assert ("pages",) == compare(token, fresh(book), NAMES)
        assert was_shown(token, book, "title", book.title)

    def test_it_is_known_without_the_object(self, book, token):
        assert is_genuine(token, Book, book.pk)
        assert not is_genuine(token, Book, book.pk + 1)
        assert not is_genuine("", Book, book.pk)

    def test_a_key_of_two_columns_is_one(self, db):
        loan = Loan.objects.create(reader="Ada", number=3)

        assert is_genuine(seen(loan, ["returned"]), Loan, ("Ada", 3))

    def test_an_object_may_be_known_by_something_else_than_its_key(self, book):
        token = seen(book, ["pages"], "the-slug")

        assert () == compare(token, book, ["pages"], "the-slug")
        assert ("pages",) == compare(token, book, ["pages"])


class TestWhatIsSentBack:
    @pytest.mark.parametrize(
        ("name", "stored", "sent"),
        [
            ("notes", "one\ntwo", "one\r\ntwo"),
            ("notes", " spaced ", "spaced"),
            ("title", "Ä\u2028b", "Ä\u2028b"),
            ("price", Decimal("9.50"), Decimal("9.5")),
            ("price", Decimal("100.00"), "100"),
            ("price", None, None),
            ("pages", 7, "7"),
            ("published", datetime.date(1974, 5, 4), "1974-05-04"),
            ("in_print", True, "True"),
        ],
    )
    def test_what_a_form_does_to_a_value_is_no_change(self, book, name, stored, sent):
        setattr(book, name, stored)
        book.save()
        book = fresh(book)

        assert was_shown(seen(book, [name]), book, name, sent)
        assert matches(book, name, sent)

    @pytest.mark.parametrize(
        ("name", "value"),
        [("title", "x"), ("price", Decimal("9.51")), ("pages", "x"), ("notes", "0")],
    )
    def test_anything_else_is_one(self, book, name, value):
        assert not was_shown(seen(book, [name]), book, name, value)
        assert not matches(book, name, value)

    def test_an_object_stands_for_its_key(self, book, author):
        token = seen(book, ["author"])

        assert was_shown(token, book, "author", author)
        assert was_shown(token, book, "author", str(author.pk))
        assert not was_shown(token, book, "author", Author.objects.create(name="B"))

    def test_objects_stand_for_their_keys(self, book):
        genre = Genre.objects.create(code="a", name="A")
        book.genres.add(genre)
        token = seen(book, ["genres"])

        for sent in ([genre], Genre.objects.all(), ["a"], ("a",)):
            assert was_shown(token, book, "genres", sent)
        assert not was_shown(token, book, "genres", [])

    def test_a_moment_is_the_same_in_every_time_zone_and_without_microseconds(self, editor):
        moment = datetime.datetime(2020, 5, 4, 12, 30, 45, 123456, tzinfo=datetime.UTC)
        editor.date_joined = moment
        token = seen(editor, ["date_joined"])
        east = moment.astimezone(datetime.timezone(datetime.timedelta(hours=3)))

        assert was_shown(token, editor, "date_joined", east.replace(microsecond=0))
        later = moment + datetime.timedelta(seconds=1)
        assert not was_shown(token, editor, "date_joined", later)


class TestSize:
    def test_eleven_fields_take_96_characters(self, book):
        names = [f.name for f in [*Book._meta.fields, *Book._meta.many_to_many]]

        assert (11, 96) == (len(names), len(seen(book, names)))

    def test_it_asks_the_database_for_nothing_but_relations_to_many(self, book, queries):
        book = fresh(book)

        assert 0 == queries(lambda: seen(book, NAMES))
        assert 1 == queries(lambda: seen(book, [*NAMES, "genres"]))
