"""What a method's words mean, as rows: activities, units, periods, boundaries, and the licences of its packages."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from nhscarbon.exchange.layout import SEPARATOR, TABLES, text_table
from nhscarbon.methods import gaps, vocabulary
from nhscarbon.methods.data_package import DataPackage, data_root, load_pinned
from nhscarbon.methods.methodology import Methodology
from nhscarbon.periods import months_of, read_period

WORDS = "words_"  # what the tables of terms begin with
BESIDE = ((gaps.ROOM, gaps.PACKAGE), (vocabulary.ROOM, vocabulary.PACKAGE))  # packages outside the method's digest


def description_tables(method: Methodology) -> dict[str, pd.DataFrame]:
    """Return the tables of what a method's words mean.

    Parameters
    ----------
    method : Methodology

    Returns
    -------
    dict of str to pandas.DataFrame
        ``activities``, ``units``, ``unit_aliases``, ``periods``, ``boundaries``, ``words`` and ``licences``; all cells
        are text.
    """
    return {
        "activities": text_table("activities", _activities(method)),
        "units": text_table("units", _units(method)),
        "unit_aliases": text_table("unit_aliases", _aliases(method)),
        "periods": text_table("periods", _periods(method)),
        "boundaries": text_table("boundaries", _boundaries(method)),
        "words": text_table("words", _words()),
        "licences": text_table("licences", _licences(method)),
    }


def packages_of(method: Methodology) -> tuple[DataPackage, ...]:
    """Return every package that the tables are made from: what the method pins, the declared gaps and the words."""
    beside = [load_pinned(data_root(), room, pin) for room, pin in BESIDE]
    return (*(each.package for each in method.packages.values()), *method.others, *beside)


def _activities(method: Methodology) -> Iterable[tuple[str, ...]]:
    themes = method.catalogue.themes
    for entry in method.catalogue.activities.values():
        yield (
            entry.activity, entry.label, entry.theme, themes[entry.theme], entry.category,
            SEPARATOR.join(entry.units), SEPARATOR.join(entry.components), _yes_or_no(entry.reversible), entry.note,
        )  # fmt: skip


def _units(method: Methodology) -> Iterable[tuple[str, ...]]:
    units = method.units
    for unit, places in units.decimals.items():
        yield unit, units.labels[unit], units.kinds[unit], str(places)


def _aliases(method: Methodology) -> Iterable[tuple[str, ...]]:
    """Yield each spelling of a unit, its own name too, and whether small or capital letters make no difference."""
    units = method.units
    for spelling, unit in sorted({**{unit: unit for unit in units.decimals}, **units.aliases}.items()):
        yield spelling, unit, _yes_or_no(units.meant_by(spelling.casefold()) == (unit,))


def _periods(method: Methodology) -> Iterable[tuple[str, ...]]:
    """Yield the ways to write each NHS year and its months that can mean nothing else."""
    for year in method.periods:
        for written in (year, year.replace("/", "-"), *months_of(year)):
            found = read_period(written)
            if found is not None and found.year == year:
                yield written, year


def _boundaries(method: Methodology) -> Iterable[tuple[str, ...]]:
    for (boundary, category, component, scope), counts in method.included.items():
        theme = method.catalogue.theme_of(category, component)
        yield boundary, category, component, scope, theme, _yes_or_no(counts)


def _words() -> Iterable[tuple[str, ...]]:
    """Yield the terms that staff use, as the package has them; those that were withdrawn are left out."""
    package = load_pinned(data_root(), vocabulary.ROOM, vocabulary.PACKAGE)
    for file in package.hashes:
        if file.startswith(WORDS) and file.endswith(".csv"):
            for row in package.rows(file):
                if row["status"] != "withdrawn":
                    yield tuple(row[name] for name in TABLES["words"])


def _licences(method: Methodology) -> Iterable[tuple[str, ...]]:
    """Yield the terms of each package, one a row, with the attribution that they ask for."""
    for package in packages_of(method):
        about = package.descriptor
        sources = SEPARATOR.join(f"{each.title} ({each.path})" if each.path else each.title for each in about.sources)
        for licence in about.licenses:
            yield (
                package.label, about.title, licence.title or licence.name, licence.path, about.attribution, sources,
                package.digest,
            )  # fmt: skip


def _yes_or_no(value: bool) -> str:
    return "yes" if value else "no"
