"""The accumulator of rows against a plain sum of fractions, with every kernel, and the traps of coded columns."""

import os
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nhscarbon as nc
from nhscarbon.sums import accumulator
from nhscarbon.sums.accumulator import Accumulator
from nhscarbon.sums.cells import EncodedRows
from nhscarbon.sums.dense_table import DENSE
from nhscarbon.sums.numpy_kernel import CHUNK

NAMES = ("activity", "unit", "geography", "period", "organisation")
ORDER = ("organisation", "period", "activity", "unit", "geography")
KERNELS = ["numpy", "numba"]


@pytest.fixture(params=KERNELS)
def kernel(request, monkeypatch):
    """Each kernel in turn; the compiled one needs its extra, and says so where it is absent."""
    if request.param == "numba":
        pytest.importorskip("numba", reason="SKIPPED ALOUD: the extra fast (numba) is not installed")
    monkeypatch.setenv(accumulator.CHOICE, request.param)
    return request.param


def rows_of(count, seed=1, sizes=(7, 3, 2, 4, 9), kind=np.int32, blanks=True, decimals=3, large=1e4):
    rng = np.random.default_rng(seed)
    codes = {name: rng.integers(-1 if blanks else 0, size, count).astype(kind)
             for name, size in zip(NAMES, sizes, strict=True)}  # fmt: skip
    labels = {name: [f"{name}{n}" for n in range(size)] for name, size in zip(NAMES, sizes, strict=True)}
    quantity = np.round(rng.normal(0, large, count), decimals)
    return EncodedRows(codes, labels, quantity, [6] * sizes[1] + [6])


def plain(batches):
    """Return exact sums, row counts and negative counts by words, row by row."""
    total, rows, negative = Counter(), Counter(), Counter()
    for batch in batches:
        for row in range(len(batch.quantity)):
            words = tuple(batch.labels[name][batch.codes[name][row]] if batch.codes[name][row] >= 0 else ""
                          for name in ORDER)  # fmt: skip
            value = float(batch.quantity[row])
            rows[words] += 1
            if np.isfinite(value):
                total[words] += round(Fraction(value) * 10**6)
                negative[words] += value < 0
            else:
                rows[words] -= 1
    return total, rows, negative


def read(cells, names):
    columns = [cells.columns[name] for name in names]
    words = [tuple(column.labels[column.codes[cell]] for column in columns) for cell in range(len(cells))]
    assert words == sorted(words)
    return (dict(zip(words, map(int, cells.total), strict=True)), dict(zip(words, cells.rows.tolist(), strict=True)),
            dict(zip(words, cells.negative.tolist(), strict=True)))  # fmt: skip


def same(cells, accumulated, batches):
    total, rows, negative = plain(batches)
    found = read(cells, ORDER)
    used = {words for words, count in rows.items() if count}
    assert set(found[0]) >= used
    for words in found[0]:
        assert found[0][words] == total[words]
        assert found[1][words] == rows[words]
        assert found[2][words] == negative[words]


@pytest.mark.parametrize("kind", [np.int8, np.int16, np.int32, np.int64])
def test_sums_are_exact_whatever_the_width_of_the_codes(kernel, kind):
    batch = rows_of(4000, kind=kind)
    accumulated = Accumulator(NAMES)
    accumulated.add(batch)
    same(accumulated.result(ORDER), accumulated, [batch])


def test_unsigned_codes_of_polars_and_arrow(kernel):
    batch = rows_of(500, blanks=False, kind=np.uint32)
    accumulated = Accumulator(NAMES)
    accumulated.add(batch)
    same(accumulated.result(ORDER), accumulated, [batch])


def test_dictionaries_that_differ_from_batch_to_batch(kernel):
    """The same code means another word in the next batch, and columns grow: no row may change its owner."""
    batches = [rows_of(300, seed, (n + 2, 3, 1 + n % 2, n + 1, 2 * n + 3)) for n, seed in enumerate(range(8))]
    for n, batch in enumerate(batches):
        for name, words in batch.labels.items():
            batch.labels[name] = words[::-1] if n % 2 else words
    accumulated = Accumulator(NAMES)
    for batch in batches:
        accumulated.add(batch)
    same(accumulated.result(ORDER), accumulated, batches)


