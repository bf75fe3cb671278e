from django.urls import include, path

from tests.bench.views import SIZES, HandView, TrackView, admin_site

urlpatterns = [
    path("tracks/", include(TrackView.get_urls())),
    path("hand/", HandView.as_view()),
    *(path(f"admin{size}/", admin_site(size).urls) for size in SIZES),
]
