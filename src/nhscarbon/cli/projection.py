"""`nhscarbon project`."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from pathlib import Path

import pandas as pd

from nhscarbon.analysis.supplied import supplied_footprint
from nhscarbon.cli.footprint import calculate_files
from nhscarbon.errors import UsageError
from nhscarbon.output import tables
from nhscarbon.output.results import plain
from nhscarbon.reporting.charts.chart import Chart
from nhscarbon.reporting.charts.fan import draw
from nhscarbon.reporting.charts.lines import draw as draw_lines
from nhscarbon.trajectory.pathways.naming import Given
from nhscarbon.trajectory.projection.projection import Projection, project
from nhscarbon.trajectory.projection.three_lines import three_lines
from nhscarbon.trajectory.targets.target_path import TargetPath
from nhscarbon.trajectory.targets.targets import targets

ALL = "all"  # of the pathways: three lines
WHOLE = ("year", "tco2e", "median", "low_80", "high_80")
CHANCES = ("what", "target", "first_year", "last_year", "limit_tco2e", "probability", "standard_error", "wording")


def projection(options: Namespace) -> None:
    """Carry a footprint to later years and write it out."""
    refuse_loose_base(options)
    assumptions = _assumed(options)
    if options.pathways == ALL:
        _three(options, assumptions)
    else:
        _one(options, assumptions)


def _one(options: Namespace, assumptions: dict[str, Given]) -> None:
    """Carry a footprint along one line, with its bands."""
    found = project(
        calculate_files(options), to=options.to, base=options.base, boundary=options.boundary, drivers=options.drivers,
        path=options.path, pathways=options.pathways, assumptions=assumptions, draws=options.draws, seed=options.seed,
    )  # fmt: skip
    path = target_path(options, found)
    if path is not None:
        sys.stderr.write(f"target: {path.note}\n")
    columns = tuple(name.strip() for name in options.by.split(",") if name.strip())
    bands = found.bands(*columns)
    chances = pd.DataFrame() if path is None else found.chances(path).table
    if options.format == "json":
        parts = {"bands": bands, "chances": chances, "assumptions": found.assumptions}
        moved = {} if found.moved is None else {**found.moved.about(), "themes": found.themes.to_dict("records")}
        document = {"label": found.label, **moved, **{name: frame.to_dict("records") for name, frame in parts.items()}}
        text = json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    elif options.format == "csv":
        sys.stderr.write(f"{found.label}\n")
        text = tables.csv_text(bands)
    else:
        text = _words(found, bands[[*columns, *WHOLE]], chances)
    for row in found.assumptions.itertuples(index=False):
        sys.stderr.write(f"assumed: {row.about}, {row.years}: {row.assumption} ({row.status})\n")
    _write(options, text, draw(found, path=path) if options.chart else None)


def _three(options: Namespace, assumptions: dict[str, Given]) -> None:
    """Carry a footprint along all three pathways and write them out."""
    if options.by:
        raise UsageError("--by is for one line.", advice="Leave it out, or name one of low, central and high.")
    found = three_lines(
        calculate_files(options), to=options.to, base=options.base, boundary=options.boundary, drivers=options.drivers,
        path=options.path, assumptions=assumptions, draws=2, seed=options.seed,
    )  # fmt: skip
    path = target_path(options, found.high)
    if path is not None:
        sys.stderr.write(f"target: {path.note}\n")
    if options.format == "json":
        parts = {"lines": found.totals, "themes": found.themes, "changes": found.changes,
                 "assumptions": found.assumptions}  # fmt: skip
        document = found.to_dict() | {name: plain(frame.to_dict("records")) for name, frame in parts.items()}
        text = json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    elif options.format == "csv":
        sys.stderr.write(f"{found.high.label}\n")
        text = tables.csv_text(found.table)
    else:
        text = f"{found}\n"
    for row in found.assumptions.drop(columns="line").drop_duplicates().itertuples(index=False):
        sys.stderr.write(f"assumed: {row.about}, {row.years}: {row.assumption} ({row.status})\n")
    _write(options, text, draw_lines(found, path=path) if options.chart else None)


def _assumed(options: Namespace) -> dict[str, Given]:
    """Return the assumptions that were typed as NAME=VALUE.

    Raises
    ------
    UsageError
        If one has no value or is typed twice.
    """
    found: dict[str, Given] = {}
    for text in options.assumption:
        name, equals, value = text.partition("=")
        if not equals or not name.strip() or not value.strip():
            raise UsageError(f"--assumption '{text[:60]}' has no NAME=VALUE.",
                             advice="Such as --assumption supply_chain_intensity=default.")  # fmt: skip
        if name.strip() in found:
            raise UsageError(f"--assumption {name.strip()} is given twice.", advice="Name each assumption once.")
        found[name.strip()] = value.strip()
    return found


def _write(options: Namespace, text: str, picture: Chart | None) -> None:
    if picture is not None:
        sys.stderr.write(f"chart written to {picture.save(options.chart, overwrite=options.overwrite)}\n")
    if options.output:
        sys.stderr.write(f"written to {tables.write_text(Path(options.output), text, overwrite=options.overwrite)}\n")
    else:
        sys.stdout.write(text)


def refuse_loose_base(options: Namespace) -> None:
    """Refuse totals of a base year that is not named, and a source of no totals."""
    if options.base_tco2e is not None and not options.base_year:
        raise UsageError("--base-tco2e is the total of --base-year: name that year too")
    if options.base_totals and not options.base_year:
        raise UsageError("--base-totals has the total of --base-year: name that year too")
    if options.base_source and not options.base_totals:
        raise UsageError("--base-source says who supplied --base-totals: name that file too")


def target_path(options: Namespace, found: Projection) -> TargetPath | None:
    """Return the path of the plan, where a base year to cut from is named."""
    if not options.base_year:
        return None
    base = None
    if options.base_totals:
        source = options.base_source or Path(options.base_totals).name
        base = supplied_footprint(options.base_totals, options.method, source=source)
    return targets(options.plan).path(
        found.history, boundary=found.boundary, base_year=options.base_year, inventory=options.inventory,
        shape=options.shape, residual=options.residual, base_tco2e=options.base_tco2e,
        base=base,
    )  # fmt: skip


def _words(found: Projection, bands: pd.DataFrame, chances: pd.DataFrame) -> str:
    rounded = bands.assign(**{name: bands[name].round() for name in WHOLE[1:]}).rename(columns={"tco2e": "published"})
    text = f"{found}\n\n{tables.table_text(rounded)}\n"
    if chances.empty:
        return text
    shown = chances[chances["what"] != "year"][list(CHANCES)]
    shown = shown.assign(limit_tco2e=shown["limit_tco2e"].round(), probability=shown["probability"].round(3),
                         standard_error=shown["standard_error"].round(4))  # fmt: skip
    return f"{text}\n{tables.table_text(shown)}\n"
