"""The one path from activity data to a footprint. Reading `calculate` is reading the architecture."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial as partial_call
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

from nhscarbon.activity.activity import Activity, Source
from nhscarbon.activity.cell_address import with_cell
from nhscarbon.activity.template_properties import other_method
from nhscarbon.checks.check_words import UNSUMMED, Checked, check
from nhscarbon.checks.double_counting import DoubleCounting
from nhscarbon.checks.entries import Entries, Location, cells_of, rows_of
from nhscarbon.checks.totals import Totals, to_totals
from nhscarbon.checks.words import codes_where
from nhscarbon.errors import UsageError
from nhscarbon.findings import Finding, Findings, SubmissionError, finding, in_order_of_severity, merged
from nhscarbon.footprint.footprint import Footprint
from nhscarbon.methods.methodology import Methodology
from nhscarbon.methods.resolution import FactorKey, Resolution, resolve
from nhscarbon.methods.units import decimals_of
from nhscarbon.output.progress import ProgressHook
from nhscarbon.sums.combinations import keys_of
from nhscarbon.sums.partial_sums import PartialSums
from nhscarbon.sums.sum_source import Tabular, in_order, summed

if TYPE_CHECKING:
    from narwhals.typing import IntoDataFrame


Weigh = Callable[[Activity], NDArray[np.float64]]  # the kgCO2e of each row of a batch
FEW = 1 << 20  # rows that are looked at again to number what is merely worth knowing; a refusal always does
READ = ("number_", "quantity_blank", "column_missing")  # what reading says of a quantity that is none
SHOWN = 12  # findings that a refusal prints; all of them are in its report
COLUMN_OF = {
    "period_not_served": "period",
    "unit_not_convertible": "unit",
    "geography_unknown": "geography",
}  # what to mend


def calculate(
    source: str | Path | IO[bytes] | IO[str] | Activity | PartialSums | IntoDataFrame,
    method: Methodology,
    *,
    keep: Sequence[str] = (),
    progress: bool | ProgressHook = False,
) -> Footprint:
    """Calculate the footprint of activity data.

    Parameters
    ----------
    source : str, Path, data frame, Activity or PartialSums
        The activity table; see `nhscarbon.read`. Or what `nhscarbon.partial` summed before.
    method : Methodology
        From `nhscarbon.methodology`.
    keep : sequence of str, optional
        Further columns to keep apart: ``site``, ``month``, ``supplier``, ``reference``.
    progress : bool or callable, optional
        True shows a bar on the error stream while rows are summed; see `nhscarbon.partial`.

    Returns
    -------
    Footprint
        Grouped by organisation, NHS year, activity, unit, geography and tier.

    Raises
    ------
    SubmissionError
        If anything in the source is refused; every finding is in its `findings`, and nothing was
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
    found = assess(source, method, keep=keep, progress=progress)
    refuse(found.findings, method)
    return Footprint(
        method, found.sums, found.resolutions, found.findings, found.sources, found.keep, found.files, found.boundary
    )


@dataclass(frozen=True)
class Assessment:
    """A source summed, checked and resolved; whether it is refused is for the caller to say."""

    sums: Totals
    resolutions: Mapping[FactorKey, Resolution]
    findings: Findings
    sources: tuple[Source, ...]
    keep: tuple[str, ...]
    files: tuple[tuple[str, str], ...]
    boundary: str


def assess(
    source: Tabular | PartialSums,
    method: Methodology,
    *,
    keep: Sequence[str] = (),
    progress: bool | ProgressHook = False,
    weigh: Weigh | None = None,
) -> Assessment:
    """Sum a source, hold it against a methodology, and resolve its keys: every finding, and nothing multiplied.

    Takes what `calculate` takes, and raises only where there is no table at all; `weigh` says what each row of a
    batch is worth.
    """
    keep, sources = in_order(keep), cast("tuple[Source, ...]", ())
    if isinstance(source, PartialSums):
        partial = source
        _refuse_other_units(partial, method)
        keep = keep or partial.keep
    else:
        partial, sources = summed(
            source, keep=keep, units=method.units, progress=progress
        )  # the big table, summed once
    if keep != partial.keep:
        raise UsageError(f"these partial sums kept {', '.join(partial.keep) or 'no further column'}: sum them again")
    checked = check(cells_of(partial), method, keep=keep)  # in the method's words, every fault found
    sums = to_totals(checked, partial)
    resolutions = resolve(keys_in(sums, checked), method)  # distinct keys to factor rows
    found = [*findings_of(checked, sums, resolutions, method), *faults_of(partial)]
    refused = _refuse((*partial.findings, *found))
    if found and sources and (refused or partial.read <= FEW):  # only now are rows looked at, to say which
        of_rows = located(sources, partial, sums, resolutions, method, keep, weigh)
        found = of_rows if _refuse((*partial.findings, *of_rows)) else [*of_rows, *_certain(found)]
    made_for = other_method(sources, method.id, method.digest)
    findings = in_order_of_severity(
        [with_cell(each, sources) for each in (*partial.findings, *found, *made_for)], rows=partial.read
    )
    return Assessment(sums, resolutions, findings, sources, keep, partial.files, partial.boundary)


