"""`nhscarbon actions`."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path

from nhscarbon.cli.footprint import calculate_files
from nhscarbon.errors import UsageError
from nhscarbon.findings import Findings
from nhscarbon.footprint.footprint import Footprint
from nhscarbon.output.tables import csv_text, write_text
from nhscarbon.reporting.green_plan.write import write_green_plan
from nhscarbon.trajectory.actions.read_actions import read_actions
from nhscarbon.trajectory.actions.table import Actions
from nhscarbon.trajectory.green_plan.green_plan import TITLE, green_plan

OF_PLANS = (".html", ".xlsx", ".csv")  # the endings that a Green Plan is written with


def read(options: Namespace) -> None:
    """Read action sheets, write their table, and say what could not be read."""
    actions = read_actions(
        options.file, mapping=options.mapping, review=options.review, organisation=options.organisation
    )
    _tell(actions)
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


def _tell(actions: Actions) -> None:
    """Say what could not be read; of several files, file by file."""
    found, files = actions.findings, dict.fromkeys(each.file for each in actions.findings)
    if len({each.file for each in actions.planned} | {*files}) < 2:
        sys.stderr.write(f"{found}\n")
        return
    for name in sorted(files):
        own = Findings(
            tuple(each for each in found if each.file == name), sum(each.file == name for each in actions.planned)
        )
        sys.stderr.write(f"{name}: {own}\n" if name else f"{own}\n")


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
    if ending == ".csv":
        path = made.to_csv(options.output, overwrite=options.overwrite)
    else:
        path = write_green_plan(made, options.output, overwrite=options.overwrite)
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
