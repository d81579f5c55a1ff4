"""A period that is none is met with the one that was probably meant; it is asked, never taken."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhscarbon.errors import PeriodError
from nhscarbon.periods import likely_period, nhs_year, parse_period


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("24/2025", "2024/25"), ("11/12", "2011/12"), ("Febuary 2023", "2023-02"), ("01.04.2023", "2023-04-01"),
        ("30/04/23", "2023-04-30"),
        ("45017", "2023-04-01"), ("45017.0", "2023-04-01"),
        ("Q1 2023/24", "2023/24"), ("2023/24 Q4", "2023/24"),
        ("2023/25", ""), ("23/25", ""), ("13/2023", ""), ("31/02/2023", ""), ("spring 2023", ""), ("year", ""),
        ("1", ""), ("99999", ""), ("Q5 2023/24", ""),
    ],
)  # fmt: skip
def test_what_was_meant_is_named_where_it_is_clear(text, meant):
    assert likely_period(text) == meant
    with pytest.raises(PeriodError) as error:
        parse_period(text)
    if meant:
        assert f"did you mean '{meant}'?" in str(error.value)
        assert error.value.likely == parse_period(meant).year


@given(st.dates(date(1990, 1, 1), date(2060, 12, 31)))
def test_a_spreadsheets_day_number_is_its_day(day):
    assert likely_period(str((day - date(1899, 12, 30)).days)) == day.isoformat()


@given(st.integers(1990, 2060))
def test_both_years_in_full_are_the_nhs_year(year):
    assert likely_period(f"{year}/{year + 1}") == nhs_year(year)


@given(st.text(max_size=40) | st.text(alphabet="0123456789/-. AprilJunMacFYQtoend'", max_size=24))
def test_any_text_is_a_period_or_refused_as_one(text):
    with suppress(PeriodError):  # any other error fails
        assert parse_period(text).year
