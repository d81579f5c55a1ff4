"""`nhscarbon footprint -o OUT.xlsx`: the footprint as a workbook for people who work in Excel."""

from __future__ import annotations

import sys
from argparse import Namespace

from nhscarbon.cli.footprint import calculate_files, save_certificate, say
from nhscarbon.errors import UsageError
from nhscarbon.reporting.report.write import FOOTPRINT, write_report


def footprint_workbook(options: Namespace) -> None:
    """Calculate the footprint of one or more files and write its workbook."""
    given = [f"--{name}" for name in ("by", "boundary") if getattr(options, name)]
    given += [f"--format {options.format}"] if options.format != "table" else []
    if given:
        raise UsageError(
            f"{' and '.join(given)} cannot be used with a workbook, which always shows both footprints by theme.",
            advice="Leave it out, or give the output another ending.",
        )
    result = calculate_files(options)
    say(result.findings)
    save_certificate(result, options)
    release = None if options.organisations == "none" else options.organisations
    path = write_report(result, options.output, kind=FOOTPRINT, organisations=release, overwrite=options.overwrite)
    for label in (result.label(), result.label(result.method.widest)):
        sys.stderr.write(f"{label}\n")
    sys.stderr.write(f"written to {path}\n")
