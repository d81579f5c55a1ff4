"""Rows with their factors as a join that stays in the engine: nothing is collected but the distinct words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import narwhals as nw
import numpy as np
import pandas as pd

from nhscarbon.activity.encoding import code_text
from nhscarbon.checks.words import key_words
from nhscarbon.errors import UsageError
from nhscarbon.footprint.factor_lines import FACTOR_WORDS, factor_lines
from nhscarbon.footprint.footprint import Footprint
from nhscarbon.sums.combinations import keys_of
from nhscarbon.sums.sum_in_engine import lazy, word_of

if TYPE_CHECKING:
    from narwhals.typing import IntoFrame

OURS = "nhscarbon_"  # before columns that are there for the join alone
RAW = ("activity", "unit", "period", "geography")  # what a row's factors depend on, as sent


def lines_in(source: IntoFrame, footprint: Footprint) -> object:
    """Return the rows of an engine's table with their factors and kgCO2e, without collecting them.

    Parameters
    ----------
    source : lazy frame
        The table that the footprint was calculated from, or some of its rows.
    footprint : Footprint
        Whose factors apply.

    Returns
    -------
    lazy frame
        Of the same engine: the columns sent, those of the factors, and ``kgco2e``; a row and factor each.
        Rows that were not counted have none.

    Raises
    ------
    UsageError
        If the table holds words that the footprint does not, or has columns of its own where the factors go.
    """
    frame = lazy(source)
    kinds = dict(frame.collect_schema())
    taken = sorted({*FACTOR_WORDS, "conversion", "factor", "kgco2e"} & kinds.keys())
    if taken:
        raise UsageError(f"the table has columns of its own where the factors go: rename {', '.join(taken)}")
    sent = _distinct_rows(frame, kinds)
    known, found = key_words({name: code_text(sent[name]) for name in RAW}, len(sent), footprint.method)
    of_cells, keys = keys_of(found)
    strangers = [each for each in keys if each not in footprint.resolutions]
    if strangers or not known.all():
        raise UsageError("the table has words that the footprint does not: calculate it first")
    by_key = factor_lines(of_cells, keys, footprint.resolutions)
    key = by_key.key
    place = np.repeat(np.arange(len(sent)), by_key.count[key])
    start = np.cumsum(by_key.count) - by_key.count
    first = np.cumsum(by_key.count[key]) - by_key.count[key]
    line = np.arange(len(place)) + np.repeat(start[key] - first, by_key.count[key])
    factors = {f"{OURS}{name}": sent[name].to_numpy()[place] for name in RAW}
    for name in FACTOR_WORDS:
        column = by_key.column(name)
        factors[f"{OURS}of_{name}"] = np.array(column.labels, dtype=object)[column.codes[line]]
    factors |= {f"{OURS}of_conversion": by_key.numbers[0][line], f"{OURS}of_factor": by_key.numbers[1][line]}
    small = _beside(frame, pd.DataFrame(factors))
    marked = frame.with_columns(**{f"{OURS}{name}": word_of(name, kinds) for name in RAW})
    joined = marked.join(small, on=[f"{OURS}{name}" for name in RAW], how="inner")
    conversion, factor = nw.col(f"{OURS}of_conversion"), nw.col(f"{OURS}of_factor")
    kgco2e = nw.col("quantity").cast(nw.Float64()) * conversion * factor
    ours = {name: nw.col(f"{OURS}of_{name}") for name in (*FACTOR_WORDS, "conversion", "factor")}
    lines = joined.with_columns(**ours, kgco2e=kgco2e)
    return lines.drop([*(f"{OURS}{name}" for name in RAW), *(f"{OURS}of_{name}" for name in ours)]).to_native()


def _distinct_rows(frame: nw.LazyFrame[Any], kinds: Mapping[str, nw.dtypes.DType]) -> pd.DataFrame:
    chosen = frame.select(**{name: word_of(name, kinds) for name in RAW}).unique().collect("pyarrow")
    return pd.DataFrame({name: chosen[name].to_list() for name in RAW}, dtype=object)


def _beside(frame: nw.LazyFrame[Any], small: pd.DataFrame) -> nw.LazyFrame[Any]:
    """Bring a small table into the engine of a frame."""
    kind = frame.implementation
    native: Any = frame.to_native()
    if kind.is_polars():
        import polars  # noqa: PLC0415  the caller's own engine

        return lazy(polars.from_pandas(small).lazy())
    if kind.is_pyspark():
        return lazy(native.sparkSession.createDataFrame(small))
    if kind.is_dask():
        import dask.dataframe  # noqa: PLC0415

        made: Any = dask.dataframe
        return lazy(made.from_pandas(small, npartitions=1))
    if kind.is_ibis():
        import ibis  # noqa: PLC0415

        return lazy(ibis.memtable(small))
    import duckdb  # noqa: PLC0415

    return lazy(duckdb.from_arrow(_arrow(small)))


def _arrow(small: pd.DataFrame) -> object:
    import pyarrow  # noqa: PLC0415  DuckDB's own way in

    return pyarrow.Table.from_pandas(small, preserve_index=False)
