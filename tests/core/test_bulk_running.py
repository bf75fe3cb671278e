"""Running a plan: everything is asked again, in any process, by whoever carries it out."""

import json

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Count
from django.http import QueryDict
from django.urls import include, path, resolve

from powercrud_core import CRUDView
from powercrud_core.bulk import (
    BulkOperation,
    BulkUpdate,
    Chunk,
    Outcome,
    Plan,
    PlanError,
    RowNote,
    execute,
    preview,
    run_chunk,
    start,
)
from powercrud_core.exceptions import ConfigError
from powercrud_core.permissions import AllowAny, ModelPermissions
from powercrud_core.selection import Selection, SelectionChangedError, SelectionError
from tests.library.models import Author, Book, Genre


def code_of(plan):
    with pytest.raises(PlanError) as caught:
        start(plan)
    return caught.value.code


def changed(plan, **values):
    return Plan.from_json({**plan.to_json(), **values})


class TestAskedAgain:
    def test_whose_permission_was_withdrawn(self, planned, books, permissions):
        user = permissions("view_book", "change_book")
        plan = planned(books(1), user=user, price=("set", 1))
        assert 1 == execute(plan).done

        user.user_permissions.set(user.user_permissions.filter(codename="view_book"))

        assert "permission" == code_of(plan)

    def test_who_may_change_but_not_see(self, planned, books, permissions):
        class Blind(ModelPermissions):
            def allows(self, user, action, obj=None):
                return action == "change"

        plan = planned(books(1), view={"permission_policy": Blind}, price=("set", 1))

        assert "permission" == code_of(plan)

    @pytest.mark.parametrize("key", ["999999"])
    def test_who_is_gone(self, planned, books, key):
        assert "user" == code_of(changed(planned(books(1), price=("set", 1)), user_id=key))

    def test_who_is_no_longer_active(self, planned, books, editor):
        plan = planned(books(1), price=("set", 1))
        User.objects.filter(pk=editor.pk).update(is_active=False)

        assert "user" == code_of(plan)

    def test_who_is_a_stranger(self, planned, books):
        """
        The peer's last finding: anonymous visitors could queue changes.
        """
        plan = planned(books(1), price=("set", 1))

        assert "permission" == code_of(changed(plan, user_id=None))
        open_plan = planned([], view={"permission_policy": AllowAny}, price=("set", 1))
        assert start(changed(open_plan, user_id=None)).user.is_anonymous

    def test_a_value_that_is_no_longer_allowed(self, planned, books):
        other = Author.objects.create(name="Other")
        plan = planned(books(1), author=("set", other.pk))
        assert start(plan)

        other.delete()

        assert "form" == code_of(plan)

    def test_an_operation_that_the_view_does_not_have(self, planned, books):
        plan = planned(books(1), price=("set", 1))

        assert "view" == code_of(changed(plan, operation="destroy"))

    @pytest.mark.parametrize("at", ["/nowhere/", "/login/", "here/", ""])
    def test_an_address_without_a_view(self, planned, books, at):
        assert "view" == code_of(changed(planned(books(1), price=("set", 1)), view=at))


