"""CRUDView: one class per model, assembled from handler groups."""

from typing import Any

from django.db.models import Model
from django.urls import URLPattern

from powercrud_core.views.base import BaseCRUDView
from powercrud_core.views.choosing import ChoiceHandlers
from powercrud_core.views.deleting import DeleteHandlers
from powercrud_core.views.detail import DetailHandlers
from powercrud_core.views.editing import EditHandlers
from powercrud_core.views.listing import ListHandlers

__all__ = ["CRUDView", "crud_urls"]


class CRUDView(
    ListHandlers, DetailHandlers, EditHandlers, DeleteHandlers, ChoiceHandlers, BaseCRUDView
):
    """The screens of one model: list, detail, create, update, delete.

    Declare `model` and whatever should differ from what the model suggests; route it with
    `path("tracks/", include(TrackView.get_urls()))`.
    """


def crud_urls(model: type[Model], **attributes: Any) -> list[URLPattern]:
    """Return the URLs of a complete screen made from a model alone.

    attributes: what a CRUDView subclass would declare, as keywords.
    """
    name = f"{model.__name__}View"
    view: type[CRUDView] = type(name, (CRUDView,), {"model": model, **attributes})
    return view.get_urls()
