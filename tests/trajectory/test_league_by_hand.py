"""A league on figures of one constant factor: the fall since the base year, and the same fall of each year."""

import pandas as pd
import pytest

import nhscarbon as nc

CORE = "nhs_carbon_footprint"
GASES = "anaesthetic.nitrous_oxide"  # 265 kgCO2e/kg in every year (IPCC AR5, 100 years)
YEARS = ("2019/20", "2020/21", "2021/22", "2022/23", "2023/24")
SHARES = {"RX1": 0.6561, "RTG": 1.21, "RR8": 0.8}  # of the base, in the last of four further years


@pytest.fixture(scope="module")
def found():
    rows = [
        (code, year, GASES, 1000.0 * share ** (place / 4), "kg")
        for code, share in SHARES.items() for place, year in enumerate(YEARS)
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["organisation", "period", "activity", "quantity", "unit"])
    return nc.trajectory.league(nc.monitor(nc.calculate(frame, "nhs-2026.1"), "nhs-net-zero-1", boundary=CORE))


def test_the_largest_fall_is_first_and_the_largest_rise_last(found):
    assert found.table[["rank", "organisation"]].to_numpy().tolist() == [[1, "RX1"], [2, "RR8"], [3, "RTG"]]
    assert found.table["base_tco2e"].tolist() == pytest.approx([265.0] * 3)
    assert found.table["tco2e"].tolist() == pytest.approx([265 * SHARES[code] for code in ("RX1", "RR8", "RTG")])


def test_a_change_of_four_years_is_told_whole_and_a_year_compounded(found):
    table = found.table.set_index("organisation")
    assert table.loc["RX1", "change_percent"] == pytest.approx(-34.39)
    assert table.loc["RX1", "change_a_year_percent"] == pytest.approx(-10.0)  # 0.9 ** 4 = 0.6561
    assert table.loc["RTG", "change_percent"] == pytest.approx(21.0)
    assert table.loc["RTG", "change_a_year_percent"] == pytest.approx(100 * (1.21**0.25 - 1))


def test_too_few_organisations_have_no_limits(found):
    assert set(found.table["position"]) == {"too few to draw limits"}
    assert found.table["act_low"].isna().all()
