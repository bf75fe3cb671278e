"""Where a component's template comes from, and a project's own in its place."""

import re
from io import StringIO
from pathlib import Path

import pytest
from django.core.checks import run_checks
from django.core.management import CommandError, call_command
from django.template import Template
from django.test import Client
from django.urls import include, path

from powercrud_core import CRUDView
from powercrud_core.authoring.overrides import overrides, pack_file
from powercrud_core.components import Component
from powercrud_core.packs import get_pack
from tests.library.models import Book
from tests.settings import PACKS

COMMENT = re.compile(r"<!-- (\w+): (.*?) -->")
FORMS = {"form_page", "form_body", "field_group"}


def run(*arguments: str) -> str:
    """Return what `manage.py powercrud …` prints."""
    printed = StringIO()
    call_command("powercrud", *arguments, stdout=printed, no_color=True)
    return printed.getvalue()


def drawn(printed: str) -> dict[str, str]:
    """Return the file of each component that was printed."""
    lines = [line.split("  ", 1) for line in printed.splitlines() if not line.startswith("    ")]
    return {line[0]: line[1] for line in lines if len(line) == 2}


@pytest.fixture
def folder(settings, tmp_path) -> Path:
    """A folder of templates that is searched first."""
    settings.TEMPLATES = [dict(settings.TEMPLATES[0], DIRS=[tmp_path])]
    return tmp_path


class TestWhich:
    def test_the_pack_s_own_file(self):
        """
        The file that draws comes first, then the places that were tried.
        """
        own = pack_file(get_pack("plain"), "results")

        assert [
            f"results  {own}",
            "    cotton/powercrud/results.html  (not there)",
        ] == run("which", "results").splitlines()

    @pytest.mark.parametrize("pack", PACKS)
    def test_every_component_of_every_pack_has_a_file(self, pack):
        assert all(pack_file(get_pack(pack), name).is_file() for name in Component.registry)

    def test_the_file_that_an_override_hides(self, folder):
        run("override", "results")

        printed = run("which", "results")

        assert f"results  {folder}/cotton/powercrud/results.html" == printed.splitlines()[0]
        assert "cotton/powercrud_plain/results.html  (also there, not used)" in printed

    def test_a_wrong_name(self):
        with pytest.raises(CommandError, match=r"no component 'reslts'. Did you mean 'results'\?"):
            run("which", "reslts")

    def test_a_wrong_pack(self):
        with pytest.raises(CommandError, match="Did you mean 'plain'"):
            run("which", "results", "--pack", "plian")

    @pytest.mark.parametrize("arguments", [[], ["table", "--url", "/books/"]])
    def test_a_component_or_an_address(self, arguments):
        with pytest.raises(CommandError, match="component"):
            run("which", *arguments)


