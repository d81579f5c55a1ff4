"""A bridge of which one side is known as totals by theme alone: each theme changes as a whole."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from nhscarbon.analysis.decomposition.change import EFFECTS, Change
from nhscarbon.analysis.decomposition.lines import LINE_WORDS
from nhscarbon.analysis.decomposition.notes import organisations_in_words
from nhscarbon.analysis.decomposition.one_map import ORGANISATION, OneMap, on_a_day, one_map
from nhscarbon.analysis.decomposition.two_years import Compared
from nhscarbon.analysis.decomposition.whole import not_whole
from nhscarbon.analysis.decomposition.working import AFTER, BEFORE, BOTH, FACTOR_COLUMNS, tonnes_columns
from nhscarbon.analysis.supplied import SuppliedFootprint
from nhscarbon.checks.packages import release_in
from nhscarbon.errors import UsageError
from nhscarbon.footprint.footprint import Footprint
from nhscarbon.footprint.label import boundary_name, boundary_themes
from nhscarbon.footprint.summary import Stamp
from nhscarbon.methods.methodology import Methodology
from nhscarbon.methods.units import KG_PER_TONNE
from nhscarbon.version import __version__

THEME = "theme"
WHY = {
    BOTH: "supplied as a total: changes as a whole",
    BEFORE: "not in the second",
    AFTER: "not in the first footprint",
}
SHOWN = 4  # themes that a sentence names


def compare_supplied(
    before: Compared,
    after: Compared,
    *,
    boundary: str | tuple[str, str] | None,
    match: Sequence[str],
    restate: str | None,
) -> Change:
    """Return the change between a footprint that is known as totals and one that was calculated.

    Parameters
    ----------
    before, after : Footprint or SuppliedFootprint
        One of them calculated, both of one NHS year.
    boundary, match, restate
        As `compare`; lines can be matched by organisation alone, or as one whole.

    Raises
    ------
    UsageError
        If both are supplied or hold several years, or a column is another.
    BoundaryError
        As `Footprint.total`, or if the boundary counts only a part of a supplied theme.
    """
    ours = next((each for each in (before, after) if isinstance(each, Footprint)), None)
    if ours is None:
        raise UsageError(
            "both footprints are known as totals: nothing says why they differ.",
            advice="Compare a supplied footprint with a calculated one.",
        )
    years = [_only_year(each) for each in (before, after)]
    name = _boundary(ours, boundary)
    _refuse_other_columns(match)
    sides = [_tonnes(each, name, match) for each in (before, after)]
    codes = [tuple(map(str, frame[ORGANISATION].unique())) if match else () for frame in sides]
    asked = "" if restate is None and on_a_day(ours) else restate
    on_map = one_map(codes, years, [release_in(ours.packages)], match, asked)
    first, second = (on_map.put(frame, "tco2e") for frame in sides)
    rows = first.merge(second, on=[*match, THEME], how="outer", sort=True, suffixes=("_before", "_after"))
    everyone = sorted({str(code) for frame in (first, second) for code in frame.get(ORGANISATION, [])})
    methods = [f"as supplied by {each.source}" if isinstance(each, SuppliedFootprint) else f"by {each.method.id}"
               for each in (before, after)]  # fmt: skip
    who = organisations_in_words(everyone) if everyone else "all organisations"
    return Change(
        _table=_table(rows, match),
        factors=pd.DataFrame([], columns=list(FACTOR_COLUMNS)),
        title=f"{who}, {' -> '.join(dict.fromkeys(years))}, {' -> '.join(methods)}",
        boundaries=(name, name),
        stamps=(_stamp(before), _stamp(after)),
        labels=(_label(before, name), _label(after, name)),
        notes=_notes(before, after, name, ours.method, on_map),
        on_map=on_map.day,
        restated=on_map.moved,
    )


def _only_year(footprint: Compared) -> str:
    held = footprint.periods
    if len(held) != 1:
        raise UsageError(
            f"a footprint of {', '.join(held) or 'no year'} has no one year to compare.",
            advice="Name a year of each, such as years=('2019/20', '2023/24').",
        )
    return held[0]


def _boundary(ours: Footprint, asked: str | tuple[str, str] | None) -> str:
    if isinstance(asked, tuple) and asked[0] != asked[1]:
        raise UsageError("a footprint that is known as totals has no boundary of its own: name one for both")
    name = asked[0] if isinstance(asked, tuple) else asked
    return name or ours.boundary or ours.method.headline


def _refuse_other_columns(match: Sequence[str]) -> None:
    other = [name for name in match if name != ORGANISATION]
    if other:
        raise UsageError(f"a supplied footprint has no column '{str(other[0])[:60]}' to match by; it has organisation")


def _tonnes(footprint: Compared, boundary: str, match: Sequence[str]) -> pd.DataFrame:
    """Return the tonnes of one side by what is matched and theme; of supplied ones the themes inside the boundary."""
    names = [*match, THEME]
    return footprint.by(*names, boundary=boundary)[[*names, "tco2e"]]


def _table(rows: pd.DataFrame, match: Sequence[str]) -> pd.DataFrame:
    """Return the lines as those of any bridge, without quantities and factors."""
    before, after = (rows[f"tco2e_{side}"].to_numpy(np.float64) for side in ("before", "after"))
    found = np.select([np.isnan(before), np.isnan(after)], [AFTER, BEFORE], BOTH)
    frame = rows[[*match]].astype(str)
    for name in ("activity", "geography", "unit", *LINE_WORDS):
        frame[name] = rows[THEME].astype(str) if name == THEME else pd.Series("", index=rows.index, dtype=str)
    for name in ("quantity_before", "quantity_after", "kgco2e_per_unit_before", "kgco2e_per_unit_after", "price_ratio"):
        frame[name] = np.nan
    frame["prices_from"] = pd.Series("", index=rows.index, dtype=str)
    frame["found"] = pd.Series(found, index=rows.index, dtype=str)
    frame["why"] = pd.Series([WHY[each] for each in found], index=rows.index, dtype=str)
    nothing = np.zeros(len(rows))
    both = found == BOTH
    first, last = np.nan_to_num(before) * KG_PER_TONNE, np.nan_to_num(after) * KG_PER_TONNE
    effects = dict.fromkeys(EFFECTS, nothing)
    effects |= {
        "before": first, "after": last, "supplied": np.where(both, last - first, 0.0),
        "entered": np.where(found == AFTER, last, 0.0), "left": np.where(found == BEFORE, 0.0 - first, 0.0),
    }  # fmt: skip
    effects |= {f"lmdi_{name}": effects[name] for name in EFFECTS if name != "boundary"}
    return frame.assign(**tonnes_columns(effects))


def _label(footprint: Compared, boundary: str) -> str:
    if isinstance(footprint, Footprint):
        return footprint.label(boundary)
    given, whole = footprint.themes(boundary)
    name = f"{boundary_name(boundary)} as supplied by {footprint.source} ({footprint.vintage})"
    return f"{name}, totals of {len(given)} of {whole} themes"


def _notes(before: Compared, after: Compared, boundary: str, method: Methodology, on_map: OneMap) -> tuple[str, ...]:
    notes = [f"{on_map.note}."] if on_map.note else []
    for each in (before, after):
        if isinstance(each, SuppliedFootprint):
            notes.append(f"{each.periods[0]} is known as totals by theme, supplied by {each.source}: each theme "
                         "changes as a whole, and no cause can be told.")  # fmt: skip
            outside = sorted(set(each.table[THEME]) - set(boundary_themes(boundary, method)))
            if outside:
                notes.append(f"Supplied but not in {boundary_name(boundary)}: {_named(outside, method)}.")
    return (*notes, *not_whole(before, after, (boundary, boundary)))


def _named(themes: Sequence[str], method: Methodology) -> str:
    labels = [method.catalogue.themes[each] for each in themes]
    more = f" and {len(labels) - SHOWN} more" if len(labels) > SHOWN else ""
    return ", ".join(labels[:SHOWN]) + more


def _stamp(footprint: Compared) -> Stamp:
    if isinstance(footprint, Footprint):
        return footprint.stamp
    return Stamp(
        methodology=f"supplied by {footprint.source}", status="supplied", methodology_digest="",
        code_version=__version__, input_sha256=footprint.sha256, file_sha256=(), rows=len(footprint.table), packages={},
    )  # fmt: skip
