"""A footprint on a day's map: what each board, region or England holds, and from whom."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nhscarbon.analysis.rollup.hierarchy import Hierarchy
from nhscarbon.analysis.rollup.placing import (
    NOT_PLACED,
    TO,
    OrganisationPeriods,
    Placing,
    days_of_maps,
    place,
    placing_findings,
    refusal,
)  # fmt: skip
from nhscarbon.errors import HierarchyError, UsageError
from nhscarbon.findings import Findings, in_order_of_severity
from nhscarbon.footprint.explain import Explanation
from nhscarbon.footprint.footprint import Footprint
from nhscarbon.footprint.summary import Stamp
from nhscarbon.organisations.register import Organisations, day_text
from nhscarbon.output import tables
from nhscarbon.output.results import HTML_ROWS, Result
from nhscarbon.output.text import SCREEN_LINES, screen

RECHARGES = "recharges_between_members"
RULES = {
    RECHARGES: "a row whose supplier is an organisation of the same group that reports in the same year repeats what "
    "that organisation reports: it is taken out of the group's total, to the share that both have in it"
}
BASE = ("organisation", "period")
Whole = NDArray[np.int64]


@dataclass(frozen=True, eq=False, repr=False)
class RollUp(Result):
    """A footprint by the bodies of one level; rows, boundaries and cells are the footprint's own.

    Attributes
    ----------
    footprint : Footprint
    organisations : Organisations
    to : str
        ``trust``, ``pcn``, ``place``, ``icb``, ``region`` or ``england``; also the name of the column.
    restate : str
        The day on whose map all years are, or empty: each year on the map of its last day.
    eliminate : str
        The rule by which recharges between members are taken out, or empty.
    placing : Placing
        Which share of which organisation and period went where.
    findings : Findings
        What was met on the way: closed codes that were followed, shares that no file states, bodies not placed.
    """

    footprint: Footprint
    organisations: Organisations
    to: str
    restate: str
    eliminate: str
    placing: Placing
    findings: Findings

    @cached_property
    def shares(self) -> pd.DataFrame:
        """Whose share came where: organisation, period, day of the map, the parent, share, and whether inferred.

        The shares of an organisation and period add up to 1.
        """
        placing, columns = self.placing, self.footprint.sums.columns
        words = {name: np.array(columns[name].labels, object) for name in BASE}
        days = np.array([day_text(day) for day in range(placing.day.min(), placing.day.max() + 1)], object)
        return pd.DataFrame({
            "organisation": words["organisation"][placing.organisation[placing.pair]],
            "period": words["period"][placing.period[placing.pair]],
            "day": days[placing.day[placing.pair] - placing.day.min()],
            self.to: np.array(placing.parents, object)[placing.parent],
            "share": placing.share, "inferred": placing.inferred,
        })  # fmt: skip

    @property
    def names(self) -> dict[str, str]:
        """The name of each parent on the last day of its maps."""
        placing, number = self.placing, self.organisations.number
        last = np.full(len(placing.parents), placing.day.min())
        np.maximum.at(last, placing.parent, placing.day[placing.pair])
        return {
            code: self.organisations.word_of(self.organisations.names, number[code], int(day))
            for code, day in zip(placing.parents, last, strict=True)
            if code in number
        }

    def total(self, boundary: str | None = None) -> float:
        """Return the tonnes inside a boundary [tCO2e]: the footprint's own, less what the rule eliminates.

        Raises
        ------
        BoundaryError
            As `Footprint.total`.
        """
        return math.fsum(self.by(self.to, "period", boundary=boundary)["tco2e"])

    def by(self, *columns: str, boundary: str | None = None) -> pd.DataFrame:
        """Return the tonnes inside a boundary by any columns of the footprint and by the level.

        Parameters
        ----------
        *columns : str
            Such as ``"icb"``, ``"period"``, ``"theme"``; ``"organisation"`` is the body that reported.
        boundary : str, optional
            The methodology's main total when left out.

        Returns
        -------
        pandas.DataFrame
            The columns asked for and ``tco2e``, in ascending order of the columns.

        Raises
        ------
        UsageError
            If there is no such column.
        BoundaryError
            As `Footprint.total`.
        """
        columns = columns or (self.to,)
        if len(set(columns)) < len(columns):
            raise UsageError(f"a column is named twice: {', '.join(columns)}")
        rest = [name for name in columns if name not in (*BASE, self.to)]
        spread = self._spread(rest, boundary)
        if self.eliminate:
            spread = spread.assign(tco2e=spread["tco2e"] - spread["eliminated"])
        return _summed(spread, list(columns), "tco2e")

    def eliminated(self, boundary: str | None = None) -> pd.DataFrame:
        """Return what the rule took out: by parent, period, the body that paid and the one that supplied [tCO2e]."""
        names = [self.to, "period", "organisation", "supplier", "tco2e"]
        if not self.eliminate:
            return pd.DataFrame({name: np.zeros(0) if name == "tco2e" else np.zeros(0, object) for name in names})
        spread = self._spread([], boundary)
        found = _summed(spread[spread["eliminated"] != 0], names[:-1], "eliminated")
        return found.rename(columns={"eliminated": "tco2e"})

    @property
    def table(self) -> pd.DataFrame:
        """The footprint's table by parent: ``quantity * conversion * factor * share == kgco2e`` in every row."""
        base = self.footprint.table.astype(dict.fromkeys(BASE, str))
        shares = self.shares[[*BASE, self.to, "share"]]
        table = base.merge(shares, on=list(BASE), how="left", validate="many_to_many")
        return table.assign(kgco2e=table["kgco2e"] * table["share"])

    def explain(self, **where: str) -> Explanation:
        """Show the working of the largest row of a parent, down to the publisher's cell.

        Parameters
        ----------
        **where : str
            The level, such as ``icb="QOP"``, and columns of the footprint's table.

        Raises
        ------
        UsageError
            If nothing fits.
        """
        table = self.table
        for name, word in where.items():
            if name not in table.columns:
                raise UsageError(f"there is no column '{name[:60]}'; there are {', '.join(map(str, table.columns))}")
            table = table[table[name].astype(str) == word]
        if table.empty:
            asked = ", ".join(f"{name}={word}" for name, word in where.items())
            raise UsageError(f"nothing of the footprint has {asked[:200]}")
        row = table.iloc[int(table["kgco2e"].abs().to_numpy().argmax())]
        words = ("organisation", "period", "activity", "component", "tier", "unit")
        return self.footprint.explain(**{name: str(row[name]) for name in words})

    def label(self, boundary: str | None = None) -> str:
        """Return the name of a boundary with what its total covers, as `Footprint.label`."""
        return self.footprint.label(boundary)

    @property
    def stamp(self) -> Stamp:
        """What has to be the same of the footprint; `to_dict` gives the release of organisations separately."""
        return self.footprint.stamp

    def _title(self) -> str:
        on = f"restated to {self.restate}" if self.restate else "as reported"
        return f"{self.label()}, by {self.to}, {on}, {self.organisations.name}"

    def _about(self) -> dict[str, object]:
        return {"stamp": asdict(self.stamp), "organisations": self.organisations.name, "to": self.to,
                "restate": self.restate, "eliminate": self.eliminate, "label": self.label()}  # fmt: skip

    @cached_property
    def _pairs(self) -> Whole:
        """The number of each organisation and period in a dense table, -1 where the footprint has none."""
        columns = self.footprint.sums.columns
        table = np.full([len(columns[name].labels) for name in BASE], -1, np.int64)
        table[self.placing.organisation, self.placing.period] = np.arange(len(self.placing.organisation))
        return table

    def _pair_of(self, organisations: NDArray[Any], periods: NDArray[Any]) -> Whole:
        """Return the pair of each organisation and period that the footprint has, and -1 for any other."""
        columns = self.footprint.sums.columns
        found: list[Whole] = []
        for name, words in zip(BASE, (organisations, periods), strict=True):
            place = {label: code for code, label in enumerate(columns[name].labels)}
            coded, distinct = pd.factorize(words)
            found.append(np.array([place.get(word, -1) for word in distinct], np.int64)[coded])
        pair: Whole = np.where((found[0] < 0) | (found[1] < 0), -1, self._pairs[found[0], found[1]])
        return pair

    @cached_property
    def _weights(self) -> Any:  # noqa: ANN401  scipy has no types
        """Shares by pair and parent as a sparse matrix."""
        from scipy import sparse  # noqa: PLC0415  it takes time to load

        placing = self.placing
        shape = (len(placing.organisation), len(placing.parents))
        return sparse.csr_array((placing.share, (placing.pair, placing.parent)), shape=shape)

    def _spread(self, rest: Sequence[str], boundary: str | None) -> pd.DataFrame:
        """Return the footprint by organisation, period and more, each row spread over its parents."""
        further = [*rest, *(["supplier"] if self.eliminate and "supplier" not in rest else [])]
        base = self.footprint.by(*BASE, *further, boundary=boundary)
        weights = self._weights
        pair = self._pair_of(base["organisation"].to_numpy(object), base["period"].to_numpy(object))
        count = np.diff(weights.indptr)[pair]
        row = np.repeat(np.arange(len(base)), count)
        place = np.arange(len(row)) + np.repeat(weights.indptr[pair] - np.cumsum(count) + count, count)
        parent, share = weights.indices[place], weights.data[place]
        spread = base.iloc[row].reset_index(drop=True)
        spread.insert(0, self.to, np.array(self.placing.parents, object)[parent])
        spread["tco2e"] = spread["tco2e"].to_numpy() * share
        if self.eliminate:
            spread["eliminated"] = spread["tco2e"].to_numpy() * self._common(spread, parent)
        return spread

    def _common(self, spread: pd.DataFrame, parent: NDArray[np.integer[Any]]) -> NDArray[np.float64]:
        """Return the share of each row's supplier in the row's parent: nothing where it is no body that reports."""
        pair = self._pair_of(spread["supplier"].to_numpy(object), spread["period"].to_numpy(object))
        known = (pair >= 0) & (spread["supplier"] != spread["organisation"]).to_numpy(np.bool_)
        if NOT_PLACED in self.placing.parents:
            known &= parent != self.placing.parents.index(NOT_PLACED)
        found = np.zeros(len(spread))
        if known.any():
            found[known] = np.asarray(self._weights[pair[known], parent[known]]).ravel()
        return found

    def __str__(self) -> str:
        return screen([f"{self._title()}: {tables.tonnes(self.total())} tCO2e", *tables.screen_table(
            self._by_name(), SCREEN_LINES - 1
        )])  # fmt: skip

    def _repr_html_(self) -> str:
        frame = self._by_name()
        rows = [[*words, tables.tonnes(tco2e)] for *words, tco2e in frame.head(HTML_ROWS).itertuples(index=False)]
        more = f"<p>{len(frame) - HTML_ROWS:,} more rows</p>" if len(frame) > HTML_ROWS else ""
        title = f"{self._title()}: {tables.tonnes(self.total())} tCO2e"
        return f"<div>{tables.html_table(title, [str(name) for name in frame.columns], rows)}{more}</div>"

    def _by_name(self) -> pd.DataFrame:
        """Return the tonnes of the headline by parent and period, with the parents' names."""
        frame = self.by(self.to, "period")
        names = self.names
        frame.insert(1, "name", [names.get(code, "") for code in frame[self.to]])
        return frame


