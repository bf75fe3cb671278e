"""Every check is seen to fire, with its whole message."""

import re
from pathlib import Path
from types import ModuleType

import django_filters
import pytest
from django import forms
from django.core.checks import registry, run_checks
from django.test import override_settings
from django.urls import include, path

import powercrud_core
from powercrud_core import Column, CRUDView, InlineEdit
from powercrud_core.authoring.schema import stamp_of
from powercrud_core.bulk import Action, BulkDelete, BulkUpdate
from powercrud_core.checks import (
    check_cache,
    check_overrides,
    check_packs,
    check_settings,
    check_templates,
    check_views,
)
from powercrud_core.exceptions import ConfigError
from powercrud_core.exports import Export
from powercrud_core.packs import PackConfig, TemplatePack, get_pack
from powercrud_core.permissions import AllowAny
from powercrud_core.problems import find_problems, known_annotations
from powercrud_core.roles import Role
from tests.library.models import Anthology, Author, Book, Jacket
from tests.settings import PACKS


def problems(**attributes):
    view = type("BookView", (CRUDView,), {"model": Book, **attributes})
    found = find_problems(view, known_annotations(view))
    return [(p.id, p.msg, p.hint) for p in found]


class AuthorForm(forms.ModelForm):
    class Meta:
        model = Author
        fields = ("name",)


class Lend(Action):
    name = "lend"

    def apply(self, obj, run):
        return False

    def perform(self, run):
        return None


class PageFilter(django_filters.FilterSet):
    page = django_filters.NumberFilter(field_name="pages")


