"""Units, periods and bodies: however a quantity is written, cut or moved, its tonnes are the same."""

from datetime import date, timedelta
from functools import lru_cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_properties import METHOD, ROUTES, frame, rows

import nhscarbon as nc
from nhscarbon.periods import months_of, nhs_year, parse_period, year_end, year_start

amounts = st.integers(1, 1000)  # within the bounds in every unit
routes = st.sampled_from(ROUTES)
ACTIVITY_OF = {"kWh": "energy.natural_gas", "MWh": "energy.natural_gas", "GWh": "energy.natural_gas",
               "m3": "water.supply",
               "kWh_net": "energy.natural_gas", "litre": "fleet.fuel.diesel", "ml": "anaesthetic.desflurane",
               "kg": "waste.domestic.landfill", "tonne": "waste.domestic.landfill", "km": "travel.car.average.unknown",
               "mile": "travel.car.average.unknown", "GBP": "spend.sic.62"}  # fmt: skip
SPELLINGS = sorted((alias, unit) for alias, unit in METHOD.units.aliases.items() if unit in ACTIVITY_OF)
KINDS = {}
for name, kind in METHOD.units.kinds.items():
    KINDS.setdefault(kind, []).append(name)
SEVERAL = sorted(names for names in KINDS.values() if len(names) > 1)


@lru_cache(maxsize=512)
def one(activity, unit, quantity, period="2023/24"):
    return nc.calculate(frame([("RR8", period, (activity, unit), quantity)]), METHOD)


@given(routes, st.integers(1, 10**5), st.integers(0, 6))
def test_twice_the_quantity_is_twice_the_kilograms_to_the_bit(route, quantity, power):
    once, more = one(*route, float(quantity)), one(*route, float(quantity << power))
    assert (more.table["kgco2e"] == once.table["kgco2e"] * 2**power).all()


@given(rows, routes)
def test_a_row_of_nought_adds_nothing(lines, route):
    with_nought = [*lines, ("RR8", "2023/24", route, 0.0)]
    assert nc.calculate(frame(with_nought), METHOD).total(across_years=True) == nc.calculate(
        frame(lines), METHOD
    ).total(across_years=True)


@given(st.sampled_from(SPELLINGS), amounts)
def test_every_spelling_of_a_unit_means_the_same_to_the_bit(spelling, quantity):
    alias, unit = spelling
    activity = ACTIVITY_OF[unit]
    assert one(activity, alias, float(quantity)).total(across_years=True) == one(activity, unit, float(quantity)).total(
        across_years=True
    )


@given(st.sampled_from(sorted(METHOD.units.decimals)), st.sampled_from(["", " ", "\u00a0", "  "]), st.booleans())
def test_blanks_and_full_width_letters_change_no_unit(unit, blank, wide):
    text = "".join(chr(ord(letter) + 0xFEE0) if wide and "!" <= letter <= "~" else letter for letter in unit)
    assert METHOD.units.canonical(f"{blank}{text}{blank}") == unit


@given(st.sampled_from(sorted(METHOD.units.aliases)))
def test_what_a_unit_is_read_as_is_read_as_itself(alias):
    unit = METHOD.units.canonical(alias)
    assert METHOD.units.canonical(unit) == unit == METHOD.units.aliases[alias]


@given(st.data())
def test_there_and_back_between_units_is_the_same(data):
    names = data.draw(st.sampled_from(SEVERAL))
    first, second, third = (data.draw(st.sampled_from(names)) for _ in range(3))
    ratio = METHOD.units.ratio
    assert ratio(first, second) * ratio(second, first) == pytest.approx(1, rel=4e-16)
    assert ratio(first, second) * ratio(second, third) == pytest.approx(ratio(first, third), rel=6e-16)


@given(st.lists(st.sampled_from(["kWh", "m3", "kg", "km", "GBP", "inhaler"]), min_size=2, max_size=2, unique=True))
def test_units_of_different_things_never_meet(units):
    with pytest.raises(nc.NHSCarbonError, match="different things"):
        METHOD.units.ratio(*units)


@given(routes, st.lists(st.integers(0, 10**6), min_size=12, max_size=12), st.sampled_from(["2019/20", "2023/24"]))
def test_twelve_months_are_their_year(route, quantities, year):
    months = frame(
        [("RR8", month, route, float(each)) for month, each in zip(months_of(year), quantities, strict=True)]
    )
    whole = frame([("RR8", year, route, float(sum(quantities)))])
    assert nc.calculate(months, METHOD).totals_by_year == nc.calculate(whole, METHOD).totals_by_year


