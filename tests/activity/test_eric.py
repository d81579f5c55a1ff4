import csv
import gzip
import io
import os
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import openpyxl
import pytest

from nhscarbon.activity.eric.layouts import read_layouts
from nhscarbon.activity.eric.tidy import read_eric_table
from nhscarbon.activity.files.sheets import cell_text, read_grids
from nhscarbon.errors import IntegrityError, UnreadableError
from nhscarbon.methods.data_package import load_package

REPO = Path(__file__).resolve().parents[2]
FOLDER = REPO / "data" / "layouts" / "eric-1"
EXAMPLE = REPO / "data" / "examples" / "estates-2023-24" / "estates-2023-24.csv"
SHARED = Path(os.environ.get("NHSCARBON_SHARED", REPO.parent / "shared"))
ORIGINALS = SHARED / "originals" / "eric"
TOTALS = SHARED / "figures" / "eric" / "national_totals.csv"
FILES = {
    "2013/14": "eric-2013-14.xls",
    "2014/15": "eric-2014-15.xls",
    "2015/16": "eric-2015-16.xls",
    "2016/17": "eric-2016-17.xls",
    "2019/20": "eric-2019-20-site.csv",
    "2023/24": "eric-2023-24-site.csv",
}
TRUSTS = {"2013/14": 251, "2014/15": 240, "2015/16": 238, "2016/17": 236, "2019/20": 224, "2023/24": 209}
needs_originals = pytest.mark.skipif(
    not (ORIGINALS.is_dir() and TOTALS.is_file()),
    reason="the published estates returns are not here: set NHSCARBON_SHARED to where originals/eric is",
)
LAYOUTS = read_layouts(FOLDER)
BY_NAME = {layout.name: layout for layout in LAYOUTS.layouts}
GAS, FLOOR, WATER = (
    "Gas consumed (kWh)",
    "Gross internal floor area (m²)",
    "Water volume (including borehole) (m³)",
)
INCINERATION = "Domestic waste (incineration) volume (Tonnes)"
CONFIDENTIAL = "Confidential waste volume (Tonnes)"
OIL, RECOVERY = "Oil consumed (kWh)", "Other recovery volume (Tonnes)"


def site_file(folder, rows, *, layout="eric-2019-20", encoding="utf-8", ends="\r\n", header=None, name="file.csv"):
    """Write a file in a published layout; what a row does not state is Not Applicable."""
    table = BY_NAME[layout].columns
    header = list(table["header"]) if header is None else header
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator=ends)
    if BY_NAME[layout].header_rows == 2:
        writer.writerow(list(table["section"]))
    writer.writerow(header)
    roles = dict(zip(table["role"], table.index, strict=True))
    for number, row in enumerate(rows):
        cells = ["Not Applicable"] * len(header)
        cells[roles["organisation_code"]] = row.get("org", "RXX")
        cells[roles["site_code"]] = row.get("site", f"RXX{number:02d}")
        for column, value in row.items():
            if column in header:
                cells[header.index(column)] = value
        writer.writerow(cells)
    path = folder / name
    path.write_bytes(stream.getvalue().encode(encoding))
    return path


def read(path):
    return read_eric_table(path, LAYOUTS)


def coded(result, code):
    return [finding for finding in result.findings if finding.code == code]


def quantities(result, measure):
    used = result.activity[result.activity["measure"] == measure]
    return dict(zip(used["site"], used["quantity"], strict=True))


# --- the package itself


def test_package_verifies_and_every_rule_is_there():
    load_package(FOLDER)
    ids = [rule.rule_id for rule in LAYOUTS.rules]
    assert len(ids) == len(set(ids))
    for layout in LAYOUTS.layouts:
        used = {rule for rule in layout.columns["rule"] if rule}
        assert used <= {rule.rule_id for rule in LAYOUTS.rules if rule.test == "assumption"}
        assert list(layout.columns["position"]) == [str(n + 1) for n in range(len(layout.columns))]
        measures = layout.columns["measure"][layout.columns["measure"] != ""]
        assert measures.is_unique
        active = layout.columns[layout.columns["role"] == "activity"]
        assert (active["activity"] != "").all()
        assert set(active["unit"]) <= {"kWh", "m3", "tonne"}
    assert all(rule.reason and rule.source for rule in LAYOUTS.rules)


