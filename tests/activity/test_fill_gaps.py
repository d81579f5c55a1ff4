"""Gaps are filled openly: each estimate is a row with its mark and rule, and nothing is estimated by default."""

import pandas as pd
import pytest

import nhscarbon as nc
from nhscarbon.cli import main
from nhscarbon.errors import UsageError

fill_gaps = nc.activity.fill_gaps
NAMES = ["organisation", "period", "activity", "quantity", "unit"]
GAS, WATER, GRID = "energy.natural_gas", "water.supply", "energy.electricity.grid"
MONTHS = [*(f"2023-{month:02d}" for month in range(4, 13)), "2024-01", "2024-02", "2024-03"]
WHOLE = pd.DataFrame([("RX1", "2023/24", WATER, 100.0, "m3")], columns=NAMES)


def own(*rows):
    return pd.DataFrame(rows, columns=[*NAMES, "reason"])


def area(*rows):
    return pd.DataFrame(rows, columns=["organisation", "period", "activity", "floor_area_m2", "kind"])


def test_nothing_is_estimated_by_default():
    pd.testing.assert_frame_equal(fill_gaps(WHOLE), WHOLE)


def test_months_are_filled_and_rows_of_the_year_stay():
    rows = pd.DataFrame([("RX1", month, GAS, 10.0, "kWh") for month in MONTHS[:9]], columns=NAMES)
    filled = fill_gaps(pd.concat([WHOLE, rows]), months="pro_rata")
    added = filled[filled["evidence"] == "estimated"]
    assert added["period"].tolist() == MONTHS[9:]
    assert added["quantity"].tolist() == [10.0] * 3
    assert added["note"].str.contains("pro-rata").all()
    assert (filled["activity"] == WATER).sum() == 1


def test_floor_area_takes_the_median_of_its_kind_of_trust_and_names_it(method):
    filled = fill_gaps(WHOLE, floor_area=area(("RX1", "2023/24", GAS, 1000.0, "Acute - Teaching")))
    row = filled.iloc[-1]
    assert row["quantity"] == pytest.approx(332_900)  # 332.9 kWh/m2: median of 50 trusts, taken from the returns apart
    assert (row["unit"], row["evidence"], row["estimated_share"]) == ("kWh", "modelled", 1.0)
    assert "332.9 kWh/m2" in row["note"]
    footprint = nc.calculate(filled, method)
    assert footprint.coverage.set_index("theme").loc["fossil_fuels", "answer"] == "estimated"
    assert "estimated" in footprint.label()
    assert set(footprint.by("tier")["tier"]) == {"reduced", "unstated"}


def test_a_figure_of_ones_own_needs_its_reason(method):
    filled = fill_gaps(WHOLE, own=own(("RX1", "2023/24", GRID, 5.0, "MWh", "read off the bill of a like site")))
    assert filled["note"].tolist()[-1] == "estimated: read off the bill of a like site"
    with pytest.raises(UsageError, match="empty cells in reason"):
        fill_gaps(WHOLE, own=own(("RX1", "2023/24", GRID, 5.0, "MWh", " ")))


@pytest.mark.parametrize("given", [
    {"own": own(("RX1", "2023/24", WATER, 5.0, "m3", "why"))},
    {"own": own(("RX1", "2023-05", WATER, 5.0, "m3", "why"))},
    {"floor_area": area(("RX1", "2023/24", WATER, 5.0, ""))},
    {"own": own(*[("RX1", "2023/24", GRID, 5.0, "kWh", "why")] * 2)},
    {"own": own(("RX1", "2023/24", GAS, 5.0, "kWh", "why")),
     "floor_area": area(("RX1", "2023/24", GAS, 5.0, ""))},
])  # fmt: skip
def test_an_estimate_beside_what_is_there_is_refused(given):
    with pytest.raises(UsageError, match="count twice"):
        fill_gaps(WHOLE, **given)


@pytest.mark.parametrize("row", [("RX2", "2023/24", WATER), ("RX1", "2022/23", WATER), ("RX1", "2023/24", GAS)])
def test_another_organisation_year_or_activity_is_no_repeat(row):
    assert len(fill_gaps(WHOLE, own=own((*row, 5.0, "m3", "why")))) == 2


@pytest.mark.parametrize(("given", "words"), [
    (area(("RX1", "2023/24", GAS, 0.0, "")), "is not a number above 0"),
    (area(("RX1", "2023/24", GAS, "wide", "")), "is not a number above 0"),
    (area(("RX1", "2023/24", GAS, 5.0, "castle")), "kinds are"),
    (area(("RX1", "2023/24", "anaesthetic.desflurane", 5.0, "")), "no intensity"),
])  # fmt: skip
def test_what_cannot_be_estimated_is_refused(given, words):
    with pytest.raises(UsageError, match=words):
        fill_gaps(WHOLE, floor_area=given)


def test_the_command_writes_the_return_with_its_estimates(tmp_path, capsys):
    rows, figures, out = (tmp_path / name for name in ("rows.csv", "own.csv", "out.csv"))
    WHOLE.to_csv(rows, index=False)
    own(("RX1", "2023/24", GRID, 5.0, "MWh", "a like site")).to_csv(figures, index=False)
    assert main(["fill", str(rows), "--own", str(figures), "-o", str(out)]) == 0
    assert pd.read_csv(out)["note"].tolist()[-1] == "estimated: a like site"
    assert main(["fill", str(rows)]) == 2
    assert "nothing is estimated by default" in capsys.readouterr().err
