"""The catalogue: every scenario of the kit by its stable name, with what it means.

A name stays as long as its meaning does: exceptions, reports and mutants speak of it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from powercrud_core.testing.behaviours import BEHAVIOURS
from powercrud_core.testing.browser import SCENARIOS
from powercrud_core.testing.scenes import SCENES
from powercrud_core.testing.work import JOBS

__all__ = ["STATES", "Scenario", "catalogue", "page"]

# The sample states, drawn by the levels render and parity.
STATES: Mapping[str, str] = {
    "message.info": "A message that informs.",
    "message.success": "A message that something was done.",
    "message.warning": "A message that warns.",
    "message.error": "A message that something failed.",
    "message.dismiss": "A message with a link that makes it go away.",
    "messages.empty": "No message: the element is there for those to come.",
    "messages.two": "Two messages of different tones.",
    "action_menu.list": "What can be done with a list.",
    "action_menu.detail": "What can be done with an object, on its page.",
    "action_menu.compact": "What can be done with an object, in its row.",
    "empty_state.plain": "Nothing there yet, and no way out.",
    "empty_state.action": "Nothing matches, with a way out.",
    "field_group.plain": "A field with nothing but its label.",
    "field_group.help": "A field with help.",
    "field_group.errors": "A field with two errors.",
    "field_group.inline": "A single box, its label after it.",
    "field_group.grouped": "Several controls under one name, with help and an error.",
    "field_group.choose": "A field with the button to a page of choices.",
    "field_group.choose-link": "A filter with the link to a page of choices.",
    "field_group.related": "A field with links to create, edit and view what it can hold.",
    "field_group.affixes": "A control with a text on either side.",
    "field_group.followed": "A field that follows another and is followed itself.",
    "hidden_field.values": "A field that is not there now; its values travel along.",
    "hidden_field.empty": "A field that is not there now and has forgotten its value.",
    "readonly_field.plain": "A value that is only shown.",
    "readonly_field.full": "A value with a link and help.",
    "readonly_field.mark": "A yes or no that is only shown.",
    "field_row.two": "Two fields side by side.",
    "form_section.help": "A section with help, a row and a value that is only shown.",
    "form_section.plain": "A section with two fields.",
    "form_tab.errors": "An open tab with sections and errors.",
    "form_tab.plain": "A tab with fields alone.",
    "form_tab.hidden": "A tab none of whose fields is there now.",
    "form_tabs.three": "Three tabs, the first with an error open.",
    "toolbar.full": "Search and actions.",
    "toolbar.search": "A search alone.",
    "toolbar.empty": "Neither search nor actions.",
    "filter_form.closed": "Filters that are closed, none applied.",
    "filter_form.open": "Filters that are open, two applied.",
    "filter_form.without-fields": "No filters: the form is there for the search.",
    "filter_chips.one": "The search as the only condition.",
    "filter_chips.three": "Three conditions.",
    "sort_panel.empty": "Nothing sorted: only columns to add.",
    "sort_panel.one": "One column, descending.",
    "sort_panel.three": "Three columns: top, middle and end.",
    "row.plain": "A row with links, a mark and actions.",
    "row.bare": "A row with values alone.",
    "table.plain": "A table in its own order.",
    "table.sorted": "A table sorted by one column.",
    "table.sorted-by-two": "A table sorted by two columns.",
    "table.empty": "A table without rows.",
    "table.without-actions": "A table without a column of actions.",
    "pagination.first": "The first page of many: no previous.",
    "pagination.middle": "A page between gaps.",
    "pagination.last": "The last page: no next.",
    "pagination.only-sizes": "One page, several sizes.",
    "pagination.without-sizes": "Several pages, one size.",
    "results.full": "Notices, chips, sort panel, table and pages.",
    "results.empty": "Chips and the reason why there are no rows.",
    "list_page.full": "A list with everything.",
    "list_page.empty": "A list without rows.",
    "detail_page.full": "An object with links, marks and help.",
    "detail_page.bare": "An object with one value.",
    "form_body.plain": "A form with every widget.",
    "form_body.errors": "The same after a failed attempt.",
    "form_body.layout": "A form that brings a layout of its own.",
    "form_body.arranged": "A form with tabs, and fields that follow others.",
    "form_page.full": "A form with errors, a note and two ways to save.",
    "form_page.bare": "A form with one button.",
    "delete_page.collateral": "A deletion that takes others along.",
    "delete_page.protected": "A deletion that is not possible.",
    "delete_page.bare": "A deletion of one object alone.",
    "choice_page.full": "Choices between other pages of them.",
    "choice_page.empty": "No choices.",
    "notice_page.plain": "A page that only says something.",
    "row.editable": "A row with a cell that can be edited.",
    "row.locked": "A row that cannot be edited, and why.",
    "row.moved": "A row that no longer matches the filters.",
    "row.cell-editor": "A cell that is being edited, with help and errors.",
    "row.cell-editor-plain": "The same with nothing to say.",
    "row.row-editor": "A row that is being edited as a whole.",
    "row_page.editor": "A row by itself, with an editor.",
    "row_page.saved": "A row after it was saved.",
    "row_page.gone": "A row that is no longer in its list.",
    "dialog.mould": "The mould of dialogs, closed and empty.",
    "dialog.drawer": "The same as a drawer.",
    "confirmation.plain": "The question before what was typed is given up.",
    "field_conflict.plain": "A field that two people changed.",
    "field_conflict.long": "The same with a text of many lines, and with nothing.",
    "conflict_page.full": "Two fields in conflict, and a file to be chosen again.",
    "conflict_page.bare": "One field in conflict.",
    "action_menu.more": "More actions than fit: the others are behind a button.",
    "action_menu.compact-more": "The same in a row, where each action says what it is about.",
    "selection_bar.plain": "What can be done with chosen rows; nothing is chosen yet.",
    "selection_bar.without-matching": "The same where all that match cannot be chosen.",
    "bulk_groups.deleted": "What is deleted along, counted.",
    "bulk_groups.reasons": "Why rows cannot be changed, with some of their names.",
    "bulk_page.preview": "What would become of the rows: numbers, reasons and some changes.",
    "bulk_page.question": "The question before something is done, with nothing more to say.",
    "bulk_page.typed": "The question before much is done: the number of rows is to be typed.",
    "bulk_page.result": "What became of the rows, where not all went well.",
    "row.select": "A row that can be chosen.",
    "row.barred": "A row that cannot be chosen, and why.",
    "row.more": "A row with more actions than fit.",
    "table.select": "A table with a column of boxes.",
    "results.selection": "A list with the bar of its chosen rows.",
    "job_progress.running": "A job that runs, and can be stopped.",
    "job_progress.waiting": "A job that nobody works on.",
    "job_progress.done": "A job that is over.",
    "job_progress.facts": "A job on its own page, with numbers.",
    "jobs.none": "No jobs: the element is there for those to come.",
    "jobs.three": "A job that runs, one that waits, one that is over.",
    "job_page.running": "A job that runs.",
    "job_page.partial": "A job that is over, with rows that did not change.",
    "job_page.reasons": "The same, in two groups, without a file of them.",
    "job_page.bare": "A job that runs, with no way back and nothing to be done.",
}
INTRODUCTIONS: Mapping[str, str] = {
    "render": "Sample states, drawn by the levels `render` and `parity`.",
    "http": "Pages of the kit's store; each must mean what the reference pack's means.",
    "behaviour": "Walks through the store, led by `data-pc-part` alone.",
    "browser": "The store in a real browser; `nojs` without a script, the others with it.",
}


@dataclass(frozen=True, slots=True)
class Scenario:
    """A scenario as the catalogue tells it."""

    name: str
    level: str
    component: str
    meaning: str
    needs: str = ""


@cache
def catalogue() -> tuple[Scenario, ...]:
    """Return every scenario; those of the levels render and parity are told once."""
    return (
        *(Scenario(n, "render", n.partition(".")[0], m) for n, m in STATES.items()),
        *(Scenario(n, "http", s.component, s.meaning, s.needs) for n, s in SCENES.items()),
        *(Scenario(n, "behaviour", b.component, b.meaning, b.needs) for n, b in BEHAVIOURS.items()),
        *(Scenario(n, "browser", s.component, s.meaning, s.needs) for n, s in SCENARIOS.items()),
    )


def page() -> str:
    """Return the catalogue as a page of the documentation."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# Scenarios of the kit\n"
    yield f"The {len(catalogue())} scenarios of the [conformance kit](testing.md) by name."
    yield "A name is kept as long as its meaning is."
    needy = sum(bool(s.needs) for s in catalogue())
    yield f"{needy} of them, marked †, need `{JOBS}`; where that is missing, they are counted."
    for level, introduction in INTRODUCTIONS.items():
        yield f"\n## `{level}`\n\n{introduction}\n"
        yield "| Scenario | Component | Meaning |\n| --- | --- | --- |"
        for s in catalogue():
            if s.level == level:
                mark = " †" if s.needs else ""
                yield f"| `{s.name}`{mark} | `{s.component}` | {s.meaning} |"