def test_rule_with_an_unknown_test_refuses(tmp_path):
    rules = (replace(LAYOUTS.rules[0], test="guess"),)
    with pytest.raises(IntegrityError, match="guess"):
        read_eric_table(site_file(tmp_path, [{GAS: "1"}]), replace(LAYOUTS, rules=rules))


# --- one trap at a time, on fabricated files


def test_missing_is_never_zero_and_zero_is_kept(tmp_path):
    rows = [{GAS: "1000"}, {GAS: "0"}, {GAS: ""}, {GAS: "Not Applicable"}, {GAS: "N/A"}]
    result = read(site_file(tmp_path, rows))
    assert quantities(result, "gas") == {"RXX00": 1000.0, "RXX01": 0.0}
    [missing] = [finding for finding in coded(result, "value_missing") if finding.column == GAS]
    assert (missing.rows, missing.first_rows, missing.severity) == (3, (4, 5, 6), "info")
    assert result.activity["quantity"].dtype == np.float64


def test_no_data_provided_is_missing_only_where_the_publisher_wrote_it(tmp_path):
    gas = "Gas consumed - utility (kWh)"
    early = read(site_file(tmp_path, [{gas: "No Data Provided"}], layout="eric-2013-14"))
    assert not coded(early, "number_unreadable")
    late = read(site_file(tmp_path, [{GAS: "No Data Provided"}]))
    [finding] = coded(late, "number_unreadable")
    assert (finding.value, finding.column, finding.first_rows) == ("No Data Provided", GAS, (2,))


def test_thousands_separators_are_read_and_counted(tmp_path):
    result = read(site_file(tmp_path, [{GAS: "88,643,074"}, {GAS: "1,409.31"}, {GAS: "12"}]))
    assert quantities(result, "gas") == {"RXX00": 88643074.0, "RXX01": 1409.31, "RXX02": 12.0}
    [finding] = coded(result, "thousands_separator")
    assert (finding.rows, finding.first_rows) == (2, (2, 3))


@pytest.mark.parametrize("text", ["1,00", "12,34,567", "nan", "inf", "£5", "1 000", "٣", "0x10", "1.2.3", "-"])
def test_text_that_is_no_plain_number_is_listed(tmp_path, text):
    result = read(site_file(tmp_path, [{GAS: text}, {GAS: "7"}]))
    assert quantities(result, "gas") == {"RXX01": 7.0}
    [finding] = coded(result, "number_unreadable")
    severity = "reject_line" if any(map(str.isdigit, text)) else "warning"  # a figure is never left out
    assert (finding.value, finding.severity, finding.rows) == (text, severity, 1)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("ends", ["\r\n", "\n"])
def test_encodings_line_ends_and_hard_spaces(tmp_path, encoding, ends):
    rows = [{"org": "RXX\xa0", GAS: "\xa01,000\xa0", "Site Name": "ST\xa0MARY’S"}]
    result = read(site_file(tmp_path, rows, encoding=encoding, ends=ends))
    assert result.activity[["organisation", "quantity"]].values.tolist() == [["RXX", 1000.0]]
    assert result.sites["name"].tolist() == ["ST MARY’S"]


def test_negative_quantity_is_excluded_and_negative_cost_is_kept(tmp_path):
    cost = "Water and sewerage cost (£)"
    result = read(site_file(tmp_path, [{GAS: "-81,220,768", cost: "-13113"}, {GAS: "5"}]))
    assert quantities(result, "gas") == {"RXX01": 5.0}
    quantity, money = sorted(coded(result, "negative_quantity"), key=lambda finding: finding.quantity)
    assert (quantity.severity, quantity.site, quantity.quantity) == ("warning", "RXX00", -81220768.0)
    assert "Left out of the sums" in quantity.message
    assert money.severity == "info"
    assert result.denominators["value"].tolist() == [-13113.0]


