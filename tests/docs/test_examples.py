"""The examples of the documentation do what the pages say."""

import re
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command, load_command_class
from django.test import Client, override_settings
from django.urls import clear_url_caches, reverse

from powercrud_core import CRUDView
from powercrud_core.components import Component
from powercrud_core.problems import find_problems, known_annotations
from powercrud_core.roles import Role
from tests.docs.blocks import DOCS, ROOT, Block, blocks, pages
from tests.docs.conftest import Example
from tests.library.models import Author, Book, Loan
from tests.views.pages import seen

TUTORIALS = DOCS / "tutorial"
PYTHON = [b for page in pages() for b in blocks(page) if b.language == "python"]
TEMPLATES = [
    b for page in pages() for b in blocks(page) if b.language == "html+django" and b.caption
]
CONSOLE = [b for page in pages() for b in blocks(page) if b.language == "console"]
JOBS_COMMAND = r"powercrud_jobs ([a-z][^`\n]*)"
EXECUTED = [
    page
    for page in pages()
    if TUTORIALS not in page.parents and any(b.page == page for b in PYTHON)
]


def named(value: object) -> str:
    """Return the name of a case."""
    return str(value.relative_to(ROOT)) if isinstance(value, Path) else str(value)


def run(example: Example, page: str) -> None:
    """Execute every Python block of a page."""
    for block in blocks(DOCS / page):
        if block.language == "python":
            example.execute(block)


def show(client: Client, example: Example, *views: type[CRUDView]) -> str:
    """Return the list of the first of some views."""
    example.route(*views)
    clear_url_caches()
    response = client.get(reverse(f"{views[0].get_url_base()}-list"))
    assert 200 == response.status_code
    return response.content.decode()


class TestEveryBlock:
    @pytest.mark.parametrize("block", PYTHON, ids=named)
    def test_python_compiles(self, block: Block) -> None:
        """
        Nothing in a page is pseudo-code.
        """
        compile(block.text, str(block), "exec")

    @pytest.mark.parametrize("block", TEMPLATES, ids=named)
    def test_a_component_template_bears_a_component_s_name(self, block: Block) -> None:
        """
        An override under another name would never be asked for.
        """
        file = Path(block.caption)
        if file.parts[1] == "cotton":
            assert file.stem in Component.registry

    @pytest.mark.parametrize("example", EXECUTED, indirect=True, ids=named)
    def test_a_page_s_views_work(
        self, example: Example, request: pytest.FixtureRequest, library: Book, librarian: Client
    ) -> None:
        """
        Every view that a page defines has no problem and answers for all its roles.
        """
        page = request.node.callspec.params["example"]
        for block in [b for b in PYTHON if b.page == page]:
            for view in example.execute(block):
                if view.model is None and view.queryset is None:
                    continue
                assert [] == find_problems(view, known_annotations(view))
                example.route(view)
                clear_url_caches()
                for role in view.roles:
                    assert visit(librarian, view, role) in (None, 200), f"{block}: {role.name}"


def visit(client: Client, view: type[CRUDView], role: Role) -> int | None:
    """Return the status of a role's page; None where there is no object to ask for."""
    if role.name == "choices":
        return None
    obj = view.get_model()._default_manager.first() if role.on_object else None
    kwargs = {view.lookup_url_kwarg: view().get_lookup(obj)} if obj else {}
    return client.get(reverse(f"{view.get_url_base()}-{role.name}", kwargs=kwargs)).status_code


@pytest.mark.parametrize("example", ["how-to/prove-permissions.md"], indirect=True)
class TestProvePermissions:
    def test_the_first_test_of_the_page_passes(self, example: Example, db: None) -> None:
        """
        What the page shows as a whole test is one.
        """
        run(example, "how-to/prove-permissions.md")
        example.route(example["BookView"])
        clear_url_caches()

        assert example["BookPermissions"]().test_books_keep_to_their_policy() is None
        assert 2 == Book.objects.count()


