"""The URLs of the kit's store; with background jobs, also those of what they are seen on."""

from typing import Any

from django.urls import include, path

from powercrud_core.jobs import installed
from powercrud_core.testing.views import (
    GoodsView,
    LotView,
    MakerView,
    ProductView,
    ShelfView,
    StockView,
    TagView,
)

urlpatterns: list[Any] = [
    path("products/", include(ProductView.get_urls())),
    path("stock/", include(StockView.get_urls())),
    path("shelf/", include(ShelfView.get_urls())),
    path("goods/", include(GoodsView.get_urls())),
    path("lots/", include(LotView.get_urls())),
    path("makers/", include(MakerView.get_urls())),
    path("tags/", include(TagView.get_urls())),
]
if installed():
    urlpatterns.append(path("", include("powercrud_core.testing.urls_jobs")))
