"""Plans' sheets are read as teams keep them: every action, the right text, what is given right and nothing invented."""

import os
import sys
from pathlib import Path

import pandas as pd
import pytest

import nhscarbon as nc
from nhscarbon.cli import main
from nhscarbon.trajectory.actions.planned_action import COLUMNS, STATUSES
from nhscarbon.trajectory.actions.sheets.asides import Habits, peel

REPO = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(REPO / "tools"), str(Path(__file__).parent)]

from invented_sheets import SHEETS, gold_rows, write_sheet  # noqa: E402

from measure_reading import FIELDS, measure, read_folder, table_of  # noqa: E402

PLANS = Path(os.environ.get("NHSCARBON_SHARED", REPO.parent / "shared")) / "examples" / "plans"
TEXTS, GIVEN, WRONG = 0.98, 0.93, 0.02
needs_plans = pytest.mark.skipif(
    not PLANS.is_dir(), reason="SKIPPED ALOUD: the sheets of seven trusts are not here: set NHSCARBON_SHARED"
)


@pytest.fixture(scope="module")
def seven():
    read, gold = read_folder(PLANS)
    return read, gold, measure(read, gold)


@pytest.fixture(scope="module")
def ours(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sheets")
    files = [write_sheet(sheet, folder) for sheet in SHEETS]
    actions = nc.read_actions(files)
    gold = pd.DataFrame([row for sheet in SHEETS for row in gold_rows(sheet)])
    return actions, measure(actions.table.astype(str), gold), files


def by_text(sheet, **options):
    return {action.text: action for action in nc.read_actions(sheet, **options).planned}


def one(**cells):
    """Read a sheet of one row, whose headings are the names of the cells."""
    actions = nc.read_actions(pd.DataFrame({name.replace("_", " "): [cell] for name, cell in cells.items()}))
    assert len(actions.planned) == 1
    return actions.planned[0], actions.findings


@needs_plans
def test_every_sheet_of_seven_trusts_is_read_and_nothing_else_is_taken_for_an_action(seven):
    for each in seven[2]:
        assert each.texts >= TEXTS * each.actions, each.differences
        assert each.more <= 0.02 * each.actions, each.differences


@needs_plans
def test_what_seven_sheets_give_is_read_right(seven):
    counts = [each.counts[name] for each in seven[2] for name in FIELDS]
    assert sum(count.right for count in counts) >= GIVEN * sum(count.given for count in counts)
    assert sum(count.wrong for count in counts) <= WRONG * sum(count.read for count in counts)


@needs_plans
@pytest.mark.parametrize("name", [name for name in FIELDS if name != "status"])
def test_each_field_of_seven_sheets_is_read_right(seven, name):
    counts = [each.counts[name] for each in seven[2]]
    assert sum(count.right for count in counts) >= GIVEN * sum(count.given for count in counts)


@needs_plans
def test_a_status_is_unknown_only_where_a_colour_has_no_key(seven):
    read, gold, _ = seven
    unkeyed = ("T05", "T08", "T11")  # sheets that do not say what their colours mean
    told = read[~read["organisation"].isin(unkeyed)]
    assert "unknown" not in set(told["status"])
    statuses = gold.set_index(["file", "row", "text"])["status"]
    colours = read[read["organisation"].isin(unkeyed) & (read["status"] != "unknown")]
    for row in colours.itertuples():
        file = f"{row.file}#{row.sheet}" if row.file == "T08.xlsx" else row.file
        assert statuses[(file, row.row, row.text)] == row.status


@needs_plans
def test_the_order_of_files_changes_no_action(seven):
    files = sorted(PLANS.glob("T*.*"))
    forth, back = nc.read_actions(files).planned, nc.read_actions(files[::-1]).planned
    assert {each.action_id: each for each in forth} == {each.action_id: each for each in back}
    assert len({each.action_id for each in forth}) == len(forth)


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_sheets_in_other_layouts_are_read_as_a_person_reads_them(ours, sheet):
    found = next(each for each in ours[1] if each.file == sheet.name)
    assert found.differences == []


def test_a_table_that_was_written_is_read_back_as_it_was(ours, tmp_path):
    actions = ours[0]
    for path in (actions.to_csv(tmp_path / "a.csv"), actions.to_excel(tmp_path / "a.xlsx")):
        again = nc.read_actions(path)
        assert again.planned == actions.planned
        pd.testing.assert_frame_equal(again.table, actions.table)


def test_a_table_has_the_columns_of_the_contract(ours):
    table = ours[0].table
    assert tuple(table.columns) == COLUMNS
    assert set(table["status"]) <= set(STATUSES)
    assert table["start_year"].dtype == "Int64"


def test_what_is_written_cannot_start_a_formula(tmp_path):
    sheet = pd.DataFrame({"Action": ["=HYPERLINK(1)", "-2 boilers out"], "Lead": ["@cmd", "+44"], "Due": ["", ""]})
    actions = nc.read_actions(sheet)
    path = actions.to_csv(tmp_path / "a.csv")
    written = pd.read_csv(path, dtype=str, keep_default_na=False)
    assert written["text"].str.startswith("'").tolist() == [True, True]
    assert nc.read_actions(path).planned == actions.planned


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("£45k", 45e3, 45e3),
        ("45K", 45e3, 45e3),
        ("1.2m", 1.2e6, 1.2e6),
        ("c.45,000", 45e3, 45e3),
        ("Around £6,000", 6e3, 6e3),
        ("<£50k", 0, 50e3),
        ("£50-250k", 50e3, 250e3),
        ("£250k-£1m", 250e3, 1e6),
        (">£1m", 1e6, None),
        ("£10k+", 10e3, None),
        ("From £5k", 5e3, None),
        ("£5k upwards", 5e3, None),
        ("£14,400 + VAT", 14_400, 14_400),
        ("£14,400 plus VAT", 14_400, 14_400),
        ("nil", 0, 0),
        ("no cost", 0, 0),
        ("BAU", 0, 0),
        ("TBC", None, None),
        ("?", None, None),
        ("-", None, None),
        ("", None, None),
        ("£10k capital; £5k revenue", 10e3, 10e3),
        ("2 x £10k", None, None),
        ("£45k or £60k", None, None),
        ("£££", None, None),
    ],
)
def test_costs_are_read_as_written_or_not_at_all(text, low, high):
    action, _ = one(Action="Fit taps", Lead="Estates", Cost=text)
    assert (action.cost_low_gbp, action.cost_high_gbp) == (low, high)


