"""Headers: the usual names are read with a note in every kind of source, and what is not clear is asked."""

import io

import pandas as pd
import pyarrow as pa
import pytest

import nhscarbon as nc
from nhscarbon.activity.header import read_header
from nhscarbon.activity.readers import open_source

HEADER = ("ODS Code", "Financial Year", "Emission source", "Amount", "Units")
ROW = ("RR8", "2023/24", "Natural gas", 1000.0, "kWh")


def frame(header=HEADER, row=ROW):
    return pd.DataFrame([row], columns=list(header))


def refused(header):
    return {(each.code, each.column) for each in nc.check(frame(header, range(len(header))), "nhs-2026.1").refused}


def sources(tmp_path):
    table = frame()
    table.to_csv(tmp_path / "a.csv", index=False)
    table.to_parquet(tmp_path / "a.parquet", index=False)
    table.to_excel(tmp_path / "a.xlsx", index=False)
    import duckdb  # noqa: PLC0415  an engine
    import polars as pl  # noqa: PLC0415

    yield from (table, table.to_dict("records"), tmp_path / "a.csv", tmp_path / "a.parquet", tmp_path / "a.xlsx")
    yield from (io.BytesIO((tmp_path / "a.csv").read_bytes()), pa.Table.from_pandas(table), pl.from_pandas(table))
    yield from (pl.from_pandas(table).lazy(), duckdb.from_df(table))


def test_the_usual_names_are_read_alike_from_every_kind_of_source(tmp_path):
    ours = nc.calculate(frame(("organisation", "period", "activity", "quantity", "unit")), "nhs-2026.1")
    for source in sources(tmp_path):
        found = nc.calculate(source, "nhs-2026.1")
        assert found.stamp.input_sha256 == ours.stamp.input_sha256, source
        told = {each.value: each.column for each in found.findings if each.code == "column_spelling"}
        assert told == dict(zip(HEADER, ("organisation", "period", "activity", "quantity", "unit"), strict=True))


def test_a_large_file_read_in_pieces_has_the_same_names(tmp_path, monkeypatch):
    monkeypatch.setattr(open_source, "LARGE", 0)
    path = tmp_path / "large.csv"
    rows = "".join(f"RR801,RR8,2023/24,waste.paper.landfill,{number}\n" for number in range(1, 41))
    path.write_text(f"Site Code,ODS Code,FY,Waste Stream,Weight (kg)\n{rows}")
    found = nc.calculate(path, "nhs-2026.1", organisations=None)
    assert found.sums.columns["unit"].labels == ("kg",)
    assert found.sums.quantity.tolist() == [820.0]


def test_an_amount_is_read_only_beside_a_unit():
    assert ("column_ambiguous", "quantity") in refused(HEADER[:4])
    assert read_header(HEADER).names[3] == "quantity"
    assert read_header((*HEADER[:3], "Amount (kg)")).unit == "kg"


@pytest.mark.parametrize(
    ("header", "column"),
    [((*HEADER[:3], "Usage", "Units", "Qty"), "quantity"),
     (("organisation", "period", "Fuel type", "Waste type", "quantity", "unit"), "activity"),
     (("organisation", "period", "activity", "quantity", "Consumption", "unit"), "quantity")],
)  # fmt: skip
def test_two_columns_that_read_as_the_same_are_a_question(header, column):
    assert ("column_twice", column) in refused(header)


def test_a_name_in_words_gives_way_to_a_code():
    header = read_header(("Trust Code", "Trust Name", "Site Code", "Site Name", "Period", "Activity", "Qty", "UoM"))
    assert header.names == ("organisation", "Trust Name", "site", "Site Name", "period", "activity", "quantity", "unit")
    assert not header.questions


def test_a_word_of_two_meanings_is_read_where_one_is_left_and_asked_where_two_are():
    assert read_header(("organisation", "period", "Measure", "Measure value", "unit")).names[2] == "activity"
    assert read_header(("organisation", "period", "activity", "quantity", "Measure")).names[4] == "unit"
    assert ("column_ambiguous", "unit") in refused(("organisation", "period", "measure", "measure_value"))


def test_a_unit_in_a_name_that_contradicts_the_column_of_units_is_refused():
    table = pd.DataFrame([("RR8", "2023/24", "waste.paper.landfill", 5.0, "tonne")],
                         columns=["organisation", "period", "activity", "Weight (kg)", "unit"])  # fmt: skip
    assert "column_unit_differs" in {each.code for each in nc.check(table, "nhs-2026.1").refused}
    assert not nc.check(table.assign(unit="KG"), "nhs-2026.1", organisations=None).refused


def test_rows_without_a_header_have_none():
    header = read_header(("RX1", "2023/24", "water.supply", "5", "m3"))
    assert header.names == header.sent


def test_labels_of_the_catalogue_are_read_with_a_note_and_a_unit_of_two_readings_is_still_asked():
    rows = [("RR8", "2023/24", "natural  GAS", 1000.0, "kWh"), ("RR8", "2023/24", "Sevoflurane (liquid)", 500.0, "ML")]
    table = pd.DataFrame(rows, columns=["organisation", "period", "activity", "quantity", "unit"])
    found = nc.check(table, "nhs-2026.1")
    assert {each.value for each in found if each.code == "activity_label"} == {"natural  GAS", "Sevoflurane (liquid)"}
    assert "unit_ambiguous" in {each.code for each in found.refused}


