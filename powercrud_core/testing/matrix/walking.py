"""permission_matrix: every endpoint of a view, every persona, every field, against the policy."""

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from django.urls import get_resolver, get_urlconf

from powercrud_core.bulk import BulkDelete, BulkUpdate
from powercrud_core.routes import routed
from powercrud_core.testing.matrix.facts import Facts, gather
from powercrud_core.testing.matrix.people import Persona, make_user, permitted, probes
from powercrud_core.testing.matrix.reading import OK, REFUSED
from powercrud_core.testing.matrix.report import Difference, PermissionMatrix
from powercrud_core.testing.matrix.walks import WALKS, Visit
from powercrud_core.testing.matrix.walks_jobs import JOB_WALKS
from powercrud_core.testing.matrix.walks_rows import ROW_WALKS
from powercrud_core.testing.matrix.world import CANARY, World

__all__ = ["permission_matrix", "routed_views"]

KNOWN: dict[str, Callable[[Visit], None]] = {**WALKS, **ROW_WALKS}
# What a narrowed policy cannot concern, by what it narrows.
APART = {
    "rows": {"create"},
    "fields": {"delete"},
    "related": {"list", "detail", "delete", "row", "export"},
}
METHODS = ("get", "post", "put", "patch", "delete")


def routed_views() -> list[Any]:
    """Return the classes of all views that the URLconf leads to."""
    return list(
        dict.fromkeys(view for _name, view in routed(get_resolver(get_urlconf()).url_patterns))
    )


def permission_matrix(
    view_class: Any,
    *,
    objects: Collection[Any] = (),
    user: Any = None,
    users: Mapping[str, Any] | None = None,
    data: Mapping[str, Mapping[str, Any]] | None = None,
    walks: Mapping[str, Callable[[Visit], None]] | None = None,
    kwargs: Mapping[str, Any] | None = None,
) -> PermissionMatrix:
    """Ask every endpoint of a view as everybody, and compare what happens with its policy.

    objects: two objects to ask about; default are two that exist.
    user: somebody to whom `get_queryset()` shows these; default is a new superuser.
    users: further personas, by what they are called.
    data: what to send, by "create", "update" or the name of an operation, where what the matrix
        makes up is not valid.
    walks: how to ask roles of the project's own, by their names.
    kwargs: keywords that stand in the view's addresses.

    Everything happens in a transaction that is taken back.
    """
    result = PermissionMatrix(view_class.__name__)
    alias = World(view_class, user, kwargs or {})
    with alias.undone():
        user = user or make_user("matrix-anybody", is_superuser=True)
        world = World(view_class, user, kwargs or {})
        facts = gather(world, objects, data or {})
        result.notes = facts.notes
        known = {**KNOWN, **(JOB_WALKS if world.shows_jobs else {}), **(walks or {})}
        _roles(world, known, result)
        for persona in _personas(world, facts, users or {}):
            _walk(Visit(world, facts, persona, result), known)
        _reached(world, facts, result)
        result.requests = world.requests
    return result


def _personas(world: World, facts: Facts, users: Mapping[str, Any]) -> Iterator[Persona]:
    view_class = world.view_class
    actions = {o.permission for o in view_class.all_operations()}
    actions |= {role.permission for role in world.roles.values() if role.permission != "choose"}
    yield world.anybody
    yield from permitted(world.model, sorted(actions))
    yield from (Persona(name, user) for name, user in users.items())
    yield from probes(
        view_class,
        world.user,
        other=world.other,
        names=facts.names,
        halves=facts.halves,
        actions=sorted(actions),
        values=facts.values,
    )


