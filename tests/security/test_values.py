"""Values that nobody offered: fields that are not there, choices of others, formulas, sizes."""

import csv
import io
import json

import pytest

from powercrud_core import Column, CRUDView
from powercrud_core.bulk import BulkUpdate
from powercrud_core.permissions import AllowAny
from tests.library.models import Author, Book, Copy
from tests.security.conftest import state
from tests.views.pages import Page, seen
from tests.views.test_acting import begin, go_on

pytestmark = pytest.mark.django_db


def edit(client, url, obj, **values):
    """Send the edit form of an object with some other values."""
    at = f"{url}{obj.pk}/edit/"
    return client.post(at, {**Page(client.get(at)).sent("form"), **values})


class TestFields:
    EXTRA = {
        "status": "published",
        "pages": "1",
        "id": "77",
        "pk": "77",
        "in_print": "",
        "is_staff": "1",
    }

    def test_a_form_writes_no_fields_that_it_does_not_have(self, client, url, draft):
        before = Book.objects.values("status", "pages", "id", "in_print").get(pk=draft.pk)

        assert 302 == edit(client, url, draft, **self.EXTRA).status_code
        assert before == Book.objects.values("status", "pages", "id", "in_print").get()

    def test_a_new_object_gets_no_others(self, client, url, author):
        data = {"title": "New", "author": author.pk, **self.EXTRA}

        assert 302 == client.post(f"{url}new/", data).status_code
        made = Book.objects.get()
        assert ("draft", 100, False) == (made.status, made.pages, made.pk == 77)

    @pytest.mark.parametrize(
        "field", ["notes", "status", "title\x00", "__class__", "pk", "price__lt"]
    )
    def test_a_field_that_is_not_edited_in_the_list_is_not_found(self, client, url, draft, field):
        at, before = f"{url}{draft.pk}/row/edit/", state()
        data = {"_field": field, field: "x", "title": "Forged", **seen(client, at)}

        assert 404 == client.get(at, {"_field": field}).status_code
        assert 404 == client.post(at, data).status_code
        assert before == state()

    def test_one_cell_writes_one_cell(self, client, url, draft):
        at = f"{url}{draft.pk}/row/edit/"
        data = {"_field": "title", "title": "New", "price": "1", "notes": "x", **seen(client, at)}
        client.post(at, data)

        fresh = Book.objects.get()
        assert ("New", 5, "") == (fresh.title, fresh.price, fresh.notes)

    @pytest.mark.parametrize("name", ["status", "notes", "id", "pages", "author__name", "__init__"])
    def test_a_bulk_edit_changes_no_field_that_is_not_offered(self, client, url, draft, name):
        before = state()
        more = {f"mode-{name}": "set", name: "1", "mode-price": "set", "price": "9"}
        page = begin(client, url, "update", pk=[draft.pk])
        answer = go_on(client, page, "preview", **more)

        assert 422 == answer.status_code
        assert before == state()

    @pytest.mark.parametrize("mode", ["x", "add", "remove", "replace", "", "\x00"])
    def test_a_mode_that_is_not_offered_changes_nothing(self, client, url, draft, mode):
        before = state()
        page = begin(client, url, "update", pk=[draft.pk])
        answer = go_on(client, page, "preview", **{"mode-price": mode, "price": "9"})

        assert 422 == answer.status_code
        assert before == state()

    def test_of_a_mode_sent_twice_the_last_one_counts(self, client, url, draft):
        page = begin(client, url, "update", pk=[draft.pk])
        sent = {"mode-price": ["set", "keep"], "price": ["9", "8"]}

        assert 422 == go_on(client, page, "preview", **sent).status_code

    @pytest.mark.parametrize("way", ["readonly_fields", "disabled_fields"])
    def test_what_is_read_only_stays(self, client, screen, draft, way):
        url = screen(
            Book,
            fields=["title", "author", "price", "pages"],
            columns=["title", "price"],
            inline=["price", "title"],
            bulk=[BulkUpdate(fields=["price", "title"])],
            **{way: ["price"]},
        )
        edit(client, url, draft, title="Changed", price="99")
        at = f"{url}{draft.pk}/row/edit/"
        client.post(
            at, {"_field": "price", "price": "99", **seen(client, f"{url}{draft.pk}/edit/")}
        )
        page = begin(client, url, "update", pk=[draft.pk])
        go_on(client, page, "preview", **{"mode-price": "set", "price": "99"})

        fresh = Book.objects.get()
        assert ("Changed", 5) == (fresh.title, fresh.price)


