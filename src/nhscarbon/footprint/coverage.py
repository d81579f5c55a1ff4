"""What a return holds of each theme, site and month, and what is missing: empty is not zero."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, cast

import numpy as np
import pandas as pd

from nhscarbon.activity.activity import Activity, Source
from nhscarbon.activity.columns import BLANK, Column
from nhscarbon.activity.readers.open_source import is_lazy, streamed
from nhscarbon.activity.readers.read import read
from nhscarbon.checks.words import key_words, organisation_code
from nhscarbon.errors import PeriodError, UsageError
from nhscarbon.methods.methodology import Methodology
from nhscarbon.periods import months_of, parse_period
from nhscarbon.sums.combinations import distinct
from nhscarbon.sums.sum_source import Tabular

if TYPE_CHECKING:
    from typing import Any


MONTH, YEAR, MISSING = "month", "year", "missing"
COLUMNS = ("organisation", "site", "period", "theme", "month", "state", "activities", "given")
SENT = ("organisation", "site", "period", "month", "activity")
Row = tuple[str, str, str, str, str]


def completeness(source: Tabular, method: Methodology) -> pd.DataFrame:
    """Return whether each theme of each site is given in each month.

    Expected of every named site of a body is each theme that any of its named sites sends in any year of the source;
    of rows without a site, what rows without a site send. A site may well have none of it: `missing` says that
    nothing was sent, and not that something was forgotten.

    Parameters
    ----------
    source : str, Path, data frame or Activity
        What `nhscarbon.calculate` takes, with its rows.
    method : Methodology
        Whose catalogue says which theme an activity is of.

    Returns
    -------
    pandas.DataFrame
        ``organisation``, ``site`` (empty for rows without one), ``period`` (the NHS years that the body sends),
        ``theme``, ``month`` (``2023-04``), ``state``: ``month`` where a row of the month is there, ``year`` where
        one of the whole year is, else ``missing``; ``activities``, how many of the theme the site sends in that year,
        and ``given``, how many of them in that month or for the whole year. A row without a quantity gives nothing.

    Raises
    ------
    UsageError
        If the source is a table of an engine, whose rows are not at hand.
    UnreadableError
        If the source holds no table.

    Examples
    --------
    >>> import nhscarbon as nc
    >>> found = nc.completeness(nc.example("trust-year.csv"), nc.methodology("nhs-2026.1"))
    >>> found["state"].unique().tolist(), len(found)
    (['year'], 144)
    """
    if is_lazy(source):
        raise UsageError("what is missing is seen in rows: give the table itself, not a query of an engine")
    stream = streamed(source)
    return of_sources([read(cast("Any", source)) if stream is None else stream], method)


def of_sources(sources: Iterable[Source], method: Methodology) -> pd.DataFrame:
    """Return `completeness` of sources that were read."""
    given: set[Row] = set()
    for source in sources:
        for batch in source.batches():
            given |= _given(batch, method)
    return _spread(given, method)


def _given(batch: Activity, method: Methodology) -> set[Row]:
    """Return the distinct bodies, sites, NHS years, months and activities that have a quantity."""
    rows = len(batch)
    known, words = key_words(batch.columns, rows, method)
    blank = Column(np.broadcast_to(np.int8(BLANK), rows), ())
    sent = {name: batch.columns.get(name, blank) for name in ("organisation", "site", "period")}
    quantity = batch.numbers.get("quantity", np.full(rows, np.nan))
    here = known & np.isfinite(quantity) & (sent["organisation"].codes != BLANK)
    columns = {
        "organisation": _named(sent["organisation"], [organisation_code(each).meaning or each for each in
                                                      sent["organisation"].labels]),
        "site": _named(sent["site"], sent["site"].labels),
        "period": words["period"],
        "month": _named(sent["period"], [_month(each) for each in sent["period"].labels]),
        "activity": words["activity"],
    }  # fmt: skip
    if not here.any():
        return set()
    chosen = {name: Column(column.codes[here], column.labels) for name, column in columns.items()}
    return set(cast("list[Row]", distinct(chosen, SENT)[1]))


def _named(column: Column, meant: Iterable[str]) -> Column:
    """Return a column in other words, in ascending order; an empty cell is the empty word."""
    words = [*meant, ""]
    labels = tuple(sorted(set(words)))
    place = {label: code for code, label in enumerate(labels)}
    return Column(np.array([place[word] for word in words], np.int32)[column.codes], labels)


def _month(text: str) -> str:
    with suppress(PeriodError):
        return parse_period(text).month
    return ""


def _spread(given: set[Row], method: Methodology) -> pd.DataFrame:
    """Lay what is given out over every month in which it could be."""
    theme_of = {name: entry.theme for name, entry in method.catalogue.activities.items()}
    order = {theme: place for place, theme in enumerate(method.catalogue.themes)}
    years: dict[str, set[str]] = {}
    sites: dict[tuple[str, bool], set[str]] = {}
    themes: dict[tuple[str, bool], set[str]] = {}
    held: dict[tuple[str, str, str, str], dict[str, set[str]]] = {}  # activities, and the months of each
    for body, site, year, month, activity in given:
        theme, named = theme_of[activity], bool(site)
        years.setdefault(body, set()).add(year)
        sites.setdefault((body, named), set()).add(site)
        themes.setdefault((body, named), set()).add(theme)
        held.setdefault((body, site, year, theme), {}).setdefault(activity, set()).add(month)
    rows = [
        (*key, month, *_state(held.get(key, {}), month))
        for body, named in sorted(sites)
        for site in sorted(sites[body, named])
        for year in sorted(years[body])
        for theme in sorted(themes[body, named], key=order.__getitem__)
        for key in [(body, site, year, theme)]
        for month in months_of(year)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _state(activities: dict[str, set[str]], month: str) -> tuple[str, int, int]:
    """Return the state of a month, how many activities there are in its year, and how many of them are given in it."""
    here = sum(month in months for months in activities.values())
    whole = sum("" in months and month not in months for months in activities.values())
    return MONTH if here else YEAR if whole else MISSING, len(activities), here + whole
