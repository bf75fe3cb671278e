"""Fields that follow others: choices, visibility, value, help; validation without saving."""

import pytest
from django import forms
from django.db.models import Q

from powercrud_core.dependencies import Depends
from powercrud_core.permissions import AllowAny
from tests.library.models import Anthology, Author, Book, Copy, Genre
from tests.views.pages import Page, text_of

pytestmark = pytest.mark.django_db

FIELDS = ["book", "shelf"]
STOCK = ["title", "author", "status", "price", "pages", "notes"]


def field(page, name):
    """Return the element around a field, or None."""
    found = [e for e in page.root.iter() if e.get("data-pc-field") == name]
    return found[0] if found else None


def options(page, name):
    """Return the values that a select, or boxes, offer."""
    boxes = [e for e in field(page, name).iter("input") if e.get("type") == "checkbox"]
    return [o.get("value") for o in boxes or field(page, name).iter("option")]


def value(page, name):
    """Return what would be sent for a field; None where nothing would be."""
    sent = page.sent("form").get(name)
    return sent[-1] if sent else None


def states(author):
    """Return the choices of a text, by an author's first letter."""
    return {"A": [("a1", "A one"), ("a2", "A two")], "B": [("b1", "B one")]}.get(
        author.name[0] if author else ""
    )


@pytest.fixture
def authors(db):
    """Return two authors with two books each."""
    made = [Author.objects.create(name=name) for name in ("Ann", "Bob", "Zoe")]
    for author in made[:2]:
        for n in (1, 2):
            Book.objects.create(title=f"{author.name} {n}", author=author)
    return made


@pytest.fixture
def books(screen):
    """Return a function that makes a screen of books with some dependencies."""

    def make(*dependencies, **more):
        more.setdefault("check_versions", False)
        return screen(Book, fields=STOCK, dependencies=dependencies, columns=["title"], **more)

    return make


