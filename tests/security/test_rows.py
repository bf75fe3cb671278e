"""Rows that are none of one's business: by key, by selection, by plan, by filter."""

import pytest
from django.core import signing

from powercrud_core.selection import MAX_KEYS, Selection
from tests.library.models import Book
from tests.security.conftest import state
from tests.views.pages import Page, seen
from tests.views.test_acting import begin, go_on

pytestmark = pytest.mark.django_db

OBJECT = ["", "edit/", "delete/", "row/", "row/edit/", "do/lend/", "do/rename/"]
FORGED = {
    "cut off": lambda token: token[:-1],
    "with more": lambda token: token + "x",
    "with more before": lambda token: "x" + token,
    "other keys": lambda token: ":".join(["WyIyIixudWxsLDFd", *token.split(":")[1:]]),
    "NUL": lambda token: "\x00",
    "none": lambda token: "a:b:c",
    "huge": lambda token: "9" * 100_000,
}
FORGED_PLANS = {
    "cut off": lambda token: token[:-1],
    "as if packed": lambda token: "." + token,
    "nothing": lambda token: "",
    "NUL": lambda token: "\x00",
    "signed for something else": lambda token: signing.dumps({}, salt="powercrud.notes"),
    "half of one": lambda token: signing.dumps({"view": "/drafts/"}, salt="powercrud.plan"),
    "a list": lambda token: signing.dumps([1, 2], salt="powercrud.plan"),
    "of another type": lambda token: signing.dumps({"selection": 7}, salt="powercrud.plan"),
}
NEW = {"mode-price": "set", "price": "99"}


class TestKeys:
    @pytest.mark.parametrize("tail", OBJECT)
    @pytest.mark.parametrize("method", ["get", "post"])
    def test_an_object_outside_of_the_view_is_not_found(self, client, url, secret, tail, method):
        before = state()
        response = getattr(client, method)(f"{url}{secret.pk}/{tail}", {"title": "Forged"})

        assert 404 == response.status_code or (method, 405) == (method, response.status_code)
        assert before == state()

    @pytest.mark.parametrize("tail", OBJECT)
    def test_an_object_outside_looks_like_one_that_is_not_there(self, client, url, secret, tail):
        there = client.get(f"{url}{secret.pk}/{tail}").content.decode()
        nowhere = client.get(f"{url}8888/{tail}").content.decode()

        assert there.replace("7777", "#") == nowhere.replace("8888", "#")

    @pytest.mark.parametrize("tail", OBJECT)
    def test_who_may_not_look_learns_nothing_about_what_is_there(self, staff, url, draft, tail):
        client = staff("delete")

        assert 403 == client.get(f"{url}{draft.pk}/{tail}").status_code
        assert 403 == client.get(f"{url}{draft.pk + 1000}/{tail}").status_code

    @pytest.mark.parametrize(
        "key", ["1abc", "abc", "-1", "1.0", "0x1", "%00", "1%00", "٣", "9" * 30, "9" * 5000, "1e3"]
    )
    @pytest.mark.parametrize("tail", ["", "edit/", "delete/", "row/edit/", "do/lend/"])
    def test_a_key_of_another_type_is_not_found(self, client, url, draft, key, tail):
        assert client.get(f"{url}{key}/{tail}").status_code == 404
        assert client.post(f"{url}{key}/{tail}").status_code in (404, 405)


