"""Sample states of what is done in the background; see samples.py."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from powercrud_core import hooks
from powercrud_core.attrs import Attrs
from powercrud_core.packs import contract as c

__all__ = ["job_samples"]

UNBOUND: Any = None


def job_samples(
    reasons: c.BulkGroups, back: c.Link, menu: c.ActionMenu, download: c.Link
) -> Iterator[tuple[str, Any]]:
    """Yield jobs that wait, run and are over, the region with them, and the page of one."""
    running = progress("1", "running", "Edit: 20,000 products")
    waiting = replace(
        progress("2", "waiting", "Delete: 8 products", "queued"),
        bar=hooks.bundle("job-bar", aria_label="Delete: 8 products"),
        text="",
        notice="No worker has picked this up for 60 seconds.",
    )
    again = Attrs({"href": "/store/jobs/2/do/retry/", **hooks.part("action-retry")})
    waiting = replace(waiting, actions=(*waiting.actions, c.Link(attrs=again, label="Try again")))
    done = replace(
        progress("3", "done", "Lend: 12 products"), bar=None, text="12 of 12", actions=()
    )
    facts = tuple(
        c.Fact(attrs=hooks.bundle("fact", data_pc_fact=name), label=label, value=value)
        for name, label, value in (("done", "Done", "11,992"), ("failed", "Not possible", "8"))
    )
    whole = replace(running, link=None, actions=(), facts=facts)
    over = replace(whole, bar=None, state="done in part", text="12,000 of 12,000")
    yield "running", running
    yield "waiting", waiting
    yield "done", done
    yield "facts", whole
    yield "none", region()
    three = region(running, waiting, done)
    yield "three", replace(three, status=replace(three.status, text="Lend: 12 products: done"))
    fields = tuple(
        c.DetailField(attrs=hooks.bundle("detail-field"), label=label, value=value)
        for label, value in (("By", "Ada"), ("Submitted", "Nov. 21, 2026, 4:29 p.m."))
    )
    page = c.JobPage(
        renderer=UNBOUND,
        attrs=hooks.bundle("job-page"),
        title="Edit: 20,000 products",
        back=back,
        actions=menu,
        jobs=region(whole),
        fields=fields,
        groups=(),
        download=None,
    )
    yield "running", page
    yield "partial", replace(page, jobs=region(over), groups=(reasons,), download=download)
    skipped = hooks.bundle("bulk-groups", data_pc_groups="skipped")
    left_out = replace(reasons, attrs=skipped, title="Left out")
    yield "reasons", replace(page, jobs=region(over), groups=(left_out, reasons))
    yield "bare", replace(page, back=None, actions=None)


def progress(key: str, name: str, label: str, state: str = "") -> c.JobProgress:
    """Return a job that runs and can be stopped."""
    stop = Attrs({"href": f"/store/jobs/{key}/do/cancel/", **hooks.part("action-cancel")})
    bar = hooks.bundle("job-bar", aria_label=label, value=1200, max=20000)
    return c.JobProgress(
        renderer=UNBOUND,
        attrs=hooks.bundle("job", id=f"pc-job-{key}", data_pc_state=state or name),
        label=label,
        link=hooks.bundle("job-link", href=f"/store/jobs/{key}/"),
        state=name,
        bar=bar,
        text="1,200 of 20,000 · 400 a second · 47 seconds left",
        notice="",
        facts=(),
        actions=(c.Link(attrs=stop, label="Stop"),),
    )


def region(*jobs: c.JobProgress) -> c.Jobs:
    """Return the region with some jobs."""
    return c.Jobs(
        renderer=UNBOUND,
        attrs=hooks.bundle(
            "jobs",
            role="region",
            aria_label="Background jobs",
            **hooks.poll("pc-jobs", "/store/jobs/progress/", [1] if jobs else []),
        ),
        status=c.Status(attrs=hooks.bundle("jobs-status", role="status"), text=""),
        jobs=jobs,
    )
