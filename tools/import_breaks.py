"""Write the package of known breaks: the factor rows that moved by 15 % or more between two editions.

    python tools/import_breaks.py --figures DIR

`DIR/ukgov/year_on_year_breaks.csv` lists the moves by the compiler's own code. A factor row of ours has a break
where the packages of both editions hold the two values, of one factor id, that the list has: no name is guessed.
`breaks_reasons.csv`, beside this file, says what the publisher gave as the reason, where one was found. The
package is written to `data/` and sealed by `tools/seal.py`.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import sys
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

HERE = Path(__file__).resolve().parent
DATA = HERE.parent / "data"
NAME = "ukgov-breaks-1"
LEAST = 14.95  # percent; the list is of 15 % and more, printed to one decimal
SAME = 1e-9  # relative: the list is printed to twelve digits

Row = dict[str, str]


def read_table(path: Path) -> list[Row]:
    """Read a small UTF-8 table as text."""
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def moved(year: int) -> Iterator[tuple[str, str, str]]:
    """Yield the factor ids that two editions in a row have, with both values as published."""
    editions = []
    for edition in (year - 1, year):
        path = DATA / "emission_factors" / f"ukgov-{edition}" / "factors.csv"
        editions.append({row["factor_id"]: row["value"] for row in read_table(path)} if path.exists() else {})
    for factor_id in sorted(editions[0].keys() & editions[1].keys()):
        before, after = editions[0][factor_id], editions[1][factor_id]
        if float(before) and abs(float(after) / float(before) - 1) * 100 >= LEAST:
            yield factor_id, before, after


def breaks(listed: list[Row], reasons: list[Row]) -> list[Row]:
    """Return one row for each factor id and year that the list has by both of its values."""
    rows = []
    for year in sorted({int(row["year"]) for row in listed}):
        of_year = [row for row in listed if int(row["year"]) == year]
        for factor_id, before, after in moved(year):
            same = [row for row in of_year if _is(row["previous_year_value"], before) and _is(row["value"], after)]
            if not same:
                continue
            given = {
                (each["reason"], each["source"])
                for each in reasons
                for row in same
                if int(each["year"]) == year and fnmatchcase(row["code"], each["code"])
            }
            reason, source = given.pop() if len(given) == 1 else ("", "")  # two reasons would be a guess
            rows.append(
                {
                    "factor_id": factor_id,
                    "nhs_year": f"{year}/{(year + 1) % 100:02d}",
                    "previous_value": before,
                    "value": after,
                    "change_percent": same[0]["pct_change"],
                    "listed_as": "; ".join(sorted({row["code"] for row in same})),
                    "reason": reason,
                    "source": source,
                }
            )
    return rows


def _is(listed: str, published: str) -> bool:
    return math.isclose(float(listed), float(published), rel_tol=SAME)


def write(rows: list[Row]) -> None:
    """Write the table and its descriptor; `tools/seal.py` adds the hashes."""
    folder = DATA / "breaks" / NAME
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "breaks.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    descriptor = {
        "name": NAME,
        "version": "1.0.0",
        "kind": "breaks",
        "title": "Factor rows of the official sets that moved by 15 % or more between two editions, 2013 to 2026",
        "sources": [
            {
                "title": "UK Government GHG Conversion Factors for Company Reporting 2013 to 2026: the two editions of "
                "each row, as the packages ukgov-2013 to ukgov-2026 hold them",
                "path": "https://www.gov.uk/government/collections/government-conversion-factors-for-company-reporting",
            },
            {
                "title": "What's new sheets of the sets and their methodology papers: named in each row with a reason",
                "second_hand": True,
            },
        ],
        "licenses": [{"name": "OGL-UK-3.0", "title": "Open Government Licence v3.0",
                      "path": "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"}],
        "attribution": "Department for Energy Security and Net Zero and Defra; selected by nhscarbon",
        "notes": [
            "value and previous_value are as published; change_percent is worked out from them.",
            "reason is empty where none was found: a large move may be the world's, such as a cleaner grid.",
            "Reasons are second-hand: compiled from the publisher's sheets and papers, by group of factors and year.",
            "nhs_year is the first year that the new value serves.",
        ],
        "resources": [],
    }  # fmt: skip
    text = json.dumps(descriptor, indent=1, ensure_ascii=False) + "\n"
    (folder / "datapackage.json").write_text(text, "utf-8", newline="\n")


def main() -> int:
    """Write the package and say how much of the list it holds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--figures", type=Path, required=True)
    figures: Path = parser.parse_args().figures
    listed = read_table(figures / "ukgov" / "year_on_year_breaks.csv")
    rows = breaks(listed, read_table(HERE / "breaks_reasons.csv"))
    write(rows)
    held = {code for row in rows for code in row["listed_as"].split("; ")}
    codes = {row["code"] for row in listed}
    sys.stdout.write(
        f"{len(rows)} breaks of {len({row['factor_id'] for row in rows})} factor rows; "
        f"{len(codes & held)} of the {len(codes)} codes that are listed\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
