"""Selecting: the boxes of a list's rows, and the bar with what can be done with the chosen ones."""

from dataclasses import replace
from typing import Any, cast

from django import forms
from django.core.paginator import Page
from django.middleware.csrf import get_token
from django.utils.formats import localize
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from powercrud_core import hooks
from powercrud_core.attrs import Attrs
from powercrud_core.bulk import BulkOperation
from powercrud_core.forms import hidden
from powercrud_core.lists import ListFrame
from powercrud_core.packs.contract import Button, Link, SelectionBar, Status, Tick
from powercrud_core.packs.icons import icon
from powercrud_core.selection import ALL, EXCEPT, KEYS
from powercrud_core.views.base import NEXT
from powercrud_core.views.bulking import BulkHandlers

__all__ = ["SelectingView"]

SELECTION_MEDIA = forms.Media(
    js=[cast(Any, forms.Script("powercrud_core/powercrud-selection.js", defer=True))]
)


class SelectingView(BulkHandlers):
    """What a list shows of the operations on several rows."""

    @cached_property
    def selection_form(self) -> str:
        """Return the id of the form that the boxes of the rows belong to."""
        return f"{self.list_id}-selection"

    @property
    def selection_state(self) -> str:
        """Return the part of the list's state that says which rows match, without its prefix."""
        spec = replace(self.params.spec, prefix="")
        return replace(self.params, spec=spec).predicate()

    def get_page_tick(self) -> Tick:
        """Return the box that chooses the rows of the page: nothing without a script."""
        label = _("Select all rows of this page")
        return Tick(
            attrs=hooks.bundle(
                "page-select", type="checkbox", hidden=True, aria_label=label, autocomplete="off"
            ),
            label=_("Selection"),
        )

    def get_selection_bar(self, frame: ListFrame, page: Page[Any]) -> SelectionBar | None:
        """Return what can be done with chosen rows, where there is anything."""
        buttons = self.get_selection_buttons()
        if not buttons:
            return None
        self.renderer.need(SELECTION_MEDIA)
        rows = cast(Any, page.paginator.object_list)
        some = self.get_selectable(rows)
        total = page.paginator.count if some is rows else some.count()
        inputs = [
            ("csrfmiddlewaretoken", get_token(self.request)),
            (KEYS, ""),
            (EXCEPT, ""),
            (NEXT, self.params.url()),
        ]
        return SelectionBar(
            renderer=self.renderer,
            attrs=hooks.bundle(
                "selection-bar",
                role="group",
                aria_label=_("Selected %(plural)s") % {"plural": frame.plural},
                **hooks.selection(
                    self.selection_state,
                    total,
                    {
                        "none": _("Nothing selected"),
                        "some": _("Selected: {count}"),
                        "all": _("Selected: {count}, all that match"),
                        "dropped": _("Nothing selected: other rows match now."),
                    },
                ),
            ),
            form=hooks.bundle("selection-form", id=self.selection_form, method="post"),
            hidden=hidden(inputs, autocomplete="off"),
            status=Status(
                attrs=Attrs({"role": "status", **hooks.part("selection-status")}), text=""
            ),
            matching=self._matching_tick(total),
            clear=Button(
                attrs=hooks.bundle("selection-clear", type="reset"),
                label=_("Select none"),
                icon=icon(self.renderer, "remove"),
            ),
            buttons=tuple(buttons),
        )

    def can_select(self) -> bool:
        """Say whether there is anything that this user may do with chosen rows."""
        return bool(self.get_operations("bulk")) or cast(Any, self).may_export()

    def get_selection_buttons(self) -> list[Button]:
        """Return what can be done with chosen rows: the operations, and the export."""
        buttons = [
            self._selection_button(
                f"bulk-{operation.name}",
                self.get_operation_url(operation),
                operation.label,
                operation.icon,
                tone=operation.tone,
                **self.opens("bulk"),
            )
            for operation in self.get_operations("bulk")
        ]
        if cast(Any, self).may_export():
            url = self._with_state(self.url_for("export"))
            buttons.append(self._selection_button("bulk-export", url, _("Export"), "export"))
        return buttons

    def _matching_tick(self, total: int) -> Tick | None:
        """Return the box for all that match; on another page fewer may be shown than match."""
        if self.params.path != self.url_for("list"):
            return None
        label = _("All %(count)s that match") % {"count": localize(total)}
        attrs = {"type": "checkbox", "name": ALL, "value": "1", "autocomplete": "off"}
        return Tick(attrs=Attrs({**attrs, **hooks.part("select-matching")}), label=label)

    def _selection_button(
        self, part: str, url: str, label: Any, key: str, tone: Any = "neutral", **opens: Any
    ) -> Button:
        attrs = hooks.bundle(part, type="submit", formaction=url, **opens)
        return Button(attrs=attrs, label=str(label), icon=icon(self.renderer, key), tone=tone)

    def get_operation_url(self, operation: BulkOperation) -> str:
        """Return the address of an operation, with the state that says which rows match."""
        return self._with_state(self.url_for("bulk", operation=operation.name))

    def _with_state(self, url: str | None) -> str:
        state = self.selection_state
        return f"{url}?{state}" if state else str(url)

    def get_operation_list_links(self) -> list[Link]:
        """Return the links to what can be done with the list as a whole."""
        return [
            self.link(
                self.get_operation_url(operation),
                str(operation.label),
                operation.icon,
                part=f"action-{operation.name}",
                tone=operation.tone,
                **self.opens("action"),
            )
            for operation in self.get_operations("list")
        ]
