"""`nhscarbon rollup` and `nhscarbon organisation`."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path

from nhscarbon.analysis.rollup.hierarchy import hierarchy
from nhscarbon.analysis.rollup.rollup import roll_up
from nhscarbon.cli.footprint import calculate_files
from nhscarbon.errors import HierarchyError
from nhscarbon.output import tables


def rollup(options: Namespace) -> None:
    """Write a footprint by the bodies of one level."""
    if options.eliminate:
        options.keep = "supplier"
    rolled = roll_up(
        calculate_files(options),
        hierarchy(options.organisations, local=options.local),
        to=options.to,
        restate=options.restate,
        unplaced=options.unplaced,
        eliminate=options.eliminate,
    )
    for finding in rolled.findings:
        sys.stderr.write(f"  {finding}\n")
    columns = [name.strip() for name in options.by.split(",") if name.strip()]
    frame = rolled.by(options.to, "period", *columns, boundary=options.boundary)
    names = rolled.names
    frame.insert(1, "name", [names.get(code, "") for code in frame[options.to]])
    taken_out = rolled.eliminated(options.boundary)["tco2e"].sum()
    if options.eliminate:
        sys.stderr.write(f"{tables.tonnes(taken_out)} tCO2e taken out by {options.eliminate}\n")
    total = tables.tonnes(rolled.total(options.boundary))
    on = f"restated to {rolled.restate}" if rolled.restate else "as reported"
    if options.format == "csv":
        sys.stderr.write(f"{rolled.label(options.boundary)}\n")
        text = tables.csv_text(frame)
    else:
        said = f"{rolled.label(options.boundary)}, {on}, {options.organisations}"
        text = f"{tables.table_text(frame)}\n\n{said}  {total} tCO2e\n"
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
        for sentence in (each.message, *each.gaps):
            sys.stdout.write(f"  {sentence}\n" if sentence else "")