class TestChoices:
    def test_the_form_takes_nobody_who_is_not_offered(self, client, url, draft, hidden_author):
        assert 422 == edit(client, url, draft, author=hidden_author.pk).status_code
        assert draft.author_id == Book.objects.get().author_id

    def test_neither_does_the_cell(self, client, url, draft, hidden_author):
        at = f"{url}{draft.pk}/row/edit/?_field=author"
        data = {"_field": "author", "author": hidden_author.pk, **seen(client, at)}

        assert 422 == client.post(at, data).status_code
        assert draft.author_id == Book.objects.get().author_id

    def test_neither_does_the_bulk_edit(self, client, url, draft, hidden_author):
        page = begin(client, url, "update", pk=[draft.pk])
        more = {"mode-author": "set", "author": str(hidden_author.pk)}

        assert 422 == go_on(client, page, "preview", **more).status_code
        assert draft.author_id == Book.objects.get().author_id

    def test_a_value_that_was_hidden_after_the_preview_is_not_written(self, client, url, draft):
        other = Author.objects.create(name="Zora")
        page = begin(client, url, "update", pk=[draft.pk])
        preview = go_on(client, page, "preview", **{"mode-author": "set", "author": str(other.pk)})
        Author.objects.filter(pk=other.pk).update(name="Anonymous")

        assert 422 == go_on(client, preview).status_code
        assert draft.author_id == Book.objects.get().author_id

    def test_a_filter_finds_nobody_by_them(self, client, url, draft, hidden_author):
        page = Page(client.get(f"{url}?author={hidden_author.pk}"))

        assert "invalid" == page.state()

    @pytest.mark.parametrize("how", [{}, {"_q": "Anon"}, {"_selected": "{key}"}, {"_page": "2"}])
    def test_no_list_of_choices_names_them(self, client, url, draft, hidden_author, how):
        asked = {name: text.format(key=hidden_author.pk) for name, text in how.items()}
        json_ = client.get(f"{url}choices/author/", asked, headers={"accept": "application/json"})
        posted = {**asked, "_origin": f"{url}{draft.pk}/edit/"}
        page = client.post(f"{url}choices/author/", posted)

        assert "Anonymous" not in json_.content.decode() + page.content.decode()

    @pytest.mark.parametrize(
        "origin",
        [
            "",
            "/",
            "//evil.example/",
            "/books/new/",
            "/books/1/edit/",
            "\x00",
            "http://[",
            "/nowhere/",
        ],
    )
    def test_choices_come_for_forms_of_the_view_only(self, client, url, draft, origin):
        assert 404 == client.post(f"{url}choices/author/", {"_origin": origin}).status_code

    @pytest.mark.parametrize("field", ["title", "password", "author__name", "genres", "__class__"])
    def test_what_is_no_relation_of_the_form_offers_nothing(self, client, url, draft, field):
        at = f"{url}choices/{field}/"

        assert 404 == client.get(at).status_code
        assert 404 == client.post(at, {"_origin": f"{url}{draft.pk}/edit/"}).status_code

    def test_a_filter_of_all_values_offers_those_of_visible_rows(
        self, client, draft, secret, route
    ):
        import django_filters

        class Values(django_filters.FilterSet):
            one = django_filters.AllValuesFilter(field_name="title")
            several = django_filters.AllValuesMultipleFilter(field_name="title")

            class Meta:
                model = Book
                fields = []

        def get_queryset(self):
            return Book.objects.filter(status="draft")

        made = {
            "model": Book,
            "url_base": "values",
            "columns": ["price"],
            "filterset_class": Values,
        }
        url = route(type("ValuesView", (CRUDView,), {**made, "get_queryset": get_queryset}))
        html = client.get(url).content.decode()

        assert 2 == html.count('value="Draft"')
        assert "Secret" not in html
        assert "invalid" == Page(client.get(f"{url}?one=Secret")).state()
        assert 1 == len(Page(client.get(f"{url}?one=Draft")).rows())

    def test_the_delete_page_names_only_what_may_be_seen(self, client, screen, draft):
        class OnlyMine(AllowAny):
            def related(self, model):
                return Mine(model)

        class Mine(AllowAny):
            def rows(self, user, action, queryset):
                return queryset.filter(shelf="mine")

        for shelf in ("mine", "theirs"):
            Copy.objects.create(book=draft, shelf=shelf)
        url = screen(Book, permission_policy=OnlyMine)
        page = Page(client.get(f"{url}{draft.pk}/delete/"))

        assert "2 copies" in page.html and "on mine" in page.html
        assert "on theirs" not in page.html


