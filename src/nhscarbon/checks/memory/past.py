"""What organisations sent before a return: its cells, kept apart from the cells of an earlier version of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nhscarbon.activity.activity import Activity, Source
from nhscarbon.activity.columns import BLANK, Column, Mask, one
from nhscarbon.activity.mapping import MappingFile
from nhscarbon.checks.apply_mapping import apply_mapping
from nhscarbon.checks.cells import Cells, cells_in
from nhscarbon.checks.hits import Places
from nhscarbon.checks.memory.limits import limits
from nhscarbon.checks.totals import Totals
from nhscarbon.findings import Finding, Findings, finding
from nhscarbon.methods.methodology import Methodology
from nhscarbon.organisations.index import OrganisationIndex, days_of_years
from nhscarbon.sums.partial_sums import DETAIL, PartialSums

PAIR = ("organisation", "period")
SHOWN = 3  # organisations that are named
MEASURES = ["organisation", "period", "measure", "value"]


@dataclass(frozen=True, eq=False)
class Before:
    """One source of what was sent before.

    Attributes
    ----------
    name : str
        Of its file; empty for a table in memory.
    cells : Cells
        In the method's words; empty where the source could not be read.
    sources : tuple of Activity or FileStream
        Its rows, where they are at hand.
    unread : str
        Why it could not be read; empty where it was.
    summed : (PartialSums, tuple of Activity or FileStream), or None
        What was summed, before a mapping was applied: to be checked as a return.
    findings : Findings or None
        What was found in a footprint whose rows are not at hand.
    estates : bool
        Whether it is an estates return as published, which is no activity table.
    """

    name: str
    cells: Cells | None
    sources: tuple[Source, ...] = ()
    unread: str = ""
    summed: tuple[PartialSums, tuple[Source, ...]] | None = None
    findings: Findings | None = None
    estates: bool = False


def before_of_sums(
    partial: PartialSums,
    sources: tuple[Source, ...],
    method: Methodology,
    organisations: OrganisationIndex | None,
    mapping: MappingFile | None = None,
) -> Before:
    """Return sums as what was sent before; what is wrong in them is not said again, and not compared."""
    mapped = apply_mapping(partial, sources, mapping, method)
    held = next((each.denominators for each in sources if isinstance(each, Activity)), None)
    cells = cells_in(mapped.partial, method, organisations, held)
    name = cells.file or next((each.file for each in sources), "")
    return Before(name, cells, mapped.sources, summed=(partial, sources))


def before_of_totals(sums: Totals, method: Methodology, name: str = "", findings: Findings | None = None) -> Before:
    """Return the totals of a footprint as what was sent before: without sites, months and references."""
    cells = len(sums)
    blank = Column(np.broadcast_to(np.int8(BLANK), cells), ())
    columns = {each: sums.columns[each] for each in ("organisation", "period", "activity", "unit", "geography")}
    columns |= {"sent": sums.columns["organisation"]} | {each: sums.columns.get(each, blank) for each in DETAIL}
    known = np.ones(cells, np.bool_)
    of_sums = Cells(columns, sums.quantity, sums.rows, known, np.zeros(cells, np.int64), False, method, name)
    return Before(name, of_sums, findings=findings)


def with_past(cells: Cells, before: Sequence[Before]) -> Cells:
    """Return the cells of a return with what its organisations sent before.

    What was sent for an organisation and NHS year that the return holds too is an earlier version of it. What a code
    that has closed sent counts as sent by the one organisation of the return that follows it.

    Parameters
    ----------
    cells : Cells
        Of the return.
    before : sequence of Before
    """
    own = {*pairs_in(cells)}
    inside = {organisation for organisation, _ in own}
    past, unread, earlier = [], [], []
    for each in before:
        if each.cells is None:
            continue
        moved = _followed(each.cells, inside, own, cells.organisations)
        column, period = moved.columns["organisation"], moved.columns["period"]
        ours = column.looked_up(np.array([*(name in inside for name in column.labels), False]))
        unread.append(_part(moved, np.flatnonzero(ours & ~moved.known)))
        at = np.flatnonzero(ours & moved.known)
        pairs = zip(_texts(column.part(at)), _texts(period.part(at)), strict=True)
        same = np.fromiter((pair in own for pair in pairs), np.bool_, len(at))
        earlier.append(_part(moved, at[same]))
        past.append(_part(moved, at[~same]))
    return replace(cells, past=_joined(past), unread=_joined(unread), earlier=_joined(earlier),
                   denominators=_measures([cells, *(each.cells for each in before if each.cells)]))  # fmt: skip


def not_compared(before: Sequence[Before], cells: Cells) -> list[Finding]:
    """Return a finding for each source of what was sent before that nothing of the return was compared with."""
    found = []
    own = {*pairs_in(cells)}
    inside = {organisation for organisation, _ in own}
    met = {whom for whom, year in own for who, now in own if whom == who and year < now and _is_near(year, now)}
    for each in before:
        if each.cells is None:
            found.append(finding("before_not_compared", "unread", rows=0, value=each.name, reason=each.unread))
            continue
        moved = _followed(each.cells, inside, own, cells.organisations)
        pairs, name = _sent_for(moved), each.name or "the table"
        if reason := _refused(each):
            found.append(finding("before_not_compared", "estates" if each.estates else "refused", rows=0, value=name,
                                 reason=reason))  # fmt: skip
            continue
        if inside.isdisjoint(organisation for organisation, _ in pairs):
            whom = sorted({organisation for organisation, _ in _sent_for(each.cells)})
            whose, ours = ", ".join(whom[:SHOWN]) or "no organisation", ", ".join(sorted(inside)[:SHOWN])
            found.append(finding("before_not_compared", "", rows=0, value=name, whose=whose, returned=ours))
            continue
        near = {(whom, year) for whom, year in pairs if whom in inside
                and (not year or any(_is_near(year, now) for who, now in own if who == whom))}  # fmt: skip
        if not near:
            years = ", ".join(sorted({year for whom, year in pairs if whom in inside}))
            found.append(finding("before_not_compared", "years", rows=0, value=name, years=years,
                                 returned=", ".join(sorted({year for _, year in own})),
                                 apart=int(limits()["years_apart"])))  # fmt: skip
        else:
            met |= {whom for whom, _ in near}
            read, count = _rows_of(moved, near - own)
            if read < count:
                found.append(finding("before_not_compared", "part" if read else "nothing", rows=0, value=name,
                                     count=f"{count - read:,}", all=f"{count:,}"))  # fmt: skip
    if met and (left := sorted(inside - met)):
        more = f" and {len(left) - SHOWN} more" if len(left) > SHOWN else ""
        found.append(finding("before_not_compared", "organisations", rows=0, whose=", ".join(left[:SHOWN]) + more))
    return found


def _refused(before: Before) -> str:
    """Return why none of a source's rows can be read, where its columns are not those of an activity table."""
    faults = before.summed[0].findings if before.summed else ()
    return next((each.message.rstrip(".") for each in faults if each.severity == "reject_file"), "")


