"""The rows of a return that a method knows, with what they state and what they come to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nhscarbon.activity.activity import Activity
from nhscarbon.activity.schema import STATED
from nhscarbon.checks.words import key_words
from nhscarbon.errors import UsageError
from nhscarbon.methods.methodology import Methodology
from nhscarbon.methods.resolution import RESOLVED_BY, SIDE, FactorKey, Line, Resolution, resolve
from nhscarbon.methods.units import KG_PER_TONNE
from nhscarbon.organisations.code_forms import is_total
from nhscarbon.periods import read_period
from nhscarbon.submissions.reported.judged import Judged, judged
from nhscarbon.submissions.reported.rounding import Floats
from nhscarbon.sums.combinations import keys_of

Whole = NDArray[np.int64]
WELL_TO_TANK = frozenset({"wtt", "transmission_wtt"})
BURNED = frozenset({"direct", "generation"})
ALL = ""  # the theme of a total of all themes


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows with a known word in each column and a quantity, in the order of the return.

    Attributes
    ----------
    number : int64 array, shape (rows,)
        As the file numbers them.
    sheet, organisation, site : object array, shape (rows,)
        Words as sent.
    key : int64 array, shape (rows,)
        Which of `keys` each is.
    quantity, stated, tonnes : float64 array, shape (rows,)
        What was sent [unit], what the row states and what the method says [tCO2e]; NaN where there is nothing.
    answers, judged : by key
    totals : list of dict
        Rows that state tonnes of a theme or of all, and no quantity: where, organisation, period, theme, tco2e.
    left_out : int
        Rows that state tonnes and are none of these.
    """

    number: Whole
    sheet: NDArray[np.object_]
    organisation: NDArray[np.object_]
    site: NDArray[np.object_]
    key: Whole
    keys: Sequence[FactorKey]
    quantity: Floats
    stated: Floats
    tonnes: Floats
    answers: Sequence[Resolution]
    judged: Sequence[Judged]
    totals: Sequence[Mapping[str, object]]
    left_out: int

    def __len__(self) -> int:
        return len(self.number)

    def by_key(self, look: Callable[[FactorKey], str]) -> NDArray[np.object_]:
        """Return what is asked of each row's key: one look for each key."""
        return np.array([look(key) for key in self.keys], object)[self.key] if self.keys else np.zeros(0, object)

    def otherwise(self) -> list[tuple[str, Floats]]:
        """Return what the rows come to by shorter sums that senders use [tCO2e], and how to say it."""
        found = []
        for words, wanted in (
            (" by the direct factors", lambda name: name in BURNED),
            (" without well-to-tank", lambda name: name not in WELL_TO_TANK | SIDE),
        ):
            unit = np.array([_sum(answer.lines, wanted) for answer in self.answers])
            found.append((words, unit[self.key] * self.quantity / KG_PER_TONNE))
        return found


def _sum(lines: Sequence[Line], wanted: Callable[[str], bool]) -> float:
    if not lines:
        return float("nan")
    return sum(line.conversion * line.factor.kgco2e for line in lines if wanted(line.factor.component))


def rows_of(activity: Activity, method: Methodology, *, totals_alone: bool = False) -> Rows:
    """Return the rows of a return that a method knows.

    Raises
    ------
    UsageError
        If there is no column of stated tonnes, and these are not all that is asked.
    """
    stated = activity.numbers.get(STATED, np.full(len(activity), np.nan) if totals_alone else None)
    if stated is None:
        raise UsageError(f"no row states its own tonnes: there is no column '{STATED}'")
    stated = np.where(np.isfinite(stated), stated, np.nan)
    columns = {name: activity.columns[name] for name in RESOLVED_BY if name in activity.columns}
    known, words = key_words(columns, len(activity), method)
    quantity = activity.numbers.get("quantity", np.full(len(activity), np.nan))
    here = np.flatnonzero(known & np.isfinite(quantity))
    place, keys = keys_of({name: column.part(here) for name, column in words.items()})
    answers = list(resolve(keys, method).values())
    said = judged(answers, method)
    key, amount = np.asarray(place.codes, np.int64), quantity[here].astype(np.float64)
    unit = np.array([each.kgco2e for each in said])
    compared = int(np.count_nonzero(~np.isnan(stated[here])))
    totals = list(_totals(activity, np.flatnonzero(~np.isnan(stated) & np.isnan(quantity)), stated, method))
    return Rows(
        number=np.asarray(activity.row_numbers, np.int64)[here],
        sheet=_sheets(activity)[here],
        organisation=_words(activity, "organisation")[here],
        site=_words(activity, "site")[here],
        key=key,
        keys=keys,
        quantity=amount,
        stated=stated[here].astype(np.float64),
        tonnes=unit[key] * amount / KG_PER_TONNE if keys else np.zeros(0),
        answers=answers,
        judged=said,
        totals=totals,
        left_out=int(np.count_nonzero(~np.isnan(stated))) - compared - len(totals),
    )


def _totals(activity: Activity, at: Whole, stated: Floats, method: Methodology) -> Iterator[dict[str, object]]:
    """Yield the rows that state a total: no quantity, and no activity, a word such as ``Total`` or a theme."""
    organisation, period, words = (_words(activity, name) for name in ("organisation", "period", "activity"))
    themes: dict[str, str | None] = {word: theme_of(word.strip(), method) for word in set(words[at].tolist())}
    numbers = np.asarray(activity.row_numbers, np.int64)
    for row in at.tolist():
        year = read_period(period[row]) if themes[words[row]] is not None else None
        if year is not None:
            yield {"where": int(numbers[row]), "organisation": organisation[row], "period": year.year,
                   "theme": themes[words[row]], "tco2e": float(stated[row])}  # fmt: skip


def theme_of(word: str, method: Methodology) -> str | None:
    """Return the theme that a word names, nothing where it means all themes, or None of an unknown word."""
    if not word or is_total(word) or word in method.boundaries:
        return ALL
    labels = {label.casefold(): theme for theme, label in method.catalogue.themes.items()}
    return word if word in method.catalogue.themes else labels.get(word.casefold())


def _words(activity: Activity, name: str) -> NDArray[np.object_]:
    column = activity.columns.get(name)
    if column is None:
        return np.full(len(activity), "", object)
    return column.looked_up(np.array([*column.labels, ""], object))  # code -1, an empty cell, takes the last entry


def _sheets(activity: Activity) -> NDArray[np.object_]:
    """Return the sheet of each row, where there are several: row numbers are each sheet's own."""
    if len(activity.sheets) < 2:
        return np.full(len(activity), "", object)
    names = np.array([each.sheet for each in activity.sheets], object)
    return np.repeat(names, [each.stop - each.start for each in activity.sheets])
