import pytest
from django.http import QueryDict

from powercrud_core.params import ListParams, Spec

SPEC = Spec(
    sort_keys=["title", "price", "author.name"],
    filters=["author", "price_min"],
    page_sizes=(25, 50),
    default_size=25,
)


def parse(url, spec=SPEC):
    path, _, query = url.partition("?")
    return ListParams.parse(path, QueryDict(query), spec)


class TestParse:
    def test_an_empty_query_is_the_default_state(self):
        params = parse("/books/")

        assert (
            params.page, params.page_size, params.sort, params.search, params.dropped,
        ) == (1, 25, (), "", ())  # fmt: skip

    def test_everything_is_read(self):
        params = parse("/books/?q=dune&sort=-price,title&page=3&page_size=50&author=4&author=3")

        assert (
            params.page, params.page_size, params.sort, params.search,
        ) == (3, 50, ("-price", "title"), "dune")  # fmt: skip
        assert params.filters == (("author", ("4", "3")),)

    @pytest.mark.parametrize(
        ("query", "dropped"),
        [
            ("page=x", "page"),
            ("page=-1", "page"),
            ("page=0", "page"),
            ("page=99999999999999999999", "page"),
            ("page=²", "page"),
            ("page_size=26", "page_size"),
            ("page_size=1000000", "page_size"),
            ("sort=password", "sort"),
            ("sort=author__password", "sort"),
            ("author__password=1", "author__password"),
        ],
    )
    def test_what_makes_no_sense_is_left_out_and_named(self, query, dropped):
        params = parse(f"/books/?{query}")

        assert (dropped,) == params.dropped
        assert "/books/" == params.url()

    def test_a_column_sorts_once(self):
        params = parse("/books/?sort=title,-title,x")

        assert (("title",), ("sort",)) == (params.sort, params.dropped)

    def test_a_parameter_of_a_form_button_is_passed_over_in_silence(self):
        assert parse("/books/?_q=x").dropped == ()

    def test_a_search_where_nothing_can_be_searched_is_named(self):
        assert parse("/books/?q=x", Spec(searchable=False)).dropped == ("q",)

    def test_a_nul_byte_is_taken_out_of_a_search(self):
        assert parse("/books/?q=a%00b").search == "ab"

    def test_a_very_long_value_is_cut(self):
        assert len(parse("/books/?q=" + "x" * 5000).search) == 2000

    def test_empty_filters_are_no_filters(self):
        assert parse("/books/?author=&price_min=").filters == ()


class TestUrl:
    def test_equal_states_give_equal_urls(self):
        one = parse("/books/?sort=title&author=3&q=x&page=1&page_size=25")
        two = parse("/books/?q=x&author=3&sort=title")

        assert "/books/?author=3&q=x&sort=title" == one.url() == two.url()

    def test_changing_the_sort_returns_to_page_one(self):
        """
        A new order makes the old page number meaningless, so it is dropped.
        """
        params = parse("/books/?author=3&author=4&page=7")

        assert params.url(sort=("-price",)) == "/books/?author=3&author=4&sort=-price"

    def test_changing_the_page_keeps_everything_else(self):
        params = parse("/books/?author=3&page=7&sort=-price,title")

        assert params.url(page=8) == "/books/?author=3&page=8&sort=-price,title"

    def test_values_are_quoted(self):
        assert parse("/books/?q=a%26b%20%22c%22").url() == "/books/?q=a%26b+%22c%22"

    def test_a_filter_can_be_taken_out(self):
        params = parse("/books/?author=3&price_min=1&q=x&page=2")

        assert params.without("price_min").url() == "/books/?author=3&q=x"
        assert params.cleared().url() == "/books/"


class TestPrefix:
    SPEC = Spec(sort_keys=["title"], filters=["author"], prefix="b")

    def test_only_its_own_parameters_count(self):
        params = parse("/shelf/?b-sort=title&a-sort=name&b-author=1&a-page=4", self.SPEC)

        assert params.sort == ("title",)
        assert params.dropped == ()

    def test_the_other_lists_state_is_kept(self):
        params = parse("/shelf/?b-page=2&a-page=4&x=1", self.SPEC)

        assert params.url(page=3) == "/shelf/?a-page=4&b-page=3&x=1"

    def test_without_a_prefix_those_of_others_are_kept_too(self):
        assert parse("/books/?a-page=4").url(page=2) == "/books/?a-page=4&page=2"

    def test_an_unknown_parameter_of_its_own_is_named(self):
        assert parse("/shelf/?b-x=1", self.SPEC).dropped == ("b-x",)
