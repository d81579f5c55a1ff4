"""The ground that all contenders of the benchmark share: pairs that resolve, a seeded table, joined factors."""

from __future__ import annotations

import os
import platform
from pathlib import Path

import numpy as np
import pandas as pd

import nhscarbon as nc
from nhscarbon.methods.resolution import FactorKey, resolve

YEARS = ("2019/20", "2020/21", "2021/22", "2022/23", "2023/24")


def keys(method):
    """Return the (activity, unit) pairs that resolve in all the years."""
    pairs = [
        (code, unit)
        for code, entry in method.catalogue.activities.items()
        for unit in entry.units
        if not code.startswith(("spend.", "commute.headcount", "patient_contact", "refrigerant."))
    ]
    wanted = [FactorKey(code, unit, year, "UK") for code, unit in pairs for year in YEARS]
    found = resolve(wanted, method)
    whole = [pair for pair in pairs if all(_complete(found[FactorKey(*pair, year, "UK")]) for year in YEARS)]
    return whole, found


def _complete(resolution):
    """Tell whether the headline boundary can be totalled; it needs no biogenic figure."""
    return bool(resolution.lines) and set(resolution.missing) <= {"biogenic"}


def table(rows, pairs, *, coded, seed=2026):
    """Return a seeded activity table in which each trust sends an activity in one unit, as two would be the same twice."""
    rng = np.random.default_rng(seed)
    months = [f"{int(year[:4]) + (month < 4)}-{month:02d}" for year in YEARS for month in (*range(4, 13), 1, 2, 3)]
    trusts = rng.integers(0, 250, rows)
    which = _one_unit(pairs)[trusts, rng.integers(0, len(pairs), rows)]
    columns = {
        "organisation": ([f"R{n:03d}" for n in range(250)], trusts),
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
    frame["quantity"] = np.round(rng.lognormal(-1, 2, rows), 3)  # small, so that no organisation is beyond a bound
    return pd.DataFrame(frame)


def _one_unit(pairs):
    """Return, for each of 250 trusts and each pair, the pair of the same activity in the unit that the trust uses."""
    same = {}
    for number, (activity, _) in enumerate(pairs):
        same.setdefault(activity, []).append(number)
    return np.array([[same[activity][trust % len(same[activity])] for activity, _ in pairs] for trust in range(250)])


def lookup(pairs, found, method):
    """Return the joined factor table and the period table that the contender is given."""
    rows = []
    for activity, unit in pairs:
        for year in YEARS:
            for line in found[FactorKey(activity, unit, year, "UK")].lines:
                factor = line.factor
                if method.included[method.headline, line.category, factor.component, factor.scope]:
                    rows.append((activity, unit, year, line.theme, factor.scope, line.conversion * factor.kgco2e))
    factors = pd.DataFrame(rows, columns=["activity", "unit", "year", "theme", "scope", "multiplier"])
    factors = factors.groupby(["activity", "unit", "year", "theme", "scope"], as_index=False)["multiplier"].sum()
    months = [(f"{int(y[:4]) + (m < 4)}-{m:02d}", y) for y in YEARS for m in range(1, 13)]
    return factors, pd.DataFrame(months, columns=["period", "year"])


def memory(line):
    """Return a line of the process's own status, in MB."""
    status = Path("/proc/self/status").read_text()
    return int(next(row for row in status.splitlines() if row.startswith(line)).split()[1]) // 1024


def machine():
    """Return what the figures depend on."""
    model = next((line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
                  if line.startswith("model name")), platform.processor())  # fmt: skip
    versions = f"Python {platform.python_version()}, numpy {np.__version__}, pandas {pd.__version__}"
    return f"{model}, {os.cpu_count()} processors; {versions}; nhscarbon {nc.__version__}"
