"""A board page of a footprint: its figures are those of the footprint, and every state has its words."""

import re
from dataclasses import replace

import pandas as pd
import pytest
from boards import CANNOT_SAY, LINES, WATCH, board, figure, members, rows

import derbyshire
import nhscarbon as nc
from drawings import box
from nhscarbon.errors import UsageError
from nhscarbon.reporting.drawing.marks import Text
from nhscarbon.reporting.drawing.path_picture import HIGH, SMALL_HIGH, PathLines, Window, path_picture, small_picture
from nhscarbon.reporting.report.board_html import board_page
from nhscarbon.reporting.report.board_years import board_years, four_causes, same_basis
from pages import parsed
from printed import three_figures

METHOD = nc.methodology("nhs-2026.1")
CORE, PLUS = "nhs_carbon_footprint", "nhs_carbon_footprint_plus"
HOSTILE = "<script>alert(1)</script>\u202e&\"'"
FEW = {"kind": "board", "draws": 300, "overwrite": True}


@pytest.fixture(scope="module")
def years():
    return nc.calculate(rows(), METHOD)


@pytest.fixture(scope="module")
def system():
    parts = [rows("RTG"), rows("RFS", scale=0.5, rate=1.03), rows("RY8", scale=0.1, without=("refrigerant.r134a",))]
    return nc.calculate(pd.concat(parts), METHOD)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("boards")


def written(footprint, folder, **options):
    return parsed(nc.write_report(footprint, folder / "board.html", **FEW, **options).read_text("utf-8"))


@pytest.fixture(scope="module")
def page(years, folder):
    actions = [{"action": "Replace the boilers", "lead": "Director of Estates", "by": "March 2027", "tco2e": -1240}]
    return written(years, folder, actions=actions)


def of_class(tag, name):
    return [each for each in tag.all() if name in each.attributes.get("class", "").split()]


def test_both_totals_stand_with_their_range_and_what_they_cover(years, page):
    last = years.filter(period="2023/24")
    for section, boundary in zip(of_class(page, "foot"), (CORE, PLUS), strict=True):
        ends = nc.uncertainty(last, boundary=boundary, draws=300).table.iloc[0]
        assert of_class(section, "big")[0].text == f"{three_figures(last.total(boundary))} tCO₂e"
        assert f"Likely range {three_figures(ends['low'])} to {three_figures(ends['high'])}" in section.text
        answered = re.search(r"\d+ of \d+ themes", last.label(boundary))[0]
        assert f"on {answered}" in section.one("h2").text


def test_the_status_is_that_of_the_monitor_and_both_readings_are_said(years, page):
    found = nc.monitor(years, "nhs-net-zero-1")
    for section, boundary in zip(of_class(page, "foot"), (CORE, PLUS), strict=True):
        row = found.table.set_index(["organisation", "boundary"]).loc["RTG", boundary]
        verdict = of_class(section, "verdict")[0]
        assert row["status"] in of_class(verdict, "status")[0].attributes["class"]
        assert three_figures(abs(row["gap_tco2e"])) in verdict.text
        early = found.readings.query("boundary == @boundary and reading == 'first'").iloc[0]
        assert f"Against {early['due']}, the early end of the target" in verdict.text
        assert three_figures(abs(early["gap_tco2e"])) in verdict.text


def test_the_changes_are_on_the_same_themes_and_add_up(years, page):
    before, last = (years.filter(period=each) for each in ("2022/23", "2023/24"))
    change = 100 * (last.total(CORE) / before.total(CORE) - 1)
    assert f"{abs(change):.1f}% on 2022/23" in of_class(page, "foot")[0].text
    causes = four_causes(nc.compare(before, last, boundary=CORE), before, last)
    assert sum(causes.values()) == pytest.approx(last.total(CORE) - before.total(CORE))
    [sum_row] = of_class(page, "sum")
    assert three_figures(abs(sum(causes.values()))) in sum_row.text


