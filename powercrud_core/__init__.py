"""PowerCRUD: a Django model becomes a complete working screen, drawn by a template pack."""

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = ["CRUDView", "Column", "InlineEdit", "crud_urls"]

if TYPE_CHECKING:
    from powercrud_core.columns import Column
    from powercrud_core.inline import InlineEdit
    from powercrud_core.views import CRUDView, crud_urls

_HOMES = {
    "CRUDView": "powercrud_core.views",
    "Column": "powercrud_core.columns",
    "InlineEdit": "powercrud_core.inline",
    "crud_urls": "powercrud_core.views",
}


def __getattr__(name: str) -> Any:
    """Load a public name on first use: Django imports this package before its apps are ready."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


from importlib import import_module  # noqa: E402
