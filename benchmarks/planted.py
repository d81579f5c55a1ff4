"""True returns of trusts in consecutive years, and mistakes planted in the later one: what each is, and which rows it spoils."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

import nhscarbon as nc
from nhscarbon.activity.activity import Activity
from nhscarbon.activity.encoding import code_text

FILES = {"2013/14": "eric-2013-14.xls", "2014/15": "eric-2014-15.xls", "2015/16": "eric-2015-16.xls",
         "2016/17": "eric-2016-17.xls"}  # fmt: skip
TEXT = ("organisation", "site", "period", "activity", "unit", "reference")
NOT_BOUGHT = ("energy.electricity.exported", "energy.electricity.onsite_renewable")  # no part of a return's energy
GAS, POWER = "energy.natural_gas", ("energy.electricity.grid", "energy.electricity.green_tariff")
LEAST = 0.1  # of the return's energy that a mistake moves
ROWS_COPIED = 3


@dataclass(frozen=True)
class Return:
    """What a trust sent for a year: `table` has the columns `TEXT` and quantity, one row each, numbered from 0."""

    organisation: str
    period: str
    table: pd.DataFrame
    denominators: pd.DataFrame

    def activity(self) -> Activity:
        """Return it as it comes through the door; rows are numbered as in a file, whose header is row 1."""
        return Activity(
            columns={name: code_text(self.table[name]) for name in TEXT},
            numbers={"quantity": self.table["quantity"].to_numpy(np.float64, copy=True)},
            row_numbers=np.arange(len(self.table), dtype=np.int64) + 2,
            missing_factor="not_counted",
            denominators=self.denominators,
        )


@dataclass(frozen=True)
class Pair:
    """The true returns of a trust for two consecutive years."""

    before: Return
    after: Return

    @property
    def held_back(self) -> bool:
        """Whether the trust is of the half that no threshold was chosen on."""
        return held_back(self.after.organisation)


@dataclass(frozen=True)
class Planted:
    """A spoiled return.

    Attributes
    ----------
    sent : Return
    rows : tuple of int
        Numbers of the spoiled rows, as in a file; none of what was left out.
    site, activity : str
        That the mistake is about, as the row has them; empty where it is about several.
    moved : float
        Energy that stands elsewhere, or is not what it was, as a share of the true return's; of a month, what its row
        has in the year.
    month : str
        That the mistake is about; empty where it is about the year.
    """

    sent: Return
    rows: tuple[int, ...]
    site: str
    activity: str
    moved: float
    month: str = ""


Plant = Callable[[Pair, np.random.Generator], Planted | None]


def held_back(organisation: str) -> bool:
    """Tell whether a trust is held back: where the SHA-256 of its code is odd."""
    return hashlib.sha256(organisation.encode()).digest()[-1] % 2 == 1


def true_pairs(folder: Path) -> Iterator[Pair]:
    """Yield every trust with energy in two consecutive years of the estates returns, in order of year and code.

    Parameters
    ----------
    folder : Path
        Holds NHS England's workbooks as published, under ``originals/eric``.
    """
    before: dict[str, Return] = {}
    for period, name in FILES.items():
        sent = nc.read_eric(folder / "originals" / "eric" / name)
        table, held = sent.table.drop(columns="row"), sent.denominators
        held_of = dict(iter(held.groupby("organisation")))
        year = {}
        for code, part in table.groupby("organisation"):
            mine = Return(str(code), period, part.reset_index(drop=True), held_of.get(code, held.iloc[:0]))
            if energy_of(mine.table).sum() > 0:
                year[str(code)] = mine
        yield from (Pair(before[code], mine) for code, mine in year.items() if code in before)
        before = year


def energy_of(table: pd.DataFrame) -> np.ndarray:
    """Return the energy bought of each row [kWh]; 0 where it is none."""
    bought = table["activity"].str.startswith("energy.") & table["unit"].eq("kWh") & ~table["activity"].isin(NOT_BOUGHT)
    return np.where(bought, table["quantity"], 0.0).clip(0)


def chance(seed: int, mistake: str, pair: Pair) -> np.random.Generator:
    """Return the random numbers of one mistake in one pair: they do not hang together with those of another."""
    return np.random.default_rng(
        [seed, zlib.crc32(f"{mistake} {pair.after.organisation} {pair.after.period}".encode())]
    )


def _times(by: float) -> Plant:
    """Return how one row's quantity is multiplied."""

    def plant(pair: Pair, rng: np.random.Generator) -> Planted | None:
        moved = energy_of(pair.after.table) * abs(by - 1)
        return _one(pair, rng, moved, lambda table, row: table.loc[row, ["quantity"]] * by)

    return plant


