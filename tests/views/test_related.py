"""Links beside a form's relations: what they lead to, and who gets them."""

from types import ModuleType
from urllib.parse import parse_qs, urlsplit

import pytest
from django import forms
from django.urls import clear_url_caches, include, path

from powercrud_core import CRUDView, InlineEdit
from powercrud_core.permissions import AllowAny, ModelPermissions
from tests.library.models import Author, Book, Copy, Genre
from tests.views.pages import Page, text_of

pytestmark = pytest.mark.django_db

AUTHOR = "#pc-book-form-author"


class Shy(ModelPermissions):
    """Lets everybody change what does not begin with Z."""

    def rows(self, user, action, queryset):
        return queryset.exclude(name__startswith="Z") if action == "change" else queryset


class Strict(ModelPermissions):
    object_level = True

    def allows(self, user, action, obj=None):
        return obj is None or not obj.name.startswith("Z")


class AuthorView(CRUDView):
    model = Author


class GenreView(CRUDView):
    model = Genre


class CopyView(CRUDView):
    model = Copy
    related_views = {"book": "BookView"}


class BookView(CRUDView):
    model = Book
    fields = ["title", "author", "genres", "status"]
    columns = ["title", "author"]
    filterset_fields = ["author"]
    inline = InlineEdit(["author"])
    related_views = {"author": AuthorView, "genres": f"{__name__}.GenreView"}


@pytest.fixture
def site(settings):
    """Return a function that routes views, and no others, under the plural of their models."""
    module = ModuleType("tests.related")
    module.urlpatterns = []

    def add(*views, at="{}s/", namespace="", **attributes):
        for view in views:
            declared = {"__module__": __name__, **attributes}
            view = type(view.__name__, (view,), declared) if attributes else view
            urls = include((view.get_urls(), namespace)) if namespace else include(view.get_urls())
            module.urlpatterns.insert(0, path(at.format(view.model._meta.model_name), urls))
        settings.ROOT_URLCONF = module
        clear_url_caches()

    yield add
    clear_url_caches()


@pytest.fixture
def books(site):
    site(AuthorView, GenreView, BookView)


def links(page, name="author"):
    """Return the links beside a field, by their part."""
    (field,) = (f for f in page.all("field") if f.get("data-pc-field") == name)
    found = (e for e in field.iter("a") if (e.get("data-pc-part") or "").startswith("related-"))
    return {e.get("data-pc-part").removeprefix("related-"): e for e in found}


def name_of(link):
    return link.get("aria-label") or text_of(link)


def get(client, url):
    return Page(client.get(url))


@pytest.mark.usefixtures("books")
class TestLinks:
    def test_create_leads_to_the_other_screen_and_back(self, client):
        create = links(get(client, "/books/new/?next=/books/%3Fq%3Da"))["create"]

        url = urlsplit(create.get("href"))
        assert ("/authors/new/", "New author") == (url.path, name_of(create))
        assert ["/books/new/?next=/books/%3Fq%3Da"] == parse_qs(url.query)["next"]

    def test_it_opens_in_a_dialog_that_gives_the_control_its_value(self, client):
        create = links(get(client, "/books/new/"))["create"]

        assert ("dialog", AUTHOR) == (create.get("data-pc-open"), create.get("data-pc-accept"))

    def test_the_selected_object_can_be_edited(self, client, book):
        edit = links(get(client, f"/books/{book.pk}/edit/"))["update"]

        assert f"/authors/{book.author_id}/edit/" == urlsplit(edit.get("href")).path
        assert ("Edit", f"Edit author {book.author}") == (text_of(edit), name_of(edit))

    def test_without_a_selection_there_is_nothing_to_edit_yet(self, client):
        edit = links(get(client, "/books/new/"))["update"]

        assert ("", None) == (edit.get("hidden"), edit.get("href"))
        assert "/authors/{}/edit/?next=/books/new/" == edit.get("data-pc-follow")
        assert "Edit author {}" == edit.get("data-pc-follow-name")

    def test_several_values_have_nothing_to_edit(self, client, book):
        assert ["create"] == list(links(get(client, f"/books/{book.pk}/edit/"), "genres"))

    def test_after_an_error_they_are_about_what_was_sent(self, client, author):
        other = Author.objects.create(name="Other")
        page = Page(client.post("/books/new/", {"title": "", "author": other.pk}))

        assert (422, "Edit author Other") == (page.status, name_of(links(page)["update"]))

    @pytest.mark.parametrize("sent", ["x", "99999999", "9" * 30])
    def test_what_is_no_object_has_no_link(self, client, sent):
        page = Page(client.post("/books/new/", {"title": "", "author": sent}))

        assert (422, "") == (page.status, links(page)["update"].get("hidden"))

    def test_filters_and_editors_in_the_list_have_none(self, client, book):
        pages = [get(client, "/books/"), get(client, f"/books/{book.pk}/row/edit/?_field=author")]

        assert [200, 200] == [page.status for page in pages]
        assert not any("related-" in page.html for page in pages)

    def test_the_script_that_lets_them_follow_is_loaded(self, client):
        assert "powercrud-select.js" in get(client, "/books/new/").html


