"""Years and priorities: a factor, deflator or conversion serves whole NHS years of its validity, of the first pin."""

import csv
from dataclasses import replace
from itertools import pairwise

import pytest

import nhscarbon as nc
from nhscarbon.errors import IntegrityError
from nhscarbon.methods.data_package import data_root
from nhscarbon.methods.resolution import FactorKey, find_route, resolve
from own_packages import CONVERSIONS, FACTORS, pinned, write_package

YEARS = ("2022/23", "2023/24", "2024/25")
SPANS = [  # the first day, the day after the last, and which NHS years lie in them whole: 1 April to 31 March
    ("2023-04-01", "2024-04-01", ["2023/24"]),
    ("2023-04-02", "2024-04-01", []),
    ("2023-04-01", "2024-03-31", []),
    ("2023-01-01", "2024-01-01", []),
    ("2022-10-01", "2024-10-01", ["2023/24"]),
    ("2022-04-01", "2025-04-01", ["2022/23", "2023/24", "2024/25"]),
    ("2010-01-01", "2023-04-01", ["2022/23"]),
    ("2024-03-31", "2030-01-01", ["2024/25"]),
]


def water(value, first, last, *, id="ours.m3", component="direct", unit="m3", geography="UK"):
    return f"{id},water.supply,{component},3,{value},kgCO2e/{unit},{geography},{first},{last},AR5,,p1,ours"


def answers(method, *, activity="water.supply", unit="m3", geography="UK", years=YEARS):
    found = resolve([FactorKey(activity, unit, year, geography) for year in years], method)
    return {key.period: answer for key, answer in found.items()}


def served(found):
    return [year for year, answer in found.items() if answer.lines]


@pytest.mark.parametrize(("first", "last", "years"), SPANS)
def test_a_factor_serves_the_whole_years_of_its_validity_and_no_other(tmp_path, method, first, last, years):
    folder = write_package(tmp_path, factors=[FACTORS, water("0.5", first, last)])
    found = answers(pinned(method, (folder, YEARS, "")))
    assert served(found) == years
    assert {answer.refusal.code for answer in found.values() if not answer.lines} <= {"factor_missing"}


@pytest.mark.parametrize(("first", "last", "years"), [span for span in SPANS if span[2]])
def test_an_overlays_factor_serves_whole_years_and_the_published_one_the_others(tmp_path, method, first, last, years):
    ours = nc.methods.overlay(method, write_package(tmp_path, factors=[FACTORS, water("0.5", first, last)]))
    chosen = {year: answer.lines[0].factor for year, answer in answers(ours).items()}
    assert [year for year, factor in chosen.items() if factor.value == "0.5"] == years
    assert {factor.package[:5] for year, factor in chosen.items() if year not in years} <= {"ukgov"}


@pytest.mark.parametrize(("first", "last", "years"), SPANS)
def test_a_conversion_serves_the_whole_years_of_its_validity_and_no_other(tmp_path, method, first, last, years):
    row = f"ours.m2,energy.natural_gas,m2,kWh,328,{first},{last},,certificate,p1,"
    ours = nc.methods.overlay(method, write_package(tmp_path, conversions=[CONVERSIONS, row]))
    found = answers(ours, activity="energy.natural_gas", unit="m2")
    assert served(found) == years
    assert {line.conversion for year in years for line in found[year].lines} <= {328.0}
    assert {answer.refusal.code for answer in found.values() if not answer.lines} <= {"unit_not_convertible"}


@pytest.mark.parametrize("period", ["2015/16", "2019/20", "2022/23", "2023/24", "2024/25", "2025/26", "2026/27"])
def test_pounds_are_deflated_by_the_figure_of_their_own_year(method, period):
    """Each NHS year has one row in the table of deflators (HM Treasury, March 2026), valid on its days alone."""
    with (data_root() / "conversions" / "deflators-1" / "conversions.csv").open(encoding="utf-8", newline="") as stream:
        [own] = [row for row in csv.DictReader(stream)
                 if row["from_unit"] == "GBP" and row["valid_from"] == f"{period[:4]}-04-01"]  # fmt: skip
    [answer] = answers(method, activity="spend.sic.62", unit="GBP", years=(period,)).values()
    assert {line.conversion for line in answer.lines} == {float(own["multiplier"])}
    assert {line.conversion_id for line in answer.lines} == {own["conversion_id"]}


def test_a_pin_serves_the_years_that_it_is_pinned_for_and_no_other(tmp_path, method):
    folder = write_package(tmp_path, factors=[FACTORS, water("0.5", "2022-04-01", "2025-04-01")])
    narrow = pinned(method, (folder, ("2023/24",), ""))
    assert served(answers(narrow)) == ["2023/24"]


def test_a_factor_is_carried_forward_only_where_its_pin_says_why(tmp_path, method):
    folder = write_package(tmp_path, factors=[FACTORS, water("0.5", "2022-04-01", "2023-04-01")])
    assert served(answers(pinned(method, (folder, YEARS, "")))) == ["2022/23"]
    assert served(answers(pinned(method, (folder, YEARS, "no later edition")))) == [*YEARS]