def test_combinations_that_are_met_late_move_the_table_and_no_row(kernel):
    """Rows sorted by activity meet new combinations step after step, with rows waiting and faults noted before."""
    batch = rows_of(100_000, sizes=(60, 3, 2, 4, 9))
    order = np.argsort(batch.codes["activity"], kind="stable")
    codes = {name: column[order] for name, column in batch.codes.items()}
    quantity = batch.quantity.copy()
    quantity[::997] = np.nan
    batch = EncodedRows(codes, batch.labels, quantity, batch.decimals)
    accumulated = Accumulator(NAMES)
    accumulated.add(batch)
    cells = accumulated.result(ORDER)
    same(cells, accumulated, [batch])
    assert cells.unsummed.sum() == len(quantity[::997])


def test_bodies_and_years_without_rows_are_no_cells(kernel):
    """Every word occurs, and most of their combinations do not: of the bodies' years, and of the activities' units."""
    codes = {name: np.arange(4, dtype=np.int32) for name in NAMES}
    labels = {name: [f"{name}{n}" for n in (3, 0, 2, 1)] for name in NAMES}
    batch = EncodedRows(codes, labels, np.array([1.0, -2.0, np.nan, 0.0]), [6] * 5)
    accumulated = Accumulator(NAMES)
    accumulated.add(batch)
    cells = accumulated.result(ORDER)
    same(cells, accumulated, [batch])
    assert (len(cells), cells.unsummed.sum()) == (4, 1)


@pytest.mark.parametrize("most", [1, 40, 700])
def test_more_cells_than_the_dense_table_may_have(kernel, most):
    """The table is left at once, or in the middle of a batch, and the sums stay those of the rows."""
    batches = [rows_of(500, seed, (9, 3, 2, 4, 11)) for seed in range(6)]
    accumulated = Accumulator(NAMES)
    accumulated.table.most = most
    for batch in batches:
        accumulated.add(batch)
    assert accumulated.sorted
    same(accumulated.result(ORDER), accumulated, batches)


@pytest.mark.parametrize(("first", "second"), [(DENSE, DENSE), (DENSE, 60), (60, DENSE), (60, 60)])
def test_merging_two_accumulators_is_adding_all_rows_to_one(kernel, first, second):
    batches = [rows_of(400, seed, (8, 3, 2, 3 + seed % 3, 7 + seed)) for seed in range(4)]
    one, two = Accumulator(NAMES), Accumulator(NAMES)
    one.dense_most, two.dense_most = first, second
    for batch in batches[:2]:
        one.add(batch)
    for batch in batches[2:]:
        two.add(batch)
    one.absorb(two)
    same(one.result(ORDER), one, batches)


def test_kernels_agree_to_the_bit_and_threads_do_not_matter(monkeypatch):
    pytest.importorskip("numba", reason="SKIPPED ALOUD: the extra fast (numba) is not installed")
    batches = [rows_of(70_000, seed, large=1e9) for seed in range(4)]
    results = []
    for name in KERNELS:
        monkeypatch.setenv(accumulator.CHOICE, name)

        def run(part):
            accumulated = Accumulator(NAMES)
            for batch in part:
                accumulated.add(batch)
            return accumulated

        with ThreadPoolExecutor(2) as pool:
            one, two = pool.map(run, (batches[::2], batches[1::2]))
        one.absorb(two)
        results.append(read(one.result(ORDER), ORDER))
    assert results[0] == results[1]