def said_of(findings, code="action_cell_unread"):
    return [each.value for each in findings.findings if each.code == code]


@pytest.mark.parametrize(
    "text",
    ["-£200k", "–£12,000", "(12,000)", "£(12,000)", "£-5k", "-200000", "Saves £60,000 a year", "Cost saving of £14k",
     "£14k (saving)", "Income £20k", "cost avoidance £30k", "Rebate: £2k", "Saving 14k, 15k", "Benefit £20k",
     "CIP £50k", "Reduces spend by £5k"],
)  # fmt: skip
def test_money_that_is_saved_or_earned_is_no_cost(text):
    action, findings = one(Action="Fit taps", Lead="Estates", Cost=text)
    assert (action.cost_low_gbp, action.cost_high_gbp) == (None, None)
    assert said_of(findings) == [text]


@pytest.mark.parametrize(
    ("text", "cost"),
    [("£40k (saves £9k pa)", 40e3), ("Save £5k, cost £2k", 2e3), ("Invest to save £75k", 75e3),
     ("capital - £20k", 20e3), ("£45k payback 4 yrs", 45e3),
     ("£10k capex, £2k opex", 10e3), ("existing staff", 0), ("£12k / yr", 12e3),
     ("2,026", 2026), ("£30k in 2026", 30e3), ("£25k (was £20k)", 25e3), ("£25k, previously £20k", 25e3)],
)  # fmt: skip
def test_a_cost_beside_what_is_saved_or_a_year_is_still_read(text, cost):
    action, _ = one(Action="Fit taps", Lead="Estates", Cost=text)
    assert (action.cost_low_gbp, action.cost_high_gbp) == (cost, cost)


@pytest.mark.parametrize(
    "text",
    ["£3 per lamp", "£25 per staff member", "£40/unit", "£500 a month", "£1k pm", "Capital 2026", "2026 - 2028", "€12k",
     "$10k", "5k euros", "£5k x 3 years", "2 @ £4k", "1,5-2,0k", "Funding gap £40k", "was £20k", "£20k over budget"],
)  # fmt: skip
def test_a_rate_a_year_foreign_money_or_a_sum_to_be_worked_out_is_no_cost(text):
    action, findings = one(Action="Fit taps", Lead="Estates", Cost=text)
    assert (action.cost_low_gbp, action.cost_high_gbp) == (None, None)
    assert said_of(findings) == [text]


@pytest.mark.parametrize(
    ("heading", "text", "cost"),
    [("Cost (£m)", "250,000", None), ("Cost (£m)", "1,500", None), ("Cost (£000)", "2,500,000", None),
     ("Cost (£m)", "£250,000", None), ("Cost (£m)", "1.2", 1.2e6), ("Cost (£m)", "£45k", 45e3),
     ("Cost (£000)", "2,500", 2.5e6)],
)  # fmt: skip
def test_a_bare_figure_that_its_heading_makes_a_thousand_million_is_not_read(heading, text, cost):
    read = nc.read_actions(pd.DataFrame({"Action": ["Fit taps"], "Lead": ["Estates"], heading: [text]}))
    assert read.planned[0].cost_low_gbp == cost
    assert said_of(read.findings) == ([] if cost else [text])
    assert any("in the unit of its heading" in each.message for each in read.findings.findings) == (cost is None)


@pytest.mark.parametrize(
    "text",
    ["target 300 tCO2e by 2030", "300 tCO2e by 2030", "was 400 tCO2e", "Footprint of block is 900 tCO2e",
     "emits 5 tCO2e", "trust emits 21,000 tCO2e a year", "National saving 5,000 tCO2e", "adds 3 tCO2e",
     "0.5tCO2e/bed", "saving 2030",
     "cuts 4t CO2e per van, 6 vans", "total 400 tCO2e emissions", "saves 3 t of furniture"],
)  # fmt: skip
def test_tonnes_in_comments_that_no_saving_is_stated_by_are_kept_as_words_alone(text):
    action, _ = one(Action="Fit taps", Lead="Estates", Comments=text)
    assert action.tco2e_a_year is None
    assert "co2" not in text.casefold() or text in action.evidence


@pytest.mark.parametrize(
    ("text", "tonnes"),
    [("saves 120 tCO2e", 120), ("est. saving 20", 20), ("Carbon saving of 40 tCO2e pa", 40), ("40 tCO2e", 40),
     ("saving 12 tCO2e (was 15)", 12), ("will cut 30 tCO2e once complete", 30), ("saves 300 tCO2e by 2030", 300),
     ("Estimated saving £80k and 14 tCO2e a year", 14), ("reduce emissions by 120 tCO2e", 120)],
)  # fmt: skip
def test_a_saving_that_comments_state_is_read(text, tonnes):
    assert one(Action="Fit taps", Lead="Estates", Comments=text)[0].tco2e_a_year == tonnes


