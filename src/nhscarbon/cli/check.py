"""`nhscarbon check` and `nhscarbon template`."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Mapping
from dataclasses import asdict, replace
from functools import reduce
from pathlib import Path

import pandas as pd

from nhscarbon.activity.activity import Activity
from nhscarbon.activity.cell_address import address
from nhscarbon.activity.mapping import MappingFile, read_mapping
from nhscarbon.activity.readers.open_source import Tabular
from nhscarbon.activity.readers.read import read
from nhscarbon.activity.readers.subprocess_reader import Reader
from nhscarbon.checks.answers import COLUMNS, answered, read_answers, said_once
from nhscarbon.checks.memory.past import Before
from nhscarbon.checks.rules.between_files import between_files
from nhscarbon.cli.footprint import source_of
from nhscarbon.cli.outputs import marked_paths
from nhscarbon.errors import IntegrityError, UnreadableError, UsageError
from nhscarbon.findings import Finding, Findings, SubmissionError, in_order_of_severity
from nhscarbon.methods.methodology import Methodology, methodology
from nhscarbon.methods.overlays import overlay
from nhscarbon.methods.units import KG_PER_TONNE
from nhscarbon.organisations.index import load_index
from nhscarbon.output import tables
from nhscarbon.output.progress import counting
from nhscarbon.output.results import plain
from nhscarbon.output.text import shown
from nhscarbon.submissions.answers import answers_template
from nhscarbon.submissions.before import said_of_files, sent_before, years_beside
from nhscarbon.submissions.check import STATUSES, check, status, unreadable
from nhscarbon.submissions.many_returns import FileCheck, codes_of, counts_of, summary_of, triage
from nhscarbon.submissions.marked_workbook import mark
from nhscarbon.submissions.template import ACUTE, ALL, template
from nhscarbon.submissions.validation_engine import feedback, feedback_status

MANY, FEWER = 20, 5  # files of which only what refuses is printed, and so many findings of each
HELD = 1 << 22  # bytes of a file that is held beside others, to find rows that stand in both
SHOWN = 40  # findings of a file that are printed; all of them are in CSV and JSON


def write_template(options: Namespace) -> None:
    """Write an empty return."""
    method = methodology(options.method)
    kind = ALL if options.all else options.kind or ACUTE
    path = template(
        options.output,
        method,
        organisation=options.organisation,
        period=options.period,
        kind=kind,
        overwrite=options.overwrite,
    )
    sys.stderr.write(f"written to {path}\n")


def check_files(options: Namespace) -> None:
    """Check files, write what was found, and end with the code of the worst."""
    _refuse_writing(options)
    method = reduce(overlay, options.overlay, methodology(options.method))
    release = None if options.organisations == "none" else options.organisations
    answers = read_answers(options.answers)
    mapping = read_mapping(options.mapping) if options.kind == "activity" else None
    checked, held = [], []
    told = counting(len(options.file))
    with Reader() as parser:  # files from others: what kills their parser does not stop the rest
        opened = [_opened(file, options, parser, mapping) for file in options.file]
        given = _given_before(options, method, release, mapping, parser)
        beside = years_beside([each for each in opened if isinstance(each, Activity)])
        for file, source in zip(options.file, opened, strict=True):
            if isinstance(source, UnreadableError | IntegrityError):  # some are read before they are checked
                findings = unreadable(source, Path(file).name)
            else:
                before = (*given, *beside.get(id(source), ()))
                findings = check(source, method, organisations=release, themes=options.themes, isolate=parser,
                                 mapping=mapping, before=before)  # fmt: skip
            checked.append(FileCheck(shown(file), findings))
            held.append(source if isinstance(source, Activity) else None)
            told(checked)
    twice = between_files(held, method, load_index(release) if release else None)
    checked = [
        FileCheck(each.file, answered(_with(each.findings, found), answers))
        for each, found in zip(checked, twice, strict=True)
    ]
    if options.write_answers:
        _write_answers(checked, options)
    once = said_once(said_of_files([each.findings for each in checked], given))
    checked = [FileCheck(each.file, findings) for each, findings in zip(checked, once, strict=True)]
    if options.marked:
        paths = marked_paths(options)
        for file, each in zip(options.file, checked, strict=True):
            _mark(file, each.findings, paths[file], overwrite=options.overwrite)
    if options.changes:
        _write_changes(checked, options)
    text = {"table": _table, "csv": _csv, "json": _json, "dve": _dve}[options.format](checked)
    if len(checked) > 1:
        sys.stderr.write(f"{summary_line(counts_of(checked))}\n")
    if options.output:
        tables.write_text(Path(options.output), text, overwrite=options.overwrite)
        sys.stderr.write(f"written to {options.output}\n")
    else:
        sys.stdout.write(text)
    refused = [each for each in checked if each.findings.refused]
    if refused:
        errors = sum(len(each.findings.refused) for each in refused)
        whole = Findings(
            tuple(finding for each in checked for finding in each.findings), sum(c.findings.rows for c in checked)
        )
        files = "1 file was" if len(refused) == 1 else f"{len(refused):,} files were"
        raise SubmissionError(f"{files} not accepted: {errors:,} {'error' if errors == 1 else 'errors'}.", whole)


def _opened(
    file: str, options: Namespace, parser: Reader, mapping: MappingFile | None
) -> Tabular | UnreadableError | IntegrityError:
    """Return what is checked, or why it could not be read."""
    try:
        return _source(file, options, parser, mapping)
    except (UnreadableError, IntegrityError) as error:
        return error


def _given_before(
    options: Namespace, method: Methodology, release: str | None, mapping: MappingFile | None, parser: Reader
) -> tuple[Before, ...]:
    """Return what was sent before, of the same kind as the returns; a file that cannot be read ends the command."""
    sources = [source_of(file, options) for file in options.before]
    found = sent_before(sources, method, organisations=release, mapping=mapping, isolate=parser)
    for file, each in zip(options.before, found, strict=True):
        if each.unread:
            raise UnreadableError(f"--before {shown(file)}: {each.unread}", advice="nothing was checked")
    return found


def _source(file: str, options: Namespace, parser: Reader, mapping: MappingFile | None) -> Tabular:
    """Return what is checked: the rows of an activity table that is small enough to be held beside the others."""
    source = source_of(file, options)
    if options.kind != "activity" or len(options.file) < 2 or not isinstance(source, str | Path):
        return source
    path = Path(source)
    if not path.is_file() or path.stat().st_size > HELD:
        return source
    return read(path, parser=parser, mapping=mapping)


def _refuse_writing(options: Namespace) -> None:
    """Refuse what cannot be written before anything is checked."""
    if options.write_answers and Path(options.write_answers).suffix.lower() != ".csv":
        raise UsageError("--write-answers writes CSV: give it a name that ends with .csv")
    if options.changes and Path(options.changes).suffix.lower() != ".csv":
        raise UsageError("--changes writes CSV: give it a name that ends with .csv")
    if options.changes and not options.before:
        raise UsageError("--changes needs an earlier version of the return", advice="give it with --before")
    if not options.marked:
        return
    if options.kind != "activity":
        raise UsageError("--marked is for activity tables: an estates return or a ledger has other columns")
    if len(options.file) > 1 and not Path(options.marked).is_dir():
        raise UsageError(f"'{options.marked}' is not a folder: name one for the marked workbooks of several files")


def _with(findings: Findings, more: list[Finding]) -> Findings:
    """Return findings and more of them, in order."""
    if not more:
        return findings
    return replace(findings, findings=in_order_of_severity([*findings, *more], findings.rows).findings)


def _write_answers(checked: list[FileCheck], options: Namespace) -> None:
    """Write the warnings of all files that were read as one answers table."""
    frames = [answers_template(each.findings) for each in checked if each.findings.input_sha256 is not None]
    frame = pd.concat([pd.DataFrame(columns=list(COLUMNS), dtype=str), *frames]).drop_duplicates()
    path = tables.write_text(Path(options.write_answers), tables.csv_text(frame), overwrite=options.overwrite)
    sys.stderr.write(f"answers to complete: {len(frame):,} {'row' if len(frame) == 1 else 'rows'} in {path}\n")


def _write_changes(checked: list[FileCheck], options: Namespace) -> None:
    """Write what each return changed of its earlier version as one table."""
    frames = [each.findings.resubmission.table.assign(file=each.file)
              for each in checked if each.findings.resubmission is not None]  # fmt: skip
    if not frames:
        sys.stderr.write("no changes written: nothing in --before is an earlier version of these returns\n")
        return
    frame = pd.concat([each.astype(object) for each in frames], ignore_index=True)
    path = tables.write_text(Path(options.changes), tables.csv_text(frame), overwrite=options.overwrite)
    sys.stderr.write(f"changes: {len(frame):,} {'row' if len(frame) == 1 else 'rows'} in {path}\n")


def _mark(file: str, findings: Findings, to: Path, *, overwrite: bool) -> None:
    try:
        sys.stderr.write(f"marked: {mark(file, findings, to, overwrite=overwrite)}\n")
    except UnreadableError as error:
        sys.stderr.write(f"not marked: {error}\n")


def _table(checked: list[FileCheck]) -> str:
    many = len(checked) > MANY  # of many files only what refuses is written out
    parts = []
    for each in checked:
        findings = list(each.findings.refused if many else each.findings)
        if many and not findings:
            continue
        most = FEWER if many else SHOWN
        rows = "1 row" if each.findings.rows == 1 else f"{each.findings.rows:,} rows"
        parts.append("; ".join(filter(None, [f"{each.file}: {status(each.findings)}, {rows}", each.findings.label])))
        parts += [
            f"  {address(finding) + ' ' if finding.cell else ''}{finding}{_stake(finding)}"
            for finding in findings[:most]
        ]
        parts += [f"  and {len(findings) - most:,} more; --format csv has them all"] if len(findings) > most else []
        parts += [f"  {line}" for line in str(each.findings.resubmission or "").splitlines()]
    if len(checked) > 1:
        parts += ["", *triage(checked).lines(), "", summary_line(counts_of(checked))]
    if many:
        parts += ["", tables.table_text(codes_of(checked))]
    return "\n".join(parts) + "\n"


def summary_line(counts: Mapping[str, int]) -> str:
    """Return one line for many files."""
    return f"{counts['files']:,} returns: " + ", ".join(f"{counts[each]:,} {each}" for each in STATUSES)


def _stake(finding: Finding) -> str:
    """Say the tonnes that are at stake in a finding."""
    stake = finding.kgco2e_at_stake
    return "" if stake is None else f" [{tables.tonnes(stake / KG_PER_TONNE)} tCO2e]"


def _csv(checked: list[FileCheck]) -> str:
    # cells as they are: pandas 2 warns where a column is a number in one file and empty in another
    frames = [each.findings.table.astype(object).assign(file=each.file) for each in checked]
    frame = pd.concat(frames, ignore_index=True)
    return tables.csv_text(frame.assign(first_rows=[" ".join(map(str, rows)) for rows in frame["first_rows"]]))


def _dve(checked: list[FileCheck]) -> str:
    for each in checked:
        sys.stderr.write(f"{each.file}: {feedback_status(each.findings)}\n")
    frames = [feedback(each.findings) for each in checked]
    if len(checked) > 1:
        frames = [frame.assign(File=each.file) for frame, each in zip(frames, checked, strict=True)]
    return tables.csv_text(pd.concat(frames, ignore_index=True))


def _json(checked: list[FileCheck]) -> str:
    files = [
        {**row, **each.findings.counts, "tco2e_at_risk": plain(row["tco2e_at_risk"])}
        for row, each in zip(summary_of(checked).to_dict("records"), checked, strict=True)
    ]
    document: dict[str, object] = {
        "summary": counts_of(checked),
        "files": files,
        "findings": [{**asdict(finding), "file": each.file} for each in checked for finding in each.findings],
    }
    changes = [{"file": each.file, **each.findings.resubmission.to_dict()}
               for each in checked if each.findings.resubmission]  # fmt: skip
    if changes:
        document["resubmissions"] = changes
    return json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
