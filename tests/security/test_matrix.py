"""The permission matrix: it finds nothing in our views, and finds what is broken on purpose."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.views.decorators.csrf import csrf_exempt

from powercrud_core import CRUDView
from powercrud_core.bulk import BulkDelete, BulkUpdate
from powercrud_core.exceptions import ConfigError
from powercrud_core.exports import Export
from powercrud_core.permissions import AllowAny, ModelPermissions
from powercrud_core.roles import STANDARD_ROLES, Role
from powercrud_core.routes import views_of
from powercrud_core.testing import Difference, by_permission, permission_matrix, routed_views
from tests.architecture.source import SOURCE_FOLDERS
from tests.library.models import Author, Book, Copy, Genre, Loan, Shelf
from tests.library.views import AuthorView, BookView
from tests.views.test_acting import Lend, Rename, Report

ROOT = Path(__file__).resolve().parents[2]
DEMO = (
    *("TrackView", "AlbumView", "ArtistView", "PlaylistView", "CustomerView", "InvoiceView"),
    *("EmployeeView", "PlayView", "GenreView", "MediaTypeView", "InvoiceLineView"),
)
ROLES = {role.name: role for role in STANDARD_ROLES}


class Everything(CRUDView):
    """Has every feature that a view can have."""

    model = Book
    url_base = "everything"
    fields = ["title", "author", "genres", "price", "notes", "in_print"]
    columns = ["title", "author", "price", "notes", "in_print"]
    filterset_fields = ["author", "price", "notes"]
    search_fields = ["title", "notes"]
    inline = ["title", "price", "author"]
    bulk = [BulkUpdate(fields=["price", "author", "notes", "genres"]), BulkDelete()]
    actions = [Lend(), Rename(), Report()]
    export = Export(formats=["csv", "json"])


class OwnPolicy(ModelPermissions):
    """Staff see all; others see what is cheap, and no notes; the dearest is only looked at."""

    def rows(self, user, action, queryset):
        if user.is_staff:
            return queryset
        return queryset.filter(price__lt=50 if action == "view" else 10)

    def fields(self, user, action, obj=None):
        return None if user.is_staff else {"title", "author", "price", "id"}


@pytest.fixture
def shelf(books):
    """Fill the library: the matrix works with what is there."""
    Author.objects.create(name="Zora")
    Genre.objects.create(code="sf", name="Science fiction")
    return books("Anna", "Bob", "Cid", price=5)


@pytest.fixture
def small(shelf, route):
    """Return a function that routes a view with a few roles and features and returns its class."""

    def make(*roles, **attributes):
        declared = {
            "model": Book,
            "url_base": "small",
            "roles": [ROLES[name] for name in ("list", *roles)],
            "fields": ["title", "price"],
            "columns": ["title", "price"],
            "filterset_fields": [],
            "search_fields": [],
            **attributes,
        }
        view = type("Small", (CRUDView,), declared)
        route(view)
        return view

    return make


@pytest.mark.django_db
class TestOurViews:
    def test_a_view_with_every_feature(self, shelf, route):
        route(Everything)
        found = permission_matrix(Everything)

        assert [] == found.differences, str(found)
        assert [] == found.notes
        assert {"bulk lend POST, previewed", "row-edit POST of price of object B"} <= {
            *found.endpoints
        }

    @pytest.mark.parametrize("view", [BookView, AuthorView])
    def test_the_views_of_the_library(self, shelf, view):
        found = permission_matrix(view)

        assert [] == found.differences, str(found)

    @pytest.mark.parametrize("model", [Genre, Copy, Shelf, Loan])
    def test_keys_of_every_kind(self, shelf, model):
        Copy.objects.create(book=shelf[0], shelf="a")
        Copy.objects.create(book=shelf[1], shelf="b")
        Genre.objects.create(code="a/b c", name="Odd")
        for number in (1, 2):
            Shelf.objects.create(slug=f"s{number}", room=f"R{number}")
            Loan.objects.create(reader="a, b", number=number)
        (view,) = views_of(model)
        found = permission_matrix(view)

        assert [] == found.differences, str(found)

    def test_a_policy_of_the_project_with_people_of_the_project(self, shelf, small):
        Book.objects.filter(title="Bob").update(price=20)
        Book.objects.filter(title="Cid").update(price=100)
        view = small("detail", "update", permission_policy=OwnPolicy, inline=["title", "price"])
        staff = User.objects.create_superuser("boss")
        staff.is_staff = True
        staff.save()
        found = permission_matrix(view, users={"the boss": staff})

        assert [] == found.differences, str(found)
        assert "the boss" in found.personas

    def test_a_view_that_is_open_to_all(self, shelf, small):
        found = permission_matrix(small("update", permission_policy=AllowAny))

        assert [] == found.differences, str(found)
        assert "a user under a policy that allows view and delete" in found.personas

    def test_nothing_stays_in_the_database(self, shelf, small):
        before = list(Book.objects.order_by("pk").values())
        permission_matrix(small("update", "delete", "create"))

        assert before == list(Book.objects.order_by("pk").values())
        assert not User.objects.exists()


@pytest.mark.long
class TestTheDemo:
    @pytest.mark.parametrize("view", DEMO)
    def test_its_views_do_what_their_policy_says(self, view):
        env = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, SOURCE_FOLDERS))}
        env.pop("DJANGO_SETTINGS_MODULE", None)
        command = [sys.executable, "-m", "tests.security.demo_walk", view]
        finished = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
        assert not finished.returncode, finished.stderr
        (found,) = map(json.loads, finished.stdout.splitlines())

        assert [] == found["differences"]
        assert found["endpoints"] > 15

    def test_none_of_its_views_is_left_out(self):
        text = (ROOT / "demo/store/urls.py").read_text()

        # The screen of jobs is the app's own; nobody can add one to walk over.
        views = text.count("get_urls()") + text.count("crud_urls(") - 1
        assert views == len(DEMO)


def no_rows(patch):
    patch.setattr(CRUDView, "get_rows", lambda self, action="view": self.get_queryset())


def no_bulk_rows(patch):
    patch.setattr(CRUDView, "get_permitted", lambda self, action: self.get_queryset())


def may_all(patch):
    patch.setattr(CRUDView, "may", lambda self, action, obj: True)


def begin_all(patch):
    patch.setattr(CRUDView, "check_role", lambda self, role: None)


def operate_all(patch):
    patch.setattr(
        CRUDView, "get_allowed_operation", lambda self, name, *places: self.get_operation(name)
    )


def write_all_fields(patch):
    patch.setattr(CRUDView, "narrow", lambda self, form, obj: None)


def edit_all_cells(patch):
    write_all_fields(patch)
    patch.setattr(CRUDView, "writable_keys", lambda self, name, objects: None)


def see_all_fields(patch):
    patch.setattr(CRUDView, "may_see", lambda self, name: True)


def export_all_columns(patch):
    def columns(self):
        return tuple(self.bind(self.get_columns(), self.config.columns))

    patch.setattr(CRUDView, "export_columns", property(columns))


def sort_by_all(patch):
    patch.setattr(CRUDView, "list_columns", property(lambda self: self.config.columns))


def pick_all(patch):
    patch.setattr(CRUDView, "_narrow_relations", lambda self, form: None)
    patch.setattr(
        CRUDView, "get_offered", lambda self, name, field, text="": field.queryset.order_by("pk")
    )


def choose_all(patch):
    patch.setattr(CRUDView, "may_choose", lambda self, model: True)


def write_on_get(patch):
    def show(self, request, *args, **kwargs):
        Book.objects.filter(pk=kwargs["pk"]).update(pages=1)
        return HttpResponse("")

    patch.setattr(CRUDView, "show_detail", show)


def fail(patch):
    def show(self, request, *args, **kwargs):
        raise RuntimeError("broken")

    patch.setattr(CRUDView, "show_detail", show)


def take_forgeries(patch):
    patch.setattr(CRUDView, "as_view", classmethod(exempt))


def forget_collateral(patch):
    patch.setattr(CRUDView, "get_forbidden", lambda self, collateral: "")


def exempt(cls, **initkwargs):
    return csrf_exempt(super(CRUDView, cls).as_view(**initkwargs))


def save_questions(patch):
    patch.setattr(CRUDView, "asks_only", False)


NEW = {"fields": ["title", "author"]}
EDIT = {"bulk": [BulkUpdate(fields=["title", "price"])]}
BROKEN = {
    "the list shows every row": (no_rows, (), {}, "list GET"),
    "the page of an invisible object": (no_rows, ("detail",), {}, "detail GET of object B"),
    "a locked object is edited": (may_all, ("update",), {}, "update POST of object B"),
    "a locked object is deleted": (may_all, ("delete",), {}, "delete POST of object B"),
    "what goes along is not asked about": (
        forget_collateral,
        ("delete",),
        {"model": Author, "fields": ["name"], "columns": ["name"]},
        "delete POST of object B",
    ),
    "nobody asks who begins": (begin_all, ("create",), NEW, "create POST"),
    "bulk edit takes any row": (no_bulk_rows, (), EDIT, "bulk update POST, carried out"),
    "bulk delete takes any row": (
        no_bulk_rows,
        (),
        {"bulk": [BulkDelete()]},
        "bulk delete POST, carried out",
    ),
    "all that match are all": (no_bulk_rows, (), EDIT, "bulk update POST for all, carried out"),
    "an old plan takes any row": (no_bulk_rows, (), EDIT, "bulk update POST with an old plan"),
    "nobody asks who may operate": (operate_all, (), EDIT, "bulk update POST, begun"),
    "the form has every field": (write_all_fields, ("update",), {}, "update GET of object A"),
    "the form writes every field": (write_all_fields, ("update",), {}, "update POST of object A"),
    "a new object gets every field": (write_all_fields, ("create",), {}, "create GET"),
    "every cell is edited": (
        edit_all_cells,
        ("update",),
        {"inline": ["title", "price"]},
        "row-edit POST of price of object A",
    ),
    "the list shows every column": (see_all_fields, (), {}, "list GET"),
    "the object's page shows every field": (
        see_all_fields,
        ("detail",),
        {},
        "detail GET of object A",
    ),
    "the file has every column": (
        export_all_columns,
        (),
        {"export": Export(formats=["json"])},
        "export as json",
    ),
    "the file has every row": (
        no_bulk_rows,
        (),
        {"export": Export(formats=["json"])},
        "export as json",
    ),
    "the list is sorted by hidden columns": (sort_by_all, (), {}, "list GET"),
    "hidden values are picked": (
        pick_all,
        ("update", "choices"),
        {"fields": ["title", "author"]},
        "update POST of object A",
    ),
    "closed relations are offered": (
        choose_all,
        ("choices",),
        {"filterset_fields": ["author"]},
        "choices GET of author",
    ),
    "a GET writes": (write_on_get, ("detail",), {}, "detail GET of object A"),
    "a page breaks": (fail, ("detail",), {}, "detail GET of object A"),
    "forgeries are taken": (take_forgeries, ("update",), {}, "update POST without a CSRF token"),
    "a question saves": (save_questions, ("update",), {}, "update POST _validate of object A"),
}


@pytest.mark.django_db
class TestWhatIsBroken:
    @pytest.mark.parametrize("name", BROKEN)
    def test_it_is_found(self, small, monkeypatch, name):
        sabotage, roles, attributes, endpoint = BROKEN[name]
        sabotage(monkeypatch)
        found = permission_matrix(small(*roles, **attributes))

        assert endpoint in {one.endpoint for one in found.differences}, str(found)

    def test_it_is_told_in_words(self, small, monkeypatch):
        no_bulk_rows(monkeypatch)
        view = small(bulk=[BulkDelete()])
        with pytest.raises(AssertionError) as raised:
            permission_matrix(view).check()

        assert (
            "bulk delete POST, carried out, a user under a policy that hides a row: "
            "expected object B left as it is, found 2 deleted."
        ) in str(raised.value)

    def test_a_fault_of_the_project_is_one_of_the_project_s_view(self, small):
        def apply(self, obj, run):
            Book.objects.update(pages=1)

        careless = type("Careless", (Lend,), {"apply": apply, "enabled": lambda self, rows: rows})
        found = permission_matrix(small(actions=[careless()]))

        assert any(
            "locks a row" in one.persona and "pages" in one.found for one in found.differences
        ), str(found)

    def test_a_role_that_nobody_knows_fails(self, small):
        history = Role("history", "{lookup}/history/", {"get": "show_detail"}, "view")
        view = small(roles=[ROLES["list"], ROLES["detail"], history])

        assert [
            Difference(
                "role 'history'",
                "a user whom nothing is forbidden",
                "a walk for it: walks={'history': function}",
                "a role that the matrix does not know",
            )
        ] == permission_matrix(view).differences

    def test_a_role_of_the_project_s_own_is_walked_over_by_its_permission(self, small):
        def publish(self, request, *args, **kwargs):
            Book.objects.filter(pk=self.get_object().pk).update(pages=1)
            return HttpResponse("")

        role = Role("publish", "{lookup}/publish/", {"post": "publish"}, "change")
        view = small(roles=[ROLES["list"], role], publish=publish)
        walks = {"publish": lambda visit: by_permission(visit, "publish")}
        found = permission_matrix(view, walks=walks)

        assert {"publish POST of object A", "publish POST of object B"} == {
            one.endpoint for one in found.differences
        }
        assert "somebody with only view" in {one.persona for one in found.differences}

    def test_a_view_that_is_not_routed_is_refused(self, shelf):
        with pytest.raises(ConfigError, match="Lonely is not routed"):
            permission_matrix(type("Lonely", (CRUDView,), {"model": Book}))

    def test_what_cannot_be_tried_is_not_proved(self, small):
        class Strict(Rename):
            class Form(Rename.Form):
                def clean_prefix(self):
                    if self.cleaned_data["prefix"] != "Dr.":
                        raise ValidationError("No.")
                    return "Dr."

            form_class = Form

        view = small("create", fields=["title"], actions=[Strict()])
        found = permission_matrix(view)
        named = {one.endpoint for one in found.differences}
        more = permission_matrix(view, data={"rename": {"prefix": "Dr."}})

        assert {"create POST", "operation rename"} == named
        assert ["create POST"] == [one.endpoint for one in more.differences]

    def test_two_objects_are_needed(self, books):
        books("Alone")
        with pytest.raises(ValueError, match="shows 1 objects to"):
            permission_matrix(BookView)

    def test_all_routed_views_are_named(self):
        assert {BookView, AuthorView} <= {*routed_views()}
        assert 6 == len(routed_views())
