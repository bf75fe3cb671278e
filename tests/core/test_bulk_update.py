"""Bulk update, the same in its three ways of writing: one by one, together, by UPDATE alone."""

import pytest
from django import forms
from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.signals import m2m_changed, post_save, pre_save

from powercrud_core import CRUDView
from powercrud_core.bulk import BulkUpdate, Chunk, Plan, PlanError, execute, preview, start
from powercrud_core.dependencies import Depends
from powercrud_core.permissions import ModelPermissions
from powercrud_core.selection import Selection, SelectionChangedError, key_of
from tests.core.conftest import FIELDS
from tests.library.models import Anthology, Author, Book, Genre, Loan, Member

WAYS = ("loop", "together", "fields", "blind")
BY_UPDATE = ("fields", "blind")


class SavingView(CRUDView):
    """Has a hook, so every row goes through it."""

    def perform_save(self, form):
        return super().perform_save(form)


@pytest.fixture(params=WAYS)
def way(request):
    return request.param


@pytest.fixture
def update(planned, way):
    """Return a function that plans an update that is written in one of the ways."""

    def make(rows, *, view=None, fields=FIELDS, atomic=True, batch_size=None, **data):
        options = {"atomic": atomic, "batch_size": batch_size}
        validate = "fields" if way in BY_UPDATE else "full"
        if way == "blind":
            options["watch_limit"] = 0
        operation = BulkUpdate(fields=fields, validate=validate, **options)
        attributes = dict(view or {})
        if way == "loop":
            attributes["base"] = type("Hooked", (SavingView, attributes.get("base", CRUDView)), {})
        return planned(rows, operation, view=attributes, **data)

    return make


def values(name):
    return list(Book.objects.order_by("pk").values_list(name, flat=True))


class TestWriting:
    def test_every_row_gets_the_value(self, update, books):
        outcome = execute(update(books(3), price=("set", "12.50"), in_print=("set", "false")))

        assert (3, 0, ()) == (outcome.done, outcome.unchanged, outcome.notes)
        assert [12.5] * 3 == values("price")
        assert [False] * 3 == values("in_print")

    def test_a_value_is_cleared(self, update, books):
        outcome = execute(update(books(2, price=3, notes="x"), price="clear", notes="clear"))

        assert 2 == outcome.done
        assert [None, None, "", ""] == values("price") + values("notes")

    def test_a_default_does_not_come_back_for_a_cleared_value(self, update, books):
        """
        A form leaves the default where nothing was sent; here "nothing" was.
        """
        outcome = execute(update(books(1, status="published"), status=("set", "draft")))

        assert (1, ["draft"]) == (outcome.done, values("status"))

    def test_a_relation_is_set(self, update, books):
        other = Author.objects.create(name="Le Guin")

        outcome = execute(update(books(2), author=("set", other.pk)))

        assert (2, {other.pk}) == (outcome.done, set(values("author")))

    def test_only_the_selected_rows_change(self, update, books):
        one, _two, three = books(3)

        execute(update([one, three], price=("set", 1)))

        assert [1, None, 1] == values("price")

    def test_only_the_chosen_fields_change(self, update, books, way):
        """
        What somebody else writes into other fields at that time is not overwritten; a hook of the
        view that saves the whole row is the exception, under a lock where there are locks.
        """
        rows = books(2, price=1, pages=5)
        run = start(update(rows, price=("set", 2)))
        (chunk,) = run.resolve()
        Book.objects.update(pages=6)

        run.step(chunk)

        assert ([2, 2], [6, 6]) == (values("price"), values("pages"))

    def test_many_chunks_make_one_outcome(self, update, books):
        progress = []

        outcome = execute(
            update(books(5), batch_size=2, price=("set", 1)), on_progress=progress.append
        )

        assert (5, [2, 4, 5]) == (outcome.done, progress)

    def test_rows_with_keys_of_two_columns(self, update, db):
        rows = [Loan.objects.create(reader="a,b", number=n) for n in range(3)]
        view = {"model": Loan}

        outcome = execute(update(rows, view=view, fields=["returned"], returned=("set", "true")))

        assert (3, ()) == (outcome.done, outcome.notes)
        assert 3 == Loan.objects.filter(returned=True).count()

    def test_rows_with_texts_for_keys(self, update, db):
        rows = [Genre.objects.create(code=c, name=c) for c in ("a/b", "c,d", "\\", "new", "ü ")]
        view = {"model": Genre}

        outcome = execute(update(rows, view=view, fields=["name"], name=("set", "same")))

        assert (5, 5) == (outcome.done, Genre.objects.filter(name="same").count())


