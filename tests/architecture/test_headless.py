"""Headless: the core contains no HTML element, no class and no pack's name."""

import re
from collections.abc import Iterator

import pytest

from tests.architecture.source import CORE, core_files, literals, name_of

ELEMENTS = (
    "a|abbr|article|aside|b|body|br|button|caption|code|col|colgroup|dd|details|dialog|div|dl|dt|em"
    "|fieldset|figure|footer|form|h[1-6]|head|header|hr|html|i|iframe|img|input|ins|kbd|label|legend"
    "|li|link|main|mark|meta|meter|nav|ol|optgroup|option|output|p|path|pre|progress|s|script|search"
    "|section|select|slot|small|span|strong|style|sub|summary|sup|svg|table|tbody|td|template"
    "|textarea|tfoot|th|thead|time|title|tr|u|ul|use|var|video|wbr|c-[a-z.-]+"
)
FORBIDDEN = {
    "an HTML element": re.compile(rf"</?({ELEMENTS})(?=[\s/>]|$)|<!--", re.IGNORECASE),
    "a class or a style": re.compile(r"\b(class|style)\s*=|^(class|style)$", re.IGNORECASE),
    "a pack": re.compile(
        r"powercrud_(plain|bootstrap|daisyui)|bootstrap|daisyui|tailwind|^plain$", re.IGNORECASE
    ),
}
# Who may say one of these all the same, and why.
EXCEPTIONS = {
    ("powercrud_core/attrs.py", "a class or a style"): "refuses both",
    ("powercrud_core/checks.py", "a pack"): "tells which distribution to install",
    ("powercrud_core/packs/naming.py", "an HTML element"): "writes a comment, in DEBUG only",
}
TEMPLATE_TAGS = {"extends", "load", "block", "endblock"}
SCRIPT_FORBIDDEN = re.compile(
    r"\bclassList\b|\bclassName\b|\.innerHTML\b|\.outerHTML\s*=|\beval\(|bootstrap|daisyui"
)


def findings(source: str) -> Iterator[tuple[str, str]]:
    """Yield what a headless module must not say: what it is, and where."""
    for line, text in literals(source):
        for what, pattern in FORBIDDEN.items():
            if pattern.search(text):
                yield what, f"line {line}: {text[:60]!r}"


def template_findings(source: str) -> list[str]:
    """Return the tags that decide, and the text, of a template that may only extend and print."""
    tags = [tag for tag in re.findall(r"{%-?\s*(\w+)", source) if tag not in TEMPLATE_TAGS]
    text = re.sub(r"{%.*?%}|{{.*?}}|{#.*?#}", "", source, flags=re.DOTALL).split()
    return tags + text


@pytest.mark.parametrize("path", core_files(tools=False), ids=name_of)
def test_no_module_of_the_core_draws(path):
    """
    Strings, f-strings included, are read from the syntax tree; docstrings may give examples. The
    conformance kit is left out: it reads packs' HTML and feeds them hostile HTML.
    """
    name = name_of(path)

    assert [] == [
        (what, where)
        for what, where in findings(path.read_text())
        if (name, what) not in EXCEPTIONS
    ]


@pytest.mark.parametrize("path", sorted((CORE / "templates").rglob("*.html")), ids=name_of)
def test_a_template_of_the_core_only_extends_and_prints(path):
    """
    But for a line of the head, which nobody sees: where there is no script, the page of a job that
    runs is to show itself again.
    """
    text = path.read_text()
    if path.name == "reload.html":
        text = text.replace('<noscript><meta http-equiv="refresh" content="', "", 1)
        text = text.replace('"></noscript>', "", 1)

    assert [] == template_findings(text)


@pytest.mark.parametrize("path", sorted((CORE / "static/powercrud_core").glob("*.js")), ids=name_of)
def test_the_script_toggles_no_class_and_writes_no_html(path):
    """
    What an element is in is told by attributes; how that looks is the pack's affair.
    """
    assert [] == SCRIPT_FORBIDDEN.findall(path.read_text())


class TestWouldFind:
    @pytest.mark.parametrize(
        "source",
        [
            'x = "<td>"',
            'x = f"<a href={y}>"',
            'x = f"<td {y}>"',
            "x = '</div>'",
            'x = Attrs({"class": "btn"})',
            "x = 'a class=\"b\"'",
            'x = "style=color"',
            'pack = "plain"',
            'x = "powercrud_daisyui/base.html"',
        ],
    )
    def test_what_a_pack_should_say(self, source):
        assert 1 == len(list(findings(source)))

    @pytest.mark.parametrize(
        "source",
        [
            '"""A <td> for docs."""',
            'x = "<int:pk>/edit/"',
            'x = "<prefix>-page"',
            'x = "a < b"',
            'x = "plainly"',
            "x = 'classes'",
        ],
    )
    def test_nothing_in_harmless_strings(self, source):
        assert [] == list(findings(source))

    def test_a_template_that_decides(self):
        assert ["if", "endif", "<p>"] == template_findings("{% if x %}<p>{{ x }}{% endif %}")
