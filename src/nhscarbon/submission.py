"""Submissions: everything that is wrong with a return, or worth knowing, without calculating it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from nhscarbon.calculation import assess
from nhscarbon.errors import UnreadableError
from nhscarbon.findings import SEVERITIES, Finding, Report
from nhscarbon.method import Methodology

if TYPE_CHECKING:
    from nhscarbon.summing import Tabular

ACCEPTED, WITH_WARNINGS, REFUSED = "accepted", "accepted with warnings", "refused"


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
    return found.report


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