@pytest.mark.parametrize("name", [
    "kWh (000s)", "Consumption (thousands)", "Consumption ('000 kWh)", "Usage (k)", "Consumption (millions)", "000 kWh",
    "Usage (therms)", "Consumption (kW)",
])  # fmt: skip
def test_thousands_and_other_units_in_a_name_are_never_read_as_the_unit_of_the_rows(name):
    ours = {"organisation": "RR8", "period": "2023/24", "activity": "energy.natural_gas", name: 1000.0}
    found = nc.check(pd.DataFrame([{**ours, "unit": "kWh"}]), "nhs-2026.1")
    assert "column_unit_differs" in {each.code for each in found.refused}
    assert nc.check(pd.DataFrame([ours]), "nhs-2026.1").refused


@pytest.mark.parametrize("name", ["Cost", "Total cost", "Spend", "Amount ex VAT", "kWh cost", "Cost (kWh)"])
def test_pounds_are_not_read_as_kwh(name):
    row = {"organisation": "RR8", "period": "2023/24", "activity": "energy.natural_gas", name: 1000.0, "unit": "kWh"}
    assert "column_unit_differs" in {each.code for each in nc.check(pd.DataFrame([row]), "nhs-2026.1").refused}


INVOICES = ["Net", "Gross", "Invoice amount", "NET AMOUNT", "net_total", "Amount paid", "Line value",
            "Transaction amount", "Payment amount"]  # fmt: skip


@pytest.mark.parametrize("name", INVOICES)
def test_a_name_of_invoices_without_a_sign_of_money_is_no_quantity_of_energy(name, method):
    """An invoice's net is pounds, whatever the column of units says of the rest."""
    rows = [{"organisation": "RX1", "period": "2023/24", "activity": "energy.natural_gas", name: 1000.0, "unit": "kWh"}]
    assert "column_unit_differs" in {each.code for each in nc.check(rows, method, organisations=None).refused}


@pytest.mark.parametrize("name", INVOICES)
def test_a_name_of_invoices_is_read_beside_a_unit_of_money(name, method):
    rows = [{"organisation": "RX1", "period": "2023/24", "activity": "spend.sic.36", name: 1000.0, "unit": "GBP"}]
    codes = {each.code for each in nc.check(rows, method, organisations=None).findings}
    assert "column_unit_differs" not in codes
    assert "column_missing" not in codes


COUNTS = ["Net kWh", "Net consumption", "Gross weight", "Net quantity", "Amount", "Value", "Total", "Net volume",
          "Refrigerant charge", "Amount charged"]  # fmt: skip


@pytest.mark.parametrize("name", COUNTS)
def test_a_name_that_says_what_it_counts_is_no_name_of_invoices(name, method):
    rows = [{"organisation": "RX1", "period": "2023/24", "activity": "energy.natural_gas", name: 1000.0, "unit": "kWh"}]
    assert "column_unit_differs" not in {each.code for each in nc.check(rows, method, organisations=None).findings}


@pytest.mark.parametrize("name", ["Cost", "Amount (£)", "Net spend"])
@pytest.mark.parametrize("unit", ["GBP", "GBP_gross"])
def test_a_name_of_money_agrees_with_a_unit_of_money(name, unit):
    row = {"organisation": "RR8", "period": "2023/24", "activity": "spend.sic.32", name: 1000.0, "unit": unit}
    assert not nc.check(pd.DataFrame([row]), "nhs-2026.1").refused


def test_a_unit_in_a_name_that_contradicts_the_rows_is_refused_from_every_kind_of_source(tmp_path, monkeypatch):
    import polars as pl  # noqa: PLC0415  an engine

    table = frame((*HEADER[:3], "Consumption (MWh)", "Units"))
    table.to_csv(tmp_path / "a.csv", index=False)
    (tmp_path / "parts").mkdir()
    table.to_parquet(tmp_path / "parts" / "a.parquet", index=False)
    monkeypatch.setattr(open_source, "LARGE", 0)
    for source in (table, tmp_path / "a.csv", tmp_path / "parts", tmp_path / "parts" / "a.parquet",
                   pl.from_pandas(table).lazy()):  # fmt: skip
        assert "column_unit_differs" in {each.code for each in nc.check(source, "nhs-2026.1").refused}, source


@pytest.mark.parametrize(("name", "unit"), [("Consumption (MWh)", "kWh"), ("Spend (£000)", "GBP"),
                                            ("Usage (therms)", "kWh"), ("kWh (000s)", "kWh")])  # fmt: skip
def test_a_mapping_does_not_read_the_unit_of_a_name_as_another_amount(name, unit):
    mapping = pd.DataFrame([{"kind": "column", "phrase": name, "answer": "quantity", "answer_unit": unit,
                             "confirmed_by": "Ann", "confirmed_on": "2024-04-02"}])  # fmt: skip
    table = frame((*HEADER[:3], name), ROW[:4])
    found = nc.check(table, "nhs-2026.1", mapping=mapping).refused
    assert "column_unit_differs" in {each.code for each in found}
