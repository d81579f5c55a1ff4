"""Seconds and memory of a system's Green Plan: 12 trusts with 400 actions, read, classified, matrix and document.

    python benchmarks/green_plan.py --write benchmarks/results/green-plan.md

The texts are those of `tests/green_plan`, drawn with a seed; four sheets are workbooks. Each stage is timed once, in a
process of its own.
"""

from __future__ import annotations

import argparse
import csv
import platform
import random
import resource
import tempfile
import time
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path

import openpyxl

import nhscarbon as nc

TEXTS = Path(__file__).resolve().parents[1] / "tests" / "green_plan"
TRUSTS = ("RX1", "RTG", "RWE", "RJ1", "RGT", "RM3", "RHQ", "RR8", "RTH", "RYJ", "RJZ", "R0A")
HEADER = ("Ref", "Action", "Lead", "Start", "End", "Status", "Cost", "tCO2e", "Risk")
LEADS = ("Energy Manager", "Chief Pharmacist", "Head of Estates", "Travel Planner", "Head of Procurement")
STATES = ("Not started", "In progress", "Complete", "Delayed", "")
COSTS = ("£45k", "TBC", "BAU", "1.2m", "£10k-£20k", "")
TONNES = ("", "", "35", "120 tCO2e a year", "")
ACTIONS, SECONDS, MIB = 400, 20, 1024


def texts() -> list[str]:
    """Return the texts of actions that the tests hold."""
    found = []
    for path in sorted(TEXTS.glob("actions_*.csv")):
        with path.open(newline="", encoding="utf-8") as stream:
            found += [row["text"] for row in csv.DictReader(stream)]
    return found


def sheets(folder: Path, rng: random.Random) -> list[Path]:
    """Write a sheet for each trust, every third a workbook, and return their paths."""
    drawn = rng.choices(texts(), k=ACTIONS)
    paths = []
    for place, code in enumerate(TRUSTS):
        rows = [
            (number, text, rng.choice(LEADS), "", rng.choice(("2026/27", "Mar-28", "Q2 27/28")), rng.choice(STATES),
             rng.choice(COSTS), rng.choice(TONNES), "")
            for number, text in enumerate(drawn[place :: len(TRUSTS)], 1)
        ]  # fmt: skip
        path = folder / f"{code}.{'csv' if place % 3 else 'xlsx'}"
        if place % 3:
            with path.open("w", newline="", encoding="utf-8") as stream:
                csv.writer(stream).writerows([HEADER, *rows])
        else:
            book = openpyxl.Workbook()
            for row in (HEADER, *rows):
                book.worksheets[0].append(row)
            book.save(path)
        paths.append(path)
    return paths


def main() -> None:
    """Measure, and write the result."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--write", type=Path)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        paths = sheets(folder, random.Random(2026))
        rows = [(code, "2024/25", activity, 9_000_000, "kWh") for code in TRUSTS
                for activity in ("energy.electricity.grid", "energy.natural_gas")]  # fmt: skip
        with (folder / "returns.csv").open("w", newline="", encoding="utf-8") as stream:
            csv.writer(stream).writerows([("organisation", "period", "activity", "quantity", "unit"), *rows])
        taken = [("", time.perf_counter())]
        actions = nc.read_actions(paths)
        taken.append(("read and classified", time.perf_counter()))
        footprint = nc.calculate(folder / "returns.csv", nc.methodology("nhs-2026.1"))
        taken.append(("footprint", time.perf_counter()))
        assert len(nc.trajectory.intervention_matrix(actions, footprint).table)
        taken.append(("matrix", time.perf_counter()))
        plan = nc.green_plan(actions, footprint, priorities=["Medicines"])
        for ending in ("html", "xlsx"):
            nc.write_green_plan(plan, folder / f"plan.{ending}")
        plan.to_csv(folder / "plan.csv")
        taken.append(("plan, as page, workbook and table", time.perf_counter()))
    stages = [(what, end - start) for (_, start), (what, end) in pairwise(taken)]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    libraries = ", ".join(f"{each} {version(each)}" for each in ("numpy", "pandas", "openpyxl"))
    lines = [
        "# A system's Green Plan at size", "",
        f"Written by `benchmarks/green_plan.py`: {len(TRUSTS)} trusts, {len(actions.planned)} actions. {platform.system()} "
        f"{platform.machine()}, Python {platform.python_version()}, {libraries}.", "",
        "| stage | seconds |", "|---|---:|", *(f"| {what} | {seconds:.2f} |" for what, seconds in stages),
        f"| all (limit {SECONDS}) | {sum(seconds for _, seconds in stages):.2f} |", "",
        f"Peak memory of the process: {peak:,.0f} MiB (limit {MIB:,}).", "",
    ]  # fmt: skip
    print("\n".join(lines))
    if given.write:
        given.write.write_text("\n".join(lines), "utf-8")


if __name__ == "__main__":
    main()
