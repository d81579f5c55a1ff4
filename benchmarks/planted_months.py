"""Months made from true years, and mistakes planted in one of them."""

from __future__ import annotations

import csv
import zlib
from functools import lru_cache
from pathlib import Path

import numpy as np

from nhscarbon.periods import months_of
from planted import LEAST, Pair, Plant, Planted, Return, energy_of, planted_in

PROFILES = Path(__file__).with_name(
    "month_profiles.csv"
)  # shares of the year and the noise of a month, as sigma of its log
ESTIMATED = 0.2  # of the sites have equal months: an estimate spread over the year
DECIMALS = {"tonne": 2}  # others are sent as whole numbers


@lru_cache(maxsize=1)
def profiles() -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Return the share and the noise of the months from April to March, by profile."""
    found: dict[str, list[tuple[float, float]]] = {}
    with PROFILES.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["profile"], []).append((float(row["share"]), float(row["noise"])))
    return {
        name: (np.array(rows)[:, 0] / np.array(rows)[:, 0].sum(), np.array(rows)[:, 1]) for name, rows in found.items()
    }


def profile_of(activity: str) -> str:
    """Return the profile of an activity: electricity, other energy, and what has no season."""
    if activity.startswith("energy.electricity"):
        return "power"
    return "heat" if activity.startswith("energy.") else "even"


def by_month(sent: Return, seed: int) -> Return:
    """Return a year in months: each row that is not 0 as twelve, in the order of its months.

    Parameters
    ----------
    sent : Return
        Of a year.
    seed : int
        Decides the noise, and with the site's code which sites have equal months: the same in every year.
    """
    rng = np.random.default_rng([seed, zlib.crc32(f"{sent.organisation} {sent.period}".encode())])
    year = sent.table[sent.table["quantity"] > 0]
    months = months_of(sent.period)
    values = []
    for site, activity, unit, quantity in zip(
        year["site"], year["activity"], year["unit"], year["quantity"], strict=True
    ):
        share, noise = profiles()[profile_of(activity)]
        shape = share * np.exp(rng.normal(0, noise))
        if is_estimated(sent.organisation, site, seed):
            shape = np.ones(len(months))
        values.append(np.round(quantity * shape / shape.sum(), DECIMALS.get(unit, 0)))
    table = year.loc[year.index.repeat(len(months))].reset_index(drop=True)
    table["period"] = list(months) * len(year)
    table["quantity"] = np.concatenate(values) if values else []
    return Return(sent.organisation, sent.period, table, sent.denominators)


def is_estimated(organisation: str, site: str, seed: int) -> bool:
    """Tell whether a site has equal months."""
    return np.random.default_rng([seed, zlib.crc32(f"{organisation} {site}".encode())]).random() < ESTIMATED


def pair_by_month(pair: Pair, seed: int) -> Pair:
    """Return both years in months."""
    return Pair(by_month(pair.before, seed), by_month(pair.after, seed))


def _of_a_month(change: str) -> Plant:
    """Return how one month of a row is spoiled that holds at least a tenth of the return's energy."""

    def plant(pair: Pair, rng: np.random.Generator) -> Planted | None:
        table = pair.after.table.copy()
        energy = energy_of(table).reshape(-1, 12)
        share = energy.sum(axis=1) / energy.sum()
        if change == "repeated":
            share = np.where((energy[:, 1:] != energy[:, :-1]).all(axis=1), share, 0.0)
        series = np.flatnonzero(share >= LEAST)
        if not len(series):
            return None
        which = int(rng.choice(series))
        month = int(rng.integers(1 if change == "repeated" else 0, 12))
        row = which * 12 + month
        site, activity, period = table.loc[row, ["site", "activity", "period"]]
        if change == "missing":
            return planted_in(
                pair, table.drop(index=row).reset_index(drop=True), (), site, activity, share[which], month=period
            )
        value = {
            "repeated": lambda: table.loc[row - 1, "quantity"],
            "/1000": lambda: table.loc[row, "quantity"] / 1000,
            "year": table.loc[which * 12 : which * 12 + 11, "quantity"].sum,
        }[change]()
        table.loc[row, "quantity"] = value
        return planted_in(pair, table, (row,), site, activity, share[which], month=period)

    return plant


MONTH_MISTAKES: dict[str, Plant] = {
    "month missing": _of_a_month("missing"),
    "month repeated": _of_a_month("repeated"),
    "month /1000": _of_a_month("/1000"),
    "year in a month": _of_a_month("year"),
}
