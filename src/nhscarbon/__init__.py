"""The NHS carbon footprint as code: one method, verified data, every tonne traceable to a published cell."""

from __future__ import annotations

import logging
from importlib import import_module
from typing import TYPE_CHECKING

from nhscarbon.version import __version__

if TYPE_CHECKING:
    from nhscarbon.activity.eric.door import read_eric
    from nhscarbon.activity.limits import Limits
    from nhscarbon.activity.parquet import write_parquet
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
    from nhscarbon.organisations.base_year import base_year, load_base_year
    from nhscarbon.organisations.hierarchy import hierarchy
    from nhscarbon.organisations.peers import peers
    from nhscarbon.overlays import overlay
    from nhscarbon.partials import Partial
    from nhscarbon.reported import check_reported
    from nhscarbon.reports.write import report
    from nhscarbon.spark import spark_partial
    from nhscarbon.submission import check
    from nhscarbon.summing import partial
    from nhscarbon.supplied import SuppliedFootprint, beside, supplied_footprint
    from nhscarbon.templates import template
    from nhscarbon.trajectory.abatement import abatement
    from nhscarbon.trajectory.action_reading import read_actions
    from nhscarbon.trajectory.action_table import Actions
    from nhscarbon.trajectory.actions import Action
    from nhscarbon.trajectory.choosing import plan
    from nhscarbon.trajectory.costs import appraisal, costs
    from nhscarbon.trajectory.effects import with_actions
    from nhscarbon.trajectory.matrix import matrix
    from nhscarbon.trajectory.projection import project
    from nhscarbon.trajectory.targets import targets
    from nhscarbon.trajectory.wedges import wedges

_HOME = {
    "Action": "trajectory.actions",
    "Actions": "trajectory.action_table",
    "Activity": "activity.table",
    "Finding": "findings",
    "Footprint": "footprint",
    "Limits": "activity.limits",
    "Methodology": "method",
    "NHSCarbonError": "errors",
    "Partial": "partials",
    "Report": "findings",
    "SubmissionError": "errors",
    "SuppliedFootprint": "supplied",
    "abatement": "trajectory.abatement",
    "appraisal": "trajectory.costs",
    "base_year": "organisations.base_year",
    "beside": "supplied",
    "calculate": "calculation",
    "check": "submission",
    "check_reported": "reported",
    "compare_methods": "comparison",
    "completeness": "given",
    "costs": "trajectory.costs",
    "estimate_missing_months": "months",
    "example": "examples",
    "hierarchy": "organisations.hierarchy",
    "json_schema": "json_schemas",
    "lines_in": "engine_lines",
    "load_base_year": "organisations.base_year",
    "mark": "marked",
    "matrix": "trajectory.matrix",
    "methodology": "method",
    "options": "choices",
    "overlay": "overlays",
    "partial": "summing",
    "peers": "organisations.peers",
    "plan": "trajectory.choosing",
    "project": "trajectory.projection",
    "read": "activity.read",
    "read_actions": "trajectory.action_reading",
    "read_eric": "activity.eric.door",
    "read_ledger": "ledger.door",
    "report": "reports.write",
    "spark_partial": "spark",
    "supplied_footprint": "supplied",
    "targets": "trajectory.targets",
    "template": "templates",
    "wedges": "trajectory.wedges",
    "with_actions": "trajectory.effects",
    "write_parquet": "activity.parquet",
}
__all__ = [
    "Action", "Actions", "Activity", "Finding", "Footprint", "Limits", "Methodology", "NHSCarbonError", "Partial",
    "Report", "SubmissionError", "SuppliedFootprint", "__version__", "abatement", "appraisal", "base_year", "beside",
    "calculate", "check", "check_reported", "compare_methods", "completeness", "costs", "estimate_missing_months",
    "example", "hierarchy", "json_schema", "lines_in", "load_base_year", "mark", "matrix", "methodology", "options",
    "overlay", "partial", "peers", "plan", "project", "read", "read_actions", "read_eric", "read_ledger", "report",
    "spark_partial", "supplied_footprint", "targets", "template", "wedges", "with_actions", "write_parquet",
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
