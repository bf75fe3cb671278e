"""What the tests of bulk operations share: a view with operations, planned for some rows."""

from typing import Any

import pytest

from powercrud_core import CRUDView
from powercrud_core.bulk import BulkDelete, BulkUpdate, Plan
from powercrud_core.selection import Selection, key_of
from tests.library.models import Book

FIELDS = ("title", "author", "genres", "status", "price", "pages", "published", "in_print", "notes")


@pytest.fixture
def planned(route, editor):
    """Return a function that routes a view and plans an operation on rows of it.

    rows: objects, or a Selection. view: a view class or attributes of one.
    data: `price=("set", "3")`, `notes="clear"`.
    """

    def make(rows: Any, *operations: Any, view: Any = None, user: Any = None, **data: Any) -> Plan:
        base = view if isinstance(view, type) else CRUDView
        attributes = {} if isinstance(view, type) else dict(view or {})
        base = attributes.pop("base", base)
        model = attributes.pop("model", base.model or Book)
        default = (BulkUpdate(fields=FIELDS), BulkDelete()) if model is Book else (BulkDelete(),)
        attributes = {
            "model": model,
            "url_base": "here",
            "bulk": operations or default,
        } | attributes
        at = route(type(f"{model.__name__}Screen", (base,), attributes))
        if not isinstance(rows, Selection):
            rows = Selection(tuple(key_of(row.pk) for row in rows))
        name = data.pop("operation", attributes["bulk"][0].name)
        return Plan(
            view=at,
            operation=name,
            selection=rows,
            data=posted(data),
            user_id=str((user or editor).pk),
        )

    return make


def posted(changes: dict[str, Any]) -> dict[str, list[str]]:
    """Return the data of a bulk form for changes by field."""
    data: dict[str, list[str]] = {}
    for name, change in changes.items():
        mode, *values = (change,) if isinstance(change, str) else change
        data[f"mode-{name}"] = [mode]
        data[name] = [str(value) for value in values]
    return data
