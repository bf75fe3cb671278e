"""Operations on rows over HTTP: chosen in the list, previewed, carried out, reported."""

import csv
import io

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.db.models.signals import post_save

from powercrud_core.bulk import Action, BulkDelete, BulkUpdate, Done, File
from powercrud_core.permissions import ModelPermissions
from powercrud_core.selection import Selection
from tests.library.models import Author, Book, Copy, Genre
from tests.views.pages import Page

pytestmark = pytest.mark.django_db

EDIT = BulkUpdate(fields=["price", "status", "notes", "genres", "author"])


class Lend(Action):
    """Takes books out of print: with one, or with several."""

    name = "lend"
    label = "Lend"
    disabled_reason = "Only what is in print can be lent."

    def enabled(self, rows):
        return rows.filter(in_print=True)

    def apply(self, obj, run):
        if obj.title == "Chained":
            raise ValidationError("It is chained.")
        obj.in_print = False
        obj.save(update_fields=["in_print"])


class Rename(Action):
    name = "rename"
    label = "Rename"

    class Form(forms.Form):
        prefix = forms.CharField(max_length=5)

    form_class = Form

    def apply(self, obj, run):
        obj.title = run.form.cleaned_data["prefix"] + obj.title
        obj.save(update_fields=["title"])

    def finish(self, run, outcome):
        return Done(message=f"Renamed {outcome.done}.", then="lend")


class Report(Action):
    name = "report"
    label = "Report"
    permission = "view"
    places = ("list",)
    downloads = True

    def perform(self, run):
        return Done(file=File("books.txt", (f"{b.title}\n" for b in run.permitted.order_by("pk"))))


@pytest.fixture
def url(screen, books):
    """Return the address of a list of three books with operations."""
    books("Anna", "Bob", "Cid", price=5)
    Book.objects.filter(title="Bob").update(price=1)
    return screen(
        Book,
        columns=["title", "author", "price"],
        bulk=[EDIT, BulkDelete(confirm_above=2)],
        actions=[Lend(), Rename(), Report()],
        ordering=["title"],
    )


@pytest.fixture
def key():
    """Return a function that gives a book's key by its title."""
    return lambda title: str(Book.objects.get(title=title).pk)


def prices():
    return dict(Book.objects.order_by("title").values_list("title", "price"))


def begin(client, url, operation, state="", **chosen):
    return client.post(f"{url}bulk/{operation}/{state}", chosen)


def go_on(client, response, part="confirm", /, **values):
    """Send the form of a page with one of its buttons and some further values."""
    page = Page(response)
    form = page.one("operation-form")
    sent = page.sent("operation-form")
    button = page.one(part)
    if button.get("name"):
        sent[button.get("name")] = [button.get("value")]
    return client.post(form.get("action"), {**sent, **values})


class TestList:
    def test_its_rows_have_boxes_of_one_form(self, client, url, pack, key):
        page = Page(client.get(url))

        form = page.one("selection-form").get("id")
        boxes = page.all("row-select")
        assert [(form, "pk", key(title)) for title in ("Anna", "Bob", "Cid")] == [
            (box.get("form"), box.get("name"), box.get("value")) for box in boxes
        ]
        assert "Select Bob" == boxes[1].get("aria-label")

    def test_the_bar_offers_what_the_user_may_do(self, client_for, permissions, url, pack):
        page = Page(client_for(permissions("view_book", "change_book")).get(url))

        assert page.has("bulk-update")
        assert not page.has("bulk-delete")

    def test_who_may_do_nothing_has_no_boxes(self, client_for, permissions, url, pack):
        page = Page(client_for(permissions("view_book")).get(url))

        assert not page.has("row-select")
        assert not page.has("selection-bar")

    def test_all_that_match_can_be_chosen_without_a_script(self, client, url, pack):
        page = Page(client.get(f"{url}?price_min=2"))

        assert "All 2 that match" in page.text("selection-bar")
        assert f"{url}bulk/update/?price_min=2" == page.one("bulk-update").get("formaction")

    def test_a_row_that_cannot_be_chosen_says_why(self, client, screen, url, pack, key):
        here = screen(
            Book,
            bulk=[EDIT],
            unselectable_reason="It is cheap.",
            get_selectable=lambda self, rows: rows.filter(price__gt=2),
        )
        page = Page(client.get(here))
        barred = [box for box in page.all("row-select") if box.get("disabled") is not None]

        assert [key("Bob")] == [box.get("value") for box in barred]
        assert "Select Bob (It is cheap.)" == barred[0].get("aria-label")
        assert "All 2 that match" in page.text("selection-bar")

    def test_the_queries_are_as_many_for_more_rows(self, client, screen, url, books, queries):
        here = screen(
            Book,
            bulk=[EDIT],
            actions=[Lend()],
            get_selectable=lambda self, rows: rows.filter(price__gt=2),
        )
        few = queries(lambda: client.get(here))
        books(*"DEFGHIJKLMNOPQRSTU", price=3)

        assert few == queries(lambda: client.get(here))

    def test_more_actions_than_fit_are_behind_a_button(self, client, screen, url, pack):
        here = screen(Book, actions=[Lend(), Rename()], visible_actions=2)
        page = Page(client.get(here))
        more = page.all("more")[0]

        panel = next(e for e in page.root.iter() if e.get("id") == more.get("popovertarget"))
        assert ["action-lend", "action-rename"] == [e.get("data-pc-part") for e in panel.iter("a")]
        assert "More actions for Anna" == more.get("aria-label")


