"""The engines' own sums are those of the table in memory, to the bit, whatever their threads and partitions."""

import os
import shutil
import sys

import narwhals as nw
import numpy as np
import pandas as pd
import pytest

import nhscarbon as nc
from nhscarbon.errors import UsageError
from samples import frame

pytestmark = pytest.mark.filterwarnings("default")  # the engines have warnings of their own


def polars_lazy(table):
    polars = pytest.importorskip("polars")
    return polars.from_pandas(table).lazy()


def duckdb_relation(table):
    duckdb = pytest.importorskip("duckdb", reason="SKIPPED ALOUD: DuckDB is not installed")
    pyarrow = pytest.importorskip("pyarrow")
    return duckdb.from_arrow(pyarrow.Table.from_pandas(table, preserve_index=False))


def dask_frame(table):
    dask = pytest.importorskip("dask.dataframe", reason="SKIPPED ALOUD: Dask is not installed")
    return dask.from_pandas(table, npartitions=3)


def ibis_table(table):
    ibis = pytest.importorskip("ibis", reason="SKIPPED ALOUD: Ibis is not installed")
    pytest.importorskip("duckdb")
    return ibis.memtable(table)


ENGINES = [polars_lazy, duckdb_relation, dask_frame, ibis_table]


@pytest.fixture(scope="session")
def spark():
    """A Spark session on this machine alone."""
    sql = pytest.importorskip("pyspark.sql", reason="SKIPPED ALOUD: the extra spark (pyspark) is not installed")
    if shutil.which("java") is None:
        pytest.skip("SKIPPED ALOUD: Spark needs Java, which this machine lacks")
    os.environ |= {"SPARK_LOCAL_IP": "127.0.0.1", "PYSPARK_PYTHON": sys.executable}
    builder = sql.SparkSession.builder.master("local[2]").appName("nhscarbon")
    for name, value in {
        "spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1", "spark.ui.enabled": "false",
        "spark.sql.shuffle.partitions": "3",
    }.items():  # fmt: skip
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    yield session
    session.stop()


def messy():
    """Valid rows and every fault that an engine can meet."""
    table = frame(600)
    wrong = frame(8, seed=9)
    wrong["quantity"] = [np.nan, -3.5, 1e300, 1e-9, 0.0000005, 2.0000005, 1.0000015, -2.0000025]
    wrong.loc[0, "activity"] = "water.supply"
    wrong["organisation"] = ["R1H", "R1H", "RR8", "RR8", "RX1", "RX1 ", " R0A", "R0A"]
    return pd.concat([table, wrong], ignore_index=True)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("keep", [(), ("month", "site")])
def test_an_engines_sums_are_those_of_the_table(engine, keep):
    table = messy()
    ours, theirs = nc.partial(table, keep=keep), nc.partial(engine(table), keep=keep)
    assert theirs == ours
    assert {kind: count for kind, (count, _) in theirs.faults.items()} == {
        kind: count for kind, (count, _) in ours.faults.items()
    }


@pytest.mark.parametrize("engine", ENGINES)
def test_a_footprint_is_calculated_from_an_engine(engine, method):
    table = frame(500)
    assert nc.calculate(engine(table), method) == nc.calculate(table, method)


@pytest.mark.parametrize("engine", ENGINES)
def test_what_an_engine_holds_is_refused_as_the_table_is(engine, method):
    table = frame(50)
    table.loc[3, "activity"] = "energy.natural_gaz"
    table.loc[4, "unit"] = None
    table.loc[5, "quantity"] = np.nan
    with pytest.raises(nc.SubmissionError) as error:
        nc.calculate(engine(table), method)
    found = {finding.code: finding.rows for finding in error.value.findings.refused}
    assert found == {"activity_unknown": 1, "unit_blank": 1, "quantity_not_a_number": 1}


@pytest.mark.parametrize("engine", ENGINES)
def test_lines_stay_in_the_engine_and_add_up(engine, method):
    table = frame(300)
    footprint = nc.calculate(table, method)
    lines = nw.from_native(nc.footprint.lines_in(engine(table), footprint)).lazy().collect("pandas").to_pandas()
    assert len(lines) == len(footprint.lines())
    assert lines["kgco2e"].sum() == pytest.approx(footprint.table["kgco2e"].sum(), rel=1e-12)
    assert {"factor_id", "package", "locator", "conversion", "factor", "theme", "scope"} <= set(lines.columns)


def test_lines_of_words_that_the_footprint_does_not_know_are_refused(method):
    footprint = nc.calculate(frame(30), method)
    table = frame(30)
    table["activity"] = "waste.domestic.landfill"
    with pytest.raises(UsageError, match="words that the footprint does not"):
        nc.footprint.lines_in(polars_lazy(table), footprint)


def test_quantities_that_are_text_are_refused(method):
    table = frame(10).astype({"quantity": str})
    with pytest.raises(UsageError, match="the column 'quantity' is String: cast it to a number"):
        nc.calculate(polars_lazy(table), method)


def test_an_empty_table_and_missing_columns_of_an_engine(method):
    with pytest.raises(nc.SubmissionError, match="the table has no rows"):
        nc.calculate(polars_lazy(frame(5)[:0]), method)
    with pytest.raises(nc.SubmissionError, match="column 'unit' is missing"):
        nc.calculate(polars_lazy(frame(5).drop(columns="unit")), method)


def test_sums_beyond_64_bits_are_exact_in_every_engine():
    row = {"organisation": "R01", "period": "2023/24", "activity": "water.supply", "unit": "m3", "quantity": 4e12}
    table = pd.DataFrame([row] * 9)
    for engine in ENGINES:
        assert nc.partial(engine(table)).total.tolist() == [9 * 4 * 10**18]


