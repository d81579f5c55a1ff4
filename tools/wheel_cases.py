"""The cases that `compare_wheels.py` puts to two wheels: made once, so that both are handed the same bytes.

A case says its group, the route by which its rows reach the wheel, and either a file or the rows themselves.
"""

from __future__ import annotations

import csv
import random
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any

from openpyxl.utils.exceptions import IllegalCharacterError

REPO = Path(__file__).resolve().parents[1]
DATA, TESTS = REPO / "data", REPO / "tests"
CORPUS_OF_CELLS = ("numbers", "periods", "codes", "units", "categories", "completeness", "plausibility", "injection")
CORPUS_OF_FILES = ("file_level", "containers", "layouts")
LEDGER_MAPPING = "ledger-gstt-2020-21"
METHOD = "nhs-2026.1"
OTHER_METHODS = ("direct-only-2026.1", "nhs-2026.1-ar6", "recipe-book-2023")
ALWAYS, IN_TURN = ("csv", "frame"), ("arrow", "parquet", "lazy", "records", "partial")  # routes of a random table
TABLE_ROUTES = ALWAYS + IN_TURN
FULL = ("organisation", "site", "period", "activity", "quantity", "unit", "evidence", "estimated_share", "tier",
        "geography", "reference", "note")  # fmt: skip
NEEDED = ("organisation", "period", "activity", "quantity", "unit")
STATED = "reported_tco2e"  # in few tables: the checks of it take longer than all others
YEARS = ("2019/20", "2020/21", "2021/22", "2022/23", "2023/24", "2024/25")
COMMON = ("energy.natural_gas", "energy.electricity.grid", "water.supply", "water.treatment",
          "waste.domestic.energy_from_waste", "anaesthetic.desflurane", "energy.gas_oil")  # fmt: skip
Case = dict[str, Any]
Row = dict[str, str]


def examples() -> Iterator[Case]:
    """Yield the packaged examples: as files, and the trust's year as every kind of table."""
    for path in sorted(DATA.glob("examples/*/*.csv")):
        yield _case("examples", path.name, "example", path=path.name)
    yield _case("examples", "estates-2023-24.csv, read_eric", "eric_example", path="estates-2023-24.csv")
    with (DATA / "examples" / "trust-year" / "trust-year.csv").open(encoding="utf-8", newline="") as stream:
        header, *rows = csv.reader(stream)
    for route in TABLE_ROUTES:
        yield _case("examples", f"trust-year.csv, {route}", route, header=header, rows=rows)


def estates(originals: Path) -> Iterator[Case]:
    """Yield every published estates return; the files in the folder that are none must be refused alike."""
    for path in sorted((originals / "eric").iterdir()):
        yield _case("estates", path.name, "eric", path=str(path))


def ledger(originals: Path) -> Iterator[Case]:
    """Yield the published ledgers."""
    for path in sorted((originals / "ledger").iterdir()):
        yield _case("ledger", path.name, "ledger", path=str(path), mapping=LEDGER_MAPPING)


def corpus(folder: Path) -> Iterator[Case]:
    """Yield the faulty returns of the tests, written into a folder: each fault of a cell in three kinds of file."""
    sys.path.insert(0, str(TESTS))
    files, returns = import_module("corpus.files"), import_module("corpus.returns")
    for family in CORPUS_OF_CELLS:
        for case in returns.cases(family):
            for kind, content in _contents(returns, case["change"]):
                path = _place(folder, family, case["case"], kind) / f"return.{kind}"
                path.write_bytes(content)
                yield _case("corpus", f"{family}/{case['case']}.{kind}", "path", path=str(path))
    for family in CORPUS_OF_FILES:
        for case in returns.cases(family):
            path = files.made(case, _place(folder, family, case["case"]))
            yield _case("corpus", f"{family}/{case['case']}", "path", path=str(path))


def _contents(returns: ModuleType, change: str) -> Iterator[tuple[str, bytes]]:
    header, rows, typed = returns.changed(change)
    with suppress(IllegalCharacterError):  # a workbook cannot hold it
        yield "xlsx", returns.as_workbook(header, rows, typed)
    if not typed:
        yield "csv", returns.as_csv(header, rows)
        yield "parquet", returns.as_parquet(header, rows)


def _place(folder: Path, *names: str) -> Path:
    place = folder.joinpath(*names)
    place.mkdir(parents=True)
    return place


