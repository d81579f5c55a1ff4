"""What can be wrong with an action: alone, among others, and against business as usual."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from difflib import get_close_matches
from typing import Any

import numpy as np
import pandas as pd

from nhscarbon.errors import UsageError
from nhscarbon.methods.units import KG_PER_TONNE
from nhscarbon.periods import nhs_year
from nhscarbon.trajectory.actions.action import EFFECTS, EVERYONE, THEME, Action, profile
from nhscarbon.trajectory.actions.baseline import ground_of, target_lines

Fault = tuple[str, str, str, str]  # code, column, message, suggestion
SHARES = ("share", "realisation", "likelihood", "impact")
LONGEST = 100  # years of life


def of_one(values: Mapping[str, Any]) -> list[Fault]:
    """Return what is wrong with one action by itself."""
    effect, id = values["effect"], values["id"]
    shared, fixed = effect in ("reduce", "switch", "factor"), effect == "fixed"
    near = get_close_matches(effect, EFFECTS, n=1)
    hint = f"; did you mean '{near[0]}'?" if near else ""
    window = f"{nhs_year(values['start_from'])} to {nhs_year(values['start_to'])}"
    life, slip = values.get("life", 1), values.get("slip", (1.0,))
    mean, sd = values.get("realisation", 1.0), values.get("realisation_sd", 0.0)
    outside = "action_out_of_range"
    rules: list[tuple[bool, Fault]] = [
        (effect not in EFFECTS, ("action_effect_unknown", "effect", f"'{effect[:40]}' is no effect{hint}",
                                 f"There are {', '.join(EFFECTS)}.")),
        (shared and not values.get("share", 0.0) > 0, (outside, "share", f"a {effect} needs a share above 0", "")),
        (fixed and not values.get("tco2e_a_year", 0.0) > 0,
         (outside, "tco2e_a_year", "fixed tonnes must be above 0", "")),
        (fixed and not values.get("evidence"),
         ("action_without_evidence", "evidence", "fixed tonnes need evidence", "Name the study, meter or contract.")),
        (not all(0 <= share <= 1 for share in values.get("ramp", (1.0,))),
         (outside, "ramp", "a ramp is a whole number of years, or shares from 0 to 1 for each year", "")),
        (not (isinstance(life, int) and 1 <= life <= LONGEST),
         (outside, "life", f"a life is a whole number of years from 1 to {LONGEST}", "")),
        (values["start_from"] > values["start_to"],
         ("action_window_backwards", "start_to", f"it may start from {window}, which is backwards", "")),
        (min(slip) < 0 or abs(sum(slip) - 1) > 1e-9,
         (outside, "slip", "the chances of starting in time, one year late ... must add up to 1", "")),
        (sd < 0 or (sd > 0 and 0 <= mean <= 1 and sd**2 >= mean * (1 - mean)),
         (outside, "realisation_sd", f"no share between 0 and 1 has mean {mean:g} and standard deviation {sd:g}",
          "A realisation of 1 leaves no room for a spread.")),
    ]  # fmt: skip
    rules += [
        (not 0 <= values.get(column, 0.0) <= 1,
         (outside, column, f"{column} {values.get(column, 0.0):g} is not from 0 to 1",
          "Write a share of 1: a quarter is 0.25; a risk score of 1 to 5 is no chance."))
        for column in SHARES
    ]  # fmt: skip
    rules += [
        (min(values.get(column, (0.0,))) < 0,
         ("action_negative", column, f"{column} is negative",
          "Saved money goes into revenue_gbp, as a negative number."))
        for column in ("capital_gbp", "staff_fte")
    ]  # fmt: skip
    rules += [(id in values.get(column, ()), (f"action_{column}_itself", column, f"it {column} itself", ""))
              for column in ("requires", "excludes")]  # fmt: skip
    return [fault for wrong, fault in rules if wrong] + (_switch(values) if effect == "switch" else [])


def _switch(values: Mapping[str, Any]) -> list[Fault]:
    faults: list[Fault] = []
    if not values.get("switch_to"):
        faults.append(("action_switch_incomplete", "switch_to", "a switch needs the activity that takes over", ""))
    pair = [values.get(name) for name in ("efficiency", "cop")]
    ratio = values.get("units_per_unit")
    lacking = next((name for name in ("efficiency", "cop") if values.get(name) is None), "units_per_unit")
    if (None in pair) == (ratio is None) or (ratio is not None and pair != [None, None]):
        faults.append(
            (
                "action_switch_incomplete",
                lacking,
                "a switch needs efficiency and cop, or units_per_unit",
                "kWh of the new = kWh of the old * efficiency / cop.",
            )
        )
    for name in ("efficiency", "cop", "units_per_unit"):
        if values.get(name) is not None and not values[name] > 0:
            faults.append(("action_out_of_range", name, f"{name} must be above 0", ""))
    if (values.get("efficiency") or 0) > 1.2:
        faults.append(
            (
                "action_out_of_range",
                "efficiency",
                f"an efficiency of {values['efficiency']:g} is not of a boiler",
                "Write a share of 1, such as 0.85.",
            )
        )
    return faults


def against_others(items: Sequence[tuple[int, Action]], sound: Set[int]) -> Iterator[tuple[int, Fault]]:
    """Return what is wrong between actions: unknown ids, circles, and what can never be together.

    Windows are compared where both actions are `sound`.
    """
    actions = {action.id: action for _, action in items}
    row = {action.id: number for number, action in items}
    ids = set(actions)
    for number, action in items:
        for column in ("requires", "excludes"):
            for other in getattr(action, column):
                if other not in ids:
                    near = get_close_matches(other, sorted(ids), n=1)
                    hint = f"Did you mean '{near[0]}'?" if near else ""
                    yield (
                        number,
                        (
                            f"action_{column}_unknown",
                            column,
                            f"it {column} '{other[:40]}', which is not in the table",
                            hint,
                        ),
                    )
        need = _needed(action.id, actions)
        if action.id in need:
            yield number, ("action_requires_circle", "requires", "what it requires requires it in turn", "")
        for other in sorted(need - {action.id}):
            if other in actions and (other in action.excludes or action.id in actions[other].excludes):
                yield (
                    number,
                    ("action_requires_excluded", "requires", f"it needs '{other}', and they exclude each other", ""),
                )
            if {number, row.get(other, -1)} <= sound and actions[other].start_from > action.start_to:
                yield number, ("action_requires_too_late", "start_to", f"it needs '{other}', which starts after it", "")


def _needed(id: str, actions: Mapping[str, Action]) -> set[str]:
    """Return all that an action needs, itself if in a circle."""
    found: set[str] = set()
    ahead = list(actions[id].requires)
    while ahead:
        other = ahead.pop()
        if other not in found:
            found.add(other)
            ahead += actions[other].requires if other in actions else ()
    return found


def against_frame(items: Sequence[tuple[int, Action]], frame: pd.DataFrame) -> Iterator[tuple[int, Fault]]:
    """Return what is wrong with actions on a business-as-usual frame."""
    ground = ground_of(frame)
    span = f"{nhs_year(ground.years[0])} to {nhs_year(ground.years[-1])}"
    known = sorted({cell[0] for cell in ground.cells})
    words = sorted({cell[1] for cell in ground.cells} | {THEME + theme for _, theme in ground.lines})
    for number, action in items:
        strangers = [] if action.organisations == (EVERYONE,) else sorted(set(action.organisations) - set(known))
        for organisation in strangers:
            yield (
                number,
                (
                    "action_organisation_unknown",
                    "organisations",
                    f"there is no organisation '{organisation[:40]}' in the data",
                    "",
                ),
            )
        fits = [
            line
            for line, (cell, theme) in enumerate(ground.lines)
            if action.concerns(ground.cells[cell][0]) and action.picks(theme, ground.cells[cell][1])
        ]
        if not fits and not strangers:
            near = [match for word in action.selects for match in get_close_matches(word, words, n=1)]
            yield (
                number,
                (
                    "action_selects_nothing",
                    "selects",
                    f"it selects no line of {', '.join(action.organisations)[:60]}",
                    f"Did you mean '{near[0]}'?" if near else "",
                ),
            )
        if action.start_from > ground.years[-1] or action.start_to < ground.years[0]:
            yield (
                number,
                (
                    "action_outside_years",
                    "start_from",
                    f"the data are of {span}",
                    "",
                ),
            )
        elif action.start_to > ground.years[-1] or action.start_from < ground.years[0]:
            yield (
                number,
                (
                    "action_window_cut",
                    "start_from" if action.start_from < ground.years[0] else "start_to",
                    f"its window reaches beyond the data, which are of {span}",
                    "Keep the window within the data.",
                ),
            )
        if action.effect == "switch" and fits:
            try:
                target_lines(ground, [action], [sorted({ground.lines[line][0] for line in fits})])
                for cell in {ground.lines[line][0] for line in fits}:
                    ground.quantity_of_cell(cell)
            except UsageError as error:
                yield number, ("action_switch_without_factor", "switch_to", str(error), "")
        if action.effect == "fixed" and fits:
            begin = max(action.start_from, ground.years[0])
            tonnes = action.tco2e_a_year * profile(action, begin, ground.years)
            if (tonnes > ground.kgco2e[fits].sum(axis=0) / KG_PER_TONNE + 1e-9).any():
                least = float(np.min(ground.kgco2e[fits].sum(axis=0))) / KG_PER_TONNE
                much = f"{action.tco2e_a_year:,.1f} tCO2e a year are more than the {least:,.1f} tCO2e"
                yield (
                    number,
                    (
                        "action_larger_than_lines",
                        "tco2e_a_year",
                        f"its {much} of what it selects; only what is there is counted",
                        "",
                    ),
                )
