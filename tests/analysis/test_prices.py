"""Spend in real terms: which deflators are used, what is in pounds of a price year already, and what has no link."""

import csv
import json
from pathlib import Path

import pandas as pd
import pytest

import nhscarbon as nc
from nhscarbon.analysis.decomposition.change import CAUSES, EFFECTS, LABELS, PARTS
from nhscarbon.analysis.decomposition.prices import NO_PRICES, price_change, price_levels, price_year
from nhscarbon.methods.data_package import seal
from nhscarbon.methods.units import shipped_units

REPO = Path(__file__).resolve().parents[2]
HEAD = ["organisation", "period", "activity", "quantity", "unit"]
FACTORS = (
    "factor_id,activity,component,scope,value,unit,geography,valid_from,valid_to,gwp_basis,uncertainty,locator,note"
)
CONVERSIONS = "conversion_id,activity,from_unit,to_unit,multiplier,valid_from,valid_to,uncertainty,source,locator,note"
DRUGS, PLUS = "spend.sic.21", "nhs_carbon_footprint_plus"


def spend(year, amount, unit="GBP", *, method, activity=DRUGS):
    return nc.calculate(pd.DataFrame([("RX1", year, activity, amount, unit)], columns=HEAD), method)


@pytest.fixture
def ours(tmp_path):
    """Return a methodology with factors or conversions of one's own in front."""

    def write(**files):
        for file, lines in files.items():
            (tmp_path / f"{file}.csv").write_text("\n".join(lines) + "\n", "utf-8")
        descriptor = {"name": "ours", "version": "1.0.0", "title": "Ours", "kind": "overlay",
                      "sources": [{"title": "our supplier"}], "licenses": [{"name": "ours"}]}  # fmt: skip
        (tmp_path / "datapackage.json").write_text(json.dumps(descriptor), "utf-8")
        seal(tmp_path)
        return nc.methods.overlay(nc.methodology("nhs-2026.1"), tmp_path)

    return write


def deflators(first, second):
    row = "ours.{0},spend.*,GBP,GBP_2023,{1},{0}-04-01,{2}-04-01,,our index,p1,ours"
    return [CONVERSIONS, row.format(2024, first, 2025), row.format(2025, second, 2026)]


def test_the_levels_are_the_ones_that_the_methodology_derived_its_deflators_from():
    """Each deflator's note has its arithmetic: the first two figures are the levels of the two NHS years."""
    levels, checked = price_levels().nhs_years, 0
    with (REPO / "data" / "conversions" / "deflators-1" / "conversions.csv").open(
        encoding="utf-8", newline=""
    ) as stream:
        for row in csv.DictReader(stream):
            if "where" in row["note"]:
                spent, base = row["note"].split(" = ")[1].split(" x ")[0].split(" / ")
                year = f"{row['valid_from'][:4]}/{row['valid_to'][2:4]}"
                assert levels[year] == float(spent)
                assert float(base) in levels.values()
                checked += 1
    assert checked == 12


def test_a_unit_of_money_has_a_price_year_and_no_other_unit_has():
    units = shipped_units()
    assert price_year("GBP", units) == price_year("GBP_gross", units) == ""
    assert price_year("GBP_2019", units) == "2019"
    assert price_year("kWh", units) is None
    assert price_year("no unit", units) is None


def test_thousands_of_pounds_are_pounds():
    method = nc.methodology("nhs-2026.2")
    change = nc.compare(spend("2024/25", 1e6, method=method), spend("2025/26", 1_032.4, "GBP_thousand", method=method),
                        boundary=PLUS).total()  # fmt: skip
    assert (change["entered_tco2e"], change["left_tco2e"]) == (0, 0)
    assert abs(change["activity_tco2e"]) < 0.01 < change["before_tco2e"]


def test_energy_has_no_prices(method):
    rows = [pd.DataFrame([("RX1", year, "energy.natural_gas", amount, "kWh")], columns=HEAD)
            for year, amount in (("2019/20", 1e6), ("2023/24", 2e6))]  # fmt: skip
    change = nc.compare(*(nc.calculate(each, method) for each in rows))
    assert change.table["price_ratio"].isna().all()
    assert (change.table["prices_from"] == "").all()
    assert change.total()["prices_tco2e"] == 0
    assert not [note for note in change.notes if "real terms" in note]
    units = (method.units, method.units)
    assert price_change("kWh", {}, ("2019/20", "2023/24"), units) is NO_PRICES


