"""Who walks through a view: users with some permissions, and users under a narrowed policy."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_permission_codename, get_user_model
from django.contrib.auth.models import AnonymousUser, Permission
from django.contrib.contenttypes.models import ContentType

from powercrud_core.permissions import AllowAny, ModelPermissions, Policy

__all__ = ["OPEN", "Persona", "make_user", "permitted", "probes", "under"]

STANDARD = ("view", "add", "change", "delete")


class OPEN(AllowAny):
    """What the view can do where nothing is forbidden."""


@dataclass(frozen=True)
class Persona:
    """Somebody who asks.

    policy: the policy that holds for the walk; None for the view's own.
    hidden, locked: names of fields that this policy does not let anybody see, or write.
    about: what this policy narrows, "rows", "fields" or "related"; "" for everything. The walk
        leaves out what that cannot concern.
    """

    name: str
    user: Any
    policy: type[Policy] | None = None
    hidden: frozenset[str] = frozenset()
    locked: frozenset[str] = frozenset()
    about: str = ""


@contextmanager
def under(view_class: Any, policy: type[Policy] | None) -> Iterator[None]:
    """Let a view have another policy for a while."""
    if policy is None:
        yield
        return
    own = vars(view_class).get("permission_policy")
    view_class.permission_policy = policy
    try:
        yield
    finally:
        if own is None:
            del view_class.permission_policy
        else:
            view_class.permission_policy = own


def make_user(name: str, **values: Any) -> Any:
    """Return a new user of the project's own user model."""
    model: Any = get_user_model()
    email = f"{name}@matrix.example"
    takes_email = model._meta.get_field(model.USERNAME_FIELD).get_internal_type() == "EmailField"
    made = {model.USERNAME_FIELD: email if takes_email else name, **values}
    if model.get_email_field_name() in {f.name for f in model._meta.fields}:
        made[model.get_email_field_name()] = email
    user = model(**made)
    user.set_unusable_password()
    user.save()
    return user


def permitted(model: Any, actions: Collection[str]) -> Iterator[Persona]:
    """Yield people by what they may do to a model: nothing, one thing, one thing and look, all."""
    yield Persona("a stranger", AnonymousUser())
    yield Persona("somebody without permissions", make_user("matrix-nobody"))
    everything = (*STANDARD, *(a for a in actions if a not in STANDARD))
    for action in everything:
        yield _holder(model, f"only {action}", [action])
        if action not in ("view", "change"):
            yield _holder(model, f"view and {action}", ["view", action])
    yield _holder(model, "every permission", everything)
    yield Persona("a superuser", make_user("matrix-superuser", is_superuser=True))


def _holder(model: Any, name: str, actions: Iterable[str]) -> Persona:
    user = make_user("matrix-" + name.replace(" ", "-"))
    options = model._meta
    kind = ContentType.objects.get_for_model(model, for_concrete_model=False)
    for action in actions:
        codename = get_permission_codename(action, options)
        permission, _made = Permission.objects.get_or_create(
            content_type=kind, codename=codename, defaults={"name": codename}
        )
        user.user_permissions.add(permission)
    return Persona(f"somebody with {name}", user)


def probes(
    view_class: Any,
    user: Any,
    *,
    other: Any,
    names: Collection[str],
    halves: Collection[Collection[str]],
    actions: Collection[str],
    values: Mapping[Any, Any],
) -> Iterator[Persona]:
    """Yield a user under policies that each forbid one thing, whatever the view's own one says.

    other: the object that is hidden or locked.
    names: all that a policy can name as a field; halves: the fields to hide, in two parts.
    values: for each related model the key of an object that is hidden.
    """

    def narrowed(
        name: str,
        about: str = "",
        hidden: Collection[str] = (),
        locked: Collection[str] = (),
        **members: Any,
    ) -> Persona:
        policy = type("Narrowed", (OPEN,), members)
        fields = frozenset(hidden), frozenset(locked)
        return Persona(f"a user under a policy {name}", user, policy, *fields, about)

    def without(self: Any, user: Any, action: str, queryset: Any) -> Any:
        return queryset.exclude(pk=other.pk)

    def without_to_change(self: Any, user: Any, action: str, queryset: Any) -> Any:
        return queryset if action == "view" else queryset.exclude(pk=other.pk)

    def not_other(self: Any, user: Any, action: str, obj: Any = None) -> bool:
        return action == "view" or obj is None or obj.pk != other.pk

    yield narrowed("that hides a row", "rows", rows=without)
    yield narrowed("that locks a row by rows()", "rows", rows=without_to_change)
    yield narrowed("that locks a row by allows()", "rows", allows=not_other, object_level=True)
    for half in halves:
        few = f"({', '.join(sorted(half))})"
        none = _fields(names, half, set())
        yield narrowed(f"that hides fields {few}", "fields", hidden=half, fields=none)
        locked = _fields(names, half, {"view"})
        yield narrowed(f"that locks fields {few}", "fields", locked=half, fields=locked)
    yield narrowed(
        "that closes related models", "related", related=lambda self, model: Policy(model)
    )
    if values:
        yield narrowed("that hides related rows", "related", related=_related(values))
    if not issubclass(view_class.permission_policy, ModelPermissions):
        yield narrowed("that allows nothing", allows=_only())
        yield narrowed("that allows only view", allows=_only("view"))
        for action in {*actions, "add", "change", "delete"} - {"view"}:
            yield narrowed(f"that allows view and {action}", allows=_only("view", action))


def _only(*known: str) -> Callable[..., bool]:
    return lambda self, user, action, obj=None: action in known


def _fields(names: Collection[str], less: Collection[str], free: Collection[str]) -> Any:
    kept = frozenset(names) - frozenset(less)

    def fields(self: Any, user: Any, action: str, obj: Any = None) -> Any:
        return None if action in free else kept

    fields.__module__ = "project"  # the core takes short cuts where a policy is its own
    return fields


def _related(values: Mapping[Any, Any]) -> Any:
    class Without(AllowAny):
        def rows(self, user: Any, action: str, queryset: Any) -> Any:
            key = values.get(self.model)
            return queryset if key is None else queryset.exclude(pk=key)

    return lambda self, model: Without(model)
