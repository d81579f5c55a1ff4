"""What an intervention would give if every organisation did it, scaled by what the footprint has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from nhscarbon.footprint.footprint import Footprint
from nhscarbon.output.text import short_repr
from nhscarbon.trajectory.actions.action import THEME

PLUS = "nhs_carbon_footprint_plus"  # the widest main total: it includes what patients and suppliers emit


@dataclass(frozen=True)
class IfAll:
    """What an intervention would give if all did it.

    Attributes
    ----------
    tco2e : float or None
        [tCO2e a year] of those that state it and, by the same share, of all others that have what it changes.
    footprint_tco2e : float or None
        [tCO2e] of what it changes, in the footprint of all organisations.
    basis : str
        How it was found, or why it is missing.
    """

    tco2e: float | None
    footprint_tco2e: float | None
    basis: str

    __repr__ = short_repr


@dataclass(frozen=True, eq=False)
class Ground:
    """The tonnes of the last year of a footprint by organisation and by theme and activity.

    Attributes
    ----------
    organisations : tuple of str
    kinds : tuple of (theme, activity)
    tco2e : float64 array, shape (organisations, kinds)
    label : str
        Which footprint it is.
    """

    organisations: tuple[str, ...]
    kinds: tuple[tuple[str, str], ...]
    tco2e: np.ndarray
    label: str

    __repr__ = short_repr

    @cached_property
    def places(self) -> Mapping[str, int]:
        """Where each organisation stands, whatever the capitals of its code."""
        return {name.casefold(): place for place, name in enumerate(self.organisations)}

    def selected(self, selects: Sequence[str]) -> np.ndarray:
        """Return what each organisation has of some selection [tCO2e]."""
        chosen = np.array([_picks(selects, kind) for kind in self.kinds], bool)
        return np.asarray(self.tco2e[:, chosen].sum(axis=1))


def ground_of(footprint: Footprint) -> Ground:
    """Return the last NHS year of a footprint as an array.

    Raises
    ------
    BoundaryError
        If a component that the total needs was not published for some row.
    """
    year = footprint.periods[-1]
    boundary = PLUS if PLUS in footprint.method.boundaries else None
    frame: pd.DataFrame = footprint.filter(period=year).by("organisation", "theme", "activity", boundary=boundary)
    wide = frame.pivot_table(index="organisation", columns=["theme", "activity"], values="tco2e", aggfunc="sum")
    kinds = tuple((str(kind[0]), str(kind[1])) for kind in wide.columns.tolist())
    name = "NHS Carbon Footprint Plus" if boundary else "main total"
    return Ground(tuple(map(str, wide.index)), kinds, wide.fillna(0.0).to_numpy(np.float64), f"{name} of {year}")


def in_words(selects: Sequence[str]) -> str:
    """Return a selection for a reader.

    >>> in_words(["theme:medical_devices", "waste.clinical"])
    'medical devices, waste (clinical)'
    """
    words = []
    for each in selects:
        first, _, rest = each.removeprefix(THEME).replace("_", " ").partition(".")
        words.append(f"{first} ({rest.replace('.', ' ')})" if rest else first)
    return ", ".join(words)


def _picks(selects: Sequence[str], kind: tuple[str, str]) -> bool:
    theme, activity = kind
    return any(
        theme == word.removeprefix(THEME)
        if word.startswith(THEME)
        else activity == word or activity.startswith(word.removesuffix(".*") + ".")
        for word in selects
    )


def if_all(ground: Ground | None, selects: Sequence[str], claims: Mapping[str, float], *, enabling: bool) -> IfAll:
    """Return what an intervention would give if all did it.

    Parameters
    ----------
    ground : Ground or None
    selects : sequence of str
    claims : mapping of str to float
        What organisations that plan it may book [tCO2e a year]; those that state nothing are left out.
    enabling : bool
    """
    if enabling or ground is None or not selects:
        why = "enabling: it has no tonnes of its own" if enabling else "no footprint was given"
        return IfAll(
            None, None, why if enabling or ground is None else "the taxonomy names no activity that it changes"
        )
    return _scaled(ground, selects, claims)


def _scaled(ground: Ground, selects: Sequence[str], claims: Mapping[str, float]) -> IfAll:
    """Return what is stated, scaled to the footprint of those that state nothing."""
    held = ground.selected(selects)
    whole = float(held.sum())
    what = in_words(selects)
    if whole <= 0:
        return IfAll(None, None, f"the footprint has nothing of {what}")
    if not claims:
        return IfAll(None, whole, "no action that plans it states tonnes that count")
    places = {name: ground.places.get(name.casefold()) for name in sorted(claims)}
    by = [name for name, place in places.items() if place is not None and held[place] > 0]
    rows = [place for name in by if (place := places[name]) is not None]
    if not by:
        return IfAll(None, whole, "those that state tonnes have nothing of it in the footprint")
    stated, base = sum(claims[name] for name in by), float(held[rows].sum())
    share = stated / base
    if share > 1:
        return IfAll(None, whole, f"the tonnes that are stated ({stated:,.0f}) are more than all of {what} "
                                  f"in the footprint of those that state them ({base:,.0f})")  # fmt: skip
    others = np.ones(len(held), bool)
    others[[place for place in places.values() if place is not None]] = False
    rest = float(held[others].sum())
    count = int((held[others] > 0).sum())
    basis = (
        f"{share:.1%} of {what} in the {ground.label}, as stated by {', '.join(by)} ({stated:,.0f} of {base:,.0f} "
        f"tCO2e), applied to the {rest:,.0f} tCO2e of {count} other{'' if count == 1 else 's'}"
    )
    return IfAll(sum(claims[name] for name in sorted(claims)) + share * rest, whole, basis)