def test_totals_beyond_64_bits_stay_exact(kernel):
    count = 3000
    codes = {name: np.zeros(count, np.int32) for name in NAMES}
    batch = EncodedRows(codes, {name: ["x"] for name in NAMES}, np.full(count, 4_000_000_000_000.0), [6, 6])
    accumulated = Accumulator(NAMES)
    for _ in range(3):
        accumulated.add(batch)
    [total] = accumulated.result(ORDER).total.tolist()
    assert total == 9000 * 4_000_000_000_000_000_000


def one_cell(*quantities, decimals=0, first_row=1):
    codes = {name: np.zeros(len(quantities), np.int32) for name in NAMES}
    labels = {name: ["x"] for name in NAMES}
    return EncodedRows(codes, labels, np.array(quantities, np.float64), [decimals, decimals], first_row=first_row)


@pytest.mark.parametrize("beside", [(), (7.0,), (-3.0,), (0.5,)])
def test_rows_at_and_beside_every_power_of_two_are_added_exactly(kernel, beside):
    """Kernels treat wide numbers in another way: wherever a bound is, the rows at it and around it are the same sum."""
    edges = [float(2**power) for power in range(30, 62)]
    around = [(np.nextafter(edge, 0), edge, np.nextafter(edge, np.inf), 1.5 * edge) for edge in edges]
    for wide in [each for edge in around for each in edge]:
        accumulated = Accumulator(NAMES)
        accumulated.add(one_cell(wide, *beside))
        cells = accumulated.result(ORDER)
        assert cells.total.tolist() == [round(Fraction(wide)) + sum(round(Fraction(each)) for each in beside
                                                                    if each != 0.5)]  # fmt: skip
        assert cells.negative.tolist() == [sum(each < 0 for each in beside)]


@pytest.mark.parametrize("kwh", [35_184_372, 35_184_373, 140_737_489, 200_000_000])
def test_a_wide_row_of_gas_is_its_tonnes(kernel, method, kwh):
    """0.182928926174 kgCO2e a kWh (flat file of 2023, cell J83): 200 million kWh are 36,586 t."""
    row = {"organisation": "RX1", "period": "2023/24", "activity": "energy.natural_gas", "unit": "kWh"}
    footprint = nc.calculate(nc.partial([{**row, "quantity": float(kwh)}]), method)
    assert footprint.total("scope_1") == pytest.approx(kwh * 0.182928926174 / 1000, rel=1e-12)


@pytest.mark.parametrize(
    ("quantity", "total", "faults", "rounded"),
    [(2.0000001, 2_000_000, {}, 1), (1e-9, 0, {"too_small": (1, [2])}, 0), (0.0, 0, {}, 0), (2.0, 2_000_000, {}, 0)],
)
def test_one_row_of_many_that_is_rounded_or_too_small_is_said(kernel, quantity, total, faults, rounded):
    accumulated = Accumulator(NAMES)
    accumulated.add(one_cell(3.0, quantity, 3.0, decimals=6))
    assert accumulated.result(ORDER).total.tolist() == [6_000_000 + total]
    assert accumulated.table.row_faults.faults == faults
    assert accumulated.table.row_faults.rounded == (rounded, [2] * rounded)


WIDEST = 2**61  # of one row; the fourth of them reaches 2^63


@pytest.mark.parametrize("rows", [1, 2, 3, 4, 5, 9])
@pytest.mark.parametrize(
    "value", [WIDEST, -WIDEST, WIDEST + 2**20, 2**60, -(2**60) - 2**10, 2**44, 2**52 + 1, -(2**51) - 1]
)
def test_sums_around_2_to_the_63_do_not_wrap_in_one_batch_or_in_several_or_merged(kernel, rows, value):
    exact = [rows * value]
    together, apart, merged = (Accumulator(NAMES) for _ in range(3))
    together.add(one_cell(*[float(value)] * rows))
    for _ in range(rows):
        apart.add(one_cell(float(value)))
        other = Accumulator(NAMES)
        other.add(one_cell(float(value)))
        merged.absorb(other)
    for accumulated in (together, apart, merged):
        cells = accumulated.result(ORDER)
        assert (cells.total.tolist(), cells.rows.tolist()) == (exact, [rows])


