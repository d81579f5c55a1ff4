"""The first benchmark: activity rows to tonnes by organisation, theme and scope, against pandas.

    python benchmarks/first.py --rows 10000000 --write benchmarks/results/first.md

A seeded table in random row order: 250 trusts, 60 months, every energy, fleet, travel, waste and water
activity that the official sets serve in those months, quantities of three decimals. The contender is what
a competent pandas user writes: the factors joined to conversions beforehand, one merge on (activity, unit,
year), one group-by. Equality is asserted before anything is timed; runs are interleaved.
"""

from __future__ import annotations

import argparse
import gc
import os
import platform
import statistics
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

import nhscarbon as nc
from nhscarbon.resolve import Key, resolve

YEARS = ("2019/20", "2020/21", "2021/22", "2022/23", "2023/24")
GROUPS = ["organisation", "theme", "scope"]
TEXT = ["organisation", "period", "activity", "unit"]
RUNS = 5
HEAD = ("columns", "contender", "wall s, median of 5 (min to max)", "processor s", "ns a row", "x pandas (wall)",
        "x pandas (processor)", "peak memory beyond the table, MB")  # fmt: skip


def keys(method):
    """Return the (activity, unit) pairs that resolve in all the years."""
    pairs = [
        (code, unit)
        for code, entry in method.catalogue.activities.items()
        for unit in entry.units
        if not code.startswith(("spend.", "commute.headcount", "patient_contact", "refrigerant."))
    ]
    wanted = [Key(code, unit, year, "UK") for code, unit in pairs for year in YEARS]
    found = resolve(wanted, method)
    whole = [pair for pair in pairs if all(_complete(found[Key(*pair, year, "UK")]) for year in YEARS)]
    return whole, found


def _complete(resolution):
    """Tell whether the headline boundary can be totalled; it needs no biogenic figure."""
    return bool(resolution.lines) and set(resolution.missing) <= {"biogenic"}


def table(rows, pairs, *, coded, seed=2026):
    """Return a seeded activity table."""
    rng = np.random.default_rng(seed)
    months = [f"{int(year[:4]) + (month < 4)}-{month:02d}" for year in YEARS for month in (*range(4, 13), 1, 2, 3)]
    which = rng.integers(0, len(pairs), rows)
    columns = {
        "organisation": ([f"R{n:03d}" for n in range(250)], rng.integers(0, 250, rows)),
        "period": (months, rng.integers(0, len(months), rows)),
        "activity": ([activity for activity, _ in pairs], which),
        "unit": ([unit for _, unit in pairs], which),
    }
    frame = {}
    for name, (labels, codes) in columns.items():
        words = sorted(set(labels))
        place = np.array([words.index(label) for label in labels], np.int32)
        category = pd.Categorical.from_codes(place[codes], categories=words)
        frame[name] = category if coded else pd.Series(category).astype(str)
    frame["quantity"] = np.round(rng.lognormal(5, 2, rows), 3)
    return pd.DataFrame(frame)


def with_nhscarbon(frame, method):
    """Calculate with the library, every check included."""
    return nc.calculate(frame, method).by(*GROUPS)


def with_pandas(frame, factors, years):
    """Merge and group as a competent user would: nothing is checked, and what does not match is lost."""
    joined = frame.merge(years, on="period").merge(factors, on=["activity", "unit", "year"])
    joined["tco2e"] = joined["quantity"] * joined["multiplier"] / 1000
    return joined.groupby(GROUPS, as_index=False, observed=True)["tco2e"].sum()


def lookup(pairs, found, method):
    """Return the joined factor table and the period table that the contender is given."""
    rows = []
    for activity, unit in pairs:
        for year in YEARS:
            for line in found[Key(activity, unit, year, "UK")].lines:
                factor = line.factor
                if method.included[method.headline, line.category, factor.component, factor.scope]:
                    rows.append((activity, unit, year, line.theme, factor.scope, line.conversion * factor.kgco2e))
    factors = pd.DataFrame(rows, columns=["activity", "unit", "year", "theme", "scope", "multiplier"])
    factors = factors.groupby(["activity", "unit", "year", "theme", "scope"], as_index=False)["multiplier"].sum()
    months = [(f"{int(y[:4]) + (m < 4)}-{m:02d}", y) for y in YEARS for m in range(1, 13)]
    return factors, pd.DataFrame(months, columns=["period", "year"])


