"""How the sum stands against pandas, Polars, DuckDB and PyArrow, on coded and text columns, files and beyond memory.

    python benchmarks/scale.py --rows 10000000 --scenes coded,text,parquet,csv --write benchmarks/results/scale-1e7.md
    python benchmarks/scale.py --rows 1000000000 --scenes streamed --folder DIR

A seeded table in random row order: 250 trusts, 60 months and every (activity, unit) pair that the official
sets and the clinical packages serve in them. The contenders are given factors and conversions joined
beforehand, and write one join and one group-by, as a competent user would; they check nothing. Every answer
is compared before anything is timed, and the runs are interleaved. Ratios are to the best contender.
"""

from __future__ import annotations

import argparse
import gc
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.dataset as ds
import pyarrow.parquet as pq

sys.path.insert(0, str(Path(__file__).parent))
import ground as shared
import nhscarbon as nc

GROUPS = ["organisation", "year", "theme", "scope"]
TEXT = ["organisation", "period", "activity", "unit"]
KERNELS = ("numpy", "numba")
PIECE = 10_000_000  # rows that are made at once
SQL = (
    "SELECT organisation, y.year AS year, f.theme AS theme, f.scope AS scope, sum(quantity * multiplier) AS kg "
    "FROM {rows} JOIN years y USING (period) "
    "JOIN factors f ON f.activity = rows_.activity AND f.unit = rows_.unit AND f.year = y.year "
    "GROUP BY ALL"
)
Call = Callable[[], pd.DataFrame]


class Ground:
    """What all contenders are given."""

    def __init__(self) -> None:
        self.method = nc.methodology("nhs-2026.1")
        self.pairs, found = shared.keys(self.method)
        self.factors, self.years = shared.lookup(self.pairs, found, self.method)

    def piece(self, rows: int, seed: int) -> pd.DataFrame:
        """Return some rows, coded, with the same dictionaries whatever the seed."""
        return shared.table(rows, self.pairs, coded=True, seed=seed)

    def ours(self, source: object, kernel: str) -> pd.DataFrame:
        """Calculate with the library, every check included."""
        os.environ["NHSCARBON_KERNEL"] = kernel
        found = nc.calculate(source, self.method).by("organisation", "period", "theme", "scope")
        return found.rename(columns={"period": "year", "tco2e": "kg"}).assign(kg=lambda frame: frame["kg"] * 1000)

    def pandas(self, frame: pd.DataFrame) -> pd.DataFrame:
        factors, years = self.factors, self.years
        if isinstance(frame["activity"].dtype, pd.CategoricalDtype):
            factors = factors.astype({name: frame[name].dtype for name in ("activity", "unit")})
            years = years.astype({"period": frame["period"].dtype})
        joined = frame.merge(years, on="period").merge(factors, on=["activity", "unit", "year"])
        joined["kg"] = joined["quantity"] * joined["multiplier"]
        return joined.groupby(GROUPS, as_index=False, observed=True)["kg"].sum()

    def polars(self, frame: pl.LazyFrame) -> pd.DataFrame:
        kinds = frame.collect_schema()
        factors, years = pl.from_pandas(self.factors).lazy(), pl.from_pandas(self.years).lazy()
        factors = factors.with_columns(pl.col(name).cast(kinds[name]) for name in ("activity", "unit"))
        years = years.with_columns(pl.col("period").cast(kinds["period"]))
        joined = frame.join(years, on="period").join(factors, on=["activity", "unit", "year"])
        found = joined.group_by(GROUPS).agg(kg=(pl.col("quantity") * pl.col("multiplier")).sum())
        return found.collect(engine="streaming").to_pandas()

    def duckdb(self, rows: str, **tables: object) -> pd.DataFrame:
        with duckdb.connect() as session:
            session.execute("SET threads TO " + str(os.cpu_count()))
            session.register("factors", self.factors)
            session.register("years", self.years)
            for name, table in tables.items():
                session.register(name, table)
            return session.execute(SQL.format(rows=f"{rows} AS rows_")).df()

    def pyarrow(self, table: pa.Table) -> pd.DataFrame:
        text = table.cast(
            pa.schema([(name, pa.string() if name in TEXT else pa.float64()) for name in table.column_names])
        )
        years, factors = (pa.Table.from_pandas(each, preserve_index=False).cast(
            pa.schema([(name, pa.float64() if name == "multiplier" else pa.string()) for name in each.columns])
        ) for each in (self.years, self.factors))  # fmt: skip
        joined = text.join(years, "period", join_type="inner").join(
            factors, ["activity", "unit", "year"], join_type="inner"
        )
        joined = joined.append_column("kg", pa.compute.multiply(joined["quantity"], joined["multiplier"]))
        return joined.group_by(GROUPS).aggregate([("kg", "sum")]).to_pandas().rename(columns={"kg_sum": "kg"})


