"""What a template reads of its component: checked by the types of the contract's fields."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, is_dataclass
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from powercrud_core.attrs import Attrs

__all__ = ["ANY", "Slip", "slips"]

ANY: Any = Any
READ = re.compile(
    r"\{\{(?P<print>.*?)\}\}|\{%\s*(?P<tag>\w+)(?P<rest>.*?)%\}"
    r'|\s:[\w-]+="(?P<prop>[^"{]*)"',
    re.S,
)
QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
FILTER = re.compile(r"\|\s*\w+")
PATH = re.compile(r"(?<![\w.:])[A-Za-z_][\w.]*")
COMPARED = re.compile(r"==|!=|[<>]|\bin\b")
WORDS = frozenset(
    ("and", "or", "not", "in", "is", "as", "with", "only", "by", "True", "False", "None")
)
ASKING = ("if", "elif", "for", "with", "firstof", "include")
GIVEN = ("request", "csrf_token", "forloop", "slot")


@dataclass(frozen=True, slots=True)
class Slip:
    """One wrong read and where it stands."""

    check: str
    position: int
    expected: str
    found: str
    hint: str = ""


def slips(text: str, scope: Mapping[str, Any], *, row: bool) -> Iterator[Slip]:
    """Yield the reads of what is not there, and the questions that a pack may not ask.

    scope: the names a template knows with their types; `row`: rows may filter no value either.
    """
    scopes: list[dict[str, Any]] = [{**dict.fromkeys(GIVEN, ANY), **scope}]
    for found in READ.finditer(text):
        tag, rest = found["tag"] or "", found["rest"] or ""
        if tag in ("endfor", "endwith"):
            scopes.pop()
        if tag and tag not in ASKING:
            continue
        names, code = bound(tag, rest) if tag else ((), found["print"] or found["prop"] or "")
        types: dict[str, Any] = {}
        for path in PATH.findall(FILTER.sub("", QUOTED.sub(" ", code))):
            try:
                types[path] = ANY if path in WORDS else follow(scopes[-1], path)
            except LookupError as error:
                yield Slip("fields", found.start(), "fields of the contract", str(error))
        values = [p for p, kind in types.items() if kind in (str, Attrs)]
        yield from forbidden(tag, code.strip(), values, found.start(), row=row)
        if tag in ("for", "with"):
            kinds = [element(k) if tag == "for" else k for k in types.values()]
            one = len(names) == 1 == len(kinds)
            scopes.append({**scopes[-1], **dict.fromkeys(names, kinds[0] if one else ANY)})


def bound(tag: str, rest: str) -> tuple[tuple[str, ...], str]:
    """Return the names that a tag binds, and the code of what it asks for."""
    if tag == "for":
        names, _, code = rest.partition(" in ")
        return tuple(name.strip() for name in names.split(",")), code
    if tag == "with":
        return tuple(re.findall(r"(\w+)=", rest)), re.sub(r"\w+=", " ", rest)
    return (), rest


def forbidden(
    tag: str, code: str, values: list[str], position: int, *, row: bool
) -> Iterator[Slip]:
    """Yield what may not be done with values; an icon's key is no value."""
    if row and values and "|" in QUOTED.sub("", code):
        hint = "Rows are stamped from stencils."
        yield Slip("row", position, "no filter on a row's values", code, hint)
    asked = [value for value in values if not value.endswith(".icon")]
    if tag in ("if", "elif") and asked and COMPARED.search(code):
        hint = "A pack decides nothing: what it needs to know is a field of the contract."
        yield Slip("decides", position, "questions whether something is there", code, hint)


def follow(scope: Mapping[str, Any], path: str) -> Any:
    """Return the type at the end of a dotted path. Raises LookupError, saying what is not there."""
    first, *rest = path.split(".")
    if first not in scope:
        raise LookupError(f"{path}: nothing here is called {first!r}")
    kind = scope[first]
    for name in rest:
        kind = step(kind, name, path)
    return kind


def step(kind: Any, name: str, path: str) -> Any:
    """Return the type of one field of a type."""
    if kind is ANY or name in ("inherited", "name"):
        return ANY
    if isinstance(kind, type) and is_dataclass(kind):
        hints = get_type_hints(kind)
        if name in hints.keys() - {"renderer", "depth", "registry"}:
            return plain(hints[name])
    elif get_origin(kind) is tuple and name.isdigit():
        return element(kind)
    if kind is Attrs:
        raise LookupError(f"{path}: a bundle is printed whole")
    raise LookupError(f"{path}: {getattr(kind, '__name__', kind)} has no field {name!r}")


def plain(kind: Any) -> Any:
    """Return a type without its None; words of a closed set may be compared and are anything."""
    if get_origin(kind) in (Union, UnionType):
        return plain(next(a for a in get_args(kind) if a is not type(None)))
    return ANY if get_origin(kind) is Literal else kind


def element(kind: Any) -> Any:
    """Return the type of what a loop over a type gives."""
    return plain(get_args(kind)[0]) if get_args(kind) else ANY
