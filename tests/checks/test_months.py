"""Months: each beside the others of its meter, beside the year before, and years by the months that both have."""

import numpy as np
import pandas as pd
import pytest

import nhscarbon as nc
from nhscarbon.activity.encoding import code_text
from nhscarbon.checks.memory.months import month_limits
from nhscarbon.checks.memory.same_months import compared, month_places, part_of_year
from nhscarbon.periods import months_of

YEAR, BEFORE = "2023/24", "2022/23"
MONTHS = months_of(YEAR)
GAS, GRID, WATER = "energy.natural_gas", "energy.electricity.grid", "water.supply"
# kWh of a hospital: July is less than a tenth of January, and no figure is there twice
HEAT = (800_143, 493_018, 307_211, 160_047, 181_733, 330_926, 722_409, 1_150_612, 1_481_337, 1_702_954, 1_448_290,
        1_221_806)  # fmt: skip
EVEN = (81_204, 80_417, 78_093, 82_556, 81_871, 79_330, 84_012, 85_749, 87_118, 90_407, 83_965, 90_052)
HEAT_BEFORE = tuple(round(1.07 * each) for each in HEAT)
OF_MONTHS = {"slip_thousand", "slip_twelve", "value_repeated", "copied_from_before", "months_missing", "year_on_year"}


def year(values=HEAT, *, activity=GAS, unit="kWh", site="RX1RA", period=YEAR, reference=""):
    """Return the rows of a year by month; a month without a figure has no row."""
    return [
        {"organisation": "RX1", "site": site, "period": month, "activity": activity, "unit": unit, "quantity": value,
         "reference": reference}
        for month, value in zip(months_of(period), values, strict=False) if value is not None
    ]  # fmt: skip


def spoiled(month, value, values=HEAT):
    """Return the figures of a year with another one in a month, counted from April as 0."""
    return (*values[:month], value, *values[month + 1 :])


@pytest.fixture
def found(method):
    """Check rows and return the warnings and errors about months and years."""

    def check(*parts, before=(), **options):
        given = {"before": pd.DataFrame([row for part in before for row in part])} if before else {}
        table = pd.DataFrame([row for part in parts for row in part])
        report = nc.check(table, method, **given, **options)
        return [each for each in report if each.code in OF_MONTHS and each.severity != "info"]

    return check


def test_a_year_with_strong_seasons_is_as_it_should_be(found):
    assert found(year(), year(EVEN, activity=GRID)) == []
    assert found(year(), year(EVEN, activity=GRID), before=[year(HEAT_BEFORE, period=BEFORE)]) == []


@pytest.mark.parametrize("month", range(12))
@pytest.mark.parametrize("values", [HEAT, EVEN], ids=["heat", "even"])
def test_a_thousandth_and_a_year_in_any_month_are_named(found, values, month):
    (small,) = found(year(spoiled(month, values[month] / 1000, values)))
    assert (small.code, small.site, small.activity, small.first_rows) == ("slip_thousand", "RX1RA", GAS, (month + 1,))
    assert MONTHS[month] in small.message
    (large,) = found(year(spoiled(month, sum(values), values)))
    assert (large.code, large.site, large.activity, large.first_rows) == ("slip_twelve", "RX1RA", GAS, (month + 1,))
    assert MONTHS[month] in large.message
    assert "all other months of its year" in large.message


@pytest.mark.parametrize("month", range(12))
def test_a_thousand_times_and_twelve_times_are_named_where_the_season_is_weak(found, month):
    for times, code in ((1000, "slip_thousand"), (1 / 12, "slip_twelve")):
        (odd,) = found(year(spoiled(month, EVEN[month] * times, EVEN), activity=GRID))
        assert (odd.code, odd.first_rows) == (code, (month + 1,))


def test_tonnes_at_stake_are_those_of_the_difference(found, method):
    (odd,) = found(year(spoiled(9, HEAT[9] / 1000)))
    per_kwh = nc.calculate(pd.DataFrame(year()), method).table["kgco2e"].sum() / sum(HEAT)
    missing = (HEAT[8] * HEAT[10]) ** 0.5 - HEAT[9] / 1000  # what the months next to it say, less what was sent
    assert odd.kgco2e_at_stake == pytest.approx(per_kwh * missing, rel=0.25)  # the widest boundary is the larger


