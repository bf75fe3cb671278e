"""The contract as data: one JSON document made from the component dataclasses."""

import inspect
import re
import types
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from hashlib import blake2b
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from django.utils.safestring import SafeString

from powercrud_core.attrs import Attrs
from powercrud_core.components import Component
from powercrud_core.packs import contract as _contract  # noqa: F401  (fills Component.registry)
from powercrud_core.packs import pieces as _pieces
from powercrud_core.packs.app import CONTRACT

__all__ = ["changes", "contract", "fields_of", "stamp_of"]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
HIDDEN = ("renderer", "depth")
ATTRS = {
    "type": "object",
    "description": "A bundle of attributes, printed once and first in its tag.",
    "additionalProperties": {"type": ["string", "boolean"]},
}
HTML = {"type": "string", "contentMediaType": "text/html"}

Schema = dict[str, Any]


def contract(obligations: Mapping[str, Mapping[str, Any]] | None = None) -> Schema:
    """Return the whole contract: a JSON Schema for each component and each piece.

    obligations: component to what is asked beyond its fields: parts, ARIA attributes and states.
    """
    asked = obligations or {}
    components = {
        name: {**_object(cls), **asked.get(name, {})}
        for name, cls in sorted(Component.registry.items())
    }
    pieces = {
        cls.__name__: _object(cls)
        for cls in vars(_pieces).values()
        if isinstance(cls, type) and is_dataclass(cls)
    }
    return {
        "$schema": DIALECT,
        "title": "PowerCRUD component contract",
        "contract": CONTRACT,
        "components": components,
        "$defs": {"Attrs": ATTRS, **dict(sorted(pieces.items()))},
    }


def _object(cls: Any) -> Schema:
    summary, meanings = described(cls)
    hints = get_type_hints(cls)
    shown = [f for f in fields(cls) if f.name not in HIDDEN]
    properties = {}
    for field in shown:
        schema = _type(hints[field.name])
        default = _default(field)
        extra = {} if default is MISSING else {"default": default}
        properties[field.name] = {**schema, "description": meanings.get(field.name, ""), **extra}
    return {
        "type": "object",
        "description": summary,
        "properties": properties,
        "required": [f.name for f in shown if _default(f) is MISSING],
        "additionalProperties": False,
    }


def described(cls: Any) -> tuple[str, dict[str, str]]:
    """Return a class's summary and the meaning of each field, from its docstring."""
    text = inspect.cleandoc(cls.__doc__ or "")
    names = {f.name for f in fields(cls)}
    summary, meanings, last = [], {}, ""
    for line in text.splitlines():
        found = re.match(r"(\w+): (.*)", line)
        if found and found[1] in names:
            last = found[1]
            meanings[last] = found[2]
        elif last and line.startswith(" "):
            meanings[last] += " " + line.strip()
        elif not last:
            summary.append(line)
    return " ".join(" ".join(summary).split()), meanings


def _default(field: "Field[Any]") -> Any:
    if field.default is not MISSING:
        return list(field.default) if isinstance(field.default, tuple) else field.default
    return "" if field.default_factory is SafeString else MISSING


def _type(hint: Any) -> Schema:
    """Return the schema of a field's type."""
    origin, args = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return {"anyOf": [_type(arg) for arg in args]}
    if origin is Literal:
        return {"enum": list(args)}
    if origin is tuple or (origin is not None and issubclass(origin, Iterable)):
        return {"type": "array", "items": _type(args[0])}
    simple: dict[Any, Schema] = {
        str: {"type": "string"},
        bool: {"type": "boolean"},
        int: {"type": "integer"},
        type(None): {"type": "null"},
        SafeString: HTML,
        Attrs: {"$ref": "#/$defs/Attrs"},
    }
    if hint in simple:
        return simple[hint]
    if issubclass(hint, Component):
        return {"$ref": f"#/components/{hint.name}"}
    return {"$ref": f"#/$defs/{hint.__name__}"}


def fields_of(component: str) -> dict[str, str]:
    """Return a component's fields, each with a short digest of its schema and what it refers to."""
    whole = contract()
    properties = whole["components"][component]["properties"]
    return {name: _digest(_grown(schema, whole)) for name, schema in properties.items()}


def _grown(schema: Schema, whole: Schema) -> Any:
    """Return a schema without its words, the pieces it refers to in place of their names."""
    refs = re.findall(r"#/\$defs/(\w+)", str(schema))
    bare = {k: v for k, v in schema.items() if k != "description"}
    named = {ref: sorted(whole["$defs"][ref].get("properties", {})) for ref in refs}
    return (sorted(map(str, bare.items())), sorted(named.items()))


def _digest(value: Any) -> str:
    return blake2b(repr(value).encode(), digest_size=3).hexdigest()


def stamp_of(component: str) -> str:
    """Return the line that marks a copied template with the contract it was copied from."""
    listed = " ".join(f"{name}:{digest}" for name, digest in fields_of(component).items())
    return f"{{# powercrud {component} contract={CONTRACT} {listed} #}}"


def changes(component: str, stamped: dict[str, str]) -> list[str]:
    """Return what a component's contract has that a stamp does not, in words."""
    now = fields_of(component)
    return [
        *(f"new: {name}" for name in now if name not in stamped),
        *(f"gone: {name}" for name in stamped if name not in now),
        *(f"changed: {n}" for n in now if n in stamped and now[n] != stamped[n]),
    ]
