"""Years, parts and maps: nothing is added in silence, and the order of restating and comparing does not matter."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import derbyshire
import nhscarbon as nc
from derbyshire import FOOTPRINTS, HEADLINE, PLUS

METHOD = nc.methodology("nhs-2026.1")
NAMES = ["organisation", "period", "activity", "quantity", "unit"]
ACTIVITIES = {
    "energy.natural_gas": "kWh", "energy.electricity.grid": "kWh", "water.supply": "m3", "fleet.fuel.diesel": "litre",
    "travel.rail.national": "passenger_km", "commute.car.average.unknown": "km",
}  # fmt: skip
BEFORE, LAST = "2016/17", "2017/18"  # RJF is there at the end of both: it joined RTG on 2018-07-01
TODAY = "2026-04-01"
GRAM = 1e-6  # tonnes

amounts = st.integers(0, 10**6)
rows = st.lists(
    st.tuples(
        st.sampled_from(["RTG", "RFS", "RXM", "RY8"]), st.sampled_from([BEFORE, "2021/22", "2022/23", "2023/24"]),
        st.sampled_from([*ACTIVITIES]), amounts,
    ),
    min_size=1, max_size=25, unique_by=lambda row: row[:3],
)  # fmt: skip


def table(found):
    return pd.DataFrame([(*row, ACTIVITIES[row[2]]) for row in found], columns=NAMES)


def words_and_tonnes(frame):
    *words, _ = frame.columns
    return {tuple(row[:-1]): row[-1] for row in frame.astype(dict.fromkeys(words, str)).itertuples(index=False)}


def one_or_some(words):
    return st.one_of(st.sampled_from(words), st.lists(st.sampled_from(words), min_size=1, max_size=3, unique=True))


@given(rows, st.data())
def test_the_total_of_a_part_is_the_sum_of_what_fits(found, data):
    footprint = nc.calculate(table(found), METHOD)
    lines = derbyshire.lines(table(found), PLUS)
    column = data.draw(st.sampled_from(["organisation", "period", "activity", "theme", "component"]))
    own = "year" if column == "period" else column
    there = sorted(set(lines[own]))
    asked = data.draw(one_or_some(there))
    kept = lines[lines[own].isin([asked] if isinstance(asked, str) else asked)]
    part = footprint.filter(**{column: asked})
    assert part.total(PLUS, across_years=True) == pytest.approx(kept["tco2e"].sum(), abs=GRAM)
    got = words_and_tonnes(part.by("organisation", "period", "theme", boundary=PLUS))
    want = derbyshire.tonnes(kept, "organisation", "year", "theme")
    assert {key: got[key] for key in want} == pytest.approx(want, abs=GRAM)
    assert sum(abs(value) for key, value in got.items() if key not in want) < GRAM


@given(rows)
def test_several_years_are_refused_and_each_year_is_its_own_total(found):
    footprint = nc.calculate(table(found), METHOD)
    lines = derbyshire.lines(table(found), HEADLINE)
    years = sorted({row[1] for row in found})
    assert list(footprint.periods) == years
    if len(years) > 1:
        with pytest.raises(nc.PeriodError):
            footprint.total()
        assert next(iter(footprint.by("theme"))) == "period"
    else:
        assert footprint.total() == footprint.total(across_years=True)
    each = [footprint.filter(period=year).total() for year in years]
    assert each == pytest.approx([lines.loc[lines["year"] == year, "tco2e"].sum() for year in years], abs=GRAM)
    assert footprint.total(across_years=True) == pytest.approx(sum(each), abs=GRAM)


@given(rows, st.sampled_from(["organisation", "period", "activity"]))
def test_parts_that_make_the_whole_add_up_to_it(found, column):
    footprint = nc.calculate(table(found), METHOD)
    parts = [footprint.filter(**{column: word}) for word in footprint.sums.columns[column].labels]
    for boundary in FOOTPRINTS:
        want = footprint.total(boundary, across_years=True)
        assert sum(part.total(boundary, across_years=True) for part in parts) == pytest.approx(want, abs=GRAM)


# --- maps ---------------------------------------------------------------------------------------------------------

merging = st.lists(st.tuples(st.sampled_from(["RTG", "RJF", "RFS"]), st.sampled_from([BEFORE, LAST]),
                             st.sampled_from([*ACTIVITIES]), amounts), min_size=1, max_size=25,
                   unique_by=lambda row: row[:3])  # fmt: skip


@given(merging, st.sampled_from(["trust", "icb", "region", "england"]))
def test_a_roll_up_is_a_footprint_whose_sums_are_those_of_its_members(found, level):
    footprint = nc.calculate(table(found), METHOD)
    rolled = nc.roll_up(footprint, to=level, restate=TODAY)
    assert isinstance(rolled, nc.Footprint)
    lines = derbyshire.restated(derbyshire.lines(table(found), HEADLINE))
    above = {"trust": None, "icb": "QJ2", "region": "Y60", "england": "E92000001"}[level]
    if above:
        lines = lines.assign(organisation=above)
    want = derbyshire.tonnes(lines, "organisation", "year", "theme")
    assert words_and_tonnes(rolled.by("organisation", "period", "theme")) == pytest.approx(want, abs=GRAM)
    for boundary in FOOTPRINTS:
        assert rolled.total(boundary, across_years=True) == pytest.approx(
            footprint.total(boundary, across_years=True), abs=GRAM
        )


@given(merging)
def test_a_part_can_be_taken_before_or_after_restating(found):
    footprint = nc.calculate(table(found), METHOD)
    restated = nc.roll_up(footprint, to="trust", restate=TODAY)
    with pytest.raises(nc.UsageError, match="rolled up already"):
        nc.roll_up(restated, to="icb", restate=TODAY)
    words = ("organisation", "activity", "component")
    for year in footprint.periods:
        first = nc.roll_up(footprint.filter(period=year), to="trust", restate=TODAY)
        after = restated.filter(period=year)
        assert words_and_tonnes(first.by(*words)) == pytest.approx(words_and_tonnes(after.by(*words)), abs=GRAM)
        assert first.total() == pytest.approx(after.total(), abs=GRAM)


both_years = st.lists(st.tuples(st.sampled_from([*ACTIVITIES]), *[st.integers(1, 10**6)] * 4), min_size=1, max_size=6,
                      unique_by=lambda row: row[0])  # fmt: skip
EFFECTS = ("before_tco2e", "activity_tco2e", "factor_tco2e", "entered_tco2e", "left_tco2e", "after_tco2e")


@settings(max_examples=30)
@given(both_years)
def test_restating_then_comparing_is_comparing_then_restating_where_both_exist(found):
    """Two trusts that were both there in both years: the sum of their bridges is the bridge of their sum."""
    sent = [
        (code, year, activity, quantity)
        for activity, *quantities in found
        for (code, year), quantity in zip(
            [(code, year) for code in ("RTG", "RJF") for year in (BEFORE, LAST)], quantities, strict=True
        )
    ]
    footprint = nc.calculate(table(sent), METHOD)
    apart = [
        nc.compare(*(footprint.filter(organisation=code, period=year) for year in (BEFORE, LAST))).total()
        for code in ("RTG", "RJF")
    ]
    rolled = nc.roll_up(footprint, to="trust", restate=TODAY)
    together = nc.compare(*(rolled.filter(period=year) for year in (BEFORE, LAST))).total()
    for name in EFFECTS:
        assert together[name] == pytest.approx(sum(each[name] for each in apart), abs=GRAM), name


@given(merging)
def test_a_bridge_on_todays_map_is_the_one_by_every_order_of_exchange(found):
    years = {row[1] for row in found}
    if years != {BEFORE, LAST}:
        return
    footprint = nc.calculate(table(found), METHOD)
    rolled = nc.roll_up(footprint, to="trust", restate=TODAY)
    got = nc.compare(*(rolled.filter(period=year) for year in (BEFORE, LAST))).by("organisation")
    want = derbyshire.bridge(derbyshire.restated(table(found)), BEFORE, LAST, HEADLINE)
    for row in got.to_dict("records"):
        for name, tonnes in want[row["organisation"]].items():
            assert row[f"{name}_tco2e"] == pytest.approx(tonnes, abs=GRAM), (row["organisation"], name)


# --- monitor ------------------------------------------------------------------------------------------------------

LATER = ("2019/20", "2021/22", "2022/23", "2023/24")
years_of_trusts = st.lists(st.sampled_from([*ACTIVITIES]), min_size=1, max_size=3, unique=True).flatmap(
    lambda activities: st.lists(
        st.integers(1, 10**6), min_size=3 * len(LATER) * len(activities), max_size=3 * len(LATER) * len(activities)
    ).map(
        lambda amounts: [
            (code, year, activity, amounts.pop())
            for code in ("RTG", "RFS", "RXM") for year in LATER for activity in activities
        ]
    )
)  # fmt: skip
FIGURES = ("tco2e", "allowance_tco2e", "gap_tco2e", "gap_years", "required_percent", "pace_percent")


@settings(max_examples=15)
@given(years_of_trusts)
def test_the_monitors_row_of_a_system_is_the_row_of_its_sum(found):
    """The same rows under one code, added up before nhscarbon sees them."""
    sent = table(found)
    whole = sent.assign(organisation="RTG").groupby([*NAMES[:3], "unit"], as_index=False)["quantity"].sum()
    apart = nc.monitor(nc.calculate(sent, METHOD), "nhs-net-zero-1").table
    together = nc.monitor(nc.calculate(whole, METHOD), "nhs-net-zero-1").table
    for boundary in FOOTPRINTS:
        system = apart[(apart["organisation"] == "system") & (apart["boundary"] == boundary)].iloc[0]
        alone = together[(together["organisation"] == "RTG") & (together["boundary"] == boundary)].iloc[0]
        assert (system["status"], system["crossing_period"]) == (alone["status"], alone["crossing_period"])
        for name in FIGURES:
            assert system[name] == pytest.approx(alone[name], rel=1e-9, abs=GRAM, nan_ok=True), name
        members = apart[(apart["organisation"] != "system") & (apart["boundary"] == boundary)]
        for name in ("tco2e", "allowance_tco2e", "gap_tco2e"):
            if members[name].notna().all():
                assert system[name] == pytest.approx(members[name].sum(), rel=1e-9, abs=GRAM), name
