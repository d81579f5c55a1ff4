"""The one path from activity data to a footprint. Reading `calculate` is reading the architecture."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from nhscarbon.activity.mapping import MappingSource, read_mapping
from nhscarbon.activity.readers.open_source import Opened, Tabular
from nhscarbon.checks.answers import AnswerSource, read_answers
from nhscarbon.checks.assess import assess, refuse
from nhscarbon.footprint.footprint import Footprint
from nhscarbon.methods.methodology import Methodology, as_methodology
from nhscarbon.organisations.load import RELEASE
from nhscarbon.output.progress import ProgressHook
from nhscarbon.sums.partial_sums import PartialSums
from nhscarbon.sums.sum_source import sum_source


def calculate(
    source: Tabular | Opened | PartialSums,
    method: Methodology | str,
    *,
    keep: Sequence[str] = (),
    organisations: str | None = RELEASE,
    denominators: pd.DataFrame | None = None,
    answers: AnswerSource | None = None,
    themes: object = None,
    mapping: MappingSource | None = None,
    progress: bool | ProgressHook = False,
) -> Footprint:
    """Calculate the footprint of activity data.

    Parameters
    ----------
    source : str, Path, buffer, frame, lazy frame, list of records, Activity or PartialSums
        The activity table; see `nhscarbon.read`. Lazy frames are summed by their engine: Polars, DuckDB, Dask, Ibis
        or PySpark. Or what `nhscarbon.partial` summed before.
    method : Methodology or str
        From `nhscarbon.methodology`, or its id, which loads and verifies it once.
    keep : sequence of str, optional
        Further columns to keep apart: ``site``, ``month``, ``supplier``, ``reference``.
    organisations : str or None, optional
        The release of the Organisation Data Service that codes are looked up in; None looks none up.
    denominators : pandas.DataFrame, optional
        organisation, period (NHS year), measure and value, such as ``floor_area_gross_internal`` in m2, that
        quantities are compared with; an estates return brings its own.
    answers : str, Path, frame or list of records, optional
        The answers table: a CSV file, a workbook with a sheet ``answers``, or a frame. The warnings that it answers are
        closed, and stand in the findings, reports and certificates with their reasons.
    themes : str, Path, frame or list of records, optional
        What the return answers for its themes: organisation, period, theme, answer and reason. A workbook may bring
        them in a sheet ``themes``.
    mapping : str, Path, frame, list of records or proposal, optional
        What the columns, activities and units of the source mean, as a person has confirmed it; see
        `nhscarbon.propose_mapping`. What it lists and nobody has confirmed refuses the source.
    progress : bool or callable, optional
        True shows a bar on the error stream while rows are summed; see `nhscarbon.partial`.

    Returns
    -------
    Footprint
        Grouped by organisation, NHS year, activity, unit, geography and tier.

    Raises
    ------
    SubmissionError
        If anything in the source is refused; every finding is in its `findings`, and nothing was
        calculated.
    UnreadableError
        If the source holds no table.

    Examples
    --------
    >>> import nhscarbon as nc
    >>> footprint = nc.calculate(nc.example("trust-year.csv"), nc.methodology("nhs-2026.1"))
    >>> footprint.method.status
    'published'
    """
    method = as_methodology(method)
    given = read_answers(answers)
    words = read_mapping(mapping)
    columns = words.columns if words else ()
    sums, sources = sum_source(  # open, read, sum
        source, keep=keep, units=method.units, progress=progress, answers=columns
    )
    found = assess(  # check, resolve
        sums, sources, method, organisations=organisations, denominators=denominators, answers=given, themes=themes,
        mapping=words,
    )  # fmt: skip
    refuse(found.findings, method)
    return Footprint(  # multiply
        method, found.sums, found.resolutions, found.findings, found.sources, found.keep, found.files, found.boundary,
        found.packages, given, found.themes, found.mapping,
    )  # fmt: skip