class TestUnchanged:
    def test_a_row_that_has_the_value_is_left_alone(self, update, books, way):
        if way == "blind":
            pytest.skip("one UPDATE does not look")
        same, other = [*books("A", price=5), *books("B")]

        outcome = execute(update([same, other], price=("set", "5.00")))

        assert (1, 1) == (outcome.done, outcome.unchanged)

    def test_a_preview_always_looks(self, update, books):
        same, other = [*books("A", price=5), *books("B")]

        outcome = preview(update([same, other], price=("set", "5.00"))).outcome

        assert (1, 1) == (outcome.done, outcome.unchanged)


class TestSeveralValues:
    @pytest.fixture
    def shelf(self, books):
        """Three genres; one book with the first, one with the first two, one with none."""
        genres = [Genre.objects.create(code=c, name=c) for c in ("x,1", "y/2", "z")]
        rows = books(3)
        rows[0].genres.set(genres[:1])
        rows[1].genres.set(genres[:2])
        return rows, genres

    def codes(self, rows):
        return [sorted(row.genres.values_list("code", flat=True)) for row in rows]

    @pytest.mark.parametrize(
        ("mode", "result", "done"),
        [
            ("add", [["x,1", "y/2"], ["x,1", "y/2"], ["y/2"]], 2),
            ("remove", [["x,1"], ["x,1"], []], 1),
            ("replace", [["y/2"], ["y/2"], ["y/2"]], 3),
        ],
    )
    def test_add_remove_replace(self, update, shelf, mode, result, done, way):
        rows, genres = shelf

        outcome = execute(update(rows, genres=(mode, genres[1].pk)))

        assert result == self.codes(rows)
        assert (3 if way in BY_UPDATE else done) == outcome.done

    def test_clear_takes_all_away(self, update, shelf):
        rows, _genres = shelf

        execute(update(rows, genres="clear"))

        assert [[], [], []] == self.codes(rows)

    def test_others_rows_keep_theirs(self, update, shelf):
        rows, genres = shelf

        execute(update(rows[:1], genres=("replace", genres[2].pk)))

        assert [["z"], ["x,1", "y/2"], []] == self.codes(rows)

    def test_a_preview_shows_names(self, update, shelf):
        rows, genres = shelf

        (first, *_rest) = preview(update(rows, genres=("add", genres[2].pk))).samples

        assert ({"genres": "x,1"}, {"genres": "x,1, z"}) == (first.before, first.after)
        assert [["x,1"], ["x,1", "y/2"], []] == self.codes(rows)

    def test_together_with_a_single_value(self, update, shelf):
        rows, genres = shelf

        outcome = execute(update(rows, genres=("add", genres[2].pk), price=("set", 9)))

        assert (3, [9, 9, 9]) == (outcome.done, values("price"))
        assert all("z" in codes for codes in self.codes(rows))


