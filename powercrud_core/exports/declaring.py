"""Export: what a view says about its files."""

from collections.abc import Sequence
from dataclasses import dataclass

from powercrud_core.columns import Column
from powercrud_core.exports.writing import FORMATS, ExportFormat

__all__ = ["Export"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """Lets the users of a list take its rows away as a file.

    formats: names out of "csv", "xlsx", "json" and "ods". Where the library that writes one is not
        installed, it is not offered.
    columns: names and Columns that can be chosen; default is the list's columns. Each passes the
        policy's `fields(user, "view")`, as on the list.
    max_rows: more rows are refused with a message; None for no limit but the format's own.
    escape_formulas: put `'` before CSV texts that a spreadsheet would run as a formula. Files with
        typed cells (xlsx, ods) and JSON need none.
    """

    formats: Sequence[str] = ("csv", "xlsx", "json")
    columns: Sequence[str | Column] | None = None
    max_rows: int | None = None
    escape_formulas: bool = True

    def available(self) -> list[ExportFormat]:
        """Return the declared formats that can be written here, in the declared order."""
        return [FORMATS[name] for name in self.formats if FORMATS[name].installed]

    def limit_of(self, format_: ExportFormat) -> int | None:
        """Return how many rows a file of a format may have; None for any number."""
        limits = [n for n in (self.max_rows, format_.max_rows) if n is not None]
        return min(limits, default=None)
