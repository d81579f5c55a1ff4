"""The words of a board page: figures as they are read, and each sentence as its template says."""

import pytest
from boards import CANNOT_SAY, OFF_TRACK, ON_TRACK, WATCH, figure

from nhscarbon.errors import UsageError
from nhscarbon.reporting.report import board_sentences as sentences
from nhscarbon.reporting.report.board import BoardTheme, NextAction, Standing
from nhscarbon.reporting.report.board_build import fitting_title
from nhscarbon.reporting.report.next_actions import next_actions
from nhscarbon.reporting.report.number_words import change_percent, listed, rounded, share, signed, years_words

CORE, PLUS = "NHS Carbon Footprint", "NHS Carbon Footprint Plus"


@pytest.mark.parametrize(
    ("value", "words"),
    [(17_345.0, "17,300"), (17_350.0, "17,400"), (1_421.0, "1,420"), (82.65, "82.7"), (99.95, "100"), (999.5, "1,000"),
     (0.456, "0.456"), (0.0, "0"), (-0.0, "0"), (0.0004, "less than 0.001"), (-1_420.0, "−1,420"),
     (70_912_345.0, "70,900,000"), (5.0, "5.00")],
)  # fmt: skip
def test_tonnes_have_three_significant_figures_rounded_half_up(value, words):
    assert rounded(value) == words


def test_a_true_minus_and_a_plus_say_the_direction():
    assert (signed(-453.0), signed(453.0), signed(0.0)) == ("−453", "+453", "0")
    assert change_percent(200.0, 150.0) == "−25%"


def test_a_share_is_none_or_all_only_if_it_is():
    assert (share(0.0, 9.0), share(1e-9, 9.0), share(9.0, 9.0), share(8.999, 9.0)) == ("0%", "<1%", "100%", ">99%")
    assert share(1.0, 0.0) == ""


def test_a_change_from_nothing_has_no_per_cent():
    assert change_percent(0.0, 5.0) == "new"
    assert change_percent(0.0, 0.0) == "0%"
    assert change_percent(1.0, 5_000.0) == "over 10 times"


def test_names_in_a_sentence_are_small_but_for_abbreviations():
    assert listed(["Waste"]) == "waste"
    assert listed(["NHS facilities", "Water"]) == "NHS facilities and water"
    assert listed([]) == ""
    assert listed(["A1", "Bb", "Cc", "Dd"], 2) == "a1, bb and 2 more"


def test_years_are_given_to_half_a_year():
    assert [years_words(each) for each in (0.4, 0.8, 1.3, 2.6)] == [
        "less than half a year", "about 1 year", "about 1.5 years", "about 2.5 years"]  # fmt: skip


def test_a_verdict_says_the_gap_and_both_ends_of_the_window():
    assert sentences.verdict(ON_TRACK) == (
        "1,420 tCO2e (8%) below the path to 47% lower by 2032. "
        "Against 2028, the early end of the target, it is 880 above."
    )
    assert sentences.verdict(OFF_TRACK) == (
        "11,400 tCO2e (19%) above the path to 73% lower by 2039. Against 2036, the early end of the target, it is "
        "14,000 above. It is about 4 years behind, on the same 17 themes in every year."
    )


def test_below_the_path_and_too_slow_is_said():
    assert "But it falls more slowly than the path needs." in sentences.verdict(WATCH)
    assert "slowly" not in sentences.verdict(ON_TRACK)


def test_a_path_that_allows_nothing_is_not_divided_by():
    said = sentences.verdict(Standing("off_track", "", 12.0, 0.0, 100.0, 2040, 2040, None, None))
    assert said == "12.0 tCO2e above the path to net zero by 2040."


def test_what_cannot_be_said_says_what_is_needed():
    assert sentences.verdict(CANNOT_SAY) == "The base year 2019/20 is missing."


def test_the_lead_says_where_both_stand():
    core, plus = figure(CORE, 17_300.0, ON_TRACK), figure(PLUS, 70_900.0, OFF_TRACK, base=76_200.0)
    assert sentences.lead(core, plus) == (
        "The NHS Carbon Footprint is on track for 2032. The NHS Carbon Footprint Plus is off track for 2039."
    )
    assert sentences.lead(core, plus, reasons=["half of it is waste"]).endswith("for 2039: half of it is waste.")
    both = sentences.lead(core, figure(PLUS, 70_900.0, ON_TRACK))
    assert both == "Both footprints are on track: the NHS Carbon Footprint for 2032, the Plus for 2032."


def test_a_reason_that_does_not_fit_two_lines_gives_way_to_the_next():
    core, plus = figure(CORE, 17_300.0, ON_TRACK), figure(PLUS, 70_900.0, OFF_TRACK)
    said = sentences.lead(core, plus, reasons=["x" * 100, "half of it is waste"])
    assert said.endswith(": half of it is waste.")
    assert len(sentences.lead(core, plus, reasons=["x" * 100])) <= sentences.LONGEST_LEAD


def test_a_page_without_history_leads_with_its_total():
    core = figure(CORE, 17_300.0, CANNOT_SAY, covers="on 4 of 10 themes")
    said = sentences.lead(core, figure(PLUS, 1.0, CANNOT_SAY), year="2025/26")
    assert said == (
        "The NHS Carbon Footprint of 2025/26 is 17,300 tCO2e (on 4 of 10 themes). "
        "We cannot say yet where either footprint stands against its path."
    )


