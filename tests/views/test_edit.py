"""Detail, create, edit and delete."""

import datetime

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError
from django.db.models.signals import pre_delete
from django.utils import timezone

from powercrud_core import Column, CRUDView
from powercrud_core.permissions import AllowAny, ModelPermissions
from powercrud_core.views import deleting
from tests.library.models import Anthology, Author, Book, Copy, Genre, Jacket, Label, Shelf
from tests.views.pages import Page, seen, text_of

pytestmark = pytest.mark.django_db

LIST = "/books/?author=1&page=2&q=book&sort=-title"
EVIL = [
    "//evil.example",
    "///evil.example",
    "https://evil.example/",
    "http:///evil.example/",
    "\\\\evil.example",
    "/\\evil.example",
    "/\t/evil.example",
    "\t//evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "books/",
    "",
    " /books/",
    "/\n/evil.example",
]


def fields_of(page):
    """Return the labelled values of a detail page."""
    found = {}
    for field in page.all("detail-field"):
        label = next(iter(field.find("dt").itertext()))
        found[label.strip()] = text_of(field.find("dd"))
    return found


@pytest.fixture
def form(author):
    """Return what a complete form for a book sends."""
    return {"title": "New", "author": author.pk, "status": "draft", "pages": "3"}


class TestDetail:
    def test_every_field_is_labelled_and_reads_as_in_the_list(self, client, screen, author):
        book = Book.objects.create(
            title="T", author=author, price="9.50", published=datetime.date(1974, 5, 4)
        )
        book.genres.add(Genre.objects.create(code="g", name="Fiction"))
        fields = fields_of(Page(client.get(f"/books/{book.pk}/")))

        assert {
            "Title": "T",
            "Author": "Ursula",
            "Status": "Draft",
            "Price": "9.50",
            "Pages": "100",
            "Published": "May 4, 1974",
            "In print": "Yes",
            "Homepage": "—",
            "Genres": "Fiction",
        }.items() <= fields.items()

    def test_it_speaks_the_language(self, client, books):
        (book,) = books("T", price="9.50", published=datetime.date(1974, 5, 4))
        page = Page(client.get(f"/books/{book.pk}/", headers={"accept-language": "de"}))

        assert {"Price": "9,50", "Published": "4. Mai 1974"}.items() <= fields_of(page).items()

    def test_columns_may_be_declared(self, client, screen, book):
        Jacket.objects.create(book=book, colour="red")
        loud = Column("shouted", label="Loud", link="update")
        columns = ["author.name", loud, "genres", "jacket.colour", "author.books.status"]
        page = Page(client.get(f"{screen(Book, detail_fields=columns)}{book.pk}/"))

        assert {
            "Name": "Ursula",
            "Loud": "THE DISPOSSESSED",
            "Genres": "—",
            "Colour": "red",
            "Status": "Draft",
        } == fields_of(page)
        assert f"/here/{book.pk}/edit/" == page.href("THE DISPOSSESSED")

    def test_long_texts_are_shown_whole_and_in_their_lines(self, client, books):
        (book,) = books("T", notes="one\n" + "x" * 500)
        page = Page(client.get(f"/books/{book.pk}/"))

        assert "one " + "x" * 500 == fields_of(page)["Notes"].replace("one" + "x", "one x")

    def test_the_way_back_and_on_keeps_the_state_of_the_list(self, client, book):
        page = Page(client.get(f"/books/{book.pk}/", {"next": LIST}))

        assert LIST == page.href("Books")
        for tail in ("edit", "delete"):
            link = page.href(tail.capitalize())
            onward = Page(client.get(link))
            assert LIST == onward.href("Cancel")