def test_an_activity_that_ends_in_an_answered_theme_is_what_the_organisation_did():
    both = pd.concat([rows(years=("2022/23", "2023/24")), pd.DataFrame(
        [("RTG", "2022/23", "anaesthetic.desflurane", 50.0, "kg")],
        columns=["organisation", "period", "activity", "quantity", "unit"])])  # fmt: skip
    footprint = nc.calculate(both, METHOD)
    before, last = (footprint.filter(period=each) for each in footprint.periods)
    ended = before.by("activity").set_index("activity")["tco2e"]["anaesthetic.desflurane"]
    whole = nc.compare(before, last, boundary=CORE)
    causes = four_causes(whole, before, last)
    assert causes["boundary"] == 0
    assert causes["activity"] == pytest.approx(whole.total()["activity_tco2e"] - ended)


def test_a_theme_that_only_one_year_has_is_a_change_of_what_is_counted(folder):
    data = pd.concat([rows(years=("2022/23",), without=("water.supply",)), rows(years=("2023/24",))])
    footprint = nc.calculate(data, METHOD)
    before, last = (footprint.filter(period=each) for each in footprint.periods)
    causes = four_causes(nc.compare(before, last, boundary=CORE), before, last)
    water = last.by("theme").set_index("theme")["tco2e"]["water"]
    assert causes["boundary"] == pytest.approx(water)
    found = same_basis(before, last, CORE)
    assert (found.whole, found.after) == (False, pytest.approx(last.total(CORE) - water))
    text = written(footprint, folder).text
    assert f"same {found.themes} themes" in text
    assert "not the same in both" in text


def test_themes_are_ranked_and_every_one_has_its_state(years, page):
    last = years.filter(period="2023/24")
    [table] = of_class(page, "rank")
    found = [(row.all("th")[0].words[0], [cell.text for cell in row.all("td")]) for row in table.one("tbody").all("tr")]
    assert len(found) == len(METHOD.catalogue.themes)
    tonnes = last.by("theme", boundary=PLUS).sort_values("tco2e", ascending=False)["tco2e"]
    assert [cells[1] for _, cells in found if len(cells) > 1] == [three_figures(each) for each in tonnes]
    assert {cells[0] for _, cells in found if len(cells) == 1} == {"not answered"}
    assert [len(cells) > 1 for _, cells in found] == sorted((len(cells) > 1 for _, cells in found), reverse=True)


def test_none_used_is_another_state_than_not_answered(folder):
    themes = pd.DataFrame(
        [("RTG", "2023/24", "staff_commuting", "none_used", "counted at home"),
         ("RTG", "2023/24", "freight_transport", "not_available", "the supplier does not say")],
        columns=["organisation", "period", "theme", "answer", "reason"])  # fmt: skip
    footprint = nc.calculate(rows(years=("2023/24",)), METHOD, themes=themes)
    page = written(footprint, folder)
    states = {row.all("th")[0].words[0]: row.all("td")[0] for row in of_class(page, "rank")[0].one("tbody").all("tr")}
    assert of_class(states["Staff commuting"], "state")[0].text == "none used"
    assert of_class(states["Freight transport"], "gap")[0].text == "not available"
    assert of_class(states["Inhalers"], "gap")[0].text == "not answered"
    assert "staff commuting" not in of_class(page, "right")[0].text


def test_one_year_alone_makes_a_useful_page(folder):
    footprint = nc.calculate(nc.example("trust-year.csv"), METHOD)
    page = written(footprint, folder)
    assert page.one("h1").words[0].strip() == "Nottingham University Hospitals NHS Trust"
    core, plus = of_class(page, "foot")
    assert "Cannot say" in core.text
    assert "2019/20" in core.text
    assert of_class(plus, "big")[0].text == "Not sent"
    assert not core.all("svg")[1:]  # the sign alone: there is no path to draw
    assert "Nothing to compare with" in page.text


def test_a_year_before_may_be_given_and_is_compared(years, folder):
    before, last = (years.filter(period=each) for each in ("2022/23", "2023/24"))
    page = written(last, folder, before=before)
    assert "on 2022/23" in of_class(page, "foot")[0].text
    assert of_class(page, "cause")


