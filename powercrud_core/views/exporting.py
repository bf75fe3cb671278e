"""Export: the rows of a list as a file, in the list's own state, order and columns."""

from collections.abc import Sequence
from typing import Any, ClassVar, cast

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.middleware.csrf import get_token
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.utils.translation import gettext as _

from powercrud_core import hooks
from powercrud_core.attrs import Attrs
from powercrud_core.bulk import PlanError
from powercrud_core.columns import BoundColumn
from powercrud_core.config import joins_for
from powercrud_core.exports import FORMATS, Export, ExportFormat, Reader
from powercrud_core.forms import form_body
from powercrud_core.packs.contract import Button, FormPage, Link
from powercrud_core.packs.icons import icon
from powercrud_core.selection import Selection, SelectionError
from powercrud_core.views.bulking import BulkHandlers

__all__ = ["ExportHandlers"]

# The form's fields; names that begin with `_` are no state of the list.
FORMAT, SCOPE, VALUES, COLUMN = "_format", "_scope", "_values", "_column_"
SELECTION = "_selection"
MATCHING, PAGE, CHOSEN = "matching", "page", "chosen"


class ExportHandlers(BulkHandlers):
    """The page that asks for a file, and the file.

    export: an Export; None for no export. Who may do it: whoever may see the list.
    """

    export: ClassVar[Export | None] = None

    def show_export(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Ask which rows, columns and format, or answer with the file. Changes nothing."""
        if not self.may_export():
            raise PermissionDenied(self.policy.reason(request.user, "export"))
        try:
            selection = self.get_export_selection()
        except SelectionError as error:
            return self.say("missing", status=400, text=str(error))
        asked = FORMAT in self.export_data
        form = self.get_export_form(selection, self.export_data if asked else None)
        if asked and form.is_valid():
            response = self.get_export_file(form, selection)
            if response is not None:
                return response
        return self.respond(self.get_export_page(form, selection), 422 if asked else 200)

    def may_export(self) -> bool:
        """Say whether this user may take the list away, beyond looking at it."""
        return self.export is not None and bool(self.export.available())

    @property
    def export_data(self) -> QueryDict:
        """Return what was sent: a long selection comes by POST, which changes nothing either."""
        return self.request.POST if self.request.method == "POST" else self.request.GET

    def get_export_selection(self) -> Selection:
        """Return the rows that were chosen on the list; raises SelectionError."""
        if token := self.export_data.get(SELECTION):
            return Selection.loads(token, self.selection_scope)
        if self.request.method == "POST":
            state = self.params.predicate()
            return Selection.from_post(self.request.POST, state, self.selection_scope)
        return Selection()

    @cached_property
    def export_columns(self) -> tuple[BoundColumn, ...]:
        """Return the columns that this user may take along."""
        declared = self.export.columns if self.export else None
        if declared is None:
            return self.list_columns
        bound = self.bind(declared)
        return tuple(c for c in bound if self.may_see(c.source) and self.may_see(c.name))

    def get_export_rows(self, scope: str, selection: Selection) -> "QuerySet[Any]":
        """Return the rows in the list's order; raises PlanError for filters that say nothing."""
        rows = self.get_matching("view").order_by(*cast(Any, self).get_order())
        if scope == CHOSEN:
            base = rows if selection.matching else self.get_permitted("view")
            return selection.apply(base).order_by(*cast(Any, self).get_order())
        if scope == PAGE:
            page = Paginator(rows, self.params.page_size).get_page(self.params.page)
            return cast("QuerySet[Any]", page.object_list)
        return rows

    def get_export_file(self, form: Any, selection: Selection) -> HttpResponseBase | None:
        """Return the file, or None after telling the form why there can be none."""
        export, data = cast(Export, self.export), form.cleaned_data
        format_ = FORMATS[data[FORMAT]]
        try:
            rows = self.get_export_rows(data[SCOPE], selection)
            limit = export.limit_of(format_)
            if limit is not None and rows[: limit + 1].count() > limit:
                text = _("A %(format)s file has at most %(limit)s rows.")
                raise PlanError("limit", text % {"format": format_.label, "limit": limit})
        except (PlanError, SelectionError) as error:
            form.add_error(None, str(error))
            return None
        raw = data[VALUES] == "raw"
        reader = Reader(
            self.get_model(), form.chosen_columns(), raw=raw, load=self._load(form.chosen_columns())
        )
        content = format_.write(
            reader.rows(rows),
            names=reader.names(),
            header=reader.header(),
            escape=export.escape_formulas,
        )
        response = StreamingHttpResponse(content, content_type=format_.content_type)
        response["Content-Disposition"] = content_disposition_header(True, self.file_name(format_))
        response["X-Content-Type-Options"] = "nosniff"
        response["Cache-Control"] = "private, no-store"
        return response

    def file_name(self, format_: ExportFormat) -> str:
        """Return what the file is called: the list's name and the day."""
        stem = slugify(self.get_page_title(), allow_unicode=True) or self.get_url_base()
        return f"{stem}-{timezone.localdate().isoformat()}.{format_.name}"

    def _load(self, columns: Sequence[BoundColumn]) -> Any:
        joins = joins_for(self.get_model(), columns, keep=self.lookup_field)
        whole = any(c.path is None for c in columns)
        return (joins.whole() if whole else joins).apply

    def get_export_form(self, selection: Selection, data: QueryDict | None) -> "ExportForm":
        """Return the form that asks for the file."""
        form = ExportForm(
            data,
            formats=cast(Export, self.export).available(),
            columns=self.export_columns,
            chosen=bool(selection),
        )
        form.renderer = self.pack.form_renderer
        form.auto_id = f"pc-{self.get_url_base()}-export-%s"
        return form

    def get_export_page(self, form: "ExportForm", selection: Selection) -> FormPage:
        """Return the page that asks for the file."""
        plural = str(self.get_model()._meta.verbose_name_plural)
        back = self.get_list_url() if self.get_return_url() else self._list_in_state()
        long = bool(selection) and not selection.fits_url(self.selection_scope)
        state = self.params.query_string()
        # A form that is sent by GET drops the query string of its address.
        extra = [] if long else list(self.params.pairs())
        if long:
            extra.append(("csrfmiddlewaretoken", get_token(self.request)))
        if selection:
            extra.append((SELECTION, selection.dumps(self.selection_scope)))
        return FormPage(
            renderer=self.renderer,
            attrs=hooks.bundle("form-page"),
            title=_("Export %(plural)s") % {"plural": plural},
            back=self.link(back, self.get_page_title(), "back"),
            form=hooks.bundle(
                "export-form",
                id=f"pc-{self.get_url_base()}-export-form",
                method="post" if long else "get",
                action=f"{self.request.path}?{state}" if long and state else self.request.path,
                novalidate=True,
            ),
            body=form_body(form, self.renderer, choose={}, extra=extra),
            note=_("Columns without a number are left out."),
            buttons=(
                Button(
                    attrs=Attrs({"type": "submit", **hooks.part("download")}),
                    label=_("Download"),
                    icon=icon(self.renderer, "export"),
                    tone="primary",
                ),
            ),
            cancel=self.link(back, _("Cancel"), part="cancel"),
        )

    def _list_in_state(self) -> str:
        """Return the address of the list in the state that the file would be made of."""
        query = self.params.query_string()
        url = self.url_for("list") or "/"
        return f"{url}?{query}" if query else url

    def get_export_link(self) -> Link | None:
        """Return the list's link to its export, in the list's present state."""
        url = self.url_for("export")
        if url is None or not self.may_export():
            return None
        query = self.params.query_string()
        address = f"{url}?{query}" if query else url
        return self.link(address, _("Export"), "export", part="action-export")


class ExportForm(forms.Form):
    """Which rows, which columns in which order, which format.

    columns: those that may be chosen; each has a number, its place in the file.
    chosen: whether rows were chosen on the list.
    """

    def __init__(
        self,
        data: QueryDict | None,
        *,
        formats: Sequence[ExportFormat],
        columns: Sequence[BoundColumn],
        chosen: bool,
    ) -> None:
        super().__init__(data)
        self.columns = columns
        scopes = [(MATCHING, _("All rows that match")), (PAGE, _("The rows of this page"))]
        if chosen:
            scopes.insert(0, (CHOSEN, _("The chosen rows")))
        kinds = [(f.name, f.label) for f in formats]
        values = [("shown", _("As shown")), ("raw", _("As stored"))]
        self._choice(FORMAT, _("Format"), kinds)
        self._choice(SCOPE, _("Rows"), scopes)
        self._choice(VALUES, _("Values"), values)
        for number, column in enumerate(columns, 1):
            self.fields[f"{COLUMN}{column.name}"] = forms.IntegerField(
                label=_("Place of “%(column)s”") % {"column": column.label},
                required=False,
                initial=number,
                min_value=1,
                max_value=999,
            )

    def _choice(self, name: str, label: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name] = forms.ChoiceField(
            label=label,
            choices=choices,
            initial=choices[0][0],
            required=False,
            widget=forms.RadioSelect,
        )

    def clean(self) -> dict[str, Any]:
        """Fill in what an address does not say; refuse a file without columns."""
        for name in (FORMAT, SCOPE, VALUES):
            self.cleaned_data[name] = self.cleaned_data.get(name) or self.fields[name].initial
        if not self.chosen_columns() and not self.errors:
            self.add_error(None, _("Choose at least one column."))
        return self.cleaned_data

    def chosen_columns(self) -> list[BoundColumn]:
        """Return the columns by their numbers; all of them where none has one."""
        if not any(name.startswith(COLUMN) for name in self.data):
            return list(self.columns)
        places = {c.name: self.cleaned_data.get(f"{COLUMN}{c.name}") for c in self.columns}
        chosen = [c for c in self.columns if places[c.name] is not None]
        return sorted(chosen, key=lambda c: cast(int, places[c.name]))
