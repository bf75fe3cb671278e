"""What a relation offers: the same on the page, as JSON and on saving; what it holds may stay."""

import json

import pytest
from django import forms

from powercrud_core import Column, CRUDView
from powercrud_core.permissions import ModelPermissions
from tests.library.models import Anthology, Author, Book, Copy, Genre
from tests.views.pages import Page, text_of

pytestmark = pytest.mark.django_db

JSON = {"HTTP_ACCEPT": "application/json"}
FORM = {"title": "Typed", "page": "7"}


@pytest.fixture
def authors(db):
    """Return 60 authors, those with an A before those with a B; more than the limit below."""
    made = [Author(name=f"{'AB'[n % 2]} {n:02}") for n in range(60)]
    return Author.objects.bulk_create(made)


@pytest.fixture
def anthologies(screen, settings):
    """Return the address of a screen whose editors are those with an A, and who are many."""
    settings.POWERCRUD_CHOICES_LIMIT = 20
    return screen(
        Anthology,
        fields=["title", "page", "editor", "contributors"],
        columns=["title", "editor"],
        filterset_fields=["editor", "contributors"],
    )


def asked(client, url, name, origin=None, **data):
    """Return what the choices role answers as JSON; for a form, when there is an origin."""
    address = f"{url}choices/{name}/"
    if origin is None:
        return client.get(address, data, **JSON)
    return client.post(address, {"_origin": origin, **data}, **JSON)


def labels(response):
    return [found["label"] for found in response.json()["results"]]


class TestData:
    @pytest.mark.parametrize("kind", ["form", "filter"])
    def test_it_comes_in_pages_that_know_their_next(self, client, anthologies, authors, kind):
        origin = f"{anthologies}new/" if kind == "form" else None
        first = asked(client, anthologies, "editor", origin).json()
        second = asked(client, anthologies, "editor", origin, _page="2").json()

        assert (25, 2, 5, None) == (
            len(first["results"]), first["next"], len(second["results"]), second["next"],
        )  # fmt: skip
        assert {"value": str(authors[0].pk), "label": "A 00"} == first["results"][0]
        values = [found["value"] for found in first["results"] + second["results"]]
        assert 30 == len(set(values))

    def test_it_is_searched(self, client, anthologies, authors):
        assert ["A 40", "A 42", "A 44", "A 46", "A 48"] == labels(
            asked(client, anthologies, "editor", f"{anthologies}new/", _q='"a 4"')
        )
        assert [] == labels(asked(client, anthologies, "editor", _q="nobody"))

    def test_it_names_values_that_are_offered(self, client, anthologies, authors):
        wanted = [authors[2].pk, authors[3].pk, "x", "9" * 30, "\x00"]
        found = asked(client, anthologies, "editor", _selected=wanted).json()

        assert {"results": [{"value": str(authors[2].pk), "label": "A 02"}], "next": None} == found

    @pytest.mark.parametrize("page", ["0", "-1", "x", "", "9" * 30, "²", "999999"])
    def test_no_page_makes_it_fail(self, client, anthologies, authors, page):
        assert 200 == asked(client, anthologies, "editor", _page=page).status_code

    def test_only_who_asks_for_json_gets_it(self, client, anthologies, authors):
        address = f"{anthologies}choices/editor/"
        kinds = [
            client.get(address, headers={"accept": accept})["Content-Type"].partition(";")[0]
            for accept in ("application/json", "text/html,*/*;q=0.8", "*/*")
        ]

        assert ["application/json", "text/html", "text/html"] == kinds
        assert "Accept" in client.get(address)["Vary"]

    def test_a_label_is_text(self, client, anthologies, authors):
        Author.objects.create(name='A <img src=x onerror=alert(1)> "&')
        response = asked(client, anthologies, "editor", _q="onerror")

        assert ['A <img src=x onerror=alert(1)> "&'] == labels(response)
        assert ("application/json", "nosniff") == (
            response["Content-Type"],
            response["X-Content-Type-Options"],
        )

    def test_three_queries_are_enough(self, client, anthologies, authors, queries):
        """
        Session, user, choices: the form's other relations are not loaded.
        """
        origin = f"{anthologies}new/"

        assert 3 >= queries(lambda: asked(client, anthologies, "editor", origin, _q="a"))
        assert 3 >= queries(lambda: asked(client, anthologies, "contributors", _q="a"))

    def test_an_edited_object_costs_itself_and_its_several_values(
        self, client, anthologies, authors, queries
    ):
        anthology = Anthology.objects.create(title="T", editor=authors[0])
        origin = f"{anthologies}{anthology.pk}/edit/"

        assert 2 + 3 >= queries(lambda: asked(client, anthologies, "editor", origin))


