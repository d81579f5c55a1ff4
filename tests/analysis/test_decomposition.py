"""The bridge: published and worked vectors, an independent count over all orders, and what never may differ."""

from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nhscarbon as nc
from nhscarbon.analysis.decomposition.change import CAUSES, EFFECTS
from nhscarbon.analysis.decomposition.compare import log_ratios
from nhscarbon.analysis.decomposition.known_breaks import breaks_between, known_breaks
from nhscarbon.analysis.decomposition.shapley import lmdi, logarithmic_mean, shapley
from nhscarbon.errors import BoundaryError, UsageError

HEAD = ["organisation", "period", "activity", "quantity", "unit"]
GAS, GRID, WATER = "energy.natural_gas", "energy.electricity.grid", "water.supply"
DESFLURANE = "anaesthetic.desflurane"

# gas, electricity, steam that leaves and travel that enters: quantity, factor, method, in the boundary or not
QUANTITY = np.array([[1e6, 4e5, 5e4, 1.8e5], [9e5, 5e5, 5e4, 2e5]])
FACTOR = np.array([[0.18254, 0.20707, 0.17965, 0.17], [0.18290, 0.20493, 0.17529, 0.16691]])
METHOD = np.array([[1.0, 1.0, 1.0, 1.0], [1.0, 1.08, 1.0, 1.0]])
BOUNDARY = np.array([[1.0, 1.0, 1.0, 0.0], [1.0, 1.0, 0.0, 1.0]])


def frame(*rows):
    return pd.DataFrame(rows, columns=HEAD)


def effects(bridge):
    return {name: bridge.total()[f"{name}_tco2e"] for name in EFFECTS}


def states():
    return np.einsum("ai,bi,ci,di->abcdi", QUANTITY, FACTOR, METHOD, BOUNDARY)


def test_the_worked_vector_by_shapley():
    parts = shapley(states())
    assert states()[0, 0, 0, 0].sum() == pytest.approx(274_350.5, abs=0.05)
    assert states()[1, 1, 1, 1].sum() == pytest.approx(308_654.2, abs=0.05)
    assert parts.sum(axis=1) == pytest.approx([4_829.973, -1_068.647, 7_414.573, 23_127.8], abs=0.001)
    assert parts.sum() == pytest.approx(308_654.2 - 274_350.5, rel=1e-9)


def test_the_same_vector_by_lmdi_with_entry_and_exit():
    stays = BOUNDARY.all(axis=0)
    before, after = states()[0, 0, 0, 0][stays], states()[1, 1, 1, 1][stays]
    ratios = np.log([each[1][stays] / each[0][stays] for each in (QUANTITY, FACTOR, METHOD)])
    assert lmdi(before, after, ratios).sum(axis=1) == pytest.approx([3_166.624, -656.382, 7_393.958], abs=0.001)
    assert states()[1, 1, 1, 1][3] == pytest.approx(33_382)  # entered
    assert states()[0, 0, 0, 0][2] == pytest.approx(8_982.5)  # left


def by_orders(value):
    """Count Shapley's value the long way: the mean over every order of exchange."""
    parts, orders = dict.fromkeys(range(4), 0.0), list(permutations(range(4)))
    for order in orders:
        done = [0, 0, 0, 0]
        for cause in order:
            was = value(tuple(done))
            done[cause] = 1
            parts[cause] += (value(tuple(done)) - was) / len(orders)
    return [parts[cause] for cause in range(4)]


