"""Rows that are edited in the list: what is shown, saved, refused and forbidden."""

import datetime
from decimal import Decimal

import html5lib
import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from powercrud_core import CRUDView, InlineEdit
from powercrud_core.permissions import AllowAny, Policy
from tests.library.models import Author, Book, Genre
from tests.views.pages import Page, text_of

pytestmark = pytest.mark.django_db

COLUMNS = ["title", "author", "genres", "status", "price", "published", "in_print"]
FIELDS = ["title", "author", "genres", "status", "price", "pages", "published", "in_print"]
INLINE = ["title", "author", "genres", "status", "price", "published", "in_print"]
BARE = {"X-PC-Part": "row"}


@pytest.fixture
def listed(screen):
    """Return a function that puts a list of books with inline fields on the site."""

    def make(inline=None, **attributes):
        declared = {"columns": COLUMNS, "fields": FIELDS, "permission_policy": AllowAny}
        return screen(Book, **{**declared, **attributes}, inline=inline or InlineEdit(INLINE))

    return make


@pytest.fixture
def url(listed, book):
    """Return the address of a book's editor in a list whose cells are edited."""
    return f"{listed()}{book.pk}/row/edit/"


def seen(client, url, **data):
    """Return the token of what an editor shows, where there is one."""
    answer = client.get(url, {n: data[n] for n in ("_field",) if n in data})
    return Page(answer).sent("row-form")["_seen"][0] if answer.status_code == 200 else ""


def save(client, url, **data):
    """Open an editor and save a row as the script does."""
    data = {"_row": "1", "_seen": seen(client, url, **data), **data}
    return client.post(url, data, headers=BARE)


def stored(book):
    """Return what the database holds of a book."""
    return Book.objects.values().get(pk=book.pk)


class TestRoles:
    def test_a_list_without_inline_has_none(self, client, screen, book):
        url = screen(Book)

        assert 404 == client.get(f"{url}{book.pk}/row/").status_code
        assert 404 == client.get(f"{url}{book.pk}/row/edit/").status_code
        assert not Page(client.get(url)).has("cell-edit")

    def test_names_alone_will_do(self, client, listed, book):
        page = Page(client.get(listed(["price"])))

        assert ["Edit Price of The Dispossessed"] == [text_of(e) for e in page.all("cell-edit")]


class TestList:
    def test_every_inline_cell_leads_to_its_editor(self, client, listed, book):
        page = Page(client.get(listed(InlineEdit(["status", "price"]))))

        link = page.href("Edit Price of The Dispossessed")
        assert f"/here/{book.pk}/row/edit/?_field=price" == link
        assert 200 == client.get(link).status_code

    def test_the_state_of_the_list_travels_along(self, client, listed, books):
        books(3)
        page = Page(client.get(f"{listed()}?q=book&sort=-title"))
        page = Page(client.get(page.href("Edit Price of Book 003")))

        assert "/here/?q=book&sort=-title" == page.one("row-cancel").get("href")
        assert ["/here/?q=book&sort=-title"] == page.sent("row-form")["next"]

    def test_a_locked_row_says_why(self, client, listed, books):
        books("Open", price=1)
        books("Shut", price=None)
        inline = InlineEdit(["status"], rows=Q(price__gt=0), reason="It has no price.")
        page = Page(client.get(listed(inline, ordering=["title"])))

        assert ["Edit Status of Open"] == [text_of(e) for e in page.all("cell-edit")]
        (lock,) = page.all("row-lock")
        assert ("It has no price.", "img") == (lock.get("aria-label"), lock.get("role"))
        assert lock in list(page.all("row")[1].iter())

    def test_a_lock_has_words_of_its_own(self, client, listed, book):
        inline = InlineEdit(["status"], rows=lambda rows: rows.none())
        page = Page(client.get(listed(inline)))

        assert "This book cannot be edited." == page.one("row-lock").get("title")

    def test_who_may_not_change_is_offered_nothing(self, client_for, permissions, listed, book):
        url = listed(InlineEdit(INLINE, rows=Q(pk=0)), permission_policy=CRUDView.permission_policy)
        page = Page(client_for(permissions("view_book")).get(url))

        assert not page.has("cell-edit")
        assert not page.has("row-lock")

    @pytest.mark.parametrize("mode", ["cell", "row"])
    def test_queries_do_not_grow_with_the_rows(self, client, listed, books, queries, mode):
        inline = InlineEdit(["title", "price"], mode=mode, rows=Q(price=None))
        url = listed(inline, filterset_fields=[], page_sizes=[5, 50])
        books(50)

        few = queries(lambda: client.get(url))
        assert few == queries(lambda: client.get(f"{url}?page_size=50"))
        without = listed(["title"], at="other/", filterset_fields=[], page_sizes=[5, 50])
        assert few == queries(lambda: client.get(without)) + 1

    def test_objects_and_fields_are_asked_one_by_one_where_a_policy_does(
        self, client, listed, books
    ):
        class Own(AllowAny):
            object_level = True

            def allows(self, user, action, obj=None):
                return action == "view" or obj is None or obj.title != "B"

            def fields(self, user, action, obj=None):
                return ["price"] if obj is not None and obj.title == "A" else None

        books("A", "B", "C")
        page = Page(
            client.get(listed(["status", "price"], permission_policy=Own, ordering=["title"]))
        )

        assert [
            "Edit Price of A",
            "Edit Status of C",
            "Edit Price of C",
        ] == [text_of(e) for e in page.all("cell-edit")]


