"""What stands where a number should be: each way of writing is named, and read only to weigh the fault."""

from math import isfinite, isnan

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nhscarbon as nc
from nhscarbon.activity.encoding import read_number, read_numbers
from nhscarbon.activity.numbers import not_number
from nhscarbon.findings import wording

NAN = float("nan")
CASES = (
    ("1,234", "number_separators", 1234), ("1,234.5", "number_separators", 1234.5),
    ("1 234 567", "number_separators", 1234567), ("1\u00a0234", "number_separators", 1234),
    ("1'234", "number_separators", 1234), ("1_000", "number_separators", 1000),
    ("-12,345", "number_separators", -12345), ("1.234,5", "number_decimal_comma", 1234.5),
    ("12,5", "number_decimal_comma", 12.5), ("£1k", "number_currency", 1000),
    ("£1,200.50", "number_currency", 1200.5), ("£ 12", "number_currency", 12),
    ("12 GBP", "number_currency", 12), ("-£5", "number_currency", -5), ("£2m", "number_currency", 2_000_000),
    ("3k", "number_scaled", 3000), ("1.5bn", "number_scaled", 1.5e9), ("1.2m", "number_scaled", NAN),
    ("12%", "number_percent", NAN), ("12 %", "number_percent", NAN), ("12 kWh", "number_with_unit", 12),
    ("12kWh", "number_with_unit", 12), ("1,200 m3", "number_with_unit", 1200), ("12m³", "number_with_unit", 12),
    ("#REF!", "number_error", NAN), ("#n/a", "number_error", NAN), ("#DIV/0!", "number_error", NAN),
    ("=A1+B1", "number_formula", NAN), ("TRUE", "number_logical", NAN), ("false", "number_logical", NAN),
    ("2023-04-01 00:00:00", "number_date", NAN), ("01/04/2023", "number_date", NAN),
    ("1-Apr", "number_date", NAN), ("Mar-24", "number_date", NAN), ("2023-04-01", "number_date", NAN),
    ("(123)", "number_bracketed", -123), ("(1,234.50)", "number_bracketed", -1234.5),
    ("123-", "number_bracketed", -123), ("n/a", "number_absent", NAN), ("-", "number_absent", NAN),
    ("nil", "number_absent", NAN), ("TBC", "number_absent", NAN), ("inf", "number_infinite", NAN),
    ("-Infinity", "number_infinite", NAN), ("nan", "number_infinite", NAN), ("1e400", "number_infinite", NAN),
    ("١٢٣", "number_script", 123), ("−5", "number_script", -5), ("１２", "number_script", 12),
    ("9" * 41, "number_too_long", NAN), ("abc", "number_unreadable", NAN), ("1.2.3", "number_unreadable", NAN),
    ("0x12", "number_unreadable", NAN), ("+-3", "number_unreadable", NAN),
    ("1,23,456", "number_unreadable", NAN), ("£", "number_unreadable", NAN),
)  # fmt: skip


@pytest.mark.parametrize(("text", "code", "likely"), CASES)
def test_each_way_of_writing_is_named_and_read_as_a_person_would(text, code, likely):
    found = not_number(text)
    assert found.code == code
    assert found.likely == likely or (isnan(found.likely) and isnan(likely))
    assert not isfinite(read_number(text))  # and never used as a quantity


PLAIN = {"12": 12, "1e3": 1000, "1.5E+2": 150, "2e-3": 0.002, "+5": 5, "-0.25": -0.25, ".5": 0.5, "5.": 5, "007": 7,
         " 12 ": 12, "0": 0, "9" * 40: 1e40}  # fmt: skip


@pytest.mark.parametrize("times", [1, 300])
def test_plain_numbers_are_the_numbers_that_they_are_alone_and_among_many(times):
    """Long columns are read another way than short ones; a text of more than 40 characters is none in either."""
    read = read_numbers([*PLAIN, "9" * 41, f"0.{'0' * 38}1"] * times).reshape(times, -1)
    assert (read[:, :-2] == np.array([*PLAIN.values()])).all()
    assert np.isnan(read[:, -2:]).all()
    assert [read_number(text) for text in PLAIN] == [*PLAIN.values()]


@pytest.mark.parametrize("value", [np.inf, -np.inf])
def test_an_infinite_quantity_of_a_frame_is_said_at_its_row(value):
    row = {"organisation": "RX1", "period": "2023/24", "activity": "water.supply", "unit": "m3"}
    read = nc.read(pd.DataFrame([{**row, "quantity": 1.0}, {**row, "quantity": value}]))
    [found] = [each for each in read.findings if each.refuses]
    assert (found.code, found.first_rows) == ("number_infinite", (2,))


@given(st.integers(-(10**12), 10**12), st.integers(0, 99))
def test_a_figure_with_separators_is_weighed_as_the_figure(whole, pence):
    text = f"{whole:,}.{pence:02d}"
    if "," in text:
        assert not_number(text).likely == float(text.replace(",", ""))


@given(st.text(max_size=60))
def test_any_text_at_all_gets_an_answer(text):
    found = not_number(text)
    assert found.code.startswith("number_")
    said = wording(found.code, found.variant, column="quantity", text=text, **found.values)
    assert said.advice


@given(st.lists(st.one_of(st.text(alphabet="0123456789.+-eE ,\x00k٣", max_size=45), st.floats().map(str)), max_size=40))
def test_numbers_read_together_are_those_read_alone(texts):
    many = (texts * 300)[:300] if texts else []
    alone = np.array([read_number(text) for text in many])
    assert read_numbers(many).tobytes() == alone.tobytes()