class TestSelections:
    @pytest.mark.parametrize("operation", ["update", "delete", "lend"])
    def test_rows_outside_of_the_view_are_not_touched(self, client, url, draft, secret, operation):
        page = begin(client, url, operation, pk=[draft.pk, secret.pk])
        for part in ("preview", "confirm"):
            if Page(page).has(part):
                page = go_on(client, page, part, **(NEW if part == "preview" else {}))

        fresh = Book.objects.get(pk=secret.pk)
        assert (7, True) == (fresh.price, fresh.in_print)

    def test_a_row_outside_is_told_of_like_one_that_is_gone(self, client, url, draft, secret):
        pages = []
        for key in (secret.pk, secret.pk + 1000):
            page = begin(client, url, "update", pk=[draft.pk, key])
            page = go_on(client, page, "preview", **NEW)
            pages.append(Page(page).text("bulk-page"))

        assert pages[0] == pages[1]

    @pytest.mark.parametrize("key", ["1abc", "", "\x00", "1\x00", "9" * 40, "9" * 5000, "-1", "[]"])
    @pytest.mark.parametrize("field", ["pk", "selected", "except"])
    def test_keys_of_another_type_are_refused(self, client, url, draft, key, field):
        before = state()
        more = {"all": "1"} if field == "except" else {}
        response = begin(client, url, "update", **{field: key}, **more, _step="preview", **NEW)

        assert response.status_code in (200, 400, 422)
        assert before == state()

    def test_too_many_keys_are_refused(self, client, url, draft):
        keys = ",".join(map(str, range(MAX_KEYS + 1)))

        assert 400 == begin(client, url, "update", selected=keys).status_code

    def test_too_many_fields_are_refused(self, client, url, draft):
        assert 400 == begin(client, url, "update", pk=list(range(2000))).status_code

    def test_a_key_sent_twice_counts_once(self, client, url, draft):
        page = Page(begin(client, url, "update", pk=[draft.pk, draft.pk], selected=str(draft.pk)))

        assert "Edit: 1 book" == page.root.find(".//h1").text

    @pytest.mark.parametrize("forge", FORGED)
    @pytest.mark.parametrize("way", ["get", "post"])
    def test_a_forged_selection_is_refused(self, client, url, draft, forge, way):
        before, token = state(), Selection((str(draft.pk),)).dumps("/drafts/")
        ask = getattr(client, way)
        sent = {"selection": FORGED[forge](token), "_step": "preview", **NEW}
        answer = ask(f"{url}bulk/update/", sent)

        assert answer.status_code in (302, 400)
        assert before == state()

    def test_a_selection_of_another_list_is_refused(self, client, url, draft, screen):
        token = Selection((str(draft.pk),)).dumps("/books/")
        answer = client.post(f"{url}bulk/delete/", {"selection": token})

        assert 400 == answer.status_code

    def test_a_selection_names_rows_and_permits_none(self, staff, url, draft, secret):
        token = Selection((str(secret.pk), str(draft.pk))).dumps("/drafts/")
        client = staff("view", "delete")
        page = client.post(f"{url}bulk/delete/", {"selection": token})
        go_on(client, page)

        assert [secret.pk] == list(Book.objects.values_list("pk", flat=True))

    @pytest.mark.parametrize(
        "state_", ["?price_min=x", "?author=999", "?status=nothing", "?nothing=1", "?sort=nothing"]
    )
    def test_all_that_match_an_invalid_filter_are_none(self, client, url, draft, state_):
        answer = begin(client, url, "delete", state_, all="1", _step="apply")

        assert 422 == answer.status_code
        assert Book.objects.filter(pk=draft.pk).exists()

    def test_all_that_match_are_those_of_the_view(self, client, url, draft, secret):
        page = begin(client, url, "delete", all="1")
        go_on(client, page)

        assert [secret.pk] == list(Book.objects.values_list("pk", flat=True))

    def test_another_state_cannot_be_slipped_under_a_plan(self, client, url, draft, books):
        books("Cheap", price=1)
        page = Page(begin(client, url, "delete", "?price_max=2", all="1"))
        sent = {**page.sent("operation-form"), "_step": "apply"}
        client.post(f"{url}bulk/delete/?price_max=99", {**sent, "pk": [draft.pk], "all": "1"})

        assert [draft.pk] == list(Book.objects.values_list("pk", flat=True))