@pytest.mark.parametrize(
    "text",
    ["replaces £31k of van hire", "energy bill is £2m", "supplier turnover £5m", "fine of £10k if late",
     "would cost £1m so not pursued", "replaces £9k a year contract", "bid of £1.2m failed", "£60k more needed",
     "costs £5k each", "cost £99k more than thought", "needs 12k lamps", "no cost estimate yet", "avoids £20k of tax"],
)  # fmt: skip
@pytest.mark.parametrize("cost", ["", "-"])
def test_money_in_comments_that_is_not_this_action_s_cost_is_not_read_as_it(cost, text):
    action, _ = one(Action="Fit taps", Lead="Estates", Cost=cost, Comments=text)
    assert (action.cost_low_gbp, action.cost_high_gbp) == (None, None)


@pytest.mark.parametrize(
    ("text", "cost"),
    [("bid in for 8k", 8e3), ("needs £108,000", 108e3), ("c. £300k from charitable funds", 300e3), ("quote £30k", 30e3),
     ("18k a year, replaces £31k of van hire", 18e3), ("needs £20k, of which £5k secured", 20e3), ("no cost", 0),
     ("Lease cost £22k", 22e3), ("0.2 WTE pharmacist, approx £11k", 11e3), ("£20k", 20e3)],
)  # fmt: skip
def test_a_cost_that_comments_state_is_read(text, cost):
    action, _ = one(Action="Fit taps", Lead="Estates", Cost="-", Comments=text)
    assert (action.cost_low_gbp, action.cost_high_gbp) == (cost, cost)


@pytest.mark.parametrize(
    "text",
    ["Recycle mattresses (40 tonnes a year)", "Weigh food waste (c. 30t)", "Replace laptops (2,000, £1.2m)",
     "Halve theatre gases (900 tCO2e in 2019/20)", "Buy vans (3 tCO2e per van)", "Tell the wards (2030)",
     "Close an office (replaces £9k contract)", "Refill a chiller (30 kg)"],
)  # fmt: skip
def test_a_bracket_that_states_no_saving_or_cost_of_the_action_stays_in_its_text(text):
    others = ["Fit LED lamps (75 tCO2e)", "Lag the pipes (14 tCO2e)"]
    read = nc.read_actions(pd.DataFrame({"Action": [*others, text], "Lead": ["FM"] * 3}))
    assert [each.tco2e_a_year for each in read.planned] == [75, 14, None]
    assert (read.planned[2].text, read.planned[2].cost_low_gbp, read.planned[2].end_year) == (text, None, None)


@pytest.mark.parametrize(
    ("text", "said"),
    [("Fit LED (saving 40 tCO2e by 2030)", (40, None, 2030)), ("Cut heat (120 tCO2e by 2028)", (120, None, 2028)),
     ("Fit LED (205)", (205, None, None)), ("Swap boilers (£310k; 96 tCO2e)", (96, 310e3, None)),
     ("Fit PIRs (12 t)", (12, None, None))],
)  # fmt: skip
def test_a_bracket_that_states_tonnes_cost_or_year_gives_them(text, said):
    others = ["Fit LED lamps (75 tCO2e)", "Lag the pipes (14 tCO2e)"]
    action = nc.read_actions(pd.DataFrame({"Action": [*others, text], "Lead": ["FM"] * 3})).planned[2]
    assert (action.tco2e_a_year, action.cost_low_gbp, action.end_year) == said
    assert "(" not in action.text


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("Apr-26", None, 2026),
        ("31/03/2028", None, 2027),
        ("Q2 26/27", None, 2026),
        ("26/27", None, 2026),
        ("2026-27", None, 2026),
        ("26/27 - 27/28", 2026, 2027),
        ("Autumn 2026", None, 2026),
        ("Spring 2028", None, 2027),
        ("End of 2027", None, 2027),
        ("Mid 2026", None, 2026),
        ("by Jun 2028", None, 2028),
        ("2028", None, 2028),
        ("Winter 2026/27", None, 2026),
        ("from April 2026", 2026, None),
        ("1 April 2026 - 31 March 2028", 2026, 2027),
        ("Ongoing", None, None),
        ("TBC", None, None),
        ("Following approval", None, None),
        ("Q1 2026", None, None),
        ("Mar 2027 (was Mar 2026)", None, 2026),
    ],
)
def test_dates_are_nhs_years_or_empty(text, start, end):
    action, _ = one(Action="Fit taps", Lead="Estates", Timescale=text)
    assert (action.start_year, action.end_year) == (start, end)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [("after April 2027", 2027, None), ("after 31/03/2027", 2027, None), ("after 2026/27", 2027, None),
     ("post April 2027", 2027, None), ("2027 or later", 2027, None),
     ("before April 2027", None, 2026), ("before 31/03/2027", None, 2026), ("before 2026/27", None, 2025),
     ("by April 2027", None, 2027),
     ("Not before 2028", 2028, None), ("no earlier than Apr 2027", 2027, None), ("not after March 2027", None, 2026),
     ("no later than June 2027", None, 2027), ("2026-28", 2026, 2028), ("2026 - 2028", 2026, 2028),
     ("2026-27", None, 2026), ("FY26/27", None, 2026), ("financial year 2026/27", None, 2026),
     ("Mar-27, was Mar-26", None, 2026), ("Mar-26 (now Mar-27)", None, 2026), ("29 Feb 2028", None, 2027),
     ("01-Apr-2026", None, 2026)],
)  # fmt: skip
def test_what_is_after_a_date_is_a_start_and_a_date_that_was_is_passed_over(text, start, end):
    action, _ = one(Action="Fit taps", Lead="Estates", Timescale=text)
    assert (action.start_year, action.end_year) == (start, end)