def test_what_each_thread_has_carried_above_32_bits_is_merged(kernel):
    parts = []
    for _ in range(2):
        part = Accumulator(NAMES)
        for _ in range(3):
            part.add(one_cell(*[float(WIDEST)] * 3))
        parts.append(part)
    fresh = Accumulator(NAMES)
    fresh.add(one_cell(5.0))
    for part in parts:
        fresh.absorb(part)
    assert fresh.result(ORDER).total.tolist() == [18 * WIDEST + 5]


def test_more_rows_than_32_bits_count_are_counted(kernel):
    accumulated = Accumulator(NAMES)
    accumulated.add(one_cell(1.0, 1.0))
    accumulated.settle()
    accumulated.table.rows[0] = 2**31 - 2  # as after so many rows
    accumulated.table.added = 2**31 - 2
    accumulated.add(one_cell(1.0, 1.0, 1.0))
    assert accumulated.result(ORDER).rows.tolist() == [2**31 + 1]


def test_rows_keep_their_numbers_where_the_dense_table_is_left(kernel):
    batch = rows_of(500, sizes=(9, 3, 2, 4, 11))
    quantity = batch.quantity.copy()
    quantity[[3, 450]] = np.nan
    accumulated = Accumulator(NAMES)
    accumulated.table.most = 40
    accumulated.add(EncodedRows(batch.codes, batch.labels, quantity, batch.decimals, first_row=2))
    assert accumulated.sorted
    assert accumulated.table.row_faults.faults["not_a_number"] == (2, [5, 452])


@pytest.mark.parametrize("first", [2, 1001])
def test_rows_keep_their_numbers_where_the_table_is_left_in_the_middle_of_a_batch(kernel, first):
    """A step of 32,768 rows has one combination; the next has more than the table may hold."""
    count = CHUNK + 10
    codes = {name: np.zeros(count, np.int32) for name in NAMES}
    codes["activity"][CHUNK:] = np.arange(10)
    labels = {name: ["x"] for name in NAMES} | {"activity": [f"activity{n}" for n in range(10)]}
    quantity = np.ones(count)
    quantity[[3, CHUNK + 4]] = np.nan
    accumulated = Accumulator(NAMES)
    accumulated.table.most = 5
    accumulated.add(EncodedRows(codes, labels, quantity, [6, 6], first_row=first))
    assert accumulated.sorted
    assert accumulated.result(ORDER).rows.sum() == count - 2
    assert accumulated.table.row_faults.faults["not_a_number"] == (2, [first + 3, first + CHUNK + 4])


@pytest.mark.parametrize("most", [DENSE, 1])
def test_half_a_unit_of_the_last_place_goes_to_the_even_one_in_every_kernel(kernel, most):
    """0.5, 1.5, 2.5 and 3.5 of the last place: 0 is refused, then 2, 2 and 4; the same below zero."""
    accumulated = Accumulator(NAMES)
    accumulated.table.most = most
    accumulated.add(one_cell(1.5, 2.5, 2.5, 3.5, 4.5))
    accumulated.add(one_cell(-2.5, -2.5, -1.5))
    assert accumulated.result(ORDER).total.tolist() == [(2 + 2 + 2 + 4 + 4) - (2 + 2 + 2)]


@given(st.lists(st.decimals(-9 * 10**9, 9 * 10**9, places=6), min_size=1, max_size=60))
@settings(max_examples=40)
def test_sums_are_those_of_exact_decimals(values):
    codes = {name: np.zeros(len(values), np.int32) for name in NAMES}
    quantity = np.array([float(value) for value in values])
    accumulated = Accumulator(NAMES)
    accumulated.add(EncodedRows(codes, {name: ["x"] for name in NAMES}, quantity, [6, 6]))
    [total] = accumulated.result(ORDER).total.tolist()
    assert total == sum(round(Fraction(float(value)) * 10**6) for value in values)


