"""Text to codes and text to numbers: what happens to every column once, at the door."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nhscarbon.activity.columns import BLANK, Codes, Column
from nhscarbon.activity.numbers import LONGEST, PLAIN, half_even, near_half
from nhscarbon.errors import UnreadableError
from nhscarbon.kept import TABLE, kept

MANY = 256  # texts that are worth an array
COPIED = 1 << 20  # rows of categories that are copied: to copy more takes as long as to sum them
STEP = 1 << 16  # numbers that are looked at at once
SHARED_FROM = 1 << 5  # steps that are worth several threads


def code_text(values: pd.Series) -> Column:
    """Code a text column; categories arrive coded and are not looked at row by row.

    Surrounding space is dropped; what is then empty, and any null, is a blank.
    """
    if isinstance(values.dtype, pd.CategoricalDtype):
        codes: Any = values.array.codes
        if len(codes) <= COPIED:  # the sender's array can be written to, whatever frame holds it
            codes = codes.copy()
        found: Any = values.cat.categories
    else:
        codes, found = pd.factorize(_hashable(values), use_na_sentinel=True)
    return recode(codes, [_text(value) for value in np.asarray(found, object)])


def recode(codes: Codes, texts: Sequence[str]) -> Column:
    """Return codes and their texts as a column: equal texts share a label, an empty one is a blank."""
    labels = _labels(texts) if isinstance(texts, tuple) else tuple(dict.fromkeys(filter(None, texts)))
    if len(labels) == len(texts):  # each its own label, and none blank: the codes stand
        return Column(codes, labels)
    place = {label: code for code, label in enumerate(labels)}
    lookup = np.array([*(place.get(text, BLANK) for text in texts), BLANK], np.int32)
    return Column(lookup[codes], labels)  # code -1 takes the last entry, BLANK


def _text(value: object) -> str:
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))  # a code that a spreadsheet kept as a number
    return str(value).strip()


@kept(64, TABLE)
def _labels(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Return the distinct words of a dictionary, the very same tuple for equal ones."""
    return tuple(dict.fromkeys(filter(None, texts)))


def read_number(text: str) -> float:
    """Return the number that a text is in plain ASCII decimal notation, or NaN."""
    text = text.strip()  # float() alone would take '1_000', '١٢٣', 'inf' and 'nan'
    return float(text) if len(text) <= LONGEST and PLAIN.fullmatch(text) else np.nan


def read_numbers(texts: Sequence[str]) -> NDArray[np.float64]:
    """Return what `read_number` does of each text: those of digits and a point all at once, a fifth of the time.

    A text half way between two whole millionths is read as the float that is rounded as its decimals are.
    """
    numbers = _floats(texts)
    for place in np.flatnonzero(near_half(numbers)).tolist():
        numbers[place] = half_even(texts[place].strip())
    return numbers


def _floats(texts: Sequence[str]) -> NDArray[np.float64]:
    if len(texts) < MANY:
        return np.array([read_number(text) for text in texts], np.float64)
    words = np.array(texts, dtype=f"U{LONGEST + 1}")
    letters = words.view(np.uint32).reshape(len(texts), -1)
    digits = ((letters >= ord("0")) & (letters <= ord("9"))).sum(axis=1)
    points = (letters == ord(".")).sum(axis=1)
    signed = (letters[:, 0] == ord("-")) | (letters[:, 0] == ord("+"))
    length = np.fromiter(map(len, texts), np.int64, len(texts))
    plain = (digits + points + signed == length) & (digits > 0) & (points <= 1) & (length <= LONGEST)
    numbers = np.empty(len(texts), np.float64)
    numbers[plain] = words[plain].astype(np.float64)
    numbers[~plain] = [read_number(texts[place]) for place in np.flatnonzero(~plain).tolist()]
    return numbers