class TestEditor:
    def test_a_cell_is_a_page_with_the_field_s_own_control(self, client, url, pack):
        page = Page(client.get(f"{url}?_field=price"))

        assert "Edit Price of The Dispossessed" == text_of(next(page.root.iter("h1")))
        assert {"csrfmiddlewaretoken", "_seen", "_field", "price"} == page.sent("row-form").keys()
        (control,) = [e for e in page.root.iter("input") if e.get("name") == "price"]
        assert ("Price", "number", "") == tuple(
            control.get(name) for name in ("aria-label", "type", "autofocus")
        )

    def test_only_the_cell_and_the_one_that_names_the_row_come(self, client, url):
        page = Page(client.get(f"{url}?_field=price"))

        assert ["Title", "Price"] == [e.get("data-label") for e in page.all("cell")]
        assert ["Title", "Price"] == [text_of(e) for e in page.all("header")]

    def test_a_row_comes_with_all_its_editors(self, client, listed, book, pack):
        url = listed(InlineEdit(["title", "price"], mode="row"))
        page = Page(client.get(f"{url}{book.pk}/row/edit/?_field=price"))

        assert COLUMNS == [e.get("data-label").lower().replace(" ", "_") for e in page.all("cell")]
        assert {"csrfmiddlewaretoken", "_seen", "_field", "title", "price"} == page.sent(
            "row-form"
        ).keys()
        assert ["price"] == [
            e.get("name") for e in page.root.iter("input") if e.get("autofocus") is not None
        ]
        assert not page.has("row-actions")

    def test_the_page_needs_no_repair(self, client, listed, book, pack):
        for mode in ("cell", "row"):
            url = f"{listed(InlineEdit(INLINE, mode=mode), at=f'{mode}/')}{book.pk}/row/edit/"
            for address in (url, f"{url}?_field=status"):
                parser = html5lib.HTMLParser(strict=True)
                parser.parse(client.get(address).content.decode())

    @pytest.mark.parametrize("field", ["pages", "id", "nothing", "title__x"])
    def test_a_field_that_is_not_edited_here_is_not_found(self, client, url, field):
        assert 404 == client.get(f"{url}?_field={field}").status_code
        assert 404 == client.post(url, {"_field": field, field: "1"}).status_code

    def test_looking_changes_nothing(self, client, url, book):
        before = stored(book)
        client.get(f"{url}?_field=title&title=Changed&_row=1")

        assert before == stored(book)

    def test_it_is_small(self, client, listed, pack):
        """
        A select of thirty options, in a list of eight columns.
        """
        Author.objects.bulk_create(Author(name=f"Author {n}") for n in range(30))
        book = Book.objects.create(title="T", author=Author.objects.first())
        url = f"{listed()}{book.pk}/row/edit/"

        assert 4_000 >= len(client.get(f"{url}?_field=price", headers=BARE).content)
        assert 5_000 >= len(client.get(f"{url}?_field=author", headers=BARE).content)


