"""`nhscarbon report`: a footprint with its evidence as a page or a workbook."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path

from nhscarbon.analysis.supplied import supplied_footprint
from nhscarbon.cli.footprint import calculate_files, say
from nhscarbon.cli.projection import refuse_loose_base, target_path
from nhscarbon.errors import UsageError
from nhscarbon.reporting.report.write import BOARD
from nhscarbon.reporting.report.write import write_report as write
from nhscarbon.trajectory.projection.projection import project


def report(options: Namespace) -> None:
    """Calculate the footprint and write its report."""
    refuse_loose_base(options)
    if options.base_year and not options.to and not options.base_totals:
        raise UsageError("--base-year is for a target. Add --to with the last year to project")
    if options.report_kind == BOARD and options.to:
        raise UsageError("a board page has no projection", advice="Leave out --to, or write the analyst report.")
    footprint = calculate_files(options)
    before = (
        calculate_files(Namespace(**{**vars(options), "file": options.before, "themes": None}))
        if options.before
        else None
    )
    for each in filter(None, (footprint, before)):
        say(each.findings)
    ahead = None
    if options.to:
        counts = options.boundary or footprint.boundary or None
        ahead = project(footprint, to=options.to, boundary=counts, drivers=options.drivers, seed=options.seed)
    base = None
    if options.base_totals:
        base = supplied_footprint(
            options.base_totals, options.method, source=options.base_source or Path(options.base_totals).name
        )
    found = write(
        footprint, options.output, kind=options.report_kind, title=options.title, actions=options.actions,
        targets=options.plan, base=base, before=before, projection=ahead, boundary=options.boundary, seed=options.seed,
        target=None if ahead is None else target_path(options, ahead), overwrite=options.overwrite,
        organisations=None if options.organisations == "none" else options.organisations,
    )  # fmt: skip
    sys.stderr.write(f"written to {found}\n")
