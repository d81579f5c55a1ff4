"""Many returns: the worst first, by the tonnes that are at risk in each, and what was found in all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import fsum, isnan, nan

import pandas as pd

from nhscarbon.checks.finding_words import sentence
from nhscarbon.findings import SEVERITIES, Finding, Findings, every_row
from nhscarbon.methods.units import KG_PER_TONNE
from nhscarbon.output.results import TableResult
from nhscarbon.output.tables import places_for, tonnes
from nhscarbon.output.text import shown
from nhscarbon.submissions.check import REFUSED, STATUSES, status

WORDS = ("organisation", "site", "period", "month", "activity", "unit")
COLUMNS = ("file", "organisation", "rows", "status", "errors", "warnings", "tco2e_at_risk", "errors_not_weighed",
           "largest", "label")  # fmt: skip
NAMED = 2  # organisations of a file that are named
WIDE = 100  # letters of a line
UNKNOWN = "not known"


@dataclass(frozen=True)
class FileCheck:
    """One file of many, and what was found in it."""

    file: str
    findings: Findings


@dataclass(frozen=True, eq=False, repr=False)
class Triage(TableResult):
    """Many returns, the worst first.

    Attributes
    ----------
    table : pandas.DataFrame
        file, organisation, rows, status, errors, warnings, tco2e_at_risk (missing where it is not known),
        errors_not_weighed (how many more errors there are whose tonnes nobody knows), largest (the finding with most at
        stake, in words) and label (what the return covers). Files whose tonnes are not known come first: those that
        could not be read, and those of which no error can be weighed. Then the most tonnes.
    """

    def _title(self) -> str:
        unknown = int(self._table["tco2e_at_risk"].isna().sum())
        told = f"; of {unknown:,} the tonnes at risk are not known" if unknown else ""
        at_risk = self._table["tco2e_at_risk"].sum()
        return f"{len(self._table):,} returns, the worst first: {at_risk:,.0f} tCO2e at risk{told}"

    def lines(self) -> list[str]:
        """Return the table as lines of up to 100 letters: below each file its largest finding and what it covers."""
        rows = self._table.to_dict("records")
        head = ("file", "organisation", "status", "errors", "warnings", "tCO2e at risk")
        cells = [head, *(
            (shown(each["file"]), _first(each["organisation"]), each["status"], f"{each['errors']:,}",
             f"{each['warnings']:,}", _amount(each["tco2e_at_risk"], each["errors_not_weighed"]))
            for each in rows
        )]  # fmt: skip
        widths = [max(len(row[place]) for row in cells) for place in range(len(head))]
        widths[0] = min(widths[0], WIDE - sum(widths[1:]) - 2 * (len(head) - 1))
        cells = [(_end(file, widths[0]), *rest) for file, *rest in cells]
        below = [[], *([each["largest"], each["label"]] for each in rows)]
        lines = []
        for row, more in zip(cells, below, strict=True):
            aligned = [cell.ljust(width) if place < len(head) // 2 else cell.rjust(width)
                       for place, (cell, width) in enumerate(zip(row, widths, strict=True))]  # fmt: skip
            lines.append("  ".join(aligned).rstrip())
            lines += [f"  {shown(each, WIDE - 2)}" for each in more if each]
        return lines

    def __str__(self) -> str:
        return "\n".join([self._title(), *self.lines()])


def triage(checked: Iterable[FileCheck]) -> Triage:
    """Put many checked returns in order, the worst first.

    Parameters
    ----------
    checked : iterable of FileCheck
        The name of each return, and the findings of `nhscarbon.check`.

    Returns
    -------
    Triage
        One row a return; see `at_risk` for how tonnes are counted.

    Examples
    --------
    >>> import nhscarbon as nc
    >>> from nhscarbon.submissions import FileCheck, triage
    >>> found = nc.check(nc.example("trust-year.csv"), "nhs-2026.1")
    >>> triage([FileCheck("trust-year.csv", found)]).table["status"].tolist()
    ['accepted']
    """
    frame = summary_of(checked)
    unread = (frame["rows"] == 0) & (frame["status"] == REFUSED)
    keys = {"unread": ~unread, "known": frame["tco2e_at_risk"].notna(), "tonnes": -frame["tco2e_at_risk"],
            "errors": -frame["errors"], "warnings": -frame["warnings"], "file": frame["file"]}  # fmt: skip
    order = pd.DataFrame(keys).sort_values([*keys], kind="stable").index
    return Triage(frame.loc[order].reset_index(drop=True))


def summary_of(checked: Iterable[FileCheck]) -> pd.DataFrame:
    """Return what `triage` does of each return, in the order in which they were checked."""
    return pd.DataFrame([_row(each) for each in checked], columns=list(COLUMNS)).astype({"tco2e_at_risk": float})


def _row(each: FileCheck) -> tuple[object, ...]:
    found = each.findings
    matters = [one for one in found if one.severity != "info"]
    largest = max(matters, key=_weight, default=None)
    return (
        each.file, _organisations(found.organisations), found.rows, status(found), len(found.refused),
        found.counts["warning"], at_risk(found), sum(one.kgco2e_at_stake is None for one in found.refused),
        "" if largest is None else sentence(largest.message), found.label,
    )  # fmt: skip


def _first(organisation: str) -> str:
    """Return the first of some organisations, as there is room for one."""
    code, comma, _ = organisation.partition(",")
    return f"{code}, …" if comma else code


def _end(text: str, longest: int) -> str:
    """Return the end of a name that is too long: there it differs from the others."""
    return text if len(text) <= longest else f"…{text[len(text) - longest + 1 :]}"


def _amount(tco2e: float, beside: int) -> str:
    return (
        UNKNOWN
        if isnan(tco2e)
        else f"{'at least ' if beside else ''}{tonnes(tco2e, places_for(tco2e) if tco2e else 0)}"
    )


def _weight(found: Finding) -> tuple[float, bool]:
    """Return the order of findings by size; the first of an order of severity wins among equals."""
    return abs(found.kgco2e_at_stake or 0.0), found.refuses


def _organisations(codes: Sequence[str]) -> str:
    more = f" and {len(codes) - NAMED} more" if len(codes) > NAMED else ""
    return ", ".join(shown(code, 12) for code in codes[:NAMED]) + more


def at_risk(findings: Findings) -> float:
    """Return the tonnes at risk in a return: those at stake in its errors and warnings, each row once.

    The findings are taken by size. One whose rows were all counted adds nothing; one that shares some of its rows with
    what was counted adds its tonnes in proportion to the others. Where only sums are at hand, a finding about words
    that a counted one names as well (the same organisation, site, period, activity and unit, or a part of them) adds
    nothing. Notes, and warnings that were answered, put nothing at risk.

    Parameters
    ----------
    findings : Findings

    Returns
    -------
    float
        tCO2e. NaN where they are not known: of a file that could not be read, or of whose errors none can be weighed.
    """
    matters = [each for each in findings if each.severity != "info"]
    weighed = [each for each in matters if each.kgco2e_at_stake is not None]
    if any(each.refuses for each in matters) and not weighed:
        return nan
    counted: set[tuple[str, int]] = set()
    named: list[tuple[str, ...]] = []
    parts = []
    for each in sorted(weighed, key=_weight, reverse=True):
        size = abs(each.kgco2e_at_stake or 0.0)
        rows = {(each.sheet, row) for row in every_row(each.first_rows)}
        if rows:
            parts.append(size * len(rows - counted) / len(rows))
            counted |= rows
            continue
        words = tuple(getattr(each, name) for name in WORDS)
        if not any(_inside(words, other) for other in named):
            parts.append(size)
            named.append(words)
    return fsum(parts) / KG_PER_TONNE


def _inside(words: Sequence[str], other: Sequence[str]) -> bool:
    """Tell whether words are about a part of what others are about: an empty word narrows nothing."""
    return all(theirs in ("", mine) for mine, theirs in zip(words, other, strict=True))


def counts_of(checked: Sequence[FileCheck]) -> dict[str, int]:
    """Return how many files there are, and how many of each status."""
    found = Counter(status(each.findings) for each in checked)
    return {"files": len(checked), **{each: found[each] for each in STATUSES}}


def codes_of(checked: Iterable[FileCheck]) -> pd.DataFrame:
    """Return what was found in many files: of each code, the files and the rows that it is in, the most first."""
    rows: Counter[tuple[str, str]] = Counter()
    files: Counter[tuple[str, str]] = Counter()
    for each in checked:
        for found in each.findings:
            rows[found.severity, found.code] += found.rows
        files.update({(found.severity, found.code) for found in each.findings})
    ordered = sorted(files, key=lambda code: (SEVERITIES.index(code[0]), -files[code], code))
    return pd.DataFrame([(*code, files[code], rows[code]) for code in ordered],
                        columns=["severity", "code", "files", "rows"])  # fmt: skip
