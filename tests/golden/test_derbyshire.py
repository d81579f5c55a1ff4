"""A whole system against sums by plain pandas: `tests/derbyshire.py` works everything out apart from nhscarbon."""

import math
import re

import pandas as pd
import pytest

import derbyshire
import nhscarbon as nc
from derbyshire import FOOTPRINTS, HEADLINE, PLUS
from nhscarbon.footprint.whole_years import whole_periods, whole_years

GRAM = 1e-6  # tonnes
TODAY = "2026-04-01"


@pytest.fixture(scope="module")
def rows():
    return derbyshire.system()


@pytest.fixture(scope="module")
def footprint(rows, method):
    return nc.calculate(rows, method, themes=nc.example("derbyshire-themes.csv"), keep=("month",))


@pytest.fixture(scope="module")
def returns(method):
    """Estates returns of the three years with a whole factor set."""
    real = derbyshire.estates()
    return nc.calculate(real[real["period"].isin(derbyshire.RETURNED)], method)


def by_words(frame):
    """A frame of words and tonnes as a mapping."""
    *words, _ = frame.columns
    keys = frame[words].itertuples(index=False, name=None) if len(words) > 1 else frame[words[0]]
    return dict(zip(keys, frame["tco2e"], strict=True))


# --- the example itself -------------------------------------------------------------------------------------------


def test_the_real_rows_are_those_of_the_publishers_own_files(originals):
    real = derbyshire.estates()
    files = {"2016/17": "eric-2016-17.xls", "2019/20": "eric-2019-20-site.csv", "2023/24": "eric-2023-24-site.csv"}
    for year, file in files.items():
        table = nc.read_eric(originals / "eric" / file).table
        table = table[table["organisation"].isin([*derbyshire.TRUSTS, "RJF"])]
        words = ["organisation", "activity", "unit"]
        want = table.astype(dict.fromkeys(words, str)).groupby(words)["quantity"].sum()
        here = real[real["period"] == year].groupby(words)["quantity"].sum()
        assert here.to_dict() == pytest.approx(want[want.index.isin(here.index)].to_dict(), rel=1e-12), year
        left = {activity for _, activity, _ in set(want[want != 0].index) - set(here.index)}
        assert left <= {"waste.unstated.other_recovery"}, year  # it has no published factor


def test_what_is_invented_says_so_in_every_row():
    assert set(derbyshire.invented()["note"]) == {"invented"}
    assert derbyshire.base()["method_note"].str.contains("invented").all()
    denominators = pd.read_csv(nc.example("derbyshire-denominators.csv"))
    assert set(denominators["note"]) == {"invented", "estates return"}
    real = denominators["note"] == "estates return"
    assert set(denominators.loc[real, "measure"]) == {"floor_area_gross_internal"}


# --- totals -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("boundary", FOOTPRINTS)
def test_each_trust_year_and_theme_is_the_sum_by_pandas(footprint, rows, boundary):
    got = by_words(footprint.by("period", "organisation", "theme", boundary=boundary))
    assert got == pytest.approx(derbyshire.tonnes(derbyshire.lines(rows, boundary), "year", "organisation", "theme"),
                                abs=GRAM)  # fmt: skip


def test_estates_returns_of_three_years_are_the_sums_by_pandas(returns):
    real = derbyshire.estates()
    want = derbyshire.lines(real[real["period"].isin(derbyshire.RETURNED)], HEADLINE)
    got = by_words(returns.by("period", "organisation", "activity"))
    assert got == pytest.approx(derbyshire.tonnes(want, "year", "organisation", "activity"), abs=GRAM)


# --- years and maps -----------------------------------------------------------------------------------------------


def test_the_years_of_the_system_are_never_added_in_silence(footprint, rows):
    assert footprint.periods == (*derbyshire.COMPLETE, derbyshire.PART)
    with pytest.raises(nc.PeriodError):
        footprint.total()
    lines = derbyshire.lines(rows, HEADLINE)
    by_year = derbyshire.tonnes(lines, "year")
    assert {year: found[HEADLINE] for year, found in footprint.totals_by_year.items()} == pytest.approx(by_year)
    assert footprint.total(across_years=True) == pytest.approx(sum(by_year.values()))


