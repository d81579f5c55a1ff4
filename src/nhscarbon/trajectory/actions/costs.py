"""What actions cost: net present cost to who pays the bills, and to society."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from nhscarbon.errors import UsageError
from nhscarbon.methods.data_package import data_root, load_pinned
from nhscarbon.methods.units import KG_PER_TONNE
from nhscarbon.output.results import Result, TableResult
from nhscarbon.periods import nhs_year
from nhscarbon.trajectory.actions.action import Action, Numbers, spend
from nhscarbon.trajectory.actions.claims import booked_as
from nhscarbon.trajectory.actions.effects import effects_of, taken_by, together

PARAMETERS = "greenbook-2023-partial-1@1.0.0"
ROOM = "appraisal"


@dataclass(frozen=True, repr=False)
class Appraisal(Result):
    """A vintage of appraisal parameters.

    Attributes
    ----------
    label : str
        The package, and its mark.
    discount_rate : float
        [per year], real; held for `discount_years`.
    discount_years : int
    carbon_values : Mapping of int to float
        [GBP/tCO2e, real] by the calendar year in which the NHS year starts.
    price_year : str
        Of the carbon values.
    assumptions : tuple of str
    """

    label: str
    discount_rate: float
    discount_years: int
    carbon_values: Mapping[int, float] = field(default_factory=dict)
    price_year: str = ""
    assumptions: tuple[str, ...] = ()

    @property
    def table(self) -> pd.DataFrame:
        """One row per parameter: ``parameter``, ``year``, ``value``, ``unit``."""
        rows = [("discount_rate", "", self.discount_rate, "per year, real")]
        rows += [("carbon_value", nhs_year(year), value, "GBP/tCO2e, real")
                 for year, value in sorted(self.carbon_values.items())]  # fmt: skip
        return pd.DataFrame(rows, columns=["parameter", "year", "value", "unit"])

    def _title(self) -> str:
        return f"Appraisal parameters of {self.label}"

    def _notes(self) -> tuple[str, ...]:
        return self.assumptions

    def discount(self, years: Iterable[int], base_year: int) -> Numbers:
        """Return the factor of each year: 1 in the base year.

        Raises
        ------
        UsageError
            If a year lies before the base year or beyond the years for which the rate is held.
        """
        age = np.asarray(list(years), np.int64) - base_year
        if age.min() < 0 or age.max() > self.discount_years:
            raise UsageError(
                f"{self.label} holds a discount rate for years 0 to {self.discount_years} from the base year; "
                f"{nhs_year(base_year + int(age.max()))} is outside"
            )
        return np.asarray((1.0 + self.discount_rate) ** -age.astype(np.float64))

    def carbon_value(self, years: Iterable[int]) -> Numbers:
        """Return the carbon value of each year [GBP/tCO2e]; missing outside the first and last that are held."""
        held = sorted(self.carbon_values)
        wanted = np.asarray(list(years), np.float64)
        if not held:
            return np.full(len(wanted), np.nan)
        values = [self.carbon_values[year] for year in held]
        return np.asarray(np.interp(wanted, held, values, left=np.nan, right=np.nan))


def appraisal(*, carbon_values: Mapping[str, float] | None = None) -> Appraisal:
    """Return the appraisal parameters that ship with nhscarbon, read second-hand and to be re-checked.

    Parameters
    ----------
    carbon_values : mapping of str to float, optional
        Your own [GBP/tCO2e, real] by NHS year, in place of those held (2024/25 and 2030/31 only).

    Returns
    -------
    Appraisal

    Examples
    --------
    >>> appraisal().discount_rate
    0.035
    """
    package = load_pinned(data_root(), ROOM, PARAMETERS)
    rows = package.rows("parameters.csv")
    rate = next(row for row in rows if row["parameter"] == "discount_rate")
    central = [row for row in rows if row["parameter"] == "carbon_value_central"]
    values = {int(row["year_from"]): float(row["value"]) for row in central}
    notes = [f"{package.label}: {rate['status']}"]
    if carbon_values is None:
        notes.append(
            f"carbon values between {min(values)} and {max(values)} lie on a straight line; beyond them none is held"
        )
    else:
        values = {int(year[:4]): float(value) for year, value in carbon_values.items()}
        notes.append("carbon values given by the caller; a straight line between them")
    prices = central[0]["price_year"] if carbon_values is None else ""
    return Appraisal(package.label, float(rate["value"]), int(rate["year_to"]), values, prices, tuple(notes))


@dataclass(frozen=True, eq=False, repr=False)
class Costs(TableResult):
    """Costs of actions and what they save by themselves.

    Attributes
    ----------
    table : pandas.DataFrame
        One row per action: ``start``, ``capital_gbp``, ``net_present_cost_gbp`` (bill payer: capital and running costs,
        negative when it saves), ``tco2e`` by itself, ``carbon_value_gbp`` (present value), and
        ``social_cost_gbp`` (net present cost less the carbon value). What has no carbon value in some year is missing.
        ``booked``: other than ``counted`` it stands at zero tonnes, which is not zero effect (`booked_as`).
    years : tuple of str
    assumptions : tuple of str
    """

    years: tuple[str, ...]
    assumptions: tuple[str, ...]

    def _title(self) -> str:
        return f"Costs of {len(self._table)} actions, {self.years[0]} to {self.years[-1]}"

    def _notes(self) -> tuple[str, ...]:
        return self.assumptions


def costs(
    frame: pd.DataFrame,
    actions: Iterable[Action],
    *,
    starts: Mapping[str, int] | None = None,
    parameters: Appraisal | None = None,
    energy_prices: Mapping[str, float] | None = None,
    optimism_bias: float = 0.0,
) -> Costs:
    """Return the net present cost of each action by itself.

    Parameters
    ----------
    frame : pandas.DataFrame
        Business as usual, as for `with_actions`; its first year is the base year, its last the end of the count.
    actions : iterable of Action
    starts : mapping of str to int, optional
        As for `with_actions`.
    parameters : Appraisal, optional
        `appraisal()` when left out.
    energy_prices : mapping of str to float, optional
        [GBP per unit, real] by activity: then the change of the bill is worked out from the quantities, and
        `revenue_gbp` must not hold it. Without prices, `revenue_gbp` is the whole of the running costs.
    optimism_bias : float, optional
        Share that is added to capital.

    Returns
    -------
    Costs

    Raises
    ------
    UsageError
        If the years are more than a discount rate is held for, an energy price is of no activity, or one is lacking
        of an activity whose use the actions change.
    """
    used = parameters or appraisal()
    chosen = sorted(actions, key=lambda action: action.id)
    effects = effects_of(frame, chosen)
    ground = effects.ground
    begins = {action.id: action.start_from for action in chosen} if starts is None else starts
    chosen_places = [place for place, action in enumerate(chosen) if action.id in begins]
    taken = taken_by(chosen, begins, ground.years)
    discount = used.discount(ground.years, ground.years[0])
    value = used.carbon_value(ground.years)
    terms = together(effects.kgco2e)
    before = terms.total(np.zeros_like(taken))[0]
    price = _prices(ground.cells, ground.lines, energy_prices or {})
    rows, unpriced = [], set()
    for place in chosen_places:
        action = chosen[place]
        alone = np.zeros_like(taken)
        alone[0, place] = taken[0, place]
        saved = (before - terms.total(alone)[0]) / KG_PER_TONNE
        pounds = spend(action, begins[action.id], ground.years)
        bill = np.zeros(len(ground.years))
        if energy_prices:
            change = effects.quantity.remaining(alone)[:, 0] - ground.quantity
            touched = np.flatnonzero(np.isnan(price) & change.any(axis=1))
            unpriced |= {ground.cells[ground.lines[line][0]][1] for line in touched.tolist()}
            bill = (np.nan_to_num(price)[:, None] * change).sum(axis=0)
        yearly = pounds["capital"] * (1 + optimism_bias) + pounds["revenue"] + bill
        worth = np.where(saved != 0, saved * value, 0.0)
        cost = float((yearly * discount).sum())
        rows.append(
            (
                action.id,
                nhs_year(begins[action.id]),
                float(pounds["capital"].sum() * (1 + optimism_bias)),
                cost,
                float(saved.sum()),
                float((worth * discount).sum()),
                cost - float((worth * discount).sum()),
                booked_as(action, str(frame.attrs.get("boundary", ""))),
            )
        )
    if unpriced:
        raise UsageError(
            f"there is no energy price of {', '.join(sorted(unpriced))[:200]}, whose use the actions change, so the "
            "bill would be short of it: give it too, or give no prices and let revenue_gbp be the whole"
        )
    names = ["action", "start", "capital_gbp", "net_present_cost_gbp", "tco2e", "carbon_value_gbp", "social_cost_gbp",
             "booked"]  # fmt: skip
    notes = [*used.assumptions, f"discounted to {nhs_year(ground.years[0])} at {used.discount_rate:.1%}, real prices"]
    notes += [f"optimism bias of {optimism_bias:.0%} on capital"] if optimism_bias else []
    return Costs(pd.DataFrame(rows, columns=names), tuple(nhs_year(year) for year in ground.years), tuple(notes))


def _prices(
    cells: tuple[tuple[str, str, str], ...], lines: tuple[tuple[int, str], ...], prices: Mapping[str, float]
) -> Numbers:
    """Return the price of each line, NaN where none is given; an activity under several themes is paid once."""
    known = {activity for _, activity, _ in cells}
    if strange := sorted(set(prices) - known):
        raise UsageError(
            f"there are energy prices of {', '.join(strange)[:200]}, which business as usual does not have"
        )
    paid: set[int] = set()
    out = np.zeros(len(lines))
    for line, (cell, _) in enumerate(lines):
        if cell not in paid:
            out[line] = prices.get(cells[cell][1], np.nan)
            paid.add(cell)
    return out
