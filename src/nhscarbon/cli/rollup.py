"""`nhscarbon roll-up` and `nhscarbon organisation`."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path

from nhscarbon.analysis.rollup.hierarchy import hierarchy
from nhscarbon.analysis.rollup.placings import placings
from nhscarbon.analysis.rollup.rollup import recharges, roll_up
from nhscarbon.cli.footprint import calculate_files, total_lines
from nhscarbon.errors import HierarchyError
from nhscarbon.output import tables


def rollup(options: Namespace) -> None:
    """Write a footprint by the bodies of one level."""
    if options.eliminate:
        options.keep = "supplier"
    footprint, bodies = calculate_files(options), hierarchy(options.organisations, local=options.local)
    where = {name: getattr(options, name) for name in ("to", "on", "restate", "unplaced")}
    rolled = roll_up(footprint, bodies, **where, eliminate=options.eliminate)
    placed = placings(footprint, bodies, **where)
    for finding in placed.findings:
        sys.stderr.write(f"  {finding}\n")
    columns = [name.strip() for name in options.by.split(",") if name.strip()]
    frame = rolled.by("organisation", "period", *columns, boundary=options.boundary)
    frame.insert(1, "name", [placed.names.get(code, "") for code in frame["organisation"]])
    if options.eliminate:
        taken_out = recharges(footprint, bodies, **where, boundary=options.boundary).groupby("period")["tco2e"].sum()
        for period, tco2e in taken_out.items():
            sys.stderr.write(f"{period}: {tables.tonnes(tco2e)} tCO2e taken out by {options.eliminate}\n")
    lines = [*total_lines(rolled, options.boundary), str(rolled.on_map)]
    if options.format == "csv":
        sys.stderr.write("".join(f"{line}\n" for line in lines))
        text = tables.csv_text(frame)
    else:
        text = "\n".join([tables.table_text(tables.years_across(frame)), "", *lines, ""])
    if options.output:
        sys.stderr.write(f"written to {tables.write_text(Path(options.output), text, overwrite=options.overwrite)}\n")
    else:
        sys.stdout.write(text)


def organisation(options: Namespace) -> None:
    """Say what a code was on a day, or find bodies by name."""
    bodies = hierarchy(options.organisations)
    known = bodies.look_up(options.code, options.on)
    by_name = bodies.find(options.code, on=options.on) if known.status == "unknown" and not known.suggestions else ()
    if known.status == "unknown" and not by_name and not known.suggestions:
        raise HierarchyError(f"{known.message}, and no name is like it.")
    shown = by_name or (known,)
    for each in shown:
        sys.stdout.write("  ".join(filter(None, (each.code, each.status, each.name, each.role))) + "\n")
        for name, first, last in each.names if len(each.names) > 1 else ():
            sys.stdout.write(f"  {first or '...'} to {last or '...'}  {name}\n")
        announced = () if each.message else map(str, each.planned)
        for sentence in (each.message, *announced, *each.gaps):
            sys.stdout.write(f"  {sentence}\n" if sentence else "")
