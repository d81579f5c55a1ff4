"""Mapping files: one format, read as spreadsheets leave it, refused whole where it contradicts itself."""

from decimal import Decimal

import pandas as pd
import pytest

import nhscarbon as nc
from nhscarbon.activity.mapping import COLUMNS, factor_and_unit, read_mapping
from nhscarbon.errors import UsageError

ROWS = [("activity", "Mains gas", "kWh", "energy.natural_gas", "", "one", "", "Ann Other", "2024-04-02"),
        ("column", "Site contact", "", "none", "", "none", "", "Ann Other", "2024-04-02")]  # fmt: skip


def table(*rows):
    return pd.DataFrame(rows or ROWS, columns=list(COLUMNS), dtype=str)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("day", ["2024-04-02", "02/04/2024", "2 April 2024", "45384"])
def test_a_file_that_a_spreadsheet_saved_says_the_same(tmp_path, encoding, mark, day):
    path = tmp_path / "mapping.csv"
    text = table().assign(confirmed_on=day).to_csv(index=False, sep=mark)
    path.write_bytes(text.replace("\n", "\r\n").encode(encoding))
    assert read_mapping(path).sha256 == read_mapping(table()).sha256


def test_a_workbook_is_read_and_written_text_cannot_start_a_formula(tmp_path):
    odd = table(("activity", "=1+1", "kWh", "energy.natural_gas", "", "", "", "Ann", "2024-04-02"))
    mapping = read_mapping(odd)
    path = mapping.to_csv(tmp_path / "mapping.csv")
    assert "\nactivity,'=1+1," in path.read_text("utf-8")
    assert read_mapping(path).sha256 == mapping.sha256
    with pd.ExcelWriter(tmp_path / "mapping.xlsx") as writer:
        pd.DataFrame({"about": ["ours"]}).to_excel(writer, sheet_name="about", index=False)
        table().to_excel(writer, sheet_name="words", index=False)
    assert read_mapping(tmp_path / "mapping.xlsx").sha256 == read_mapping(table()).sha256


def test_the_hash_is_of_what_is_said_and_of_nothing_else():
    assert read_mapping(table(*ROWS[::-1])).sha256 == read_mapping(table()).sha256
    assert read_mapping(table().assign(answer_unit="MWh")).sha256 != read_mapping(table()).sha256


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"kind": "colour"}, "the kind 'colour'"), ({"answer": ""}, "confirmed without an answer"),
     ({"confirmed_on": "soon"}, "'soon' is no date"), ({"confirmed_on": "2999-01-01"}, "in the future"),
     ({"kind": "column", "answer": "Quantiy"}, "no column of an activity table"), ({"phrase": ""}, "no phrase")],
)  # fmt: skip
def test_a_row_that_cannot_be_used_is_named(changes, words):
    with pytest.raises(UsageError, match=words):
        read_mapping(table(ROWS[0]).assign(**changes))


def test_two_answers_to_one_word_are_refused():
    with pytest.raises(UsageError, match="stands in row 2 too"):
        read_mapping(table(ROWS[0], ("activity", "mains  GAS", "kWh", "energy.biogas", *ROWS[0][4:])))


def test_a_name_without_a_day_confirms_nothing():
    assert not read_mapping(table(ROWS[0]).assign(confirmed_on="")).rows[0].confirmed


def test_a_file_that_is_no_mapping_is_told_how_to_make_one():
    with pytest.raises(UsageError, match="has no column"):
        read_mapping(pd.DataFrame({"a": [1]}))


def test_a_factor_stands_before_its_unit():
    assert factor_and_unit("1,000 GBP") == (Decimal(1000), "GBP")
    assert factor_and_unit("bottle_250ml") == (Decimal(1), "bottle_250ml")


def test_read_takes_what_a_mapping_says_of_columns():
    rows = [{"Who": "RR8", "When": "2023/24", "What": "energy.natural_gas", "How much": 5, "In": "kWh"}]
    columns = {"who": "organisation", "When": "period", "WHAT": "activity", "How much": "quantity", "In": "unit"}
    words = [("column", phrase, "", answer, "", "", "", "Ann", "2024-04-02") for phrase, answer in columns.items()]
    read = nc.read(rows, mapping=table(*words))
    assert sorted(read.columns) == ["activity", "organisation", "period", "unit"]
    assert read.numbers["quantity"].tolist() == [5.0]


def test_a_unit_with_two_answers_is_refused():
    both = ("unit", "units", "", "kWh", "1000 kWh", "", "", "Ann Other", "2024-04-02")
    with pytest.raises(UsageError, match="write the unit once"):
        read_mapping(table(both))