class TestForm:
    def test_a_new_object_is_saved_and_announced(self, client, form):
        response = client.post("/books/new/", form, follow=True)

        assert ["New"] == Page(response).column()
        assert "Created book “New”." == Page(response).text("message")

    def test_an_object_is_changed_and_announced(self, client, book, form):
        url = f"/books/{book.pk}/edit/"
        response = client.post(url, {**form, **seen(client, url)}, follow=True)
        book.refresh_from_db()

        assert ("New", 3, False) == (book.title, book.pages, book.in_print)
        assert "Saved book “New”." == Page(response).text("message")

    def test_the_form_shows_what_the_object_has(self, client, author):
        book = Book.objects.create(
            title="T <b>", author=author, price="9.50", published=datetime.date(1974, 5, 4)
        )
        page = Page(client.get(f"/books/{book.pk}/edit/", headers={"accept-language": "de"}))
        sent = page.sent("form")

        assert ["T <b>"] == sent["title"]
        assert ["1974-05-04"] == sent["published"]
        assert ["9.50"] == sent["price"]
        assert ["on"] == sent["in_print"]

    @pytest.mark.parametrize("language", ["en", "de"])
    def test_a_form_sent_as_it_stands_changes_nothing(self, client, author, language):
        book = Book.objects.create(
            title="T", author=author, price="9.50", published=datetime.date(1974, 5, 4), pages=1234
        )
        book.genres.add(Genre.objects.create(code="a b", name="G"))
        before = list(Book.objects.values())
        url = f"/books/{book.pk}/edit/"
        sent = Page(client.get(url, headers={"accept-language": language})).sent("form")
        response = client.post(url, sent, headers={"accept-language": language})

        assert 302 == response.status_code
        assert before == list(Book.objects.values())
        assert 1 == book.genres.count()

    def test_a_moment_keeps_its_seconds(self, client, screen, editor):
        moment = timezone.make_aware(datetime.datetime(2020, 5, 4, 12, 30, 45))
        type(editor).objects.update(date_joined=moment)
        url = screen(type(editor), fields=["username", "date_joined"])
        edit = f"{url}{editor.pk}/edit/"
        assert 302 == client.post(edit, Page(client.get(edit)).sent("form")).status_code
        editor.refresh_from_db()

        assert moment == editor.date_joined

    @pytest.mark.parametrize(
        ("time", "shown"),
        [("12:30:45", "12:30:45"), ("12:30:00", "12:30"), ("12:00:00", "12:00")],
    )
    def test_a_time_keeps_its_seconds_where_there_are_any(
        self, client, screen, author, time, shown
    ):
        anthology = Anthology.objects.create(title="T", editor=author, read_at=time)
        edit = f"{screen(Anthology, fields=['title', 'read_at'])}{anthology.pk}/edit/"
        sent = Page(client.get(edit)).sent("form")
        client.post(edit, sent)
        anthology.refresh_from_db()

        assert ([shown], time) == (sent["read_at"], str(anthology.read_at))

    @pytest.mark.parametrize("url", ["/books/new/", "/books/1/edit/"])
    def test_errors_are_422_summed_up_and_tied_to_their_fields(self, client, author, url, pack):
        Book.objects.create(pk=1, title="T", author=author)
        data = {"title": "", "author": "999", "pages": "many"}
        page = Page(client.post(url, {**data, **seen(client, url)}))

        assert 422 == page.status
        summary = page.one("error-summary")
        assert "alert" == summary.get("role")
        assert {"Title:", "Author:", "Pages:"} <= {
            text_of(link).split(" ")[0] for link in page.links(summary)
        }
        for link in page.links(summary):
            control = page.by_id((link.get("href") or "").removeprefix("#"))
            assert "true" == control.get("aria-invalid")
            described = (control.get("aria-describedby") or "").split()
            errors = [text_of(page.by_id(id)) for id in described if id.endswith("_error")]
            assert errors and errors[0] in text_of(link)
        focused = [e for e in page.root.iter() if e.get("autofocus") is not None]
        assert ["title"] == [e.get("name") for e in focused]

    def test_what_was_typed_survives_an_error(self, client, form):
        page = Page(client.post("/books/new/", {**form, "title": "", "pages": "x", "price": "7"}))
        sent = page.sent("form")

        assert (["x"], ["7"], ["draft"]) == (sent["pages"], sent["price"], sent["status"])
        assert "in_print" not in sent

    def test_help_is_tied_to_its_control(self, client, db):
        page = Page(client.get("/books/new/"))
        control = next(e for e in page.root.iter("input") if e.get("name") == "pages")

        assert "Without the cover." == text_of(page.by_id(control.get("aria-describedby")))

    def test_every_control_has_a_label(self, client, author, pack):
        page = Page(client.get("/books/new/"))
        labels = {e.get("for") for e in page.root.iter("label")}
        for name in ("title", "author", "genres", "status", "price", "published", "in_print"):
            control = next(
                e
                for e in page.one("form").iter()
                if e.get("name") == name and e.tag in ("input", "select", "textarea")
            )
            assert control.get("id") in labels

    def test_each_select_of_a_date_has_a_name_and_a_link_leads_to_the_first(
        self, client, screen, pack
    ):
        class Split(forms.ModelForm):
            published = forms.DateField(widget=forms.SelectDateWidget(years=[2024]))

            class Meta:
                model = Book
                fields = ("published",)

        url = screen(Book, form_class=Split)
        page = Page(client.post(f"{url}new/", {"published_year": "2024"}))
        selects = list(page.one("form").iter("select"))
        (link,) = page.links(page.one("error-summary"))

        assert ["Published month", "Published day", "Published year"] == [
            e.get("aria-label") for e in selects
        ]
        assert link.get("href") == f"#{selects[0].get('id')}"
        assert [selects[0]] == [e for e in page.root.iter() if e.get("autofocus") is not None]

    def test_a_conflict_that_only_the_database_sees_is_an_error(self, client, screen, author):
        """
        The second half of the unique key is not in the form, so its check is left to the database.
        """
        author.name = "A"
        author.save()
        url = screen(Anthology, fields=["title", "page", "editor"])
        data = {"title": "T", "page": 1, "editor": author.pk}
        assert 302 == client.post(f"{url}new/", data).status_code
        page = Page(client.post(f"{url}new/", data))

        assert 422 == page.status
        assert "conflict" in page.text("error-summary")
        assert ["T"] == page.sent("form")["title"]
        assert 1 == Anthology.objects.count()

    def test_whoever_was_faster_wins_and_the_other_is_told(self, client, route):
        """
        Between the check and the write somebody takes the key.
        """

        class Racing(CRUDView):
            model = Genre
            url_base = "racing"

            def perform_save(self, form):
                Genre.objects.bulk_create([Genre(code=form.cleaned_data["code"], name="First")])
                raise IntegrityError("UNIQUE constraint failed")

        page = Page(client.post(f"{route(Racing)}new/", {"code": "x", "name": "Second"}))

        assert 422 == page.status and page.has("error-summary")

    def test_nothing_is_saved_when_saving_fails_halfway(self, client, route, form, author):
        class Halfway(CRUDView):
            model = Book
            url_base = "halfway"

            def perform_save(self, form):
                super().perform_save(form)
                raise IntegrityError

        assert 422 == client.post(f"{route(Halfway)}new/", form).status_code
        assert not Book.objects.exists()

    def test_a_file_is_uploaded_and_kept(self, client, screen, author, settings, tmp_path):
        settings.MEDIA_ROOT = tmp_path
        author.name = "A"
        author.save()
        url = screen(Anthology, fields=["title", "page", "editor", "scan"])
        page = Page(client.get(f"{url}new/"))
        assert "multipart/form-data" == page.one("form").get("enctype")

        data = {"title": "T", "page": 1, "editor": author.pk}
        scan = SimpleUploadedFile("s.txt", b"content")
        client.post(f"{url}new/", {**data, "scan": scan})
        anthology = Anthology.objects.get()
        assert b"content" == anthology.scan.read()

        edit = f"{url}{anthology.pk}/edit/"
        client.post(edit, Page(client.get(edit)).sent("form"))
        anthology.refresh_from_db()
        assert "scans/s.txt" == anthology.scan.name
        shown = Page(client.get(f"{url}{anthology.pk}/"))
        assert anthology.scan.url == shown.href("scans/s.txt")

        client.post(edit, {**data, **seen(client, edit), "scan-clear": "on"})
        anthology.refresh_from_db()
        assert not anthology.scan


