"""Cells of an estates return: a recognised sheet, wide or long, as one row per measured value."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from nhscarbon.activity.eric.layouts import VALUE_ROLES, Layout, Layouts, Sheet, nearest, tidy
from nhscarbon.activity.eric.recognise import plain
from nhscarbon.activity.eric.rules import Where, finding_of_cells
from nhscarbon.errors import UnreadableError
from nhscarbon.findings import Finding
from nhscarbon.periods import nhs_year

SITE_ROLES = ("site_name", "site_type", "tenure", "integrated_care_board", "local_authority")
YEAR_END = re.compile(r"(\d{4})-03-31(?:[T ]00:00(?::00(?:\.0+)?)?)?", re.ASCII)
SHOWN = 5


def _text(column: pd.Series) -> pd.Series:
    return column.astype(str).str.replace("\xa0", " ").str.strip()


def _keys(sheet: Sheet) -> pd.DataFrame:
    """Return one row per row of the file: its number, codes and names."""
    table = sheet.layout.columns
    wanted = [
        "organisation_code",
        "organisation_name",
        "organisation_type",
        "region",
        "site_code",
        *SITE_ROLES,
    ]
    keys = pd.DataFrame({"row": np.arange(len(sheet.body)) + sheet.first_row})
    for role in wanted:
        at = table.index[table["role"] == role]
        label = table["header"][at[0]] if len(at) and sheet.layout.match == "names" else next(iter(at), None)
        keys[role] = _text(sheet.body[label]) if label in sheet.body.columns else ""
    return keys.rename(columns={"organisation_code": "organisation", "site_code": "site"})


def _cells(keys: pd.DataFrame, rows: np.ndarray, columns: pd.DataFrame, text: pd.Series) -> pd.DataFrame:
    """Put each cell beside its row's codes and its column's meaning."""
    cells = pd.DataFrame({"at": rows, "row": keys["row"].to_numpy()[rows]})
    for name in ("organisation", "site"):
        cells[name] = keys[name].to_numpy()[rows]
    for name in ("header", "role", "measure", "activity", "unit", "rule"):
        cells[name] = columns[name].to_numpy()
    cells["key"] = cells["organisation"] + "\x1f" + cells["site"]
    cells["text"] = _text(text).to_numpy()
    return cells


def wide_cells(sheet: Sheet) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read a file with one row per site: its rows, and the cells of the columns that are used."""
    keys = _keys(sheet)
    used = sheet.layout.columns[sheet.layout.columns["role"].isin(VALUE_ROLES)]
    text = pd.Series(sheet.body[used.index.to_list()].to_numpy(dtype=object).ravel())
    rows = np.repeat(np.arange(len(sheet.body)), len(used))
    columns = used.iloc[np.tile(np.arange(len(used)), len(sheet.body))]
    return keys, _cells(keys, rows, columns, text)


def long_cells(sheet: Sheet, layout: Layout, where: Where) -> tuple[pd.DataFrame, pd.DataFrame, list[Finding]]:
    """Read a long file with the layout of its year; a measure that the year does not have is refused."""
    keys = _keys(sheet)
    codes, words = pd.factorize(sheet.body[_header_of(sheet, "measure_name")])
    measure = pd.Series(np.array([tidy(word) for word in words], dtype=object)[codes])
    sent = pd.Index(np.array([plain(word) for word in words], dtype=object)[codes])
    ordered = layout.columns.sort_values("role", key=lambda role: ~role.isin(VALUE_ROLES), kind="stable")
    known = ordered.drop_duplicates("header").set_index("header", drop=False)
    spec = pd.Series(pd.Index(map(plain, known.index)).get_indexer(sent))
    strange = (spec < 0) & (keys["organisation"] != "")
    unknown = keys.assign(header=measure)[strange].groupby("header", sort=False)
    findings = [_unknown_measure(str(name), part, layout, where) for name, part in unknown]
    used = ((spec >= 0) & known["role"].isin(VALUE_ROLES).to_numpy()[spec]).to_numpy(bool)
    text = sheet.body[_header_of(sheet, "measure_value")][used]
    return keys, _cells(keys, np.flatnonzero(used), known.iloc[spec[used].to_numpy()], text), findings


def _unknown_measure(name: str, part: pd.DataFrame, layout: Layout, where: Where) -> Finding:
    if close := nearest(name, layout.header):
        return finding_of_cells("measure_unknown", "near", part, where, layout=layout.name, near=close)
    return finding_of_cells("measure_unknown", "", part, where, layout=layout.name)


def _header_of(sheet: Sheet, role: str) -> str:
    return str(sheet.layout.columns.loc[sheet.layout.columns["role"] == role, "header"].iloc[0])


def year_of(file: str, sheet: Sheet, known: Layouts) -> tuple[Layout, str]:
    """Return the layout and year that a long file's snapshot date names."""
    dates = [date for date in _text(sheet.body[_header_of(sheet, "snapshot_date")]).unique() if date]
    ends = [YEAR_END.fullmatch(date) for date in dates]
    years = {nhs_year(int(end[1]) - 1) for end in ends if end}
    if len(years) != 1 or not all(ends):
        raise UnreadableError(
            f"'{file}' must hold one year, named by a snapshot date that is a 31 March such as 2024-03-31",
            advice=(
                f"it holds {', '.join(map(repr, dates[:SHOWN])) or 'none'}. Nothing was read. "
                "Split it into one file per year."
            ),
        )
    period = years.pop()
    for layout in known.layouts:
        if layout.period == period:
            return layout, period
    have = ", ".join(layout.period for layout in known.layouts if layout.period)
    raise UnreadableError(
        f"'{file}' is of {period}, and the columns of that year's return are not known (known: {have}).",
        advice="Nothing was read. Its header needs a table of its own in the layouts package.",
    )


def unread_columns(sheet: Sheet, where: Where) -> list[Finding]:
    """Say that a file is wider than the part of its header that is known."""
    extra = sheet.body.shape[1] - len(sheet.layout.columns)
    if sheet.layout.match != "prefix" or extra <= 0:
        return []
    part = pd.DataFrame({"row": [sheet.first_row - 1]})
    return [finding_of_cells("columns_not_read", "", part, where, extra=extra, known=len(sheet.layout.columns))]
