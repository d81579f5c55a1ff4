"""The importer of diesel for a kWh: the committed bytes, the publishers' cells, and what is derived.

The originals lie under NHSCARBON_SHARED, else in a folder `shared` beside the repository; tests that need them skip
aloud without them.
"""

import os
import sys
from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPO / "tools"))

import import_diesel_energy  # noqa: E402
from nhscarbon.methods.data_package import data_root, load_package  # noqa: E402
from nhscarbon.methods.factors import FactorPackage  # noqa: E402
from nhscarbon.methods.units import shipped_units  # noqa: E402
from nhscarbon.methods.verification import check_originals  # noqa: E402

NAME = import_diesel_energy.NAME


@pytest.fixture(scope="module")
def shared():
    pytest.importorskip("python_calamine", reason="SKIPPED ALOUD: the importer reads Excel: install nhscarbon[excel]")
    folder = Path(os.environ.get("NHSCARBON_SHARED", REPO.parent / "shared"))
    if not (folder / "originals" / "ukgov").is_dir():
        pytest.skip("SKIPPED ALOUD: the publishers' originals are not at shared/originals/ukgov")
    return folder


def test_a_second_run_gives_the_committed_bytes(shared, tmp_path, monkeypatch):
    folders = ["--originals", str(shared / "originals" / "ukgov"), "--figures", str(shared / "figures" / "ukgov")]
    monkeypatch.setattr(import_diesel_energy, "OUT", tmp_path / NAME)
    monkeypatch.setattr(sys, "argv", ["import_diesel_energy", *folders])
    assert import_diesel_energy.main() == 0
    committed = data_root() / "emission_factors" / NAME / "factors.csv"
    assert (tmp_path / NAME / "factors.csv").read_bytes() == committed.read_bytes()


def test_each_copied_figure_is_in_the_cell_that_it_names(shared):
    package = load_package(data_root() / "emission_factors" / NAME)
    rows = FactorPackage(package, shipped_units()).rows
    found = check_originals(package, rows, shared / "originals" / "ukgov")
    assert found.faults == ()
    # 14 years of direct and 11 of well-to-tank, gross and net, less 2026, whose workbook is not held
    assert found.checked == 2 * (13 + 10)


def test_every_year_has_direct_and_biogenic_and_every_year_from_2016_well_to_tank():
    rows = load_package(data_root() / "emission_factors" / NAME).rows("factors.csv")
    for component, first in (("direct", 2013), ("biogenic", 2013), ("wtt", 2016)):
        for unit in ("kWh", "kWh_net"):
            years = [row["valid_from"] for row in rows if row["factor_id"] == f"energy.diesel.{component}.{unit}"]
            assert years == [f"{year}-04-01" for year in range(first, 2027)]
    assert all(row["note"].startswith("derived: ") for row in rows if row["component"] == "biogenic")
