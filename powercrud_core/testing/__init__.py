"""The conformance kit and the permission matrix: do a pack and a view keep their promises?"""

from typing import TYPE_CHECKING, Any

from powercrud_core.testing.kit import LEVELS, PackConformance, conform
from powercrud_core.testing.report import Finding, Report

if TYPE_CHECKING:
    from powercrud_core.testing.matrix import (
        Difference,
        PermissionMatrix,
        Visit,
        by_permission,
        permission_matrix,
        routed_views,
    )

__all__ = [
    "LEVELS",
    "Difference",
    "Finding",
    "PackConformance",
    "PermissionMatrix",
    "Report",
    "Visit",
    "by_permission",
    "conform",
    "permission_matrix",
    "routed_views",
]

MATRIX = "powercrud_core.testing.matrix"


def __getattr__(name: str) -> Any:
    """Load the matrix on first use: the kit's store is an app, and users are ready only later."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(MATRIX), name)


from importlib import import_module  # noqa: E402
