"""Look: what a visitor of the gallery chose to see; it lives in the query string."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Self

from django.http import QueryDict

from powercrud_core.contrib.gallery.states import components
from powercrud_core.packs import installed_packs

__all__ = ["Choice", "Look"]

ALL = "all"
FIXED: Mapping[str, tuple[tuple[str, str], ...]] = {
    "theme": (("system", "As the system"), ("light", "Light"), ("dark", "Dark")),
    "direction": (("ltr", "Left to right"), ("rtl", "Right to left")),
    "width": (("narrow", "Narrow"), ("wide", "Wide")),
    "text": (("usual", "Usual"), ("hostile", "Hostile")),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """One setting of the look, as a select: its name, its label and its options."""

    name: str
    label: str
    options: tuple[tuple[str, str, bool], ...]


@dataclass(frozen=True, slots=True)
class Look:
    """What to show and how; a value that does not exist falls back to the first."""

    component: str
    pack: str
    theme: str
    direction: str
    width: str
    text: str

    @classmethod
    def parse(cls, query: QueryDict) -> Self:
        """Return the look that a query string asks for."""
        return cls(**{name: _known(query.get(name), known) for name, known in _options().items()})

    def query(self, **changes: Any) -> str:
        """Return the query string of this look, with some changes."""
        look = replace(self, **changes)
        found = QueryDict(mutable=True)
        found.update({f.name: getattr(look, f.name) for f in fields(look)})
        return found.urlencode()

    @property
    def packs(self) -> list[str]:
        """Return the names of the packs to show side by side."""
        return [name for name in installed_packs() if self.pack in (ALL, name)]

    def choices(self) -> list[Choice]:
        """Return everything that can be chosen but the component."""
        return [
            Choice(
                name=name,
                label=name.capitalize(),
                options=tuple((v, label, v == getattr(self, name)) for v, label in known),
            )
            for name, known in _options().items()
            if name != "component"
        ]


def _options() -> Mapping[str, tuple[tuple[str, str], ...]]:
    """Return for each setting the values that exist, the default first."""
    packs = ((ALL, "All"), *((name, name) for name in installed_packs()))
    return {"component": tuple((name, name) for name in components()), "pack": packs, **FIXED}


def _known(value: str | None, options: tuple[tuple[str, str], ...]) -> str:
    values = [option for option, _label in options]
    return value if value in values else values[0]
