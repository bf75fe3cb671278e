"""What a visitor can do with forms, choices and deletion."""

from typing import Any

from django.apps import apps

from powercrud_core.testing.behaviour import behaviour
from powercrud_core.testing.behaviours_lists import LIST, shows
from powercrud_core.testing.visitor import Page, Unmet, Visitor, words

__all__: list[str] = []

NEW, EDIT, DELETE = f"{LIST}new/", f"{LIST}2/edit/", f"{LIST}2/delete/"
STATE = f"{LIST}?kind=tool&page=2"
MAKER = {"name": "Saw", "weight": "5"}


def product(**values: Any) -> Any:
    """Return the products with some values."""
    return apps.get_model("powercrud_store", "Product").objects.filter(**values)


def saved(page: Page, button: str = "save", **values: Any) -> Page:
    return page.send("form", page.one(button), **values)


def failed(v: Visitor) -> Page:
    return saved(v.get(EDIT), name="", weight="x").answers(422)


def picking(v: Visitor) -> Page:
    """Begin a new product and go to pick its maker."""
    page = v.get(NEW)
    return page.send("form", page.one("choose"), **MAKER).answers(200)


def filtering(v: Visitor) -> Page:
    """Go to pick a maker for the list's filter."""
    page = v.get(f"{LIST}?kind=toy")
    return page.follow(page.one("choose")).answers(200)


# ---- forms


@behaviour("form.create.open", "form_page", "A new object begins with an empty form.")
def _(v: Visitor) -> None:
    page = v.get(NEW).answers(200)
    page.none("error-summary")
    page.expect("the name", "", page.control("name").get("value") or "")


@behaviour("form.create.save", "form_page", "A form saves a new object and says so.")
def _(v: Visitor) -> None:
    page = v.get(NEW)
    page = saved(page.send("form", page.one("choose"), **MAKER).pick("Maker 2"))
    page.answers(200).says("message", "Saw")
    page.expect("makers of new products", [2], [p.maker_id for p in product(name="Saw")])


@behaviour("form.create.save-another", "form_page", "Save and add another: an empty form again.")
def _(v: Visitor) -> None:
    page = saved(picking(v).pick("Maker 2"), "save_another").answers(200)
    page.says("message", "Saw")
    page.expect("the address", NEW, page.url)


@behaviour("form.create.save-continue", "form_page", "Save and continue: the form of the object.")
def _(v: Visitor) -> None:
    page = saved(picking(v).pick("Maker 2"), "save_continue").answers(200)
    page.expect("the name", "Saw", page.control("name").get("value"))
    page.says("message", "Saw")


@behaviour("form.update.filled", "form_page", "The form of an object holds its values.")
def _(v: Visitor) -> None:
    page = v.get(f"{LIST}1/edit/")
    sent = dict(page.typed(page.one("form")))
    expected = {"name": ["Product 1"], "kind": ["toy"], "sold": ["on"], "tags": ["1", "2"]}
    page.expect("the values", expected, {n: sent.get(n) for n in expected})
    page.expect("the notes", "Two\nlines", sent["notes"][0].replace("\r", "").strip("\n"))


@behaviour("form.update.save", "form_page", "A form saves what was changed, and nothing else.")
def _(v: Visitor) -> None:
    saved(v.get(EDIT), name="Saw").answers(200).says("message", "Saw")
    found = product(pk=2).values_list("name", "kind", "weight", "maker_id")[0]
    v.get(LIST).expect("the object", ("Saw", "tool", 100, 3), found)


@behaviour("form.update.clear", "form_page", "A box can be unticked and a value be emptied.")
def _(v: Visitor) -> None:
    saved(v.get(f"{LIST}1/edit/"), sold=None, price="").answers(200)
    found = product(pk=1).values_list("sold", "price")[0]
    v.get(LIST).expect("the object", (False, None), found)


@behaviour("form.update.returns", "form_page", "After saving, the list is as it was.")
def _(v: Visitor) -> None:
    page = v.get(STATE)
    page = page.follow(page.one("action-update", within=page.all("row")[0]))
    page.expect("the address", STATE, saved(page, weight="7").url)


@behaviour("form.cancel", "form_page", "Cancel leads back to the list as it was.")
def _(v: Visitor) -> None:
    page = v.get(STATE)
    page = page.follow(page.one("action-create"))
    page.expect("the address", STATE, page.follow(page.one("cancel")).url)


