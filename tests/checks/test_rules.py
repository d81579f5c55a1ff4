"""Rules across the rows of a return: repeats, gaps, overlaps, and what is out of proportion."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nhscarbon as nc
from nhscarbon.checks.rules.bounds import plausible_bounds
from nhscarbon.methods.data_package import data_root, load_package

GAS = "RX1,{period},energy.natural_gas,{quantity},kWh,{site},{reference}"
HEADER = "organisation,period,activity,quantity,unit,site,reference"
MONTHS = [f"2023-{month:02d}" for month in range(4, 13)] + ["2024-01", "2024-02", "2024-03"]


def gas(period="2023/24", quantity="100000", site="", reference=""):
    return GAS.format(period=period, quantity=quantity, site=site, reference=reference)


@pytest.fixture
def found(activity_csv, method):
    """Check a return and give what was found, by code."""

    def check(*rows, **options):
        report = nc.check(activity_csv(*rows, header=HEADER), method, **options)
        return {finding.code: finding for finding in report}

    return check


def test_the_same_row_again_is_named_with_the_row_that_it_repeats(found):
    again = found(gas(), gas(quantity="5"), gas(), gas())["row_repeated"]
    assert (again.severity, again.rows, again.first_rows) == ("reject_line", 2, (4, 5))
    assert "row 2" in again.message


@pytest.mark.parametrize(
    "other", [{"quantity": "100001"}, {"site": "RX101"}, {"reference": "M2"}, {"period": "2022/23"}]
)
def test_rows_that_differ_in_anything_are_no_repeats(found, other):
    assert "row_repeated" not in found(gas(), gas(**other))


def test_repeats_of_nothing_are_nothing(found):
    assert "row_repeated" not in found(gas(quantity="0"), gas(quantity="0"), gas())


def test_a_repeat_is_seen_behind_another_fault(found):
    codes = found(gas(quantity='"100,000"'), gas())
    assert {"number_separators", "row_repeated"} <= set(codes)


def test_many_repeats_are_all_counted(activity_csv, method):
    rows = [gas(quantity=str(number)) for number in range(1, 81)] * 2
    report = nc.check(activity_csv(*rows, header=HEADER), method)
    repeats = [finding for finding in report if finding.code == "row_repeated"]
    assert sum(finding.rows for finding in repeats) == 80
    assert len(repeats) == 51  # fifty one by one, and the rest together


def test_one_meter_at_two_sites_is_seen(found):
    twice = found(gas(site="RX101", reference="M1"), gas(site="RX102", reference="M1"))["reference_at_two_sites"]
    assert twice.first_rows == (2, 3)


def test_a_reference_that_every_site_uses_is_no_meter(found):
    rows = [gas(site=f"RX10{n}", reference="gas", quantity=str(n // 2)) for n in range(1, 7)]
    assert "reference_at_two_sites" not in found(*rows)


def test_months_that_are_missing_inside_a_year_are_named(found):
    months = [month for month in MONTHS if month not in ("2023-06", "2024-01")]
    gaps = found(*(gas(period=month) for month in months))["months_missing"]
    assert gaps.severity == "warning"
    assert "2023-06, 2024-01 are missing" in gaps.message


def test_a_year_that_is_not_over_is_only_remarked_on(found):
    assert found(*(gas(period=month) for month in MONTHS[:7]))["months_missing"].severity == "info"


def test_all_twelve_months_are_a_year(found):
    assert "months_missing" not in found(
        *(gas(period=month, quantity=str(100 + place)) for place, month in enumerate(MONTHS))
    )


def test_a_zero_is_a_figure_and_no_gap(found):
    assert "months_missing" not in found(*(gas(period=month, quantity="0") for month in MONTHS))


def test_a_year_beside_its_months_is_seen_with_both(found):
    overlap = found(gas(quantity="1200000"), *(gas(period=month) for month in MONTHS[:3]))["months_beside_year"]
    assert overlap.first_rows == (2,)
    assert "3 of its months" in overlap.message


def test_a_theme_that_stops_is_asked_for(found):
    missing = found(gas(period="2022/23"), gas(), "RX1,2022/23,water.supply,100,m3,,")["theme_missing"]
    assert (missing.organisation, missing.period) == ("RX1", "2023/24")
    assert "water" in missing.message


@pytest.mark.parametrize(
    ("before", "now", "code"),
    [
        ("50000000", "50000", "slip_thousand"), ("50000", "50000000", "slip_thousand"),
        ("50000000", "4166667", "slip_twelve"), ("4000000", "48000000", "slip_twelve"),
        ("50000000", "1000000", "year_on_year"),
    ],
)  # fmt: skip
def test_a_year_far_from_the_one_before_is_named_as_its_slip(found, before, now, code):
    assert found(gas(period="2022/23", quantity=before), gas(quantity=now))[code].period == "2023/24"


def test_a_year_like_the_one_before_is_no_finding(found):
    codes = found(gas(period="2022/23", quantity="50000000"), gas(quantity="45000000"))
    assert not {"slip_thousand", "slip_twelve", "year_on_year"} & set(codes)


def test_units_do_not_matter_to_proportion(found):
    codes = found("RX1,2023/24,energy.natural_gas,900000,MWh,,")  # 0.9 TWh: more than the largest trust
    assert "beyond_every_trust" in codes or "slip_thousand" in codes


@pytest.mark.parametrize(("kwh", "code"), [("23400", "slip_thousand"), ("23400000000", "slip_thousand"),
                                           ("90000000", "intensity_implausible"), ("25000000", None)])  # fmt: skip
def test_energy_by_floor_area_is_held_against_what_trusts_have(found, kwh, code):
    area = pd.DataFrame({"organisation": ["RX1"], "period": ["2023/24"], "measure": ["floor_area_gross_internal"],
                         "value": [100000.0]})  # fmt: skip
    codes = set(found(gas(quantity=kwh), denominators=area))
    assert (code in codes) if code else not codes


@pytest.mark.parametrize(("odd", "code"), [("100000000", "slip_thousand"), ("100", "slip_thousand"),
                                           ("1210000", "slip_twelve"), ("300000", None)])  # fmt: skip
def test_a_month_far_from_the_others_is_named_as_its_slip(found, odd, code):
    rows = [
        gas(period=month, quantity=odd if month == "2023-09" else str(100000 + place))
        for place, month in enumerate(MONTHS)
    ]
    codes = found(*rows)
    slips = {name: finding for name, finding in codes.items() if name.startswith("slip")}
    assert list(slips) == ([code] if code else [])
    if code:
        assert slips[code].first_rows == (7,)


def test_a_warm_summer_is_no_slip(found):
    """Heat alone, as a boiler that makes no hot water would give it: January forty times July."""
    heat = [150, 60, 12, 8, 8, 20, 90, 190, 260, 320, 240, 210]
    rows = [gas(period=month, quantity=str(each * 1000)) for month, each in zip(MONTHS, heat, strict=True)]
    assert not {"slip_thousand", "slip_twelve"} & set(found(*rows))


def test_a_source_whose_rows_are_not_at_hand_says_what_was_not_looked_at(activity_csv, method):
    partial = nc.partial(activity_csv(gas(), header=HEADER))
    assert "rows_not_checked" in {finding.code for finding in nc.check(partial, method)}


@settings(max_examples=25)
@given(
    st.permutations([gas(), gas(), gas(period="2022/23", quantity="100"), gas(period="2023-05"), gas(quantity="7x")])
)
def test_what_is_found_does_not_hang_on_the_order_of_rows(rows):
    method = nc.methodology("nhs-2026.1")
    frame = pd.DataFrame([row.split(",") for row in rows], columns=HEADER.split(","))
    codes = sorted((f.code, f.rows, f.kgco2e_at_stake) for f in nc.check(frame, method))
    assert codes == sorted((f.code, f.rows, f.kgco2e_at_stake) for f in nc.check(frame.iloc[::-1], method))


def test_bounds_are_of_activities_of_the_catalogue_and_rise(method):
    bounds, slips = plausible_bounds()
    assert {activity for activity, _ in bounds} <= set(method.catalogue.activities)
    for usual in bounds.values():
        values = [usual.statistics[name] for name in ("p01", "p10", "p90", "p99", "max") if name in usual.statistics]
        assert values == sorted(values)
    assert {slip.times for slip in slips} == {12, 1000}


def test_bounds_agree_with_another_reading_of_the_same_returns(originals):
    """The trusts' totals were extracted by another program; quantiles differ by what each leaves out."""
    totals = pd.read_csv(originals.parent / "figures" / "eric" / "trust_totals.csv.gz")
    wide = totals.pivot_table(index=["org_code", "year"], columns="measure", values="value", aggfunc="sum")
    wide = wide[(wide["floor_area_gross_internal"] >= 1000) & (wide["gas"] > 0)]
    intensity = wide["gas"] / wide["floor_area_gross_internal"]
    usual = plausible_bounds()[0]["energy.natural_gas", "floor_area_gross_internal"]
    for name, share in {"p10": 0.1, "p90": 0.9, "p99": 0.99}.items():
        assert usual.statistics[name] == pytest.approx(intensity.quantile(share), rel=0.05)


def test_what_was_derived_says_so():
    package = load_package(data_root() / "plausibility" / "estates-2013-2023-1")
    assert {row["status"] for row in package.rows("bounds.csv")} == {"derived"}
    assert {row["status"] for row in package.rows("slips.csv")} == {"proposed"}