class TestSecondLine:
    @pytest.fixture
    def copies(self, screen, settings, authors):
        settings.POWERCRUD_CHOICES_LIMIT = 5
        books = [Book(title=f"Book {n}", author=authors[n], price=n) for n in range(8)]
        Book.objects.bulk_create(books)
        return lambda detail: screen(
            Copy, fields=["book", "shelf"], columns=["shelf"], choice_details={"book": detail}
        )

    @pytest.mark.parametrize("detail", ["author", "author.name", "author__name"])
    def test_it_costs_no_query_and_is_searched(self, client, copies, queries, detail):
        url = copies(detail)
        origin = f"{url}new/"
        found = asked(client, url, "book", origin).json()["results"][3]

        assert ("Book 3", "B 03") == (found["label"], found["detail"])
        assert 3 >= queries(lambda: asked(client, url, "book", origin))
        if detail != "author":
            assert ["Book 3"] == labels(asked(client, url, "book", origin, _q="b 03"))

    def test_it_is_written_as_in_a_list(self, client, copies):
        url = copies(Column("price", format=lambda price: f"{price} €"))
        found = asked(client, url, "book", f"{url}new/").json()["results"]

        assert "2.00 €" == found[2]["detail"]

    def test_the_page_shows_it_too(self, client, copies):
        url = copies("author.name")
        page = Page(client.post(f"{url}choices/book/", {"_origin": f"{url}new/"}))

        assert "Book 0 · A 00" == text_of(page.all("choice")[0])

    def test_what_the_user_may_not_see_is_left_out(self, client, copies, screen, settings):
        class NoAuthors(ModelPermissions):
            def related(self, model):
                return NoAuthors(model)

            def fields(self, user, action, obj=None):
                return {"title"} if self.model is Book else None

        copies("author")
        url = screen(
            Copy,
            fields=["book", "shelf"],
            columns=["shelf"],
            choice_details={"book": "author.name"},
            permission_policy=NoAuthors,
            at="closed/",
        )
        origin = f"{url}new/"

        assert {"value", "label"} == set(asked(client, url, "book", origin).json()["results"][0])
        assert [] == labels(asked(client, url, "book", origin, _q="b 03"))


class Dependent(forms.ModelForm):
    """Offers the authors whose name begins with what was typed as the title."""

    class Meta:
        model = Anthology
        fields = ("title", "page", "editor", "contributors")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        begin = self.data.get("title") or self.initial.get("title") or ""
        self.fields["contributors"].queryset = Author.objects.filter(name__startswith=begin)


class TestOneBoundary:
    """What the page and the JSON would not offer, saving refuses; what they offer, it takes."""

    def agrees(self, client, url, name, offered, refused, **data):
        origin = f"{url}new/"
        page = Page(client.post(f"{url}choices/{name}/", {"_origin": origin, **data}))
        shown = {e.get("value") for e in page.all("choice")}
        sent = {f["value"] for f in asked(client, url, name, origin, **data).json()["results"]}
        typed = {**FORM, **data}

        assert shown == sent
        assert str(offered.pk) in sent and str(refused.pk) not in sent
        assert 422 == client.post(origin, {**typed, name: refused.pk}).status_code
        assert 302 == client.post(origin, {**typed, name: offered.pk}).status_code

    def test_limit_choices_to(self, client, anthologies, authors):
        self.agrees(client, anthologies, "editor", authors[0], authors[1])

    def test_the_rows_of_the_policy(self, client, screen, settings, authors):
        class Early(ModelPermissions):
            def rows(self, user, action, queryset):
                early = self.model is Author
                return queryset.filter(name__lt="A 20") if early else queryset

            def related(self, model):
                return Early(model)

        settings.POWERCRUD_CHOICES_LIMIT = 5
        url = screen(
            Anthology,
            fields=["title", "page", "editor"],
            columns=["title"],
            permission_policy=Early,
        )
        self.agrees(client, url, "editor", authors[2], authors[40])

    def test_a_queryset_that_depends_on_what_was_typed(self, client, screen, settings, authors):
        settings.POWERCRUD_CHOICES_LIMIT = 5
        url = screen(Anthology, form_class=Dependent, columns=["title"])
        data = {"title": "B", "page": "1", "editor": authors[0].pk}
        self.agrees(client, url, "contributors", authors[1], authors[2], **data)

    def test_a_queryset_changed_in_get_form(self, client, route, settings, authors):
        class Narrow(CRUDView):
            model = Anthology
            url_base = "here"
            columns = ("title",)
            fields = ("title", "page", "editor")

            def get_form(self, obj, data=None, files=None, **kwargs):
                form = super().get_form(obj, data, files, **kwargs)
                form.fields["editor"].queryset = Author.objects.filter(name="A 08")
                return form

        settings.POWERCRUD_CHOICES_LIMIT = 5
        self.agrees(client, route(Narrow), "editor", authors[8], authors[10])

    def test_the_queryset_of_a_filter(self, client, anthologies, authors):
        values = {f["value"] for f in asked(client, anthologies, "editor").json()["results"]}
        refused = Page(client.get(anthologies, {"editor": authors[1].pk}))

        assert str(authors[1].pk) not in values
        assert "invalid" == refused.state()

    def test_who_may_not_see_the_related_model_is_refused(
        self, client_for, permissions, anthologies, authors
    ):
        client = client_for(permissions("view_anthology", "add_anthology"))

        assert 403 == asked(client, anthologies, "editor").status_code
        assert 403 == asked(client, anthologies, "editor", f"{anthologies}new/").status_code


