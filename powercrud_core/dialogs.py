"""Dialogs: where a view's pages open, and what a page needs so that others open on top of it."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.shortcuts import resolve_url
from django.urls import NoReverseMatch
from django.utils.translation import gettext as _

from powercrud_core import hooks
from powercrud_core.attrs import Attrs
from powercrud_core.components import Renderer
from powercrud_core.packs.contract import Button, Confirmation, Dialog
from powercrud_core.packs.icons import icon

__all__ = ["KINDS", "OPEN_IN", "ROLES", "confirmation", "dialog", "opening"]

KINDS = ("page", "dialog", "drawer")
ROLES = ("create", "update", "delete", "detail", "bulk", "action")
# A question deserves no page of its own; everything else is one until a view says otherwise.
OPEN_IN: Mapping[str, str] = {"delete": "dialog", "bulk": "dialog", "action": "dialog"}


def opening(open_in: Mapping[str, str], role: str) -> str:
    """Return "dialog" or "drawer" for a role that opens on top of the page, else nothing."""
    kind = {**OPEN_IN, **open_in}.get(role, "page")
    return "" if kind == "page" else kind


def dialog(renderer: Renderer, back: str = "/") -> Dialog:
    """Return the mould of this page's dialogs, with the script's words for what may go wrong.

    back: where whoever signs in again in another tab goes from there.
    """
    signed_out = _("You are no longer signed in.")
    again = _("Sign in again, come back to this page and try again.")
    return Dialog(
        renderer=renderer,
        attrs=hooks.bundle(
            "dialog",
            data_pc_kind="dialog",
            data_pc_text_unsent=_("The server could not be reached."),
            data_pc_text_failed=_("The server could not do this."),
            data_pc_text_kept=_("What you entered is still here."),
            data_pc_text_signed_out=f"{signed_out} {again}",
            data_pc_text_sign_in=_("Sign in (opens a new tab)"),
            data_pc_text_again=_("Try again"),
            data_pc_sign_in=sign_in_url(back),
        ),
        close=Button(
            attrs=hooks.bundle("dialog-close", type="button", **hooks.dismiss()),
            label=_("Close"),
            icon=icon(renderer, "remove"),
        ),
        messages=hooks.bundle("dialog-messages", aria_live="polite"),
        content=hooks.bundle("dialog-content"),
    )


def sign_in_url(back: str) -> str:
    """Return the address of the project's sign-in page, where it has one."""
    try:
        url = resolve_url(settings.LOGIN_URL)
    except NoReverseMatch:
        return back
    return f"{url}{'&' if '?' in url else '?'}{urlencode({REDIRECT_FIELD_NAME: back})}"


def confirmation(renderer: Renderer) -> Confirmation:
    """Return the question that is asked before what was typed is given up."""
    title, text = "pc-confirmation-title", "pc-confirmation-text"

    def button(name: str, label: str, tone: Any) -> Button:
        return Button(attrs=hooks.bundle(name, type="submit", value=name), label=label, tone=tone)

    return Confirmation(
        renderer=renderer,
        attrs=hooks.bundle("confirmation", aria_labelledby=title, aria_describedby=text),
        title=_("Discard what you entered?"),
        title_attrs=Attrs({"id": title}),
        text=_("It has not been saved."),
        text_attrs=Attrs({"id": text}),
        form=hooks.bundle("confirmation-form", method="dialog"),
        stay=button("stay", _("Go on editing"), "neutral"),
        leave=button("leave", _("Discard"), "danger"),
    )