@pytest.mark.parametrize("boundary", FOOTPRINTS)
def test_restated_sums_hold_burton_in_derby(footprint, rows, boundary):
    restated = nc.roll_up(footprint, to="trust", restate=TODAY)
    lines = derbyshire.restated(derbyshire.lines(rows, boundary))
    got = by_words(restated.by("organisation", "period", "theme", boundary=boundary))
    assert got == pytest.approx(derbyshire.tonnes(lines, "organisation", "year", "theme"), abs=GRAM)
    assert set(restated.sums.columns["organisation"].labels) == set(derbyshire.TRUSTS)


@pytest.mark.parametrize(("level", "code"), [("icb", "QJ2"), ("region", "Y60"), ("england", "E92000001")])
@pytest.mark.parametrize("boundary", FOOTPRINTS)
def test_the_system_above_its_trusts_has_their_sums(footprint, rows, level, code, boundary):
    rolled = nc.roll_up(footprint, to=level, restate=TODAY)
    assert set(rolled.sums.columns["organisation"].labels) == {code}
    lines = derbyshire.lines(rows, boundary)
    got = by_words(rolled.by("period", "theme", boundary=boundary))
    assert got == pytest.approx(derbyshire.tonnes(lines, "year", "theme"), abs=GRAM)
    members = by_words(rolled.by("member", "period", boundary=boundary))
    assert members == pytest.approx(derbyshire.tonnes(derbyshire.restated(lines), "organisation", "year"), abs=GRAM)


def test_places_that_a_system_names_itself_have_the_sums_of_their_trusts(footprint, rows):
    places = {"RTG": "Derby", "RXM": "Derby", "RY8": "Amber Valley", "RFS": "Chesterfield"}
    local = pd.DataFrame({"child": [*places], "parent": [*places.values()], "level": "place"})
    rolled = nc.roll_up(footprint, nc.hierarchy("ods-2026-07", local=local), to="place", restate=TODAY)
    lines = derbyshire.restated(derbyshire.lines(rows, HEADLINE))
    lines = lines.assign(organisation=lines["organisation"].map(places))
    assert by_words(rolled.by("organisation", "period")) == pytest.approx(
        derbyshire.tonnes(lines, "organisation", "year"), abs=GRAM
    )


def test_only_the_year_under_way_is_no_whole_year(footprint):
    restated = nc.roll_up(footprint, to="trust", restate=TODAY)
    found = whole_periods(restated).set_index("period")["complete"]
    assert found[found].index.tolist() == list(derbyshire.COMPLETE)
    months = whole_years(restated).set_index(["organisation", "period"])["months"]
    assert {months[code, derbyshire.PART] for code in derbyshire.TRUSTS} == {derbyshire.PART_MONTHS}


# --- the bridge across the merger ---------------------------------------------------------------------------------


def estates_between(first, last):
    real = derbyshire.estates()
    return real[real["period"].isin([first, last])]


def whole(effects):
    return {name: sum(each[name] for each in effects.values()) for name in next(iter(effects.values()))}


@pytest.mark.parametrize(("first", "last"), [("2016/17", "2023/24"), ("2016/17", "2019/20"), ("2019/20", "2023/24")])
def test_the_bridge_on_one_map_is_the_one_by_every_order_of_exchange(returns, first, last):
    want = derbyshire.bridge(derbyshire.restated(estates_between(first, last)), first, last, HEADLINE)
    found = nc.compare(returns, years=(first, last))
    by_trust = found.by("organisation").set_index("organisation")
    assert set(by_trust.index) == set(derbyshire.TRUSTS)
    for code, effects in want.items():
        for name, tonnes in effects.items():
            assert by_trust.loc[code, f"{name}_tco2e"] == pytest.approx(tonnes, abs=GRAM), (code, name)
    for name, tonnes in whole(want).items():
        assert found.total()[f"{name}_tco2e"] == pytest.approx(tonnes, abs=GRAM), name