def coded(ground: Ground, rows: int, folder: Path) -> dict[str, Call]:
    """Arrow dictionaries, Polars enumerations and pandas categories in memory."""
    frame = pd.concat([ground.piece(min(PIECE, rows - at), at) for at in range(0, rows, PIECE)], ignore_index=True)
    table = pa.Table.from_pandas(frame, preserve_index=False)
    enum = pl.from_arrow(table).with_columns(
        pl.col(name).cast(pl.Enum(frame[name].cat.categories.tolist())) for name in TEXT)  # fmt: skip
    chunked = pa.Table.from_batches(table.to_batches(1 << 17))
    calls = {f"nhscarbon {kernel}, {name}": lambda source=source, kernel=kernel: ground.ours(source, kernel)
             for kernel in KERNELS for name, source in (("Arrow", table), ("Polars", enum), ("pandas", frame))}  # fmt: skip
    calls |= {
        "Polars, Enum": lambda: ground.polars(enum.lazy()),
        "DuckDB, Arrow": lambda: ground.duckdb("sent", sent=chunked),
    }
    if rows <= PIECE:
        calls |= {"pandas, categories": lambda: ground.pandas(frame), "PyArrow": lambda: ground.pyarrow(table)}
    return calls


def text(ground: Ground, rows: int, folder: Path) -> dict[str, Call]:
    """Text columns in memory."""
    frame = ground.piece(rows, 1).astype(dict.fromkeys(TEXT, "str"))
    table = pa.Table.from_pandas(frame, preserve_index=False)
    held = pl.from_arrow(table)
    chunked = pa.Table.from_batches(table.to_batches(1 << 17))
    calls = {f"nhscarbon {kernel}, {name}": lambda source=source, kernel=kernel: ground.ours(source, kernel)
             for kernel in KERNELS for name, source in (("Arrow", table), ("Polars", held), ("pandas", frame))}  # fmt: skip
    return {**calls, "Polars": lambda: ground.polars(held.lazy()), "DuckDB, Arrow": lambda: ground.duckdb("sent", sent=chunked),
            "pandas": lambda: ground.pandas(frame), "PyArrow": lambda: ground.pyarrow(table)}  # fmt: skip


def written(ground: Ground, rows: int, folder: Path, compression: str, seed: int = 0) -> Path:
    """Write the rows as Parquet, without Arrow's own schema, and return the file."""
    path = folder / f"{compression}-{rows}-{seed}.parquet"
    if path.exists():
        return path
    kinds = pa.schema([(name, pa.string()) for name in TEXT] + [("quantity", pa.float64())])
    with pq.ParquetWriter(path, kinds, compression=compression, store_schema=False) as writer:
        for at in range(0, rows, PIECE):
            table = pa.Table.from_pandas(ground.piece(min(PIECE, rows - at), at + seed), preserve_index=False)
            writer.write_table(table.cast(kinds), row_group_size=1 << 20)
    return path


def parquet(ground: Ground, rows: int, folder: Path, compression: str = "snappy") -> dict[str, Call]:
    """One Parquet file, from the page cache."""
    path = written(ground, rows, folder, compression)

    def decoded() -> pd.DataFrame:
        """Decode the columns and nothing else, in as many threads: the limit that a reader has."""
        for _ in ds.dataset(path, format=ds.ParquetFileFormat(dictionary_columns=TEXT)).to_batches():
            pass
        return pd.DataFrame()

    calls = {f"nhscarbon {kernel}": lambda kernel=kernel: ground.ours(path, kernel) for kernel in KERNELS}
    return {**calls, "Polars": lambda: ground.polars(pl.scan_parquet(path)),
            "DuckDB": lambda: ground.duckdb(f"read_parquet('{path}')"), "decoding alone": decoded}  # fmt: skip