class TestChoices:
    """Related objects and choices that follow another field."""

    @pytest.fixture
    def anthologies(self, screen):
        class EditorAuthors(forms.ModelForm):
            favourite = forms.ModelChoiceField(Book.objects.order_by("pk"), required=False)

            class Meta:
                model = Anthology
                fields = ["title", "editor", "contributors"]

        return screen(
            Anthology,
            form_class=EditorAuthors,
            columns=["title"],
            dependencies=[
                Depends("favourite", on="editor", filter={"author": "editor"}),
                Depends(
                    "contributors",
                    on="favourite",
                    filter=lambda favourite: favourite and Q(books=favourite),
                ),
            ],
        )

    def test_without_a_parent_nothing_is_offered(self, client, anthologies, authors):
        page = Page(client.get(f"{anthologies}new/"))

        assert [""] == options(page, "favourite")

    def test_a_chain_settles_in_one_request(self, client, anthologies, authors, pack):
        ann, _bob, _zoe = authors
        theirs = [str(pk) for pk in Book.objects.filter(author=ann).values_list("pk", flat=True)]
        data = {"title": "T", "editor": ann.pk, "favourite": theirs[1], "_refresh": "editor"}
        page = Page(client.post(f"{anthologies}new/", data))

        assert 200 == page.status
        assert ["", *theirs] == options(page, "favourite")
        assert theirs[1] == value(page, "favourite")
        assert [str(ann.pk)] == options(page, "contributors")
        assert not Anthology.objects.exists()

    def test_what_no_longer_fits_is_dropped_down_the_chain(self, client, anthologies, authors):
        ann, bob, _zoe = authors
        data = {
            "title": "T",
            "editor": ann.pk,
            "favourite": Book.objects.filter(author=bob).first().pk,
            "contributors": [bob.pk],
            "_refresh": "editor",
        }
        page = Page(client.post(f"{anthologies}new/", data))

        assert not value(page, "favourite")
        assert [] == options(page, "contributors")

    def test_a_pair_that_does_not_fit_is_an_error_and_not_saved(self, client, anthologies, authors):
        ann, bob, _zoe = authors
        stale = Book.objects.filter(author=bob).first()
        data = {"title": "T", "editor": ann.pk, "favourite": stale.pk}
        page = Page(client.post(f"{anthologies}new/", data))

        assert 422 == page.status
        assert "Favourite: Select a valid choice" in page.text("error-summary")
        assert not Anthology.objects.exists()

    @pytest.mark.parametrize("sent", ["x", "9" * 40, "-1", "\x00", ""])
    def test_a_parent_that_makes_no_sense_never_fails(self, client, anthologies, authors, sent):
        data = {"title": "T", "editor": sent, "favourite": sent, "contributors": [sent]}

        assert 422 == client.post(f"{anthologies}new/", data).status_code
        assert 200 == client.post(f"{anthologies}new/", {**data, "_refresh": "editor"}).status_code

    def test_the_parent_of_an_object_is_its_own_until_another_is_sent(
        self, client, screen, authors
    ):
        """
        Here the parent is no field of the form: it is read from the object, whatever is sent.
        """
        ann, bob, _zoe = authors
        url = screen(
            Anthology,
            fields=["title", "contributors"],
            columns=["title"],
            check_versions=False,
            dependencies=[
                Depends("contributors", on="editor", filter={"edited__editor": "editor"})
            ],
        )
        anthology = Anthology.objects.create(title="T", editor=ann)
        page = Page(client.get(f"{url}{anthology.pk}/edit/"))
        assert [str(ann.pk)] == options(page, "contributors")

        data = {"title": "T", "editor": bob.pk, "contributors": [bob.pk]}
        assert 422 == client.post(f"{url}{anthology.pk}/edit/", data).status_code

    def test_a_text_becomes_a_choice_where_there_are_some(self, client, books, authors, pack):
        url = books(Depends("notes", on="author", choices=states))
        ann, _bob, zoe = authors
        data = {"title": "T", "author": ann.pk, "status": "draft", "pages": 1, "notes": "a2"}
        page = Page(client.post(f"{url}new/", {**data, "_refresh": "author"}))
        assert ["", "a1", "a2"] == options(page, "notes")
        assert "a2" == value(page, "notes")

        free = Page(client.post(f"{url}new/", {**data, "author": zoe.pk, "_refresh": "author"}))
        assert [] == options(free, "notes")
        assert 422 == client.post(f"{url}new/", {**data, "notes": "b1"}).status_code
        assert 302 == client.post(f"{url}new/", data).status_code
        assert "a2" == Book.objects.get(title="T").notes

    def test_a_present_value_that_does_not_fit_is_shown_not_lost(self, client, books, authors):
        url = books(Depends("notes", on="author", choices=states))
        book = Book.objects.filter(author=authors[0]).first()
        Book.objects.filter(pk=book.pk).update(notes="old")
        page = Page(client.get(f"{url}{book.pk}/edit/"))

        assert "old" == value(page, "notes")
        assert 302 == client.post(f"{url}{book.pk}/edit/", page.sent("form")).status_code
        moved = {**page.sent("form"), "author": authors[1].pk}
        assert 422 == client.post(f"{url}{book.pk}/edit/", moved).status_code

    def test_a_present_object_may_stay_only_with_its_parent(self, client, screen, authors):
        """
        What an object holds may stay, though it is not offered; not beside another parent.
        """
        ann, bob, zoe = authors
        amy = Author.objects.create(name="Amy")
        url = screen(
            Anthology,
            fields=["title", "editor", "contributors"],
            columns=["title"],
            check_versions=False,
            dependencies=[
                Depends("contributors", on="editor", filter={"contributed__editor": "editor"})
            ],
        )
        anthology = Anthology.objects.create(title="T", editor=ann)
        Anthology.objects.create(title="U", editor=amy).contributors.add(bob)
        anthology.contributors.add(zoe)
        data = {"title": "T", "editor": ann.pk, "contributors": [zoe.pk]}
        edit = f"{url}{anthology.pk}/edit/"

        assert 302 == client.post(edit, data).status_code
        assert 422 == client.post(edit, {**data, "editor": amy.pk}).status_code
        asked = Page(client.post(edit, {**data, "editor": amy.pk, "_refresh": "editor"}))
        assert [str(bob.pk)] == options(asked, "contributors")

    def test_a_large_relation_offers_its_button_only_while_it_is_large(
        self, client, anthologies, authors, settings
    ):
        settings.POWERCRUD_CHOICES_LIMIT = 2
        amy = Author.objects.create(name="Amy")
        for author in (amy, amy, authors[0]):
            Book.objects.create(title="More", author=author)
        start = {"title": "T", "_refresh": "editor"}
        few = Page(client.post(f"{anthologies}new/", {**start, "editor": amy.pk}))
        many = Page(client.post(f"{anthologies}new/", {**start, "editor": authors[0].pk}))

        assert 3 == len(options(few, "favourite"))
        assert "Choose Favourite" in [text_of(e) for e in many.all("choose")]

    def test_the_page_of_choices_offers_what_fits_the_typed_parent(
        self, client, anthologies, authors, settings
    ):
        settings.POWERCRUD_CHOICES_LIMIT = 1
        data = {"title": "T", "editor": authors[0].pk, "_origin": f"{anthologies}new/"}
        page = Page(client.post(f"{anthologies}choices/favourite/", data))

        assert ["Ann 1", "Ann 2"] == sorted(text_of(e) for e in page.all("choice"))


