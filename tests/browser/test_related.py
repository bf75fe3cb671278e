"""Creating and editing what a form's relation points to, without leaving the form."""

from collections.abc import Callable
from typing import Any, ClassVar

import pytest
from django.urls import include, path
from playwright.sync_api import Locator, Page, expect

from powercrud_core import CRUDView
from powercrud_core.permissions import ModelPermissions
from tests.browser.conftest import NARROW, WIDE
from tests.browser.site import OPEN_IN
from tests.browser.site import urlpatterns as site_urls
from tests.browser.test_looks import problems
from tests.browser.test_selects import combobox, pick
from tests.library.models import Anthology, Author, Book, Genre, Member
from tests.library.views import AuthorView

in_every_pack = pytest.mark.usefixtures("pack")
both_widths = pytest.mark.parametrize("width", [WIDE, NARROW])

LIST = "/related/anthologies/"
NEW = f"{LIST}new/"


class ElderPermissions(ModelPermissions):
    """Lets nobody change whoever was born too early, or nobody knows when."""

    def rows(self, user: Any, action: str, queryset: Any) -> Any:
        return queryset.filter(born__gte="1830-01-01") if action == "change" else queryset


class ElderView(AuthorView):
    url_base = "elder"
    permission_policy = ElderPermissions


class GenreView(CRUDView):
    model = Genre
    url_base = "related-genre"


class MemberView(CRUDView):
    """A relation to the model itself."""

    model = Member
    fields = ("name", "sponsor")
    related_views = ("sponsor",)


class AnthologyView(CRUDView):
    """A few editors in a native select, many contributors to be searched."""

    model = Anthology
    url_base = "related-anthology"
    fields = ("title", "page", "editor", "contributors")
    open_in = OPEN_IN
    related_views: ClassVar[Any] = {"editor": AuthorView, "contributors": AuthorView}


class BookView(CRUDView):
    """One of many authors to be searched, some genres in a native select."""

    model = Book
    url_base = "related-book"
    fields = ("title", "author", "genres")
    related_views: ClassVar[Any] = {"author": AuthorView, "genres": GenreView}


class GuardedView(AnthologyView):
    url_base = "related-guarded"
    related_views: ClassVar[Any] = {"editor": ElderView}


urlpatterns = [
    path("related/anthologies/", include(AnthologyView.get_urls())),
    path("related/books/", include(BookView.get_urls())),
    path("related/guarded/", include(GuardedView.get_urls())),
    path("related/elders/", include(ElderView.get_urls())),
    path("related/genres/", include(GenreView.get_urls())),
    path("related/members/", include(MemberView.get_urls())),
    *site_urls,
]


@pytest.fixture(autouse=True)
def routes(site: None, settings: Any) -> None:
    settings.ROOT_URLCONF = __name__


def dialogs(page: Page) -> Locator:
    return page.locator("dialog:modal")


def dialog_of(page: Page, name: str) -> Locator:
    dialog = page.get_by_role("dialog", name=name, exact=True)
    expect(dialog).to_be_visible()
    return dialog


def field(place: Page | Locator, name: str) -> Locator:
    return place.locator(f'[data-pc-part="field"][data-pc-field="{name}"]')


def link(place: Page | Locator, name: str) -> Locator:
    return place.get_by_role("link", name=name, exact=True)


def created(page: Page, opener: Locator, name: str, of: str = "author") -> None:
    """Create something behind a link."""
    opener.click()
    dialog = dialog_of(page, f"New {of}")
    if of == "genre":
        dialog.get_by_label("Code").fill(name.lower())
    dialog.get_by_label("Name").fill(name)
    save(dialog)
    expect(dialog).to_have_count(0)


def save(place: Page | Locator, button: str = "Save") -> None:
    place.get_by_role("button", name=button, exact=True).click()


def chosen(select: Locator) -> str:
    return str(select.evaluate("s => [...s.selectedOptions].map(o => o.textContent).join()"))


