"""Packs that mean what they should and cannot be used: only a browser sees what is wrong."""

import re
from dataclasses import dataclass
from pathlib import Path

from powercrud_core.packs import get_pack
from tests.packs.broken import app_name, write_pack

APP = """from powercrud_core.packs import PackConfig, TemplatePack


class Config(PackConfig):
    name = "{app}"
    pack = TemplatePack(
        name="{name}", contract=1, extends="plain", level="accessible", css=("{app}/{css}",)
    )
"""
BASE = "powercrud_plain/base.html"


@dataclass(frozen=True)
class Flaw:
    """One mistake: in the stylesheet, or in a template of plain.

    finds: the key of a finding that it must cause, and words of it.
    only: the scenarios that are run; `spares` are those among them that must not complain.
    """

    name: str
    only: str
    finds: str
    words: str
    css: str = ""
    template: str = ""
    old: str = ""
    new: str = ""
    spares: str = ""
    sheet: str = "x.css"

    @property
    def pack(self) -> str:
        return f"flawed_{self.name}"


FLAWS = (
    Flaw(
        "no_focus_ring",
        "focus.detail",
        "detail_page/browser.focus.detail",
        "focus cannot be seen: <a",
        css="a:focus-visible { outline: none !important; }",
    ),
    Flaw(
        "focus_in_hiding",
        "focus.delete",
        "delete_page/browser.focus.delete",
        "focus is covered by",
        css="main::after { content: ''; position: fixed; inset: 0; }",
    ),
    Flaw(
        "out_of_reach",
        "focus.list",
        "list_page/browser.focus.list",
        "the Tab key does not reach: <summary",
        template="cotton/powercrud_plain/sort_panel.html",
        old="<summary ",
        new='<summary tabindex="-1" ',
    ),
    Flaw(
        "pale",
        "axe.list.light",
        "list_page/browser.axe.list.light",
        "color-contrast: <p id=",
        css=".pc-status { color: #aaa !important; background: #fff; }",
    ),
    Flaw(
        "pale_at_night",
        "axe.detail.*",
        "detail_page/browser.axe.detail.dark",
        "color-contrast: <dt",
        css="@media (prefers-color-scheme: dark) { dt { color: #444 !important; } }",
        spares="axe.detail.light",
    ),
    Flaw(
        "panel_off_screen",
        "*list.sort.panel",
        "sort_panel/browser.list.sort.panel",
        "the link to add Price in sight",
        css=".pc-sort > :not(summary) { position: fixed !important; top: -900px !important;"
        " bottom: auto !important; }",
    ),
    Flaw(
        "under_glass",
        "list.row.actions",
        "action_menu/browser.list.row.actions",
        "intercepts pointer events",
        css="body::after { content: ''; position: fixed; inset: 0; z-index: 99; }",
    ),
    Flaw(
        "no_hook",
        "list.page.swap",
        "pagination/browser.list.page.swap",
        "the same document, changed in place",
        template="cotton/powercrud_plain/list_page.html",
        old=r"\{\{ list_page\.attrs \}\}",
        new='id="pc-product" data-pc-part="list-page"',
    ),
    Flaw(
        "silent",
        "delete.confirm",
        "delete_page/browser.delete.confirm",
        "the message in sight",
        css=".pc-message { display: none !important; }",
    ),
    Flaw(
        "inline_style",
        "csp",
        "base/browser.csp",
        "Content-Security-Policy: style-src-elem forbids inline",
        template=BASE,
        old="</head>",
        new="<style>body { margin: 0 }</style></head>",
    ),
    Flaw(
        "lost_stylesheet",
        "c*s*",
        "base/browser.console",
        "404 (Not Found) (/static/powercrud_flawed_lost_stylesheet/gone.css)",
        sheet="gone.css",
        spares="csp",
    ),
    Flaw(
        "too_wide",
        "geometry.form.*",
        "form_page/browser.geometry.form.narrow",
        "the page scrolls sideways",
        css=".pc-head, main > * { min-inline-size: 45rem !important; }",
        spares="geometry.form.wide",
    ),
    Flaw(
        "tiny",
        "geometry.detail.wide",
        "detail_page/browser.geometry.detail.wide",
        "tiny: <a",
        css="[data-pc-part=action-update] { display: inline-block !important;"
        " padding: 0 !important; block-size: 4px !important; min-block-size: 0 !important;"
        " overflow: hidden !important; }",
    ),
    Flaw(
        "closed_without_script",
        "nojs.filter",
        "filter_form/browser.nojs.filter",
        "not visible",
        css="@media (scripting: none) { .pc-filters > .pc-card { display: none !important; } }",
    ),
    Flaw(
        "left_to_right",
        "rtl",
        "list_page/browser.rtl",
        "the first value at the right",
        css="main { direction: ltr !important; }",
    ),
    Flaw(
        "dead_label",
        "form.labels",
        "field_group/browser.form.labels",
        "intercepts pointer events",
        css="label { pointer-events: none; }",
    ),
    Flaw(
        "never_busy",
        "list.waiting",
        "list_page/browser.list.waiting",
        "the same picture as without",
        css="[aria-busy]::after { content: none !important; }"
        " [aria-busy] > * { opacity: 1 !important; }",
    ),
    Flaw(
        "mute_jobs",
        "job.announced",
        "jobs/browser.job.announced",
        "statuses in the region",
        css="[data-pc-part=jobs-status] { display: none !important; }",
    ),
    Flaw(
        "secret_jobs",
        "job.leave",
        "bulk_page/browser.job.leave",
        "the job in sight",
        css="[data-pc-part=job] { display: none !important; }",
    ),
    Flaw(
        "no_bar",
        "job.progress",
        "job_progress/browser.job.progress",
        "the bar in sight",
        css="progress { display: none !important; }",
    ),
    Flaw(
        "job_without_end",
        "*job.page.live",
        "job_page/browser.job.page.live",
        "the reasons",
        template="cotton/powercrud_plain/jobs.html",
        old=r"\{\{ jobs\.attrs \}\}",
        new='id="pc-jobs" data-pc-part="jobs"',
    ),
    Flaw(
        "no_skipping",
        "skip",
        "base/browser.skip",
        "the link in sight",
        css=".pc-skip:focus { position: absolute !important; top: -9rem !important; }",
    ),
)


def write_flawed(folder: Path) -> list[str]:
    """Write the packs as apps into a folder and return the apps' names."""
    for flaw in FLAWS:
        write_pack(folder, flaw.pack, {}, extends="plain")
        app = app_name(flaw.pack)
        text = APP.format(app=app, name=flaw.pack, css=flaw.sheet)
        (folder / app / "apps.py").write_text(text)
        sheet = folder / app / "static" / app / "x.css"
        sheet.parent.mkdir(parents=True)
        sheet.write_text(flaw.css)
        if flaw.template:
            source = Path(get_pack("plain").path) / "templates" / flaw.template
            broken, times = re.subn(flaw.old, flaw.new, source.read_text(), count=1)
            if not times:
                raise LookupError(f"{flaw.old!r} is not in plain's {flaw.template} any more.")
            target = folder / app / "templates" / flaw.template.replace("powercrud_plain", app)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(broken)
    return [app_name(flaw.pack) for flaw in FLAWS]
