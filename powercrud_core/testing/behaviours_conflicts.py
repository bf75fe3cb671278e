"""What a visitor is told when somebody else was faster."""

from typing import Any

from powercrud_core.testing.behaviour import behaviour
from powercrud_core.testing.behaviours_forms import DELETE, EDIT, product, saved
from powercrud_core.testing.behaviours_lists import LIST
from powercrud_core.testing.visitor import Page, Visitor, words

__all__: list[str] = []


def overtaken(v: Visitor, **theirs: Any) -> Page:
    """Open a form; somebody else changes the object; send the form."""
    page = v.get(f"{EDIT}?next={LIST}%3Fsort%3Dprice")
    product(pk=2).update(**theirs)
    return saved(page, name="Mine", weight="5")


def picked(page: Page, **sides: str) -> Page:
    choices: dict[str, Any] = {f"_take-{name}": ["", side] for name, side in sides.items()}
    return page.send("conflict-form", page.one("save"), **choices)


def stored(page: Page, *expected: Any) -> None:
    """Expect a name, a weight and a kind in the database."""
    found = product(pk=2).values_list("name", "weight", "kind")[0]
    page.expect("the object", expected, found[: len(expected)])


@behaviour("form.conflict.merged", "form_page", "Changes of other fields stay, and that is said.")
def _(v: Visitor) -> None:
    page = overtaken(v, kind="toy").answers(200)
    page.expect("messages", True, "somebody else changed: Kind" in said(page))
    stored(page, "Mine", 5, "toy")


@behaviour("form.conflict.status", "conflict_page", "A real conflict answers 409, saves nothing.")
def _(v: Visitor) -> None:
    page = overtaken(v, name="Theirs", kind="toy").answers(409)
    page.says("error-summary", "Nothing has been saved yet", "somebody else changed: Kind")
    stored(page, "Theirs", 100, "toy")


@behaviour("form.conflict.sides", "field_conflict", "Both values stand side by side, theirs first.")
def _(v: Visitor) -> None:
    page = overtaken(v, name="Theirs <b>", weight=7).answers(409)
    sides = [[words(s) for s in page.all("conflict-value", f)] for f in page.all("field-conflict")]
    page.expect("the values", [["Theirs <b>", "Mine"], ["7", "5"]], sides)


@behaviour("form.conflict.named", "field_conflict", "Every choice is named, and tells its value.")
def _(v: Visitor) -> None:
    page = overtaken(v, name="Theirs").answers(409)
    ids = {e.get("id"): e for e in page.elements() if e.get("id")}
    labels = {e.get("for"): words(e) for e in page.elements() if e.tag == "label"}
    radios = [e for e in page.elements() if e.get("type") == "radio"]
    found = [
        (labels.get(r.get("id")), words(ids.get(r.get("aria-describedby"))), r.get("checked"))
        for r in radios
    ]
    expected = [("Their value", "Theirs", None), ("Your value", "Mine", None)]
    page.expect("the choices", expected, found)
    legend = next((e for e in page.elements(page.one("field-conflict")) if e.tag == "legend"), None)
    page.expect("the field", "Name", words(legend))


@behaviour(
    "form.conflict.summary", "conflict_page", "The summary leads to every field in conflict."
)
def _(v: Visitor) -> None:
    page = overtaken(v, name="Theirs", weight=7).answers(409)
    links = [e for e in page.elements(page.one("error-summary")) if e.tag == "a"]
    targets = [page.by_id((e.get("href") or "").removeprefix("#")) for e in links]
    page.expect("the names", ["Name", "Weight"], [words(e) for e in links])
    page.expect("their targets", ["_take-name", "_take-weight"], [t.get("name") for t in targets])


@behaviour("form.conflict.mine", "conflict_page", "One's own value is kept, and the rest with it.")
def _(v: Visitor) -> None:
    page = picked(overtaken(v, name="Theirs", kind="toy"), name="mine").answers(200)
    page.expect("the address", f"{LIST}?sort=price", page.url)
    page.expect("messages", True, "Mine" in said(page))
    stored(page, "Mine", 5, "toy")


@behaviour("form.conflict.theirs", "conflict_page", "Their value is taken, the rest is one's own.")
def _(v: Visitor) -> None:
    page = picked(overtaken(v, name="Theirs"), name="theirs").answers(200)
    stored(page, "Theirs", 5)


@behaviour("form.conflict.each", "conflict_page", "Every field is decided by itself.")
def _(v: Visitor) -> None:
    page = picked(overtaken(v, name="Theirs", weight=7), name="theirs", weight="mine").answers(200)
    stored(page, "Theirs", 5)


@behaviour("form.conflict.unpicked", "field_conflict", "Who picks nothing is asked again.")
def _(v: Visitor) -> None:
    page = overtaken(v, name="Theirs")
    page = page.send("conflict-form", page.one("save")).answers(409)
    page.says("conflict-page", "Theirs", "Mine")
    stored(page, "Theirs", 100)


@behaviour("form.conflict.again", "conflict_page", "Overtaken while deciding: asked again.")
def _(v: Visitor) -> None:
    page = overtaken(v, name="Theirs")
    product(pk=2).update(name="A third")
    page = picked(page, name="mine").answers(409)
    page.says("conflict-page", "A third", "Mine")
    stored(picked(page, name="mine").answers(200), "Mine", 5)


@behaviour("form.conflict.back", "conflict_page", "Back to the form, with what was typed.")
def _(v: Visitor) -> None:
    page = overtaken(v, name="Theirs")
    page = page.send("conflict-form", page.one("refill")).answers(200)
    found = [page.control(name).get("value") for name in ("name", "weight")]
    page.expect("the values", ["Mine", "5"], found)
    stored(saved(page, name="Ours").answers(200), "Ours", 5)


@behaviour(
    "form.conflict.cancel", "conflict_page", "Cancel leaves their values, and the list as it was."
)
def _(v: Visitor) -> None:
    page = overtaken(v, name="Theirs")
    page = page.follow(page.one("cancel")).answers(200)
    page.expect("the address", f"{LIST}?sort=price", page.url)
    stored(page, "Theirs", 100)


@behaviour(
    "form.conflict.deleted", "form_page", "Deleted meanwhile: what was typed is created anew."
)
def _(v: Visitor) -> None:
    page = v.get(EDIT)
    product(pk=2).delete()
    page = saved(page, name="Mine").answers(409)
    page.says("form-page", "was deleted while you were editing it")
    page.expect("the name", "Mine", page.control("name").get("value"))
    saved(page).answers(200).expect("new products", 1, product(name="Mine").count())


@behaviour(
    "delete.changed", "delete_page", "Changed since it was asked: it asks again, and says so."
)
def _(v: Visitor) -> None:
    page = v.get(DELETE)
    product(pk=2).update(weight=7)
    page = page.send("delete-form", page.one("confirm")).answers(409)
    page.says("delete-page", "Somebody changed it since you were asked: Weight.")
    page = page.send("delete-form", page.one("confirm")).answers(200)
    page.expect("products left", 0, product(pk=2).count())


@behaviour(
    "delete.gone", "delete_page", "Deleted by somebody else: that is said, and nothing fails."
)
def _(v: Visitor) -> None:
    page = v.get(DELETE)
    product(pk=2).delete()
    page = page.send("delete-form", page.one("confirm")).answers(200)
    page.says("message", "has already been deleted")


def said(page: Page) -> str:
    """Return the texts of all messages."""
    return " ".join(words(m) for m in page.all("message"))
