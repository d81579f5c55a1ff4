"""Submissions: everything that is wrong with a return, or worth knowing, without calculating it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import fsum, isnan
from pathlib import Path

import pandas as pd

from nhscarbon.activity.activity import Activity, Source
from nhscarbon.activity.cell_address import with_cell
from nhscarbon.activity.files.limits import Limits
from nhscarbon.activity.mapping import MappingSource, read_mapping
from nhscarbon.activity.readers.open_source import Tabular, rows_in_memory
from nhscarbon.activity.schema import STATED
from nhscarbon.checks.answers import AnswerSource, answered, read_answers
from nhscarbon.checks.assess import Assessment, assess
from nhscarbon.checks.memory.past import Before
from nhscarbon.checks.theme_coverage import coverage_table
from nhscarbon.errors import IntegrityError, UnreadableError
from nhscarbon.findings import Finding, Findings, finding, first_rows, in_order_of_severity
from nhscarbon.footprint.label import coverage_label
from nhscarbon.methods.methodology import Methodology, as_methodology
from nhscarbon.methods.units import KG_PER_TONNE
from nhscarbon.organisations.load import RELEASE
from nhscarbon.submissions.before import Sent, sent_before
from nhscarbon.submissions.earlier_version import since_earlier
from nhscarbon.submissions.opened import Isolate, apart_if_asked, opened
from nhscarbon.submissions.reported.compare import check_reported
from nhscarbon.submissions.reported.judged import MEMO
from nhscarbon.sums.partial_sums import SMALL, PartialSums
from nhscarbon.sums.sum_source import sum_source

Checked = tuple[Assessment, Findings]
STATUSES = ACCEPTED, WITH_WARNINGS, REFUSED = "accepted", "accepted with warnings", "refused"


@apart_if_asked
def check(
    source: Tabular | PartialSums,
    method: Methodology | str,
    *,
    keep: Sequence[str] = (),
    denominators: pd.DataFrame | None = None,
    organisations: str | None = RELEASE,
    answers: AnswerSource | None = None,
    themes: object = None,
    mapping: MappingSource | None = None,
    before: Sent = None,
    limits: Limits | None = None,
    isolate: Isolate = False,
) -> Findings:
    """Check activity data against a methodology: every finding at once, nothing calculated and nothing raised.

    Parameters
    ----------
    source : str, Path, buffer, frame, lazy frame, list of records, Activity or PartialSums
        What `nhscarbon.calculate` takes.
    method : Methodology or str
    keep : sequence of str, optional
        Further columns that a calculation would keep.
    denominators : pandas.DataFrame, optional
        organisation, period (NHS year), measure and value, such as ``floor_area_gross_internal`` in m2, to hold
        quantities against; an estates return brings its own.
    organisations : str or None, optional
        The release of the Organisation Data Service used to check codes; None skips the check.
    answers : str, Path, frame or list of records, optional
        The answers table: a CSV file, a workbook with a sheet ``answers``, or a frame with the columns code,
        organisation, period, activity, reason, by, date and input_sha256; `nhscarbon.submissions.answers_template`
        writes one to complete. A warning that it answers becomes a note (info); an error cannot be answered.
    themes : str, Path, frame or list of records, optional
        What the return answers for its themes: organisation, period, theme, answer and reason. A workbook may bring
        them in a sheet ``themes``.
    mapping : str, Path, frame, list of records or proposal, optional
        What the columns, activities and units of the source mean, as a person has confirmed it; see
        `nhscarbon.propose_mapping`. What it lists and nobody has confirmed is an error.
    before : str, Path, buffer, frame, Activity, PartialSums, Footprint, or a list of these, optional
        What the same organisations, or their predecessors, sent before: for the year before, for several years, or
        an earlier version of the same year. What is far from it, copied from it or gone is found.
    limits : Limits, optional
        What a file is checked against before it is parsed; give larger ones for larger files.
    isolate : bool or Reader, optional
        Parse workbooks and Parquet files in a process apart, with limits on time and memory: for files from people
        whom one does not know. Workbooks of answers, themes and mappings are read there too. A file that kills its
        parser is a finding. Costs a quarter of a second, or that once for many files with one
        `nhscarbon.activity.readers.subprocess_reader.Reader`. The commands do it.

    Returns
    -------
    Findings
        Findings with the severity, the rows, the cell of the first as it is in the file, the message, what to do
        and the kgCO2e at stake; worst first. What looks across rows and sums takes each faulty word as its finding
        suggests, so that correcting one brings no other to light. A file that cannot be read at all is one finding.

    Examples
    --------
    >>> import nhscarbon as nc
    >>> report = nc.check(nc.example("trust-year.csv"), nc.methodology("nhs-2026.1"))
    >>> report.refused
    ()
    """
    method = as_methodology(method)
    given, words = read_answers(answers), read_mapping(mapping)
    try:
        columns = words.columns if words else ()
        sums, sources = sum_source(opened(source, limits, isolate, columns), keep=keep, units=method.units)
        sent = sent_before(before, method, organisations=organisations, mapping=words, limits=limits, isolate=isolate)

        def checked(summed: PartialSums, rows: tuple[Source, ...], beside: Sequence[Before]) -> Checked:
            found = assess(summed, rows, method, organisations=organisations, denominators=denominators, themes=themes,
                           mapping=words, before=beside)  # fmt: skip
            return found, _with_stated(found, method)

        found, findings = checked(sums, sources, sent)
        change = since_earlier(sums, sources, sent, findings, lambda *of: checked(*of)[1], method, mapping=words,
                               organisations=organisations) if sent else None  # fmt: skip
        findings = replace(answered(findings, given), resubmission=change)
        return replace(findings, covering=_Covering(found, method)) if findings.rows else findings
    except (UnreadableError, IntegrityError) as error:
        return unreadable(error, Path(source).name if isinstance(source, str | Path) else "")


@dataclass(frozen=True, eq=False)
class _Covering:
    """What a return covers of the methodology's main boundary: worked out when first asked for, and once."""

    found: Assessment
    method: Methodology

    @cached_property
    def label(self) -> str:
        table = coverage_table(self.found.sums, self.found.resolutions, self.method, self.found.themes)
        return coverage_label(table, self.method.headline, self.method)

    def __call__(self) -> str:
        return self.label


