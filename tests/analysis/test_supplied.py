"""A footprint that is known only as totals by theme: its years, boundaries and parts, and what starts from it."""

import math
from dataclasses import replace

import pandas as pd
import pytest

import nhscarbon as nc
from nhscarbon.cli import main
from nhscarbon.errors import BoundaryError, PeriodError, UnreadableError, UsageError
from nhscarbon.trajectory import progress, series_of

CORE, PLUS = "nhs_carbon_footprint", "nhs_carbon_footprint_plus"
COLUMNS = ["organisation", "period", "theme", "tco2e", "vintage", "method_note"]
THEMES = {"fossil_fuels": 9000.0, "electricity": 4000.5, "water": 100.25, "medicines": 30000.0, "construction": 7000.0}


def rows(*places, themes=THEMES, vintage="2022"):
    return pd.DataFrame([(code, year, theme, tonnes, vintage, "apportioned") for code, year in places
                         for theme, tonnes in themes.items()], columns=COLUMNS)  # fmt: skip


def supplied(*places, method="nhs-2026.1", **options):
    return nc.analysis.supplied_footprint(rows(*places, **options), method, source="Greener NHS")


def footprint(*codes, years=("2021/22", "2022/23", "2023/24")):
    found = [(code, year, "energy.natural_gas", 4e7 - 1e6 * place, "kWh") for code in codes
             for place, year in enumerate(years)]  # fmt: skip
    return nc.calculate(pd.DataFrame(found, columns=["organisation", "period", "activity", "quantity", "unit"]),
                        "nhs-2026.1")  # fmt: skip


def path_of(source, boundary=CORE, **options):
    return nc.targets().path(source, boundary=boundary, base_year="2019/20", inventory="2020-report", **options)


def test_a_theme_of_the_plus_alone_is_outside_the_footprint():
    held = supplied(("RX1", "2019/20"))
    assert held.total() == held.total(CORE) == pytest.approx(9000 + 4000.5 + 100.25)
    assert held.total(PLUS) == pytest.approx(math.fsum(THEMES.values()))
    assert held.by("theme")["theme"].tolist() == ["electricity", "fossil_fuels", "water"]
    assert set(held.by("theme", boundary=PLUS)["theme"]) == set(THEMES)
    assert held.total("scope_2_location") == 4000.5
    assert held.themes(CORE) == (("fossil_fuels", "electricity", "water"), 10)
    with pytest.raises(UsageError, match="has no boundary 'plus'"):
        held.total("plus")


@pytest.mark.parametrize("boundary", ["scope_1", "scope_2_market", "outside_of_scopes", "direct_only"])
def test_a_theme_that_is_partly_inside_cannot_tell_a_boundary(boundary):
    themes = {"fleet": 10.0, "electricity": 20.0, "waste": 5.0, "fossil_fuels": 7.0}
    with pytest.raises(BoundaryError, match=r"only a part of .* is inside .*: its themes cannot tell how much"):
        supplied(("RX1", "2019/20"), themes=themes).total(boundary)


def test_years_that_were_supplied_are_never_added_in_silence():
    held = supplied(("RX1", "2019/20"), ("RX1", "2020/21"))
    assert held.periods == ("2019/20", "2020/21")
    with pytest.raises(PeriodError, match="holds 2 NHS years, 2019/20 to 2020/21, which are not added up"):
        held.total()
    assert held.total(across_years=True) == pytest.approx(2 * 13100.75)
    assert list(held.by("theme").columns) == ["period", "theme", "tco2e"]
    assert held.by()["tco2e"].tolist() == pytest.approx([13100.75] * 2)
    assert list(held.by("theme", across_years=True).columns) == ["theme", "tco2e"]
    assert held.by(across_years=True)["tco2e"].tolist() == pytest.approx([2 * 13100.75])


