"""What can be wrong with an action: alone, among others, and against business as usual."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from difflib import get_close_matches
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from nhscarbon.errors import UsageError
from nhscarbon.findings import wording
from nhscarbon.methods.units import KG_PER_TONNE
from nhscarbon.periods import nhs_year
from nhscarbon.trajectory.actions.action import EFFECTS, EVERYONE, THEME, Action, profile
from nhscarbon.trajectory.actions.baseline import ground_of, target_lines
from nhscarbon.trajectory.actions.claims import FACTOR, JOINED

ITSELF = {"requires": "action_requires_itself", "excludes": "action_excludes_itself"}
UNKNOWN = {"requires": "action_requires_unknown", "excludes": "action_excludes_unknown"}
SHARED = ("reduce", "switch", "factor")
SHARES = ("share", "realisation", "likelihood", "impact")
LONGEST = 100  # years of life


class Fault(NamedTuple):
    """What is wrong with an action: a finding's code, variant and values, and the column that it is in."""

    code: str
    variant: str
    column: str
    values: Mapping[str, object] = {}


def message_of(fault: Fault, id: str) -> str:
    """Return what a fault says of an action that is named before it, without its full stop."""
    said = wording(fault.code, fault.variant, column=fault.column, id=id, **fault.values)
    return said.message.removeprefix(f"action '{id}': ").rstrip(".")


def of_one(values: Mapping[str, Any]) -> list[Fault]:
    """Return what is wrong with one action by itself."""
    effect, id = values["effect"], values["id"]
    shared = effect in SHARED and values.get("share", 0.0) is not None
    fixed = effect == "fixed" and values.get("tco2e_a_year", 0.0) is not None
    window = f"{nhs_year(values['start_from'])} to {nhs_year(values['start_to'])}"
    life, slip = values.get("life", 1), values.get("slip", (1.0,))
    mean, sd = values.get("realisation", 1.0), values.get("realisation_sd", 0.0)
    rules: list[tuple[bool, Fault]] = [
        (effect not in EFFECTS, _no_effect(effect)),
        (shared and not values.get("share", 0.0) > 0,
         Fault("action_out_of_range", "share", "share", {"effect": effect})),
        (fixed and not values.get("tco2e_a_year", 0.0) > 0, Fault("action_out_of_range", "tonnes", "tco2e_a_year")),
        (fixed and not values.get("evidence"), Fault("action_without_evidence", "", "evidence")),
        (not all(0 <= share <= 1 for share in values.get("ramp", (1.0,))),
         Fault("action_out_of_range", "ramp", "ramp")),
        (not (isinstance(life, int) and 1 <= life <= LONGEST),
         Fault("action_out_of_range", "life", "life", {"longest": LONGEST})),
        (values["start_from"] > values["start_to"],
         Fault("action_window_backwards", "", "start_to", {"window": window})),
        (min(slip) < 0 or abs(sum(slip) - 1) > 1e-9, Fault("action_out_of_range", "slip", "slip")),
        (sd < 0 or (sd > 0 and 0 <= mean <= 1 and sd**2 >= mean * (1 - mean)),
         Fault("action_out_of_range", "spread", "realisation_sd", {"mean": mean, "sd": sd})),
    ]  # fmt: skip
    rules += [
        (not 0 <= values.get(column, 0.0) <= 1,
         Fault("action_out_of_range", "chance", column, {"number": values.get(column, 0.0)}))
        for column in SHARES if values.get(column, 0.0) is not None
    ]  # fmt: skip
    rules += [(min(values.get(column, (0.0,))) < 0, Fault("action_negative", "", column))
              for column in ("capital_gbp", "staff_fte")]  # fmt: skip
    rules += [(id in values.get(column, ()), Fault(code, "", column)) for column, code in ITSELF.items()]
    return [fault for wrong, fault in rules if wrong] + (_switch(values) if effect == "switch" and shared else [])


def to_tell(action: Action, claim: str) -> Fault | None:
    """Return what is to be told of a sound action that books nothing, or None; `claim` is what it claims in vain."""
    if claim == JOINED:
        return Fault("action_unquantified", "joined", "title")
    if claim:
        return Fault("action_not_bookable", claim, "effect" if claim == FACTOR else "title")
    if action.effect == "enabling":
        return Fault("action_unquantified", "enabling", "effect")
    if not action.quantified:
        return Fault("action_unquantified", "", "tco2e_a_year" if action.effect == "fixed" else "share")
    return None