def zstd(ground: Ground, rows: int, folder: Path) -> dict[str, Call]:
    """One Parquet file compressed by zstd."""
    return parquet(ground, rows, folder, "zstd")


def csv(ground: Ground, rows: int, folder: Path) -> dict[str, Call]:
    """One CSV file, from the page cache."""
    path = folder / f"rows-{rows}.csv"
    if not path.exists():
        pa_csv.write_csv(pq.read_table(written(ground, rows, folder, "snappy")), path)

    def parsed() -> pd.DataFrame:
        kinds = {name: pa.dictionary(pa.int32(), pa.string()) for name in TEXT}
        for _ in pa_csv.open_csv(path, convert_options=pa_csv.ConvertOptions(column_types=kinds)):
            pass
        return pd.DataFrame()

    calls = {f"nhscarbon {kernel}": lambda kernel=kernel: ground.ours(path, kernel) for kernel in KERNELS}
    return {**calls, "Polars": lambda: ground.polars(pl.scan_csv(path)),
            "DuckDB": lambda: ground.duckdb(f"read_csv('{path}')"), "parsing alone": parsed}  # fmt: skip


def streamed(ground: Ground, rows: int, folder: Path) -> dict[str, Call]:
    """A folder of hard links to one file, more rows than memory holds; of ten files where repeated rows are looked for."""
    lake = folder / f"lake-{rows}"
    lake.mkdir(exist_ok=True)
    for link in range(10):
        whole = written(ground, max(rows // 10, 1), folder, "snappy", seed=link if rows < PIECE else 0)
        if not (lake / f"{link}.parquet").exists():
            os.link(whole, lake / f"{link}.parquet")
    calls = {f"nhscarbon {kernel}": lambda kernel=kernel: ground.ours(lake, kernel) for kernel in KERNELS}
    return {**calls, "DuckDB": lambda: ground.duckdb(f"read_parquet('{lake}/*.parquet')")}


def again(ground: Ground, rows: int, folder: Path) -> dict[str, Call]:
    """A second methodology on saved partial sums, against the first run."""
    path = written(ground, rows, folder, "snappy")
    saved = nc.partial(path).save(folder / f"{rows}.partial")
    sums = nc.sums.PartialSums.load(saved)
    other = nc.methodology("direct-only-2026.1")

    def report(source: nc.sums.PartialSums) -> pd.DataFrame:
        return nc.calculate(source, other).by("organisation", "period", "theme", "scope")

    return {"first run": lambda: ground.ours(path, "numba"), "another methodology, sums in memory": lambda: report(sums),
            "another methodology, sums loaded": lambda: report(nc.sums.PartialSums.load(saved))}  # fmt: skip


def unsure(ground: Ground, rows: int, folder: Path) -> dict[str, Call]:
    """Ten thousand draws of every trust and theme, against one plain calculation of the rows."""
    path = written(ground, rows, folder, "snappy")
    sums = nc.partial(path)
    footprint = nc.calculate(sums, ground.method)
    return {"plain calculation": lambda: ground.ours(path, "numba"),
            "10,000 draws, trusts x themes": lambda: nc.uncertainty(footprint, "organisation", "theme").table}  # fmt: skip


def spark(ground: Ground, rows: int, folder: Path) -> dict[str, Call]:
    """Spark on this machine alone: its own join and group-by, and three routes to the same sums."""
    from pyspark.sql import SparkSession

    os.environ |= {"SPARK_LOCAL_IP": "127.0.0.1", "PYSPARK_PYTHON": sys.executable, "NHSCARBON_KERNEL": "numba"}
    builder = SparkSession.builder.master(f"local[{os.cpu_count()}]").config("spark.ui.enabled", "false")
    for name in ("spark.driver.host", "spark.driver.bindAddress"):
        builder = builder.config(name, "127.0.0.1")
    session = builder.config("spark.driver.memory", "6g").config("spark.sql.shuffle.partitions", "8").getOrCreate()
    path = written(ground, rows, folder, "snappy")
    session.createDataFrame(ground.factors).createOrReplaceTempView("factors")
    session.createDataFrame(ground.years).createOrReplaceTempView("years")
    session.read.parquet(str(path)).createOrReplaceTempView("sent")
    joined = SQL.format(rows="sent AS rows_").replace("SELECT", "SELECT /*+ BROADCAST(y), BROADCAST(f) */").replace(
        "USING (period)", "ON y.period = rows_.period")  # fmt: skip

    def native() -> pd.DataFrame:
        return ground.ours(session.read.parquet(str(path)), "numba")

    def descriptors() -> pd.DataFrame:
        return ground.ours(nc.sums.spark_partial(session, path), "numba")

    def rows_sent() -> pd.DataFrame:
        return ground.ours(nc.sums.spark_partial(session, session.read.parquet(str(path))), "numba")

    return {"nhscarbon, native sum": native, "nhscarbon, rows to executors": rows_sent,
            "nhscarbon, row groups to executors": descriptors,
            "Spark SQL, broadcast join": lambda: session.sql(joined).toPandas()}  # fmt: skip


def sums_only(ground: Ground, rows: int, folder: Path) -> dict[str, Call]:
    """What exactness costs: integer sums against float sums of the same codes."""
    frame = ground.piece(rows, 1)
    key = np.zeros(rows, np.int64)
    for name in TEXT:
        key = key * len(frame[name].cat.categories) + frame[name].cat.codes.to_numpy(np.int64)
    found, cell = np.unique(key, return_inverse=True)
    quantity = frame["quantity"].to_numpy()
    whole = np.rint(quantity * 1e6)
    return {"floats": lambda: pd.DataFrame(np.bincount(cell, weights=quantity, minlength=len(found))),
            "whole numbers, rounded beforehand": lambda: pd.DataFrame(np.bincount(cell, weights=whole, minlength=len(found))),
            "whole numbers, rounded here": lambda: pd.DataFrame(
                np.bincount(cell, weights=np.rint(quantity * 1e6), minlength=len(found)))}  # fmt: skip


SCENES = {each.__name__: each for each in (coded, text, parquet, zstd, csv, streamed, again, unsure, spark, sums_only)}
NOT_COMPARED = ("alone", "another", "draws", "plain", "first run", "float", "whole")


def same(answers: dict[str, pd.DataFrame]) -> None:
    """Assert that all contenders give one answer."""
    shown = {name: frame for name, frame in answers.items() if not any(word in name for word in NOT_COMPARED)}
    ordered = {name: frame.astype(dict.fromkeys(GROUPS, str)).sort_values(GROUPS, ignore_index=True)
               for name, frame in shown.items()}  # fmt: skip
    model = next(iter(ordered.values()), None)
    for frame in ordered.values():
        pd.testing.assert_frame_equal(frame[GROUPS], model[GROUPS])
        np.testing.assert_allclose(frame["kg"], model["kg"], rtol=1e-9)
    exact = [frame["kg"].to_numpy().tobytes() for name, frame in ordered.items() if name.startswith("nhscarbon")]
    assert len(set(exact)) <= 1, "the kernels differ in a bit"


def timed(call: Call) -> tuple[float, float]:
    gc.collect()
    wall, cpu = time.perf_counter(), processor_time()
    call()
    return time.perf_counter() - wall, processor_time() - cpu


def processor_time() -> float:
    """Return the processor seconds of this process and of those it started, as Spark's: they live on between calls."""
    parents, used = {}, {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:  # it has just ended
            continue
        process = int(stat.parent.name)
        parents[process] = int(fields[1])
        used[process] = sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")  # with children that have ended
    ours, family = os.getpid(), {os.getpid()}
    while more := {process for process, parent in parents.items() if parent in family} - family:
        family |= more
    return time.process_time() + sum(used[process] for process in family - {ours})


def run(scene: str, ground: Ground, rows: int, folder: Path, runs: int) -> list[str]:
    """Assert, time, and return the lines of a table."""
    calls = SCENES[scene](ground, rows, folder)
    same({name: call() for name, call in calls.items()})
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in calls}
    for _ in range(runs):
        for name, call in calls.items():
            taken[name].append(timed(call))
    wall = {name: statistics.median(each for each, _ in runs_) for name, runs_ in taken.items()}
    cpu = {name: statistics.median(each for _, each in runs_) for name, runs_ in taken.items()}
    benchmark = [
        name for name in calls if not name.startswith("nhscarbon") and not any(word in name for word in NOT_COMPARED)
    ]
    best = min((wall[name] for name in benchmark), default=wall[next(iter(calls))])
    best_cpu = min((cpu[name] for name in benchmark), default=cpu[next(iter(calls))])
    lines = [f"\n## {scene}, {rows:,} rows\n\n{SCENES[scene].__doc__.splitlines()[0]}\n",
             "| contender | wall s, median (min to max) | ns a row | processor s | x best (wall) | x best (processor) |",
             "|---" * 6 + "|"]  # fmt: skip
    for name, runs_ in taken.items():
        walls = [each for each, _ in runs_]
        lines.append(f"| {name} | {wall[name]:.3f} ({min(walls):.3f} to {max(walls):.3f}) | {wall[name] / rows * 1e9:.1f} "
                     f"| {cpu[name]:.2f} | {best / wall[name]:.2f} | {best_cpu / max(cpu[name], 1e-9):.2f} |")  # fmt: skip
    return lines


def peak(scene: str, name: str, rows: int, folder: Path) -> str:
    """Return the memory of one contender's process before its work and at its peak [MB]."""
    command = [sys.executable, __file__, "--rows", str(rows), "--scenes", scene, "--folder", str(folder), "--one", name]
    before, most = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()[-2:]
    return f"{most} MB (of which {before} MB are libraries and the method)"


def machine() -> str:
    versions = {each.__name__: each.__version__ for each in (np, pd, pl, duckdb, pa)}
    return f"{shared.machine()}; " + ", ".join(f"{name} {version}" for name, version in versions.items())


def main() -> None:
    """Run the scenes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--scenes", default="coded,text,parquet,csv,again,unsure")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--folder", type=Path, help="where files are kept between runs")
    parser.add_argument("--write", type=Path)
    parser.add_argument("--one", help=argparse.SUPPRESS)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = options.folder or Path(made)
        folder.mkdir(parents=True, exist_ok=True)
        ground = Ground()
        if options.one:
            call = SCENES[options.scenes](ground, options.rows, folder)[options.one]
            gc.collect()
            Path("/proc/self/clear_refs").write_text("5")  # start the peak afresh
            before = shared.memory("VmRSS")
            call()
            print(before, shared.memory("VmHWM"))
            return
        lines = [f"# Scale: {options.rows:,} rows\n",
                 f"Written by `benchmarks/scale.py`. {machine()}. Medians of {options.runs} interleaved runs on a shared "
                 f"machine: read the ratios. {len(ground.pairs)} (activity, unit) pairs, 250 trusts, 60 months, random row "
                 "order. Answers were equal to a relative 1e-9 before timing, those of the two kernels to the bit."]  # fmt: skip
        for scene in options.scenes.split(","):
            lines += run(scene, ground, options.rows, folder, options.runs)
            if scene == "streamed":
                names = [*(f"nhscarbon {kernel}" for kernel in KERNELS), "DuckDB"]
                lines += ["\nPeak memory of the whole process: " + ", ".join(
                    f"{name} {peak(scene, name, options.rows, folder)}" for name in names) + "."]  # fmt: skip
            if scene == "spark":
                import pyspark.sql

                pyspark.sql.SparkSession.getActiveSession().stop()  # its machine would keep a core busy
            gc.collect()
        page = "\n".join(lines) + "\n"
        sys.stdout.write(page)
        if options.write:
            options.write.write_text(page, "utf-8")


if __name__ == "__main__":
    main()
