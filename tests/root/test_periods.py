"""Periods: what is read, and what is asked back instead of guessed."""

from datetime import date, datetime

import pytest

import nhscarbon as nc
from nhscarbon.errors import PeriodError
from nhscarbon.periods import Period, parse_period, read_period, year_end, year_start


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2023/24", Period("2023/24")),
        ("2023-24", Period("2023/24")),
        (" 2023/24 ", Period("2023/24")),
        ("1999/00", Period("1999/00")),
        ("2023-04", Period("2023/24", "2023-04")),
        ("2024-03", Period("2023/24", "2024-03")),
        ("2023-12", Period("2023/24", "2023-12")),
        ("2024-03-31", Period("2023/24", "2024-03")),
        ("2024-04-01", Period("2024/25", "2024-04")),
        ("2024-04-01 00:00:00", Period("2024/25", "2024-04")),
        (date(2024, 3, 31), Period("2023/24", "2024-03")),
        (datetime(2024, 4, 1, 12), Period("2024/25", "2024-04")),
    ],
)
def test_a_period_belongs_to_one_nhs_year(text, expected):
    assert parse_period(text) == expected


@pytest.mark.parametrize("text", ["2023", "2011-12", "2010-11", "2001-02"])
def test_an_ambiguous_period_is_asked_back(text):
    with pytest.raises(PeriodError, match="could be"):
        parse_period(text)


@pytest.mark.parametrize(
    "text",
    ["", "2023/25", "2023-13", "2023-00", "2023-02-30", "２０２３/24", "2023-04-01T12:30", "2024-03-31\n2024-04-01"],
)  # fmt: skip
def test_what_is_no_period_is_refused(text):
    with pytest.raises(PeriodError):
        parse_period(text)


def test_a_year_runs_from_april_to_march():
    assert (year_start("2023/24"), year_end("2023/24")) == ("2023-04-01", "2024-04-01")


def test_the_year_nought_is_no_year():
    for text in ("0000-03", "0000-02"):
        with pytest.raises(PeriodError, match="in no NHS year"):
            parse_period(text)
    assert parse_period("0023-05") == Period("0023/24", "0023-05")


@pytest.mark.parametrize("text", ["9999/00", "9999-12", "9999-12-31", "0000/01"])
def test_a_year_that_no_calendar_holds_is_no_period(text):
    with pytest.raises(PeriodError, match=r"is not a period|in no NHS year"):
        parse_period(text)


@pytest.mark.parametrize("text", ["0023/24", "0001/02", "9998/99", "9999/00", "9999-03", "9999"])
def test_the_first_and_last_days_of_a_year_at_the_edge_of_the_calendar_are_days(text):
    found = read_period(text)
    year = found.year if found else "9999/00"
    assert date.fromisoformat(year_start(year)) <= date.fromisoformat(year_end(year))
    row = {"organisation": "RX1", "period": text, "activity": "energy.natural_gas", "quantity": 5, "unit": "kWh"}
    assert nc.check([row], nc.methodology("nhs-2026.1")).refused