class TestValidation:
    @pytest.fixture(autouse=True)
    def not_by_fields(self, way):
        if way in BY_UPDATE:
            pytest.skip("validates the new values only")

    def test_a_row_that_the_edit_form_would_refuse_says_why(self, update, books):
        good, bad = books("Good", "Bad")
        Book.objects.filter(pk=bad.pk).update(homepage="no address")

        outcome = execute(update([good, bad], price=("set", 2), atomic=False))

        (note,) = outcome.failed
        assert (1, "invalid", "Bad", key_of(bad.pk)) == (
            outcome.done,
            note.code,
            note.label,
            note.key,
        )
        assert "Homepage: Enter a valid URL." == note.reason
        assert [2, None] == values("price")

    def test_what_is_not_on_the_form_does_not_matter(self, update, books):
        """
        Nobody could correct it there.
        """
        (bad,) = books("Bad")
        Book.objects.filter(pk=bad.pk).update(homepage="no address")
        view = {"fields": ["title", "price"]}

        assert 1 == execute(update([bad], view=view, price=("set", 2))).done

    def test_what_the_edit_form_lets_empty_may_be(self, update, db, monkeypatch):
        """
        A yes or no that nobody knows: the model says blank=False, its form field asks for nothing.
        """
        monkeypatch.setattr(Member._meta.get_field("active"), "blank", False)
        member = Member.objects.create(name="Ann", active=None)
        view = {"model": Member}

        assert 1 == execute(update([member], view=view, fields=["name"], name=("set", "B"))).done

    def test_a_preview_shows_no_change_of_a_row_that_fails(self, update, books):
        good, bad = books("Good", "Bad")
        Book.objects.filter(pk=bad.pk).update(homepage="no address")

        found = preview(update([good, bad], price=("set", 2)))

        assert ["Good"] == [sample.label for sample in found.samples]

    def test_atomic_changes_all_rows_or_none(self, update, books):
        rows = books("A", "B", "C")
        Book.objects.filter(pk=rows[1].pk).update(homepage="no address")

        outcome = execute(update(rows, price=("set", 2), batch_size=1))

        assert (True, 2, 1) == (outcome.undone, outcome.done, len(outcome.failed))
        assert [None, None, None] == values("price")

    def test_failed_rows_can_be_selected_again(self, update, books):
        rows = books("A", "B")
        Book.objects.filter(pk=rows[1].pk).update(homepage="no address")

        outcome = execute(update(rows, price=("set", 2)))

        assert Selection([key_of(rows[1].pk)]) == outcome.selection()
        assert {"Homepage: Enter a valid URL.": 1} == outcome.reasons

    def test_a_required_set_of_values_is_not_emptied(self, update, books, monkeypatch):
        monkeypatch.setattr(Book._meta.get_field("genres"), "blank", False)
        fable = Genre.objects.create(code="f", name="f")
        (book,) = books("A")
        book.genres.set([fable])

        (note,) = execute(update([book], genres=("remove", "f"))).failed

        assert "Genres: This field is required." == note.reason
        assert [fable] == list(book.genres.all())

    def test_a_relation_that_is_limited_is_looked_at_in_unchanged_rows(self, update, db):
        good = Author.objects.create(name="Ann")
        bad = Author.objects.create(name="Bob")
        rows = [Anthology.objects.create(title=a.name, editor=a) for a in (good, bad)]
        view = {"model": Anthology}

        outcome = execute(update(rows, view=view, fields=["page"], page=("set", 3), atomic=False))

        assert (1, "Bob") == (outcome.done, outcome.failed[0].label)
        assert outcome.failed[0].reason.startswith("Editor: author instance with id")


class TestUnique:
    @pytest.fixture
    def rows(self, db):
        ann = Author.objects.create(name="Ann")
        made = [Anthology(title=t, year=y, editor=ann) for t, y in (("A", 1), ("B", 1), ("C", 2))]
        return [self.saved(row) for row in made]

    def saved(self, row):
        row.save()
        return row

    def test_two_rows_cannot_have_one_value(self, update, rows):
        """
        The year is not on the form, and the constraint is about both: the second of a year fails.
        """
        view = {"model": Anthology}
        outcome = execute(
            update(rows, view=view, fields=["title"], title=("set", "Z"), atomic=False)
        )

        assert (2, ["B"]) == (outcome.done, [note.label for note in outcome.failed])
        assert ["Z", "B", "Z"] == list(
            Anthology.objects.order_by("pk").values_list("title", flat=True)
        )

    def test_a_value_that_another_row_has_is_refused(self, update, rows):
        view = {"model": Anthology}
        outcome = execute(
            update(rows[1:], view=view, fields=["title"], title=("set", "A"), atomic=False)
        )

        assert (1, ["B"]) == (outcome.done, [note.label for note in outcome.failed])

    def test_the_row_that_has_the_value_keeps_it(self, update, rows):
        view = {"model": Anthology}
        outcome = execute(
            update(rows, view=view, fields=["title"], title=("set", "A"), atomic=False)
        )

        done = [r.pk for r in (rows[0], rows[2])]
        assert ["B"] == [note.label for note in outcome.failed]
        assert set(done) == set(Anthology.objects.filter(title="A").values_list("pk", flat=True))

    def test_over_several_chunks(self, update, rows):
        plan = update(
            rows,
            view={"model": Anthology},
            fields=["title"],
            title=("set", "Z"),
            atomic=False,
            batch_size=1,
        )

        assert ["B"] == [note.label for note in execute(plan).failed]


