"""Inline edit: one row or cell of the list as a form, and the row as it is after that."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.forms import ModelMultipleChoiceField
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import get_token
from django.utils.translation import gettext as _

from powercrud_core import hooks
from powercrud_core.attrs import Attrs
from powercrud_core.forms import hidden
from powercrud_core.inline import InlineEdit, edited_field, editing_rows, editor
from powercrud_core.packs.contract import Button, RowForm, RowPage, Status, Table
from powercrud_core.packs.icons import icon
from powercrud_core.versions import SEEN
from powercrud_core.views.base import NEXT
from powercrud_core.views.editing import EditHandlers
from powercrud_core.views.filtering import PREFIX
from powercrud_core.views.listing import ListHandlers
from powercrud_core.views.rows import FIELD
from powercrud_core.views.saving import Attempt
from powercrud_core.widgets import REST

__all__ = ["InlineHandlers"]

# Who sends this wants to see the row that was saved, not to go back to the list.
SHOW_ROW = "_row"


class InlineHandlers(ListHandlers, EditHandlers):
    """A row of the list that is edited where it stands.

    inline: an InlineEdit, or a list of field names; None for no editing in the list.
    """

    inline: ClassVar[InlineEdit | Sequence[str] | None] = None

    def show_row(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show one row of the list as it is now."""
        self._take_prefix()
        self.get_object()
        return self.respond(self.get_row_page(self.get_listed()))

    def show_row_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show one row of the list with editors in the place of its values."""
        self._take_prefix()
        obj = self.get_inline_object()
        form = self.get_form(obj, only=self.get_inline_fields(obj))
        return self.respond(self.get_editing_page(form))

    def process_row_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Save the edited fields of one row, or show them again with their errors."""
        self._take_prefix()
        if self.asks_only:
            obj = self.get_inline_object()
            form = self.get_refilled_form(obj, self.get_inline_fields(obj))
            return self.respond(self.get_editing_page(form))
        attempt = self.save(self._inline_form)
        if attempt.saved:
            return self.inline_valid(attempt)
        if not attempt.conflicts:
            self.tell_merged(attempt)
        self.fit(attempt.form, compact=True)
        page = self.get_editing_page(attempt.form, attempt.conflicts)
        return self.respond(page, 409 if attempt.conflicts or attempt.held else 422)

    def inline_valid(self, attempt: Attempt) -> HttpResponse:
        """Return the row that was saved, or the way back to the list."""
        text = _("Saved “%(object)s”.") % {"object": attempt.form.instance}
        if SHOW_ROW in self.request.POST:
            merged = f" {self.get_merged_text(attempt)}" if attempt.merged else ""
            return self.respond(self.get_saved_page(attempt.form.instance, text + merged))
        self.tell("success", text)
        self.tell_merged(attempt)
        return HttpResponseRedirect(self.get_list_url())

    # What may be edited

    def get_inline_object(self) -> Any:
        """Return the object to edit; 403 when its own state forbids it."""
        return self._unlocked(self.get_object("change"))

    def _unlocked(self, obj: Any) -> Any:
        if self.unlocked_keys([obj]) == frozenset():
            raise PermissionDenied(self.get_lock_reason())
        return obj

    def _inline_form(self, obj: Any) -> Any:
        """Return the form for what was sent; 404 for a row that was deleted meanwhile."""
        if obj is None:
            raise Http404
        names = self.get_inline_fields(self._unlocked(obj))
        data, files = self.request.POST, self.request.FILES
        form = self.get_form(obj, data, files, only=names, fit=False)
        # What is sent for several objects depends on the control.
        if any(isinstance(f, ModelMultipleChoiceField) for f in form.fields.values()):
            self.fit(form, compact=True)
        return form

    def get_inline_fields(self, obj: Any) -> list[str]:
        """Return the names of the fields to edit: the one that was asked for, else all on show.

        404 for a field that is not edited in the list, 403 for one that the user may not write.
        """
        inline = self.config.inline
        wanted = self._wanted()
        shown = [edited_field(c, inline.fields) for c in self.list_columns] if inline else []
        if wanted and wanted not in shown:
            raise Http404
        alone = inline is not None and inline.mode == "cell" and wanted
        names = [wanted] if alone else list(filter(None, shown))
        writable = [name for name in names if self.writable_keys(name, [obj]) != frozenset()]
        if not writable:
            raise PermissionDenied(self.policy.reason(self.request.user, "change", obj))
        return writable

    def _wanted(self) -> str:
        """Return the name of the field whose editor is asked for, or nothing."""
        return self.request.POST.get(FIELD) or self.request.GET.get(FIELD) or ""

    def unlocked_keys(self, objects: Sequence[Any]) -> frozenset[Any] | None:
        """Return the keys of the rows that `inline.rows` leaves in, None for all; one query."""
        inline = self.config.inline
        if inline is None or inline.rows is None:
            return None
        keys = [obj.pk for obj in objects]
        rows = inline.editable(self.get_queryset().filter(pk__in=keys))
        return frozenset(rows.values_list("pk", flat=True))

    def writable_keys(self, name: str, objects: Sequence[Any]) -> frozenset[Any] | None:
        """Return the keys of the rows whose field the user may write, None for all."""
        user = self.request.user
        if name in self.disabled_fields or name in self.readonly_fields:
            return frozenset()
        if not self.policy.object_level:
            fields = self.policy.fields(user, "change")
            return None if fields is None or name in fields else frozenset()
        allowed = ((obj.pk, self.policy.fields(user, "change", obj)) for obj in objects)
        return frozenset(pk for pk, fields in allowed if fields is None or name in fields)

    def get_lock_reason(self) -> str:
        """Return why a row that `inline.rows` leaves out cannot be edited."""
        inline = self.config.inline
        name = str(self.get_model()._meta.verbose_name)
        declared = str(inline.reason) if inline else ""
        return declared or _("This %(name)s cannot be edited.") % {"name": name}

    # What is shown

    def _take_prefix(self) -> None:
        """Take over the prefix of the list that the row stands in."""
        prefix = self.request.POST.get(PREFIX) or self.request.GET.get(PREFIX) or ""
        if prefix.isidentifier():
            self.param_prefix = prefix  # type: ignore[misc]

    def get_listed(self) -> Any:
        """Return the object of the URL with all that the list shows, None where it is gone."""
        rows = self.get_rows().filter(**self.get_lookup_filter(self.kwargs[self.lookup_url_kwarg]))
        return self.get_joins().apply(rows).first()

    def get_saved_page(self, obj: Any, text: str) -> RowPage:
        """Return the row as the list shows it now, and what the list has to say.

        Without filters a row that is still there has changed nothing about how many there are.
        """
        frame, listed = self.get_frame(), self.get_listed()
        rows, note = self.get_rows(), ""
        narrowed = bool(self.params.filters or self.params.search)
        if narrowed:
            rows = self._matching(rows)
            if listed is not None and not rows.filter(pk=listed.pk).exists():
                note = _("No longer matches the filters")
        if listed is None:
            text = f"{text} {_('It is no longer in this list.')}"
        if note or listed is None:
            ordered = rows.order_by(*self.get_order())
            page = Paginator(ordered, self.params.page_size).get_page(self.params.page)
            text = f"{text} {frame.status(page).text}"
        status = frame.said(text, whole=bool(note) or listed is None)
        return self.get_row_page(listed, note=note, status=status, title=str(obj))

    def _matching(self, rows: Any) -> Any:
        """Return the rows that match the list's filters and search."""
        filterset = self.bind_filterset(rows) if self.params.filters else None
        if filterset is not None:
            rows = filterset.qs if filterset.is_valid() else rows.none()
        return self.get_search_results(rows, self.params.search) if self.params.search else rows

    def get_row_page(
        self, obj: Any, *, note: str = "", status: Status | None = None, title: str = ""
    ) -> RowPage:
        """Return a page with one row of the list; without the row where it is gone."""
        frame = self.get_frame()
        table = None
        if obj is not None:
            plan = self.get_row_builder(frame, [obj]).plan()
            rows = editing_rows(plan, obj, {}, None, note)
            table = self._drawn_table(frame, frame.plain_headers(self.list_columns), rows, plan)
        return self._row_page_of(title or str(obj), table, status)

    def get_editing_page(self, form: Any, conflicts: Sequence[str] = ()) -> RowPage:
        """Return a page with one row whose edited fields are controls.

        One cell comes with nothing but the cell that names its row.

        conflicts: fields that somebody else has changed meanwhile: both values are shown.
        """
        inline = self.config.inline
        columns = self.list_columns
        names = {c.name: f for c in columns if (f := edited_field(c, form.fields))}
        wanted = self._wanted()
        by_row = inline is None or inline.mode == "row" or not wanted
        if not by_row:
            columns = tuple(c for i, c in enumerate(columns) if not i or c.name in names)
        frame = self.get_frame()
        obj = self.get_listed()
        builder = self.get_row_builder(frame, [obj], columns)
        plan = builder.plan()
        if not by_row:
            plan = replace(plan, actions=(), select=None)
        form.auto_id = f"{self.list_id}-row-{builder.key()(obj)}-%s"
        # Before anything asks for errors: validation writes what was typed into the object.
        sides = {
            name: self.get_field_conflict(form, name, focus=i == 0).render()
            for i, name in enumerate(conflicts)
        }
        first = wanted if wanted in form.fields else next(iter(form.fields), "")
        # Two cells of a row may be edited at once: while one is being saved, the next is there.
        row_form = self._row_form(form, "form" if by_row else f"{first}-form", conflicts)
        choose = self.get_choose_buttons(form)
        editors = {
            column: editor(
                form[name],
                self.renderer,
                form_id=str(row_form.attrs["id"]),
                choose=choose.get(name),
                form=None if by_row else row_form,
                focus=name == first,
                control=sides.get(name),
            )
            for column, name in names.items()
        }
        rows = editing_rows(plan, obj, editors, row_form if by_row else None, "")
        table = self._drawn_table(frame, frame.plain_headers(columns), rows, plan)
        label = str(form.fields[first].label) if not by_row and first else ""
        title = (
            _("Edit %(label)s of %(name)s") % {"label": label, "name": form.heading}
            if label
            else _("Edit %(object)s") % {"object": form.heading}
        )
        return self._row_page_of(title, table, None)

    def _row_page_of(self, title: str, table: Table | None, status: Status | None) -> RowPage:
        """Return the page around a row."""
        return RowPage(
            renderer=self.renderer,
            attrs=hooks.bundle("row-page"),
            title=title,
            back=self.link(self.get_list_url(), self.get_page_title(), "back"),
            status=status,
            table=table,
        )

    def _row_form(self, form: Any, name: str, conflicts: Sequence[str]) -> RowForm:
        """Return the form that saves a row's editors; with conflicts it holds what was typed.

        name: the end of its id, of which a page may have only one.
        """
        id = str(form.auto_id) % name
        extra = [("csrfmiddlewaretoken", get_token(self.request))]
        if form.seen:
            extra.append((SEEN, form.seen))
        if conflicts:
            errors = [_("Nothing has been saved yet. Choose which values to keep.")]
            extra += [pair for name in conflicts for pair in self._typed_in(form[name])]
        else:
            errors = [str(error) for error in form.non_field_errors()]
        for name in (FIELD, NEXT, PREFIX):
            value = self.request.POST.get(name) or self.request.GET.get(name)
            if value and (name != NEXT or self.get_return_url()):
                extra.append((name, value))
        save = {"type": "submit", "title": _("Save"), **hooks.part("row-save")}
        cancel = _("Cancel")
        return RowForm(
            attrs=hooks.bundle(
                "row-form",
                id=id,
                method="post",
                action=self.request.path,
                enctype="multipart/form-data" if form.is_multipart() else None,
                novalidate=True,
                aria_describedby=f"{id}_errors" if errors else None,
                data_pc_row=self._row_url(form.instance) if conflicts else None,
            ),
            hidden=hidden(extra),
            errors=tuple(errors),
            error_attrs=hooks.bundle("row-errors", id=f"{id}_errors", role="alert"),
            save=Button(
                attrs=Attrs(save), label=_("Save"), icon=icon(self.renderer, "save"), tone="primary"
            ),
            cancel=self.link(
                self.get_list_url(), cancel, "remove", part="row-cancel", title=cancel
            ),
        )

    def _typed_in(self, bound: Any) -> Iterator[tuple[str, str]]:
        """Yield what was sent for one field, whatever number of controls it has."""
        suffixes = ("", REST, *getattr(bound.field.widget, "widgets_names", ()))
        for suffix in dict.fromkeys(suffixes):
            name = f"{bound.html_name}{suffix}"
            yield from ((name, str(value)) for value in self.request.POST.getlist(name))

    def _row_url(self, obj: Any) -> str:
        """Return the address of a row as it is now, in the state of its list."""
        state = {n: v for n in (NEXT, PREFIX) if (v := self.request.POST.get(n))}
        query = f"?{urlencode(state, safe='/,')}" if state else ""
        return f"{self.url_for('row', obj)}{query}"
