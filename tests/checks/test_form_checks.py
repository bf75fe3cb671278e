"""Every check of dependencies, layouts and crispy forms is seen to fire, with its whole message."""

import pytest
from django import forms

from powercrud_core.dependencies import Depends
from powercrud_core.exceptions import ConfigError
from powercrud_core.layouts import Section, Tab
from tests.checks.test_checks import problems
from tests.library.models import Author, Book
from tests.library.views import BookView

FIELDS = ["title", "author", "status", "price", "pages"]


def free(**values):
    """Take anything."""
    return True


VIEWS = {
    "E210": (
        {"validate_on": "blurr"},
        "'validate_on' is 'blurr'.",
        "Set it to one of: submit, blur.",
    ),
    "E211": (
        {"dependencies": ["price"]},
        "'dependencies[0]' is 'price', not a Depends.",
        "Write Depends(field, on=…).",
    ),
    "E212": (
        {"dependencies": [Depends("pirce", on="status", visible=free)]},
        "'dependencies[0]' names 'pirce', which is not a field of the form or a filter.",
        "Did you mean 'price'?",
    ),
    "E212 on": (
        {"dependencies": [Depends("price", on="staus", visible=free)]},
        "'dependencies[0].on' names 'staus', which is not a field.",
        "Did you mean 'status'?",
    ),
    "E213": (
        {
            "dependencies": [
                Depends("price", on="status", required=free),
                Depends("status", on="price", required=free),
            ]
        },
        "'dependencies': Fields depend on each other in a circle: price -> status -> price.",
        "Take one of them out of the circle.",
    ),
    "E213 itself": (
        {"dependencies": [Depends("price", on="price", required=free)]},
        "'dependencies': Fields depend on each other in a circle: price -> price.",
        "Take one of them out of the circle.",
    ),
    "E214": (
        {"dependencies": [Depends("price", on="status")]},
        "'dependencies[0]' says nothing of the field 'price'.",
        "Give it one of: filter, choices, visible, required, value, help_text.",
    ),
    "E214 parameters": (
        {"dependencies": [Depends("price", on="status", required=lambda state: state)]},
        "'dependencies[0].required' cannot be called with status=…: "
        "missing a required argument: 'state'.",
        "Let it take: status.",
    ),
    "E214 function": (
        {"dependencies": [Depends("price", on="status", help_text="Help.")]},
        "'dependencies[0].help_text' is 'Help.', which cannot be called.",
        "Give it a function of the fields it depends on.",
    ),
    "E214 inactive": (
        {"dependencies": [Depends("price", on="status", visible=free, inactive="drop")]},
        "'dependencies[0].inactive' is 'drop'.",
        "Use one of: keep, clear, clear_now.",
    ),
    "E215": (
        {"dependencies": [Depends("author", on="title", filter={"nam": "title"})]},
        "'dependencies[0].filter' cannot look up 'nam': Cannot resolve keyword 'nam' into field. "
        "Choices are: books, born, contributed, edited, id, name.",
        "Name a field of library.Author.",
    ),
    "E215 on": (
        {"dependencies": [Depends("author", on="title", filter={"name": "titel"})]},
        "'dependencies[0].filter['name']' names 'titel', which is not in 'on'.",
        "Did you mean 'title'?",
    ),
    "E216": (
        {"dependencies": [Depends("author", on="status", visible=free)]},
        "'dependencies[0]' empties 'author' while it is not visible, and it cannot be empty.",
        "Add inactive='keep', or let the model field be null.",
    ),
    "E217": (
        {"layout": [Section("One", [Tab("Two", ["title"])])]},
        "'layout[0].fields[0]' is Tab(title='Two', fields=['title']).",
        "Put there a name or a tuple of names.",
    ),
    "E218": (
        {"layout": [Tab("One", [Section("Two", [("title", "autor")])])]},
        "'layout' names 'autor', which is not a field of the form.",
        "Did you mean 'author'?",
    ),
    "E219": (
        {"layout": ["title", Section("One", ["title"])]},
        "'layout' names 'title' twice.",
        "Take one of them out.",
    ),
    "W220": (
        {"layout": ["title", ("author", "status")]},
        "'layout' leaves out price, pages: they stand at the end.",
        "Name them where they belong.",
    ),
    "E221": (
        {"disabled_fields": ["titel"]},
        "'disabled_fields[0]' names 'titel', which is not a field of the form.",
        "Did you mean 'title'?",
    ),
    "E221 both": (
        {"disabled_fields": ["title"], "readonly_fields": ["title"]},
        "'title' is in 'disabled_fields' and in 'readonly_fields'.",
        "Take it out of one of them.",
    ),
    "E225": (
        {"related_views": ["autor"]},
        "'related_views' names 'autor', which is not a field of the form.",
        "Did you mean 'author'?",
    ),
    "E225 text": (
        {"related_views": "author"},
        "'related_views' is 'author'.",
        "Write ['author'].",
    ),
    "E225 no relation": (
        {"related_views": ["title"]},
        "'related_views' names 'title', which is no relation to an object by its key.",
        "Take it out.",
    ),
    "E226": (
        {"related_views": {"author": "tests.library.views.AutorView"}},
        "'related_views['author']' is 'tests.library.views.AutorView', which cannot be imported: "
        'Module "tests.library.views" does not define a "AutorView" attribute/class',
        "Correct the path, or name a class of the view's own module.",
    ),
    "E226 no view": (
        {"related_views": {"author": Book}},
        f"'related_views['author']' is {Book!r}, which is not a CRUDView.",
        "Name a CRUDView of library.Author.",
    ),
    "E226 model": (
        {"related_views": {"author": BookView}},
        "'related_views['author']' is BookView, which is not about library.Author.",
        "Name a CRUDView of library.Author.",
    ),
    "E102": (
        {"readonly_fields": ["prise"]},
        "The value of 'readonly_fields[0]' refers to 'prise', but 'prise' is not a field, "
        "property or method of 'library.Book'.",
        "Did you mean 'price'? Declare Column('prise', accessor=…) for a computed value.",
    ),
}


