"""Ledgers: every pound is in, left out by a named rule, or undecided, and none of them in silence."""

import csv
import gzip
from collections import defaultdict
from datetime import datetime
from decimal import Decimal

import numpy as np
import pytest

import nhscarbon as nc
from nhscarbon.activity.ledger.mapping import load_mapping
from nhscarbon.cli import main
from nhscarbon.methods.data_package import data_root, load_package

PLUS = "nhs_carbon_footprint_plus"
GSTT, ECLASS = "ledger-gstt-2020-21", "nhs-eclass-1"
HEADER = "date_of_payment,expense_type,amount_gbp"
DEVICE = "(81200) Medical Surgical Supplies & Equipment"
SPLIT = "(83340) Premises Services"
ENERGY = "(83110) Energy Costs"


@pytest.fixture
def ledger(tmp_path):
    """Write a small made-up ledger and return its path."""

    def write(*rows, header=HEADER, name="payments.csv"):
        path = tmp_path / name
        path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
        return path

    return write


@pytest.fixture(scope="module")
def real(originals):
    path = originals / "ledger" / "RJ1-2020-21-payments.csv.gz"
    if not path.is_file():
        pytest.skip("SKIPPED ALOUD: the trust's ledger of 2020/21 is not there")
    return path


@pytest.fixture(scope="module")
def activity(real):
    return nc.read_ledger(real, mapping=GSTT)


@pytest.fixture(scope="module")
def footprint(activity, method):
    return nc.calculate(activity, method)


def lines_of(path):
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def of(report, code):
    return [finding for finding in report if finding.code == code]


def test_the_real_ledger_adds_up_to_its_total_to_the_penny(activity, real):
    """167,107 lines, GBP 769,397,515.47: counted here again from the file in exact decimals."""
    lines = lines_of(real)
    statement = activity.statement
    assert len(lines) == int(statement["lines"].sum()) == 167_107
    assert sum(Decimal(line["amount_gbp"]) for line in lines) == Decimal("769397515.47")
    assert int(statement["pence"].sum()) == 76_939_751_547
    assert set(statement["outcome"]) == {"in", "excluded", "undecided"}


def test_each_rule_of_the_real_ledger_has_the_pounds_of_its_expense_types(activity, real):
    """The same sums, line by line in decimals, from the mapping file alone."""
    with (data_root() / "mappings" / GSTT / "mapping.csv").open(encoding="utf-8") as stream:
        rule = {row["code"]: row["rule"] for row in csv.DictReader(stream)}
    pence = defaultdict(int)
    for line in lines_of(real):
        pence[rule[line["expense_type"][1:6]]] += int(Decimal(line["amount_gbp"]) * 100)
    assert dict(pence) == activity.statement.set_index("rule")["pence"].to_dict()


def test_all_248_expense_types_are_decided_by_the_mapping(activity, real):
    types = {line["expense_type"] for line in lines_of(real)}
    table = load_mapping(GSTT)
    assert len(types) == len(table.targets) == 248
    assert {kind[1:6] for kind in types} == set(table.targets)
    assert not of(activity.findings, "ledger_code_unknown")


def test_the_real_ledgers_tonnes_are_those_of_an_independent_sum(footprint, real):
    """Pounds x published multiplier of 2020 x deflator of 2020-21, in the test's own arithmetic."""
    table = load_mapping(GSTT)
    with (data_root() / "emission_factors" / "uk-multipliers-to-2023-y2020" / "factors.csv").open() as stream:
        factor = {row["activity"]: Decimal(row["value"]) for row in csv.DictReader(stream)}
    # HM Treasury, calendar 2020 and 2021: 85.2137 and 85.6358
    deflator = Decimal("85.2137") / ((3 * Decimal("85.2137") + Decimal("85.6358")) / 4)
    kilograms = Decimal(0)
    for line in lines_of(real):
        [target] = table.targets[line["expense_type"][1:6]]
        if table.outcome(target) == "in":
            net = Decimal(line["amount_gbp"]) / (Decimal("1.2") if target.unit == "GBP_gross" else 1)
            kilograms += net * deflator * factor[target.activity]
    assert footprint.total(PLUS) * 1000 == pytest.approx(float(kilograms), rel=1e-12)


