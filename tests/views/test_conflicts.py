"""Two people and one object."""

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, OperationalError, connection
from django.test.utils import CaptureQueriesContext

from powercrud_core import Column, CRUDView
from powercrud_core.permissions import AllowAny, ModelPermissions
from tests.library.models import Anthology, Author, Book, Genre, Shelf
from tests.views.pages import Page, seen, text_of

pytestmark = pytest.mark.django_db

FIELDS = ["title", "author", "genres", "status", "price", "pages", "published", "notes"]


@pytest.fixture
def url(screen, book):
    """Return the address of the form of one book."""
    return f"{screen(Book, fields=FIELDS)}{book.pk}/edit/"


@pytest.fixture
def opened(client, url):
    """Return what the form would send that was opened before anybody else did anything."""
    return Page(client.get(url)).sent("form")


def message(page):
    """Return the texts of all messages."""
    return [text_of(m) for m in page.all("message")]


def stored(book, *names):
    """Return what the database has of a book."""
    return Book.objects.values_list(*names).get(pk=book.pk)


def sides(page):
    """Return both values of every field in conflict, theirs first."""
    found = {}
    for field in page.all("field-conflict"):
        values = page.all("conflict-value", field)
        found[field.get("data-pc-field")] = tuple(map(text_of, values))
    return found


def pick(client, page, **picked):
    """Send the page of conflicts with a choice for each field."""
    sent = page.sent("conflict-form")
    choices = {f"_take-{name}": [*sent[f"_take-{name}"], side] for name, side in picked.items()}
    return client.post(page.one("conflict-form").get("action"), {**sent, **choices}, follow=True)


