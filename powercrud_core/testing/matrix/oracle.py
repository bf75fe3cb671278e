"""What a policy says, read anew: the expectations of the matrix."""

from collections.abc import Collection
from functools import cached_property
from typing import Any

from django.db.models import ProtectedError, RestrictedError
from django.db.models.deletion import Collector

from powercrud_core.testing.matrix.people import Persona
from powercrud_core.testing.matrix.reading import MISSING, OK, REFUSED
from powercrud_core.testing.matrix.world import World

__all__ = ["Oracle"]


class Oracle:
    """The policy's answers for one persona: it asks the policy and `get_queryset()` only."""

    def __init__(self, world: World, persona: Persona) -> None:
        self.world, self.user = world, persona.user
        policy = persona.policy or world.view_class.permission_policy
        self.policy = policy(world.model)

    @cached_property
    def objects(self) -> Any:
        """Return the view's objects, whatever the policy says of them."""
        return self.world.view(self.user).get_queryset()

    def verdict(self, action: str, obj: Any = None) -> str:
        """Return what somebody who wants to do something should get."""
        if not self.policy.allows(self.user, action if obj is None else "view"):
            return REFUSED
        if obj is None:
            return OK
        if not self._among("view", obj):
            return MISSING
        may = self.policy.allows(self.user, action, obj) and self.policy.allows(self.user, action)
        return OK if may and self._among(action, obj) else REFUSED

    def deletes(self, obj: Any) -> str:
        """Return what somebody should get who deletes an object: what goes along counts, too."""
        says = self.verdict("delete", obj)
        collector = Collector(using=obj._state.db, origin=obj)
        try:
            collector.collect([obj])
        except (ProtectedError, RestrictedError):
            return says
        itself = {type(obj), *obj._meta.all_parents}
        along = [(model, {one.pk for one in found}) for model, found in collector.data.items()]
        along += [(q.model, set(q.values_list("pk", flat=True))) for q in collector.fast_deletes]
        for model, keys in along:
            keys = keys - {obj.pk} if model in itself else keys
            if keys and not model._meta.auto_created and not self._delete_all(model, keys):
                return REFUSED if says == OK else says
        return says

    def _delete_all(self, model: Any, keys: Collection[Any]) -> bool:
        policy = self.policy if model is self.world.model else self.policy.related(model)
        rows = policy.rows(self.user, "delete", model._base_manager.filter(pk__in=keys))
        return policy.allows(self.user, "delete") and rows.count() == len(keys)

    def begins(self, action: str) -> str:
        """Return what somebody should get who wants to begin an operation on any rows."""
        both = all(self.policy.allows(self.user, a) for a in ("view", action))
        return OK if both else REFUSED

    def may(self, action: str, obj: Any) -> bool:
        """Say whether somebody may do something to an object."""
        return self.verdict(action, obj) == OK

    def _among(self, action: str, obj: Any) -> bool:
        rows = self.policy.rows(self.user, action, self.objects)
        return bool(rows.filter(pk=obj.pk).exists())

    @cached_property
    def visible(self) -> Any:
        """Return the rows that may be seen."""
        return self.policy.rows(self.user, "view", self.objects)

    def allowed(self, action: str, names: Collection[str], obj: Any = None) -> set[str]:
        """Return which of some fields may be seen or written."""
        found = self.policy.fields(self.user, action, obj)
        return set(names) if found is None else {n for n in names if first(n) in found}

    def whole(self, action: str, obj: Any = None) -> bool:
        """Say whether nothing is said about fields."""
        return self.policy.fields(self.user, action, obj) is None

    def sees(self, column: Any) -> bool:
        """Say whether a column may be seen: by its source and by its name."""
        names = {column.source, column.name}
        return len(self.allowed("view", names)) == len(names)

    def picks(self, model: Any) -> bool:
        """Say whether somebody may pick among the objects of a related model."""
        return bool(self.policy.related(model).allows(self.user, "view"))

    def hides_value(self, model: Any, key: Any) -> bool:
        """Say whether an object of a related model is hidden."""
        rows = model._base_manager.filter(pk=key)
        return not self.policy.related(model).rows(self.user, "view", rows).exists()


def first(name: str) -> str:
    """Return the first part of a path, by which it counts."""
    return name.replace(".", "__").split("__")[0]
