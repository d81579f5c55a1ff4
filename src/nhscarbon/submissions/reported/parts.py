"""The parts that a stated total is held against: other rows of the table of totals, or the rows of the return."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nhscarbon.methods.boundaries import lines_inside
from nhscarbon.methods.methodology import Methodology
from nhscarbon.methods.units import KG_PER_TONNE
from nhscarbon.periods import parse_period
from nhscarbon.submissions.reported.judged import around
from nhscarbon.submissions.reported.members import as_code
from nhscarbon.submissions.reported.rounding import Floats, tolerance_of
from nhscarbon.submissions.reported.rows import ALL, Rows

BY_METHOD = "the rows of the return, by the method"
WORDS = ["organisation", "period", "theme", "name", "site"]


class Piece(NamedTuple):
    """One part of a total: `away` is how far its rounding may have moved it [tCO2e]."""

    organisation: str
    name: str
    tco2e: float
    away: float
    site: str = ""


@dataclass(frozen=True, eq=False)
class Parts:
    """One way to take a total apart.

    Attributes
    ----------
    told : str
        What the parts are, such as "the rows of the return".
    pieces : data frame
        organisation, period (NHS year), theme, name, tco2e, away and site.
    own : bool
        Whether an organisation's total may be the sum of its own pieces; else only of other organisations'.
    themes_of : bool
        Whether the pieces are rows of the table of totals that only a total of all themes is the sum of.
    """

    told: str
    pieces: pd.DataFrame
    own: bool = True
    themes_of: bool = False

    @cached_property
    def held(self) -> Mapping[tuple[str, str], Sequence[tuple[str, Piece]]]:
        """The pieces of each organisation and period, with their themes."""
        found: dict[tuple[str, str], list[tuple[str, Piece]]] = {}
        for who, period, theme, name, tco2e, away, site in self.pieces.itertuples(index=False, name=None):
            found.setdefault((who, period), []).append((theme, Piece(who, name, tco2e, away, site)))
        return found

    @cached_property
    def organisations(self) -> frozenset[str]:
        """Whose pieces they are."""
        return frozenset(self.pieces["organisation"])

    @cached_property
    def periods(self) -> tuple[str, ...]:
        """The NHS years that they hold, in order."""
        return tuple(sorted(set(self.pieces["period"])))

    def of(self, shares: Mapping[str, float], period: str, theme: str) -> list[Piece]:
        """Return the pieces of a total of some organisations, by the share that each has in it."""
        found = [
            piece._replace(tco2e=piece.tco2e * share, away=piece.away * share)
            for who, share in shares.items()
            for of, piece in self.held.get((who, period), ())
            if theme in (of, ALL)
        ]
        return [] if any(np.isnan(piece.tco2e) for piece in found) else found


def parts_of(rows: Rows, table: pd.DataFrame, method: Methodology) -> list[Parts]:
    """Return the ways to take totals apart: the table's own themes and organisations first, then the return."""
    themes, whole = table["theme"] != ALL, table["theme"] == ALL
    found = [
        Parts("its themes", _named(table[themes]), themes_of=True),
        Parts("its organisations", _named(table[whole]), own=False, themes_of=True),
        Parts("its organisations", _named(table[themes]), own=False),
    ]
    period = rows.by_key(lambda key: parse_period(key.period).year)
    activity = rows.by_key(lambda key: key.activity)
    theme = rows.by_key(lambda key: method.catalogue.activities[key.activity].theme)
    coded = {word: as_code(word) for word in set(rows.organisation.tolist())}
    organisation = np.array([coded[word] for word in rows.organisation.tolist()], object)
    about = {"organisation": organisation, "period": period, "theme": theme, "name": activity, "site": rows.site}
    for boundary in around(method):
        stating = ~np.isnan(rows.stated) & _inside(rows, boundary, method)[rows.key]
        told = {**about, "tco2e": rows.stated, "away": tolerance_of(np.nan_to_num(rows.stated))}
        which = "" if boundary == method.headline else f", {boundary}"
        found.append(Parts(f"the rows of the return, as they state{which}", _summed(pd.DataFrame(told)[stating])))
        found.append(Parts(f"{BY_METHOD}{which}", _by_method(rows, about, boundary, method)))
    return found


def _inside(rows: Rows, boundary: str, method: Methodology) -> NDArray[np.bool_]:
    """Return for each key whether a boundary counts any of it."""
    return np.array([bool(lines_inside(boundary, answer.lines, method).any()) for answer in rows.answers], np.bool_)


def _by_method(rows: Rows, about: Mapping[str, object], boundary: str, method: Methodology) -> pd.DataFrame:
    """Return the tonnes of each component in its own theme, as the method reports it."""
    units = [_by_theme(rows, place, boundary, method) for place in range(len(rows.keys))]
    frames = []
    for theme in sorted({theme for unit in units for theme in unit}):
        each: Floats = np.array([unit.get(theme, 0.0) for unit in units])[rows.key]
        here = each != 0
        frame = pd.DataFrame({**about, "tco2e": each * rows.quantity / KG_PER_TONNE, "away": 0.0, "theme": theme})
        frames.append(frame[here])
    return _summed(pd.concat(frames)) if frames else _summed(pd.DataFrame({**about, "tco2e": 0.0, "away": 0.0})[:0])


def _by_theme(rows: Rows, place: int, boundary: str, method: Methodology) -> dict[str, float]:
    answer = rows.answers[place]
    found: dict[str, float] = {}
    if not answer.lines:
        return found
    blocked = boundary in method.needing(answer.key.activity, answer.missing)
    for line, counts in zip(answer.lines, lines_inside(boundary, answer.lines, method), strict=True):
        if counts:
            unit = float("nan") if blocked else line.conversion * line.factor.kgco2e
            found[line.theme] = found.get(line.theme, 0.0) + unit
    return found


def _named(table: pd.DataFrame) -> pd.DataFrame:
    """Return rows of a table of totals as pieces."""
    name = table["theme"].where(table["theme"] != ALL, table["organisation"])
    pieces = table.assign(name=name, away=tolerance_of(table["tco2e"].to_numpy(np.float64)), site="")
    return pieces[[*WORDS[:-1], "tco2e", "away", "site"]]


def _summed(pieces: pd.DataFrame) -> pd.DataFrame:
    """Add up the rows of one activity at one site."""
    found = pieces.groupby(WORDS, as_index=False, sort=True).agg(
        tco2e=("tco2e", lambda values: values.sum(skipna=False)), away=("away", "sum")
    )
    return found[[*WORDS[:-1], "tco2e", "away", "site"]]


def known_organisations(parts: Iterable[Parts]) -> frozenset[str]:
    """Return whose pieces there are at all."""
    return frozenset().union(*(each.organisations for each in parts))
