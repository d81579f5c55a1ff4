"""Nothing that is not zero is summed as zero, by any route; and a decimal text is rounded as a decimal."""

from decimal import ROUND_HALF_EVEN, Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nhscarbon as nc
from nhscarbon.activity.encoding import read_numbers
from nhscarbon.activity.readers import open_source as opening
from nhscarbon.sums import accumulator

HEAD = "organisation,period,activity,quantity,unit"


def frame(*quantities):
    return pd.DataFrame({"organisation": "RX1", "period": "2023/24", "activity": "anaesthetic.desflurane",
                         "quantity": list(quantities), "unit": "kg"})  # fmt: skip


SMALL = [5e-7, -5e-7, 4.9e-7, 1e-30, 5e-324, 0.0000005]


@pytest.mark.parametrize("kernel", ["numpy", "numba"])
@pytest.mark.parametrize("way", ["dense", "sorted"])
def test_what_would_be_summed_as_zero_is_refused(kernel, way, monkeypatch):
    if kernel == "numba":
        pytest.importorskip("numba", reason="SKIPPED ALOUD: the extra fast (numba) is not installed")
    monkeypatch.setenv(accumulator.CHOICE, kernel)
    if way == "sorted":
        plain = accumulator.DenseTable
        monkeypatch.setattr(accumulator, "DenseTable", lambda *args: _without_room(plain(*args)))
    sums = nc.partial(frame(*SMALL, 0.0, 6e-7))
    assert sums.faults["too_small"][0] == len(SMALL)
    assert (int(sums.rows.sum()), [int(total) for total in sums.total]) == (2, [1])


def _without_room(table):
    table.most = 0
    return table


def test_engines_refuse_the_same():
    pl, duckdb = pytest.importorskip("polars"), pytest.importorskip("duckdb")
    rows = frame(*SMALL, 0.0, 6e-7)
    whole = nc.partial(rows)
    assert nc.partial(pl.LazyFrame(rows.to_dict("list"))) == whole
    assert nc.partial(duckdb.sql("select * from rows")) == whole


@pytest.mark.parametrize("unit", ["kg", "tonne"])
def test_the_finding_numbers_its_rows(unit):
    rows = frame(1.0, 5e-7, 0.0).assign(unit=unit, organisation="RX1")
    [found] = [each for each in nc.check(rows, "nhs-2026.1").refused if each.code == "quantity_too_small"]
    assert (found.rows, found.first_rows) == (1, (2,))


TEXTS = ("1.0000005", "1.0000015", "2.0000025", "1.00000050001", "1.00000049999", "3.0000035", "123456.7890125",
         "33554432.0000005", "4194304.1234565", "1.00000050000000000000001", "1e0", "10000005e-7",
         "+1.0000005")  # fmt: skip


def as_decimal(text):
    return int((Decimal(text) * 10**6).to_integral_value(ROUND_HALF_EVEN))


def in_csv(path, texts):
    path.write_text("\n".join([HEAD, *(f"RX{n},2023/24,water.supply,{text},m3" for n, text in enumerate(texts))]))
    return path


def summed(source):
    sums = nc.partial(source)
    column = sums.columns["organisation"]
    return {column.labels[code]: int(total) for code, total in zip(column.codes, sums.total, strict=True)}


def test_small_and_streamed_csv_and_text_cells_round_a_text_as_a_decimal(tmp_path, monkeypatch):
    openpyxl = pytest.importorskip("openpyxl")
    pa = pytest.importorskip("pyarrow")
    wanted = {f"RX{n}": as_decimal(text) for n, text in enumerate(TEXTS)}
    path = in_csv(tmp_path / "a.csv", TEXTS)
    assert summed(path) == wanted
    book = openpyxl.Workbook()
    for row in [HEAD.split(","), *([f"RX{n}", "2023/24", "water.supply", text, "m3"] for n, text in enumerate(TEXTS))]:
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    assert summed(tmp_path / "a.xlsx") == wanted
    table = pd.read_csv(path, dtype=str)
    assert summed(pa.Table.from_pandas(table)) == wanted
    monkeypatch.setattr(opening, "LARGE", 0)
    assert summed(path) == wanted


def test_decimals_of_a_data_frame_are_rounded_as_they_stand():
    pa = pytest.importorskip("pyarrow")
    values = [Decimal("1.0000005"), Decimal("2.0000015"), Decimal("7.5")]
    rows = {"organisation": ["RX0", "RX1", "RX2"], "period": "2023/24", "activity": "water.supply", "unit": "m3"}
    frame = pd.DataFrame(rows).assign(quantity=values)
    wanted = {f"RX{n}": as_decimal(str(value)) for n, value in enumerate(values)}
    assert summed(frame) == wanted
    assert summed(pa.Table.from_pandas(frame)) == wanted


def test_binary_numbers_stay_as_they_are():
    [total] = nc.partial(frame(1.0000005)).total
    assert total == np.rint(np.float64(1.0000005) * 1e6)


@given(st.integers(1, 10**9), st.sampled_from(["5", "50", "49999999", "50000001"]))
def test_any_text_scales_to_its_own_decimal(millionths, tail):
    text = f"{millionths // 10**6}.{millionths % 10**6:06d}{tail}"
    for texts in ([text], [text, *["1.5"] * 300]):
        assert np.rint(read_numbers(texts)[0] * 1e6) == as_decimal(text)
