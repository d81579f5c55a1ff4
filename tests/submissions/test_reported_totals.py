"""Stated totals against their parts: what is right agrees, and what is wrong is said with the difference and why."""

import pandas as pd
import pytest

import nhscarbon as nc
from nhscarbon.cli import main
from nhscarbon.errors import UsageError

GAS, GRID = "energy.natural_gas", "energy.electricity.grid"
FACTORS = {  # by hand: kgCO2e/kWh of the official sets, gas with well-to-tank, electricity with all four
    ("2018/19", GAS): 0.18396 + 0.02557, ("2018/19", GRID): 0.28307 + 0.02413 + 0.04198 + 0.00358,
    ("2019/20", GAS): 0.18385 + 0.02391, ("2019/20", GRID): 0.2556 + 0.0217 + 0.03565 + 0.00303,
}  # fmt: skip
TRUSTS = {"RTG": 5876543, "RFS": 3123456, "RXM": 612345}  # all three in the system QJ2
YEARS = {"2018/19": 1.0, "2019/20": 0.93}


def tonnes(who, period, activity):
    """What a trust states, to two decimals."""
    return round(TRUSTS[who] * YEARS[period] * FACTORS[period, activity] / 1000, 2)


def total(period, *trusts, activities=(GAS, GRID)):
    return round(sum(tonnes(who, period, each) for who in trusts or TRUSTS for each in activities), 2)


@pytest.fixture(scope="module")
def sent():
    rows = [(who, period, each, TRUSTS[who] * YEARS[period], "kWh", tonnes(who, period, each))
            for who in TRUSTS for period in YEARS for each in (GAS, GRID)]  # fmt: skip
    return pd.DataFrame(rows, columns=["organisation", "period", "activity", "quantity", "unit", "reported_tco2e"])


@pytest.fixture(scope="module")
def held(sent, method):
    """One stated total, held against the rows."""

    def compared(organisation, tco2e, *, theme="", period="2019/20"):
        row = {"organisation": organisation, "period": period, "theme": theme, "tco2e": tco2e}
        return nc.submissions.check_reported(sent, method, totals=pd.DataFrame([row])).totals.iloc[0]

    return compared


@pytest.mark.parametrize(
    ("organisation", "stated"),
    [
        ("RTG", total("2019/20", "RTG")),
        ("QJ2", total("2019/20")),
        ("QJ2", round(total("2019/20"))),
        ("Total", total("2019/20")),
        ("E92000001", total("2019/20")),
    ],
)
def test_a_right_total_agrees(organisation, stated, held):
    found = held(organisation, stated)
    assert (found["agrees"], found["explanation"]) == (True, "")
    assert found["parts_tco2e"] == pytest.approx(
        total("2019/20", *(["RTG"] if organisation == "RTG" else [])), abs=0.01
    )


def test_a_theme_agrees_by_what_its_rows_state_and_by_the_method(held):
    by_rows = sum(tonnes(who, "2019/20", GAS) for who in TRUSTS)
    burned = sum(TRUSTS[who] * 0.93 * 0.18385 / 1000 for who in TRUSTS)
    assert held("QJ2", round(by_rows, 2), theme="fossil_fuels")["agrees"]
    assert held("QJ2", round(burned, 2), theme="fossil_fuels")["agrees"]
    assert not held("QJ2", round(burned + 3, 2), theme="fossil_fuels")["agrees"]


def test_a_total_that_is_not_the_sum_is_said_with_the_difference(held):
    found = held("QJ2", total("2019/20") + 12.34)
    assert not found["agrees"]
    assert found["difference"] == pytest.approx(12.34, abs=0.01)
    assert found["explanation"] == "not the sum of its parts"


@pytest.mark.parametrize("organisation", ["QJ2", "RFS", "Total"])
def test_last_years_total_is_said_to_be(organisation, held):
    last = total("2018/19", *(["RFS"] if organisation == "RFS" else []))
    found = held(organisation, last)
    assert (found["agrees"], found["explanation"]) == (False, "last year's total, of 2018/19")