class TestOutcomes:
    @pytest.mark.parametrize(
        ("button", "to"),
        [
            ("_save", LIST),
            ("_save_another", "/books/new/?next="),
            ("_save_continue", "/books/{pk}/edit/?next="),
        ],
    )
    def test_the_button_decides_where_it_goes_on(self, client, form, button, to):
        response = client.post("/books/new/", {**form, "next": LIST, button: "1"})
        to = to.format(pk=Book.objects.get().pk)

        assert response["Location"].startswith(to)
        if button != "_save":
            assert LIST == Page(client.get(response["Location"])).href("Cancel")

    def test_from_the_list_and_back_to_the_very_same_list(self, client, books, author):
        books(30)
        state = f"/books/?author={author.pk}&page=2&q=book&sort=-title"
        start = Page(client.get(state))
        page = Page(client.get(start.all("action-update")[0].get("href")))
        response = client.post(page.one("form").get("action"), page.sent("form"))

        assert state == response["Location"]
        assert start.column() == Page(client.get(response["Location"])).column()

    @pytest.mark.parametrize("address", EVIL)
    @pytest.mark.parametrize("way", ["get", "post"])
    def test_no_outcome_leads_to_another_site(self, client, book, form, address, way):
        query = {"next": address} if way == "get" else {}
        data = {"next": address} if way == "post" else {}
        base = f"/books/{book.pk}/"
        urls = {
            client.post(at, {**form, **data, **seen(client, at)}, query_params=query)["Location"]
            for at in (f"{base}edit/", "/books/new/", f"{base}delete/")
        }

        assert {"/books/"} == urls

    @pytest.mark.parametrize("address", EVIL)
    @pytest.mark.parametrize("tail", ["1/", "1/edit/", "1/delete/", "new/"])
    def test_no_link_leads_to_another_site(self, client, author, address, tail):
        Book.objects.create(pk=1, title="T", author=author)
        page = Page(client.get(f"/books/{tail}", {"next": address}))
        hrefs = {e.get("href") for e in page.links()}

        assert not [h for h in hrefs if "evil" in h or h.startswith(("javascript", "data"))]

    def test_who_may_only_add_goes_on_adding(self, client_for, permissions, form):
        client = client_for(permissions("add_book"))
        response = client.post("/books/new/", form, follow=True)

        assert (200, "/books/new/") == (response.status_code, response.request["PATH_INFO"])
        assert "Created book" in Page(response).text("message")

    def test_a_view_without_an_update_page_does_not_offer_to_continue(self, client, screen, form):
        roles = [role for role in CRUDView.roles if role.name != "update"]
        url = screen(Book, roles=roles, fields=["title", "author"])

        assert not Page(client.get(f"{url}new/")).has("save_continue")
        assert url == client.post(f"{url}new/", {**form, "_save_continue": "1"})["Location"]