class TestSaving:
    def test_the_answer_is_the_row_as_the_list_shows_it(self, client, url, book, pack):
        page = Page(save(client, url, _field="price", price="12.5"))

        assert [["The Dispossessed", "Ursula", "—", "Draft", "12.50", "—", "Yes"]] == [
            [text.split("Edit")[0].strip() for text in row] for row in page.rows()
        ]
        assert [f"pc-here-row-{book.pk}"] == [e.get("id") for e in page.all("row")]
        assert "Saved “The Dispossessed”." == page.text("status")
        assert ("pc-here-status", "before") == tuple(
            page.one("status").get(name) for name in ("id", "data-pc-live")
        )
        assert Decimal("12.5") == stored(book)["price"]

    def test_without_a_script_it_leads_back_to_the_list_as_it_was(self, client, url):
        back = "/here/?q=dis&sort=-title"
        data = {"_seen": seen(client, url, _field="price"), "next": back}
        response = client.post(url, {"_field": "price", "price": "3", **data}, follow=True)

        assert [(back, 302)] == response.redirect_chain
        assert "Saved “The Dispossessed”." == Page(response).text("message")

    def test_nothing_else_is_written(self, client, url, book):
        before = stored(book)
        save(client, url, _field="price", price="3", title="Taken over", pages="7", author="99")

        assert {**before, "price": Decimal(3)} == stored(book)

    def test_what_others_wrote_meanwhile_stays(self, client, url, book):
        Book.objects.filter(pk=book.pk).update(title="Theirs", pages=7)
        save(client, url, _field="price", price="3")

        assert ("Theirs", 7, Decimal(3)) == Book.objects.values_list("title", "pages", "price")[0]

    def test_a_row_is_saved_as_a_whole(self, client, listed, book):
        url = listed(InlineEdit(["title", "price", "in_print"], mode="row"))
        save(client, f"{url}{book.pk}/row/edit/", _field="price", title="New", price="4")

        assert ("New", Decimal(4), False) == tuple(
            stored(book)[name] for name in ("title", "price", "in_print")
        )

    def test_relations_are_saved(self, client, url, book):
        genre = Genre.objects.create(code="a/b", name="Both")
        author = Author.objects.create(name="Other")
        save(client, url, _field="genres", genres=["a/b"])
        save(client, url, _field="author", author=author.pk)

        assert [genre] == list(book.genres.all())
        assert author.pk == stored(book)["author_id"]

    def test_it_is_small_and_quick(self, client, listed, book, books, pack):
        """
        However long the list is: session, user, the lock, the row, twice whether the author is
        there, the write, and the row as the list shows it. What begins and ends the step is not
        counted: only inside of a test it takes statements of its own.
        """
        books(300)
        fields = [name for name in FIELDS if name != "genres"]
        shown = {"columns": fields, "fields": fields, "page_sizes": [25, 500]}
        policy = CRUDView.permission_policy
        inline = ["author", "status", "price"]
        url = f"{listed(inline, permission_policy=policy, **shown)}{book.pk}/row/edit/"
        back = "/here/?page_size=500"
        answer = save(client, url, _field="price", price="1", next=back)

        assert 6_000 >= len(answer.content)
        for field, value in (("price", "2"), ("author", book.author_id), ("status", "published")):
            data = {"_field": field, field: value, "_row": "1", "next": back}
            data["_seen"] = seen(client, url, _field=field)
            with CaptureQueriesContext(connection) as captured:
                assert 200 == client.post(url, data, headers=BARE).status_code
            asked = [q["sql"] for q in captured if "SAVEPOINT" not in q["sql"]]
            assert 8 >= len(asked), "\n".join(asked)

    def test_perform_save_is_the_one_way(self, client, route, book):
        class Shouting(CRUDView):
            model = Book
            permission_policy = AllowAny
            columns = ("title", "price")
            fields = ("title", "price")
            inline = ("price",)

            def perform_save(self, form):
                form.instance.notes = "seen"
                return super().perform_save(form)

        save(client, f"{route(Shouting)}{book.pk}/row/edit/", _field="price", price="1")

        assert ("seen", Decimal(1)) == (stored(book)["notes"], stored(book)["price"])