@given(routes, st.lists(st.tuples(st.integers(0, 365), st.integers(0, 10**5)), min_size=1, max_size=20))
def test_days_of_a_leap_year_are_its_year(route, used):
    days = [("RR8", (date(2023, 4, 1) + timedelta(days=day)).isoformat(), route, float(each)) for day, each in used]
    whole = frame([("RR8", "2023/24", route, float(sum(each for _, each in used)))])
    assert nc.calculate(frame(days), METHOD).totals_by_year == nc.calculate(whole, METHOD).totals_by_year


@given(st.dates(date(1950, 1, 1), date(2090, 12, 31)))
def test_every_day_is_in_one_nhs_year_and_one_of_its_months(day):
    found = parse_period(day)
    assert year_start(found.year) <= day.isoformat() < year_end(found.year)
    assert found.month == day.isoformat()[:7]
    assert found.month in months_of(found.year)
    assert parse_period(day.isoformat()) == found


@given(st.integers(1990, 2098))
def test_the_last_of_march_and_the_first_of_april_are_a_year_apart(year):
    last, first = parse_period(date(year, 3, 31)), parse_period(date(year, 4, 1))
    assert (last.year, first.year) == (nhs_year(year - 1), nhs_year(year))


@given(routes, amounts, st.sampled_from(["2019/20", "2021/22", "2023/24", "2025/26"]))
def test_both_spellings_of_a_year_are_the_same_year(route, quantity, year):
    dashed = nc.calculate(frame([("RR8", year.replace("/", "-"), route, float(quantity))]), METHOD)
    assert dashed == nc.calculate(frame([("RR8", year, route, float(quantity))]), METHOD)


@given(rows)
def test_the_sites_of_a_trust_are_the_trust(lines):
    table = frame(lines).assign(
        site=[f"S{place % 4}" for place in range(len(lines))], reference=[f"M{place}" for place in range(len(lines))]
    )
    sites = nc.calculate(table, METHOD, keep="site").by("organisation", "site", across_years=True)
    trusts = nc.calculate(table, METHOD).by("organisation", across_years=True).set_index("organisation")["tco2e"]
    for body, part in sites.groupby("organisation"):
        assert part["tco2e"].sum() == pytest.approx(trusts[body], rel=1e-12)


@given(rows)
def test_trusts_counted_each_alone_are_the_whole_to_the_bit(lines):
    table = frame(lines)
    assert sum(nc.calculate(part, METHOD) for _, part in table.groupby("organisation")) == nc.calculate(table, METHOD)


@given(rows, st.data())
def test_what_is_taken_away_again_was_never_there(lines, data):
    cut = data.draw(st.integers(0, len(lines) - 1))
    if cut:
        whole, part = nc.partial(frame(lines)), nc.partial(frame(lines[:cut]))
        left = nc.calculate(whole - part, METHOD).totals_by_year
        alone = nc.calculate(frame(lines[cut:]), METHOD).totals_by_year
        for year in left.keys() | alone.keys():
            found, expected = (each.get(year, {}).get("nhs_carbon_footprint", 0.0) for each in (left, alone))
            assert found == pytest.approx(expected, rel=1e-12, abs=1e-12)


@given(rows)
def test_the_footprint_is_within_the_footprint_plus(lines):
    for totals in nc.calculate(frame(lines), METHOD).totals_by_year.values():
        assert totals["nhs_carbon_footprint"] <= totals["nhs_carbon_footprint_plus"] * (1 + 1e-15)


@given(rows)
def test_other_warming_potentials_move_no_other_gas(lines):
    """The methodology with the potentials of AR6 differs in anaesthetic gases alone."""
    other = warm()
    columns = ["activity", "period", "component", "kgco2e"]
    ours, theirs = (nc.calculate(frame(lines), each).table[columns] for each in (METHOD, other))
    kept = ~ours["activity"].str.startswith("anaesthetic.")
    assert (
        ours[kept]
        .reset_index(drop=True)
        .equals(theirs[~theirs["activity"].str.startswith("anaesthetic.")].reset_index(drop=True))
    )


@lru_cache(maxsize=1)
def warm():
    return nc.methodology("nhs-2026.1-ar6")
