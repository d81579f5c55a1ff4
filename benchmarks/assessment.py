"""What the one assessment costs: a return of 1,000 rows, 300,000 unknown words, and 10⁷ coded rows.

python benchmarks/assessment.py --write benchmarks/results/assessment.md
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parent))
START = time.perf_counter()
import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402

import ground  # noqa: E402  what is imported first is timed
import nhscarbon as nc  # noqa: E402
from nhscarbon.checks.assess import assess  # noqa: E402
from nhscarbon.sums.sum_source import sum_source  # noqa: E402

THINGS = (("energy.natural_gas", "kWh", 250_000.0), ("energy.electricity.grid", "kWh", 310_000.0),
          ("water.supply", "m3", 900.0), ("waste.domestic.landfill", "tonne", 2.1))  # fmt: skip
MONTHS = [f"{2023 + (month < 4)}-{month:02d}" for month in (*range(4, 13), 1, 2, 3)]
WORDS, ROWS, RUNS = 300_000, 10_000_000, 7


def monthly(rows: int = 1_000) -> pd.DataFrame:
    """Return a trust's monthly readings of 21 sites."""
    made = [("RX1", f"SITE {site}", month, *thing, f"M{site}-{thing[0]}")
            for site in range(21) for thing in THINGS for month in MONTHS]  # fmt: skip
    names = ["organisation", "site", "period", "activity", "unit", "quantity", "reference"]
    table = pd.DataFrame(made[:rows], columns=names)
    return table.assign(quantity=(table["quantity"] * np.random.default_rng(1).uniform(0.8, 1.2, len(table))).round(2))


def timed(work) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def lines():
    method, table = nc.methodology("nhs-2026.1"), monthly()
    nc.check(table, method)
    yield "1,000 rows, cold: import, method and check", time.perf_counter() - START
    yield "1,000 rows, warm", median(timed(lambda: nc.check(table, method)) for _ in range(RUNS))
    plain = pd.DataFrame({"organisation": "RX1", "period": "2023/24", "activity": "water.supply", "quantity": 1.0,
                          "unit": "m3", "reference": [f"M{number}" for number in range(WORDS)]})  # fmt: skip
    for name in ("organisation", "activity", "unit", "period"):
        odd = plain.assign(**{name: [f"word {number}" for number in range(WORDS)]})
        yield f"{WORDS:,} distinct unknown words: {name}", timed(lambda odd=odd: nc.check(odd, method))
    pairs, _ = ground.keys(method)
    coded = ground.table(ROWS, pairs[:: len(pairs) // 40], coded=True)
    sums, sources = sum_source(coded, units=method.units)
    assess(sums, sources, method)
    yield (
        f"10⁷ coded rows, {len(sums):,} cells: sum",
        median(timed(lambda: sum_source(coded, units=method.units)) for _ in range(RUNS)),
    )
    yield (
        f"10⁷ coded rows, {len(sums):,} cells: assess",
        median(timed(lambda: assess(sums, sources, method)) for _ in range(RUNS)),
    )
    yield "peak memory [MB]", float(ground.memory("VmHWM"))


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", type=Path)
    options = parser.parse_args()
    rows = "\n".join(f"| {name} | {value:,.4g} |" for name, value in lines())
    page = (f"# What the one assessment costs\n\nWritten by `benchmarks/assessment.py`. {ground.machine()}; a shared "
            f"machine. Seconds, medians of {RUNS} where it is short.\n\n| work | s |\n|---|---|\n{rows}\n")  # fmt: skip
    sys.stdout.write(page)
    if options.write:
        options.write.write_text(page, "utf-8")


if __name__ == "__main__":
    main()