class TestVersions:
    """What somebody else has written since the editor was opened."""

    @pytest.fixture
    def stale(self, client, url, book):
        """Return the token of an editor whose value has been changed since."""
        token = seen(client, url, _field="price")
        Book.objects.update(price=9)
        return token

    def test_both_values_are_shown_and_nothing_is_written(self, client, url, book, stale, pack):
        answer = save(client, url, _field="price", price="3.25", _seen=stale)
        page = Page(answer)

        assert 409 == answer.status_code
        assert ["Their value 9.00", "Your value 3.25"] == [
            text_of(e) for e in page.all("conflict-side")
        ]
        assert "Nothing has been saved yet." in page.text("row-errors")
        assert {"_seen", "_field", "price", "_take-price"} <= page.sent("row-form").keys()
        assert ["3.25"] == page.sent("row-form")["price"]
        assert Decimal(9) == stored(book)["price"]
        html5lib.HTMLParser(strict=True).parse(client.get(url).content.decode())

    @pytest.mark.parametrize(("take", "price"), [("mine", 3), ("theirs", 9)])
    def test_one_is_picked(self, client, url, book, stale, take, price):
        page = Page(save(client, url, _field="price", price="3", _seen=stale))
        sent = {**page.sent("row-form"), "_take-price": take, "_row": "1"}

        assert 200 == client.post(url, sent, headers=BARE).status_code
        assert Decimal(price) == stored(book)["price"]

    def test_changed_meanwhile_again(self, client, url, book, stale):
        page = Page(save(client, url, _field="price", price="3", _seen=stale))
        Book.objects.update(price=10)
        sent = {**page.sent("row-form"), "_take-price": "", "_row": "1"}

        assert 409 == client.post(url, sent, headers=BARE).status_code
        assert Decimal(10) == stored(book)["price"]

    @pytest.mark.parametrize("token", ["", "forged", "x" * 40])
    def test_a_token_that_is_none_counts_as_stale(self, client, url, book, token):
        answer = save(client, url, _field="price", price="3", _seen=token)

        assert 409 == answer.status_code
        assert None is stored(book)["price"]

    def test_other_fields_of_a_row_are_merged(self, client, listed, book):
        url = f"{listed(InlineEdit(['title', 'price'], mode='row'))}{book.pk}/row/edit/"
        token = seen(client, url)
        Book.objects.update(title="Theirs")
        page = Page(save(client, url, title="The Dispossessed", price="3", _seen=token))

        assert ("Theirs", Decimal(3)) == (stored(book)["title"], stored(book)["price"])
        assert "Saved “Theirs”. Meanwhile somebody else changed: Title." in page.text("status")

    def test_a_row_with_a_conflict_keeps_what_was_typed_elsewhere(self, client, listed, book, pack):
        url = f"{listed(InlineEdit(['title', 'price'], mode='row'))}{book.pk}/row/edit/"
        token = seen(client, url)
        Book.objects.update(title="Theirs")
        page = Page(save(client, url, title="Mine", price="3", _seen=token))

        assert {"title": ["Mine"], "price": ["3"]}.items() <= page.sent("row-form").items()
        assert 1 == len(page.all("field-conflict"))
        assert ("Theirs", None) == (stored(book)["title"], stored(book)["price"])

    def test_a_row_that_was_deleted_is_not_found(self, client, url, book):
        token = seen(client, url, _field="price")
        book.delete()
        answer = client.post(url, {"_field": "price", "price": "3", "_seen": token})

        assert 404 == answer.status_code