@pytest.mark.parametrize(
    "text",
    ["30/02/2027", "31/04/27", "31-Apr-27", "29 Feb 2027", "2027-02-30", "FY2027", "Q2 FY2027", "financial year 2027",
     "year end 2027", "after 2027", "12 months after Apr 2027", "Mar-26 slipped to Mar-27"],
)  # fmt: skip
def test_a_day_that_no_calendar_has_and_a_year_of_two_readings_are_no_date(text):
    action, findings = one(Action="Fit taps", Lead="Estates", Timescale=text)
    assert (action.start_year, action.end_year) == (None, None)
    assert said_of(findings) == [text]


@pytest.mark.parametrize(
    ("text", "tonnes"),
    [
        ("1,150", 1150),
        ("680t", 680),
        ("70 tCO2e", 70),
        ("1.2 ktCO2e", 1200),
        ("500 kg", 0.5),
        ("nil", 0),
        ("-", None),
        ("5% of elec & gas", None),
        ("100% reduction", None),
        ("15,000 m3", None),
        ("20:20:60", None),
        ("100-150t", None),
        ("1,200 t over 10 years", None),
        ("10 tonnes of waste", None),
    ],
)
def test_tonnes_are_those_of_carbon_in_a_year(text, tonnes):
    action, _ = one(Action="Fit taps", Lead="Estates", tCO2e=text)
    assert action.tco2e_a_year == tonnes


@pytest.mark.parametrize(
    "text",
    ["adds 2t", "increase of 4 t", "emits 40 t", "10 t/month", "2 t per week", "5 t pm", "30 tCO2e per site",
     "3 t each", "12 tCO2e/bed", "<1t", ">50 t", "at least 40 t", "0.5 t x 20 vans", "-5",
     "-5 tCO2e", "1.5k", "was 30 t", "down from 40 t"],
)  # fmt: skip
def test_tonnes_that_are_added_a_rate_or_a_bound_are_no_saving_of_a_year(text):
    action, findings = one(Action="Fit taps", Lead="Estates", Carbon_saving_tCO2e=text)
    assert action.tco2e_a_year is None
    assert said_of(findings, "action_figure_not_tonnes") == [text]
    assert text in action.evidence


@pytest.mark.parametrize(
    ("text", "tonnes"),
    [("1.5k tonnes", 1500), ("2k tCO2e", 2000), ("2 thousand tonnes", 2000), ("2 kg CO2e", 0.002), ("1.2kt", 1200),
     ("40 tCO2e each year", 40), ("40 t / yr", 40), ("40 tCO2e per annum", 40), ("reduces by 40 t a year", 40),
     ("120 t (of 900)", 120), ("40 t (was 50 t)", 40), ("40 t a year, was 30 t", 40),
     ("Scope 2: 40t", 40), ("120 tonnes CO2e by 2030", 120)],
)  # fmt: skip
def test_tonnes_of_a_year_are_read_in_their_words(text, tonnes):
    assert one(Action="Fit taps", Lead="Estates", Carbon_saving_tCO2e=text)[0].tco2e_a_year == tonnes


@pytest.mark.parametrize(
    ("text", "tonnes"),
    [("Save 40 tCO2e a year", 40), ("Reduction in emissions of 40 tCO2e; 3 wards", 40),
     ("target 300 tCO2e by 2030", None), ("Footprint below 900 tCO2e", None), ("Emissions at 400 tCO2e", None)],
)  # fmt: skip
def test_a_measure_gives_only_a_saving_that_it_states(text, tonnes):
    assert one(Action="Fit taps", Lead="Estates", Measure_of_success=text)[0].tco2e_a_year == tonnes


def test_a_figure_that_is_no_tonnes_is_kept_with_the_evidence_and_said():
    action, findings = one(Action="Fit taps", Lead="Estates", Carbon_saving="25% of follow ups")
    assert action.evidence == "Carbon saving: 25% of follow ups"
    assert [each.code for each in findings.findings if each.severity != "info"] == []
    assert "action_figure_not_tonnes" in {each.code for each in findings.findings}


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("Going well", "in_progress"),
        ("Paused", "on_hold"),
        ("Behind schedule", "delayed"),
        ("Done", "complete"),
        ("N/S", "not_started"),
        ("1 - Paused", "on_hold"),
        ("Red - not started", "not_started"),
        ("Green (complete)", "complete"),
        ("3 - Delivery (late)", "delayed"),
        ("Phase 1 complete, phase 2 underway", "in_progress"),
        ("Green", "unknown"),
        ("R", "unknown"),
        ("No update", "unknown"),
        ("Not delivered", "unknown"),
        ("", "unknown"),
    ],
)
def test_a_status_is_what_its_words_say_and_a_colour_alone_says_nothing(text, status):
    action, findings = one(Action="Fit taps", Lead="Estates", RAG=text)
    assert action.status == status
    assert ("action_colour_without_key" in {each.code for each in findings.findings}) == (text in ("Green", "R"))


