"""Saving as one step: lock the row, look at what is there now, check, write."""

import logging
from collections.abc import Callable, Collection
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import IntegrityError, OperationalError, connections, transaction
from django.db.models import F, FileField, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from powercrud_core.conflicts import MINE, TAKE, THEIRS
from powercrud_core.contention import Holding, holdings, is_busy
from powercrud_core.versions import (
    SEEN,
    compare,
    is_genuine,
    matches,
    seen,
    shown_fields,
    value_of,
    was_shown,
)
from powercrud_core.views.dependent import DependentView

__all__ = ["Attempt", "SavingView", "clean", "keep", "lock_row", "sent_value"]

logger = logging.getLogger("powercrud")

BOTH = "both"


class SavingView(DependentView):
    """Gives the writing roles their one way to the database.

    check_versions: say so, and never overwrite, when an object has changed since it was shown.
    """

    check_versions: ClassVar[bool] = True

    def save(self, make: Callable[[Any], Any]) -> "Attempt":
        """Check and write as one step; return how it went.

        make: returns the bound form for the object as it is now, or for None: a new one.
        """
        return Attempt(self, make).run()

    def perform_save(self, form: Any) -> Any:
        """Save a valid form and return the object; create and update come here."""
        return form.save()

    @property
    def creating(self) -> bool:
        """Say whether the request is about a new object."""
        return self.lookup_url_kwarg not in self.kwargs

    @property
    def write_alias(self) -> str:
        """Return the database that this view's objects are written to."""
        return self.get_queryset().select_for_update().db

    def lock(self) -> bool:
        """Lock the object of the URL until the transaction ends; say whether it is still there."""
        found = self.get_lookup_filter(self.kwargs[self.lookup_url_kwarg])
        return lock_row(QuerySet(self.get_model(), using=self.write_alias).filter(**found))

    def get_current(self, action: str) -> Any:
        """Return the object of the URL as the locked row has it: 404 and 403 as ever."""
        obj = self.get_object(action)
        if obj._state.db != self.write_alias:
            # What is read from a copy of the database may be older than the lock.
            obj = self.get_queryset().using(self.write_alias).filter(pk=obj.pk).first()
        if obj is None:
            raise Http404
        return obj

    def get_holding(self, obj: Any) -> Holding | None:
        """Return whose job is changing an object now; then nobody else may."""
        return holdings(self.get_model(), [obj.pk], self.write_alias).get(obj.pk)

    def was_here(self) -> bool:
        """Say whether the user was shown the object of the URL before it went away."""
        found = self.get_lookup_filter(self.kwargs[self.lookup_url_kwarg])
        key = tuple(found.values()) if len(found) > 1 else next(iter(found.values()))
        return self.check_versions and is_genuine(self.get_seen(), self.get_model(), key)

    def get_seen(self) -> str:
        """Return the token that came with the request."""
        return str(self.request.POST.get(SEEN, ""))

    def see(self, obj: Any, names: Collection[str]) -> str:
        """Return the token of some fields of an object, or nothing where none is asked for."""
        return seen(obj, names, self.version_key(obj)) if self.check_versions else ""

    def changed_since(self, obj: Any, names: Collection[str]) -> tuple[str, ...]:
        """Return the fields of an object that have changed since the user saw them."""
        if not self.check_versions:
            return ()
        return compare(self.get_seen(), obj, names, self.version_key(obj))

    def version_key(self, obj: Any) -> Any:
        """Return what stands for an object in its address, as the token knows it."""
        return getattr(obj, self.lookup_field)


