"""PackConfig and TemplatePack: what a pack declares, and how its templates are found."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, Literal, cast

from django import forms
from django.apps import AppConfig, apps
from django.core.signals import setting_changed
from django.forms.renderers import BaseRenderer
from django.template import TemplateDoesNotExist, engines
from django.template.backends.django import DjangoTemplates
from django.template.loader import get_template

from powercrud_core.components import Component
from powercrud_core.exceptions import ComponentNotFound, ConfigError
from powercrud_core.packs.naming import UNNAMED, Named, names_files
from powercrud_core.packs.renderer import PackFormRenderer

__all__ = ["CONTRACT", "PackConfig", "TemplatePack"]

CONTRACT = 1
SCRIPT = "powercrud_core/powercrud.js"

Level = Literal["core", "full", "accessible"]


@dataclass(frozen=True, kw_only=True)
class TemplatePack:
    """What a pack says about itself.

    name: the word for POWERCRUD_TEMPLATE_PACK.
    contract: the version of the component contract it was written for.
    extends: the pack that draws what this one does not.
    crispy: the crispy-forms template pack that fits it.
    css: stylesheets in static files, in order.
    stencil: False when its row template branches on values (slower; see the explanation of rows).
    level: the conformance level it promises.
    absent: capability to the reason why the pack leaves it out.
    """

    name: str
    contract: int
    extends: str | None = None
    crispy: str | None = None
    css: tuple[str, ...] = ()
    stencil: bool = True
    level: Level = "full"
    absent: Mapping[str, str] = field(default_factory=dict)


class PackConfig(AppConfig):
    """The AppConfig of a template pack: a pack is a Django app that declares `pack`."""

    default = False
    pack: ClassVar[TemplatePack]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        # Two AppConfig classes in a pack's apps.py (this one is imported there) leave Django
        # without a default; marking the subclass keeps INSTALLED_APPS = ["powercrud_x"] working.
        super().__init_subclass__(**kwargs)
        cls.default = True

    def chain(self) -> Iterator["PackConfig"]:
        """Yield this pack and those it extends, nearest first."""
        seen: list[str] = []
        config: PackConfig | None = self
        while config is not None:
            if config.pack.name in seen:
                raise ConfigError(
                    f"Template packs extend each other in a circle: "
                    f"{' -> '.join([*seen, config.pack.name])}. One of them must extend nothing."
                )
            seen.append(config.pack.name)
            yield config
            config = _parent(config)

    def template_names(self, component: str) -> list[str]:
        """Return the template names that may draw a component, nearest first."""
        own = [f"cotton/{config.name}/{component}.html" for config in self.chain()]
        return [f"cotton/powercrud/{component}.html", *own]

    def component_templates(self, component: str) -> list[Any]:
        """Return the compiled templates that exist for a component, nearest first.

        Raises ComponentNotFound, naming the pack, the chain and the closest component.
        """
        found = self._templates.get(component)
        if found is None:
            found = self._find(component)
            if not found[0].engine.debug:
                # In development an edited or added file must be seen without a restart.
                self._templates[component] = found
        return found

    @cached_property
    def _templates(self) -> dict[str, list[Any]]:
        return {}

    def _find(self, component: str) -> list[Any]:
        found = []
        for name in self.template_names(component):
            template = _load(name)
            if template is not None:
                found.append(template)
        if found and component not in UNNAMED and names_files():
            return [Named(component, template) for template in found]
        if found:
            return found
        close = get_close_matches(component, Component.registry, n=1)
        hint = f" Did you mean {close[0]!r}?" if close and close[0] != component else ""
        raise ComponentNotFound(
            f"The template pack {self.pack.name!r} has no template for the component "
            f"{component!r}.{hint} Looked for: {', '.join(self.template_names(component))}."
        )

    @cached_property
    def form_renderer(self) -> BaseRenderer:
        """Return the form renderer whose widget templates are this pack's."""
        return PackFormRenderer([config.name for config in self.chain()])

    @cached_property
    def media(self) -> forms.Media:
        """Return the stylesheets of the pack's chain (the base first) and the script."""
        css = [sheet for config in reversed(list(self.chain())) for sheet in config.pack.css]
        return forms.Media(css={"all": css}, js=[cast(Any, forms.Script(SCRIPT, defer=True))])

    @property
    def base_template(self) -> str:
        """Return the name of the page template of the nearest pack that has one."""
        for config in self.chain():
            try:
                get_template(f"{config.name}/base.html")
            except TemplateDoesNotExist:
                continue
            return f"{config.name}/base.html"
        return f"{self.name}/base.html"


WATCHED = ("DEBUG", "INSTALLED_APPS", "POWERCRUD_TEMPLATE_COMMENTS", "TEMPLATES")


def _forget(*, setting: str, **kwargs: object) -> None:
    """Look for all templates again where a test changes what can be found."""
    if setting in WATCHED and apps.ready:
        for config in apps.get_app_configs():
            if isinstance(config, PackConfig):
                for name in ("_templates", "form_renderer"):
                    vars(config).pop(name, None)


setting_changed.connect(_forget)


def _load(name: str) -> Any | None:
    """Return a compiled template or None."""
    try:
        return get_template(name).template  # type: ignore[attr-defined]
    except TemplateDoesNotExist as error:
        if error.args[0] != name:
            raise
    for engine in engines.all():
        if isinstance(engine, DjangoTemplates) and engine.engine.debug and _appeared(engine, name):
            return get_template(name).template  # type: ignore[attr-defined]
    return None


def _appeared(engine: DjangoTemplates, name: str) -> bool:
    """Say whether a file exists that the cached loader remembers as missing, and make it forget."""
    for loader in engine.engine.template_loaders:
        for inner in getattr(loader, "loaders", ()):
            if any(Path(str(o.name)).is_file() for o in inner.get_template_sources(name)):
                loader.reset()
                return True
    return False


def _parent(config: PackConfig) -> PackConfig | None:
    if config.pack.extends is None:
        return None
    for other in apps.get_app_configs():
        if isinstance(other, PackConfig) and other.pack.name == config.pack.extends:
            return other
    raise ConfigError(
        f"The template pack {config.pack.name!r} extends {config.pack.extends!r}, "
        "which no installed app provides. Add that pack's app to INSTALLED_APPS."
    )
