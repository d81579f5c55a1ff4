"""The answers table to complete: a row for each warning, with the hash of the cells that it is about."""

from __future__ import annotations

import pandas as pd

from nhscarbon.checks.answers import COLUMNS
from nhscarbon.errors import UsageError
from nhscarbon.findings import Findings


def answers_template(findings: Findings) -> pd.DataFrame:
    """Return the answers table of a checked return, to be completed with reasons.

    Parameters
    ----------
    findings : Findings
        Of `nhscarbon.check`, or of a footprint that was not added up from several.

    Returns
    -------
    pandas.DataFrame
        code, organisation, period, activity, reason, by, date and input_sha256, all text: a row for each warning, the
        worst first, with reason, by and date left empty. Warnings that are answered keep their answers.

    Raises
    ------
    UsageError
        If the cells that the findings are about were not given.

    Examples
    --------
    >>> import nhscarbon as nc
    >>> from nhscarbon.submissions import answers_template
    >>> list(answers_template(nc.check(nc.example("trust-year.csv"), "nhs-2026.1")).columns[:4])
    ['code', 'organisation', 'period', 'activity']
    """
    sha256 = findings.input_sha256
    if sha256 is None:
        raise UsageError(
            "these findings do not say which cells they are about",
            advice="use the findings of check, or of each footprint before they are added",
        )
    rows = [
        (each.code, each.organisation, each.period, each.activity, each.answer, each.answered_by, each.answered_on,
         sha256(each))
        for each in findings if each.severity == "warning" or each.answered
    ]  # fmt: skip
    return pd.DataFrame(list(dict.fromkeys(rows)), columns=list(COLUMNS), dtype=str)