class TestPresent:
    """An author who may no longer be an editor, at an anthology that has him."""

    @pytest.fixture(params=[5, 100], ids=["large", "small"])
    def held(self, request, anthologies, authors, settings):
        settings.POWERCRUD_CHOICES_LIMIT = request.param
        anthology = Anthology.objects.create(title="T", editor=authors[1])
        return anthology, f"{anthologies}{anthology.pk}/edit/"

    def test_it_is_shown_and_marked(self, client, held):
        page = Page(client.get(held[1]))

        assert "B 01 (no longer offered)" in text_of(page.one("form"))
        assert [str(held[0].editor_id)] == page.sent("form")["editor"]

    def test_it_may_stay(self, client, held):
        sent = Page(client.get(held[1])).sent("form")
        response = client.post(held[1], {**sent, "title": "U"})
        held[0].refresh_from_db()

        assert (302, "U", "B 01") == (response.status_code, held[0].title, held[0].editor.name)

    def test_it_can_be_replaced_but_not_by_another_from_outside(self, client, held, authors):
        sent = Page(client.get(held[1])).sent("form")
        refused = Page(client.post(held[1], {**sent, "editor": authors[3].pk}))

        assert (422, False) == (refused.status, "B 03 (no" in refused.html)
        assert 302 == client.post(held[1], {**sent, "editor": authors[2].pk}).status_code
        held[0].refresh_from_db()
        assert "A 02" == held[0].editor.name
        sent = Page(client.get(held[1])).sent("form")
        assert 422 == client.post(held[1], {**sent, "editor": authors[1].pk}).status_code

    def test_nobody_else_may_have_it(self, client, anthologies, held, authors):
        other = Anthology.objects.create(title="Other", editor=authors[0])
        edit = f"{anthologies}{other.pk}/edit/"
        sent = Page(client.get(edit)).sent("form")

        assert 422 == client.post(edit, {**sent, "editor": authors[1].pk}).status_code
        assert (
            422 == client.post(f"{anthologies}new/", {**FORM, "editor": authors[1].pk}).status_code
        )

    def test_it_is_not_offered(self, client, anthologies, held, settings):
        settings.POWERCRUD_CHOICES_LIMIT = 5

        assert [] == labels(asked(client, anthologies, "editor", held[1], _q="B 01"))

    def test_the_rest_of_the_model_is_still_asked(self, client, held, authors):
        """
        A unique value is looked for even beside a foreign key that is not asked again.
        """
        Anthology.objects.create(title="Taken", editor=authors[0])
        sent = Page(client.get(held[1])).sent("form")
        page = Page(client.post(held[1], {**sent, "title": "Taken"}))

        assert (422, True) == (page.status, page.has("error-summary"))

    def test_a_value_that_was_deleted_is_an_error(self, client, held, authors):
        sent = Page(client.get(held[1])).sent("form")
        spare = Author.objects.create(name="A spare")
        Author.objects.filter(pk=spare.pk).delete()
        page = Page(client.post(held[1], {**sent, "editor": spare.pk}))

        assert 422 == page.status

    @pytest.mark.parametrize("limit", [5, 100])
    def test_several_values_stay_one_by_one(self, client, screen, settings, authors, limit):
        settings.POWERCRUD_CHOICES_LIMIT = limit

        class OnlyA(forms.ModelForm):
            class Meta:
                model = Anthology
                fields = ("title", "page", "editor", "contributors")

            contributors = forms.ModelMultipleChoiceField(
                Author.objects.filter(name__startswith="A"), required=False
            )

        url = screen(Anthology, form_class=OnlyA, columns=["title"])
        anthology = Anthology.objects.create(title="T", editor=authors[0])
        one, two, three = authors[1], authors[3], authors[2]
        anthology.contributors.set([one, two])
        edit = f"{url}{anthology.pk}/edit/"
        page = Page(client.get(edit))
        sent = page.sent("form")
        assert "B 01 (no longer offered)" in text_of(page.one("form"))
        assert {str(one.pk), str(two.pk)} == set(sent["contributors"])

        chosen = {**sent, "contributors": [one.pk, three.pk]}
        assert 302 == client.post(edit, chosen).status_code
        assert {one, three} == set(anthology.contributors.all())
        sent = Page(client.get(edit)).sent("form")
        refused = client.post(edit, {**sent, "contributors": [authors[5].pk]})
        assert (422, {one, three}) == (refused.status_code, set(anthology.contributors.all()))
        for rest in ([one], []):
            sent = Page(client.get(edit)).sent("form")
            data = {**sent, "contributors": [author.pk for author in rest]}
            assert 302 == client.post(edit, data).status_code
            assert rest == list(anthology.contributors.all())

    def test_it_costs_a_query_only_where_it_is_not_offered(
        self, client, anthologies, authors, queries
    ):
        counts = []
        for editor in (authors[0], authors[1]):
            anthology = Anthology.objects.create(title=editor.name, editor=editor)
            edit = f"{anthologies}{anthology.pk}/edit/"
            counts.append(queries(lambda url=edit: client.get(url)))

        assert counts[0] + 1 == counts[1]