def _is_near(year: str, now: str) -> bool:
    """Return whether a year may have been before another, or is an earlier version of it."""
    return 0 <= int(now[:4]) - int(year[:4]) <= limits()["years_apart"]


def _sent_for(cells: Cells) -> list[tuple[str, str]]:
    """Return the pairs of an organisation and an NHS year that have a row, known or not; an unread year is empty."""
    where = np.flatnonzero(one(cells.columns["organisation"].codes) != BLANK)
    return [(name, year) for name, year in cells.group(PAIR, where)[1]] if len(where) else []


def _rows_of(cells: Cells, pairs: set[tuple[str, str]]) -> tuple[int, int]:
    """Return how many rows of some organisations and years can be compared, and how many there are."""
    of, words = cells.group(PAIR)
    here = np.array([(name, year) in pairs for name, year in words], np.bool_)[of]
    read = here & cells.known
    return int(cells.rows[read].sum()), int((cells.rows + cells.unsummed)[here].sum())


def pairs_in(cells: Cells) -> list[tuple[str, str]]:
    """Return the pairs of an organisation and an NHS year that have a cell."""
    where = np.flatnonzero(cells.known & (cells.columns["organisation"].codes != BLANK))
    return [(name, year) for name, year in cells.group(PAIR, where)[1]] if len(where) else []


