"""The page of one row: what it has for a reader, and what it leaves out for the script."""

import pytest

from powercrud_core import InlineEdit
from powercrud_core.bulk import BulkUpdate
from powercrud_core.permissions import AllowAny
from tests.library.models import Book
from tests.views.pages import Page

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pack")]

SCRIPT = {"X-PC-Part": "page"}


@pytest.fixture
def row(screen, book):
    """Return a function that gives the address of a book's row in a list with check boxes."""

    def row(mode="cell"):
        url = screen(
            Book,
            fields=["title", "status", "price"],
            columns=["title", "status", "price"],
            bulk=[BulkUpdate(fields=["price"])],
            inline=InlineEdit(["title", "price"], mode=mode),
            permission_policy=AllowAny,
        )
        return f"{url}{book.pk}/row/"

    return row


def columns(page):
    """Return how many cells the heading and the row have."""
    head, body = (next(page.root.iter(name)) for name in ("thead", "tbody"))
    return [len([e for e in part.iter() if e.tag in ("th", "td")]) for part in (head, body)]


class TestHeadings:
    @pytest.mark.parametrize(
        ("mode", "address", "expected"),
        [("cell", "", 5), ("cell", "edit/?_field=price", 2), ("row", "edit/", 5)],
    )
    def test_there_is_one_for_each_cell(self, client, row, mode, address, expected):
        """
        Three columns, the actions, and the check box, which a page that edits one cell has not.
        """
        page = Page(client.get(row(mode) + address))

        assert [expected, expected] == columns(page)
        assert (expected == 5) is page.has("row-select")


class TestForTheScript:
    def test_it_leaves_out_what_the_script_has_already(self, client, row):
        whole = Page(client.get(f"{row()}edit/?_field=price"))
        part = Page(client.get(f"{row()}edit/?_field=price", headers=SCRIPT))
        texts = [[n for n in p.one("messages").attrib if "text" in n] for p in (whole, part)]

        assert texts[0] and not texts[1]
        assert ["/here/"] == [
            e.get("href") for e in part.links() if e.get("data-pc-part") == "row-cancel"
        ]
        assert len(whole.links()) > len(part.links())