class Attempt:
    """One attempt to save a form, and how it went.

    form: the form, made for the object as it is now. It is validated unless there are conflicts.
    saved: it was valid and has been written.
    conflicts: fields that the user and somebody else changed: nothing was validated or written.
    merged: fields that only somebody else changed.
    kept: fields that have the others' value: those merged, and those the user gave way in.
    busy: the database had no time for it; nothing was written.
    held: a job is changing the object; nothing was written.
    gone: the object was deleted after the user had seen it; the form is one for a new object.
    """

    def __init__(self, view: SavingView, make: Callable[[Any], Any]) -> None:
        self.view, self.make = view, make
        self.form: Any = None
        self.saved = self.gone = self.busy = False
        self.held: Holding | None = None
        self.conflicts: tuple[str, ...] = ()
        self.merged: tuple[str, ...] = ()
        self.kept: tuple[str, ...] = ()

    def run(self) -> "Attempt":
        """Do it; raises Http404 and PermissionDenied for the object of the URL."""
        try:
            with transaction.atomic(using=self.view.write_alias):
                self._look()
                if not (self.gone or self.held or self.conflicts) and self.form.is_valid():
                    self.view.perform_save(self.form)
                    self.saved = True
        except IntegrityError:
            logger.info("Saving %s broke a constraint.", self.form.instance, exc_info=True)
            self._blame(_("This is in conflict with other data. Please check it."))
        except OperationalError as error:
            if not is_busy(error):
                raise
            logger.warning("The database was too busy to save.", exc_info=True)
            self._give_up()
        return self

    def _look(self) -> None:
        """Make the form for what is there now, and find out who changed what."""
        if not self.view.creating and not self.view.lock():
            if not self.view.was_here():
                raise Http404
            self.gone = True
        if self.view.creating or self.gone:
            self.form = self.make(None)
            return
        obj = self.view.get_current("change")
        self.form = self.make(obj)
        self.held = self.view.get_holding(obj)
        if self.held:
            self.form.seen = self.view.get_seen()
            self.form.add_error(None, str(self.held))
            return
        theirs = self.view.changed_since(obj, self.form.fields)
        picked = self._picked(obj)
        found = {
            name: self._side(obj, name, picked.get(name), name in theirs)
            for name in {*theirs, *picked}
        }
        names = [name for name in self.form.fields if name in found]
        self.conflicts = tuple(n for n in names if found[n] == BOTH)
        self.kept = tuple(n for n in names if found[n] == THEIRS)
        # A token that saw nothing does not say that anything has changed.
        self.merged = tuple(n for n in self.kept if n in theirs) if self.view.was_here() else ()
        keep(self.form, obj, self.kept)
        self.view.refit(self.form, self.kept)
        ask_again(self.form, obj, [n for n, side in picked.items() if side == MINE])

    def _picked(self, obj: Any) -> dict[str, str]:
        """Return which side the user took of earlier conflicts, by field; "" for neither."""
        sent = self.view.request.POST
        fields = dict(shown_fields(obj, self.form.fields))
        return {name: sent[TAKE + name] for name in fields if TAKE + name in sent}

    def _side(self, obj: Any, name: str, picked: str | None, changed: bool) -> str:
        """Return whose value a field is to have; BOTH where somebody has to decide."""
        if picked not in (None, MINE):
            return THEIRS if picked == THEIRS else BOTH
        return self._compared(obj, name) if changed else MINE

    def _compared(self, obj: Any, name: str) -> str:
        """Return whose value a field is to have that somebody else has changed."""
        bound = self.form[name]
        if bound.field.disabled or left_out(bound, obj):
            return THEIRS
        if isinstance(obj._meta.get_field(name), FileField):
            return BOTH if is_sent(bound) else THEIRS
        value = sent_value(bound)
        if matches(obj, name, value):
            return MINE
        token, key = self.view.get_seen(), self.view.version_key(obj)
        return THEIRS if was_shown(token, obj, name, value, key) else BOTH

    def _blame(self, text: str) -> None:
        """Say in the form what only the database saw: what was valid a moment ago is no more."""
        self.saved = False
        self.form.full_clean()
        if self.form.is_valid():
            self.form.add_error(None, text)

    def _give_up(self) -> None:
        """Leave a form with what was typed, and with what was seen, to be sent again."""
        self.saved, self.busy = False, True
        self.form = self.make(None if self.view.creating else self.view.get_current("change"))
        self.form.seen = self.view.get_seen()
        self.form.add_error(None, _("The database is busy. Please try again in a moment."))


def lock_row(row: "QuerySet[Any]") -> bool:
    """Lock one row until the transaction ends; say whether it is there.

    row: selects it from its own table alone, for no database can lock what is grouped or joined.

    SQLite has no locks for rows. There a write that changes nothing takes the lock for writing
    before anything is read: after a read, another's write in between would be the end of it. It
    also says whether the row is there.
    """
    connection = connections[row.db]
    if connection.features.has_select_for_update:
        return bool(row.order_by().select_for_update())
    options = row.model._meta
    name = next(
        (f.name for f in options.local_concrete_fields if _is_plain(f)), options.pk_fields[0].name
    )
    return bool(row.order_by().update(**{name: F(name)}))


def _is_plain(field: Any) -> bool:
    """Say whether an UPDATE may name a field: no key, nothing that the database works out."""
    return not (field.primary_key or field.generated or field in field.model._meta.pk_fields)


def keep(form: Any, obj: Any, names: Collection[str]) -> None:
    """Let fields of a form have the object's own values, whatever was sent for them."""
    for name, field in shown_fields(obj, names):
        shown = value_of(obj, field)
        value = shown if field.many_to_many or not field.is_relation else getattr(obj, name)
        settle(form.fields[name], shown, value)


def settle(field: Any, shown: Any, value: Any) -> None:
    """Let a form field show one value and be cleaned to one, and to no other."""
    field.clean = lambda *sent: value
    field.bound_data = lambda data, initial: shown
    field.has_changed = lambda initial, data: False


def ask_again(form: Any, obj: Any, names: Collection[str]) -> None:
    """Refuse to keep a file of the user's that was not sent again: no page can bring it along."""
    for name, model_field in shown_fields(obj, names):
        bound = form[name]
        if isinstance(model_field, FileField) and not is_sent(bound):
            bound.field.clean = refuse_file


def refuse_file(*sent: Any) -> None:
    raise ValidationError(_("Choose the file again, please."), code="again")


def is_sent(bound: Any) -> bool:
    """Say whether a file was chosen or taken away."""
    return bool(bound.field.has_changed(bound.initial, bound.data))


def sent_value(bound: Any) -> Any:
    """Return what was sent for a field, cleaned where that can be done."""
    try:
        return clean(bound)
    except ValidationError:
        return bound.data


def clean(bound: Any) -> Any:
    """Return the value of what was sent for a field; raises ValidationError."""
    if isinstance(bound.field, forms.FileField):
        return bound.field.clean(bound.data, bound.initial)
    return bound.field.clean(bound.data)


def left_out(bound: Any, obj: Any) -> bool:
    """Say whether Django leaves a field as it is: nothing was sent, and it has a default."""
    form, field = bound.form, obj._meta.get_field(bound.name)
    omitted = bound.field.widget.value_omitted_from_data(form.data, form.files, bound.html_name)
    return bool(omitted and not field.many_to_many and field.has_default())
