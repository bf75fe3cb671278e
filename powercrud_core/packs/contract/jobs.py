"""The components of what is done in the background."""

from dataclasses import dataclass

from powercrud_core.attrs import Attrs
from powercrud_core.components import Component
from powercrud_core.packs.contract.bulk import BulkGroups
from powercrud_core.packs.contract.lists import ActionMenu
from powercrud_core.packs.pieces import DetailField, Fact, Link, Status

__all__ = ["JobPage", "JobProgress", "Jobs"]


@dataclass(frozen=True, kw_only=True, eq=False)
class JobProgress(Component):
    """How far a job is: nothing but what is committed.

    attrs: the element around it; `data-pc-state` says its state.
    label: what is done.
    link: href of an `<a>` around the label, which leads to its page.
    state: its state in a word.
    bar: the `<progress>`; missing when it is over.
    text: numbers and the time that is left, in words.
    notice: what somebody should know, or nothing.
    facts: how many rows have changed, and how many have not.
    actions: what can be done with it.
    """

    attrs: Attrs
    label: str
    link: Attrs | None
    state: str
    bar: Attrs | None
    text: str
    notice: str
    facts: tuple[Fact, ...]
    actions: tuple[Link, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class Jobs(Component):
    """The user's jobs that run, or whose end was not told yet. The script asks how far they are.

    attrs: the element that is always there: a region with a name, and how to ask.
    status: says which jobs are over; written by the script, so without it there is no text.
    jobs: may be none.
    """

    attrs: Attrs
    status: Status
    jobs: tuple[JobProgress, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class JobPage(Component):
    """One job: how far it is, and what became of its rows.

    attrs: the page's own element.
    title: its heading.
    back: leads to the list of jobs.
    actions: what can be done with the job.
    jobs: how far it is.
    fields: whose it is, when it began and ended, why it ended.
    groups: why rows did not change.
    download: leads to the reasons as a file.
    """

    attrs: Attrs
    title: str
    back: Link | None
    actions: ActionMenu | None
    jobs: Jobs
    fields: tuple[DetailField, ...]
    groups: tuple[BulkGroups, ...]
    download: Link | None