class TestMassAssignment:
    def test_only_the_forms_fields_are_written(self, client, screen, book):
        url = screen(Book, fields=["title"])
        data = {"title": "New", "pages": 1, "price": 1, "id": 99, "pk": 99, "notes": "x"}
        edit = f"{url}{book.pk}/edit/"
        client.post(edit, {**data, **seen(client, edit)})

        assert [(book.pk, "New", 100, None, "")] == list(
            Book.objects.values_list("pk", "title", "pages", "price", "notes")
        )

    def test_what_cannot_be_edited_is_not_written(self, client, screen, author):
        author.name = "A"
        author.save()
        data = {"title": "T", "page": 1, "editor": author.pk, "year": 1}
        client.post(f"{screen(Anthology)}new/", data)

        assert 2000 == Anthology.objects.get().year

    @pytest.mark.parametrize("tail", ["new/", "{pk}/edit/"])
    def test_what_the_policy_hides_is_neither_shown_nor_written(
        self, client, screen, book, form, tail
    ):
        class TitlesOnly(AllowAny):
            def fields(self, user, action, obj=None):
                return {"title", "author"} if action in ("add", "change") else None

        url = screen(Book, permission_policy=TitlesOnly) + tail.format(pk=book.pk)
        token = seen(client, url)
        assert {"title", "author", "csrfmiddlewaretoken", *token} == set(
            Page(client.get(url)).sent("form")
        ) | {"author"}
        data = {**form, **token, "pages": "7", "notes": "x"}
        assert 302 == client.post(url, data).status_code
        assert (100, "") == Book.objects.values_list("pages", "notes").last()

    def test_a_disabled_field_of_a_form_is_not_written(self, client, screen, book):
        class Locked(forms.ModelForm):
            pages = forms.IntegerField(disabled=True)

            class Meta:
                model = Book
                fields = ["title", "pages"]

        url = screen(Book, form_class=Locked)
        edit = f"{url}{book.pk}/edit/"
        client.post(edit, {"title": "New", "pages": 7, **seen(client, edit)})

        assert [("New", 100)] == list(Book.objects.values_list("title", "pages"))


