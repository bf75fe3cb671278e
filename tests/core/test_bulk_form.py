"""The form of a bulk edit: keep, set, clear; add, remove, replace. Empty never means wipe."""

from dataclasses import replace
from datetime import UTC

import pytest
from django import forms
from django.http import QueryDict

from powercrud_core import CRUDView
from powercrud_core.bulk import MIXED, BulkUpdate, common_values, start
from powercrud_core.bulk.plans import PlanError
from powercrud_core.permissions import ModelPermissions
from tests.core.conftest import FIELDS, posted
from tests.library.models import Anthology, Author, Book, Genre, Member


@pytest.fixture
def form_of(planned):
    """Return a function that binds the bulk form of a view to changes."""

    def make(view=None, **changes):
        plan = planned([], view=view, **changes)
        try:
            return start(plan).form
        except PlanError as error:
            assert "form" == error.code
            return error.form

    return make


def modes(form, name):
    return [mode for mode, _label in form.fields[f"mode-{name}"].choices]


class TestModes:
    @pytest.mark.parametrize(
        ("name", "offered"),
        [
            ("title", ["keep", "set"]),
            ("author", ["keep", "set"]),
            ("status", ["keep", "set"]),
            ("in_print", ["keep", "set"]),
            ("pages", ["keep", "set"]),
            ("price", ["keep", "set", "clear"]),
            ("published", ["keep", "set", "clear"]),
            ("notes", ["keep", "set", "clear"]),
            ("genres", ["keep", "add", "remove", "replace", "clear"]),
        ],
    )
    def test_what_is_offered_follows_from_the_model(self, form_of, name, offered):
        assert offered == modes(form_of(price="clear"), name)

    def test_a_form_that_needs_a_value_offers_no_clearing(self, form_of):
        class Needing(forms.ModelForm):
            notes = forms.CharField(required=True)

            class Meta:
                model = Book
                fields = FIELDS

        assert ["keep", "set"] == modes(form_of({"form_class": Needing}, price="clear"), "notes")


class TestValues:
    @pytest.mark.parametrize(
        ("change", "value"),
        [
            ({"price": ("set", "0")}, 0),
            ({"pages": ("set", "0")}, 0),
            ({"in_print": ("set", "false")}, False),
            ({"in_print": ("set", "true")}, True),
            ({"price": "clear"}, None),
            ({"notes": "clear"}, ""),
            ({"published": "clear"}, None),
            ({"notes": ("set", "None")}, "None"),
            ({"genres": "clear"}, []),
        ],
    )
    def test_each_is_what_was_meant(self, form_of, change, value):
        (made,) = form_of(**change).changes()

        assert value == made.value

    @pytest.mark.parametrize(
        "change",
        [
            {"price": ("set", "")},
            {"price": "set"},
            {"notes": ("set", "   ")},
            {"title": ("set", "")},
            {"author": ("set", "")},
            {"in_print": "set"},
            {"genres": "replace"},
            {"genres": "add"},
            {"genres": "remove"},
        ],
    )
    def test_nothing_chosen_wipes_nothing(self, form_of, change):
        """
        The peer's ninth finding: an empty "replace" took every genre away.
        """
        form = form_of(**change)

        assert list(change) == list(form.errors)

    @pytest.mark.parametrize(
        "change",
        [
            {"title": "clear"},
            {"author": "clear"},
            {"in_print": "clear"},
            {"price": "add"},
            {"genres": "set"},
            {"price": "drop"},
        ],
    )
    def test_a_mode_that_is_not_offered_is_refused(self, form_of, change):
        form = form_of(**change)

        assert [f"mode-{name}" for name in change] == list(form.errors)

    @pytest.mark.parametrize(
        ("change", "text"),
        [
            ({"price": ("set", "1e999999")}, "Ensure that there are no more than"),
            ({"price": ("set", "abc")}, "Enter a number."),
            ({"pages": ("set", "-1")}, "greater than or equal to 0"),
            ({"status": ("set", "gone")}, "Select a valid choice"),
            ({"author": ("set", "999999")}, "Select a valid choice"),
            ({"author": ("set", "abc")}, "Select a valid choice"),
            ({"genres": ("add", "nope")}, "Select a valid choice"),
            ({"title": ("set", "x" * 201)}, "at most 200 characters"),
        ],
    )
    def test_the_edit_forms_fields_clean(self, form_of, change, text):
        (errors,) = form_of(**change).errors.values()

        assert text in str(errors)

    def test_a_field_that_is_kept_may_hold_anything(self, form_of):
        """
        What stands in the control beside "keep" is not looked at.
        """
        form = form_of(price="clear", title=("keep", ""), pages=("", "abc"), author=("keep", "x"))

        assert {} == form.errors
        assert ["price"] == [change.name for change in form.changes()]

    def test_changing_nothing_is_no_change(self, form_of):
        assert ["Choose at least one field to change."] == form_of().non_field_errors()

    def test_a_limited_relation_takes_what_the_edit_form_takes(self, planned, db):
        """
        The peer's fifth finding: a value outside the form's choices was applied in bulk.
        """
        inside = Author.objects.create(name="Ann")
        outside = Author.objects.create(name="Bob")
        view = {"model": Anthology}
        operation = BulkUpdate(fields=["editor"])

        start(planned([], operation, view=dict(view), editor=("set", inside.pk)))
        with pytest.raises(PlanError) as caught:
            start(planned([], operation, view=dict(view), editor=("set", outside.pk)))

        assert ["editor"] == list(caught.value.form.errors)


