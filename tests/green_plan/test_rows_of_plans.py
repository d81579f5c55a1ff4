"""Rows and sheets of plans: what holds no action is none, sections are those of the numbers, what is unseen is said."""

import sys
from pathlib import Path

import pytest

import nhscarbon as nc

pytest.importorskip("openpyxl", reason="workbooks need the extra 'excel'")
sys.path.insert(0, str(Path(__file__).parent))

from openpyxl import load_workbook
from plan_pages import LED, PLAN, ROOF, book, read, said, texts


@pytest.mark.parametrize(
    "rows",
    [
        [["Area", "No. of actions", "Lead", "Cost"], ["Estates", "12", "A. Smith", "£450k"], ["Food", "9", "B", "£1m"]],
        [["Area", "Actions", "Lead", "Cost"], ["Estates", "12", "A. Smith", "£450,000"], ["Total", "12", "", "£1m"]],
        [["Programme", "Schemes", "Capital (£m)", "tCO2e"], ["Heat", "3", "6.5", "2968"], ["Power", "4", "2.7", "337"]],
        [["Theme", "Open actions", "Overdue", "Lead", "Status"], ["Heat", "3", "1", "A. Smith", "Complete"]],
        [["Area", "Total", "Lead", "Cost"], ["Estates", "12", "A. Smith", "£450k"], ["Food", "9", "B", "£1m"]],
        [["How to use this tracker"], [], ["Column", "What to enter"], ["Action", "One sentence with a verb"],
         ["Lead", "Name of the person responsible"], ["RAG", "Colour the cell"], ["Capital", "Thousands of pounds"]],
        [["Action", "One sentence with a verb"], ["Lead", "Name or job title"], ["Cost", "In thousands"]],
        [["Heading", "Description", "Who"], ["Action", "One line", "All"], ["Lead", "Name", "All"], ["RAG", "", ""]],
        [["Action type", "Status", "Area"], ["Project", "On track", "Estates"], ["Policy", "Late", "Travel"]],
        [["Name", "Role", "Email"], ["A. Smith", "Head of Estates", "a@b.nhs.uk"], ["B", "Matron", "b@b.nhs.uk"]],
        [["Name", "Organisation", "Telephone", "Lead for"], ["A. Smith", "RX1", "0115", "Estates"], ["B", "", "", ""]],
    ],
)  # fmt: skip
def test_counts_guides_lists_and_people_are_no_actions(tmp_path, rows):
    actions = nc.read_actions(book(tmp_path / "b.xlsx", Plan=PLAN, Other=rows))
    assert texts(actions) == [LED, ROOF]
    assert said(actions, "sheet_without_actions")


@pytest.mark.parametrize(
    "rows",
    [
        [["Name", "Lead", "Status"], [LED, "A. Smith", "Complete"]],
        [["Name", "Owner", "Cost"], [LED, "A. Smith", "£5k"]],
        [["Project title", LED], ["Project lead", "A. Smith"], ["Start date", "01/04/2026"], ["Budget", "£5k"]],
        [["Action", LED], ["Lead", "Head of Estates"], ["By when", "tbc"], ["Status", "On track"]],
        [["Area", "No. of actions", "Action", "Lead"], ["Estates", "1", LED, "A. Smith"]],
    ],
)
def test_what_resembles_them_and_plans_something_is_read(rows):
    assert texts(read(*rows)) == [LED]


@pytest.mark.parametrize("name", ["Lists", "Drop-downs", "Read me", "Guidance notes", "Contacts", "LOOKUPS"])
def test_a_sheet_that_serves_the_plan_by_its_name_is_not_read_and_is_said(tmp_path, name):
    rows = [["Action", "Lead"], ["Project", "A. Smith"], ["Policy", "B. Jones"]]
    actions = nc.read_actions(book(tmp_path / "b.xlsx", Plan=PLAN, **{name: rows}))
    assert texts(actions) == [LED, ROOF]
    assert any(name in message for message in said(actions, "sheet_without_actions"))
    assert len(texts(nc.read_actions(book(tmp_path / "alone.xlsx", **{name: rows})))) == 2


@pytest.mark.parametrize(
    "row",
    [["", "e.g. Replace lamps", "Estates"], ["", "Example: replace lamps", "Estates"],
     ["Example", "Replace lamps", "Estates"], ["eg", "Replace lamps", "Estates"]],
)  # fmt: skip
def test_a_row_that_shows_how_to_fill_in_the_table_is_no_action_and_is_said(row):
    actions = read(
        PLAN[0], [*row, "2027"], *PLAN[1:], ["3", "Example wards are fitted with meters", "A. Smith", "2027"]
    )
    assert texts(actions) == [LED, ROOF, "Example wards are fitted with meters"]
    assert any("how to fill in" in message for message in said(actions, "action_row_left_out"))


