"""What findings say in figures: amounts, months, proportions and tonnes at stake, each by hand."""

import pandas as pd
import pytest

import nhscarbon as nc
from nhscarbon.checks.meeting import tonnes_said
from nhscarbon.checks.rules.between_files import between_files
from nhscarbon.checks.rules.bounds import Slip, Usual, figure, times

COLUMNS = ["organisation", "period", "activity", "quantity", "unit"]
GAS, GRID, WATER = "energy.natural_gas", "energy.electricity.grid", "water.supply"
PER_KWH = 0.182928926174 + 0.03021  # kgCO2e of gas with well-to-tank, set of 2023
MONTHS = [*(f"2023-{month:02d}" for month in range(4, 13)), "2024-01", "2024-02", "2024-03"]


def checked(method, *rows, more=(), **options):
    return nc.check(pd.DataFrame(rows, columns=[*COLUMNS, *more]), method, **options)


def of(findings, code):
    return [each for each in findings if each.code == code]


def gas(quantity, period="2023/24", unit="kWh", code="RX1"):
    return (code, period, GAS, quantity, unit)


def test_a_total_beside_its_sites_says_both_sides_and_counts_the_smaller_one_twice(method):
    rows = [(*gas(3e6), ""), (*gas(1e6), "RX1RA"), (*gas(1500, unit="MWh"), "RX1CC")]
    [found] = of(checked(method, *rows, more=("site",)), "site_beside_total")
    assert found.severity == "reject_line"
    assert "3,000,000 kWh" in found.message
    assert "its sites (1,500 MWh, 1,000,000 kWh)" in found.message
    assert found.kgco2e_at_stake == pytest.approx(2.5e6 * PER_KWH)  # the sites, 2,500,000 kWh in all
    assert f"{2500 * PER_KWH:,.0f} tCO2e would count twice" in found.message
    # a total that is smaller than its parts is the smaller side
    small = [(*gas(2e6), ""), (*gas(3e6), "RX1RA")]
    [found] = of(checked(method, *small, more=("site",)), "site_beside_total")
    assert found.kgco2e_at_stake == pytest.approx(2e6 * PER_KWH)


@pytest.mark.parametrize(("total", "severity"), [
    (3e6, "reject_line"), (1.5e6, "reject_line"), (1.49e6, "warning"), (1e5, "warning"),
])  # fmt: skip
def test_a_total_below_half_of_its_sites_is_a_warning(method, total, severity):
    rows = [(*gas(total), ""), (*gas(2e6), "RX1RA"), (*gas(1e6), "RX1CC")]
    [found] = of(checked(method, *rows, more=("site",)), "site_beside_total")
    assert found.severity == severity


def test_months_beside_a_year_are_counted_once_each_whatever_their_meters(method):
    rows = [(*gas(12e6), "A"), *((*gas(1e6, month), meter) for month in MONTHS[:3] for meter in ("A", "B"))]
    [found] = of(checked(method, *rows, more=("reference",)), "months_beside_year")
    assert "3 of its months (6,000,000 kWh)" in found.message
    assert found.kgco2e_at_stake == pytest.approx(6e6 * PER_KWH)
    other = [(*gas(12e6), "A"), *((*gas(1e6, month), "B") for month in MONTHS[:3])]
    assert not of(checked(method, *other, more=("reference",)), "months_beside_year")


@pytest.mark.parametrize(("kgco2e", "said"), [
    (None, ""), (0.9, ""), (1500.0, "; 1.5 tCO2e would count twice"), (99_000.0, "; 99 tCO2e would count twice"),
    (123_456.0, "; 123 tCO2e would count twice"), (1e9, "; 1,000,000 tCO2e would count twice"),
])  # fmt: skip
def test_what_would_count_twice_is_said_in_tonnes(kgco2e, said):
    assert tonnes_said(kgco2e) == said


@pytest.mark.parametrize(("months", "severity"), [
    (MONTHS[:5] + MONTHS[6:], "warning"), (MONTHS[:6], "info"), (MONTHS[6:], "info"),
    ([*MONTHS[:2], MONTHS[5]], "warning"), (MONTHS[:11], "info"),
])  # fmt: skip
def test_a_hole_in_a_series_is_a_warning_and_months_still_to_come_are_a_note(method, months, severity):
    [found] = of(checked(method, *(gas(1e6 + place, month) for place, month in enumerate(months))), "months_missing")
    absent = [month for month in MONTHS if month not in months]
    assert f"{len(months)} of the 12 months of 2023/24 are given; {', '.join(absent)}" in found.message
    assert found.severity == severity


