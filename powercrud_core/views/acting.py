"""Acting: the pages on which an operation is asked for, previewed, carried out and reported."""

from collections.abc import Callable
from dataclasses import replace
from hashlib import blake2b
from typing import Any, cast

from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from powercrud_core.background import Background, NotNowError, background
from powercrud_core.bulk import (
    BulkOperation,
    Done,
    Outcome,
    Plan,
    PlanError,
    Run,
    carry_out,
    preview,
    start,
)
from powercrud_core.selection import (
    TOKEN,
    Selection,
    SelectionChangedError,
    SelectionError,
    key_of,
)
from powercrud_core.views.asking import ONCE, PLAN, REST, STEP, TYPED, AskingView, posted
from powercrud_core.views.base import local_url
from powercrud_core.views.outcomes import with_event
from powercrud_core.views.reporting import attachment, notes_file, saved_notes

__all__ = ["ActingHandlers"]

STATUSES = {"view": 404, "permission": 403, "user": 403, "busy": 409}
REFUSED = 422
REMEMBERED = 24 * 60 * 60


class ActingHandlers(AskingView):
    """The pages of an operation: its form, a preview or a question, and what became of the rows.

    GET never changes anything. Each step is one POST; what was confirmed travels as one signed
    text, so that nothing else can be carried out than what was shown.
    """

    def show_bulk(self, request: HttpRequest, operation: str, **kwargs: Any) -> HttpResponseBase:
        """Begin an operation of the list, or one on rows that an address names."""
        found = self.get_allowed_operation(operation, "bulk", "list")
        if "list" not in found.places and TOKEN not in request.GET:
            return HttpResponseRedirect(self.get_list_url())
        return self.guarded(lambda: self.begin(found, self.get_chosen(found)))

    def process_bulk(self, request: HttpRequest, operation: str, **kwargs: Any) -> HttpResponseBase:
        """Go one step on with an operation on the rows that were chosen in the list."""
        found = self.get_allowed_operation(operation, "bulk", "list")
        return self.guarded(lambda: self.go_on(found, self.get_chosen))

    def show_action(self, request: HttpRequest, operation: str, **kwargs: Any) -> HttpResponseBase:
        """Begin an operation on one object."""
        found = self.get_allowed_operation(operation, "row", "detail")
        return self.guarded(lambda: self.begin(found, self.get_one(found)))

    def process_action(
        self, request: HttpRequest, operation: str, **kwargs: Any
    ) -> HttpResponseBase:
        """Go one step on with an operation on one object."""
        found = self.get_allowed_operation(operation, "row", "detail")
        self.get_object(found.permission)  # 404 and 403 as ever, whatever plan comes along
        return self.guarded(lambda: self.go_on(found, self.get_one))

    def get_allowed_operation(self, name: str, *places: str) -> BulkOperation:
        """Return an operation: 404 where it is not offered, 403 where the user may not begin it."""
        found = self.get_operation(name)
        if found is None or not set(places) & {*found.places}:
            raise Http404
        if not self.policy.allows(self.user, found.permission):
            raise PermissionDenied(self.policy.reason(self.user, found.permission))
        return found

    def get_chosen(self, operation: BulkOperation) -> Selection:
        """Return the rows that were chosen in the list; raises SelectionError."""
        if "list" in operation.places:
            return Selection()
        data = self.request.POST if self.request.method == "POST" else self.request.GET
        selection = Selection.from_post(data, self.params.predicate(), self.selection_scope)
        if not selection:
            raise SelectionError(_("Nothing is selected. Tick some rows first."))
        return selection

    def get_one(self, operation: BulkOperation) -> Selection:
        """Return the object of the URL as a selection; raises PlanError where it cannot be now."""
        obj = self.get_object(operation.permission)
        rows = self.get_queryset()
        able = operation.enabled(rows)
        if able is not rows and not able.filter(pk=obj.pk).exists():
            raise PlanError("state", str(operation.disabled_reason))
        return Selection((key_of(obj.pk),))

    def guarded(self, answer: Callable[[], HttpResponseBase]) -> HttpResponseBase:
        """Return an answer; a plan or a selection that cannot be is a page that says why."""
        try:
            return answer()
        except PlanError as error:
            return self.say("refused", status=STATUSES.get(error.code, REFUSED), text=str(error))
        except SelectionError as error:
            return self.say("refused", status=400, text=str(error))

    def begin(
        self, operation: BulkOperation, selection: Selection, typed: QueryDict | None = None
    ) -> HttpResponse:
        """Return the first page of an operation: its form, or what it would do.

        typed: what was typed into the form already.
        """
        selection = self.get_counted(operation, selection)
        form = self.get_operation_form(operation, selection, typed=typed)
        if form is not None:
            return self.respond(self.get_operation_page(operation, selection, form))
        return self.ask(operation, self.get_operation_plan(operation, selection))

    def go_on(
        self, operation: BulkOperation, choose: Callable[[BulkOperation], Selection]
    ) -> HttpResponseBase:
        """Return the page that follows a step."""
        data = self.request.POST
        if PLAN in data:
            step = data.get(STEP)
            token = data.get(REST, "") if step == "rest" else data[PLAN]
            return self.go_on_with(operation, Plan.loads(token, self.user), step)
        selection = choose(operation)
        if self.asks_only or data.get(STEP) not in ("preview", "apply"):
            return self.begin(operation, selection, data if self.asks_only else None)
        selection = self.get_counted(operation, selection)
        form = self.get_operation_form(operation, selection, data)
        if form is not None and not form.is_valid():
            return self.respond(self.get_operation_page(operation, selection, form), 422)
        plan = self.get_operation_plan(operation, selection, data)
        return self.ask(operation, plan) if operation.previews else self.apply(operation, plan)

    def go_on_with(
        self, operation: BulkOperation, plan: Plan, step: str | None
    ) -> HttpResponseBase:
        """Return the page that follows a step with a plan that was shown."""
        mine = (self.selection_scope, operation.name, self.get_place(operation))
        if (plan.view, plan.operation, plan.place) != mine or not self._is_here(plan):
            raise PlanError("user", _("This is not valid any more. Please choose again."))
        if step == "download":
            return notes_file(str(operation.label), saved_notes(self.request.POST))
        if step not in ("apply", "rest", "defer"):
            return self.begin(operation, replace(plan.selection, count=None), posted(plan))
        try:
            return self.apply(operation, plan)
        except PlanError as error:
            if error.form is None:
                raise
            form = self.get_operation_form(operation, plan.selection, posted(plan))
            return self.respond(self.get_operation_page(operation, plan.selection, form), 422)

    def _is_here(self, plan: Plan) -> bool:
        """Say whether a plan is about the object of the URL, where that names one."""
        if self.role is None or not self.role.on_object:
            return True
        return plan.selection.keys == (key_of(self.get_object("view").pk),)

    def ask(
        self, operation: BulkOperation, plan: Plan, status: int = 200, **more: Any
    ) -> HttpResponse:
        """Return the page that asks before a plan is carried out, with what it would do."""
        if operation.previews and plan.place != "list":
            page = self.get_preview_page(operation, preview(plan), **more)
        else:
            start(plan)  # asks for every permission, and whether the form is valid
            page = self.get_question_page(operation, plan, **more)
        return self.respond(page, status)

    def apply(self, operation: BulkOperation, plan: Plan) -> HttpResponseBase:
        """Carry out what was confirmed, once."""
        data, count = self.request.POST, plan.selection.count
        limit = operation.confirm_above
        if limit is not None and count and count > limit and data.get(TYPED, "") != str(count):
            return self.ask(operation, plan, 422, wrong=True)
        # Hashed, as a cache takes no key with spaces or of any length.
        word = blake2b(data.get(ONCE, "").encode(), digest_size=16).hexdigest()
        once = f"powercrud:once:{plan.user_id}:{word}"
        if data.get(ONCE) and not cache.add(once, True, REMEMBERED):
            text = _("This was sent before: it is done, or still under way.")
            return self.say("refused", status=409, text=text)
        try:
            if self.is_deferred(operation, plan):
                return self.get_deferred_answer(operation, plan)
            run = start(plan)
            done, outcome = self._carried_out(operation, run)
        except SelectionChangedError as error:
            cache.delete(once)
            fresh = replace(plan.selection, count=None)
            fresh_plan = replace(plan, selection=self.get_counted(operation, fresh), seen={})
            return self.ask(operation, fresh_plan, 409, notice=str(error))
        except BaseException:
            cache.delete(once)
            raise
        return self.get_answer(operation, plan, done, outcome)

    def is_deferred(self, operation: BulkOperation, plan: Plan) -> bool:
        """Say whether an operation is left to the background: it must be, or the user wants it."""
        found, count = background(), plan.selection.count or 0
        if found is None or not count:
            return False
        wanted = self.request.POST.get(STEP) == "defer" and found.may(operation, count)
        return wanted or found.must(operation, count)

    def get_deferred_answer(self, operation: BulkOperation, plan: Plan) -> HttpResponseBase:
        """Leave an operation to the background, and return what the user gets then."""
        words = {"action": operation.label, "rows": self._counted_rows(plan.selection.count or 0)}
        label = _("%(action)s: %(rows)s") % words
        try:
            once = self.request.POST.get(ONCE, "")[:64]
            cast(Background, background()).submit(plan, self.user, once, label)
        except NotNowError as error:
            raise PlanError("busy", str(error)) from error
        self.tell("success", _("%(action)s: %(rows)s, in the background.") % words)
        response = HttpResponseRedirect(self._next_url(plan, None))
        with_event(response, "pc:changed", done=0)
        return response

    def _carried_out(self, operation: BulkOperation, run: Run) -> tuple[Done | None, Outcome]:
        if run.plan.place == "list":
            with transaction.atomic(run.using), run.plan.locale():
                return operation.perform(run) or Done(), Outcome()
        outcome = carry_out(run)
        return (None if outcome.undone else operation.finish(run, outcome)), outcome

    def get_answer(
        self, operation: BulkOperation, plan: Plan, done: Done | None, outcome: Outcome
    ) -> HttpResponseBase:
        """Return what the user gets after an operation."""
        if done and done.file:
            return attachment(done.file)
        response: HttpResponse
        if outcome.undone or outcome.notes:
            page = self.get_result_page(operation, plan, outcome, done)
            response = self.respond(page, 409 if outcome.undone else 200)
        else:
            said = done.message if done else ""
            self.tell("success", said or self.get_outcome_text(operation, outcome))
            response = HttpResponseRedirect(self._next_url(plan, done))
        if not outcome.undone:
            with_event(response, "pc:changed", done=outcome.done)
        return response

    def _next_url(self, plan: Plan, done: Done | None) -> str:
        if done and done.then:
            url = self.url_for("bulk", operation=done.then)
            return f"{url}?{TOKEN}={plan.selection.dumps(self.selection_scope)}"
        return (local_url(done.url) if done and done.url else None) or self.get_after_url()

    def get_after_url(self) -> str:
        """Return the address after an operation: where the user came from."""
        return cast(str, cast(Any, self).get_list_url())
