"""The gallery: every component in every state, by every pack, without JavaScript."""

import re
from dataclasses import fields, is_dataclass
from pathlib import Path

import html5lib
import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import include, path

from powercrud_core.packs.icons import ICONS, Icon
from powercrud_core.testing.kit import drawn_components
from powercrud_core.testing.samples import samples
from tests.settings import INSTALLED_APPS, PACKS

GALLERY = "/powercrud/gallery/"
XHTML = "{http://www.w3.org/1999/xhtml}"


@pytest.fixture(autouse=True)
def installed(settings, route):
    """The app in a project, which is in development."""
    settings.INSTALLED_APPS = [*INSTALLED_APPS, "powercrud_core.contrib.gallery"]
    settings.DEBUG = True
    route([path("", include("powercrud_core.contrib.gallery.urls"))], "powercrud/gallery/")


@pytest.fixture
def visit():
    """Return a function that asks for a page and returns its tree."""

    def get(url: str):
        response = Client().get(url)
        assert 200 == response.status_code, url
        return html5lib.HTMLParser(strict=True).parse(response.content.decode())

    return get


def frames(tree) -> list[str]:
    """Return the addresses of the frames of a page."""
    return [frame.get("src") for frame in tree.iter(f"{XHTML}iframe")]


def frame(**look: str) -> str:
    """Return the address of a frame."""
    query = "&".join(f"{name}={value}" for name, value in look.items())
    return f"{GALLERY}frame/?{query}"


class TestWhoSeesIt:
    URLS = (GALLERY, f"{GALLERY}frame/?state=message.info&pack=plain")

    @pytest.mark.parametrize("url", URLS)
    def test_everybody_in_development(self, url):
        assert 200 == Client().get(url).status_code

    @pytest.mark.django_db
    @pytest.mark.parametrize("url", URLS)
    @pytest.mark.parametrize(("who", "status"), [("", 404), ("reader", 404), ("staff", 200)])
    def test_staff_in_production(self, settings, url, who, status):
        settings.DEBUG = False
        client = Client()
        if who:
            client.force_login(User.objects.create_user(who, is_staff=who == "staff"))

        assert status == client.get(url).status_code


class TestIndex:
    def test_every_component_is_linked(self, visit):
        links = [a for a in visit(GALLERY).iter(f"{XHTML}a") if "?component=" in a.get("href")]

        assert {*drawn_components(), "icon"} == {a.text for a in links}

    @pytest.mark.parametrize("component", drawn_components())
    def test_every_state_by_every_pack(self, visit, component):
        """
        Side by side, in the order in which the packs are installed.
        """
        found = frames(visit(f"{GALLERY}?component={component}"))

        states = [s for s in samples() if s.partition(".")[0] == component]
        shown = re.findall(r"state=([\w.-]+).*?pack=(\w+)", " ".join(found))
        assert [(s, p) for s in states for p in PACKS] == [x for x in shown if x[0] in states]

    def test_one_pack(self, visit):
        found = frames(visit(f"{GALLERY}?component=message&pack=plain"))

        assert found
        assert all("pack=plain" in url for url in found)

    def test_the_look_is_kept_by_every_link_and_shown_in_the_form(self, visit):
        """
        Links and GET forms are all there is: it works without JavaScript.
        """
        tree = visit(f"{GALLERY}?component=row&theme=dark&direction=rtl&width=wide&text=hostile")

        links = [a.get("href") for a in tree.iter(f"{XHTML}a") if "component=" in a.get("href")]
        chosen = [o.get("value") for o in tree.iter(f"{XHTML}option") if "selected" in o.attrib]
        assert all("theme=dark&direction=rtl&width=wide&text=hostile" in url for url in links)
        assert ["all", "dark", "rtl", "wide", "hostile"] == chosen
        assert "gallery-wide" in tree.find(f"{XHTML}body").get("class")

    def test_nonsense_falls_back(self, visit):
        assert frames(visit(GALLERY)) == frames(visit(f"{GALLERY}?component=x&pack=y&theme=z"))

    def test_nothing_that_a_strict_policy_forbids(self):
        html = Client().get(GALLERY).content.decode()

        assert not re.search(r"<script|<style|\sstyle=|\son\w+=", html)