def test_a_base_year_may_be_given_as_totals(years, folder):
    themes = list(METHOD.catalogue.themes)
    given = pd.DataFrame({"organisation": "RTG", "period": "2019/20", "theme": themes, "tco2e": 3_000.0,
                          "vintage": "2022", "method_note": "central"})  # fmt: skip
    base = nc.analysis.supplied_footprint(given, METHOD, source="an invented table")
    late = years.filter(period=["2021/22", "2022/23", "2023/24"])
    page = written(late, folder, base=base)
    assert "since 2019/20" in of_class(page, "foot")[0].text
    assert "2019/20 is known as totals by theme, from an invented table, 2022." in page.one("footer").text
    assert "Cannot say" not in page.text


def test_part_of_a_year_is_no_point_and_is_said(folder):
    whole, last = rows(years=("2021/22", "2022/23")), rows(years=("2023/24",))
    months = [last.assign(period=f"2023-{month:02}", quantity=last["quantity"] / 12) for month in range(4, 11)]
    footprint = nc.calculate(pd.concat([whole, *months]), METHOD)
    chosen = board_years(footprint)
    assert (chosen.year, chosen.complete, [each for each, _ in chosen.parts]) == ("2022/23", True, ["2023/24"])
    page = written(footprint, folder)
    assert "April 2022 to March 2023" in page.one("h1").text
    assert "2023/24 is not complete: 7 of 12 months" in page.text
    only = written(nc.calculate(pd.concat(months), METHOD), folder)
    assert "(part of the year)" in only.one("h1").text
    assert "Part of a year is not judged: 7 of 12 months" in of_class(only, "foot")[0].text


def test_a_system_is_its_sum_with_small_pictures_of_its_members(system, folder):
    page = written(system, folder, title="Joined Up Care Derbyshire")
    assert page.one("h1").words[0].strip() == "Joined Up Care Derbyshire"
    last = system.filter(period="2023/24")
    for section, boundary in zip(of_class(page, "foot"), (CORE, PLUS), strict=True):
        assert of_class(section, "big")[0].text == f"{three_figures(last.total(boundary))} tCO₂e"
    found = of_class(page, "members")[0].all("li")
    assert found[0].one("b").text == "All 3 organisations"
    assert len(found) == 4
    gaps = nc.monitor(system, "nhs-net-zero-1").table.query("boundary == @CORE and organisation != 'system'")
    worst = gaps.assign(share=gaps["gap_tco2e"] / gaps["allowance_tco2e"]).sort_values("share", ascending=False)
    names = {"RTG": "University Hospitals of Derby and Burton", "RFS": "Chesterfield Royal Hospital",
             "RY8": "Derbyshire Community Health Services"}  # fmt: skip
    assert [each.one("b").text for each in found[1:]] == [names[code] for code in worst["organisation"]]
    refrigerants = next(row for row in of_class(page, "rank")[0].all("tr") if row.text.startswith("Refrigerants"))
    assert of_class(refrigerants, "part")[0].text == "2 of 3"


@pytest.fixture(scope="module")
def derby():
    """Derbyshire, one trust of which was two until 2018; the last of its years is seven months."""
    return nc.calculate(derbyshire.system(), METHOD, themes=nc.example("derbyshire-themes.csv"), keep=("month",))


def test_a_trust_that_merged_away_does_not_hold_back_the_year_of_a_system(derby, folder):
    base = nc.analysis.supplied_footprint(nc.example("derbyshire-base-2019-20.csv"), METHOD, source="an invented table")
    page = written(derby, folder, base=base)
    last = derby.filter(period="2024/25")
    assert "April 2024 to March 2025" in page.one("h1").text
    assert of_class(page, "big")[0].text == f"{three_figures(last.total(CORE))} tCO₂e"
    change = 100 * (last.total(CORE) / derby.filter(period="2023/24").total(CORE) - 1)
    assert f"{abs(change):.1f}% on 2023/24" in of_class(page, "foot")[0].text
    assert "in 2025/26, same 7 months" in of_class(page, "foot")[0].text
    assert "since 2019/20" in of_class(page, "foot")[0].text
    assert "RJF" not in page.one("body").text


