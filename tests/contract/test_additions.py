"""Each addition touches one place: eleven are made in a temporary copy, and each is seen to work.

A factor year, an activity, a unit, a target, a kind of trust, a layout of estates returns and a finding's text are
data; a check on sums, a check on rows, a reader and a chart are one module each, found by the folder that they lie in.
"""

import csv
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import nhscarbon as nc
from nhscarbon.methods.data_package import data_root

REPO = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPO / "tools"))
import seal  # noqa: E402  a tool of this repository
from write_boundaries import rows_of  # noqa: E402


@pytest.fixture
def data(tmp_path):
    shutil.copytree(data_root(), tmp_path / "data")
    return tmp_path / "data"


def draft(data):
    """Let a copy of a published methodology be changed: in a release it would be a new edition."""
    for path in data.glob("methodologies/*/methodology.toml"):
        path.write_text(path.read_text("utf-8").replace('"published"', '"draft"'), "utf-8")


def append(path, **row):
    """Add one row to a CSV file."""
    head = list(rows_of(path)[0])
    with path.open("a", encoding="utf-8", newline="") as stream:
        csv.DictWriter(stream, head, restval="", lineterminator="\n").writerow(row)


def changed(data):
    """Return the files that differ from the shipped data, digests and descriptors aside."""
    before, after = (
        {path.relative_to(root): path.read_bytes() for path in root.rglob("*") if path.is_file()}
        for root in (data_root(), data)
    )
    aside = ("digests.toml", "datapackage.json", "methodology.toml")
    return {str(path) for path in after if after[path] != before.get(path) and path.name not in aside}


def total(data, id, row, boundary="nhs_carbon_footprint"):
    draft(data)
    seal.seal_all(data)
    return nc.calculate(rows(row), nc.methodology(id, root=data)).total(boundary)


def rows(row):
    names = ("organisation", "period", "activity", "quantity", "unit")
    return pd.DataFrame([dict(zip(names, row, strict=True))])


def test_a_factor_year_is_a_folder_and_its_adoption_another(data):
    new = data / "emission_factors" / "ukgov-2027"
    shutil.copytree(data / "emission_factors" / "ukgov-2026", new)
    for file in new.iterdir():
        text = file.read_text("utf-8").replace("2027-04-01", "2028-04-01").replace("2026-04-01", "2027-04-01")
        file.write_text(text.replace("ukgov-2026", "ukgov-2027"), "utf-8")
    adopted = data / "methodologies" / "nhs-2027.1"
    shutil.copytree(data / "methodologies" / "nhs-2026.1", adopted)
    manifest = (adopted / "methodology.toml").read_text("utf-8").replace('id = "nhs-2026.1"', 'id = "nhs-2027.1"')
    pin = '\n[[factors]]\npackage = "ukgov-2027@1.0.0"\nperiods = ["2027/28"]\n'
    (adopted / "methodology.toml").write_text(manifest + pin, "utf-8")
    gas = total(data, "nhs-2027.1", ("RX1", "2027/28", "energy.natural_gas", 1000, "kWh"), "scope_1")
    assert gas == pytest.approx(0.18231)  # the copied 2026 value
    assert {path.split("/")[1] for path in changed(data)} == {"ukgov-2027", "nhs-2027.1"}


def test_an_activity_is_a_catalogue_row_and_its_factor_row(data):
    package = data / "emission_factors" / "ukgov-2026" / "factors.csv"
    home = {"theme": "water", "category": "water", "units": "m3", "components": "direct", "reversible": "no"}
    append(data / "catalogue" / "catalogue-1" / "activities.csv", activity="water.rain", label="Rain water", **home)
    validity = {"geography": "UK", "valid_from": "2026-04-01", "valid_to": "2027-04-01", "gwp_basis": "AR5"}
    number = {"component": "direct", "scope": "3", "value": "0.02", "unit": "kgCO2e/m3", "locator": "a study, p. 1"}
    append(package, factor_id="water.rain.direct.m3", activity="water.rain", **number, **validity)
    assert total(data, "nhs-2026.1", ("RX1", "2026/27", "water.rain", 1000, "m3")) == pytest.approx(0.02)
    assert changed(data) == {"catalogue/catalogue-1/activities.csv", "emission_factors/ukgov-2026/factors.csv"}