def tables(number: int, most_rows: int, seed: int) -> Iterator[Case]:
    """Yield random tables, each by three routes: valid words, and in two of three tables faults among them."""
    words = Words()
    for turn in range(number):
        made = random.Random(f"{seed}/{turn}")
        header, rows = words.table(made, most_rows)
        for times in range(made.choice((0, 1, 1, 2, 3, 5)) if turn % 3 else 0):
            fault = made.choice(HEADER_FAULTS if times == 0 and made.random() < 0.1 else ROW_FAULTS)
            fault(made, header, rows, words)
        cells = [[row.get(name, "") for name in header] for row in rows]
        method = made.choice(OTHER_METHODS) if made.random() < 0.1 else METHOD
        keep = made.choice(([], [], [], ["site"], ["month"])) if "site" in header else []
        for route in (*ALWAYS, IN_TURN[turn % len(IN_TURN)]):
            yield _case("tables", f"{turn:05d}, {route}", route, header=header, rows=cells, keep=keep, method=method,
                        absent=turn % 2 == 1)  # fmt: skip


def _case(group: str, name: str, route: str, **about: object) -> Case:
    return {"id": f"{group}/{name}", "group": group, "route": route, "method": METHOD, "keep": [], **about}


class Words:
    """The words that random tables are made of: those of the packaged data, read as plain CSV."""

    def __init__(self) -> None:
        with next(DATA.glob("catalogue/*/activities.csv")).open(encoding="utf-8", newline="") as stream:
            catalogue = list(csv.DictReader(stream))
        self.units = {row["activity"]: row["units"].split(";") for row in catalogue}
        self.labels = {row["activity"]: row["label"] for row in catalogue}
        self.activities = sorted(self.units)
        self.aliases: dict[str, list[str]] = {}
        for row in _rows("units/*/aliases.csv"):
            self.aliases.setdefault(row["unit"], []).append(row["alias"])
        here = {row["code"] for row in _rows("organisations/*/organisations.csv") if not row["closed"]}
        self.trusts = sorted({row["code"] for row in _rows("organisations/*/roles.csv")
                              if row["word"] == "nhs_trust" and row["code"] in here})  # fmt: skip
        self.closed = sorted({row["code"] for row in _rows("organisations/*/organisations.csv") if row["closed"]})
        self.sites: dict[str, list[str]] = {}
        for row in _rows("organisations/*/memberships.csv"):
            if row["level"] == "trust" and not row["valid_to"]:
                self.sites.setdefault(row["parent"], []).append(row["child"])

    def table(self, made: random.Random, most_rows: int) -> tuple[list[str], list[Row]]:
        """Return a table without a fault: some bodies, years or months, sites, and activities in several units."""
        header = [*NEEDED, *made.sample([name for name in FULL if name not in NEEDED], made.randint(0, 5))]
        header += [STATED] if made.random() < 0.1 else []
        bodies = made.sample(self.trusts, made.randint(1, 3))
        years = made.sample(YEARS, made.choice((1, 1, 1, 2)))
        wanted = made.sample(COMMON, made.randint(1, 4))
        if made.random() < 0.5:
            wanted += made.sample(self.activities, made.randint(1, 3))
        rows: list[Row] = []
        while not rows or (len(rows) < most_rows and made.random() < 0.9):
            body, year, activity = made.choice(bodies), made.choice(years), made.choice(wanted)
            unit = made.choice(self.units[activity])
            row = {"organisation": body, "period": year, "activity": activity, "unit": unit,
                   "quantity": quantity(made), "site": made.choice([*self.sites.get(body, [])[:3], f"{body}RA"]),
                   "evidence": made.choice(("", "metered", "invoiced", "estimated", "modelled", "claimed")),
                   "estimated_share": made.choice(("", "0", "0.05", "0.5", "1")), "reference": f"M{made.randint(1, 4)}",
                   STATED: made.choice(("", "", "12.5")), "geography": made.choice(("", "", "UK")),
                   "tier": made.choice(("", "", "", "standard", "optimal")),
                   "note": made.choice(("", "from the meter"))}  # fmt: skip
            if made.random() < 0.15:  # a year's months, some of them left out
                rows += [{**row, "period": month, "quantity": quantity(made)} for month in months(year)
                         if made.random() < 0.95]  # fmt: skip
            else:
                rows.append(row)
        return header, rows


def _rows(pattern: str) -> list[Row]:
    with next(DATA.glob(pattern)).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def months(year: str) -> list[str]:
    """Return the twelve months of an NHS year."""
    first = int(year[:4])
    return [f"{first + (month < 4)}-{month:02d}" for month in (*range(4, 13), 1, 2, 3)]


def quantity(made: random.Random) -> str:
    """Return an amount of any size, with up to eight decimals."""
    return f"{made.lognormvariate(6, 2.5):.{made.choice((0, 0, 1, 3, 6, 8))}f}"


# --- faults: each changes a header or rows where they stand ----------------------------------------------------------

Fault = Callable[[random.Random, list[str], list[Row], Words], None]


def _said(column: str, *texts: str) -> Fault:
    """Return the fault of one cell with another text in it."""

    def fault(made: random.Random, header: list[str], rows: list[Row], words: Words) -> None:
        made.choice(rows)[column] = made.choice(texts)

    return fault


