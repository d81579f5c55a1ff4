"""What rules on sums look at: the cells of the small table, each word as it is known or clearly meant."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nhscarbon.activity.columns import BLANK, Column, Mask
from nhscarbon.checks.hits import EACH, Places
from nhscarbon.checks.materiality import kgco2e_of
from nhscarbon.checks.words import key_words, organisation_code
from nhscarbon.methods.methodology import Methodology
from nhscarbon.organisations.index import OrganisationIndex
from nhscarbon.periods import likely_period, month_of, read_period
from nhscarbon.sums import arithmetic
from nhscarbon.sums.combinations import distinct, number
from nhscarbon.sums.partial_sums import DETAIL, PartialSums

NAMED = ("organisation", "site", "period", "month", "activity", "unit")  # what a finding says where all of it share it
SHARED = ("organisation", "period", "activity", "unit", "geography", *DETAIL)  # of a cell and its rows


@dataclass(frozen=True)
class Cells:
    """The small table of sums in the words that are known, or clearly meant where a word is not.

    Attributes
    ----------
    columns : Mapping[str, Column]
        organisation, site, period (NHS year), month, activity, unit, geography, reference; ``sent`` is the organisation
        as it was sent, in capitals. Site, month and reference are blank where the rows name none, and where the sums
        were kept without them: `detailed` tells the two apart.
    quantity : float64 array, shape (cells,)
        In each cell's unit.
    rows : int64 array, shape (cells,)
        How many rows were added.
    known : bool array, shape (cells,)
        Cells whose activity, unit, period and geography are known; rules look at no others, but for organisations.
    unsummed : int64 array, shape (cells,)
        How many rows have a quantity that cannot be summed: what is in proportion cannot be told without them.
    detailed : bool
        Whether sites and months are told apart.
    method : Methodology
    file : str
    organisations : OrganisationIndex or None
        The release that codes are looked up in, if any.
    denominators : pandas.DataFrame or None
        organisation, period (NHS year), measure, value: floor areas in m2 and the like.
    past : Cells or None
        What its organisations sent before for other NHS years; None where nothing was.
    unread : Cells or None
        Of the same, what is not known: it may be what the return seems to have more of.
    earlier : Cells or None
        What its organisations sent before for the same NHS years: an earlier version of the return.
    """

    columns: Mapping[str, Column]
    quantity: NDArray[np.float64]
    rows: NDArray[np.int64]
    known: Mask
    unsummed: NDArray[np.int64]
    detailed: bool
    method: Methodology
    file: str = ""
    organisations: OrganisationIndex | None = None
    denominators: pd.DataFrame | None = None
    past: Cells | None = None
    unread: Cells | None = None
    earlier: Cells | None = None

    def __len__(self) -> int:
        return len(self.rows)

    @cached_property
    def kgco2e(self) -> NDArray[np.float64]:
        """What each cell comes to in the widest boundary [kgCO2e]; NaN where it cannot be told."""
        return kgco2e_of(self.columns, self.known, self.quantity, self.method)

    def group(self, names: Sequence[str], where: Places | None = None) -> tuple[Places, list[tuple[str, ...]]]:
        """Return which distinct combination of words each of some cells has, and the combinations, in order.

        Blank cells count as the empty word.
        """
        chosen = {}
        for name in names:
            column = self.columns[name] if where is None else self.columns[name].part(where)
            if column.lowest < 0:
                last = len(column.labels)
                look = np.array([*range(1, last + 1), 0], np.int32)
                column = column.renamed(look, ("", *column.labels))
            chosen[name] = column
        place, words = distinct(chosen, names)
        return place.numbers, words

    def shared(self, name: str, where: Places) -> str:
        """Return the word that some cells share in a column, or an empty word."""
        column = self.columns[name].part(where)
        codes = column.codes
        same = len(codes) and codes[0] != BLANK and bool((codes == codes[0]).all())
        return column.labels[codes[0]] if same else ""


def cells_in(
    partial: PartialSums,
    method: Methodology,
    organisations: OrganisationIndex | None = None,
    denominators: pd.DataFrame | None = None,
) -> Cells:
    """Return the cells of partial sums, by site and month where they were kept apart.

    Parameters
    ----------
    partial : PartialSums
    method : Methodology
    organisations : OrganisationIndex, optional
        An unknown code that looks like one of them is taken as that.
    denominators : pandas.DataFrame, optional
    """
    detail = partial.by_site_and_month
    sums = partial if detail is None else detail
    known, words = key_words(sums.columns, len(sums), method, likely=True)
    blank = Column(np.broadcast_to(np.int8(BLANK), len(sums)), ())
    words |= organisation_words(sums.columns["organisation"], organisations)
    words |= {name: sums.columns.get(name, blank) for name in DETAIL}
    if detail is not None:
        words["month"] = _months(words["month"], sums.columns["period"])
    named = [name for name, _ in partial.files]
    return Cells(
        words, arithmetic.to_quantity(sums.total, sums.scale), sums.rows, known, sums.unsummed, detail is not None,
        method,
        named[0] if len(named) == 1 else "", organisations, denominators,
    )  # fmt: skip


def _months(month: Column, period: Column) -> Column:
    """Return the months of cells; where the period could not be read, the one that it clearly means."""
    meant = [likely_month(label) for label in period.labels]
    if not any(meant):
        return month
    labels = tuple(sorted({*month.labels, *filter(None, meant)}))
    place = {label: code for code, label in enumerate(labels)}
    of_month = np.array([*(place[label] for label in month.labels), BLANK], np.int32)[month.codes]
    of_period = np.array([*(place.get(label, BLANK) for label in meant), BLANK], np.int32)[period.codes]
    return Column(np.where(of_month == BLANK, of_period, of_month), labels)


def organisation_words(sent: Column, organisations: OrganisationIndex | None) -> dict[str, Column]:
    """Return organisations as they were sent, in capitals, and as they are clearly meant."""
    codes = [_code(label) for label in sent.labels]
    likely = {} if organisations is None else _likely_organisations(codes, organisations)
    return {"sent": _under(sent, codes), "organisation": _under(sent, [likely.get(code, code) for code in codes])}


def renamed(column: Column, look: Callable[[str], str]) -> Column:
    """Return a column in other words; an empty one is a blank."""
    return _under(column, [look(label) for label in column.labels])


def _under(column: Column, meant: Sequence[str]) -> Column:
    """Return a column whose labels mean other words; an empty one is a blank."""
    if tuple(meant) == column.labels:
        return column
    labels = tuple(sorted({word for word in meant if word}))
    place = {label: code for code, label in enumerate(labels)}
    return column.renamed(np.array([*(place.get(word, BLANK) for word in meant), BLANK], np.int32), labels)


def likely_month(text: str) -> str:
    """Return the month of a period as sent, or as it would be once corrected; empty where it has none."""
    if (found := read_period(text)) is not None:
        return found.month
    meant = likely_period(text)
    return month_of(meant)


def _code(text: str) -> str:
    """Return the code that the sender's word is read as, or would be once it is corrected."""
    word = organisation_code(text)
    return word.meaning or word.likely(text)