def test_a_year_of_two_months_is_a_series_and_of_one_is_asked_about(method):
    assert of(checked(method, gas(1e6, "2023-04"), gas(1.1e6, "2023-05")), "months_missing")
    assert of(checked(method, gas(1e6, "2023-04")), "months_missing")


def test_a_theme_that_stops_is_named_with_the_year_that_lacks_it(method):
    rows = [gas(1e6, "2022/23"), ("RX1", "2022/23", WATER, 900, "m3"), gas(1.1e6)]
    [found] = of(checked(method, *rows), "theme_missing")
    assert (found.organisation, found.period) == ("RX1", "2023/24")
    assert "water" in found.message
    assert "fossil" not in found.message


@pytest.mark.parametrize(("rows", "count"), [
    ([gas(1e6, "2023-04"), gas(1e6, "2023-05")], 0),  # one figure in two months
    ([gas(1e6), gas(1e6)], 1), ([gas(1000, unit="MWh"), gas(1e6)], 1), ([gas(1e6), gas(1e6, code="RTG")], 0),
    ([gas(1e6), gas(1e6 + 1)], 0), ([gas(0), gas(0)], 0),
])  # fmt: skip
def test_a_repeated_row_is_of_one_organisation_month_and_amount(method, rows, count):
    assert len(of(checked(method, *rows), "row_repeated")) == count


def test_equal_orders_of_pieces_are_a_warning_and_equal_bills_an_error(method):
    pieces = ("RX1", "2023/24", "inhaler.pmdi.salamol_100", 5, "inhaler")
    assert [each.severity for each in of(checked(method, pieces, pieces), "row_repeated")] == ["warning"]
    assert [each.severity for each in of(checked(method, gas(5e5), gas(5e5)), "row_repeated")] == ["reject_line"]


@pytest.mark.parametrize(("quantities", "found"), [
    ((100.0, 250.0, 350.0), 1), ((100.0, 250.0, 351.0), 1), ((100.0, 250.0, 360.0), 0), ((100.0, 100.5), 0),
])  # fmt: skip
def test_a_row_that_is_the_sum_of_two_others_or_near_it_is_found(method, quantities, found):
    rows = [(*gas(each * 1000), f"meter {place}") for place, each in enumerate(quantities)]
    findings = of(checked(method, *rows, more=("reference",)), "sum_of_others")
    assert len(findings) == found
    if found:
        others = sum(quantities[:-1]) * 1000
        assert findings[0].first_rows == (3,)  # the sum itself, in the third row
        assert f"{min(others, quantities[-1] * 1000) * PER_KWH / 1000:,.2g}" in findings[0].message.replace(",", "")


def test_this_year_is_held_against_the_year_before_and_no_other(method):
    rows = [gas(12e6, "2021/22"), gas(1.02e6, "2022/23"), gas(1e6)]
    found = [each for each in checked(method, *rows) if each.code == "slip_twelve"]
    assert [each.period for each in found] == ["2022/23"]
    assert "1/11.8 of" in found[0].message  # 1.02 of 12: not 0.085


@pytest.mark.parametrize(("ratio", "said"), [(12.0, "12 times"), (1 / 12, "1/12 of"), (1000.4, "1,000 times"),
                                              (0.001, "1/1,000 of"), (1.0, "1 times")])  # fmt: skip
def test_a_ratio_is_said_the_way_round_that_it_is(ratio, said):
    assert times(ratio) == said


def test_a_slip_holds_between_its_ends_and_what_is_usual_between_its_quantiles():
    slip = Slip("twelve", 12, 8, 16, "")
    assert [slip.fits(each) for each in (7.99, 8, 12, 16, 16.01)] == [False, True, True, True, False]
    usual = Usual("kWh", {"p01": 10.0, "p10": 40.0, "p90": 160.0, "p99": 400.0})
    assert usual.middle == pytest.approx(80.0)  # the geometric mean: twice one end, half of the other
    assert [usual.between(each, "p01", "p99") for each in (9.9, 10, 400, 401)] == [False, True, True, False]
    assert figure(1234567.8) == "1,235,000"  # four digits
    assert figure(0.012344) == "0.01234"


