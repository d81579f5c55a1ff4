"""Write the pathways of the Plus from the compiled figures, and how each is read from `tools/pathways/drivers.csv`.

    python tools/import_pathways.py --figures DIR

`DIR/plans/pathways.csv` has each driver with its low, central and high figure, its source, and whether it may ship:
`yes` goes in, `user` goes in as an assumption that a user must name, `no` stays out. `tools/pathways/drivers.csv` says
which rows a driver is made of (`title`, `title@year`), which line is the first to use it, how its values are read, what
it moves and whose assumption it is. The package is written to `data/` and sealed by `tools/seal.py`.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from packaged import OGL, Row, Rows, figures_folder, read_rows, write

DRIVERS = Path(__file__).parent / "pathways" / "drivers.csv"
LINES = ("low", "central", "high")
TURNED = ("electric_car_km",)  # published with the slowest first, where low is to be the fewest tonnes
OURS = "nhscarbon's default, for whoever names it"


def rows_of(decision: Row, figures: Rows) -> Rows:
    """Return the rows of the figures that a driver is made of.

    Raises
    ------
    ValueError
        If one of its titles has no row.
    """
    found = []
    for name in decision["rows"].split("|"):
        title, _, year = name.partition("@")
        rows = [row for row in figures if row["driver"] == title and row["year"].startswith(year)]
        if not rows:
            raise ValueError(f"no row of the figures is '{name}'")
        found += rows
    return found


def year_of(published: str) -> str:
    """Return the calendar year that the NHS year of a figure starts in; blank where it has none.

    >>> year_of("2033"), year_of("2025/26"), year_of("2015-2023 per year")
    ('2033', '2025', '')
    """
    return published[:4] if re.fullmatch(r"\d{4}(/\d{2})?", published) else ""


def point_rows(decision: Row, rows: Rows) -> Rows:
    """Return one row for each figure of a driver, by line and year."""
    found, user = [], rows[0]["ship"] == "user"
    names = dict(zip(LINES, reversed(LINES), strict=True)) if decision["driver"] in TURNED else {}
    if decision["start"].isdigit():
        found.append(_point(decision, rows[-1], "central", decision["start"], "1"))
    for row in rows:
        cells = [(line, row[names.get(line, line)]) for line in LINES]
        given = [(line, cell) for line, cell in cells if cell] or [("", "")]
        if not user and decision["reading"]:
            given = [each for each in given if each[0] == "central"]
        for line, cell in given:
            parts = cell.split(":") if ":" in cell else [cell]
            kinds = row["unit"].partition(",")[0].split(" : ") if len(parts) > 1 else [""]
            for part, kind in zip(parts, kinds, strict=True):
                point = _point(decision, row, line, year_of(row["year"]), part)
                if kind:
                    point |= {"value": str(int(part) / 100), "unit": f"share of tonnes: {kind}"}
                found.append(point)
    return found


def _point(decision: Row, row: Row, line: str, year: str, value: str) -> Row:
    published = row["year"] if value != "1" or year != decision["start"] else decision["start"]
    source = row["source_title"] if row["source_title"] != "same" else "Defra's multipliers and the GDP deflator"
    unit = row["unit"].partition(";")[0] if decision["start"].isdigit() else row["unit"]
    locator = row["locator"] if row["locator"] not in ("", "same") else row["note"] or row["source_title"]
    note = row["note"] if published != decision["start"] else f"the year that the index counts from; {row['note']}"
    return {
        "driver": decision["driver"], "line": line, "year": year, "published_year": published, "value": value,
        "unit": unit, "source": source, "locator": locator, "quality": row["quality"],
        "retrieved_from": _public(row["retrieved_from"]), "note": note,
    }  # fmt: skip


def _public(text: str) -> str:
    """Return where a figure was read, without folders that only the compilers have."""
    return re.sub(r"\(?\.\./shared/notes/(\w+)\.md", r"compiled notes: \1", text)


def main() -> int:
    """Write the package of the pathways."""
    figures = read_rows(figures_folder(__doc__) / "plans" / "pathways.csv")
    shipped = [row for row in figures if row["ship"] in ("yes", "user")]
    decisions = read_rows(DRIVERS)
    drivers, points, used = [], [], []
    for each in decisions:
        rows = rows_of(each, shipped)
        used += rows
        points += point_rows(each, rows)
        offered = rows[0]["ship"]
        name = "; ".join(dict.fromkeys(row["driver"] for row in rows))
        drivers.append({"driver": each["driver"], "title": each["title"], "compiled_as": name, "offered": offered}
                       | {name: each[name] for name in ("from_line", "reading", "start", "moves", "selects")}
                       | {"assumption_of": each["assumption_of"] or OURS}
                       | {name: each[name] for name in ("lowest", "highest", "why")})  # fmt: skip
    left = [f"{row['driver']} {row['year']}" for row in shipped if row not in used]
    if left:
        raise ValueError(f"rows that no driver is made of: {', '.join(left)}")
    write(
        "pathways",
        "plus-1",
        {"drivers.csv": drivers, "points.csv": points},
        title="Pathways of the NHS Carbon Footprint Plus: low, central and high, each with whose assumption it is",
        sources=[{"title": "Named in each row, with where it was read", "second_hand": True}],
        licenses=[{"name": "facts", "title": "Single published figures, each with its source; see DATA-LICENCES.md"},
                  OGL],
        attribution="NHS England; Climate Change Committee; Department for Energy Security and Net Zero; Department "
                    "for Transport; Defra; nhscarbon. © Crown copyright where it is, Open Government Licence v3.0",
        notes=[
            "offered yes: published. from_line is the first line that uses it: high is what has happened and the "
            "Government's own path; central adds its adviser's pathway and official estimates; low adds official aims, "
            "as if they were kept. A driver without from_line is shown and moves nothing; why says why.",
            "offered user: moves nothing until it is named; its points are the defaults of the three lines.",
            "reading: index is a share of an earlier year; remaining is 1 less the share; rate and growth are yearly "
            "changes; grid is the grid's factor. start: point counts from the first point, base from the measured "
            "year, a year from that year.",
            "Single multipliers' slopes are left out: they are noise.",
        ],
    )  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main())
