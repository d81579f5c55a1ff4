"""Codes of a return: unknown, closed, not yet open, look-alikes, and sites of another body.

Dates are those of the Organisation Data Service: RM2 and RW3 became R0A on 1 October 2017; RA3 became part of RA7 on
1 April 2020, with Weston General Hospital as site RA7C2.
"""

import pytest

import nhscarbon as nc

HEADER = "organisation,period,activity,quantity,unit,site"


@pytest.fixture
def found(activity_csv, method):
    def check(body, period="2023/24", site="", **options):
        row = f"{body},{period},energy.natural_gas,100,kWh,{site}"
        return {f.code: f for f in nc.check(activity_csv(row, header=HEADER), method, **options)}

    return check


def test_a_code_that_was_in_use_is_no_finding(found):
    assert not {"organisation_unknown", "organisation_closed"} & set(found("R0A"))


def test_a_closed_code_points_to_its_successor_with_the_day(found):
    closed = found("RM2", "2018/19")["organisation_closed"]
    assert closed.severity == "reject_line"
    assert "RM2 closed on 2017-10-01; its successor is R0A" in closed.message
    assert "R0A" in closed.suggestion


def test_a_body_may_report_the_year_in_which_it_closed(found):
    assert "organisation_closed" not in found("RM2", "2017/18")


def test_a_year_before_a_body_began_is_a_warning(found):
    assert found("R0A", "2015/16")["organisation_not_open_yet"].severity == "warning"


@pytest.mark.parametrize("code", ["ROA", "R0А", "R0A\u200b", "Ｒ０Ａ", "R O A"])
def test_a_code_that_looks_like_another_is_asked_about(found, code):
    unknown = found(code)["organisation_unknown"]
    assert unknown.severity == "reject_line"
    assert "did you mean R0A" in unknown.message


def test_a_code_of_nobody_is_refused(found):
    assert found("XYZ")["organisation_unknown"].cell == "A2"


def test_codes_may_be_held_against_none(found):
    assert "organisation_unknown" not in found("XYZ", organisations=None)


def test_a_release_that_is_not_there_is_a_wrong_call(activity_csv, method):
    with pytest.raises(nc.NHSCarbonError):
        nc.check(activity_csv("R0A,2023/24,energy.natural_gas,1,kWh,", header=HEADER), method, organisations="ods-1999")


def test_an_unknown_body_is_seen_though_the_period_is_unreadable(found):
    assert {"organisation_unknown", "period_unreadable"} <= set(found("XYZ", "sometime"))


def test_a_site_of_another_trust_is_seen(found):
    other = found("R0A", "2023/24", "RA7C2")["site_of_another"]
    assert "WESTON GENERAL HOSPITAL" in other.message
    assert "RA7" in other.message
    assert "site_of_another" not in found("RA7", "2023/24", "RA7C2")


def test_a_trust_may_report_the_sites_that_it_took_over(found):
    """Weston General's old code RA301 was of RA3, which RA7 followed in 2020."""
    assert "site_of_another" not in found("RA7", "2019/20", "RA301")


def test_an_unknown_site_is_only_worth_knowing(found):
    assert found("R0A", "2023/24", "R0AZZ")["site_unknown"].severity == "info"
    assert not {code for code in found("R0A", "2023/24", "MAIN BUILDING") if code.startswith("site")}
    assert not {code for code in found("R0A", "2023/24", "NORTH") if code.startswith("site")}


@pytest.mark.parametrize(
    ("file", "year"),
    [("eric-2013-14.xls", "2013/14"), ("eric-2016-17.xls", "2016/17"), ("eric-2019-20-site.csv", "2019/20"),
     ("eric-2023-24-site.csv", "2023/24")],
)  # fmt: skip
def test_every_trust_of_the_estates_returns_was_in_use(originals, method, file, year):
    report = nc.check(nc.read_eric(originals / "eric" / file), method)
    assert not [finding for finding in report if finding.code.startswith("organisation_")]
