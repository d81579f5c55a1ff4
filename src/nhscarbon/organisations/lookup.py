"""One code on a day: known, open, closed or followed by which; and bodies by their name. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Literal

import numpy as np

from nhscarbon.errors import UsageError
from nhscarbon.organisations.code_forms import LONGEST, MOST, TRUST_CODE, alike_among, by_form
from nhscarbon.organisations.later import Planned
from nhscarbon.organisations.register import Gap, Organisations, day_number, day_text
from nhscarbon.output.text import short_repr
from nhscarbon.periods import parse_period, year_end, year_start

Status = Literal["open", "closed", "not_open_yet", "unknown"]
SMALL, SMALLER = ("gp_practice", "trust_site", "pcn"), 0.5  # thousands share the words of a few: they come after


@dataclass(frozen=True)
class Successor:
    """What follows a closed code, from which day, with which share of it; `mark` says how far that is known."""

    code: str
    name: str
    date: str
    share: float
    inferred: bool
    mark: str = ""

    __repr__ = short_repr


@dataclass(frozen=True)
class Known:
    """What a release says of one code on a day or in an NHS year.

    Attributes
    ----------
    code : str
        As it was asked for.
    status : {"open", "closed", "not_open_yet", "unknown"}
        In an NHS year a code is open that was open on any day of it.
    name, role : str
        On that day, or the nearest that is known.
    opened, closed : str
        The first day of use and the first of no more use; empty where open or not known.
    successors : tuple of Successor
        What followed it at once; empty for an open code.
    followed_by : tuple of str
        What follows it on that day, through later mergers.
    planned : tuple of Planned
        Successions that were only announced when their source was read; they move nothing.
    names : tuple of (name, from, to)
        All names under this code.
    suggestions : tuple of str
        Known codes that look like an unknown one.
    gaps : tuple of str
        What no file says of it.
    message : str
        The sentence for a finding; empty for an open code.
    """

    code: str
    status: Status
    name: str = ""
    role: str = ""
    opened: str = ""
    closed: str = ""
    successors: tuple[Successor, ...] = ()
    followed_by: tuple[str, ...] = ()
    planned: tuple[Planned, ...] = ()
    names: tuple[tuple[str, str, str], ...] = ()
    suggestions: tuple[str, ...] = ()
    gaps: tuple[str, ...] = ()
    message: str = ""

    __repr__ = short_repr

    def __str__(self) -> str:
        told = self.message or f"{self.code} is {self.name or 'a code without a known name'} ({self.role})"
        return told if self.message else "; ".join([told, *map(str, self.planned)])


def look_up(code: str, organisations: Organisations, on: str) -> Known:
    """Say what a code is on a day or in an NHS year.

    Parameters
    ----------
    code : str
        Three characters or five, as it was sent: nothing is corrected, only suggested.
    organisations : Organisations
        From `nhscarbon.organisations.load.load_organisations`.
    on : str
        A day such as ``2019-04-01``, or an NHS year such as ``2019/20``.

    Returns
    -------
    Known

    Raises
    ------
    UsageError
        If `on` is neither.

    Examples
    --------
    >>> from nhscarbon.organisations.load import load_organisations
    >>> print(look_up("RM2", load_organisations("ods-2026-07"), "2019-04-01"))
    RM2 closed on 2017-10-01; its successor is R0A
    """
    first, last = days_of(on)
    place = organisations.number.get(code)
    if place is None:
        return _unknown(code, organisations, last)
    opened, closed = int(organisations.opened[place]), int(organisations.closed[place])
    status: Status = "closed" if closed <= first else "not_open_yet" if opened > last else "open"
    successors = tuple(_followed(place, organisations)) if closed <= last else ()
    announced = tuple(each for each in organisations.planned if each.code == code)
    roles, names = organisations.roles, organisations.names
    low, high = np.searchsorted(names.code, [place, place + 1])
    followed = _final(place, organisations, last) if successors else ()
    message = ""
    if status == "closed":
        pairs = [(each.code, each.share) for each in successors]
        message = closed_sentence(code, day_text(closed), pairs, followed, _said(successors, announced))
    elif status == "not_open_yet":
        message = f"{code} opened on {day_text(opened)} and was not in use on {day_text(last)}"
    return Known(
        code=code, status=status, name=organisations.word_of(names, place, last),
        role=organisations.word_of(roles, place, last), opened=day_text(opened), closed=day_text(closed),
        successors=successors, followed_by=followed, planned=announced,
        names=tuple(
            (names.word[n], day_text(int(names.start[n])), day_text(int(names.end[n]))) for n in range(low, high)
        ),
        gaps=tuple(gap.note for gap in organisations.gaps if gap.code == code and _begun(gap, last)), message=message,
    )  # fmt: skip


def look_up_codes(codes: Iterable[str], organisations: Organisations, on: str) -> dict[str, Known]:
    """Look up each distinct code once; see `look_up`."""
    return {code: look_up(code, organisations, on) for code in dict.fromkeys(codes)}


def days_of(on: str) -> tuple[int, int]:
    """Return the first and last day, since 1970, of a day or an NHS year."""
    if re.fullmatch(r"\d{4}-\d\d-\d\d", on, re.ASCII):
        return day_number(on), day_number(on)
    year = parse_period(on)
    if year.month:
        raise UsageError(f"'{on}' is a month; give a day such as {year.month}-01 or the NHS year {year.year}")
    return day_number(year_start(year.year)), day_number(year_end(year.year)) - 1


def _followed(place: int, organisations: Organisations) -> Iterable[Successor]:
    follows = organisations.successions
    for row in np.flatnonzero(follows.predecessor == place):
        new, day = int(follows.successor[row]), int(follows.day[row])
        mark = organisations.marks.get((organisations.codes[place], organisations.codes[new]), "")
        yield Successor(organisations.codes[new], organisations.word_of(organisations.names, new, day), day_text(day),
                        float(follows.share[row]), bool(follows.inferred[row]), mark)  # fmt: skip


def _begun(gap: Gap, day: int) -> bool:
    """Tell whether what no file says is of a day or of one before it: a closing is not told before it."""
    return not gap.valid_from or day_number(gap.valid_from) <= day


def _said(successors: Iterable[Successor], announced: Iterable[Planned]) -> list[str]:
    return [*dict.fromkeys(each.mark for each in successors if each.mark), *map(str, announced)]


def _final(place: int, organisations: Organisations, on: int) -> tuple[str, ...]:
    """Return what follows a code on a day, through every closing before it."""
    follows, left, found = organisations.successions, [place], []
    while left:
        here = left.pop()
        rows = np.flatnonzero((follows.predecessor == here) & (follows.day <= on))
        if len(rows):
            left += follows.successor[rows].tolist()
        elif here != place:
            found.append(organisations.codes[here])
    return tuple(sorted(set(found)))


def closed_sentence(
    code: str, day: str, successors: Sequence[tuple[str, float]], followed: Iterable[str], marks: Iterable[str] = ()
) -> str:
    """Say when a code closed, and what follows it: at once, by code and share, and through later mergers.

    Marks say how far that is known; they come in brackets at the end.
    """
    said = f" ({'; '.join(marks)})" if marks else ""
    if not successors:
        return f"{code} closed on {day}; no file held names a successor{said}"
    names = [f"{each} ({share:.1%})" if len(successors) > 1 else each for each, share in successors]
    text = f"{code} closed on {day}; its successor{'s are' if len(names) > 1 else ' is'} {_and(names)}"
    more = "" if {each for each, _ in successors} == set(followed) else f", followed by {_and(followed)}"
    return f"{text}{more}{said}"


def _and(words: Iterable[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last


def _unknown(code: str, organisations: Organisations, day: int) -> Known:
    cut = "..." if len(code) > LONGEST else ""
    message = f"'{code[:LONGEST]}{cut}' is not in this release ({organisations.name})"
    gaps = tuple(gap.note for gap in organisations.gaps if gap.code == code)
    near = alike(code, organisations, day)
    if gaps:
        message += f": it was {gaps[0]}" if gaps[0].startswith("followed") else f": {gaps[0]}"
    elif near:
        named = [f"{each} ({name})" if (name := _name(each, organisations, day)) else each for each in near]
        message += f"; did you mean {' or '.join(named)}?"
    elif len(code) > TRUST_CODE and (trust := code[:TRUST_CODE].upper()) in organisations.number:
        message += f"; its first three characters are those of {trust}"
        near = (trust,)
    return Known(code=code, status="unknown", suggestions=near, gaps=gaps, message=message)


def _name(code: str, organisations: Organisations, day: int) -> str:
    return organisations.word_of(organisations.names, organisations.number[code], day)


def alike(code: str, organisations: Organisations, day: int) -> tuple[str, ...]:
    """Return the known codes that look like an unknown one; those in use on a day, if any of them is.

    Looked at are other alphabets, full width, small letters, and O for 0 or I for 1.
    """
    number, opened, closed = organisations.number, organisations.opened, organisations.closed
    return alike_among(code, _forms(organisations), lambda way: bool(opened[number[way]] <= day < closed[number[way]]))


@lru_cache(maxsize=8)
def _forms(organisations: Organisations) -> Mapping[str, tuple[str, ...]]:
    return by_form(organisations.codes)


def find(name: str, organisations: Organisations, *, on: str = "", limit: int = MOST) -> tuple[Known, ...]:
    """Return the bodies whose name is most like a text, best first.

    Parameters
    ----------
    name : str
        A name or some of its words.
    organisations : Organisations
    on : str, optional
        The day or NHS year that the answers speak of; the release's last opening when left out.
    limit : int, optional
        How many.

    Returns
    -------
    tuple of Known
        Empty where nothing shares a word with the text.

    Examples
    --------
    >>> from nhscarbon.organisations.load import load_organisations
    >>> [found.code for found in find("barts health", load_organisations("ods-2026-07"), limit=1)]
    ['R1H']
    """
    asked = _plain(name)
    words = set(asked.split())
    roles = organisations.roles
    small = {organisations.codes[n] for n, role in zip(roles.code, roles.word, strict=True) if role in SMALL}
    scored: dict[int, float] = {}
    for row, text in enumerate(organisations.names.word):
        plain = _plain(text)
        shared = len(words & set(plain.split()))
        if not shared and not (asked and asked in plain):
            continue
        whole = shared / len(words) if words else 0.0
        score = (whole, SequenceMatcher(None, asked, plain).ratio()) if whole >= 0.5 else (whole, 0.0)
        place = int(organisations.names.code[row])
        scored[place] = max(
            scored.get(place, 0.0), score[0] + score[1] - SMALLER * (organisations.codes[place] in small)
        )
    day = on or day_text(int(organisations.opened.max()))
    best = sorted(scored, key=lambda place: (-scored[place], organisations.codes[place]))[:limit]
    return tuple(look_up(organisations.codes[place], organisations, day) for place in best)


def _plain(text: str) -> str:
    """Return a name in plain capitals, without what bodies have in common."""
    words = re.sub(r"[^A-Z0-9 ]", "", text.upper().replace("&", " AND ").replace("-", " ")).split()
    return " ".join(word for word in words if word not in ("NHS", "THE", "TRUST", "FOUNDATION"))
