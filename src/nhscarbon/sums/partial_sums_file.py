"""Partial sums as bytes: integers in the fewest bytes, words once, and a seal over all of it."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nhscarbon.activity.columns import BLANK, Column, Cross, TableColumn, crossed_by, each_of, of_blocks
from nhscarbon.errors import UnreadableError
from nhscarbon.sums.arithmetic import LIMB, Total, Whole
from nhscarbon.sums.stored_arrays import arrays_of, counts, whole, words_of

KIND = b"nhscarbon-partial-"
SEAL = KIND + b"4\n"  # then the SHA-256 of all that follows
HEX = 64  # letters of a SHA-256
BITS = 64  # places for each cell, up to which a bit for each place is shorter
MOST = 1 << 25  # places that an accumulator's table may have, however few are taken
LOW = (1 << LIMB) - 1


def seal(
    about: Mapping[str, Any], columns: Mapping[str, Column], total: Total, arrays: Mapping[str, NDArray[Any]]
) -> bytes:
    """Return words and sums as bytes that `opened` reads, on any machine.

    Parameters
    ----------
    about : Mapping[str, Any]
        What JSON can hold.
    columns : Mapping[str, Column]
        Of cells that lie in a table, the words of its sides are written, and which of its places are taken.
    total : int64 array, or object array of Python integers, shape (cells,)
    arrays : Mapping[str, array], each of shape (cells,)
    """
    wide = total.dtype == object
    said: dict[str, Any] = {
        **about, "cells": len(total),
        "labels": {name: column.labels for name, column in columns.items()},
    }  # fmt: skip
    cross = crossed_by(columns)
    written = {
        f"codes_{name}": _small(column.codes if cross is None else each_of(column)) for name, column in columns.items()
    }
    if cross is not None:
        said["table"] = [cross.blocks, cross.kinds]
        said["of_blocks"] = of_blocks(columns)
        if cross.places is not None:  # a bit for each place, or their numbers where these are shorter
            bits = cross.blocks * cross.kinds <= BITS * len(cross)
            written |= {"taken": np.packbits(cross.taken)} if bits else {"places": _small(cross.places)}
    written |= {name: _small(values) for name, values in arrays.items()}
    written |= {
        "high": np.array([int(value) >> LIMB for value in total.tolist()], np.int64),
        "low": np.array([int(value) & LOW for value in total.tolist()], np.int64),
    } if wide else {"total": total}  # fmt: skip
    buffer = io.BytesIO()
    text = json.dumps(said, ensure_ascii=False)
    np.savez(buffer, about=np.frombuffer(text.encode(), np.uint8), **written)  # type: ignore[arg-type]
    content = buffer.getvalue()
    return SEAL + hashlib.sha256(content).hexdigest().encode() + content


def unseal(content: bytes, name: str) -> tuple[dict[str, Any], dict[str, Column], Total, dict[str, Whole]]:
    """Return what `sealed` wrote: what was said, the words, the totals and the other sums.

    Raises
    ------
    UnreadableError
        If the bytes are damaged, or of another format.
    """
    if content.startswith(KIND) and not content.startswith(SEAL):
        raise UnreadableError(f"'{name}' was written by another version of nhscarbon: sum the rows again")
    start = len(SEAL) + HEX
    if (
        not content.startswith(SEAL)
        or hashlib.sha256(content[start:]).hexdigest().encode() != content[start - HEX : start]
    ):
        raise UnreadableError(
            f"'{name}' holds no partial sums, or is damaged: its seal does not fit", advice="sum the rows again"
        )
    try:
        arrays = arrays_of(content[start:], name)
        about = words_of(arrays.pop("about"))
        cells = int(about["cells"])
        return about, _columns(about, arrays, cells), _total(arrays, cells), counts(arrays, cells)
    except UnreadableError:
        raise
    except Exception as error:  # whatever bytes that somebody forged make the readers of arrays and of JSON raise
        raise _damaged(name, error) from error


def _damaged(name: str, error: Exception) -> UnreadableError:
    said = str(error) if isinstance(error, ValueError) else f"{type(error).__name__} {error}"
    return UnreadableError(f"'{name}' holds no partial sums, or is damaged: {said[:200]}", advice="sum the rows again")


def _total(arrays: Mapping[str, NDArray[Any]], cells: int) -> Total:
    if "total" in arrays:
        total: Total = arrays["total"]
        if total.dtype != np.int64:
            raise ValueError("its totals are no whole numbers of 64 bits")
    else:
        high, low = arrays["high"], arrays["low"]
        if low.min(initial=0) < 0 or low.max(initial=0) > LOW:
            raise ValueError("its totals are not as they are written")
        total = (high.astype(object) << LIMB) + low.astype(object)
    if total.shape != (cells,):
        raise ValueError("its totals are not those of its cells")
    return total


def _columns(about: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]], cells: int) -> dict[str, Column]:
    """Return the words of the cells; ValueError where they are not those of the file's own labels and table."""
    cross, lengths = None, dict.fromkeys(about["labels"], cells)
    if "table" in about:
        blocks, kinds = about["table"]
        if not (0 < blocks <= cells and 0 < kinds <= cells and blocks * kinds <= max(MOST, BITS * cells)):
            raise ValueError("its table is not one that its cells can have")
        taken = None
        if "taken" in arrays:
            if blocks * kinds > BITS * cells:
                raise ValueError("its table is wider than its cells can have it")
            taken = np.flatnonzero(np.unpackbits(arrays["taken"], count=blocks * kinds))
        elif "places" in arrays:
            taken = whole(arrays["places"], cells)
        cross = Cross(blocks, kinds, taken)
        ends = np.zeros(0, np.int64) if taken is None else np.concatenate([[-1], taken, [blocks * kinds]])
        if (
            len(cross) != cells
            or (np.diff(ends) < 1).any()
            or not (cross.counts.all() and cross.taken.any(axis=0).all())
        ):
            raise ValueError("its cells are not those of its table")
        lengths = {of: blocks if of in about["of_blocks"] else kinds for of in about["labels"]}
    columns: dict[str, Column] = {}
    for of, words in about["labels"].items():
        wide = whole(arrays[f"codes_{of}"], lengths[of])
        if wide.min(initial=0) < BLANK or wide.max(initial=-1) >= len(words):
            raise ValueError(f"a cell has a word of '{of}' that is not there")
        codes, labels = wide.astype(np.int32), tuple(words)
        if cross is None:
            columns[of] = Column(codes, labels)
        else:
            columns[of] = TableColumn(codes, labels, cross, by_block=of in about["of_blocks"])
    return columns


def _small(array: NDArray[Any]) -> NDArray[Any]:
    """Return integers in the fewest bytes, and one of them where all are equal."""
    if not len(array):
        return array
    low, high = int(array.min()), int(array.max())
    kind = np.result_type(np.min_scalar_type(low), np.min_scalar_type(high))
    return array[:1].astype(kind) if low == high else array.astype(kind)
