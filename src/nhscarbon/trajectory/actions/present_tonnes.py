"""The tonnes of one year that actions claim from: by organisation, theme and activity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nhscarbon.errors import BoundaryError
from nhscarbon.footprint.footprint import Footprint
from nhscarbon.methods.units import KG_PER_TONNE
from nhscarbon.output.text import short_repr
from nhscarbon.periods import parse_period
from nhscarbon.trajectory.actions.action import Action
from nhscarbon.trajectory.actions.baseline import ground_of
from nhscarbon.trajectory.actions.claims import bought_power

Numbers: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class PresentTonnes:
    """What there is to save from.

    Attributes
    ----------
    organisations : tuple of str
    lines : tuple of (theme, activity)
    tco2e : float64 array, shape (organisations, lines)
        [tCO2e] of the latest year of a footprint, or of the first of business as usual.
    first, last : int
        The NHS years that actions may start in, by the calendar year of their April.
    ahead : bool
        Whether those years are all that is known: of business as usual, not of a footprint.
    """

    organisations: tuple[str, ...]
    lines: tuple[tuple[str, str], ...]
    tco2e: Numbers
    first: int
    last: int
    ahead: bool
    _met: dict[tuple[str, ...], NDArray[np.bool_]] = field(default_factory=dict, repr=False)

    __repr__ = short_repr

    def place(self, organisation: str) -> int | None:
        """Return the row of an organisation; of a blank one, the only row there is."""
        if organisation in self.organisations:
            return self.organisations.index(organisation)
        return 0 if not organisation and len(self.organisations) == 1 else None

    def selected(self, selects: tuple[str, ...], place: int) -> float:
        """Return the tonnes of what some words select [tCO2e]."""
        return float(self.tco2e[place, self._mask(selects)].sum())

    def of_power(self, selects: tuple[str, ...], place: int) -> float:
        """Return the location-based tonnes of bought power whose market-based line a contract can lower [tCO2e]."""
        own = {(power.theme, power.activity) for power in bought_power() if not power.zero}
        return float(self.tco2e[place, self._mask(selects) & np.array([line in own for line in self.lines])].sum())

    def _mask(self, selects: tuple[str, ...]) -> NDArray[np.bool_]:
        if selects not in self._met:
            words = Action(id="", title="", selects=selects, effect="fixed", start_from=0, start_to=0)
            self._met[selects] = np.array([words.picks(*line) for line in self.lines], np.bool_)
        return self._met[selects]


def present_tonnes(source: Footprint | pd.DataFrame) -> PresentTonnes:
    """Return the tonnes of a footprint's latest year, or of the first year of business as usual.

    Raises
    ------
    UsageError
        If a frame is not business as usual.
    BoundaryError
        If the footprint has no main total.
    """
    if isinstance(source, pd.DataFrame):
        ground = ground_of(source)
        labels = [(ground.cells[cell][0], theme, ground.cells[cell][1]) for cell, theme in ground.lines]
        return _made(labels, ground.kgco2e[:, 0] / KG_PER_TONNE, ground.years[0], ground.years[-1], ahead=True)
    latest = source.periods[-1]
    own = source if len(source.periods) == 1 else source.filter(period=latest)
    names = ("organisation", "theme", "activity")
    try:
        table = own.by(*names, boundary=own.method.widest)
    except BoundaryError:  # the wider total lacks a factor; the main one stands
        table = own.by(*names)
    labels = list(zip(*(table[name].astype(str) for name in names), strict=True))
    year = int(parse_period(latest).year[:4])
    return _made(labels, table["tco2e"].to_numpy(np.float64), year, year, ahead=False)


def _made(
    labels: Sequence[tuple[str, str, str]], tonnes: Numbers, first: int, last: int, *, ahead: bool
) -> PresentTonnes:
    who = sorted({label[0] for label in labels})
    lines = sorted({label[1:] for label in labels})
    row = {name: at for at, name in enumerate(who)}
    column = {line: at for at, line in enumerate(lines)}
    tco2e = np.zeros((len(who), len(lines)))
    at = ([row[label[0]] for label in labels], [column[label[1:]] for label in labels])
    np.add.at(tco2e, at, tonnes)
    return PresentTonnes(tuple(who), tuple(lines), tco2e, first, last, ahead)
