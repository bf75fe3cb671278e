import pytest
from django.db.models import Count, F
from django.db.models.functions import Lower

from powercrud_core.columns import Column, bind, default_columns
from powercrud_core.config import bind_columns, joins_for
from tests.library.models import Author, Book, Copy, Genre


def bound(name, **kwargs):
    return bind(Column(name, **kwargs), Book, frozenset({"copies_count"}))


class TestColumn:
    def test_a_wrong_keyword_is_an_error_at_once(self):
        with pytest.raises(TypeError, match="sortable"):
            Column("title", sortable=True)

    @pytest.mark.parametrize(
        ("name", "label"),
        [
            ("title", "Title"),
            ("in_print", "In print"),
            ("author.name", "Name"),
            ("author__name", "Name"),
            ("shouted", "Shouted"),
            ("author_initial", "Author initial"),
            ("copies", "Copies"),
        ],
    )
    def test_the_label_comes_from_the_field_or_the_name(self, name, label):
        assert label == str(bound(name).label)

    @pytest.mark.parametrize(
        ("name", "order"),
        [
            ("title", ("title",)),
            ("author", ("author__name",)),
            ("author.born", ("author__born",)),
            ("copies_count", ("copies_count",)),
            ("shouted", ()),
            ("author_initial", ()),
            ("genres", ()),
            ("copies", ()),
        ],
    )
    def test_what_the_database_sorts_by_is_derived(self, name, order):
        assert order == bound(name).order

    def test_a_declared_order_turns_round_term_by_term(self):
        column = bound("shouted", sort=["title", "-pages"])

        assert column.order_by(descending=False) == ["title", "-pages"]
        assert column.order_by(descending=True) == ["-title", "pages"]

    def test_missing_values_can_be_placed(self):
        column = bound("price", nulls="last")

        assert [F("price").desc(nulls_last=True)] == column.order_by(descending=True)
        assert [F("price").asc(nulls_last=True)] == column.order_by(descending=False)

    def test_an_expression_can_order(self):
        column = bound("shouted", sort=Lower("title").desc())

        (turned,) = column.order_by(descending=True)

        assert repr(Lower("title").asc()) == repr(turned)

    def test_numbers_stand_at_the_end(self):
        assert (
            bound("price").align,
            bound("title").align,
            bound("title", align="center").align,
        ) == ("end", "start", "center")

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("title", "Dune"),
            ("author.name", "Frank"),
            ("author__name", "Frank"),
            ("shouted", "DUNE"),
            ("author_initial", "F"),
            ("author.born", None),
            ("__str__", "Dune"),
        ],
    )
    def test_values_are_reached(self, name, value):
        book = Book(title="Dune", author=Author(name="Frank"))

        assert value == bound(name).get(book)

    def test_a_missing_relation_on_the_way_is_no_value(self):
        assert bound("author.name", accessor="author.born.year").get(
            Book(author=Author(name="F"))
        ) is None  # fmt: skip

    def test_a_function_can_be_the_accessor(self):
        assert bound("length", accessor=lambda book: len(book.title)).get(Book(title="Dune")) == 4


class TestDefaults:
    def test_a_model_shows_its_first_fields_without_key_and_long_texts(self):
        assert default_columns(Book) == [
            "title", "author", "status", "price", "pages", "published", "in_print", "homepage",
        ]  # fmt: skip

    def test_a_key_that_people_type_is_shown(self):
        assert default_columns(Genre) == ["code", "name"]

    def test_a_key_that_the_machine_makes_is_not(self):
        assert "id" not in default_columns(Copy)


class TestJoins:
    def joins(self, *names, **kwargs):
        columns = bind_columns([Column(n, **kwargs) for n in names], Book, frozenset())
        return joins_for(Book, columns)

    def test_relations_are_joined_and_many_prefetched(self):
        joins = self.joins("title", "author.name", "genres", "copies.shelf")

        assert (joins.select, joins.prefetch) == (("author",), ("genres", "copies"))

    def test_only_what_is_shown_is_loaded(self):
        assert self.joins("title", "author.name").only == ("pk", "title", "author__name")

    def test_an_object_shown_whole_is_loaded_whole(self):
        """
        Its __str__ may read any field, also when another column goes deeper.
        """
        only = self.joins("author", "author.name").only

        assert {"author", "author__id", "author__name", "author__born"} <= set(only)

    @pytest.mark.parametrize("name", ["shouted", "author_initial", "__str__"])
    def test_a_property_or_method_may_read_anything(self, name):
        assert self.joins("title", name).only == ()

    def test_a_function_may_read_anything(self):
        assert self.joins("title", accessor=lambda book: book.pages).only == ()

    @pytest.mark.django_db
    def test_a_queryset_that_chose_its_fields_keeps_them(self):
        joins = self.joins("title")
        chosen = Book.objects.defer("notes")

        assert chosen.query.deferred_loading == joins.apply(chosen).query.deferred_loading

    @pytest.mark.django_db
    def test_annotations_do_not_hinder(self):
        columns = bind_columns([Column("title"), Column("n")], Book, frozenset({"n"}))
        joins = joins_for(Book, columns)
        author = Author.objects.create(name="a")
        Book.objects.create(title="x", author=author)

        book = joins.apply(Book.objects.annotate(n=Count("copies"))).get()

        assert joins.only == ("pk", "title")
        assert book.n == 0
