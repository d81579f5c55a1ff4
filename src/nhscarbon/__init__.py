"""The NHS carbon footprint as code: one method, verified data, every tonne traceable to a published cell."""

from __future__ import annotations

import logging
from importlib import import_module
from typing import TYPE_CHECKING

from nhscarbon.version import __version__

if TYPE_CHECKING:
    from nhscarbon.activity.eric.door import read_eric
    from nhscarbon.activity.read import read
    from nhscarbon.activity.table import Activity
    from nhscarbon.calculation import calculate
    from nhscarbon.choices import options
    from nhscarbon.comparison import compare_methods
    from nhscarbon.engine_lines import lines_in
    from nhscarbon.errors import NHSCarbonError, SubmissionError
    from nhscarbon.examples import example
    from nhscarbon.findings import Finding, Report
    from nhscarbon.footprint import Footprint
    from nhscarbon.given import completeness
    from nhscarbon.json_schemas import json_schema
    from nhscarbon.ledger.door import read_ledger
    from nhscarbon.marked import mark
    from nhscarbon.method import Methodology, methodology
    from nhscarbon.months import estimate_missing_months
    from nhscarbon.overlays import overlay
    from nhscarbon.partials import Partial
    from nhscarbon.reported import check_reported
    from nhscarbon.reports.write import report
    from nhscarbon.spark import spark_partial
    from nhscarbon.submission import check
    from nhscarbon.summing import partial
    from nhscarbon.supplied import SuppliedFootprint, beside, supplied_footprint
    from nhscarbon.templates import template
    from nhscarbon.trajectory.projection import project
    from nhscarbon.trajectory.targets import targets

_HOME = {
    "Activity": "activity.table",
    "Finding": "findings",
    "Footprint": "footprint",
    "Methodology": "method",
    "NHSCarbonError": "errors",
    "Partial": "partials",
    "Report": "findings",
    "SubmissionError": "errors",
    "SuppliedFootprint": "supplied",
    "beside": "supplied",
    "calculate": "calculation",
    "check": "submission",
    "check_reported": "reported",
    "compare_methods": "comparison",
    "completeness": "given",
    "estimate_missing_months": "months",
    "example": "examples",
    "json_schema": "json_schemas",
    "lines_in": "engine_lines",
    "mark": "marked",
    "methodology": "method",
    "options": "choices",
    "overlay": "overlays",
    "partial": "summing",
    "spark_partial": "spark",
    "supplied_footprint": "supplied",
    "read": "activity.read",
    "report": "reports.write",
    "read_eric": "activity.eric.door",
    "read_ledger": "ledger.door",
    "template": "templates",
    "project": "trajectory.projection",
    "targets": "trajectory.targets",
}
__all__ = [
    "Activity", "Finding", "Footprint", "Methodology", "NHSCarbonError", "Partial", "Report", "SubmissionError",
    "SuppliedFootprint", "__version__", "beside", "calculate", "check", "check_reported", "compare_methods",
    "completeness", "estimate_missing_months", "example",
    "json_schema", "lines_in", "mark", "methodology", "options", "overlay", "partial", "project", "read", "read_eric",
    "read_ledger", "report", "spark_partial", "supplied_footprint", "targets", "template",
]  # fmt: skip

logging.getLogger(__name__).addHandler(logging.NullHandler())


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module 'nhscarbon' has no attribute '{name}'")
    value: object = getattr(import_module(f"nhscarbon.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
