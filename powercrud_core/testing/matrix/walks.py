"""The walks: how each role is asked, and what the policy says should come of it."""

import json
from collections.abc import Callable, Collection
from functools import partial
from typing import Any

from powercrud_core.packs.contract import DetailPage
from powercrud_core.testing.matrix.facts import Facts, merged
from powercrud_core.testing.matrix.oracle import Oracle, first
from powercrud_core.testing.matrix.people import Persona
from powercrud_core.testing.matrix.reading import MISSING, OK, REFUSED, Answer
from powercrud_core.testing.matrix.report import Difference, PermissionMatrix
from powercrud_core.testing.matrix.world import World

__all__ = ["WALKS", "Visit", "by_permission"]

SPREAD = ("create", "update")


class Visit:
    """One persona's walk through a view; what is not as it should be goes into the result."""

    def __init__(
        self, world: World, facts: Facts, persona: Persona, result: PermissionMatrix
    ) -> None:
        self.world, self.facts, self.persona, self.result = world, facts, persona, result
        self.oracle = Oracle(world, persona)
        self.first = persona is world.anybody
        self.canaries: dict[str, str] = {}

    @property
    def targets(self) -> list[tuple[str, Any]]:
        """Return the objects to ask about, with what they are called.

        Only rows() and allows() tell objects apart.
        """
        both = [("object A", self.world.mine), ("object B", self.world.other)]
        return both[:1] if self.persona.about in ("fields", "related") else both

    def differ(self, endpoint: str, expected: str, found: str) -> None:
        """Note a difference."""
        one = Difference(endpoint, self.persona.name, expected, found)
        if one not in self.result.differences:
            self.result.differences.append(one)

    def ask(
        self, endpoint: str, method: str, url: str, data: Any = None, *, says: str, **options: Any
    ) -> Answer | None:
        """Ask, and return the answer where it is one, and is right to be one.

        says: what the policy says should come.
        """
        if endpoint not in self.result.endpoints:
            self.result.endpoints.append(endpoint)
        answer = self.world.ask(self.persona, method, url, data, **options)
        found = answer.verdict
        if self.first:
            self.facts.answers[endpoint] = found
            if answer.status < 400:
                self.facts.done.add(endpoint)
            if found.startswith("an error"):
                self.differ(endpoint, OK, found)
            return answer if found == OK else None
        reached = self.facts.answers.get(endpoint, OK)
        expected = reached if says == OK else says
        if found != expected:
            self.differ(endpoint, expected, found)
        if found != OK or says != OK:
            self.untouched(endpoint, answer, "a request that is refused writes nothing")
        if method == "get":
            self.untouched(endpoint, answer, "a GET writes nothing")
        self.look_for_canaries(endpoint, answer)
        return answer if found == expected == OK else None

    def untouched(self, endpoint: str, answer: Answer, rule: str) -> None:
        """Note a difference where something was written."""
        changed = bool(answer.changed or answer.created or answer.deleted)
        if changed or (answer.writes and not answer.after):
            self.differ(endpoint, rule, what(answer) or answer.writes[0][:80])

    def look_for_canaries(self, endpoint: str, answer: Answer) -> None:
        """Note the hidden values that an answer holds."""
        for name, canary in self.canaries.items():
            if canary in answer.text:
                self.differ(endpoint, f"nothing of {name}", "its value")

    def fields(self, endpoint: str, found: Collection[str], action: str, obj: Any = None) -> None:
        """Compare the fields of a form with those that may be written."""
        seen = {n for n in found if n in self.facts.form_fields}
        if self.first:
            self.facts.fields[endpoint] = seen
            return
        expected = self.oracle.allowed(action, self.facts.fields.get(endpoint, seen), obj)
        self.compare(endpoint, "fields", expected, seen)

    def compare(
        self, endpoint: str, what: str, expected: Collection[str], found: Collection[str]
    ) -> None:
        """Note a difference between what may be there and what is there."""
        if set(expected) != set(found):
            self.differ(endpoint, f"{what} {listed(expected)}", listed(found))

    def effects(
        self,
        endpoint: str,
        answer: Answer,
        action: str,
        objects: Collection[Any],
        *,
        by_field: bool = True,
    ) -> None:
        """Compare what was written with what may be.

        by_field: the fields count, too: a form wrote them, not a method of the project.
        """
        found = {(key, name) for key, names in answer.changed.items() for name in names}
        if self.first:
            self.facts.changes[endpoint] = found
            self.facts.deleted[endpoint] = answer.deleted
            return
        says = self.oracle.deletes if action == "delete" else partial(self.oracle.verdict, action)
        may = {obj.pk for obj in objects if says(obj) == OK}
        others = {obj.pk for obj in objects} - may
        base = self.facts.changes.get(endpoint, set())
        for key in {key for key, _name in found} | answer.deleted:
            known = key in may or key in self.facts.deleted.get(endpoint, ())
            if key in others or not (known or any(key == k for k, _n in base)):
                self.differ(endpoint, f"{self.called(key)} left as it is", what(answer))
        wholly = True
        for obj in objects if by_field else ():
            names = {n for k, n in found if k == obj.pk and n in self.facts.form_fields}
            allowed = self.oracle.allowed("change", names, obj)
            wholly = wholly and self.oracle.whole("change", obj)
            if names - allowed:
                self.differ(endpoint, f"{listed(names - allowed)} not written", what(answer))
        missing = {k for k, n in base if k in may} - {k for k, n in found}
        missing |= self.facts.deleted.get(endpoint, set()) & may - answer.deleted
        if missing and not others and wholly and answer.status < 400:
            self.differ(endpoint, f"{self.called(*missing)} written", "nothing written")

    def called(self, *keys: Any) -> str:
        """Return what the objects with some keys are called."""
        names = {self.world.mine.pk: "object A", self.world.other.pk: "object B"}
        return " and ".join(sorted(names.get(key, f"the row {key}") for key in keys))


