"""Files of partial sums that are cut off, changed or forged: refused by an error of ours, whatever they hold."""

import hashlib
import io
import json
import tracemalloc
import zipfile
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import nhscarbon as nc
from nhscarbon.errors import UnreadableError, UsageError
from nhscarbon.sums.partial_sums_file import HEX, SEAL
from samples import frame

ROW = {"organisation": "RX1", "period": "2023/24", "activity": "water.supply", "quantity": 4e12, "unit": "m3"}


def sealed(body):
    return SEAL + hashlib.sha256(body).hexdigest().encode() + body


def parts_of(content):
    with np.load(io.BytesIO(content[len(SEAL) + HEX :])) as stored:
        return {name: stored[name] for name in stored.files}


def packed(arrays, save=np.savez):
    buffer = io.BytesIO()
    save(buffer, **arrays)
    return sealed(buffer.getvalue())


def said(arrays):
    return json.loads(arrays["about"].tobytes())


def with_words(arrays, words):
    return packed({**arrays, "about": np.frombuffer(json.dumps(words).encode(), np.uint8)})


@pytest.fixture(scope="module", params=["a table", "many limbs", "no table", "findings"])
def content(request):
    sums = {
        "a table": lambda: nc.partial(frame(40)),
        "many limbs": lambda: nc.partial(pd.DataFrame([ROW] * 9)),
        "no table": lambda: nc.partial(frame(40), keep="reference") - nc.partial(frame(40)[:7], keep="reference"),
        "findings": lambda: nc.partial(pd.DataFrame([ROW, {**ROW, "quantity": "n/a"}])),
    }[request.param]()
    found = sums.to_bytes()
    assert nc.sums.PartialSums.from_bytes(found) == sums
    return found


def refused(content):
    """Return whether sums are refused by an error of ours; any other error fails the test."""
    try:
        sums = nc.sums.PartialSums.from_bytes(content, name="x.partial")
    except UnreadableError as error:
        return "x.partial" in str(error)
    repr(sums), sums.sha256, sums.read, sums.scale
    return False


def test_every_truncation_is_refused(content):
    body = content[len(SEAL) + HEX :]
    for length in {*range(0, len(content), 37), len(content) - 1}:
        assert refused(content[:length])
    for length in {*range(0, len(body), 37), len(body) - 1}:  # sealed anew
        assert refused(sealed(body[:length]))


def test_a_flipped_byte_is_refused_or_changes_words_alone(content):
    body = content[len(SEAL) + HEX :]
    changed = np.random.default_rng(1)
    for place in changed.integers(0, len(body), 400).tolist():
        forged = bytearray(body)
        forged[place] ^= 1 << int(changed.integers(8))
        assert refused(content[: len(SEAL) + HEX] + bytes(forged))  # the seal does not fit
        refused(sealed(bytes(forged)))


@pytest.mark.parametrize("value", [None, 7, -1, 1 << 70, 1.5, "x", [], [None], [[]], {}, {"a": [1]}, [["a", 1]], True])
def test_words_that_are_missing_or_of_another_kind_are_refused(content, value):
    arrays = parts_of(content)
    words = said(arrays)
    for name in words:
        gone = {key: each for key, each in words.items() if key != name}
        assert refused(with_words(arrays, gone)) or name in ("table", "of_blocks")
        if value != words[name]:
            refused(with_words(arrays, {**words, name: value}))
    for name in ("labels", "faults"):
        for key in words[name]:
            refused(with_words(arrays, {**words, name: {**words[name], key: value}}))
    for place, finding in enumerate(words["findings"]):
        for key in finding:
            findings = [*words["findings"]]
            findings[place] = {**finding, key: value}
            refused(with_words(arrays, {**words, "findings": findings}))
    assert refused(with_words(arrays, [words]))
    assert refused(packed({**arrays, "about": np.frombuffer(b"[" * 200_000, np.uint8)}))


def test_arrays_that_are_missing_or_of_another_kind_are_refused(content):
    arrays = parts_of(content)
    for name, array in arrays.items():
        assert refused(packed({key: each for key, each in arrays.items() if key != name}))
        for other in (array[:-1], np.append(array, array[:1]), array.astype(float), array.astype(object), array[None],
                      np.zeros(0), np.array(7), array.astype("U9"), array.astype(np.complex128)):  # fmt: skip
            if name != "about" and len(array) == len(np.atleast_1d(other)) == 1 and other.dtype == array.dtype:
                continue
            if other.dtype == object:
                assert refused(packed({**arrays, name: other}))
            else:
                refused(packed({**arrays, name: other}))


