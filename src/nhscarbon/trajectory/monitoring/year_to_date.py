"""A year that is not whole beside the same months of the year before: theme by theme, the months that both have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from nhscarbon.footprint.footprint import Footprint
from nhscarbon.periods import LAST_MONTH, months_of, nhs_year
from nhscarbon.trajectory.monitoring.members import Members
from nhscarbon.trajectory.monitoring.senders import Flags, Numbers
from nhscarbon.trajectory.monitoring.sentences import MEMBERS
from nhscarbon.trajectory.monitoring.theme_years import ThemeYears, judged_in
from nhscarbon.trajectory.monitoring.words import some

COLUMNS = ("organisation", "boundary", "period", "months", "first_month", "last_month", "tco2e", "before_tco2e",
           "change_percent", "themes", "of_themes", "why")  # fmt: skip
NO_MONTHS = "months are not in these sums: calculate with keep=('month',)"
NO_YEAR_BEFORE = "{before} is not in this footprint"
NO_MONTH_IN_COMMON = "no month of {year} is given in {before} too"


def year_to_date(
    footprint: Footprint, held: Members, boundaries: Mapping[str, ThemeYears]
) -> pd.DataFrame:  # fmt: skip
    """Return the latest year of all that is judged where it is not whole, beside the same months of the year before.

    Parameters
    ----------
    footprint : Footprint
        Calculated with ``keep=("month",)``.
    held : Members
    boundaries : Mapping of boundary to ThemeYears

    Returns
    -------
    pandas.DataFrame
        ``organisation``, ``boundary``, ``period``, ``months`` (how many are compared), ``first_month`` and
        ``last_month`` of them, ``tco2e`` and ``before_tco2e`` of the themes and months that both years give,
        ``change_percent``, ``themes`` (how many are compared), ``of_themes``, and ``why`` there is no comparison. A
        year that a member sent nothing of is not compared: it would be shown as a fall.
    """
    last = len(held.years) - 1
    year, before = held.years[last], nhs_year(int(held.years[last][:4]) - 1)
    whole = {name: each.whole(held) for name, each in boundaries.items()}
    wanted = [
        (place, name) for place in range(len(held.judged)) for name in boundaries
        if held.present[place, last] and not whole[name][place, last]
    ]  # fmt: skip
    why = "" if "month" in footprint.sums.columns else NO_MONTHS
    if not why and before not in held.years:
        why = NO_YEAR_BEFORE.format(before=before)
    by_month = {name: _months(footprint, held, boundaries[name], (before, year))
                for name in {name for _, name in wanted} if not why}  # fmt: skip
    rows: list[tuple[object, ...]] = []
    for place, name in wanted:
        start = (held.judged[place], name, year)
        size = len(boundaries[name].themes)
        reason = why or _lacking(held, place, (held.years.index(before), last))
        if reason:
            rows.append((*start, 0, "", "", np.nan, np.nan, np.nan, 0, size, reason))
            continue
        (then, given_then, _), (now, given_now, rows_now) = ([each[place] for each in one] for one in by_month[name])
        common = given_then & given_now
        months = np.flatnonzero((common & rows_now).any(axis=0))
        if not len(months):
            said = NO_MONTH_IN_COMMON.format(year=year, before=before)
            rows.append((*start, 0, "", "", np.nan, np.nan, np.nan, 0, size, said))
            continue
        first, second = float(then[common].sum()), float(now[common].sum())
        names = months_of(year)
        change = 100 * (second / first - 1) if first > 0 else np.nan
        rows.append((*start, len(months), names[months[0]], names[months[-1]], second, first, change,
                     int(common.any(axis=1).sum()), size, ""))  # fmt: skip
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _lacking(held: Members, place: int, years: Iterable[int]) -> str:
    """Return which members sent nothing of a year that is compared, in words."""
    said = []
    for year in years:
        if names := [held.senders.codes[at] for at in held.who(place, year, came=False)]:
            said.append(f"{held.years[year]}: {MEMBERS.format(names=some(names))}")
    return "; ".join(said)


def _months(
    footprint: Footprint, held: Members, inside: ThemeYears, years: tuple[str, str]
) -> list[tuple[Numbers, Flags, Flags]]:  # fmt: skip
    """Return tonnes, what every sender gave and what any sent, of two years: by what is judged, theme and month.

    Of what is bought only when it is needed, a month without a row is a month without a purchase: it is given in each
    month that its organisation sends anything of. Of what an organisation says it has none, all months are given.
    """
    by = held.senders
    frame = footprint.filter(period=list(years)).by(
        *by.columns, "period", "month", "category", "theme", boundary=inside.boundary
    )
    frame = frame[frame["month"] != ""]
    theme = judged_in(frame, inside.themes, footprint.method, apart=False)
    month = [months_of(year).index(word) for year, word in zip(frame["period"], frame["month"], strict=True)]
    shape = (len(by.keys), len(by.years), len(inside.themes), LAST_MONTH)
    tonnes, given = np.zeros(shape), np.zeros(shape, np.bool_)
    at = (*by.places_in(frame), theme, np.array(month, int))
    np.add.at(tonnes, at, frame["tco2e"].to_numpy(np.float64))
    given[at] = True
    needed = [inside.themes.index(name) for name in when_needed(footprint) if name in inside.themes]
    bought: Flags = np.asarray(given[:, :, needed].any(axis=(1, 3), keepdims=True), np.bool_)
    given[:, :, needed] |= given.any(axis=2, keepdims=True) & bought
    sent = given.copy()
    given |= by.none[..., [by.themes.index(theme) for theme in inside.themes]][..., np.newaxis]
    sums, every, some_sent = held.summed(tonnes), held.all_of(given), held.summed(sent.astype(np.float64)) > 0
    places = [held.years.index(year) for year in years]
    return [(sums[:, at], every[:, at], some_sent[:, at]) for at in places]


def when_needed(footprint: Footprint) -> set[str]:
    """Return the themes of which all that was sent by month is bought only when it is needed, as refrigerants are."""
    months = footprint.themes.months
    if months is None or months.empty:
        return set()
    every = months.groupby("theme")["when_needed"].all()
    return set(every.index[every.to_numpy(np.bool_)].tolist())
