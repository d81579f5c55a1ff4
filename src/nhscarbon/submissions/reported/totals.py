"""Stated totals held against their parts: of an organisation, a theme, or a system of organisations."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from math import fsum
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from nhscarbon.errors import UsageError
from nhscarbon.methods.methodology import Methodology
from nhscarbon.organisations.local import csv_table
from nhscarbon.output.results import Result
from nhscarbon.periods import parse_period
from nhscarbon.submissions.reported.causes import UNKNOWN, cause_of, fits
from nhscarbon.submissions.reported.members import Members, as_code
from nhscarbon.submissions.reported.parts import BY_METHOD, Parts, Piece, known_organisations, parts_of
from nhscarbon.submissions.reported.rows import ALL, Rows, theme_of

NEEDED = ("organisation", "period", "tco2e")
COLUMNS = ["where", "organisation", "period", "theme", "reported_tco2e", "of", "parts", "parts_tco2e", "difference",
           "agrees", "explanation"]  # fmt: skip
NO_PARTS = "nothing of it is in the return"
NO_CODE = "no code of the register, and no word for a total: give the code, or Total for all"


def compare_totals(totals: pd.DataFrame | str | Path | Result | None, rows: Rows, method: Methodology) -> pd.DataFrame:
    """Hold published totals against their parts.

    Returns
    -------
    pandas.DataFrame
        As `ReportedTonnes.totals`; empty where none are given. Figures of a theme that are parts of another row and
        whose own parts are nowhere are no totals.
    """
    own = pd.DataFrame(list(rows.totals), columns=list(Total._fields))
    own["organisation"] = own["organisation"].map(as_code)
    if totals is None and own.empty:
        return pd.DataFrame(columns=COLUMNS).astype({"agrees": bool})
    given = own[:0] if totals is None else read_totals(totals, method)
    table = pd.concat([each for each in (given, own) if len(each)], ignore_index=True) if len(own) else given
    parts = parts_of(rows, table, method)
    members = Members(known_organisations(parts))
    each = [Total(*row) for row in table.itertuples(index=False, name=None)]
    stated = {(row.organisation, row.theme, row.period): row.tco2e for row in each}
    found = [line for row in each if (line := _compared(row, parts, members, stated)) is not None]
    return pd.DataFrame(found, columns=COLUMNS).astype({"agrees": bool})


def read_totals(totals: pd.DataFrame | str | Path | Result, method: Methodology) -> pd.DataFrame:
    """Return a table of totals: where, organisation, period (NHS year), theme (empty: all) and tco2e.

    Raises
    ------
    UsageError
        If a column is missing, a figure no number, or a theme unknown: each fault is named.
    PeriodError
        If a period cannot be read.
    UnreadableError
        If the file is not there or is no CSV file.
    """
    frame = totals.table if isinstance(totals, Result) else totals
    frame = csv_table(frame) if isinstance(frame, str | Path) else frame
    frame = frame.rename(columns={name: str(name).strip().casefold() for name in frame.columns})
    frame = frame.rename(columns={"reported_tco2e": "tco2e"} if "tco2e" not in frame.columns else {})
    if lacking := [name for name in NEEDED if name not in frame.columns]:
        raise UsageError(f"a table of totals needs the column {', '.join(lacking)}")
    theme = frame["theme"] if "theme" in frame.columns else pd.Series(ALL, frame.index)
    words = theme.where(theme.notna(), ALL).astype(str).str.strip()
    known = {word: theme_of(word, method) for word in words.unique()}
    figures = pd.to_numeric(frame["tco2e"].astype(str).str.replace(",", ""), errors="coerce")
    faults = [f"unknown theme '{word[:60]}'" for word, found in known.items() if found is None]
    faults += [f"row {row + 1}: '{frame['tco2e'].iloc[row]}' is not a figure"
               for row in np.flatnonzero(~np.isfinite(figures.to_numpy(np.float64)))]  # fmt: skip
    if faults:
        raise UsageError(f"the table of totals was not taken: {'; '.join(faults[:8])}")
    years = {text: parse_period(text).year for text in frame["period"].astype(str).unique()}
    return pd.DataFrame({
        "where": np.arange(1, len(frame) + 1),
        "organisation": frame["organisation"].where(frame["organisation"].notna(), "").astype(str).map(as_code),
        "period": frame["period"].astype(str).map(years),
        "theme": words.map(known),
        "tco2e": figures.astype(float),
    }).reset_index(drop=True)  # fmt: skip


class Total(NamedTuple):
    """One row of a table of totals."""

    where: int
    organisation: str
    period: str
    theme: str
    tco2e: float


Stated = Mapping[tuple[str, str, str], float]  # by organisation, theme and period


class Option(NamedTuple):
    """One way to take a total apart, with the same parts of other periods, the likeliest first."""

    told: str
    pieces: Sequence[Piece]
    before: Sequence[tuple[str, Sequence[Piece]]]


def _compared(total: Total, parts: Sequence[Parts], members: Members, stated: Stated) -> dict[str, object] | None:
    """Return the line of one total: by the parts that it is the sum of, else by those that a cause is found with."""
    options = list(_options(total, parts, members, stated))
    if not options and (total.theme != ALL or members.has(total.organisation)):
        return None  # a part, not a total
    said = {"where": total.where, "organisation": total.organisation, "period": total.period, "theme": total.theme,
            "reported_tco2e": total.tco2e}  # fmt: skip
    if not options:
        why = NO_PARTS if members.is_code(total.organisation) else NO_CODE
        return {**said, "of": "", "parts": 0, "parts_tco2e": float("nan"), "difference": float("nan"),
                "agrees": False, "explanation": why}  # fmt: skip
    chosen, told = _chosen(total, options, members)
    want = fsum(piece.tco2e for piece in chosen.pieces)
    return {**said, "of": chosen.told, "parts": len(chosen.pieces), "parts_tco2e": want,
            "difference": total.tco2e - want, "agrees": not told, "explanation": told}  # fmt: skip


def _chosen(total: Total, options: Sequence[Option], members: Members) -> tuple[Option, str]:
    """Return the parts that a total is the sum of, and nothing; else the likeliest parts, and what makes it differ."""
    right = [(option, _left_out(total, option, options, members)) for option in options
             if fits(total.tco2e, option.pieces)]  # fmt: skip
    if whole := [option for option, lacking in right if not lacking]:
        return whole[0], ""
    for option in options:
        if cause := cause_of(total.tco2e, option.pieces, option.before, total.period):
            return option, cause
    return right[0] if right else (options[0], UNKNOWN)


def _left_out(total: Total, chosen: Option, options: Iterable[Option], members: Members) -> str:
    """Name the organisations of a total that the return has rows of, where they are in none of some parts."""
    counted = {piece.organisation for piece in chosen.pieces}
    if total.organisation in counted:
        return ""
    met = counted.union(*(members.before(who) for who in counted))
    by_method = next((option for option in options if option.told == BY_METHOD), None)
    lacking: dict[str, float] = {}
    for piece in by_method.pieces if by_method else ():
        if piece.organisation not in met and piece.tco2e:
            lacking[piece.organisation] = lacking.get(piece.organisation, 0.0) + piece.tco2e
    return "; ".join(f"without {who}, {tonnes:,.2f} t by the method" for who, tonnes in sorted(lacking.items()))


def _options(total: Total, parts: Sequence[Parts], members: Members, stated: Stated) -> Iterator[Option]:
    """Yield the ways to take a total apart that there are."""
    periods = sorted({period for each in parts for period in each.periods} - {total.period}, key=_far(total.period))
    own = [(period, [Piece(total.organisation, "", stated[total.organisation, total.theme, period], 0.0)])
           for period in periods if (total.organisation, total.theme, period) in stated]  # fmt: skip
    for each in parts:
        if each.themes_of and total.theme != ALL:
            continue  # a theme is no part of itself
        for with_followed in (False, True):
            take = partial(_pieces, total.organisation, total.theme, each, members, with_followed=with_followed)
            if pieces := take(total.period):
                before = [(period, theirs) for period in periods if (theirs := take(period))]
                yield Option(each.told, pieces, sorted(before + own, key=lambda pair: _far(total.period)(pair[0])))


def _pieces(
    organisation: str, theme: str, parts: Parts, members: Members, period: str, *, with_followed: bool
) -> list[Piece]:
    """Return the pieces of an organisation: its own, else those of its members; or with those that it followed."""
    own = parts.own and (organisation, period) in parts.held
    if not with_followed:
        return parts.of({organisation: 1.0} if own else members.of(organisation, period), period, theme)
    followed = members.before(organisation)
    met = [who for who in followed if (who, period) in parts.held]
    return parts.of({**({organisation: 1.0} if own else {}), **followed}, period, theme) if met else []


def _far(period: str) -> Callable[[str], tuple[int, bool]]:
    """Return what puts other years in order by how near they are to one, the year before first."""

    def away(other: str) -> tuple[int, bool]:
        years = int(other[:4]) - int(period[:4])
        return abs(years), years > 0

    return away