class TestMerging:
    def test_what_others_changed_elsewhere_stays_and_is_told(self, client, book, url, opened):
        Book.objects.update(notes="Theirs", pages=7)
        page = Page(client.post(url, {**opened, "title": "Mine"}, follow=True))

        assert ("Mine", "Theirs", 7) == stored(book, "title", "notes", "pages")
        assert [
            "Saved book “Mine”.",
            "Meanwhile somebody else changed: Pages, Notes.",
        ] == message(page)

    def test_nothing_is_told_when_nothing_happened(self, client, url, opened):
        page = Page(client.post(url, {**opened, "title": "Mine"}, follow=True))

        assert ["Saved book “Mine”."] == message(page)

    def test_what_no_form_shows_is_nobodys_business(self, client, screen, book):
        url = f"{screen(Book, fields=['title'])}{book.pk}/edit/"
        sent = Page(client.get(url)).sent("form")
        Book.objects.update(pages=7)
        page = Page(client.post(url, {**sent, "title": "Mine"}, follow=True))

        assert ["Saved book “Mine”."] == message(page)
        assert ("Mine", 7) == stored(book, "title", "pages")

    def test_the_same_change_twice_is_no_conflict(self, client, book, url, opened):
        Book.objects.update(title="Both")

        assert 302 == client.post(url, {**opened, "title": "Both"}).status_code

    def test_a_text_of_several_lines_is_not_changed_by_a_browser(self, client, book, url):
        Book.objects.update(notes="one\ntwo")
        sent = Page(client.get(url)).sent("form")
        Book.objects.update(notes="one\ntwo\nthree")
        client.post(url, {**sent, "title": "Mine", "notes": "one\r\ntwo"})

        assert ("Mine", "one\ntwo\nthree") == stored(book, "title", "notes")

    def test_relations_to_many_are_kept(self, client, book, url, opened):
        book.genres.add(Genre.objects.create(code="a", name="A"))
        client.post(url, {**opened, "title": "Mine"})

        assert ["a"] == list(book.genres.values_list("code", flat=True))
        assert ("Mine",) == stored(book, "title")

    def test_relations_are_kept_even_where_the_user_could_not_have_chosen_them(
        self, client, screen, book
    ):
        class Named(AllowAny):
            def related(self, model):
                return Named(model)

            def rows(self, user, action, queryset):
                return queryset.exclude(**{"name": "Hidden"} if self.model is Author else {"pk": 0})

        url = f"{screen(Book, fields=['title', 'author'], permission_policy=Named)}{book.pk}/edit/"
        sent = Page(client.get(url)).sent("form")
        Book.objects.update(author=Author.objects.create(name="Hidden"))

        assert 302 == client.post(url, {**sent, "title": "Mine"}).status_code
        assert ("Mine", "Hidden") == stored(book, "title", "author__name")

    def test_validation_sees_the_merged_object(self, client, screen, book):
        class Form(forms.ModelForm):
            class Meta:
                model = Book
                fields = ["price", "status", "title"]

            def clean(self):
                if self.cleaned_data["status"] == "published" and not self.cleaned_data["price"]:
                    raise forms.ValidationError("A published book needs a price.")

        Book.objects.update(price=9)
        url = f"{screen(Book, form_class=Form)}{book.pk}/edit/"
        sent = Page(client.get(url)).sent("form")
        Book.objects.update(status="published")
        page = Page(client.post(url, {**sent, "price": ""}))

        assert 422 == page.status
        assert "needs a price" in page.text("error-summary")
        assert ["Meanwhile somebody else changed: Status."] == message(page)
        assert ["published"] == page.sent("form")["status"]
        assert [9] == list(Book.objects.values_list("price", flat=True))

    def test_after_an_error_everything_can_be_corrected(self, client, book, url, opened):
        """
        The form then shows their value: it has been seen, and can be changed.
        """
        Book.objects.update(notes="Theirs")
        page = Page(client.post(url, {**opened, "title": "", "notes": ""}))
        assert (422, ["Theirs"]) == (page.status, page.sent("form")["notes"])

        again = {**page.sent("form"), "title": "Mine", "notes": "Mine too"}
        assert 302 == client.post(url, again).status_code
        assert ("Mine", "Mine too") == stored(book, "title", "notes")

    def test_after_an_error_others_are_still_seen(self, client, book, url, opened):
        page = Page(client.post(url, {**opened, "title": ""}))
        Book.objects.update(notes="Theirs")
        client.post(url, {**page.sent("form"), "title": "Mine"})

        assert ("Mine", "Theirs") == stored(book, "title", "notes")

    def test_a_field_that_is_disabled_keeps_their_value(self, client, screen, book):
        class Locked(forms.ModelForm):
            pages = forms.IntegerField(disabled=True)

            class Meta:
                model = Book
                fields = ["title", "pages"]

        url = f"{screen(Book, form_class=Locked)}{book.pk}/edit/"
        sent = Page(client.get(url)).sent("form")
        Book.objects.update(pages=7)
        client.post(url, {**sent, "title": "Mine", "pages": "1"})

        assert ("Mine", 7) == stored(book, "title", "pages")

    def test_a_form_that_saves_in_its_own_way_overwrites_nothing(self, client, screen, book):
        class Form(forms.ModelForm):
            class Meta:
                model = Book
                fields = ["title", "notes"]

            def save(self, commit=True):
                self.instance.homepage = "https://example.com/"
                self.instance.save()
                return self.instance

        url = f"{screen(Book, form_class=Form)}{book.pk}/edit/"
        sent = Page(client.get(url)).sent("form")
        Book.objects.update(notes="Theirs", pages=7)
        client.post(url, {**sent, "title": "Mine"})

        assert ("Mine", "Theirs", 7, "https://example.com/") == stored(
            book, "title", "notes", "pages", "homepage"
        )

    def test_a_form_with_a_prefix_is_no_different(self, client, screen, book):
        class Form(forms.ModelForm):
            prefix = "b"

            class Meta:
                model = Book
                fields = ["title", "notes"]

        url = f"{screen(Book, form_class=Form)}{book.pk}/edit/"
        sent = Page(client.get(url)).sent("form")
        Book.objects.update(notes="Theirs")
        assert 302 == client.post(url, {**sent, "b-title": "Mine"}).status_code
        assert ("Mine", "Theirs") == stored(book, "title", "notes")

        page = Page(client.post(url, {**sent, "b-title": "Mine", "b-notes": "Mine"}))
        assert {"notes": ("Theirs", "Mine")} == sides(page)