def unreadable(error: UnreadableError | IntegrityError, name: str) -> Findings:
    """Return the report of a file that could not be read at all: one finding, with what to do."""
    code = "file_changed" if isinstance(error, IntegrityError) else "file_unreadable"
    message, advice = error.message.rstrip("."), error.advice.rstrip(".")
    if not advice:
        return Findings((finding(code, file=name, rows=0, message=message),), 0)
    advice = f"{advice[0].upper()}{advice[1:]}."
    return Findings((finding(code, "advised", file=name, rows=0, message=message, advice=advice),), 0)


def _with_stated(found: Assessment, method: Methodology) -> Findings:
    """Return the findings, and those of the sender's own tonnes where rows are at hand."""
    findings = found.findings
    if not findings.rows or findings.rows > SMALL:
        return findings
    stated = [each for source in found.sources for each in _stated(rows_in_memory(source), method)]  # type: ignore[arg-type]
    stated = [with_cell(each, found.sources) for each in stated]
    if not stated:
        return findings
    return replace(findings, findings=in_order_of_severity((*findings, *stated), findings.rows).findings)


def _stated(activity: Activity, method: Methodology) -> Iterator[Finding]:
    """Yield where the sender's own tonnes are not those of the method, with the published choice that explains it."""
    if STATED not in activity.numbers:
        return
    compared = check_reported(activity, method)
    totals, lines = compared.totals, compared.table
    for total in totals[~totals["agrees"] & (totals["parts"] > 0)].to_dict("records"):
        yield finding(
            "reported_differs", "total", file=activity.file, column=STATED, organisation=str(total["organisation"]),
            sheet=activity.sheet, period=str(total["period"]), rows=1, first_rows=(int(total["where"]),),
            reported=total["reported_tco2e"], calculated=total["parts_tco2e"], parts=total["of"],
            why=total["explanation"], kgco2e_at_stake=abs(total["difference"]) * KG_PER_TONNE,
        )  # fmt: skip
    same = ["organisation", "period", "activity", "unit", "explanation", "boundary", "sheet"]
    lines = lines if "sheet" in lines else lines.assign(sheet=activity.sheet)
    for words, part in lines[~lines["agrees"]].groupby(same, sort=False):
        body, period, name, unit, why, boundary, sheet = map(str, words)
        said, ours = fsum(part["reported_tco2e"]), fsum(part["tco2e"])
        headline = boundary == method.headline
        variant = MEMO if boundary == MEMO else "no_figure" if isnan(ours) else "" if headline else "boundary"
        yield finding(
            "reported_differs", variant, file=activity.file, column=STATED, organisation=body, sheet=sheet,
            period=period, activity=name, unit=unit, rows=len(part), first_rows=first_rows(part["row"]), reported=said,
            calculated=ours, why=why, boundary=boundary,
            kgco2e_at_stake=None if isnan(ours) or boundary == MEMO else abs(said - ours) * KG_PER_TONNE,
        )  # fmt: skip


def status(findings: Findings) -> str:
    """Return what becomes of a return: ``accepted``, ``accepted with warnings`` or ``refused``."""
    if findings.refused:
        return REFUSED
    return WITH_WARNINGS if findings.counts["warning"] else ACCEPTED
