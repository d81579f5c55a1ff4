"""The one path from activity data to a footprint. Reading `calculate` is reading the architecture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from nhscarbon.activity.read import read
from nhscarbon.activity.schema import KEEPABLE
from nhscarbon.activity.table import Activity
from nhscarbon.checks.check import Checked, check
from nhscarbon.checks.terms import codes_where
from nhscarbon.errors import SubmissionError
from nhscarbon.expand import keys_of
from nhscarbon.findings import Finding, Report, Severity, first_rows, report_of
from nhscarbon.footprint import Footprint
from nhscarbon.method import Methodology
from nhscarbon.repeats import counted_twice
from nhscarbon.resolve import Key, Resolution, resolve
from nhscarbon.sums import Sums, accumulate

if TYPE_CHECKING:
    from narwhals.typing import IntoDataFrame

SHOWN = 12  # findings that a refusal prints; all of them are in its report


def calculate(
    source: str | Path | IO[bytes] | IO[str] | Activity | IntoDataFrame,
    method: Methodology,
    *,
    keep: Sequence[str] = (),
) -> Footprint:
    """Calculate the footprint of activity data.

    Parameters
    ----------
    source : str, Path, data frame or Activity
        The activity table; see `nhscarbon.read`.
    method : Methodology
        From `nhscarbon.methodology`.
    keep : sequence of str, optional
        Further columns to keep apart: ``site``, ``month``, ``supplier``, ``reference``.

    Returns
    -------
    Footprint
        Grouped by organisation, NHS year, activity, unit, geography and tier.

    Raises
    ------
    SubmissionError
        If anything in the source is refused; every finding is in its `report`, and nothing was
        calculated.
    UnreadableError
        If the source holds no table.

    Examples
    --------
    >>> import nhscarbon as nc
    >>> footprint = nc.calculate(nc.example("trust-year.csv"), nc.methodology("nhs-2026.1"))
    >>> footprint.method.status
    'published'
    """
    activity = read(source)  # text becomes codes and labels
    checked = check(activity, method, keep=in_order(keep))  # in the method's words, every fault found
    sums, rounded = accumulate(checked)  # the big table, summed once
    resolutions = resolve(keys_in(sums, checked), method)  # distinct keys to factor rows
    found = unresolved(checked, sums, resolutions, method)  # what no publication answers
    twice = counted_twice(checked, sums, method.catalogue)  # one thing in units and in pounds
    report = report_of((*checked.findings, *rounded, *found, *twice), rows=len(activity))
    refuse(report, method)
    return Footprint(method, sums, resolutions, report, (activity,), in_order(keep))


def in_order(keep: Sequence[str]) -> tuple[str, ...]:
    """Return the columns to keep, each once, in the order of the table; one may be named without a list."""
    names = [keep] if isinstance(keep, str) else list(keep)
    return tuple(sorted(set(names), key=lambda name: (KEEPABLE.index(name) if name in KEEPABLE else -1, name)))


def keys_in(sums: Sums, checked: Checked) -> list[Key]:
    """Return the distinct keys of the sums, and of rows that were not summed for another fault."""
    beside = checked.has_key & ~checked.usable
    return [*keys_of(sums.columns)[1], *keys_of(checked.part(beside))[1]]


def unresolved(
    checked: Checked, sums: Sums, resolutions: Mapping[Key, Resolution], method: Methodology
) -> list[Finding]:
    """Return a finding for each key without factors and for each component that is missing.

    Where the source says so, an activity without a published factor is listed with its quantity
    instead of refused.
    """
    gaps = [found for found in resolutions.values() if found.refusal or found.missing]
    if not gaps:
        return []
    listed = checked.activity.missing_factor == "not_counted"
    place, keys = keys_of(sums.columns)
    quantities = dict(zip(keys, np.bincount(place, weights=sums.quantity, minlength=len(keys)), strict=True))
    rows_of = _rows_by_key(checked, {gap.key.activity for gap in gaps})
    findings = []
    for gap in gaps:
        key, rows = gap.key, rows_of[gap.key]
        quantity = float(quantities.get(key, 0.0))
        about = partial(
            Finding, file=checked.activity.file, activity=key.activity, period=key.period, unit=key.unit,
            quantity=quantity, rows=len(rows), first_rows=first_rows(rows),
        )  # fmt: skip
        if gap.refusal is None:
            blocked = method.needing(key.activity, gap.missing)
            message = (
                f"no publication has {', '.join(gap.missing)} of {key.activity} for {key.period}, "
                f"so {', '.join(blocked)} cannot be totalled."
            )
            severity: Severity = "warning" if method.headline in blocked else "info"
            findings.append(about(code="component_missing", severity=severity, message=message))
        elif listed and gap.refusal.kind == "factor_missing":
            message = f"{quantity:,.10g} {key.unit} of {key.activity} are not counted: {gap.refusal.message}"
            findings.append(about(code="not_counted", severity="warning", message=message))
        else:
            message = f"{key.activity}  {key.period}  {key.unit}: {gap.refusal.message}"
            advice = gap.refusal.suggestion
            findings.append(about(code=gap.refusal.kind, severity="reject_line", message=message, suggestion=advice))
    return findings


def _rows_by_key(checked: Checked, activities: set[str]) -> dict[Key, NDArray[np.int64]]:
    """Return the row numbers of each key of some activities; the other rows are not looked at."""
    here = checked.has_key & codes_where(checked.columns["activity"], activities.__contains__)
    place, keys = keys_of(checked.part(here))
    ends = np.cumsum(np.bincount(place, minlength=len(keys)))
    ordered = checked.activity.row_numbers[here][np.argsort(place, kind="stable")]
    return dict(zip(keys, np.split(ordered, ends[:-1]), strict=True))


def refuse(report: Report, method: Methodology) -> None:
    """Raise one SubmissionError that says everything, if anything is refused."""
    refused = report.refused
    if not refused:
        return
    lines = [f"  {finding}" for finding in refused[:SHOWN]]
    if len(refused) > SHOWN:
        lines.append(f"  and {len(refused) - SHOWN} more; all are in the report")
    faults = "1 fault refuses" if len(refused) == 1 else f"{len(refused)} faults refuse"
    rows = "1 row" if report.rows == 1 else f"{report.rows:,} rows"
    raise SubmissionError(
        f"{faults} this source of {rows} under {method.id}.\n"
        + "\n".join(lines)
        + "\nNothing was calculated. Mend these and run it again.",
        report,
    )
