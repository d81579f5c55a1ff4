"""A mapping applied: what is confirmed counts, what is not refuses, and no unit is ever read as another by slip."""

import pandas as pd
import polars as pl
import pytest

import nhscarbon as nc
from nhscarbon.activity.mapping import COLUMNS
from nhscarbon.activity.readers import open_source
from nhscarbon.findings import SubmissionError

METHOD = "nhs-2026.1"
HEADER = ["organisation", "period", "activity", "quantity", "unit"]


def rows(*given):
    return pd.DataFrame([("RR8", "2023/24", *each) for each in given], columns=HEADER)


def words(*given):
    """Return confirmed rows: kind, phrase, unit, answer, answer_unit."""
    return pd.DataFrame([(*each, "", "", "Ann", "2024-04-02") for each in given], columns=list(COLUMNS))


def codes(source, mapping, **options):
    return {(each.code, each.value) for each in nc.check(source, METHOD, mapping=mapping, **options).refused}


GAS = words(("activity", "Mains gas", "kWh", "Natural gas", ""))
SENT = rows(("Mains gas", 1000.0, "kWh"), ("mains  GAS", 24.0, "KWH"))
MEANT = rows(("energy.natural_gas", 1000.0, "kWh"), ("energy.natural_gas", 24.0, "kWh"))


def test_confirmed_words_give_the_footprint_of_their_codes():
    assert nc.calculate(SENT, METHOD, mapping=GAS).totals == nc.calculate(MEANT, METHOD).totals


@pytest.mark.parametrize("kind", ["frame", "records", "csv", "pieces", "parquet", "xlsx", "polars", "lazy", "sums"])
def test_every_kind_of_source_has_the_same_sums(kind, tmp_path, monkeypatch):
    SENT.to_csv(tmp_path / "a.csv", index=False)
    SENT.to_parquet(tmp_path / "a.parquet", index=False)
    SENT.to_excel(tmp_path / "a.xlsx", index=False)
    if kind == "pieces":
        monkeypatch.setattr(open_source, "LARGE", 0)
    source = {"frame": SENT, "records": SENT.to_dict("records"), "csv": tmp_path / "a.csv",
              "pieces": tmp_path / "a.csv",
              "parquet": tmp_path / "a.parquet", "xlsx": tmp_path / "a.xlsx", "polars": pl.from_pandas(SENT),
              "lazy": pl.from_pandas(SENT).lazy(), "sums": nc.partial(SENT)}[kind]  # fmt: skip
    found = nc.calculate(source, METHOD, mapping=GAS)
    assert found.stamp.input_sha256 == nc.calculate(MEANT, METHOD).stamp.input_sha256
    assert found.stamp.mapping == nc.calculate(SENT, METHOD, mapping=GAS).stamp.mapping


def test_what_the_mapping_lists_and_nobody_confirmed_refuses_and_is_said_once():
    for gap in ("confirmed_by", "confirmed_on"):
        open_words = GAS.assign(**{gap: ""})
        assert codes(SENT, open_words) == {("mapping_unconfirmed", "Mains gas"), ("mapping_unconfirmed", "mains  GAS")}
        with pytest.raises(SubmissionError, match="mapping_unconfirmed"):
            nc.calculate(SENT, METHOD, mapping=open_words)


def test_rows_of_an_unconfirmed_word_are_named():
    found = nc.check(SENT, METHOD, mapping=GAS.assign(confirmed_by="")).refused
    assert sorted(each.first_rows for each in found) == [(1,), (2,)]


def test_a_code_that_the_mapping_lists_is_refused_too_until_it_is_confirmed():
    listed = words(("activity", "energy.natural_gas", "kWh", "energy.natural_gas", "")).assign(confirmed_on="")
    assert ("mapping_unconfirmed", "energy.natural_gas") in codes(MEANT, listed)


def test_what_the_mapping_does_not_list_is_judged_as_without_it():
    sent = rows(("energy.natural_gas", 1.0, "kWh"), ("Verbrauch", 1.0, "kWh"))
    assert codes(sent, GAS) == codes(sent, None) == {("activity_unknown", "Verbrauch")}


def test_a_phrase_confirmed_in_one_unit_is_not_confirmed_in_another():
    assert ("mapping_unconfirmed", "Mains gas") in codes(rows(("Mains gas", 5.0, "m3")), GAS)


