"""What is wrong with a view's dependencies, its layout and its crispy form."""

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, get_args

from django.core.exceptions import FieldDoesNotExist, FieldError
from django.db.models import Model

from powercrud_core.crispy import crispy_problems, explain
from powercrud_core.dependencies import Depends, Inactive, emptied, ordered
from powercrud_core.exceptions import ConfigError, PackNotFound
from powercrud_core.forms import editable_fields
from powercrud_core.layouts import Section, Tab, mentioned
from powercrud_core.packs import get_pack, installed_packs
from powercrud_core.routes import is_about, is_view, related_view

__all__ = ["Problem", "did_you_mean", "form_names", "form_problems"]

# The end of a check's id, what is wrong, and what to do.
Problem = tuple[str, str, str]
VALIDATE_ON = ("submit", "blur")
EFFECTS = ("filter", "choices", "visible", "required", "value", "help_text")


def form_problems(view: Any, model: type[Model], filters: Sequence[str]) -> Iterator[Problem]:
    """Yield the problems of what arranges a view's form.

    filters: the names of the view's filters, which may depend on each other, too.
    """
    names = form_names(view, model)
    if view.validate_on not in VALIDATE_ON:
        text = f"'validate_on' is {view.validate_on!r}."
        yield "E210", text, f"Set it to one of: {', '.join(VALIDATE_ON)}."
    yield from dependency_problems(view, model, [*names, *filters])
    yield from layout_problems(view, names)
    yield from closed_problems(view, names)
    yield from related_problems(view, model, names)
    if view.form_class is not None:
        yield from helper_problems(view)


def form_names(view: Any, model: type[Model]) -> list[str]:
    """Return the names of the fields of a view's form."""
    if view.form_class is not None:
        return list(getattr(view.form_class, "base_fields", ()))
    return list(view.fields) if view.fields is not None else editable_fields(model)


def did_you_mean(name: Any, names: Sequence[str]) -> str:
    """Return a hint: the closest of the names, and all of them."""
    close = get_close_matches(str(name), names, n=1)
    guess = f"Did you mean '{close[0]}'? " if close else ""
    return f"{guess}Use one of: {', '.join(names)}."


def unknown(id: str, place: str, name: Any, known: Sequence[str], where: str) -> Problem:
    """Return the problem of a name that means nothing, with the closest one that does."""
    close = get_close_matches(str(name), known, n=1)
    text = f"'{place}' names {name!r}, which is not {where}."
    return id, text, f"Did you mean '{close[0]}'?" if close else f"Use one of: {', '.join(known)}."


def dependency_problems(view: Any, model: type[Model], names: Sequence[str]) -> Iterator[Problem]:
    """Yield the problems of `dependencies`."""
    good = []
    for index, one in enumerate(view.dependencies):
        place = f"dependencies[{index}]"
        if not isinstance(one, Depends):
            yield "E211", f"'{place}' is {one!r}, not a Depends.", "Write Depends(field, on=…)."
            continue
        good.append(one)
        if one.field not in names:
            yield unknown("E212", place, one.field, names, "a field of the form or a filter")
        known = [*names, *(f.name for f in model._meta.get_fields())]
        for name in one.parents:
            if name not in known:
                yield unknown("E212", f"{place}.on", name, known, "a field")
        yield from effect_problems(place, one, model)
    try:
        ordered(good)
    except ConfigError as error:
        yield "E213", f"'dependencies': {error}", "Take one of them out of the circle."