@pytest.mark.parametrize("example", ["how-to/limit-rows-to-the-user.md"], indirect=True)
class TestLimitRows:
    PAGE = "how-to/limit-rows-to-the-user.md"

    def test_an_invisible_row_is_missing(
        self, example: Example, library: Book, librarian: Client
    ) -> None:
        """
        `get_queryset()` is the boundary: another reader's loan is neither listed nor found.
        """
        Loan.objects.create(reader="somebody", number=2)
        run(example, self.PAGE)

        html = show(librarian, example, example.views[0])

        assert "somebody" not in html
        assert 404 == librarian.get("/loans/somebody_2C2/").status_code

    def test_a_visible_row_may_be_read_only(
        self, example: Example, library: Book, librarian: Client
    ) -> None:
        """
        The policy's rows decide about each action: the page is there, editing is refused.
        """
        Loan.objects.create(reader="somebody", number=2)
        run(example, self.PAGE)

        html = show(librarian, example, example.views[1])

        assert "somebody" in html
        assert 200 == librarian.get("/loans/somebody_2C2/").status_code
        assert 403 == librarian.get("/loans/somebody_2C2/edit/").status_code

    def test_the_owner_is_set_when_saving(
        self, example: Example, library: Book, librarian: Client
    ) -> None:
        """
        The form does not ask for the reader; the view knows.
        """
        run(example, self.PAGE)
        show(librarian, example, example.views[2])

        librarian.post("/loans/new/", {"number": "9"})

        assert Loan.objects.filter(reader="librarian", number=9).exists()


@pytest.mark.parametrize("example", ["how-to/permissions.md"], indirect=True)
class TestPermissions:
    PAGE = "how-to/permissions.md"

    def test_hidden_fields_are_nowhere(
        self, example: Example, library: Book, librarian: Client, reader: Client
    ) -> None:
        """
        The last BookView of the page shows prices to staff only.
        """
        run(example, self.PAGE)
        view = type("BookView", (example["BookView"],), {"permission_policy": open_to_all(example)})

        for_staff, for_readers = show(librarian, example, view), show(reader, example, view)

        assert {"Title", "Price", "Pages"} <= set(re.findall(r"\w+", for_staff))
        assert {"Title"} == {"Title", "Price", "Pages"} & set(re.findall(r"\w+", for_readers))

    def test_an_open_screen_asks_nobody_to_sign_in(
        self, example: Example, library: Book, client: Client
    ) -> None:
        """
        `AllowAny` and fewer roles make a catalogue that can only be read.
        """
        run(example, self.PAGE)
        html = show(client, example, example["CatalogueView"])

        assert "The Dispossessed" in html
        assert 404 == client.get("/catalogues/new/").status_code

    def test_readers_may_look(self, example: Example, library: Book, reader: Client) -> None:
        """
        A policy opens viewing; everything else still needs a permission.
        """
        run(example, self.PAGE)
        view = type(
            "BookView", (CRUDView,), {"model": Book, "permission_policy": example["ReadersMayLook"]}
        )

        assert "The Dispossessed" in show(reader, example, view)
        assert 403 == reader.get("/books/new/").status_code


def open_to_all(example: Example) -> type:
    """Return the page's policy about fields, with every action allowed."""
    allow = {"allows": lambda self, user, action, obj=None: True}
    return type("Open", (example["PricesForStaff"],), allow)


@pytest.mark.parametrize("example", ["how-to/change-the-form.md"], indirect=True)
class TestChangeTheForm:
    FORM = {"title": "The Dispossessed", "author": "1", "status": "draft", "pages": "341"}

    def save(self, client: Client, book: Book, **data: str) -> str:
        """Post the edit form; return where it leads."""
        url = f"/books/{book.pk}/edit/"
        form = {**self.FORM, "author": str(book.author_id), **seen(client, url), **data}
        return client.post(url, form).headers.get("Location", "")

    def test_a_form_class_validates(
        self, example: Example, library: Book, librarian: Client
    ) -> None:
        """
        The page's form wants a price for a published book.
        """
        run(example, "how-to/change-the-form.md")
        show(librarian, example, example.views[1])

        url = f"/books/{library.pk}/edit/"
        author = str(library.author_id)
        data = {**self.FORM, "author": author, "published": "1974-05-01", **seen(librarian, url)}
        response = librarian.post(url, data)

        assert 422 == response.status_code
        assert "A published book needs a price." in response.content.decode()

    def test_saving_can_be_extended(
        self, example: Example, library: Book, librarian: Client
    ) -> None:
        """
        `perform_save()` of the page writes down who changed the price.
        """
        run(example, "how-to/change-the-form.md")
        show(librarian, example, example.views[4])

        self.save(librarian, library, price="8")
        library.refresh_from_db()

        assert "Price set by librarian." in library.notes

    def test_deleting_can_be_replaced(
        self, example: Example, library: Book, librarian: Client
    ) -> None:
        """
        `perform_delete()` of the page takes the book out of print instead.
        """
        run(example, "how-to/change-the-form.md")
        library.copies.all().delete()
        show(librarian, example, example.views[5])

        url = f"/books/{library.pk}/delete/"
        librarian.post(url, seen(librarian, url))
        library.refresh_from_db()

        assert not library.in_print

    def test_saving_can_lead_elsewhere(
        self, example: Example, library: Book, librarian: Client
    ) -> None:
        """
        To the book's own page; but "continue editing" still means that.
        """
        run(example, "how-to/change-the-form.md")
        show(librarian, example, example.views[6])

        detail = f"/books/{library.pk}/"
        assert detail == self.save(librarian, library)
        assert f"{detail}edit/" == self.save(librarian, library, _save_continue="1")


