"""The walks over the screen of background jobs: what it tells of whose, and its files."""

from powercrud_core.testing.matrix.reading import OK
from powercrud_core.testing.matrix.walks import Visit, by_permission

__all__ = ["JOB_WALKS"]


def walk_progress(visit: Visit) -> None:
    """How far jobs are: those that are asked for by their keys, as far as they may be seen."""
    keys = {str(obj.pk): (name, obj) for name, obj in visit.targets}
    url, says = visit.world.url("progress"), visit.oracle.verdict("view")
    for asked in ({"id": list(keys)}, {"id": list(keys), "only": "1"}):
        endpoint = f"progress GET{' only' if 'only' in asked else ''}"
        answer = visit.ask(endpoint, "get", url, asked, says=says)
        if answer is None:
            continue
        told = {part["id"].removeprefix("pc-job-") for part in answer.parts("job")}
        seen = {
            key for key, (_name, obj) in keys.items() if visit.oracle.verdict("view", obj) == OK
        }
        called = {key: name for key, (name, _obj) in keys.items()}
        visit.compare(
            endpoint, "jobs", [called[key] for key in seen], [called.get(key, key) for key in told]
        )


def walk_reasons(visit: Visit) -> None:
    """The file of the rows that a job did not change."""
    by_permission(visit, "reasons")


JOB_WALKS = {"progress": walk_progress, "reasons": walk_reasons}
