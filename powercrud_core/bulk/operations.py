"""BulkOperation: what can be done to many rows at once. Subclass it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from difflib import get_close_matches
from inspect import get_annotations
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, transaction
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from powercrud_core.bulk.checking import sentences
from powercrud_core.bulk.plans import Code, Outcome, RowNote, Sample
from powercrud_core.contention import UNREACHED
from powercrud_core.selection import key_of

__all__ = ["PLACES", "Action", "Batch", "BulkOperation", "Done", "File", "RedoError"]

PLACES = ("bulk", "row", "detail", "list")
FOR_LOOP, FOR_SETS = 100, 2000


class RedoError(Exception):
    """The database refused something: the batch is taken back and done again row by row."""


class Batch:
    """The rows of one step and what becomes of them.

    run: the Run it belongs to; rows: the objects, locked where the database can.
    careful: True when each row has a savepoint of its own, so that one may fail.
    tracing: True for a preview, which wants samples.
    """

    def __init__(self, run: Any, rows: Sequence[Any], *, careful: bool, tracing: bool) -> None:
        self.run, self.rows, self.careful, self.tracing = run, rows, careful, tracing
        self.done: list[Any] = []
        self.unchanged = 0
        self.notes: list[RowNote] = []
        self.samples: dict[str, Sample] = {}
        self.extra: dict[str, int] = {}
        self.label: Callable[[Any], str] = str

    @contextmanager
    def row(self, obj: Any) -> Iterator[None]:
        """Do something with one row: what the database or a hook refuses is that row's failure."""
        guard = transaction.atomic(self.run.using) if self.careful else nullcontext()
        key = obj.pk  # a deleted object has none
        try:
            with guard:
                yield
        except (ValidationError, IntegrityError, DataError) as error:
            if not self.careful:
                raise RedoError from error
            self.done = [pk for pk in self.done if pk != key]
            if isinstance(error, ValidationError):
                self.fail(obj, "invalid", sentences(error, self.run.model), key)
            else:
                self.fail(obj, "conflict", _("This is in conflict with other data."), key)
        except Exception as error:
            explain = self.run.explain
            if explain is None or isinstance(error, UNREACHED):
                raise
            if not self.careful:
                raise RedoError from error
            self.done = [pk for pk in self.done if pk != key]
            code, reason = explain(error)
            self.fail(obj, code, reason, key)

    def fail(self, obj: Any, code: Code, reason: str, key: Any = None) -> None:
        """Note that a row cannot be changed."""
        text = key_of(obj.pk if key is None else key)
        self.notes.append(RowNote(text, "failed", code, reason, self.label(obj)))


