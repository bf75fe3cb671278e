"""Choices: what a field offers, searched: a page to pick from, or JSON for a searched list."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.forms import ModelMultipleChoiceField
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.urls import Resolver404, ResolverMatch, get_script_prefix, resolve
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from powercrud_core import hooks
from powercrud_core.attrs import Attrs
from powercrud_core.columns import BoundColumn, Column
from powercrud_core.config import bind_columns, joins_for
from powercrud_core.formats import format_for
from powercrud_core.forms import hidden
from powercrud_core.packs.contract import Button, ChoicePage, Search, Status
from powercrud_core.packs.icons import icon
from powercrud_core.params import MAX_LENGTH
from powercrud_core.search import default_search_fields, search
from powercrud_core.views.base import BaseCRUDView, local_url
from powercrud_core.views.dependent import REFILL
from powercrud_core.views.filtering import CHOICE_SEARCH as QUERY
from powercrud_core.views.filtering import HOST, PREFIX
from powercrud_core.widgets import possible_keys

__all__ = ["ChoiceHandlers"]

PAGE, SELECTED, ORIGIN = "_page", "_selected", "_origin"
OWN = {QUERY, PAGE, SELECTED, ORIGIN, REFILL, "csrfmiddlewaretoken"}
BULK_ORIGINS = ("bulk", "action")
FORM_ROLES = ("create", "update", "row-edit", *BULK_ORIGINS)
PER_PAGE = 25
LAST_PAGE = 1_000_000


class ChoiceHandlers(BaseCRUDView):
    """What a relation offers: a page that picks one of many objects, or JSON for a searched list.

    Reached by GET from a filter (the list's state travels along and the pick leads back to the
    list) and by POST from a form (what was typed travels along and is shown again, and the form is
    made with it: what it offers may depend on it).

    choice_details: a second line for the choices of some relations: a path or a Column of the
        related model, by field name.
    """

    choice_details: ClassVar[Mapping[str, str | Column]] = {}

    def choices(self, request: HttpRequest, field: str, **kwargs: Any) -> HttpResponse:
        """Answer with what a filter or a form field offers, as a page or as JSON."""
        posting = request.method == "POST"
        form_field = self.get_choice_field(field, posting)
        if not self.may_choose(form_field.queryset.model):
            raise PermissionDenied(self.policy.reason(request.user, "view"))
        if request.get_preferred_type(["text/html", "application/json"]) == "application/json":
            response: HttpResponse = JsonResponse(self.get_choice_data(field, form_field))
        else:
            response = self.respond(self.get_choice_page(field, form_field, posting))
        patch_vary_headers(response, ["Accept"])
        return response

    def get_choice_field(self, name: str, posting: bool) -> Any:
        """Return the field of the filter or of the form, if the user may use it there."""
        view: Any = self
        if posting:
            self.kwargs.update(self.get_origin().kwargs)
            self.require("add" if view.creating and "operation" not in self.kwargs else "view")
            fields = self.get_choice_form().fields
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

    def get_choice_form(self) -> Any:
        """Return the form that a value is picked for, with what was typed into it."""
        view: Any = self
        if name := self.kwargs.get("operation"):
            operation = view.get_allowed_operation(name, "bulk", "row", "detail", "list")
            return operation.get_form(view, self.request.POST)
        return view.get_form(view.get_edited(), data=self.request.POST)

    def require(self, action: str) -> None:
        """Raise PermissionDenied where the user may not do something at all."""
        if not self.policy.allows(self.request.user, action):
            raise PermissionDenied(self.policy.reason(self.request.user, action))

    def get_origin(self) -> ResolverMatch:
        """Return where the form stands: a page of this very view, or 404."""
        path, _query, state = self.request.POST.get(ORIGIN, "").partition("?")
        try:
            match = resolve(f"/{path.removeprefix(get_script_prefix())}")
        except Resolver404 as error:
            raise Http404 from error
        roles = BULK_ORIGINS if state else FORM_ROLES  # only these know a state of the list
        mine = {f"{self.get_url_base()}-{role}" for role in roles}
        if match.url_name not in mine or match.namespace != self.namespace:
            raise Http404
        return match

    def get_choice_page(self, name: str, field: Any, posting: bool) -> ChoicePage:
        """Return the page with the choices that match what was searched."""
        data = self.request.POST if posting else self.request.GET
        here = self.request.path
        target = data[ORIGIN] if posting else self._place_of_list()
        text = self._text(data)
        page = self.get_choices(name, field, text, data.get(PAGE, "1"))
        plural = str(field.queryset.model._meta.verbose_name_plural)
        multiple = isinstance(field, ModelMultipleChoiceField)
        sent = name if posting else self.params.name(name)  # type: ignore[attr-defined]
        extra = (
            [(ORIGIN, target), (REFILL, name), ("csrfmiddlewaretoken", get_token(self.request))]
            if posting
            else []
        )
        return ChoicePage(
            renderer=self.renderer,
            attrs=hooks.bundle("choice-page"),
            title=_("Choose %(label)s") % {"label": field.label or name},
            form=hooks.bundle(
                "choice-form",
                method="post" if posting else "get",
                action=target,
                **(hooks.send() if posting else {}),
            ),
            hidden=hidden([*extra, *self._carried(data, sent, multiple)]),
            search=self._search(text, here, plural),
            status=Status(
                attrs=hooks.bundle("status", role="status"),
                text=_("%(count)s %(plural)s found")
                % {"count": page.paginator.count, "plural": plural},
            ),
            choices=tuple(self._choices(name, sent, field, page.object_list)),
            previous=self._turn(_("Previous"), page.number - 1, here)
            if page.has_previous()
            else None,
            next=self._turn(_("Next"), page.number + 1, here) if page.has_next() else None,
            cancel=self._cancel(sent, "" if multiple else data.get(sent, "")),
        )

    def _place_of_list(self) -> str:
        """Return the page on which the filter's list stands: its own or one of the project."""
        return local_url(self.request.GET.get(HOST, "")) or self.url_for("list") or "/"

    def get_choices(self, name: str, field: Any, text: str, page: str) -> Page[Any]:
        """Return a page of the objects a field offers, searched."""
        return Paginator(self.get_offered(name, field, text), PER_PAGE).get_page(page)

    def get_offered(self, name: str, field: Any, text: str = "") -> "QuerySet[Any]":
        """Return the objects a field offers, within what the user may see, in a stable order."""
        model = field.queryset.model
        rows = self.policy.related(model).rows(self.request.user, "view", field.queryset)
        fields = self.get_choice_search_fields(name, model)
        if text and fields:
            rows = search(rows, text, fields)
        order = rows.query.order_by or model._meta.ordering or ("pk",)
        if detail := self._detail(name, model):
            rows = joins_for(model, [detail]).whole().apply(rows)
        return rows.order_by(*order, "pk")

    def get_choice_search_fields(self, name: str, model: Any) -> list[str]:
        """Return where choices are searched: the texts of the related model, and the second line.

        A second line that is no text of the database is not searched.
        """
        detail = self._detail(name, model)
        found = detail.field if detail else None
        text = found is not None and found.get_internal_type() in ("CharField", "TextField")
        return [*default_search_fields(model), *([detail.path.lookup] if text else [])]  # type: ignore[union-attr]

    def get_choice_detail(self, name: str, obj: Any) -> str:
        """Return the second line of a choice, or nothing."""
        detail = self._detail(name, type(obj))
        value = detail.get(obj) if detail else None
        if value is None or detail is None:
            return ""
        text = detail.column.format or format_for(detail.field, short=True, several=detail.several)
        return str(text(value))

    def _detail(self, name: str, model: Any) -> BoundColumn | None:
        """Return the column of a relation's second line, if the user may see it."""
        declared = self.choice_details.get(name)
        if declared is None:
            return None
        (column,) = bind_columns([declared], model, frozenset())
        allowed = self.policy.related(model).fields(self.request.user, "view")
        return column if allowed is None or column.source in allowed else None

    def get_choice_data(self, name: str, field: Any) -> dict[str, Any]:
        """Return a page of choices as JSON; `next` is the number of the page that follows.

        With `_selected`, the choices with these values instead, as far as they are offered.
        """
        data = self.request.POST if self.request.method == "POST" else self.request.GET
        if wanted := data.getlist(SELECTED)[:PER_PAGE]:
            key = f"{field.to_field_name or 'pk'}__in"
            keys = list(possible_keys(field, wanted))
            found = self.get_offered(name, field).filter(**{key: keys})
            return {"results": [self._result(name, field, obj) for obj in found], "next": None}
        number = _page_number(data.get(PAGE, ""))
        first = (number - 1) * PER_PAGE
        # One more than fits says whether there is another page: counting would cost a query.
        rows = list(self.get_offered(name, field, self._text(data))[first : first + PER_PAGE + 1])
        return {
            "results": [self._result(name, field, obj) for obj in rows[:PER_PAGE]],
            "next": number + 1 if len(rows) > PER_PAGE else None,
        }

    def _result(self, name: str, field: Any, obj: Any) -> dict[str, str]:
        found = {"value": str(field.prepare_value(obj)), "label": field.label_from_instance(obj)}
        detail = self.get_choice_detail(name, obj)
        return {**found, "detail": detail} if detail else found

    def _text(self, data: Any) -> str:
        """Return what is searched for."""
        return str(data.get(QUERY, "").replace("\x00", "").strip()[:MAX_LENGTH])

    def _carried(self, data: Any, name: str, multiple: bool) -> Iterator[tuple[str, str]]:
        """Yield what was in the form or the list's state, without the value to be replaced."""
        page = "" if self.request.method == "POST" else self.params.name("page")  # type: ignore[attr-defined]
        for key in data:
            if key in OWN or key == page or (key == name and not multiple):
                continue
            for value in data.getlist(key):
                yield key, value

    def _choices(self, name: str, sent: str, field: Any, objects: Any) -> Iterator[Button]:
        for obj in objects:
            attrs = {"type": "submit", "name": sent, "value": field.prepare_value(obj)}
            label, detail = field.label_from_instance(obj), self.get_choice_detail(name, obj)
            label = f"{label} · {detail}" if detail else label
            yield Button(attrs=hooks.bundle("choice", **attrs), label=label)

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


def _page_number(text: str) -> int:
    """Return the number of a page; anything else is the first."""
    return min(int(text), LAST_PAGE) or 1 if text.isdecimal() and len(text) < 10 else 1
