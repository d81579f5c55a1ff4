"""Measure how well plans' sheets are read: what is read of some sheets against what a person says they hold.

    python tools/measure_reading.py PLANS [--show]

PLANS is a folder with sheets and `gold.csv`: action_id, trust, file (``book.xlsx#Sheet`` of a workbook with several),
row, text, tco2e_a_year, cost_low_gbp, cost_high_gbp, start_year, end_year, lead, status, risk; an empty cell is what
the sheet does not say. The table has, for each sheet, the actions with the right text, what was read beside them, and
for each field how many of those given are right and how many that are read are wrong.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

import nhscarbon as nc

FIELDS = ("cost_low_gbp", "cost_high_gbp", "start_year", "end_year", "lead", "status", "tco2e_a_year", "risk")
NUMBERS = frozenset({"cost_low_gbp", "cost_high_gbp", "start_year", "end_year", "tco2e_a_year"})


@dataclass
class Count:
    """Of one sheet and field: values that the sheet gives, those read right, those read at all and those read wrong."""

    given: int = 0
    right: int = 0
    read: int = 0
    wrong: int = 0


@dataclass
class Measured:
    """What was found of one file."""

    file: str
    actions: int = 0
    texts: int = 0
    more: int = 0
    counts: dict[str, Count] = field(default_factory=lambda: {name: Count() for name in FIELDS})
    differences: list[str] = field(default_factory=list)


def measure(read: pd.DataFrame, gold: pd.DataFrame) -> list[Measured]:
    """Return, for each file of the gold, how what was read agrees with it; both as text, empty where nothing is said.

    Actions are matched by file, sheet, row and text, whatever the case and spaces.
    """
    found = []
    for file, wanted in gold.groupby(gold["file"].str.partition("#")[0], sort=True):
        result = Measured(str(file), len(wanted))
        mine = read[read["file"] == file]
        open_rows = {
            (row.sheet, str(row.row), plain(str(row.text))): row._asdict() for row in mine.itertuples(index=False)
        }
        for row in wanted.to_dict("records"):
            sheet = str(row["file"]).partition("#")[2]
            key = next((each for each in open_rows if each[1:] == (str(row["row"]), plain(str(row["text"])))
                        and sheet in ("", each[0])), None)  # fmt: skip
            if key is None:
                at = [each[2] for each in open_rows if each[1] == str(row["row"]) and sheet in ("", each[0])]
                result.differences.append(f"{row['action_id']} text: {row['text']!r} was read as {at!r}")
            else:
                result.texts += 1
            _compare(result, row, open_rows.pop(key) if key else {})
        result.more = len(open_rows)
        result.differences += [f"{key[0]} row {key[1]}: {key[2]!r} is no action of the gold" for key in open_rows]
        found.append(result)
    return found


def _compare(result: Measured, wanted: Mapping[Any, Any], mine: dict[str, object]) -> None:
    for name in FIELDS:
        count = result.counts[name]
        want, have = value(name, wanted[name]), value(name, mine.get(name, ""))
        count.given += want != ""
        count.right += want not in ("",) and want == have
        count.read += have != ""
        count.wrong += have not in ("", want)
        if want != have:
            result.differences.append(f"{wanted['action_id']} {name}: {want!r} was read as {have!r}")


def value(name: str, cell: object) -> str:
    """Return a cell as it is compared: a number as such, words whatever the case; an unknown status is nothing."""
    text = str(cell).strip()
    if text in ("", "nan", "<NA>", "None"):
        return ""
    if name in NUMBERS:
        return f"{float(text):g}"
    return "" if name == "status" and text == "unknown" else plain(text)


def plain(text: str) -> str:
    """Return words whatever the case and the spaces."""
    return " ".join(text.casefold().split())


def table_of(measured: Sequence[Measured]) -> pd.DataFrame:
    """Return what was measured: a row for each file and one for all; right / given and wrong / read for each field."""
    rows = []
    for each in [*measured, None]:
        some = measured if each is None else [each]
        given = sum(count.given for one in some for count in one.counts.values())
        right = sum(count.right for one in some for count in one.counts.values())
        read = sum(count.read for one in some for count in one.counts.values())
        wrong = sum(count.wrong for one in some for count in one.counts.values())
        row: dict[str, object] = {
            "file": each.file if each else "all", "actions": sum(one.actions for one in some),
            "texts": sum(one.texts for one in some), "more": sum(one.more for one in some),
            "right_percent": round(100 * right / given, 1) if given else 0.0,
            "wrong_percent": round(100 * wrong / read, 1) if read else 0.0,
        }  # fmt: skip
        for name in FIELDS:
            counts = [one.counts[name] for one in some]
            row[name] = (
                f"{sum(c.right for c in counts)}/{sum(c.given for c in counts)}, {sum(c.wrong for c in counts)} wrong"
            )
        rows.append(row)
    return pd.DataFrame(rows)


def read_folder(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return what is read of the sheets of a folder, as text, and its gold."""
    gold = pd.read_csv(folder / "gold.csv", dtype=str, keep_default_na=False)
    files = sorted({folder / file.partition("#")[0] for file in gold["file"]})
    return nc.read_actions(files).table.astype(str), gold


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table of a folder of sheets."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--show", action="store_true", help="list every difference")
    options = parser.parse_args(arguments)
    measured = measure(*read_folder(options.folder))
    sys.stdout.write(table_of(measured).to_string(index=False) + "\n")
    if options.show:
        sys.stdout.write("\n".join(line for each in measured for line in each.differences) + "\n")


if __name__ == "__main__":
    main()
