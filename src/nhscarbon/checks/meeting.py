"""Which cells of the sums are of one organisation, year, site and month, so that they can count one thing twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nhscarbon.activity.columns import BLANK, Column, one
from nhscarbon.checks.cells import Cells
from nhscarbon.checks.hits import Places
from nhscarbon.checks.materiality import kgco2e_of
from nhscarbon.kept import kept
from nhscarbon.methods.units import Units
from nhscarbon.sums import arithmetic
from nhscarbon.sums.combinations import distinct

WHOLE = ("organisation", "period")
DENSE = 1 << 24  # groups by words that are marked in a table rather than sorted
Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class Meeting:
    """Some cells in groups, in each of which at least two words meet.

    Attributes
    ----------
    at : int64 array, shape (entries,)
        Which of the cells that were asked about; one may be in a group of its site and in that of the organisation.
    group : int64 array, shape (entries,)
        From 0.
    place : int64 array, shape (entries,)
        Organisation, period and what else was to be shared: a number of `places`.
    places : sequence of tuple of str
    """

    at: Places
    group: Numbers
    place: Numbers
    places: Sequence[tuple[str, ...]]


def meeting(
    cells: Cells,
    where: Places,
    word: Numbers,
    names: Sequence[str],
    *,
    shared: Column | None = None,
    by_site: bool,
    by_month: bool = True,
) -> Meeting | None:
    """Group some cells by place, and keep the groups in which two words meet; None where none do.

    A blank site stands for the whole organisation, and a blank month for the whole year: where a group has one, it is
    met with all the others. Where all name months, only months in which two words meet are kept.

    Parameters
    ----------
    cells : Cells
    where : int64 array, shape (n,)
        Cells that name an organisation and a period.
    word : int64 array, shape (n,)
        From 0: the two sides of a rule, or the words that differ.
    names : sequence of str
        Columns that all cells of a group share.
    shared : Column, optional
        Of those cells: what else the cells of a group share.
    by_site, by_month : bool
        Whether cells of different sites, or months, do not meet.
    """
    chosen = {name: _filled(cells.columns[name].part(where)) for name in names}
    chosen |= {} if shared is None else {"shared": shared}
    which, places = distinct(chosen, tuple(chosen))
    place = which.numbers
    words = int(word.max(initial=0)) + 1
    here = np.flatnonzero(_words_of(place, word, words) > 1)  # most places have one
    if not len(here):
        return None
    at, group = here, place[here]
    if by_site and cells.columns["site"].labels:
        site = cells.columns["site"].part(where[here]).codes.astype(np.int64) + 1
        open_to_all = np.bincount(group[site == 0], minlength=len(places)) > 0
        again = np.flatnonzero(open_to_all[group] & bool(site.any()))
        beyond = int(site.max()) + 1
        sites = np.concatenate([site, np.full(len(again), beyond)])
        at = np.concatenate([here, here[again]])
        group = np.concatenate([group, group[again]]) * (beyond + 1) + sites
    group = numbered(group)
    months = group
    if by_month and cells.columns["month"].labels:
        month = cells.columns["month"].part(where[at]).codes.astype(np.int64) + 1
        whole_year = np.bincount(group[month == 0], minlength=int(group.max()) + 1) > 0
        month[whole_year[group]] = 0
        months = group * (int(month.max()) + 1) + month
        months = numbered(months)
    met = _words_of(months, word[at], words) > 1
    if not met.any():
        return None
    at = at[met]
    return Meeting(at, numbered(group[met]), place[at], places)


def numbered(key: Numbers) -> Numbers:
    """Return numbers from 0 for the distinct values of some that are 0 or more, in their order."""
    return arithmetic.group([key], [int(key.max(initial=0)) + 1])[0]


def _words_of(group: Numbers, word: Numbers, words: int) -> Numbers:
    """Return how many words the group of each entry has."""
    groups = int(group.max(initial=-1)) + 1
    pairs = group * words + word
    if groups * words <= DENSE:
        seen = np.zeros(groups * words, np.bool_)
        seen[pairs] = True
        count: Numbers = np.count_nonzero(seen.reshape(groups, words), axis=1)
        return count[group]
    return np.bincount(np.unique(pairs) // words, minlength=groups)[group]


def key_pairs(cells: Cells) -> tuple[Column, list[tuple[str, str]]]:
    """Return which activity and unit each cell has, and the pairs; blanks are the empty word."""
    chosen = {name: _filled(cells.columns[name]) for name in ("activity", "unit")}
    pair, words = distinct(chosen, ("activity", "unit"))
    return pair, [(activity, unit) for activity, unit in words]


def _filled(column: Column) -> Column:
    """Return a column whose blanks are the empty word."""
    if column.lowest >= 0:
        return column
    look = np.array([*range(1, len(column.labels) + 1), 0], np.int32)
    return column.renamed(look, ("", *column.labels))


def named(cells: Cells, where: Places) -> Places:
    """Return those of some cells that are not zero, name an organisation and have words that are known."""
    where = where[cells.quantity[where] != 0]
    if not one(cells.known).all():
        where = where[cells.known[where]]
    column = cells.columns["organisation"]
    return where if column.lowest >= 0 else where[column.part(where).codes != BLANK]


def base_ratios(units: Units, unit: Sequence[str]) -> dict[str, float]:
    """Return by how much each of some units is multiplied so that those of one kind can be added."""
    common: dict[str, str] = {}
    return {name: units.ratio(name, common.setdefault(units.kinds[name], name)) for name in sorted({*unit} - {""})}


def in_base(cells: Cells, where: Places) -> NDArray[np.float64]:
    """Return the quantities of some cells, those of one kind of unit in one unit."""
    unit = cells.columns["unit"].part(where)
    ratios = base_ratios(cells.method.units, unit.labels)
    found: NDArray[np.float64] = (
        cells.quantity[where] * np.array([*map(ratios.__getitem__, unit.labels), 1.0])[unit.codes]
    )
    return found


def least_of(cells: Cells, where: Places, least: float, unit: str) -> float:
    """Return a quantity in the unit that `in_base` brings those of its kind among some cells to."""
    units = cells.method.units
    column = cells.columns["unit"].part(where)
    met = sorted(name for name in column.labels if units.same_kind(name, unit))
    return least * units.ratio(unit, met[0]) if met else least


def tonnage(cells: Cells, where: Places) -> NDArray[np.float64]:
    """Return what some cells come to [kgCO2e], without a look at all the others."""
    if "kgco2e" in cells.__dict__:
        return cells.kgco2e[where]
    part = {name: column.part(where) for name, column in cells.columns.items()}
    return kgco2e_of(part, cells.known[where], cells.quantity[where], cells.method)


def sizes(cells: Cells, where: Places) -> NDArray[np.float64]:
    """Return what the cells of one activity are compared by.

    Of an activity in one kind of unit that is its quantity; of one in several, such as gas in m3 and in kWh, what it
    comes to [kgCO2e].
    """
    kinds = cells.method.units.kinds
    activity, unit = (cells.columns[name].part(where) for name in ("activity", "unit"))
    pair, words = distinct({"activity": activity, "unit": unit}, ("activity", "unit"))
    of_activity: dict[str, set[str]] = {}
    for code, name in words:
        of_activity.setdefault(code, set()).add(kinds[name])
    several = np.array([len(of_activity[code]) > 1 for code, _ in words], np.bool_)[pair.numbers]
    size = in_base(cells, where)
    if several.any():
        size[several] = tonnage(cells, where[several])
    return size


def amounts_of(cells: Cells, where: Places) -> str:
    """Write the quantities of some cells, a sum for each unit."""
    unit = cells.columns["unit"].part(where)
    total = np.bincount(unit.codes, weights=cells.quantity[where], minlength=len(unit.labels))
    return ", ".join(f"{total[code]:,.10g} {unit.labels[code]}" for code in np.flatnonzero(unit.met).tolist())


def tonnes_said(kgco2e: float | None) -> str:
    """Say what would count twice; nothing where it cannot be told."""
    if not kgco2e or kgco2e < 1:
        return ""
    tonnes = kgco2e / 1000
    return f"; {tonnes:,.0f} tCO2e would count twice" if tonnes >= 100 else f"; {tonnes:.2g} tCO2e would count twice"


def is_whole(label: str, own: frozenset[str], words: Mapping[str, frozenset[str]]) -> bool:
    """Tell whether the word for a site means the whole organisation, or is a total of some of its sites.

    Parameters
    ----------
    label : str
    own : frozenset of str
        The organisation's code and names, in small letters.
    words : Mapping[str, frozenset of str]
        Of `whole_words`.

    Examples
    --------
    >>> words = {"whole": frozenset({"all", "total"}), "beside": frozenset({"sites"}), "alone": frozenset()}
    >>> is_whole("All sites", frozenset(), words), is_whole("All other sites", frozenset(), words)
    (True, False)
    """
    plain = plain_words(label)
    if plain in own or plain in words["alone"]:
        return True
    order = plain.split()
    parts = set(order)
    if any(f" {each} " in f" {plain} " for each in words.get("anywhere", ())):
        return True
    if order and order[-1] in words.get("last", ()):
        return True
    return bool(parts & words["whole"]) and parts <= words["whole"] | words["beside"] | own


@kept(4096)
def plain_words(text: str) -> str:
    """Return the words of a text in small letters, one space apart, without signs."""
    return " ".join("".join(letter if letter.isalnum() else " " for letter in text.casefold()).split())
