"""Pages that are not CRUD: the home page, the sign-in buttons and the look switches."""

from typing import Any

from django.conf import settings
from django.contrib.auth import login, logout
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST
from django.views.generic import TemplateView

from powercrud_core.packs import get_pack
from store.looks import PACK_COOKIE, THEME_COOKIE, THEMES, chosen_pack, go_back, is_ours, remember
from store.people import PEOPLE
from store.screens import SCREENS

NAMES = frozenset(person.name for person in PEOPLE)


class HomeView(TemplateView):
    """Say what there is to see, and offer four people to sign in as."""

    template_name = "demo/home.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return the pack's page and the table of screens."""
        pack = get_pack(chosen_pack(self.request))
        return super().get_context_data(
            pack_base=pack.base_template,
            media=pack.media,
            next=self.request.GET.get("next", ""),
            shows_gallery=settings.DEBUG or self.request.user.is_staff,
            rows=[(screen, screen.is_visible_to(self.request.user)) for screen in SCREENS],
            **kwargs,
        )


@require_POST
def sign_in_as(request: HttpRequest, name: str) -> HttpResponse:
    """Sign in one of the four people, without a password: this is a demo."""
    if not settings.DEMO_SIGN_IN or name not in NAMES:
        raise Http404
    user = User.objects.filter(username=name).first()
    if user is None:
        raise Http404
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    wanted = request.POST.get("next")
    return redirect(wanted if is_ours(request, wanted) else "home")


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Sign out and show the home page."""
    logout(request)
    return redirect("home")


@require_POST
def choose_pack(request: HttpRequest) -> HttpResponse:
    """Show the same page drawn by another pack."""
    return keep_choice(request, PACK_COOKIE, "pack", settings.INSTALLED_PACKS)


@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    """Show the same page light, dark, or as the visitor's system says."""
    return keep_choice(request, THEME_COOKIE, "theme", THEMES)


@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Show the same page in another language."""
    return keep_choice(request, settings.LANGUAGE_COOKIE_NAME, "language", dict(settings.LANGUAGES))


def keep_choice(request: HttpRequest, cookie: str, name: str, allowed: Any) -> HttpResponse:
    """Return to the page the visitor came from, with the choice kept in a cookie."""
    response = go_back(request)
    value = request.POST.get(name, "")
    if value in allowed:
        remember(response, cookie, value)
    return response