@pytest.mark.parametrize(
    "text",
    ["To be completed", "To complete by June", "Due to complete 2027", "Will be complete by May", "To be installed",
     "Unlikely to be achieved", "Once complete", "Phase 1 complete", "Complete - phase 1", "First phase done",
     "No longer delayed", "Was on hold", "Not fully complete", "Will be on hold from May", "If approved",
     "Hope to have completed by May", "Could complete in June", "Delivered in part", "Complete except signage"],
)  # fmt: skip
def test_a_state_to_come_that_was_once_or_is_of_a_part_is_not_that_of_today(text):
    action, findings = one(Action="Fit taps", Lead="Estates", Status=text)
    assert action.status == "unknown"
    assert said_of(findings) == [text]


@pytest.mark.parametrize(
    ("text", "status"),
    [("Complete", "complete"), ("Work was completed", "complete"), ("Completed by Estates", "complete"),
     ("All phases complete", "complete"), ("Target met", "complete"), ("Installed", "complete"),
     ("Complete (late)", "complete"), ("Works have completed", "complete"),
     ("Partly done", "in_progress"), ("c. 90% complete", "in_progress"),
     ("3 of 5 complete", "in_progress"), ("Was on hold, now restarted", "in_progress"), ("Was cancelled", "on_hold"),
     ("On track to complete", "in_progress"), ("Delayed, to be completed in May", "delayed"),
     ("Completed – started 3 Aug", "complete"), ("Complete - live since May", "complete"),
     ("Closed – started Sept", "complete"), ("Complete, phase 2 in progress", "in_progress"),
     ("Open - not started", "not_started"), ("Open, on track", "in_progress"), ("Open", "in_progress")],
)  # fmt: skip
def test_a_state_of_today_is_read_beside_words_of_other_days(text, status):
    assert one(Action="Fit taps", Lead="Estates", Status=text)[0].status == status


@pytest.mark.parametrize(
    ("text", "lead", "second"),
    [("Cath Lab Manager & Category Manager", "Cath Lab Manager", "Category Manager"),
     ("Antimicrobial Pharmacist + Surgical Matron", "Antimicrobial Pharmacist", "Surgical Matron"),
     ("J. Patel, S. Okafor", "J. Patel", "S. Okafor"), ("COO & CFO", "COO", "CFO"),
     ("Medical Director and Pharmacy Manager", "Medical Director", "Pharmacy Manager"),
     ("CFO (exec), Energy Manager (delivery)", "Energy Manager", "CFO"),
     ("Theatre Manager / Estates Manager", "Theatre Manager", "Estates Manager"),
     ("Energy Manager, Waste Manager and Fleet Manager", "Energy Manager", "Waste Manager, Fleet Manager")],
)  # fmt: skip
def test_two_owners_of_one_cell_are_told_apart_where_both_are_clearly_people(text, lead, second):
    action, _ = one(Action="Fit taps", Lead=text, Cost="£4k")
    assert (action.lead, action.second_lead) == (lead, second)


@pytest.mark.parametrize(
    "text",
    ["Estates and Facilities Director", "Head of Estates & Facilities", "Energy & Sustainability Manager",
     "Chief Nurse and Director of Infection Prevention", "CFO and Deputy CEO", "Jane Smith, Energy Manager", "L&D / OD",
     "Clinical Lead and Consultant Anaesthetist", "Lead Pharmacist, Admissions", "Smith, Jane",
     "Energy Manager / Officer", "Estates / Facilities Manager"],
)  # fmt: skip
def test_one_owner_of_two_titles_or_two_departments_stays_one(text):
    action, _ = one(Action="Fit taps", Lead=text, Cost="£4k")
    assert (action.lead, action.second_lead) == (text, "")


@pytest.mark.parametrize(
    ("bracket", "lead"),
    [("Lead Pharmacist", "Lead Pharmacist"), ("Lead Nurse for IPC", "Lead Nurse for IPC"),
     ("Lead: Pharmacist", "Pharmacist"), ("Lead Energy Manager", "Energy Manager"), ("led by Matron", "Matron"),
     ("Clinical Fellow", "Clinical Fellow"), ("Registrar", "Registrar")],
)  # fmt: skip
def test_a_lead_in_brackets_keeps_a_title_that_begins_with_the_word(bracket, lead):
    found = [peel(f"Stop nitrous oxide ({bracket})", Habits(role=True), {"lead"})]
    assert [(text, aside.lead) for text, aside in found] == [("Stop nitrous oxide", lead)]


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [("Sept 26 → Mar 28", 2026, 2027), ("Sept 26 -> Mar 28", 2026, 2027), ("Easter 2027", None, None)],
)
def test_an_arrow_is_a_range_and_easter_lies_in_either_of_two_years(text, start, end):
    action, findings = one(Action="Fit taps", Lead="Estates", Deadline=text)
    assert (action.start_year, action.end_year) == (start, end)
    assert bool(said_of(findings)) == (end is None)


@pytest.mark.parametrize(
    ("text", "tonnes"),
    [("Saves 19 tCO2e pa; patient comfort", 19), ("£90k saving, 19 tCO2e pa", 19), ("£4k and 12 tCO2e a year", 12),
     ("Trust footprint 900 tCO2e, target 300 tCO2e", None), ("12 tCO2e and £4k each", None)],
)  # fmt: skip
def test_tonnes_beside_other_benefits_are_read_where_they_are_a_saving(text, tonnes):
    assert one(Action="Fit taps", Lead="Estates", **{"Expected benefit": text})[0].tco2e_a_year == tonnes


