"""Bulk operations: what is done to many rows at once, in a request or in a worker."""

from powercrud_core.bulk.deleting import BulkDelete, Collateral, Group
from powercrud_core.bulk.forms import MIXED, BulkForm, common_values, mode_name
from powercrud_core.bulk.operations import PLACES, Action, Batch, BulkOperation, Done, File
from powercrud_core.bulk.plans import Chunk, Outcome, Plan, PlanError, Preview, RowNote, Sample
from powercrud_core.bulk.running import Run, carry_out, execute, preview, run_chunk, start
from powercrud_core.bulk.updating import BulkUpdate

__all__ = [
    "MIXED",
    "PLACES",
    "Action",
    "Batch",
    "BulkDelete",
    "BulkForm",
    "BulkOperation",
    "BulkUpdate",
    "Chunk",
    "Collateral",
    "Done",
    "File",
    "Group",
    "Outcome",
    "Plan",
    "PlanError",
    "Preview",
    "RowNote",
    "Run",
    "Sample",
    "carry_out",
    "common_values",
    "execute",
    "mode_name",
    "preview",
    "run_chunk",
    "start",
]