def test_undecided_pounds_are_said_and_listed_and_never_nought_in_silence(footprint, activity):
    undecided = activity.statement[activity.statement["outcome"] == "undecided"]
    assert undecided["pence"].sum() == 878_977_777  # the five types that the figures mark SPLIT
    [warning] = of(footprint.findings, "ledger_undecided")
    assert warning.severity == "warning"
    assert warning.quantity == 8_789_777.77
    assert "£8,789,777.77" in warning.message
    listed = footprint.not_counted
    assert listed["activity"].unique().tolist() == ["spend.undecided"]
    assert listed["quantity"].sum() == 8_789_777.77


def test_each_rule_that_leaves_pounds_out_says_how_many(footprint, activity):
    said = {finding.value: finding.quantity for finding in of(footprint.findings, "ledger_excluded")}
    left = activity.statement[activity.statement["outcome"] == "excluded"].set_index("rule")["pounds"].to_dict()
    assert said == left
    assert {"energy", "water", "pay", "nhs_bodies", "tax", "transfers", "balance_sheet"} <= set(said)
    # the totals of the compilers' notes, section 4, in millions
    counted = activity.statement[activity.statement["outcome"] == "in"].set_index("rule")["pounds"]
    assert round((counted["purchases"] + counted["medicines_with_release"]) / 1e6) == 489
    assert round(counted["capital_purchases"] / 1e6) == 97
    assert [round(said[rule] / 1e6) for rule in ("balance_sheet", "pay", "nhs_bodies")] == [54, 37, 13]
    assert round((said["energy"] + said["water"]) / 1e6) == 16
    assert round((said["tax"] + said["transfers"]) / 1e6) == 32


def test_the_size_is_that_of_a_large_trust(footprint):
    """England's supply chain and commissioned care is some 62 % of 25 Mt; one large trust is near 1 % of that."""
    share = footprint.total(PLUS) / (0.66 * 25e6)
    assert 0.005 < share < 0.03


def test_the_vat_that_was_assumed_is_said_with_its_pounds(footprint, activity):
    said = {finding.value: finding for finding in of(footprint.findings, "ledger_vat")}
    assert set(said) == {"GBP", "GBP_gross"}
    assert all(finding.severity == "warning" for finding in said.values())
    total = sum(round(finding.quantity * 100) for finding in said.values())
    sent = activity.statement[activity.statement["outcome"] != "excluded"]["pence"].sum()
    assert total == sent


def test_a_stated_unit_overrules_the_mapping_and_scales_as_it_must(real, method, ledger):
    path = ledger(f"24/04/2020,{DEVICE},120.00")
    net, gross = (nc.calculate(nc.read_ledger(path, mapping=GSTT, unit=unit), method).total(PLUS)
                  for unit in ("GBP", "GBP_gross"))  # fmt: skip
    assert net == pytest.approx(1.2 * gross, rel=1e-12)


def test_a_line_keeps_its_row_month_and_expense_type(ledger, method):
    path = ledger(f"24/04/2020,{DEVICE},10.00", f"03/05/2020,{ENERGY},10.00", f"31/03/2021,{DEVICE},20.00")
    activity = nc.read_ledger(path, mapping=GSTT)
    frame = activity.table
    assert frame["row"].tolist() == [2, 4]
    assert frame["period"].tolist() == ["2020-04", "2021-03"]
    assert frame["reference"].tolist() == [DEVICE] * 2
    assert set(frame["organisation"]) == {"RJ1"}
    assert len(nc.calculate(activity, method).table) == 1  # one NHS year


def test_a_gzipped_ledger_reads_as_the_plain_one(ledger, tmp_path):
    path = ledger(f"24/04/2020,{DEVICE},10.00")
    packed = tmp_path / "payments.csv.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    one, other = (nc.read_ledger(file, mapping=GSTT) for file in (path, packed))
    assert one.table.equals(other.table)
    packed.write_bytes(packed.read_bytes()[:-9])
    with pytest.raises(nc.NHSCarbonError, match="damaged"):
        nc.read_ledger(packed, mapping=GSTT)


