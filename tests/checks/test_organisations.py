"""Codes of a return: unknown, closed, not yet open, look-alikes, and sites of another body.

Dates are those of the Organisation Data Service: RM2 and RW3 became R0A on 1 October 2017; RA3 became part of RA7 on
1 April 2020, with Weston General Hospital as site RA7C2.
"""

import numpy as np
import pandas as pd
import pytest

import nhscarbon as nc
from nhscarbon.activity.columns import Column, Cross, TableColumn
from nhscarbon.checks.rules.organisations import organisation_findings
from nhscarbon.organisations.index import load_index

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


@pytest.mark.parametrize("code", ["R0А", "R0A\u200b", "Ｒ０Ａ", "R O A", "#R0A", "R0-A"])
def test_what_only_looks_like_a_code_is_refused_with_the_code(found, code):
    unknown = found(code)["organisation_unknown"]
    assert unknown.severity == "reject_line"
    assert "did you mean R0A" in unknown.message


@pytest.mark.parametrize("word", ["Grand Total", "TOTAL", "-", "N/A", "NONE", "2024", "=1+1", "estates department"])
def test_what_cannot_be_a_code_is_refused(found, word):
    assert found(word)["organisation_unknown"].severity == "reject_line"


def test_a_total_is_told_from_an_organisation(found):
    assert "totals" in found("Grand Total")["organisation_unknown"].suggestion


@pytest.mark.parametrize("code", ["X24", "NVC", "NR3", "NLX", "R000", "XYZ"])
def test_a_code_that_the_release_does_not_hold_is_a_warning(found, code):
    report = found(code)
    lacking = report["organisation_not_in_release"]
    assert lacking.severity == "warning"
    assert "not in this release" in lacking.message
    assert lacking.cell == "A2"
    assert "organisation_unknown" not in report


def test_a_code_with_the_letter_o_is_a_warning_that_names_the_other(found):
    assert "did you mean R0A" in found("ROA")["organisation_not_in_release"].message


def test_what_a_release_knows_of_a_code_without_days_is_said(found):
    assert "5NA, 5NC" in found("5C7")["organisation_not_in_release"].message


def test_codes_may_be_held_against_none(found):
    assert not {code for code in found("Grand Total", organisations=None) if code.startswith("organisation")}


def test_a_release_that_is_not_there_is_a_wrong_call(activity_csv, method):
    with pytest.raises(nc.NHSCarbonError):
        nc.check(activity_csv("R0A,2023/24,energy.natural_gas,1,kWh,", header=HEADER), method, organisations="ods-1999")


def test_an_unknown_body_is_seen_though_the_period_is_unreadable(found):
    assert {"organisation_unknown", "period_unreadable"} <= set(found("RX-1", "sometime"))
    assert {"organisation_not_in_release", "period_unreadable"} <= set(found("XYZ", "sometime"))


def test_a_site_of_another_trust_is_seen(found):
    other = found("R0A", "2023/24", "RA7C2")["site_of_another"]
    assert "Weston General Hospital" in other.message
    assert "RA7" in other.message
    assert "site_of_another" not in found("RA7", "2023/24", "RA7C2")


def test_a_trust_may_report_the_sites_that_it_took_over(found):
    """Weston General's old code RA301 was of RA3, which RA7 followed in 2020."""
    assert "site_of_another" not in found("RA7", "2019/20", "RA301")


def test_a_site_code_of_the_trust_that_is_not_in_the_release_is_a_warning(found):
    assert found("R0A", "2023/24", "R0AZZ")["site_unknown"].severity == "warning"
    assert "RX1RA" in found("RX1", "2023/24", "RX1RΑ")["site_unknown"].suggestion  # a Greek letter


@pytest.mark.parametrize(
    "site", ["MAIN BUILDING", "NORTH", "Block 12", "LS9 7TF", "r0a07", "R0A12345678", "2023-04-01", "A81001001", "QMC"]
)
def test_words_of_the_senders_own_are_no_finding(found, site):
    assert not {code for code in found("R0A", "2023/24", site) if code.startswith("site")}


@pytest.mark.parametrize(
    "site",
    ["1200012345678", "12 0001 2345 678", "018011001200012345678", "MPAN 1200012345678", "7412345678", "123456",
     "K0123456D", "1.2E+12"],
)  # fmt: skip
def test_a_meter_number_is_no_site(found, site):
    wrong = found("R0A", "2023/24", site)["site_wrong"]
    assert wrong.severity == "warning"
    assert "reference" in wrong.suggestion


@pytest.mark.parametrize(
    ("file", "year"),
    [("eric-2013-14.xls", "2013/14"), ("eric-2016-17.xls", "2016/17"), ("eric-2019-20-site.csv", "2019/20"),
     ("eric-2023-24-site.csv", "2023/24")],
)  # fmt: skip
def test_every_trust_of_the_estates_returns_was_in_use(originals, method, file, year):
    report = nc.check(nc.read_eric(originals / "eric" / file), method)
    assert not [finding for finding in report if finding.code.startswith("organisation_")]


# --- the same rule for many --------------------------------------------------------------------


def many(words, column):
    rows = {
        "organisation": "RX1",
        "period": "2023/24",
        "activity": "energy.natural_gas",
        "quantity": 1.0,
        "unit": "kWh",
    }
    frame = pd.DataFrame({name: [value] * len(words) for name, value in rows.items()})
    return frame.assign(**{column: words})