class TestPlans:
    @pytest.fixture
    def plan(self, client, url, draft):
        """Return what the page sends that asks whether a draft is to be deleted."""
        page = Page(begin(client, url, "delete", pk=[draft.pk]))
        return {**page.sent("operation-form"), "_step": ["apply"]}

    @pytest.mark.parametrize("forge", FORGED_PLANS)
    def test_a_forged_plan_is_refused(self, client, url, draft, plan, forge):
        token = FORGED_PLANS[forge](plan["_plan"][0])
        answer = client.post(f"{url}bulk/delete/", {**plan, "_plan": token})

        assert 403 == answer.status_code
        assert Book.objects.filter(pk=draft.pk).exists()

    def test_a_plan_of_somebody_else_is_refused(self, staff, url, draft, plan):
        client = staff("view", "change", "delete")

        assert 403 == client.post(f"{url}bulk/delete/", plan).status_code
        assert Book.objects.filter(pk=draft.pk).exists()

    def test_a_plan_of_another_operation_is_refused(self, client, url, draft, plan):
        for operation in ("update", "lend"):
            assert 403 == client.post(f"{url}bulk/{operation}/", plan).status_code
        assert Book.objects.filter(pk=draft.pk).exists()

    def test_a_plan_of_another_list_is_refused(self, client, url, draft, plan, screen):
        from powercrud_core.bulk import BulkDelete

        other = screen(Book, at="other/", bulk=[BulkDelete()])

        assert 403 == client.post(f"{other}bulk/delete/", plan).status_code
        assert Book.objects.filter(pk=draft.pk).exists()

    def test_a_plan_for_one_object_is_refused_at_another(self, client, url, draft, books):
        (other,) = books("Other")
        page = Page(client.get(f"{url}{draft.pk}/do/lend/"))
        sent = {**page.sent("operation-form"), "_step": "apply"}

        assert 403 == client.post(f"{url}{other.pk}/do/lend/", sent).status_code
        assert 403 == client.post(f"{url}bulk/lend/", sent).status_code
        assert not Book.objects.filter(in_print=False).exists()

    def test_a_plan_for_an_object_that_left_the_view_finds_nothing(self, client, url, draft):
        page = Page(client.get(f"{url}{draft.pk}/do/lend/"))
        sent = {**page.sent("operation-form"), "_step": "apply"}
        Book.objects.update(status="published")

        assert 404 == client.post(f"{url}{draft.pk}/do/lend/", sent).status_code
        assert not Book.objects.filter(in_print=False).exists()

    def test_a_permission_that_was_lost_meanwhile_counts(self, permissions, client_for, url, draft):
        user = permissions("view_book", "delete_book")
        client = client_for(user)
        page = begin(client, url, "delete", pk=[draft.pk])
        user.user_permissions.filter(codename="delete_book").delete()

        assert 403 == go_on(client, page).status_code
        assert Book.objects.filter(pk=draft.pk).exists()

    @pytest.mark.parametrize("once", ["a b", "\n", "\x00", "é" * 300, "x" * 10_000, ""])
    @pytest.mark.filterwarnings("error")
    def test_the_word_that_is_used_once_may_be_anything(self, client, url, draft, plan, once):
        assert 302 == client.post(f"{url}bulk/delete/", {**plan, "_once": once}).status_code
        assert not Book.objects.filter(pk=draft.pk).exists()

    def test_the_same_plan_is_carried_out_once(self, client, url, draft, plan):
        first = client.post(f"{url}bulk/delete/", plan)
        again = client.post(f"{url}bulk/delete/", plan)

        assert (302, 409) == (first.status_code, again.status_code)

    @pytest.mark.parametrize("step", ["", "x", "rest", "download", "\x00"])
    def test_a_step_that_was_not_offered_does_nothing(self, client, url, draft, plan, step):
        answer = client.post(f"{url}bulk/delete/", {**plan, "_step": step, "_rest": "x"})

        assert answer.status_code in (200, 403)
        assert Book.objects.filter(pk=draft.pk).exists()


class TestTokens:
    def test_what_was_seen_of_another_object_is_no_token(self, client, url, draft, books):
        (other,) = books("Other")
        token = seen(client, f"{url}{other.pk}/edit/")
        data = {"title": "Blind", "author": draft.author_id, "price": "1", "notes": ""}

        assert 409 == client.post(f"{url}{draft.pk}/edit/", {**data, **token}).status_code
        assert "Draft" == Book.objects.get(pk=draft.pk).title

    @pytest.mark.parametrize("token", ["", "x", "é", "\x00", "A" * 100_000, "====", "AAAA"])
    @pytest.mark.parametrize("tail", ["edit/", "delete/", "row/edit/"])
    def test_a_forged_token_is_taken_for_none(self, client, url, draft, token, tail):
        data = {"title": "Blind", "author": draft.author_id, "price": "1", "notes": ""}
        answer = client.post(f"{url}{draft.pk}/{tail}", {**data, "_seen": token})

        assert 409 == answer.status_code
        assert "Draft" == Book.objects.get(pk=draft.pk).title
