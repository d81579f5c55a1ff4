"""Ten bridges worked out apart from nhscarbon: figures as published, plain sums, and the mean over all orders.

Factors and price levels are read as text from the packages, whose importers have tests of their own; nothing of
nhscarbon resolves, converts or splits them here.
"""

import csv
import json
from functools import lru_cache
from itertools import permutations
from math import log, prod
from pathlib import Path

import pandas as pd
import pytest

import nhscarbon as nc
from nhscarbon.methods.data_package import seal

REPO = Path(__file__).resolve().parents[2]
DATA = REPO / "data"
HEAD = ["organisation", "period", "activity", "quantity", "unit"]
PLUS, CORE = "nhs_carbon_footprint_plus", "nhs_carbon_footprint"
GAS, GRID, WATER, DESFLURANE = "energy.natural_gas", "energy.electricity.grid", "water.supply", "anaesthetic.desflurane"
DRUGS, DEVICES = "spend.sic.21", "spend.sic.32"
CAUSES = ("activity", "prices", "factor", "method", "boundary")


@lru_cache
def rows(path):
    with (DATA / path).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def published(package, activity, component="direct", unit="kWh"):
    """Return a factor as it stands in its package [kgCO2e/unit]."""
    wanted = (activity, component, f"kgCO2e/{unit}")
    found = rows(f"emission_factors/{package}/factors.csv")
    [row] = [row for row in found if (row["activity"], row["component"], row["unit"]) == wanted]
    return float(row["value"])


def deflator(year, to):
    """Return pounds of a calendar year for a pound of an NHS year, as the methodology cites it."""
    [row] = [row for row in rows("conversions/deflators-1/conversions.csv")
             if row["conversion_id"] == f"spend.GBP_{year}_to_GBP_{to}"]  # fmt: skip
    return float(row["multiplier"])


def level(kind, year):
    [row] = [row for row in rows("price_levels/gdp-deflator-levels-1/levels.csv")
             if (row["kind"], row["year"]) == (kind, year)]  # fmt: skip
    return float(row["level"])


def footprint(*sent, method="nhs-2026.1"):
    return nc.calculate(pd.DataFrame(sent, columns=HEAD), nc.methodology(method) if isinstance(method, str) else method)


def by_orders(*pairs):
    """Return what each factor of a product moves: the mean over every order in which they are exchanged."""
    parts, orders = [0.0] * len(pairs), list(permutations(range(len(pairs))))
    for order in orders:
        here = [first for first, _ in pairs]
        for place in order:
            was = prod(here)
            here[place] = pairs[place][1]
            parts[place] += (prod(here) - was) / len(orders)
    return parts


def effects(change, *names, where=None):
    """Return effects [tCO2e] of the whole, or of the rows that have some words."""
    table = change.table
    for name, word in (where or {}).items():
        table = table[table[name] == word]
    return [table[f"{name}_tco2e"].sum() for name in names]


def adds_up(change, before, after):
    whole = change.total()
    assert whole["before_tco2e"] == pytest.approx(before, rel=1e-9)
    assert whole["after_tco2e"] == pytest.approx(after, rel=1e-9)
    for frame in (change.by(), change.by("organisation", "theme"), change.lmdi("theme")):
        parts = [name for name in frame.columns if name.endswith("_tco2e") and name != "after_tco2e"]
        assert frame[parts].sum(axis=1).to_numpy() == pytest.approx(frame["after_tco2e"].to_numpy(), rel=1e-9, abs=1e-6)


def test_one_the_same_spend_in_real_terms_is_no_change():
    """GBP 103,240,000 of 2025/26 is GBP 100,000,000 of 2024/25 but for GBP 1,200 (103.2388 against 100)."""
    before, after = (
        footprint(("RX1", "2024/25", DRUGS, 1e8, "GBP")),
        footprint(("RX1", "2025/26", DRUGS, 103.24e6, "GBP")),
    )
    change = nc.compare(before, after, boundary=PLUS)
    factor = published("uk-multipliers-to-2023-y2023", DRUGS, unit="GBP_2023") / 1000
    real = [1e8 * deflator("2024-25", 2023), 103.24e6 * deflator("2025-26", 2023)]
    assert effects(change, *CAUSES) == pytest.approx([(real[1] - real[0]) * factor, 0, 0, 0, 0], abs=1e-6)
    assert abs(change.total()["activity_tco2e"]) < 1  # 664.8 t, were the pounds taken as they were paid
    adds_up(change, real[0] * factor, real[1] * factor)


