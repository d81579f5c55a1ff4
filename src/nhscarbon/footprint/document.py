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
        ``stamp``; ``totals`` [tCO2e] and ``labels`` by boundary, of several NHS years by year and boundary: years are
        never added; ``themes``, both footprints by NHS year and theme with how each is answered; ``coverage`` by
        theme; and ``rows``: plain values that `json.dumps` takes, in the shape of ``json_schema("footprint")``.

    Examples
    --------
    >>> import nhscarbon as nc
    >>> footprint = nc.calculate(nc.example("trust-year.csv"), nc.methodology("nhs-2026.1"))
    >>> json_document(footprint)["labels"]["scope_1"]
    'Scope 1, partial: 1 of 4 themes'
    """
    frame = footprint.table if rows is None else rows
    summary = footprint.summary()
    several = len(summary.periods) > 1
    labels = {year: {name: summary.label(name, year) for name in found} for year, found in summary.totals.items()}
    return {
        "stamp": plain(asdict(footprint.stamp)),
        "totals": plain(footprint.totals_by_year if several else footprint.totals),
        "labels": plain(labels if several else labels.get(summary.last, {})),
        "themes": _records(summary.themes),
        "coverage": _records(footprint.coverage),
        "rows": _records(frame),
    }


def _records(frame: pd.DataFrame) -> list[Json]:
    return [plain(row) for row in frame.to_dict("records")]
