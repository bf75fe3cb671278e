"""The walks over what works on rows of the list: export, edit in the list, operations."""

import json
import re
from collections.abc import Collection
from typing import Any

from powercrud_core.bulk import BulkOperation, BulkUpdate
from powercrud_core.testing.matrix.facts import merged
from powercrud_core.testing.matrix.people import Persona
from powercrud_core.testing.matrix.reading import MISSING, OK, REFUSED, Answer
from powercrud_core.testing.matrix.walks import Visit, hidden_values

__all__ = ["ROW_WALKS"]

PLAN = "_plan"
FEW = 200


def walk_export(visit: Visit) -> None:
    """The file: its rows and its columns."""
    world, oracle, says = visit.world, visit.oracle, visit.oracle.verdict("view")
    export = world.view_class.export
    url = world.url("export")
    visit.ask("export GET of the form", "get", url, says=says)
    both = {"pk": [str(obj.pk) for _name, obj in visit.targets]}
    for format_ in export.available():
        asked = {"_format": format_.name, "_values": "raw"}
        whole = visit.ask(f"export GET as {format_.name}", "get", url, asked, says=says)
        some = visit.ask(
            f"export POST as {format_.name}",
            "post",
            url,
            {**asked, "_scope": "chosen", **both},
            says=says,
        )
        if format_.name != "json" or visit.first:
            continue
        chosen = [o for _n, o in visit.targets if oracle.verdict("view", o) == OK]
        for answer, rows in ((whole, oracle.visible.count()), (some, len(chosen))):
            if answer is None:
                continue
            lines = json.loads(answer.body)
            visit.compare("export as json", "rows", [str(rows)], [str(len(lines))])
            columns = {c.name for c in visit.facts.exported if oracle.sees(c)}
            visit.compare("export as json", "columns", columns, lines[0] if lines else columns)


def walk_row(visit: Visit) -> None:
    """One row of the list by itself."""
    for name, obj in visit.targets:
        says = visit.oracle.verdict("view", obj)
        answer = visit.ask(f"row GET of {name}", "get", visit.world.url("row", obj), says=says)
        if answer is not None and answer.page.table is not None:
            labels = [str(c.label) for c in visit.facts.columns if visit.oracle.sees(c)]
            found = [str(header.label) for header in answer.page.table.headers]
            visit.compare(f"row GET of {name}", "columns", labels, found)


def walk_row_edit(visit: Visit) -> None:
    """The editors of a row, one field at a time and all of them."""
    fields = visit.world.view(visit.world.user).config.inline.fields
    for name, obj in visit.targets:
        closed = visit.oracle.verdict("change", obj) != OK and not visit.first
        for field in fields[:1] if closed else (*fields, ""):
            _edit(visit, name, obj, field, fields)


def _edit(visit: Visit, name: str, obj: Any, field: str, fields: Collection[str]) -> None:
    oracle, facts = visit.oracle, visit.facts
    url, says = visit.world.url("row-edit", obj), oracle.verdict("change", obj)
    asked = [field] if field else list(fields)
    shown = oracle.allowed("view", asked)
    if says == OK and not shown:
        says = MISSING if field else REFUSED
    elif says == OK and not oracle.allowed("change", shown, obj):
        says = REFUSED
    endpoint = f"row-edit GET of {field or 'all fields'} of {name}"
    answer = visit.ask(endpoint, "get", f"{url}?_field={field}", says=says)
    if answer is not None:
        found = {p["data-pc-field"] for p in answer.parts("cell-editor")}
        if visit.first:
            facts.fields[endpoint] = found
        else:
            expected = oracle.allowed("change", oracle.allowed("view", facts.fields[endpoint]), obj)
            visit.compare(endpoint, "fields", expected, found)
    base = {"_field": field, **visit.world.token(obj)}
    # Every field of the edit form comes along, as nobody's page would send it.
    data = merged(facts, {**plain_values(facts.update), **base}, facts.sent)
    endpoint = f"row-edit POST of {field or 'all fields'} of {name}"
    answer = visit.ask(endpoint, "post", url, data, says=says)
    if answer is not None:
        visit.effects(endpoint, answer, "change", [obj])
        hidden_values(visit, endpoint, answer)
        for key, names in answer.changed.items():
            beyond = (names & facts.form_fields) - set(fields)
            if key == obj.pk and beyond:
                visit.differ(endpoint, "only inline fields written", ", ".join(sorted(beyond)))


def plain_values(data: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if not name.startswith("_")}


def walk_bulk(visit: Visit) -> None:
    """Every operation on chosen rows and of the list, step by step."""
    for operation in visit.world.view_class.all_operations():
        if {"bulk", "list"} & set(operation.places):
            _operate(visit, operation, "bulk", None)


def walk_action(visit: Visit) -> None:
    """Every operation on one object, step by step."""
    for operation in visit.world.view_class.all_operations():
        if {"row", "detail"} & set(operation.places):
            for name, obj in visit.targets:
                _operate(visit, operation, "action", (name, obj))


