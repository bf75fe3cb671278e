"""What bulk operations ask of a view: the same in a request and in a worker."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Self, cast

from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.urls import ResolverMatch, get_script_prefix
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy

from powercrud_core.bulk import BulkOperation, Plan, PlanError
from powercrud_core.bulk.forms import RowErrors
from powercrud_core.forms import limit_values
from powercrud_core.inline import keep_only
from powercrud_core.selection import Selection
from powercrud_core.views.filtering import FilterHandlers

__all__ = ["BulkHandlers"]


class BulkHandlers(FilterHandlers):
    """The rows, the form and the hooks that a bulk operation works with.

    bulk: the operations on many rows at once, such as BulkUpdate and BulkDelete.
    actions: further operations, such as an Action with each row.
    unselectable_reason: why a row that `get_selectable` leaves out cannot be chosen.
    """

    bulk: ClassVar[Sequence[BulkOperation]] = ()
    actions: ClassVar[Sequence[BulkOperation]] = ()
    unselectable_reason: ClassVar[Any] = gettext_lazy("This row cannot be selected.")

    @classmethod
    def all_operations(cls) -> tuple[BulkOperation, ...]:
        """Return everything that `bulk` and `actions` declare."""
        return (*cls.bulk, *cls.actions)

    def get_selectable(self, rows: "QuerySet[Any]") -> "QuerySet[Any]":
        """Return the rows that can be chosen among others; a queryset, so that SQL sees it."""
        return rows

    @classmethod
    def offline(
        cls, user: Any, match: ResolverMatch, path: str, state: str = "", context: Any = None
    ) -> Self:
        """Return the view as for a request of this user to its list, where there is no request.

        The hooks find `self.request.user`, `.GET`, `.path` and the address's keywords as always;
        what else they need of a request comes from `get_plan_context` and `restore`.
        """
        request = HttpRequest()
        request.method, request.path, request.path_info = "GET", path, path
        request.GET, request.user, request.resolver_match = QueryDict(state), user, match
        view = cls(role=cls.roles[0])
        view.setup(request, *match.args, **match.kwargs)
        view.restore(context or {})
        return view

    def get_plan_context(self) -> Mapping[str, Any]:
        """Return what the view needs of a request beside the user and the address, as JSON."""
        return {}

    def restore(self, context: Mapping[str, Any]) -> None:
        """Put what `get_plan_context` returned back where the view looks for it."""

    @property
    def user(self) -> Any:
        """Return who is asking."""
        return self.request.user

    @property
    def selection_scope(self) -> str:
        """Return what a selection of this view is signed for: the address of its list."""
        return "/" + (self.url_for("list") or self.request.path).removeprefix(get_script_prefix())

    def get_operations(self, place: str = "bulk") -> list[BulkOperation]:
        """Return the operations that the user may begin at a place: see `BulkOperation.places`."""
        return [
            o
            for o in self.all_operations()
            if place in o.places and self.policy.allows(self.user, o.permission)
        ]

    def get_operation(self, name: str) -> BulkOperation | None:
        """Return one of the view's operations by name."""
        return next((o for o in self.all_operations() if o.name == name), None)

    def get_plan(
        self,
        operation: str,
        selection: Selection,
        data: QueryDict | None = None,
        place: str = "bulk",
    ) -> Plan:
        """Return an operation on some rows as a plan."""
        posted = {name: list(values) for name, values in data.lists()} if data else {}
        return Plan(
            view=self.selection_scope,
            operation=operation,
            selection=selection,
            data=posted,
            user_id=str(self.user.pk) if self.user.is_authenticated else None,
            language=translation.get_language(),
            time_zone=timezone.get_current_timezone_name(),
            context=dict(self.get_plan_context()),
            place=place,
        )

    def get_permitted(self, action: str) -> "QuerySet[Any]":
        """Return the rows that the user sees and may do something to."""
        rows = self.get_rows()
        return rows if action == "view" else self.policy.rows(self.user, action, rows)

    def get_matching(self, action: str) -> "QuerySet[Any]":
        """Return the permitted rows that the list's state asks for; raises PlanError.

        A filter that is invalid, or not understood, would select more than was meant.
        """
        view = cast(Any, self)
        rows = self.get_permitted(action)
        filterset = self.get_filterset(rows)
        if self.params.dropped or (filterset is not None and not filterset.is_valid()):
            raise PlanError.unknown_state()
        if filterset is not None:
            rows = filterset.qs
        return view.get_search_results(rows, self.params.search) if self.params.search else rows

    def get_blank_form(self) -> Any:
        """Return the form of the edit page without an object, its fields those of this user."""
        form = cast(Any, self).get_form_class()(**cast(Any, self).get_form_kwargs())
        allowed = self.policy.fields(self.user, "change")
        keys = {field.name for field in cast(Any, self.get_model())._meta.pk_fields}
        cast(Any, self).close_fields(form, None)
        for name, field in list(form.fields.items()):
            if name in keys or field.disabled or (allowed is not None and name not in allowed):
                del form.fields[name]
        limit_values(form)
        self._narrow_relations(form)
        return form

    def get_row_form_class(self, names: Sequence[str]) -> type[Any]:
        """Return the edit form's class, for some fields only where it was made from the model.

        A class of the project keeps all its fields: its methods may look for any of them.
        """
        form_class = cast(Any, self).get_form_class()
        made = form_class.__module__.startswith("django.")
        only = {"fields": list(names), "exclude": None} if made else {}
        meta = type("Meta", (form_class.Meta,), only)
        bases = (RowErrors, form_class)
        return cast(type[Any], type(form_class)(form_class.__name__, bases, {"Meta": meta}))

    def get_row_form(
        self, form_class: type[Any], obj: Any, data: QueryDict, cleaned: Mapping[str, Any]
    ) -> Any:
        """Return the edit form of one row, with nothing but the fields to change.

        cleaned: their values, which the bulk form has cleaned. Fields that a form builds for each
        object clean theirs again: another object may allow other values.
        """
        form = form_class(data=data, instance=obj, **cast(Any, self).get_form_kwargs())
        keep_only(form, cleaned)
        if form_class.__init__.__module__.startswith("django."):
            following = {one.field for one in self.get_dependencies()}
            for name in cleaned.keys() - following:
                form.fields[name].clean = lambda _data, value=cleaned[name]: value
        self.settle(form)  # every row has parents of its own
        return form
