"""Arrow columns as coded columns: dictionaries keep their codes, text is coded once (extra ``arrow``)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import local

import numpy as np
from numpy.typing import NDArray

from nhscarbon.activity import schema
from nhscarbon.activity.activity import Activity, RowRange
from nhscarbon.activity.columns import BLANK, Column, Mask, one
from nhscarbon.activity.encoding import all_finite, no_numbers, none_unread, numbers_in, odd_numbers, recode
from nhscarbon.activity.header import Answers, read_header
from nhscarbon.activity.numbers import LONGEST, near_half
from nhscarbon.activity.readers.column_types import odd_arrow_type, type_finding
from nhscarbon.activity.readers.from_frame import filled_rows, number_findings, period_findings
from nhscarbon.errors import UnreadableError

try:  # an extra: whoever calls has asked whether it is there
    import pyarrow as pa
    import pyarrow.compute as pc
except ImportError:
    pa = pc = None

PLAIN_DIGITS = f"^-?[0-9]{{1,{LONGEST // 2}}}(\\.[0-9]{{1,{LONGEST // 2 - 2}}})?$"
KEPT = 16  # dictionaries that a thread remembers
_known = local()
DECIMAL_BITS = 128  # of the decimals that every version of Arrow can write as text
SHARED_FROM = 1 << 18  # rows of a table whose columns are worth coding in several threads


def from_arrow_table(
    table: pa.Table | pa.RecordBatch,
    *,
    file: str = "",
    first_row: int = 1,
    threads: int = 1,
    silent: bool = False,
    filled: Mask | slice | None = None,
    answers: Answers = (),
) -> Activity:
    """Return an Arrow table as activity data.

    Parameters
    ----------
    table : pyarrow.Table or RecordBatch
    file : str, optional
    first_row : int, optional
        The number of the first row as the sender sees it.
    threads : int, optional
        Columns that are coded at once.
    silent : bool, optional
        Leave out what is to be said of the columns: of a later batch it was said.
    filled : bool array, shape (rows,), or slice, optional
        The rows to keep, where the table has not all columns that say which are blank.
    answers : tuple, optional
        What a mapping says of the columns; see `nhscarbon.activity.header`.

    Raises
    ------
    UnreadableError
        If a column stands twice or holds lists and the like.
    """
    header = read_header([str(name) for name in table.schema.names], answers)
    names = list(header.names)
    if header.twice:
        raise UnreadableError(f"the table has the column '{header.twice}' more than once")
    known = [name for name in names if name in schema.NAMES]
    types = {name: odd_arrow_type(table.schema.field(names.index(name)).type, name) for name in known}
    odd = {name: (kind, np.asarray(table.column(names.index(name)).is_valid())) for name, kind in types.items() if kind}
    wanted = [name for name in known if name not in odd]
    sent = [(table.column(names.index(name)), name in schema.NUMERIC) for name in wanted]
    if threads > 1:
        with ThreadPoolExecutor(threads) as pool:
            prepared = list(pool.map(lambda each: _prepared(*each), sent))
    else:
        prepared = [_prepared(*each) for each in sent]
    arrays = dict(zip(wanted, prepared, strict=True))
    columns = {name: _column(array) for name, array in arrays.items() if name not in schema.NUMERIC}
    read = {name: _numbers(array) for name, array in arrays.items() if name in schema.NUMERIC}
    read |= {name: no_numbers(~cells) for name, (_, cells) in odd.items() if name in schema.NUMERIC}
    blanks = [blank for _, blank, _ in read.values()] + [~cells for _, cells in odd.values()]
    if filled is None:
        filled = filled_rows(columns.values(), blanks, table.num_rows)
    rows = RowRange(first_row, table.num_rows)[filled]
    findings = [] if silent else header.notes(file)
    findings += header.differing(columns["unit"].labels if "unit" in columns else (), file)
    all_rows = RowRange(first_row, table.num_rows)
    findings += [type_finding(name, kind, cells, all_rows, file) for name, (kind, cells) in odd.items()]
    numbers, unread = {}, {}
    for name, (values, blank, texts) in read.items():
        numbers[name], unread[name] = values[filled], Column(texts.codes[filled], texts.labels)
        if texts.labels or one(blank).any():
            findings += number_findings(name, blank[filled], unread[name], rows, file)
    words = {name: Column(column.codes[filled], column.labels) for name, column in columns.items()}
    findings += period_findings(words.get("period"), rows, file)
    activity = Activity(
        columns=words, numbers=numbers, unread=unread, findings=tuple(findings), file=file, row_numbers=rows
    )
    return with_words(activity, header.words) if header.words else activity


def with_words(activity: Activity, words: Mapping[str, str]) -> Activity:
    """Return a batch with columns of one word each, as the folders of a partitioned data set give them."""
    same = {name: recode(np.broadcast_to(np.int8(0), len(activity)), [word]) for name, word in words.items()}
    return replace(activity, columns={**activity.columns, **same})


def coded_column(array: pa.ChunkedArray) -> Column:
    """Return one Arrow column of words, coded."""
    return _column(_prepared(array, number=False))


def _prepared(array: pa.Array, number: bool) -> pa.Array:
    """Return a column as one array: numbers as they are, all else as a dictionary of text."""
    kind = array.type
    if pa.types.is_nested(kind):
        raise UnreadableError(f"a column holds {kind} where a word should be")
    if pa.types.is_decimal(kind) or (number and pa.types.is_boolean(kind)):
        numbers = array.cast(pa.float64()) if pa.types.is_decimal(kind) else None
        # a decimal half way between two that are summed is rounded as it stands, and not as a float
        if numbers is None or (number and _any_near_half(numbers)):
            if numbers is not None:  # short decimals cannot be written as text in older versions
                array = (
                    array.cast(pa.decimal128(kind.precision, kind.scale)) if kind.bit_width < DECIMAL_BITS else array
                )
            array = array.cast(pa.string())
        else:
            array = numbers
        kind = array.type
    if number and pa.types.is_string_view(kind):
        array = array.cast(pa.large_string())
        kind = array.type
    if number and (pa.types.is_floating(kind) or pa.types.is_integer(kind) or _is_text(kind)):
        return _one(array)
    if pa.types.is_dictionary(kind):
        if isinstance(array, pa.ChunkedArray) and array.num_chunks > 1:
            array = array.unify_dictionaries()
        array = _one(array)
        values = array.dictionary
        if _is_text(values.type):
            return array
        return pa.DictionaryArray.from_arrays(
            array.indices, values.cast(pa.string()), safe=False
        )  # codes are looked at when they are added
    if not _is_text(kind) and not pa.types.is_string_view(kind):
        array = array.cast(pa.string())
    return _encoded(array)


def _encoded(array: pa.Array) -> pa.DictionaryArray:
    """Return text as one dictionary; views of text, as Polars holds it, are coded without a copy where Arrow can."""
    try:
        # no chunk at all is one empty array: before Arrow 25 a dictionary of large text cannot be made of none
        encoded = pc.dictionary_encode(array if len(array) else pa.array([], array.type))
        return _one(encoded.unify_dictionaries() if isinstance(encoded, pa.ChunkedArray) else encoded)
    except pa.ArrowNotImplementedError:
        if not pa.types.is_string_view(array.type):
            raise
        return _encoded(array.cast(pa.large_string()))


def _any_near_half(numbers: pa.Array) -> bool:
    return bool(near_half(np.asarray(pc.fill_null(numbers, 0.0).to_numpy(), np.float64)).any())


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _one(array: pa.Array) -> pa.Array:
    if isinstance(array, pa.ChunkedArray):
        return array.chunk(0) if array.num_chunks == 1 else array.combine_chunks()
    return array


def _column(array: pa.DictionaryArray) -> Column:
    """Return a dictionary's codes as they lie in memory; a null, whatever its code, is a blank."""
    indices = array.indices
    if indices.null_count:
        indices = pc.fill_null(indices.cast(pa.int32()), BLANK)
    codes = indices.to_numpy(zero_copy_only=False)
    return recode(codes, _texts(array.dictionary))


