"""What editing may cost on the Track list, in bytes and queries.

The bytes are those of the HTML as it is made, not compressed; for a save, of all that is sent and
answered. The queries are those beside the session and the user; an editor's permissions, which
Django asks for with two queries, and the transaction are counted.
"""

from types import ModuleType
from urllib.parse import urlencode

import pytest
from django.urls import clear_url_caches, include, path

from store.models import Album, Artist, Track
from store.urls import urlpatterns
from store.views import TrackView
from tests.views.pages import Page

# What the script sends.
SCRIPT = {"X-PC-Part": "page", "Accept": "text/html"}
VALUES = {"name": "Another name, of some length", "genre": "jazz", "unit_price": "1.29"}
KB = 1024
WHO = 2  # the session and the user
CLAIMS = 1  # the demo has background jobs: whether one of them changes this row


def head(response):
    """Return the size of an answer's status and headers."""
    return len(response.serialize_headers()) + sum(len(c.OutputString()) for c in cookies(response))


def cookies(response):
    return response.cookies.values()


def editors(client, size):
    """Return where the cells of the first row are edited, by field."""
    page = Page(client.get("/tracks/", {"page_size": size}))
    links = [link.get("href") for link in page.all("cell-edit", page.all("row")[0])]
    assert len(links) == len(VALUES)
    return dict(zip(VALUES, links, strict=True))


@pytest.mark.parametrize("size", [25, 100])
class TestInline:
    def test_opening_a_cell_editor(self, editor, queries, size):
        for field, url in editors(editor, size).items():
            answer, made = queries(lambda url=url: editor.get(url, headers=SCRIPT))

            assert 200 == answer.status_code
            assert 4 * KB >= len(answer.content), field
            assert 8 >= made - WHO, field

    def test_saving_a_cell(self, editor, queries, size):
        for field, url in editors(editor, size).items():
            sent = Page(editor.get(url, headers=SCRIPT)).sent("row-form")
            body = {**sent, field: VALUES[field], "_row": "1"}
            row = url.split("?")[0]
            answer, made = queries(lambda b=body, row=row: editor.post(row, b, headers=SCRIPT))

            assert 200 == answer.status_code
            transferred = len(urlencode(body, doseq=True)) + head(answer) + len(answer.content)
            assert 6 * KB >= transferred, field
            assert 8 >= made - WHO - CLAIMS, field
        changed = Track.objects.get(pk=int(row.split("/")[2]))
        assert list(VALUES.values()) == [changed.name, changed.genre_id, str(changed.unit_price)]


class WithoutAlbums(TrackView):
    """The same screen without the relation of 20,000 rows."""

    url_base = "bare"
    fields = [name for name in TrackView.fields if name != "album"]
    filterset_fields = [name for name in TrackView.filterset_fields if name != "album"]
    related_views = ["genre", "media_type"]
    bulk = []


class TestManyAlbums:
    @pytest.fixture
    def albums(self, db, settings):
        """20,000 albums, and a screen that does not know of them."""
        artist = Artist.objects.get(name="Queen")
        names = (f"Live at the {number}th evening" for number in range(20_000))
        Album.objects.bulk_create(Album(title=name, artist=artist) for name in names)
        module = ModuleType("store.tests.routed")
        module.urlpatterns = [path("bare/", include(WithoutAlbums.get_urls())), *urlpatterns]
        settings.ROOT_URLCONF = module
        clear_url_caches()
        yield
        clear_url_caches()

    @pytest.mark.parametrize(
        "page",
        ["new/", "{track}/edit/", "?q=zzz", "?q=zzz&album={album}"],
        ids=["create", "update", "filters", "filtered"],
    )
    def test_a_page_with_the_relation_is_hardly_larger(self, editor, albums, page):
        track = Track.objects.order_by("pk").first()
        where = page.format(track=track.pk, album=track.album_id)
        sizes = [
            len(editor.get(f"/{base}/{at}").content)
            for base, at in (("tracks", where), ("bare", where.split("&")[0]))
        ]

        assert 2 * KB >= sizes[0] - sizes[1] > 0

    def test_choices_come_in_pages_with_three_queries(self, editor, queries, albums):
        ask = {"_q": "evening", "_page": 3}
        json = {"Accept": "application/json"}
        answer, made = queries(lambda: editor.get("/tracks/choices/album/", ask, headers=json))

        assert 25 == len(answer.json()["results"]) and 4 == answer.json()["next"]
        assert 3 >= made - WHO
