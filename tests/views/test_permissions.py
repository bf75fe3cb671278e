"""Who may do what: strangers, people with one permission, policies of a project."""

import pytest
from django.contrib.auth.models import User

from powercrud_core import Column, CRUDView
from powercrud_core.permissions import AllowAny, IsAuthenticated, ModelPermissions, Policy
from tests.library.models import Author, Book, Genre
from tests.views.pages import Page, seen, text_of

pytestmark = pytest.mark.django_db

# Every endpoint of a screen: how it is asked, and which permission it wants.
ENDPOINTS = {
    "list": ("get", "", "view"),
    "detail": ("get", "1/", "view"),
    "create": ("get", "new/", "add"),
    "create it": ("post", "new/", "add"),
    "update": ("get", "1/edit/", "change"),
    "update it": ("post", "1/edit/", "change"),
    "delete": ("get", "1/delete/", "delete"),
    "delete it": ("post", "1/delete/", "delete"),
    "choices": ("get", "choices/author/", "view"),
}
PERSONAS = {
    "nobody": (),
    "viewer": ("view",),
    "adder": ("add",),
    "changer": ("change",),
    "deleter": ("delete",),
    "viewing deleter": ("view", "delete"),
    "everything": ("view", "add", "change", "delete"),
}
DONE = {"list": 200, "detail": 200, "create": 200, "update": 200, "delete": 200, "choices": 200}


@pytest.fixture
def one(author):
    """Return the book with the key 1."""
    return Book.objects.create(pk=1, title="The one", author=author)


@pytest.fixture
def ask(author):
    """Return a function that asks an endpoint and gives the answer."""
    data = {"title": "Asked", "author": author.pk, "status": "draft", "pages": 1}

    def ask(client, url, name):
        method, tail, _ = ENDPOINTS[name]
        if method == "get":
            return client.get(f"{url}{tail}")
        return client.post(f"{url}{tail}", {**data, **seen(client, f"{url}{tail}")})

    return ask


def may(permissions, wanted):
    """Say what Django's model permissions answer: whoever changes may look."""
    return wanted in permissions or (wanted == "view" and "change" in permissions)


class TestModelPermissions:
    @pytest.mark.parametrize("endpoint", ENDPOINTS)
    @pytest.mark.parametrize("persona", PERSONAS)
    def test_every_endpoint_asks_every_person(
        self, client_for, permissions, one, ask, endpoint, persona
    ):
        held = PERSONAS[persona]
        client = client_for(permissions("view_author", *(f"{p}_book" for p in held)))
        wanted = ENDPOINTS[endpoint][2]
        on_object = endpoint.split()[0] in ("update", "delete")
        allowed = may(held, wanted) and (not on_object or may(held, "view"))

        expected = (302 if endpoint.endswith(" it") else 200) if allowed else 403
        assert expected == ask(client, "/books/", endpoint).status_code
        assert (Book.objects.count() == 1) or (endpoint in ("create it", "delete it") and allowed)

    @pytest.mark.parametrize("endpoint", ENDPOINTS)
    def test_a_stranger_is_sent_to_sign_in_and_back(self, client_for, one, ask, endpoint):
        tail = ENDPOINTS[endpoint][1]
        response = ask(client_for(), "/books/", endpoint)

        assert (302, f"/login/?next=/books/{tail}") == (response.status_code, response["Location"])
        assert [(1, "The one")] == list(Book.objects.values_list("pk", "title"))

    def test_the_way_back_from_signing_in_keeps_the_query(self, client_for):
        response = client_for().get("/books/?q=a&sort=-title")

        assert "/login/?next=/books/%3Fq%3Da%26sort%3D-title" == response["Location"]

    @pytest.mark.parametrize(
        ("held", "offered"),
        [
            (("view",), set()),
            (("view", "add"), {"create"}),
            (("view", "change"), {"update"}),
            (("view", "delete"), {"delete"}),
            (("view", "add", "change", "delete"), {"create", "update", "delete"}),
        ],
    )
    @pytest.mark.parametrize("url", ["/books/", "/books/1/"])
    def test_only_what_is_allowed_is_offered(
        self, client_for, permissions, one, held, offered, url
    ):
        page = Page(client_for(permissions(*(f"{p}_book" for p in held))).get(url))
        found = {name for name in ("create", "update", "delete") if page.has(f"action-{name}")}

        assert (offered if url == "/books/" else offered - {"create"}) == found

    def test_a_list_without_any_action_has_no_column_for_them(self, client_for, permissions, one):
        heads = [
            len(list(Page(client_for(permissions(*names)).get("/books/")).root.iter("th")))
            for names in (["view_book"], ["view_book", "change_book"])
        ]

        assert heads[0] + 1 == heads[1]

    def test_an_inactive_user_is_a_stranger(self, client_for, permissions):
        user = permissions("view_book")
        client = client_for(user)
        User.objects.update(is_active=False)

        assert 302 == client.get("/books/").status_code

    def test_the_refusal_is_a_page_of_the_site_that_gives_the_reason(
        self, client_for, permissions, one
    ):
        page = Page(client_for(permissions("view_book")).get("/books/1/edit/"))

        assert (403, "forbidden") == (page.status, page.state())
        assert "You do not have permission for this." in page.text("empty-state")
        assert "/books/" == page.href("Back to the list")

    def test_no_way_back_is_offered_to_a_list_that_is_closed(self, client_for, permissions):
        page = Page(client_for(permissions("add_book")).get("/books/"))

        assert 403 == page.status and [] == page.links(page.one("empty-state"))


