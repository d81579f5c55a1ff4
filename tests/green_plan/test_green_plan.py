"""The Green Plan of a system: everything that was read is in it, nothing else is, and it reads back without loss."""

import random
import re
from functools import partial

import pandas as pd
import pytest
from plans import many, of_a_person, planned, three_trusts
from test_matrix import footprint

import nhscarbon as nc
from nhscarbon.cli import main
from nhscarbon.errors import UnreadableError, UsageError
from pages import Reader

HOSTILE = '<script>alert(1)</script> & "x"'


def row(plan, id):
    return plan.part("intervention").set_index("intervention").loc[id]


def test_every_action_is_in_the_plan_left_out_or_to_be_decided():
    for actions in (three_trusts(), many(), of_a_person()):
        plan = nc.green_plan(actions)
        standing = plan.actions["standing"].value_counts()
        assert sorted(plan.actions["action_id"]) == sorted(each.action_id for each in actions)
        assert standing.get("system", 0) == plan.interventions["actions_count"].sum()
        assert standing.get("left_out", 0) == plan.left_out["actions_count"].sum()
        assert standing.get("review", 0) == len(plan.review)
        assert plan.objectives["actions_count"].sum() == standing.get("system", 0)


def test_the_order_of_actions_changes_nothing():
    actions = many()
    first = nc.green_plan(actions, priorities=["Adaptation", "led"])
    for seed in range(3):
        shuffled = random.Random(seed).sample(actions, len(actions))
        pd.testing.assert_frame_equal(nc.green_plan(shuffled, priorities=["led", "Adaptation"]).table, first.table)


@pytest.mark.parametrize("ending", ["csv", "xlsx", "people.xlsx"])
def test_it_reads_back_without_loss(tmp_path, ending):
    odd = planned("=R1", 1, "led", text=" =1+1\r\nsecond line ", lead="'quoted", risk="a;b\tc", evidence="5 \u2265 4")
    for actions in ([*three_trusts(), odd, planned("=R1", 2, "led", text="007")], many(60)):
        plan = nc.green_plan(actions, footprint(), priorities=["Medicines", "flooding"], title='Plan, of "us"')
        path = tmp_path / f"{len(actions)}.{ending}"
        writers = {"csv": plan.to_csv, "xlsx": plan.to_excel}
        write = writers.get(ending, partial(nc.write_green_plan, plan))
        again = nc.read_green_plan(write(path))
        pd.testing.assert_frame_equal(again.table, plan.table)
        assert again.about == plan.about


def test_a_file_that_holds_no_plan_is_refused(tmp_path):
    (tmp_path / "other.csv").write_text("a,b\n1,2\n")
    with pytest.raises(UnreadableError, match=r"'other\.csv' holds no Green Plan"):
        nc.read_green_plan(tmp_path / "other.csv")
    path = nc.green_plan(three_trusts()).to_csv(tmp_path / "plan.csv")
    path.write_text(path.read_text("utf-8").replace("100000.0", "many"), "utf-8")
    with pytest.raises(UnreadableError, match="many"):
        nc.read_green_plan(path)


def test_the_lead_role_is_the_one_that_most_owners_name():
    led = row(nc.green_plan(three_trusts()), "led")
    assert (led["lead_role"].lower(), led["lead_named_by"]) == ("energy manager", 2)
    assert led["leads"].split("\n")[0] == "Director of Estates (RCC)"
    assert (led["start_year"], led["end_year"], led["owners"]) == (2025, 2029, "RAA;RBB;RCC")


def test_the_score_by_hand():
    """LED: in progress 2 and complete 3 make 2.5; £170,000 of three is £56,667 each, so 1 point; two of its three
    owners plan metering of its family, so 2; two of three have evidence or tonnes, so 2: 7.5 of 12, which is medium."""
    led = row(nc.green_plan(three_trusts()), "led")
    parts = [led[name] for name in ("readiness", "affordability", "independence", "evidence_points")]
    assert parts == pytest.approx([2.5, 1.0, 2.0, 2.0])
    assert (led["score"], led["out_of"], led["deliverability"]) == (7.5, 12.0, "medium")


def test_what_nothing_is_known_of_is_not_scored():
    water = row(nc.green_plan([planned("RAA", 1, "water"), planned("RBB", 1, "water")]), "water")
    assert water["deliverability"] == "cannot_say"
    assert water["out_of"] == 6
    assert pd.isna(water["readiness"])