class TestMatching:
    """All that match: the predicate travels, and is asked again."""

    view = {"filterset_fields": ["status", "author"], "search_fields": ["title"]}

    def test_the_filters_decide(self, planned, books):
        books("A", "B", status="published")
        books("C")

        plan = planned(Selection(state="status=published"), view=self.view, price=("set", 1))

        assert (2, 2) == (preview(plan).total, execute(plan).done)
        assert ["A", "B"] == [b.title for b in Book.objects.filter(price=1).order_by("title")]

    def test_the_search_decides(self, planned, books):
        books("Tea", "Coffee", "Green tea")

        plan = planned(Selection(state="q=tea"), view=self.view, price=("set", 1))

        assert 2 == execute(plan).done

    def test_all_but_some(self, planned, books):
        one, _two, _three = books(3)

        plan = planned(Selection([one.pk], state=""), view=self.view, price=("set", 1))

        assert 2 == execute(plan).done

    def test_without_filters_it_is_all_that_the_user_may_change(self, planned, books):
        class Mine(ModelPermissions):
            def rows(self, user, action, queryset):
                return queryset.filter(title="A") if action == "change" else queryset

        books("A", "B")
        view = {**self.view, "permission_policy": Mine}

        plan = planned(Selection(state=""), view=view, price=("set", 1))

        assert (1, 1) == (preview(plan).total, execute(plan).done)

    @pytest.mark.parametrize(
        "state", ["status=nonsense", "author=abc", "unknown=1", "price=3", "page_size=x"]
    )
    def test_a_filter_that_is_not_valid_selects_nothing(self, planned, books, state):
        """
        The peer's sixth finding: an invalid filter and "select all" took a thousand rows.
        """
        books(3)
        plan = planned(Selection(state=state), view=self.view, price=("set", 1))

        with pytest.raises(PlanError) as caught:
            execute(plan)

        assert ("state", 0) == (caught.value.code, Book.objects.filter(price=1).count())

    def test_a_filter_that_the_user_may_no_longer_use_selects_nothing(self, planned, books):
        """
        Without it more rows would match than were confirmed.
        """

        class Hidden(ModelPermissions):
            def fields(self, user, action, obj=None):
                return {"title", "price"}

        books(3)
        view = {**self.view, "permission_policy": Hidden}
        plan = planned(Selection(state="status=published"), view=view, price=("set", 1))

        with pytest.raises(PlanError, match="filters of the list"):
            execute(plan)

    def test_other_rows_than_were_confirmed_are_asked_about(self, planned, books):
        books(3)
        plan = planned(Selection(state="", count=3), view=self.view, price=("set", 1))
        books(2)

        with pytest.raises(SelectionChangedError) as caught:
            execute(plan)

        assert (3, 5) == (caught.value.confirmed, caught.value.now)
        assert 0 == Book.objects.filter(price=1).count()

    def test_changing_what_is_asked_for_does_not_lose_rows(self, planned, books):
        """
        The keys are read once, before the first change.
        """
        books(7, status="draft")
        operation = BulkUpdate(fields=["status"], batch_size=2)
        view = {**self.view, "bulk": [operation]}
        plan = planned(Selection(state="status=draft"), view=view, status=("set", "published"))

        assert 7 == execute(plan).done

    def test_a_filter_across_several_values_counts_rows_once(self, planned, books):
        (book,) = books("A")
        genres = [Genre.objects.create(code=c, name=c) for c in "ab"]
        book.genres.set(genres)
        view = {"filterset_fields": ["genres"]}

        plan = planned(Selection(state="genres=a&genres=b"), view=view, price=("set", 1))

        assert (1, 1) == (preview(plan).total, execute(plan).done)

    def test_more_rows_than_are_ever_loaded(self, planned, books):
        books(5)
        plan = planned(
            Selection(state=""), BulkUpdate(fields=["price"], max_rows=4), price=("set", 1)
        )

        assert 5 == preview(plan).total
        with pytest.raises(PlanError, match="At most 4 rows"):
            execute(plan)

    def test_a_key_that_no_row_can_have(self, planned, books):
        plan = planned(Selection(["1", "x'; DROP"]), price=("set", 1))

        with pytest.raises(SelectionError):
            execute(plan)


class TestViews:
    """What a view does for a request it does for a worker."""

    def test_the_user_is_that_of_the_plan(self, planned, books, permissions):
        class Own(CRUDView):
            def get_queryset(self):
                return super().get_queryset().filter(notes=self.request.user.username)

        rows = [*books("A", notes="editor"), *books("B", notes="other")]

        assert 1 == execute(planned(rows, view=Own, price=("set", 1))).done

    def test_a_queryset_with_annotations_and_joins(self, planned, books):
        class Counting(CRUDView):
            def get_queryset(self):
                rows = super().get_queryset().select_related("author")
                return rows.annotate(number=Count("genres")).filter(number=0).distinct()

        assert 2 == execute(planned(books(2), view=Counting, price=("set", 1))).done

    def test_the_words_of_its_address(self, books, editor, route):
        class OfStatus(CRUDView):
            model = Book
            bulk = (BulkUpdate(fields=["price"]),)

            def get_queryset(self):
                return super().get_queryset().filter(status=self.kwargs["status"])

        route([path("<str:status>/", include(OfStatus.get_urls()))])
        books("A", status="published")
        books("B")
        plan = Plan(
            view="/here/published/",
            operation="update",
            selection=Selection(state=""),
            data={"mode-price": ["set"], "price": ["1"]},
            user_id=str(editor.pk),
        )

        assert (1, ["A"]) == (execute(plan).done, [b.title for b in Book.objects.filter(price=1)])

    def test_what_a_middleware_adds_is_handed_on(self, planned, books, editor):
        class OfTenant(CRUDView):
            def get_queryset(self):
                return super().get_queryset().filter(notes=self.request.tenant)

            def get_plan_context(self):
                return {"tenant": self.request.tenant}

            def restore(self, context):
                self.request.tenant = context["tenant"]

        rows = [*books("A", notes="x"), *books("B", notes="y")]
        plan = planned(rows, view=OfTenant, price=("set", 1))

        assert 1 == execute(changed(plan, context={"tenant": "x"})).done

    def test_what_a_middleware_adds_and_is_not_handed_on_is_told(self, planned, books):
        class OfTenant(CRUDView):
            def get_queryset(self):
                return super().get_queryset().filter(notes=self.request.tenant)

        with pytest.raises(ConfigError) as caught:
            execute(planned(books(1), view=OfTenant, price=("set", 1)))

        assert (
            "BookScreen asks the request for 'tenant', which a bulk operation does not have: it "
            "may run later. Hand it on with BookScreen.get_plan_context() and restore()."
        ) == str(caught.value)

    def test_a_view_makes_plans(self, planned, books, editor):
        plan = planned(books(1), price=("set", 1))
        view = start(plan).host
        data = QueryDict("mode-price=set&price=1")

        made = view.get_plan("update", plan.selection, data)

        assert {**plan.to_json(), "language": "en", "time_zone": "UTC"} == made.to_json()

    def test_only_operations_that_the_user_may_begin(self, planned, permissions):
        user = permissions("view_book", "change_book")
        plan = planned([], user=user, price=("set", 1))

        assert ["update"] == [o.name for o in start(plan).host.get_operations()]

    def test_it_says_in_whose_language(self, planned, books):
        rows = books("A")
        Book.objects.update(homepage="no address")
        plan = changed(planned(rows, price=("set", "1.5")), language="de")

        (note,) = execute(plan).failed

        assert "Homepage: Bitte eine gültige Adresse eingeben." == note.reason


