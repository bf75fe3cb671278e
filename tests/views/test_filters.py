"""The filters of a list: by type, their errors, their chips."""

import datetime

import django_filters
import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from tests.library.models import Author, Book, Genre, Loan
from tests.views.pages import Page, text_of

pytestmark = pytest.mark.django_db

FIELDS = ["title", "author", "genres", "status", "price", "pages", "published", "in_print"]


@pytest.fixture
def url(screen):
    return screen(Book, columns=["title"], filterset_fields=FIELDS, ordering=["title"])


@pytest.fixture
def shelf(db):
    """Return three books that differ in everything."""
    ada, zoe = (Author.objects.create(pk=pk, name=name) for pk, name in ((1, "Ada"), (2, "Zoe")))
    genres = [Genre.objects.create(code=c, name=c.upper()) for c in ("x/y", "z")]
    day = datetime.date
    books = [
        Book(title="Alpha", author=ada, status="draft", price=5, published=day(1970, 1, 1)),
        Book(title="Beta", author=zoe, status="published", price=10, published=day(1980, 1, 1)),
        Book(title="Gamma", author=zoe, status="draft", price=None, in_print=False, pages=7),
    ]
    for book in books:
        book.save()
    books[0].genres.set(genres)
    books[1].genres.set(genres[1:])
    return books


CASES = [
    ("title=ALPH", ["Alpha"], "Title: ALPH"),
    ("title=%25", [], "Title: %"),
    ("author=2", ["Beta", "Gamma"], "Author: Zoe"),
    ("genres=z", ["Alpha", "Beta"], "Genres: Z"),
    ("genres=x/y&genres=z", ["Alpha", "Beta"], "Genres: X/Y, Z"),
    ("status=draft", ["Alpha", "Gamma"], "Status: Draft"),
    ("price_min=6", ["Beta"], "Price: from 6"),
    ("price_max=6", ["Alpha"], "Price: up to 6"),
    ("price_min=1&price_max=10", ["Alpha", "Beta"], "Price: 1 to 10"),
    ("price_min=0&price_max=0", [], "Price: 0 to 0"),
    ("price__isnull=true", ["Gamma"], "Price is empty: Yes"),
    ("price__isnull=false", ["Alpha", "Beta"], "Price is empty: No"),
    ("pages_min=7&pages_max=7", ["Gamma"], "Pages: 7 to 7"),
    ("published_after=1975-01-01", ["Beta"], "Published: from Jan. 1, 1975"),
    ("published_before=1970-01-01", ["Alpha"], "Published: up to Jan. 1, 1970"),
    ("published__isnull=true", ["Gamma"], "Published is empty: Yes"),
    ("in_print=true", ["Alpha", "Beta"], "In print: Yes"),
    ("in_print=false", ["Gamma"], "In print: No"),
]