def test_a_known_unit_is_never_read_as_another_amount_of_the_same_thing():
    for mapping in (words(("activity", "Mains gas", "kWh", "Natural gas", "MWh")),
                    words(("unit", "kWh", "", "MWh", ""), ("activity", "Mains gas", "kWh", "Natural gas", "")),
                    words(("activity", "Mains gas", "kWh", "Natural gas", "500 kWh"))):  # fmt: skip
        assert "mapping_wrong" in {code for code, _ in codes(SENT, mapping)}


def test_a_unit_of_two_readings_is_read_as_it_was_confirmed_for_that_activity_alone():
    sent = rows(("Sevo", 500.0, "ML"), ("water.supply", 2.0, "ML"))
    found = nc.calculate(sent, METHOD, mapping=words(("activity", "Sevo", "ML", "anaesthetic.sevoflurane", "ml")))
    units = dict(zip(found.table["activity"].astype(str), found.table["unit"].astype(str), strict=True))
    assert units == {"anaesthetic.sevoflurane": "ml", "water.supply": "ML"}


def test_thousands_of_pounds_are_a_thousand_times_the_pounds():
    mapping = words(("unit", "£000", "", "1000 GBP", ""))
    found = nc.calculate(rows(("spend.sic.26", 12.345678, "£000")), METHOD, mapping=mapping)
    assert found.sums.quantity.tolist() == [12345.678]
    assert found.sums.columns["unit"].labels == ("GBP",)


def test_hundredths_are_exact_too():
    mapping = words(("unit", "pence", "", "0.01 GBP", ""))
    found = nc.calculate(rows(("spend.sic.26", 12345.0, "pence")), METHOD, mapping=mapping)
    assert found.sums.quantity.tolist() == [123.45]


def test_rows_of_what_is_no_activity_are_left_out_and_said():
    sent = pd.concat([rows(("Bed days", 5.0, "days")), SENT], ignore_index=True)
    mapping = pd.concat([GAS, words(("activity", "Bed days", "days", "none", ""))])
    found = nc.calculate(sent, METHOD, mapping=mapping)
    assert found.totals == nc.calculate(MEANT, METHOD).totals
    assert [(each.code, each.first_rows) for each in found.findings if each.code == "mapping_left_out"] == [
        ("mapping_left_out", (1,))
    ]
    with pytest.raises(SubmissionError, match="no_rows"):
        nc.calculate(rows(("Bed days", 5.0, "days")), METHOD, mapping=mapping)


@pytest.mark.parametrize("answer", ["energy.nothing", "Natural gaz"])
def test_an_answer_that_a_method_does_not_have_is_refused(answer):
    mapping = words(("activity", "Mains gas", "kWh", answer, ""))
    assert ("mapping_wrong", "Mains gas") in codes(SENT, mapping)


def test_two_columns_confirmed_as_one_are_refused():
    sent = SENT.rename(columns={"quantity": "A"}).assign(B=1.0)
    mapping = pd.concat([GAS, words(("column", "A", "", "quantity", ""), ("column", "B", "", "quantity", ""))])
    assert "column_twice" in {code for code, _ in codes(sent, mapping)}


def test_an_unconfirmed_column_refuses_and_one_that_is_left_out_is_not_read():
    sent = MEANT.assign(Qty=1.0)
    assert "column_twice" in {code for code, _ in codes(sent, None)}
    assert codes(sent, words(("column", "Qty", "", "none", ""))) == set()
    assert codes(sent, words(("column", "Qty", "", "", "")).assign(confirmed_by="")) == {("mapping_unconfirmed", "Qty")}


def test_many_words_have_one_finding_together():
    sent = rows(*((f"word {number}", 1.0, "kWh") for number in range(150)))
    listed = words(*(("activity", f"word {number}", "kWh", "", "") for number in range(150))).assign(confirmed_by="")
    found = nc.check(sent, METHOD, mapping=listed).refused
    assert [(each.code, each.rows) for each in found] == [("mapping_unconfirmed", 150)]


