"""Partial sums: what is left of a table of any size once its rows are added, before any method is chosen."""

from __future__ import annotations

import hashlib
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nhscarbon.activity.columns import BLANK, Column
from nhscarbon.activity.files.sheets import read_bytes
from nhscarbon.errors import UnreadableError, UsageError
from nhscarbon.findings import Finding, merge_findings
from nhscarbon.output.files import write_whole
from nhscarbon.output.text import short_repr
from nhscarbon.sums.arithmetic import Total, Whole
from nhscarbon.sums.cells import SummedCells, join_cells
from nhscarbon.sums.combinations import is_distinct
from nhscarbon.sums.partial_sums_file import seal, unseal
from nhscarbon.sums.row_faults import FIRST
from nhscarbon.sums.stored_arrays import fields_of, refuse_too_many

KEY = ("organisation", "period", "activity", "unit", "geography", "tier", "evidence", "estimated_share")
DETAIL = ("site", "month", "reference")  # what checks tell apart beside it, where the rows are few enough
SMALL = 1 << 20  # rows up to which the checks look at all there is: sites and months, and each row


@dataclass(frozen=True, eq=False)
class PartialSums:
    """Exact sums of rows by their raw words; made by `nhscarbon.partial`.

    Attributes
    ----------
    columns : Mapping[str, Column]
        organisation, period (NHS year), activity, unit, geography, tier, evidence, estimated_share, and
        what was kept, as they were written; cells and labels in ascending order.
    total : int64 array, or object array of Python integers, shape (cells,)
        Sums at the decimal scale of each cell's unit.
    rows, negative, unsummed : int64 array, shape (cells,)
        Rows that were added, those of them below zero, and rows with an error, which were not.
    decimals : tuple of int
        Decimal places of each unit label, and last of an empty unit.
    faults : Mapping[str, tuple]
        ``not_a_number``, ``too_large``, ``too_small`` and ``rounded``: the number of rows, and the numbers
        of the first of them.
    findings : tuple of Finding
        What reading met.
    files : tuple of (name, SHA-256)
    keep : tuple of str
    detail : PartialSums or None
        The same sums by site, month and reference for the checks, of a source of up to a million rows, each
        text in place of a number as the one that it clearly means; in no hash, in no comparison and in no footprint.
    """

    columns: Mapping[str, Column]
    total: Total
    rows: Whole
    negative: Whole
    unsummed: Whole
    decimals: tuple[int, ...]
    faults: Mapping[str, tuple[int, tuple[int, ...]]]
    findings: tuple[Finding, ...] = ()
    files: tuple[tuple[str, str], ...] = ()
    keep: tuple[str, ...] = ()
    missing_factor: str = "refuse"
    boundary: str = ""
    detail: PartialSums | None = None

    __repr__ = short_repr

    @property
    def by_site_and_month(self) -> PartialSums | None:
        """The sums by site and month, if they were kept apart."""
        return self if self.detail is None and {"site", "month"} <= {*self.keep} else self.detail

    @property
    def scale(self) -> NDArray[np.int64]:
        """Decimal places of each cell."""
        if len(set(self.decimals)) == 1:
            return np.broadcast_to(np.int64(self.decimals[0]), len(self))
        return self.columns["unit"].looked_up(np.array(self.decimals, np.int64))

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def read(self) -> int:
        """Rows in all: added and with an error."""
        return int(self.rows.sum() + self.unsummed.sum())

    @property
    def sha256(self) -> str:
        """SHA-256 of the sums: the same for every row order, batch, thread, kernel and engine."""
        hashed = hashlib.sha256()
        for name, column in self.columns.items():
            hashed.update("\0".join([name, *column.labels]).encode() + b"\n")
            hashed.update(column.codes.astype("<i4").tobytes())
        hashed.update(" ".join(map(str, self.total.tolist())).encode())
        for counts in (self.rows, self.negative, self.unsummed, np.array(self.decimals)):
            hashed.update(counts.astype("<i8").tobytes())
        return hashed.hexdigest()

    def __eq__(self, other: object) -> bool:
        return self.sha256 == other.sha256 if isinstance(other, PartialSums) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __add__(self, other: PartialSums) -> PartialSums:
        if not isinstance(other, PartialSums):
            return NotImplemented
        twice = sorted({name for name, sha256 in self.files if sha256 and sha256 in {each for _, each in other.files}})
        if twice:
            raise UsageError(f"both partial sums hold the same data ({twice[0]}); added, it would count twice")
        return self._with(other, 1)

    def __radd__(self, other: object) -> PartialSums:
        return self if other == 0 else NotImplemented  # so that sum() works

    def __sub__(self, other: PartialSums) -> PartialSums:
        if not isinstance(other, PartialSums):
            return NotImplemented
        return self._with(other, -1)

    def _with(self, other: PartialSums, sign: int) -> PartialSums:
        if self.keep != other.keep:
            raise UsageError("partial sums that kept different columns cannot be joined: sum both with the same keep")
        decimals = _decimals(self) | _decimals(other)
        if any(_decimals(each).get(unit, scale) != scale for each in (self, other) for unit, scale in decimals.items()):
            raise UsageError("these partial sums hold a unit at two decimal scales: sum both with the same nhscarbon")
        labels = {name: tuple(sorted({"", *column.labels, *other.columns[name].labels}))
                  for name, column in self.columns.items()}  # fmt: skip
        cells = join_cells(_cells(self, labels, 1), _cells(other, labels, sign), labels)
        rows, negative, unsummed = cells.rows, cells.negative, cells.unsummed
        faults = {kind: _fault(self, other, kind, sign) for kind in {**self.faults, **other.faults}}
        short = [
            *(each.min(initial=0) for each in (rows, negative, unsummed)),
            *(count for count, _ in faults.values()),
        ]
        left = (rows == 0) & (cells.total != 0)
        if min(short, default=0) < 0 or left.any() or (negative > rows).any():
            raise UsageError("more rows are taken away than are there: these are not rows of the same sums")
        try:
            refuse_too_many(rows, unsummed)
        except ValueError as error:
            raise UsageError(f"these partial sums cannot be added: together {error}") from error
        files = (*self.files, *other.files) if sign > 0 else tuple(f for f in self.files if f not in other.files)
        return replace(
            of_cells(cells, decimals, tuple(self.columns)),
            faults={kind: fault for kind, fault in faults.items() if fault[0]},
            findings=tuple(merge_findings((*self.findings, *other.findings))) if sign > 0 else _without(self, other),
            files=files, keep=self.keep, boundary=self.boundary or other.boundary,
            missing_factor=self.missing_factor if self.missing_factor == other.missing_factor else "refuse",
            detail=self.detail._with(other.detail, sign) if self.detail and other.detail else None,
        )  # fmt: skip

    def to_bytes(self) -> bytes:
        """Return the sums as bytes that `from_bytes` reads, on any machine."""
        about = {
            "decimals": self.decimals, "faults": self.faults, "files": self.files, "keep": self.keep,
            "missing_factor": self.missing_factor, "boundary": self.boundary,
            "findings": [finding.__dict__ for finding in self.findings],
            "detail": None if self.detail is None else b64encode(self.detail.to_bytes()).decode(),
        }  # fmt: skip
        arrays = {name: getattr(self, name) for name in ("rows", "negative", "unsummed")}
        return seal(about, self.columns, self.total, arrays)

    def save(self, path: str | Path) -> Path:
        """Write the sums to a file, whole or not at all.

        Parameters
        ----------
        path : str or Path
            Such as ``"2024-04.partial"``; a file that is there is replaced.

        Returns
        -------
        Path

        Raises
        ------
        UsageError
            If it cannot be written.
        """
        return write_whole(Path(path), self.to_bytes(), overwrite=True)

    @staticmethod
    def load(path: str | Path) -> PartialSums:
        """Read sums that `save` wrote.

        Raises
        ------
        UnreadableError
            If the file is absent, damaged, or of another format.
        """
        path = Path(path)
        content = read_bytes(path)
        return PartialSums.from_bytes(content, name=path.name)

    @staticmethod
    def from_bytes(content: bytes, *, name: str = "these bytes") -> PartialSums:
        """Return the sums that `to_bytes` wrote.

        Raises
        ------
        UnreadableError
            If they are damaged, or of another format.
        """
        about, columns, total, arrays = unseal(content, name)
        try:
            detail = None if about["detail"] is None else PartialSums.from_bytes(b64decode(about["detail"]), name=name)
            if detail is not None and detail.detail is not None:
                raise ValueError("its detail has a detail of its own")
            found = PartialSums(
                columns=columns, total=total, **arrays,
                decimals=tuple(about["decimals"]),
                faults={kind: (count, tuple(first)) for kind, (count, first) in about["faults"].items()},
                findings=tuple(Finding(**fields_of(each)) for each in about["findings"]),
                files=tuple((file, sha256) for file, sha256 in about["files"]), keep=tuple(about["keep"]),
                missing_factor=about["missing_factor"], boundary=about["boundary"], detail=detail,
            )  # fmt: skip
        except (ValueError, KeyError, TypeError) as error:
            raise UnreadableError(
                f"'{name}' holds no partial sums, or is damaged: {error}", advice="sum the rows again"
            ) from error
        _refuse_other_columns(found, name)
        return found


