"""The pages that are looked at: each is opened and brought into one state."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from powercrud_core.testing.browser.bulk import GOODS, picked
from powercrud_core.testing.browser.forms import EDIT, LIST, NEW, TYPED, filled, sent
from powercrud_core.testing.browser.jobs import WORK, put
from powercrud_core.testing.browser.screen import Screen, Window
from powercrud_core.testing.work import JOBS, PAGE

__all__ = ["SIGHTS", "Sight"]

Prepare = Callable[[Screen], Any]


def nothing(screen: Screen) -> None:
    """Leave a page as it is."""


def lose_network(screen: Screen) -> None:
    """Let a request fail, so that the trouble is shown."""
    with screen.window.without_network(screen):
        screen.id("-next", screen.part("pagination")).click()
        screen.seen("the message", screen.page.locator("[data-pc-problem]"))


def open_filters(screen: Screen) -> None:
    """Open the filters."""
    screen.open_panel("-filter-details")


def open_sort(screen: Screen) -> None:
    """Open the sort panel."""
    screen.open_panel("-sort")


def fail(screen: Screen) -> None:
    """Send the form with mistakes."""
    sent(filled(screen, **TYPED))
    screen.seen("the summary of errors", screen.part("error-summary"))


def save(screen: Screen) -> None:
    """Send the form without any."""
    sent(filled(screen, name="Saw"))
    screen.seen("the message", screen.part("message", "Saw"))


def choose(screen: Screen) -> None:
    """Choose rows."""
    picked(screen, 1, 2)


def begin(screen: Screen, operation: str = "update") -> None:
    """Begin an operation on a page of its own, as without a script."""
    choose(screen)
    press = "b => { b.form.action = b.formAction; HTMLFormElement.prototype.submit.call(b.form); }"
    with screen.page.expect_navigation():
        screen.part(f"bulk-{operation}").evaluate(press)


def foretell(screen: Screen) -> None:
    """Go on to the preview of an edit."""
    begin(screen)
    form = screen.part("operation-form")
    for name, value in (("mode-price", "set"), ("mode-kind", "set"), ("kind", "tool")):
        screen.control(name, form).select_option(value)
    screen.control("price", form).fill("7")
    screen.send(screen.part("preview").click)
    screen.seen("the preview", screen.part("bulk-page"))


def refuse(screen: Screen) -> None:
    """Ask for the deletion of what is needed."""
    begin(screen, "delete")
    screen.seen("the question", screen.part("bulk-page"))


def work(screen: Screen) -> None:
    """Let a job be at work on what is shown."""
    put(screen, "running").page.reload()
    screen.seen("the job", screen.part("job"))


def fall_short(screen: Screen) -> None:
    """Look at a job that is over, some of whose rows did not change."""
    put(screen, "partial").page.goto(PAGE)
    screen.until("the reasons", True, screen.part("bulk-groups").is_visible)


@dataclass(frozen=True, slots=True)
class Sight:
    """One page in one state.

    component: what is looked at first when something is wrong.
    needs: an optional app of ours.
    panel: the end of the id of a panel that lies over the page; only it can be read and pressed.
    """

    component: str
    meaning: str
    path: str
    prepare: Prepare = nothing
    panel: str = ""
    needs: str = ""

    def open(self, window: Window, **options: Any) -> Screen:
        """Open the page in its state."""
        screen = window.open(self.path, **options)
        self.prepare(screen)
        return screen


SIGHTS: Mapping[str, Sight] = {
    "list": Sight("list_page", "the list", f"{LIST}?page=2"),
    "list.filter": Sight(
        "filter_form",
        "the list with open filters",
        f"{LIST}?q=product&kind=toy&maker=2",
        open_filters,
    ),
    "list.filter.error": Sight("field_group", "a filter with an error", f"{LIST}?price_min=x"),
    "list.sort": Sight(
        "sort_panel",
        "the list with an open sort panel",
        f"{LIST}?sort=price,-name&nonsense=1",
        open_sort,
        "-sort",
    ),
    "list.notice": Sight("message", "a notice with its way out", f"{LIST}?nonsense=1"),
    "list.unmatched": Sight("empty_state", "the list without matches", f"{LIST}?q=nothing"),
    "list.offline": Sight("messages", "the list without a network", LIST, lose_network),
    "detail": Sight("detail_page", "an object", f"{LIST}1/"),
    "form": Sight("form_page", "a form", f"{LIST}1/edit/"),
    "form.error": Sight("form_body", "a form with errors", NEW, fail),
    "choose": Sight("choice_page", "choices", f"{LIST}choices/maker/"),
    "delete": Sight("delete_page", "the question before a deletion", "/makers/3/delete/"),
    "delete.protected": Sight("delete_page", "a deletion that is not possible", f"{LIST}1/delete/"),
    "select": Sight("selection_bar", "the list with chosen rows", GOODS, choose),
    "bulk.edit": Sight("form_page", "the form for several rows", GOODS, begin),
    "bulk.preview": Sight("bulk_page", "the preview of an edit", GOODS, foretell),
    "bulk.delete": Sight("bulk_page", "the deletion of rows that are needed", GOODS, refuse),
    "job.list": Sight("jobs", "a list with a job at work", WORK, work, needs=JOBS),
    "job.page": Sight(
        "job_page", "the page of a job that fell short", WORK, fall_short, needs=JOBS
    ),
    "notice.forbidden": Sight("notice_page", "a page that is forbidden", "/tags/"),
    "notice.missing": Sight("notice_page", "a page that is not there", f"{LIST}999/"),
    # The last one, for those who look at one after the other: it renames a product.
    "form.saved": Sight(
        "message",
        "the message after saving",
        f"{EDIT}?next={LIST}",
        save,
    ),
}
