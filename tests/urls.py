from django.http import HttpResponse
from django.urls import include, path

from powercrud_core import crud_urls
from tests.library.models import Copy, Genre, Loan, Shelf
from tests.library.views import AuthorView, BookView, both

urlpatterns = [
    path("books/", include(BookView.get_urls())),
    path("authors/", include(AuthorView.get_urls())),
    path("genres/", include(crud_urls(Genre))),
    path("copies/", include(crud_urls(Copy))),
    path("shelves/", include(crud_urls(Shelf))),
    path("loans/", include(crud_urls(Loan))),
    path("both/", both),
    path("login/", lambda request: HttpResponse("<title>Sign in</title><h1>Sign in</h1>")),
]
