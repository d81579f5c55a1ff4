"""Two editions of a method: what differs between their inputs, and in tonnes on real returns."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from nhscarbon.activity.eric.read_eric import read_eric
from nhscarbon.activity.examples import example
from nhscarbon.activity.readers.open_source import Opened, Tabular, open_source
from nhscarbon.errors import BoundaryError
from nhscarbon.findings import SubmissionError
from nhscarbon.footprint.calculate import calculate
from nhscarbon.footprint.footprint import Footprint
from nhscarbon.methods.differences import input_differences
from nhscarbon.methods.methodology import Methodology, as_methodology
from nhscarbon.output.results import TableResult
from nhscarbon.output.tables import with_sign
from nhscarbon.sums.partial_sums import PartialSums

EXAMPLES = (  # the returns that ship and that editions are compared on: title, file, whether it is an estates return
    ("England's estates 2023/24", "estates-2023-24.csv", True),
    ("One trust's energy, water and waste 2023/24", "trust-year.csv", False),
    ("An invented acute trust 2023/24", "acute-year.csv", False),
)
SEEN = 0.005  # tonnes: less is shown as no difference
SIDES = ("before", "after")


@dataclass(frozen=True, eq=False, repr=False)
class EditionChange(TableResult):
    """What changes when a return is counted by another methodology.

    Attributes
    ----------
    table : pandas.DataFrame
        One row per return, NHS year, boundary and the columns asked for: ``source``, ``period``, ``boundary``, those
        columns, ``before_tco2e``, ``after_tco2e`` and ``difference_tco2e`` [tCO2e], and ``refused_before`` and
        ``refused_after``: why a methodology gives no figure, where it gives none. Boundaries overlap: they are ways
        of counting, and are never added.
    inputs : pandas.DataFrame
        What differs between the inputs; see `nhscarbon.methods.input_differences`.
    methods : tuple of Methodology
        Before and after.
    """

    inputs: pd.DataFrame
    methods: tuple[Methodology, Methodology]

    def totals(self) -> pd.DataFrame:
        """Return the tonnes by return, NHS year and boundary, without the columns asked for.

        Returns
        -------
        pandas.DataFrame
            ``source``, ``period``, ``boundary``, ``before_tco2e``, ``after_tco2e``, ``difference_tco2e`` [tCO2e];
            missing where a methodology gives no figure.
        """
        keys = ["source", "period", "boundary"]
        figures = ["before_tco2e", "after_tco2e", "difference_tco2e"]
        frame: pd.DataFrame = self._table.groupby(keys, sort=False)[figures].agg(math.fsum).reset_index()
        return frame

    def moved(self) -> pd.DataFrame:
        """Return the rows of `table` that differ by 0.005 t or more, or that a methodology refuses."""
        refused = (self._table["refused_before"] != "") | (self._table["refused_after"] != "")
        return self._table[refused | (self._table["difference_tco2e"].abs() >= SEEN)].reset_index(drop=True)

    def _title(self) -> str:
        return " -> ".join(f"{method.id} ({method.status})" for method in self.methods) + " [tCO2e]"

    def _about(self) -> Mapping[str, object]:
        stamp = {side: {"methodology": method.id, "status": method.status, "digest": method.digest}
                 for side, method in zip(SIDES, self.methods, strict=True)}  # fmt: skip
        return {"stamp": stamp, "inputs": self.inputs.to_dict("records")}

    def _notes(self) -> Iterator[str]:
        counts = self.inputs.groupby("kind", sort=False).size()
        yield f"inputs that differ: {', '.join(f'{n} {kind}' for kind, n in counts.items()) or 'none'}"
        totals = self.totals()
        for source, boundary, moved in zip(
            totals["source"], totals["boundary"], totals["difference_tco2e"].astype(float), strict=True
        ):
            if abs(moved) >= SEEN:
                yield f"{source}, {boundary}: {with_sign(moved, 2)} t"


def compare_editions(
    before: Methodology | str,
    after: Methodology | str,
    sources: Mapping[str, Tabular | PartialSums] | None = None,
    *,
    by: Sequence[str] = ("theme",),
) -> EditionChange:
    """Show what differs between two methodologies: in their inputs, and in tonnes on returns.

    Parameters
    ----------
    before, after : Methodology or str
        Methodologies or their ids.
    sources : mapping of str to source, optional
        Returns by their titles; each is what `nhscarbon.calculate` takes. The returns that ship when left out: the
        estates of England's trusts in 2023/24, and one acute trust.
    by : sequence of str, optional
        Columns of the footprint's table to show apart, such as ``theme`` or ``ghg_protocol_category``.

    Returns
    -------
    EditionChange
        Its `table` holds the tonnes by boundary, its `inputs` what differs between the methodologies.

    Raises
    ------
    UnreadableError
        If a source holds no table.
    UsageError
        If there is no such methodology or column.

    Examples
    --------
    >>> import nhscarbon as nc
    >>> change = nc.analysis.compare_editions(
    ...     "nhs-2026.1", "nhs-2026.2", {"one trust": nc.example("trust-year.csv")}
    ... )
    >>> first = change.totals().loc[0]
    >>> first["source"], first["boundary"], float(first["difference_tco2e"])
    ('one trust', 'nhs_carbon_footprint', 0.0)
    """
    methods = (as_methodology(before), as_methodology(after))
    columns = ["period", *(name for name in by if name != "period")]
    parts = [_tonnes(source, methods, columns).assign(source=title) for title, source in _opened(sources)]
    keys = ["source", "period", "boundary", *columns[1:]]
    figures = ["before_tco2e", "after_tco2e", "difference_tco2e", "refused_before", "refused_after"]
    table = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=[*keys, *figures])
    return EditionChange(table[[*keys, *figures]], input_differences(*methods), methods)


def _opened(sources: Mapping[str, Tabular | PartialSums] | None) -> Iterator[tuple[str, Opened | PartialSums]]:
    if sources is None:
        for title, file, estates in EXAMPLES:
            yield title, open_source(read_eric(example(file)) if estates else example(file))
        return
    for title, source in sources.items():
        yield title, source if isinstance(source, PartialSums) else open_source(source)


def _tonnes(
    source: Opened | PartialSums, methods: tuple[Methodology, Methodology], columns: Sequence[str]
) -> pd.DataFrame:
    """Return the tonnes of one return by both methodologies, for every boundary that either has."""
    footprints = [_calculated(source, method) for method in methods]
    boundaries = dict.fromkeys(boundary for method in methods for boundary in method.boundaries)
    parts = []
    for boundary in boundaries:
        first, second = (_grouped(each, boundary, columns) for each in footprints)
        why = tuple("" if isinstance(each, pd.DataFrame) else each for each in (first, second))
        frames = [each if isinstance(each, pd.DataFrame) else pd.DataFrame(columns=[*columns, "tco2e"])
                  for each in (first, second)]  # fmt: skip
        both = frames[0].merge(frames[1], on=list(columns), how="outer", suffixes=("_before", "_after"), sort=True)
        if both.empty and any(why):
            both = pd.DataFrame({**{key: [""] for key in columns}, "tco2e_before": [0.0], "tco2e_after": [0.0]})
        old, new = (
            both[f"tco2e_{side}"].astype(float).fillna(0.0) * (math.nan if reason else 1.0)
            for side, reason in zip(SIDES, why, strict=True)
        )
        parts.append(
            both[list(columns)].assign(
                boundary=boundary, before_tco2e=old, after_tco2e=new, difference_tco2e=new - old,
                refused_before=why[0], refused_after=why[1],
            )
        )  # fmt: skip
    return pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)


def _calculated(source: Opened | PartialSums, method: Methodology) -> Footprint | str:
    """Return a footprint, or why the methodology refuses the return."""
    try:
        return calculate(source, method)
    except SubmissionError as error:
        reasons = [finding.message for finding in error.findings if finding.severity.startswith("reject")]
        return reasons[0] if reasons else str(error)


def _grouped(footprint: Footprint | str, boundary: str, columns: Sequence[str]) -> pd.DataFrame | str:
    """Return the tonnes inside a boundary, or why there are none."""
    if isinstance(footprint, str):
        return footprint
    if boundary not in footprint.method.boundaries:
        return f"{footprint.method.id} has no boundary '{boundary}'"
    try:
        return footprint.by(*columns, boundary=boundary)
    except BoundaryError as error:
        return str(error)