class TestConflict:
    def test_both_values_stand_side_by_side_and_nothing_is_saved(self, client, book, url, pack):
        Book.objects.update(price=5)
        opened = Page(client.get(url)).sent("form")
        Book.objects.update(title="Theirs", price="9.50")
        page = Page(client.post(url, {**opened, "title": "Mine", "price": "", "pages": "5"}))

        assert 409 == page.status
        assert {"title": ("Theirs", "Mine"), "price": ("9.50", "—")} == sides(page)
        assert "alert" == page.one("error-summary").get("role")
        assert ("Theirs", 100) == stored(book, "title", "pages")

    def test_every_radio_is_named_and_none_is_picked(self, client, url, opened, pack):
        Book.objects.update(title="Theirs")
        page = Page(client.post(url, {**opened, "title": "Mine"}))
        radios = [e for e in page.root.iter("input") if e.get("type") == "radio"]
        labels = {e.get("for"): text_of(e) for e in page.root.iter("label")}

        assert ["Their value", "Your value"] == [labels[r.get("id")] for r in radios]
        assert ["Theirs", "Mine"] == [
            text_of(page.by_id(r.get("aria-describedby"))) for r in radios
        ]
        assert [""] == page.sent("conflict-form")["_take-title"]
        (link,) = page.links(page.one("error-summary"))
        assert f"#{radios[0].get('id')}" == link.get("href")

    @pytest.mark.parametrize(("side", "title"), [("mine", "Mine"), ("theirs", "Theirs")])
    def test_one_click_decides_and_the_rest_is_kept(self, client, book, url, opened, side, title):
        Book.objects.update(title="Theirs", notes="Kept")
        page = Page(client.post(url, {**opened, "title": "Mine", "pages": "5"}))
        assert "Meanwhile somebody else changed: Notes." in page.text("error-summary")
        done = Page(pick(client, page, title=side))

        assert (200, [f"Saved book “{title}”."]) == (done.status, message(done))
        assert (title, 5, "Kept") == stored(book, "title", "pages", "notes")

    def test_each_field_is_decided_by_itself(self, client, book, url, opened):
        Book.objects.update(title="Theirs", pages=7)
        page = Page(client.post(url, {**opened, "title": "Mine", "pages": "5"}))
        pick(client, page, title="mine", pages="theirs")

        assert ("Mine", 7) == stored(book, "title", "pages")

    def test_who_decides_is_overtaken_again(self, client, book, url, opened):
        Book.objects.update(title="Theirs")
        page = Page(client.post(url, {**opened, "title": "Mine"}))
        Book.objects.update(title="A third", pages=7)
        page = Page(pick(client, page, title="mine"))

        assert (409, {"title": ("A third", "Mine")}) == (page.status, sides(page))
        assert ("A third", 7) == stored(book, "title", "pages")
        pick(client, page, title="mine")
        assert ("Mine", 7) == stored(book, "title", "pages")

    def test_who_takes_theirs_gets_what_is_there_now(self, client, book, url, opened):
        Book.objects.update(title="Theirs")
        page = Page(client.post(url, {**opened, "title": "Mine", "pages": "5"}))
        Book.objects.update(title="A third")
        done = Page(pick(client, page, title="theirs"))

        assert ("A third", 5) == stored(book, "title", "pages")
        assert "Meanwhile somebody else changed: Title." in message(done)

    @pytest.mark.parametrize("nothing", ["", "both", "\x00"])
    def test_who_picks_nothing_is_asked_again(self, client, book, url, opened, nothing):
        Book.objects.update(title="Theirs")
        page = Page(client.post(url, {**opened, "title": "Mine"}))
        page = Page(pick(client, page, title=nothing))

        assert (409, {"title": ("Theirs", "Mine")}) == (page.status, sides(page))
        assert ("Theirs",) == stored(book, "title")

    def test_a_choice_without_a_conflict_does_no_harm(self, client, book, url, opened):
        data = {**opened, "title": "Mine", "pages": "5", "_take-pages": "theirs", "_take-x": "mine"}
        client.post(url, data)

        assert ("Mine", 100) == stored(book, "title", "pages")

    def test_a_choice_does_not_stand_in_for_having_seen(self, client, book, url, opened):
        Book.objects.update(title="Theirs")
        page = Page(client.post(url, {**opened, "title": "Mine", "_take-title": "mine"}))

        assert 409 == page.status
        assert ("Theirs",) == stored(book, "title")

    def test_back_to_the_form_with_what_was_picked(self, client, book, url, opened):
        """
        There a third value can be typed; what was seen of theirs has been seen.
        """
        Book.objects.update(title="Theirs", pages=7)
        page = Page(client.post(url, {**opened, "title": "Mine", "pages": "5", "notes": "N"}))
        sent = page.sent("conflict-form")
        data = {**sent, "_take-pages": ["", "theirs"], "_refill": "1"}
        form = Page(client.post(url, data)).sent("form")
        assert (["Mine"], ["7"], ["N"]) == (form["title"], form["pages"], form["notes"])
        client.post(url, {**form, "title": "Ours"})

        assert ("Ours", 7, "N") == stored(book, "title", "pages", "notes")

    def test_the_button_that_was_pressed_still_decides_where_it_goes_on(self, client, url, opened):
        Book.objects.update(title="Theirs")
        data = {**opened, "title": "Mine", "_save_continue": "1", "next": "/here/?q=x"}
        page = Page(client.post(url, data))
        response = pick(client, page, title="mine")

        assert url == response.request["PATH_INFO"]
        assert "%3Fq%3Dx" in response.request["QUERY_STRING"]

    def test_conflicts_come_before_errors(self, client, book, url, opened):
        Book.objects.update(title="Theirs")
        page = Page(client.post(url, {**opened, "title": "", "pages": "many"}))
        assert (409, {"title": ("Theirs", "—")}) == (page.status, sides(page))
        page = Page(pick(client, page, title="theirs"))

        assert 422 == page.status
        assert (["Theirs"], ["many"]) == (page.sent("form")["title"], page.sent("form")["pages"])

    def test_a_value_that_is_none_is_shown_as_typed(self, client, url, opened):
        Book.objects.update(pages=7)
        page = Page(client.post(url, {**opened, "pages": "<b>many</b>"}))

        assert {"pages": ("7", "<b>many</b>")} == sides(page)

    def test_values_read_as_on_the_objects_own_page(self, client, book, url, opened, author):
        other = Author.objects.create(name="Somebody")
        for code in "ab":
            Genre.objects.create(code=code, name=code.upper())
        book.genres.set(["a"])
        changes = {"status": "published", "published": "1974-05-04", "notes": "one\ntwo"}
        Book.objects.update(author=other, **changes)
        data = {**opened, "genres": ["b"], "author": [Author.objects.create(name="Me").pk]}
        data |= {"status": "", "published": "1975-05-04", "notes": "three\r\nfour"}
        page = Page(client.post(url, data, headers={"accept-language": "de"}))

        assert {
            "author": ("Somebody", "Me"),
            "genres": ("A", "B"),
            "status": ("Published", "—"),
            "published": ("4. Mai 1974", "4. Mai 1975"),
        }.items() <= sides(page).items()
        lines = page.all("conflict-value")[-2:]
        assert [1, 1] == [len(list(value.iter("br"))) for value in lines]

    def test_a_column_of_the_list_says_how_values_read(self, client, screen, book):
        money = Column("price", format=lambda value: f"{value} €")
        url = f"{screen(Book, fields=['title', 'price'], columns=['title', money])}{book.pk}/edit/"
        sent = Page(client.get(url)).sent("form")
        Book.objects.update(price="9.50")
        page = Page(client.post(url, {**sent, "price": "8"}))

        assert {"price": ("9.50 €", "8 €")} == sides(page)

    def test_relations_to_many_can_be_decided(self, client, book, url, opened):
        for code in "abc":
            Genre.objects.create(code=code, name=code.upper())
        book.genres.set(["a", "b"])
        page = Page(client.post(url, {**opened, "genres": ["b", "c"]}))
        assert {"genres": ("A, B", "B, C")} == sides(page)
        pick(client, page, genres="mine")

        assert ["b", "c"] == sorted(book.genres.values_list("code", flat=True))

    def test_a_value_of_another_that_is_not_there_any_more(self, client, screen, book, author):
        """
        Somebody took another author, and the one I still have in my form is gone.
        """
        other = Author.objects.create(name="Other")
        url = f"{screen(Book, fields=['title', 'author'])}{book.pk}/edit/"
        sent = Page(client.get(url)).sent("form")
        Book.objects.update(author=other)
        Author.objects.filter(pk=author.pk).delete()

        assert 302 == client.post(url, {**sent, "title": "Mine"}).status_code
        assert ("Mine", other.pk) == stored(book, "title", "author")

    def test_the_page_is_german(self, client, url, opened):
        Book.objects.update(title="Theirs")
        answer = client.post(url, {**opened, "title": "Mine"}, headers={"accept-language": "de"})
        page = Page(answer)

        assert "Jemand anderes hat dieselben Felder geändert" in page.text("error-summary")
        assert "Der andere Wert" in page.text("field-conflict")

    def test_hostile_values_are_text(self, client, url, opened, pack):
        evil = '"><script>alert(1)</script>'
        Book.objects.update(title=evil)
        page = Page(client.post(url, {**opened, "title": f"{evil}2", f"x{evil}": evil}))

        assert {"title": (evil, f"{evil}2")} == sides(page)
        assert [] == list(page.one("conflict-page").iter("script"))
        assert [evil] == page.sent("conflict-form")[f"x{evil}"]