def test_the_rule_of_the_score_is_a_table():
    rule = nc.trajectory.deliverability_rule()
    assert set(rule["part"]) == {"readiness", "affordability", "independence", "evidence_points", "deliverability"}


def test_risks_and_benefits_are_the_words_of_the_sheets_with_those_who_wrote_them():
    led = row(nc.green_plan(three_trusts()), "led")
    assert led["risk"] == "Access to wards (RAA, RBB)"
    assert led["mitigation"] == "Night work (RAA)"
    assert led["benefit_health"] == "Safety of patients (RAA)"
    assert led["benefit_cost"] == "Lower energy cost (RAA)"
    assert led[["likelihood", "impact", "benefit_air", "benefit_inequality"]].tolist() == ["", "", "", ""]


@pytest.mark.parametrize(
    ("risk", "likelihood", "impact"),
    [
        ("Late grid. Likelihood: high; impact: medium", "high", "medium"),
        ("Late grid (L4 x I3)", "4", "3"),
        ("low probability of a strike", "low", ""),
        ("Late grid; high impact", "", "high"),
        ("High cost of low levels", "", ""),
    ],
)
def test_likelihood_and_impact_only_where_the_risk_rates_them(risk, likelihood, impact):
    led = row(nc.green_plan([planned("RAA", 1, "led", risk=risk)]), "led")
    assert led["likelihood"] == (f"{likelihood} (RAA)" if likelihood else "")
    assert led["impact"] == (f"{impact} (RAA)" if impact else "")


def test_enabling_interventions_stand_with_what_they_enable():
    actions = [planned(code, at, id) for code in ("RAA", "RBB")
               for at, id in enumerate(("led", "metering", "water", "governance"))]  # fmt: skip
    plan = nc.green_plan(actions)
    assert row(plan, "metering")["enables"] == "led"
    assert row(plan, "led")["enabled_by"] == "metering"
    assert row(plan, "water")["enabled_by"] == ""
    assert row(plan, "governance")["enables"] == "all"


def test_what_enables_nothing_stands_by_itself():
    ids = ("led", "solar_storage", "renewable_purchase", "biodiversity", "flooding")
    plan = nc.green_plan([planned(code, at, id) for code in ("RAA", "RBB") for at, id in enumerate(ids)])
    assert plan.interventions.set_index("intervention")["enables"].to_dict() == dict.fromkeys(ids, "")


def test_every_field_that_no_sheet_states_is_listed_as_missing_and_no_other():
    actions = [planned("RAA", 1, "water", lead="Estates"), planned("RBB", 1, "water"), planned("RCC", 1, "flooding")]
    plan = nc.green_plan(actions)
    missing = plan.missing[plan.missing["intervention"] == "water"].set_index("field")["text"]
    assert set(missing.index) == {
        "start_year", "end_year", "status", "cost_low_gbp", "cost_high_gbp", "tco2e_a_year", "if_all_tco2e", "risk",
        "likelihood", "impact", "mitigation", "benefit_health", "benefit_air", "benefit_cost", "benefit_inequality",
        "evidence", "deliverability",
    }  # fmt: skip
    assert missing["risk"] == "none of 2 actions states it"
    assert missing["if_all_tco2e"] == "no footprint was given"
    assert "flooding" not in set(plan.missing["intervention"])
    empty = plan.missing.loc[plan.missing["field"] == "objective", "name"]
    assert len(empty) == 8
    for _, each in plan.missing[plan.missing["intervention"] != ""].iterrows():
        value = row(plan, each["intervention"])[each["field"]]
        assert pd.isna(value) or value in ("", "cannot_say", "unknown 2"), each["field"]


def test_what_enables_misses_no_tonnes():
    plan = nc.green_plan([planned("RAA", 1, "governance")])
    assert not {"tco2e_a_year", "if_all_tco2e"} & set(plan.missing["field"])
    assert pd.isna(row(plan, "governance")["tco2e_a_year"])


def page_of(plan, tmp_path, name="plan.html"):
    text = nc.write_green_plan(plan, tmp_path / name).read_text("utf-8")
    reader = Reader()
    reader.feed(text)
    return text, reader.root