def _refuse_other_columns(partial: PartialSums, name: str) -> None:
    """Refuse sums whose columns are not those of their kind, or of which two cells have the same words."""
    if tuple(partial.columns) != tuple(dict.fromkeys((*KEY, *partial.keep))):
        raise UnreadableError(f"'{name}' holds no partial sums: its columns are others", advice="sum the rows again")
    if not is_distinct(partial.columns):
        raise UnreadableError(f"'{name}' is damaged: it holds a cell twice", advice="sum the rows again")


def of_cells(cells: SummedCells, decimals: Mapping[str, int], names: Iterable[str]) -> PartialSums:
    """Return ascending cells as partial sums: labels that no cell has are left out, the empty word is a blank.

    Parameters
    ----------
    cells : SummedCells
        In ascending order of `names`, their labels too.
    decimals : Mapping[str, int]
        Decimal places of each unit label, the empty one included.
    names : iterable of str
        The order of the columns.
    """
    keep = cells.rows > 0
    if not keep.all():
        keep |= cells.unsummed > 0
    if not keep.all():
        cells = SummedCells({name: column.part(keep) for name, column in cells.columns.items()}, cells.total[keep],
                      cells.rows[keep], cells.negative[keep], cells.unsummed[keep])  # fmt: skip
    columns = {name: _worded(cells.columns[name]) for name in names}
    scales = (*(decimals[label] for label in columns["unit"].labels), decimals.get("", 6))
    return PartialSums(columns, cells.total, cells.rows, cells.negative, cells.unsummed, scales, {})


