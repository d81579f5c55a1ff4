"""Overlays: a package of one's own in front of the pins, and what it displaces kept beside the total."""

import pytest

import nhscarbon as nc
from nhscarbon.cli import main
from nhscarbon.errors import IntegrityError, UsageError
from nhscarbon.output.tables import tonnes
from own_packages import ACTIVITIES, CONVERSIONS, FACTORS, VALID, write_package


@pytest.fixture
def folder(tmp_path):
    """Write a sealed package of one's own and return its folder."""
    return lambda name="our-factors", **files: write_package(tmp_path, name, **files)


def supplier(value="0.05", component="generation_market"):
    return [
        FACTORS,
        f"ours.{component}.kWh,energy.electricity.grid,{component},2,{value},kgCO2e/kWh,UK,{VALID},AR5,,bill p1,ours",
    ]


def test_an_overlay_comes_first_and_gives_a_new_digest(method, folder, activity_csv):
    ours = nc.methods.overlay(method, folder(factors=supplier()))
    path = activity_csv("RX1,2023/24,energy.electricity.grid,1000,kWh")
    before, after = nc.calculate(path, method), nc.calculate(path, ours)
    assert after.total("scope_2_market") == pytest.approx(0.05, rel=1e-12)
    assert after.total("nhs_carbon_footprint") == before.total("nhs_carbon_footprint")
    assert ours.digest != method.digest
    assert ours.id == "nhs-2026.1+our-factors"
    assert after.stamp.methodology == ours.id


def test_the_displaced_estimate_stays_beside_and_in_no_total(method, folder, activity_csv):
    borehole = f"ours.m3,water.supply,direct,3,0.1,kgCO2e/m3,UK,{VALID},AR5,,study p1,ours"
    ours = nc.methods.overlay(method, folder(factors=[FACTORS, borehole]))
    footprint = nc.calculate(activity_csv("RX1,2023/24,water.supply,1000,m3"), ours)
    table = footprint.table
    [memo] = table[table["component"] == "memo"].to_dict("records")
    assert memo["kgco2e"] == pytest.approx(176.684546579, rel=1e-12)  # the official factor of the 2023 set
    assert memo["package"] == "ukgov-2023@1.0.0"
    assert memo["scope"] == "none"
    assert footprint.total("scope_3") == pytest.approx(0.1, rel=1e-12)
    for boundary in ours.boundaries:
        inside = footprint.inside(boundary)
        assert "memo" not in set(table.loc[inside, "component"])


def test_a_green_tariff_cannot_stand_for_the_grid(method, folder):
    """Zero for the grid's own factor would take a tariff into the headline: it belongs to scope_2_market."""
    with pytest.raises(IntegrityError, match=r"grid is the grid's .* goes under generation_market"):
        nc.methods.overlay(method, folder(factors=supplier("0", "generation")))


def test_an_overlay_in_a_unit_that_is_not_reached_refuses(method, folder, activity_csv):
    """The shipped factor must not answer in silence where the sender has one of their own."""
    own = f"ours.kg,energy.diesel,direct,1,3.2,kgCO2e/tonne,UK,{VALID},AR5,,study p1,ours"
    ours = nc.methods.overlay(method, folder(factors=[FACTORS, own]))
    path = activity_csv("RX1,2023/24,energy.diesel,100,litre")
    with pytest.raises(
        nc.SubmissionError,
        match=r"our-factors@1\.0\.0 has its own factor for Diesel for generators "
        r".* in tonne, and litre cannot be converted",
    ) as refused:
        nc.calculate(path, ours)
    assert [finding.code for finding in refused.value.findings.refused] == ["overlay_unreachable"]
    assert nc.calculate(path, method).total("scope_1") > 0


@pytest.mark.parametrize(
    ("activity", "intensity", "component", "tco2e"),
    [
        # Recipe Book 1.4, 6.10, 5.4, 6.13: 2778.54 m2 at the certificate's 328 and 107 kWh/m2, 2019
        ("energy.natural_gas", "328", "direct", "167.55"),
        ("energy.natural_gas", "328", "wtt", "21.79"),
        ("energy.electricity.grid", "107", "generation", "75.99"),
        ("energy.electricity.grid", "107", "transmission", "6.45"),
    ],
)
def test_a_supplied_intensity_turns_floor_area_into_energy(
    method, folder, activity_csv, activity, intensity, component, tco2e
):
    row = f"ours.m2,{activity},m2,kWh,{intensity},2019-04-01,2020-04-01,,Display Energy Certificate,certificate p1,"
    ours = nc.methods.overlay(method, folder(conversions=[CONVERSIONS, row]))
    path = activity_csv(
        f"RXX,2019/20,{activity},2778.54,m2,modelled", header="organisation,period,activity,quantity,unit,evidence"
    )
    footprint = nc.calculate(path, ours)
    [row] = footprint.table[footprint.table["component"] == component].to_dict("records")
    assert tonnes(row["kgco2e"] / 1000) == tco2e
    assert row["tier"] == "reduced"
    assert "ours.m2" in str(footprint.explain(component=component))
    with pytest.raises(nc.SubmissionError, match="cannot be entered in m2"):
        nc.calculate(path, method)


