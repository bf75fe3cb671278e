"""Layouts: the fields of a form in sections, tabs and columns."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from itertools import groupby
from typing import Any

from django.utils.translation import ngettext

from powercrud_core import hooks
from powercrud_core.components import Renderer
from powercrud_core.packs.contract import (
    FieldGroup,
    FieldRow,
    FormSection,
    FormTab,
    FormTabs,
    HiddenField,
)

__all__ = ["Item", "Section", "Tab", "laid_out", "mentioned"]


@dataclass(frozen=True, slots=True)
class Section:
    """Fields of a form under a heading.

    title: the heading.
    fields: names, and tuples of names for fields that stand side by side.
    help_text: explains the section.
    """

    title: Any
    fields: Sequence[str | tuple[str, ...]]
    _: KW_ONLY
    help_text: Any = ""


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab of a form; neighbours in a layout stand beside each other, and one of them is open.

    title: its label.
    fields: names, tuples of names for fields that stand side by side, and Sections.
    """

    title: Any
    fields: Sequence[str | tuple[str, ...] | Section]


Item = str | tuple[str, ...] | Section | Tab


def mentioned(item: Any) -> Iterator[str]:
    """Yield the names of the fields in an item of a layout."""
    if isinstance(item, str):
        yield item
    else:
        for inner in item.fields if isinstance(item, Section | Tab) else item:
            yield from mentioned(inner)


def laid_out(
    layout: Sequence[Item], fields: Mapping[str, Any], renderer: Renderer, id: str
) -> tuple[Any, ...]:
    """Return the fields of a form as a layout arranges them; those it leaves out come last.

    fields: the components of the fields by name; a name that is not there is left out.
    id: beginning of the ids of sections and tabs.
    """
    arranged = Arrangement(fields, renderer, id)
    named = {name for item in layout for name in mentioned(item)}
    rest = [field for name, field in fields.items() if name not in named]
    return (*arranged.top(layout), *rest)


@dataclass
class Arrangement:
    """Turns the items of a layout into components."""

    fields: Mapping[str, Any]
    renderer: Renderer
    id: str
    count: int = 0

    def top(self, layout: Sequence[Item]) -> Iterator[Any]:
        """Yield the components of a whole layout."""
        for are_tabs, items in groupby(layout, key=lambda item: isinstance(item, Tab)):
            if are_tabs:
                yield from self.tabs([item for item in items if isinstance(item, Tab)])
            else:
                yield from self.inside(list(items))

    def inside(self, items: Sequence[Any]) -> Iterator[Any]:
        """Yield the components of what is not a tab."""
        for item in items:
            if isinstance(item, str):
                yield from self.named([item])
            elif isinstance(item, Section):
                yield from self.section(item)
            elif found := tuple(self.named(item)):
                yield FieldRow(
                    renderer=self.renderer, attrs=hooks.bundle("field-row"), fields=found
                )

    def named(self, names: Sequence[str]) -> Iterator[Any]:
        """Yield the fields of these names that the form has."""
        return (self.fields[name] for name in names if name in self.fields)

    def section(self, item: Section) -> Iterator[FormSection]:
        """Yield a section, unless none of its fields is in the form."""
        inner = tuple(self.inside(item.fields))
        if not inner:
            return
        base, help_text = self.next_id("section"), str(item.help_text)
        yield FormSection(
            renderer=self.renderer,
            attrs=hooks.bundle(
                "section",
                id=base,
                role="group",
                aria_labelledby=f"{base}-title",
                aria_describedby=f"{base}-help" if help_text else None,
                hidden=self.absent(item),
            ),
            title=str(item.title),
            title_attrs=hooks.bundle("section-title", id=f"{base}-title"),
            help_text=help_text,
            help_attrs=hooks.bundle("section-help", id=f"{base}-help"),
            fields=inner,
        )

    def tabs(self, items: Sequence[Tab]) -> Iterator[FormTabs]:
        """Yield the tabs that have fields; the first one with an error is open, else the first."""
        base = self.next_id("tabs")
        shown = [item for item in items if any(name in self.fields for name in mentioned(item))]
        errors = [sum(self.errors(name) for name in mentioned(item)) for item in shown]
        first = next((i for i, number in enumerate(errors) if number), 0)
        made = tuple(
            self.tab(item, base, errors[i], opened=i == first) for i, item in enumerate(shown)
        )
        if made:
            yield FormTabs(renderer=self.renderer, attrs=hooks.bundle("tabs", id=base), tabs=made)

    def tab(self, item: Tab, group: str, errors: int, *, opened: bool) -> FormTab:
        """Return one tab."""
        text = ngettext("%(count)s error", "%(count)s errors", errors) % {"count": errors}
        return FormTab(
            renderer=self.renderer,
            attrs=hooks.bundle(
                "tab", id=self.next_id("tab"), name=group, open=opened, hidden=self.absent(item)
            ),
            label=str(item.title),
            errors=text if errors else "",
            fields=tuple(self.inside(item.fields)),
        )

    def errors(self, name: str) -> int:
        """Return how many errors a field shows."""
        field = self.fields.get(name)
        return len(field.errors) if isinstance(field, FieldGroup) else 0

    def absent(self, item: Section | Tab) -> bool:
        """Say whether no field of an item is to be seen now."""
        found = [self.fields[name] for name in mentioned(item) if name in self.fields]
        return all(isinstance(field, HiddenField) for field in found)

    def next_id(self, kind: str) -> str:
        """Return an id of its own for a section or a tab."""
        self.count += 1
        return f"{self.id}-{kind}-{self.count}"
