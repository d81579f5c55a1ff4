"""Spend: multipliers of one edition, pounds of the right year, VAT out, and what is not usable left out."""

import csv
import importlib.util
import shutil
import sys
from fractions import Fraction
from pathlib import Path

import pandas as pd
import pytest

import nhscarbon as nc
from nhscarbon.methods.data_package import data_root, load_package
from nhscarbon.methods.factors import FactorPackage
from nhscarbon.methods.resolution import FactorKey, resolve
from nhscarbon.output.tables import tonnes

PLUS = "nhs_carbon_footprint_plus"
YEARS = [f"{year}/{year - 1999}" for year in range(2015, 2027)]


def spend(method, *rows):
    frame = pd.DataFrame(rows, columns=["period", "activity", "quantity", "unit"]).assign(organisation="RXX")
    return nc.calculate(frame, method)


def package(name, method):
    return FactorPackage(load_package(data_root() / "emission_factors" / name), method.units)


def factors_of(year, method):
    return {row.activity: row for row in package(f"uk-multipliers-to-2023-y{year}", method).rows}


def test_the_printed_example_of_a_device_bought_in_2024_25(method):
    """GBP 1.2 m with VAT on product group 32 is 645.362 t; 678.010 and 813.612 are the two wrong ways."""
    row = ("2024/25", "spend.sic.32", 1_200_000.0, "GBP_gross")
    assert tonnes(spend(method, row).total(PLUS), 3) == "645.362"


def test_the_two_wrong_ways_do_not_come_out_of_any_unit_of_pounds(method):
    made = {tonnes(spend(method, ("2024/25", "spend.sic.32", 1.2e6, unit)).total(PLUS), 3)
            for unit in ("GBP_gross", "GBP")}  # fmt: skip
    assert not made & {"678.010", "813.612"}


def test_the_linked_ratio_is_the_one_that_the_notes_print(method):
    """(100 / 96.1117) x (0.75 x 96.2507 + 0.25 x 100) / 96.2507 = 1.050588."""
    [row] = [row for row in method.conversions if row.conversion_id == "spend.GBP_2024-25_to_GBP_2023"]
    expected = (Fraction("100") / Fraction("96.1117")
                * (3 * Fraction("96.2507") + 100) / 4 / Fraction("96.2507"))  # fmt: skip
    assert f"{float(expected):.6f}" == "1.050588"
    assert float(row.multiplier) == pytest.approx(float(1 / expected), rel=1e-14)


def test_each_nhs_year_takes_the_multiplier_of_its_calendar_year_and_later_ones_the_last(method):
    for year in YEARS:
        [factor] = method.factors("spend.sic.26", year)
        assert factor.unit == f"GBP_{min(int(year[:4]), 2023)}", year


# published, edition to 2023: notes of the compilers, section 2
SERIES = {
    "spend.sic.21": ".4305 .1661 .2380 .2573 .2917 .2175 .2327 .2234 .2190",
    "spend.sic.26": ".5353 .4574 .4154 .4210 .4517 .5138 .5079 .5530 .5364",
    "spend.sic.32": ".9718 .8641 .7308 .7102 .6845 .7692 .7072 .7031 .6780",
    "spend.sic.41_2": ".3775 .3244 .3139 .3016 .2774 .3101 .2817 .2587 .2319",
    "spend.sic.62": ".1609 .1390 .1314 .1299 .1164 .1184 .1226 .1109 .0999",
    "spend.sic.86": ".2465 .2330 .1982 .1982 .1928 .2264 .2347 .2115 .1845",
}


@pytest.mark.parametrize("activity", SERIES)
def test_the_published_series_is_the_one_that_is_held(activity, method):
    held = [factors_of(year, method)[activity].kgco2e for year in range(2015, 2024)]
    assert held == pytest.approx([float("0" + value) for value in SERIES[activity].split()], abs=5.1e-5)


def test_the_mean_of_all_112_groups_of_2023_is_the_one_stated_elsewhere(method):
    """A second copy of the edition states 0.4956959464718766; the four unusable groups are part of it."""
    held = [float(row.value) for row in package("uk-multipliers-to-2023-y2023", method).rows
            if row.activity.count(".") == 2]  # fmt: skip
    left = load_package(data_root() / "emission_factors" / "uk-multipliers-to-2023-y2023").rows("left_out.csv")
    everything = held + [float(row["value"]) for row in left]
    assert len(everything) == 112
    assert sum(everything) / 112 == pytest.approx(0.4956959464718766, abs=1e-8)


@pytest.mark.parametrize(
    ("activity", "value"),
    [("spend.sic.26", 0.5364104930807555), ("spend.sic.17", 0.6691595060957422),
     ("spend.sic.62", 0.09991766697772676), ("spend.sic.74", 0.1259082051500628)],
)  # fmt: skip
def test_the_six_figures_agree_with_a_copy_in_full(activity, value, method):
    assert factors_of(2023, method)[activity].kgco2e == pytest.approx(value, rel=6e-6)


@pytest.mark.parametrize("group", ["46", "7", "24_4_5", "65_3"])
def test_an_unusable_group_refuses_and_says_to_map_the_product(group, method):
    with pytest.raises(nc.SubmissionError, match="Map the product that was bought"):
        spend(method, ("2023/24", f"spend.sic.{group}", 50_000.0, "GBP"))


