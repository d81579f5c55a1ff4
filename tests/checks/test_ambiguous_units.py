"""A spelling that may be two units a thousandfold apart asks, by what the activity is measured in."""

import pandas as pd
import pytest

import nhscarbon as nc


def frame(activity, unit, *quantities):
    return pd.DataFrame({"organisation": "RX1", "period": "2023/24", "activity": activity, "quantity": quantities,
                         "unit": unit})  # fmt: skip


def asked(source):
    return [each for each in nc.check(source, "nhs-2026.1").refused if each.code == "unit_ambiguous"]


@pytest.mark.parametrize(
    ("activity", "unit"),
    [
        *(("anaesthetic.sevoflurane", unit) for unit in ("ML", "Ml", "Mls", "MLS", " ML ")),
        *(("water.supply", unit) for unit in ("ml", "Ml", "mL")),
        ("anaesthetic.nitrous_oxide", "ML"),
        ("energy.diesel", "ML"),
        ("waste.domestic.landfill", "MT"),
        ("waste.domestic.landfill", "Mg"),
        ("waste.domestic.landfill", "mg"),
    ],
)
def test_it_is_asked_once_for_all_its_rows(activity, unit):
    [found] = asked(frame(activity, unit, 200.0, 50.0))
    assert (found.rows, found.activity, found.severity) == (2, activity, "reject_line")


@pytest.mark.parametrize(
    ("activity", "unit"),
    [
        ("anaesthetic.sevoflurane", "ml"),
        ("anaesthetic.sevoflurane", "mL"),
        ("anaesthetic.sevoflurane", "millilitres"),
        ("anaesthetic.sevoflurane", "Litres"),
        ("water.supply", "ML"),
        ("water.treatment", "ML"),
        ("water.supply", "megalitres"),
        ("water.supply", "M3"),
        ("energy.natural_gas", "MWH"),
        ("energy.natural_gas", "KWH"),
        ("waste.domestic.landfill", "T"),
        ("waste.domestic.landfill", "KG"),
    ],
)
def test_near_misses_are_not_asked(activity, unit):
    assert not asked(frame(activity, unit, 2.0))
    assert not nc.check(frame(activity, unit, 2.0), "nhs-2026.1").refused


def test_both_quantities_are_said():
    [found] = asked(frame("anaesthetic.sevoflurane", "ML", 250.0))
    assert "250 millilitres, 0.25 litre or 250 megalitres, 250,000,000 litre" in found.message


def test_small_quantities_are_written_out():
    [found] = asked(frame("anaesthetic.sevoflurane", "Ml", 0.05))
    assert "0.05 millilitres, 0.00005 litre" in found.message


def test_calculate_refuses_and_engines_ask_too():
    pl = pytest.importorskip("polars")
    rows = frame("anaesthetic.sevoflurane", "ML", 0.05)
    with pytest.raises(nc.SubmissionError, match="may mean two units"):
        nc.calculate(rows, "nhs-2026.1")
    assert len(asked(pl.LazyFrame(rows.to_dict("list")))) == 1
    [found] = asked(nc.partial(rows))
    assert "millilitres or megalitres" in found.message


def test_one_unit_is_right_for_one_activity_and_asked_of_another_in_the_same_return():
    rows = pd.concat([frame("water.supply", "ML", 1.0), frame("anaesthetic.sevoflurane", "ML", 250.0)])
    [found] = asked(rows)
    assert (found.activity, found.first_rows) == ("anaesthetic.sevoflurane", (2,))


def test_an_unknown_spelling_is_asked_once_and_not_called_unknown_too():
    told = nc.check(frame("anaesthetic.sevoflurane", "Mls", 250.0), "nhs-2026.1").refused
    assert [each.code for each in told] == ["unit_ambiguous"]