def test_what_the_trusts_did_has_the_right_sign_across_the_merger(returns):
    """The figures of the issue: as reported +5,219 t, and on one map -3,564 t."""
    assert round(nc.compare(returns, years=("2016/17", "2023/24")).total()["activity_tco2e"]) == -3564
    as_reported = nc.compare(returns, years=("2016/17", "2023/24"), restate="")
    assert round(as_reported.total()["activity_tco2e"]) == 5219
    want = whole(derbyshire.bridge(estates_between("2016/17", "2023/24"), "2016/17", "2023/24", HEADLINE))
    for name, tonnes in want.items():
        assert as_reported.total()[f"{name}_tco2e"] == pytest.approx(tonnes, abs=GRAM), name


def test_the_bridge_is_the_same_from_two_footprints_two_years_or_the_system(returns):
    years = ("2016/17", "2023/24")
    first = nc.compare(returns, years=years).total()
    apart = nc.compare(*(returns.filter(period=year) for year in years)).total()
    assert apart == pytest.approx(first, abs=GRAM)
    restated = nc.roll_up(returns, to="trust", restate=TODAY)
    assert nc.compare(restated, years=years).total() == pytest.approx(first, abs=GRAM)


# --- where each trust and the system stand ------------------------------------------------------------------------

NOW = 2024
SYSTEM = "system"
FOOD = "food_and_catering"  # RY8 answers it in no year


@pytest.fixture(scope="module")
def base(method):
    return nc.analysis.supplied_footprint(
        nc.example("derbyshire-base-2019-20.csv"), method, source="Derbyshire (invented)"
    )


@pytest.fixture(scope="module")
def monitored(footprint, base):
    return nc.monitor(footprint, "nhs-net-zero-1", base=base)


def judged(rows, boundary, organisation):
    """Tonnes by year of an organisation on today's map, and of its base, on the themes that are judged."""
    lines = derbyshire.restated(derbyshire.lines(rows, boundary))
    base = derbyshire.base()
    base = base[base["theme"].isin(set(lines["theme"]))]
    if organisation != SYSTEM:
        lines, base = (each[each["organisation"] == organisation] for each in (lines, base))
    if boundary == PLUS and organisation in (SYSTEM, "RY8"):
        lines, base = (each[each["theme"] != FOOD] for each in (lines, base))
    return derbyshire.tonnes(lines, "year"), float(base["tco2e"].sum())


@pytest.mark.parametrize("organisation", [*derbyshire.TRUSTS, SYSTEM])
@pytest.mark.parametrize("boundary", FOOTPRINTS)
def test_where_each_stands_is_what_the_formulas_by_hand_say(monitored, rows, organisation, boundary):
    table = monitored.table
    [row] = table[(table["organisation"] == organisation) & (table["boundary"] == boundary)].to_dict("records")
    years, at_base = judged(rows, boundary, organisation)
    now = years["2024/25"]
    allowed = derbyshire.allowance(at_base, boundary, NOW)
    required = derbyshire.required_percent(at_base, boundary, NOW, now)
    pace = derbyshire.pace_percent(years["2021/22"], now, derbyshire.PACE_YEARS)
    assert (row["period"], row["complete"]) == ("2024/25", True)
    got = {name: row[name] for name in ("tco2e", "allowance_tco2e", "gap_tco2e", "gap_years", "required_percent",
                                        "pace_percent")}  # fmt: skip
    assert got == pytest.approx({
        "tco2e": now, "allowance_tco2e": allowed, "gap_tco2e": now - allowed,
        "gap_years": derbyshire.years_behind(at_base, boundary, NOW, now), "required_percent": required,
        "pace_percent": pace,
    }, rel=1e-9)  # fmt: skip
    assert row["crossing_period"] == derbyshire.crossing(at_base, boundary, NOW, now, pace)
    assert row["status"] == derbyshire.status(now, allowed, required, pace)
    assert ("on 20 of 21 themes" in row["why"]) == (boundary == PLUS and organisation in (SYSTEM, "RY8"))


