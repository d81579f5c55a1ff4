"""A half-hourly meter file as monthly activity data: what the file does not say of the meters is told."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd

from nhscarbon.activity.activity import Activity
from nhscarbon.activity.files.file_kinds import refuse_other_kinds
from nhscarbon.activity.files.sheets import Grid, read_bytes, read_grids
from nhscarbon.activity.half_hours import SAMPLE, HalfHours, half_hours
from nhscarbon.activity.header import Header, read_header
from nhscarbon.activity.readers.half_hourly import layout_of, sum_half_hours
from nhscarbon.activity.schema import HEADER_WITHIN
from nhscarbon.errors import UnreadableError, UsageError
from nhscarbon.output.text import shown

NEEDED = ("organisation", "activity", "unit")


def read_meter(
    source: str | Path | pd.DataFrame, *, organisation: str = "", activity: str = "", unit: str = "", site: str = ""
) -> Activity:
    """Read a half-hourly meter file as one row for each meter and month.

    Parameters
    ----------
    source : str, Path or pandas.DataFrame
        A CSV or Excel file (extra ``excel``) or a frame: a row for each day with a column for each half-hour
        (``00:30`` to ``24:00``, ``00:00`` to ``23:30``, ``HH01`` to ``HH48``), or a row for each half-hour with its
        time and value. A column of meter numbers keeps meters apart; flags (A or E) give the estimated share.
    organisation, activity, unit, site : str, optional
        What holds for every row; left out where the file has a column of it. Half-hours are amounts of energy: kWh, not
        kW.

    Returns
    -------
    Activity
        The exact sums, for `check` and `calculate`, with a finding for each half-hour that is missing or given twice.
        The days on which the clocks change have 46 and 50 half-hours.

    Raises
    ------
    UnreadableError
        If no sheet holds half-hours.
    UsageError
        If neither the file nor the call says the organisation, the activity or the unit, or both do.

    Examples
    --------
    >>> import pandas as pd
    >>> import nhscarbon as nc
    >>> times = pd.date_range("2024-04-01", "2024-04-30 23:30", freq="30min").strftime("%Y-%m-%d %H:%M")
    >>> file = pd.DataFrame({"MPAN": "1200012345678", "Timestamp": times, "kWh": 1.5})
    >>> read = nc.read_meter(file, organisation="RX1", activity="energy.electricity.grid", unit="kWh")
    >>> read.table[["period", "quantity"]].values.tolist()
    [['2024-04', 2160.0]]
    """
    told = {"organisation": organisation, "activity": activity, "unit": unit, "site": site}
    if isinstance(source, pd.DataFrame):
        header = read_header([str(name) for name in source.columns])
        layout = layout_of(source, header)
        if layout is None:
            raise UnreadableError("the frame holds no half-hours", advice=_WHAT)
        frame = source.set_axis(list(header.sent), axis=1)
        return sum_half_hours(frame, layout, header.names, _words(header, told), file="", sheet="", first_row=1)
    path = Path(source)
    content = read_bytes(path)
    name = shown(path.name)
    refuse_other_kinds(name, content)
    for grid, row, header, layout in _headers(read_grids(name, content)):
        width = len(header.sent)
        body = [(cells + [""] * width)[:width] for cells in grid.rows[row:]]
        frame = pd.DataFrame(body, columns=list(header.sent), dtype=object)
        return sum_half_hours(
            frame, layout, header.names, _words(header, told), file=name, sheet=grid.sheet, first_row=row + 1,
            sha256=hashlib.sha256(content).hexdigest(),
        )  # fmt: skip
    raise UnreadableError(f"'{name}' holds no half-hours", advice=_WHAT)


_WHAT = (
    "give a row for each day with a column for each half-hour, such as 00:30 to 24:00, or a row for each half-hour "
    "with its time and value"
)


def _headers(grids: Sequence[Grid]) -> Iterator[tuple[Grid, int, Header, HalfHours]]:
    """Yield each sheet with half-hours: the row of its header, the header and its layout."""
    for grid in grids:
        for number, cells in enumerate(grid.rows[:HEADER_WITHIN], start=1):
            if sum(map(bool, cells)) < 2:
                continue
            header = read_header(cells)
            body = [row + [""] * (len(cells) - len(row)) for row in grid.rows[number : number + SAMPLE]]
            columns = [[row[place].strip() for row in body] for place in range(len(cells))]
            if layout := half_hours(header.sent, header.names, columns):
                yield grid, number, header, layout
                break


def _words(header: Header, told: dict[str, str]) -> dict[str, str]:
    """Return what holds for every row: as told, or as the header states."""
    both = [name for name, word in told.items() if word and name in header.names]
    if both:
        raise UsageError(f"the file has a column '{both[0]}', and {both[0]}= is given: leave one of them out")
    words = {**header.words, **{name: word for name, word in told.items() if word}}
    lacking = [name for name in NEEDED if name not in words and name not in header.names]
    if lacking:
        raise UsageError(f"the file does not say the {lacking[0]} of its meters", advice=f"give {lacking[0]}=")
    return words
