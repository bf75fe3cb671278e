"""q2: django-q2, with its ORM broker."""

from django_q.tasks import async_task

from powercrud_core.conf import get_conf
from powercrud_core.jobs.engine import deliver

__all__ = ["ring", "work"]

GRACE = 30


def ring(job_id: str) -> None:
    """Queue one slice; it is acknowledged even if it fails, for the job knows by itself."""
    seconds = int(get_conf().job_slice) + GRACE
    async_task(work, job_id, q_options={"ack_failure": True, "timeout": seconds, "save": False})


def work(job_id: str) -> str | None:
    """Do one slice; called by django-q2's worker."""
    return deliver(job_id)
