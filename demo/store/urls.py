"""URLs of the store."""

from django.urls import include, path

from powercrud_core import crud_urls
from store import pages, views
from store.models import Genre, InvoiceLine, MediaType

# Nothing but the model and the demo's page: everything else is inferred.
shared = {
    "base_template": views.StoreView.base_template,
    "get_template_pack": views.StoreView.get_template_pack,
}

urlpatterns = [
    path("", pages.HomeView.as_view(), name="home"),
    path("sign-in-as/<slug:name>/", pages.sign_in_as, name="sign-in-as"),
    path("sign-out/", pages.sign_out, name="sign-out"),
    path("look/pack/", pages.choose_pack, name="choose-pack"),
    path("look/theme/", pages.choose_theme, name="choose-theme"),
    path("look/language/", pages.choose_language, name="choose-language"),
    path("tracks/", include(views.TrackView.get_urls())),
    path("albums/", include(views.AlbumView.get_urls())),
    path("artists/", include(views.ArtistView.get_urls())),
    path("plays/", include(views.PlayView.get_urls())),
    path("playlists/", include(views.PlaylistView.get_urls())),
    path("customers/", include(views.CustomerView.get_urls())),
    path("invoices/", include(views.InvoiceView.get_urls())),
    path("employees/", include(views.EmployeeView.get_urls())),
    path("jobs/", include(views.BackgroundView.get_urls())),
    path("genres/", include(crud_urls(Genre, **shared))),
    path("media-types/", include(crud_urls(MediaType, **shared))),
    path("invoice-lines/", include(crud_urls(InvoiceLine, **shared))),
]