@pytest.mark.parametrize(
    ("one", "parts"),
    [("1", ["1.1", "1.2"]), ("2.", ["2.1", "2.2"]), ("A", ["A1", "A2"]), ("3", ["3a", "3b"]),
     ("1.2", ["1.2.1", "1.2.2"]), ("EN1", ["EN1.1", "EN1.2"])],
)  # fmt: skip
def test_a_numbered_row_above_its_parts_is_their_section(one, parts):
    head = ["No", "Objective / action", "Lead", "When", "Status"]
    rows = [[one, "Warm, efficient buildings", "", "", ""], [parts[0], LED, "A. Smith", "2027", "Done"],
            [parts[1], ROOF, "B. Jones", "2028", "Done"]]  # fmt: skip
    for given in ((head, *rows), (head[1:], *([f"{row[0]} {row[1]}", *row[2:]] for row in rows))):
        actions = read(*given)
        assert [each.lead for each in actions.planned] == ["A. Smith", "B. Jones"]
        assert {each.section.removeprefix("A ") for each in actions.planned} == {"Warm, efficient buildings"}
        assert any("Warm, efficient buildings" in message for message in said(actions, "action_row_left_out"))


@pytest.mark.parametrize(
    "rows",
    [
        [["1", "Draw up a heat plan", "C. Lee", "", ""], ["1.1", LED, "A", "2027", "Done"], ["1.2", ROOF, "B", "", ""]],
        [["1", "Draw up a heat plan", "", "", ""], ["2", LED, "A", "2027", "Done"], ["3", ROOF, "B", "2028", "Done"]],
        [["1", "Draw up a heat plan", "", "", ""], ["10", LED, "A", "2027", "Done"], ["11", ROOF, "B", "2028", "Done"]],
    ],
)
def test_a_numbered_row_with_more_in_it_or_without_parts_is_an_action(rows):
    assert texts(read(["No", "Action", "Lead", "When", "Status"], *rows)) == ["Draw up a heat plan", LED, ROOF]


@pytest.mark.parametrize("number", ["2", "B1", "1a"])
def test_a_row_that_is_no_part_of_a_numbered_section_is_not_in_it(number):
    rows = [["1", "Warm buildings", ""], ["1.1", LED, "A"], ["1.2", ROOF, "B"], [number, "Train the staff", "C"]]
    sections = {each.text: each.section for each in read(["No", "Action", "Lead"], *rows).planned}
    assert sections[ROOF] == "Warm buildings"
    assert sections["Train the staff"] == ("Warm buildings" if number == "1a" else "")


@pytest.mark.parametrize("kind", ["Action", "Project", "Delivery action", "Scheme"])
def test_a_row_whose_kind_is_called_an_action_is_no_row_of_headings(kind):
    rows = [
        [LED, "A", "Completed", "Policy"],
        [ROOF, "B", "On track", kind],
        ["Lag the pipes", "C", "Closed", "Policy"],
    ]
    assert texts(read(["Action", "Lead", "Status", "Kind of work"], *rows)) == [LED, ROOF, "Lag the pipes"]


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_what_is_hidden_is_read_and_said(tmp_path, state):
    path = book(
        tmp_path / "b.xlsx", Plan=PLAN, Draft_of_2024=[["Scheme", "Lead", "Cost"], ["Wind turbine", "C", "£3.1m"]]
    )
    made = load_workbook(path)
    made["Draft of 2024"].sheet_state = state
    made["Plan"].row_dimensions[3].hidden = True
    made.save(path)
    actions = nc.read_actions(path)
    assert texts(actions) == [LED, ROOF, "Wind turbine"]
    assert [each.sheet for each in actions.findings if each.code == "sheet_hidden"] == ["Draft of 2024"]
    assert [each.first_rows for each in actions.findings if each.code == "rows_hidden"] == [(3,)]


def test_nothing_is_said_to_be_hidden_where_nothing_is(tmp_path):
    path = book(tmp_path / "b.xlsx", Plan=PLAN, Lists=[["Status"], ["On track"]])
    made = load_workbook(path)
    made["Lists"].sheet_state = "hidden"  # nothing was read from it
    made.save(path)
    assert not said(nc.read_actions(path), "sheet_hidden")


@pytest.mark.parametrize("formula", ["=40000+5000", "=SUM(A1:A2)", '=IF(1=1,"£45k","")'])
def test_a_formula_without_a_result_is_empty_and_said(tmp_path, formula):
    rows = [["Ref", "Action", "Cost"], ["1", LED, formula], ["2", ROOF, "£5k"]]
    actions = nc.read_actions(book(tmp_path / "b.xlsx", Plan=rows))
    assert [each.cost_low_gbp for each in actions.planned] == [None, 5000.0]
    assert [each.cell for each in actions.findings if each.code == "formula_without_result"] == ["C2"]