def test_a_roll_up_has_the_same_page_as_what_it_is_the_sum_of(derby, folder):
    rolled = nc.roll_up(derby, to="icb", restate="2026-04-01")
    page = written(rolled, folder)
    assert "Integrated Care Board" in page.one("h1").text
    assert of_class(page, "big")[0].text == f"{three_figures(derby.filter(period='2024/25').total(CORE))} tCO₂e"
    change = 100 * (derby.filter(period="2024/25").total(CORE) / derby.filter(period="2023/24").total(CORE) - 1)
    assert f"{abs(change):.1f}% on 2023/24" in of_class(page, "foot")[0].text


def test_nothing_that_a_board_does_not_read_is_on_the_page(years, page):
    text = page.one("body").text
    table = years.table
    words = {*LINES, *map(str, table["factor_id"]), *map(str, table["package"]), *map(str, table["component"]),
             "Shapley", "LMDI", "draws", "Scope 1", "warning", "reject"}  # fmt: skip
    assert [word for word in words if len(word) > 3 and re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text)] == []


def test_what_is_given_is_text_and_nothing_else(years, folder):
    path = nc.write_report(years, folder / "hostile.html", title=HOSTILE, actions=[{"action": HOSTILE}], **FEW)
    text = path.read_text("utf-8")
    page = parsed(text)
    assert page.all("script") == []
    assert "\u202e" not in text
    assert "<script>alert(1)</script>\\u202e&\"'" in page.one("h1").text
    assert "<script>alert(1)</script>" in of_class(page, "act")[0].text


def test_nothing_is_fetched_and_no_script_can_run(page):
    attributes = {each for tag in page.all() for each in tag.attributes}
    assert not attributes & {"src", "style", "srcset", "action"}
    assert not [each for each in attributes if each.startswith("on")]
    [policy] = [tag.attributes["content"] for tag in page.all("meta") if "http-equiv" in tag.attributes]
    assert policy.startswith("default-src 'none'")
    assert "script-src" not in policy
    assert not re.search(r"url\(|@import", page.one("style").text)


def test_the_same_board_gives_the_same_bytes():
    assert board_page(board()) == board_page(board())


