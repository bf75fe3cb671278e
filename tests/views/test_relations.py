"""Relations of any size: no page prints twenty thousand options."""

import json

import pytest
from django.urls import set_script_prefix

from powercrud_core.permissions import ModelPermissions
from tests.library.models import Anthology, Author, Book, Genre
from tests.views.pages import Page, text_of

pytestmark = pytest.mark.django_db

LARGE = 20_000
FORM = {"title": "Typed", "page": "7"}


@pytest.fixture
def authors(db):
    """Return the keys of a great many authors, half of whom may be editors."""
    Author.objects.bulk_create(Author(name=f"{'AB'[n % 2]} {n:05}") for n in range(LARGE))
    return list(Author.objects.order_by("name").values_list("pk", flat=True))


@pytest.fixture
def some_authors(db):
    """Return 250 authors: more than a select may have."""
    made = [Author(name=f"{'AB'[n % 2]} {n:03}") for n in range(250)]
    return Author.objects.bulk_create(made)


@pytest.fixture
def anthologies(screen):
    """Return the address of a screen with a form and filters on large relations."""
    return screen(
        Anthology,
        fields=["title", "page", "editor", "contributors", "scan"],
        columns=["title", "editor"],
        filterset_fields=["title", "editor", "contributors"],
    )


def press(client, page, form, part, index=0, /, **changes):
    """Return the page after a button of a form was pressed."""
    button = page.all(part)[index]
    element = page.one(form)
    data = {**page.sent(form), **changes}
    if button.get("name"):
        data.setdefault(button.get("name"), [])
        data[button.get("name")] = [*data[button.get("name")], button.get("value") or ""]
    url = button.get("formaction") or element.get("action")
    method = client.post if element.get("method") == "post" else client.get
    return Page(method(url, data, follow=True))


def choice(page, label):
    return next(i for i, e in enumerate(page.all("choice")) if text_of(e) == label)


class TestSize:
    def test_a_filter_on_a_large_relation_adds_two_kilobytes_at_most(
        self, client, screen, authors, queries
    ):
        Book.objects.create(title="One", author_id=authors[0])
        without = screen(Book, columns=["title"], filterset_fields=["status"], at="without/")
        with_it = screen(Book, columns=["title"], filterset_fields=["status", "author"], at="with/")
        sizes = [len(client.get(url).content) for url in (without, with_it)]

        assert sizes[1] - sizes[0] < 2048
        assert len(client.get(with_it, {"author": authors[5]}).content) < sizes[0] + 5000

    def test_a_form_on_a_large_relation_adds_two_kilobytes_at_most(self, client, screen, authors):
        without = screen(Anthology, fields=["title"], at="without/")
        with_it = screen(Anthology, fields=["title", "editor"], at="with/")
        sizes = [len(client.get(f"{url}new/").content) for url in (without, with_it)]

        assert sizes[1] - sizes[0] < 2048

    def test_as_many_as_the_limit_stay_in_a_select(self, client, screen, settings):
        settings.POWERCRUD_CHOICES_LIMIT = 3
        url = screen(Book, fields=["title", "author"], filterset_fields=["author"])
        Author.objects.bulk_create(Author(name=str(n)) for n in range(3))
        assert not Page(client.get(url)).has("choose")
        assert not Page(client.get(f"{url}new/")).has("choose")

        Author.objects.create(name="One too many")
        assert Page(client.get(url)).has("choose")
        assert Page(client.get(f"{url}new/")).has("choose")


