"""A proposed mapping: each word once, nothing answered that has not one reviewed reading, nothing applied by itself."""

import pandas as pd
import pytest

import nhscarbon as nc
from nhscarbon.activity.mapping import COLUMNS, MappingFile, read_mapping
from nhscarbon.cli import main
from nhscarbon.errors import UnreadableError
from nhscarbon.footprint.certificate import certificate, differences

METHOD = "nhs-2026.1"
HEADER = ("ODS Code", "Financial Year", "Emission source", "Amount", "Units", "Emission factor")
SENT = pd.DataFrame(
    [
        ("RR8", "2023/24", "Gas consumed", 5.0, "kWh", 1.0),
        ("RR8", "2023/24", "gas  consumed", 6.0, "kWh", 1.0),
        ("RR8", "2023/24", "NATURAL GAS", 7.0, "KWH", 1.0),
        ("RR8", "2023/24", "energy.gas_oil", 8.0, "litre", 1.0),
        ("RR8", "2023/24", "anaesthetic.sevoflurane", 500.0, "ML", 1.0),
        ("RR8", "2023/24", "=HYPERLINK(1)", 1.0, "kg", 1.0),
    ],
    columns=list(HEADER),
)


def rows(proposal):
    return {(row["kind"], row["phrase"], row["unit"]): row for row in proposal.table.to_dict("records")}


def test_each_word_is_listed_once_and_what_is_written_as_the_method_writes_it_is_not():
    found = rows(nc.propose_mapping(SENT, METHOD))
    listed = {phrase for kind, phrase, _ in found if kind == "activity"}
    assert len({phrase.casefold().replace("  ", " ") for phrase in listed}) == len(listed) == 4
    assert "energy.gas_oil" not in listed
    assert {phrase for kind, phrase, _ in found if kind == "unit"} == {"KWH"}
    assert {phrase for kind, phrase, _ in found if kind == "column"} == set(HEADER)
    assert tuple(nc.propose_mapping(SENT, METHOD).table.columns) == COLUMNS


def test_what_has_one_reading_by_rule_is_confirmed_and_the_rest_waits():
    found = rows(nc.propose_mapping(SENT, METHOD))
    for kind, phrase, unit, answer in (
        ("column", "ODS Code", "", "organisation"),
        ("column", "Emission factor", "", "none"),
        ("activity", "NATURAL GAS", "KWH", "energy.natural_gas"),
        ("unit", "KWH", "", "kWh"),
    ):
        row = found[kind, phrase, unit]
        assert row["answer"] == answer
        assert row["confirmed_by"].startswith("rule (")
    for key in (("activity", "anaesthetic.sevoflurane", "ML"), ("activity", "=HYPERLINK(1)", "kg")):
        assert found[key]["confirmed_by"] == found[key]["answer_unit"] == ""
    assert "ml (millilitres)" in found["activity", "anaesthetic.sevoflurane", "ML"]["candidates"]


def test_a_proposal_refuses_until_it_is_confirmed_and_then_counts():
    sent = SENT.iloc[:4]
    proposal = nc.propose_mapping(sent, METHOD)
    assert {each.code for each in nc.check(sent, METHOD, mapping=proposal).refused} == {"mapping_unconfirmed"}
    confirmed = proposal.table
    mine = confirmed["confirmed_by"] == ""
    confirmed.loc[mine, ["answer", "confirmed_by", "confirmed_on"]] = ["energy.natural_gas", "Ann", "30/04/2024"]
    found = nc.calculate(sent, METHOD, mapping=confirmed, organisations=None)
    ours = pd.DataFrame(
        [("RR8", "2023/24", "energy.natural_gas", 18.0, "kWh"), ("RR8", "2023/24", "energy.gas_oil", 8.0, "litre")],
        columns=["organisation", "period", "activity", "quantity", "unit"],
    )
    assert found.totals == nc.calculate(ours, METHOD, organisations=None).totals


def test_every_kind_of_source_has_the_same_words(tmp_path):
    SENT.to_csv(tmp_path / "a.csv", index=False)
    SENT.iloc[:, :5].to_parquet(tmp_path / "a.parquet", index=False)
    with pd.ExcelWriter(tmp_path / "a.xlsx") as writer:
        SENT.iloc[:3].to_excel(writer, sheet_name="A", index=False)
        SENT.iloc[3:5].to_excel(writer, sheet_name="B", index=False)
    whole = nc.propose_mapping(SENT, METHOD).mapping
    assert nc.propose_mapping(SENT.to_dict("records"), METHOD).mapping.sha256 == whole.sha256
    assert nc.propose_mapping(nc.partial(SENT), METHOD).mapping.sha256 == whole.sha256
    assert nc.propose_mapping(tmp_path / "a.csv", METHOD).mapping.sha256 == whole.sha256
    sheets = rows(nc.propose_mapping(tmp_path / "a.xlsx", METHOD))
    assert set(rows(nc.propose_mapping(SENT.iloc[:5], METHOD))) == set(sheets)
    assert {key for key in sheets if key[1] != "Emission factor"} == set(
        rows(nc.propose_mapping(tmp_path / "a.parquet", METHOD))
    ) - {("activity", "=HYPERLINK(1)", "kg")}


def test_columns_that_nobody_can_be_sure_of_wait_with_their_candidates():
    sent = SENT.rename(columns={"Emission source": "Fuel type", "Emission factor": "Waste type"})
    found = rows(nc.propose_mapping(sent, METHOD))
    assert (
        found["column", "Fuel type", ""]["candidates"]
        == found["column", "Waste type", ""]["candidates"]
        == "activity; none"
    )
    assert any("activity" in note for note in nc.propose_mapping(sent, METHOD).notes)
    said = pd.DataFrame(
        [
            ("column", "Fuel type", "", "activity", "", "", "", "Ann", "2024-04-02"),
            ("column", "Waste type", "", "none", "", "", "", "Ann", "2024-04-02"),
        ],
        columns=list(COLUMNS),
    )
    again = rows(nc.propose_mapping(sent, METHOD, mapping=said))
    assert again["column", "Fuel type", ""]["confirmed_by"] == "Ann"
    assert any(kind == "activity" for kind, _, _ in again)