def test_of_two_editions_the_first_decides_each_component_that_it_has(tmp_path, method):
    valid = ("2022-04-01", "2025-04-01")
    first = write_package(tmp_path, "first", factors=[FACTORS, water("0.5", *valid)])
    both = [water("0.7", *valid), water("0.01", *valid, id="ours.wtt", component="wtt")]
    second = write_package(tmp_path, "second", factors=[FACTORS, *both])
    two = pinned(method, (first, YEARS, ""), (second, YEARS, ""))
    two = replace(two, catalogue=with_wtt(two.catalogue), included=decided(two.included))
    lines = answers(two)["2023/24"].lines
    assert [(line.factor.component, line.factor.value) for line in lines] == [("direct", "0.5"), ("wtt", "0.01")]
    assert [factor.value for factor in two.factors("water.supply", "2023/24")] == ["0.5", "0.01"]
    turned = pinned(method, (second, YEARS, ""), (first, YEARS, ""))
    assert [factor.value for factor in turned.factors("water.supply", "2023/24")] == ["0.7", "0.01"]


def with_wtt(catalogue):
    """Return the catalogue with well-to-tank of water, which the shipped one has none of."""
    more = {("water", "wtt"): "water"}
    return replace(catalogue, reported_in={**catalogue.reported_in, **more},
                   ghg_protocol={**catalogue.ghg_protocol, ("water", "wtt"): "1"})  # fmt: skip


def decided(included):
    return {**included, **{(name, "water", "wtt", "3"): True for name, *_ in included}}


def test_a_component_that_a_boundary_has_not_decided_is_refused(tmp_path, method):
    folder = write_package(tmp_path, factors=[FACTORS, water("0.5", "2022-04-01", "2025-04-01", component="wtt")])
    with pytest.raises(IntegrityError, match=r"does not decide \(water, wtt, scope 3\)"):
        answers(pinned(method, (folder, YEARS, "")))


def test_a_place_takes_its_own_factor_or_none(tmp_path, method):
    rows = [water("0.5", "2022-04-01", "2025-04-01"),
            water("0.9", "2022-04-01", "2024-04-01", id="theirs", geography="JE")]  # fmt: skip
    two = pinned(method, (write_package(tmp_path, factors=[FACTORS, *rows]), YEARS, ""))
    found = answers(two, geography="JE")
    assert [line.factor.value for line in found["2023/24"].lines] == ["0.9"]
    assert found["2024/25"].refusal.code == "geography_unknown"
    assert [line.factor.value for line in answers(two)["2023/24"].lines] == ["0.5"]


def test_two_factors_that_fit_equally_well_are_an_error_of_the_data(tmp_path, method):
    valid = ("2022-04-01", "2025-04-01")
    rows = [water("0.5", *valid), water("0.0005", *valid, id="ours.litre", unit="litre")]
    two = pinned(method, (write_package(tmp_path, factors=[FACTORS, *rows]), YEARS, ""))
    assert [line.factor.value for line in answers(two)["2023/24"].lines] == [
        "0.5"
    ]  # in its own unit: nothing to choose
    with pytest.raises(IntegrityError, match=r"could take ours\.m3 and ours\.litre"):
        answers(two, unit="ML")


def chain(*units):
    return [f"ours.{a},energy.natural_gas,{a},{b},2,2022-04-01,2025-04-01,,study,p1,"
            for a, b in pairwise(units)]  # fmt: skip


def test_three_cited_conversions_lead_to_a_factor_and_four_do_not(tmp_path, method):
    rows = chain("m2", "person_year", "contact", "inhaler", "kWh")
    ours = nc.methods.overlay(method, write_package(tmp_path, conversions=[CONVERSIONS, *rows]))
    route = find_route(FactorKey("energy.natural_gas", "person_year", "2023/24", "UK"), "kWh", ours)
    assert (route.multiplier, len(route.cited)) == (8.0, 3)
    assert find_route(FactorKey("energy.natural_gas", "m2", "2023/24", "UK"), "kWh", ours) is None


def test_two_chains_of_conversions_to_one_unit_are_an_error_of_the_data(tmp_path, method):
    rows = [*chain("m2", "contact", "kWh"), *chain("m2", "inhaler", "kWh")]
    rows[2] = rows[2].replace("ours.m2", "ours.m2.inhaler")
    ours = nc.methods.overlay(method, write_package(tmp_path, conversions=[CONVERSIONS, *rows]))
    with pytest.raises(IntegrityError, match="two chains of conversions from m2 to kWh"):
        find_route(FactorKey("energy.natural_gas", "m2", "2023/24", "UK"), "kWh", ours)


@pytest.mark.parametrize(
    ("activity", "unit", "multiplier", "to"),
    [
        # 1.465 kg a litre (densities-1), so 0.001465 kg a millilitre
        ("anaesthetic.desflurane", "ml", 0.001465, "kg"),
        # 961 road miles a person a year (sdu-travel-defaults-1), of 1.609344 km each
        ("commute.headcount", "person_year", 961 * 1.609344, "km"),
        ("commute.headcount", "person_year", 961, "mile"),
    ],
)
def test_a_route_multiplies_by_the_ratios_before_and_after_its_conversion(method, activity, unit, multiplier, to):
    route = find_route(FactorKey(activity, unit, "2023/24", "UK"), to, method)
    assert route.multiplier == pytest.approx(multiplier, rel=1e-12)
