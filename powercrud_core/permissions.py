"""Policies: the one place that says who may see and do what."""

from collections.abc import Collection
from typing import Any, ClassVar

from django.contrib.auth import get_permission_codename
from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

__all__ = ["AllowAny", "IsAuthenticated", "ModelPermissions", "Policy"]


class Policy:
    """Answers four questions for one model; every endpoint asks them. Subclass and override.

    An action is "view", "add", "change", "delete", or the one a role names. Everything
    is forbidden until a subclass allows it. Without an object, `allows` means "for some object".
    """

    object_level: ClassVar[bool] = False
    """True when `allows` looks at the object: a list then asks for each row whether to offer an
    action. Rows are better limited in `rows`, which costs one query a page."""

    def __init__(self, model: type[Model]) -> None:
        self.model = model

    def related(self, model: type[Model]) -> "Policy":
        """Return the policy for the values of a relation, when one is picked."""
        return ModelPermissions(model)

    def allows(self, user: Any, action: str, obj: Model | None = None) -> bool:
        """Say whether the user may do this, to this object where one is given."""
        return False

    def rows(self, user: Any, action: str, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        """Return the rows on which the user may do this: a queryset, so that SQL sees it."""
        return queryset

    def fields(self, user: Any, action: str, obj: Model | None = None) -> Collection[str] | None:
        """Return the names of the fields the user may see ("view") or write; None means all."""
        return None

    def reason(self, user: Any, action: str, obj: Model | None = None) -> str:
        """Return why something is not allowed, for the user to read."""
        return str(_("You do not have permission for this."))


class AllowAny(Policy):
    """Opens everything to everybody, signed in or not."""

    def related(self, model: type[Model]) -> Policy:
        return AllowAny(model)

    def allows(self, user: Any, action: str, obj: Model | None = None) -> bool:
        return True


class IsAuthenticated(Policy):
    """Opens everything to whoever is signed in."""

    def related(self, model: type[Model]) -> Policy:
        return IsAuthenticated(model)

    def allows(self, user: Any, action: str, obj: Model | None = None) -> bool:
        return bool(user.is_authenticated)


class ModelPermissions(Policy):
    """Django's model permissions, the default. Who may change may also view, as in the admin."""

    def allows(self, user: Any, action: str, obj: Model | None = None) -> bool:
        if action == "view":
            return self._has(user, "view") or self._has(user, "change")
        return self._has(user, action)

    def _has(self, user: Any, action: str) -> bool:
        options = self.model._meta
        return bool(
            user.has_perm(f"{options.app_label}.{get_permission_codename(action, options)}")
        )