@behaviour("form.back", "form_page", "The link above the form leads back to the list.")
def _(v: Visitor) -> None:
    page = v.get(f"{EDIT}?next={LIST}%3Fsort%3Dprice")
    around = page.one("form-page")
    inside = set(page.elements(page.one("form")))
    targets = [e for e in page.elements(around) if e.tag == "a" and e not in inside]
    page.expect("the number of links", 1, len(targets))
    page.expect("the address", f"{LIST}?sort=price", page.follow(targets[0]).url)


@behaviour("form.note", "form_page", "The form tells what its marks mean.")
def _(v: Visitor) -> None:
    v.get(NEW).says("form", "Fields marked with * are required.")


@behaviour("form.labels", "field_group", "Every control has a label, or a group with a name.")
def _(v: Visitor) -> None:
    page = v.get(EDIT)
    bound = {e.get("for") for e in page.elements() if e.tag == "label"}
    for field in page.all("field"):
        for control in page.elements(field):
            if control.tag not in ("input", "select", "textarea"):
                continue
            inside = page.parents[control].tag == "label"
            named = control.get("aria-label") or control.get("aria-labelledby")
            if control.get("type") != "hidden" and not (
                inside or named or control.get("id") in bound
            ):
                raise Unmet(f"a label for {control.get('name')!r}", f"none on {page.url}")


@behaviour("form.required", "field_group", "A required field is marked for eyes and for readers.")
def _(v: Visitor) -> None:
    page = v.get(NEW)
    page.expect("required", True, "required" in page.control("name").attrib)
    fields = [f for f in page.all("field") if f.get("data-pc-field") == "name"]
    page.expect("the mark", True, "*" in words(fields[0]))


@behaviour("form.help", "field_group", "A field's help is tied to its control.")
def _(v: Visitor) -> None:
    page = v.get(NEW)
    tied = described(page, page.control("weight", page.one("form")))
    page.expect("the help", "Without the box.", tied)


@behaviour("form.enter", "form_body", "Enter saves: the first button of the form is Save.")
def _(v: Visitor) -> None:
    page = v.get(NEW)
    names = [e.get("name") for e in page.buttons("form")]
    page.expect("the first button", ["_save"], names[:1])


# ---- errors


@behaviour("form.error.status", "form_page", "A form with errors answers 422 and saves nothing.")
def _(v: Visitor) -> None:
    page = failed(v)
    page.expect("the weight", 100, product(pk=2).get().weight)


@behaviour("form.error.summary", "form_body", "All errors are told above, as an alert.")
def _(v: Visitor) -> None:
    page = failed(v)
    page.says("error-summary", "This field is required.", "Enter a whole number.")
    page.expect("the role", "alert", page.one("error-summary").get("role"))


@behaviour("form.error.summary-links", "form_body", "Each error leads to its control.")
def _(v: Visitor) -> None:
    page = failed(v)
    ids = {e.get("id"): e for e in page.elements() if e.get("id")}
    links = [e for e in page.elements(page.one("error-summary")) if e.tag == "a"]
    names = [ids[t].get("name") for e in links if (t := (e.get("href") or "")[1:]) in ids]
    page.expect("the controls", ["name", "weight"], names)


@behaviour("form.error.summary-focus", "form_body", "The summary can take the focus.")
def _(v: Visitor) -> None:
    page = failed(v)
    page.expect("tabindex", "-1", page.one("error-summary").get("tabindex"))


@behaviour("form.error.aria", "field_group", "A wrong control is marked, and its error tied to it.")
def _(v: Visitor) -> None:
    page = failed(v)
    control = page.control("weight", page.one("form"))
    page.expect("aria-invalid", "true", control.get("aria-invalid"))
    tied = described(page, control)
    if "Enter a whole number." not in tied or "Without the box." not in tied:
        raise Unmet("help and error described by aria-describedby", repr(tied))


@behaviour("form.error.focus", "field_group", "The focus goes to the first wrong control.")
def _(v: Visitor) -> None:
    page = failed(v)
    focused = [e.get("name") for e in page.elements() if "autofocus" in e.attrib]
    page.expect("the focus", ["name"], focused)


