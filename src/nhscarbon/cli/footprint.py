"""`nhscarbon footprint` and `nhscarbon explain`."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Callable
from functools import partial, reduce
from operator import add
from pathlib import Path

from nhscarbon.activity.activity import Activity
from nhscarbon.activity.eric.read_eric import read_eric
from nhscarbon.activity.ledger.read_ledger import read_ledger
from nhscarbon.activity.mapping import read_mapping
from nhscarbon.checks.answers import read_answers
from nhscarbon.cli.parser import run
from nhscarbon.errors import UnreadableError, UsageError
from nhscarbon.findings import Findings, SubmissionError
from nhscarbon.footprint.calculate import calculate
from nhscarbon.footprint.certificate import certificate
from nhscarbon.footprint.cover import answered
from nhscarbon.footprint.document import json_document
from nhscarbon.footprint.footprint import Footprint
from nhscarbon.methods.methodology import methodology
from nhscarbon.methods.overlays import overlay
from nhscarbon.organisations.load import RELEASE
from nhscarbon.output import tables

VAT = {None: "", "net": "GBP", "gross": "GBP_gross"}  # what --vat means
WORKBOOK = ".xlsx"  # the ending of a footprint workbook, whose writer is loaded when one is asked for
WORTH_SAYING = 12  # findings printed on stderr; the count is always printed


def footprint(options: Namespace) -> None:
    """Calculate the footprint of one or more files and write it out."""
    if Path(options.output or "").suffix.lower() == WORKBOOK:
        run("footprint_workbook", "footprint_workbook", options)
        return
    result = calculate_files(options)
    text = text_of(result, options)
    say(result.findings)
    if options.format == "csv":
        sys.stderr.write(f"{result.label(options.boundary or result.boundary or None)}\n")
    save_certificate(result, options)
    if options.output:
        path = tables.write_text(Path(options.output), text, overwrite=options.overwrite)
        sys.stderr.write(f"written to {path}\n")
    else:
        sys.stdout.write(text)


def text_of(result: Footprint, options: Namespace) -> str:
    """Return a footprint as it is written: a table for people, CSV or JSON, of the columns and boundary asked for."""
    columns = tuple(name.strip() for name in options.by.split(",") if name.strip())
    if options.format == "table" and not columns and not options.boundary:
        return f"{result}\n"
    if options.format == "table":
        shown = result.by(*(columns or ("theme", "scope")), boundary=options.boundary)
        return "\n".join(
            [tables.table_text(tables.years_across(shown)), "", *total_lines(result, options.boundary), ""]
        )
    inside = result.inside(options.boundary) if options.boundary else slice(None)
    frame = result.by(*columns, boundary=options.boundary) if columns else result.table[inside]
    if options.format == "csv":
        return tables.csv_text(frame)
    return json.dumps(json_document(result, frame), indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def total_lines(result: Footprint, boundary: str | None) -> list[str]:
    """Return a line for the total of each NHS year, with what it covers."""
    if len(result.periods) < 2:
        return [f"{result.label(boundary)}  {tables.tonnes(result.total(boundary))} tCO2e"]
    each = [(year, result.filter(period=year)) for year in result.periods]
    return [f"{year}  {part.label(boundary)}  {tables.tonnes(part.total(boundary))} tCO2e" for year, part in each]


def save_certificate(result: Footprint, options: Namespace) -> None:
    """Write the certificate, where one was asked for."""
    if options.certificate:
        written_to = certificate(result).save(options.certificate, overwrite=options.overwrite)
        sys.stderr.write(f"certificate written to {written_to}\n")


def explain(options: Namespace) -> None:
    """Show the working of the largest row that fits."""
    names = ("organisation", "period", "activity", "component", "tier")
    where = {name: value for name in names if (value := getattr(options, name)) is not None}
    sys.stdout.write(f"{calculate_files(options).explain(**where)}\n")


def calculate_files(options: Namespace) -> Footprint:
    """Return the footprint of all files that were named."""
    method = reduce(overlay, options.overlay, methodology(options.method))
    if method.status == "draft":
        sys.stderr.write(f"{method.id} is a draft: its figures may change before it is published\n")
    keep = tuple(filter(None, getattr(options, "keep", "").split(",")))
    shown = sys.stderr.isatty()  # a bar in a terminal, nothing in a file
    answers = read_answers(getattr(options, "answers", None))
    release = getattr(options, "organisations", RELEASE)
    mapping = read_mapping(options.mapping) if options.kind == "activity" else None
    counted = partial(calculate, method=method, keep=keep, progress=shown, answers=answers, mapping=mapping,
                      organisations=None if release == "none" else release)  # fmt: skip
    result = reduce(add, _of_all(options, counted))
    themes = getattr(options, "themes", None)
    return answered(result, themes) if themes else result


def _of_all(options: Namespace, counted: Callable[..., Footprint]) -> list[Footprint]:
    """Return the footprint of each file, or refuse with what is wrong with all of them."""
    found: list[Footprint] = []
    refused: list[tuple[str, SubmissionError | UnreadableError]] = []
    for file in options.file:
        try:
            found.append(counted(source_of(file, options)))
        except (SubmissionError, UnreadableError) as error:
            refused.append((file, error))
    if not refused:
        return found
    if len(options.file) == 1:
        raise refused[0][1]
    text = "\n".join(f"{file}: {error}" for file, error in refused)
    text += f"\n{len(refused):,} of {len(options.file):,} files were not accepted."
    if any(isinstance(error, UnreadableError) for _, error in refused):
        raise UnreadableError(text)
    parts = [error.findings for _, error in refused if isinstance(error, SubmissionError)]
    findings = Findings(tuple(each for part in parts for each in part), sum(part.rows for part in parts))
    raise SubmissionError(text, findings)


def source_of(file: str, options: Namespace) -> str | Activity:
    """Read a file as what the options say that it is."""
    if options.kind == "eric":
        return read_eric(file)
    if options.kind == "ledger":
        if not options.mapping:
            raise UsageError("a ledger needs --mapping: a mapping's name, or the path of your own")
        return read_ledger(
            file, mapping=options.mapping, unit=VAT[options.unit], include=options.include, exclude=options.exclude
        )
    return file


def say(findings: Findings) -> None:
    """Write to stderr how much was read and what was met on the way."""
    counts = ", ".join(f"{count:,} {severity}" for severity, count in findings.counts.items() if count)
    sys.stderr.write(
        f"{findings.rows:,} {'row' if findings.rows == 1 else 'rows'} read; findings: {counts or 'none'}\n"
    )
    worth = [finding for finding in findings if finding.severity != "info" or finding.answered]
    for finding in worth[:WORTH_SAYING]:
        sys.stderr.write(f"  {finding}\n")
