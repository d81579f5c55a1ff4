"""Months across: one row for each month, its cell the sender's own; a gap is no zero, a total is never added."""

from datetime import date

import pandas as pd
import pytest

import nhscarbon as nc
from nhscarbon.errors import UnreadableError

METHOD = nc.methodology("nhs-2026.1")
MONTHS = ["Apr-24", "May-24", "Jun-24", "Jul-24", "Aug-24", "Sep-24", "Oct-24", "Nov-24", "Dec-24", "Jan-25", "Feb-25",
          "Mar-25"]  # fmt: skip
ISO = [f"2024-{month:02d}" for month in range(4, 13)] + ["2025-01", "2025-02", "2025-03"]
KEYS = ["organisation", "activity", "unit"]


def wide(months, *rows, keys=KEYS):
    return pd.DataFrame([dict(zip([*keys, *months], row, strict=True)) for row in rows])


def file_of(tmp_path, *lines):
    path = tmp_path / "return.csv"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def found(source, code):
    return [each for each in nc.check(source, METHOD) if each.code == code]


def tall(source):
    table = nc.read(source).table
    return sorted(table[["organisation", "activity", "unit", "period", "quantity"]].itertuples(index=False, name=None))


GAS = ["RX1", "energy.natural_gas", "kWh"]
POWER = ["RX1", "energy.electricity.grid", "kWh"]
WIDE = wide(MONTHS, [*GAS, *range(100, 112)], [*POWER, *range(200, 212)])
TALL = sorted((*key, month, float(first + place)) for key, first in ((GAS, 100), (POWER, 200))
              for place, month in enumerate(ISO))  # fmt: skip


@pytest.mark.parametrize(
    "headers",
    [MONTHS, ISO, [f"{text[:3]} {2000 + int(text[4:])}" for text in MONTHS], [f"{text[5:]}/{text[:4]}" for text in ISO],
     [pd.Timestamp(f"{text}-01") for text in ISO], [date.fromisoformat(f"{text}-01") for text in ISO],
     list(pd.period_range("2024-04", periods=12, freq="M"))],
)  # fmt: skip
def test_a_frame_with_months_across_is_a_row_for_each_month(headers):
    assert tall(WIDE.set_axis([*KEYS, *headers], axis=1)) == TALL


def test_every_door_reads_months_across_alike(tmp_path):
    WIDE.to_csv(tmp_path / "a.csv", index=False)
    WIDE.to_excel(tmp_path / "a.xlsx", index=False)
    WIDE.to_parquet(tmp_path / "a.parquet")
    polars = pytest.importorskip("polars")
    sources = (tmp_path / "a.csv", tmp_path / "a.xlsx", tmp_path / "a.parquet", polars.from_pandas(WIDE),
               WIDE.to_dict("records"))  # fmt: skip
    expected = nc.calculate(pd.DataFrame(TALL, columns=[*KEYS, "period", "quantity"]), METHOD).total()
    for source in sources:
        assert tall(source) == TALL
        assert nc.calculate(source, METHOD).total() == expected


def test_a_lazy_table_is_refused_with_what_to_do():
    polars = pytest.importorskip("polars")
    with pytest.raises(UnreadableError, match="months across"):
        nc.calculate(polars.from_pandas(WIDE).lazy(), METHOD)


def test_an_empty_month_is_a_gap_and_no_zero(tmp_path):
    path = file_of(tmp_path, ",".join([*KEYS, *MONTHS]), "RX1,energy.natural_gas,kWh,1,2,,4,5,6,7,8,9,10,11,12")
    assert "2024-06" not in set(nc.read(path).table["period"])
    (gap,) = found(path, "months_missing")
    assert "2024-06" in gap.message


@pytest.mark.parametrize(("text", "code"), [("-", "number_absent"), ("n/a", "number_absent"), ("12kWh",
                         "number_with_unit"), ("#REF!", "number_error"), ("(5)", "number_bracketed")])  # fmt: skip