def test_a_part_of_what_was_supplied_has_its_own_stamp():
    held = supplied(("RX1", "2019/20"), ("RR8", "2019/20"), ("RX1", "2020/21"))
    part = held.filter(organisation="RX1", period=["2019/20", "2018/19"])
    assert (part.organisations, part.periods, part.source) == (("RX1",), ("2019/20",), "Greener NHS")
    assert part.sha256 == supplied(("RX1", "2019/20")).sha256 != held.sha256
    assert part.total() == pytest.approx(13100.75)
    for wrong, message in (({"organisation": "RZZ"}, "no row .* has organisation=RZZ"), ({"colour": "x"}, "no column"),
                           ({}, "has nothing")):  # fmt: skip
        with pytest.raises(UsageError, match=message):
            held.filter(**wrong)


@pytest.mark.parametrize(("boundary", "base"), [(CORE, 13100.75), (PLUS, 50100.75)])
def test_a_base_year_known_as_totals_starts_a_path_with_its_source(boundary, base):
    later = footprint("RX1")
    path = path_of(later, boundary, base=supplied(("RX1", "2019/20")))
    assert path.at("2019/20") == pytest.approx(base)
    themes = "3 of 10 themes" if boundary == CORE else "5 of 21 themes"
    assert f"(supplied by Greener NHS, vintage 2022, {themes}, SHA-256" in path.note
    assert (path.organisations, path.method) == (("RX1",), "nhs-2026.1")
    found = progress(later, path)
    assert found.gap_tco2e == pytest.approx(later.filter(period="2023/24").total(boundary) - path.at("2023/24"))
    own = path_of(supplied(("RX1", "2019/20")), boundary)  # of the supplied footprint alone
    assert own.tco2e.tolist() == path.tco2e.tolist()
    assert progress(later, own).gap_tco2e == pytest.approx(found.gap_tco2e)


def test_a_base_year_known_as_totals_starts_a_trend():
    later = footprint("RX1")
    held = series_of(later, base=supplied(("RX1", "2019/20"), ("RX1", "2021/22")))
    assert held.index.tolist() == [2019, 2021, 2022, 2023]
    assert held[2019] == pytest.approx(13100.75)
    assert held[2021] == pytest.approx(later.filter(period="2021/22").total())  # its own where it has one
    assert held.attrs["supplied"] == {"2019/20": "supplied by Greener NHS, vintage 2022"}
    walk = nc.trajectory.random_walk(held)
    assert "Not calculated here: 2019/20 (supplied by Greener NHS, vintage 2022)." in walk.notes
    with pytest.raises(UsageError, match="no year that the series has not"):
        series_of(later, base=supplied(("RX1", "2021/22")))


def test_a_year_of_what_was_supplied_that_lacks_a_member_is_no_year():
    held = supplied(("RX1", "2018/19"), ("RX1", "2019/20"), ("RR8", "2019/20"))
    assert series_of(held).index.tolist() == [2019]
    assert series_of(held).attrs["left_out"] == {"2018/19": "RR8: nothing supplied"}
    assert path_of(held).organisations == ("RR8", "RX1")


@pytest.mark.parametrize(
    ("codes", "places", "message"),
    [
        (("RX1",), [("RX1", "2019/20"), ("RR8", "2019/20")], "the figures lack RR8"),
        (("RX1", "RR8"), [("RX1", "2019/20")], "it lacks RR8"),
        (("RX1",), [("RR8", "2019/20")], "it lacks RX1 and the figures lack RR8"),
        (("RX1",), [("RX1", "2018/19")], "has no 2019/20, only 2018/19"),
    ],
)
def test_a_base_of_other_organisations_or_years_is_refused(codes, places, message):
    with pytest.raises(UsageError, match=message):
        path_of(footprint(*codes), base=supplied(*places))


