"""The compact index of a release: what each code is and when it was in use, looked up for many words at once."""

from __future__ import annotations

import csv
import io
import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property, lru_cache
from itertools import repeat
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from nhscarbon.errors import IntegrityError
from nhscarbon.methods.data_package import DataPackage, data_root, load_pinned
from nhscarbon.organisations.code_forms import TRUST_CODE, alike_among, by_form, has_form, plain
from nhscarbon.organisations.later import load_later, marks, pin_of, planned
from nhscarbon.organisations.register import ALWAYS_FROM, ALWAYS_TO, Days, day_number
from nhscarbon.output.text import one_line
from nhscarbon.periods import year_end, year_start

ROOM, ENDING = "organisation_index", "-index"
COLUMNS = ("code", "kind", "opened", "closed", "successors", "trusts")
SITE = "trust_site"
NOT_REPORTING = (SITE, "region", "country")
SMALL, SMALLER = (
    ("gp_practice", "pcn", "sub_icb_location", "ccg"),
    0.5,
)  # thousands share the words of a few: they come after
CLOSED_LESS = 0.25  # what has closed comes after what has not
ALIKE_NAME = 0.6  # similarity of a name from which its code is suggested
COMPARED = 60  # names that are compared letter by letter: those that share the most words
TELLING = 30  # organisations that a word which tells one from another is of
FEW_SHARE = 3  # organisations that a single word may be of
SHORT = {"ICB": ("INTEGRATED", "CARE", "BOARD"), "CCG": ("CLINICAL", "COMMISSIONING", "GROUP")}
COMMON = ("NHS", "THE", "TRUST", "FOUNDATION", "AND", "OF", "FT")
Places = NDArray[np.int64]
Array = TypeVar("Array", bound=NDArray[Any])


@dataclass(frozen=True)
class Succession:
    """A code that followed a closed one, from which day (ISO), with which share of it."""

    code: str
    day: str
    share: float


