"""Conflicts: the values of one field that two people changed, side by side, one to be picked."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from powercrud_core import hooks
from powercrud_core.attrs import Attrs
from powercrud_core.components import Renderer
from powercrud_core.forms import hidden
from powercrud_core.packs.contract import ConflictSide, ErrorSummary, FieldConflict, Link

__all__ = ["MINE", "TAKE", "THEIRS", "conflict_summary", "field_conflict"]

TAKE = "_take-"
MINE, THEIRS = "mine", "theirs"


def conflict_summary(conflicts: Iterable[FieldConflict], texts: Iterable[str]) -> ErrorSummary:
    """Return what is said above fields in conflict, with a link to each."""
    return ErrorSummary(
        attrs=hooks.bundle("error-summary", role="alert", tabindex="-1"),
        title=_("Somebody else changed the same fields while you were editing."),
        errors=tuple(texts),
        links=tuple(
            Link(attrs=Attrs({"href": f"#{c.sides[0].control['id']}"}), label=c.label)
            for c in conflicts
        ),
    )


def field_conflict(
    renderer: Renderer,
    base: str,
    name: str,
    label: str,
    values: Sequence[str],
    *,
    focus: bool = False,
) -> FieldConflict:
    """Return one field with two values of which one is to be picked.

    base: what its ids begin with.
    name: the form field's name; the choice is sent as `_take-<name>`.
    values: the texts of their value and of the user's.
    focus: whether the first radio takes the focus.
    """
    about = ((THEIRS, _("Their value")), (MINE, _("Your value")))
    sides = [
        conflict_side(
            f"{base}-{whose}", TAKE + name, whose, label_, value, focus and whose == THEIRS
        )
        for (whose, label_), value in zip(about, values, strict=True)
    ]
    return FieldConflict(
        renderer=renderer,
        attrs=hooks.bundle("field-conflict", data_pc_field=name),
        label=label,
        # Sent alone it says that nothing was picked.
        hidden=hidden([(TAKE + name, "")]),
        sides=tuple(sides),
    )


def conflict_side(
    id: str, name: str, whose: str, label: str, text: str, focus: bool
) -> ConflictSide:
    """Return one of the values, with the radio that picks it."""
    control = {
        "type": "radio",
        "name": name,
        "value": whose,
        "id": id,
        "required": True,
        "autofocus": focus,
        "aria-describedby": f"{id}-value",
    }
    return ConflictSide(
        attrs=hooks.bundle("conflict-side"),
        control=Attrs(control),
        label=label,
        label_attrs=Attrs({"for": id}),
        value=text,
        value_attrs=hooks.bundle("conflict-value", id=f"{id}-value"),
    )
