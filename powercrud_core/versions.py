"""Versions: what somebody saw of an object, as one token, and what has changed since.

A form shows an object as it was when the page was made. The token that travels along with the form
(in a hidden input named `SEEN`) holds a short keyed hash of each value that was shown. When the
form comes back, the object as it is now is hashed again: where a hash differs, somebody else was
faster. No model needs a field for this, and no clock is asked.

    token = seen(book, ["title", "pages"])             # when the page is made
    compare(token, book, ["title", "pages"])           # later, under the row's lock: () or names
    was_shown(token, book, "title", "Emma")            # did the user only send what was there?

A token may be compared for any of the fields it was made for: one cell of a row, one part of a
form. Whatever it does not know has changed: a missing token, a forged one, one of another object,
a field it was not made for. Nobody can make one without the SECRET_KEY, whose fallbacks count too.

The hash is one of what the user can see and send back: line ends, the space around a text, trailing
zeros, fractions of a second and the time zone make no difference, and neither does nothing from an
empty text. Relations to many count by their keys, files by their names. Form fields that no field
of the model stands behind are passed over.
"""

import datetime
import json
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from functools import lru_cache
from hashlib import blake2b
from hmac import compare_digest
from typing import Any, cast

from django.conf import settings
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import (
    FileField,
    JSONField,
    Manager,
    Model,
    QuerySet,
    prefetch_related_objects,
)
from django.utils.crypto import salted_hmac

__all__ = [
    "SEEN",
    "compare",
    "is_genuine",
    "load_many",
    "matches",
    "seen",
    "shown_fields",
    "value_of",
    "was_shown",
]

SEEN = "_seen"
LENGTH = 6  # bytes of one hash, which are eight characters
SIMPLE = (str, int, float, datetime.date, datetime.time, datetime.timedelta, dict, list, tuple)


def seen(obj: Model, names: Iterable[str], key: Any = None) -> str:
    """Return the token of some fields of an object, eight characters each and eight more.

    key: what stands for the object in its address; default is its primary key.
    """
    keyed = _keyed(_secrets()[0], type(obj), obj.pk if key is None else key)
    body = b"".join(_marks(keyed, obj, names).values())
    return urlsafe_b64encode(_head(keyed, body) + body).decode()


def compare(token: str, obj: Model, names: Iterable[str], key: Any = None) -> tuple[str, ...]:
    """Return the names of the fields that are not what the token saw, in the order given.

    obj: the object as it is now, before a form has written into it.
    """
    keyed, known = _opened(token, type(obj), obj.pk if key is None else key)
    now = _marks(keyed, obj, names)
    return tuple(name for name, mark in now.items() if mark not in known)


def was_shown(token: str, obj: Model, name: str, value: Any, key: Any = None) -> bool:
    """Say whether a value is the one that the token saw in a field."""
    keyed, known = _opened(token, type(obj), obj.pk if key is None else key)
    ((_, field),) = shown_fields(obj, [name])
    return _mark(keyed, name, _plain(field, value)) in known


def is_genuine(token: str, model: type[Model], key: Any) -> bool:
    """Say whether the token was made for an object, which need not be there any more."""
    return bool(_opened(token, model, key)[1])


def matches(obj: Model, name: str, value: Any) -> bool:
    """Say whether a field has a value, as a user would see it."""
    ((_, field),) = shown_fields(obj, [name])
    return _plain(field, value_of(obj, field)) == _plain(field, value)


def shown_fields(obj: Model | type[Model], names: Iterable[str]) -> Iterator[tuple[str, Any]]:
    """Yield the names that are fields of the model which hold a value, with the fields."""
    for name in names:
        try:
            field: Any = obj._meta.get_field(name)
        except FieldDoesNotExist:
            continue
        if field.concrete or (field.many_to_many and not field.auto_created):
            yield name, field


def load_many(obj: Model, names: Iterable[str]) -> None:
    """Load the relations to many among some fields, so that form and token see the same."""
    many = [name for name, field in shown_fields(obj, names) if field.many_to_many]
    if many:
        prefetch_related_objects([obj], *many)