@pytest.mark.parametrize(
    ("head", "gap"),
    [
        (["Action", "Lead", "Due"], [""]),
        (["Action", "Lead", "Due"], []),
        (["Ref", "Action", "Lead", "Due"], ["", ""]),
        (["Scheme", "Owner", "By when"], [""]),
    ],
)
def test_tables_side_by_side_are_each_read(head, gap):
    refs = [["A1"], ["A2"], ["B1"], ["B2"]] if head[0] == "Ref" else [[], [], [], []]
    rows = [[*ref, text, lead, due] for ref, text, lead, due in zip(
        refs, (LED, "Lag the pipes", ROOF, "Buy two electric vans"), ("A. Smith", "B. Jones", "C. Lee", "D. Ray"),
        ("2026", "2027", "2028", "2029"), strict=True)]  # fmt: skip
    actions = read([*head, *gap, *head], [*rows[0], *gap, *rows[2]], [*rows[1], *gap, *rows[3]])
    assert [(each.text, each.lead, each.second_lead, each.end_year, each.evidence) for each in actions.planned] == [
        (LED, "A. Smith", "", 2026, ""), ("Lag the pipes", "B. Jones", "", 2027, ""), (ROOF, "C. Lee", "", 2028, ""),
        ("Buy two electric vans", "D. Ray", "", 2029, ""),
    ]  # fmt: skip
    assert len({each.action_id for each in actions.planned}) == 4


@pytest.mark.parametrize("more", [["Comments", "Risk"], ["Update", "RAG"], ["Next action", "Notes"]])
def test_columns_behind_a_gap_belong_to_the_table_before_it(more):
    actions = read(["Action", "Lead", "", *more], [LED, "A. Smith", "", "p", "q"], [ROOF, "B. Jones", "", "r", "s"])
    assert texts(actions) == [LED, ROOF]


@pytest.mark.parametrize(
    ("key", "cell", "start", "end"),
    [
        ("Year 1 = 2026/27, Year 2 = 2027/28, Year 3 = 2028/29", "Year 2", None, 2027),
        ("Year 1 = 2026/27, Year 2 = 2027/28, Year 3 = 2028/29", "Years 1-2", 2026, 2027),
        ("Year 1: 2026/27", "Yr 3", None, 2028),
        ("Y1 = 2026/27; Y2 = 2027/28", "Y1 and Y2", 2026, 2027),
        ("Year 1 (2026/27) and Year 2 (2027/28)", "Year 1 onwards", 2026, None),
        ("Year 1 = 2026/27", "Year 1 of 5", None, None),
        ("Year 1 = 2026/27, Year 2 = 2029/30", "Year 2", None, None),
        ("Our first year begins in April", "Year 2", None, None),
        ("Year 1 = 2026/27", "2031", None, 2031),
        ("Year 1 = 2026/27", "Mar 2028", None, 2027),
    ],
)
def test_years_of_the_plan_are_those_of_the_sheets_own_key(key, cell, start, end):
    action = read([key], ["Action", "Lead", "When"], [LED, "A. Smith", cell], [ROOF, "B. Jones", "2027"]).planned[0]
    assert (action.start_year, action.end_year) == (start, end)


@pytest.mark.parametrize(
    "cell",
    [
        f"a) {LED} b) {ROOF}",
        f"1) {LED}; 2) {ROOF}",
        f"✓ {LED} ✓ {ROOF}",
        f"i) {LED} ii) {ROOF}",
        f"• {LED} • {ROOF}",
        f"✔ {LED}\n✔ {ROOF}",
    ],
)
def test_actions_marked_on_one_line_are_told_apart(cell):
    actions = read(["Action", "Lead"], [cell, "A. Smith"], ["Lag the pipes", "B. Jones"])
    assert texts(actions) == [LED, ROOF, "Lag the pipes"]


@pytest.mark.parametrize(
    "cell",
    ["1) Fit LED lamps in the tower", "Replace lamps (phase 2) and boilers (phase 3) by then", "Buy a) vans b) bikes",
     "b) Fit LED lamps a) Lag the pipes", "✓ Fit LED lamps in the tower", "Fit lamps 1) and 2) of the west wing"],
)  # fmt: skip
def test_a_text_without_two_marks_in_order_from_its_start_is_one_action(cell):
    assert len(read(["Action", "Lead"], [cell, "A. Smith"], ["Lag the pipes", "B. Jones"]).planned) == 2