def test_sentinel_is_excluded_from_waste_of_its_year_and_kept_in_energy(tmp_path):
    rows = [{RECOVERY: "9999", OIL: "9999", FLOOR: "40000"}]
    result = read(site_file(tmp_path, rows, layout="eric-2016-17"))
    assert quantities(result, "waste_other_recovery") == {}
    assert quantities(result, "oil") == {"RXX00": 9999.0}
    assert sorted(finding.unit for finding in coded(result, "sentinel_value")) == ["kWh", "tonne"]
    later = read(site_file(tmp_path, [{WATER: "9999"}]))
    assert quantities(later, "water_volume") == {"RXX00": 9999.0}
    assert coded(later, "sentinel_value")


def test_kilograms_typed_as_tonnes(tmp_path):
    rows = [
        {INCINERATION: "48041", FLOOR: "10348"},
        {INCINERATION: "12500", FLOOR: "400000"},  # no hospital makes so much
        {INCINERATION: "2250", FLOOR: "167000"},  # a large hospital
        {INCINERATION: "49", FLOOR: "100"},  # too little to judge by its floor area
        {INCINERATION: "4000"},  # no floor area stated: only the absolute bound holds
        {INCINERATION: "700", FLOOR: "7788"},
    ]
    result = read(site_file(tmp_path, rows))
    assert quantities(result, "waste_domestic_incineration") == {
        "RXX02": 2250.0,
        "RXX03": 49.0,
        "RXX04": 4000.0,
        "RXX05": 700.0,
    }
    excluded = coded(result, "kilograms_as_tonnes")
    assert [(finding.site, finding.severity) for finding in excluded] == [
        ("RXX00", "warning"),
        ("RXX01", "warning"),
    ]
    [kept] = coded(result, "intensity_implausible")
    assert (kept.site, kept.first_rows) == ("RXX05", (7,))


def test_one_total_shared_out_over_the_sites_of_a_trust(tmp_path):
    rows = [{"org": "RGD", "site": f"RGD0{n}", CONFIDENTIAL: "1,933.93"} for n in range(5)]
    result = read(site_file(tmp_path, rows))
    assert quantities(result, "waste_confidential") == {}
    [finding] = coded(result, "repeated_total")
    assert (finding.rows, finding.quantity) == (5, pytest.approx(9669.65))
    other = [{"org": "RXX", CONFIDENTIAL: "1933.93"} for _ in range(5)]
    result = read(site_file(tmp_path, other))
    assert len(quantities(result, "waste_confidential")) == 5
    [finding] = coded(result, "repeated_total")
    assert "kept" in finding.message


@pytest.mark.parametrize(
    ("tonnes", "floor", "left_out"),
    [
        # 6,000 tonnes at any site, and 0.15 tonnes a square metre from 50 tonnes on: rules.csv
        ("6000", "400000", False),
        ("6000.01", "400000", True),
        ("50", "300", True),
        ("49.99", "300", False),
        ("150", "1000", False),
        ("150.01", "1000", True),
    ],
)
def test_waste_is_left_out_above_its_limits_and_kept_at_them(tmp_path, tonnes, floor, left_out):
    result = read(site_file(tmp_path, [{INCINERATION: tonnes, FLOOR: floor}]))
    assert (quantities(result, "waste_domestic_incineration") == {}) == left_out
    assert bool(coded(result, "kilograms_as_tonnes")) == left_out


@pytest.mark.parametrize(("sites", "left_out"), [(2, False), (3, True), (4, True)])
def test_one_total_is_shared_out_from_three_sites_on(tmp_path, sites, left_out):
    rows = [{"org": "RGD", "site": f"RGD0{n}", CONFIDENTIAL: "1933.93"} for n in range(sites)]
    assert (quantities(read(site_file(tmp_path, rows)), "waste_confidential") == {}) == left_out


def test_implausible_energy_is_kept_and_listed(tmp_path):
    result = read(site_file(tmp_path, [{GAS: "9667842", FLOOR: "1040"}, {GAS: "50,000,000", FLOOR: "100000"}]))
    assert len(quantities(result, "gas")) == 2
    [finding] = coded(result, "intensity_implausible")
    assert finding.site == "RXX00"
    assert "9,296 kWh/m2" in finding.message


