"""Packs made to be wrong: each extends plain and breaks one thing, or draws nothing at all."""

import re
from dataclasses import dataclass
from pathlib import Path

from powercrud_core.packs import get_pack
from powercrud_core.testing.kit import drawn_components

APP = """from powercrud_core.packs import PackConfig, TemplatePack


class Config(PackConfig):
    name = "{app}"
    pack = TemplatePack(name="{name}", contract=1, extends={extends!r})
"""


@dataclass(frozen=True)
class Break:
    """One mistake of a pack author: what to replace in plain's template, and who must find it.

    component: the component whose template is broken, and which must be named.
    old, new: a regular expression and what stands in its place; once.
    checks: the checks that must find it, among others.
    """

    name: str
    component: str
    old: str
    new: str
    checks: tuple[str, ...]

    @property
    def pack(self) -> str:
        """Return the name of the pack that has this mistake."""
        return f"broken_{self.name}"


BREAKS = (
    Break("missing_attrs", "table", r" \{\{ table\.attrs \}\}", "", ("attrs", "parity")),
    Break("attrs_twice", "message", r"<p>", "<p {{ message.attrs }}>", ("attrs", "parity")),
    Break(
        "unescaped",
        "empty_state",
        r"empty_state\.text",
        "empty_state.text|safe",
        ("escape", "static.safe"),
    ),
    Break(
        "autoescape_off",
        "message",
        r"\{\{ message\.text \}\}",
        "{% autoescape off %}{{ message.text }}{% endautoescape %}",
        ("escape", "static.safe"),
    ),
    Break(
        "unquoted",
        "table",
        r'title="\{\{ header\.help_text \}\}"',
        "title={{ header.help_text }}",
        ("static.quotes",),
    ),
    Break(
        "label_without_for",
        "field_group",
        r"<label \{\{ field_group\.label_attrs \}\}",
        "<label",
        ("attrs", "parity"),
    ),
    Break(
        "label_is_a_span",
        "field_group",
        r"<label (.*?\*</span>\{% endif %\}.*?)</label>",
        r"<span \1</span>",
        ("parity",),
    ),
    Break(
        "no_error_region",
        "field_group",
        r"\{% if field_group\.errors %\}.*?</ul>\{% endif %\}",
        "",
        ("attrs", "refs", "text"),
    ),
    Break(
        "help_dropped",
        "field_group",
        r"\{% if field_group\.help_text %\}.*?\{% endif %\}",
        "",
        ("attrs", "refs", "text"),
    ),
    Break(
        "hidden_inputs_dropped",
        "form_body",
        r"\{% for input in form_body\.hidden %\}.*?\{% endfor %\}",
        "",
        ("parity",),
    ),
    Break(
        "hidden_of_results_dropped",
        "results",
        r"\{% for input in results\.hidden %\}.*?\{% endfor %\}",
        "",
        ("attrs", "parity"),
    ),
    Break(
        "summary_without_links",
        "form_body",
        r"\{% for link in form_body.*?\{% endfor %\}",
        "",
        ("attrs", "parity"),
    ),
    Break(
        "text_dropped", "delete_page", r"\{\{ delete_page\.question \}\}", "", ("text", "parity")
    ),
    Break("title_is_no_heading", "detail_page", r"<h1>(.*?)</h1>", r"<p>\1</p>", ("parity",)),
    Break(
        "button_for_a_link",
        "row",
        r"<a \{\{ cell\.link \}\}>(.*?)</a>",
        r"<button {{ cell.link }}>\1</button>",
        ("parity",),
    ),
    Break(
        "literal_text",
        "form_page",
        r"</h1>",
        "</h1> <p>Please fill in</p>",
        ("static.literal", "parity"),
    ),
    Break("literal_attribute", "pagination", r"<nav ", '<nav title="Pages" ', ("static.literal",)),
    Break("onclick", "filter_form", r"<details ", '<details onclick="go()" ', ("static.inline",)),
    Break("style", "toolbar", r'class="pc-toolbar"', 'style="color: red"', ("static.inline",)),
    Break("script", "list_page", r"</header>", "</header><script></script>", ("static.inline",)),
    Break(
        "physical_class",
        "choice_page",
        r'class="pc-choice"',
        'class="text-left ml-2"',
        ("static.physical",),
    ),
    Break(
        "value_filter_in_row",
        "row",
        r"cell\.value \}\}</a>",
        "cell.value|title }}</a>",
        ("static.row", "stencil", "escape"),
    ),
    Break(
        "value_compared_in_row",
        "row",
        r"\{% if cell\.mark %\}",
        '{% if cell.value == "Yes" %}',
        ("static.decides", "stencil"),
    ),
    Break("unknown_field", "row", r"<tr ", '<tr data-x="{{ row.colour }}" ', ("static.fields",)),
    Break(
        "orm",
        "detail_page",
        r"</h1>",
        "</h1>{{ detail_page.obj.tags.all }}",
        ("static.orm", "static.fields"),
    ),
    Break(
        "bundle_opened",
        "sort_panel",
        r"<details ",
        '<details data-x="{{ sort_panel.attrs.id }}" ',
        ("static.fields",),
    ),
    Break(
        "cotton_filter",
        "filter_chips",
        r':link="chip\.remove"',
        ':link="chip.remove|default:1"',
        ("static.cotton", "attrs"),
    ),
    Break(
        "two_declarations",
        "message",
        r"<div ",
        '<c-vars tone="" /><div ',
        ("static.draws", "draws", "static.cotton"),
    ),
    Break("no_declaration", "notice_page", r"<c-vars notice_page />\n", "", ("static.cotton",)),
    Break(
        "surroundings", "message", r"<p>", '<p class="{{ tone }}">', ("context", "static.fields")
    ),
    Break(
        "id_twice",
        "messages",
        r"<div ",
        '<div id="pc-x"></div><div id="pc-x"></div><div ',
        ("ids",),
    ),
    Break("mark_dropped", "row", r"\{% if cell\.mark %\}.*?\{% endif %\}", "", ("attrs", "parity")),
    Break(
        "actions_dropped",
        "row",
        r"\{% elif row\.actions %\}.*?</td>(?=\{% endif %\})",
        "",
        ("attrs", "parity"),
    ),
    Break("row_header_lost", "row", r"<th (.*?) scope=\"row\">", r"<td \1>", ("parity",)),
    Break("caption_dropped", "table", r"<caption.*?</caption>", "", ("text", "parity")),
    Break(
        "sorting_dropped", "table", r"<a \{\{ header\.sort\.attrs \}\}>", "<a>", ("attrs", "parity")
    ),
    Break(
        "gap_is_a_link",
        "pagination",
        r'<span class="pc-gap">(.*?)</span>',
        r'<a href="#">\1</a>',
        ("parity",),
    ),
    Break("unclosed", "detail_page", r"</dl>", "", ("html",)),
    Break(
        "state_dropped",
        "filter_form",
        r"<details \{\{ filter_form\.details \}\}",
        "<details",
        ("attrs", "parity"),
    ),
    Break("extra_role", "results", r'class="pc-results"', 'role="main"', ("parity",)),
    Break(
        "wrapper_of_nothing",
        "pagination",
        r"\{% if pagination\.pages %\}",
        "{% if 1 %}",
        ("empty",),
    ),
    Break(
        "icon_of_hidden_words_lost",
        "toolbar",
        r"\{\{ toolbar\.search\.submit\.icon\|default:\"\" \}\}",
        "",
        ("empty",),
    ),
    Break(
        "one_drawing_for_all",
        "action_menu",
        r"\{\{ link\.icon \}\}</a>",
        '<svg aria-hidden="true"></svg></a>',
        ("drawing",),
    ),
    Break(
        "label_of_nothing",
        "field_group",
        r"<span (\{\{ field_group\.label_attrs.*?)</span>\{% else %\}</label>",
        r"<label \1</label>{% else %}</label>",
        ("label",),
    ),
    Break(
        "help_for_no_eye",
        "table",
        r' title="\{\{ header\.help_text \}\}"',
        "",
        ("text",),
    ),
    Break(
        "box_of_no_form",
        "row",
        r"<input \{\{ row\.select \}\}>",
        '<input type="checkbox" name="pk">',
        ("attrs", "parity"),
    ),
    Break(
        "silent_count",
        "selection_bar",
        r"<span \{\{ selection_bar\.status\.attrs \}\}",
        "<span",
        ("attrs", "parity"),
    ),
    Break(
        "reasons_dropped",
        "bulk_page",
        r"\{% for group in bulk_page\.groups %\}.*?\{% endfor %\}",
        "",
        ("parity",),
    ),
    Break(
        "number_not_asked",
        "bulk_page",
        r"\{\{ bulk_page\.confirm\|default:\"\" \}\}",
        "",
        ("parity",),
    ),
    Break(
        "more_opens_nothing",
        "action_menu",
        r"<button \{\{ action_menu\.more\.attrs \}\}",
        '<button type="button"',
        ("attrs", "parity"),
    ),
    Break("search_lost", "toolbar", r' role="search"', "", ("parity",)),
    Break(
        "no_region",
        "jobs",
        r"<section \{\{ jobs\.attrs \}\}",
        "<section",
        ("attrs", "parity"),
    ),
    Break(
        "end_of_jobs_not_told",
        "jobs",
        r"<p \{\{ jobs\.status\.attrs \}\}",
        "<p",
        ("attrs", "parity"),
    ),
    Break(
        "one_job_only",
        "jobs",
        r"in jobs\.jobs %\}",
        'in jobs.jobs|slice:":1" %}',
        ("parity",),
    ),
    Break(
        "bar_is_a_picture",
        "job_progress",
        r"<progress \{\{ job_progress\.bar \}\}></progress>",
        '<span class="pc-bar"></span>',
        ("attrs", "parity"),
    ),
    Break(
        "state_of_job_dropped",
        "job_progress",
        r"\{\{ job_progress\.state \}\}",
        "",
        ("text", "parity"),
    ),
    Break(
        "notice_of_job_dropped",
        "job_progress",
        r"\{% if job_progress\.notice %\}.*?\{% endif %\}",
        "",
        ("text", "parity"),
    ),
    Break(
        "no_stop",
        "job_progress",
        r"\{% for action in job_progress\.actions %\}.*?\{% endfor %\}",
        "",
        ("attrs", "parity"),
    ),
    Break(
        "log_of_job_dropped",
        "job_page",
        r"\{% for field in job_page\.fields %\}.*?\{% endfor %\}",
        "",
        ("attrs", "parity"),
    ),
    Break(
        "reasons_of_job_dropped",
        "job_page",
        r"\{% for group in job_page\.groups %\}.*?\{% endfor %\}",
        "",
        ("parity",),
    ),
    Break(
        "no_retry",
        "job_page",
        r"\{\{ job_page\.actions\|default:\"\" \}\}",
        "",
        ("parity",),
    ),
    Break(
        "note_of_row_dropped",
        "row",
        r"\{% if cell\.note %\}.*?\{% endif %\}",
        "",
        ("text", "parity"),
    ),
)
BLANK = "blank"