def effect_problems(place: str, one: Depends, model: type[Model]) -> Iterator[Problem]:
    """Yield what is wrong with what one Depends does."""
    effects = {name: getattr(one, name) for name in EFFECTS if getattr(one, name) is not None}
    if not effects:
        hint = f"Give it one of: {', '.join(EFFECTS)}."
        yield "E214", f"'{place}' says nothing of the field '{one.field}'.", hint
    if one.inactive not in get_args(Inactive):
        hint = f"Use one of: {', '.join(get_args(Inactive))}."
        yield "E214", f"'{place}.inactive' is {one.inactive!r}.", hint
    for name, effect in effects.items():
        if callable(effect):
            yield from call_problems(f"{place}.{name}", effect, one.parents)
        elif name != "filter":
            text = f"'{place}.{name}' is {effect!r}, which cannot be called."
            yield "E214", text, "Give it a function of the fields it depends on."
    own = field_of(model, one.field)
    if isinstance(one.filter, dict):
        yield from lookup_problems(place, one, own)
    if one.visible is not None and one.inactive != "keep" and own is not None:
        empty = emptied(own)
        if empty is None and not own.null:
            text = (
                f"'{place}' empties '{one.field}' while it is not visible, and it cannot be empty."
            )
            yield "E216", text, "Add inactive='keep', or let the model field be null."


def call_problems(
    place: str, effect: Callable[..., Any], parents: Sequence[str]
) -> Iterator[Problem]:
    """Yield the problem of a function that does not take the values of its parents."""
    try:
        signature = inspect.signature(effect)
        signature.bind(**dict.fromkeys(parents))
    except TypeError as error:
        text = f"'{place}' cannot be called with {', '.join(f'{p}=…' for p in parents)}: {error}."
        yield "E214", text, f"Let it take: {', '.join(parents)}."
    except ValueError:
        return  # a builtin whose parameters are not known


def lookup_problems(place: str, one: Depends, own: Any) -> Iterator[Problem]:
    """Yield lookups that the related model does not have, and values that are no parents."""
    assert isinstance(one.filter, dict)  # noqa: S101
    related: Any = getattr(own, "related_model", None)
    for lookup, name in one.filter.items():
        if name not in one.parents:
            yield unknown("E215", f"{place}.filter['{lookup}']", name, one.parents, "in 'on'")
        elif related is not None and not isinstance(related, str):
            try:
                related._default_manager.filter(**{lookup: None})
            except FieldError as error:
                text = f"'{place}.filter' cannot look up {lookup!r}: {error}."
                yield "E215", text, f"Name a field of {related._meta.label}."
            except (TypeError, ValueError):
                continue  # the lookup is there and takes no None


def field_of(model: type[Model], name: str) -> Any:
    """Return a model's field, or None."""
    try:
        return model._meta.get_field(name)
    except FieldDoesNotExist:
        return None


def layout_problems(view: Any, names: Sequence[str]) -> Iterator[Problem]:
    """Yield the problems of `layout`."""
    shown = [c if isinstance(c, str) else getattr(c, "name", "") for c in view.readonly_fields]
    known = [*names, *shown]
    seen: set[str] = set()
    wrong = list(shape_problems("layout", view.layout, (Section, Tab)))
    yield from wrong
    for item in view.layout if not wrong else ():
        for name in mentioned(item):
            if name not in known:
                yield unknown("E218", "layout", name, known, "a field of the form")
            if name in seen:
                yield "E219", f"'layout' names '{name}' twice.", "Take one of them out."
            seen.add(name)
    if seen and (left := [name for name in known if name not in seen]):
        text = f"'layout' leaves out {', '.join(left)}: they stand at the end."
        yield "W220", text, "Name them where they belong."


def shape_problems(place: str, items: Any, kinds: tuple[type, ...]) -> Iterator[Problem]:
    """Yield items of a layout that are nothing it may hold."""
    for index, item in enumerate(items):
        at = f"{place}[{index}]"
        if isinstance(item, Section | Tab) and isinstance(item, kinds):
            inner = (Section,) if isinstance(item, Tab) else ()
            yield from shape_problems(f"{at}.fields", item.fields, inner)
        elif not (isinstance(item, str) or (isinstance(item, tuple) and all_names(item))):
            allowed = ["a name", "a tuple of names", *(f"a {kind.__name__}" for kind in kinds)]
            yield "E217", f"'{at}' is {item!r}.", f"Put there {' or '.join(allowed)}."


