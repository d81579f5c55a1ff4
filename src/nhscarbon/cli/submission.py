"""`nhscarbon check` and `nhscarbon template`."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from dataclasses import asdict
from functools import reduce
from pathlib import Path

import pandas as pd

from nhscarbon import present
from nhscarbon.activity.isolated import Reader
from nhscarbon.activity.places import address
from nhscarbon.cli.footprint import source_of
from nhscarbon.errors import SubmissionError, UnreadableError, UsageError
from nhscarbon.feedback import feedback, feedback_status
from nhscarbon.findings import Finding, Report
from nhscarbon.marked import mark
from nhscarbon.method import methodology
from nhscarbon.overlays import overlay
from nhscarbon.plain import shown
from nhscarbon.submission import Checked, check, status, summary_of, unreadable
from nhscarbon.templates import template

KG_PER_TONNE = 1000
SHOWN = 40  # findings of a file that are printed; all of them are in CSV and JSON


def write_template(options: Namespace) -> None:
    """Write an empty return."""
    method = methodology(options.method)
    path = template(
        options.output, method, organisation=options.organisation, period=options.period, overwrite=options.force
    )
    sys.stderr.write(f"written to {path}\n")


def check_files(options: Namespace) -> None:
    """Check files, write what was found, and end with the code of the worst."""
    _refuse_marking(options)
    method = reduce(overlay, options.overlay, methodology(options.method))
    release = None if options.organisations == "none" else options.organisations
    checked = []
    with Reader() as parser:  # files from others: what kills their parser does not stop the rest
        for place, file in enumerate(options.file, start=1):
            if sys.stderr.isatty() and len(options.file) > 1:
                end = "\n" if place == len(options.file) else ""
                sys.stderr.write(f"\r{place} of {len(options.file)} files{end}")
            try:
                report = check(source_of(file, options), method, organisations=release, isolate=parser)
            except UnreadableError as error:  # an estates return or a ledger is read before it is checked
                report = unreadable(error, Path(file).name)
            checked.append(Checked(shown(file), report))
            if options.marked:
                _mark(file, report, options)
    text = {"table": _table, "csv": _csv, "json": _json, "dve": _dve}[options.format](checked)
    if options.output:
        present.write_text(Path(options.output), text, overwrite=options.force)
        sys.stderr.write(f"written to {options.output}\n")
    else:
        sys.stdout.write(text)
    refused = [each for each in checked if each.report.refused]
    if refused:
        faults = sum(len(each.report.refused) for each in refused)
        whole = Report(
            tuple(finding for each in checked for finding in each.report), sum(c.report.rows for c in checked)
        )
        files = "1 file is" if len(refused) == 1 else f"{len(refused):,} files are"
        raise SubmissionError(f"{files} refused, by {faults:,} findings.", whole)


def _refuse_marking(options: Namespace) -> None:
    """Refuse what cannot be marked before anything is checked."""
    if not options.marked:
        return
    if options.kind != "activity":
        raise UsageError("--marked is for activity tables: an estates return or a ledger has other columns")
    if len(options.file) > 1 and not Path(options.marked).is_dir():
        raise UsageError(f"'{options.marked}' is no folder: name one for the marked workbooks of several files")


def _mark(file: str, report: Report, options: Namespace) -> None:
    to = Path(options.marked)
    if to.is_dir():
        to = to / f"{Path(file).stem}-marked.xlsx"
    try:
        sys.stderr.write(f"marked: {mark(file, report, to, overwrite=options.force)}\n")
    except UnreadableError as error:
        sys.stderr.write(f"not marked: {error}\n")


def _table(checked: list[Checked]) -> str:
    parts = []
    for each in checked:
        parts.append(f"{each.file}: {status(each.report)}, {each.report.rows:,} rows")
        findings = list(each.report)
        parts += [
            f"  {address(finding) + ' ' if finding.cell else ''}{finding}{_stake(finding)}"
            for finding in findings[:SHOWN]
        ]
        parts += [f"  and {len(findings) - SHOWN:,} more; --format csv has them all"] if len(findings) > SHOWN else []
    if len(checked) > 1:
        parts += ["", present.table_text(summary_of(checked))]
    return "\n".join(parts) + "\n"


def _stake(finding: Finding) -> str:
    """Say the tonnes that hang on a finding."""
    stake = finding.kgco2e_at_stake
    return "" if stake is None else f" [{present.tonnes(stake / KG_PER_TONNE)} tCO2e]"


def _csv(checked: list[Checked]) -> str:
    frames = [each.report.to_frame().assign(file=each.file) for each in checked]
    frame = pd.concat(frames, ignore_index=True)
    return present.csv_text(frame.assign(first_rows=[" ".join(map(str, rows)) for rows in frame["first_rows"]]))


def _dve(checked: list[Checked]) -> str:
    for each in checked:
        sys.stderr.write(f"{each.file}: {feedback_status(each.report)}\n")
    frames = [feedback(each.report) for each in checked]
    if len(checked) > 1:
        frames = [frame.assign(File=each.file) for frame, each in zip(frames, checked, strict=True)]
    return present.csv_text(pd.concat(frames, ignore_index=True))


def _json(checked: list[Checked]) -> str:
    document = {
        "files": summary_of(checked).to_dict("records"),
        "findings": [{**asdict(finding), "file": each.file} for each in checked for finding in each.report],
    }
    return json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
