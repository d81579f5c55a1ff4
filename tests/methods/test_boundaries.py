"""Boundaries: what they count is what their table says, and none is totalled without a component that it needs."""

import csv
from types import SimpleNamespace

import pytest

import nhscarbon as nc
from nhscarbon.errors import BoundaryError
from nhscarbon.methods.boundaries import lines_inside, missing_components, refuse_blocked
from nhscarbon.methods.data_package import data_root
from nhscarbon.methods.resolution import FactorKey, Resolution

with (data_root() / "methodologies" / "nhs-2026.1" / "boundaries.csv").open(encoding="utf-8", newline="") as stream:
    TABLE = list(csv.DictReader(stream))
BOUNDARIES = list(dict.fromkeys(row["boundary"] for row in TABLE))
PARTS = sorted({(row["category"], row["component"]) for row in TABLE})


def counting(category, component):
    """Return the boundaries that count a component of a category in any scope, by the table alone."""
    found = {row["boundary"] for row in TABLE
             if (row["category"], row["component"], row["included"]) == (category, component, "yes")}  # fmt: skip
    return [name for name in BOUNDARIES if name in found]


def resolution(method, category, *missing):
    """Return an answer of some activity of a category that lacks components."""
    activity = next(code for code, entry in method.catalogue.activities.items() if entry.category == category)
    return Resolution(FactorKey(activity, "kg", "2023/24", "UK"), missing=missing)


@pytest.mark.parametrize("boundary", BOUNDARIES)
def test_a_boundary_counts_what_its_table_says_by_category_component_and_scope(method, boundary):
    rows = [row for row in TABLE if row["boundary"] == boundary]
    lines = [SimpleNamespace(kind="/".join((row["category"], row["component"], row["scope"]))) for row in rows]
    assert lines_inside(boundary, lines, method).tolist() == [row["included"] == "yes" for row in rows]


@pytest.mark.parametrize(("category", "component"), PARTS)
def test_one_missing_component_blocks_every_boundary_that_counts_it_and_no_other(method, category, component):
    lacking = resolution(method, category, component)
    needing = counting(category, component)
    for boundary in BOUNDARIES:
        found = missing_components(boundary, [lacking], method)
        assert found == ([(lacking.key, component)] if boundary in needing else [])
        if boundary not in needing:
            refuse_blocked(boundary, [lacking], method)
            continue
        with pytest.raises(BoundaryError, match=f"no publication has {component} of {lacking.key.activity}") as error:
            refuse_blocked(boundary, [lacking], method)
        usable = str(error.value).partition("supports: ")[2].rstrip(".").split(", ")
        assert [name for name in usable if name] == [name for name in BOUNDARIES if name not in needing]


def test_each_of_several_missing_components_is_named(method):
    plus = "nhs_carbon_footprint_plus"
    category = next(each for each, part in PARTS if part == "wtt" and {plus} <= {*counting(each, "wtt")}
                    and {plus} <= {*counting(each, "direct")})  # fmt: skip
    lacking = resolution(method, category, "wtt", "direct")
    assert missing_components(plus, [lacking], method) == [(lacking.key, "wtt"), (lacking.key, "direct")]
    with pytest.raises(BoundaryError, match="no publication has direct and wtt of"):
        refuse_blocked(plus, [lacking], method)


def test_a_return_with_a_single_row_that_lacks_one_component_has_no_total_of_what_needs_it(method, activity_csv):
    """The official sets of 2014 and 2015 have no well-to-tank of cars."""
    rows = ["RX1,2014/15,energy.natural_gas,1000,kWh", "RX1,2014/15,commute.car.average.petrol,1,km"]
    footprint = nc.calculate(activity_csv(*rows), method)
    with pytest.raises(BoundaryError, match=r"no publication has wtt of commute\.car\.average\.petrol for 2014/15"):
        footprint.total("nhs_carbon_footprint_plus")
    without = nc.calculate(activity_csv(rows[0]), method)
    assert footprint.total("scope_1") == without.total("scope_1")  # a commuter's petrol is in scope 3


def test_the_widest_boundary_counts_all_of_the_main_one_and_most_beside(method):
    assert method.widest == "nhs_carbon_footprint_plus"
