"""A footprint as one JSON document, which the schema `footprint` describes."""

from __future__ import annotations

from dataclasses import asdict

import pandas as pd

from nhscarbon.footprint.footprint import Footprint
from nhscarbon.output.results import Json, plain


def json_document(footprint: Footprint, rows: pd.DataFrame | None = None) -> dict[str, Json]:
    """Return what stands in the JSON of a footprint.

    Parameters
    ----------
    footprint : Footprint
    rows : pandas.DataFrame, optional
        The rows to write; the whole table when left out.

    Returns
    -------
    dict
        ``stamp``; ``totals`` [tCO2e] and ``labels`` by boundary, of a footprint of one NHS year (empty of several,
        which are not added); ``totals_by_year`` and ``labels_by_year``; ``themes``, both footprints by NHS year and
        theme with how each is answered; ``coverage`` by theme; and ``rows``: plain values that `json.dumps` takes, in
        the shape of ``json_schema("footprint")``.

    Examples
    --------
    >>> import nhscarbon as nc
    >>> footprint = nc.calculate(nc.example("trust-year.csv"), nc.methodology("nhs-2026.1"))
    >>> json_document(footprint)["labels_by_year"]["2023/24"]["scope_1"]
    'Scope 1, partial: 1 of 4 themes'
    """
    frame = footprint.table if rows is None else rows
    summary = footprint.summary()
    totals = {year: dict(found) for year, found in summary.totals.items()}
    labels = {year: {name: summary.label(name, year) for name in found} for year, found in totals.items()}
    one = summary.periods[0] if len(summary.periods) == 1 else ""
    return {
        "stamp": plain(asdict(footprint.stamp)),
        "totals": plain(totals.get(one, {})),
        "labels": plain(labels.get(one, {})),
        "totals_by_year": plain(totals),
        "labels_by_year": plain(labels),
        "themes": _records(summary.themes),
        "coverage": _records(footprint.coverage),
        "rows": _records(frame),
    }


def _records(frame: pd.DataFrame) -> list[Json]:
    return [plain(row) for row in frame.to_dict("records")]
