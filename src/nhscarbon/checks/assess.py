"""The one assessment behind every door: sums checked and resolved, every finding, and nothing multiplied."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from nhscarbon.activity.activity import Activity, Source
from nhscarbon.activity.cell_address import with_cell
from nhscarbon.activity.concat import concat
from nhscarbon.activity.mapping import MappingFile
from nhscarbon.activity.schema import STATED
from nhscarbon.activity.template_properties import other_method
from nhscarbon.checks.all_rules import cell_rules, detail_codes, row_rules
from nhscarbon.checks.answers import Answer, answered
from nhscarbon.checks.apply_mapping import apply_mapping
from nhscarbon.checks.cell_hashes import NAMED, CellHashes
from nhscarbon.checks.cells import Cells, cells_in
from nhscarbon.checks.check_words import check
from nhscarbon.checks.covering import cover
from nhscarbon.checks.double_counting import hits_of
from nhscarbon.checks.entries import cells_of
from nhscarbon.checks.hit_findings import findings_of_hits
from nhscarbon.checks.materiality import Weigher, weigh_findings
from nhscarbon.checks.memory.past import Before, not_compared, with_past
from nhscarbon.checks.packages import packages_used
from nhscarbon.checks.row_findings import faults_of, findings_in_rows, findings_of, keys_in, many_as_in_cells
from nhscarbon.checks.rules.rows import Rows, rows_in
from nhscarbon.checks.theme_evidence import ThemeEvidence
from nhscarbon.checks.totals import Totals, to_totals
from nhscarbon.errors import UsageError
from nhscarbon.findings import (
    Finding,
    Findings,
    SubmissionError,
    codes_that_need_rows,
    finding,
    in_order_of_severity,
    merge_findings,
)
from nhscarbon.methods.methodology import Methodology
from nhscarbon.methods.resolution import FactorKey, Resolution, resolve
from nhscarbon.methods.units import decimals_of
from nhscarbon.organisations.index import load_index
from nhscarbon.organisations.load import RELEASE
from nhscarbon.sums.partial_sums import SMALL, PartialSums
from nhscarbon.sums.sum_source import by_site

SEEM_TO_MEET = ("counted_twice", "fuel_twice")
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
    packages: Mapping[str, str]  # that decide what is checked, by label, with their SHA-256
    themes: ThemeEvidence  # what the return says of its themes beside the rows
    mapping: Mapping[str, str]  # the name of the mapping that was applied, with its SHA-256


def assess(
    partial: PartialSums,
    sources: tuple[Source, ...],
    method: Methodology,
    *,
    organisations: str | None = RELEASE,
    denominators: pd.DataFrame | None = None,
    answers: Sequence[Answer] = (),
    themes: object = None,
    mapping: MappingFile | None = None,
    before: Sequence[Before] = (),
) -> Assessment:
    """Check partial sums against a methodology and resolve their keys: every finding, and nothing multiplied.

    Parameters
    ----------
    partial : PartialSums
        The small table of sums.
    sources : tuple of Activity or FileStream
        Where the rows can be looked at again, to say which are at fault; none where only sums are at hand.
    method : Methodology
    organisations : str or None, optional
        The release of the Organisation Data Service that codes are looked up in; None looks none up.
    denominators : pandas.DataFrame, optional
        organisation, period (NHS year), measure and value; those of an estates return when left out.
    answers : sequence of Answer, optional
        The warnings that they answer are closed.
    themes : str, Path, frame or list of records, optional
        What the return answers for its themes; the sheet ``themes`` of a workbook when left out.
    mapping : MappingFile, optional
        What the sender's words mean: what is confirmed is applied before anything is checked.
    before : sequence of Before, optional
        What was sent before, to compare with.

    Raises
    ------
    UsageError
        If the sums are at another decimal scale than the methodology's units have.
    """
    _refuse_other_units(partial, method)
    mapped = apply_mapping(partial, sources, mapping, method)
    partial, sources = mapped.partial, mapped.sources
    checked = check(cells_of(partial), method, keep=partial.keep)  # in the method's words, every fault found
    sums = to_totals(checked, partial)
    resolutions = resolve(keys_in(sums, checked), method)  # distinct keys to factor rows
    weigher = Weigher(method)
    found = mapped.silence([*findings_of(checked, sums, resolutions, method), *faults_of(partial)])
    refused = _refuse((*partial.findings, *found))
    small = bool(sources) and partial.read <= SMALL
    if found and sources and (refused or small):  # only now are rows looked at, to say which
        of_rows = mapped.silence(findings_in_rows(sources, partial, sums, resolutions, method, weigher))
        of_rows = many_as_in_cells(of_rows, found)
        certain = [each for each in found if each.refuses]
        found = of_rows if _refuse((*partial.findings, *of_rows)) else [*of_rows, *certain]
    release = None if organisations is None else load_index(organisations)
    if denominators is None:
        denominators = next((each.denominators for each in sources if isinstance(each, Activity)), None)
    cells = cells_in(partial, method, release, denominators)
    of_reading = [*partial.findings, *mapped.findings]
    if before:
        of_reading += not_compared(before, cells)
        cells = with_past(cells, before)
    rows = None
    if small and partial.read:
        activity, beside = _whole(sources)
        weights = weigher(activity)
        rows = rows_in(activity, method, release, weights=weights, denominators=denominators, past=cells.past)
        of_reading = weigh_findings([*of_reading, *beside], activity, weights)
        found += _as_sent(partial, [each for rule in row_rules() for each in rule(rows)])  # across the rows
    else:
        found += _rows_not_checked(partial, cells, large=bool(sources))
    across = _as_sent(partial, _across(cells, rows))
    if not cells.detailed and _only_seem_to_meet((*of_reading, *found, *across)):
        sites = by_site(sources, method.units)  # they may tell apart what seems to meet
        if sites is not None:
            finer = cells_in(replace(partial, detail=sites), method, release, denominators)
            across = [each for each in across if each.code not in SEEM_TO_MEET]
            across += _as_sent(partial, [*findings_of_hits([*hits_of(finer)], finer, None)])
    found += across
    covered, of_themes = cover(partial, sums, resolutions, method, sources=sources, themes=themes)
    findings = in_order_of_severity(
        [with_cell(each, sources)
         for each in (*of_reading, *found, *of_themes, *other_method(sources, method.id, method.digest))],
        rows=partial.read,
    )  # fmt: skip
    findings = answered(
        replace(findings, input_sha256=CellHashes(partial, {name: cells.columns[name] for name in NAMED}),
                organisations=cells.columns["organisation"].labels), answers
    )  # fmt: skip
    return Assessment(sums, resolutions, findings, sources, partial.keep, partial.files, partial.boundary,
                      packages_used(organisations), covered,
                      _mappings(sources, mapping))  # fmt: skip


def _mappings(sources: Sequence[Source], mapping: MappingFile | None) -> dict[str, str]:
    """Return the SHA-256 of each mapping that was applied, by its name: to ledgers as they were read, or here."""
    found = {name: sha256 for each in sources if isinstance(each, Activity) for name, sha256 in each.mapping.items()}
    return found | ({mapping.label: mapping.sha256} if mapping else {})


def _as_sent(partial: PartialSums, found: list[Finding]) -> list[Finding]:
    """Return findings across rows and sums, which only warn of a published return: nobody here can correct it."""
    if partial.missing_factor != "not_counted":
        return found
    return [replace(each, severity="warning") if each.refuses else each for each in found]


def _only_seem_to_meet(found: Iterable[Finding]) -> bool:
    """Tell whether all that refuses is what sites may tell apart, so that the rows are worth a second sum."""
    refused = {each.code for each in found if each.refuses}
    return bool(refused) and refused <= {*SEEM_TO_MEET}


def _across(cells: Cells, rows: Rows | None) -> list[Finding]:
    """Return what the rules find across the small table of sums."""
    return [*findings_of_hits([hit for rule in cell_rules() for hit in rule(cells)], cells, rows)]


def _whole(sources: Sequence[Source]) -> tuple[Activity, list[Finding]]:
    """Return all rows as one table, and what is wrong in columns that are not summed and so were not read before."""
    if len(sources) == 1 and isinstance(sources[0], Activity):
        return sources[0], []
    batches = [batch for source in sources for batch in source.batches()]
    told = [each for batch in batches for each in batch.findings if each.column == STATED and each.first_rows]
    return concat(batches), merge_findings(told)


def _rows_not_checked(partial: PartialSums, cells: Cells, *, large: bool) -> list[Finding]:
    """Return the finding that lists what could not be checked without the rows; none of a table without rows."""
    if not partial.read:
        return []
    codes = sorted({*codes_that_need_rows(), *(() if cells.detailed else detail_codes())})
    return [finding("rows_not_checked", "large" if large else "", rows=partial.read, codes=", ".join(codes))]


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


def refuse(findings: Findings, method: Methodology) -> None:
    """Raise one SubmissionError that says everything, if anything is refused."""
    refused = findings.refused
    if not refused:
        return
    lines = [f"  {finding}" for finding in refused[:SHOWN]]
    if len(refused) > SHOWN:
        lines.append(f"  and {len(refused) - SHOWN} more; `check` lists them all")
    errors = "1 error" if len(refused) == 1 else f"{len(refused):,} errors"
    rows = "1 row" if findings.rows == 1 else f"{findings.rows:,} rows"
    raise SubmissionError(
        f"{errors} found in {rows}. The return was not accepted (method {method.id}).\n"
        + "\n".join(lines)
        + "\nNothing was calculated. Fix these rows and run it again.",
        findings,
    )