def test_a_mapping_that_a_person_confirmed_says_what_a_column_and_its_colours_mean():
    sheet = pd.DataFrame({"Ref": ["1", "2"], "Action": ["Fit taps", "Lag pipes"], "Lead": ["FM", "FM"],
                          "Wobble": ["£4k", "£5k"], "RAG": ["Green", "Red"]})  # fmt: skip
    read = nc.read_actions(sheet)
    assert "column_unknown" in {each.code for each in read.findings.findings}
    mapping = read.mapping
    mapping.loc[mapping["column"] == "Wobble", ["meaning", "confirmed_by"]] = ["cost", "A. Person"]
    mapping.loc[mapping["column"] == "RAG", ["meaning", "confirmed_by"]] = [
        "rag: Green = on track; Red = stopped",
        "A. Person",
    ]
    told = nc.read_actions(sheet, mapping=mapping)
    assert [each.cost_low_gbp for each in told.planned] == [4000, 5000]
    assert [each.status for each in told.planned] == ["in_progress", "on_hold"]
    unconfirmed = nc.read_actions(sheet, mapping=mapping.assign(confirmed_by=""))
    assert [each.cost_low_gbp for each in unconfirmed.planned] == [None, None]


def test_a_meaning_that_no_column_has_is_refused_with_those_there_are():
    mapping = pd.DataFrame([["", "", "Wobble", "price", "", "A. Person"]],
                           columns=["file", "sheet", "column", "meaning", "candidates", "confirmed_by"])  # fmt: skip
    with pytest.raises(nc.NHSCarbonError, match="'price' is no meaning"):
        nc.read_actions(pd.DataFrame({"Action": ["a"], "Lead": ["b"]}), mapping=mapping)


def test_actions_of_one_cell_share_its_cost_once_and_have_the_tonnes_of_their_own_brackets():
    sheet = pd.DataFrame({
        "Actions": [
            "1.1 Fit LED lamps (75t)\n1.2 Lag the pipes (1,400 tCO2e)\n1.3 Tell the wards (205)",
            "2.1 Plant trees",
        ],
        "Lead": ["FM", "FM"], "Budget": ["£90k", "nil"],
    })  # fmt: skip
    first, second, third, last = nc.read_actions(sheet).planned
    assert [each.text for each in (first, second, third)] == ["Fit LED lamps", "Lag the pipes", "Tell the wards"]
    assert [each.tco2e_a_year for each in (first, second, third)] == [75, 1400, 205]
    assert {each.cost_low_gbp for each in (first, second, third)} == {90_000}
    assert len({each.cost_group for each in (first, second, third)}) == 1
    assert first.cost_group
    assert last.cost_group == ""
    assert last.text == "Plant trees"


def test_one_figure_of_tonnes_for_several_actions_is_given_to_none():
    sheet = pd.DataFrame({"Actions": ["(a) Fit LED lamps (b) Lag the pipes"], "Lead": ["FM"], "tCO2e": ["90"]})
    read = nc.read_actions(sheet)
    assert [each.tco2e_a_year for each in read.planned] == [None, None]
    assert "action_tonnes_shared" in {each.code for each in read.findings.findings}


def test_terms_are_read_by_the_key_of_the_sheet_else_by_a_rule_that_is_said():
    rows = [
        ["Short = by 3/27, Medium = by 3/29, Long = by 3/32", "", ""],
        ["Action", "Lead", "Timescale"],
        ["Fit taps", "FM", "Medium"],
    ]
    assert by_text(pd.DataFrame(rows))["Fit taps"].end_year == 2028
    rows[0][0] = "Green Plan 2025 to 2028"
    read = nc.read_actions(pd.DataFrame(rows))
    assert read.planned[0].end_year == 2027
    assert "action_term_by_rule" in {each.code for each in read.findings.findings}
    rows[0][0] = "Green Plan"
    read = nc.read_actions(pd.DataFrame(rows))
    assert read.planned[0].end_year is None
    assert "action_cell_unread" in {each.code for each in read.findings.findings}


def test_a_sheet_without_actions_is_said_and_refuses_nothing(tmp_path):
    path = tmp_path / "notes.csv"
    path.write_text("Minutes of the meeting\nThe chair opened at ten\n")
    read = nc.read_actions(path)
    assert read.planned == ()
    assert {each.code for each in read.findings.findings} >= {"sheet_without_actions"}


def test_a_file_that_is_no_table_is_refused(tmp_path):
    path = tmp_path / "plan.xlsx"
    path.write_bytes(b"%PDF-1.7 and so on")
    with pytest.raises(nc.NHSCarbonError, match="PDF"):
        nc.read_actions(path)


@pytest.mark.parametrize(
    ("encoding", "separator"),
    [("utf-8", ","), ("utf-8-sig", ";"), ("cp1252", "\t"), ("utf-16", "|"), ("utf-16-le", ",")],
)
def test_any_encoding_and_separator_gives_the_same_actions(tmp_path, encoding, separator):
    rows = [
        ["Ref", "Action", "Lead", "By when", "Cost"],
        ["A1", "Fit LED – ward’s lamps", "FM", "Mar-27", "£40k"],
        ["A2", "Lag pipes", "FM", "2027", "nil"],
    ]
    path = tmp_path / "plan.csv"
    path.write_bytes("\r\n".join(separator.join(row) for row in rows).encode(encoding))
    first, second = nc.read_actions(path).planned
    assert (first.action_id, first.text, first.end_year, first.cost_low_gbp) == (
        "A1",
        "Fit LED – ward’s lamps",
        2026,
        40_000,
    )
    assert (second.row, second.cost_low_gbp) == (3, 0)


