"""Whose tonnes a footprint holds, and what each answers in which year: as reported, or the members of a roll-up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nhscarbon.analysis.supplied import SuppliedFootprint
from nhscarbon.checks.theme_answers import NOT_COUNTED
from nhscarbon.checks.theme_coverage import feeders
from nhscarbon.errors import UsageError
from nhscarbon.footprint.footprint import Footprint
from nhscarbon.footprint.label import OPEN, ROWS
from nhscarbon.footprint.on_map import REPORTED_BY
from nhscarbon.output.text import short_repr
from nhscarbon.periods import LAST_MONTH

Codes = NDArray[np.int64]
Flags = NDArray[np.bool_]
Numbers = NDArray[np.float64]
BETWEEN = "\x1f"  # the parts of a key; an empty byte is lost by numpy


@dataclass(frozen=True, eq=False)
class Senders:
    """Who sent what a footprint holds.

    Attributes
    ----------
    columns : tuple of str
        The columns of the footprint that tell them apart.
    keys : tuple of str
        The words of these columns, joined.
    codes : tuple of str
        The code of each, as it reported.
    places : tuple of str
        Of a roll-up, the organisation that holds each; else empty: a map is still to be put.
    years : tuple of str
        NHS years, ascending, the base year among them.
    base : int
        The place of the base year.
    themes : tuple of str
        Of the catalogue.
    answered, none, part : bool array, shape (senders, years, themes)
        Whether the theme has an answer and tonnes can be counted, whether it is answered without a row (there is none),
        and whether months of it are missing.
    months : float64 array, shape (senders, years, themes)
        How many months are given; 12 where nothing says otherwise.
    sent : bool array, shape (senders, years)
    expected : bool array, shape (senders, years)
        Whether anything of the year was to come from it, as far as the footprint says.
    over : bool array, shape (years,)
        Whether the year is over: a later one is there, or anyone sent the whole of it for any theme.
    supplied : bool array, shape (senders,)
        Whether its base year is known as totals from outside.
    """

    columns: tuple[str, ...]
    keys: tuple[str, ...]
    codes: tuple[str, ...]
    places: tuple[str, ...]
    years: tuple[str, ...]
    base: int
    themes: tuple[str, ...]
    answered: Flags
    none: Flags
    part: Flags
    months: Numbers
    sent: Flags
    expected: Flags
    over: Flags
    supplied: Flags

    __repr__ = short_repr

    def places_in(self, frame: pd.DataFrame) -> tuple[Codes, Codes]:
        """Return the sender and the year of each row of a frame of the footprint."""
        return coded(_keys(frame, self.columns), self.keys), coded(frame["period"], self.years)


def coded(words: pd.Series, known: Sequence[str]) -> Codes:
    """Return the place of each word among those known; -1 of any other."""
    place = {word: at for at, word in enumerate(known)}
    codes, distinct = pd.factorize(words)
    return np.array([*(place.get(str(word), -1) for word in distinct), -1], np.int64)[codes]


def _keys(frame: pd.DataFrame, columns: Sequence[str]) -> pd.Series:
    found = frame[columns[0]].astype(str)
    for name in columns[1:]:
        found = found + BETWEEN + frame[name].astype(str)
    return found


def senders(footprint: Footprint, base: SuppliedFootprint | None, base_year: str) -> Senders:
    """Return who sent what a footprint and the totals of its base year hold.

    Raises
    ------
    UsageError
        If the totals have nothing of the base year, or of a roll-up are not by its organisations; or there is nothing
        at all.
    """
    given = _supplied(base, base_year)
    rolled = footprint.on_map is not None
    columns = ("organisation", REPORTED_BY) if rolled else ("organisation",)
    pairs = footprint.sums.keys[[*columns, "period"]].astype(str).drop_duplicates()
    own = sorted(set(_keys(pairs, columns)) | (set() if rolled else set(footprint.coverage["organisation"])))
    bodies = {key.split(BETWEEN)[0] for key in own}
    if rolled and given - bodies:
        raise UsageError(
            f"the totals of {base_year} are of {', '.join(sorted(given - bodies)[:6])}, which are no organisations of "
            "this roll-up",
            advice="give the footprint as reported, with totals by the organisations that reported; `to` names the "
            "level of the systems.",
        )
    keys = tuple(sorted({*own, *(BETWEEN.join([code] * len(columns)) for code in given)}))
    years = tuple(sorted({*footprint.periods, *footprint.coverage["period"].astype(str), base_year}))
    if not own:
        raise UsageError("a footprint of no rows has nothing to monitor")
    at_base = years.index(base_year)
    found = _answers(footprint, columns, keys, years, at_base)
    expected, sent = np.ones(found.sent.shape, np.bool_), found.sent.copy()
    supplied = np.array([key.split(BETWEEN)[0] in given for key in keys], np.bool_)
    if rolled:  # the totals are of the whole body, and of nobody in it
        alone = np.array([key not in own for key in keys], np.bool_)
        expected[alone] = False
        expected[supplied, at_base] = sent[supplied, at_base] = False
        supplied &= np.array([len(set(key.split(BETWEEN))) == 1 for key in keys], np.bool_)
    sent[supplied, at_base] = expected[supplied, at_base] = True
    return replace(found, sent=sent, expected=expected, supplied=supplied)


def _supplied(base: SuppliedFootprint | None, base_year: str) -> set[str]:
    """Return the organisations whose base year is known as totals."""
    if base is None:
        return set()
    table = base.table
    found = set(table.loc[table["period"] == base_year, "organisation"].astype(str))
    if not found:
        held = ", ".join(sorted(set(table["period"].astype(str))))
        raise UsageError(f"the supplied footprint has nothing of the base year {base_year}; it has {held}")
    return found


def _answers(
    footprint: Footprint, columns: tuple[str, ...], keys: tuple[str, ...], years: tuple[str, ...], base: int
) -> Senders:  # fmt: skip
    """Return what the coverage of a footprint says, as arrays."""
    themes = tuple(footprint.method.catalogue.themes)
    shape = (len(keys), len(years), len(themes))
    answered, none, part, whole = (np.zeros(shape, np.bool_) for _ in range(4))
    months = np.full(shape, float(LAST_MONTH))
    table = footprint.coverage if len(columns) == 1 else _by_reporter(footprint)
    at = (coded(_keys(table, columns), keys), coded(table["period"], years), coded(table["theme"], themes))
    given = table["months"].to_numpy(np.float64, na_value=float(LAST_MONTH))
    answered[at] = ~table["answer"].isin((*OPEN, NOT_COUNTED)).to_numpy()  # without a factor there are no tonnes
    none[at] = answered[at] & (table["activities"] == 0).to_numpy()
    part[at] = table["part_of_year"].to_numpy(np.bool_)
    months[at] = given
    whole[at] = (table["answer"].isin(ROWS) & (table["activities"] > 0)).to_numpy() & (given >= LAST_MONTH)
    made = feeders(footprint.method.catalogue)
    for theme, parts in made.items():
        of = [themes.index(each) for each in parts]
        answered[..., themes.index(theme)] = answered[..., of].all(axis=2)
        part[..., themes.index(theme)] = False  # as those that feed it
    over: Flags = np.asarray(whole.any(axis=(0, 2)), np.bool_)
    over[:-1] = True
    sent: Flags = np.asarray(answered.all(axis=2), np.bool_)  # an answer for some themes is not a return
    rows = footprint.sums.keys[[*columns, "period"]].astype(str).drop_duplicates()
    sent[coded(_keys(rows, columns), keys), coded(rows["period"], years)] = True
    every = np.ones(sent.shape, np.bool_)
    split = [key.split(BETWEEN) for key in keys]
    return Senders(
        columns, keys, tuple(each[-1] for each in split), tuple(each[0] for each in split) if len(columns) > 1 else (),
        years, base, themes, answered, none, part, months, sent, every, over, np.zeros(len(keys), np.bool_),
    )  # fmt: skip


def _by_reporter(footprint: Footprint) -> pd.DataFrame:
    """Return the coverage of a roll-up, which is by who reported, with the organisation that each is in."""
    pairs = footprint.sums.keys[["organisation", REPORTED_BY, "period"]].astype(str).drop_duplicates()
    return pairs.merge(footprint.coverage.rename(columns={"organisation": REPORTED_BY}), on=[REPORTED_BY, "period"])