def test_spark_sums_to_the_same_bits(spark, method):
    table = messy()
    held = spark.createDataFrame(table).repartition(5)
    assert nc.partial(held) == nc.partial(table)
    valid = frame(400)
    footprint = nc.calculate(spark.createDataFrame(valid).repartition(4), method)
    assert footprint == nc.calculate(valid, method)
    lines = nc.footprint.lines_in(spark.createDataFrame(valid), footprint).toPandas()
    assert lines["kgco2e"].sum() == pytest.approx(footprint.table["kgco2e"].sum(), rel=1e-12)


def test_executors_read_the_files_themselves_and_send_back_the_same_sums(spark, tmp_path, method):
    """Only names of row groups go out: partitioned folders and single files, with what is kept."""
    pa = pytest.importorskip("pyarrow")
    pq = pytest.importorskip("pyarrow.parquet")
    table = messy()
    pq.write_table(pa.Table.from_pandas(table, preserve_index=False), tmp_path / "year.parquet", row_group_size=100)
    for keep in ((), ("site", "month")):
        sums = nc.sums.spark_partial(spark, tmp_path / "year.parquet", keep=keep, tasks=3)
        assert sums == nc.partial(tmp_path / "year.parquet", keep=keep) == nc.partial(table, keep=keep)
    valid = frame(300)
    pq.write_to_dataset(pa.Table.from_pandas(valid, preserve_index=False), tmp_path / "lake", partition_cols=["site"])
    sums = nc.sums.spark_partial(spark, tmp_path / "lake", keep="site")
    assert nc.calculate(sums, method) == nc.calculate(valid, method, keep="site")


def test_the_rows_of_any_table_are_added_in_the_executors(spark, method):
    """The same sums and counts as where Spark groups them itself, and no number of a row: a table in Spark has none."""
    pytest.importorskip("pyarrow")
    table = messy()
    held = spark.createDataFrame(table).repartition(3)
    for keep in ((), ("site", "month")):
        sums = nc.sums.spark_partial(spark, held, keep=keep)
        assert sums == nc.partial(table, keep=keep)
        assert sums.faults == nc.partial(held, keep=keep).faults
        assert sums.findings == ()
    assert nc.sums.spark_partial(spark, held.limit(0).union(held)) == nc.partial(table)  # some partitions have no rows
    valid = frame(300)
    assert nc.calculate(nc.sums.spark_partial(spark, spark.createDataFrame(valid)), method) == nc.calculate(
        valid, method
    )


def test_a_table_that_the_executors_cannot_add_is_refused(spark, method):
    pytest.importorskip("pyarrow")
    table = frame(4)
    held = spark.createDataFrame(table)
    with pytest.raises(UsageError, match="leave out tasks="):
        nc.sums.spark_partial(spark, held, tasks=2)
    with pytest.raises(UsageError, match="the column 'quantity' is String: cast it to a number"):
        nc.sums.spark_partial(spark, spark.createDataFrame(table.astype({"quantity": str})))
    with pytest.raises(nc.SubmissionError, match="the table has no rows"):
        nc.calculate(nc.sums.spark_partial(spark, held.limit(0)), method)
    with pytest.raises(nc.SubmissionError, match="column 'unit' is missing"):
        nc.calculate(nc.sums.spark_partial(spark, held.drop("unit")), method)
    with pytest.raises(nc.SubmissionError, match="the table has no header"):
        nc.calculate(nc.sums.spark_partial(spark, held.select(held["unit"].alias("anything"))), method)
    with pytest.raises(UsageError, match="a DataFrame is not a Spark table"):
        nc.sums.spark_partial(spark, table)
    with pytest.raises(UsageError, match="a NoneType is not a Spark table"):
        nc.sums.spark_partial(spark, None)


def test_wholly_blank_rows_of_a_spark_table_are_left_out_whoever_adds_it(spark, method):
    from pyspark.sql.functions import lit  # noqa: PLC0415  where Spark is

    pytest.importorskip("pyarrow")
    valid = spark.createDataFrame(frame(6))
    held = valid.union(spark.createDataFrame([(None,) * len(valid.columns)] * 3, valid.schema))
    ours, theirs = nc.sums.spark_partial(spark, held), nc.partial(held)
    assert ours == theirs == nc.partial(frame(6))
    noted = spark.createDataFrame([(None,) * len(valid.columns)] * 3, valid.schema).withColumn("note", lit("see above"))
    held = valid.withColumn("note", lit(None).cast("string")).union(noted)
    ours, theirs = nc.sums.spark_partial(spark, held), nc.partial(held)
    assert ours == theirs
    assert ours.read == 9
    assert ours.faults == theirs.faults == {"not_a_number": (3, ())}
    with pytest.raises(nc.SubmissionError, match="organisation is empty"):
        nc.calculate(ours, method)


def test_a_senders_own_factor_columns_are_never_multiplied_with(method):
    """A table that has columns `factor` and `conversion` of its own must not be joined over them."""
    table = frame(20)
    footprint = nc.calculate(table, method)
    with pytest.raises(UsageError, match="rename conversion, factor"):
        nc.footprint.lines_in(polars_lazy(table.assign(factor=7.0, conversion=3.0)), footprint)


def test_an_empty_table_in_the_executors_is_no_footprint_of_zero(spark, tmp_path, method):
    pa = pytest.importorskip("pyarrow")
    pq = pytest.importorskip("pyarrow.parquet")
    pq.write_table(pa.Table.from_pandas(frame(3)[:0], preserve_index=False), tmp_path / "empty.parquet")
    with pytest.raises(nc.SubmissionError, match="the table has no rows"):
        nc.calculate(nc.sums.spark_partial(spark, tmp_path / "empty.parquet"), method)