class TestTokens:
    @pytest.mark.parametrize("token", [None, "", "x", "\x00", "A" * 96])
    def test_without_one_every_difference_is_a_conflict(self, client, book, url, opened, token):
        del opened["_seen"]
        data = {**opened, "title": "Mine", "pages": "5"} | ({"_seen": token} if token else {})
        page = Page(client.post(url, data))

        assert 409 == page.status
        assert {"title": (book.title, "Mine"), "pages": ("100", "5")} == sides(page)
        assert [] == message(page) and "Meanwhile" not in page.text("error-summary")
        assert (book.title, 100) == stored(book, "title", "pages")

    def test_that_of_another_object_is_none(self, client, book, books, url, opened):
        (twin,) = books(book.title)
        token = seen(client, url.replace(f"/{book.pk}/", f"/{twin.pk}/"))
        page = Page(client.post(url, {**opened, **token, "title": "Mine"}))

        assert 409 == page.status

    def test_without_one_and_without_a_difference_nothing_happens(self, client, url, opened):
        del opened["_seen"]

        assert 302 == client.post(url, opened).status_code

    def test_a_new_object_needs_none(self, client, url, author):
        page = Page(client.get("/here/new/"))

        assert "_seen" not in page.sent("form")

    def test_it_survives_the_page_that_picks_a_value(
        self, client, book, url, books, settings, author
    ):
        settings.POWERCRUD_CHOICES_LIMIT = 1
        other = Author.objects.create(name="Other")
        page = Page(client.get(url))
        choose = next(b for b in page.all("choose") if "author" in b.get("formaction"))
        Book.objects.update(notes="Theirs", title="Theirs")
        data = {**page.sent("form"), "title": "Mine", "_origin": choose.get("value")}
        choices = Page(client.post(choose.get("formaction"), data))
        sent = choices.sent("choice-form")
        form = Page(client.post(url, {**sent, "author": other.pk, "_refill": "1"})).sent("form")
        page = Page(client.post(url, form))

        assert {"title": ("Theirs", "Mine")} == sides(page)
        pick(client, page, title="mine")
        assert ("Mine", "Theirs", other.pk) == stored(book, "title", "notes", "author")

    def test_a_view_may_do_without(self, client, screen, book):
        url = f"{screen(Book, fields=['title', 'notes'], check_versions=False)}{book.pk}/edit/"
        sent = Page(client.get(url)).sent("form")
        Book.objects.update(title="Theirs", notes="Theirs")

        assert "_seen" not in sent
        assert 302 == client.post(url, {**sent, "title": "Mine"}).status_code
        assert ("Mine", "") == stored(book, "title", "notes")

    def test_an_object_may_be_known_by_another_field(self, client, screen, book):
        url = screen(Book, lookup_field="title", fields=["notes"], path_converter="str")
        edit = f"{url}{book.title}/edit/"
        sent = Page(client.get(edit)).sent("form")
        Book.objects.update(notes="Theirs")
        assert 409 == client.post(edit, {**sent, "notes": "Mine"}).status_code

        Book.objects.all().delete()
        page = Page(client.post(edit, {**sent, "notes": "Mine"}))
        assert (409, ["Mine"]) == (page.status, page.sent("form")["notes"])


