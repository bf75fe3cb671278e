"""The list: sorting, searching, paging, its address and its empty states."""

import datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import OperationalError, connection
from django.db.models import F

from powercrud_core import Column
from tests.library.models import Author, Book, Genre
from tests.library.views import BookView
from tests.views.pages import Page, text_of

pytestmark = pytest.mark.django_db

LONG = "x" * 5000


@pytest.fixture
def shelf(db):
    """Return three books by two authors, with equal and missing values among them."""
    ada, zoe = (Author.objects.create(name=name) for name in ("Ada", "Zoe"))
    return [
        Book.objects.create(title="Alpha", author=zoe, pages=300, price=5),
        Book.objects.create(title="Beta", author=ada, pages=200, price=5),
        Book.objects.create(title="Gamma", author=zoe, pages=100, price=None),
    ]


def query_of(url):
    return {name: values[-1] for name, values in parse_qs(urlsplit(url).query).items()}


class TestSorting:
    @pytest.mark.parametrize(
        ("sort", "expected"),
        [
            ("", ["Alpha", "Beta", "Gamma"]),
            ("-title", ["Gamma", "Beta", "Alpha"]),
            ("pages", ["Gamma", "Beta", "Alpha"]),
            ("author,-title", ["Beta", "Gamma", "Alpha"]),
            ("-author,title", ["Alpha", "Gamma", "Beta"]),
            ("-price,pages", ["Beta", "Alpha", "Gamma"]),
        ],
    )
    def test_the_keys_are_applied_in_their_order(self, client, screen, shelf, sort, expected):
        url = screen(Book, columns=["title", "author", "price", "pages"], ordering=["title"])

        assert expected == Page(client.get(url, {"sort": sort})).column()

    def test_a_heading_leads_from_ascending_to_descending_to_off(self, client, screen, shelf):
        url = screen(Book, columns=["title", "pages"])
        seen = []
        for _ in range(4):
            page = Page(client.get(url))
            seen.append(page.header("Pages").get("aria-sort"))
            url = page.links(page.header("Pages"))[0].get("href")

        assert [None, "ascending", "descending", None] == seen

    def test_a_heading_that_sorts_by_default_is_turned_first(self, client, screen, shelf):
        page = Page(client.get(screen(Book, columns=["title", "pages"], ordering=["title"])))

        assert "ascending" == page.header("Title").get("aria-sort")
        assert "sort=-title" == urlsplit(page.links(page.header("Title"))[0].get("href")).query

    def test_a_heading_sorts_alone_and_with_shift_among_the_others(self, client, screen, shelf):
        url = screen(Book, columns=["title", "author", "pages"])
        page = Page(client.get(url, {"sort": "author"}))
        link = page.links(page.header("Pages"))[0]

        assert {"sort": "pages"} == query_of(link.get("href"))
        assert {"sort": "author,pages"} == query_of(link.get("data-pc-shift"))

    def test_only_the_first_key_is_announced_the_others_are_numbered(self, client, screen, shelf):
        url = screen(Book, columns=["title", "author", "pages"])
        page = Page(client.get(url, {"sort": "author,-pages"}))
        headings = [(h.get("aria-sort"), text_of(h)) for h in page.all("header")]

        assert [(None, "Title"), ("ascending", "Author 1"), (None, "Pages 2")] == headings

    def test_the_panel_adds_turns_moves_and_removes_keys_with_links_alone(
        self, client, screen, shelf
    ):
        url = screen(Book, columns=["title", "author", "pages"])
        page = Page(client.get(url, {"sort": "author,-pages"}))
        panel = page.one("sort-panel")
        leads = {
            name: query_of(page.href(name, panel)).get("sort")
            for name in (
                "Sort Author descending",
                "Sort by Author later",
                "Do not sort by Author",
                "Sort Pages ascending",
                "Sort by Pages earlier",
                "Title",
                "Default order",
            )
        }

        assert {
            "Sort Author descending": "-author,-pages",
            "Sort by Author later": "-pages,author",
            "Do not sort by Author": "-pages",
            "Sort Pages ascending": "author,pages",
            "Sort by Pages earlier": "-pages,author",
            "Title": "author,-pages,title",
            "Default order": None,
        } == leads

    def test_a_relation_sorts_by_the_order_of_its_model(self, client, screen, shelf):
        url = screen(Book, columns=["title", "author"])

        assert ["Beta", "Alpha", "Gamma"] == Page(client.get(url, {"sort": "author"})).column()

    def test_the_order_of_the_model_holds_where_nothing_else_is_said(self, client, screen, db):
        for name in ("Zoe", "Ada"):
            Author.objects.create(name=name)
        page = Page(client.get(screen(Author, columns=["name"])))

        assert ["Ada", "Zoe"] == page.column()
        assert "ascending" == page.header("Name").get("aria-sort")

    def test_an_expression_may_be_the_default_order(self, client, screen, shelf):
        url = screen(Book, columns=["title"], ordering=[F("price").desc(nulls_first=True)])

        assert ["Gamma", "Alpha", "Beta"] == Page(client.get(url)).column()

    @pytest.mark.parametrize("sort", ["price", "-price", "author", ""])
    def test_rows_of_equal_value_stand_on_one_page_only(self, client, screen, books, sort):
        """
        Without a tiebreak the database may show a row twice and another never.
        """
        books(60, price=1)
        url = screen(Book, columns=["title", "price", "author"], page_sizes=[7], ordering=["pages"])
        seen = []
        for page in range(1, 10):
            seen += Page(client.get(url, {"sort": sort, "page": page})).column()

        assert 60 == len(seen) == len(set(seen))

    @pytest.mark.usefixtures("without_jobs")
    @pytest.mark.parametrize("sort", ["price", "-author", "title,-pages", ""])
    def test_the_database_is_told_what_breaks_a_tie(
        self, client, screen, shelf, django_assert_max_num_queries, sort
    ):
        """
        SQLite keeps equal rows in the order of their keys, others do not.
        """
        url = screen(Book, columns=["title", "author", "pages", "price"], ordering=["pages"])
        with django_assert_max_num_queries(20) as captured:
            client.get(url, {"sort": sort})
        order = [q["sql"].split("ORDER BY")[1] for q in captured if "LEFT OUTER" in q["sql"]]
        order += [q["sql"].split("ORDER BY")[1] for q in captured if "INNER JOIN" in q["sql"]]

        assert ['"library_book"."id" ASC'] == [
            o.split(",")[-1].split("LIMIT")[0].strip() for o in order
        ]

    @pytest.mark.parametrize(
        "sort",
        ["nonsense", "--title", "title,title", "-", ",", "title;drop", "author__name", "?", LONG],
    )
    def test_a_key_that_means_nothing_is_left_out(self, client, screen, shelf, sort):
        page = Page(client.get(screen(Book, columns=["title"]), {"sort": sort}))

        assert 200 == page.status and 3 == len(page.rows())

    def test_at_most_eight_columns_sort(self, client, screen, shelf):
        names = [Column(f"c{n}", accessor="title", label=f"C{n}") for n in range(20)]
        url = screen(Book, columns=names)
        page = Page(client.get(url, {"sort": ",".join(f"c{n}" for n in range(20))}))

        assert 8 == len(page.all("sort-key"))
        assert "sort" in page.text("notice")


