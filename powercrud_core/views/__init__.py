"""CRUDView: one class per model, assembled from handler groups."""

from difflib import get_close_matches
from typing import Any

from django.db.models import Model
from django.urls import URLPattern

from powercrud_core.packs.contract import Link
from powercrud_core.roles import BULK_ROLES, EXPORT_ROLES, INLINE_ROLES, Role
from powercrud_core.views.acting import ActingHandlers
from powercrud_core.views.base import BaseCRUDView
from powercrud_core.views.choosing import ChoiceHandlers
from powercrud_core.views.deleting import DeleteHandlers
from powercrud_core.views.detail import DetailHandlers
from powercrud_core.views.editing import EditHandlers
from powercrud_core.views.exporting import ExportHandlers
from powercrud_core.views.inline import InlineHandlers
from powercrud_core.views.listing import ListHandlers

__all__ = ["CRUDView", "crud_urls"]


class CRUDView(
    InlineHandlers,
    ListHandlers,
    ActingHandlers,
    ExportHandlers,
    DetailHandlers,
    EditHandlers,
    DeleteHandlers,
    ChoiceHandlers,
    BaseCRUDView,
):
    """The screens of one model: list, detail, create, update, delete.

    Declare `model` and whatever should differ from what the model suggests; route it with
    `path("tracks/", include(TrackView.get_urls()))`.
    """

    @classmethod
    def get_roles(cls) -> tuple[Role, ...]:
        """Return the roles, with those that come with a declared feature."""
        return (
            *cls.roles,
            *(EXPORT_ROLES if cls.export is not None else ()),
            *(INLINE_ROLES if cls.inline is not None else ()),
            *(BULK_ROLES if cls.all_operations() else ()),
        )

    def get_list_links(self) -> list[Link]:
        """Return what can be done with the list: create, export, and operations of the project."""
        links = (self.get_create_link(), self.get_export_link())
        return [*(link for link in links if link), *self.get_operation_list_links()]


def crud_urls(
    model: type[Model], *, base: type[CRUDView] = CRUDView, **attributes: Any
) -> list[URLPattern]:
    """Return the URLs of a complete screen made from a model alone.

    base: a project's own CRUDView to begin from.
    attributes: what a subclass would declare, as keywords. Raises TypeError for an unknown one.
    """
    for name in attributes:
        if not hasattr(base, name):
            close = get_close_matches(name, dir(base), n=1)
            hint = f" Did you mean '{close[0]}'?" if close else ""
            raise TypeError(f"crud_urls() knows no '{name}'.{hint}")
    declared = {"model": model, "__module__": model.__module__, **attributes}
    view: type[CRUDView] = type(f"{model.__name__}View", (base,), declared)
    return view.get_urls()