def test_two_real_growth_of_two_product_groups_under_one_price_year():
    spend = {DRUGS: (40e6, 44e6), DEVICES: (9e6, 8e6)}
    change = nc.compare(*(footprint(*[("RX1", year, code, pair[side], "GBP") for code, pair in spend.items()])
                          for side, year in enumerate(("2023/24", "2026/27"))), boundary=PLUS)  # fmt: skip
    totals = [0.0, 0.0]
    for code, pair in spend.items():
        factor = published("uk-multipliers-to-2023-y2023", code, unit="GBP_2023") / 1000
        tonnes = [pair[0] * deflator("2023-24", 2023) * factor, pair[1] * deflator("2026-27", 2023) * factor]
        assert effects(change, "activity", where={"activity": code}) == pytest.approx([tonnes[1] - tonnes[0]], rel=1e-9)
        totals = [total + each for total, each in zip(totals, tonnes, strict=True)]
    assert effects(change, "prices", "factor") == pytest.approx([0, 0], abs=1e-6)
    adds_up(change, *totals)


def real_terms(pounds, years, price_years, factors):
    """Return quantity in real terms, what prices and deflators leave, and factor in one price year: two of each."""
    levels = [level("nhs_year", year) for year in years]
    calendar = [level("calendar_year", year) for year in price_years]
    real = (pounds[0], pounds[1] * levels[0] / levels[1])
    factor = (factors[0], factors[1] * calendar[1] / calendar[0])  # per pound of the earlier price year
    down = [deflator(year.replace("/", "-"), to) for year, to in zip(years, price_years, strict=True)]
    left = (down[0], levels[1] / levels[0] * down[1] * calendar[0] / calendar[1])
    return real, left, factor


def test_three_spend_across_two_price_years_is_compared_in_one():
    pounds, years = (30e6, 42e6), ("2019/20", "2025/26")
    factors = (published("uk-multipliers-to-2023-y2019", DEVICES, unit="GBP_2019") / 1000,
               published("uk-multipliers-to-2023-y2023", DEVICES, unit="GBP_2023") / 1000)  # fmt: skip
    real, left, factor = real_terms(pounds, years, ("2019", "2023"), factors)
    change = nc.compare(*(footprint(("RX1", year, DEVICES, spent, "GBP"))
                          for year, spent in zip(years, pounds, strict=True)), boundary=PLUS)  # fmt: skip
    assert effects(change, "activity", "prices", "factor") == pytest.approx(by_orders(real, left, factor), rel=1e-9)
    ends = [pounds[0] * deflator("2019-20", 2019) * factors[0], pounds[1] * deflator("2025-26", 2023) * factors[1]]
    adds_up(change, *ends)
    mean = (ends[1] - ends[0]) / log(ends[1] / ends[0])
    index = change.lmdi().iloc[0]
    for name, pair in (("activity", real), ("prices", left), ("factor", factor)):
        assert index[f"{name}_tco2e"] == pytest.approx(mean * log(pair[1] / pair[0]), rel=1e-9)
    # 40 % more pounds, of which 28 % are prices
    assert 0 < change.total()["activity_tco2e"] < 0.11 * ends[0] < 0.4 * ends[0]
    assert abs(change.total()["prices_tco2e"]) < 0.005 * ends[0]


def test_four_spend_with_tax_is_in_real_terms_too():
    pounds, years = (1.2e6, 1.5e6), ("2021/22", "2024/25")
    factors = (published("uk-multipliers-to-2023-y2021", DEVICES, unit="GBP_2021") / 1200,
               published("uk-multipliers-to-2023-y2023", DEVICES, unit="GBP_2023") / 1200)  # fmt: skip
    real, left, factor = real_terms(pounds, years, ("2021", "2023"), factors)
    change = nc.compare(*(footprint(("RX1", year, DEVICES, spent, "GBP_gross"))
                          for year, spent in zip(years, pounds, strict=True)), boundary=PLUS)  # fmt: skip
    assert effects(change, "activity", "prices", "factor") == pytest.approx(by_orders(real, left, factor), rel=1e-9)