VIEWS = {
    "E100": (
        {"model": None},
        "BookView has no model. Set 'model' (or 'queryset') on the class.",
        "Set 'model' on the class.",
    ),
    "W101": (
        {"colums": ["title"]},
        "The attribute 'colums' means nothing to a CRUDView.",
        "Did you mean 'columns'?",
    ),
    "E116": (
        {"open_in": {"update": "drawr"}},
        "'open_in['update']' is 'drawr', which is no way to open.",
        "Did you mean 'drawer'? Use one of: page, dialog, drawer.",
    ),
    "E102": (
        {"columns": ["title", "pirce"]},
        "The value of 'columns[1]' refers to 'pirce', but 'pirce' is not a field, property or "
        "method of 'library.Book'.",
        "Did you mean 'price'? Declare Column('pirce', accessor=…) for a computed value.",
    ),
    "E103": (
        {"columns": [Column("shouted", sort="shouted")]},
        "The value of 'columns[0].sort' refers to 'shouted', but 'shouted' is not a field or "
        "annotation of 'library.Book'.",
        "The database sorts by fields and annotations only.",
    ),
    "E104": (
        {"columns": ["delete"]},
        "The value of 'columns[0]' is the method 'delete', which changes data.",
        "Name a method that only reads.",
    ),
    "E105": (
        {"columns": ["title", "title"]},
        "'columns[1]' repeats the column 'title'.",
        "Give it another name and set its accessor.",
    ),
    "E106": (
        {"columns": [7]},
        "'columns[0]' is 7; it must be a name or a Column.",
        "Write the field's name, or Column(name, …).",
    ),
    "E107": (
        {"lookup_field": "slug"},
        "The value of 'lookup_field' refers to 'slug', but 'slug' is not a field or annotation of "
        "'library.Book'.",
        "Name a field with unique values.",
    ),
    "E108": (
        {"columns": [Column("title", link="detial")]},
        "'columns[0].link' names the role 'detial', which this view does not have.",
        "Use one of: list, create, choices, detail, update, delete.",
    ),
    "E109": (
        {"ordering": ["-shouted"]},
        "The value of 'ordering[0]' refers to '-shouted', but 'shouted' is not a field or "
        "annotation of 'library.Book'.",
        "The database sorts by fields and annotations only.",
    ),
    "E110": (
        {"paginate_by": -1},
        "'paginate_by' and 'page_sizes' must be whole numbers above zero.",
        "For long pages set a large number; a page without end is not offered.",
    ),
    "E113": (
        {"roles": ["list"]},
        "'roles' holds 'list', which is not a Role.",
        "Take roles from powercrud_core.roles.STANDARD_ROLES or make a Role.",
    ),
    "E114": (
        {"permission_policy": "all"},
        "'permission_policy' is 'all', which is not a Policy class.",
        "Set it to a class such as powercrud_core.permissions.ModelPermissions.",
    ),
    "E117": (
        {"check_versions": ["title"]},
        "'check_versions' is ['title'], neither True nor False.",
        "Which fields are compared is decided by the form; see get_decisive_fields().",
    ),
    "E150": (
        {"filterset_fields": ["autor"]},
        "The value of 'filterset_fields[0]' refers to 'autor', but 'autor' is not a field or "
        "annotation of 'library.Book'.",
        "Did you mean 'author'? Filters need model fields; for anything else declare a "
        "filterset_class.",
    ),
    "E151": (
        {"search_fields": ["author__nam"]},
        "The value of 'search_fields[0]' refers to 'author__nam', but 'nam' is not a field or "
        "annotation of 'library.Author'.",
        "Did you mean 'name'? Search needs a field's path.",
    ),
    "E152": (
        {"filterset_class": PageFilter},
        "The filter 'page' has the name of one of the list's own parameters.",
        "Rename it; 'page', 'page_size', 'sort' and 'q' are taken.",
    ),
    "E153": (
        {"filterset_class": AuthorForm},
        f"'filterset_class' is {AuthorForm!r}, not a FilterSet class.",
        "Subclass django_filters.FilterSet.",
    ),
    "E155": (
        {"param_prefix": "a-b"},
        "'param_prefix' is 'a-b'; it must be a word of letters, digits and '_'.",
        "The list's parameters become '<prefix>-page' and so on.",
    ),
    "E156": (
        {"search_fields": ["author"]},
        "'search_fields[0]' is the relation 'author', which holds no text.",
        "Name a field behind it, as in 'author__name'.",
    ),
    "E200": (
        {"fields": ["titel"]},
        "The value of 'fields[0]' refers to 'titel', but 'titel' is not a field or annotation of "
        "'library.Book'.",
        "Did you mean 'title'? A form has model fields only.",
    ),
    "E201": (
        {"form_class": AuthorForm},
        f"'form_class' is {AuthorForm!r}, not a ModelForm of library.Book.",
        "Subclass django.forms.ModelForm with this model in its Meta.",
    ),
    "E230": (
        {"inline": "price"},
        "'inline' is 'price'; it must be an InlineEdit or a list of names.",
        'Write InlineEdit(["price"]), or ["price"].',
    ),
    "E231": (
        {"inline": InlineEdit(["price"], mode="sheet"), "columns": ["price"]},
        "'inline.mode' is 'sheet'.",
        "Use one of: cell, row.",
    ),
    "E232": (
        {"inline": InlineEdit(["price"], rows="draft"), "columns": ["price"]},
        "'inline.rows' is 'draft'.",
        "Set it to a Q, or to a function from a queryset to a narrower one.",
    ),
    "E233": (
        {"inline": ["pirce"]},
        "The value of 'inline.fields[0]' refers to 'pirce', which is not a field of "
        "'library.Book'.",
        "Did you mean 'price'? Only model fields are edited in the list.",
    ),
    "E234": (
        {"inline": ["id"], "columns": ["id"]},
        "'inline.fields[0]' is the field 'id', which cannot be edited.",
        "Take it out.",
    ),
    "E235": (
        {"inline": ["price"], "columns": ["price"], "fields": ["title"]},
        "'inline.fields[0]' is the field 'price', which the view's form does not have.",
        "Add it to 'fields' or to the form_class, or take it out.",
    ),
    "E236": (
        {"inline": ["author"], "columns": ["title", "author.name"]},
        "'inline.fields[0]' is the field 'author', which no column of the list shows as it is.",
        "Add 'author' to 'columns', or take it out.",
    ),
    "E250": (
        {"bulk": ["update"]},
        "'bulk[0]' is 'update', which is not a BulkOperation.",
        "Write BulkUpdate(fields=[…]), BulkDelete() or one of your own.",
    ),
    "E256": (
        {"actions": [Lend(places=("list", "row"))]},
        "'actions[0]' is for the list as a whole and for rows: list, row.",
        "Make two operations of it: one has rows, the other has none.",
    ),
    "E257": (
        {"actions": [Action(name="lend")]},
        "'actions[0]', of the class Action, has no method 'apply'.",
        "Write the method: without it the operation can do nothing.",
    ),
    "E258": (
        {"bulk": [BulkDelete(tone="red")]},
        "'bulk[0]' has the tone 'red'.",
        "Use one of: neutral, primary, danger.",
    ),
    "E251": (
        {"bulk": [BulkDelete(), BulkDelete()]},
        "'bulk[1]' has the name 'delete', which is taken or no word.",
        "Give it a name of letters, digits and '_'; it is in the URL.",
    ),
    "E252": (
        {"bulk": [BulkUpdate()], "fields": ["title", "price"]},
        "'bulk[0]' changes no fields.",
        "Name some of: title, price.",
    ),
    "E253": (
        {"bulk": [BulkUpdate(["pirce"])], "fields": ["title", "price"]},
        "'bulk[0]' changes the field 'pirce', which the edit form does not have.",
        "Did you mean 'price'? Use one of: title, price.",
    ),
    "E254": (
        {"model": Anthology, "bulk": [BulkUpdate(["scan"])]},
        "'bulk[0]' changes 'scan', which is a file or not a field of the model.",
        "Take it out: a plan holds plain values of model fields.",
    ),
    "W255": (
        {"model": Jacket, "bulk": [BulkUpdate(["book"])]},
        "'bulk[0]' changes 'book', which is unique: one row can have a value.",
        "Take it out.",
    ),
}


