"""What an assessed return covers: its themes table, its months, and the findings that come of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from nhscarbon.activity.activity import Activity, Source
from nhscarbon.activity.readers.read_themes import read_theme_rows
from nhscarbon.activity.theme_rows import ThemeRow
from nhscarbon.checks.assess import Assessment, refuse
from nhscarbon.checks.theme_answers import theme_answers
from nhscarbon.checks.theme_coverage import contradictions, coverage_table, theme_findings
from nhscarbon.checks.theme_evidence import ThemeEvidence, theme_evidence
from nhscarbon.findings import Findings, in_order_of_severity
from nhscarbon.footprint.footprint import Footprint
from nhscarbon.methods.methodology import Methodology
from nhscarbon.output.text import short_repr
from nhscarbon.periods import month_of
from nhscarbon.sums.partial_sums import PartialSums
from nhscarbon.sums.sum_source import sum_source

FEW = 1 << 20  # rows that are summed once more, by month


@dataclass(frozen=True, eq=False)
class Cover:
    """What a return says of its themes, and every finding of it."""

    themes: ThemeEvidence
    findings: Findings

    __repr__ = short_repr


def cover(partial: PartialSums, found: Assessment, method: Methodology, themes: object = None) -> Cover:
    """Return what an assessed return covers.

    Parameters
    ----------
    partial : PartialSums
        The sums that were assessed.
    found : Assessment
    method : Methodology
    themes : str, Path, frame or list of records, optional
        The themes table; the sheet ``themes`` of the workbooks when left out.
    """
    rows = theme_rows_of(found.sources) if themes is None else read_theme_rows(themes)
    answered = theme_answers(rows, method)
    detail = _by_month(partial, found.sources, method)
    evidence = theme_evidence(partial, found.resolutions, method, answers=answered.answers, detail=detail)
    more = list(answered.findings)
    if answered.answers or (evidence.months is not None and (evidence.months["month"] != "").any()):
        table = coverage_table(found.sums, found.resolutions, method, evidence)
        more += theme_findings(table, method, evidence)
    findings = in_order_of_severity([*found.findings, *more], found.findings.rows) if more else found.findings
    return Cover(evidence, findings)


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


def theme_rows_of(sources: Iterable[Source]) -> tuple[ThemeRow, ...]:
    """Return the rows of the sheets ``themes`` of some sources."""
    return tuple(row for source in sources if isinstance(source, Activity) for row in source.themes)


def _by_month(partial: PartialSums, sources: tuple[Source, ...], method: Methodology) -> PartialSums | None:
    """Return the same rows summed by month, where they are at hand and few; None where months stay unknown."""
    tables = [source for source in sources if isinstance(source, Activity)]
    if "month" in partial.keep or not tables or len(tables) < len(sources) or partial.read > FEW:
        return None
    periods = {label for table in tables if "period" in table.columns for label in table.columns["period"].labels}
    if not any(map(month_of, periods)):
        return partial
    parts = [sum_source(table, keep=("month",), units=method.units)[0] for table in tables]
    return sum(parts[1:], parts[0])