@pytest.mark.parametrize(
    ("amount", "code"),
    [('"1,200.50"', "ledger_amount_unreadable"), ("£12", "ledger_amount_unreadable"),
     ("(12.00)", "ledger_amount_unreadable"), ("1e3", "ledger_amount_unreadable"), ("12p", "ledger_amount_unreadable"),
     ("", "ledger_amount_blank"), ("  ", "ledger_amount_blank"), ("12.345", "ledger_amount_fraction"),
     ("9999999999999999", "ledger_amount_too_large")],
)  # fmt: skip
def test_an_amount_that_is_no_pounds_and_pence_is_refused_with_its_row(amount, code, ledger, method):
    path = ledger(f"24/04/2020,{DEVICE},10.00", f"24/04/2020,{DEVICE},{amount}")
    with pytest.raises(nc.SubmissionError) as refused:
        nc.calculate(nc.read_ledger(path, mapping=GSTT), method)
    [finding] = refused.value.findings.refused
    assert (finding.code, finding.first_rows) == (code, (3,))


def test_a_credit_lowers_its_line_and_is_said(ledger, method):
    path = ledger(f"24/04/2020,{DEVICE},100.10", f"24/04/2020,{DEVICE},-100.10")
    activity = nc.read_ledger(path, mapping=GSTT)
    assert activity.statement["pence"].tolist() == [0]
    footprint = nc.calculate(activity, method)
    assert footprint.total(PLUS) == 0
    [finding] = of(footprint.findings, "ledger_credits")
    assert finding.quantity == -100.10


def test_an_unknown_expense_type_refuses_with_its_pounds_and_the_nearest(ledger, method):
    path = ledger(f"24/04/2020,{DEVICE},10.00", "24/04/2020,(81201) Something New,1234.50")
    with pytest.raises(nc.SubmissionError) as refused:
        nc.calculate(nc.read_ledger(path, mapping=GSTT), method)
    [finding] = refused.value.findings.refused
    assert (finding.code, finding.quantity, finding.first_rows) == ("ledger_code_unknown", 1234.5, (3,))
    assert "£1,234.50" in finding.message
    assert "8120" in finding.suggestion


@pytest.mark.parametrize(
    ("row", "code"),
    [("04.24.2020,(81200) Medical,10", "ledger_date_unreadable"), (",(81200) Medical,10", "ledger_date_unreadable"),
     ("24/04/2020,Medical,10", "ledger_code_unreadable"), ("24/04/2020,,10", "ledger_code_unreadable")],
)  # fmt: skip
def test_a_line_without_a_readable_date_or_code_is_refused(row, code, ledger, method):
    with pytest.raises(nc.SubmissionError) as refused:
        nc.calculate(nc.read_ledger(ledger(row), mapping=GSTT), method)
    assert [finding.code for finding in refused.value.findings.refused] == [code]


@pytest.mark.parametrize("written", ["2020-04-24", "2020-04-24 00:00:00", "24/04/2020"])
def test_a_date_is_read_in_the_layouts_form_or_as_a_workbook_keeps_it(written, ledger):
    read = nc.read_ledger(ledger(f"{written},{DEVICE},10.00"), mapping=GSTT)
    assert read.columns["period"].labels == ("2020-04",)


def test_a_workbook_with_real_dates_is_the_ledger_that_its_csv_is(tmp_path, ledger, method):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in (HEADER.split(","), [datetime(2020, 4, 24), DEVICE, 107.01], [datetime(2021, 3, 5), DEVICE, -7.5]):
        book.active.append(row)
    book.save(tmp_path / "payments.xlsx")
    plain = ledger(f"24/04/2020,{DEVICE},107.01", f"05/03/2021,{DEVICE},-7.50")
    read = [nc.calculate(nc.read_ledger(path, mapping=GSTT), method) for path in (tmp_path / "payments.xlsx", plain)]
    assert read[0] == read[1]
    assert read[0].total(PLUS) > 0


def test_a_ledger_speaks_of_the_whole_footprint_first(ledger, method):
    said = str(nc.calculate(nc.read_ledger(ledger(f"24/04/2020,{DEVICE},10.00"), mapping=GSTT), method))
    assert said.index("NHS Carbon Footprint Plus, ") < said.index("NHS Carbon Footprint, ")
    sums = nc.partial(nc.read_ledger(ledger(f"24/04/2020,{DEVICE},10.00"), mapping=GSTT))
    assert str(nc.calculate(sums, method)).splitlines()[1] == said.splitlines()[1]


def test_pounds_of_a_year_without_multipliers_are_not_counted_aloud(ledger, method):
    path = ledger(f"24/04/2014,{DEVICE},100.00", f"24/04/2020,{DEVICE},60.00")
    footprint = nc.calculate(nc.read_ledger(path, mapping=GSTT), method)
    [finding] = of(footprint.findings, "not_counted")
    assert finding.severity == "warning"
    assert (finding.period, finding.quantity) == ("2014/15", 100.0)
    [total] = of(footprint.findings, "ledger_total")
    assert "to be counted" in total.message