def test_faults_are_counted_in_their_cells_and_nothing_vanishes(kernel):
    values = [np.nan, np.inf, -np.inf, 1e300, 1e-9, 0.0, -1.5, 2.0000001, 3.0]
    codes = {name: np.zeros(len(values), np.int32) for name in NAMES}
    batch = EncodedRows(codes, {name: ["x"] for name in NAMES}, np.array(values), [6, 6], first_row=2)
    accumulated = Accumulator(NAMES)
    accumulated.add(batch)
    cells = accumulated.result(ORDER)
    assert (cells.rows.tolist(), cells.unsummed.tolist(), cells.negative.tolist()) == ([4], [5], [1])
    assert cells.total.tolist() == [-1_500_000 + 2_000_000 + 3_000_000]
    assert accumulated.table.row_faults.faults == {
        "not_a_number": (3, [2, 3, 4]),
        "too_large": (1, [5]),
        "too_small": (1, [6]),
    }
    assert accumulated.table.row_faults.rounded == (1, [9])


@pytest.mark.parametrize("decimals", [6, 12])
def test_a_quantity_too_large_for_a_float_once_scaled_is_a_fault_and_no_warning(kernel, decimals):
    codes = {name: np.zeros(3, np.int32) for name in NAMES}
    quantity = np.array([1.7e308, -1.7e308, 1.0])
    accumulated = Accumulator(NAMES)
    accumulated.add(EncodedRows(codes, {name: ["x"] for name in NAMES}, quantity, [decimals, 6]))
    cells = accumulated.result(ORDER)
    assert (cells.total.tolist(), cells.rows.tolist(), cells.unsummed.tolist()) == ([10**decimals], [1], [2])


def test_units_of_several_decimal_scales(kernel):
    codes = {name: np.zeros(4, np.int32) for name in NAMES} | {"unit": np.array([0, 1, 0, -1], np.int32)}
    labels = {**{name: ["x"] for name in NAMES}, "unit": ["a", "b"]}
    batch = EncodedRows(codes, labels, np.array([1.25, 1.25, 2.0, 7.0]),
                  [2, 9, 6])  # fmt: skip
    accumulated = Accumulator(NAMES)
    accumulated.add(batch)
    cells = accumulated.result(ORDER)
    words = [cells.columns["unit"].text(cell) for cell in range(len(cells))]
    found = dict(zip(words, cells.total.tolist(), strict=True))
    assert found == {"a": 325, "b": 1_250_000_000, "": 7_000_000}


@pytest.mark.parametrize("code", [-2, 3])
def test_a_code_outside_its_labels_credits_nobody(kernel, code):
    codes = {name: np.zeros(2, np.int32) for name in NAMES} | {"organisation": np.array([0, code], np.int32)}
    batch = EncodedRows(codes, {name: ["x", "y", "z"] for name in NAMES}, np.ones(2), [6, 6, 6, 6])
    with pytest.raises(ValueError, match="outside its labels"):
        Accumulator(NAMES).add(batch)


def test_products_of_labels_beyond_32_bits_do_not_wrap(kernel):
    """Ten thousand bodies, 60 months and 12,800 combinations wrap a 32-bit key."""
    rng = np.random.default_rng(3)
    sizes = (12_800, 1, 1, 60, 10_000)
    codes = {name: rng.integers(0, size, 5000).astype(np.int32) for name, size in zip(NAMES, sizes, strict=True)}
    labels = {name: [str(n) for n in range(size)] for name, size in zip(NAMES, sizes, strict=True)}
    batch = EncodedRows(codes, labels, np.round(rng.random(5000), 3), [6, 6])
    accumulated = Accumulator(NAMES)
    accumulated.add(batch)
    same(accumulated.result(ORDER), accumulated, [batch])


