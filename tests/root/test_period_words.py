"""Periods as people write them: read where they are clear, asked where they could mean two."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhscarbon.errors import PeriodError
from nhscarbon.periods import Period, months_of, nhs_year, parse_period, spelt_period

NAMES = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
         "December")  # fmt: skip


@pytest.mark.parametrize(
    "text",
    ["2024/2025", "2024-2025", "2024 / 25", "2024–25", "2024 to 2025", "24/25", "24-25", "FY24/25", "FY2024/25",
     "fy 2024/2025", "FY 24-25", "Financial year 2024/25", "financial year 2024 to 2025", "2024/25 FY",
     "Year ending March 2025", "year ended 31 March 2025", "Year ended 31st March 2025", "Y/E 31/03/2025",
     "YE Mar-25", "YE 2025-03-31", "12 months to March 2025", "FYE 2025", "31/03/2025 Y/E",
     "April 2024 to March 2025", "Apr-24 - Mar-25", "01/04/2024-31/03/2025", "2024-04 to 2025-03", "202425"],
)  # fmt: skip
def test_a_financial_year_is_read_however_it_is_written(text):
    assert parse_period(text) == Period("2024/25")
    assert spelt_period(text) == "2024/25"


@pytest.mark.parametrize(
    "text",
    ["April 2024", "Apr-24", "Apr 24", "Apr '24", "Apr-2024", "APR 2024", "apr24", "2024 April", "2024-Apr", "04/2024",
     "4/2024", "2024/04", "2024-4", "202404", "30/04/2024", "30.04.2024", "1 April 2024", "1st April 2024",
     "01-Apr-2024", "30-Apr-24", "April 30, 2024", "2024/04/30", "04/04/2024", "30/04/2024 00:00",
     "01/04/2024 to 30/04/2024", "1 April 2024 - 30 April 2024"],
)  # fmt: skip
def test_a_month_is_read_however_it_is_written(text):
    assert parse_period(text) == Period("2024/25", "2024-04")
    assert spelt_period(text).startswith("2024-04")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("FY25", ("2024/25", "2025/26")), ("FY2025", ("2024/25", "2025/26")), ("2025 FY", ("2024/25", "2025/26")),
        ("11/12", ("2011/12", "month")), ("12/13", ("2012/13",)), ("2011-12", ("could be",)), ("2023", ("calendar",)),
        ("201112", ("2011/12", "month 12")), ("2004/5", ("2004/05", "month 5")),
        ("2024/25 Q1", ("quarter", "April to June")), ("Q4 24/25", ("quarter", "January to March")),
        ("Q1 2024", ("April or in January",)), ("Q2", ("quarter",)), ("H2 2024/25", ("half-year", "October to March")),
        ("Apr-Jun 2024", ("April 2024 to June 2024",)), ("01/04/2024-30/06/2024", ("April 2024 to June 2024",)),
        ("Nov 2024 to Jan 2025", ("November 2024 to January 2025",)),
        ("Apr 2024 to Jan 2025", ("April 2024 to January 2025",)),
        ("01/04/2024-30/03/2025", ("April 2024 to March 2025",)), ("15/03/2024 - 14/04/2024", ("March 2024",)),
        ("Year ending December 2024", ("31 March",)), ("year ending 2025", ("which month",)),
        ("April", ("which year",)), ("Sept", ("which year",)), ("24-Apr", ("day 24",)),
        ("M1", ("month 1",)), ("Month 12", ("month 1",)), ("M10 2024/25", ("2025-01",)),
        ("01/04/2024", ("2024-04-01", "2024-01-04")), ("23-04-01", ("2023-04-01",)),
        ("01/04/2024-12/04/2024", ("April 2024",)),
    ],
)  # fmt: skip
def test_what_could_mean_two_is_asked(text, says):
    with pytest.raises(PeriodError) as error:
        parse_period(text)
    assert all(word in str(error.value) for word in says), str(error.value)
    assert spelt_period(text) == ""


@pytest.mark.parametrize(
    "text", ["academic year 2024/25", "calendar year 2024", "Mayor 24", "2024/26", "FY24/26", "31/02/2024", "13/2024",
             "2024/25 total", "2023/24, 2024/25", "YTD", "0/2024", "Apr", "24/2025", "2024-04-01T12:30"]
)  # fmt: skip
def test_what_is_no_period_is_not_read(text):
    with pytest.raises(PeriodError):
        parse_period(text)


@given(st.integers(2013, 2040), st.integers(0, 11), st.sampled_from(["{name} {year}", "{short}-{year}", "{short}-{yy}",
       "{name}, {year}", "{month}/{year}", "{year}/{month:02d}/28", "28 {name} {year}", "{year} {short}"]))  # fmt: skip
def test_every_month_is_itself_in_every_spelling(year, place, form):
    month = months_of(nhs_year(year))[place]
    number = int(month[5:])
    name = NAMES[number - 1]
    text = form.format(name=name, short=name[:3], year=month[:4], yy=month[2:4], month=number)
    assert parse_period(text) == Period(nhs_year(year), month)
