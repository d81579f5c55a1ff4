"""The NHS carbon footprint as code: one method, verified data, every tonne traceable to a published cell."""

from __future__ import annotations

import logging
from importlib import import_module
from typing import TYPE_CHECKING

from nhscarbon.version import __version__

if TYPE_CHECKING:
    from nhscarbon.activity.activity import Activity
    from nhscarbon.activity.eric.read_eric import read_eric
    from nhscarbon.activity.examples import example
    from nhscarbon.activity.files.limits import Limits
    from nhscarbon.activity.ledger.read_ledger import read_ledger
    from nhscarbon.activity.missing_months import estimate_missing_months
    from nhscarbon.activity.readers.parquet import write_parquet
    from nhscarbon.activity.readers.read import read
    from nhscarbon.analysis.benchmark import benchmark
    from nhscarbon.analysis.compare_methods import compare_methods
    from nhscarbon.analysis.decomposition.compare import compare
    from nhscarbon.analysis.rollup.base_year import base_year, load_base_year
    from nhscarbon.analysis.rollup.hierarchy import hierarchy
    from nhscarbon.analysis.supplied import SuppliedFootprint, beside, supplied_footprint
    from nhscarbon.analysis.uncertainty.uncertainty import uncertainty
    from nhscarbon.errors import NHSCarbonError
    from nhscarbon.findings import Finding, Findings, SubmissionError
    from nhscarbon.footprint.calculate import calculate
    from nhscarbon.footprint.coverage import completeness
    from nhscarbon.footprint.footprint import Footprint
    from nhscarbon.footprint.json_schema import json_schema
    from nhscarbon.footprint.lines_in_engine import lines_in
    from nhscarbon.methods.methodology import Methodology, methodology
    from nhscarbon.methods.options import options
    from nhscarbon.methods.overlay import overlay
    from nhscarbon.reporting.charts.chart import chart
    from nhscarbon.reporting.report.write import write_report
    from nhscarbon.submissions.check import check
    from nhscarbon.submissions.marked_workbook import mark
    from nhscarbon.submissions.reported import check_reported
    from nhscarbon.submissions.template import template
    from nhscarbon.sums.partial_sums import PartialSums
    from nhscarbon.sums.sum_in_spark import spark_partial
    from nhscarbon.sums.sum_source import partial
    from nhscarbon.trajectory.actions.abatement import abatement
    from nhscarbon.trajectory.actions.action import Action
    from nhscarbon.trajectory.actions.costs import appraisal, costs
    from nhscarbon.trajectory.actions.effects import with_actions
    from nhscarbon.trajectory.actions.matrix import matrix
    from nhscarbon.trajectory.actions.read_actions import read_actions
    from nhscarbon.trajectory.actions.table import Actions
    from nhscarbon.trajectory.actions.wedges import wedges
    from nhscarbon.trajectory.planning.choose import plan
    from nhscarbon.trajectory.projection.projection import project
    from nhscarbon.trajectory.targets.targets import targets

_HOME = {
    "Action": "trajectory.actions.action",
    "Actions": "trajectory.actions.table",
    "Activity": "activity.activity",
    "Finding": "findings",
    "Footprint": "footprint.footprint",
    "Limits": "activity.files.limits",
    "Methodology": "methods.methodology",
    "NHSCarbonError": "errors",
    "PartialSums": "sums.partial_sums",
    "Findings": "findings",
    "SubmissionError": "findings",
    "SuppliedFootprint": "analysis.supplied",
    "abatement": "trajectory.actions.abatement",
    "appraisal": "trajectory.actions.costs",
    "base_year": "analysis.rollup.base_year",
    "beside": "analysis.supplied",
    "calculate": "footprint.calculate",
    "chart": "reporting.charts.chart",
    "check": "submissions.check",
    "check_reported": "submissions.reported",
    "compare": "analysis.decomposition.compare",
    "compare_methods": "analysis.compare_methods",
    "completeness": "footprint.coverage",
    "costs": "trajectory.actions.costs",
    "estimate_missing_months": "activity.missing_months",
    "example": "activity.examples",
    "hierarchy": "analysis.rollup.hierarchy",
    "json_schema": "footprint.json_schema",
    "lines_in": "footprint.lines_in_engine",
    "load_base_year": "analysis.rollup.base_year",
    "mark": "submissions.marked_workbook",
    "matrix": "trajectory.actions.matrix",
    "methodology": "methods.methodology",
    "options": "methods.options",
    "overlay": "methods.overlay",
    "partial": "sums.sum_source",
    "benchmark": "analysis.benchmark",
    "plan": "trajectory.planning.choose",
    "project": "trajectory.projection.projection",
    "read": "activity.readers.read",
    "read_actions": "trajectory.actions.read_actions",
    "read_eric": "activity.eric.read_eric",
    "read_ledger": "activity.ledger.read_ledger",
    "spark_partial": "sums.sum_in_spark",
    "supplied_footprint": "analysis.supplied",
    "targets": "trajectory.targets.targets",
    "template": "submissions.template",
    "uncertainty": "analysis.uncertainty.uncertainty",
    "wedges": "trajectory.actions.wedges",
    "with_actions": "trajectory.actions.effects",
    "write_parquet": "activity.readers.parquet",
    "write_report": "reporting.report.write",
}
__all__ = [
    "Action",
    "Actions",
    "Activity",
    "Finding",
    "Findings",
    "Footprint",
    "Limits",
    "Methodology",
    "NHSCarbonError",
    "PartialSums",
    "SubmissionError",
    "SuppliedFootprint",
    "__version__",
    "abatement",
    "appraisal",
    "base_year",
    "benchmark",
    "beside",
    "calculate",
    "chart",
    "check",
    "check_reported",
    "compare",
    "compare_methods",
    "completeness",
    "costs",
    "estimate_missing_months",
    "example",
    "hierarchy",
    "json_schema",
    "lines_in",
    "load_base_year",
    "mark",
    "matrix",
    "methodology",
    "options",
    "overlay",
    "partial",
    "plan",
    "project",
    "read",
    "read_actions",
    "read_eric",
    "read_ledger",
    "spark_partial",
    "supplied_footprint",
    "targets",
    "template",
    "uncertainty",
    "wedges",
    "with_actions",
    "write_parquet",
    "write_report",
]

logging.getLogger(__name__).addHandler(logging.NullHandler())


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module 'nhscarbon' has no attribute '{name}'")
    value: object = getattr(import_module(f"nhscarbon.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
