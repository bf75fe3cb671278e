"""Crispy: a form's FormHelper is honoured, with the templates of a pack and fields of ours."""

import re
from collections.abc import Callable, Iterator, Mapping
from copy import copy, deepcopy
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.template import Context, TemplateDoesNotExist
from django.template.loader import get_template
from django.utils.safestring import SafeString

from powercrud_core.exceptions import ConfigError
from powercrud_core.packs import PackConfig, installed_packs

__all__ = ["CrispyProblem", "Place", "crispy_problems", "draw_crispy", "explain", "helper_of"]

# However a crispy field is to stand, it is drawn as a field of ours.
FIELD = "%s/field.html"
INLINE = ("%s/layout/radioselect_inline.html", "%s/layout/checkboxselectmultiple_inline.html")
FIELDS = (FIELD, "%s/layout/prepended_appended_text.html", *INLINE)
PANE = "%s/accordion-group.html"
# What a strict Content-Security-Policy refuses, and what only a framework's script could open.
UNSAFE = re.compile(
    r"<\s*(?:script|style)\b|\s(?:style|on[a-z]+)\s*=|javascript:|\sdata-bs-(?:toggle|dismiss)",
    re.I,
)


@dataclass(frozen=True, slots=True)
class CrispyProblem:
    """What stands against drawing an object of a layout.

    kind: "missing" (no template), "unsafe" (a Content-Security-Policy) or "unknown" (a field).
    name: the object's class, or the field's name.
    detail: the template, or what was found in it.
    """

    kind: str
    name: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """How a field stands in a crispy layout.

    attrs: attributes of its widget; a tuple of them for a widget of several.
    before, after: texts at the edges of its control.
    inline: its options stand side by side.
    """

    attrs: Mapping[str, Any] | tuple[Mapping[str, Any], ...] = field(default_factory=dict)
    before: str = ""
    after: str = ""
    inline: bool = False

    @property
    def marks(self) -> dict[str, str]:
        """Return the attributes of the element around the field."""
        return {"data-pc-flow": "inline"} if self.inline else {}

    def dress(self, own: Any) -> None:
        """Give a form field's widget its attributes."""
        several = self.attrs if isinstance(self.attrs, tuple) else None
        if several is None and self.attrs.get("type") == "hidden":  # type: ignore[union-attr]
            own.widget = own.hidden_widget()
            return
        widgets = getattr(own.widget, "widgets", [own.widget])
        for widget, attrs in zip(widgets, several or [self.attrs] * len(widgets), strict=False):
            widget.attrs.update(attrs)


def helper_of(form: Any) -> Any:
    """Return a form's FormHelper with a layout, or None without helper, layout or crispy."""
    helper = getattr(form, "helper", None)
    if helper is None or not apps.is_installed("crispy_forms"):
        return None
    return helper if getattr(helper, "layout", None) is not None else None


def draw_crispy(
    form: Any, pack: PackConfig, request: Any, draw: Callable[[str, Place], Any]
) -> SafeString | None:
    """Return the fields of a form as its helper's layout arranges them; None without one.

    The helper is copied: a changed one would draw later forms with the wrong pack.

    draw: returns the component of a field at its place.
    Raises ConfigError for what the pack cannot draw.
    """
    helper = helper_of(form)
    if helper is None:
        return None
    for problem in crispy_problems(form, pack):
        if problem.kind != "unknown":
            raise ConfigError(" ".join(explain(problem, type(form).__name__, pack)))
    helper = copy(helper)
    helper.layout = deepcopy(helper.layout)
    places = {name: place for one in objects(helper.layout) for name, place in placed(one)}
    for name, place in places.items():
        if name in form.fields:
            place.dress(form.fields[name])
    for name in form.fields:
        # Where the layout puts it, a field's template finds its component.
        form[name].drawn = "" if form[name].is_hidden else draw(name, places.get(name, Place()))
    field_template = name_of(pack, FIELD) or ""
    prepare(helper.layout, form, pack)
    helper.field_template = field_template
    context = Context({"form": form, "request": request, "form_show_errors": True})
    home = field_template.removesuffix("/field.html")
    return SafeString(helper.render_layout(form, context, template_pack=home))


def objects(item: Any) -> Iterator[Any]:
    """Yield the objects of a layout and the names of its fields, from the top down."""
    yield item
    if not isinstance(item, str):
        for inner in getattr(item, "fields", None) or ():
            yield from objects(inner)


def placed(item: Any) -> Iterator[tuple[str, Place]]:
    """Yield the fields that an object of a layout dresses."""
    if getattr(item, "template", None) not in FIELDS:
        return
    place = Place(
        attrs=item.attrs,
        before=getattr(item, "prepended_text", None) or "",
        after=getattr(item, "appended_text", None) or "",
        inline=item.template in INLINE,
    )
    for name in item.fields:
        if isinstance(name, str):
            yield name, place


