"""Answers for themes that are given to a footprint after it was calculated, such as one of several files."""

from __future__ import annotations

from dataclasses import replace

from nhscarbon.activity.readers.read_themes import read_theme_rows
from nhscarbon.checks.assess import refuse
from nhscarbon.checks.theme_answers import theme_answers
from nhscarbon.checks.theme_coverage import contradictions, coverage_table
from nhscarbon.findings import in_order_of_severity
from nhscarbon.footprint.footprint import Footprint


def answered(footprint: Footprint, themes: object) -> Footprint:
    """Return a footprint with the answers of a themes table, such as one of several files added up.

    Parameters
    ----------
    footprint : Footprint
    themes : str, Path, frame or list of records
        organisation, period, theme, answer and reason.

    Returns
    -------
    Footprint
        The same tonnes; its coverage and labels follow the answers.

    Raises
    ------
    SubmissionError
        If a row of the table is wrong, or contradicts what was sent.
    UsageError
        If it is no themes table.

    Examples
    --------
    >>> import nhscarbon as nc
    >>> footprint = nc.calculate(nc.example("trust-year.csv"), nc.methodology("nhs-2026.1"))
    >>> none = {"organisation": "RX1", "period": "2023/24", "theme": "fleet", "answer": "none_used"}
    >>> answered(footprint, [none]).label()
    'NHS Carbon Footprint, partial: 5 of 10 themes'
    """
    method = footprint.method
    given = theme_answers(read_theme_rows(themes), method)
    evidence = replace(footprint.themes, answers={**footprint.themes.answers, **given.answers})
    table = coverage_table(footprint.sums, footprint.resolutions, method, evidence)
    more = [*given.findings, *contradictions(table, method, evidence)]
    findings = in_order_of_severity([*footprint.findings, *more], footprint.findings.rows)
    refuse(findings, method)
    return replace(footprint, themes=evidence, findings=findings)
