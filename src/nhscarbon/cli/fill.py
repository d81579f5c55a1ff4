"""`nhscarbon fill`: rows for what is missing, each marked as an estimate with its rule."""

from __future__ import annotations

import io
import sys
from argparse import Namespace
from pathlib import Path

import pandas as pd

from nhscarbon.activity.files.sheets import read_bytes
from nhscarbon.activity.files.text import decode
from nhscarbon.activity.files.workbook_guard import guard_text
from nhscarbon.activity.gap_filling import fill_gaps
from nhscarbon.activity.readers.read import read
from nhscarbon.errors import UnreadableError, UsageError
from nhscarbon.output import tables


def fill(options: Namespace) -> None:
    """Write a return with its estimates below the rows that were sent."""
    if not (options.months or options.floor_area or options.own):
        raise UsageError("nothing is estimated by default", advice="add --months, --floor-area or --own")
    rows = read(options.file).table.drop(columns=["row", "sheet"], errors="ignore")
    filled = fill_gaps(rows, months=options.months, floor_area=_table(options.floor_area), own=_table(options.own))
    text = tables.csv_text(filled)
    added = len(filled) - len(rows)
    sys.stderr.write(f"{added:,} {'row' if added == 1 else 'rows'} estimated\n")
    if options.output:
        path = tables.write_text(Path(options.output), text, overwrite=options.overwrite)
        sys.stderr.write(f"written to {path}\n")
    else:
        sys.stdout.write(text)


def _table(path: str | None) -> pd.DataFrame | None:
    """Read a small CSV table as text: a code such as 5E1 is no number."""
    if not path:
        return None
    content = read_bytes(Path(path))  # a plain file: never a pipe, an address or something to unpack
    guard_text(path, content)
    try:
        return pd.read_csv(io.StringIO(decode(path, content)), dtype=str, keep_default_na=False)
    except ValueError as error:
        raise UnreadableError(f"'{path}' cannot be read as a CSV table: {error}") from error