def test_amounts_without_a_single_penny_are_suspected(ledger):
    lines = [f"24/04/2020,{DEVICE},{amount}" for amount in range(100, 140)]
    assert of(nc.read_ledger(ledger(*lines), mapping=GSTT).findings, "ledger_amounts_whole")
    lines[7] = f"24/04/2020,{DEVICE},107.01"
    assert not of(nc.read_ledger(ledger(*lines), mapping=GSTT).findings, "ledger_amounts_whole")


def test_a_rule_can_be_included_or_excluded_by_name(ledger, method):
    path = ledger(f"24/04/2020,{SPLIT},600.00", "24/04/2020,(80205) Drug Costs,900.00")
    plain = nc.read_ledger(path, mapping=GSTT)
    assert plain.statement.set_index("rule")["outcome"].to_dict() == {
        "medicines_with_release": "in", "mixed_with_waste": "undecided"}  # fmt: skip
    changed = nc.read_ledger(path, mapping=GSTT, include="mixed_with_waste", exclude=["medicines_with_release"])
    assert changed.statement.set_index("rule")["outcome"].to_dict() == {
        "mixed_with_waste": "in", "medicines_with_release": "excluded"}  # fmt: skip
    assert changed.statement["pence"].sum() == plain.statement["pence"].sum() == 150_000
    table = nc.calculate(changed, method).table
    assert table["activity"].tolist() == ["spend.sic.81"]


def test_transport_is_left_out_aloud_and_comes_back_by_name(ledger, method):
    path = ledger("24/04/2020,(84400) Transport,600.00")
    [finding] = of(nc.read_ledger(path, mapping=GSTT).findings, "ledger_excluded")
    assert finding.severity == "warning"
    back = nc.calculate(nc.read_ledger(path, mapping=GSTT, include=("travel_if_reported",)), method)
    assert back.table["theme"].tolist() == ["patient_and_visitor_travel"]


@pytest.mark.parametrize(
    ("options", "said"),
    [({"include": ["travle"]}, "did you mean 'travel'"), ({"include": ["pay"], "exclude": ["pay"]}, "both included"),
     ({"unit": "EUR"}, "net of VAT"), ({"mapping": "ledger-gstt-2020"}, "did you mean 'ledger-gstt-2020-21'"),
     ({"mapping": "double-counting-1"}, "holds rules"), ({"include": ["pay"]}, "names no product group")],
)  # fmt: skip
def test_a_wrong_option_is_refused_in_words(options, said, ledger):
    path = ledger("24/04/2020,(55040) Admin & Clerical,1.00")
    with pytest.raises(nc.NHSCarbonError, match=said):
        nc.read_ledger(path, **{"mapping": GSTT, **options})


def test_a_ledger_without_the_mappings_columns_is_unreadable(ledger):
    with pytest.raises(nc.NHSCarbonError, match="no column 'expense_type'"):
        nc.read_ledger(ledger("24/04/2020,x,1", header="date_of_payment,type,amount_gbp"), mapping=GSTT)


PLAIN = "organisation,period,code,amount_gbp"


def test_nhs_eclass_splits_a_code_by_its_weights_to_the_penny(ledger, method):
    """WBA is half hardware and half chemicals; 10.01 pounds are two times 5.005."""
    path = ledger("RXX,2023/24,WBA,10.01", header=PLAIN)
    activity = nc.read_ledger(path, mapping=ECLASS, unit="GBP")
    assert activity.statement["pence"].tolist() == [1001]
    table = nc.calculate(activity, method).table.set_index("activity")
    assert table["quantity"].to_dict() == {"spend.sic.26.ict": 5.005, "spend.sic.20_5.ict": 5.005}
    expected = 5.005 * (0.53641 + 0.993343) * 0.990355550490917  # published 2023 values; 1 / 1.009738...
    assert table["kgco2e"].sum() == pytest.approx(expected, rel=1e-9)


def test_nhs_eclass_does_not_know_about_vat_and_asks(ledger):
    with pytest.raises(nc.NHSCarbonError, match="unit='GBP'"):
        nc.read_ledger(ledger("RXX,2023/24,WBA,10", header=PLAIN), mapping=ECLASS)


