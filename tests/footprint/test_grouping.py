"""Tonnes by any columns have the same bits whether the sums lie in a table or are written out cell by cell."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import nhscarbon as nc
from nhscarbon.activity.columns import Column, PairColumn
from nhscarbon.footprint.grouping import WIDE
from nhscarbon.methods.resolution import FactorKey, resolve


@pytest.fixture(scope="module")
def method():
    return nc.methodology("nhs-2026.1")


def wide(method, share):
    """A table of bodies and years by more activities than are added block by block, a share of its places taken."""
    rng = np.random.default_rng(7)
    years = ("2021/22", "2022/23", "2023/24")
    units = {code: each.units[0] for code, each in method.catalogue.activities.items()
             if code.startswith(("waste.", "travel.", "freight."))}  # fmt: skip
    answers = resolve([FactorKey(code, unit, year, "UK") for code, unit in units.items() for year in years], method)
    whole = [code for code, unit in units.items()
             if all(found.lines and not found.missing for year in years
                    for found in [answers[FactorKey(code, unit, year, "UK")]])]  # fmt: skip
    rows = [(body, year, code, units[code]) for body in ("R1H", "RR8", "RX1") for year in years for code in whole]
    table = pd.DataFrame(rows, columns=["organisation", "period", "activity", "unit"])
    table["quantity"] = np.round(rng.lognormal(1, 2, len(rows)), 3)
    return table[rng.random(len(table)) < share]


ASKED = ((), ("organisation",), ("period", "theme"), ("theme", "organisation", "scope"), ("activity",),
         ("organisation", "period", "activity", "component"), ("tier", "period"))  # fmt: skip


def written_out(footprint):
    """The same footprint, its sums as a list of cells."""
    sums = footprint.sums
    plain = {name: Column(column.codes.copy(), column.labels) for name, column in sums.columns.items()}
    return replace(footprint, sums=replace(sums, columns=plain))


def assert_same_bits(footprint, asked):
    other = written_out(footprint)
    for boundary in footprint.method.boundaries:
        for columns in asked:
            found, expected = (each.by(*columns, boundary=boundary, across_years=True) for each in (footprint, other))
            pd.testing.assert_frame_equal(found, expected, check_exact=True)
            assert found["tco2e"].to_numpy().tobytes() == expected["tco2e"].to_numpy().tobytes()
        assert footprint.total(boundary, across_years=True) == other.total(boundary, across_years=True)


@pytest.mark.parametrize("share", [1.0, 0.6, 0.02])
def test_sums_in_a_table_and_sums_written_out_give_the_same_bits(method, share):
    """Of every activity, in every boundary: a key's quantity is never another's."""
    footprint = nc.calculate(wide(method, share), method)
    key = footprint.factor_lines.of_cells
    assert isinstance(key, PairColumn)
    if share == 0.6:
        assert key.cross.kinds >= WIDE
        assert key.cross.places is not None
        assert (key.each < 0).any()  # some activity in no year of any body
    assert_same_bits(footprint, ASKED)


@pytest.mark.parametrize("apart", [True, False])
def test_what_is_kept_is_a_group_of_its_own(method, apart):
    """Sites, of which each activity has one of its own or several."""
    table = wide(method, 0.6)
    rng = np.random.default_rng(3)
    place = {code: f"S{number % 40}" for number, code in enumerate(sorted(set(table["activity"])))}
    table["site"] = table["activity"].map(place) if apart else [f"S{n}" for n in rng.integers(0, 3, len(table))]
    footprint = nc.calculate(table, method, keep="site")
    assert_same_bits(footprint, (("site",), ("organisation", "site"), ("site", "period", "theme"), ("activity", "site"),
                                 ("organisation",), ()))  # fmt: skip


def test_a_group_whose_tonnes_come_to_nought_is_there_and_one_that_sent_nothing_is_not(method):
    table = wide(method, 1.0)
    nothing = (table["organisation"] == "R1H") & table["activity"].str.startswith("waste.")
    table.loc[nothing, "quantity"] = 0.0
    table = table[~((table["organisation"] == "RR8") & table["activity"].str.startswith("waste."))]
    found = nc.calculate(table, method).by("organisation", "theme", across_years=True)
    waste = found[found["theme"].str.contains("waste")].set_index("organisation")["tco2e"]
    assert waste["R1H"] == 0
    assert waste["RX1"] > 0
    assert "RR8" not in waste


def test_groups_are_in_the_order_of_the_columns_asked_for(method):
    footprint = nc.calculate(wide(method, 0.6), method)
    for asked in (("theme", "organisation"), ("period", "scope", "organisation")):
        words = list(footprint.by(*asked, across_years=True)[list(asked)].itertuples(index=False, name=None))
        assert words == sorted(set(words))


@pytest.mark.parametrize("share", [1.0, 0.6, 0.02])
def test_groups_are_the_sums_of_the_rows_multiplied_one_by_one(method, share):
    """Added by pandas from the rows as they were sent: another path than that of the sums."""
    footprint = nc.calculate(wide(method, share), method)
    lines = footprint.lines()
    for boundary in method.boundaries:
        kinds = zip(lines["category"], lines["component"], lines["scope"], strict=True)
        inside = lines[[method.included[boundary, *kind] for kind in kinds]]
        for columns in (["activity"], ["organisation", "theme"]):
            expected = inside.groupby(columns, observed=True)["kgco2e"].sum() / 1000
            found = footprint.by(*columns, boundary=boundary, across_years=True).set_index(columns)["tco2e"]
            assert found.index.tolist() == expected.index.tolist()
            assert found.tolist() == pytest.approx(expected.tolist(), rel=1e-12)
        assert footprint.total(boundary, across_years=True) == pytest.approx(inside["kgco2e"].sum() / 1000, rel=1e-12)