def what(answer: Answer) -> str:
    """Return what an answer did to the model's rows, in words."""
    names = sorted({name for names in answer.changed.values() for name in names})
    parts = [f"{len(answer.changed)} changed ({', '.join(names)})"] if names else []
    parts += [f"{len(answer.created)} created"] if answer.created else []
    parts += [f"{len(answer.deleted)} deleted"] if answer.deleted else []
    return ", ".join(parts)


def listed(names: Collection[str]) -> str:
    """Return names as one text."""
    return ", ".join(sorted(map(str, names))) or "none"


def walk_list(visit: Visit) -> None:
    """The list: its rows, its columns, what it offers, and what can be guessed by it."""
    world, oracle = visit.world, visit.oracle
    url = world.url("list")
    answer = visit.ask("list GET", "get", url, says=oracle.verdict("view"))
    if answer is None:
        return
    rows = {p["id"] for p in answer.parts("row")}
    for name, obj in visit.targets:
        there = any(id.endswith(f"-row-{world.key(obj)}") for id in rows)
        if visit.first:
            visit.facts.fields[f"list {name}"] = {name} if there else set()
        elif visit.facts.fields[f"list {name}"]:
            seen = oracle.verdict("view", obj) == OK
            if seen != there:
                visit.differ("list GET", f"{name} {'shown' if seen else 'hidden'}", wording(there))
    table = answer.page.results.table if answer.page is not None else None
    if table is not None:
        found = [str(header.label) for header in table.headers]
        visit.compare(
            "list GET",
            "columns",
            [str(c.label) for c in visit.facts.columns if oracle.sees(c)],
            found,
        )
    offered(visit, "list GET", answer)
    if visit.persona.hidden and not visit.first:
        guess(visit, url, answer)


def wording(there: bool) -> str:
    return "shown" if there else "hidden"


def offered(visit: Visit, endpoint: str, answer: Answer, obj: Any = None) -> None:
    """Note what is offered and would be refused."""
    roles = {"update": "change", "delete": "delete"}
    operations = {o.name: o.permission for o in visit.world.view_class.all_operations()}
    ids = {f"-row-{visit.world.key(o)}": (name, o) for name, o in visit.targets}
    for part in answer.parts("action-.*"):
        name = part["data-pc-part"].removeprefix("action-")
        action = roles.get(name) or operations.get(name)
        found = next((v for tail, v in ids.items() if part["row"].endswith(tail)), None)
        called, target = found or ("", obj)
        if name == "create" and oracle_refuses(visit, "add"):
            visit.differ(endpoint, "no link to create", "one")
        elif action and target is not None and not visit.oracle.may(action, target):
            visit.differ(endpoint, f"no link to {name} {called}".rstrip(), "one")


