"""What is missing of a return is seen by theme, month and site; empty is not zero, and a year covers its months."""

import pandas as pd
import pytest

import nhscarbon as nc
from drawings import looks_right, words
from nhscarbon.errors import UsageError

METHOD = nc.methodology("nhs-2026.1")
NAMES = ["organisation", "site", "period", "activity", "quantity", "unit"]
GAS, GRID, WATER = "energy.natural_gas", "energy.electricity.grid", "water.supply"
MONTHS = [*(f"2023-{month:02d}" for month in range(4, 13)), "2024-01", "2024-02", "2024-03"]


def found(*rows):
    return nc.footprint.completeness(pd.DataFrame(rows, columns=NAMES), METHOD)


def states(frame, theme, site="", period="2023/24"):
    part = frame[(frame["theme"] == theme) & (frame["site"] == site) & (frame["period"] == period)]
    return dict(zip(part["month"], part["state"], strict=True))


def test_a_month_without_a_row_is_missing_and_the_others_are_not():
    frame = found(*(("RX1", "RX1RA", month, GAS, 5, "kWh") for month in MONTHS if month != "2023-08"))
    assert states(frame, "fossil_fuels", "RX1RA") == {m: "missing" if m == "2023-08" else "month" for m in MONTHS}
    assert frame["month"].tolist() == MONTHS


def test_a_row_of_the_year_covers_its_twelve_months_and_a_month_beside_it_is_said():
    frame = found(("RX1", "", "2023/24", GAS, 5, "kWh"), ("RX1", "", "2023-06", GAS, 5, "kWh"))
    assert states(frame, "fossil_fuels") == {m: "month" if m == "2023-06" else "year" for m in MONTHS}


def test_an_empty_quantity_gives_nothing_and_a_nought_does():
    frame = found(("RX1", "", "2023-04", GAS, None, "kWh"), ("RX1", "", "2023-05", GAS, 0, "kWh"))
    assert states(frame, "fossil_fuels")["2023-04"] == "missing"
    assert states(frame, "fossil_fuels")["2023-05"] == "month"


def test_every_named_site_is_asked_for_what_any_named_site_sends_but_not_for_what_the_body_sends():
    frame = found(("RX1", "A", "2023/24", GAS, 5, "kWh"), ("RX1", "B", "2023/24", GRID, 5, "kWh"),
                  ("RX1", "", "2023/24", WATER, 5, "m3"))  # fmt: skip
    asked = {(site, theme) for site, theme in frame[["site", "theme"]].itertuples(index=False)}
    assert asked == {("A", "fossil_fuels"), ("A", "electricity"), ("B", "fossil_fuels"), ("B", "electricity"),
                     ("", "water")}  # fmt: skip
    assert set(states(frame, "electricity", "A").values()) == {"missing"}
    assert set(states(frame, "water").values()) == {"year"}


def test_a_theme_that_stops_is_missing_in_the_year_without_it():
    frame = found(("RX1", "", "2022/23", GAS, 5, "kWh"), ("RX1", "", "2022/23", WATER, 5, "m3"),
                  ("RX1", "", "2023/24", GAS, 5, "kWh"))  # fmt: skip
    assert set(states(frame, "water").values()) == {"missing"}
    assert set(states(frame, "water", period="2022/23").values()) == {"year"}


def test_bodies_do_not_ask_for_each_others_themes():
    frame = found(("RX1", "", "2023/24", GAS, 5, "kWh"), ("RR8", "", "2023/24", WATER, 5, "m3"))
    assert set(zip(frame["organisation"], frame["theme"], strict=True)) == {("RX1", "fossil_fuels"), ("RR8", "water")}


def test_how_many_activities_of_a_theme_are_given_is_counted():
    frame = found(("RX1", "", "2023-04", GAS, 5, "kWh"), ("RX1", "", "2023-05", GAS, 5, "kWh"),
                  ("RX1", "", "2023-04", "energy.gas_oil", 5, "litre"))  # fmt: skip
    part = frame.set_index("month")
    assert (part.loc["2023-04", "given"], part.loc["2023-05", "given"], part.loc["2023-06", "given"]) == (2, 1, 0)
    assert set(part["activities"]) == {2}


def test_the_order_of_the_rows_and_an_unreadable_row_change_nothing():
    rows = [("RX1", "A", month, GAS, 5, "kWh") for month in MONTHS[:6]] + [("RR8", "", "2023/24", WATER, 5, "m3")]
    first = found(*rows)
    again = found(
        ("RX1", "A", "soon", GAS, 5, "kWh"), ("RX1", "A", "2023-12", "energy.natural_gaz", 5, "kWh"), *rows[::-1]
    )
    pd.testing.assert_frame_equal(first, again)


def test_a_return_without_any_usable_row_is_an_empty_frame():
    frame = found(("RX1", "", "soon", GAS, 5, "kWh"))
    assert frame.empty
    assert list(frame.columns) == ["organisation", "site", "period", "theme", "month", "state", "activities", "given"]


def test_the_heat_map_says_its_numbers_and_refuses_two_years():
    rows = [
        ("RX1", site, month, GAS, 5, "kWh") for site in "AB" for month in MONTHS if (site, month) != ("A", "2023-08")
    ]
    chart = nc.chart(found(*rows), labels=METHOD.catalogue.themes)
    assert chart.table.set_index("month")["given"].to_dict() == {m: 1 if m == "2023-08" else 2 for m in MONTHS}
    assert chart.alt_text == "Heat map of RX1, 2023/24: Fossil fuels lacks 1 of 24 months."
    looks_right(chart)
    assert [words(chart).count(each) for each in ("Fossil fuels, of 2", "1", "2")] == [1, 1, 11]
    both = found(("RX1", "", "2022/23", GAS, 5, "kWh"), ("RX1", "", "2023/24", GAS, 5, "kWh"))
    with pytest.raises(UsageError, match="one NHS year"):
        nc.chart(both)


def test_a_query_of_an_engine_and_sums_that_kept_sites_and_months_give_the_same():
    polars = pytest.importorskip("polars", reason="needs Polars")
    table = pd.DataFrame(
        [("RX1", "", "2023/24", GAS, 5, "kWh"), ("RX1", "RX101", "2023-05", GAS, 5, "kWh")], columns=NAMES
    )
    expected = nc.footprint.completeness(table, METHOD)
    pd.testing.assert_frame_equal(nc.footprint.completeness(polars.from_pandas(table).lazy(), METHOD), expected)
    pd.testing.assert_frame_equal(
        nc.footprint.completeness(nc.partial(table, keep=("site", "month")), METHOD), expected
    )
    with pytest.raises(UsageError, match="kept no further column"):
        nc.footprint.completeness(nc.partial(table), METHOD)