class TestViews:
    @pytest.mark.parametrize("id", VIEWS)
    def test_a_mistake_is_told_whole(self, id):
        attributes, text, hint = VIEWS[id]

        assert (f"powercrud.{id}", text, hint) in problems(**attributes)

    def test_a_field_that_cannot_be_edited(self):
        from tests.library.models import Copy

        assert "powercrud.E202" in {p[0] for p in problems(model=Copy, fields=["id"])}

    def test_bulk_edit_of_rows_that_are_objects(self, monkeypatch):
        monkeypatch.setattr(Book.genres.through._meta, "auto_created", False)

        found = problems(fields=["genres"], bulk=[BulkUpdate(["genres"])])

        assert (
            "powercrud.E254",
            "'bulk[0]' changes 'genres', whose rows are objects of their own.",
            "Take it out, and edit library.Book_genres on its own screen.",
        ) in found

    def test_lookups_that_django_filter_refuses(self):
        found = problems(filterset_fields={"title": ["nonsense"]})

        assert "powercrud.E154" in {p[0] for p in found}

    def test_an_export_is_one(self):
        assert [
            (
                "powercrud.E270",
                "'export' is ['csv'], which is not an Export.",
                "Write export = Export().",
            )
        ] == problems(export=["csv"])

    def test_formats_of_an_export_are_known(self):
        assert [
            (
                "powercrud.E271",
                "'export.formats' names 'csvv', which is no format.",
                "Did you mean 'csv'? There are: csv, xlsx, json, ods.",
            )
        ] == problems(export=Export(formats=["csvv"]))

    def test_a_format_without_its_library(self, monkeypatch):
        monkeypatch.setattr("powercrud_core.exports.writing.find_spec", lambda name: None)

        assert [
            (
                "powercrud.W270",
                "'export.formats' names 'ods', which cannot be written here.",
                "Install tablib[ods], or take it out; it is not offered.",
            )
        ] == problems(export=Export(formats=["csv", "ods"]))

    def test_columns_of_an_export_are_there(self):
        found = problems(export=Export(columns=["pirce"]))

        assert [("powercrud.E102", "export.columns[0]")] == [
            (i, t.split("'")[1]) for i, t, _h in found
        ]

    def test_the_views_own_pack(self):
        found = problems(template_pack="bootsrap5")

        assert "powercrud.E111" in {p[0] for p in found}

    def test_all_mistakes_are_told_at_once(self):
        found = problems(columns=["pirce"], ordering=["x"], search_fields=["author"])

        assert ["powercrud.E102", "powercrud.E109", "powercrud.E156"] == sorted(p[0] for p in found)

    def test_a_view_without_mistakes_has_none(self):
        assert [] == problems(
            columns=["title", "author.name", "shouted", Column("x", accessor=len, sort=False)],
            detail_fields=["copies", "genres"],
            ordering=["-published", "author__name"],
            search_fields=["title", "author__name"],
            filterset_fields=["author", "published"],
            fields=["title"],
        )

    def test_an_annotation_is_no_mistake(self):
        from django.db.models import Count

        queryset = Book.objects.annotate(n=Count("copies"))

        assert [] == problems(queryset=queryset, columns=["n"], ordering=["-n"])

    def test_a_queryset_that_needs_a_request_is_given_the_benefit_of_the_doubt(self):
        def get_queryset(self):
            return Book.objects.filter(author__name=self.request.user.username)

        assert [] == problems(get_queryset=get_queryset, columns=["n"], ordering=["-n"])

    @pytest.mark.django_db
    def test_at_run_time_the_same_text_is_raised(self, rf, admin_user):
        view = type("BookView", (CRUDView,), {"model": Book, "columns": ["pirce"]})
        request = rf.get("/")
        request.user = admin_user
        request.resolver_match = None

        with pytest.raises(
            ConfigError, match=r"E102.*refers to 'pirce'(.|\n)*Did you mean 'price'"
        ):
            view.as_view(role=view.roles[0])(request)