def test_a_text_that_was_cut_at_its_commas_is_joined_again_and_said(tmp_path):
    path = tmp_path / "plan.csv"
    path.write_text("Ref,Action,Owner,Finish,Cost,RAG\nG1,Fit LED, PIR and dimming,Estates officer,Mar-27,£20k,Done\n"
                    "G2,Lag pipes,Estates officer,Mar-28,£2k,On track\n", encoding="utf-8")  # fmt: skip
    read = nc.read_actions(path)
    assert (read.planned[0].text, read.planned[0].lead, read.planned[0].status) == (
        "Fit LED, PIR and dimming",
        "Estates officer",
        "complete",
    )
    assert "action_row_torn" in {each.code for each in read.findings.findings}


def test_a_title_that_names_a_trust_says_whose_plan_it_is(tmp_path):
    path = tmp_path / "plan.csv"
    path.write_text("Barts Health NHS Trust: action plan\nAction,Lead,By when\nFit taps,FM,2027\n")
    assert nc.read_actions(path).planned[0].organisation == "R1H"
    assert nc.read_actions(path, organisation="RX1").planned[0].organisation == "RX1"
    path.write_text("Our action plan\nAction,Lead,By when\nFit taps,FM,2027\n")
    assert nc.read_actions(path).planned[0].organisation == "plan"


def test_references_that_two_rows_have_give_ids_of_file_sheet_and_row(tmp_path):
    for name in ("one", "two"):
        (tmp_path / f"{name}.csv").write_text(
            "No,Action,Lead\n1,Fit taps,FM\nX9 {name},Lag pipes,FM\n".replace("{name}", name)
        )
    read = nc.read_actions([tmp_path / "one.csv", tmp_path / "two.csv"])
    assert [each.action_id for each in read.planned] == ["one/2", "X9 one", "two/2", "X9 two"]


def test_a_strict_table_of_the_optimiser_is_still_refused_whole():
    names = ["id", "title", "selects", "effect", "share", "start_from", "start_to"]
    table = pd.DataFrame([["a", "LED", "theme:electricity", "shrink", "0.1", "2026/27", "2026/27"]], columns=names)
    with pytest.raises(nc.NHSCarbonError, match="shrink"):
        nc.read_actions(table)


def test_the_command_writes_the_table_and_the_mapping(tmp_path, capsys):
    plan = tmp_path / "plan.csv"
    plan.write_text("Action,Lead,By when,Cost\nFit taps,FM,Sometime,£4k\n", encoding="utf-8")
    out, mapping = tmp_path / "actions.csv", tmp_path / "columns.csv"
    main(["actions", "read", str(plan), "-o", str(out), "--write-mapping", str(mapping)])
    assert "Sometime" in capsys.readouterr().err
    assert nc.read_actions(out).planned[0].cost_low_gbp == 4000
    assert pd.read_csv(mapping, dtype=str)["meaning"].tolist() == ["action", "lead", "end", "cost"]


def test_what_was_measured_is_a_table_with_a_row_for_each_sheet(ours):
    table = table_of(ours[1])
    assert table["file"].tolist()[-1] == "all"
    assert table["texts"].tolist()[-1] == sum(len(sheet.wanted) for sheet in SHEETS)


def test_a_legend_below_a_table_is_a_key_and_no_action():
    rows = [["Theme", "Initiative", "Lead", "Due", "RAG"], ["Travel", "Cycle hub", "Travel lead", "2027", "G"],
            ["", "Bus pass", "HR", "2027", "A"], [""] * 5, ["RAG key", "", "", "", ""], ["G", "On track", "", "", ""],
            ["A", "Some delay", "", "", ""], ["R", "Stopped", "", "", ""]]  # fmt: skip
    found = by_text(pd.DataFrame(rows))
    assert {text: action.status for text, action in found.items()} == {
        "Cycle hub": "in_progress",
        "Bus pass": "delayed",
    }


def coloured(path, rows, fills):
    """Write a workbook whose cells, by their names, have fills."""
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for name, colour in fills.items():
        book.active[name].fill = openpyxl.styles.PatternFill("solid", fgColor=f"FF{colour}")
    book.save(path)
    return nc.read_actions(path).planned


GANTT = [["Ref", "Action", "Lead", "2025/26", "2026/27", "2027/28"], ["1", "Fit taps", "FM"], ["2", "Lag pipes", "FM"],
         ["3", "Seal windows", "FM"], ["4", "Plant trees", "FM"]]  # fmt: skip


def test_bands_of_colour_over_every_other_row_mark_no_years(tmp_path):
    bands = {f"{column}{row}": "DDEBF7" for column in "ABCDEF" for row in (3, 5)}
    bars = {"D2": "00B050", "E5": "00B050"}
    found = coloured(tmp_path / "plan.xlsx", GANTT, {**bands, **bars})
    assert [(each.start_year, each.end_year) for each in found] == [
        (2025, 2025),
        (None, None),
        (None, None),
        (2026, 2026),
    ]


def test_bars_in_the_colour_of_their_theme_mark_years(tmp_path):
    themes = {f"{column}{row}": colour for column in "ABC" for row, colour in enumerate(("9DC3E6", "A9D08E"), 2)}
    bars = {"D2": "9DC3E6", "E2": "9DC3E6", "F3": "A9D08E", "D4": "FFC000", "E4": "FFC000", "F4": "FFC000"}
    found = coloured(tmp_path / "plan.xlsx", GANTT, {**themes, **bars})
    assert [(each.start_year, each.end_year) for each in found] == [
        (2025, 2026),
        (2027, 2027),
        (2025, 2027),
        (None, None),
    ]


