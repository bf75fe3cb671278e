"""Selection: these rows, or all that match a list's state except some."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

from django.core import signing
from django.core.exceptions import ValidationError
from django.db.models import IntegerField, Model, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from powercrud_core.roles import join_key, split_key

__all__ = [
    "MAX_KEYS",
    "Selection",
    "SelectionChangedError",
    "SelectionError",
    "key_of",
    "pack_keys",
    "to_keys",
    "unpack_keys",
]

# The fields of a list's form: ticked boxes; keys of other pages in one field; all that match; all
# but these; and a selection as one signed text.
PICKED, KEYS, ALL, EXCEPT, TOKEN = "pk", "selected", "all", "except", "selection"

MAX_KEYS = 10_000
URL_LENGTH = 1500


class SelectionError(ValueError):
    """A selection that was not made by this site, or cannot be understood; the text says why."""


class SelectionChangedError(Exception):
    """Other rows match now than when the selection was confirmed.

    confirmed, now: how many rows were confirmed, and how many match now.
    """

    def __init__(self, confirmed: int, now: int) -> None:
        self.confirmed, self.now = confirmed, now
        words = {"confirmed": confirmed, "now": now}
        super().__init__(_("%(confirmed)s rows were confirmed, %(now)s match now.") % words)


@dataclass(frozen=True, slots=True)
class Selection:
    """Which rows an operation is about. Immutable; it knows neither the request nor the database.

    keys: the chosen rows' keys as text; with a `state`, the keys of those left out.
    state: the list's filters and search as a canonical query string (`ListParams.predicate()`);
        None for a selection of single rows, "" for every row of the list.
    count: how many rows the user was told of when confirming; None before that.
    """

    keys: tuple[str, ...] = ()
    state: str | None = None
    count: int | None = None

    def __post_init__(self) -> None:
        keys = tuple(dict.fromkeys(str(join_key(key)) for key in self.keys))
        if len(keys) > MAX_KEYS:
            text = _("More than %(count)s single rows cannot be chosen. Choose all that match.")
            raise SelectionError(text % {"count": MAX_KEYS})
        object.__setattr__(self, "keys", keys)

    @property
    def matching(self) -> bool:
        """Say whether this is a predicate: all that match, not single rows."""
        return self.state is not None

    def __bool__(self) -> bool:
        """Say whether anything can be in it."""
        return self.matching or bool(self.keys)

    @classmethod
    def from_post(cls, data: QueryDict, state: str, scope: str) -> Self:
        """Return what a form of the list chose.

        state: the state of the list that the form stood on, for "all that match".
        scope: as in `dumps`. Raises SelectionError.
        """
        if token := data.get(TOKEN):
            return cls.loads(token, scope)
        if data.get(ALL):
            return cls(unpack_keys(data.get(EXCEPT, "")), state)
        return cls((*data.getlist(PICKED), *unpack_keys(data.get(KEYS, ""))))

    def dumps(self, scope: str) -> str:
        """Return the selection as one signed text, which only the same scope can read.

        scope: what the selection belongs to: the view's address, so that rows chosen on one
        screen are never acted on by another.
        """
        return signing.dumps(self.to_json(), salt=_salt(scope), compress=True)

    @classmethod
    def loads(cls, token: str, scope: str) -> Self:
        """Return the selection of a signed text. Raises SelectionError."""
        try:
            return cls.from_json(signing.loads(token, salt=_salt(scope)))
        except (signing.BadSignature, ValueError, TypeError, KeyError) as error:
            raise SelectionError(_("This selection is not valid here. Please choose again.")) from (
                error
            )

    def fits_url(self, scope: str) -> bool:
        """Say whether the signed text is short enough for an address; else it must be posted."""
        return len(self.dumps(scope)) <= URL_LENGTH

    def to_json(self) -> list[Any]:
        """Return the selection as plain JSON."""
        return [pack_keys(self.keys), self.state, self.count]

    @classmethod
    def from_json(cls, data: Any) -> Self:
        """Return the selection of plain JSON."""
        keys, state, count = data
        return cls(unpack_keys(keys), state, count)

    def apply(self, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        """Return the selected rows of a queryset that is already filtered and permitted.

        For "all that match" the queryset must be filtered by `state`: a selection cannot do that.
        Raises SelectionError for a key that no row of the model can have.
        """
        keys = to_keys(queryset.model, self.keys)
        if not self.matching:
            return queryset.filter(pk__in=keys)
        return queryset.exclude(pk__in=keys) if keys else queryset

    def counted(self, queryset: "QuerySet[Any]") -> Self:
        """Return the selection with the number of its rows: what the user is asked to confirm."""
        return self.confirmed(self.apply(queryset).count())

    def confirmed(self, count: int) -> Self:
        """Return the selection with the number of rows the user was told of."""
        return replace(self, count=count)

    def check(self, now: int) -> None:
        """Raise SelectionChangedError where more or fewer rows match than were confirmed.

        Single rows are not recounted: one that is gone is reported by itself.
        """
        if self.matching and self.count is not None and self.count != now:
            raise SelectionChangedError(self.count, now)

    def without(self, keys: Collection[str]) -> Self:
        """Return the selection less some rows."""
        if self.matching:
            return replace(self, keys=(*self.keys, *keys), count=None)
        return replace(self, keys=tuple(k for k in self.keys if k not in set(keys)), count=None)


def _salt(scope: str) -> str:
    return f"powercrud.selection:{scope}"


def pack_keys(keys: Iterable[str]) -> str:
    """Return keys as one text: commas between them, `\\` before a comma or `\\` inside them."""
    keys = tuple(keys)
    return str(join_key(keys)) or ("\\" if keys else "")


def unpack_keys(text: str) -> tuple[str, ...]:
    """Return the keys that `pack_keys` packed."""
    return split_key(text) if text else ()


def key_of(pk: Any) -> str:
    """Return the text that stands for a primary key."""
    return str(join_key(pk))


def to_keys(model: type[Model], texts: Sequence[str]) -> list[Any]:
    """Return the primary keys that texts stand for; raises SelectionError for a text that cannot.

    A number the database could not hold and a text with NUL are refused here, not by the database.
    """
    parts: list[Any] = [_read(field) for field in model._meta.pk_fields]
    try:
        if len(parts) == 1:
            return parts[0](texts)  # type: ignore[no-any-return]
        columns = zip(*map(split_key, texts), strict=True)
        return list(
            zip(*(p(column) for p, column in zip(parts, columns, strict=True)), strict=True)
        )
    except (ValidationError, ValueError, TypeError, OverflowError) as error:
        raise SelectionError(_("This is not the key of a row.")) from error


def _read(field: Any) -> Callable[[Sequence[str]], list[Any]]:
    while field.remote_field is not None:
        field = field.target_field
    number = isinstance(field, IntegerField)

    def read(texts: Sequence[str]) -> list[Any]:
        keys = list(map(field.to_python, texts))
        if number and any(not -(2**63) <= key < 2**63 for key in keys):
            raise OverflowError
        if not number and any(key is None or "\x00" in str(key) for key in keys):
            raise ValueError
        return keys

    return read