class TestSearch:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("alpha", ["Alpha"]),
            ("ALPHA", ["Alpha"]),
            ("zoe", ["Alpha", "Gamma"]),
            ("zoe gamma", ["Gamma"]),
            ("zoe beta", []),
            ('"amm"', ["Gamma"]),
            ('"zoe gamma"', []),
            ("  alpha  ", ["Alpha"]),
            ('"', ["Alpha", "Beta", "Gamma"]),
            ('"alpha', ["Alpha"]),
            ("%", []),
            ("_", []),
            ("\\", []),
            ("'", []),
            ("al\x00pha", ["Alpha"]),
            ("' OR 1=1 --", []),
            (LONG, []),
            ("a " * 2000, ["Alpha", "Beta", "Gamma"]),
        ],
        ids=lambda value: repr(value)[:20],
    )
    def test_every_word_must_occur_in_some_field(self, client, screen, shelf, text, expected):
        url = screen(Book, columns=["title"], search_fields=["title", "author__name"])

        assert expected == Page(client.get(url, {"q": text})).column()

    @pytest.mark.parametrize(
        ("title", "text"),
        [
            ("100% wool", "100%"),
            ("a_b", "a_b"),
            ("it's", "it's"),
            ("back\\slash", "back\\slash"),
            ("say hello there", '"hello there"'),
            ("Ünïcode", "Ünïcode"),
        ],
    )
    def test_a_sign_is_looked_for_as_it_is(self, client, screen, books, title, text):
        books(title, "100 wool axb its backslash hello over there unicode")
        page = Page(
            client.get(screen(Book, columns=["title"], search_fields=["title"]), {"q": text})
        )

        assert [title] == page.column()

    def test_a_relation_to_many_never_doubles_a_row(self, client, screen, shelf):
        genres = [Genre.objects.create(code=f"g{n}", name=f"Science {n}") for n in range(3)]
        shelf[0].genres.set(genres)
        url = screen(Book, columns=["title"], search_fields=["genres__name", "copies__shelf"])

        assert ["Alpha"] == Page(client.get(url, {"q": "science"})).column()

    def test_the_search_stands_in_its_field_and_in_a_chip(self, client, shelf):
        page = Page(client.get("/books/", {"q": "zoe"}))

        assert "zoe" == page.one("search-input").get("value")
        assert ["Search: zoe"] == page.chips()
        assert "/books/" == page.href("Remove filter: Search zoe")

    def test_a_list_without_search_fields_has_no_search(self, client, screen, shelf):
        page = Page(client.get(screen(Book, search_fields=[]), {"q": "zoe"}))

        assert not page.has("search-input")
        assert 3 == len(page.rows()) and "q" in page.text("notice")