def test_reasons_of_the_plus_are_of_its_largest_themes_and_of_what_it_adds():
    themes = [BoardTheme("Medical devices", None, 24_100.0, "", False), BoardTheme("Waste", 797.0, None, "", False)]
    assert sentences.largest_reason(themes, 70_900.0) == [
        "35% of it is medical devices and waste", "34% of it is medical devices"]  # fmt: skip
    assert sentences.rest_reason(53_600.0, 70_900.0, 52_300.0, 53_600.0, "2019/20") == (
        "the 76% of it that is in the Plus only has risen 2% since 2019/20"
    )
    assert "has not moved since" in sentences.rest_reason(10.0, 20.0, 10.0, 10.05, "2019/20")
    assert sentences.rest_reason(10.0, 20.0, 0.0, 10.0, "2019/20") == ""


def test_what_is_missing_is_one_heading_whatever_is_missing():
    assert sentences.missing_title(0, 0, 21) == "Nothing is missing: all 21 themes answered"
    assert sentences.missing_title(4, 0, 21) == "What is missing: 4 of 21 themes"
    assert sentences.missing_title(4, 2, 21) == "What is missing: 4 of 21 themes, 2 more in part"
    assert sentences.missing_title(0, 2, 21) == "What is missing: 2 of 21 themes in part"
    assert sentences.missing_words(["Waste"], ["Water"], most=6) == "Missing: waste. In part: water."
    assert sentences.after_missing(1, earlier=True) == "It can only add to the total. Earlier years leave it out too."
    assert sentences.after_missing(0, earlier=False) == ""


def test_since_the_base_both_directions_are_said():
    assert sentences.since("2019/20", CORE, -6_610.0, -4_970.0) == (
        "Since 2019/20 the NHS Carbon Footprint is 6,610 tCO2e lower. What the organisation did changed it by −4,970."
    )
    assert "higher. What the organisation did changed it by −5.00" in sentences.since("2019/20", CORE, 9.0, -5.0)
    assert sentences.since("2019/20", CORE, 0.0, 0.0) == ""


def test_actions_are_read_from_frames_lists_and_files(tmp_path):
    path = tmp_path / "next.csv"
    path.write_text("Action,lead,by,tco2e\nReplace boilers,Estates,March 2027,-1240\n,,,\n'=cmd,,,a few\n", "utf-8")
    assert next_actions(path) == (
        NextAction("Replace boilers", "Estates", "March 2027", "−1,240"), NextAction("=cmd", "", "", "a few"),
    )  # fmt: skip
    assert next_actions([{"action": "Survey", "tco2e": None}]) == (NextAction("Survey", "", "", "not estimated"),)
    assert next_actions(None) == ()
    assert next_actions(next_actions([{"action": "Survey"}])) == (NextAction("Survey", "", "", "not estimated"),)


@pytest.mark.parametrize(
    ("actions", "why"),
    [([{"action": "x" * 65}], "the action of action 1 has 65 characters, and 64 fit"),
     ([{"action": "x", "lead": "y" * 41}], "the lead of action 1 has 41 characters, and 40 fit"),
     ([{"action": f"{place}"} for place in range(5)], "there are 5 actions, and the page has room for 4"),
     ([{"action": " ", "lead": "Estates"}], "action 1 says nothing"),
     ([{"acton": "x"}], "did you mean 'action'"), ([{"lead": "x"}], "no column 'action'")],
)  # fmt: skip
def test_what_does_not_fit_is_refused_and_never_cut(actions, why):
    with pytest.raises(UsageError, match=why):
        next_actions(actions)


def test_every_fault_of_the_actions_is_named_at_once():
    with pytest.raises(UsageError, match=r"room for 4.*65 characters.*41 characters"):
        next_actions([{"action": "x" * 65, "lead": "y" * 41}, *({"action": "z"} for _ in range(4))])


def test_the_longest_texts_that_fit_are_taken_whole():
    assert next_actions([{"action": "x" * 64, "lead": "y" * 40}])[0].action == "x" * 64


def test_a_title_of_two_lines_fits_and_a_longer_one_is_refused():
    name = "The Princess Wilhelmina and Queen Margaret University Teaching Hospitals Group NHS Foundation Trust 1"
    assert len(name) > 99
    assert fitting_title(f"  {name} ") == name
    for wrong in (f"{name} {name}", "W" * 90, ""):
        with pytest.raises(UsageError, match="2 lines fit the board page"):
            fitting_title(wrong)


@pytest.mark.parametrize(("now", "moved", "shown"), [
    (80.0, "Fell", "80.0"), (125.0, "Rose", "125"), (100.0, "Stayed", "100"),
])  # fmt: skip
def test_a_picture_in_words_says_which_way_the_tonnes_went(now, moved, shown):
    aims = [("47% lower", "from 2028 to 2032")]
    said = sentences.picture_words(("2019/20", 100.0), ("2023/24", now), 85.0, aims, 2040)
    assert said == (
        f"{moved} from 100 in 2019/20 to {shown} tonnes in 2023/24. The path allows 85.0. "
        "It reaches 47% lower from 2028 to 2032. It reaches net zero in 2040."
    )
    assert sentences.picture_words(None, ("2023/24", 80.0), None, (), None) == "80.0 tonnes in 2023/24."