class TestByType:
    @pytest.mark.parametrize(("query", "titles", "chip"), CASES)
    def test_a_filter_narrows_the_rows_and_says_so(self, client, url, shelf, query, titles, chip):
        page = Page(client.get(f"{url}?{query}"))

        assert titles == page.column()
        assert [chip] == page.chips()

    @pytest.mark.parametrize(("query", "titles", "chip"), CASES)
    def test_the_form_shows_what_is_applied_and_sends_it_again(
        self, client, url, shelf, query, titles, chip
    ):
        sent = Page(client.get(f"{url}?{query}")).sent("filter-form")

        assert titles == Page(client.get(url, sent)).column()

    @pytest.mark.parametrize(("query", "titles", "chip"), CASES)
    def test_a_chip_takes_its_own_condition_away(self, client, url, shelf, query, titles, chip):
        page = Page(client.get(f"{url}?{query}&q=a&sort=-title"))
        label = f"Remove filter: {chip.replace(': ', ' ', 1)}"

        assert f"{url}?q=a&sort=-title" == page.href(label)

    def test_conditions_add_up_and_are_cleared_at_once(self, client, url, shelf):
        page = Page(client.get(f"{url}?author=2&status=draft&q=gam&sort=-title"))

        assert ["Gamma"] == page.column()
        assert ["Search: gam", "Author: Zoe", "Status: Draft"] == page.chips()
        assert {f"{url}?sort=-title"} == {page.href("Clear all"), page.href("Reset")}

    def test_the_number_of_applied_filters_is_shown(self, client, url, shelf):
        page = Page(client.get(f"{url}?author=2&price_min=1&price_max=2&q=x"))

        assert "Filters 2" == text_of(next(page.one("filter-form").iter("summary")))

    def test_a_day_counts_to_its_end(self, client, screen, editor):
        """
        A range of dates on a moment includes the whole last day.
        """
        moment = timezone.make_aware(datetime.datetime(2020, 5, 4, 23, 59))
        User.objects.filter(pk=editor.pk).update(date_joined=moment)
        url = screen(User, columns=["username"], filterset_fields=["date_joined"], fields=["email"])
        page = Page(client.get(url, {"date_joined_before": "2020-05-04"}))

        assert ["editor"] == page.column()
        assert ["Date joined: up to May 4, 2020"] == page.chips()

    @pytest.mark.parametrize("zone", ["America/New_York", "Asia/Tokyo"])
    @pytest.mark.parametrize(
        "query", ["date_joined_before=9999-12-31", "date_joined_after=0001-01-01"]
    )
    def test_the_ends_of_time_are_days_like_any_other(self, client, screen, settings, zone, query):
        settings.TIME_ZONE = zone
        url = screen(User, columns=["username"], filterset_fields=["date_joined"], fields=["email"])

        assert 200 == client.get(f"{url}?{query}").status_code

    def test_a_day_is_that_day_in_every_time_zone(self, client, url, shelf):
        with timezone.override("Asia/Tokyo"):
            page = Page(client.get(f"{url}?published_after=1980-01-02"))
            assert [] == page.column()
            assert ["Published: from Jan. 2, 1980"] == page.chips()

    def test_a_date_may_last_for_ever(self, client, url, shelf):
        Book.objects.filter(title="Beta").update(published=datetime.date(9999, 12, 31))
        page = Page(client.get(f"{url}?published_after=9999-12-31&published_before=9999-12-31"))

        assert ["Beta"] == page.column()

    @pytest.mark.parametrize(
        ("query", "readers"), [("returned=true", ["yes"]), ("returned__isnull=true", ["open"])]
    )
    def test_an_unknown_boolean_has_a_filter_of_its_own(self, client, screen, query, readers):
        for reader, returned in (("yes", True), ("no", False), ("open", None)):
            Loan.objects.create(reader=reader, number=1, returned=returned)
        url = screen(Loan, columns=["reader"], filterset_fields=["returned"])

        assert readers == Page(client.get(f"{url}?{query}")).column()

    def test_a_relation_is_filtered_through(self, client, screen, shelf):
        url = screen(Book, columns=["title"], filterset_fields=["author__name", "genres__name"])

        assert ["Alpha"] == Page(client.get(f"{url}?author__name=ad")).column()

    def test_a_filter_to_many_never_doubles_a_row(self, client, screen, shelf):
        Genre.objects.update(name="Same")
        url = screen(Book, columns=["title"], filterset_fields=["genres__name"], ordering=["title"])

        assert ["Alpha", "Beta"] == Page(client.get(f"{url}?genres__name=same")).column()

    def test_a_mapping_is_that_of_django_filter(self, client, screen, shelf):
        lookups = {"title": ["startswith", "icontains"], "pages": ["lt", "in"]}
        url = screen(Book, columns=["title"], filterset_fields=lookups)

        assert ["Gamma"] == Page(client.get(f"{url}?pages__lt=8")).column()
        assert ["Gamma"] == Page(client.get(f"{url}?pages__in=7,8")).column()

    def test_a_filterset_class_is_taken_as_it_is(self, client, screen, shelf):
        class Shelved(django_filters.FilterSet):
            cheap = django_filters.BooleanFilter(method="only_cheap", label="Cheap")
            kind = django_filters.MultipleChoiceFilter(
                field_name="status", choices=Book.Status, label="Kind"
            )

            def only_cheap(self, queryset, name, value):
                return queryset.filter(price__lt=6) if value else queryset

        url = screen(Book, columns=["title"], filterset_class=Shelved)
        page = Page(client.get(f"{url}?cheap=true&kind=draft&kind=published"))

        assert ["Alpha"] == page.column()
        assert ["Cheap: Yes", "Kind: Draft, Published"] == page.chips()

    def test_without_a_declaration_the_model_suggests_filters(self, client, screen, shelf):
        page = Page(client.get(screen(Book)))
        names = page.sent("filter-form")

        assert {"author", "status", "price_min", "pages_max", "published_after"} <= names.keys()

    def test_a_list_without_filters_has_no_filter_fields(self, client, screen, shelf):
        page = Page(client.get(screen(Book, columns=["title"], filterset_fields=[]), {"pages": 1}))

        assert [] == page.all("field")
        assert 3 == len(page.rows())


class TestInvalid:
    @pytest.mark.parametrize(
        "query",
        [
            "author=99",
            "author=abc",
            "genres=nobody",
            "genres=z&genres=nobody",
            "status=nonsense",
            "price_min=dear",
            "price_min=1e99999999",
            "published_after=yesterday",
            "published_after=2020-02-30",
            "title=%00",
        ],
    )
    def test_a_bad_value_is_marked_and_yields_no_rows(self, client, url, shelf, query):
        page = Page(client.get(f"{url}?{query}&in_print=true"))
        (errors,) = page.all("errors")
        field = next(f for f in page.all("field") if errors in list(f.iter()))

        assert (200, "invalid", []) == (page.status, page.state(), page.rows())
        assert ["true"] == page.sent("filter-form")["in_print"]
        described = [
            e for e in field.iter() if errors.get("id") in (e.get("aria-describedby") or "").split()
        ]
        assert described and "true" == described[0].get("aria-invalid")
        assert next(page.one("filter-form").iter("details")).get("open") is not None

    def test_a_filter_that_is_not_asked_never_fails(self, client, url, shelf):
        names = Page(client.get(url)).sent("filter-form")

        assert 3 == len(Page(client.get(url, dict.fromkeys(names, ""))).rows())