class TestConflicts:
    def test_what_only_the_database_knows_fails_one_row(self, update, books, monkeypatch):
        """
        Somebody was faster than the validation: the batch is done again, row by row.
        """
        rows = books("A", "B", "C")
        refuse(monkeypatch, rows[1].pk)

        outcome = execute(update(rows, price=("set", 2), atomic=False))

        assert (2, ["conflict"]) == (outcome.done, [note.code for note in outcome.failed])
        assert [2, None, 2] == values("price")

    def test_also_where_nobody_looks_at_the_rows(self, planned, books, monkeypatch):
        rows = books("A", "B", "C")
        refuse(monkeypatch, rows[1].pk)
        fast = BulkUpdate(fields=["price"], validate="fields", watch_limit=0, atomic=False)

        outcome = execute(planned(rows, fast, price=("set", 2)))

        assert (2, ["conflict"]) == (outcome.done, [note.code for note in outcome.failed])


def refuse(monkeypatch, key):
    """Let the database refuse a row, as a constraint of somebody else's would."""
    from django.db.models.sql.compiler import SQLUpdateCompiler

    original = SQLUpdateCompiler.execute_sql

    def execute_sql(self, result_type):
        sql, params = self.as_sql()
        keys = params[-sql.partition("WHERE")[2].count("%s") :]
        if "library_book" in sql and key in keys:
            raise IntegrityError("refused")
        return original(self, result_type)

    monkeypatch.setattr(SQLUpdateCompiler, "execute_sql", execute_sql)


class TestMeanwhile:
    @pytest.fixture(autouse=True)
    def not_blind(self, way, request):
        if way == "blind" and "gone" not in request.node.name:
            pytest.skip("one UPDATE does not look")

    def test_a_row_that_is_gone_is_skipped(self, update, books):
        rows = books(3)
        run = start(update(rows, price=("set", 1)))
        (chunk,) = run.resolve()
        rows[1].delete()

        outcome = run.step(chunk)

        assert (2, ["gone"]) == (outcome.done, [note.code for note in outcome.skipped])
        assert 2 == Book.objects.count()

    def test_a_row_whose_value_somebody_changed_is_skipped(self, update, books):
        rows = books(3, price=1)
        run = start(update(rows, price=("set", 2)))
        (chunk,) = run.resolve()
        Book.objects.filter(pk=rows[1].pk).update(price=7)

        outcome = run.step(chunk)

        assert (2, ["changed"]) == (outcome.done, [note.code for note in outcome.skipped])
        assert [2, 7, 2] == values("price")

    def test_another_field_may_have_changed(self, update, books):
        rows = books(2, price=1)
        run = start(update(rows, price=("set", 2)))
        (chunk,) = run.resolve()
        Book.objects.update(title=F("title"), pages=3)

        assert 2 == run.step(chunk).done

    def test_replaced_values_are_watched(self, update, books):
        rows = books(2)
        genres = [Genre.objects.create(code=c, name=c) for c in "ab"]
        run = start(update(rows, genres=("replace", "a")))
        (chunk,) = run.resolve()
        rows[0].genres.add(genres[1])

        outcome = run.step(chunk)

        assert ["changed"] == [note.code for note in outcome.skipped]

    def test_a_step_done_twice_changes_nothing(self, update, books):
        run = start(update(books(2, price=1), price=("set", 2)))
        (chunk,) = run.resolve()

        first, second = run.step(chunk), run.step(chunk)

        assert (2, 0, 2) == (first.done, second.done, len(second.skipped))


class TestConstraints:
    """What only some rows can have."""

    FIELDS = ("name", "card", "active", "left", "friends")

    @pytest.fixture
    def members(self, db):
        return [
            Member.objects.create(name=n, card=n, joined=f"2020-0{m}-01")
            for m, n in enumerate("abc", start=1)
        ]

    @pytest.fixture
    def change(self, update, members):
        def change(**data):
            options = {"view": {"model": Member}, "fields": self.FIELDS, "atomic": False}
            return execute(update(members, **options, **data))

        return change

    def test_a_unique_value_goes_to_one_row(self, change):
        outcome = change(card=("set", "x"))

        assert (1, ["b", "c"]) == (outcome.done, [note.label for note in outcome.failed])
        assert 1 == Member.objects.filter(card="x").count()

    def test_values_that_are_unique_together(self, change, members):
        Member.objects.update(joined="2020-01-01")

        outcome = change(left=("set", "2020-02-15"))

        assert (1, 2) == (outcome.done, len(outcome.failed))

    def test_rows_without_a_value_are_not_alike(self, change):
        assert 3 == change(card="clear").done

    def test_a_check_is_asked_with_the_values_of_each_row(self, change):
        outcome = change(left=("set", "2020-02-15"))

        assert (2, ["c"]) == (outcome.done, [note.label for note in outcome.failed])

    def test_a_condition_too(self, change, members):
        Member.objects.update(name="same")

        outcome = change(active=("set", "true"))

        assert (1, 2) == (outcome.done, len(outcome.failed))

    def test_the_time_of_the_change_is_written(self, change, members):
        before = members[0].changed_at

        change(card="clear")

        assert all(m.changed_at > before for m in Member.objects.all())

    def test_friends_are_friends_both_ways(self, change, members):
        change(friends=("add", members[2].pk))

        assert {"a", "b", "c"} == {m.name for m in members[2].friends.all()}
        assert [members[2]] == list(members[0].friends.all())


