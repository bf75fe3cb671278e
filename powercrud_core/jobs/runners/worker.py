"""worker: nobody is told; `manage.py powercrud_jobs run` looks for itself."""

__all__ = ["ring"]


def ring(job_id: str) -> None:
    """Do nothing."""