class TestFrame:
    @pytest.mark.parametrize("pack", PACKS)
    @pytest.mark.parametrize("text", ["usual", "hostile"])
    def test_every_state_is_drawn(self, visit, pack, text):
        """
        Valid HTML; nothing of the hostile text is markup, and no frame takes the focus.
        """
        for state in [*samples(), "form_body.widgets", "form_body.widgets-errors"]:
            url = frame(state=state, pack=pack, text=text)
            tree = visit(url)

            assert state == tree.find(f".//{XHTML}title").text
            assert [] == list(tree.iter(f"{XHTML}script"))
            assert [] == [e for e in tree.iter() if "autofocus" in e.attrib]

    def test_hostile_texts_are_shown(self, visit):
        tree = visit(frame(state="message.info", pack="plain", text="hostile"))

        assert "{{ 7|add:7 }}<script>alert(1)</script>" in "".join(tree.itertext())

    @pytest.mark.parametrize("theme", ["light", "dark", "system"])
    def test_light_and_dark(self, visit, theme):
        tree = visit(frame(state="message.info", pack="plain", theme=theme))

        assert (theme if theme != "system" else None) == tree.get("data-theme")

    @pytest.mark.parametrize("direction", ["ltr", "rtl"])
    @pytest.mark.parametrize("language", ["en", "ar"])
    def test_both_directions(self, settings, visit, direction, language):
        """
        Whatever the visitor's own language is.
        """
        settings.LANGUAGE_CODE = language

        tree = visit(frame(state="pagination.middle", pack="plain", direction=direction))

        assert direction == tree.get("dir")

    @pytest.mark.parametrize("pack", PACKS)
    def test_controls_are_the_pack_s_own(self, pack):
        """
        A sample is made with Django's own controls; the frame shows those of the pack.
        """
        html = Client().get(frame(state="field_group.errors", pack=pack)).content.decode()
        control = re.search(r"<input[^>]*name=\"text\"[^>]*>", html)[0]

        assert 'aria-invalid="true"' in control
        assert "pc-f-text_error" in control
        assert ("class=" in control) == (pack != "plain")

    @pytest.mark.parametrize("pack", PACKS)
    def test_the_icons_are_on_one_page(self, visit, pack):
        tree = visit(frame(state="icon.all", pack=pack))

        assert list(ICONS) == [code.text for code in tree.iter(f"{XHTML}code")]

    def test_every_icon_of_the_samples_is_listed(self):
        """
        A key that the core asks for and that is not in the list is one that no pack draws.
        """
        asked = set()

        def note(value):
            if isinstance(value, Icon):
                asked.add(value.key)
            elif isinstance(value, tuple | list):
                for item in value:
                    note(item)
            elif is_dataclass(value):
                for f in fields(value):
                    note(getattr(value, f.name))

        for sample in samples().values():
            note(sample)
        assert asked
        assert set() == asked - set(ICONS)

    def test_a_pack_without_icons_says_so(self, visit, monkeypatch, settings):
        monkeypatch.syspath_prepend(str(Path(__file__).parents[1] / "packs/odd"))
        settings.INSTALLED_APPS = [*settings.INSTALLED_APPS, "powercrud_odd"]
        tree = visit(frame(state="icon.all", pack="odd"))

        assert "This pack draws no icons." in "".join(tree.itertext())

    def test_it_may_stand_in_a_frame_of_this_site_only(self):
        response = Client().get(frame(state="message.info", pack="plain"))

        assert "SAMEORIGIN" == response["X-Frame-Options"]

    @pytest.mark.parametrize("look", [{"state": "x.y", "pack": "plain"}, {"pack": "plain"}])
    def test_an_unknown_state_is_missing(self, look):
        assert 404 == Client().get(frame(**look)).status_code
