"""What a visitor can do with fields that follow others: a button brings them up to date."""

from powercrud_core.testing.behaviour import behaviour
from powercrud_core.testing.behaviours_forms import product, saved
from powercrud_core.testing.visitor import Page, Visitor

__all__: list[str] = []

EDIT = "/lots/2/edit/"


def updated(v: Visitor, **values: str) -> Page:
    """Pick another kind and press the button that brings the form up to date."""
    page = v.get(EDIT)
    return page.send("form", page.one("refresh"), kind="toy", **values).answers(200)


def controls(page: Page) -> list[str]:
    """Return the names of the controls that a user can see."""
    form = page.one("form")
    seen = [e for e in page.elements(form) if e.get("name") and e.get("type") != "hidden"]
    return [str(e.get("name")) for e in seen if e.tag != "button"]


@behaviour("form.follows.hidden", "form_body", "A field that does not apply is not there.")
def _(v: Visitor) -> None:
    page = v.get(EDIT)
    page.expect("the price among the controls", False, "price" in controls(page))


@behaviour("form.follows.shown", "form_body", "A button brings the form up to date.")
def _(v: Visitor) -> None:
    page = updated(v, name="Saw")
    page.expect("the price among the controls", True, "price" in controls(page))
    page.expect("the name", "Saw", page.control("name").get("value"))
    page.none("error-summary")
    page.expect("what is stored", "tool", product(pk=2).get().kind)


@behaviour("form.follows.told", "form_body", "What has come up to date is told.")
def _(v: Visitor) -> None:
    page = updated(v)
    status = page.one("form-status")
    page.expect("its role", "status", status.get("role"))


@behaviour("form.follows.required", "field_group", "A field is required where another says so.")
def _(v: Visitor) -> None:
    page = v.get(EDIT)
    page.expect("before", False, "required" in page.control("notes").attrib)
    page = updated(v)
    page.expect("afterwards", True, "required" in page.control("notes").attrib)
    page = saved(page, notes="").answers(422)
    page.expect("aria-invalid", "true", page.control("notes").get("aria-invalid"))


@behaviour("form.follows.save", "form_page", "What follows is saved with the rest.")
def _(v: Visitor) -> None:
    page = saved(updated(v), notes="Fragile", price="3").answers(200)
    found = product(pk=2).values_list("kind", "weight", "price", "notes")[0]
    page.expect("the object", ("toy", 100, 3, "Fragile"), found)


@behaviour("form.follows.kept", "hidden_field", "What is hidden travels along, and comes back.")
def _(v: Visitor) -> None:
    page = updated(v)
    page = page.send("form", page.one("refresh"), price="9", kind="tool").answers(200)
    page.expect("the price among the controls", False, "price" in controls(page))
    page = page.send("form", page.one("refresh"), kind="toy").answers(200)
    page.expect("the price", "9", page.control("price").get("value"))
