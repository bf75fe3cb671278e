"""Hostile text in every place where a page shows text, through every pack."""

from html import unescape

import pytest
from django.contrib import messages
from django.db import models
from django.utils.safestring import mark_safe

from powercrud_core import Column, CRUDView
from powercrud_core.permissions import AllowAny
from tests.library.models import Author, Book, Copy, Genre
from tests.views.pages import Page, seen

pytestmark = pytest.mark.django_db

SCRIPT = "<script>alert(1)</script>"
TEXTS = [
    SCRIPT,
    '"onmouseover="alert(1)',
    "'><img src=x onerror=alert(1)>",
    '"quoted"',
    "{{ request }}{% now 'Y' %}",
    "&lt;b&gt; &amp;",
    "</textarea></select></title><svg onload=alert(1)>",
    "%s %(x)s %d",
    "\ue0f00\ue0f1",
]
ids = [str(n) for n in range(len(TEXTS))]


class Hostile(models.Model):
    """A model whose names are hostile too."""

    title = models.CharField(f"T{SCRIPT}", max_length=200, help_text=f"H{SCRIPT}")
    kind = models.CharField(
        f"K{SCRIPT}", max_length=9, default="a", choices=[("a", f"C{SCRIPT}"), ("b", "B")]
    )

    class Meta:
        app_label = "hostile"
        managed = False
        db_table = "library_genre"
        verbose_name = f"N{SCRIPT}"
        verbose_name_plural = f"P{SCRIPT}"

    def __str__(self):
        return f"S{SCRIPT}"


def dangers(page):
    """Return what a page holds that hostile text would have made."""
    found = [
        e.tag
        for e in page.root.iter()
        if isinstance(e.tag, str)
        and (
            (e.tag == "script" and not e.get("src"))
            or any(name.startswith("on") for name in e.attrib)
            or (e.tag == "img" and e.get("src") == "x")
            or (e.get("href") or "").lower().startswith("javascript:")
        )
    ]
    return found + [word for word in ("&amp;lt;script", "alert(1)&quot;&gt;") if word in page.html]


class TestValues:
    @pytest.mark.parametrize("text", TEXTS, ids=ids)
    def test_a_value_is_text_wherever_it_stands(self, client, screen, text, pack):
        author = Author.objects.create(name=text)
        book = Book.objects.create(title=text, author=author, notes=text, homepage=text[:200])
        book.genres.add(Genre.objects.create(code=text[:40], name=text))
        url = screen(
            Book,
            columns=["title", "author", "genres", "notes", "homepage", "shouted"],
            filterset_fields=["author", "genres", "title"],
            search_fields=["title"],
        )
        pages = {
            name: Page(client.get(address))
            for name, address in {
                "list": url,
                "search": f"{url}?q=x",
                "detail": f"{url}{book.pk}/",
                "edit": f"{url}{book.pk}/edit/",
                "delete": f"{url}{book.pk}/delete/",
            }.items()
        }

        assert {} == {name: d for name, p in pages.items() if (d := dangers(p))}
        assert text == "".join(pages["list"].cell("Title").itertext()).strip()
        assert text == "".join(pages["detail"].root.find(".//h1").itertext()).strip()
        assert [text] == pages["edit"].sent("form")["title"]
        assert text in "".join(pages["delete"].one("delete-form").itertext())
        assert f"Delete {text}" == "".join(pages["delete"].root.find(".//title").itertext())
        names = [e.get("aria-label") for e in pages["list"].all("action-update")]
        assert [f"Edit {text}"] == names

    @pytest.mark.parametrize("text", TEXTS, ids=ids)
    def test_what_the_address_says_comes_back_as_text(self, client, text, book, pack):
        for name in ("q", "title", "sort", "page", text, "price_min", "author", "next"):
            page = Page(client.get("/books/", {name: text}))
            assert [] == dangers(page)
        page = Page(client.get("/books/", {"q": text}))
        assert text.strip() == page.one("search-input").get("value")

    @pytest.mark.parametrize("text", TEXTS, ids=ids)
    def test_chips_and_choices_show_values_as_text(self, client, screen, settings, text, pack):
        settings.POWERCRUD_CHOICES_LIMIT = 1
        author = Author.objects.create(name=text)
        Author.objects.create(name=f"other {text}")
        url = screen(Book, filterset_fields=["author", "title"], fields=["title", "author"])
        listed = Page(client.get(url, {"author": author.pk, "title": text}))
        choices = Page(client.get(f"{url}choices/author/", {"title": text, "_q": text}))
        form = Page(client.post(f"{url}new/", {"title": text, "author": author.pk, "_refill": "1"}))

        assert [] == dangers(listed) + dangers(choices) + dangers(form)
        assert f"Remove filter: Author {text}" in {
            e.get("aria-label") or "".join(e.itertext()).strip() for e in listed.links()
        } | {e.get("title") for e in listed.links()}
        assert text in "".join(form.one("form").itertext())
        assert [text] == form.sent("form")["title"]

    @pytest.mark.parametrize("text", TEXTS, ids=ids)
    def test_errors_and_messages_show_values_as_text(self, client, author, text, pack):
        data = {"title": text, "author": author.pk, "status": text, "pages": text}
        failed = Page(client.post("/books/new/", data))
        saved = Page(
            client.post("/books/new/", {**data, "status": "draft", "pages": 1}, follow=True)
        )
        delete = f"/books/{Book.objects.get().pk}/delete/"
        gone = Page(client.post(delete, seen(client, delete), follow=True))

        assert [] == dangers(failed) + dangers(saved) + dangers(gone)
        assert text in "".join(failed.one("error-summary").itertext())
        assert f"“{text}”" in "".join(saved.one("message").itertext())
        assert f"“{text}”" in "".join(gone.one("message").itertext())

    @pytest.mark.parametrize("text", TEXTS[:4], ids=ids[:4])
    def test_related_objects_are_named_as_text(self, client, author, text, pack):
        book = Book.objects.create(title=text, author=author)
        collateral = Page(client.get(f"/authors/{author.pk}/delete/"))
        Copy.objects.create(book=book, shelf=text)
        protected = Page(client.post(f"/authors/{author.pk}/delete/"))

        assert [] == dangers(collateral) + dangers(protected)
        assert text in "".join(collateral.one("related-group").itertext())
        assert text in "".join(protected.one("related-group").itertext())


