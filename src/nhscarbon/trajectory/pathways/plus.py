"""The package of pathways: drivers, their figures, and what a user may name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache

import numpy as np
import pandas as pd

from nhscarbon.errors import UsageError
from nhscarbon.methods.data_package import data_root, load_pinned
from nhscarbon.methods.factors import refuse
from nhscarbon.methods.nearest import Spellings
from nhscarbon.output.results import TableResult
from nhscarbon.output.text import short_repr
from nhscarbon.trajectory.targets.series import Numbers, Years

ROOM, PIN = "pathways", "plus-1@1.0.0"
LINES = ("low", "central", "high")
READINGS = ("", "index", "remaining", "growth", "rate", "grid")
YEARLY = ("growth", "rate")  # a change each year instead of a figure of each
GRID_DRIVER = "grid_average"
Points = tuple[Years, Numbers]


@dataclass(frozen=True, eq=False)
class Driver:
    """What moves some activities, and whose assumption it is.

    Attributes
    ----------
    id, title, compiled_as : str
        Its name, what it is, and what the compiled figures call it.
    named : bool
        Whether it moves nothing until a user names it.
    from_line : str
        The line with the most tonnes that uses it; the lower ones do too. Blank where it moves nothing.
    reading : str
        How its values are read: ``index``, ``remaining`` (1 less the share), ``growth`` or ``rate`` (a year),
        ``grid``; blank where it moves nothing.
    from_measured : bool
        Whether its line starts at the measured year, not at its first point.
    moves : str
        ``quantity`` or ``factor``.
    selects : tuple of str
        Patterns of activities, ``theme:`` and a theme, and with a ``-`` before them what is not meant.
    assumption_of, why : str
    lowest, highest : float
        What a user may name.
    points : Mapping of str to (int64 years, float64 values)
        By line; a published figure is under ``central``. A yearly change has no year.
    unit : str
    """

    id: str
    title: str
    compiled_as: str
    named: bool
    from_line: str
    reading: str
    from_measured: bool
    moves: str
    selects: tuple[str, ...]
    assumption_of: str
    why: str
    lowest: float
    highest: float
    points: Mapping[str, Points]
    unit: str

    __repr__ = short_repr

    def fits(self, theme: str, activity: str) -> bool:
        """Tell whether it is about an activity of a theme."""

        def meant(pattern: str) -> bool:
            of_theme = pattern.startswith("theme:")
            return theme == pattern.removeprefix("theme:") if of_theme else fnmatchcase(activity, pattern)

        others = [each[1:] for each in self.selects if each.startswith("-")]
        return any(meant(each) for each in self.selects if not each.startswith("-")) and not any(map(meant, others))

    def used_in(self, line: str) -> bool:
        """Tell whether a line uses it without being named."""
        return bool(self.from_line) and not self.named and LINES.index(line) <= LINES.index(self.from_line)


@dataclass(frozen=True, eq=False, repr=False)
class Pathways(TableResult):
    """All pathways that ship: each figure with its source, and what moves nothing with the reason.

    Attributes
    ----------
    table : pandas.DataFrame
        A row for each figure: ``driver, title, offered`` (``yes``: published; ``user``: only when it is named),
        ``from_line, reading, moves, selects, line, year, published_year, value, unit, assumption_of, source,
        locator, quality, retrieved_from, note, why``.
    drivers : Mapping of str to Driver
    package, digest : str
    """

    drivers: Mapping[str, Driver]
    package: str
    digest: str

    @property
    def offered(self) -> pd.DataFrame:
        """What a user may name in ``assumptions=``: name, title, unit, last year, the defaults and the range.

        ``default_low``, ``default_central`` and ``default_high`` are those of the last year, or of each year where
        the unit is a yearly change; every default of every year is in `table`.
        """
        rows = []
        for each in self.drivers.values():
            if not each.named:
                continue
            years = [int(found[0][-1]) for found in each.points.values() if each.reading not in YEARLY]
            rows.append(
                {"name": each.id, "title": each.title, "unit": each.unit, "last_year": max(years) if years else pd.NA}
                | {f"default_{line}": float(each.points[line][1][-1]) if line in each.points else np.nan
                   for line in LINES}
                | {"lowest": each.lowest, "highest": each.highest, "moves": "; ".join(each.selects) or "the grid",
                   "why": each.why}
            )  # fmt: skip
        return pd.DataFrame(rows).astype({"last_year": "Int64"})

    def named(self, name: str) -> Driver:
        """Return the driver that a user names, by its name, its title or what the compiled figures call it.

        Raises
        ------
        UsageError
            If it is none, or one that nobody has to name; the nearest names are told.
        """
        word = _plain(name)
        known = {each.id: each for each in self.drivers.values() if each.named}
        titles = {_plain(words): each for each in known.values() for words in (each.compiled_as, each.title)}
        found = known.get(word) or titles.get(word)
        if found is not None:
            return found
        if word in self.drivers:
            raise UsageError(f"'{word}' is no assumption of yours: {self.drivers[word].why}.",
                             advice=f"There are {', '.join(known)}.")  # fmt: skip
        near = Spellings([*known, *titles]).close_to(word, most=3, cutoff=0.5)
        ids = list(dict.fromkeys(each if each in known else titles[each].id for each in near))
        maybe = f"Did you mean {' or '.join(ids)}? " if ids else ""
        raise UsageError(f"no pathway has an assumption '{name[:60]}'.", advice=f"{maybe}There are {', '.join(known)}.")

    def _title(self) -> str:
        return f"Pathways of {self.package}: {len(self.drivers)} drivers, {len(self._table)} figures"

    def _about(self) -> dict[str, object]:
        return {"package": self.package, "digest": self.digest}


def _plain(name: str) -> str:
    return "_".join("".join(letter if letter.isalnum() else " " for letter in name.lower()).split())


def line_of(name: str) -> str:
    """Return the name of a line.

    Raises
    ------
    UsageError
        If there is no such line.
    """
    if name not in LINES:
        near = Spellings(LINES).close_to(str(name).lower(), most=1, cutoff=0.5)
        maybe = f"Did you mean {near[0]}? " if near else ""
        raise UsageError(f"there are no pathways '{str(name)[:60]}'.", advice=f"{maybe}There are {', '.join(LINES)}.")
    return name


@lru_cache(maxsize=1)
def plus_pathways() -> Pathways:
    """Return the pathways that ship, with each figure's source and what a user may name.

    Returns
    -------
    Pathways

    Raises
    ------
    IntegrityError
        If the package is not the one that was published, or a row cannot be read.

    Examples
    --------
    >>> found = plus_pathways()
    >>> found.drivers["desflurane"].assumption_of
    'NHS England'
    >>> found.offered.query("name == 'bought_demand'")["default_central"].item()
    0.025
    """
    package = load_pinned(data_root(), ROOM, PIN)
    drivers, points = package.rows("drivers.csv"), package.rows("points.csv")
    found = {row["driver"]: _driver(row, [each for each in points if each["driver"] == row["driver"]])
             for row in drivers}  # fmt: skip
    refuse(package.label, [fault for each in found.values() for fault in _faults(each)])
    both = pd.DataFrame(points).merge(pd.DataFrame(drivers), on="driver", how="left", validate="m:1")
    names = ["driver", "title", "offered", "from_line", "reading", "moves", "selects", "line", "year",
             "published_year", "value", "unit", "assumption_of", "source", "locator", "quality", "retrieved_from",
             "note", "why"]  # fmt: skip
    return Pathways(both[names], found, package.label, package.digest)


def _driver(row: Mapping[str, str], rows: list[dict[str, str]]) -> Driver:
    reading, points = row["reading"], {}
    for line in LINES if reading else ():
        of_line = sorted((int(each["year"] or 0), float(each["value"])) for each in rows if each["line"] == line)
        if of_line:
            years, values = zip(*of_line, strict=True)
            points[line] = np.array(years, np.int64), np.array(values, np.float64)
    low, high = (float(row[name]) if row[name] else np.nan for name in ("lowest", "highest"))
    return Driver(row["driver"], row["title"], row["compiled_as"], row["offered"] == "user", row["from_line"], reading,
                  row["start"] == "base", row["moves"], tuple(filter(None, row["selects"].split(";"))),
                  row["assumption_of"], row["why"], low, high, points, rows[0]["unit"] if rows else "")  # fmt: skip


def _faults(driver: Driver) -> list[str]:
    """Return what is wrong with a driver, in words."""
    found = []
    if driver.reading not in READINGS or bool(driver.reading) != bool(driver.from_line):
        found.append("a reading without a line, or no such reading")
    if driver.from_line not in ("", *LINES) or (driver.reading and not driver.points):
        found.append("no such line, or no points")
    if driver.reading not in ("", "grid") and (driver.moves not in ("quantity", "factor") or not driver.selects):
        found.append("it moves nothing")
    if driver.named and not driver.lowest < driver.highest:
        found.append("no range for what a user may name")
    for years, values in driver.points.values():
        if len(set(years.tolist())) < len(years) or not np.isfinite(values).all():
            found.append("a year twice, or a value that cannot be used")
    if not driver.assumption_of:
        found.append("nobody's assumption")
    return [f"driver {driver.id}: {each}" for each in found]
