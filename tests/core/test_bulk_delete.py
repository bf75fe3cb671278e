"""Bulk delete: what can go goes, the rest says why; nothing goes that may not be deleted."""

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db.models.signals import post_delete

from powercrud_core import CRUDView
from powercrud_core.bulk import BulkDelete, Collateral, Group, execute, preview, start
from powercrud_core.permissions import ModelPermissions
from powercrud_core.selection import Selection
from tests.library.models import Author, Book, Copy, Genre, Jacket, Label, Member, Remark, Shelf


@pytest.fixture
def delete(planned):
    """Return a function that plans the deletion of rows."""

    def make(rows, *, view=None, user=None, model=None, **options):
        view = dict(view or {}, model=model or Book)
        return planned(rows, BulkDelete(**options), view=view, user=user)

    return make


@pytest.fixture
def lent(books):
    """Three books; the second is needed by two copies."""
    rows = books("A", "B", "C")
    for shelf in ("x", "y"):
        Copy.objects.create(book=rows[1], shelf=shelf)
    return rows


def titles():
    return list(Book.objects.order_by("title").values_list("title", flat=True))


class TestDeleting:
    def test_the_selected_rows_go(self, delete, books):
        rows = books("A", "B", "C")

        outcome = execute(delete(rows[:2]))

        assert (2, (), ["C"]) == (outcome.done, outcome.notes, titles())

    def test_those_that_can_be_deleted_are(self, delete, lent):
        outcome = execute(delete(lent, atomic=False))

        (note,) = outcome.failed
        assert (2, ["B"]) == (outcome.done, titles())
        assert ("protected", "B", "It is still needed by 2 copies.") == (
            note.code,
            note.label,
            note.reason,
        )

    def test_all_or_none_by_default(self, delete, lent):
        outcome = execute(delete(lent))

        assert (True, 1, ["A", "B", "C"]) == (outcome.undone, len(outcome.failed), titles())

    def test_what_went_along_is_counted(self, delete, books, author):
        other = Author.objects.create(name="Other")
        books("A", "B")
        books("C", author=other)

        outcome = execute(delete([author, other], model=Author))

        assert (2, {"library.Book": 3}) == (outcome.done, dict(outcome.extra))

    def test_what_only_the_database_protects(self, delete, db):
        """
        DO_NOTHING: nobody but the database knows, and some databases say so only at the end.
        """
        shelves = [Shelf.objects.create(slug=s, room=s) for s in "ab"]
        Label.objects.create(shelf=shelves[0])

        outcome = execute(delete(shelves, model=Shelf, atomic=False))

        assert (1, ["conflict"]) == (outcome.done, [n.code for n in outcome.failed])
        assert ["a"] == list(Shelf.objects.values_list("slug", flat=True))

    def test_rows_with_texts_for_keys(self, delete, db):
        rows = [Genre.objects.create(code=c, name=c) for c in ("a/b", "c,d", "\\")]

        assert 3 == execute(delete(rows, model=Genre)).done

    def test_signals_are_sent(self, delete, books):
        gone = []

        def listen(instance, **kwargs):
            gone.append(instance.title)

        plan = delete(books("A", "B"))
        post_delete.connect(listen, sender=Book)
        try:
            execute(plan)
        finally:
            post_delete.disconnect(listen, sender=Book)

        assert ["A", "B"] == sorted(gone)

    def test_the_views_hook_is_called_for_each(self, delete, books):
        class Archive(CRUDView):
            def perform_delete(self, obj):
                obj.notes = "archived"
                obj.save()

        plan = delete(books("A", "B"), view={"base": Archive})

        assert "BookScreen has its own perform_delete()." == preview(plan).reason
        assert 2 == execute(plan).done
        assert {"archived"} == set(Book.objects.values_list("notes", flat=True))

    def test_a_row_that_somebody_edited_meanwhile_is_kept(self, delete, books):
        rows = books("A", "B")
        run = start(delete(rows))
        (chunk,) = run.resolve()
        Book.objects.filter(pk=rows[0].pk).update(pages=7)

        outcome = run.step(chunk)

        assert (1, ["changed"], ["A"]) == (
            outcome.done,
            [n.code for n in outcome.skipped],
            titles(),
        )

    def test_a_row_that_is_gone_already_is_skipped(self, delete, books):
        rows = books("A", "B")
        run = start(delete(rows))
        (chunk,) = run.resolve()
        Book.objects.filter(pk=rows[0].pk).delete()

        outcome = run.step(chunk)

        assert (1, ["gone"]) == (outcome.done, [n.code for n in outcome.skipped])


class TestRowsThatHangTogether:
    def test_one_in_the_way_of_another_goes_first(self, delete, db):
        """
        Whatever the order of their keys.
        """
        mentor = Member.objects.create(name="mentor")
        pupil = Member.objects.create(name="pupil", mentor=mentor)
        other = Member.objects.create(name="other", mentor=pupil)

        outcome = execute(delete([mentor, pupil, other], model=Member))

        assert (3, 0) == (outcome.done, Member.objects.count())

    def test_one_that_went_along_is_not_an_error(self, delete, db):
        sponsor = Member.objects.create(name="sponsor")
        member = Member.objects.create(name="member", sponsor=sponsor)

        outcome = execute(delete([sponsor, member], model=Member, batch_size=1))

        assert (1, ["gone"]) == (outcome.done, [n.code for n in outcome.skipped])

    def test_a_row_beyond_the_users_rows_is_not_taken_along(self, delete, db):
        class Mine(ModelPermissions):
            def rows(self, user, action, queryset):
                return queryset.exclude(name="theirs")

        sponsor = Member.objects.create(name="sponsor")
        Member.objects.create(name="theirs", sponsor=sponsor)

        outcome = execute(delete([sponsor], model=Member, view={"permission_policy": Mine}))

        assert (0, ["forbidden"]) == (outcome.done, [n.code for n in outcome.failed])
        assert 2 == Member.objects.count()


