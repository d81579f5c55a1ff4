"""The same sum where the data live: Polars, DuckDB, Dask, Ibis and Spark group and add, and only groups come back.

The engines add the integers that the accumulator adds, in two limbs, so the bits agree whatever their
threads, partitions and order. Row by row nothing leaves them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from nhscarbon.activity import schema
from nhscarbon.activity.columns import BLANK, Column, Mask
from nhscarbon.activity.header import Answers, Header, read_header
from nhscarbon.activity.month_columns import month_columns
from nhscarbon.activity.readers.from_arrow import coded_column
from nhscarbon.activity.readers.from_frame import no_rows, spelt_findings
from nhscarbon.errors import UnreadableError, UsageError
from nhscarbon.findings import Finding
from nhscarbon.methods.units import MICRO, Units, decimals_of
from nhscarbon.periods import month_of, year_of
from nhscarbon.sums import arithmetic
from nhscarbon.sums.arithmetic import LARGEST, LIMB, NOISE, NOTHING
from nhscarbon.sums.cells import SummedCells, ascending
from nhscarbon.sums.partial_sums import KEY, PartialSums, of_cells
from nhscarbon.sums.row_faults import FAULTS

if TYPE_CHECKING:
    import pyarrow as pa
    from narwhals.typing import IntoFrame

COUNTS = (("rows", "negative"), ("rounded", "not_a_number"), ("too_large", "too_small"))  # two of 32 bits in one sum
WORDS = (nw.String, nw.Categorical, nw.Enum)  # what a code may be
SUMS = ("high", "low", *("_".join(pair) for pair in COUNTS))


def sum_in_engine(
    table: nw.LazyFrame[Any], *, keep: tuple[str, ...], units: Units, answers: Answers = ()
) -> PartialSums:
    """Return the partial sums of an engine's table; the grouping and the adding are the engine's.

    Parameters
    ----------
    table : narwhals.LazyFrame
        Of Polars, DuckDB, Dask, Ibis or PySpark.
    keep : tuple of str
        Further columns to keep apart.
    units : Units
        Whose decimal scales apply.
    answers : tuple, optional
        What a mapping says of the columns.

    Raises
    ------
    UsageError
        If the quantities are no numbers: an engine cannot say which cell holds a text.
    """
    if find_spec("pyarrow") is None:
        raise UnreadableError(
            'tables of engines come back as Arrow, which needs an extra: pip install "nhscarbon[arrow]"'
        )
    frame, findings, header = named_as_ours(table, answers)
    kinds = dict(frame.collect_schema())
    names = (*KEY, *(name for name in keep if name != "month"))
    refuse_text(kinds)
    words = _distinct(frame, kinds, ("period", "unit"))
    findings += header.differing([unit.strip() for unit in words["unit"] if unit.strip()], "")
    scales = {unit: decimals_of(units, unit.strip()) for unit in words["unit"]}
    years = {text: year_of(text.strip()) for text in words["period"]}
    months = {text: month_of(text.strip()) for text in words["period"]} if "month" in keep else {}
    keys = {name: word_of(name, kinds) for name in names} | {"period": _chosen(word_of("period", kinds), years)}
    if months:
        keys["month"] = _chosen(word_of("period", kinds), months)
    grouped = _grouped(frame, kinds, keys, scales)
    decimals = {**{unit.strip(): scale for unit, scale in scales.items()}, "": MICRO}
    sums = _partial(grouped, (*KEY, *keep), decimals, lambda: _blank_rows(frame, kinds))
    none = () if len(sums) or any(finding.refuses for finding in findings) else (no_rows(""),)
    spelt = spelt_findings(dict.fromkeys(text.strip() for text in words["period"]), "")
    return replace(sums, findings=(*findings, *spelt, *none), keep=keep)


def named_as_ours(frame: nw.LazyFrame[Any], answers: Answers = ()) -> tuple[nw.LazyFrame[Any], list[Finding], Header]:
    """Return a table with known columns in our own spelling, what is to be said of its header, and the header."""
    columns = [str(name) for name in frame.collect_schema().names()]
    header = read_header(columns, answers)
    if month_columns(header):
        raise UnreadableError(
            "the table has months across, and an engine sums rows as they are",
            advice="collect it and give the frame, or unpivot it to one row for each month",
        )
    if header.twice:
        raise UnreadableError(f"the table has the column '{header.twice}' more than once")
    other = {before: name for before, name in zip(columns, header.names, strict=True)
             if before != name and (name in schema.NAMES or before in schema.NAMES)}  # fmt: skip
    frame = frame.rename(other) if other else frame
    if header.words:
        frame = frame.with_columns(**{name: nw.lit(word) for name, word in header.words.items()})
    return frame, header.notes(""), header


def blank(kinds: Mapping[str, nw.dtypes.DType]) -> nw.Expr:
    """Return whether a row has nothing in any column of an activity table: it is the end of a sheet, not a fault."""
    known = [name for name in kinds if name in schema.NAMES]
    return nw.all_horizontal(
        *(nw.col(name).is_null() if kinds[name].is_numeric() else
          nw.col(name).cast(nw.String()).fill_null("").str.strip_chars() == "" for name in known),
        ignore_nulls=False,
    )  # fmt: skip


def refuse_text(kinds: Mapping[str, nw.dtypes.DType]) -> None:
    """Refuse a table whose quantities are no numbers, or whose codes are no text: an engine cannot say which cell."""
    for name in ("quantity", "estimated_share"):
        if name in kinds and not kinds[name].is_numeric():
            raise UsageError(f"the column '{name}' is {kinds[name]}: cast it to a number before it is summed")
    for name, kind in kinds.items():
        if name in schema.NAMES and not (kind.is_numeric() or isinstance(kind, WORDS)):
            if name == "period" and isinstance(kind, nw.Date | nw.Datetime):
                continue
            what = "a number" if name in schema.NUMERIC else "text"
            raise UsageError(f"the column '{name}' is {kind}: cast it to {what} before it is summed")


def lazy(source: IntoFrame) -> nw.LazyFrame[Any]:
    """Return an engine's table in the words that all of them share."""
    frame: nw.LazyFrame[Any] = nw.from_native(source).lazy()
    return frame