def write_packs(folder: Path) -> list[str]:
    """Write the wrong packs as apps into a folder and return the apps' names."""
    plain = get_pack("plain")
    source = Path(plain.path) / "templates/cotton" / plain.name
    for item in BREAKS:
        text = (source / f"{item.component}.html").read_text()
        broken, times = re.subn(item.old, item.new, text, count=1, flags=re.S)
        if not times:
            raise LookupError(
                f"{item.name}: {item.old!r} is not in plain's {item.component}.html any more."
            )
        write_pack(folder, item.pack, {item.component: broken}, extends="plain")
    write_pack(folder, BLANK, dict.fromkeys(drawn_components(), ""))
    return [app_name(item.pack) for item in BREAKS] + [app_name(BLANK)]


def write_pack(
    folder: Path, name: str, templates: dict[str, str], extends: str | None = None
) -> None:
    """Write one pack."""
    app = app_name(name)
    drawn = folder / app / "templates/cotton" / app
    drawn.mkdir(parents=True)
    (folder / app / "__init__.py").touch()
    (folder / app / "apps.py").write_text(APP.format(app=app, name=name, extends=extends))
    for component, text in templates.items():
        (drawn / f"{component}.html").write_text(text)


def app_name(pack: str) -> str:
    """Return the app of a pack."""
    return f"powercrud_{pack}"