class TestVisibility:
    """Fields that are there for some values only."""

    POLICIES = ("keep", "clear", "clear_now")

    def make(self, books, policy, name="price"):
        rule = Depends(
            name, on="status", visible=lambda status: status == "published", inactive=policy
        )
        return books(rule)

    @pytest.fixture
    def book(self, authors):
        return Book.objects.create(title="T", author=authors[0], status="published", price=5)

    def sent(self, book, **more):
        return {
            "title": "T", "author": book.author_id, "status": "draft", "pages": 9, "price": "7",
            **more,
        }  # fmt: skip

    @pytest.mark.parametrize("policy", POLICIES)
    def test_it_is_not_there_and_has_its_place(self, client, books, book, policy, pack):
        url = self.make(books, policy)
        page = Page(client.post(f"{url}new/", self.sent(book, _refresh="status")))
        place = field(page, "price")

        assert place.get("hidden") is not None
        assert not list(place.iter("label"))
        assert (None if policy == "clear_now" else "7") == value(page, "price")

    @pytest.mark.parametrize(
        ("policy", "kept"), [("keep", 5), ("clear", None), ("clear_now", None)]
    )
    def test_its_value_follows_the_policy_and_never_what_is_sent(
        self, client, books, book, policy, kept
    ):
        url = self.make(books, policy)
        answer = client.post(f"{url}{book.pk}/edit/", self.sent(book, price="nonsense"))
        book.refresh_from_db()

        assert 302 == answer.status_code
        assert ("draft", kept) == (book.status, book.price)

    def test_what_was_typed_is_back_with_the_field(self, client, books, book):
        url = self.make(books, "clear")
        gone = Page(client.post(f"{url}new/", self.sent(book, _refresh="status")))
        sent = {**gone.sent("form"), "status": "published", "_refresh": "status"}
        back = Page(client.post(f"{url}new/", sent))

        assert field(back, "price").get("hidden") is None
        assert "7" == value(back, "price")

    def test_a_required_field_that_is_not_there_is_not_missed(self, client, books, book):
        url = self.make(books, "clear", "pages")
        answer = client.post(f"{url}{book.pk}/edit/", self.sent(book, pages=""))
        book.refresh_from_db()

        assert 302 == answer.status_code
        assert 100 == book.pages

    def test_relations_are_kept_and_cleared_too(self, client, screen, book):
        genre = Genre.objects.create(code="x", name="X")
        book.genres.add(genre)
        for policy, left in (("keep", 1), ("clear", 0)):
            rule = Depends("genres", on="status", visible=lambda status: False, inactive=policy)
            url = screen(
                Book, fields=[*STOCK, "genres"], columns=["title"], at=f"{policy}/",
                dependencies=[rule], check_versions=False,
            )  # fmt: skip
            data = self.sent(book, genres=[])
            assert 302 == client.post(f"{url}{book.pk}/edit/", data).status_code
            assert left == book.genres.count()

    def test_what_depends_on_it_sees_an_empty_parent(self, client, books, book):
        url = books(
            Depends("price", on="status", visible=lambda status: status == "published"),
            Depends("notes", on="price", visible=lambda price: price is not None),
        )
        page = Page(client.post(f"{url}new/", self.sent(book, _refresh="status")))

        assert field(page, "notes").get("hidden") is not None