class TestPages:
    def test_a_page_is_as_long_as_declared(self, client, screen, books):
        books(12)
        page = Page(client.get(screen(Book, paginate_by=5, page_sizes=[5, 10])))

        assert 5 == len(page.rows())
        assert "1–5 of 12 books" == page.text("status")
        assert ["5", "10"] == [text_of(e) for e in page.all("page-size")]

    @pytest.mark.parametrize(
        ("page_size", "rows"),
        [("10", 10), ("5", 5), ("7", 5), ("1000000", 5), ("-5", 5), ("0", 5), ("all", 5)],
    )
    def test_only_what_is_offered_can_be_asked_for(self, client, screen, books, page_size, rows):
        books(12)
        url = screen(Book, paginate_by=5, page_sizes=[5, 10])
        page = Page(client.get(url, {"page_size": page_size}))

        assert rows == len(page.rows())
        assert page.has("notice") == (page_size not in ("5", "10"))

    @pytest.mark.parametrize("asked", ["3", "4", "999999999"])
    def test_a_page_past_the_end_is_the_last_one(self, client, screen, books, asked):
        books(12)
        page = Page(client.get(screen(Book, page_sizes=[5]), {"page": asked}))

        assert ["Book 011", "Book 012"] == page.column()
        assert ["3"] == [text_of(e) for e in page.all("page-link") if e.get("aria-current")]

    def test_previous_and_next_keep_the_state(self, client, screen, books):
        books(12)
        url = screen(Book, page_sizes=[5], columns=["title"])
        page = Page(client.get(url, {"page": 2, "sort": "-title", "q": "book"}))

        assert {"sort": "-title", "q": "book"} == query_of(page.href("Previous"))
        assert {"page": "3", "sort": "-title", "q": "book"} == query_of(page.href("Next"))

    def test_anything_but_paging_leads_back_to_page_one(self, client, screen, books):
        books(12)
        url = screen(
            Book, page_sizes=[5, 6], columns=["title", "pages"], filterset_fields=["pages"]
        )
        page = Page(client.get(url, {"page": 2, "q": "book", "pages_min": 1}))
        changes = [
            page.links(page.header("Pages"))[0].get("href"),
            page.href("6 rows per page"),
            page.href("Clear all"),
            page.href("Remove filter: Search book"),
        ]

        assert [] == [url for url in changes if "page" in query_of(url)]
        assert "page" not in page.sent("filter-form")

    @pytest.mark.parametrize(
        ("query", "reported"),
        [
            ("page=-1", "page"),
            ("page=0", "page"),
            ("page=abc", "page"),
            ("page=1.5", "page"),
            ("page=99999999999999999999", "page"),
            ("page=%D9%A3", "page"),
            (f"page={LONG}", "page"),
            ("page_size=abc", "page_size"),
            ("sort=nonsense", "sort"),
            ("nonsense=1", "nonsense"),
            ("page[]=1&sort[0]=title", "page[], sort[0]"),
            ("pages_min[]=1", "pages_min[]"),
            (f"{LONG}=1", LONG),
            ("next=//evil.example", "next"),
            ("%00=1", ""),
            ("=1", ""),
        ],
        ids=lambda value: value[:30],
    )
    def test_what_makes_no_sense_is_reported_and_left_out(
        self, client, screen, books, query, reported
    ):
        books(3)
        url = screen(Book, columns=["title"], filterset_fields=["pages"])
        page = Page(client.get(f"{url}?{query}"))

        assert 200 == page.status and 3 == len(page.rows())
        assert reported in page.text("notice")
        assert url == page.href("Dismiss")

    @pytest.mark.parametrize(
        "query",
        [
            "page=1&page=2",
            "sort=title&sort=-title",
            "page_size=25&page_size=50",
            "q=a&q=book",
            "pages_min=1&pages_min=2",
            "page=&sort=&q=&page_size=&pages_min=",
            "&&&",
            "page",
            "%ff%fe=%ff",
            "q=%ff",
            "pages_min=1e9999999999",
            "pages_min=1e999999999",
            "pages_min=NaN",
            "pages_min=Infinity",
            "pages_min=99999999999999999999999999999",
            "pages_max=-99999999999999999999999999999",
            "price_min=1e400",
            "price_max=1e999999999",
            "price_min=-1e-999999999",
            "author=99999999999999999999999",
            "author=-1",
            "author=abc",
            "author=%00",
            "genres=%00&genres=x",
            "published_after=0000-00-00",
            "published_after=99999-01-01",
            "published_before=9999-12-31",
            "published_after=0001-01-01",
            "status=%00",
            "in_print=maybe",
            "title=%00",
            f"title={LONG}",
        ],
    )
    def test_no_address_makes_the_list_fail(self, client, screen, books, query):
        books(3)
        fields = ["title", "author", "genres", "status", "price", "pages", "published", "in_print"]
        url = screen(Book, columns=["title"], filterset_fields=fields)

        assert 200 == client.get(f"{url}?{query}").status_code

    def test_no_address_makes_the_list_work_for_long(self, client, screen, books):
        """
        A number of a hundred million digits must not be written out.
        """
        books(3)
        url = screen(Book, columns=["title"], filterset_fields=["pages", "price"])
        before = datetime.datetime.now()
        client.get(f"{url}?pages_min=1e99999999&pages_max=1e99999999&price_min=1e99999999")

        assert datetime.datetime.now() - before < datetime.timedelta(seconds=3)


