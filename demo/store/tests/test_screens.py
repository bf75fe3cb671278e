"""What each screen shows: dependent fields, related objects, dialogs, tracks edited in place."""

import pytest

from powercrud_core.jobs import deliver
from powercrud_core.jobs.models import Job
from store.models import Album, Artist, Customer, Invoice, Play, Track
from store.screens import SCREENS
from tests.views.pages import Page, text_of

SCRIPT = {"X-PC-Part": "page", "Accept": "text/html"}


def options(page, name):
    """Return the values on offer in a select, None where there is none."""
    found = [e for e in page.root.iter("select") if e.get("name") == name]
    return [o.get("value") for o in found[0].iter("option")] if found else None


def texts(page, part):
    return [text_of(e) for e in page.all(part)]


class TestEverybody:
    @pytest.mark.parametrize("name", ["viewer", "editor", "manager"])
    def test_every_list_opens(self, visit, name):
        client = visit(name)
        home = Page(client.get("/"))

        for screen in SCREENS:
            page = Page(client.get(home.href(str(screen.label))))
            assert 200 == page.status and page.rows()

    def test_who_may_nothing_sees_nothing(self, visit):
        assert 403 == visit("nobody").get("/tracks/").status_code


class TestCustomer:
    @pytest.fixture
    def customer(self, db):
        return Customer.objects.filter(country="USA", state="CA").first()

    def sent(self, client, customer):
        return Page(client.get(f"/customers/{customer.pk}/edit/")).sent("form")

    def test_the_states_are_those_of_the_country(self, editor, customer):
        page = Page(editor.get(f"/customers/{customer.pk}/edit/"))

        assert "CA" in options(page, "state") and "SP" not in options(page, "state")

    def test_a_change_of_country_brings_its_states_and_saves_nothing(self, editor, customer):
        body = {**self.sent(editor, customer), "country": "Brazil", "_refresh": "country"}
        page = Page(editor.post(f"/customers/{customer.pk}/edit/", body, headers=SCRIPT))
        customer.refresh_from_db()

        assert 200 == page.status
        assert "SP" in options(page, "state") and "CA" not in options(page, "state")
        assert "USA" == customer.country

    @pytest.mark.parametrize("country", ["France", ""])
    def test_where_there_are_no_states_any_text_will_do_or_none(self, editor, customer, country):
        body = {**self.sent(editor, customer), "country": country, "_refresh": ""}
        page = Page(editor.post(f"/customers/{customer.pk}/edit/", body))
        fields = [e for e in page.root.iter("input") if e.get("name") == "state"]
        typed = [e for e in fields if e.get("type") == "text"]

        assert None is options(page, "state")
        assert bool(country) is bool(typed)

    def test_a_state_of_another_country_is_refused(self, editor, customer):
        body = {**self.sent(editor, customer), "country": "Canada", "state": "CA"}
        page = Page(editor.post(f"/customers/{customer.pk}/edit/", body))
        customer.refresh_from_db()

        assert 422 == page.status and page.has("errors")
        assert ("USA", "CA") == (customer.country, customer.state)

    def test_every_customer_can_be_saved_as_it_is(self, editor, customer):
        for one in Customer.objects.all():
            where = f"/customers/{one.pk}/edit/"
            assert 302 == editor.post(where, self.sent(editor, one)).status_code, one

    def test_the_form_has_sections_and_opens_in_a_drawer(self, editor, customer):
        page = Page(editor.get(f"/customers/{customer.pk}/edit/"))
        rows = Page(editor.get("/customers/"))

        assert 3 == len(page.all("section"))
        assert {"drawer"} == {e.get("data-pc-open") for e in rows.all("action-update")}


class TestAlbum:
    def test_an_artist_is_created_beside_the_select_and_handed_over(self, editor):
        page = Page(editor.get("/albums/new/"))
        link = page.one("related-create")
        made = editor.post("/artists/new/", {"name": "Nina"}, headers=SCRIPT)
        artist = Artist.objects.get(name="Nina")

        assert "dialog" == link.get("data-pc-open")
        assert link.get("href").startswith("/artists/new/")
        assert 204 == made.status_code
        assert f'"value": "{artist.pk}"' in made.headers["X-PC-Events"]

    def test_who_may_only_look_gets_no_form(self, visit):
        assert 403 == visit("viewer").get("/albums/new/").status_code

    def test_the_new_artist_is_taken_and_the_same_album_twice_is_not(self, editor):
        artist = Artist.objects.create(name="Nina")
        body = {"title": "Pastel Blues", "artist": artist.pk, "in_print": "on"}

        assert 302 == editor.post("/albums/new/", body).status_code
        page = Page(editor.post("/albums/new/", body))
        assert 422 == page.status
        assert "has an album with this title" in page.text("error-summary")
        assert 1 == Album.objects.filter(artist=artist).count()


class TestTrack:
    def test_name_genre_and_price_are_edited_in_the_list(self, editor):
        page = Page(editor.get("/tracks/"))
        first = page.all("row")[0]
        names = [link.get("href").split("_field=")[1] for link in page.all("cell-edit", first)]

        assert ["name", "genre", "unit_price"] == names

    def test_who_may_only_look_cannot(self, visit):
        client = visit("viewer")
        track = Track.objects.first()

        assert not Page(client.get("/tracks/")).has("cell-edit")
        assert 403 == client.get(f"/tracks/{track.pk}/row/edit/?_field=name").status_code

    def test_a_wrong_price_stays_in_its_cell(self, editor):
        track = Track.objects.first()
        where = f"/tracks/{track.pk}/row/edit/"
        sent = Page(editor.get(f"{where}?_field=unit_price")).sent("row-form")
        page = Page(editor.post(where, {**sent, "unit_price": "0", "_row": "1"}, headers=SCRIPT))

        assert 422 == page.status
        assert 1 == len(page.all("errors", page.one("cell-editor")))


class TestInvoice:
    def test_it_opens_in_a_dialog(self, editor):
        page = Page(editor.get("/invoices/"))

        assert {"dialog"} == {e.get("data-pc-open") for e in page.all("action-update")}

    def test_its_errors_come_back_in_place_and_saving_is_told(self, editor):
        invoice = Invoice.objects.filter(status="open").first()
        where = f"/invoices/{invoice.pk}/edit/"
        sent = Page(editor.get(where)).sent("form")
        wrong = editor.post(where, {**sent, "total": "-1"}, headers=SCRIPT)
        right = editor.post(where, {**sent, "billing_city": "Turin"}, headers=SCRIPT)
        invoice.refresh_from_db()

        assert 422 == wrong.status_code
        assert "/invoices/" == right.headers["X-PC-Location"]
        assert "Turin" == invoice.billing_city


class TestPlay:
    def test_the_royalty_of_all_is_left_to_a_job(self, editor, settings):
        settings.POWERCRUD_JOB_SLICE = 0
        where = "/plays/bulk/royalty/"
        asked = Page(editor.post(where, {"all": "1"}))
        assert asked.text("defer").startswith("In the background: Compute the royalty, 20,000")
        editor.post(where, {**asked.sent("operation-form"), "_step": "apply"})
        job = Job.objects.get()
        deliver(job.pk)
        job.refresh_from_db()

        assert (20_000, "queued") == (job.total, job.state)
        assert job.done == Play.objects.exclude(royalty=None).count() > 0 < job.failed
        assert {"Less than 30 seconds are free."} == {row.reason for row in job.rows.all()}
