"""The views of the kit's store. Everybody may do everything; the pack is named by the client."""

from types import SimpleNamespace
from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from django.http import HttpRequest

from powercrud_core import Column, CRUDView, InlineEdit
from powercrud_core.dependencies import Depends
from powercrud_core.permissions import AllowAny, Policy
from powercrud_core.testing.operations import ACTIONS, BULK
from powercrud_core.testing.store.models import Maker, Product, Tag
from powercrud_core.testing.work import visitor

STRANGER: Any = SimpleNamespace(is_authenticated=False)


class Closed(Policy):
    """Forbids everything."""


class StoreView(CRUDView):
    permission_policy: ClassVar[type[Policy]] = AllowAny
    signed_in: ClassVar[bool] = True

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Let a visitor in without a session; jobs need an account, nothing else does."""
        super().setup(request, *args, **kwargs)
        self.request.user = visitor() if self.signed_in else STRANGER

    def get_template_pack(self) -> str | None:
        return self.request.headers.get("X-Powercrud-Pack")


class ProductView(StoreView):
    model = Product
    related_views: ClassVar[Any] = ("maker", "tags")
    columns = (
        "name",
        "maker",
        "tags",
        "kind",
        Column("price", help_text="Without tax."),
        "made",
        "sold",
        "checked",
    )
    filterset_fields = ("maker", "tags", "kind", "price", "made", "sold")
    search_fields = ("name", "maker__name")
    ordering = ("name",)
    paginate_by = 5
    page_sizes = (5, 50)


class StockView(ProductView):
    """Products whose cells are edited in the list."""

    url_base = "stock"
    inline = InlineEdit(
        ("name", "kind", "price", "made", "sold"), rows=~Q(pk=4), reason="It is on its way."
    )


class ShelfView(ProductView):
    """Products whose rows are edited in the list."""

    url_base = "shelf"
    inline = InlineEdit(("kind", "price", "sold"), mode="row")


class GoodsView(ProductView):
    """Products of which several can be chosen; a worker would look for somebody signed in."""

    url_base = "goods"
    signed_in = False
    bulk = BULK
    actions = ACTIONS
    unselectable_reason = "It is on its way."
    open_in: ClassVar = {"update": "drawer"}

    def get_selectable(self, rows: "QuerySet[Any]") -> "QuerySet[Any]":
        return rows.exclude(pk=4)


class LotView(ProductView):
    """Products whose form follows what is typed."""

    url_base = "lots"
    related_views = ("maker",)
    fields = ("name", "maker", "kind", "weight", "price", "notes")
    dependencies = (
        Depends("price", on="kind", visible=lambda kind: kind == "toy"),
        Depends("notes", on="kind", required=lambda kind: kind == "toy"),
        Depends("weight", on="kind", value=lambda kind: {"toy": 7}.get(kind)),
    )


class MakerView(StoreView):
    model = Maker


class TagView(StoreView):
    model = Tag
    permission_policy = Closed