class TestOpenPolicies:
    @pytest.mark.parametrize("endpoint", ENDPOINTS)
    def test_anybody_may_do_anything(self, client_for, screen, one, ask, endpoint):
        url = screen(Book, permission_policy=AllowAny, filterset_fields=["author"])

        expected = 302 if endpoint.endswith(" it") else 200
        assert expected == ask(client_for(), url, endpoint).status_code

    @pytest.mark.parametrize("endpoint", ENDPOINTS)
    def test_whoever_is_signed_in_may_do_anything(
        self, client_for, screen, permissions, one, ask, endpoint
    ):
        url = screen(Book, permission_policy=IsAuthenticated, filterset_fields=["author"])

        expected = 302 if endpoint.endswith(" it") else 200
        assert "/login/" in ask(client_for(), url, endpoint)["Location"]
        assert expected == ask(client_for(permissions()), url, endpoint).status_code

    @pytest.mark.parametrize("endpoint", ENDPOINTS)
    def test_a_policy_that_says_nothing_forbids_everything(
        self, client, screen, one, ask, endpoint
    ):
        url = screen(Book, permission_policy=Policy)

        assert 403 == ask(client, url, endpoint).status_code


class Cheap(AllowAny):
    """Shows cheap books; only the very cheap may be changed, the free ones deleted."""

    LIMITS = {"view": 10, "change": 5, "delete": 1}

    def rows(self, user, action, queryset):
        return queryset.filter(price__lt=self.LIMITS[action])

    def reason(self, user, action, obj=None):
        return f"{obj} is too dear to {action}." if obj else "Too dear."


class PerObject(AllowAny):
    """The same, asked for each object in Python."""

    object_level = True

    def allows(self, user, action, obj=None):
        return obj is None or action in ("view", "add") or obj.price < Cheap.LIMITS[action]

    def rows(self, user, action, queryset):
        return queryset.filter(price__lt=10) if action == "view" else queryset