def _word(made: random.Random, header: list[str], rows: list[Row], words: Words) -> None:
    """Misspell an activity, or write its label, another activity or capitals in its place."""
    row = made.choice(rows)
    code = row["activity"]
    row["activity"] = made.choice((
        code[:-1], code.upper(), f" {code} ", code.replace(".", " "), words.labels.get(code, code),
        made.choice(words.activities), "energy.moonshine",
    ))  # fmt: skip


def _unit(made: random.Random, header: list[str], rows: list[Row], words: Words) -> None:
    """Write a unit in another spelling, of another kind, or of no kind."""
    row = made.choice(rows)
    spelled = words.aliases.get(row["unit"], [row["unit"].upper()])
    row["unit"] = made.choice((made.choice(spelled), "kg", "kWh", "tonne", "GBP", "furlong", row["unit"].upper()))


def _body(made: random.Random, header: list[str], rows: list[Row], words: Words) -> None:
    """Write a body that is closed, unknown or no body."""
    made.choice(rows)["organisation"] = made.choice(
        (made.choice(words.closed), "RZZ", "Grand Total", "-", "R0A ", "roa")
    )


def _again(made: random.Random, header: list[str], rows: list[Row], words: Words) -> None:
    """Repeat some rows, in part with another amount."""
    for row in made.sample(rows, min(len(rows), made.randint(1, 3))):
        rows.insert(made.randint(0, len(rows)), {**row, "quantity": made.choice((row["quantity"], quantity(made)))})


def _year_beside_months(made: random.Random, header: list[str], rows: list[Row], words: Words) -> None:
    """Give a year's months and the year too."""
    row = made.choice(rows)
    rows += [{**row, "period": month} for month in months(made.choice(YEARS))]
    rows.append({**row, "period": made.choice(YEARS)})


def _whole_beside_sites(made: random.Random, header: list[str], rows: list[Row], words: Words) -> None:
    """Give two sites and the sum of them without a site."""
    if "site" not in header:
        header.append("site")
    row = made.choice(rows)
    rows += [{**row, "site": f"{row['organisation']}{end}", "quantity": "500"} for end in ("XA", "XB")]
    rows.append({**row, "site": "", "quantity": "1000"})


def _other_unit(made: random.Random, header: list[str], rows: list[Row], words: Words) -> None:
    """Give one thing a second time in another unit of its own."""
    row = made.choice(rows)
    units = words.units.get(row["activity"], [row["unit"]])
    rows.append({**row, "unit": made.choice(units), "quantity": "1234.5"})


def _slip(made: random.Random, header: list[str], rows: list[Row], words: Words) -> None:
    """Write one year a thousand times too large beside the year before."""
    row = {**made.choice(rows), "quantity": "50000"}
    before, after = made.choice(list(pairwise(YEARS)))
    rows += [{**row, "period": before}, {**row, "period": after, "quantity": "50000000"}]


def _blank(made: random.Random, header: list[str], rows: list[Row], words: Words) -> None:
    """Leave a row empty, all of it or but for a note."""
    note = made.choice(("", "see the other sheet"))
    if note and "note" not in header:
        header.append("note")
    rows.insert(made.randint(0, len(rows)), {**dict.fromkeys((*FULL, STATED), ""), "note": note})


def _heading(made: random.Random, header: list[str], rows: list[Row], words: Words) -> None:
    """Spell a heading in another way, drop it, or give a column that is not ours."""
    place = made.randrange(len(header))
    name = header[place]
    other = made.choice(
        (name.capitalize(), name.upper(), f" {name}", name.replace("_", " ") + "s", name[:-1], "colour")
    )
    for row in rows:
        row[other] = row.get(name, "")
    header[place] = other


ROW_FAULTS: tuple[Fault, ...] = (
    _word, _unit, _body, _again, _year_beside_months, _whole_beside_sites, _other_unit, _slip, _blank,
    _said("quantity", "", "1,234.5", "1.234,5", "abc", "1e3", "-5", "nan", "inf", "1e300", "0.12345678901", "£5",
          "12 kWh", "=1+1", "0"),
    _said("period", "", "2023", "23/24", "2023/2024", "2011-12", "2023-13", "Apr-23", "2023-04-30", "2023-24",
          "2031/32", "2001/02", "Q1 2023/24"),
    _said("organisation", "", "RX1", "RXl"), _said("unit", ""), _said("activity", ""),
    _said("evidence", "guessed", "METERED", "spend"), _said("estimated_share", "2", "-1", "half", "50%"),
    _said("tier", "gold", "optimal", "reduced"), _said(STATED, "1", "x", "-3"),
    _said("site", "", "RX1RA", "the old hospital", "XXXXX"), _said("geography", "Mars", "England", "UK"),
)  # fmt: skip
HEADER_FAULTS: tuple[Fault, ...] = (_heading,)
