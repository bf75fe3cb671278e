from django.urls import include, path

from tests.bench.views import BULK_VIEWS, SIZES, HandView, TrackView, admin_site

urlpatterns = [
    path("tracks/", include(TrackView.get_urls())),
    *(path(f"{view.url_base}/", include(view.get_urls())) for view in BULK_VIEWS),
    path("hand/", HandView.as_view()),
    *(path(f"admin{size}/", admin_site(size).urls) for size in SIZES),
]