def test_structure_can_be_read_aloud():
    page = parsed(board_page(board(members=members())).decode())
    levels = [int(tag.name[1]) for tag in page.all("h1", "h2", "h3")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert set(levels[1:]) == {2}
    ids = [tag.attributes["id"] for tag in page.all() if "id" in tag.attributes]
    assert len(ids) == len(set(ids))
    assert all(tag.attributes["aria-labelledby"] in ids for tag in page.all("section"))
    for table in page.all("table"):
        assert table.one("caption").text
        assert all(
            cell.attributes["scope"] in ("col", "colgroup") and cell.text for cell in table.one("thead").all("th")
        )
        for row in table.one("tbody").all("tr"):
            assert row.inside[0].attributes["scope"] == "row"
    pictures = [tag for tag in page.all("svg") if tag.attributes.get("aria-hidden") != "true"]
    assert len(pictures) == 2 + 5
    assert all(tag.attributes["role"] == "img" and tag.one("title").text for tag in pictures)
    assert all(re.search(r"\d", tag.one("desc").text) for tag in pictures)


def test_every_status_has_its_shape_and_its_word():
    shapes = set()
    for standing, word in ((WATCH, "Watch"), (CANNOT_SAY, "Cannot say")):
        page = parsed(board_page(board(core=figure("NHS Carbon Footprint", 17_300.0, standing))).decode())
        status = of_class(of_class(page, "foot")[0], "status")[0]
        assert status.text == word
        shapes.add(status.one("svg").all()[0].attributes.get("d", "circle"))
    assert len(shapes) == 2


@pytest.mark.parametrize("now", [0.35, 0.62, 0.8, 1.0, 1.2])
@pytest.mark.parametrize("years_in", [1, 4, 6, 12])
@pytest.mark.parametrize("part", [(), ((1, "7 of 12 months"),)])
@pytest.mark.parametrize("high", [HIGH, SMALL_HIGH])
def test_words_of_a_path_picture_cover_no_other_words_and_stay_on_the_sheet(now, years_in, part, high):
    path = tuple((2019 + year, 20_000.0 * (1 - year / 21)) for year in range(22))
    actual = tuple((2019 + year, 20_000.0 * (1 + (now - 1) * year / years_in)) for year in range(years_in + 1))
    lines = PathLines(
        actual, path, (Window(2028, 2032, path[13][1], "47% lower", "2028 to 2032"),),
        tuple((2019 + years_in + after, f"2026/27: {said}") for after, said in part),
        "120,000", "actual 117,000", "path 118,000", ("2019/20", "2025/26", "net zero 2040"),
    )  # fmt: skip
    drawing = path_picture(lines, high=high)
    words = [mark for mark in drawing.marks if isinstance(mark, Text)]
    for mark in words:
        left, top, right, bottom = box(mark)
        assert left >= -2
        assert right <= drawing.width + 2
        assert top >= drawing.top - 2
        assert bottom <= drawing.bottom
    for place, one in enumerate(words):
        for other in words[place + 1 :]:
            (a, b, c, d), (e, f, g, h) = box(one), box(other)
            assert min(c, g) - max(a, e) < 2 or min(d, h) - max(b, f) < 2, (one.words, other.words)


def test_small_pictures_share_one_scale_that_starts_at_zero():
    path = ((2019, 1.0), (2025, 0.8))
    ends = [small_picture(((2019, 1.0), (2025, share)), path, first=2019, last=2025, most=1.0, label="1").marks[-2].y
            for share in (1.0, 0.5, 0.0)]  # fmt: skip
    assert ends[1] - ends[0] == pytest.approx(ends[2] - ends[1])


def test_a_board_page_takes_no_projection_and_an_analyst_report_no_actions(years, folder):
    with pytest.raises(UsageError, match="a board page shows both footprints"):
        nc.write_report(years, folder / "x.html", kind="board", boundary=CORE)
    with pytest.raises(UsageError, match="of a board page"):
        nc.write_report(years, folder / "x.html", actions=[{"action": "x"}])
    with pytest.raises(UsageError, match="there is no kind"):
        nc.write_report(years, folder / "x.html", kind="bored")
    with pytest.raises(UsageError, match="ends with one of"):
        nc.write_report(years, folder / "x.pdf", kind="board")
    assert not (folder / "x.html").exists()


def test_the_workbook_says_the_same_with_native_charts(years, system, folder):
    openpyxl = pytest.importorskip("openpyxl")
    path = nc.write_report(years, folder / "board.xlsx", title="=1+1", **FEW)
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    assert book.sheetnames == ["Board", "Path"]
    assert (sheet["A1"].value, sheet["A1"].data_type) == ("=1+1", "s")
    assert len(sheet._charts) == 3
    last = years.filter(period="2023/24")
    figures = {row[0].value: row[1].value for row in sheet.iter_rows() if row[0].value}
    assert figures["NHS Carbon Footprint"] == pytest.approx(last.total(CORE))
    assert figures["NHS Carbon Footprint Plus"] == pytest.approx(last.total(PLUS))
    assert (sheet.page_setup.fitToHeight, sheet.page_setup.fitToWidth) == (1, 1)
    assert not sheet.merged_cells.ranges
    words = [cell.value for row in nc_cells(folder, system, openpyxl) for cell in row if isinstance(cell.value, str)]
    assert "All 3 organisations" in words


def nc_cells(folder, footprint, openpyxl):
    path = nc.write_report(footprint, folder / "system.xlsx", **FEW)
    return openpyxl.load_workbook(path).worksheets[0].iter_rows()


def test_a_page_stays_small_however_many_organisations_there_are(system):
    assert len(board_page(board(members=members(5)))) < 60_000
    assert len(board_page(replace(board(), members=None))) < 60_000


def test_a_change_that_rests_on_little_of_both_totals_is_not_shown():
    names = ["organisation", "period", "activity", "quantity", "unit"]
    rows = [("RX1", "2022/23", "energy.natural_gas", 5e6, "kWh"), ("RX1", "2022/23", "water.supply", 900, "m3"),
            ("RX1", "2023/24", "travel.taxi", 5e6, "km"), ("RX1", "2023/24", "water.supply", 300, "m3")]  # fmt: skip
    footprint = nc.calculate(pd.DataFrame(rows, columns=names), METHOD)
    first, second = (footprint.filter(period=year) for year in footprint.periods)
    assert same_basis(first, second, "nhs_carbon_footprint") is None  # water alone fell by two thirds
