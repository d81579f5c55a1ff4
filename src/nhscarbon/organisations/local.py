"""What a system knows of itself: places, and trusts in several boards, in front of a release."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from nhscarbon.errors import UnreadableError, UsageError
from nhscarbon.organisations.load import memberships_of
from nhscarbon.organisations.register import ALWAYS_FROM, ALWAYS_TO, Organisations, day_number, day_text
from nhscarbon.organisations.shares import LEVELS
from nhscarbon.organisations.soundness import circles, shares_of_members

if TYPE_CHECKING:
    import pandas as pd

NEEDED, MAY = ("child", "parent", "level"), ("share", "valid_from", "valid_to", "source")
MOST = 200 << 20  # bytes of such a table
Row = Mapping[str, str]


def with_local(organisations: Organisations, table: pd.DataFrame | str | Path) -> Organisations:
    """Return a release with rows of one's own in front.

    Parameters
    ----------
    organisations : Organisations
    table : pandas.DataFrame or path of a CSV file
        ``child``, ``parent`` and ``level`` (such as ``place`` or ``icb``), and where they matter ``share`` (1 when
        left out), ``valid_from`` (the first day), ``valid_to`` (the day after the last) and ``source``. On the days
        that they cover, rows of a body and level stand for all that the release says of it there.

    Returns
    -------
    Organisations

    Raises
    ------
    UsageError
        If a column is missing, a level or day unknown, or shares of a body do not add up to 1: every error is named.
    """
    rows = _rows(table)
    faults = [f"row {n}: level '{row['level']}' is none of {', '.join(LEVELS)}"
              for n, row in enumerate(rows, start=2) if row["level"] not in LEVELS]  # fmt: skip
    if faults:
        raise UsageError("local memberships cannot be used: " + "; ".join(faults))
    codes = organisations.codes
    new = tuple(sorted({row[name] for row in rows for name in ("child", "parent")} - set(codes)))
    number = {code: place for place, code in enumerate((*codes, *new))}
    members = memberships_of([*_outside(organisations, rows), *rows], number, organisations.memberships.levels)
    excused = {(row["child"], row["level"]) for row in rows} | {(gap.code, gap.about) for gap in organisations.gaps}
    faults = shares_of_members(members, (*codes, *new), excused)
    faults += circles(members.child, members.parent, (*codes, *new), "is a member of itself through")
    if faults:
        raise UsageError("local memberships cannot be used: " + "; ".join(faults))
    return replace(
        organisations, codes=(*codes, *new), memberships=members,
        opened=np.append(organisations.opened, np.full(len(new), ALWAYS_FROM, np.int32)),
        closed=np.append(organisations.closed, np.full(len(new), ALWAYS_TO, np.int32)),
    )  # fmt: skip


def csv_table(path: str | Path) -> pd.DataFrame:
    """Read a small CSV table as text.

    Raises
    ------
    UnreadableError
        If there is no such file, or it is no CSV in UTF-8.
    """
    import pandas as pd  # noqa: PLC0415  it takes time to load

    try:
        if not Path(path).is_file():
            raise FileNotFoundError("there is no such file")
        with Path(path).open("rb") as stream:  # as it lies there: never an address, or something to unpack
            content = stream.read(MOST + 1)
        if len(content) > MOST:
            raise ValueError(f"it is larger than {MOST >> 20} MiB")
        return pd.read_csv(io.BytesIO(content), dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        raise UnreadableError(f"'{str(path)[:120]}' cannot be read as a CSV table in UTF-8: {error}") from error


def _rows(table: pd.DataFrame | str | Path) -> list[Row]:
    import pandas as pd  # noqa: PLC0415  it takes time to load

    frame = table if isinstance(table, pd.DataFrame) else csv_table(table)
    missing = [name for name in NEEDED if name not in frame.columns]
    if missing:
        raise UsageError(f"local memberships have no column {', '.join(missing)}; they need {', '.join(NEEDED)}")
    told = [
        {str(name): str(value).strip() for name, value in row.items()} for row in frame.fillna("").to_dict("records")
    ]
    return [
        {**{name: row.get(name, "") for name in (*NEEDED, *MAY)}, "share": row.get("share") or "1",
         "source": row.get("source") or "local", "inferred": ""}
        for row in told
    ]  # fmt: skip


def _outside(organisations: Organisations, rows: Iterable[Row]) -> list[Row]:
    """Return the release's rows on the days that no local row of the same body and level covers."""
    spans: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for row in rows:
        span = (day_number(row["valid_from"]) if row["valid_from"] else ALWAYS_FROM,
                day_number(row["valid_to"]) if row["valid_to"] else ALWAYS_TO)  # fmt: skip
        spans.setdefault((row["child"], row["level"]), []).append(span)
    members, codes = organisations.memberships, organisations.codes
    kept: list[Row] = []
    for n in range(len(members.child)):
        child, level = codes[members.child[n]], members.levels[members.level[n]]
        pieces = [(int(members.start[n]), int(members.end[n]))]
        for low, high in spans.get((child, level), ()):
            pieces = [
                piece
                for start, end in pieces
                for piece in ((start, min(end, low)), (max(start, high), end))
                if piece[0] < piece[1]
            ]
        for start, end in pieces:
            kept.append({
                "child": child, "parent": codes[members.parent[n]], "level": level,
                "share": repr(float(members.share[n])), "valid_from": day_text(start), "valid_to": day_text(end),
                "source": members.source[n], "inferred": "yes" if members.inferred[n] else "",
            })  # fmt: skip
    return kept