@pytest.mark.parametrize("of", ["rows", "negative", "unsummed"])
@pytest.mark.parametrize("value", [-1, 1 << 62, (1 << 63) - 1])
def test_counts_that_are_negative_or_could_wrap_are_refused(of, value):
    arrays = parts_of(nc.partial(frame(40)).to_bytes())
    assert refused(packed({**arrays, of: np.array([value], np.int64)}))
    assert refused(packed({**arrays, of: np.array([(1 << 64) - 1], np.uint64)}))


def test_sums_whose_counts_would_wrap_together_are_not_added():
    arrays = parts_of(nc.partial(pd.DataFrame([ROW])).to_bytes())
    words = {**said(arrays), "detail": None}
    large = {**arrays, "rows": np.array([1 << 53], np.int64),
             "about": np.frombuffer(json.dumps(words).encode(), np.uint8)}  # fmt: skip
    one, other = (nc.sums.PartialSums.from_bytes(packed({**large, "negative": np.array([n])})) for n in (0, 1))
    with pytest.raises(UsageError, match="cannot be added"):
        replace(one, files=()) + replace(other, files=())


def test_totals_near_the_end_of_64_bits_are_added_exactly():
    """By hand: 2**63 - 1 twice, and the negative of it."""
    arrays = parts_of(nc.partial(pd.DataFrame([ROW])).to_bytes())
    words = {**said(arrays), "detail": None, "files": []}
    about = np.frombuffer(json.dumps(words).encode(), np.uint8)

    def sums(value):
        return nc.sums.PartialSums.from_bytes(packed({**arrays, "about": about, "total": np.array([value], np.int64)}))

    assert (sums(2**63 - 1) + sums(2**63 - 1)).total.tolist() == [2**64 - 2]
    assert (sums(-(2**63)) + sums(-(2**63))).total.tolist() == [-(2**64)]
    assert (sums(-(2**63)) + sums(2**63 - 1)).total.tolist() == [-1]


def test_a_packed_file_is_refused_before_it_is_unpacked():
    """400 kB of zeros, packed, unpack to 400 MB."""
    arrays = parts_of(nc.partial(frame(40)).to_bytes())
    large = packed({**arrays, "total": np.zeros(50_000_000, np.int64)}, np.savez_compressed)
    assert len(large) < 1_000_000
    tracemalloc.start()
    try:
        assert refused(large)
        assert tracemalloc.get_traced_memory()[1] < 40_000_000
    finally:
        tracemalloc.stop()


def test_a_file_takes_memory_in_proportion_to_its_size():
    """A column of one word takes a few bytes, and a table of places a bit for each."""
    arrays = parts_of(nc.partial(pd.DataFrame([ROW])).to_bytes())
    words = {**said(arrays), "detail": None}
    keep = [f"k{n}" for n in range(900)]
    wide = {**words, "keep": keep, "labels": {**words["labels"], **{name: ["x"] for name in keep}}}
    columns = {f"codes_{name}": np.zeros(1, np.int8) for name in keep}
    assert refused(with_words({**arrays, **columns}, wide))
    table = {**words, "table": [1 << 12, 1 << 12], "of_blocks": ["organisation"]}
    tracemalloc.start()
    try:
        assert refused(with_words({**arrays, "taken": np.zeros(1 << 21, np.uint8)}, table))
        assert tracemalloc.get_traced_memory()[1] < 60_000_000
    finally:
        tracemalloc.stop()


def test_an_array_that_says_that_it_is_longer_than_it_is_is_refused():
    arrays = parts_of(nc.partial(frame(40)).to_bytes())
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, array in arrays.items():
            body = io.BytesIO()
            np.save(body, array)
            forged = body.getvalue()
            if name == "total":
                forged = forged.replace(b"'shape': (", b"'shape': (9999999", 1).replace(b" " * 7, b"", 1)
            archive.writestr(f"{name}.npy", forged)
    assert refused(sealed(buffer.getvalue()))


def test_a_cell_given_twice_and_other_columns_are_refused():
    whole, part = (nc.partial(frame(40)[:rows], keep="reference") for rows in (40, 7))
    arrays = parts_of((whole - part).to_bytes())
    words = said(arrays)
    twice = {name: np.append(each, each[:1]) if len(each) == words["cells"] > 1 else each
             for name, each in arrays.items()}  # fmt: skip
    with pytest.raises(UnreadableError, match="a cell twice"):
        nc.sums.PartialSums.from_bytes(with_words(twice, {**words, "cells": words["cells"] + 1}))
    with pytest.raises(UnreadableError, match="its columns are others"):
        nc.sums.PartialSums.from_bytes(with_words(arrays, {**words, "keep": []}))


def test_a_detail_within_a_detail_is_refused():
    whole = nc.partial(pd.DataFrame([ROW]))
    assert whole.detail is not None
    outer = replace(whole, detail=replace(whole.detail, detail=whole.detail))
    with pytest.raises(UnreadableError, match="detail of its own"):
        nc.sums.PartialSums.from_bytes(outer.to_bytes())
