"""The closed vocabulary: spellings, kinds, ratios, and what never becomes a unit."""

import pickle

import pytest

from nhscarbon.errors import UnitError


@pytest.mark.parametrize(
    ("text", "unit"),
    [("kWh", "kWh"), ("KWH", "kWh"), (" kwh ", "kWh"), ("m³", "m3"), ("Litres", "litre"), ("LITRES", "litre"),
     ("passenger.km", "passenger_km"), ("ML", "ML"), ("ml", "ml"), ("kWh (Net CV)", "kWh_net"), ("t", "tonne")],
)  # fmt: skip
def test_known_spellings_mean_one_unit(method, text, unit):
    assert method.units.canonical(text) == unit


@pytest.mark.parametrize(
    "text",
    ["", "Ml", "mL ml", "furlong", "9**9**9**9", "kWh\x00", "kWh*2", "k\u200bWh", "gallon",
     "kg CO2", "x" * 10_000, "1", "dimensionless"],
)  # fmt: skip
def test_nothing_else_becomes_a_unit(method, text):
    with pytest.raises(UnitError):
        method.units.canonical(text)


def test_a_slip_is_answered_with_the_nearest_unit(method):
    with pytest.raises(UnitError, match="Did you mean 'tonne'"):
        method.units.canonical("tonnne")


# the exact values: international mile 1959; SI prefixes
@pytest.mark.parametrize(
    ("a", "b", "ratio"),
    [("mile", "km", 1.609344), ("km", "mile", 1 / 1.609344), ("MWh", "kWh", 1000.0), ("tonne", "kg", 1000.0),
     ("m3", "litre", 1000.0), ("ML", "m3", 1000.0), ("ml", "litre", 0.001), ("g", "tonne", 1e-6), ("kWh", "kWh", 1.0)],
)  # fmt: skip
def test_ratios_are_exact(method, a, b, ratio):
    assert method.units.ratio(a, b) == ratio


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("kWh", "kWh_net"),
        ("litre", "kg"),
        ("km", "passenger_km"),
        ("kg", "kg_N2O"),
        ("tonne", "tonne_km"),
        ("m2", "m3"),
    ],
)
def test_a_change_of_kind_is_no_unit_conversion(method, a, b):
    with pytest.raises(UnitError):
        method.units.ratio(a, b)


def test_every_alias_has_one_meaning_and_every_unit_itself(method):
    for unit in method.units.decimals:
        assert method.units.canonical(unit) == unit
    for alias, unit in method.units.aliases.items():
        assert method.units.canonical(alias) == unit


def test_the_kind_of_each_unit_is_its_dimension_in_the_registry(method):
    units = method.units
    for a in units.decimals:
        for b in units.decimals:
            same = units._registry.Unit(a).dimensionality == units._registry.Unit(b).dimensionality
            assert same == units.same_kind(a, b), (a, b)


def test_units_survive_a_pickle(method):
    method.units.ratio("mile", "km")
    assert pickle.loads(pickle.dumps(method.units)).ratio("mile", "km") == 1.609344
