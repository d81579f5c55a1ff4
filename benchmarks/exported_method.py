"""How the exported method stands in Spark SQL: the page's recipe beside the query of `scale.py`, written by hand.

    python benchmarks/exported_method.py --rows 10000000 --runs 7 --write benchmarks/results/exported-method.md

Both read one Parquet file of the table of `scale.py` (250 trusts, 60 months, random row order). The query by hand is
given factors that were joined beforehand, drops what they do not have and checks nothing. The recipe is the text of
`docs/how-to/method-as-a-table.md`: it keeps every row and says what has no factor. Their tonnes are compared before
anything is timed, and the runs are interleaved.
"""

from __future__ import annotations

import argparse
import os
import re
import statistics
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).parent))
import ground as shared
import nhscarbon as nc
import scale

PAGE = Path(__file__).parents[1] / "docs" / "how-to" / "method-as-a-table.md"
GROUPS = ["organisation", "year", "theme", "scope"]
HAND, RECIPE = "query by hand, factors joined beforehand", "recipe, exported method"
TABLES = ("multipliers", "activity_units", "missing_components", "periods")


def recipe() -> list[str]:
    """Return the three SQL texts of the page: the small table, the totals, the rows without a factor."""
    section = PAGE.read_text("utf-8").partition("\n## Spark SQL\n")[2]
    return re.findall(r"^```sql\n(.*?)^```$", section, re.M | re.S)[:3]


def session_of(memory: str):
    from pyspark.sql import SparkSession

    os.environ |= {"SPARK_LOCAL_IP": "127.0.0.1", "PYSPARK_PYTHON": sys.executable}
    builder = SparkSession.builder.master(f"local[{os.cpu_count()}]").config("spark.ui.enabled", "false")
    for name in ("spark.driver.host", "spark.driver.bindAddress"):
        builder = builder.config(name, "127.0.0.1")
    builder = builder.config("spark.driver.memory", memory).config("spark.sql.shuffle.partitions", "8")
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return session


def frame(rows) -> pd.DataFrame:
    return pd.DataFrame([row.asDict() for row in rows])


def compare(by_hand: pd.DataFrame, ours: pd.DataFrame) -> float:
    """Return the largest relative difference of two answers; refuse other groups."""
    counted = ours[ours["status"] == "counted"].rename(columns={"period": "year", "kgco2e": "kg"})
    first, second = (each.set_index(GROUPS)["kg"].sort_index() for each in (by_hand, counted))
    assert first.index.equals(second.index), "the two answers have other groups"
    size = np.where(first == 0, 1.0, np.abs(first))  # a theme may come to nothing in both
    difference = float(np.max(np.abs(second.to_numpy() - first.to_numpy()) / size))
    assert difference < 1e-9, difference
    return difference


def main() -> None:
    """Compare, then time."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--memory", default="5g", help="of the driver")
    parser.add_argument("--write", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        ground = scale.Ground()
        path = scale.written(ground, options.rows, folder, "snappy")
        nc.exchange.export_method(ground.method, folder / "method")
        session = session_of(options.memory)
        session.createDataFrame(ground.factors.to_numpy().tolist(), [*ground.factors]).createOrReplaceTempView(
            "factors"
        )
        session.createDataFrame(ground.years.to_numpy().tolist(), [*ground.years]).createOrReplaceTempView("years")
        session.read.parquet(str(path)).createOrReplaceTempView("activity")
        for table in TABLES:
            session.read.parquet(str(folder / "method" / f"{table}.parquet")).createOrReplaceTempView(table)
        per_unit, totals, no_factor = recipe()
        start = time.perf_counter()
        session.sql(per_unit)
        prepared = time.perf_counter() - start
        by_hand = scale.SQL.format(rows="activity AS rows_").replace(
            "SELECT", "SELECT /*+ BROADCAST(y), BROADCAST(f) */").replace("USING (period)", "ON y.period = rows_.period")  # fmt: skip
        calls = {HAND: lambda: session.sql(by_hand).collect(), RECIPE: lambda: session.sql(totals).collect()}
        difference = compare(frame(calls[HAND]()), frame(calls[RECIPE]()))
        assert session.sql(no_factor).count() == 0
        taken: dict[str, list[tuple[float, float]]] = {name: [] for name in calls}
        for turn in range(options.runs):
            for name in [*calls][:: 1 if turn % 2 else -1]:
                taken[name].append(scale.timed(calls[name]))
        import pyspark

        session.stop()
    lines = [
        f"# The exported method in Spark SQL: {options.rows:,} rows\n",
        f"Written by `benchmarks/exported_method.py`. {shared.machine()}, PySpark {pyspark.__version__}. "
        f"{options.runs} interleaved runs, each pair in turn first, on a machine that others use: read the ratios, and "
        "those of processor time before those of the wall. Every group of organisation, year, theme and scope was equal "
        f"to a relative {difference:.0e} before timing. The small table of the recipe is made once, in {prepared:.1f} s, "
        "and is not in the times, as the factors of the other query are not.\n",
        "| contender | wall s, median (min to max) | processor s, median (min to max) |",
        "|---|---|---|",
    ]
    for name, runs in taken.items():
        cells = [
            f"{statistics.median(each):.2f} ({min(each):.2f} to {max(each):.2f})" for each in zip(*runs, strict=True)
        ]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    for place, clock in enumerate(("wall", "processor")):
        ratios = [ours[place] / theirs[place] for ours, theirs in zip(taken[RECIPE], taken[HAND], strict=True)]
        medians = [statistics.median(run[place] for run in taken[name]) for name in (RECIPE, HAND)]
        lines.append(
            f"\nRecipe to query, {clock} time: {medians[0] / medians[1]:.2f} of the medians; pair by pair a median of "
            f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})."
        )
    page = "\n".join(lines) + "\n"
    sys.stdout.write(page)
    if options.write:
        options.write.write_text(page, "utf-8")


if __name__ == "__main__":
    main()
