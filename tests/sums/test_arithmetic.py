"""The arithmetic against exact fractions, and the traps of coded columns."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhscarbon.sums import arithmetic


def naive(columns):
    return sorted(set(zip(*(column.tolist() for column in columns), strict=True)))


@given(
    st.integers(0, 60),
    st.lists(st.sampled_from([1, 2, 7, 300, 70_000, 2_000_000]), min_size=1, max_size=6),
    st.integers(0, 9),
)
def test_group_numbers_the_distinct_combinations_in_order(rows, sizes, seed):
    rng = np.random.default_rng(seed)
    codes = [rng.integers(0, size, rows).astype(np.int32) for size in sizes]
    cell, combinations = arithmetic.group(codes, sizes)
    assert [tuple(row) for row in combinations.tolist()] == naive(codes)
    for place, column in enumerate(codes):
        assert (combinations[cell, place] == column).all()


def test_group_does_not_wrap_where_the_product_of_sizes_outgrows_64_bits():
    sizes = [2**31 - 1] * 4
    codes = [np.array([2**31 - 2, 0, 2**31 - 2], np.int32) for _ in sizes]
    cell, combinations = arithmetic.group(codes, sizes)
    assert cell.tolist() == [1, 0, 1]
    assert combinations.tolist() == [[0] * 4, [2**31 - 2] * 4]


@pytest.mark.parametrize("code", [-1, 3])
def test_a_code_outside_its_labels_is_refused_and_credits_nobody(code):
    with pytest.raises(ValueError, match="outside"):
        arithmetic.group([np.array([0, code], np.int32)], [3])


@given(
    st.lists(st.tuples(st.integers(0, 4), st.decimals(-(10**9), 10**9, places=6)), min_size=1, max_size=80),
    st.decimals("0.00001", 5000, places=5),
    st.decimals("0.001", 100, places=6),
)
def test_sums_and_products_agree_with_exact_fractions(rows, factor, conversion):
    cell = np.array([where for where, _ in rows])
    quantity = np.array([float(value) for _, value in rows])
    whole, rounded = arithmetic.to_whole(quantity, np.full(len(rows), 6))
    total, count = arithmetic.accumulate(cell, whole, 5)
    exact = [sum((Fraction(value) for where, value in rows if where == place), Fraction()) for place in range(5)]
    assert not rounded.any()
    assert [Fraction(int(value), 10**6) for value in total.tolist()] == exact  # the sum itself has no error at all
    assert count.tolist() == [sum(where == place for where, _ in rows) for place in range(5)]
    found = arithmetic.to_quantity(total, np.full(5, 6))
    assert found.tolist() == [float(value) for value in exact]  # the nearest float to the exact sum
    kgco2e = arithmetic.multiply(found, np.full(5, float(conversion)), np.full(5, float(factor)))
    for value, truth in zip(kgco2e.tolist(), exact, strict=True):
        expected = truth * Fraction(conversion) * Fraction(factor)
        assert abs(Fraction(value) - expected) <= abs(expected) * Fraction(5, 2**53)


def test_half_a_unit_of_the_last_place_rounds_to_even_and_is_counted():
    whole, rounded = arithmetic.to_whole(np.array([0.5, 1.5, 2.5, -0.5, 2.0]), np.zeros(5, np.int64))
    assert whole.tolist() == [0, 2, 2, 0, 2]
    assert rounded.tolist() == [True, True, True, True, False]


@pytest.mark.parametrize("value", ["0.1", "1234567.891", "123456789.123456", "-0.000001", "4294967295.999999"])
def test_a_decimal_within_the_scale_is_kept_exactly_and_not_called_rounded(value):
    whole, rounded = arithmetic.to_whole(np.array([float(value)]), np.array([6]))
    assert whole.tolist() == [int(Decimal(value).scaleb(6))]
    assert not rounded.any()


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e300, 2.0**62])
def test_what_is_no_finite_whole_number_is_refused(value):
    with pytest.raises(ValueError, match="finite"):
        arithmetic.to_whole(np.array([1.0, value]), np.array([0, 0]))


def test_sums_beyond_64_bits_stay_exact():
    whole = np.full(1000, 2**61 + 12345, np.int64)
    total, _ = arithmetic.accumulate(np.zeros(1000, np.int64), whole, 1)
    assert total.tolist() == [1000 * (2**61 + 12345)]
    negative, _ = arithmetic.accumulate(np.zeros(1000, np.int64), -whole, 1)
    assert negative.tolist() == [-1000 * (2**61 + 12345)]


@pytest.mark.parametrize("rows", [1, 2, 3, 4, 5, 8, 9])
@pytest.mark.parametrize("value", [2**61, -(2**61), 2**62 - 1, 2**60 + 1])
def test_sums_around_2_to_the_63_do_not_wrap(rows, value):
    cell, whole = np.zeros(rows, np.int64), np.full(rows, value, np.int64)
    assert arithmetic.accumulate(cell, whole, 1)[0].tolist() == [rows * value]
    parts = [np.array([value], np.int64)] * rows
    assert arithmetic.add_parts(cell, parts, 1).tolist() == [rows * value]


@pytest.mark.parametrize(("value", "narrow"), [(2**63 - 1, True), (2**63, False), (-(2**63), True),
                                               (-(2**63) - 1, False)])  # fmt: skip
def test_a_total_is_64_bits_wide_where_it_fits_and_never_wraps(value, narrow):
    found = arithmetic.narrow(np.array([0, value], object))
    assert (found.tolist(), found.dtype == np.int64) == ([0, value], narrow)


@pytest.mark.parametrize("total", [2**53, 2**53 + 1, 2**53 + 3, 123_456_789_012_345_677, -(2**60) - 129, 2**63 - 1])
@pytest.mark.parametrize("places", [0, 1, 6])
def test_a_total_of_more_bits_than_a_float_is_the_float_nearest_to_it(total, places):
    [found] = arithmetic.to_quantity(np.array([total], np.int64), np.array([places])).tolist()
    assert found == float(Fraction(total, 10**places))


def test_an_empty_table_has_no_cells():
    cell, combinations = arithmetic.group([np.zeros(0, np.int32)] * 3, [1, 2, 3])
    assert len(cell) == 0
    assert combinations.shape == (0, 3)
    total, rows = arithmetic.accumulate(cell, np.zeros(0, np.int64), 0)
    assert len(total) == len(rows) == 0


LIMBS = st.integers(-(2**63), 2**63 - 1)


@given(st.lists(st.tuples(LIMBS, st.integers(-(2**40), 2**62)), max_size=20))
def test_two_limbs_are_the_whole_number_that_they_stand_for(pairs):
    high = np.array([each for each, _ in pairs], np.int64)
    low = np.array([each for _, each in pairs], np.int64)
    found = arithmetic.of_limbs(high, low)
    assert found.tolist() == [upper * 2**32 + lower for upper, lower in pairs]


@given(st.lists(st.tuples(st.integers(-(2**28), 2**28), st.integers(0, 2**60)), max_size=20))
def test_limbs_that_fit_make_no_python_integers(pairs):
    found = arithmetic.of_limbs(*(np.array([pair[side] for pair in pairs], np.int64) for side in (0, 1)))
    assert found.dtype == np.int64
    assert found.tolist() == [upper * 2**32 + lower for upper, lower in pairs]