@in_every_pack
class TestEveryPack:
    @both_widths
    def test_an_editor_is_made_on_the_way(self, open_page: Callable[..., Page], width: int) -> None:
        page = open_page(NEW, width=width)
        page.get_by_label("Title").fill("Voices")
        created(page, link(field(page, "editor"), "New author"), "Ariel")
        editor = page.get_by_label("Editor")
        expect(editor).to_be_focused()
        assert "Ariel" == chosen(editor)
        expect(page.get_by_label("Title")).to_have_value("Voices")
        save(page)

        expect(page.locator("#pc-messages")).to_contain_text("Created anthology “Voices”.")
        assert "Ariel" == Anthology.objects.get(title="Voices").editor.name

    def test_dialog_on_dialog(self, open_page: Callable[..., Page]) -> None:
        """
        The form lies over the list, the author's over the form; each gives way to what is beneath.
        """
        page = open_page(LIST)
        link(page, "New anthology").first.click()
        form = dialog_of(page, "New anthology")
        form.get_by_label("Title").fill("Voices")
        created(page, link(field(form, "editor"), "New author"), "Ariel")
        expect(form).to_be_visible()
        expect(form.get_by_label("Editor")).to_be_focused()
        assert "Ariel" == chosen(form.get_by_label("Editor"))
        created(page, link(field(form, "contributors"), "New author"), "Bela")
        expect(combobox(form, "Contributors")).to_be_focused()
        expect(form.get_by_label("Title")).to_have_value("Voices")
        save(form)

        expect(dialogs(page)).to_have_count(0)
        expect(page.get_by_role("row", name="Voices")).to_contain_text("Ariel")
        made = Anthology.objects.get(title="Voices")
        assert ["Bela"] == [a.name for a in made.contributors.all()]

    def test_by_keyboard_alone(self, open_page: Callable[..., Page]) -> None:
        page = open_page(NEW)
        page.get_by_label("Title").focus()
        page.keyboard.type("Voices")
        page.get_by_label("Editor").focus()
        page.keyboard.press("Tab")
        expect(link(field(page, "editor"), "New author")).to_be_focused()
        page.keyboard.press("Enter")
        dialog = dialog_of(page, "New author")
        expect(dialog.get_by_label("Name")).to_be_focused()
        page.keyboard.type("Ariel")
        page.keyboard.press("Enter")
        expect(dialogs(page)).to_have_count(0)
        expect(page.get_by_label("Editor")).to_be_focused()
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        expect(link(page, "Edit author Ariel")).to_be_focused()
        page.keyboard.press("Enter")
        expect(dialog_of(page, "Edit Ariel").get_by_label("Name")).to_be_focused()
        page.keyboard.press("ControlOrMeta+A")
        page.keyboard.type("Arno")
        page.keyboard.press("Enter")
        expect(dialogs(page)).to_have_count(0)

        expect(page.get_by_label("Editor")).to_be_focused()
        assert "Arno" == chosen(page.get_by_label("Editor"))
        expect(link(page, "Edit author Arno")).to_be_visible()

    def test_they_can_be_read_and_pressed(self, open_page: Callable[..., Page]) -> None:
        page = open_page(NEW)
        page.get_by_label("Editor").select_option(label="Ada Abell")
        expect(link(page, "Edit author Ada Abell")).to_be_visible()
        assert [] == [*problems(page)]
        link(field(page, "editor"), "New author").click()
        dialog_of(page, "New author")

        assert [] == [*problems(page)]

    def test_on_a_phone_nothing_is_wider_than_the_page(
        self, open_page: Callable[..., Page]
    ) -> None:
        page = open_page(NEW, width=320)
        page.get_by_label("Editor").select_option(label="Ada Abell")
        expect(link(page, "Edit author Ada Abell")).to_be_in_viewport()

        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    def test_without_a_script_they_are_links(self, open_page: Callable[..., Page]) -> None:
        page = open_page(f"{NEW}?next={LIST}", js=False)
        expect(field(page, "editor").get_by_role("link")).to_have_text(["New author"])
        link(field(page, "editor"), "New author").click()
        page.get_by_label("Name").fill("Ariel")
        save(page)
        page.get_by_label("Title").fill("Voices")
        page.get_by_label("Editor").select_option(label="Ariel")
        save(page)

        expect(page.get_by_role("row", name="Voices")).to_contain_text("Ariel")

    def test_a_searched_relation_takes_it_too(self, open_page: Callable[..., Page]) -> None:
        page = open_page("/related/books/new/")
        page.get_by_label("Title").fill("Made")
        author = combobox(page, "Author")
        expect(link(field(page, "author"), "Edit")).to_have_count(0)
        created(page, link(field(page, "author"), "New author"), "Ariel")
        expect(author).to_be_focused()
        expect(author).to_have_accessible_description("Selected: Ariel")
        link(page, "Edit author Ariel").click()
        dialog = dialog_of(page, "Edit Ariel")
        dialog.get_by_label("Name").fill('Arno <b>"$&')
        save(dialog)
        expect(author).to_have_accessible_description('Selected: Arno <b>"$&')
        expect(page.locator(".ts-control .item").first).to_have_text('Arno <b>"$&')
        expect(link(page, 'Edit author Arno <b>"$&')).to_be_visible()
        created(page, link(field(page, "genres"), "New genre"), "Letters", of="genre")
        save(page)

        expect(page.locator("#pc-messages")).to_contain_text("Created book “Made”.")
        book = Book.objects.get(title="Made")
        assert ('Arno <b>"$&', ["Letters"]) == (
            book.author.name,
            [str(g) for g in book.genres.all()],
        )


