"""The states that the gallery shows: the kit's samples, bound to a pack."""

import re
from dataclasses import fields, replace
from functools import cache
from typing import Any

from django.utils import translation
from django.utils.safestring import SafeString

from powercrud_core.attrs import Attrs
from powercrud_core.components import Component, Renderer
from powercrud_core.exceptions import ComponentNotFound
from powercrud_core.forms import field_group
from powercrud_core.packs import PackConfig
from powercrud_core.packs.contract import Confirmation, Dialog, FieldGroup, Row
from powercrud_core.packs.icons import ICONS, Icon
from powercrud_core.testing.forms import WidgetForm, widget_body
from powercrud_core.testing.samples import Rows, rebuilt, samples

__all__ = ["HOSTILE", "ICON_SET", "components", "draw", "icon_set", "states_of"]

HOSTILE = '"><b>&amp;</b>{{ 7|add:7 }}<script>alert(1)</script> ' + "unbreakable" * 6
SPOKEN = ("aria-label", "placeholder", "title")
WIDGETS = {"form_body.widgets": False, "form_body.widgets-errors": True}
LANGUAGE = "en"
ICON_SET = "icon.all"
"""The state that shows all icons together: none of them says anything alone."""


@cache
def _states() -> tuple[str, ...]:
    # The samples are made once, with the texts of the language that is then active.
    with translation.override(LANGUAGE):
        return (*samples(), *WIDGETS, ICON_SET)


def components() -> list[str]:
    """Return the components that have states."""
    return sorted({state.partition(".")[0] for state in _states()})


def states_of(component: str) -> list[str]:
    """Return the names of a component's states."""
    return [state for state in _states() if state.partition(".")[0] == component]


def draw(state: str, pack: PackConfig, request: Any, *, hostile: bool) -> SafeString:
    """Return the HTML of a state as a pack draws it. Raises KeyError for an unknown state."""
    renderer = Renderer(pack, request)
    if state in WIDGETS:
        body = widget_body(renderer, pack.form_renderer, failed=WIDGETS[state])
        fields: Any = body.fields
        calm = tuple(replace(f, control=_calm(f.control)) for f in fields)
        return replace(body, fields=calm).render()
    sample = samples()[state]
    if isinstance(sample, Row):
        # Alone it would be no HTML: browsers drop a row that stands in no table.
        sample = replace(samples()["table.plain"], rows=Rows((sample,)))  # type: ignore[call-arg]
    if isinstance(sample, Confirmation | Dialog):
        # Closed there would be nothing to see.
        sample = replace(sample, attrs=sample.attrs | {"open": True})
    bound = rebuilt(sample, _hostile if hostile else _usual, renderer)
    drawn: Component = _dressed(bound, pack, renderer)
    return drawn.render()


def icon_set(pack: PackConfig, request: Any) -> list[tuple[str, str, SafeString]]:
    """Return the icons' keys and meanings, with what a pack draws; nothing where it has none."""
    renderer = Renderer(pack, request)
    try:
        return [(k, m, Icon(renderer=renderer, key=k).render()) for k, m in ICONS.items()]
    except ComponentNotFound:
        return []


def _usual(path: str, leaf: Any) -> Any:
    """Return a bundle without the wish for focus: there are many frames on a page."""
    return leaf | {"autofocus": None} if isinstance(leaf, Attrs) and "autofocus" in leaf else leaf


def _hostile(path: str, leaf: Any) -> Any:
    """Return a text, or the spoken attributes of a bundle, with what an attacker would add."""
    leaf = _usual(path, leaf)
    if isinstance(leaf, Attrs):
        return leaf | {n: f"{leaf[n]}{HOSTILE}" for n in SPOKEN if isinstance(leaf.get(n), str)}
    return leaf + HOSTILE if leaf else leaf


def _dressed(value: Any, pack: PackConfig, renderer: Renderer) -> Any:
    """Return a component whose form controls are the pack's own."""
    if isinstance(value, FieldGroup):
        return replace(value, control=_control(value, pack, renderer))
    if isinstance(value, tuple):
        return tuple(_dressed(inner, pack, renderer) for inner in value)
    if not isinstance(value, Component):
        return value
    inner = {f.name: getattr(value, f.name) for f in fields(value)}
    return replace(value, **{name: _dressed(v, pack, renderer) for name, v in inner.items()})


def _control(group: FieldGroup, pack: PackConfig, renderer: Renderer) -> SafeString:
    """Return the control of a sample's field, drawn by the pack's form renderer."""
    name = str(group.attrs["data-pc-field"])
    found = re.search(r'id="(pc-\w-)', group.control)
    if name not in WidgetForm.base_fields:
        return _calm(group.control)
    form = WidgetForm(auto_id=f"{found[1] if found else 'pc-f-'}%s")
    form.renderer = pack.form_renderer
    form.fields[name].help_text = group.help_text
    if group.errors:
        form._errors = {name: form.error_class(group.errors)}  # type: ignore[attr-defined]
    return _calm(field_group(form[name], renderer).control)


def _calm(control: SafeString) -> SafeString:
    """Return a control that does not take the focus."""
    return SafeString(control.replace(" autofocus", ""))
