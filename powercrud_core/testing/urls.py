"""The URLs of the kit's store. Everybody may do everything; the pack is named by the client."""

from types import SimpleNamespace
from typing import Any, ClassVar

from django.db.models import Q
from django.http import HttpRequest
from django.urls import include, path

from powercrud_core import Column, CRUDView, InlineEdit
from powercrud_core.permissions import AllowAny, Policy
from powercrud_core.testing.store.models import Maker, Product, Tag


class Closed(Policy):
    """Forbids everything."""


class StoreView(CRUDView):
    permission_policy: ClassVar[type[Policy]] = AllowAny

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Let a visitor in without a table of users."""
        super().setup(request, *args, **kwargs)
        self.request.user = SimpleNamespace(is_authenticated=True)  # type: ignore[assignment]

    def get_template_pack(self) -> str | None:
        return self.request.headers.get("X-Powercrud-Pack")


class ProductView(StoreView):
    model = Product
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


class MakerView(StoreView):
    model = Maker


class TagView(StoreView):
    model = Tag
    permission_policy = Closed


urlpatterns = [
    path("products/", include(ProductView.get_urls())),
    path("stock/", include(StockView.get_urls())),
    path("shelf/", include(ShelfView.get_urls())),
    path("makers/", include(MakerView.get_urls())),
    path("tags/", include(TagView.get_urls())),
]
