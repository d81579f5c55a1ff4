"""Arrays and words of a file of partial sums: nothing that they say of themselves is believed."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import fields, replace
from itertools import pairwise
from typing import Any
from zipfile import ZIP_STORED

import numpy as np
from numpy.typing import NDArray

from nhscarbon.activity.files.limits import LIMITS
from nhscarbon.activity.files.zip_guard import entries_of, unpack
from nhscarbon.findings import SEVERITIES, Finding
from nhscarbon.sums.arithmetic import POWERS, Whole

ENDING = ".npy"
COLUMNS_MOST = 64  # the columns of an activity table, and those that were kept; each may be said in a few bytes
ARRAYS_MOST = 2 * COLUMNS_MOST
ROWS_MOST = 1 << 53  # rows in all: many thousand times those of all organisations, and no sum of them wraps
SHA256 = 64  # letters
FAULTS = ("not_a_number", "too_large", "too_small", "rounded")
MISSING = ("refuse", "not_counted")


def arrays_of(content: bytes, name: str) -> dict[str, NDArray[Any]]:
    """Return the arrays of an archive as `numpy.savez` writes it: none is packed, so none is larger than its file.

    Raises
    ------
    UnreadableError, ValueError
        If it is another archive, or one of its arrays is no array of whole numbers.
    """
    limits = replace(LIMITS, parts=ARRAYS_MOST, inflated_bytes=len(content))
    entries = entries_of(name, content, limits)
    if any(entry.compress_type != ZIP_STORED for entry in entries):
        raise ValueError("its arrays are packed, which ours never are")
    found = {}
    for part_name, part in unpack(name, content, entries, limits):
        array = np.lib.format.read_array(_Whole(part), allow_pickle=False)
        if array.dtype.kind not in "iu" or array.ndim != 1 or array.dtype.hasobject:
            raise ValueError(f"'{part_name[:40]}' is no list of whole numbers")
        found[part_name.removesuffix(ENDING)] = array
    return found


class _Whole(io.BytesIO):
    """A part in memory, which is refused before an array of more than its bytes is made."""

    def __init__(self, part: bytes) -> None:
        super().__init__(part)
        head = io.BytesIO(part)
        version = np.lib.format.read_magic(head)
        if version != (1, 0):
            raise ValueError("an array of another format")
        shape, _, dtype = np.lib.format.read_array_header_1_0(head)
        count = 1
        for length in shape:
            count *= int(length)
        if len(part) - head.tell() != count * dtype.itemsize or min(shape, default=0) < 0:
            raise ValueError("an array that is not as long as it says")


def words_of(stored: NDArray[Any]) -> dict[str, Any]:
    """Return what the file says in words, each of the kind that it must be.

    Raises
    ------
    ValueError
        If something is missing, or of another kind.
    """
    if stored.dtype != np.uint8:
        raise ValueError("its words are no text")
    said = json.loads(stored.tobytes().decode(), parse_constant=_no_number)
    if not isinstance(said, dict):
        raise ValueError("its words are no table")
    labels = said["labels"]
    _must(isinstance(labels, dict) and 0 < len(labels) <= COLUMNS_MOST, "its columns")
    for words in labels.values():
        _must(_are_texts(words) and all(one < other for one, other in pairwise(words)), "the words of a column")
    _must(_is_whole(said["cells"]) and said["cells"] >= 0, "its cells")
    decimals = said["decimals"]
    _must(isinstance(decimals, list) and len(decimals) == len(labels["unit"]) + 1, "its decimal places")
    _must(all(_is_whole(each) and 0 <= each < len(POWERS) for each in decimals), "its decimal places")
    _must(isinstance(said["faults"], dict) and {*said["faults"]} <= {*FAULTS}, "its counts of errors")
    for count, first in said["faults"].values():
        _must(_is_whole(count) and 0 <= count <= ROWS_MOST and _are_whole(first), "its counts of errors")
    _must(_are_texts(said["keep"]), "the columns that it kept")
    _must(isinstance(said["files"], list) and all(_are_texts(each) and len(each) == 2 for each in said["files"]),
          "its files")  # fmt: skip
    _must(all(sha256 == "" or (len(sha256) == SHA256 and sha256.isascii()) for _, sha256 in said["files"]), "its files")
    _must(said["missing_factor"] in MISSING and isinstance(said["boundary"], str), "what it is for")
    _must(said["detail"] is None or isinstance(said["detail"], str), "its detail")
    _must(isinstance(said["findings"], list), "its findings")
    if "table" in said:
        _must(_are_whole(said["table"]) and len(said["table"]) == 2 and _are_texts(said["of_blocks"]), "its table")
    return said


def fields_of(said: Any) -> dict[str, Any]:  # noqa: ANN401  whatever JSON can hold
    """Return the fields of a finding as they were written.

    Raises
    ------
    ValueError, TypeError
        If one of its fields is of another kind.
    """
    _must(isinstance(said, dict) and said["severity"] in SEVERITIES, "a finding")
    for each in fields(Finding):
        if each.name in said and each.name not in ("first_rows", "severity"):
            value = said[each.name]
            text = isinstance(each.default, str) or each.name in ("code", "message")
            number = each.default is None and (value is None or isinstance(value, float) or _is_whole(value))
            rows = each.name == "rows" and _is_whole(value) and value >= 0
            _must(isinstance(value, str) if text else number or rows or each.default not in (None, 1), "a finding")
    _must(_are_whole(said["first_rows"]), "a finding")
    return {**said, "first_rows": tuple(said["first_rows"])}


def whole(values: NDArray[Any], length: int) -> Whole:
    """Return integers as they were; one for all of them takes no room.

    Raises
    ------
    ValueError
        If there are more or fewer of them, or one does not fit into 64 bits.
    """
    if values.dtype.kind == "u" and len(values) and int(values.max()) >= 2**63:
        raise ValueError("a number that is too large")
    return np.broadcast_to(values.astype(np.int64), length)


def counts(arrays: Mapping[str, NDArray[Any]], cells: int) -> dict[str, Whole]:
    """Return how many rows each cell has: added, of those below zero, and with an error.

    Raises
    ------
    ValueError
        If a count is below zero, there are more below zero than rows, or so many that their sum could wrap.
    """
    found = {of: whole(arrays[of], cells) for of in ("rows", "negative", "unsummed")}
    if any(int(each.min(initial=0)) < 0 for each in found.values()) or (found["negative"] > found["rows"]).any():
        raise ValueError("a cell has fewer rows than none")
    refuse_too_many(found["rows"], found["unsummed"])
    return found


def refuse_too_many(*several: Whole) -> None:
    """Refuse counts of rows whose sum could wrap.

    Raises
    ------
    ValueError
        If they come to more than `ROWS_MOST`.
    """
    if sum(float(each.sum(dtype=np.float64)) for each in several) > ROWS_MOST:
        raise ValueError(f"it counts more than {ROWS_MOST:,} rows")


def _must(holds: bool, what: str) -> None:
    if not holds:
        raise ValueError(f"{what} cannot be read")


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= ROWS_MOST


def _are_whole(values: object) -> bool:
    return isinstance(values, list) and all(map(_is_whole, values))


def _are_texts(values: object) -> bool:
    return isinstance(values, list) and all(isinstance(each, str) for each in values)


def _no_number(word: str) -> float:
    raise ValueError(f"{word} cannot be a number")