def test_sheets_of_a_workbook_keep_their_rows(tmp_path):
    path = tmp_path / "two.xlsx"
    with pd.ExcelWriter(path) as writer:
        pd.concat([rows(("Bed days", 5.0, "days")), SENT]).to_excel(writer, sheet_name="A", index=False)
        SENT.assign(organisation="RX1").to_excel(writer, sheet_name="B", index=False)
    mapping = pd.concat([GAS, words(("activity", "Bed days", "days", "none", ""))])
    found = nc.calculate(path, METHOD, mapping=mapping)
    assert found.sums.rows.tolist() == [2, 2]
    open_words = pd.concat([GAS.assign(confirmed_by=""), words(("activity", "Bed days", "days", "none", ""))])
    told = nc.check(path, METHOD, mapping=open_words).refused
    assert {(each.sheet, each.first_rows, each.cell) for each in told} >= {("A", (3,), "C3"), ("B", (2,), "C2")}


def test_the_row_of_the_unit_as_it_is_written_comes_before_another_spelling_of_it():
    both = words(("activity", "Energy", "MWh", "energy.natural_gas", ""),
                 ("activity", "Energy", "mwh", "energy.electricity.grid", ""))  # fmt: skip
    meant = nc.calculate(rows(("energy.natural_gas", 2.0, "MWh")), METHOD)
    assert nc.calculate(rows(("Energy", 2.0, "MWh")), METHOD, mapping=both).totals == meant.totals
    assert ("mapping_unconfirmed", "Energy") in codes(rows(("Energy", 2.0, "Mwh")), both)


@pytest.mark.parametrize(("unit", "answer", "right"), [
    ("£000", "GBP", False), ("£000", "1000 GBP", True), ("therms", "kWh", False), ("therms", "29.3 kWh", True),
])  # fmt: skip
def test_a_unit_of_known_size_is_never_read_as_another_amount(unit, answer, right):
    activity = "spend.sic.32" if unit == "£000" else "energy.natural_gas"
    found = codes(rows((activity, 10.0, unit)), words(("unit", unit, "", answer, "")))
    assert (("mapping_wrong", unit) in found) is not right


@pytest.mark.parametrize("phrase", ["energy.natural_gas", "Mains gas"])
def test_a_known_unit_that_is_read_as_another_is_said(phrase):
    mapping = words(("activity", phrase, "kWh", "energy.natural_gas", "m3"))
    found = nc.check(rows((phrase, 1000.0, "kWh")), METHOD, mapping=mapping)
    assert ("mapping_applied", "kWh") in {(each.code, each.value) for each in found}


def test_another_spelling_of_the_same_unit_is_not_said_as_another_unit():
    mapping = words(("activity", "Mains gas", "KWH", "energy.natural_gas", "kWh"))
    found = nc.check(rows(("Mains gas", 1000.0, "KWH")), METHOD, mapping=mapping)
    assert ("mapping_applied", "KWH") not in {(each.code, each.value) for each in found}


@pytest.mark.parametrize(("unit", "answer", "wrong"), [
    ("therms", "29.3 kWh", False), ("therms", "29.3071 kWh", False), ("therms", "35 kWh", True),
    ("therms", "40 kWh", True),
    ("MWh", "1000 kWh", False), ("MWh", "900 kWh", True), ("MWh", "1500 kWh", True),
])  # fmt: skip
def test_what_a_known_unit_is_cannot_be_mapped_to_another_size(unit, answer, wrong):
    found = nc.check(rows(("energy.natural_gas", 10.0, unit)), METHOD, mapping=words(("unit", unit, "", answer, "")))
    assert ("mapping_wrong" in {each.code for each in found}) == wrong


def test_the_rows_of_a_mapped_unit_are_multiplied_like_their_sum():
    """1,000 therms at 29.3071 kWh; 0.182928926174 kgCO2e/kWh direct, set of 2023."""
    sent = rows(("energy.natural_gas", 1000.0, "therms"))
    footprint = nc.calculate(sent, METHOD, mapping=words(("unit", "therms", "", "29.3071 kWh", "")))
    assert footprint.total("scope_1") == pytest.approx(29.3071 * 0.182928926174)
    lines = footprint.lines(component="direct")
    assert lines["quantity"].tolist() == pytest.approx([29_307.1])
    assert lines["kgco2e"].tolist() == pytest.approx([29_307.1 * 0.182928926174])
