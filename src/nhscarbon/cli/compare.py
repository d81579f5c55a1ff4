"""`nhscarbon compare`: why one footprint differs from another."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path

from nhscarbon.activity.schema import KEEPABLE
from nhscarbon.analysis.decomposition.change import PARTS
from nhscarbon.analysis.decomposition.compare import compare as compare_two
from nhscarbon.analysis.decomposition.two_years import Compared
from nhscarbon.analysis.supplied import supplied_footprint
from nhscarbon.cli.footprint import calculate_files, say
from nhscarbon.errors import UsageError
from nhscarbon.footprint.footprint import Footprint
from nhscarbon.output import tables


def compare(options: Namespace) -> None:
    """Calculate both footprints and write out the bridge between them."""
    columns = _names(options.by)
    match = _names("" if options.match == "none" else options.match)
    match += [name for name in columns if name in KEEPABLE and name not in match]  # to be told apart, it is kept apart
    keep = ",".join(name for name in match if name in KEEPABLE)
    before, after = _sides(options, keep)
    boundary: str | tuple[str, str] | None = options.boundary
    if options.boundary_after:
        own = options.boundary or (before.boundary or before.method.headline if isinstance(before, Footprint) else "")
        boundary = (own or options.boundary_after, options.boundary_after)
    years = _years(options.years)
    restate = "" if options.restate == "none" else options.restate
    bridge = compare_two(before, after, boundary=boundary, match=match, years=years, restate=restate)
    frame = bridge.by(*columns)
    if options.format == "csv":
        sys.stderr.write("".join(f"{line}\n" for line in (*bridge.covers, *bridge.notes)))
        text = tables.csv_text(frame)
    elif columns:
        shown = frame.assign(**{name: frame[name].round(1) for name in PARTS})
        text = f"{bridge}\n\n{tables.table_text(shown)}\n"
    else:
        text = f"{bridge}\n"
    if options.output:
        path = tables.write_text(Path(options.output), text, overwrite=options.overwrite)
        sys.stderr.write(f"written to {path}\n")
    else:
        sys.stdout.write(text)


def _sides(options: Namespace, keep: str) -> tuple[Compared, Compared | None]:
    """Read and calculate what is compared, and say what was met on the way."""

    def calculated(file: str, method: str) -> Footprint:
        found = calculate_files(Namespace(**{**vars(options), "file": [file], "method": method, "keep": keep}))
        say(found.findings)
        return found

    before: Compared
    if options.totals:
        method = options.method_after or options.method
        before = supplied_footprint(options.before, method, source=options.totals)
    else:
        before = calculated(options.before, options.method)
    after = calculated(options.after, options.method_after or options.method) if options.after else None
    if after is None and options.method_after:
        raise UsageError("--method-after is the methodology of AFTER, and there is none")
    return before, after


def _years(text: str) -> tuple[str, str] | None:
    if not text:
        return None
    years = _names(text)
    if len(years) != 2:
        raise UsageError(f"--years names two NHS years with a comma between them, not '{text[:40]}'")
    return years[0], years[1]


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]
