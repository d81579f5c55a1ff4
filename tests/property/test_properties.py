"""What must hold whatever the data: scaling, adding, shuffling, splitting, changing units."""

import io
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
        st.sampled_from(ROUTES), st.decimals(0, 10**5, places=3).map(float),
    ),
    min_size=1, max_size=40,
)  # fmt: skip


def frame(rows):
    return pd.DataFrame({
        "organisation": [row[0] for row in rows], "period": [row[1] for row in rows],
        "activity": [row[2][0] for row in rows], "quantity": [row[3] for row in rows],
        "unit": [row[2][1] for row in rows],
        "site": [f"S{place}" for place in range(len(rows))],  # each its own: nothing is given twice
    })  # fmt: skip


def same(a, b):
    pd.testing.assert_frame_equal(a.table, b.table, check_exact=True)
    return a.totals_by_year == b.totals_by_year and a.stamp.input_sha256 == b.stamp.input_sha256


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
    total = Fraction(footprint.total("nhs_carbon_footprint", across_years=True)) * 1000
    assert abs(total - exact) <= abs(exact) * Fraction(1, 10**13)


@given(rows)
def test_every_row_multiplies_by_hand(rows):
    table = nc.calculate(frame(rows), METHOD).table
    assert (table["quantity"] * table["conversion"] * table["factor"] == table["kgco2e"]).all()


@given(rows, st.integers(2, 9))
def test_repeating_the_data_scales_every_quantity(rows, times):
    once, often = nc.calculate(frame(rows), METHOD), nc.calculate(frame(rows * times), METHOD)
    assert (often.sums.total == once.sums.total * times).all()
    assert often.total(across_years=True) == pytest.approx(once.total(across_years=True) * times, rel=1e-12)


@given(rows)
def test_lines_add_up_to_the_table(rows):
    footprint = nc.calculate(frame(rows), METHOD)
    assert footprint.lines()["kgco2e"].sum() == pytest.approx(footprint.table["kgco2e"].sum(), rel=1e-12)


@given(st.decimals(1, 10**6, places=2))
def test_a_change_of_unit_changes_no_tonne(quantity):
    """The larger unit's quantity has no more decimals than are summed, so nothing may differ."""
    for activity, small, large in (
        ("energy.natural_gas", "kWh", "MWh"),
        ("anaesthetic.desflurane", "ml", "litre"),
        ("waste.domestic.landfill", "kg", "tonne"),
        ("water.supply", "m3", "ML"),
    ):
        a, b = (
            nc.calculate(frame([("RR8", "2023/24", (activity, unit), float(value))]), METHOD).total(across_years=True)
            for unit, value in ((small, quantity), (large, quantity / 1000))
        )
        assert a == pytest.approx(b, rel=1e-14)


@given(st.integers(1, 10**6))
def test_miles_and_kilometres_meet_at_the_international_mile(miles):
    a, b = (
        nc.calculate(frame([("RR8", "2023/24", ("travel.car.average.unknown", unit), value)]), METHOD).total(
            across_years=True
        )
        for unit, value in (("mile", float(miles)), ("km", miles * 1.609344))
    )
    assert a == pytest.approx(b, rel=1e-14)


@given(rows, st.sampled_from(["site", "month", "supplier", "reference"]))
def test_keeping_a_column_apart_changes_no_total_and_lines_follow(rows, name):
    table = frame(rows).assign(
        site=[f"S{n % 3}" for n in range(len(rows))],
        supplier="x",
        reference=[str(n) for n in range(len(rows))],
    )
    plain, kept = nc.calculate(table, METHOD), nc.calculate(table, METHOD, keep=name)
    assert kept.total(across_years=True) == pytest.approx(plain.total(across_years=True), rel=1e-12)
    assert name in kept.table.columns
    assert kept.lines()["kgco2e"].sum() == pytest.approx(plain.lines()["kgco2e"].sum(), rel=1e-12)


def test_editing_a_table_changes_no_result():
    footprint = nc.calculate(frame([("RR8", "2023/24", ROUTES[0], 5.0)]), METHOD)
    total = footprint.total(across_years=True)
    table = footprint.table
    table.loc[:, "kgco2e"] = 0.0
    assert footprint.total(across_years=True) == total
    assert footprint.table["kgco2e"].sum() > 0
    with pytest.raises(ValueError, match="read-only"):
        footprint.rows.kgco2e[0] = 0.0


def test_sum_adds_footprints_and_a_buffer_reads_like_its_file():
    parts = [nc.calculate(frame([("RR8", "2023/24", ROUTES[0], float(n))]), METHOD) for n in (1, 2, 3)]
    assert sum(parts) == nc.calculate(frame([("RR8", "2023/24", ROUTES[0], float(n)) for n in (1, 2, 3)]), METHOD)
    path = nc.example("trust-year.csv")
    expected = nc.calculate(path, METHOD)
    text = path.read_text("utf-8")
    for buffer in (io.BytesIO(path.read_bytes()), io.StringIO(text), io.BytesIO(text.encode("utf-16"))):
        assert nc.calculate(buffer, METHOD) == expected


@given(rows)
def test_boundaries_nest(rows):
    for totals in nc.calculate(frame(rows), METHOD).totals_by_year.values():
        core = totals["nhs_carbon_footprint"]
        assert totals["direct_only"] <= totals["direct_and_transmission"] <= core * (1 + 1e-12)
        assert totals["scope_1"] + totals["scope_2_location"] + totals["scope_3"] == pytest.approx(core, rel=1e-12)


@given(rows)
def test_by_adds_up_to_total_at_every_grouping(rows):
    footprint = nc.calculate(frame(rows), METHOD)
    for columns in (("theme",), ("theme", "scope"), ("organisation", "period", "component"), ()):
        assert footprint.by(*columns)["tco2e"].sum() == pytest.approx(footprint.total(across_years=True), rel=1e-12)


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
        totals = set(pool.map(lambda _: nc.calculate(table, METHOD).total(across_years=True), range(16)))
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
    assert nc.calculate(odd, METHOD).total(across_years=True) == nc.calculate(table, METHOD).total(across_years=True)
