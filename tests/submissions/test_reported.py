"""The sender's own tonnes: published examples and slips are recognised, and nothing else is."""

import pandas as pd
import pytest

import nhscarbon as nc
from nhscarbon.errors import UsageError

GAS, PETROL, GRID = "energy.natural_gas", "fleet.fuel.petrol", "energy.electricity.grid"


def sent(*rows, period="2019/20"):
    names = ("activity", "quantity", "unit", "reported_tco2e")
    return pd.DataFrame([dict(zip(names, row, strict=True)) for row in rows]).assign(organisation="RXX", period=period)


def line(method, *row, period="2019/20"):
    return nc.submissions.check_reported(sent(row, period=period), method).table.iloc[0]


@pytest.mark.parametrize(
    ("row", "explanation", "others"),
    [
        # the Recipe Book's 1.5: direct, 0.18385 in 2019 and 0.18387 in 2020
        ((GAS, 100000, "kWh", 18.39), "the direct factor of ukgov-2019", "the direct factor of ukgov-2020"),
        # the petrol part of its 4.5, printed 2.19585: the CO2-only column of 2019
        ((PETROL, 20000, "litre", 43.917), "the CO2-only column of ukgov-2019", ""),
        # 0.2556 generation and 0.0217 losses of the 2019 set, kgCO2e per kWh
        ((GRID, 100000, "kWh", 27.73), "generation + transmission of ukgov-2019", ""),
        # 0.20428 per kWh of net calorific value, taken for a kWh as billed
        ((GAS, 100000, "kWh", 20.428), "the direct factor of ukgov-2019 per kWh_net, taken for kWh", ""),
        ((GAS, 100000, "kWh", 18385), "the direct factor of ukgov-2019, times a thousand", ""),
        # Association of Anaesthetists: 893.1 kg for a 240 ml bottle of desflurane
        (
            ("anaesthetic.desflurane", 1, "bottle_240ml", 0.8931),
            "the direct factor of anaesthetic-gases-association-1",
            "",
        ),
        # 0.17710 kgCO2e per km of an average car in 2019, on miles
        (
            ("travel.car.average.unknown", 10000, "mile", 1.771),
            "the direct factor of ukgov-2019 per km, taken for mile",
            "",
        ),
    ],
)
def test_the_published_choice_is_named(row, explanation, others, method):
    found = line(method, *row)
    assert not found["agrees"]
    assert found["explanation"] == explanation
    assert found["others"].startswith(others)
    assert abs(found["residual"]) <= 0.005 * max(1, abs(found["reported_tco2e"]))


def test_the_methods_own_figure_agrees_at_the_decimals_that_were_stated(method):
    # 0.18385 direct and 0.02391 well-to-tank of the 2019 set
    for stated in (20.776, 20.78, 20.8):
        found = line(method, GAS, 100000, "kWh", stated)
        assert found["agrees"]
        assert found["explanation"] == ""
    assert not line(method, GAS, 100000, "kWh", 20.79)["agrees"]


def test_what_no_publication_explains_is_said_so(method):
    found = line(method, GAS, 100000, "kWh", 77.123)
    assert found["explanation"] == "no published factor explains this"
    assert pd.isna(found["residual"])


def test_another_edition_ranks_below_the_one_of_the_period(method):
    assert line(method, GAS, 100000, "kWh", 18.387)["explanation"] == "the direct factor of ukgov-2020"
    assert (
        line(method, GAS, 100000, "kWh", 18.387, period="2020/21")["explanation"] == "the direct factor of ukgov-2020"
    )


def test_totals_are_over_rows_that_have_both_and_empty_ones_are_left_out(method):
    table = sent((GAS, 100000, "kWh", 18.39), (GAS, 100000, "kWh", None), ("spend.undecided", 5, "GBP", 1.0))
    found = nc.submissions.check_reported(table, method)
    assert len(found.table) == 2
    assert (found.reported_tco2e, found.tco2e) == (18.39, pytest.approx(20.776, rel=1e-12))
    assert "2 rows state their own tonnes" in str(found)
    assert "row 1: energy.natural_gas 2019/20, 18.39 t reported: the direct factor of ukgov-2019" in str(found)


def test_a_table_without_the_column_is_refused(method):
    with pytest.raises(UsageError, match="no column 'reported_tco2e'"):
        nc.submissions.check_reported(sent((GAS, 1, "kWh", 1.0)).drop(columns="reported_tco2e"), method)


def test_coarse_rounding_is_no_agreement(method):
    """20 tonnes stated for 20.4: a half of a tonne is too far to say that the method agrees."""
    found = line(method, GAS, 98190, "kWh", 20.0)  # 20.40 by the method: 0.20776 kgCO2e per kWh
    assert not found["agrees"]
    assert found["explanation"] == "the method's own figure, if it was rounded so far"
    assert found["residual"] == pytest.approx(-0.4, abs=0.01)


def test_rows_that_cannot_be_compared_are_counted(method):
    table = sent((GAS, 100000, "kWh", 18.39), ("energy.natural_gaz", 1, "kWh", 5.0), (GAS, None, "kWh", 5.0))
    found = nc.submissions.check_reported(table, method)
    assert (len(found.table), found.left_out) == (1, 2)
    assert "2 more could not be compared" in str(found)
