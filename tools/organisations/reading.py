"""Reading the compiled figures, and the days on which the map of England changed."""

from __future__ import annotations

import csv
import gzip
import io
from datetime import date, timedelta
from pathlib import Path

ENGLAND = "E92000001"
SYSTEMS, LAW, NEW_BOARDS, REGIONS = "2020-04-01", "2022-07-01", "2026-04-01", "2019-04-01"
RELEASE = "2026-07-01"
OLD_REGIONS = {"Y54": "NORTH OF ENGLAND", "Y55": "MIDLANDS AND EAST OF ENGLAND", "Y57": "SOUTH OF ENGLAND"}
SNAPSHOTS = {"2020-04": "2020-04-01", "2022-03": "2022-03-01", "2025-07": "2025-07-01", "2025-12": "2025-12-01",
             "2026-04": "2026-04-01", "2026-07": "2026-07-01"}  # fmt: skip
EARLIEST_KEPT = "2013-04-01"  # successions of sites and practices before the first factor set are left out


Rows = list[dict[str, str]]


def rows_of(path: Path) -> Rows:
    """Read a CSV file, gzipped or not."""
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def day_after(day: str) -> str:
    """Return the day from which a body is closed whose last day is given."""
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat() if day else ""


def start_of(year: str) -> str:
    """Return the first day of an NHS year."""
    return f"{year[:4]}-04-01"
