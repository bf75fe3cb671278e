"""What a view does where nothing is forbidden: the data that gets through, found by trying."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from powercrud_core.testing.matrix.people import under
from powercrud_core.testing.matrix.values import another, sent_as
from powercrud_core.testing.matrix.world import World

__all__ = ["Facts", "gather"]

CANDIDATES = 12


@dataclass
class Facts:
    """What was found out about a view before anybody else asks it.

    sent: for each form field what a browser sends for another value than the present one.
    update, create: what the forms are sent; operations: the same, by operation.
    names: everything that a policy can name as a field.
    values: for each related model the key of an object that is sent.
    relations: the model behind each relation of the form.
    columns: those of the list; filters: the fields behind them, by filter.
    answers, changes, created, deleted: what became of each request, by its label; done: the labels
        of those that went well.
    """

    sent: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    update: dict[str, Any] = field(default_factory=dict)
    create: dict[str, Any] = field(default_factory=dict)
    operations: dict[str, dict[str, Any]] = field(default_factory=dict)
    form_fields: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    values: dict[Any, Any] = field(default_factory=dict)
    relations: dict[str, Any] = field(default_factory=dict)
    columns: list[Any] = field(default_factory=list)
    details: list[Any] = field(default_factory=list)
    exported: list[Any] = field(default_factory=list)
    filters: dict[str, str] = field(default_factory=dict)
    choosers: dict[str, Any] = field(default_factory=dict)
    parameters: dict[str, list[str]] = field(default_factory=dict)
    searched: set[str] = field(default_factory=set)
    done: set[str] = field(default_factory=set)
    answers: dict[str, str] = field(default_factory=dict)
    fields: dict[str, set[str]] = field(default_factory=dict)
    changes: dict[str, set[tuple[Any, str]]] = field(default_factory=dict)
    created: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    deleted: dict[str, set[Any]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @property
    def halves(self) -> list[set[str]]:
        """Return the fields to hide, in two parts: each is hidden once and shown once."""
        seen = {c.source for c in (*self.columns, *self.details)} | self.form_fields
        known = sorted(seen & self.names)
        return [half for half in (set(known[::2]), set(known[1::2])) if half]


def gather(world: World, objects: Collection[Any], data: Mapping[str, Mapping[str, Any]]) -> Facts:
    """Try the view out as somebody whom nothing is forbidden."""
    facts = Facts()
    _pick(world, list(objects))
    with under(world.view_class, world.anybody.policy), world.undone():
        view = world.view(world.user)
        _columns(view, facts)
        _filters(view, facts)
    if {"update", "row-edit", "bulk"} & world.roles.keys():
        _updating(world, facts, data.get("update"))
    if "create" in world.roles:
        _creating(world, facts, data.get("create"))
    _operations(world, facts, data)
    _named(world, facts)
    return facts


def _pick(world: World, objects: list[Any]) -> None:
    """Choose the two objects to ask about: such as can be saved and deleted, where there are."""
    if not objects:
        with under(world.view_class, world.anybody.policy):
            view = world.view(world.user)
            objects = list(view.get_queryset().order_by(*view.get_order())[:CANDIDATES])
    if len(objects) < 2:
        raise ValueError(
            f"{world.view_class.__name__} shows {len(objects)} objects to {world.user}: "
            "permission_matrix() needs two. Create some, or say with `user` who sees them."
        )
    ranked = sorted(objects, key=lambda obj: _rank(world, obj)) if len(objects) > 2 else objects
    world.other, world.mine = ranked[:2]


def _rank(world: World, obj: Any) -> int:
    misses = 0
    if "delete" in world.roles:
        url, data = world.url("delete", obj), world.sent_by("delete", obj)
        misses += obj.pk not in world.ask(world.anybody, "post", url, data).deleted
    if "update" in world.roles:
        url, data = world.url("update", obj), world.sent_by("update", obj)
        misses += world.ask(world.anybody, "post", url, data).status != 302
    return misses


def _columns(view: Any, facts: Facts) -> None:
    facts.columns = list(view.bind(view.get_columns(), view.config.columns))
    facts.details = list(view.bind(view.get_detail_fields()))
    if view.export is not None:
        facts.exported = list(view.export_columns)
    facts.searched = {str(name) for name in view.config.search_fields}


def _filters(view: Any, facts: Facts) -> None:
    filterset = view.get_filterset(view.get_rows())
    for name, one in (filterset.filters if filterset else {}).items():
        facts.filters[name] = one.field_name or name
        queryset = getattr(filterset.form.fields.get(name), "queryset", None)
        if queryset is not None:
            facts.choosers[name] = queryset.model
    facts.parameters = {n: list(p) for n, p in view.filter_names.items()}


def _updating(world: World, facts: Facts, given: Mapping[str, Any] | None) -> None:
    obj = world.mine
    for name, form_field, present in _form(world, "", obj):
        facts.form_fields.add(name)
        _relate(facts, name, form_field)
        value = another(form_field, present, _check(world.model, name))
        if value is not None and not form_field.disabled:
            facts.sent[name] = sent_as(form_field, name, value)
    facts.sent |= {name: {name: value} for name, value in (given or {}).items()}

    if "update" in world.roles:
        facts.update = world.sent_by("update", obj)
        _calibrate(world, facts)
    for name in facts.sent.keys() & facts.relations.keys():
        value = next(iter(facts.sent[name].values()), None)
        key = value[0] if isinstance(value, list) else value
        facts.values.setdefault(facts.relations[name], key)


def _calibrate(world: World, facts: Facts) -> None:
    """Keep the values that get through together."""
    url, obj = world.url("update", world.mine), world.mine

    def changes(names: Collection[str]) -> set[str]:
        answer = world.ask(world.anybody, "post", url, merged(facts, facts.update, names))
        return answer.changed.get(obj.pk, set())

    good = set(facts.sent)
    if not good <= changes(good):
        good = {name for name in facts.sent if name in changes([name])}
        while good and not good <= changes(good):
            good.remove(sorted(good)[-1])
    lost = facts.form_fields - good
    facts.sent = {name: facts.sent[name] for name in good}
    if lost:
        facts.notes.append(
            f"No other value was found for {', '.join(sorted(lost))}: "
            "give data={'update': {field: value}} to have them written, too."
        )


def _check(model: Any, name: str) -> Any:
    """Return what a model's field thinks of a text."""
    found = next((f for f in model._meta.fields if f.name == name), None)
    return None if found is None else lambda text: found.clean(text, None)


