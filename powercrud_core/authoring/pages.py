"""Pages: which components a page of the project draws, and with which pack."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.test import RequestFactory
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils.module_loading import import_string

from powercrud_core.packs import PackConfig
from powercrud_core.views import CRUDView

__all__ = ["Visit", "visit"]


@dataclass(frozen=True, slots=True)
class Visit:
    """What was seen on a page: its pack, its status, its components in order of first use."""

    pack: PackConfig
    status: int
    components: tuple[str, ...]


def visit(url: str, username: str | None = None) -> Visit:
    """Draw a page as a user (default is a superuser, else a stranger) and say what it is made of.

    The view is asked without the project's middleware, and nothing stays in the database. Raises
    ImproperlyConfigured, in a line, for an address that cannot be looked at.
    """
    try:
        match = resolve(url.partition("?")[0])
    except Resolver404 as error:
        raise ImproperlyConfigured(f"No view answers {url}.") from error
    view_class = getattr(match.func, "view_class", None)
    if not (isinstance(view_class, type) and issubclass(view_class, CRUDView)):
        raise ImproperlyConfigured(f"The view of {url} is not a CRUDView.")
    view: Any = view_class(**getattr(match.func, "view_initkwargs", {}))
    view.setup(_request(url, match, _user(username)), *match.args, **match.kwargs)
    with _nothing_stays(), _recorded(view.pack) as used:
        response = view.dispatch(view.request, *match.args, **match.kwargs)
        if not isinstance(response, TemplateResponse):
            goal = response.headers.get("Location")
            what = f"leads to {goal}" if goal else f"is no page (status {response.status_code})"
            raise ImproperlyConfigured(f"{url} {what}. Name another address or --user.")
        response.render()
    return Visit(view.pack, response.status_code, tuple(used))


def _request(url: str, match: ResolverMatch, user: Any) -> HttpRequest:
    """Return a request with what sessions, messages and sign-in would have added to it."""
    host = next((h.lstrip(".") for h in settings.ALLOWED_HOSTS if h != "*"), "localhost")
    request = RequestFactory(SERVER_NAME=host).get(url)
    request.resolver_match = match
    request.user = user
    if apps.is_installed("django.contrib.sessions"):
        request.session = import_string(f"{settings.SESSION_ENGINE}.SessionStore")()
    if apps.is_installed("django.contrib.messages"):
        storage = import_string(settings.MESSAGE_STORAGE)
        request._messages = storage(request)  # type: ignore[attr-defined]
    return request


def _user(username: str | None) -> Any:
    """Return the user to look as."""
    if not apps.is_installed("django.contrib.auth"):
        return None
    model: Any = get_user_model()
    users = model._default_manager.all()
    if username is not None:
        user = users.filter(**{model.USERNAME_FIELD: username}).first()
        if user is None:
            raise ImproperlyConfigured(f"There is no user {username!r}.")
        return user
    known = {field.name for field in model._meta.get_fields()}
    user = users.filter(is_superuser=True).first() if "is_superuser" in known else None
    return user or import_string("django.contrib.auth.models.AnonymousUser")()


@contextmanager
def _recorded(pack: PackConfig) -> Iterator[dict[str, None]]:
    """Collect the names of the components that a pack is asked for."""
    used: dict[str, None] = {}
    find = pack.component_templates

    def record(component: str) -> list[Any]:
        used[component] = None
        return find(component)

    pack.component_templates = record  # type: ignore[method-assign]
    try:
        yield used
    finally:
        del pack.component_templates


@contextmanager
def _nothing_stays() -> Iterator[None]:
    """Undo in the end what a view may write."""
    with transaction.atomic():
        try:
            yield
        finally:
            transaction.set_rollback(True)
