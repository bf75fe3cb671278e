"""What is sent after a job changed its state, once that is committed; and one line in the log."""

import logging
from typing import Any

from django.db import transaction
from django.dispatch import Signal

from powercrud_core.jobs.models import Job

__all__ = [
    "announce",
    "job_finished",
    "job_paused",
    "job_progressed",
    "job_started",
    "job_submitted",
]

logger = logging.getLogger("powercrud.jobs")

# Receivers get `job`. What one raises is logged and harms nobody.
job_submitted, job_started, job_progressed, job_paused, job_finished = (Signal() for _ in range(5))


def announce(signal: Signal, job: Job, event: str, **more: Any) -> None:
    """Send a signal and write a line once the current transaction is committed."""

    def send() -> None:
        words = {
            "event": event,
            "job": str(job.pk),
            "operation": job.operation,
            "owner": job.owner_id,
            "state": job.state,
            "attempt": job.token,
            "done": job.processed,
            "total": job.total,
            **more,
        }
        level = logging.DEBUG if event == "progressed" else logging.INFO
        text = " ".join(f"{name}={value}" for name, value in words.items())
        logger.log(level, "%s", text, extra={"powercrud": words})
        for receiver, answer in signal.send_robust(sender=Job, job=job):
            if isinstance(answer, Exception):
                logger.error("%r failed for job %s.", receiver, job.pk, exc_info=answer)

    transaction.on_commit(send, using=job._state.db, robust=True)
