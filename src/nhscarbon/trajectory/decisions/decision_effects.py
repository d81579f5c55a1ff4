"""What actions do as decisions: bought electricity at the grid's long-run marginal factor, beside the average one.

A footprint, a projection and what a plan counts use the average factor: what the grid emits, shared by all who use it.
A decision to buy more or less changes what is built and run, at the marginal factor. Green Book supplementary guidance,
"Valuation of energy use and greenhouse gas emissions for appraisal": long-run marginal factors for changes in use,
averages for accounts (Table 1 of its data tables, consumption-based, losses in the grid included).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from nhscarbon.errors import UsageError
from nhscarbon.methods.units import KG_PER_TONNE, shipped_units
from nhscarbon.output.results import TableResult
from nhscarbon.periods import nhs_year
from nhscarbon.trajectory.actions.action import Action, Numbers
from nhscarbon.trajectory.actions.baseline import Ground, factor_of
from nhscarbon.trajectory.actions.claims import booked_as, bought_power
from nhscarbon.trajectory.actions.effects import effects_of, taken_by
from nhscarbon.trajectory.projection.grid_path import FactorPath, factor_path

KWH, COUNTED = "kWh", "counted"
CHUNK = 4_000_000  # numbers that are in memory at once
NOISE = 1e-9  # of the largest change of kWh: what rounding leaves


@dataclass(frozen=True, eq=False, repr=False)
class DecisionEffects(TableResult):
    """What each action saves by itself, by the average and by the marginal factor of the grid.

    Attributes
    ----------
    table : pandas.DataFrame
        One row per action and NHS year: ``kwh_less`` bought from the grid [kWh], negative where an action uses more;
        ``average_tco2e`` [tCO2e] as the footprint counts it; ``marginal_tco2e`` [tCO2e] as the effect of the decision,
        missing in a year that changes bought power and has no marginal factor; ``booked`` (`booked_as`). All are
        missing of what is not counted.
    years : tuple of str
        The NHS years that have a marginal factor.
    source : str
        Of the marginal factors.
    """

    years: tuple[str, ...]
    source: str

    def by_action(self) -> pd.DataFrame:
        """Return the tonnes of each action over the years that have a marginal factor, the same years for both."""
        inside = self._table[self._table["year"].isin(self.years)]
        names = ["kwh_less", "average_tco2e", "marginal_tco2e"]
        every = pd.Index(self._table["action"].unique(), name="action")
        return inside.groupby("action")[names].sum(min_count=1).reindex(every).reset_index()

    def _title(self) -> str:
        return f"What {self._table['action'].nunique()} actions save by average and by marginal factors of the grid"

    def _notes(self) -> tuple[str, ...]:
        return (
            f"marginal factors of {self.source}, for generation and losses; well-to-tank stays at the average; each "
            "action by itself",
        )


def decision_effects(
    frame: pd.DataFrame,
    actions: Iterable[Action],
    *,
    starts: Mapping[str, int] | None = None,
    path: FactorPath | None = None,
) -> DecisionEffects:
    """Return what each action saves by itself, with bought electricity at average and at marginal factors.

    The marginal factor stands in for the average one in the line of bought electricity itself (scope 2 of it); its line
    of well-to-tank, in which the footprint counts losses too, and all other lines stay as they are. Tonnes that an
    action claims of bought electricity are taken as kWh at the average factor.

    Parameters
    ----------
    frame : pandas.DataFrame
        Business as usual, as for `with_actions`.
    actions : iterable of Action
    starts : mapping of str to int, optional
        As for `with_actions`.
    path : FactorPath, optional
        Whose series ``marginal`` is used; the Green Book's when left out.

    Returns
    -------
    DecisionEffects

    Raises
    ------
    UsageError
        As `with_actions`.

    Examples
    --------
    >>> import pandas as pd
    >>> power = pd.DataFrame({"organisation": ["RXX"], "theme": ["electricity"],
    ...                       "activity": ["energy.electricity.grid"], "unit": ["kWh"], "year": ["2030/31"],
    ...                       "quantity": [1e6], "kgco2e": [50000.0]})
    >>> lamps = Action(id="a", title="LED", selects=("theme:electricity",), effect="reduce", share=0.1, start_from=2030,
    ...                start_to=2030)
    >>> found = decision_effects(power, [lamps]).table
    >>> found[["kwh_less", "average_tco2e", "marginal_tco2e"]].round(4).to_numpy().tolist()
    [[100000.0, 5.0, 9.1393]]
    """
    grid = path or factor_path()
    chosen = sorted(actions, key=lambda action: action.id)
    effects = effects_of(frame, chosen)
    ground = effects.ground
    begins = {action.id: action.start_from for action in chosen} if starts is None else starts
    taken = taken_by(chosen, begins, ground.years)[0]
    marginal = _marginal(grid, ground.years)
    own = [line for line in range(len(ground.lines)) if _is_power(ground, line)]
    per_unit = np.array([_factor(ground, line) for line in own]).reshape(len(own), len(ground.years))
    in_kwh = np.array([shipped_units().ratio(_unit(ground, line), KWH) for line in own])
    shape = (len(chosen), len(ground.years))
    average, of_power, kwh = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    step = max(1, CHUNK // max(1, len(ground.lines) * len(ground.years)))
    for at in range(0, len(chosen), step):
        part = slice(at, at + step)
        alone = np.zeros((len(taken[part]), *taken.shape))
        alone[np.arange(len(alone)), np.arange(at, at + len(alone))] = taken[part]
        saved = ground.kgco2e[:, None] - effects.kgco2e.remaining(alone)
        average[part] = saved.sum(axis=0)
        of_power[part] = saved[own].sum(axis=0)
        units = np.divide(saved[own], per_unit[:, None], out=np.zeros_like(saved[own]), where=per_unit[:, None] > 0)
        kwh[part] = (units * in_kwh[:, None, None]).sum(axis=0)
    kwh[np.abs(kwh) <= NOISE * np.abs(kwh).max(initial=0.0)] = 0.0
    decided = np.where(kwh == 0, average, average - of_power + kwh * marginal)
    years = [nhs_year(year) for year in ground.years]
    how = [booked_as(action, str(frame.attrs.get("boundary", ""))) for action in chosen]
    counted = np.repeat([each == COUNTED for each in how], len(years))
    table = pd.DataFrame({
        "action": np.repeat([action.id for action in chosen], len(years)),
        "year": np.tile(years, len(chosen)),
        "kwh_less": np.where(counted, kwh.ravel(), np.nan),
        "average_tco2e": np.where(counted, average.ravel() / KG_PER_TONNE, np.nan),
        "marginal_tco2e": np.where(counted, decided.ravel() / KG_PER_TONNE, np.nan),
        "booked": np.repeat(how, len(years)),
    })  # fmt: skip
    held = tuple(year for year, value in zip(years, marginal.tolist(), strict=True) if value == value)  # noqa: PLR0124
    return DecisionEffects(table, held, grid.source)


def _marginal(grid: FactorPath, years: tuple[int, ...]) -> Numbers:
    """Return the marginal factor of each year [kgCO2e/kWh]; missing where the path has none: it is never carried on."""
    known = grid.points["marginal"][0]
    values = np.full(len(years), np.nan)
    inside = np.array([known[0] <= year <= known[-1] for year in years])
    if inside.any():
        values[inside] = grid.value("marginal", np.array(years, np.int64)[inside])
    return values


def _is_power(ground: Ground, line: int) -> bool:
    cell, theme = ground.lines[line]
    return any((power.theme, power.activity) == (theme, ground.cells[cell][1]) for power in bought_power())


def _unit(ground: Ground, line: int) -> str:
    unit = ground.cells[ground.lines[line][0]][2]
    units = shipped_units()
    if units.known(unit) is None or not units.same_kind(units.canonical(unit), KWH):
        raise UsageError(f"bought electricity is in '{unit[:40]}', which does not measure energy")
    return units.canonical(unit)


def _factor(ground: Ground, line: int) -> Numbers:
    """Return the average factor of a line [kgCO2e per unit]; 0 where nothing was used."""
    if line in ground.lent:
        return factor_of(ground, line)
    used = ground.quantity[line]
    return np.asarray(np.divide(ground.kgco2e[line], used, out=np.zeros_like(used), where=used > 0))
