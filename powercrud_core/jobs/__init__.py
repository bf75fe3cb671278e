"""Background work: an optional app. Nothing here loads its models before they are wanted."""

from importlib import import_module
from typing import Any

from django.apps import apps as registry  # a module of this package is called `apps`

_HOMES = {
    "ClaimConflict": "claims",
    "ClaimLost": "claims",
    "Deferral": "submitting",
    "JobError": "submitting",
    "Progress": "telling",
    "background": "functions",
    "cancel": "controls",
    "claim": "claims",
    "claimed": "claims",
    "current_job": "context",
    "deliver": "engine",
    "deferral": "submitting",
    "get_job": "controls",
    "job_finished": "signals",
    "job_paused": "signals",
    "job_progressed": "signals",
    "job_started": "signals",
    "job_submitted": "signals",
    "mark_seen": "telling",
    "outcomes": "telling",
    "progress": "telling",
    "prune": "controls",
    "retry": "controls",
    "submit": "submitting",
    "sweep": "controls",
}
__all__ = [*_HOMES, "installed"]


def installed() -> bool:
    """Say whether the app is installed: without it nothing can be left to the background."""
    return registry.is_installed("powercrud_core.jobs")


def __getattr__(name: str) -> Any:
    """Load a public name on first use: without the app there are no models."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
