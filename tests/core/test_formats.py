import datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from powercrud_core.formats import any_value, format_for, kind_of, safe_url
from tests.library.models import Author, Book, Genre


def text_of(field, value, **kwargs):
    return format_for(Book._meta.get_field(field), short=True, **kwargs)(value)


class TestFormats:
    def test_a_choice_is_shown_by_its_label(self):
        assert text_of("status", "published") == "Published"

    def test_a_value_that_is_no_choice_any_more_is_shown_as_it_is(self):
        assert text_of("status", "lost") == "lost"

    def test_booleans_are_words(self):
        assert (any_value(True), any_value(False)) == ("Yes", "No")

    def test_numbers_and_dates_follow_the_language(self):
        with translation.override("de"):
            assert text_of("price", Decimal("9.50")) == "9,50"
            assert text_of("published", datetime.date(2026, 11, 21)) == "21. November 2026"

    def test_equal_numbers_of_different_types_are_not_mixed_up(self):
        """
        1 == True == 1.0 in Python, and formatted texts are kept by value.
        """
        form = format_for(None, short=True)

        assert [form(1), form(True), form(1.0)] == ["1", "Yes", "1.0"]

    def test_a_long_text_is_cut_in_a_list_only(self):
        field = Book._meta.get_field("notes")

        assert len(format_for(field, short=True)("x" * 500)) == 160
        assert len(format_for(field, short=False)("x" * 500)) == 500

    @pytest.mark.parametrize(
        ("field", "kind"),
        [
            ("title", ""), ("author", "relation"), ("genres", "many"), ("status", "choice"),
            ("price", "number"), ("published", "date"), ("in_print", "boolean"),
            ("homepage", "url"), ("notes", "text"), ("copies", "many"),
        ],
    )  # fmt: skip
    def test_every_field_has_a_kind(self, field, kind):
        assert kind == kind_of(Book._meta.get_field(field))

    @pytest.mark.django_db
    def test_of_thousands_of_related_objects_only_some_are_loaded(self):
        book = Book.objects.create(title="x", author=Author.objects.create(name="y"))
        book.genres.set(
            Genre.objects.bulk_create(Genre(code=f"{i:03}", name=f"{i:03}") for i in range(120))
        )
        with CaptureQueriesContext(connection) as queries:
            text = any_value(book.genres)

        assert text.startswith("000, 001,") and text.endswith("049 and 70 more")
        assert len(queries) == 2


class TestSafeUrl:
    @pytest.mark.parametrize("url", ["/a/", "https://a.b", "mailto:a@b.c", "?x=1", "#a", "a b"])
    def test_addresses_pass(self, url):
        assert url == safe_url(url)

    @pytest.mark.parametrize(
        "url",
        [
            "javascript:alert(1)",
            "JavaScript:alert(1)",
            " java\nscript:alert(1)",
            "\x01javascript:alert(1)",
            "data:text/html,x",
            "vbscript:x",
            "",
            None,
        ],
    )
    def test_what_would_run_code_does_not(self, url):
        assert safe_url(url) is None