@pytest.mark.parametrize("month", range(1, 12))
def test_a_month_that_is_copied_into_the_next_is_named(found, month):
    (copy,) = found(year(spoiled(month, HEAT[month - 1])))
    assert (copy.code, copy.site, copy.activity) == ("value_repeated", "RX1RA", GAS)
    assert copy.first_rows == (month, month + 1)
    assert MONTHS[month] in copy.message
    assert f"{HEAT[month - 1]:,} kWh" in copy.message


@pytest.mark.parametrize(
    "values",
    [
        (83_333,) * 12,  # an estimate spread over the year
        (83_333,) * 6 + HEAT[6:],
        tuple(each for value in EVEN[::2] for each in (value, value)),  # bills of two months, halved
        (10, 11, 12, 12, 9, 8, 7, 6, 5, 4, 3, 2),  # small figures meet by chance
        (1000, 2000, 3000, 3000, 4000, 5000, 6000, 7000, 8000, 9000, 11_000, 12_000),  # and round ones
        (0, 0, 0, 300, 7000, 9000, 11_000, 8000, 6100, 300.5, 0, 0),  # off in summer
        (0, 0, 240_111, 0, 0, 250_222, 0, 0, 261_333, 0, 0, 243_444),  # bills of a quarter
        (12_000, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),  # one delivery
    ],
)
def test_estimates_seasons_bills_and_chance_are_no_mistake(found, values):
    assert found(year(values)) == []


def test_each_meter_of_a_site_is_judged_by_itself(found):
    large, small = year([5 * each for each in HEAT], reference="M1"), year(reference="M2")
    small[3]["quantity"] /= 1000  # nothing of the site's total
    (odd,) = found(large, small)
    assert (odd.code, odd.first_rows) == ("slip_thousand", (1 + 12 + 3,))


def test_references_that_change_by_month_are_one_series(found):
    bills = year(spoiled(5, HEAT[5] / 1000))
    for number, row in enumerate(bills):
        row["reference"] = f"INV{number}"
    (odd,) = found(bills)
    assert (odd.code, odd.first_rows) == ("slip_thousand", (6,))


def test_months_in_two_units_are_one_series(found):
    rows = year()
    rows[4] |= {"unit": "MWh", "quantity": HEAT[4] / 1000}
    assert found(rows) == []
    rows[4] |= {"quantity": HEAT[4]}  # kWh in a row of MWh
    assert "slip_thousand" in {each.code for each in found(rows)}


@pytest.mark.parametrize("month", range(12))
def test_a_missing_month_names_site_activity_and_month(found, month):
    rows = year(spoiled(month, None))
    (gap,) = found(rows, year(EVEN, activity=GRID))
    assert (gap.code, gap.organisation, gap.site, gap.activity) == ("months_missing", "RX1", "RX1RA", GAS)
    assert MONTHS[month] in gap.message


def test_a_year_that_is_not_over_misses_no_month(found):
    assert found(year(HEAT[:7]), year(EVEN[:7], activity=GRID)) == []


def test_a_meter_that_another_follows_misses_no_month(found):
    old, new = year(HEAT[:11], reference="M1"), year(reference="M2")[11:]
    assert found(old, new, year(EVEN, activity=GRID)) == []


def test_a_site_that_closed_half_way_is_only_remarked_on(found):
    assert found(year(HEAT[:6]), year(EVEN, activity=GRID)) == []


def test_twelve_months_and_one_april_are_no_slip(found):
    for then in (
        year(HEAT_BEFORE, period=BEFORE),
        [{**year(HEAT_BEFORE, period=BEFORE)[0], "period": BEFORE, "quantity": sum(HEAT)}],
    ):
        assert found(then, year(HEAT[:1])) == []
        assert found(year(HEAT[:1]), before=[then]) == []


