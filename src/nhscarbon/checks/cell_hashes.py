"""What an answer is about: a hash of the cells of the small table that a finding speaks of."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from nhscarbon.activity.columns import BLANK, Column
from nhscarbon.findings import Finding
from nhscarbon.output.text import short_repr
from nhscarbon.sums import arithmetic
from nhscarbon.sums.combinations import number
from nhscarbon.sums.partial_sums import DETAIL, KEY, PartialSums

NAMED = ("organisation", "period", "activity")  # words of a finding that say which cells it is about
BESIDE = ("site", "month", "unit", "column", "value")  # what tells findings of one code about the same cells apart
Places = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class CellHashes:
    """Gives the SHA-256 of the cells that a finding is about, of its organisation, period and activity.

    A word that the finding leaves empty narrows nothing: without an activity it is about all cells of its organisation
    and period. The cells are those of the partial sums, by site and month where these were kept apart: every word as it
    was sent, the exact sum and the number of rows. So neither the order of the rows nor the kind of source changes it,
    and any other word or figure does. What else a finding names goes into its hash too: two findings of one code about
    the same cells, such as two rules of what counts twice, have a hash each. Made when first asked for.

    Attributes
    ----------
    sums : PartialSums
    words : Mapping[str, Column]
        The organisation, period and activity of each cell by site and month, as known or clearly meant.
    """

    sums: PartialSums
    words: Mapping[str, Column]
    _made: dict[tuple[str, ...], str] = field(default_factory=dict)

    __repr__ = short_repr

    def __call__(self, finding: Finding) -> str:
        """Return the hash for one finding."""
        key = tuple(getattr(finding, name) for name in NAMED)
        if key not in self._made:
            self._made[key] = _sha256(self._cells, self._places(key))
        beside = [getattr(finding, name) for name in BESIDE]
        if not any(beside):
            return self._made[key]
        return hashlib.sha256("\0".join([self._made[key], *beside]).encode()).hexdigest()

    @cached_property
    def _cells(self) -> PartialSums:
        """The sums that are hashed: by site and month where these were kept apart."""
        return self.sums.by_site_and_month or self.sums

    @cached_property
    def _by_organisation(self) -> tuple[Places, Places]:
        """All cells in order of their organisation, blank ones first, and where each organisation ends."""
        codes = self.words["organisation"].codes.astype(np.int64) + 1
        order = np.argsort(codes, kind="stable")
        return order, np.cumsum(np.bincount(codes, minlength=len(self.words["organisation"].labels) + 1))

    def _places(self, key: tuple[str, ...]) -> Places:
        """Return the cells that have every word of a key; one that no cell has narrows nothing."""
        body, *rest = key
        labels = self.words["organisation"].labels
        if body in labels:
            order, ends = self._by_organisation
            code = labels.index(body)
            places = order[ends[code] : ends[code + 1]]
        else:
            places = self._with("organisation", body, np.arange(len(self._cells)))
        for name, word in zip(NAMED[1:], rest, strict=True):
            places = self._with(name, word, places)
        return places

    def _with(self, name: str, word: str, places: Places) -> Places:
        """Return those of some cells that have a word, as it is meant or as it was sent."""
        for column in (self.words[name], self._cells.columns[name]):
            if word and word in column.labels:
                here: NDArray[np.bool_] = column.part(places).codes == column.labels.index(word)
                return places[here]
        return places


def _sha256(sums: PartialSums, places: Places) -> str:
    """Return the SHA-256 of some cells, whatever else the sums were kept by."""
    columns = {name: _worded(sums.columns[name].part(places)) for name in (*KEY, *DETAIL) if name in sums.columns}
    hashed = hashlib.sha256()
    if len(places):
        cell, columns = number(columns)
        cells = len(columns["unit"].codes)
        total = arithmetic.add_parts(cell.numbers, [sums.total[places]], cells)
        scale, rows, unsummed = (np.zeros(cells, np.int64) for _ in range(3))
        scale[cell.numbers] = sums.scale[places]
        np.add.at(rows, cell.numbers, sums.rows[places])
        np.add.at(unsummed, cell.numbers, sums.unsummed[places])
        for name, column in columns.items():
            hashed.update("\0".join([name, *column.labels]).encode() + b"\n")
            hashed.update(column.codes.astype("<i4").tobytes())
        hashed.update(" ".join(map(str, total.tolist())).encode())
        for each in (scale, rows, unsummed):
            hashed.update(each.astype("<i8").tobytes())
    return hashed.hexdigest()


def _worded(column: Column) -> Column:
    """Return a column whose blank cells are the empty word."""
    if column.lowest > BLANK:
        return column
    last = len(column.labels)
    return column.renamed(np.array([*range(1, last + 1), 0], np.int32), ("", *column.labels))