@dataclass(frozen=True, slots=True)
class File:
    """A file that an operation made. content: its bytes or texts, in parts."""

    name: str
    content: Iterable[bytes | str]
    content_type: str = "application/octet-stream"


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What the user gets after an operation; whatever is left out is as after a bulk edit.

    message: what is said; url: a path of this site that is shown next; file: a download.
    then: the name of an operation that the user may go on with, on the same rows.
    """

    message: str = ""
    url: str = ""
    file: File | None = None
    then: str = ""


class BulkOperation:
    """Something that can be done to many rows; the same object works in a request and a worker.

    Subclass it and write `apply`; set the attributes on the subclass or as keywords.

    name: its part of the URL; label: what the user reads.
    icon: the key of an icon, or nothing; tone: "neutral", "primary" or "danger".
    places: where it is offered: "bulk" (for the chosen rows), "row", "detail", "list" (without
        rows: it then needs `perform`).
    question: asks before it is done, as a text with `%(count)s` and `%(rows)s`.
    success: said afterwards, as a text with `%(action)s` and `%(rows)s`.
    previews: whether the user sees what would become of the rows before confirming.
    downloads: whether `finish` or `perform` may answer with a file.
    confirm_above: of more rows than this the number has to be typed; None: never.
    disabled_reason: why a row that `enabled` leaves out is left out.
    permission: the action that the policy is asked about.
    atomic: True to change all rows or none; False to change those that can be.
    batch_size: rows in one transaction of a worker; default is 100, and 2000 where rows are
        written together.
    defer_above: more rows than this are left to a background job, where there are jobs.
    atomic_rows: of more rows than this no job changes all or none; it is refused.
    max_rows: no more rows than this are ever loaded; the selection itself may be larger.
    preview_rows: up to so many rows a preview tries all; of more, the first `preview_sample`.
    watch_limit: of more rows than this nobody looks whether they were changed meanwhile; None: of
        all rows.
    keeps_rows: False when rows may leave what the user may see by this (an "archive" action).
    """

    name: str = ""
    label: Any = ""
    icon: str = ""
    tone: str = "neutral"
    places: Sequence[str] = ("bulk",)
    question: Any = ""
    success: Any = gettext_lazy("%(action)s: done with %(rows)s.")
    previews: bool = True
    downloads: bool = False
    confirm_above: int | None = None
    disabled_reason: Any = gettext_lazy("This cannot be done with this row now.")
    permission: str = "change"
    atomic: bool = True
    batch_size: int | None = None
    defer_above: int | None = None
    atomic_rows: int = 5000
    max_rows: int = 100_000
    preview_rows: int = 1000
    preview_sample: int = 50
    watch_limit: int | None = None
    keeps_rows: bool = True
    form_class: type[forms.Form] | None = None

    def __init__(self, **options: Any) -> None:
        known = {n for cls in type(self).__mro__[:-1] for n in get_annotations(cls)}
        for name, value in options.items():
            if name not in known:
                close = get_close_matches(name, known, n=1)
                hint = f" Did you mean '{close[0]}'?" if close else ""
                raise TypeError(f"{type(self).__name__} knows no '{name}'.{hint}")
            setattr(self, name, value)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name!r}>"

    def defers(self, count: int) -> bool:
        """Say whether so many rows are left to a background job."""
        return self.defer_above is not None and count > self.defer_above

    def get_form(
        self, host: Any, data: QueryDict | None = None, common: Mapping[str, Any] | None = None
    ) -> forms.Form | None:
        """Return the form that the user fills in, None where there is nothing to ask.

        common: what the rows have in common (`common_values`).
        """
        return self.form_class(data) if self.form_class else None

    def get_reason(self, run: Any) -> str:
        """Return a sentence why rows are handled one by one, "" where they need not be."""
        return _("“%(name)s” handles each row by itself.") % {"name": self.label or self.name}

    def get_watched(self, run: Any) -> list[str]:
        """Return the names of the fields of which nobody may have changed the value meanwhile."""
        return []

    def affected(self, rows: Sequence[Any], run: Any) -> Iterable[Any]:
        """Return the other objects that changing these rows changes: a job claims them first."""
        return ()

    def refuses(self, run: Any, obj: Any) -> str:
        """Return why this row is left out, "" when it is not."""
        return ""

    def fast(self, run: Any, keys: Sequence[Any]) -> bool:
        """Change all rows without loading them, or return False and change none."""
        return False

    def write(self, batch: Batch) -> None:
        """Change the rows of a batch: one by one with `apply`."""
        for obj in batch.rows:
            with batch.row(obj):
                if self.apply(obj, batch.run) is False:
                    batch.unchanged += 1
                else:
                    batch.done.append(obj.pk)

    def apply(self, obj: Any, run: Any) -> bool | None:
        """Change one row; return False if there was nothing to change.

        A ValidationError is the row's failure. What cannot be rolled back (mail) belongs into
        `transaction.on_commit`: previews and repeated batches are taken back.
        """
        raise NotImplementedError(f"{type(self).__name__} needs an apply() method.")

    def can_try(self, run: Any, detail: Any) -> bool:
        """Say whether a preview may try the rows, or only count them."""
        return True

    def get_detail(self, run: Any, keys: Sequence[Any]) -> Any:
        """Return what else a preview shows, before the rows of these keys are tried."""
        return None

    def enabled(self, rows: "QuerySet[Any]") -> "QuerySet[Any]":
        """Return the rows with which this can be done now: a queryset, so that SQL sees it."""
        return rows

    def perform(self, run: Any) -> Done | None:
        """Do what needs no rows, for an operation of the whole list; in one transaction."""
        raise NotImplementedError(f"{type(self).__name__} needs a perform() method.")

    def finish(self, run: Any, outcome: Outcome) -> Done | None:
        """Return what the user gets after the rows were changed, None for a message with counts."""
        return None


class Action(BulkOperation):
    """A button of a project's own: with a row, the chosen rows, on the detail page or for the list.

    Write `apply` (or `perform`, for the list). It asks before it does anything; with a `form_class`
    the form is what asks. A preview is shown where `previews` is True.
    """

    places: Sequence[str] = ("row", "bulk", "detail")
    previews: bool = False