def _refuse_other_units(partial: PartialSums, method: Methodology) -> None:
    """Refuse sums at another decimal scale than the methodology's units have."""
    units = (*partial.columns["unit"].labels, "")
    other = [unit for unit, places in zip(units, partial.decimals, strict=True)
             if unit and decimals_of(method.units, unit) != places]  # fmt: skip
    if other:
        raise UsageError(
            f"these partial sums hold {other[0]} at another decimal scale than {method.id}: sum them again"
        )


def _refuse(findings: Iterable[Finding]) -> bool:
    return any(finding.refuses for finding in findings)


def _certain(of_cells: Iterable[Finding]) -> list[Finding]:
    """Return the refusals of the sums that rows cannot undo, so that none is lost where a second look finds nothing.

    Only what is counted twice can be found harmless by the rows: they name sites.
    """
    return [finding for finding in of_cells if finding.refuses and finding.code != "counted_twice"]


def located(
    sources: Sequence[Source],
    partial: PartialSums,
    sums: Totals,
    resolutions: Mapping[FactorKey, Resolution],
    method: Methodology,
    keep: tuple[str, ...],
    weigh: Weigh | None,
) -> list[Finding]:
    """Return the findings of the rows of some sources, with their numbers."""
    found: list[Finding] = []
    for source in sources:
        repeats = DoubleCounting(sums, method.catalogue)
        for batch in source.batches():
            units = batch.columns["unit"].labels if "unit" in batch.columns else ()
            entries = rows_of(batch, {unit: decimals_of(method.units, unit) for unit in units})
            if weigh:
                entries = replace(entries, weights=weigh(batch))
            checked = check(entries, method, keep=keep)
            repeats.add(checked)
            found += [*checked.findings, *unresolved(checked, sums, resolutions, method), *_rounded_rows(entries)]
        found += repeats.findings()
    if any(finding.code.startswith(READ) and finding.column == "quantity" for finding in partial.findings):
        found = [finding for finding in found if finding.code != "quantity_not_a_number"]  # said, cell by cell
    return merged(found)


def findings_of(
    checked: Checked, sums: Totals, resolutions: Mapping[FactorKey, Resolution], method: Methodology
) -> list[Finding]:
    """Return what is wrong or worth knowing: words, keys without factors, and what is counted twice."""
    repeats = DoubleCounting(sums, method.catalogue)
    repeats.add(checked)
    return [*checked.findings, *unresolved(checked, sums, resolutions, method), *repeats.findings()]


def faults_of(partial: PartialSums) -> list[Finding]:
    """Return the findings of rows that partial sums could not add, and of those that were rounded."""
    named = partial.files[0][0] if len(partial.files) == 1 else ""
    found = [
        finding(UNSUMMED[kind], file=named, column="quantity", rows=rows, first_rows=first)
        for kind, (rows, first) in partial.faults.items()
        if kind in UNSUMMED and rows
    ]
    return [*found, *rounded(partial)]


def rounded(partial: PartialSums) -> list[Finding]:
    """Return the finding of decimals beyond the scale that a unit is summed at."""
    rows, first = partial.faults.get("rounded", (0, ()))
    named = partial.files[0][0] if len(partial.files) == 1 else ""
    return [_rounded(named, {"rows": rows, "first_rows": first, "sheet": "", "kgco2e_at_stake": None})] if rows else []


def _rounded_rows(entries: Entries) -> list[Finding]:
    if entries.rounded is None or not entries.rounded.any():
        return []
    return [_rounded(entries.file, entries.located(entries.rounded))]