class TestInAFilter:
    def test_searching_turning_and_picking_keep_the_lists_state(
        self, client, anthologies, some_authors
    ):
        start = Page(client.get(f"{anthologies}?title=x&sort=-title&page=3&q=y"))
        choices = Page(client.get(start.all("choose")[0].get("href")))
        assert "125 authors found" == choices.text("status")
        assert 25 == len(choices.all("choice"))

        second = press(client, choices, "choice-form", "choice-page-link")
        assert "A 050" == text_of(second.all("choice")[0])
        found = press(client, second, "choice-form", "search-submit", _q=['"A 12"'])
        assert ["A 120", "A 122", "A 124", "A 126", "A 128"] == [
            text_of(e) for e in found.all("choice")
        ]
        done = press(client, found, "choice-form", "choice", 1)

        assert ["Search: y", "Title: x", "Editor: A 122"] == done.chips()
        sent = done.sent("filter-form")
        assert (["-title"], [str(some_authors[122].pk)]) == (sent["sort"], sent["editor"])
        assert not done.has("notice") and "_q" not in sent

    def test_a_page_of_choices_that_is_cancelled_changes_nothing(
        self, client, anthologies, some_authors
    ):
        state = f"editor={some_authors[2].pk}&contributors={some_authors[5].pk}&title=x"
        start = Page(client.get(f"{anthologies}?{state}"))
        for link in start.all("choose"):
            choices = Page(client.get(link.get("href")))
            assert start.chips() == press(client, choices, "choice-form", "cancel").chips()

    def test_another_value_is_added_to_several_and_replaces_a_single_one(
        self, client, anthologies, some_authors
    ):
        one, two = some_authors[0], some_authors[4]
        start = Page(client.get(f"{anthologies}?editor={some_authors[2].pk}&contributors={one.pk}"))
        single, several = (Page(client.get(e.get("href"))) for e in start.all("choose"))
        done = press(client, single, "choice-form", "choice", choice(single, "A 004"))
        assert ["Editor: A 004", f"Contributors: {one}"] == done.chips()

        done = press(client, several, "choice-form", "choice", choice(several, str(two)))
        assert ["Editor: A 002", f"Contributors: {one}, {two}"] == done.chips()

    def test_a_value_can_be_taken_out_without_choosing(self, client, anthologies, some_authors):
        url = f"{anthologies}?editor={some_authors[2].pk}"
        page = Page(client.get(url))
        box = next(e for e in page.root.iter("input") if e.get("name") == "editor")

        assert ("checkbox", True) == (box.get("type"), box.get("checked") is not None)

    def test_a_value_that_is_no_object_is_an_error_not_a_failure(
        self, client, anthologies, some_authors
    ):
        for value in ("0", "x", "9" * 30, "%00", "-1"):
            page = Page(client.get(f"{anthologies}?editor={value}&contributors={value}"))
            assert (200, "invalid") == (page.status, page.state())

    @pytest.mark.parametrize("name", ["title", "nonsense", "id", "__class__", "x%2Fy"])
    def test_only_relations_have_choices(self, client, anthologies, name):
        assert 404 == client.get(f"{anthologies}choices/{name}/").status_code

    @pytest.mark.parametrize("query", ["_page=abc", "_page=999", "_page=-1", "_q=%00", "_q=%22"])
    def test_no_address_makes_the_page_fail(self, client, anthologies, some_authors, query):
        assert 200 == client.get(f"{anthologies}choices/editor/?{query}").status_code

    @pytest.mark.parametrize(
        "host", ["//evil.example/", "https://evil.example/", "javascript:x", "/\\evil.example"]
    )
    def test_the_page_never_leads_to_another_site(self, client, anthologies, some_authors, host):
        page = Page(client.get(f"{anthologies}choices/editor/", {"_host": host, "next": host}))

        assert anthologies == page.one("choice-form").get("action")