class TestRows:
    @pytest.fixture(params=[Cheap, PerObject])
    def url(self, request, screen, books):
        for price in (0, 3, 7, 100):
            books(f"Costs {price}", price=price)
        return screen(Book, columns=["title"], permission_policy=request.param, fields=["title"])

    def key(self, price):
        return Book.objects.get(price=price).pk

    def test_what_is_invisible_is_not_in_the_list_nor_counted(self, client_for, url):
        page = Page(client_for().get(url))

        assert ["Costs 0", "Costs 3", "Costs 7"] == sorted(page.column())
        assert "1–3 of 3 books" == page.text("status")

    @pytest.mark.parametrize("tail", ["", "edit/", "delete/"])
    def test_what_is_invisible_is_not_found(self, client_for, url, tail):
        assert 404 == client_for().get(f"{url}{self.key(100)}/{tail}").status_code
        if tail:
            assert 404 == client_for().post(f"{url}{self.key(100)}/{tail}").status_code
        assert Book.objects.filter(title="Costs 100").exists()

    @pytest.mark.parametrize(
        ("price", "tail", "status"),
        [
            (7, "", 200),
            (7, "edit/", 403),
            (7, "delete/", 403),
            (3, "edit/", 200),
            (3, "delete/", 403),
            (0, "delete/", 200),
        ],
    )
    @pytest.mark.parametrize("persona", ["stranger", "user"])
    def test_a_forbidden_act_on_a_visible_object_is_forbidden(
        self, client_for, permissions, url, price, tail, status, persona
    ):
        client = client_for(permissions() if persona == "user" else None)
        response = client.get(f"{url}{self.key(price)}/{tail}")

        if status == 403 and persona == "stranger":
            assert "/login/" in response["Location"]
        else:
            assert status == response.status_code

    def test_only_what_is_allowed_is_offered_row_by_row(self, client_for, url):
        page = Page(client_for().get(url))
        offered = {
            text_of(page.all("cell", row)[0]): [
                name for name in ("update", "delete") if page.all(f"action-{name}", row)
            ]
            for row in page.all("row")
        }

        assert {"Costs 0": ["update", "delete"], "Costs 3": ["update"], "Costs 7": []} == offered

    @pytest.mark.parametrize(("price", "offered"), [(0, 2), (3, 1), (7, 0)])
    def test_the_detail_page_offers_the_same(self, client_for, url, price, offered):
        page = Page(client_for().get(f"{url}{self.key(price)}/"))

        assert offered == len(page.all("action-update") + page.all("action-delete"))

    def test_the_reason_is_told(self, client_for, permissions, screen, books):
        (book,) = books("Dear", price=7)
        url = screen(Book, permission_policy=Cheap)
        page = Page(client_for(permissions()).get(f"{url}{book.pk}/edit/"))

        assert "Dear is too dear to change." in page.text("empty-state")


class TestFields:
    @pytest.fixture
    def url(self, screen, books):
        class NoPrices(AllowAny):
            def fields(self, user, action, obj=None):
                names = {"title", "author", "pages", "status", "genres"}
                return None if user.is_authenticated else names

        books("Cheap secret", price=1, notes="hidden words")
        books("Dear secret", price=9, pages=7)
        return screen(
            Book,
            permission_policy=NoPrices,
            columns=[
                "title",
                "price",
                Column("cost", accessor="price", label="Cost"),
                Column("dear", accessor=lambda book: book.price, label="Dear", sort="price"),
                "pages",
                "author.name",
            ],
            filterset_fields=["price", "pages", "notes"],
            search_fields=["title", "notes"],
        )

    def test_the_columns_are_absent(self, client_for, url):
        page = Page(client_for().get(url))

        assert ["Title", "Pages", "Name"] == [text_of(h) for h in page.all("header")]
        assert "price" not in page.html.lower()

    @pytest.mark.parametrize("sort", ["price", "-price", "cost", "dear", "-dear"])
    def test_the_rows_cannot_be_sorted_by_them(self, client_for, url, sort):
        first, second = (Page(client_for().get(f"{url}?sort={sort}")), Page(client_for().get(url)))

        assert second.column() == first.column()
        assert "sort" in first.text("notice")

    @pytest.mark.parametrize(
        "query", ["price_min=5", "price_max=5", "price__isnull=true", "notes=hidden"]
    )
    def test_they_cannot_be_filtered(self, client_for, url, query):
        page = Page(client_for().get(f"{url}?{query}"))

        assert 2 == len(page.rows()) and [] == page.chips()
        assert query.split("=")[0] in page.text("notice")
        assert {"pages_min", "pages_max", "q"} == set(page.sent("filter-form"))

    def test_the_search_does_not_look_at_them(self, client_for, url):
        assert [] == Page(client_for().get(f"{url}?q=hidden")).rows()
        assert 2 == len(Page(client_for().get(f"{url}?q=secret")).rows())

    def test_the_detail_page_hides_them(self, client_for, url):
        page = Page(client_for().get(f"{url}{Book.objects.first().pk}/"))

        assert "hidden words" not in page.html and "Price" not in page.html
        assert "Cheap secret" in page.html

    def test_the_form_neither_shows_nor_takes_them(self, client_for, url):
        book = Book.objects.first()
        page = Page(client_for().get(f"{url}{book.pk}/edit/"))
        data = {**page.sent("form"), "price": "77", "notes": "x"}

        assert "price" not in page.html.lower()
        assert 302 == client_for().post(f"{url}{book.pk}/edit/", data).status_code
        book.refresh_from_db()
        assert (1, "hidden words") == (book.price, book.notes)

    def test_whoever_may_see_them_does(self, client, url):
        page = Page(client.get(f"{url}?sort=-price&price_min=5"))

        assert ["Dear secret"] == page.column()

    def test_hidden_choices_are_not_found(self, client_for, screen, author):
        class NoAuthors(AllowAny):
            def fields(self, user, action, obj=None):
                return {"title"}

        url = screen(
            Book,
            permission_policy=NoAuthors,
            filterset_fields=["author"],
            fields=["title", "author"],
        )
        data = {"_origin": f"{url}new/"}

        assert 404 == client_for().get(f"{url}choices/author/").status_code
        assert 404 == client_for().post(f"{url}choices/author/", data).status_code