def test_subtotal_rows_are_excluded_and_counted(tmp_path):
    rows = [
        {"org": "R1A", GAS: "10"},
        {"org": "R1A Result", "site": "", GAS: "10"},
        {"org": "R1B", GAS: "20"},
        {"org": "R1B Result", "site": "", GAS: "20"},
        {"org": "Grand Total", "site": "", GAS: "30"},
    ]
    result = read(site_file(tmp_path, rows, layout="eric-2015-16"))
    assert result.activity["quantity"].sum() == 30
    assert result.activity["source_row"].tolist() == [3, 5]
    assert [finding.rows for finding in coded(result, "subtotal_row")] == [2, 1]
    assert result.organisations["organisation"].tolist() == ["R1A", "R1B"]


def test_odd_site_codes_are_kept_and_listed(tmp_path):
    sites = ["RE9 13", "R0B0RS", "R1C-51634", "RXX01"]
    result = read(site_file(tmp_path, [{"site": site, GAS: "1"} for site in sites]))
    assert result.activity["site"].tolist() == sites
    assert [(finding.site, finding.severity) for finding in coded(result, "site_code_odd")] == [
        ("RE9 13", "warning"),
        ("R0B0RS", "warning"),
        ("R1C-51634", "info"),
    ]


def test_chp_fuel_and_output_are_named_and_never_added(tmp_path):
    fuel, output = (
        "Fossil energy input to CHP system/s (kWh)",
        "Electrical energy output of CHP system/s (kWh)",
    )
    result = read(site_file(tmp_path, [{GAS: "100", fuel: "60", output: "20"}]))
    assert result.activity["quantity"].tolist() == [100.0]
    assert {finding.column: finding.quantity for finding in coded(result, "already_inside")} == {
        fuel: 60,
        output: 20,
    }


def test_assumptions_carry_their_quantity(tmp_path):
    result = read(site_file(tmp_path, [{OIL: "100"}, {OIL: "23"}]))
    [finding] = coded(result, "assumption")
    assert (finding.quantity, finding.unit, finding.rows) == (123.0, "kWh", 2)
    assert finding.activity


def test_sites_without_energy_are_counted(tmp_path):
    result = read(site_file(tmp_path, [{GAS: "1"}, {FLOOR: "500"}, {WATER: "5"}]))
    [finding] = coded(result, "energy_missing")
    assert (finding.rows, finding.first_rows) == (2, (3, 4))


def test_values_without_an_organisation_and_sites_given_twice_are_refused(tmp_path):
    rows = [{"org": "", GAS: "1"}, {"site": "RXX01", GAS: "2"}, {"site": "RXX01", GAS: "2"}]
    result = read(site_file(tmp_path, rows))
    assert [finding.first_rows for finding in result.findings if finding.refuses] == [(2,), (4,)]


@pytest.mark.parametrize("again", ["2", "3", "2.0", "0"])
def test_a_site_given_twice_is_refused_whatever_its_figures(tmp_path, again):
    rows = [{"site": "RXX01", GAS: "2"}, {"site": "RXX02", GAS: "2"}, {"site": "RXX01", GAS: again}]
    result = read(site_file(tmp_path, rows))
    [finding] = [finding for finding in result.findings if finding.refuses]
    assert (finding.code, finding.first_rows) == ("site_repeated", (4,))


def test_empty_rows_are_passed_over_and_row_numbers_stay(tmp_path):
    path = site_file(tmp_path, [{GAS: "1"}, {GAS: "2"}])
    first, second, third, _ = path.read_bytes().split(b"\r\n")
    path.write_bytes(b"\r\n".join([first, second, b"", third, b""]))
    assert read(path).activity["source_row"].tolist() == [2, 4]


def test_a_file_full_of_faults_is_listed_by_column(tmp_path):
    rows = [{GAS: f"-{n + 1}", OIL: f"x{n}"} for n in range(600)]
    result = read(site_file(tmp_path, rows))
    assert [finding.rows for finding in coded(result, "negative_quantity")] == [600]
    assert [finding.rows for finding in coded(result, "number_unreadable")] == [600]


# --- headers


def test_unknown_header_refuses(tmp_path):
    path = tmp_path / "other.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(UnreadableError, match="no estates return"):
        read(path)


def test_renamed_column_refuses_and_is_named(tmp_path):
    header = ["Gas burnt (kWh)" if name == GAS else name for name in BY_NAME["eric-2019-20"].header]
    with pytest.raises(UnreadableError) as caught:
        read(site_file(tmp_path, [{}], header=header))
    assert "Nearest is eric-2019-20" in str(caught.value)
    assert "column 91 is 'Gas burnt (kWh)' where 'Gas consumed (kWh)' is expected" in str(caught.value)


