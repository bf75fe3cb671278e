"""find_problems: everything wrong with a view class, at once, for checks and for run time."""

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from django.core.checks import CheckMessage, Error, Warning
from django.core.exceptions import FieldDoesNotExist, FieldError
from django.db.models import Model
from django.db.models.constants import LOOKUP_SEP
from django_filters import FilterSet
from django_filters.exceptions import FieldLookupError
from django_filters.utils import get_model_field

from powercrud_core.bulk_problems import bulk_problems
from powercrud_core.columns import Column, default_columns
from powercrud_core.dialogs import KINDS
from powercrud_core.dialogs import ROLES as OPENING_ROLES
from powercrud_core.exceptions import ConfigError, PackNotFound
from powercrud_core.exports import FORMATS, Export
from powercrud_core.filters import build_filterset, default_filters
from powercrud_core.form_problems import Problem, did_you_mean, form_names, form_problems
from powercrud_core.inline import problems_of
from powercrud_core.packs import get_pack
from powercrud_core.params import PAGE, SEARCH, SIZE, SORT
from powercrud_core.paths import field_names, follow
from powercrud_core.permissions import Policy
from powercrud_core.roles import Role

__all__ = ["find_problems", "known_annotations"]


def find_problems(view_class: Any, annotations: frozenset[str] | None = None) -> list[CheckMessage]:
    """Return every problem of a view class as check messages.

    annotations: names that the view's queryset adds; None when they cannot be known here.
    """
    try:
        model = view_class.get_model()
    except ConfigError as error:
        return [_message(view_class, "E100", str(error), "Set 'model' on the class.")]
    subject = _Subject(view_class, model, annotations)
    found = [
        *subject.attributes(),
        *subject.opening(),
        *subject.lookups(),
        *subject.columns("columns"),
        *subject.columns("detail_fields"),
        *subject.columns("readonly_fields"),
        *subject.ordering(),
        *subject.pages(),
        *subject.pack(),
        *subject.filters(),
        *subject.searches(),
        *subject.forms(),
        *subject.exports(),
        *bulk_problems(view_class, model),
        *subject.inlines(),
        *form_problems(view_class, model, subject.filter_names()),
    ]
    return [_message(view_class, *problem) for problem in found]


def known_annotations(view_class: Any) -> frozenset[str] | None:
    """Return the names a view's queryset adds, or None where it needs a request to tell."""
    try:
        return frozenset(view_class().get_queryset().query.annotations)
    except (AttributeError, ConfigError, TypeError, KeyError):
        return None