class TestFiles:
    FORMULAS = [
        "=1+1",
        "+1",
        "-1+1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "=cmd|' /C calc'!A0",
        "\n=1",
        "\uff1d1",
        "\uff201",
    ]

    @pytest.mark.parametrize("text", FORMULAS)
    @pytest.mark.parametrize("values", ["raw", "shown"])
    def test_no_cell_of_a_csv_file_is_a_formula(self, client, url, draft, text, values):
        Book.objects.update(title=text, notes=text)
        file = client.get(f"{url}export/", {"_format": "csv", "_values": values}).getvalue()
        rows = list(csv.reader(io.StringIO(file.decode("utf-8-sig"), newline="")))

        assert "'" == rows[1][0][0] == rows[1][3][0]

    def test_neither_is_a_heading(self, client, screen, draft):
        from powercrud_core.exports import Export

        columns = [Column("title", label="=1+1")]
        url = screen(Book, columns=columns, export=Export(formats=["csv"]))
        file = client.get(f"{url}export/?_format=csv").getvalue().decode("utf-8-sig")

        assert file.startswith("'=1+1")

    def test_nor_is_a_reason_that_is_downloaded(self, client, url, draft):
        draft.title = "Chained"
        draft.save()
        page = go_on(client, begin(client, url, "lend", pk=[draft.pk]))
        Book.objects.update(title="=1")
        file = go_on(client, page, "download").getvalue().decode("utf-8-sig")

        assert "Chained" in file and not any(c.startswith("=") for c in file.split(","))

    def test_the_name_of_a_file_breaks_no_header(self, client, screen, draft):
        from powercrud_core.exports import Export

        evil = 'x"\r\nSet-Cookie: a=b; filename="y.exe'
        url = screen(Book, export=Export(formats=["csv"]), get_page_title=lambda self: evil)
        header = client.get(f"{url}export/?_format=csv")["Content-Disposition"]

        assert "\r" not in header and "\n" not in header and "exe." not in header
        assert 2 == header.count('"')

    @pytest.mark.parametrize(
        "asked",
        [
            {"_format": "exe"},
            {"_format": "../csv"},
            {"_scope": "everything"},
            {"_values": "x"},
            {"_column_status": "1", "_column_title": "1"},
            {"_column_title": "99999999999999999999"},
            {"_column_title": "9" * 5000},
        ],
    )
    def test_an_export_that_was_not_offered(self, client, url, draft, asked):
        answer = client.get(f"{url}export/", {"_format": "json", "_values": "raw", **asked})

        if answer.status_code == 200:
            assert ["title"] == list(json.loads(answer.getvalue())[0])
        else:
            assert 422 == answer.status_code

    def test_a_chosen_row_outside_of_the_view_is_not_in_the_file(self, client, url, draft, secret):
        data = {"_format": "csv", "_scope": "chosen", "pk": [draft.pk, secret.pk]}
        file = client.post(f"{url}export/", data).getvalue().decode()

        assert "Draft" in file and "Secret" not in file
