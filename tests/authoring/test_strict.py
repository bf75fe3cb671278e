"""A component with a wrong field says so, with its place and the name that was meant."""

import json
import os
import subprocess
import sys
from dataclasses import replace

import pytest
from django.template import Context, Template
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from powercrud_core.attrs import Attrs
from powercrud_core.components import Renderer
from powercrud_core.exceptions import ConfigError
from powercrud_core.packs import contract as c
from powercrud_core.packs import get_pack
from tests.architecture.source import SOURCE_FOLDERS

PROGRAM = """
import json, sys, django
from django.conf import settings

settings.configure(
    DEBUG=sys.argv[1] == "debug",
    SECRET_KEY="x",
    POWERCRUD_TEMPLATE_PACK="plain",
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
    INSTALLED_APPS=[
        "django.contrib.contenttypes", "django.contrib.auth", "django.forms", "django_cotton",
        "powercrud_core", "powercrud_plain",
    ],
)
django.setup()
from powercrud_core.attrs import Attrs
from powercrud_core.components import Renderer
from powercrud_core.packs import get_pack
from powercrud_core.packs.contract import Message, Messages

ran = 0

def look(frame, event, argument):
    global ran
    ran += event == "call" and frame.f_code.co_filename.endswith("strict.py")

renderer = Renderer(get_pack("plain"))
sys.setprofile(look)
message = Message(attrs=Attrs({}), text="Saved.", renderer=renderer)
Messages(attrs=Attrs({}), messages=(message,), renderer=renderer).render()
sys.setprofile(None)
print(json.dumps({
    "loaded": "powercrud_core.authoring.strict" in sys.modules,
    "watched": hasattr(Message, "__getattr__"),
    "made": Message.__init__.__code__.co_filename,
    "ran": bool(ran),
}))
"""


def message(**more):
    values = {"attrs": Attrs({}), "text": "Saved.", "renderer": Renderer(get_pack("plain"))}
    return c.Message(**{**values, **more})


class TestMade:
    def test_with_an_unknown_field(self):
        """
        File, line and the nearest name of what is still missing.
        """
        with pytest.raises(TypeError) as raised:
            c.Status(attrs=Attrs({}), txet="x")

        place, _, text = str(raised.value).partition(": ")
        assert __file__ == place.rpartition(":")[0]
        assert "Status has no field 'txet'. Did you mean 'text'?" == text

    def test_with_a_name_like_no_other(self):
        with pytest.raises(TypeError, match=r"has no field 'xyz'. It has .*text, tone, dismiss"):
            message(xyz=1)

    def test_without_a_field(self):
        with pytest.raises(TypeError, match=r"test_strict.py:\d+: Link needs 'attrs', 'label'\."):
            c.Link()

    @pytest.mark.parametrize(
        ("field", "value", "said"),
        [
            ("text", 3, "Message.text is 3, a int; it must be str."),
            ("text", None, "Message.text is None, a NoneType; it must be str."),
            ("attrs", {}, "Message.attrs is {}, a dict; it must be Attrs."),
            ("dismiss", "x", "Message.dismiss is 'x', a str; it must be Link or None."),
            ("tone", "loud", "it must be 'info' or 'success' or 'warning' or 'error'."),
        ],
    )
    def test_with_a_value_of_another_type(self, field, value, said):
        with pytest.raises(TypeError) as raised:
            message(**{field: value})

        assert str(raised.value).endswith(said)
        assert str(raised.value).startswith(__file__)

    def test_with_a_wrong_value_inside(self):
        with pytest.raises(TypeError, match=r"Messages.messages is .* must be a tuple of Message"):
            c.Messages(attrs=Attrs({}), messages=("x",), renderer=Renderer(get_pack("plain")))

    def test_by_replacing(self):
        with pytest.raises(TypeError, match=r"test_strict.py:\d+: Message.text is 3"):
            replace(message(), text=3)

    @pytest.mark.parametrize("text", [gettext_lazy("Saved."), SafeString("Saved.")])
    def test_a_lazy_or_safe_text_is_a_text(self, text):
        assert text == message(text=text).text


class TestDrawn:
    def test_with_a_field_that_it_does_not_have(self, settings, tmp_path):
        """
        Django would print nothing; here the template, its line and the nearest name are told.
        """
        file = tmp_path / "cotton/powercrud/message.html"
        file.parent.mkdir(parents=True)
        file.write_text("<c-vars message />\n<p {{ message.attrs }}>\n{{ message.txet }}</p>\n")
        settings.TEMPLATES = [dict(settings.TEMPLATES[0], DIRS=[tmp_path])]

        with pytest.raises(ConfigError) as raised:
            message().render()

        text = f"{file}:3: Message has no field 'txet'. Did you mean 'text'?"
        assert text == str(raised.value)

    def test_in_a_condition_and_in_a_piece(self):
        """
        `{% if %}` swallows what is missing, and a piece is read by the component that holds it.
        """
        link = c.Link(attrs=Attrs({}), label="x")
        with pytest.raises(ConfigError, match=r"Link has no field 'lable'. Did you mean 'label'"):
            Template("{% if link.lable %}{% endif %}").render(Context({"link": link}))

    def test_python_may_ask(self):
        """
        Only templates are told: `hasattr` and `getattr` with a default work as ever.
        """
        assert not hasattr(message(), "txet")
        assert getattr(message(), "txet", None) is None


class TestProduction:
    @pytest.mark.parametrize("kind", ["debug", "production"])
    def test_nothing_is_replaced(self, kind):
        """
        Outside DEBUG the module is not even imported: components are plain dataclasses, and while
        they are made and drawn not one line of it runs.
        """
        finished = subprocess.run(
            [sys.executable, "-c", PROGRAM, kind],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, SOURCE_FOLDERS))},
            capture_output=True,
            text=True,
            check=True,
        )

        found = json.loads(finished.stdout)
        watching = kind == "debug"
        seen = [found["loaded"], found["watched"], found["ran"]]
        assert [watching] * 3 == seen
        assert found["made"].endswith("strict.py" if watching else "<string>")
