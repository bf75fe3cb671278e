"""Related links: create, edit and view what a form's relation points to, without leaving it."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, ClassVar
from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext as _

from powercrud_core import hooks
from powercrud_core.attrs import Attrs
from powercrud_core.packs.contract import Link
from powercrud_core.packs.icons import icon
from powercrud_core.routes import RelatedViews, namespaces_of, related_view
from powercrud_core.selects import is_relation
from powercrud_core.views.base import NEXT
from powercrud_core.views.layout import LayoutView
from powercrud_core.widgets import PickedSingle, possible_keys

__all__ = ["RelatedView"]

# A key of each kind that no object has: where it stands in an address, any key can stand.
SPECIMENS = {
    "int": "8172635445362718",
    "uuid": "5bca9f1e-0d6c-4c3b-9d5e-6f2c1b7a8e40",
    "powercrud_key": "a-key-that-nothing-has",
}


class RelatedView(LayoutView):
    """Gives the relations of a form links to the screens of what they point to.

    related_views: names of relations, each with the one view that is routed for its model; or a
        mapping of names to view classes, to dotted paths, or to names in the view's own module.
    """

    related_views: ClassVar[RelatedViews] = ()

    def get_related_views(self) -> RelatedViews:
        """Return the relations that have links in this request, with their views."""
        return self.related_views

    def get_related_links(self, form: Any) -> dict[str, tuple[Link, ...]]:
        """Return the links beside the relations of a form, by field."""
        declared, found = self.get_related_views(), {}
        for name in declared:
            if takes_links(form, name):
                model = form.fields[name].queryset.model
                view = self.get_related_view(related_view(declared, name, model, type(self)))
                found[name] = tuple(self._related_links(form, form[name], view)) if view else ()
        return found

    def get_related_view(self, view_class: Any) -> Any:
        """Return another view with this request; None where it is not routed."""
        namespaces = namespaces_of(view_class)
        if not namespaces:
            return None
        view = view_class()
        view.setup(self.request)
        view.namespace = self.namespace if self.namespace in namespaces else namespaces[0]
        return view

    def _related_links(self, form: Any, bound: Any, view: Any) -> Iterator[Link]:
        back = self.get_return_url()
        here = with_next(form.action, back) if back else form.action
        opens = hooks.opens("dialog", accept=f"#{bound.auto_id}")
        if url := view.url_for("create") if may(view, "add") else None:
            label = _("New %(name)s") % {"name": name_of(view)}
            yield self.link(with_next(url, here), label, "add", part="related-create", **opens)
        if not isinstance(bound.field, forms.ModelMultipleChoiceField):
            obj = chosen(bound, view)
            links = (self._link_to_chosen(way, bound, view, obj, here, opens) for way in ways())
            yield from islice(filter(None, links), 1)

    def _link_to_chosen(
        self, way: "Way", bound: Any, view: Any, obj: Any, here: str, opens: hooks.Hook
    ) -> Link | None:
        """Return the link to the selected object, where this user may go there.

        The script lets it follow the selection where no object is refused to this user, and
        elsewhere hides it while another object is selected.
        """
        url = view.url_for(way.role, obj) if obj is not None and view.may(way.action, obj) else None
        pattern = address_of_any(view, way)
        address = pattern or url
        if not address:
            return None
        spoken = way.spoken % {"name": name_of(view), "object": "{}"}
        name = spoken.replace("{}", bound.field.label_from_instance(obj)) if url else None
        only = "" if pattern else str(bound.value())
        attrs = {
            "href": url and with_next(url, here),
            "hidden": not url,
            "aria-label": name,
            **opens,
            **hooks.follow(with_next(address, here), spoken, only=only),
            **hooks.part(f"related-{way.role}"),
        }
        return Link(attrs=Attrs(attrs), label=way.label, icon=icon(self.renderer, way.icon))


@dataclass(frozen=True, slots=True)
class Way:
    """One way to what is selected.

    role, action: where it leads, and what the user must be allowed to do there.
    label, spoken: its text, and its name with the name of the model and of the object.
    icon: the key of its icon.
    """

    role: str
    action: str
    label: str
    spoken: str
    icon: str = ""


def ways() -> tuple[Way, ...]:
    """Return the ways to what is selected, the best first."""
    return (
        Way("update", "change", _("Edit"), _("Edit %(name)s %(object)s"), "edit"),
        Way("detail", "view", _("View"), _("View %(name)s %(object)s")),
    )


def takes_links(form: Any, name: str) -> bool:
    """Say whether a field is a relation that can take what is created, as its key."""
    field: Any = form.fields.get(name)
    if not is_relation(field) or field.disabled or name in form.settled.inactive:
        return False
    key = field.queryset.model._meta.pk.name
    fits = isinstance(field.widget, forms.Select | PickedSingle) and not form[name].is_hidden
    return fits and field.to_field_name in (None, "pk", key)


def may(view: Any, action: str) -> bool:
    """Say whether a view lets its user do something at all."""
    return bool(view.policy.allows(view.request.user, action))


def name_of(view: Any) -> str:
    """Return what a view calls one of its objects."""
    return str(view.get_model()._meta.verbose_name)


def with_next(url: str, back: str) -> str:
    """Return an address with the one to return to."""
    return f"{url}?{urlencode({NEXT: back}, safe='/')}"


def chosen(bound: Any, view: Any) -> Any:
    """Return what a relation holds, where the view shows it to its user; else None."""
    keys = list(possible_keys(bound.field, [bound.value()])) if bound.value() else []
    return view.get_rows().filter(pk=keys[0]).first() if keys and may(view, "view") else None


def address_of_any(view: Any, way: Way) -> str | None:
    """Return the address for any object, `{}` for its key; None where it depends on the object."""
    specimen = SPECIMENS.get(view.get_path_converter(), "")
    if view.policy.object_level or view.lookup_field != "pk" or not specimen:
        return None
    everything = all(may(view, a) and is_whole(view.get_rows(a)) for a in {"view", way.action})
    url = view.url_for(way.role, **{view.lookup_url_kwarg: specimen}) if everything else None
    return url.replace(specimen, "{}") if url else None


def is_whole(queryset: Any) -> bool:
    """Say whether a queryset has all rows of its table."""
    query = queryset.query
    return not (query.where or query.is_sliced or query.combinator)
