"""How values of each kind of field become text, and where they link to."""

import datetime
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.formats import date_format, localize, time_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _

__all__ = ["Format", "format_for", "kind_of", "own_link", "safe_url"]

Format = Callable[[Any], str]

LIST_LENGTH = 160
JOINED = 50
SCHEMES = frozenset({"", "http", "https", "mailto", "tel", "ftp", "ftps"})
NUMBERS = (models.IntegerField, models.FloatField, models.DecimalField)

KINDS: tuple[tuple[type[Any] | tuple[type[Any], ...], str], ...] = (
    ((models.BooleanField,), "boolean"),
    ((models.DateTimeField,), "datetime"),
    ((models.DateField,), "date"),
    ((models.TimeField,), "time"),
    (NUMBERS, "number"),
    ((models.FileField,), "file"),
    ((models.URLField,), "url"),
    ((models.EmailField,), "email"),
    ((models.JSONField,), "json"),
    ((models.TextField,), "text"),
    ((models.BinaryField,), "binary"),
)


def kind_of(field: Any) -> str:
    """Return the kind of a model field in one word; "" for a plain text or no field at all."""
    if field is None:
        return ""
    if field.many_to_many or field.one_to_many:
        return "many"
    if field.is_relation:
        return "relation"
    if getattr(field, "choices", None):
        return "choice"
    return next((kind for types, kind in KINDS if isinstance(field, types)), "")


def format_for(field: Any, *, short: bool, several: bool = False) -> Format:
    """Return the function that turns a field's values into text in the active language.

    Made once for each page: it may keep what it formatted. `short` cuts long texts; `several` is
    for lists of the field's values.
    """
    if several:
        one = format_for(field, short=short)
        return lambda values: join([one(value) for value in values])
    kind = kind_of(field)
    if kind == "choice":
        labels = {key: str(label) for key, label in field.flatchoices}
        return lambda value: labels.get(value, str(value))
    if kind == "many":
        return join
    if kind == "relation":
        return str
    if kind == "text" and short:
        return lambda value: Truncator(value).chars(LIST_LENGTH)
    if kind == "json":
        return lambda value: json.dumps(value, ensure_ascii=False, default=str)
    if kind == "binary":
        return lambda value: _("%(count)s bytes") % {"count": len(value)}
    return remembered(any_value)


def any_value(value: Any) -> str:
    """Return the text of a value by its Python type."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, datetime.datetime):
        return date_format(
            timezone.localtime(value) if timezone.is_aware(value) else value,
            "SHORT_DATETIME_FORMAT",
        )
    if isinstance(value, datetime.date):
        return date_format(value, "DATE_FORMAT")
    if isinstance(value, datetime.time):
        return time_format(value, "TIME_FORMAT")
    if isinstance(value, int) and not settings.USE_THOUSAND_SEPARATOR:
        return str(value)
    if isinstance(value, int | float | Decimal):
        return str(localize(value))
    if isinstance(value, models.Manager | models.QuerySet | list | tuple | set | frozenset):
        return join(value)
    return str(value)


def join(values: Any) -> str:
    """Return several values as one text; of very many only the first and how many there are."""
    if isinstance(values, models.Manager):
        values = values.all()
    loaded = not isinstance(values, models.QuerySet) or values._result_cache is not None
    shown = list(values)[: JOINED + 1] if loaded else list(values[: JOINED + 1])
    text = ", ".join(any_value(v) for v in shown[:JOINED])
    if len(shown) <= JOINED:
        return text
    more = (len(values) if loaded else values.count()) - JOINED
    return _("%(values)s and %(count)s more") % {"values": text, "count": more}


def remembered(function: Format) -> Format:
    """Return a function that keeps the text of values it has seen, where they can be kept."""
    texts: dict[Any, str] = {}

    def recall(value: Any) -> str:
        kind = type(value)
        if kind is str:
            return value  # type: ignore[no-any-return]
        if kind not in KEEP:
            return function(value)
        key = (kind, value)
        text = texts.get(key)
        if text is None:
            text = texts[key] = function(value)
        return text

    return recall


KEEP = frozenset({int, float, bool, Decimal, datetime.date, datetime.datetime, datetime.time})


def own_link(field: Any) -> Callable[[Any], str | None] | None:
    """Return where the values of a field lead by themselves: files, addresses, mail."""
    kind = kind_of(field)
    if kind == "file":
        return lambda value: value.url
    if kind == "url":
        return str
    return (lambda value: f"mailto:{value}") if kind == "email" else None


def safe_url(url: str | None) -> str | None:
    """Return the URL, or None when a click on it would run code (`javascript:`, `data:`)."""
    if not url:
        return None
    text = "".join(c for c in str(url) if c > " " and c != "\x7f")
    try:
        scheme = urlsplit(text).scheme.lower()
    except ValueError:
        return None
    return str(url).strip() if scheme in SCHEMES else None
