"""What actions do to a business-as-usual frame.

Business as usual is one row per organisation, theme, activity, unit and NHS year, with ``quantity`` (in `unit`) and
``kgco2e``. An activity that is reported under two themes (a fuel, and its well-to-tank) repeats its quantity.

In a year, with x the share that an action takes away:

* `reduce` and `switch` change the quantity of an activity, so all its themes follow; `factor` and `fixed` only the
  lines that are selected.
* Overlaps multiply: 30 %, 20 % and 50 % of one thing leave 0.7 * 0.8 * 0.5.
* What is switched meets the factor of its new activity in that year. Savings of the new activity do not reach what is
  switched to it (better lamps do not help a heat pump); changes of its factor do. Where several switches meet on one
  activity, the one that needs least of the new goes first.
* `fixed` tonnes come last, spread over the lines by what remains of them, and never take more than that.
* What the method does not count takes nothing away (`claims`), and nor does what is not quantified.

So the emissions of a line are a sum of products, kept here as terms: a coefficient [kgCO2e] times (1 - x) of some
actions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from nhscarbon.errors import UsageError
from nhscarbon.output.text import short_repr
from nhscarbon.periods import nhs_year
from nhscarbon.trajectory.actions.action import Action, Numbers, expected_effect
from nhscarbon.trajectory.actions.baseline import COLUMNS, Ground, factor_of, ground_of, target_lines
from nhscarbon.trajectory.actions.checks import message_of, of_one
from nhscarbon.trajectory.actions.claims import claim_on

if TYPE_CHECKING:
    Key = tuple[tuple[int, ...], tuple[int, ...]]

TOLD = 8  # faults that a message shows
ROUNDING = 1e-13  # of the terms: what is brought and taken again cancels to this
CHUNK = 4_000_000  # numbers that are in memory at once


@dataclass(frozen=True, eq=False)
class Terms:
    """Emissions as sums of products.

    Attributes
    ----------
    fixed : tuple of tuple of int
        The `fixed` actions of each group of lines.
    group : tuple of int
        The group of each term.
    actions : tuple of tuple of int
        The actions whose (1 - x) are multiplied.
    coefficient : float64 array, shape (terms, years)
        [kgCO2e]
    """

    fixed: tuple[tuple[int, ...], ...]
    group: tuple[int, ...]
    actions: tuple[tuple[int, ...], ...]
    coefficient: Numbers

    __repr__ = short_repr

    def remaining(self, taken: Numbers) -> Numbers:
        """Return what remains of each group.

        Parameters
        ----------
        taken : float64 array, shape (cases, actions, years)
            Share that each action takes away, or [kgCO2e] of `fixed`.

        Returns
        -------
        float64 array, shape (groups, cases, years)
            [kgCO2e]
        """
        left = np.zeros((len(self.fixed), taken.shape[0], taken.shape[2]))
        stay, size = 1.0 - taken, np.zeros((len(self.fixed), 1, 1))
        for group, actions, coefficient in zip(self.group, self.actions, self.coefficient, strict=True):
            size[group] += np.abs(coefficient).max()
            left[group] += coefficient * stay[:, list(actions)].prod(axis=1) if actions else coefficient
        left[np.abs(left) <= ROUNDING * size] = 0.0
        return _less_fixed(left, self.fixed, taken)

    def total(self, taken: Numbers) -> Numbers:
        """Return what remains in all, shape (cases, years) [kgCO2e]; `taken` as for `remaining`."""
        step = max(1, CHUNK // max(1, (len(self.fixed) + taken.shape[1]) * taken.shape[2]))
        parts = [self.remaining(taken[at : at + step]).sum(axis=0) for at in range(0, len(taken), step)]
        return np.concatenate(parts) if parts else np.zeros((0, taken.shape[2]))


def _less_fixed(left: Numbers, fixed: Sequence[tuple[int, ...]], taken: Numbers) -> Numbers:
    cut = np.zeros_like(left)
    for action in sorted({action for actions in fixed for action in actions}):
        groups = [group for group, actions in enumerate(fixed) if action in actions]
        whole = left[groups].sum(axis=0)
        share = np.divide(taken[:, action], whole, out=np.zeros_like(whole), where=whole > 0)
        cut[groups] += left[groups] * share
    return left - np.minimum(cut, np.maximum(left, 0.0))


@dataclass(frozen=True, eq=False)
class Effects:
    """The terms of emissions and of quantities by line, of some actions on some ground."""

    ground: Ground
    kgco2e: Terms
    quantity: Terms

    __repr__ = short_repr


def effects_of(frame: pd.DataFrame | Ground, actions: Sequence[Action]) -> Effects:
    """Return the terms of a frame's lines under actions.

    Raises
    ------
    UsageError
        If an action is unsound, the frame is not business as usual, or a switch meets no factor; all at once.
    """
    faults = [f"{action.id}: {message_of(fault, action.id)}" for action in actions for fault in of_one(vars(action))]
    ids = [action.id for action in actions]
    faults += [f"{id} appears twice" for id in sorted({id for id in ids if ids.count(id) > 1})]
    if faults:
        raise UsageError(f"actions that cannot be used: {'; '.join(faults[:TOLD])}")
    ground = frame if isinstance(frame, Ground) else ground_of(frame)
    boundary = frame.attrs.get("boundary", "") if isinstance(frame, pd.DataFrame) else ""
    counted = [action.quantified and not claim_on(action, boundary) for action in actions]
    chosen = [_chosen(ground, action) if counts else ([], []) for action, counts in zip(actions, counted, strict=True)]
    switched = [cells if counts else None for (cells, _), counts in zip(chosen, counted, strict=True)]
    ground, targets = target_lines(ground, actions, switched)
    on_cell: dict[int, list[int]] = {}
    on_line: dict[int, list[int]] = {}
    for place, ((cells, lines), action) in enumerate(zip(chosen, actions, strict=True)):
        for cell in cells if action.effect in ("reduce", "switch") else ():
            on_cell.setdefault(cell, []).append(place)
        for line in lines if action.effect in ("factor", "fixed") else ():
            on_line.setdefault(line, []).append(place)
    for place, action in enumerate(actions):  # lines that a switch brought in are selected by their words too
        if action.effect in ("factor", "fixed") and counted[place]:
            for line in range(ground.given, len(ground.lines)):
                if _fits(action, ground, line):
                    on_line.setdefault(line, []).append(place)
    fixed = tuple(
        tuple(p for p in on_line.get(line, ()) if actions[p].effect == "fixed") for line in range(len(ground.lines))
    )
    factors = [
        tuple(p for p in on_line.get(line, ()) if actions[p].effect == "factor") for line in range(len(ground.lines))
    ]
    kg: dict[tuple[int, tuple[int, ...]], Numbers] = {}
    quantity: dict[tuple[int, tuple[int, ...]], Numbers] = {}

    def add(
        terms: dict[tuple[int, tuple[int, ...]], Numbers], line: int, on: Iterable[int], coefficient: Numbers
    ) -> None:
        key = (line, tuple(sorted(on)))
        terms[key] = terms[key] + coefficient if key in terms else coefficient

    for line, (cell, _) in enumerate(ground.lines):
        on = on_cell.get(cell, [])
        add(kg, line, (*on, *factors[line]), ground.kgco2e[line])
        add(quantity, line, on, ground.quantity[line])
    for cell, on in on_cell.items():
        reduces = [place for place in on if actions[place].effect == "reduce"]
        switches = [place for place in on if actions[place].effect == "switch"]
        switches.sort(key=lambda p: (actions[p].new_per_old, actions[p].switch_to, actions[p].id))
        for rank, place in enumerate(switches):
            before, after = (*reduces, *switches[:rank]), (*reduces, *switches[: rank + 1])
            moved = ground.quantity_of_cell(cell) * actions[place].new_per_old
            for line in targets[place, cell]:
                brought = moved * factor_of(ground, line)
                add(kg, line, (*before, *factors[line]), brought)
                add(kg, line, (*after, *factors[line]), -brought)
                add(quantity, line, before, moved)
                add(quantity, line, after, -moved)
    return Effects(ground, _terms(kg, fixed), _terms(quantity, tuple(() for _ in fixed)))


def _terms(found: Mapping[tuple[int, tuple[int, ...]], Numbers], fixed: tuple[tuple[int, ...], ...]) -> Terms:
    kept = [(key, value) for key, value in found.items() if value.any()]
    years = next(iter(found.values())).shape[0] if found else 0
    return Terms(
        fixed,
        tuple(line for (line, _), _ in kept),
        tuple(on for (_, on), _ in kept),
        np.array([value for _, value in kept]).reshape(len(kept), years),
    )


def together(terms: Terms) -> Terms:
    """Return the terms of all lines in one, where only the sum is asked for."""
    found: dict[Key, Numbers] = {}
    for group, on, coefficient in zip(terms.group, terms.actions, terms.coefficient, strict=True):
        key = (terms.fixed[group], on)
        found[key] = found[key] + coefficient if key in found else coefficient
    fixed = tuple(sorted({key[0] for key in found}))
    at = {key: place for place, key in enumerate(fixed)}
    size = max((np.abs(value).max() for value in found.values()), default=0.0)
    # what a switch brings and takes again cancels to rounding noise
    kept = sorted(key for key, value in found.items() if np.abs(value).max() > 1e-12 * size)
    return Terms(
        fixed,
        tuple(at[key[0]] for key in kept),
        tuple(key[1] for key in kept),
        np.array([found[key] for key in kept]).reshape(len(kept), terms.coefficient.shape[1]),
    )


def clusters_of(terms: Terms, actions: int) -> list[list[int]]:
    """Return the groups of actions that meet on some term; actions that meet nothing are left out."""
    home = list(range(actions))

    def root(place: int) -> int:
        while home[place] != place:
            place = home[place]
        return place

    touched: set[int] = set()
    for group, on in zip(terms.group, terms.actions, strict=True):
        met = (*on, *terms.fixed[group])
        touched.update(met)
        for place in met[1:]:
            low, high = sorted((root(met[0]), root(place)))
            home[high] = low
    found: dict[int, list[int]] = {}
    for place in sorted(touched):
        found.setdefault(root(place), []).append(place)
    return [found[key] for key in sorted(found)]


def part_of(terms: Terms, cluster: Sequence[int]) -> Terms:
    """Return the terms that a cluster's actions touch, with the actions numbered within it."""
    at = {place: rank for rank, place in enumerate(cluster)}
    inside = [
        term
        for term, (group, on) in enumerate(zip(terms.group, terms.actions, strict=True))
        if any(place in at for place in (*on, *terms.fixed[group]))
    ]
    groups = sorted({terms.group[term] for term in inside})
    rank = {group: place for place, group in enumerate(groups)}
    return Terms(
        tuple(tuple(at[place] for place in terms.fixed[group]) for group in groups),
        tuple(rank[terms.group[term]] for term in inside),
        tuple(tuple(at[place] for place in terms.actions[term]) for term in inside),
        terms.coefficient[inside],
    )


