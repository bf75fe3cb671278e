"""Choices: a page that searches a large relation and picks a value, without any script."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.forms import ModelMultipleChoiceField
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.urls import Resolver404, ResolverMatch, get_script_prefix, resolve
from django.utils.translation import gettext as _

from powercrud_core import hooks
from powercrud_core.attrs import Attrs
from powercrud_core.forms import hidden
from powercrud_core.packs.contract import Button, ChoicePage, Search, Status
from powercrud_core.packs.icons import icon
from powercrud_core.params import MAX_LENGTH
from powercrud_core.search import default_search_fields, search
from powercrud_core.views.base import BaseCRUDView, local_url
from powercrud_core.views.filtering import CHOICE_SEARCH as QUERY
from powercrud_core.views.filtering import HOST, PREFIX

__all__ = ["ChoiceHandlers"]

PAGE, ORIGIN, REFILL = "_page", "_origin", "_refill"
OWN = {QUERY, PAGE, ORIGIN, REFILL, "csrfmiddlewaretoken"}
PER_PAGE = 25


class ChoiceHandlers(BaseCRUDView):
    """The page that picks one of many related objects.

    Reached by GET from a filter (the list's state travels along and the pick leads back to the
    list) and by POST from a form (what was typed travels along and is shown again).
    """

    def choices(self, request: HttpRequest, field: str, **kwargs: Any) -> HttpResponse:
        """Show the page of a filter or a form field."""
        posting = request.method == "POST"
        form_field = self.get_choice_field(field, posting)
        if not self.may_choose(form_field.queryset.model):
            raise PermissionDenied(self.policy.reason(request.user, "view"))
        return self.respond(self.get_choice_page(field, form_field, posting))

    def get_choice_field(self, name: str, posting: bool) -> Any:
        """Return the field of the filter or of the form, if the user may use it there."""
        view: Any = self
        if posting:
            self.kwargs.update(self.get_origin().kwargs)
            self.require("add" if view.creating else "view")
            fields = view.get_form(view.get_edited()).fields
        else:
            self.require("view")
            prefix = self.request.GET.get(PREFIX, "")
            view.param_prefix = prefix if prefix.isidentifier() else ""
            filterset = view.get_filterset(self.get_rows())
            fields = filterset.form.fields if filterset else {}
        found = fields.get(name)
        if found is None or not hasattr(found, "queryset"):
            raise Http404
        return found

    def require(self, action: str) -> None:
        """Raise PermissionDenied where the user may not do something at all."""
        if not self.policy.allows(self.request.user, action):
            raise PermissionDenied(self.policy.reason(self.request.user, action))

    def get_origin(self) -> ResolverMatch:
        """Return where the form stands: a page of this very view, or 404."""
        try:
            path = self.request.POST.get(ORIGIN, "")
            match = resolve(f"/{path.removeprefix(get_script_prefix())}")
        except Resolver404 as error:
            raise Http404 from error
        mine = {f"{self.get_url_base()}-create", f"{self.get_url_base()}-update"}
        if match.url_name not in mine or match.namespace != self.namespace:
            raise Http404
        return match

    def get_choice_page(self, name: str, field: Any, posting: bool) -> ChoicePage:
        """Return the page with the choices that match what was searched."""
        data = self.request.POST if posting else self.request.GET
        here = self.request.path
        target = data[ORIGIN] if posting else self._place_of_list()
        text = data.get(QUERY, "").replace("\x00", "").strip()[:MAX_LENGTH]
        page = self.get_choices(field, text, data.get(PAGE, "1"))
        plural = str(field.queryset.model._meta.verbose_name_plural)
        multiple = isinstance(field, ModelMultipleChoiceField)
        sent = name if posting else self.params.name(name)  # type: ignore[attr-defined]
        extra = (
            [(ORIGIN, target), (REFILL, "1"), ("csrfmiddlewaretoken", get_token(self.request))]
            if posting
            else []
        )
        return ChoicePage(
            renderer=self.renderer,
            attrs=hooks.bundle("choice-page"),
            title=_("Choose %(label)s") % {"label": field.label or name},
            form=hooks.bundle("choice-form", method="post" if posting else "get", action=target),
            hidden=hidden([*extra, *self._carried(data, sent, multiple)]),
            search=self._search(text, here, plural),
            status=Status(
                attrs=hooks.bundle("status", role="status"),
                text=_("%(count)s %(plural)s found")
                % {"count": page.paginator.count, "plural": plural},
            ),
            choices=tuple(self._choice(sent, field, obj) for obj in page.object_list),
            previous=self._turn(_("Previous"), page.number - 1, here)
            if page.has_previous()
            else None,
            next=self._turn(_("Next"), page.number + 1, here) if page.has_next() else None,
            cancel=self._cancel(sent, "" if multiple else data.get(sent, "")),
        )

    def _place_of_list(self) -> str:
        """Return the page on which the filter's list stands: its own or one of the project."""
        return local_url(self.request.GET.get(HOST, "")) or self.url_for("list") or "/"

    def get_choices(self, field: Any, text: str, page: str) -> Page[Any]:
        """Return a page of the objects a field offers, within what the user may see."""
        model = field.queryset.model
        policy = self.policy.related(model)
        rows = policy.rows(self.request.user, "view", field.queryset)
        fields = default_search_fields(model)
        if text and fields:
            rows = search(rows, text, fields)
        order = rows.query.order_by or model._meta.ordering or ("pk",)
        return Paginator(rows.order_by(*order, "pk"), PER_PAGE).get_page(page)

    def _carried(self, data: Any, name: str, multiple: bool) -> Iterator[tuple[str, str]]:
        """Yield what was in the form or the list's state, without the value to be replaced."""
        page = "" if self.request.method == "POST" else self.params.name("page")  # type: ignore[attr-defined]
        for key in data:
            if key in OWN or key == page or (key == name and not multiple):
                continue
            for value in data.getlist(key):
                yield key, value

    def _choice(self, name: str, field: Any, obj: Any) -> Button:
        attrs = {"type": "submit", "name": name, "value": field.prepare_value(obj)}
        return Button(attrs=hooks.bundle("choice", **attrs), label=field.label_from_instance(obj))

    def _cancel(self, name: str, value: str) -> Button:
        """Return the button that goes back with the value there was."""
        kept = {"name": name, "value": value} if value else {}
        attrs = {"type": "submit", **kept, **hooks.part("cancel")}
        return Button(attrs=Attrs(attrs), label=_("Cancel"))

    def _turn(self, label: str, number: int, here: str) -> Button:
        attrs = {"type": "submit", "name": PAGE, "value": number, "formaction": here}
        return Button(attrs=hooks.bundle("choice-page-link", **attrs), label=label)

    def _search(self, text: str, here: str, plural: str) -> Search:
        return Search(
            label=_("Search %(plural)s") % {"plural": plural},
            label_attrs=Attrs({"for": "pc-choice-q"}),
            attrs=hooks.bundle(
                "search-input",
                id="pc-choice-q",
                type="search",
                name=QUERY,
                value=text,
                autocomplete="off",
                autofocus=True,
            ),
            submit=Button(
                attrs=hooks.bundle("search-submit", type="submit", formaction=here),
                label=_("Search"),
                icon=icon(self.renderer, "search"),
            ),
        )