def test_some_months_are_held_against_the_same_months_of_the_year_before(found):
    then = year(HEAT_BEFORE, period=BEFORE)
    (odd,) = found(then, year([each / 12 for each in HEAT[:7]]))
    assert (odd.code, odd.period) == ("slip_twelve", YEAR)
    assert found(then, year([each / 2 for each in HEAT[:7]])) == []


@pytest.mark.parametrize("in_one_file", [True, False])
@pytest.mark.parametrize(
    ("value", "code"), [(HEAT[0] / 1000, "slip_thousand"), (sum(HEAT), "slip_twelve"), (HEAT[0] * 1.4, None)]
)
def test_an_april_alone_is_held_against_the_april_before(found, value, code, in_one_file):
    then, now = year(HEAT_BEFORE, period=BEFORE), year([value])
    said = found(then, now) if in_one_file else found(now, before=[then])
    assert {each.code for each in said} == ({code} if code else set())
    assert all(MONTHS[0] in each.message for each in said) or in_one_file  # there the year's total is named too


def test_a_month_of_the_year_before_is_no_figure_of_this_year(found):
    then = year(HEAT_BEFORE, period=BEFORE)
    (copy,) = found(year(spoiled(6, then[6]["quantity"])), before=[then])
    assert (copy.code, copy.site, copy.activity, copy.first_rows) == ("copied_from_before", "RX1RA", GAS, (7,))
    assert MONTHS[6] in copy.message


def test_some_months_are_not_too_little_for_a_floor_area(method):
    area = pd.DataFrame([("RX1", YEAR, "floor_area_gross_internal", 40_000)],
                        columns=["organisation", "period", "measure", "value"])  # fmt: skip
    for values, alarms in ((HEAT, 0), (HEAT[:1], 0), ([each / 100 for each in HEAT], 1)):
        report = nc.check(pd.DataFrame(year(values)), method, denominators=area)
        assert len([each for each in report if each.severity == "warning" and each.activity == GAS]) == alarms


def test_days_add_up_to_their_month(found):
    rows = year()
    july = [{**rows[3], "period": f"2023-07-{day:02d}", "quantity": round(HEAT[3] / 31 + day)} for day in range(1, 32)]
    assert found(rows[:3], july, rows[4:]) == []
    assert {each.code for each in found(rows[:3], july[:1], rows[4:])} == set()  # a day is no thousandth of a month


def repeats(method, *rows):
    report = nc.check(pd.DataFrame(rows), method)
    return [each for each in report if each.code in ("row_repeated", "reading_repeated")]


def test_one_figure_on_two_days_repeats_nothing_where_days_are_sent_and_on_one_day_does(method):
    trip = {"organisation": "RX1", "activity": "travel.car.average.unknown", "unit": "mile", "quantity": 1812.5}
    first, other, third = (trip | {"period": f"2023-07-0{day}"} for day in (3, 4, 5))
    assert repeats(method, first, other, third) == []
    (again,) = repeats(method, first, other, third, first)
    assert (again.severity, again.first_rows) == ("reject_line", (4,))
    noted = [each | {"note": note} for each, note in zip((first, other, third, first), "abcd", strict=True)]
    (told,) = repeats(method, *noted)
    assert (told.severity, told.first_rows) == ("warning", (4,))
    (two_dates,) = repeats(method, first, other)  # of one bill, perhaps
    assert (two_dates.severity, two_dates.first_rows) == ("warning", (2,))


def test_readings_of_a_meter_day_by_day_are_no_second_reading(method):
    read = {"organisation": "RX1", "activity": GAS, "unit": "kWh", "reference": "M1", "evidence": "metered"}
    days = [read | {"period": f"2023-07-{day:02d}", "quantity": 5000 + day} for day in (3, 4, 5)]
    assert repeats(method, *days) == []
    (twice,) = repeats(method, *days, days[1] | {"quantity": 9000})
    assert twice.code == "reading_repeated"