def _followed(
    cells: Cells, inside: set[str], own: set[tuple[str, str]], organisations: OrganisationIndex | None
) -> Cells:
    """Return the cells with a closed organisation under the one of the return that follows it."""
    column = cells.columns["organisation"]
    if organisations is None or not own:
        return cells
    last = int(days_of_years([max(year for _, year in own)])[1][0])
    meant = []
    for code in column.labels:
        after = () if code in inside else [each for each in organisations.followed_by(code, last) if each in inside]
        meant.append(after[0] if len(after) == 1 else code)
    if tuple(meant) == column.labels:
        return cells
    labels = tuple(sorted({*meant}))
    place = {label: code for code, label in enumerate(labels)}
    renamed = column.renamed(np.array([*(place[word] for word in meant), BLANK], np.int32), labels)
    return replace(cells, columns={**cells.columns, "organisation": renamed})


def _texts(column: Column) -> list[str]:
    return [column.labels[code] for code in column.codes.tolist()]


def _part(cells: Cells, at: Places) -> Cells:
    return replace(
        cells, columns={name: column.part(at) for name, column in cells.columns.items()}, quantity=cells.quantity[at],
        rows=cells.rows[at], known=_of(cells.known, at), unsummed=cells.unsummed[at], denominators=None,
    )  # fmt: skip


def _of(known: Mask, at: Places) -> Mask:
    part: Mask = known[at]
    return part


def _joined(parts: Sequence[Cells]) -> Cells | None:
    """Return the cells of several sources as one table; None where there are none."""
    parts = [each for each in parts if len(each)]
    if not parts:
        return None
    names = parts[0].columns
    return replace(
        parts[0], columns={name: _below([each.columns[name] for each in parts]) for name in names},
        quantity=np.concatenate([each.quantity for each in parts]), rows=np.concatenate([each.rows for each in parts]),
        known=np.concatenate([each.known for each in parts]),
        unsummed=np.concatenate([each.unsummed for each in parts]),
        detailed=all(each.detailed for each in parts), file=parts[0].file if len(parts) == 1 else "",
    )  # fmt: skip


def _below(columns: Sequence[Column]) -> Column:
    """Return columns below one another, under their labels together."""
    labels = tuple(sorted({label for column in columns for label in column.labels}))
    place = {label: code for code, label in enumerate(labels)}
    codes: list[NDArray[np.int32]] = [
        np.array([*(place[label] for label in column.labels), BLANK], np.int32)[one(column.codes)] for column in columns
    ]
    lengths = [len(column.codes) for column in columns]
    return Column(np.concatenate([np.broadcast_to(code, length) for code, length in zip(codes, lengths, strict=True)]),
                  labels)  # fmt: skip


def _measures(all_cells: Sequence[Cells]) -> pd.DataFrame | None:
    """Return the denominators of the return and of what was sent before; those of the return where both have one."""
    held = [_by_site(each.denominators) for each in all_cells if each.denominators is not None]
    if len(held) < 2:
        return held[0] if held else None
    seen: set[tuple[str, str]] = set()
    parts = []
    for frame in held:
        pairs: Mapping[int, tuple[str, str]] = dict(enumerate(zip(frame["organisation"], frame["period"], strict=True)))
        parts.append(frame[[pairs[place] not in seen for place in range(len(frame))]])
        seen.update(pairs.values())
    return pd.concat(parts, ignore_index=True)


def _by_site(denominators: pd.DataFrame) -> pd.DataFrame:
    """Return denominators with their sites, blank where they name none."""
    return denominators[MEASURES].assign(site=denominators.get("site", ""))