def test_the_page_holds_what_the_plan_holds_and_needs_nothing_else(tmp_path):
    plan = nc.green_plan([*three_trusts(), planned("RAA", 9, "led", text=HOSTILE, lead=HOSTILE, risk=HOSTILE)],
                         footprint(), priorities=["entonox"], title=HOSTILE)  # fmt: skip
    text, root = page_of(plan, tmp_path)
    assert "<script>alert" not in text
    assert HOSTILE in root.text
    assert not re.search(r'(?:src|href)="(?!#)', text)
    for name in plan.interventions["name"]:
        assert name in root.text
    for id in plan.actions["action_id"]:
        assert id in root.text
    for words in ("Nobody plans it", "To be decided", "two are as likely", "Left out of the plan", "Not stated"):
        assert words in root.text


def test_no_figure_is_on_the_page_that_the_plan_does_not_hold(tmp_path):
    """Every pound and every year of the page is one of the plan's own."""
    plan = nc.green_plan(of_a_person(), priorities=["Medicines"])
    _, root = page_of(plan, tmp_path)
    table = plan.table
    pounds = {f"£{float(each):,.0f}" for name in ("cost_low_gbp", "cost_high_gbp") for each in table[name].dropna()}
    rule = {"£50,000", "£500,000"}
    shown = set(re.findall(r"£[\d,]*\d", " ".join(cell.text for cell in root.all("td"))))
    own = set(re.findall(r"£[\d,]*\d", " ".join(plan.actions["text"])))
    assert shown <= pounds | rule | own
    years = {int(each) for name in ("start_year", "end_year") for each in table[name].dropna()}
    cells = [
        cell.text
        for cell in root.all("td")
        if re.fullmatch(r"(?:from |to )?20\d\d/\d\d(?: to 20\d\d/\d\d)?", cell.text)
    ]
    assert cells
    assert {int(each) for cell in cells for each in re.findall(r"(20\d\d)/", cell)} <= years


def test_the_same_plan_gives_the_same_bytes(tmp_path):
    one, other = (nc.green_plan(three_trusts(), footprint()) for _ in range(2))
    for ending in ("html", "xlsx"):
        assert (
            nc.write_green_plan(one, tmp_path / f"1.{ending}").read_bytes()
            == nc.write_green_plan(other, tmp_path / f"2.{ending}").read_bytes()
        )


def test_other_endings_and_files_that_are_there_are_refused(tmp_path):
    plan = nc.green_plan(three_trusts())
    with pytest.raises(UsageError, match="ends with neither"):
        nc.write_green_plan(plan, tmp_path / "plan.docx")
    nc.write_green_plan(plan, tmp_path / "plan.html")
    with pytest.raises(UsageError, match="already exists"):
        nc.write_green_plan(plan, tmp_path / "plan.html")
    with pytest.raises(UsageError, match="there is no part"):
        plan.part("weather")


def test_the_workbook_opens_with_a_sheet_for_each_part(tmp_path):
    openpyxl = pytest.importorskip("openpyxl", reason="needs the extra 'excel'")
    book = openpyxl.load_workbook(
        nc.write_green_plan(nc.green_plan(three_trusts(), priorities=["led"]), tmp_path / "plan.xlsx")
    )
    for name in ("Cover", "Objectives by area of focus", "Priorities of the system", "Missing fields", "Whole plan"):
        assert name in book.sheetnames
    assert all(cell.data_type != "f" for sheet in book for line in sheet.iter_rows() for cell in line)


def test_a_plan_at_the_size_of_a_system():
    plan = nc.green_plan(many(12, 400), priorities=["Medicines"])
    assert len(plan.actions) == 400
    assert len(plan.about["organisations"].split(";")) == 12


def run(capsys, *words):
    code = main([*map(str, words)])
    return code, *capsys.readouterr()