@pytest.mark.parametrize(
    "head",
    [["Area", "2025/26", "2026/27", "2027/28", "Lead director"], ["", "2026", "2027", "2028", ""],
     ["Theme", "FY25/26", "FY26/27", "FY27/28", ""]],
)  # fmt: skip
def test_a_roadmap_is_said_aloud_to_be_unread(head):
    rows = [["Estates", "LED phase 1", LED, ROOF, "A"], ["Travel", "", "Survey", "Buy vans", ""]]
    actions = read(["Plan on a page"], head, *rows)
    (found,) = [each for each in actions.findings if each.code == "sheet_without_actions"]
    assert (found.severity, texts(actions)) == ("warning", [])
    figures = read(["Footprint"], head, ["Estates", "120", "110", "90", "A"], ["Travel", "4", "3", "2", ""])
    assert [each.severity for each in figures.findings if each.code == "sheet_without_actions"] == ["info"]


@pytest.mark.parametrize(
    "rows",
    [
        [PLAN[0]],
        [PLAN[0], ["1", "", "A. Smith", "2027"], ["2", "", "B. Jones", "2028"]],
        [["Action", "Lead", "Cost"], ["Total", "", "£5k"]],
        [["Action", "Timeline", "", "Cost"], ["", "Dates", "", "Kind"], ["", "From", "To", "Capital"]],
    ],
)
def test_a_sheet_with_headings_of_actions_that_gave_none_is_said_aloud(tmp_path, rows):
    actions = nc.read_actions(book(tmp_path / "b.xlsx", Plan=PLAN, Other=rows))
    found = [(each.severity, each.sheet) for each in actions.findings if each.code == "sheet_without_actions"]
    assert (texts(actions), found) == ([LED, ROOF], [("warning", "Other")])


@pytest.mark.parametrize(
    "rows",
    [[["Area", "Actions", "Lead"], ["Estates", "12", "A. Smith"], ["Food", "9", "B. Jones"]],
     [["Green Plan"], ["Prepared by", "A. Smith"]], [["Scope", "2025/26", "2026/27"], ["1", "120", "110"]]],
)  # fmt: skip
def test_counts_covers_and_figures_are_said_to_hold_no_actions_and_warn_of_nothing(tmp_path, rows):
    actions = nc.read_actions(book(tmp_path / "b.xlsx", Plan=PLAN, Other=rows))
    assert [each.severity for each in actions.findings if each.code == "sheet_without_actions"] == ["info"]


@pytest.mark.parametrize(
    "title",
    ["RR8 Green Plan", "RR8 – Green Plan 2025-28", "Green Plan RR8", "Green Plan for RR8, 2026", "Trust: RR8", "RR8",
     "Organisation code: RR8", "Trust = RR8 Leeds Teaching Hospitals", "RR8 delivery tracker v2", "ODS: RR8", "(RR8)"],
)  # fmt: skip
def test_a_known_code_in_a_title_is_whose_plan_it_is(tmp_path, title):
    actions = nc.read_actions(book(tmp_path / "leeds.xlsx", Plan=[[title], *PLAN]))
    assert {each.organisation for each in actions.planned} == {"RR8"}
    assert not said(actions, "action_organisation_assumed")
    cover = nc.read_actions(book(tmp_path / "cover.xlsx", Cover=[[title]], Plan=PLAN))
    assert {each.organisation for each in cover.planned} == {"RR8"}


@pytest.mark.parametrize(
    "title",
    ["RAG Green Plan", "RED plan", "RUN log", "REF plan", "RAN Green Plan", "Q10 Green Plan", "RZ9 Green Plan",
     "RX1 will join the plan", "See the RX1 plan", "Plan shared with RX1", "rr8 green plan", "Trust: RAG", "Trust: RZ9",
     "Boiler RR8 of the tower", "Partner trust: RX1", "RR8 and RX1 joint plan"],
)  # fmt: skip
def test_a_word_in_capitals_or_a_code_of_another_is_not_whose_plan_it_is_and_is_said(tmp_path, title):
    actions = nc.read_actions(book(tmp_path / "leeds.xlsx", Plan=[[title], *PLAN]))
    assert {each.organisation for each in actions.planned} == {"leeds"}
    assert said(actions, "action_organisation_assumed")


def test_a_code_below_the_table_or_a_second_one_above_is_not_whose_plan_it_is(tmp_path):
    for rows in ([*PLAN, [], ["RR8 Green Plan"]], [["RR8 Green Plan"], ["Trust: RX1"], *PLAN]):
        actions = nc.read_actions(book(tmp_path / "leeds.xlsx", Plan=rows))
        assert {each.organisation for each in actions.planned} == {"leeds"}
    marked = nc.read_actions(book(tmp_path / "leeds.xlsx", Plan=[["Green Plan (RR8)"], ["RX1 Green Plan"], *PLAN]))
    assert {each.organisation for each in marked.planned} == {"RR8"}