def test_floor_area_is_that_of_all_sites_of_a_trust(method):
    """Two sites of 19,900 and 100 m2, 4,000,000 kWh of gas: 200 kWh/m2, as hospitals have."""
    area = pd.DataFrame([("RX1", "2023/24", "floor_area_gross_internal", each, "m2") for each in (19_900.0, 100.0)],
                        columns=["organisation", "period", "measure", "value", "unit"])  # fmt: skip
    odd = {"intensity_implausible", "slip_thousand", "slip_twelve", "below_peers"}
    assert not odd & {each.code for each in checked(method, gas(4e6), denominators=area)}
    found = [each for each in checked(method, gas(4e9), denominators=area) if each.code == "slip_thousand"]
    assert found
    little = [each for each in checked(method, gas(4e3), denominators=area) if each.code in odd]
    assert little  # 0.2 kWh/m2 is too little


def test_a_negative_quantity_is_refused_and_a_credit_of_what_can_be_given_back_is_not(method):
    reversible = [code for code, entry in method.catalogue.activities.items() if entry.reversible]
    assert of(checked(method, gas(-5.0)), "quantity_negative")
    entry = method.catalogue.activities[reversible[0]]
    row = ("RX1", "2023/24", reversible[0], -5.0, entry.units[0])
    assert not of(checked(method, row), "quantity_negative")


def returns(*tables):
    """Return several returns as they are read, each a file of its own."""
    read = [nc.read(pd.DataFrame(rows, columns=[*COLUMNS, "reference"])) for rows in tables]
    for place, each in enumerate(read):
        object.__setattr__(each, "file", f"{place}.csv")
    return read


@pytest.mark.parametrize(("second", "shared"), [
    ((*gas(1e6), "A"), 1), ((*gas(1e6, code="rx1"), "a"), 1), ((*gas(1e6), "B"), 0), ((*gas(0), "A"), 0),
    ((*gas(1e6 + 1), "A"), 0), ((*gas(1e6, "2022/23"), "A"), 0),
])  # fmt: skip
def test_a_row_in_two_returns_is_the_same_in_every_word_but_capitals(method, second, shared):
    found = between_files(returns([(*gas(1e6), "A"), (*gas(0), "A")], [second, (*gas(77.0), "Z")]), method)
    assert found[0] == []
    assert [each.rows for each in found[1]] == [1] * shared


def test_what_counts_in_the_plus_alone_is_at_stake_too(method):
    rows = [("RX1", "2023/24", "spend.sic.32", 1e6, "GBP")] * 2
    [found] = of(checked(method, *rows), "row_repeated")
    one = nc.calculate(pd.DataFrame(rows[:1], columns=COLUMNS), method).total("nhs_carbon_footprint_plus")
    assert one > 1
    assert found.kgco2e_at_stake == pytest.approx(1000 * one)


def test_the_tonnes_at_stake_of_a_text_that_is_no_number_are_those_of_its_own_row(activity_csv, method):
    path = activity_csv('RX1,2023/24,energy.natural_gas,"1,200",kWh', "RTG,2023/24,energy.natural_gas,5000000,kWh")
    [found] = [each for each in nc.check(path, method) if each.code == "number_separators"]
    assert found.kgco2e_at_stake == pytest.approx(1200 * PER_KWH)


@pytest.mark.parametrize(("year", "closed"), [("2022/23", False), ("2023/24", True), ("2024/25", True)])
def test_a_trust_that_closed_on_the_first_of_april_is_closed_in_the_year_that_begins(method, year, closed):
    """RA4, Yeovil District Hospital: merged into Somerset on 1 April 2023 (NHS ODS)."""
    found = of(checked(method, gas(1e6, year, code="RA4")), "organisation_closed")
    assert bool(found) == closed
    if closed:
        assert found[0].severity == "reject_line"
        assert "2023-04-01" in found[0].message


def test_of_two_years_a_closed_code_is_said_of_the_year_after_it_closed(method):
    [found] = of(checked(method, gas(1e6, "2022/23", code="RA4"), gas(1.1e6, code="RA4")), "organisation_closed")
    assert found.period == "2023/24"
    assert found.first_rows == (2,)


def test_a_trust_that_opened_within_a_year_is_there_in_it_and_not_the_year_before(method):
    """R0A, Manchester University: opened on 1 October 2017 (NHS ODS)."""
    assert not of(checked(method, gas(1e6, "2017/18", code="R0A")), "organisation_not_open_yet")
    assert of(checked(method, gas(1e6, "2016/17", code="R0A")), "organisation_not_open_yet")


def test_two_rows_are_another_input_than_their_sum(method):
    two, one, order = (
        nc.calculate(pd.DataFrame(rows, columns=COLUMNS), method).stamp.input_sha256
        for rows in ([gas(1e6), gas(2e6)], [gas(3e6)], [gas(2e6), gas(1e6)])
    )
    assert two != one
    assert two == order