@pytest.mark.parametrize("organisation", [*derbyshire.TRUSTS, SYSTEM])
@pytest.mark.parametrize("boundary", FOOTPRINTS)
def test_both_readings_of_a_window_are_said(monitored, rows, organisation, boundary):
    found = monitored.readings
    found = found[(found["organisation"] == organisation) & (found["boundary"] == boundary)].set_index("reading")
    years, at_base = judged(rows, boundary, organisation)
    now = years["2024/25"]
    assert set(found.index) == {"end", "first"}
    for reading in ("end", "first"):
        allowed = derbyshire.allowance(at_base, boundary, NOW, reading)
        assert found.loc[reading, "gap_tco2e"] == pytest.approx(now - allowed, abs=GRAM)
        required = derbyshire.required_percent(at_base, boundary, NOW, now, reading)
        assert found.loc[reading, "required_percent"] == pytest.approx(required, rel=1e-9)


@pytest.mark.parametrize("boundary", FOOTPRINTS)
def test_the_year_to_date_of_a_trust_is_on_the_same_months_and_themes(monitored, rows, boundary):
    table = monitored.year_to_date
    found = table[table["boundary"] == boundary].set_index("organisation")
    want = derbyshire.year_to_date(rows, boundary)
    for code in derbyshire.TRUSTS:
        part = want[want["organisation"] == code]
        assert found.loc[code, "tco2e"] == pytest.approx(part["tco2e"].sum(), abs=GRAM)
        assert found.loc[code, "before_tco2e"] == pytest.approx(part["tco2e_before"].sum(), abs=GRAM)
        assert (found.loc[code, "months"], found.loc[code, "last_month"]) == (derbyshire.PART_MONTHS, "2025-10")
        change = 100 * (part["tco2e"].sum() / part["tco2e_before"].sum() - 1)
        assert found.loc[code, "change_percent"] == pytest.approx(change, rel=1e-9)


def test_what_a_member_cannot_have_stays_in_the_systems_year_to_date(monitored, rows):
    """Two members have no theatres and say so; the anaesthetics of the other two are compared all the same."""
    table = monitored.year_to_date
    found = table[(table["boundary"] == HEADLINE) & (table["organisation"] == SYSTEM)].iloc[0]
    want = derbyshire.year_to_date(rows, HEADLINE)
    assert found["tco2e"] == pytest.approx(want["tco2e"].sum(), abs=GRAM)
    assert found["before_tco2e"] == pytest.approx(want["tco2e_before"].sum(), abs=GRAM)


@pytest.mark.parametrize("boundary", FOOTPRINTS)
def test_the_system_is_judged_as_the_sum_of_its_members_is(monitored, footprint, base, boundary):
    """The same rows under one code: every trust's activity sent as one organisation of the board."""
    rolled = nc.monitor(footprint, "nhs-net-zero-1", base=base, to="icb").table
    whole = monitored.table
    rolled = rolled[(rolled["organisation"] == "QJ2") & (rolled["boundary"] == boundary)].iloc[0]
    whole = whole[(whole["organisation"] == SYSTEM) & (whole["boundary"] == boundary)].iloc[0]
    for name in ("tco2e", "allowance_tco2e", "gap_tco2e", "gap_years", "required_percent", "pace_percent"):
        assert rolled[name] == pytest.approx(whole[name], rel=1e-9), name
    assert (rolled["status"], rolled["crossing_period"]) == (whole["status"], whole["crossing_period"])


# --- a base year that is known as totals --------------------------------------------------------------------------