@behaviour("form.error.typed", "form_page", "What was typed stays.")
def _(v: Visitor) -> None:
    page = saved(v.get(EDIT), name="Kept", weight="x", notes="a\nb")
    sent = dict(page.typed(page.one("form")))
    page.expect("name and weight", (["Kept"], ["x"]), (sent["name"], sent["weight"]))
    page.expect("the notes", "a\nb", sent["notes"][0].replace("\r", "").strip("\n"))


@behaviour("form.error.corrected", "form_page", "A corrected form saves and returns to the list.")
def _(v: Visitor) -> None:
    page = saved(v.get(f"{EDIT}?next={LIST}%3Fsort%3Dprice"), weight="x").answers(422)
    page = saved(page, weight="8").answers(200)
    page.expect("the address", f"{LIST}?sort=price", page.url)
    page.expect("the weight", 8, product(pk=2).get().weight)


# ---- choices


@behaviour("form.choose.open", "choice_page", "A large relation is picked on a page of its own.")
def _(v: Visitor) -> None:
    page = picking(v)
    page.expect("the number of choices", 6, len(page.all("choice")))
    page.says("status", "6 makers found")


@behaviour("form.choose.search", "choice_page", "The choices can be searched; the form is kept.")
def _(v: Visitor) -> None:
    page = picking(v)
    page = page.send("choice-form", page.one("search-submit"), _q="maker 4").answers(200)
    page.expect("the choices", ["Maker 4 <b>&"], [words(e) for e in page.all("choice")])
    page = page.pick("Maker 4")
    page.expect("the name", "Saw", page.control("name").get("value"))


@behaviour("form.choose.search.enter", "choice_page", "Enter in the search field searches.")
def _(v: Visitor) -> None:
    page = picking(v)
    parts = [e.get("data-pc-part") for e in page.buttons("choice-form")]
    page.expect("the first button", ["search-submit"], parts[:1])


@behaviour("form.choose.none", "choice_page", "A search without matches says so.")
def _(v: Visitor) -> None:
    page = picking(v)
    page = page.send("choice-form", page.one("search-submit"), _q="nobody").answers(200)
    page.none("choice")
    page.says("status", "0 makers found")


@behaviour("form.choose.pick", "choice_page", "A pick returns to the form with what was typed.")
def _(v: Visitor) -> None:
    page = picking(v).pick("Maker 5").answers(200)
    page.none("error-summary")
    sent = dict(page.typed(page.one("form")))
    found = {name: sent.get(name) for name in ("name", "weight", "maker")}
    page.expect("the form", {"name": ["Saw"], "weight": ["5"], "maker": ["5"]}, found)


@behaviour("form.choose.cancel", "choice_page", "Cancel returns to the form with what there was.")
def _(v: Visitor) -> None:
    page = v.get(EDIT)
    page = page.send("form", page.one("choose"), name="Saw")
    page = page.send("choice-form", page.one("cancel")).answers(200)
    sent = dict(page.typed(page.one("form")))
    page.expect("name and maker", (["Saw"], ["3"]), (sent["name"], sent.get("maker")))


@behaviour("form.choose.page", "choice_page", "Many choices have pages.")
def _(v: Visitor) -> None:
    maker = apps.get_model("powercrud_store", "Maker")
    maker.objects.bulk_create([maker(pk=i, name=f"Maker {i}") for i in range(100, 130)])
    first = picking(v)
    second = first.send("choice-form", first.one("choice-page-link")).answers(200)
    first.expect("the choices", (25, 11), (len(first.all("choice")), len(second.all("choice"))))
    second.send("choice-form", second.one("choice-page-link", "Previous")).one("choice-page")


@behaviour("list.filter.choose.pick", "choice_page", "A filter's pick returns to the list.")
def _(v: Visitor) -> None:
    page = filtering(v)
    shows(page.send("choice-form", page.one("choice", "Maker 2")), 1, 7)


@behaviour("list.filter.choose.search", "choice_page", "A filter's choices can be searched.")
def _(v: Visitor) -> None:
    page = filtering(v)
    page = page.send("choice-form", page.one("search-submit"), _q="maker 4").answers(200)
    shows(page.send("choice-form", page.one("choice")), 3, 9)


@behaviour("list.filter.choose.cancel", "choice_page", "Cancel returns to the list as it was.")
def _(v: Visitor) -> None:
    page = filtering(v)
    page = page.send("choice-form", page.one("cancel"))
    shows(page, 1, 11, 3, 5, 7)