def same(ours, theirs):
    """Assert that two answers agree."""
    a, b = (each.astype(dict.fromkeys(GROUPS, str)).sort_values(GROUPS, ignore_index=True) for each in (ours, theirs))
    pd.testing.assert_frame_equal(a[GROUPS], b[GROUPS])
    np.testing.assert_allclose(a["tco2e"], b["tco2e"], rtol=1e-10)


def timed(function):
    """Return wall and processor seconds of one call."""
    gc.collect()
    wall, cpu = time.perf_counter(), time.process_time()
    function()
    return time.perf_counter() - wall, time.process_time() - cpu


def peak(rows, name, coded):
    """Return the memory that one contender needs beyond the table, in a process of its own [MB]."""
    command = [sys.executable, __file__, "--rows", str(rows), "--one", name, "--coded", str(int(coded))]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return int(done.stdout.split()[-1])


def memory(line):
    """Return a line of the process's own status, in MB."""
    status = Path("/proc/self/status").read_text()
    return int(next(row for row in status.splitlines() if row.startswith(line)).split()[1]) // 1024


def prepared(rows, coded):
    """Return the table and the two contenders as calls."""
    method = nc.methodology("nhs-2026.1")
    pairs, found = keys(method)
    frame = table(rows, pairs, coded=coded)
    factors, years = lookup(pairs, found, method)
    if coded:  # the same categories on both sides, or the merge falls back to text
        factors = factors.astype({name: frame[name].dtype for name in ("activity", "unit")})
        years = years.astype({"period": frame["period"].dtype})
    return (
        frame,
        {
            "nhscarbon": lambda: with_nhscarbon(frame, method),
            "pandas": lambda: with_pandas(frame, factors, years),
        },
        len(pairs),
    )


def machine():
    """Return what the figures depend on."""
    model = next((line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
                  if line.startswith("model name")), platform.processor())  # fmt: skip
    versions = f"Python {platform.python_version()}, numpy {np.__version__}, pandas {pd.__version__}"
    return f"{model}, {os.cpu_count()} processors; {versions}; nhscarbon {nc.__version__}"


def main():
    """Assert, time, report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--write", type=Path)
    parser.add_argument("--one", choices=("nhscarbon", "pandas"), help=argparse.SUPPRESS)
    parser.add_argument("--coded", type=int, default=1, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        _, contenders, _ = prepared(options.rows, bool(options.coded))
        gc.collect()
        Path("/proc/self/clear_refs").write_text("5")  # start the peak afresh
        before = memory("VmRSS")
        contenders[options.one]()
        print(memory("VmHWM") - before)
        return
    lines = [f"| {' | '.join(HEAD)} |", "|---" * len(HEAD) + "|"]
    for coded in (True, False):
        _, contenders, pairs = prepared(options.rows, coded)
        same(contenders["nhscarbon"](), contenders["pandas"]())
        taken = {name: [] for name in contenders}
        for _ in range(RUNS):
            for name, call in contenders.items():
                taken[name].append(timed(call))
        del contenders
        middle = {name: [statistics.median(each) for each in zip(*runs, strict=True)] for name, runs in taken.items()}
        for name, runs in taken.items():
            (wall, cpu), walls = middle[name], [each for each, _ in runs]
            ratios = [f"{theirs / ours:.1f}" for ours, theirs in zip(middle[name], middle["pandas"], strict=True)]
            kind = "coded (categories)" if coded else "text"
            spread = f"{wall:.2f} ({min(walls):.2f} to {max(walls):.2f})"
            rate = f"{wall / options.rows * 1e9:.0f}"
            cells = [kind, name, spread, f"{cpu:.2f}", rate, *ratios, f"{peak(options.rows, name, coded):,}"]
            lines.append(f"| {' | '.join(cells)} |")
    page = f"""# First benchmark: {options.rows:,} rows against pandas

Written by `make bench` (`benchmarks/first.py`). {machine()}.

250 trusts, 60 months, {pairs} (activity, unit) pairs, random row order, seed 2026; tonnes by organisation, theme
and scope, equal to a relative 1e-10 before timing; interleaved runs on a shared machine, so read the ratios.
nhscarbon checks every row and keeps the working; the contender has its factors and conversions joined
beforehand, checks nothing, and would lose a row that does not match.

{chr(10).join(lines)}
"""
    sys.stdout.write(page)
    if options.write:
        options.write.write_text(page, "utf-8")


if __name__ == "__main__":
    main()