class TestEdit:
    def test_the_journey_changes_what_was_ticked(self, client, url, pack, key):
        form = begin(client, url, "update", pk=[key("Anna"), key("Bob")])
        assert 200 == form.status_code
        preview = go_on(client, form, "preview", **{"mode-price": "set", "price": "7"})
        assert {"Anna": 5, "Bob": 1, "Cid": 5} == prices()
        page = Page(preview)
        assert "Can be done2" == page.text("fact")
        done = go_on(client, preview)

        assert (302, url) == (done.status_code, done.url)
        assert {"Anna": 7, "Bob": 7, "Cid": 5} == prices()
        assert "2 books changed." in client.get(url).content.decode()

    def test_it_tells_what_the_rows_have_now(self, client, url, key):
        two = Page(begin(client, url, "update", pk=[key("Anna"), key("Bob")]))
        one = Page(begin(client, url, "update", pk=[key("Bob")]))

        assert "Now: different values." in two.text("form-body")
        assert "Now: 1.00." in one.text("form-body")
        assert "Now: Ursula." in one.text("form-body")

    def test_the_preview_shows_before_and_after(self, client, url, pack, key):
        form = begin(client, url, "update", pk=[key("Bob")])
        preview = Page(go_on(client, form, "preview", **{"mode-price": "set", "price": "7"}))

        assert "BobPrice1.007.00" == preview.text("row-change")

    def test_one_can_go_back_with_what_was_typed(self, client, url, key):
        form = begin(client, url, "update", pk=[key("Bob")])
        preview = go_on(client, form, "preview", **{"mode-price": "set", "price": "7"})
        again = Page(go_on(client, preview, "change"))
        sent = again.sent("operation-form")

        assert (["set"], ["7"]) == (sent["mode-price"], sent["price"])

    def test_a_wrong_value_keeps_the_rest(self, client, url, key):
        form = begin(client, url, "update", pk=[key("Bob")])
        typed = {"mode-price": "set", "price": "x", "mode-notes": "set", "notes": "Kept"}
        page = Page(response := go_on(client, form, "preview", **typed))

        assert 422 == response.status_code
        assert ["Kept"] == page.sent("operation-form")["notes"]
        assert page.has("error-summary")

    def test_nothing_ticked_is_said(self, client, url, pack):
        response = begin(client, url, "update")

        assert 400 == response.status_code
        assert "Tick some rows first" in response.content.decode()

    def test_all_that_match_are_those_of_the_list_s_state(self, client, url, key):
        form = begin(client, url, "update", "?price_min=2", all="1")
        done = go_on(client, go_on(client, form, "preview", **{"mode-price": "set", "price": "9"}))

        assert 302 == done.status_code
        assert {"Anna": 9, "Bob": 1, "Cid": 9} == prices()

    def test_all_but_some(self, client, url, key):
        form = begin(client, url, "update", all="1", **{"except": key("Anna")})
        go_on(client, go_on(client, form, "preview", **{"mode-price": "set", "price": "9"}))

        assert {"Anna": 5, "Bob": 9, "Cid": 9} == prices()

    @pytest.mark.parametrize("state", ["?price_min=x", "?nothing=1", "?sort=nothing"])
    def test_a_state_that_is_not_understood_selects_nothing(self, client, url, state):
        response = begin(client, url, "update", state, all="1")

        assert 422 == response.status_code
        assert "filters of the list are not valid" in response.content.decode()

    def test_more_rows_than_confirmed_ask_again(self, client, url, books, key):
        form = begin(client, url, "update", all="1")
        preview = go_on(client, form, "preview", **{"mode-price": "set", "price": "9"})
        books("Dan")
        response = go_on(client, preview)

        assert 409 == response.status_code
        assert "3 rows were confirmed, 4 match now." in Page(response).text("bulk-page")
        assert 5 == prices()["Anna"]
        assert 302 == go_on(client, response).status_code
        assert {"Anna": 9, "Bob": 9, "Cid": 9, "Dan": 9} == prices()

    def test_a_row_that_somebody_changed_meanwhile_is_left_out(self, client, url, pack, key):
        form = begin(client, url, "update", pk=[key("Anna"), key("Bob")])
        preview = go_on(client, form, "preview", **{"mode-price": "set", "price": "9"})
        Book.objects.filter(title="Bob").update(price=2)
        response = go_on(client, preview)

        assert {"Anna": 9, "Bob": 2, "Cid": 5} == prices()
        assert "Somebody has changed this row meanwhile" in Page(response).text("bulk-page")

    def test_the_same_confirmation_works_once(self, client, url, key):
        form = begin(client, url, "lend", pk=[key("Anna")])
        assert 302 == go_on(client, form).status_code
        Book.objects.update(in_print=True)

        assert 409 == go_on(client, form).status_code
        assert Book.objects.get(title="Anna").in_print

    def test_what_was_confirmed_cannot_be_changed(self, client, url, key):
        form = begin(client, url, "update", pk=[key("Bob")])
        preview = go_on(client, form, "preview", **{"mode-price": "set", "price": "7"})
        go_on(client, preview, pk=[key("Anna")], price="99", **{"mode-price": "set"})

        assert {"Anna": 5, "Bob": 7, "Cid": 5} == prices()

    def test_a_plan_of_somebody_else_is_refused(self, client, client_for, permissions, url, key):
        form = begin(client, url, "update", pk=[key("Bob")])
        preview = go_on(client, form, "preview", **{"mode-price": "set", "price": "7"})
        other = client_for(permissions("view_book", "change_book"))

        assert 403 == go_on(other, preview).status_code
        assert 1 == prices()["Bob"]

    def test_a_plan_for_another_operation_is_refused(self, client, url, key):
        form = begin(client, url, "update", pk=[key("Bob")])
        preview = go_on(client, form, "preview", **{"mode-price": "set", "price": "7"})
        sent = Page(preview).sent("operation-form")

        assert 403 == client.post(f"{url}bulk/lend/", {**sent, "_step": "apply"}).status_code

    def test_a_tampered_selection_is_refused(self, client, url):
        response = begin(client, url, "update", selection="1:x:y")

        assert 400 == response.status_code

    def test_a_field_that_is_not_offered_is_refused(self, client, url, key):
        form = begin(client, url, "update", pk=[key("Bob")])
        typed = {"mode-title": "set", "title": "Evil", "mode-price": "set", "price": "7"}

        assert 422 == go_on(client, form, "preview", **typed).status_code
        assert Book.objects.filter(title="Bob").exists()

    def test_a_key_that_cannot_be(self, client, url):
        assert 400 == begin(client, url, "update", pk=["9" * 40]).status_code
        assert 400 == begin(client, url, "update", pk=["\x00"]).status_code

    def test_several_values_are_added(self, client, url, key):
        Genre.objects.create(code="a", name="A")
        form = begin(client, url, "update", pk=[key("Bob")])
        typed = {"mode-genres": "add", "genres": ["a"]}
        go_on(client, go_on(client, form, "preview", **typed))

        assert ["a"] == list(Book.objects.get(title="Bob").genres.values_list("pk", flat=True))

    def test_a_large_relation_is_picked_on_a_page(self, client, url, key, settings):
        settings.POWERCRUD_CHOICES_LIMIT = 1
        other = Author.objects.create(name="Other")
        form = begin(client, url, "update", pk=[key("Bob")])
        page = Page(form)
        button = page.one("choose")
        sent = page.sent("operation-form") | {button.get("name"): button.get("value")}
        choices = client.post(button.get("formaction"), {**sent, "mode-author": "set"})
        assert 200 == choices.status_code
        sent = Page(choices).sent("choice-form")
        target = Page(choices).one("choice-form").get("action")
        back = client.post(target, {**sent, "author": str(other.pk)})
        assert 200 == back.status_code
        go_on(client, go_on(client, back, "preview"))

        assert other == Book.objects.get(title="Bob").author

    def test_choices_of_a_form_elsewhere_are_refused(self, client, url, settings):
        settings.POWERCRUD_CHOICES_LIMIT = 1
        for origin in ("//evil.example/x/", f"//evil.example{url}new/", "/nowhere/"):
            response = client.post(f"{url}choices/author/", {"_origin": origin})
            assert 404 == response.status_code


