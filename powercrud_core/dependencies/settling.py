"""Fitting a form, or a filter's form, to what its fields depend on."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from powercrud_core.dependencies.declared import Depends, ancestors, ordered
from powercrud_core.dependencies.effects import drop_stale, keep_present, offer, shape, suggest
from powercrud_core.dependencies.inactive import deactivate, emptied
from powercrud_core.dependencies.source import Source, empty, fits, form_field

__all__ = [
    "Settled",
    "apply_dependencies",
    "apply_to_filters",
]


@dataclass(frozen=True, slots=True)
class Settled:
    """What the dependencies made of a form.

    inactive: the fields that are not visible, with the names and values that travel along.
    stale: the fields whose value was dropped because it no longer fits.
    renewed: the fields that follow a change: what the object holds in them does not count.
    emptied: the fields of the object, not of the form, that were emptied: they are to be saved too.
    hooks: what the script must know, by field: `data-pc-refresh` and `data-pc-depends`.
    """

    inactive: dict[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    stale: list[str] = field(default_factory=list)
    renewed: set[str] = field(default_factory=set)
    emptied: list[str] = field(default_factory=list)
    hooks: dict[str, dict[str, Any]] = field(default_factory=dict)


def apply_dependencies(
    form: Any, dependencies: Sequence[Depends], *, changed: Collection[str] | None = None
) -> Settled:
    """Fit a form to the values of the fields that others depend on, and say what that did.

    Bound, it validates pairs: a child that does not fit its parent is an error, and what is sent
    for a field that is not visible is ignored. Unbound, it shows what fits the initial values. A
    parent that the form does not have is read from its instance.

    changed: unbound after a change by the user: the names of the changed fields, none of them where
        they are not known. What no longer fits is dropped then, and `value` is worked out.
    """
    settled, source, moved = Settled(), Source(form), {*(changed or ())}
    for name in {one.field for one in dependencies} & form.fields.keys():
        if hasattr(own := form.fields[name], "queryset"):
            # A form may be fitted twice: anew, not to what the first time has left.
            own.queryset = vars(own).setdefault("whole", own.queryset)
    for one in ordered(dependencies):
        if one.field not in form.fields or one.field in settled.inactive:
            continue
        values = {name: source.value(name) for name in one.parents}
        if moved & {*one.parents} or any(map(source.moved, one.parents)):
            settled.renewed.add(one.field)
        if one.visible and not one.visible(**values):
            settled.inactive[one.field] = deactivate(form, source, one)
            continue
        shape(form, one, values)
        if changed is not None and drop_stale(form, source, one):
            settled.stale.append(one.field)
            settled.renewed.add(one.field)
            moved.add(one.field)
        fresh = changed is not None
        if not form.is_bound and suggest(form, one, values, moved, fresh=fresh):
            moved.add(one.field)
        if one.field not in settled.renewed:
            keep_present(form, one)
    if form.is_bound:
        settled.emptied.extend(mind_absent(form, source, dependencies))
    settled.hooks.update(hooks_for(form, ancestors(dependencies)))
    return settled


def apply_to_filters(form: Any, dependencies: Sequence[Depends]) -> list[str]:
    """Fit the form of a filter to its values; return the filters that do not fit their parents.

    Their values stay: what finds rows to act on must not find more. An empty parent leaves
    everything open; nothing is required and no value is worked out.
    """
    stale, source = [], Source(form)
    for one in ordered(dependencies):
        if not form.fields.keys() >= {one.field, *one.parents}:
            continue
        values = {name: source.value(name) for name in one.parents}
        if any(map(empty, values.values())):
            continue
        if one.visible and not one.visible(**values):
            raw = source.raw(one.field)
            if any(raw) if isinstance(raw, list) else not empty(raw):
                stale.append(one.field)
            else:
                del form.fields[one.field]
            continue
        offer(form, one, values)
        if drop_stale(form, source, one):
            stale.append(one.field)
    return stale


def hooks_for(form: Any, above: Mapping[str, set[str]]) -> dict[str, dict[str, Any]]:
    """Return the marks of the fields that others depend on and of those that depend."""
    marks: dict[str, dict[str, Any]] = {}
    for name in form.fields:
        parents = [form.add_prefix(f) for f in form.fields if f in above.get(name, ())]
        mark = {"data-pc-depends": " ".join(parents)} if parents else {}
        if any(name in above.get(other, ()) for other in form.fields):
            mark["data-pc-refresh"] = ""
        marks[name] = mark
    return marks


def mind_absent(form: Any, source: "Source", dependencies: Sequence[Depends]) -> Iterator[str]:
    """Judge the pairs whose child is not in the form; yield those that were emptied.

    A form of some fields (a cell, many rows at once) may change a parent alone: a child that no
    longer fits is an error of the form, and one that is not visible any more is emptied.
    """
    wrong = []
    for one in ordered(dependencies):
        moved = [n for n in one.parents if n in form.fields and source.moved(n)]
        own = None if one.field in form.fields or not moved else form_field(form, one.field)
        if own is None:
            continue
        values = {name: source.value(name) for name in one.parents}
        stored = own.prepare_value(source.stored(one.field))
        if one.visible and not one.visible(**values):
            if one.inactive != "keep":
                empty_stored(form.instance, one.field)
                yield one.field
            continue
        bare = SimpleForm({one.field: own})
        offer(bare, one, values)
        if not empty(stored) and not fits(bare.fields[one.field], stored):
            wrong.append(own.label)
    if wrong:
        form.clean = refusing(form, [str(label) for label in wrong])


@dataclass(frozen=True, slots=True)
class SimpleForm:
    """Holds a field for a moment, as a form does."""

    fields: dict[str, Any]


def empty_stored(instance: Any, name: str) -> None:
    """Empty a field of an object that no form of this request has."""
    own = instance._meta.get_field(name)
    if not own.many_to_many:
        setattr(instance, name, emptied(own))


def refusing(form: Any, labels: Sequence[str]) -> Callable[[], Any]:
    """Return a form's `clean` that refuses, because some fields elsewhere would not fit."""
    clean: Callable[[], Any] = form.clean

    def checked() -> Any:
        cleaned = clean()
        text = _("With this, another field would no longer fit: %(fields)s.")
        form.add_error(None, text % {"fields": ", ".join(labels)})
        return cleaned

    return checked
