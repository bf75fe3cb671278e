"""As much of JSON Schema as the documents of this repository use."""

from collections.abc import Iterator
from typing import Any

TYPES: dict[str, type | tuple[type, ...]] = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "boolean": bool,
}
KNOWN = {
    *("$schema", "title", "description", "type", "properties", "required", "items"),
    *("additionalProperties", "enum", "const", "minimum"),
}


def violations(value: Any, schema: dict[str, Any], at: str = "$") -> Iterator[str]:
    """Yield where a value is not what a schema says; a word that is not known is one too."""
    yield from (f"{at}: the schema says {word!r}" for word in schema.keys() - KNOWN)
    kind = schema.get("type")
    wrong = kind and not isinstance(value, TYPES[kind])
    if wrong or (kind == "integer" and isinstance(value, bool)):
        yield f"{at}: {value!r} is no {kind}"
        return
    if "const" in schema and value != schema["const"]:
        yield f"{at}: {value!r} is not {schema['const']!r}"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{at}: {value!r} is none of {schema['enum']}"
    if value is not None and "minimum" in schema and value < schema["minimum"]:
        yield f"{at}: {value!r} is less than {schema['minimum']}"
    if isinstance(value, dict):
        yield from (f"{at}: without {n!r}" for n in schema.get("required", ()) if n not in value)
        others = schema.get("additionalProperties", True)
        for name, held in value.items():
            if name in schema.get("properties", {}):
                yield from violations(held, schema["properties"][name], f"{at}.{name}")
            elif others is False:
                yield f"{at}: {name!r} is not known"
            elif isinstance(others, dict):
                yield from violations(held, others, f"{at}.{name}")
    if isinstance(value, list) and "items" in schema:
        for number, held in enumerate(value):
            yield from violations(held, schema["items"], f"{at}[{number}]")
