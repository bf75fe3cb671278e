"""What powercrud.js promises in its head comment, in the plain pack; journeys use every pack."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

import powercrud_core
from tests.browser.conftest import Complaints
from tests.browser.site import Doorkeeper

SCRIPT = Path(powercrud_core.__file__).parent / "static/powercrud_core/powercrud.js"
FOCUSED = "document.activeElement.id"


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    return open_page()


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, float], None]:
    """Make the server slow for addresses that contain a text."""

    def slow(part: str, seconds: float) -> None:
        monkeypatch.setattr(Doorkeeper, "slow", {**Doorkeeper.slow, part: seconds})

    return slow


def status(page: Page, text: str) -> None:
    expect(page.locator("#pc-book-status")).to_have_text(text)


def settled(page: Page) -> None:
    expect(page.locator("[aria-busy]")).to_have_count(0)


def asked(page: Page) -> list[str]:
    """Return a list that grows by the address of every list that is asked for."""
    addresses: list[str] = []
    page.on("request", lambda r: addresses.append(r.url) if r.resource_type == "fetch" else None)
    return addresses


class TestFile:
    def test_it_is_short_and_does_nothing_that_a_strict_host_forbids(self) -> None:
        text = SCRIPT.read_text()

        assert len(text.splitlines()) <= 800
        assert not re.findall(
            r"innerHTML|outerHTML|insertAdjacent|classList|className|\beval\b|new Function|"
            r"^\s*import\b|\.style\b|document\.write|window\.\w+\s*=[^=]",
            text,
            re.MULTILINE,
        )

    def test_it_leaves_no_global_name(self, open_page: Callable[..., Page], page: Page) -> None:
        """
        Where a list can be searched Tom Select is there, under one name, which holds nothing else.
        """
        names = "Object.getOwnPropertyNames(window).sort()"
        without = open_page("/login/").evaluate(names)
        notes = open_page("/authors/new/")
        assert notes.locator("script[src*=powercrud]").count()

        assert without == notes.evaluate(names)
        assert sorted([*without, "powercrud"]) == page.evaluate(names)
        assert ["TomSelect"] == page.evaluate("Object.keys(powercrud)")


class TestTyping:
    def test_a_pause_sends_once_and_keeps_focus_and_caret(self, page: Page) -> None:
        """
        The word is typed around a caret in the middle: the answer must not move it.
        """
        addresses = asked(page)
        box = page.get_by_role("searchbox")
        box.press_sequentially("noh", delay=30)
        box.press("ArrowLeft")
        box.press_sequentially("rt", delay=30)

        status(page, "1–2 of 2 books")
        assert [a.split("?")[1] for a in addresses] == ["q=north"]
        expect(box).to_be_focused()
        assert box.evaluate("box => box.selectionStart") == 4

    def test_one_run_of_typing_is_one_step_back(self, page: Page) -> None:
        box = page.get_by_role("searchbox")
        for part, found in (("nort", "1–2 of 2 books"), ("h an", "1–1 of 1 book")):
            box.press_sequentially(part)
            status(page, found)
        page.go_back()

        status(page, "1–25 of 60 books")
        expect(box).to_have_value("")
        page.go_forward()
        status(page, "1–1 of 1 book")
        expect(box).to_have_value("north an")

    def test_what_is_typed_while_an_answer_travels_stays(self, page: Page) -> None:
        held: list[Route] = []
        page.route(re.compile("q=no$"), lambda route: held.append(route))
        box = page.get_by_role("searchbox")
        with page.expect_request(re.compile("q=no$")):
            box.press_sequentially("no")
        page.locator("#pc-book-filter").evaluate("form => { form.dataset.pcAuto = '1500'; }")
        box.press_sequentially("rth")
        box.press("Tab")
        held[0].continue_()
        expect(page.get_by_role("link", name="Remove filter: Search no")).to_be_visible()

        expect(box).to_have_value("north")
        status(page, "1–2 of 2 books")

    def test_a_filter_in_use_stays_while_its_surroundings_change(self, page: Page) -> None:
        """
        The number of active filters stands in the same region as the field that is typed in.
        """
        page.locator("#pc-book-filter-details summary").click()
        field = page.locator("input[name=price_min]")
        field.evaluate("field => { window.field = field; }")
        field.press_sequentially("30")

        expect(page.get_by_role("link", name=re.compile("Remove filter: Price"))).to_be_visible()
        expect(page.locator("#pc-book-filter-details summary")).to_contain_text("1")
        assert page.evaluate("window.field === document.activeElement")
        expect(page.locator("#pc-book-filter-details")).to_have_attribute("open", "")

    def test_half_a_number_is_not_sent(self, page: Page) -> None:
        addresses = asked(page)
        page.locator("#pc-book-filter-details summary").click()
        field = page.locator("input[name=price_min]")
        field.evaluate("field => { field.type = 'number'; }")
        field.press_sequentially("3e")
        page.wait_for_timeout(500)

        assert addresses == []

    def test_a_link_wins_over_a_form_that_waits(self, page: Page) -> None:
        addresses = asked(page)
        page.get_by_role("searchbox").press_sequentially("n")
        page.get_by_role("link", name="Next", exact=True).click()
        status(page, "26–50 of 60 books")
        page.wait_for_timeout(500)

        assert len(addresses) == 1
        expect(page.get_by_role("searchbox")).to_have_value("")


class TestRequests:
    def test_the_last_one_wins(self, page: Page) -> None:
        """
        The older request is called off; were its answer to come all the same, it came too late.
        """
        held: list[Route] = []
        page.evaluate("document.addEventListener('pc:error', event => { window.failed = true; })")
        page.route(re.compile("page=3"), lambda route: held.append(route))
        page.get_by_role("link", name="Page 3").click()
        expect(page.locator("#pc-book")).to_have_attribute("aria-busy", "true")
        with page.expect_event("requestfailed") as failed:
            page.get_by_role("link", name="Page 2").click()
        status(page, "26–50 of 60 books")

        assert "page=3" in failed.value.url
        assert not page.evaluate("window.failed")
        settled(page)
        expect(page).to_have_url(re.compile("page=2$"))

    def test_links_and_values_outside_the_regions_follow(self, page: Page) -> None:
        page.get_by_role("link", name="Next", exact=True).click()
        status(page, "26–50 of 60 books")

        new = page.get_by_role("link", name="New book")
        expect(new).to_have_attribute("href", "/books/new/?next=/books/%3Fpage%3D2")

    def test_a_signed_out_person_is_led_to_the_sign_in_page(self, page: Page) -> None:
        page.context.clear_cookies()
        page.get_by_role("link", name="Next", exact=True).click()

        expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
        assert "next=" in page.url

    def test_the_sign_in_page_may_be_on_another_site(self, page: Page, settings: Any) -> None:
        """
        A script may not follow a redirect there; the browser may.
        """
        settings.LOGIN_URL = page.url.replace("localhost", "127.0.0.1").replace("books", "login")
        page.context.clear_cookies()
        page.get_by_role("link", name="Next", exact=True).click()

        expect(page.get_by_role("heading", name="Sign in")).to_be_visible()

    def test_an_answer_without_the_list_is_shown_as_it_is(
        self, page: Page, complaints: Complaints
    ) -> None:
        complaints.expect("status of 403")
        page.route(
            re.compile("page=2"),
            lambda r: r.fulfill(status=403, content_type="text/html", body="<h1>No entry</h1>"),
        )
        page.get_by_role("link", name="Next", exact=True).click()

        expect(page.get_by_role("heading", name="No entry")).to_be_visible()

    @pytest.mark.parametrize("trouble", ["no network", "server error"])
    def test_a_missing_answer_is_told_and_can_be_asked_for_again(
        self, page: Page, complaints: Complaints, trouble: str
    ) -> None:
        complaints.expect("ERR_INTERNET_DISCONNECTED", "status of 500")
        if trouble == "no network":
            page.context.set_offline(True)
        else:
            page.route(re.compile("page=2"), lambda r: r.fulfill(status=500, body="<h1>500</h1>"))
        page.get_by_role("link", name="Next", exact=True).click()

        alert = page.get_by_role("alert")
        expect(alert).to_contain_text("The list could not be updated.")
        expect(alert).to_be_in_viewport()
        expect(page.locator("#pc-book")).to_have_attribute("data-pc-stale", "")
        expect(page.get_by_role("rowheader").first).to_have_text("A Field Guide to Getting Lost")
        settled(page)
        page.context.set_offline(False)
        page.unroute_all()
        alert.get_by_role("button", name="Try again").click()
        status(page, "26–50 of 60 books")
        expect(alert).to_have_count(0)
        expect(page.locator("[data-pc-stale]")).to_have_count(0)
        expect(page.locator("#pc-book-next")).to_be_focused()
        page.go_back()
        status(page, "1–25 of 60 books")

    def test_a_form_is_not_sent_twice(self, page: Page, slow: Any) -> None:
        slow("/new/", 0.4)
        page.goto("/genres/new/")
        page.get_by_label("Code").fill("poetry")
        page.get_by_label("Name").fill("Poetry")
        posts = []
        page.on("request", lambda r: posts.append(r.url) if r.method == "POST" else None)
        button = page.get_by_role("button", name="Save", exact=True)
        button.evaluate("button => { button.click(); setTimeout(() => button.click(), 100); }")

        expect(page.locator("#pc-messages")).to_contain_text("Created genre “Poetry”.")
        assert len(posts) == 1

    def test_it_works_under_trusted_types(
        self, open_page: Callable[..., Page], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        policy = "default-src 'self'; require-trusted-types-for 'script'; trusted-types powercrud"
        monkeypatch.setattr(Doorkeeper, "policy", policy)
        page = open_page()
        page.get_by_role("link", name="Next", exact=True).click()

        status(page, "26–50 of 60 books")


class TestClicks:
    @pytest.mark.parametrize(
        "click", [{"modifiers": ["Control"]}, {"modifiers": ["Shift"]}, {"button": "middle"}]
    )
    def test_what_opens_a_tab_still_does(self, page: Page, click: Any) -> None:
        with page.context.expect_page() as tab:
            page.get_by_role("link", name="Next", exact=True).click(**click)

        status(tab.value, "26–50 of 60 books")
        status(page, "1–25 of 60 books")

    def test_the_same_address_twice_is_one_step_back(self, page: Page) -> None:
        page.get_by_role("link", name="Price", exact=True).dblclick()
        settled(page)
        page.go_back()

        expect(page).to_have_url(re.compile("/books/$"))
        status(page, "1–25 of 60 books")

    def test_a_jump_inside_the_page_asks_for_nothing(self, page: Page) -> None:
        page.get_by_role("link", name="Next", exact=True).click()
        status(page, "26–50 of 60 books")
        addresses = asked(page)
        page.evaluate("location.hash = 'pc-main'")
        page.go_back()
        page.wait_for_timeout(200)

        assert addresses == []


class TestPlace:
    def test_focus_stays_on_a_link_that_stays(self, page: Page) -> None:
        page.get_by_role("link", name="Price", exact=True).focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("columnheader", name="Price")).to_have_attribute(
            "aria-sort", "ascending"
        )

        assert page.evaluate(FOCUSED) == "pc-book-sort-price"

    def test_focus_goes_to_the_nearest_place_left(self, page: Page) -> None:
        """
        On the last page there is no "Next"; a condition that was taken away has no chip.
        """
        page.goto("/books/?page=2&q=e")
        page.get_by_role("link", name="Next", exact=True).click()
        expect(page.get_by_role("link", name="Next", exact=True)).to_have_count(0)
        assert page.evaluate(FOCUSED) == "pc-book-results"
        page.get_by_role("link", name="Remove filter: Search e").click()
        status(page, "1–25 of 60 books")
        assert page.evaluate(FOCUSED) == "pc-book-results"

    def test_a_closed_or_open_panel_stays_so(self, page: Page) -> None:
        page.locator("#pc-book-sort summary").click()
        page.locator("#pc-book-sort").get_by_role("link", name="Price", exact=True).click()
        expect(page).to_have_url(re.compile("sort=price"))
        settled(page)

        expect(page.locator("#pc-book-sort")).to_have_attribute("open", "")
        expect(page.locator("#pc-book-filter-details")).not_to_have_attribute("open", "")

    def test_a_new_page_starts_in_sight_and_a_new_order_moves_nothing(self, page: Page) -> None:
        page.evaluate("scrollTo(0, 60)")
        page.get_by_role("link", name="Price", exact=True).evaluate("link => link.click()")
        expect(page).to_have_url(re.compile("sort=price"))
        settled(page)
        assert page.evaluate("scrollY") == 60
        page.get_by_role("link", name="Next", exact=True).click()
        status(page, "26–50 of 60 books")
        assert page.evaluate("document.querySelector('#pc-book').getBoundingClientRect().top >= 0")

    def test_a_wide_table_stays_scrolled(self, open_page: Callable[..., Page]) -> None:
        page = open_page(width=700)
        scroller = page.locator('[data-pc-part="table-scroller"]')
        left = scroller.evaluate("s => (s.scrollLeft = 40, s.scrollLeft)")
        page.get_by_role("link", name="Price", exact=True).evaluate("link => link.click()")
        expect(page).to_have_url(re.compile("sort=price"))
        settled(page)

        assert left > 0
        assert scroller.evaluate("s => s.scrollLeft") == left

    def test_the_number_of_rows_is_announced(self, page: Page) -> None:
        """
        A live region is announced only when it is the same element with another text.
        """
        page.evaluate("window.line = document.querySelector('#pc-book-status')")
        page.get_by_role("link", name="Next", exact=True).click()

        status(page, "26–50 of 60 books")
        assert page.evaluate("line.isConnected && line.role === 'status'")

    def test_the_title_is_that_of_the_answer(self, page: Page) -> None:
        def retitle(route: Route) -> None:
            answer = route.fetch()
            body = re.sub("<title>.*?</title>", "<title>Second page</title>", answer.text())
            route.fulfill(response=answer, body=body)

        page.route(re.compile("page=2"), retitle)
        page.get_by_role("link", name="Next", exact=True).click()

        expect(page).to_have_title("Second page")


class TestEvents:
    RECORD = """(names) => {
      window.heard = [];
      const hear = event => heard.push(`${event.type} ${event.target.id}`);
      for (const name of names) document.addEventListener(name, hear);
    }"""

    def test_they_come_in_order(self, page: Page) -> None:
        page.evaluate(self.RECORD, ["pc:visit", "pc:before-swap", "pc:swapped", "pc:error"])
        page.get_by_role("link", name="Next", exact=True).click()
        status(page, "26–50 of 60 books")
        settled(page)

        assert page.evaluate("heard") == [
            "pc:visit pc-book",
            "pc:before-swap pc-book-filters",
            "pc:swapped pc-book-filters",
            "pc:before-swap pc-book-results",
            "pc:swapped pc-book-results",
            "pc:swapped pc-book-status",
        ]

    def test_a_request_can_be_called_off(self, page: Page) -> None:
        addresses = asked(page)
        page.evaluate("document.addEventListener('pc:visit', event => event.preventDefault())")
        page.get_by_role("link", name="Next", exact=True).click()
        page.wait_for_timeout(200)

        assert addresses == []
        assert page.url.endswith("/books/")

    def test_a_region_can_be_kept(self, page: Page) -> None:
        page.evaluate(
            "document.addEventListener('pc:before-swap', event =>"
            " event.target.id === 'pc-book-results' && event.preventDefault())"
        )
        page.get_by_role("link", name="Next", exact=True).click()
        status(page, "26–50 of 60 books")

        expect(page.get_by_role("rowheader").first).to_have_text("A Field Guide to Getting Lost")

    def test_an_error_can_be_told_in_another_way(self, page: Page, complaints: Complaints) -> None:
        complaints.expect("ERR_INTERNET_DISCONNECTED")
        page.evaluate(
            "document.addEventListener('pc:error',"
            " event => { event.preventDefault(); window.again = event.detail.retry; })"
        )
        page.context.set_offline(True)
        page.get_by_role("link", name="Next", exact=True).click()
        expect(page.locator("#pc-book")).to_have_attribute("data-pc-stale", "")
        expect(page.get_by_role("alert")).to_have_count(0)
        page.context.set_offline(False)
        page.evaluate("again()")

        status(page, "26–50 of 60 books")
