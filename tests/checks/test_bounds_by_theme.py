"""No organisation has more than England: each bound fires beyond its figure and not below, without another year."""

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import nhscarbon as nc
from nhscarbon.activity.columns import Column, Cross, TableColumn
from nhscarbon.checks.cells import Cells, cells_in
from nhscarbon.checks.rules.bounds_by_theme import beyond_bounds, theme_bounds

RETURNS = ("eric-2013-14.xls", "eric-2014-15.xls", "eric-2015-16.xls", "eric-2016-17.xls", "eric-2019-20-site.csv",
           "eric-2023-24-site.csv")  # fmt: skip
ROWS = Path(nc.__file__).resolve().parents[2] / "data" / "checks" / "nhs-checks-1" / "bounds.csv"


def found(*rows, year="2023/24"):
    names = ("organisation", "activity", "quantity", "unit")
    table = pd.DataFrame([dict(zip(names, row, strict=True)) for row in rows]).assign(period=year)
    told = nc.check(table, "nhs-2026.1")
    return [(each.severity, each.rows) for each in told if each.code == "beyond_bound"]


ERROR, WARNING = [("reject_line", 1)], [("warning", 1)]


@pytest.mark.parametrize(
    ("activity", "quantity", "unit", "said"),
    [
        ("anaesthetic.desflurane", 1e12, "kg", ERROR),
        ("spend.sic.10_4", 1_209_300_000, "GBP", ERROR),  # a published error, of food
        ("spend.sic.56", 1_209_300_000, "GBP", ERROR),
        ("anaesthetic.desflurane", 24_000, "litre", WARNING),
        ("anaesthetic.desflurane", 24, "litre", []),
        ("spend.sic.10_4", 12_093_000, "GBP", []),
        ("energy.natural_gas", 9e9, "kWh", ERROR),
        ("energy.natural_gas", 9e6, "MWh", ERROR),
        ("energy.natural_gas", 9e8, "kWh", WARNING),
        ("energy.natural_gas", 2.9e8, "kWh", []),
        ("inhaler.bai.airomir_autohaler_100", 1e8, "inhaler", ERROR),
        ("commute.walk", 1e12, "mile", ERROR),  # 0 by rule, so by its distance
        ("travel.car.average.diesel", 5e8, "km", WARNING),
        ("fleet.fuel.diesel", 5e8, "litre", ERROR),
        ("waste.domestic.landfill", 1e10, "kg", ERROR),
        ("water.supply", 9e5, "m3", []),
        ("spend.sic.26", 5e10, "GBP", ERROR),
        ("patient_contact", 1e12, "contact", ERROR),
        ("refrigerant.r410a", 1e9, "kg", ERROR),
    ],
)
def test_a_figure_is_found_with_no_other_year_beside_it(activity, quantity, unit, said):
    assert found(("RX1", activity, quantity, unit)) == said


def test_what_is_split_over_rows_is_added_and_what_others_have_is_not():
    assert found(*[("RX1", "energy.natural_gas", 3e9, "kWh")] * 2, ("RX1", "energy.natural_gas", 3e6, "MWh")) == [
        ("reject_line", 3)
    ]
    assert found(*[(f"R{name}", "energy.natural_gas", 2e8, "kWh") for name in ("X1", "A7", "J1", "R8")]) == []


def test_every_activity_of_the_catalogue_has_a_bound_in_tonnes(method):
    tonnes = [bound for bound in theme_bounds() if bound.unit == "tCO2e"]
    for code, entry in method.catalogue.activities.items():
        assert any(bound.covers(code, entry.theme) for bound in tonnes), code


def test_every_bound_has_both_figures_with_source_and_locator():
    with ROWS.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    for row in rows:
        assert all(row[name] for name in ("source", "locator", "period", "basis"))
        assert float(row["value"]) > 0
    for bound in theme_bounds():
        assert bound.largest.value < bound.england.value


def test_the_published_returns_of_englands_trusts_have_nothing_of_the_kind(originals, method):
    for name in RETURNS:
        cells = cells_in(nc.partial(nc.read_eric(originals / "eric" / name)), method)
        assert list(beyond_bounds(cells)) == [], name


def test_the_shipped_estates_of_england_have_nothing_of_the_kind():
    assert "beyond_bound" not in {each.code for each in nc.check(nc.example("estates-2023-24.csv"), "nhs-2026.1")}


@pytest.mark.parametrize("seed", range(3))
def test_cells_in_a_table_and_cells_one_by_one_are_judged_alike(seed, method):
    rng = np.random.default_rng(seed)
    labels = {"organisation": ("R1", "R2", "R3"), "period": ("2022/23", "2023/24"),
              "activity": ("energy.natural_gas", "spend.sic.10_4", "commute.walk"),
              "unit": ("GBP", "kWh", "mile")}  # fmt: skip
    cross = Cross(8, 9)
    in_table = {
        name: TableColumn(rng.integers(-1, len(words), 8 if name in ("organisation", "period") else 9), words, cross,
                          by_block=name in ("organisation", "period"))
        for name, words in labels.items()
    }  # fmt: skip
    plain = {name: Column(np.array(column.codes), column.labels) for name, column in in_table.items()}
    quantity, kgco2e = 10 ** rng.uniform(5, 12, 72), 10 ** rng.uniform(3, 11, 72)
    kgco2e[::7] = np.nan
    told = []
    for columns in (in_table, plain):
        cells = Cells(columns, quantity, np.ones(72, np.int64), np.ones(72, np.bool_), False, method)
        cells.__dict__["kgco2e"] = kgco2e
        told.append([(hit.variant, hit.where.tolist(), len(hit.where))
                     for hit in beyond_bounds(cells)])  # fmt: skip
    assert told[0] == told[1]
    assert told[0]
