"""Returns with faults in them: what a case says is written into a good return, and saved as a file.

A case changes cells of `good.csv`, named as a spreadsheet names them; the letters of its columns are those of its
header. Its changes are joined by `` || ``:

    E2=1,200                 the text of a cell; ``\\u200b`` and the like are escapes
    E2:number=45017          a typed cell, which makes the file a workbook: number, date, time, bool, formula, error
    +RX1|RX1RA|2023/24|...   a row below the others, in the order of the header
    ~M1|energy.natural_gas|kWh|4000000|2023-04..2024-03|-2023-06
                             a row for each month of a meter, some left out
    clear                    take all rows out first
    epoch=1904               the workbook counts its days from 1904
    @RX1|2023/24|waste|none_used|...
                             a row of the themes table: organisation, period, theme, answer, reason
"""

import csv
import io
import re
from datetime import date, datetime
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

HERE = Path(__file__).parent
BETWEEN = " || "
CELL = re.compile(r"([A-Z]+)(\d+)(?::(\w+))?=(.*)", re.DOTALL)
FIRST = 2  # the row below the header
THEMES = ("organisation", "period", "theme", "answer", "reason")


def cases(family):
    """Return the cases of a family, a dict each."""
    with (HERE / f"{family}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def good():
    """Return a return without a fault: its header, and its rows."""
    with (HERE / "good.csv").open(encoding="utf-8", newline="") as stream:
        header, *rows = csv.reader(stream)
    return header, rows


def unescaped(text):
    return re.sub(r"\\(u[0-9a-f]{4}|U[0-9a-f]{8}|x[0-9a-f]{2}|[ntr])", lambda found: _letter(found[1]), text)


def _letter(escape):
    return {"n": "\n", "t": "\t", "r": "\r"}.get(escape) or chr(int(escape[1:], 16))


def months(first, last):
    year, month = map(int, first.split("-"))
    while f"{year}-{month:02d}" <= last:
        yield f"{year}-{month:02d}"
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)


def changed(change):
    """Return the header and rows of a return with the changes of a case, and its typed cells by place."""
    header, rows = good()
    typed = {}
    for each in filter(None, change.split(BETWEEN)):
        if each.startswith("@"):
            continue
        if each == "clear":
            rows = []
        elif each.startswith("epoch="):
            typed["epoch"] = each.removeprefix("epoch=")
        elif each.startswith("+"):
            cells = unescaped(each[1:]).split("|")
            rows.append(cells + [""] * (len(header) - len(cells)))
        elif each.startswith("~"):
            meter, activity, unit, quantity, span, *out = each[1:].split("|")
            left_out = "".join(out).lstrip("-").split(",")
            for place, month in enumerate(each for each in months(*span.split("..")) if each not in left_out):
                amount = str(int(quantity) + place) if quantity.isdigit() else quantity
                cells = ["RX1", "RX1RA", month, activity, amount, unit, meter, "metered", "0"]
                rows.append(cells + [""] * (len(header) - len(cells)))
        else:
            column, row, kind, value = CELL.fullmatch(each).groups()
            place = int(row) - FIRST, ord(column) - ord("A")
            if int(row) == 1:
                header[place[1]] = unescaped(value)
            elif kind:
                typed[place] = (kind, value)
            else:
                rows[place[0]][place[1]] = unescaped(value)
    return header, rows, typed


def themes(change):
    """Return the rows of the themes table of a case; none where it has no such table."""
    rows = [each[1:].split("|") for each in change.split(BETWEEN) if each.startswith("@")]
    return [[unescaped(cell) for cell in row] for row in rows]


def as_frame(header, rows):
    """Return the rows as a data frame, empty cells as nothing."""
    return pd.DataFrame([[cell or None for cell in row] for row in rows], columns=header)


def as_csv(header, rows):
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows([header, *rows])
    return text.getvalue().encode()


def as_workbook(header, rows, typed, themes=()):
    """Return the rows as a workbook: texts as texts, numbers and the like where a case says so."""
    book = Workbook()
    if typed.get("epoch") == "1904":
        book.epoch = CALENDAR_MAC_1904
    sheet = book.active
    for number, row in enumerate([header, *rows], start=1):
        for place, text in enumerate(row, start=1):
            if text:
                cell = sheet.cell(number, place)
                cell.value, cell.data_type = text, "s"
    for place, said in typed.items():
        if place != "epoch":
            _write(sheet.cell(place[0] + FIRST, place[1] + 1), *said)
    if themes:
        beside = book.create_sheet("themes")
        for row in [THEMES, *themes]:
            beside.append([cell or None for cell in row])
    return saved(book)


def _write(cell, kind, text):
    values = {"number": float, "date": date.fromisoformat, "time": datetime.fromisoformat, "bool": "TRUE".__eq__}
    cell.value = values.get(kind, str)(text)
    if kind in ("formula", "error", "string"):
        cell.data_type = {"formula": "f", "error": "e", "string": "s"}[kind]


def saved(book):
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def as_parquet(header, rows):
    stream = io.BytesIO()
    pq.write_table(pa.Table.from_pandas(pd.DataFrame(rows, columns=header), preserve_index=False), stream)
    return stream.getvalue()
