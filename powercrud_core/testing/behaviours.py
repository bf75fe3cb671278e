"""All behaviours, in the order of the catalogue."""

from powercrud_core.testing import (
    behaviours_actions,
    behaviours_bulk,
    behaviours_conflicts,
    behaviours_dependent,
    behaviours_forms,
    behaviours_inline,
    behaviours_jobs,
    behaviours_lists,
    behaviours_pages,
)
from powercrud_core.testing.behaviour import BEHAVIOURS, Behaviour

__all__ = ["BEHAVIOURS", "MODULES", "Behaviour"]

MODULES = (
    behaviours_lists,
    behaviours_pages,
    behaviours_forms,
    behaviours_dependent,
    behaviours_conflicts,
    behaviours_inline,
    behaviours_bulk,
    behaviours_actions,
    behaviours_jobs,
)
