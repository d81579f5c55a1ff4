"""The rules of what counts one thing twice, as data: a package outside every methodology's digest."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Literal, cast

from nhscarbon.findings import SEVERITIES, Severity
from nhscarbon.kept import kept
from nhscarbon.methods.data_package import DataPackage, data_root, load_pinned
from nhscarbon.methods.factors import refuse
from nhscarbon.output.text import short_repr

ROOM, PACKAGE = "checks", "nhs-double-counting-1@1.0.0"
SAME = ("", "activity", "stem", "branch")
DIFFER = ("", "activity", "kind", "unit")
MEASURES = ("any", "quantity", "tonnes")
CODES = ("counted_twice", "fuel_twice")

Pattern = tuple[str, str]  # of an activity, and of the kind of its unit


@dataclass(frozen=True)
class DoubleCountRule:
    """Two ways to report one thing, which together would count it twice.

    Attributes
    ----------
    first, second : tuple of (str, str)
        Patterns of the activity and of the kind of its unit. Without a second side the rule is about two words of the
        first that differ in `differ`.
    same : str
        What both sides share beside organisation, NHS year, site and month: ``activity``, ``stem`` (all of the code
        but its last part), ``branch`` (its first two parts), or nothing more.
    measure : str
        ``any``, or what of the two is compared: ``quantity`` or ``tonnes``.
    low, high : float
        The first divided by the second (without a second side, the smaller by the larger) lies in between where the
        rule holds.
    least : tuple of (float, str), or None
        A quantity and its unit; below it two quantities are equal by chance.
    severity : str
        Where it holds.
    otherwise : str
        Where it does not; empty where nothing is to be said.
    """

    rule: str
    code: Literal["counted_twice", "fuel_twice"]
    first: tuple[Pattern, ...]
    second: tuple[Pattern, ...]
    same: str
    differ: str
    measure: str
    low: float
    high: float
    least: tuple[float, str] | None
    severity: Severity
    otherwise: Severity | Literal[""]
    what: str
    advice: str
    source: str

    __repr__ = short_repr

    def side(self, activity: str, kind: str) -> int:
        """Return on which side an activity in a kind of unit is: 1, 2, or 0 where the rule is not about it."""
        return 1 if _fits(activity, kind, self.first) else 2 if _fits(activity, kind, self.second) else 0

    def shared(self, activity: str) -> str:
        """Return what both sides must share of an activity."""
        if self.same == "activity":
            return activity
        if self.same == "stem":
            return activity.rpartition(".")[0]
        return ".".join(activity.split(".")[:2]) if self.same == "branch" else ""

    def word(self, activity: str, unit: str, kind: str) -> str:
        """Return what an activity in a unit is one of: its side, or the word that differs."""
        if not self.differ:
            return str(self.side(activity, kind))
        return {"activity": activity, "kind": kind, "unit": unit}[self.differ]


@lru_cache(maxsize=1)
def double_count_rules() -> tuple[DoubleCountRule, ...]:
    """Return the rules that ship with nhscarbon.

    Raises
    ------
    IntegrityError
        If the package is not the one that was released, or a row of it holds a word that means nothing.
    """
    package = _package()
    rows = package.rows("double_counting.csv")
    faults = []
    for row in rows:
        for name, words in (("code", CODES), ("same", SAME), ("differ", DIFFER), ("measure", MEASURES),
                            ("severity", SEVERITIES), ("otherwise", ("", *SEVERITIES))):  # fmt: skip
            if row[name] not in words:
                faults.append(f"{row['rule']}: unknown {name} '{row[name]}'")
        if bool(row["second"]) == bool(row["differ"]):
            faults.append(f"{row['rule']}: either a second side, or a word that differs")
        if (row["measure"] == "any") == bool(row["low"] and row["high"]):
            faults.append(f"{row['rule']}: 'any' has no low and high, a measure has both")
    refuse(package.label, faults)
    return tuple(
        DoubleCountRule(
            rule=row["rule"], code=row["code"],  # type: ignore[arg-type]  # held against the words above
            first=_patterns(row["first"]), second=_patterns(row["second"]), same=row["same"], differ=row["differ"],
            measure=row["measure"], low=float(row["low"] or 0), high=float(row["high"] or 0),
            least=_least(row["least"]),
            severity=cast("Severity", row["severity"]), otherwise=cast("Severity", row["otherwise"]),
            what=row["what"], advice=row["advice"], source=row["source"],
        )
        for row in rows
    )  # fmt: skip


@lru_cache(maxsize=1)
def whole_words() -> dict[str, frozenset[str]]:
    """Return the words of a site that is a whole or a total, by their part: whole, beside, alone, anywhere or last."""
    parts: dict[str, set[str]] = {name: set() for name in ("whole", "beside", "alone", "anywhere", "last")}
    for row in _package().rows("whole_words.csv"):
        parts[row["part"]].add(row["word"])
    return {part: frozenset(words) for part, words in parts.items()}


@kept(256)
def in_pieces(kind: str) -> bool:
    """Tell whether a kind of unit counts pieces, of which equal rows are common."""
    return any(fnmatchcase(kind, row["kind"]) for row in _package().rows("pieces.csv"))


@lru_cache(maxsize=1)
def _package() -> DataPackage:
    return load_pinned(data_root(), ROOM, PACKAGE)


def _patterns(text: str) -> tuple[Pattern, ...]:
    """Read patterns ``activity`` or ``activity:kind``."""
    parts = [each.partition(":") for each in text.split(";") if each]
    return tuple((activity, kind or "*") for activity, _, kind in parts)


def _least(text: str) -> tuple[float, str] | None:
    value, _, unit = text.partition(" ")
    return (float(value), unit) if value else None


def _fits(activity: str, kind: str, patterns: tuple[Pattern, ...]) -> bool:
    return any(fnmatchcase(activity, code) and fnmatchcase(kind, of) for code, of in patterns)