def test_missing_and_added_columns_refuse(tmp_path):
    whole = list(BY_NAME["eric-2019-20"].header)
    with pytest.raises(UnreadableError, match=r"column 91 'Gas consumed \(kWh\)' is missing"):
        read(site_file(tmp_path, [{}], header=[name for name in whole if name != GAS]))
    with pytest.raises(UnreadableError, match="column 166 'More' is not expected"):
        read(site_file(tmp_path, [{}], header=[*whole, "More"]))


def test_swapped_columns_refuse(tmp_path):
    header = list(BY_NAME["eric-2019-20"].header)
    header[87], header[89] = header[89], header[87]
    with pytest.raises(UnreadableError, match="eric-2019-20"):
        read(site_file(tmp_path, [{}], header=header))


def test_row_with_a_shifted_cell_refuses(tmp_path):
    path = site_file(tmp_path, [{GAS: "1"}, {GAS: "2"}])
    path.write_bytes(path.read_bytes().rstrip(b"\r\n") + b",1\r\n")
    with pytest.raises(UnreadableError, match="rows 3"):
        read(path)


def test_known_part_of_a_longer_header_is_read_and_the_rest_is_named(tmp_path):
    header = [*BY_NAME["eric-2024-25"].header, "Food waste (Tonnes)"]
    result = read(site_file(tmp_path, [{GAS: "5", OIL: "3"}], layout="eric-2024-25", header=header))
    assert result.period == "2024/25"
    assert quantities(result, "gas") == {"RXX00": 5.0}
    [finding] = coded(result, "columns_not_read")
    assert finding.message.startswith("1 columns")


def test_file_name_and_suffix_do_not_matter(tmp_path):
    result = read(site_file(tmp_path, [{GAS: "5"}], name="renamed.txt"))
    assert (result.layout, result.period) == ("eric-2019-20", "2019/20")


def test_unreadable_bytes_and_missing_file_refuse(tmp_path):
    path = tmp_path / "bytes.csv"
    path.write_bytes(b"Trust Code,\x81\n")
    with pytest.raises(UnreadableError, match="neither UTF-8 nor cp1252"):
        read(path)
    with pytest.raises(UnreadableError, match="there is no file"):
        read(tmp_path / "absent.csv")
    path.write_bytes(b'Trust Code,"never closed\n')
    with pytest.raises(UnreadableError, match="not a CSV"):
        read(path)


def test_workbook_without_the_extra_says_how_to_get_it(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "python_calamine", None)
    path = tmp_path / "book.xlsx"
    openpyxl.Workbook().save(path)
    with pytest.raises(UnreadableError, match=r'pip install "nhscarbon\[excel\]"'):
        read(path)


def test_damaged_workbook_refuses(tmp_path):
    pytest.importorskip("python_calamine")
    path = tmp_path / "book.xls"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)
    with pytest.raises(UnreadableError, match="cannot be read"):
        read(path)


@pytest.mark.parametrize(
    ("cell", "text"),
    [(1e16, "10000000000000000"), (0.1, "0.1"), (3.0, "3"), (7, "7"), ("x", "x"), (1e-7, "0.0000001")],
)
def test_workbook_numbers_become_plain_decimal_text(cell, text):
    assert cell_text(cell) == text


# --- the long form


def long_file(folder, rows, header="effective_snapshot_date,organisation_code,site_code,measure,measure_value"):
    path = folder / "long.csv"
    path.write_text("\n".join([header, *rows, ""]), encoding="utf-8")
    return path


def test_long_form_is_read_with_the_layout_of_its_year(tmp_path):
    rows = [
        f"2020-03-31,RXX,RXX01,{GAS},100",
        f"2020-03-31,RXX,RXX01,{FLOOR},50",
        "2020-03-31,RXX,RXX01,Parking spaces available (No.),9",
    ]
    result = read(long_file(tmp_path, rows))
    assert (result.layout, result.period) == ("eric-long", "2019/20")
    assert result.activity[["organisation", "site", "quantity", "source_row"]].values.tolist() == [
        ["RXX", "RXX01", 100.0, 2]
    ]
    assert result.denominators["value"].tolist() == [50.0]


