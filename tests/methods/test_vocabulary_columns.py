"""The names of columns: what people write is read, and what is no quantity is never taken for one."""

import csv
import os
from pathlib import Path

import pytest

from nhscarbon.methods.vocabulary_columns import column_word, column_words, words_of

SHARED = Path(os.environ.get("NHSCARBON_SHARED", ""))
PHRASES = SHARED / "figures" / "vocabulary" / "phrases.csv"


@pytest.mark.skipif(not PHRASES.is_file(), reason="SKIPPED ALOUD: the phrases of the evidence are not here")
def test_nineteen_of_twenty_headers_of_the_evidence_are_read_as_their_labellers_read_them():
    with PHRASES.open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["kind"] == "column"]
    right = 0
    for row in rows:
        word = column_word(row["phrase"])
        right += (word.column if word else "none") == (row["answer_code"] or "none")
    assert len(rows) > 100
    assert right / len(rows) >= 0.95


@pytest.mark.parametrize(
    "name",
    ["Meter Reading (kWh)", "Opening reading", "Odometer", "Odometer (miles)", "Site postcode", "Post Code",
     "Emission factor", "Conversion factor (kgCO2e/unit)", "kgCO2e", "Scope 1 emissions", "Unit price",
     "Organisation Type",
     "Exported (kWh)", "VAT amount", "Calorific value", "Engine size", "Period length"],
)  # fmt: skip
def test_what_is_no_part_of_an_activity_is_not_read(name):
    word = column_word(name)
    assert word is not None
    assert word.column == "none"


@pytest.mark.parametrize(
    ("name", "column", "unit"),
    [("Weight (kg)", "quantity", "kg"), ("Weight, kg", "quantity", "kg"), ("weight_kg", "quantity", "kg"),
     ("Consumption [kWh]", "quantity", "kWh"), ("Electricity (kWh)", "quantity", "kWh"),
     ("fuelVolume (L)", "quantity", "L"), ("AP Amount (£)", "quantity", "£"), ("Business miles", "quantity", "mile"),
     ("organisationCode", "organisation", ""), ("FINANCIAL_YEAR", "period", ""), ("units of measure", "unit", ""),
     ("Unit of measurement (UoM)", "unit", ""), ("Emissions (tCO2e)", "reported_tco2e", "")],
)  # fmt: skip
def test_a_name_is_read_whatever_its_case_signs_and_unit(name, column, unit):
    word = column_word(name)
    assert word is not None
    assert (word.column, word.unit) == (column, unit)


def test_a_word_of_another_kind_is_no_column():
    assert column_word("Verbrauch") is None
    assert column_word("x" * 500) is None
    assert column_word("RX1") is None


def test_every_row_of_the_table_is_found_by_its_own_words():
    for words, row in column_words().rows.items():
        found = column_word(" ".join(words))
        assert found is not None
        assert found.column == row.column, row.phrase


def test_plurals_and_camel_case_are_the_same_words():
    assert words_of("Emissions sources") == words_of("emissionSource") == ("emission", "source")
    assert words_of("kWh") == ("kwh",)
