"""Separators of thousands, taken out of a column where a mapping says so and no value of it could mean another."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pandas as pd

from nhscarbon.activity.numbers import LONGEST, PLAIN

OPTION = "thousands"  # in the answer_unit of the mapping's row of the column
_GROUPED = re.compile(r"([+-]?)(\d{1,3})((?:([, '’\u00a0\u202f])\d{3})(?:\4\d{3})*)(\.\d+)?", re.ASCII)
_BRACKETED = re.compile(r"\(([^()+-]+)\)|([^()+-]+)-")


def without_separators(columns: Sequence[pd.Series]) -> list[pd.Series] | None:
    """Return columns of texts without their separators, or None where any of them could mean another number.

    Every separator must stand before groups of three digits and be the same, and one value at least must have two
    groups, or a decimal point as well: 1,234 alone may be a decimal comma.

    Parameters
    ----------
    columns : sequence of pandas.Series
        The columns of quantities of one table.

    Examples
    --------
    >>> [found.tolist() for found in without_separators([pd.Series(["1,234,567", "(1,000)", "12"])])]
    [['1234567', '-1000', '12']]
    >>> without_separators([pd.Series(["1,234", "2,500"])]) is None
    True
    """
    texts = [column for column in columns if column.dtype.kind not in "iufb"]
    words = {text for column in texts for text in map(str, pd.unique(column.dropna())) if text.strip()}
    plain: dict[str, str] = {}
    used: set[str] = set()
    certain = False
    for word in words:
        text = word.strip()
        inner = _BRACKETED.fullmatch(text)
        body = (inner[1] or inner[2]).strip() if inner else text
        found = _GROUPED.fullmatch(body) if len(body) <= LONGEST else None
        if found:
            used.add(found[4])
            certain = certain or bool(found[5]) or found[3].count(found[4]) > 1
            body = body.replace(found[4], "")
        if (found or inner) and PLAIN.fullmatch(body):
            plain[word] = f"-{body}" if inner else body
        elif any(mark in body for mark in (",", "'", "’", "\u00a0", "\u202f")):
            return None  # 1,5 or 1,23,456: the comma is something else
    if len(used) != 1 or not certain:
        return None
    return [column if column.dtype.kind in "iufb" else column.map(lambda value: plain.get(str(value), value))
            for column in columns]  # fmt: skip