@pytest.mark.parametrize("boundary", FOOTPRINTS)
def test_the_bridge_from_totals_changes_each_theme_as_a_whole(footprint, base, rows, boundary):
    restated = nc.roll_up(footprint, to="trust", restate=TODAY).filter(period="2024/25")
    change = nc.compare(base, restated, boundary=boundary)
    lines = derbyshire.restated(derbyshire.lines(rows, boundary))
    after = derbyshire.tonnes(lines[lines["year"] == "2024/25"], "organisation", "theme")
    totals = derbyshire.base()
    totals = totals[totals["theme"].isin({theme for _, theme in after})]
    before = derbyshire.tonnes(totals, "organisation", "theme")
    found = change.by("organisation", "theme").set_index(["organisation", "theme"])
    for key in before:
        moved = found.loc[key]
        assert moved["before_tco2e"] == pytest.approx(before[key], abs=GRAM), key
        assert moved["after_tco2e"] == pytest.approx(after.get(key, 0.0), abs=GRAM), key
        assert moved["activity_tco2e"] == moved["factor_tco2e"] == moved["prices_tco2e"] == 0, key
    whole = change.total()
    assert whole["after_tco2e"] - whole["before_tco2e"] == pytest.approx(sum(after.values()) - sum(before.values()))
    both = [key for key in before if before[key] and after.get(key)]
    assert whole["supplied_tco2e"] == pytest.approx(sum(after[key] - before[key] for key in both), abs=GRAM)


def test_the_base_of_totals_is_in_no_sum_and_starts_a_path(footprint, base):
    derby = nc.roll_up(footprint, to="trust", restate=TODAY).filter(organisation="RTG")
    own = base.filter(organisation="RTG")
    with pytest.raises(nc.UsageError):
        _ = derby + own
    for boundary in FOOTPRINTS:
        path = nc.targets("nhs-net-zero-1").path(
            derby, boundary=boundary, base_year="2019/20", inventory="2020-report", base=own
        )
        at_base = own.total(boundary)
        for year in range(2019, 2041):
            assert path.at(year) == pytest.approx(derbyshire.allowance(at_base, boundary, year), abs=GRAM), year


def test_intensities_are_tonnes_by_what_the_trusts_on_todays_map_serve(monitored, rows):
    """Floor area, heads, beds and income of Burton are Derby's too; the system's are the sums of its members'."""
    sizes = derbyshire.restated(pd.read_csv(nc.example("derbyshire-denominators.csv")))
    found = nc.trajectory.intensities(monitored, nc.example("derbyshire-denominators.csv")).table
    found = found[found["boundary"] == HEADLINE].set_index(["organisation", "measure", "period"])["kgco2e_per_unit"]
    since_base = derbyshire.COMPLETE[1:]
    looked = 0
    for who in (*derbyshire.TRUSTS, SYSTEM):
        years, _ = judged(rows, HEADLINE, who)
        own = sizes if who == SYSTEM else sizes[sizes["organisation"] == who]
        for (measure, year), size in own.groupby(["measure", "period"])["value"].sum().items():
            if year in since_base:
                assert found[who, measure, year] == pytest.approx(1000 * years[year] / size, rel=1e-9), (who, measure)
                looked += 1
    assert looked == 5 * 4 * len(since_base)


# --- what a board reads -------------------------------------------------------------------------------------------


def three_figures(tonnes):
    """As a board page prints tonnes: three significant figures."""
    places = 2 - math.floor(math.log10(abs(tonnes)))
    return f"{round(tonnes, places):,.0f}"


@pytest.mark.parametrize("who", ["RTG", "RY8", SYSTEM])
def test_the_board_page_says_the_year_the_figures_and_the_status_of_the_sums(footprint, base, rows, who, tmp_path):
    if who == SYSTEM:
        shown, known = footprint, base
    else:
        restated = nc.roll_up(footprint, to="trust", restate=TODAY)
        shown, known = restated.filter(organisation=who), base.filter(organisation=who)
    page = nc.write_report(shown, tmp_path / "board.html", kind="board", base=known).read_text("utf-8")
    text = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    assert "April 2024 to March 2025" in text
    assert "sent nothing" not in text
    for boundary in FOOTPRINTS:
        lines = derbyshire.restated(derbyshire.lines(rows, boundary))
        lines = lines[lines["year"] == "2024/25"]
        if who != SYSTEM:
            lines = lines[lines["organisation"] == who]
        assert three_figures(lines["tco2e"].sum()) in text, boundary
    years, at_base = judged(rows, HEADLINE, who)
    gap = years["2024/25"] - derbyshire.allowance(at_base, HEADLINE, NOW)
    assert f"{three_figures(abs(gap))} tCO" in text
    assert ("On track" if who == "RY8" else "Off track") in text