def _texts(dictionary: pa.Array) -> Sequence[str]:
    """Return the words of a dictionary; batches of one file come with equal ones, which are read once."""
    last: list[tuple[pa.Array, Sequence[str]]] = _known.__dict__.setdefault("last", [])
    for held, texts in last:
        if held.equals(dictionary):
            return texts
    texts = tuple("" if text is None else str(text).strip() for text in dictionary.to_pylist())
    last.insert(0, (dictionary, texts))
    del last[KEPT:]
    return texts


def _numbers(array: pa.Array) -> tuple[NDArray[np.float64], NDArray[np.bool_], Column]:
    if isinstance(array, pa.DictionaryArray):  # text where numbers should be: each distinct one is read once
        column = _column(array)
        return numbers_in(column.codes, column.labels)
    if _is_text(array.type):
        return _numbers_of_text(array)
    numbers = np.asarray(array.to_numpy(zero_copy_only=False), np.float64)
    if not array.null_count and all_finite(numbers):
        return numbers, np.broadcast_to(np.False_, len(numbers)), none_unread(len(numbers))
    blank = array.is_null().to_numpy(zero_copy_only=False) if array.null_count else np.zeros(len(array), np.bool_)
    numbers = np.where(blank, np.nan, numbers) if array.null_count else numbers
    return numbers, blank, odd_numbers(numbers, blank)


def _numbers_of_text(array: pa.Array) -> tuple[NDArray[np.float64], NDArray[np.bool_], Column]:
    """Read texts as numbers: plain digits by Arrow, which rounds as Python does, and the rest one by one."""
    array = pc.utf8_trim_whitespace(array)
    plain = pc.fill_null(pc.match_substring_regex(array, PLAIN_DIGITS), False)
    parsed = pc.if_else(plain, array, None).cast(pa.float64())
    numbers = np.array(pc.fill_null(parsed, np.nan).to_numpy(zero_copy_only=False))
    odd = np.flatnonzero(~plain.to_numpy(zero_copy_only=False) | near_half(numbers))
    codes = np.full(len(array), BLANK, np.int32)
    blank = np.zeros(len(array), np.bool_)
    if not len(odd):
        return numbers, blank, Column(codes, ())
    rest = _column(pc.dictionary_encode(array.take(odd)))
    numbers[odd], blank[odd], unread = numbers_in(rest.codes, rest.labels)
    codes[odd] = unread.codes
    return numbers, blank, Column(codes, unread.labels)


def blank_rows(table: pa.Table | pa.RecordBatch) -> Mask:
    """Return which rows have nothing in any column of an activity table, shape (rows,)."""
    kept = from_arrow_table(table, silent=True).row_numbers
    blank = np.ones(table.num_rows, np.bool_)
    blank[np.asarray(kept) - 1] = False
    return blank