class TestQueryset:
    """`get_queryset()` is the outer boundary of every role, whatever the policy says."""

    @pytest.fixture
    def url(self, route, books):
        class Mine(CRUDView):
            model = Book
            url_base = "mine"
            fields = ["title", "author"]
            search_fields = ["title"]
            filterset_fields = ["title"]
            permission_policy = AllowAny

            def get_queryset(self):
                return super().get_queryset().filter(title__startswith="Mine")

        books("Mine", "Yours")
        return route(Mine)

    @pytest.mark.parametrize("query", ["", "?q=yours", "?title=yours", "?sort=-title"])
    def test_the_list_stays_inside(self, client_for, url, query):
        assert "Yours" not in str(Page(client_for().get(url + query)).rows())

    @pytest.mark.parametrize("tail", ["", "edit/", "delete/"])
    @pytest.mark.parametrize("method", ["get", "post"])
    def test_every_role_stays_inside(self, client_for, url, tail, method, author):
        yours = Book.objects.get(title="Yours")
        response = getattr(client_for(), method)(
            f"{url}{yours.pk}/{tail}", {"title": "Taken", "author": author.pk}
        )

        assert response.status_code == (405 if method == "post" and not tail else 404)
        assert Book.objects.filter(title="Yours").exists()

    def test_the_choices_of_a_form_stay_inside(self, client_for, url):
        yours = Book.objects.get(title="Yours")
        data = {"_origin": f"{url}{yours.pk}/edit/"}

        assert 404 == client_for().post(f"{url}choices/author/", data).status_code


class TestRoles:
    def test_a_view_without_a_role_has_no_such_address_and_offers_nothing(
        self, client, screen, one
    ):
        roles = [r for r in CRUDView.roles if r.name in ("list", "detail")]
        url = screen(Book, roles=roles)
        page = Page(client.get(url))

        assert not any(page.has(f"action-{n}") for n in ("create", "update", "delete"))
        for tail in ("new/", "1/edit/", "1/delete/", "choices/author/"):
            assert 404 == client.get(f"{url}{tail}").status_code

    def test_a_view_of_choices_and_genres_alike(self, client, one):
        """
        The policy for the values of a relation is that of the related model.
        """
        assert ModelPermissions(Book).related(Genre).model is Genre
        assert AllowAny(Book).related(Author).allows(None, "view")
