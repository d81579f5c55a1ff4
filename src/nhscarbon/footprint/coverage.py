"""What a return holds of each theme, site and month, and what is missing: empty is not zero."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

import pandas as pd

from nhscarbon.activity.columns import BLANK, Column
from nhscarbon.activity.readers.open_source import Tabular
from nhscarbon.checks.theme_evidence import named
from nhscarbon.checks.words import key_words, organisation_code
from nhscarbon.methods.methodology import Methodology, as_methodology
from nhscarbon.periods import months_of
from nhscarbon.sums.combinations import distinct
from nhscarbon.sums.partial_sums import PartialSums
from nhscarbon.sums.sum_source import sum_source

MONTH, YEAR, MISSING = "month", "year", "missing"
COLUMNS = ("organisation", "site", "period", "theme", "month", "state", "activities", "given")
KEPT = ("site", "month")  # what sums must tell apart for it
SENT = ("organisation", "site", "period", "month", "activity")
Row = tuple[str, str, str, str, str]


def completeness(source: Tabular | PartialSums, method: Methodology | str) -> pd.DataFrame:
    """Return whether each theme of each site is given in each month.

    Expected of every named site of an organisation is each theme that any of its named sites sends in any year of the
    source; of rows without a site, what rows without a site send. A site may well have none of it: `missing` says that
    nothing was sent, and not that something was forgotten.

    Parameters
    ----------
    source : str, Path, buffer, frame, lazy frame, list of records, Activity or PartialSums
        What `nhscarbon.calculate` takes; partial sums that kept ``site`` and ``month``.
    method : Methodology or str
        Whose catalogue says which theme an activity is of.

    Returns
    -------
    pandas.DataFrame
        ``organisation``, ``site`` (empty for rows without one), ``period`` (the NHS years that the organisation sends),
        ``theme``, ``month`` (``2023-04``), ``state``: ``month`` where a row of the month is there, ``year`` where
        one of the whole year is, else ``missing``; ``activities``, how many of the theme the site sends in that year,
        and ``given``, how many of them in that month or for the whole year. A row without a quantity gives nothing.

    Raises
    ------
    UsageError
        If partial sums did not keep ``site`` and ``month``.
    UnreadableError
        If the source holds no table.

    Examples
    --------
    >>> import nhscarbon as nc
    >>> found = nc.footprint.completeness(nc.example("trust-year.csv"), nc.methodology("nhs-2026.1"))
    >>> found["state"].unique().tolist(), len(found)
    (['year'], 144)
    """
    return completeness_of_all([source], as_methodology(method))


def completeness_of_all(sources: Iterable[object], method: Methodology) -> pd.DataFrame:
    """Return `completeness` of several sources together."""
    given: set[Row] = set()
    for source in sources:
        sums, _ = sum_source(cast("Tabular", source), keep=KEPT, units=method.units)
        given |= _given(sums, method)
    return _spread(given, method)


def _given(sums: PartialSums, method: Methodology) -> set[Row]:
    """Return the distinct organisations, sites, NHS years, months and activities that have a quantity."""
    known, words = key_words(sums.columns, len(sums), method)
    organisation, site, month = (sums.columns[name] for name in ("organisation", *KEPT))
    here = known & (sums.rows > 0) & (organisation.codes != BLANK)
    columns = {
        "organisation": named(organisation, [organisation_code(each).meaning or each for each in organisation.labels]),
        "site": named(site, site.labels),
        "period": words["period"],
        "month": named(month, month.labels),
        "activity": words["activity"],
    }
    if not here.any():
        return set()
    chosen = {name: Column(column.codes[here], column.labels) for name, column in columns.items()}
    return set(cast("list[Row]", distinct(chosen, SENT)[1]))


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