@dataclass(frozen=True, eq=False)
class OrganisationIndex:
    """Every code of a release: arrays are read-only, in ascending order of codes.

    Attributes
    ----------
    release : str
        Such as ``ods-2026-07``.
    opened, closed : int32 array, shape (codes,)
        Days since 1970: the first of use, and the first of no more use.
    kind : int8 array, shape (codes,)
        Numbers `kinds`; that of the empty word where nothing but the code is known.
    """

    package: DataPackage
    release: str
    codes: tuple[str, ...]
    opened: Days
    closed: Days
    kind: NDArray[np.int8]
    kinds: tuple[str, ...]
    _successors: tuple[str, ...]
    _trusts: tuple[str, ...]
    later: DataPackage | None = None

    def __repr__(self) -> str:
        return one_line(self, f"{self.release}, {len(self.codes):,} codes")

    @cached_property
    def number(self) -> Mapping[str, int]:
        """The place of each code."""
        return {code: place for place, code in enumerate(self.codes)}

    @cached_property
    def names(self) -> Mapping[str, str]:
        """The last known name of each code that has one; read when a finding first says a name."""
        reader = csv.reader(io.StringIO(self.package.text("names.csv"), newline=""), strict=True)
        next(reader)  # the header
        held = {code: name for code, name in reader}  # noqa: C416  two cells a row, or it raises
        return held | {row["code"]: row["name"] for row in (self.later.rows("names.csv") if self.later else ())}

    @cached_property
    def notes(self) -> Mapping[str, str]:
        """What the release says of codes that it holds no days of."""
        return {row["code"]: row["note"] for row in self.package.rows("notes.csv")}

    @cached_property
    def _said(self) -> Mapping[str, tuple[str, ...]]:
        """What is to be said of the successions of a code: how far they are known, and what was planned."""
        found: dict[str, list[str]] = defaultdict(list)
        for (old, _), mark in marks(self.later).items():
            found[old].append(mark)
        for each in planned(self.later):
            found[each.code].append(str(each))
        return {code: tuple(dict.fromkeys(told)) for code, told in found.items()}

    @cached_property
    def latest(self) -> int:
        """The day of the last opening that the release holds, in days since 1970."""
        return int(self.opened.max())

    @cached_property
    def sole_trust(self) -> NDArray[np.int32]:
        """The place of the one trust that each site was ever in; -1 where there is none, or more than one."""
        number = self.number
        only = [number[told.partition(":")[0]] if told and ";" not in told else -1 for told in self._trusts]
        return _held(np.array(only, np.int32))

    @cached_property
    def _forms(self) -> Mapping[str, tuple[str, ...]]:
        return by_form(self.codes)

    @cached_property
    def _predecessors(self) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, list[str]] = defaultdict(list)
        for code, told in zip(self.codes, self._successors, strict=True):
            for each in filter(None, told.split(";")):
                found[each.partition(":")[0]].append(code)
        return {code: tuple(before) for code, before in found.items()}

    @cached_property
    def _names_with(self) -> Mapping[str, tuple[int, ...]]:
        """The places whose names have a word, of codes that report."""
        found: dict[str, list[int]] = defaultdict(list)
        left_out = {self.kinds.index(kind) for kind in NOT_REPORTING if kind in self.kinds}
        for code, name in self.names.items():
            place = self.number[code]
            if self.kind[place] not in left_out:
                for word in set(_words(name)):
                    found[word].append(place)
        return {word: tuple(places) for word, places in found.items()}

    def places(self, words: Sequence[str]) -> Places:
        """Return the place of each of some words, -1 of what the release does not hold.

        Parameters
        ----------
        words : sequence of str
            Distinct words; one look each.

        Returns
        -------
        int64 array, shape (words,)
        """
        return np.fromiter(map(self.number.get, words, repeat(-1)), np.int64, len(words))

    def is_code(self, word: str) -> bool:
        """Tell whether a word has the form of an ODS code, or is one that the release holds."""
        return word in self.number or has_form(word, self.number.__contains__)

    def outside(self, places: Places, years: Sequence[str]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Tell which codes had closed before an NHS year, and which opened after it.

        Parameters
        ----------
        places : int64 array, shape (pairs,)
            Of `places`; none is -1.
        years : sequence of str, shape (pairs,) or (1,)
            NHS years such as ``2023/24``.

        Returns
        -------
        closed, not_open_yet : bool array, shape (pairs,)
        """
        first, last = days_of_years(years)
        return self.closed[places] <= first, self.opened[places] > last

    def kind_of(self, code: str) -> str:
        """Return what a code is, such as ``nhs_trust``; empty where it is not known."""
        place = self.number.get(code)
        return "" if place is None else self.kinds[self.kind[place]]

    def name_of(self, code: str) -> str:
        """Return the last known name of a code; empty where it is not known."""
        return self.names.get(code, "")

    def reports(self, code: str) -> bool:
        """Tell whether a code is known as an organisation that can send a return."""
        kind = self.kind_of(code)
        return bool(kind) and kind not in NOT_REPORTING

    def successors(self, code: str) -> tuple[Succession, ...]:
        """Return what followed a code at once."""
        place = self.number.get(code)
        told = [] if place is None else [each.split(":") for each in self._successors[place].split(";") if each]
        return tuple(Succession(new, day, float(share)) for new, day, share in told)

    def said_of(self, code: str) -> tuple[str, ...]:
        """Return what is to be said of what followed a code: how far it is known, and what was planned."""
        return self._said.get(code, ())

    def followed_by(self, code: str, on: int) -> tuple[str, ...]:
        """Return what follows a code on a day, in days since 1970, through every closing before it."""
        left, found, seen = [code], set(), {code}
        while left:
            here = left.pop()
            next_ = [each.code for each in self.successors(here) if day_number(each.day) <= on]
            if not next_ and here != code:
                found.add(here)
            left += [new for new in next_ if new not in seen]
            seen.update(next_)
        return tuple(sorted(found))

    def kin(self, code: str) -> set[str]:
        """Return what a code follows and what follows it at once: a merger in a year moves its sites."""
        return {*self._predecessors.get(code, ()), *(each.code for each in self.successors(code))}

    def followed(self, code: str, first: int, last: int) -> tuple[str, ...]:
        """Return what a code followed at once, between two days, in days since 1970."""
        return tuple(
            each for each in self._predecessors.get(code, ())
            if any(new.code == code and first <= day_number(new.day) <= last for new in self.successors(each))
        )  # fmt: skip

    def trusts(self, site: str, year: str) -> set[str]:
        """Return the trusts that a site was in on any day of an NHS year."""
        place = self.number.get(site)
        (first,), (last,) = days_of_years([year])
        told = [] if place is None else [each.split(":") for each in self._trusts[place].split(";") if each]
        return {
            trust for trust, start, end in told
            if _day(start, ALWAYS_FROM) <= last and _day(end, ALWAYS_TO) > first
        }  # fmt: skip

    def alike(self, word: str) -> tuple[str, ...]:
        """Return the codes that a word looks like, the most alike first; those in use, if any of them is."""
        return alike_among(word, self._forms, self._in_use)

    def suggested(self, word: str) -> tuple[str, ...]:
        """Return the codes that a word which is none was probably meant to be: look-alikes, else a code or name in it.

        The same for a word whatever else a return holds.
        """
        if (read := plain(word)) in self.number:
            return (read,)
        if near := self.alike(word):
            return near
        written = [part for part in re.findall(r"[A-Z0-9]{3,6}", word[:200]) if self.reports(part)]
        if written:
            return tuple(dict.fromkeys(written[:1]))
        return (named,) if (named := self.named(word)) else ()

    def named(self, text: str) -> str:
        """Return the code whose name is most like a text, if any is much like it; empty otherwise."""
        asked = _words(text[:200])
        words, shared, telling = set(asked), Counter[int](), Counter[int]()
        of = {word: self._names_with.get(word, ()) for word in words}
        for places in of.values():
            shared.update(places)
            if len(places) <= TELLING:  # such as "Barnsley", and not "Hospital"
                telling.update(places)
        needed = sum(len(places) <= TELLING for places in of.values())
        if not needed or (len(words) == 1 and len(shared) > FEW_SHARE):
            return ""
        likely = [(place, shared[place]) for place, count in telling.most_common(COMPARED) if 2 * count >= needed]
        best, matcher = (0.0, 0, ""), SequenceMatcher(None, "", " ".join(asked))
        for place, count in likely:
            matcher.set_seq1(" ".join(_words(self.names[self.codes[place]])))
            if (ratio := matcher.ratio()) >= ALIKE_NAME or count == len(words):
                score = count / len(words) + ratio - SMALLER * (self.kinds[self.kind[place]] in SMALL)
                score -= CLOSED_LESS * (self.closed[place] < ALWAYS_TO)
                best = max(best, (score, -place, self.codes[place]))
        return best[2]

    def near_trust(self, code: str) -> str:
        """Return the organisation whose code begins a longer one, as site codes of trusts do; empty otherwise."""
        start = code[:TRUST_CODE]
        return start if len(code) > TRUST_CODE and start in self.number else ""

    def _in_use(self, code: str) -> bool:
        place = self.number[code]
        return bool(self.opened[place] <= self.latest < self.closed[place])


@lru_cache(maxsize=4)
def load_index(name: str, root: Path | None = None) -> OrganisationIndex:
    """Read and verify the index of a release.

    Parameters
    ----------
    name : str
        The release, such as ``ods-2026-07``.
    root : Path, optional
        The data folder; the one that ships with nhscarbon when left out.

    Returns
    -------
    OrganisationIndex

    Raises
    ------
    UsageError
        If there is no such index.
    IntegrityError
        If a file is not the published one, or its columns are others.

    Examples
    --------
    >>> index = load_index("ods-2026-07")
    >>> index.name_of("R0A"), [each.code for each in index.successors("RM2")]
    ('MANCHESTER UNIVERSITY NHS FOUNDATION TRUST', ['R0A'])
    """
    root = root or data_root()
    return index_of(load_pinned(root, ROOM, pin_of(name, ROOM, ENDING, root)), load_later(name, root))


def index_of(package: DataPackage, later: DataPackage | None = None) -> OrganisationIndex:
    """Build the index from its verified packages; raises IntegrityError as `load_index`.

    No cell of `codes.csv` holds a comma: it is a code, a word, a day or a list of them. The codes that became known to
    be otherwise after the release was frozen are rows of the later package.
    """
    cells = _cells(package)
    width = len(COLUMNS)
    if later is not None:
        changed, known = _cells(later), cells[::width]
        for start in range(width, len(changed), width):
            at = width * bisect_left(known, changed[start], lo=1)
            cells[at : at + width * (changed[start] in known[at // width : at // width + 1])] = changed[
                start : start + width
            ]
            known = cells[::width]
    codes = tuple(cells[width::width])
    if tuple(cells[:width]) != COLUMNS or len(cells) % width or list(codes) != sorted(set(codes)):
        raise IntegrityError(f"{package.label}: codes.csv does not have the columns {', '.join(COLUMNS)} in every row, "
                             "or its codes are not in order")  # fmt: skip
    kind, opened, closed, successors, trusts = (cells[width + column :: width] for column in range(1, width))
    kinds = tuple(sorted(set(kind)))
    number = {word: place for place, word in enumerate(kinds)}
    return OrganisationIndex(
        package=package, release=package.name.removesuffix(ENDING), codes=codes,
        opened=_days(opened, ALWAYS_FROM), closed=_days(closed, ALWAYS_TO),
        kind=_held(np.array([number[word] for word in kind], np.int8)), kinds=kinds,
        _successors=tuple(successors), _trusts=tuple(trusts), later=later,
    )  # fmt: skip


def _cells(package: DataPackage) -> list[str]:
    return package.text("codes.csv").rstrip("\n").replace("\n", ",").split(",")


def days_of_years(years: Sequence[str]) -> tuple[Days, Days]:
    """Return the first and the last day of each of some NHS years, in days since 1970."""
    first = np.array([day_number(year_start(year)) for year in years], np.int32)
    return first, np.array([day_number(year_end(year)) - 1 for year in years], np.int32)


def _days(texts: Sequence[str], empty: int) -> Days:
    number = {text: _day(text, empty) for text in set(texts)}
    return _held(np.array([number[text] for text in texts], np.int32))


def _day(text: str, empty: int) -> int:
    return day_number(text) if text else empty


def _held(array: Array) -> Array:
    array.setflags(write=False)
    return array


def _words(text: str) -> list[str]:
    """Return the words of a name in capitals, without those that most names share."""
    words = re.sub(r"[^A-Z0-9 ]", "", text.upper().replace("-", " ").replace("/", " ")).split()
    return [each for word in words if word not in COMMON for each in SHORT.get(word, (word,))]