class TestBoundary:
    """The peer's first findings: rows outside the view's queryset, and past its policy."""

    def view(self, **more):
        class Drafts(CRUDView):
            def get_queryset(self):
                return super().get_queryset().filter(status="draft")

        return {"base": Drafts, **more}

    def test_a_row_outside_the_views_queryset_is_not_changed(self, update, books):
        (inside,) = books("In")
        (outside,) = books("Out", status="published")

        outcome = execute(update([inside, outside], view=self.view(), price=("set", 1)))

        assert (1, ()) == (outcome.done, outcome.failed)
        assert [1, None] == values("price")

    def test_a_chunk_that_names_such_a_row_does_not_change_it(self, update, books):
        """
        A worker is handed keys; which rows it may touch is asked again.
        """
        (outside,) = books("Out", status="published")
        run = start(update([outside], view=self.view(), price=("set", 1)))

        outcome = run.step(Chunk((key_of(outside.pk),)))

        assert (0, ["gone"]) == (outcome.done, [note.code for note in outcome.skipped])
        assert [None] == values("price")

    def test_nor_does_a_change_bring_it_in(self, update, books):
        (outside,) = books("Out", status="published")
        run = start(update([outside], view=self.view(), status=("set", "draft")))

        outcome = run.step(Chunk((key_of(outside.pk),)))

        assert (0, ["published"]) == (outcome.done, values("status"))

    def test_a_row_that_would_leave_keeps_its_value(self, update, books):
        """
        Written, looked at again through the user's own rows, and taken back.
        """
        rows = books(2)

        outcome = execute(update(rows, view=self.view(), status=("set", "published"), atomic=False))

        assert (0, ["left", "left"]) == (outcome.done, [note.code for note in outcome.failed])
        assert ["draft", "draft"] == values("status")

    def test_the_others_of_its_batch_change_all_the_same(self, update, books, permissions):
        class Cheap(ModelPermissions):
            def rows(self, user, action, queryset):
                return queryset.filter(pages__lt=F("price") + 100)

        rows = [*books("A", pages=5, price=1), *books("B", pages=101, price=3)]
        view = {"permission_policy": Cheap}

        outcome = execute(update(rows, view=view, price=("set", 0), atomic=False))

        assert (1, ["B"]) == (outcome.done, [note.label for note in outcome.failed])
        assert [0, 3] == values("price")

    def test_rows_of_the_policy(self, update, books):
        class Mine(ModelPermissions):
            def rows(self, user, action, queryset):
                return queryset.filter(title="A") if action == "change" else queryset

        outcome = execute(
            update(books("A", "B"), view={"permission_policy": Mine}, price=("set", 1))
        )

        assert (1, [1, None]) == (outcome.done, values("price"))

    def test_each_object_is_asked_where_the_policy_looks_at_objects(self, update, books):
        class Each(ModelPermissions):
            object_level = True

            def allows(self, user, action, obj=None):
                return obj is None or obj.title == "A"

            def reason(self, user, action, obj=None):
                return f"Not {obj}."

        outcome = execute(
            update(books("A", "B"), view={"permission_policy": Each}, price=("set", 1))
        )

        assert (1, [("forbidden", "Not B.")]) == (
            outcome.done,
            [(note.code, note.reason) for note in outcome.skipped],
        )
        assert [1, None] == values("price")

    def test_the_fields_of_each_object_are_asked(self, update, books):
        class Locked(ModelPermissions):
            def fields(self, user, action, obj=None):
                return {"title"} if obj is not None and obj.title == "B" else None

        outcome = execute(
            update(books("A", "B"), view={"permission_policy": Locked}, price=("set", 1))
        )

        assert ["You may not change “price” of this row."] == [n.reason for n in outcome.skipped]
        assert [1, None] == values("price")