def told(*patterns, check=check_views, login="https://sign-in.example.org/"):
    """Run the check of views over a URLconf; return what it tells, hints and all."""
    urls = ModuleType("urls")
    urls.urlpatterns = list(patterns)
    with override_settings(ROOT_URLCONF=urls, LOGIN_URL=login):
        return [(p.id, p.msg, p.hint) for p in check()]


def routed(*patterns, **options):
    """Run the check of views over a URLconf."""
    return [found[:2] for found in told(*patterns, **options)]


class TestRouted:
    def test_two_views_with_one_name_are_told(self):
        one = type("OneView", (CRUDView,), {"model": Author})
        two = type("TwoView", (CRUDView,), {"model": Author})

        assert [
            (
                "powercrud.E112",
                "OneView and TwoView share the URL name 'author-list': links lead to one of them "
                "only.",
            )
        ] == routed(path("a/", include(one.get_urls())), path("b/", include(two.get_urls())))

    def test_in_namespaces_they_do_not_meet(self):
        one = type("OneView", (CRUDView,), {"model": Author})
        two = type("TwoView", (CRUDView,), {"model": Author})

        assert [] == routed(
            path("a/", include((one.get_urls(), "a"))), path("b/", include((two.get_urls(), "b")))
        )

    def test_a_view_that_a_relation_names_and_no_url_leads_to(self):
        author = type("AuthorView", (CRUDView,), {"model": Author})
        view = type("BookView", (CRUDView,), {"model": Book, "related_views": {"author": author}})
        books = path("books/", include(view.get_urls()))

        assert [
            (
                "powercrud.E227",
                "'related_views['author']' is AuthorView, which is not routed.",
                "Include AuthorView.get_urls() in the URLconf.",
            )
        ] == told(books)
        assert [] == told(books, path("authors/", include(author.get_urls())))

    def test_a_relation_without_one_view_that_is_meant(self):
        view = type("BookView", (CRUDView,), {"model": Book, "related_views": ["author"]})
        first, second = (
            type(name, (CRUDView,), {"model": Author, "url_base": name})
            for name in ("FirstView", "SecondView")
        )
        books, one, two = (
            path(f"{v.__name__}/", include(v.get_urls())) for v in (view, first, second)
        )
        text = "'related_views' names 'author', which needs one routed view of library.Author; "
        hint = "Route one, or name it: related_views = {'author': …}."

        assert [("powercrud.E227", f"{text}routed: none.", hint)] == told(books)
        assert [] == told(books, one)
        assert [("powercrud.E227", f"{text}routed: FirstView, SecondView.", hint)] == told(
            books, one, two
        )

    def test_what_is_wrong_with_its_names_is_told_alone(self):
        view = type("BookView", (CRUDView,), {"model": Book, "related_views": ["autor"]})

        assert ["powercrud.E225"] == [p[0] for p in told(path("b/", include(view.get_urls())))]

    def test_a_base_template_that_is_not_there(self):
        view = type("View", (CRUDView,), {"model": Author, "base_template": "none.html"})

        assert ["powercrud.W115"] == [p[0] for p in routed(path("a/", include(view.get_urls())))]

    def test_a_sign_in_page_that_nobody_answers(self):
        view = type("View", (CRUDView,), {"model": Author})

        assert [
            ("powercrud.W002", "LOGIN_URL is '/accounts/login/', which no view answers.")
        ] == routed(path("a/", include(view.get_urls())), login="/accounts/login/")

    def test_views_that_are_open_to_all_need_no_sign_in_page(self):
        view = type("View", (CRUDView,), {"model": Author, "permission_policy": AllowAny})

        assert [] == routed(path("a/", include(view.get_urls())), login="/accounts/login/")

    @pytest.mark.parametrize("url", ["/a/", "author-list", "https://sso.example.org/"])
    def test_a_sign_in_page_may_be_a_path_a_name_or_elsewhere(self, url):
        view = type("View", (CRUDView,), {"model": Author})

        assert [] == routed(path("a/", include(view.get_urls())), login=url)

    def test_jobs_that_are_not_installed(self, monkeypatch):
        monkeypatch.setattr("powercrud_core.jobs.installed", lambda: False)
        view = deferring()

        assert [
            (
                "powercrud.E307",
                "'update' has 'defer_above', but background jobs are not installed.",
            )
        ] == routed(path("a/", include(view.get_urls())), login="/a/")

    def test_jobs_in_another_database(self, settings):
        settings.DATABASE_ROUTERS = ["tests.checks.test_checks.Elsewhere"]
        view = deferring()

        assert [
            (
                "powercrud.W308",
                "Its rows are in the database 'default', the jobs in 'other': a worker that dies"
                " may change some rows twice.",
            )
        ] == routed(path("a/", include(view.get_urls())), login="/a/")

    @pytest.mark.django_db  # Django 6.1 asks databases what they can
    def test_the_tests_own_project_is_clean(self):
        assert [] == [c for c in run_checks() if str(c.id).startswith("powercrud.")]