class TestTheAddress:
    @pytest.mark.parametrize(
        "query",
        [
            "q=book&page=1&page_size=25",
            "page_size=25&q=book",
            "q=book&page=&sort=",
            "q=%20book%20",
            "nonsense=1&q=book",
            "status=&q=book&price_min=",
        ],
    )
    def test_equal_states_have_equal_addresses(self, client, books, query):
        """
        Seen in the link of a column: keys sorted, defaults and nonsense left out.
        """
        books(3)
        page = Page(client.get(f"/books/?{query}"))

        assert "/books/?q=book&sort=-title" == page.links(page.header("Title"))[0].get("href")

    def test_the_keys_are_sorted(self, client, books):
        books(3)
        query = "status=draft&q=book&price_max=9&author="
        books("Bookish", price=1)
        page = Page(client.get(f"/books/?{query}"))

        expected = "/books/?price_max=9&q=book&sort=-title&status=draft"
        assert expected == page.links(page.header("Title"))[0].get("href")

    def test_the_order_of_the_values_does_not_matter(self, client, book):
        for code in ("a", "b"):
            Genre.objects.create(code=code, name=code).book_set.add(book)
        queries = ("genres=a&genres=b", "genres=b&genres=a", "genres=b&genres=a&genres=b")
        pages = [Page(client.get(f"/books/?{query}&page_size=50")) for query in queries]

        assert 1 == len({page.href("Remove filter: Genres a, b") for page in pages})
        states = {Page(client.get(f"/books/?{q}&nonsense=1")).href("Dismiss") for q in queries}
        assert {"/books/?genres=a&genres=b"} == states

    def test_the_filter_form_sends_the_rest_of_the_state_along(self, client, screen, books):
        books(12)
        url = screen(Book, columns=["title"], page_sizes=[5, 10], filterset_fields=["pages"])
        page = Page(client.get(url, {"page_size": 10, "sort": "-title", "q": "book", "page": 2}))

        assert {
            "page_size": ["10"],
            "sort": ["-title"],
            "q": ["book"],
            "pages_min": [""],
            "pages_max": [""],
        } == page.sent("filter-form")


