"""Selection: one text for these rows, or for all that match except some."""

import uuid

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from powercrud_core.params import ListParams, Spec
from powercrud_core.selection import (
    MAX_KEYS,
    Selection,
    SelectionChangedError,
    SelectionError,
    key_of,
    pack_keys,
    to_keys,
    unpack_keys,
)
from tests.library.models import Book, Copy, Genre, Loan

HOSTILE = ["", " ", ",", "\\", "a,b", "a\\,b", "new", "../x", "a/b", "ä €", "{}", "x" * 40]


def post(text):
    return QueryDict(text)


class TestKeys:
    @given(st.lists(st.text(max_size=8)))
    def test_any_texts_survive_being_packed(self, keys):
        assert tuple(keys) == unpack_keys(pack_keys(keys))

    def test_hostile_texts_survive_together(self):
        assert tuple(HOSTILE) == unpack_keys(pack_keys(HOSTILE))

    def test_a_single_empty_key_is_not_no_key(self):
        assert ((), ("",)) == (unpack_keys(pack_keys([])), unpack_keys(pack_keys([""])))

    @pytest.mark.parametrize(
        ("model", "key"),
        [
            (Book, 7),
            (Genre, "a,b\\/ü"),
            (Copy, uuid.UUID(int=5)),
            (Loan, ("a,b\\", 3)),
        ],
    )
    def test_a_key_of_any_type_comes_back(self, model, key):
        assert [key] == to_keys(model, [key_of(key)])

    @pytest.mark.parametrize(
        ("model", "text"),
        [
            (Book, "abc"),
            (Book, ""),
            (Book, "1.5"),
            (Book, "9" * 30),
            (Book, "1 OR 1=1"),
            (Genre, "a\x00b"),
            (Copy, "not-a-uuid"),
            (Loan, "alone"),
            (Loan, "a,b,c"),
            (Loan, "a,x"),
        ],
    )
    def test_a_text_that_is_no_key_is_refused(self, model, text):
        with pytest.raises(SelectionError):
            to_keys(model, [text])


class TestSigned:
    def test_it_comes_back_as_it_was(self):
        selection = Selection(HOSTILE, state="author=3&q=a,b", count=12)

        assert selection == Selection.loads(selection.dumps("/books/"), "/books/")

    def test_it_belongs_to_one_view(self):
        """
        Rows picked on one screen of a model are never acted on by another one.
        """
        token = Selection(["7"]).dumps("/books/")

        with pytest.raises(SelectionError, match="not valid here"):
            Selection.loads(token, "/drafts/")

    @pytest.mark.parametrize("token", ["", "x", "a:b:c", "W10:1abc:sig", "\x00", "é" * 9])
    def test_what_was_not_signed_is_refused(self, token):
        with pytest.raises(SelectionError, match="not valid here"):
            Selection.loads(token, "/books/")

    def test_a_changed_text_is_refused(self):
        token = Selection(state="author=3").dumps("/books/")

        with pytest.raises(SelectionError, match="not valid here"):
            Selection.loads(token.replace(token[3], "x" if token[3] != "x" else "y", 1), "/books/")

    def test_a_predicate_fits_an_address(self):
        """
        All rows that match are one short text, whether ten or ten million.
        """
        selection = Selection(["1", "2"], state="author=3&author=4&price_min=10&q=long+words")

        assert selection.fits_url("/books/")
        assert not Selection([str(n * 7919) for n in range(3000)]).fits_url("/books/")


