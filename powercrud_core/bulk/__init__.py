"""Bulk operations: what is done to many rows at once, in a request or in a worker."""

from powercrud_core.bulk.deleting import BulkDelete, Collateral, Group
from powercrud_core.bulk.forms import MIXED, BulkForm, common_values
from powercrud_core.bulk.operations import Batch, BulkOperation
from powercrud_core.bulk.plans import Chunk, Outcome, Plan, PlanError, Preview, RowNote, Sample
from powercrud_core.bulk.running import Run, execute, preview, run_chunk, start
from powercrud_core.bulk.updating import BulkUpdate

__all__ = [
    "MIXED",
    "Batch",
    "BulkDelete",
    "BulkForm",
    "BulkOperation",
    "BulkUpdate",
    "Chunk",
    "Collateral",
    "Group",
    "Outcome",
    "Plan",
    "PlanError",
    "Preview",
    "RowNote",
    "Run",
    "Sample",
    "common_values",
    "execute",
    "preview",
    "run_chunk",
    "start",
]