def taken_by(actions: Sequence[Action], starts: Mapping[str, int], years: Sequence[int]) -> Numbers:
    """Return what each action takes away on average, shape (1, actions, years); one that has no start takes nothing."""
    rows = [
        expected_effect(action, starts[action.id], years) if action.id in starts else np.zeros(len(years))
        for action in actions
    ]
    return np.array(rows, np.float64).reshape(1, len(actions), len(years))


def with_actions(
    frame: pd.DataFrame, actions: Iterable[Action], *, starts: Mapping[str, int] | None = None
) -> pd.DataFrame:
    """Return business as usual with actions carried out.

    Parameters
    ----------
    frame : pandas.DataFrame
        Columns organisation, theme, activity, unit, year (``"2030/31"``), quantity (in `unit`) and kgco2e [kgCO2e].
    actions : iterable of Action
    starts : mapping of str to int, optional
        The year in which each action starts, by its id; the first of its window when left out. With a mapping, an
        action that is not in it is not carried out.

    Returns
    -------
    pandas.DataFrame
        The same columns and rows, with rows added for what a switch brings to an organisation; nothing of the
        caller's frame is changed.

    Raises
    ------
    UsageError
        If an action is unsound, the frame is not complete, or a switch meets no factor.

    Examples
    --------
    >>> import pandas as pd
    >>> gas = pd.DataFrame({"organisation": ["RXX"], "theme": ["fossil_fuels"], "activity": ["energy.natural_gas"],
    ...                     "unit": ["kWh"], "year": ["2026/27"], "quantity": [1000.0], "kgco2e": [180.0]})
    >>> less = Action(id="a", title="Insulation", selects=("energy.natural_gas",), effect="reduce", share=0.25,
    ...               start_from=2026, start_to=2026)
    >>> with_actions(gas, [less])["kgco2e"].tolist()
    [135.0]
    """
    chosen = sorted(actions, key=lambda action: action.id)
    effects = effects_of(frame, chosen)
    ground = effects.ground
    begins = {action.id: action.start_from for action in chosen} if starts is None else starts
    taken = taken_by(chosen, begins, ground.years)
    kg, quantity = effects.kgco2e.remaining(taken)[:, 0], effects.quantity.remaining(taken)[:, 0]
    years = [nhs_year(year) for year in ground.years]
    parts = []
    for line, (cell, theme) in enumerate(ground.lines):
        if line >= ground.given and not quantity[line].any():
            continue  # a switch that brought nothing
        organisation, activity, unit = ground.cells[cell]
        parts.append(
            pd.DataFrame(
                {
                    "organisation": organisation,
                    "theme": theme,
                    "activity": activity,
                    "unit": unit,
                    "year": years,
                    "quantity": quantity[line],
                    "kgco2e": kg[line],
                }
            )
        )
    return pd.concat(parts, ignore_index=True)[list(COLUMNS)]


def _fits(action: Action, ground: Ground, line: int) -> bool:
    cell, theme = ground.lines[line]
    organisation, activity, _ = ground.cells[cell]
    return action.concerns(organisation) and action.picks(theme, activity)


def _chosen(ground: Ground, action: Action) -> tuple[list[int], list[int]]:
    """Return the cells and the lines that an action selects."""
    lines = [line for line in range(ground.given) if _fits(action, ground, line)]
    return list(dict.fromkeys(ground.lines[line][0] for line in lines)), lines
