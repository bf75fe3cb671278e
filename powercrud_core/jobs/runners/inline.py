"""inline: the job is done here and now, before whoever submitted it goes on."""

from powercrud_core.jobs import engine

__all__ = ["ring"]


def ring(job_id: str) -> None:
    """Work on the job until it is over, or nobody can go on now."""
    engine.deliver(job_id)
