"""Half-hourly meter files: exact sums by month, and every half-hour that is missing or given twice is said."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

import nhscarbon as nc
from nhscarbon.activity.half_hours import expected
from nhscarbon.errors import UnreadableError, UsageError

METHOD = nc.methodology("nhs-2026.1")
KEYS = {"organisation": "RX1", "activity": "energy.electricity.grid", "unit": "kWh"}
ENDS = [f"{slot // 2:02d}:{slot % 2 * 30:02d}" for slot in range(1, 49)]
STARTS = [f"{slot // 2:02d}:{slot % 2 * 30:02d}" for slot in range(48)]
NUMBERED = [f"HH{slot:02d}" for slot in range(1, 49)]


def values(day, count=48):
    numbers = np.random.default_rng(day.toordinal()).integers(0, 99_999, count)
    return [f"{number / 1000:.3f}" for number in numbers]


def days(first, last):
    return [first + timedelta(days=each) for each in range((last - first).days + 1)]


def across(first, last, headers, *, form="%Y-%m-%d", meter="1200012345678"):
    rows = [{"MPAN": meter, "Date": day.strftime(form), **dict(zip(headers, values(day), strict=True))}
            for day in days(first, last)]  # fmt: skip
    return pd.DataFrame(rows)


def sums(frame, headers, form="%Y-%m-%d"):
    found = {}
    for row in frame.to_dict("records"):
        month = datetime.strptime(row["Date"], form).strftime("%Y-%m")
        found[month] = found.get(month, Decimal(0)) + sum(Decimal(row[name]) for name in headers if row[name])
    return {month: float(total) for month, total in found.items()}


def read_sums(activity):
    return dict(zip(activity.table["period"], activity.table["quantity"], strict=True))


def codes(source):
    return {each.code for each in nc.check(source, METHOD)}


def long(times, **columns):
    return pd.DataFrame({**KEYS, "Meter": "M1", "Timestamp": times, "quantity": 1.5, **columns})


@pytest.mark.parametrize("headers", [ENDS, STARTS, NUMBERED, [str(slot) for slot in range(1, 49)],
                                     [f"{text}:00" for text in STARTS]])  # fmt: skip
@pytest.mark.parametrize("form", ["%Y-%m-%d", "%d/%m/%Y", "%d-%b-%y"])
def test_days_with_a_column_for_each_half_hour_are_summed_exactly(tmp_path, headers, form):
    frame = across(date(2024, 5, 1), date(2024, 6, 30), headers, form=form)
    read = nc.read_meter(frame, **KEYS)
    assert read_sums(read) == sums(frame, headers, form)
    frame.to_csv(tmp_path / "meter.csv", index=False)
    assert read_sums(nc.read_meter(tmp_path / "meter.csv", **KEYS)) == sums(frame, headers, form)
    assert {each.code for each in read.findings} == {"meter_summed"}


def test_the_ordinary_door_takes_a_meter_file_that_says_the_rest(tmp_path):
    frame = across(date(2024, 5, 1), date(2024, 5, 31), ENDS).assign(**KEYS)
    frame.to_csv(tmp_path / "meter.csv", index=False)
    frame.to_excel(tmp_path / "meter.xlsx", index=False)
    month = {**KEYS, "period": "2024-05", "quantity": sums(frame, ENDS)["2024-05"]}
    expected_total = nc.calculate(pd.DataFrame([month]), METHOD).total()
    for source in (tmp_path / "meter.csv", tmp_path / "meter.xlsx", frame):
        assert nc.calculate(source, METHOD).total() == expected_total


def test_meters_are_kept_apart(tmp_path):
    frame = pd.concat([across(date(2024, 5, 1), date(2024, 5, 31), ENDS, meter=each) for each in ("A1", "B2")])
    table = nc.read_meter(frame, **KEYS).table
    assert table["reference"].tolist() == ["A1", "B2"]
    assert len(set(table["quantity"])) == 1


# the clocks go forward on the last Sunday of March and back on the last Sunday of October (SI 2002/262)
@pytest.mark.parametrize(
    ("day", "count"),
    [(date(2024, 3, 31), 46), (date(2024, 10, 27), 50), (date(2025, 3, 30), 46), (date(2025, 10, 26), 50),
     (date(2024, 3, 24), 48), (date(2024, 10, 20), 48), (date(2024, 10, 26), 48)],
)  # fmt: skip
def test_the_days_of_the_clock_change_have_46_and_50(day, count):
    assert expected(day.toordinal()) == count


def test_46_and_50_half_hours_are_right_and_48_on_both_is_greenwich_time():
    times = pd.date_range("2024-04-01", "2025-04-01", freq="30min", tz="Europe/London", inclusive="left")
    local = nc.read_meter(long(times.strftime("%Y-%m-%d %H:%M")))
    assert {each.code for each in local.findings} == {"meter_summed"}
    assert local.table["quantity"].sum() == 1.5 * len(times)
    gmt = pd.date_range("2024-04-01", "2025-03-31 23:30", freq="30min").strftime("%Y-%m-%d %H:%M")
    assert {each.code for each in nc.read_meter(long(gmt)).findings} == {"meter_summed", "meter_clock"}


def test_a_missing_half_hour_on_the_long_day_is_said():
    times = pd.date_range("2024-10-01", "2024-11-01", freq="30min", tz="Europe/London", inclusive="left")
    texts = pd.Series(times.strftime("%Y-%m-%d %H:%M")).drop(26 * 48 + 9)
    (missing,) = [each for each in nc.read_meter(long(texts.tolist())).findings if "missing" in each.code]
    assert "2024-10-27 (1)" in missing.message


def test_missing_half_hours_and_days_are_said_with_their_day_and_count():
    frame = across(date(2024, 5, 1), date(2024, 5, 31), ENDS)
    frame.loc[9, ["00:30", "01:00"]] = ""
    frame = frame.drop(index=[19])
    (missing,) = [each for each in nc.read_meter(frame, **KEYS).findings if each.code == "meter_half_hours_missing"]
    assert missing.severity == "warning"
    assert "50 half-hours" in missing.message
    assert "2024-05-10 (2), 2024-05-20 (48)" in missing.message


@pytest.mark.parametrize("same", [True, False])
def test_a_day_or_half_hour_given_twice_is_refused(same):
    frame = across(date(2024, 5, 1), date(2024, 5, 31), ENDS)
    again = frame.iloc[[4]].copy()
    if not same:
        again[ENDS[1:]] = ""
    read = nc.read_meter(pd.concat([frame, again], ignore_index=True), **KEYS)
    (twice,) = [each for each in read.findings if each.refuses]
    assert twice.code == "meter_half_hours_doubled"
    assert f"2024-05-05: {48 if same else 1} half-hours" in twice.message


@pytest.mark.parametrize("form", ["%Y-%m-%d %H:%M", "%d/%m/%Y %H:%M:%S", "%Y-%m-%dT%H:%M"])
@pytest.mark.parametrize("first", ["2024-05-01 00:00", "2024-05-01 00:30"])
def test_a_row_for_each_half_hour_is_read_by_starts_and_by_ends(form, first):
    times = pd.date_range(first, periods=31 * 48, freq="30min")
    read = nc.read_meter(long(times.strftime(form)))
    assert read_sums(read) == {"2024-05": 1.5 * 31 * 48}


def test_the_moments_of_a_frame_are_read():
    times = pd.date_range("2024-05-01", periods=31 * 48, freq="30min")
    assert read_sums(nc.read(long(times))) == {"2024-05": 1.5 * 31 * 48}


def test_flags_become_the_share_that_is_estimated():
    times = pd.date_range("2024-05-01", periods=31 * 48, freq="30min").strftime("%Y-%m-%d %H:%M")
    flags = ["E" if place < 31 * 12 else "A" for place in range(31 * 48)]
    table = nc.read_meter(long(times, Flag=flags)).table
    assert table[["evidence", "estimated_share"]].to_numpy().tolist() == [["metered", 0.25]]
    frame = across(date(2024, 5, 1), date(2024, 5, 31), ENDS).assign(Status=["Estimated", *["Actual"] * 30])
    share = nc.read_meter(frame, **KEYS).table["estimated_share"].iloc[0]
    day = sum(map(Decimal, values(date(2024, 5, 1)))) / Decimal(str(sums(frame, ENDS)["2024-05"]))
    assert share == pytest.approx(float(day), abs=1e-6)


@pytest.mark.parametrize("unit", ["kW", "kVA", "kVArh"])
def test_demand_and_reactive_energy_are_refused(unit):
    read = nc.read_meter(across(date(2024, 5, 1), date(2024, 5, 31), ENDS), **{**KEYS, "unit": unit})
    assert "unit_unknown" in codes(read)


def test_a_channel_of_reactive_energy_is_refused():
    frame = across(date(2024, 5, 1), date(2024, 5, 31), ENDS).assign(Channel=["AI"] * 30 + ["RI"])
    (bad,) = [each for each in nc.read_meter(frame, **KEYS).findings if each.refuses]
    assert (bad.code, bad.value) == ("meter_channel", "RI")


def test_dates_that_could_begin_with_the_month_are_asked():
    frame = across(date(2024, 5, 1), date(2024, 5, 11), ENDS, form="%d/%m/%Y").iloc[:4]
    assert "meter_date_unreadable" in {each.code for each in nc.read_meter(frame, **KEYS).findings if each.refuses}


def test_times_that_could_be_starts_or_ends_are_asked():
    times = pd.date_range("2024-05-01 06:00", "2024-05-31 20:00", freq="30min").strftime("%Y-%m-%d %H:%M")
    assert "meter_stamp_unclear" in {each.code for each in nc.read_meter(long(times)).findings if each.refuses}


def test_readings_every_ten_minutes_are_no_half_hours():
    times = pd.date_range("2024-05-01", periods=1000, freq="10min").strftime("%Y-%m-%d %H:%M")
    assert "meter_step" in {each.code for each in nc.read_meter(long(times)).findings if each.refuses}


def test_a_text_in_a_half_hour_names_its_cell(tmp_path):
    frame = across(date(2024, 5, 1), date(2024, 5, 31), ENDS)
    frame.loc[2, "01:00"] = "n/a"
    frame.to_csv(tmp_path / "meter.csv", index=False)
    (bad,) = [each for each in nc.read_meter(tmp_path / "meter.csv", **KEYS).findings if each.refuses]
    assert (bad.code, bad.cell) == ("number_absent", "D4")


def test_what_nobody_said_of_a_meter_is_asked():
    frame = across(date(2024, 5, 1), date(2024, 5, 31), ENDS)
    with pytest.raises(UsageError, match="organisation"):
        nc.read_meter(frame, activity="energy.electricity.grid", unit="kWh")
    with pytest.raises(UsageError, match="leave one"):
        nc.read_meter(frame.assign(unit="kWh"), **KEYS)
    assert {each.column for each in nc.read(frame).findings if each.code == "column_missing"} == set(KEYS)
    with pytest.raises(UnreadableError, match="no half-hours"):
        nc.read_meter(pd.DataFrame({"a": [1], "b": [2]}), **KEYS)


def test_the_order_of_the_rows_changes_no_sum():
    frame = across(date(2024, 5, 1), date(2024, 6, 30), ENDS)
    mixed = frame.sample(frac=1, random_state=4)
    assert read_sums(nc.read_meter(mixed, **KEYS)) == read_sums(nc.read_meter(frame, **KEYS))


def test_times_beside_a_period_or_of_journeys_are_no_half_hours():
    rows = [
        {**KEYS, "period": "2024-05", "quantity": 1.0, "entered": f"2024-05-02 {hour:02d}:30"} for hour in range(24)
    ]
    assert nc.read(pd.DataFrame(rows)).table["quantity"].sum() == 24
    trips = [{**KEYS, "Timestamp": f"2024-05-{day:02d} 09:{day:02d}", "quantity": 1.0} for day in range(1, 29)]
    assert "meter_step" not in {each.code for each in nc.read(pd.DataFrame(trips)).findings}


def test_thousands_of_pounds_are_multiplied_where_a_mapping_confirms_it(tmp_path):
    row = {"organisation": "RX1", "period": "2023/24", "activity": "spend.sic.86", "quantity": 12.345, "unit": "£000"}
    (tmp_path / "mapping.csv").write_text(
        "kind,phrase,unit,answer,answer_unit,outcome,candidates,confirmed_by,confirmed_on\n"
        "unit,£000,,1000 GBP,,,,A Person,2026-11-01\n", "utf-8")  # fmt: skip
    pounds = nc.calculate(pd.DataFrame([{**row, "quantity": 12345, "unit": "GBP"}]), METHOD)
    thousands = nc.calculate(pd.DataFrame([row]), METHOD, mapping=tmp_path / "mapping.csv")
    boundary = "nhs_carbon_footprint_plus"
    assert thousands.total(boundary) == pounds.total(boundary)


def long_file(**values):
    times = pd.date_range("2024-06-01", "2024-06-30 23:30", freq="30min").strftime("%Y-%m-%d %H:%M")
    return pd.DataFrame({"MPAN": "1200012345678", "Timestamp": times, **values})


@pytest.mark.parametrize("name", ["Consumption (MWh)", "Consumption (Wh)", "Consumption (kW)"])
def test_the_unit_in_the_name_of_the_values_is_held_against_the_unit_of_the_meter(name):
    found = nc.read_meter(long_file(**{name: 1.0}), **KEYS).findings
    assert "column_unit_differs" in {each.code for each in found if each.refuses}


@pytest.mark.parametrize("name", ["Value (£)", "Export kWh", "Energy cost", "Meter reading kWh"])
def test_pounds_exports_and_readings_are_not_the_values_of_a_meter(name):
    assert nc.read_meter(long_file(**{name: 9.0, "kWh": 1.0}), **KEYS).table["quantity"].sum() == 1440.0
    try:
        alone = nc.read_meter(long_file(**{name: 9.0}), **KEYS).findings
    except UnreadableError:
        return
    assert "column_unit_differs" in {each.code for each in alone if each.refuses}
