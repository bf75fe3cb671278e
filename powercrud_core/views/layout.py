"""How a view arranges its form: sections and tabs, values that are only shown, crispy layouts."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from django.utils.safestring import SafeString

from powercrud_core import hooks
from powercrud_core.attrs import Attrs
from powercrud_core.columns import BoundColumn, Column
from powercrud_core.crispy import Place, draw_crispy
from powercrud_core.forms import form_field
from powercrud_core.layouts import Item
from powercrud_core.packs.contract import Button, Link, ReadonlyField
from powercrud_core.views.conflicts import ConflictView

__all__ = ["LayoutView"]


class LayoutView(ConflictView):
    """Gives a form its arrangement.

    layout: names of fields, tuples of names for fields side by side, Sections and Tabs; default is
        one field after the other. What it leaves out comes last.
    readonly_fields: names and Columns whose values an existing object's form shows, formatted as
        on the detail page, and does not send; a form field of the name is left out.
    disabled_fields: names of form fields that are shown and cannot be changed: what is sent for
        them is ignored.
    """

    layout: ClassVar[Sequence[Item]] = ()
    readonly_fields: ClassVar[Sequence[str | Column]] = ()
    disabled_fields: ClassVar[Sequence[str]] = ()

    def get_layout(self, form: Any) -> Sequence[Item]:
        """Return the arrangement of a form."""
        return self.layout

    def get_readonly_fields(self, obj: Any) -> Iterable[str | Column]:
        """Return what the form of an object shows and does not send; nothing for a new one."""
        return () if obj is None else self.readonly_fields

    def get_disabled_fields(self, obj: Any) -> Iterable[str]:
        """Return the fields that cannot be changed in this request."""
        return self.disabled_fields

    def close_fields(self, form: Any, obj: Any) -> None:
        """Take out what is only shown, and disable what cannot be changed."""
        for item in (*self.readonly_fields, *self.get_readonly_fields(obj)):
            form.fields.pop(item if isinstance(item, str) else item.name, None)
        for name in self.get_disabled_fields(obj):
            if name in form.fields:
                form.fields[name].disabled = True

    def get_form_parts(self, form: Any) -> dict[str, Any]:
        """Return what a form body has beside its fields."""
        return {
            "layout": self.get_layout(form),
            "readonly": self.get_readonly(form),
            "settled": form.settled,
            "status": self.get_form_status(form),
            "refresh": self.get_refresh_button(form),
        }

    def get_readonly(self, form: Any) -> Mapping[str, ReadonlyField]:
        """Return the values that stand among the fields of a form, by name."""
        obj = None if self.creating else form.instance
        columns = [c for c in self.bind(self.get_readonly_fields(obj)) if self.may_see(c.source)]
        base = str(form.auto_id) % ""
        return {
            c.name: self.get_readonly_field(obj, c, f"{base}{i}") for i, c in enumerate(columns)
        }

    def get_readonly_field(self, obj: Any, column: BoundColumn, id: str) -> ReadonlyField:
        """Return one value that is only shown, as the detail page formats it."""
        view: Any = self
        value = view.get_detail_field(obj, column)
        described = f"{id}_help" if value.help_text else None
        group = {"role": "group", "aria-labelledby": f"{id}_label", "aria-describedby": described}
        return ReadonlyField(
            renderer=self.renderer,
            attrs=Attrs({**group, "data-pc-field": column.name, **hooks.part("readonly")}),
            label=value.label,
            label_attrs=hooks.bundle("readonly-label", id=f"{id}_label"),
            value=value.value,
            link=value.link,
            mark=value.mark,
            help_text=value.help_text,
            help_attrs=hooks.bundle("help", id=f"{id}_help"),
        )

    def get_crispy_fields(
        self,
        form: Any,
        choose: Mapping[str, Button],
        related: Mapping[str, tuple[Link, ...]],
    ) -> SafeString | None:
        """Return the fields drawn by the layout of the form's crispy helper; None without one."""

        def draw(name: str, place: Place) -> Any:
            return form_field(
                form[name],
                self.renderer,
                form.settled,
                choose.get(name),
                related=related.get(name, ()),
                before=place.before,
                after=place.after,
                marks=place.marks,
            )

        return draw_crispy(form, self.pack, self.request, draw)
