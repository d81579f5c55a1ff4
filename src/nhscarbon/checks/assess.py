"""The one assessment behind every door: sums checked and resolved, every finding, and nothing multiplied."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from nhscarbon.activity.activity import Source
from nhscarbon.activity.cell_address import with_cell
from nhscarbon.activity.template_properties import other_method
from nhscarbon.checks.check_words import check
from nhscarbon.checks.entries import cells_of
from nhscarbon.checks.row_findings import (
    Weigh,
    faults_of,
    findings_in_rows,
    findings_of,
    keys_in,
    many_as_in_cells,
)
from nhscarbon.checks.totals import Totals, to_totals
from nhscarbon.errors import UsageError
from nhscarbon.findings import Finding, Findings, SubmissionError, in_order_of_severity
from nhscarbon.methods.methodology import Methodology
from nhscarbon.methods.resolution import FactorKey, Resolution, resolve
from nhscarbon.methods.units import decimals_of
from nhscarbon.sums.partial_sums import PartialSums

FEW = 1 << 20  # rows that are looked at again to number what is merely worth knowing; a refusal always does
SHOWN = 12  # findings that a refusal prints; all of them are in its findings


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
    partial: PartialSums, sources: tuple[Source, ...], method: Methodology, *, weigh: Weigh | None = None
) -> Assessment:
    """Hold partial sums against a methodology and resolve their keys: every finding, and nothing multiplied.

    Parameters
    ----------
    partial : PartialSums
        The small table of sums.
    sources : tuple of Activity or FileStream
        Where the rows can be looked at again, to say which are at fault; none where only sums are at hand.
    method : Methodology
    weigh : callable, optional
        What each row of a batch is worth [kgCO2e].

    Raises
    ------
    UsageError
        If the sums are at another decimal scale than the methodology's units have.
    """
    _refuse_other_units(partial, method)
    checked = check(cells_of(partial), method, keep=partial.keep)  # in the method's words, every fault found
    sums = to_totals(checked, partial)
    resolutions = resolve(keys_in(sums, checked), method)  # distinct keys to factor rows
    found = [*findings_of(checked, sums, resolutions, method), *faults_of(partial)]
    refused = _refuse((*partial.findings, *found))
    if found and sources and (refused or partial.read <= FEW):  # only now are rows looked at, to say which
        of_rows = many_as_in_cells(findings_in_rows(sources, partial, sums, resolutions, method, weigh), found)
        found = of_rows if _refuse((*partial.findings, *of_rows)) else [*of_rows, *_certain(found)]
    made_for = other_method(sources, method.id, method.digest)
    findings = in_order_of_severity(
        [with_cell(each, sources) for each in (*partial.findings, *found, *made_for)], rows=partial.read
    )
    return Assessment(sums, resolutions, findings, sources, partial.keep, partial.files, partial.boundary)


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


def refuse(findings: Findings, method: Methodology) -> None:
    """Raise one SubmissionError that says everything, if anything is refused."""
    refused = findings.refused
    if not refused:
        return
    lines = [f"  {finding}" for finding in refused[:SHOWN]]
    if len(refused) > SHOWN:
        lines.append(f"  and {len(refused) - SHOWN} more; `check` lists them all")
    faults = "1 fault refuses" if len(refused) == 1 else f"{len(refused)} faults refuse"
    rows = "1 row" if findings.rows == 1 else f"{findings.rows:,} rows"
    raise SubmissionError(
        f"{faults} this source of {rows} under {method.id}.\n"
        + "\n".join(lines)
        + "\nNothing was calculated. Mend these and run it again.",
        findings,
    )