def test_an_index_of_ones_own_is_the_one_that_prices_are_taken_by(ours):
    """An NHS index that rose by 10 %: a tenth more pounds bought no more."""
    method = ours(conversions=deflators("0.90", "0.8181818181818182"))
    change = nc.compare(spend("2024/25", 1e6, method=method), spend("2025/26", 1.1e6, method=method), boundary=PLUS)
    whole = change.total()
    assert [whole[f"{name}_tco2e"] for name in ("activity", "prices", "factor")] == pytest.approx([0, 0, 0], abs=1e-6)
    assert change.table["prices_from"].iloc[0] == "ours@1.0.0"


def test_two_methods_with_two_indices_differ_by_method_and_prices_and_still_add_up(ours):
    method, other = nc.methodology("nhs-2026.1"), ours(conversions=deflators("0.90", "0.80"))
    change = nc.compare(spend("2024/25", 1e6, method=method), spend("2025/26", 1.1e6, method=other), boundary=PLUS)
    assert change.table["prices_from"].iloc[0] == "gdp-deflator-levels-1@1.0.0"  # neither index before the other
    for frame in (change.by(), change.lmdi()):
        parts = [name for name in frame.columns if name != "after_tco2e"]
        assert frame[parts].sum(axis=1).iloc[0] == pytest.approx(frame["after_tco2e"].iloc[0], rel=1e-12)
    assert change.total()["method_tco2e"] < 0
    assert change.total()["activity_tco2e"] > 0


def test_a_price_that_turns_pounds_into_litres_is_a_deflator_of_its_own(ours):
    """Diesel by its pump price: what counts as activity is litres, however the price moved."""
    row = "ours.{0},fleet.fuel.diesel,GBP,litre,{1},{0}-04-01,{2}-04-01,,our card,p1,ours"
    method = ours(conversions=[CONVERSIONS, row.format(2022, "0.5", 2023), row.format(2023, "0.625", 2024)])
    fuel = "fleet.fuel.diesel"
    change = nc.compare(
        spend("2022/23", 1000, method=method, activity=fuel), spend("2023/24", 800, method=method, activity=fuel)
    )
    whole = change.total()
    assert whole["before_tco2e"] > 0
    assert whole["activity_tco2e"] == pytest.approx(0, abs=1e-12)  # 500 litres both times
    assert whole["factor_tco2e"] != 0
    assert (whole["prices_tco2e"], whole["entered_tco2e"], whole["left_tco2e"]) == (0, 0, 0)


def test_price_years_without_a_link_leave_spend_as_paid_and_say_so(ours):
    """From 2025/26 on a supplier gives a figure for each pound as paid: no deflator leads from GBP_2023 to it."""
    method = ours(
        factors=[FACTORS, f"ours.21,{DRUGS},direct,3,0.2,kgCO2e/GBP,UK,2025-04-01,2026-04-01,AR5,,letter,ours"]
    )
    first, second = spend("2024/25", 1e6, method=method), spend("2025/26", 1.1e6, method=method)
    change = nc.compare(first, second, boundary=PLUS)
    [line] = change.table[change.table["component"] == "direct"].to_dict("records")
    assert "no deflator links the factors' units GBP_2023 and GBP" in line["why"]
    assert line["prices_tco2e"] == 0
    [note] = [note for note in change.notes if "not in real terms" in note]
    assert DRUGS in note
    assert note in " ".join(str(change).split())
    assert change.to_dict()["notes"] == list(change.notes)


def test_the_causes_of_a_bridge_have_one_order_and_a_name_for_people():
    assert CAUSES == ("activity", "prices", "factor", "method", "boundary")
    assert tuple(LABELS) == EFFECTS
    assert [name.removesuffix("_tco2e") for name in PARTS] == ["before", *EFFECTS, "after"]
    assert [LABELS[name] for name in CAUSES] == [
        "What the organisation did", "Prices", "Published factors", "The method", "What is counted",
    ]  # fmt: skip


def test_what_prices_leave_between_two_price_years_is_as_small_as_the_page_says(method):
    units, levels = (method.units, method.units), price_levels()
    years = [f"{start}/{start % 100 + 1}" for start in range(2015, 2027)]
    found = {}
    for place, first in enumerate(years):
        for last in years[place + 1 :]:
            sums = [spend(year, 1.0, method=method) for year in (first, last)]
            lines = [next(iter(each.resolutions.values())).lines[0] for each in sums]
            corners = {(year, side): lines[year] for year in (0, 1) for side in (0, 1)}
            change = price_change("GBP", corners, (first, last), units)
            assert change.level == pytest.approx(levels.nhs_years[last] / levels.nhs_years[first], rel=1e-5)
            found[first, last] = abs(change.effect[0] - 1)
    assert 0.015 < max(found.values()) < 0.016