class TestPermissions:
    class Partly(AllowAny):
        """Lets a title be written that may not be seen."""

        def fields(self, user, action, obj=None):
            return {"notes"} if action == "view" else {"title", "notes"}

    def test_a_value_that_may_not_be_seen_is_not_shown(self, client, screen, book):
        url = f"{screen(Book, fields=FIELDS, permission_policy=self.Partly)}{book.pk}/edit/"
        sent = Page(client.get(url)).sent("form")
        Book.objects.update(title="Secret")
        page = Page(client.post(url, {**sent, "title": "Mine"}))

        assert {"title": ("You may not see this value.", "Mine")} == sides(page)
        assert "Secret" not in page.text("conflict-form")

    def test_a_field_that_may_no_longer_be_written_is_neither_written_nor_shown(
        self, client, screen, book, monkeypatch
    ):
        class Changing(AllowAny):
            allowed = {"title", "notes"}

            def fields(self, user, action, obj=None):
                return self.allowed

        url = f"{screen(Book, fields=FIELDS, permission_policy=Changing)}{book.pk}/edit/"
        sent = Page(client.get(url)).sent("form")
        Book.objects.update(title="Theirs")
        monkeypatch.setattr(Changing, "allowed", {"notes"})
        data = {**sent, "title": "Mine", "notes": "Mine", "_take-title": ""}

        assert 302 == client.post(url, data).status_code
        assert ("Theirs", "Mine") == stored(book, "title", "notes")

    def test_who_may_no_longer_change_it_is_refused(self, client_for, permissions, book):
        user = permissions("view_book", "change_book", "view_author", "view_genre")
        client, url = client_for(user), f"/books/{book.pk}/edit/"
        sent = Page(client.get(url)).sent("form")
        user.user_permissions.clear()

        assert 403 == client.post(url, {**sent, "title": "Mine"}).status_code
        assert (book.title,) == stored(book, "title")

    def test_what_may_no_longer_be_seen_is_not_found(self, client, screen, book):
        class Cheap(AllowAny):
            def rows(self, user, action, queryset):
                return queryset.filter(pages__lte=100)

        url = f"{screen(Book, fields=FIELDS, permission_policy=Cheap)}{book.pk}/edit/"
        sent = Page(client.get(url)).sent("form")
        Book.objects.update(pages=101)

        assert 404 == client.post(url, {**sent, "title": "Mine"}).status_code
        assert (book.title,) == stored(book, "title")