def prepare(item: Any, form: Any, pack: PackConfig) -> None:
    """Give the objects of a copied layout the templates of a pack; leave out fields not there."""
    if pattern := pattern_of(item):
        item.template = name_of(pack, pattern)
    if hasattr(item, "link_template"):
        item.render_link = lambda *args: ""  # a tab has its name with it, not in a list of links
    if not isinstance(inner := getattr(item, "fields", None), list):
        return
    item.fields = [one for one in inner if one in form.fields or not isinstance(one, str)]
    item.fields = [one for one in item.fields if isinstance(one, str) or not lost(one, form)]
    group = getattr(item, "css_id", None) or "crispy-tabs"
    for one in item.fields:
        if not isinstance(one, str):
            prepare(one, form, pack)
        if hasattr(one, "link_template"):  # one is open at a time
            one.flat_attrs = SafeString(f'{one.flat_attrs} name="{group}"')


def lost(item: Any, form: Any) -> bool:
    """Say whether an object dresses fields of which the form has none."""
    names = [name for name, _ in placed(item)]
    return bool(names) and not any(name in form.fields for name in names)


def pattern_of(item: Any) -> str:
    """Return the pattern of the template that draws an object, or nothing."""
    if hasattr(item, "link_template"):
        return PANE
    template = getattr(item, "template", None)
    if template in FIELDS:
        return FIELD
    return template if isinstance(template, str) else ""


def homes(pack: PackConfig) -> list[str]:
    """Return where crispy templates stand: the pack's own, its parents', a crispy pack's."""
    chain = list(pack.chain())
    foreign = [config.pack.crispy for config in chain if config.pack.crispy]
    return [*(f"{config.name}/crispy" for config in chain), *foreign]


def name_of(pack: PackConfig, pattern: str) -> str | None:
    """Return the name of the nearest template for a pattern, or None.

    A template of another framework's crispy pack is none for this one.
    """
    places = homes(pack)
    foreign = {one.pack.crispy for one in installed_packs().values()} - {*places}
    named = [] if pattern.split("/")[0] in foreign else [pattern]
    for name in [pattern % home for home in places] if "%s" in pattern else named:
        try:
            get_template(name)
        except TemplateDoesNotExist:
            continue
        return name
    return None


def crispy_problems(form: Any, pack: PackConfig) -> Iterator[CrispyProblem]:
    """Yield what a pack cannot draw of a form's layout."""
    helper = helper_of(form)
    for item in objects(helper.layout) if helper else ():
        if isinstance(item, str):
            if item not in form.fields:
                yield CrispyProblem("unknown", item)
            continue
        kind, pattern = type(item).__name__, pattern_of(item)
        name = name_of(pack, pattern) if pattern else None
        if pattern and name is None:
            yield CrispyProblem("missing", kind, pattern)
        for text in written_in(item, name):
            if found := UNSAFE.search(text):
                yield CrispyProblem("unsafe", kind, found[0].strip())
                break


def written_in(item: Any, template: str | None) -> Iterator[str]:
    """Yield the markup that an object brings along."""
    yield str(getattr(item, "html", ""))
    yield f" {getattr(item, 'flat_attrs', '')}"
    attrs = getattr(item, "attrs", None) or {}
    for one in attrs if isinstance(attrs, tuple) else (attrs,):
        yield "".join(f" {name}=" for name in one)
    if template:
        yield get_template(template).template.source  # type: ignore[attr-defined]


def explain(problem: CrispyProblem, form: str, pack: PackConfig) -> tuple[str, str]:
    """Return what is wrong with an object of a layout, and what to do."""
    name, detail = pack.pack.name, problem.detail
    if problem.kind == "unknown":
        return f"The crispy layout of {form} names '{problem.name}', which the form has not.", ""
    if problem.kind == "unsafe":
        text = f"The crispy layout of {form} has a {problem.name} with {detail!r}"
        hint = "Use classes and files instead of inline styles, scripts and handlers."
        return f"{text}, which the page's security policy or missing script stops.", hint
    places = ", ".join(detail % home for home in homes(pack)) if "%s" in detail else detail
    text = f"The template pack {name!r} cannot draw the {problem.name} in the layout of {form}"
    foreign = pack.pack.crispy
    hint = (
        f"Install the crispy template pack {foreign!r} and add its app, or take"
        if foreign
        else "Take"
    )
    return f"{text}. Looked for: {places}.", f"{hint} it out of the layout."