class TestReasons:
    """Why rows are saved one by one: seen, and told in the preview."""

    @pytest.fixture
    def reason(self, planned, books):
        def find(view=None, **data):
            data = data or {"price": ("set", 1)}
            operation = BulkUpdate(fields=FIELDS)
            return preview(planned(books(1), operation, view=view, **data)).reason

        return find

    @pytest.mark.parametrize(
        ("name", "change", "reason"),
        [
            ("name", ("set", "x"), "The constraint “one_active_member_a_name” is checked for each"),
            ("friends", "clear", "The relation “friends” goes both ways."),
            ("card", "clear", ""),
            ("left", "clear", ""),
        ],
    )
    def test_what_can_only_be_asked_row_by_row(self, planned, db, name, change, reason):
        operation = BulkUpdate(["name", "card", "left", "friends"])
        plan = planned([], operation, view={"model": Member}, **{name: change})

        found = preview(plan).reason

        assert found.startswith(reason) and bool(found) == bool(reason)

    def test_usually_there_is_none(self, reason):
        assert "" == reason()

    def test_a_hook_of_the_view(self, reason):
        assert "BookScreen has its own perform_save()." == reason(SavingView)

    @pytest.mark.parametrize("signal", [pre_save, post_save])
    def test_a_signal(self, reason, signal):
        def listen(**kwargs):
            pass

        signal.connect(listen, sender=Book)
        try:
            assert reason().startswith("Something listens to p")
        finally:
            signal.disconnect(listen, sender=Book)
        assert "" == reason()

    def test_a_signal_of_a_relation(self, reason, db):
        def listen(**kwargs):
            pass

        Genre.objects.create(code="a", name="a")
        m2m_changed.connect(listen, sender=Book.genres.through)
        try:
            found = reason(genres=("add", "a"))
            assert "" == reason()
        finally:
            m2m_changed.disconnect(listen, sender=Book.genres.through)
        assert "Something listens to m2m_changed of genres." == found

    @pytest.mark.parametrize("method", ["save", "clean", "full_clean"])
    def test_a_method_of_the_model(self, reason, monkeypatch, method):
        original = getattr(Book, method)
        monkeypatch.setattr(Book, method, lambda self, **kw: original(self, **kw), raising=False)

        assert f"Book has its own {method}()." == reason()

    @pytest.mark.parametrize("method", ["clean", "clean_price", "save", "__init__"])
    def test_a_method_of_the_form(self, reason, method):
        class BookForm(forms.ModelForm):
            class Meta:
                model = Book
                fields = ("title", "price")

        original = getattr(forms.ModelForm, method, lambda self: self.cleaned_data["price"])
        setattr(BookForm, method, lambda self, *a, **kw: original(self, *a, **kw))

        assert f"BookForm has its own {method}()." == reason({"form_class": BookForm})

    def test_a_check_of_another_field_is_none(self, reason):
        class BookForm(forms.ModelForm):
            class Meta:
                model = Book
                fields = ("title", "price")

            def clean_title(self):
                return self.cleaned_data["title"].upper()

        assert "" == reason({"form_class": BookForm})