# two cases in which all four causes move: estate and gases, and spend with its deflators
FOUR = tuple(name for name in CAUSES if name != "prices")
WORLDS = {
    "estate": (
        ((GAS, "kWh", 1000.0, 900.0), (GRID, "MWh", 400.0, 500.0), (WATER, "m3", 90.0, 110.0),
         (DESFLURANE, "ml", 2000.0, 500.0)),
        ("nhs-2026.1", "nhs-2026.1-association"), ("direct_and_transmission", "nhs_carbon_footprint"),
    ),
    "spend": (
        (("spend.sic.10_1", "GBP", 50_000.0, 65_000.0), (DESFLURANE, "ml", 2000.0, 500.0),
         ("commute.headcount", "person_year", 900.0, 1100.0)),
        ("nhs-2026.1-ar6", "nhs-2026.1"), ("nhs_carbon_footprint", "nhs_carbon_footprint_plus"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("world", WORLDS)
def test_a_change_of_everything_is_the_mean_over_all_orders_of_recalculation(world):
    """The oracle recalculates the footprint for each of the sixteen mixtures; it shares nothing with the bridge."""
    rows, ids, boundaries = WORLDS[world]
    years, methods = ("2019/20", "2023/24"), [nc.methodology(id) for id in ids]

    def table(quantity, year):
        return frame(*[("RX1", years[year], code, amounts[quantity], unit) for code, unit, *amounts in rows])

    def value(place):
        quantity, year, method, boundary = place
        return nc.calculate(table(quantity, year), methods[method]).total(boundaries[boundary])

    before, after = (nc.calculate(table(side, side), methods[side]) for side in (0, 1))
    bridge = nc.compare(before, after, boundary=boundaries)
    found = effects(bridge)
    expected = by_orders(value)
    if world == "spend":  # pounds of each year are compared in real terms: see the ten bridges
        assert sum(found[name] for name in CAUSES) == pytest.approx(sum(expected), rel=1e-9)
    else:
        assert [found[name] for name in FOUR] == pytest.approx(expected, rel=1e-9)
        assert found["prices"] == 0
    assert min(abs(found[name]) for name in FOUR) > 1e-3  # every cause is at work
    assert (found["entered"], found["left"]) == (0, 0)
    assert bridge.total()["before_tco2e"] == pytest.approx(before.total(boundaries[0]), rel=1e-12)
    assert bridge.total()["after_tco2e"] == pytest.approx(after.total(boundaries[1]), rel=1e-12)


ROUTES = [(GAS, "kWh"), (GAS, "MWh"), (GRID, "kWh"), (WATER, "m3"), (DESFLURANE, "ml")]
AMOUNT = st.integers(0, 10**9).map(lambda whole: whole / 1000)
ROW = st.tuples(st.sampled_from(["RX1", "RX2", "RX3"]), st.sampled_from(ROUTES), AMOUNT)
TABLE = st.lists(ROW, min_size=1, max_size=12)


def calculated(rows, year, method):
    table = frame(*[(who, year, code, amount, unit) for who, (code, unit), amount in rows])
    return nc.calculate(table.assign(site=[f"S{place}" for place in range(len(table))]), method)


@settings(max_examples=25)
@given(first=TABLE, second=TABLE)
def test_the_parts_add_up_at_every_grouping_and_by_both_ways(method, first, second):
    before, after = calculated(first, "2020/21", method), calculated(second, "2024/25", method)
    bridge = nc.compare(before, after)
    scale = max(before.total(), after.total(), 1.0)
    for frame_of in (bridge.by, bridge.lmdi):
        for columns in ((), ("theme",), ("organisation", "activity"), ("component", "scope")):
            table = frame_of(*columns)
            parts = [name for name in table.columns if name.endswith("_tco2e") and name != "after_tco2e"]
            assert np.allclose(table[parts].sum(axis=1), table["after_tco2e"], rtol=0, atol=1e-9 * scale)
            assert table["before_tco2e"].sum() == pytest.approx(before.total(), rel=1e-9)
            assert table["after_tco2e"].sum() == pytest.approx(after.total(), rel=1e-9)


@settings(max_examples=25)
@given(first=TABLE, second=TABLE)
def test_the_way_back_is_the_way_there_reversed(method, first, second):
    before, after = calculated(first, "2020/21", method), calculated(second, "2024/25", method)
    there, back = effects(nc.compare(before, after)), effects(nc.compare(after, before))
    scale = max(before.total(), after.total(), 1.0)
    for name in CAUSES:
        assert there[name] == pytest.approx(-back[name], abs=1e-12 * scale)
    assert there["entered"] == -back["left"]
    assert there["left"] == -back["entered"]


@settings(max_examples=25)
@given(rows=TABLE)
def test_nothing_changed_is_exactly_nothing(method, rows):
    footprint = calculated(rows, "2020/21", method)
    assert set(effects(nc.compare(footprint, calculated(list(reversed(rows)), "2020/21", method))).values()) == {0}
    assert len(nc.compare(footprint, footprint).factors) == 0


@settings(max_examples=25)
@given(first=TABLE, second=TABLE)
def test_names_of_organisations_and_the_order_of_rows_do_not_matter(method, first, second):
    other = {"RX1": "RZ9", "RX2": "RA1", "RX3": "RX1"}
    plain = nc.compare(calculated(first, "2020/21", method), calculated(second, "2024/25", method))
    named = [[(other[who], *rest) for who, *rest in reversed(rows)] for rows in (first, second)]
    again = nc.compare(calculated(named[0], "2020/21", method), calculated(named[1], "2024/25", method))
    assert effects(plain) == effects(again)


@settings(max_examples=25)
@given(pairs=st.lists(st.tuples(AMOUNT, AMOUNT), min_size=2, max_size=5))
def test_lines_of_equal_factor_changes_can_be_merged(method, pairs):
    """Bodies with the same activity are one line of their whole: the split is linear in the quantities."""
    apart = [[(f"RX{n}", (GAS, "kWh"), pair[side]) for n, pair in enumerate(pairs)] for side in (0, 1)]
    merged = [[("RX0", (GAS, "kWh"), sum(pair[side] for pair in pairs))] for side in (0, 1)]
    found = [effects(nc.compare(calculated(rows[0], "2020/21", method), calculated(rows[1], "2024/25", method)))
             for rows in (apart, merged)]  # fmt: skip
    matched = nc.compare(calculated(apart[0], "2020/21", method), calculated(apart[1], "2024/25", method), match=())
    for name in CAUSES:
        assert found[0][name] == pytest.approx(found[1][name], rel=1e-9, abs=1e-9)
        assert effects(matched)[name] == pytest.approx(found[1][name], rel=1e-9, abs=1e-9)


def test_kwh_one_year_and_mwh_the_next_is_one_line(method):
    bridge = nc.compare(
        nc.calculate(frame(("RX1", "2023/24", GAS, 1000, "kWh")), method),
        nc.calculate(frame(("RX1", "2023/24", GAS, 1, "MWh")), method))  # fmt: skip
    assert set(effects(bridge).values()) == {0}


def test_better_evidence_of_the_same_quantity_is_no_change(method):
    rows = frame(("RX1", "2023/24", GAS, 1000, "kWh"))
    bridge = nc.compare(
        nc.calculate(rows.assign(evidence="metered"), method), nc.calculate(rows.assign(evidence="modelled"), method)
    )
    assert set(effects(bridge).values()) == {0}


def test_what_only_one_footprint_has_enters_or_leaves_and_says_why(method):
    before = nc.calculate(frame(("RX1", "2023/24", GAS, 1000, "kWh"), ("RX2", "2023/24", GAS, 500, "kWh")), method)
    after = nc.calculate(frame(("RX1", "2024/25", GAS, 1000, "kWh"), ("RX1", "2024/25", WATER, 7, "m3")), method)
    bridge = nc.compare(before, after)
    gas = 500 * (0.182928926174 + 0.03021) / 1000  # the set of 2023, direct and well-to-tank
    assert effects(bridge)["left"] == pytest.approx(-gas, rel=1e-9)
    assert effects(bridge)["entered"] == pytest.approx(7 * 0.15311 / 1000, rel=1e-9)
    assert set(bridge.entered_and_left()["why"]) == {"not in the first footprint", "not in the second"}
    assert effects(nc.compare(before, after, match=()))["left"] == 0  # England, say, whose bodies merged


def test_a_factor_that_one_year_has_not_is_never_taken_as_zero(method):
    """Well-to-tank of gas was not published in 2013: it enters, and no part of it is called a factor effect."""
    before = nc.calculate(frame(("RX1", "2013/14", GAS, 1000, "kWh")), method)
    after = nc.calculate(frame(("RX1", "2023/24", GAS, 1000, "kWh")), method)
    bridge = nc.compare(before, after, boundary=("direct_and_transmission", "nhs_carbon_footprint"))
    assert effects(bridge)["entered"] == pytest.approx(1000 * 0.03021 / 1000, rel=1e-9)
    assert effects(bridge)["factor"] == pytest.approx(0.182928926174 - 0.18404, rel=1e-9)
    assert "has no wtt for 2013/14" in bridge.entered_and_left()["why"].iloc[0]
    with pytest.raises(BoundaryError, match="direct_and_transmission"):
        nc.compare(before, after)


def test_factor_rows_are_ranked_by_tonnes_with_their_publications_and_known_breaks(method):
    rows = [(GAS, 10_000, "kWh"), (WATER, 900_000, "m3"), (GRID, 1_000, "kWh")]
    tables = [frame(*[("RX1", year, *row) for row in rows]) for year in ("2020/21", "2021/22")]
    before, after = (nc.calculate(table, method) for table in tables)
    factors = nc.compare(before, after).factors
    first = factors.iloc[0]
    assert (first["activity"], first["package_before"], first["package_after"]) == (
        WATER,
        "ukgov-2020@1.0.0",
        "ukgov-2021@1.0.0",
    )
    assert first["factor_tco2e"] == pytest.approx(900_000 * (0.149 - 0.344) / 1000, rel=1e-9)
    assert "2021/22 -57 %" in first["known_breaks"]
    assert "!" in first["locator_after"]  # a cell
    assert (factors["factor_tco2e"].abs().diff().dropna() <= 0).all()


def test_a_change_of_warming_potentials_is_named(method):
    before, after = (nc.calculate(frame(("RX1", year, GAS, 1000, "kWh")), method) for year in ("2022/23", "2023/24"))
    bridge = nc.compare(before, after)
    assert set(bridge.factors["gwp_basis_before"]) == {"AR4"}
    assert "warming potentials AR4 -> AR5 in 2 of 2 factor rows" in str(bridge)


def test_breaks_lie_after_the_earlier_year_and_up_to_the_later():
    def years(first, last):
        return [each.nhs_year for each in breaks_between(f"{WATER}.direct.m3", (first, last))]

    assert years("2020/21", "2025/26") == ["2021/22", "2023/24", "2025/26"]
    assert years("2025/26", "2020/21") == ["2021/22", "2023/24", "2025/26"]
    assert years("2021/22", "2022/23") == []


def test_every_known_break_is_what_the_two_packages_say(method):
    found = 0
    for factor_id, rows in known_breaks().items():
        for each in rows:
            year = int(each.nhs_year[:4])
            values = [
                {row.factor_id: row.value for row in method.packages[f"ukgov-{edition}@1.0.0"].rows}[factor_id]
                for edition in ((year - 1, year) if found < 40 else ())
            ]
            assert not values or values == [each.previous_value, each.value]
            change = (float(each.value) / float(each.previous_value) - 1) * 100
            assert abs(change) == pytest.approx(abs(float(each.change_percent)), abs=0.06)
            assert abs(change) >= 14.95
            assert bool(each.reason) == bool(each.source)
            found += 1
    assert found > 1000


def test_two_years_in_one_footprint_are_compared_with_the_same_two_only(method):
    both = nc.calculate(frame(("RX1", "2022/23", GAS, 1, "kWh"), ("RX1", "2023/24", GAS, 1, "kWh")), method)
    one = nc.calculate(frame(("RX1", "2023/24", GAS, 1, "kWh")), method)
    with pytest.raises(UsageError, match="calculate each year for itself"):
        nc.compare(both, one)
    assert set(effects(nc.compare(both, both, across_years=True)).values()) == {0}
    with pytest.raises(nc.PeriodError, match="not added in silence"):
        nc.compare(both, both)


def test_spend_of_two_years_keeps_the_deflator_of_each(method):
    """One factor row serves both years, each through its own deflator: they must not become one line."""
    rows = frame(*[("RX1", year, "spend.sic.10_1", 100_000, "GBP") for year in ("2024/25", "2025/26")])
    footprint, plus = nc.calculate(rows, method), "nhs_carbon_footprint_plus"
    bridge = nc.compare(footprint, footprint, boundary=plus, across_years=True)
    assert bridge.total()["before_tco2e"] == pytest.approx(footprint.total(plus, across_years=True), rel=1e-12)
    assert "2024/25 to 2025/26 are added up" in str(bridge)
    intensities = bridge.by("period")["before_tco2e"]
    assert intensities.tolist() == pytest.approx(footprint.by("period", boundary=plus)["tco2e"].tolist(), rel=1e-12)
    assert intensities[0] > 1.01 * intensities[1]  # prices rose


def test_the_same_pounds_a_year_later_are_less_activity_and_no_other_factor(method):
    before, after = (nc.calculate(frame(("RX1", year, "spend.sic.10_1", 100_000, "GBP")), method)
                     for year in ("2024/25", "2025/26"))  # fmt: skip
    bridge = nc.compare(before, after, boundary="nhs_carbon_footprint_plus")
    found = effects(bridge)
    assert found["activity"] == pytest.approx(after.total("nhs_carbon_footprint_plus") - bridge.total()["before_tco2e"])
    assert (found["prices"], found["factor"], len(bridge.factors)) == (0, 0, 0)
    [line] = bridge.table.to_dict("records")
    assert line["price_ratio"] == pytest.approx(103.2388 / 100, rel=1e-6)
    assert line["prices_from"] == "deflators-1@1.0.0"
    assert "GBP 1 of 2024/25 is GBP 1.0324 of 2025/26" in str(bridge)


def test_neither_factor_nor_method_comes_first_in_the_index():
    """A method whose effect depends on the year: the ratios add up, and the way back is the way there reversed."""
    quantity, intensity = np.array([[3.0], [5.0]]), np.array([[[0.2], [0.3]], [[0.1], [0.7]]])
    there = log_ratios(quantity, intensity)[:, 0]
    assert there.sum() == pytest.approx(np.log(5 * 0.7 / (3 * 0.2)), rel=1e-12)
    assert there[1] == pytest.approx((np.log(0.1 / 0.2) + np.log(0.7 / 0.3)) / 2, rel=1e-12)
    back = log_ratios(quantity[::-1], intensity[::-1, ::-1])[:, 0]
    assert back == pytest.approx(-there, rel=1e-12)


def test_two_methods_over_the_same_years_differ_by_method_alone():
    rows = frame(*[("RX1", year, DESFLURANE, 500, "ml") for year in ("2022/23", "2023/24")])
    first, second = (nc.calculate(rows, nc.methodology(id)) for id in ("nhs-2026.1", "nhs-2026.1-association"))
    found = effects(nc.compare(first, second, across_years=True))
    assert found.pop("method") == pytest.approx(
        second.total(across_years=True) - first.total(across_years=True), rel=1e-9
    )
    assert set(found.values()) == {0}


def test_an_unknown_column_or_boundary_is_refused_with_the_nearest_name(method):
    one = nc.calculate(frame(("RX1", "2023/24", GAS, 1, "kWh")), method)
    with pytest.raises(UsageError, match="did you mean 'theme'"):
        nc.compare(one, one).by("themes")
    with pytest.raises(UsageError, match="cannot be matched by 'site'"):
        nc.compare(one, one, match=("site",))
    with pytest.raises(UsageError, match="cannot be matched by 'month'"):
        nc.compare(one, one, match=("month",))
    with pytest.raises(UsageError, match="no boundary"):
        nc.compare(one, one, boundary="nhs_carbon")


def test_a_boundary_of_one_method_alone_is_refused_as_no_cause_could_be_told(method):
    rows = frame(("RX1", "2018/19", GAS, 1000, "kWh"))
    first, second = (nc.calculate(rows, nc.methodology(id)) for id in ("nhs-2026.1", "sdu-portal-2021"))
    with pytest.raises(
        UsageError, match=r"nhs-2026\.1 has no boundary 'sdu_portal_core'.*both have: nhs_carbon_footprint"
    ):
        nc.compare(first, second)
    assert nc.compare(first, second, boundary="direct_only").total()["method_tco2e"] == 0


@pytest.mark.parametrize(
    ("before", "after", "ratios", "expected"),
    [
        (0.0, 50.0, [np.inf, 0.1], [50, 0]),  # Ang and Liu 2007: what rises from nothing takes the change
        (50.0, 0.0, [-np.inf, 0.1], [-50, 0]),
        (0.0, 50.0, [np.inf, np.inf], [25, 25]),
        (0.0, 0.0, [0.0, 0.4], [0, 0]),
        (0.0, 0.0, [np.inf, -np.inf], [0, 0]),
        (7.0, 7.0, [0.0, 0.0], [0, 0]),
        (-10.0, -20.0, [np.log(2), 0.0], [-10, 0]),
    ],
)
def test_lmdi_at_its_limits(before, after, ratios, expected):
    found = lmdi(np.array([before]), np.array([after]), np.array(ratios)[:, np.newaxis])
    assert found.ravel() == pytest.approx(expected, abs=1e-12)


def test_lmdi_says_that_it_cannot_split_a_change_of_sign():
    assert np.isnan(lmdi(np.array([-5.0]), np.array([5.0]), np.array([[0.0], [0.0]]))).all()


def test_the_logarithmic_mean_of_near_numbers_keeps_its_digits():
    first, second = 1.0, 1.0 + 1e-12
    assert logarithmic_mean(np.array([first]), np.array([second]))[0] == pytest.approx(1 + 5e-13, rel=1e-15)