def all_names(item: tuple[Any, ...]) -> bool:
    """Say whether a tuple holds names only."""
    return all(isinstance(name, str) for name in item)


def closed_problems(view: Any, names: Sequence[str]) -> Iterator[Problem]:
    """Yield the problems of `disabled_fields` and of what is both."""
    shown = {c if isinstance(c, str) else c.name for c in view.readonly_fields if c}
    for index, name in enumerate(view.disabled_fields):
        if name not in names:
            place = f"disabled_fields[{index}]"
            yield unknown("E221", place, name, names, "a field of the form")
        elif name in shown:
            text = f"'{name}' is in 'disabled_fields' and in 'readonly_fields'."
            yield "E221", text, "Take it out of one of them."


def related_problems(view: Any, model: type[Model], names: Sequence[str]) -> Iterator[Problem]:
    """Yield the problems of `related_views`, but for what the URLconf has to tell."""
    declared = view.related_views
    if isinstance(declared, str):
        yield "E225", f"'related_views' is {declared!r}.", f"Write [{declared!r}]."
        return
    for name in declared:
        if name not in names:
            yield unknown("E225", "related_views", name, names, "a field of the form")
            continue
        place, target = f"related_views['{name}']", related_model(view, model, name)
        if target is None:
            text = f"'related_views' names '{name}', which is no relation to an object by its key."
            yield "E225", text, "Take it out."
        elif isinstance(declared, Mapping):
            yield from related_view_problems(place, declared, name, target, view)


def related_view_problems(
    place: str, declared: Mapping[str, Any], name: str, target: Any, view: Any
) -> Iterator[Problem]:
    """Yield the problem of what is declared for one relation."""
    try:
        found = related_view(declared, name, target, view)
    except ImportError as error:
        text = f"'{place}' is {declared[name]!r}, which cannot be imported: {error}"
        yield "E226", text, "Correct the path, or name a class of the view's own module."
        return
    if found is not None and not is_view(found):
        text = f"'{place}' is {declared[name]!r}, which is not a CRUDView."
        yield "E226", text, f"Name a CRUDView of {target._meta.label}."
    elif found is not None and not is_about(found, target):
        text = f"'{place}' is {found.__name__}, which is not about {target._meta.label}."
        yield "E226", text, f"Name a CRUDView of {target._meta.label}."


def related_model(view: Any, model: type[Model], name: str) -> Any:
    """Return what a field of a view's form points to by its key, or None."""
    if view.form_class is not None:
        field: Any = view.form_class.base_fields[name]
        target = getattr(getattr(field, "queryset", None), "model", None)
        by = getattr(field, "to_field_name", None)
    else:
        field = field_of(model, name)
        target = getattr(field, "related_model", None)
        by = getattr(getattr(field, "remote_field", None), "field_name", None)
    return target if target is not None and by in (None, "pk", target._meta.pk.name) else None


def helper_problems(view: Any) -> Iterator[Problem]:
    """Yield what packs cannot draw of a crispy layout, where the form can be made here."""
    try:
        form = view.form_class()
    except Exception:  # whatever a form may ask of its request
        return
    ids = {"missing": "E222", "unsafe": "E223", "unknown": "E224"}
    found: dict[Problem, None] = {}
    for pack in packs_of(view):
        for problem in crispy_problems(form, pack):
            text, hint = explain(problem, type(form).__name__, pack)
            close = get_close_matches(problem.name, list(form.fields), n=1)
            if problem.kind == "unknown":
                hint = f"Did you mean '{close[0]}'?" if close else "Take it out."
            found[ids[problem.kind], text, hint] = None
    yield from found


def packs_of(view: Any) -> list[Any]:
    """Return the packs that may draw a view: all where a request chooses."""
    asked = next(c for c in view.__mro__ if "get_template_pack" in vars(c))
    if not asked.__module__.startswith("powercrud_core.views"):
        return list(installed_packs().values())
    try:
        return [get_pack(view.template_pack)]
    except (PackNotFound, ConfigError):
        return []