class TestDelete:
    def test_it_says_what_is_in_the_way(self, client, url, pack, key):
        Copy.objects.create(book_id=key("Bob"), shelf="s")
        page = Page(begin(client, url, "delete", pk=[key("Anna"), key("Bob")]))

        groups = [" ".join(group.itertext()).split() for group in page.all("bulk-groups")]
        assert [
            ["They", "are", "still", "needed", "by", "1", "copy"],
            ["Not", "possible", "1", "×", "It", "is", "still", "needed", "by", "1", "copy.", "Bob"],
        ] == groups
        assert "nothing will be done. You can go on with the others." in page.text("bulk-page")

    def test_the_rest_can_be_deleted(self, client, url, pack, key):
        Copy.objects.create(book_id=key("Bob"), shelf="s")
        preview = begin(client, url, "delete", pk=[key("Anna"), key("Bob")])
        assert "Delete: 1 book" == Page(preview).text("confirm")

        assert 302 == go_on(client, preview).status_code
        assert {"Bob", "Cid"} == set(Book.objects.values_list("title", flat=True))

    def test_many_want_their_number_typed(self, client, url, pack):
        preview = begin(client, url, "delete", all="1")
        wrong = go_on(client, preview, _typed="4")
        assert 422 == wrong.status_code
        assert 3 == Book.objects.count()

        assert 302 == go_on(client, wrong, _typed="3").status_code
        assert 0 == Book.objects.count()

    def test_who_may_not_delete_cannot_begin(self, client_for, permissions, url, key):
        client = client_for(permissions("view_book", "change_book"))

        assert 403 == begin(client, url, "delete", pk=[key("Bob")]).status_code