@pytest.mark.parametrize("first", range(4))
def test_digits_transposed_are_said_with_the_figure(first, held):
    right = f"{total('2019/20'):.2f}"
    digits = [place for place, letter in enumerate(right) if letter != "."]
    one, other = digits[first], digits[first + 1]
    if right[one] == right[other]:
        pytest.skip("the same digit")
    wrong = list(right)
    wrong[one], wrong[other] = wrong[other], wrong[one]
    found = held("QJ2", float("".join(wrong)))
    assert found["explanation"] == f"digits transposed: {float(right):,.2f}"


def test_other_slips_of_the_hand_are_said(held):
    right = f"{total('2019/20'):.2f}"
    exchanged = right[2] + right[1] + right[0] + right[3:]
    assert held("QJ2", float(exchanged))["explanation"] == f"two digits exchanged: {float(right):,.2f}"
    assert held("QJ2", float(right[:2] + right[3:]))["explanation"] == f"a digit left out: {float(right):,.2f}"
    assert held("QJ2", float(right[:2] + "9" + right[2:]))["explanation"] == f"a digit too many: {float(right):,.2f}"
    tenfold = round(10 * float(right), 2)
    assert held("QJ2", tenfold)["explanation"].startswith("the decimal point moved")


def test_a_part_left_out_or_counted_twice_is_named(held):
    whole, part = total("2019/20"), total("2019/20", "RXM")
    assert held("QJ2", round(whole - part, 2))["explanation"].startswith("without RXM, ")
    assert held("QJ2", round(whole + part, 2))["explanation"].endswith(", twice")
    gas = tonnes("RTG", "2019/20", GAS)
    assert held("RTG", round(total("2019/20", "RTG") - gas, 2))["explanation"].startswith(f"without {GAS} of RTG")


def test_one_part_with_last_years_figure_is_named(held):
    stated = total("2019/20") - total("2019/20", "RFS") + total("2018/19", "RFS")
    assert held("QJ2", round(stated, 2))["explanation"].startswith("with RFS of 2018/19, ")


def test_a_table_is_held_against_itself(sent, method):
    """The digits of design and issue: 2,867 for 2,687, and a total that was left as it was."""
    rows = [("RTG", "2018/19", "water", 100.0), ("RTG", "2018/19", "waste", 300.0), ("RTG", "2018/19", "total", 400.0),
            ("RTG", "2019/20", "water", 2500.0), ("RTG", "2019/20", "waste", 187.0), ("RTG", "2019/20", "", 2867.0),
            ("RFS", "2018/19", "water", 40.0), ("RFS", "2018/19", "total", 40.0),
            ("RFS", "2019/20", "water", 50.0), ("RFS", "2019/20", "total", 40.0)]  # fmt: skip
    table = pd.DataFrame(rows, columns=["organisation", "period", "theme", "tco2e"])
    found = nc.submissions.check_reported(sent.head(1), method, totals=table).totals
    said = {(row.organisation, row.period): row.explanation for row in found.itertuples() if not row.agrees}
    assert said == {("RTG", "2019/20"): "digits transposed: 2,687", ("RFS", "2019/20"): "last year's total, of 2018/19"}


def test_a_merged_trusts_total_may_hold_what_it_followed(method):
    """Burton (RJF) became part of Derby (RTG) on 2018-07-01: a restated year has both."""
    rows = [("RTG", "2017/18", GAS, 3e6, "kWh", 635.0), ("RJF", "2017/18", GAS, 1e6, "kWh", 212.0)]
    sent = pd.DataFrame(rows, columns=["organisation", "period", "activity", "quantity", "unit", "reported_tco2e"])
    for stated in (635.0, 847.0):
        table = pd.DataFrame([{"organisation": "RTG", "period": "2017/18", "tco2e": stated}])
        assert nc.submissions.check_reported(sent, method, totals=table).totals["agrees"].all()


def test_a_supplied_footprint_can_be_held_against_the_rows(sent, method):
    row = {"organisation": "RTG", "period": "2019/20", "theme": "fossil_fuels", "tco2e": tonnes("RTG", "2019/20", GAS),
           "vintage": "2022", "method_note": "central"}  # fmt: skip
    supplied = nc.analysis.supplied_footprint(pd.DataFrame([row]), method, source="Greener NHS")
    assert nc.submissions.check_reported(sent, method, totals=supplied).totals["agrees"].tolist() == [True]