def merged(facts: Facts, data: Mapping[str, Any], names: Collection[str]) -> dict[str, Any]:
    """Return data with other values for some fields."""
    found = dict(data)
    for name in names:
        for key in [k for k in found if k == name or k.startswith(f"{name}_")]:
            del found[key]
        found |= facts.sent[name]
    return found


def _form(world: World, role: str, obj: Any) -> Iterator[tuple[str, Any, Any]]:
    with under(world.view_class, world.anybody.policy):
        form = world.view(world.user, role, obj).get_form(obj)
        for name, form_field in form.fields.items():
            yield name, form_field, form.get_initial_for_field(form_field, name)


def _relate(facts: Facts, name: str, form_field: Any) -> None:
    queryset = getattr(form_field, "queryset", None)
    if queryset is not None:
        facts.relations[name] = queryset.model


def _creating(world: World, facts: Facts, given: Mapping[str, Any] | None) -> None:
    url = world.url("create")
    base = world.sent_by("create")
    few: dict[str, Any] = {}
    whole: dict[str, Any] = {}
    for name, form_field, present in _form(world, "create", None):
        facts.form_fields.add(name)
        _relate(facts, name, form_field)
        has = present if present not in ("", [], None) else None
        value = another(form_field, has, _check(world.model, name))
        sent = facts.sent.get(name) or (
            sent_as(form_field, name, value) if value is not None else {}
        )
        whole |= sent
        few |= sent if form_field.required else {}
    attempts = [{**base, **whole}, {**base, **few}, {**facts.update, **few}]
    if given is not None:
        attempts = [{**base, **given}]
    for data in attempts:
        data.pop("_seen", None)
        if world.ask(world.anybody, "post", url, data).created:
            facts.create = data
            return


def _operations(world: World, facts: Facts, data: Mapping[str, Mapping[str, Any]]) -> None:
    for operation in world.view_class.all_operations():
        names = [n for n in getattr(operation, "fields", ()) if n in facts.sent]
        sent: dict[str, Any] = {}
        for name in names:
            many = world.model._meta.get_field(name).many_to_many
            value = facts.sent[name]
            bare = {k: v or "false" for k, v in value.items()} or {name: "false"}
            bare = {k: "true" if v == "on" else v for k, v in bare.items()}
            sent |= {f"mode-{name}": "replace" if many else "set", **bare}
        if operation.form_class is not None:
            form = operation.form_class()
            for name, form_field in form.fields.items():
                value = another(form_field, form.get_initial_for_field(form_field, name))
                sent |= sent_as(form_field, name, value) if value is not None else {}
        facts.operations[operation.name] = {**sent, **data.get(operation.name, {})}


def _named(world: World, facts: Facts) -> None:
    """Collect everything that a policy can name as a field."""
    facts.names = {f.name for f in world.model._meta.get_fields()} | facts.form_fields
    for column in (*facts.columns, *facts.details, *facts.exported):
        facts.names |= {column.source, column.name.replace(".", "__").split("__")[0]}
    facts.names |= {n.split("__")[0] for n in (*facts.filters.values(), *facts.searched)}
