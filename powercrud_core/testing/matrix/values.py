"""Values to send: for a form field one that is valid and not the present one."""

import datetime
import uuid
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

__all__ = ["another", "sent_as"]

DAY = datetime.timedelta(days=1)
MOMENT = datetime.datetime(2001, 2, 3, 4, 5, 6)
TEXTS = ("12345", "1", "A1", "matrix", "Matrix", "MATRIX", "+1 23 456")
CHARACTERS = {
    forms.EmailField: "matrix@example.com",
    forms.URLField: "https://example.com/matrix",
    forms.SlugField: "matrix",
    forms.UUIDField: "5bca9f1e-0d6c-4c3b-9d5e-6f2c1b7a8e40",
    forms.JSONField: '{"matrix": 1}',
}


def another(field: Any, present: Any = None, check: Any = None) -> Any:
    """Return a valid value that differs from the present one, None where there is none.

    check: raises ValidationError for a text that is none of these.
    """
    value = _other(field, present)
    if check is None or not isinstance(value, str) or type(field) is not forms.CharField:
        return value
    texts = [value, *(text for text in TEXTS if text != present)]
    return next((text for text in texts if _passes(check, text)), value)


def _passes(check: Any, text: str) -> bool:
    try:
        check(text)
    except ValidationError:
        return False
    return True


def _other(field: Any, present: Any) -> Any:
    if isinstance(field, forms.ModelChoiceField):
        return _object(field, present)
    if isinstance(field, forms.FileField):
        return None
    if isinstance(field, forms.NullBooleanField | forms.BooleanField):
        return not present
    if hasattr(field, "choices"):
        return _choice(field, present)
    for kind, value in CHARACTERS.items():
        if isinstance(field, kind):
            return value if str(present) != value else None
    return _scalar(field, present)


def _object(field: Any, present: Any) -> Any:
    several = isinstance(field, forms.ModelMultipleChoiceField)
    has = [_key(field, one) for one in (present or ())] if several else [_key(field, present)]
    keys = (_key(field, one) for one in field.queryset.all()[: len(has) + 2])
    new = next((key for key in keys if key not in has), None)
    if not several:
        return new
    return [new] if new is not None else has[1:] if len(has) > 1 else None


def _key(field: Any, one: Any) -> str:
    return str(field.prepare_value(one))


def _choice(field: Any, present: Any) -> Any:
    values = []
    for value, label in field.choices:
        nested = label if isinstance(label, list | tuple) else [(value, label)]
        values += [str(v) for v, _text in nested]
    several = isinstance(present, list | tuple)
    new = next((v for v in values if v not in ("", str(present), "None")), None)
    return [new] if several and new is not None else new


def _scalar(field: Any, present: Any) -> Any:
    match field:
        case forms.DecimalField() | forms.FloatField() | forms.IntegerField():
            return _number(field, present)
        case forms.DateTimeField() | forms.SplitDateTimeField():
            return (present + DAY if present else MOMENT).replace(microsecond=0)
        case forms.DateField():
            return present + DAY if present else MOMENT.date()
        case forms.TimeField():
            return MOMENT.time() if present != MOMENT.time() else datetime.time(6, 5, 4)
        case forms.DurationField():
            return (present or DAY) + DAY
        case forms.CharField():
            return _text(field, str(present or ""))
    return None


def _number(field: Any, present: Any) -> Any:
    low, high = field.min_value, field.max_value
    low, high = (limit() if callable(limit) else limit for limit in (low, high))
    if present is None:
        return low if low is not None else min(1, high) if high is not None else 1
    up = present + 1
    digits = getattr(field, "max_digits", None)
    full = digits and abs(up) >= Decimal(10) ** (digits - (field.decimal_places or 0))
    return present - 1 if full or (high is not None and up > high) else up


def _text(field: Any, present: str) -> str:
    size = field.max_length or 1000
    mark = uuid.uuid5(uuid.NAMESPACE_URL, present).hex[: min(6, size)]
    return f"{present[: size - len(mark)]}{mark}"


def sent_as(field: Any, name: str, value: Any) -> Mapping[str, Any]:
    """Return what a browser sends for a value."""
    widget: Any = field.widget
    if isinstance(field, forms.NullBooleanField):
        return {name: "true" if value else "false"}
    if isinstance(field, forms.BooleanField):
        return {name: "on"} if value else {}
    if isinstance(widget, forms.MultiWidget):
        suffixes: Any = getattr(widget, "widgets_names", ())
        parts: Any = widget.decompress(value)
        return {name + s: str(p) for s, p in zip(suffixes, parts, strict=False)}
    if isinstance(widget, forms.SelectDateWidget):
        return {f"{name}_{part}": str(getattr(value, part)) for part in ("year", "month", "day")}
    if isinstance(value, datetime.datetime):
        return {name: value.replace(tzinfo=None).isoformat()}
    return {name: value if isinstance(value, list) else str(value)}
