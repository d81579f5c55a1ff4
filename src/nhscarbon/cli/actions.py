"""`nhscarbon actions`."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path

from nhscarbon.output.tables import csv_text, write_text
from nhscarbon.trajectory.actions.read_actions import read_actions


def read(options: Namespace) -> None:
    """Read action sheets, write their table, and say what could not be read."""
    actions = read_actions(options.file, mapping=options.mapping, organisation=options.organisation)
    sys.stderr.write(f"{actions.findings}\n")
    if options.write_mapping:
        path = write_text(Path(options.write_mapping), csv_text(actions.mapping), overwrite=options.overwrite)
        sys.stderr.write(f"written to {path}\n")
    if not options.output:
        sys.stdout.write(csv_text(actions.table))
        return
    write = actions.to_excel if options.output.casefold().endswith(".xlsx") else actions.to_csv
    path = write(options.output, overwrite=options.overwrite)
    sys.stderr.write(f"{len(actions):,} actions written to {path}\n")