@pytest.mark.parametrize(
    ("values", "severity"),
    [
        ([300, 200, 500], None),  # by chance, among few small months
        ([8_000.0, 4_930, 3_080], None),  # May and June are near April wherever there is heating
        ([1_230, 1_004, 2_234], "warning"),
        ([312_345, 201_118, 513_463], "reject_line"),
        ([*(1_000 + n for n in range(11)), 11_055], "reject_line"),  # eleven months, and their sum as the twelfth
    ],
)
def test_a_month_is_the_sum_of_others_by_chance_where_they_are_few_and_small(method, values, severity):
    report = nc.check(pd.DataFrame(year(values, activity=WATER, unit="m3")), method)
    assert [each.severity for each in report if each.code == "sum_of_others"] == ([severity] if severity else [])


def test_only_the_months_that_both_years_have_are_compared():
    month = month_places(nc_column("2022-04", "2022-05", "2022-07", "2023-05", "2023-07", "2023-08", ""))
    assert month.tolist() == [0, 1, 3, 1, 3, 4, -1]
    series, years = np.zeros(6, np.int64), np.array([2022] * 3 + [2023] * 3)
    with_before, with_after = compared(series, years, month[:6])
    assert with_after.tolist() == [False, True, True, True, True, True]  # nothing is known of 2024
    assert with_before.tolist() == [True, True, True, True, True, False]
    whole = compared(np.zeros(2, np.int64), np.array([2022, 2023]), np.array([-1, 0]))
    assert [each.tolist() for each in whole] == [[True, False], [False, True]]  # a year, and one month: not compared
    assert compared(np.array([0, 1]), np.array([2022, 2023]), np.array([-1, 0]))[0].all()  # of two series
    assert part_of_year(np.array([0, 0, 1]), 2, nc_column("2023-04", "2023-05", "")).tolist() == [True, False]


def nc_column(*texts):
    return code_text(pd.Series(texts, dtype=object))


def test_thresholds_are_data_and_each_is_read():
    assert set(month_limits()) == {
        "fewest_months", "apart", "year_from", "year_to", "repeated_steps", "repeated_steps_apart", "missing_at_end",
    }  # fmt: skip


SIZES = {"RX1RA": 1.0, "RX1CC": 0.41, "RX1NL": 0.23}


def whole_return(period, *, scale=1.0, references=None):
    """Return the months of three sites: heat and power that differ enough not to be taken for one another."""
    rng = np.random.default_rng(int(period[:4]))
    rows = []
    for site, size in SIZES.items():
        for activity, values, share in ((GAS, HEAT, 1.0), (GRID, EVEN, 2.3)):
            noisy = [round(scale * size * share * each * rng.uniform(0.95, 1.05)) for each in values]
            rows += year(noisy, activity=activity, site=site, period=period)
    for number, row in enumerate(rows):
        row["reference"] = references(number) if references else ""
    return rows


def of_memory(method, now, before):
    codes = {"rows_swapped", "site_wrong", "copied_from_before", "below_past", "above_past"}
    report = nc.check(pd.DataFrame(now), method, before=pd.DataFrame(before))
    return [each for each in report if each.code in codes and each.severity == "warning"]


@pytest.mark.parametrize("references", [None, "INV{}".format], ids=["none", "bills"])
def test_months_are_held_against_the_year_before_as_the_row_that_they_are(method, references):
    before = whole_return(BEFORE, scale=1.03, references=references)
    true = whole_return(YEAR, references=references)
    assert of_memory(method, true, before) == []
    swapped = [row | {"activity": {GAS: GRID, GRID: GAS}[row["activity"]]} for row in true]
    (told,) = of_memory(method, swapped, before)
    assert (told.code, told.rows) == ("rows_swapped", len(true))
    gone = [row for row in true if (row["site"], row["activity"]) != ("RX1CC", GAS)]
    (left,) = of_memory(method, gone, before)
    assert (left.code, left.site, left.activity) == ("below_past", "RX1CC", GAS)
    moved = [row | {"site": "RX1NL"} if (row["site"], row["activity"]) == ("RX1CC", GAS) else row for row in true]
    assert [each.code for each in of_memory(method, moved, before)] == ["site_wrong"]
    copied = [row | {"quantity": then["quantity"]} for row, then in zip(true, before, strict=True)]
    (copy,) = [each for each in of_memory(method, copied, before) if "2023-" not in each.message]
    assert (copy.code, copy.rows) == ("copied_from_before", len(true))