def test_nhs_eclass_holds_what_is_undescribed_or_depends_on_the_payee_as_undecided(ledger, method):
    path = ledger("RXX,2023/24,QAA,10", "RXX,2023/24,RAA,20", "RXX,2023/24,AAA,30", header=PLAIN)
    known = load_mapping(ECLASS).targets
    q, r = (next(code for code in known if code[0] == letter) for letter in "QR")
    path = ledger(f"RXX,2023/24,{q},10", f"RXX,2023/24,{r},20", "RXX,2023/24,AAA,30", header=PLAIN)
    activity = nc.read_ledger(path, mapping=ECLASS, unit="GBP")
    assert activity.statement.set_index("rule")["pence"].to_dict() == {
        "purchases": 3000, "purchases_if_not_nhs": 2000, "unclassified": 1000}  # fmt: skip
    assert nc.calculate(activity, method).not_counted["quantity"].sum() == 30


def test_nhs_eclass_has_every_code_once_with_the_proposals_marked():
    rows = load_package(data_root() / "mappings" / ECLASS).rows("mapping.csv")
    codes = {row["code"] for row in rows}
    assert len(codes) == 2554  # 2,557 rows of the source, three of them the same code worded twice
    assert all(row["status"] == "proposed" and row["source"] for row in rows)
    weights = defaultdict(Decimal)
    for row in rows:
        weights[row["code"]] += Decimal(row["weight"])
    assert set(weights.values()) == {Decimal(1)}


@pytest.mark.parametrize("name", [GSTT, ECLASS])
def test_every_activity_of_a_mapping_is_in_the_catalogue_and_never_an_unusable_group(name, method):
    table = load_mapping(name)
    for targets in table.targets.values():
        for target in targets:
            rule = table.rules[target.rule]
            activity = rule.activity if rule.outcome == "undecided" else target.activity
            assert activity in method.catalogue.activities or rule.outcome == "excluded", target
            if rule.outcome == "in":
                assert method.factors(activity, "2023/24"), target


def test_every_rule_has_a_reason_and_a_source():
    for rule in load_mapping(GSTT).rules.values():
        assert rule.outcome in ("in", "excluded", "undecided")
        assert rule.source
        assert rule.reason or rule.rule == "purchases"
        assert bool(rule.activity) == (rule.outcome == "undecided")


OWN = "code,label,rule,activity,weight,unit"


@pytest.mark.parametrize(
    ("rows", "said"),
    [(["1,x,purchases,spend.sic.62,0.5,GBP"], "add up to 0.5"), (["1,x,purchase,spend.sic.62,1,GBP"], "did you mean"),
     (["1,x,purchases,,1,GBP"], "without an activity"), (["1,x,purchases,spend.sic.62,1,pounds"], "neither GBP"),
     (["1,x,purchases,spend.sic.62,0.5,GBP", "1,x,pay,,0.5,GBP"], "two rules"),
     (["1,x,purchases,spend.sic.62,all,GBP"], "not a number")],
)  # fmt: skip
def test_a_mapping_of_ones_own_that_does_not_decide_is_refused(rows, said, ledger, tmp_path):
    own = tmp_path / "own.csv"
    own.write_text("\n".join([OWN, *rows]) + "\n", encoding="utf-8")
    with pytest.raises(nc.NHSCarbonError, match=said):
        nc.read_ledger(ledger("RXX,2023/24,1,10", header=PLAIN), mapping=own)


def test_a_mapping_of_ones_own_works_and_is_named_with_its_digest(ledger, tmp_path, method):
    own = tmp_path / "own.csv"
    own.write_text(f"{OWN}\n1,Licences,purchases,spend.sic.62,1,GBP\n2,Salaries,pay,,1,\n", encoding="utf-8")
    path = ledger("RXX,2023/24,1,1000", "RXX,2023/24,2,9", header=PLAIN)
    footprint = nc.calculate(nc.read_ledger(path, mapping=own), method)
    # published 2023 value of group 62 and 1 / 1.009738...
    assert footprint.total(PLUS) == pytest.approx(0.0999177 * 0.990355550490917, rel=1e-9)
    [finding] = of(footprint.findings, "ledger_mapping")
    assert "own.csv, hash" in finding.message


