"""Submissions: everything that is wrong with a return, or worth knowing, without calculating it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from nhscarbon.calculation import assess
from nhscarbon.errors import UnreadableError
from nhscarbon.findings import SEVERITIES, Finding, Report, report_of
from nhscarbon.method import Methodology

if TYPE_CHECKING:
    from nhscarbon.activity.table import Source
    from nhscarbon.summing import Tabular

ACCEPTED, WITH_WARNINGS, REFUSED = "accepted", "accepted with warnings", "refused"
LETTERS = 26


def check(source: Tabular, method: Methodology, *, keep: Sequence[str] = ()) -> Report:
    """Check activity data against a methodology: every finding at once, nothing calculated and nothing raised.

    Parameters
    ----------
    source : str, Path, data frame or Activity
        What `nhscarbon.calculate` takes.
    method : Methodology
    keep : sequence of str, optional
        Further columns that a calculation would keep.

    Returns
    -------
    Report
        Findings with the severity, the rows, the cell of the first as the sender sees it, the message and what
        to do; worst first. A file that cannot be read at all is one finding.

    Examples
    --------
    >>> import nhscarbon as nc
    >>> report = nc.check(nc.example("trust-year.csv"), nc.methodology("nhs-2026.1"))
    >>> report.refused
    ()
    """
    try:
        found = assess(source, method, keep=keep)
    except UnreadableError as error:
        name = Path(source).name if isinstance(source, str | Path) else ""
        finding = Finding(code="file_unreadable", severity="reject_file", file=name, message=f"{error}.", rows=0)
        return Report((finding,), 0)
    return report_of([_with_cell(finding, found.sources) for finding in found.report.findings], found.report.rows)


def status(report: Report) -> str:
    """Return what becomes of a return: ``accepted``, ``accepted with warnings`` or ``refused``."""
    if report.refused:
        return REFUSED
    return WITH_WARNINGS if report.counts["warning"] else ACCEPTED


@dataclass(frozen=True)
class Checked:
    """One file of many, and what was found in it."""

    file: str
    report: Report


def summary_of(checked: Iterable[Checked]) -> pd.DataFrame:
    """Return one row for each file: its rows, findings by severity, and what becomes of it."""
    rows = [
        {"file": each.file, "rows": each.report.rows, **each.report.counts, "status": status(each.report)}
        for each in checked
    ]
    return pd.DataFrame(rows, columns=["file", "rows", *SEVERITIES, "status"])


def _with_cell(finding: Finding, sources: Sequence[Source]) -> Finding:
    """Say the cell of the first row as a spreadsheet names it."""
    header = getattr(sources[0], "header", ()) if len(sources) == 1 else ()
    if not finding.first_rows or finding.column not in header:
        return finding
    return replace(finding, cell=f"{letters(header.index(finding.column))}{finding.first_rows[0]}")


def letters(place: int) -> str:
    """Return the letters of a column, the first being 0.

    Examples
    --------
    >>> letters(0), letters(25), letters(26), letters(701), letters(702)
    ('A', 'Z', 'AA', 'ZZ', 'AAA')
    """
    name = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, LETTERS)
        name = chr(ord("A") + rest) + name
    return name
