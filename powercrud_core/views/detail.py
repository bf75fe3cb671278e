"""Detail: one object, field by field."""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from powercrud_core import hooks
from powercrud_core.attrs import Attrs
from powercrud_core.columns import BoundColumn, Column
from powercrud_core.packs.contract import ActionMenu, DetailField, DetailPage, Link
from powercrud_core.tables import action_menu, mark_of
from powercrud_core.views.base import NEXT
from powercrud_core.views.rows import cell_link
from powercrud_core.views.seeing import SeeingView, blank_of, text_of

__all__ = ["DetailHandlers"]


class DetailHandlers(SeeingView):
    """The detail page.

    detail_fields: names and Columns; default is every field.
    """

    detail_fields: ClassVar[Sequence[str | Column] | None] = None

    def show_detail(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show one object."""
        return self.respond(self.get_detail_page(self.get_object()))

    def get_detail_fields(self) -> Iterable[str | Column]:
        """Return the fields of the detail page for this request."""
        if self.detail_fields is not None:
            return self.detail_fields
        options = self.get_model()._meta
        return [f.name for f in [*options.fields, *options.many_to_many]]

    def get_detail_page(self, obj: Any) -> DetailPage:
        """Return one object field by field."""
        columns = [c for c in self.bind(self.get_detail_fields()) if self.may_see(c.source)]
        back = self.get_list_url()
        return DetailPage(
            renderer=self.renderer,
            attrs=hooks.bundle("detail-page"),
            title=str(obj),
            back=self.link(back, self.get_page_title(), "back", **hooks.dismiss()),
            actions=self.get_detail_actions(obj),
            fields=tuple(self.get_detail_field(obj, column) for column in columns),
        )

    def get_detail_field(self, obj: Any, column: BoundColumn) -> DetailField:
        """Return one labelled value."""
        raw = column.get(obj)
        text = text_of(column, raw)
        link = cell_link(self, column)
        url = link(obj, raw) if link else None
        marked = column.kind == "boolean"
        return DetailField(
            attrs=hooks.bundle(
                "detail-field", data_kind=column.kind or None, data_empty=text == ""
            ),
            label=str(column.label),
            value=text if text != "" else blank_of(column),
            link=Attrs({"href": url}) if url else None,
            mark=Attrs({"data-pc-mark": mark_of(raw), "aria-hidden": "true"}) if marked else None,
            help_text=str(column.column.help_text),
        )

    def get_detail_actions(self, obj: Any) -> ActionMenu | None:
        """Return what the user may do with one object."""
        words = (
            ("update", "change", _("Edit"), "edit", "primary"),
            ("delete", "delete", _("Delete"), "delete", "danger"),
        )
        back = self.get_return_url()
        query = f"?{urlencode({NEXT: back}, safe='/,')}" if back else ""
        links = [
            self.link(
                f"{url}{query}",
                label,
                key,
                part=f"action-{name}",
                tone=tone,
                **self.opens(name, leave=name == "delete"),
            )
            for name, action, label, key, tone in words
            if (url := self.url_for(name, obj)) and self.may(action, obj)
        ]
        links += self.get_operation_links(obj, query)
        if not links:
            return None
        more, id = _("More actions"), f"pc-{self.get_url_base()}-more"
        part, beside = "detail-actions", self.visible_actions
        return action_menu(self.renderer, part, links, id, more, beside)

    def get_operation_links(self, obj: Any, query: str) -> Iterable[Link]:
        """Yield the links to what else can be done with one object now."""
        view: Any = self
        for operation in view.get_operations("detail"):
            url = self.url_for("action", obj, operation=operation.name)
            rows = self.get_queryset()
            able = operation.enabled(rows)
            if url is None or not self.may(operation.permission, obj):
                continue
            if able is rows or able.filter(pk=obj.pk).exists():
                yield self.link(
                    f"{url}{query}",
                    str(operation.label),
                    operation.icon,
                    part=f"action-{operation.name}",
                    tone=operation.tone,
                    **self.opens("action"),
                )