def _one(pair: Pair, rng: np.random.Generator, moved: np.ndarray, change: Callable[..., pd.Series]) -> Planted | None:
    """Return a return with one row changed, of those where it moves enough."""
    table = pair.after.table.copy()
    share = moved / energy_of(table).sum()
    rows = np.flatnonzero(share >= LEAST)
    if not len(rows):
        return None
    row = int(rng.choice(rows))
    for name, value in change(table, row).items():
        table.loc[row, name] = value
    site, activity = table.loc[row, ["site", "activity"]]
    return planted_in(pair, table, (row,), site, activity, share[row])


def planted_in(
    pair: Pair,
    table: pd.DataFrame,
    rows: tuple[int, ...],
    site: str,
    activity: str,
    moved: float,
    *,
    denominators: pd.DataFrame | None = None,
    month: str = "",
) -> Planted:
    """Return a spoiled return; `rows` are places in its table, and the floor areas the year's own when left out."""
    held = pair.after.denominators if denominators is None else denominators
    sent = Return(pair.after.organisation, pair.after.period, table, held)
    return Planted(sent, tuple(row + 2 for row in rows), site, activity, float(moved), month)


def row_left_out(pair: Pair, rng: np.random.Generator) -> Planted | None:
    """Leave one row out."""
    table = pair.after.table
    share = energy_of(table) / energy_of(table).sum()
    rows = np.flatnonzero(share >= LEAST)
    if not len(rows):
        return None
    row = int(rng.choice(rows))
    site, activity = table.loc[row, ["site", "activity"]]
    return planted_in(pair, table.drop(index=row).reset_index(drop=True), (), site, activity, share[row])


def site_left_out(pair: Pair, rng: np.random.Generator) -> Planted | None:
    """Leave all rows of one site out, and its floor areas; another site with energy is left."""
    table = pair.after.table
    by_site = pd.Series(energy_of(table)).groupby(table["site"]).sum() / energy_of(table).sum()
    sites = by_site.index[(by_site >= LEAST) & (by_site < 1)]
    if not len(sites):
        return None
    site = str(rng.choice(sites.to_numpy(object)))
    held = pair.after.denominators
    left = table[table["site"] != site].reset_index(drop=True)
    return planted_in(pair, left, (), site, "", by_site[site], denominators=held[held["site"] != site])


def gas_and_power_swapped(pair: Pair, rng: np.random.Generator) -> Planted | None:
    """Exchange the figures of gas and electricity at every site: two columns pasted the wrong way round."""
    table = pair.after.table.copy()
    energy = pd.Series(energy_of(table))
    power = max(POWER, key=lambda name: energy[table["activity"] == name].sum())
    spoiled: list[int] = []
    moved = 0.0
    for _, part in table.groupby("site", sort=False):
        ends = [energy[part.index[part["activity"] == name]] for name in (GAS, power)]
        if min(map(len, ends)) == 0:
            continue
        gas, other = (int(each.idxmax()) for each in ends)
        if energy[gas] != energy[other]:
            table.loc[[gas, other], "quantity"] = table.loc[[other, gas], "quantity"].to_numpy()
            spoiled += [gas, other]
            moved += abs(energy[gas] - energy[other])
    share = moved / energy.sum()
    return planted_in(pair, table, tuple(spoiled), "", "", share) if share >= LEAST else None


