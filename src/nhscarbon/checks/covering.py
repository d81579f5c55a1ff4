"""What a return covers: its themes table, its months, and the findings that come of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from nhscarbon.activity.activity import Activity, Source
from nhscarbon.activity.readers.read_themes import read_theme_rows
from nhscarbon.activity.theme_rows import ThemeRow
from nhscarbon.checks.theme_answers import theme_answers
from nhscarbon.checks.theme_coverage import coverage_table, theme_findings
from nhscarbon.checks.theme_evidence import ThemeEvidence, theme_evidence
from nhscarbon.checks.totals import Totals
from nhscarbon.findings import Finding
from nhscarbon.methods.methodology import Methodology
from nhscarbon.methods.resolution import FactorKey, Resolution
from nhscarbon.sums.partial_sums import PartialSums


def cover(
    partial: PartialSums,
    sums: Totals,
    resolutions: Mapping[FactorKey, Resolution],
    method: Methodology,
    *,
    sources: tuple[Source, ...] = (),
    themes: object = None,
) -> tuple[ThemeEvidence, list[Finding]]:
    """Return what a return says of its themes, and every finding of it.

    Parameters
    ----------
    partial : PartialSums
        The sums that are assessed.
    sums : Totals
        The same in the method's words.
    resolutions : Mapping[FactorKey, Resolution]
    method : Methodology
    sources : tuple of Activity or FileStream, optional
        Whose sheets ``themes`` are read where no table is given.
    themes : str, Path, frame or list of records, optional
        The themes table.
    """
    answered = theme_answers(_rows_of(sources) if themes is None else read_theme_rows(themes), method)
    detail = partial.by_site_and_month
    evidence = theme_evidence(partial, resolutions, method, answers=answered.answers, detail=detail)
    found = list(answered.findings)
    if answered.answers or (evidence.months is not None and (evidence.months["month"] != "").any()):
        found += theme_findings(coverage_table(sums, resolutions, method, evidence), method, evidence)
    return evidence, found


def _rows_of(sources: Iterable[Source]) -> tuple[ThemeRow, ...]:
    """Return the rows of the sheets ``themes`` of some sources."""
    return tuple(row for source in sources if isinstance(source, Activity) for row in source.themes)