def test_a_blank_organisation_or_period_of_a_plain_ledger_is_refused(ledger, method):
    for row in (",2023/24,AAA,10", "RXX,,AAA,10"):
        with pytest.raises(nc.SubmissionError):
            nc.calculate(nc.read_ledger(ledger(row, header=PLAIN), mapping=ECLASS, unit="GBP"), method)


def test_ledgers_cut_into_parts_add_up_to_the_whole(ledger, method):
    rows = [f"24/0{month}/2020,{DEVICE},{amount}" for month in range(4, 8) for amount in ("0.10", "0.20", "33.33")]
    whole = nc.calculate(nc.read_ledger(ledger(*rows), mapping=GSTT), method)
    parts = [nc.calculate(nc.read_ledger(ledger(*part, name=f"{n}.csv"), mapping=GSTT), method)
             for n, part in enumerate((rows[:5], rows[5:]))]  # fmt: skip
    assert (parts[0] + parts[1]).total(PLUS) == whole.total(PLUS)


def test_every_line_has_whole_pence_behind_it(activity):
    pence = activity.numbers["quantity"] * 100
    assert np.abs(pence - np.round(pence)).max() < 1e-5


def test_a_ledger_row_in_a_wrong_unit_is_refused_and_not_listed_as_not_counted(ledger, tmp_path, method):
    """Only what has no factor is listed with its pounds; gas is not sold in pounds, whatever the year."""
    own = tmp_path / "own.csv"
    own.write_text(f"{OWN}\n1,Gas,purchases,energy.natural_gas,1,GBP\n", encoding="utf-8")
    with pytest.raises(nc.SubmissionError) as refused:
        nc.calculate(nc.read_ledger(ledger("RXX,2023/24,1,1000", header=PLAIN), mapping=own), method)
    assert [finding.code for finding in refused.value.findings.refused] == ["unit_not_convertible"]


@pytest.mark.parametrize(("form", "month"), [("dd/mm/yyyy", "2023-04"), ("mm/dd/yyyy", "2023-03"),
                                             ("%d/%m/%Y", "2023-04")])  # fmt: skip
def test_a_date_is_read_in_the_order_that_a_mapping_file_confirms(ledger, form, month):
    """3 April is in another NHS year than 4 March."""
    said = {"confirmed_by": "A. Nurse", "confirmed_on": "2026-11-01"}
    bought = {"kind": "expense_type", "phrase": "1", "answer": "spend.sic.62", "answer_unit": "GBP"}
    paid = {"kind": "column", "phrase": "paid on", "answer": "period", "answer_unit": form}
    path = ledger("03/04/2023,1,1000", header="paid on,code,amount_gbp")
    read = nc.read_ledger(path, mapping=[{**paid, **said}, {**bought, **said}], organisation="RXX")
    assert read.columns["period"].labels == (month,)


def test_pounds_net_and_gross_of_vat_are_what_the_command_line_says(ledger, capsys):
    """Published 2020 multiplier of group 32 and HM Treasury's deflator of 2020-21: tonnes of 1,200,000 pounds."""
    with (data_root() / "emission_factors" / "uk-multipliers-to-2023-y2020" / "factors.csv").open() as stream:
        factor = next(float(row["value"]) for row in csv.DictReader(stream) if row["activity"] == "spend.sic.32")
    deflator = 85.2137 / ((3 * 85.2137 + 85.6358) / 4)
    path = ledger(f"24/04/2020,{DEVICE},1200000.00")
    wanted = ["footprint", str(path), "--from", "ledger", "--method", "nhs-2026.1", "--boundary", PLUS, "--by", "theme"]
    for vat, held in (("net", 1_200_000), ("gross", 1_000_000)):
        assert main([*wanted, "--mapping", GSTT, "--vat", vat]) == 0
        assert f"{held * factor * deflator / 1000:.2f}" in capsys.readouterr().out


def test_the_command_line_reads_a_ledger(ledger, capsys):
    path = ledger(f"24/04/2020,{DEVICE},120.00", f"24/04/2020,{SPLIT},60.00")
    wanted = ["footprint", str(path), "--from", "ledger", "--method", "nhs-2026.1", "--by", "theme", "--boundary", PLUS]
    assert main([*wanted, "--mapping", GSTT, "--vat", "gross"]) == 0
    out, err = capsys.readouterr()
    assert "medical_devices" in out
    assert "£60.00 are undecided" in err
    assert main(wanted) == 2
    assert "--mapping" in capsys.readouterr().err
