"""What can be entered: activities and units with labels that an analyst recognises."""

from __future__ import annotations

import pandas as pd

from nhscarbon.errors import UsageError
from nhscarbon.methods.methodology import Methodology, as_methodology
from nhscarbon.methods.refusals import spans
from nhscarbon.methods.resolution import FactorKey, resolve


def options(
    method: Methodology | str,
    *,
    theme: str | None = None,
    activity: str | None = None,
    unit: str | None = None,
    period: str | None = None,
) -> pd.DataFrame:
    """List what can be entered under a methodology.

    Parameters
    ----------
    method : Methodology or str
    theme : str, optional
        Only activities of this theme, such as ``"water"``.
    activity : str, optional
        Only this code and what begins with it.
    unit : str, optional
        Only activities that take this unit, in any of its spellings.
    period : str, optional
        Only what has a factor in this NHS year, such as ``"2023/24"``.

    Returns
    -------
    pandas.DataFrame
        ``activity``, ``label``, ``theme``, ``unit`` (one a row), ``unit_label``, ``years`` and ``note``.

    Raises
    ------
    UsageError
        If there is no such theme or period.
    UnitError
        If there is no such unit.

    Examples
    --------
    >>> import nhscarbon as nc
    >>> nc.methods.options(nc.methodology("nhs-2026.1"), activity="energy.natural_gas")["unit"].tolist()
    ['kWh', 'kWh_net', 'm3']
    """
    method = as_methodology(method)
    if theme is not None and theme not in method.catalogue.themes:
        raise UsageError(f"there is no theme '{theme[:60]}'; there are {', '.join(method.catalogue.themes)}")
    if period is not None and period not in method.periods:
        raise UsageError(
            f"{method.id} does not cover '{period[:20]}'; it covers {method.periods[0]} to {method.periods[-1]}"
        )
    wanted = None if unit is None else method.units.canonical(unit)
    rows = []
    for entry in method.catalogue.activities.values():
        if theme not in (None, entry.theme) or not _begins(entry.activity, activity):
            continue
        for name in entry.units:
            if wanted not in (None, name):
                continue
            years = periods_served(method, entry.activity, name)
            if period is None or period in years:
                span = spans(list(years), method.periods) or "none"
                label = method.units.labels.get(name, name)
                rows.append((entry.activity, entry.label, entry.theme, name, label, span, entry.note))
    return pd.DataFrame(rows, columns=["activity", "label", "theme", "unit", "unit_label", "years", "note"])


def periods_served(method: Methodology, activity: str, unit: str) -> tuple[str, ...]:
    """Return the NHS years in which an activity resolves in a unit."""
    keys = [FactorKey(activity, unit, year, method.manifest.geography) for year in method.periods]
    return tuple(key.period for key, found in resolve(keys, method).items() if found.lines)


def _begins(code: str, start: str | None) -> bool:
    return start is None or code == start or code.startswith(f"{start}.")
