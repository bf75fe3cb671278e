"""What must hold of every element, and what there is to see."""

import pytest

from powercrud_core.packs import get_pack
from powercrud_core.testing.elements import flaws
from powercrud_core.testing.sight import hiding_classes

ICON = '<svg aria-hidden="true"><path d="{}"/></svg>'
SPRITE = "/static/powercrud_bootstrap5/icons.svg"


def found(html: str) -> list[str]:
    """Return the checks that find something in some HTML of plain."""
    return [flaw.check for flaw in flaws(html, get_pack("plain"))]


@pytest.mark.parametrize(
    ("html", "check"),
    [
        ('<p id="a">A</p><p id="a">B</p>', "ids"),
        ('<label for="a">A</label>', "refs"),
        ('<a href="#a">A</a>', "refs"),
        ("<label>A</label>", "label"),
        ('<label for="a">A</label><p id="a">B</p>', "label"),
        ("<a>A</a>", "empty"),
        ("<div></div>", "empty"),
        ('<img title="" alt="">', "empty"),
        ('<a href="/"></a>', "empty"),
        ('<a href="/"><span class="pc-hidden">A</span></a>', "empty"),
        ("<button><b hidden>A</b></button>", "empty"),
        ("<svg></svg>", "empty"),
        ('<svg aria-hidden="true"><use href="#a"></use></svg>', "drawing"),
        (f'<svg aria-hidden="true"><use href="{SPRITE}#nothing"></use></svg>', "drawing"),
        ('<svg aria-hidden="true"><use href="/static/x/y.svg#a"></use></svg>', "drawing"),
        (
            f'<button aria-label="A">{ICON.format("M0")}</button>'
            f'<button aria-label="B">{ICON.format("M0")}</button>',
            "drawing",
        ),
        ("<p><b>A</p>", "html"),
    ],
)
def test_a_flaw_is_found(html: str, check: str) -> None:
    assert check in found(html)


@pytest.mark.parametrize(
    "html",
    [
        '<label for="a">A</label><input id="a">',
        "<label>A <input></label>",
        '<a href="#">A</a><a href="#a">A</a><p id="a">A</p>',
        '<div aria-hidden="true"></div><div id="a"></div><div data-pc-part="a"></div>',
        f'<a href="/">{ICON.format("M0")}<span class="pc-hidden">A</span></a>',
        f'<a href="/" aria-label="A">{ICON.format("M0")}</a>',
        '<a href="/" aria-label="A"><i class="sign-a"></i></a>',
        f'<svg aria-hidden="true"><use href="{SPRITE}#add"></use></svg>',
        '<svg aria-hidden="true"><use href="https://example.com/a.svg#a"></use></svg>',
        f'<button aria-label="A">{ICON.format("M0")}</button>'
        f'<button aria-label="B">{ICON.format("M1")}</button>',
        f"<button>A {ICON.format('M0')}</button><button>B {ICON.format('M0')}</button>",
    ],
)
def test_what_is_right_is_let_alone(html: str) -> None:
    assert [] == found(html)


@pytest.mark.parametrize(
    ("name", "hiding"),
    [("plain", "pc-hidden"), ("bootstrap5", "visually-hidden"), ("daisyui", "sr-only")],
)
def test_the_words_for_screen_readers_alone_are_known_from_the_stylesheet(
    name: str, hiding: str
) -> None:
    assert hiding in hiding_classes(get_pack(name))