def test_an_organisation_of_which_nothing_was_sent_has_no_parts(held):
    found = held("RR8", 5.0)
    assert (found["parts"], found["agrees"]) == (0, False)
    assert found["explanation"] == "nothing of it is in the return"


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ({"organisation": ["RTG"], "period": ["2019/20"]}, "needs the column tco2e"),
        ({"organisation": ["RTG"], "period": ["2019/20"], "tco2e": ["many"]}, "'many' is not a figure"),
        ({"organisation": ["RTG"], "period": ["2019/20"], "tco2e": [1], "theme": ["magic"]}, "unknown theme 'magic'"),
    ],
)
def test_a_faulty_table_of_totals_is_refused(table, says, sent, method):
    with pytest.raises(UsageError, match=says):
        nc.submissions.check_reported(sent, method, totals=pd.DataFrame(table))


def test_the_command_says_which_totals_are_wrong(sent, tmp_path, capsys):
    sent.to_csv(tmp_path / "returns.csv", index=False)
    stale = total("2018/19")
    (tmp_path / "published.csv").write_text(f"organisation,period,tco2e\nQJ2,2019/20,{stale}\n")
    common = ["check-reported", str(tmp_path / "returns.csv"), "--method", "nhs-2026.1",
              "--totals", str(tmp_path / "published.csv")]  # fmt: skip
    assert main(common) == 0
    shown = capsys.readouterr().out
    assert "Totals: 1 stated, 1 not the sum of their parts." in shown
    assert f"{stale:,.10g} t stated" in shown
    assert "last year's total, of 2018/19" in shown
    assert main([*common, "--format", "csv"]) == 0
    assert capsys.readouterr().out.startswith("where,organisation,period,theme,reported_tco2e,of")


def test_rows_that_state_totals_are_held_against_the_other_rows(sent, method):
    whole, last = total("2019/20", "RTG"), total("2018/19", "RTG")
    added = pd.DataFrame([
        {"organisation": "RTG", "period": "2019/20", "activity": "Total", "reported_tco2e": whole},
        {"organisation": "RFS", "period": "2019/20", "activity": "", "reported_tco2e": total("2018/19", "RFS")},
        {"organisation": "RTG", "period": "2018/19", "activity": "fossil_fuels",
         "reported_tco2e": tonnes("RTG", "2018/19", GAS) + 7},
    ])  # fmt: skip
    assert whole != last
    table = pd.concat([sent, added], ignore_index=True)
    found = nc.submissions.check_reported(table, method)
    assert found.left_out == 0
    said = found.totals.set_index("where")["explanation"].to_dict()
    assert said == {13: "", 14: "last year's total, of 2018/19", 15: "not the sum of its parts"}
    findings = [each for each in nc.check(table, method) if each.code == "reported_differs"]
    assert [each.first_rows for each in findings if "stated as a total" in each.message] == [(14,), (15,)]


def test_a_total_of_the_stated_members_says_which_member_of_the_return_it_lacks(sent, method):
    """RTG and RFS come to what is stated of their system; a third member has rows and no total of its own."""
    rows = [(who, "2019/20", total("2019/20", who)) for who in ("RTG", "RFS")]
    for system, of in (("QJ2", ["RTG", "RFS"]), ("Total", ["RTG", "RFS"]), ("QJ2", list(TRUSTS))):
        table = pd.DataFrame(
            [*rows, (system, "2019/20", total("2019/20", *of))], columns=["organisation", "period", "tco2e"]
        )
        found = nc.submissions.check_reported(sent, method, totals=table).totals.set_index("organisation").loc[system]
        lacking = len(of) < len(TRUSTS)
        assert found["agrees"] == (not lacking)
        assert found["explanation"].startswith("without RXM, ") == lacking


def test_members_that_state_other_tonnes_than_the_method_are_missed_too(sent, method):
    table = pd.DataFrame([("RTG", "2019/20", 1000.0), ("RFS", "2019/20", 500.0), ("QJ2", "2019/20", 1500.0)],
                         columns=["organisation", "period", "tco2e"])  # fmt: skip
    found = nc.submissions.check_reported(sent, method, totals=table).totals.set_index("organisation").loc["QJ2"]
    want = sum(TRUSTS["RXM"] * 0.93 * FACTORS["2019/20", each] / 1000 for each in (GAS, GRID))
    assert (found["agrees"], found["explanation"]) == (False, f"without RXM, {want:,.2f} t by the method")


