"""The screen of jobs: a CRUDView like any other; route `JobView.get_urls()` to have it."""

from collections.abc import Sequence
from typing import Any, ClassVar, cast

from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.formats import localize
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from powercrud_core import Column, CRUDView, hooks
from powercrud_core.bulk import Action, Done, Outcome, PlanError, RowNote
from powercrud_core.jobs.claims import ClaimConflict
from powercrud_core.jobs.controls import cancel, retry
from powercrud_core.jobs.models import ACTIVE, Job, JobRow
from powercrud_core.jobs.screens import IDS, ONLY, jobs_region, moment, reloading
from powercrud_core.jobs.submitting import JobError
from powercrud_core.packs.contract import DetailField, JobPage
from powercrud_core.permissions import Policy
from powercrud_core.roles import STANDARD_ROLES, Role
from powercrud_core.selection import SelectionChangedError, SelectionError
from powercrud_core.views.reporting import notes_file
from powercrud_core.views.telling import reasons_of

__all__ = ["CancelJob", "JobPolicy", "JobView", "RetryJob"]

NAMED = 1000
RELOAD = 5
MOST_IDS = 50


class JobPolicy(Policy):
    """Jobs are their owners'; the model permissions to view and change jobs open all of them."""

    def allows(self, user: Any, action: str, obj: Model | None = None) -> bool:
        if action not in ("view", "change") or not (user.is_authenticated and user.is_active):
            return False
        own = obj is None or cast(Any, obj).owner_id == user.pk
        return own or bool(user.has_perm(f"powercrud_jobs.{action}_job"))

    def rows(self, user: Any, action: str, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        if user.has_perm(f"powercrud_jobs.{action}_job"):
            return queryset
        return queryset.filter(owner=user.pk)


class CancelJob(Action):
    """Stops jobs: at once if they wait, after the current step if they run."""

    name = "cancel"
    label = gettext_lazy("Stop")
    icon = "remove"
    tone = "danger"
    atomic = False
    question = gettext_lazy("Stop %(rows)s? What has been changed stays changed.")
    success = gettext_lazy("%(rows)s will stop.")
    disabled_reason = gettext_lazy("It is over, or was told to stop.")

    def enabled(self, rows: "QuerySet[Any]") -> "QuerySet[Any]":
        return rows.filter(state__in=ACTIVE, cancel_requested=None)

    def apply(self, obj: Any, run: Any) -> bool | None:
        return cancel(obj, run.user)


class RetryJob(Action):
    """Begins again what failed, or was not reached, as a job of its own."""

    name = "retry"
    label = gettext_lazy("Try again")
    places: Sequence[str] = ("row", "detail")
    question = gettext_lazy("Try again what failed or was not reached?")
    disabled_reason = gettext_lazy("There is nothing left to do.")

    def enabled(self, rows: "QuerySet[Any]") -> "QuerySet[Any]":
        state = Job.State
        return rows.filter(state__in=[state.PARTIAL, state.FAILED, state.CANCELLED, state.DEAD])

    def apply(self, obj: Any, run: Any) -> bool | None:
        try:
            run.memory["job"] = retry(obj, run.user)
        except (JobError, ClaimConflict, PlanError, SelectionError, SelectionChangedError) as error:
            raise ValidationError(str(error)) from error
        return True

    def finish(self, run: Any, outcome: Outcome) -> Done | None:
        if "job" not in run.memory:
            return None
        url = run.host.url_for("detail", run.memory["job"])
        return Done(message=_("It is tried again."), url=url or "")


class JobView(CRUDView):
    """A user's own jobs; those of all for whoever has the permission to view jobs."""

    model = Job
    roles = (
        *(role for role in STANDARD_ROLES if role.name in ("list", "detail")),
        Role("progress", "progress/", {"get": "show_progress"}, "view"),
        Role("reasons", "{lookup}/reasons/", {"get": "show_reasons"}, "view"),
    )
    permission_policy = JobPolicy
    columns: ClassVar[Any] = [
        "label",
        Column("owner_name", label=gettext_lazy("By")),
        "state",
        Column(
            "processed",
            label=gettext_lazy("Rows"),
            accessor=lambda job: f"{localize(job.processed)} / {localize(job.total)}",
            sort="total",
            align="end",
        ),
        "failed",
        "created",
        "finished",
    ]
    filterset_fields: ClassVar[Any] = ["state", "created"]
    search_fields: ClassVar[Any] = ["label", "owner_name"]
    ordering: ClassVar[Any] = ["-created"]
    actions = (CancelJob(), RetryJob())

    def get_queryset(self) -> "QuerySet[Any]":
        """Return the jobs, without what merely holds objects for a while."""
        return super().get_queryset().exclude(kind=Job.Kind.CLAIM)

    def show_progress(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Tell how far the user's jobs are: what pages ask again and again."""
        asked = [id for id in request.GET.getlist(IDS)[:MOST_IDS] if is_key(id)]
        only = ONLY in request.GET
        response = self.respond(jobs_region(self.renderer, self, request.user, asked, only=only))
        response["Cache-Control"] = "private, no-store"
        return response

    def show_detail(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show one job."""
        job = self.get_object()
        if job.active:
            self.renderer.need(reloading(RELOAD))
        return self.respond(self.get_job_page(job))

    def get_job_page(self, job: Job) -> JobPage:
        """Return one job: how far it is, and what became of its rows."""
        notes = self.get_notes(job, NAMED)
        url = self.url_for("reasons", job)
        return JobPage(
            renderer=self.renderer,
            attrs=hooks.bundle("job-page"),
            title=str(job),
            back=self.link(self.get_list_url(), self.get_page_title(), "back", **hooks.dismiss()),
            actions=self.get_detail_actions(job),
            jobs=jobs_region(self.renderer, self, self.user, [str(job.pk)], only=True),
            fields=tuple(self.get_job_fields(job)),
            groups=tuple(reasons_of(self.renderer, Outcome(notes=notes))),
            download=self.link(url, _("Download the reasons"), "export", part="download")
            if notes and url
            else None,
        )

    def get_job_fields(self, job: Job) -> list[DetailField]:
        """Return what there is to know of a job beside its progress."""
        known = (
            ("owner", "owner_name", _("By"), job.owner_name),
            ("created", "created", _("Submitted"), moment(job.created)),
            ("started", "started", _("Begun"), moment(job.started)),
            ("finished", "finished", _("Finished"), moment(job.finished)),
            ("cancelled", "cancelled_by", _("Stopped by"), job.cancelled_by),
            ("note", "note", _("Last note"), job.note),
            ("reason", "reason", _("Reason"), job.reason),
        )
        return [
            DetailField(
                attrs=hooks.bundle("detail-field", data_pc_fact=fact),
                label=label,
                value=value,
                link=None,
                mark=None,
                help_text="",
            )
            for fact, field, label, value in known
            if value and self.may_see(field)
        ]

    def get_notes(self, job: Job, limit: int | None = None) -> tuple[RowNote, ...]:
        """Return why rows did not change."""
        rows = JobRow._default_manager.filter(job=job).order_by("pk")
        values = rows.values_list("key", "state", "code", "reason", "label")[:limit]
        return tuple(RowNote(*cast(Any, row)) for row in values)

    def show_reasons(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Return all rows that did not change as a file, each with its reason."""
        job = self.get_object()
        rows = JobRow._default_manager.filter(job=job).order_by("pk")
        found = rows.values_list("key", "label", "state", "reason").iterator(2000)
        return notes_file(str(job), cast(Any, found))


def is_key(text: str) -> bool:
    """Say whether a text can be the key of a job."""
    try:
        Job._meta.pk.to_python(text)
    except ValidationError:
        return False
    return True
