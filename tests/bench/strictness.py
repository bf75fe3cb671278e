"""Strict props on and off in one process, and a count of the calls that they cost."""

import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any

STRICT = "powercrud_core.authoring.strict"


class Switch:
    """Makes components strict, as DEBUG does, and plain again, as they are in production."""

    def __init__(self) -> None:
        if STRICT in sys.modules:
            raise SystemExit("Strict props are on before the benchmark has begun.")
        self.strict: dict[Any, dict[str, Any]] = {}

    def on(self) -> None:
        """Watch over every component."""
        if not self.strict:
            module = import_module(STRICT)
            module.be_strict()
            watched = {*module.Component.registry.values(), *module._pieces()}
            self.strict = {
                cls: {name: vars(cls)[name] for name in ("__init__", "__getattr__")}
                for cls in watched
            }
        for cls, own in self.strict.items():
            for name, function in own.items():
                setattr(cls, name, function)

    def off(self) -> None:
        """Give every component back what its dataclass made."""
        for cls in self.strict:
            if "__getattr__" in vars(cls):
                del cls.__getattr__
            cls.__init__ = cls._made

    def calls(self, call: Callable[[], Any]) -> int:
        """Return how often code of the strict module ran during a call."""
        count = 0

        def look(frame: Any, event: str, _argument: Any) -> None:
            nonlocal count
            count += event == "call" and frame.f_code.co_filename.endswith("authoring/strict.py")

        sys.setprofile(look)
        try:
            call()
        finally:
            sys.setprofile(None)
        return count