def code_numbers(values: pd.Series) -> tuple[NDArray[np.float64], NDArray[np.bool_], Column]:
    """Read a numeric column.

    Returns
    -------
    numbers : float64 array, shape (rows,)
        NaN where there is no number.
    blank : bool array, shape (rows,)
        Where the cell is empty.
    unread : Column
        What stands in each cell that is neither empty nor a number; blank elsewhere.
    """
    if values.dtype.kind in "iuf":
        plain = values.dtype == np.float64
        numbers = values.to_numpy() if plain else values.to_numpy(np.float64, na_value=np.nan)
        if all_finite(numbers):
            return numbers, np.broadcast_to(np.False_, len(numbers)), none_unread(len(numbers))
        blank = values.isna().to_numpy(np.bool_)
        return numbers, blank, odd_numbers(numbers, blank)
    if values.dtype == object:  # as text, or True would be the 1 that it equals
        values = pd.Series([_plain(value) for value in values], dtype=object)
    codes, found = pd.factorize(values, use_na_sentinel=True)
    return numbers_in(codes, [*map(str.strip, map(str, found.to_numpy(object)))])


def numbers_in(codes: Codes, texts: Sequence[str]) -> tuple[NDArray[np.float64], NDArray[np.bool_], Column]:
    """Read coded texts as numbers, each distinct one once; code -1 is a null. Returns what `code_numbers` does."""
    each = np.append(read_numbers(texts), np.nan)  # code -1 takes the last entry
    empty = np.append(np.fromiter(map(len, texts), np.int64, len(texts)) == 0, True)
    wrong = np.flatnonzero(~(np.isfinite(each) | empty)).tolist()
    if not wrong:
        return each[codes], empty[codes], none_unread(len(codes))
    labels = tuple(dict.fromkeys(texts[place] for place in wrong))
    number = {text: code for code, text in enumerate(labels)}
    lookup = np.full(len(each), BLANK, np.int32)
    lookup[wrong] = [number[texts[place]] for place in wrong]
    return each[codes], empty[codes], Column(lookup[codes], labels)


def all_finite(numbers: NDArray[np.float64]) -> bool:
    """Tell whether no number is missing or infinite; a step at a time, so that nothing large is written."""

    def of_part(part: range) -> bool:
        return all(np.isfinite(numbers[start : start + STEP]).all() for start in part)

    starts, threads = range(0, len(numbers), STEP), os.cpu_count() or 1
    if len(starts) < SHARED_FROM:
        return of_part(starts)
    with ThreadPoolExecutor(threads) as pool:
        return all(pool.map(of_part, (starts[thread::threads] for thread in range(threads))))


def odd_numbers(numbers: NDArray[np.float64], blank: NDArray[np.bool_]) -> Column:
    """Return the numbers that are not finite, as text; blank elsewhere."""
    wrong = ~(np.isfinite(numbers) | blank)
    if not wrong.any():
        return none_unread(len(numbers))
    codes = np.full(len(numbers), BLANK, np.int32)
    words, codes[wrong] = np.unique([str(number) for number in numbers[wrong]], return_inverse=True)
    return Column(codes, tuple(words.tolist()))


def none_unread(rows: int) -> Column:
    """Return the column of texts that are no numbers where there are none."""
    return Column(np.broadcast_to(np.int8(BLANK), rows), ())


def no_numbers(blank: NDArray[np.bool_]) -> tuple[NDArray[np.float64], NDArray[np.bool_], Column]:
    """Return a column of numbers of which none could be read; `blank` says which cells are empty."""
    return np.full(len(blank), np.nan), blank, none_unread(len(blank))


def _plain(value: object) -> str | None:
    """Return an object as text; None for what pandas calls missing."""
    missing = value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and np.isnan(value))
    return None if missing else str(value)


def _hashable(values: pd.Series) -> pd.Series:
    """Refuse cells that hold lists and the like: they are no words."""
    if values.dtype == object:
        odd = next((value for value in values if isinstance(value, list | dict | set | np.ndarray)), None)
        if odd is not None:
            raise UnreadableError(f"the column '{values.name}' holds a {type(odd).__name__} where a word should be")
    return values