class TestErrors:
    def test_the_editor_stays_with_what_was_typed_and_why(self, client, url, book, pack):
        answer = save(client, url, _field="price", price="much")
        page = Page(answer)
        (control,) = [e for e in page.root.iter("input") if e.get("name") == "price"]
        told = page.by_id(control.get("aria-describedby"))

        assert 422 == answer.status_code
        assert ("much", "true") == (control.get("value"), control.get("aria-invalid"))
        assert "Enter a number." == text_of(told)
        assert "" == control.get("autofocus")
        assert None is stored(book)["price"]

    def test_the_row_is_still_called_what_it_was(self, client, listed, book):
        url = f"{listed(InlineEdit(['title', 'price'], mode='row'))}{book.pk}/row/edit/"
        page = Page(save(client, url, title="Other", price="x"))

        assert "Edit The Dispossessed" == text_of(next(page.root.iter("h1")))

    def test_what_the_whole_row_does_not_allow_is_said_as_well(self, client, route, book, pack):
        """
        The form's own `clean` sees the values of the fields that are not edited, and may complain
        of them.
        """

        class Checked(forms.ModelForm):
            class Meta:
                model = Book
                fields = ("title", "author", "genres", "status", "price", "pages")

            def clean(self):
                data = super().clean()
                assert list(data["genres"]) == []
                assert data["author"].name == "Ursula"
                if data["price"] and data["pages"] == 100:
                    self.add_error("pages", "Too few pages for a price.")
                    raise ValidationError({"status": "Not sold."})
                return data

        class Books(CRUDView):
            model = Book
            permission_policy = AllowAny
            columns = ("title", "price")
            form_class = Checked
            inline = ("price",)

        url = f"{route(Books)}{book.pk}/row/edit/"
        answer = save(client, url, _field="price", price="1")

        assert 422 == answer.status_code
        assert ["Too few pages for a price.", "Not sold."] == [
            text_of(e) for e in Page(answer).one("row-errors").iter("li")
        ]
        assert None is stored(book)["price"]
        Book.objects.update(pages=200)
        assert 200 == save(client, url, _field="price", price="1").status_code

    def test_a_constraint_of_the_model_counts(self, client, screen, author):
        from tests.library.models import Anthology

        for title in ("A", "B"):
            Anthology.objects.create(title=title, editor=author)
        url = screen(Anthology, columns=["title"], inline=["title"], permission_policy=AllowAny)
        one = Anthology.objects.get(title="A")
        answer = save(client, f"{url}{one.pk}/row/edit/", _field="title", title="B")

        assert 422 == answer.status_code
        assert "A" == Anthology.objects.get(pk=one.pk).title

    @pytest.mark.parametrize(
        "data",
        [
            {},
            {"_field": ["price", "title"]},
            {"_field": "price", "price": ["1", "2"]},
            {"_field": "price", "price": "1e999999"},
            {"_field": "price", "price": "\x00"},
            {"_field": "author", "author": "9" * 40},
            {"_field": "genres", "genres": ["x", "\x00"]},
            {"_field": "published", "published": "0001-01-01"},
            {"_field": "title", "title": "x", "_prefix": "../x", "next": "//evil.example"},
        ],
    )
    def test_bad_input_is_no_failure_of_the_server(self, client, url, data):
        assert 500 > save(client, url, **data).status_code


class TestStillListed:
    def test_a_row_that_no_longer_matches_stays_and_says_so(self, client, listed, books, pack):
        one, _other = books("Book A", "Book B")
        url = f"{listed()}{one.pk}/row/edit/"
        page = Page(save(client, url, _field="title", title="Else", next="/here/?q=book"))

        assert "No longer matches the filters" in page.rows()[0][0]
        assert "Saved “Else”. 1–1 of 1 book" == page.text("status")

    def test_the_same_with_a_filter(self, client, listed, books):
        one, _other = books("A", "B")
        url = f"{listed(filterset_fields=['status'])}{one.pk}/row/edit/"
        back = "/here/?status=draft"
        kept = Page(save(client, url, _field="price", price="1", next=back))
        left = Page(save(client, url, _field="status", status="published", next=back))

        assert "No longer matches" not in kept.rows()[0][0]
        assert "No longer matches" in left.rows()[0][0]

    def test_a_row_that_has_left_the_view_is_gone(self, client, route, books):
        class Drafts(CRUDView):
            model = Book
            permission_policy = AllowAny
            columns = ("title", "status")
            inline = ("status",)

            def get_queryset(self):
                return super().get_queryset().filter(status="draft")

        one, _other = books("A", "B")
        url = f"{route(Drafts)}{one.pk}/row/edit/"
        page = Page(save(client, url, _field="status", status="published"))

        assert not page.has("row")
        assert "Saved “A”. It is no longer in this list. 1–1 of 1 book" == page.text("status")

    def test_a_row_is_shown_as_it_is_now(self, client, listed, book):
        page = Page(client.get(f"{listed()}{book.pk}/row/"))

        assert 1 == len(page.all("row"))
        assert not page.has("status")

    def test_the_list_of_another_page_keeps_its_names(self, client, listed, book):
        url = f"{listed()}{book.pk}/row/edit/?_field=price&_prefix=b&next=/desk/%3Fb-q%3Dx"
        page = Page(client.get(url))
        assert ["b"] == page.sent("row-form")["_prefix"]
        answer = save(
            client,
            f"/here/{book.pk}/row/edit/",
            **{k: v[0] for k, v in page.sent("row-form").items()},
        )

        assert f"pc-b-here-row-{book.pk}" == Page(answer).one("row").get("id")
        assert "No longer matches" in Page(answer).rows()[0][0]