class TestFromPost:
    def test_ticked_rows_and_those_of_other_pages(self):
        data = post("pk=1&pk=2&selected=2,30,31")

        assert Selection(["1", "2", "30", "31"]) == Selection.from_post(data, "q=x", "/b/")

    def test_all_that_match_except_some(self):
        """
        The ticks on the page mean nothing then: the filter decides.
        """
        data = post("all=1&except=4,5&pk=1")

        assert Selection(["4", "5"], state="q=x") == Selection.from_post(data, "q=x", "/b/")

    def test_a_signed_selection_wins(self):
        token = Selection(["9"]).dumps("/b/")
        data = QueryDict(mutable=True)
        data.update({"selection": token, "all": "1", "pk": "1"})

        assert Selection(["9"]) == Selection.from_post(data, "", "/b/")

    def test_nothing_selected_is_nothing(self):
        assert not Selection.from_post(post("except=4"), "q=x", "/b/")
        assert Selection.from_post(post("all=1"), "", "/b/")

    def test_too_many_single_rows_are_refused(self):
        keys = pack_keys([str(n) for n in range(MAX_KEYS + 1)])
        data = QueryDict(mutable=True)
        data["selected"] = keys

        with pytest.raises(SelectionError, match="Choose all that match"):
            Selection.from_post(data, "", "/b/")


class TestApply:
    def test_these_rows(self, books):
        one, two, _three = books(3)

        found = Selection([one.pk, two.pk]).apply(Book.objects.all())

        assert {one, two} == set(found)

    def test_all_but_some(self, books):
        one, two, three = books(3)

        found = Selection([one.pk], state="").apply(Book.objects.all())

        assert {two, three} == set(found)

    def test_a_row_outside_the_queryset_stays_outside(self, books):
        one, two = books(2)

        found = Selection([one.pk, two.pk]).apply(Book.objects.filter(pk=one.pk))

        assert [one] == list(found)

    def test_texts_with_commas_and_slashes(self, db):
        genres = [Genre.objects.create(code=code, name=code) for code in HOSTILE[1:]]
        selection = Selection([g.pk for g in genres])
        selection = Selection.loads(selection.dumps("/g/"), "/g/")

        assert set(genres) == set(selection.apply(Genre.objects.all()))

    def test_keys_of_two_columns(self, db):
        loans = [Loan.objects.create(reader=r, number=n) for r in ("a,b", "c\\") for n in (1, 2)]
        selection = Selection([loans[0].pk, loans[3].pk])

        assert {loans[0].pk, loans[3].pk} == {x.pk for x in selection.apply(Loan.objects.all())}
        rest = Selection(selection.keys, state="").apply(Loan.objects.all())
        assert {loans[1].pk, loans[2].pk} == {x.pk for x in rest}

    def test_a_key_that_cannot_be_is_refused(self, db):
        with pytest.raises(SelectionError):
            Selection(["1", "drop table"]).apply(Book.objects.all())


class TestConfirmed:
    def test_what_was_counted_is_remembered(self, books, queries):
        books(3)
        found = []

        assert 1 == queries(lambda: found.append(Selection(state="").counted(Book.objects.all())))
        assert 3 == found[0].count

    def test_another_number_tells_both(self):
        with pytest.raises(SelectionChangedError) as caught:
            Selection(state="", count=12340).check(12352)

        assert (12340, 12352) == (caught.value.confirmed, caught.value.now)
        assert "12340 rows were confirmed, 12352 match now." == str(caught.value)

    def test_single_rows_and_unconfirmed_ones_are_not_recounted(self):
        Selection(["1", "2"], count=2).check(1)
        Selection(state="").check(1)

    def test_rows_can_be_left_out(self):
        assert Selection(["2"]) == Selection(["1", "2"], count=2).without(["1"])
        assert Selection(["1", "2"], "q=x") == Selection(["1"], "q=x", 9).without(["2"])


class TestPredicate:
    def test_only_what_decides_which_rows_match(self):
        """
        Page, size, order and the parameters of another list are left out.
        """
        spec = Spec(sort_keys=["title"], filters=["author"], page_sizes=(25, 50))
        query = QueryDict("page=3&page_size=50&sort=-title&author=4&q=Tea&b-page=2&nonsense=1")

        assert "author=4&q=Tea" == ListParams.parse("/b/", query, spec).predicate()
