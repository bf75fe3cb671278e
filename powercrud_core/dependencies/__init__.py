"""Dependencies: fields whose choices, presence and value follow other fields of their form."""

from powercrud_core.dependencies.declared import Depends, Inactive, ancestors, dependants, ordered
from powercrud_core.dependencies.inactive import emptied
from powercrud_core.dependencies.settling import Settled, apply_dependencies, apply_to_filters

__all__ = [
    "Depends",
    "Inactive",
    "Settled",
    "ancestors",
    "apply_dependencies",
    "apply_to_filters",
    "dependants",
    "emptied",
    "ordered",
]
