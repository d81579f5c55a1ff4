"""What an action may book: nothing that the method does not count, nothing that is not known, no more than there is."""

import csv
import io
from dataclasses import replace

import pandas as pd
import pytest

import nhscarbon as nc
from green_plans import GAS, GRID, action, saved_tco2e, system
from nhscarbon.cli import main
from nhscarbon.methods.data_package import data_root
from nhscarbon.trajectory.actions.bookable import bookable
from nhscarbon.trajectory.actions.claims import bought_power, claim_in
from nhscarbon.trajectory.actions.planned_action import PlannedAction
from nhscarbon.trajectory.actions.table import Actions

YEARS = range(2026, 2031)
GUISES = {  # text, what it claims
    "All power to be REGO-backed from April": "market_based_only",
    "Move the trust to a green tariff": "market_based_only",
    "Sleeved PPA with a Welsh wind farm": "market_based_only",
    "Carbon offset scheme for residual emissions": "not_counted",
    "Export of PV surplus to the grid": "not_counted",
}


def planned(text, tco2e=40.0, **changes):
    given = {"action_id": "p", "organisation": "RAA", "selects": ("theme:electricity",), "effect": "reduce",
             "start_year": 2026, "end_year": 2027, "cost_low_gbp": 10.0, "cost_high_gbp": 20.0}  # fmt: skip
    return PlannedAction(text=text, tco2e_a_year=tco2e, **(given | changes))


def one(booked):
    return booked.bookings[0]


@pytest.mark.parametrize("effect", ["reduce", "market", ""])
@pytest.mark.parametrize(("text", "basis"), GUISES.items())
def test_no_guise_of_a_green_tariff_an_offset_or_an_export_books_tonnes_of_a_planned_action(text, basis, effect):
    found = bookable([planned(text, effect=effect)], system(["RAA"], YEARS))
    assert (one(found).basis, one(found).tco2e) == (basis, 0.0)
    assert [each.code for each in found.findings] == ["action_not_bookable"]
    assert found.items == ()
    # 40 t claimed of 400,000 kWh at 0.207 kg: all of it on the market-based total alone
    assert one(found).market_tco2e == (40.0 if basis == "market_based_only" else None)


@pytest.mark.parametrize("effect", ["reduce", "factor", "fixed"])
@pytest.mark.parametrize(("text", "basis"), GUISES.items())
def test_no_guise_books_tonnes_of_an_action_of_the_optimiser(text, basis, effect):
    frame = system(["RAA"], YEARS)
    bad = action("a", effect, title=text, selects=("theme:electricity",), share=0.5)
    good = action("b", title="LED lamps", selects=(GRID,), share=0.1)
    for use in (nc.trajectory.with_actions(frame, [bad]), nc.trajectory.with_actions(frame, [replace(bad, id="z")])):
        assert use["kgco2e"].sum() == pytest.approx(frame["kgco2e"].sum(), rel=1e-12)
    read = nc.read_actions(Actions((bad, good)).table, frame=frame)
    assert "action_not_bookable" in [each.code for each in read.findings]
    for given in (read, [bad, good]):
        plan = nc.plan(frame, given, gap=0)
        assert plan.tco2e_saved == pytest.approx(saved_tco2e(frame, [good], {"b": 2026}))
        row = plan.table.set_index("action").loc["a"]
        assert (row["booked"], row["tco2e"]) == (basis, 0.0)
        assert row["why"]
        # 50 t or half of 400,000 kWh at 0.207 kg, on the market-based total alone
        market = 50.0 if effect == "fixed" else 41.4
        assert (row["market_tco2e_a_year"] == pytest.approx(market)) == (basis == "market_based_only")


def test_a_changed_factor_of_bought_power_is_refused_by_its_effect_whatever_it_is_called():
    frame = system(["RAA"], YEARS)
    cleaner = action("a", "factor", title="New supplier", selects=(GRID,), share=0.8)
    read = nc.read_actions(Actions((cleaner,)).table, frame=frame)
    assert [each.code for each in read.findings] == ["action_not_bookable"]
    assert nc.plan(frame, read).tco2e_saved == 0
    told = frame.copy()
    told.attrs["boundary"] = "nhs_carbon_footprint"  # as a projection says it
    assert nc.plan(told, [cleaner]).tco2e_saved == 0
    before = frame["kgco2e"].sum()
    assert nc.trajectory.with_actions(told, [cleaner])["kgco2e"].sum() == pytest.approx(before, rel=1e-12)
    told.attrs["boundary"] = "scope_2_market"
    assert nc.trajectory.with_actions(told, [cleaner])["kgco2e"].sum() < frame["kgco2e"].sum()
    gas = action("a", "factor", title="Blended gas", selects=(GAS,), share=0.1)
    assert nc.plan(told, [gas]).tco2e_saved > 0