def _operate(visit: Visit, operation: BulkOperation, role: str, target: Any) -> None:
    """Begin, preview and carry out: in one go, and with a plan from before the policy changed."""
    world, oracle = visit.world, visit.oracle
    obj: Any = target[1] if target else None
    objects = [obj] if target else [o for _name, o in visit.targets]
    url = world.url(role, obj, operation=operation.name)
    label = f"{role} {operation.name}" + (f" of {target[0]}" if target else "")
    whole = "list" in operation.places and not target
    says = oracle.begins(operation.permission)
    if target and says == OK:
        says = oracle.verdict(operation.permission, obj)
    elif target and oracle.verdict("view") == OK and oracle.begins(operation.permission) != OK:
        says = REFUSED
    keys: dict[str, Any] = {} if target or whole else {"pk": [str(o.pk) for o in objects]}
    data = {**keys, **visit.facts.operations[operation.name]}
    visit.ask(f"{label} GET", "get", url, says=says)
    answer = visit.ask(f"{label} POST, begun", "post", url, keys, says=says)
    if answer is not None and isinstance(operation, BulkUpdate):
        modes = {n.removeprefix("mode-") for n in answer.fields if n.startswith("mode-")}
        visit.fields(f"{label} POST, begun", modes, "change")
    if whole:
        return _perform(visit, label, url, data, says)
    if says != OK and not visit.first:
        sent = {**data, "_step": "apply"}
        visit.ask(f"{label} POST, previewed", "post", url, sent, says=says)
        return _stale(visit, f"{label} POST with an old plan", url, data, operation, objects, says)
    if visit.persona.hidden | visit.persona.locked and isinstance(operation, BulkUpdate):
        # First with every field, as a forger would, then with those that may be written.
        _carry_out(visit, f"{label} POST", url, data, says, operation, objects)
        data = {**keys, **_permitted(visit, operation)}
    _carry_out(visit, f"{label} POST", url, data, says, operation, objects)
    _stale(visit, f"{label} POST with an old plan", url, data, operation, objects, says)
    if not target and visit.world.model._base_manager.count() <= FEW:
        some = {n: v for n, v in data.items() if n != "pk"} | {"all": "1"}
        everything = list(visit.world.model._base_manager.all())
        _carry_out(visit, f"{label} POST for all", url, some, says, operation, everything)


def _permitted(visit: Visit, operation: BulkUpdate) -> dict[str, Any]:
    sent = visit.facts.operations[operation.name]
    allowed = visit.oracle.allowed("change", operation.fields)
    return {
        name: value
        for name, value in sent.items()
        if any(re.fullmatch(rf"(mode-)?{re.escape(n)}(_.*)?", name) for n in allowed)
    }


def _perform(visit: Visit, label: str, url: str, data: Any, says: str) -> None:
    answer = visit.ask(
        f"{label} POST, previewed", "post", url, {**data, "_step": "apply"}, says=says
    )
    if answer is not None and PLAN in answer.data:
        sent = {**sent_by(answer), "_step": "apply"}
        visit.ask(f"{label} POST, carried out", "post", url, sent, says=says)


def _carry_out(
    visit: Visit,
    label: str,
    url: str,
    data: Any,
    says: str,
    operation: BulkOperation,
    objects: Collection[Any],
) -> None:
    answer = visit.ask(f"{label}, previewed", "post", url, {**data, "_step": "preview"}, says=says)
    if answer is None:
        return
    if operation.previews:
        visit.untouched(f"{label}, previewed", answer, "a preview writes nothing")
        done = _apply(visit, visit.persona, f"{label}, carried out", url, answer, says)
    else:
        done = answer
    if done is not None:
        by_field = isinstance(operation, BulkUpdate)
        visit.effects(
            f"{label}, carried out", done, operation.permission, objects, by_field=by_field
        )
        hidden_values(visit, f"{label}, carried out", done)


def _apply(
    visit: Visit, persona: Persona, label: str, url: str, page: Answer, says: str
) -> Answer | None:
    if PLAN not in page.data:
        return None
    sent = sent_by(page)
    if count := re.search(r"Type (\d+)", page.text):
        sent["_typed"] = count[1]
    return visit.ask(label, "post", url, {**sent, "_step": "apply"}, says=says)


def sent_by(answer: Answer) -> dict[str, Any]:
    return {n: v for n, v in answer.data.items() if n not in ("csrfmiddlewaretoken", "q")}


def _stale(
    visit: Visit,
    label: str,
    url: str,
    data: Any,
    operation: BulkOperation,
    objects: Collection[Any],
    says: str,
) -> None:
    """Confirm under the policy what was previewed while nothing was forbidden."""
    if visit.first:
        return
    before = Persona(visit.persona.name, visit.persona.user, visit.world.anybody.policy)
    page = visit.world.ask(before, "post", url, {**data, "_step": "preview"})
    if page.verdict != OK or PLAN not in page.data:
        return
    answer = _apply(visit, visit.persona, label, url, page, says)
    if answer is not None:
        by_field = isinstance(operation, BulkUpdate)
        visit.effects(label, answer, operation.permission, objects, by_field=by_field)


ROW_WALKS = {
    "export": walk_export,
    "row": walk_row,
    "row-edit": walk_row_edit,
    "bulk": walk_bulk,
    "action": walk_action,
}