def energy(year, activity):
    parts = {GAS: ("direct", "wtt"), GRID: ("generation", "wtt", "transmission", "transmission_wtt")}[activity]
    return sum(published(f"ukgov-{year[:4]}", activity, part) for part in parts) / 1000


def test_five_energy_across_a_merger_is_split_by_trust():
    """Burton (RJF) went into RTG on 1 July 2018; RFS is itself all the while."""
    use = {"2016/17": {("RTG", GAS): 90e6, ("RJF", GAS): 30e6, ("RFS", GAS): 40e6, ("RTG", GRID): 50e6,
                       ("RJF", GRID): 20e6},
           "2023/24": {("RTG", GAS): 125e6, ("RFS", GAS): 36e6, ("RTG", GRID): 61e6}}  # fmt: skip
    change = nc.compare(*(footprint(*[(who, year, what, amount, "kWh") for (who, what), amount in sent.items()])
                          for year, sent in use.items()))  # fmt: skip
    ends = [sum(amount * energy(year, what) for (_, what), amount in sent.items()) for year, sent in use.items()]
    adds_up(change, *ends)
    for who, what, pair in (("RTG", GAS, (120e6, 125e6)), ("RFS", GAS, (40e6, 36e6)), ("RTG", GRID, (70e6, 61e6))):
        expected = by_orders(pair, (energy("2016/17", what), energy("2023/24", what)))
        where = {"organisation": who, "activity": what}
        assert effects(change, "activity", "factor", where=where) == pytest.approx(expected, rel=1e-9)
    assert effects(change, "entered", "left") == [0, 0]
    assert set(change.table["organisation"]) == {"RTG", "RFS"}
    assert "RJF in RTG, on the map of 31 March 2024." in change.notes


def test_six_a_trust_that_was_divided_is_shared_out():
    """RW6 went into R0A and RM3 on 1 October 2021, to the shares of the release of organisations."""
    shares = {"R0A": 0.315123886616, "RM3": 0.684876113384}
    sent = [("RW6", "2019/20", GAS, 80e6, "kWh"), ("R0A", "2019/20", GAS, 100e6, "kWh")]
    change = nc.compare(
        footprint(*sent), footprint(("R0A", "2022/23", GAS, 120e6, "kWh"), ("RM3", "2022/23", GAS, 60e6, "kWh"))
    )
    factors = (energy("2019/20", GAS), energy("2022/23", GAS))
    for who, pair in (("R0A", (100e6 + 80e6 * shares["R0A"], 120e6)), ("RM3", (80e6 * shares["RM3"], 60e6))):
        expected = by_orders(pair, factors)
        assert effects(change, "activity", "factor", where={"organisation": who}) == pytest.approx(expected, rel=1e-8)
    adds_up(change, 180e6 * factors[0], 180e6 * factors[1])


def test_seven_another_method_is_no_activity_and_no_factor():
    """Desflurane by two assessments of its warming potential: what differs between them is the method's."""
    amounts, years, methods = (2000, 500), ("2019/20", "2023/24"), ("nhs-2026.1", "nhs-2026.1-ar6")
    each = [rows(f"emission_factors/anaesthetic-gases-{name}-1/factors.csv") for name in ("ar5", "ar6")]
    kg = [next(float(row["value"]) for row in found if row["activity"] == DESFLURANE) for found in each]
    change = nc.compare(*(footprint(("RX1", year, DESFLURANE, amount, "ml"), method=method)
                          for amount, year, method in zip(amounts, years, methods, strict=True)))  # fmt: skip
    per_ml = (
        float(
            next(
                row["multiplier"]
                for row in rows("conversions/densities-1/conversions.csv")
                if row["activity"] == DESFLURANE
            )
        )
        / 1000
    )  # kg a litre
    pairs = ((amounts[0] * per_ml / 1000, amounts[1] * per_ml / 1000), (kg[0], kg[1]))
    assert effects(change, "activity", "method") == pytest.approx(by_orders(*pairs), rel=1e-9)
    assert effects(change, "factor", "boundary", "prices") == [0, 0, 0]