class TestViews:
    def test_a_name_stands_for_the_one_view_that_is_routed(self, client, site):
        site(AuthorView)
        site(BookView, related_views=["author"])

        assert ["create", "update"] == list(links(get(client, "/books/new/")))

    def test_several_routed_views_are_none(self, client, site):
        site(AuthorView)
        site(AuthorView, at="more/", url_base="more")
        site(BookView, related_views=["author"])

        assert {} == links(get(client, "/books/new/"))

    def test_a_name_of_the_same_module(self, client, site, book):
        site(BookView, CopyView)

        assert ["create", "update"] == list(links(get(client, "/copys/new/"), "book"))

    @pytest.mark.parametrize("declared", [{"author": None}, {"author": ""}, {"author": AuthorView}])
    def test_without_a_view_or_a_route_there_are_no_links(self, client, site, declared):
        site(BookView, related_views=declared)

        assert {} == links(get(client, "/books/new/"))

    def test_a_view_in_a_namespace_is_found_there(self, client, site):
        site(AuthorView, at="people/", namespace="people")
        site(BookView, related_views={"author": AuthorView})

        url = links(get(client, "/books/new/"))["create"].get("href")
        assert "/people/new/" == urlsplit(url).path

    def test_a_view_without_these_roles_has_no_links(self, client, site, book):
        site(AuthorView, roles=AuthorView.roles[:1])
        site(BookView, related_views=["author"])

        assert {} == links(get(client, f"/books/{book.pk}/edit/"))

    def test_a_large_relation_has_them_too(self, client, books, book, settings):
        settings.POWERCRUD_CHOICES_LIMIT = 1
        Author.objects.create(name="Other")
        found = links(get(client, f"/books/{book.pk}/edit/"))

        assert ["create", "update"] == list(found)
        assert AUTHOR == found["create"].get("data-pc-accept")

    @pytest.mark.parametrize("widget", [forms.RadioSelect, forms.HiddenInput])
    def test_a_control_that_cannot_take_a_value_has_none(self, client, site, widget):
        form = forms.modelform_factory(Book, fields=["title", "author"], widgets={"author": widget})
        site(AuthorView)
        site(BookView, form_class=form, fields=None, inline=None)

        assert "related-" not in get(client, "/books/new/").html

    def test_a_disabled_control_has_none(self, client, site, book):
        site(AuthorView, GenreView)
        site(BookView, disabled_fields=["author"])

        assert {} == links(get(client, f"/books/{book.pk}/edit/"))

    def test_a_key_that_is_a_text(self, client, site):
        class Form(forms.ModelForm):
            best = forms.ModelChoiceField(Genre.objects, initial="science/nature")

            class Meta:
                model = Book
                fields = ("title",)

        Genre.objects.create(code="science/nature", name="Science")
        site(GenreView)
        site(BookView, form_class=Form, inline=None, related_views=["best"])

        edit = links(get(client, "/books/new/"), "best")["update"]
        assert "/genres/science_2Fnature/edit/" == urlsplit(edit.get("href")).path
        assert "/genres/{}/edit/" == urlsplit(edit.get("data-pc-follow")).path


class TestPermissions:
    @pytest.mark.parametrize(
        ("codenames", "expected"),
        [
            ([], []),
            (["add_author"], ["create"]),
            (["view_author"], ["detail"]),
            (["change_author"], ["update"]),
            (["add_author", "view_author"], ["create", "detail"]),
            (["delete_author"], []),
        ],
    )
    def test_the_other_view_s_policy_decides(
        self, client_for, permissions, books, book, codenames, expected
    ):
        client = client_for(permissions("change_book", *codenames))
        found = links(get(client, f"/books/{book.pk}/edit/"))

        assert expected == list(found)
        assert all(200 == client.get(link.get("href")).status_code for link in found.values())

    def test_it_is_that_view_s_own_policy(self, client_for, permissions, site, book):
        site(AuthorView, permission_policy=AllowAny)
        site(BookView, related_views=["author"])
        page = get(client_for(permissions("change_book")), f"/books/{book.pk}/edit/")

        assert ["create", "update"] == list(links(page))

    @pytest.mark.parametrize("policy", [Shy, Strict])
    def test_an_object_that_may_not_be_changed_is_only_viewed(self, client, site, book, policy):
        site(AuthorView, permission_policy=policy)
        site(BookView, related_views=["author"])
        Author.objects.update(name="Zola")
        found = links(get(client, f"/books/{book.pk}/edit/"))

        expected = ["create"] if policy is Strict else ["create", "detail"]
        assert expected == list(found)
        assert all(200 == client.get(link.get("href")).status_code for link in found.values())

    @pytest.mark.parametrize("policy", [Shy, Strict])
    def test_a_link_to_one_of_some_objects_does_not_follow(self, client, site, book, policy):
        """
        What else is selected may be refused: the link is for what the server has looked at.
        """
        site(AuthorView, permission_policy=policy)
        site(BookView, related_views=["author"])
        update = links(get(client, f"/books/{book.pk}/edit/"))["update"]

        assert str(book.author_id) == update.get("data-pc-follow-only")
        assert update.get("href") == update.get("data-pc-follow")

    def test_an_object_that_the_other_view_does_not_have(self, client, site, book):
        queryset = Author.objects.exclude(pk=book.author_id)
        site(AuthorView, queryset=queryset)
        site(BookView, related_views=["author"])

        assert ["create"] == list(links(get(client, f"/books/{book.pk}/edit/")))


class TestQueries:
    def test_one_for_each_relation_with_a_value(self, client, site, book, queries):
        site(AuthorView, GenreView)
        url = f"/books/{book.pk}/edit/"
        site(BookView, related_views=())
        without = queries(lambda: client.get(url))
        site(BookView)

        assert without + 1 == queries(lambda: client.get(url))


@pytest.mark.usefixtures("pack")
class TestPacks:
    def test_every_pack_draws_them(self, client, books, book):
        found = links(get(client, f"/books/{book.pk}/edit/"))

        assert ["create", "update"] == list(found)
        assert ["New author", f"Edit author {book.author}"] == [*map(name_of, found.values())]