class TestSizes:
    """Few options are a native select; more can be searched; several in a filter are boxes."""

    @pytest.fixture
    def books(self, screen):
        Genre.objects.bulk_create(Genre(code=str(n), name=f"Genre {n:02}") for n in range(11))
        return screen(
            Book,
            fields=["title", "genres", "status"],
            columns=["title"],
            filterset_fields=["genres", "status"],
        )

    def select(self, page, name):
        return next(e for e in page.root.iter("select") if e.get("name") == name)

    def test_more_than_ten_options_can_be_searched(self, client, books):
        page = Page(client.get(f"{books}new/"))

        assert "" == self.select(page, "genres").get("data-pc-select")
        assert "No results" == page.one("messages").get("data-pc-text-none")
        assert None is self.select(page, "status").get("data-pc-select")

    def test_only_pages_that_need_it_load_the_script(self, client, books, screen):
        plain = screen(
            Book, fields=["title"], columns=["title"], filterset_fields=["price"], at="p/"
        )
        needs = {url: "powercrud-select.js" in client.get(url).content.decode() for url in (
            books, f"{books}new/", plain, f"{plain}new/",
        )}  # fmt: skip

        assert {books: True, f"{books}new/": True, plain: False, f"{plain}new/": False} == needs

    def test_in_a_filter_several_of_many_keep_one_row(self, client, books):
        page = Page(client.get(books))

        assert "compact" == self.select(page, "genres").get("data-pc-select")

    def test_in_a_filter_several_of_a_few_are_boxes_in_a_popover(
        self, client, books, settings, pack
    ):
        settings.POWERCRUD_CHOICES_SEARCH = 11
        page = Page(client.get(f"{books}?genres=3&genres=7"))
        button, box = page.one("popover-button"), page.one("popover")

        assert "2 · Genre 03, Genre 07" == text_of(button)
        assert button.get("popovertarget") == box.get("id")
        assert ["3", "7"] == page.sent("filter-form")["genres"]
        assert 11 == sum(e.get("type") == "checkbox" for e in box.iter("input"))
        named = [text_of(page.by_id(id)) for id in button.get("aria-labelledby").split()]
        assert ["Genres", "2 · Genre 03, Genre 07"] == named

    def test_the_limit_is_a_setting(self, client, books, settings):
        settings.POWERCRUD_CHOICES_SEARCH = 50
        page = Page(client.get(f"{books}new/"))

        assert None is self.select(page, "genres").get("data-pc-select")


def test_the_labels_of_many_kept_values_travel_as_json(client, anthologies, authors):
    """
    A value that is kept survives in the part of several values that is not printed.
    """
    anthology = Anthology.objects.create(title="T", editor=authors[0])
    many = Author.objects.bulk_create(Author(name=f"C {n:03}") for n in range(150))
    anthology.contributors.set(many)
    edit = f"{anthologies}{anthology.pk}/edit/"
    sent = Page(client.get(edit)).sent("form")

    assert 50 == len(json.loads(sent["contributors-rest"][0]))
    assert 302 == client.post(edit, sent).status_code
    assert 150 == anthology.contributors.count()
