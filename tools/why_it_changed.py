"""Why England's estates footprint changed, from the estates returns as published.

    python tools/why_it_changed.py FOLDER

FOLDER holds the published estates returns, under any names: files that are no return are named and left out.
Each year is compared with the next that is there, and the first with the last, England as one whole: its trusts
merged and split. Where a year lies before 2016/17 the boundary is `direct_and_transmission`, as well-to-tank was
not published.
"""

from __future__ import annotations

import sys
from itertools import pairwise
from pathlib import Path

import nhscarbon as nc
from nhscarbon.analysis.decomposition.change import Change
from nhscarbon.errors import NHSCarbonError
from nhscarbon.footprint.footprint import Footprint
from nhscarbon.output.tables import number, tonnes

METHOD = "nhs-2026.1"
FIRST_WITH_WELL_TO_TANK = "2016/17"
EARLIER = "direct_and_transmission"
WHOLE = 150  # organisations: returns of all of England have over 200, so a file with fewer is part of one
SHOWN = 5  # activities and factor rows of each step
EFFECTS = ("before", "activity", "factor", "entered", "left", "after")


def footprints(folder: Path) -> dict[str, Footprint]:
    """Return England's footprint of each NHS year that a return in a folder is of."""
    method = nc.methodology(METHOD)
    found: dict[str, Footprint] = {}
    for path in sorted(path for path in folder.iterdir() if path.is_file()):
        try:
            footprint = nc.calculate(nc.read_eric(path), method)
        except NHSCarbonError as error:
            sys.stderr.write(f"{path.name} is left out: {str(error).splitlines()[0][:160]}\n")
            continue
        [year] = footprint.sums.columns["period"].labels
        bodies = len(footprint.sums.columns["organisation"].labels)
        if bodies < WHOLE:
            sys.stderr.write(f"{path.name} is left out: it holds {bodies} organisations, not England's\n")
            continue
        if year in found:
            raise SystemExit(f"two files are returns of {year}; {path.name} is the second: leave one of them in FOLDER")
        found[year] = footprint
    return {year: found[year] for year in sorted(found)}


def bridge_of(before: Footprint, after: Footprint) -> Change:
    """Return the change between two returns, England as one whole."""
    year = before.sums.columns["period"].labels[0]
    return nc.compare(before, after, boundary=EARLIER if year < FIRST_WITH_WELL_TO_TANK else None, match=())


def overview(steps: list[tuple[str, str, Change]]) -> str:
    """Return the effects of each step, one line each."""
    rows = []
    for first, last, bridge in steps:
        whole = bridge.total()
        shown = {name: tonnes(whole[f"{name}_tco2e"], 0) for name in EFFECTS}
        rows.append({"from": first, "to": last, **shown, "boundary": bridge.boundaries[0]})
    return _aligned(rows)


def details(first: str, last: str, bridge: Change) -> str:
    """Return the activities and the factor rows that moved most from one return to another."""
    activities = bridge.by("activity")
    largest = (activities["after_tco2e"] - activities["before_tco2e"]).abs().sort_values(ascending=False).index
    rows = [
        {"": str(row["activity"]), **{name: tonnes(float(row[f"{name}_tco2e"]), 0) for name in EFFECTS}}
        for row in activities.loc[largest[:SHOWN]].to_dict("records")
    ]
    text = [f"{first} -> {last}, {bridge.boundaries[0]} [tCO2e]", _aligned(rows), ""]
    for row in bridge.factors.head(SHOWN).to_dict("records"):
        moved, broke = tonnes(float(row["factor_tco2e"]), 0), row["known_breaks"]
        text.append(
            f"{moved:>10}  {row['activity']} {row['component']}: {number(row['factor_before'])} -> "
            f"{number(row['factor_after'])} kgCO2e/{row['factor_unit_after']}"
        )
        text += [f"{'':10}  {each}" for each in str(broke).split("; ") if each]
    return "\n".join(text)


def _aligned(rows: list[dict[str, str]]) -> str:
    """Return rows as text: words to the left, figures to the right."""
    widths = {name: max(len(name), *(len(row[name]) for row in rows)) for name in rows[0]}

    def line(cells: dict[str, str]) -> str:
        aligned = (
            cell.rjust(widths[name]) if name in EFFECTS else cell.ljust(widths[name]) for name, cell in cells.items()
        )
        return "  ".join(aligned).rstrip()

    return "\n".join([line({name: name for name in rows[0]}), *map(line, rows)])


def report(years: dict[str, Footprint]) -> str:
    """Return every step, and the whole span, as text."""
    pairs = [*pairwise(years), (min(years), max(years))] if len(years) > 2 else list(pairwise(years))
    steps = [(first, last, bridge_of(years[first], years[last])) for first, last in pairs]
    return "\n\n".join([overview(steps), *(details(*step) for step in steps)]) + "\n"


def main(folder: Path) -> int:
    """Print why the footprint changed between the returns of a folder."""
    years = footprints(folder)
    if len(years) < 2:
        sys.stderr.write(f"{folder.name} holds {len(years)} of England's estates returns: a change needs two\n")
        return 2
    sys.stdout.write(report(years))
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    sys.exit(main(Path(sys.argv[1])))