def test_long_form_of_two_years_or_of_an_unknown_one_refuses(tmp_path):
    with pytest.raises(UnreadableError, match="one year"):
        read(long_file(tmp_path, [f"2020-03-31,RXX,RXX01,{GAS},1", f"2024-03-31,RXX,RXX01,{GAS},1"]))
    with pytest.raises(UnreadableError, match="one year"):
        read(long_file(tmp_path, [f"2020-12-31,RXX,RXX01,{GAS},1"]))
    for other in ("2020-03-30", "2019-12-31", "31/03/2020", "2020-04-01"):  # beside rows of the year: not of it either
        with pytest.raises(UnreadableError, match="one year"):
            read(long_file(tmp_path, [f"2020-03-31,RXX,RXX01,{GAS},1", f"{other},RXX,RXX02,{GAS},1"]))
    with pytest.raises(UnreadableError, match="2021/22"):
        read(long_file(tmp_path, [f"2022-03-31,RXX,RXX01,{GAS},1"]))


def test_long_form_refuses_a_measure_that_it_does_not_know(tmp_path):
    rows = [f"2020-03-31,RXX,RXX01,{GAS},1", "2020-03-31,RXX,RXX01,Gas consumd (kWh),1"]
    [finding] = coded(read(long_file(tmp_path, rows)), "measure_unknown")
    assert (finding.severity, finding.first_rows) == ("reject_line", (3,))
    assert GAS in finding.suggestion


def test_long_form_refuses_the_same_measure_twice(tmp_path):
    for again in ("1", "7"):
        rows = [f"2020-03-31,RXX,RXX01,{GAS},1", f"2020-03-31,RXX,RXX01,{GAS},{again}"]
        [finding] = coded(read(long_file(tmp_path, rows)), "site_repeated")
        assert (finding.severity, finding.first_rows) == ("reject_line", (3,))


def test_long_form_with_an_unknown_column_refuses(tmp_path):
    header = "effective_snapshot_date,organisation_code,site_code,measure,value"
    with pytest.raises(UnreadableError, match="'measure_value' is missing; 'value' is not known"):
        read(long_file(tmp_path, [f"2020-03-31,RXX,RXX01,{GAS},1"], header))


def test_shipped_example_is_verified_and_read():
    load_package(EXAMPLE.parent)
    result = read(EXAMPLE)
    assert (result.layout, result.period, len(result.organisations)) == ("eric-long", "2023/24", 209)
    assert not [finding for finding in result.findings if finding.refuses]
    assert EXAMPLE.stat().st_size < 2.5e6
    with (EXAMPLE.parent / "estates-2023-24-organisations.csv").open(encoding="utf-8", newline="") as stream:
        assert {row["organisation_code"] for row in csv.DictReader(stream)} == set(result.organisations["organisation"])


# --- the published files


@pytest.fixture(scope="module")
def returns():
    return {period: read(ORIGINALS / file) for period, file in FILES.items()}


def left_out(result):
    """Sum what the findings say was left out, by the column's measure."""
    layout = BY_NAME[f"eric-{result.period.replace('/', '-')}"]
    used = layout.columns[layout.columns["measure"] != ""]
    measure = dict(zip(used["header"], used["measure"], strict=True))
    totals = {}
    for finding in result.findings:
        if finding.message.endswith("Left out of the sums."):
            name = measure[finding.column]
            totals[name] = totals.get(name, 0.0) + finding.quantity
    return totals


def kept(result):
    layout = BY_NAME[f"eric-{result.period.replace('/', '-')}"]
    headers = dict(zip(layout.columns["measure"], layout.columns["header"], strict=True))
    inside = {finding.column: finding.quantity for finding in coded(result, "already_inside")}
    totals = {name: inside[header] for name, header in headers.items() if header in inside}
    totals |= result.denominators.groupby("measure")["value"].sum().to_dict()
    return totals | result.activity.groupby("measure")["quantity"].sum().to_dict()