class TestDeletedMeanwhile:
    def test_what_was_typed_can_be_created_anew(self, client, book, url, opened):
        Book.objects.all().delete()
        data = {**opened, "title": "Mine", "pages": "5", "next": "/here/?q=x"}
        page = Page(client.post(url, data))
        form = page.one("form")

        assert 409 == page.status
        assert "The book was deleted while you were editing it" in page.text("form-page")
        assert ("/here/new/", ["Mine"]) == (form.get("action"), page.sent("form")["title"])
        assert not page.has("save_continue")
        assert not Book.objects.exists()
        response = client.post(form.get("action"), page.sent("form"))
        assert "/here/?q=x" == response["Location"]
        assert ("Mine", 5) == Book.objects.values_list("title", "pages").get()

    def test_who_may_not_add_still_has_what_was_typed(self, client_for, permissions, book):
        rights = "view_book", "change_book", "view_author", "view_genre"
        client, url = client_for(permissions(*rights)), f"/books/{book.pk}/edit/"
        sent = Page(client.get(url)).sent("form")
        Book.objects.all().delete()
        page = Page(client.post(url, {**sent, "title": "Mine"}))

        assert (409, ["Mine"]) == (page.status, page.sent("form")["title"])
        assert "you may not create a new book" in page.text("error-summary")
        assert not page.has("save")

    @pytest.mark.parametrize("token", ["", "x"])
    def test_what_was_never_seen_is_not_found(self, client, url, book, opened, token):
        Book.objects.all().delete()

        assert 404 == client.post(url, {**opened, "_seen": token}).status_code

    def test_what_somebody_else_may_see_is_not_told_from_what_is_gone(self, client, screen, books):
        """
        A token for one object says nothing about others, whether they exist or not.
        """

        class Own(AllowAny):
            def rows(self, user, action, queryset):
                return queryset.filter(title="Mine")

        mine, hidden = books("Mine", "Hidden")
        url = screen(Book, fields=["title"], permission_policy=Own)
        sent = Page(client.get(f"{url}{mine.pk}/edit/")).sent("form")
        statuses = [
            client.post(f"{url}{pk}/edit/", sent).status_code for pk in (hidden.pk, 999_999)
        ]

        assert [404, 404] == statuses

    def test_what_was_seen_once_and_is_hidden_now_is_not_found(self, client, screen, book):
        """
        It is still there, only not for this user.
        """
        test = TestPermissions()
        test.test_what_may_no_longer_be_seen_is_not_found(client, screen, book)


