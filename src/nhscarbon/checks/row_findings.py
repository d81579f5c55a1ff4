"""From faults to findings: of the rows where they are at hand, else of the cells of the sums."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial as partial_call

import numpy as np
from numpy.typing import NDArray

from nhscarbon.activity.activity import Activity, Source
from nhscarbon.checks.check_words import UNSUMMED, CheckedEntries, check
from nhscarbon.checks.entries import Entries, Location, rows_of
from nhscarbon.checks.hits import is_many
from nhscarbon.checks.totals import Totals
from nhscarbon.checks.words import codes_where
from nhscarbon.findings import Finding, every_row, finding, first_rows, merge_findings, together
from nhscarbon.methods.gaps import declared_gap
from nhscarbon.methods.methodology import Methodology
from nhscarbon.methods.resolution import FactorKey, Resolution
from nhscarbon.methods.units import decimals_of
from nhscarbon.sums.combinations import keys_of
from nhscarbon.sums.partial_sums import PartialSums

Weigh = Callable[[Activity], NDArray[np.float64]]  # the kgCO2e of each row of a batch
READ = ("number_", "quantity_blank", "column_missing", "months_unclear")  # what reading says of a quantity that is none
COLUMN_OF = {
    "period_not_served": "period",
    "unit_not_convertible": "unit",
    "geography_unknown": "geography",
}  # what to correct


def findings_in_rows(
    sources: Sequence[Source],
    partial: PartialSums,
    sums: Totals,
    resolutions: Mapping[FactorKey, Resolution],
    method: Methodology,
    weigh: Weigh | None,
) -> list[Finding]:
    """Return the findings of the rows of some sources, with their numbers."""
    found: list[Finding] = []
    for source in sources:
        for batch in source.batches():
            units = batch.columns["unit"].labels if "unit" in batch.columns else ()
            entries = rows_of(batch, {unit: decimals_of(method.units, unit) for unit in units})
            if weigh:
                entries = replace(entries, weights=weigh(batch))
            checked = check(entries, method, keep=partial.keep)
            found += [
                *checked.findings,
                *resolution_findings(checked, sums, resolutions, method),
                *_rounded_rows(entries),
            ]
    if any(finding.code.startswith(READ) and finding.column == "quantity" for finding in partial.findings):
        found = [finding for finding in found if finding.code != "quantity_not_a_number"]  # said, cell by cell
    return merge_findings(found)


def many_as_in_cells(of_rows: Iterable[Finding], of_cells: Iterable[Finding]) -> list[Finding]:
    """Return findings of rows, those of many words as the cells have them: a batch knows its own words only."""
    many = {(each.code, each.column): each for each in of_cells if is_many(each)}
    kept: list[Finding] = []
    parts: dict[tuple[str, str, str, str], list[Finding]] = {}
    for each in of_rows:
        if (each.code, each.column) in many:
            parts.setdefault((each.code, each.column, each.file, each.sheet), []).append(each)
        else:
            kept.append(each)
    return kept + [
        replace(many[code, column], file=file, sheet=sheet, rows=sum(each.rows for each in same),
                first_rows=first_rows(sorted(row for each in same for row in every_row(each.first_rows))),
                kgco2e_at_stake=together(each.kgco2e_at_stake for each in same))
        for (code, column, file, sheet), same in parts.items()
    ]  # fmt: skip


def findings_of(
    checked: CheckedEntries, sums: Totals, resolutions: Mapping[FactorKey, Resolution], method: Methodology
) -> list[Finding]:
    """Return what is wrong or worth knowing: words, and keys without factors."""
    return [*checked.findings, *resolution_findings(checked, sums, resolutions, method)]


def faults_of(partial: PartialSums) -> list[Finding]:
    """Return the findings of rows that partial sums could not add, and of those that were rounded."""
    named = partial.files[0][0] if len(partial.files) == 1 else ""
    found = [
        finding(UNSUMMED[kind], file=named, column="quantity", rows=rows, first_rows=first)
        for kind, (rows, first) in partial.faults.items()
        if kind in UNSUMMED and rows
    ]
    return [*found, *rounding_findings(partial)]


def rounding_findings(partial: PartialSums) -> list[Finding]:
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


def keys_in(sums: Totals, checked: CheckedEntries) -> list[FactorKey]:
    """Return the distinct keys of the sums, and of entries that were not summed for another fault."""
    keys = sums.keyed[1]
    beside = checked.has_key & ~checked.usable
    return [*keys, *keys_of(checked.part(beside))[1]] if beside.any() else keys


def resolution_findings(
    checked: CheckedEntries, sums: Totals, resolutions: Mapping[FactorKey, Resolution], method: Methodology
) -> list[Finding]:
    """Return a finding for each key without factors and for each component that is missing.

    What the table of gaps declares to have no published factor is listed with its quantity instead of refused, and
    so is any other where the source says so.
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
        elif gap.refusal.code == "factor_missing" and (declared := declared_gap(key.activity, key.period)):
            findings.append(about("not_counted_declared", reason=declared.reason))
        elif listed and gap.refusal.code == "factor_missing":
            findings.append(about("not_counted", reason=gap.refusal.message))
        else:
            code, _, reason, advice = gap.refusal
            findings.append(about(code, column=COLUMN_OF.get(code, ""), reason=reason, advice=advice))
    return findings


def _located_by_key(checked: CheckedEntries, activities: set[str]) -> dict[FactorKey, Location]:
    """Return where each key of some activities occurs; the others are not looked at."""
    entries = checked.entries
    here = checked.has_key & codes_where(checked.columns["activity"], activities.__contains__)
    place, keys = keys_of(checked.part(here))
    if not keys:  # a batch, or a sheet, without any of them
        return {}
    return dict(zip(keys, entries.located_by(np.flatnonzero(here), place.numbers, len(keys)), strict=True))