def oracle_refuses(visit: Visit, action: str) -> bool:
    return visit.oracle.verdict(action) == REFUSED


def guess(visit: Visit, url: str, plain: Answer) -> None:
    """Sort, filter and search by what is hidden: nothing may come of it."""

    def rows(query: str) -> list[str]:
        answer = visit.world.ask(visit.persona, "get", f"{url}?{query}")
        if answer.verdict != OK:
            visit.differ("list GET", f"a page for ?{query}", answer.verdict)
        return [p["id"] for p in answer.parts("row")]

    same = [p["id"] for p in plain.parts("row")]
    for column in visit.facts.columns:
        if not visit.oracle.sees(column):
            for sign in ("", "-"):
                if rows(f"sort={sign}{column.name}") != same:
                    visit.differ("list GET", f"no order by {column.name}", "the rows in it")
    for name, path in visit.facts.filters.items():
        if first(path) in visit.persona.hidden:
            for parameter in visit.facts.parameters.get(name, ()):
                if rows(f"{parameter}=1") != same:
                    visit.differ("list GET", f"no filter {parameter}", "other rows by it")
    seen = {n for n in visit.facts.searched if first(n) not in visit.persona.hidden}
    for name, canary in visit.canaries.items():
        if name in visit.facts.searched and name not in seen and rows(f"q={canary}"):
            visit.differ("list GET", f"no search in {name}", "a row by it")


def walk_detail(visit: Visit) -> None:
    """The page of one object."""
    for name, obj in visit.targets:
        endpoint = f"detail GET of {name}"
        url = visit.world.url("detail", obj)
        answer = visit.ask(endpoint, "get", url, says=visit.oracle.verdict("view", obj))
        if answer is not None and isinstance(answer.page, DetailPage):
            labels = [str(c.label) for c in visit.facts.details if visit.oracle.sees(c)]
            visit.compare(endpoint, "fields", labels, [str(f.label) for f in answer.page.fields])
            offered(visit, endpoint, answer, obj)


def walk_create(visit: Visit) -> None:
    """The form for a new object."""
    url, says = visit.world.url("create"), visit.oracle.verdict("add")
    answer = visit.ask("create GET", "get", url, says=says)
    if answer is not None:
        visit.fields("create GET", answer.fields, "add")
    for button in ("_refresh", "_validate"):
        data = {**visit.facts.create, button: next(iter(visit.facts.form_fields), "")}
        endpoint = f"create POST {button}"
        answer = visit.ask(endpoint, "post", url, data, says=says)
        if answer is not None:
            visit.untouched(endpoint, answer, "a question writes nothing")
    if not visit.facts.create:
        return
    answer = visit.ask("create POST", "post", url, visit.facts.create, says=says)
    if answer is None:
        return
    if visit.first:
        visit.facts.created["create POST"] = answer.created
        return
    if visit.oracle.whole("add") and not visit.persona.name.endswith("related rows"):
        visit.compare("create POST", "new objects", ["1"], [str(len(answer.created))])
    (made,) = visit.facts.created["create POST"]
    for row in answer.created:
        allowed = visit.oracle.allowed("add", visit.facts.form_fields)
        for name in visit.facts.form_fields - allowed:
            if row.get(name) == made.get(name) != default_of(visit.world.model, name):
                visit.differ("create POST", f"{name} not written", "what was posted")


def default_of(model: Any, name: str) -> Any:
    field = next((f for f in model._meta.fields if f.name == name), None)
    return frozenset() if field is None else field.get_default()


def walk_update(visit: Visit) -> None:
    """The form of one object: its fields, its questions, what it writes."""
    facts = visit.facts
    for name, obj in visit.targets:
        url, says = visit.world.url("update", obj), visit.oracle.verdict("change", obj)
        answer = visit.ask(f"update GET of {name}", "get", url, says=says)
        if answer is not None:
            visit.fields(f"update GET of {name}", answer.fields, "change", obj)
        for button in ("_refresh", "_validate", "_refill"):
            endpoint = f"update POST {button} of {name}"
            data = {**merged(facts, facts.update, facts.sent), button: next(iter(facts.sent), "")}
            answer = visit.ask(endpoint, "post", url, data, says=says)
            if answer is not None:
                visit.fields(endpoint, answer.fields, "change", obj)
                visit.untouched(endpoint, answer, "a question writes nothing")
        data = merged(facts, {**facts.update, **visit.world.token(obj)}, facts.sent)
        answer = visit.ask(f"update POST of {name}", "post", url, data, says=says)
        if answer is not None:
            visit.effects(f"update POST of {name}", answer, "change", [obj])
            hidden_values(visit, f"update POST of {name}", answer)


