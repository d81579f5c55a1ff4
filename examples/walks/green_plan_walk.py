"""Seven teams' action sheets and their returns: one system's Green Plan, and three lines of the Plus to 2045.

Run it in an empty folder, with `pip install "nhscarbon[excel]"`:

    python green_plan_walk.py

The actions and figures are invented, and so is that they are these trusts'. The sheets are laid out as teams keep them:
titles above the header, section rows, other separators and encodings, several actions in a cell, states in the text,
costs in words. The script does what an analyst of a system would do, and answers what only a person can.
"""

from __future__ import annotations

import csv
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import openpyxl

import nhscarbon as nc

METHOD, ACTIONS, REVIEW, PLAN = "nhs-2026.1", "actions.csv", "review.csv", "green-plan"
BY, ON = "A. Okafor", "2026-11-29"
SHEETS: Mapping[str, tuple[str, str]] = {  # of each file: its text, and its encoding
    "RX1 green plan actions.csv": ("""Riverside Acute Trust,,,,,,
Green Plan delivery tracker - October 2026,,,,,,
,,,,,,
Action Reference,Key Action,Action Owner,Action Delivery Date,Cost,Potential Impact on Carbon,Progress
Estates and facilities,,,,,,
E1,Replace theatre and corridor lighting with LEDs,Energy Manager,Mar-28,£420k,310 tCO2e a year,In progress
E2,Install 900 kW of solar panels on the car park roof,Head of Estates,Q3 27/28,£1.1m,150 tCO2e,Not started
E3,Fit sub-meters to all blocks,Energy Manager,2026/27,£60k,,Complete
Medicines,,,,,,
M1,Take the piped nitrous oxide manifold out of use,Lead Anaesthetist,Dec-26,nil,480 tCO2e,In progress
M2,Switch suitable patients from pressurised inhalers to dry powder,Chief Pharmacist,Ongoing,BAU,220 tCO2e,In progress
TOTAL,,,,"£1,580k","1,160",
""", "utf-8"),
    "RTG.csv": ("""Ref;Area of focus;Action;Lead;Second lead;Target;RAG;Comments
1;Energy;LED upgrade at both hospitals;Estates Officer;CFO;31/03/2027;Amber;Bid for £85,000. Saves 64 tCO2e a year
2;Energy;Buy REGO-backed electricity from April;Energy Manager;CFO;2027;Green;Saves 1,900 tCO2e a year
3;Travel;Salary sacrifice scheme for electric cars;HR Director;;Autumn 2026;Green;
4;Travel;Secure cycle parking and showers;Travel Planner;;2027/28;Red;c.45,000
5;Leadership;Name a board lead for net zero;Chief Executive;;Apr-26;Complete;
""", "cp1252"),
    "RWE.csv": ("""Theme\tInitiative\tProposed owners\tImplemented by\tStatus
Medicines\tCapture and stop leaks of nitrous oxide; close the manifold\tChief Pharmacist\tMarch 2027\tNot started
Food\tPlant-based option first on every menu\tCatering Manager\tShort\tIn progress
Waste\tSegregate offensive from clinical waste on wards\tWaste Manager\tMedium\tIn progress
Waste\tReusable sharps bins\tWaste Manager\t2026/27\tComplete
""", "utf-16"),
    "RJ1.csv": ("""Objective,Action,Measure,Timescale,Main Responsibility,Secondary Responsibility
Less waste,"1. Reusable theatre gowns
2. Stop single-use gloves where hands need washing only",Items bought,2027/28,Lead Theatre Nurse,Procurement
Healthy travel,Walking and cycling maps for staff,Survey,2026/27,Travel Planner,Comms
Adaptation,Shade and fans for wards above 26 degrees,Days above 26 degrees,2028,Head of Estates,
Better buildings,Swap gas boilers for heat pumps at the health centre,kWh of gas,2029/30,Head of Estates,Capital
""", "utf-8"),
    "RGT.csv": ("""What we will do,Who,By when,How much (£000),How far are we?
Train all new starters in carbon literacy,Learning Lead,Mar-27,5,In progress
Move fleet vans to electric,Transport Manager,2028/29,640,Not started
Virtual outpatient clinics,Chief Operating Officer,Ongoing,TBC,In progress
"Change salbutamol inhalers to dry powder, with the practices",Chief Pharmacist,2027/28,nil,Not started
""", "utf-8"),
    "RM3.csv": ("""Community trust: plan on a page,,,
Action,Outcomes,Timescale,Commentary
LEDs in 14 clinics (COMPLETE),Lower bills,2025/26,Cost £38k
Cycle to work scheme,Fitter staff,2026/27,Delayed: provider left
Nitrous oxide cylinders in place of piped supply at the birth centre,Less gas lost,2027/28,Saves 35 tCO2e a year
Make it nicer,,2027/28,
Thank you to all who helped,,,
""", "utf-8"),
}  # fmt: skip
WORKBOOK = "RHQ.xlsx"
PAGES: Mapping[str, tuple[tuple[object, ...], ...]] = {
    "Estates": (
        ("Mental Health Trust", "", "", ""),
        ("Action", "Owner", "Finish", "Budget"),
        ("Lighting: LED in all inpatient units", "Estates Manager", "2027/28", "£70-90k"),
        ("Optimise the building management system set points", "Estates Manager", "2026/27", "BAU"),
    ),
    "People": (
        ("Action", "Owner", "Finish", "Budget"),
        ("Green champions on each ward", "Comms Lead", "2026/27", ""),
        ("Active travel: cycle training and pool bikes", "Travel Lead", "2027/28", "12k"),
    ),
}
ANSWERS: Mapping[str, str] = {"Make it nicer": "none"}  # of the rest, the first that is proposed is right
RETURNS = "returns.csv"
USED: Mapping[str, tuple[float, ...]] = {  # the lines below, of 2024/25
    "RX1": (21_000_000, 38_000_000, 1_900, 2_100_000, 64_000_000), "RTG": (14_500_000, 22_000_000, 900, 900_000, 4.1e7),
    "RWE": (9_800_000, 15_500_000, 1_100, 750_000, 33_000_000), "RJ1": (2_600_000, 6_400_000, 0, 310_000, 9_000_000),
    "RGT": (1_900_000, 3_100_000, 0, 420_000, 7_500_000), "RM3": (2_200_000, 4_000_000, 160, 380_000, 8_200_000),
    "RHQ": (5_300_000, 9_700_000, 0, 690_000, 16_000_000),
}  # fmt: skip
LINES = (
    ("energy.electricity.grid", "kWh"), ("energy.natural_gas", "kWh"), ("anaesthetic.nitrous_oxide", "kg"),
    ("commute.car.average.unknown", "mile"), ("spend.sic.21", "GBP"),
)  # fmt: skip


