"""The floor-area route: a supplied intensity, added to a copy of the data as one conversion package.

No national intensity is held. The Recipe Book's examples 1.4 and 5.4 take 328 and 107 kWh/m2 of a Display
Energy Certificate and 2,778.54 m2 in 2019.
"""

import csv
import json
import shutil
import sys
from pathlib import Path

import pytest

import nhscarbon as nc
from nhscarbon.package import data_root
from nhscarbon.present import tonnes

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))

import seal

INTENSITIES = {"energy.natural_gas": "328", "energy.electricity.grid": "107"}
PIN = 'conversions = ["densities-1@1.0.0"'


@pytest.fixture(scope="module")
def supplied(tmp_path_factory):
    """A methodology on a copy of the data that holds a trust's own two intensities."""
    root = tmp_path_factory.mktemp("copy") / "data"
    shutil.copytree(data_root(), root, ignore=shutil.ignore_patterns("examples", "layouts"))
    folder = root / "conversions" / "certificate-1"
    folder.mkdir()
    rows = [
        {
            "conversion_id": f"{activity}.m2_to_kWh",
            "activity": activity,
            "from_unit": "m2",
            "to_unit": "kWh",
            "multiplier": intensity,
            "valid_from": "2019-04-01",
            "valid_to": "2020-04-01",
            "uncertainty": "",
            "source": "Display Energy Certificate",
            "locator": "NHS Emissions Recipe Book, examples 1.4 and 5.4",
            "note": "supplied by the trust",
        }
        for activity, intensity in INTENSITIES.items()
    ]
    with (folder / "conversions.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    descriptor = {
        "name": "certificate-1",
        "version": "1.0.0",
        "kind": "conversions",
        "title": "Energy intensities of one building",
        "sources": [{"title": "Display Energy Certificate"}],
        "licenses": [{"name": "own"}],
        "attribution": "the trust",
        "resources": [],
    }
    (folder / "datapackage.json").write_text(json.dumps(descriptor), "utf-8")
    manifest = root / "methodologies" / "nhs-2026.1" / "methodology.toml"
    text = manifest.read_text("utf-8")
    assert PIN in text
    text = text.replace(PIN, f'{PIN}, "certificate-1@1.0.0"').replace('"published"', '"draft"')
    manifest.write_text(text, "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(seal, "DATA", root)
        assert seal.main() == 0
    return nc.methodology("nhs-2026.1", root=root)


@pytest.mark.parametrize(
    ("activity", "component", "tco2e"),
    [
        ("energy.natural_gas", "direct", "167.55"),  # example 1.4
        ("energy.natural_gas", "wtt", "21.79"),  # example 6.10
        ("energy.electricity.grid", "generation", "75.99"),  # example 5.4
        ("energy.electricity.grid", "transmission", "6.45"),  # example 6.13
    ],
)
def test_floor_area_with_a_supplied_intensity_gives_the_books_answer(
    supplied, activity_csv, activity, component, tco2e
):
    path = activity_csv(
        f"RXX,2019/20,{activity},2778.54,m2,modelled", header="organisation,period,activity,quantity,unit,evidence"
    )
    table = nc.calculate(path, supplied).table
    [row] = table[table["component"] == component].to_dict("records")
    assert tonnes(row["kgco2e"] / 1000) == tco2e
    assert (row["tier"], row["conversion_id"]) == ("reduced", f"{activity}.m2_to_kWh")


def test_floor_area_without_an_intensity_is_refused(activity_csv, method):
    with pytest.raises(nc.NHSCarbonError, match="m2 cannot be brought"):
        nc.calculate(activity_csv("RXX,2019/20,energy.natural_gas,2778.54,m2"), method)


def test_a_supplied_package_gives_the_methodology_another_digest(supplied, method):
    assert supplied.digest != method.digest