def test_moving_from_the_grid_to_a_green_tariff_books_nothing_and_a_heat_pump_on_one_is_counted():
    green = "energy.electricity.green_tariff"
    frame = system(["RAA"], YEARS)
    more = frame[frame["activity"] == GRID].assign(activity=green, quantity=1.0, kgco2e=0.0)
    frame = pd.concat([frame, more], ignore_index=True)
    moved = action("a", "switch", title="Change supply", selects=(GRID,), switch_to=green, efficiency=1.0, cop=1.0)
    assert nc.plan(frame, [moved]).tco2e_saved == 0
    pumps = action("a", "switch", title="Heat pumps on our REGO-backed supply")
    assert nc.plan(frame, [pumps]).tco2e_saved > 0


@pytest.mark.parametrize(
    "text",
    ["Roof PV under an on-site power purchase agreement", "Private wire PPA from the solar farm next door",
     "Solar carports, zero export", "LED lamps; the site is already on a green tariff", "Green theatres",
     "Greener medicines supply", "Power down computers at night", "Export data of meters to the dashboard",
     "Heat pumps offset by lower boiler use, to cut cost", "Inset panels of doors"],
)  # fmt: skip
def test_what_cuts_the_main_total_is_not_taken_for_a_tariff(text):
    assert claim_in(text) == ""


@pytest.mark.parametrize(
    ("text", "claim"),
    [("Renewable Energy Guarantees of Origin for all sites", "green_tariff"),
     ("Purchase 100 % renewable electricity", "green_tariff"), ("Buy certified green energy", "green_tariff"),
     ("Corporate PPA with NHS partners for solar power", "green_tariff"), ("RGGO certificates for gas", "green_gas"),
     ("Offset unavoidable emissions by tree planting", "offset"), ("Buy verified carbon credits", "offset"),
     ("Smart Export Guarantee income", "export"), ("Sell surplus electricity from CHP", "export"),
     ("Install solar panels and export the rest to the grid", "joined")],
)  # fmt: skip
def test_a_claim_is_known_in_other_words_too(text, claim):
    assert claim_in(text) == claim


def test_the_bought_power_is_what_follows_the_grid_in_its_own_line():
    follows = data_root() / "paths" / "greenbook-grid-2023-1" / "follows.csv"
    rows = csv.DictReader(io.StringIO(follows.read_text("utf-8")))
    assert {each.activity for each in bought_power()} == {
        row["pattern"] for row in rows if row["component"] == "generation"
    }


@pytest.mark.parametrize(
    ("changes", "basis", "variant"),
    [({"effect": "enabling"}, "enabling", "enables others"), ({"effect": "none"}, "enabling", "enables others"),
     ({"tco2e_a_year": None}, "unquantified", "does not say how much"),
     ({"tco2e_a_year": 0.0}, "unquantified", "does not say how much"),
     ({"also": ("fabric",)}, "unquantified", "joins several"), ({"selects": ()}, "unquantified", "is not known"),
     ({"organisation": "RZZ"}, "unquantified", "'RZZ', which the footprint does not have"),
     ({"selects": ("theme:medicines",)}, "unquantified", "that the footprint does not have"),
     ({"start_year": 2020, "end_year": 2022}, "unquantified", "ended in 2022/23")],
)  # fmt: skip
def test_what_is_not_quantified_says_why_and_has_no_tonnes_rather_than_zero(changes, basis, variant):
    found = bookable([replace(planned("LED lamps"), **changes)], system(["RAA"], YEARS))
    assert (one(found).basis, one(found).tco2e) == (basis, None)
    assert variant in one(found).reason
    assert [each.code for each in found.findings] == ["action_unquantified"]
    assert found.table["tco2e"].isna().all()
    assert found.items == ()


