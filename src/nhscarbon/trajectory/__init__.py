"""Targets, projections, actions, plans and monitoring."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nhscarbon.output.faces import face

if TYPE_CHECKING:
    from nhscarbon.trajectory.actions.abatement import abatement
    from nhscarbon.trajectory.actions.action import Action
    from nhscarbon.trajectory.actions.bookable import bookable
    from nhscarbon.trajectory.actions.costs import appraisal, costs
    from nhscarbon.trajectory.actions.effects import with_actions
    from nhscarbon.trajectory.actions.interventions.classify import classify
    from nhscarbon.trajectory.actions.interventions.review import read_review, review_table
    from nhscarbon.trajectory.actions.interventions.taxonomy import taxonomy
    from nhscarbon.trajectory.actions.table import Actions
    from nhscarbon.trajectory.actions.wedges import wedges
    from nhscarbon.trajectory.decisions.decision_effects import decision_effects
    from nhscarbon.trajectory.green_plan.deliverability import deliverability_rule
    from nhscarbon.trajectory.green_plan.matrix import intervention_matrix
    from nhscarbon.trajectory.monitoring.control_chart import control_chart
    from nhscarbon.trajectory.monitoring.intensities import intensities
    from nhscarbon.trajectory.monitoring.league import league
    from nhscarbon.trajectory.monitoring.monthly_energy import monthly_energy
    from nhscarbon.trajectory.monitoring.progress import progress
    from nhscarbon.trajectory.monitoring.weather import correct_for_weather
    from nhscarbon.trajectory.pathways.plus import plus_pathways
    from nhscarbon.trajectory.planning.robustness import robustness
    from nhscarbon.trajectory.projection.backtest import back_test
    from nhscarbon.trajectory.projection.statistical import random_walk
    from nhscarbon.trajectory.projection.three_lines import three_lines
    from nhscarbon.trajectory.targets.series import series_of

_HOME = {
    "Action": "actions.action",
    "Actions": "actions.table",
    "abatement": "actions.abatement",
    "appraisal": "actions.costs",
    "bookable": "actions.bookable",
    "back_test": "projection.backtest",
    "classify": "actions.interventions.classify",
    "control_chart": "monitoring.control_chart",
    "costs": "actions.costs",
    "deliverability_rule": "green_plan.deliverability",
    "decision_effects": "decisions.decision_effects",
    "intensities": "monitoring.intensities",
    "intervention_matrix": "green_plan.matrix",
    "league": "monitoring.league",
    "monthly_energy": "monitoring.monthly_energy",
    "plus_pathways": "pathways.plus",
    "progress": "monitoring.progress",
    "random_walk": "projection.statistical",
    "read_review": "actions.interventions.review",
    "review_table": "actions.interventions.review",
    "series_of": "targets.series",
    "robustness": "planning.robustness",
    "taxonomy": "actions.interventions.taxonomy",
    "correct_for_weather": "monitoring.weather",
    "three_lines": "projection.three_lines",
    "wedges": "actions.wedges",
    "with_actions": "actions.effects",
}
__all__ = [
    "Action",
    "Actions",
    "abatement",
    "appraisal",
    "back_test",
    "bookable",
    "classify",
    "control_chart",
    "correct_for_weather",
    "costs",
    "decision_effects",
    "deliverability_rule",
    "intensities",
    "intervention_matrix",
    "league",
    "monthly_energy",
    "plus_pathways",
    "progress",
    "random_walk",
    "read_review",
    "review_table",
    "robustness",
    "series_of",
    "taxonomy",
    "three_lines",
    "wedges",
    "with_actions",
]

__getattr__, __dir__ = face(__name__, _HOME, __all__)