def _no_effect(effect: str) -> Fault:
    effects = ", ".join(EFFECTS)
    if near := get_close_matches(effect, EFFECTS, n=1):
        return Fault("action_effect_unknown", "near", "effect", {"effect": effect, "effects": effects, "near": near[0]})
    return Fault("action_effect_unknown", "", "effect", {"effect": effect, "effects": effects})


def _switch(values: Mapping[str, Any]) -> list[Fault]:
    faults: list[Fault] = []
    if not values.get("switch_to"):
        faults.append(Fault("action_switch_incomplete", "", "switch_to"))
    pair = [values.get(name) for name in ("efficiency", "cop")]
    ratio = values.get("units_per_unit")
    lacking = next((name for name in ("efficiency", "cop") if values.get(name) is None), "units_per_unit")
    if (None in pair) == (ratio is None) or (ratio is not None and pair != [None, None]):
        faults.append(Fault("action_switch_incomplete", "ratio", lacking))
    for name in ("efficiency", "cop", "units_per_unit"):
        if values.get(name) is not None and not values[name] > 0:
            faults.append(Fault("action_out_of_range", "positive", name))
    if (values.get("efficiency") or 0) > 1.2:
        faults.append(Fault("action_out_of_range", "boiler", "efficiency", {"efficiency": values["efficiency"]}))
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
                if other in ids:
                    continue
                if near := get_close_matches(other, sorted(ids), n=1):
                    yield number, Fault(UNKNOWN[column], "near", column, {"other": other, "near": near[0]})
                else:
                    yield number, Fault(UNKNOWN[column], "", column, {"other": other})
        need = _needed(action.id, actions)
        if action.id in need:
            yield number, Fault("action_requires_circle", "", "requires")
        for other in sorted(need - {action.id}):
            if other in actions and (other in action.excludes or action.id in actions[other].excludes):
                yield number, Fault("action_requires_excluded", "", "requires", {"other": other})
            if {number, row.get(other, -1)} <= sound and actions[other].start_from > action.start_to:
                yield number, Fault("action_requires_too_late", "", "start_to", {"other": other})


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
            yield number, Fault("action_organisation_unknown", "", "organisations", {"stranger": organisation})
        fits = [
            line
            for line, (cell, theme) in enumerate(ground.lines)
            if action.concerns(ground.cells[cell][0]) and action.picks(theme, ground.cells[cell][1])
        ]
        if not fits and not strangers and (action.selects or action.effect != "enabling"):
            names = ", ".join(action.organisations)
            near = [match for word in action.selects for match in get_close_matches(word, words, n=1)]
            if near:
                yield (
                    number,
                    Fault("action_selects_nothing", "near", "selects", {"organisations": names, "near": near[0]}),
                )
            else:
                yield number, Fault("action_selects_nothing", "", "selects", {"organisations": names})
        if action.start_from > ground.years[-1] or action.start_to < ground.years[0]:
            yield number, Fault("action_outside_years", "", "start_from", {"span": span})
        elif action.start_to > ground.years[-1] or action.start_from < ground.years[0]:
            column = "start_from" if action.start_from < ground.years[0] else "start_to"
            yield number, Fault("action_window_cut", "", column, {"span": span})
        if action.effect == "switch" and fits and action.quantified:
            try:
                target_lines(ground, [action], [sorted({ground.lines[line][0] for line in fits})])
                for cell in {ground.lines[line][0] for line in fits}:
                    ground.quantity_of_cell(cell)
            except UsageError as error:
                yield number, Fault("action_switch_without_factor", "", "switch_to", {"why": str(error)})
        if action.effect == "fixed" and fits and action.tco2e_a_year is not None:
            begin = max(action.start_from, ground.years[0])
            tonnes = action.tco2e_a_year * profile(action, begin, ground.years)
            if (tonnes > ground.kgco2e[fits].sum(axis=0) / KG_PER_TONNE + 1e-9).any():
                least = float(np.min(ground.kgco2e[fits].sum(axis=0))) / KG_PER_TONNE
                asked = {"asked": action.tco2e_a_year, "least": least}
                yield number, Fault("action_larger_than_lines", "", "tco2e_a_year", asked)