class Elsewhere:
    """Puts the jobs into another database."""

    def db_for_write(self, model, **hints):
        return "other" if model._meta.app_label == "powercrud_jobs" else None


def deferring():
    """Return a view with an operation for the background."""
    bulk = [BulkUpdate(fields=["name"], defer_above=100)]
    return type("View", (CRUDView,), {"model": Author, "bulk": bulk})


def settings_check(check):
    found = check()
    return [(p.id, p.msg, p.hint) for p in found]


class TestSettings:
    @override_settings(POWERCRUD_TEMPLATE_PAK="x")
    def test_a_setting_that_does_not_exist(self):
        assert [
            (
                "powercrud.W001",
                "The setting POWERCRUD_TEMPLATE_PAK does not exist.",
                "Did you mean POWERCRUD_TEMPLATE_PACK?",
            )
        ] == settings_check(check_settings)

    @override_settings(
        POWERCRUD_PAGE_SIZES=["many"], POWERCRUD_CHOICES_LIMIT=0, POWERCRUD_CHOICES_SEARCH="x"
    )
    def test_values_of_the_wrong_kind(self):
        assert [
            ("powercrud.E001", "POWERCRUD_PAGE_SIZES is ('many',)."),
            ("powercrud.E001", "POWERCRUD_CHOICES_LIMIT is 0."),
            ("powercrud.E001", "POWERCRUD_CHOICES_SEARCH is 'x'."),
        ] == [p[:2] for p in settings_check(check_settings)]


