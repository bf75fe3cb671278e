"""What every page of the demo knows: the screens, the switches and who is there."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from store.looks import THEMES, chosen_pack, chosen_theme
from store.people import PEOPLE
from store.screens import SCREENS

# Each language by its own name: who needs it can read it.
LANGUAGES = {"en": "English", "de": "Deutsch", "ar": "العربية"}


def shop(request: HttpRequest) -> dict[str, Any]:
    """Return the demo's part of the context."""
    theme = chosen_theme(request)
    return {
        "screens": SimpleLazyObject(lambda: navigation(request)),
        "people": PEOPLE,
        "packs": {name: settings.PACKS[name] for name in settings.INSTALLED_PACKS},
        "chosen_pack": chosen_pack(request),
        "themes": THEMES,
        "chosen_theme": theme,
        "forced_theme": theme if theme != "auto" else "",
        "languages": LANGUAGES,
        "chosen_language": get_language(),
    }


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the screens as links, the present one marked."""
    links = [(screen, reverse(screen.list_name)) for screen in SCREENS]
    url = reverse("job-list")
    jobs: list[dict[str, Any]] = []
    if request.user.is_authenticated:
        jobs.append({"label": _("Jobs"), "url": url, "current": request.path.startswith(url)})
    return [
        {"label": screen.label, "url": url, "current": request.path.startswith(url)}
        for screen, url in links
    ] + jobs
