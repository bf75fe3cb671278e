"""Component and Renderer: how an object that was decided in Python becomes a pack's HTML."""

import re
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Protocol

from django.forms import Media
from django.http import HttpRequest
from django.template import Context
from django.utils.safestring import SafeString

from powercrud_core.exceptions import ComponentNotFound

__all__ = ["Component", "Drawing", "Renderer", "component_name"]


class Drawing(Protocol):
    """What a renderer asks of a pack: the templates that draw a component, nearest first."""

    @property
    def media(self) -> Media: ...

    def component_templates(self, component: str) -> list[Any]: ...


def component_name(class_name: str) -> str:
    """Return `filter_form` for `FilterForm`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", class_name).lower()


@dataclass(frozen=True, slots=True)
class Renderer:
    """Draws components of one page with one pack.

    A component's template sees the component under its own name, `request` and `csrf_token`,
    whatever the host's context processors and Cotton's isolation settings are.
    """

    pack: Drawing
    request: HttpRequest | None = None
    csrf_token: str = ""
    assets: list[Media] = field(default_factory=list, repr=False, compare=False)

    @property
    def media(self) -> Media:
        """Return the stylesheets and scripts of the pack and of the page's widgets."""
        return sum((*self.assets, self.pack.media), Media())

    def need(self, media: Media) -> None:
        """Take note of what a widget of the page needs."""
        if media not in self.assets and str(media):
            self.assets.append(media)

    def render(self, component: "Component", depth: int = 0) -> SafeString:
        """Return the component's HTML from the template `depth` steps down its chain."""
        templates = self.pack.component_templates(component.name)
        if depth >= len(templates):
            raise ComponentNotFound(
                f"Below {templates[-1].name!r} there is no template for the component "
                f"{component.name!r}: it cannot print '{component.name}.inherited'."
            )
        context = Context(
            {
                component.name: component,
                "request": self.request,
                "csrf_token": self.csrf_token,
            }
        )
        html = templates[depth].render(context)
        # The space around a template is worth removing where a component is small and frequent;
        # of a whole list it would only copy a megabyte.
        return SafeString(html.strip()) if len(html) < 10_000 else html


@dataclass(frozen=True, kw_only=True)
class Component:
    """Something a pack draws with the template that bears its name; `{{ component }}` prints it."""

    renderer: Renderer = field(repr=False, compare=False)
    depth: int = field(default=0, repr=False, compare=False)

    name: ClassVar[str] = "component"
    registry: ClassVar[dict[str, type["Component"]]] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.name = component_name(cls.__name__)
        Component.registry[cls.name] = cls

    def render(self) -> SafeString:
        """Return the HTML that the pack draws for this object."""
        return self.renderer.render(self, self.depth)

    def __str__(self) -> SafeString:
        return self.render()

    def __html__(self) -> SafeString:
        return self.render()

    @property
    def media(self) -> Media:
        """Return the stylesheets and scripts of the page that this object was made for."""
        return self.renderer.media

    @property
    def inherited(self) -> SafeString:
        """Return this object as the next template of the chain draws it, for wrapping overrides."""
        return replace(self, depth=self.depth + 1).render()