class TestCache:
    """With `check --deploy`."""

    @pytest.mark.parametrize(
        ("backend", "wrong"), [("locmem.LocMemCache", True), ("filebased.FileBasedCache", False)]
    )
    def test_one_that_processes_do_not_share(self, settings, tmp_path, backend, wrong):
        backend = f"django.core.cache.backends.{backend}"
        settings.CACHES = {"default": {"BACKEND": backend, "LOCATION": str(tmp_path)}}
        view = type("BookView", (CRUDView,), {"model": Book, "actions": [Lend]})

        assert [
            (
                "powercrud.W003",
                "Processes do not share the cache 'default': a double click may act twice.",
                "Set CACHES['default'] to one that they share, such as Redis or the database.",
            )
        ] * wrong == told(path("b/", include(view.get_urls())), check=check_cache)

    def test_without_actions_it_does_not_matter(self):
        view = type("BookView", (CRUDView,), {"model": Book})

        assert [] == told(path("b/", include(view.get_urls())), check=check_cache)

    def test_only_deployments_are_asked(self):
        found = registry.registry.get_checks

        assert check_cache not in found() and check_cache in found(include_deployment_checks=True)


class TestOverrides:
    def write(self, settings, folder, name, text):
        path = folder / "cotton" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        engine = dict(settings.TEMPLATES[0], DIRS=[folder])
        settings.TEMPLATES = [engine]
        return path

    def test_one_that_no_component_uses(self, settings, tmp_path):
        path = self.write(settings, tmp_path, "powercrud/tabel.html", "x")

        assert [
            (
                "powercrud.W030",
                f"The template {path} belongs to no component.",
                "Did you mean table.html? Rename or remove it.",
            )
        ] == settings_check(check_overrides)

    @pytest.mark.parametrize(
        ("folder", "hint"),
        [
            ("powercrud_plian", "Did you mean powercrud_plain? Rename the folder."),
            ("powercrud-plain", "Did you mean powercrud_plain? Rename the folder."),
            ("powercurd_plain", "Did you mean powercrud_plain? Rename the folder."),
            ("powercruds", "Did you mean powercrud? Rename the folder."),
            (
                "powercrud_chocolate",
                "Name it after the app of an installed pack: "
                f"{', '.join(f'powercrud_{pack}' for pack in PACKS)}.",
            ),
        ],
    )
    def test_a_folder_that_no_pack_uses(self, settings, tmp_path, folder, hint):
        """
        Right component, wrong pack: nothing else would ever say why the override does nothing.
        """
        path = self.write(settings, tmp_path, f"{folder}/row.html", "x").parent

        assert [
            (
                "powercrud.W030",
                f"The templates in {path} belong to no installed pack.",
                hint,
            )
        ] == settings_check(check_overrides)

    @pytest.mark.parametrize("name", ["shop/row.html", "powercrud_shop/badge.html"])
    def test_a_project_s_own_components_are_its_own_affair(self, settings, tmp_path, name):
        self.write(settings, tmp_path, name, "x")

        assert [] == settings_check(check_overrides)

    def test_a_copy_that_fell_behind(self, settings, tmp_path):
        stamp = "{# powercrud row contract=1 attrs:000000 colour:123456 #}"
        path = self.write(settings, tmp_path, "powercrud_plain/row.html", stamp)

        ((id, text, _hint),) = settings_check(check_overrides)

        assert "powercrud.W031" == id
        assert f"{path} was copied from an older contract (new: cells; new: actions; " in text
        assert "gone: colour; changed: attrs)." in text

    def test_a_fresh_copy_and_a_hand_written_one_are_fine(self, settings, tmp_path):
        self.write(settings, tmp_path, "powercrud/row.html", stamp_of("row"))
        self.write(settings, tmp_path, "powercrud/table.html", "<c-vars table />")

        assert [] == settings_check(check_overrides)