class TestOtherEffects:
    def test_required_holds_on_the_page_and_on_the_post(self, client, books, authors):
        url = books(Depends("price", on="status", required=lambda status: status == "published"))
        data = {"title": "T", "author": authors[0].pk, "status": "published", "pages": 1}
        page = Page(client.post(f"{url}new/", {**data, "_refresh": "status"}))
        control = next(field(page, "price").iter("input"))

        assert control.get("required") is not None
        assert 422 == client.post(f"{url}new/", data).status_code
        assert 302 == client.post(f"{url}new/", {**data, "status": "draft"}).status_code

    def test_help_follows(self, client, books, authors):
        url = books(Depends("price", on="status", help_text=lambda status: f"For {status}."))
        page = Page(client.post(f"{url}new/", {"status": "published", "_refresh": "status"}))

        assert "For published." in text_of(field(page, "price"))

    def test_a_value_is_worked_out_when_its_parent_changes_and_only_then(
        self, client, books, authors
    ):
        rule = Depends("pages", on="status", value=lambda status: 10 if status == "draft" else 20)
        url = books(rule)
        data = {"title": "T", "author": authors[0].pk, "status": "published", "pages": "7"}

        changed = Page(client.post(f"{url}new/", {**data, "_refresh": "status"}))
        other = Page(client.post(f"{url}new/", {**data, "_refresh": "title"}))
        pressed = Page(client.post(f"{url}new/", {**data, "_refresh": ""}))
        blank = Page(client.post(f"{url}new/", {**data, "pages": "", "_refresh": ""}))
        assert ["20", "7", "7", "20"] == [
            value(page, "pages") for page in (changed, other, pressed, blank)
        ]
        assert 302 == client.post(f"{url}new/", data).status_code
        assert 7 == Book.objects.get(title="T").pages

    def test_a_value_that_was_worked_out_moves_the_chain_on(self, client, books, authors):
        url = books(
            Depends("price", on="status", value=lambda status: 9 if status else None),
            Depends("pages", on="price", value=lambda price: price and int(price) * 2),
        )
        page = Page(client.post(f"{url}new/", {"status": "draft", "_refresh": "status"}))

        assert ("9", "18") == (value(page, "price"), value(page, "pages"))


class TestWithoutScript:
    def test_a_button_brings_the_choices_up_to_date(self, client, books, authors, pack):
        url = books(Depends("notes", on="author", choices=states))
        page = Page(client.get(f"{url}new/"))
        button = page.one("refresh")
        assert ("submit", "_refresh") == (button.get("type"), button.get("name"))

        data = {**page.sent("form"), "title": "Typed", "author": authors[0].pk, "_refresh": ""}
        page = Page(client.post(f"{url}new/", data))
        assert ["", "a1", "a2"] == options(page, "notes")
        assert "Typed" == value(page, "title")

    def test_enter_presses_save_and_not_this_button(self, client, books, authors):
        page = Page(client.get(f"{books(Depends('notes', on='author', choices=states))}new/"))
        buttons = [e for e in page.one("form").iter() if e.get("type") == "submit"]

        assert "_save" == buttons[0].get("name")

    def test_a_form_without_dependencies_has_none(self, client, books, authors):
        assert not Page(client.get(f"{books()}new/")).has("refresh")


class TestValidation:
    """A question about a field: nothing is saved, nobody else's errors are told."""

    @pytest.fixture
    def url(self, books):
        return books(validate_on="blur")

    DATA = {"title": "", "author": "", "status": "draft", "pages": "x"}

    def test_only_the_field_asked_about_has_its_errors(self, client, url, authors, pack):
        page = Page(client.post(f"{url}new/", {**self.DATA, "_validate": "pages"}))

        assert 200 == page.status
        assert "Enter a whole number." in text_of(field(page, "pages"))
        assert not [e for e in field(page, "title").iter() if e.get("aria-invalid")]
        assert "Pages: Enter a whole number." == page.text("form-status")

    def test_nothing_is_created_or_changed(self, client, url, authors):
        data = {"title": "New", "author": authors[0].pk, "status": "draft", "pages": "3"}
        book = Book.objects.filter(author=authors[1]).first()
        before = list(Book.objects.values())
        for name in ("title", "pages", "__all__", "nonsense", ""):
            for path in ("new/", f"{book.pk}/edit/"):
                answer = client.post(url + path, {**data, "_validate": name, "_save": "1"})
                assert 200 == answer.status_code

        assert before == list(Book.objects.values())

    def test_a_view_that_never_asked_for_it_saves_nothing_either(self, client, books, authors):
        url = books()
        data = {"title": "New", "author": authors[0].pk, "status": "draft", "pages": "3"}
        client.post(f"{url}new/", {**data, "_validate": "title"})
        client.post(f"{url}new/", {**data, "_refresh": "title"})

        assert not Book.objects.filter(title="New").exists()

    def test_who_may_not_add_may_not_ask(self, client_for, permissions, url):
        client = client_for(permissions("view_book"))

        assert 403 == client.post(f"{url}new/", {"_validate": "title"}).status_code
        assert 403 == client.post(f"{url}new/", {"_refresh": "title"}).status_code

    def test_the_form_says_that_it_asks(self, client, url, books, authors):
        assert "data-pc-validate" in Page(client.get(f"{url}new/")).one("form").attrib


