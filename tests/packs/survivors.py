"""Mutants that the kit does not see, each with the reason why it may not or need not.

Every reason was confirmed by looking at what the broken template draws.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol


class Broken(Protocol):
    """What is asked of a mutant here."""

    @property
    def kind(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def was(self) -> str: ...


@dataclass(frozen=True, eq=False)
class Survivor:
    """Mutants that survive for one reason.

    kind, name, was: expressions for the kind of mutant, the file's name and what stood there.
    times: pack to how many of its mutants survive so; with any other number the run fails.
    """

    kind: str
    name: str
    was: str
    reason: str
    times: Mapping[str, int]

    def covers(self, pack: str, mutant: Broken) -> bool:
        """Say whether this is the reason for a mutant of a pack."""
        return (
            pack in self.times
            and bool(re.fullmatch(self.kind, mutant.kind))
            and bool(re.fullmatch(self.name, mutant.name))
            and bool(re.search(self.was, mutant.was))
        )


ICON = "An icon beside words that are seen is decoration, which the contract leaves to the pack."
LOOKS = "Only a class changes: looks, which the contract leaves to the pack."
SAME = "The label stands around its box and needs no `for`."
DJANGO = "Django's template is drawn for the pack's: the same select in other clothes."
SURVIVORS = (
    Survivor(
        "slot dropped",
        r"button|link|back|step|empty_state|action_menu|choice_page|delete_page"
        r"|selection_bar|job_page|job_progress|cell_editor",
        r"\w\.icon\b",
        ICON,
        {"plain": 3, "bootstrap5": 12, "daisyui": 6},
    ),
    Survivor(
        "slot dropped",
        "row_form",
        r"form\.\w+\.icon\b",
        ICON,
        {"plain": 2, "bootstrap5": 2, "daisyui": 2},
    ),
    Survivor(
        "never",
        "row_form",
        r"if form\.\w+\.icon ",
        ICON,
        {"plain": 2, "bootstrap5": 2, "daisyui": 2},
    ),
    Survivor(
        "always",
        "action_menu",
        r"if not action_menu\.compact ",
        "Words beside an icon: the name of the button is the same.",
        {"plain": 1, "bootstrap5": 1},
    ),
    Survivor(
        "always",
        "accordion|accordion-group",
        r"if \w+\.css_id ",
        "Crispy gives each an id of its own where the layout gives none.",
        {"plain": 2, "bootstrap5": 2, "daisyui": 2},
    ),
    Survivor(
        "escape lost",
        "row",
        r"^\{\{ fields \}\}",
        "What crispy hands on is HTML, marked as such.",
        {"plain": 1, "daisyui": 1},
    ),
    Survivor(
        "attribute dropped",
        "row",
        r"^aria-hidden",
        "What it is on is empty: there is nothing to hide.",
        {"plain": 1, "bootstrap5": 1, "daisyui": 1},
    ),
    Survivor("slot dropped", "field_group", r"(choose_\w+|link)\.icon\b", ICON, {"bootstrap5": 3}),
    Survivor(
        "never", "button|link", r"if \w+\.icon ", ICON, {"plain": 2, "bootstrap5": 1, "daisyui": 2}
    ),
    Survivor("never", "action_menu", r"if link\.icon ", ICON, {"bootstrap5": 2, "daisyui": 1}),
    Survivor(
        "piece dropped",
        "filter_form|sort_panel|message|delete_page|form_body|summary",
        r"ui\.icon name=",
        ICON,
        {"plain": 3, "bootstrap5": 4, "daisyui": 5},
    ),
    Survivor(
        "name changed",
        "message",
        r"message\.tone",
        "Plain draws a dot for a name it does not know, beside a text that says everything.",
        {"plain": 1},
    ),
    Survivor(
        "never",
        "action_menu",
        r"compact and link\.icon",
        "Words instead of an icon: every action is still named and seen.",
        {"plain": 1, "bootstrap5": 1, "daisyui": 1},
    ),
    Survivor(
        "always|never",
        "action_menu",
        r"if action_menu\.compact ",
        LOOKS,
        {"plain": 2, "bootstrap5": 2, "daisyui": 4},
    ),
    Survivor(
        "always|never",
        "field_group",
        r"if field_group\.inline",
        LOOKS,
        {"plain": 2, "bootstrap5": 4, "daisyui": 2},
    ),
    Survivor("always|never", "input", r"if widget\.type == \"checkbox\"", LOOKS, {"bootstrap5": 2}),
    Survivor(
        "never", "multiwidget", r"if widget\.optgroups", DJANGO, {"bootstrap5": 1, "daisyui": 1}
    ),
    Survivor(
        "always",
        "clearable_file_input|input|multiple_input|select|textarea",
        r"if widget\.attrs\.class",
        "Without a class of the widget nothing more is printed: no class.",
        {"bootstrap5": 5, "daisyui": 4},
    ),
    Survivor(
        "attribute dropped",
        "clearable_file_input|multiple_input|option",
        "^for=",
        SAME,
        {"plain": 1, "bootstrap5": 2, "daisyui": 2},
    ),
    Survivor(
        "never",
        "multiple_input|option",
        r"if widget\.attrs\.id",
        SAME,
        {"bootstrap5": 1, "daisyui": 1},
    ),
    Survivor(
        "always",
        "option",
        r"if widget\.wrap_label",
        "Django wraps every option that a form draws; only a project's own template asks not to.",
        {"daisyui": 2},
    ),
    Survivor(
        "always",
        "sort_panel|related_group|bulk_page|job_progress",
        r"sort_panel\.keys|group\.names|bulk_page\.facts|job_progress\.facts",
        "A list without items shows and says nothing; a table without rows is one, too.",
        {"plain": 4, "bootstrap5": 4, "daisyui": 4},
    ),
    Survivor(
        "always",
        "sort_panel",
        r"sort_panel\.clear",
        "It is asked for inside the question for keys; the core gives it wherever there are any.",
        {"plain": 1, "bootstrap5": 1, "daisyui": 1},
    ),
)


def survivor(pack: str, mutant: Broken) -> Survivor | None:
    """Return what is listed about a mutant of a pack, or None."""
    return next((s for s in SURVIVORS if s.covers(pack, mutant)), None)


def miscounted(pack: str, alive: Iterable[Broken]) -> dict[Survivor, int]:
    """Return what is listed with another number of survivors than there are, and that number."""
    found = Counter(survivor(pack, mutant) for mutant in alive)
    return {s: found[s] for s in SURVIVORS if s.times.get(pack, 0) != found[s]}