def _likely_organisations(codes: Sequence[str], organisations: OrganisationIndex) -> dict[str, str]:
    """Return what each unknown code was probably meant to be: the only one alike, or alike and in the return.

    Of more than have a finding each nothing is meant: they have one together.
    """
    sent = set(codes)
    unknown = sent - organisations.number.keys()
    if len(unknown) > EACH:
        return {}
    meant = {}
    for code in unknown:
        near = set(organisations.alike(code))
        beside = near & sent or near
        if len(beside) == 1:
            meant[code] = beside.pop()
    return meant


def numbers_of(
    first: Mapping[str, Column], second: Mapping[str, Column], names: Sequence[str]
) -> tuple[Places, Places]:
    """Return a number for each combination of words of two tables: equal words have equal numbers in both."""
    joined = {}
    for name in names:
        mine, theirs = first[name], second[name]
        place = {label: code for code, label in enumerate(mine.labels, start=1)}
        more = [label for label in theirs.labels if label not in place]
        place |= {label: code for code, label in enumerate(more, start=len(place) + 1)}
        look = np.array([*(place[label] for label in theirs.labels), 0], np.int64)
        codes = np.concatenate([mine.codes.astype(np.int64) + 1, look[theirs.codes]])
        joined[name] = Column(codes, ("", *place))
    numbers = number(joined)[0].numbers
    cells = len(next(iter(first.values())).codes)
    return numbers[:cells], numbers[cells:]


def each_place(numbers: Places, count: int) -> Iterator[Places]:
    """Yield the places of each number, from 0 to `count`, in ascending order."""
    order = np.argsort(numbers, kind="stable")
    ends = np.cumsum(np.bincount(numbers, minlength=count))
    yield from np.split(order, ends[:-1]) if count else ()
