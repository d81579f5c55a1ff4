"""Business as usual as arrays: what actions stand on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from nhscarbon.errors import PeriodError, UsageError
from nhscarbon.output.text import short_repr
from nhscarbon.periods import nhs_year, parse_period
from nhscarbon.trajectory.actions.action import Action, Numbers

WORDS = ("organisation", "theme", "activity", "unit")
COLUMNS = (*WORDS, "year", "quantity", "kgco2e")
SAME = 1e-6  # factors of one activity and year that agree to this are one national factor
TOLD = 8  # faults that a message shows


@dataclass(frozen=True, eq=False)
class Ground:
    """Lines (a cell and a theme) and cells (organisation, activity, unit) over consecutive NHS years.

    Attributes
    ----------
    years : tuple of int
        By the calendar year of their April.
    cells : tuple of (organisation, activity, unit)
    lines : tuple of (cell, theme)
    quantity : float64 array, shape (lines, years)
        In the cell's unit.
    kgco2e : float64 array, shape (lines, years)
    given : int
        Lines of the frame; those after it are brought in by switches.
    lent : Mapping
        Lines whose factors are those of the other organisations.
    """

    years: tuple[int, ...]
    cells: tuple[tuple[str, str, str], ...]
    lines: tuple[tuple[int, str], ...]
    quantity: Numbers
    kgco2e: Numbers
    given: int
    lent: Mapping[int, Numbers]

    __repr__ = short_repr

    def quantity_of_cell(self, cell: int) -> Numbers:
        """Return the quantity of an activity, once, however many themes report it.

        Raises
        ------
        UsageError
            If its themes state different quantities.
        """
        rows = self.quantity[[line for line, (home, _) in enumerate(self.lines[: self.given]) if home == cell]]
        if not np.allclose(rows, rows[0], rtol=SAME, atol=0.0):
            raise UsageError(
                f"{' '.join(self.cells[cell])} has different quantities under its themes, so how much a switch moves "
                "is not known; give the activity's whole quantity in each of its rows"
            )
        return np.asarray(rows[0])


def ground_of(frame: pd.DataFrame) -> Ground:
    """Turn a business-as-usual frame into arrays.

    Raises
    ------
    UsageError
        If columns, years or numbers are missing, or a line is given twice for a year; all faults at once.
    """
    if missing := [name for name in COLUMNS if name not in frame.columns]:
        raise UsageError(f"business as usual needs the columns {', '.join(COLUMNS)}; it has no {', '.join(missing)}")
    if frame.empty:
        raise UsageError("business as usual has no rows")
    faults = []
    numbers = frame[["quantity", "kgco2e"]].to_numpy(np.float64)
    if bad := int((~np.isfinite(numbers)).any(axis=1).sum()):
        faults.append(f"{bad} rows have no quantity or no kgco2e; an empty cell is not zero")
    words = sorted({str(word) for word in frame["year"].unique()})
    try:
        named = {word: int(parse_period(word).year[:4]) for word in words}
    except PeriodError as error:
        raise UsageError(f"business as usual: {error}") from error
    years = tuple(range(min(named.values()), max(named.values()) + 1))
    if gaps := [nhs_year(year) for year in years if year not in named.values()]:
        faults.append(f"no row is of {', '.join(gaps[:TOLD])}; the years must follow one another")
    keys = frame[list(WORDS)].astype(str)
    line_of, labels = pd.factorize(pd.MultiIndex.from_frame(keys), sort=True)
    at = frame["year"].astype(str).map(named).to_numpy(np.int64) - years[0]
    filled = np.zeros((len(labels), len(years)), np.int64)
    np.add.at(filled, (line_of, at), 1)
    if (filled > 1).any():
        line, year = np.argwhere(filled > 1)[0]
        such = f"{' '.join(labels[line])} {nhs_year(years[year])}"
        faults.append(f"{int((filled > 1).sum())} lines and years are given twice, such as {such}")
    if (filled == 0).any() and not gaps:
        line, year = np.argwhere(filled == 0)[0]
        such = f"{' '.join(labels[line])} {nhs_year(years[year])}"
        faults.append(f"{int((filled == 0).sum())} lines and years are missing, such as {such}; missing is not zero")
    if faults:
        raise UsageError(f"business as usual cannot be used: {'; '.join(faults)}")
    arrays = np.zeros((2, len(labels), len(years)))
    arrays[:, line_of, at] = numbers.T
    cells = tuple(sorted({(label[0], label[2], label[3]) for label in labels}))
    place = {cell: rank for rank, cell in enumerate(cells)}
    lines = tuple((place[label[0], label[2], label[3]], label[1]) for label in labels)
    return Ground(years, cells, lines, arrays[0], arrays[1], len(lines), {})


def factor_of(ground: Ground, line: int) -> Numbers:
    """Return the factor of a line in each year [kgCO2e per unit]: its own, or the one that all others share."""
    if line in ground.lent:
        return ground.lent[line]
    return np.asarray(ground.kgco2e[line] / ground.quantity[line])


def target_lines(  # noqa: PLR0912  one walk, whose faults come all at once
    ground: Ground, actions: Sequence[Action], chosen: Sequence[Sequence[int] | None]
) -> tuple[Ground, dict[tuple[int, int], list[int]]]:
    """Find, or add, the lines that each switch brings quantity to.

    A line without quantity in some year has no factor of its own; it is lent the factor that the other
    organisations' lines of the same theme, activity and unit share, where they share one.

    Parameters
    ----------
    ground : Ground
    actions : sequence of Action
    chosen : sequence of sequences of int
        The cells that each action selects; None of one that takes nothing.

    Returns
    -------
    Ground
        With the lines that were added.
    dict
        The lines by action and cell.

    Raises
    ------
    UsageError
        If a factor is not known; all such faults at once.
    """
    cells, lines, lent = list(ground.cells), list(ground.lines), dict(ground.lent)
    place = {cell: rank for rank, cell in enumerate(cells)}
    found: dict[tuple[int, int], list[int]] = {}
    faults: dict[str, None] = {}
    by_activity: dict[str, list[int]] = {}
    for line, (cell, _) in enumerate(ground.lines):
        by_activity.setdefault(ground.cells[cell][1], []).append(line)
    for rank, action in enumerate(actions):
        cells_of_action = chosen[rank]
        if action.effect != "switch" or cells_of_action is None:
            continue
        known = by_activity.get(action.switch_to, [])
        units = sorted({ground.cells[ground.lines[line][0]][2] for line in known})
        if len(units) != 1:
            why = "in several units" if units else "nowhere in business as usual, so its factor is not known"
            faults[f"{action.id} switches to '{action.switch_to}', which is {why}"] = None
            continue
        themes = sorted({ground.lines[line][1] for line in known})
        for source in cells_of_action:
            unit = ground.cells[source][2]
            if action.units_per_unit is None and unit != units[0]:
                faults[f"{action.id} switches {unit} to {units[0]}: give units_per_unit for efficiency and COP"] = None
            if ground.cells[source][1] == action.switch_to:
                faults[f"{action.id} switches '{action.switch_to}' to itself"] = None
            target = (ground.cells[source][0], action.switch_to, units[0])
            if target not in place:
                place[target] = len(cells)
                cells.append(target)
                lines += [(place[target], theme) for theme in themes]
            goals = [line for line, (cell, _) in enumerate(lines) if cell == place[target]]
            for line in goals:
                if line in lent or (line < ground.given and (ground.quantity[line] > 0).all()):
                    continue
                shared = _shared(ground, known, lines[line][1])
                if shared is None:
                    why = f"{target[0]} has no '{action.switch_to}' in some year, and the others share no factor"
                    faults[f"{action.id}: {why}"] = None
                else:
                    lent[line] = shared
            found[rank, source] = goals
    if faults:
        shown = list(faults)
        more = f"; and {len(shown) - TOLD} more" if len(shown) > TOLD else ""
        raise UsageError(f"switches meet no factor: {'; '.join(shown[:TOLD])}{more}")
    extra = np.zeros((len(lines) - len(ground.lines), len(ground.years)))
    wider = replace(
        ground,
        cells=tuple(cells),
        lines=tuple(lines),
        lent=lent,
        quantity=np.concatenate([ground.quantity, extra]),
        kgco2e=np.concatenate([ground.kgco2e, extra]),
    )
    return wider, found


def _shared(ground: Ground, known: Sequence[int], theme: str) -> Numbers | None:
    """Return the factor that all lines with a quantity share in each year."""
    rows = [line for line in known if ground.lines[line][1] == theme]
    quantity, kg = ground.quantity[rows], ground.kgco2e[rows]
    factor = np.divide(kg, quantity, out=np.full_like(kg, np.nan), where=quantity > 0)
    if np.isnan(factor).all(axis=0).any():
        return None
    low, high = np.nanmin(factor, axis=0), np.nanmax(factor, axis=0)
    return None if (high - low > SAME * np.abs(high)).any() else np.asarray(high)
