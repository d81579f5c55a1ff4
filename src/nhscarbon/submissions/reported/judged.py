"""What the method says of a row: the smallest boundary that it belongs to, and its kgCO2e there."""

from __future__ import annotations

from collections.abc import Iterable
from math import fsum, nan
from typing import NamedTuple

from nhscarbon.methods.boundaries import lines_inside
from nhscarbon.methods.methodology import Methodology
from nhscarbon.methods.resolution import SIDE, Line, Resolution

MEMO = "memo"  # what stands in no boundary


class Judged(NamedTuple):
    """The boundary by which a row is judged, and what one unit comes to in it [kgCO2e]; NaN where nothing does."""

    boundary: str
    kgco2e: float


def judged(answers: Iterable[Resolution], method: Methodology) -> list[Judged]:
    """Return of each answer the smallest boundary that its activity belongs to, and its kgCO2e for one unit in it.

    The headline where it counts any of the activity; else the next wider one around the headline, as the Plus is;
    else, or where a component that these need was never published, the boundary that counts most of the activity.
    What no boundary counts is a memo.
    """
    order = around(method)
    return [_judged(answer, order, method) for answer in answers]


def _judged(answer: Resolution, order: tuple[str, ...], method: Methodology) -> Judged:
    if answer.refusal:
        return Judged("", nan)
    blocked = set(method.needing(answer.key.activity, answer.missing))
    counted: dict[str, list[Line]] = {}
    for boundary in method.boundaries:
        inside = lines_inside(boundary, answer.lines, method)
        if boundary not in blocked and inside.any():
            counted[boundary] = [line for line, counts in zip(answer.lines, inside, strict=True) if counts]
    for boundary in (*order, *sorted(counted, key=lambda name: -len(counted[name]))):
        if boundary in counted:
            return Judged(boundary, _sum(counted[boundary]))
    if all(line.factor.component in SIDE for line in answer.lines):
        return Judged(MEMO, _sum(answer.lines))
    return Judged("", nan)


def around(method: Methodology) -> tuple[str, ...]:
    """Return the headline and the boundaries that count all that it does, from the smallest to the widest."""
    counts: dict[str, set[tuple[str, ...]]] = {name: set() for name in method.boundaries}
    for (boundary, *kind), inside in method.included.items():
        if inside:
            counts[boundary].add(tuple(kind))
    wider = [name for name, kinds in counts.items() if name != method.headline and kinds >= counts[method.headline]]
    return (method.headline, *sorted(wider, key=lambda name: len(counts[name])))


def _sum(lines: Iterable[Line]) -> float:
    return fsum(line.conversion * line.factor.kgco2e for line in lines)
