"""The gallery's pages: the states of a component, and one state in a frame of its own."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.decorators import method_decorator
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.generic import View

from powercrud_core.contrib.gallery.looks import Look
from powercrud_core.contrib.gallery.states import (
    ICON_SET,
    components,
    draw,
    icon_set,
    states_of,
)
from powercrud_core.packs import get_pack, installed_packs

__all__ = ["FrameView", "GalleryView"]

TALL = {"form_body", "results"}
SHORT = {
    *("action_menu", "empty_state", "field_group", "filter_chips", "message", "messages"),
    *("pagination", "toolbar"),
}


class ToolView(View):
    """A page that exists in DEBUG and for staff only."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer where the gallery is shown; elsewhere there is none."""
        staff = hasattr(request, "user") and request.user.is_active and request.user.is_staff
        if not (settings.DEBUG or staff):
            raise Http404
        return super().dispatch(request, *args, **kwargs)


class GalleryView(ToolView):
    """Every state of one component, the packs side by side."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the component of the query string."""
        look = Look.parse(request.GET)
        frame = reverse(f"{_namespace(request)}frame")
        context = {
            "look": look,
            "links": [(n, look.query(component=n), n == look.component) for n in components()],
            "size": _size(look.component),
            "states": [
                (
                    state.partition(".")[2],
                    [(p, f"{frame}?state={state}&{look.query(pack=p)}") for p in look.packs],
                )
                for state in states_of(look.component)
            ],
        }
        return render(request, "powercrud_gallery/index.html", context)


@method_decorator(xframe_options_sameorigin, name="dispatch")
class FrameView(ToolView):
    """One state, drawn by one pack, in that pack's own page."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the state of the query string."""
        look, state = Look.parse(request.GET), request.GET.get("state", "")
        if state not in states_of(state.partition(".")[0]) or look.pack not in installed_packs():
            raise Http404
        pack = get_pack(look.pack)
        with translation.override(_language(look.direction)):
            context: dict[str, Any] = {
                "pack_base": pack.base_template,
                # Without the script: nothing here is to be sent or fetched.
                "styles": pack.media.render_css(),
                "state": state,
                "theme": look.theme if look.theme != "system" else "",
            }
            if state == ICON_SET:
                context["icons"] = icon_set(pack, request)
                return render(request, "powercrud_gallery/icons.html", context)
            context["html"] = draw(state, pack, request, hostile=look.text == "hostile")
            return render(request, "powercrud_gallery/frame.html", context)


def _namespace(request: HttpRequest) -> str:
    """Return the namespace that the gallery was routed through, with its colon."""
    match = request.resolver_match
    return f"{match.namespace}:" if match and match.namespace else ""


def _language(direction: str) -> str:
    """Return a language that is written in this direction: the project's own, where it has one."""
    current = translation.get_language() or "en"
    offered = [current, *(code for code, _name in settings.LANGUAGES)]
    rtl = set(settings.LANGUAGES_BIDI)
    fitting = [c for c in offered if (c.split("-")[0] in rtl) == (direction == "rtl")]
    return next(iter(fitting), "ar" if direction == "rtl" else "en")


def _size(component: str) -> str:
    """Return how much room a component needs."""
    if component.endswith("_page") or component in TALL:
        return "tall"
    return "short" if component in SHORT else "middle"
