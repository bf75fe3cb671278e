"""Template packs: which are installed, and which one draws a page."""

from difflib import get_close_matches

from django.apps import apps

from powercrud_core.conf import get_conf
from powercrud_core.exceptions import PackNotFound
from powercrud_core.packs.app import PackConfig, TemplatePack

__all__ = ["PackConfig", "TemplatePack", "get_pack", "installed_packs"]


def installed_packs() -> dict[str, PackConfig]:
    """Return the packs of INSTALLED_APPS by name, in that order."""
    configs = [c for c in apps.get_app_configs() if isinstance(c, PackConfig)]
    return {config.pack.name: config for config in configs}


def get_pack(name: str | None = None) -> PackConfig:
    """Return the pack of that name, else the project's own choice.

    Raises PackNotFound, which lists the packs that are installed.
    """
    packs = installed_packs()
    wanted = name or get_conf().template_pack
    if not wanted and len(packs) == 1:
        return next(iter(packs.values()))
    if wanted in packs:
        return packs[wanted]
    raise PackNotFound(explain_missing(wanted, list(packs)))


def explain_missing(name: str, installed: list[str]) -> str:
    """Return what is wrong with a pack's name, and one way to put it right."""
    known = ", ".join(installed) or "none"
    if not name:
        return (
            f"No template pack is chosen and {len(installed)} are installed ({known}). "
            "Set POWERCRUD_TEMPLATE_PACK to one of them."
        )
    close = get_close_matches(name, installed, n=1)
    hint = f" Did you mean {close[0]!r}?" if close else ""
    return (
        f"No installed app provides the template pack {name!r}.{hint} Installed packs: {known}. "
        "Add the pack's app to INSTALLED_APPS or change POWERCRUD_TEMPLATE_PACK."
    )