def word_of(name: str, kinds: Mapping[str, nw.dtypes.DType]) -> nw.Expr:
    """Return a column as text, an empty cell and a missing column as the empty word."""
    if name not in kinds:
        return nw.lit("")
    if name == "estimated_share":
        return nw.col(name).cast(nw.Float64())
    return nw.col(name).cast(nw.String()).fill_null("")


def _chosen(word: nw.Expr, meanings: Mapping[str, str]) -> nw.Expr:
    """Return what words mean: a branch for each meaning, whatever the number of words."""
    said: dict[str, list[str]] = {}
    for text, meaning in meanings.items():
        if text != meaning:
            said.setdefault(meaning, []).append(text)
    found = word
    for meaning, texts in said.items():
        found = nw.when(word.is_in(texts)).then(nw.lit(meaning)).otherwise(found)
    return found


def _distinct(
    frame: nw.LazyFrame[Any], kinds: Mapping[str, nw.dtypes.DType], names: tuple[str, ...]
) -> dict[str, list[str]]:
    found = {}
    for name in names:  # grouped and not `unique`, which keeps a whole row of each and is several times as slow
        words = frame.select(word=word_of(name, kinds)).group_by("word").agg(rows=nw.len()).collect("pyarrow")
        found[name] = sorted({str(text) for text in words["word"].to_list()})
    return found


def _grouped(
    frame: nw.LazyFrame[Any],
    kinds: Mapping[str, nw.dtypes.DType],
    keys: Mapping[str, nw.Expr],
    scales: Mapping[str, int],
) -> pa.Table:
    """Let the engine group and add by the columns that there are; return the groups."""
    missing = nw.lit(None).cast(nw.Float64())
    quantity = nw.col("quantity").cast(nw.Float64()) if "quantity" in kinds else missing
    power = nw.lit(float(10**MICRO))
    for unit, places in scales.items():
        if places != MICRO:
            power = nw.when(word_of("unit", kinds) == unit).then(nw.lit(float(10**places))).otherwise(power)
    rows = frame.select(**keys, q=quantity, s=quantity * power)
    # each step is a column of its own, so that an engine calculates it once
    number = ~nw.col("q").is_null() & nw.col("q").is_finite()
    rows = rows.with_columns(s=nw.when(number).then(nw.col("s")).otherwise(nw.lit(0.0)), number=number)
    size = nw.col("s").abs()
    rows = rows.with_columns(
        too_large=nw.col("number") & (size >= LARGEST),
        too_small=nw.col("number") & (nw.col("q") != 0) & (size <= NOTHING),
    )
    good = nw.col("number") & ~nw.col("too_large") & ~nw.col("too_small")
    rows = rows.with_columns(good=good).with_columns(s=nw.when(nw.col("good")).then(nw.col("s")).otherwise(nw.lit(0.0)))
    rows = rows.with_columns(f=nw.col("s").floor())
    over, odd = nw.col("s") - nw.col("f"), (nw.col("f") / 2).floor() * 2 != nw.col("f")
    rows = rows.with_columns(w=nw.col("f") + ((over > 0.5) | ((over == 0.5) & odd)).cast(nw.Float64()))
    rows = rows.with_columns(h=(nw.col("w") / 2.0**LIMB).floor())
    flags = {
        "rows": nw.col("good"),
        "negative": nw.col("good") & (nw.col("q") < 0),
        "rounded": nw.col("good") & ((nw.col("s") - nw.col("w")).abs() > nw.col("s").abs() * NOISE),
        "not_a_number": ~nw.col("number"),
        "too_large": nw.col("too_large"),
        "too_small": nw.col("too_small"),
    }
    counted = {name: flag.fill_null(value=False).cast(nw.Int64()) for name, flag in flags.items()}
    given = [name for name in keys if name in kinds or name == "month"]
    rows = rows.select(
        *given,
        high=nw.col("h").cast(nw.Int64()),
        low=(nw.col("w") - nw.col("h") * 2.0**LIMB).cast(nw.Int64()),
        **{"_".join(pair): counted[pair[0]] + counted[pair[1]] * 2**LIMB for pair in COUNTS},
    )
    added = {name: nw.col(name).sum() for name in SUMS}
    found = rows.group_by(*given).agg(**added) if given else rows.select(**added)
    table: pa.Table = found.collect("pyarrow").to_native()
    return table


