"""`chart` draws whatever has a drawing, and a new drawing is one new module."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import nhscarbon as nc
from nhscarbon.errors import UsageError
from nhscarbon.reporting.charts.chart import drawers

SRC = Path(nc.__file__).parent
NEW = '''"""A set of names, each as a bar."""

from nhscarbon.reporting.charts.bars import Bar, bars
from nhscarbon.reporting.charts.chart import Chart

import pandas as pd

DRAWS = (frozenset,)


def draw(names, *, unit="t"):
    rows = [Bar(name, len(name), f"{len(name)} {unit}") for name in sorted(names)]
    table = pd.DataFrame({"name": sorted(names)})
    return Chart("Names have letters", [unit], ["made up"], bars(rows), table, "2 names")
'''
ASK = """
import nhscarbon as nc
print(nc.__file__)
drawn = nc.chart(frozenset({"one", "three"}), unit="letters")
print(drawn, drawn.table["name"].tolist(), "5 letters" in drawn.to_svg())
try:
    nc.chart(1)
except nc.NHSCarbonError as error:
    print(error)
"""


def test_a_chart_is_one_new_module(tmp_path):
    room = tmp_path / "nhscarbon"
    shutil.copytree(SRC, room, ignore=shutil.ignore_patterns("__pycache__", "data"))
    (room / "reporting" / "charts" / "letters.py").write_text(NEW, "utf-8")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", ASK], env=environment, capture_output=True, text=True,
                          cwd=tmp_path, check=True)  # fmt: skip
    home, title, words, refusal = done.stdout.splitlines()
    assert Path(home) == room / "__init__.py"
    assert title == "Names have letters"
    assert words == "2 names ['one', 'three'] True"
    assert "frozenset (letters)" in refusal


@pytest.fixture(scope="module")
def footprint():
    return nc.calculate(nc.example("trust-year.csv"), nc.methodology("nhs-2026.1"))


def test_a_footprint_is_drawn_by_theme_and_by_another_kind_if_asked(footprint):
    assert nc.chart(footprint).to_svg() == nc.chart(footprint, kind="themes").to_svg()
    assert nc.chart(footprint, kind="tiers").table.columns[0] == "tier"
    assert "Scope 1" in nc.chart(footprint, boundary="scope_1").alt_text


def test_what_has_no_drawing_is_told_what_has_one(footprint):
    with pytest.raises(UsageError, match=r"int has no drawing; there are drawings of Abatement .abatement., Benchmark"):
        nc.chart(3)
    with pytest.raises(UsageError, match=r"no drawing of kind 'pie'.*Footprint .themes., Footprint .tiers."):
        nc.chart(footprint, kind="pie")
    with pytest.raises(UsageError, match="no option 'colour'"):
        nc.chart(footprint, colour="red")


def test_no_two_modules_draw_one_thing_unasked():
    usual = [each for module in drawers().values() if getattr(module, "USUAL", True) for each in module.DRAWS]
    assert len(usual) == len(set(usual))
    assert len({each for module in drawers().values() for each in module.DRAWS}) >= 9  # a trend draws footprints too