@pytest.mark.parametrize(
    ("column", "word", "code"),
    [("organisation", "J{:04d}", "organisation_not_in_release"), ("organisation", "Trust {}", "organisation_unknown"),
     ("activity", "energy.gas{}", "activity_unknown"), ("unit", "kWh{}", "unit_unknown"),
     ("period", "sometime {}", "period_unreadable"), ("site", "12000{:08d}", "site_wrong")],
)  # fmt: skip
def test_many_words_of_one_kind_end_in_one_finding(method, column, word, code):
    words = [word.format(number) for number in range(5000)]
    (found,) = [finding for finding in nc.check(many(words, column), method) if finding.severity != "info"]
    assert (found.code, found.rows) == (code, 5000)
    assert "5,000" in found.message
    assert words[0].upper() in found.message.upper()


def test_a_file_read_in_pieces_has_the_finding_of_many_words_once(method, tmp_path):
    """A CSV file beyond 4 MB is read in batches, each of which has its own words."""
    words = [f"energy.natural_gas_{number}" for number in range(100_000)]
    frame = many(words, "activity")
    frame.to_csv(tmp_path / "return.csv", index=False)
    assert (tmp_path / "return.csv").stat().st_size > 4_000_000
    (of_file,) = [each for each in nc.check(tmp_path / "return.csv", method) if each.severity != "info"]
    (of_frame,) = [each for each in nc.check(frame, method) if each.severity != "info"]
    assert (of_file.message, of_file.rows) == (of_frame.message, 100_000)
    assert of_file.first_rows == (2, 3, 4, 5, 6)


@pytest.mark.parametrize(
    ("column", "faulty", "word"),
    [("activity", "energy.natural_gass", "zz.{}"), ("unit", "kWhh", "zz{}zz"), ("period", "01/04/2023", "zz {}"),
     ("organisation", "ROA", "X{:03d}")],
)  # fmt: skip
def test_a_word_has_the_same_lead_beside_sixty_others(method, column, faulty, word):
    alone = nc.check(many([faulty], column), method)
    beside = nc.check(many([*(word.format(number) for number in range(60)), faulty], column), method)
    (told,) = {(each.message, each.suggestion) for each in alone if each.severity != "info" and each.column == column}
    assert told in {(each.message, each.suggestion) for each in beside}


def test_cells_of_a_table_and_rows_have_the_same_findings():
    """A table of organisations and years by sites, written out in rows and crossed."""
    index = load_index("ods-2026-07")
    codes = ("RM2", "RW3", "R0A", "RA3", "ROA", "TOTAL", "X24", "Y60", "RX1RA", "RX1", "R0B", "012")
    years = ("2016/17", "2018/19", "2023/24")
    sites = ("RA7C2", "RX1RA", "RX1ZZ", "R0A07", "1200012345678")
    block, kind = np.divmod(np.arange(len(codes) * len(years) * len(sites)), len(sites))
    cross = Cross(len(codes) * len(years), len(sites))
    each = np.arange(cross.blocks)
    crossed = {
        "organisation": TableColumn((each // len(years)).astype(np.int32), codes, cross, by_block=True),
        "period": TableColumn((each % len(years)).astype(np.int32), years, cross, by_block=True),
        "site": TableColumn(np.arange(len(sites), dtype=np.int32), sites, cross, by_block=False),
    }
    rows = {
        "organisation": Column((block // len(years)).astype(np.int32), codes),
        "period": Column((block % len(years)).astype(np.int32), years),
        "site": Column(kind.astype(np.int32), sites),
    }
    told = [
        sorted((hit.code, hit.variant, hit.column, hit.where.tolist(), str(hit.values))
               for hit in organisation_findings(columns, index))
        for columns in (crossed, rows)
    ]  # fmt: skip
    assert told[0] == told[1]
    assert {hit[0] for hit in told[0]} == {
        "organisation_unknown", "organisation_not_in_release", "organisation_level", "organisation_closed",
        "organisation_not_open_yet", "organisation_unnamed", "site_of_another", "site_unknown", "site_wrong",
    }  # fmt: skip


def test_blanks_have_no_finding_of_an_organisation():
    columns = {
        "organisation": Column(np.array([-1, 0, 0], np.int32), ("RM2",)),
        "period": Column(np.array([0, -1, -1], np.int32), ("2023/24",)),
        "site": Column(np.array([0, -1, 0], np.int32), ("RA7C2",)),
    }
    assert list(organisation_findings(columns, load_index("ods-2026-07"))) == []


def test_years_of_one_code_that_are_wrong_are_told_apart():
    columns = {
        "organisation": Column(np.zeros(3, np.int32), ("RM2",)),
        "period": Column(np.arange(3, dtype=np.int32), ("2016/17", "2018/19", "2019/20")),
    }
    hits = list(organisation_findings(columns, load_index("ods-2026-07")))
    assert [(hit.code, hit.where.tolist(), hit.values["year"]) for hit in hits] == [  # noqa: PD011
        ("organisation_closed", [1], "2018/19"), ("organisation_closed", [2], "2019/20"),
    ]  # fmt: skip