class TestSelection:
    """What the links to the selected object do when another one is selected."""

    def test_they_follow(self, open_page: Callable[..., Page]) -> None:
        page = open_page(NEW)
        editor, edit = (
            page.get_by_label("Editor"),
            field(page, "editor").locator("a", has_text="Edit"),
        )
        expect(edit).to_be_hidden()
        for name in ("Ada Abell", "Ada Ito"):
            editor.select_option(label=name)
            pk = Author.objects.get(name=name).pk
            expect(edit).to_have_accessible_name(f"Edit author {name}")
            expect(edit).to_have_attribute("href", f"/authors/{pk}/edit/?next={NEW}")
        editor.select_option(value="")
        expect(edit).to_be_hidden()

    def test_they_follow_what_is_searched(
        self, open_page: Callable[..., Page], settings: Any
    ) -> None:
        settings.POWERCRUD_CHOICES_SEARCH = 3
        page = open_page(NEW)
        pick(page, "Editor", "ada ito")
        expect(link(page, "Edit author Ada Ito")).to_be_visible()
        page.goto("/related/books/new/")
        pick(page, "Author", "kaoru hardy")
        expect(link(page, "Edit author Kaoru Hardy")).to_be_visible()

    def test_where_objects_differ_they_wait_for_the_one_that_is_known(
        self, open_page: Callable[..., Page]
    ) -> None:
        """
        Ada Ito may be changed, but who says so for the others?
        """
        ada = Author.objects.get(name="Ada Ito")
        Author.objects.filter(pk=ada.pk).update(born="1900-01-01")
        held = Anthology.objects.create(title="Held", editor=ada)
        page = open_page(f"/related/guarded/{held.pk}/edit/")
        editor = page.get_by_label("Editor")
        edit = field(page, "editor").locator("[data-pc-part=related-update]")
        expect(edit).to_be_visible()
        editor.select_option(label="Ada Abell")
        expect(edit).to_be_hidden()
        editor.select_option(label="Ada Ito")
        expect(edit).to_be_visible()
        edit.click()
        save(dialog_of(page, "Edit Ada Ito"))
        expect(dialogs(page)).to_have_count(0)

    def test_who_may_only_look_sees(self, open_page: Callable[..., Page]) -> None:
        held = Anthology.objects.create(title="Held", editor=Author.objects.get(name="Ada Ito"))
        Author.objects.filter(pk=held.editor_id).update(born=None)
        page = open_page(f"/related/guarded/{held.pk}/edit/")
        link(page, "View author Ada Ito").click()

        expect(dialog_of(page, "Ada Ito")).to_be_visible()