@pytest.mark.parametrize("year", ["2013/14", "2014/15"])
def test_a_year_before_the_first_multiplier_refuses_instead_of_borrowing(year, method):
    with pytest.raises(nc.SubmissionError, match="2015/16 to 2026/27"):
        spend(method, (year, "spend.sic.32", 1000.0, "GBP"))


def test_pounds_of_another_year_do_not_become_pounds_of_this(method):
    key = FactorKey("spend.sic.32", "GBP_2019", "2023/24", "UK")
    assert resolve([key], method)[key].refusal.code == "unit_not_convertible"


def test_vat_comes_out_once_and_only_where_it_is_said_to_be_in(method):
    net = spend(method, ("2023/24", "spend.sic.62", 1000.0, "GBP")).total(PLUS)
    gross = spend(method, ("2023/24", "spend.sic.62", 1200.0, "GBP_gross")).total(PLUS)
    assert gross == pytest.approx(net, rel=1e-15)


def test_a_credit_takes_back_what_the_invoice_added(method):
    rows = [("2023/24", "spend.sic.62", amount, "GBP") for amount in (1000.0, -1000.0)]
    assert spend(method, *rows).total(PLUS) == 0


def test_spend_counts_in_the_plus_and_the_core_stays_without_it(method):
    footprint = spend(method, ("2023/24", "spend.sic.32", 1000.0, "GBP"))
    assert footprint.total("nhs_carbon_footprint") == 0
    assert footprint.total(PLUS) == footprint.total("scope_3") > 0


@pytest.mark.parametrize(
    ("activity", "theme", "protocol"),
    [("spend.sic.32", "medical_devices", "1"), ("spend.sic.41_2", "construction", "2"),
     ("spend.sic.33other", "construction", "1"), ("spend.sic.49_3_5", "freight_transport", "4"),
     ("spend.sic.26.ict", "ict", "1"), ("spend.sic.86", "commissioned_health_services", "1")],
)  # fmt: skip
def test_a_product_group_goes_to_its_theme_and_protocol_category(activity, theme, protocol, method):
    [line] = resolve([key := FactorKey(activity, "GBP", "2023/24", "UK")], method)[key].lines
    assert (line.theme, line.ghg_protocol_category) == (theme, protocol)


def test_a_group_in_another_theme_has_the_same_number_and_cell(method):
    rows = factors_of(2023, method)
    for activity, row in rows.items():
        own = rows.get(".".join(activity.split(".")[:3]))
        if own is None:  # lubricants: the group itself is energy, and refused
            assert activity == "spend.sic.19.manufacturing"
            continue
        assert (row.value, row.locator, row.unit) == (own.value, own.locator, own.unit)


def test_a_forecast_year_says_so_in_its_working(method):
    for year, said in (("2024-25", False), ("2025-26", True), ("2026-27", True)):
        [row] = [row for row in method.conversions if row.conversion_id.startswith(f"spend.GBP_{year}")]
        assert row.note.startswith("forecast") is said


def test_editions_are_packages_of_their_own_and_one_is_pinned(method):
    pinned = {name for name in method.packages if name.startswith("uk-multipliers")}
    assert {name.split("-y")[0] for name in pinned} == {"uk-multipliers-to-2023"}
    older = package("uk-multipliers-to-2022-y2022", method).by_activity["spend.sic.21"][0]
    assert older.kgco2e == pytest.approx(0.2402, abs=5e-5)  # the same year 2022 is .2234 in the edition to 2023
    assert len(package("uk-multipliers-table-13-y2011", method).rows) == 106


def test_quotations_keep_their_marks(method):
    rows = {row.activity: row for row in package("uk-multipliers-to-2019-y2019", method).rows}
    assert len(rows) == 7
    assert "TERTIARY-QUOTE" in rows["spend.sic.21"].note
    assert "superseded draft" in rows["spend.sic.53"].note
    for row in package("uk-multipliers-table-13-y2011", method).rows:
        assert "SECONDARY-QUOTE" in row.note


def test_the_catalogue_has_every_group_of_the_newest_edition(method):
    with (data_root() / "emission_factors" / "uk-multipliers-to-2023-y2023" / "left_out.csv").open() as stream:
        left = {f"spend.sic.{row['group'].replace('.', '_').replace('-', '_')}" for row in csv.DictReader(stream)}
    held = {code for code in factors_of(2023, method) if code.count(".") == 2}
    assert len(held) == 103  # 112 groups, four with unusable values, five of energy
    assert held | left <= set(method.catalogue.activities)
    assert not held & left


def test_the_importer_writes_what_is_held(originals, tmp_path, monkeypatch):
    """From the compiled figures, byte for byte: nothing in the tables was touched by hand."""
    figures = originals.parent / "figures"
    if not (figures / "spend").is_dir():
        pytest.skip("SKIPPED ALOUD: the compiled figures are not there")
    path = Path(__file__).resolve().parents[2] / "tools" / "import_spend.py"
    spec = importlib.util.spec_from_file_location("import_spend", path)
    tool = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "import_spend", tool)
    spec.loader.exec_module(tool)
    shutil.copytree(data_root() / "catalogue", tmp_path / "catalogue")
    monkeypatch.setattr(tool, "DATA", tmp_path)
    monkeypatch.setattr(sys, "argv", ["import_spend", "--figures", str(figures)])
    assert tool.main() == 0
    written = sorted(tmp_path.rglob("*.csv"))
    assert len(written) > 30
    for file in written:
        assert file.read_bytes() == (data_root() / file.relative_to(tmp_path)).read_bytes(), file.name