def _walk(visit: Visit, known: Mapping[str, Callable[[Visit], None]]) -> None:
    world, persona = visit.world, visit.persona
    visit.result.personas.append(persona.name)
    with world.signed_in_anew():
        hidden = sorted(persona.hidden)
        put = world.mark(world.mine, hidden, CANARY) if hidden else {}
        visit.canaries = put
        if persona.name.endswith("that hides a row") and not _refers_to_itself(world.model):
            names = [f.name for f in world.model._meta.concrete_fields]
            world.mark(world.other, names, f"{CANARY}other")
            visit.canaries = {"the hidden row": f"{CANARY}other"}
        for role in world.roles:
            if role in known and role not in APART.get(persona.about, ()):
                known[role](visit)
        if visit.first:
            _methods(visit)


def _refers_to_itself(model: Any) -> bool:
    return any(f.related_model is model for f in model._meta.get_fields())


def _roles(world: World, known: Collection[str], result: PermissionMatrix) -> None:
    """Note the roles, and methods of roles, that nobody walks over."""
    visit = Visit(world, Facts(), world.anybody, result)
    for name, role in world.roles.items():
        if name not in known:
            visit.differ(
                f"role {name!r}",
                f"a walk for it: walks={{{name!r}: function}}",
                "a role that the matrix does not know",
            )
        elif odd := set(role.handlers) - {"get", "post"}:
            visit.differ(f"role {name!r}", "only GET and POST", ", ".join(sorted(odd)).upper())


def _methods(visit: Visit) -> None:
    """Ask with methods that a role does not have, and without a CSRF token."""
    world = visit.world
    for name, role in world.roles.items():
        obj = world.mine if role.on_object else None
        for url in _urls(visit, name, obj):
            for method in METHODS:
                if method not in role.handlers:
                    answer = world.ask(world.anybody, method, url)
                    visit.compare(
                        f"{name} {method.upper()}", "status", ["405"], [str(answer.status)]
                    )
                    visit.untouched(f"{name} {method.upper()}", answer, "nothing written")
            if "post" in role.handlers:
                answer = world.ask(world.anybody, "post", url, visit.facts.update, csrf=True)
                if answer.verdict != REFUSED:
                    visit.differ(f"{name} POST without a CSRF token", REFUSED, answer.verdict)
                visit.untouched(f"{name} POST without a CSRF token", answer, "nothing written")


def _urls(visit: Visit, role: str, obj: Any) -> Iterator[str]:
    if role == "choices":
        names = list({**visit.facts.choosers, **visit.facts.relations})
        yield from (visit.world.url(role, field=name) for name in names[:1])
    elif role in ("bulk", "action"):
        for operation in visit.world.view_class.all_operations():
            places = {"row", "detail"} if role == "action" else {"bulk", "list"}
            if places & set(operation.places):
                yield visit.world.url(role, obj, operation=operation.name)
    elif not visit.world._words(visit.world.roles[role]):
        yield visit.world.url(role, obj)


def _reached(world: World, facts: Facts, result: PermissionMatrix) -> None:
    """Note what could not be tried: what nobody gets to has not been proved."""
    lost = [endpoint for endpoint, found in facts.answers.items() if found != OK]
    if lost:
        result.notes.append(f"Nobody gets to: {', '.join(lost)}.")
    wrote = {e for e, found in (*facts.changes.items(), *facts.deleted.items()) if found}
    for name in ("create", "update", "delete"):
        proved = facts.create if name == "create" else any(f"{name} POST of" in e for e in wrote)
        if name in world.roles and not proved:
            _unproved(world, result, f"{name} POST", name)
    for operation in world.view_class.all_operations():
        ours = isinstance(operation, BulkUpdate | BulkDelete)
        last = "carried out" if operation.previews else ("previewed", "carried out")
        ends = f"bulk {operation.name} POST", f"action {operation.name} of object"
        reached = wrote if ours else facts.done
        if not any(e.startswith(ends) and e.endswith(last) for e in reached):
            _unproved(world, result, f"operation {operation.name}", operation.name)


def _unproved(world: World, result: PermissionMatrix, endpoint: str, name: str) -> None:
    found = f"none: give objects=[…], or data={{{name!r}: {{field: value}}}}"
    what = "a request that gets through where nothing is forbidden"
    result.differences.append(Difference(endpoint, world.anybody.name, what, found))