def two_rows_swapped(pair: Pair, rng: np.random.Generator) -> Planted | None:
    """Exchange the figures of two energy rows of one site, neither of which is zero.

    Two contracts of electricity, grid and green tariff, are read together and not exchanged.
    """
    table = pair.after.table.copy()
    energy = energy_of(table)
    sites = table["site"].to_numpy(object)
    filled = np.flatnonzero(energy)
    pairs = [
        (first, second) for place, first in enumerate(filled) for second in filled[place + 1 :]
        if sites[first] == sites[second] and table["activity"][first] != table["activity"][second]
        and not {table["activity"][first], table["activity"][second]} <= {*POWER}
        and abs(energy[first] - energy[second]) >= LEAST * energy.sum()
    ]  # fmt: skip
    if not pairs:
        return None
    first, second = map(int, pairs[rng.integers(len(pairs))])
    table.loc[[first, second], "quantity"] = table.loc[[second, first], "quantity"].to_numpy()
    return planted_in(
        pair, table, (first, second), str(sites[first]), "", abs(energy[first] - energy[second]) / energy.sum()
    )


def year_copied(pair: Pair, rng: np.random.Generator) -> Planted | None:
    """Send the year before again, with the date of this year; the floor areas are this year's."""
    table = pair.before.table.assign(period=pair.after.period)
    if np.array_equal(np.sort(energy_of(table)), np.sort(energy_of(pair.after.table))):
        return None
    return planted_in(pair, table, tuple(range(len(table))), "", "", 1.0)


def rows_copied(pair: Pair, rng: np.random.Generator) -> Planted | None:
    """Give the three largest energy rows the figures of the same rows of the year before."""
    table = pair.after.table.copy()
    place, had = (_same_row(each) for each in (table, pair.before.table))
    old = dict(zip(had, pair.before.table["quantity"], strict=True))
    energy = energy_of(table)
    rows = [
        int(row) for row in np.argsort(-energy, kind="stable")
        if energy[row] > 0 and old.get(place[row], 0.0) not in (0.0, energy[row])
    ][:ROWS_COPIED]  # fmt: skip
    share = energy[rows].sum() / energy.sum()
    if len(rows) < ROWS_COPIED or share < LEAST:
        return None
    table.loc[rows, "quantity"] = [old[place[row]] for row in rows]
    return planted_in(pair, table, tuple(rows), "", "", share)


def _same_row(table: pd.DataFrame) -> list[tuple[str, str, int]]:
    """Return what tells a row in both years: site, activity, and which of several; column names change by year."""
    again = table.groupby(["site", "activity"]).cumcount()
    return list(zip(table["site"], table["activity"], again, strict=True))


def row_on_another_site(pair: Pair, rng: np.random.Generator) -> Planted | None:
    """Give one row the code of another site of the trust."""
    table = pair.after.table
    sites = table["site"].unique()
    if len(sites) < 2:
        return None

    def change(frame: pd.DataFrame, row: int) -> pd.Series:
        return pd.Series({"site": rng.choice(sites[sites != frame.loc[row, "site"]].astype(object))})

    return _one(pair, rng, energy_of(table), change)


MISTAKES: dict[str, Plant] = {
    "x1000": _times(1000),
    "x12": _times(12),
    "/1000": _times(1 / 1000),
    "/12": _times(1 / 12),
    "row left out": row_left_out,
    "site left out": site_left_out,
    "gas and electricity swapped": gas_and_power_swapped,
    "two rows of a site swapped": two_rows_swapped,
    "last year copied": year_copied,
    "three largest rows copied": rows_copied,
    "row on another site": row_on_another_site,
}