class _Subject:
    """One view class under examination; each method yields the problems of one matter."""

    def __init__(
        self, view_class: Any, model: type[Model], annotations: frozenset[str] | None
    ) -> None:
        self.view = view_class
        self.model = model
        self.annotations = annotations

    def attributes(self) -> Iterator[Problem]:
        """Misspelt class attributes, roles and policy of the wrong kind."""
        known = _public(c for c in self.view.__mro__ if _ours(c))
        for name in _public(c for c in self.view.__mro__ if not _ours(c)):
            if name in known or callable(getattr(self.view, name)):
                continue
            for close in get_close_matches(name, known, n=1, cutoff=0.8):
                text = f"The attribute '{name}' means nothing to a CRUDView."
                hint = f"Did you mean '{close}'?"
                yield "W101", text, hint
        for role in self.view.roles:
            if not isinstance(role, Role):
                text = f"'roles' holds {role!r}, which is not a Role."
                hint = "Take roles from powercrud_core.roles.STANDARD_ROLES or make a Role."
                yield "E113", text, hint
        policy = self.view.permission_policy
        if not (isinstance(policy, type) and issubclass(policy, Policy)):
            text = f"'permission_policy' is {policy!r}, which is not a Policy class."
            hint = "Set it to a class such as powercrud_core.permissions.ModelPermissions."
            yield "E114", text, hint
        if not isinstance(self.view.check_versions, bool):
            text = f"'check_versions' is {self.view.check_versions!r}, neither True nor False."
            hint = "Which fields are compared is decided by the form; see get_decisive_fields()."
            yield "E117", text, hint

    def opening(self) -> Iterator[Problem]:
        """Links that should open on top of the page: roles and kinds that do not exist."""
        for role, kind in self.view.open_in.items():
            if role not in OPENING_ROLES:
                text = f"'open_in' names '{role}', which is none of the roles that can open so."
                yield "E116", text, did_you_mean(role, OPENING_ROLES)
            if kind not in KINDS:
                text = f"'open_in['{role}']' is {kind!r}, which is no way to open."
                yield "E116", text, did_you_mean(kind, KINDS)

    def lookups(self) -> Iterator[Problem]:
        """The field that stands in the object's URLs."""
        name = self.view.lookup_field
        if name != "pk" and follow(self.model, name).field is None:
            yield self._missing("E107", "lookup_field", name, "Name a field with unique values.")

    def columns(self, attribute: str, declared: Any = None) -> Iterator[Problem]:
        """Columns that lead nowhere, cannot be sorted as declared, or stand there twice."""
        declared = declared or getattr(self.view, attribute, ())
        seen: set[str] = set()
        for index, item in enumerate(declared or ()):
            place = f"{attribute}[{index}]"
            if not isinstance(item, str | Column):
                text = f"'{place}' is {item!r}; it must be a name or a Column."
                hint = "Write the field's name, or Column(name, …)."
                yield "E106", text, hint
                continue
            column = Column(item) if isinstance(item, str) else item
            if column.name in seen:
                text = f"'{place}' repeats the column '{column.name}'."
                hint = "Give it another name and set its accessor."
                yield "E105", text, hint
            seen.add(column.name)
            yield from self._column(place, column)

    def _column(self, place: str, column: Column) -> Iterator[Problem]:
        accessor = column.name if column.accessor is None else column.accessor
        if isinstance(accessor, str):
            yield from self._accessor(place, accessor)
        terms = column.sort if isinstance(column.sort, list | tuple) else [column.sort]
        for term in terms:
            if isinstance(term, str):
                yield from self._sortable(f"{place}.sort", term, "E103")
        link = column.link.name if isinstance(column.link, Role) else column.link
        roles = [r.name for r in self.view.get_roles() if isinstance(r, Role)]
        if isinstance(link, str) and link not in roles:
            text = f"'{place}.link' names the role '{link}', which this view does not have."
            hint = f"Use one of: {', '.join(roles)}."
            yield "E108", text, hint

    def _accessor(self, place: str, accessor: str) -> Iterator[Problem]:
        path = follow(self.model, accessor)
        if not path.rest:
            return
        name = path.rest[0]
        added = self.annotations if not path.fields else frozenset()
        if added is None or name in added:
            return
        target = getattr(path.model, name, None)
        if target is None and not hasattr(path.model, name):
            yield self._missing(
                "E102",
                place,
                accessor,
                f"Declare Column('{accessor}', accessor=…) for a computed value.",
                path.model,
                name,
            )
        elif getattr(target, "alters_data", False):
            text = f"The value of '{place}' is the method '{name}', which changes data."
            hint = "Name a method that only reads."
            yield "E104", text, hint

    def ordering(self) -> Iterator[Problem]:
        """The view's own ordering."""
        for index, term in enumerate(self.view.ordering):
            if isinstance(term, str):
                yield from self._sortable(f"ordering[{index}]", term, "E109")

    def _sortable(self, place: str, term: str, id: str) -> Iterator[Problem]:
        name = term.removeprefix("-")
        path = follow(self.model, name)
        first = name.split(LOOKUP_SEP)[0]
        if not path.fields and (self.annotations is None or first in self.annotations):
            return
        if not path.fields or (path.rest and path.field is None and not _transforms(path)):
            yield self._missing(
                id, place, term, "The database sorts by fields and annotations only."
            )

    def pages(self) -> Iterator[Problem]:
        """Page sizes."""
        sizes = [*self.view.page_sizes, *filter(None, [self.view.paginate_by])]
        if not all(isinstance(s, int) and s > 0 for s in sizes) or self.view.paginate_by == 0:
            text = "'paginate_by' and 'page_sizes' must be whole numbers above zero."
            hint = "For long pages set a large number; a page without end is not offered."
            yield "E110", text, hint
        prefix = self.view.param_prefix
        if prefix and not str(prefix).isidentifier():
            text = f"'param_prefix' is {prefix!r}; it must be a word of letters, digits and '_'."
            hint = "The list's parameters become '<prefix>-page' and so on."
            yield "E155", text, hint

    def pack(self) -> Iterator[Problem]:
        """The view's own template pack."""
        if self.view.template_pack is not None:
            try:
                get_pack(self.view.template_pack)
            except PackNotFound as error:
                text = str(error)
                text = f"'template_pack': {text}"
                hint = "Change the name."
                yield "E111", text, hint

    def filters(self) -> Iterator[Problem]:
        """Filters on fields that are not there, and names the list itself uses."""
        filterset_class = self.view.filterset_class
        if filterset_class is not None:
            if not (isinstance(filterset_class, type) and issubclass(filterset_class, FilterSet)):
                text = f"'filterset_class' is {filterset_class!r}, not a FilterSet class."
                hint = "Subclass django_filters.FilterSet."
                yield "E153", text, hint
                return
        else:
            problems = list(self._filter_fields())
            yield from problems
            if problems or not self.view.filterset_fields:
                return
            try:
                filterset_class = build_filterset(self.model, self.view.filterset_fields)
            except (FieldLookupError, FieldDoesNotExist, TypeError) as error:
                text = f"'filterset_fields' cannot be used: {error}"
                yield "E154", text, "Correct the lookups."
                return
        for name in filterset_class.base_filters:
            if name in (PAGE, SIZE, SORT, SEARCH):
                text = f"The filter '{name}' has the name of one of the list's own parameters."
                hint = f"Rename it; '{PAGE}', '{SIZE}', '{SORT}' and '{SEARCH}' are taken."
                yield "E152", text, hint

    def filter_names(self) -> list[str]:
        """Return the names of the filters."""
        filterset_class = self.view.filterset_class
        if filterset_class is not None:
            return list(getattr(filterset_class, "base_filters", ()))
        fields = self.view.filterset_fields
        return list(default_filters(self.model) if fields is None else fields)

    def _filter_fields(self) -> Iterator[Problem]:
        fields = self.view.filterset_fields or ()
        for index, name in enumerate(fields):
            place = f"filterset_fields['{name}']" if isinstance(fields, Mapping) else None
            if get_model_field(self.model, name) is None:
                yield self._missing(
                    "E150",
                    place or f"filterset_fields[{index}]",
                    name,
                    "Filters need model fields; for anything else declare a filterset_class.",
                )

    def searches(self) -> Iterator[Problem]:
        """Search over fields that are not there or hold no text."""
        for index, name in enumerate(self.view.search_fields or ()):
            path = follow(self.model, name)
            place = f"search_fields[{index}]"
            if not path.fields or (path.rest and path.field is None and not _transforms(path)):
                yield self._missing("E151", place, name, "Search needs a field's path.")
            elif path.field is not None and path.field.is_relation:
                text = f"'{place}' is the relation '{name}', which holds no text."
                hint = f"Name a field behind it, as in '{name}__name'."
                yield "E156", text, hint

    def forms(self) -> Iterator[Problem]:
        """Form fields that are not there or cannot be edited."""
        form_class = self.view.form_class
        if form_class is not None:
            meta = getattr(form_class, "_meta", None)
            if meta is None or meta.model is None or not issubclass(self.model, meta.model):
                text = f"'form_class' is {form_class!r}, not a ModelForm of {_label(self.model)}."
                hint = "Subclass django.forms.ModelForm with this model in its Meta."
                yield "E201", text, hint
            return
        for index, name in enumerate(self.view.fields or ()):
            place = f"fields[{index}]"
            try:
                field = self.model._meta.get_field(name)
            except FieldDoesNotExist:
                yield self._missing("E200", place, name, "A form has model fields only.")
                continue
            if not getattr(field, "editable", False):
                text = f"'{place}' is the field '{name}', which cannot be edited."
                hint = "Take it out, or drop editable=False from the model."
                yield "E202", text, hint

    def exports(self) -> Iterator[Problem]:
        """An export of the wrong kind, in formats that nobody knows, of columns that are not."""
        export = self.view.export
        if export is None:
            return
        if not isinstance(export, Export):
            text = f"'export' is {export!r}, which is not an Export."
            yield "E270", text, "Write export = Export()."
            return
        for name in export.formats:
            if name not in FORMATS:
                close = get_close_matches(str(name), FORMATS, n=1)
                hint = f"Did you mean '{close[0]}'? " if close else ""
                text = f"'export.formats' names '{name}', which is no format."
                yield "E271", text, f"{hint}There are: {', '.join(FORMATS)}."
            elif not FORMATS[name].installed:
                text = f"'export.formats' names '{name}', which cannot be written here."
                hint = f"Install {FORMATS[name].package}, or take it out; it is not offered."
                yield "W270", text, hint
        yield from self.columns("export.columns", export.columns or ())

    def inlines(self) -> Iterator[Problem]:
        """Fields edited in the list that are not there, not shown or not in the form."""
        declared = self.view.inline
        if declared is None:
            return
        columns = self.view.columns
        yield from problems_of(
            declared,
            self.model,
            default_columns(self.model) if columns is None else columns,
            form_names(self.view, self.model),
        )

    def _missing(
        self,
        id: str,
        place: str,
        name: str,
        otherwise: str,
        model: type[Model] | None = None,
        part: str = "",
    ) -> Problem:
        model = model or follow(self.model, name).model
        part = part or next(iter(follow(self.model, name).rest), name).removeprefix("-")
        names = [*field_names(model), *(self.annotations or ())]
        close = get_close_matches(part, names, n=1)
        what = ", property or method" if id == "E102" else " or annotation"
        text = (
            f"The value of '{place}' refers to '{name}', but '{part}' is not a field{what} of "
            f"'{_label(model)}'."
        )
        hint = f"Did you mean '{close[0]}'? {otherwise}" if close else otherwise
        return id, text, hint


def _transforms(path: Any) -> bool:
    """Say whether what follows the fields are lookups the last field knows (`born__year`)."""
    try:
        field = path.fields[-1]
        return all(field.get_transform(p) or field.get_lookup(p) for p in path.rest)
    except (AttributeError, FieldError):
        return False


def _ours(cls: type) -> bool:
    return cls.__module__.startswith(("powercrud_core.", "django.")) or cls is object


def _public(classes: Iterable[type]) -> list[str]:
    names = {n for c in classes for n in (*vars(c), *vars(c).get("__annotations__", ()))}
    return sorted(n for n in names if not n.startswith("_"))


def _label(model: type[Model]) -> str:
    return str(model._meta.label)


def _message(view_class: Any, id: str, text: str, hint: str) -> CheckMessage:
    kind = Warning if id.startswith("W") else Error
    name = f"{view_class.__module__}.{view_class.__qualname__}"
    return kind(text, hint=hint, obj=name, id=f"powercrud.{id}")
