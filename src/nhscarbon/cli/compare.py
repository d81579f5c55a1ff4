"""`nhscarbon compare`: why one footprint differs from another."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path

from nhscarbon.activity.schema import KEEPABLE
from nhscarbon.analysis.decomposition.change import PARTS
from nhscarbon.analysis.decomposition.compare import compare as compare_two
from nhscarbon.cli.footprint import calculate_files, say
from nhscarbon.footprint.footprint import Footprint
from nhscarbon.output import tables


def compare(options: Namespace) -> None:
    """Calculate both footprints and write out the bridge between them."""
    columns = _names(options.by)
    match = _names("" if options.match == "none" else options.match)
    match += [name for name in columns if name in KEEPABLE and name not in match]  # to be told apart, it is kept apart
    keep = ",".join(name for name in match if name in KEEPABLE)
    methods = (options.method, options.method_after or options.method)
    before, after = (
        calculate_files(Namespace(**{**vars(options), "file": [file], "method": method, "keep": keep}))
        for file, method in zip((options.before, options.after), methods, strict=True)
    )
    for footprint in (before, after):
        say(footprint.findings)
    boundary = (options.boundary or _own(before), options.boundary_after or options.boundary or _own(after))
    bridge = compare_two(before, after, boundary=boundary, match=match)
    frame = bridge.by(*columns)
    if options.format == "csv":
        sys.stderr.write("".join(f"{line}\n" for line in bridge.covers))
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


def _own(footprint: Footprint) -> str:
    return footprint.boundary or footprint.method.headline


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]