class TestModelFields:
    """What a form field does not mind, the model's field may."""

    @pytest.mark.parametrize(
        ("change", "text"),
        [
            ({"name": ("set", "not a slug")}, "Enter a valid “slug”"),
            ({"active": ("set", "unknown")}, "This field is required."),
            ({"active": "set"}, "This field is required."),
        ],
    )
    def test_a_value_is_refused(self, form_of, change, text):
        view = {"model": Member, "bulk": [BulkUpdate(["name", "active"])]}

        (errors,) = form_of(view, **change).errors.values()

        assert text in str(errors)

    def test_of_three_values_one_is_none(self, form_of):
        view = {"model": Member, "bulk": [BulkUpdate(["name", "active"])]}
        form = form_of(view, active="clear")

        assert ["keep", "set", "clear"] == modes(form, "active")
        assert [None] == [change.value for change in form.changes()]

    def test_a_time_is_that_of_the_users_clock(self, planned, db):
        view = {"model": Member, "bulk": [BulkUpdate(["called_at"])]}
        plan = planned([], view=view, called_at=("set", "2026-07-01T10:00"))

        there = start(replace(plan, time_zone="Asia/Tokyo")).form.changes()[0].value

        assert "2026-07-01 01:00:00+00:00" == str(there.astimezone(UTC))


class TestPermissions:
    def test_a_field_that_is_not_declared_is_refused(self, form_of):
        """
        Mass assignment: the edit form has the field, the bulk edit does not.
        """
        form = form_of({"bulk": [BulkUpdate(fields=["price"])]}, homepage=("set", "http://x.org"))

        assert ["The field “homepage” cannot be changed here."] == form.non_field_errors()

    def test_a_field_the_user_may_not_write_is_refused(self, form_of):
        class NoPrices(ModelPermissions):
            def fields(self, user, action, obj=None):
                return {"title", "notes"} if action == "change" else None

        form = form_of({"permission_policy": NoPrices}, price=("set", "3"))

        assert ["The field “price” cannot be changed here."] == form.non_field_errors()
        assert ["title", "notes"] == form.names

    def test_a_value_the_user_may_not_see_is_refused(self, form_of, author):
        class Strangers(ModelPermissions):
            def related(self, model):
                return Nobody(model)

        class Nobody(ModelPermissions):
            def rows(self, user, action, queryset):
                return queryset.none()

        form = form_of({"permission_policy": Strangers}, author=("set", author.pk))

        assert ["author"] == list(form.errors)

    def test_the_key_of_a_row_is_never_offered(self, db, editor, route):
        class GenreView(CRUDView):
            model = Genre
            bulk = [BulkUpdate(fields=["code", "name"])]

        from django.urls import resolve

        at = route(GenreView)
        view = GenreView.offline(editor, resolve(at), at)

        assert ["name"] == view.get_operation("update").get_form(view).names


class TestCommon:
    def test_a_shared_value_is_told_and_a_differing_one_is_mixed(self, books, queries):
        books("A", "B", price=3, status="draft")
        found = {}

        count = queries(
            lambda: found.update(common_values(Book.objects.all(), ["title", "price", "status"]))
        )

        assert 1 == count
        assert {"title": MIXED, "price": 3, "status": "draft"} == found

    def test_several_values(self, books):
        one, two = books(2)
        fable, myth = (Genre.objects.create(code=c, name=c) for c in ("fable", "myth"))

        assert {"genres": []} == common_values(Book.objects.all(), ["genres"])
        one.genres.set([fable])
        assert {"genres": MIXED} == common_values(Book.objects.all(), ["genres"])
        two.genres.set([fable])
        assert {"genres": ["fable"]} == common_values(Book.objects.all(), ["genres"])
        two.genres.add(myth)
        assert {"genres": MIXED} == common_values(Book.objects.all(), ["genres"])

    def test_of_very_many_rows_nothing_is_claimed(self, books):
        books(4, price=3)

        assert {"price": MIXED} == common_values(Book.objects.all(), ["price"], limit=3)
        assert {"price": 3} == common_values(Book.objects.all(), ["price"], limit=4)

    def test_the_form_begins_with_it(self, planned, books):
        run = start(planned(books(2, price=3, in_print=False), price="clear"))
        common = common_values(Book.objects.all(), ["price", "title", "in_print"])

        form = run.operation.get_form(run.host, None, common)

        assert (3, None, "false") == tuple(form[n].initial for n in ("price", "title", "in_print"))
        assert "keep" == form["mode-price"].initial


class TestParts:
    def test_a_widget_of_several_inputs(self, planned, books):
        """
        A row's own form gets the parts as they were posted, or all of them empty.
        """

        class Split(forms.ModelForm):
            published = forms.DateField(widget=forms.SelectDateWidget(), required=False)

            class Meta:
                model = Book
                fields = ("published",)

        view = {"form_class": Split}
        data = {f"published_{part}": ["3"] for part in ("day", "month")}
        plan = planned(books(1), view=view, published="set")
        plan.data.update({**data, "published_year": ["2024"]})

        assert "2024-03-03" == str(start(plan).form.changes()[0].value)

    def test_the_data_may_be_posted_or_a_dictionary(self, planned, books):
        run = start(planned(books(1), price="clear"))
        data = QueryDict("mode-price=set&price=4")

        assert run.operation.get_form(run.host, data).is_valid()
        assert posted({"price": ("set", 4)}) == {n: data.getlist(n) for n in data}
