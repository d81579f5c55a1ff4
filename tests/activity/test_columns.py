"""Columns of cells that lie in a table answer as the same columns written out, cell by cell."""

import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nhscarbon.activity.columns import Column, Cross, TableColumn
from nhscarbon.sums.cells import SummedCells, join_cells, merge_cells
from nhscarbon.sums.combinations import distinct, number

BY_BLOCK, BY_KIND = ("organisation", "period"), ("activity", "unit")
LABELS = {name: tuple(f"{name[0]}{n}" for n in range(4)) for name in (*BY_BLOCK, *BY_KIND)}


@st.composite
def tables(draw, blanks=True):
    """A table of blocks by kinds, some of its places taken, with words for both sides."""
    blocks, kinds = draw(st.integers(1, 6)), draw(st.integers(1, 6))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    taken = rng.random((blocks, kinds)) < draw(st.sampled_from([0.2, 0.7, 1.0]))
    taken[np.arange(blocks), rng.integers(0, kinds, blocks)] = True  # each block and kind has one
    taken[rng.integers(0, blocks, kinds), np.arange(kinds)] = True
    places = np.flatnonzero(taken)
    cross = Cross(blocks, kinds, None if len(places) == blocks * kinds else places)
    columns = {}
    for names, size in ((BY_BLOCK, blocks), (BY_KIND, kinds)):
        for name, each in zip(names, np.divmod(rng.permutation(16)[:size], 4), strict=True):  # no two are alike
            codes = np.where(rng.random(size) < 0.3, -1, each) if blanks else each
            columns[name] = TableColumn(codes.astype(np.int32), LABELS[name], cross, by_block=name in BY_BLOCK)
    return columns, taken


def written_out(columns, taken):
    """The same columns, cell by cell."""
    block, kind = np.nonzero(taken)
    return {name: Column(column.each[block if column.by_block else kind], column.labels)
            for name, column in columns.items()}  # fmt: skip


@given(tables(), st.randoms(use_true_random=False))
@settings(max_examples=150)
def test_a_crossed_column_is_the_column_written_out(table, random):
    columns, taken = table
    plain = written_out(columns, taken)
    for name, column in columns.items():
        other = plain[name]
        assert column.lowest == min(int(other.codes.min()), 0)
        assert column.met.tolist() == other.met.tolist()
        some = np.array([random.random() < 0.5 for _ in range(len(other.codes))])
        for rows in (some, np.flatnonzero(some), slice(1, None)):
            assert column.part(rows).codes.tolist() == other.part(rows).codes.tolist()
        values = np.arange(len(column.labels) + 1) * 7
        assert column.looked_up(values).tolist() == other.looked_up(values).tolist()
        lookup, labels = np.array([2, -1, 0, 0, 1], np.int32), ("a", "b", "c")
        assert column.renamed(lookup, labels).codes.tolist() == other.renamed(lookup, labels).codes.tolist()
        assert pickle.loads(pickle.dumps(column)).codes.tolist() == other.codes.tolist()
        assert column.codes.tolist() == other.codes.tolist()
        assert [column.text(cell) for cell in range(len(some))] == [other.text(cell) for cell in range(len(some))]


@given(tables(blanks=False), st.permutations((*BY_BLOCK, *BY_KIND)), st.integers(1, 4))
@settings(max_examples=300)
def test_combinations_get_the_numbers_that_they_get_cell_by_cell(table, names, count):
    """Whatever the order of the columns, and whichever side of the table they are of."""
    columns, taken = table
    chosen = names[:count]
    place, found = number({name: columns[name] for name in chosen})
    other, expected = number({name: written_out(columns, taken)[name] for name in chosen})
    rng = np.random.default_rng(count)
    some = rng.random(len(other.codes)) < 0.5
    values = rng.integers(0, 99, int(other.codes.max()) + 1)
    for _ in ("before the numbers are written out", "and after"):
        assert place.part(some).codes.tolist() == other.part(some).codes.tolist()
        assert place.part(np.flatnonzero(some)).codes.tolist() == other.part(some).codes.tolist()
        assert place.looked_up(values).tolist() == other.looked_up(values).tolist()
        assert place.where(values > 50).tolist() == other.where(values > 50).tolist()
        assert place.codes.tolist() == place.numbers.tolist() == other.codes.tolist()
    for name in chosen:
        assert found[name].codes.tolist() == expected[name].codes.tolist()
        assert found[name].labels == expected[name].labels
    assert distinct(columns, chosen)[1] == distinct(written_out(columns, taken), chosen)[1]


def test_an_empty_word_has_no_number_on_either_side():
    cross = Cross(2, 1)
    with pytest.raises(ValueError, match="outside its labels"):
        number({"a": TableColumn(np.array([0, -1], np.int32), ("x",), cross, by_block=True)})


@given(tables(blanks=False), tables(blanks=False), st.integers(0, 2**32))
@settings(max_examples=200)
def test_tables_that_are_joined_are_the_cells_merged(first, second, seed):
    """As tables, or cell by cell where a total is wide or one of them is no table: the same cells in the same order."""
    rng = np.random.default_rng(seed)
    pairs = []
    for columns, taken in (first, second):
        counts = [rng.integers(-5, 6, int(taken.sum())) for _ in range(4)]
        pairs.append((SummedCells(columns, *counts), SummedCells(written_out(columns, taken), *counts)))
    expected = merge_cells([plain for _, plain in pairs], LABELS)
    for one, two in ((pairs[0][0], pairs[1][0]), (pairs[0][0], pairs[1][1])):
        found = join_cells(one, two, LABELS)
        words, wanted = ([[each.columns[name].text(cell) for name in LABELS] for cell in range(len(each))]
                         for each in (found, expected))  # fmt: skip
        assert words == wanted == sorted(words)
        for name in ("total", "rows", "negative", "unsummed"):
            assert getattr(found, name).tolist() == getattr(expected, name).tolist()


def test_a_sum_that_64_bits_do_not_hold_is_not_added_as_a_table():
    cross = Cross(1, 1)
    columns = {name: TableColumn(np.zeros(1, np.int32), ("x",), cross, by_block=name in BY_BLOCK)
               for name in (*BY_BLOCK, *BY_KIND)}  # fmt: skip
    one = np.ones(1, np.int64)
    cells = SummedCells(columns, np.array([2**62], np.int64), one, 0 * one, 0 * one)
    found = join_cells(cells, cells, dict.fromkeys(columns, ("x",)))
    assert found.total.tolist() == [2**63]
    assert found.rows.tolist() == [2]