def test_a_unit_is_one_row_and_its_definition(data):
    append(data / "units" / "units-1" / "units.csv", unit="therm", label="therms", kind="energy_gross", decimals="6")
    with (data / "units" / "units-1" / "units.txt").open("a", encoding="utf-8") as stream:
        stream.write("therm = 29.3071 * kWh\n")
    therms = total(data, "nhs-2026.1", ("RX1", "2025/26", "energy.natural_gas", 100, "therm"), "scope_1")
    assert therms == pytest.approx(100 * 29.3071 * 0.18296 / 1000, rel=1e-12)
    assert {path.split("/")[0] for path in changed(data)} == {"units"}


@pytest.fixture
def house(tmp_path):
    """Return a copy of the package with its data inside, as a wheel has it."""
    copy = tmp_path / "nhscarbon"
    shutil.copytree(Path(nc.__file__).parent, copy, ignore=shutil.ignore_patterns("__pycache__", "data"))
    shutil.copytree(data_root(), copy / "data")
    return copy


def asked(house, code, *arguments):
    """Run code in a process that imports the copy, and return what it prints."""
    environment = {**os.environ, "PYTHONPATH": str(house.parent), "NHSCARBON_KERNEL": "numpy"}
    run = subprocess.run([sys.executable, "-c", code, *map(str, arguments)], capture_output=True, text=True,
                         check=False, env=environment, cwd=house.parent)  # fmt: skip
    assert run.returncode == 0, run.stderr
    return run.stdout


FINDINGS = Path("data") / "findings" / "findings-1" / "findings.csv"
HEADER = "organisation,period,activity,quantity,unit\n"
RETURN = HEADER + "RX1,2023/24,energy.natural_gas,1000,kWh\nRX1,2023/24,water.supply,1000,m3\n"
CHECK = """
import sys, nhscarbon as nc
for finding in nc.check(sys.argv[1], "nhs-2026.1", organisations=None):
    if finding.code == "all_too_round": print(finding.rows, finding.first_rows, finding.message)
"""


def new_finding(house, **row):
    append(house / FINDINGS, code="all_too_round", severity="warning", title="All round", **row)


def test_a_check_on_sums_is_one_module_and_one_row(house, tmp_path):
    new_finding(house, message="{count} quantities are whole thousands.", needs_rows="no")
    (house / "checks" / "rules" / "round_sums.py").write_text(
        "from nhscarbon.findings import finding\n\n\n"
        "def too_round(entries, method):\n"
        "    if entries.quantity is None and len(entries) > 1:\n"
        "        yield finding('all_too_round', rows=int(entries.rows.sum()), count=len(entries))\n\n\n"
        "SUM_RULES = (too_round,)\n", "utf-8")  # fmt: skip
    path = tmp_path / "return.csv"
    path.write_text(RETURN)
    code = CHECK.replace("sys.argv[1]", "nc.partial(sys.argv[1])")
    assert asked(house, code, path) == "2 () 2 quantities are whole thousands.\n"


def test_a_check_on_rows_is_one_module_and_one_row(house, tmp_path):
    new_finding(house, message="{count} rows hold {quantity:,.0f}.", needs_rows="yes")
    (house / "checks" / "rules" / "round_rows.py").write_text(
        "import numpy as np\n\n\n"
        "def too_round(rows):\n"
        "    where = np.flatnonzero(rows.known & (rows.quantity % 1000 == 0))\n"
        "    yield from rows.findings(where, 'all_too_round', '', 'quantity', count=len(where), quantity=1000)\n\n\n"
        "ROW_RULES = (too_round,)\n", "utf-8")  # fmt: skip
    path = tmp_path / "return.csv"
    path.write_text(RETURN)
    assert asked(house, CHECK, path) == "2 (2, 3) 2 rows hold 1,000.\n"


def test_a_findings_text_is_one_cell(house, tmp_path):
    table = house / FINDINGS
    before = table.read_text("utf-8")
    changed = before.replace("the quantity is empty, and empty is not zero.", "no quantity was given.")
    assert changed != before
    table.write_text(changed, "utf-8")
    path = tmp_path / "return.csv"
    path.write_text(HEADER + "RX1,2023/24,energy.natural_gas,,kWh\n")
    code = (
        "import sys, nhscarbon as nc\nprint(*(each.message for each in nc.check(sys.argv[1], 'nhs-2026.1')), sep='\\n')"
    )
    assert "no quantity was given." in asked(house, code, path)