def test_lines_that_share_a_cost_and_a_figure_are_joined_until_each_has_its_own_tonnes():
    frame = system(["RAA"], YEARS)
    pair = [planned("LED", 5.0, action_id="a", cost_group="g"), planned("Fans", 5.0, action_id="b", cost_group="g")]
    assert [each.basis for each in bookable(pair, frame).bookings] == ["unquantified"] * 2
    half = [pair[0], replace(pair[1], tco2e_a_year=None)]
    assert [each.tco2e for each in bookable(half, frame).bookings] == [5.0, None]  # the figure is one line's own
    apart = [pair[0], replace(pair[1], organisation="RBB", action_id="a")]  # two plans of one name, two costs
    both = bookable(apart, system(["RAA", "RBB"], YEARS))
    assert [each.tco2e for each in both.bookings] == [5.0, 5.0]
    split = [pair[0], replace(pair[1], tco2e_a_year=7.0)]
    assert [each.tco2e for each in bookable(split, frame).bookings] == [5.0, 7.0]


def test_a_claim_is_bounded_by_what_it_selects():
    frame = system(["RAA", "RBB"], YEARS)
    found = bookable([planned("LED lamps", 9e6)], frame)
    assert one(found).tco2e == pytest.approx(400_000 * 0.207 / 1000)
    assert [each.code for each in found.findings] == ["action_larger_than_lines"]
    assert found.items[0].tco2e_a_year == one(found).tco2e


def test_a_footprint_bounds_as_business_as_usual_does():
    footprint = nc.calculate(nc.example("trust-year.csv"), nc.methodology("nhs-2026.1"))
    tonnes = footprint.by("theme").set_index("theme")["tco2e"]["water"]
    found = bookable([planned("Leaks", 9e6, organisation="RX1", selects=("theme:water",))], footprint)
    assert one(found).tco2e == pytest.approx(tonnes)


def test_a_planned_action_becomes_one_of_the_optimiser_with_all_that_its_sheet_says():
    told = planned("LED lamps", lead="Estates", risk="ward access", mitigation="nights", co_benefits=("light",),
                   status="delayed", end_year=2029, file="plan.csv", row=7)  # fmt: skip
    item = bookable([told], system(["RAA"], YEARS)).items[0]
    assert (item.effect, item.tco2e_a_year, item.organisations, item.capital_gbp) == ("fixed", 40.0, ("RAA",), (20.0,))
    assert (item.lead, item.risk, item.mitigation, item.status) == ("Estates", "ward access", "nights", "delayed")
    assert item.ramp == (0.25, 0.5, 0.75, 1.0)
    assert (item.start_from, item.start_to, item.co_benefits) == (2026, 2026, ("light",))
    assert "plan.csv row 7" in item.evidence


def test_tonnes_without_a_year_stay_counted_and_no_year_is_made_up():
    found = bookable([planned("LED lamps", start_year=None, end_year=None)], system(["RAA"], YEARS))
    assert one(found).tco2e == 40.0
    assert found.items == ()
    assert [each.code for each in found.findings] == ["action_without_year"]
    free = bookable([planned("LED lamps", cost_low_gbp=None, cost_high_gbp=None)], system(["RAA"], YEARS))
    assert [each.code for each in free.findings] == ["action_without_cost"]


def test_a_plan_of_sheets_holds_every_action():
    frame = system(["RAA"], YEARS)
    sheet = (
        planned("LED lamps", action_id="1", risk="access"), planned("REGO supply", action_id="2"),
        planned("Train staff", None, action_id="3", effect="enabling", selects=(), risk="time", evidence="HEE"),
        planned("Insulate", None, action_id="4", selects=(GAS,), co_benefits=("warm wards", "quiet")),
    )  # fmt: skip
    plan = nc.plan(frame, Actions((), planned=sheet), capital_gbp=100)
    table = plan.table.set_index("action")
    assert table["booked"].to_dict() == {"1": "counted", "2": "market_based_only", "3": "enabling", "4": "unquantified"}
    assert table["tco2e"].gt(0).to_dict() == {"1": True, "2": False, "3": False, "4": False}
    assert (table.loc["1", "risk"], table.loc["3", "evidence"]) == ("access", "HEE")
    assert table.loc["4", "co_benefits"] == "warm wards; quiet"
    assert "3 actions book nothing, which is not zero effect" in str(plan)
    assert len(nc.plan(frame, Actions((), planned=sheet[1:])).table) == 3


