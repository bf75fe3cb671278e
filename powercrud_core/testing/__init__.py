"""The conformance kit: does a template pack draw what the contract says? See PackConformance."""

from powercrud_core.testing.kit import LEVELS, PackConformance, conform
from powercrud_core.testing.report import Finding, Report

__all__ = ["LEVELS", "Finding", "PackConformance", "Report", "conform"]