def test_the_command_writes_what_the_ending_says(tmp_path, capsys):
    actions = tmp_path / "actions.csv"
    table = pd.DataFrame([
        {"action_id": each.action_id, "organisation": each.organisation, "text": each.text, "decided": each.decided,
         "intervention": each.intervention, "area_of_focus": "", "cost_low_gbp": "", "start_year": "",
         "why": each.why or "a person said so"}
        for each in three_trusts()
    ])  # fmt: skip
    table.to_csv(actions, index=False)
    returns = tmp_path / "return.csv"
    returns.write_text("organisation,period,activity,quantity,unit\nRX1,2023/24,energy.electricity.grid,1000,kWh\n")
    given = ("actions", "plan", actions, "--priority", "flooding", "--priority", "Medicines")
    code, out, _ = run(capsys, *given)
    assert code == 0
    assert "4 interventions of 3 organisations" in out
    for ending in ("html", "xlsx", "csv"):
        out = tmp_path / f"plan.{ending}"
        code, _, err = run(capsys, *given, "--footprint", returns, "--method", "nhs-2026.1", "-o", out)
        assert code == 0, err
        assert "10 actions, 1 to decide" in err
        if ending != "html":
            assert nc.read_green_plan(out).about["priorities"] == "Medicines;flooding"
    assert run(capsys, *given, "-o", tmp_path / "plan.docx")[0] == 2
    assert run(capsys, *given, "--footprint", returns)[0] == 2
    assert run(capsys, *given, "-o", actions, "--overwrite")[0] == 2
    assert run(capsys, "actions", "plan", actions, "--priority", "nonsense")[0] == 2


def missing_of(plan, field):
    rows = plan.missing[plan.missing["field"] == field]
    return dict(zip(rows["intervention"], rows["text"], strict=True))


def test_tonnes_that_are_stated_and_do_not_count_are_never_said_to_be_stated_by_nobody(tmp_path):
    """The footprint of RAA has electricity alone; a tariff moves no main total; a joined line waits to be split."""
    plan = nc.green_plan([
        planned("RAA", 1, "n2o_manifold", tco2e_a_year=260.0), planned("RBB", 1, "n2o_manifold"),
        planned("RAA", 2, "renewable_purchase", tco2e_a_year=2803.0), planned("RBB", 2, "renewable_purchase"),
        planned("RAA", 3, "water", tco2e_a_year=7.0, also=("led",)), planned("RBB", 3, "water"),
        planned("RAA", 4, "led"), planned("RBB", 4, "led"),
    ], footprint())  # fmt: skip
    said = missing_of(plan, "tco2e_a_year")
    assert said["n2o_manifold"].startswith("260 tCO2e a year are stated and do not count: RAA: ")
    assert "activities that the footprint does not have" in said["n2o_manifold"]
    assert row(plan, "renewable_purchase")["not_booked_why"] == "RAA: it moves scope 2 market-based alone"
    assert "joins several actions" in said["water"]
    assert said["led"] == "none of 3 actions states it"
    page = nc.write_green_plan(plan, tmp_path / "plan.html").read_text("utf-8")
    assert "260 more stated, not counted" in page
    assert "3,070 tCO" in page  # all of them


def test_an_organisation_that_the_footprint_does_not_have_is_named(tmp_path):
    actions = [planned("RAA", 1, "led", tco2e_a_year=5.0), planned("RZZ", 1, "led", tco2e_a_year=9.0)]
    plan = nc.green_plan(actions, footprint())
    assert plan.about["not_in_footprint"] == "RZZ"
    assert row(plan, "led")["tco2e_a_year"] == 14
    assert "RZZ is not in the footprint" in nc.write_green_plan(plan, tmp_path / "plan.html").read_text("utf-8")
    assert nc.green_plan(actions).about["not_in_footprint"] == ""
    assert nc.green_plan(actions[:1], footprint()).about["not_in_footprint"] == ""


def test_what_is_complete_is_not_to_be_carried_out():
    done = {"status": "complete", "end_year": 2023}
    going = {"status": "in_progress", "end_year": 2027}
    plan = nc.green_plan([
        planned("RAA", 1, "desflurane", **done), planned("RBB", 1, "desflurane", **done),
        planned("RAA", 2, "n2o_manifold", **done), planned("RBB", 2, "n2o_manifold", **going),
    ])  # fmt: skip
    assert plan.objectives.set_index("area_of_focus").loc["Medicines", "text"] == (
        "Carry out 1 intervention by 2027/28: Decommission piped nitrous oxide. Complete: End desflurane use."
    )


@pytest.mark.parametrize(
    ("other", "words"), [("Dietitian", "named by 1 of 2; 1 other named"), ("Chef", "named by 2 of 2")]
)
def test_a_lead_that_one_of_several_owners_names_is_said_to_be(other, words, tmp_path):
    plan = nc.green_plan([planned("RAA", 1, "low_carbon_menu", lead="Chef"),
                          planned("RBB", 1, "low_carbon_menu", lead=other)])  # fmt: skip
    assert f"{words}<" in nc.write_green_plan(plan, tmp_path / "plan.html").read_text("utf-8")
