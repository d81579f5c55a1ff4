"""Findings in the columns and words of NHS England's Data Validation Engine, so that one desk reads one kind of report.

Source: NHS England, data-validation-engine, src/dve/reporting/error_report.py (columns) and constants.py (words).
"""

from __future__ import annotations

import pandas as pd

from nhscarbon.findings import Finding, Findings, Severity

COLUMNS = ("Table", "Type", "Error_Code", "Data_Item", "Error", "Record_Index", "Value", "ID", "Category")
TYPES: dict[Severity, str] = {
    "reject_file": "File Rejection", "reject_line": "Record Rejection", "warning": "Warning", "info": "Warning",
}  # fmt: skip
STATUSES: dict[Severity, str] = {
    "reject_file": "File has been rejected",
    "reject_line": "File has been accepted with record rejections",
    "warning": "File has been accepted, all records accepted with warnings",
}
NO_ISSUES = "File has been accepted, no issues to report"
TABLE = "activity"
BLANK, FORMAT, VALUE = "Blank", "Wrong format", "Bad value"


def feedback(findings: Findings) -> pd.DataFrame:
    """Return findings in the columns of the Data Validation Engine's error report.

    Parameters
    ----------
    findings : Findings
        Of `nhscarbon.check`; what is merely worth knowing (``info``) is left out, as that report has no word for it.

    Returns
    -------
    pandas.DataFrame
        Table, Type, Error_Code, Data_Item, Error, Record_Index, Value, ID and Category: one row for each of the first
        rows of a finding, numbered as the sender sees them; ID is the cell.

    Examples
    --------
    >>> import nhscarbon as nc
    >>> from nhscarbon.submissions.validation_engine import feedback
    >>> feedback(nc.check(nc.example("trust-year.csv"), nc.methodology("nhs-2026.1"))).columns[:4].tolist()
    ['Table', 'Type', 'Error_Code', 'Data_Item']
    """
    rows = [
        (finding.sheet or TABLE, TYPES[finding.severity], finding.code, finding.column, _error(finding), row,
         finding.value, finding.cell if place == 0 else "", _category(finding.code))
        for finding in findings if finding.severity != "info"
        for place, row in enumerate(finding.first_rows or (None,))
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"Record_Index": "Int64"})


def feedback_status(findings: Findings) -> str:
    """Return the engine's sentence for what becomes of a file; a footprint needs one without rejections."""
    return next((said for severity, said in STATUSES.items() if findings.counts[severity]), NO_ISSUES)


def _error(finding: Finding) -> str:
    more = finding.rows - len(finding.first_rows)
    others = f" And {more:,} more rows." if finding.first_rows and more > 0 else ""
    return f"{finding.message} {finding.suggestion}".strip() + others


def _category(code: str) -> str:
    if code.endswith(("_blank", "_missing")):
        return BLANK
    return FORMAT if code.startswith("number_") or code.endswith("_unreadable") else VALUE
