"""Which file draws a component: the project's, the pack's, that of a pack it extends."""

import copy
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.template import TemplateDoesNotExist

from powercrud_core import CRUDView
from powercrud_core.components import Component
from powercrud_core.exceptions import ComponentNotFound, PackNotFound
from powercrud_core.packs import get_pack
from powercrud_core.permissions import AllowAny
from tests.library.models import Book
from tests.settings import PACKS
from tests.views.pages import Page, text_of

pytestmark = pytest.mark.django_db

EMPTY = "<c-vars empty_state />\n<div {{ empty_state.attrs }}>%s {{ empty_state.title }}</div>"
OPEN = {"permission_policy": AllowAny}


@pytest.fixture
def folder(settings, tmp_path):
    """Return the project's own template folder; `folder.debug` is the engine's."""
    settings.TEMPLATES = with_folder(settings.TEMPLATES, tmp_path)
    return tmp_path


def with_folder(templates, folder, **options):
    changed = copy.deepcopy(templates)
    changed[0]["DIRS"] = [folder]
    changed[0]["OPTIONS"].update(options)
    return changed


def write(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


@pytest.fixture
def child(settings, tmp_path, monkeypatch):
    """Return a function that installs a pack `child` with some templates, extending another."""

    def install(extends, **templates):
        package = tmp_path / "site" / "powercrud_child"
        write(package, "__init__.py", "")
        write(
            package,
            "apps.py",
            "from powercrud_core.packs import PackConfig, TemplatePack\n\n\n"
            "class ChildConfig(PackConfig):\n"
            '    name = "powercrud_child"\n'
            f'    pack = TemplatePack(name="child", contract=1, extends={extends!r},'
            ' css=("child.css",))\n',
        )
        for name, text in templates.items():
            write(package, f"templates/cotton/powercrud_child/{name}.html", text)
        for name in [n for n in sys.modules if n.split(".")[0] == "powercrud_child"]:
            monkeypatch.delitem(sys.modules, name)
        monkeypatch.syspath_prepend(str(tmp_path / "site"))
        settings.INSTALLED_APPS = [*settings.INSTALLED_APPS, "powercrud_child"]
        settings.POWERCRUD_TEMPLATE_PACK = "child"

    return install


class TestOverrides:
    def test_a_projects_file_draws_for_every_pack(self, client, folder, pack):
        write(folder, "cotton/powercrud/empty_state.html", EMPTY % "Mine:")

        assert "Mine: No books yet" == Page(client.get("/books/")).text("empty-state")

    def test_a_projects_file_for_one_pack_draws_for_that_one(self, client, folder, pack):
        write(folder, "cotton/powercrud_plain/empty_state.html", EMPTY % "Plain:")

        found = Page(client.get("/books/")).text("empty-state").startswith("Plain:")
        assert found == (pack == "plain")

    def test_the_file_for_every_pack_wins_over_that_for_one(self, client, folder):
        write(folder, "cotton/powercrud/empty_state.html", EMPTY % "Every:")
        write(folder, "cotton/powercrud_plain/empty_state.html", EMPTY % "Plain:")

        assert Page(client.get("/books/")).text("empty-state").startswith("Every:")

    def test_an_override_may_wrap_what_it_replaces(self, client, folder, pack):
        text = "<c-vars empty_state />\n<section>Before {{ empty_state.inherited }} after</section>"
        write(folder, "cotton/powercrud/empty_state.html", text)
        page = Page(client.get("/books/"))

        assert page.text("empty-state").startswith("No books yet")
        assert "Before" in page.html and " after</section>" in page.html

    def test_a_wrapper_around_nothing_says_so(self, client, folder):
        """
        The project's file for one pack hides that pack's own: below it there is nothing left.
        """
        text = "<c-vars empty_state />\n{{ empty_state.inherited }}"
        write(folder, "cotton/powercrud_plain/empty_state.html", text)

        with pytest.raises(ComponentNotFound, match=r"it cannot print 'empty_state\.inherited'"):
            client.get("/books/")

    def test_a_row_may_be_overridden_and_is_still_stamped(self, client, folder, books):
        books("A <b>", "B")
        write(
            folder,
            "cotton/powercrud/row.html",
            "<c-vars row />\n<tr {{ row.attrs }}>"
            "{% for cell in row.cells %}<td {{ cell.attrs }}>[{{ cell.value }}]</td>{% endfor %}"
            "</tr>",
        )

        assert ["[A <b>]", "[B]"] == Page(client.get("/books/")).column()

    def test_a_row_may_be_wrapped(self, client, folder, books):
        books("A", "B")
        text = '<c-vars row />\n{{ row.inherited }}<tr><td data-extra="1">more</td></tr>'
        write(folder, "cotton/powercrud/row.html", text)
        page = Page(client.get("/books/"))

        assert (["A", "B"], 2) == (page.column(), page.html.count('data-extra="1"'))

    def test_a_new_override_is_seen_without_a_restart_in_development(
        self, client, settings, tmp_path
    ):
        settings.TEMPLATES = with_folder(settings.TEMPLATES, tmp_path, debug=True)
        assert "No books yet" in Page(client.get("/books/")).text("empty-state")

        write(tmp_path, "cotton/powercrud/empty_state.html", EMPTY % "New:")
        assert Page(client.get("/books/")).text("empty-state").startswith("New:")

    def test_a_broken_override_says_so(self, client, folder):
        write(folder, "cotton/powercrud/empty_state.html", "{% include 'nowhere.html' %}")

        with pytest.raises(TemplateDoesNotExist, match=r"nowhere\.html"):
            client.get("/books/")


class TestExtends:
    @pytest.mark.parametrize("parent", PACKS)
    def test_what_a_pack_does_not_draw_its_parent_draws(self, client, child, books, parent):
        child(parent, empty_state=EMPTY % "Child:")
        books(1)
        listed = Page(client.get("/books/"))
        empty = Page(client.get("/books/?q=nobody"))

        assert 1 == len(listed.rows())
        assert "Child: No books match" == empty.text("empty-state")

    def test_its_stylesheet_comes_after_its_parents(self, client, child):
        child("plain")
        sheets = [
            e.get("href")
            for e in Page(client.get("/books/")).root.iter("link")
            if e.get("rel") == "stylesheet"
        ]

        assert ["/static/powercrud_plain/plain.css", "/static/child.css"] == sheets[-2:]

    def test_it_may_wrap_its_parents_component(self, client, child):
        child(
            "plain", empty_state="<c-vars empty_state />\n<i>child</i>{{ empty_state.inherited }}"
        )
        page = Page(client.get("/books/"))

        assert "<i>child</i>" in page.html and "No books yet" in page.text("empty-state")

    def test_a_component_found_nowhere_is_named_with_its_chain(self, client, child):
        child(None, row="<c-vars row />")

        with pytest.raises(ComponentNotFound) as caught:
            get_pack("child").component_templates("empty_state")
        assert (
            "The template pack 'child' has no template for the component 'empty_state'. Looked "
            "for: cotton/powercrud/empty_state.html, cotton/powercrud_child/empty_state.html."
        ) == str(caught.value)

    def test_a_misspelt_component_gets_the_closest_name(self):
        with pytest.raises(ComponentNotFound, match=r"Did you mean 'pagination'\?"):
            get_pack("plain").component_templates("paginaton")

    @pytest.mark.parametrize("name", PACKS)
    def test_every_pack_draws_every_component(self, name):
        config = get_pack(name)

        for component in Component.registry:
            if component not in ("component",):
                assert config.component_templates(component)


class TestChoosing:
    @pytest.mark.parametrize("name", PACKS)
    def test_a_view_may_name_its_pack(self, client, screen, name):
        page = Page(client.get(screen(Book, template_pack=name)))

        assert f"powercrud_{name}/" in page.html
        assert not [
            other for other in PACKS if other != name and f"powercrud_{other}/" in page.html
        ]

    def test_a_request_may_choose_its_pack(self, client, route, book):
        class Choosing(CRUDView):
            model = Book
            url_base = "choosing"

            def get_template_pack(self):
                return self.request.GET.get("_pack")

        url = route(Choosing)
        for name in PACKS:
            for tail in ("", f"{book.pk}/", f"{book.pk}/edit/", f"{book.pk}/delete/", "999/"):
                html = client.get(f"{url}{tail}", {"_pack": name}).content.decode()
                assert f"powercrud_{name}/" in html
                assert not [p for p in PACKS if p != name and f"powercrud_{p}/" in html]

    def test_an_unknown_pack_lists_the_installed_ones(self, client, settings):
        settings.POWERCRUD_TEMPLATE_PACK = "plian"

        with pytest.raises(PackNotFound, match=r"'plian'\. Did you mean 'plain'\?") as caught:
            client.get("/books/")
        assert f"Installed packs: {', '.join(PACKS)}." in str(caught.value)

    def test_the_only_pack_need_not_be_named(self, client, settings):
        settings.INSTALLED_APPS = [
            a
            for a in settings.INSTALLED_APPS
            if a in ("powercrud_plain", "powercrud_core") or not a.startswith("powercrud_")
        ]
        del settings.POWERCRUD_TEMPLATE_PACK

        assert "plain" == get_pack().pack.name
        assert 200 == client.get("/books/").status_code


class TestBaseTemplate:
    def test_a_page_may_extend_a_template_of_the_host(self, client, folder, screen, book, pack):
        write(
            folder,
            "site.html",
            "<!DOCTYPE html><html lang=en><head><title>{% block title %}{% endblock %} · Host"
            "</title>{% block powercrud_head %}{% endblock %}</head><body><h2>Host</h2>"
            "<main>{% block content %}{% endblock %}</main></body></html>",
        )
        url = screen(Book, base_template="site.html")
        for tail in ("", "new/", f"{book.pk}/", f"{book.pk}/delete/", "999/"):
            page = Page(client.get(url + tail))
            assert "Host" == text_of(page.root.find(".//h2"))
            assert text_of(page.root.find(".//title")).endswith("· Host")
            assert f"powercrud_{pack}/" in page.html and "powercrud.js" in page.html

    def test_who_names_a_part_gets_the_page_without_the_site(self, client, book, pack):
        for tail in ("", "new/", f"{book.pk}/", f"{book.pk}/edit/", "999/"):
            whole = client.get(f"/books/{tail}")
            bare = client.get(f"/books/{tail}", headers={"x-pc-part": "pc-book"})
            got, text = whole.content.decode(), bare.content.decode()

            assert whole.status_code == bare.status_code
            assert "X-PC-Part" in whole["Vary"] and "X-PC-Part" in bare["Vary"]
            assert "<html" in got and "<html" not in text and "<main" not in text
            assert 'id="pc-messages"' in text and "powercrud.js" in text

    def test_a_host_may_extend_the_packs_base(self, client, folder, screen, pack):
        write(
            folder,
            "site.html",
            "{% extends pack_base %}{% block nav %}<a href='/'>Home of all</a>{% endblock %}",
        )
        page = Page(client.get(screen(Book, base_template="site.html")))

        assert "/" == page.href("Home of all")
        assert "No books yet" in page.text("empty-state")

    @pytest.mark.parametrize("language", ["en", "ar"])
    def test_the_base_says_language_and_direction(self, client, language, pack):
        root = Page(client.get("/books/", headers={"accept-language": language})).root

        expected = {"en": ("en", "ltr"), "ar": ("ar", "rtl")}[language]
        assert expected == (root.get("lang"), root.get("dir"))


def test_the_packs_of_the_tests_are_installed():
    assert set(PACKS) <= {c.name.removeprefix("powercrud_") for c in apps.get_app_configs()}