class TestHooks:
    """What the view, the form and the model do to one row, they do to many."""

    def test_perform_save_is_called_for_each_changed_row(self, planned, books):
        seen = []

        class Logging(CRUDView):
            def perform_save(self, form):
                seen.append((form.instance.title, form.changed_data, self.request.user.username))
                return super().perform_save(form)

        rows = [*books("A", "B"), *books("C", price=1)]

        execute(planned(rows, view=Logging, price=("set", 1)))

        assert [("A", ["price"], "editor"), ("B", ["price"], "editor")] == seen

    def test_a_hook_may_refuse_a_row(self, planned, books):
        class Picky(CRUDView):
            def perform_save(self, form):
                super().perform_save(form)
                if form.instance.title == "B":
                    raise forms.ValidationError("Not this one.")

        operation = BulkUpdate(fields=FIELDS, atomic=False)

        outcome = execute(planned(books("A", "B"), operation, view=Picky, price=("set", 1)))

        assert (1, ["Not this one."]) == (outcome.done, [n.reason for n in outcome.failed])
        assert [1, None] == values("price")

    def test_a_form_may_compare_with_the_row(self, planned, books):
        class BookForm(forms.ModelForm):
            class Meta:
                model = Book
                fields = FIELDS

            def clean(self):
                if self.instance.pages < self.cleaned_data["price"]:
                    self.add_error("price", "More than a page is worth.")

        rows = [*books("A", pages=5), *books("B", pages=50)]
        operation = BulkUpdate(fields=FIELDS, atomic=False)

        outcome = execute(
            planned(rows, operation, view={"form_class": BookForm}, price=("set", 10))
        )

        assert ["Price: More than a page is worth."] == [n.reason for n in outcome.failed]
        assert [None, 10] == values("price")

    def test_a_form_finds_the_values_of_the_fields_that_do_not_change(self, planned, books):
        class BookForm(forms.ModelForm):
            class Meta:
                model = Book
                fields = FIELDS

            def clean(self):
                if self.cleaned_data["title"] == "B" and self.cleaned_data["author"].name:
                    self.add_error("title", "Never B.")

        operation = BulkUpdate(fields=FIELDS, atomic=False)

        outcome = execute(
            planned(books("A", "B"), operation, view={"form_class": BookForm}, price=("set", 10))
        )

        assert [("B", "Never B.")] == [(n.label, n.reason) for n in outcome.failed]

    def test_a_form_may_allow_each_row_other_values(self, planned, books, author):
        """
        The peer's fifth finding once more, with choices that depend on the row.
        """
        other = Author.objects.create(name="Other")

        class BookForm(forms.ModelForm):
            class Meta:
                model = Book
                fields = FIELDS

            def __init__(self, *args, **kwargs):
                super().__init__(*args, **kwargs)
                self.fields["title"].help_text = "Looked for in every form."
                if self.instance.title == "B":
                    self.fields["author"].queryset = Author.objects.filter(pk=author.pk)

        operation = BulkUpdate(fields=["author"], atomic=False)
        outcome = execute(
            planned(
                books("A", "B"), operation, view={"form_class": BookForm}, author=("set", other.pk)
            )
        )

        assert (1, ["B"]) == (outcome.done, [n.label for n in outcome.failed])
        assert [other.pk, author.pk] == values("author")

    def test_clean_of_the_model_is_asked(self, planned, books, monkeypatch):
        def clean(self):
            if self.title == "B":
                raise forms.ValidationError({"title": "Never B."})

        monkeypatch.setattr(Book, "clean", clean, raising=False)
        operation = BulkUpdate(fields=FIELDS, atomic=False)

        outcome = execute(planned(books("A", "B"), operation, price=("set", 1)))

        assert [("B", "Title: Never B.")] == [(n.label, n.reason) for n in outcome.failed]
        assert [1, None] == values("price")

    def test_signals_are_sent(self, planned, books):
        saved = []

        def listen(instance, **kwargs):
            saved.append(instance.title)

        plan = planned(books("A", "B"), price=("set", 1))
        post_save.connect(listen, sender=Book)
        try:
            execute(plan)
        finally:
            post_save.disconnect(listen, sender=Book)

        assert ["A", "B"] == saved


class TestPreview:
    def test_it_changes_nothing(self, update, books):
        found = preview(update(books(3, price=1), price=("set", 2)))

        assert (3, 3, 3, True) == (found.total, found.examined, found.outcome.done, found.complete)
        assert [1, 1, 1] == values("price")

    def test_it_shows_some_rows_before_and_after(self, update, books, author):
        other = Author.objects.create(name="Other")
        plan = update(
            books(9, status="draft"), status=("set", "published"), author=("set", other.pk)
        )

        found = preview(plan)

        assert 5 == len(found.samples)
        assert "Book 001" == found.samples[0].label
        assert {"author": "Ursula", "status": "Draft"} == found.samples[0].before
        assert {"author": "Other", "status": "Published"} == found.samples[0].after

    def test_it_shows_what_changes_in_a_row_and_no_more(self, update, books, author):
        plan = update(books("A", price=2), price=("set", 2), status=("set", "published"))

        (shown,) = preview(plan).samples

        assert ({"status": "Draft"}, {"status": "Published"}) == (shown.before, shown.after)

    def test_of_many_rows_it_tries_a_few(self, update, books):
        books(30)
        plan = update(Selection(state=""), price=("set", 2))
        start(plan).operation.preview_rows = 10
        start(plan).operation.preview_sample = 4

        found = preview(plan)

        assert (30, 4, 4, False) == (
            found.total,
            found.examined,
            found.outcome.done,
            found.complete,
        )

    def test_what_was_to_happen_after_the_commit_does_not(
        self, planned, books, django_capture_on_commit_callbacks
    ):
        class Mailing(CRUDView):
            def perform_save(self, form):
                transaction.on_commit(lambda: None)
                return super().perform_save(form)

        plan = planned(books(2), view=Mailing, price=("set", 1))

        with django_capture_on_commit_callbacks() as previewed:
            preview(plan)
        with django_capture_on_commit_callbacks() as executed:
            execute(plan)

        assert (0, 2) == (len(previewed), len(executed))


