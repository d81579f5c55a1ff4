"""Random but valid activity tables for several test files."""

import numpy as np
import pandas as pd

ROUTES = [("energy.natural_gas", "kWh"), ("energy.natural_gas", "m3"), ("energy.electricity.grid", "MWh"),
          ("water.supply", "m3"), ("anaesthetic.desflurane", "ml")]  # fmt: skip


def frame(rows=400, seed=1):
    rng = np.random.default_rng(seed)
    which = rng.integers(0, len(ROUTES), rows)
    table = pd.DataFrame({
        "organisation": [f"R{n:02d}" for n in rng.integers(0, 9, rows)],
        "period": [["2019/20", "2023-05", "2023/24", "2024-02-29"][n] for n in rng.integers(0, 4, rows)],
        "activity": [ROUTES[n][0] for n in which], "unit": [ROUTES[n][1] for n in which],
        "quantity": np.round(rng.lognormal(3, 2, rows), 3), "site": [f"S{n}" for n in rng.integers(0, 3, rows)],
        "evidence": ["metered" if n else "" for n in rng.integers(0, 2, rows)],
        "estimated_share": [[0.0, 0.05, 0.5, np.nan][n] for n in rng.integers(0, 4, rows)],
    })  # fmt: skip
    monthly = table["period"].str.contains("-")  # sites of their own, as no month is counted beside its year
    return table.assign(site=table["site"].where(~monthly, table["site"].str.replace("S", "M")))