ASKED = {
    "row": ("get", "row/", {}),
    "editor": ("get", "row/edit/", {"_field": "price"}),
    "save": ("post", "row/edit/", {"_field": "price", "price": "5", "_row": "1"}),
}


class TestPermissions:
    @pytest.fixture
    def ask(self, listed, book):
        """Return a function that asks an endpoint and gives the status."""

        def ask(client, name, key=book.pk, **attributes):
            url = listed(["price"], **attributes)
            method, tail, data = ASKED[name]
            token = seen(client, f"{url}{key}/row/edit/", **data) if method == "post" else ""
            data = {"_seen": token, **data}
            return getattr(client, method)(f"{url}{key}/{tail}", data).status_code

        return ask

    @pytest.mark.parametrize("endpoint", ASKED)
    @pytest.mark.parametrize(
        ("held", "views", "changes"),
        [
            ([], 403, 403),
            (["view_book"], 200, 403),
            (["add_book", "delete_book"], 403, 403),
            (["change_book"], 200, 200),
        ],
    )
    def test_every_person(self, client_for, permissions, ask, book, endpoint, held, views, changes):
        policy = CRUDView.permission_policy
        client = client_for(permissions(*held))
        expected = views if endpoint == "row" else changes

        assert expected == ask(client, endpoint, permission_policy=policy)
        saved = endpoint == "save" and changes == 200
        assert (Decimal(5) if saved else None) == stored(book)["price"]

    @pytest.mark.parametrize("endpoint", ASKED)
    def test_a_stranger_is_sent_to_sign_in(self, client_for, ask, endpoint):
        assert 302 == ask(client_for(), endpoint, permission_policy=CRUDView.permission_policy)

    @pytest.mark.parametrize("endpoint", ASKED)
    def test_an_invisible_row_is_not_found(self, client, ask, book, endpoint):
        class Nothing(AllowAny):
            def rows(self, user, action, queryset):
                return queryset.none()

        assert 404 == ask(client, endpoint, permission_policy=Nothing)
        assert 404 == ask(client, endpoint, key=999)
        assert None is stored(book)["price"]

    @pytest.mark.parametrize("endpoint", ["editor", "save"])
    def test_a_visible_row_may_be_forbidden(self, client, ask, book, endpoint):
        class Reading(AllowAny):
            def rows(self, user, action, queryset):
                return queryset if action == "view" else queryset.none()

        assert 403 == ask(client, endpoint, permission_policy=Reading)
        assert None is stored(book)["price"]

    @pytest.mark.parametrize("endpoint", ["editor", "save"])
    def test_a_field_may_be_forbidden(self, client, ask, book, endpoint):
        class NoPrices(AllowAny):
            def fields(self, user, action, obj=None):
                return None if action == "view" else ["title"]

        assert 403 == ask(client, endpoint, permission_policy=NoPrices)
        assert None is stored(book)["price"]

    @pytest.mark.parametrize("endpoint", ["editor", "save"])
    def test_a_hidden_field_is_not_found(self, client, ask, book, endpoint):
        class Blind(AllowAny):
            def fields(self, user, action, obj=None):
                return ["title"] if action == "view" else None

        assert 404 == ask(client, endpoint, permission_policy=Blind)
        assert None is stored(book)["price"]

    def test_a_locked_row_is_forbidden_with_the_reason(self, client, listed, book):
        inline = InlineEdit(["price"], rows=~Q(pk=book.pk), reason="It is locked.")
        url = f"{listed(inline)}{book.pk}/row/edit/"

        for answer in (client.get(url), save(client, url, _field="price", price="5")):
            assert 403 == answer.status_code
            assert "It is locked." in Page(answer).text("empty-state")
        assert None is stored(book)["price"]

    def test_some_fields_of_a_row_may_be_forbidden(self, client, listed, book):
        class NoPrices(Policy):
            def allows(self, user, action, obj=None):
                return True

            def fields(self, user, action, obj=None):
                return None if action == "view" else ["title", "status"]

        inline = InlineEdit(["title", "status", "price"], mode="row")
        url = f"{listed(inline, permission_policy=NoPrices)}{book.pk}/row/edit/"
        page = Page(client.get(url))
        assert {"csrfmiddlewaretoken", "_seen", "title", "status"} == page.sent("row-form").keys()
        save(client, url, title="New", status="draft", price="5")

        assert ("New", None) == (stored(book)["title"], stored(book)["price"])

    def test_it_needs_a_token_against_forgery(self, editor, client_for, url, book):
        client = client_for(editor, enforce_csrf_checks=True)

        assert 403 == save(client, url, _field="price", price="5").status_code
        assert None is stored(book)["price"]

    def test_other_methods_are_not_allowed(self, client, url):
        assert 405 == client.put(url).status_code
        assert 405 == client.post(url.removesuffix("edit/")).status_code


