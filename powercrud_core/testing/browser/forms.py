"""What somebody with a browser and the script can do with forms, choices and deletion."""

from typing import Any

from powercrud_core.testing.browser.scenario import scenario
from powercrud_core.testing.browser.screen import NARROW, Screen, Window

__all__: list[str] = []

LIST = "/products/"
NEW, EDIT, DELETE = f"{LIST}new/", f"{LIST}2/edit/", f"{LIST}2/delete/"
TYPED = {"name": "", "weight": ""}


def filled(screen: Screen, **values: str) -> Screen:
    """Type into the form."""
    form = screen.part("form")
    for name, value in values.items():
        screen.control(name, form).fill(value)
    return screen


def sent(screen: Screen, button: str = "save") -> Screen:
    """Press a button of the form and wait for the answer."""
    screen.send(screen.part(button).click)
    return screen


def failed(window: Window, **options: Any) -> Screen:
    """Send a form with two mistakes."""
    screen = sent(filled(window.open(EDIT, **options), **TYPED))
    screen.seen("the summary of errors", screen.part("error-summary"))
    return screen


@scenario("form.save", "form_page", "Save leads back to the list as it was; a message is in sight.")
def _(w: Window) -> None:
    screen = w.open(f"{LIST}?kind=tool&sort=price")
    screen.part("action-update", within=screen.part("row").first).click()
    sent(filled(screen, name="Saw"))
    screen.at(f"{LIST}?kind=tool&sort=price")
    message = screen.part("message", "Saw")
    screen.seen("the message", message)


@scenario("form.enter", "form_body", "Enter in a field saves.")
def _(w: Window) -> None:
    screen = filled(w.open(f"{EDIT}?next={LIST}"), name="Saw")
    screen.send(lambda: screen.control("name", screen.part("form")).press("Enter"))
    screen.seen("the message", screen.part("message", "Saw"))


@scenario("form.once", "form_page", "A double click sends a form once.")
def _(w: Window) -> None:
    screen = filled(w.open(f"{EDIT}?next={LIST}"), name="Saw")
    posts: list[str] = []
    screen.page.on("request", lambda r: posts.append(r.url) if r.method == "POST" else None)
    screen.send(lambda: screen.part("save").evaluate("b => { b.click(); b.click(); }"))
    screen.seen("the message", screen.part("message", "Saw"))
    screen.expect("forms sent", 1, len(posts))


@scenario("form.labels", "field_group", "A press on a label reaches its control.")
def _(w: Window) -> None:
    screen = w.open(NEW)
    labels = screen.part("form").locator("label[for]")
    for number in range(labels.count()):
        label = labels.nth(number)
        if label.is_visible():
            box = label.bounding_box() or {}
            label.click(position={"x": min(5, box["width"] / 2), "y": box["height"] / 2})
            screen.focus_at(str(label.get_attribute("for")))


@scenario("form.autofocus", "field_group", "After a mistake, focus is on the first wrong control.")
def _(w: Window) -> None:
    screen = failed(w)
    name = "document.activeElement.name"
    screen.until("the control with focus", "name", lambda: screen.page.evaluate(name))


@scenario("form.error.focus", "form_body", "A link of the summary brings focus to its control.")
def _(w: Window) -> None:
    screen = failed(w)
    screen.part("error-summary").locator("a").last.click()
    name = "document.activeElement.name"
    screen.until("the control with focus", "weight", lambda: screen.page.evaluate(name))
    screen.seen("the control", screen.control("weight", screen.part("form")))


@scenario("form.error.seen", "field_group", "A wrong control's errors can be seen beside it.")
def _(w: Window) -> None:
    screen = failed(w)
    for name in TYPED:
        group = screen.page.locator(f'[data-pc-field="{name}"]')
        errors = screen.part("errors", within=group)
        errors.scroll_into_view_if_needed()
        screen.seen(f"the errors of {name}", errors)


@scenario("form.error.narrow", "form_body", "The summary is in sight on a phone.")
def _(w: Window) -> None:
    screen = failed(w, width=NARROW)
    link = screen.part("error-summary").locator("a").first
    link.click()
    screen.seen("the wrong control", screen.control("name", screen.part("form")))