@needs_originals
@pytest.mark.parametrize("period", FILES)
def test_national_sums_are_the_published_files_less_what_the_findings_list(returns, period):
    ours, excluded = kept(returns[period]), left_out(returns[period])
    with TOTALS.open(encoding="utf-8", newline="") as stream:
        published = {row["measure"]: float(row[period]) for row in csv.DictReader(stream) if row[period]}
    if period == "2014/15":  # the figures took the PFI block's column; ours is the Laundry & Linen block's
        assert published.pop("laundry_pieces") == 98676659
        assert ours["laundry_pieces"] == 529435521
    different = {
        name: (total, ours.get(name), excluded.get(name, 0.0))
        for name, total in published.items()
        if ours.get(name, 0.0) + excluded.get(name, 0.0) != pytest.approx(total, abs=0.51, rel=0)
    }
    assert len(published) > 20
    assert different == {}


@needs_originals
@pytest.mark.parametrize(("period", "trusts"), TRUSTS.items())
def test_number_of_trusts(returns, period, trusts):
    assert len(returns[period].organisations) == trusts
    assert returns[period].activity["organisation"].nunique() <= trusts
    assert (returns[period].organisations["name"] != "").all()


@needs_originals
@pytest.mark.parametrize(
    ("period", "billion"),
    [
        ("2013/14", 11.886),
        ("2014/15", 11.512),
        ("2015/16", 11.921),
        ("2016/17", 11.110),
        ("2019/20", 11.276),
        ("2023/24", 11.142),
    ],
)
def test_energy_of_all_supplies(returns, period, billion):
    activity, excluded = returns[period].activity, left_out(returns[period])
    supplies = activity[(activity["unit"] == "kWh") & (activity["measure"] != "exported_electricity")]
    negative = sum(total for name, total in excluded.items() if not name.startswith("waste"))
    assert round((supplies["quantity"].sum() + negative) / 1e9, 3) == billion
    if period == "2019/20":
        floor = returns[period].denominators
        assert round(floor.loc[floor["measure"] == "floor_area_gross_internal", "value"].sum() / 1e6, 2) == 26.81


def plain_sums(period):
    """Add gas, grid electricity and water of a file with nothing of ours: by header, row by row."""
    path = ORIGINALS / FILES[period]
    if path.suffix == ".xls":
        calamine = pytest.importorskip("python_calamine")
        table = calamine.CalamineWorkbook.from_path(path).get_sheet_by_name("Site Data").to_python()
        header, body = table[1], table[2:]
    else:
        with path.open(encoding="utf-8", newline="") as stream:
            header, *body = csv.reader(stream)
    electricity = "Electricity - other consumed (kWh)" if period == "2023/24" else "Electricity consumed (kWh)"
    sums = []
    for name in (GAS, electricity, WATER):
        column = header.index(name)
        total = 0.0
        for row in body:
            text = str(row[column]).replace(",", "")
            if text not in ("Not Applicable", "N/A", ""):
                total += float(text)
        sums.append(total)
    return sums


@needs_originals
@pytest.mark.parametrize("period", ["2016/17", "2019/20", "2023/24"])
def test_gas_grid_electricity_and_water_agree_with_a_plain_calculation(returns, period):
    ours, excluded = kept(returns[period]), left_out(returns[period])
    names = ("gas", "electricity", "water_volume")
    assert [ours[name] + excluded.get(name, 0.0) for name in names] == pytest.approx(plain_sums(period), rel=1e-12)
    assert not set(names) & set(excluded)  # nothing of the nine had to be left out


@needs_originals
@pytest.mark.parametrize("period", FILES)
def test_trust_sums_are_those_of_the_figures(returns, period):
    layout = BY_NAME[f"eric-{period.replace('/', '-')}"]
    excluded = {(f.organisation, f.column) for f in returns[period].findings if "Left out of the sums" in f.message}
    headers = dict(zip(layout.columns["measure"], layout.columns["header"], strict=True))
    sums = returns[period].activity.groupby(["organisation", "measure"])["quantity"].sum()
    with gzip.open(SHARED / "figures" / "eric" / "trust_totals.csv.gz", "rt", encoding="utf-8") as stream:
        rows = [row for row in csv.DictReader(stream) if row["year"] == period]
    pairs = [
        (row, sums.get((row["org_code"], row["measure"])))
        for row in rows
        if (row["org_code"], headers.get(row["measure"])) not in excluded
    ]
    compared = [(row, ours) for row, ours in pairs if ours is not None]
    assert len(compared) > 1000
    assert [row for row, ours in compared if abs(float(row["value"]) - ours) > 0.51] == []


