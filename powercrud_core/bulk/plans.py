"""Plan, Chunk, Outcome, Preview: what goes into a bulk operation and what comes out, as JSON."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, Self

from django.core import signing
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from powercrud_core.selection import Selection

__all__ = ["Chunk", "Outcome", "Plan", "PlanError", "Preview", "RowNote", "Sample"]

HASH_LENGTH = 8
SALT = "powercrud.plan"

# fmt: off
Code = Literal[
    "gone", "forbidden", "disabled", "changed", "claimed",
    "invalid", "conflict", "protected", "left", "error", "crashed",
]
# fmt: on


class PlanError(Exception):
    """A plan that cannot be carried out at all; the text says why, for the user to read.

    code: "view" (there is none at this address, or without the operation), "user" (gone or not
        active), "permission", "form" (its data is no longer valid), "limit" (too many rows),
        "state" (the list's filters are no longer understood) or "busy" (others are at work on it).
    form: the form with its errors, where that is the reason.
    """

    def __init__(self, code: str, text: str, form: Any = None) -> None:
        self.code, self.form = code, form
        super().__init__(text)

    @classmethod
    def unknown_state(cls) -> Self:
        """Return the refusal of filters that are invalid or no longer understood."""
        return cls("state", _("The filters of the list are not valid. Please choose again."))


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be done, by whom, to which rows: plain JSON, good in any process.

    view: the address of the view's list, without the script prefix; it is resolved again.
    operation: the operation's name among the view's `bulk`.
    data: the operation's form as it was posted, names to lists of texts.
    user_id: the key of who wants it, None for somebody who is not signed in.
    language, time_zone: in which the form was filled in and messages are wanted.
    context: what else of the request the view needs (`get_plan_context()`).
    seen: hashes of the rows that a preview showed, by key: a row that was changed since is skipped.
    place: where the operation was begun: "bulk", "row", "detail" or "list".
    """

    view: str
    operation: str
    selection: Selection
    data: Mapping[str, list[str]] = field(default_factory=dict)
    user_id: str | None = None
    language: str | None = None
    time_zone: str | None = None
    context: Mapping[str, Any] = field(default_factory=dict)
    seen: Mapping[str, str] = field(default_factory=dict)
    place: str = "bulk"

    def dumps(self) -> str:
        """Return the plan as one signed text: what was previewed, to be posted when confirmed."""
        return signing.dumps(self.to_json(), salt=SALT, compress=True)

    @classmethod
    def loads(cls, token: str, user: Any) -> Self:
        """Return the plan of a signed text, if it is this user's; raises PlanError."""
        try:
            plan = cls.from_json(signing.loads(token, salt=SALT))
        except (signing.BadSignature, ValueError, TypeError, KeyError) as error:
            raise PlanError(
                "user", _("This is not valid any more. Please choose again.")
            ) from error
        if plan.user_id != (str(user.pk) if user.is_authenticated else None):
            raise PlanError("user", _("This is not valid any more. Please choose again."))
        return plan

    def to_json(self) -> dict[str, Any]:
        """Return the plan as plain JSON."""
        data = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {**data, "selection": self.selection.to_json()}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Return the plan of plain JSON."""
        return cls(**{**data, "selection": Selection.from_json(data["selection"])})

    @contextmanager
    def locale(self) -> Iterator[None]:
        """Speak the user's language and count in their time zone: `1,5` and `10:00` depend on it.

        None leaves what is active.
        """
        with (
            translation.override(self.language or translation.get_language()),
            timezone.override(self.time_zone or timezone.get_current_timezone()),
        ):
            yield


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some of the rows of a plan: their keys, and what was seen of them.

    seen: eight characters a row, a hash of the fields that the operation changes; "" where
        nobody looks.
    """

    keys: tuple[str, ...]
    seen: str = ""

    def __len__(self) -> int:
        return len(self.keys)

    def hashes(self) -> dict[str, str]:
        """Return the hash that was seen of each row."""
        size = HASH_LENGTH
        return {key: self.seen[i * size : (i + 1) * size] for i, key in enumerate(self.keys)}

    def part(self, start: int, stop: int) -> Self:
        """Return some of the rows, by their places."""
        size = HASH_LENGTH
        return type(self)(self.keys[start:stop], self.seen[start * size : stop * size])

    def only(self, keys: Collection[str]) -> Self:
        """Return the rows with these keys."""
        if not self.seen:
            return type(self)(tuple(key for key in self.keys if key in keys))
        kept = {key: text for key, text in self.hashes().items() if key in keys}
        return type(self)(tuple(kept), "".join(kept.values()))

    def joined(self, other: Self) -> Self:
        """Return these rows and another chunk's, of the same job."""
        return type(self)((*self.keys, *other.keys), self.seen + other.seen)

    def to_json(self) -> list[Any]:
        """Return the chunk as plain JSON."""
        return [list(self.keys), self.seen]

    @classmethod
    def from_json(cls, data: Any) -> Self:
        """Return the chunk of plain JSON."""
        return cls(tuple(data[0]), data[1])


@dataclass(frozen=True, slots=True)
class RowNote:
    """Why one row was not changed.

    state: "skipped" (nothing was tried) or "failed" (it was tried and is not possible).
    code: one word for programs; reason: a sentence for people; label: what the row was called.
    """

    key: str
    state: Literal["skipped", "failed"]
    code: Code
    reason: str
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of the rows. Outcomes of chunks add up.

    undone: True when the whole was taken back because some of it failed (`atomic`); `done` is
        then how many would have changed.
    extra: what else an operation has to tell: numbers by name, added up too.
    """

    done: int = 0
    unchanged: int = 0
    notes: tuple[RowNote, ...] = ()
    undone: bool = False
    extra: Mapping[str, int] = field(default_factory=dict)

    @property
    def skipped(self) -> tuple[RowNote, ...]:
        """Return the rows with which nothing was tried."""
        return tuple(note for note in self.notes if note.state == "skipped")

    @property
    def failed(self) -> tuple[RowNote, ...]:
        """Return the rows with which it was not possible."""
        return tuple(note for note in self.notes if note.state == "failed")

    @property
    def total(self) -> int:
        """Return how many rows were looked at."""
        return self.done + self.unchanged + len(self.notes)

    @property
    def reasons(self) -> dict[str, int]:
        """Return how many rows each reason kept from changing, the most frequent first."""
        return dict(Counter(note.reason for note in self.notes).most_common())

    def selection(self) -> Selection:
        """Return the failed rows, to be chosen again."""
        return Selection(tuple(note.key for note in self.failed))

    @classmethod
    def sum(cls, outcomes: Iterable[Self]) -> Self:
        """Return outcomes of chunks as one."""
        done = unchanged = 0
        undone, notes, extra = False, list[RowNote](), Counter[str]()
        for one in outcomes:
            done, unchanged = done + one.done, unchanged + one.unchanged
            undone = undone or one.undone
            notes += one.notes
            extra.update(one.extra)
        return cls(
            done=done, unchanged=unchanged, notes=tuple(notes), undone=undone, extra=dict(extra)
        )

    def to_json(self) -> dict[str, Any]:
        """Return the outcome as plain JSON."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Return the outcome of plain JSON."""
        return cls(**{**data, "notes": tuple(RowNote(**note) for note in data["notes"])})


@dataclass(frozen=True, slots=True)
class Sample:
    """One row as it was and as it would be: labels to texts."""

    label: str
    before: Mapping[str, str]
    after: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a plan would do.

    plan: the plan with what was seen: the number of rows, and a hash of each that was shown. Carry
        this one out.
    total: how many rows are selected now, all counted.
    examined: how many of them the operation was tried on; fewer than `total` for many rows.
    outcome: what became of these, before it was taken back.
    samples: some of the rows that would change.
    reason: why the rows are written one by one, as a sentence; "" where they need not be.
    detail: what else an operation has to show (BulkDelete: what goes along).
    """

    plan: Plan
    total: int
    examined: int
    outcome: Outcome
    samples: tuple[Sample, ...] = ()
    reason: str = ""
    detail: Any = None

    @property
    def complete(self) -> bool:
        """Say whether every selected row was tried."""
        return self.examined >= self.total
