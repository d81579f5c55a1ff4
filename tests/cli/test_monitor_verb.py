"""`nhscarbon monitor`: what it writes, in which form, and what it refuses."""

import csv
import io
import json

import pytest

import nhscarbon as nc
from nhscarbon.cli import main
from nhscarbon.trajectory.monitoring.monitor import COLUMNS

HEADER = "organisation,period,activity,quantity,unit"
YEARS = ("2019/20", "2020/21", "2021/22", "2022/23", "2023/24")
ROWS = [
    f"{code},{year},energy.natural_gas,{9000 - 500 * at},MWh"
    for code in ("RX1", "RR8")
    for at, year in enumerate(YEARS)
]
MONTHS = [f"RX1,2024-{month:02d},energy.natural_gas,{300 + month},MWh" for month in range(4, 10)]


@pytest.fixture
def run(capsys, activity_csv):
    path = activity_csv(*ROWS, *MONTHS, header=HEADER)

    def call(*more, file=path):
        code = main(["monitor", str(file), "--method", "nhs-2026.1", *more])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return call


def table(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_the_status_of_each_and_the_sentences_of_the_system_are_on_stdout(run):
    code, out, err = run()
    assert code == 0
    assert out.startswith("Monitor against nhs-net-zero-1@1.0.0 since 2019/20: ")
    assert "system: The NHS Carbon Footprint is on track for 2032, on 1 of 10 themes." in out
    assert "rows read" in err


def test_csv_is_the_table_of_the_library(run):
    _, out, _ = run("--format", "csv")
    rows = table(out)
    assert tuple(rows[0]) == COLUMNS
    assert {(row["organisation"], row["status"]) for row in rows if row["boundary"] == "nhs_carbon_footprint"} == {
        ("RX1", "on_track"), ("RR8", "on_track"), ("system", "on_track"),
    }  # fmt: skip
    assert all("2024/25 is left out: 6 of 12 months" in row["why"] for row in rows if row["organisation"] == "RX1")


@pytest.mark.parametrize(
    ("show", "columns"),
    [("sentences", {"kind", "text"}), ("readings", {"reading", "gap_percent"}), ("series", {"complete", "total_tco2e"}),
     ("year_to_date", {"before_tco2e", "why"}), ("causes", {"activity_tco2e", "prices_tco2e"}),
     ("league", {"rank", "position"}), ("energy", {"kwh", "variation"})],
)  # fmt: skip
def test_each_part_is_written_as_csv_as_json_and_for_people(run, show, columns):
    code, out, _ = run("--show", show, "--format", "csv", "--boundary", "nhs_carbon_footprint")
    assert code == 0
    assert columns <= set(table(out)[0])
    _, text, _ = run("--show", show, "--format", "json", "--boundary", "nhs_carbon_footprint")
    assert columns <= set(json.loads(text)["records"][0])
    _, words, _ = run("--show", show, "--boundary", "nhs_carbon_footprint")
    assert words.strip()


def test_intensities_need_denominators_and_take_them_from_a_file(run, tmp_path):
    code, _, err = run("--show", "intensities")
    assert code == 2
    assert "--denominators" in err
    beds = tmp_path / "beds.csv"
    beds.write_text("organisation,period,measure,value,unit\nRX1,2023/24,beds,700,bed\n", "utf-8")
    _, out, _ = run("--show", "intensities", "--denominators", str(beds), "--format", "csv")
    footprint = nc.calculate([dict(zip(HEADER.split(","), ROWS[4].split(","), strict=True))], "nhs-2026.1")
    [row] = [row for row in table(out) if row["organisation"] == "RX1" and row["kgco2e_per_unit"]
             and row["boundary"] == "nhs_carbon_footprint"]  # fmt: skip
    assert float(row["kgco2e_per_unit"]) == pytest.approx(1000 * footprint.total() / 700)


def test_a_base_known_only_as_totals_comes_from_a_file(run, tmp_path, activity_csv):
    totals = tmp_path / "totals.csv"
    totals.write_text(
        "organisation,period,theme,tco2e,vintage,method_note\nRX1,2019/20,fossil_fuels,2000,2022,central\n", "utf-8"
    )
    path = activity_csv(*ROWS[1:5], header=HEADER, name="later.csv")
    _, out, _ = run("--base-totals", str(totals), "--boundary", "nhs_carbon_footprint", "--format", "csv", file=path)
    [row] = table(out)
    assert float(row["allowance_tco2e"]) == pytest.approx(2000 * (1 - 0.47 * 4 / 13))


def test_what_is_refused_says_what_to_do(run):
    code, _, err = run("--base-year", "2015/16")
    assert code == 2
    assert "has no cut for" in err
    with pytest.raises(SystemExit):
        run("--to", "county")
    code, _, err = run("-o", "/nowhere/at/all.csv")
    assert code == 2