@needs_originals
def test_subtotal_rows_of_2015_16(returns):
    result = returns["2015/16"]
    assert [finding.rows for finding in coded(result, "subtotal_row")] == [238, 1]
    assert len(result.sites) == 1214
    assert result.rows == 1453


@needs_originals
def test_known_errors_are_met(returns):
    def sites(period, code):
        return {(f.organisation, f.site, f.quantity) for f in coded(returns[period], code)}

    assert {
        ("RHA", "RHAAR", 48041.0),
        ("RRF", "RRF02", 47535.9),
        ("RRF", "RRF53", 16736.39),
        ("RGD", "RGDORS", 25141.15),
    } <= sites("2019/20", "kilograms_as_tonnes")
    [repeated] = coded(returns["2019/20"], "repeated_total")
    assert (repeated.organisation, repeated.rows, repeated.value) == ("RGD", 9, "1,933.93")
    assert sites("2014/15", "negative_quantity") == {
        ("RR8", "RR813", -81220768.0),
        ("RR8", "RR813", -16761645.0),
    }
    left = [f for f in coded(returns["2016/17"], "sentinel_value") if "Left out" in f.message]
    assert {(f.organisation, f.value) for f in left} == {("RW1", "9999")}
    assert len(left) == 4
    assert {("RTF", "RTFORS")} <= {(f.organisation, f.site) for f in coded(returns["2023/24"], "intensity_implausible")}
    assert {f.site for f in coded(returns["2013/14"], "site_code_odd")} == {"RE9 13"}
    assert {"R0B0RS", "RDD0RS"} <= {f.site for f in coded(returns["2019/20"], "site_code_odd")}
    assert [f.rows for f in coded(returns["2023/24"], "site_code_odd")] == [119]
    assert [f.rows for f in coded(returns["2023/24"], "energy_missing")] == [746]
    fuel = [f for f in coded(returns["2019/20"], "already_inside") if f.column.startswith("Fossil energy input")]
    assert [f.quantity for f in fuel] == [3034516690.0]


@needs_originals
def test_no_plausible_large_hospital_is_excluded(returns):
    most = 5163.0  # all waste of King's College Hospital, the largest credible figure of a whole site
    for result in returns.values():
        areas = result.denominators[result.denominators["measure"] == "floor_area_gross_internal"]
        large = set(zip(*areas.loc[areas["value"] > 50_000, ["organisation", "site"]].to_numpy().T, strict=True))
        left = [f for f in coded(result, "kilograms_as_tonnes") if (f.organisation, f.site) in large]
        assert all(f.quantity > most for f in left), left


@needs_originals
@pytest.mark.parametrize("file", [*FILES.values(), "eric-2024-25-site-head.csv"])
def test_every_column_of_every_published_header_is_in_its_table(file):
    layout = BY_NAME[read(ORIGINALS / file).layout]
    [grid] = [grid for grid in read_grids(file, (ORIGINALS / file).read_bytes()) if grid.sheet in ("", "Site Data")]
    published = [" ".join(cell.split()) for cell in grid.rows[layout.header_rows - 1]]
    assert published == list(layout.header)


@needs_originals
def test_renamed_copy_is_known_by_its_header(tmp_path):
    copy = tmp_path / "mystery.bin"
    shutil.copy(ORIGINALS / FILES["2016/17"], copy)
    assert read(copy).layout == "eric-2016-17"


@needs_originals
@pytest.mark.parametrize("file", ["eric-2018-19-trust.csv", "eric-2023-24-trust.csv"])
def test_the_trust_file_is_named_as_one(file):
    with pytest.raises(UnreadableError, match="is the trust file") as caught:
        read(ORIGINALS / file)
    assert "give the site file" in caught.value.advice
    assert len(str(caught.value)) < 300


@needs_originals
def test_example_gives_the_same_quantities_as_the_published_file(returns):
    def sums(result):
        used = result.activity[result.activity["quantity"] != 0]
        return used.groupby(["organisation", "site", "measure", "activity", "unit"])["quantity"].sum()

    example, published = sums(read(EXAMPLE)), sums(returns["2023/24"])
    assert example.index.equals(published.index)
    assert (example == published).all()