def test_a_base_that_has_nothing_of_the_boundary_or_is_given_twice_is_refused():
    later = footprint("RX1")
    with pytest.raises(UsageError, match="no theme of nhs_carbon_footprint in 2019/20: a theme of the Plus alone"):
        path_of(later, base=supplied(("RX1", "2019/20"), themes={"medicines": 9.0}))
    base = supplied(("RX1", "2019/20"))
    with pytest.raises(UsageError, match="given twice"):
        path_of(later, base=base, base_tco2e=5.0)
    with_base = footprint("RX1", years=("2019/20", "2020/21"))
    with pytest.raises(UsageError, match="one year has one base"):
        path_of(with_base, base=base)


def test_predecessors_stand_for_the_organisations_that_follow_them():
    """RJF went into RTG on 1 July 2018 (Organisation Data Service, succession file)."""
    later = footprint("RTG", years=("2019/20", "2020/21"))
    hierarchy = nc.hierarchy("ods-2026-07")
    restated = nc.roll_up(later, hierarchy, to="trust", restate="2021-03-31")
    interim = nc.targets()["carbon-footprint-interim-on-2019"]
    target = replace(interim, base_year="2016/17", inventory="")
    both = target.path(restated, base=supplied(("RTG", "2016/17"), ("RJF", "2016/17")))
    assert both.at("2016/17") == pytest.approx(2 * 13100.75)
    assert both.organisations == ("RTG",)
    assert "RJF now RTG" in both.note
    with pytest.raises(UsageError, match="it lacks RJF"):
        target.path(restated, base=supplied(("RTG", "2016/17")))
    system = nc.roll_up(later, hierarchy, to="icb", restate="2024-03-31")
    with pytest.raises(UsageError, match=r"Which members the totals have cannot be told") as refused:
        target.path(system, base=supplied(("RTG", "2016/17"), ("RJF", "2016/17")))
    assert "under the codes of that level" in refused.value.advice
    board = system.sums.columns["organisation"].labels[0]
    assert target.path(system, base=supplied((board, "2016/17"))).at("2016/17") == pytest.approx(13100.75)


def test_a_file_of_totals_starts_a_path_on_the_command_line(tmp_path, capsys):
    totals, sent = tmp_path / "totals.csv", tmp_path / "return.csv"
    rows(("RX1", "2019/20")).to_csv(totals, index=False)
    sent.write_text(
        "organisation,period,activity,quantity,unit\nRX1,2023/24,energy.natural_gas,40000000,kWh\n", "utf-8"
    )
    command = ["project", str(sent), "--method", "nhs-2026.1", "--to", "2032/33", "--draws", "50"]
    target = ["--base-year", "2019/20", "--inventory", "2020-report", "--base-totals", str(totals)]
    assert main([*command, *target, "--base-source", "Greener NHS"]) == 0
    told = capsys.readouterr()
    assert "target: linear from 13,101 tCO2e in 2019/20 (supplied by Greener NHS, vintage 2022, 3 of 10" in told.err
    assert "window_end" in told.out
    assert main([*command, *target]) == 0
    assert "supplied by totals.csv" in capsys.readouterr().err
    report = ["report", *command[1:6], *target, "-o", str(tmp_path / "r.html")]
    assert main([*report, "--organisations", "none"]) == 0
    assert "supplied by totals.csv, vintage 2022" in (tmp_path / "r.html").read_text("utf-8")
    capsys.readouterr()
    for wrong, message in (
        (target[-2:], "name that year too"),
        ([*target[:4], "--base-source", "us"], "name that file too"),
        ([*target, "--base-tco2e", "5"], "given twice"),
    ):
        assert main([*command, *wrong]) == 2
        assert message in capsys.readouterr().err
    assert main([*command, *target[:-1], str(tmp_path / "absent.csv")]) == 3


def test_a_file_that_is_no_table_is_refused(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("", "utf-8")
    with pytest.raises(UnreadableError, match=r"x\.csv"):
        nc.analysis.supplied_footprint(path, "nhs-2026.1", source="us")
