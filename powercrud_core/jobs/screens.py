"""What pages tell of jobs: the region with those of the user, and how far each is."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, cast
from urllib.parse import urlencode

from django import forms
from django.template.loader import render_to_string
from django.utils.formats import localize
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from powercrud_core import hooks
from powercrud_core.attrs import Attrs
from powercrud_core.background import NotNowError
from powercrud_core.bulk import BulkOperation, Plan
from powercrud_core.components import Renderer
from powercrud_core.jobs.claims import ClaimConflict
from powercrud_core.jobs.models import Job
from powercrud_core.jobs.submitting import JobError, deferral, submit
from powercrud_core.jobs.telling import Progress, mark_seen, progress
from powercrud_core.packs.contract import Fact, JobProgress, Jobs, Link, Status
from powercrud_core.packs.icons import icon
from powercrud_core.routes import namespaces_of, views_of

__all__ = ["IDS", "Screens", "jobs_region", "reloading"]

IDS, ONLY = "id", "only"
JOBS_MEDIA = forms.Media(
    js=[cast(Any, forms.Script("powercrud_core/powercrud-jobs.js", defer=True))]
)


class Screens:
    """What the views of other apps get: see `powercrud_core.background`."""

    def may(self, operation: BulkOperation, count: int) -> bool:
        return deferral(operation, count).may

    def must(self, operation: BulkOperation, count: int) -> bool:
        return deferral(operation, count).must

    def submit(self, plan: Plan, user: Any, once: str, label: str) -> None:
        try:
            submit(plan, user=user if user.is_authenticated else None, label=label, once=once)
        except (ClaimConflict, JobError) as error:
            raise NotNowError(str(error)) from error

    def region(self, view: Any) -> Jobs | None:
        """Return the user's jobs, where the project has a screen for them."""
        screen = job_screen(view)
        if screen is None or not view.user.is_authenticated:
            return None
        if not screen.policy.allows(view.user, "view"):
            return None
        return jobs_region(view.renderer, screen, view.user)


def job_screen(view: Any) -> Any:
    """Return the view that shows jobs as it would be for this request; None where none is routed.

    The project may have several: the one that the request goes to, else the first.
    """
    found = [v for v in views_of(Job) if any(role.name == "progress" for role in v.get_roles())]
    if type(view) in found:
        return view
    if not found:
        return None
    screen = found[0](role=found[0].roles[0])
    screen.setup(view.request)
    screen.namespace = namespaces_of(found[0])[0]
    return screen


def jobs_region(
    renderer: Renderer, screen: Any, user: Any, ids: Sequence[str] = (), *, only: bool = False
) -> Jobs:
    """Return the region of a user's jobs; those that are over have been told then.

    ids: jobs that are shown in any case; only: no others, and in full.
    """
    renderer.need(JOBS_MEDIA)
    hidden: dict[str, Any] = {name: "" for name in ("note", "reason") if not screen.may_see(name)}
    found = [replace(job, **hidden) for job in progress(user, ids, rows=screen.get_rows())]
    if only:
        found = [job for job in found if job.id in ids]
    over = [job for job in found if not job.active]
    if news := [job.id for job in over if job.news]:
        mark_seen(user, news)
    shown = [(IDS, job.id) for job in found] + ([(ONLY, "1")] if only else [])
    url = screen.url_for("progress")
    delays = [job.delay for job in found if job.active]
    said = [_("%(job)s: %(state)s") % {"job": j.label, "state": j.state_label} for j in over]
    return Jobs(
        renderer=renderer,
        attrs=hooks.bundle(
            "jobs",
            role="region",
            aria_label=_("Background jobs"),
            **hooks.poll("pc-jobs", f"{url}?{urlencode(shown)}" if shown else url, delays),
            data_pc_whole=only,
        ),
        status=Status(
            attrs=hooks.bundle("jobs-status", role="status", data_pc_text=" ".join(said)), text=""
        ),
        jobs=tuple(_drawn(renderer, screen, job, full=only) for job in found),
    )


def _drawn(renderer: Renderer, screen: Any, job: Progress, *, full: bool) -> JobProgress:
    obj = Job(pk=job.id)
    url = None if full else screen.url_for("detail", obj)
    return JobProgress(
        renderer=renderer,
        attrs=hooks.bundle("job", id=f"pc-job-{job.id}", data_pc_state=job.state),
        label=job.label,
        link=hooks.bundle("job-link", href=url) if url else None,
        state=job.state_label,
        bar=_bar(job) if job.active else None,
        text=_numbers(job),
        notice=job.notice or (_("It stops after the current step.") if job.cancelling else ""),
        facts=tuple(_facts(job)) if full else (),
        actions=() if full else tuple(_actions(renderer, screen, job, obj)),
    )


def _bar(job: Progress) -> Attrs:
    """Return how far a job is; before it began that is not known."""
    known = {"value": job.processed, "max": job.total} if job.total and job.started else {}
    return hooks.bundle("job-bar", aria_label=job.label, **known)


def _numbers(job: Progress) -> str:
    """Return the numbers of a job in words."""
    words = {"processed": localize(job.processed), "total": localize(job.total)}
    parts = [_("%(processed)s of %(total)s") % words] if job.total > 1 else []
    if job.rate and job.left is not None:
        parts.append(_("%(rate)s a second") % {"rate": localize(round(job.rate))})
        parts.append(_time_left(int(job.left)))
    if job.dry:
        parts.append(_("a trial: nothing is kept"))
    if job.note and job.active:
        parts.append(job.note)
    if not job.active and job.reason:
        parts.append(job.reason)
    return " · ".join(parts)


def _time_left(seconds: int) -> str:
    if seconds < 90:
        text = ngettext("%(count)s second left", "%(count)s seconds left", max(seconds, 1))
        return text % {"count": max(seconds, 1)}
    minutes = round(seconds / 60)
    return ngettext("%(count)s minute left", "%(count)s minutes left", minutes) % {"count": minutes}


def _facts(job: Progress) -> Iterator[Fact]:
    for kind, label, count in (
        ("done", _("Done"), job.done),
        ("unchanged", _("Unchanged"), job.unchanged),
        ("skipped", _("Left out"), job.skipped),
        ("failed", _("Not possible"), job.failed),
    ):
        if count or kind == "done":
            attrs = hooks.bundle("fact", data_pc_fact=kind)
            yield Fact(attrs=attrs, label=label, value=localize(count))


def _actions(renderer: Renderer, screen: Any, job: Progress, obj: Job) -> Iterable[Link]:
    if not job.active or job.cancelling:
        return
    url = screen.url_for("action", obj, operation="cancel")
    if url:
        attrs = hooks.bundle("action-cancel", href=url, **screen.opens("action"))
        yield Link(attrs=attrs, label=_("Stop"), icon=icon(renderer, "remove"))


def reloading(seconds: int) -> forms.Media:
    """Return what makes a page show itself again where there is no script."""
    return forms.Media(js=[cast(Any, _Reload(seconds))])


class _Reload:
    """A line of a page's head."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds

    def __html__(self) -> SafeString:
        return render_to_string("powercrud/reload.html", {"seconds": self.seconds})

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Reload)

    def __hash__(self) -> int:
        return hash(_Reload)


def moment(value: Any) -> str:
    """Return a point in time for people."""
    return "" if value is None else str(localize(localtime(value)))
