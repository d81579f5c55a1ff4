"""At the edge: rounding, text, HTML and files. Nothing here changes a number that is kept."""

from __future__ import annotations

import os
import tempfile
import textwrap
from decimal import ROUND_HALF_UP, Decimal
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from nhscarbon.errors import UsageError

if TYPE_CHECKING:
    from nhscarbon.footprint import Footprint

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def tonnes(value: float, places: int = 2) -> str:
    """Return tonnes for a reader, rounded half up as people do by hand.

    >>> tonnes(18.385)
    '18.39'
    """
    rounded = Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return f"{rounded if rounded else abs(rounded):,}"  # no minus before a nought


def number(value: object) -> str:
    """Return a number with separators and all the decimals that it has.

    >>> number(100000.0)
    '100,000'
    """
    text = f"{Decimal(repr(float(str(value)))):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def table_text(frame: pd.DataFrame, *, places: int = 2) -> str:
    """Return a frame as aligned text; tonnes are rounded half up."""
    columns = []
    for name in frame.columns:
        is_number = pd.api.types.is_numeric_dtype(frame[name].dtype)
        cells = [
            tonnes(value, places) if name == "tco2e" else number(value) if is_number else str(value)
            for value in frame[name].tolist()
        ]
        width = max([len(str(name)), *map(len, cells)])
        align = str.rjust if is_number else str.ljust
        columns.append([align(cell, width) for cell in (str(name), *cells)])
    return "\n".join("  ".join(cells).rstrip() for cells in zip(*columns, strict=True))


def csv_text(frame: pd.DataFrame) -> str:
    """Return a frame as CSV in which no text can start a formula in a spreadsheet (CWE-1236)."""
    safe = frame.copy()
    for name in safe.columns:
        if not pd.api.types.is_numeric_dtype(safe[name].dtype):
            safe[name] = [guarded(str(value)) for value in safe[name].tolist()]
    text: str = safe.to_csv(index=False, lineterminator="\n")
    return text


def guarded(text: str) -> str:
    """Put an apostrophe before a text that a spreadsheet would run."""
    return "'" + text if text.lstrip(" ").startswith(FORMULA_STARTS) else text


def write_text(path: Path, text: str, *, overwrite: bool) -> Path:
    """Write a file whole or not at all.

    Raises
    ------
    UsageError
        If it cannot be written, or exists and may not be replaced.
    """
    try:
        if path.is_dir():
            raise UsageError(f"'{path}' is a folder; name a file in it")
        if path.exists() and not overwrite:
            raise UsageError(f"'{path}' is there already; choose another name, or say that it may be replaced")
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as stream:
                stream.write(text)
                stream.flush()
                os.fsync(stream.fileno())
            Path(temporary).chmod(0o644)
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise UsageError(f"'{str(path)[:120]}' cannot be written: {error.strerror}") from error
    return path


def footprint_text(footprint: Footprint) -> str:
    """Return a footprint as one screen of text."""
    who = footprint.sums.columns["organisation"].labels
    years = footprint.sums.columns["period"].labels
    body = who[0] if len(who) == 1 else f"{len(who):,} organisations"
    span = "no rows" if not years else years[0] if len(years) == 1 else f"{years[0]} to {years[-1]}"
    method = footprint.method
    stamp = footprint.stamp
    text = [f"Footprint of {body}, {span}, by {method.id} ({method.status})", ""]
    totals = footprint.totals
    shown = next((name for name in (method.headline, *totals) if totals[name] is not None), None)
    for name, total in totals.items():
        text.append(f"  {name:26}{'not available' if total is None else tonnes(total) + ' tCO2e':>24}")
    if shown is not None:
        text += ["", f"  {shown} by theme and scope"]
        text += ["    " + line for line in table_text(footprint.by("theme", "scope", boundary=shown)).splitlines()]
    if totals[method.headline] is None:
        missing = sorted({f"{component} of {key.activity}" for key, component in footprint.blocked(method.headline)})
        text += [
            "",
            *_wrapped(f"{method.headline} is not available; not published for this period: {', '.join(missing)}"),
        ]
    left = footprint.not_counted
    if len(left):
        names = sorted(left["activity"].unique().tolist())
        text += ["", *_wrapped(f"not counted, for want of a published factor: {', '.join(names)}")]
    counts = ", ".join(f"{count:,} {severity}" for severity, count in footprint.report.counts.items() if count)
    text += [
        "",
        f"  {stamp.rows:,} rows; findings: {counts or 'none'}",
        f"  method {stamp.methodology_digest[:12]}, input {stamp.input_sha256[:12]}, nhscarbon {stamp.code_version}",
    ]
    return "\n".join(text)


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, 100, initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False)


def footprint_html(footprint: Footprint) -> str:
    """Return a footprint as a small HTML table: inline style, no script, every text escaped."""
    first, *_ = footprint_text(footprint).splitlines()
    totals = "".join(
        f"<tr><th scope='row' style='text-align:left'>{escape(name)}</th>"
        f"<td style='text-align:right'>{'not available' if total is None else tonnes(total)}</td></tr>"
        for name, total in footprint.totals.items()
    )
    themes = ""
    shown = next((name for name, total in footprint.totals.items() if total is not None), None)
    if shown is not None:
        rows = footprint.by("theme", "scope", boundary=shown)
        body = "".join(
            f"<tr><th scope='row' style='text-align:left'>{escape(theme)}</th><td>{escape(scope)}</td>"
            f"<td style='text-align:right'>{tonnes(value)}</td></tr>"
            for theme, scope, value in zip(rows["theme"], rows["scope"], rows["tco2e"], strict=True)
        )
        themes = (
            f"<table><caption style='text-align:left'>{escape(shown)}</caption><thead><tr><th scope='col'>theme</th>"
            f"<th scope='col'>scope</th><th scope='col'>tCO2e</th></tr></thead><tbody>{body}</tbody></table>"
        )
    stamp = footprint.stamp
    return (
        f"<div><p><strong>{escape(first)}</strong></p>"
        f"<table><caption style='text-align:left'>Totals by boundary</caption><thead><tr><th scope='col'>boundary</th>"
        f"<th scope='col'>tCO2e</th></tr></thead><tbody>{totals}</tbody></table>{themes}"
        f"<p>{stamp.rows:,} rows, {len(footprint.report)} findings, "
        f"{len(footprint.not_counted)} quantities not counted; "
        f"method {stamp.methodology_digest[:12]}, input {stamp.input_sha256[:12]}</p></div>"
    )
