"""The same activity under several methodologies: the difference is the method's, not the activity's."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from nhscarbon.activity.readers.open_source import Tabular, open_source
from nhscarbon.errors import BoundaryError
from nhscarbon.findings import SubmissionError
from nhscarbon.footprint.calculate import calculate
from nhscarbon.methods.methodology import Methodology, as_methodology
from nhscarbon.sums.partial_sums import PartialSums


def compare_methods(
    source: Tabular | PartialSums,
    methods: Sequence[str | Methodology],
    *,
    by: Sequence[str] = ("activity",),
    boundary: str | None = None,
) -> pd.DataFrame:
    """Show the same activity under several methodologies.

    Parameters
    ----------
    source : str, Path, buffer, frame, lazy frame, list of records, Activity or PartialSums
        What `nhscarbon.calculate` takes.
    methods : sequence of str or Methodology
        Ids or methodologies.
    by : sequence of str, optional
        Columns of the footprint's table to show apart.
    boundary : str, optional
        Each methodology's own main total when left out.

    Returns
    -------
    pandas.DataFrame
        The columns of `by`, ``method``, ``boundary``, ``tco2e`` and ``refused``: why a methodology gives
        no figure, where it gives none.

    Raises
    ------
    UnreadableError
        If the source holds no table.
    UsageError
        If there is no such methodology, boundary or column.

    Examples
    --------
    >>> import nhscarbon as nc
    >>> table = nc.analysis.compare_methods(nc.example("trust-year.csv"), ["nhs-2026.1"], by=("theme",))
    >>> table.columns.tolist()
    ['theme', 'method', 'boundary', 'tco2e', 'refused']
    """
    opened = source if isinstance(source, PartialSums) else open_source(source)
    parts = []
    for each in methods:
        method = as_methodology(each)
        name = method.headline if boundary is None else boundary
        try:
            frame = calculate(opened, method).by(*by, boundary=name).assign(refused="")
        except (SubmissionError, BoundaryError) as error:
            reasons = [str(finding.message) for finding in getattr(error, "findings", ())] or [str(error)]
            frame = pd.DataFrame({**{column: [""] for column in by}, "tco2e": [float("nan")], "refused": [reasons[0]]})
        parts.append(frame.assign(method=method.id, boundary=name))
    table = pd.concat(parts, ignore_index=True)
    return table[[*by, "method", "boundary", "tco2e", "refused"]]