def test_rows_that_mean_the_same_in_other_spellings_are_added_and_counted(method):
    footprint = nc.calculate(
        pd.DataFrame([gas(1e6), gas(2e6, unit="KWH"), gas(4e6, "2023-24")], columns=COLUMNS), method
    )
    assert footprint.stamp.rows == 3
    assert footprint.sums.rows.tolist() == [3]
    assert footprint.sums.quantity.tolist() == [7e6]


def test_a_meter_at_all_of_its_sites_with_one_figure_was_entered_twice(method):
    rows = [(*gas(123_456), "RX1RA", "M1"), (*gas(123_456), "RX1CC", "M1"), (*gas(7e5), "RX1CC", "M2")]
    [found] = of(checked(method, *rows, more=("site", "reference")), "reference_at_two_sites")
    assert "M1" in found.message
    third = [*rows, (*gas(99_000), "RX1EE", "M1")]  # a third site with another figure: a shared tariff number, say
    assert not of(checked(method, *third, more=("site", "reference")), "reference_at_two_sites")


@pytest.mark.parametrize(("word", "scale"), [("£m", "1,000,000"), ("£000s", "1,000"), ("GBP bn", "1,000,000,000")])
def test_scaled_pounds_are_told_what_to_be_multiplied_by(method, word, scale):
    [found] = of(checked(method, ("RX1", "2023/24", "spend.sic.32", 5.0, word)), "unit_unknown")
    assert f"{scale}" in f"{found.message} {found.suggestion}"
    assert f",{scale}" not in f"{found.message} {found.suggestion}"


def test_a_total_and_its_sites_are_compared_in_one_unit(method):
    """1,000,000 kWh beside 3,000 MWh is a third of them: no total of these sites, by half."""
    rows = [(*gas(1e6), ""), (*gas(3000, unit="MWh"), "RX1RA")]
    [found] = of(checked(method, *rows, more=("site",)), "site_beside_total")
    assert found.severity == "warning"


def test_a_sum_that_is_near_the_others_counts_the_smaller_of_the_two_twice(method):
    rows = [(*gas(each), f"meter {place}") for place, each in enumerate((1.1e6, 2.4e6, 3.51e6))]
    [found] = of(checked(method, *rows, more=("reference",)), "sum_of_others")
    assert f"{3500 * PER_KWH:,.0f} tCO2e would count twice" in found.message  # 746 t; the row itself is 748 t


def test_a_year_of_two_meters_beside_months_of_one_of_them_counts_that_one_twice(method):
    rows = [
        (*gas(6.1e6), "A"),
        (*gas(5.2e6), "C"),
        *((*gas(5e5 + n, month), "A") for n, month in enumerate(MONTHS[:3])),
    ]
    assert of(checked(method, *rows, more=("reference",)), "months_beside_year")


def test_a_meter_has_one_figure_in_each_month_and_another_month_is_no_correction(method):
    more = ("reference", "evidence")
    series = [(*gas(1e5 + n, month), "M1", "metered") for n, month in enumerate(MONTHS)]
    assert not of(checked(method, *series, more=more), "reading_repeated")
    [found] = of(checked(method, *series, (*gas(2e5, MONTHS[3]), "M1", "metered"), more=more), "reading_repeated")
    assert found.first_rows == (13,)


def test_a_missing_component_of_the_main_total_is_a_warning_and_names_it(method):
    [found] = of(checked(method, gas(1e6, "2014/15")), "component_missing")
    assert found.severity == "warning"
    assert "wtt" in found.message
    assert "nhs_carbon_footprint" in f"{found.message} {found.suggestion}"


def test_a_figure_beyond_what_there_can_be_is_said_of_its_own_year_and_rows(method):
    rows = [
        ("RX1", "2022/23", "anaesthetic.desflurane", 5.0, "kg"),
        ("RX1", "2023/24", "anaesthetic.desflurane", 9e7, "kg"),
    ]
    found = of(checked(method, *rows), "beyond_bound")
    assert {(each.period, each.rows, each.first_rows) for each in found} == {("2023/24", 1, (2,))}


def test_one_row_of_a_long_return_in_a_short_one_is_no_other_version_of_it(method):
    long = [(*gas(1e6 + n, code=code), "A") for n, code in enumerate(("RX1", "RTG", "RR8", "R0A"))]
    long += [("RX1", "2023/24", GRID, 5e5 + n, "kWh", f"E{n}") for n in range(8)]
    short = [(*gas(1e6), "A")]
    [found] = between_files(returns(long, short), method)[1]
    assert (found.rows, found.code) == (1, "rows_in_two_files")
    assert "version" not in found.message.casefold()