@behaviour(
    "list.filter.choose.shown", "field_group", "A picked value is named and can be left out."
)
def _(v: Visitor) -> None:
    page = v.get(f"{LIST}?maker=2")
    fields = [f for f in page.all("field") if f.get("data-pc-field") == "maker"]
    page.expect("the name", True, bool(fields) and "Maker 2" in words(fields[0]))
    page = page.send("filter-form", page.one("filter-apply"), maker=None)
    shows(page, 1, 10, 11, 12, 2)


# ---- related objects


@behaviour("form.related.create", "field_group", "A relation leads to a new object, and back.")
def _(v: Visitor) -> None:
    page = v.get(NEW)
    page.expect("its name", "New maker", words(page.one("related-create")))
    page = page.follow(page.one("related-create")).answers(200)
    page = saved(page, name="Smith").answers(200)
    page.expect("the address", NEW, page.url)


@behaviour("form.related.edit", "field_group", "A relation leads to the selected object, and back.")
def _(v: Visitor) -> None:
    page = v.get(EDIT)
    page.expect("its name", "Edit maker Maker 3 <b>&", words(page.one("related-update")))
    page = page.follow(page.one("related-update")).answers(200)
    page.expect("the form's", "Maker 3 <b>&", page.control("name").get("value"))
    page.expect("the address", EDIT, page.follow(page.one("cancel")).url)


@behaviour("form.related.none", "field_group", "Without a selection there is nothing to edit.")
def _(v: Visitor) -> None:
    page = v.get(NEW)
    page.expect("hidden", True, "hidden" in page.one("related-update").attrib)


# ---- deletion


@behaviour("delete.open", "delete_page", "Deletion asks first, and names the object.")
def _(v: Visitor) -> None:
    v.get(DELETE).answers(200).says("delete-page", "Product 2", "This cannot be undone.")


@behaviour("delete.confirm", "delete_page", "Confirmed, the object is deleted, and that is said.")
def _(v: Visitor) -> None:
    page = v.get(DELETE)
    page = page.send("delete-form", page.one("confirm")).answers(200)
    page.says("message", "Product 2")
    page.expect("products left", 0, product(pk=2).count())


@behaviour("delete.cancel", "delete_page", "Cancel leads back and deletes nothing.")
def _(v: Visitor) -> None:
    page = v.get(f"{DELETE}?next={LIST}%3Fsort%3Dprice")
    page.expect("the address", f"{LIST}?sort=price", page.follow(page.one("cancel")).url)
    page.expect("products left", 1, product(pk=2).count())


@behaviour("delete.returns", "delete_page", "After deletion, the list is as it was.")
def _(v: Visitor) -> None:
    page = v.get(STATE)
    page = page.follow(page.one("action-delete", within=page.all("row")[0]))
    page = page.send("delete-form", page.one("confirm"))
    page.expect("the filter", f"{LIST}?kind=tool", page.url.partition("&page")[0])


@behaviour("delete.collateral", "delete_page", "What is deleted along is counted and named.")
def _(v: Visitor) -> None:
    page = v.get("/makers/3/delete/").answers(200)
    page.says("related-group", "2 products", "Product 2", "Product 8")
    page.says("delete-page", "Deleted along with it")


@behaviour("delete.protected", "delete_page", "What cannot be deleted offers no button.")
def _(v: Visitor) -> None:
    page = v.get(f"{LIST}1/delete/").answers(200)
    page.none("confirm")
    page.says("delete-page", "cannot be deleted", "It is still needed by")


@behaviour("delete.protected.named", "delete_page", "It names what is in the way, and counts it.")
def _(v: Visitor) -> None:
    v.get(f"{LIST}1/delete/").says("related-group", "8 orders", "Order 5", "and 3 more")


@behaviour("delete.protected.late", "delete_page", "In the way only now: 409, and nothing is lost.")
def _(v: Visitor) -> None:
    page = v.get(DELETE)
    apps.get_model("powercrud_store", "Order").objects.create(pk=99, product_id=2)
    page = page.send("delete-form", page.one("confirm")).answers(409)
    page.says("related-group", "1 order")
    page.expect("products left", 1, product(pk=2).count())


def described(page: Page, control: Any) -> str:
    """Return what a control's aria-describedby leads to."""
    ids = {e.get("id"): e for e in page.elements() if e.get("id")}
    return " ".join(words(ids.get(i)) for i in (control.get("aria-describedby") or "").split())