def value_of(obj: Model, field: Any) -> Any:
    """Return what an object has in a field; of a relation the key or the keys."""
    if field.many_to_many:
        return [] if obj.pk is None else list(getattr(obj, field.name).all())
    return field.value_from_object(obj)


def _keyed(secret: bytes, model: type[Model], key: Any) -> Any:
    """Return the beginning of every hash about an object; a proxy is its real model."""
    label = (model._meta.concrete_model or model)._meta.label
    return blake2b(f"{(label, key)!r}\0".encode(), digest_size=LENGTH, key=secret)


def _marks(keyed: Any, obj: Model, names: Iterable[str]) -> dict[str, bytes]:
    return {
        name: _mark(keyed, name, _plain(field, value_of(obj, field)))
        for name, field in shown_fields(obj, names)
    }


def _mark(keyed: Any, name: str, text: str) -> bytes:
    hashed = keyed.copy()
    hashed.update(f"{name}\0{text}".encode("utf-8", "surrogatepass"))
    return cast(bytes, hashed.digest())


def _head(keyed: Any, body: bytes) -> bytes:
    """Return the hash of all hashes; it begins as that of no field does."""
    hashed = keyed.copy()
    hashed.update(b"\0" + body)
    return cast(bytes, hashed.digest())


def _opened(token: str, model: type[Model], key: Any) -> tuple[Any, frozenset[bytes]]:
    """Return the beginning of a token's hashes, and these; none where it is not genuine."""
    try:
        told = b64decode(token, altchars=b"-_", validate=True)
    except ValueError:
        told = b""
    head, body = told[:LENGTH], told[LENGTH:]
    for secret in _secrets():
        keyed = _keyed(secret, model, key)
        if compare_digest(head, _head(keyed, body)):
            marks = (body[i : i + LENGTH] for i in range(0, len(body), LENGTH))
            return keyed, frozenset(marks)
    return _keyed(_secrets()[0], model, key), frozenset()


def _secrets() -> Sequence[bytes]:
    return _derived(settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)


@lru_cache(maxsize=4)
def _derived(*keys: str | bytes) -> Sequence[bytes]:
    return [salted_hmac(__name__, "", secret=key, algorithm="sha256").digest() for key in keys]


def _plain(field: Any, value: Any) -> str:
    """Return the text to hash for a value from the database or from a form."""
    if isinstance(field, FileField):
        return str(getattr(value, "name", value) or "")
    if field.many_to_many:
        objects = value.all() if isinstance(value, Manager | QuerySet) else value or ()
        return repr(sorted(_scalar(field.target_field, one) for one in objects))
    return _scalar(field, value)


def _scalar(field: Any, value: Any) -> str:
    if isinstance(value, Model):
        key = field.target_field if field.is_relation else field
        value = getattr(value, key.attname)
    try:
        value = field.to_python(value)
    except (ValidationError, ValueError, TypeError):
        return f"?{value!r}"
    if isinstance(field, JSONField):
        return json.dumps(value, sort_keys=True, default=str)
    return _text(value if isinstance(value, SIMPLE) else _odd(field, value))


def _odd(field: Any, value: Any) -> Any:
    """Return something simple for a value of a rarer type."""
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).hex()
    if isinstance(value, Decimal) or value is None:
        return value
    prepared = field.get_prep_value(value)
    return prepared if isinstance(prepared, SIMPLE | Decimal) else str(prepared)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value.replace("\r\n", "\n").replace("\r", "\n").strip()
    if isinstance(value, Decimal):
        return str(value.normalize()) if value.is_finite() else str(value)
    if isinstance(value, datetime.datetime):
        moment = value.astimezone(datetime.timezone.utc) if value.tzinfo else value  # noqa: UP017
        return moment.replace(microsecond=0).isoformat()
    if isinstance(value, datetime.time):
        return value.replace(microsecond=0).isoformat()
    if isinstance(value, dict | list | tuple):
        return json.dumps(value, sort_keys=True, default=str)
    return str(value)
