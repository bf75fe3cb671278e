"""The gallery's URLs, for `include("powercrud_core.contrib.gallery.urls")`."""

from django.urls import path

from powercrud_core.contrib.gallery.views import FrameView, GalleryView

app_name = "powercrud_gallery"
urlpatterns = [
    path("", GalleryView.as_view(), name="index"),
    path("frame/", FrameView.as_view(), name="frame"),
]