STRICT = "id,title,selects,effect,share,tco2e_a_year,evidence,start_from,start_to,requires,risk,status\n"
ROWS = (
    f"a,Insulation,{GAS},reduce,,,,2026/27,2026/27,,cold,planned\n"
    f"b,Metered saving,{GAS},fixed,,,,2026/27,2026/27,,,\n"
    f"c,Heat pumps,{GAS},switch,,,,2026/27,2026/27,,,\n"
    "d,Training,,enabling,,,,2026/27,2026/27,,,\n"
    f"e,Lamps,{GRID},reduce,0.2,,,2026/27,2026/27,d,access,started\n"
)


@pytest.fixture
def strict(tmp_path):
    path = tmp_path / "actions.csv"
    path.write_text(STRICT + ROWS, "utf-8")
    return path


def test_actions_without_tonnes_no_longer_refuse_the_table_and_stand_in_every_output(strict, tmp_path):
    frame = system(["RAA"], YEARS)
    read = nc.read_actions(strict, frame=frame)
    assert [each.code for each in read.findings] == ["action_unquantified"] * 4
    assert [each.quantified for each in read.items] == [False, False, False, False, True]
    assert nc.read_actions(read.to_csv(tmp_path / "again.csv")).items == read.items
    plan = nc.plan(frame, read, gap=0)
    assert plan.starts == {"d": 2026, "e": 2026}  # the lamps require the training
    kinds = {"a": "unquantified", "b": "unquantified", "c": "unquantified", "d": "enabling", "e": "counted"}
    assert plan.table.set_index("action")["booked"].to_dict() == kinds
    for result in (nc.trajectory.wedges(frame, read), nc.trajectory.costs(frame, read),
                   nc.trajectory.decision_effects(frame, read)):  # fmt: skip
        assert dict(zip(result.table["action"], result.table["booked"], strict=True)) == kinds
    view = nc.trajectory.abatement(frame, read, draws=20).table.set_index("action")["kind"].to_dict()
    assert {id: view[id] for id in "abcd"} == {id: kinds[id] for id in "abcd"}


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [("e,Lamps", "a,Lamps", "action_id_twice"), ("0.2", "20%", "number_unreadable"),
     ("0.2", "0", "action_out_of_range"), (",enabling,", ",enabeling,", "action_effect_unknown"),
     (f"Insulation,{GAS}", "Insulation,", "action_cell_blank")],
)  # fmt: skip
def test_a_strict_table_that_is_malformed_is_still_refused(strict, old, new, code):
    strict.write_text((STRICT + ROWS).replace(old, new, 1), "utf-8")
    with pytest.raises(nc.SubmissionError) as caught:
        nc.read_actions(strict)
    assert code in [each.code for each in caught.value.findings.refused]


def test_a_table_without_a_column_for_the_figure_is_refused_as_before(strict):
    frame = pd.read_csv(strict, dtype=str, keep_default_na=False).drop(columns="share")
    with pytest.raises(nc.SubmissionError, match="needs a share above 0"):
        nc.read_actions(frame)


def test_the_command_shows_risk_status_and_what_books_nothing(strict, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    system(["RAA"], YEARS).to_csv("baseline.csv", index=False)
    assert main(["plan", "baseline.csv", "--actions", strict.name, "--format", "csv"]) == 0
    out, err = capsys.readouterr()
    rows = {row["action"]: row for row in csv.DictReader(io.StringIO(out))}
    assert (rows["e"]["risk"], rows["e"]["status"], rows["a"]["risk"]) == ("access", "started", "cold")
    assert rows["a"]["booked"] == "unquantified"
    assert {"mitigation", "evidence", "co_benefits"} <= set(rows["a"])
    assert "4 actions book nothing" in err
    assert main(["plan", "baseline.csv", "--actions", strict.name]) == 0
    assert "unquantified" in capsys.readouterr().out


def test_excel_and_the_page_show_what_the_table_shows(strict, tmp_path):
    openpyxl = pytest.importorskip("openpyxl", reason="workbooks need the extra 'excel'")
    plan = nc.plan(system(["RAA"], YEARS), nc.read_actions(strict))
    cells = list(openpyxl.load_workbook(plan.to_excel(tmp_path / "plan.xlsx")).worksheets[0].values)
    assert {"risk", "mitigation", "status", "evidence", "co_benefits", "booked", "marginal_tco2e"} <= set(cells[0])
    assert len(cells) == 6
    assert "unquantified" in plan._repr_html_()
    assert "access" in plan._repr_html_()