class TestNames:
    def test_labels_names_and_help_are_text(self, client, route, pack):
        """
        From the model, the column, the view: nothing a developer writes is HTML.
        """

        class HostileView(CRUDView):
            model = Book
            url_base = "hostile"
            permission_policy = AllowAny
            columns = [
                "title",
                Column(
                    "pages", label=f"L{SCRIPT}", help_text=f"H{SCRIPT}", kind='k"x', empty=SCRIPT
                ),
                Column("price", empty=SCRIPT, format=lambda value: SCRIPT),
                Column("x", accessor=lambda book: SCRIPT),
                Column("y", accessor="title", link=lambda book: f"/?{SCRIPT}"),
            ]

            def get_page_title(self):
                return f"Page {SCRIPT}"

        author = Author.objects.create(name="A")
        Book.objects.create(title="T", author=author)
        page = Page(client.get(route(HostileView)))

        assert [] == dangers(page)
        assert f"Page {SCRIPT}" == "".join(page.root.find(".//title").itertext())
        assert f"Page {SCRIPT}" == "".join(page.root.find(".//h1").itertext()).strip()
        assert page.html.count("L&lt;script&gt;") >= 2
        assert [SCRIPT, SCRIPT] == page.rows()[0][2:4]

    def test_a_hostile_model_makes_a_page_of_text(self, client, route, pack):
        class HostileView(CRUDView):
            model = Hostile
            url_base = "hostile"
            filterset_fields = ["kind"]
            columns = ["title", "kind"]
            search_fields = ["title"]

            def get_queryset(self):
                return Hostile.objects.none()

        url = route(HostileView)
        pages = [
            Page(client.get(url)),
            Page(client.get(f"{url}?kind=a&q=x")),
            Page(client.get(f"{url}new/")),
            Page(client.post(f"{url}new/", {"title": ""})),
            Page(client.get(f"{url}1/")),
        ]

        assert [200, 200, 200, 422, 404] == [p.status for p in pages]
        assert [] == [d for page in pages for d in dangers(page)]
        assert "T&lt;script&gt;" in pages[2].html and "C&lt;script&gt;" in pages[2].html


class TestTextMarkedSafe:
    def test_attributes_never_trust_it(self, client, screen, books, pack):
        """
        `mark_safe` is a promise for the inside of an element, not for an attribute.
        """
        books("A")
        bad = mark_safe('"><script>alert(1)</script>')
        url = screen(
            Book,
            columns=["title", Column("x", label=bad, accessor="pages", help_text=bad)],
            filterset_fields=[],
        )
        page = Page(client.get(url))

        assert bad == page.all("cell")[1].get("data-label")

    def test_a_hosts_own_message_stays_as_the_host_made_it(self, client, route, book, pack):
        class Telling(CRUDView):
            model = Book
            url_base = "telling"

            def show_list(self, request, *args, **kwargs):
                messages.error(request, "<b>not bold</b>")
                return super().show_list(request, *args, **kwargs)

        page = Page(client.get(route(Telling)))

        assert "<b>not bold</b>" == "".join(page.one("message").itertext()).strip()
        assert "alert" == page.one("message").get("role")


class TestNothingIsEscapedTwice:
    def test_an_ampersand_is_an_ampersand(self, client, screen, pack):
        author = Author.objects.create(name="Q & A")
        book = Book.objects.create(title="R & D", author=author)
        url = screen(Book, columns=["title", "author"], filterset_fields=["author"])
        for address in (
            url,
            f"{url}{book.pk}/",
            f"{url}{book.pk}/edit/",
            f"{url}?author={author.pk}",
        ):
            html = client.get(address).content.decode()
            assert "&amp;amp;" not in html
            assert "R & D" in unescape(html)