def test_an_activity_of_ones_own_is_added_and_none_redefined(method, folder, activity_csv):
    mine = "water.supply.borehole,Our borehole,water,water,m3,direct,no,"
    factor = f"ours.borehole.m3,water.supply.borehole,direct,3,0.01,kgCO2e/m3,UK,{VALID},AR5,,study p2,ours"
    ours = nc.methods.overlay(method, folder(factors=[FACTORS, factor], activities=[ACTIVITIES, mine]))
    footprint = nc.calculate(activity_csv("RX1,2023/24,water.supply.borehole,100,m3"), ours)
    assert footprint.by("theme").to_dict("records") == [{"theme": "water", "tco2e": pytest.approx(0.001)}]
    redefined = folder("again", activities=[ACTIVITIES, "water.supply,Mine,water,water,m3,direct,no,"])
    with pytest.raises(IntegrityError, match=r"redefines the activity water\.supply"):
        nc.methods.overlay(method, redefined)


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({"factors": [FACTORS, f"x,nothing.known,direct,1,1,kgCO2e/kg,UK,{VALID},AR5,,p1,"]}, "no catalogue has"),
        ({"factors": [FACTORS, f"x,water.supply,direct,3,abc,kgCO2e/m3,UK,{VALID},AR5,,p1,"]}, "plain decimal"),
        ({"factors": [FACTORS, f"x,water.supply,direct,3,1,kgCO2e/furlong,UK,{VALID},AR5,,p1,"]}, "vocabulary"),
        ({"factors": [FACTORS, f"x,water.supply,direct,3,1,kgCO2e/m3,UK,{VALID},AR5,,,"]}, "no locator"),
        ({"factors": [FACTORS, f"x,water.supply,direct,3,0,kgCO2e/m3,UK,{VALID},AR5,,p1,"]}, "0 without a note"),
        (
            {"factors": [FACTORS, "x,water.supply,direct,3,1,kgCO2e/m3,UK,2024-04-01,2023-04-01,AR5,,p1,"]},
            "2024-04-01 to 2023-04-01 is not a span of days",
        ),
        (
            {"factors": [FACTORS, *(f"{n},water.supply,direct,3,1,kgCO2e/m3,UK,{VALID},AR5,,p1," for n in "xy")]},
            "has 2 factors",
        ),
        (
            {"factors": [FACTORS, "x,water.supply,direct,3,1,kgCO2e/m3,UK,2023-01-01,2024-01-01,AR5,,p1,"]},
            "covers no NHS year",
        ),
        (
            {"factors": [FACTORS, f"x,water.supply,direct,2,1,kgCO2e/m3,UK,{VALID},AR5,,p1,"]},
            r"no boundary decides \(water, direct, scope 2\)",
        ),
    ],
)
def test_an_overlay_is_validated_like_any_package(method, folder, files, says):
    with pytest.raises(IntegrityError, match=says):
        nc.methods.overlay(method, folder(**files))


def test_an_unsealed_or_changed_overlay_is_refused(method, folder):
    home = folder(factors=supplier())
    (home / "factors.csv").write_text("\n".join(supplier("0.5")) + "\n")
    with pytest.raises(IntegrityError, match="not the one that was published"):
        nc.methods.overlay(method, home)
    with pytest.raises(UsageError, match="has none of"):
        nc.methods.overlay(method, folder("empty", notes=["a,b", "1,2"]))


def test_the_command_line_seals_and_lays_over(folder, activity_csv, capsys):
    home = folder(factors=supplier())
    (home / "factors.csv").write_text("\n".join(supplier("0.5")) + "\n")
    assert main(["factors", "seal", str(home)]) == 0
    path = str(activity_csv("RX1,2023/24,energy.electricity.grid,1000,kWh"))
    code = main(["footprint", path, "--method", "nhs-2026.1", "--overlay", str(home), "--boundary", "scope_2_market"])
    assert code == 0
    assert "Scope 2 market, partial: 1 of 2 themes  0.50 tCO2e" in capsys.readouterr().out
