"""The activity table: its columns and what each one must hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True, slots=True)
class ColumnContract:
    """One column of the activity table."""

    name: str
    required: bool
    rule: str


COLUMNS: tuple[ColumnContract, ...] = (
    ColumnContract("organisation", True, "ODS code of the organisation that reports"),
    ColumnContract("period", True, "'2023/24' (NHS year), '2023-04' (month) or a day"),
    ColumnContract("activity", True, "a code of the catalogue"),
    ColumnContract("quantity", True, "a finite number; negative only where the activity can be returned"),
    ColumnContract("unit", True, "a unit of the vocabulary that the activity accepts"),
    ColumnContract("site", False, "ODS site code"),
    ColumnContract("geography", False, "where it happened; blank is the methodology's own"),
    ColumnContract("supplier", False, "free text"),
    ColumnContract("reference", False, "your own reference"),
    ColumnContract("note", False, "free text"),
    ColumnContract("evidence", False, "how the quantity is known; decides the tier"),
    ColumnContract("estimated_share", False, "share of the quantity that was estimated, 0 to 1"),
    ColumnContract("tier", False, "reduced, standard or optimal, where you state it"),
    ColumnContract("reported_tco2e", False, "your own answer; compared, never used in the sum"),
)
NAMES: tuple[str, ...] = tuple(column.name for column in COLUMNS)
REQUIRED: tuple[str, ...] = tuple(column.name for column in COLUMNS if column.required)
STATED = "reported_tco2e"
NUMERIC: tuple[str, ...] = ("quantity", "estimated_share", STATED)
HEADER_WITHIN, HEADER_NEEDS, NEAR_NEEDS = 20, 3, 4  # rows; required columns that make a header, as they are or nearly
LONGEST_NAME = 60  # a longer text is no column's name
KEEPABLE: tuple[str, ...] = ("site", "month", "supplier", "reference")


def fold(text: str) -> str:
    """Return a column's name without case, spaces, underscores and hyphens: `Estimated Share` is `estimated_share`."""
    return "".join(text.casefold().replace("_", " ").replace("-", " ").split())


_FOLDED = {fold(name): name for name in NAMES}


def column_meant(text: str) -> str:
    """Return the known column that a header's cell names in any spelling, or an empty string."""
    return _FOLDED.get(fold(text), "") if len(text) <= LONGEST_NAME else ""


def in_own_spelling(header: Sequence[str]) -> list[str]:
    """Return the names of a header, known columns in our own spelling; a name that is there stays as it is."""
    cells = [cell.strip() for cell in header]
    return [meant if (meant := column_meant(cell)) and meant not in cells else cell for cell in cells]


def nearest_column(name: str) -> str:
    """Return the known column whose name is nearest to `name`, or an empty string."""
    if len(name) > LONGEST_NAME:  # comparing takes long, and nothing of ours is near
        return ""
    found = get_close_matches(name.strip().casefold().replace(" ", "_"), NAMES, n=1, cutoff=0.7)
    return found[0] if found else ""


def is_header(cells: Sequence[str]) -> bool:
    """Tell whether a row is the header of an activity table: three required columns by name, or four nearly so."""
    meant = [column_meant(cell) for cell in cells]
    if len({*meant} & {*REQUIRED}) >= HEADER_NEEDS:
        return True
    words = [cell for cell in cells if cell.strip() and len(cell) <= LONGEST_NAME]
    if len(words) < NEAR_NEEDS or len({*meant} & {*REQUIRED}) < HEADER_NEEDS - 1:
        return False
    return len({column_meant(word) or nearest_column(word) for word in words} & {*REQUIRED}) >= NEAR_NEEDS
