"""A return and an earlier version of it: what changed, row by row, with tonnes, and which findings that closed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass
from math import fsum, isnan
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nhscarbon.activity.columns import BLANK
from nhscarbon.checks.row_words import SENT, JoinedRows, Numbers, RowWords, common, joined
from nhscarbon.findings import Finding, Findings
from nhscarbon.footprint.label import boundary_name
from nhscarbon.methods.methodology import Methodology
from nhscarbon.methods.units import KG_PER_TONNE
from nhscarbon.output.results import TableResult
from nhscarbon.output.tables import is_missing, number, tonnes, with_sign
from nhscarbon.output.text import screen, shown
from nhscarbon.submissions.closed_findings import findings_by_fate
from nhscarbon.submissions.row_pairs import CHANGED, MOVED, SAME, STEPS, Pairs, pairs_of, words_that_differ

ADDED, LEFT_OUT = "added", "left_out"
KINDS = (CHANGED, MOVED, ADDED, LEFT_OUT)
IN_WORDS = {CHANGED: "changed", MOVED: "moved", ADDED: "added", LEFT_OUT: "left out"}
SHOWN, LISTED = 5, 10  # findings of a kind, and changes, that a text lists


@dataclass(frozen=True, eq=False, repr=False)
class Resubmission(TableResult):
    """What a return changed of an earlier version of itself.

    Attributes
    ----------
    table : pandas.DataFrame
        A row for each change, the largest first: kind (``changed``: another quantity, or its unit; ``moved``: the same
        quantity under another word; ``added``; ``left_out``), organisation, site, period (the month, or the NHS year),
        activity, unit, quantity_before, quantity, quantity_change, tco2e_before, tco2e, tco2e_change, was (the words
        that it had before), sheet, row, sheet_before and row_before (as the file has them; missing where only sums are
        given). Quantities are in `unit`, which is that of the new version. Tonnes are in `boundary`, for each row as it
        is clearly meant. Where they cannot be told they are missing, and add nothing to the change.
    closed, opened, remaining : tuple of Finding
        Errors and warnings of the earlier version that are gone, that are new, and that are still there.
    tco2e_before, tco2e : float
        Of all rows that can be told [tCO2e]; their difference is the sum of ``tco2e_change``.
    unchanged : int
        Rows that say the same; of these `reworded` say it in other words.
    boundary : str
        The boundary of the tonnes.
    by_row : bool
        Whether rows were compared; else sums by organisation, period, activity and unit.
    """

    closed: tuple[Finding, ...]
    opened: tuple[Finding, ...]
    remaining: tuple[Finding, ...]
    tco2e_before: float
    tco2e: float
    unchanged: int
    reworded: int
    boundary: str
    by_row: bool = True

    @property
    def tco2e_change(self) -> float:
        """What the return comes to now less what it came to before [tCO2e]: the sum of the table."""
        return fsum(self._table["tco2e_change"].dropna())

    @property
    def counts(self) -> dict[str, int]:
        """The number of changes of each kind."""
        found = Counter(self._table["kind"].tolist())
        return {kind: found[kind] for kind in KINDS}

    def _title(self) -> str:
        told = ", ".join(f"{count:,} {IN_WORDS[kind]}" for kind, count in self.counts.items() if count)
        what = "rows" if self.by_row else "sums"
        same = f"{self.unchanged:,} unchanged" + (f" ({self.reworded:,} in other words)" if self.reworded else "")
        return f"Against the earlier version, {what}: {told + '; ' if told else ''}{same}."

    def _about(self) -> dict[str, object]:
        return {
            "boundary": self.boundary, "tco2e_before": self.tco2e_before, "tco2e": self.tco2e,
            "tco2e_change": self.tco2e_change, "changes": self.counts, "unchanged": self.unchanged,
            "reworded": self.reworded, "by_row": self.by_row,
            **{name: [_said(each) for each in getattr(self, name)] for name in ("closed", "opened", "remaining")},
        }  # fmt: skip

    def __str__(self) -> str:
        told, *notes = self._notes()
        lines = [_line(each) for each in self._table.head(LISTED).to_dict("records")]
        left = len(self._table) - len(lines)
        more = [f"and {left:,} more changes"] if left > 0 else []
        return screen([self._title(), *(f"  {each}" for each in (told, *lines, *more, *notes))])

    def _notes(self) -> Iterable[str]:
        yield (
            f"{boundary_name(self.boundary)}: {tonnes(self.tco2e_before)} tCO2e before, {tonnes(self.tco2e)} now "
            f"({with_sign(self.tco2e_change, 2)})."
        )
        unknown = int(self._table["tco2e_change"].isna().sum())
        if unknown:
            yield f"{unknown:,} of the changes cannot be weighed and {'is' if unknown == 1 else 'are'} in no total."
        yield (
            f"Errors and warnings: {len(self.closed):,} closed, {len(self.opened):,} opened, "
            f"{len(self.remaining):,} remain."
        )
        for name, what in (("closed", "Closed"), ("opened", "Opened")):
            each = getattr(self, name)
            yield from (f"{what}: {_one(found)}" for found in each[:SHOWN])
            if len(each) > SHOWN:
                yield f"{what}: {len(each) - SHOWN:,} more"


def _line(change: Mapping[Hashable, Any]) -> str:
    """Return one change as a line: where it is, what it is about, how much it was and is, and the tonnes."""
    kind = IN_WORDS[change["kind"]]
    rows = [(change["sheet"], change["row"], ""), (change["sheet_before"], change["row_before"], " before")]
    told = [f"row {row}{f' of {sheet!r}' if sheet else ''}{when}" for sheet, row, when in rows if not is_missing(row)]
    about = " ".join(filter(None, (change[name] for name in ("organisation", "site", "period", "activity"))))
    before, now = (f"{number(each)} {change['unit']}" if not isnan(each) else "no number"
                   for each in (change["quantity_before"], change["quantity"]))  # fmt: skip
    if " unit " in f" {change['was']} ":
        before = before.removesuffix(f" {change['unit']}")
    amount = {CHANGED: f"{before} before, {now} now", LEFT_OUT: before}.get(change["kind"], now)
    was = f" (was {change['was']})" if change["was"] else ""
    effect = change["tco2e_change"]
    weight = "tonnes not known" if isnan(effect) else f"{with_sign(effect, 2)} tCO2e"
    where = f" {', '.join(told)}" if told else ""
    return shown(f"{kind}{where}: {about}, {amount}{was} [{weight}]")


def _said(found: Finding) -> dict[str, object]:
    names = ("code", "severity", "organisation", "site", "period", "activity", "message")
    return {name: getattr(found, name) for name in names}


def _one(found: Finding) -> str:
    return f"{found.code}: {found.message}"


def compare_versions(
    now: RowWords,
    before: RowWords,
    findings: Findings,
    earlier: Findings,
    method: Methodology,
    *,
    untold: Collection[str] = (),
) -> Resubmission:
    """Say what a return changed of an earlier version of itself.

    Parameters
    ----------
    now, before : RowWords
        Of both the rows, or of both the cells of their sums by the same words.
    findings, earlier : Findings
        Of each.
    method : Methodology
    untold : collection of str, optional
        Codes of findings that could not be told of both.
    """
    rows = joined([now, before], method.units)
    pairs = pairs_of(rows)
    kinds = np.array([step.kind for step in STEPS], dtype=object)[pairs.kind]
    listed = kinds != SAME
    none = np.full(len(pairs.added) + len(pairs.left_out), BLANK, np.int64)
    mine = np.concatenate([pairs.now[listed], pairs.added, none[: len(pairs.left_out)]])
    theirs = np.concatenate([pairs.before[listed], none[: len(pairs.added)], pairs.left_out])
    kind = np.concatenate([kinds[listed], [ADDED] * len(pairs.added), [LEFT_OUT] * len(pairs.left_out)])
    weight = np.concatenate([now.kgco2e, before.kgco2e]) / KG_PER_TONNE
    table = _table(rows, now, before, mine, theirs, kind, weight)
    same = int(len(kinds) - listed.sum())
    closed, opened, remaining = findings_by_fate(findings, earlier, untold)
    return Resubmission(
        table, closed, opened, remaining, tco2e_before=_total(weight[rows.of == 1]), tco2e=_total(weight[rows.of == 0]),
        unchanged=same, reworded=_reworded(now, before, pairs, ~listed), boundary=method.widest,
        by_row=now.numbers is not None,
    )  # fmt: skip


def _total(weight: NDArray[np.float64]) -> float:
    return fsum(weight[np.isfinite(weight)].tolist())


def _table(
    rows: JoinedRows,
    now: RowWords,
    before: RowWords,
    mine: Numbers,
    theirs: Numbers,
    kind: NDArray[np.object_],
    weight: NDArray[np.float64],
) -> pd.DataFrame:
    """Return a row for each change: `mine` and `theirs` are places among the joined rows, -1 where there is none."""
    one = np.where(mine == BLANK, theirs, mine)
    both = (mine != BLANK) & (theirs != BLANK)

    def words(name: str) -> NDArray[np.object_]:
        found: NDArray[np.object_] = np.array(rows.labels[name], dtype=object)[rows.codes[name][one]]
        return found

    def of(values: NDArray[np.float64], places: Numbers) -> NDArray[np.float64]:
        return np.where(places == BLANK, np.nan, values[places]) if len(values) else np.zeros(0)

    here, there = of(rows.quantity, mine), of(rows.quantity, theirs)
    other = both & (rows.codes["unit"][mine] != rows.codes["unit"][theirs])
    alike = rows.codes["kind"][mine] == rows.codes["kind"][theirs]
    there = np.where(other & alike, of(rows.base, theirs) / rows.ratio[one], there)
    was = np.full(len(one), "", dtype=object)
    was[both] = words_that_differ(rows, mine[both], theirs[both]) if both.any() else ""
    tco2e, tco2e_before = of(weight, mine), of(weight, theirs)
    told = np.isfinite(tco2e) | np.isfinite(tco2e_before)
    change = np.where(told, np.nan_to_num(tco2e) - np.nan_to_num(tco2e_before), np.nan)
    month = words("month")
    start = len(now)
    frame = pd.DataFrame({
        "kind": kind, "organisation": words("organisation"), "site": words("site"),
        "period": np.where(month == "", words("period"), month), "activity": words("activity"), "unit": words("unit"),
        "quantity_before": there, "quantity": here,
        "quantity_change": np.where(other & ~alike, np.nan, _less(here, there)),
        "tco2e_before": tco2e_before, "tco2e": tco2e, "tco2e_change": change, "was": was,
        "sheet": _sheets(now, mine), "row": _numbers(now, mine),
        "sheet_before": _sheets(before, theirs, start), "row_before": _numbers(before, theirs, start),
    })  # fmt: skip
    size = -np.abs(np.nan_to_num(change))
    order = np.lexsort((one, size))
    return frame.iloc[order].reset_index(drop=True)


def _less(now: NDArray[np.float64], before: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how much more there is now; of what was added or left out, all of it."""
    unread = np.isnan(now) & np.isnan(before)
    return np.where(unread, np.nan, np.nan_to_num(now) - np.nan_to_num(before))