class TestPermission:
    def test_a_row_outside_the_views_queryset_stays(self, delete, books):
        """
        The peer's second finding: such a row was gone.
        """

        class Drafts(CRUDView):
            def get_queryset(self):
                return super().get_queryset().filter(status="draft")

        rows = [*books("A"), *books("B", status="published")]

        outcome = execute(delete(rows, view={"base": Drafts}))

        assert (1, ["B"]) == (outcome.done, titles())

    def test_rows_of_the_policy(self, delete, books):
        class Mine(ModelPermissions):
            def rows(self, user, action, queryset):
                return queryset.filter(title="A") if action == "delete" else queryset

        outcome = execute(delete(books("A", "B"), view={"permission_policy": Mine}))

        assert (1, ["B"]) == (outcome.done, titles())

    def test_each_object_is_asked_where_the_policy_looks_at_objects(self, delete, books):
        """
        The peer's fourth finding: the guard was read by the button only.
        """

        class Each(ModelPermissions):
            object_level = True

            def allows(self, user, action, obj=None):
                return obj is None or action == "view" or obj.title == "A"

        outcome = execute(delete(books("A", "B"), view={"permission_policy": Each}))

        assert (1, ["forbidden"], ["B"]) == (
            outcome.done,
            [n.code for n in outcome.skipped],
            titles(),
        )

    def test_every_model_that_goes_along_needs_permission(self, delete, books, permissions):
        author = Author.objects.create(name="Alone")
        books("A")
        user = permissions("view_author", "delete_author")
        plan = delete(
            [author, *Author.objects.filter(books__isnull=False)], model=Author, user=user
        )

        outcome = execute(delete_best(plan))

        assert (1, ["forbidden"]) == (outcome.done, [n.code for n in outcome.failed])
        assert "You may not delete the books that would go along." == outcome.failed[0].reason
        assert ["A"] == titles()

    def test_also_the_rows_of_that_model(self, delete, books):
        """
        The policy of the related model may allow some of its rows only.
        """

        class Some(ModelPermissions):
            def related(self, model):
                return OnlyA(model)

        class OnlyA(ModelPermissions):
            def rows(self, user, action, queryset):
                return queryset.filter(title="A") if self.model is Book else queryset

        one, two = (Author.objects.create(name=n) for n in ("One", "Two"))
        books("A", author=one)
        books("A", "B", author=two)

        outcome = execute(
            delete([one, two], model=Author, view={"permission_policy": Some}, atomic=False)
        )

        assert (1, ["Two"]) == (outcome.done, [n.label for n in outcome.failed])
        assert ["A", "B"] == titles()


def delete_best(plan):
    start(plan).operation.atomic = False
    return plan


class TestPreview:
    def test_it_says_what_goes_along_and_what_is_in_the_way(self, delete, lent, author):
        Jacket.objects.create(book=lent[0], colour="red")

        found = preview(delete(lent))

        assert (
            Collateral(
                deleted=(Group("library.Jacket", "jacket", 1, False, True),),
                protected=(Group("library.Copy", "copies", 2, False, True),),
            )
            == found.detail
        )
        assert (2, 1) == (found.outcome.done, len(found.outcome.failed))
        assert 3 == Book.objects.count()

    def test_over_several_steps(self, delete, lent, author):
        Jacket.objects.create(book=lent[0], colour="red")

        found = preview(delete([author], model=Author)).detail

        assert ["library.Book", "library.Jacket"] == [g.model for g in found.deleted]
        assert ["library.Copy"] == [g.model for g in found.protected]

    def test_a_model_that_the_user_may_not_delete_is_marked(self, delete, books, permissions):
        books("A")
        user = permissions("view_author", "delete_author")

        found = preview(delete(Author.objects.all(), model=Author, user=user)).detail

        assert [("library.Book", False)] == [(g.model, g.allowed) for g in found.deleted]

    def test_counting_and_trying_are_bounded(self, delete, books, author, queries):
        books(9)
        plan = delete([author], model=Author, count_limit=4)

        found = preview(plan)

        (group,) = found.detail.deleted
        assert (4, True, 0) == (group.count, group.more, found.examined)
        assert 9 == Book.objects.count()

    def test_it_costs_the_same_for_any_number(self, delete, books, queries):
        rows = books(20)

        few = queries(lambda: preview(delete(rows[:2])))
        many = queries(lambda: preview(delete(Selection(state=""))))

        assert many <= few + 2

    def test_relations_of_any_kind(self, delete, db):
        """
        A remark stands at a shelf by its type and number: nothing tells that the shelf has it.
        """
        shelf = Shelf.objects.create(slug="a", room="a")
        kind = ContentType.objects.get_for_model(Shelf)
        Remark.objects.create(text="x", content_type=kind, object_id=1)

        assert Collateral() == preview(delete([shelf], model=Shelf)).detail
