"""Rules across the files of one check: a return that was sent twice or in two versions, and rows of two returns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from nhscarbon.activity.activity import Activity
from nhscarbon.activity.columns import BLANK
from nhscarbon.checks.entries import stake
from nhscarbon.checks.row_words import KIND, JoinedRows, Numbers, RowWords, joined, words_of_rows
from nhscarbon.findings import Finding, finding, first_rows
from nhscarbon.methods.methodology import Methodology
from nhscarbon.organisations.index import OrganisationIndex

ABOUT = ("organisation", "site", "period", "month", "activity", KIND, "reference", "supplier", "geography")
VERSION = 0.5  # of the rows of both files that are about the same: more is no chance
NAMED = ("organisation", "period")


class Shared(NamedTuple):
    """Rows of a file that are about the same as rows of one before it: `same` of them say the same."""

    file: int
    other: int
    rows: Numbers
    same: Numbers


def between_files(
    sources: Sequence[Activity | None], method: Methodology, organisations: OrganisationIndex | None = None
) -> list[list[Finding]]:
    """Find what several returns hold twice: whoever adds them up would count it twice.

    Rows are compared in the method's words: codes in any case, other spellings, and 5 MWh with 5,000 kWh.

    Parameters
    ----------
    sources : sequence of Activity or None
        The rows of each file; None for one that was not read, or not held.
    method : Methodology
    organisations : OrganisationIndex, optional
        An unknown code that looks like one of them is taken as that.

    Returns
    -------
    list of list of Finding
        For each file, what an earlier one holds as well.
    """
    found: list[list[Finding]] = [[] for _ in sources]
    by_hash: dict[str, str] = {}
    held: list[int] = []
    for place, source in enumerate(sources):
        if source is None or not len(source):
            continue
        if source.sha256 and (same := by_hash.setdefault(source.sha256, source.file)) is not source.file:
            found[place].append(finding("file_repeated", file=source.file, rows=len(source), value=same))
        else:
            held.append(place)
    if len(held) < 2:
        return found
    words = []
    for place in held:
        rows = words_of_rows(sources[place], method, organisations)  # type: ignore[arg-type]
        words.append(rows.part(np.isfinite(rows.quantity) & (rows.quantity != 0)))
    table = joined(words, method.units)
    sizes = np.bincount(table.of, minlength=len(held))
    for shared in _shared(table):
        mine, other = sources[held[shared.file]], sources[held[shared.other]]
        assert mine is not None
        assert other is not None
        start = int(sizes[: shared.file].sum())
        versions = _alike(shared, table)
        told = _said(shared, mine.file, other.file, versions, table, words[shared.file], start)
        found[held[shared.file]] += told
    return found


def _shared(table: JoinedRows) -> Iterator[Shared]:
    """Yield what each file shares with each before it.

    Of every row it is the first file that says the same, or else the first that is about the same.
    """
    every = np.arange(len(table.of))
    about = _first_file(table.key(ABOUT, every), table.of)
    exact = _first_file(table.key(ABOUT, every, table.amounts(table.base)), table.of)
    other = np.where(exact < table.of, exact, about)
    for number in np.unique(table.of[other < table.of]).tolist():
        here = np.flatnonzero((table.of == number) & (other < number))
        for before in np.unique(other[here]).tolist():
            rows = here[other[here] == before]
            yield Shared(number, before, rows, rows[exact[rows] == before])


def _first_file(key: Numbers, of: Numbers) -> Numbers:
    """Return for each row the first file that has its key; files are in ascending order."""
    first = np.full(int(key.max(initial=-1)) + 1, len(of) + 1, np.int64)
    np.minimum.at(first, key, of)
    found: Numbers = first[key]
    return found


def _alike(shared: Shared, table: JoinedRows) -> bool:
    """Tell whether two files look like two versions of one return.

    Most of their rows of one organisation and year are about the same, and not all of them say the same.
    """
    pair = table.key(NAMED, np.arange(len(table.of)))
    ours = np.isin(pair, pair[shared.rows])
    counts = [int(np.count_nonzero(ours & (table.of == number))) for number in (shared.file, shared.other)]
    most = len(shared.rows) > VERSION * max(counts)
    return most and not len(shared.same) == counts[0] == counts[1]


def _said(
    shared: Shared, file: str, other: str, versions: bool, table: JoinedRows, rows: RowWords, start: int
) -> Iterator[Finding]:
    """Yield the findings of what two files share, of each sheet that the rows are on."""
    chosen = shared.rows if versions else shared.same
    named = {}
    for name in NAMED:
        words = {table.labels[name][code] for code in np.unique(table.codes[name][chosen]).tolist()}
        named[name] = words.pop() if len(words) == 1 else ""
    at = chosen - start
    for sheet in np.unique(rows.sheet[at]).tolist():
        here = at[rows.sheet[at] == sheet]
        same = int(np.isin(here + start, shared.same).sum())
        variant = "versions" if versions else "one" if len(here) == 1 else ""
        assert rows.numbers is not None
        yield finding(
            "rows_in_two_files", variant, file=file, value=other, rows=len(here),
            sheet="" if sheet == BLANK else rows.sheets[sheet], first_rows=first_rows(rows.numbers[here]),
            kgco2e_at_stake=stake(rows.kgco2e[here]), same=same, different=len(here) - same, **named,  # type: ignore[arg-type]
        )  # fmt: skip