@pytest.mark.parametrize("band", ["DDEBF7", "9DC3E6", "BDD7EE"])
def test_a_band_of_colour_is_no_state_and_a_coloured_cell_or_row_is_one(tmp_path, band):
    rows = [["Key: Blue complete, Green on track"], ["Ref", "Action", "Lead", "RAG"],
            *([str(place), f"Fit taps in block {place}", "FM"] for place in range(4))]  # fmt: skip
    bands = {f"{column}{row}": band for column in "ABCD" for row in (3, 5)}
    found = coloured(tmp_path / "plan.xlsx", rows, {**bands, "D6": "00B050"})
    assert [each.status for each in found] == ["unknown", "unknown", "unknown", "in_progress"]
    whole = {
        f"{column}{row}": colour for column in "ABCD" for row, colour in enumerate((band, "00B050", band, band), 3)
    }
    found = coloured(tmp_path / "rows.xlsx", rows, whole)
    assert [each.status for each in found] == ["complete", "in_progress", "complete", "complete"]


def test_an_initiative_without_sub_actions_is_an_action_itself():
    rows = [["Initiative number", "Initiative", "Sub-action", "Proposed owners", "Implemented by"],
            ["13", "Low carbon buildings", "13a Build new wards to the standard", "All organisations", "April 2026"],
            ["", "", "13b Survey roofs", "Estates", "2027"],
            ["14", "LED lamps on all sites", "", "Estates", "2025"]]  # fmt: skip
    found = by_text(pd.DataFrame(rows))
    assert list(found) == ["Build new wards to the standard", "Survey roofs", "LED lamps on all sites"]
    assert found["LED lamps on all sites"].end_year == 2025


def test_an_update_that_begins_with_a_state_gives_it_where_no_column_does():
    rows = [["Priority 1: Estates", "", ""], ["Action", "Owner", "Update"],
            ["Replace chillers", "Estates", "Tender out in November, on track for the summer works"],
            ["Insulate lofts", "Estates", "Not started - awaiting the outcome of the bid for funds"],
            ["Priority 2: Travel", "", ""], ["Action", "Owner", "Update"],
            ["Electric pool cars", "Transport", "Six cars were delivered and people like them very much"]]  # fmt: skip
    found = by_text(pd.DataFrame(rows))
    assert [action.status for action in found.values()] == ["unknown", "not_started", "unknown"]
    assert [action.section for action in found.values()] == ["Priority 1: Estates"] * 2 + ["Priority 2: Travel"]


@pytest.mark.parametrize(
    "legend",
    [
        "Key,,,\nGreen,,,On track\nRed,,,Delayed\n",
        ",,,\nKey,,,Green = on track\n,,,Red = delayed\n",
        ",,,\nRAG key:,Green,On track,\n,Red,Delayed,\n",
    ],
)
def test_a_legend_whose_heading_stands_in_the_column_of_actions_is_a_key(legend, tmp_path):
    path = tmp_path / "RX1.csv"
    path.write_text(
        "Action,Lead,End,RAG\nLED lighting,Energy Manager,2026/27,Green\nKey worker bus,Travel,2027/28,Red\n" + legend
    )
    read = nc.read_actions(path)
    assert [(each.text, each.status) for each in read.planned] == [
        ("LED lighting", "in_progress"), ("Key worker bus", "delayed"),
    ]  # fmt: skip
    assert list(read.findings) == []


def test_a_line_alone_below_the_actions_is_said_and_rows_read_as_headings_are_named(tmp_path):
    path = tmp_path / "RX1.csv"
    path.write_text(
        "Action,Lead,End,Status\nEstates,,,\nLED lighting,Energy Manager,2026/27,Complete\nMake it nicer,,,\n"
    )
    read = nc.read_actions(path)
    assert [each.text for each in read.planned] == ["LED lighting"]
    assert sorted((each.code, each.severity, each.first_rows) for each in read.findings) == [
        ("action_row_left_out", "info", (2,)), ("action_row_left_out", "warning", (4,)),
    ]  # fmt: skip
    assert "'Estates'" in str(read.findings)


def test_a_workbook_whose_looks_cannot_be_read_says_so_and_one_that_has_none_does_not(tmp_path, monkeypatch):
    book = pytest.importorskip("openpyxl", reason="needs the extra 'excel'").Workbook()
    for row in (("Action", "Lead", "End", "RAG"), ("LED lighting", "Energy manager", "2026/27", "")):
        book.worksheets[0].append(row)
    book.save(tmp_path / "RX1.xlsx")
    assert list(nc.read_actions(tmp_path / "RX1.xlsx").findings) == []

    def fails(*words, **options):
        raise ValueError("no workbook of this kind")

    monkeypatch.setattr("openpyxl.load_workbook", fails)
    read = nc.read_actions(tmp_path / "RX1.xlsx")
    assert [each.code for each in read.findings] == ["action_looks_unread"]
    assert [each.text for each in read.planned] == ["LED lighting"]


def test_a_cell_that_no_table_holds_is_refused_by_an_error_of_ours(tmp_path):
    path = tmp_path / "RX1.csv"
    path.write_text("Action,Lead\n" + "x" * 140_000 + ",Me\n")
    with pytest.raises(nc.NHSCarbonError):
        nc.read_actions(path)
