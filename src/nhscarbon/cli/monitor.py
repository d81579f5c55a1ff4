"""`nhscarbon monitor`: where organisations stand against the path to their targets."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from pathlib import Path

import pandas as pd

from nhscarbon.analysis.supplied import SuppliedFootprint, supplied_footprint
from nhscarbon.cli.footprint import calculate_files, say
from nhscarbon.errors import UsageError
from nhscarbon.methods.methodology import Methodology
from nhscarbon.output import tables
from nhscarbon.output.results import Result, plain
from nhscarbon.trajectory.monitoring.intensities import intensities
from nhscarbon.trajectory.monitoring.league import league
from nhscarbon.trajectory.monitoring.monitor import LATEST
from nhscarbon.trajectory.monitoring.monitor import monitor as monitor_footprint
from nhscarbon.trajectory.monitoring.monthly_energy import monthly_energy
from nhscarbon.trajectory.monitoring.result import Monitor

AS_REPORTED = "none"
PLACES = 2  # of figures in a table for people
FRAMES = ("sentences", "readings", "series", "year_to_date", "causes")


def monitor(options: Namespace) -> None:
    """Monitor a footprint and write out what is asked for."""
    options.keep = "month"
    footprint = calculate_files(options)
    say(footprint.findings)
    if options.show == "energy":
        _write(monthly_energy(footprint, degree_days=options.degree_days), None, options)
        return
    release = None if options.organisations == "none" else options.organisations
    found = monitor_footprint(
        footprint, options.plan, base_year=options.base_year or "", inventory=options.inventory,
        base=_base(options, footprint.method), boundary=options.boundary, hierarchy=release,
        restate={AS_REPORTED: "", "": LATEST}.get(options.restate, options.restate), to=options.to,
        shape=options.shape, residual=options.residual, reading=options.reading,
    )  # fmt: skip
    if options.show == "league":
        _write(league(found, boundary=options.boundary), None, options)
    elif options.show == "intensities":
        if not options.denominators:
            raise UsageError("intensities need --denominators: a CSV of floor area, beds, staff or pounds")
        _write(intensities(found, options.denominators), None, options)
    else:
        _write(found, getattr(found, options.show) if options.show in FRAMES else None, options)


def _base(options: Namespace, method: Methodology) -> SuppliedFootprint | None:
    """Return the totals of the base year, where a file of them is given."""
    file = options.base_totals
    return supplied_footprint(file, method, source=options.base_source or Path(file).name) if file else None


def _write(found: Result, frame: pd.DataFrame | None, options: Namespace) -> None:
    """Write a result, or one of its frames, as it is asked for."""
    table = found.table if frame is None else frame
    if options.format == "json":
        about = found.to_dict() if frame is None else {"records": plain(table.to_dict("records"))}
        text = json.dumps(about, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    elif options.format == "csv":
        text = tables.csv_text(table)
    elif frame is not None:
        flags = {str(name): table[name].map({True: "yes", False: "no"}) for name in table.select_dtypes("bool")}
        text = f"{tables.table_text(table.assign(**flags).round(PLACES))}\n"
    elif isinstance(found, Monitor) and len(found.members.judged) > 1:
        text = f"{found}\n\n{_status_lines(found)}\n"
    else:
        text = f"{found}\n"
    if options.output:
        path = tables.write_text(Path(options.output), text, overwrite=options.overwrite)
        sys.stderr.write(f"written to {path}\n")
    else:
        sys.stdout.write(text)


def _status_lines(found: Monitor) -> str:
    """Return the sentences of the systems, or of all where there is none: the rest is `--show sentences`."""
    held = found.members
    last = held.judged[held.organisations :] or held.judged
    frame = found.sentences
    lines = []
    for organisation in last:
        for boundary in found.theme_years:
            here = (frame["organisation"] == organisation) & (frame["boundary"] == boundary)
            lines.append(f"{organisation}: {' '.join(frame.loc[here, 'text'])}")
    return "\n".join(lines)
