"""Compatibility methodologies: published practice reproduced, and its difference shown as the method's."""

import json

import pytest

import nhscarbon as nc
from nhscarbon.methods.data_package import seal
from nhscarbon.output.tables import tonnes

ELECTRICITY = "RXX,2019/20,energy.electricity.grid,50000,kWh"


def test_the_portals_total_holds_generation_losses_and_both_well_to_tanks(activity_csv):
    """0.2556 + 0.0217 + 0.03565 + 0.00303 kgCO2e/kWh of the 2019 set, on 50,000 kWh."""
    path = activity_csv(ELECTRICITY)
    portal = nc.calculate(path, nc.methodology("sdu-portal-2021"))
    assert portal.total() == pytest.approx(50 * (0.2556 + 0.0217 + 0.03565 + 0.00303), rel=1e-12)
    direct = nc.calculate(path, nc.methodology("direct-only-2026.1"))
    assert tonnes(direct.total()) == "12.78"  # the Recipe Book's 5.5, which leaves the rest out


def test_the_same_activity_under_several_methods_differs_by_method_only(activity_csv):
    """One 240 ml bottle of desflurane: the four sets as their publishers give them, by four methodologies."""
    path = activity_csv("RXX,2023/24,anaesthetic.desflurane,1,bottle_240ml")
    ids = ["nhs-2026.1-association", "nhs-2026.1-rcoa", "nhs-2026.1", "nhs-2026.1-ar6"]
    table = nc.analysis.compare_methods(path, ids)
    assert [tonnes(value * 1000, 1) for value in table["tco2e"]] == ["893.1", "956.4", "629.4", "910.6"]


@pytest.mark.parametrize(
    ("example", "rows", "printed"),
    [
        ("9.4", ["spend.sic.36,400", "spend.sic.36,600"], "0.22"),
        ("P.3", ["spend.sic.69_2,3400", "spend.sic.70,20000"], "2.57"),
        ("P.4", ["spend.sic.32,7200", "spend.sic.46,50000"], "24.07"),
    ],
)
def test_the_books_spend_examples_on_its_own_edition(activity_csv, example, rows, printed):
    path = activity_csv(*(f"RXX,2019/20,{row},GBP_2019" for row in rows))
    method = nc.methodology("recipe-book-2023")
    assert tonnes(nc.calculate(path, method).total("nhs_carbon_footprint_plus")) == printed, example


def test_example_p_6_a_suppliers_own_figure_by_overlay(tmp_path, method, activity_csv):
    """40,000 kgCO2e over GBP 1,000,000 of income is 0.04 kgCO2e/GBP; GBP 20,000 of spend gives 0.80 t."""
    folder = tmp_path / "supplier"
    folder.mkdir()
    head = (
        "factor_id,activity,component,scope,value,unit,geography,valid_from,valid_to,gwp_basis,uncertainty,locator,note"
    )
    validity = "UK,2019-04-01,2020-04-01"
    row = f"acme.GBP,spend.supplier.acme,direct,3,0.04,kgCO2e/GBP,{validity},,,footprint report p. 3,scopes 1 to 3"
    (folder / "factors.csv").write_text(f"{head}\n{row}\n")
    activities = "activity,label,theme,category,units,components,reversible,note\n"
    own = "spend.supplier.acme,Acme Ltd,business_services,business_services,GBP,direct,yes,own figure\n"
    (folder / "activities.csv").write_text(activities + own)
    descriptor = {"name": "acme", "version": "1.0.0", "title": "Acme's own figure", "kind": "overlay",
                  "sources": [{"title": "Acme Ltd"}], "licenses": [{"name": "own"}]}  # fmt: skip
    (folder / "datapackage.json").write_text(json.dumps(descriptor))
    seal(folder)
    path = activity_csv("RXX,2019/20,spend.supplier.acme,20000,GBP")
    footprint = nc.calculate(path, nc.methods.overlay(method, folder))
    assert tonnes(footprint.total("nhs_carbon_footprint_plus")) == "0.80"