def test_a_reader_is_one_module(house, tmp_path):
    (house / "activity" / "readers" / "key_value_file.py").write_text(
        "import pandas as pd\n\n"
        "STARTS = b'NHS-KV 1'\n\n\n"
        "def frame_of(name, content, parser):\n"
        "    blocks = content.decode().split('\\n\\n')[1:]\n"
        "    return pd.DataFrame([dict(line.split('=') for line in block.split('\\n')) for block in blocks])\n",
        "utf-8")  # fmt: skip
    path = tmp_path / "return.kv"
    row = "organisation=RX1\nperiod=2023/24\nactivity=energy.natural_gas\nquantity={}\nunit=kWh"
    path.write_text("\n\n".join(["NHS-KV 1", row.format(1000), row.format(500)]))
    code = "import sys, nhscarbon as nc\nprint(nc.calculate(sys.argv[1], 'nhs-2026.1').total('scope_1'))"
    table = tmp_path / "return.csv"
    table.write_text(HEADER + "RX1,2023/24,energy.natural_gas,1500,kWh\n")
    assert asked(house, code, path) == asked(house, code, table)


def test_a_chart_is_one_module(house):
    (house / "reporting" / "charts" / "one_number.py").write_text(
        "import pandas as pd\n\n"
        "from nhscarbon.methods.methodology import Methodology\n\n"
        "DRAWS = (Methodology,)\n\n\n"
        "def draw(method):\n"
        "    return f'{len(method.catalogue.activities)} activities'\n", "utf-8")  # fmt: skip
    code = "import nhscarbon as nc\nprint(nc.chart(nc.methodology('nhs-2026.1')))"
    assert asked(house, code).endswith(" activities\n")


def test_a_target_is_one_row(house):
    home = {"boundary": "nhs_carbon_footprint", "kind": "interim", "base_year": "1990", "status": "a system's own",
            "source": "a Green Plan, p. 3"}  # fmt: skip
    append(house / "data" / "targets" / "nhs-net-zero-1" / "targets.csv", target="system-2035", first_year="2035",
           last_year="2035", reduction_percent="90", **home)  # fmt: skip
    seal.seal_all(house / "data")
    code = "import nhscarbon as nc\nprint('system-2035' in set(nc.targets('nhs-net-zero-1').table['target']))"
    assert asked(house, code) == "True\n"


def test_a_kind_of_trust_and_its_line_are_two_rows_of_one_folder(house, tmp_path):
    folder = house / "data" / "templates" / "nhs-return-1"
    append(folder / "kinds.csv", kind="hospice", label="a hospice")
    append(folder / "lines.csv", order="99", label="Bottled gas", activity="energy.propane", units="litre;kg",
           kinds="hospice")  # fmt: skip
    seal.seal_all(house / "data")
    code = (
        "import sys, nhscarbon as nc, openpyxl\n"
        "path = nc.template(sys.argv[1], 'nhs-2026.1', organisation='RX1', period='2023/24', kind='hospice')\n"
        "book = openpyxl.load_workbook(path)\n"
        "book['Return']['D9'] = 12\n"
        "book.save(path)\n"
        "print(book['Return']['B9'].value, *nc.read(path).table[['activity', 'quantity', 'unit']].iloc[0])"
    )
    assert asked(house, code, tmp_path / "return.xlsx") == "Bottled gas energy.propane 12.0 litre\n"


def test_a_layout_of_estates_returns_is_a_file_and_a_row_of_one_folder(house, tmp_path):
    folder = house / "data" / "layouts" / "eric-1"
    columns = rows_of(folder / "eric-2024-25.csv")
    renamed = [{**row, "header": f"{row['header']} (new form)"} for row in columns]
    with (folder / "eric-2025-26.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(columns[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(renamed)
    [like] = [row for row in rows_of(folder / "layouts.csv") if row["layout"] == "eric-2024-25"]
    append(folder / "layouts.csv", **{**like, "layout": "eric-2025-26", "period": "2025/26"})
    seal.seal_all(house / "data")
    cells = {"organisation_code": "RX1", "organisation_name": "A TRUST", "site_code": "RX101", "site_name": "A SITE"}
    gas = next(row for row in renamed if row["activity"] == "energy.natural_gas")
    line = [cells.get(row["role"], "1000" if row is gas else "") for row in renamed]
    path = tmp_path / "return.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([[row["header"] for row in renamed], line])
    code = (
        "import sys, nhscarbon as nc\nfound = nc.read_eric(sys.argv[1]).table\n"
        "gas = found[found['activity'] == 'energy.natural_gas']\n"
        "print(found['period'].unique().tolist(), gas['quantity'].tolist())"
    )
    assert asked(house, code, path) == "['2025/26'] [1000.0]\n"