def _worded(column: Column) -> Column:
    """Return a column with the labels that a cell has; the empty word is a blank."""
    words = tuple(label for label, met in zip(column.labels, column.met.tolist(), strict=True) if met and label)
    if words == column.labels:
        return column
    place = {label: code for code, label in enumerate(words)}
    return column.renamed(np.array([*(place.get(label, BLANK) for label in column.labels), BLANK], np.int32), words)


def _cells(partial: PartialSums, labels: Mapping[str, tuple[str, ...]], sign: int) -> SummedCells:
    """Return the sums, or what takes them away, as cells of other labels: blanks are the empty word again."""
    columns = {}
    for name, column in partial.columns.items():
        place = {label: code for code, label in enumerate(labels[name])}
        look = np.array([*(place[label] for label in column.labels), place[""]], np.int32)
        columns[name] = column.renamed(look, labels[name])
    total = partial.total if sign > 0 else _negated(partial.total)
    return SummedCells(columns, total, *(sign * each for each in (partial.rows, partial.negative, partial.unsummed)))


def _decimals(partial: PartialSums) -> dict[str, int]:
    return dict(zip((*partial.columns["unit"].labels, ""), partial.decimals, strict=True))


def _fault(first: PartialSums, second: PartialSums, kind: str, sign: int) -> tuple[int, tuple[int, ...]]:
    (mine, shown), (theirs, more) = (each.faults.get(kind, (0, ())) for each in (first, second))
    return mine + sign * theirs, tuple([*shown, *(more if sign > 0 else ())][:FIRST])


def _without(partial: PartialSums, taken: PartialSums) -> tuple[Finding, ...]:
    """Return the findings that are left where rows are taken away: those of the rows go with them."""
    gone = {replace(finding, rows=1, first_rows=()): finding.rows for finding in taken.findings}
    left = (
        (finding, finding.rows - gone.get(replace(finding, rows=1, first_rows=()), 0)) for finding in partial.findings
    )
    return tuple(replace(finding, rows=rows) for finding, rows in left if rows > 0)


def _negated(total: Total) -> Total:
    if total.dtype == np.int64 and total.min(initial=0) > -(2**63):
        return -total
    negated: Total = -(total.astype(object))
    return negated