class TestValues:
    @pytest.mark.parametrize(
        ("field", "typed", "shown"),
        [
            ("title", '<b>"x"</b>', '<b>"x"</b>'),
            ("published", "2024-05-04", "May 4, 2024"),
            ("in_print", "", "No"),
            ("price", "", "—"),
            ("status", "published", "Published"),
        ],
    )
    def test_every_kind_comes_back_as_the_list_shows_it(
        self, client, url, field, typed, shown, pack
    ):
        data = {field: typed} if typed else {}
        page = Page(save(client, url, _field=field, **data))
        label = field.replace("_", " ").capitalize()

        assert text_of(page.cell(label)).startswith(shown)

    def test_it_speaks_the_language(self, client, url):
        german = {**BARE, "accept-language": "de"}
        data = {"_row": "1", "_seen": seen(client, url, _field="price"), "_field": "price"}
        answer = client.post(url, {**data, "price": "3"}, headers=german)

        assert Page(answer).text("status").startswith("„The Dispossessed“ gespeichert.")

    def test_a_key_may_be_any_text(self, client, screen):
        Genre.objects.create(code="a/b c", name="Odd")
        url = screen(Genre, columns=["name"], inline=["name"], permission_policy=AllowAny)
        editor = Page(client.get(url)).href("Edit Name of Odd")
        page = Page(save(client, editor.split("?")[0], _field="name", name="Even"))

        assert "Even" == Genre.objects.get().name
        assert Page(client.get(url)).one("row").get("id") == page.one("row").get("id")

    def test_a_large_relation_is_picked_on_its_page(self, client, listed, settings, book):
        settings.POWERCRUD_CHOICES_LIMIT = 3
        Author.objects.bulk_create(Author(name=f"A{n}") for n in range(9))
        url = f"{listed()}{book.pk}/row/edit/"
        page = Page(client.get(f"{url}?_field=author"))
        button = page.one("choose")
        assert page.one("row-form").get("id") == button.get("form")
        sent = {**page.sent("row-form"), "_origin": button.get("value")}
        page = Page(client.post(button.get("formaction"), sent))
        pick = next(e for e in page.all("choice") if text_of(e) == "A5")
        sent = {**page.sent("choice-form"), pick.get("name"): pick.get("value")}
        page = Page(client.post(page.one("choice-form").get("action"), sent))
        assert "Edit Author of The Dispossessed" == text_of(next(page.root.iter("h1")))
        client.post(url, page.sent("row-form"))

        assert "A5" == Book.objects.get().author.name

    def test_dates_keep_their_day(self, client, url, book):
        save(client, url, _field="published", published="2024-02-29")

        assert datetime.date(2024, 2, 29) == stored(book)["published"]
