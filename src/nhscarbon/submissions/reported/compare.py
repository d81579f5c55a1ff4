"""The comparison: each row by the boundary that it belongs to, each difference with what explains it."""

from __future__ import annotations

from math import fsum
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nhscarbon.activity.readers.open_source import Tabular
from nhscarbon.activity.readers.read import read
from nhscarbon.methods.methodology import Methodology, as_methodology
from nhscarbon.methods.units import KG_PER_TONNE
from nhscarbon.output.results import Result
from nhscarbon.submissions.reported.choices import SHOWN, Choice, choices_of
from nhscarbon.submissions.reported.judged import MEMO
from nhscarbon.submissions.reported.result import ReportedTonnes
from nhscarbon.submissions.reported.rounding import agrees, rounded
from nhscarbon.submissions.reported.rows import Rows, rows_of
from nhscarbon.submissions.reported.slips import slips
from nhscarbon.submissions.reported.together import together
from nhscarbon.submissions.reported.totals import compare_totals

OURS = "the method's own figure, if it was rounded so far"
BESIDE = "in no boundary: the method shows it beside the totals"
NOTHING = "no published factor explains this"
COLUMNS = ["row", "organisation", "period", "activity", "quantity", "unit", "reported_tco2e", "tco2e", "boundary",
           "difference", "agrees", "explanation", "residual", "others"]  # fmt: skip


def check_reported(
    source: Tabular, method: Methodology | str, *, totals: pd.DataFrame | str | Path | Result | None = None
) -> ReportedTonnes:
    """Compare the tonnes that a return states with those of a methodology, and explain the differences.

    Parameters
    ----------
    source : str, Path, data frame or Activity
        An activity table with the column ``reported_tco2e``.
    method : Methodology or str
        What a line should come to. Each is judged by the smallest boundary that its activity belongs to: the main
        total, else the wider one (the Plus), else a scope. What is in none, such as exported electricity, is
        shown beside the totals, and said to be.
    totals : pandas.DataFrame, str, Path or supplied footprint, optional
        Totals that were published: organisation, period and tco2e, and theme for those of a theme (empty or
        ``total``: all themes). The organisation may be one that the others belong to, such as a system of trusts.
        Each is compared with its parts: the rows of the return, or other rows of the table.

    Returns
    -------
    ReportedTonnes
        A figure fits if it agrees to the decimals that were stated. Explanations are searched in every
        edition that ships (2013 to 2026, and the sets of warming potentials): by components, well-to-tank twice,
        factors of fewer decimals, gross or net, miles for kilometres, thousands, the CO2-only column, other
        activities that differ in one word; by several rows together or another row's figure; by digits transposed.
        The fewer assumptions, the higher. Where none fits, "no published factor explains this".

    Raises
    ------
    UsageError
        If there is neither a column ``reported_tco2e`` nor `totals`, or these lack a column or have a row without a
        figure.

    Examples
    --------
    >>> import pandas as pd, nhscarbon as nc
    >>> sent = pd.DataFrame({"organisation": ["RXX"], "period": ["2019/20"], "activity": ["energy.natural_gas"],
    ...                      "quantity": [100000], "unit": ["kWh"], "reported_tco2e": [18.39]})
    >>> nc.submissions.check_reported(sent, nc.methodology("nhs-2026.1")).table["explanation"].iloc[0]
    'the direct factor of ukgov-2019'
    """
    method, activity = as_methodology(method), read(source)
    rows = rows_of(activity, method, totals_alone=totals is not None)
    lines = _lines(rows, method)
    both = lines[lines["tco2e"].notna() & (lines["boundary"] != MEMO)]
    if not rows.sheet.any():
        lines = lines.drop(columns="sheet")
    stated = compare_totals(totals, rows, method)
    return ReportedTonnes(lines, fsum(both["reported_tco2e"]), fsum(both["tco2e"]), rows.left_out, stated)


def _lines(rows: Rows, method: Methodology) -> pd.DataFrame:
    """Return the row of the result for each row that states tonnes."""
    memo = np.array([each.boundary == MEMO for each in rows.judged], np.bool_)[rows.key]
    right = agrees(rows.tonnes, rows.stated) | (memo & (rows.stated == 0))
    found = _explained(rows, right, memo, method)
    at = np.flatnonzero(~np.isnan(rows.stated))
    best = [found[place][0] if found.get(place) else None for place in at.tolist()]
    explained = np.array([each.kgco2e if each else np.nan for each in best]) if best else np.zeros(0)
    told = [BESIDE if beside else "" if fine else each.what if each else NOTHING
            for each, fine, beside in zip(best, right[at].tolist(), memo[at].tolist(), strict=True)]  # fmt: skip
    return pd.DataFrame({
        "sheet": rows.sheet[at],
        "row": rows.number[at],
        "organisation": rows.organisation[at],
        "period": rows.by_key(lambda key: key.period)[at],
        "activity": rows.by_key(lambda key: key.activity)[at],
        "quantity": rows.quantity[at],
        "unit": rows.by_key(lambda key: key.unit)[at],
        "reported_tco2e": rows.stated[at],
        "tco2e": rows.tonnes[at],
        "boundary": np.array([each.boundary for each in rows.judged], object)[rows.key[at]],
        "difference": rows.stated[at] - rows.tonnes[at],
        "agrees": right[at],
        "explanation": told,
        "residual": rows.stated[at] - explained * rows.quantity[at] / KG_PER_TONNE,
        "others": ["; ".join(each.what for each in found.get(place, ())[1:SHOWN]) for place in at.tolist()],
    }, columns=["sheet", *COLUMNS])  # fmt: skip


def _explained(
    rows: Rows, right: NDArray[np.bool_], memo: NDArray[np.bool_], method: Methodology
) -> dict[int, list[Choice]]:
    """Return what explains each row that differs, the likeliest first: one search for each distinct key."""
    wrong = np.flatnonzero(~right & ~np.isnan(rows.stated))
    found: dict[int, list[Choice]] = {place: [] for place in wrong.tolist()}
    with np.errstate(divide="ignore", invalid="ignore"):
        unit = rows.tonnes / rows.quantity * KG_PER_TONNE
    for place in wrong[memo[wrong]].tolist():
        found[place].append(Choice(0, BESIDE, unit[place]))
    for place in wrong[rounded(rows.tonnes, rows.stated)[wrong] & ~memo[wrong]].tolist():
        found[place].append(Choice(0, OURS, unit[place] if rows.quantity[place] else 0.0))
    order = wrong[np.argsort(rows.key[wrong], kind="stable")]
    for part in np.split(order, np.flatnonzero(np.diff(rows.key[order])) + 1):
        if len(part):
            choices = choices_of(rows.keys[rows.key[part[0]]], method)
            fits = choices.fitting(rows.quantity[part], rows.stated[part])
            for place, each in zip(part.tolist(), fits, strict=True):
                found[place] += each
    for place, choice in together(rows, wrong):
        if choice.what not in {each.what for each in found[place]}:  # rows of one activity are rows of one branch too
            found[place].append(choice)
    for place, choice in slips(rows, np.array([place for place in found if not found[place]], np.int64)):
        found[place].append(choice)
    for each in found.values():
        each.sort(key=lambda choice: choice.steps)  # of as many assumptions, the nearest first, as they were found
    return found
