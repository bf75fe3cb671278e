"""Exports: the rows of a list as a file, read and written piece by piece."""

from powercrud_core.exports.declaring import Export
from powercrud_core.exports.reading import Reader
from powercrud_core.exports.writing import FORMATS, ExportFormat, harmless

__all__ = ["FORMATS", "Export", "ExportFormat", "Reader", "harmless"]
