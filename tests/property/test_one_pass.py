"""One pass says it all: correcting what was reported and checking again brings no new errors to light."""

from functools import lru_cache

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

import nhscarbon as nc

COLUMNS = ["organisation", "site", "period", "activity", "quantity", "unit", "reference"]
GOOD = [("energy.natural_gas", "kWh"), ("energy.electricity.grid", "kWh"), ("water.supply", "m3"),
        ("waste.domestic.landfill", "tonne")]  # fmt: skip
# how each cell may be spoiled so that its finding names what was meant; the good cell is the correction
SPOILS = {
    "organisation": {"R0A": ["ROA", "R0a", "Ｒ０Ａ"], "RX1": ["RXI", "rx1"]},
    "period": {"2023/24": ["2023", "2023/2024", "FY23/24"], "2022/23": ["22/23"], "2023-05": ["May-23", "2023/05"],
               "2023-06": ["06/2023", "June 2023"]},
    "activity": {"energy.natural_gas": ["energy.natural_gaz", "Energy.Natural_Gas"], "water.supply": ["water.suply"],
                 "energy.electricity.grid": ["energy.electricty.grid"],
                 "waste.domestic.landfill": ["waste.domestic.landfil"]},
    "unit": {"kWh": ["KWH", "kWhh"], "m3": ["m³"], "tonne": ["tonnne"]},
}  # fmt: skip
NUMBERS = ["{:,}", "£{}", "{} units", "{}k", " {:,} "]


@lru_cache(maxsize=1)
def common():
    return nc.methodology("nhs-2026.1")


@st.composite
def returns(draw):
    """Return a good table and the same with some cells spoiled."""
    good, bad = [], []
    for _ in range(draw(st.integers(1, 12))):
        activity, unit = draw(st.sampled_from(GOOD))
        row = {"organisation": draw(st.sampled_from(["R0A", "RX1"])),
               "site": draw(st.sampled_from(["", "RA7C2", "WARD"])), "activity": activity, "unit": unit,
               "period": draw(st.sampled_from(sorted(SPOILS["period"]))),
               "quantity": str(draw(st.sampled_from([0, 5, 1500, 20000, 52000000]))),
               "reference": draw(st.sampled_from(["", "M1", "M2"]))}  # fmt: skip
        spoiled = dict(row)
        for name in draw(st.lists(st.sampled_from([*SPOILS, "quantity"]), unique=True, max_size=3)):
            if name == "quantity":
                form = draw(st.sampled_from(NUMBERS))
                thousands = int(row[name]) // 1000
                if "k" in form and thousands * 1000 != int(row[name]):
                    continue
                spoiled[name] = form.format(thousands if "k" in form else int(row[name]))
            else:
                spoiled[name] = draw(st.sampled_from(SPOILS[name][row[name]]))
        good.append(row)
        bad.append(spoiled)
    return pd.DataFrame(good, columns=COLUMNS), pd.DataFrame(bad, columns=COLUMNS)


def told(report):
    """Return what a report says of which rows, whatever the words."""
    """Return what was found; a part of the year is counted by the months that could be read."""
    return {(finding.code, finding.column, finding.rows, finding.first_rows) for finding in report
            if finding.code != "part_of_year"}  # fmt: skip


@given(tables=returns())
def test_mending_what_was_said_brings_no_other_fault_to_light(tables):
    good, bad = tables
    first, second = nc.check(bad, common()), nc.check(good, common())
    assert not [finding for finding in first.refused if finding.column not in (*SPOILS, "quantity", "site")]
    assert told(second) <= told(first), (first, second)


@given(tables=returns())
def test_a_faulty_row_hides_no_other(tables):
    good, bad = tables
    alone = nc.check(bad.iloc[:1], common())
    whole = nc.check(bad, common())
    spoken = {(finding.code, finding.column) for finding in alone if finding.refuses}
    assert spoken <= {(finding.code, finding.column) for finding in whole}
    assert good.shape == bad.shape
