"""Freight, commuting, patient and visitor travel, and water, against figures read from the 2023 flat file."""

from decimal import Decimal

import pytest

import nhscarbon as nc

PLUS, CORE = "nhs_carbon_footprint_plus", "nhs_carbon_footprint"
# activity, quantity, unit, kgCO2e a unit (direct + well-to-tank) of the official set 2023, theme
PUBLISHED = [
    ("freight.hgv.average.laden_average", "1000", "tonne_km", "0.0969574671141", "0.02346", "freight_transport"),
    ("freight.hgv.average.laden_average", "1000", "km", "0.872048477852", "0.21135", "freight_transport"),
    ("freight.hgv.refrigerated_average.laden_average", "10", "km", "1.02097847785", "0.24796", "freight_transport"),
    ("freight.air.long_haul", "500", "tonne_km", "1.09903160403", "0.13516", "freight_transport"),
    ("freight.air.long_haul.without_rf", "500", "tonne_km", "0.648741604027", "0.13516", "freight_transport"),
    (
        "freight.sea.container_ship.average",
        "9000",
        "tonne_km",
        "0.0161185697987",
        "0.00365457279683",
        "freight_transport",
    ),
    ("commute.car.average.unknown", "100", "km", "0.166638587919", "0.04366", "staff_commuting"),
    ("patient_travel.car.average.unknown", "100", "km", "0.166638587919", "0.04366", "patient_and_visitor_travel"),
    ("visitor_travel.car.average.unknown", "100", "km", "0.166638587919", "0.04366", "patient_and_visitor_travel"),
]


@pytest.mark.parametrize("row", PUBLISHED, ids=lambda row: f"{row[0]} {row[2]}")
def test_each_mode_gives_the_published_figure_in_its_own_theme_of_the_plus(row, activity_csv, method):
    activity, quantity, unit, direct, wtt, theme = row
    footprint = nc.calculate(activity_csv(f"RXX,2023/24,{activity},{quantity},{unit}"), method)
    by_hand = Decimal(quantity) * (Decimal(direct) + Decimal(wtt)) / 1000
    assert footprint.total(PLUS) == pytest.approx(float(by_hand), rel=1e-12)
    assert footprint.total(CORE) == 0
    assert set(footprint.table["theme"]) == {theme}  # the well-to-tank too: theme 6 is of the core alone


def test_commuting_and_freight_are_scope_3_and_patients_and_visitors_in_no_scope(activity_csv, method):
    ours = [
        f"RXX,2023/24,{name}.car.average.unknown,100,km" for name in ("commute", "patient_travel", "visitor_travel")
    ]
    footprint = nc.calculate(activity_csv(*ours, "RXX,2023/24,freight.rail,7,tonne_km"), method)
    found = footprint.table.groupby("activity", observed=True)[["scope", "ghg_protocol_category"]].agg(set)
    assert found.loc["commute.car.average.unknown"].tolist() == [{"3"}, {"7"}]
    assert found.loc["freight.rail"].tolist() == [{"3"}, {"4"}]
    for name in ("patient_travel", "visitor_travel"):
        assert found.loc[f"{name}.car.average.unknown"].tolist() == [{"none"}, {""}]
    for scope in ("scope_1", "scope_2_location", "outside_of_scopes"):
        assert footprint.total(scope) == 0
    counted = footprint.table[footprint.table["scope"] == "3"]["kgco2e"].sum() / 1000
    assert footprint.total("scope_3") == pytest.approx(counted, rel=1e-12)


def test_cycling_and_walking_count_0_and_explain_it(activity_csv, method):
    footprint = nc.calculate(activity_csv("RXX,2023/24,commute.cycle,10,mile", "RXX,2023/24,commute.walk,3,km"), method)
    assert footprint.total(PLUS) == 0
    assert "by rule" in str(footprint.explain(activity="commute.cycle", component="direct"))


@pytest.mark.parametrize(("activity", "kgco2e_a_m3"), [("water.supply", "0.17668"), ("water.treatment", "0.20132")])
def test_water_in_megalitres_is_a_thousand_cubic_metres(activity, kgco2e_a_m3, activity_csv, method):
    """Printed at five decimals in the set of 2023."""
    footprint = nc.calculate(activity_csv(f"RXX,2023/24,{activity},2,ML"), method)
    assert footprint.total(CORE) == pytest.approx(2 * float(kgco2e_a_m3), abs=0.00002)


def test_hospital_waste_of_the_study_serves_from_2019_20_and_refuses_before(activity_csv, method):
    row = "waste.clinical.high_temperature_incineration,10,tonne"
    assert nc.calculate(activity_csv(f"RXX,2023/24,{row}"), method).total(CORE) == pytest.approx(10.74)
    with pytest.raises(nc.NHSCarbonError, match="2019/20 to 2026/27"):
        nc.calculate(activity_csv(f"RXX,2018/19,{row}"), method)


def test_an_inferred_stream_says_so_in_its_note(method):
    inferred = {f.activity for f in method.packages["hospital-waste-1@1.0.0"].rows if f.note.startswith("inferred")}
    assert inferred == {"waste.clinical.alternative_treatment", "waste.offensive.unstated_route"}


def test_travel_by_cost_is_refused_while_no_fare_has_a_price_year(activity_csv, method):
    for activity in ("travel.rail.national", "travel.bus.local_average", "travel.taxi"):
        assert "no price year" in method.catalogue.activities[activity].note
        assert not method.conversions_of(activity)
