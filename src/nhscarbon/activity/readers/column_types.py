"""Types that only look like numbers or words: durations, bytes and the like are refused, never read as text."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any, TypedDict

import numpy as np
import pandas as pd

from nhscarbon.activity import schema
from nhscarbon.activity.activity import RowNumbers
from nhscarbon.activity.columns import Mask
from nhscarbon.findings import Finding, finding, first_rows


class Where(TypedDict):
    """Where a finding is."""

    file: str
    column: str
    rows: int
    first_rows: tuple[int, ...]


NEVER = (bytes, bytearray, memoryview, timedelta, np.timedelta64, np.void, time,
         pd.Interval, pd.Period)  # fmt: skip
YES_OR_NO = (bool, np.bool_)  # in a column of numbers the reader says so, cell by cell
FREE_TEXT = frozenset({"supplier", "reference", "note"})  # a yes or no may be a remark
PERIODS = ("D", "M")  # of pandas: a day and a month are said in full by their text; a year may end in any month


def odd_type(values: pd.Series, name: str) -> tuple[str, Mask]:
    """Return the type in a pandas column that is neither number nor word, and which cells have it; else no name.

    Parameters
    ----------
    values : pandas.Series
    name : str
        The column of the activity table that it is.

    Returns
    -------
    type : str
        Empty where nothing is to be refused.
    cells : bool array, shape (rows,)
    """
    kind = values.dtype
    if isinstance(kind, pd.CategoricalDtype):
        named, cells = odd_type(pd.Series(kind.categories), name)
        return named, np.append(cells, False)[values.array.codes] if named else cells
    if kind.kind == "O" and not pd.api.types.is_extension_array_dtype(kind):
        return _odd_object(values, name)
    if arrow := getattr(kind, "pyarrow_dtype", None):
        named = odd_arrow_type(arrow, name)
    elif isinstance(kind, pd.PeriodDtype):
        named = "" if name == "period" and str(kind) in {f"period[{freq}]" for freq in PERIODS} else str(kind)
    else:
        never = isinstance(kind, pd.IntervalDtype) or kind.kind in "mSV"
        yes_or_no = kind.kind == "b" and name not in {*schema.NUMERIC, *FREE_TEXT}
        named = str(kind) if never or yes_or_no else ""
    return named, values.notna().to_numpy(np.bool_) if named else np.zeros(0, np.bool_)


def _odd_object(values: pd.Series, name: str) -> tuple[str, Mask]:
    refused = NEVER if name in {*schema.NUMERIC, *FREE_TEXT} else (*NEVER, *YES_OR_NO)
    if not any(issubclass(kind, refused) for kind in set(map(type, values))):
        return "", np.zeros(0, np.bool_)
    cells = np.array([isinstance(value, refused) and not _is_period(value, name) for value in values], np.bool_)
    cells &= ~pd.isna(values).to_numpy(np.bool_)
    first = np.flatnonzero(cells)
    return (type(values.iloc[first[0]]).__name__, cells) if len(first) else ("", cells)


def _is_period(value: object, name: str) -> bool:
    return name == "period" and isinstance(value, pd.Period) and value.freqstr in PERIODS


def odd_arrow_type(kind: Any, name: str) -> str:  # noqa: ANN401  a type of Arrow, which is an extra
    """Return the name of an Arrow type that is neither number nor word, or nothing."""
    import pyarrow as pa  # noqa: PLC0415  an extra: whoever has such a type has it

    if pa.types.is_dictionary(kind):
        return odd_arrow_type(kind.value_type, name)
    if isinstance(kind, pa.BaseExtensionType):  # pandas' periods and intervals, UUIDs: whole numbers or bytes inside
        text = pa.types.is_string(kind.storage_type) or pa.types.is_large_string(kind.storage_type)
        return "" if text else str(kind)
    of = pa.types
    never = (of.is_duration, of.is_time, of.is_binary, of.is_large_binary, of.is_fixed_size_binary, of.is_interval)
    if any(is_one(kind) for is_one in never) or str(kind) == "binary_view":
        return str(kind)
    return str(kind) if of.is_boolean(kind) and name not in {*schema.NUMERIC, *FREE_TEXT} else ""


def type_finding(name: str, kind: str, cells: Mask, rows: RowNumbers, file: str) -> Finding:
    """Return the finding of a column of a type that is neither number nor word; `cells` says which rows have it."""
    held = rows[cells]
    where = Where(file=file, column=name, rows=len(held), first_rows=first_rows(held))
    if name in schema.NUMERIC:
        return finding("number_type", type=kind, **where)
    return finding("word_type", "period" if name == "period" else "", type=kind, **where)