class TestAction:
    def test_a_row_s_action_asks_and_does(self, client, url, pack, key):
        link = Page(client.get(url)).all("action-lend")[0].get("href")
        question = client.get(link)
        assert Book.objects.get(title="Anna").in_print
        assert "Lend: “Anna”?" in Page(question).text("bulk-page")
        response = go_on(client, question)

        assert 302 == response.status_code
        assert not Book.objects.get(title="Anna").in_print

    def test_it_is_offered_where_it_can_be_done(self, client, url, pack, key):
        Book.objects.filter(title="Bob").update(in_print=False)
        links = [e.get("href") for e in Page(client.get(url)).all("action-lend")]

        assert [f"{url}{key(t)}/do/lend/" for t in ("Anna", "Cid")] == links
        assert not Page(client.get(f"{url}{key('Bob')}/")).has("action-lend")
        assert Page(client.get(f"{url}{key('Anna')}/")).has("action-lend")

    def test_what_cannot_be_done_now_says_why(self, client, url, key):
        Book.objects.filter(title="Bob").update(in_print=False)
        response = client.get(f"{url}{key('Bob')}/do/lend/")

        assert 422 == response.status_code
        assert "Only what is in print can be lent." in response.content.decode()

    def test_among_others_it_is_left_out(self, client, url, pack, key):
        Book.objects.filter(title="Bob").update(in_print=False)
        response = go_on(client, begin(client, url, "lend", pk=[key("Anna"), key("Bob")]))

        assert "Only what is in print can be lent." in Page(response).text("bulk-page")
        assert not Book.objects.get(title="Anna").in_print

    def test_failed_rows_can_be_tried_again_and_downloaded(self, client, screen, url, key):
        here = screen(Book, actions=[type("Some", (Lend,), {"atomic": False})()])
        Book.objects.filter(title="Bob").update(title="Chained")
        question = begin(client, here, "lend", pk=[key("Anna"), key("Chained")])
        result = go_on(client, question)
        assert 200 == result.status_code
        assert "1 × It is chained." in Page(result).text("bulk-groups")
        file = go_on(client, result, "download")
        rows = list(csv.reader(io.StringIO(b"".join(file.streaming_content).decode("utf-8-sig"))))
        assert [key("Chained"), "Chained", "failed", "It is chained."] == rows[1]
        Book.objects.filter(title="Chained").update(title="Free")
        again = go_on(client, result, "retry")

        assert "Lend: 1 book?" in Page(again).text("bulk-page")
        assert 302 == go_on(client, again).status_code
        assert not Book.objects.filter(in_print=True).exclude(title="Cid").exists()

    def test_an_atomic_one_takes_all_back(self, client, url, key):
        Book.objects.filter(title="Bob").update(title="Chained")
        result = go_on(client, begin(client, url, "lend", pk=[key("Anna"), key("Chained")]))

        assert 409 == result.status_code
        assert "Nothing was changed" in Page(result).text("bulk-page")
        assert Book.objects.get(title="Anna").in_print

    def test_its_form_is_what_asks(self, client, url, pack, key):
        form = client.get(f"{url}{key('Bob')}/do/rename/")
        assert 422 == go_on(client, form, prefix="").status_code
        response = go_on(client, form, prefix="Sir")

        assert 302 == response.status_code
        assert "SirBob" == Book.objects.get(title__endswith="Bob").title

    def test_the_next_one_has_the_same_rows(self, client, url, key):
        form = begin(client, url, "rename", pk=[key("Anna"), key("Bob")])
        response = go_on(client, form, prefix="X")
        assert response.url.startswith(f"{url}bulk/lend/?selection=")

        assert "Lend: 2 books?" in Page(client.get(response.url)).text("bulk-page")

    def test_one_of_the_list_needs_no_rows(self, client, url, pack):
        link = Page(client.get(url)).one("action-report").get("href")
        response = go_on(client, client.get(link))

        assert b"Anna\nBob\nCid\n" == b"".join(response.streaming_content)
        assert 'attachment; filename="books.txt"' == response["Content-Disposition"]

    def test_looking_changes_nothing(self, client, url, key):
        before = list(Book.objects.values())
        for address in ("bulk/update/", "bulk/lend/", "bulk/delete/", f"{key('Bob')}/do/lend/"):
            client.get(url + address)

        assert before == list(Book.objects.values())

    @pytest.mark.parametrize("address", ["bulk/nothing/", "1/do/nothing/", "1/do/report/"])
    def test_what_is_not_offered_there_is_not_found(self, client, url, address):
        assert 404 == client.get(url + address).status_code
        assert 404 == client.post(url + address).status_code

    def test_an_invisible_object_is_not_found(self, client, screen, url, key):
        class Own(ModelPermissions):
            def rows(self, user, action, queryset):
                return queryset.exclude(title="Bob")

        here = screen(Book, actions=[Lend()], permission_policy=Own)

        assert 404 == client.get(f"{here}{key('Bob')}/do/lend/").status_code
        assert 404 == client.post(f"{here}{key('Bob')}/do/lend/").status_code

    def test_a_chosen_object_that_is_invisible_stays_as_it_is(self, client, screen, url, key):
        class Own(ModelPermissions):
            def rows(self, user, action, queryset):
                return queryset.exclude(title="Bob")

        here = screen(Book, actions=[Lend()], permission_policy=Own)
        go_on(client, begin(client, here, "lend", pk=[key("Anna"), key("Bob")]))

        assert {"Bob", "Cid"} == set(
            Book.objects.filter(in_print=True).values_list("title", flat=True)
        )

    def test_hooks_are_called_for_each_row(self, client, screen, url, key):
        seen = []

        def listen(instance, **kwargs):
            seen.append(instance.title)

        post_save.connect(listen, sender=Book)
        try:
            go_on(client, begin(client, url, "lend", all="1"))
        finally:
            post_save.disconnect(listen, sender=Book)
        assert ["Anna", "Bob", "Cid"] == seen

    def test_the_script_hears_that_rows_changed(self, client, url, key):
        form = begin(client, url, "lend", pk=[key("Anna")])
        sent = Page(form).sent("operation-form") | {"_step": "apply"}
        response = client.post(f"{url}bulk/lend/", sent, headers={"X-PC-Part": "page"})

        assert (204, url) == (response.status_code, response["X-PC-Location"])
        assert '{"pc:changed": {"done": 1}}' == response["X-PC-Events"]


class TestSelection:
    def test_a_signed_one_of_another_list_is_refused(self, client, screen, url, key):
        token = Selection((key("Bob"),)).dumps("/elsewhere/")

        assert 400 == client.get(f"{url}bulk/lend/?selection={token}").status_code

    def test_its_address_can_be_handed_on(self, client, url, key):
        token = Selection((key("Bob"),)).dumps(url)

        assert "Lend: 1 book?" in Page(client.get(f"{url}bulk/lend/?selection={token}")).text(
            "bulk-page"
        )
