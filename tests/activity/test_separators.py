"""Separators of thousands are read where the whole column is clear and the mapping says so, and refused elsewhere."""

import pandas as pd
import pytest

import nhscarbon as nc

METHOD = nc.methodology("nhs-2026.1")
MAPPING = "kind,phrase,unit,answer,answer_unit,outcome,candidates,confirmed_by,confirmed_on\n"


def returned(tmp_path, *quantities, option="thousands", head="quantity"):
    rows = [{"organisation": "RX1", "period": f"2024-{4 + place:02d}", "activity": "energy.natural_gas",
             head: text, "unit": "kWh"} for place, text in enumerate(quantities)]  # fmt: skip
    pd.DataFrame(rows).to_csv(tmp_path / "return.csv", index=False)
    (tmp_path / "mapping.csv").write_text(f"{MAPPING}column,{head},,quantity,{option},,,A Person,2026-11-01\n", "utf-8")
    return tmp_path / "return.csv", tmp_path / "mapping.csv"


def codes(source, mapping):
    return {each.code for each in nc.check(source, METHOD, mapping=mapping) if each.refuses}


@pytest.mark.parametrize(
    ("texts", "total"),
    [(("1,234,567", "1,000", "12"), 1_235_579), (("1,234.50", "2,000"), 3_234.5), (("1 234 567", "1 000"), 1_235_567),
     (("1\u00a0234\u00a0567", "5"), 1_234_572)],
)  # fmt: skip
def test_a_clear_column_is_read_where_the_mapping_says_so(tmp_path, texts, total):
    source, mapping = returned(tmp_path, *texts)
    table = nc.calculate(source, METHOD, mapping=mapping).table
    assert table["quantity"].max() == total
    assert "number_separators" in codes(source, None)


@pytest.mark.parametrize("texts", [("1,234", "2,500"), ("1,5", "1,234,567"), ("1,23,456", "1,234,567"),
                                   ("1,234,567", "1 234 567")])  # fmt: skip
def test_a_column_that_could_mean_two_is_refused_still(tmp_path, texts):
    assert codes(*returned(tmp_path, *texts)) & {"number_separators", "number_decimal_comma", "number_unreadable"}


def test_without_the_option_a_mapping_reads_no_separators(tmp_path):
    assert codes(*returned(tmp_path, "1,234,567", "1,000", option="")) == {"number_separators"}


def test_an_accounting_negative_is_below_zero(tmp_path):
    assert codes(*returned(tmp_path, "1,234,567", "(1,000)")) == {"quantity_negative"}
