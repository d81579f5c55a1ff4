"""Which enabling interventions go with which others, by the taxonomy's families and areas of focus."""

from __future__ import annotations

from functools import lru_cache

from nhscarbon.trajectory.actions.interventions.taxonomy import Intervention, taxonomy

EVERYTHING = "all"
WIDE = frozenset({"Workforce and leadership"})  # areas of focus whose interventions enable the whole plan
ALONE = frozenset({"Nature", "Climate resilience"})  # families that have their own purpose and enable no other
MARKET = "market"  # what moves the market-based total alone enables nothing


@lru_cache(maxsize=1)
def enables() -> dict[str, tuple[str, ...]]:
    """Return what each enabling intervention goes with: of its family; where that has none, of its area of focus.

    Those of workforce and leadership go with everything: ``("all",)``. Nature, climate resilience and green
    tariffs go with nothing.
    """
    every = taxonomy().interventions
    return {each.id: _beside(each, every) for each in every if each.enabling}


def _beside(one: Intervention, every: tuple[Intervention, ...]) -> tuple[str, ...]:
    if one.area_of_focus in WIDE:
        return (EVERYTHING,)
    if one.family in ALONE or one.effect == MARKET:
        return ()
    area = [each for each in every if not each.enabling and each.area_of_focus == one.area_of_focus]
    family = [each for each in area if each.family == one.family]
    return tuple(each.id for each in family or area)


def enabled_by(id: str) -> tuple[str, ...]:
    """Return the enabling interventions that go with one, those of the whole plan left out."""
    return tuple(enabling for enabling, beside in enables().items() if id in beside)
