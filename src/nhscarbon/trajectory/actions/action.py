"""An action of a Green Plan: what it changes, when, for how much, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from nhscarbon.methods.units import KG_PER_TONNE
from nhscarbon.output.text import short_repr

Effect = Literal["reduce", "switch", "factor", "fixed", "enabling"]
EFFECTS: tuple[Effect, ...] = ("reduce", "switch", "factor", "fixed", "enabling")
EVERYONE = "all"
THEME = "theme:"  # how a whole theme is selected

Numbers = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Action:
    """One action as a trust or a system plans it.

    Attributes
    ----------
    id, title, owner : str
        `owner` is the organisation that answers for it.
    organisations : tuple of str
        Whose emissions it changes; ``("all",)`` for every organisation of the data.
    theme : str
        Where the plan files it, such as "Estates and facilities".
    selects : tuple of str
        Activity codes or their beginnings (``"waste.domestic"``), or ``"theme:waste"``.
    effect : str
        ``reduce`` cuts the quantity; ``switch`` moves it to another activity; ``factor`` cuts the emissions of a
        unit; ``fixed`` takes away tonnes, needs evidence, and never more than what remains; ``enabling`` has no effect
        of its own.
    share : float or None
        Of what is selected, 0 to 1, when fully delivered (not of `fixed`); None where it is not known.
    tco2e_a_year : float or None
        [tCO2e] of `fixed`; None where it is not known.
    switch_to : str
        The activity that takes over.
    efficiency, cop : float or None
        Of the old plant and of the new: ``kWh of the new = kWh of the old * efficiency / cop``.
    units_per_unit : float or None
        In their place where the units differ: units of the new for each unit of the old.
    ramp : tuple of float
        Share of the full effect in the first, second ... year; the last one lasts.
    life : int
        Years in which it works.
    start_from, start_to : int
        The NHS years (by the calendar year of their April) between which it may start.
    capital_gbp : tuple of float
        [GBP, real] in the first, second ... year.
    revenue_gbp, staff_fte : tuple of float
        One number for every year of its life, or one for each year from the start. Saved money is negative.
    requires, excludes : tuple of str
        Actions that must have started, and those that may not be in the same plan.
    realisation, realisation_sd : float
        The mean and standard deviation of the share of the promise that is delivered (Beta).
    slip : tuple of float
        The chance that it starts in time, one year late, two years late ...
    risk, mitigation : str
    likelihood, impact : float
        Chance of the risk, and the share of the effect that is lost if it happens.
    lead, status, evidence : str
    co_benefits : tuple of str
    """

    id: str
    title: str
    owner: str = ""
    organisations: tuple[str, ...] = (EVERYONE,)
    theme: str = ""
    selects: tuple[str, ...]
    effect: Effect
    share: float | None = 0.0
    tco2e_a_year: float | None = 0.0
    switch_to: str = ""
    efficiency: float | None = None
    cop: float | None = None
    units_per_unit: float | None = None
    ramp: tuple[float, ...] = (1.0,)
    life: int = 100
    start_from: int
    start_to: int
    capital_gbp: tuple[float, ...] = (0.0,)
    revenue_gbp: tuple[float, ...] = (0.0,)
    staff_fte: tuple[float, ...] = (0.0,)
    requires: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    realisation: float = 1.0
    realisation_sd: float = 0.0
    slip: tuple[float, ...] = (1.0,)
    risk: str = ""
    likelihood: float = 0.0
    impact: float = 0.0
    mitigation: str = ""
    lead: str = ""
    status: str = ""
    co_benefits: tuple[str, ...] = field(default=())
    evidence: str = ""

    __repr__ = short_repr

    @property
    def full_effect(self) -> float:
        """The share that is taken away, or [kgCO2e a year] of `fixed`; 0 where it is not known."""
        figure = self._figure
        return (figure or 0.0) * (KG_PER_TONNE if self.effect == "fixed" else 1.0)

    @property
    def _figure(self) -> float | None:
        if self.effect == "enabling":
            return None
        return self.tco2e_a_year if self.effect == "fixed" else self.share

    @property
    def quantified(self) -> bool:
        """Whether it is known how much it takes away; what is not takes nothing here, which is no effect of zero."""
        return self._figure is not None

    @property
    def new_per_old(self) -> float:
        """Units of the activity switched to for each unit left: efficiency / COP for a boiler and a heat pump."""
        if self.units_per_unit is not None:
            return self.units_per_unit
        return (self.efficiency or 1.0) / (self.cop or 1.0)

    @property
    def starts(self) -> tuple[int, ...]:
        """The years in which it may start."""
        return tuple(range(self.start_from, self.start_to + 1))

    def concerns(self, organisation: str) -> bool:
        """Whether it changes an organisation's emissions."""
        return self.organisations == (EVERYONE,) or organisation in self.organisations

    def picks(self, theme: str, activity: str) -> bool:
        """Whether what it selects includes a line of this theme and activity."""
        return any(
            theme == word.removeprefix(THEME)
            if word.startswith(THEME)
            else activity == word or activity.startswith(word.removesuffix(".*") + ".")
            for word in self.selects
        )


def profile(action: Action, start: int, years: Sequence[int]) -> Numbers:
    """Return the share of the full effect in each year if the action starts in `start` and all goes as promised.

    Examples
    --------
    >>> action = Action(id="a", title="LED", selects=("theme:electricity",), effect="reduce", share=0.1,
    ...                 ramp=(0.5, 1.0), life=3, start_from=2026, start_to=2026)
    >>> profile(action, 2026, range(2025, 2031)).tolist()
    [0.0, 0.5, 1.0, 1.0, 0.0, 0.0]
    """
    age = np.asarray(years, np.int64) - start
    ramp = np.array(action.ramp, np.float64)
    alive = (age >= 0) & (age < action.life)
    return np.where(alive, ramp[np.clip(age, 0, len(ramp) - 1)], 0.0)


def expected_effect(action: Action, start: int, years: Sequence[int]) -> Numbers:
    """Return what an action takes away in each year on average: a share, or [kgCO2e] of `fixed`.

    Late starts, partial delivery and the risk are in the mean, so that the mean of the draws is the central figure
    wherever independent actions multiply.
    """
    late = sum(
        (chance * profile(action, start + years_late, years) for years_late, chance in enumerate(action.slip)),
        start=np.zeros(len(years)),
    )
    return action.full_effect * action.realisation * (1 - action.likelihood * action.impact) * late


def by_year(values: Sequence[float], action: Action, start: int, years: Sequence[int], *, once: bool) -> Numbers:
    """Return yearly amounts of an action from its start.

    Parameters
    ----------
    values : sequence of float
        One number, or one for each year from the start.
    action : Action
    start : int
    years : sequence of int
    once : bool
        Whether one number means the first year (capital) or every year of the action's life.
    """
    age = np.asarray(years, np.int64) - start
    if len(values) == 1 and not once:
        return np.where((age >= 0) & (age < action.life), values[0], 0.0)
    listed = np.array([*values, 0.0], np.float64)
    return np.where(age >= 0, listed[np.clip(age, 0, len(values))], 0.0)


def spend(action: Action, start: int, years: Sequence[int]) -> dict[str, Numbers]:
    """Return the capital [GBP], revenue [GBP] and staff [FTE] of an action in each year."""
    return {
        "capital": by_year(action.capital_gbp, action, start, years, once=True),
        "revenue": by_year(action.revenue_gbp, action, start, years, once=False),
        "staff": by_year(action.staff_fte, action, start, years, once=False),
    }