@pytest.mark.parametrize("name", VIEWS)
def test_a_mistake_is_told_whole(name):
    attributes, text, hint = VIEWS[name]

    assert (f"powercrud.{name.split()[0]}", text, hint) in problems(fields=FIELDS, **attributes)


def test_what_is_right_is_not_told():
    assert [] == problems(
        fields=FIELDS,
        filterset_fields=["genres", "author"],
        readonly_fields=["shouted"],
        disabled_fields=["pages"],
        validate_on="blur",
        related_views={"author": "tests.library.views.AuthorView"},
        dependencies=[
            Depends("author", on=["status", "in_print"], visible=free, inactive="keep"),
            Depends("price", on="author", filter={"edited__isnull": "author"}, value=free),
            Depends("genres", on="author", filter={"book__author__in": "author"}),
        ],
        layout=[Tab("One", ["title", ("author", "status"), "shouted"]), ("price", "pages")],
    )


@pytest.mark.django_db
def test_a_circle_that_only_a_request_shows_is_told_too(rf, admin_user, screen, client):
    """
    `get_dependencies()` may return what no check has seen.
    """
    circle = [Depends("price", on="pages", required=free), Depends("pages", on="price", value=free)]
    url = screen(Book, fields=FIELDS, get_dependencies=lambda self: circle)

    with pytest.raises(ConfigError, match="in a circle: price -> pages -> price"):
        client.get(f"{url}new/")


def test_a_form_class_of_one_s_own_is_looked_at_too():
    class BookForm(forms.ModelForm):
        by_name = forms.ModelChoiceField(Author.objects, to_field_name="name")

        class Meta:
            model = Book
            fields = ("title", "author")

    def named(*names):
        return [p[0] for p in problems(form_class=BookForm, related_views=names)]

    assert [] == named("author")
    assert ["powercrud.E225"] * 2 == named("title", "by_name")


class TestCrispy:
    """The layout of a form's helper, looked through without a request."""

    @pytest.fixture(autouse=True)
    def installed(self, settings):
        settings.INSTALLED_APPS = [*settings.INSTALLED_APPS, "crispy_forms", "crispy_bootstrap5"]

    def found(self, *objects, pack="plain", **attributes):
        from crispy_forms.helper import FormHelper
        from crispy_forms.layout import Layout

        class BookForm(forms.ModelForm):
            helper = FormHelper()
            helper.layout = Layout(*objects)

            class Meta:
                model = Book
                fields = FIELDS

        return problems(form_class=BookForm, template_pack=pack, **attributes)

    def test_an_object_that_a_pack_cannot_draw(self):
        from crispy_forms.bootstrap import Modal

        assert [
            (
                "powercrud.E222",
                "The template pack 'plain' cannot draw the Modal in the layout of BookForm. "
                "Looked for: powercrud_plain/crispy/layout/modal.html.",
                "Take it out of the layout.",
            )
        ] == self.found(Modal("title"))

    def test_one_that_another_pack_can_draw(self):
        from crispy_bootstrap5.bootstrap5 import FloatingField

        assert [] == self.found(FloatingField("title"), pack="bootstrap5")
        assert ["powercrud.E222"] == [p[0] for p in self.found(FloatingField("title"))]

    def test_where_a_request_chooses_all_packs_are_asked(self):
        from crispy_bootstrap5.bootstrap5 import FloatingField

        def choose(self):
            return "plain"

        found = self.found(FloatingField("title"), pack="bootstrap5", get_template_pack=choose)

        assert ["'plain'", "'daisyui'"] == [p[1].split()[3] for p in found]

    def test_what_a_security_policy_or_a_missing_script_stops(self):
        from crispy_forms.bootstrap import Modal
        from crispy_forms.layout import HTML, Div, Field

        unsafe = [
            HTML("<p style='color: red'>x</p>"),
            HTML("<SCRIPT>x()</SCRIPT>"),
            Div("title", onclick="x()"),
            Field("price", style="width: 3em"),
        ]
        found = self.found(*unsafe)

        assert 4 == len(found)
        assert {"powercrud.E223"} == {p[0] for p in found}
        assert (
            "powercrud.E223",
            "The crispy layout of BookForm has a HTML with 'style=', which the page's security "
            "policy or missing script stops.",
            "Use classes and files instead of inline styles, scripts and handlers.",
        ) == found[0]
        assert ["powercrud.E223"] == [p[0] for p in self.found(Modal("title"), pack="bootstrap5")]

    def test_a_field_that_the_form_does_not_have(self):
        from crispy_forms.layout import Row

        assert [
            (
                "powercrud.E224",
                "The crispy layout of BookForm names 'titel', which the form has not.",
                "Did you mean 'title'?",
            )
        ] == self.found(Row("titel", "author"))

    def test_without_crispy_nobody_looks(self, settings):
        from crispy_forms.bootstrap import Modal

        settings.INSTALLED_APPS = [a for a in settings.INSTALLED_APPS if "crispy" not in a]

        assert [] == self.found(Modal("title"))

    def test_a_form_that_needs_a_request_is_given_the_benefit_of_the_doubt(self):
        class BookForm(forms.ModelForm):
            class Meta:
                model = Book
                fields = FIELDS

            def __init__(self, *args, user, **kwargs):
                super().__init__(*args, **kwargs)

        assert [] == problems(form_class=BookForm)
