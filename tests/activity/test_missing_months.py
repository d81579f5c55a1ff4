"""Missing months: by the mean of six known months or more, meter by meter, and never where a figure is in doubt."""

import pandas as pd
import pytest

import nhscarbon as nc
from nhscarbon.errors import UsageError

MONTHS = [*(f"2023-{month:02d}" for month in range(4, 13)), "2024-01", "2024-02", "2024-03"]
NAMES = ["organisation", "period", "activity", "quantity", "unit"]
# a meter of a hospital: little in summer, much in winter, so that the mean is far from the middle value
SKEWED = [100.0, 110.0, 120.0, 130.0, 140.0, 150.0, 2400.0]
MEAN = 450.0  # (100 + 110 + 120 + 130 + 140 + 150 + 2,400) / 7 = 3,150 / 7, by hand; the middle value is 130


def meter(quantities, *, months=MONTHS, unit="kWh", **words):
    pairs = zip(months, quantities, strict=False)
    rows = [("RX1", month, "energy.natural_gas", quantity, unit) for month, quantity in pairs]
    return pd.DataFrame(rows, columns=NAMES).assign(**words)


def added(frame, rule="pro_rata"):
    return nc.activity.estimate_missing_months(frame, rule=rule).iloc[len(frame) :]


def test_a_missing_month_is_the_mean_of_the_known_ones_not_their_median():
    found = added(meter(SKEWED))
    assert found["period"].tolist() == MONTHS[7:]
    assert found["quantity"].tolist() == pytest.approx([MEAN] * 5)
    assert found["note"].unique().tolist() == [
        "estimated: pro-rata extrapolation: the mean of the known months of the same NHS year"
    ]
    assert nc.activity.fill_gaps(meter(SKEWED), months="pro_rata")["quantity"].sum() == pytest.approx(12 * MEAN)


def test_six_known_months_are_enough_and_five_are_not():
    assert added(meter([10.0] * 5 + [70.0]))["quantity"].tolist() == pytest.approx([20.0] * 6)  # 120 / 6
    with pytest.raises(UsageError, match=r"7 months cannot be estimated.*It needs 6 known months"):
        added(meter([10.0] * 5))


@pytest.mark.parametrize("rule", ["pro_rata", "comparable_period"])
def test_a_month_that_is_given_twice_is_refused_and_never_added_up(rule):
    twice = pd.concat([meter([10.0] * 9), meter([10.0])], ignore_index=True)
    with pytest.raises(UsageError, match="2023-04: a month is given more than once"):
        added(twice, rule)
    with pytest.raises(UsageError, match="more than once"):
        nc.activity.fill_gaps(twice, months=rule)


@pytest.mark.parametrize("column", ["reference", "site", "supplier", "geography"])
def test_two_meters_are_estimated_each_for_itself(column):
    both = pd.concat([meter([10.0] * 6, **{column: "A"}), meter([70.0] * 8, **{column: "B"})], ignore_index=True)
    found = added(both)
    assert [(row[column], row["quantity"]) for row in found.to_dict("records")] == [("A", 10.0)] * 6 + [("B", 70.0)] * 4


def test_a_series_in_two_units_is_refused():
    mixed = pd.concat([meter([10.0] * 6), meter([0.01] * 3, months=MONTHS[6:], unit="MWh")], ignore_index=True)
    with pytest.raises(UsageError, match="one series in two units"):
        added(mixed)


def test_a_month_by_the_year_before_is_of_the_same_meter_and_month():
    before = [f"{int(month[:4]) - 1}{month[4:]}" for month in MONTHS]
    rows = pd.concat([
        meter(range(1, 13), months=before, reference="A"), meter(range(101, 113), months=before, reference="B"),
        meter([5.0] * 11, reference="A"), meter([5.0] * 11, months=MONTHS[1:], reference="B"),
    ], ignore_index=True)  # fmt: skip
    found = added(rows, "comparable_period")[["reference", "period", "quantity"]].to_numpy().tolist()
    assert found == [["A", "2024-03", 12.0], ["B", "2023-04", 101.0]]
