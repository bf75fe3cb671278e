"""The gallery in a browser: every component by every pack, hostile texts, and no script."""

from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest
from django.conf import settings as project
from django.urls import clear_url_caches, include, path
from playwright.sync_api import Page, expect

from powercrud_core.contrib.gallery.states import components, states_of
from powercrud_core.packs.icons import ICONS
from powercrud_core.testing.browser.machine import axe
from powercrud_core.testing.browser.screen import script
from tests.browser.conftest import NARROW, WIDE
from tests.settings import PACKS

GALLERY = "/powercrud/gallery/"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# A state stands alone, cut out of its page: it has no landmarks and no skip link.
ALONE = ["bypass", "region"]


@pytest.fixture(autouse=True)
def gallery(site: None, settings: Any) -> Iterator[None]:
    """Add the gallery to the site of these tests, in development."""
    module = ModuleType("tests.gallery_urls")
    included = include("powercrud_core.contrib.gallery.urls")
    module.urlpatterns = [path(GALLERY[1:], included)]  # type: ignore[attr-defined]
    settings.INSTALLED_APPS = [*project.INSTALLED_APPS, "powercrud_core.contrib.gallery"]
    settings.ROOT_URLCONF = module
    settings.DEBUG = True
    clear_url_caches()
    yield
    clear_url_caches()


def violations(page: Page, *free: str) -> list[str]:
    """Return what axe finds on a page."""
    page.evaluate(axe())
    return [str(v) for v in page.evaluate(script("axe"), ["html", WCAG, list(free)])]


@pytest.mark.parametrize("pack", PACKS)
def test_hostile_texts_harm_no_state(open_page: Callable[..., Page], pack: str) -> None:
    """
    Every state by every pack: no script comes of them, axe finds nothing, nobody complains.
    """
    page = open_page(GALLERY, user="")
    found = []
    for component in components():
        for state in states_of(component):
            page.goto(f"{GALLERY}frame/?state={state}&pack={pack}&text=hostile&theme=light")
            expect(page.locator("script")).to_have_count(0)
            # The sample of a form with a layout of its own brings markup that is no pack's.
            own = ["label"] if state == "form_body.layout" else []
            found += [f"{state}: {problem}" for problem in violations(page, *ALONE, *own)]

    assert found == []


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_gallery_itself_is_accessible(
    open_page: Callable[..., Page], scheme: str, width: int
) -> None:
    page = open_page(GALLERY, user="", width=width, color_scheme=scheme)
    page.locator("iframe").evaluate_all("frames => frames.forEach(frame => frame.remove())")

    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_it_works_without_a_script(open_page: Callable[..., Page]) -> None:
    """
    Links choose the component, a form the look, and frames show it.
    """
    page = open_page(GALLERY, user="", js=False)
    page.get_by_role("link", name="message", exact=True).click()
    page.get_by_label("Text").select_option("hostile")
    page.get_by_label("Pack").select_option(PACKS[-1])
    page.get_by_role("button", name="Show").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("message")
    shown = page.frame_locator("iframe").first
    expect(shown.locator("[data-pc-part=message]")).to_contain_text("<script>alert(1)</script>")
    frames = [frame.get_attribute("src") or "" for frame in page.locator("iframe").all()]
    assert frames
    assert all(f"pack={PACKS[-1]}" in src and "text=hostile" in src for src in frames)


@pytest.mark.parametrize("pack", PACKS)
def test_all_icons_are_on_one_page(open_page: Callable[..., Page], pack: str) -> None:
    """
    Each with its key and its meaning, each seen, no two alike.
    """
    page = open_page(f"{GALLERY}?component=icon&pack={pack}", user="")
    icons = page.frame_locator("iframe").locator(".gallery-icons li")

    expect(icons).to_have_count(len(ICONS))
    for icon, key in zip(icons.all(), ICONS, strict=True):
        expect(icon).to_contain_text(key)
        expect(icon.locator("svg, i, span span").first).to_be_visible()
    drawn = [icon.locator("span").first.inner_html() for icon in icons.all()]
    assert len(set(drawn)) == len(ICONS)