class TestEmptyStates:
    def test_nothing_yet_offers_to_create_the_first(self, client, db):
        page = Page(client.get("/books/"))

        assert "none" == page.state()
        assert "/books/new/" == page.href("New book", page.one("empty-state"))

    def test_nothing_yet_offers_nothing_to_who_may_not_create(self, client_for, permissions):
        page = Page(client_for(permissions("view_book")).get("/books/"))

        assert ("none", []) == (page.state(), page.links(page.one("empty-state")))

    @pytest.mark.parametrize("query", ["q=nobody", "price_min=100", "q=nobody&price_min=100"])
    def test_nothing_that_matches_offers_to_clear(self, client, book, query):
        page = Page(client.get(f"/books/?{query}&sort=-title"))

        assert "unmatched" == page.state()
        assert "/books/?sort=-title" == page.href("Clear all filters")

    def test_a_filter_on_nothing_at_all_is_still_nothing_yet(self, client, db):
        assert "none" == Page(client.get("/books/?q=nobody")).state()

    def test_an_invalid_filter_shows_its_error_and_no_rows(self, client, book):
        page = Page(client.get("/books/?price_min=dear&status=draft"))

        assert (200, "invalid", []) == (page.status, page.state(), page.rows())
        assert "Enter a number." in "".join(text_of(e) for e in page.all("errors"))
        assert ["draft"] == page.sent("filter-form")["status"]
        assert "dear" in page.sent("filter-form")["price_min"]

    def test_who_may_not_see_anything_is_told_so(self, client_for, permissions):
        page = Page(client_for(permissions()).get("/books/"))

        assert (403, "forbidden") == (page.status, page.state())

    @pytest.mark.parametrize("table", ["library_book", "library_author", "library_genre"])
    def test_a_database_that_fails_leaves_a_page_to_try_again(self, client, book, table, caplog):
        """
        The rows, what is joined to them, or the values of a filter: the page stands.
        """

        def fail(execute, sql, params, many, context):
            if table in sql:
                raise OperationalError("the disk is gone")
            return execute(sql, params, many, context)

        with connection.execute_wrapper(fail):
            page = Page(client.get("/books/?sort=-title"))

        assert (503, "failed", []) == (page.status, page.state(), page.rows())
        assert "/books/?sort=-title" == page.href("Try again")
        assert "the disk is gone" in caplog.text and "the disk is gone" not in page.html


