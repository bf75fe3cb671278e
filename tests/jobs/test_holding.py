"""While a job changes an object, nobody else does; and everybody is told whose job it is."""

import pytest

from powercrud_core.bulk import execute
from powercrud_core.contention import holdings
from powercrud_core.jobs import claim, claimed, submit
from tests.jobs.models import Item
from tests.views.pages import Page


@pytest.fixture
def held(items, plan, editor):
    """Three items; a job of the editor's holds the first two."""
    rows = items(3)
    submit(plan("bump", rows[:2]), user=editor)
    return rows


class TestHoldings:
    def test_they_name_the_job_and_cost_two_queries(self, held, queries):
        found = claimed(held)

        assert {held[0].pk, held[1].pk} == set(found)
        assert ("Bump", "editor", 0) == (
            found[held[0].pk].what,
            found[held[0].pk].who,
            found[held[0].pk].percent,
        )
        assert "Being changed by “Bump” of editor since" in str(found[held[0].pk])
        keys = [one.pk for one in held]
        assert 2 == queries(lambda: holdings(Item, keys, "default"))

    def test_nothing_is_asked_by_name_while_nobody_holds_any(self, items, queries):
        keys = [one.pk for one in items(1200)]

        assert 1 == queries(lambda: holdings(Item, keys, "default"))

    def test_of_thousands_those_are_found_that_somebody_holds(self, held, items):
        items(1200)
        keys = list(Item.objects.values_list("pk", flat=True))

        assert {held[0].pk, held[1].pk} == set(holdings(Item, keys, "default"))

    def test_of_no_objects_nothing_is_asked(self, db, queries):
        assert 0 == queries(lambda: holdings(Item, [], "default"))


class TestSaving:
    def test_a_form_is_not_saved_and_keeps_what_was_typed(self, client, held):
        url = f"/items/{held[0].pk}/edit/"
        sent = Page(client.get(url)).sent("form")
        answer = client.post(url, {**sent, "name": "Mine"})

        assert 409 == answer.status_code
        assert "Being changed by “Bump” of editor" in answer.content.decode()
        assert "Mine" in answer.content.decode()
        assert "Item 1" == Item.objects.get(pk=held[0].pk).name

    def test_an_object_that_nobody_holds_is_saved(self, client, held):
        url = f"/items/{held[2].pk}/edit/"
        answer = client.post(url, {**Page(client.get(url)).sent("form"), "name": "Mine"})

        assert 302 == answer.status_code
        assert "Mine" == Item.objects.get(pk=held[2].pk).name

    def test_nothing_is_deleted(self, client, held):
        url = f"/items/{held[0].pk}/delete/"
        answer = client.post(url, Page(client.get(url)).sent("delete-form"))

        assert 409 == answer.status_code
        assert "Being changed by “Bump” of editor" in answer.content.decode()
        assert Item.objects.filter(pk=held[0].pk).exists()

    def test_a_bulk_operation_leaves_it_out(self, held, plan):
        outcome = execute(plan("bump"))

        assert 1 == outcome.done
        assert ["claimed", "claimed"] == [note.code for note in outcome.notes]

    def test_a_claim_of_other_code_counts_too(self, client, items):
        (item,) = items(1)
        with claim(item, reason="Stocktaking", user="Ann"):
            answer = client.post(f"/items/{item.pk}/edit/", {"name": "Mine"})

        assert 409 == answer.status_code
        assert "Being changed by “Stocktaking” of Ann" in answer.content.decode()