@pytest.mark.parametrize("written", ["rtg", " RTG ", "Rtg"])
def test_a_code_is_a_code_whatever_its_case(written, held, sent, method):
    assert held(written, total("2019/20", "RTG"))["agrees"]
    assert not held(written, total("2019/20"))["agrees"]
    lower = sent.assign(organisation=sent["organisation"].str.lower())
    table = pd.DataFrame({"Organisation": [written], "PERIOD": "2019/20", "tCO2e": total("2019/20", "RTG")})
    assert nc.submissions.check_reported(lower, method, totals=table).totals["agrees"].all()


@pytest.mark.parametrize("written", ["Derbyshire Community Health", "our trust", "X99Z"])
def test_a_word_that_is_no_code_is_not_taken_for_the_total_of_all(written, held):
    found = held(written, total("2019/20"))
    assert (found["agrees"], found["parts"]) == (False, 0)
    assert found["explanation"].startswith("no code of the register, and no word for a total")


def test_a_site_or_a_row_of_a_site_left_out_of_a_total_is_named(sent, method):
    rows = sent[(sent["organisation"] == "RTG") & (sent["period"] == "2019/20")]
    sites = pd.concat([
        rows.assign(site=site, quantity=p * rows["quantity"], reported_tco2e=(p * rows["reported_tco2e"]).round(2))
        for site, p in (("RTG02", 0.5), ("RTGFG", 0.3), ("RTGFA", 0.2))
    ])  # fmt: skip

    def said(left_out):
        table = pd.DataFrame([("RTG", "2019/20", round(sites[~left_out]["reported_tco2e"].sum(), 2))],
                             columns=["organisation", "period", "tco2e"])  # fmt: skip
        return nc.submissions.check_reported(sites, method, totals=table).totals["explanation"].iloc[0]

    assert said(sites["site"] == "RTGFG").startswith("without the site RTGFG of RTG, ")
    assert said((sites["site"] == "RTG02") & (sites["activity"] == GAS)).startswith(f"without {GAS} at RTG02 of RTG, ")
    assert said(sites["activity"] == GAS).startswith(f"without {GAS} of RTG, ")


def test_a_total_rounded_for_a_board_is_said_to_be(held):
    right = total("2019/20")
    assert held("QJ2", round(right, -1))["explanation"] == f"rounded to tens: {right:,.2f}"
    for other in (round(right, -1) + 10, round(right, -3)):  # not the nearest, and too coarse to agree with anything
        assert held("QJ2", other)["explanation"] == "not the sum of its parts"


def test_totals_need_no_column_of_tonnes_in_the_rows(sent, method, tmp_path, capsys):
    rows = sent.drop(columns="reported_tco2e")
    table = pd.DataFrame([("QJ2", "2019/20", total("2019/20"))], columns=["organisation", "period", "tco2e"])
    assert nc.submissions.check_reported(rows, method, totals=table).totals["agrees"].all()
    with pytest.raises(UsageError, match="no row states its own tonnes"):
        nc.submissions.check_reported(rows, method)


def test_one_of_many_like_rows_is_not_named_for_a_difference_that_it_fits_by_chance(method):
    """Fifty sites of 20 to 70 t, one by one: whatever a total lacks, some site comes to it within its rounding."""
    factor = FACTORS["2019/20", GAS]
    columns = ["organisation", "site", "period", "activity", "quantity", "unit", "reported_tco2e"]
    every = [("RTG", f"RTG{n}", "2019/20", GAS, 1000 * n / factor, "kWh", float(n)) for n in range(20, 70)]
    rows = pd.DataFrame(every, columns=columns)
    whole = rows["reported_tco2e"].sum()
    for lacks, told in ((47, "not the sum of its parts"), (0, "")):
        table = pd.DataFrame([("RTG", "2019/20", whole - lacks)], columns=["organisation", "period", "tco2e"])
        found = nc.submissions.check_reported(rows, method, totals=table).totals
        assert found["explanation"].iloc[0] == told
