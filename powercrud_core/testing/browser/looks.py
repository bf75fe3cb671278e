"""What neither markup nor walks show: can it be read, reached, pressed, and does it stay inside?"""

from collections.abc import Callable
from functools import partial

from django.apps import apps

from powercrud_core.testing.browser.machine import axe
from powercrud_core.testing.browser.scenario import scenario
from powercrud_core.testing.browser.screen import HEIGHT, NARROW, WIDE, Screen, Window, script
from powercrud_core.testing.browser.views import SIGHTS, Sight

__all__: list[str] = []

REFLOW = 320  # CSS pixels: a window of 1280 at 400 %, as WCAG 1.4.10 has it
WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
PRACTICE = ("best-practice",)
FREE = ("heading-order", "page-has-heading-one")  # heading levels are the pack's affair
POLICY_WORDS = "Content-Security-Policy"


def axe_sees_nothing(sight: Sight, scheme: str, rules: tuple[str, ...], w: Window) -> None:
    """Look at a page in one colour scheme, wide and narrow."""
    screen = sight.open(w)
    screen.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    screen.page.evaluate(axe())
    # What lies under an open panel cannot be pressed, and need not be.
    within = f'[id$="{sight.panel}"]' if sight.panel else "html"
    found = []
    for width in (WIDE, NARROW):
        screen.page.set_viewport_size({"width": width, "height": HEIGHT})
        for problem in screen.page.evaluate(script("axe"), [within, rules, FREE]):
            found.append(f"{width} wide: {problem}")
    screen.nothing(f"nothing that axe finds in {sight.meaning}, {scheme}", found)


def fits(sight: Sight, width: int, language: str, w: Window) -> None:
    """Measure a page: nothing is cut off, covered, tiny, or wider than the window."""
    screen = sight.open(w, width=width, language=language)
    found = screen.page.evaluate(script("geometry"))
    screen.nothing(f"a page that fits {width} pixels, {sight.meaning}", found)


def focus_shows(sight: Sight, w: Window) -> None:
    """Go through a page with the Tab key."""
    screen = sight.open(w)
    screen.nothing("focus that reaches everything and can be seen", tabbed(screen))


def tabbed(screen: Screen) -> list[str]:
    """Press Tab until the page has been gone round; return what is wrong with the stops."""
    page, found = screen.page, []
    page.evaluate(script("focus"))
    for _ in range(200):
        page.keyboard.press("Tab")
        stop = page.evaluate("powercrudFocus.stop()")
        if stop is None:
            break
        if stop["again"]:
            continue
        clip = {name: stop[name] for name in ("x", "y", "width", "height")}
        if stop["problem"]:
            found.append(f"{stop['problem']}: {stop['html']}")
        elif clip["width"] > 0 and clip["height"] > 0:
            look = partial(page.screenshot, clip=clip, animations="disabled")
            focused = look()
            page.evaluate("powercrudFocus.leave()")
            if screen.window.looks_alike(focused, look()):
                found.append(f"focus cannot be seen: {stop['html']}")
    missed = page.evaluate("powercrudFocus.missed()")
    return [*found, *(f"the Tab key does not reach: {html}" for html in missed)]


def complaints_of(words: Callable[[str], bool], w: Window) -> list[str]:
    """Open every page and return what the browser says about them, of one kind."""
    for sight in SIGHTS.values():
        if not sight.needs or apps.is_installed(sight.needs):
            sight.open(w)
    heard, w.complaints = w.complaints, []
    return [text for text in heard if words(text)]


@scenario("csp", "base", "Nothing on any page is against `default-src 'self'`.")
def _(w: Window) -> None:
    found = complaints_of(lambda text: POLICY_WORDS in text or "Content Security" in text, w)
    Screen(w, w.contexts[0].pages[0]).nothing("nothing that the policy forbids", found)


@scenario("console", "base", "No page makes the browser complain: every file is there.")
def _(w: Window) -> None:
    found = complaints_of(lambda text: POLICY_WORDS not in text, w)
    Screen(w, w.contexts[0].pages[0]).nothing("no error in the console", found)


@scenario("skip", "base", "The first stop of the Tab key skips to the content, and can be seen.")
def _(w: Window) -> None:
    screen = w.open("/products/")
    screen.page.keyboard.press("Tab")
    skip = screen.page.locator("a:focus")
    screen.seen("the link", skip)
    screen.page.keyboard.press("Enter")
    inside = "() => !!document.activeElement.querySelector('[data-pc-part=\"list-page\"]')"
    screen.until("focus on the content", True, lambda: screen.page.evaluate(inside))


@scenario("rtl", "list_page", "In Arabic the page begins at the right.", level="full")
def _(w: Window) -> None:
    screen = w.open("/products/", language="ar")
    screen.expect("dir", "rtl", screen.page.locator("html").get_attribute("dir"))
    name = screen.part("cell").first
    edges = "e => { const b = e.getBoundingClientRect(); return b.right > innerWidth / 2; }"
    screen.expect("the first value at the right", True, name.evaluate(edges))


for name, sight in SIGHTS.items():
    for scheme in ("light", "dark"):
        scenario(
            f"axe.{name}.{scheme}",
            sight.component,
            f"axe finds nothing against WCAG 2.2 AA in {sight.meaning}, {scheme}, wide and narrow.",
            level="full",
            needs=sight.needs,
        )(partial(axe_sees_nothing, sight, scheme, WCAG))
    scenario(
        f"axe.{name}.practice",
        sight.component,
        f"axe finds nothing against good practice in {sight.meaning}.",
        level="accessible",
        needs=sight.needs,
    )(partial(axe_sees_nothing, sight, "light", PRACTICE))
    for size, width in (("wide", WIDE), ("narrow", NARROW)):
        scenario(
            f"geometry.{name}.{size}",
            sight.component,
            f"Nothing is cut off, covered or tiny in {sight.meaning}, {width} pixels wide.",
            level="full",
            needs=sight.needs,
        )(partial(fits, sight, width, "en-US"))
for name in ("list", "list.filter", "form.error", "detail", "delete", "choose"):
    sight = SIGHTS[name]
    scenario(
        f"focus.{name}",
        sight.component,
        f"The Tab key reaches everything in {sight.meaning}, and one sees where it is.",
        level="full",
    )(partial(focus_shows, sight))
    scenario(
        f"geometry.{name}.rtl",
        sight.component,
        f"In Arabic, nothing is cut off or covered in {sight.meaning}.",
        level="full",
    )(partial(fits, sight, WIDE, "ar"))
    scenario(
        f"geometry.{name}.reflow",
        sight.component,
        f"In a window of 320 pixels there is no sideways scroll in {sight.meaning}.",
        level="accessible",
    )(partial(fits, sight, REFLOW, "en-US"))
