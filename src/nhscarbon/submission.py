"""Submissions: everything that is wrong with a return, or worth knowing, without calculating it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from nhscarbon.activity.kinds import OLE, PARQUET, ZIP
from nhscarbon.activity.limits import LIMITS, Limits
from nhscarbon.activity.read import read
from nhscarbon.calculation import assess
from nhscarbon.errors import IntegrityError, UnreadableError
from nhscarbon.findings import SEVERITIES, Finding, Report, report_of
from nhscarbon.method import Methodology

if TYPE_CHECKING:
    from nhscarbon.activity.isolated import Reader
    from nhscarbon.activity.table import Source
    from nhscarbon.summing import Tabular

ACCEPTED, WITH_WARNINGS, REFUSED = "accepted", "accepted with warnings", "refused"
LETTERS = 26


def check(
    source: Tabular,
    method: Methodology,
    *,
    keep: Sequence[str] = (),
    limits: Limits = LIMITS,
    isolate: bool | Reader = False,
) -> Report:
    """Check activity data against a methodology: every finding at once, nothing calculated and nothing raised.

    Parameters
    ----------
    source : str, Path, data frame or Activity
        What `nhscarbon.calculate` takes.
    method : Methodology
    keep : sequence of str, optional
        Further columns that a calculation would keep.
    limits : Limits, optional
        What a file is held against before it is parsed; give larger ones for larger files.
    isolate : bool or Reader, optional
        Parse a workbook or Parquet file in a process apart, with limits on time and memory: for files from people
        whom one does not know. A file that kills its parser is a finding. Costs a quarter of a second, or that
        once for many files with one `nhscarbon.activity.isolated.Reader`. The command `nhscarbon check` does it.

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
        found = assess(_read(source, limits, isolate), method, keep=keep)
    except (UnreadableError, IntegrityError) as error:
        name = Path(source).name if isinstance(source, str | Path) else ""
        code = "file_changed" if isinstance(error, IntegrityError) else "file_unreadable"
        finding = Finding(code=code, severity="reject_file", file=name, message=f"{error}.", rows=0)
        return Report((finding,), 0)
    return report_of([_with_cell(finding, found.sources) for finding in found.report.findings], found.report.rows)


def _read(source: Tabular, limits: Limits, isolate: bool | Reader) -> Tabular:
    """Read a file now, where it is to be read otherwise than a calculation would read it."""
    if not isinstance(source, str | Path) or (limits == LIMITS and not (isolate and _is_parsed(Path(source)))):
        return source
    if isinstance(isolate, bool) and isolate:
        from nhscarbon.activity.isolated import Reader  # noqa: PLC0415  for those who ask

        with Reader(limits) as parser:
            return read(source, limits=limits, parser=parser)
    return read(source, limits=limits, parser=isolate or None)


def _is_parsed(path: Path) -> bool:
    """Tell whether a file is a workbook or Parquet, whatever it is called; text needs no parser that could die."""
    try:
        if not path.is_file():
            return False
        with path.open("rb") as stream:
            return stream.read(8).startswith((ZIP, OLE, PARQUET))
    except (OSError, ValueError):
        return False  # reading it says why


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