@scenario("form.cancel", "form_page", "Cancel leads back to the list as it was.")
def _(w: Window) -> None:
    screen = w.open(f"{LIST}?kind=tool")
    screen.part("action-update", within=screen.part("row").first).click()
    screen.part("cancel").click()
    screen.at(f"{LIST}?kind=tool")


@scenario(
    "form.choose", "field_group", "A searched pick stays in the form, in place, and is saved."
)
def _(w: Window) -> None:
    screen = filled(w.open(NEW), name="Saw", weight="5")
    screen.pick("maker", "Maker 2", screen.part("form"))
    name = screen.control("name", screen.part("form"))
    screen.expect("the name", "Saw", name.input_value())
    sent(screen)
    screen.seen("the message", screen.part("message", "Saw"))


@scenario(
    "form.choose.page", "choice_page", "Where a search gets no answer, a page of choices is there."
)
def _(w: Window) -> None:
    screen = filled(w.open(NEW), name="Saw", weight="5")
    form = screen.part("form")
    with w.without_network(screen):
        screen.combobox("maker", form).click()
        screen.seen("the way to the page", screen.part("choose"))
    sent(screen, "choose")
    search = screen.part("search-input")
    screen.focus_at(str(search.get_attribute("id")))
    search.fill("Maker 2")
    screen.send(lambda: search.press("Enter"))
    screen.until("choices", 1, screen.part("choice").count)
    screen.send(screen.part("choice", "Maker 2").click)
    screen.expect("the name", "Saw", screen.control("name", form).input_value())
    sent(screen)
    screen.seen("the message", screen.part("message", "Saw"))


@scenario("form.related.create", "field_group", "What is created on the way is selected at once.")
def _(w: Window) -> None:
    screen = filled(w.open(f"{NEW}?next={LIST}%3Fq%3DSaw"), name="Saw")
    screen.part("related-create").click()
    dialog = screen.page.locator("dialog:modal")
    screen.control("name", dialog).fill("Smith")
    screen.send(screen.part("save", within=dialog).click)
    screen.until("dialogs", 0, dialog.count)
    screen.focus_at("-maker")
    name = screen.part("related-update").get_attribute
    screen.until("what can be edited", "Edit maker Smith", lambda: name("aria-label"))
    sent(screen)
    screen.at(f"{LIST}?q=Saw")
    screen.seen("the product with its maker", screen.part("row", "Smith"))


@scenario("filter.choose", "filter_form", "A searched pick filters at once; the panel stays.")
def _(w: Window) -> None:
    screen = w.open(f"{LIST}?kind=toy")
    screen.mark()
    screen.pick("maker", "Maker 2", screen.open_panel("-filter-details"))
    screen.shows(1, 7)
    screen.seen("the list of choices", screen.combobox("maker", screen.id("-filter-details")))
    screen.stays()


@scenario("delete.confirm", "delete_page", "Delete asks, deletes, and says so in sight.")
def _(w: Window) -> None:
    screen = w.open(f"{LIST}?kind=tool")
    screen.part("action-delete", within=screen.part("row", "Product 2").first).click()
    screen.seen("the question", screen.part("delete-page"))
    screen.seen("the button", screen.part("confirm"))
    sent(screen, "confirm")
    screen.at(f"{LIST}?kind=tool")
    screen.seen("the message", screen.part("message", "Product 2"))


@scenario("delete.cancel", "delete_page", "Cancel leads back and deletes nothing.")
def _(w: Window) -> None:
    screen = w.open(f"{DELETE}?next={LIST}%3Fkind%3Dtool")
    screen.part("cancel").click()
    screen.shows(10, 12, 2, 4, 6)


@scenario("delete.protected", "delete_page", "What cannot be deleted says why, in sight.")
def _(w: Window) -> None:
    screen = w.open(f"{LIST}1/delete/")
    screen.seen("the page", screen.part("delete-page"))
    screen.expect("buttons to confirm", 0, screen.part("confirm").count())
