"""The activity table: its columns and what each one must hold."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True, slots=True)
class ColumnContract:
    """One column of the activity table."""

    name: str
    required: bool
    rule: str


COLUMNS: tuple[ColumnContract, ...] = (
    ColumnContract("organisation", True, "ODS code of the body that reports"),
    ColumnContract("period", True, "'2023/24' (NHS year), '2023-04' (month) or a day"),
    ColumnContract("activity", True, "a code of the catalogue"),
    ColumnContract("quantity", True, "a finite number; negative only where the activity can be returned"),
    ColumnContract("unit", True, "a unit of the vocabulary that the activity accepts"),
    ColumnContract("site", False, "ODS site code"),
    ColumnContract("geography", False, "where it happened; blank is the methodology's own"),
    ColumnContract("supplier", False, "free text"),
    ColumnContract("reference", False, "the sender's own reference"),
    ColumnContract("note", False, "free text"),
    ColumnContract("evidence", False, "how the quantity is known; decides the tier"),
    ColumnContract("estimated_share", False, "share of the quantity that was estimated, 0 to 1"),
    ColumnContract("tier", False, "reduced, standard or optimal, when the sender states it"),
    ColumnContract("reported_tco2e", False, "the sender's own answer; never used in the sum"),
)
NAMES: tuple[str, ...] = tuple(column.name for column in COLUMNS)
REQUIRED: tuple[str, ...] = tuple(column.name for column in COLUMNS if column.required)
NUMERIC: tuple[str, ...] = ("quantity", "estimated_share", "reported_tco2e")
LONGEST_NAME = 64  # letters of a column name that is compared with ours
KEEPABLE: tuple[str, ...] = ("site", "month", "supplier", "reference")


def nearest_column(name: str) -> str:
    """Return the known column whose name is nearest to `name`, or an empty string."""
    if len(name) > LONGEST_NAME:  # comparing takes long, and nothing of ours is near
        return ""
    found = get_close_matches(name.strip().casefold().replace(" ", "_"), NAMES, n=1, cutoff=0.7)
    return found[0] if found else ""
