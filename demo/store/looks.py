"""The look a visitor chose: which pack, and light or dark. Both live in a cookie."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

PACK_COOKIE = "demo_pack"
THEME_COOKIE = "demo_theme"
THEMES = {"auto": _("Auto"), "light": _("Light"), "dark": _("Dark")}
ONE_YEAR = 365 * 24 * 60 * 60


def chosen_pack(request: HttpRequest) -> str:
    """Return the name of the pack the visitor chose, or the project's."""
    name = request.COOKIES.get(PACK_COOKIE)
    return name if name in settings.INSTALLED_PACKS else settings.POWERCRUD_TEMPLATE_PACK


def chosen_theme(request: HttpRequest) -> str:
    """Return "light", "dark" or "auto": as the visitor's system says."""
    theme = request.COOKIES.get(THEME_COOKIE)
    return theme if theme in THEMES else "auto"


def remember(response: HttpResponse, cookie: str, value: str) -> None:
    """Keep a choice in the visitor's browser."""
    response.set_cookie(cookie, value, max_age=ONE_YEAR, httponly=True, samesite="Lax")


def go_back(request: HttpRequest) -> HttpResponseRedirect:
    """
    Return to the page the visitor came from.

    The browser's own address comes first: filtering changes it without a reload, and a page
    that was printed earlier does not know.
    """
    candidates = (request.headers.get("referer"), request.POST.get("next"))
    return HttpResponseRedirect(
        next((url for url in candidates if is_ours(request, url)), resolve_url("home"))
    )


def is_ours(request: HttpRequest, url: str | None) -> bool:
    """Return whether an address is on this host."""
    return url_has_allowed_host_and_scheme(
        url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
