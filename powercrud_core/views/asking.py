"""Asking: the forms, previews and reports of operations as components."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from secrets import token_urlsafe
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.middleware.csrf import get_token
from django.utils.formats import localize
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from powercrud_core import hooks
from powercrud_core.background import background
from powercrud_core.bulk import (
    MIXED,
    BulkForm,
    BulkOperation,
    BulkUpdate,
    Done,
    Outcome,
    Plan,
    Preview,
    common_values,
    mode_name,
)
from powercrud_core.dependencies import Settled
from powercrud_core.formats import format_for
from powercrud_core.forms import field_group, form_body, hidden
from powercrud_core.packs.contract import (
    BulkGroups,
    BulkPage,
    Button,
    Fact,
    FieldGroup,
    FormPage,
    Message,
    RowChange,
)
from powercrud_core.packs.icons import icon
from powercrud_core.selection import MAX_KEYS, TOKEN, Selection
from powercrud_core.views.base import NEXT
from powercrud_core.views.dependent import REFILL
from powercrud_core.views.reporting import NOTES, notes_token
from powercrud_core.views.selecting import SELECTION_MEDIA, SelectingView
from powercrud_core.views.telling import NAMED, changes_of, collateral_of, facts_of, reasons_of

__all__ = ["ONCE", "PLAN", "REST", "STEP", "TYPED", "AskingView", "posted"]

# The form's own fields: which step comes next, what is confirmed, the part of it that can be done,
# a word used once, a number.
STEP, PLAN, REST, ONCE, TYPED = "_step", "_plan", "_rest", "_once", "_typed"


class AskingView(SelectingView):
    """What the pages of an operation show."""

    def get_place(self, operation: BulkOperation) -> str:
        """Return where an operation is begun: see `BulkOperation.places`."""
        if "list" in operation.places:
            return "list"
        if self.role is None or not self.role.on_object:
            return "bulk"
        return "row" if "row" in operation.places else "detail"

    def get_operation_plan(
        self, operation: BulkOperation, selection: Selection, data: QueryDict | None = None
    ) -> Plan:
        """Return what is to be done, from what was sent for the operation's own form."""
        plan = self.get_plan(operation.name, selection, data, self.get_place(operation))
        kept = {n: v for n, v in plan.data.items() if n[0] != "_" and n not in NOT_OF_FORM}
        return replace(plan, data=kept)

    def get_counted(self, operation: BulkOperation, selection: Selection) -> Selection:
        """Return a selection with the number of its rows; raises PlanError."""
        if not selection or selection.count is not None:
            return selection
        return selection.counted(self.get_chosen_rows(operation, selection, whole=True))

    def get_chosen_rows(
        self, operation: BulkOperation, selection: Selection, *, whole: bool = False
    ) -> Any:
        """Return the rows that a selection stands for; `whole`: those it is taken from."""
        action = operation.permission
        rows = self.get_matching(action) if selection.matching else self.get_permitted(action)
        if self.get_place(operation) == "bulk":
            rows = self.get_selectable(rows)
        return rows if whole else selection.apply(rows)

    def get_operation_form(
        self,
        operation: BulkOperation,
        selection: Selection,
        data: QueryDict | None = None,
        typed: QueryDict | None = None,
    ) -> Any:
        """Return an operation's form ready to be drawn, None where it has none.

        data: what was sent, to be validated; typed: what was sent, to be shown again.
        """
        common: Mapping[str, Any] = {}
        if isinstance(operation, BulkUpdate):
            common = common_values(self.get_chosen_rows(operation, selection), operation.fields)
        form: Any = operation.get_form(self, data, common)
        if form is None:
            return None
        if typed is not None:
            bound = operation.get_form(self, typed, common)
            form.initial |= self.get_typed(bound)
        form.renderer = self.pack.form_renderer
        form.auto_id = f"pc-{self.get_url_base()}-{operation.name}-%s"
        form.action = self.request.get_full_path()
        form.present = {}
        if isinstance(form, BulkForm):
            self._explain(form)
        self.fit(form)
        return form

    def _explain(self, form: BulkForm) -> None:
        """Tell what the rows have now, and name each control."""
        for name in form.names:
            field = form.fields[name]
            now = self._present_text(form, name)
            field.help_text = " ".join(filter(None, [now, str(field.help_text)]))
            field.label = _("New value of “%(label)s”") % {"label": field.label or name}

    def _present_text(self, form: BulkForm, name: str) -> str:
        value, field = form.common.get(name), cast(Any, form.model._meta.get_field(name))
        if value is MIXED:
            return _("Now: different values.")
        if field.is_relation:
            if not self.may_choose(field.related_model):
                return ""
            keys = value if isinstance(value, list) else [value] if value is not None else []
            target = "pk" if field.many_to_many else field.target_field.attname
            found = field.related_model._base_manager.filter(**{f"{target}__in": keys})
            text = ", ".join(str(obj) for obj in found[:NAMED])
        else:
            text = "" if value in (None, "") else format_for(field, short=True)(value)
        return _("Now: %(value)s.") % {"value": text} if text else _("Now: empty.")

    def get_operation_page(
        self, operation: BulkOperation, selection: Selection, form: Any
    ) -> FormPage:
        """Return the page around an operation's form."""
        self.renderer.need(SELECTION_MEDIA)
        back, previews = self._back(), operation.previews
        chosen = {TOKEN: selection.dumps(self.selection_scope)} if selection else {}
        names = form.names if isinstance(form, BulkForm) else []
        implied = {n: hooks.implies(f"#{form[mode_name(n)].id_for_label}") for n in names}
        return FormPage(
            renderer=self.renderer,
            attrs=hooks.bundle("form-page"),
            title=self.get_operation_title(operation, selection),
            back=self.link(back, self.get_page_title(), "back", **hooks.dismiss()),
            form=hooks.bundle(
                "operation-form",
                id=str(form.auto_id) % "form",
                **({} if operation.downloads else hooks.send(guard=True)),
                method="post",
                action=form.action,
                enctype="multipart/form-data" if form.is_multipart() else None,
                novalidate=True,
            ),
            body=form_body(
                form,
                self.renderer,
                choose=cast(Any, self).get_choose_buttons(form),
                extra=[(STEP, "preview" if previews else "apply"), *self._hidden(**chosen)],
                layout=[(mode_name(name), name) for name in names],
                settled=Settled(hooks=implied),
            ),
            note=_("What is kept stays as it is in every row.") if names else "",
            buttons=(
                Button(
                    attrs=hooks.bundle("preview" if previews else "confirm", type="submit"),
                    label=_("Preview") if previews else str(operation.label),
                    icon=icon(self.renderer, "" if previews else operation.icon),
                    tone="danger" if operation.tone == "danger" and not previews else "primary",
                ),
            ),
            cancel=self.link(back, _("Cancel"), part="cancel", **hooks.dismiss()),
        )

    def get_operation_title(self, operation: BulkOperation, selection: Selection) -> str:
        """Return what is done to how many rows: "Edit 12 tracks"."""
        if not selection:
            return str(operation.label)
        named = {"action": operation.label, "rows": self._rows(selection.count or 0)}
        return _("%(action)s: %(rows)s") % named

    def _rows(self, count: int) -> str:
        """Return a number of rows in words: "12 tracks"; of one row its name."""
        if self.role is not None and self.role.on_object:
            return f"“{self.get_object('view')}”"
        options = self.get_model()._meta
        noun = options.verbose_name if count == 1 else options.verbose_name_plural
        return f"{localize(count)} {noun}"

    def get_outcome_text(self, operation: BulkOperation, outcome: Outcome) -> str:
        """Return what is said when all went well."""
        words = {"action": operation.label, "rows": self._counted_rows(outcome.done)}
        said = str(operation.success) % words
        if outcome.unchanged:
            rows = {"rows": self._counted_rows(outcome.unchanged)}
            said += " " + _("%(rows)s had the values already.") % rows
        return said

    def _counted_rows(self, count: int) -> str:
        options = self.get_model()._meta
        noun = options.verbose_name if count == 1 else options.verbose_name_plural
        return f"{localize(count)} {noun}"

    def get_question_page(
        self, operation: BulkOperation, plan: Plan, *, notice: str = "", wrong: bool = False
    ) -> BulkPage:
        """Return the page that asks before an operation without a preview."""
        count = plan.selection.count or 0
        words = {"count": localize(count), "rows": self._rows(count), "action": operation.label}
        text = str(operation.question) or _("%(action)s: %(rows)s?")
        if not plan.selection:
            text = str(operation.question) or _("%(action)s?")
        return self._page(
            operation,
            plan,
            title=self.get_operation_title(operation, plan.selection),
            text=text % words,
            notices=self._notices(notice),
            wrong=wrong,
            buttons=tuple(self._confirming(operation, count, count)),
        )

    def get_preview_page(
        self, operation: BulkOperation, shown: Preview, *, notice: str = "", wrong: bool = False
    ) -> BulkPage:
        """Return the page with what an operation would do."""
        outcome, plan = shown.outcome, shown.plan
        blocked = outcome.failed if operation.atomic else ()
        doable = shown.total - len(outcome.notes) - outcome.unchanged
        buttons, rest = list[Button](), list[tuple[str, str]]()
        if not blocked and doable > 0:
            buttons += self._confirming(operation, doable, shown.total)
        elif blocked and outcome.done and shown.complete and not plan.selection.matching:
            others = plan.selection.without([note.key for note in outcome.notes])
            less = replace(plan, selection=others.confirmed(outcome.done))
            rest.append((REST, less.dumps()))
            buttons.append(self._confirm(operation, outcome.done, step="rest"))
        if plan.data:
            buttons.append(self._submit("change", _("Change"), name=STEP, value="change"))
        return self._page(
            operation,
            plan,
            title=self.get_operation_title(operation, plan.selection),
            text=self._foretold(operation, shown, bool(blocked)),
            notices=self._notices(notice),
            facts=tuple(facts_of(outcome, trying=True)) if shown.complete else (),
            groups=(
                *collateral_of(self.renderer, shown.detail),
                *reasons_of(self.renderer, outcome),
            ),
            changes=tuple(changes_of(shown)),
            note=shown.reason and _("Saved one by one: %(reason)s") % {"reason": shown.reason},
            wrong=wrong,
            extra=rest,
            buttons=tuple(buttons),
        )

    def _foretold(self, operation: BulkOperation, shown: Preview, blocked: bool) -> str:
        """Return what a preview comes to, in a sentence."""
        outcome, rows = shown.outcome, self._rows(shown.total)
        if not shown.examined:
            return _("%(action)s: %(rows)s?") % {"action": operation.label, "rows": rows}
        if not shown.complete:
            text = _("%(rows)s are selected. This was tried with %(count)s of them.")
            return text % {"rows": rows, "count": localize(shown.examined)}
        if blocked:
            text = _("This cannot be done with all of them, so nothing will be done.")
            return text if not outcome.done else text + " " + _("You can go on with the others.")
        if not outcome.done:
            return _("Nothing would change.")
        return _("This is what will happen. Nothing has been changed yet.")

    def get_result_page(
        self, operation: BulkOperation, plan: Plan, outcome: Outcome, done: Done | None
    ) -> BulkPage:
        """Return the page with what became of the rows, where not all went well."""
        if outcome.undone:
            text = _("Nothing was changed, because not all rows could be.")
        else:
            text = (done.message if done else "") or self.get_outcome_text(operation, outcome)
        again = Selection(tuple(note.key for note in outcome.failed)[:MAX_KEYS])
        retry = replace(plan, selection=again.confirmed(len(again.keys)), seen={})
        buttons = []
        if again and plan.selection != again:
            label = ngettext("Try %(count)s row again", "Try %(count)s rows again", len(again.keys))
            named = label % {"count": localize(len(again.keys))}
            buttons.append(self._submit("retry", named, name=STEP, value="again"))
        step = {"name": STEP, "value": "download", "formtarget": "_blank"}
        buttons.append(self._submit("download", _("Download the reasons"), "export", **step))
        notes = ((NOTES, notes_token(outcome.notes)),)
        page = self._page(
            operation,
            retry if again else plan,
            title=self.get_operation_title(operation, plan.selection),
            text=text,
            facts=tuple(facts_of(outcome)),
            groups=tuple(reasons_of(self.renderer, outcome)),
            extra=notes,
            buttons=tuple(buttons),
        )
        close = self.link(self._back(), _("Close"), part="cancel", **hooks.dismiss())
        return replace(page, cancel=close)

    def _page(
        self,
        operation: BulkOperation,
        plan: Plan,
        *,
        title: str,
        text: str,
        buttons: tuple[Button, ...],
        notices: tuple[Message, ...] = (),
        facts: tuple[Fact, ...] = (),
        groups: tuple[BulkGroups, ...] = (),
        changes: tuple[RowChange, ...] = (),
        note: str = "",
        wrong: bool = False,
        extra: Iterable[tuple[str, str]] = (),
    ) -> BulkPage:
        back = self._back()
        sent = {PLAN: plan.dumps(), ONCE: token_urlsafe(12)}
        return BulkPage(
            renderer=self.renderer,
            attrs=hooks.bundle("bulk-page"),
            title=title,
            back=self.link(back, self.get_page_title(), "back", **hooks.dismiss()),
            notices=notices,
            text=text,
            facts=facts,
            groups=groups,
            changes_title=_("Some of the changes"),
            row_label=capfirst(str(self.get_model()._meta.verbose_name)),
            before_label=_("Before"),
            after_label=_("Afterwards"),
            changes=changes,
            note=note,
            form=hooks.bundle(
                "operation-form",
                method="post",
                action=self.request.get_full_path(),
                **({} if operation.downloads else hooks.send()),
            ),
            hidden=hidden([*self._hidden(**sent), *extra]),
            confirm=self._number_field(operation, plan, wrong) if buttons else None,
            buttons=buttons,
            cancel=self.link(back, _("Cancel"), part="cancel", **hooks.dismiss()),
        )

    def _back(self) -> str:
        return cast(str, cast(Any, self).get_after_url())

    def _hidden(self, **more: str) -> list[tuple[str, str]]:
        inputs = [("csrfmiddlewaretoken", get_token(self.request)), *more.items()]
        back = self.get_return_url()
        return [*inputs, (NEXT, back)] if back else inputs

    def _notices(self, text: str) -> tuple[Message, ...]:
        return (self._message("warning", text),) if text else ()

    def _number_field(self, operation: BulkOperation, plan: Plan, wrong: bool) -> FieldGroup | None:
        """Return the field that takes the number of rows, where there are many."""
        count = plan.selection.count
        if operation.confirm_above is None or not count or count <= operation.confirm_above:
            return None
        number = {"count": count}
        label = _("Type %(count)s to confirm") % number
        form = forms.Form({TYPED: ""} if wrong else None)
        form.fields[TYPED] = forms.CharField(
            label=label,
            widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
            error_messages={"required": _("This is not %(count)s.") % number},
        )
        form.renderer = self.pack.form_renderer
        form.auto_id = f"pc-{self.get_url_base()}-%s"
        return field_group(form[TYPED], self.renderer)

    def _confirming(self, operation: BulkOperation, count: int, total: int) -> Iterator[Button]:
        """Yield the ways to confirm: at once, in the background, or one of them.

        count: of the rows that change; total: of the rows that are looked at.
        """
        found = background()
        must = found is not None and found.must(operation, total)
        if not must:
            yield self._confirm(operation, count)
        if total and (must or (found is not None and found.may(operation, total))):
            label = _("In the background")
            if must:
                named = {"action": operation.label, "rows": self._rows(count)}
                label = _("In the background: %(action)s, %(rows)s") % named
            tone: Any = "primary" if must else "neutral"
            yield self._submit("defer", label, "", tone, name=STEP, value="defer")

    def _confirm(self, operation: BulkOperation, count: int, step: str = "apply") -> Button:
        named = {"action": operation.label, "rows": self._rows(count)}
        label = _("%(action)s: %(rows)s") % named if count else str(operation.label)
        tone: Any = "danger" if operation.tone == "danger" else "primary"
        return self._submit("confirm", label, operation.icon, tone, name=STEP, value=step)

    def _submit(
        self, part: str, label: str, key: str = "", tone: Any = "neutral", **attrs: Any
    ) -> Button:
        made = hooks.bundle(part, type="submit", **attrs)
        return Button(attrs=made, label=label, icon=icon(self.renderer, key), tone=tone)


NOT_OF_FORM = {"csrfmiddlewaretoken", NEXT, TOKEN, REFILL, "pk", "selected", "all", "except"}


def posted(plan: Plan) -> QueryDict:
    """Return the data of a plan's form as it was sent."""
    data = QueryDict(mutable=True)
    for name, values in plan.data.items():
        data.setlist(name, list(values))
    return data