def _partial(
    groups: pa.Table, names: tuple[str, ...], decimals: Mapping[str, int], blank_rows: Callable[[], int]
) -> PartialSums:
    """Return groups as partial sums: words that differ in surrounding space only are one.

    Wholly blank rows are counted only where a cell may hold some, and left out, as every other way of reading does.
    """
    sums = {name: groups.column(name).to_numpy().astype(np.int64) for name in SUMS}
    counts: dict[str, NDArray[np.int64]] = {}
    for pair in COUNTS:
        both = sums["_".join(pair)]
        counts |= {pair[0]: both & (2**LIMB - 1), pair[1]: both >> LIMB}
    columns = {name: _column(name, groups) for name in names}
    codes = [np.where(column.codes == BLANK, len(column.labels), column.codes) for column in columns.values()]
    cell, found = arithmetic.group(codes, [len(column.labels) + 1 for column in columns.values()])

    def added(values: NDArray[np.int64]) -> NDArray[np.int64]:
        total = np.zeros(len(found), np.int64)
        np.add.at(total, cell, values)
        return total

    high, low = added(sums["high"]), added(sums["low"])
    whole = arithmetic.of_limbs(high, low)
    unsummed = sum((counts[kind] for kind in FAULTS), np.zeros(len(cell), np.int64))
    labels = {name: (*column.labels, "") for name, column in columns.items()}
    cells = SummedCells({name: Column(found[:, place], labels[name]) for place, name in enumerate(names)}, whole,
                  added(counts["rows"]), added(counts["negative"]), added(unsummed))  # fmt: skip
    cells = ascending(cells, {name: tuple(sorted(each)) for name, each in labels.items()})
    met = {kind: int(counts[kind].sum()) for kind in (*FAULTS, "rounded")}
    nameless = _nameless(cells)
    if nameless.any():
        rows = blank_rows()
        cells = replace(cells, unsummed=np.where(nameless, cells.unsummed - rows, cells.unsummed))
        met["not_a_number"] -= rows
    faults = {kind: (rows, ()) for kind, rows in met.items() if rows}
    return replace(of_cells(cells, decimals, names), faults=faults)


def _nameless(cells: SummedCells) -> Mask:
    """Return the cells without any word and with rows whose quantity is none: there wholly blank rows may be."""
    found = cells.unsummed > 0
    for column in cells.columns.values():
        blank = [code for code, label in enumerate(column.labels) if not label]
        found = found & np.isin(column.codes, [BLANK, *blank])
    return found


def _blank_rows(frame: nw.LazyFrame[Any], kinds: Mapping[str, nw.dtypes.DType]) -> int:
    found = frame.select(n=blank(kinds).cast(nw.Int64())).select(n=nw.col("n").sum()).collect("pyarrow")
    return int(found["n"].to_list()[0] or 0)


def _column(name: str, groups: pa.Table) -> Column:
    if name not in groups.column_names:
        return Column(np.broadcast_to(np.int8(BLANK), groups.num_rows), ())
    if name != "estimated_share":
        return coded_column(groups.column(name))
    shares = groups.column(name).to_numpy(zero_copy_only=False).astype(np.float64)
    found, codes = np.unique(shares[~np.isnan(shares)] + 0.0, return_inverse=True)
    spread = np.full(len(shares), BLANK, np.int32)
    spread[~np.isnan(shares)] = codes
    return Column(spread, tuple(repr(float(share)) for share in found))