class TestFiles:
    @pytest.fixture
    def anthology(self, author, settings, tmp_path):
        settings.MEDIA_ROOT = tmp_path
        author.name = "A"
        author.save()
        scan = SimpleUploadedFile("old.txt", b"old")
        return Anthology.objects.create(title="T", editor=author, scan=scan)

    @pytest.fixture
    def url(self, screen, anthology):
        return f"{screen(Anthology, fields=['title', 'scan'])}{anthology.pk}/edit/"

    def test_a_file_of_others_is_kept(self, client, url, opened, anthology):
        Anthology.objects.update(scan="scans/theirs.txt")
        client.post(url, {**opened, "title": "Mine"})

        assert [("Mine", "scans/theirs.txt")] == list(
            Anthology.objects.values_list("title", "scan")
        )

    def test_two_new_files_are_a_conflict_and_mine_is_chosen_again(
        self, client, url, opened, anthology
    ):
        Anthology.objects.update(scan="scans/theirs.txt")
        mine = SimpleUploadedFile("mine.txt", b"mine")
        page = Page(client.post(url, {**opened, "scan": mine}))
        assert {"scan": ("scans/theirs.txt", "mine.txt")} == sides(page)
        assert "multipart/form-data" == page.one("conflict-form").get("enctype")
        assert "Files have to be chosen again." in page.text("error-summary")
        sent = page.sent("conflict-form")

        refused = Page(client.post(url, {**sent, "_take-scan": ["", "mine"]}))
        assert 422 == refused.status
        assert "Choose the file again" in refused.text("error-summary")
        mine.seek(0)
        client.post(url, {**sent, "_take-scan": ["", "mine"], "scan": mine})
        assert b"mine" == Anthology.objects.get().scan.read()

    def test_theirs_needs_no_file(self, client, url, opened, anthology):
        Anthology.objects.update(scan="scans/theirs.txt")
        page = Page(client.post(url, {**opened, "scan": SimpleUploadedFile("m.txt", b"m")}))
        pick(client, page, scan="theirs")

        assert "scans/theirs.txt" == Anthology.objects.get().scan.name

    def test_a_file_that_is_in_no_conflict_is_asked_for_again(self, client, url, opened, anthology):
        Anthology.objects.update(title="Theirs")
        mine = SimpleUploadedFile("mine.txt", b"mine")
        page = Page(client.post(url, {**opened, "title": "Mine", "scan": mine}))
        control = next(e for e in page.root.iter("input") if e.get("type") == "file")

        assert {"title": ("Theirs", "Mine")} == sides(page)
        assert "scan" == control.get("name")

    def test_taking_a_file_away_can_be_in_conflict(self, client, url, opened, anthology):
        Anthology.objects.update(scan="scans/theirs.txt")
        page = Page(client.post(url, {**opened, "scan-clear": "on"}))
        assert {"scan": ("scans/theirs.txt", "—")} == sides(page)
        pick(client, page, scan="mine")

        assert "" == Anthology.objects.get().scan.name