class TestConfirming:
    """What was previewed is what is carried out: nothing that changed in between."""

    def test_a_row_that_somebody_changed_since_the_preview_is_skipped(self, update, books, way):
        if way == "blind":
            pytest.skip("one UPDATE does not look")
        rows = books(3, price=1)
        found = preview(update(rows, price=("set", 2)))
        Book.objects.filter(pk=rows[1].pk).update(price=7)

        outcome = execute(found.plan)

        assert (2, ["changed"]) == (outcome.done, [note.code for note in outcome.skipped])
        assert [2, 7, 2] == values("price")

    def test_of_many_rows_the_number_is_compared(self, update, books):
        books(3)
        found = preview(update(Selection(state=""), price=("set", 2)))
        books(1)

        with pytest.raises(SelectionChangedError, match="3 rows were confirmed, 4 match now"):
            execute(found.plan)

    def test_it_travels_as_a_signed_text(self, update, books, editor, permissions):
        plan = preview(update(books(3), price=("set", 2))).plan

        assert plan == Plan.loads(plan.dumps(), editor)
        with pytest.raises(PlanError, match="not valid any more"):
            Plan.loads(plan.dumps(), permissions("view_book"))
        with pytest.raises(PlanError, match="not valid any more"):
            Plan.loads(plan.dumps() + "x", editor)


class TestQueries:
    @pytest.mark.parametrize("count", [3, 30])
    def test_together_costs_the_same_for_any_number(self, planned, books, queries, count):
        books(count)
        plan = planned(Selection(state=""), price=("set", 2))
        execute(plan)
        Book.objects.update(price=None)

        # user, form's choices, keys, hashes twice, rows, UPDATE, and what a transaction takes.
        assert 16 >= queries(lambda: execute(plan))

    def test_the_plan_is_plain_json(self, update, books):
        plan = update(books(1), price=("set", 2))

        assert plan == Plan.from_json(plan.to_json())


class TestFieldsThatFollow:
    """What depends on other fields of its row is judged row by row."""

    STATES = {"A": [("a1", "A one")], "B": [("b1", "B one")]}

    @pytest.fixture
    def rule(self):
        return Depends("notes", on="author", choices=lambda author: self.STATES[author.name])

    @pytest.fixture
    def pair(self):
        a, b = (Author.objects.create(name=name) for name in "AB")
        Book.objects.create(title="One", author=a, notes="a1")
        Book.objects.create(title="Two", author=b, notes="b1")
        return list(Book.objects.order_by("pk"))

    def test_a_value_that_does_not_fit_a_row_is_refused_there(self, update, rule, pair):
        view = {"dependencies": [rule]}
        outcome = execute(update(pair, view=view, atomic=False, notes=("set", "b1")))

        assert ["a1", "b1"] == values("notes")
        assert 1 == len(outcome.notes)

    def test_a_parent_that_leaves_a_row_unfit_is_refused_there(self, update, rule, pair):
        view = {"dependencies": [rule]}
        outcome = execute(update(pair, view=view, atomic=False, author=("set", pair[1].author_id)))

        assert [pair[0].author_id, pair[1].author_id] == values("author")
        assert 1 == len(outcome.notes)
        assert "another field would no longer fit: Notes" in str(outcome.notes)

    def test_disabled_and_readonly_fields_cannot_be_changed(self, update, books):
        for option in ("disabled_fields", "readonly_fields"):
            with pytest.raises(PlanError):
                execute(update(books(1), view={option: ["price"]}, price=("set", "3")))