@pytest.mark.parametrize("example", ["how-to/filters-and-search.md"], indirect=True)
class TestFiltersAndSearch:
    def test_a_filter_of_one_s_own(
        self, example: Example, library: Book, librarian: Client
    ) -> None:
        """
        The filter "Under ten" of the page leaves dear books out.
        """
        Book.objects.create(title="Atlas", author=library.author, price=90)
        run(example, "how-to/filters-and-search.md")
        show(librarian, example, example.views[2])

        html = librarian.get("/books/?cheap=true").content.decode()

        assert "The Dispossessed" in html
        assert "Atlas" not in html

    def test_a_search_of_one_s_own(
        self, example: Example, library: Book, librarian: Client
    ) -> None:
        """
        Digits are looked for among the pages.
        """
        run(example, "how-to/filters-and-search.md")
        show(librarian, example, example.views[4])

        assert "The Dispossessed" in librarian.get("/books/?q=341").content.decode()
        assert "No books match" in librarian.get("/books/?q=342").content.decode()


@pytest.mark.parametrize("example", ["how-to/large-relations.md"], indirect=True)
class TestLargeRelations:
    def test_more_values_than_the_limit_are_picked(
        self, example: Example, library: Book, librarian: Client
    ) -> None:
        """
        With a limit of one, two authors are too many for a select; the page offers the filter's.
        """
        Author.objects.create(name="Anonymous")
        Author.objects.create(name="Jorge Luis Borges", born="1899-08-24")
        run(example, "how-to/large-relations.md")
        with override_settings(POWERCRUD_CHOICES_LIMIT=1):
            html = show(librarian, example, example.views[0])
            offered = librarian.get("/books/choices/author/").content.decode()

        assert "Choose Author" in html
        assert "Jorge Luis Borges" in offered
        assert "Anonymous" not in offered


@pytest.mark.parametrize("example", ["how-to/override-a-component.md"], indirect=True)
class TestOverrides:
    def test_a_wrapper_prints_what_the_pack_draws(
        self, example: Example, library: Book, librarian: Client
    ) -> None:
        """
        `inherited` is the pack's own drawing; the sentence comes after it.
        """
        html = show(librarian, example, type("BookView", (CRUDView,), {"model": Book}))

        assert html.index("The Dispossessed") < html.index("Prices include value added tax.")

    def test_a_replacement_is_used_by_every_pack(
        self, example: Example, db: None, librarian: Client
    ) -> None:
        """
        The project's empty state is a section, which no pack's is.
        """
        html = show(librarian, example, type("BookView", (CRUDView,), {"model": Book}))

        assert "<section" in html
        assert "No books yet" in html

    def test_a_replacement_may_be_for_one_pack(
        self, example: Example, library: Book, librarian: Client
    ) -> None:
        """
        A notice is a message, and the plain pack's message is the project's.
        """
        show(librarian, example, type("BookView", (CRUDView,), {"model": Book}))

        html = librarian.get("/books/?wrong=1").content.decode()

        assert "<strong>Parts of the address" in html


@pytest.mark.parametrize("example", ["how-to/two-lists-on-one-page.md"], indirect=True)
class TestTwoLists:
    def test_the_lists_keep_each_other_s_state(
        self, example: Example, library: Book, librarian: Client
    ) -> None:
        """
        Sorting the authors does not touch the order of the books.
        """
        run(example, "how-to/two-lists-on-one-page.md")
        with override_settings(ROOT_URLCONF=example.module):
            html = librarian.get("/catalogue/?books-sort=-title").content.decode()

        assert "The Dispossessed" in html
        assert "Ursula K. Le Guin" in html
        assert "?authors-sort=name&amp;books-sort=-title" in html

    def test_the_policy_is_asked(self, example: Example, library: Book, reader: Client) -> None:
        """
        A list inside another page is no way around permissions.
        """
        run(example, "how-to/two-lists-on-one-page.md")
        with override_settings(ROOT_URLCONF=example.module):
            html = reader.get("/catalogue/").content.decode()

        assert "<title>Catalogue" in html
        assert "The Dispossessed" not in html
        assert "Ursula K. Le Guin" not in html