@pytest.mark.django_db
class TestWhichUrl:
    @pytest.mark.parametrize("debug", [False, True])
    def test_every_component_of_a_list(self, editor, books, settings, debug):
        """
        Those inside others too, each once, with the file that drew it.
        """
        settings.DEBUG = debug
        books(2)

        found = drawn(run("which", "--url", "/books/?sort=title"))

        assert {"list_page", "toolbar", "results", "table", "row", "messages", "icon"} <= set(found)
        assert all(Path(file).is_file() for file in found.values())

    def test_a_form(self, editor, book):
        assert set(drawn(run("which", "--url", f"/books/{book.pk}/edit/"))) >= FORMS

    def test_a_namespace(self, editor, book, route):
        """
        The links of a namespaced view are reversed within it.
        """

        class BookScreen(CRUDView):
            model = Book

        at = route([path("b/", include((BookScreen.get_urls(), "inner")))])

        assert "table" in drawn(run("which", "--url", f"{at}b/"))

    def test_the_view_s_own_pack_is_named(self, editor, books, screen):
        books(1)
        url = screen(Book, template_pack="bootstrap5")

        printed = run("which", "--url", url)

        assert f"{url} is drawn by the pack 'bootstrap5':" == printed.splitlines()[0]
        assert "powercrud_bootstrap5" in drawn(printed)["table"]

    def test_as_somebody_who_may_not(self, permissions):
        user = permissions()

        printed = run("which", "--url", "/books/", "--user", user.username)

        assert "/books/ (status 403) is drawn by the pack 'plain':" == printed.splitlines()[0]
        assert "notice_page" in drawn(printed)

    def test_messages_of_a_project_that_has_them(self, editor, books, settings):
        """
        The page is drawn as under the middleware: with a session and with messages.
        """
        settings.ALLOWED_HOSTS = [".example.org"]
        settings.MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

        assert "messages" in drawn(run("which", "--url", "/books/"))

    @pytest.mark.parametrize(
        ("url", "said"),
        [
            ("/nothing/", "No view answers /nothing/."),
            ("/login/", "The view of /login/ is not a CRUDView."),
        ],
    )
    def test_an_address_that_cannot_be_looked_at(self, url, said):
        with pytest.raises(CommandError, match=said):
            run("which", "--url", url)

    def test_a_stranger_is_sent_away(self):
        """
        Without any superuser the page is looked at as a stranger, and the way out is named.
        """
        with pytest.raises(CommandError, match=r"/books/ leads to /login/\?next=/books/"):
            run("which", "--url", "/books/")

    def test_an_unknown_user(self):
        with pytest.raises(CommandError, match="There is no user 'nobody'"):
            run("which", "--url", "/books/", "--user", "nobody")


class TestOverride:
    def test_a_copy_is_the_pack_s_own_with_a_stamp(self, folder):
        printed = run("override", "table")

        stamp, _, text = (folder / "cotton/powercrud/table.html").read_text().partition("\n")
        assert stamp.startswith("{# powercrud table contract=1 attrs:")
        assert pack_file(get_pack("plain"), "table").read_text() == text
        assert "It is used from now on" in printed

    def test_a_copy_for_one_pack(self, folder):
        run("override", "table", "--pack", "bootstrap5")

        copy = folder / "cotton/powercrud_bootstrap5/table.html"
        assert copy.read_text().endswith(pack_file(get_pack("bootstrap5"), "table").read_text())
        assert ["bootstrap5"] == [override.pack for override in overrides()]

    def test_a_wrapper_copies_nothing(self, folder):
        """
        So it has no stamp, and no later contract leaves it behind.
        """
        run("override", "table", "--wrap")

        text = (folder / "cotton/powercrud/table.html").read_text()
        assert "<c-vars table />\n{{ table.inherited }}\n" == text

    @pytest.mark.parametrize("wrap", [[], ["--wrap"]], ids=["copy", "wrapper"])
    def test_pages_stay_as_they_were(self, client, books, pack, settings, wrap, tmp_path):
        """
        What is written draws exactly what the pack drew, until somebody edits it.
        """
        books(2)
        before = client.get("/books/").content
        settings.TEMPLATES = [dict(settings.TEMPLATES[0], DIRS=[tmp_path])]

        for name in ("table", "row", "message", "pagination"):
            run("override", name, *wrap)

        assert before.split() == client.get("/books/").content.split()
        assert {"table", "row", "message", "pagination"} == {o.component for o in overrides()}

    def test_an_edited_wrapper_is_seen(self, client: Client, books, folder):
        books(1)
        run("override", "table", "--wrap")
        file = folder / "cotton/powercrud/table.html"
        file.write_text(f"{file.read_text()}<p>Prices include value added tax.</p>")

        html = client.get("/books/").content.decode()

        assert "</table>" in html
        assert "<p>Prices include value added tax.</p>" in html

    def test_a_copy_of_what_is_overridden_is_the_pack_s(self, folder):
        """
        An override for every pack does not get into the copy for one, and stands before it.
        """
        run("override", "table", "--wrap")

        printed = run("override", "table", "--pack", "plain")

        assert "inherited" not in (folder / "cotton/powercrud_plain/table.html").read_text()
        assert f"It is not used: {folder}/cotton/powercrud/table.html stands before it." in printed

    def test_nothing_is_overwritten(self, folder):
        run("override", "table")

        with pytest.raises(CommandError, match=r"table\.html exists already"):
            run("override", "table")

    def test_a_project_without_a_folder(self, settings):
        with pytest.raises(CommandError, match="has no template folder"):
            run("override", "table")

    def test_a_folder_that_is_not_searched(self, tmp_path):
        printed = run("override", "table", "--dir", str(tmp_path))

        assert f"It is not used yet: add {tmp_path} to DIRS" in printed

    def test_a_wrong_name(self, folder):
        with pytest.raises(CommandError, match="Did you mean 'table'"):
            run("override", "tabel")

    @pytest.mark.django_db  # Django 6.1 asks databases what they can
    def test_the_checks_see_what_was_written(self, folder):
        """
        A fresh override is silent; renamed, or left behind by the contract, it is reported.
        """
        run("override", "row")
        copy = folder / "cotton/powercrud/row.html"
        fresh = reported()
        copy.write_text(copy.read_text().replace("cells:", "cell:"))
        old = reported()
        copy.rename(copy.with_name("rwo.html"))

        assert [[], ["powercrud.W031"], ["powercrud.W030"]] == [fresh, old, reported()]


