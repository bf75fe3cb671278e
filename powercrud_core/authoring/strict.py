"""Props that cannot fail silently: in DEBUG and under tests, a wrong field of a component is told.

`be_strict()` replaces what makes a component and what answers for a field that it does not have.
In production this module is not even imported, so nothing is paid.
"""

import sys
import types
from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from difflib import get_close_matches
from functools import cache, wraps
from pathlib import Path
from types import FrameType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from django.utils.functional import Promise
from django.utils.safestring import SafeString

from powercrud_core.components import Component
from powercrud_core.exceptions import ConfigError
from powercrud_core.packs import pieces

__all__ = ["be_strict"]

Check = Callable[[Any], bool]

UNCHECKED = ("renderer", "depth")
BETWEEN = (__file__, "dataclasses.py", "<string>", "functools.py")
LOOKUP = "_resolve_lookup"
KIT = str(Path(__file__).parents[1] / "testing")
"""The conformance kit makes wrong components on purpose, and reports in words of its own."""


def be_strict() -> None:
    """Check every component and piece that is made from now on."""
    for cls in {*Component.registry.values(), *_pieces()}:
        if "_made" not in cls.__dict__:
            _watch(cls)


def _pieces() -> list[Any]:
    known = vars(pieces).values()
    return [cls for cls in known if isinstance(cls, type) and is_dataclass(cls)]


def _watch(cls: Any) -> None:
    """Let a class say what is wrong with the fields it is given or asked for."""
    make = cls.__init__
    names = [f.name for f in fields(cls)]
    needed = [f.name for f in fields(cls) if f.default is MISSING and f.default_factory is MISSING]

    @wraps(make)
    def checked(self: Any, *args: Any, **given: Any) -> None:
        unknown = [name for name in given if name not in names]
        missing = [name for name in needed[len(args) :] if name not in given]
        if unknown:
            raise TypeError(_unknown(cls, unknown[0], [*missing, *names], _maker()))
        if missing:
            raise TypeError(f"{_maker()}: {cls.__name__} needs {', '.join(map(repr, missing))}.")
        make(self, *args, **given)
        for name, fits, expected in _checks(cls):
            value = getattr(self, name)
            if not fits(value) and not _is_kit(sys._getframe(1)):
                raise TypeError(
                    f"{_maker()}: {cls.__name__}.{name} is {value!r}, a "
                    f"{type(value).__name__}; it must be {expected}."
                )

    def absent(self: Any, name: str) -> Any:
        frame = sys._getframe(1)
        if name.startswith("_") or frame.f_code.co_name != LOOKUP or _is_kit(frame):
            raise AttributeError(f"{cls.__name__!r} object has no attribute {name!r}")
        # Not an AttributeError: that one a template takes for an empty value.
        raise ConfigError(_unknown(cls, name, names, _reader(frame)))

    cls._made = make
    cls.__init__ = checked
    cls.__getattr__ = absent


def _is_kit(frame: FrameType | None) -> bool:
    """Say whether the kit is among those who called."""
    while frame is not None:
        if frame.f_code.co_filename.startswith(KIT):
            return True
        frame = frame.f_back
    return False


def _unknown(cls: Any, name: str, names: list[str], place: str) -> str:
    close = get_close_matches(name, names, n=1)
    known = ", ".join(dict.fromkeys(n for n in names if n not in UNCHECKED))
    hint = f"Did you mean {close[0]!r}?" if close else f"It has {known}."
    return f"{place}: {cls.__name__} has no field {name!r}. {hint}"


def _maker() -> str:
    """Return the file and line that make the component."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_code.co_filename.endswith(BETWEEN):
        frame = frame.f_back
    return f"{frame.f_code.co_filename}:{frame.f_lineno}" if frame else "Somewhere"


def _reader(frame: FrameType | None) -> str:
    """Return the template and line that read a field."""
    while frame is not None:
        node = frame.f_locals.get("self")
        token, origin = getattr(node, "token", None), getattr(node, "origin", None)
        if token is not None and origin is not None:
            return f"{origin.name}:{_line(str(origin.name), token)}"
        frame = frame.f_back
    return "A template"


def _line(file: str, token: Any) -> int:
    """Return the line of a token; Cotton changes a file's lines before it is parsed."""
    path = Path(file)
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    found = [number for number, line in enumerate(lines, 1) if token.contents in line]
    return min(found, key=lambda number: abs(number - token.lineno), default=token.lineno)


@cache
def _checks(cls: Any) -> list[tuple[str, Check, str]]:
    """Return for each field that has a type of ours its check, and the type in words."""
    hints = get_type_hints(cls)
    return [
        (f.name, _fits(hints[f.name]), _words(hints[f.name]))
        for f in fields(cls)
        if f.name not in UNCHECKED
    ]


def _fits(hint: Any) -> Check:
    """Return what says whether a value is of a type."""
    origin, args = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        options = [_fits(arg) for arg in args]
        return lambda value: any(fits(value) for fits in options)
    if origin is Literal:
        return lambda value: value in args
    if origin is tuple:
        inner = _fits(args[0])
        return lambda value: isinstance(value, tuple) and all(map(inner, value))
    if origin is not None:
        return lambda value: hasattr(value, "__iter__") and not isinstance(value, str)
    if hint is str:
        return lambda value: isinstance(value, str | Promise)
    if hint is SafeString:
        return lambda value: isinstance(value, SafeString) or value == ""
    kind = type(None) if hint is None else hint
    return lambda value: isinstance(value, kind)


def _words(hint: Any) -> str:
    """Return a type as one would write it."""
    origin, args = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return " or ".join(map(_words, args))
    if origin is Literal:
        return " or ".join(map(repr, args))
    if origin is tuple:
        return f"a tuple of {_words(args[0])}"
    return "None" if hint is type(None) else getattr(hint, "__name__", str(hint))
