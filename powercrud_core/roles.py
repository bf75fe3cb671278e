"""Roles: what a view can be asked for, under which URL, with which permission."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import AutoField, Model, PositiveBigIntegerField, UUIDField
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, register_converter, reverse

__all__ = [
    "BULK_ROLES",
    "EXPORT_ROLES",
    "INLINE_ROLES",
    "STANDARD_ROLES",
    "KeyConverter",
    "Role",
    "converter_for",
    "join_key",
    "split_key",
]


@dataclass(frozen=True, slots=True)
class Role:
    """One thing a view does.

    name: also the suffix of the URL's name (`<url_base>-<name>`).
    pattern: the URL relative to the view; `{lookup}` stands for the object's key.
    handlers: HTTP method (lower case) to the name of the view's method.
    permission: the action the permission policy is asked about.
    """

    name: str
    pattern: str
    handlers: Mapping[str, str] = field(hash=False)
    permission: str

    @property
    def on_object(self) -> bool:
        """Say whether the URL names one object."""
        return "{lookup}" in self.pattern

    def get_url(self, view_class: Any) -> URLPattern:
        """Return the URL pattern that serves this role of a view class."""
        view: Callable[..., HttpResponseBase] = view_class.as_view(role=self)
        lookup = f"<{view_class.get_path_converter()}:{view_class.lookup_url_kwarg}>"
        return path(
            self.pattern.replace("{lookup}", lookup),
            view,
            name=f"{view_class.get_url_base()}-{self.name}",
        )

    def reverse(self, view: Any, obj: Model | None = None, **kwargs: Any) -> str:
        """Return the URL of this role, of `obj` where the role is about one object."""
        if obj is not None and self.on_object:
            kwargs[view.lookup_url_kwarg] = view.get_lookup(obj)
        name = f"{view.get_url_base()}-{self.name}"
        return reverse(f"{view.namespace}:{name}" if view.namespace else name, kwargs=kwargs)


STANDARD_ROLES = (
    Role("list", "", {"get": "show_list"}, "view"),
    Role("create", "new/", {"get": "show_form", "post": "process_form"}, "add"),
    Role("choices", "choices/<str:field>/", {"get": "choices", "post": "choices"}, "choose"),
    Role("detail", "{lookup}/", {"get": "show_detail"}, "view"),
    Role("update", "{lookup}/edit/", {"get": "show_form", "post": "process_form"}, "change"),
    Role(
        "delete",
        "{lookup}/delete/",
        {"get": "confirm_delete", "post": "process_deletion"},
        "delete",
    ),
)

# What comes with a view's `export`; by POST come the rows that were ticked, and nothing is changed.
EXPORT_ROLES = (Role("export", "export/", {"get": "show_export", "post": "show_export"}, "view"),)

# What comes with a view's `inline`.
INLINE_ROLES = (
    Role("row", "{lookup}/row/", {"get": "show_row"}, "view"),
    Role(
        "row-edit",
        "{lookup}/row/edit/",
        {"get": "show_row_form", "post": "process_row_form"},
        "change",
    ),
)

# What comes with a view's `bulk` and `actions`; what an operation needs is asked with it.
BULK_ROLES = (
    Role("bulk", "bulk/<str:operation>/", {"get": "show_bulk", "post": "process_bulk"}, "view"),
    Role(
        "action",
        "{lookup}/do/<str:operation>/",
        {"get": "show_action", "post": "process_action"},
        "view",
    ),
)

RESERVED = frozenset({"new", "bulk", "choices", "export", "jobs"})
SAFE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.~@+")


class KeyConverter:
    """A path converter for keys of any text, slashes and spaces included.

    Everything but letters, digits and `-.~@+` becomes `_` and the hexadecimal bytes of its UTF-8
    form, as Django admin's `quote()` does, because a server decodes `%2F` before Django sees it.
    A key that is a literal segment of our URLs (`new`) has its first letter written that way.
    """

    regex = "[^/]+"

    def to_python(self, value: str) -> str:
        """Return the key that a URL segment stands for."""
        head, *rest = value.split("_")
        try:
            bytes_ = b"".join(bytes.fromhex(part[:2]) + part[2:].encode() for part in rest)
            text = (head.encode() + bytes_).decode()
        except UnicodeDecodeError as error:
            raise ValueError(str(error)) from error
        if self.to_url(text) != value:
            raise ValueError(f"{value!r} is not how a key is written.")
        return text

    def to_url(self, value: object) -> str:
        """Return the URL segment of a key."""
        text = str(value)
        if not text:
            return "_"
        if text in RESERVED or text in {".", ".."}:
            return _quoted(text[0]) + text[1:]
        return "".join(c if c in SAFE else _quoted(c) for c in text)


register_converter(KeyConverter, "powercrud_key")


def _quoted(character: str) -> str:
    return "".join(f"_{byte:02X}" for byte in character.encode())


def converter_for(field: Any) -> str:
    """Return the name of the path converter that fits a key field.

    Slugs take the general one too: `slug` would let the key `new` disappear behind our own URL.
    """
    while field.remote_field is not None:
        field = field.target_field
    if isinstance(field, UUIDField):
        return "uuid"
    return "int" if isinstance(field, AutoField | PositiveBigIntegerField) else "powercrud_key"


def join_key(value: Any) -> Any:
    """Return one text for the values of a composite key; other keys pass unchanged."""
    if not isinstance(value, tuple):
        return value
    return ",".join(str(v).replace("\\", "\\\\").replace(",", "\\,") for v in value)


def split_key(text: str) -> tuple[str, ...]:
    """Return the parts that `join_key` joined."""
    parts, current, escaped = [], "", False
    for character in text:
        if escaped or character not in "\\,":
            current, escaped = current + character, False
        elif character == "\\":
            escaped = True
        else:
            parts.append(current)
            current = ""
    return (*parts, current)