@pytest.mark.parametrize("example", ["how-to/use-your-own-base-template.md"], indirect=True)
class TestBaseTemplates:
    PAGE = "how-to/use-your-own-base-template.md"

    def test_the_pack_s_page_takes_additions(
        self, example: Example, library: Book, librarian: Client
    ) -> None:
        """
        `pack_base` is the pack's template, so the project adds navigation without copying it.
        """
        run(example, self.PAGE)

        html = show(librarian, example, example.views[1])

        assert '<a class="pc-nav-link" href="/books/">Books</a>' in html
        assert "Open on weekdays" in html
        assert "plain.css" in html

    def test_any_template_will_do(self, example: Example, library: Book, librarian: Client) -> None:
        """
        Three blocks suffice: title, head and content.
        """
        run(example, self.PAGE)

        html = show(librarian, example, example.views[2])

        assert "Books – City library" in html
        assert "plain.css" in html
        assert "The Dispossessed" in html

    def test_the_checks_are_content(self, example: Example, db: None) -> None:
        """
        The page's templates have every block that the pages fill.
        """
        run(example, self.PAGE)
        example.route(example.views[2])
        clear_url_caches()

        # The example routes its own views only; the sign-in page is elsewhere.
        with override_settings(LOGIN_URL="https://sign-in.example.org/"):
            call_command("check", fail_level="WARNING")


class TestClaims:
    def test_a_page_has_nothing_inline(self, library: Book, librarian: Client) -> None:
        """
        How-to: under `default-src 'self'` a page works, because it has no inline script or style.
        """
        html = librarian.get(reverse("book-list")).content.decode()

        assert " style=" not in html
        assert "<style" not in html
        assert "javascript:" not in html
        assert " on" + "click=" not in html
        assert all("src=" in tag for tag in html.split("<script")[1:])


class TestCommands:
    @pytest.mark.parametrize(
        "command", [c for b in CONSOLE for c in re.findall(r"manage\.py (powercrud .*)", b.text)]
    )
    def test_powercrud_s_tools_take_what_pages_type(
        self,
        command: str,
        library: Book,
        librarian: Client,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """
        Every `manage.py powercrud` of a page runs; what it writes goes elsewhere here.
        """
        (tmp_path / "project").mkdir()
        monkeypatch.chdir(tmp_path / "project")
        Path("reviewed.json").write_text("{}")
        words = command.split()
        extra = ["--dir", str(tmp_path)] if "override" in words else []
        if words[1] == "conform":
            # The pages' own pack is not installed; the kit and its browser are tried elsewhere.
            words[2] = "plain"
            words = [word for word in words if word != "--browser"]
            extra = [] if "--level" in words else ["--level", "static"]

        call_command(*words, *extra, stdout=StringIO())

    @pytest.mark.parametrize(
        "command",
        sorted({c for page in pages() for c in re.findall(JOBS_COMMAND, page.read_text())}),
    )
    def test_the_command_of_jobs_takes_what_pages_type(self, command: str) -> None:
        """
        Its words and options, wherever a page names them.
        """
        parser = load_command_class("powercrud_core.jobs", "powercrud_jobs")
        known = parser.create_parser("manage.py", "powercrud_jobs")

        assert command.split()[0] == known.parse_args(command.split()).action


class TestReadme:
    TEXT = (ROOT / "README.md").read_text()

    @pytest.mark.parametrize("target", re.findall(r"\]\(((?!https?:)[^)]+)\)", TEXT))
    def test_what_it_points_to_is_there(self, target: str) -> None:
        """
        Links and pictures of the README lead to files of the repository.
        """
        assert (ROOT / target).is_file()

    @pytest.mark.parametrize("script", re.findall(r"^\$ python3 (\S+)", TEXT, re.MULTILINE))
    def test_its_commands_are_there(self, script: str) -> None:
        """
        The two commands that a visitor types first.
        """
        assert (ROOT / script).is_file()

    def test_its_example_is_short(self) -> None:
        """
        About twenty lines, blank ones not counted.
        """
        example = next(b for b in blocks(ROOT / "README.md") if b.language == "python")

        assert 15 <= len([line for line in example.text.splitlines() if line]) <= 20


@pytest.mark.parametrize("example", ["reference/bulk.md"], indirect=True)
class TestBulk:
    PAGE = "reference/bulk.md"

    def test_the_plan_of_the_page(self, example: Example, library: Book, librarian: Client) -> None:
        """
        Previewed, then carried out: drafts are free, what is published is not.
        """
        Book.objects.update(price=5)
        Book.objects.create(title="Out", author=library.author, price=5, status="published")
        run(example, self.PAGE)
        example.route(example.views[0])
        clear_url_caches()
        drafts = Book.objects.filter(status="draft").count()

        shown, outcome = example["make_drafts_free"]("librarian")

        assert (drafts, drafts) == (shown.total, outcome.done)
        assert {0} == set(Book.objects.filter(status="draft").values_list("price", flat=True))
        assert 5 == Book.objects.get(title="Out").price