class TestPacks:
    @override_settings(POWERCRUD_TEMPLATE_PACK="chocolate")
    def test_a_pack_that_nobody_knows(self):
        assert ["powercrud.E020"] == [p[0] for p in settings_check(check_packs)]

    def test_a_pack_whose_app_is_not_listed(self, settings):
        settings.INSTALLED_APPS = [a for a in settings.INSTALLED_APPS if a != "powercrud_plain"]

        ids = [p for p in settings_check(check_packs) if p[0] == "powercrud.E021"]

        assert [
            (
                "powercrud.E021",
                "The template pack 'plain' is not in INSTALLED_APPS.",
                'Add "powercrud_plain" to INSTALLED_APPS.',
            )
        ] == ids

    def test_a_pack_whose_distribution_is_not_installed(self, settings, monkeypatch):
        settings.INSTALLED_APPS = [a for a in settings.INSTALLED_APPS if a != "powercrud_plain"]
        monkeypatch.setattr("powercrud_core.checks.find_spec", lambda name: None)

        ids = [p for p in settings_check(check_packs) if p[0] == "powercrud.E022"]

        assert 'Run "pip install powercrud-plain"' in ids[0][2]

    @pytest.mark.parametrize(
        ("id", "pack"),
        [
            ("E023", TemplatePack(name="plain", contract=99)),
            ("E024", TemplatePack(name="plain", contract=1, extends="plain")),
            ("E024", TemplatePack(name="plain", contract=1, extends="nobody")),
        ],
    )
    def test_a_pack_that_declares_nonsense(self, id, pack, monkeypatch):
        monkeypatch.setattr(type(get_pack("plain")), "pack", pack)

        assert f"powercrud.{id}" in [p[0] for p in settings_check(check_packs)]

    def test_a_pack_that_lacks_a_template(self, monkeypatch):
        monkeypatch.setattr(
            PackConfig, "template_names", lambda self, component: ["cotton/nowhere/x.html"]
        )
        for config in [get_pack("plain")]:
            config._templates.clear()

        found = settings_check(check_packs)

        assert "powercrud.E025" in [p[0] for p in found]


class TestTemplates:
    def test_apps_that_are_needed(self, settings):
        settings.INSTALLED_APPS = [a for a in settings.INSTALLED_APPS if a != "django.forms"]

        assert ("powercrud.E027", '"django.forms" is not in INSTALLED_APPS.') in [
            p[:2] for p in settings_check(check_templates)
        ]

    def test_loaders_of_the_projects_own(self, settings):
        engine = dict(settings.TEMPLATES[0], APP_DIRS=False)
        loaders = ["django.template.loaders.app_directories.Loader"]
        engine["OPTIONS"] = {"loaders": loaders, "context_processors": []}
        settings.TEMPLATES = [engine]

        assert {"powercrud.E026", "powercrud.E028"} == {
            p[0] for p in settings_check(check_templates)
        }

    def test_a_folder_that_is_not_searched_first(self, settings, tmp_path):
        (tmp_path / "templates" / "cotton").mkdir(parents=True)
        settings.BASE_DIR = tmp_path

        assert ["powercrud.W029"] == [p[0] for p in settings_check(check_templates)]


def test_roles_can_be_ones_own():
    own = Role("report", "report/", {"get": "show_list"}, "view")

    assert [] == problems(roles=[*CRUDView.roles, own])


def test_every_check_has_a_test_here():
    source = Path(__file__).read_text()
    core = Path(powercrud_core.__file__).parent
    code = "".join((core / name).read_text() for name in ("checks.py", "problems.py"))
    ids = set(re.findall(r'"([EW]\d{3})"', code))

    assert 30 < len(ids)
    assert [] == [id for id in sorted(ids) if id not in source]
