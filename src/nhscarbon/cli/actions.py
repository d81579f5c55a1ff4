"""`nhscarbon actions`."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path

from nhscarbon.cli.footprint import calculate_files
from nhscarbon.errors import UsageError
from nhscarbon.footprint.footprint import Footprint
from nhscarbon.output.tables import csv_text, write_text
from nhscarbon.trajectory.actions.read_actions import read_actions
from nhscarbon.trajectory.green_plan.green_plan import TITLE, green_plan

OF_PLANS = (".html", ".xlsx", ".csv")  # the endings that a Green Plan is written with


def read(options: Namespace) -> None:
    """Read action sheets, write their table, and say what could not be read."""
    actions = read_actions(
        options.file, mapping=options.mapping, review=options.review, organisation=options.organisation
    )
    sys.stderr.write(f"{actions.findings}\n")
    for target, frame in ((options.write_mapping, actions.mapping), (options.write_review, actions.review)):
        if target:
            path = write_text(Path(target), csv_text(frame), overwrite=options.overwrite)
            sys.stderr.write(f"written to {path}\n")
    if actions.planned:
        decided = sum(each.decided for each in actions.planned)
        sys.stderr.write(f"{decided:,} of {len(actions.planned):,} actions have an intervention that is sure\n")
    if not options.output:
        sys.stdout.write(csv_text(actions.table))
        return
    write = actions.to_excel if options.output.casefold().endswith(".xlsx") else actions.to_csv
    path = write(options.output, overwrite=options.overwrite)
    sys.stderr.write(f"{len(actions):,} actions written to {path}\n")


def plan(options: Namespace) -> None:
    """Make the Green Plan of a system, and write it for people or as a table."""
    ending = Path(options.output).suffix.casefold() if options.output else ""
    if options.output and ending not in OF_PLANS:
        raise UsageError(f"'{Path(options.output).name[:60]}' ends with none of {', '.join(OF_PLANS)}")
    if bool(options.footprint) != bool(options.method):
        raise UsageError("--footprint and --method need each other")
    actions = read_actions(
        options.file, mapping=options.mapping, review=options.review, organisation=options.organisation
    )
    made = green_plan(
        actions, _footprint(options), priorities=options.priority, title=" ".join(options.title.split()) or TITLE
    )
    if not options.output:
        sys.stdout.write(f"{made}\n")
        return
    write = made.to_csv if ending == ".csv" else made.write
    path = write(options.output, overwrite=options.overwrite)
    sys.stderr.write(
        f"{len(made.actions):,} actions, {len(made.review):,} to decide; {len(made.interventions):,} interventions in "
        f"the plan\nwritten to {path}\n"
    )


def _footprint(options: Namespace) -> Footprint | None:
    """Return the footprint of the returns that were named, if any were."""
    if not options.footprint:
        return None
    return calculate_files(
        Namespace(file=options.footprint, method=options.method, kind=options.kind, mapping=None, overlay=[])
    )
