"""Activity data in memory, from whatever holds it."""

from __future__ import annotations

from nhscarbon.activity.activity import Activity
from nhscarbon.activity.files.limits import Limits
from nhscarbon.activity.mapping import MappingSource, read_mapping
from nhscarbon.activity.readers.open_source import Tabular, open_source, rows_in_memory
from nhscarbon.activity.readers.subprocess_reader import Reader


def read(
    source: Tabular,
    *,
    limits: Limits | None = None,
    parser: Reader | None = None,
    mapping: MappingSource | None = None,
) -> Activity:
    """Read activity data from a path, a frame or a list of records.

    Parameters
    ----------
    source : str, Path, buffer, frame, lazy frame, list of records or Activity
        A CSV, Excel (extra ``excel``) or Parquet (extra ``arrow``) file, open or by its path, of which every sheet
        with a recognisable header within its first 20 rows is read; a folder of Parquet files; a frame of pandas,
        Polars, PyArrow or any other library that narwhals knows; a lazy frame of Polars or DuckDB, which is
        collected; or a list of mappings from column to value, one a row. An `Activity` passes through. Frames may
        be changed afterwards; but pandas categories of more than a million rows are shared, so nothing may be
        written to their array itself (``Series.array``).
    limits : Limits, optional
        What a file is checked against before it is parsed; give larger ones for larger files.
    parser : Reader, optional
        A process apart that parses workbooks and Parquet files; this one when left out.
    mapping : str, Path, frame, list of records or proposal, optional
        Which column is which, as a person has confirmed it. Activities and units stay as they were sent: give the
        mapping to `nhscarbon.calculate` and `nhscarbon.check` too.

    Returns
    -------
    Activity
        Coded columns, with a finding for each column or cell that could not be read.

    Raises
    ------
    UnreadableError
        If there is no table to read at all.
    UsageError
        If it is no source, or a table of Spark, Dask or Ibis, which may be larger than memory.

    Examples
    --------
    >>> import nhscarbon as nc
    >>> len(nc.read(nc.example("trust-year.csv")))
    30
    """
    words = read_mapping(mapping)
    answers = words.columns if words else ()
    return rows_in_memory(open_source(source, whole=True, limits=limits, parser=parser, answers=answers))