def _numbers(rows: RowWords, places: Numbers, start: int = 0) -> pd.Series[int]:
    """Return the numbers of some rows as their sender sees them, missing where there is none."""
    if rows.numbers is None or not len(rows):
        return pd.Series([pd.NA] * len(places), dtype="Int64")
    at = np.where(places == BLANK, 0, places - start)
    return pd.Series(rows.numbers[at], dtype="Int64").mask(places == BLANK)


def _sheets(rows: RowWords, places: Numbers, start: int = 0) -> NDArray[np.object_]:
    """Return the sheets of some rows, empty where the file has one or none."""
    labels = np.array([*rows.sheets, ""], dtype=object)
    if not len(rows):
        return np.full(len(places), "", dtype=object)
    sheet = rows.sheet[np.where(places == BLANK, 0, places - start)]
    found: NDArray[np.object_] = labels[np.where(places == BLANK, BLANK, sheet)]
    return found


def _reworded(now: RowWords, before: RowWords, pairs: Pairs, same: NDArray[np.bool_]) -> int:
    """Return how many rows say the same in other words than before: another spelling, unit, reference or evidence."""
    other = np.zeros(int(same.sum()), np.bool_)
    for name in SENT if now.sent and before.sent else ():
        _, codes = common([now.sent[name], before.sent[name]])
        other |= codes[pairs.now[same]] != codes[pairs.before[same]]
    return int(other.sum())
