"""The world of one walk: the view as it is routed, two of its objects, and how it is asked."""

import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import cached_property
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import quote

from django.contrib.auth.models import AnonymousUser
from django.db import Error, connections, transaction
from django.test import Client, RequestFactory
from django.urls import resolve
from django.urls.converters import get_converters

from powercrud_core.exceptions import ConfigError
from powercrud_core.roles import Role
from powercrud_core.routes import namespaces_of
from powercrud_core.testing.matrix.people import OPEN, Persona, under
from powercrud_core.testing.matrix.reading import Answer

__all__ = ["CANARY", "World"]

WRITES = re.compile(r"^\s*(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM|REPLACE\s+INTO)\s+(\S+)", re.I)
NOTES = re.compile(r"^\s*UPDATE\s+\S+\s+SET\s+\Wseen\W\s*=\s*\S+\s+WHERE", re.I)
MOST_ROWS = 2000
# The end of a job is told once: to show it is to note it.
JOB, NOTED = "powercrud_jobs.job", "seen"
# What stands in a field that somebody must not see.
CANARY = "zqxcanary"


class World:
    """A view as it is routed, and what can be asked of it. Nothing that is asked stays.

    user: somebody to whom the view shows its objects; kwargs: further keywords of its addresses.
    """

    def __init__(self, view_class: Any, user: Any, kwargs: Mapping[str, Any]) -> None:
        self.view_class, self.user, self.kwargs = view_class, user, dict(kwargs)
        self.model: Any = view_class.get_model()
        self.roles: dict[str, Role] = {role.name: role for role in view_class.get_roles()}
        namespaces = namespaces_of(view_class)
        if not namespaces:
            raise ConfigError(
                f"{view_class.__name__} is not routed, so nobody can ask it for anything. "
                "Include its get_urls() in the URLconf of the tests."
            )
        self.namespace = namespaces[0]
        self.requests = 0
        self.clients: dict[Any, tuple[Client, str]] = {}
        self.anybody = Persona("a user whom nothing is forbidden", user, OPEN)
        self.mine: Any = None
        self.other: Any = None

    # The view

    @property
    def shows_jobs(self) -> bool:
        """Say whether it is a screen of background jobs."""
        return bool(self.model._meta.label_lower == JOB)

    def view(self, user: Any, role: str = "", obj: Any = None, data: Any = None) -> Any:
        """Return the view as for a request of a user."""
        made = self.roles[role] if role else next(iter(self.roles.values()))
        view = self.view_class(role=made)
        url = self.url(made.name, obj) if not {"field", "operation"} & self._words(made) else "/"
        request: Any = (
            RequestFactory().get(url) if data is None else RequestFactory().post(url, data)
        )
        request.user, request.session = user, {}
        request.resolver_match = resolve(url) if url != "/" else None
        kwargs = {**self.kwargs, **self._key(obj)} if obj is not None else self.kwargs
        view.setup(request, **kwargs)
        view.namespace = self.namespace
        return view

    def _words(self, role: Role) -> set[str]:
        return set(re.findall(r"<\w+:(\w+)>", role.pattern))

    def _key(self, obj: Any) -> dict[str, Any]:
        return {self.view_class.lookup_url_kwarg: self._blank.get_lookup(obj)}

    @cached_property
    def _blank(self) -> Any:
        view = self.view_class()
        view.namespace = self.namespace
        return view

    def url(self, role: str, obj: Any = None, **kwargs: Any) -> str:
        """Return the address of a role."""
        found = self.roles[role]
        return found.reverse(self._blank, obj, **self.kwargs, **kwargs)

    def key(self, obj: Any) -> str:
        """Return an object's key as it stands in the id of its row."""
        convert = get_converters()[self.view_class.get_path_converter()].to_url
        return quote(convert(self._blank.get_lookup(obj)), safe="!$&'()*+,;=/~:@")

    # The database

    @cached_property
    def using(self) -> str:
        """Return the database that the view writes to."""
        return str(self.view(self.user).write_alias)

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Take back whatever is written inside."""
        with ExitStack() as stack:
            for alias in {"default", self.using}:
                stack.enter_context(transaction.atomic(using=alias))
            try:
                yield
            finally:
                for alias in {"default", self.using}:
                    transaction.set_rollback(True, using=alias)

    @contextmanager
    def quiet(self) -> Iterator[None]:
        """Keep Django from logging each refusal."""
        logger = logging.getLogger("django.request")
        disabled, logger.disabled = logger.disabled, True
        try:
            yield
        finally:
            logger.disabled = disabled

    @cached_property
    def tables(self) -> frozenset[str]:
        """Return the tables of the model and of what hangs on it."""
        near = {self.model, *(f.related_model for f in self.model._meta.get_fields())}
        near |= {f.remote_field.through for f in self.model._meta.many_to_many}
        return frozenset(m._meta.db_table for m in near if hasattr(m, "_meta"))

    def rows(self) -> dict[Any, dict[str, Any]]:
        """Return the rows of the model by key; of a large table those that are walked over."""
        options = self.model._meta
        queryset = self.model._base_manager.using(self.using).order_by("-pk")
        found: Sequence[Any] = list(queryset[:MOST_ROWS])
        if len(found) == MOST_ROWS:
            keys = [one.pk for one in (self.mine, self.other) if one is not None]
            found = [*queryset[:100], *queryset.filter(pk__in=keys)]
        fields = [f for f in options.concrete_fields if not (self.shows_jobs and f.name == NOTED)]
        rows = {o.pk: {f.name: f.value_from_object(o) for f in fields} for o in found}
        for field in options.many_to_many:
            through = field.remote_field.through
            mine = through._meta.get_field(field.m2m_field_name()).attname
            theirs = through._meta.get_field(field.m2m_reverse_field_name()).attname
            for row in rows.values():
                row[field.name] = frozenset[Any]()
            for key, one in through._base_manager.using(self.using).values_list(mine, theirs):
                if key in rows:
                    rows[key][field.name] |= {one}
        return rows

    def mark(self, obj: Any, names: Sequence[str], text: str) -> dict[str, str]:
        """Put canaries into the text fields of an object, as far as they fit; return them."""
        put, options = {}, self.model._meta
        for index, name in enumerate(names):
            field = next((f for f in options.concrete_fields if f.name == name), None)
            kinds = ("CharField", "TextField", "EmailField", "URLField")
            if field is None or field.get_internal_type() not in kinds or field.choices:
                continue
            canary = f"{text}{index}"
            if field in options.pk_fields or len(canary) > (field.max_length or 1000):
                continue
            try:
                with transaction.atomic(using=self.using):
                    rows = self.model._base_manager.using(self.using).filter(pk=obj.pk)
                    rows.update(**{name: canary})
                put[name] = canary
            except Error:
                continue
        fresh = self.model._base_manager.using(self.using).get(pk=obj.pk)
        return {name: canary for name, canary in put.items() if canary not in str(fresh)}

    # Asking

    def sent_by(self, role: str, obj: Any = None) -> dict[str, Any]:
        """Return what the form of a page would send as it stands, for whom nothing is forbidden."""
        answer = self.ask(self.anybody, "get", self.url(role, obj))
        left_out = ("csrfmiddlewaretoken", "q", "next")
        return {n: v for n, v in answer.data.items() if n not in left_out}

    def token(self, obj: Any) -> dict[str, Any]:
        """Return the token of what the edit page shows of an object."""
        sent = self.sent_by("update", obj) if "update" in self.roles else {}
        return {name: value for name, value in sent.items() if name == "_seen"}

    def client(self, user: Any, csrf: bool) -> Client:
        """Return the client of a user as it is after signing in."""
        known = (user.pk, csrf)
        if known not in self.clients:
            client = Client(raise_request_exception=False, enforce_csrf_checks=csrf)
            if not isinstance(user, AnonymousUser):
                client.force_login(user)
            self.clients[known] = client, client.cookies.output()
        client, cookies = self.clients[known]
        client.cookies = SimpleCookie(cookies.replace("Set-Cookie: ", ""))
        return client

    @contextmanager
    def signed_in_anew(self) -> Iterator[None]:
        """Take back whatever is written inside, and forget who was signed in."""
        self.clients.clear()
        with self.undone():
            yield
        self.clients.clear()

    def ask(
        self,
        persona: Persona,
        method: str,
        url: str,
        data: Any = None,
        *,
        csrf: bool = False,
        **headers: Any,
    ) -> Answer:
        """Ask as somebody, and return the answer with what it did; then take that back."""
        self.requests += 1
        writes: list[str] = []

        def watch(execute: Any, sql: str, params: Any, many: Any, context: Any) -> Any:
            found = None if self.shows_jobs and NOTES.match(sql) else WRITES.match(sql)
            if found and found[1].strip('"`').split(".")[-1].strip('"`') in self.tables:
                writes.append(sql)
            return execute(sql, params, many, context)

        looks = method not in ("get", "head", "options")
        client = self.client(persona.user, csrf)
        with self.undone(), self.quiet(), under(self.view_class, persona.policy):
            before = self.rows() if looks else None
            with ExitStack() as stack:
                for connection in connections.all(initialized_only=True):
                    stack.enter_context(connection.execute_wrapper(watch))
                call = getattr(client, method)
                response = call(url, data or {}, **headers) if looks else call(url, data, **headers)
                answer = Answer(response, not persona.user.is_authenticated, writes)
            if looks and answer.status < 500:
                # A view that left its transaction by an exception has written nothing.
                lost = connections[self.using].needs_rollback
                answer.before = before or {}
                answer.after = answer.before if lost else self.rows()
        return answer
