"""What can be done with the products of the kit's store."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import ngettext

from powercrud_core.bulk import Action, BulkDelete, BulkOperation, BulkUpdate, Done, Outcome

__all__ = ["ACTIONS", "BULK"]


class Sell(Action):
    """Sells what is not sold; all or none."""

    name = "sell"
    label = "Sell"
    question = "Sell %(rows)s now?"
    disabled_reason = "It is sold already."

    def enabled(self, rows: "QuerySet[Any]") -> "QuerySet[Any]":
        return rows.filter(sold=False)

    def apply(self, obj: Any, run: Any) -> None:
        obj.sold = True
        obj.save(update_fields=["sold"])


class Check(Action):
    """Checks each product by itself: some fail."""

    name = "check"
    label = "Check"
    places = ("bulk", "row")
    atomic = False

    def apply(self, obj: Any, run: Any) -> bool | None:
        if obj.made is None:
            raise ValidationError("Nobody knows when it was made.")
        if obj.checked:
            return False
        obj.checked = True
        obj.save(update_fields=["checked"])
        return None


class NoteForm(forms.Form):
    note = forms.CharField(max_length=20, help_text="It stands on the box.")


class Note(Action):
    """Writes what a form asks for."""

    name = "note"
    label = "Add a note"
    form_class = NoteForm

    def apply(self, obj: Any, run: Any) -> None:
        obj.notes = run.form.cleaned_data["note"]
        obj.save(update_fields=["notes"])

    def finish(self, run: Any, outcome: Outcome) -> Done:
        text = ngettext("%(count)s note written.", "%(count)s notes written.", outcome.done)
        return Done(message=text % {"count": outcome.done})


class Count(Action):
    """Needs no rows."""

    name = "count"
    label = "Count"
    places = ("list",)
    permission = "view"

    def perform(self, run: Any) -> Done:
        return Done(message=f"There are {run.permitted.count()}.")


BULK: tuple[BulkOperation, ...] = (
    BulkUpdate(fields=["maker", "tags", "kind", "price", "sold"]),
    BulkDelete(confirm_above=3),
)
ACTIONS: tuple[BulkOperation, ...] = (Sell(), Check(), Note(), Count())
