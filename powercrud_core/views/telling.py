"""Telling: what an operation would do, or did, in numbers and words."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.formats import localize
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from powercrud_core import hooks
from powercrud_core.bulk import Collateral, Group, Outcome, Preview, RowNote
from powercrud_core.components import Renderer
from powercrud_core.packs.contract import BulkGroups, Fact, RelatedGroup, RowChange

__all__ = ["NAMED", "changes_of", "collateral_of", "facts_of", "reasons_of"]

NAMED = 5


def facts_of(outcome: Outcome, *, trying: bool = False) -> Iterator[Fact]:
    """Yield how many rows change, and how many do not.

    trying: the rows have only been tried.
    """
    counted = (
        ("done", _("Can be done") if trying else _("Done"), outcome.done),
        ("unchanged", _("Have the values already"), outcome.unchanged),
        ("skipped", _("Left out"), len(outcome.skipped)),
        ("failed", _("Not possible"), len(outcome.failed)),
    )
    for kind, label, count in counted:
        number = 0 if outcome.undone and kind == "done" else count
        if number or kind == "done":
            attrs = hooks.bundle("fact", data_pc_fact=kind)
            yield Fact(attrs=attrs, label=label, value=localize(number))


def reasons_of(renderer: Renderer, outcome: Outcome) -> Iterator[BulkGroups]:
    """Yield the rows that do not change, by reason."""
    for kind, title, notes in (
        ("skipped", _("Left out"), outcome.skipped),
        ("failed", _("Not possible"), outcome.failed),
    ):
        if notes:
            yield _groups(renderer, kind, title, _noted(notes))


def _noted(notes: Sequence[RowNote]) -> Iterator[RelatedGroup]:
    by_reason: dict[str, list[RowNote]] = {}
    for note in notes:
        by_reason.setdefault(note.reason, []).append(note)
    for reason, some in by_reason.items():
        names = tuple(note.label or note.key for note in some[:NAMED])
        left = len(some) - len(names)
        more = ngettext("and %(count)s more", "and %(count)s more", left) % {"count": left}
        yield RelatedGroup(
            attrs=hooks.bundle("related-group"),
            label=f"{localize(len(some))} × {reason}",
            names=names,
            more=more if left else "",
        )


def collateral_of(renderer: Renderer, detail: Any) -> Iterator[BulkGroups]:
    """Yield what a deletion takes along, what is in its way, and what it empties."""
    if not isinstance(detail, Collateral):
        return
    for kind, title, groups in (
        ("protected", _("They are still needed by"), detail.protected),
        ("deleted", _("Deleted along with them"), detail.deleted),
        ("cleared", _("Will lose their value"), detail.cleared),
    ):
        if groups:
            yield _groups(renderer, kind, title, (_counted(group) for group in groups))


def _counted(group: Group) -> RelatedGroup:
    number = localize(group.count)
    count = _("more than %(count)s") % {"count": number} if group.more else number
    label = f"{count} {group.label}"
    if not group.allowed:
        label = _("%(what)s, which you may not delete") % {"what": label}
    return RelatedGroup(attrs=hooks.bundle("related-group"), label=label, names=())


def _groups(
    renderer: Renderer, kind: str, title: str, groups: Iterator[RelatedGroup]
) -> BulkGroups:
    attrs = hooks.bundle("bulk-groups", data_pc_groups=kind)
    return BulkGroups(renderer=renderer, attrs=attrs, title=title, groups=tuple(groups))


def changes_of(shown: Preview) -> Iterator[RowChange]:
    """Yield some of the values that would change."""
    for sample in shown.samples:
        for field, after in sample.after.items():
            yield RowChange(
                attrs=hooks.bundle("row-change"),
                row=sample.label,
                field=capfirst(field),
                before=sample.before.get(field) or "—",
                after=after or "—",
            )
