"""Conflicts: two people changed the same fields, and one of them is asked which values to keep."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.middleware.csrf import get_token
from django.utils.translation import gettext as _

from powercrud_core import hooks
from powercrud_core.columns import BoundColumn
from powercrud_core.conflicts import TAKE, THEIRS, conflict_summary, field_conflict
from powercrud_core.forms import hidden
from powercrud_core.packs.contract import (
    Button,
    ConflictPage,
    ErrorSummary,
    FieldConflict,
    FieldGroup,
)
from powercrud_core.versions import SEEN
from powercrud_core.views.base import NEXT
from powercrud_core.views.dependent import REFILL, REFRESH, VALIDATE
from powercrud_core.views.saving import Attempt, SavingView, clean
from powercrud_core.views.seeing import blank_of, text_of

__all__ = ["ConflictView"]

TOKEN = "csrfmiddlewaretoken"  # noqa: S105 - the name of an input
OWN = {TOKEN, NEXT, SEEN, REFILL, REFRESH, VALIDATE}


class ConflictView(SavingView):
    """Gives the writing roles their words for what others did meanwhile."""

    def tell_merged(self, attempt: Attempt) -> None:
        """Leave a message that says which fields somebody else changed meanwhile."""
        if attempt.merged:
            self.tell("info", self.get_merged_text(attempt))

    def get_merged_text(self, attempt: Attempt) -> str:
        """Return the sentence about the fields that somebody else changed meanwhile."""
        labels = ", ".join(str(attempt.form[name].label) for name in attempt.merged)
        return _("Meanwhile somebody else changed: %(fields)s.") % {"fields": labels}

    def get_conflict_page(self, attempt: Attempt, files: Iterable[FieldGroup] = ()) -> ConflictPage:
        """Return the page that asks which values to keep.

        files: fields whose files have to be chosen again.
        """
        form, back, files = attempt.form, self.get_list_url(), tuple(files)
        conflicts = tuple(self.get_field_conflicts(attempt))
        return ConflictPage(
            renderer=self.renderer,
            attrs=hooks.bundle("conflict-page"),
            title=_("Edit %(object)s") % {"object": form.heading},
            back=self.link(back, self.get_page_title(), "back", **hooks.dismiss()),
            form=hooks.bundle(
                "conflict-form",
                id=f"{form.auto_id % 'form'}",
                method="post",
                action=self.request.path,
                **hooks.send(guard=True, unsaved=True),
                enctype="multipart/form-data" if files else None,
            ),
            hidden=hidden(self._typed(attempt)),
            summary=self._summary(attempt, conflicts, files),
            conflicts=conflicts,
            files=files,
            buttons=tuple(self._ways_on()),
            cancel=self.link(back, _("Cancel"), part="cancel", **hooks.dismiss()),
        )

    def get_field_conflicts(self, attempt: Attempt) -> Iterator[FieldConflict]:
        """Yield the fields in conflict; the first one takes the focus."""
        for number, name in enumerate(attempt.conflicts):
            yield self.get_field_conflict(attempt.form, name, focus=number == 0)

    def get_field_conflict(self, form: Any, name: str, *, focus: bool = False) -> FieldConflict:
        """Return one field with both values, also for a cell that is edited in place.

        form: as the attempt made it; it has not been validated.
        """
        bound, column = form[name], self._column(name)
        theirs = text_of(column, column.get(form.instance)) or blank_of(column)
        if not self.may_see(name):
            theirs = _("You may not see this value.")
        mine = sent_text(bound, column) or blank_of(column)
        return field_conflict(
            self.renderer, form.auto_id % name, name, str(bound.label), (theirs, mine), focus=focus
        )

    def _column(self, name: str) -> BoundColumn:
        """Return the column of a field: the list's own where that shows just this field."""
        declared = (c for c in self.config.columns if c.name == name and c.source == name)
        return next(declared, None) or next(iter(self.bind([name])))

    def _typed(self, attempt: Attempt) -> Iterator[tuple[str, str]]:
        """Yield everything else that was typed, with the token of what is there now.

        Of the fields that keep the others' value the typed one is as good as unseen: said again, it
        would pass for a change.
        """
        yield TOKEN, get_token(self.request)
        yield SEEN, attempt.form.seen
        yield from ((TAKE + name, THEIRS) for name in attempt.kept)
        if self.get_return_url():
            yield NEXT, self.get_return_url() or ""
        for name, values in self.request.POST.lists():
            if name not in OWN and not name.startswith(TAKE):
                yield from ((name, str(value)) for value in values)

    def _summary(
        self, attempt: Attempt, conflicts: Iterable[FieldConflict], files: Iterable[FieldGroup]
    ) -> ErrorSummary:
        texts = [_("Nothing has been saved yet. Choose which values to keep.")]
        if attempt.merged:
            texts.append(self.get_merged_text(attempt))
        if files:
            texts.append(_("Files have to be chosen again."))
        return conflict_summary(conflicts, texts)

    def _ways_on(self) -> Iterator[Button]:
        save = hooks.bundle("save", type="submit")
        yield Button(attrs=save, label=_("Save"), tone="primary")
        again = hooks.bundle("refill", type="submit", name=REFILL, value="1", formnovalidate=True)
        yield Button(attrs=again, label=_("Back to the form"))


def sent_text(bound: Any, column: BoundColumn) -> str:
    """Return the text of what was sent for a field; as it was typed where it is no value."""
    try:
        value = clean(bound)
    except ValidationError:
        raw = bound.data
        return ", ".join(map(str, raw)) if isinstance(raw, list | tuple) else str(raw or "")
    return text_of(column, None if value is False and column.kind == "file" else value)
