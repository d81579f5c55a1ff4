"""Derive what is plausible from six years of estates returns, and write the package.

    python tools/derive_bounds.py --returns FOLDER

FOLDER holds the publisher's files of 2013/14 to 2023/24 as named in RETURNS; they are read by nhscarbon's own
reader, with its exclusions. Statistics are of trusts, not of sites; a year without any of an activity is left out.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from pathlib import Path
from typing import cast

import pandas as pd

import nhscarbon as nc
from nhscarbon.methods.data_package import seal
from nhscarbon.periods import nhs_year

RETURNS = ("eric-2013-14.xls", "eric-2014-15.xls", "eric-2015-16.xls", "eric-2016-17.xls", "eric-2019-20-site.csv",
           "eric-2023-24-site.csv")  # fmt: skip
ROOM = Path(__file__).resolve().parents[1] / "data" / "plausibility" / "estates-2013-2023-1"
AREA, SMALLEST_AREA = "floor_area_gross_internal", 1_000  # m2; an intensity of less is one of its rounding
FEWEST = 100  # trust-years that a statistic needs
QUANTILES = {"p01": 0.01, "p10": 0.10, "p90": 0.90, "p99": 0.99}
# not derived: how far from a thousand or twelve times its peers a figure may lie to be named a slip of that kind
SLIPS = (
    ("thousand", "1000", "300", "3000", "units or pounds and their thousands were confused"),
    ("twelve", "12", "9", "16", "a month and a year were confused"),
)


def trust_years(folder: Path) -> tuple[pd.DataFrame, pd.Series]:
    """Return quantities by trust, year, activity and unit, and floor areas by trust and year."""
    rows, areas = [], []
    for name in RETURNS:
        activity = nc.read_eric(folder / name)
        by = ["organisation", "period", "activity", "unit"]
        rows.append(activity.table.groupby(by, as_index=False)["quantity"].sum())
        held = activity.denominators
        assert held is not None
        held = held[held["measure"] == AREA]
        areas.append(held.groupby(["organisation", "period"])["value"].sum())
    table = pd.concat(rows, ignore_index=True)
    return table[table["quantity"] > 0], pd.concat(areas)


def statistics(values: pd.Series, activity: str, unit: str, per: str, note: str) -> list[dict[str, str]]:
    """Return one row for each statistic of some trust-years; none where they are too few."""
    if len(values) < FEWEST:
        return []
    found = {name: values.quantile(share) for name, share in QUANTILES.items()}
    if per == "organisation":
        found = {"p10": found["p10"], "p90": found["p90"], "max": values.max()}
    same = {"activity": activity, "unit": unit, "per": per, "trust_years": str(len(values)), "status": "derived",
            "note": note}  # fmt: skip
    written = {name: f"{value:.{10 if name == 'max' else 4}g}" for name, value in found.items()}
    return [{**same, "statistic": name, "value": text} for name, text in written.items()]


def bounds(table: pd.DataFrame, areas: pd.Series) -> pd.DataFrame:
    """Return the statistics of each activity."""
    rows = []
    for words, part in table.groupby(["activity", "unit"]):
        activity, unit = map(str, cast("tuple[str, str]", words))
        own = part.set_index(["organisation", "period"])["quantity"]
        rows += statistics(own, activity, unit, "organisation", "of a trust and NHS year, without those that had none")
        area = areas.reindex(own.index)
        intensity = (own / area)[area >= SMALLEST_AREA]
        rows += statistics(intensity, activity, unit, AREA, "by m2 of the trust")
        before = own.copy()
        after = [(body, nhs_year(int(year[:4]) + 1)) for body, year in own.index]
        before.index = pd.MultiIndex.from_tuples(after, names=own.index.names)
        ratio = (own / before).dropna()
        rows += statistics(ratio, activity, unit, "year_before", "a trust's year by its year before")
    return pd.DataFrame(rows)


def write(folder: Path) -> None:
    """Write and seal the package."""
    ROOM.mkdir(parents=True, exist_ok=True)
    found = bounds(*trust_years(folder))
    found.to_csv(ROOM / "bounds.csv", index=False, lineterminator="\n")
    slips = pd.DataFrame(SLIPS, columns=["slip", "times", "from", "to", "note"]).assign(status="proposed")
    slips.to_csv(ROOM / "slips.csv", index=False, lineterminator="\n")
    sources = [{"title": f"Estates Returns Information Collection, {name}",
                "sha256": hashlib.sha256((folder / name).read_bytes()).hexdigest()} for name in RETURNS]  # fmt: skip
    tables = {"bounds": found, "slips": slips}
    descriptor = {
        "name": ROOM.name, "version": "1.0.0", "kind": "plausibility",
        "title": "How much of each activity trusts have, by six years of estates returns", "sources": sources,
        "licenses": [{"name": "derived", "title": "Statistics derived from estates returns; see DATA-LICENCES.md"}],
        "attribution": "nhscarbon, from NHS England's Estates Returns Information Collection",
        "notes": ["Quantiles over trusts and NHS years; written by tools/derive_bounds.py.",
                  "slips: how far from a thousand or twelve times a figure may be to be named so; our own choice."],
        "resources": [
            {"name": name, "path": f"{name}.csv",
             "schema": {"fields": [{"name": column, "type": "string"} for column in table.columns]}, "hash": ""}
            for name, table in tables.items()
        ],
    }  # fmt: skip
    (ROOM / "datapackage.json").write_text(json.dumps(descriptor, indent=1) + "\n", "utf-8", newline="\n")
    seal(ROOM)


if __name__ == "__main__":
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("--returns", type=Path, required=True)
    write(given.parse_args().returns)
