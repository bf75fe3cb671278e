"""What the contract asks beyond its fields: parts, ARIA attributes and states of the samples."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from powercrud_core.attrs import Attrs
from powercrud_core.testing.samples import rebuilt, samples

__all__ = ["obligations"]

SPOKEN = ("role", "tabindex")


@cache
def obligations() -> Mapping[str, Mapping[str, Any]]:
    """Return for each component its parts, the ARIA attributes of its bundles and its states."""
    parts: dict[str, set[str]] = {}
    aria: dict[str, dict[str, set[str]]] = {}
    states: dict[str, list[str]] = {}

    def note(path: str, leaf: Any) -> Any:
        component, _, bundle = path.rpartition(">")[2].partition(".")
        if isinstance(leaf, Attrs):
            if part := leaf.get("data-pc-part"):
                parts.setdefault(component, set()).add(str(part))
            spoken = {name for name in leaf if name.startswith("aria-") or name in SPOKEN}
            if spoken:
                aria.setdefault(component, {}).setdefault(bundle, set()).update(spoken)
        return leaf

    for name, sample in samples().items():
        states.setdefault(sample.name, []).append(name)
        rebuilt(sample, note)
    return {
        component: {
            "parts": sorted(parts.get(component, ())),
            "aria": {b: sorted(names) for b, names in sorted(aria.get(component, {}).items())},
            "states": named,
        }
        for component, named in states.items()
    }