class TestDialogs:
    def test_leaving_changes_nothing(self, open_page: Callable[..., Page]) -> None:
        page = open_page(NEW)
        page.get_by_label("Title").fill("Voices")
        opener = link(field(page, "editor"), "New author")
        opener.click()
        dialog = dialog_of(page, "New author")
        dialog.get_by_label("Name").fill("Nobody")
        page.keyboard.press("Escape")
        question = dialog_of(page, "Discard what you entered?")
        question.get_by_role("button", name="Discard").click()
        expect(dialogs(page)).to_have_count(0)

        expect(opener).to_be_focused()
        expect(page.get_by_label("Title")).to_have_value("Voices")
        assert ("---------", 0) == (
            chosen(page.get_by_label("Editor")),
            Author.objects.filter(name="Nobody").count(),
        )

    def test_an_error_stays_in_the_dialog(self, open_page: Callable[..., Page]) -> None:
        page = open_page(NEW)
        link(field(page, "editor"), "New author").click()
        dialog = dialog_of(page, "New author")
        save(dialog)
        expect(dialog.get_by_label("Name")).to_have_attribute("aria-invalid", "true")
        dialog.get_by_label("Name").fill("Ariel")
        save(dialog)

        expect(page.get_by_label("Editor")).to_be_focused()

    def test_several_in_a_row(self, open_page: Callable[..., Page]) -> None:
        page = open_page(NEW)
        link(field(page, "contributors"), "New author").click()
        for name in ("Ariel", "Bela"):
            dialog = dialog_of(page, "New author")
            expect(dialog.get_by_label("Name")).to_have_value("")
            dialog.get_by_label("Name").fill(name)
            save(dialog, "Save and add another")
        expect(dialog.get_by_label("Name")).to_have_value("")
        link(dialog, "Cancel").click()

        expect(combobox(page, "Contributors")).to_have_accessible_description(
            "Selected: Ariel, Bela"
        )

    def test_a_relation_to_the_model_itself(self, open_page: Callable[..., Page]) -> None:
        """
        The same form three times, one on the other.
        """
        page = open_page("/related/members/new/")
        page.get_by_label("Name").fill("first")
        link(page, "New member").click()
        second = dialogs(page).nth(0)
        second.get_by_label("Name").fill("second")
        link(second, "New member").click()
        third = dialogs(page).nth(1)
        third.get_by_label("Name").fill("third")
        save(third)
        expect(dialogs(page)).to_have_count(1)
        expect(second.get_by_label("Sponsor")).to_be_focused()
        assert "third" == chosen(second.get_by_label("Sponsor"))
        save(second)
        expect(dialogs(page)).to_have_count(0)
        assert "second" == chosen(page.get_by_label("Sponsor"))
        save(page)
        expect(page.locator("#pc-messages")).to_contain_text("Created member “first”.")

        assert "third" == Member.objects.get(name="first").sponsor.sponsor.name

    def test_after_an_error_of_the_form_they_are_still_there(
        self, open_page: Callable[..., Page]
    ) -> None:
        page = open_page(NEW)
        created(page, link(field(page, "editor"), "New author"), "Ariel")
        save(page)
        expect(page.get_by_label("Title")).to_have_attribute("aria-invalid", "true")

        expect(link(page, "Edit author Ariel")).to_be_visible()
        expect(combobox(page, "Editor")).to_have_accessible_description("Selected: Ariel")