class TestInAForm:
    def test_picking_keeps_what_was_typed(self, client, anthologies, some_authors):
        start = Page(client.get(f"{anthologies}new/?next={anthologies}?q=x"))
        choices = press(client, start, "form", "choose", **FORM)
        found = press(client, choices, "choice-form", "search-submit", _q=["A 124"])
        done = press(client, found, "choice-form", "choice")

        assert 200 == done.status
        assert "A 124" in text_of(done.one("form"))
        sent = done.sent("form")
        assert FORM == {name: sent[name][-1] for name in FORM}
        assert [f"{anthologies}?q=x"] == sent["next"]
        assert not Anthology.objects.exists()

        saved = client.post(done.one("form").get("action"), sent)
        assert f"{anthologies}?q=x" == saved["Location"]
        assert ("A 124", 7) == (Anthology.objects.get().editor.name, Anthology.objects.get().page)

    def test_cancelling_keeps_what_was_typed_and_chosen(self, client, anthologies, some_authors):
        chosen = str(some_authors[2].pk)
        start = Page(client.get(f"{anthologies}new/"))
        choices = press(client, start, "form", "choose", **FORM, editor=[chosen])
        done = press(client, choices, "choice-form", "cancel")

        assert [chosen] == done.sent("form")["editor"]
        assert ["7"] == done.sent("form")["page"]

    def test_several_values_are_added_one_by_one(self, client, anthologies, some_authors):
        page = Page(client.get(f"{anthologies}new/"))
        for label in ("A 000", "B 001", "A 002"):
            choices = press(client, page, "form", "choose", 1, **FORM)
            page = (
                press(client, choices, "choice-form", "choice", choice(choices, label))
                if (label.startswith("A"))
                else self.searched(client, choices, label)
            )

        values = [str(some_authors[n].pk) for n in (0, 1, 2)]
        assert values == page.sent("form")["contributors"]

    def searched(self, client, choices, label):
        found = press(client, choices, "choice-form", "search-submit", _q=[label])
        return press(client, found, "choice-form", "choice")

    def test_what_an_object_has_is_shown_and_kept(self, client, anthologies, some_authors, pack):
        """
        Of many values a hundred are shown, the others travel along; nothing is lost by saving.
        """
        anthology = Anthology.objects.create(title="T", editor=some_authors[0])
        anthology.contributors.set(some_authors)
        edit = f"{anthologies}{anthology.pk}/edit/"
        page = Page(client.get(edit))
        sent = page.sent("form")

        assert 100 == len(sent["contributors"])
        assert 150 == len(json.loads(sent["contributors-rest"][0]))
        assert "and 150 more" in text_of(page.one("form"))
        assert 302 == client.post(edit, sent).status_code
        assert 250 == anthology.contributors.count()

    def test_adding_to_very_many_keeps_them_all(self, client, anthologies, some_authors):
        anthology = Anthology.objects.create(title="T", editor=some_authors[0])
        anthology.contributors.set(some_authors[:249])
        page = Page(client.get(f"{anthologies}{anthology.pk}/edit/"))
        choices = press(client, page, "form", "choose", 1)
        done = self.searched(client, choices, "B 249")
        client.post(done.one("form").get("action"), done.sent("form"))

        assert 250 == anthology.contributors.count()

    def test_a_failed_form_keeps_very_many_values(self, client, anthologies, some_authors):
        anthology = Anthology.objects.create(title="T", editor=some_authors[0])
        anthology.contributors.set(some_authors)
        edit = f"{anthologies}{anthology.pk}/edit/"
        sent = Page(client.get(edit)).sent("form")
        page = Page(client.post(edit, {**sent, "title": ""}))

        assert 422 == page.status
        assert 302 == client.post(edit, {**page.sent("form"), "title": "U"}).status_code
        assert 250 == anthology.contributors.count()

    @pytest.mark.parametrize(
        "rest",
        [
            *("", "x", "[", "{}", "7", '"a"', "[[1]]", "[null]", "[Infinity]", "[1e999]", "[NaN]"),
            *('["x"]', "[" * 100_000, f"[{'9' * 40}]", '[{"a": 1}]', "[true]", '["\\u0000"]'),
        ],
        ids=lambda value: value[:12] or "empty",
    )
    def test_values_that_were_tampered_with_never_fail(
        self, client, anthologies, some_authors, rest
    ):
        data = {**FORM, "editor": some_authors[0].pk, "contributors-rest": rest}

        assert client.post(f"{anthologies}new/", data).status_code in (302, 422)
        assert 200 == client.post(f"{anthologies}new/", {**data, "_refill": "1"}).status_code

    def test_a_required_value_that_is_missing_is_an_error_at_its_button(
        self, client, anthologies, some_authors
    ):
        page = Page(client.post(f"{anthologies}new/", FORM))
        target = next(
            link.get("href") for link in page.links(page.one("error-summary")) if link is not None
        )

        assert 422 == page.status
        assert "button" == page.by_id(target.removeprefix("#")).tag


