"""The store's products with background work, and the screen of jobs."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from powercrud_core import InlineEdit
from powercrud_core.jobs.views import JobPolicy, JobView
from powercrud_core.testing.operations import BULK, Check
from powercrud_core.testing.views import ProductView, StoreView
from powercrud_core.testing.work import begin


class WorkView(ProductView):
    """Products with which jobs may be at work."""

    url_base = "work"
    bulk = BULK
    actions = (Check(),)
    inline = InlineEdit(("name", "kind", "price"))


class StoreJobView(StoreView, JobView):
    """The visitor's jobs."""

    permission_policy = JobPolicy


@csrf_exempt
@require_POST
def put(request: HttpRequest, state: str) -> HttpResponse:
    """Bring the visitor's job into a state: a browser cannot ask the database."""
    begin(state, live=True)
    return HttpResponse(status=204)


urlpatterns: list[Any] = [
    path("at-work/", include(WorkView.get_urls())),
    path("jobs/", include(StoreJobView.get_urls())),
    path("put/<str:state>/", put),
]