class TestInFilters:
    @pytest.fixture
    def copies(self, screen, authors):
        for book in Book.objects.all():
            Copy.objects.create(book=book, shelf=book.title.lower().replace(" ", "-"))
        return screen(
            Anthology,
            columns=["title"],
            filterset_fields=["editor", "contributors"],
            permission_policy=AllowAny,
            dependencies=[
                Depends("contributors", on="editor", filter={"contributed__editor": "editor"})
            ],
        )

    @pytest.fixture
    def anthologies(self, authors):
        made = []
        for editor, contributor in zip(authors, [*authors[1:], authors[0]], strict=True):
            anthology = Anthology.objects.create(title=editor.name, editor=editor)
            anthology.contributors.add(contributor)
            made.append(anthology)
        return made

    def test_all_are_offered_without_a_parent_and_what_fits_with_one(
        self, client, copies, authors, anthologies, pack
    ):
        everybody = [str(a.pk) for a in authors]
        assert everybody == options(Page(client.get(copies)), "contributors")

        page = Page(client.get(f"{copies}?editor={authors[0].pk}"))
        assert [everybody[1]] == options(page, "contributors")

    def test_what_does_not_fit_is_dropped_and_said(self, client, copies, authors, anthologies):
        ann, _bob, zoe = authors
        page = Page(client.get(f"{copies}?editor={ann.pk}&contributors={zoe.pk}"))

        assert ["Editor: Ann"] == page.chips()
        assert "contributors" in page.text("notice").lower() if page.has("notice") else False
        assert "Ann" in page.html

    def test_a_filter_that_is_not_there_for_a_value_is_dropped_too(self, client, screen, authors):
        url = screen(
            Book,
            columns=["title"],
            filterset_fields=["status", "price"],
            dependencies=[
                Depends("price", on="status", visible=lambda status: status == "published")
            ],
        )
        page = Page(client.get(f"{url}?status=draft&price_min=900"))

        assert field(page, "price") is None
        assert ["Status: Draft"] == page.chips()
        assert field(Page(client.get(url)), "price") is not None


class TestTogetherWithOthers:
    """Two people at one object: the pair that would come out of both is judged."""

    def test_their_parent_and_my_child_do_not_make_a_pair(self, client, books, authors):
        """
        I picked what fits the author I saw; meanwhile somebody chose another author.
        """
        url = books(Depends("notes", on="author", choices=states), check_versions=True)
        ann, bob, _zoe = authors
        book = Book.objects.create(title="T", author=ann, notes="a1")
        seen = Page(client.get(f"{url}{book.pk}/edit/")).sent("form")
        Book.objects.filter(pk=book.pk).update(author=bob)
        page = Page(client.post(f"{url}{book.pk}/edit/", {**seen, "notes": "a2"}))
        book.refresh_from_db()

        assert 422 == page.status
        assert ("a1", bob) == (book.notes, book.author)
        assert "b1" in options(page, "notes")
        assert "a2" not in options(page, "notes")

    def test_asking_does_not_forget_what_was_seen(self, client, books, authors):
        """
        A page that brought fields up to date still knows what the user saw at first.
        """
        url = books(Depends("notes", on="author", choices=states), check_versions=True)
        book = Book.objects.create(title="T", author=authors[0], price=1)
        seen = Page(client.get(f"{url}{book.pk}/edit/")).sent("form")
        Book.objects.filter(pk=book.pk).update(price=2)
        asked = Page(client.post(f"{url}{book.pk}/edit/", {**seen, "price": "3", "_refresh": ""}))
        sent = asked.sent("form")

        assert seen["_seen"] == sent["_seen"]
        assert 409 == client.post(f"{url}{book.pk}/edit/", sent).status_code
