"""A footprint on a day's map: what each board, region or England holds, and from whom."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nhscarbon.errors import UsageError
from nhscarbon.findings import Findings
from nhscarbon.footprint.explain import Explanation
from nhscarbon.footprint.footprint import Footprint
from nhscarbon.organisations.register import Organisations, day_text
from nhscarbon.output import tables

NOT_PLACED = "not placed"
RECHARGES = "recharges_between_members"
RULES = {
    RECHARGES: "a row whose supplier is a body of the same parent that reports in the same year repeats what that "
    "body reports: it is taken out of the parent's total, to the share that both have in it"
}
BASE = ("organisation", "period")
Whole = NDArray[np.int64]


@dataclass(frozen=True)
class Placing:
    """Shares of organisations and periods in parents, as arrays.

    Attributes
    ----------
    organisation, period : int64 array, shape (pairs,)
        Numbers of the footprint's words.
    day : int64 array, shape (pairs,)
        Whose map each pair is on, as days since 1970.
    pair : int64 array, shape (shares,)
    parent : int64 array, shape (shares,)
        Numbers `parents`.
    share : float64 array, shape (shares,)
        They add up to 1 for each pair.
    inferred : bool array, shape (shares,)
    parents : tuple of str
    """

    organisation: Whole
    period: Whole
    day: Whole
    pair: Whole
    parent: Whole
    share: NDArray[np.float64]
    inferred: NDArray[np.bool_]
    parents: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class RollUp:
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
            The methodology's headline when left out.

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

    def to_frame(self) -> pd.DataFrame:
        """Return the tonnes of the headline by parent and period, with the parents' names."""
        frame = self.by(self.to, "period")
        names = self.names
        frame.insert(1, "name", [names.get(code, "") for code in frame[self.to]])
        return frame

    def to_csv(self, path: str | Path, *, overwrite: bool = False) -> Path:
        """Write `table` as CSV, whole or not at all; raises as `Footprint.to_csv`."""
        return tables.write_text(Path(path), tables.csv_text(self.table), overwrite=overwrite)

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
        frame = self.to_frame()
        on = f"restated to {self.restate}" if self.restate else "as reported"
        total = tables.tonnes(self.total())
        return (
            f"{tables.table_text(frame)}\n\n{self.footprint.method.headline} by {self.to}, {on}, "
            f"{self.organisations.name}: {total} tCO2e"
        )


def _summed(frame: pd.DataFrame, columns: list[str], value: str) -> pd.DataFrame:
    missing = [name for name in columns if name not in frame.columns]
    if missing:
        raise UsageError(f"the roll-up has no column '{missing[0][:60]}'")
    found = frame.groupby(columns, sort=True, observed=True)[value].agg(math.fsum).reset_index()
    return found.astype(dict.fromkeys(columns, str))