def hidden_values(visit: Visit, endpoint: str, answer: Answer) -> None:
    """Note the relations that were given an object which is hidden."""
    for name, model in visit.facts.relations.items():
        key = visit.facts.values.get(model)
        if key is None or not visit.oracle.hides_value(model, key):
            continue
        for pk, names in answer.changed.items():
            value = answer.after[pk].get(name)
            has = {str(v) for v in value} if isinstance(value, frozenset) else {str(value)}
            if name in names and str(key) in has:
                visit.differ(endpoint, f"{name} without the hidden {key}", "it was written")


def walk_delete(visit: Visit) -> None:
    """The page that asks before an object is deleted, and the deletion."""
    for name, obj in visit.targets:
        url, says = visit.world.url("delete", obj), visit.oracle.verdict("delete", obj)
        visit.ask(f"delete GET of {name}", "get", url, says=says)
        sent = visit.world.sent_by("delete", obj)
        says = visit.oracle.deletes(obj)
        answer = visit.ask(f"delete POST of {name}", "post", url, sent, says=says)
        if answer is not None:
            visit.effects(f"delete POST of {name}", answer, "delete", [obj], by_field=False)


def walk_choices(visit: Visit) -> None:
    """What relations offer, in filters and in forms."""
    world, facts, oracle = visit.world, visit.facts, visit.oracle
    for name, model in facts.choosers.items():
        says = oracle.verdict("view")
        if says == OK and not oracle.allowed("view", [facts.filters[name]]):
            says = MISSING
        elif says == OK and not oracle.picks(model):
            says = REFUSED
        offers(visit, f"choices GET of {name}", "get", name, model, {}, says)
    for role, action, obj in (
        ("create", "add", None),
        ("update", "change", world.mine),
        ("update", "change", world.other),
    ):
        if role not in world.roles:
            continue
        called = visit.called(obj.pk) if obj is not None else "a new object"
        for name, model in facts.relations.items():
            says = oracle.verdict(action, obj)
            if says == OK and name not in oracle.allowed(action, [name], obj):
                says = MISSING
            elif says == OK and not oracle.picks(model):
                says = REFUSED
            data = {"_origin": world.url(role, obj)}
            offers(visit, f"choices POST of {name} for {called}", "post", name, model, data, says)


def offers(
    visit: Visit, endpoint: str, method: str, name: str, model: Any, data: Any, says: str
) -> None:
    """Compare what a relation offers with the rows that may be picked."""
    url = visit.world.url("choices", field=name)
    kinds = ("application/json", "text/html")
    for kind in kinds if says == OK or visit.first else kinds[:1]:
        answer = visit.ask(endpoint, method, url, data, says=says, headers={"accept": kind})
        if answer is None or kind != "application/json" or visit.first:
            continue
        for one in json.loads(answer.body)["results"]:
            key = visit.facts.values.get(model)
            if (
                key is not None
                and str(key) == one["value"]
                and visit.oracle.hides_value(model, key)
            ):
                visit.differ(endpoint, f"the hidden {key} left out", "it is offered")


def by_permission(visit: Visit, name: str) -> None:
    """Walk over a role of a project's own: only whether it answers, by the role's permission."""
    role = visit.world.roles[name]
    for called, obj in visit.targets if role.on_object else [("the list", None)]:
        url = visit.world.url(name, obj)
        for method in sorted(role.handlers):
            says = visit.oracle.verdict(role.permission, obj)
            visit.ask(f"{name} {method.upper()} of {called}", method, url, says=says)


WALKS: dict[str, Callable[[Visit], None]] = {
    "list": walk_list,
    "detail": walk_detail,
    "create": walk_create,
    "update": walk_update,
    "delete": walk_delete,
    "choices": walk_choices,
}
