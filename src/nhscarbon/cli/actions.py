"""`nhscarbon actions`."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path

from nhscarbon.output.tables import csv_text, write_text
from nhscarbon.trajectory.actions.read_actions import read_actions


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
