"""Two windows on one object, with a real browser."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Complaints
from tests.library.models import Book

pytestmark = pytest.mark.usefixtures("pack")


@pytest.fixture(autouse=True)
def expected(complaints: Complaints) -> None:
    """A browser complains about every answer 409."""
    complaints.expect("status of 409")


def book() -> Book:
    return Book.objects.order_by("title")[4]


def overtake(page: Page, **theirs: object) -> None:
    """Change the title in the open form, let somebody else change the book, and save."""
    page.get_by_label("Title").fill("Mine")
    Book.objects.filter(pk=book().pk).update(**theirs)
    page.get_by_role("button", name="Save", exact=True).click()


@pytest.mark.parametrize("js", [True, False], ids=["script", "no-script"])
def test_one_click_decides(open_page: Callable[..., Page], js: bool) -> None:
    """
    Both values stand side by side; none is picked beforehand, and one has to be.
    """
    page = open_page("/books/", js=js)
    pk = book().pk
    page.goto(f"/books/{pk}/edit/")
    overtake(page, title="Theirs", pages=7)

    group = page.get_by_role("group", name="Title")
    theirs = group.get_by_role("radio", name="Their value")
    expect(group).to_contain_text("Theirs")
    expect(page.get_by_role("alert")).to_contain_text("Meanwhile somebody else changed: Pages.")
    expect(page.get_by_role("alert") if js else theirs).to_be_focused()
    expect(theirs).not_to_be_checked()
    expect(theirs).to_have_accessible_description("Theirs")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(group).to_be_visible()
    group.get_by_text("Your value").click()
    page.get_by_role("button", name="Save", exact=True).click()

    page.wait_for_url("**/books/")
    expect(page.locator("[data-pc-part=message]").first).to_contain_text("Saved book “Mine”.")
    assert ("Mine", 7) == Book.objects.values_list("title", "pages").get(pk=pk)


def test_the_keyboard_suffices(open_page: Callable[..., Page]) -> None:
    page = open_page("/books/")
    pk = book().pk
    page.goto(f"/books/{pk}/edit/")
    overtake(page, title="Theirs")
    expect(page.get_by_role("alert")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("alert").get_by_role("link", name="Title")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("radio", name="Their value")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name="Your value")).to_be_checked()
    page.keyboard.press("Enter")

    page.wait_for_url("**/books/")
    assert "Mine" == Book.objects.get(pk=pk).title


def test_it_happens_in_the_drawer_that_the_form_stood_in(open_page: Callable[..., Page]) -> None:
    """
    The drawer asks, takes the answer, and closes over the same list.
    """
    page = open_page("/layers/books/?q=be")
    page.get_by_role("link", name="Edit Beloved").click()
    drawer = page.get_by_role("dialog")
    drawer.get_by_label("Title").fill("Mine, bestowed")
    Book.objects.filter(title="Beloved").update(title="Theirs")
    drawer.get_by_role("button", name="Save", exact=True).click()

    expect(drawer.get_by_role("group", name="Title")).to_contain_text("Theirs")
    assert page.url.endswith("/layers/books/?q=be")
    drawer.get_by_text("Your value").click()
    drawer.get_by_role("button", name="Save", exact=True).click()
    expect(drawer).to_be_hidden()
    expect(page.locator("[data-pc-part=row]", has_text="Mine, bestowed")).to_be_visible()


def test_what_was_deleted_is_created_anew(open_page: Callable[..., Page]) -> None:
    page = open_page("/books/")
    page.goto(f"/books/{book().pk}/edit/")
    page.get_by_label("Title").fill("Mine")
    Book.objects.filter(pk=book().pk).delete()
    page.get_by_role("button", name="Save", exact=True).click()

    expect(page.get_by_role("alert")).to_contain_text("What you typed is still here")
    expect(page.get_by_label("Title")).to_have_value("Mine")
    page.get_by_role("button", name="Create anew").click()
    page.wait_for_url("**/books/")
    assert Book.objects.filter(title="Mine").exists()