class TestTwoListsOnOnePage:
    @pytest.fixture
    def both(self, client, route, books, author):
        books(30)
        Author.objects.bulk_create(Author(name=f"Author {n:03}") for n in range(30))
        return lambda query="": Page(client.get(f"/both/?{query}"))

    def parts(self, page, part):
        return {e.get("data-pc-list", "") or text_of(e): e for e in page.all(part)}

    def test_each_has_ids_of_its_own(self, both):
        ids = [e.get("id") for e in both("a-q=b&b-q=u").root.iter() if e.get("id")]

        assert len(ids) == len(set(ids))

    @pytest.mark.parametrize(
        ("query", "first", "second"),
        [
            ("", ["Book 001", 25], ["Author 000", 25]),
            ("a-page=2", ["Book 026", 5], ["Author 000", 25]),
            ("b-page=2", ["Book 001", 25], ["Author 025", 6]),
            ("a-q=007&b-sort=-name", ["Book 007", 1], ["Ursula", 25]),
            ("a-price_min=1", [None, 0], ["Author 000", 25]),
            ("a-title=012", ["Book 012", 1], ["Author 000", 25]),
            ("page=2&q=nobody&sort=-title", ["Book 001", 25], ["Author 000", 25]),
        ],
    )
    def test_each_reads_its_own_parameters(self, both, query, first, second):
        page = both(query)
        lists = page.all("list-page")
        found = []
        for part in lists:
            rows = page.all("row", part)
            titles = [text_of(page.all("cell", row)[0]) for row in rows]
            found.append([titles[0] if titles else None, len(titles)])

        assert [first, second] == found

    def test_every_link_and_form_keeps_the_other_lists_state(self, both):
        page = both("a-page=2&b-q=Author&b-sort=-name&x=1")
        books, authors = page.all("list-page")
        links = [e.get("href") for e in page.all("sort-link", books)]
        for url in links:
            assert {"b-q": "Author", "b-sort": "-name", "x": "1"}.items() <= query_of(url).items()
        for url in [e.get("href") for e in page.all("sort-link", authors)]:
            assert "2" == query_of(url)["a-page"]

        form = page.all("filter-form", books)[0]
        hidden = {
            e.get("name"): e.get("value")
            for e in page.root.iter("input")
            if e.get("type") == "hidden" and e.get("form") == form.get("id")
        }
        assert {"b-q": "Author", "b-sort": "-name", "x": "1"} == hidden

    def test_chips_show_and_remove_what_is_applied(self, both):
        page = both("a-title=01&b-q=Author")
        books, _ = page.all("list-page")
        chip = page.all("chip", books)

        assert ["Title: 01"] == [text_of(next(e.iter("span"))) for e in chip]
        assert {"b-q": "Author"} == query_of(page.links(chip[0])[0].get("href"))

    def test_what_is_chosen_on_the_page_of_a_large_relation_comes_back(self, both, client):
        """
        The choices page belongs to the view alone, the value to this one list of this page.
        """
        author = Author.objects.create(name="Aaa")
        Book.objects.create(title="Mine", author=author)
        Author.objects.bulk_create(Author(name=f"More {n:03}") for n in range(120))
        page = both("a-page=2&b-q=Author")
        link = next(e for e in page.all("choose"))
        choices = Page(client.get(link.get("href")))
        choices = Page(
            client.get("/books/choices/author/", {**choices.sent("choice-form"), "_q": "Aaa"})
        )
        (picked,) = choices.all("choice")
        sent = {**choices.sent("choice-form"), picked.get("name"): [picked.get("value")]}

        assert "/both/" == choices.one("choice-form").get("action")
        page = Page(client.get("/both/", sent))
        books = page.all("list-page")[0]
        assert [f"Author: {text_of(picked)}"] == page.chips()[:1]
        assert {"a-author", "a-sort", "b-q"} == set(
            query_of(page.all("sort-link", books)[0].get("href"))
        )

    def test_the_rows_lead_back_to_this_page(self, both):
        page = both("a-page=2&b-q=Author")
        link = page.all("action-update")[0].get("href")

        assert "/both/?a-page=2&b-q=Author" == query_of(link)["next"]

    def test_who_may_see_one_list_only_sees_that_one(self, client_for, permissions, book):
        page = Page(client_for(permissions("view_author")).get("/both/"))

        assert ["Authors"] == [text_of(h) for h in page.root.iter("h1")][-1:]
        assert 1 == len(page.all("list-page"))

    @pytest.mark.parametrize("name", ["columns", "filterset_fields", "paginate_by", "nonsense"])
    def test_what_is_resolved_once_for_a_class_cannot_be_changed_by_the_way(self, rf, name):
        """
        It would be ignored without a word.
        """
        with pytest.raises(TypeError, match=f"cannot change '{name}': subclass the view"):
            BookView.embed(rf.get("/"), **{name: []})


class TestMethods:
    @pytest.mark.parametrize("url", ["/books/", "/books/new/", "/books/1/", "/books/1/delete/"])
    def test_a_head_is_a_get_without_a_body(self, client, author, url):
        Book.objects.create(pk=1, title="T", author=author)
        response = client.head(url)

        assert (200, b"") == (response.status_code, response.content)

    @pytest.mark.parametrize(
        ("url", "allowed"),
        [("/books/", "GET, HEAD, OPTIONS"), ("/books/new/", "GET, HEAD, OPTIONS, POST")],
    )
    def test_options_says_what_is_allowed(self, client, url, allowed):
        response = client.options(url)

        assert (200, allowed) == (
            response.status_code,
            ", ".join(sorted(m.strip() for m in response["Allow"].split(","))),
        )

    @pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "trace"])
    @pytest.mark.parametrize("url", ["/books/", "/books/1/"])
    def test_what_only_reads_takes_nothing(self, client, author, method, url):
        Book.objects.create(pk=1, title="T", author=author)

        assert 405 == getattr(client, method)(url).status_code
        assert Book.objects.exists()
