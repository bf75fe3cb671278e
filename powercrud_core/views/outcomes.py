"""How the script hears what became of a request."""

import json
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase, HttpResponseRedirectBase

__all__ = ["PART_HEADER", "spelled_out", "with_event"]

# A request that names the part it wants gets its answer without the site around it.
PART_HEADER = "X-PC-Part"
LOCATION_HEADER, EVENTS_HEADER = "X-PC-Location", "X-PC-Events"


def spelled_out(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Return the answer to a POST of the script with its redirect in words: 204 and an address.

    A browser either follows a redirect unasked, which uses up the message meant for the next page,
    or hides where it leads. Spelled out like this, a redirect that remains was made by somebody
    else, as a rule by a sign-in page.
    """
    by_script = request.method == "POST" and PART_HEADER in request.headers
    if by_script and isinstance(response, HttpResponseRedirectBase):
        response.headers[LOCATION_HEADER] = response.url
        del response.headers["Location"]
        response.status_code = 204
    return response


def with_event(response: HttpResponseBase, name: str, **detail: Any) -> None:
    """Give a response an event that the script raises in the page."""
    events = json.loads(response.headers.get(EVENTS_HEADER, "{}"))
    response.headers[EVENTS_HEADER] = json.dumps({**events, name: detail})