def main() -> int:
    """Walk from seven sheets to a Green Plan and three lines, and return 0 if they were written."""
    write()
    plans = [*SHEETS, WORKBOOK]
    print("-- What seven teams plan\n")
    nhscarbon("actions", "read", *plans, "-o", ACTIONS, "--write-review", REVIEW)
    print("\n-- What only a person can say\n")
    answer()
    print("\n-- One plan\n")
    given = ("--review", REVIEW, "--footprint", RETURNS, "--method", METHOD, "--priority", "Medicines")
    for ending in (".html", ".xlsx", ".csv"):
        if nhscarbon("actions", "plan", *plans, *given, "-o", PLAN + ending):
            return 1
    shown()
    print("\n-- Three lines to 2045, and whose assumption each is\n")
    footprint = nc.calculate(RETURNS, nc.methodology(METHOD))
    lines = nc.trajectory.three_lines(footprint, boundary="nhs_carbon_footprint_plus", to="2045/46")
    nc.chart(lines).save("three-lines.svg")
    totals = lines.totals
    print(totals[totals["year"].isin(["2024/25", "2030/31", "2039/40", "2045/46"])].round(0).to_string(index=False))
    print("No official path:", "; ".join(lines.without_path) or "nothing")
    return 0


def write() -> None:
    """Write the sheets and the returns."""
    for name, (text, encoding) in SHEETS.items():
        Path(name).write_text(text, encoding)
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in PAGES.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(WORKBOOK)
    with Path(RETURNS).open("w", newline="", encoding="utf-8") as stream:
        rows = csv.writer(stream, lineterminator="\n")
        rows.writerow(("organisation", "period", "activity", "quantity", "unit"))
        for organisation, amounts in USED.items():
            rows.writerows((organisation, "2024/25", *line[:1], amount, line[1])
                           for line, amount in zip(LINES, amounts, strict=True) if amount)  # fmt: skip


def answer() -> None:
    """Fill in the review file as a person would in a spreadsheet: the answer, their name and the date."""
    with Path(REVIEW).open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    for row in rows:
        given = ANSWERS.get(row["text"], "1")
        row |= {"answer": given, "answered_by": BY, "answered_on": ON}
        print(f"   {row['text'][:60]}:", row["candidate_1"] if given == "1" else given)
    with Path(REVIEW).open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def shown() -> None:
    """Show what the plan holds, from the table that was written."""
    plan = nc.read_green_plan(PLAN + ".csv")
    columns = ["name", "lead_role", "owners", "end_year", "tco2e_a_year", "deliverability"]
    print(plan.interventions[columns].to_string(index=False))
    print("left out:", ", ".join(plan.left_out["name"]))


def nhscarbon(*words: str) -> int:
    """Run the command, show what it says, and return its exit code."""
    print("$ nhscarbon", *(f"'{word}'" if " " in word else word for word in words), flush=True)
    done = subprocess.run([sys.executable, "-m", "nhscarbon", *words], capture_output=True, text=True, check=False)
    print(done.stdout, end="")
    print(done.stderr, end="")
    return done.returncode


if __name__ == "__main__":
    if Path(ACTIONS).exists():
        sys.exit(f"{ACTIONS} already exists: run this in an empty folder")
    sys.exit(main())