def roll_up(
    footprint: Footprint,
    hierarchy: Hierarchy,
    *,
    to: str,
    restate: str = "",
    unplaced: Literal["refuse", "keep"] = "refuse",
    eliminate: str = "",
) -> RollUp:
    """Add a footprint up to a level.

    Parameters
    ----------
    footprint : Footprint
        Of any organisations: trusts, sites, practices, boards themselves.
    hierarchy : Hierarchy
        The release of organisations, from `nhscarbon.hierarchy`.
    to : {"trust", "pcn", "place", "icb", "region", "england"}
        Where to; ``trust`` is each organisation itself or its successor, and sites in their trusts.
    restate : str, optional
        A day on whose map all years are put, successors first, such as ``2026-04-01``. Left out, each period is
        on the map of its own last day.
    unplaced : {"refuse", "keep"}, optional
        What to do with organisations that belong to nothing at this level: refuse, or keep them as ``not placed``.
    eliminate : str, optional
        ``recharges_between_members``: take out what one member bought from another. The footprint must have
        kept ``supplier``, with the supplier's code.

    Returns
    -------
    RollUp

    Raises
    ------
    UsageError
        If there is no such level, day or rule.
    HierarchyError
        If a period ends before organisations are placed at the level, or some cannot be placed: all are named.

    Examples
    --------
    >>> import nhscarbon as nc
    >>> footprint = nc.calculate(nc.example("trust-year.csv"), nc.methodology("nhs-2026.1"))
    >>> rolled = nc.roll_up(footprint, nc.hierarchy("ods-2026-07"), to="england")
    >>> abs(rolled.total() - footprint.total()) < 1e-9
    True
    """
    if to not in TO:
        raise UsageError(f"there is no level '{str(to)[:40]}'; there are {', '.join(TO)}")
    if unplaced not in ("refuse", "keep"):
        raise UsageError(f"unplaced is 'refuse' or 'keep', not '{str(unplaced)[:40]}'")
    if eliminate and eliminate not in RULES:
        raise UsageError(f"there is no rule '{eliminate[:40]}'; there is {', '.join(RULES)}")
    if eliminate and "supplier" not in footprint.sums.columns:
        raise UsageError(f"{eliminate} needs suppliers: calculate with keep=('supplier',)")
    organisations, columns = hierarchy.organisations, footprint.sums.columns
    periods, words = columns["period"].labels, columns["organisation"].labels
    days = days_of_maps(organisations, periods, restate, to)
    codes = np.stack([columns["organisation"].codes, columns["period"].codes]).astype(np.int64)
    organisation, period = np.unique(codes, axis=1)
    pairs = OrganisationPeriods(organisation, period, words, periods, days[period])
    found, why = place(organisations, pairs, TO[to])
    if why.any() and unplaced == "refuse":
        raise HierarchyError(refusal(pairs, found, why, to, restate, organisations))
    names = (*organisations.codes, NOT_PLACED)
    ends, parent = np.unique(np.where(why > 0, len(names) - 1, found.target), return_inverse=True)
    placing = Placing(
        organisation, period, pairs.day, found.source, parent, found.share, found.inferred,
        tuple(names[end] for end in ends),
    )  # fmt: skip
    findings = in_order_of_severity(placing_findings(organisations, pairs, found, why, to), len(organisation))
    return RollUp(footprint, organisations, to, restate, eliminate, placing, findings)


def _summed(frame: pd.DataFrame, columns: list[str], value: str) -> pd.DataFrame:
    missing = [name for name in columns if name not in frame.columns]
    if missing:
        raise UsageError(f"the roll-up has no column '{missing[0][:60]}'")
    found = frame.groupby(columns, sort=True, observed=True)[value].agg(math.fsum).reset_index()
    return found.astype(dict.fromkeys(columns, str))