def test_a_text_in_a_month_names_its_own_cell(tmp_path, text, code):
    path = file_of(tmp_path, ",".join([*KEYS, *MONTHS[:4]]), "RX1,energy.natural_gas,kWh,1,2,3,4", "",
                   f"RX1,energy.electricity.grid,kWh,1,2,{text},4")  # fmt: skip
    (bad,) = found(path, code)
    assert (bad.cell, bad.first_rows, bad.severity) == ("F4", (4,), "reject_line")
    assert "Jun-24" in bad.message


def test_a_rule_across_the_rows_names_the_cell_of_the_month(tmp_path):
    path = file_of(tmp_path, ",".join([*KEYS, *MONTHS[:4]]), "RX1,energy.natural_gas,kWh,1,2,3,-4")
    (bad,) = found(path, "quantity_negative")
    assert bad.cell == "G2"


def test_a_marked_workbook_paints_the_cells_of_the_months(tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    frame = wide(MONTHS, [*GAS, *range(100, 112)], [*POWER, *range(200, 212)])
    frame.loc[0, "May-24"], frame.loc[1, "Dec-24"] = -1, -2
    frame.to_excel(tmp_path / "return.xlsx", index=False)
    marked = nc.mark(tmp_path / "return.xlsx", nc.check(tmp_path / "return.xlsx", METHOD), tmp_path / "marked.xlsx")
    sheet = openpyxl.load_workbook(marked).worksheets[0]
    noted = {cell.coordinate for row in sheet.iter_rows() for cell in row if cell.comment}
    assert {"E2", "L3"} <= noted
    assert not {"L2", "E3"} & noted


@pytest.mark.parametrize("name", ["Total", "Annual total", "YTD", "2024/25", "Total 2024/25", "quantity"])
def test_a_column_of_totals_is_held_against_the_months_and_not_added(tmp_path, name):
    header = ",".join([*KEYS, *MONTHS[:3], name])
    right = file_of(tmp_path, header, "RX1,energy.natural_gas,kWh,1,2,4,7")
    assert nc.read(right).table["quantity"].sum() == 7
    assert not found(right, "months_total_differs")
    wrong = file_of(tmp_path, header, "RX1,energy.natural_gas,kWh,1,2,4,17")
    (differs,) = found(wrong, "months_total_differs")
    assert (differs.severity, differs.cell) == ("warning", "G2")
    assert "7" in differs.message
    assert "17" in differs.message


def test_a_row_of_totals_and_blank_rows_are_left_out(tmp_path):
    path = file_of(tmp_path, ",".join([*KEYS, *MONTHS[:3], "Total"]), "RX1,energy.natural_gas,kWh,1,2,4,7", ",,,,,,",
                   "Total,,,1,2,4,7")  # fmt: skip
    assert nc.read(path).table["quantity"].sum() == 7
    assert found(path, "total_row")


def test_months_without_a_year_take_it_from_the_column_of_periods(tmp_path):
    path = file_of(tmp_path, "organisation,period,activity,unit,Apr,December,Jan",
                   "RX1,2024/25,energy.natural_gas,kWh,1,2,3",
                   "RX1,FY23/24,energy.natural_gas,kWh,4,5,6")  # fmt: skip
    assert [*nc.read(path).table["period"]] == ["2024-04", "2024-12", "2025-01", "2023-04", "2023-12", "2024-01"]


def test_months_without_a_year_take_it_from_the_row_above(tmp_path):
    path = file_of(tmp_path, ",,,2023/24,,,2024/25,,", ",".join([*KEYS, "Feb", "Mar", "Jan", "Apr", "May", "Mar"]),
                   "RX1,energy.natural_gas,kWh,1,2,3,4,5,6")  # fmt: skip
    table = nc.read(path).table
    assert dict(zip(table["period"], table["quantity"], strict=True)) == {
        "2024-02": 1, "2024-03": 2, "2024-01": 3, "2024-04": 4, "2024-05": 5, "2025-03": 6}  # fmt: skip


@pytest.mark.parametrize(
    ("headers", "says"),
    [(["Apr", "May", "Jun"], "year"), (["Apr-24", "May", "Jun-24", "Jul-24"], "'May'"), (["M1", "M2", "M3"], "month 1"),
     (["Period 01", "Period 02", "Period 03"], "month 1"), (["Q1", "Q2", "Q3", "Q4"], "quarters"),
     (["Q1 2024/25", "Q2 2024/25"], "quarters"), (["Apr-24", "April 2024", "May-24"], "same month"),
     (["2024-04-01", "2024-04-02", "2024-04-03"], "same month")],
)  # fmt: skip
def test_what_only_the_sender_knows_of_a_header_is_asked(tmp_path, headers, says):
    path = file_of(tmp_path, ",".join([*KEYS, *headers]), "RX1,energy.natural_gas,kWh," + ",".join("1" * len(headers)))
    refused = [each for each in nc.check(path, METHOD) if each.refuses]
    assert [each.code for each in refused] == ["months_unclear"]
    assert says in refused[0].message


def test_a_year_that_contradicts_the_months_is_refused(tmp_path):
    path = file_of(tmp_path, "organisation,period,activity,unit,Feb-24,Mar-24,Apr-24",
                   "RX1,2023/24,energy.natural_gas,kWh,1,2,3")  # fmt: skip
    (bad,) = found(path, "months_contradict")
    assert (bad.cell, bad.rows, bad.refuses) == ("G2", 1, True)


def test_months_of_two_years_each_belong_to_their_own(tmp_path):
    path = file_of(tmp_path, ",".join([*KEYS, "Feb-24", "Mar-24", "Apr-24"]), "RX1,energy.natural_gas,kWh,1,2,3")
    by = nc.calculate(path, METHOD).table.groupby("period", observed=True)["quantity"].max()
    assert by.to_dict() == {"2023/24": 3, "2024/25": 3}


def test_a_table_that_has_a_period_and_a_quantity_stays_as_it_is():
    frame = WIDE.assign(period="2024/25", quantity=[1.0, 2.0])
    assert nc.read(frame).table["quantity"].tolist() == [1.0, 2.0]


def test_a_row_without_any_month_is_asked_for(tmp_path):
    path = file_of(tmp_path, ",".join([*KEYS, *MONTHS[:3]]), "RX1,energy.natural_gas,kWh,1,2,3",
                   "RX1,energy.electricity.grid,kWh,,,")  # fmt: skip
    (blank,) = found(path, "quantity_blank")
    assert (blank.cell, blank.first_rows) == ("D3", (3,))


def test_the_senders_own_tonnes_of_a_whole_row_are_not_compared(tmp_path):
    path = file_of(tmp_path, ",".join([*KEYS, *MONTHS[:3], "reported_tco2e"]), "RX1,energy.natural_gas,kWh,1,2,3,9")
    assert "reported_tco2e" not in nc.read(path).table
    assert len(found(path, "months_across")) == 2


@pytest.mark.parametrize(("name", "refused"), [("Consumption (MWh)", True), ("Amount (£)", False), ("Cost", False)])
def test_the_name_of_a_column_of_totals_is_held_against_the_unit_and_pounds_say_nothing_of_it(name, refused):
    table = wide(["Apr-24", "May-24", "Jun-24", name], ("RX1", "energy.natural_gas", "kWh", 1100, 2300, 3000, 6400))
    assert bool(found(table, "column_unit_differs")) is refused


def test_a_quarter_beside_months_is_not_added_and_is_said(tmp_path):
    path = tmp_path / "r.csv"
    path.write_text("organisation,activity,unit,Apr-23,May-23,Jun-23,Q1,Q2\nRX1,energy.natural_gas,kWh,1,2,3,6,9\n")
    found = nc.check(path, METHOD)
    assert [each.value for each in found if each.code == "column_unknown"] == ["Q1", "Q2"]
    assert nc.read(path).table["quantity"].tolist() == [1, 2, 3]