class TestDeleting:
    def test_what_has_changed_is_asked_about_again(self, client, book, pack):
        url = f"/books/{book.pk}/delete/"
        sent = Page(client.get(url)).sent("delete-form")
        Book.objects.update(pages=7, notes="Theirs")
        page = Page(client.post(url, sent))

        assert 409 == page.status
        assert "Somebody changed it since you were asked: Pages, Notes." in page.text("delete-form")
        assert Book.objects.exists()
        assert 302 == client.post(url, page.sent("delete-form")).status_code
        assert not Book.objects.exists()

    def test_without_a_token_it_asks_again(self, client, book):
        page = Page(client.post(f"/books/{book.pk}/delete/"))

        assert 409 == page.status
        assert "It may have changed since you saw it." in page.text("delete-form")
        assert Book.objects.exists()

    def test_twice_is_once(self, client, book):
        url = f"/books/{book.pk}/delete/"
        sent = Page(client.get(url)).sent("delete-form")
        client.post(url, sent)
        client.get("/books/")
        page = Page(client.post(url, {**sent, "next": "/books/?q=x"}, follow=True))

        assert "/books/" == page.url
        assert ["The book has already been deleted."] == message(page)
        assert 404 == client.post(url).status_code

    def test_what_may_not_be_seen_is_not_named(self, client_for, permissions, screen, book):
        class Titles(ModelPermissions):
            def fields(self, user, action, obj=None):
                return {"title"}

        url = f"{screen(Book, permission_policy=Titles)}{book.pk}/delete/"
        client = client_for(permissions("view_book", "delete_book"))
        sent = Page(client.get(url)).sent("delete-form")
        Book.objects.update(pages=7)
        assert 302 == client.post(url, sent).status_code

    def test_a_view_may_do_without(self, client, screen, book):
        url = f"{screen(Book, check_versions=False)}{book.pk}/delete/"

        assert 302 == client.post(url).status_code

    def test_a_key_that_is_a_text(self, client):
        Shelf.objects.create(slug="s", room="Attic")
        sent = Page(client.get("/shelves/s/delete/")).sent("delete-form")
        Shelf.objects.update(room="Cellar")

        assert 409 == client.post("/shelves/s/delete/", sent).status_code


class TestOneStep:
    def test_saving_takes_the_lock_before_it_reads(self, client, url, opened):
        """
        On SQLite with a write that changes nothing, elsewhere by locking the row.
        """
        locks = "FOR UPDATE", 'SET "title" = "library_book"."title"'
        with CaptureQueriesContext(connection) as captured:
            client.post(url, {**opened, "title": "Mine"})
        about = [q["sql"] for q in captured if "library_book" in q["sql"]]

        assert any(lock in about[0] for lock in locks)
        assert any(sql.startswith("UPDATE") and "Mine" in sql for sql in about[1:])

    def test_a_broken_constraint_after_a_merge_is_an_error(self, client, route, book):
        class Broken(CRUDView):
            model = Book
            url_base = "broken"
            fields = ["title", "notes"]

            def perform_save(self, form):
                raise IntegrityError

        url = f"{route(Broken)}{book.pk}/edit/"
        sent = Page(client.get(url)).sent("form")
        Book.objects.update(notes="Theirs")
        page = Page(client.post(url, {**sent, "title": "Mine"}))

        assert (422, ["Theirs"]) == (page.status, page.sent("form")["notes"])
        assert "in conflict with other data" in page.text("error-summary")

    @pytest.mark.parametrize("tail", ["new/", "{pk}/edit/"])
    def test_a_busy_database_keeps_what_was_typed(self, client, route, book, tail):
        class Busy(CRUDView):
            model = Book
            url_base = "busy"
            fields = ["title", "author"]
            error: Exception = LockedError()

            def perform_save(self, form):
                raise OperationalError from self.error

        url = f"{route(Busy)}{tail.format(pk=book.pk)}"
        sent = {**Page(client.get(url)).sent("form"), "title": "Mine", "author": book.author_id}
        page = Page(client.post(url, sent))

        assert (503, ["Mine"]) == (page.status, page.sent("form")["title"])
        assert "Please try again" in page.text("error-summary")
        assert sent.get("_seen") == page.sent("form").get("_seen")
        Busy.error = ValueError("no such table")
        with pytest.raises(OperationalError):
            client.post(url, sent)


class LockedError(Exception):
    """What SQLite raises when it has waited long enough."""

    sqlite_errorname = "SQLITE_BUSY"
