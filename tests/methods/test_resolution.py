"""What a unit may be of: a key is accepted in the kinds of unit that the catalogue lists, and never by a side line."""

import csv
import tomllib
from collections import defaultdict
from pathlib import Path

import pytest

import nhscarbon as nc
from nhscarbon.methods.resolution import FactorKey, resolve

DATA = Path(nc.__file__).resolve().parents[2] / "data"
SIDE = {"biogenic", "memo"}
POURED = {"ml", "litre", "ML"}


def rows(path):
    with (DATA / path).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def covers(row, year):
    first = int(year[:4])
    return row["valid_from"] <= f"{first}-04-01" and row["valid_to"] >= f"{first + 1}-04-01"


@pytest.fixture(scope="module")
def reach():
    """By the files alone: for each activity and year, which kinds of unit lead to a component of a factor."""
    manifest = tomllib.loads((DATA / "methodologies/nhs-2026.1/methodology.toml").read_text("utf-8"))
    kinds = {row["unit"]: row["kind"] for row in rows("units/units-1/units.csv")}
    names = [pin.split("@")[0] for pin in manifest["conversions"]]
    steps = [row for name in names for row in rows(f"conversions/{name}/conversions.csv")]
    found = defaultdict(set)
    for pin in manifest["factors"]:
        for factor in rows(f"emission_factors/{pin['package'].split('@')[0]}/factors.csv"):
            if factor["geography"] != "UK":
                continue
            for year in pin["periods"]:
                if pin.get("carry_forward") or covers(factor, year):
                    unit = factor["unit"].removeprefix("kgCO2e/")
                    found[factor["activity"], year].add((kinds[unit], factor["component"]))
    for (activity, year), ends in found.items():
        branches = {f"{activity[:place]}.*" for place, letter in enumerate(activity) if letter == "."}
        mine = [row for row in steps if covers(row, year) and row["activity"] in {activity, *branches}]
        for _ in range(3):
            ends |= {
                (kinds[row["from_unit"]], part)
                for row in mine for kind, part in ends if kinds[row["to_unit"]] == kind
            }  # fmt: skip
    return kinds, found


def test_the_keys_that_are_refused_are_those_of_other_kinds_and_of_side_lines_alone(reach, method):
    kinds, found = reach
    catalogue = {row["activity"]: row for row in rows("catalogue/catalogue-1/activities.csv")}
    of_kind = defaultdict(list)
    for unit, kind in kinds.items():
        of_kind[kind].append(unit)
    accepted, other_kind, side = [], [], []
    for (activity, year), ends in found.items():
        listed = catalogue[activity]["units"].split(";")
        for kind in {kind for kind, _ in ends}:
            parts = {part for each, part in ends if each == kind}
            for unit in of_kind[kind]:
                key = FactorKey(activity, unit, year, "UK")
                other = kind not in {kinds[name] for name in listed} and unit != "GBP_2019_pump"
                if other or (activity == "energy.natural_gas" and unit in POURED):
                    other_kind.append(key)
                elif parts <= SIDE and not set(catalogue[activity]["components"].split(";")) <= SIDE:
                    side.append(key)
                else:
                    accepted.append(key)
    assert len(other_kind) == 1832 + 42  # 1,834 by kind, less the pounds at the pump that two notes name; litres of gas
    assert len(side) == 27
    answers = resolve([*accepted, *other_kind, *side], method)
    assert not [key for key in accepted if answers[key].refusal]
    assert {answers[key].refusal.code for key in (*other_kind, *side)} == {"unit_not_convertible"}


@pytest.mark.parametrize(
    ("activity", "unit", "period", "taken"),
    [
        ("commute.headcount", "mile", "2023/24", "Use person_year"),
        ("commute.headcount", "km", "2019/20", "Use person_year"),
        ("patient_contact", "km", "2023/24", "Use contact"),
        ("energy.natural_gas", "litre", "2023/24", "Use kWh, kWh_net or m3"),
        ("spend.sic.32", "GBP_2019", "2019/20", "Use GBP or GBP_gross"),
        ("energy.diesel", "tonne", "2014/15", "Use litre for 2014/15"),
        ("fleet.fuel.petrol", "kg", "2013/14", "Use litre for 2013/14"),
        ("energy.fuel_oil", "litre", "2015/16", "Use kWh or kWh_net for 2015/16"),
    ],
)
def test_a_refusal_names_the_units_that_the_year_takes(activity, unit, period, taken, method):
    [answer] = resolve([FactorKey(activity, unit, period, "UK")], method).values()
    assert answer.refusal.code == "unit_not_convertible"
    assert taken in answer.refusal.advice


@pytest.mark.parametrize(
    ("activity", "unit", "period"),
    [
        ("commute.headcount", "person_year", "2023/24"),
        ("energy.natural_gas", "MWh", "2023/24"),
        ("energy.natural_gas", "m3", "2023/24"),
        ("energy.diesel", "tonne", "2016/17"),
        ("energy.diesel", "litre", "2014/15"),
        ("water.supply", "litre", "2023/24"),
        ("anaesthetic.nitrous_oxide", "m3", "2023/24"),
        ("fleet.fuel.diesel", "GBP_2019_pump", "2019/20"),
        ("energy.electricity.exported", "kWh", "2023/24"),  # a memo line is all that it has, and the catalogue says so
    ],
)
def test_near_misses_are_accepted(activity, unit, period, method):
    [answer] = resolve([FactorKey(activity, unit, period, "UK")], method).values()
    assert answer.refusal is None
    assert answer.lines


def test_a_refusal_says_in_which_years_the_unit_is_taken(method):
    [answer] = resolve([FactorKey("energy.fuel_oil", "tonne", "2014/15", "UK")], method).values()
    assert "only for 2016/17 to 2026/27" in answer.refusal.message


def test_one_row_of_a_side_line_no_longer_blocks_the_totals_of_a_return(activity_csv, method):
    path = activity_csv("RX1,2014/15,energy.diesel,1,tonne", "RX1,2014/15,energy.natural_gas,1000,kWh")
    with pytest.raises(nc.SubmissionError, match="Use litre for 2014/15"):
        nc.calculate(path, method)


def test_the_reference_says_which_years_do_not_take_a_listed_unit():
    page = (DATA.parent / "docs/reference/activities.md").read_text("utf-8")
    [line] = [line for line in page.splitlines() if line.startswith("| `energy.fuel_oil`")]
    assert "no litre, tonne, kg in 2013/14 to 2015/16" in line
    [line] = [line for line in page.splitlines() if line.startswith("| `energy.natural_gas`")]
    assert "| 2013/14 to 2026/27 |" in line