def _rounded(file: str, where: Location) -> Finding:
    return finding("decimals_rounded", column="quantity", file=file, **where)


def keys_in(sums: Totals, checked: Checked) -> list[FactorKey]:
    """Return the distinct keys of the sums, and of entries that were not summed for another fault."""
    keys = sums.keyed[1]
    beside = checked.has_key & ~checked.usable
    return [*keys, *keys_of(checked.part(beside))[1]] if beside.any() else keys


def unresolved(
    checked: Checked, sums: Totals, resolutions: Mapping[FactorKey, Resolution], method: Methodology
) -> list[Finding]:
    """Return a finding for each key without factors and for each component that is missing.

    Where the source says so, an activity without a published factor is listed with its quantity
    instead of refused.
    """
    gaps = [found for found in resolutions.values() if found.refusal or found.missing]
    if not gaps:
        return []
    entries = checked.entries
    listed = entries.missing_factor == "not_counted"
    (of_cells, keys), amounts = sums.keyed, sums.quantity
    if entries.sheet and entries.quantity is not None:  # a finding of each sheet, with the quantity of its rows
        fits = checked.has_key & checked.usable
        (of_cells, keys), amounts = keys_of(checked.part(fits)), entries.quantity[fits]
    wanted = {gap.key for gap in gaps}
    asked = np.array([key in wanted for key in keys], np.bool_)
    here = of_cells.where(asked)  # few, as a rule
    place = of_cells.part(here).codes
    sizes = np.bincount(place, weights=amounts[here], minlength=len(keys))
    quantities = {key: size for key, size in zip(keys, sizes.tolist(), strict=True) if key in wanted}
    if sums.are_the_cells_of(checked):
        rows = np.bincount(place, weights=entries.rows[here], minlength=len(keys)).tolist()
        where_of: dict[FactorKey, Location] = {
            key: {"rows": int(count), "first_rows": (), "sheet": "", "kgco2e_at_stake": None}
            for key, count in zip(keys, rows, strict=True) if count
        }  # fmt: skip
    else:
        where_of = _located_by_key(checked, {gap.key.activity for gap in gaps})
    findings = []
    for gap in gaps:
        key = gap.key
        if key not in where_of:  # of another source
            continue
        quantity = quantities.get(key, 0.0)
        about = partial_call(
            finding, file=entries.file, activity=key.activity, period=key.period, unit=key.unit,
            quantity=quantity, **where_of[key],
        )  # fmt: skip
        if gap.refusal is None:
            blocked = method.needing(key.activity, gap.missing)
            variant = "headline" if method.headline in blocked else ""
            findings.append(about("component_missing", variant, missing=", ".join(gap.missing),
                                  blocked=", ".join(blocked)))  # fmt: skip
        elif listed and gap.refusal.code == "factor_missing":
            findings.append(about("not_counted", reason=gap.refusal.message))
        else:
            code, _, reason, advice = gap.refusal
            findings.append(about(code, column=COLUMN_OF.get(code, ""), reason=reason, advice=advice))
    return findings


def _located_by_key(checked: Checked, activities: set[str]) -> dict[FactorKey, Location]:
    """Return where each key of some activities occurs; the others are not looked at."""
    entries = checked.entries
    here = checked.has_key & codes_where(checked.columns["activity"], activities.__contains__)
    place, keys = keys_of(checked.part(here))
    if not keys:  # a batch, or a sheet, without any of them
        return {}
    return dict(zip(keys, entries.located_by(np.flatnonzero(here), place.numbers, len(keys)), strict=True))


def refuse(findings: Findings, method: Methodology) -> None:
    """Raise one SubmissionError that says everything, if anything is refused."""
    refused = findings.refused
    if not refused:
        return
    lines = [f"  {finding}" for finding in refused[:SHOWN]]
    if len(refused) > SHOWN:
        lines.append(f"  and {len(refused) - SHOWN} more; all are in the report")
    faults = "1 fault refuses" if len(refused) == 1 else f"{len(refused)} faults refuse"
    rows = "1 row" if findings.rows == 1 else f"{findings.rows:,} rows"
    raise SubmissionError(
        f"{faults} this source of {rows} under {method.id}.\n"
        + "\n".join(lines)
        + "\nNothing was calculated. Mend these and run it again.",
        findings,
    )