class TestBoundary:
    def test_limit_choices_to_holds_on_the_page_and_on_saving(
        self, client, anthologies, some_authors
    ):
        start = Page(client.get(f"{anthologies}new/"))
        choices = press(client, start, "form", "choose")
        allowed, forbidden = some_authors[0], some_authors[1]
        data = {**FORM, "editor": forbidden.pk}

        assert "125 authors found" == choices.text("status")
        assert 422 == client.post(f"{anthologies}new/", data).status_code
        assert 302 == client.post(f"{anthologies}new/", {**data, "editor": allowed.pk}).status_code

    def test_who_may_not_see_the_related_model_cannot_pick(
        self, client_for, permissions, anthologies, some_authors
    ):
        client = client_for(permissions("view_anthology", "add_anthology"))
        assert not Page(client.get(anthologies)).has("choose")
        assert not Page(client.get(f"{anthologies}new/")).has("choose")

        assert 403 == client.get(f"{anthologies}choices/editor/").status_code
        data = {"_origin": f"{anthologies}new/"}
        assert 403 == client.post(f"{anthologies}choices/editor/", data).status_code

    def test_rows_of_the_related_policy_are_the_only_choices(self, client, screen, some_authors):
        class OnlyB(ModelPermissions):
            def rows(self, user, action, queryset):
                if self.model is Author:
                    return queryset.filter(name__startswith="B")
                return queryset

            def related(self, model):
                return OnlyB(model)

        url = screen(
            Book, fields=["title", "author"], filterset_fields=["author"], permission_policy=OnlyB
        )
        hidden, seen = some_authors[0], some_authors[1]
        assert "125 authors found" == Page(client.get(f"{url}choices/author/")).text("status")
        assert 422 == client.post(f"{url}new/", {"title": "T", "author": hidden.pk}).status_code
        assert hidden.name not in Page(client.get(f"{url}?author={hidden.pk}")).html
        assert 302 == client.post(f"{url}new/", {"title": "T", "author": seen.pk}).status_code

    @pytest.mark.parametrize(
        "origin",
        [
            "",
            "/",
            "new/",
            "/books/new/",
            "/login/",
            "/nowhere/",
            "//evil.example/here/new/",
            "https://evil.example/here/new/",
            "/here/",
            "/here/1/",
            "/here/1/delete/",
            "/here/choices/editor/",
            "/here/999/edit/",
            "/here/new/?x=1",
            "/here/new/\n",
            "\x00",
        ],
    )
    def test_a_tampered_origin_is_not_found(self, client, anthologies, some_authors, origin):
        response = client.post(f"{anthologies}choices/editor/", {"_origin": origin})

        assert 404 == response.status_code

    @pytest.mark.parametrize("codename", ["view_anthology", "add_anthology"])
    def test_the_form_of_the_origin_must_be_allowed(
        self, client_for, permissions, anthologies, some_authors, codename
    ):
        anthology = Anthology.objects.create(title="T", editor=some_authors[0])
        client = client_for(permissions(codename, "view_author"))
        tail = {"view_anthology": "new/", "add_anthology": f"{anthology.pk}/edit/"}[codename]
        data = {"_origin": f"{anthologies}{tail}"}

        assert 403 == client.post(f"{anthologies}choices/editor/", data).status_code

    def test_a_stranger_has_to_sign_in(self, client_for, anthologies, some_authors):
        response = client_for().get(f"{anthologies}choices/editor/")

        assert response["Location"].startswith("/login/?next=")

    def test_a_site_below_a_path_works_too(self, client, anthologies, some_authors):
        """
        Mounted at /app: the origin the form sends has the mount point in front.
        """
        set_script_prefix("/app/")
        try:
            start = Page(client.get(f"{anthologies}new/", SCRIPT_NAME="/app"))
            button = start.all("choose")[0]
            assert f"/app{anthologies}new/" == button.get("value")
            url = button.get("formaction").removeprefix("/app")
            choices = client.post(url, {"_origin": button.get("value")}, SCRIPT_NAME="/app")
        finally:
            set_script_prefix("/")

        assert 200 == choices.status_code
        assert f"/app{anthologies}new/" == Page(choices).one("choice-form").get("action")


class TestKeysOfText:
    def test_choices_carry_keys_of_any_text(self, client, screen, settings, book):
        settings.POWERCRUD_CHOICES_LIMIT = 1
        for code in ("a b/c", '"<&', "ü"):
            Genre.objects.create(code=code, name=f"name {code}")
        url = screen(
            Book, columns=["title"], fields=["title", "genres"], filterset_fields=["genres"]
        )
        start = Page(client.get(url))
        choices = Page(client.get(start.one("choose").get("href")))
        done = press(client, choices, "choice-form", "choice", choice(choices, 'name "<&'))

        assert ['Genres: name "<&'] == done.chips()