def reported() -> list[str]:
    """Return the checks about overrides that have something to say."""
    return [m.id for m in run_checks() if m.id in ("powercrud.W030", "powercrud.W031")]


class TestTemplateComments:
    """POWERCRUD_TEMPLATE_COMMENTS."""

    @pytest.fixture(autouse=True)
    def wanted(self, settings):
        settings.DEBUG = settings.POWERCRUD_TEMPLATE_COMMENTS = True

    @pytest.mark.parametrize("url", ["", "new/", "{}/", "{}/delete/"])
    def test_nothing_else_is_printed(self, client, book, pack, settings, url):
        """
        Without its comments the page is the page, so none is inside a tag or an attribute.
        """
        url = f"/books/{url.format(book.pk)}"
        named = client.get(url).content.decode()
        settings.POWERCRUD_TEMPLATE_COMMENTS = False
        plain = client.get(url).content.decode()

        assert COMMENT.search(named)
        assert bare(plain) == bare(COMMENT.sub("", named))

    def test_an_override_is_named(self, client, books, folder):
        """
        A wrapper and what it wraps, each with its file.
        """
        books(1)
        run("override", "table", "--wrap")

        named = dict.fromkeys(COMMENT.findall(client.get("/books/").content.decode()))

        assert ("table", f"{folder}/cotton/powercrud/table.html") in named
        assert ("table", str(pack_file(get_pack("plain"), "table"))) in named

    def test_a_path_cannot_end_the_comment(self, client, books, settings, tmp_path):
        folder = tmp_path / "a--><b>"
        folder.mkdir()
        settings.TEMPLATES = [dict(settings.TEMPLATES[0], DIRS=[folder])]
        run("override", "results")

        html = client.get("/books/").content.decode()

        assert "a- -><b>/cotton" in html
        assert "--><b>" not in html

    def test_icons_are_left_alone(self, client, book):
        assert "<!-- icon" not in client.get("/books/").content.decode()

    def test_never_in_production(self, client, books, settings):
        """
        Without DEBUG the setting does nothing, and a template is drawn by itself.
        """
        settings.DEBUG = False

        assert "<!-- " not in client.get("/books/").content.decode()
        assert all(type(t) is Template for t in get_pack().component_templates("table"))


def bare(html: str) -> str:
    """Return a page without spaces, nonces and tokens."""
    return re.sub(r"\s+|csrfmiddlewaretoken[^>]+", "", html)