def test_eight_counting_more_is_neither_activity_nor_factor():
    amounts, years = (90e6, 70e6), ("2020/21", "2023/24")
    pair = [footprint(("RX1", year, GAS, amount, "kWh")) for amount, year in zip(amounts, years, strict=True)]
    change = nc.compare(*pair, boundary=("scope_1", CORE))
    for component, counted in (("direct", (1, 1)), ("wtt", (0, 1))):
        factors = [published(f"ukgov-{year[:4]}", GAS, component) / 1000 for year in years]
        expected = by_orders(amounts, factors, counted)
        assert effects(change, "activity", "factor", "boundary", where={"component": component}) == pytest.approx(
            expected, rel=1e-9, abs=1e-6
        )


def test_nine_a_base_of_totals_changes_as_wholes_across_a_merger():
    """A base of 2019/20 by theme, RW6 in it still: its tonnes go to those that followed it, by their shares."""
    base = [("RW6", "fossil_fuels", 18_000.0), ("R0A", "fossil_fuels", 25_000.0), ("R0A", "water", 400.0),
            ("R0A", "medicines", 9_000.0)]  # fmt: skip
    supplied = nc.analysis.supplied_footprint(
        pd.DataFrame([(who, "2019/20", theme, tonnes, "2022", "apportioned") for who, theme, tonnes in base],
                     columns=["organisation", "period", "theme", "tco2e", "vintage", "method_note"]),
        nc.methodology("nhs-2026.1"), source="Greener NHS")  # fmt: skip
    ours = footprint(("R0A", "2023/24", GAS, 150e6, "kWh"), ("RM3", "2023/24", GAS, 70e6, "kWh"))
    change = nc.compare(supplied, ours)
    shares = {"R0A": 0.315123886616, "RM3": 0.684876113384}
    direct, wtt = (published("ukgov-2023", GAS, part) / 1000 for part in ("direct", "wtt"))
    was = {"R0A": 25_000 + 18_000 * shares["R0A"], "RM3": 18_000 * shares["RM3"]}
    now = {"R0A": 150e6 * direct, "RM3": 70e6 * direct}
    for who, tonnes in was.items():
        where = {"organisation": who, "theme": "fossil_fuels"}
        assert effects(change, "before", "supplied", "after", where=where) == pytest.approx(
            [tonnes, now[who] - tonnes, now[who]], rel=1e-8
        )
    assert effects(change, "left", "entered") == pytest.approx([-400, 220e6 * wtt], rel=1e-9)
    assert effects(change, *CAUSES) == [0] * len(CAUSES)
    adds_up(change, 43_400, 220e6 * (direct + wtt))  # medicines are outside the NHS Carbon Footprint
    assert "supplied by Greener NHS (2022)" in change.labels[0]


def test_ten_a_factor_for_each_pound_as_paid_leaves_prices_in(tmp_path):
    """A supplier's figure for each pound, the same in both years: the pounds rose by 8 %, prices by 7.4 %."""
    package = tmp_path / "ours"
    package.mkdir()
    head = (
        "factor_id,activity,component,scope,value,unit,geography,valid_from,valid_to,gwp_basis,uncertainty,locator,note"
    )
    (package / "factors.csv").write_text(
        f"{head}\nours.drugs,{DRUGS},direct,3,0.25,kgCO2e/GBP,UK,2023-04-01,2026-04-01,AR5,,letter p1,ours\n", "utf-8"
    )
    (package / "datapackage.json").write_text(json.dumps(
        {"name": "ours", "version": "1.0.0", "title": "Ours", "kind": "overlay", "sources": [{"title": "our supplier"}],
         "licenses": [{"name": "ours"}]}), "utf-8")  # fmt: skip
    seal(package)
    method = nc.methods.overlay(nc.methodology("nhs-2026.1"), package)
    change = nc.compare(footprint(("RX1", "2023/24", DRUGS, 1e6, "GBP"), method=method),
                        footprint(("RX1", "2025/26", DRUGS, 1.08e6, "GBP"), method=method), boundary=PLUS)  # fmt: skip
    rise = level("nhs_year", "2025/26") / level("nhs_year", "2023/24")
    expected = by_orders((250.0, 250.0 * 1.08 / rise), (1.0, rise))
    assert effects(change, "activity", "prices") == pytest.approx(expected, rel=1e-9)
    assert effects(change, "factor", "method") == [0, 0]
    assert change.total()["prices_tco2e"] > 10 * change.total()["activity_tco2e"] > 0