def test_the_65536th_word_and_a_hundred_thousand_sites(kernel):
    count = 120_000
    sites = np.arange(count, dtype=np.int32) % 100_000
    names = ("organisation", "period", "activity", "unit", "site")
    codes = {name: np.zeros(count, np.int32) for name in names} | {"site": sites}
    labels = {**{name: ["x"] for name in names}, "site": [f"S{n}" for n in range(100_000)]}
    accumulated = Accumulator(names)
    accumulated.add(EncodedRows(codes, labels, np.ones(count), [6, 6]))
    cells = accumulated.result(names)
    words = [cells.columns["site"].text(cell) for cell in range(len(cells))]
    found = dict(zip(words, cells.total.tolist(), strict=True))
    assert len(found) == 100_000
    assert found["S65535"] == found["S65536"] == 1_000_000
    assert found["S0"] == found["S19999"] == 2_000_000


def test_no_rows_make_no_cells(kernel):
    accumulated = Accumulator(NAMES)
    accumulated.add(
        EncodedRows({name: np.zeros(0, np.int32) for name in NAMES}, {name: [] for name in NAMES}, np.zeros(0), [6])
    )
    assert len(accumulated.result(ORDER).rows) == 0


def test_an_accumulator_that_met_labels_and_no_rows_can_absorb(kernel):
    """Labels of an empty batch make room that never fits; what comes after must still be added."""
    one, two = Accumulator(NAMES), Accumulator(NAMES)
    one.dense_most = 10
    batch = rows_of(50)
    empty = EncodedRows(
        {name: codes[:0] for name, codes in batch.codes.items()}, batch.labels, batch.quantity[:0], [6] * 4
    )
    one.add(empty)
    two.add(batch)
    one.absorb(two)
    same(one.result(ORDER), one, [batch])


FULL = """
import resource, signal
import nhscarbon as nc
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1, 1))
print(nc.calculate(nc.example("trust-year.csv"), nc.methodology("nhs-2026.1")).total())
"""


def test_a_disk_without_room_for_what_was_compiled_stops_no_calculation(kernel, tmp_path):
    """The first run on a machine keeps the compiled loop in a file; where it cannot, the answer is the same."""
    pytest.importorskip("resource", reason="SKIPPED ALOUD: no limits on files here")
    room = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path), "PYTHONPATH": str(Path(nc.__file__).parents[1])}
    found = subprocess.run([sys.executable, "-c", FULL], env=room, check=True, capture_output=True, text=True)
    whole = nc.calculate(nc.example("trust-year.csv"), nc.methodology("nhs-2026.1")).total()
    assert float(found.stdout) == whole


@pytest.mark.parametrize("quantity", [0.000001, 1.5, 30_000_000.0])
def test_one_cell_may_have_any_number_of_rows_and_any_sum(kernel, quantity):
    """More rows, and larger sums, than a cell of the compiled kernel holds before it is emptied."""
    count = 200_000
    codes = {name: np.zeros(count, np.int32) for name in NAMES}
    batch = EncodedRows(codes, {name: ["x"] for name in NAMES}, np.full(count, quantity), [6, 6])
    accumulated = Accumulator(NAMES)
    for _ in range(2):
        accumulated.add(batch)
    cells = accumulated.result(ORDER)
    assert cells.rows.tolist() == [2 * count]
    assert cells.total.tolist() == [2 * count * round(Fraction(quantity) * 10**6)]


def test_full_cells_beside_faulty_and_negative_rows_are_emptied_into_the_right_totals(kernel):
    """Odd steps are added elsewhere than plain ones: both must come together, also where labels come later."""
    rng = np.random.default_rng(5)
    batches = []
    for seed in range(3):
        rows = rows_of(100_000, seed, sizes=(2, 1, 1, 1, 2 + seed), blanks=False)
        quantity = np.abs(rows.quantity) + 1
        quantity[rng.integers(0, 40_000, 3)] = [-5.25, np.nan, -1.0]  # the first steps are odd, the last are not
        batches.append(EncodedRows(rows.codes, rows.labels, quantity, rows.decimals))
    accumulated = Accumulator(NAMES)
    for batch in batches:
        accumulated.add(batch)
    same(accumulated.result(ORDER), accumulated, batches)
