"""A part of a footprint: the cells and factor lines that have some words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from nhscarbon.activity.columns import Column
from nhscarbon.checks.theme_evidence import ThemeEvidence
from nhscarbon.checks.totals import Totals
from nhscarbon.errors import UsageError
from nhscarbon.findings import Findings, in_order_of_severity
from nhscarbon.footprint.factor_lines import FACTOR_WORDS, word_of
from nhscarbon.footprint.grouping import refuse_none, refuse_unknown
from nhscarbon.footprint.on_map import REPORTED_BY
from nhscarbon.methods.resolution import FactorKey, Resolution
from nhscarbon.periods import year_of
from nhscarbon.sums.combinations import number

Words = Mapping[str, tuple[str, ...]]
Selection = tuple[tuple[str, tuple[str, ...]], ...]


def words_of(where: Mapping[str, str | Sequence[str]], columns: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return what each column must be one of; refuse columns that there are not, and no words at all."""
    refuse_unknown(where, (*columns, *FACTOR_WORDS))
    found = {name: (each,) if isinstance(each, str) else tuple(map(str, each)) for name, each in where.items()}
    empty = [name for name, words in found.items() if not words]
    if empty or not found:
        raise UsageError(
            f"a filter names what to keep; {empty[0] if empty else 'nothing'} is given without a word",
            advice="Write it as filter(period='2023/24') or filter(organisation=['RTG', 'RFS']).",
        )
    return found


def select(
    sums: Totals, resolutions: Mapping[FactorKey, Resolution], themes: ThemeEvidence, where: Words
) -> tuple[Totals, dict[FactorKey, Resolution], ThemeEvidence]:
    """Return the cells, factor lines and answers that have some words.

    Parameters
    ----------
    sums : Totals
    resolutions : Mapping[FactorKey, Resolution]
    themes : ThemeEvidence
    where : Mapping[str, tuple of str]
        From `words_of`. Of a word of a factor, such as the theme, the lines that have it are left, and cells with any.

    Raises
    ------
    UsageError
        If nothing has these words.
    """
    of_lines = {name: words for name, words in where.items() if name not in sums.columns}
    kept = {key: _part(each, of_lines) for key, each in resolutions.items()} if of_lines else dict(resolutions)
    here = np.ones(len(sums), np.bool_)
    for name, words in where.items():
        if name not in of_lines:
            column = sums.columns[name]
            here &= np.array([label in words for label in column.labels] or [False])[column.codes]
    if of_lines:
        place, keys = sums.keyed
        here &= np.array([bool(kept[key].lines) for key in keys] or [False])[place.numbers]
    refuse_none(int(here.sum()), {name: " or ".join(words) for name, words in where.items()})
    part = cells_of(sums, here)
    asked = set(part.keyed[1])
    wanted = where.get("organisation")
    if REPORTED_BY in part.columns:  # the evidence of a roll-up is of those that reported
        wanted = part.columns[REPORTED_BY].labels
    evidence = themes.within(wanted, where.get("period"), where.get("month"))
    return part, {key: each for key, each in kept.items() if key in asked}, evidence


def cells_of(sums: Totals, here: NDArray[np.bool_]) -> Totals:
    """Return some cells of a table of sums, with the labels that they use."""
    columns: dict[str, Column] = {name: column.part(here) for name, column in sums.columns.items()}
    _, columns = number(columns)
    return Totals(columns, sums.total[here], sums.decimals[here], sums.rows[here])


WHOLE_PARTS = ("organisation", "period")  # a part by these is all of its organisation and year


def selected_of(words: Words) -> Selection:
    """Return the words that leave less than all of an organisation and NHS year: a path of the whole is not for it."""
    return tuple((name, each) for name, each in words.items() if name not in WHOLE_PARTS)


def findings_of(findings: Findings, sums: Totals) -> Findings:
    """Return the findings about the organisations and NHS years of some sums, and those about neither."""
    names = ("organisation", *([REPORTED_BY] if REPORTED_BY in sums.columns else []))
    who = {"", *(label for name in names for label in sums.columns[name].labels)}
    when = {"", *sums.columns["period"].labels}
    kept = [each for each in findings.findings if each.organisation in who and year_of(each.period) in when]
    return in_order_of_severity(kept, findings.rows)


def said(selected: Selection) -> str:
    """Return a selection of factor lines in words, for a title."""
    return "".join(f", {name} {' or '.join(words)}" for name, words in selected)


def _part(found: Resolution, where: Words) -> Resolution:
    """Return what a key came to with the lines that have some words; what is missing or refused stays said."""
    readers = {name: word_of(name) for name in where}
    lines = tuple(line for line in found.lines if all(readers[name](line) in words for name, words in where.items()))
    return replace(found, lines=lines)
