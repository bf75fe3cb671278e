"""The permission matrix: does a view do what its policy says, at every endpoint, for everybody?"""

from powercrud_core.testing.matrix.report import Difference, PermissionMatrix
from powercrud_core.testing.matrix.walking import permission_matrix, routed_views
from powercrud_core.testing.matrix.walks import Visit, by_permission

__all__ = [
    "Difference",
    "PermissionMatrix",
    "Visit",
    "by_permission",
    "permission_matrix",
    "routed_views",
]
