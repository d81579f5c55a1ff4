"""What must hold whatever the data: scaling, adding, shuffling, splitting, changing units."""

import pickle
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nhscarbon as nc

METHOD = nc.methodology("nhs-2026.1")
ROUTES = [
    ("energy.natural_gas", "kWh"), ("energy.natural_gas", "m3"), ("energy.electricity.grid", "kWh"),
    ("energy.electricity.green_tariff", "MWh"), ("fleet.fuel.diesel", "litre"), ("travel.car.average.unknown", "mile"),
    ("travel.car.average.unknown", "km"), ("water.supply", "m3"), ("anaesthetic.desflurane", "ml"),
    ("anaesthetic.entonox", "litre"),
]  # fmt: skip
rows = st.lists(
    st.tuples(
        st.sampled_from(["RR8", "R0A", "RWD"]), st.sampled_from(["2019/20", "2023/24", "2023-05", "2025/26"]),
        st.sampled_from(ROUTES), st.decimals(0, 10**7, places=3).map(float),
    ),
    min_size=1, max_size=40,
)  # fmt: skip


def frame(rows):
    return pd.DataFrame({
        "organisation": [row[0] for row in rows], "period": [row[1] for row in rows],
        "activity": [row[2][0] for row in rows], "quantity": [row[3] for row in rows],
        "unit": [row[2][1] for row in rows],
    })  # fmt: skip


def same(a, b):
    pd.testing.assert_frame_equal(a.table, b.table, check_exact=True)
    return a.totals == b.totals and a.stamp.input_sha256 == b.stamp.input_sha256


@given(rows, st.integers(0, 99))
def test_the_order_of_rows_changes_no_bit(rows, seed):
    table = frame(rows)
    shuffled = table.sample(frac=1, random_state=seed, ignore_index=True)
    assert same(nc.calculate(table, METHOD), nc.calculate(shuffled, METHOD))


@given(rows, st.data())
def test_the_partition_into_parts_changes_no_bit(rows, data):
    cut = data.draw(st.integers(1, len(rows)))
    whole, parts = nc.calculate(frame(rows), METHOD), [rows[:cut], rows[cut:]]
    footprints = [nc.calculate(frame(part), METHOD) for part in parts if part]
    added = footprints[0]
    for footprint in footprints[1:]:
        added = added + footprint
    assert same(whole, added)
    assert added == whole


@given(rows)
def test_a_total_is_the_sum_of_its_lines_to_the_exact_fraction(rows):
    footprint = nc.calculate(frame(rows), METHOD)
    exact = Fraction(0)
    for _, period, (activity, unit), quantity in rows:
        year = {"2023-05": "2023/24"}.get(period, period)
        lines = footprint.resolutions[
            next(k for k in footprint.resolutions if (k.activity, k.unit, k.period) == (activity, unit, year))
        ].lines
        for line in lines:
            if METHOD.included["nhs_carbon_footprint", line.category, line.factor.component, line.factor.scope]:
                exact += Fraction(str(quantity)) * Fraction(line.conversion) * Fraction(line.factor.value)
    total = Fraction(footprint.total("nhs_carbon_footprint")) * 1000
    assert abs(total - exact) <= abs(exact) * Fraction(1, 10**13)


@given(rows)
def test_every_row_multiplies_by_hand(rows):
    table = nc.calculate(frame(rows), METHOD).table
    assert (table["quantity"] * table["conversion"] * table["factor"] == table["kgco2e"]).all()


@given(rows, st.integers(2, 9))
def test_repeating_the_data_scales_every_quantity(rows, times):
    once, often = nc.calculate(frame(rows), METHOD), nc.calculate(frame(rows * times), METHOD)
    assert (often.sums.total == once.sums.total * times).all()
    assert often.total() == pytest.approx(once.total() * times, rel=1e-12)


@given(rows)
def test_lines_add_up_to_the_table(rows):
    footprint = nc.calculate(frame(rows), METHOD)
    assert footprint.lines()["kgco2e"].sum() == pytest.approx(footprint.table["kgco2e"].sum(), rel=1e-12)


@given(
    st.decimals(1, 10**6, places=2).map(float),
    st.sampled_from([("kWh", "MWh", 1000), ("litre", "ml", 0.001), ("mile", "km", 1 / 1.609344)]),
)
def test_a_change_of_unit_changes_no_tonne(quantity, units):
    small, large, times = units
    activity = {
        "kWh": "energy.natural_gas",
        "litre": "anaesthetic.desflurane",
        "mile": "travel.car.average.unknown",
    }[small]

    def total(q, unit):
        return nc.calculate(frame([("RR8", "2023/24", (activity, unit), q)]), METHOD).total()

    # the sixth decimal of the larger unit is what the sum keeps
    assert total(quantity, small) == pytest.approx(
        total(quantity / times, large), rel=1e-6 / quantity * max(times, 1) + 1e-9
    )


@given(rows)
def test_boundaries_nest(rows):
    totals = nc.calculate(frame(rows), METHOD).totals
    assert totals["direct_only"] <= totals["direct_and_transmission"] <= totals["nhs_carbon_footprint"] * (1 + 1e-12)
    scopes = totals["scope_1"] + totals["scope_2_location"] + totals["scope_3"]
    assert scopes == pytest.approx(totals["nhs_carbon_footprint"], rel=1e-12)


@given(rows)
def test_by_adds_up_to_total_at_every_grouping(rows):
    footprint = nc.calculate(frame(rows), METHOD)
    for columns in (("theme",), ("theme", "scope"), ("organisation", "period", "component"), ()):
        assert footprint.by(*columns)["tco2e"].sum() == pytest.approx(footprint.total(), rel=1e-12)


def test_inputs_are_not_changed_and_results_pickle():
    table = frame([("RR8", "2023/24", ROUTES[0], 5.0), ("R0A", "2019/20", ROUTES[5], 7.0)])
    before = table.copy(deep=True)
    footprint = nc.calculate(table, METHOD)
    pd.testing.assert_frame_equal(table, before)
    again = pickle.loads(pickle.dumps(footprint))
    assert again == footprint
    assert same(again, footprint)


def test_threads_share_a_method_and_agree():
    table = frame([("RR8", "2023/24", route, float(n)) for n, route in enumerate(ROUTES, start=1)] * 20)
    with ThreadPoolExecutor(4) as pool:
        totals = set(pool.map(lambda _: nc.calculate(table, METHOD).total(), range(16)))
    assert len(totals) == 1


def test_categories_polars_and_arrow_agree_with_plain_text():
    table = frame([("RR8", "2023/24", route, n + 0.125) for n, route in enumerate(ROUTES)] * 3)
    expected = nc.calculate(table, METHOD)
    coded = table.assign(
        **{name: table[name].astype("category") for name in ("organisation", "period", "activity", "unit")}
    )
    assert same(nc.calculate(coded, METHOD), expected)
    pyarrow = pytest.importorskip("pyarrow")
    assert same(nc.calculate(pyarrow.Table.from_pandas(coded), METHOD), expected)
    polars = pytest.importorskip("polars")
    assert same(nc.calculate(polars.from_pandas(table), METHOD), expected)


def test_corrections_of_unused_categories_and_row_index_do_not_matter():
    table = frame([("RR8", "2023/24", ROUTES[0], 5.0)] * 3)
    odd = table.set_index(np.array([7, 7, 7])).assign(
        activity=pd.Categorical(["energy.natural_gas"] * 3, ["unused.code", "energy.natural_gas"])
    )
    assert nc.calculate(odd, METHOD).total() == nc.calculate(table, METHOD).total()
