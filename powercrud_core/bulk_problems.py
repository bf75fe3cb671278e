"""What is wrong with a view's operations: those of `bulk` and those of `actions`."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Model

from powercrud_core.bulk import PLACES, BulkOperation, BulkUpdate
from powercrud_core.form_problems import Problem, did_you_mean, form_names
from powercrud_core.paths import follow

__all__ = ["bulk_problems"]

TONES = ("neutral", "primary", "danger")


def bulk_problems(view: Any, model: type[Model]) -> Iterator[Problem]:
    """Yield the operations that are none, share a name, or could not do what they are there for."""
    names: set[str] = set()
    for declared in ("bulk", "actions"):
        for index, operation in enumerate(getattr(view, declared)):
            place = f"{declared}[{index}]"
            if not isinstance(operation, BulkOperation):
                text = f"'{place}' is {operation!r}, which is not a BulkOperation."
                yield "E250", text, "Write BulkUpdate(fields=[…]), BulkDelete() or one of your own."
                continue
            if not operation.name.isidentifier() or operation.name in names:
                text = f"'{place}' has the name '{operation.name}', which is taken or no word."
                yield "E251", text, "Give it a name of letters, digits and '_'; it is in the URL."
            names.add(operation.name)
            yield from _offered(place, operation)
            yield from _written(place, operation)
            if isinstance(operation, BulkUpdate):
                yield from _changed(place, operation.fields, form_names(view, model), model)


def _offered(place: str, operation: BulkOperation) -> Iterator[Problem]:
    """Yield what is wrong with where an operation is offered, and how it looks there."""
    places = operation.places
    if isinstance(places, str) or not places or not set(places) <= {*PLACES}:
        text = f"'{place}' has the places {places!r}."
        yield "E256", text, f"Name some of: {', '.join(PLACES)}; in a list or tuple."
    elif "list" in places and len(places) > 1:
        text = f"'{place}' is for the list as a whole and for rows: {', '.join(places)}."
        yield "E256", text, "Make two operations of it: one has rows, the other has none."
    if operation.tone not in TONES:
        text = f"'{place}' has the tone {operation.tone!r}."
        yield "E258", text, f"Use one of: {', '.join(TONES)}."


def _written(place: str, operation: BulkOperation) -> Iterator[Problem]:
    """Yield the method that an operation would need and does not have."""
    cls = type(operation)
    if "list" in operation.places:
        missing = "perform" if cls.perform is BulkOperation.perform else ""
    else:
        own = cls.apply is not BulkOperation.apply or cls.write is not BulkOperation.write
        missing = "" if own else "apply"
    if missing:
        text = f"'{place}', of the class {cls.__name__}, has no method '{missing}'."
        yield "E257", text, "Write the method: without it the operation can do nothing."


def _changed(
    place: str, names: Sequence[str], offered: Sequence[str], model: type[Model]
) -> Iterator[Problem]:
    """Yield the fields that a BulkUpdate cannot change."""
    if not names:
        yield "E252", f"'{place}' changes no fields.", f"Name some of: {', '.join(offered)}."
    for name in names:
        if name not in offered:
            text = f"'{place}' changes the field '{name}', which the edit form does not have."
            yield "E253", text, did_you_mean(name, offered)
            continue
        field: Any = follow(model, name).field
        through = getattr(field.remote_field, "through", None) if field is not None else None
        if field is None or field.get_internal_type() in ("FileField", "ImageField"):
            text = f"'{place}' changes '{name}', which is a file or not a field of the model."
            yield "E254", text, "Take it out: a plan holds plain values of model fields."
        elif through is not None and not through._meta.auto_created:
            text = f"'{place}' changes '{name}', whose rows are objects of their own."
            yield "E254", text, f"Take it out, and edit {through._meta.label} on its own screen."
        elif field.unique:
            text = f"'{place}' changes '{name}', which is unique: one row can have a value."
            yield "W255", text, "Take it out."