class Shout(BulkOperation):
    name = "shout"
    label = "Shout"

    def apply(self, obj, run):
        if obj.title.isupper():
            return False
        obj.title = obj.title.upper()
        obj.save(update_fields=["title"])


class TestOperationsOfOnesOwn:
    def test_apply_is_called_for_each_row(self, planned, books):
        plan = planned(books("a", "B", "c"), Shout())

        outcome = execute(plan)

        assert (2, 1) == (outcome.done, outcome.unchanged)
        assert "“Shout” handles each row by itself." == preview(plan).reason

    def test_options_may_be_given_where_it_is_declared(self):
        made = Shout(atomic=False, batch_size=7, label="Louder")

        assert (False, 7, "Louder", "shout") == (
            made.atomic,
            made.batch_size,
            made.label,
            made.name,
        )

    def test_a_misspelt_option_is_refused(self):
        with pytest.raises(TypeError, match=r"Shout knows no 'atomc'\. Did you mean 'atomic'\?"):
            Shout(atomc=False)
        with pytest.raises(TypeError, match="must be 'full' or 'fields', not 'all'"):
            BulkUpdate(validate="all")

    def test_rows_may_leave_where_that_is_the_purpose(self, planned, books):
        class Publish(BulkOperation):
            name = "publish"
            keeps_rows = False

            def apply(self, obj, run):
                obj.status = "published"
                obj.save()

        class Drafts(CRUDView):
            def get_queryset(self):
                return super().get_queryset().filter(status="draft")

        assert 2 == execute(planned(books(2), Publish(), view=Drafts)).done

    def test_a_refused_row_does_not_take_the_others_along(self, planned, books):
        class Twice(BulkOperation):
            name = "twice"
            atomic = False

            def apply(self, obj, run):
                Author.objects.create(pk=10_000 + obj.pages, name="x")

        rows = [*books("A", "B", pages=1), *books("C", pages=2)]

        outcome = execute(planned(rows, Twice()))

        assert (2, ["B"]) == (outcome.done, [n.label for n in outcome.failed])
        assert 2 == Author.objects.filter(pk__gte=10_000).count()

    def test_a_mistake_in_it_is_not_hidden(self, planned, books):
        class Broken(BulkOperation):
            name = "broken"

        with pytest.raises(NotImplementedError, match=r"Broken needs an apply\(\) method."):
            execute(planned(books(1), Broken()))

    def test_when_it_is_left_to_a_job(self):
        assert (False, True) == (
            Shout(defer_above=10).defers(10),
            Shout(defer_above=10).defers(11),
        )
        assert not Shout().defers(10**9)


class TestSteps:
    """What a worker does with a plan: the same step, chunk by chunk, in any process."""

    def test_a_plan_and_its_chunks_survive_as_json(self, planned, books):
        plan = planned(books(5), BulkUpdate(fields=["price"], batch_size=2), price=("set", 1))
        stored = json.dumps([plan.to_json(), [c.to_json() for c in start(plan).resolve()]])

        data, chunks = json.loads(stored)
        outcomes = [run_chunk(Plan.from_json(data), Chunk.from_json(c)) for c in chunks]

        assert [2, 2, 1] == [outcome.done for outcome in outcomes]

    def test_it_is_a_part_of_the_callers_transaction(self, planned, books):
        """
        A worker writes down what it did in the same transaction, and loses both or none.
        """
        run = start(planned(books(2), price=("set", 1)))
        (chunk,) = run.resolve()

        with transaction.atomic():
            assert 2 == run.step(chunk).done
            transaction.set_rollback(True)

        assert 0 == Book.objects.filter(price=1).count()

    def test_outcomes_add_up(self):
        note = RowNote("1", "failed", "invalid", "Why.", "A")
        one = Outcome(done=1, unchanged=2, notes=(note,), extra={"x": 1})

        both = Outcome.sum([one, Outcome(done=3, extra={"x": 2, "y": 1})])

        assert (4, 2, (note,), {"x": 3, "y": 1}, 7) == (
            both.done,
            both.unchanged,
            both.notes,
            both.extra,
            both.total,
        )
        assert both == Outcome.from_json(json.loads(json.dumps(both.to_json())))

    def test_a_plan_says_which_view_by_its_address(self, planned, books):
        plan = planned(books(1), price=("set", 1))

        assert "here-list" == resolve(plan.view).url_name
