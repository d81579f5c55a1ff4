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
    from nhscarbon.ledger.door import read_ledger
    from nhscarbon.method import Methodology, methodology
    from nhscarbon.months import estimate_missing_months
    from nhscarbon.overlays import overlay
    from nhscarbon.partials import Partial
    from nhscarbon.reported import check_reported
    from nhscarbon.spark import spark_partial
    from nhscarbon.submission import check
    from nhscarbon.summing import partial
    from nhscarbon.supplied import SuppliedFootprint, beside, supplied_footprint
    from nhscarbon.trajectory.abatement import abatement
    from nhscarbon.trajectory.action_reading import read_actions
    from nhscarbon.trajectory.action_table import Actions
    from nhscarbon.trajectory.actions import Action
    from nhscarbon.trajectory.choosing import plan
    from nhscarbon.trajectory.costs import appraisal, costs
    from nhscarbon.trajectory.effects import with_actions
    from nhscarbon.trajectory.matrix import matrix
    from nhscarbon.trajectory.wedges import wedges

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
    "estimate_missing_months": "months",
    "example": "examples",
    "lines_in": "engine_lines",
    "methodology": "method",
    "options": "choices",
    "overlay": "overlays",
    "partial": "summing",
    "spark_partial": "spark",
    "supplied_footprint": "supplied",
    "read": "activity.read",
    "read_eric": "activity.eric.door",
    "read_ledger": "ledger.door",
    "Action": "trajectory.actions",
    "Actions": "trajectory.action_table",
    "abatement": "trajectory.abatement",
    "appraisal": "trajectory.costs",
    "costs": "trajectory.costs",
    "matrix": "trajectory.matrix",
    "plan": "trajectory.choosing",
    "read_actions": "trajectory.action_reading",
    "wedges": "trajectory.wedges",
    "with_actions": "trajectory.effects",
}
__all__ = [
    "Action", "Actions",
    "Activity", "Finding", "Footprint", "Methodology", "NHSCarbonError", "Partial", "Report", "SubmissionError",
    "SuppliedFootprint", "__version__", "abatement", "appraisal", "beside", "calculate", "check", "check_reported",
    "compare_methods", "costs",
    "estimate_missing_months", "example",
    "lines_in", "matrix", "methodology", "options", "overlay", "partial", "plan", "read", "read_actions", "read_eric",
    "read_ledger",
    "spark_partial", "supplied_footprint", "wedges", "with_actions",
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
