"""What only looks like a number or a code is refused by every route, with the column, the type and what to do."""

import datetime as dt
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

import nhscarbon as nc

pa, pl, duckdb = (pytest.importorskip(name) for name in ("pyarrow", "polars", "duckdb"))
ROW = {"organisation": "RX1", "period": "2023/24", "activity": "energy.natural_gas", "quantity": 5.0, "unit": "kWh"}
DAY = dt.timedelta(days=1)


def table(**values):
    return {name: [value] for name, value in ROW.items()} | values


def types_refused(source):
    return [(found.code, found.column) for found in nc.check(source, "nhs-2026.1", organisations=None).refused]


PANDAS = {
    "timedelta": ("quantity", pd.to_timedelta([5], unit="s")),
    "numpy timedelta in an object column": ("quantity", pd.Series([np.timedelta64(5, "D")], dtype=object)),
    "year of pandas": ("quantity", pd.period_range("2023", periods=1, freq="Y")),
    "interval": ("quantity", pd.interval_range(0, 1)),
    "bytes": ("quantity", [b"5"]),
    "time": ("quantity", [dt.time(1)]),
    "categories of timedeltas": ("quantity", pd.Categorical(pd.to_timedelta([5], unit="s"))),
    "Arrow in pandas": ("quantity", pd.Series([5], dtype=pd.ArrowDtype(pa.duration("s")))),
    "share": ("estimated_share", pd.to_timedelta([5], unit="ns")),
    "reported": ("reported_tco2e", [b"5"]),
    "code of bytes": ("organisation", [b"RX1"]),
    "activity of bytes": ("activity", [b"energy.natural_gas"]),
    "unit that is a yes": ("unit", [True]),
    "year as a period": ("period", pd.period_range("2023", periods=1, freq="Y")),
    "quarter as a period": ("period", pd.period_range("2023-04", periods=1, freq="Q")),
}


@pytest.mark.parametrize("kind", PANDAS)
def test_pandas_columns_that_are_neither_numbers_nor_words(kind):
    name, values = PANDAS[kind]
    code = "number_type" if name in ("quantity", "estimated_share", "reported_tco2e") else "word_type"
    assert types_refused(pd.DataFrame(table(**{name: values}))) == [(code, name)]


ARROW = {
    "duration": ("quantity", [5], pa.duration("s")),
    "binary": ("quantity", [b"5"], pa.binary()),
    "fixed binary": ("quantity", [b"5"], pa.binary(1)),
    "time": ("quantity", [5], pa.time32("s")),
    "month, day, nano": ("quantity", [(1, 2, 3)], pa.month_day_nano_interval()),
    "dictionary of bytes": ("organisation", [b"RX1"], pa.dictionary(pa.int8(), pa.binary())),
    "large binary": ("activity", [b"energy.natural_gas"], pa.large_binary()),
    "yes": ("site", [True], pa.bool_()),
    "duration as a share": ("estimated_share", [DAY], pa.duration("us")),
}


@pytest.mark.parametrize("kind", ARROW)
def test_arrow_columns_that_are_neither_numbers_nor_words(kind):
    name, values, of = ARROW[kind]
    code = "number_type" if name in ("quantity", "estimated_share") else "word_type"
    assert types_refused(pa.table(table(**{name: pa.array(values, of)}))) == [(code, name)]


@pytest.mark.parametrize("value", [DAY, dt.time(1), b"5"], ids=["duration", "time", "binary"])
@pytest.mark.parametrize("name", ["quantity", "organisation"])
def test_polars_eager_lazy_and_records_refuse_the_same(name, value):
    code = "number_type" if name == "quantity" else "word_type"
    assert types_refused(pl.DataFrame(table(**{name: [value]}))) == [(code, name)]
    assert types_refused([{**ROW, name: value}]) == [(code, name)]
    with pytest.raises(nc.UsageError, match=f"the column '{name}' is"):
        nc.check(pl.LazyFrame(table(**{name: [value]})), "nhs-2026.1")


@pytest.mark.parametrize("value", ["INTERVAL 5 DAY", "'5'::BLOB", "'101'::BIT", "TIME '01:00:00'"])
@pytest.mark.parametrize("name", ["quantity", "organisation", "reported_tco2e"])
def test_duckdb_types_are_refused_in_words(name, value):
    columns = {each: f"'{text}'" for each, text in ROW.items()} | {"quantity": "5.0", name: value}
    query = duckdb.sql("select " + ", ".join(f"{text} as {each}" for each, text in columns.items()))
    with pytest.raises(nc.UsageError, match=f"the column '{name}' is .*: cast it to"):
        nc.check(query, "nhs-2026.1")


@pytest.mark.parametrize(
    "source",
    [
        pd.DataFrame(table(quantity=[Decimal("5.5")])),
        pd.DataFrame(table(quantity=pd.array([5], "Int16"))),
        pd.DataFrame(table(period=pd.period_range("2023-04", periods=1, freq="M"))),
        pd.DataFrame(table(period=pd.period_range("2023-04-01", periods=1, freq="D"))),
        pd.DataFrame(table(period=[pd.Period("2023-04", "M")], note=[True])),
        pd.DataFrame(table(period=pd.to_datetime(["2023-04-01"]))),
        pa.table(table(quantity=pa.array([Decimal(500)], pa.decimal128(5, -2)))),
        pa.table(table(quantity=pa.array([Decimal("5.25")], pa.decimal128(5, 2)))),
        pa.table(table(organisation=pa.array(["RX1"], pa.dictionary(pa.int8(), pa.string())))),
        pl.DataFrame(table(organisation=pl.Series(["RX1"], dtype=pl.Enum(["RX1"])))),
        duckdb.sql("select 'RX1' organisation, DATE '2023-04-01' period, 'energy.natural_gas' activity, "
                   "5.5::DECIMAL(9,2) quantity, 'kWh' unit"),
        duckdb.sql("select 'RX1' organisation, '2023/24' period, 'energy.natural_gas' activity, "
                   "5::HUGEINT quantity, 'kWh' unit"),
    ],
)  # fmt: skip
def test_near_misses_that_are_plain_in_what_they_say_are_taken(source):
    assert types_refused(source) == []


def test_the_rows_of_a_mixed_column_are_counted_and_the_others_not_blamed():
    frame = pd.DataFrame(
        [
            {**ROW, "organisation": each, "reference": f"M{number}"}
            for number, each in enumerate(("RX1", b"RX1", "RX1", b"RA7"))
        ]
    )
    [found] = nc.check(frame, "nhs-2026.1").refused
    assert (found.code, found.rows, found.first_rows) == ("word_type", 2, (2, 4))
    assert "bytes" in found.message