class TestDelete:
    def test_it_asks_first(self, client, book):
        page = Page(client.get(f"/books/{book.pk}/delete/", {"next": LIST}))

        assert Book.objects.exists()
        assert f"Delete the book “{book}”? This cannot be undone." in text_of(
            page.one("delete-form")
        )
        assert LIST == page.href("Cancel")

    def test_it_deletes_says_so_and_goes_back(self, client, book):
        url = f"/books/{book.pk}/delete/"
        data = {"next": "/books/?q=x", **seen(client, url)}
        response = client.post(url, data, follow=True)

        assert not Book.objects.exists()
        assert "/books/" == response.request["PATH_INFO"]
        assert f"Deleted book “{book.title}”." == Page(response).text("message")

    def test_what_goes_along_is_counted_and_named(self, client, author, books, pack):
        for book in books(7):
            Jacket.objects.create(book=book, colour="red")
            book.genres.add(Genre.objects.get_or_create(code="g", name="g")[0])
        page = Page(client.get(f"/authors/{author.pk}/delete/"))
        groups = [text_of(g) for g in page.all("related-group")]

        assert 2 == len(groups)
        assert any(g.startswith("7 books Book 001") and g.endswith("and 2 more") for g in groups)
        assert any(g.startswith("7 jackets") for g in groups)
        url = f"/authors/{author.pk}/delete/"
        client.post(url, seen(client, url))
        assert 0 == Author.objects.count() + Book.objects.count() + Jacket.objects.count()

    def test_what_the_user_may_not_see_is_counted_but_not_named(
        self, client_for, permissions, author, books
    ):
        books(2)
        client = client_for(permissions("view_author", "delete_author"))
        page = Page(client.get(f"/authors/{author.pk}/delete/"))

        assert ["2 books"] == [text_of(g) for g in page.all("related-group")]

    def test_what_goes_along_must_be_the_user_s_to_delete(
        self, client_for, permissions, author, books
    ):
        books(2)
        url = f"/authors/{author.pk}/delete/"
        client = client_for(permissions("view_author", "delete_author"))
        asked, refused = Page(client.get(url)), Page(client.post(url, seen(client, url)))

        assert (200, 403) == (asked.status, refused.status)
        for page in (asked, refused):
            assert "You may not delete the books that would go along." in page.text("delete-form")
            assert not page.has("confirm")
        assert (1, 2) == (Author.objects.count(), Book.objects.count())

        able = client_for(permissions("view_author", "delete_author", "delete_book"))
        assert 302 == able.post(url, seen(able, url)).status_code
        assert 0 == Book.objects.count()

    def test_what_goes_along_must_be_among_the_rows_the_user_may_delete(
        self, client, author, books, monkeypatch
    ):
        """
        The policy of the related model decides row by row, in as many statements as it takes.
        """
        _other, kept = books(2)
        monkeypatch.setattr(deleting, "ASKED", 1)
        whole = ModelPermissions.rows

        def rows(self, user, action, queryset):
            found = whole(self, user, action, queryset)
            locked = action == "delete" and queryset.model is Book
            return found.exclude(pk=kept.pk) if locked else found

        monkeypatch.setattr(ModelPermissions, "rows", rows)
        url = f"/authors/{author.pk}/delete/"

        assert 403 == client.post(url, seen(client, url)).status_code
        assert 2 == Book.objects.count()

    def test_what_is_protected_cannot_be_deleted(self, client, author, books):
        """
        One of the author's books has been lent: nothing at all goes.
        """
        _, second = books(2)
        Copy.objects.create(book=second, shelf="here")
        url = f"/authors/{author.pk}/delete/"
        asked, refused = Page(client.get(url)), Page(client.post(url))

        assert (200, 409) == (asked.status, refused.status)
        for page in (asked, refused):
            assert not page.has("confirm")
            assert ["1 copy"] == [
                text_of(g).split(f" {second.pk}")[0] for g in page.all("related-group")
            ]
        assert (1, 2, 1) == (Author.objects.count(), Book.objects.count(), Copy.objects.count())

    def test_it_never_deletes_by_halves(self, client, author, books):
        books(3)

        def refuse(sender, instance, **kwargs):
            raise IntegrityError("somebody else needs it")

        pre_delete.connect(refuse, sender=Author)
        try:
            url = f"/authors/{author.pk}/delete/"
            page = Page(client.post(url, seen(client, url)))
        finally:
            pre_delete.disconnect(refuse, sender=Author)

        assert 409 == page.status
        assert (1, 3) == (Author.objects.count(), Book.objects.count())

    @pytest.mark.django_db(transaction=True)
    def test_what_only_the_database_forbids_is_refused_too(self, client):
        """
        DO_NOTHING leaves it to the foreign key, which some databases check at the very end.
        """
        shelf = Shelf.objects.create(slug="s", room="Attic")
        label = Label.objects.create(shelf=shelf)
        page = Page(client.post("/shelves/s/delete/"))

        assert 409 == page.status
        assert "Attic" in page.html and Shelf.objects.exists()
        label.delete()

    def test_a_look_at_the_page_deletes_nothing(self, client, book):
        client.get(f"/books/{book.pk}/delete/")
        client.head(f"/books/{book.pk}/delete/")
        client.get(f"/books/{book.pk}/delete/?_save=1&confirm=1")

        assert Book.objects.exists()

    def test_an_object_among_many_relations_is_counted_quickly(
        self, client, author, queries, books
    ):
        books(300)
        few = queries(lambda: client.get(f"/authors/{author.pk}/delete/"))

        assert few < 20


class TestMessages:
    def test_a_message_is_shown_once(self, client, form):
        client.post("/books/new/", form)

        assert Page(client.get("/books/")).has("message")
        assert not Page(client.get("/books/")).has("message")

    def test_a_project_without_messages_works(self, client_for, editor, settings, form):
        settings.MIDDLEWARE = [m for m in settings.MIDDLEWARE if "Message" not in m]

        assert 302 == client_for(editor).post("/books/new/", form).status_code

    def test_saving_asks_the_policy_again(self, client_for, permissions, book, form):
        client = client_for(permissions("view_book"))

        assert 403 == client.post(f"/books/{book.pk}/edit/", form).status_code
        assert issubclass(CRUDView.permission_policy, ModelPermissions)


@pytest.mark.django_db
def test_a_form_with_errors_is_still_called_what_the_object_is(client, book):
    """
    Validation writes the new title into the object; the heading tells what is being edited.
    """
    was = str(book)
    url = f"/books/{book.pk}/edit/"
    data = {"title": "Another", "pages": "x", **seen(client, url)}
    page = Page(client.post(url, data))

    assert f"Edit {was}" in page.text("form-page")
    assert "Edit Another" not in page.text("form-page")
