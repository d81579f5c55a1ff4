"""The NHS carbon footprint as code: one method, verified data, every tonne traceable to a published cell.

The names here are the front desk: each is loaded when it is first used. What is asked for less often has a room:
`nhscarbon.activity`, `nhscarbon.analysis`, `nhscarbon.exchange`, `nhscarbon.footprint`, `nhscarbon.methods`,
`nhscarbon.submissions`, `nhscarbon.sums` and `nhscarbon.trajectory`.
"""

from __future__ import annotations

import logging
from importlib import import_module
from typing import TYPE_CHECKING

from nhscarbon.output.faces import face
from nhscarbon.version import __version__

if TYPE_CHECKING:
    from nhscarbon import activity as activity
    from nhscarbon import analysis as analysis
    from nhscarbon import exchange as exchange
    from nhscarbon import footprint as footprint
    from nhscarbon import methods as methods
    from nhscarbon import submissions as submissions
    from nhscarbon import sums as sums
    from nhscarbon import trajectory as trajectory
    from nhscarbon.activity.activity import Activity
    from nhscarbon.activity.eric.read_eric import read_eric
    from nhscarbon.activity.examples import example
    from nhscarbon.activity.ledger.read_ledger import read_ledger
    from nhscarbon.activity.readers.read import read
    from nhscarbon.activity.readers.read_meter import read_meter
    from nhscarbon.analysis.decomposition.compare import compare
    from nhscarbon.analysis.rollup.hierarchy import hierarchy
    from nhscarbon.analysis.rollup.rollup import roll_up
    from nhscarbon.analysis.uncertainty.uncertainty import uncertainty
    from nhscarbon.errors import (
        BoundaryError,
        HierarchyError,
        IntegrityError,
        MixedMethodError,
        NHSCarbonError,
        PeriodError,
        UnitError,
        UnreadableError,
        UsageError,
    )
    from nhscarbon.findings import Finding, Findings, SubmissionError
    from nhscarbon.footprint.calculate import calculate
    from nhscarbon.footprint.footprint import Footprint
    from nhscarbon.methods.find import find
    from nhscarbon.methods.methodology import Methodology, methodology
    from nhscarbon.reporting.charts.chart import chart
    from nhscarbon.reporting.green_plan.write import write_green_plan
    from nhscarbon.reporting.report.write import write_report
    from nhscarbon.submissions.check import check
    from nhscarbon.submissions.mapping_proposal import propose_mapping
    from nhscarbon.submissions.marked_workbook import mark
    from nhscarbon.submissions.template import template
    from nhscarbon.sums.sum_source import partial
    from nhscarbon.trajectory.actions.read_actions import read_actions
    from nhscarbon.trajectory.green_plan.green_plan import green_plan
    from nhscarbon.trajectory.green_plan.result import read_green_plan
    from nhscarbon.trajectory.monitoring.monitor import monitor
    from nhscarbon.trajectory.planning.choose import plan
    from nhscarbon.trajectory.projection.projection import project
    from nhscarbon.trajectory.targets.targets import targets

_HOME = {
    "Activity": "activity.activity",
    "BoundaryError": "errors",
    "Finding": "findings",
    "Findings": "findings",
    "Footprint": "footprint.footprint",
    "HierarchyError": "errors",
    "IntegrityError": "errors",
    "Methodology": "methods.methodology",
    "MixedMethodError": "errors",
    "NHSCarbonError": "errors",
    "PeriodError": "errors",
    "SubmissionError": "findings",
    "UnitError": "errors",
    "UnreadableError": "errors",
    "UsageError": "errors",
    "calculate": "footprint.calculate",
    "chart": "reporting.charts.chart",
    "check": "submissions.check",
    "compare": "analysis.decomposition.compare",
    "example": "activity.examples",
    "find": "methods.find",
    "green_plan": "trajectory.green_plan.green_plan",
    "hierarchy": "analysis.rollup.hierarchy",
    "mark": "submissions.marked_workbook",
    "methodology": "methods.methodology",
    "monitor": "trajectory.monitoring.monitor",
    "partial": "sums.sum_source",
    "plan": "trajectory.planning.choose",
    "propose_mapping": "submissions.mapping_proposal",
    "project": "trajectory.projection.projection",
    "read": "activity.readers.read",
    "read_actions": "trajectory.actions.read_actions",
    "read_eric": "activity.eric.read_eric",
    "read_green_plan": "trajectory.green_plan.result",
    "read_ledger": "activity.ledger.read_ledger",
    "read_meter": "activity.readers.read_meter",
    "roll_up": "analysis.rollup.rollup",
    "targets": "trajectory.targets.targets",
    "template": "submissions.template",
    "uncertainty": "analysis.uncertainty.uncertainty",
    "write_green_plan": "reporting.green_plan.write",
    "write_report": "reporting.report.write",
}
_ROOMS = ("activity", "analysis", "exchange", "footprint", "methods", "submissions", "sums", "trajectory")
__all__ = [
    "Activity",
    "BoundaryError",
    "Finding",
    "Findings",
    "Footprint",
    "HierarchyError",
    "IntegrityError",
    "Methodology",
    "MixedMethodError",
    "NHSCarbonError",
    "PeriodError",
    "SubmissionError",
    "UnitError",
    "UnreadableError",
    "UsageError",
    "__version__",
    "calculate",
    "chart",
    "check",
    "compare",
    "example",
    "find",
    "green_plan",
    "hierarchy",
    "mark",
    "methodology",
    "monitor",
    "partial",
    "plan",
    "project",
    "propose_mapping",
    "read",
    "read_actions",
    "read_eric",
    "read_green_plan",
    "read_ledger",
    "read_meter",
    "roll_up",
    "targets",
    "template",
    "uncertainty",
    "write_green_plan",
    "write_report",
]

logging.getLogger(__name__).addHandler(logging.NullHandler())
_load, __dir__ = face(__name__, _HOME, __all__)


def __getattr__(name: str) -> object:
    return import_module(f"{__name__}.{name}") if name in _ROOMS else _load(name)
