"""Parquet files, read whole (extra ``arrow``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nhscarbon.activity.files.file_kinds import PARQUET
from nhscarbon.activity.files.sheets import Parser
from nhscarbon.activity.readers.parquet import read_parquet

if TYPE_CHECKING:
    import pandas as pd

STARTS = PARQUET


def frame_of(name: str, content: bytes, parser: Parser | None) -> pd.DataFrame:
    """Return the table of a file, read in a process apart where there is one."""
    return parser.parquet(name, content) if parser else read_parquet(content, name)
