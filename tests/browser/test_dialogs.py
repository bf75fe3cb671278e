"""Pages on top of the page: dialogs and drawers, what they send, and what must never be lost."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.conftest import WIDE, Complaints
from tests.browser.site import Doorkeeper
from tests.browser.test_selects import pick
from tests.library.models import Anthology, Author, Book, Copy

BOOKS, ANTHOLOGIES = "/layers/books/?q=north", "/layers/anthologies/"

in_every_pack = pytest.mark.usefixtures("pack")


@pytest.fixture
def books(open_page: Callable[..., Page]) -> Page:
    """The list of the two books of the north."""
    return open_page(BOOKS)


@pytest.fixture
def anthology(library: None, settings: Any, tmp_path: Path) -> Anthology:
    settings.MEDIA_ROOT = tmp_path
    return Anthology.objects.create(title="Voices", editor=Author.objects.get(name="Ada Abell"))


def asked(page: Page) -> list[str]:
    """Return a list that grows by every request for a page, as "GET /path/"."""
    found: list[str] = []

    def note(request: Any) -> None:
        if request.resource_type in ("fetch", "document"):
            path = re.sub(r"^\w+://[^/]+|\?.*", "", request.url)
            found.append(f"{request.method} {path}")

    page.on("request", note)
    return found


def dialogs(page: Page) -> Locator:
    return page.locator("dialog:modal")


def question(page: Page) -> Locator:
    return page.get_by_role("dialog", name="Discard what you entered?")


def messages(page: Page) -> Locator:
    return page.locator("#pc-messages")


def opened(page: Page, link: str, name: str = "") -> Locator:
    """Follow a link by its name; return the dialog that it opens."""
    page.get_by_role("link", name=link, exact=True).first.click()
    dialog = page.get_by_role("dialog", name=name or link)
    expect(dialog).to_be_visible()
    return dialog


def save(place: Page | Locator, button: str = "Save") -> None:
    place.get_by_role("button", name=button, exact=True).click()


def end_session(page: Page) -> None:
    page.context.clear_cookies(name=project.SESSION_COOKIE_NAME)


def be_signed_in(page: Page, key: str) -> None:
    url = page.evaluate("location.origin")
    cookie: Any = {"name": project.SESSION_COOKIE_NAME, "value": key, "url": url}
    page.context.add_cookies([cookie])


@in_every_pack
class TestJourneys:
    def test_editing_by_keyboard_alone(self, books: Page) -> None:
        """
        A drawer, a mistake, a change; the list keeps its state, nothing is asked for twice.
        """
        requests, state = asked(books), books.url
        link = books.get_by_role("link", name="Edit North and South")
        link.focus()
        books.keyboard.press("Enter")
        drawer = books.get_by_role("dialog", name="Edit North and South")
        title = drawer.get_by_label("Title")
        expect(title).to_be_focused()
        books.keyboard.press("ControlOrMeta+A")
        books.keyboard.press("Delete")
        books.keyboard.press("Enter")
        expect(title).to_have_attribute("aria-invalid", "true")
        expect(title).to_be_focused()
        books.keyboard.type("North and South, again")
        books.keyboard.press("Enter")

        expect(dialogs(books)).to_have_count(0)
        expect(messages(books)).to_contain_text("Saved book “North and South, again”.")
        expect(books.locator("#pc-layer-book-status")).to_have_text("1–2 of 2 books")
        expect(books.get_by_role("link", name="Edit North and South, again")).to_be_focused()
        assert books.url == state
        pk = Book.objects.get(title="North and South, again").pk
        edit = f"/layers/books/{pk}/edit/"
        assert requests == [f"GET {edit}", f"POST {edit}", f"POST {edit}", "GET /layers/books/"]

    def test_focus_stays_inside(self, books: Page) -> None:
        dialog = opened(books, "New book")
        inside = "document.activeElement.closest('dialog') !== null"
        for key in ["Tab"] * 25 + ["Shift+Tab"] * 30:
            books.keyboard.press(key)
            # Between the last and the first control the focus is in the browser's own frame.
            assert books.evaluate(f"{inside} || document.activeElement === document.body")
        expect(dialog).to_be_visible()

    def test_adding_several(self, books: Page) -> None:
        """
        The dialog stays for the next one; the author is searched in it.
        """
        requests = asked(books)
        dialog = opened(books, "New book")
        for title, button in (("North A", "Save and add another"), ("North B", "Save")):
            expect(dialog.get_by_label("Title")).to_have_value("")
            dialog.get_by_label("Title").fill(title)
            pick(books, "Author", "elif hardy")
            save(dialog, button)
            if button != "Save":
                expect(dialog).to_contain_text("Created book “North A”.")

        expect(dialogs(books)).to_have_count(0)
        expect(books.locator("#pc-layer-book-status")).to_have_text("1–4 of 4 books")
        expect(messages(books)).to_contain_text("Created book “North B”.")
        expect(books.get_by_role("link", name="New book")).to_be_focused()
        assert not [r for r in requests if r == "GET /layers/books/choices/author/"]
        assert requests.count("GET /layers/books/") == 1
        assert (
            Book.objects.filter(title__startswith="North ", author__name="Elif Hardy").count() == 2
        )

    def test_deleting(self, books: Page, complaints: Complaints) -> None:
        """
        What is needed cannot go, and says so in the dialog; then the next row has the focus.
        """
        complaints.expect("status of 409")
        book = Book.objects.get(title="North and South")
        copy = Copy.objects.create(book=book, shelf="a-1")
        dialog = opened(books, "Delete North and South")
        expect(dialog).to_contain_text("It is still needed by")
        dialog.get_by_role("link", name="Cancel").click()
        copy.delete()
        dialog = opened(books, "Delete North and South")
        copy.save()
        save(dialog, "Delete")
        expect(dialog).to_contain_text("It is still needed by")
        books.keyboard.press("Escape")
        expect(dialogs(books)).to_have_count(0)
        copy.delete()
        save(opened(books, "Delete North and South"), "Delete")

        expect(dialogs(books)).to_have_count(0)
        expect(messages(books)).to_contain_text("Deleted book “North and South”.")
        left = books.get_by_role("link", name="Delete Season of Migration to the North")
        expect(left).to_be_focused()

    def test_what_was_done_is_told_in_sight(self, open_page: Callable[..., Page]) -> None:
        """
        The list is left as it is, but whoever has scrolled down gets to see the message.
        """
        page = open_page("/layers/books/")
        last = page.get_by_role("link", name=re.compile("^Delete ")).last
        last.scroll_into_view_if_needed()
        expect(messages(page)).not_to_be_in_viewport()
        last.click()
        save(page.get_by_role("dialog"), "Delete")

        expect(messages(page)).to_contain_text("Deleted book")
        expect(messages(page)).to_be_in_viewport()

    def test_a_dialog_on_a_dialog(self, open_page: Callable[..., Page]) -> None:
        """
        What is created on the way is selected, and the form beneath is as it was.
        """
        page = open_page(ANTHOLOGIES)
        dialog = opened(page, "New anthology")
        dialog.get_by_label("Title").fill("Voices of the North")
        page.evaluate(ADD_LINK)
        page.get_by_role("link", name="New author").click()
        inner = page.get_by_role("dialog", name="New author")
        expect(inner.get_by_label("Name")).to_be_focused()
        ids = page.locator("[id]").evaluate_all("all => all.map(e => e.id)")
        inner.get_by_label("Name").fill("Ama Ata Aidoo")
        save(inner)

        expect(dialogs(page)).to_have_count(1)
        editor = dialog.get_by_label("Editor")
        expect(editor).to_be_focused()
        expect(editor).to_have_value(str(Author.objects.get(name="Ama Ata Aidoo").pk))
        expect(dialog.get_by_label("Title")).to_have_value("Voices of the North")
        save(dialog)
        expect(messages(page)).to_contain_text("Created anthology “Voices of the North”.")
        assert "Ama Ata Aidoo" == Anthology.objects.get().editor.name
        assert sorted(set(ids)) == sorted(ids)

    def test_leaving_unsaved_changes(self, books: Page) -> None:
        """
        Asked on Escape however often, on Cancel and beside the dialog; not for nothing.
        """
        dialog = opened(books, "Edit North and South")
        title = dialog.get_by_label("Title")
        title.fill("North")
        for _ in range(3):
            books.keyboard.press("Escape")
            expect(question(books)).to_be_visible()
            books.keyboard.press("Escape")
            expect(question(books)).to_be_hidden()
            expect(title).to_be_focused()
        for leave in (
            lambda: books.keyboard.press("Escape"),
            lambda: dialog.get_by_role("link", name="Cancel").click(),
            lambda: dialog.get_by_role("button", name="Close").click(),
            lambda: books.mouse.click(5, 5),
        ):
            leave()
            question(books).get_by_role("button", name="Go on editing").click()
            expect(title).to_have_value("North")
        title.fill("North and South")
        books.mouse.click(5, 5)
        expect(dialogs(books)).to_have_count(0)

        opened(books, "Edit North and South").get_by_label("Title").fill("North")
        books.keyboard.press("Escape")
        question(books).get_by_role("button", name="Discard").click()
        expect(dialogs(books)).to_have_count(0)
        expect(books.get_by_role("link", name="Edit North and South")).to_be_focused()
        assert Book.objects.filter(title="North and South").exists()

    def test_without_a_script_they_are_pages(self, open_page: Callable[..., Page]) -> None:
        page = open_page(BOOKS, js=False)
        page.get_by_role("link", name="Edit North and South").click()
        page.get_by_label("Title").fill("")
        save(page)
        expect(page.get_by_role("alert")).to_contain_text("Title: This field is required.")
        page.get_by_label("Title").fill("North and South, again")
        save(page)

        expect(page).to_have_url(re.compile(r"/layers/books/\?q=north$"))
        expect(messages(page)).to_contain_text("Saved book “North and South, again”.")


EDITOR = "document.querySelector('[method=post] [name=editor]')"
# A link as a project (or the select of a relation) prints it beside a control.
ADD_LINK = (
    f"() => {{ const editor = {EDITOR};"
    """
  const link = document.createElement("a");
  Object.assign(link, { href: "/layers/authors/new/", textContent: "New author" });
  Object.assign(link.dataset, { pcOpen: "dialog", pcAccept: `#${editor.id}` });
  editor.after(link);
}"""
)


class TestOpening:
    @pytest.mark.parametrize(
        "click", [{"modifiers": ["Control"]}, {"modifiers": ["Shift"]}, {"button": "middle"}]
    )
    def test_what_opens_a_tab_still_does(self, books: Page, click: Any) -> None:
        with books.context.expect_page() as tab:
            books.get_by_role("link", name="Edit North and South").click(**click)

        expect(tab.value.get_by_role("heading", level=1)).to_have_text("Edit North and South")
        expect(dialogs(tab.value)).to_have_count(0)
        expect(dialogs(books)).to_have_count(0)

    def test_a_double_click_opens_one(self, books: Page) -> None:
        books.get_by_role("link", name="Edit North and South").dblclick()

        expect(dialogs(books)).to_have_count(1)

    def test_its_kind_is_the_views(self, books: Page) -> None:
        for link, name, kind in (
            ("New book", "New book", "dialog"),
            ("Edit North and South", "Edit North and South", "drawer"),
            ("North and South", "North and South", "dialog"),
            ("Delete North and South", "Delete North and South", "dialog"),
        ):
            expect(opened(books, link, name)).to_have_attribute("data-pc-kind", kind)
            books.keyboard.press("Escape")
            expect(books.get_by_role("link", name=link, exact=True)).to_be_focused()

    def test_by_default_only_a_deletion_does(self, open_page: Callable[..., Page]) -> None:
        page = open_page("/books/?q=north")
        opened(page, "Delete North and South")
        page.keyboard.press("Escape")
        page.get_by_role("link", name="New book").click()

        expect(page).to_have_url(re.compile(r"/books/new/"))

    def test_a_refusal_is_shown(self, books: Page, complaints: Complaints) -> None:
        complaints.expect("status of 404")
        Book.objects.filter(title="North and South").delete()
        books.get_by_role("link", name="Edit North and South").click()

        expect(dialogs(books)).to_contain_text("It may have been deleted")
        dialogs(books).get_by_role("link").click()
        expect(dialogs(books)).to_have_count(0)

    def test_a_session_that_is_over_leads_to_the_sign_in_page(self, books: Page) -> None:
        end_session(books)
        books.get_by_role("link", name="Edit North and South").click()

        expect(books).to_have_url(re.compile(r"/login/\?next=/layers/books/\d+/edit/"))

    def test_no_network_is_told_and_asked_again(self, books: Page, complaints: Complaints) -> None:
        complaints.expect("ERR_INTERNET_DISCONNECTED")
        books.context.set_offline(True)
        books.get_by_role("link", name="Edit North and South").click()
        expect(messages(books)).to_have_text(
            re.compile("The server could not be reached.\\s*Try again")
        )
        books.context.set_offline(False)
        messages(books).get_by_role("button", name="Try again").click()

        expect(books.get_by_role("dialog", name="Edit North and South")).to_be_visible()

    def test_it_can_be_called_off(self, books: Page) -> None:
        requests = asked(books)
        books.evaluate("document.addEventListener('pc:open', event => event.preventDefault())")
        books.get_by_role("link", name="Edit North and South").click()

        expect(dialogs(books)).to_have_count(0)
        assert requests == []

    def test_styles_and_scripts_of_a_form_come_along(self, books: Page) -> None:
        def add(route: Route) -> None:
            answer = route.fetch()
            extra = '<script src="/static/powercrud_core/powercrud.js?more"></script>'
            route.fulfill(response=answer, body=extra + answer.text())

        books.route("**/edit/**", add)
        with books.expect_request("**/powercrud.js?more"):
            opened(books, "Edit North and South")


class TestStack:
    def test_what_lies_beneath_is_brought_up_to_date(self, books: Page) -> None:
        detail = opened(books, "North and South")
        detail.get_by_role("link", name="Edit").click()
        drawer = books.get_by_role("dialog", name="Edit North and South")
        drawer.get_by_label("Title").fill("North and East")
        save(drawer)
        renamed = books.get_by_role("dialog", name="North and East")
        expect(renamed.get_by_role("link", name="Edit")).to_be_focused()
        expect(renamed).to_contain_text("Saved book “North and East”.")
        books.keyboard.press("Escape")

        expect(books.get_by_role("link", name="North and East", exact=True)).to_be_focused()

    def test_what_lies_beneath_goes_with_what_was_deleted(self, books: Page) -> None:
        detail = opened(books, "North and South")
        detail.get_by_role("link", name="Delete").click()
        save(books.get_by_role("dialog", name="Delete North and South"), "Delete")

        expect(dialogs(books)).to_have_count(0)
        expect(messages(books)).to_contain_text("Deleted book “North and South”.")
        expect(books.locator("#pc-layer-book-status")).to_have_text("1–1 of 1 book")

    def test_over_a_page(self, books: Page) -> None:
        """
        A saved change is shown on the object's page; a deletion leads back to the list.
        """
        pk = Book.objects.get(title="North and South").pk
        books.goto(f"/layers/books/{pk}/?next=/layers/books/%3Fq%3Dnorth")
        drawer = opened(books, "Edit", "Edit North and South")
        drawer.get_by_label("Title").fill("North and East")
        save(drawer)
        expect(books.get_by_role("heading", name="North and East", exact=True)).to_be_visible()
        expect(messages(books)).to_contain_text("Saved book “North and East”.")
        expect(books.get_by_role("link", name="Edit")).to_be_focused()
        save(opened(books, "Delete", "Delete North and East"), "Delete")

        expect(books).to_have_url(re.compile(r"/layers/books/\?q=north$"))
        expect(messages(books)).to_contain_text("Deleted book “North and East”.")

    def test_the_row_after_a_deleted_one_has_the_focus(self, books: Page) -> None:
        """
        The last one has none after it: then it is the row before.
        """
        books.goto("/layers/books/?page_size=10")
        links = books.locator("[data-pc-part=action-delete]")
        names = [link.get_attribute("aria-label") or "" for link in links.all()]
        save(opened(books, names[4]), "Delete")
        expect(books.get_by_role("link", name=names[5])).to_be_focused()
        books.goto("/layers/books/?page=6&page_size=10")
        names = [link.get_attribute("aria-label") or "" for link in links.all()]
        save(opened(books, names[-1]), "Delete")

        expect(books.get_by_role("link", name=names[-2])).to_be_focused()

    def test_labels_and_references_do_not_cross(self, open_page: Callable[..., Page]) -> None:
        """
        The same form on the page and in a dialog: each label leads to the control beside it.
        """
        page = open_page("/layers/authors/new/")
        page.evaluate(ADD_LINK.replace("editor", "name"))
        dialog = opened(page, "New author")
        save(dialog)
        name, born = dialog.get_by_label("Name"), dialog.get_by_label("Born")
        expect(name).to_have_attribute("aria-invalid", "true")
        crossing = dialog.evaluate(CROSSING)
        ids = page.locator("[id]").evaluate_all("all => all.map(e => e.id)")
        dialog.get_by_text("Born", exact=True).click()
        expect(born).to_be_focused()
        dialog.get_by_role("alert").get_by_role("link").click()

        expect(name).to_be_focused()
        assert (crossing, sorted(ids)) == ([], sorted(set(ids)))

    def test_a_value_can_be_taken_by_the_page(self, open_page: Callable[..., Page]) -> None:
        page = open_page("/layers/anthologies/new/")
        page.evaluate(ADD_LINK)
        page.evaluate(
            EDITOR
            + """.addEventListener("pc:accept", event => {
              event.preventDefault(); document.title = JSON.stringify(event.detail); })"""
        )
        page.get_by_role("link", name="New author").click()
        dialog = page.get_by_role("dialog", name="New author")
        dialog.get_by_label("Name").fill("Čapek “K”")
        save(dialog)

        expect(page.get_by_label("Editor")).to_be_focused()
        pk = Author.objects.get(name="Čapek “K”").pk
        assert page.title() == f'{{"value":"{pk}","label":"Čapek “K”"}}'
        expect(page.get_by_label("Editor")).to_have_value("")


CROSSING = """dialog => [...dialog.querySelectorAll("*")].flatMap(element =>
  ["for", "aria-labelledby", "aria-describedby", "aria-controls", "list", "form"].flatMap(name =>
    (element.getAttribute(name) ?? "").split(" ").filter(Boolean)
      .filter(id => !dialog.contains(document.getElementById(id)))
      .map(id => `${element.localName} ${name}=${id}`)))"""


class TestGuard:
    def test_the_page_of_a_form_asks_too(self, open_page: Callable[..., Page]) -> None:
        page = open_page("/books/new/")
        page.get_by_label("Title").fill("Draft")
        page.get_by_role("link", name="Cancel").click()
        question(page).get_by_role("button", name="Go on editing").click()
        expect(page.get_by_label("Title")).to_have_value("Draft")
        page.get_by_role("link", name="Cancel").click()
        question(page).get_by_role("button", name="Discard").click()

        expect(page).to_have_url(re.compile(r"/books/$"))

    def test_the_browser_asks_when_a_tab_is_closed(self, books: Page) -> None:
        asked_by_browser: list[str] = []

        def stay(dialog: Any) -> None:
            asked_by_browser.append(dialog.type)
            dialog.dismiss()

        books.on("dialog", stay)
        dialog = opened(books, "Edit North and South")
        dialog.get_by_label("Title").fill("North")
        books.close(run_before_unload=True)
        dialog.page.wait_for_timeout(300)
        expect(dialog.get_by_label("Title")).to_have_value("North")
        assert asked_by_browser == ["beforeunload"]
        dialog.get_by_label("Title").fill("North and South")
        with books.expect_event("close"):
            books.close(run_before_unload=True)

    def test_saved_and_read_only_pages_do_not_ask(self, open_page: Callable[..., Page]) -> None:
        """
        A page of the browser's memory would, if a beforeunload question came up at all.
        """
        page = open_page("/genres/new/")
        page.on("dialog", lambda dialog: pytest.fail(dialog.type))
        page.get_by_label("Code").fill("poetry")
        page.get_by_label("Name").fill("Poetry")
        save(page)
        expect(messages(page)).to_contain_text("Created genre “Poetry”.")
        page.get_by_role("link", name="poetry", exact=True).click()
        page.get_by_role("link", name="Delete").click()
        page.goto("/genres/")

        expect(question(page)).to_be_hidden()

    def test_a_form_shown_again_with_errors_is_unsaved(self, books: Page) -> None:
        dialog = opened(books, "Edit North and South")
        dialog.get_by_label("Title").fill("")
        save(dialog)
        expect(dialog.get_by_role("alert")).to_be_visible()
        books.keyboard.press("Escape")
        question(books).get_by_role("button", name="Go on editing").click()
        dialog.get_by_label("Title").fill("North and South")
        books.keyboard.press("Escape")

        expect(dialogs(books)).to_have_count(0)

    def test_what_is_typed_survives_the_page_of_choices(
        self, books: Page, complaints: Complaints
    ) -> None:
        """
        Where a list cannot be searched in its place, its page stays in the dialog.
        """
        complaints.expect("ERR_FAILED")
        books.route("**/powercrud-select*.js", lambda route: route.abort())
        books.reload()
        dialog = opened(books, "New book")
        dialog.get_by_label("Title").fill("Draft")
        dialog.get_by_role("button", name="Choose Author").click()
        choices = books.get_by_role("dialog", name="Choose Author")
        expect(choices.get_by_role("searchbox")).to_be_focused()
        books.keyboard.type("hardy elif")
        books.keyboard.press("Enter")
        choices.get_by_role("button", name="Elif Hardy").click()
        dialog = books.get_by_role("dialog", name="New book")
        expect(dialog.get_by_label("Title")).to_have_value("Draft")
        books.keyboard.press("Escape")

        expect(question(books)).to_be_visible()

    def test_a_chosen_file_counts(self, open_page: Callable[..., Page]) -> None:
        page = open_page(ANTHOLOGIES)
        dialog = opened(page, "New anthology")
        scan = {"name": "scan.txt", "mimeType": "text/plain", "buffer": b"scan"}
        dialog.get_by_label("Scan").set_input_files([scan])
        page.keyboard.press("Escape")
        question(page).get_by_role("button", name="Go on editing").click()
        dialog.get_by_label("Scan").set_input_files([])
        page.keyboard.press("Escape")

        expect(dialogs(page)).to_have_count(0)

    def test_a_link_out_of_a_dialog(self, books: Page) -> None:
        dialog = opened(books, "Edit North and South")
        dialog.get_by_label("Title").fill("North")
        dialog.get_by_role("button", name="Close").evaluate(
            "button => button.insertAdjacentElement('afterend', Object.assign("
            "document.createElement('a'), { href: '/genres/', textContent: 'Away' }))"
        )
        dialog.get_by_role("link", name="Away").click()
        question(books).get_by_role("button", name="Discard").click()

        expect(books).to_have_url(re.compile(r"/genres/$"))

    def test_it_can_be_called_off(self, books: Page) -> None:
        dialog = opened(books, "Edit North and South")
        dialog.get_by_label("Title").fill("North")
        books.evaluate("document.addEventListener('pc:unsaved', event => event.preventDefault())")
        books.keyboard.press("Escape")

        expect(dialogs(books)).to_have_count(0)


@pytest.fixture(params=["dialog", "page"])
def form(request: pytest.FixtureRequest, open_page: Callable[..., Page]) -> Iterator[Locator]:
    """The form of a book, in a dialog and on its page, with a change typed into it."""
    page = open_page(BOOKS)
    if request.param == "page":
        page.goto(page.get_by_role("link", name="Edit North and South").get_attribute("href") or "")
        place = page.locator("main")
    else:
        place = opened(page, "Edit North and South")
    place.get_by_label("Title").fill("North and South, again")
    yield place


class TestTrouble:
    """Whatever the server says, what was typed is still there and can be sent again."""

    def again(self, form: Locator) -> None:
        expect(form.get_by_label("Title")).to_have_value("North and South, again")
        form.get_by_role("button", name="Try again").click()
        expect(messages(form.page)).to_contain_text("Saved book “North and South, again”.")
        expect(dialogs(form.page)).to_have_count(0)

    def test_no_network(self, form: Locator, complaints: Complaints) -> None:
        complaints.expect("ERR_INTERNET_DISCONNECTED")
        form.page.context.set_offline(True)
        save(form)
        told = "The server could not be reached. What you entered is still here."
        expect(form.get_by_role("alert")).to_contain_text(told)
        form.page.context.set_offline(False)
        self.again(form)

    def test_an_error_of_the_server(self, form: Locator, complaints: Complaints) -> None:
        complaints.expect("status of 500")
        form.page.route("**/edit/**", lambda r: r.fulfill(status=500, body="<h1>Oops</h1>"))
        save(form)
        expect(form.get_by_role("alert")).to_contain_text("The server could not do this.")
        form.page.unroute_all()
        self.again(form)

    def test_a_refusal(self, form: Locator, complaints: Complaints, sign_in: Any) -> None:
        complaints.expect("status of 403")
        context, cookies = form.page.context, form.page.context.cookies()
        be_signed_in(form.page, sign_in("reader"))
        save(form)
        expect(form.get_by_role("alert")).to_contain_text("What you entered is still here.")
        context.clear_cookies()
        context.add_cookies(cookies)  # type: ignore[arg-type]
        self.again(form)

    def test_a_session_that_is_over(
        self, form: Locator, complaints: Complaints, sign_in: Any
    ) -> None:
        """
        Signing in elsewhere makes a new CSRF token, too; sending again asks for it.
        """
        complaints.expect("status of 403")
        context = form.page.context
        end_session(form.page)
        save(form)
        expect(form.get_by_role("alert")).to_contain_text("You are no longer signed in.")
        with context.expect_page() as tab:
            form.get_by_role("link", name="Sign in").click()
        expect(tab.value).to_have_url(re.compile(r"/login/\?next=%2Flayers%2Fbooks%2F$"))
        tab.value.close()
        context.clear_cookies()
        be_signed_in(form.page, sign_in("librarian"))
        self.again(form)

    def test_a_token_that_is_too_old(self, form: Locator, complaints: Complaints) -> None:
        complaints.expect("status of 403")
        form.page.context.clear_cookies(name="csrftoken")
        save(form)
        expect(form.get_by_role("alert")).to_contain_text("The server could not do this.")
        self.again(form)

    def test_somebody_was_faster(self, form: Locator, complaints: Complaints) -> None:
        complaints.expect("status of 409")
        Book.objects.filter(title="North and South").update(title="N & S")
        save(form)
        shown = form.page.locator("[data-pc-part=conflict-page]")
        expect(shown.get_by_role("alert")).to_contain_text("Nothing has been saved yet.")
        expect(shown).to_contain_text("N & S")
        shown.get_by_role("button", name="Back to the form").click()
        title = form.page.locator("[data-pc-part=form]").get_by_label("Title")
        expect(title).to_have_value("North and South, again")

    def test_an_error_can_be_told_in_another_way(
        self, form: Locator, complaints: Complaints
    ) -> None:
        complaints.expect("status of 500")
        form.page.route("**/edit/**", lambda r: r.fulfill(status=500))
        form.page.evaluate(
            """document.addEventListener("pc:error", event => {
              event.preventDefault(); document.title = event.detail.error.message; })"""
        )
        save(form)
        expect(form.page).to_have_title("The server answered 500.")
        expect(form.get_by_role("alert")).to_have_count(0)

    def test_a_click_too_many(self, form: Locator, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(Doorkeeper, "slow", {"/edit/": 0.4})
        requests = asked(form.page)
        button = form.get_by_role("button", name="Save", exact=True)
        button.evaluate("button => { button.click(); setTimeout(() => button.click(), 100); }")
        expect(form.locator("form[aria-busy=true]")).to_have_count(1)
        expect(button).to_have_attribute("aria-disabled", "true")
        expect(messages(form.page)).to_contain_text("Saved book")

        assert len([r for r in requests if r.startswith("POST")]) == 1


class TestFiles:
    SCAN = {"name": "scan.txt", "mimeType": "text/plain", "buffer": b"typed by hand"}

    @pytest.mark.parametrize("path", [ANTHOLOGIES, "/layers/anthologies/{pk}/edit/"])
    def test_a_chosen_file_outlives_an_error(
        self, open_page: Callable[..., Page], anthology: Anthology, path: str
    ) -> None:
        page = open_page(path.format(pk=anthology.pk))
        place: Any = page.locator("main")
        if path == ANTHOLOGIES:
            place = opened(page, "Edit Voices")
        place.get_by_label("Scan").set_input_files([self.SCAN])
        place.get_by_label("Title").fill("")
        save(place)
        expect(place.get_by_label("Title")).to_have_attribute("aria-invalid", "true")
        names = "input => [...input.files].map(file => file.name)"
        assert place.get_by_label("Scan").evaluate(names) == ["scan.txt"]
        place.get_by_label("Title").fill("Voices, again")
        save(place)
        expect(messages(page)).to_contain_text("Saved anthology “Voices, again”.")

        anthology.refresh_from_db()
        assert anthology.scan.read() == b"typed by hand"


@in_every_pack
def test_it_works_under_trusted_types(
    open_page: Callable[..., Page], monkeypatch: pytest.MonkeyPatch
) -> None:
    policy = "default-src 'self'; require-trusted-types-for 'script'; trusted-types powercrud"
    monkeypatch.setattr(Doorkeeper, "policy", policy)
    page = open_page(BOOKS)
    dialog = opened(page, "Edit North and South")
    dialog.get_by_label("Title").fill("")
    save(dialog)

    expect(dialog.get_by_label("Title")).to_have_attribute("aria-invalid", "true")


@in_every_pack
@pytest.mark.parametrize("width", [WIDE, 390])
@pytest.mark.parametrize("locale", ["en", "ar"])
def test_it_stands_where_it_should(open_page: Callable[..., Page], width: int, locale: str) -> None:
    """
    A dialog in the middle, a drawer at the end of the line; the whole width of a phone.
    """
    page = open_page(BOOKS, width=width, locale=locale)
    boxes = {}
    for part in ("action-delete", "action-update"):
        page.locator(f"[data-pc-part={part}]").first.click()
        boxes[part] = dialogs(page).bounding_box() or {}
        page.keyboard.press("Escape")
        expect(dialogs(page)).to_have_count(0)
    dialog, drawer = boxes.values()

    assert abs(dialog["x"] + dialog["width"] / 2 - width / 2) <= 1
    assert abs(dialog["y"] + dialog["height"] / 2 - 400) <= 1
    assert (drawer["y"], drawer["height"]) == (0, 800)
    if width == WIDE:
        edge = drawer["x"] if locale == "ar" else width - drawer["x"] - drawer["width"]
        assert edge == 0 and drawer["width"] < 700
    else:
        assert (drawer["x"], drawer["width"], dialog["width"]) == (0, width, width)