def test_what_an_earlier_mapping_confirmed_is_kept_word_for_word():
    earlier = read_mapping(
        pd.DataFrame(
            [
                ("activity", "GAS CONSUMED", "kWh", "energy.biogas", "", "", "", "Ann", "2024-04-02"),
                ("activity", "Something else", "kg", "waste.paper.landfill", "", "", "", "Ann", "2024-04-02"),
            ],
            columns=list(COLUMNS),
        )
    )
    found = nc.propose_mapping(SENT, METHOD, mapping=earlier)
    assert set(earlier.rows) <= set(found.mapping.rows)


def test_what_an_earlier_mapping_left_open_and_the_source_does_not_hold_is_not_listed_again():
    open_row = ("activity", "Something else", "kg", "waste.paper.landfill", "", "one", "", "", "")
    found = nc.propose_mapping(SENT, METHOD, mapping=pd.DataFrame([open_row], columns=list(COLUMNS)))
    assert "Something else" not in {row.phrase for row in found.mapping.rows}


def test_a_ledger_lists_its_expense_types_and_is_read_by_them(tmp_path):
    path = tmp_path / "ledger.csv"
    path.write_text(
        "Entity,Date,Expense Type,Supplier,Amount\n"
        "RR8,01/05/2023,Stationery,a,100.00\nRR8,02/05/2023,Wages,b,20.50\nRR8,03/05/2023,Stationery,c,-1.00\n"
    )
    table = nc.propose_mapping(path, METHOD).table
    assert set(table.loc[table["kind"] == "expense_type", "phrase"]) == {"Stationery", "Wages"}
    with pytest.raises(UnreadableError, match="has no column 'code'"):
        nc.read_ledger(path, mapping=MappingFile("none", ()), unit="GBP")
    answers = {
        "Stationery": ("spend.sic.17", "GBP"),
        "Wages": ("pay", ""),
        "Amount": ("quantity", ""),
        "Date": ("period", "dd/mm/yyyy"),
    }
    for phrase, (answer, unit) in answers.items():
        table.loc[table["phrase"] == phrase, ["answer", "answer_unit", "confirmed_by", "confirmed_on"]] = [
            answer,
            unit,
            "Ann",
            "2024-04-02",
        ]
    table.to_csv(tmp_path / "mapping.csv", index=False)
    read = nc.read_ledger(path, mapping=tmp_path / "mapping.csv")
    assert read.statement.set_index("rule")["pence"].to_dict() == {"purchases": 9900, "pay": 2050}
    footprint = nc.calculate(read, METHOD, organisations=None)
    assert footprint.sums.quantity.tolist() == [99.0]
    assert footprint.stamp.mapping == dict(read.mapping)
    table.loc[table["phrase"] == "Wages", "confirmed_by"] = ""
    codes = {each.code for each in nc.read_ledger(path, mapping=table).findings if each.refuses}
    assert codes == {"mapping_unconfirmed"}


def test_the_mapping_stands_in_the_certificate_and_another_does_not_verify(tmp_path, capsys):
    sent = SENT.iloc[:2, :5]
    sent.to_csv(tmp_path / "a.csv", index=False)
    said = pd.DataFrame(
        [("activity", "gas consumed", "kWh", "energy.natural_gas", "", "", "", "Ann", "2024-04-02")],
        columns=list(COLUMNS),
    )
    said.to_csv(tmp_path / "m.csv", index=False)
    footprint = nc.calculate(tmp_path / "a.csv", METHOD, mapping=tmp_path / "m.csv")
    held = certificate(footprint)
    assert held.about["mapping"] == {"m.csv": read_mapping(said).sha256}
    other = nc.calculate(tmp_path / "a.csv", METHOD, mapping=said.assign(confirmed_by="Bob"))
    assert any("mapping" in each for each in differences(held, other))
    files = [str(tmp_path / "c.json"), str(tmp_path / "a.csv")]
    held.save(files[0])
    assert main(["verify", *files, "--mapping", str(tmp_path / "m.csv")]) == 0
    assert main(["verify", *files]) == 2
    assert "--mapping" in capsys.readouterr().err


def test_the_command_writes_a_mapping_of_several_files_in_which_nothing_starts_a_formula(tmp_path, capsys):
    SENT.to_csv(tmp_path / "a.csv", index=False)
    SENT.iloc[:1].assign(**{"Emission source": "Tap water", "Units": "m3"}).to_csv(tmp_path / "b.csv", index=False)
    out = tmp_path / "mapping.csv"
    assert main(["map", str(tmp_path / "a.csv"), str(tmp_path / "b.csv"), "-o", str(out)]) == 0
    assert "to confirm" in capsys.readouterr().err
    text = out.read_text("utf-8")
    assert ",'=HYPERLINK(1)," in text
    assert {"Gas consumed", "Tap water", "=HYPERLINK(1)"} <= {each.phrase for each in read_mapping(out).rows}
    assert main(["map", str(tmp_path / "a.csv"), "-o", str(out)]) == 2
    assert main(["map", str(tmp_path / "a.csv"), "-o", str(tmp_path / "mapping.xlsx")]) == 0
    assert main(["check", str(tmp_path / "a.csv"), "--method", METHOD, "--mapping", str(out)]) == 1
    assert "mapping_unconfirmed" in capsys.readouterr().out
