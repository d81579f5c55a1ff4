"""One plan for a system: twelve trusts of the shipped estates return, 204 made-up actions, limits of money and staff.

python benchmarks/plan.py --write benchmarks/results/plan.md
"""

from __future__ import annotations

import argparse
import random
import resource
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

import nhscarbon as nc

TRUSTS = ("RC9", "RD8", "RGM", "RGN", "RGT", "RT1", "RWG", "RWH", "RWR", "RY4", "RYC", "RYV")
YEARS = range(2026, 2046)
# title, selects, effect, share, capital and yearly running cost [GBP] for a trust of average size: all made up
KINDS = (
    ("LED lighting", "theme:electricity", "reduce", 0.06, 800e3, -90e3),
    ("Building management system", "energy.natural_gas;theme:electricity", "reduce", 0.05, 300e3, -60e3),
    ("Insulation of roofs", "energy.natural_gas", "reduce", 0.07, 1200e3, -70e3),
    ("Heat pumps in place of gas boilers", "energy.natural_gas", "switch", 0.4, 6000e3, 50e3),
    ("Solar panels", "theme:electricity", "reduce", 0.08, 1500e3, -120e3),
    ("Steam trap repairs", "energy.natural_gas", "reduce", 0.02, 50e3, -20e3),
    ("Waste segregation", "theme:waste", "reduce", 0.1, 40e3, -30e3),
    ("Reusable sharps containers", "waste.clinical", "reduce", 0.15, 60e3, -15e3),
    ("Water leak detection", "theme:water", "reduce", 0.12, 30e3, -25e3),
    ("Theatre ventilation set back", "theme:electricity", "reduce", 0.03, 150e3, -40e3),
    ("Controls and metering", "energy.natural_gas;theme:electricity", "reduce", 0.03, 100e3, -30e3),
    ("Food waste digestion", "waste", "factor", 0.03, 20e3, 5e3),
    ("Efficient motors and drives", "theme:electricity", "reduce", 0.03, 200e3, -35e3),
    ("Heat network connection", "energy.natural_gas", "reduce", 0.15, 3000e3, 30e3),
    ("Voltage optimisation", "theme:electricity", "reduce", 0.02, 120e3, -20e3),
    ("Low flow taps", "theme:water", "reduce", 0.08, 25e3, -12e3),
    ("Staff energy champions", "energy.natural_gas;theme:electricity", "reduce", 0.01, 5e3, 10e3),
)


def nhs(year):
    return f"{year}/{(year + 1) % 100:02d}"


def baseline():
    footprint = nc.calculate(nc.read_eric(nc.example("estates-2023-24.csv")), nc.methodology("nhs-2026.1"))
    rows = footprint.table[footprint.inside("nhs_carbon_footprint")]
    rows = rows[rows["organisation"].isin(TRUSTS) & (rows["kgco2e"] > 0)]
    keys = ["organisation", "theme", "activity", "unit"]
    base = rows.astype(dict.fromkeys(keys, str)).groupby(keys, as_index=False).agg({"quantity": "max", "kgco2e": "sum"})
    power = base["activity"].str.startswith("energy.electricity")
    parts = [
        base.assign(year=nhs(year), kgco2e=base["kgco2e"] * np.where(power, 0.94 ** (year - 2026), 1)) for year in YEARS
    ]
    return pd.concat(parts, ignore_index=True)


def actions_of(frame, seed=1):
    chance = random.Random(seed)
    size = frame[frame["year"] == nhs(2026)].groupby("organisation")["kgco2e"].sum()
    size = size / size.mean()
    rows = []
    for trust in TRUSTS:
        for number, (title, selects, effect, share, capital, running) in enumerate(KINDS):
            luck, switch = chance.uniform(0.7, 1.4), effect == "switch"
            row = {
                "id": f"{trust}-{number:02d}", "title": title, "owner": trust, "organisations": trust, "selects": selects,
                "effect": effect, "share": round(min(0.9, share * luck), 3), "life": chance.choice([15, 20, 25]),
                "switch_to": "energy.electricity.grid" if switch else "", "efficiency": 0.85 if switch else "",
                "cop": round(chance.uniform(2.6, 3.4), 2) if switch else "", "ramp": chance.choice([1, 2, 3]),
                "start_from": nhs(2026), "start_to": nhs(2026 + chance.randint(2, 5)),
                "requires": f"{trust}-02" if switch else "", "excludes": f"{trust}-13" if switch else "",
                "capital_gbp": round(capital * size[trust] * luck, -3),
                "revenue_gbp": round(running * size[trust] * luck, -3), "staff_fte": round(chance.uniform(0.1, 1), 1),
                "realisation": 0.85, "realisation_sd": 0.1,
            }  # fmt: skip
            rows.append(row)
    return nc.read_actions(pd.DataFrame(rows).astype(str), frame=frame)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--capital", type=float, nargs="+", default=[20e6, 8e6], help="GBP a year to 2031/32")
    parser.add_argument("--write", type=Path)
    options = parser.parse_args()
    started = time.perf_counter()
    frame = baseline()
    actions = actions_of(frame)
    text = [f"{len(TRUSTS)} trusts, {len(actions)} actions, {len(YEARS)} years, {len(frame):,} rows of business as usual; "
            f"read, calculated and checked in {time.perf_counter() - started:.1f} s.", "",
            "| capital a year | actions | tCO2e saved | bound | gap | ended | seconds |", "|--:|--:|--:|--:|--:|--|--:|"]  # fmt: skip
    for capital in options.capital:
        started = time.perf_counter()
        limit = {nhs(year): capital if year < 2032 else 0.0 for year in YEARS}
        plan = nc.plan(frame, actions, capital_gbp=limit, staff_fte=60)
        took = time.perf_counter() - started
        text.append(f"| £{capital / 1e6:.0f} m | {len(plan.starts)} | {plan.tco2e_saved:,.0f} | {plan.bound:,.0f} | "
                    f"{plan.gap:.2%} | {plan.ended} | {took:.1f} |")  # fmt: skip
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    text += ["", f"Peak memory {peak:.2f} GiB. Defaults: gap 1 %, 10 s for each search."]
    page = "\n".join(["# One plan for a system", "", *text]) + "\n"
    sys.stdout.write(page)
    if options.write:
        options.write.write_text(page, "utf-8")


if __name__ == "__main__":
    main()
